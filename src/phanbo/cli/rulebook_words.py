"""A rulebook in words: those built in, one reviewed, a file's faults, what a file of one's own changes."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from phanbo.catalogue import both, unfilled
from phanbo.cli.texts import SEVERITY

if TYPE_CHECKING:
    import pandas as pd

    from phanbo.rulebook import Rulebook

__all__ = ["changes_text", "faults_text", "list_text", "review_text"]

WIDTH = 100
TEXTS = {
    "listed": ("{code}: {first} – {last}\n    {title}", "{code}: {first} – {last}\n    {title}"),
    "faulty": unfilled("cli.name_count"),
    "sound": unfilled("cli.name_the"),
    "changed": unfilled("cli.changed"),
    "same": both("cli.it_is_the"),
    "formula": unfilled("cli.formula"),
    "source": unfilled("cli.legal_basis"),
    "sure": unfilled("cli.sure"),
    "asked": unfilled("cli.asked"),
    "symbols": both("cli.symbols"),
}


def _say(sentence: str, lang: str, /, **values: object) -> str:
    return TEXTS[sentence][0 if lang == "vi" else 1].format(**values)


def list_text(books: Sequence[Rulebook], lang: str) -> str:
    """Return every rulebook: its code, from when to when, its law."""
    from phanbo.words import day

    return "\n".join(
        _say(
            "listed",
            lang,
            code=book.code,
            first=day(book.valid_from, lang),
            last=day(book.valid_to, lang),
            title=book.title_vi if lang == "vi" else book.title_en,
        )
        for book in books
    )


def faults_text(found: Sequence[tuple[str, str]], name: str, lang: str) -> str:
    """Return every fault, one a line, then how many there are."""
    at = 0 if lang == "vi" else 1
    return "\n".join(
        [
            *(f"{SEVERITY['error'][at]} {pair[at]}" for pair in found),
            _say("faulty", lang, name=name, count=len(found)),
        ]
    )


def changes_text(book: Rulebook, name: str, lang: str) -> str:
    """Return how a sound rulebook stands to the one phanbo ships."""
    from phanbo.rulebook_text import standing

    changed, notes = standing(book.text)
    at = 0 if lang == "vi" else -1
    lines = [_say("sound", lang, name=name)]
    if changed:
        lines.append(_say("changed", lang, what=", ".join(each.split(" / ")[at] for each in changed)))
    lines += [f"{SEVERITY['note'][at]} {_half(note, lang, book)}" for note in notes]
    return "\n".join(lines if len(lines) > 1 else [*lines, _say("same", lang)])


def _half(note: str, lang: str, book: Rulebook) -> str:
    """Return a note "Vietnamese / English: what" in one language."""
    told, colon, what = note.partition(": ")
    half = told.split(" / ")[0 if lang == "vi" else -1]
    return half.replace("rests on it", f"{book.code} rests on {book.based_on}") + colon + what


def review_text(book: Rulebook, lang: str) -> str:
    """Return the review of a rulebook: heading, what to verify first, then everything it states by part."""
    from phanbo.report.review import review_frame
    from phanbo.report.review_formula import legend
    from phanbo.report.review_sheet import applied, headings
    from phanbo.report.review_words import PARTS, SHEET

    at = 0 if lang == "vi" else 1
    frame = review_frame(book, lang)
    lines = [SHEET["title"][at], *headings(book, frame, lang)]
    for part, words in PARTS.items():
        rows = frame[frame["part"] == part].to_dict("records")
        if rows:
            lines += ["", words[at].upper()]
        for row in rows:
            if part == "question":
                told = [f"- {text}" for text in applied(book, frame, row)]
                lines += _block(
                    f"{row['rank']}. ", row["what"], [SHEET["applies"][at], *told] if told else []
                )
            else:
                lines += _block("• ", f"{row['what']} [{row['code']}]", list(_known(row, frame, lang)))
    lines += ["", _say("symbols", lang).upper()]
    lines += [f"  {symbol}: {meaning}" for symbol, meaning in legend(frame["formula"], lang)]
    return "\n".join(lines)


def _known(row: dict[Any, Any], frame: pd.DataFrame, lang: str) -> Iterator[str]:
    """Yield formula, source and confidence of a row."""
    if row["formula"]:
        yield _say("formula", lang, text=row["formula"])
    if row["citation"]:
        yield _say("source", lang, text=row["citation"])
    sure = _say("sure", lang, words=row["confidence_words"], verify=row["verify"])
    asked = bool(row["question"]) and not frame.empty
    yield sure + (_say("asked", lang, rank=row["rank"]) if asked else "")


def _block(mark: str, head: str, below: Sequence[str]) -> list[str]:
    """Return a paragraph with a hanging mark, and what stands below it."""
    deep = " " * len(mark)
    lines = textwrap.wrap(
        head,
        WIDTH,
        initial_indent=mark,
        subsequent_indent=deep,
        break_long_words=False,
        break_on_hyphens=False,
    )
    for text in below:
        lines += textwrap.wrap(
            text,
            WIDTH,
            initial_indent=deep,
            subsequent_indent=deep + "  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    return lines
