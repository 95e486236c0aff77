"""Workbooks as sheets of plain cells, with what their bytes know beside the values. Nothing is interpreted here."""

from __future__ import annotations

import unicodedata
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from phanbo.errors import DataError
from phanbo.tables.files.halves import read_both
from phanbo.tables.files.inside import look, password
from phanbo.tables.files.limits import Limits, check_extent, check_size, unreadable
from phanbo.tables.files.ole import BrokenError
from phanbo.tables.files.sheet import Faults, Sheet

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from pathlib import Path

    from phanbo.tables.files.inside import Inside

__all__ = ["open_workbook"]


def open_workbook(path: Path, limits: Limits) -> list[Sheet]:
    """Read every worksheet of the workbook at *path*; `DataError` if it is no workbook or too large.

    python-calamine lays each sheet out as one rectangle, whatever memory that takes: so the file is looked at first.
    """
    check_size(path, path.stat().st_size, limits)
    inside = look(path, path.read_bytes(), limits)
    try:
        with ThreadPoolExecutor(1) as pool:  # of a second reader, where there is one
            return _sheets(inside, limits, pool)
    except DataError:
        raise
    except BaseException as error:
        refusal = _refusal(path, error)
        if refusal is None:
            raise
        raise refusal from error


def _sheets(inside: Inside, limits: Limits, pool: Executor) -> list[Sheet]:
    import python_calamine

    opened = python_calamine.CalamineWorkbook.from_filelike
    lower = pool.submit(opened, inside.below) if inside.halved else None
    book = opened(inside.data)
    about = book.sheets_metadata
    sheets: list[Sheet] = []
    for at, each in enumerate(about):
        if each.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        name = unicodedata.normalize("NFC", each.name)
        faults = _faults(inside, each.name, at, len(about))  # before the reader lays it out
        if lower and each.name in inside.halved:
            raw, rows = read_both(book, lower, pool, each.name)
        else:
            raw = book.get_sheet_by_name(each.name)
            check_extent(name, Faults(last_row=raw.total_height), limits)
            rows = raw.to_python(skip_empty_area=False)
        sheets.append(
            Sheet(
                name=name,
                rows=rows,
                faults=faults,
                merged=tuple(raw.merged_cell_ranges or ()),
                hidden=each.visible != python_calamine.SheetVisibleEnum.Visible,
                from_1904=inside.from_1904,
                findings=() if sheets else tuple(inside.findings),
                marked=each.name in inside.marked,
            )
        )
    return sheets


def _faults(inside: Inside, name: str, at: int, count: int) -> Faults:
    """Return the faults of a sheet by its name; those of .xls come in the order of the sheets."""
    for called, faults in inside.sheets:
        if called and called == name:
            return faults
    if len(inside.sheets) == count and not inside.sheets[at][0]:
        return inside.sheets[at][1]
    raise BrokenError(f"a sheet {name} that is not listed")


def _refusal(path: Path, error: BaseException) -> DataError | None:
    """Return the refusal that an error of the reader means; None for one that is not its own."""
    import python_calamine

    # no file is read here, so an OSError is the reader's word for bytes that end too early
    own: tuple[Any, ...] = (python_calamine.CalamineError, BrokenError, OSError)
    if isinstance(error, python_calamine.PasswordError):
        return password(path)
    # a panic inside the reader is no Exception
    if isinstance(error, own) or type(error).__name__ == "PanicException":
        return DataError([unreadable(path, "không phải sổ Excel đọc được", f"not a workbook: {error}")])
    return None
