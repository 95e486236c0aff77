"""Workbooks made by hand, byte by byte, as no program writes them."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "HEAD",
    "biff",
    "binary",
    "binary_parts",
    "binary_row",
    "binary_sheet",
    "cell",
    "compound",
    "ods",
    "parts",
    "record",
    "sheet",
    "wide",
    "xlsb",
    "xlsx",
    "zipped",
]

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
XML = '<?xml version="1.0" encoding="UTF-8"?>'
HEAD = f'{XML}<worksheet xmlns="{MAIN}">'
END = 0xFFFFFFFE


def sheet(rows: str = '<row r="1"><c r="A1"><v>1</v></c></row>', before: str = "") -> str:
    """Return the XML of a sheet."""
    return f"{HEAD}{before}<sheetData>{rows}</sheetData></worksheet>"


def cell(text: str, at: str = "A1") -> str:
    """Return the XML of a row of one text."""
    return f'<row r="{at[1:]}"><c r="{at}" t="inlineStr"><is><t>{text}</t></is></c></row>'


def parts(*sheets: str | bytes, **more: str | bytes) -> dict[str, str | bytes]:
    """Return the parts of a workbook."""
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{i}.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        for i in range(1, len(sheets) + 1)
    )
    listed = "".join(f'<sheet name="S{i}" sheetId="{i}" r:id="rId{i}"/>' for i in range(1, len(sheets) + 1))
    links = "".join(
        f'<Relationship Id="rId{i}" Type="{LINKS}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i in range(1, len(sheets) + 1)
    )
    root = f'<Relationship Id="rId1" Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/>'
    return {
        "_rels/.rels": f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{root}</Relationships>',
        "[Content_Types].xml": f'{XML}<Types xmlns="{PACKAGE}/content-types">{types}</Types>',
        "xl/workbook.xml": f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>',
        **{f"xl/worksheets/sheet{i}.xml": text for i, text in enumerate(sheets, start=1)},
        **{f"xl/{name}.xml": text for name, text in more.items()},
    }


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """Return an archive of the parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, text in members.items():
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def xlsx(*sheets: str | bytes, **more: str | bytes) -> bytes:
    """Return the bytes of an .xlsx of these sheets, and of more parts under ``xl/``."""
    return zipped(parts(*sheets, **more))


def ods(table: str, before: str = "") -> bytes:
    """Return the bytes of an .ods with this inside of one table, and that before it."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f"{XML}<office:document-content {spaces}><office:body><office:spreadsheet>"
        f'{before}<table:table table:name="S1">{table}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'{XML}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    return zipped({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


def record(kind: int, data: bytes = b"") -> bytes:
    """Return a record of an .xls stream."""
    return struct.pack("<HH", kind, len(data)) + data


def biff(
    *cells: bytes,
    size: tuple[int, int] = (1, 1),
    starts: int | None = None,
    count: int = 1,
    more: bytes = b"",
) -> bytes:
    """Return the stream of an .xls workbook: one sheet of these records that says it has this size.

    *more* are records of the whole workbook.
    """
    bof = struct.pack("<HHHHII", 0x0600, 5, 0, 1996, 0, 6)
    end = more + record(0x0A)
    named = [record(0x85, struct.pack("<IHBB", 0, 0, 2, 0) + f"{i % 100:02d}".encode()) for i in range(count)]
    at = len(record(0x0809, bof)) + sum(map(len, named)) + len(end)
    named = [each[:4] + struct.pack("<I", at if starts is None else starts) + each[8:] for each in named]
    inner = struct.pack("<HHHHII", 0x0600, 16, 0, 1996, 0, 6)
    room = record(0x200, struct.pack("<IIHHH", 0, size[0], 0, size[1], 0))
    return (
        record(0x0809, bof)
        + b"".join(named)
        + end
        + record(0x0809, inner)
        + room
        + b"".join(cells)
        + record(0x0A)
    )


def compound(streams: Mapping[str, bytes], follow: Sequence[tuple[int, int]] = ()) -> bytes:
    """Return a compound file; *follow* says of sectors, against the truth, which comes next."""
    table: list[int] = [0xFFFFFFFD, END]
    entries = [_entry("Root Entry", 5, END, 0, child=1)]
    body = b""
    for i, (name, data) in enumerate(streams.items(), start=1):
        held = data.ljust(4096, b"\0")
        count = -(-len(held) // 512)
        begin = len(table)
        entries.append(_entry(name, 2, begin, len(held), right=i + 1 if i < len(streams) else 0xFFFFFFFF))
        table += [*range(begin + 1, begin + count), END]
        body += held.ljust(count * 512, b"\0")
    for at, following in follow:
        table[at] = following
    head = struct.pack(
        "<8s16xHHHHH6xIIIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        0,
        1,
        1,
        0,
        4096,
        END,
        0,
        END,
        0,
        0,
        0xFFFFFFFF,
    )
    head = head[:80] + b"\xff" * 432
    fat = struct.pack(f"<{len(table)}I", *table).ljust(512, b"\xff")
    return head + fat + b"".join(entries).ljust(512, b"\0") + body


def _entry(
    name: str, kind: int, start: int, size: int, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF
) -> bytes:
    text = name.encode("utf-16-le")
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(text) + 2, kind, 1, 0xFFFFFFFF, right, child)
        + b"\0" * 36
        + struct.pack("<III", start, size, 0)
    )


def binary(kind: int, data: bytes = b"") -> bytes:
    """Return a record of an .xlsb part."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, length = b"", len(data)
    while length > 0x7F:
        size, length = size + bytes([length & 0x7F | 0x80]), length >> 7
    return head + size + bytes([length]) + data


