"""Canonical tables: the frames people see, the CSV bytes that are kept, and their hash."""

from __future__ import annotations

import csv
import hashlib
import io
from typing import TYPE_CHECKING, Any

import pandas as pd

from phanbo.tables.schema import TABLES
from phanbo.tables.schema.column import Type

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from phanbo.tables.check.grid import Grid

__all__ = ["csv_bytes", "frame_of", "hash_of", "table_csv"]


def frame_of(grid: Grid, extra: Mapping[str, NDArray[Any]] | None = None) -> pd.DataFrame:
    """Return a table as a frame: its columns in the order of the schema, then *extra* texts."""
    columns: dict[str, pd.Series[Any]] = {}
    for column in grid.table.columns:
        if column.name in grid.columns:
            cells = grid.columns[column.name]
            columns[column.name] = _series(cells.data, cells.known, column.type)
    for name, texts in (extra or {}).items():
        columns[name] = pd.Series(texts, dtype="str")
    return pd.DataFrame(columns, index=pd.RangeIndex(len(grid)))


def _series(data: NDArray[Any], known: NDArray[np.bool_], kind: Type) -> pd.Series[Any]:
    match kind:
        case Type.MONEY if known.all():
            return pd.Series(data, dtype="int64")
        case Type.MONEY | Type.INTEGER:
            return pd.Series(pd.arrays.IntegerArray(data.copy(), ~known))
        case Type.YES_NO:
            return pd.Series(pd.arrays.BooleanArray(data.copy(), ~known))
        case _:
            return pd.Series(data, dtype="str")


def _texts(data: NDArray[Any], known: NDArray[np.bool_], kind: Type) -> list[str]:
    """Return cells as they are written: unknown is nothing, yes and no are có and không."""
    if kind is Type.YES_NO:
        return [("có" if cell else "không") if here else "" for cell, here in zip(data, known, strict=True)]
    if kind in {Type.MONEY, Type.INTEGER}:
        return [str(cell) if here else "" for cell, here in zip(data.tolist(), known.tolist(), strict=True)]
    return list(data.tolist())


def csv_bytes(columns: Mapping[str, Sequence[object]]) -> bytes:
    """Return columns as UTF-8 CSV with LF line ends, quoted only where needed."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return text.getvalue().encode()


def table_csv(grid: Grid, extra: Mapping[str, Sequence[object]] | None = None) -> bytes:
    """Return a table as canonical CSV: what was given or derived, in the order of the schema.

    What is only a default stays out: read back, an absent column must still be absent.
    """
    columns: dict[str, Sequence[object]] = {}
    for column in grid.table.columns:
        if column.name in grid.given:
            cells = grid.columns[column.name]
            columns[column.name] = _texts(cells.data, cells.known, column.type)
    return csv_bytes(columns | dict(extra or {}))


def hash_of(grids: Mapping[str, Grid]) -> str:
    """Return ``sha256:…`` over the canonical CSVs of all tables given."""
    digest = hashlib.sha256()
    for name in TABLES:
        if name in grids:
            content = table_csv(grids[name])
            digest.update(f"{name}.csv {len(content)}\n".encode())
            digest.update(content)
    return f"sha256:{digest.hexdigest()}"
