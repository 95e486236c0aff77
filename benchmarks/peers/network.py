"""The program as a circulation: what its rows mean, for contestants that state it in another form.

Leaves, pools and groups are nodes, columns are arcs; a group row caps the arc that leaves its node. Group rows
must be a laminar family (they are, unless the program is marked).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from phanbo.money import Ints
from phanbo.program import Block, LinearProgram

__all__ = ["Network", "Places", "network", "places"]


@dataclass(frozen=True, eq=False)
class Places:
    """Where each column stands: its leaf row (−1: none), the pool row of each leaf row, the group rows."""

    leaf: Ints
    pool_of_leaf: Ints
    groups: Ints


def places(program: LinearProgram) -> Places:
    """Read the tree from the matrix."""
    kind = np.array([key.partition(":")[0] for key in program.row_keys])
    leaf = np.full(program.columns, -1, dtype=np.int64)
    in_leaf, in_pool = kind[program.row] == "leaf", kind[program.row] == "pool"
    leaf[program.column[in_leaf]] = program.row[in_leaf]
    pool_of_leaf = np.full(program.rows, -1, dtype=np.int64)
    flows = in_pool & (leaf[program.column] >= 0)
    pool_of_leaf[leaf[program.column[flows]]] = program.row[flows]
    return Places(leaf, pool_of_leaf, np.flatnonzero(~np.isin(kind, ("leaf", "pool"))))


@dataclass(frozen=True, eq=False)
class Network:
    """Arcs, the first ones the columns in their order, and the supply of each node; the last node is the world."""

    tail: Ints
    head: Ints
    capacity: Ints
    supply: Ints


def network(program: LinearProgram) -> Network:
    """Return the circulation whose integer flows are the program's plans."""
    if program.marked:
        raise ValueError("a marked program is no network")
    where, world = places(program), program.rows
    inner, parent = _nesting(program, where.groups)
    pool = np.full(program.columns, world, dtype=np.int64)
    flows = np.isin(program.block, (Block.IN, Block.OUT))
    pool[flows] = where.pool_of_leaf[where.leaf[flows]]
    reserve = program.block == Block.RESERVE
    pool[reserve] = _rows_of(program, reserve)
    tail = np.select(
        [program.block == Block.CUT, program.block == Block.IN, reserve],
        [np.full_like(pool, world), pool, pool],
        where.leaf,
    )
    head = np.select(
        [np.isin(program.block, (Block.CUT, Block.IN)), program.block == Block.OUT, reserve],
        [where.leaf, pool, np.full_like(pool, world)],
        inner,
    )
    # Money that comes in enters at its pool: out − in = −inflow there.
    supply = np.zeros(world + 1, dtype=np.int64)
    balance = np.setdiff1d(np.arange(program.rows), where.groups)
    supply[balance] = -program.row_lower[balance]
    supply[world] = -supply.sum()
    return Network(
        np.concatenate([tail, where.groups]),
        np.concatenate([head, parent]),
        np.concatenate([program.upper, program.row_upper[where.groups]]),
        supply,
    )


def _rows_of(program: LinearProgram, columns: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Ints:
    """Return the only row of each of some columns."""
    row = np.zeros(program.columns, dtype=np.int64)
    row[program.column] = program.row
    return row[columns]


def _nesting(program: LinearProgram, groups: Ints) -> tuple[Ints, Ints]:
    """Return the innermost group of each column and the next larger group of each group; the world where none."""
    size = np.bincount(program.row, minlength=program.rows)
    inside = np.isin(program.row, groups)
    column, row = program.column[inside], program.row[inside]
    order = np.lexsort((size[row], column))
    column, row = column[order], row[order]
    inner = np.full(program.columns, program.rows, dtype=np.int64)
    first = np.ones(column.size, dtype=bool)
    first[1:] = column[1:] != column[:-1]
    inner[column[first]] = row[first]
    parent = np.full(program.rows, program.rows, dtype=np.int64)
    next_ = np.flatnonzero(~first)
    parent[row[next_ - 1]] = row[next_]
    return inner, parent[groups]
