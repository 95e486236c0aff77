"""How large a file may be, and the words for one that cannot be read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phanbo.errors import DataError, Finding
from phanbo.tables.files.sheet import Faults, address

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Limits", "check_extent", "check_size", "digest", "unreadable"]

_MAX_CELLS = 20_000_000
"""A stray cell at the far corner makes every reader allocate the whole rectangle."""


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
                    f"tệp quá lớn: {size:,} byte, giới hạn {limits.bytes:,}",
                    f"the file is too large: {size:,} bytes, the limit is {limits.bytes:,}",
                    (
                        "tăng max_bytes nếu tệp đúng là lớn như vậy",
                        "raise max_bytes if it really is that large",
                    ),
                )
            ]
        )


def check_extent(name: str, faults: Faults, limits: Limits) -> None:
    """Refuse a sheet that reaches further than allowed."""
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


def unreadable(path: Path, vi: str, en: str, mend: tuple[str, str] | None = None) -> Finding:
    """Return the finding that says why a file cannot be read."""
    mend = mend or (
        "mở tệp bằng chương trình đã lập ra nó, lưu lại (không đặt mật khẩu) rồi đọc",
        "open it with the program that made it, save it again (without a password) and read that",
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
