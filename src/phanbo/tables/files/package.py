"""Zipped workbooks unpacked within bounds, and packed anew: readers see only parts that were looked at.

Nothing is ever written to disk, run or followed: macros, links and pictures are left where they are.
"""

from __future__ import annotations

import io
import itertools
import zipfile
import zlib
from typing import TYPE_CHECKING

from phanbo.errors import DataError, Finding
from phanbo.tables.files.limits import Limits, check_size, unreadable

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["pack", "plain_xml", "unpack"]

_READ = (".xml", ".rels", ".bin", "mimetype")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
_PARTS = 10_000
_BINARY_XML = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")


def unpack(path: Path, data: bytes, limits: Limits) -> dict[str, bytes]:
    """Return the parts of a zipped workbook that hold its cells, XML in UTF-8.

    What a part may unpack to is what the archive declares, and the sum of that is bounded before anything is
    unpacked: a part that says less than it holds is broken.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_entries(path, entries)
            check_size(path, sum(entry.file_size for entry in entries), limits)
            parts = {}
            for entry in entries:
                name = entry.filename.replace("\\", "/")
                if name.lower().endswith(_READ) and "vbaproject" not in name.lower():
                    with archive.open(entry) as stream:
                        parts[name] = stream.read(entry.file_size)
    except _BROKEN as error:
        raise DataError([_broken(path, "giải nén không được", str(error))]) from error
    return {
        name: part if name.endswith((".bin", "mimetype")) else plain_xml(path, part)
        for name, part in parts.items()
    }


def pack(parts: dict[str, bytes]) -> io.BytesIO:
    """Pack *parts* anew, uncompressed: two readers of one archive may disagree on what it holds."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part)
    out.seek(0)
    return out


def plain_xml(path: Path, part: bytes) -> bytes:
    """Return *part* in UTF-8; `DataError` where it declares entities, as no spreadsheet program does."""
    if part[:2] in _BINARY_XML:
        try:
            code = "utf-16" if part[0] > 0x7F else "utf-16-le" if part[0] else "utf-16-be"
            head, mark, rest = part.decode(code).lstrip("\ufeff").partition("?>")
        except UnicodeDecodeError as error:
            raise DataError([_broken(path, "giải nén không được", str(error))]) from error
        part = (rest if mark else head).encode()
    if b"<!DOCTYPE" in part:  # without which there are no entities
        raise DataError(
            [
                unreadable(
                    path,
                    "tệp khai báo thực thể XML (DOCTYPE), sổ Excel thật không có: không đọc",
                    "the file declares XML entities (DOCTYPE), which no real workbook does: not read",
                    ("mở bằng Excel và lưu lại", "open it in Excel and save it again"),
                )
            ]
        )
    return part


def _check_entries(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename.replace("\\", "/") for entry in entries]
    why: tuple[str, str] | None = None
    if len(entries) > _PARTS:
        why = f"{len(entries)} thành phần", f"{len(entries)} parts"
    elif len({name.casefold() for name in names}) < len(names):
        why = "hai thành phần cùng tên", "two parts of one name"
    elif any(name.startswith("/") or ".." in name.split("/") for name in names):
        why = "thành phần có đường dẫn ra ngoài tệp", "a part named outside the archive"
    elif any(entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for entry in entries):
        why = "kiểu nén lạ", "an unusual compression"
    else:
        held = sorted(
            (entry.header_offset, entry.header_offset + 30 + entry.compress_size) for entry in entries
        )
        if any(end > start for (_, end), (start, _) in itertools.pairwise(held)):
            why = "các thành phần chồng lên nhau", "overlapping parts"
    if why:
        raise DataError([_broken(path, *why)])


def _broken(path: Path, vi: str, en: str) -> Finding:
    return unreadable(
        path,
        f"tệp Excel hỏng: {vi}",
        f"a broken workbook: {en}",
        ("mở bằng Excel và lưu lại", "open it in Excel and save it again"),
    )
