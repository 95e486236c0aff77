"""A workbook's bytes looked at before any reader sees them: kind, size of each sheet, what the values do not tell."""

from __future__ import annotations

import io
import posixpath
import re
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar
from xml.etree import ElementTree as ET
from xml.parsers import expat

from phanbo.errors import DataError, Finding
from phanbo.tables.files.halves import halve
from phanbo.tables.files.limits import Limits, check_extent, check_rectangles, check_size, unreadable
from phanbo.tables.files.ole import BrokenError, streams
from phanbo.tables.files.opendocument import parse_content
from phanbo.tables.files.package import pack, unpack
from phanbo.tables.files.records import (
    biff,
    biff_from_1904,
    has_password,
    xlsb_bundles,
    xlsb_from_1904,
    xlsb_lengths,
    xlsb_sheet,
)
from phanbo.tables.files.scan import scan

if TYPE_CHECKING:
    from pathlib import Path

    from phanbo.tables.files.sheet import Faults

__all__ = ["Inside", "look", "password"]

_Part = TypeVar("_Part", bytes, str)
_ZIP, _OLE = b"PK", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BOOK, _BINARY = "xl/workbook.xml", "xl/workbook.bin"
_ROOT = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"'
    ' Target="{}"/></Relationships>'
)
_LINES_NAME = "phanbo_lines"
_SHARED = re.compile(rb't="s"[^<>]*><v>(\d{1,9})</v>')
_BROKEN = (struct.error, ValueError, LookupError, ET.ParseError, expat.ExpatError)
"""A LookupError is an encoding that no one knows."""
_FROM_1904 = re.compile(rb"<(?:\w+:)?workbookPr\s[^>]*\bdate1904=[\"'](?:1|true|on)[\"']")
_ODS_FROM_1904 = re.compile(rb"<table:null-date\s[^>]*\btable:date-value=[\"']1904-01-01")


