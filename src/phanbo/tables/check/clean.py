"""Raw frames into grids: every cell typed, every fault and repair noted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from phanbo.tables.cells import (
    Cells,
    choice_cells,
    date_cells,
    number_cells,
    reason_cells,
    text_cells,
    yes_no_cells,
)
from phanbo.tables.check.grid import Grid
from phanbo.tables.check.messages import MESSAGES
from phanbo.tables.schema.column import Type
from phanbo.tables.schema.vocabulary import stage_of
from phanbo.tables.text.codes import CODES, code_cells

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import pandas as pd
    from numpy.typing import NDArray

    from phanbo.money import Ints
    from phanbo.tables.check.grid import Log
    from phanbo.tables.schema.column import Column, Table

__all__ = ["clean", "read_column"]

_RESERVED = frozenset({"_sheet", "_row", "_table"})
_DERIVED = {"lines": frozenset({"kind"})}


def clean(table: Table, raw: pd.DataFrame, log: Log) -> Grid:
    """Return the typed columns of a raw frame.

    Parameters
    ----------
    table : Table
        What the frame is declared to hold.
    raw : DataFrame
        Cells as read, under the names of the schema. ``_sheet`` and ``_row`` say where a row stood;
        ``attrs["letters"]`` maps sheet to column to spreadsheet letter, ``attrs["plain"]`` says that the
        file holds only text, ``attrs["unread"]`` has (sheet, row, column) of cells reported already.
    log : Log
        Takes the findings.
    """
    raw, attrs = raw.copy(deep=False), raw.attrs
    raw.attrs = {}  # pandas copies them with every column
    sheets, rows = _origin(raw)
    grid = Grid(table, {}, set(), sheets, rows, attrs.get("letters", {}))
    grid.beside = raw["_table"].to_numpy(dtype=object) if "_table" in raw else None
    plain = bool(attrs.get("plain"))
    names = [str(name) for name in raw.columns]
    for name in dict.fromkeys(names):
        if name in _RESERVED or name in _DERIVED.get(table.name, ()):
            continue
        if name not in table.names:
            log.whole("column-unused", table, name, name=name)
        elif names.count(name) > 1:
            log.whole("column-twice", table, name, name=name)
        else:
            grid.given.add(name)
    for column in table.columns:
        if column.name in grid.given and column.name != "stage":
            _store(grid, column, raw[column.name], log, plain=plain)
    if "stage" in grid.given:  # needs the year: "hoàn thành năm …" says nothing without it
        _store(grid, table.column("stage"), raw["stage"], log, plain=plain)
    _require(grid, names, attrs.get("unread", ()), log)
    return grid


def _origin(raw: pd.DataFrame) -> tuple[NDArray[Any], Ints]:
    count = len(raw)
    sheets = (
        raw["_sheet"].fillna("").to_numpy(dtype=object)
        if "_sheet" in raw
        else np.full(count, "", dtype=object)
    )
    if "_row" in raw:
        rows = number_cells(raw["_row"], plain=True).data
        return sheets, np.where(rows > 0, rows, np.arange(1, count + 1))
    return sheets, np.arange(1, count + 1)


def _store(grid: Grid, column: Column, raw: pd.Series[Any], log: Log, *, plain: bool) -> None:
    cells = _read(grid, column, raw, plain=plain)
    _tell(grid, column, raw, cells, log, np.arange(len(raw)))
    grid.columns[column.name] = cells


def read_column(grid: Grid, column: Column, raw: pd.Series[Any], log: Log, *, at: int) -> Cells:
    """Return one cell of a table read as its column is, with its faults; *raw* has one value, meant for row *at*."""
    cells = _read(grid, column, raw, plain=False)
    _tell(grid, column, raw, cells, log, np.array([at]))
    if column.required and not cells.known[0] and not cells.faults:
        log.rows("required-empty", grid, [at], column.name)
    return cells


def _tell(grid: Grid, column: Column, raw: pd.Series[Any], cells: Cells, log: Log, rows: Ints) -> None:
    for code, at in cells.faults.items():
        words = {"choices": _choices(column)} if code == "not-a-choice" else {}
        value = raw.iloc[at].astype(object).to_numpy()
        log.rows(code, grid, rows[at], column.name, None, value=value, **words)


def _read(grid: Grid, column: Column, series: pd.Series[Any], *, plain: bool) -> Cells:
    match column.type:
        case Type.MONEY | Type.INTEGER:
            zero = column.required or column.default == 0 or column.absent == 0
            return number_cells(series, signed=column.signed, dash_is_zero=zero, plain=plain)
        case Type.YES_NO:
            return yes_no_cells(series)
        case Type.DATE | Type.EVENT:
            return date_cells(series, event=column.type is Type.EVENT)
        case Type.CHOICE:
            if column.name == "stage":
                year = int(grid.values("plan_year").max(initial=0))
                return choice_cells(series, column, lambda text: stage_of(text, year))
            return choice_cells(series, column)
        case _:
            read = reason_cells if column.reason else code_cells if column.name in CODES else text_cells
            return read(series)


def _told(grid: Grid, unread: Iterable[tuple[str, int, str]], name: str) -> list[int]:
    """Return the rows whose cell the reader could not read, and has reported."""
    places = {(sheet, row) for sheet, row, column in unread if column == name}
    if not places:
        return []
    return [at for at in range(len(grid)) if (grid.sheets[at], int(grid.rows[at])) in places]


def _choices(column: Column) -> str:
    return ", ".join(f"{texts[0] if texts else code} ({code})" for code, texts in column.choices)


def _require(grid: Grid, names: list[str], unread: Collection[tuple[str, int, str]], log: Log) -> None:
    """Ask for the required columns, and for a value in each of their cells."""
    for column in grid.table.columns:
        if not column.required or names.count(column.name) > 1:
            continue
        if column.name not in grid.given:
            log.whole(
                "column-missing", grid.table, column.name, sheet=str(grid.sheets[0]) if len(grid) else ""
            )
            continue
        cells = grid.columns[column.name]
        refused = [
            at for code, where in cells.faults.items() if MESSAGES[code].severity == "error" for at in where
        ]
        silent = ~cells.known
        silent[refused] = False  # said already what is wrong with it
        silent[_told(grid, unread, column.name)] = False
        log.rows("required-empty", grid, np.flatnonzero(silent), column.name)
