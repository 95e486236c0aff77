"""Workbooks as sheets of plain cells, with what their XML knows beside the values. Nothing is interpreted here."""

from __future__ import annotations

import posixpath
import re
import unicodedata
import zipfile
import zlib
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from phanbo.errors import DataError
from phanbo.tables.files.limits import Limits, check_extent, check_size, unreadable
from phanbo.tables.files.sheet import Faults, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["open_workbook"]

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def open_workbook(path: Path, limits: Limits) -> list[Sheet]:
    """Read every worksheet of the workbook at *path*; `DataError` if it is no workbook or too large."""
    import python_calamine

    check_size(path, path.stat().st_size, limits)
    faults = _scan(path, limits)
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
    except python_calamine.PasswordError:
        raise DataError([unreadable(path, "tệp đặt mật khẩu", "the file has a password")]) from None
    except (python_calamine.CalamineError, python_calamine.ZipError, python_calamine.XmlError) as error:
        raise DataError(
            [unreadable(path, "không phải sổ Excel đọc được", f"not a workbook: {error}")]
        ) from error
    sheets = []
    for about in book.sheets_metadata:
        if about.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        name = unicodedata.normalize("NFC", about.name)
        check_extent(name, faults.get(about.name, Faults()), limits)
        raw = book.get_sheet_by_name(about.name)
        check_extent(name, Faults(last_row=raw.total_height), limits)
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


def _scan(path: Path, limits: Limits) -> dict[str, Faults]:
    """Look into the XML of an .xlsx file for what readers show as blank: error cells, unsaved formulas."""
    if not zipfile.is_zipfile(path):
        return {}
    try:
        with zipfile.ZipFile(path) as archive:
            check_size(path, sum(part.file_size for part in archive.infolist()), limits)
            return {name: _scan_sheet(archive, part) for name, part in _parts(archive)}
    except (
        ET.ParseError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise DataError([unreadable(path, "tệp Excel hỏng", f"a broken workbook: {error}")]) from error


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
