"""Figures of a picture as its reader writes them, and names cut into lines."""

from __future__ import annotations

import textwrap
from decimal import Decimal

import pandas as pd

from phanbo.catalogue import percent
from phanbo.report.page.flows import COLOURS

__all__ = [
    "BILLION",
    "BLUE",
    "COLOURS",
    "GREEN",
    "GREY",
    "ORANGE",
    "PALE",
    "ends",
    "share",
    "signed",
    "wrapped",
]

BLUE, ORANGE, GREEN, *_ = COLOURS
GREY, PALE = "#595959", "#D9D9D9"
BILLION = 1_000_000_000
OWNERS = 80
"""Rows of a ranking; of more, the first and the last are shown."""


def share(ratio: float, lang: str, places: int = 1) -> str:
    """Write a ratio of a frame in percent; a dash where it is missing.

    Examples
    --------
    >>> share(2 / 3, "vi"), share(float("nan"), "en")
    ('66,7%', '–')
    """
    return "–" if ratio != ratio else percent(Decimal(str(round(ratio, 6))), lang, places)  # noqa: PLR0124 — NaN


def signed(amount: int, text: str) -> str:
    """Return the text of an absolute amount with the sign of the amount.

    Examples
    --------
    >>> signed(-5, "5"), signed(0, "0")
    ('−5', '0')
    """
    return ("+" if amount > 0 else "−" if amount < 0 else "") + text


def wrapped(name: str, width: int, lines: int = 3) -> list[str]:
    """Return a name in lines; one that is still too long is cut, and says so.

    Examples
    --------
    >>> wrapped("Ban Quản lý Khu kinh tế cửa khẩu", 20)
    ['Ban Quản lý Khu kinh', 'tế cửa khẩu']
    """
    return textwrap.wrap(name, width, max_lines=lines, placeholder=" …") or [""]


def ends(data: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return a ranking that can be drawn, with how many rows in its middle are left out."""
    out = max(0, len(data) - OWNERS)
    if not out:
        return data, 0
    return pd.concat([data.head(OWNERS // 2), data.tail(OWNERS // 2)]).reset_index(drop=True), out
