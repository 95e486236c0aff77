"""A sheet for each source in the official columns (*biểu điều chỉnh kế hoạch vốn*), to be read back as the new plan."""

from __future__ import annotations

import datetime as dt
import re
import textwrap
from typing import TYPE_CHECKING, Any

import pandas as pd

from phanbo.catalogue import both, say
from phanbo.report.annex_changes import SUBMITTED, heading, plan_year
from phanbo.report.formats import Column
from phanbo.report.tree import Group, letter, roman, write_tree
from phanbo.words import day

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phanbo.report.names import Names
    from phanbo.report.workbook import Workbook

__all__ = ["write_sources"]

STAGES = ("completed", "transitional", "new_start", "preparation")
AMOUNTS = ("total_investment", "allocated_before", "medium_plan", "medium_used", "medium_left")
FACTS = ("class", "locality", "years", "approved_on", *AMOUNTS)
"""Shown where known of a line: the tables need not have them."""
KEY = "line_id"


def write_sources(book: Workbook, names: Names) -> None:
    """Write the sheets in the order of the sources' names; none where nothing moves.

    A row of numbers stands under the header, as in the official form, and tells that the plan after is what was
    assigned, less the cut, plus the increase. The key of each line stands right of what is printed.
    """
    frame = _lines(names)
    for k, (source, lines) in enumerate(frame.groupby("source", sort=True), start=1):
        shown = _columns(names, lines)
        name = _sheet_name(k, str(source))
        sheet = book.sheet((name, name), list(shown.values()), printed=len(shown) - 1)
        sheet.title(heading(names), both("annex.source", source=source), SUBMITTED)
        sheet.unit()
        sheet.head(numbers=_numbers(list(shown)), freeze=2, repeat=True)
        write_tree(sheet, _tree(names, lines), shown)
        sheet.close_lines()


def _sheet_name(number: int, source: str) -> str:
    """Return a name a workbook may have: no two the same, and within what a tab holds."""
    letters = re.sub(r"[\[\]:*?/\\']", " ", source)
    return f"{number} " + (textwrap.shorten(letters, 28, placeholder="") or letters[:28].strip())


def _lines(names: Names) -> pd.DataFrame:
    """Return the changed lines, as ranked, with what the tables know of them; amounts unknown are ``None``."""
    frame = names.proposal.adjustments
    frame["cut"], frame["added"] = (-frame["change"]).clip(lower=0), frame["change"].clip(lower=0)
    frame["note"] = [say("annex.rank_note", names.lang, rank=rank) for rank in frame["rank"]]
    case = names.proposal.case
    if case is None:
        return frame.assign(sector="", **dict.fromkeys(FACTS))
    table = case.portfolio.lines.set_index(KEY).loc[frame[KEY]]
    found = [_facts(row, names.lang) for row in table.to_dict("records")]
    facts = pd.DataFrame(found, index=frame.index, columns=["sector", *FACTS], dtype=object)
    return frame.assign(**{str(name): facts[name] for name in facts})


def _facts(row: dict[Any, Any], lang: str) -> dict[str, Any]:
    def amount(name: str) -> int | None:
        value = row.get(name)
        return None if value is None or pd.isna(value) else int(value)

    def text(name: str) -> str:
        value = row.get(name)
        return "" if value is None or pd.isna(value) else str(value)

    start, finish = amount("schedule_start"), amount("schedule_finish")
    approved = row.get("approved_on")
    plan, used = amount("medium_term_plan"), amount("medium_term_allocated_before")
    return {
        "sector": text("sector"),
        "class": text("project_class") or None,
        "locality": text("locality") or None,
        "years": None if start is None or finish is None else f"{start}-{finish}",
        "approved_on": day(approved, lang) if isinstance(approved, dt.date) else None,
        "total_investment": amount("total_investment"),
        "allocated_before": amount("allocated_before"),
        "medium_plan": plan,
        "medium_used": used,
        "medium_left": None if plan is None or used is None else plan - used,
    }


