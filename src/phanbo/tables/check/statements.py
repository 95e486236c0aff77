"""Totals that a file itself states, kept beside what its lines add up to."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Statement"]


@dataclass(frozen=True, slots=True)
class Statement:
    """One amount a file states of several of its lines.

    Attributes
    ----------
    level : str
        ``"all"``, ``"source"``, ``"sector"``, ``"stage"``, ``"programme"``, ``"owner"``, ``"group"`` (of lines in the
        rows it heads) or ``"columns"`` (of the columns beside it).
    label : str
        What the file calls it: "TỔNG SỐ", "I. Giao thông".
    column : str
        The column it totals, e.g. ``plan``.
    stated, added : int
        What the file says and what its lines add up to, in đồng.
    sheet, cell : str
        Where it stands.
    row : int
        Its row, as the spreadsheet numbers it.
    """

    level: str
    label: str
    column: str
    stated: int
    added: int
    sheet: str = ""
    cell: str = ""
    row: int = 0

    @property
    def gap(self) -> int:
        """Stated less added, in đồng."""
        return self.stated - self.added
