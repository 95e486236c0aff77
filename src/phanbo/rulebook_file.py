"""Rulebooks as TOML files: the regimes ``vn-2020``, ``vn-2025a``, ``vn-2025b`` are built in; a province's own by path.

A file that ``extends`` a built-in rulebook states only what differs. A file is read strictly: an entry nobody reads is
named, never passed over.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import tomllib
from collections.abc import Callable, Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import tomli_w

from phanbo.authority import Delegation, PoolKey
from phanbo.calendar import as_date
from phanbo.calendar_file import read_toml, strict_date, what_is_wrong
from phanbo.errors import RulebookError, RulebookUnavailable
from phanbo.policy import AUTHORITIES
from phanbo.pool_tree import POOL_COLUMNS
from phanbo.regime import LateAdditions, Norm, PriorityClass, Question, YearDay
from phanbo.rulebook import Rulebook
from phanbo.rules import RULES, Rule
from phanbo.rules.base import CONFIDENCE_VI, Source
from phanbo.rules.granted import widened
from phanbo.rules.priority import CLASS_TESTS
from phanbo.tables.schema import KINDS

__all__ = ["BUILT_IN", "load_rulebook", "parse_rulebook", "rulebook_at", "rulebook_faults", "rulebook_text"]

BUILT_IN = ("vn-2020", "vn-2025a", "vn-2025b")
LEVELS = ("central", "province", "district", "commune")
CLAIMS = ("arrears", "prior_advance")
DELEGATES = ("ubnd", "standing-committee")
CITED = "document article confidence"
ENTRIES = {
    "": "code title_vi title_en version law valid_from valid_to closing last_adjustment late_additions norm levels "
    "lead_department_vi lead_department_en obligations rule class pool question granted delegation extends based_on "
    "comparison",
    "closing": f"month day {CITED}",
    "last_adjustment": f"month day {CITED}",
    "late_additions": f"after_month after_day until_month until_day reallocated {CITED}",
    "norm": f"first last articles {CITED}",
    "rule": f"code parameters removed custom {CITED}",
    "class": f"code title_vi title_en {CITED}",
    "pool.*": f"key within between across_sectors totals {CITED}",
    "delegation": f"hdnd {CITED}",
    "question": "about text_vi text_en",
    "granted": "rule by cut add",
}
"""What a rulebook file may say, table by table."""
DATED = ("closing", "last_adjustment", "late_additions")
"""What a question may be about beside rules, classes (``priority[code]``) and pools (``pool.kind``)."""


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
    """Return the rulebook a TOML text describes; `RulebookError` says what is wrong."""
    try:
        raw = tomllib.loads(text)
        if "extends" in raw:
            raw = _extended(raw)
            text = tomli_w.dumps(raw)
        return _build(raw, text)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        vi, en = what_is_wrong(error)
        raise RulebookError(
            f"Tệp quy định không dùng được: {vi}.", f"The rulebook cannot be used: {en}.", {"reason": en}
        ) from error


def _shipped(name: str) -> str:
    return (resources.files("phanbo") / "rulebooks" / f"{name}.toml").read_text(encoding="utf-8")


def _extended(own: dict[str, Any]) -> dict[str, Any]:
    """Return a built-in rulebook with what a file of one's own says otherwise.

    Tables are joined entry by entry, rules by their code; classes, norms and questions are replaced where given.
    """
    base = own["extends"]
    if base not in BUILT_IN:
        raise ValueError(f"extends = {base!r}: only {', '.join(BUILT_IN)} can be extended")
    whole: dict[str, Any] = tomllib.loads(_shipped(base))
    lacking = [name for name in ("code", "title_vi", "title_en", "version") if name not in own]
    if lacking or own["code"] in BUILT_IN:
        raise ValueError(
            f"a rulebook of one's own needs a code of its own, {', '.join(lacking) or 'not a built-in one'}"
        )
    rules = {entry["code"]: entry for entry in whole["rule"]}
    for entry in own.get("rule", ()):
        rules[entry["code"]] = {**rules.get(entry["code"], {}), **entry}
    pools = dict(whole["pool"])
    for kind, entry in own.get("pool", {}).items():
        pools[kind] = {**pools.get(kind, {}), **entry}
    for name, value in own.items():
        joined = isinstance(value, dict) and isinstance(whole.get(name), dict)
        whole[name] = {**whole[name], **value} if joined else value
    whole |= {"rule": list(rules.values()), "pool": pools, "based_on": base}
    del whole["extends"]
    return whole


def _build(raw: dict[str, Any], text: str) -> Rulebook:
    strange = [*_unknown_entries(raw), *_strange(raw)]
    if strange:
        raise ValueError(f"unknown, missing or repeated entries: {', '.join(strange)}")
    removed = {entry["code"] for entry in raw["rule"] if entry.get("removed")}
    asked = [entry for entry in raw["rule"] if entry["code"] not in removed]
    unknown = [entry["code"] for entry in asked if entry["code"] not in RULES or entry.get("custom")]
    if unknown:
        raise RulebookError(
            f"Không có quy định: {', '.join(unknown)}. Quy định tự viết phải được đưa vào bằng rulebook.with_rule(…).",
            f"Unknown rules: {', '.join(unknown)}. A rule of one's own is added by rulebook.with_rule(…).",
            {"rules": unknown},
        )
    valid_from, valid_to = strict_date(raw["valid_from"]), strict_date(raw["valid_to"])
    if valid_to < valid_from:
        raise ValueError(f"valid_to {valid_to} lies before valid_from {valid_from}")
    return Rulebook(
        **{name: str(raw[name]) for name in ("code", "title_vi", "title_en", "version", "law")},
        valid_from=valid_from,
        valid_to=valid_to,
        closing=_year_day(raw["closing"]),
        last_adjustment=_year_day(raw["last_adjustment"]),
        late_additions=_late(raw.get("late_additions")),
        norms=tuple(
            Norm(n["first"], n["last"], _source(n), tuple(sorted(n.get("articles", {}).items())))
            for n in raw.get("norm", ())
        ),
        levels=tuple(raw["levels"]),
        lead_department_vi=str(raw["lead_department_vi"]),
        lead_department_en=str(raw["lead_department_en"]),
        rules=widened((_rule(entry) for entry in asked), raw.get("granted", ())),
        classes=tuple(
            PriorityClass(c["code"], c["title_vi"], c["title_en"], _source(c)) for c in raw["class"]
        ),
        obligations=tuple(raw["obligations"]),
        pools_by_kind={kind: _pool(p) for kind, p in raw["pool"].items()},
        delegation=Delegation(given["hdnd"], _source(given)) if (given := raw.get("delegation")) else None,
        questions=tuple(
            Question(tuple(q["about"]), q["text_vi"], q["text_en"]) for q in raw.get("question", ())
        ),
        based_on=str(raw.get("based_on", "")),
        comparison=raw.get("comparison", False) is True,
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
    if not isinstance(entry["reallocated"], bool):
        raise TypeError("late_additions.reallocated is true or false")
    after, until = (
        YearDay(entry[f"{end}_month"], entry[f"{end}_day"], _source(entry)) for end in ("after", "until")
    )
    return LateAdditions(after, until, entry["reallocated"])


def _unknown_entries(raw: Mapping[str, Any]) -> Iterator[str]:
    """Find entries nobody reads: a slip of the pen would else change the law in silence."""
    yield from sorted(set(raw) - set(ENTRIES[""].split()))
    for table, names in ENTRIES.items():
        name, _, each = table.partition(".")
        found: Any = raw.get(name, ()) if name else ()
        rows = found.values() if each else [found] if isinstance(found, dict) else found
        for row in rows:
            yield from (f"{name}.{entry}" for entry in sorted(set(row) - set(names.split())))


def _strange(raw: Mapping[str, Any]) -> Iterator[str]:
    """Find values a rulebook may not have, and entries it lacks."""
    codes = [entry["code"] for entry in raw["rule"] if not entry.get("removed") and not entry.get("custom")]
    classes, pools = [c["code"] for c in raw["class"]], raw["pool"]
    yield from sorted({code for code in codes if codes.count(code) > 1})
    yield from sorted({code for code in classes if classes.count(code) > 1 or code not in CLASS_TESTS})
    yield from (f"pool.{kind}" for kind in pools if kind not in (*KINDS, "default", "programme"))
    for pool in pools.values():
        named = [
            pool["within"],
            pool["between"],
            *(pool[n] for n in ("across_sectors", "totals") if n in pool),
        ]
        yield from (code for code in named if code not in AUTHORITIES)
        yield from (part for part in pool["key"] if part not in POOL_COLUMNS)
    yield from (level for level in raw["levels"] if level not in LEVELS)
    yield from (claim for claim in raw["obligations"] if claim not in CLAIMS)
    cited = [*raw["class"], *pools.values(), *raw.get("norm", ()), raw["closing"], raw["last_adjustment"]]
    cited += [entry for entry in raw["rule"] if "document" in entry]
    for given in [raw["delegation"]] if "delegation" in raw else []:
        cited.append(given)
        yield from (f"delegation.hdnd {to}" for to in [given["hdnd"]] if to not in DELEGATES)
    yield from sorted(
        {f"confidence {c['confidence']}" for c in cited if c["confidence"] not in CONFIDENCE_VI}
    )
    yield from (f"pool.{kind}" for kind in ("default", "programme") if kind not in pools)
    yield from (f"pool.{kind}.key" for kind, pool in pools.items() if not pool["key"])
    if not classes:
        yield "class"


def rulebook_faults(text: str) -> list[tuple[str, str]]:
    """Return everything that is wrong with a rulebook's text, Vietnamese and English, each with where it stands.

    Nothing where `parse_rulebook` takes it. Part after part is read by itself, so that one fault hides no other.
    """
    try:
        raw = tomllib.loads(text)
        raw = _extended(raw) if "extends" in raw else raw
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        return [what_is_wrong(error)]
    faults = [
        ("mục lạ, thiếu hoặc lặp: " + entry, "unknown, missing or repeated: " + entry)
        for check in (_unknown_entries, _strange)
        for entry in _as_far(check(raw))
    ]
    for where, build in _parts(raw):
        try:
            build()
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            vi, en = what_is_wrong(error)
            faults.append((f"{where}: {vi}", f"{where}: {en}"))
    if not faults:
        try:
            parse_rulebook(text)
        except RulebookError as error:
            faults.append((error.message("vi"), error.message("en")))
    return list(dict.fromkeys(faults))


def _as_far(entries: Iterator[str]) -> Iterator[str]:
    """Yield entries until a part is so wrong that nothing more can be asked: `_parts` names it."""
    with contextlib.suppress(KeyError, TypeError, ValueError, AttributeError):
        yield from entries


def _parts(raw: Mapping[str, Any]) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield where each part of a rulebook stands and how it is read."""
    needed = "code title_vi title_en version law levels lead_department_vi lead_department_en obligations class pool"
    for name in needed.split():
        yield name, functools.partial(raw.__getitem__, name)
    for name in ("valid_from", "valid_to"):
        yield name, functools.partial(_read, strict_date, raw, name)
    for name in ("closing", "last_adjustment"):
        yield name, functools.partial(_read, _year_day, raw, name)
    yield "late_additions", lambda: _late(raw.get("late_additions"))
    for name in ("rule", "class", "norm", "question", "pool"):
        rows = raw.get(name, {} if name == "pool" else [])
        named = (
            [(f"pool.{k}", e) for k, e in rows.items()] if isinstance(rows, dict) else _numbered(name, rows)
        )
        if isinstance(rows, dict) != (name == "pool") or not all(
            isinstance(entry, dict) for _, entry in named
        ):
            yield name, functools.partial(_refuse, f"{name}: TOML")
            continue
        for where, entry in named:
            yield where, functools.partial(READ[name], entry)
            if name == "question" and (strange := sorted(set(entry.get("about", ())) - _citable(raw))):
                yield where, functools.partial(_refuse, "about: " + ", ".join(strange))


