"""What `lines` says between its cells: ids, project-wide figures given once, sums, defaults, order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from phanbo.tables.cells import Cells
from phanbo.tables.check.grid import TEXTUAL
from phanbo.tables.schema.column import Type
from phanbo.tables.schema.vocabulary import kind_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phanbo.money import Bools, Ints
    from phanbo.tables.check.grid import Grid, Log
    from phanbo.tables.schema.column import Column

__all__ = ["complete", "first_of", "groups", "heads", "kinds", "plan_by", "with_defaults"]


def complete(grid: Grid, log: Log) -> Grid:
    """Return the lines with ids, sorted by them, project-wide figures filled in, sums and defaults made."""
    _project_ids(grid, log)
    made = _line_ids(grid)
    order = np.argsort(grid.values("line_id"), kind="stable")
    grid, made = grid.take(order), made[order]
    _unique(grid, made, log)
    for column in grid.table.columns:
        if column.name in grid.given and (column.per_project or column.per_source):
            _fill(grid, column, log)
    _sum_up(grid, "allocated_to_date", "allocated_before", ("project_id",))
    _sum_up(grid, "medium_term_allocated", "medium_term_allocated_before", ("project_id", "source"))
    _defaults(grid)
    return grid


def groups(grid: Grid, names: tuple[str, ...]) -> Ints:
    """Return a number for every row, equal where all the named columns are."""
    code = grid.remember("groups", names[:1], _numbered)
    for count in range(2, len(names) + 1):
        if len(grid) and code.max() + 1 == len(grid):
            break  # every row is alone

        def parted(*_: NDArray[Any], whole: Ints = code, name: str = names[count - 1]) -> Ints:
            part = grid.remember("groups", (name,), _numbered)
            return _numbered(whole * (part.max(initial=0) + 1) + part) if part.any() else whole

        code = grid.remember("groups", names[:count], parted)
    return code


def _numbered(column: NDArray[Any]) -> Ints:
    return pd.factorize(column)[0].astype(np.int64)


def heads(grid: Grid, names: tuple[str, ...]) -> Ints:
    """Return for every row the first row that shares its named columns."""
    group = groups(grid, names)
    return first_of(group)[group]


def first_of(group: Ints) -> Ints:
    """Return the first row of each group 0, 1, …; every number must occur."""
    first = np.empty(group.max(initial=-1) + 1, dtype=np.int64)
    first[group[::-1]] = np.arange(len(group), dtype=np.int64)[::-1]
    return first


def plan_by(grid: Grid, names: tuple[str, ...]) -> Ints:
    """Return for every row this year's plan of all lines that share the named columns."""
    year = grid.values("plan_year").max(initial=0)
    group = groups(grid, names)
    total = np.zeros(group.max(initial=-1) + 1, dtype=np.int64)
    np.add.at(total, group, np.where(grid.values("plan_year") == year, grid.values("plan"), 0))
    return total[group]


def kinds(grid: Grid, sources: Grid | None) -> NDArray[Any]:
    """Return the built-in kind of every line's source: as the table of sources says, else by its text."""
    codes, texts = pd.factorize(grid.values("source"))
    said: dict[str, str] = {}
    if sources is not None:
        for source, name, kind in zip(
            sources.values("source"), sources.values("name"), sources.values("kind"), strict=True
        ):
            said[source] = kind or kind_of(source) or kind_of(name)
    found = np.array([said.get(text) or kind_of(text) for text in texts] + [""], dtype=object)
    return found[codes]


def _project_ids(grid: Grid, log: Log) -> None:
    """Make the missing project ids from owner and project name."""
    cells = grid.columns.setdefault("project_id", _empty(len(grid)))
    grid.given.add("project_id")
    named = grid.known("owner") & grid.known("project")
    missing = np.flatnonzero(~cells.known & named)
    log.rows("required-empty", grid, np.flatnonzero(~cells.known & ~named), "project_id")
    if not len(missing):
        return
    names = np.array(
        [
            f"{owner}/{project}"
            for owner, project in zip(
                grid.values("owner").tolist(), grid.values("project").tolist(), strict=True
            )
        ],
        dtype=object,
    )
    taken = np.concatenate([names[cells.known], cells.data[cells.known]])
    clash = pd.Index(names[missing]).isin(taken)
    log.rows("project-id-not-unique", grid, missing[clash], "project_id", value=names[missing[clash]])
    log.rows("project-id-made", grid, missing[~clash], "project_id", value=names[missing[~clash]])
    cells.data[missing] = names[missing]
    cells.known[missing] = True


def _empty(count: int) -> Cells:
    return Cells(np.full(count, "", dtype=object), np.zeros(count, dtype=np.bool_))


