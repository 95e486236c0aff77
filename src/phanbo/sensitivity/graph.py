"""Shortest paths and flows in a graph whose arcs cost vectors, compared lexicographically, exact."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from phanbo.solver.lexicographic import Layout, largest_of

if TYPE_CHECKING:
    from phanbo.money import Bools, Ints

__all__ = ["Distances", "Graph", "TightFlow", "graph_of"]

ARCS = (31, 1_000, 1_000_000)
"""Arcs of the longest path the fields have room for; where paths turn out longer, more room."""

FAR = np.iinfo(np.int64).max
AT_ONCE = 4_000_000
"""Distances looked at in one sweep, for many starts."""


@dataclass(frozen=True, eq=False)
class Graph:
    """Residual arcs, the cheapest between two nodes each; int64 arrays.

    Attributes
    ----------
    size : int
        Number of nodes.
    tail, head, room : shape (arcs,)
        Room: units that fit at this cost.
    cost : shape (arcs, tiers)
    """

    size: int
    tail: Ints
    head: Ints
    cost: Ints
    room: Ints

    @cached_property
    def fields(self) -> list[Ints]:
        """The costs tier by tier."""
        return [np.ascontiguousarray(field) for field in self.cost.T]

    def distances(self, starts: Ints, *, backwards: bool = False, barred: Ints | None = None) -> Distances:
        """Return the lexicographically shortest distances from every start, or to it.

        *barred* names one arc for each start that its paths may not use (−1: none).
        """
        parts = [
            self._some(starts[k : k + step], backwards, None if barred is None else barred[k : k + step])
            for step in (max(1, AT_ONCE // max(1, self.tail.size)),)
            for k in range(0, max(1, starts.size), step)
        ]
        return Distances(
            np.concatenate([part.length for part in parts]), np.concatenate([part.found for part in parts])
        )

    def _some(self, starts: Ints, backwards: bool, barred: Ints | None) -> Distances:  # noqa: FBT001
        largest = largest_of(self.fields)
        for longest in ARCS:
            found = self._swept(starts, Layout.of(largest, 2 * longest + 1), longest, backwards, barred)
            if found is not None:
                return found
        raise AssertionError("a path of a million arcs")

    def _swept(
        self,
        starts: Ints,
        layout: Layout,
        longest: int,
        backwards: bool,  # noqa: FBT001
        barred: Ints | None,
    ) -> Distances | None:
        """Return the distances word by word; ``None`` where paths outgrow the fields."""
        near, far = (self.head, self.tail) if backwards else (self.tail, self.head)
        order = np.argsort(far, kind="stable")
        near, far = near[order], far[order]
        reached, first = np.unique(far, return_index=True)
        tight = np.ones((starts.size, near.size), dtype=bool)
        if barred is not None:
            tight &= order[None, :] != barred[:, None]
        length = np.zeros((starts.size, self.size, self.cost.shape[1]), dtype=np.int64)
        known = np.zeros((starts.size, self.size), dtype=bool)
        for word in range(max(1, len(layout.words))):
            cost = layout.pack(word, self.fields)[order] if layout.words else np.zeros_like(near)
            y = np.full((starts.size, self.size), FAR, dtype=np.int64)
            y[np.arange(starts.size), starts] = 0
            for sweep in range(self.size + 1):
                if sweep == longest:
                    return None
                at = y[:, near]
                step = np.where(tight & (at < FAR), at + cost, FAR)
                nearer = y.copy()
                if reached.size and starts.size:
                    best = np.minimum.reduceat(step, first, axis=1)
                    nearer[:, reached] = np.minimum(y[:, reached], best)
                if np.array_equal(nearer, y):
                    break
                y = nearer
            else:
                raise ArithmeticError("a cycle below 0: the plan is not the best one")
            known = y < FAR
            tight &= known[:, near] & (y[:, near] + cost == y[:, far])
            if layout.words:
                for field, values in layout.unpack(word, np.where(known, y, 0)).items():
                    length[:, :, field] = values
        return Distances(length, known)


@dataclass(frozen=True, eq=False)
class Distances:
    """Distances of all nodes from some starts (or to them): length (starts, nodes, tiers), found (starts, nodes)."""

    length: Ints
    found: Bools


def graph_of(size: int, tail: Ints, head: Ints, cost: Ints, room: Ints) -> Graph:
    """Return the graph of some arcs: those with room, of parallel ones the cheapest, equal ones joined."""
    kept = room > 0
    tail, head, cost, room = tail[kept], head[kept], cost[kept], room[kept]
    fields = [np.ascontiguousarray(field) for field in cost.T]
    layout = Layout.of(largest_of(fields), 2)
    words = [layout.pack(k, fields) for k in range(len(layout.words))]
    order = np.lexsort((*words[::-1], tail, head))
    new = np.ones(order.size, dtype=bool)
    new[1:] = (np.diff(tail[order]) != 0) | (np.diff(head[order]) != 0)
    other = new.copy()
    for word in words:
        other[1:] |= np.diff(word[order]) != 0
    first = np.flatnonzero(other)
    total = np.add.reduceat(room[order], first) if first.size else room[:0]
    cheapest = new[first]
    arcs = order[first[cheapest]]
    return Graph(size, tail[arcs], head[arcs], cost[arcs], total[cheapest])


class TightFlow:
    """The arcs on shortest paths from one start (or to it), and how much flows along them."""

    def __init__(
        self,
        graph: Graph,
        length: Ints,
        found: Bools,
        *,
        backwards: bool = False,
        barred: int = -1,
    ) -> None:
        near, far = (graph.head, graph.tail) if backwards else (graph.tail, graph.head)
        tight = found[near] & found[far] & (length[near] + graph.cost == length[far]).all(axis=1)
        if barred >= 0:
            tight[barred] = False
        arcs = np.flatnonzero(tight)
        columns = (graph.tail[arcs], graph.head[arcs], graph.room[arcs])
        self._head: list[int] = []
        self._room: list[int] = []
        self._out: dict[int, list[int]] = {}
        pairs: dict[tuple[int, int], int] = {}
        for a, b, room in zip(*(column.tolist() for column in columns), strict=True):
            edge = pairs.get((b, a))
            if edge is not None:
                self._room[edge ^ 1] = room
                continue
            pairs[a, b] = len(self._head)
            self._out.setdefault(a, []).append(len(self._head))
            self._out.setdefault(b, []).append(len(self._head) + 1)
            self._head += [b, a]
            self._room += [room, 0]
        self._known: dict[tuple[int, int], int] = {}

    def most(self, start: int, end: int) -> int:
        """Return the most units that flow from one node to another along the arcs."""
        if (start, end) not in self._known:
            kept = self._room.copy()
            total = 0
            while sent := self._send(start, end):
                total += sent
            self._room = kept
            self._known[start, end] = total
        return self._known[start, end]

    def _send(self, start: int, end: int) -> int:
        """Send what fits along a path of fewest arcs; 0 where there is none."""
        came: dict[int, int] = {start: -1}
        queue = deque([start])
        head, room, out = self._head, self._room, self._out
        while queue and end not in came:
            node = queue.popleft()
            for edge in out.get(node, ()):
                if room[edge] > 0 and head[edge] not in came:
                    came[head[edge]] = edge
                    queue.append(head[edge])
        if end not in came:
            return 0
        path, node = [], end
        while came[node] >= 0:
            path.append(came[node])
            node = head[came[node] ^ 1]
        sent = min(room[edge] for edge in path)
        for edge in path:
            room[edge] -= sent
            room[edge ^ 1] += sent
        return sent
