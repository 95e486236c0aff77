"""A dated legal regime: rules in order, priority classes, pool keys, authority, closing date.

A rulebook is a TOML file, built in (``vn-2020``) or the user's own; the rules it names are classes of
`phanbo.rules`.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from phanbo.calendar_file import read_toml, strict_date, what_is_wrong
from phanbo.case import Case, Pools
from phanbo.errors import DataError, Finding, RulebookError, RulebookUnavailable
from phanbo.grouping import joint_codes
from phanbo.money import Ints
from phanbo.policy import AUTHORITIES
from phanbo.portfolio import Portfolio
from phanbo.rulebook_text import with_entry, with_grant, without_entry
from phanbo.rules import RULES, Rule
from phanbo.rules.base import CONFIDENCE_VI, Source, Unchecked
from phanbo.rules.granted import grants_of, widened
from phanbo.rules.priority import CLASS_TESTS
from phanbo.tables.schema import KINDS

__all__ = ["PoolKey", "PriorityClass", "Rulebook", "load_rulebook", "parse_rulebook"]

PLANNED = ("vn-2025a", "vn-2025b")
POOL_COLUMNS = ("source", "sector", "programme", "component", "nature", "loan")
UNKNOWN = {"sector": "chưa rõ ngành", "loan": "chưa rõ hiệp định"}


@dataclass(frozen=True, slots=True)
class PriorityClass:
    """One class of the legal order (*thứ tự ưu tiên bố trí vốn*)."""

    code: str
    title_vi: str
    title_en: str
    source: Source

    def title(self, lang: str = "vi") -> str:
        """Return its title in Vietnamese or English."""
        return self.title_vi if lang == "vi" else self.title_en


@dataclass(frozen=True, slots=True)
class PoolKey:
    """What keeps two lines of a kind of source apart, and who decides moves inside and between owners."""

    key: tuple[str, ...]
    within: str
    between: str
    confidence: str


@dataclass(frozen=True)
class Rulebook:
    """A legal regime; immutable.

    Attributes
    ----------
    code, title_vi, title_en, version : str
    valid_from, valid_to : date
        Dates of a round it governs.
    closing : (month, day)
        Last day of payments, in the year after the plan year.
    rules : tuple of Rule
        In the order in which they are cited.
    classes : tuple of PriorityClass
        The legal order, first served first.
    pools_by_kind : mapping of str to PoolKey
    text : str
        The TOML it was read from.
    """

    code: str
    title_vi: str
    title_en: str
    version: str
    valid_from: dt.date
    valid_to: dt.date
    closing: tuple[int, int]
    rules: tuple[Rule, ...]
    classes: tuple[PriorityClass, ...]
    pools_by_kind: dict[str, PoolKey]
    text: str

    def closing_date(self, year: int) -> dt.date:
        """Return the last day on which payments count for a plan year."""
        return dt.date(year + 1, *self.closing)

    def covers(self, year: int) -> bool:
        """Return whether it governs rounds of a plan year."""
        return self.valid_from.year <= year <= self.valid_to.year

    def rule(self, code: str) -> Rule:
        """Return the rule with this code; `KeyError` if it has none."""
        for rule in self.rules:
            if rule.code == code:
                return rule
        raise KeyError(code)

    def with_rule(self, rule: Rule) -> Rulebook:
        """Return a rulebook with one more rule at the end, or with a rule of the same code replaced."""
        if any(old.code == rule.code for old in self.rules):
            rules = tuple(rule if old.code == rule.code else old for old in self.rules)
        else:
            rules = (*self.rules, rule)
        # A rule of phanbo's own is read back with its parameters; another one must be handed in again.
        own = type(rule) is RULES.get(rule.code) and len(rules) > len(self.rules)
        return replace(self, rules=rules, text=with_entry(self.text, rule, own=own))

    def without_rule(self, code: str) -> Rulebook:
        """Return a rulebook without one rule, for asking what the rule costs; never for a legal proposal."""
        rules = tuple(rule for rule in self.rules if rule.code != code)
        return replace(self, rules=rules, text=without_entry(self.text, code))

    def granting(self, relaxation: Iterable[Mapping[str, Any]]) -> Rulebook:
        """Return a rulebook whose rules allow what a relaxation of an infeasible round grants, and no more.

        `Policy.granting` takes the rest of ``InfeasibleRound.relaxation``. What was granted stands in the text.

        Raises
        ------
        RulebookError
            For an entry of a rule that is law, or that the rulebook does not have.
        """
        book = self
        for rule in grants_of(self.rules, relaxation):
            rules = tuple(rule if old.code == rule.code else old for old in book.rules)
            book = replace(book, rules=rules, text=with_grant(book.text, rule))
        return book

    def priority(self, case: Case) -> Ints:
        """Return the number of each line's class: the first whose test it passes."""
        number = np.full(len(case), len(self.classes) - 1, dtype=np.int64)
        for k in reversed(range(len(self.classes))):
            number[CLASS_TESTS[self.classes[k].code](case)] = k
        return number

    def unchecked(self, case: Case) -> list[Unchecked]:
        """Return the rules that miss a column, and on how many lines."""
        found = [gap for rule in self.rules for gap in rule.unchecked(case)]
        return [*found, *self._unchecked_classes(case), *self._unchecked_pools(case.portfolio)]

    def _unchecked_classes(self, case: Case) -> list[Unchecked]:
        given = case.portfolio.given
        transitional = int(case.portfolio.says("stage", "transitional").sum())
        gaps = [
            ("priority[transitional]", "schedule_finish", transitional),
            ("priority[oda]", "oda", len(case)),
            ("priority[ppp]", "ppp", len(case)),
        ]
        return [
            Unchecked(rule, column, lines) for rule, column, lines in gaps if column not in given and lines
        ]

    def _unchecked_pools(self, portfolio: Portfolio) -> list[Unchecked]:
        key = self.pools_by_kind.get("central_targeted")
        lines = int(portfolio.says("kind", "central_targeted").sum())
        if key is None or "sector" not in key.key or "sector" in portfolio.given or not lines:
            return []
        return [Unchecked("pool-balance", "sector", lines)]

    def pools(self, portfolio: Portfolio) -> Pools:
        """Return where capital may flow: pools, leaves, inflows, authority.

        Raises
        ------
        DataError
            When a source with an inflow lies in several pools, so that nobody can say which one shrinks; when a
            line is called as a pool's reserve, shortfall or inflow is.
        """
        pool, names, keys = _drawn(self.pools_by_kind, portfolio)
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


