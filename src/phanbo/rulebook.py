"""A dated legal regime: rules in order, priority classes, pool keys, authority, closing date.

A rulebook is a TOML file, built in (``vn-2020``) or the user's own; the rules it names are classes of
`phanbo.rules`.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from phanbo.calendar_file import read_toml, strict_date, what_is_wrong
from phanbo.case import Case, Pools
from phanbo.errors import RulebookError, RulebookUnavailable
from phanbo.money import Ints
from phanbo.policy import AUTHORITIES
from phanbo.pool_tree import POOL_COLUMNS, PoolKey, draw_pools
from phanbo.portfolio import Portfolio
from phanbo.rulebook_text import with_entry, with_grant, without_entry
from phanbo.rules import RULES, Rule
from phanbo.rules.base import CONFIDENCE_VI, Source, Unchecked
from phanbo.rules.granted import grants_of, widened
from phanbo.rules.priority import CLASS_TESTS
from phanbo.tables.schema import KINDS

__all__ = ["PoolKey", "PriorityClass", "Rulebook", "load_rulebook", "parse_rulebook"]

PLANNED = ("vn-2025a", "vn-2025b")


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
        return draw_pools(self.pools_by_kind, portfolio)


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
