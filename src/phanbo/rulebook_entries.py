"""What a rulebook file may say, table by table, and every fault of one: unknown, missing, mistyped, impossible."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from phanbo.calendar_file import strict_date
from phanbo.money import LIMIT
from phanbo.policy import AUTHORITIES
from phanbo.pool_tree import POOL_COLUMNS
from phanbo.rules import RULES
from phanbo.rules.base import CONFIDENCE_VI
from phanbo.rules.priority import CLASS_TESTS
from phanbo.tables.schema import KINDS

__all__ = ["BUILT_IN", "CITED", "Words", "citation_faults", "entries_of", "faults_of", "misshapen"]

Words = tuple[str, str]
"""One fault in Vietnamese and English."""
Entry = Mapping[str, Any]

BUILT_IN = ("vn-2020", "vn-2025a", "vn-2025b")
LEVELS = ("central", "province", "district", "commune")
CLAIMS = ("arrears", "prior_advance")
DELEGATES = ("ubnd", "standing-committee")
CITED = ("document", "article", "confidence")
SOURCE = "document:text article:words? confidence:text"
SOURCE_OR_NONE = "document:text? article:words? confidence:text?"
ENTRIES = {
    "": "code:text title_vi:text title_en:text version:text law:text valid_from:date valid_to:date levels:texts "
    "lead_department_vi:text lead_department_en:text obligations:texts closing:table last_adjustment:table "
    "late_additions:table? delegation:table? norm:list? rule:list class:list question:list? granted:list? pool:tables "
    "based_on:text? comparison:flag?",
    "closing": f"month:number day:number {SOURCE}",
    "last_adjustment": f"month:number day:number {SOURCE}",
    "late_additions": "after_month:number after_day:number until_month:number until_day:number reallocated:flag "
    + SOURCE,
    "norm": f"first:number last:number articles:table? {SOURCE}",
    "rule": f"code:text parameters:table? removed:flag? custom:flag? {SOURCE_OR_NONE}",
    "class": f"code:text title_vi:text title_en:text {SOURCE}",
    "pool": f"key:texts within:text between:text across_sectors:text? totals:text? {SOURCE}",
    "delegation": f"hdnd:text {SOURCE}",
    "question": "about:texts text_vi:text text_en:text",
    "granted": "rule:text by:text cut:table add:table",
}
"""Entries of each table and their kind; a question mark: it may be left out."""
SCHEMA = {
    table: {name: kind for name, _, kind in (entry.partition(":") for entry in names.split())}
    for table, names in ENTRIES.items()
}
KIND: dict[str, tuple[Words, Callable[[Any], bool]]] = {
    "text": (
        ("cần chữ trong dấu nháy, không để trống", "needs a text in quotes, not empty"),
        lambda value: isinstance(value, str) and bool(value.strip()),
    ),
    "words": (("cần chữ trong dấu nháy", "needs a text in quotes"), lambda value: isinstance(value, str)),
    "texts": (
        ("cần danh sách chữ, mỗi mục một lần", "needs a list of texts, each once"),
        lambda value: (
            isinstance(value, list)
            and all(isinstance(each, str) for each in value)
            and len(set(value)) == len(value)
        ),
    ),
    "number": (
        ("cần số nguyên", "needs a whole number"),
        lambda value: type(value) is int and abs(value) <= LIMIT,
    ),
    "flag": (("cần true hoặc false", "needs true or false"), lambda value: isinstance(value, bool)),
    "date": (
        ("ngày viết không có dấu nháy, dạng 2024-09-30", "a date is written 2024-09-30, unquoted"),
        lambda value: _holds(strict_date, value),
    ),
    "table": (("cần một bảng", "needs a table"), lambda value: isinstance(value, dict)),
    "tables": (
        ("cần các bảng [pool.<loại nguồn>]", "needs tables [pool.<kind>]"),
        lambda value: isinstance(value, dict) and all(isinstance(each, dict) for each in value.values()),
    ),
    "list": (
        ("cần các bảng viết trong hai ngoặc vuông", "needs tables in double brackets"),
        lambda value: isinstance(value, list) and all(isinstance(each, dict) for each in value),
    ),
}
"""What a value of each kind needs, in words, and whether it is one."""
CITABLE_DATES = ("closing", "last_adjustment", "late_additions", "delegation")
"""What a question may be about beside rules, classes (``priority[code]``) and pools (``pool.kind``)."""


def misshapen(raw: Entry) -> list[Words]:
    """Return the tables that are no tables: nothing can be asked of what should stand in them."""
    return [
        _fault("", name, raw[name], KIND[kind][0])
        for name, kind in _known("").items()
        if kind in {"table", "tables", "list"} and name in raw and not KIND[kind][1](raw[name])
    ]


def entries_of(raw: Entry) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield each entry of each table: the table, where it stands, what it says. `misshapen` has found nothing."""
    for name, kind in _known("").items():
        if name not in raw:
            continue
        if kind == "table":
            yield name, name, raw[name]
        elif kind == "tables":
            yield from ((name, f"{name}.{each}", entry) for each, entry in raw[name].items())
        elif kind == "list":
            for k, entry in enumerate(raw[name], start=1):
                code = entry.get("code")
                yield name, f"{name} {code if isinstance(code, str) else k}", entry


