"""The round as prices look at it: every pool ready to shrink, every bound with what the other rules would leave.

A pool with no duty to cut, told to shrink by 0, has the same best plan (``docs/prices.md`` §1): one program then holds
both what one unit more and what one unit less would do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from phanbo.assemble import assemble
from phanbo.bounds import Bounds, make_bounds
from phanbo.case import Case, Pools
from phanbo.money import LIMIT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phanbo.money import Bools, Ints
    from phanbo.program import LinearProgram
    from phanbo.rulebook import Rulebook
    from phanbo.rules import Rule
    from phanbo.rules.base import Limits

__all__ = ["Least", "Stated", "state"]


@dataclass(frozen=True, eq=False)
class Least:
    """The least bound of every line on one side, in units; int64 arrays of shape (n,).

    Attributes
    ----------
    bound : what the rules leave the line.
    rule : place of the first rule that attains it, −1 where none does.
    others : what the other rules would leave it; no more than `bound` where another rule attains it too.
    """

    bound: Ints
    rule: Ints
    others: Ints

    @property
    def alone(self) -> Bools:
        """Where one rule attains the bound alone."""
        return (self.rule >= 0) & (self.others > self.bound)

    @property
    def wide(self) -> Ints:
        """The bound without the rule that attains it."""
        return np.where(self.rule >= 0, self.others, self.bound)


@dataclass(frozen=True, eq=False)
class ReadyPools(Pools):
    """Pools that all count as shrinking."""

    @property
    def shrinking(self) -> Bools:
        """Every pool."""
        return np.ones(self.inflow.size, dtype=bool)


@dataclass(frozen=True, eq=False)
class Stated:
    """A round stated for prices.

    Attributes
    ----------
    case : Case
        The facts, every pool ready to shrink.
    bounds : Bounds
        Of these facts: ceilings and closed leaves.
    cut, forced, add : Least
        What the rules leave each line; ceilings are rows of their own and bound no line in `add`.
    program : LinearProgram
        Columns and costs of the lines as far as any one rule might open them, without rows of ceilings, every leaf
        open.
    closers : int64 array of shape (leaves,)
        How many rules close each leaf.
    still : bool array of shape (n,)
        Lines of a pool in which the authorities at hand may move nothing.
    """

    case: Case
    bounds: Bounds
    cut: Least
    forced: Least
    add: Least
    program: LinearProgram
    closers: Ints
    still: Bools

    @property
    def unit(self) -> int:
        """Units of the round, đồng."""
        return self.case.policy.unit

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of the round."""
        return self.bounds.rules


def state(given: Case, book: Rulebook) -> Stated:
    """State a round for prices."""
    pools = ReadyPools(**{name: getattr(given.pools, name) for name in Pools.__dataclass_fields__})
    case = replace(given, pools=pools)
    limits = {rule.code: rule.limits(case) for rule in book.rules}
    bounds = make_bounds(case, book, limits)
    unit, stated = case.policy.unit, tuple(limits.values())
    plan, most = case.plan // unit, np.full(len(case), LIMIT // unit, dtype=np.int64)
    cuts, adds = _in_units(stated, "cut", unit), _in_units(stated, "add", unit)
    cut = _least(cuts, most, plan)
    forced = _least({k: bound for k, bound in cuts.items() if book.rules[k].when_forced}, most, plan)
    # More than a pool holds never comes to a line.
    held = (case.pool_sum(case.plan) + np.abs(pools.inflow))[pools.pool] // unit + 1
    add = _least(adds, most, most)
    add = replace(add, others=np.minimum(add.others, add.bound + held))
    widest = np.maximum(cut.wide, np.maximum(forced.wide, cut.bound))
    program = assemble(
        case,
        book,
        replace(
            bounds,
            forced=widest * unit,
            add=add.wide * unit,
            groups=(),
            closed=np.zeros_like(bounds.closed),
        ),
    )
    closers = np.zeros(bounds.closed.size, dtype=np.int64)
    for part in stated:
        if part.closed is not None:
            closers += part.closed
    hands = case.policy.authority
    barred = np.array([hands is not None and code not in hands for code in pools.within], dtype=bool)
    still = (barred & ~given.pools.shrinking)[pools.pool]
    return Stated(case, bounds, cut, forced, add, program, closers, still)


def _in_units(limits: tuple[Limits, ...], side: str, unit: int) -> Mapping[int, Ints]:
    """Return what the rules leave every line on one side, ceilings apart, by the place of the rule."""
    named = ((place, getattr(part, side)) for place, part in enumerate(limits))
    return {place: np.maximum(0, bound) // unit for place, bound in named if bound is not None}


def _least(stated: Mapping[int, Ints], most: Ints, cap: Ints) -> Least:
    """Return the least of some bounds below *most*, and of a cap that is no rule."""
    bound, others = most.copy(), most.copy()
    rule = np.full(most.size, -1, dtype=np.int64)
    for place, one in stated.items():
        lower = one < bound
        others = np.where(lower, bound, np.minimum(others, one))
        np.copyto(rule, place, where=lower)
        bound = np.where(lower, one, bound)
    capped = cap < bound
    return Least(
        np.minimum(bound, cap),
        np.where(capped, -1, rule),
        np.where(capped, cap, np.minimum(others, cap)),
    )
