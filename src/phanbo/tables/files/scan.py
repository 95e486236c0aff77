"""What the XML of an .xlsx sheet knows beside the values, at the speed of its bytes.

`scan` looks at all tags at once, with NumPy, where the part is written as spreadsheet programs write it: no prefixes,
the address first in every cell, then the style, then the type. Any other part is parsed, tag by tag: the same, slowly.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from xml.parsers import expat
from xml.sax.saxutils import unescape

import numpy as np

from phanbo.tables.files.parse import parse_sheet
from phanbo.tables.files.sheet import Faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Places = NDArray[np.int64]

__all__ = ["XmlError", "scan"]

XmlError = expat.ExpatError

_PAIRS = (
    "c ",
    "v>",
    "v/",
    "v ",
    "f>",
    "f ",
    "f/",
    "is",
    "t>",
    "t ",
    "t/",
    "ro",
    *(f"/{name}" for name in "cvfitrs"),
)


def _pair(letters: str) -> int:
    return ord(letters[0]) << 8 | ord(letters[1])


_CELL, _ROW, _TEXT = map(_pair, ("c ", "ro", "is"))
_QUOTE, _SPACE, _OPEN, _END, _SLASH, _E = b'" <>/e'
_KNOWN = np.zeros(65536, dtype=bool)
_KNOWN[[_pair(letters) for letters in _PAIRS]] = True
_ROWS = re.compile(rb"<row ([^<]*\bhidden[^<]*)")
_COLUMNS = re.compile(rb"<col ([^<]*\bhidden[^<]*)")
_HIDDEN = re.compile(rb"""\bhidden\s*=\s*["'](?:1|true)["']""")
_ATTRIBUTE = re.compile(rb"""\b(r|min|max)\s*=\s*["'](\d{1,7})["']""")
_SAVED = re.compile(rb"<v[^>]*>([^<]*)</v>")
_SLAB = 2_000_000
"""Bytes looked at in one go: few enough to stay in the processor's own memory."""


def scan(part: bytes) -> Faults:
    """Return what the cells of the sheet in *part* do not tell; `XmlError` if it is no XML."""
    found = scan_plain(part)
    return parse_sheet(part) if found is None else found


def scan_plain(part: bytes) -> Faults | None:
    """Look at all tags at once, some rows at a time; None where the part is not written plainly."""
    start = part.find(b"<sheetData>")
    end = part.find(b"</sheetData>", start)
    if start < 0 or end < 0:
        return None
    head, tail = part[:start], part[end + 1 :]
    if b":sheetData" in head or b"<!" in head or b"<sheetData" in head or b"sheetData" in tail[11:]:
        return None
    found = Faults(plain=True)
    _tell_columns(head, found)
    with ThreadPoolExecutor(2) as pool:  # NumPy lets go of the interpreter
        for told in pool.map(_tell, _slabs(part, start + len(b"<sheetData>"), end)):
            if told is None:
                return None
            found.add(told)
    return found


def _slabs(part: bytes, start: int, end: int) -> Iterator[bytes]:
    """Yield the rows between *start* and *end*, many at a time."""
    while start < end:
        stop = part.rfind(b"<row ", start + 1, start + _SLAB) if end - start > _SLAB else end
        if stop < 0:
            stop = end  # one endless row
        yield part[start:stop]
        start = stop


def _tell(text: bytes) -> Faults | None:
    """Tell what some rows do not; None where they are not written plainly."""
    found = Faults()
    body = np.frombuffer(text + b"</sheetData>", dtype=np.uint8)
    tags = np.flatnonzero(body[:-3] == _OPEN)
    pairs = body[tags + 1].astype(np.uint16) << np.uint16(8) | body[tags + 2]
    if not _KNOWN[pairs].all() or not _whole_names(body, tags, pairs):
        return None
    if not _tell_cells(body, tags, np.flatnonzero(pairs == _CELL), text, found):
        return None
    if b"hidden" in text and not _tell_rows(text, found):
        return None
    return found


def _whole_names(body: Bytes, tags: Places, pairs: NDArray[np.unsignedinteger[Any]]) -> bool:
    """Whether what begins like "row" and "is" is no other name, nor a prefix."""
    rows, texts = tags[pairs == _ROW], tags[pairs == _TEXT]
    ends = body[np.minimum(rows + 4, len(body) - 1)]
    return bool(
        (body[rows + 3] == ord("w")).all()
        and ((ends == _SPACE) | (ends == _END)).all()
        and (body[texts + 3] == _END).all()
    )


def _tell_cells(body: Bytes, tags: Places, cells: Places, text: bytes, found: Faults) -> bool:
    """Tell the last cell, errors and formulas without a value; False where a cell is not written plainly."""
    first, second = _letters(body, tags, cells, 1)
    held = (first != _SLASH) & (first != ord("c")) & (first != ord("r")) & (second != 0)
    cells = cells[held]
    if not len(cells):
        return True
    at = tags[cells]
    if not _spells(body, at + 1, b'c r="'):
        return False
    at, rows, columns = _addresses(body, at + 6)
    if not ((body[at] == _QUOTE) & (rows > 0) & (columns > 0)).all():
        return False
    found.last_row, found.last_column, found.held = int(rows.max()), int(columns.max()), len(cells)
    errors = _errors(body, at + 1)
    if errors is None:
        return False
    for cell in np.flatnonzero(errors).tolist():
        place = int(rows[cell]) - 1, int(columns[cell]) - 1
        value = _SAVED.search(text, int(tags[cells[cell]]), text.find(b"</c>", int(tags[cells[cell]])))
        found.errors[place] = unescape(value[1].decode()) if value else "#ERROR"
    for cell in _unsaved(body, tags, cells).tolist():
        start = int(tags[cells[cell]])
        if not errors[cell] and b' t="str"' not in text[start : text.index(b">", start)]:
            # t="str" with an empty value is a formula whose result is the empty text, e.g. IF(…;"")
            found.unsaved.add((int(rows[cell]) - 1, int(columns[cell]) - 1))
    return True


def _letters(body: Bytes, tags: Places, cells: Places, ahead: int | Places) -> tuple[Bytes, Bytes]:
    """Return the first two letters of the tag so many after each cell's."""
    at = tags[np.minimum(cells + ahead, len(tags) - 1)]
    return body[at + 1], body[at + 2]


def _spells(body: Bytes, at: Places, wanted: bytes) -> bool:
    return all((body[at + i] == letter).all() for i, letter in enumerate(wanted))


def _addresses(body: Bytes, at: Places) -> tuple[Places, NDArray[np.int32], NDArray[np.int32]]:
    """Read the letters and figures from *at* on: where they end, rows and columns."""
    rows, columns = (np.zeros(len(at), dtype=np.int32) for _ in range(2))
    at = at.copy()
    for _ in range(3):
        letters = body[at] - np.uint8(64)
        read = letters - np.uint8(1) < 26
        columns = np.where(read, columns * 26 + letters, columns)
        at += read
    for _ in range(8):
        figures = body[at] - np.uint8(48)
        read = figures < 10
        if not read.any():
            break
        rows = np.where(read, rows * 10 + figures, rows)
        at += read
    return at, rows, columns


def _errors(body: Bytes, at: Places) -> NDArray[np.bool_] | None:
    """Whether each cell is of type ``e``; None where its attributes are not a style, then a type."""
    errors = np.zeros(len(at), dtype=bool)
    which = np.flatnonzero(body[at] != _END)
    at = at[which]
    if not (body[at] == _SPACE).all():
        return None
    styled = body[at + 1] == ord("s")
    after = at[styled]
    if not _spells(body, after + 1, b's="'):
        return None
    after = after + 4
    for _ in range(9):
        after = after + (body[after] - np.uint8(48) < 10)
    if not (body[after] == _QUOTE).all():
        return None
    at = at.copy()
    at[styled] = after + 1
    typed = body[at] != _END
    which, at = which[typed], at[typed]
    if not _spells(body, at, b' t="'):
        return None
    errors[which] = (body[at + 4] == _E) & (body[at + 5] == _QUOTE)
    # a type is one letter, "str" or "inlineStr", and the last attribute
    ends = np.where(body[at + 5] == _QUOTE, 6, np.where(body[at + 7] == _QUOTE, 8, 14))
    last = np.minimum(at + ends, len(body) - 1)
    return errors if ((body[last] == _END) & (body[last - 1] == _QUOTE)).all() else None


def _unsaved(body: Bytes, tags: Places, cells: Places) -> Places:
    """Return the positions of the cells with a formula and no value, or an empty one."""
    first, _ = _letters(body, tags, cells, 1)
    formulas = np.flatnonzero(first == ord("f"))
    cells = cells[formulas]
    first, second = _letters(body, tags, cells, 2)
    ahead = 2 + ((first == _SLASH) & (second == ord("f")))
    first, second = _letters(body, tags, cells, ahead)
    value = np.minimum(cells + ahead, len(tags) - 1)
    ends = tags[np.minimum(value + 1, len(tags) - 1)]
    empty = (first != ord("v")) | (second == _SLASH) | (body[ends - 1] == _END)
    unsaved: Places = formulas[empty]
    return unsaved


def _tell_rows(text: bytes, found: Faults) -> bool:
    for match in _ROWS.finditer(text):
        if _HIDDEN.search(match[1]):
            number = dict(_ATTRIBUTE.findall(match[1])).get(b"r")
            if number is None:
                return False
            found.hidden_rows.append(int(number))
    return True


def _tell_columns(head: bytes, found: Faults) -> None:
    for match in _COLUMNS.finditer(head):
        if _HIDDEN.search(match[1]):
            numbers = dict(_ATTRIBUTE.findall(match[1]))
            first, last = int(numbers.get(b"min", 1)), int(numbers.get(b"max", 1))
            found.hide_columns(first - 1, last - 1)
