"""What a rulebook says, in words, Vietnamese and English: every text is a pair."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from typing import TypeAlias

from phanbo.authority import PoolKey
from phanbo.catalogue import both
from phanbo.regime import LateAdditions, Norm, PriorityClass, YearDay
from phanbo.rules import Rule
from phanbo.rules.base import Source, weakest
from phanbo.tables.schema import KINDS, LINES
from phanbo.words import AUTHORITY

__all__ = [
    "KIND",
    "NONE",
    "Pair",
    "authority",
    "classes",
    "closing",
    "columns",
    "joined",
    "late_additions",
    "levels",
    "listed",
    "norm",
    "plain",
    "pool",
    "pool_key",
    "rule",
    "year_day",
]

Pair: TypeAlias = tuple[str, str]

NONE: Pair = both("comparison.none")
KIND: dict[str, Pair] = {
    "left-out": both("comparison.left_out"),
    "added": both("comparison.rule_added"),
    "parameters": both("comparison.parameters"),
    "citation": both("comparison.citation"),
    "rule-order": both("comparison.rule_order"),
    "classes": both("comparison.classes"),
    "obligations": both("comparison.obligations"),
    "pool-key": both("comparison.pool_key"),
    "authority": both("comparison.authority"),
    "closing": both("comparison.closing"),
    "late-additions": both("comparison.late_additions"),
    "last-adjustment": both("comparison.last_adjustment"),
    "levels": both("comparison.levels"),
    "norm": both("comparison.norm"),
    "lead-department": both("comparison.lead_department"),
    "other": both("comparison.other"),
}
"""The kinds of difference between two rulebooks."""

PARAMETERS: dict[str, Pair] = {
    "special": both("comparison.special"),
    "a": both("comparison.a"),
    "b": both("comparison.b"),
    "c": both("comparison.c"),
}
YES: dict[bool, Pair] = {True: both("comparison.yes"), False: both("comparison.no")}
LEVELS: dict[str, Pair] = {
    "central": both("comparison.central"),
    "province": both("comparison.province"),
    "district": both("comparison.district"),
    "commune": both("comparison.commune"),
}
MOVES: dict[str, Pair] = {
    "within": both("comparison.within"),
    "between": both("comparison.between"),
    "across_sectors": both("comparison.across_sectors"),
    "totals": both("comparison.totals"),
}
"""The moves a pool key names somebody for."""
POOLS: dict[str, Pair] = {
    "default": both("comparison.default"),
    "programme": both("comparison.programme"),
}


def joined(sources: Iterable[Source]) -> Source | None:
    """Return several citations as one, its confidence that of the weakest; ``None`` for none."""
    articles: dict[str, dict[str, None]] = {}
    sure = []
    for source in sources:
        articles.setdefault(source.document, {})[source.article] = None
        sure.append(source.confidence)
    if not sure:
        return None
    said = (", ".join([document, *filter(None, parts)]) for document, parts in articles.items())
    return Source("; ".join(said), "", weakest(*sure))


def rule(rule: Rule, *, told: bool = False) -> Pair:
    """Return the title of a rule, with its parameters where they are to be *told*."""
    names: list[str] = [each.name for each in fields(rule)] if told and is_dataclass(rule) else []
    parts = [
        (f"{label[0]}: {value[0]}", f"{label[1]}: {value[1]}")
        for label, value in ((_label(name), plain(getattr(rule, name))) for name in names)
    ]
    vi, en = _spoken(parts)
    return (f"{rule.title_vi} ({vi})", f"{rule.title_en} ({en})") if parts else (rule.title_vi, rule.title_en)


def _label(name: str) -> Pair:
    return PARAMETERS.get(name) or MOVES.get(name) or (name, name)


def plain(value: object) -> Pair:
    """Return any value as it stands; nothing is *không có*."""
    if value is None or value in ((), ""):
        return NONE
    if isinstance(value, bool):
        return YES[value]
    if is_dataclass(value) and not isinstance(value, type):
        text = ", ".join(str(getattr(value, each.name)) for each in fields(value) if each.name != "source")
    else:
        text = ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
    return text, text


def listed(names: Iterable[str]) -> Pair:
    """Return some codes, one after the other."""
    text = ", ".join(names)
    return text, text


def classes(order: Iterable[PriorityClass]) -> Pair:
    """Return the legal order, numbered."""
    numbered = [(f"{k}. {each.title_vi}", f"{k}. {each.title_en}") for k, each in enumerate(order, start=1)]
    vi, en = zip(*numbered, strict=True)
    return "; ".join(vi), "; ".join(en)


def columns(names: Iterable[str]) -> Pair:
    """Return columns of the tables by their titles."""
    titles = {each.name: (each.title_vi, each.title_en) for each in LINES.columns}
    return _spoken([titles.get(name, (name, name)) for name in names])


def _spoken(pairs: Iterable[Pair]) -> Pair:
    sides = list(zip(*pairs, strict=True))
    return ("; ".join(sides[0]), "; ".join(sides[1])) if sides else NONE


def pool(item: str) -> Pair:
    """Return the kind of source that ``pool.<kind>…`` speaks of."""
    kind = item.split(".")[1] if "." in item else item
    if kind in KINDS:
        return KINDS[kind].title_vi, KINDS[kind].title_en
    return POOLS.get(kind, (kind, kind))


def pool_key(key: PoolKey) -> Pair:
    """Return what the lines of a pool have in common."""
    vi, en = columns(key.key)
    return f"trong cùng: {vi}", f"inside the same: {en}"


def authority(key: PoolKey) -> Pair:
    """Return who decides which move; a move that nobody is named for is left out."""
    bodies = AUTHORITY | {"owner-internal": ("UBND", "People's Committee")}
    said = [
        (f"{MOVES[name][0]}: {bodies[code][0]}", f"{MOVES[name][1]}: {bodies[code][1]}")
        for name in MOVES
        if (code := getattr(key, name, ""))
    ]
    return _spoken(said)


def year_day(day: YearDay) -> Pair:
    """Return a day that comes every year."""
    return f"{day.day:02}/{day.month:02}", f"{day.day} {MONTHS[day.month - 1]}"


def closing(day: YearDay) -> Pair:
    """Return the last day of payments, in the year after the plan year."""
    vi, en = year_day(day)
    return f"{vi} năm sau", f"{en} of the next year"


MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August"]
MONTHS += ["September", "October", "November", "December"]


def late_additions(late: LateAdditions | None) -> Pair:
    """Return until when capital added late in the year may be paid."""
    if late is None:
        return NONE
    after, until = year_day(late.after), year_day(late.until)
    moved = YES[late.reallocated]
    return (
        f"bổ sung sau {after[0]}: giải ngân đến {until[0]} năm sau; áp dụng cho vốn điều chỉnh: {moved[0]}",
        f"added after {after[1]}: payable until {until[1]} of the next year; covers capital moved: {moved[1]}",
    )


def levels(codes: Iterable[str]) -> Pair:
    """Return levels of budget."""
    return _spoken([LEVELS.get(code, (code, code)) for code in codes])


def norm(stated: Norm | None) -> Pair:
    """Return the allocation norm of a plan year."""
    if stated is None:
        return NONE
    text = f"{stated.source.document} ({stated.first}–{stated.last})"
    return text, text
