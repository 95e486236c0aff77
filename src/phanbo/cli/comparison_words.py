"""What ``phanbo compare`` says, Vietnamese and English; nothing here prints."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from phanbo.catalogue import both, unfilled
from phanbo.money import format_million
from phanbo.words import AUTHORITY, day, word

if TYPE_CHECKING:
    from phanbo.comparison import Comparison

__all__ = ["TEXTS", "comparison_text"]

TEXTS: dict[str, tuple[str, str]] = {
    "head": unfilled("cli.head"),
    "book": ("{code}: {title}", "{code}: {title}"),
    "warning": ("{code}: {text}", "{code}: {text}"),
    "none": both("cli.none"),
    "rules": both("cli.rules"),
    "step": ("{step}. {kind}{what}", "{step}. {kind}{what}"),
    "says": ("   {code}: {text}", "   {code}: {text}"),
    "no-effect": both("cli.no_effect"),
    "effect": unfilled("cli.effect"),
    "note": ("   {text}.", "   {text}."),
    "lines": unfilled("cli.lines"),
    "cut": unfilled("cli.cut"),
    "added": unfilled("cli.added"),
    "expected": unfilled("cli.expected"),
    "authority": unfilled("cli.authority"),
    "by": ("{body} {by}", "{body} {by}"),
    "cited": both("cli.cited"),
    "citation": ("{step}. {what}: {before} → {after}", "{step}. {what}: {before} → {after}"),
    "totals": unfilled("cli.totals"),
    "total-cut": unfilled("cli.total_cut"),
    "total-added": unfilled("cli.total_added"),
    "total-expected": unfilled("cli.total_expected"),
    "decides": unfilled("cli.decides"),
    "values": ("{before} → {after} ({by})", "{before} → {after} ({by})"),
    "moved": unfilled("cli.count_lines"),
}


def _say(sentence: str, lang: str, /, **values: object) -> str:
    return TEXTS[sentence][0 if lang == "vi" else 1].format(**values)


def _signed(amount: int, lang: str) -> str:
    """Write a difference in millions with its sign."""
    return ("+" if amount > 0 else "") + format_million(amount, lang)


def comparison_text(found: Comparison, lang: str) -> str:
    """Return the comparison in words: what differs and what it moves, citations apart, totals, who decides."""
    codes = {
        name: each.meta["rulebook"]["code"]
        for name, each in (("here", found.proposal), ("there", found.other))
    }
    frame = found.rules(lang)
    rows = [dict(zip(frame.columns, row, strict=True)) for row in frame.itertuples(index=False)]
    cited = [row for row in rows if row["kind"] == "citation"]
    told = [line for row in rows if row["kind"] != "citation" for line in _step(row, codes, lang)]
    parts = [list(_head(found, codes, lang))]
    if told:
        parts.append([_say("rules", lang), *told])
    if cited:
        parts.append([_say("cited", lang), *(_citation(row, lang) for row in cited)])
    if not rows:
        parts.append([_say("none", lang)])
    parts.append(list(_totals(found, codes, lang)))
    return "\n\n".join("\n".join(lines) for lines in parts)


def _head(found: Comparison, codes: dict[str, str], lang: str) -> Iterator[str]:
    meta = found.proposal.meta
    on = day(dt.date.fromisoformat(meta["as_of"]), lang)
    yield _say("head", lang, number=meta["round"]["number"], as_of=on, **codes)
    for code, each in zip(codes.values(), (found.proposal, found.other), strict=True):
        if (book := each.rulebook) is not None:
            yield _say("book", lang, code=code, title=book.title_vi if lang == "vi" else book.title_en)
            if book.comparison:
                warning = each.summary["warnings"][0]
                yield _say("warning", lang, code=code, text=warning.split(" / ")[0 if lang == "vi" else -1])


def _step(row: dict[str, Any], codes: dict[str, str], lang: str) -> Iterator[str]:
    """Yield one difference: what each rulebook says, and what it moves."""
    from phanbo.comparison.wording import KIND, pool

    side = 0 if lang == "vi" else 1
    kind, what = KIND[row["kind"]][side], ""
    if row["item"].startswith("pool."):
        what = f": {pool(row['item'])[side]}"
    elif row["kind"] in {"left-out", "added", "parameters", "other"}:
        what = f" ({row['item']})"
    yield _say("step", lang, step=row["step"], kind=_begun(kind), what=what)
    for code, which in zip(codes.values(), ("before", "after"), strict=True):
        cited = f" [{row[f'citation_{which}']}]" if row[f"citation_{which}"] else ""
        yield _say("says", lang, code=code, text=row[which] + cited)
    if row["note"]:
        yield _say("note", lang, text=_begun(row["note"]))
        return
    parts = list(_effect(row, lang))
    yield _say("effect", lang, parts="; ".join(parts)) if parts else _say("no-effect", lang)


def _begun(text: str) -> str:
    """Return a text as a sentence begins."""
    return text[:1].upper() + text[1:]


def _effect(row: dict[str, Any], lang: str) -> Iterator[str]:
    """Yield what a step moves, in millions."""
    if row["lines"]:
        yield _say("lines", lang, count=row["lines"])
    for name in ("cut", "added", "expected"):
        if row[name]:
            yield _say(name, lang, by=_signed(row[name], lang))
    if row["authority"]:
        yield _say("authority", lang, by=format_million(row["authority"], lang))
    for name, by in row.items():
        if name.startswith("by:") and by:
            body = word(AUTHORITY, name.removeprefix("by:"), lang)
            yield _say("by", lang, body=body, by=_signed(by, lang))


def _citation(row: dict[str, Any], lang: str) -> str:
    """Return one difference of citation alone: a pool by its kind of source, anything else by what is said."""
    from phanbo.comparison.wording import KIND, pool

    side, item = 0 if lang == "vi" else 1, row["item"].replace("_", "-")
    what = pool(item)[side] if item.startswith("pool.") else row["before"]
    if item in KIND:
        what = f"{KIND[item][side]} {what}"
    told = {"before": row["citation_before"], "after": row["citation_after"]}
    return _say("citation", lang, step=row["step"], what=_begun(what), **told)


def _totals(found: Comparison, codes: dict[str, str], lang: str) -> Iterator[str]:
    """Yield the totals under each rulebook, and who decides how much."""
    yield _say("totals", lang, **codes)
    for name, (here, there) in found.totals.items():
        values = _say(
            "values",
            lang,
            before=format_million(here, lang),
            after=format_million(there, lang),
            by=_signed(there - here, lang),
        )
        if not name.startswith("by:"):
            yield _say(f"total-{name}", lang, values=values)
        elif here or there:
            body = word(AUTHORITY, name.removeprefix("by:"), lang)
            yield _say("decides", lang, body=body, values=values)
    yield _say("moved", lang, count=int(found.differing.sum()))
