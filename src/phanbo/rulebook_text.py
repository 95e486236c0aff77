"""A rulebook's TOML with a rule added or taken out, so that what was changed stands in the text that is kept."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from importlib import resources
from typing import Any

import tomli_w

from phanbo.rules import RULES, Rule
from phanbo.rules.granted import Granted

__all__ = ["as_comparison", "departures", "standing", "with_entry", "with_grant", "without_entry"]


def with_entry(text: str, rule: Rule, *, own: bool) -> str:
    """Return the text with one more rule: with its parameters where it is phanbo's *own*, else as custom."""
    note = f'\n# Quy định do người dùng thêm\n[[rule]]\ncode = "{rule.code}"\n'
    return _before_tables(text, note + (_parameters(rule) if own else "custom = true\n"))


def without_entry(text: str, code: str) -> str:
    """Return the text with a note that one rule was taken out."""
    return _before_tables(text, f'\n# Quy định đã bỏ\n[[rule]]\ncode = "{code}"\nremoved = true\n')


def as_comparison(text: str) -> str:
    """Return the text of a rulebook that is only asked for comparison."""
    said = tomllib.loads(text)
    if "comparison" not in said:
        return f"comparison = true\n{text}"
    return text if said["comparison"] is True else tomli_w.dumps(said | {"comparison": True})


def with_grant(text: str, rule: Granted) -> str:
    """Return the text with a rule widened on some lines, by whom and by how much."""
    more = "".join(f"{side} = {_toml(getattr(rule, side))}\n" for side in ("cut", "add"))
    head = f'\n# Mức được nới theo thẩm quyền\n[[granted]]\nrule = "{rule.code}"\nby = "{rule.granted_by}"\n'
    return _before_tables(text, head + more)


def _parameters(rule: Rule) -> str:
    """Return a rule's parameters as a line of TOML, nothing where it has none."""
    if not is_dataclass(rule):
        return ""
    given = [f"{field.name} = {_toml(getattr(rule, field.name))}" for field in fields(rule)]
    return f"parameters = {{ {', '.join(given)} }}\n"


def _toml(value: object) -> str:
    """Return a whole number, yes or no, or pairs of text and number as a table, in TOML."""
    if isinstance(value, tuple):
        pairs = [f"{json.dumps(name, ensure_ascii=False)} = {_toml(number)}" for name, number in value]
        return f"{{ {', '.join(pairs)} }}" if pairs else "{}"
    if isinstance(value, bool):
        return str(value).lower()
    if type(value) is not int:
        raise TypeError(f"a parameter of type {type(value).__name__} has no place in a rulebook")
    return str(value)


def _before_tables(text: str, note: str) -> str:
    """Put a ``[[rule]]`` before the first ``[[class]]``, where the rules of the file end."""
    head, mark, tail = text.partition("[[class]]")
    return head + note + "\n" + mark + tail


CITED = {"document", "article", "confidence"}
TOLD_ELSEWHERE = {"rule", "granted", "comparison"}
"""Entries of a text that `standing` tells by themselves."""


def departures(text: str, shipped: str) -> tuple[list[str], list[str]]:
    """Return how a rulebook's text departs from the one *shipped* under its code.

    Returns
    -------
    changed : list of str
        What is left out, taken out, replaced, given otherwise or put in: ``rule capital-time-limit (parameters)``,
        ``pool.default (between)``, ``closing (day)``, ``delegation (added)``; ``rule order`` where only the order does.
    added : list of str
        Codes of rules the shipped text does not have.
    """
    here, there = tomllib.loads(text), tomllib.loads(shipped)
    known = {entry["code"]: entry for entry in there["rule"]}
    kept = [entry for entry in here["rule"] if entry["code"] in known]
    changed = []
    for code, entry in known.items():
        found = [each for each in kept if each["code"] == code]
        if found != [entry]:
            changed.append(f"rule {code} ({_how(entry, found)})")
    for name in dict.fromkeys([*there, *here]):
        if name not in TOLD_ELSEWHERE:
            changed += _apart(name, there.get(name), here.get(name))
    if not changed and kept != there["rule"]:
        changed.append("rule order")
    return changed, [entry["code"] for entry in here["rule"] if entry["code"] not in known]


def _how(entry: Mapping[str, Any], found: Sequence[Mapping[str, Any]]) -> str:
    """Return how the entries of one rule depart from the one that is shipped."""
    if not found:
        return "missing"
    apart = {name for each in found for name in {*each, *entry} if each.get(name) != entry.get(name)}
    return ", ".join(sorted(apart & {"removed", "custom"} or apart - CITED or apart)) or "repeated"


def _apart(name: str, old: object, new: object) -> list[str]:
    """Return where a table or an entry of a rulebook differs: what it says, its citation where only that does."""
    if old == new:
        return []
    if old is None or new is None:
        return [f"{name} ({'added' if old is None else 'missing'})"]
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return [name]
    if name == "pool":
        return [
            each
            for kind in dict.fromkeys([*old, *new])
            for each in _apart(f"pool.{kind}", old.get(kind), new.get(kind))
        ]
    apart = {each for each in {*old, *new} if old.get(each) != new.get(each)}
    return [f"{name} ({', '.join(sorted(apart - CITED or apart))})"]


OWN = ("code", "title_vi", "title_en", "version", "based_on (added)")
"""What a rulebook that rests on another always says otherwise."""


def standing(text: str) -> tuple[list[str], list[str]]:
    """Return how a rulebook's text stands to the one phanbo ships under its code.

    Returns
    -------
    changed : list of str
        What of the shipped rulebook was cut, changed or put in; nothing where none is shipped under this code.
    notes : list of str
        What is no fault, "Vietnamese / English": rules added, what a rulebook of one's own leaves out, and what was
        granted beyond a rule: on which lines, by whom.
    """
    raw, changed, notes = tomllib.loads(text), list[str](), list[str]()
    code, base = str(raw["code"]), str(raw.get("based_on", ""))
    if (shipped := _shipped(code)) is not None:
        changed, added = departures(text, shipped)
        if added:
            notes.append(f"quy định thêm vào / rules added to {code}: {', '.join(added)}")
    elif (shipped := _shipped(base)) is not None:
        other, added = departures(text, shipped)
        apart = ", ".join([*(name for name in other if name not in OWN), *added]) or "–"
        notes.append(f"bộ quy định riêng {code} dựa trên {base}, khác ở / rests on it but for: {apart}")
    else:
        held = {entry["code"] for entry in raw["rule"] if not entry.get("removed")}
        out = ", ".join(sorted(RULES.keys() - {*held, "asked-limit"})) or "–"
        notes.append(
            f"bộ quy định riêng {code} không dựa trên bộ có sẵn nào, phải đọc toàn văn; không có / a rulebook of one's "
            f"own that rests on no built-in one and must be read whole; it leaves out: {out}"
        )
    if raw.get("comparison"):
        changed.append("chỉ để so sánh / for comparison only")
    for grant in raw.get("granted", ()):
        lines = ", ".join(
            f"{line} ({side} +{by})" for side in ("cut", "add") for line, by in grant[side].items()
        )
        notes.append(f"được nới / granted beyond {grant['rule']}: {lines}; thẩm quyền / by {grant['by']}")
    return changed, notes


def _shipped(code: str) -> str | None:
    """Return the text of the rulebook shipped under a code, ``None`` where there is none."""
    files = {file.name: file for file in (resources.files("phanbo") / "rulebooks").iterdir()}
    file = files.get(f"{code}.toml")
    return None if file is None else file.read_text(encoding="utf-8")