def _read(how: Callable[[Any], object], raw: Mapping[str, Any], name: str) -> object:
    return how(raw[name])


def _numbered(name: str, rows: object) -> list[tuple[str, Any]]:
    """Return the entries of a list with their code or number."""
    listed = rows if isinstance(rows, list) else [rows]
    return [
        (f"{name} {entry.get('code', k) if isinstance(entry, dict) else k}", entry)
        for k, entry in enumerate(listed, start=1)
    ]


def _read_rule(entry: Mapping[str, Any]) -> object:
    """Read a rule, but one taken out or of one's own: these are told elsewhere."""
    if entry.get("removed") or entry.get("custom"):
        return None
    if entry["code"] not in RULES:
        raise ValueError(f"there is no such rule; {', '.join(sorted(RULES))}")
    return _rule(entry)


READ: dict[str, Callable[[Mapping[str, Any]], object]] = {
    "rule": _read_rule,
    "class": _source,
    "norm": lambda entry: (entry["first"], entry["last"], _source(entry)),
    "pool": lambda entry: (entry["key"], entry["within"], entry["between"], _source(entry)),
    "question": lambda entry: (entry["about"], entry["text_vi"], entry["text_en"]),
}
"""How one entry of each list is read."""


def _refuse(what: str) -> None:
    raise ValueError(what)


def _citable(raw: Mapping[str, Any]) -> set[str]:
    """Return what a question may be about."""
    classes = {f"priority[{code}]" for code in CLASS_TESTS}
    return {*RULES, *classes, *(f"pool.{kind}" for kind in raw.get("pool", ())), *DATED}