def citation_faults(where: str, entry: Entry) -> Iterator[Words]:
    """Find an article or a confidence of no document, and a document whose confidence is left out."""
    if "document" not in entry:
        for name in ("article", "confidence"):
            if name in entry:
                what = ("cần có document đi cùng", "needs the document it belongs to")
                yield _fault(where, name, entry[name], what)
    elif "confidence" not in entry:
        what = ("cần có confidence đi cùng", "needs a confidence")
        yield _fault(where, "document", entry["document"], what)


def faults_of(raw: Entry) -> list[Words]:
    """Return everything that is wrong with a rulebook, each with its table, entry and value, and what is needed.

    Part after part is read by itself, so that one fault hides no other.
    """
    found = [*misshapen(raw)]
    if found:
        return [*found, *_shape("", "", raw, skipped=("table", "tables", "list"))]
    found += _shape("", "", raw)
    sound: dict[str, list[dict[str, Any]]] = {}
    removed = [entry.get("code") for entry in raw.get("rule", ()) if entry.get("removed") is True]
    for table, where, entry in entries_of(raw):
        faults = [*_shape(table, where, entry)]
        if not faults and not (table == "rule" and entry["code"] in removed):
            faults += [_fault(where, *told) for told in VALUES.get(table, _nothing)(entry)]
            faults += _cited(where, entry)
            sound.setdefault(table, []).append(entry)
        found += faults
    found += [_fault("", *told) for told in _whole(raw, sound)]
    return list(dict.fromkeys(found))


def _known(table: str) -> dict[str, str]:
    return {name: kind.removesuffix("?") for name, kind in SCHEMA[table].items()}


def _shape(table: str, where: str, entry: Entry, skipped: tuple[str, ...] = ()) -> Iterator[Words]:
    """Find entries nobody reads (a slip of the pen would else change the law in silence), missing or mistyped ones."""
    known = _known(table)
    for name in sorted(entry.keys() - known.keys()):
        names = ", ".join(known)
        yield _fault(where, name, entry[name], (f"mục lạ; có: {names}", f"unknown entry; there are: {names}"))
    for name, kind in SCHEMA[table].items():
        if name not in entry:
            if not kind.endswith("?"):
                yield _fault(where, name, None, ("thiếu mục này", "is missing"))
        elif known[name] not in skipped and not KIND[known[name]][1](entry[name]):
            yield _fault(where, name, entry[name], KIND[known[name]][0])


def _fault(where: str, name: str, value: object, what: Words) -> Words:
    """Return a fault: where, which entry, its value, what is needed."""
    place = ".".join(filter(None, [where, name]))
    if value is not None:
        try:
            shown = repr(value)
        except ValueError:  # a number too long to be written
            shown = "…"
        place += f" = {shown if len(shown) <= 80 else shown[:79] + '…'}"
    return f"{place}: {what[0]}", f"{place}: {what[1]}"


Told = tuple[str, object, Words]
"""Entry, value, what is needed."""


def _one_of(name: str, given: Iterable[str], known: Iterable[str]) -> Iterator[Told]:
    known = [*known]
    for each in given:
        if each not in known:
            names = ", ".join(known)
            yield name, each, (f"không có; chỉ có: {names}", f"there is none; there are: {names}")


def _cited(where: str, entry: Entry) -> Iterator[Words]:
    yield from citation_faults(where, entry)
    said = [entry["confidence"]] if "confidence" in entry else []
    yield from (_fault(where, *told) for told in _one_of("confidence", said, CONFIDENCE_VI))


def _nothing(_: Entry) -> Iterator[Told]:
    return iter(())


def _year_day(entry: Entry, before: str = "") -> Iterator[Told]:
    month, day = entry[f"{before}month"], entry[f"{before}day"]
    if not _holds(lambda pair: dt.date(2023, *pair), (month, day)):
        what = ("không phải ngày của mọi năm (month, day)", "is no month and day of every year")
        yield f"{before}month, {before}day", (month, day), what


def _late(entry: Entry) -> Iterator[Told]:
    yield from _year_day(entry, "after_")
    yield from _year_day(entry, "until_")


def _norm(entry: Entry) -> Iterator[Told]:
    if entry["first"] > entry["last"]:
        yield "first", entry["first"], (f"sau last = {entry['last']}", f"lies after last = {entry['last']}")
    articles = entry.get("articles", {})
    yield from _one_of("articles", articles, [*RULES, "priority", *_classes()])
    for code, article in articles.items():
        if not KIND["text"][1](article):
            yield f"articles.{code}", article, KIND["text"][0]


