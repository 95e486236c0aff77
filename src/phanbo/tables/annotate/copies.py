"""A file of the user's as a workbook that can be written: the original with all it holds, or its values."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
import warnings
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from phanbo.errors import DataError, Finding
from phanbo.tables.files.text import open_files
from phanbo.tables.files.workbook import open_workbook
from phanbo.words import cell_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from phanbo.tables.files.limits import Limits
    from phanbo.tables.files.sheet import Sheet

__all__ = ["Copy", "free_title", "open_copy", "put"]

MOST_CELLS = 5_000_000
"""A larger file would need too much memory to be copied: openpyxl takes some 500 bytes a cell."""

_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


@dataclass(slots=True)
class Copy:
    """A workbook to be written, its sheets by the name findings know them by, and what it does not keep."""

    book: Any
    sheets: dict[str, Any]
    told: list[tuple[str, str]] = field(default_factory=list)


def open_copy(path: Path, limits: Limits, *, tables: bool, macros: bool) -> Copy:
    """Return the file at *path* as a workbook in memory; `DataError` where it cannot be read or is too large."""
    # the reader refuses what is hostile before openpyxl sees it
    sheets = open_files(_files(path), limits) if tables else open_workbook(path, limits)
    if sum(len(sheet.rows) * max(map(len, sheet.rows), default=0) for sheet in sheets) > MOST_CELLS:
        raise DataError([_too_large(path)])
    if tables or path.suffix.lower() not in {".xlsx", ".xlsm"}:
        return _values(sheets, [VALUES_ONLY])
    return _original(path, sheets, macros=macros)


VALUES_ONLY = (
    "Bản sao chỉ có giá trị các ô, ở đúng địa chỉ; không có định dạng của tệp gốc.",
    "The copy has the values at their addresses only, not the formats of the original.",
)


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    kinds = {".csv", ".txt", ".tsv", ".parquet"}
    found = (each for each in path.iterdir() if each.suffix.lower() in kinds and each.is_file())
    return sorted(each for each in found if each.stem != "notes")


def _original(path: Path, sheets: Sequence[Sheet], *, macros: bool) -> Copy:
    import openpyxl

    with warnings.catch_warnings(record=True) as lost:
        warnings.simplefilter("always")
        try:
            book = openpyxl.load_workbook(path, keep_vba=macros, rich_text=True)
        except (
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            IndexError,
            zipfile.BadZipFile,
            ET.ParseError,
        ):
            return _values(sheets, [VALUES_ONLY])
    book.template = False
    texts = dict.fromkeys(_ILLEGAL.sub("", str(each.message))[:200] for each in lost)
    told = [(f"Bản sao không giữ được: {text}", f"Not kept in the copy: {text}") for text in texts]
    hidden = sum(map(_under_merged, sheets))
    if hidden:
        told.append(
            (
                f"Bản sao bỏ giá trị của {hidden} ô bị che dưới vùng trộn ô.",
                f"The copy leaves out the values of {hidden} cells hidden under merged ones.",
            )
        )
    if path.suffix.lower() == ".xlsm" and not macros:
        told.append(("Bản sao không có macro.", "The copy has no macros."))
    return Copy(book, {unicodedata.normalize("NFC", each.title): each for each in book.worksheets}, told)


def _under_merged(sheet: Sheet) -> int:
    """Return how many values of a sheet lie under merged cells, where only the first cell is shown."""
    count = 0
    for (top, left), (bottom, right) in sheet.merged:
        for at in range(top, min(bottom + 1, len(sheet.rows))):
            row = sheet.rows[at][left : right + 1]
            count += sum(cell not in {"", None} for cell in (row[1:] if at == top else row))
    return count


def _values(sheets: Sequence[Sheet], told: list[tuple[str, str]]) -> Copy:
    """Return a new workbook with the values of *sheets* at their addresses."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    made = {}
    for sheet in sheets:
        page = book.create_sheet(free_title(book, sheet.name))
        page.sheet_state = "hidden" if sheet.hidden else "visible"
        for at, row in enumerate(sheet.rows, start=1):
            for index, cell in enumerate(row, start=1):
                if cell not in {"", None}:
                    put(page.cell(at, index), cell)
        for (above, left), error in sheet.faults.errors.items():
            _put_error(page.cell(above + 1, left + 1), error)
        made[sheet.name] = page
    return Copy(book, made, told)


def free_title(book: Any, name: str) -> str:  # noqa: ANN401 - openpyxl has no types
    """Return a name a new sheet may have: at most 31 characters, none forbidden, not taken in any case."""
    plain = _FORBIDDEN.sub("_", name).strip("'")[:31] or "_"
    taken, title, number = {each.casefold() for each in book.sheetnames}, plain, 1
    while title.casefold() in taken:
        number += 1
        title = f"{plain[: 31 - len(str(number)) - 3]} ({number})"
    return title


def _put_error(cell: Any, error: str) -> None:  # noqa: ANN401
    """Write an error value as one, where it is one a workbook knows; readers give it no value."""
    from openpyxl.cell.cell import ERROR_CODES

    put(cell, error)
    if error in ERROR_CODES:
        cell.data_type = "e"


def put(cell: Any, value: Any) -> None:  # noqa: ANN401
    """Write a value; a text stays a text, whatever it begins with."""
    strange = isinstance(value, float) and not math.isfinite(value)
    early = isinstance(value, dt.date) and value.year < 1900
    if strange or early or getattr(value, "tzinfo", None) is not None:
        value = str(value)  # a workbook knows no time zones, no infinity, no day before 1900
    if not isinstance(value, str):
        cell.value = value
        return
    text = cell_text(_ILLEGAL.sub("\ufffd", value))
    cell.value = text
    cell.data_type = "s"
    if text[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        cell.quotePrefix = True  # or a key pressed in the cell would make it a formula


def _too_large(path: Path) -> Finding:
    return Finding(
        code="copy-too-large",
        severity="error",
        sheet=path.name,
        message_vi="tệp quá lớn để lập bản sao có ghi chú (hơn 5.000.000 ô)",
        message_en="the file is too large for an annotated copy (more than 5,000,000 cells)",
        mend_vi="xóa các trang và ô không dùng, hoặc chỉ ghi danh sách phát hiện (phanbo check --out)",
        mend_en="clear sheets and cells not used, or write the list of findings only (phanbo check --out)",
        rule="copy-too-large",
    )
