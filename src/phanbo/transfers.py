"""Cuts and adds → donor-to-receiver transfers, inside each owner first, then over the pool (*model* §5).

Whole lines are matched by two pointers, all groups at once: two running totals are laid over each other and
every interval between their break points is one transfer. A pool has at most
``donors + (tier, line) receivers − 1`` of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phanbo.assemble import key_lines, tier_plan
from phanbo.case import Case
from phanbo.grouping import sum_by
from phanbo.money import Ints
from phanbo.rulebook import Rulebook
from phanbo.rules.walls import duty
from phanbo.segments import obligation_units, pinned_units

__all__ = ["INFLOW", "RESERVE", "SHORTFALL", "Transfers", "make_transfers"]

RESERVE, SHORTFALL, INFLOW = -1, -2, -3
"""Stand in the place of a line: the pool's reserve, its shortfall, its inflow."""

MILLION = 1_000_000


@dataclass(frozen=True, eq=False)
class Transfers:
    """Transfers as columns; amounts in đồng, lines by position (or `RESERVE`, `SHORTFALL`, `INFLOW`).

    `tier` is the place, in the round's tiers, of the first tier that the receiving segment counts in.
    `slope` is the chance gained per đồng, in millionths: receiver's mean slope less donor's.
    """

    donor: Ints
    receiver: Ints
    pool: Ints
    amount: Ints
    tier: Ints
    slope: Ints

    def __len__(self) -> int:
        return int(self.amount.size)

    def take(self, place: NDArray[Any]) -> Transfers:
        """Return some of the transfers, in the order given."""
        return Transfers(*(column[place] for column in self.columns))

    @property
    def columns(self) -> tuple[Ints, ...]:
        """All columns."""
        return self.donor, self.receiver, self.pool, self.amount, self.tier, self.slope

    def changes(self, lines: int) -> tuple[Ints, Ints]:
        """Return the cut and the add of every line, đồng."""
        return sum_by(self.donor, self.amount, lines), sum_by(self.receiver, self.amount, lines)


@dataclass(frozen=True, eq=False)
class _Side:
    """Donors or receivers, sorted within a group: group, line, amount, tier, mean slope in millionths."""

    group: Ints
    line: Ints
    amount: Ints
    tier: Ints
    slope: Ints

    def where(self, amount: Ints) -> _Side:
        kept = amount > 0
        return _Side(self.group[kept], self.line[kept], amount[kept], self.tier[kept], self.slope[kept])

    def regroup(self, group: Ints) -> _Side:
        return _Side(group[self.group], self.line, self.amount, self.tier, self.slope)


def make_transfers(case: Case, rulebook: Rulebook, cut: Ints, add: Ints) -> Transfers:
    """Return who gives to whom; *cut* and *add* in đồng, shape (n,), must balance in every pool."""
    pools = case.pools
    donors, receivers = _donors(case, cut), _receivers(case, rulebook, add)
    inside = np.minimum(
        sum_by(donors.group, donors.amount, len(pools.leaf_owner)),
        sum_by(receivers.group, receivers.amount, len(pools.leaf_owner)),
    )
    kept_d, kept_r = _first(donors, inside), _first(receivers, inside)
    within = _overlay(donors.where(kept_d), receivers.where(kept_r), pools.leaf_pool)

    left_d = donors.where(donors.amount - kept_d).regroup(pools.leaf_pool)
    left_r = receivers.where(receivers.amount - kept_r).regroup(pools.leaf_pool)
    across = _overlay(
        _sorted(_joined(left_d, _inflow(case)), by_loss=True, case=case),
        _sorted(_joined(left_r, _sinks(case, rulebook, cut, add)), by_loss=False, case=case),
        np.arange(len(pools.names), dtype=np.int64),
    )
    return Transfers(*(np.concatenate(pair) for pair in zip(within.columns, across.columns, strict=True)))