def _rule(entry: Entry) -> Iterator[Told]:
    """Check a rule; one of one's own is no part of a file."""
    code, given = entry["code"], entry.get("parameters", {})
    if code not in RULES or entry.get("custom"):
        yield (
            "code",
            code,
            (
                "không có quy định này; quy định tự viết phải được đưa vào bằng rulebook.with_rule(…)",
                "unknown rule; a rule of one's own is added by rulebook.with_rule(…)",
            ),
        )
        return
    usual = RULES[code]()
    for name, value in given.items():
        if type(getattr(usual, name, None)) is int and not KIND["number"][1](value):
            yield f"parameters.{name}", value, KIND["number"][0]
            return
    try:
        RULES[code](**given)
    except (TypeError, ValueError, AttributeError) as error:
        yield "parameters", given, (str(error), str(error))


def _class(entry: Entry) -> Iterator[Told]:
    yield from _one_of("code", [entry["code"]], CLASS_TESTS)


def _pool(entry: Entry) -> Iterator[Told]:
    yield from _one_of("key", entry["key"], POOL_COLUMNS)
    if "source" not in entry["key"]:
        what = (
            'phải có "source": vốn không đổi nguồn',
            'needs "source": capital keeps its source',
        )
        yield "key", entry["key"], what
    for name in ("within", "between", "across_sectors", "totals"):
        yield from _one_of(name, [entry[name]] if name in entry else [], AUTHORITIES)


def _delegation(entry: Entry) -> Iterator[Told]:
    yield from _one_of("hdnd", [entry["hdnd"]], DELEGATES)


def _granted(entry: Entry) -> Iterator[Told]:
    for side in ("cut", "add"):
        for line, by in entry[side].items():
            if not (KIND["number"][1](by) and by > 0):
                yield f"{side}.{line}", by, ("cần số đồng nguyên, trên 0", "needs whole đồng above 0")


VALUES: dict[str, Callable[[Entry], Iterator[Told]]] = {
    "closing": _year_day,
    "last_adjustment": _year_day,
    "late_additions": _late,
    "norm": _norm,
    "rule": _rule,
    "class": _class,
    "pool": _pool,
    "delegation": _delegation,
    "granted": _granted,
}
"""How the values of an entry of the right shape are checked."""


def _whole(raw: Entry, sound: Mapping[str, list[dict[str, Any]]]) -> Iterator[Told]:
    """Find what no entry shows by itself."""
    for table in ("class", "rule"):
        yield from _repeated(f"{table}.code", [entry["code"] for entry in sound.get(table, ())])
    if raw.get("class") == []:
        yield "class", None, ("thiếu mục này", "is missing")
    yield from _single(raw)
    pools = raw.get("pool", {})
    yield from _one_of("pool", pools, (*KINDS, "default", "programme"))
    for kind in ("default", "programme") if "pool" in raw else ():
        if kind not in pools:
            yield f"pool.{kind}", None, ("thiếu mục này", "is missing")
    norms = sorted(sound.get("norm", ()), key=lambda norm: (norm["first"], norm["last"]))
    for one, other in pairwise(norms):
        if other["first"] <= one["last"]:
            years = f"{one['first']}–{one['last']}, {other['first']}–{other['last']}"
            yield "norm", years, ("hai định mức của cùng một năm", "two norms of one plan year")
    citable = [*RULES, *_classes(), *(f"pool.{kind}" for kind in pools), *CITABLE_DATES]
    for question in sound.get("question", ()):
        yield from _one_of("question.about", question["about"], citable)


def _single(raw: Entry) -> Iterator[Told]:
    """Check the single entries at the head of a file."""
    for name, known in (("levels", LEVELS), ("obligations", CLAIMS)):
        if KIND["texts"][1](raw.get(name)):
            yield from _one_of(name, raw[name], known)
    if isinstance(base := raw.get("based_on"), str):
        yield from _one_of("based_on", [base], BUILT_IN)
    if raw.get("comparison") is False:
        what = ("chỉ được ghi true; nếu không thì bỏ mục này", "is true or is left out")
        yield "comparison", False, what
    days: list[Any] = [raw.get("valid_from"), raw.get("valid_to")]
    if all(map(KIND["date"][1], days)) and days != sorted(days):
        yield (
            "valid_to",
            str(days[1]),
            (f"trước valid_from = {days[0]}", f"lies before valid_from = {days[0]}"),
        )


def _repeated(name: str, codes: list[str]) -> Iterator[Told]:
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield name, code, ("ghi nhiều lần", "is given more than once")


def _classes() -> list[str]:
    return [f"priority[{code}]" for code in CLASS_TESTS]


def _holds(reading: Callable[[Any], object], value: object) -> bool:
    """Return whether a value can be read."""
    try:
        reading(value)
    except (TypeError, ValueError, OverflowError):
        return False
    return True
