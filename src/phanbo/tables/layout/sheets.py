"""Files as sheets of plain cells: workbooks, text tables and Parquet. Nothing is interpreted here."""

from __future__ import annotations

import csv
import hashlib
import io
import posixpath
import re
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pandas as pd

from phanbo.errors import DataError, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Cell", "Faults", "Limits", "Sheet", "address", "digest", "letter", "open_files", "open_workbook"]

Cell = Any
"""What a file may hold in a cell: text, number, yes/no, date; ``""`` or None where it is empty."""

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_MAX_CELLS = 50_000_000
"""A stray cell at the far corner makes every reader allocate the whole rectangle."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a file may be before it is refused."""

    rows: int = 10**6
    bytes: int = 200_000_000


@dataclass(slots=True)
class Faults:
    """What the cells of a sheet do not tell: found in its XML, by (row, column) counted from 0."""

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    unsaved: set[tuple[int, int]] = field(default_factory=set)
    hidden_rows: list[int] = field(default_factory=list)
    last_row: int = 0
    last_column: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet (or text file): every row from the first on, so that row i is row i + 1 of the file."""

    name: str
    rows: list[list[Cell]]
    faults: Faults = field(default_factory=Faults)
    merged: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()
    hidden: bool = False
    is_text: bool = False


def letter(index: int) -> str:
    """Return the spreadsheet's name of column *index*, counted from 0.

    Examples
    --------
    >>> letter(0), letter(27)
    ('A', 'AB')
    """
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def address(row: int, column: int) -> str:
    """Return the address of a cell, both counted from 0: ``address(11, 2)`` is ``"C12"``."""
    return f"{letter(column)}{row + 1}"


def digest(path: Path) -> tuple[str, str]:
    """Return the file's name and the SHA-256 of its bytes."""
    with path.open("rb") as file:
        return path.name, hashlib.file_digest(file, "sha256").hexdigest()


def open_workbook(path: Path, limits: Limits) -> list[Sheet]:
    """Read every worksheet of the workbook at *path*; `DataError` if it is no workbook or too large."""
    import python_calamine

    _check_size(path, path.stat().st_size, limits)
    faults = _scan(path, limits)
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
    except python_calamine.PasswordError:
        raise DataError([_unreadable(path, "tệp đặt mật khẩu", "the file has a password")]) from None
    except (python_calamine.CalamineError, python_calamine.ZipError, python_calamine.XmlError) as error:
        raise DataError(
            [_unreadable(path, "không phải sổ Excel đọc được", f"not a workbook: {error}")]
        ) from error
    sheets = []
    for about in book.sheets_metadata:
        if about.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        name = unicodedata.normalize("NFC", about.name)
        _check_extent(name, faults.get(about.name, Faults()), limits)
        raw = book.get_sheet_by_name(about.name)
        _check_extent(name, Faults(last_row=raw.total_height), limits)
        sheets.append(
            Sheet(
                name=name,
                rows=raw.to_python(skip_empty_area=False),
                faults=faults.get(about.name, Faults()),
                merged=tuple(raw.merged_cell_ranges or ()),
                hidden=about.visible != python_calamine.SheetVisibleEnum.Visible,
            )
        )
    return sheets


def open_files(paths: list[Path], limits: Limits) -> list[Sheet]:
    """Read text tables and Parquet files, one sheet a file, named like the file."""
    sheets = []
    for path in paths:
        _check_size(path, path.stat().st_size, limits)
        rows = _parquet(path) if path.suffix.lower() == ".parquet" else _text(path)
        sheet = Sheet(
            unicodedata.normalize("NFC", path.stem), rows, is_text=path.suffix.lower() != ".parquet"
        )
        _check_extent(sheet.name, Faults(last_row=len(rows)), limits)
        sheets.append(sheet)
    return sheets


