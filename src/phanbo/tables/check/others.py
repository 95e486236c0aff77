"""The checks of the optional tables, each against `lines`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from phanbo.tables.check.grid import shown
from phanbo.tables.check.reconcile import control_balances

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from phanbo.money import Ints
    from phanbo.tables.check.grid import Grid, Log

__all__ = ["AMBIGUOUS_LINE", "NO_KEY", "OWNER_ROW", "UNKNOWN_LINE", "check_others", "line_positions"]

UNKNOWN_LINE, OWNER_ROW, NO_KEY, AMBIGUOUS_LINE = -1, -2, -3, -4


def check_others(grids: Mapping[str, Grid], log: Log) -> None:
    """Say what in the optional tables is wrong or doubtful."""
    lines = grids["lines"]
    for name in ("history", "schedule"):
        if name in grids:
            _series(grids[name], lines, log)
    if "schedule" in grids:
        month = grids["schedule"].values("month")
        at = np.flatnonzero(grids["schedule"].known("month") & ((month < 1) | (month > 12)))
        log.rows("month-out-of-range", grids["schedule"], at, "month", value=month[at])
    for name in ("sources", "owners", "reports", "controls"):
        if name in grids:
            _duplicates(grids[name], log)
    if "sources" in grids:
        _inflow(grids["sources"], lines, log)
    if "controls" in grids:
        _controls(grids["controls"], lines, log)


def line_positions(grid: Grid, lines: Grid) -> Ints:
    """Return for every row of `history` or `schedule` the position of its line.

    A row without one is `UNKNOWN_LINE`, `OWNER_ROW` (a figure of a whole owner), `NO_KEY` or
    `AMBIGUOUS_LINE` (its parts fit several lines).
    """
    names = ("project_id", "source", "plan_year")
    this_year = int(lines.values("plan_year").max(initial=0))
    years = np.where(grid.known("plan_year"), grid.values("plan_year"), this_year)
    parts = (grid.values("project_id"), grid.values("source"), years)
    positions = np.full(len(grid), NO_KEY, dtype=np.int64)
    if "owner" in grid.table.names:
        positions[grid.known("owner") & ~grid.known("project_id")] = OWNER_ROW
    by_parts = grid.known("project_id") & grid.known("source")
    positions[by_parts] = _found([lines.values(name) for name in names], parts)[by_parts]
    by_id = grid.known("line_id")
    positions[by_id] = _found([lines.values("line_id")], [grid.values("line_id")])[by_id]
    return positions


def _found(known: Sequence[NDArray[Any]], asked: Sequence[NDArray[Any]]) -> Ints:
    """Return where each row of the *asked* columns stands among the *known* ones."""
    code = np.zeros(len(known[0]) + len(asked[0]), dtype=np.int64)
    for here, there in zip(known, asked, strict=True):
        part, distinct = pd.factorize(np.concatenate([here, there]))
        code = pd.factorize(code * len(distinct) + part)[0].astype(np.int64)
    mine, theirs = code[: len(known[0])], code[len(known[0]) :]
    place = np.full(code.max(initial=-1) + 1, UNKNOWN_LINE, dtype=np.int64)
    place[mine] = np.arange(len(mine))
    place[np.bincount(mine, minlength=len(place)) > 1] = AMBIGUOUS_LINE
    return place[theirs]


def _key(grid: Grid, at: int) -> str:
    """Return the key of a row as a reader would say it."""
    parts = [str(grid.values(name)[at]) for name in grid.table.key if grid.known(name)[at]]
    return "/".join(parts)


def _keys(grid: Grid, rows: Ints) -> list[str]:
    return [_key(grid, int(at)) for at in rows]


def _series(grid: Grid, lines: Grid, log: Log) -> None:
    """Every row has its line, once a date; cumulative figures do not fall within a year."""
    positions = line_positions(grid, lines)
    for code, kind in (
        ("history-no-key", NO_KEY),
        ("history-ambiguous", AMBIGUOUS_LINE),
        ("history-unknown-line", UNKNOWN_LINE),
    ):
        at = np.flatnonzero(positions == kind)
        log.rows(code, grid, at, "line_id", key=_keys(grid, at), value=_keys(grid, at))
    when = "date" if grid.table.name == "history" else "month"
    owners = grid.values("owner") if when == "date" else np.full(len(grid), "", dtype=object)
    whose = np.where(positions == OWNER_ROW, len(lines) + pd.factorize(owners)[0], positions)
    usable = ((positions >= 0) | (positions == OWNER_ROW)) & grid.known(when) & grid.known("disbursed")
    moments = np.where(usable, grid.values(when), grid.values(when).max() if len(grid) else 0)
    rows = np.flatnonzero(usable)
    rows = rows[np.lexsort((pd.factorize(moments, sort=True)[0][rows], whose[rows]))]
    earlier, later = rows[:-1], rows[1:]
    same = whose[earlier] == whose[later]
    again = same & (moments[earlier] == moments[later])
    keys = _keys(grid, later[again])
    log.rows("duplicate-key", grid, later[again], when, earlier[again], key=keys, value=keys)
    falls = np.flatnonzero(
        same & ~again & (grid.values("disbursed")[later] < grid.values("disbursed")[earlier])
    )
    if when == "date":  # every year begins at nothing
        falls = falls[[moments[earlier[i]][:4] == moments[later[i]][:4] for i in falls]]
    words: dict[str, Sequence[object] | NDArray[Any]] = {
        "date": [str(moment) for moment in moments[later[falls]]],
        "value": grid.values("disbursed")[later[falls]],
        "limit": grid.values("disbursed")[earlier[falls]],
    }
    log.rows("history-falls", grid, later[falls], "disbursed", None, **words)


def _duplicates(grid: Grid, log: Log) -> None:
    seen: dict[str, int] = {}
    for at in range(len(grid)):
        key = "\x1f".join(f"{grid.values(name)[at]}{grid.known(name)[at]}" for name in grid.table.key)
        if key in seen:
            label = _key(grid, at)
            log.rows(
                "duplicate-key", grid, [at], grid.table.key[0], others=[seen[key]], key=label, value=label
            )
        seen.setdefault(key, at)


def _inflow(sources: Grid, lines: Grid, log: Log) -> None:
    inflow, names = sources.values("inflow"), sources.values("source")
    at = np.flatnonzero(inflow > 0)
    log.rows("inflow-positive", sources, at, "inflow", value=inflow[at])
    used = set(lines.values("source").tolist())
    at = np.array(
        [i for i, name in enumerate(names.tolist()) if inflow[i] != 0 and name not in used], dtype=np.int64
    )
    log.rows("source-unknown", sources, at, "source", value=names[at])


def _controls(controls: Grid, lines: Grid, log: Log) -> None:
    """Totals to reconcile with, to the đồng; of all plan years unless one is named."""
    for at, balance in control_balances(controls, lines):
        if balance is None:
            log.rows("control-key-unknown", controls, [at], "key", value=[controls.values("key")[at]])
        elif balance.gap:
            words = {
                "key": balance.label,
                "sum": shown(balance.added),
                "value": shown(balance.stated),
                "gap": shown(balance.gap),
            }
            log.rows("control-differs", controls, [at], balance.column, None, **words)
