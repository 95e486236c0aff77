"""Projects numbered "1" and their parts "1.1", "1.2" below them: told by the numbering alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phanbo.tables.layout.block import empty
from phanbo.tables.layout.header_rows import ORDER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phanbo.tables.layout.block import Block
    from phanbo.tables.layout.columns import Columns
    from phanbo.tables.layout.headers import Heading

__all__ = ["mark_of", "numbers_parts", "order_of", "part_of", "parted"]

_PART = re.compile(r"\d\.\d")


def order_of(block: Block) -> Heading | None:
    """Return the header of the numbering."""
    return next((heading for heading in block.headings if heading.folded.key in ORDER), None)


def numbers_parts(block: Block, order: Heading | None) -> bool:
    """Whether any row is numbered like a part, "1.2": in most tables none is, and that is seen at once."""
    if order is None or order.index >= len(block.sheet.columns):
        return False
    column = block.sheet.columns[order.index]
    if any(cell.__class__ is float and cell % 1 for cell in column):
        return True
    return _PART.search("\0".join(block.sheet.texts(order.index))) is not None


def mark_of(cell: object) -> str:
    """Return how a row is numbered: "1.2" for the text "1.2." and for the number 1.2.

    Examples
    --------
    >>> mark_of("1.2. "), mark_of(3.0), mark_of(None)
    ('1.2', '3', '')
    """
    return "" if empty(cell) else str(cell).strip().removesuffix(".0").rstrip(".")


def part_of(mark: str) -> str:
    """Return the number that *mark* is a part of, "" where it is none.

    Examples
    --------
    >>> part_of("1.2"), part_of("1.2.3"), part_of("1"), part_of("I.1")
    ('1', '1.2', '', '')
    """
    above, dot, last = mark.rpartition(".")
    return above if dot and last.isdigit() and above.replace(".", "").isdigit() else ""


def parted(block: Block, columns: Columns, rows: Iterable[int]) -> dict[int, int]:
    """Return which of *rows* stand right above their own parts, and the position after the last of these.

    Rows between them without a number belong to the part above them; any other number ends the parts.
    """
    order = order_of(block)
    if order is None or not numbers_parts(block, order):
        return {}
    cells = columns.cells(order)
    found = {}
    for at in rows:
        mark, end = mark_of(cells[at]), at + 1
        if not mark.replace(".", "").isdigit():
            continue
        while end < len(cells) and _within(mark_of(cells[end]), mark):
            end += 1
        numbered = [i for i in range(at + 1, end) if mark_of(cells[i])]
        if numbered and numbered[0] == at + 1:
            found[at] = numbered[-1] + 1
    return found


def _within(mark: str, whole: str) -> bool:
    return mark.startswith(f"{whole}.") or not any(map(str.isalnum, mark))
