"""Text tables and Parquet files, one sheet a file."""

from __future__ import annotations

import csv
import io
import unicodedata
from typing import TYPE_CHECKING

import pandas as pd

from phanbo.errors import DataError
from phanbo.tables.files.limits import Limits, check_extent, check_size, unreadable
from phanbo.tables.files.sheet import Cell, Faults, Sheet

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["open_files"]


def open_files(paths: list[Path], limits: Limits) -> list[Sheet]:
    """Read text tables and Parquet files, one sheet a file, named like the file."""
    sheets = []
    for path in paths:
        check_size(path, path.stat().st_size, limits)
        rows = _parquet(path) if path.suffix.lower() == ".parquet" else _text(path)
        sheet = Sheet(
            unicodedata.normalize("NFC", path.stem), rows, is_text=path.suffix.lower() != ".parquet"
        )
        check_extent(sheet.name, Faults(last_row=len(rows)), limits)
        sheets.append(sheet)
    return sheets


def _text(path: Path) -> list[list[Cell]]:
    """Rows of a CSV file; a line break inside quotes is kept, so a record may span several lines."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(
            [
                unreadable(
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
        raise DataError([unreadable(path, f"CSV hỏng: {error}", f"broken CSV: {error}")]) from error


def _parquet(path: Path) -> list[list[Cell]]:
    try:
        frame = pd.read_parquet(path)
    except ValueError as error:  # what pyarrow raises is one
        raise DataError([unreadable(path, "không phải tệp Parquet", f"not Parquet: {error}")]) from error
    columns = [frame[name].astype(object).where(frame[name].notna(), "").tolist() for name in frame.columns]
    return [[str(name) for name in frame.columns], *map(list, zip(*columns, strict=True))]
