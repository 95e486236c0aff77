"""The monthly workbook of an assessment: province, sources, owners, groups of projects, late lines, what is due."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from phanbo.catalogue import both
from phanbo.report.formats import Column
from phanbo.report.workbook import workbook
from phanbo.tables.schema import KINDS
from phanbo.words import GROUP, MISSED, READING, day, word

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from phanbo.assessment import Assessment
    from phanbo.report.formats import Formula
    from phanbo.report.sheet import Sheet
    from phanbo.report.workbook import Workbook

__all__ = ["write_assessment", "write_groups"]

PLAN = Column(both("assessment.plan"), 15, "money")
PAID = Column(both("assessment.disbursed"), 15, "money")
RATIO = Column(both("assessment.share"), 11, "share")
PROVINCE = Column(both("assessment.province"), 11, "share")
MARK = Column(both("assessment.milestone"), 12, "center")
UNDER = Column(both("assessment.behind_under"), 29)
LATE = Column(both("assessment.late_lines"), 9, "count")
WIDE = Column(("", ""), 40)


def write_assessment(assessment: Assessment, path: str | os.PathLike[str], lang: str = "vi") -> None:
    """Write the workbook of an assessment; amounts in triệu đồng, exact to the đồng, totals as formulas.

    Parameters
    ----------
    assessment : Assessment
    path : path
        A file of that name is replaced once the new one is complete.
    lang : str
        ``vi`` or ``en``: headers and words; names stay as the tables have them.
    """
    title = both("assessment.assessment_of")[lang == "en"]
    with workbook(path, title=title, on=assessment.as_of, lang=lang) as book:
        _province(book, assessment)
        _sources(book, assessment)
        _owners(book, assessment)
        write_groups(book, assessment)
        _late_lines(book, assessment)
        _due(book, assessment)


def _open(
    book: Workbook, a: Assessment, name: tuple[str, str], columns: Sequence[Column], title: tuple[str, str]
) -> Sheet:
    """Add a sheet with its title and the data date."""
    sheet = book.sheet(name, columns)
    sheet.title(title, (f"Số liệu đến ngày {day(a.as_of)}", f"Data to {day(a.as_of, 'en')}"))
    return sheet


def _table(
    book: Workbook, a: Assessment, name: tuple[str, str], columns: Sequence[Column], title: tuple[str, str]
) -> Sheet:
    """Add a sheet of one table of money."""
    sheet = _open(book, a, name, columns, title)
    sheet.unit()
    sheet.head(repeat=True, freeze=1)
    return sheet


def _ratio(
    sheet: Sheet, part: int, whole: int, amounts: tuple[int, int], *, at: int | None = None
) -> Formula:
    paid, plan = amounts
    return sheet.quotient(part, whole, paid / plan if plan else None, at=at)


def _readings(names: tuple[tuple[str, str], ...], *kinds: str) -> tuple[Column, ...]:
    """Return a column a reading under each of some headers."""
    return tuple(
        Column(READING[code], 11, kind, group)
        for group, kind in zip(names, kinds, strict=True)
        for code in READING
    )


SHARES = _readings((both("assessment.share_when"), both("assessment.required")), "share", "share")


def _judged(row: dict[Any, Any]) -> list[Any]:
    return [row[f"{name}_{code}"] for name in ("share", "required") for code in READING]


def _under(row: dict[Any, Any], lang: str) -> str:
    return ", ".join(word(READING, code, lang) for code in row["behind_under"].split(", ") if code)


def _date(text: str, lang: str) -> str:
    return day(dt.date.fromisoformat(text), lang) if text else ""


def _province(book: Workbook, a: Assessment) -> None:
    columns = (Column(both("assessment.group"), 40), PLAN, PAID, RATIO, MARK, *SHARES, UNDER, LATE)
    title = both("assessment.disbursement_of", year=a.calendar.year)
    sheet = _open(book, a, both("assessment.province_2"), columns, title)
    sheet.text(
        book.say(
            (
                f"Cách xét quyết định: {word(READING, a.judge)}.",
                f"The reading that decides: {word(READING, a.judge, 'en')}.",
            )
        )
    )
    for warning in a.warnings:
        sheet.text(warning.split(" / ")[0 if book.lang == "vi" else -1], "alert")
    sheet.unit()
    _totals(sheet, a)
    sheet.space()
    sheet.head()
    for row in a.stages.to_dict("records"):
        ratio = _ratio(sheet, 2, 1, (row["disbursed"], row["plan"]))
        marks = [_date(row["milestone"], book.lang), *_judged(row), _under(row, book.lang), row["late_lines"]]
        sheet.line([_group(row, book.lang), row["plan"], row["disbursed"], ratio, *marks])


def _totals(sheet: Sheet, a: Assessment) -> None:
    """Write this year's plan, capital carried over, and both together."""
    columns = (WIDE, PLAN, PAID, RATIO)
    say, totals = sheet.book.say, a.province
    sheet.head(columns)
    first = sheet.row
    labels = (
        ("", both("assessment.plan_year", year=a.calendar.year)),
        ("carried_", both("assessment.capital_carried")),
    )
    for prefix, label in labels:
        plan, paid = totals[f"{prefix}plan"], totals[f"{prefix}disbursed"]
        sheet.line([say(label), plan, paid, _ratio(sheet, 2, 1, (paid, plan))], columns=columns)
    _total_line(sheet, columns, first, totals["total_plan"], totals["total_disbursed"])


