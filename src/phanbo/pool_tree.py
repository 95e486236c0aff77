"""Where capital may flow: the pool of every line, drawn by the keys of a rulebook (*model* §3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from phanbo.authority import (
    LOCAL_LEVELS,
    Delegation,
    PoolKey,
    budget_of,
    decided,
    entry_of,
    level_of,
    walled,
)
from phanbo.case import Pools
from phanbo.errors import DataError, Finding
from phanbo.grouping import joint_codes
from phanbo.money import Ints
from phanbo.portfolio import Portfolio
from phanbo.words import AUTHORITY, LEVEL, word

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["MOVES", "POOL_COLUMNS", "draw_pools", "entries_of"]

POOL_COLUMNS = ("source", "sector", "programme", "component", "nature", "loan", "locality")
UNKNOWN = {
    "sector": ("chưa rõ ngành", "project_id"),
    "loan": ("chưa rõ hiệp định", "project_id"),
    "locality": ("chưa rõ địa bàn", "owner"),
}
"""Where a table is silent, the wall is drawn around this. An owner of a district's or commune's budget is a unit of that
locality and spends from no other's; a sector or a loan is a matter of the project. Without the column, too, but for
sectors: then no wall between them is drawn."""


@dataclass(frozen=True, eq=False)
class _Drawn:
    """The pool of each line, and of each pool its name, its entry, key and level."""

    pool: Ints
    names: list[str]
    entries: list[str]
    keys: list[PoolKey]
    levels: list[str]


def draw_pools(
    by_kind: Mapping[str, PoolKey],
    portfolio: Portfolio,
    *,
    levels: tuple[str, ...],
    delegation: Delegation | None,
    hands: tuple[str, ...] | None,
) -> Pools:
    """Return pools, leaves, inflows and authority.

    Parameters
    ----------
    levels : tuple of str
        Levels of budget of the regime.
    delegation : Delegation or None
    hands : tuple of str or None
        The authorities at hand (``Policy.authority``): without that between sectors, sectors are walls.

    Raises
    ------
    DataError
        When a source with an inflow lies in several pools, so that nobody can say which one shrinks; when a
        line is called as a pool's reserve, shortfall or inflow is; when a source is of a level that is no more;
        when the table of sources puts money of different law into one pool.
    """
    _refuse_levels(portfolio, levels)
    drawn = _drawn(by_kind, portfolio, hands)
    _refuse_mixed(drawn, by_kind, portfolio)
    pool, names = drawn.pool, drawn.names
    _refuse_namesakes(names, portfolio)
    leaf, some = joint_codes((pool, names), portfolio.codes("owner"))
    first = joint_codes((pool, names))[1]
    named = [
        _said_of_source(portfolio, "authority").get(s, "") for s in portfolio.text("source")[first].tolist()
    ]
    within, between, across, totals = (
        tuple(
            decided(key, level, delegation, **move).code
            for key, level in zip(drawn.keys, drawn.levels, strict=True)
        )
        for move in MOVES
    )
    silent = [not key.totals for key in drawn.keys]
    totals = tuple(
        said if said and free else code for said, free, code in zip(named, silent, totals, strict=True)
    )
    return Pools(
        names=tuple(names),
        pool=pool,
        leaf=leaf,
        leaf_pool=pool[some],
        leaf_owner=tuple(portfolio.text("owner")[some].tolist()),
        inflow=_inflows(portfolio, pool, len(names)),
        within=within,
        between=tuple(said or code for said, code in zip(named, between, strict=True)),
        across=tuple(
            code if key.across_sectors else "" for key, code in zip(drawn.keys, across, strict=True)
        ),
        totals=totals,
        sector=_sectors(portfolio),
        kinds=tuple(drawn.entries),
        levels=tuple(drawn.levels),
    )


MOVES = (
    {"same_owner": True},
    {"same_owner": False},
    {"same_owner": True, "same_sector": False},
    {"same_owner": False, "totals_kept": False},
)
"""Inside an owner, between owners, between sectors, with another total."""


def entries_of(
    by_kind: Mapping[str, PoolKey], portfolio: Portfolio
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Return the pool entry that governs each line, and its level of budget."""
    alike, some = joint_codes(*(portfolio.codes(name) for name in ("kind", "source", "programme")))
    said, found = _said_of_source(portfolio, "level"), []
    columns = (portfolio.text(name)[some].tolist() for name in ("kind", "source", "programme"))
    for kind, source, programme in zip(*columns, strict=True):
        level = level_of(kind, said.get(source, ""))
        found.append((entry_of(by_kind, kind, level, programme=bool(programme)), level))
    entries, levels = np.array(found, dtype=object).reshape(-1, 2)[alike].T
    return entries, levels


