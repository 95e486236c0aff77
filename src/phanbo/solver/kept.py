"""A program kept for questions that only narrow its columns: its tree and its order are found once.

Built as wide as any question may need, it is narrowed for each: columns are dropped or shortened, nothing is sorted and
nothing is stated anew.
"""

from __future__ import annotations

from copy import copy
from dataclasses import replace

import numpy as np

from phanbo.grouping import sum_by
from phanbo.money import Bools, Ints
from phanbo.program import Block, LinearProgram
from phanbo.solver.direct import solution_of
from phanbo.solver.greedy import Greedy
from phanbo.solver.lexicographic import running_before
from phanbo.solver.solution import Limits, Solution
from phanbo.solver.tree import Tree, tree_of

__all__ = ["Kept"]


class Kept:
    """A program without marked components, its tree, and the order of its columns."""

    def __init__(self, program: LinearProgram) -> None:
        self.program = program
        self.tree = tree_of(program)
        self.order = Greedy(program, self.tree, program.tiers)
        m = self.tree.moves
        self.line, self.adds = program.item[:m], self.order.adds
        self.start = running_before(2 * self.line + self.adds, program.upper[:m])

    def narrowed(self, cut: Ints, add: Ints, limits: Limits) -> tuple[LinearProgram, Solution | None]:
        """Return the program with other bounds of the lines, in units, and its solution.

        No bound may be above the one the program was built with. The solution is ``None`` where it is not proved.
        """
        most = np.where(self.adds, add[self.line], cut[self.line])
        width = np.clip(most - self.start, 0, self.program.upper[: self.tree.moves])
        kept = width > 0
        program, tree = _narrowed(self.program, self.tree, np.flatnonzero(kept), width)
        order = _restricted(self.order, program, tree, kept)
        if order.ambiguous:
            return program, None
        return program, solution_of(program, tree, order, limits)


def _narrowed(program: LinearProgram, tree: Tree, moves: Ints, width: Ints) -> tuple[LinearProgram, Tree]:
    """Return the program of some cut and add columns with their new widths, and its tree."""
    flows = np.arange(tree.moves, program.columns)
    columns = np.concatenate([moves, flows])
    place = np.full(program.columns + 1, -1, dtype=np.int64)
    place[columns] = np.arange(columns.size)
    entries = np.flatnonzero(place[program.column] >= 0)
    leaf, adds = tree.leaf[moves], program.block[moves] == Block.ADD
    leaves = tree.leaf_row.size
    give, take = (sum_by(leaf[side], width[moves][side], leaves) for side in (~adds, adds))
    upper = program.upper.copy()
    upper[moves] = width[moves]
    for crossing, amount in ((tree.leaf_in, take), (tree.leaf_out, give)):
        here = crossing >= 0
        upper[crossing[here]] = amount[here]
    inside = place[tree.member] >= 0
    return replace(program.take(columns, np.arange(program.rows), entries), upper=upper[columns]), replace(
        tree,
        moves=moves.size,
        leaf=leaf,
        leaf_in=place[tree.leaf_in],
        leaf_out=place[tree.leaf_out],
        pool_reserve=place[tree.pool_reserve],
        member=place[tree.member[inside]],
        member_group=tree.member_group[inside],
    )


def _restricted(order: Greedy, program: LinearProgram, tree: Tree, kept: Bools) -> Greedy:
    """Return the order of the columns that are left: as they stood."""
    place = np.cumsum(kept) - 1
    left = kept[order.pooled]
    found = copy(order)
    found.tree = tree
    found.adds = order.adds[kept]
    found.room = program.upper[tree.pool_reserve[order.reserves]]
    found.pooled = place[order.pooled[left]]
    found.by_leaf = place[order.by_leaf[kept[order.by_leaf]]]
    every = np.concatenate([left, left, np.ones(order.reserves.size, dtype=bool)])
    found.pool = order.pool[every]
    found.by_pool = (np.cumsum(every) - 1)[order.by_pool[every[order.by_pool]]]
    return found
