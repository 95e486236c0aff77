"""The old binary workbook (.xls, BIFF8), as little of it as holds cells, merged ranges and error values."""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dressing.pages import Page

__all__ = ["xls_bytes"]

_SECTOR = 512
_END, _FREE, _TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_ERRORS = {"#NULL!": 0x00, "#DIV/0!": 0x07, "#VALUE!": 0x0F, "#REF!": 0x17, "#NAME?": 0x1D, "#N/A": 0x2A}


def xls_bytes(pages: Sequence[Page], *, serial: Callable[[dt.date], int]) -> bytes:
    """Return the workbook in its compound file."""
    return _compound(_book(pages, serial))


def _record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _text(text: str, size: str) -> bytes:
    return struct.pack(size, len(text)) + b"\x01" + text.encode("utf-16-le")


def _book(pages: Sequence[Page], serial: Callable[[dt.date], int]) -> bytes:
    formats = b"".join(_record(0xE0, struct.pack("<HHH14x", 0, number, 0)) for number in (0, 14))
    head = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 6)) + _record(0x42, b"\xb0\x04") + formats
    sheets = [_sheet(page, serial) for page in pages]
    bounds = [struct.pack("<BB", int(page.hidden), 0) + _text(page.name, "<B") for page in pages]
    start = len(head) + sum(len(bound) + 8 for bound in bounds) + 4
    out = head
    for bound, sheet in zip(bounds, sheets, strict=True):
        out += _record(0x85, struct.pack("<I", start) + bound)
        start += len(sheet)
    return out + _record(0x0A) + b"".join(sheets)


def _sheet(page: Page, serial: Callable[[dt.date], int]) -> bytes:
    out = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 6))
    width = max((len(row) for row in page.rows), default=0)
    out += _record(0x200, struct.pack("<IIHHH", 0, len(page.rows), 0, width, 0))
    for at in sorted(page.hidden_rows):
        out += _record(0x208, struct.pack("<HHHHHHI", at, 0, width, 0x8000, 0, 0, 0x20))
    for at in sorted(page.hidden_columns):
        out += _record(0x7D, struct.pack("<HHHHHH", at, at, 0, 0, 1, 0))
    for at, cells in enumerate(page.rows):
        out += b"".join(_cell(at, k, cell, serial) for k, cell in enumerate(cells) if cell is not None)
    if page.merged:
        ranges = b"".join(
            struct.pack("<HHHH", top, bottom, left, right) for top, left, bottom, right in page.merged
        )
        out += _record(0xE5, struct.pack("<H", len(page.merged)) + ranges)
    return out + _record(0x0A)


def _cell(row: int, column: int, cell: Any, serial: Callable[[dt.date], int]) -> bytes:
    from dressing.pages import Fault, Formula

    at = struct.pack("<HH", row, column)
    match cell:
        case Formula(value=None):
            return b""
        case Formula():
            return _cell(row, column, cell.value, serial)  # the value is what any reader is handed
        case Fault():
            return _record(0x205, at + struct.pack("<HBB", 0, _ERRORS[cell.text], 1))
        case bool():
            return _record(0x205, at + struct.pack("<HBB", 0, int(cell), 0))
        case str():
            return _record(0x204, at + b"\x00\x00" + _text(cell, "<H"))
        case dt.date():
            return _record(0x203, at + struct.pack("<Hd", 1, serial(cell)))
        case _:
            return _record(0x203, at + struct.pack("<Hd", 0, float(cell)))


def _compound(stream: bytes) -> bytes:
    """Wrap the stream "Workbook" in an OLE2 file: header, allocation table, directory, sectors."""
    stream += b"\x00" * (max(4096, -(-len(stream) // _SECTOR) * _SECTOR) - len(stream))
    count = len(stream) // _SECTOR
    tables = 1
    while tables * _SECTOR // 4 < count + tables + 1:
        tables += 1
    chain = [_TABLE] * tables + [_END] + [*range(tables + 2, tables + count + 1), _END]
    chain += [_FREE] * (tables * _SECTOR // 4 - len(chain))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, tables, tables, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<109I", *range(tables), *[_FREE] * (109 - tables))
    folder = _entry("Root Entry", 5, 1, _END, 0) + _entry("Workbook", 2, _FREE, tables + 1, len(stream))
    folder += _entry("", 0, _FREE, 0, 0) * 2
    return header + struct.pack(f"<{len(chain)}I", *chain) + folder + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    letters = (name + "\x00").encode("utf-16-le") if name else b""
    out = letters.ljust(64, b"\x00") + struct.pack("<HBB", len(letters), kind, 1)
    return out + struct.pack("<III", _FREE, _FREE, child) + bytes(36) + struct.pack("<IQ", start, size)