def _drawn(by_kind: Mapping[str, PoolKey], portfolio: Portfolio, hands: tuple[str, ...] | None) -> _Drawn:
    """Return the pool of each line, and the name of each pool with the key of one of its lines.

    A name is made once for all lines that agree in every column it may rest on.
    """
    entry, level = entries_of(by_kind, portfolio)
    whole = portfolio.says("source", *_moved_sources(portfolio))
    # Where nobody at hand may cross sectors they are walls; a source with an inflow stays whole: one pool bears it.
    barred = {e for e, key in by_kind.items() if hands is not None and key.across_sectors not in ("", *hands)}
    parted = np.isin(entry.astype(str), [*barred]) & ~whole
    law, rows = joint_codes(
        _numbered(entry), _numbered(level), portfolio.codes("kind"), (parted.astype(np.int64), "ab")
    )
    told = zip(entry[rows].tolist(), portfolio.text("kind")[rows].tolist(), level[rows].tolist(), strict=True)
    keys = [
        replace(key, key=(*key.key, "sector")) if part and "sector" not in key.key else key
        for key, part in zip((walled(by_kind, *each) for each in told), parted[rows].tolist(), strict=True)
    ]
    columns = {name: _wall(name, [name in key.key for key in keys], law, portfolio) for name in POOL_COLUMNS}
    alike, some = joint_codes(
        (law, keys), portfolio.codes("plan_year"), portfolio.codes("source"), *columns.values()
    )
    names = _names([keys[k] for k in law[some].tolist()], portfolio, some)
    pool, distinct = pd.factorize(np.array(names, dtype=object), sort=True)
    pool = pool.astype(np.int64)
    # Of entries that say the same the first in the alphabet is cited, whatever the order of the lines.
    alphabetic = np.lexsort((some, law[some]))
    first = some[alphabetic][np.unique(pool[alphabetic], return_index=True)[1]]
    governing = [keys[k] for k in law[first].tolist()]
    return _Drawn(pool[alike], distinct.tolist(), entry[first].tolist(), governing, level[first].tolist())


def _numbered(values: NDArray[np.object_]) -> tuple[Ints, list[str]]:
    codes, distinct = pd.factorize(values, sort=True)
    return codes.astype(np.int64), distinct.tolist()


def _wall(name: str, used: list[bool], law: Ints, portfolio: Portfolio) -> tuple[Ints, range]:
    """Number the lines by a column where their key rests on it; where it is blank, by what stands in for it."""
    codes, distinct = portfolio.codes(name)
    size = len(distinct)
    if name in UNKNOWN and name in ("loan", "locality", *portfolio.given):
        other, others = portfolio.codes(UNKNOWN[name][1])
        codes, size = np.where(portfolio.text(name) == "", size + other, codes), size + len(others)
    return np.where(np.array(used, dtype=bool)[law], codes + 1, 0), range(size + 1)


def _names(keys: list[PoolKey], portfolio: Portfolio, lines: Ints) -> list[str]:
    """Return the name of the pool of some lines, each with its key.

    A wall that the table does not state is drawn around what stands in for it; without its column sectors are unchecked.
    """
    columns = {name: portfolio.text(name)[lines].tolist() for name in POOL_COLUMNS}
    years = portfolio.integer("plan_year")[0][lines]
    for name, (unknown, other) in UNKNOWN.items():
        if name in ("loan", "locality", *portfolio.given):
            others = portfolio.text(other)[lines].tolist()
            columns[name] = [text or f"{unknown}: {o}" for text, o in zip(columns[name], others, strict=True)]
    named = _said_of_source(portfolio, "pool")
    names = []
    for i, (key, year) in enumerate(zip(keys, years.tolist(), strict=True)):
        head, *rest = (columns[part][i] for part in key.key)
        usual = " · ".join([head, *filter(None, rest)])
        names.append(f"{named.get(columns['source'][i], usual)} · {year}")
    return names


def _sectors(portfolio: Portfolio) -> Ints:
    """Return the number of each line's sector; an unknown one is its project's own, without the column all are one."""
    if "sector" not in portfolio.given:
        return np.zeros(len(portfolio), dtype=np.int64)
    used = _wall("sector", [True], np.zeros(len(portfolio), dtype=np.int64), portfolio)
    return joint_codes(used)[0]


def _refuse_mixed(drawn: _Drawn, by_kind: Mapping[str, PoolKey], portfolio: Portfolio) -> None:
    """Refuse a pool of money that different bodies decide on, of different levels or budgets; whatever the order of lines."""
    entry, level = entries_of(by_kind, portfolio)
    some = joint_codes(
        (drawn.pool, drawn.names), portfolio.codes("source"), _numbered(entry), portfolio.codes("kind")
    )[1]
    asked = _said_of_source(portfolio, "authority")
    laws: dict[int, dict[tuple[str, ...], list[str]]] = {}
    for line in some.tolist():
        key, source = by_kind[entry[line]], str(portfolio.text("source")[line])
        between = asked.get(source, "") or key.between
        money = level[line], budget_of(str(portfolio.text("kind")[line]))
        law = (*money, key.within, between, key.across_sectors, key.totals or between)
        laws.setdefault(int(drawn.pool[line]), {}).setdefault(law, []).append(source)
    findings = [_mixed(drawn.names[pool], found) for pool, found in sorted(laws.items()) if len(found) > 1]
    if findings:
        raise DataError(findings)


