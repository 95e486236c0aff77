"""A dated legal regime: rules in order, priority classes, pool keys, authority, closing date.

`phanbo.rulebook_file` reads them from TOML; the rules they name are classes of `phanbo.rules`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from phanbo.authority import LOCAL_LEVELS, Authority, Delegation, PoolKey, decided, entry_of, level_of
from phanbo.calendar import Calendar
from phanbo.case import Case, Pools
from phanbo.errors import RulebookError
from phanbo.money import Ints
from phanbo.policy import Policy
from phanbo.pool_tree import MOVES, draw_pools, entries_of
from phanbo.portfolio import Portfolio
from phanbo.regime import LateAdditions, Norm, PriorityClass, Question, YearDay
from phanbo.rulebook_text import as_comparison, with_entry, with_grant, without_entry
from phanbo.rules import RULES, Rule
from phanbo.rules.base import Source, Unchecked, weakest
from phanbo.rules.donor_tests import DIRECTIVE
from phanbo.rules.granted import grants_of
from phanbo.rules.priority import CLASS_TESTS, UNTOLD
from phanbo.words import LEVEL, word

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ADVANCES", "CITABLE", "Rulebook"]

CITABLE = frozenset(
    code
    for code, rule in RULES.items()
    if rule.source.document == DIRECTIVE or rule.source.confidence == "design"
)
"""Rules that rest on a province's directive, or on a convention it may make its own: ``[citation]`` of a calendar."""

ADVANCES = "advances"
"""The class of the legal order that is an amount, not a line: repaying advances (*thu hồi vốn ứng trước*)."""


