"""What a calendar makes due between two days: milestones, deadlines, rounds, reports."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from phanbo.calendar import CARRIED
from phanbo.money import format_share
from phanbo.tables.matching.apply import last_report_day
from phanbo.words import GROUP, MISSED, day, word

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from phanbo.calendar import Calendar, Milestone

__all__ = ["LEAD", "Due", "due_between", "last_figures"]

DAY = dt.timedelta(days=1)
OWNERS = "chủ đầu tư"
TREASURY = "kho bạc"
LEAD = "cơ quan chủ trì tham mưu"
"""Who reports a round where no rulebook says which department it is."""


class Due(NamedTuple):
    """One duty; ``date`` is the last day on which it is done in time."""

    date: dt.date
    what_vi: str
    what_en: str
    who: str
    source: str
    kind: str


def due_between(calendar: Calendar, first: dt.date, last: dt.date, *, lead: str = LEAD) -> list[Due]:
    """Return what is due from *first* to *last*, both included, in order of date; *lead* reports the rounds."""
    duties = (
        *_milestones(calendar),
        *_deadlines(calendar),
        *_rounds(calendar, lead),
        *_reports(calendar, first, last),
    )
    return sorted(duty for duty in duties if first <= duty.date <= last)


def last_figures(calendar: Calendar, day: dt.date) -> dt.date:
    """Return the last day up to *day* by which the Treasury had to report, as the calendar has it.

    A calendar without a report of the Treasury counts every Friday and the 8th of the month.
    """
    theirs = [report for report in calendar.reports if TREASURY in report.who.casefold()]
    due = [
        on if report.inclusive else on - DAY
        for report in theirs
        for on in report.dates(day - 100 * DAY, day + DAY)  # a quarter has less than a hundred days
    ]
    return max((on for on in due if on <= day), default=last_report_day(day))


def _by(on: dt.date, lang: str, *, inclusive: bool) -> str:
    if lang == "vi":
        return f"{'đến hết ngày' if inclusive else 'trước ngày'} {day(on)}"
    return f"{'by the end of' if inclusive else 'before'} {day(on, lang)}"


def _percent(share: Fraction, lang: str) -> str:
    """Write 7/10 as 70%, not as 70,00%."""
    text = format_share(share.numerator, share.denominator, lang)
    return text.replace(",00%", "%").replace(".00%", "%")


def _group(mark: Milestone, lang: str) -> str:
    name = word(GROUP, mark.group, lang)
    if mark.group == CARRIED:
        years = ", ".join(str(year) for year in mark.plan_years)
        text = f"{name} {years}" if lang == "vi" else f"capital {name} from {years}"
        return text.strip() if years else name
    return f"dự án {name}" if lang == "vi" else f"{name} projects"


def _milestones(calendar: Calendar) -> Iterator[Due]:
    for mark in calendar.milestones:
        said = {}
        for lang, verb in (("vi", "giải ngân ít nhất"), ("en", "disburse at least")):
            share = _percent(mark.share, lang)
            group = _group(mark, lang)
            until = _by(mark.on, lang, inclusive=mark.inclusive)
            said[lang] = f"{group[0].upper()}{group[1:]} {verb} {share} {until}"
        yield Due(mark.last_day, said["vi"], said["en"], OWNERS, mark.source, "milestone")


def _deadlines(calendar: Calendar) -> Iterator[Due]:
    for line in calendar.deadlines:
        said = {}
        for lang, programme in (
            ("vi", " thuộc chương trình mục tiêu quốc gia"),
            ("en", " of national programmes"),
        ):
            stage = word(GROUP, line.stage, lang)
            projects = f"dự án {stage}" if lang == "vi" else f"{stage} projects"
            projects += programme if line.programme_only else ""
            act, until = word(MISSED, line.kind, lang), _by(line.on, lang, inclusive=line.inclusive)
            said[lang] = f"{act[0].upper()}{act[1:]}, {projects}, {until}"
        yield Due(line.last_day, said["vi"], said["en"], OWNERS, line.source, "deadline")


def _rounds(calendar: Calendar, lead: str) -> Iterator[Due]:
    for item in calendar.rounds:
        yield Due(
            item.report_by - DAY,
            f"Báo cáo phương án điều chỉnh đợt {item.number}, {_by(item.report_by, 'vi', inclusive=False)}",
            f"Report on adjustment round {item.number}, {_by(item.report_by, 'en', inclusive=False)}",
            lead,
            calendar.source,
            "round",
        )
    last = calendar.last_adjustment
    if last is None:
        return
    yield Due(
        last,
        f"Ngày cuối cùng của số liệu dùng để điều chỉnh kế hoạch: {day(last)}",
        f"Last data date for adjusting the plan: {day(last, 'en')}",
        lead,
        calendar.source,
        "last_adjustment",
    )


def _reports(calendar: Calendar, first: dt.date, last: dt.date) -> Iterator[Due]:
    for report in calendar.reports:
        # "before the 8th" is in time on the 7th: look one day further and step back
        early = dt.timedelta() if report.inclusive else DAY
        for on in report.dates(first + early, last + early):
            vi, en = (_by(on, lang, inclusive=report.inclusive) for lang in ("vi", "en"))
            yield Due(
                on - early,
                f"{report.title_vi}, {vi}",
                f"{report.title_en}, {en}",
                report.who,
                report.source,
                "report",
            )
