"""Sentences written from the values of their claims, in Vietnamese and English."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from string import Formatter
from typing import Any

from phanbo.catalogue import both
from phanbo.explain.phrases import PHRASES
from phanbo.explain.sentence import Claim, Sentence
from phanbo.infeasible.words import GRANTOR_EN, GRANTOR_VI
from phanbo.money import format_million, format_share
from phanbo.proposal.reasons import BASIS_EN, BASIS_VI
from phanbo.regime import PriorityClass
from phanbo.rulebook import Rulebook
from phanbo.rules.base import Rule
from phanbo.tables.schema import LINES
from phanbo.tables.schema.column import Type
from phanbo.words import MISSED, READING, TIER, day, word

__all__ = ["WRITERS", "Terms", "say", "terms_of"]

Terms = Mapping[str, Rule | PriorityClass]
"""What has a title and a source: rules by their code, classes of priority as ``priority[code]``."""

BLANK = "…………"
"""A day that is left to be filled in."""
REACHED = {True: both("explain.reached"), False: both("explain.not_reached")}
DECISION = {
    "cut": both("explain.would_be"),
    "raised": both("explain.would_be_raised"),
    "unchanged": both("explain.unchanged"),
}
EFFECTS = {
    "authority": both("explain.authority"),
    "key": both("explain.key"),
    "disbursement": both("explain.disbursement"),
}
"""What goals count, where their names do not say it."""

STAYS = {
    "cut": both("explain.would_still"),
    "unchanged": both("explain.would_still_not"),
}
FIGURES = {
    "disbursed": both("explain.disbursed"),
    "requested_increase": both("explain.requested_increase"),
    "locked": both("explain.the_lock"),
    "offered_decrease": both("explain.offered_decrease"),
}
"""Figures that read badly under the title of their column."""


def terms_of(book: Rulebook) -> Terms:
    """Return everything of a rulebook that a sentence may name."""
    classes = {f"priority[{entry.code}]": entry for entry in book.classes}
    return {**{rule.code: rule for rule in book.rules}, **classes}


def say(claim: Claim, lang: str, terms: Terms) -> Sentence:
    """Return the sentence of a claim; *terms* are named and cited.

    Examples
    --------
    >>> say(Claim("forced", {"most": 5_000_000}), "vi", {}).text
    'Nguồn hụt thu: có thể phải giảm đến 5 triệu đồng.'
    """
    phrase, parts = PHRASES[claim.kind][0 if lang == "vi" else 1], []
    for text, name, how, _ in Formatter().parse(phrase):
        parts.append(text)
        if name is not None and how is not None:
            parts.append(WRITERS[how](claim.values[name], lang, terms))
    return Sentence("".join(parts), claim)


def _money(amount: int, lang: str, _: Terms) -> str:
    return f"{format_million(amount, lang)} {'triệu đồng' if lang == 'vi' else 'million đồng'}"


def _rules(codes: Sequence[str], lang: str, terms: Terms) -> str:
    """Write rules with their citations, each citation once."""
    said: dict[str, list[str]] = {}
    for code in codes:
        said.setdefault(terms[code].source.cite(lang), []).append(_title(code, lang, terms))
    return "; ".join(f"{'; '.join(titles)} ({source})" for source, titles in said.items())


def _title(code: str, lang: str, terms: Terms) -> str:
    return terms[code].title_vi if lang == "vi" else terms[code].title_en


def _marked(code: str, lang: str, terms: Terms) -> str:
    """Write a title without its citation: what is not settled law still says so."""
    return _title(code, lang, terms) + terms[code].source.mark(lang)


def _titles(codes: Sequence[str], lang: str, terms: Terms) -> str:
    return "; ".join(_marked(code, lang, terms) for code in codes)


def _column(name: str, lang: str, _: Terms) -> str:
    column, at = LINES.column(name), 0 if lang == "vi" else 1
    title = FIGURES[name][at] if name in FIGURES else (column.title_vi, column.title_en)[at]
    return title[:1].lower() + title[1:]


def _changes(changes: Sequence[Sequence[Any]], lang: str, terms: Terms) -> str:
    """Write changes ``[column, value]``: an amount or a number of years goes to that value."""
    said = []
    for column, value in changes:
        kind, title = LINES.column(column).type, _column(column, lang, terms)
        if kind is Type.MONEY and column != "offered_decrease":
            title += f" {'đến' if lang == 'vi' else 'up to'} {_money(value, lang, terms)}"
        elif kind is Type.INTEGER:
            title += f" {'đến' if lang == 'vi' else 'up to'} {value}"
        said.append(title)
    return "; ".join(said)


def _tiers(changes: Sequence[Sequence[Any]], lang: str, terms: Terms) -> str:
    """Write changes of goals ``[tier, đồng]``."""
    more, less = ("tăng", "giảm") if lang == "vi" else ("more", "less")
    said = []
    for name, change in changes:
        amount, way = _money(abs(change), lang, terms), more if change > 0 else less
        amount = f"{way} {amount}" if lang == "vi" else f"{amount} {way}"
        said.append(f"{_effect(name, lang, terms)} {amount}")
    return "; ".join(said)


def _tier(name: str, lang: str, terms: Terms) -> str:
    """Write a goal; a class of priority by its title."""
    return f"“{_marked(name, lang, terms) if name.startswith('priority[') else word(TIER, name, lang)}”"


def _effect(name: str, lang: str, terms: Terms) -> str:
    """Write what a goal counts."""
    if name in EFFECTS:
        return EFFECTS[name][0 if lang == "vi" else 1]
    if name.startswith("priority["):
        return f"{'bổ sung cho' if lang == 'vi' else 'added to'} {_tier(name, lang, terms)}"
    return word(TIER, name, lang)


def _of(words: Mapping[Any, tuple[str, str]]) -> Callable[[Any, str, Terms], str]:
    def write(value: Any, lang: str, _: Terms) -> str:  # noqa: ANN401 — a code of any type
        pair = words.get(value)
        return str(value) if pair is None else pair[0 if lang == "vi" else 1]

    return write


WRITERS: dict[str, Callable[[Any, str, Terms], str]] = {
    "money": _money,
    "day": lambda date, lang, _: day(dt.date.fromisoformat(date), lang) if date else BLANK,
    "share": lambda share, lang, _: format_share(share[0], share[1], lang),
    "count": lambda number, _, __: str(number),
    "text": lambda text, _, __: str(text),
    "lines": lambda lines, _, __: ", ".join(lines),
    "rules": _rules,
    "titles": _titles,
    "column": _column,
    "changes": _changes,
    "tiers": _tiers,
    "tier": _tier,
    "act": _of(MISSED),
    "reading": _of(READING),
    "reached": _of(REACHED),
    "decision": _of(DECISION),
    "stays": _of(STAYS),
    "grantor": lambda who, lang, _: (GRANTOR_VI if lang == "vi" else GRANTOR_EN).get(who, who),
    "basis": lambda basis, lang, _: (BASIS_VI if lang == "vi" else BASIS_EN).get(basis, basis),
}
"""Ways of writing a value, by the name that stands after the colon."""
