"""Programs of the model's shape drawn by number: pools, owners, segments, walls, ceilings, tiers in any order.

Small enough that every edge is met often: ties in all tiers but the last, closed leaves, duties to cut and money
that came in, reserves, ceilings inside a leaf and across leaves, tight, loose and at 0.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from phanbo.money import Ints
from phanbo.program import Block, LinearProgram, TierCosts

__all__ = ["draw_program"]

POINTS = 4
CLASSES = 3


@dataclass
class _Lines:
    """What is known of each line, and its segments as columns."""

    pool: list[int] = field(default_factory=list)
    owner: list[int] = field(default_factory=list)
    klass: list[int] = field(default_factory=list)
    late: list[int] = field(default_factory=list)
    lead: list[int] = field(default_factory=list)


def draw_program(seed: int) -> LinearProgram:
    """Return the program of a number: always the same."""
    rng = np.random.default_rng(seed)
    pools, owners = int(rng.integers(1, 4)), int(rng.integers(1, 4))
    lines = _lines(rng, pools, owners)
    n = len(lines.pool)
    segments = _segments(rng, n)
    leaf_of = np.array(lines.pool) * owners + np.array(lines.owner)
    inflow = np.where(rng.random(pools) < 0.4, rng.integers(-4, 6, pools), 0)
    give = np.zeros(pools, dtype=np.int64)
    for line, block, width, *_ in segments:
        if block == Block.CUT:
            give[lines.pool[line]] += width
    inflow = np.maximum(inflow, -give)  # a duty beyond every cut has no plan
    if rng.random() < 0.03:
        inflow[0] = -int(give[0]) - 1
    closed = rng.random(pools * owners) < 0.3
    returns = rng.random() < 0.3
    columns = [(block, line, width) for line, block, width, *_ in segments]
    entries: list[tuple[int, int, int]] = []
    takes, gives = np.zeros(pools * owners, np.int64), np.zeros(pools * owners, np.int64)
    for k, (line, block, width, *_) in enumerate(segments):
        entries.append((int(leaf_of[line]), k, 1 if block == Block.CUT else -1))
        (gives if block == Block.CUT else takes)[leaf_of[line]] += width
    leaves = pools * owners
    for block, room, sign, barred in ((Block.IN, takes, 1, closed), (Block.OUT, gives, -1, closed & False)):
        for v in np.flatnonzero((room > 0) & ~barred).tolist():
            entries += [(v, len(columns), sign), (leaves + v // owners, len(columns), -sign)]
            columns.append((block, v, int(room[v])))
    for p in range(pools):
        kept = max(0, int(inflow[p])) + (int(give[p]) if returns else 0)
        if kept:
            entries.append((leaves + p, len(columns), -1))
            columns.append((Block.RESERVE, p, kept))
    low = [0] * leaves + (-inflow).tolist()
    high = list(low)
    _ceilings(rng, lines, segments, entries, low, high)
    return _stated(rng, lines, segments, columns, entries, (low, high))


def _lines(rng: np.random.Generator, pools: int, owners: int) -> _Lines:
    lines = _Lines()
    for _ in range(int(rng.integers(2, 12))):
        lines.pool.append(int(rng.integers(pools)))
        lines.owner.append(int(rng.integers(owners)))
        lines.klass.append(int(rng.integers(CLASSES)))
        lines.late.append(int(rng.choice([0, 0, 300, 1000])))
        lines.lead.append(int(rng.choice([0, 0, 300, 1000])))
    return lines


def _segments(rng: np.random.Generator, n: int) -> list[tuple[int, Block, int, int, int, int]]:
    """Return (line, block, width, slope, first mark, second mark), each line's from the plan outwards.

    Marks: a cut beyond the surplus (protect, protect_late); an add that serves claims.
    """
    found = []
    cuts = rng.random(n) < 0.5
    for block in (Block.CUT, Block.ADD):
        for line in range(n):
            both = rng.random() < 0.05
            if (block == Block.CUT) != bool(cuts[line]) and not both:
                continue
            count = int(rng.integers(1, 4))
            slopes = np.sort(rng.choice(POINTS + 1, count, replace=False))
            if block == Block.ADD:
                slopes = slopes[::-1]
            mark = (
                int(rng.integers(0, count + 1))
                if rng.random() < 0.4
                else (0 if block == Block.ADD else count)
            )
            late = bool(rng.random() < 0.5)
            for k, slope in enumerate(slopes.tolist()):
                beyond = block == Block.CUT and k >= mark
                first = int(beyond and not late) if block == Block.CUT else int(k < mark)
                found.append((line, block, int(rng.integers(1, 5)), slope, first, int(beyond and late)))
    return found


def _ceilings(
    rng: np.random.Generator,
    lines: _Lines,
    segments: list[tuple[int, Block, int, int, int, int]],
    entries: list[tuple[int, int, int]],
    low: list[int],
    high: list[int],
) -> None:
    """Add a laminar family of rows over the lines: projects of an owner, and parts of them."""
    n = len(lines.pool)
    project = np.array([owner * 2 + int(rng.integers(2)) for owner in lines.owner])
    if rng.random() < 0.3:  # loans: groups that cross owners
        project = rng.integers(0, 2, n)
    part = project * 10 + (np.array(lines.pool) if rng.random() < 0.5 else rng.integers(0, 2, n))
    for groups, share in ((project, 0.7), (part, 0.4)):
        for g in np.unique(groups).tolist():
            members = [k for k, s in enumerate(segments) if s[1] == Block.ADD and groups[s[0]] == g]
            if len({segments[k][0] for k in members}) < 2 or rng.random() > share:
                continue
            total = sum(segments[k][2] for k in members)
            entries += [(len(low), k, 1) for k in members]
            low.append(0)
            high.append(int(rng.integers(0, total + 2)))


def _stated(
    rng: np.random.Generator,
    lines: _Lines,
    segments: list[tuple[int, Block, int, int, int, int]],
    columns: list[tuple[Block, int, int]],
    entries: list[tuple[int, int, int]],
    sides: tuple[list[int], list[int]],
) -> LinearProgram:
    block = np.array([c[0] for c in columns], dtype=np.int64)
    row, column, value = (np.array(part, dtype=np.int64) for part in zip(*entries, strict=True))
    low, high = (np.array(side, dtype=np.int64) for side in sides)
    used = np.zeros(low.size, dtype=bool)
    used[row] = True
    used |= low != 0
    number = np.cumsum(used) - 1
    tiers = _tiers(rng, lines, segments, block)
    ties = [_canonical(rng, lines, segments, block) for _ in range(2)]
    return LinearProgram(
        block=block,
        item=np.array([c[1] for c in columns], dtype=np.int64),
        upper=np.array([c[2] for c in columns], dtype=np.int64),
        slope=np.zeros(block.size, dtype=np.int64),
        row=number[row],
        column=column,
        value=value,
        row_lower=low[used],
        row_upper=high[used],
        row_keys=tuple(f"row:{k}" for k in np.flatnonzero(used).tolist()),
        component=np.zeros(block.size, dtype=np.int64),
        row_component=np.zeros(int(used.sum()), dtype=np.int64),
        marked=frozenset(),
        tiers=tiers,
        tiebreak=lambda salt: ties[salt - 1],
    )


def _tiers(
    rng: np.random.Generator,
    lines: _Lines,
    segments: list[tuple[int, Block, int, int, int, int]],
    block: Ints,
) -> tuple[TierCosts, ...]:
    flow = block[len(segments) :]

    def moves(cut: list[int], add: list[int]) -> Ints:
        found = [c if s[1] == Block.CUT else a for s, c, a in zip(segments, cut, add, strict=True)]
        return np.array([*found, *[0] * flow.size], dtype=np.int64)

    none = [0] * len(segments)
    costs = {
        "obligations": moves(none, [-s[4] for s in segments]),
        "disbursement": moves([s[3] for s in segments], [-s[3] for s in segments]),
        "worst_first": moves([-lines.late[s[0]] for s in segments], [-lines.lead[s[0]] for s in segments]),
        "return": np.concatenate(
            [np.zeros(len(segments), np.int64), -(flow == Block.RESERVE).astype(np.int64)]
        ),
    }
    for c in range(CLASSES):
        costs[f"priority[{c}]"] = moves(none, [-int(lines.klass[s[0]] == c) for s in segments])
    names = list(rng.permutation(list(costs)))[: int(rng.integers(0, len(costs) + 1))]
    costs["authority"] = np.concatenate(
        [np.zeros(len(segments), np.int64), (flow == Block.IN).astype(np.int64)]
    )
    names.insert(int(rng.integers(0, len(names) + 1)), "authority")
    forced = {
        "protect": moves([s[4] for s in segments], none),
        "protect_late": moves([s[5] for s in segments], none),
    }
    tiers = [TierCosts(name, cost) for name, cost in forced.items()]
    tiers += [TierCosts(str(name), costs[str(name)]) for name in names]
    return (*tiers, TierCosts("canonical", _canonical(rng, lines, segments, block)))


def _canonical(
    rng: np.random.Generator,
    lines: _Lines,
    segments: list[tuple[int, Block, int, int, int, int]],
    block: Ints,
) -> Ints:
    ranks = rng.permutation(len(lines.pool)) + 1
    crossing = (block[len(segments) :] != Block.RESERVE).astype(np.int64)
    return np.concatenate([ranks[[s[0] for s in segments]], crossing]).astype(np.int64)
