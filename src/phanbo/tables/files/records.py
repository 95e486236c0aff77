"""What the records of .xls and .xlsb sheets know beside the values: errors, hidden rows and columns, the last cell."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from phanbo.tables.files.ole import BrokenError
from phanbo.tables.files.sheet import Faults

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "ERRORS",
    "biff",
    "biff_from_1904",
    "has_password",
    "xlsb_bundles",
    "xlsb_from_1904",
    "xlsb_lengths",
    "xlsb_sheet",
]

ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
_CELLS = {0x0006, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E, 0x00BD, 0x0002, 0x0003, 0x0004, 0x0005}
"""Records that hold a value: formula, text, number, yes/no or error, several numbers."""


def _records(data: bytes, at: int = 0) -> Iterator[tuple[int, bytes]]:
    while at + 4 <= len(data):
        kind, size = struct.unpack_from("<HH", data, at)
        yield kind, data[at + 4 : at + 4 + size]
        at += 4 + size


def has_password(data: bytes) -> bool:
    """Whether the workbook's stream is encrypted: a FILEPASS record before its globals end."""
    for kind, _ in _records(data):
        if kind in {0x002F, 0x000A}:
            return kind == 0x002F
    return False


def biff_from_1904(data: bytes) -> bool:
    """Whether the days of an .xls workbook are counted from 1904: a DATEMODE record of 1 among its globals."""
    for kind, record in _records(data):
        if kind == 0x0022:
            return record[:2] == b"\1\0"
        if kind == 0x000A:
            break
    return False


def biff(data: bytes) -> list[Faults]:
    """Return what each sheet of an .xls workbook does not tell, in their order; `struct.error` if broken."""
    starts = []
    for kind, record in _records(data):
        if kind == 0x0085:
            starts.append(struct.unpack_from("<I", record)[0])
        if kind == 0x000A:
            break
    sheets = []
    read = 0
    for start in starts:
        found, size = _biff_sheet(data, start)
        sheets.append(found)
        read += size
        if read > len(data):
            raise BrokenError("sheets that overlap")
    return sheets


def _biff_sheet(data: bytes, start: int) -> tuple[Faults, int]:
    """Return what the sheet from *start* on does not tell, and how many bytes it takes."""
    found = Faults()
    depth = size = 0
    for kind, record in _records(data, start):
        size += 4 + len(record)
        if kind in {0x0809, 0x0409, 0x0209, 0x0009}:
            depth += 1
        elif kind == 0x000A:
            depth -= 1
            if depth <= 0:
                break
        elif kind == 0x0200 and depth == 1:
            # readers make room for what is stated here, held or not
            rows = struct.unpack_from("<II" if len(record) >= 14 else "<HH", record)[1]
            columns = struct.unpack_from("<H", record, 10 if len(record) >= 14 else 6)[0]
            if rows > 65_536 or columns > 256:
                raise BrokenError("a sheet that says it is larger than any")
        elif kind in _CELLS:
            _biff_cell(kind, record, found)
        elif kind == 0x0208 and struct.unpack_from("<I", record, 12)[0] & 0x20:
            found.hidden_rows.append(struct.unpack_from("<H", record)[0] + 1)
        elif kind == 0x007D and record[8] & 1:
            first, last = struct.unpack_from("<HH", record)
            found.hide_columns(first, min(last, 255))
    return found, size


def _biff_cell(kind: int, record: bytes, found: Faults) -> None:
    row, column = struct.unpack_from("<HH", record)
    last = struct.unpack_from("<H", record, len(record) - 2)[0] if kind == 0x00BD else column
    found.hold(row, last)
    found.held += last - column
    code = None
    if kind == 0x0205 and record[7]:
        code = record[6]
    elif kind == 0x0006 and record[12:14] == b"\xff\xff" and record[6] == 2:
        code = record[8]
    if code is not None:
        found.errors[row, column] = ERRORS.get(code, "#ERROR")


def _xlsb_records(data: bytes) -> Iterator[tuple[int, bytes]]:
    at, end = 0, len(data)
    while at < end:
        kind = data[at]
        at += 1
        if kind & 0x80:
            kind = kind & 0x7F | (data[at] & 0x7F) << 7
            at += 1
        size = shift = 0
        for _ in range(4):
            byte = data[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        if at + size > end:
            raise BrokenError("a record that is cut off")
        yield kind, data[at : at + size]
        at += size


def xlsb_bundles(workbook: bytes) -> list[tuple[str, str]]:
    """Return name and relation of each sheet an .xlsb workbook lists; `IndexError` or `struct.error` if broken."""
    found = []
    for kind, record in _xlsb_records(workbook):
        if kind == 156:
            relation, after = _wide(record, 8)
            found.append((_wide(record, after)[0], relation))
    return found


def xlsb_from_1904(workbook: bytes) -> bool:
    """Whether the days of an .xlsb workbook are counted from 1904, as its BrtWbProp says."""
    return any(kind == 153 and bool(record[0] & 1) for kind, record in _xlsb_records(workbook))


def _wide(record: bytes, at: int) -> tuple[str, int]:
    size = struct.unpack_from("<I", record, at)[0]
    if size == 0xFFFFFFFF:
        return "", at + 4
    end = at + 4 + 2 * size
    return record[at + 4 : end].decode("utf-16-le", errors="replace"), end


def xlsb_lengths(strings: bytes) -> list[int]:
    """Return how many bytes each shared text takes."""
    return [len(record) for kind, record in _xlsb_records(strings) if kind == 19]


def xlsb_sheet(data: bytes, lengths: list[int]) -> tuple[Faults, int]:
    """Return what an .xlsb sheet does not tell, and the bytes its shared texts take when laid out."""
    found = Faults()
    row = laid = 0
    kinds = set()
    for kind, record in _xlsb_records(data):
        kinds.add(kind)
        if kind == 0:
            row = struct.unpack_from("<I", record)[0]
            if record[11] & 0x10:
                found.hidden_rows.append(row + 1)
        elif 2 <= kind <= 11 or kind == 62:
            column = struct.unpack_from("<I", record)[0]
            found.hold(row, column)
            if kind in {3, 11}:
                found.errors[row, column] = ERRORS.get(record[8], "#ERROR")
            elif kind == 7:
                shared = struct.unpack_from("<I", record, 8)[0]
                if shared >= len(lengths):
                    raise BrokenError("a cell whose text is not there")
                laid += lengths[shared]
        elif kind == 60 and record[16] & 1:
            first, last = struct.unpack_from("<II", record)
            found.hide_columns(first, last)
    if not {145, 146} <= kinds:  # where its rows begin and end
        raise BrokenError("a sheet that is cut off")
    return found, laid
