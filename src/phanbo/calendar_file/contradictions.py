"""What in a calendar contradicts itself or its year, though every value is well written."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Collection, Iterator
from typing import Any

from phanbo.calendar import CARRIED, LAST_DAY_OF, WHOLE
from phanbo.calendar_file.entries import Row
from phanbo.calendar_file.fault import NOTE, Fault, near
from phanbo.words import GROUP, day, word

__all__ = ["contradictions"]

Rows = dict[str, list[Row]]
YEARS = range(2000, 2101)
UNMARKED = ("completed", "transitional", "new_start", CARRIED)
"""Groups one expects a milestone of; preparation is bound by deadlines."""
Said = tuple[str, str]


def contradictions(found: Rows, rules: Collection[str] | None) -> Iterator[Fault]:
    """Return what contradicts itself, in the order of the tables; *rules* are the codes that may be cited."""
    (calendar,) = found[""]
    yield from _of_year(calendar)
    yield from _outside(found)
    yield from _of_milestones(found)
    for row in found["round"]:
        yield from _of_round(row, calendar["last_adjustment"])
    yield from _of_order(found["round"])
    for row in found["report"]:
        yield from _of_report(row)
    for row in found["curve"]:
        yield from _of_curve(row)
    for row in found["citation"]:
        yield from _of_citation(row, calendar, rules)
    if not calendar["source"] and not calendar["directive"]:
        yield calendar.fault(
            "no-document",
            ("lịch không nói dựa trên văn bản nào", "the calendar names no document it rests on"),
            ("thêm directive hoặc source", "add directive or source"),
            severity=NOTE,
        )


def _of_year(calendar: Row) -> Iterator[Fault]:
    if calendar["year"] is not None and calendar["year"] not in YEARS:
        yield calendar.fault(
            "year",
            ("không phải năm kế hoạch", "it is no plan year"),
            ("viết đủ bốn chữ số, ví dụ 2026", "write four digits, for example 2026"),
            entry="year",
        )


def _outside(found: Rows) -> Iterator[Fault]:
    """Find dates outside the plan year, which ends with January of the next; reports have all of the next."""
    year = found[""][0]["year"]
    if year not in YEARS:
        return
    first, last = dt.date(year, 1, 1), dt.date(year + 1, 1, 31)
    for row in itertools.chain.from_iterable(found.values()):
        end = dt.date(year + 1, 12, 31) if row.table == "report" else last
        dated = [(name, on) for name, on in row.values.items() if isinstance(on, dt.date)]
        dated += [("points", on) for on, _ in row["points"] or ()]
        for name, on in dated:
            if first <= on <= end:
                continue
            yield row.fault(
                "outside",
                (
                    f"ngày {day(on)} ngoài năm kế hoạch {year} ({day(first)} – {day(end)})",
                    f"{on} lies outside the plan year {year} ({first} – {end})",
                ),
                ("sửa ngày, hoặc year", "mend the date, or year"),
                entry=name,
            )


def _of_milestones(found: Rows) -> Iterator[Fault]:
    year, marks = found[""][0]["year"], found["milestone"]
    for row in marks:
        yield from _of_plan_years(row, year)
    whole = [row for row in marks if row["group"] and row["on"] and row["share"]]
    for before, after in itertools.combinations(sorted(whole, key=lambda row: (row["on"], row.number)), 2):
        if before["group"] == after["group"] and _meet(before, after):
            yield from _of_pair(before, after)
    groups = {row["group"] for row in marks}
    for group in UNMARKED:
        if not groups & {group, None}:  # a group that could not be read may be any
            vi, en = (word(GROUP, group, lang) for lang in ("vi", "en"))
            yield found[""][0].fault(
                "no-milestone",
                (f"nhóm {vi} ({group}) không có mốc giải ngân", f"no milestone for {en} ({group})"),
                (
                    "dòng vốn của nhóm này không bị xét là chậm mốc; thêm [[milestone]] nếu tỉnh có quy định",
                    "its lines are never behind a milestone; add a [[milestone]] if the province sets one",
                ),
                severity=NOTE,
            )


def _of_plan_years(row: Row, year: int | None) -> Iterator[Fault]:
    """Capital is carried over from years before; other groups are of the plan year itself."""
    if row["plan_years"] is None or row["group"] is None:
        return
    if row["group"] != CARRIED:
        yield row.fault(
            "plan-years",
            (f"chỉ nhóm “{CARRIED}” có plan_years", f"only the group {CARRIED!r} has plan_years"),
            ("bỏ dòng này", "take the line out"),
            entry="plan_years",
        )
    elif year is not None and (late := [y for y in row["plan_years"] if not YEARS[0] <= y < year]):
        listed = ", ".join(map(str, late))
        yield row.fault(
            "plan-years",
            (
                f"vốn kéo dài phải của năm trước {year}, không phải {listed}",
                f"capital is carried over from before {year}, not from {listed}",
            ),
            (f"ví dụ [{year - 1}]", f"for example [{year - 1}]"),
            entry="plan_years",
        )


def _meet(one: Row, other: Row) -> bool:
    """Whether two milestones of a group are of the same plan years, in part at least."""
    years = [set(row["plan_years"] or ()) for row in (one, other)]
    return one["group"] != CARRIED or not all(years) or bool(years[0] & years[1])


def _of_pair(before: Row, after: Row) -> Iterator[Fault]:
    if before["on"] == after["on"]:
        yield after.fault(
            "repeated",
            (
                f"lặp lại mốc thứ {before.number} của cùng nhóm, cùng ngày",
                f"it repeats milestone no. {before.number}: same group, same day",
            ),
            ("giữ một mốc", "keep one of them"),
            entry="on",
        )
    elif after["share"] < before["share"]:
        yield after.fault(
            "falling",
            (
                f"tỷ lệ thấp hơn mốc thứ {before.number} ngày {day(before['on'])}: mốc sau không thể đòi ít hơn",
                f"the share is below that of milestone no. {before.number} on {before['on']}: a later one asks no less",
            ),
            ("sửa tỷ lệ hoặc ngày của một trong hai mốc", "mend the share or the date of one of them"),
            entry="share",
        )


def _of_round(row: Row, last: dt.date | None) -> Iterator[Fault]:
    number, judged, forecast = (row[name] for name in ("number", "judged_on", "forecast_on"))
    if number is not None and number < 1:
        yield row.fault("number", ("số đợt nhỏ hơn 1", "a round's number is below 1"), entry="number")
    if judged and forecast and forecast < judged:
        yield row.fault(
            "forecast",
            (f"forecast_on trước judged_on {day(judged)}", f"forecast_on lies before judged_on {judged}"),
            ("dự báo xét mốc cùng ngày hoặc muộn hơn", "the forecast looks as far or further"),
            entry="forecast_on",
        )
    for name, told in (
        ("judged_on", ("mốc được xét", "the milestones judged")),
        ("report_by", ("báo cáo", "the report")),
    ):
        if last and row[name] and row[name] > last:
            yield row.fault(
                "after-last",
                (
                    f"{told[0]} ở sau ngày số liệu cuối cùng {day(last)}; đợt này chỉ nhận số liệu đến ngày đó",
                    f"{told[1]} lies after the last data date {last}; the round takes data until then",
                ),
                entry=name,
                severity=NOTE,
            )


def _of_order(rounds: list[Row]) -> Iterator[Fault]:
    for one, other in itertools.combinations(rounds, 2):
        if one["number"] is not None and one["number"] == other["number"]:
            yield other.fault(
                "repeated",
                (
                    f"lặp lại số của [[round]] thứ {one.number}",
                    f"it repeats the number of [[round]] no. {one.number}",
                ),
                ("đánh số 1, 2, 3 …", "number them 1, 2, 3 …"),
                entry="number",
            )
    falling: tuple[tuple[str, Said, Callable[[Any, Any], bool]], ...] = (
        ("number", ("số đợt không tăng dần", "the rounds are not in order of number"), lambda a, b: a > b),
        (
            "report_by",
            ("các đợt không theo thứ tự ngày báo cáo", "rounds are not in date order"),
            lambda a, b: a >= b,
        ),
    )
    for before, after in itertools.pairwise(rounds):
        for name, message, wrong in falling:
            if None not in (before[name], after[name]) and wrong(before[name], after[name]):
                mend = (
                    "xếp các đợt theo thời gian, mỗi đợt một ngày",
                    "put them in order of time, each on a day of its own",
                )
                yield after.fault("order", message, mend, entry=name)


def _of_report(row: Row) -> Iterator[Fault]:
    on, every, number = row["on"], row["every"], row["day"]
    mend = (
        'viết on = 2026-03-30, hoặc every = "month" với day = 8, every = "week" với day = 5, hoặc every = "quarter"',
        'write on = 2026-03-30, or every = "month" and day = 8, every = "week" and day = 5, or every = "quarter"',
    )
    lost = any(name in row.unread for name in ("on", "every", "day"))
    if on and (every or number is not None):
        yield row.fault(
            "report", ("có cả on và every, day", "it has on as well as every or day"), mend, entry="on"
        )
    elif not on and not every and not lost:
        yield row.fault("report", ("báo cáo không rõ ngày", "no date can be told for the report"), mend)
    elif every == "quarter" and number is not None:
        message = (
            "báo cáo quý là ngày cuối quý, không có day",
            "a quarter's report has no day: it is its last",
        )
        yield row.fault("report", message, ("bỏ dòng day", "take day out"), entry="day")
    elif (
        every in ("week", "month")
        and "day" not in row.unread
        and not 1 <= (number or 0) <= LAST_DAY_OF[every]
    ):
        last = LAST_DAY_OF[every]
        message = (
            f"không rõ ngày: với every = “{every}”, day là 1 … {last}",
            f"no date can be told: with every = {every!r}, day is 1 … {last}",
        )
        yield row.fault("report", message, mend, entry="day")


def _of_curve(row: Row) -> Iterator[Fault]:
    points = row["points"]
    if points is None:
        return
    wrong: list[Said] = []
    if len(points) < 2:
        wrong.append(("cần ít nhất hai điểm", "two points are needed"))
    for number, (before, after) in enumerate(itertools.pairwise(points), start=2):
        if after[0] <= before[0] or after[1] < before[1]:
            wrong.append((f"điểm thứ {number} không tăng", f"point {number} does not rise"))
    if any(not 1 <= share <= WHOLE for _, share in points):
        wrong.append((f"tỷ phần ngoài 1 … {WHOLE}", f"a share outside 1 … {WHOLE}"))
    if points and points[-1][1] != WHOLE:
        wrong.append((f"điểm cuối không phải {WHOLE}", f"the last point is not {WHOLE}"))
    for vi, en in wrong:
        mend = (
            f"đường tham chiếu tăng theo ngày, từ ít nhất 1 đến đúng {WHOLE}; bỏ [curve] để dùng đường cả nước",
            f"the curve rises with the dates, from at least 1 to exactly {WHOLE}; without [curve] the national one is used",
        )
        yield row.fault("curve", (vi, en), mend, entry="points")


def _of_citation(row: Row, calendar: Row, rules: Collection[str] | None) -> Iterator[Fault]:
    if row.values and not calendar["directive"] and "directive" not in calendar.unread:
        yield row.fault(
            "no-document",
            (
                "trích mục của một văn bản mà lịch không nêu",
                "articles of a document the calendar does not name",
            ),
            ("thêm directive ở đầu tệp", "add directive at the head of the file"),
        )
    for code in row.values if rules is not None else ():
        if code not in (rules or ()):
            vi, en = near(code, rules or ())
            listed = ", ".join(sorted(rules or ()))
            yield row.fault(
                "unknown-rule",
                (f"phanbo không có quy định “{code}”", f"phanbo has no rule {code!r}"),
                (vi or f"các quy định: {listed}", en or f"rules: {listed}"),
                entry=code,
            )
