"""What the caller says of a file, checked before it is read; and the Treasury's figures where they are given."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from phanbo.errors import DataError, Finding
from phanbo.tables.files.limits import Limits
from phanbo.tables.gather import Reading
from phanbo.tables.layout.block import Options
from phanbo.tables.layout.folding import UNITS, read_unit
from phanbo.tables.matching.apply import take_treasury
from phanbo.tables.schema import LINES, TABLES

if TYPE_CHECKING:
    import os

    import pandas as pd


__all__ = ["option_fault", "options_of", "with_treasury"]


def with_treasury(
    reading: Reading,
    treasury: str | os.PathLike[str] | pd.DataFrame | None,
    review: str | os.PathLike[str] | None,
    prefer: str,
    as_of: str | dt.date | None,
    options: Options,
    limits: Limits,
) -> Reading:
    """Put the Treasury's figures into the lines that were read, where a file of it is given."""
    faults = []
    if prefer not in {"treasury", "owner"}:
        said = f"prefer={prefer!r}"
        faults.append(
            option_fault(f"{said}: không có lựa chọn này", f"{said}: no such choice", "treasury, owner")
        )
    if review is not None and treasury is None:
        vi, en = "review= cần có treasury=", "review= needs treasury="
        faults.append(option_fault(vi, en, "treasury=, review="))
    if isinstance(as_of, str) and not _is_day(as_of):
        said = f"as_of={as_of!r}"
        faults.append(option_fault(f"{said}: không phải ngày", f"{said}: not a day", "2024-09-15"))
    if faults:
        raise DataError(faults)
    if treasury is not None:
        take_treasury(reading, treasury, review, prefer=prefer, as_of=as_of, options=options, limits=limits)
    return reading


def _is_day(text: str) -> bool:
    try:
        return bool(dt.date.fromisoformat(text))
    except ValueError:
        return False


def options_of(unit: str | int | None, year: int | None, columns: Mapping[str, str] | None) -> Options:
    """Check what the caller says of the file; `DataError` with every fault of it."""
    size = read_unit(unit) if isinstance(unit, str) else unit
    faults = []
    if unit is not None and size not in UNITS.values():
        units = ", ".join(UNITS)
        faults.append(
            option_fault(f"unit={unit!r}: không có đơn vị này", f"unit={unit!r}: no such unit", units)
        )
    names = {name for table in TABLES.values() for name in table.names}
    for header, column in (columns or {}).items():
        if column and column not in names:
            near = ", ".join(difflib.get_close_matches(str(column), LINES.names, n=3, cutoff=0.5))
            said = f"columns={{{header!r}: {column!r}}}"
            faults.append(option_fault(f"{said}: không có cột này", f"{said}: there is no such column", near))
    if faults:
        raise DataError(faults)
    return Options(size, year, dict(columns or {}))


def option_fault(vi: str, en: str, known: str) -> Finding:
    """Return the finding of an option that says nothing phanbo knows."""
    mends = (
        (f"dùng một trong: {known}", f"use one of: {known}") if known else ("kiểm tra tên", "check the name")
    )
    return Finding("option-unknown", "error", vi, en, *mends, rule="option-unknown")
