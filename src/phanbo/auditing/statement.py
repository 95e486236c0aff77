"""A stored round stated once more, from the definitions: columns in whole units, their rows, what every tier counts.

Written for the audit alone, in plain Python integers, from tables, outlook and the stored bounds; nothing is shared
with what states, solves or certifies the program (*model* §2–4).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise

import numpy as np

from phanbo.auditing.folder import StoredRound
from phanbo.policy import AUTHORITIES

__all__ = ["Column", "Goal", "columns", "goals", "tiers_wanted"]


@dataclass(slots=True)
class Column:
    """A column of the round: what it is, of which line, leaf or pool, where it stands and may stand.

    Attributes
    ----------
    kind : str
        ``cut``, ``add``, ``in``, ``out`` (of an owner) or ``kept`` (by a pool).
    at : int
        Place of its line; of its leaf or pool for flows.
    x, low, high : int
        Units the plan takes, the least and the most it may.
    rows : dict of str to int
        The rows it stands in, with its sign.
    reached : int
        Of a step of a line: the points of the outlook that reach it.
    past : bool
        Of a step of a line: past the surplus (a cut), past what it owes (an add).
    asked : bool
        Of a step of a line: part of a change the policy asks for.
    """

    kind: str
    at: int
    x: int
    low: int
    high: int
    rows: dict[str, int]
    reached: int = 0
    past: bool = False
    asked: bool = False


Goal = Callable[[Column], int]
"""What a tier counts for a unit of a column, to be minimised."""


def columns(stored: StoredRound) -> Iterator[Column]:
    """Yield every column of the round, the steps of a line from its plan outwards."""
    case, unit, pools = stored.case, stored.case.policy.unit, stored.case.pools
    room, net = Counter[tuple[str, int]](), Counter[int]()
    owners = zip(pools.leaf_pool.tolist(), pools.leaf_owner, strict=True)
    keys = [f"leaf:{pools.names[p]}|{owner}" for p, owner in owners]
    claimed = defaultdict(list)
    for row in stored.plain["certificate"]["rows"]:
        for line in row["lines"]:
            claimed[stored.place[line]].append(row["key"])
    for i, leaf in enumerate(pools.leaf.tolist()):
        for kind, sign in (("cut", 1), ("add", -1)):
            rows = {keys[leaf]: sign} | dict.fromkeys(claimed[i] if kind == "add" else (), 1)
            for column in _steps(stored, i, kind, rows):
                room[kind, leaf] += column.high
                net[leaf] -= sign * column.x
                yield column
    shut = {leaf for leaf, closed in zip(pools.leaf.tolist(), stored.closed.tolist(), strict=True) if closed}
    hands = set(AUTHORITIES if case.policy.authority is None else case.policy.authority)
    for p, name in enumerate(pools.names):
        inflow, key = int(pools.inflow[p]) // unit, f"pool:{name}"
        kept, most = inflow, max(0, inflow)
        for leaf in np.flatnonzero(pools.leaf_pool == p).tolist():
            take = 0 if leaf in shut else room["add", leaf]
            yield Column("in", leaf, max(0, net[leaf]), 0, take, {keys[leaf]: 1, key: -1})
            yield Column("out", leaf, max(0, -net[leaf]), 0, room["cut", leaf], {keys[leaf]: -1, key: 1})
            kept -= net[leaf]
            if case.policy.return_unplaced and {pools.within[p], pools.between[p]} <= hands:
                most += room["cut", leaf]
        yield Column("kept", p, kept, 0, most, {key: -1})


def _steps(stored: StoredRound, i: int, kind: str, rows: dict[str, int]) -> Iterator[Column]:
    """Yield the steps of one side of a line: parted where a point of the outlook lies, or its mark.

    The mark of a cut is the surplus (beyond it only a shortfall takes), that of an add what the line owes and its
    own plan cannot cover, in units rounded up.
    """
    case, unit = stored.case, stored.case.policy.unit
    spare, deepest, most, change = (
        int(stored.column(name)[i]) // unit for name in ("cut_bound", "forced_bound", "add_bound", kind)
    )
    plan = int(case.plan[i])
    levels = [(y - plan) // unit for y in case.outlook.points[i].tolist()]
    if kind == "cut":
        cap, mark, ends = max(spare, deepest), spare, [-level for level in levels]
    else:
        covered = max(0, plan - int(case.disbursed[i]) - int(case.committed[i]))
        cap, mark, ends = most, -(-max(0, int(case.claims[i]) - covered) // unit), levels
    asked = max(0, int(case.pins[i]) * (-1 if kind == "cut" else 1)) // unit
    for low, high in pairwise(sorted({min(max(end, 0), cap) for end in (0, mark, asked, cap, *ends)})):
        top = -low if kind == "cut" else low + 1  # the upper end of its first unit, from the plan
        yield Column(
            kind=kind,
            at=i,
            x=min(max(change - low, 0), high - low),
            low=0,
            high=high - low,
            rows=rows,
            reached=len(levels) - bisect_left(levels, top),
            past=low >= mark,
            asked=high <= asked,
        )


def goals(stored: StoredRound, tier: str) -> Goal:
    """Return what a tier counts for a unit of a column, to be minimised; `KeyError` where there is no such tier."""
    facts, of = stored.plain["certificate"]["facts"], [row["priority"] for row in stored.plain["lines"]]
    late, key, behind, ahead = (facts[name] for name in ("late", "key", "late_permille", "lead_permille"))
    if tier.startswith("priority["):
        return lambda c: -(c.kind == "add" and of[c.at] == tier[9:-1])
    if tier.startswith("line["):
        return lambda c: c.kind in ("cut", "add") and c.at == int(tier[5:-1])
    if tier.startswith("canonical"):
        rank = _ranks(stored.ids, tier[10:-1])
        return lambda c: rank[c.at] if c.kind in ("cut", "add") else int(c.kind != "kept")
    counted: dict[str, Goal] = {
        "protect": lambda c: c.kind == "cut" and c.past and not late[c.at],
        "protect_late": lambda c: c.kind == "cut" and c.past and late[c.at],
        "obligations": lambda c: -(c.kind == "add" and not c.past),
        "pinned": lambda c: -c.asked,
        "return": lambda c: -(c.kind == "kept"),
        "key": lambda c: -(c.kind == "add" and key[c.at]),
        "disbursement": lambda c: c.reached if c.kind == "cut" else -c.reached,
        "authority": lambda c: c.kind == "in",
        "worst_first": lambda c: (
            {"cut": -behind[c.at], "add": -ahead[c.at]}[c.kind] if c.kind in ("cut", "add") else 0
        ),
    }
    return counted[tier]


def _ranks(ids: list[str], salt: str) -> list[int]:
    """Return the rank 1 … n of every line by a 64-bit hash of its id, salted; ties by the id."""
    hashed = [blake2b((f"{salt}:{line}" if salt else line).encode(), digest_size=8).digest() for line in ids]
    rank = [0] * len(ids)
    for place, i in enumerate(sorted(range(len(ids)), key=lambda i: (hashed[i], i)), start=1):
        rank[i] = place
    return rank


def tiers_wanted(stored: StoredRound) -> list[str]:
    """Return the tiers the policy and the rulebook ask for, in order."""
    case, classes = stored.case, [f"priority[{each.code}]" for each in stored.book.classes]
    asked = [tier.name for tier in case.policy.ordered_tiers]
    wanted = [name for tier in asked for name in (classes if tier == "priority" else [tier])]
    if case.policy.return_unplaced:
        last = max((k + 1 for k, name in enumerate(wanted) if name.startswith("priority[")), default=None)
        wanted.insert(wanted.index("authority") if last is None else last, "return")
    forced = ["protect", "protect_late"] if case.pools.shrinking.any() else []
    forced += ["pinned"] if case.policy.pins else []
    return [*forced, *wanted, "canonical"]
