"""Text tables and Parquet files, one sheet a file."""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

import pandas as pd

from phanbo.errors import DataError, Finding
from phanbo.tables.files.decode import DecodeError, decode
from phanbo.tables.files.limits import Limits, check_extent, check_rectangles, check_size, unreadable
from phanbo.tables.files.sheet import Cell, Faults, Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from phanbo.tables.files.decode import Decoded

__all__ = ["open_files"]

_COLUMNS = 16_384
"""What a spreadsheet has room for."""
_SNIFFED = 200
_NUMBER = re.compile(r"[\d.,\s%()+−-]*")


def open_files(paths: Sequence[Path], limits: Limits, encoding: str | None = None) -> list[Sheet]:
    """Read text tables (in *encoding*, else what their bytes show) and Parquet files, one sheet a file."""
    sheets = []
    for path in paths:
        check_size(path, path.stat().st_size, limits)
        name = unicodedata.normalize("NFC", path.stem)
        if path.suffix.lower() == ".parquet":
            rows = _parquet(path)
            check_extent(name, Faults(last_row=len(rows), last_column=max(map(len, rows))), limits)
            sheets.append(Sheet(name, rows))
        else:
            found = _decoded(path, encoding)
            notes = (_note(path, found),) if found.guessed else ()
            sheets.append(Sheet(name, _text(path, name, found.text, limits), is_text=True, findings=notes))
    return sheets


def _decoded(path: Path, encoding: str | None) -> Decoded:
    try:
        return decode(path.read_bytes(), encoding)
    except DecodeError as error:
        raise DataError([unreadable(path, *error.said, error.mend)]) from None
    except LookupError:
        said = f"encoding={encoding!r}"
        raise DataError(
            [
                Finding(
                    code="option-unknown",
                    severity="error",
                    message_vi=f"{said}: không có bảng mã này",
                    message_en=f"{said}: there is no such encoding",
                    mend_vi="dùng tên như utf-8, utf-16, windows-1258, tcvn3, vni",
                    mend_en="use a name such as utf-8, utf-16, windows-1258, tcvn3, vni",
                    rule="option-unknown",
                )
            ]
        ) from None


def _note(path: Path, found: Decoded) -> Finding:
    return Finding(
        code="text-encoding",
        severity="note",
        sheet=unicodedata.normalize("NFC", path.stem),
        message_vi=f"tệp chữ mã {found.encoding}, nhận ra theo nội dung",
        message_en=f"the text is in {found.encoding}, told by its contents",
        mend_vi=f'nếu không đúng, nói rõ bằng encoding="…" (đã dùng: {found.encoding})',
        mend_en=f'if that is wrong, say it with encoding="…" ({found.encoding} was used)',
        value=found.encoding,
        rule="text-encoding",
    )


def _text(path: Path, name: str, text: str, limits: Limits) -> list[list[Cell]]:
    """Rows of a CSV file; a line break inside quotes is kept, so a record may span several lines."""
    mark, text = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    rows: list[list[Cell]] = []
    width = held = 0
    try:
        for row in reader:
            rows.append(list(row))
            held += sum(map(bool, row))
            if len(rows) % 1000 == 0:
                check_rectangles([(name, Faults(last_row=len(rows), last_column=width, held=held))])
            if len(row) > width or len(rows) > limits.rows:
                width = max(width, len(row))
                if width > _COLUMNS:
                    raise DataError([_too_wide(name, len(rows), width)])
                check_extent(name, Faults(last_row=len(rows), last_column=width), limits)
    except csv.Error as error:
        at = reader.line_num
        mends = (
            "kiểm tra dấu nháy kép ở dòng ấy (mở mà không đóng?)",
            "look for a double quote in that line that is opened and not closed",
        )
        raise DataError(
            [unreadable(path, f"CSV hỏng ở dòng {at}: {error}", f"broken CSV in line {at}: {error}", mends)]
        ) from error
    check_extent(name, Faults(last_row=len(rows), last_column=width), limits)
    check_rectangles([(name, Faults(last_row=len(rows), last_column=width, held=held))])
    return rows


def _too_wide(name: str, row: int, width: int) -> Finding:
    return Finding(
        code="too-large",
        severity="error",
        sheet=name,
        row=row,
        message_vi=f"dòng {row} có {width:,} cột, bảng tính có nhiều nhất {_COLUMNS:,}".replace(",", "."),
        message_en=f"row {row} has {width:,} columns; a spreadsheet has room for {_COLUMNS:,}",
        mend_vi="kiểm tra dấu phân cách cột của tệp",
        mend_en="check what parts the fields of the file",
    )


def _delimiter(text: str) -> tuple[str, str]:
    """Return what parts the fields, and the text without the line "sep=;" that says so."""
    if stated := re.match(r"\"?sep=([;,\t|])\"?[ \t]*(?:\r\n|\r|\n|\Z)", text, re.IGNORECASE):
        return stated[1], text[stated.end() :]
    return max(";,\t|", key=lambda mark: _evidence(text[:500_000], mark)), text


def _evidence(text: str, mark: str) -> tuple[bool, int]:
    """Return whether a *mark* makes a row of headers, and how many fields in rows of one width.

    Titles have a width of their own; the commas of decimals part no headers.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    rows: list[list[str]] = []
    with contextlib.suppress(csv.Error):  # told when it is read
        rows.extend(itertools.islice(reader, _SNIFFED))
    widths = Counter(len(row) for row in rows if len(row) > 1)
    if not widths:
        return False, 0
    width = max(widths, key=lambda width: (widths[width] * (width - 1), width))
    heads = any(
        len(row) == width and not any(cell.strip() and _NUMBER.fullmatch(cell) for cell in row)
        for row in rows
    )
    return heads, widths[width] * (width - 1)


def _parquet(path: Path) -> list[list[Cell]]:
    try:
        frame = pd.read_parquet(path)
    except ValueError as error:  # what pyarrow raises is one
        raise DataError([unreadable(path, "không phải tệp Parquet", f"not Parquet: {error}")]) from error
    columns = [
        [_plain(cell) for cell in frame[name].astype(object).where(frame[name].notna(), "").tolist()]
        for name in frame.columns
    ]
    return [[str(name) for name in frame.columns], *map(list, zip(*columns, strict=True))]


def _plain(cell: Any) -> Any:  # noqa: ANN401 - a cell of any Parquet type
    """Return bytes and nested values as text: no cell of a sheet holds them."""
    if isinstance(cell, bytes):
        return cell.decode(errors="backslashreplace")
    return cell if isinstance(cell, Hashable) else str(cell)
