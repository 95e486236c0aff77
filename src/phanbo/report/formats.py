"""What cells of a workbook are: columns, formulas, looks, and amounts that a workbook holds to the đồng."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from phanbo.errors import PhanboError
from phanbo.money import MILLION

__all__ = [
    "FONT",
    "KINDS",
    "LINE",
    "LOOKS",
    "TALLEST",
    "VIETNAMESE",
    "Column",
    "Formula",
    "Pair",
    "cell_name",
    "height",
    "million",
]

LINE = 14.4  # points a line of text: LibreOffice lets wrapped text overlap unless rows are told their height
TALLEST = 400.0
FONT = {"font_name": "Times New Roman", "font_size": 11}
LOOKS: dict[str, dict[str, Any]] = {
    "plain": {"border": 1, "border_color": "#808080"},
    "group": {"border": 1, "border_color": "#808080", "bold": True, "bg_color": "#F2F2F2"},
    "total": {"border": 1, "border_color": "#808080", "bold": True, "bg_color": "#DDEBF7"},
    "head": {"border": 1, "border_color": "#808080", "bold": True, "bg_color": "#DDEBF7"},
    "statement": {"border": 1, "border_color": "#808080"},
    "doubt": {"border": 1, "border_color": "#808080", "bg_color": "#FCE4D6"},
    "convention": {"border": 1, "border_color": "#808080", "bg_color": "#FFF2CC"},
    "title": {"bold": True, "font_size": 13},
    "section": {"bold": True, "font_size": 12},
    "note": {},
    "alert": {"bold": True, "font_color": "#9C0006"},
}
VIETNAMESE = "[$-42A]"
"""Opens a number format that writes 1.234,5 whatever the machine's own habit, where the program knows of it."""
KINDS: dict[str, dict[str, Any]] = {
    "text": {"text_wrap": True, "valign": "top", "align": "left", "indent": 1},
    "left": {"text_wrap": True, "valign": "top"},
    "center": {"text_wrap": True, "valign": "top", "align": "center"},
    "right": {"text_wrap": True, "valign": "top", "align": "right"},
    "head": {"text_wrap": True, "valign": "vcenter", "align": "center"},
    "count": {"num_format": "#,##0", "valign": "top"},
    "rank": {"num_format": "#,##0", "valign": "top", "align": "center"},
    "money": {"num_format": "#,##0", "valign": "top"},
    # "#,##0.###" alone would show "43.448," for a whole number
    "money.": {"num_format": "#,##0.###", "valign": "top"},
    "share": {"num_format": "0.00%", "valign": "top"},
    "factor": {"num_format": "0.00", "valign": "top"},
}

Pair: TypeAlias = tuple[str, str]
"""Vietnamese and English."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    title : (str, str)
        Header, Vietnamese and English.
    width : float
        In characters.
    kind : str
        ``text``, ``center`` (centred text), ``money`` (đồng), ``count``, ``rank`` (centred), ``share`` or ``factor``.
    group : (str, str)
        Header over several neighbouring columns.
    """

    title: Pair
    width: float
    kind: str = "text"
    group: Pair = ("", "")


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula with the value it has: đồng in a money column, else the plain number, ``None`` for blank."""

    text: str
    value: float | None


def million(amount: int) -> float:
    """Return đồng as a number of triệu đồng that a workbook holds to the đồng.

    Examples
    --------
    >>> million(12_229_297_995)
    12229.297995
    """
    value = amount / MILLION
    # a workbook keeps 16 significant digits
    if round(float(f"{value:.16G}") * MILLION) != amount:
        raise PhanboError(
            f"Số {amount} đồng quá lớn để ghi đúng từng đồng bằng triệu đồng.",
            f"{amount} đồng is too large to be written to the đồng in millions.",
            {"amount": amount},
        )
    return value


def cell_name(row: int, column: int) -> str:
    """Return ``B3`` for row 2, column 1.

    Examples
    --------
    >>> cell_name(2, 1), cell_name(0, 26)
    ('B3', 'AA1')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


@lru_cache(maxsize=65536)
def height(text: str, width: float) -> int:
    """Return how many lines a text takes in a column of that width."""
    # letters of Times are narrower than the digit that measures a column
    room = max(1, int(width * 1.15))
    return sum(max(1, len(textwrap.wrap(part, room))) for part in text.split("\n")) if len(text) > room else 1
