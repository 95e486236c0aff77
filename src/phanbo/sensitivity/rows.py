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
        known, out, _ = self._importers
        for leaf, k in known.items():
            less[leaf] = out.length[k, leaf] - net.crossing[0]
            feasible[leaf] = out.found[k, leaf]
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
        if net.brought[leaf] > 0 and feasible and not self.stated.bounds.closed[leaf]:
            known, out, own = self._importers
            k = known[leaf]
            flow = TightFlow(net.graph, out.length[k], out.found[k], barred=int(own[k]))
            down = flow.most(node, leaf, int(net.brought[leaf]))
        return Change.of(more, up), self.routes.lower(less, down, int(net.brought[leaf]), feasible)