def _line_ids(grid: Grid) -> Bools:
    """Make the missing line ids from their parts; return where they were made."""
    cells = grid.columns.setdefault("line_id", _empty(len(grid)))
    grid.given.add("line_id")
    made = ~cells.known
    parts = ["project_id", "source", "plan_year", "component", "nature"]
    whole = grid.known("project_id") & grid.known("source") & grid.known("plan_year")
    rows = np.flatnonzero(made & whole)
    cells.data[rows] = [
        f"{project}/{source}/{year}{component and '/' + component}{nature and '/' + nature}"
        for project, source, year, component, nature in zip(
            *(grid.values(name)[rows].tolist() for name in parts), strict=True
        )
    ]
    for at in np.flatnonzero(made & ~whole).tolist():
        cells.data[at] = f"?{at}"  # an error already; its id must not collide with another's
    cells.known[made] = True
    return made


def _unique(grid: Grid, made: Bools, log: Log) -> None:
    """Say which rows share a key, each with the first that has it."""
    ids = grid.values("line_id")
    again = np.flatnonzero(ids[1:] == ids[:-1]) + 1
    first = np.searchsorted(ids, ids[again]) if len(again) else again
    log.rows("duplicate-key", grid, again, "line_id", others=first, key=ids[again], value=ids[again])
    head = heads(grid, ("project_id", "source", "plan_year", "component", "nature", "loan"))
    whole = grid.known("project_id") & grid.known("source") & grid.known("plan_year")
    twin = np.flatnonzero(whole & (head != np.arange(len(grid))) & (ids != ids[head]))
    open_ = made[twin] | made[head[twin]]
    for code, at in (("duplicate-key", twin[open_]), ("duplicate-parts", twin[~open_])):
        log.rows(code, grid, at, "line_id", others=head[at], key=ids[at], value=ids[at])


def _fill(grid: Grid, column: Column, log: Log) -> None:
    """Give all rows of a project (× source) the value that stands on one; say where two differ."""
    group = groups(grid, ("project_id", "source") if column.per_source else ("project_id",))
    if group.max(initial=-1) + 1 == len(grid):
        return  # every row is alone
    cells = grid.columns[column.name]
    speaking = np.flatnonzero(cells.known)
    first = np.full(group.max(initial=-1) + 1, -1, dtype=np.int64)
    first[group[speaking[::-1]]] = speaking[::-1]
    head = first[group]
    differs = np.flatnonzero(cells.known & (cells.data != cells.data[head]))
    code = "project-differs" if column.type is Type.MONEY else "project-differs-text"
    words = {"key": grid.values("project_id")[differs], "first": cells.data[head[differs]]}
    log.rows(code, grid, differs, column.name, others=head[differs], value=cells.data[differs], **words)
    filled = head >= 0
    cells.data = np.where(filled, cells.data[head], cells.data)
    cells.known = filled


def _sum_up(grid: Grid, total: str, before: str, names: tuple[str, ...]) -> None:
    """Make *total* where it is unknown: what was allocated *before* and this year's plan of the group."""
    if before not in grid.given:
        return
    cells = grid.columns.setdefault(
        total, Cells(np.zeros(len(grid), np.int64), np.zeros(len(grid), np.bool_))
    )
    made = ~cells.known & grid.known(before)
    cells.data = np.where(made, grid.values(before) + plan_by(grid, names), cells.data)
    cells.known = cells.known | made
    grid.given.add(total)


def with_defaults(grid: Grid) -> Grid:
    """Return an optional table with its empty cells filled in where empty has a meaning."""
    for column in grid.table.columns:
        if column.default is not None and column.name in grid.columns:
            _fill_in(grid.columns[column.name], column.default)
    return grid


def _defaults(grid: Grid) -> None:
    """Fill in what an empty cell or an absent column of the lines means, where its meaning is known."""
    for column in grid.table.columns:
        if column.name not in grid.columns:
            value = column.default if column.absent is None else column.absent
            if value is not None:
                kind = (
                    object if column.type in TEXTUAL else np.bool_ if column.type is Type.YES_NO else np.int64
                )
                data: NDArray[Any] = np.full(len(grid), value, dtype=kind)
                grid.columns[column.name] = Cells(data, np.ones(len(grid), np.bool_))
        elif column.default is not None:
            _fill_in(grid.columns[column.name], column.default)
    plan = grid.values("plan")
    start = grid.columns.setdefault("plan_initial", Cells(plan.copy(), np.zeros(len(grid), np.bool_)))
    start.data = np.where(start.known, start.data, plan)
    start.known = grid.known("plan") | start.known


def _fill_in(cells: Cells, value: int | bool | str) -> None:  # noqa: FBT001 - a cell, not a switch
    if not cells.known.all():
        cells.data = np.where(cells.known, cells.data, np.array(value, dtype=cells.data.dtype))
        cells.known = np.ones(len(cells.known), dtype=np.bool_)
