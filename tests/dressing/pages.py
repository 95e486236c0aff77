"""Sheets as people make them, and the files they are kept in: same cells, same bytes, whatever the machine."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from dressing.legacy import cp1258
from dressing.xls import xls_bytes

__all__ = ["Fault", "Formula", "Page", "file_bytes", "letter", "put", "serial"]

Cell = Any
"""None, text, yes/no, whole or decimal number, date, `Formula` or `Fault`."""


@dataclass(frozen=True)
class Formula:
    """A formula and the value the spreadsheet last saved for it; None: it was never computed."""

    text: str
    value: Any


@dataclass(frozen=True)
class Fault:
    """An error value such as ``#REF!``, as a formula leaves it."""

    text: str


@dataclass
class Page:
    """One sheet. Ranges are (first row, first column, last row, last column), from 0."""

    name: str
    rows: list[list[Cell]]
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    hidden: bool = False


def letter(index: int) -> str:
    """Return the spreadsheet's name of column *index*, counted from 0."""
    name, index = "", index + 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def serial(day: dt.date) -> int:
    """Return the number by which spreadsheets count a day."""
    return (day - dt.date(1899, 12, 30)).days


def plain(number: float | Decimal) -> str:
    """Return a number with all its digits and no exponent."""
    return format(Decimal(str(number)), "f")


def file_bytes(kind: str, pages: Sequence[Page], *, font: str = "Times New Roman") -> bytes:
    """Return the file of *kind*: ``xlsx``, ``xlsm``, ``xls``, ``ods``, or ``csv`` with encoding and delimiter.

    A CSV is named like ``csv utf-8-sig ;``; it holds the first page.
    """
    if kind == "xls":
        return xls_bytes(pages, serial=serial)
    if kind == "ods":
        return _ods(pages)
    if kind in {"xlsx", "xlsm"}:
        return _xlsx(pages, font, macro=kind == "xlsm")
    _, encoding, mark = kind.split(" ")
    return _csv(pages[0].rows, encoding, mark)


def put(folder: Path, name: str, kind: str, pages: Sequence[Page], **more: str) -> Path:
    """Write the file of *kind* into *folder* and return its path."""
    path = folder / f"{name}.{kind.split(' ', maxsplit=1)[0]}"
    path.write_bytes(file_bytes(kind, pages, **more))
    return path


