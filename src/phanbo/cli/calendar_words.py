"""A calendar in words: its faults one a line, or all it says in the order a reader asks for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from phanbo.cli.texts import SEVERITY

if TYPE_CHECKING:
    from phanbo.calendar import Calendar, Report, Round
    from phanbo.calendar_file import Fault

__all__ = ["faults_text", "summary_text"]

DAY = dt.timedelta(days=1)

TEXTS = {
    "sound": ("{name}: lịch đúng, {notes} ghi chú.", "{name}: the calendar is sound, {notes} notes."),
    "faulty": (
        "{name}: {errors} lỗi, {notes} ghi chú; chưa dùng được.",
        "{name}: {errors} errors, {notes} notes; it cannot be used yet.",
    ),
    "directive": ("Văn bản của tỉnh: {text}", "Document of the province: {text}"),
    "source": ("Nguồn: {text}", "Source: {text}"),
    "milestones": ("Mốc giải ngân", "Milestones"),
    "deadlines": ("Hạn thủ tục", "Deadlines"),
    "rounds": ("Các đợt điều chỉnh", "Adjustment rounds"),
    "round": (
        "Đợt {number}: báo cáo trước ngày {report_by}; xét mốc đến {judged_on}{forecast}",
        "Round {number}: reported before {report_by}; milestones judged up to {judged_on}{forecast}",
    ),
    "forecast": (" (dự báo: đến {on})", " (forecast: up to {on})"),
    "data": ("    số liệu đúng hạn: {first} – {last}", "    data in time: {first} – {last}"),
    "no-data": ("    không có ngày số liệu nào đúng hạn", "    no data date is in time"),
    "late": (
        "; sau đó, đến hết {last}: nhận, có cảnh báo là muộn",
        "; after them, until {last}: taken, with a warning that they are late",
    ),
    "last": (
        "Ngày số liệu cuối cùng để điều chỉnh: {on}",
        "Last data date for an adjustment: {on}",
    ),
    "law-last": (
        "Ngày số liệu cuối cùng để điều chỉnh: {on}, theo {law} (lịch không nêu)",
        "Last data date for an adjustment: {on}, by {law} (the calendar names none)",
    ),
    "no-last": (
        "Ngày số liệu cuối cùng để điều chỉnh: theo bộ quy định của tỉnh (lịch không nêu)",
        "Last data date for an adjustment: by the province's own rulebook (the calendar names none)",
    ),
    "reports": ("Chế độ báo cáo", "Reports"),
    "on": ("{by} {on}", "{by} {on}"),
    "week": ("hằng tuần, {weekday}", "every week, {weekday}"),
    "month": ("{by} {day} hằng tháng", "{by} day {day} of every month"),
    "quarter": ("ngày cuối mỗi quý", "the last day of every quarter"),
    "citations": (
        "Mục của văn bản mà các quy định dựa vào",
        "Articles of the document that rules rest on",
    ),
    "own-curve": (
        "Đường tham chiếu: của lịch này, {points} điểm.",
        "Reference curve: the calendar's own, {points} points.",
    ),
    "national-curve": (
        "Đường tham chiếu: của cả nước, {points} điểm (lịch không nêu đường riêng).",
        "Reference curve: the national one, {points} points (the calendar brings none).",
    ),
}
BY = {True: ("đến hết ngày", "by the end of"), False: ("trước ngày", "before")}
WEEKDAYS = (
    ("thứ Hai", "Monday"),
    ("thứ Ba", "Tuesday"),
    ("thứ Tư", "Wednesday"),
    ("thứ Năm", "Thursday"),
    ("thứ Sáu", "Friday"),
    ("thứ Bảy", "Saturday"),
    ("Chủ nhật", "Sunday"),
)


def _say(sentence: str, lang: str, /, **values: object) -> str:
    return TEXTS[sentence][0 if lang == "vi" else 1].format(**values)


def faults_text(found: Sequence[Fault], name: str, lang: str) -> str:
    """Return every fault, one a line, errors first; then how many there are."""
    ordered = sorted(found, key=lambda fault: fault.severity != "error")
    errors = sum(fault.severity == "error" for fault in found)
    lines = [f"{SEVERITY[fault.severity][0 if lang == 'vi' else 1]} {fault.text(lang)}" for fault in ordered]
    counts = _say("faulty" if errors else "sound", lang, name=name, errors=errors, notes=len(found) - errors)
    return "\n".join([*lines, counts])


def summary_text(calendar: Calendar, lang: str) -> str:
    """Return what a sound calendar says: milestones, deadlines, rounds, reports, law and curve."""
    head = [f"{calendar.title_vi if lang == 'vi' else calendar.title_en} ({calendar.code})"]
    if calendar.directive:
        head.append(_say("directive", lang, text=calendar.directive))
    if calendar.source and calendar.source != calendar.directive:
        head.append(_say("source", lang, text=calendar.source))
    parts = [
        ("milestones", _milestones(calendar, lang)),
        ("deadlines", _duties(calendar, "deadline", lang)),
        ("rounds", [line for item in calendar.rounds for line in _round(calendar, item, lang)]),
        ("reports", [_report(item, lang) for item in calendar.reports]),
        ("citations", [f"{rule}: {article}" for rule, article in calendar.citations.items()]),
    ]
    listed = [
        "\n".join(["", _say(title, lang), *(f"  {line}" for line in lines)])
        for title, lines in parts
        if lines
    ]
    return "\n".join([*head, *listed, "", *_end(calendar, lang)])


def _end(calendar: Calendar, lang: str) -> Iterator[str]:
    """Yield the last data date and the curve."""
    from phanbo.reference_curve import SOURCE
    from phanbo.words import day

    last, law = _last(calendar)
    said = "no-last" if last is None else "law-last" if law else "last"
    yield _say(said, lang, on=day(last, lang) if last else "", law=law)
    own = "national-curve" if calendar.curve_source == SOURCE else "own-curve"
    yield _say(own, lang, points=len(calendar.curve))


def _last(calendar: Calendar) -> tuple[dt.date | None, str]:
    """Return the last data date, and the rulebook that sets it where the calendar does not."""
    from phanbo.errors import RulebookUnavailable
    from phanbo.rulebook_file import rulebook_at

    if calendar.last_adjustment is not None:
        return calendar.last_adjustment, ""
    try:
        book = rulebook_at(dt.date(calendar.year, 12, 31))
    except RulebookUnavailable:
        return None, ""
    return book.last_adjustment.on(calendar.year), book.code


def _duties(calendar: Calendar, kind: str, lang: str) -> list[str]:
    """Return the duties of a kind in words, in order of date."""
    from phanbo.due import due_between

    whole = due_between(calendar, dt.date(calendar.year - 1, 12, 1), dt.date(calendar.year + 1, 12, 31))
    return [duty.what_vi if lang == "vi" else duty.what_en for duty in whole if duty.kind == kind]


def _milestones(calendar: Calendar, lang: str) -> Iterator[str]:
    from phanbo.words import GROUP

    for group in GROUP:
        own = tuple(mark for mark in calendar.milestones if mark.group == group)
        yield from _duties(replace(calendar, milestones=own), "milestone", lang)


def _round(calendar: Calendar, item: Round, lang: str) -> Iterator[str]:
    """Yield a round's dates, and which data dates it takes."""
    from phanbo.words import day

    later = item.tau("forecast")
    yield _say(
        "round",
        lang,
        number=item.number,
        report_by=day(item.report_by, lang),
        judged_on=day(item.judged_on, lang),
        forecast=_say("forecast", lang, on=day(later, lang)) if later != item.judged_on else "",
    )
    first, end = dt.date(calendar.year, 1, 1), _last(calendar)[0] or dt.date(calendar.year, 12, 31)
    last = min(end, item.report_by - DAY)
    said = _say("no-data", lang)
    if first <= last:
        said = _say("data", lang, first=day(first, lang), last=day(last, lang))
    if max(first, item.report_by) <= end:
        said += _say("late", lang, last=day(end, lang))
    yield said


def _report(item: Report, lang: str) -> str:
    """Return a report's title, who owes it and when."""
    from phanbo.words import day

    column = 0 if lang == "vi" else 1
    by = BY[item.inclusive][column]
    if item.on is not None:
        when = _say("on", lang, by=by, on=day(item.on, lang))
    elif item.every == "week":
        when = _say("week", lang, weekday=WEEKDAYS[item.day - 1][column])
    elif item.every == "month":
        when = _say("month", lang, by=by, day=item.day)
    else:
        when = _say("quarter", lang)
    return f"{item.title_vi if lang == 'vi' else item.title_en} – {item.who}: {when}"
