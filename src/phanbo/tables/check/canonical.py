"""Canonical tables: the frames people see, the CSV bytes that are kept, and their hash."""

from __future__ import annotations

import csv
import hashlib
import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from phanbo.errors import Finding
from phanbo.tables.check.grid import TEXTUAL
from phanbo.tables.schema import TABLES
from phanbo.tables.schema.column import Type

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from phanbo.tables.check.grid import Grid

__all__ = ["csv_bytes", "findings_frame", "findings_of", "frame_of", "hash_of", "raw_frames", "table_csv"]

ROWS = 10_000
"""Rows written at a time."""

_SAID = np.array(["không", "có"], dtype=object)
_FEW = 100
_SPECIAL = ',"\n\r'


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


def raw_frames(grids: Mapping[str, Grid]) -> dict[str, pd.DataFrame]:
    """Return the tables as raw frames again: what was given, and where it stood."""
    frames = {}
    for name, grid in grids.items():
        frame = frame_of(grid)
        frame = frame[[column for column in frame.columns if column in grid.given]]
        frame["_sheet"], frame["_row"] = grid.sheets, grid.rows
        frame.attrs["letters"] = grid.letters
        frames[name] = frame
    return frames


def findings_frame(findings: Iterable[Finding]) -> pd.DataFrame:
    """Return findings as a frame, one a row."""
    listed = list(findings)
    columns: dict[str, pd.Series[Any]] = {
        name: pd.Series([getattr(each, name) for each in listed], dtype="Int64" if name == "row" else "str")
        for name in Finding.__dataclass_fields__
    }
    return pd.DataFrame(columns)


def findings_of(frame: pd.DataFrame) -> list[Finding]:
    """Return the findings of such a frame."""
    found = []
    for record in frame.to_dict("records"):
        known = {str(name): value for name, value in record.items() if not pd.isna(value)}
        row = known.pop("row", None)
        found.append(Finding(row=None if row is None else int(row), **known))
    return found


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


def _figures(data: NDArray[Any], known: NDArray[np.bool_], kind: Type) -> list[str]:
    """Return figures as the CSV holds them: unknown is nothing, yes and no are có and không."""
    cells: list[str]
    if kind is Type.YES_NO:
        cells = _SAID[data.astype(np.intp)].tolist()
    elif data.min() == data.max():
        cells = [str(data[0])] * len(data)
    elif len(set(data[:_FEW].tolist())) < _FEW // 2:
        codes, distinct = pd.factorize(data)
        cells = np.array([str(number) for number in distinct.tolist()], dtype=object)[codes].tolist()
    else:  # a list writes its numbers faster than they write themselves
        cells = str(data.tolist())[1:-1].split(", ")
    for row in np.flatnonzero(~known).tolist():
        cells[row] = ""
    return cells


def _quoted(cells: list[str]) -> list[str]:
    """Return texts with quotes around those that need them, as the `csv` module has it."""
    together = "".join(cells)
    if not any(map(together.__contains__, _SPECIAL)):
        return cells
    return [
        '"' + cell.replace('"', '""') + '"' if any(map(cell.__contains__, _SPECIAL)) else cell
        for cell in cells
    ]


def csv_bytes(columns: Mapping[str, Sequence[object]]) -> bytes:
    """Return columns as UTF-8 CSV with LF line ends, quoted only where needed."""
    return _csv([tuple(columns), *zip(*columns.values(), strict=True)])


def _csv(rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def table_csv(grid: Grid, extra: Mapping[str, Sequence[object]] | None = None) -> bytes:
    """Return a table as canonical CSV: what was given or derived, in the order of the schema.

    What is only a default stays out: read back, an absent column must still be absent.
    """
    return b"".join(_parts(grid, extra or {}))


def _parts(grid: Grid, extra: Mapping[str, Sequence[object]]) -> Iterator[bytes]:
    """Yield the canonical CSV by some rows at a time: a country's table never stands in memory as text."""
    given = [column for column in grid.table.columns if column.name in grid.given]
    yield _csv([[*(column.name for column in given), *extra]])
    for start in range(0, len(grid), ROWS):
        here = slice(start, start + ROWS)
        written: dict[tuple[Type, bytes, bytes], list[str]] = {}
        parts = []
        for column in given:
            data, known = grid.columns[column.name].data[here], grid.columns[column.name].known[here]
            if column.type in TEXTUAL:
                parts.append(_quoted(data.tolist()))
                continue
            # columns of the same amounts, such as the plan and the initial one, are written once
            same = column.type, data.tobytes(), known.tobytes()
            if same not in written:
                written[same] = _figures(data, known, column.type)
            parts.append(written[same])
        parts += [_quoted(list(map(str, cells[here]))) for cells in extra.values()]
        rows = map(",".join, zip(*parts, strict=True))
        yield "\n".join([*(rows if len(parts) > 1 else (row or '""' for row in rows)), ""]).encode()


def hash_of(grids: Mapping[str, Grid]) -> str:
    """Return ``sha256:…`` over the canonical CSVs of all tables given: name, content and length of each."""
    digest = hashlib.sha256()
    for name in TABLES:
        if name in grids:
            size = 0
            digest.update(f"{name}.csv\n".encode())
            for part in _parts(grids[name], {}):
                digest.update(part)
                size += len(part)
            digest.update(f"\n{size}\n".encode())
    return f"sha256:{digest.hexdigest()}"
