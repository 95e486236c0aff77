"""Where capital may flow: the pool of every line, drawn by the keys of a rulebook (*model* §3)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from phanbo.case import Pools
from phanbo.errors import DataError, Finding
from phanbo.grouping import joint_codes
from phanbo.money import Ints
from phanbo.portfolio import Portfolio
from phanbo.rules.base import Source

__all__ = ["POOL_COLUMNS", "PoolKey", "draw_pools"]

POOL_COLUMNS = ("source", "sector", "programme", "component", "nature", "loan")
UNKNOWN = {"sector": "chưa rõ ngành", "loan": "chưa rõ hiệp định"}


@dataclass(frozen=True, slots=True)
class PoolKey:
    """What keeps two lines of a kind of source apart, who decides moves inside and between owners, and by what law."""

    key: tuple[str, ...]
    within: str
    between: str
    source: Source


def draw_pools(by_kind: Mapping[str, PoolKey], portfolio: Portfolio) -> Pools:
    """Return pools, leaves, inflows and authority.

    Raises
    ------
    DataError
        When a source with an inflow lies in several pools, so that nobody can say which one shrinks; when a
        line is called as a pool's reserve, shortfall or inflow is.
    """
    pool, names, keys = _drawn(by_kind, portfolio)
    _refuse_namesakes(names, portfolio)
    leaf, some = joint_codes((pool, names), portfolio.codes("owner"))
    sources = portfolio.text("source")[joint_codes((pool, names))[1]].tolist()
    named = _named_by_source(portfolio, "authority")
    return Pools(
        names=tuple(names),
        pool=pool,
        leaf=leaf,
        leaf_pool=pool[some],
        leaf_owner=tuple(portfolio.text("owner")[some].tolist()),
        inflow=_inflows(portfolio, pool, len(names)),
        within=tuple(key.within for key in keys),
        between=tuple(named.get(source, key.between) for source, key in zip(sources, keys, strict=True)),
    )


def _drawn(by_kind: Mapping[str, PoolKey], portfolio: Portfolio) -> tuple[Ints, list[str], list[PoolKey]]:
    """Return the pool of each line, and the name of each pool with the key of its first line.

    A name is made once for all lines that agree in every column it may rest on.
    """
    alike, some = joint_codes(*(portfolio.codes(name) for name in ("kind", "plan_year", *POOL_COLUMNS)))
    kinds, programmes = (portfolio.text(name)[some].tolist() for name in ("kind", "programme"))
    keys = [
        by_kind["programme"] if programme else by_kind.get(kind, by_kind["default"])
        for kind, programme in zip(kinds, programmes, strict=True)
    ]
    # A wall that the table does not state is drawn around the project; without the column it is unchecked.
    blank = {name: portfolio.text(name)[some] == "" for name in UNKNOWN if name in ("loan", *portfolio.given)}
    lone = [any(blank[part][k] for part in key.key if part in blank) for k, key in enumerate(keys)]
    project, projects = portfolio.codes("project_id")
    row, lines = joint_codes(
        (alike, some), (np.where(np.array(lone, dtype=bool)[alike], project, 0), projects)
    )
    of_line = [keys[k] for k in alike[lines].tolist()]
    names = _names(of_line, portfolio, lines, blank.keys())
    pool, distinct = pd.factorize(np.array(names, dtype=object), sort=True)
    pool = pool.astype(np.int64)
    first = np.full(len(distinct), len(portfolio), dtype=np.int64)
    np.minimum.at(first, pool, lines)
    return pool[row], distinct.tolist(), [keys[k] for k in alike[first].tolist()]


def _names(keys: list[PoolKey], portfolio: Portfolio, lines: Ints, walls: Collection[str]) -> list[str]:
    """Return the name of the pool of some lines, each with its key; unknown *walls* are drawn by project."""
    columns = {name: portfolio.text(name)[lines].tolist() for name in POOL_COLUMNS}
    projects, years = portfolio.text("project_id")[lines], portfolio.integer("plan_year")[0][lines]
    for name in walls:
        columns[name] = [
            text or f"{UNKNOWN[name]}: {project}"
            for text, project in zip(columns[name], projects.tolist(), strict=True)
        ]
    named = _named_by_source(portfolio, "pool")
    names = []
    for i, (key, year) in enumerate(zip(keys, years.tolist(), strict=True)):
        head, *rest = (columns[part][i] for part in key.key)
        usual = " · ".join([head, *filter(None, rest)])
        names.append(f"{named.get(columns['source'][i], usual)} · {year}")
    return names


def _named_by_source(portfolio: Portfolio, column: str) -> dict[str, str]:
    """Return what a column of the sources table says of each source, where it says something."""
    table = portfolio.sources
    if table is None or column not in table:
        return {}
    pairs = zip(table["source"].tolist(), table[column].tolist(), strict=True)
    return {source: text for source, text in pairs if isinstance(text, str) and text}


def _refuse_namesakes(names: list[str], portfolio: Portfolio) -> None:
    """Refuse line ids that a transfer could not tell from ``reserve:<pool>`` and its like."""
    taken = {kind + pool for pool in names for kind in ("reserve:", "shortfall:", "inflow:")}
    findings = [
        Finding(
            code="line-id-reserved",
            severity="error",
            table="lines",
            column="line_id",
            value=line,
            message_vi=f"mã dòng vốn “{line}” trùng với tên dành cho bể vốn",
            message_en=f"line id {line!r} is the name of a pool's reserve, shortfall or inflow",
            mend_vi="đổi mã dòng vốn",
            mend_en="give the line another id",
        )
        for line in sorted(taken.intersection(portfolio.text("line_id").tolist()))
    ]
    if findings:
        raise DataError(findings)


def _inflows(portfolio: Portfolio, pool: Ints, count: int) -> Ints:
    """Return the inflow of each pool, from the sources table; this year's plan only."""
    inflow = np.zeros(count, dtype=np.int64)
    table = portfolio.sources
    if table is None or "inflow" not in table:
        return inflow
    findings = []
    for row in table.to_dict("records"):
        amount = row["inflow"]
        if not isinstance(amount, int | np.integer) or amount == 0:
            continue
        pools = np.unique(pool[portfolio.says("source", row["source"]) & ~portfolio.carried])
        if pools.size == 1:
            inflow[pools[0]] += int(amount)
        else:
            findings.append(_inflow_finding(row["source"], int(amount), int(pools.size)))
    if findings:
        raise DataError(findings)
    return inflow


def _inflow_finding(source: str, amount: int, pools: int) -> Finding:
    return Finding(
        code="inflow-pool",
        severity="error",
        table="sources",
        column="inflow",
        value=str(amount),
        message_vi=f"nguồn “{source}” có thay đổi nguồn thu nhưng nằm trong {pools} bể vốn của năm nay",
        message_en=f"source {source!r} has an inflow but lies in {pools} pools of this year",
        mend_vi="ghi cột pool của bảng sources để gom về một bể, hoặc tách nguồn",
        mend_en="name one pool in the column pool of the table sources, or split the source",
    )
