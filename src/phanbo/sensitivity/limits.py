"""What one unit more, or less, of every limit changes: bounds of lines, ceilings, walls between owners."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from phanbo.money import LIMIT
from phanbo.program import Block
from phanbo.sensitivity.graph import Distances, TightFlow

if TYPE_CHECKING:
    from phanbo.money import Bools, Ints
    from phanbo.sensitivity.network import Network
    from phanbo.sensitivity.stated import Least

__all__ = ["Change", "Pricing", "negative"]


@dataclass(frozen=True)
class Change:
    """What one unit changes, in the costs of the tiers; ``None`` where there is no plan; units it holds for."""

    cost: tuple[int, ...] | None
    units: int


def negative(vectors: Ints) -> Bools:
    """Return which vectors lie below 0 lexicographically."""
    if not vectors.shape[1]:
        return np.zeros(len(vectors), dtype=bool)
    other = vectors != 0
    first = other.argmax(axis=1)
    return np.asarray(other.any(axis=1) & (vectors[np.arange(len(vectors)), first] < 0))


class Pricing:
    """The prices of a network, found when they are asked for."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.stated = network.stated
        self.endless = LIMIT // network.stated.unit
        self.tiers = len(network.names)
        self._flows: dict[tuple[int, bool], TightFlow] = {}

    # -- pools ---------------------------------------------------------------------------------------

    def pool(self, pool: int) -> tuple[Change, Change]:
        """Return the change for one unit more and one less of inflow."""
        net, node = self.network, self.network.pool(pool)
        duty, kept = int(net.duty[pool]), int(net.kept[pool])
        reserve = tuple(net.crossing[2].tolist())
        up = self._to_ground(node)
        if duty >= 0 and (up.cost is None or up.cost >= reserve):
            more = Change(reserve, self.endless)
        else:
            more = Change(up.cost, up.units if duty >= 0 else min(up.units, -duty))
        room = net.room[pool]
        if duty > 0 and kept == room and not net.returns[pool]:
            # All of it stays in the reserve already.
            return more, Change(tuple(-c for c in reserve), duty)
        down = self._from_ground(node)
        return more, Change(down.cost, min(down.units, duty) if duty > 0 else down.units)

    def _to_ground(self, node: int) -> Change:
        net = self.network
        if not net.to_ground.found[0, node]:
            return Change(None, 0)
        return Change(
            tuple(net.to_ground.length[0, node].tolist()), net.flow_to_ground.most(node, net.ground)
        )

    def _from_ground(self, node: int) -> Change:
        net = self.network
        if not net.from_ground.found[0, node]:
            return Change(None, 0)
        return Change(
            tuple(net.from_ground.length[0, node].tolist()), net.flow_from_ground.most(net.ground, node)
        )

    # -- distances and flows between a ceiling and everything ------------------------------------------

    @cached_property
    def _starts(self) -> dict[int, int]:
        """Nodes other than the ground from which lines are reached: full ceilings with room for somebody."""
        net, c = self.network, self.network.ceilings
        full = np.unique(net.effective[(net.effective >= 0) & (c.headroom[net.effective] > 0)])
        return {int(node): k for k, node in enumerate(net.nodes_of(full).tolist())}

    @cached_property
    def _from(self) -> Distances:
        return self.network.graph.distances(np.array(list(self._starts), dtype=np.int64))

    @cached_property
    def _to(self) -> Distances:
        return self.network.graph.distances(np.array(list(self._starts), dtype=np.int64), backwards=True)

    def between(self, start: Ints, node: Ints, *, backwards: bool = False) -> tuple[Ints, Bools]:
        """Return the distances from ceilings or the ground to nodes, pair by pair; or from the nodes to them."""
        net = self.network
        ground = net.to_ground if backwards else net.from_ground
        length, found = ground.length[0][node].copy(), ground.found[0][node].copy()
        other = start != net.ground
        found &= ~other
        known = np.array([self._starts.get(int(s), -1) for s in start.tolist()], dtype=np.int64)
        here = np.flatnonzero(other & (known >= 0))
        if here.size:
            every = self._to if backwards else self._from
            length[here] = every.length[known[here], node[here]]
            found[here] = every.found[known[here], node[here]]
        return length, found

    def flow(self, start: int, *, backwards: bool = False) -> TightFlow:
        """Return what flows from a ceiling or the ground along shortest paths, or to it."""
        net = self.network
        if start == net.ground:
            return net.flow_to_ground if backwards else net.flow_from_ground
        key = (start, backwards)
        if key not in self._flows:
            every, k = (self._to if backwards else self._from), self._starts[start]
            self._flows[key] = TightFlow(net.graph, every.length[k], every.found[k], backwards=backwards)
        return self._flows[key]

    def _entry(self, group: int) -> tuple[int, int, int]:
        """Return where flow from a ceiling can begin: a node in use, what fits up to it, the full ceiling beyond."""
        net, c = self.network, self.network.ceilings
        room, full = self.endless, -1 if group < 0 else int(net.effective[group])
        while group >= 0 and group != full and c.used[group] == 0:
            room, group = min(room, int(c.headroom[group])), int(c.parent[group])
        return int(net.nodes_of(np.array(group))), room, int(net.nodes_of(np.array(full)))

    # -- adds ----------------------------------------------------------------------------------------

    @cached_property
    def add_changes(self) -> tuple[Ints, Ints, Bools]:
        """Change for one unit more and one less of each line's add bound, and whether less is possible."""
        net, least = self.network, self.stated.add
        n = len(net.add)
        more, less = (np.zeros((n, self.tiers), dtype=np.int64) for _ in range(2))
        feasible = np.ones(n, dtype=bool)
        at_bound = (net.add == least.bound) & ~self.stated.still
        leaf, inner = self.stated.case.pools.leaf, net.ceilings.inner
        group = np.where(inner >= 0, net.effective[inner] if net.effective.size else -1, -1)
        ends = net.nodes_of(group)
        here = np.flatnonzero(at_bound & least.alone)
        length, found = self.between(ends[here], leaf[here])
        gain = self._at(Block.ADD, here, least.bound[here]) + length
        wanted = found & negative(gain)
        more[here[wanted]] = gain[wanted]
        here = np.flatnonzero(at_bound & (least.rule >= 0) & (least.bound > 0))
        length, found = self.between(ends[here], leaf[here], backwards=True)
        less[here] = length - self._at(Block.ADD, here, least.bound[here] - 1)
        feasible[here[~found]] = False
        return more, less, feasible

    def _at(self, side: Block, line: Ints, at: Ints) -> Ints:
        """Return the cost of one unit of some lines, counted from 0."""
        if not line.size:
            return np.zeros((0, self.tiers), dtype=np.int64)
        return self.network.cost[self.network.column(side, line, at)]

    def add(self, line: int) -> tuple[Change, Change]:
        """Return the change for one unit more and one less of a line's add bound."""
        net, least = self.network, self.stated.add
        more, less, feasible = (part[line] for part in self.add_changes)
        bound, leaf = int(least.bound[line]), int(self.stated.case.pools.leaf[line])
        inner = int(net.ceilings.inner[line])
        start, room, full = self._entry(inner)
        up = down = self.endless
        if more.any():
            run = net.run(Block.ADD, line, bound, int(least.others[line]))
            up = min(run, room, self.flow(full).most(start, leaf))
        done = int(net.add[line])
        if done and feasible:
            length, _ = self.between(np.array([full]), np.array([leaf]), backwards=True)
            end = int(net.nodes_of(np.array(inner)))
            down = self._down(Block.ADD, line, bound, length[0], self.flow(full, backwards=True), leaf, end)
        return _change(more, up), self._lower(less, down, bound, feasible)

    def _down(
        self, side: Block, line: int, bound: int, length: Ints, flow: TightFlow, start: int, end: int
    ) -> int:
        """Return how many units the bound of a changed line may fall, each changing the same.

        *length* and *flow* tell what takes the place of the line's last unit. An arc from start to end adds its room
        to the flow, no more and no less: what the line itself could still take is counted apart.
        """
        net = self.network
        done = int((net.add if side == Block.ADD else net.cut)[line])
        inwards = net.run(side, line, done, 0)
        if done == bound:
            return min(inwards, flow.most(start, end))
        last = self._at(side, np.array([line]), np.array([done - 1]))[0]
        if (length != last).any():
            return bound - done
        own = 0
        if (self._at(side, np.array([line]), np.array([done]))[0] == last).all():
            own = net.run(side, line, done, bound)
        return bound - done + min(inwards, flow.most(start, end) - own)

    def _lower(self, cost: Ints, units: int, bound: int, feasible: Bools) -> Change:
        """Return the change of a limit that cannot fall below 0: what changes nothing down to there never does."""
        ends = not cost.any() and units >= bound
        return _change(cost, self.endless if ends else units, possible=bool(feasible))

    # -- cuts ----------------------------------------------------------------------------------------

    @cached_property
    def _guards(self) -> Ints:
        """The cost of cutting one unit of each line below its surplus, apart from what it loses."""
        case, found = self.stated.case, np.zeros((len(self.network.cut), self.tiers), dtype=np.int64)
        for k, name in enumerate(self.network.names):
            if name in ("protect", "protect_late"):
                found[:, k] = case.late == (name == "protect_late")
        return found

    @cached_property
    def shared(self) -> tuple[int, ...]:
        """The tiers that guard what lies below the surplus."""
        return tuple(k for k, name in enumerate(self.network.names) if name in ("protect", "protect_late"))

    @cached_property
    def deepest(self) -> Ints:
        """The most each line may be cut when its source shrinks, in units."""
        return np.maximum(self.stated.cut.bound, self.stated.forced.bound)

    @cached_property
    def widely(self) -> Bools:
        """Lines whose cut bound is attained by a rule that also holds when their source shrinks."""
        holds = np.array([*(rule.when_forced for rule in self.stated.rules), False], dtype=bool)
        return holds[self.stated.cut.rule]

    @cached_property
    def _lone(self) -> Bools:
        """Lines whose rule shares the cut bound with others, but holds alone when the source shrinks."""
        cut, forced = self.stated.cut, self.stated.forced
        return np.asarray(~cut.alone & forced.alone & (cut.rule == forced.rule))

    @cached_property
    def cut_changes(self) -> tuple[Ints, Ints, Bools]:
        """Change for one unit more and one less of each line's cut bound, and whether less is possible."""
        net, least = self.network, self.stated.cut
        more, less, feasible = self._cuts(least, least.bound, least.alone, self.widely)
        lone = self._lone
        more[lone] = self.forced_changes[0][lone]
        # The bound moved alone guards one unit less of what is cut anyway, or one more.
        here = np.flatnonzero((net.cut > least.bound) & ~self.widely & (least.rule >= 0) & ~self.stated.still)
        alone = here[least.alone[here]]
        more[alone] = -self._guards[alone]
        here = here[least.bound[here] > 0]
        less[here], feasible[here] = self._guards[here], True
        edge = np.flatnonzero(
            (net.cut == least.bound)
            & (least.bound > 0)
            & ~self.widely
            & (least.rule >= 0)
            & ~self.stated.still
        )
        guarded = edge[~feasible[edge] | negative(self._guards[edge] - less[edge])]
        less[guarded], feasible[guarded] = self._guards[guarded], True
        return more, less, feasible

    @cached_property
    def forced_changes(self) -> tuple[Ints, Ints, Bools]:
        """Change for one unit more and one less of what a line gives when its source shrinks."""
        return self._cuts(self.stated.forced, self.deepest, self.stated.forced.alone, None)

    def _cuts(
        self, least: Least, bound: Ints, alone: Bools, unguarded: Bools | None
    ) -> tuple[Ints, Ints, Bools]:
        """Return the changes where the plan is at the bound; below the surplus unless *unguarded* is given."""
        net, leaf = self.network, self.stated.case.pools.leaf
        more, less = (np.zeros((len(bound), self.tiers), dtype=np.int64) for _ in range(2))
        feasible = np.ones(len(bound), dtype=bool)
        at_bound = (net.cut == bound) & (least.rule >= 0) & ~self.stated.still
        here = np.flatnonzero(at_bound & alone)
        gain = self._at(Block.CUT, here, bound[here]) + net.to_ground.length[0][leaf[here]]
        if unguarded is not None:
            gain -= self._at(Block.CUT, here, bound[here]) * self._shared_mask
        wanted = net.to_ground.found[0][leaf[here]] & negative(gain)
        more[here[wanted]] = gain[wanted]
        here = np.flatnonzero(at_bound & (bound > 0))
        less[here] = net.from_ground.length[0][leaf[here]] - self._at(Block.CUT, here, bound[here] - 1)
        feasible[here] = net.from_ground.found[0][leaf[here]]
        return more, less, feasible

    @cached_property
    def _shared_mask(self) -> Ints:
        mask = np.zeros(self.tiers, dtype=np.int64)
        mask[list(self.shared)] = 1
        return mask

    def cut(self, line: int) -> tuple[Change, Change]:
        """Return the change for one unit more and one less of a line's cut bound."""
        net, least = self.network, self.stated.cut
        more, less, feasible = (part[line] for part in self.cut_changes)
        bound, done = int(least.bound[line]), int(net.cut[line])
        up = down = self.endless
        if more.any():
            end = int(least.others[line])
            if self._lone[line]:
                up = self._up(line, bound, int(self.stated.forced.others[line]), ())
            else:
                up = self._unguarded(line, end) if done > bound else self._up(line, bound, end, self.shared)
        if done and bound and feasible:
            guarded = not self.widely[line] and (less == self._guards[line]).all()
            down = bound if guarded else self._fewer(line, bound)
        return _change(more, up), self._lower(less, down, bound, feasible)

    def forced(self, line: int) -> tuple[Change, Change]:
        """Return the change for one unit more and one less of what a line gives when its source shrinks."""
        net = self.network
        more, less, feasible = (part[line] for part in self.forced_changes)
        bound = int(self.deepest[line])
        up = down = self.endless
        if more.any():
            up = self._up(line, bound, int(self.stated.forced.others[line]), ())
        if net.cut[line] and feasible:
            down = self._fewer(line, bound)
        return _change(more, up), self._lower(less, down, bound, feasible)

    def _up(self, line: int, bound: int, end: int, shared: tuple[int, ...]) -> int:
        net, leaf = self.network, int(self.stated.case.pools.leaf[line])
        return min(net.run(Block.CUT, line, bound, end, shared), net.flow_to_ground.most(leaf, net.ground))

    def _unguarded(self, line: int, end: int) -> int:
        """Return how many units of a line cut below its surplus a looser bound sets free, each for the same.

        First those that are cut anyway; then others in the place of equal ones of other lines.
        """
        net, leaf = self.network, int(self.stated.case.pools.leaf[line])
        bound, done = int(self.stated.cut.bound[line]), int(net.cut[line])
        if end <= done:
            return end - bound
        following, last = (
            self._at(Block.CUT, np.array([line]), np.array([at]))[0] for at in (done, done - 1)
        )
        if (net.to_ground.length[0][leaf] != -following).any():
            return done - bound
        own = min(done - bound, net.run(Block.CUT, line, done, bound)) if (following == last).all() else 0
        flow = net.flow_to_ground.most(leaf, net.ground) - own
        return done - bound + min(net.run(Block.CUT, line, done, end, self.shared), flow)

    def _fewer(self, line: int, bound: int) -> int:
        net, leaf = self.network, int(self.stated.case.pools.leaf[line])
        length = net.from_ground.length[0][leaf]
        return self._down(Block.CUT, line, bound, length, net.flow_from_ground, net.ground, leaf)

    # -- ceilings ------------------------------------------------------------------------------------

    @cached_property
    def ceiling_changes(self) -> tuple[Ints, Ints, Bools]:
        """Change for one unit more and one less of each ceiling's headroom, and whether less is possible."""
        net, c = self.network, self.network.ceilings
        count = c.headroom.size
        more, less = (np.zeros((count, self.tiers), dtype=np.int64) for _ in range(2))
        feasible = np.ones(count, dtype=bool)
        here = np.flatnonzero(c.used >= c.headroom)
        around = net.nodes_of(np.where(c.parent >= 0, net.effective[c.parent] if count else -1, -1))
        length, found = self.between(around[here], net.nodes_of(here))
        wanted = found & negative(length)
        more[here[wanted]] = length[wanted]
        here = here[c.headroom[here] > 0]
        length, found = self.between(around[here], net.nodes_of(here), backwards=True)
        less[here], feasible[here] = length, found
        return more, less, feasible

    def ceiling(self, group: int) -> tuple[Change, Change]:
        """Return the change for one unit more and one less of a ceiling's headroom."""
        net, c = self.network, self.network.ceilings
        more, less, feasible = (part[group] for part in self.ceiling_changes)
        node, parent = int(net.nodes_of(np.array(group))), int(c.parent[group])
        start, room, full = self._entry(parent)
        up = down = self.endless
        if more.any():
            up = min(room, self.flow(full).most(start, node))
        if c.used[group] and feasible:
            around = int(net.nodes_of(np.array(parent)))
            down = self.flow(full, backwards=True).most(node, around)
        return _change(more, up), self._lower(less, down, int(c.headroom[group]), feasible)

    # -- walls ---------------------------------------------------------------------------------------

    @cached_property
    def _walls(self) -> tuple[dict[int, int], Distances]:
        """Distances to the pools that have closed leaves."""
        pools = self.stated.case.pools
        closed = np.unique(pools.leaf_pool[self.stated.bounds.closed])
        nodes = self.network.leaves + closed
        return {int(p): k for k, p in enumerate(closed.tolist())}, self.network.graph.distances(
            nodes, backwards=True
        )

    @cached_property
    def _importers(self) -> tuple[dict[int, int], Distances, Ints]:
        """Distances from a pool to each leaf that brings capital in, not by what it brings in."""
        net, pools = self.network, self.stated.case.pools
        leaves = np.flatnonzero((net.brought > 0) & ~self.stated.bounds.closed)
        starts = net.leaves + pools.leaf_pool[leaves]
        own = np.array(
            [net.arc(a, b) for a, b in zip(starts.tolist(), leaves.tolist(), strict=True)], dtype=np.int64
        )
        place = {int(leaf): k for k, leaf in enumerate(leaves.tolist())}
        return place, net.graph.distances(starts, barred=own), own

    @cached_property
    def wall_changes(self) -> tuple[Ints, Ints, Bools]:
        """Change for one unit more and one less that each leaf may bring in, and whether less is possible."""
        net, stated = self.network, self.stated
        pool = stated.case.pools.leaf_pool
        more, less = (np.zeros((net.leaves, self.tiers), dtype=np.int64) for _ in range(2))
        feasible = np.ones(net.leaves, dtype=bool)
        here = np.flatnonzero(stated.closers == 1)
        place, to = self._walls
        row = np.array([place[p] for p in pool[here].tolist()], dtype=np.int64)
        if here.size:
            gain = net.crossing[0] + to.length[row, here]
            wanted = to.found[row, here] & negative(gain)
            more[here[wanted]] = gain[wanted]
        known, out, _ = self._importers
        for leaf, k in known.items():
            less[leaf] = out.length[k, leaf] - net.crossing[0]
            feasible[leaf] = out.found[k, leaf]
        return more, less, feasible

    def wall(self, leaf: int) -> tuple[Change, Change]:
        """Return the change for one unit more and one less that a leaf may bring in."""
        net = self.network
        more, less, feasible = (part[leaf] for part in self.wall_changes)
        node = net.leaves + int(self.stated.case.pools.leaf_pool[leaf])
        up = down = self.endless
        if more.any():
            place, to = self._walls
            k = place[node - net.leaves]
            up = TightFlow(net.graph, to.length[k], to.found[k], backwards=True).most(leaf, node)
        if net.brought[leaf] > 0 and feasible and not self.stated.bounds.closed[leaf]:
            known, out, own = self._importers
            k = known[leaf]
            flow = TightFlow(net.graph, out.length[k], out.found[k], barred=int(own[k]))
            down = min(int(net.brought[leaf]), flow.most(node, leaf))
        return _change(more, up), self._lower(less, down, int(net.brought[leaf]), feasible)


def _change(cost: Ints, units: int, *, possible: bool = True) -> Change:
    return Change(tuple(cost.tolist()), units) if possible else Change(None, 0)
