"""The sheet *Lý do điều chỉnh*: every changed line with reason and citation, by plan year and source, cuts first."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from phanbo.catalogue import both
from phanbo.report.formats import Column
from phanbo.report.tree import Group, letter, roman, write_tree
from phanbo.words import GROUP, day, word

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from phanbo.report.names import Names
    from phanbo.report.workbook import Workbook

__all__ = ["SUBMITTED", "changes", "columns", "heading", "plan_year", "tree", "write_changes"]


def plan_year(names: Names) -> int:
    """Return the plan year of the round."""
    return int(names.proposal.meta["as_of"][:4])


def write_changes(book: Workbook, names: Names) -> None:
    """Write the sheet of reasons."""
    frame = changes(names)
    sheet = book.sheet(both("annex.reasons"), list(columns(names).values()))
    sheet.title(heading(names), SUBMITTED)
    sheet.unit()
    sheet.head(repeat=True, freeze=2)
    if frame.empty:
        sheet.text(book.say(NOTHING))
        return
    write_tree(sheet, tree(names, frame), columns(names))


def heading(names: Names) -> tuple[str, str]:
    """Return the title of the annex: plan year and round."""
    year, number = plan_year(names), names.proposal.meta["round"]["number"]
    apart = both("annex.for_comparison") if names.book and names.book.comparison else ("", "")
    return (
        f"{apart[0]}BIỂU ĐIỀU CHỈNH KẾ HOẠCH VỐN ĐẦU TƯ CÔNG NĂM {year}"
        + (f", ĐỢT {number}" if number else ""),
        f"{apart[1]}ADJUSTMENT OF THE PUBLIC INVESTMENT PLAN {year}"
        + (f", ROUND {number}" if number else ""),
    )


SUBMITTED = both("annex.attached_to")
NOTHING = both("annex.no_line")


def columns(names: Names) -> dict[str, Column]:
    """Return the columns of the sheet by name."""
    year, on = plan_year(names), day(dt.date.fromisoformat(names.proposal.meta["as_of"]), names.lang)
    paid = both("annex.disbursed_by", on=on)
    moved = both("annex.adjustment")
    return {
        "number": Column(both("annex.number"), 5, "center"),
        "project": Column(both("annex.project"), 30),
        "project_id": Column(both("annex.project_id_2"), 11),
        "owner": Column(both("annex.owner"), 20),
        "stage": Column(both("annex.stage"), 11),
        "plan": Column(both("annex.plan", year=year), 13, "money"),
        "disbursed": Column(both("annex.disbursed_amount"), 13, "money", paid),
        "ratio": Column(both("annex.disbursed_share"), 9, "share", paid),
        "cut": Column(both("annex.cut"), 12, "money", moved),
        "added": Column(both("annex.added"), 12, "money", moved),
        "plan_after": Column(both("annex.plan_year_after", year=year), 13, "money"),
        "expected_after": Column(both("annex.expected"), 13, "money"),
        "rank": Column(both("annex.rank"), 7, "rank"),
        "citation": Column(both("annex.legal_basis"), 28),
        "authority": Column(both("annex.authority"), 14),
        "reason": Column(both("annex.reason"), 72),
    }


def changes(names: Names) -> pd.DataFrame:
    """Return the adjustments as the sheet shows them: words in place of codes, cut and increase apart."""
    frame, lang = names.proposal.adjustments, names.lang
    frame["cut"], frame["added"] = (-frame["change"]).clip(lower=0), frame["change"].clip(lower=0)
    stored = frame["citation"].tolist()
    cited = [names.citation(code, text) for code, text in zip(frame["binding_rule"], stored, strict=True)]
    said = frame[f"reason_{lang}"].tolist()
    # the reason ends in its citation, which has a column of its own
    frame["reason"] = [_without(text, f" ({cite}).") for text, cite in zip(said, cited, strict=True)]
    frame["citation"] = cited
    frame["stage"] = [word(GROUP, code, lang) for code in frame["stage"]]
    decided = zip(frame["authority"], frame["line_id"], strict=True)
    frame["authority"] = [names.authority(code, names.pool_of[line]) for code, line in decided]
    return frame


def _without(text: str, end: str) -> str:
    return text.removesuffix(end) + "." if text.endswith(end) else text


def tree(names: Names, frame: pd.DataFrame) -> Group:
    """Return TỔNG SỐ → plan year, if any is carried over → source → Giảm, Tăng."""
    year = plan_year(names)
    years = sorted(frame["plan_year"].unique().tolist(), reverse=True)
    parts = []
    for k, each in enumerate(years, start=1):
        mine = frame[frame["plan_year"] == each]
        label = (
            both("annex.plan_each", each=each)
            if each == year
            else both("annex.capital_of", each=each, year=year)
        )
        parts.append(Group(letter(k), names.say(label), mine, parts=tuple(_sources(names, mine))))
    total = Group("", names.say(both("annex.total")), frame, "total", tuple(parts))
    return total if years != [year] else replace(total, parts=parts[0].parts)


def _sources(names: Names, frame: pd.DataFrame) -> Iterator[Group]:
    for k, (source, lines) in enumerate(frame.groupby("source", sort=True), start=1):
        halves = []
        for number, column, label in (
            ("a", "cut", both("annex.decrease")),
            ("b", "added", both("annex.increase")),
        ):
            half = lines[lines[column] > 0]
            if len(half):
                halves.append(Group(number, names.say(label), half))
        yield Group(roman(k), str(source), lines, parts=tuple(halves))
