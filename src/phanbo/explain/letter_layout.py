"""The outer form of a letter to an owner (Decree 30/2020/NĐ-CP): head, bases, table, requests, recipients, signature.

Number, date, sender and signature are left blank: they are not phanbo's to fill in.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from phanbo.catalogue import both, unfilled
from phanbo.money import format_million, format_share
from phanbo.words import day

if TYPE_CHECKING:
    from phanbo.explain.letters import Entry
    from phanbo.explain.sentence import Sentence
    from phanbo.proposal import Proposal
    from phanbo.rules.base import Rule

__all__ = ["LAYOUT", "bases_of", "letter_text", "subject_of"]

WIDTH = 100
HALF = WIDTH // 2

LAYOUT: dict[str, tuple[str, str]] = {
    "sender": both("letter.sender"),
    "state": both("letter.state"),
    "motto": both("letter.motto"),
    "number": both("letter.number"),
    "date": both("letter.date"),
    "subject": unfilled("letter.subject"),
    "round": unfilled("letter.round"),
    "to": unfilled("letter.to"),
    "bases": both("letter.bases"),
    "intro": unfilled("letter.intro"),
    "unit": both("letter.unit"),
    "sum": both("letter.sum"),
    "reasons": both("letter.reasons"),
    "requests": both("letter.requests"),
    "recipients": both("letter.recipients"),
    "above": both("letter.above"),
    "archive": both("letter.archive"),
    "signer": both("letter.signer"),
    "signature": both("letter.signature"),
}
COLUMNS = (
    both("letter.no"),
    both("letter.line_id"),
    both("letter.plan"),
    both("letter.disbursed"),
    both("letter.share"),
    both("letter.change"),
    both("letter.plan_after"),
)


def subject_of(proposal: Proposal, lang: str) -> str:
    """Return what the letter is about."""
    number = proposal.meta["round"]["number"]
    round_ = _say("round", lang).format(number=number) if number else ""
    return _say("subject", lang).format(year=str(proposal.meta["as_of"])[:4], round=round_)


def letter_text(
    proposal: Proposal,
    owner: str,
    entries: Sequence[Entry],
    requests: Sequence[Sentence],
    bases: Sequence[str],
    lang: str,
) -> str:
    """Return the letter as plain text."""
    as_of = day(proposal._case.as_of, lang)  # noqa: SLF001 — one house
    parts = [
        _head(subject_of(proposal, lang), lang),
        _say("to", lang).format(owner=owner).center(WIDTH).rstrip(),
        "\n".join([_say("bases", lang), *_wrapped(_ended(bases), "- ")]),
        "\n".join(textwrap.wrap(_say("intro", lang).format(as_of=as_of), WIDTH)),
        _table(entries, lang),
        "\n".join([_say("reasons", lang), *_reasons(entries)]),
        "\n".join([_say("requests", lang), *_wrapped([each.text for each in requests], "- ")]) + "/.",
        _foot(lang),
    ]
    return "\n\n".join(part for part in parts) + "\n"


def _say(name: str, lang: str) -> str:
    return LAYOUT[name][0 if lang == "vi" else 1]


def _head(subject: str, lang: str) -> str:
    about = textwrap.wrap(subject, HALF - 6)
    left = [_say("sender", lang), "-------", _say("number", lang), *about]
    right = [_say("state", lang), _say("motto", lang), "---------------", _say("date", lang)]
    rows = max(len(left), len(right))
    pairs = zip(left + [""] * (rows - len(left)), right + [""] * (rows - len(right)), strict=True)
    return "\n".join(f"{a.center(HALF)}{b.center(HALF)}".rstrip() for a, b in pairs)


def _ended(bases: Sequence[str]) -> list[str]:
    """Return the bases with what stands at the end of each."""
    return [*(f"{base};" for base in bases[:-1]), f"{bases[-1]}."]


def bases_of(proposal: Proposal, entries: Sequence[Entry], lang: str) -> list[str]:
    """Return the sources of every rule the letter cites, each with how surely it is known; then the calendar's.

    Conventions of phanbo stand among them and say so: nowhere else would the letter tell how sure a rule is.
    """
    rules: dict[str, Rule] = {rule.code: rule for rule in proposal._rulebook.rules}  # noqa: SLF001
    cited = [code for e in entries for s in e.sentences for code in s.claim.values.get("rules", ())]
    found = dict.fromkeys(
        f"{rules[code].source.document}, {rules[code].source.article}".rstrip(", ")
        + f" ({rules[code].source.says(lang)})"
        for code in rules
        if code in cited
    )
    return [*found, proposal._case.calendar.source]  # noqa: SLF001


def _table(entries: Sequence[Entry], lang: str) -> str:
    """Return the lines and their sum as a table aligned with blanks, amounts in millions."""
    rows = [[pair[0 if lang == "vi" else 1] for pair in COLUMNS]]
    for k, e in enumerate(entries, start=1):
        rows.append([str(k), e.line_id, *_amounts(e.plan, e.disbursed, e.change, e.plan_after, lang)])
    plan, paid, change, after = (
        sum(getattr(e, name) for e in entries) for name in ("plan", "disbursed", "change", "plan_after")
    )
    rows.append(["", _say("sum", lang), *_amounts(plan, paid, change, after, lang)])
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    said = [
        "  ".join(
            cell.ljust(width) if k == 1 else cell.rjust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    return "\n".join(
        [_say("unit", lang).rjust(len(rule)), rule, said[0], rule, *said[1:-1], rule, said[-1], rule]
    )


def _amounts(plan: int, disbursed: int, change: int, after: int, lang: str) -> list[str]:
    sign = "+" if change > 0 else ""
    return [
        format_million(plan, lang),
        format_million(disbursed, lang),
        format_share(disbursed, plan, lang),
        sign + format_million(change, lang),
        format_million(after, lang),
    ]


def _reasons(entries: Sequence[Entry]) -> Iterable[str]:
    for k, entry in enumerate(entries, start=1):
        yield from textwrap.wrap(
            f"{k}. {entry.line_id}: {entry.project} ({entry.source}).", WIDTH, subsequent_indent="   "
        )
        yield from _wrapped([sentence.text for sentence in entry.sentences], "   - ")


def _wrapped(texts: Iterable[str], mark: str) -> list[str]:
    indent = " " * len(mark)
    return [
        row
        for text in texts
        for row in textwrap.wrap(
            text, WIDTH, initial_indent=mark, subsequent_indent=indent, break_on_hyphens=False
        )
    ]


def _foot(lang: str) -> str:
    left = [_say("recipients", lang), _say("above", lang), _say("archive", lang)]
    right = [_say("signer", lang), _say("signature", lang), ""]
    return "\n".join(f"{a.ljust(HALF)}{b.center(HALF)}".rstrip() for a, b in zip(left, right, strict=True))