def _mixed(pool: str, laws: Mapping[tuple[str, ...], list[str]]) -> Finding:
    told = {
        lang: "; ".join(sorted(_law_words(law, sources, lang) for law, sources in laws.items()))
        for lang in ("vi", "en")
    }
    return Finding(
        code="pool-mixed",
        severity="error",
        table="sources",
        column="pool",
        value=pool,
        message_vi=f"bể vốn “{pool}” gộp các nguồn không cùng luật: {told['vi']}",
        message_en=f"pool {pool!r} mixes sources of different law: {told['en']}",
        mend_vi="bảng sources, cột pool: đặt tên bể riêng cho mỗi nhóm nguồn trên, hoặc để trống",
        mend_en="table sources, column pool: name a pool of its own for each group above, or leave it empty",
    )


def _law_words(law: tuple[str, ...], sources: list[str], lang: str) -> str:
    level, budget, _, between, across, totals = law
    names = ", ".join(f"“{source}”" for source in sorted(set(sources)))
    moves = zip(MOVED[lang == "en"], (between, across, totals), strict=True)
    decide = ", ".join(f"{move} {word(AUTHORITY, code, lang)}" for move, code in moves if code)
    return f"{names} ({BUDGET[budget][lang == 'en']}, {word(LEVEL, level, lang)}; {decide})"


BUDGET = {
    "central": ("vốn trung ương", "central capital"),
    "foreign": ("vốn nước ngoài", "foreign capital"),
    "local": ("vốn địa phương", "local capital"),
}
MOVED = (
    ("giữa các đơn vị:", "giữa các ngành:", "đổi tổng vốn:"),
    ("between owners:", "between sectors:", "changed totals:"),
)


def _refuse_levels(portfolio: Portfolio, levels: tuple[str, ...]) -> None:
    """Refuse sources of a level of budget that the regime does not have."""
    findings = list(_without_level(portfolio, levels))
    if findings:
        raise DataError(findings)


def _without_level(portfolio: Portfolio, levels: tuple[str, ...]) -> Iterator[Finding]:
    said, of_kind = _said_of_source(portfolio, "level"), _said_of_source(portfolio, "kind")
    codes, sources = portfolio.codes("source")
    first = joint_codes((codes, sources))[1]
    for line in first.tolist():
        source, kind = (str(portfolio.text(name)[line]) for name in ("source", "kind"))
        level = level_of(kind, said.get(source, ""))
        if level not in LOCAL_LEVELS or level in levels:
            continue
        column = "kind" if source in of_kind and kind == level else "level" if kind != level else ""
        place: dict[str, Any] = {"table": "sources", "column": column}
        if not column:
            origin = portfolio.origins.iloc[line]
            sheet, row = str(origin["sheet"]), int(origin["row"])
            place = {"table": "lines", "column": "source", "sheet": sheet, "row": row}
        vi, en = GONE[level]
        yield Finding(
            code="level-gone",
            severity="error",
            value=source,
            message_vi=f"nguồn “{source}” thuộc ngân sách {vi}, cấp này không có trong bộ quy định",
            message_en=f"source {source!r} is of the {en} budget, a level this rulebook does not have",
            mend_vi=MEND[level][0],
            mend_en=MEND[level][1],
            **place,
        )


GONE = {"district": ("cấp huyện", "district"), "commune": ("cấp xã", "commune")}
MEND = {
    "district": (
        "cấp huyện không còn từ 01/7/2025: chuyển nguồn về cấp xã hoặc cấp tỉnh như đã bàn giao, bảng sources cột kind/level",
        "districts are no more since 1 July 2025: give it to the commune or the province, table sources, columns kind/level",
    ),
    "commune": (
        "sửa cấp ngân sách của nguồn ở bảng sources cột kind/level, hoặc chọn bộ quy định có cấp xã",
        "mend the columns kind and level of the table sources, or choose a rulebook with that level",
    ),
}


def _moved_sources(portfolio: Portfolio) -> list[str]:
    """Return the sources whose total changes this year."""
    table = portfolio.sources
    if table is None or "inflow" not in table:
        return []
    return [
        str(s)
        for s, x in zip(table["source"], table["inflow"], strict=True)
        if not pd.isna(x) and int(x) != 0
    ]


def _said_of_source(portfolio: Portfolio, column: str) -> dict[str, str]:
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