def wide(text: str) -> bytes:
    """Return a text as .xlsb parts hold it."""
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def binary_row(at: int, *values: object, hidden: bool = False) -> bytes:
    """Return a row of an .xlsb sheet, counted from 0: numbers, texts, bytes for an error's code, None for nothing."""
    out = binary(0, struct.pack("<IIHHBI", at, 0, 300, 0x1000 if hidden else 0, 0, 0))
    for column, value in enumerate(values):
        place = struct.pack("<II", column, 0)
        if isinstance(value, str):
            out += binary(6, place + wide(value))
        elif isinstance(value, bytes):
            out += binary(3, place + value)
        elif isinstance(value, (int, float)):
            out += binary(5, place + struct.pack("<d", value))
    return out


def binary_sheet(*rows: bytes, size: tuple[int, int] = (0, 0)) -> bytes:
    """Return an .xlsb sheet of these rows, that says its last row and column are these."""
    room = binary(148, struct.pack("<IIII", 0, size[0], 0, size[1]))
    return binary(129) + room + binary(145) + b"".join(rows) + binary(146) + binary(130)


def binary_parts(*sheets: bytes, flags: int = 0, **more: bytes) -> dict[str, str | bytes]:
    """Return the parts of an .xlsb workbook; *flags* are those of its properties, 1 for days from 1904."""
    listed = b"".join(
        binary(156, struct.pack("<II", 0, i) + wide(f"rId{i}") + wide(f"S{i}"))
        for i in range(1, len(sheets) + 1)
    )
    about = binary(153, struct.pack("<II", flags, 0) + wide(""))
    book = binary(131) + about + binary(143) + listed + binary(144) + binary(132)
    links = "".join(
        f'<Relationship Id="rId{i}" Type="{LINKS}/worksheet" Target="worksheets/sheet{i}.bin"/>'
        for i in range(1, len(sheets) + 1)
    )
    root = f'<Relationship Id="rId1" Type="{LINKS}/officeDocument" Target="xl/workbook.bin"/>'
    return {
        "_rels/.rels": f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{root}</Relationships>',
        "[Content_Types].xml": f'{XML}<Types xmlns="{PACKAGE}/content-types"/>',
        "xl/workbook.bin": book,
        "xl/_rels/workbook.bin.rels": f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>',
        **{f"xl/worksheets/sheet{i}.bin": part for i, part in enumerate(sheets, start=1)},
        **{f"xl/{name}.bin": part for name, part in more.items()},
    }


def xlsb(*sheets: bytes, flags: int = 0, **more: bytes) -> bytes:
    """Return the bytes of an .xlsb of these sheets, and of more parts under ``xl/``."""
    return zipped(binary_parts(*sheets, flags=flags, **more))
