"""A large .xlsx sheet cut in two between rows: two readers at once take half the time of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phanbo.tables.files.ole import BrokenError

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

    from python_calamine import CalamineSheet, CalamineWorkbook

    from phanbo.tables.files.sheet import Cell

__all__ = ["halve", "read_both"]

_LARGE = 1_000_000
"""Bytes from which opening a second reader costs less than it saves."""

_UPPER = 0.43
"""Share of the upper part: its cells become objects, one thread at a time, while the lower part is still parsed."""


def halve(part: bytes) -> tuple[bytes, bytes] | None:
    """Return the sheet in *part* with its upper and with its lower rows; None where it is not worth it.

    The part is written plainly (see `scan`): every ``<row`` begins a row, and every cell tells its own address.
    """
    start, end = part.index(b"<sheetData>") + len(b"<sheetData>"), part.index(b"</sheetData>")
    middle = part.find(b"<row ", start + int(_UPPER * (end - start)), end) if end - start > _LARGE else -1
    return None if middle < 0 else (part[:middle] + part[end:], part[:start] + part[middle:])


def read_both(
    upper: CalamineWorkbook, lower: Future[CalamineWorkbook], pool: Executor, name: str
) -> tuple[CalamineSheet, list[list[Cell]]]:
    """Read the sheet *name* of both workbooks, its parts; return the upper one and the rows of both."""
    # the reader lets go of the interpreter while it parses
    begun = pool.submit(lambda: _read(lower.result(), name, skip=True))
    above, rows = _read(upper, name, skip=False)
    sheet, below = begun.result()
    if sheet.start is None:
        return above, rows
    first, left = sheet.start
    if first < len(rows):
        raise BrokenError(f"the rows of the sheet {name} stand in no order")
    width = max(len(rows[0]) if rows else 0, left + len(below[0]))
    _widen(rows, 0, width)
    _widen(below, left, width)
    rows += [[""] * width for _ in range(first - len(rows))]
    return above, rows + below


def _read(book: CalamineWorkbook, name: str, *, skip: bool) -> tuple[CalamineSheet, list[list[Cell]]]:
    sheet = book.get_sheet_by_name(name)
    return sheet, sheet.to_python(skip_empty_area=skip)


def _widen(rows: list[list[Any]], left: int, width: int) -> None:
    """Put empty cells on both sides of *rows* where they are narrower."""
    right = width - left - len(rows[0]) if rows else 0
    if left or right:
        rows[:] = [[""] * left + row + [""] * right for row in rows]