def _total_line(
    sheet: Sheet, columns: Sequence[Column], first: int, plan: int, paid: int, *, place: int = 1
) -> None:
    """Write TỔNG SỐ under a table; plan and disbursed stand in columns *place* and the next, then their ratio."""
    last = sheet.row - 1
    cells: list[Any] = [None] * len(columns)
    cells[0] = sheet.book.say(both("assessment.total"))
    cells[place] = sheet.total(place, first, last, plan)
    cells[place + 1] = sheet.total(place + 1, first, last, paid)
    cells[place + 2] = _ratio(sheet, place + 1, place, (paid, plan))
    sheet.line(cells, "total", columns=columns)


def _group(row: dict[Any, Any], lang: str) -> str:
    """Name a group of projects; carried-over capital by its year."""
    name = word(GROUP, row["group"], lang)
    text = f"{name} {row['plan_year']}" if row["group"] == "carried" else name
    return f"{text[0].upper()}{text[1:]}"


def _sources(book: Workbook, a: Assessment) -> None:
    columns = (
        Column(both("assessment.source"), 40),
        Column(both("assessment.kind"), 40),
        Column(both("assessment.plan_year_2"), 10, "center"),
        PLAN,
        PAID,
        RATIO,
        PROVINCE,
    )
    sheet = _table(book, a, both("assessment.by_source"), columns, both("assessment.disbursement_by"))
    first, frame = sheet.row, a.sources
    for row in frame.to_dict("records"):
        kind = KINDS.get(row["kind"])
        named = "" if kind is None else book.say((kind.title_vi, kind.title_en))
        ratio = _ratio(sheet, 4, 3, (row["disbursed"], row["plan"]))
        sheet.line(
            [
                row["source"],
                named,
                str(row["plan_year"]),
                row["plan"],
                row["disbursed"],
                ratio,
                row["province_ratio"],
            ]
        )
    _total_line(sheet, columns, first, *_sums(frame, "plan", "disbursed"), place=3)


def _sums(frame: pd.DataFrame, *names: str) -> Iterable[int]:
    return [int(frame[name].sum()) for name in names]


def _owners(book: Workbook, a: Assessment) -> None:
    carried = both("assessment.carried_over")
    columns = (
        Column(both("assessment.owner"), 42),
        Column(both("assessment.rank"), 7, "rank"),
        PLAN,
        PAID,
        RATIO,
        PROVINCE,
        *SHARES,
        UNDER,
        LATE,
        Column(both("assessment.may_import"), 12, "center"),
        *(Column(column.title, column.width, column.kind, carried) for column in (PLAN, PAID, RATIO)),
    )
    sheet = _table(
        book,
        a,
        both("assessment.by_owner"),
        columns,
        both("assessment.disbursement_by_owner"),
    )
    first, frame, old = sheet.row, a.owners, len(columns) - 3
    for row in frame.to_dict("records"):
        may = book.say(both("assessment.yes") if row["may_import"] else both("assessment.no"))
        ratio = _ratio(sheet, 3, 2, (row["disbursed"], row["plan"]))
        sums = [row["owner"], row["rank"], row["plan"], row["disbursed"], ratio, row["province_ratio"]]
        held = (row["carried_disbursed"], row["carried_plan"])
        kept = [held[1], held[0], _ratio(sheet, old + 1, old, held)]
        sheet.line([*sums, *_judged(row), _under(row, book.lang), row["late_lines"], may, *kept])
    last = sheet.row - 1
    cells: list[Any] = [None] * len(columns)
    cells[0] = book.say(both("assessment.total"))
    for place, names in ((2, ("plan", "disbursed")), (old, ("carried_plan", "carried_disbursed"))):
        plan, paid = _sums(frame, *names)
        cells[place : place + 2] = (
            sheet.total(place, first, last, plan),
            sheet.total(place + 1, first, last, paid),
        )
        cells[place + 2] = _ratio(sheet, place + 1, place, (paid, plan))
    sheet.line(cells, "total")


