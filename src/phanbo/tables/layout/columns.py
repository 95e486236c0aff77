"""The cells of a block by column: whole arrays, made once, for the many rows that need no look of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phanbo.money import Bools
    from phanbo.tables.layout.block import Block
    from phanbo.tables.layout.headers import Heading

__all__ = ["Columns", "filled"]


def filled(cells: NDArray[Any]) -> Bools:
    """Return which cells hold anything: not ``None``, ``NaN``, ``""`` or blanks."""
    held = cells.tolist()
    blank = {
        cell
        for cell in {*held}
        if (cell.isspace() or not cell if cell.__class__ is str else cell is None or cell != cell)  # noqa: PLR0124 - NaN
    }
    if not blank:
        return np.ones(len(held), dtype=np.bool_)
    return ~np.fromiter(map(blank.__contains__, held), dtype=np.bool_, count=len(held))


class Columns:
    """The columns of one block, in the order of ``block.rows``."""

    def __init__(self, block: Block) -> None:
        self.block = block
        self.rows = np.array(block.rows, dtype=np.int64)
        self._cells: dict[int, NDArray[Any]] = {}
        self._filled: dict[int, Bools] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def cells(self, heading: Heading) -> NDArray[Any]:
        """Return the cells under *heading*."""
        if heading.index not in self._cells:
            held = self.block.sheet.columns
            if heading.index < len(held):
                column, rows = held[heading.index], self.block.rows
                together = bool(rows) and rows[-1] - rows[0] == len(rows) - 1
                if together:
                    column = column[rows[0] : rows[-1] + 1]
                cells = np.fromiter(column, dtype=object, count=len(column))
                cells = cells if together else cells[self.rows]
            else:
                cells = np.full(len(self), "", dtype=object)
            self._cells[heading.index] = cells
        return self._cells[heading.index]

    def filled(self, heading: Heading) -> Bools:
        """Return in which rows *heading* has anything below it."""
        if heading.index not in self._filled:
            self._filled[heading.index] = filled(self.cells(heading))
        return self._filled[heading.index]
