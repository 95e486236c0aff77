"""The linear program of a round as arrays: columns, rows, tiers. It knows no solver.

Minimise each tier in turn, lexicographically, over ``lower ≤ x ≤ upper`` and ``row_lower ≤ A x ≤ row_upper``;
all data are integers (*model* §3–4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from phanbo.grouping import sum_by
from phanbo.money import Bools, Ints

__all__ = ["Block", "LinearProgram", "TierCosts"]

SALTS = (1, 2)


class Block(IntEnum):
    """What a column is."""

    CUT = 0
    ADD = 1
    IN = 2
    OUT = 3
    RESERVE = 4


@dataclass(frozen=True, eq=False)
class TierCosts:
    """One tier: its name, its integer cost of each column (to be minimised), its tolerance as a fraction."""

    name: str
    cost: Ints
    tolerance: tuple[int, int] = (0, 1)


@dataclass(frozen=True, eq=False)
class LinearProgram:
    """A lexicographic linear program on a network, in units.

    Attributes
    ----------
    block : int64 array of shape (columns,)
        A `Block` each.
    item : int64 array of shape (columns,)
        Line of a cut or add, leaf of an in or out, pool of a reserve.
    upper : int64 array of shape (columns,)
        Largest value in units; the least is 0.
    slope : int64 array of shape (columns,)
        For cuts and adds: points of the outlook above the segment, of K.
    row, column, value : int64 arrays of shape (entries,)
        The matrix by coordinates.
    row_lower, row_upper : int64 arrays of shape (rows,)
    row_keys : tuple of str
        ``leaf:…``, ``pool:…``, ``project:…``, ``medium-term:…``: the names of the certificate.
    component : int64 array of shape (columns,)
        Connected component of each column.
    row_component : int64 array of shape (rows,)
    marked : frozenset of int
        Components that are no network and are solved as integer programs.
    tiers : tuple of TierCosts
        In order; the canonical tier is last.
    tiebreak : callable, optional
        Costs of further canonical orders by number (1, 2), asked for only where an optimum is not yet unique.
    """

    block: Ints
    item: Ints
    upper: Ints
    slope: Ints
    row: Ints
    column: Ints
    value: Ints
    row_lower: Ints
    row_upper: Ints
    row_keys: tuple[str, ...]
    component: Ints
    row_component: Ints
    marked: frozenset[int]
    tiers: tuple[TierCosts, ...]
    tiebreak: Callable[[int], Ints] | None = None

    @property
    def columns(self) -> int:
        """Number of columns."""
        return int(self.upper.size)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.row_lower.size)

    @property
    def tiebreaks(self) -> tuple[TierCosts, ...]:
        """Further canonical orders, hashed on demand."""
        if self.tiebreak is None:
            return ()
        return tuple(TierCosts(f"canonical[{salt}]", self.tiebreak(salt)) for salt in SALTS)

    def activity(self, x: Ints) -> Ints:
        """Return ``A x``, exact."""
        total = np.zeros(self.rows, dtype=np.int64)
        np.add.at(total, self.row, self.value * x[self.column])
        return total

    def moved(self, x: Ints, lines: int) -> tuple[Ints, Ints]:
        """Return the cut and the add of each of so many lines, in units."""
        cut, add = (self.block == block for block in (Block.CUT, Block.ADD))
        return sum_by(self.item[cut], x[cut], lines), sum_by(self.item[add], x[add], lines)

    def priced(self, duals: Ints) -> Ints:
        """Return ``Aᵀ π`` for integer row duals, exact."""
        total = np.zeros(self.columns, dtype=np.int64)
        np.add.at(total, self.column, self.value * duals[self.row])
        return total

    def around(self, free: Bools, fixed: Ints, upper: Ints) -> LinearProgram:
        """Return the program of the columns *free* beyond *fixed*, up to *upper* more; the others stay fixed."""
        entries = np.flatnonzero(free[self.column])
        touched = np.zeros(self.rows, dtype=bool)
        touched[self.row[entries]] = True
        rows = np.flatnonzero(touched)
        done = self.activity(fixed)[rows]
        part = self.take(np.flatnonzero(free), rows, entries)
        return replace(
            part,
            upper=upper[free],
            row_lower=part.row_lower - done,
            row_upper=part.row_upper - done,
        )

    def chunks(self, size: int) -> Iterator[tuple[Ints, Ints, LinearProgram]]:
        """Yield the columns, the rows and the program of whole components, of about *size* columns at a time."""
        if self.columns <= size:
            yield np.arange(self.columns), np.arange(self.rows), self
            return
        every = max(self.component.max(initial=-1), self.row_component.max(initial=-1)) + 1
        count = np.bincount(self.component, minlength=every)
        # A component of rows alone goes with the one before it, the first ones with the first that has columns.
        chunk = (np.cumsum(count) - count) // max(1, size)
        chunk = np.maximum(
            np.maximum.accumulate(np.where(count > 0, chunk, 0)), chunk[count > 0].min(initial=0)
        )
        places = [chunk[part] for part in (self.component, self.row_component)]
        places.append(places[1][self.row])
        orders = [np.argsort(place, kind="stable") for place in places]
        for k in np.unique(places[0]).tolist():
            columns, rows, entries = (
                order[slice(*np.searchsorted(place[order], (k, k + 1)))]
                for place, order in zip(places, orders, strict=True)
            )
            yield columns, rows, self.take(columns, rows, entries)

    def part(self, component: int) -> LinearProgram:
        """Return the program of one component alone."""
        return self.restrict(self.component == component, self.row_component == component)

    def restrict(self, columns: Bools, rows: Bools) -> LinearProgram:
        """Return the program of some columns and rows; no kept row may hold a column that is left out."""
        return self.take(*(np.flatnonzero(kept) for kept in (columns, rows, rows[self.row])))

    def take(self, columns: Ints, rows: Ints, entries: Ints) -> LinearProgram:
        """Return the program of some columns, rows and entries, in the order given."""
        place = np.empty(max(self.columns, self.rows), dtype=np.int64)
        place[columns] = np.arange(columns.size)
        column = place[self.column[entries]]
        place[rows] = np.arange(rows.size)
        tie = self.tiebreak
        return LinearProgram(
            block=self.block[columns],
            item=self.item[columns],
            upper=self.upper[columns],
            slope=self.slope[columns],
            row=place[self.row[entries]],
            column=column,
            value=self.value[entries],
            row_lower=self.row_lower[rows],
            row_upper=self.row_upper[rows],
            row_keys=tuple(self.row_keys[r] for r in rows.tolist())
            if rows.size < self.rows
            else self.row_keys,
            component=self.component[columns],
            row_component=self.row_component[rows],
            marked=self.marked,
            tiers=tuple(TierCosts(t.name, t.cost[columns], t.tolerance) for t in self.tiers),
            tiebreak=None if tie is None else _SomeTies(tie, columns),
        )


@dataclass(frozen=True, eq=False)
class _SomeTies:
    """A further canonical order over some of its columns."""

    every: Callable[[int], Ints]
    columns: Ints

    def __call__(self, salt: int) -> Ints:
        return self.every(salt)[self.columns]
