"""Where a unit comes from or goes to: shortest distances and flows from the ground and from full ceilings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from phanbo.money import LIMIT
from phanbo.sensitivity.graph import Distances, TightFlow

if TYPE_CHECKING:
    from phanbo.money import Bools, Ints
    from phanbo.program import Block
    from phanbo.sensitivity.network import Network

__all__ = ["Change", "Changes", "Routes", "negative"]

Changes = tuple["Ints", "Ints", "Bools"]
"""Change for one unit more and one less of many limits, shape (limits, tiers), and whether less is possible."""


@dataclass(frozen=True)
class Change:
    """What one unit changes, in the costs of the tiers; ``None`` where there is no plan; units it holds for."""

    cost: tuple[int, ...] | None
    units: int

    @classmethod
    def of(cls, cost: Ints, units: int, *, possible: bool = True) -> Change:
        """Return the change of a vector of costs."""
        return cls(tuple(cost.tolist()), units) if possible else cls(None, 0)


def negative(vectors: Ints) -> Bools:
    """Return which vectors lie below 0 lexicographically."""
    if not vectors.shape[1]:
        return np.zeros(len(vectors), dtype=bool)
    other = vectors != 0
    first = other.argmax(axis=1)
    return np.asarray(other.any(axis=1) & (vectors[np.arange(len(vectors)), first] < 0))


class Routes:
    """Shortest ways through a network, found when they are asked for."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.stated = network.stated
        self.endless = LIMIT // network.stated.unit
        self.tiers = len(network.names)
        self._flows: dict[tuple[int, bool], TightFlow] = {}

    @cached_property
    def _starts(self) -> dict[int, int]:
        """Full ceilings that lines at their bounds, or other full ceilings, lie in."""
        net, c, least = self.network, self.network.ceilings, self.stated.add
        held = (net.add == least.bound) & (least.rule >= 0) & (net.ceilings.inner >= 0)
        around = c.parent[(c.used >= c.headroom) & (c.parent >= 0)]
        inside = net.effective[np.concatenate([c.inner[held], around])]
        full = np.unique(inside[(inside >= 0) & (c.headroom[inside] > 0)])
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
            if start in self._starts:
                every, k = (self._to if backwards else self._from), self._starts[start]
            else:
                every, k = net.graph.distances(np.array([start]), backwards=backwards), 0
            self._flows[key] = TightFlow(net.graph, every.length[k], every.found[k], backwards=backwards)
        return self._flows[key]

    def entry(self, group: int) -> tuple[int, int, int]:
        """Return where flow from a ceiling can begin: a node in use, what fits up to it, the full ceiling beyond."""
        net, c = self.network, self.network.ceilings
        room, full = self.endless, -1 if group < 0 else int(net.effective[group])
        while group >= 0 and group != full and c.used[group] == 0:
            room, group = min(room, int(c.headroom[group])), int(c.parent[group])
        return int(net.nodes_of(np.array(group))), room, int(net.nodes_of(np.array(full)))

    def at(self, side: Block, line: Ints, at: Ints) -> Ints:
        """Return the cost of one unit of some lines, counted from 0."""
        if not line.size:
            return np.zeros((0, self.tiers), dtype=np.int64)
        return self.network.cost[self.network.column(side, line, at)]

    def lower(self, cost: Ints, units: int, bound: int, feasible: Bools) -> Change:
        """Return the change of a limit that cannot fall below 0: what changes nothing down to there never does."""
        ends = not cost.any() and units >= bound
        return Change.of(cost, self.endless if ends else units, possible=bool(feasible))
