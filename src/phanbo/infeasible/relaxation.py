"""The least that has to be granted so that a round has a plan: bounds widened, pins lowered, never the law.

The round is stated with the bounds that law alone sets. A unit of a line beyond the bound of a rule that somebody may
grant costs one for each such rule, a unit into an owner that only such a rule closes costs one, and a unit of a pin
that is left out costs one: the sum is least, then the part of those who stand highest, and so on down.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from phanbo.assemble import Columns, canonical_ranks, network
from phanbo.bounds import bound_of, make_bounds
from phanbo.errors import InfeasibleRound
from phanbo.grouping import sum_by
from phanbo.money import LIMIT
from phanbo.program import Block, TierCosts
from phanbo.rules.walls import AuthorityAtHand, duty
from phanbo.segments import Segments
from phanbo.solver.reference import solve

if TYPE_CHECKING:
    from phanbo.bounds import Bounds
    from phanbo.case import Case
    from phanbo.money import Bools, Ints
    from phanbo.program import LinearProgram
    from phanbo.rulebook import Rulebook
    from phanbo.rules.base import Rule
    from phanbo.solver.solution import Limits

__all__ = ["GRANTORS", "Grant", "least_grants", "rank_of"]

GRANTORS = ("department", "reviewers", "ubnd", "hdnd")
"""Who may grant, from the lowest to the highest; anybody else stands above them."""


@dataclass(frozen=True)
class Grant:
    """One grant: a line may go `by` units beyond a rule, or a pin is lowered (no rule), or an owner's wall opened."""

    kind: str
    rule: Rule | None
    place: int
    side: str
    by: int

    @property
    def granted_by(self) -> str:
        """Who may grant it."""
        return "reviewers" if self.rule is None else self.rule.granted_by


def rank_of(grantor: str) -> int:
    """Return how high a grantor stands."""
    return GRANTORS.index(grantor) if grantor in GRANTORS else len(GRANTORS)


@dataclass(frozen=True, eq=False)
class _Side:
    """One side of all lines: what the rules that may be granted leave, in units, what law leaves, what is asked."""

    name: str
    segments: Segments
    stated: tuple[tuple[Rule, Ints], ...]
    pinned: Ints

    def cost(self, grantors: set[str]) -> Ints:
        """Return how many rules of some grantors each unit of a segment passes, less one where it is asked for."""
        passed = np.zeros(self.segments.line.size, dtype=np.int64)
        for rule, most in self.stated:
            if rule.granted_by in grantors:
                passed += self.segments.beyond(most)
        if "reviewers" in grantors:
            passed -= ~self.segments.beyond(self.pinned)
        return passed


def least_grants(case: Case, book: Rulebook, bounds: Bounds, limits: Limits) -> list[Grant]:
    """Return the least grants that make room for a plan; none where law alone leaves no way."""
    open_rules = [rule for rule in book.rules if _may_be_granted(rule, case)]
    strict = tuple(rule for rule in book.rules if rule not in open_rules)
    law = make_bounds(case, replace(book, rules=strict))
    sides = _sides(case, bounds, law, open_rules)
    program = _program(case, bounds, law, sides)
    try:
        solution = solve(program, limits)
    except InfeasibleRound:
        return []
    return _read(case, bounds, program, solution.x, sides)


def _may_be_granted(rule: Rule, case: Case) -> bool:
    """Return whether somebody may grant more than a rule leaves: of lines one by one, or of whom an authority closes."""
    limits = rule.limits(case)
    walls = limits.closed is not None and rule.code != AuthorityAtHand.code
    return bool(rule.granted_by) and limits.groups is None and not walls


def tight_pools(case: Case, bounds: Bounds) -> Bools:
    """Return the pools whose duty is larger than what their lines can spare: they raise nobody."""
    return np.asarray(-np.minimum(0, duty(case)) > case.pool_sum(bounds.cut), dtype=bool)


