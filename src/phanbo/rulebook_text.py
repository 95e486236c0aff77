"""A rulebook's TOML with a rule added or taken out, so that what was changed stands in the text that is kept."""

from __future__ import annotations

import json
import tomllib
from dataclasses import fields, is_dataclass
from importlib import resources

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
    return text if "comparison" in tomllib.loads(text) else f"comparison = true\n{text}"


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


def departures(text: str, shipped: str) -> tuple[list[str], list[str]]:
    """Return how a rulebook's text departs from the one *shipped* under its code.

    Returns
    -------
    changed : list of str
        Codes of the rules that are left out, taken out, replaced or given other parameters; names of other
        entries that differ; ``"rule order"`` where only the order does.
    added : list of str
        Codes of rules the shipped text does not have.
    """
    here, there = tomllib.loads(text), tomllib.loads(shipped)
    known = {entry["code"]: entry for entry in there["rule"]}
    kept = [entry for entry in here["rule"] if entry["code"] in known]
    changed = [code for code, entry in known.items() if [e for e in kept if e["code"] == code] != [entry]]
    changed += [name for name in there if name != "rule" and here.get(name) != there[name]]
    if not changed and kept != there["rule"]:
        changed.append("rule order")
    return changed, [entry["code"] for entry in here["rule"] if entry["code"] not in known]


def standing(text: str) -> tuple[list[str], list[str]]:
    """Return how a rulebook's text stands to the one phanbo ships under its code.

    Returns
    -------
    changed : list of str
        What of the shipped rulebook was cut or changed; nothing where none is shipped under this code.
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
        named = ("code", "title_vi", "title_en", "version")
        apart = ", ".join([*(name for name in other if name not in named), *added]) or "–"
        notes.append(f"bộ quy định riêng {code} dựa trên {base}, khác ở / rests on it but for: {apart}")
    else:
        held = {entry["code"] for entry in raw["rule"] if not entry.get("removed")}
        out = ", ".join(sorted(RULES.keys() - {*held, "asked-limit"})) or "–"
        notes.append(f"bộ quy định riêng {code} không có / a rulebook of one's own leaves out: {out}")
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
    file = resources.files("phanbo") / "rulebooks" / f"{code}.toml"
    return file.read_text(encoding="utf-8") if code and file.is_file() else None
