"""Rows of one table out of one sheet, and several such parts as one raw frame."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from phanbo.tables.layout.columns import filled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from phanbo.errors import Finding
    from phanbo.tables.check.statements import Statement

__all__ = ["Part", "filled_up", "join", "stack"]

_ORIGIN = ("_sheet", "_row")
_PASSING = frozenset({"schedule", "adjustment", "adjusted", "ratio"})
"""Columns of the file that become others, or are only checked."""


@dataclass(slots=True)
class Part:
    """Rows of one table out of one sheet.

    Attributes
    ----------
    columns : dict of str to ndarray
        Cells by column, all of one length; None where empty, int64 where every cell is an amount.
    sheets, rows : ndarray
        Where each row stands, as the spreadsheet numbers it.
    letters : dict
        Sheet to column to spreadsheet letter.
    unit : int or None
        The unit of its amounts, where it is known.
    plain : bool
        Whether the file holds only text.
    titled : str
        The sheet's name where it was taken for the source.
    unread : set of (str, int, str)
        Sheet, row and column of the cells that were reported already.
    statements : list of Statement
        The totals it states.
    schedule : Part or None
        The rows of the schedule that its month columns hold.
    findings : list of Finding
        What was found on the way.
    """

    columns: dict[str, NDArray[Any]] = field(default_factory=dict)
    sheets: NDArray[Any] = field(default_factory=lambda: np.zeros(0, dtype=object))
    rows: NDArray[Any] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    letters: dict[str, dict[str, str]] = field(default_factory=dict)
    unit: int | None = None
    plain: bool = False
    titled: str = ""
    unread: set[tuple[str, int, str]] = field(default_factory=set)
    statements: list[Statement] = field(default_factory=list)
    schedule: Part | None = None
    findings: list[Finding] = field(default_factory=list)


def filled_up(cells: NDArray[Any] | None, value: NDArray[Any]) -> NDArray[Any]:
    """Return *cells* with *value* where they are empty."""
    if cells is None:
        return value
    if cells.dtype != object:
        return cells
    held = filled(cells)
    return cells if held.all() else np.where(held, cells, value)


def stack(pieces: Sequence[dict[str, NDArray[Any]]], counts: Sequence[int]) -> dict[str, NDArray[Any]]:
    """Put columns one below the other, None where a piece lacks one."""
    names = dict.fromkeys(name for piece in pieces for name in piece)
    if len(pieces) == 1:
        return dict(pieces[0])
    return {
        name: np.concatenate(
            [
                piece[name] if name in piece else np.full(count, None, dtype=object)
                for piece, count in zip(pieces, counts, strict=True)
            ]
        )
        for name in names
    }


def _letters(frame: pd.DataFrame, parts: Sequence[Part]) -> dict[str, dict[str, str]]:
    """Return the letters of every sheet; each further table of a sheet has a key of its own, in ``_table``."""
    found: dict[str, dict[str, str]] = {}
    keys: list[NDArray[Any]] = []
    for part in parts:
        key = part.sheets.copy()
        for sheet, letters in part.letters.items():
            name, number = sheet, 2
            while found.get(name, letters) != letters:
                name, number = f"{sheet}\n{number}", number + 1
            found[name] = letters
            key[key == sheet] = name
        keys.append(key)
    if any("\n" in name for name in found):
        frame["_table"] = np.concatenate(keys)
    return found


def join(parts: Sequence[Part]) -> pd.DataFrame:
    """Return the rows of *parts* as one raw frame with its origins, and the totals they state."""
    columns = stack([part.columns for part in parts], [len(part.rows) for part in parts])
    columns["_sheet"] = np.concatenate([part.sheets for part in parts])
    columns["_row"] = np.concatenate([part.rows for part in parts])
    frame = pd.DataFrame(
        {name: pd.Series(cells, dtype=cells.dtype, copy=False) for name, cells in columns.items()},
        copy=False,
    )
    frame.attrs["letters"] = _letters(frame, parts)
    frame.attrs["unread"] = {place for part in parts for place in part.unread}
    frame.attrs["plain"] = all(part.plain for part in parts)
    frame.attrs["statements"] = [statement for part in parts for statement in part.statements]
    return frame
