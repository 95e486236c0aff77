"""The round at its plan as a residual network: leaves, pools, ceilings and the ground as nodes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from phanbo.errors import PhanboError
from phanbo.grouping import sum_by
from phanbo.money import LIMIT
from phanbo.program import Block
from phanbo.rules.walls import duty
from phanbo.sensitivity.graph import Distances, Graph, TightFlow, graph_of
from phanbo.solver.lexicographic import running_before

if TYPE_CHECKING:
    from phanbo.money import Bools, Ints
    from phanbo.sensitivity.stated import Stated

__all__ = ["Ceilings", "Network", "ceilings_of", "network_of"]


@dataclass(frozen=True, eq=False)
class Ceilings:
    """Rows ``Σ add ≤ headroom`` that any one limit, loosened, could fill; nested. Arrays of shape (groups,).

    Attributes
    ----------
    rule, place : where the row is stated: the rule, and its group there.
    headroom, used : units.
    parent : next larger group around each, −1 for none.
    line, group : int64 arrays
        Which lines count in which groups.
    inner : int64 array of shape (n,)
        Smallest group of each line, −1 for none.
    """

    rule: Ints
    place: Ints
    headroom: Ints
    used: Ints
    parent: Ints
    line: Ints
    group: Ints
    inner: Ints


def ceilings_of(stated: Stated, add: Ints) -> Ceilings:
    """Return the ceilings of a plan; *add* in units."""
    n, endless = add.size, LIMIT // stated.unit
    rules, places, rooms, uses, lines, groups = [], [], [], [], [], []
    count = 0
    for rule, part in stated.bounds.groups:
        room = np.maximum(0, part.headroom) // stated.unit
        member = np.where(stated.add.wide > 0, part.group, -1)
        wide = sum_by(member, np.minimum(stated.add.wide, room[member]), room.size)
        kept = np.flatnonzero((wide >= room) & (room < endless) & np.isin(np.arange(room.size), member))
        number = np.full(room.size + 1, -1, dtype=np.int64)
        number[kept] = count + np.arange(kept.size)
        inside = np.flatnonzero(number[member] >= 0)
        rules.append(np.full(kept.size, rule, dtype=np.int64))
        places.append(kept)
        rooms.append(room[kept])
        uses.append(sum_by(member, add, room.size)[kept])
        lines.append(inside)
        groups.append(number[member[inside]])
        count += kept.size
    none = [np.zeros(0, dtype=np.int64)]
    line, group = np.concatenate(lines or none), np.concatenate(groups or none)
    size = np.bincount(group, minlength=count)
    order = np.lexsort((group, size[group], line))
    line, group = line[order], group[order]
    same = line[1:] == line[:-1]
    parent = np.full(count, -1, dtype=np.int64)
    parent[group[:-1][same]] = group[1:][same]
    outer = np.full(group.size, -1, dtype=np.int64)
    outer[:-1][same] = group[1:][same]
    if (outer != parent[group]).any():
        raise crossing()
    inner = np.full(n, -1, dtype=np.int64)
    inner[line[::-1]] = group[::-1]
    stated_by, place, room, used = (np.concatenate(column or none) for column in (rules, places, rooms, uses))
    return Ceilings(stated_by, place, room, used, parent, line, group, inner)


def crossing() -> PhanboError:
    """Return the error of ceilings of which neither lies inside the other."""
    return PhanboError(
        "Không tính được giá: các hạn mức của bộ quy định giao nhau, không lồng nhau.",
        "Prices cannot be computed: ceilings of the rulebook cross, neither inside the other.",
    )


@dataclass(frozen=True, eq=False)
class Network:
    """Residual arcs of a plan.

    Nodes are leaves, pools, ceilings and, last, the ground. A cut runs from the ground to its leaf, an add from its
    leaf to its smallest ceiling or the ground, a ceiling to the one around it, what the reserve keeps from the pool
    to the ground.

    Attributes
    ----------
    stated : Stated
    ceilings : Ceilings
    cut, add : int64 arrays of shape (n,), in units
        The plan.
    names : tuple of str
        Tiers priced: all but the canonical one.
    cost : int64 array of shape (columns, tiers)
    start : int64 array of shape (columns,)
        Units of the line that come before a cut or add column.
    first : int64 array of shape (2, n)
        First cut column and first add column of each line.
    """

    stated: Stated
    ceilings: Ceilings
    cut: Ints
    add: Ints
    names: tuple[str, ...]
    cost: Ints
    start: Ints
    first: Ints

    @property
    def leaves(self) -> int:
        """Number of leaves; they are the first nodes."""
        return len(self.stated.case.pools.leaf_owner)

    @property
    def ground(self) -> int:
        """The last node."""
        return self.leaves + len(self.stated.case.pools.names) + self.ceilings.headroom.size

    def pool(self, pool: int) -> int:
        """Return the node of a pool."""
        return self.leaves + pool

    def nodes_of(self, groups: Ints) -> Ints:
        """Return the nodes of some ceilings, the ground for −1."""
        first = self.leaves + len(self.stated.case.pools.names)
        return np.where(groups >= 0, first + groups, self.ground)

    @cached_property
    def duty(self) -> Ints:
        """What each pool must give up or may place, in units."""
        return duty(self.stated.case) // self.stated.unit

    @cached_property
    def kept(self) -> Ints:
        """What each pool keeps in its reserve, in units."""
        return self.duty + self.stated.case.pool_sum(self.cut - self.add)

    @cached_property
    def room(self) -> Ints:
        """What each pool may keep in its reserve, in units."""
        program = self.stated.program
        found = np.zeros(self.duty.size, dtype=np.int64)
        reserve = program.block == Block.RESERVE
        found[program.item[reserve]] = program.upper[reserve]
        return found

    @cached_property
    def returns(self) -> Bools:
        """Pools whose lines may return capital to the reserve."""
        return self.room > np.maximum(0, self.duty)

    @cached_property
    def brought(self) -> Ints:
        """What each leaf brings in, in units; below 0 what it sends out."""
        return sum_by(self.stated.case.pools.leaf, self.add - self.cut, self.leaves)

    @cached_property
    def crossing(self) -> Ints:
        """Cost of one unit brought into a leaf, sent out of one, kept in the reserve; shape (3, tiers)."""
        found = np.zeros((3, len(self.names)), dtype=np.int64)
        for k, name in enumerate(self.names):
            found[0, k], found[2, k] = int(name == "authority"), -int(name == "return")
        return found

    @cached_property
    def effective(self) -> Ints:
        """The first full ceiling from each ceiling outwards, itself included; −1 for the ground."""
        c = self.ceilings
        found = np.where(c.used >= c.headroom, np.arange(c.headroom.size), -2)
        while (found == -2).any():
            open_ = np.flatnonzero(found == -2)
            around = c.parent[open_]
            found[open_] = np.where(around < 0, -1, found[around])
        return found

    @cached_property
    def graph(self) -> Graph:
        """The residual graph of the plan."""
        program, case = self.stated.program, self.stated.case
        pools, ground, free = case.pools, self.ground, LIMIT // self.stated.unit
        moves = self.start.size
        line, adds = program.item[:moves], program.block[:moves] == Block.ADD
        most = np.where(
            adds,
            self.stated.add.bound[line],
            np.maximum(self.stated.cut.bound, self.stated.forced.bound)[line],
        )
        done = np.where(adds, self.add[line], self.cut[line])
        width, x = (np.clip(amount - self.start, 0, program.upper[:moves]) for amount in (most, done))
        leaf = pools.leaf[line]
        tail = [np.where(adds, leaf, ground)]
        head = [np.where(adds, self.nodes_of(self.ceilings.inner)[line], leaf)]
        cost, up, down = [self.cost], [width - x], [x]

        def more(a: Ints, b: Ints, price: Ints, forth: Ints, back: Ints) -> None:
            tail.append(a)
            head.append(b)
            cost.append(np.broadcast_to(price, (a.size, price.size)))
            up.append(forth)
            down.append(back)

        every, pool = np.arange(self.leaves), self.leaves + pools.leaf_pool
        come, go = np.maximum(0, self.brought), np.maximum(0, -self.brought)
        more(pool, every, self.crossing[0], np.where(self.stated.bounds.closed, 0, free), come)
        more(every, pool, self.crossing[1], np.full(every.size, free), go)
        pool = self.leaves + np.arange(self.room.size)
        more(pool, np.full(self.room.size, ground), self.crossing[2], self.room - self.kept, self.kept)
        c = self.ceilings
        every = np.arange(c.headroom.size)
        none = np.zeros(len(self.names), dtype=np.int64)
        more(self.nodes_of(every), self.nodes_of(c.parent), none, c.headroom - c.used, c.used)
        a, b, price = np.concatenate(tail), np.concatenate(head), np.concatenate(cost)
        return graph_of(
            ground + 1,
            np.concatenate([a, b]),
            np.concatenate([b, a]),
            np.concatenate([price, -price]),
            np.concatenate([*up, *down]),
        )

    def arc(self, tail: int, head: int) -> int:
        """Return the residual arc between two nodes, −1 where there is none."""
        found = np.flatnonzero((self.graph.tail == tail) & (self.graph.head == head))
        return int(found[0]) if found.size else -1

    @cached_property
    def from_ground(self) -> Distances:
        """Distances of all nodes from the ground."""
        return self.graph.distances(np.array([self.ground]))

    @cached_property
    def to_ground(self) -> Distances:
        """Distances of all nodes to the ground."""
        return self.graph.distances(np.array([self.ground]), backwards=True)

    @cached_property
    def flow_from_ground(self) -> TightFlow:
        """What flows from the ground along shortest paths."""
        return TightFlow(self.graph, self.from_ground.length[0], self.from_ground.found[0])

    @cached_property
    def flow_to_ground(self) -> TightFlow:
        """What flows to the ground along shortest paths."""
        return TightFlow(self.graph, self.to_ground.length[0], self.to_ground.found[0], backwards=True)

    # -- columns of a line ---------------------------------------------------------------------------

    def column(self, side: int, line: Ints, at: Ints) -> Ints:
        """Return the column that holds a unit of a line, counted from 0; any column where there is none."""
        moves, lines = self.start.size, len(self.cut)
        item = np.where(self.stated.program.block[:moves] == side, self.stated.program.item[:moves], -1)
        wanted = np.full(lines + 1, -1, dtype=np.int64)
        wanted[line] = at
        before = sum_by(item, (self.start <= wanted[item]).astype(np.int64), lines)
        found: Ints = np.clip(self.first[side] + before - 1, 0, max(0, moves - 1))[line]
        return found

    @cached_property
    def _count(self) -> Ints:
        program, moves = self.stated.program, self.start.size
        return np.stack(
            [
                np.bincount(program.item[:moves][program.block[:moves] == block], minlength=len(self.cut))
                for block in (Block.CUT, Block.ADD)
            ]
        )

    def price(self, side: int, line: int, at: int) -> Ints:
        """Return the cost of one unit of one line, counted from 0."""
        first = int(self.first[side][line])
        own = self.start[first : first + int(self._count[side][line])]
        found: Ints = self.cost[first + int(np.searchsorted(own, at, side="right")) - 1]
        return found

    def run(self, side: int, line: int, start: int, end: int, shared: tuple[int, ...] = ()) -> int:
        """Return how many units from *start* towards *end* cost the same in every tier, those *shared* apart."""
        first, count = int(self.first[side][line]), int(self._count[side][line])
        outwards = end > start
        columns = range(first, first + count) if outwards else range(first + count - 1, first - 1, -1)
        reached, usual = start, None
        tiers = [k for k in range(len(self.names)) if k not in shared]
        for column in columns:
            low = int(self.start[column])
            high = low + int(self.stated.program.upper[column])
            if (high <= start) if outwards else (low >= start):
                continue
            cost = self.cost[column, tiers]
            if usual is not None and (cost != usual).any():
                break
            usual, reached = cost, high if outwards else low
        return max(0, min(reached, end) - start) if outwards else max(0, start - max(reached, end))


def network_of(stated: Stated, cut: Ints, add: Ints) -> Network:
    """Return the network of a plan; *cut* and *add* in units, shape (n,)."""
    program = stated.program
    moves = int((program.block <= Block.ADD).sum())
    tiers = [tier for tier in program.tiers if not tier.name.startswith("canonical")]
    block, item = program.block[:moves], program.item[:moves]
    first = np.full((2, cut.size), 0, dtype=np.int64)
    for side, kind in enumerate((Block.CUT, Block.ADD)):
        here = np.flatnonzero(block == kind)[::-1]
        first[side][item[here]] = here
    return Network(
        stated,
        ceilings_of(stated, add),
        cut,
        add,
        tuple(tier.name for tier in tiers),
        np.stack([tier.cost[:moves] for tier in tiers], axis=1),
        running_before(2 * item + (block == Block.ADD), program.upper[:moves]),
        first,
    )
