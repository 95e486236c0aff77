"""Codes as people type them: letters of other alphabets, O for 0, wide digits; mended only on evidence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from phanbo.tables.cells import text_cells
from phanbo.tables.cells.figures import half_width

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from phanbo.tables.cells import Cells

__all__ = ["CODES", "alike", "code_cells"]

CODES = frozenset({"project_id", "line_id"})
"""Columns of codes."""

_LOOK_ALIKE = dict(
    zip(
        map(
            ord,
            # Cyrillic, then Greek
            "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0406\u0408\u0405"
            "\u0430\u0435\u043e\u0440\u0441\u0445\u0443\u0456"
            "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf",
        ),
        "ABEKMHOPCTXIJSaeopcxyiABEZHIKMNOPTYXo",
        strict=True,
    )
)
_DIGITS = str.maketrans("OoIl", "0011")
_MAYBE_MEANT = re.compile(r"[OoIl\x80-\U0010ffff]|\0['’‘]")
"""Finds whether any of many codes may be meant as another."""

_BOUND = "\0"
_NEARLY_DIGITS = re.compile(r"(?=.*[0-9])[0-9OoIl]{3,}")


def code_cells(raw: pd.Series[Any]) -> Cells:
    """Return a column of codes: as `text_cells`, with the letters and digits that are meant.

    Leading zeros stay. An apostrophe in front goes, wide and Cyrillic or Greek letters become the Latin ones
    they look like; a letter O or l among digits becomes 0 or 1 only where the code so mended stands
    elsewhere in the column.
    """
    cells = text_cells(raw)
    if not _MAYBE_MEANT.search(_BOUND.join(["", *cells.data.tolist()])):
        return cells
    codes, texts = pd.factorize(cells.data)
    known = frozenset(texts.tolist())
    mended = [_mend(text, known) for text in texts.tolist()]
    for at, (_, code) in enumerate(mended):
        if code:
            found = np.flatnonzero(codes == at).tolist()
            cells.faults[code] = sorted(cells.faults.get(code, []) + found)
    if any(code for _, code in mended):
        cells.data = np.array([text for text, _ in mended], dtype=object)[codes]
    return cells


def _mend(text: str, known: frozenset[str]) -> tuple[str, str]:
    """Return a code as it is meant, and the fault it had."""
    plain = text.lstrip("'’‘") if text[:1] in {"'", "’", "‘"} else text
    fault = "text-apostrophe" if plain != text else ""
    if not plain.isascii():
        wide = half_width(plain)
        fault = "text-wide" if wide != plain else fault
        plain = wide.translate(_LOOK_ALIKE)
        fault = "code-look-alike" if plain != wide else fault
    digits = plain.translate(_DIGITS)
    if digits != plain and digits in known and _NEARLY_DIGITS.fullmatch(plain):
        return digits, "code-letter-digit"
    return plain, fault


def alike(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Return the pairs of different codes that may be one: O and 0, l and 1, leading zeros, case.

    Examples
    --------
    >>> alike(["DA-1O", "DA-10", "0071", "71", "72"])
    [('0071', '71'), ('DA-10', 'DA-1O')]
    """
    listed = sorted(codes)
    keys = _BOUND.join(listed).translate(_DIGITS).upper().split(_BOUND)
    if len({key.lstrip("0") for key in keys}) == len(listed):
        return []
    first: dict[str, str] = {}
    found = []
    for code in listed:
        key = code.translate(_DIGITS).upper().lstrip("0")
        other = first.setdefault(key, code)
        if other != code and key:
            found.append((other, code))
    return found
