"""The round stated once more, for the proof alone: columns and rows as flat arrays, in whole units.

Columns are rebuilt here from the outlook, by counting; nothing is shared with what states the program.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from phanbo.grouping import blocks, sum_by

if TYPE_CHECKING:
    from phanbo.case import Case
    from phanbo.certificate.claims import Claims, RowClaim
    from phanbo.money import Bools, Ints

__all__ = ["MOST", "Rows", "Statement", "Steps", "state"]

MOST = 2**60
"""All that may move stays below it, in units as in đồng, so that no sum leaves int64."""


@dataclass(frozen=True, eq=False, slots=True)
class Steps:
    """The steps of one side: line, width in units, chance in points of the outlook, beyond a mark, asked for, taken."""

    line: Ints
    width: Ints
    chance: Ints
    marked: Bools
    pinned: Bools
    taken: Ints


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows ``lower ≤ A x ≤ upper``: entries of *A* by coordinates, sorted by column; *number* is a row by its key.

    Every column has an entry: *start* is the first one of each.
    """

    keys: tuple[str, ...]
    number: dict[str, int]
    lower: Ints
    upper: Ints
    row: Ints
    column: Ints
    sign: Ints
    start: Ints

    def activity(self, x: Ints) -> Ints:
        """Return ``A x``, exact."""
        return sum_by(self.row, self.sign * x[self.column], self.lower.size)

    def priced(self, duals: Ints) -> Ints:
        """Return ``Aᵀ π``, exact."""
        total: Ints = np.add.reduceat(self.sign * duals[self.row], self.start)
        return total


@dataclass(frozen=True, eq=False)
class Statement:
    """The full round: its steps, the stored plan *x*, ``0 ≤ x ≤ upper``, and its rows.

    Columns in order: cuts, adds, capital into each leaf, out of each leaf, kept by each pool; *sizes* counts them.
    """

    cuts: Steps
    adds: Steps
    sizes: tuple[int, int, int, int, int]
    x: Ints
    upper: Ints
    rows: Rows

    def misfit(self, case: Case, claims: Claims) -> str:
        """Return what makes the stored plan no point of this program; empty where it is one."""
        if (self.x < 0).any() or (self.x > self.upper).any():
            return "the plan leaves the bounds of the program"
        activity = self.rows.activity(self.x)
        broken = np.flatnonzero((activity < self.rows.lower) | (activity > self.rows.upper))
        if broken.size:
            return f"the plan breaks row {self.rows.keys[broken[0]]}"
        for side, change in ((self.cuts, claims.changes.cut), (self.adds, claims.changes.add)):
            if not np.array_equal(sum_by(side.line, side.taken, len(case)) * case.policy.unit, change):
                return "the plan is larger than its bounds"
        return ""