def _mean_slope(case: Case, low: Ints, high: Ints, lines: Ints) -> Ints:
    """Return the mean chance that a đồng between two totals of a line is spent, in millionths."""
    points = case.outlook.points[lines]
    spent = np.minimum(points, high[:, None]) - np.minimum(points, low[:, None])
    unit = case.policy.unit
    total = (spent // unit).sum(axis=1)
    return np.asarray(
        total * MILLION // np.maximum(1, points.shape[1] * ((high - low) // unit)), dtype=np.int64
    )


def _donors(case: Case, cut: Ints) -> _Side:
    lines = np.flatnonzero(cut > 0)
    loss = _mean_slope(case, (case.plan - cut)[lines], case.plan[lines], lines)
    side = _Side(case.pools.leaf[lines], lines, cut[lines], np.zeros_like(lines), loss)
    return _sorted(side, by_loss=True, case=case)


def _receivers(case: Case, rulebook: Rulebook, add: Ints) -> _Side:
    """Return (tier, line) receivers: what is pinned, what serves claims, what does neither, joined where one tier counts both."""
    unit = case.policy.unit
    pinned, owed = (
        np.minimum(add, units * unit) for units in (pinned_units(case)[1], obligation_units(case))
    )
    tiers = _first_tier(case, rulebook)
    lines, starts, ends, tier = [], [], [], []
    # Where one tier counts the claims and the rest, both are one piece.
    second = np.where(tiers[1] == tiers[2], pinned, np.maximum(pinned, owed))
    for part, (low, high) in enumerate(((np.zeros_like(add), pinned), (pinned, second), (second, add))):
        here = np.flatnonzero(high > low)
        lines.append(here)
        starts.append(low[here])
        ends.append(high[here])
        tier.append(tiers[part][here])
    line = np.concatenate(lines)
    bottom, top = np.concatenate(starts), np.concatenate(ends)
    slope = _mean_slope(case, case.plan[line] + bottom, case.plan[line] + top, line)
    side = _Side(case.pools.leaf[line], line, top - bottom, np.concatenate(tier), slope)
    return _sorted(side, by_loss=False, case=case)


def _first_tier(case: Case, rulebook: Rulebook) -> tuple[Ints, Ints, Ints]:
    """Return, for what is pinned of a line, for its claims and for the rest, the first tier that counts them."""
    names = [tier.name for tier in tier_plan(case, rulebook)]
    place = {name: k for k, name in enumerate(names)}
    last = len(names)
    by_class = np.array([place.get(f"priority[{c.code}]", last) for c in rulebook.classes], dtype=np.int64)
    rest = np.minimum(by_class[rulebook.priority(case)], place.get("disbursement", last))
    rest = np.where(key_lines(case), np.minimum(rest, place.get("key", last)), rest)
    pinned = np.full_like(rest, place.get("pinned", last))
    return pinned, np.minimum(rest, place.get("obligations", last)), rest


def _inflow(case: Case) -> _Side:
    """Return the pools whose money came in, as donors."""
    came = np.maximum(0, duty(case))
    pools = np.flatnonzero(came > 0)
    zero = np.zeros_like(pools)
    return _Side(pools, np.full_like(pools, INFLOW), came[pools], zero, zero)


def _sinks(case: Case, rulebook: Rulebook, cut: Ints, add: Ints) -> _Side:
    """Return the shortfalls (served first) and the reserves (served last), as receivers."""
    names = [tier.name for tier in tier_plan(case, rulebook)]
    owed = np.maximum(0, -duty(case))
    left = case.pool_sum(cut - add) + duty(case)
    short, kept = np.flatnonzero(owed > 0), np.flatnonzero(left > 0)
    last = names.index("return") if "return" in names else len(names)
    return _Side(
        np.concatenate([short, kept]),
        np.concatenate([np.full_like(short, SHORTFALL), np.full_like(kept, RESERVE)]),
        np.concatenate([owed[short], left[kept]]),
        np.concatenate([np.full_like(short, -1), np.full_like(kept, last)]),
        np.zeros(short.size + kept.size, dtype=np.int64),
    )


def _joined(left: _Side, right: _Side) -> _Side:
    return _Side(
        np.concatenate([left.group, right.group]),
        np.concatenate([left.line, right.line]),
        np.concatenate([left.amount, right.amount]),
        np.concatenate([left.tier, right.tier]),
        np.concatenate([left.slope, right.slope]),
    )


def _sorted(side: _Side, *, by_loss: bool, case: Case) -> _Side:
    """Sort within each group: donors by loss, lateness, line; receivers by tier, best slope, line.

    The reserve comes after every line of its tier.
    """
    reading = case.assessment.decides
    late = np.where(case.offer > 0, 1000, reading.late_permille)
    inside = np.maximum(0, side.line)
    line = np.where(side.line == RESERVE, len(case), side.line)
    if by_loss:
        delay = np.where(side.line >= 0, late[inside] if late.size else 0, 1001)
        order = np.lexsort((line, -delay, side.slope, side.group))
    else:
        order = np.lexsort((line, -side.slope, side.line == RESERVE, side.tier, side.group))
    return _Side(side.group[order], side.line[order], side.amount[order], side.tier[order], side.slope[order])


def _first(side: _Side, quota: Ints) -> Ints:
    """Return how much of each entry lies within the first ``quota[group]`` đồng of its group."""
    running = np.cumsum(side.amount) - side.amount
    start = np.zeros(quota.size, dtype=np.int64)
    new = np.ones(side.group.size, dtype=bool)
    new[1:] = side.group[1:] != side.group[:-1]
    start[side.group[new]] = running[new]
    before = running - start[side.group]
    return np.clip(quota[side.group] - before, 0, side.amount)


def _overlay(donors: _Side, receivers: _Side, pool_of: Ints) -> Transfers:
    """Lay two running totals over each other; in every group both sides have the same total."""
    given, taken = np.cumsum(donors.amount), np.cumsum(receivers.amount)
    if not np.array_equal(given[-1:], taken[-1:]):
        raise AssertionError("cuts and adds do not balance")
    ends = np.union1d(given, taken)
    starts = np.concatenate([np.zeros(min(1, ends.size), dtype=np.int64), ends[:-1]])
    d, r = np.searchsorted(given, ends, side="left"), np.searchsorted(taken, ends, side="left")
    if not np.array_equal(donors.group[d], receivers.group[r]):
        raise AssertionError("cuts and adds do not balance in some pool")
    return Transfers(
        donor=donors.line[d],
        receiver=receivers.line[r],
        pool=pool_of[donors.group[d]],
        amount=ends - starts,
        tier=receivers.tier[r],
        slope=receivers.slope[r] - donors.slope[d],
    )