def _drawn(by_kind: dict[str, PoolKey], portfolio: Portfolio) -> tuple[Ints, list[str], list[PoolKey]]:
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


def load_rulebook(name: str | Path = "vn-2020") -> Rulebook:
    """Load a rulebook: a built-in name (``"vn-2020"``) or the path of a TOML file.

    Raises
    ------
    RulebookUnavailable
        For a regime this version does not cover yet.
    RulebookError
        When there is no such rulebook, or the file cannot be used.
    """
    if name in PLANNED:
        raise RulebookUnavailable(
            f"Chế độ pháp lý {name} chưa có trong bản này. phanbo hiện phục vụ năm kế hoạch 2021–2024 (vn-2020).",
            f"The regime {name} is not available yet. phanbo now serves plan years 2021–2024 (vn-2020).",
            {"name": str(name), "available": ["vn-2020"]},
        )
    built_in = resources.files("phanbo") / "rulebooks" / f"{name}.toml"
    if isinstance(name, str) and "/" not in name and built_in.is_file():
        return parse_rulebook(built_in.read_text(encoding="utf-8"))
    path = Path(name)
    if not path.is_file():
        raise RulebookError(
            f"Không có bộ quy định “{name}”. Có sẵn: vn-2020; hoặc đưa đường dẫn tới một tệp TOML.",
            f"There is no rulebook {str(name)!r}. Built in: vn-2020; or give the path of a TOML file.",
            {"name": str(name)},
        )
    return parse_rulebook(read_toml(path, RulebookError))


