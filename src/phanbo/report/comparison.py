"""A round under two rulebooks as a workbook: what each difference moves, and why each line moved."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from phanbo.catalogue import both
from phanbo.comparison.wording import KIND
from phanbo.policy import AUTHORITIES
from phanbo.report.formats import Column
from phanbo.report.names import Names
from phanbo.report.workbook import workbook
from phanbo.words import AUTHORITY, day, word

if TYPE_CHECKING:
    from phanbo.comparison import Comparison
    from phanbo.report.sheet import Sheet
    from phanbo.report.workbook import Workbook

__all__ = ["write_comparison"]

RULES = (
    Column(both("comparison.step"), 6, "rank"),
    Column(both("comparison.item"), 24),
    Column(both("comparison.kind"), 18),
    Column(both("comparison.before"), 40),
    Column(both("comparison.after"), 40),
    Column(both("comparison.citation_before"), 28),
    Column(both("comparison.citation_after"), 28),
    Column(both("comparison.confidence"), 14),
    Column(both("comparison.lines_changed"), 9, "count"),
    Column(both("comparison.cut"), 13, "money"),
    Column(both("comparison.added"), 13, "money"),
    Column(both("comparison.expected_disbursement"), 13, "money"),
    Column(both("comparison.decided_by"), 13, "money"),
    *(Column(AUTHORITY[code], 13, "money") for code in AUTHORITIES),
    Column(both("comparison.note"), 28),
)
LINES = (
    Column(both("comparison.line"), 16),
    Column(both("comparison.project"), 36),
    Column(both("comparison.owner"), 28),
    Column(both("comparison.change_before"), 14, "money"),
    Column(both("comparison.change_after"), 14, "money"),
    Column(both("comparison.before_less"), 14, "money"),
    Column(both("comparison.changed_because"), 28),
    Column(both("comparison.decided_before"), 20),
    Column(both("comparison.decided_after"), 20),
    Column(both("comparison.body_changed"), 28),
)


def write_comparison(found: Comparison, path: str | Path, lang: str = "vi") -> None:
    """Write two sheets: one row a difference between the rulebooks, one row a line that any of them moved.

    Amounts in triệu đồng, exact to the đồng; the differences of the steps are summed under them.
    """
    on = dt.date.fromisoformat(found.proposal.meta["as_of"])
    title = "So sánh hai bộ quy định" if lang == "vi" else "Two rulebooks compared"
    with workbook(path, title=title, on=on, lang=lang) as book:
        _by_rule(book, found, on)
        _by_line(book, found, on)


def _titled(sheet: Sheet, found: Comparison, on: dt.date) -> None:
    """Write the title, the round and what is only asked for comparison."""
    here, there = (each.meta["rulebook"]["code"] for each in (found.proposal, found.other))
    number = found.proposal.meta["round"]["number"]
    sheet.title(
        both("comparison.one_round"),
        (
            f"Đợt {number}, số liệu đến {day(on)}: {here} → {there}",
            f"Round {number}, data to {day(on, 'en')}: {here} → {there}",
        ),
    )
    for each in (found.proposal, found.other):
        if each.rulebook is not None and each.rulebook.comparison:
            sheet.text(Names(each, sheet.book.lang).warning(each.summary["warnings"][0]), "alert")
    sheet.unit()


def _by_rule(book: Workbook, found: Comparison, on: dt.date) -> None:
    sheet = book.sheet(both("comparison.by_rule"), RULES)
    _titled(sheet, found, on)
    sheet.head(repeat=True, freeze=2)
    frame = found.rules(book.lang)
    top = sheet.row
    names = frame.columns.tolist()
    for row in frame.itertuples(index=False):
        cells = dict(zip(names, (None if pd.isna(value) else value for value in row), strict=True))
        cells["kind"] = book.say(KIND[str(cells["kind"])])
        sheet.line(list(cells.values()))
    sums: list[Any] = [book.say(both("comparison.total")) if name == "item" else None for name in names]
    if len(frame):
        for k, column in enumerate(RULES):
            if column.kind == "money" and names[k] != "authority":  # what is handed over twice is no sum
                sums[k] = sheet.total(k, top, sheet.row - 1, int(frame[names[k]].sum()))
    sheet.line(sums, "total")


def _by_line(book: Workbook, found: Comparison, on: dt.date) -> None:
    sheet = book.sheet(both("comparison.by_line"), LINES)
    _titled(sheet, found, on)
    sheet.head(repeat=True, freeze=1)
    projects = Names(found.proposal, book.lang).projects
    for row in found.lines.to_dict("records"):
        project, owner = projects.get(row["line_id"], ("", ""))
        bodies = {name: word(AUTHORITY, row[name], book.lang) for name in ("authority", "authority_other")}
        line, *rest = (row | bodies).values()
        sheet.line([line, project, owner, *rest])
