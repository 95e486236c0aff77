"""A sheet as plain cells, whatever file it came from."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from phanbo.errors import Finding

__all__ = ["Cell", "Faults", "Sheet", "address", "letter"]

Cell = Any
"""What a file may hold in a cell: text, number, yes/no, date; ``""`` or None where it is empty."""

_WIDEST = 16_384


@dataclass(slots=True)
class Faults:
    """What the cells of a sheet do not tell: found in its bytes.

    Attributes
    ----------
    errors : dict of (int, int) to str
        Error cells ("#REF!") by row and column, both counted from 0.
    unsaved : set of (int, int)
        Formulas without a saved value.
    hidden_rows : list of int
        As the spreadsheet numbers them.
    hidden_columns : list of int
        Counted from 0.
    last_row, last_column : int
        How many rows and columns reach the last cell that holds anything.
    held : int
        How many cells of the file hold anything; one that stands for thousands counts once.
    plain : bool
        Whether an .xlsx sheet is written as spreadsheet programs write it.
    """

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    unsaved: set[tuple[int, int]] = field(default_factory=set)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    last_row: int = 0
    last_column: int = 0
    held: int = 0
    plain: bool = field(default=False, compare=False)

    def hold(self, row: int, column: int) -> None:
        """Tell that a cell, counted from 0, holds something."""
        self.held += 1
        self.last_row, self.last_column = max(self.last_row, row + 1), max(self.last_column, column + 1)

    def hide_columns(self, first: int, last: int) -> None:
        """Tell that columns are hidden, counted from 0 and included; a file may say so a million times."""
        if len(self.hidden_columns) < _WIDEST:
            self.hidden_columns += range(max(first, 0), min(last + 1, _WIDEST))

    def add(self, more: Faults) -> None:
        """Add what another piece of the same sheet tells."""
        self.errors |= more.errors
        self.unsaved |= more.unsaved
        self.hidden_rows += more.hidden_rows
        self.hidden_columns += more.hidden_columns
        self.last_row, self.last_column = (
            max(self.last_row, more.last_row),
            max(self.last_column, more.last_column),
        )
        self.held += more.held


@dataclass(frozen=True)
class Sheet:
    """One sheet (or text file): every row from the first on, so that row i is row i + 1 of the file.

    Attributes
    ----------
    name : str
        As the file has it, in NFC.
    rows : list of list
        The cells; rows of a text file may be of different lengths.
    faults : Faults
        What the cells do not tell.
    merged : tuple of ((int, int), (int, int))
        First and last cell of each merged range, both counted from 0 and included.
    hidden, is_text : bool
        Whether the sheet is hidden; whether the file holds only text.
    findings : tuple of Finding
        What is to be said of the file; its first sheet carries them.
    named : str
        What the name means where it was typed in a font before Unicode; else empty.
    from_1904 : bool
        Whether the file counts days from 1904, as spreadsheets of the Macintosh did.
    marked : bool
        Whether the workbook says, by the name ``phanbo_lines`` defined of the sheet, that the lines stand here.
    """

    name: str
    rows: list[list[Cell]]
    faults: Faults = field(default_factory=Faults)
    merged: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()
    hidden: bool = False
    is_text: bool = False
    findings: tuple[Finding, ...] = ()
    named: str = ""
    from_1904: bool = False
    marked: bool = False

    @property
    def title(self) -> str:
        """The sheet's name, in Unicode."""
        return self.named or self.name

    @cached_property
    def columns(self) -> list[tuple[Cell, ...]]:
        """The same cells by column, all as long as there are rows; ``""`` where a row is shorter."""
        return (
            list(itertools.zip_longest(*self.rows, fillvalue=""))
            if len({*map(len, self.rows)}) > 1
            else list(zip(*self.rows, strict=True))
        )

    def texts(self, at: int) -> list[str]:
        """Return the distinct texts of the column *at*."""
        if at not in self._texts:
            self._texts[at] = [cell for cell in {*self.columns[at]} if cell.__class__ is str]
        return self._texts[at]

    @cached_property
    def _texts(self) -> dict[int, list[str]]:
        return {}


def letter(index: int) -> str:
    """Return the spreadsheet's name of column *index*, counted from 0.

    Examples
    --------
    >>> letter(0), letter(27)
    ('A', 'AB')
    """
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def address(row: int, column: int) -> str:
    """Return the address of a cell, both counted from 0: ``address(11, 2)`` is ``"C12"``."""
    return f"{letter(column)}{row + 1}"
