"""The pool tree of a program, read off its matrix: leaves, pools, groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from phanbo.money import Bools, Ints
from phanbo.program import Block, LinearProgram
from phanbo.solver.lexicographic import running_before

__all__ = ["Tree", "tree_of"]


@dataclass(frozen=True, eq=False)
class Tree:
    """Leaves, pools and groups of a program; −1 stands for none.

    Attributes
    ----------
    moves : int
        Number of cut and add columns; they come first.
    leaf : int64 array of shape (moves,)
    leaf_row, leaf_pool, leaf_in, leaf_out : int64 arrays of shape (leaves,)
        Row, pool, and the columns that bring in and take out.
    pool_row, pool_reserve : int64 arrays of shape (pools,)
    group_row, parent : int64 arrays of shape (groups,)
        Row, and the next larger group around it.
    member, member_group : int64 arrays
        Add columns and the groups they count in, from the innermost outwards within a column.
    """

    moves: int
    leaf: Ints
    leaf_row: Ints
    leaf_pool: Ints
    leaf_in: Ints
    leaf_out: Ints
    pool_row: Ints
    pool_reserve: Ints
    group_row: Ints
    parent: Ints
    member: Ints
    member_group: Ints

    @property
    def innermost(self) -> Ints:
        """Smallest group of each cut and add column; int64 array of shape (moves,)."""
        found = np.full(self.moves, -1, dtype=np.int64)
        found[self.member[::-1]] = self.member_group[::-1]
        return found

    @property
    def depth(self) -> Ints:
        """How many groups lie inside each group, one in the other; int64 array of shape (groups,)."""
        inside = np.zeros(self.group_row.size, dtype=np.int64)
        np.maximum.at(inside, self.member_group, running_before(self.member, np.ones_like(self.member)))
        return inside


def tree_of(program: LinearProgram) -> Tree:
    """Read the tree off the matrix: the sign of an entry says what its row is to its column."""
    kind, sign = program.block[program.column], program.value
    cut, add, into, out, kept = (kind == block for block in Block)
    leaf, leaf_row = _numbered(program, cut | (add & (sign < 0)) | (into & (sign > 0)) | (out & (sign < 0)))
    pool, pool_row = _numbered(program, (into & (sign < 0)) | (out & (sign > 0)) | kept)
    moves = int((program.block <= Block.ADD).sum())

    leaf_pool, leaf_in, leaf_out = (np.full(leaf_row.size, -1, dtype=np.int64) for _ in range(3))
    for block, columns in ((Block.IN, leaf_in), (Block.OUT, leaf_out)):
        here = np.flatnonzero(program.block == block)
        columns[leaf[here]] = here
        leaf_pool[leaf[here]] = pool[here]
    pool_reserve = np.full(pool_row.size, -1, dtype=np.int64)
    here = np.flatnonzero(program.block == Block.RESERVE)
    pool_reserve[pool[here]] = here

    grouped = add & (sign > 0)
    group_row, group = np.unique(program.row[grouped], return_inverse=True)
    member, size = program.column[grouped], np.bincount(group, minlength=group_row.size)
    # The groups of a column are nested: by size, and equal ones by number.
    order = np.lexsort((group, size[group], member))
    member, group = member[order], group[order].astype(np.int64)
    same = member[1:] == member[:-1]
    parent = np.full(group_row.size, -1, dtype=np.int64)
    parent[group[:-1][same]] = group[1:][same]
    return Tree(
        moves=moves,
        leaf=leaf[:moves],
        leaf_row=leaf_row,
        leaf_pool=leaf_pool,
        leaf_in=leaf_in,
        leaf_out=leaf_out,
        pool_row=pool_row,
        pool_reserve=pool_reserve,
        group_row=group_row.astype(np.int64),
        parent=parent,
        member=member,
        member_group=group,
    )


def _numbered(program: LinearProgram, entries: Bools) -> tuple[Ints, Ints]:
    """Number the rows of some entries; return the number of each column's row (−1: none), and the rows."""
    seen = np.zeros(program.rows, dtype=bool)
    seen[program.row[entries]] = True
    number = np.cumsum(seen) - 1
    found = np.full(program.columns, -1, dtype=np.int64)
    found[program.column[entries]] = number[program.row[entries]]
    return found, np.flatnonzero(seen)