def _columns(names: Names, frame: pd.DataFrame) -> dict[str, Column]:
    """Return the official columns by name; what the tables know of no line is left out."""
    year = plan_year(names)
    on = day(dt.date.fromisoformat(names.proposal.meta["as_of"]), names.lang)
    first = year - (year - 1) % 5
    paid, moved = both("annex.disbursed", day=on), both("annex.proposed")
    medium = both("annex.medium", first=first, last=first + 4)
    every = {
        "number": Column(both("annex.number"), 5, "center"),
        "project": Column(both("annex.project"), 30),
        "project_id": Column(both("annex.project_id"), 10),
        "owner": Column(both("annex.owner"), 18),
        "locality": Column(both("annex.locality"), 12),
        "class": Column(both("annex.class"), 6, "center"),
        "years": Column(both("annex.years"), 10, "center"),
        "approved_on": Column(both("annex.approved_on"), 10, "center", both("annex.decision")),
        "total_investment": Column(both("annex.total_investment"), 11, "money", both("annex.decision")),
        "allocated_before": Column(both("annex.allocated_before", year=year - 1), 11, "money"),
        "medium_plan": Column(both("annex.medium_plan"), 11, "money", medium),
        "medium_used": Column(both("annex.medium_used", first=first, year=year - 1), 11, "money", medium),
        "medium_left": Column(both("annex.medium_left"), 11, "money", medium),
        "plan": Column(both("annex.plan", year=year), 11, "money"),
        "disbursed": Column(both("annex.disbursed_amount"), 11, "money", paid),
        "ratio": Column(both("annex.disbursed_share"), 8, "share", paid),
        "cut": Column(both("annex.cut"), 10, "money", moved),
        "added": Column(both("annex.added"), 10, "money", moved),
        "plan_after": Column(both("annex.plan_after", year=year), 13, "money"),
        "note": Column(both("annex.note"), 13),
        KEY: Column(both("annex.line_id"), 24),
    }
    return {name: column for name, column in every.items() if name not in FACTS or frame[name].notna().any()}


def _numbers(columns: list[str]) -> list[str]:
    """Return the row of numbers; that of the plan after says how it comes about."""
    at = {name: k for k, name in enumerate(columns, start=1)}
    after = f"{at['plan_after']}={at['plan']}-{at['cut']}+{at['added']}"
    return [after if name == "plan_after" else str(k) for name, k in at.items()]


def _tree(names: Names, frame: pd.DataFrame) -> Group:
    """Return TỔNG SỐ → plan year, if any is carried over → sector, where all have one → stage."""
    total, year = both("common.total"), plan_year(names)
    years = sorted(frame["plan_year"].unique().tolist(), reverse=True)
    if years == [year]:
        return Group("", names.say(total), frame, "total", tuple(_sectors(names, frame)))
    parts = []
    for k, each in enumerate(years, start=1):
        label = (
            say("annex.this_year", names.lang, year=year)
            if each == year
            else say("annex.carried", names.lang, carried=each, year=year)
        )
        mine = frame[frame["plan_year"] == each]
        parts.append(Group(letter(k), label, mine, parts=tuple(_sectors(names, mine))))
    return Group("", names.say(total), frame, "total", tuple(parts))


def _sectors(names: Names, frame: pd.DataFrame) -> Iterator[Group]:
    if (frame["sector"] == "").any():
        yield from _stages(names, frame)
        return
    for k, (sector, lines) in enumerate(frame.groupby("sector", sort=True), start=1):
        yield Group(roman(k), str(sector), lines, parts=tuple(_stages(names, lines)))


def _stages(names: Names, frame: pd.DataFrame) -> Iterator[Group]:
    present = [stage for stage in STAGES if (frame["stage"] == stage).any()]
    for k, stage in enumerate(present, start=1):
        label = say(f"annex.stage_{stage}", names.lang, year=plan_year(names) - 1)
        yield Group(str(k), label, frame[frame["stage"] == stage])
