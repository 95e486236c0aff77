"""What somebody who knows the law should verify of a rulebook, the most urgent first (*phiếu rà soát bộ quy định*)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from phanbo.report.review_formula import class_formula, formula_of, legal_term
from phanbo.report.review_words import NOTES, PARTS, TEXTS, VERIFY, key_words, kind_words, level_words
from phanbo.rules.base import Source
from phanbo.rules.granted import Granted
from phanbo.tables.schema import LINES
from phanbo.words import AUTHORITY, BODY, LEVEL, day, language, word

if TYPE_CHECKING:
    from phanbo.authority import PoolKey
    from phanbo.regime import YearDay
    from phanbo.rulebook import Rulebook
    from phanbo.rules import Rule

__all__ = ["URGENCY", "review_frame"]

URGENCY = ("memory", "memory+", "design", "seed", "policy", "found")
"""Confidences in the order in which they should be verified."""
UNCITED = Source("", "", "memory")
"""What a rulebook states without saying where it stands is to be verified."""


@dataclass(frozen=True, slots=True)
class _Thing:
    """One statement of a rulebook."""

    part: str
    code: str
    what: str
    formula: str
    source: Source


def review_frame(book: Rulebook, lang: str = "vi") -> pd.DataFrame:
    """Return one row for everything a rulebook states, questions first, then the most urgent; see `Rulebook.review`."""
    language(lang)
    things = list(_things(book, lang))
    first, asked = dict[str, int](), dict[str, list[str]]()
    for number, question in enumerate(book.questions, start=1):
        for code in question.about:
            first.setdefault(code, number)
            asked.setdefault(code, []).append(question.text(lang))
    free = sorted({URGENCY.index(thing.source.confidence) for thing in things if thing.code not in first})
    ranks = {at: len(book.questions) + place for place, at in enumerate(free, start=1)}
    confidence = {thing.code: thing.source.confidence for thing in things}
    rows = [
        _row(
            number, _question(number, question.text(lang)), lang, _surest_not(question.about, confidence), ""
        )
        for number, question in enumerate(book.questions, start=1)
    ]
    found = [
        (first.get(thing.code, ranks.get(URGENCY.index(thing.source.confidence), 0)), thing)
        for thing in things
    ]
    found.sort(key=lambda pair: (pair[0], URGENCY.index(pair[1].source.confidence)))
    for rank, thing in found:
        rows.append(_row(rank, thing, lang, thing.source.confidence, "\n".join(asked.get(thing.code, ()))))
    return pd.DataFrame(rows)


def _question(number: int, text: str) -> _Thing:
    return _Thing("question", f"question[{number}]", text, "", UNCITED)


def _surest_not(about: tuple[str, ...], confidence: dict[str, str]) -> str:
    """Return the most urgent confidence of what a question is about."""
    return min(
        (confidence[code] for code in about if code in confidence), key=URGENCY.index, default="memory"
    )


def _row(rank: int, thing: _Thing, lang: str, confidence: str, question: str) -> dict[str, object]:
    known = Source("", "", confidence)
    first = thing.part == "question" or question
    return {
        "rank": rank,
        "part": thing.part,
        "code": thing.code,
        "what": thing.what,
        "formula": thing.formula,
        "citation": thing.source.cite(lang) if thing.source.document else "",
        "confidence": confidence,
        "confidence_words": known.says(lang),
        "verify": _said(
            VERIFY["question" if first else confidence if thing.source.document else "uncited"], lang
        ),
        "question": thing.what if thing.part == "question" else question,
    }


def _said(pair: tuple[str, str], lang: str) -> str:
    return pair[0 if lang == "vi" else 1]


def _say(sentence: str, lang: str, /, **values: object) -> str:
    return _said(TEXTS[sentence], lang).format(**values)


def _things(book: Rulebook, lang: str) -> Iterator[_Thing]:
    """Yield everything a rulebook states, in the order in which it states it."""
    yield from (_rule(rule, lang) for rule in book.rules)
    for place, each in enumerate(book.classes, start=1):
        code = f"priority[{each.code}]"
        what = _say("class", lang, place=place, count=len(book.classes), title=each.title(lang))
        yield _Thing("class", code, what + _note(code, lang), class_formula(each.code), each.source)
    yield from (_pool(kind, pool, lang) for kind, pool in book.pools_by_kind.items())
    if (given := book.delegation) is not None:
        what = _say("delegation", lang, to=word(BODY, given.to, lang).format(word(LEVEL, "province", lang)))
        yield _Thing("pool", "delegation", what, "", given.source)
    for norm in book.norms:
        told = "; ".join(f"{_subject(book, code, lang)}: {article}" for code, article in norm.articles)
        what = _say("norm", lang, first=norm.first, last=norm.last) + (f" ({told})" if told else "")
        yield _Thing("norm", f"norm[{norm.first}-{norm.last}]", what, "", norm.source)
    yield from _dates(book, lang)
    yield from _order(book, lang)


def _subject(book: Rulebook, code: str, lang: str) -> str:
    """Return what an article of a norm is about."""
    terms = {rule.code: legal_term(rule) for rule in book.rules} if lang == "vi" else {}
    part = _said(PARTS["class"], lang)
    return terms.get(code) or (part[:1].lower() + part[1:] if code.startswith("priority") else code)


def _rule(rule: Rule, lang: str) -> _Thing:
    what = rule.title_vi if lang == "vi" else rule.title_en
    if isinstance(rule, Granted):
        what += _say("granted", lang, lines=len({*dict(rule.cut), *dict(rule.add)}))
    return _Thing("rule", rule.code, what + _note(rule.code, lang), formula_of(rule), rule.source)


def _note(code: str, lang: str) -> str:
    """Return what phanbo makes of a rule or a class where title and formula do not say it."""
    return f". {_said(NOTES[code], lang)}" if code in NOTES else ""


def _pool(kind: str, pool: PoolKey, lang: str) -> _Thing:
    what = _say(
        "pool",
        lang,
        kind=kind_words(kind, lang),
        key=key_words(pool.key, lang),
        within=word(AUTHORITY, pool.within, lang),
        between=word(AUTHORITY, pool.between, lang),
    )
    for name in ("across_sectors", "totals"):
        if code := getattr(pool, name):
            what += _say(name, lang, who=word(AUTHORITY, code, lang))
    return _Thing("pool", f"pool.{kind}", what, " × ".join((*pool.key, "plan_year")), pool.source)


def _dates(book: Rulebook, lang: str) -> Iterator[_Thing]:
    what = _say("valid", lang, law=book.law, first=day(book.valid_from, lang), last=day(book.valid_to, lang))
    yield _Thing("date", "valid", what, "", UNCITED)
    for code in ("closing", "last_adjustment"):
        on: YearDay = getattr(book, code)
        yield _Thing("date", code, _say(code, lang, on=_year_day(on)), "", on.source)
    if (late := book.late_additions) is not None:
        counted = _say("counted" if late.reallocated else "not-counted", lang)
        what = _say("late", lang, after=_year_day(late.after), until=_year_day(late.until), counted=counted)
        yield _Thing("date", "late_additions", what, "", late.after.source)


def _order(book: Rulebook, lang: str) -> Iterator[_Thing]:
    """Yield levels of budget, who leads, and which claims come first."""
    levels = _say("level", lang, levels=", ".join(level_words(level, lang) for level in book.levels))
    yield _Thing("level", "levels", levels, "", UNCITED)
    lead = _say("lead", lang, who=book.lead_department(lang))
    yield _Thing("lead", "lead_department", lead, "", UNCITED)
    columns = [LINES.column(name) for name in book.obligations]
    titles = [_said((column.title_vi, column.title_en), lang) for column in columns]
    claims = ", ".join(title[:1].lower() + title[1:] for title in titles) or _say("no-claims", lang)
    yield _Thing("obligation", "obligations", _say("obligation", lang, claims=claims), "", UNCITED)


def _year_day(on: YearDay) -> str:
    return f"{on.day}/{on.month}"
