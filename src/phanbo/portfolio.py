"""The portfolio: every table read, checked, put in order, and never changed again."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import pandas as pd

from phanbo.errors import DataError, Finding, RoundError
from phanbo.tables.check import Examined, examine, in_order
from phanbo.tables.check.canonical import csv_bytes, findings_frame, frame_of, hash_of, raw_frames, table_csv
from phanbo.tables.check.dated import DATED, paid_at
from phanbo.tables.check.overview import overview_html, overview_text
from phanbo.tables.check.reconcile import Balance, balances, differences, moved_controls, reconcile_frame
from phanbo.tables.check.revise import OTHERS_HANG_ON, revised
from phanbo.tables.line_columns import LineColumns
from phanbo.tables.schema import LINES, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from phanbo.tables.check.statements import Statement

__all__ = ["Portfolio", "build_portfolio"]


class Portfolio(LineColumns):
    """The capital lines of a province and what is known of them: validated, sorted, immutable.

    Parameters
    ----------
    lines : DataFrame
        One row a capital line, columns named as in `phanbo.tables.schema.LINES`, money in đồng.
    history, schedule, sources, owners, reports, controls : DataFrame, optional
        The tables that refine it.

    Raises
    ------
    DataError
        The tables cannot be used; every fault is listed at once.

    Notes
    -----
    Frames handed in are never changed; frames handed out are copies. Two portfolios are equal where their
    `hash` is.
    """

    _repairs: tuple[Finding, ...]
    _doubts: tuple[Finding, ...]
    _files: tuple[tuple[str, str], ...]
    _statements: tuple[Statement, ...]

    def __init__(
        self,
        lines: pd.DataFrame,
        history: pd.DataFrame | None = None,
        schedule: pd.DataFrame | None = None,
        sources: pd.DataFrame | None = None,
        owners: pd.DataFrame | None = None,
        reports: pd.DataFrame | None = None,
        controls: pd.DataFrame | None = None,
    ) -> None:
        tables = (lines, history, schedule, sources, owners, reports, controls)
        frames = {name: frame for name, frame in zip(TABLES, tables, strict=True) if frame is not None}
        for name, frame in frames.items():
            if not isinstance(frame, pd.DataFrame):
                raise TypeError(f"{name}: a DataFrame is wanted, not {type(frame).__name__}")
        self._take(examine(frames), ())

    def _take(self, examined: Examined, files: Iterable[tuple[str, str]]) -> None:
        errors = [finding for finding in examined.findings if finding.severity == "error"]
        if errors:
            raise DataError(errors, differences(examined.stated))
        self.__dict__.update(
            _grids=examined.grids,
            _repairs=examined.repairs,
            _doubts=examined.doubts,
            _files=tuple(files),
            _statements=examined.statements,
        )

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a portfolio never changes: use replace({name}=...)")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a portfolio never changes: {name} cannot be deleted")

    def __getstate__(self) -> dict[str, Any]:
        kept = ("_grids", "_repairs", "_doubts", "_files", "_statements", "hash")
        return {name: getattr(self, name) for name in kept}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        for grid in self._grids.values():
            for cells in grid.columns.values():
                # A pickle brings a copy of the type along, which NumPy takes for a strange one.
                cells.data = cells.data.view(np.dtype(cells.data.dtype.name))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Portfolio) and self.hash == other.hash

    def __hash__(self) -> int:
        return hash(self.hash)

    # -- tables -------------------------------------------------------------------------------------

    @cached_property
    def _lines_frame(self) -> pd.DataFrame:
        return frame_of(self._lines, {"kind": self._kinds})

    @property
    def lines(self) -> pd.DataFrame:
        """The capital lines, sorted by `line_id`; ``kind`` is the built-in kind of their source."""
        return self._lines_frame.copy(deep=False)  # copied on write

    def _optional(self, name: str) -> pd.DataFrame | None:
        return frame_of(self._grids[name]) if name in self._grids else None

    @property
    def history(self) -> pd.DataFrame | None:
        """Disbursement by date, or None."""
        return self._optional("history")

    @property
    def schedule(self) -> pd.DataFrame | None:
        """The owners' disbursement plans by month, or None."""
        return self._optional("schedule")

    @property
    def sources(self) -> pd.DataFrame | None:
        """What is said of the sources, or None."""
        return self._optional("sources")

    @property
    def owners(self) -> pd.DataFrame | None:
        """What is said of the owners, or None."""
        return self._optional("owners")

    @property
    def reports(self) -> pd.DataFrame | None:
        """The reports received, or None."""
        return self._optional("reports")

    @property
    def controls(self) -> pd.DataFrame | None:
        """The totals to reconcile with, or None."""
        return self._optional("controls")

    @property
    def origins(self) -> pd.DataFrame:
        """Sheet and row of every line as the spreadsheet numbers it: `line_id`, `sheet`, `row`."""
        return pd.DataFrame(
            {
                "line_id": pd.Series(self._lines.values("line_id"), dtype="str"),
                "sheet": pd.Series(self._lines.sheets, dtype="str"),
                "row": self._lines.rows.copy(),
            }
        )

    @property
    def files(self) -> tuple[tuple[str, str], ...]:
        """Name and SHA-256 of every file the portfolio was read from."""
        return self._files

    # -- findings -----------------------------------------------------------------------------------

    @property
    def notes(self) -> pd.DataFrame:
        """Every repair and every fact worth knowing, one a row."""
        return findings_frame(finding for finding in self._findings if finding.severity == "note")

    def check(self) -> pd.DataFrame:
        """Return all warnings and notes, one a row."""
        return findings_frame(self._findings)

    @property
    def _findings(self) -> tuple[Finding, ...]:
        return in_order((*self._repairs, *self._doubts))

    def reconcile(self) -> pd.DataFrame:
        """Return the sums of the lines beside every total that is stated of them, to the đồng.

        One row each for the province, every source and every owner (``plan`` and ``disbursed``), for every total of
        `controls`, and for every total the file itself states (its subtotal rows, its columns "Tổng số"). Σ lines =
        Σ owners = Σ sources = province, in exact integers.

        Returns
        -------
        DataFrame
            ``level``, ``key``, ``label``, ``column``, ``stated`` and ``gap`` (stated less added; empty where nothing is
            stated), ``added``, ``sheet``, ``row``, ``cell`` of what is stated, ``ok``.

        Notes
        -----
        What a file states is true of its tables as read: a portfolio made from another (`replace`, `with_cell`,
        `at`) or read back from where it was saved has the totals of `controls` only, moved as their lines moved.
        """
        return reconcile_frame(self._balances)

    @cached_property
    def _balances(self) -> list[Balance]:
        return balances(self._grids, self._statements)

    @cached_property
    def dated(self) -> dt.date | None:
        """The data date of `disbursed`, where the table or `at` says it."""
        days = [finding.value for finding in self._repairs if finding.code == DATED]
        return dt.date.fromisoformat(max(days)) if days else None

    # -- other portfolios ---------------------------------------------------------------------------

    def replace(
        self, *, sources: pd.DataFrame | None = None, **columns: NDArray[Any] | pd.Series[Any]
    ) -> Portfolio:
        """Return a portfolio with other columns of `lines`, validated anew; all else is kept.

        Parameters
        ----------
        sources : DataFrame, optional
            A table of sources in place of the present one.
        **columns
            Arrays in the order of `lines`, one value a line.

        Raises
        ------
        KeyError
            `lines` has no such column.
        DataError
            The new figures cannot be used.
        """
        frames = raw_frames(self._grids)
        for name, cells in columns.items():
            LINES.column(name)
            frames["lines"][name] = _column_of(cells, len(self))
        if sources is not None:
            frames["sources"] = sources
        return self._remade(frames, ())

    def with_cell(self, line_id: str, column: str, value: object) -> Portfolio:
        """Return a portfolio in which one figure of one line is another, validated anew; all else is kept.

        A figure of a project stands on all its rows and changes on all of them. Where `disbursed` changes,
        `history` keeps up (its row of the data date says the same, none before it more, none after it less), and so do
        the control totals.

        Parameters
        ----------
        line_id : str
        column : str
            A column of `lines`; not one that others are made from, such as ``plan`` or ``source``.
        value : object
            The cell as a table would state it; ``None`` for an empty one.

        Raises
        ------
        KeyError
            There is no such line or column, or others hang on the column: use `replace`.
        DataError
            The figure cannot be used.
        """
        LINES.column(column)
        if column in OTHERS_HANG_ON:
            raise KeyError(column)
        dated = "" if self.dated is None else self.dated.isoformat()
        grids, found = revised(self._grids, self.place[line_id], column, value, dated)
        made = object.__new__(Portfolio)
        made._take(Examined(grids, self._repairs, in_order(found)), self._files)
        # What hangs on the other columns is known already.
        for name in ("_kinds", "year", "carried", "place", "_digests"):
            if name in self.__dict__:
                made.__dict__[name] = self.__dict__[name]
        for name in ("_columns", "_codes"):
            made.__dict__[name] = {key: kept for key, kept in getattr(self, name).items() if key != column}
        return made

    def _remade(self, frames: dict[str, pd.DataFrame], notes: Iterable[Finding]) -> Portfolio:
        if "controls" in frames:
            frames["controls"] = moved_controls(frames, self._lines, self._grids["controls"])
        added = tuple(notes)
        redated = any(finding.code == DATED for finding in added)
        kept = [finding for finding in self._repairs if finding.code != DATED or not redated]
        examined = examine(frames, (*kept, *added))
        made = object.__new__(Portfolio)
        made._take(examined, self._files)
        return made

    def at(self, date: str | dt.date) -> Portfolio:
        """Return the portfolio with `disbursed` as `history` knew it at *date*.

        The latest row of the plan year up to that day counts, at most the plan in force. A line without
        one keeps its figure, and a note says so.
        """
        day = _iso(date)
        paid, notes = paid_at(self._grids, self.year, day)
        frames = raw_frames(self._grids)
        frames["lines"]["disbursed"] = paid
        return self._remade(frames, notes)

    # -- keeping ------------------------------------------------------------------------------------

    @cached_property
    def hash(self) -> str:
        """``sha256:…`` over the canonical tables: whatever the file, its order and its unit."""
        return hash_of(self._grids)

    def tables_csv(self) -> dict[str, bytes]:
        """Return every table as canonical UTF-8 CSV, by file name."""
        return {f"{name}.csv": table_csv(self._grids[name]) for name in TABLES if name in self._grids}

    def save(self, folder: str | Path) -> None:
        """Write the canonical tables, the source row of every line, and ``notes.csv`` into *folder*."""
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        lines = self._lines
        for name, content in self.tables_csv().items():
            (place / name).write_bytes(content)
        origin = {"_sheet": lines.sheets.tolist(), "_row": lines.rows.tolist()}
        (place / "lines.csv").write_bytes(table_csv(lines, origin))
        notes = self.notes
        columns = {str(name): notes[name].astype(object).fillna("").tolist() for name in notes}
        (place / "notes.csv").write_bytes(csv_bytes(columns))

    # -- shown --------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        return overview_text(self._lines, self._findings, self._balances)

    def _repr_html_(self) -> str:
        return overview_html(self._lines, self._findings, self._balances)


