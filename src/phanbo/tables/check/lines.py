"""The checks of `lines`: names that differ, years that cannot be, amounts that contradict each other."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from phanbo.grouping import sum_of
from phanbo.tables.check.complete import first_of, groups, heads, kinds, plan_by
from phanbo.tables.schema.column import Type
from phanbo.tables.schema.vocabulary import KINDS, fold, sector_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from phanbo.money import Bools, Ints
    from phanbo.tables.check.grid import Grid, Log

__all__ = ["check_lines"]

_OLDEST = 5
"""Capital more than this many years old cannot still be carried over."""

_THIN, _MANY = 20, 20
_OUTLIER = 1000

_MOST = 2**60
"""Columns of money add up to at most this many đồng, so that no sum over lines leaves int64."""


def check_lines(grid: Grid, sources: Grid | None, log: Log) -> None:
    """Say what in the finished lines is wrong or doubtful."""
    _names(grid, log)
    _spellings(grid, sources, log)
    _years(grid, log)
    _totals(grid, log)
    _amounts(grid, log)
    _allocations(grid, log)
    _outliers(grid, log)
    _dates(grid, log)
    if "requested_increase" not in grid.given:
        log.whole("no-requests", grid.table, "requested_increase")


def _totals(grid: Grid, log: Log) -> None:
    """A column of money adds up to no more than can be added up exactly."""
    for column in grid.table.columns:
        if column.type is Type.MONEY and column.name in grid.given:
            amounts = np.abs(grid.values(column.name))
            total = sum_of(amounts) if amounts.astype(float).sum() < _MOST else sum(amounts.tolist())
            if total > _MOST:
                log.whole("total-too-large", grid.table, column.name, total=total, most=_MOST)


def _names(grid: Grid, log: Log) -> None:
    """One project has one owner, one name, one stage."""
    head = heads(grid, ("project_id",))
    this_year = grid.values("plan_year") == grid.values("plan_year").max(initial=0)
    for code, name in (
        ("two-owners", "owner"),
        ("project-name-differs", "project"),
        ("stage-differs", "stage"),
    ):
        values, known = grid.values(name), grid.known(name)
        differs = known & known[head] & (values != values[head])
        if name == "stage":  # a carried-over line keeps the stage of its own year
            differs &= this_year & this_year[head]
        at = np.flatnonzero(differs)
        words = {"key": grid.values("project_id")[at], "value": values[at], "first": values[head[at]]}
        log.rows(code, grid, at, name, others=head[at], **words)


def _spellings(grid: Grid, sources: Grid | None, log: Log) -> None:
    """Names that differ only in case or blanks, kinds of source spelt twice, texts that match nothing."""
    for spellings in _alike(_distinct(grid, "owner")[0].tolist()):
        log.whole("owner-spelling", grid.table, "owner", spellings=spellings)
    distinct, first = _distinct(grid, "source")
    distinct, first = distinct[distinct != ""], first[distinct != ""]
    kind = kinds(grid, sources)[first]
    listed = set() if sources is None else set(sources.values("source").tolist())
    unmatched = first[
        [not code and source not in listed for code, source in zip(kind, distinct, strict=True)]
    ]
    log.rows("source-unmatched", grid, unmatched, "source", value=grid.values("source")[unmatched])
    by_kind: dict[str, list[str]] = defaultdict(list)
    for code, source in zip(kind, distinct, strict=True):
        if code and source not in listed:
            by_kind[code].append(source)
    for code, texts in sorted(by_kind.items()):
        if len(texts) > 1:
            title = KINDS[code].title_vi
            log.whole("source-spelling", grid.table, "source", kind=title, spellings=_quoted(texts))
    if listed:
        absent = first[[source not in listed for source in distinct]]
        log.rows("source-unlisted", grid, absent, "source", value=grid.values("source")[absent])
    sectors, where = _distinct(grid, "sector")
    odd = where[[bool(text) and not sector_of(text) for text in sectors]]
    log.rows("sector-unmatched", grid, odd, "sector", value=grid.values("sector")[odd])


def _distinct(grid: Grid, name: str) -> tuple[NDArray[Any], Ints]:
    """Return the texts of a column in order, and the first row of each."""
    first = first_of(groups(grid, (name,)))
    texts = grid.values(name)[first]
    order = np.argsort(texts)
    return texts[order], first[order]


def _alike(texts: Iterable[str]) -> list[str]:
    """Return the groups of texts that are equal once folded."""
    same: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        same[fold(text)].append(text)
    return [_quoted(group) for _, group in sorted(same.items()) if len(group) > 1]


def _quoted(texts: Iterable[str]) -> str:
    return ", ".join(f"“{text}”" for text in sorted(texts))


def _years(grid: Grid, log: Log) -> None:
    years, known = grid.values("plan_year"), grid.known("plan_year")
    year = int(years.max(initial=0))
    wrong = known & ((years < year - _OLDEST) | (years < 2000) | (years > 2100))
    at = np.flatnonzero(wrong)
    log.rows("year-spread", grid, at, "plan_year", value=_plain(years[at]), year=str(year))
    newest = int(np.count_nonzero(years == year))
    if len(grid) >= _MANY and newest * _THIN < len(grid):
        log.whole("year-thin", grid.table, "plan_year", count=newest, all=len(grid), year=str(year))


def _plain(years: Ints) -> list[str]:
    return [str(year) for year in years.tolist()]


def _amounts(grid: Grid, log: Log) -> None:
    """Amounts against amounts: each pair is a doubt where both are known."""
    for code, larger, smaller in (
        ("over-plan", "disbursed", "plan"),
        ("over-plan", "offered_decrease", "plan"),
        ("over-disbursed", "advance_outstanding", "disbursed"),
        ("over-total", "allocated_to_date", "total_investment"),
        ("over-total", "total_investment_source", "total_investment"),
        ("over-medium-term", "medium_term_allocated", "medium_term_plan"),
        ("under-disbursed", "disbursed", "estimate_year_end"),
        ("under-disbursed", "disbursed", "absorb_p50"),
        ("under-disbursed", "disbursed", "disbursed_since_start"),
    ):
        high, low = grid.values(larger), grid.values(smaller)
        at = np.flatnonzero(_once(grid, larger) & grid.known(larger) & grid.known(smaller) & (high > low))
        if code == "under-disbursed":  # the doubtful figure is the smaller one
            log.rows(code, grid, at, smaller, value=low[at], limit=high[at])
        else:
            log.rows(code, grid, at, larger, value=high[at], limit=low[at])
    out_of_order = _falls(grid, "absorb_p10", "absorb_p50") | _falls(grid, "absorb_p50", "absorb_p90")
    at = np.flatnonzero(out_of_order | _falls(grid, "absorb_p10", "absorb_p90"))
    log.rows("absorb-order", grid, at, "absorb_p50", value=grid.values("absorb_p50")[at])


def _once(grid: Grid, name: str) -> Bools:
    """Return the rows a column is judged on: a project's figure stands on all its rows, one is enough."""
    column = grid.table.column(name)
    if not (column.per_project or column.per_source):
        return np.ones(len(grid), dtype=np.bool_)
    names = ("project_id", "source") if column.per_source else ("project_id",)
    first: Bools = heads(grid, names) == np.arange(len(grid))
    return first