@dataclass(slots=True)
class Inside:
    """The bytes a reader may see, each sheet's faults in their order, and what is to be said of the file.

    The lower halves of the sheets named in ``halved`` stand in ``below``, the upper ones in ``data``. The sheets named
    in ``marked`` hold the lines, as the workbook itself says.
    """

    data: io.BytesIO
    below: io.BytesIO = field(default_factory=io.BytesIO)
    halved: set[str] = field(default_factory=set)
    marked: set[str] = field(default_factory=set)
    sheets: list[tuple[str, Faults]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    from_1904: bool = False


def look(path: Path, data: bytes, limits: Limits) -> Inside:
    """Look into a workbook of any kind; `DataError` if it is none, is broken or too large."""
    try:
        if data.startswith(_ZIP):
            inside = _zipped(path, data, limits)
        elif data.startswith(_OLE):
            inside = _compound(path, data)
        else:
            raise DataError([_no_workbook(path, data)])
    except _BROKEN as error:
        raise DataError(
            [unreadable(path, "tệp Excel hỏng, không đọc được", f"a broken workbook: {error}")]
        ) from error
    for name, faults in inside.sheets:
        check_extent(name or path.name, faults, limits)
    check_rectangles([(name or path.name, faults) for name, faults in inside.sheets])
    return inside


def password(path: Path) -> DataError:
    """Return the refusal of a file with a password."""
    return DataError(
        [
            unreadable(
                path,
                "tệp đặt mật khẩu",
                "the file has a password",
                ("bỏ mật khẩu rồi lưu lại", "save it without a password"),
            )
        ]
    )


def _no_workbook(path: Path, data: bytes) -> Finding:
    start = data[:512].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    page = start.startswith((b"<html", b"<!doctype html", b"<table", b"<?xml", b"mime-version"))
    what = ("trang web hoặc XML mang tên Excel", "a web page or XML under the name of a workbook")
    return unreadable(
        path,
        f"không phải sổ Excel đọc được: {what[0]}" if page else "không phải sổ Excel đọc được",
        f"not a workbook: {what[1]}" if page else "not a workbook",
        ("mở bằng Excel và lưu lại dạng .xlsx", "open it in Excel and save it as .xlsx"),
    )


def _zipped(path: Path, data: bytes, limits: Limits) -> Inside:
    parts = unpack(path, data, limits)
    inside = Inside(io.BytesIO())
    _place_book(parts)
    if _BOOK in parts:
        _xlsx(path, parts, limits, inside)
    elif _BINARY in parts:
        inside.sheets = _xlsb(path, parts, limits)
        inside.from_1904 = xlsb_from_1904(parts[_BINARY])
    elif "content.xml" in parts:
        inside.sheets = parse_content(parts["content.xml"])
        inside.from_1904 = _ODS_FROM_1904.search(parts["content.xml"]) is not None
    else:
        raise BrokenError("no workbook in it")
    outside = sorted(name for name in parts if re.match(r"xl/externalLinks/[^/]*\.(xml|bin)$", name))
    if outside or b'xlink:href="file:' in parts.get("content.xml", b""):
        inside.findings.append(_links(path, len(outside)))
    inside.data = pack(parts)
    return inside


def _place_book(parts: dict[str, bytes]) -> None:
    """Put the workbook that ``_rels/.rels`` tells of where workbooks are: what is looked at is what is read."""
    if "content.xml" in parts:
        return
    said = ET.fromstring(parts.get("_rels/.rels", b"<none/>"))  # noqa: S314 - no DOCTYPE
    told = [str(link.get("Target")) for link in said if str(link.get("Type")).endswith("/officeDocument")]
    for target in told[:1]:
        name = posixpath.normpath(posixpath.join("/", target)).lstrip("/")
        place = _BINARY if name.endswith(".bin") else _BOOK
        links = "xl/_rels/{}.rels"
        if name != place and name in parts and posixpath.dirname(name) == "xl":
            parts[place] = parts.pop(name)
            own = links.format(posixpath.basename(name))
            parts[links.format(posixpath.basename(place))] = parts.pop(own, b"<none/>")
    place = _BOOK if _BOOK in parts else _BINARY
    parts["_rels/.rels"] = _ROOT.format(place).encode()


def _links(path: Path, count: int) -> Finding:
    many_vi, many_en = (f"{count} ", f"{count} ") if count else ("", "")
    return Finding(
        code="external-links",
        severity="note",
        sheet=path.name,
        message_vi=f"tệp có {many_vi}liên kết đến tệp khác: không mở, đọc giá trị đã lưu",
        message_en=f"the file has {many_en}links to other files: not followed, the saved values were read",
        value=str(count or ""),
        rule="external-links",
    )


def _target(links: dict[str, str], relation: str) -> str:
    return posixpath.normpath(posixpath.join("/xl", links.get(relation, ""))).lstrip("/")


def _relations(part: bytes) -> dict[str, str]:
    return {str(link.get("Id")): str(link.get("Target")) for link in ET.fromstring(part)}  # noqa: S314 - no DOCTYPE


def _xlsx(path: Path, parts: dict[str, bytes], limits: Limits, inside: Inside) -> None:
    links = _relations(parts.get("xl/_rels/workbook.xml.rels", b"<none/>"))
    book = ET.fromstring(parts[_BOOK])  # noqa: S314 - no DOCTYPE
    left = {name.casefold(): name for name in parts}
    places = []
    for sheet in book.iter():
        if sheet.tag.rpartition("}")[2] == "sheet":
            relation = next((value for name, value in sheet.attrib.items() if name.endswith("}id")), "")
            places.append((str(sheet.get("name")), _taken(left, _target(links, relation))))
    inside.sheets = [(name, scan(parts[place])) for name, place in places]
    inside.marked = {places[at][0] for at in _marks(book) if at < len(places)}
    texts = parts.get(left.get("xl/sharedstrings.xml", ""), b"")
    check_size(path, _laid([parts[place] for _, place in places], inside.sheets, texts, limits), limits)
    inside.from_1904 = _FROM_1904.search(parts[_BOOK]) is not None
    _halve(parts, places, inside)


def _marks(book: ET.Element) -> list[int]:
    """Return which sheets the workbook says hold the lines: those of which the name is defined."""
    told = (each for each in book.iter() if each.tag.rpartition("}")[2] == "definedName")
    places = [str(each.get("localSheetId")) for each in told if each.get("name") == _LINES_NAME]
    return [int(at) for at in places if at.isdecimal()]


def _halve(parts: dict[str, bytes], places: list[tuple[str, str]], inside: Inside) -> None:
    """Keep the upper half of each large sheet in *parts*, and pack the lower ones apart."""
    lower = {}
    for (name, place), (_, faults) in zip(places, inside.sheets, strict=True):
        halves = halve(parts[place]) if faults.plain else None
        if halves:
            parts[place], lower[place] = halves
            inside.halved.add(name)
    if lower:
        inside.below = pack({**parts, **lower})


def _taken(left: dict[str, _Part], name: str) -> _Part:
    """Take a sheet's part: one that is missing, or shown a thousand times, is no sheet."""
    part = left.pop(name.casefold(), None)
    if part is None:
        raise BrokenError(f"no part {name} of its own for a sheet")
    return part


def _laid(sheets: list[bytes], found: list[tuple[str, Faults]], texts: bytes, limits: Limits) -> int:
    """Return at most how many bytes the texts take that are stored once, and laid out cell by cell."""
    cells = sum(faults.held for _, faults in found)
    if len(texts) * cells <= limits.bytes:
        return 0
    lengths = [len(text) for text in re.split(rb"</(?:[^<>:]+:)?si\s*>", texts)]
    if max(lengths) * cells <= limits.bytes:
        return 0
    laid = 0
    for part in sheets:
        plain = [int(at) for at in _SHARED.findall(part)]
        laid += sum(lengths[at] for at in plain if at < len(lengths))
        # written otherwise: counted as the longest
        laid += max(part.count(b'"s"') + part.count(b"'s'") - len(plain), 0) * max(lengths)
    return laid


def _xlsb(path: Path, parts: dict[str, bytes], limits: Limits) -> list[tuple[str, Faults]]:
    links = _relations(parts.get("xl/_rels/workbook.bin.rels", b"<none/>"))
    left = {name.casefold(): part for name, part in parts.items()}
    lengths = xlsb_lengths(left.get("xl/sharedstrings.bin", b""))
    found = []
    laid = 0
    for name, relation in xlsb_bundles(parts[_BINARY]):
        faults, size = xlsb_sheet(_taken(left, _target(links, relation)), lengths)
        laid += size
        found.append((name, faults))
    check_size(path, laid, limits)
    return found


def _compound(path: Path, data: bytes) -> Inside:
    held = streams(data)
    if "EncryptedPackage" in held:
        raise password(path)
    book = held.get("Workbook") or held.get("Book")
    if not book:
        raise BrokenError("no workbook in it")
    if has_password(book):
        raise password(path)
    faults = [("", each) for each in biff(book)]
    return Inside(io.BytesIO(data), sheets=faults, from_1904=biff_from_1904(book))
