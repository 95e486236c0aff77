"""What a column and a table are; `schema` declares them all."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Choices", "Column", "Table", "Type"]

Choices = tuple[tuple[str, tuple[str, ...]], ...]
"""Accepted codes, each with the texts that mean it."""


class Type(StrEnum):
    """How a column is stored.

    In the frames of a portfolio: ``MONEY`` is int64 đồng (``Int64`` where a cell may be unknown), ``INTEGER``
    is ``Int64``, ``YES_NO`` is ``boolean``, ``TEXT`` and ``CHOICE`` are ``str``, ``DATE`` is ISO text
    (``"2024-06-14"``), ``EVENT`` is ISO text or ``"chưa"``: known not to have happened. Empty text is ``""``.
    """

    TEXT = "text"
    CHOICE = "choice"
    MONEY = "money"
    INTEGER = "integer"
    YES_NO = "yes_no"
    DATE = "date"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name : str
        The name in code.
    type : Type
        How its cells are read and stored.
    title_vi, title_en : str
        Short titles for reports and the template; the Vietnamese one is the legal term.
    required : bool
        An absent column or empty cell is an error.
    default : int, bool, str or None
        Taken where the cell is empty *and* the meaning of empty is known; ``None`` keeps it unknown.
    absent : int or None
        Taken where the whole column is absent, though an empty cell of a present column stays unknown.
    per_project : bool
        Repeated on all rows of the project, or given on one of them.
    per_source : bool
        The same for project × source (medium-term columns).
    signed : bool
        Money that may be negative.
    lenient : bool
        A text that matches no choice is noted and left unknown; elsewhere it is an error.
    reason : bool
        A text where many write yes or no: "không" is empty, "có" a reason of its own.
    choices : tuple of (str, tuple of str)
        Accepted codes, each with the texts that mean it.
    headers : tuple of str
        Headers that mean this column. ``{N}`` stands for the plan year, ``{N-1}`` for the year before,
        ``{d}`` for a date.
    help_vi, help_en : str
        One sentence for the help sheet.
    """

    name: str
    type: Type
    title_vi: str
    title_en: str
    required: bool = False
    default: int | bool | str | None = None
    absent: int | None = None
    per_project: bool = False
    per_source: bool = False
    signed: bool = False
    lenient: bool = False
    reason: bool = False
    choices: Choices = ()
    headers: tuple[str, ...] = ()
    help_vi: str = ""
    help_en: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its name in code, its sheet in a workbook, its columns and its key."""

    name: str
    sheet: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    def __hash__(self) -> int:
        return hash(self.name)  # what is looked up by table must not hash all its columns

    def column(self, name: str) -> Column:
        """Return the column called *name*; `KeyError` if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def names(self) -> tuple[str, ...]:
        """The column names, in order."""
        return tuple(column.name for column in self.columns)