def state(case: Case, claims: Claims) -> Statement | None:
    """State the full round; ``None`` where its amounts are too large to be added up."""
    unit, pools = case.policy.unit, case.pools
    deepest = np.maximum(claims.cut, np.where(case.shrinking, claims.forced, 0)) // unit
    highest, inflow = claims.add // unit, pools.inflow // unit
    moving = sum(float(np.abs(side.astype(float)).sum()) for side in (deepest, highest, inflow))
    if moving >= MOST:
        return None
    covered = np.maximum(0, case.plan - case.disbursed - case.committed)
    owed = -(-np.maximum(0, case.served - covered) // unit)
    cuts = _steps(case, deepest, claims.cut // unit, claims.changes.cut, -1)
    adds = _steps(case, highest, owed, claims.changes.add, 1)
    leaves, count = len(pools.leaf_owner), len(pools.names)
    net = sum_by(pools.leaf, (claims.changes.add - claims.changes.cut) // unit, leaves)
    give = sum_by(pools.leaf[cuts.line], cuts.width, leaves)
    take = np.where(claims.closed, 0, sum_by(pools.leaf[adds.line], adds.width, leaves))
    room = np.maximum(0, inflow) + np.where(_may_return(case), sum_by(pools.leaf_pool, give, count), 0)
    kept = inflow - sum_by(pools.leaf_pool, net, count)
    return Statement(
        cuts=cuts,
        adds=adds,
        sizes=(cuts.line.size, adds.line.size, leaves, leaves, count),
        x=np.concatenate([cuts.taken, adds.taken, np.maximum(0, net), np.maximum(0, -net), kept]),
        upper=np.concatenate([cuts.width, adds.width, take, give, room]),
        rows=_rows(case, cuts.line, adds.line, claims.rows),
    )


def _may_return(case: Case) -> Bools:
    """Return the pools that may keep surplus in their reserve."""
    pools, hands = case.pools, case.policy.authority
    if not case.policy.return_unplaced or hands is None:
        return np.full(len(pools.names), case.policy.return_unplaced)
    needed = zip(pools.between, pools.within, strict=True)
    return np.array([across in hands and inside in hands for across, inside in needed], dtype=bool)


def _steps(case: Case, cap: Ints, mark: Ints, change: Ints, sign: int) -> Steps:
    """Cut the units 1 … cap of each line where a point of the outlook, or the mark, lies; count the chance of each.

    *sign* −1 goes down from the plan, +1 up. A unit's chance is the number of points at or above its upper end.
    """
    every = np.flatnonzero(cap > 0)
    parts = [_steps_of(case, every[rows], cap, mark, change, sign) for rows in blocks(every.size)]
    return Steps(*(np.concatenate([getattr(part, name) for part in parts]) for name in Steps.__slots__))


def _steps_of(case: Case, lines: Ints, cap: Ints, mark: Ints, change: Ints, sign: int) -> Steps:
    """Return the steps of some lines."""
    unit, points, cap = case.policy.unit, case.outlook.points[lines], cap[lines, None]
    asked = np.maximum(0, sign * case.pins[lines]) // unit
    # A point inside a unit does not cover it: rounded down, whether the line rises to it or falls.
    levels = sign * ((points - case.plan[lines, None]) // unit)
    ends = np.concatenate([levels, mark[lines, None], asked[:, None], np.zeros_like(cap), cap], axis=1)
    ends = np.sort(np.clip(ends, 0, cap), axis=1)
    owner, place = np.nonzero(ends[:, 1:] > ends[:, :-1])
    low, high, line = ends[owner, place], ends[owner, place + 1], lines[owner]
    upper_end = case.plan[line] + unit * (low + 1 if sign > 0 else -low)
    return Steps(
        line=line,
        width=high - low,
        chance=(points[owner] >= upper_end[:, None]).sum(axis=1),
        marked=low >= mark[line],
        pinned=high <= asked[owner],
        taken=np.clip(change[line] // unit - low, 0, high - low),
    )


def _rows(case: Case, cuts: Ints, adds: Ints, claimed: tuple[RowClaim, ...]) -> Rows:
    """State the balances of leaves and pools, and the claimed rows; *cuts* and *adds* are the lines of the steps."""
    pools, unit = case.pools, case.policy.unit
    leaves, count = len(pools.leaf_owner), len(pools.names)
    leaf, inflow, steps = np.arange(leaves), pools.inflow // unit, cuts.size + adds.size
    into, out, kept = steps + leaf, steps + leaves + leaf, steps + 2 * leaves + np.arange(count)
    row, column = _memberships(adds, claimed)
    entries = (
        # row, column, sign
        (pools.leaf[cuts], np.arange(cuts.size), 1),
        (pools.leaf[adds], cuts.size + np.arange(adds.size), -1),
        (leaf, into, 1),
        (leaf, out, -1),
        (leaves + pools.leaf_pool, out, 1),
        (leaves + pools.leaf_pool, into, -1),
        (leaves + np.arange(count), kept, -1),
        (leaves + count + row, cuts.size + column, 1),
    )
    columns = np.concatenate([entry[1] for entry in entries])
    order = np.argsort(columns, kind="stable")
    column = columns[order]
    names = pools.names
    owners = zip(pools.leaf_pool.tolist(), pools.leaf_owner, strict=True)
    keys = [f"leaf:{names[p]}|{owner}" for p, owner in owners]
    keys += [*(f"pool:{name}" for name in names), *(claim.key for claim in claimed)]
    rooms = np.array([claim.headroom // unit for claim in claimed], dtype=np.int64)
    none = np.zeros(leaves, dtype=np.int64)
    return Rows(
        keys=tuple(keys),
        number=dict(zip(keys, range(len(keys)), strict=True)),
        lower=np.concatenate([none, -inflow, np.zeros_like(rooms)]),
        upper=np.concatenate([none, -inflow, rooms]),
        row=np.concatenate([entry[0] for entry in entries])[order],
        column=column,
        sign=np.concatenate([np.full(entry[1].size, entry[2], dtype=np.int64) for entry in entries])[order],
        start=np.flatnonzero(np.diff(column, prepend=-1)),
    )


def _memberships(adds: Ints, claimed: tuple[RowClaim, ...]) -> tuple[Ints, Ints]:
    """Return (row, step) for every step of every line of a claimed row; *adds* is sorted."""
    size = np.fromiter((len(claim.lines) for claim in claimed), dtype=np.int64, count=len(claimed))
    line = np.fromiter(chain.from_iterable(claim.lines for claim in claimed), dtype=np.int64)
    first, last = (np.searchsorted(adds, line, side) for side in ("left", "right"))
    steps = last - first
    # Step number: how many come before among its line's, from the line's first one on.
    place = np.arange(steps.sum()) - np.repeat(np.cumsum(steps) - steps, steps)
    row = np.repeat(np.repeat(np.arange(len(claimed)), size), steps)
    return row, np.repeat(first, steps) + place
