"""What every line may give and receive: the least over the rules, and the rule that attains it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from phanbo.case import Case
from phanbo.money import LIMIT, Bools, Ints
from phanbo.rulebook import Rulebook
from phanbo.rules.base import GroupRows, Limits, Rule

__all__ = ["Bounds", "make_bounds"]


@dataclass(frozen=True, eq=False)
class Bounds:
    """The legal bounds of a round, in đồng, floored to whole units (*model* §2).

    Attributes
    ----------
    cut, add, forced : int64 arrays of shape (n,)
        Largest cut, largest add (as if the line received alone), and largest cut where the pool shrinks
        (0 elsewhere).
    surplus : int64 array of shape (n,), in đồng
        What a line can spare, wherever it may go: the cut bound without the rules of movement.
    cut_rule, add_rule, forced_rule : int64 arrays of shape (n,)
        Place in `rules` of the first rule that attains the bound, −1 where none does.
    first_failed : int64 array of shape (n,)
        For a line that may receive nothing: the first rule, in rulebook order, that refuses it; else −1.
    groups : tuple of (int, GroupRows)
        Group rows, each with the place of its rule.
    closed : bool array of shape (leaves,)
        Leaves that may not import.
    closed_rule : int64 array of shape (leaves,)
        Place of the first rule that closes the leaf, −1 where it is open.
    """

    rules: tuple[Rule, ...]
    unit: int
    cut: Ints
    add: Ints
    forced: Ints
    surplus: Ints
    cut_rule: Ints
    add_rule: Ints
    forced_rule: Ints
    first_failed: Ints
    groups: tuple[tuple[int, GroupRows], ...]
    closed: Bools
    closed_rule: Ints

    def stated(self, case: Case, line: int, side: str) -> list[tuple[Rule, int]]:
        """Return every rule that bounds one side (``cut`` or ``add``) of a line, with its bound in đồng.

        A bound of the size of `money.LIMIT` says that the rule does not hold the line back.
        """
        found = []
        for rule in self.rules:
            bound = bound_of(rule.limits(case), side)
            if bound is not None:
                found.append((rule, max(0, int(bound[line])) // self.unit * self.unit))
        return found


def make_bounds(case: Case, rulebook: Rulebook, known: Mapping[str, Limits] | None = None) -> Bounds:
    """Ask every rule for its limits and return the least of them for every line.

    Limits *known* already, by the code of their rule, are not asked for again.
    """
    rules, unit, known = rulebook.rules, case.policy.unit, known or {}
    limits = [known[rule.code] if rule.code in known else rule.limits(case) for rule in rules]
    cuts, adds = (_in_units(limits, side, unit) for side in ("cut", "add"))
    # Nobody gives more than the plan, whatever the rules at hand.
    plan, most = case.plan // unit * unit, np.full(len(case), LIMIT // unit * unit, dtype=np.int64)
    cut, cut_rule = _least(cuts, most)
    forced, forced_rule = _least({k: part for k, part in cuts.items() if rules[k].when_forced}, most)
    surplus, _ = _least({k: part for k, part in cuts.items() if not rules[k].of_movement}, most)
    cut, forced, surplus = (np.minimum(side, plan) for side in (cut, forced, surplus))
    add, add_rule = _least(adds, most)
    closed_rule = np.full(len(case.pools.leaf_owner), -1, dtype=np.int64)
    for place, part in enumerate(limits):
        if part.closed is not None:
            closed_rule = np.where((closed_rule < 0) & part.closed, place, closed_rule)
    return Bounds(
        rules=rules,
        unit=unit,
        cut=cut,
        add=add,
        forced=np.where(case.shrinking, np.maximum(forced, cut), 0),
        surplus=surplus,
        cut_rule=cut_rule,
        add_rule=add_rule,
        forced_rule=forced_rule,
        first_failed=_first_refusing(adds, add),
        groups=tuple((k, part.groups) for k, part in enumerate(limits) if part.groups is not None),
        closed=closed_rule >= 0,
        closed_rule=closed_rule,
    )


def bound_of(limits: Limits, side: str) -> Ints | None:
    """Return what a rule lets every line give (``cut``) or receive (``add``); ``None`` where it says nothing."""
    if side == "cut":
        return limits.cut
    if limits.groups is None:
        return limits.add
    alone = limits.groups.alone
    return alone if limits.add is None else np.minimum(limits.add, alone)


def _in_units(limits: list[Limits], side: str, unit: int) -> dict[int, Ints]:
    """Return what the rules that speak of a side leave every line, in whole units, by the place of the rule."""
    stated = ((place, bound_of(part, side)) for place, part in enumerate(limits))
    return {place: np.maximum(0, bound) // unit * unit for place, bound in stated if bound is not None}


def _least(bounds: dict[int, Ints], most: Ints) -> tuple[Ints, Ints]:
    """Return the least bound of every line, and the first rule that attains it."""
    least, attained = most.copy(), np.full(most.size, -1, dtype=np.int64)
    for place, bound in bounds.items():
        np.copyto(attained, place, where=bound < least)
        np.minimum(least, bound, out=least)
    return least, attained


def _first_refusing(bounds: dict[int, Ints], least: Ints) -> Ints:
    """Return the first rule that leaves a line nothing; −1 where there is none."""
    refusing = np.full(least.size, -1, dtype=np.int64)
    for place, bound in reversed(bounds.items()):
        np.copyto(refusing, place, where=bound == 0)
    return refusing
