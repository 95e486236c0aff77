"""Shortest paths and flows in a graph whose arcs cost vectors, compared lexicographically, exact."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from phanbo.solver.lexicographic import Layout, largest_of

if TYPE_CHECKING:
    from collections.abc import Iterable

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

    @cached_property
    def edges(self) -> _Edges:
        """The arcs in pairs, one for each direction."""
        low, high = np.minimum(self.tail, self.head), np.maximum(self.tail, self.head)
        pairs, pair = np.unique(low * self.size + high, return_inverse=True)
        arc = np.full(2 * pairs.size, -1, dtype=np.int64)
        arc[2 * pair + (self.tail > self.head)] = np.arange(self.tail.size)
        ends = np.stack([pairs // max(1, self.size), pairs % max(1, self.size)], axis=1)
        head, edge = ends[:, ::-1].ravel(), np.empty_like(self.tail)
        edge[arc[arc >= 0]] = np.flatnonzero(arc >= 0)
        return _Edges(arc, edge, head, head.tolist())

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
        # One column a start: what is read of a node lies together.
        tight = np.ones((near.size, starts.size), dtype=bool)
        if barred is not None:
            tight &= order[:, None] != barred[None, :]
        length = np.zeros((starts.size, self.size, self.cost.shape[1]), dtype=np.int64)
        known = np.zeros((self.size, starts.size), dtype=bool)
        for word in range(max(1, len(layout.words))):
            cost = layout.pack(word, self.fields)[order] if layout.words else np.zeros_like(near)
            y = np.full((self.size, starts.size), FAR, dtype=np.int64)
            y[starts, np.arange(starts.size)] = 0
            for sweep in range(self.size + 1):
                if sweep == longest:
                    return None
                at = y[near]
                step = np.where(tight & (at < FAR), at + cost[:, None], FAR)
                nearer = y.copy()
                if reached.size:
                    nearer[reached] = np.minimum(y[reached], np.minimum.reduceat(step, first, axis=0))
                if np.array_equal(nearer, y):
                    break
                y = nearer
            else:
                raise ArithmeticError("a cycle below 0: the plan is not the best one")
            known = y < FAR
            tight &= known[near] & (y[near] + cost[:, None] == y[far])
            if layout.words:
                for field, values in layout.unpack(word, np.where(known, y, 0)).items():
                    length[:, :, field] = values.T
        return Distances(length, known.T)


@dataclass(frozen=True, eq=False)
class Distances:
    """Distances of all nodes from some starts (or to them): length (starts, nodes, tiers), found (starts, nodes)."""

    length: Ints
    found: Bools


@dataclass(frozen=True, eq=False)
class _Edges:
    """Arcs in pairs: edge 2k and its opposite 2k + 1.

    The arc of each edge (−1: none), the edge of each arc, the head of each edge, as a list too.
    """

    arc: Ints
    edge: Ints
    head: Ints
    heads: list[int]


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
    """The arcs on shortest paths from one start (or to it), and how much flows along them.

    An arc that flow has entered opens its opposite by as much. Searched from the far end, whose shortest paths are few.
    """

    def __init__(
        self, graph: Graph, length: Ints, found: Bools, *, backwards: bool = False, barred: int = -1
    ) -> None:
        near, far = (graph.head, graph.tail) if backwards else (graph.tail, graph.head)
        tight = found[near] & found[far] & (length[near] + graph.cost == length[far]).all(axis=1)
        if barred >= 0:
            tight[barred] = False
        self.length = length
        self._backwards = backwards
        self._edges = graph.edges
        room = np.append(np.where(tight, graph.room, 0), 0)  # −1: no arc
        room = room[graph.edges.arc]
        self._room: list[int] = room.tolist()
        # The edges with room, by the end they are searched from.
        open_ = np.flatnonzero(room > 0)
        end = graph.edges.head[open_ ^ 1 if backwards else open_]
        order = np.argsort(end, kind="stable")
        self._open: list[int] = open_[order].tolist()
        self._first: list[int] = np.searchsorted(end[order], np.arange(graph.size + 1)).tolist()
        self._known: dict[tuple[int, int], tuple[int, bool]] = {}

    def most(self, start: int, end: int, enough: int) -> int:
        """Return the most units that flow from one node to another along the arcs, *enough* where it is more."""
        known, whole = self._known.get((start, end), (0, False))
        if not whole and known < enough:
            known, whole = self._filled(start, end, enough, {})
            self._known[start, end] = known, whole
        return min(known, enough)

    def into(self, start: int, end: int, entry: dict[int, int], enough: int) -> int:
        """Return the most units that flow to a node by some edges into it alone, each with its room; or *enough*.

        The arcs must be those from the start.
        """
        return min(self._filled(start, end, enough, entry)[0], enough)

    def _filled(self, start: int, end: int, enough: int, entry: dict[int, int]) -> tuple[int, bool]:
        """Return what flows, and whether it is all that can."""
        flow: dict[int, int] = {}
        turned: dict[int, list[int]] = {}
        total, sent = 0, 1
        while sent and total < enough:
            sent = self._send(start, end, flow, turned, entry)
            total += sent
        return total, not sent

    def _send(
        self,
        start: int,
        end: int,
        flow: dict[int, int],
        turned: dict[int, list[int]],
        entry: dict[int, int],
    ) -> int:
        """Send what fits along a path of fewest arcs; 0 where there is none.

        *flow* holds what every edge carries beyond its opposite, *turned* the edges that flow has opened.
        """
        first, last, turn = (start, end, 0) if self._backwards else (end, start, 1)
        came: dict[int, int] = {first: -1}
        queue = deque([first])
        head, begin, open_ = self._edges.heads, self._first, self._open

        def room(edge: int) -> int:
            return entry.get(edge, self._room[edge]) - flow.get(edge, 0)

        while queue and last not in came:
            node = queue.popleft()
            edges: Iterable[int] = (*open_[begin[node] : begin[node + 1]], *turned.get(node, ()))
            if entry and node == first:
                edges = entry
            for edge in edges:
                far = head[edge ^ turn]
                if far not in came and room(edge) > 0:
                    came[far] = edge
                    queue.append(far)
        if last not in came:
            return 0
        path, node = [], last
        while came[node] >= 0:
            path.append(came[node])
            node = head[came[node] ^ turn ^ 1]
        sent = min(room(edge) for edge in path)
        for edge in path:
            flow[edge] = flow.get(edge, 0) + sent
            flow[edge ^ 1] = flow.get(edge ^ 1, 0) - sent
            turned.setdefault(head[edge ^ turn], []).append(edge ^ 1)
        return sent