def build_portfolio(
    frames: Mapping[str, pd.DataFrame],
    *,
    findings: Iterable[Finding] = (),
    files: Iterable[tuple[str, str]] = (),
    origins: pd.DataFrame | None = None,
) -> Portfolio:
    """Return the portfolio of the frames a reader made.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        Table name to raw cells in đồng; see `phanbo.tables.check.examine`.
    findings : iterable of Finding
        What the reader found; its errors are listed together with the checks'.
    files : iterable of (str, str)
        Name and SHA-256 of each file read.
    origins : DataFrame, optional
        ``sheet`` and ``row`` of every row of ``frames["lines"]``, where the frame has no ``_sheet`` and
        ``_row`` itself.

    Raises
    ------
    DataError
        The tables cannot be used.
    """
    frames = dict(frames)
    if origins is not None and "lines" in frames:
        frames["lines"] = frames["lines"].assign(
            _sheet=origins["sheet"].to_numpy(), _row=origins["row"].to_numpy()
        )
    made = object.__new__(Portfolio)
    made._take(examine(frames, findings), files)
    return made


def _column_of(cells: NDArray[Any] | pd.Series[Any], count: int) -> pd.Series[Any]:
    """Return cells by position, whatever index they had."""
    column = pd.Series(cells).reset_index(drop=True)
    if len(column) != count:
        raise ValueError(f"{len(column)} values for {count} lines")
    return column


def _iso(date: str | dt.date) -> str:
    try:
        return (date if isinstance(date, dt.date) else dt.date.fromisoformat(str(date))).isoformat()[:10]
    except ValueError:
        vi, en = f"“{date}” không phải là ngày; hãy viết dạng", f"{date!r} is not a date; write it as"
        raise RoundError(f"{vi} 2024-09-15.", f"{en} 2024-09-15.", {"value": str(date)}) from None
