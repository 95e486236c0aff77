"""What the tables say against each other: every doubt and every contradiction, all at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from phanbo.tables.check.clean import clean
from phanbo.tables.check.codes import check_codes
from phanbo.tables.check.complete import complete, with_defaults
from phanbo.tables.check.grid import Log
from phanbo.tables.check.lines import check_lines
from phanbo.tables.check.others import check_others
from phanbo.tables.check.reconcile import stated_balances
from phanbo.tables.check.renames import rename_owners
from phanbo.tables.check.scale import check_scale
from phanbo.tables.schema import LINES, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from phanbo.errors import Finding
    from phanbo.tables.check.grid import Grid
    from phanbo.tables.check.reconcile import Balance
    from phanbo.tables.check.statements import Statement

__all__ = ["Examined", "examine", "in_order"]


@dataclass(frozen=True, slots=True)
class Examined:
    """Tables read and checked.

    Attributes
    ----------
    grids : dict of str to Grid
        The canonical tables; usable only where no finding is an error.
    repairs : tuple of Finding
        What the readers found and what reading the cells showed.
    doubts : tuple of Finding
        What the checks of the finished tables showed.
    statements : tuple of Statement
        The totals the file itself states.
    """

    grids: dict[str, Grid]
    repairs: tuple[Finding, ...]
    doubts: tuple[Finding, ...]
    statements: tuple[Statement, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, in the order of tables, sheets and rows."""
        return in_order((*self.repairs, *self.doubts))

    @property
    def stated(self) -> list[Balance]:
        """Every control total and every total the file states, beside what the lines add up to."""
        return stated_balances(self.grids, self.statements)


def examine(frames: Mapping[str, pd.DataFrame], findings: Iterable[Finding] = ()) -> Examined:
    """Read and check raw frames (đồng, columns named as in the schema); raise nothing.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        Table name to cells as read. Beside the schema's columns a frame may have ``_sheet`` and ``_row``,
        ``attrs["letters"]`` (sheet → column → spreadsheet letter), ``attrs["plain"]`` (only text in the
        file, so that digits in a text are no repair) and ``attrs["statements"]`` (totals the file states).
    findings : iterable of Finding
        What the reader itself found.
    """
    log = Log(findings)
    statements = tuple(each for frame in frames.values() for each in frame.attrs.get("statements", ()))
    grids = {
        name: clean(declared, frames[name], log)
        for name, declared in TABLES.items()
        if frames.get(name) is not None
    }
    if "lines" not in grids or not len(grids["lines"]):
        log.whole("no-lines", LINES)
        return Examined(grids, in_order(log.findings), (), statements)
    rename_owners(grids, log)
    grids["lines"] = complete(grids["lines"], log)
    for name in grids.keys() - {"lines"}:
        grids[name] = with_defaults(grids[name])
        grids[name] = grids[name].take(row_order(grids[name]))
    doubts = Log()
    check_lines(grids["lines"], grids.get("sources"), doubts)
    check_codes(grids["lines"], doubts)
    check_scale(grids, doubts)
    check_others(grids, doubts)
    grids["lines"].remembered.clear()  # needed no more
    return Examined(grids, in_order(log.findings), in_order(doubts.findings), statements)


def row_order(grid: Grid) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the canonical order of a table's rows: by its key, then by all its columns."""
    names = [*grid.table.key, *(name for name in grid.table.names if name not in grid.table.key)]
    ranks = []
    for name in names:
        if name in grid.columns:
            codes, _ = pd.factorize(grid.values(name), sort=True)
            ranks.append(np.where(grid.known(name), codes, -1))
    return np.lexsort(ranks[::-1]) if ranks else np.arange(len(grid))


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings by table, sheet and row, as they stand in the file; equal ones once."""
    tables = list(TABLES)

    def place(finding: Finding) -> tuple[int, str, int, str, str]:
        table = tables.index(finding.table) if finding.table in tables else -1
        return table, finding.sheet, finding.row or 0, finding.column, finding.code

    return tuple(sorted(dict.fromkeys(findings), key=place))
