"""Row duals of every tier without a solver: the potential of a system of differences.

With the dual of a group summed over the groups around it, the reduced cost of every column is the difference of two
nodes: ``z = c + y_a − y_b``. A column below its upper bound asks ``z ≥ 0``, one above its lower ``z ≤ 0``: an arc each,
and shortest paths over these arcs solve the system; a cycle below 0 would be a better plan. The costs are vectors, one
field a tier: as many fields as fit stand in one word, and the next word looks only at the columns whose reduced cost
is 0 so far. Field *k* of the potential is the vector of row duals of tier *k* (``docs/solver.md``).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from phanbo.money import Bools, Ints
from phanbo.program import Block, LinearProgram, TierCosts
from phanbo.solver.lexicographic import Layout, largest_of
from phanbo.solver.tree import Tree

__all__ = ["row_duals"]

ARCS = (31, 1_000, 1_000_000)
"""Arcs of the longest path the fields have room for; where paths turn out longer, more room."""

FAR = np.iinfo(np.int64).max


def row_duals(program: LinearProgram, tree: Tree, tiers: tuple[TierCosts, ...], x: Ints) -> Ints | None:
    """Return the row duals that prove *x* the lexicographic optimum; ``None`` when it is none.

    Parameters
    ----------
    x : int64 array of shape (columns,)
        A feasible plan, in units.

    Returns
    -------
    int64 array of shape (tiers, rows)
    """
    nodes = _Nodes(program, tree, x)
    costs = [tier.cost for tier in tiers]
    largest = largest_of(costs)
    for longest in ARCS:
        # Two ends of an arc and the arc itself are compared: twice the longest path and one more.
        layout = Layout.of(largest, 2 * longest + 1)
        potential, proved = _potential(nodes, layout, costs, longest)
        if not proved:
            return None
        if potential is not None:
            duals = np.zeros((len(tiers), program.rows), dtype=np.int64)
            for k, field in potential.items():
                duals[k] = nodes.duals(field)
            return duals
    return None


class _Nodes:
    """Leaves, pools, groups and the ground as nodes; every column and group row as an arc between two of them."""

    def __init__(self, program: LinearProgram, tree: Tree, x: Ints) -> None:
        leaves, pools, groups = tree.leaf_row.size, tree.pool_row.size, tree.group_row.size
        self.program, self.tree = program, tree
        self.size = leaves + pools + groups + 1
        self.ground = self.size - 1
        m = tree.moves
        self.tail = np.full(program.columns, self.ground, dtype=np.int64)
        self.head = np.full(program.columns, self.ground, dtype=np.int64)
        add = program.block[:m] == Block.ADD
        group = np.where(tree.innermost >= 0, leaves + pools + tree.innermost, self.ground)
        self.tail[:m] = np.where(add, tree.leaf, self.ground)
        self.head[:m] = np.where(add, group, tree.leaf)
        leaf, pool = np.arange(leaves), leaves + tree.leaf_pool
        for columns, start, end in ((tree.leaf_in, pool, leaf), (tree.leaf_out, leaf, pool)):
            here = columns >= 0
            self.tail[columns[here]], self.head[columns[here]] = start[here], end[here]
        here = tree.pool_reserve >= 0
        self.tail[tree.pool_reserve[here]] = leaves + np.flatnonzero(here)
        self.raisable, self.lowerable = x < program.upper, x > 0
        self.group = leaves + pools + np.arange(groups)
        self.parent = np.where(tree.parent >= 0, leaves + pools + tree.parent, self.ground)
        activity = program.activity(x)[tree.group_row]
        self.used = activity > program.row_lower[tree.group_row]
        self.slack = activity < program.row_upper[tree.group_row]

    def arcs(self, cost: Ints, tight: Bools, level: Bools) -> tuple[Ints, Ints, Ints]:
        """Return tail, head and length of the residual arcs.

        Only columns of reduced cost 0 so far (*tight*) and groups of dual 0 so far (*level*) still count.
        """
        up, down = np.flatnonzero(self.raisable & tight), np.flatnonzero(self.lowerable & tight)
        slack, used = self.slack & level, self.used & level
        tail = np.concatenate([self.tail[up], self.head[down]])
        head = np.concatenate([self.head[up], self.tail[down]])
        length = np.concatenate([cost[up], -cost[down]])
        # Most arcs begin or end at the ground: of these one a node is kept.
        every = np.arange(self.size)
        outwards, inwards = (np.full(self.size, FAR, dtype=np.int64) for _ in range(2))
        out, back = tail == self.ground, head == self.ground
        np.minimum.at(outwards, head[out], length[out])
        np.minimum.at(inwards, tail[back], length[back])
        near, far, others = outwards < FAR, inwards < FAR, ~(out | back)
        zero = np.zeros(int(slack.sum() + used.sum()), dtype=np.int64)
        ground = np.full(self.size, self.ground, dtype=np.int64)
        return (
            np.concatenate([tail[others], ground[near], every[far], self.group[slack], self.parent[used]]),
            np.concatenate([head[others], every[near], ground[far], self.parent[slack], self.group[used]]),
            np.concatenate([length[others], outwards[near], inwards[far], zero]),
        )

    def reduced(self, cost: Ints, potential: Ints) -> Ints:
        """Return the reduced cost of every column."""
        return cost + potential[self.tail] - potential[self.head]

    def duals(self, potential: Ints) -> Ints:
        """Return the duals of the rows: of leaves and pools against the ground, of a group against the one around it."""
        tree, found = self.tree, np.zeros(self.program.rows, dtype=np.int64)
        rows = np.concatenate([tree.leaf_row, tree.pool_row])
        found[rows] = potential[: rows.size] - potential[self.ground]
        found[tree.group_row] = potential[self.group] - potential[self.parent]
        return found

    def outer_first(self) -> Iterator[tuple[Ints, Ints]]:
        """Yield the groups nobody uses with the node around each, outer ones first."""
        depth = self.tree.depth
        for level in np.unique(depth)[::-1].tolist():
            here = (depth == level) & self.slack & ~self.used
            yield self.group[here], self.parent[here]


def _potential(
    nodes: _Nodes, layout: Layout, costs: list[Ints], longest: int
) -> tuple[dict[int, Ints] | None, bool]:
    """Return the potential of every field, ``None`` when paths are too long; and whether the plan may be optimal."""
    tight, level = np.ones(nodes.program.columns, dtype=bool), np.ones(nodes.group.size, dtype=bool)
    found: dict[int, Ints] = {}
    for word in range(len(layout.words)):
        cost = layout.pack(word, costs)
        tail, head, length = nodes.arcs(cost, tight, level)
        y = np.zeros(nodes.size, dtype=np.int64)
        for sweep in range(nodes.size + 1):
            if sweep == longest:
                return None, nodes.size >= longest
            nearer = y.copy()
            np.minimum.at(nearer, head, y[tail] + length)
            if np.array_equal(nearer, y):
                break
            y = nearer
        else:
            return None, False
        for group, around in nodes.outer_first():
            y[group] = y[around]
        found |= layout.unpack(word, y)
        tight &= nodes.reduced(cost, y) == 0
        level &= y[nodes.group] == y[nodes.parent]
    return found, True