def _sides(case: Case, bounds: Bounds, law: Bounds, open_rules: list[Rule]) -> tuple[_Side, _Side]:
    """Return both sides of the lines, as wide as law lets them be; a line is never opened to both."""
    unit, tight = case.policy.unit, tight_pools(case, bounds)[case.pools.pool]
    pins = case.pins // unit
    most = {
        "cut": np.where((bounds.add > 0) | (pins > 0), bounds.cut, law.cut),
        "add": np.where((bounds.cut > 0) | (pins < 0), bounds.add, law.add),
    }
    most["cut"] = np.where(tight, law.forced, most["cut"])
    most["add"] = np.where(tight, 0, most["add"])
    found = []
    for name, asked in (("cut", np.maximum(0, -pins)), ("add", np.maximum(0, pins))):
        cap = most[name] // unit
        line = np.flatnonzero(cap > 0)
        zero = np.zeros_like(line)
        segments = Segments(line, zero, cap[line], zero).split(asked)
        stated = []
        for rule in open_rules:
            bound = bound_of(rule.limits(case), name)
            if bound is None:
                continue
            least = np.maximum(0, bound) // unit
            if name == "cut" and not rule.when_forced:
                least = np.where(tight, LIMIT, least)
            segments = segments.split(least)
            stated.append((rule, least))
        found.append(_Side(name, segments, tuple(stated), asked))
    return found[0], found[1]


def _program(case: Case, bounds: Bounds, law: Bounds, sides: tuple[_Side, _Side]) -> LinearProgram:
    """State the round under law alone, with what passes other rules at a cost."""
    cut, add = sides
    stated = replace(
        law,
        cut=np.maximum(law.cut, bounds.cut),
        add=sum_by(add.segments.line, add.segments.width, len(case)) * case.policy.unit,
    )
    grantors = sorted(
        {rule.granted_by for rule in bounds.rules if rule.granted_by} | {"reviewers"}, key=rank_of
    )

    def tiers(columns: Columns) -> tuple[TierCosts, ...]:
        flow = columns.block[columns.block.size - columns.flows :]
        leaf = columns.item[columns.block.size - columns.flows :]

        def total(some: set[str]) -> Ints:
            walls = _walled(case, bounds, some)
            into = np.zeros(columns.flows, dtype=np.int64)
            into[flow == Block.IN] = walls[leaf[flow == Block.IN]]
            return np.concatenate([cut.cost(some), add.cost(some), into])

        ranks = canonical_ranks(case.portfolio)
        least = [ranks[cut.segments.line], ranks[add.segments.line], (flow != Block.RESERVE).astype(np.int64)]
        return (
            TierCosts("relax", total(set(grantors))),
            *(TierCosts(f"relax[{name}]", total({name})) for name in reversed(grantors[1:])),
            TierCosts("canonical", np.concatenate(least)),
        )

    return network(case, stated, cut.segments, add.segments, tiers)


def _walled(case: Case, bounds: Bounds, grantors: set[str]) -> Ints:
    """Return how many rules of some grantors close each leaf."""
    count = np.zeros(len(case.pools.leaf_owner), dtype=np.int64)
    for rule in bounds.rules:
        closed = rule.limits(case).closed
        if rule.granted_by in grantors and closed is not None and _may_be_granted(rule, case):
            count += closed
    return count


def _read(
    case: Case, bounds: Bounds, program: LinearProgram, x: Ints, sides: tuple[_Side, _Side]
) -> list[Grant]:
    """Return what a solution grants."""
    found = []
    for side, units in zip(sides, program.moved(x, len(case)), strict=True):
        for rule, most in side.stated:
            beyond = np.maximum(0, units - most)
            found += [
                Grant("bound", rule, i, side.name, int(beyond[i])) for i in np.flatnonzero(beyond).tolist()
            ]
        short = np.maximum(0, side.pinned - units)
        found += [Grant("pin", None, i, side.name, int(short[i])) for i in np.flatnonzero(short).tolist()]
    here = program.block == Block.IN
    into = sum_by(program.item[here], x[here], len(case.pools.leaf_owner))
    for rule in bounds.rules:
        closed = rule.limits(case).closed
        if closed is not None and _may_be_granted(rule, case):
            places = np.flatnonzero(closed & (into > 0)).tolist()
            found += [Grant("wall", rule, v, "", int(into[v])) for v in places]
    return found
