"""What every line may give and receive: the least over the rules, and the rule that attains it."""

from __future__ import annotations

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


def make_bounds(case: Case, rulebook: Rulebook) -> Bounds:
    """Ask every rule for its limits and return the least of them for every line."""
    limits = [rule.limits(case) for rule in rulebook.rules]
    unit, n = case.policy.unit, len(case)
    cut, cut_rule, _ = _least(limits, "cut", unit, n)
    add, add_rule, first_failed = _least(limits, "add", unit, n)
    waived = [
        part if rule.when_forced else Limits() for rule, part in zip(rulebook.rules, limits, strict=True)
    ]
    forced, forced_rule, _ = _least(waived, "cut", unit, n)
    # Nobody gives more than the plan, whatever the rules at hand.
    cut, forced = np.minimum(cut, case.plan // unit * unit), np.minimum(forced, case.plan // unit * unit)
    sparing = [
        Limits() if rule.of_movement else part for rule, part in zip(rulebook.rules, limits, strict=True)
    ]
    surplus = np.minimum(_least(sparing, "cut", unit, n)[0], case.plan // unit * unit)
    closed_rule = np.full(len(case.pools.leaf_owner), -1, dtype=np.int64)
    for place, part in enumerate(limits):
        if part.closed is not None:
            closed_rule = np.where((closed_rule < 0) & part.closed, place, closed_rule)
    return Bounds(
        rules=rulebook.rules,
        unit=unit,
        cut=cut,
        add=add,
        forced=np.where(case.shrinking, np.maximum(forced, cut), 0),
        surplus=surplus,
        cut_rule=cut_rule,
        add_rule=add_rule,
        forced_rule=forced_rule,
        first_failed=np.where(add == 0, first_failed, -1),
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


def _least(limits: list[Limits], side: str, unit: int, n: int) -> tuple[Ints, Ints, Ints]:
    """Return the least bound in whole units, the first rule that attains it, the first that leaves nothing."""
    least = np.full(n, LIMIT // unit * unit, dtype=np.int64)
    attained, refused = np.full(n, -1, dtype=np.int64), np.full(n, -1, dtype=np.int64)
    for k, part in enumerate(limits):
        bound = bound_of(part, side)
        if bound is None:
            continue
        whole = np.maximum(0, bound) // unit * unit
        lower = whole < least
        least, attained = np.where(lower, whole, least), np.where(lower, k, attained)
        refused = np.where((refused < 0) & (whole == 0), k, refused)
    return least, attained, refused