def _falls(grid: Grid, low: str, high: str) -> Bools:
    falls: Bools = grid.known(low) & grid.known(high) & (grid.values(low) > grid.values(high))
    return falls


def _allocations(grid: Grid, log: Log) -> None:
    """Ask where an allocation that includes this year is below this year's plan."""
    for code, name, names in (
        ("allocated-below-plan", "allocated_to_date", ("project_id",)),
        ("medium-term-below-plan", "medium_term_allocated", ("project_id", "source")),
    ):
        if name not in grid.given:
            continue
        plan = plan_by(grid, names)
        once = heads(grid, names) == np.arange(len(grid))
        at = np.flatnonzero(once & grid.known(name) & (grid.values(name) < plan))
        log.rows(code, grid, at, name, value=grid.values(name)[at], limit=plan[at])


def _outliers(grid: Grid, log: Log) -> None:
    """Doubt plans a thousand times their source's median, or a thousandth of it, for their unit."""
    plan = grid.values("plan")
    used = np.flatnonzero(grid.known("plan") & (plan > 0))
    source = groups(grid, ("source",))
    medians = pd.Series(plan[used]).groupby(source[used]).transform("median").to_numpy()
    far = (plan[used] >= medians * _OUTLIER) | (plan[used] * _OUTLIER <= medians)
    at = used[far]
    log.rows("plan-outlier", grid, at, "plan", value=plan[at], limit=medians[far].astype(np.int64))


def _dates(grid: Grid, log: Log) -> None:
    start, finish = grid.values("schedule_start"), grid.values("schedule_finish")
    at = np.flatnonzero(_falls(grid, "schedule_start", "schedule_finish"))
    log.rows("years-crossed", grid, at, "schedule_finish", value=_plain(finish[at]), limit=_plain(start[at]))
    year = int(grid.values("plan_year").max(initial=0))
    last = f"{year + 1}-12-31"
    for column in grid.table.columns:
        if column.type is not Type.EVENT or column.name not in grid:
            continue
        values = grid.values(column.name)
        late = np.flatnonzero(values > last)
        at = late[[value[:1].isdigit() for value in values[late]]] if len(late) else late
        log.rows("date-after-year", grid, at, column.name, value=values[at], limit=str(year))