@dataclass(frozen=True)
class Rulebook:
    """A legal regime; immutable.

    Attributes
    ----------
    code, title_vi, title_en, version : str
    law : str
        The law on public investment in force, as cited.
    valid_from, valid_to : date
        Data dates of the rounds it governs.
    closing, last_adjustment : YearDay
        Last day of payments, in the year after the plan year; last data date of an adjustment where the calendar
        names none.
    late_additions : LateAdditions or None
        What the regime says of capital added late in the year.
    norms : tuple of Norm
        Allocation norms by plan year: a key of its own beside the law.
    levels : tuple of str
        Levels of budget: ``central``, ``province``, ``district``, ``commune``.
    lead_department_vi, lead_department_en : str
        Who reports the round to the People's Committee (*cơ quan chủ trì tham mưu*).
    rules : tuple of Rule
        In the order in which they are cited.
    classes : tuple of PriorityClass
        The legal order, first served first.
    obligations : tuple of str
        Columns of claims that the tier ``obligations`` serves.
    pools_by_kind : mapping of str to PoolKey
    delegation : Delegation or None
        Whom the provincial Council has charged with its decisions.
    questions : tuple of Question
        What is to be verified, the most urgent first.
    based_on : str
        The built-in rulebook that one of a province's own rests on, else ``""``.
    comparison : bool
        Whether it is only asked for comparison, outside the dates it governs.
    text : str
        The TOML it was read from.
    """

    code: str
    title_vi: str
    title_en: str
    version: str
    law: str
    valid_from: dt.date
    valid_to: dt.date
    closing: YearDay
    last_adjustment: YearDay
    late_additions: LateAdditions | None
    norms: tuple[Norm, ...]
    levels: tuple[str, ...]
    lead_department_vi: str
    lead_department_en: str
    rules: tuple[Rule, ...]
    classes: tuple[PriorityClass, ...]
    obligations: tuple[str, ...]
    pools_by_kind: dict[str, PoolKey]
    delegation: Delegation | None
    questions: tuple[Question, ...]
    based_on: str
    comparison: bool
    text: str

    def closing_date(self, year: int) -> dt.date:
        """Return the last day on which payments count for a plan year."""
        return self.closing.on(year + 1)

    def added_until(self, year: int, decided: dt.date) -> dt.date:
        """Return the last day of payments out of capital that a round reported on a day adds.

        The closing date; a later day where the rulebook reads a late round as adding capital (`LateAdditions`).
        """
        late = self.late_additions
        if late is None or not late.reallocated or decided <= late.after.on(year):
            return self.closing_date(year)
        return late.until.on(year + 1)

    def covers(self, day: dt.date) -> bool:
        """Return whether it governs a round with this data date."""
        return self.valid_from <= day <= self.valid_to

    def norm(self, year: int) -> Norm | None:
        """Return the allocation norm of a plan year, ``None`` where it names none."""
        return next((each for each in self.norms if each.first <= year <= each.last), None)

    def lead_department(self, lang: str = "vi") -> str:
        """Return who reports the round, in Vietnamese or English."""
        return self.lead_department_vi if lang == "vi" else self.lead_department_en

    def rule(self, code: str) -> Rule:
        """Return the rule with this code; `KeyError` if it has none."""
        for rule in self.rules:
            if rule.code == code:
                return rule
        raise KeyError(code)

    def source(self, code: str) -> Source:
        """Return where a rule stands, or a class of the legal order (``priority[code]``); `KeyError` for neither."""
        cited = {f"priority[{each.code}]": each.source for each in self.classes}
        return (cited | {rule.code: rule.source for rule in self.rules})[code]

    def read_for(self, calendar: Calendar) -> Rulebook:
        """Return the rulebook with its citations read for one province and plan year.

        What rests on a province's directive cites the calendar's; where the calendar names no article, the province has
        not said on what it rests, and phanbo's convention is shown as that. What the norm of the plan year says too is cited
        with it. Nothing but citations changes.
        """
        norm = self.norm(calendar.year)
        rules = tuple(
            rule
            if (read := _read_for(rule.source, rule.code, calendar, norm)) == rule.source
            else rule.cited(read)
            for rule in self.rules
        )
        classes = tuple(
            replace(each, source=_read_for(each.source, f"priority[{each.code}]", calendar, norm))
            for each in self.classes
        )
        pools = {
            kind: replace(key, source=_read_for(key.source, f"pool.{kind}", calendar, norm))
            for kind, key in self.pools_by_kind.items()
        }
        return replace(self, rules=rules, classes=classes, pools_by_kind=pools)

    def for_comparison(self) -> Rulebook:
        """Return it without its dates, to ask what a round would have been under it; never for a legal proposal."""
        return replace(self, comparison=True, text=as_comparison(self.text))

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

    def spelled_out(self, tiers: Iterable[str]) -> list[str]:
        """Return names of tiers with ``priority`` spelled out in classes.

        Where the legal order has a class for repaying advances, ``obligations`` stands in its place among the
        classes, unless the policy puts it behind them.
        """
        asked = list(tiers)
        ranked = [each.code for each in self.classes]
        before = asked[: asked.index("priority")] if "priority" in asked else []
        inside = ADVANCES in ranked and "obligations" in before
        classes = [
            "obligations" if code == ADVANCES else f"priority[{code}]"
            for code in ranked
            if inside or code != ADVANCES
        ]
        found: list[str] = []
        for name in asked:
            if name == "priority":
                found += classes
            elif not (inside and name == "obligations"):
                found.append(name)
        return found

    def priority(self, case: Case) -> Ints:
        """Return the number of each line's class: the first whose test it passes."""
        number = np.full(len(case), len(self.classes) - 1, dtype=np.int64)
        for k in reversed(range(len(self.classes))):
            number[CLASS_TESTS[self.classes[k].code](case)] = k
        return number

    def review(self, lang: str = "vi") -> pd.DataFrame:
        """Return what somebody who knows the law should verify, the most urgent first (*phiếu rà soát*).

        The `questions` in their order; then everything else the rulebook states, each once.

        Parameters
        ----------
        lang : str
            ``vi`` or ``en``.

        Returns
        -------
        DataFrame
            ``rank`` (what a question is about has its number; then by confidence: to be verified, conventions of
            phanbo, the directive, choices of the round, read at the source), ``part`` (``question``, ``rule``,
            ``class``, ``pool``, ``norm``, ``date``, ``level``, ``lead``, ``obligation``), ``code``, ``what`` (in
            words), ``formula`` (from the docstring of its class), ``citation``, ``confidence``,
            ``confidence_words``, ``verify`` (what to do), ``question`` (its text).

        Examples
        --------
        >>> import phanbo as pb
        >>> sheet = pb.load_rulebook("vn-2025b").review()
        >>> sheet.loc[0, ["part", "verify"]].tolist()
        ['question', 'cần kiểm tra trước']
        """
        from phanbo.report.review import review_frame

        return review_frame(self, lang)

    def unchecked(self, case: Case) -> list[Unchecked]:
        """Return the rules that miss a column, and on how many lines."""
        found = [gap for rule in self.rules for gap in rule.unchecked(case)]
        return [*found, *self._unchecked_classes(case), *self._unchecked_pools(case.portfolio)]

    def _unchecked_classes(self, case: Case) -> list[Unchecked]:
        given = case.portfolio.given
        found = []
        for each in self.classes:
            for column, stages in UNTOLD.get(each.code, ()):
                lines = int(case.portfolio.says("stage", *stages).sum()) if stages else len(case)
                if column not in given and lines:
                    found.append(Unchecked(f"priority[{each.code}]", column, lines))
        return found

    def _unchecked_pools(self, portfolio: Portfolio) -> Iterator[Unchecked]:
        """Find walls and authorities that hang on a column the tables do not have."""
        entry, level = (each.astype(str) for each in entries_of(self.pools_by_kind, portfolio))
        local = np.isin(level, LOCAL_LEVELS)
        for column in sorted({"sector", "locality"}.difference(portfolio.given)):
            for rule, held in (
                ("pool-balance", [e for e, key in self.pools_by_kind.items() if column in key.key]),
                ("authority", [e for e, key in self.pools_by_kind.items() if _by_sector_only(key)]),
            ):
                walled = np.isin(entry, held) | (local if column == "locality" else False)
                lines = int(walled.sum())
                if lines and (rule == "pool-balance" or column == "sector"):
                    yield Unchecked(rule, column, lines)

    def authority(
        self,
        kind: str,
        *,
        same_owner: bool,
        same_sector: bool = True,
        totals_kept: bool = True,
        programme: bool = False,
        level: str = "",
    ) -> Authority:
        """Return who decides a move of capital.

        Parameters
        ----------
        kind : str
            Built-in kind of the source, ``""`` for none.
        same_owner, same_sector : bool
            Whether both ends of the move are one owner's, of one sector.
        totals_kept : bool
            Whether the total of the pool stays; not so for a shortfall or an inflow.
        programme : bool
            Whether the line belongs to a national target programme.
        level : str
            What the table of sources says of the source's level.

        Raises
        ------
        RulebookError
            For a level of budget that the regime does not have.
        """
        at = level_of(kind, level)
        if at in LOCAL_LEVELS and at not in self.levels:
            raise RulebookError(
                f"Bộ quy định {self.code} không có ngân sách cấp {word(LEVEL, at)}.",
                f"Rulebook {self.code} has no {at} budget.",
                {"rulebook": self.code, "level": at},
            )
        key = self.pools_by_kind[entry_of(self.pools_by_kind, kind, at, programme=programme)]
        return decided(
            key,
            at,
            self.delegation,
            same_owner=same_owner,
            same_sector=same_sector,
            totals_kept=totals_kept,
        )

    def deciding(self, entry: str, level: str) -> list[Authority]:
        """Return who decides the moves in the pools of an entry: inside an owner, between owners, sectors, of totals."""
        key = self.pools_by_kind[entry]
        return [decided(key, level, self.delegation, **move) for move in MOVES]

    def pools(self, portfolio: Portfolio, policy: Policy | None = None) -> Pools:
        """Return where capital may flow: pools, leaves, inflows, authority; *policy* says which authorities are at hand.

        Raises
        ------
        DataError
            When a source with an inflow lies in several pools, so that nobody can say which one shrinks; when a
            line is called as a pool's reserve, shortfall or inflow is; when a source is of a level that is no more.
        """
        return draw_pools(
            self.pools_by_kind,
            portfolio,
            levels=self.levels,
            delegation=self.delegation,
            hands=None if policy is None else policy.authority,
        )


def _by_sector_only(key: PoolKey) -> bool:
    return bool(key.across_sectors) and "sector" not in key.key


def _read_for(source: Source, code: str, calendar: Calendar, norm: Norm | None) -> Source:
    """Return a citation read for one province and plan year."""
    said = source.basis or source
    read = said
    article = dict(calendar.citations).get(code, "")
    if code in CITABLE and calendar.directive and article:
        read = Source(calendar.directive, article, "seed")
    elif said.document == DIRECTIVE != calendar.directive:
        # What one province directs is at most a convention in another.
        read = Source("Tỉnh chưa nêu căn cứ", "", "design" if said.confidence == "seed" else said.confidence)
    if norm is not None and (article := norm.article(code)):
        read = replace(
            read,
            article="; ".join(filter(None, [read.article, f"{norm.source.document}, {article}"])),
            confidence=weakest(read.confidence, norm.source.confidence),
        )
    return replace(read, basis=said)
