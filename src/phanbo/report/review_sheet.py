"""The review of a rulebook as a sheet to print and fill in (*phiếu rà soát*), A4 landscape.

phanbo fills in no opinion, number, date or signature.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from phanbo.catalogue import both
from phanbo.report.formats import Column
from phanbo.report.review import URGENCY, review_frame
from phanbo.report.review_formula import legal_term, legend
from phanbo.report.review_words import PARTS, SHEET
from phanbo.report.workbook import workbook
from phanbo.rules.base import CONFIDENCE_VI, Source
from phanbo.words import day

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from typing import BinaryIO

    import pandas as pd

    from phanbo.report.workbook import Workbook
    from phanbo.rulebook import Rulebook

__all__ = ["applied", "headings", "subject", "write_review"]

COLUMNS = (
    Column(both("review.no"), 5, "center"),
    Column(both("review.matter"), 30),
    Column(both("review.how_phanbo"), 46),
    Column(both("review.formula"), 26),
    Column(both("review.legal_basis"), 28),
    Column(both("review.confidence"), 19),
    Column(both("review.reviewer_s"), 26),
    Column(both("review.right_wrong_change"), 11, "center"),
)
SYMBOLS = (Column(both("review.symbol"), 24), Column(both("review.meaning"), 90))
LOOKS = dict.fromkeys(CONFIDENCE_VI, "statement") | {
    "memory": "doubt",
    "memory+": "doubt",
    "design": "convention",
}
"""Colours only repeat what the column of confidence says."""


def write_review(book: Rulebook, path: str | os.PathLike[str] | BinaryIO, lang: str = "vi") -> None:
    """Write the review of a rulebook: what to verify first, then everything else it states, then the symbols."""
    frame = review_frame(book, lang)
    title = SHEET["title"][0 if lang == "vi" else 1]
    with workbook(path, title=title, on=book.valid_from, lang=lang) as made:
        _write_rows(made, book, frame)
        sheet = made.sheet(SHEET["legend"], SYMBOLS)
        sheet.title(SHEET["legend"])
        sheet.head(repeat=True)
        for pair in legend(frame["formula"], lang):
            sheet.line(pair)


def _write_rows(made: Workbook, book: Rulebook, frame: pd.DataFrame) -> None:
    sheet, lang = made.sheet(SHEET["name"], COLUMNS), made.lang
    sheet.title(SHEET["title"])
    for text in headings(book, frame, lang):
        sheet.text(text, align="center")
    sheet.text(made.say(SHEET["what-for"]), align="center")
    sheet.space()
    sheet.head(repeat=True, freeze=2)
    first, number = sheet.row, 0
    for part, words in PARTS.items():
        rows = frame[frame["part"] == part].to_dict("records")
        if rows:
            sheet.line([None, made.say(words), *[None] * 6], "group")
        for row in rows:
            number += 1
            look = "doubt" if part == "question" else LOOKS[str(row["confidence"])]
            sheet.line([str(number), *_cells(made, book, frame, row), None, None], look)
    answers = made.say(SHEET["reviewed"]).split(", ")
    sheet.sheet.data_validation(first, 7, sheet.row - 1, 7, {"validate": "list", "source": answers})
    sheet.space()
    cells = [None, made.say(SHEET["signed"]), None, None, made.say(SHEET["checked"]), None, None, None]
    for k, label in enumerate(cells):
        if label:
            sheet.sheet.merge_range(sheet.row, k, sheet.row, k + 1, label, made.format("center", "section"))


def _cells(made: Workbook, book: Rulebook, frame: pd.DataFrame, row: Mapping[Any, Any]) -> list[str]:
    """Return what stands in the row between its number and the blanks."""
    lang, none = made.lang, made.say(SHEET["none"])
    words, verify = row["confidence_words"], row["verify"]
    sure = verify if verify.startswith(words) else f"{words}\n({verify})"
    if row["part"] == "question":
        told = applied(book, frame, row)
        said = "\n".join([made.say(SHEET["applies"]), *(f"- {line}" for line in told)]) if told else none
        return [row["what"], said, none, none, row["verify"]]
    about = f"\n→ {made.say(PARTS['question'])}: {row['rank']}" if row["question"] else ""
    cited = row["citation"] or made.say(SHEET["uncited"])
    return [subject(book, row, lang) + about, row["what"], row["formula"] or none, cited, sure]


def headings(book: Rulebook, frame: pd.DataFrame, lang: str) -> list[str]:
    """Return what the review is of: the rulebook, its law, from when to when, how sure it is."""

    def say(name: str, **values: object) -> str:
        return SHEET[name][0 if lang == "vi" else 1].format(**values)

    title = book.title_vi if lang == "vi" else book.title_en
    lines = [
        say("book", title=title, code=book.code, version=book.version),
        say("governs", first=day(book.valid_from, lang), last=day(book.valid_to, lang)),
    ]
    if book.based_on:
        lines.append(say("based", base=book.based_on))
    if book.comparison:
        lines.append(say("comparison"))
    stated = frame[frame["part"] != "question"]
    ordered = sorted(stated["confidence"], key=URGENCY.index)
    counts = Counter(Source("", "", code).says(lang) for code in ordered)
    lines.append(
        say(
            "counts",
            rules=len(book.rules),
            classes=len(book.classes),
            pools=len(book.pools_by_kind),
            questions=len(book.questions),
        )
    )
    lines.append(say("sureness", counts="; ".join(f"{words} {count}" for words, count in counts.items())))
    return lines


def applied(book: Rulebook, frame: pd.DataFrame, row: Mapping[Any, Any]) -> list[str]:
    """Return what the rulebook states on what a question is about, each with its source."""
    number = int(row["rank"])
    about = book.questions[number - 1].about
    rows = {each["code"]: each for each in frame.to_dict("records")}
    found = (rows[code] for code in about if code in rows)
    return [f"{each['what']} ({_sure(each['citation'], each['confidence_words'])})" for each in found]


def _sure(citation: str, words: str) -> str:
    """Return a citation with its confidence, once."""
    return citation if citation.endswith(f"({words})") else "; ".join(filter(None, [citation, words]))


def subject(book: Rulebook, row: Mapping[Any, Any], lang: str) -> str:
    """Return what a row is about in a few words: the legal term of a rule, else its part."""
    part = PARTS[row["part"]][0 if lang == "vi" else 1]
    if row["part"] != "rule":
        return part
    term = legal_term(book.rule(row["code"])) if lang == "vi" else ""
    return (term[:1].upper() + term[1:] if term else part) + f" [{row['code']}]"
