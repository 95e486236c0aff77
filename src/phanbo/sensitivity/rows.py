"""What one unit more, or less, of a pool, a ceiling or a wall between owners changes."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from phanbo.sensitivity.graph import Distances, TightFlow
from phanbo.sensitivity.routes import Change, Changes, Routes, negative

if TYPE_CHECKING:
    from phanbo.money import Ints

__all__ = ["RowPrices"]


class RowPrices:
    """The prices of pools, ceilings and walls."""

    def __init__(self, routes: Routes) -> None:
        self.routes = routes
        self.network, self.stated = routes.network, routes.stated
        self.tiers = routes.tiers
        self._wall_flows: dict[int, TightFlow] = {}

    # -- pools ---------------------------------------------------------------------------------------

    def pool(self, pool: int) -> tuple[Change, Change]:
        """Return the change for one unit more and one less of inflow."""
        net, node = self.network, self.network.pool(pool)
        duty, kept = int(net.duty[pool]), int(net.kept[pool])
        reserve = tuple(net.crossing[2].tolist())
        up = self._to_ground(node)
        if duty >= 0 and (up.cost is None or up.cost >= reserve):
            more = Change(reserve, self.routes.endless)
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
            tuple(net.to_ground.length[0, node].tolist()),
            net.flow_to_ground.most(node, net.ground, self.routes.endless),
        )

    def _from_ground(self, node: int) -> Change:
        net = self.network
        if not net.from_ground.found[0, node]:
            return Change(None, 0)
        return Change(
            tuple(net.from_ground.length[0, node].tolist()),
            net.flow_from_ground.most(net.ground, node, self.routes.endless),
        )

    # -- ceilings ------------------------------------------------------------------------------------

    @cached_property
    def ceiling_changes(self) -> Changes:
        """Change for one unit more and one less of each ceiling's headroom, and whether less is possible."""
        net, c = self.network, self.network.ceilings
        count = c.headroom.size
        more, less = (np.zeros((count, self.tiers), dtype=np.int64) for _ in range(2))
        feasible = np.ones(count, dtype=bool)
        here = np.flatnonzero(c.used >= c.headroom)
        around = net.nodes_of(np.where(c.parent >= 0, net.effective[c.parent] if count else -1, -1))
        length, found = self.routes.between(around[here], net.nodes_of(here))
        wanted = found & negative(length)
        more[here[wanted]] = length[wanted]
        here = here[c.headroom[here] > 0]
        length, found = self.routes.between(around[here], net.nodes_of(here), backwards=True)
        less[here], feasible[here] = length, found
        return more, less, feasible

    def ceiling(self, group: int) -> tuple[Change, Change]:
        """Return the change for one unit more and one less of a ceiling's headroom."""
        net, c = self.network, self.network.ceilings
        more, less, feasible = (part[group] for part in self.ceiling_changes)
        node, parent = int(net.nodes_of(np.array(group))), int(c.parent[group])
        start, room, full = self.routes.entry(parent)
        up = down = self.routes.endless
        if more.any():
            up = self.routes.flow(full).most(start, node, room)
        if c.used[group] and feasible:
            around = int(net.nodes_of(np.array(parent)))
            down = self.routes.flow(full, backwards=True).most(node, around, self.routes.endless)
        return Change.of(more, up), self.routes.lower(less, down, int(c.headroom[group]), feasible)

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
    def _importers(self) -> dict[int, tuple[Ints, int] | None]:
        """Cost and units of bringing in one unit otherwise, for each leaf that brings capital in; ``None``: no way.

        A leaf is entered from its pool, from the ground and from ceilings. What comes by these last is as near to the
        pool as ever, unless every shortest way to it leads through the leaf itself: then the way is looked for
        without the leaf's own arc.
        """
        net, graph, pools = self.network, self.network.graph, self.stated.case.pools
        leaves = np.flatnonzero((net.brought > 0) & ~self.stated.bounds.closed)
        start, place = np.unique(net.leaves + pools.leaf_pool[leaves], return_inverse=True)
        out = graph.distances(start)
        flows = [TightFlow(graph, out.length[k], out.found[k]) for k in range(start.size)]
        order = np.argsort(graph.head, kind="stable")
        begin = np.searchsorted(graph.head[order], np.stack([leaves, leaves + 1], axis=1))
        found: dict[int, tuple[Ints, int] | None] = {}
        for leaf, k, (low, high) in zip(leaves.tolist(), place.tolist(), begin.tolist(), strict=True):
            pool, brought = int(start[k]), int(net.brought[leaf])
            arcs = order[low:high]
            arcs = arcs[(graph.tail[arcs] != pool) & out.found[k][graph.tail[arcs]]]
            if not arcs.size:
                found[leaf] = None
                continue
            reach = out.length[k][graph.tail[arcs]] + graph.cost[arcs]
            nearest = reach[np.lexsort(reach.T[::-1])[0]]
            arcs = arcs[(reach == nearest).all(axis=1)]
            entry = dict(zip(graph.edges.edge[arcs].tolist(), graph.room[arcs].tolist(), strict=True))
            units = flows[k].into(pool, leaf, entry, brought)
            found[leaf] = (nearest, units) if units else self._around(pool, leaf, brought)
        return found

    def _around(self, pool: int, leaf: int, enough: int) -> tuple[Ints, int] | None:
        """Return cost and units of the way from a pool to a leaf without the arc between them."""
        graph, own = self.network.graph, self.network.arc(pool, leaf)
        out = graph.distances(np.array([pool]), barred=np.array([own]))
        if not out.found[0, leaf]:
            return None
        flow = TightFlow(graph, out.length[0], out.found[0], barred=own)
        return out.length[0, leaf], flow.most(pool, leaf, enough)

    @cached_property
    def wall_changes(self) -> Changes:
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
        for leaf, way in self._importers.items():
            feasible[leaf] = way is not None
            if way is not None:
                less[leaf] = way[0] - net.crossing[0]
        return more, less, feasible

    def _wall_flow(self, pool: int) -> TightFlow:
        if pool not in self._wall_flows:
            to = self._walls[1]
            flow = TightFlow(self.network.graph, to.length[pool], to.found[pool], backwards=True)
            self._wall_flows[pool] = flow
        return self._wall_flows[pool]

    def wall(self, leaf: int) -> tuple[Change, Change]:
        """Return the change for one unit more and one less that a leaf may bring in."""
        net = self.network
        more, less, feasible = (part[leaf] for part in self.wall_changes)
        node = net.leaves + int(self.stated.case.pools.leaf_pool[leaf])
        up = down = self.routes.endless
        if more.any():
            k = self._walls[0][node - net.leaves]
            up = self._wall_flow(k).most(leaf, node, self.routes.endless)
        way = self._importers.get(leaf)
        if way is not None:
            down = way[1]
        return Change.of(more, up), self.routes.lower(less, down, int(net.brought[leaf]), feasible)