def parse_rulebook(text: str) -> Rulebook:
    """Return the rulebook a TOML text describes; `RulebookError` says what is wrong."""
    try:
        return _build(tomllib.loads(text), text)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        vi, en = what_is_wrong(error)
        raise RulebookError(
            f"Tệp quy định không dùng được: {vi}.", f"The rulebook cannot be used: {en}.", {"reason": en}
        ) from error


def _build(raw: dict[str, Any], text: str) -> Rulebook:
    removed = {entry["code"] for entry in raw["rule"] if entry.get("removed")}
    unknown = [
        entry["code"]
        for entry in raw["rule"]
        if entry["code"] not in removed and (entry["code"] not in RULES or entry.get("custom"))
    ]
    if unknown:
        raise RulebookError(
            f"Không có quy định: {', '.join(unknown)}. Quy định tự viết phải được đưa vào bằng rulebook.with_rule(…).",
            f"Unknown rules: {', '.join(unknown)}. A rule of one's own is added by rulebook.with_rule(…).",
            {"rules": unknown},
        )
    classes = tuple(
        PriorityClass(
            c["code"], c["title_vi"], c["title_en"], Source(c["document"], c["article"], c["confidence"])
        )
        for c in raw["class"]
    )
    pools = {
        kind: PoolKey(tuple(p["key"]), p["within"], p["between"], p["confidence"])
        for kind, p in raw["pool"].items()
    }
    strange = _strange(raw, classes, pools)
    if strange:
        raise ValueError(f"unknown, missing or repeated entries: {', '.join(strange)}")
    valid_from, valid_to = strict_date(raw["valid_from"]), strict_date(raw["valid_to"])
    if valid_to < valid_from:
        raise ValueError(f"valid_to {valid_to} lies before valid_from {valid_from}")
    closing = (int(raw["closing_month"]), int(raw["closing_day"]))
    dt.date(2023, *closing)  # a day of any year
    return Rulebook(
        code=raw["code"],
        title_vi=raw["title_vi"],
        title_en=raw["title_en"],
        version=raw["version"],
        valid_from=valid_from,
        valid_to=valid_to,
        closing=closing,
        rules=widened(
            (
                RULES[entry["code"]](**entry.get("parameters", {}))
                for entry in raw["rule"]
                if entry["code"] not in removed and not entry.get("custom")
            ),
            raw.get("granted", ()),
        ),
        classes=classes,
        pools_by_kind=pools,
        text=text,
    )


def _strange(raw: dict[str, Any], classes: tuple[PriorityClass, ...], pools: dict[str, PoolKey]) -> list[str]:
    """Return the entries a rulebook may not have, and those it lacks."""
    codes = [entry["code"] for entry in raw["rule"] if not entry.get("removed") and not entry.get("custom")]
    codes += [c.code for c in classes]
    strange = sorted({code for code in codes if codes.count(code) > 1})
    strange += [c.code for c in classes if c.code not in CLASS_TESTS]
    strange += [kind for kind in pools if kind not in (*KINDS, "default", "programme")]
    for pool in pools.values():
        strange += [code for code in (pool.within, pool.between) if code not in AUTHORITIES]
        strange += [part for part in pool.key if part not in POOL_COLUMNS]
    cited = [c.source.confidence for c in classes] + [p.confidence for p in pools.values()]
    strange += sorted({f"confidence {word}" for word in cited if word not in CONFIDENCE_VI})
    lacking = [f"pool.{kind}" for kind in ("default", "programme") if kind not in pools]
    lacking += [f"pool.{kind}.key" for kind, pool in pools.items() if not pool.key]
    return [*strange, *lacking, *([] if classes else ["class"])]
