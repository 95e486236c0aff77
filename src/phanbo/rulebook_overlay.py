"""A rulebook of one's own that rests on a built-in one: what it says otherwise, and by what it is cited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from phanbo.rulebook_entries import BUILT_IN, CITED, Words, citation_faults, entries_of, misshapen

__all__ = ["INDISPENSABLE", "extended", "overlay_faults", "own_faults"]

INDISPENSABLE = ("pool-balance", "spent-money", "revenue-shortfall", "authority", "min_move")
"""Rules without which a round is none: conservation of capital, money spent, the shortfall that must be met, who may
decide, the least amount. A province may cite them elsewhere; it cannot take them out."""
NAMED = ("code", "title_vi", "title_en", "version")
Entry = Mapping[str, Any]


def overlay_faults(own: Entry) -> list[Words]:
    """Return why a file cannot be laid over the built-in rulebook it extends; nothing where it can."""
    base, known = own["extends"], ", ".join(BUILT_IN)
    if not isinstance(base, str):
        return [(f"extends: cần tên một bộ có sẵn, {known}", f"extends: needs a built-in name, {known}")]
    if base not in BUILT_IN:
        return [(f"extends = {base!r}: chỉ có {known}", f"extends = {base!r}: only {known} can be extended")]
    lacking = [name for name in NAMED if not (isinstance(own.get(name), str) and own[name].strip())]
    if lacking or own["code"] in BUILT_IN:
        what = ", ".join(lacking) or own["code"]
        return [
            (
                f"bộ quy định riêng cần có code, title_vi, title_en, version của mình, xem: {what}",
                f"a rulebook of one's own needs a code of its own, a title_vi, title_en and version; see: {what}",
            )
        ]
    return misshapen(own)


def own_faults(own: Entry) -> Iterator[Words]:
    """Find what is wrong in a file that extends another and no longer shows once it is laid over it."""
    codes = [entry.get("code") for entry in own.get("rule", ())]
    for code in sorted({code for code in codes if isinstance(code, str) and codes.count(code) > 1}):
        yield f"rule {code}: ghi nhiều lần", f"rule {code}: is given more than once"
    for entry in own.get("rule", ()):
        if entry.get("removed") and entry.get("code") in INDISPENSABLE:
            yield (
                f"rule {entry['code']}.removed = true: không bỏ được, thiếu nó thì không thành đợt điều chỉnh",
                f"rule {entry['code']}.removed = true: cannot be taken out, without it there is no round",
            )
    for _, where, entry in entries_of(own):
        if "document" not in entry:
            yield from citation_faults(where, entry)


def extended(own: Entry, whole: Entry) -> dict[str, Any]:
    """Return a built-in rulebook with what a file of one's own says otherwise.

    Tables are joined entry by entry, rules by their code; classes, norms and questions are replaced where given. What
    the file changes is no longer what the law says: without a ``document`` of its own it is cited as *Bộ quy định
    riêng*, with the file's code, title and version and the confidence ``policy``. To keep the law's citation, even as
    one to be verified, would name an article for what does not stand in it. An entry that gives nothing but document,
    article and confidence is a citation; with a document, nothing of the old citation is left.
    """
    cite = {
        "document": f"Bộ quy định riêng {own['code']} ({own['title_vi']})",
        "article": f"phiên bản {own['version']}",
        "confidence": "policy",
    }

    def joined(entry: Entry, base: Entry | None) -> dict[str, Any]:
        old = dict(base or {})
        if "document" in entry:
            old = {name: value for name, value in old.items() if name not in CITED}
        elif base is None or _differs(entry, base):
            old |= cite
        return {**old, **entry}

    found = {name: value for name, value in {**whole, **own}.items() if name != "extends"}
    for name in ("closing", "last_adjustment", "late_additions"):
        if name in own:
            found[name] = joined(own[name], whole.get(name))
    for name in ("class", "norm"):
        if name in own:
            found[name] = [joined(entry, None) for entry in own[name]]
    found["pool"] = whole["pool"] | {
        kind: joined(entry, whole["pool"].get(kind)) for kind, entry in own.get("pool", {}).items()
    }
    rules = {entry["code"]: entry for entry in whole["rule"]}
    for k, entry in enumerate(own.get("rule", ())):
        code = entry.get("code")
        place = code if isinstance(code, str) else f"rule {k}"
        rules[place] = joined(entry, rules.get(place))
    return found | {"rule": [*rules.values()], "based_on": own["extends"]}


def _differs(entry: Entry, base: Entry) -> bool:
    """Return whether an entry says something otherwise; a citation, or a rule taken out, says nothing."""
    return any(
        value != base.get(name) for name, value in entry.items() if name not in {*CITED, "code", "removed"}
    )
