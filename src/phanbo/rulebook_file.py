"""Rulebooks as TOML files: the regimes ``vn-2020``, ``vn-2025a``, ``vn-2025b`` are built in; a province's own by path.

A file that ``extends`` a built-in rulebook states only what differs. A file is read strictly: an entry nobody reads is
named, never passed over.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import tomli_w

from phanbo.authority import Delegation, PoolKey
from phanbo.calendar import as_date
from phanbo.calendar_file import read_toml, what_is_wrong
from phanbo.errors import RulebookError, RulebookUnavailable
from phanbo.regime import LateAdditions, Norm, PriorityClass, Question, YearDay
from phanbo.rulebook import Rulebook
from phanbo.rulebook_entries import BUILT_IN, Words, faults_of
from phanbo.rulebook_overlay import extended, overlay_faults, own_faults
from phanbo.rules import RULES, Rule
from phanbo.rules.base import Source
from phanbo.rules.granted import widened

__all__ = ["BUILT_IN", "load_rulebook", "parse_rulebook", "rulebook_at", "rulebook_faults", "rulebook_text"]


LISTS = ("norm", "rule", "class", "question", "granted")


def load_rulebook(name: str | Path) -> Rulebook:
    """Load a rulebook: a built-in name (``"vn-2025b"``) or the path of a TOML file.

    Raises
    ------
    RulebookError
        When there is no such rulebook, or the file cannot be used.
    """
    return parse_rulebook(rulebook_text(name))


def rulebook_text(name: str | Path) -> str:
    """Return the TOML of a rulebook: a built-in name or the path of a file; `RulebookError` where there is none."""
    if isinstance(name, str) and name in BUILT_IN:
        return _shipped(name)
    path = Path(name)
    if not path.is_file():
        known = ", ".join(BUILT_IN)
        raise RulebookError(
            f"Không có bộ quy định “{name}”. Có sẵn: {known}; hoặc đưa đường dẫn tới một tệp TOML.",
            f"There is no rulebook {str(name)!r}. Built in: {known}; or give the path of a TOML file.",
            {"name": str(name), "known": list(BUILT_IN)},
        )
    return read_toml(path, RulebookError)


def rulebook_at(day: str | dt.date) -> Rulebook:
    """Return the built-in rulebook in force on a data date.

    Raises
    ------
    RulebookUnavailable
        When phanbo has no rulebook for that day.

    Examples
    --------
    >>> [rulebook_at(day).code for day in ("2024-09-15", "2025-06-12", "2026-09-15")]
    ['vn-2020', 'vn-2025a', 'vn-2025b']
    """
    date = as_date(day)
    books = [load_rulebook(name) for name in BUILT_IN]
    for book in books:
        if book.covers(date):
            return book
    first, last = books[0].valid_from, books[-1].valid_to
    raise RulebookUnavailable(
        f"phanbo chưa có bộ quy định cho ngày {date}; các bộ có sẵn áp dụng từ {first} đến {last}. "
        "Nếu đã có luật mới, hãy đưa bộ quy định riêng.",
        f"phanbo has no rulebook for {date}; those built in govern {first} to {last}. Give one of your own "
        "where the law has changed.",
        {"date": date.isoformat(), "available": list(BUILT_IN)},
    )


def parse_rulebook(text: str) -> Rulebook:
    """Return the rulebook a TOML text describes; `RulebookError` says all that is wrong."""
    raw, faults = _read(text)
    if not faults:
        try:
            return _build(raw, text if tomllib.loads(text) == raw else _written(raw))
        except (KeyError, TypeError, ValueError) as error:  # what was granted of a rule that is law
            faults = [what_is_wrong(error)]
    vi, en = ("; ".join(told) for told in zip(*faults, strict=True))
    raise RulebookError(
        f"Tệp quy định không dùng được: {vi}.", f"The rulebook cannot be used: {en}.", {"reason": en}
    )


def rulebook_faults(text: str) -> list[Words]:
    """Return everything that is wrong with a rulebook's text, Vietnamese and English, each with where it stands.

    Nothing where `parse_rulebook` takes it.
    """
    faults = _read(text)[1]
    if not faults:
        try:
            parse_rulebook(text)
        except RulebookError as error:
            faults = [(error.message("vi"), error.message("en"))]
    return faults


def _read(text: str) -> tuple[dict[str, Any], list[Words]]:
    """Return what a TOML text says, laid over the rulebook it extends, and everything that is wrong with it."""
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        return {}, [what_is_wrong(error)]
    if "extends" not in raw:
        return raw, faults_of(raw)
    if faults := overlay_faults(raw):
        return raw, faults
    whole = extended(raw, tomllib.loads(_shipped(raw["extends"])))
    return whole, list(dict.fromkeys([*own_faults(raw), *faults_of(whole)]))


def _shipped(name: str) -> str:
    return (resources.files("phanbo") / "rulebooks" / f"{name}.toml").read_text(encoding="utf-8")


def _written(raw: Mapping[str, Any]) -> str:
    """Return entries as TOML, every rule under a ``[[rule]]`` of its own, so that more can be written behind it."""
    lists = {name: rows for name, rows in raw.items() if name in LISTS}
    parts = [tomli_w.dumps({name: value for name, value in raw.items() if name not in lists})]
    for name, rows in lists.items():
        for row in rows:
            below = {key: value for key, value in row.items() if isinstance(value, dict)}
            parts.append(f"[[{name}]]\n" + tomli_w.dumps({k: v for k, v in row.items() if k not in below}))
            parts += [tomli_w.dumps({name: below})] if below else []
    return "\n".join(parts)


def _build(raw: Mapping[str, Any], text: str) -> Rulebook:
    """Return the rulebook of entries in which nothing is wrong."""
    removed = {entry["code"] for entry in raw["rule"] if entry.get("removed")}
    return Rulebook(
        **{name: raw[name] for name in ("code", "title_vi", "title_en", "version", "law")},
        valid_from=raw["valid_from"],
        valid_to=raw["valid_to"],
        closing=_year_day(raw["closing"]),
        last_adjustment=_year_day(raw["last_adjustment"]),
        late_additions=_late(raw.get("late_additions")),
        norms=tuple(
            Norm(n["first"], n["last"], _source(n), tuple(sorted(n.get("articles", {}).items())))
            for n in raw.get("norm", ())
        ),
        levels=tuple(raw["levels"]),
        lead_department_vi=raw["lead_department_vi"],
        lead_department_en=raw["lead_department_en"],
        rules=widened(
            (_rule(entry) for entry in raw["rule"] if entry["code"] not in removed), raw.get("granted", ())
        ),
        classes=tuple(
            PriorityClass(c["code"], c["title_vi"], c["title_en"], _source(c)) for c in raw["class"]
        ),
        obligations=tuple(raw["obligations"]),
        pools_by_kind={kind: _pool(p) for kind, p in raw["pool"].items()},
        delegation=Delegation(given["hdnd"], _source(given)) if (given := raw.get("delegation")) else None,
        questions=tuple(
            Question(tuple(q["about"]), q["text_vi"], q["text_en"]) for q in raw.get("question", ())
        ),
        based_on=raw.get("based_on", ""),
        comparison=raw.get("comparison", False),
        text=text,
    )


def _source(entry: Mapping[str, Any]) -> Source:
    return Source(entry["document"], entry.get("article", ""), entry["confidence"])


def _pool(entry: Mapping[str, Any]) -> PoolKey:
    more = {name: entry.get(name, "") for name in ("across_sectors", "totals")}
    return PoolKey(tuple(entry["key"]), entry["within"], entry["between"], _source(entry), **more)


def _rule(entry: Mapping[str, Any]) -> Rule:
    """Return a rule with its parameters, cited as the entry says where it says so."""
    rule = RULES[entry["code"]](**entry.get("parameters", {}))
    return rule.cited(_source(entry)) if "document" in entry else rule


def _year_day(entry: Mapping[str, Any]) -> YearDay:
    return YearDay(entry["month"], entry["day"], _source(entry))


def _late(entry: Mapping[str, Any] | None) -> LateAdditions | None:
    if entry is None:
        return None
    after, until = (
        YearDay(entry[f"{end}_month"], entry[f"{end}_day"], _source(entry)) for end in ("after", "until")
    )
    return LateAdditions(after, until, entry["reallocated"])
