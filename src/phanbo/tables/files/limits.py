"""How large a file may be, and the words for one that cannot be read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phanbo.errors import DataError, Finding
from phanbo.money import format_dong
from phanbo.tables.files.sheet import Faults, address

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Limits", "check_extent", "check_rectangles", "check_size", "digest", "unreadable"]

_LAID = 4_000_000
"""So many cells are laid out whatever the sheets hold: some 150 MB."""

_LAID_PER_CELL = 20
"""A larger layout is well filled: a million rows of 30 columns are, a stray cell at the far corner is not."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a file may be before it is refused."""

    rows: int = 10**6
    bytes: int = 200_000_000


def digest(path: Path) -> tuple[str, str]:
    """Return the file's name and the SHA-256 of its bytes."""
    with path.open("rb") as file:
        return path.name, hashlib.file_digest(file, "sha256").hexdigest()


def check_size(path: Path, size: int, limits: Limits) -> None:
    """Refuse a file of more bytes than allowed, packed or unpacked."""
    if size > limits.bytes:
        raise DataError(
            [
                unreadable(
                    path,
                    f"tệp quá lớn: {format_dong(size)} byte, giới hạn {format_dong(limits.bytes)}",
                    f"the file is too large: {size:,} bytes, the limit is {limits.bytes:,}",
                    (
                        "tăng max_bytes nếu tệp đúng là lớn như vậy",
                        "raise max_bytes if it really is that large",
                    ),
                )
            ]
        )


def check_extent(name: str, faults: Faults, limits: Limits) -> None:
    """Refuse a sheet of more rows than allowed."""
    if faults.last_row > limits.rows:
        corner = _corner(faults)
        raise DataError(
            [
                _too_large(
                    name,
                    corner,
                    (
                        f"trang có dữ liệu đến ô {corner}, quá giới hạn {format_dong(limits.rows)} dòng",
                        f"there is data down to cell {corner}, beyond the limit of {limits.rows:,} rows",
                    ),
                    (
                        "xóa các ô lạc ở cuối trang, hoặc tăng max_rows",
                        "clear stray cells at the end of the sheet, or raise max_rows",
                    ),
                )
            ]
        )


def check_rectangles(sheets: list[tuple[str, Faults]]) -> None:
    """Refuse sheets that, laid out, are nearly all emptiness: every reader makes room for the whole rectangle."""
    laid = [faults.last_row * faults.last_column for _, faults in sheets]
    held = sum(faults.held for _, faults in sheets)
    if sum(laid) <= max(_LAID, _LAID_PER_CELL * held):
        return
    name, faults = sheets[laid.index(max(laid))]
    corner = _corner(faults)
    raise DataError(
        [
            _too_large(
                name,
                corner,
                (
                    f"trang có {format_dong(faults.held)} ô có dữ liệu nhưng trải đến ô {corner}: có ô lạc",
                    f"the sheet holds {faults.held:,} cells, yet reaches cell {corner}: there are stray cells",
                ),
                (
                    f"xóa các dòng, cột trống giữa bảng và ô {corner}",
                    f"delete the empty rows and columns between the table and cell {corner}",
                ),
            )
        ]
    )


def _corner(faults: Faults) -> str:
    return address(max(faults.last_row - 1, 0), max(faults.last_column - 1, 0))


def _too_large(name: str, corner: str, what: tuple[str, str], mend: tuple[str, str]) -> Finding:
    vi, en = mend
    return Finding("too-large", "error", *what, mend_vi=vi, mend_en=en, sheet=name, cell=corner)


def unreadable(path: Path, vi: str, en: str, mend: tuple[str, str] | None = None) -> Finding:
    """Return the finding that says why a file cannot be read."""
    mend = mend or (
        "mở tệp bằng chương trình đã lập ra nó, lưu lại dạng .xlsx (không đặt mật khẩu) rồi đọc",
        "open it with the program that made it, save it as .xlsx (without a password) and read that",
    )
    return Finding(
        code="file-unreadable",
        severity="error",
        sheet=path.name,
        message_vi=vi,
        message_en=en,
        mend_vi=mend[0],
        mend_en=mend[1],
    )