def write_groups(book: Workbook, a: Assessment) -> None:
    """Write every owner under each group of projects, a subtotal over each group."""
    columns = (
        Column(both("assessment.group_owner"), 40),
        PLAN,
        PAID,
        RATIO,
        MARK,
        *SHARES,
        UNDER,
        LATE,
    )
    sheet = _table(
        book,
        a,
        both("assessment.by_group"),
        columns,
        both("assessment.disbursement_by_group"),
    )
    buckets, first = a.buckets, sheet.row
    for group in a.stages.to_dict("records"):
        top, year = sheet.reserve(), group["plan_year"]
        inside = buckets["plan_year"] == year
        if group["group"] != "carried":
            inside &= buckets["stage"] == group["group"]
        for row in buckets[inside].to_dict("records"):
            named = row["owner"]
            if group["group"] == "carried":
                named += f" ({word(GROUP, row['stage'], book.lang)})"
            sheet.line([named, *_bucket(sheet, row, (row["plan"], row["disbursed"]), sheet.row)])
        sums = [
            sheet.total(k, top + 1, sheet.row - 1, group[name]) for k, name in ((1, "plan"), (2, "disbursed"))
        ]
        sheet.line([_group(group, book.lang), *_bucket(sheet, group, sums, top)], "group", at=top)
    _total_line(sheet, columns, first, *_sums(a.stages, "plan", "disbursed"))


def _bucket(sheet: Sheet, row: dict[Any, Any], sums: Sequence[Any], at: int) -> list[Any]:
    lang = sheet.book.lang
    ratio = _ratio(sheet, 2, 1, (row["disbursed"], row["plan"]), at=at)
    return [
        *sums,
        ratio,
        _date(row["milestone"], lang),
        *_judged(row),
        _under(row, lang),
        row["late_lines"],
    ]


def _late_lines(book: Workbook, a: Assessment) -> None:
    columns = (
        Column(both("assessment.project"), 36),
        Column(both("assessment.owner"), 26),
        Column(both("assessment.source"), 20),
        Column(both("assessment.plan_year_2"), 9, "center"),
        Column(both("assessment.stage"), 14),
        PLAN,
        PAID,
        RATIO,
        Column(both("assessment.required"), 10, "share"),
        MARK,
        UNDER,
        Column(both("assessment.deadline_missed"), 24),
    )
    sheet = _table(book, a, both("assessment.late_lines_2"), columns, both("assessment.late_lines_3"))
    frame, first, lang = a.lines, sheet.row, book.lang
    late = frame[frame["late"] | (frame["missed"] != "")]
    if late.empty:
        sheet.text(book.say(both("assessment.no_line")))
        return
    for row in late.to_dict("records"):
        under = ", ".join(word(READING, code, lang) for code in READING if row[f"late_{code}"])
        names = [
            row["project"],
            row["owner"],
            row["source"],
            str(row["plan_year"]),
            word(GROUP, row["stage"], lang),
        ]
        sums = [row["plan"], row["disbursed"], _ratio(sheet, 6, 5, (row["disbursed"], row["plan"]))]
        asked = [row["required"], _date(row["milestone"], lang), under, word(MISSED, row["missed"], lang)]
        sheet.line([*names, *sums, *asked])
    _total_line(sheet, columns, first, *_sums(late, "plan", "disbursed"), place=5)


def _due(book: Workbook, a: Assessment) -> None:
    columns = (
        Column(both("assessment.last_day"), 12, "center"),
        Column(both("assessment.what"), 70),
        Column(both("assessment.who"), 32),
        Column(both("assessment.source_2"), 60),
    )
    sheet = _open(book, a, both("assessment.due"), columns, both("assessment.due_in"))
    sheet.head(repeat=True)
    frame = a.due
    if frame.empty:
        sheet.text(book.say(both("assessment.nothing_is")))
    for row in frame.to_dict("records"):
        what = book.say((row["what_vi"], row["what_en"]))
        sheet.line([_date(row["date"], book.lang), what, row["who"], row["source"]])