def zipped(members: dict[str, bytes]) -> bytes:
    """Return an archive that is the same bytes everywhere: unpacked, and of no date."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system = 3
            archive.writestr(entry, content)
    return out.getvalue()


def _csv(rows: Sequence[Sequence[Cell]], encoding: str, mark: str) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=mark, lineterminator="\r\n")
    writer.writerows([[_shown(cell) for cell in row] for row in rows])
    return cp1258(text.getvalue()) if encoding == "cp1258" else text.getvalue().encode(encoding)


def _shown(cell: Cell) -> str:
    """Return a cell as a spreadsheet saves it in text."""
    match cell:
        case None:
            return ""
        case Formula():
            return _shown(cell.value)
        case Fault() | str():
            return cell if isinstance(cell, str) else cell.text
        case bool():
            return "TRUE" if cell else "FALSE"
        case dt.date():
            return f"{cell.day:02}/{cell.month:02}/{cell.year}"
        case _:
            return plain(cell)


# -- .xlsx and .xlsm ------------------------------------------------------------------------------------

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOC = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACK = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def _xlsx(pages: Sequence[Page], font: str, *, macro: bool) -> bytes:
    numbers = range(1, len(pages) + 1)
    book = "application/vnd.ms-excel.sheet.macroEnabled.main+xml" if macro else f"{_TYPE}.sheet.main+xml"
    types = [f'<Override PartName="/xl/workbook.xml" ContentType="{book}"/>']
    types += [f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>']
    types += [
        f'<Override PartName="/xl/worksheets/sheet{k}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for k in numbers
    ]
    links = [(f"rId{k}", f"{_DOC}/worksheet", f"worksheets/sheet{k}.xml") for k in numbers]
    links += [("rId100", f"{_DOC}/styles", "styles.xml")]
    if macro:
        links += [
            ("rId101", "http://schemas.microsoft.com/office/2006/relationships/vbaProject", "vbaProject.bin")
        ]
    sheets = "".join(
        f'<sheet name={quoteattr(page.name)} sheetId="{k}"{" state=" + quoteattr("hidden") if page.hidden else ""}'
        f' r:id="rId{k}"/>'
        for k, page in zip(numbers, pages, strict=True)
    )
    members = {
        "[Content_Types].xml": f'<Types xmlns="{_PACK}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType='
        '"application/xml"/><Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
        f"{''.join(types)}</Types>",
        "_rels/.rels": _links([("rId1", f"{_DOC}/officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_DOC}"><sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _links(links),
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val={quoteattr(font)}/>'
        '</font></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1">'
        '<border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0" xfId="0"/>'
        '<xf numFmtId="14" xfId="0" applyNumberFormat="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" '
        'xfId="0" builtinId="0"/></cellStyles></styleSheet>',
    } | {f"xl/worksheets/sheet{k}.xml": _sheet(page) for k, page in zip(numbers, pages, strict=True)}
    packed = {name: (_HEAD + text).encode() for name, text in members.items()}
    if macro:
        packed["xl/vbaProject.bin"] = b"no macro at all: a stand-in that nothing may run"
    return zipped(packed)


def _links(links: Sequence[tuple[str, str, str]]) -> str:
    rows = "".join(f'<Relationship Id="{key}" Type="{kind}" Target="{to}"/>' for key, kind, to in links)
    return f'<Relationships xmlns="{_PACK}/relationships">{rows}</Relationships>'


def _sheet(page: Page) -> str:
    columns = "".join(
        f'<col min="{at + 1}" max="{at + 1}" width="9" hidden="1"/>' for at in sorted(page.hidden_columns)
    )
    rows = "".join(
        f'<row r="{at + 1}"{" hidden=" + quoteattr("1") if at in page.hidden_rows else ""}>'
        + "".join(
            _xlsx_cell(f"{letter(k)}{at + 1}", cell) for k, cell in enumerate(cells) if cell is not None
        )
        + "</row>"
        for at, cells in enumerate(page.rows)
    )
    ranges = "".join(
        f'<mergeCell ref="{letter(left)}{top + 1}:{letter(right)}{bottom + 1}"/>'
        for top, left, bottom, right in page.merged
    )
    return (
        f'<worksheet xmlns="{_MAIN}">{f"<cols>{columns}</cols>" if columns else ""}<sheetData>{rows}</sheetData>'
        f"{f'<mergeCells>{ranges}</mergeCells>' if ranges else ''}</worksheet>"
    )


def _xlsx_cell(place: str, cell: Cell, formula: str = "") -> str:
    made = f"<f>{escape(formula)}</f>" if formula else ""
    match cell:
        case Formula():
            return _xlsx_cell(place, cell.value, cell.text)
        case None:
            return f'<c r="{place}">{made}</c>'
        case Fault():
            return f'<c r="{place}" t="e">{made or "<f>A1</f>"}<v>{cell.text}</v></c>'
        case bool():
            return f'<c r="{place}" t="b">{made}<v>{int(cell)}</v></c>'
        case str() if formula:
            return f'<c r="{place}" t="str">{made}<v>{escape(cell)}</v></c>'
        case str():
            return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
        case dt.date():
            return f'<c r="{place}" s="1">{made}<v>{serial(cell)}</v></c>'
        case _:
            return f'<c r="{place}">{made}<v>{plain(cell)}</v></c>'


# -- .ods -----------------------------------------------------------------------------------------------

_ODS = "urn:oasis:names:tc:opendocument:xmlns"
_KIND = "application/vnd.oasis.opendocument.spreadsheet"


def _ods(pages: Sequence[Page]) -> bytes:
    names = " ".join(
        f'xmlns:{short}="{_ODS}:{name}:1.0"'
        for short, name in (("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"))
    )
    hidden = (
        '<office:automatic-styles><style:style style:name="ta1" style:family="table"><style:table-properties '
        'table:display="false"/></style:style></office:automatic-styles>'
    )
    body = "".join(_ods_table(page) for page in pages)
    content = (
        f'<office:document-content {names} office:version="1.2">{hidden}<office:body><office:spreadsheet>{body}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    listed = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>'
        for path, kind in (("/", _KIND), ("content.xml", "text/xml"))
    )
    manifest = f'<manifest:manifest xmlns:manifest="{_ODS}:manifest:1.0">{listed}</manifest:manifest>'
    return zipped(
        {
            "mimetype": _KIND.encode(),
            "content.xml": (_HEAD + content).encode(),
            "META-INF/manifest.xml": (_HEAD + manifest).encode(),
        }
    )


def _ods_table(page: Page) -> str:
    width = max((len(row) for row in page.rows), default=0)
    spans = {(top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in page.merged}
    covered = {
        (row, column)
        for top, left, bottom, right in page.merged
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    } - set(spans)
    columns = "".join(
        f"<table:table-column{_collapsed(at in page.hidden_columns)}/>" for at in range(max(width, 1))
    )
    rows = ""
    for at, cells in enumerate(page.rows):
        inner = "".join(
            "<table:covered-table-cell/>" if (at, k) in covered else _ods_cell(cell, spans.get((at, k)))
            for k, cell in enumerate([*cells, *[None] * (width - len(cells))])
        )
        rows += f"<table:table-row{_collapsed(at in page.hidden_rows)}>{inner}</table:table-row>"
    style = ' table:style-name="ta1"' if page.hidden else ""
    return f"<table:table table:name={quoteattr(page.name)}{style}>{columns}{rows}</table:table>"


def _collapsed(hidden: bool) -> str:
    return ' table:visibility="collapse"' if hidden else ""


def _ods_cell(cell: Cell, span: tuple[int, int] | None) -> str:
    more = f' table:number-rows-spanned="{span[0]}" table:number-columns-spanned="{span[1]}"' if span else ""
    if isinstance(cell, Formula):
        more += f" table:formula={quoteattr('of:=' + cell.text)}"
        cell = cell.value
    match cell:
        case None:
            return f"<table:table-cell{more}/>"
        case bool():
            kind = f'office:value-type="boolean" office:boolean-value="{str(cell).lower()}"'
        case str() | Fault():
            kind = 'office:value-type="string"'
        case dt.date():
            kind = f'office:value-type="date" office:date-value="{cell.isoformat()}"'
        case _:
            kind = f'office:value-type="float" office:value="{plain(cell)}"'
    return f"<table:table-cell{more} {kind}><text:p>{escape(_shown(cell))}</text:p></table:table-cell>"
