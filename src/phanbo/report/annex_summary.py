"""The sheet *Tổng hợp*: what the round is, what is not checked, and its totals."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from phanbo.catalogue import both
from phanbo.money import format_million, format_share
from phanbo.report.annex_changes import plan_year
from phanbo.report.formats import Column
from phanbo.words import READING, TIER, day, word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phanbo.report.formats import Pair
    from phanbo.report.names import Names
    from phanbo.report.sheet import Sheet
    from phanbo.report.workbook import Workbook

__all__ = ["certificate_text", "opening", "write_summary"]

WIDTHS = (Column(("", ""), 62), *(Column(("", ""), 19) for _ in range(5)))
SOURCES = (
    Column(both("annex.source_2"), 62),
    Column(both("annex.plan_year"), 19, "center"),
    Column(both("annex.lines_changed"), 19, "count"),
    Column(both("annex.cut_2"), 19, "money"),
    Column(both("annex.added_2"), 19, "money"),
    Column(both("annex.added_less"), 19, "money"),
)


def write_summary(book: Workbook, names: Names) -> None:
    """Write the sheet: first what is not checked, then what the round is, then totals."""
    sheet = book.sheet(both("annex.summary"), WIDTHS)
    meta, year = names.proposal.meta, plan_year(names)
    on, number = day(dt.date.fromisoformat(meta["as_of"]), names.lang), meta["round"]["number"]
    sheet.title(
        (
            f"PHƯƠNG ÁN ĐIỀU CHỈNH KẾ HOẠCH VỐN ĐẦU TƯ CÔNG NĂM {year}"
            + (f", ĐỢT {number}" if number else ""),
            f"PROPOSED ADJUSTMENT OF THE PUBLIC INVESTMENT PLAN {year}"
            + (f", ROUND {number}" if number else ""),
        ),
        both("annex.data_to", on=on),
    )
    for text in opening(names):
        sheet.text(text, "alert")
    sheet.unit()
    _section(sheet, both("annex.the_round"))
    for label, value in _round(names):
        sheet.pair(book.say(label), value)
    _totals(sheet, names)
    _why_empty(sheet, names)
    _by_source(sheet, names)
    _by_authority(sheet, names)
    _need(sheet, names)
    _tiers(sheet, names)
    _section(sheet, both("annex.choices_of"))
    for label, value in _choices(names):
        sheet.pair(book.say(label), value)


def opening(names: Names) -> list[str]:
    """Return what must be read first: the rules that are unchecked, then the warnings."""
    summary = names.proposal.summary
    said = []
    if summary["conditional"]:
        said.append(names.say(both("annex.conditional_proposal")))
        gaps: dict[str, list[str]] = {}
        for gap in summary["unchecked"]:
            column, lines = names.column(gap["column"]), gap["lines"]
            missing = both("annex.column_missing", column=column, lines=lines)
            gaps.setdefault(gap["rule"], []).append(names.say(missing))
        said += [f"– {names.rule(code)} ({'; '.join(missing)})" for code, missing in gaps.items()]
    said += [names.say(both("annex.warning")) + names.warning(text) for text in summary["warnings"]]
    return said


def certificate_text(names: Names) -> str:
    """Return what the independent re-check found, in one sentence."""
    if names.proposal.case is None:
        return names.say(both("annex.not_re"))
    certificate = names.proposal.verify()
    if not certificate.ok:
        found = "; ".join(certificate.findings[:5])
        return names.say(both("annex.failed")) + found
    if certificate.proved == "optimal":
        return names.say(both("annex.passed_balances_to"))
    return names.say(both("annex.passed_balances"))


def _section(sheet: Sheet, title: Pair) -> None:
    sheet.space()
    sheet.text(sheet.book.say(title), "section")


def _amounts(sheet: Sheet, rows: list[tuple[str, int]], title: Pair) -> tuple[int, int]:
    """Write a table of two columns, đồng; return its first and last row."""
    columns = (Column(title, 62), Column(both("annex.disbursed_amount"), 19, "money"))
    sheet.head(columns)
    first = sheet.row
    for row in rows:
        sheet.line(row, columns=columns)
    return first, sheet.row - 1


def _totals(sheet: Sheet, names: Names) -> None:
    s, say = names.proposal.summary, names.say
    _section(sheet, both("annex.result"))
    counts = (
        ("Số dòng vốn trong kế hoạch", "Lines of the plan", s["lines"]),
        ("Số dòng giảm", "Lines cut", s["cut_lines"]),
        (
            "Số dòng giảm chậm theo cả ba cách xét (thực tế, tốc độ, dự báo)",
            "Cuts late by all readings",
            s["late_under_all"],
        ),
        ("Số dòng tăng", "Lines raised", s["raised_lines"]),
    )
    columns = (Column(both("annex.figure"), 62), Column(both("annex.lines"), 19, "count"))
    sheet.head(columns)
    for vi, en, count in counts:
        sheet.line([say((vi, en)), count], columns=columns)
    horizon = day(dt.date.fromisoformat(s["horizon"]), names.lang)
    sheet.space()
    rows = [
        (say(both("annex.total_cut")), s["cut"]),
        (say(both("annex.total_added")), s["added"]),
        (say(both("annex.returned_to")), s["returned"]),
        (say(both("annex.surplus_unplaced")), s["unplaced"]),
        (
            say(both("annex.expected_by", horizon=horizon)),
            s["expected"],
        ),
        (
            say(both("annex.expected_by_horizon", horizon=horizon)),
            s["expected_after"],
        ),
        (say(both("annex.expected_gain")), s["expected_after"] - s["expected"]),
    ]
    _amounts(sheet, rows, both("annex.figure"))
    ratios = [
        (say(both("annex.expected_share_before")), s["year_end_ratio"]),
        (say(both("annex.expected_share_after")), s["year_end_ratio_after"]),
    ]
    shares = (Column(("", ""), 62), Column(("", ""), 19, "share"))
    for label, value in ratios:
        sheet.line([label, value], columns=shares)
    sheet.pair(say(both("annex.result_of")), certificate_text(names))


def _why_empty(sheet: Sheet, names: Names) -> None:
    why = names.proposal.summary["why_empty"]
    if not why:
        return
    _section(sheet, both("annex.why_nothing"))
    columns = (
        Column(both("annex.first_test"), 62),
        Column(both("annex.lines"), 19, "count"),
    )
    sheet.head(columns)
    for code, count in sorted(why.items(), key=lambda item: (-item[1], item[0])):
        sheet.line([names.rule(code), count], columns=columns)


def _by_source(sheet: Sheet, names: Names) -> None:
    rows = names.proposal.summary["by_source"]
    if not rows:
        return
    _section(sheet, both("annex.by_source"))
    changed = names.proposal.frames["adjustments"].groupby(["source", "plan_year"]).size()
    sheet.head(SOURCES)
    first = sheet.row
    for row in rows:
        count = int(changed[row["source"], row["plan_year"]])
        cells = [row["source"], str(row["plan_year"]), count, row["cut"], row["added"]]
        sheet.line([*cells, sheet.difference(4, 3, row["added"] - row["cut"])], columns=SOURCES)
    last = sheet.row - 1
    cut, added = (sum(row[name] for row in rows) for name in ("cut", "added"))
    sums = [sheet.total(3, first, last, cut), sheet.total(4, first, last, added)]
    lines = sheet.total(2, first, last, int(changed.sum()))
    label = names.say(both("annex.total"))
    sheet.line([label, None, lines, *sums, sheet.difference(4, 3, added - cut)], "total", columns=SOURCES)


def _by_authority(sheet: Sheet, names: Names) -> None:
    amounts = names.proposal.summary["by_authority"]
    if not amounts:
        return
    _section(sheet, both("annex.by_authority"))
    frame, sums = names.proposal.frames["transfers"], dict[str, int]()
    decided = zip(frame["authority"], frame["pool"], frame["amount"].tolist(), strict=True)
    for code, pool, amount in sorted(decided, key=lambda row: [*amounts].index(row[0])):
        body = names.authority(code, pool)
        sums[body] = sums.get(body, 0) + amount
    rows = [*sums.items()]
    first, last = _amounts(sheet, rows, both("annex.who_decides"))
    total = sheet.total(1, first, last, sum(amounts.values()))
    columns = (WIDTHS[0], Column(("", ""), 19, "money"))
    sheet.line([names.say(both("annex.total")), total], "total", columns=columns)


def _need(sheet: Sheet, names: Names) -> None:
    """Write how much of the stated need each test took away."""
    removed = dict(names.proposal.summary["need_removed"])
    stated, added = removed.pop("stated"), removed.pop("added")
    if not stated:
        return
    _section(sheet, both("annex.where_the"))
    rows = [(names.say(both("annex.need_stated")), stated)]
    rows += [(f"– {names.rule(code)}", amount) for code, amount in removed.items()]
    rows.append((names.say(both("annex.added_3")), added))
    _amounts(sheet, rows, both("annex.need_and"))


def _tiers(sheet: Sheet, names: Names) -> None:
    columns = (
        Column(both("annex.goal_in"), 62),
        Column(both("annex.distance_from"), 19, "count"),
    )
    frame = names.proposal.frames["tiers"]
    if frame.empty:
        return
    _section(sheet, both("annex.goals_of"))
    sheet.head(columns)
    for row in frame.to_dict("records"):
        code = row["tier"]
        title = names.rule(code) if code.startswith("priority[") else word(TIER, code, names.lang)
        sheet.line([f"{title[0].upper()}{title[1:]}", row["gap"]], columns=columns)


def _round(names: Names) -> Iterator[tuple[Pair, str]]:
    """Tell calendar, round, dates, rulebook and data."""
    meta, lang = names.proposal.meta, names.lang
    dates = {
        key: day(dt.date.fromisoformat(meta["round"][key]), lang)
        for key in ("report_by", "judged_on", "forecast_on")
    }
    number, case = meta["round"]["number"], names.proposal.case
    calendar = meta["calendar"]["code"]
    if case is not None:
        calendar = f"{names.say((case.calendar.title_vi, case.calendar.title_en))} ({calendar})"
    book, code = names.book, meta["rulebook"]["code"]
    rules = code if book is None else f"{names.say((book.title_vi, book.title_en))} ({code})"
    yield both("annex.calendar"), calendar
    yield both("annex.round"), str(number) if number else names.say(both("annex.outside_the"))
    yield both("annex.report_before"), dates["report_by"]
    yield both("annex.milestones_judged"), dates["judged_on"]
    yield both("annex.judged_by"), dates["forecast_on"]
    yield (
        both("annex.rulebook"),
        f"{rules}, {names.say(both('annex.version'))} {meta['rulebook']['version']}",
    )
    yield both("annex.hash_of"), meta["input_hash"]
    if meta["parent"]:
        yield both("annex.part_of"), meta["parent"]


def _choices(names: Names) -> Iterator[tuple[Pair, str]]:
    """Tell the settings of the round that the law leaves open."""
    policy, lang, say = names.proposal.meta["policy"], names.lang, names.say
    yes_no = {True: say(both("annex.yes")), False: say(both("annex.no"))}
    yield both("annex.confidence_of"), _percent(policy["donor_confidence"], lang)
    yield (
        both("annex.confidence_of_an"),
        _percent(policy["receiver_confidence"], lang),
    )
    yield both("annex.reading_that"), word(READING, policy["judge"], lang)
    yield both("annex.capital_carried"), say(CARRY[policy["carry_over"]])
    yield both("annex.unplaced_capital"), yes_no[policy["return_unplaced"]]
    yield both("annex.where_a"), say(UNKNOWN[policy["unknown"]])
    codes = policy["authority"]
    every = say(both("annex.every_authority"))
    yield (
        both("annex.authorities_at"),
        every if codes is None else "; ".join(map(names.authority, codes)),
    )
    unit, least = (format_million(policy[key], lang) for key in ("unit", "min_move"))
    yield both("annex.whole_units"), f"{unit}; {least}"
    if policy["notes"]:
        yield both("annex.notes"), policy["notes"]


CARRY = {"hold": both("annex.stays"), "move": both("annex.moves_inside")}
UNKNOWN = {
    "refuse": both("annex.the_test"),
    "allow": both("annex.the_test_is"),
}


def _percent(fraction: Any, lang: str) -> str:
    whole, _, part = str(fraction).partition("/")
    return format_share(int(whole), int(part or 1), lang)
