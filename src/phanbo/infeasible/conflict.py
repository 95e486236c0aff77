"""Demands that cannot be met together, none of them to spare: an irreducible set for each part of a round.

HiGHS names a few inequalities; the demands behind them are reduced by a deletion filter of our own, which asks of each
demand whether the others can be met. Where HiGHS cannot say, the filter starts from all demands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from phanbo.infeasible.demands import Demand, Demands
from phanbo.solver.feasibility import conflict_of, feasible

if TYPE_CHECKING:
    from phanbo.bounds import Bounds
    from phanbo.case import Case
    from phanbo.money import Bools, Ints

__all__ = ["conflicts", "irreducible", "named_by_highs"]

Test = Callable[[Sequence[Demand]], bool]


def conflicts(case: Case, bounds: Bounds, failing: Bools) -> list[tuple[Demands, list[Demand]]]:
    """Return an irreducible set of demands for each failing pool, alone or with those it shares ceilings with.

    Law is named by preference: bounds that somebody may grant only where law and pins leave a way, pins only where
    law does.
    """
    found: list[tuple[Demands, list[Demand]]] = []
    done = np.zeros(failing.size, dtype=bool)
    joined = _joined(case, bounds)
    for pool in np.flatnonzero(failing).tolist():
        if done[pool]:
            continue
        together = np.flatnonzero(joined == joined[pool])
        tried = ((np.array([pool]), False), (together, False), (together, True))
        for pools, integer in tried:
            demands = Demands(case, bounds, pools, integer=integer)
            reduced = _reduced(demands)
            if reduced:
                found.append((demands, reduced))
                done[pools] = True
                break
    return found


def _reduced(demands: Demands) -> list[Demand]:
    """Return an irreducible set of the demands; nothing where all of them can be met."""

    def impossible(some: Sequence[Demand]) -> bool:
        return not feasible(demands.together(some))

    law = [demand for demand in demands.all if not demand.granted_by]
    asked = [demand for demand in demands.all if not demand.granted_by or demand.kind == "pin"]
    for start in (law, asked, list(demands.all)):
        if impossible(start):
            named = named_by_highs(demands, start)
            return irreducible(named if named and impossible(named) else start, impossible)
    return []


def named_by_highs(demands: Demands, some: Sequence[Demand]) -> list[Demand]:
    """Return the demands behind the inequalities that HiGHS says contradict each other."""
    return demands.in_the_way(some, *conflict_of(demands.together(some)))


def irreducible(demands: Sequence[Demand], impossible: Test) -> list[Demand]:
    """Return some of the demands that cannot be met together while all but any one of them can (QuickXplain).

    The first ones are kept where there is a choice.
    """

    def needed(given: list[Demand], rest: list[Demand], *, new: bool) -> list[Demand]:
        if new and impossible(given):
            return []
        if len(rest) == 1:
            return rest
        left, right = rest[: len(rest) // 2], rest[len(rest) // 2 :]
        second = needed([*given, *left], right, new=bool(left))
        first = needed([*given, *second], left, new=bool(second))
        return [*first, *second]

    return needed([], list(demands), new=False)


def _joined(case: Case, bounds: Bounds) -> Ints:
    """Return a number for each pool, the same for pools whose lines share a ceiling."""
    label = np.arange(len(case.pools.names), dtype=np.int64)
    for _, part in bounds.groups:
        inside = part.group >= 0
        group, pool = part.group[inside], case.pools.pool[inside]
        while True:
            least = np.full(part.headroom.size, label.size, dtype=np.int64)
            np.minimum.at(least, group, label[pool])
            fresh = label.copy()
            np.minimum.at(fresh, pool, least[group])
            fresh = fresh[fresh]
            if np.array_equal(fresh, label):
                break
            label = fresh
    return label
