"""A calendar in words: its faults one a line, or all it says in the order a reader asks for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from phanbo.catalogue import both, unfilled
from phanbo.cli.texts import SEVERITY

if TYPE_CHECKING:
    from phanbo.calendar import Calendar, Report, Round
    from phanbo.calendar_file import Fault

__all__ = ["faults_text", "summary_text"]

DAY = dt.timedelta(days=1)

TEXTS = {
    "sound": unfilled("cli.sound"),
    "faulty": unfilled("cli.faulty"),
    "directive": unfilled("cli.directive"),
    "source": unfilled("cli.source"),
    "milestones": both("cli.milestones"),
    "deadlines": both("cli.deadlines"),
    "rounds": both("cli.rounds"),
    "round": unfilled("cli.round_number"),
    "forecast": unfilled("cli.forecast"),
    "data": unfilled("cli.data"),
    "no-data": both("cli.no_data"),
    "late": unfilled("cli.late"),
    "last": unfilled("cli.last"),
    "law-last": unfilled("cli.law_last"),
    "no-last": both("cli.no_last"),
    "reports": both("cli.reports"),
    "on": ("{by} {on}", "{by} {on}"),
    "week": unfilled("cli.week"),
    "month": unfilled("cli.month"),
    "quarter": both("cli.quarter"),
    "citations": both("cli.citations"),
    "own-curve": unfilled("cli.own_curve"),
    "national-curve": unfilled("cli.national_curve"),
}
BY = {True: both("cli.by_the"), False: both("cli.before")}
WEEKDAYS = (
    both("cli.monday"),
    both("cli.tuesday"),
    both("cli.wednesday"),
    both("cli.thursday"),
    both("cli.friday"),
    both("cli.saturday"),
    both("cli.sunday"),
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
