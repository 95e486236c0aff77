"""A workbook's bytes looked at before any reader sees them: kind, size of each sheet, what the values do not tell."""

from __future__ import annotations

import io
import posixpath
import re
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET
from xml.parsers import expat

from phanbo.errors import DataError, Finding
from phanbo.tables.files.limits import Limits, check_extent, check_size, unreadable
from phanbo.tables.files.ole import BrokenError, streams
from phanbo.tables.files.opendocument import parse_content
from phanbo.tables.files.package import pack, unpack
from phanbo.tables.files.records import biff, has_password, xlsb_bundles, xlsb_lengths, xlsb_sheet
from phanbo.tables.files.scan import scan

if TYPE_CHECKING:
    from pathlib import Path

    from phanbo.tables.files.sheet import Faults

__all__ = ["Inside", "look", "password"]

_ZIP, _OLE = b"PK", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BOOK, _BINARY = "xl/workbook.xml", "xl/workbook.bin"
_SHARED = re.compile(rb'<c [^>]*t="s"[^>]*><v>(\d{1,9})</v>')
_FROM_1904 = re.compile(rb"<(?:\w+:)?workbookPr\s[^>]*\bdate1904=[\"'](?:1|true|on)[\"']")
_BROKEN = (BrokenError, struct.error, IndexError, ValueError, ET.ParseError, expat.ExpatError)


@dataclass(slots=True)
class Inside:
    """The bytes a reader may see, each sheet's faults in their order, and what is to be said of the file."""

    data: io.BytesIO
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
            [unreadable(path, f"tệp Excel hỏng: {error}", f"a broken workbook: {error}")]
        ) from error
    for name, faults in inside.sheets:
        check_extent(name or path.name, faults, limits)
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
    if _BOOK in parts:
        inside.sheets = _xlsx(path, parts, limits)
        inside.from_1904 = _FROM_1904.search(parts[_BOOK]) is not None
    elif _BINARY in parts:
        inside.sheets = _xlsb(path, parts, limits)
    elif "content.xml" in parts:
        inside.sheets = parse_content(parts["content.xml"])
    else:
        raise BrokenError("no workbook in it")
    outside = sorted(name for name in parts if re.match(r"xl/externalLinks/[^/]*\.(xml|bin)$", name))
    if outside or b'xlink:href="file:' in parts.get("content.xml", b""):
        inside.findings.append(_links(path, len(outside)))
    inside.data = pack({name: part for name, part in parts.items() if "vbaProject" not in name})
    return inside


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


def _xlsx(path: Path, parts: dict[str, bytes], limits: Limits) -> list[tuple[str, Faults]]:
    links = _relations(parts.get("xl/_rels/workbook.xml.rels", b"<none/>"))
    book = ET.fromstring(parts[_BOOK])  # noqa: S314 - no DOCTYPE
    found = []
    held = []
    for sheet in book.iter():
        relation = next((value for name, value in sheet.attrib.items() if name.endswith("}id")), "")
        part = parts.get(_target(links, relation), b"") if sheet.tag.endswith("}sheet") else b""
        if part:
            found.append((str(sheet.get("name")), scan(part)))
            held.append(part)
    _check_texts(path, parts, held, limits)
    return found


def _check_texts(path: Path, parts: dict[str, bytes], sheets: list[bytes], limits: Limits) -> None:
    """Refuse texts that are stored once, and laid out in so many cells that they fill the memory."""
    texts = next((part for name, part in parts.items() if name.lower().endswith("sharedstrings.xml")), b"")
    cells = sum(part.count(b't="s"') for part in sheets)
    if len(texts) * cells <= limits.bytes:
        return
    lengths = [len(text) for text in re.split(rb"</(?:\w+:)?si>", texts)]
    if max(lengths) * cells <= limits.bytes:
        return
    laid = sum(lengths[at] for part in sheets for at in map(int, _SHARED.findall(part)) if at < len(lengths))
    check_size(path, laid, limits)


def _xlsb(path: Path, parts: dict[str, bytes], limits: Limits) -> list[tuple[str, Faults]]:
    links = _relations(parts.get("xl/_rels/workbook.bin.rels", b"<none/>"))
    lengths = xlsb_lengths(parts.get("xl/sharedStrings.bin", b""))
    found = []
    laid = 0
    for name, relation in xlsb_bundles(parts[_BINARY]):
        faults, size = xlsb_sheet(parts.get(_target(links, relation), b""), lengths)
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
    return Inside(io.BytesIO(data), [("", faults) for faults in biff(book)])