def _text(path: Path) -> list[list[Cell]]:
    """Rows of a CSV file; a line break inside quotes is kept, so a record may span several lines."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(
            [
                _unreadable(
                    path,
                    "không phải văn bản UTF-8",
                    "not UTF-8 text",
                    ("lưu lại dạng CSV UTF-8", "save it as CSV UTF-8"),
                )
            ]
        ) from None
    head = next((line for line in text.splitlines() if line.strip()), "")
    mark = max(";,\t", key=head.count)
    try:
        return [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)]
    except csv.Error as error:
        raise DataError([_unreadable(path, f"CSV hỏng: {error}", f"broken CSV: {error}")]) from error


def _parquet(path: Path) -> list[list[Cell]]:
    try:
        frame = pd.read_parquet(path)
    except ValueError as error:  # what pyarrow raises is one
        raise DataError([_unreadable(path, "không phải tệp Parquet", f"not Parquet: {error}")]) from error
    columns = [frame[name].astype(object).where(frame[name].notna(), "").tolist() for name in frame.columns]
    return [[str(name) for name in frame.columns], *map(list, zip(*columns, strict=True))]


def _check_size(path: Path, size: int, limits: Limits) -> None:
    if size > limits.bytes:
        raise DataError(
            [
                _unreadable(
                    path,
                    f"tệp quá lớn: {size:,} byte, giới hạn {limits.bytes:,}",
                    f"the file is too large: {size:,} bytes, the limit is {limits.bytes:,}",
                    (
                        "tăng max_bytes nếu tệp đúng là lớn như vậy",
                        "raise max_bytes if it really is that large",
                    ),
                )
            ]
        )


def _check_extent(name: str, faults: Faults, limits: Limits) -> None:
    if faults.last_row <= limits.rows and faults.last_row * faults.last_column <= _MAX_CELLS:
        return
    corner = address(faults.last_row - 1, max(faults.last_column - 1, 0))
    raise DataError(
        [
            Finding(
                code="too-large",
                severity="error",
                sheet=name,
                cell=corner,
                message_vi=f"trang có dữ liệu đến ô {corner}, quá giới hạn {limits.rows:,} dòng",
                message_en=f"there is data down to cell {corner}, beyond the limit of {limits.rows:,} rows",
                mend_vi="xóa các ô lạc ở cuối trang, hoặc tăng max_rows",
                mend_en="clear stray cells at the end of the sheet, or raise max_rows",
            )
        ]
    )


def _unreadable(path: Path, vi: str, en: str, mend: tuple[str, str] = ("", "")) -> Finding:
    return Finding(
        code="file-unreadable",
        severity="error",
        sheet=path.name,
        message_vi=vi,
        message_en=en,
        mend_vi=mend[0],
        mend_en=mend[1],
    )


def _scan(path: Path, limits: Limits) -> dict[str, Faults]:
    """Look into the XML of an .xlsx file for what readers show as blank: error cells, unsaved formulas."""
    if not zipfile.is_zipfile(path):
        return {}
    try:
        with zipfile.ZipFile(path) as archive:
            _check_size(path, sum(part.file_size for part in archive.infolist()), limits)
            return {name: _scan_sheet(archive, part) for name, part in _parts(archive)}
    except (
        ET.ParseError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise DataError([_unreadable(path, "tệp Excel hỏng", f"a broken workbook: {error}")]) from error


def _parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Name and XML part of each sheet; nothing for .ods and .xlsb, whose insides differ."""
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return
    links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - expat limits expansion
    targets = {link.get("Id"): str(link.get("Target")) for link in links}
    book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
    for sheet in book.iter(f"{_MAIN}sheet"):
        part = posixpath.normpath(posixpath.join("/xl", targets.get(sheet.get(_LINK), ""))).lstrip("/")
        if part in names:
            yield str(sheet.get("name")), part


def _scan_sheet(archive: zipfile.ZipFile, part: str) -> Faults:
    found = Faults()
    row = 0
    with archive.open(part) as stream:
        for _, element in ET.iterparse(stream):  # noqa: S314
            if element.tag != f"{_MAIN}row":
                continue
            row = int(element.get("r", row + 1))
            if element.get("hidden") in {"1", "true"}:
                found.hidden_rows.append(row)
            # a cell with a style alone holds nothing; some writers leave the addresses out
            held = [(cell, (row - 1, at)) for at, cell in enumerate(element) if len(cell)]
            for cell, place in held:
                _scan_cell(cell, place, found)
            if held:
                last = _place(held[-1][0].get("r", "")) or held[-1][1]
                found.last_row = max(found.last_row, last[0] + 1)
                found.last_column = max(found.last_column, last[1] + 1)
            element.clear()
    return found


def _scan_cell(cell: ET.Element, place: tuple[int, int], found: Faults) -> None:
    kind = cell.get("t")
    if kind == "e":
        found.errors[_place(cell.get("r", "")) or place] = cell.findtext(f"{_MAIN}v") or "#ERROR"
    elif kind != "str" and cell.find(f"{_MAIN}f") is not None and not cell.findtext(f"{_MAIN}v"):
        # t="str" with an empty value is a formula whose result is the empty text, e.g. IF(…;"")
        found.unsaved.add(_place(cell.get("r", "")) or place)


def _place(text: str) -> tuple[int, int] | None:
    match = re.fullmatch(r"([A-Z]{1,3})([0-9]+)", text)
    if match is None:
        return None
    column = 0
    for character in match[1]:
        column = column * 26 + ord(character) - 64
    return int(match[2]) - 1, column - 1
