"""The monthly workbook of an assessment: province, sources, owners, groups of projects, late lines, what is due."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

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

PLAN = Column(("Kế hoạch vốn", "Plan"), 15, "money")
PAID = Column(("Giải ngân", "Disbursed"), 15, "money")
RATIO = Column(("Tỷ lệ giải ngân", "Share"), 11, "share")
PROVINCE = Column(("Bình quân toàn tỉnh", "Province"), 11, "share")
MARK = Column(("Mốc xét", "Milestone"), 12, "center")
UNDER = Column(("Chưa đạt theo cách xét", "Behind under"), 29)
LATE = Column(("Số dòng chậm", "Late lines"), 9, "count")
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
    title = ("Đánh giá kết quả giải ngân", "Assessment of disbursement")[lang == "en"]
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


SHARES = _readings((("Tỷ lệ tại ngày xét", "Share when judged"), ("Yêu cầu", "Required")), "share", "share")


def _judged(row: dict[Any, Any]) -> list[Any]:
    return [row[f"{name}_{code}"] for name in ("share", "required") for code in READING]


def _under(row: dict[Any, Any], lang: str) -> str:
    return ", ".join(word(READING, code, lang) for code in row["behind_under"].split(", ") if code)


def _date(text: str, lang: str) -> str:
    return day(dt.date.fromisoformat(text), lang) if text else ""


def _province(book: Workbook, a: Assessment) -> None:
    columns = (Column(("Nhóm", "Group"), 40), PLAN, PAID, RATIO, MARK, *SHARES, UNDER, LATE)
    title = (
        f"KẾT QUẢ GIẢI NGÂN VỐN ĐẦU TƯ CÔNG NĂM {a.calendar.year}",
        f"DISBURSEMENT OF THE PUBLIC INVESTMENT PLAN {a.calendar.year}",
    )
    sheet = _open(book, a, ("Toàn tỉnh", "Province"), columns, title)
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
        ("", (f"Kế hoạch vốn năm {a.calendar.year}", f"Plan {a.calendar.year}")),
        ("carried_", ("Vốn các năm trước kéo dài", "Capital carried over")),
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
    cells[0] = sheet.book.say(("TỔNG SỐ", "TOTAL"))
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
        Column(("Nguồn vốn", "Source"), 40),
        Column(("Loại nguồn", "Kind"), 40),
        Column(("Năm kế hoạch", "Plan year"), 10, "center"),
        PLAN,
        PAID,
        RATIO,
        PROVINCE,
    )
    sheet = _table(
        book, a, ("Theo nguồn", "By source"), columns, ("GIẢI NGÂN THEO NGUỒN VỐN", "DISBURSEMENT BY SOURCE")
    )
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
    carried = ("Vốn kéo dài", "Carried over")
    columns = (
        Column(("Chủ đầu tư", "Owner"), 42),
        Column(("Xếp hạng", "Rank"), 7, "rank"),
        PLAN,
        PAID,
        RATIO,
        PROVINCE,
        *SHARES,
        UNDER,
        LATE,
        Column(("Được nhận vốn từ chủ đầu tư khác", "May import"), 12, "center"),
        *(Column(column.title, column.width, column.kind, carried) for column in (PLAN, PAID, RATIO)),
    )
    sheet = _table(
        book,
        a,
        ("Theo chủ đầu tư", "By owner"),
        columns,
        ("GIẢI NGÂN THEO CHỦ ĐẦU TƯ", "DISBURSEMENT BY OWNER"),
    )
    first, frame, old = sheet.row, a.owners, len(columns) - 3
    for row in frame.to_dict("records"):
        may = book.say(("có", "yes") if row["may_import"] else ("không", "no"))
        ratio = _ratio(sheet, 3, 2, (row["disbursed"], row["plan"]))
        sums = [row["owner"], row["rank"], row["plan"], row["disbursed"], ratio, row["province_ratio"]]
        held = (row["carried_disbursed"], row["carried_plan"])
        kept = [held[1], held[0], _ratio(sheet, old + 1, old, held)]
        sheet.line([*sums, *_judged(row), _under(row, book.lang), row["late_lines"], may, *kept])
    last = sheet.row - 1
    cells: list[Any] = [None] * len(columns)
    cells[0] = book.say(("TỔNG SỐ", "TOTAL"))
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
        Column(("Nhóm dự án, chủ đầu tư", "Group, owner"), 40),
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
        ("Theo nhóm dự án", "By group"),
        columns,
        ("GIẢI NGÂN THEO NHÓM DỰ ÁN", "DISBURSEMENT BY GROUP OF PROJECTS"),
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
        Column(("Danh mục dự án", "Project"), 36),
        Column(("Chủ đầu tư", "Owner"), 26),
        Column(("Nguồn vốn", "Source"), 20),
        Column(("Năm kế hoạch", "Plan year"), 9, "center"),
        Column(("Phân loại", "Stage"), 14),
        PLAN,
        PAID,
        RATIO,
        Column(("Yêu cầu", "Required"), 10, "share"),
        MARK,
        UNDER,
        Column(("Quá hạn", "Deadline missed"), 24),
    )
    sheet = _table(book, a, ("Dòng vốn chậm", "Late lines"), columns, ("DÒNG VỐN CHẬM", "LATE LINES"))
    frame, first, lang = a.lines, sheet.row, book.lang
    late = frame[frame["late"] | (frame["missed"] != "")]
    if late.empty:
        sheet.text(book.say(("Không có dòng vốn chậm.", "No line is late.")))
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
        Column(("Hạn cuối", "Last day"), 12, "center"),
        Column(("Việc phải làm", "What"), 70),
        Column(("Ai làm", "Who"), 32),
        Column(("Căn cứ", "Source"), 60),
    )
    sheet = _open(
        book, a, ("Đến hạn", "Due"), columns, ("VIỆC ĐẾN HẠN TRONG 30 NGÀY TỚI", "DUE IN THE NEXT 30 DAYS")
    )
    sheet.head(repeat=True)
    frame = a.due
    if frame.empty:
        sheet.text(book.say(("Không có việc nào đến hạn.", "Nothing is due.")))
    for row in frame.to_dict("records"):
        what = book.say((row["what_vi"], row["what_en"]))
        sheet.line([_date(row["date"], book.lang), what, row["who"], row["source"]])
