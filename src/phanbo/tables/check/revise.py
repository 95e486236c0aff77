"""One cell of the lines changed, and what must go with it: its project's other rows, the history, the control totals."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from phanbo.tables.cells import Cells
from phanbo.tables.check.clean import read_column
from phanbo.tables.check.grid import Log
from phanbo.tables.check.lines import check_lines
from phanbo.tables.check.others import check_others, line_positions
from phanbo.tables.check.reconcile import control_scopes, in_scope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phanbo.errors import Finding
    from phanbo.tables.check.grid import Grid

__all__ = ["OTHERS_HANG_ON", "revised"]

OTHERS_HANG_ON = frozenset(
    {"line_id", "project_id", "source", "plan_year", "component", "nature", "loan", "plan"}
)
"""Columns that other cells or the order of the rows are made from."""


def revised(
    grids: Mapping[str, Grid], line: int, column: str, value: object, dated: str
) -> tuple[dict[str, Grid], tuple[Finding, ...]]:
    """Return the tables with one cell of `lines` changed, and every finding about them.

    A figure of a project (or of project × source) changes on all its rows. Where `disbursed` changes, the rows
    of *history* keep up: that of the day *dated* says the same, none before it more, none after it less. Control
    totals move along.
    """
    log, lines = Log(), grids["lines"]
    declared = lines.table.column(column)
    cell = read_column(lines, declared, pd.Series([value], dtype=object), log, at=line)
    names = ("project_id", "source") if declared.per_source else ("project_id",)
    rows = np.array([line])
    if declared.per_project or declared.per_source:
        same = [lines.values(name) == lines.values(name)[line] for name in names]
        rows = np.flatnonzero(np.logical_and.reduce(same))
    made = dict(grids)
    made["lines"] = _with(lines, column, rows, cell.data[0], known=bool(cell.known[0]))
    if column == "disbursed":
        moved = int(cell.data[0]) - int(lines.values("disbursed")[line])
        if "history" in grids:
            made["history"] = _history(grids["history"], lines, line, int(cell.data[0]), dated)
        if "controls" in grids:
            made["controls"] = _controls(grids["controls"], lines, line, moved)
    check_lines(made["lines"], made.get("sources"), log)
    check_others(made, log)
    return made, tuple(log.findings)


def _with(grid: Grid, name: str, rows: np.ndarray, value: object, *, known: bool) -> Grid:
    """Return a table in which some cells of a column say *value*; an empty cell with a default says that."""
    default = grid.table.column(name).default
    data, there = grid.values(name).copy(), grid.known(name).copy()
    fills = not known and default is not None
    data[rows], there[rows] = default if fills else value, known or fills
    columns = {**grid.columns, name: Cells(data, there)}
    return replace(grid, columns=columns, given=grid.given | {name})


def _history(history: Grid, lines: Grid, line: int, paid: int, dated: str) -> Grid:
    dates, figures = history.values("date"), history.values("disbursed")
    mine = (line_positions(history, lines) == line) & history.known("disbursed")
    year = str(lines.values("plan_year").max(initial=0))
    now, day = mine & (dates >= f"{year}-01-01"), dated or "9999"
    figures = np.where(now & (dates <= day), np.minimum(figures, paid), figures)
    figures = np.where(now & (dates >= day), np.maximum(figures, paid), figures)
    if (figures == history.values("disbursed")).all():
        return history
    columns = {**history.columns, "disbursed": Cells(figures, history.known("disbursed"))}
    return replace(history, columns=columns)


def _controls(controls: Grid, lines: Grid, line: int, moved: int) -> Grid:
    if "disbursed" not in controls:
        return controls
    totals, known = controls.values("disbursed").copy(), controls.known("disbursed")
    for at, by, key, year in control_scopes(controls):
        if known[at] and in_scope(lines, by, key, year)[line]:
            totals[at] += moved
    return replace(controls, columns={**controls.columns, "disbursed": Cells(totals, known)})
