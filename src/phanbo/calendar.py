"""The dated duties of one plan year: milestones, deadlines, rounds, reports and the reference curve.

`phanbo.calendar_file` reads them from TOML.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from phanbo.errors import RoundError

__all__ = [
    "CARRIED",
    "DEADLINES",
    "LAST_DAY_OF",
    "WHOLE",
    "Calendar",
    "Deadline",
    "Milestone",
    "Report",
    "Round",
    "as_date",
]

CARRIED = "carried"
"""Group of capital carried over from earlier plan years (*vốn kéo dài*), whatever its stage."""

DEADLINES = ("start", "policy_dossier", "project_dossier", "procedures")
"""The acts that can have a deadline."""

LAST_DAY_OF = {"week": 7, "month": 31, "quarter": 0}
"""How often a report is due, and the largest day it may name."""

WHOLE = 10_000
"""The reference curve's whole year: shares are integers of ten thousand."""

DAY = dt.timedelta(days=1)


def as_date(value: str | dt.date) -> dt.date:
    """Return a date from a date, a datetime or ISO text; `RoundError` if it is none.

    Examples
    --------
    >>> as_date("2024-09-15")
    datetime.date(2024, 9, 15)
    """
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        raise RoundError(
            f"“{value}” không phải là ngày; hãy viết dạng 2024-09-15.",
            f"{value!r} is not a date; write it as 2024-09-15.",
            {"value": str(value)},
        ) from None


@dataclass(frozen=True, slots=True)
class Milestone:
    """A share of the plan that a group must have disbursed by a date (*mốc giải ngân*).

    Attributes
    ----------
    group : str
        A stage, or ``"carried"`` for capital of the plan years in `plan_years`.
    on : date
    inclusive : bool
        ``True``: "đến hết ngày" (the day counts); ``False``: "trước ngày" (the day before is the last).
    share : Fraction
        Required share of the plan.
    plan_years : tuple of int
        For ``"carried"``: the plan years meant.
    source : str
        Document and clause.
    """

    group: str
    on: dt.date
    inclusive: bool
    share: Fraction
    plan_years: tuple[int, ...] = ()
    source: str = ""

    @property
    def last_day(self) -> dt.date:
        """The last day that counts."""
        return self.on if self.inclusive else self.on - DAY


@dataclass(frozen=True, slots=True)
class Deadline:
    """A date for an act, without a share: start of works, dossier, procedures.

    `kind` is one of ``start``, ``policy_dossier``, ``project_dossier``, ``procedures``; `stage` the stage it
    binds; `programme_only` limits it to national target programmes.
    """

    kind: str
    stage: str
    on: dt.date
    inclusive: bool = True
    programme_only: bool = False
    source: str = ""

    @property
    def last_day(self) -> dt.date:
        """The last day on which the act is in time."""
        return self.on if self.inclusive else self.on - DAY


@dataclass(frozen=True, slots=True)
class Report:
    """A report somebody owes: on a date, or every week, month or quarter (*chế độ báo cáo*)."""

    title_vi: str
    title_en: str
    who: str
    on: dt.date | None = None
    inclusive: bool = False
    every: str = ""
    day: int = 0
    source: str = ""

    def dates(self, first: dt.date, last: dt.date) -> list[dt.date]:
        """Return its due dates from *first* to *last*, both included."""
        if self.on is not None:
            return [self.on] if first <= self.on <= last else []
        days = [first + DAY * k for k in range((last - first).days + 1)]
        if self.every == "week":
            return [d for d in days if d.isoweekday() == self.day]
        if self.every == "month":
            return [d for d in days if d.day == self.day]
        ends = {(3, 31), (6, 30), (9, 30), (12, 31)}
        return [d for d in days if (d.month, d.day) in ends]


@dataclass(frozen=True, slots=True)
class Round:
    """One adjustment round (*đợt điều chỉnh*).

    Attributes
    ----------
    report_by : date
        The planning department reports *before* this day.
    judged_on : date
        The date whose milestones count for the ``actual`` and ``pace`` readings.
    forecast_on : date, optional
        The same for the ``forecast`` reading; `judged_on` unless given.
    number : int
        Its number in the calendar; 0 for a round of one's own.
    """

    report_by: dt.date
    judged_on: dt.date
    forecast_on: dt.date | None = None
    number: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "report_by", as_date(self.report_by))
        object.__setattr__(self, "judged_on", as_date(self.judged_on))
        later = self.judged_on if self.forecast_on is None else as_date(self.forecast_on)
        object.__setattr__(self, "forecast_on", later)

    def tau(self, reading: str) -> dt.date:
        """Return the judging date τ of a reading (``actual``, ``pace``, ``forecast``)."""
        later = self.forecast_on
        return later if reading == "forecast" and later is not None else self.judged_on

    def to_dict(self) -> dict[str, Any]:
        """Return the round as plain values."""
        return {
            "number": self.number,
            "report_by": self.report_by.isoformat(),
            "judged_on": self.judged_on.isoformat(),
            "forecast_on": self.tau("forecast").isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Calendar:
    """The calendar of one plan year.

    Attributes
    ----------
    code, title_vi, title_en, source : str
    year : int
        The plan year.
    last_adjustment : date or None
        The last date whose data may be used for an adjustment; None: the one of the rulebook.
    milestones, deadlines, rounds, reports : tuple
    curve : tuple of (date, int)
        Reference share-of-year curve: by this date so many ten-thousandths of the year's final disbursement
        are usually paid.
    curve_source : str
    text : str
        The TOML it was read from; it goes into the case folder unchanged.
    directive : str
        The document of the province (*chỉ thị*) that the milestones and the rules on owners rest on; may be empty.
    cited : tuple of (str, str)
        Code of a rule and the article of the directive it rests on; `citations` as a mapping.
    """

    code: str
    title_vi: str
    title_en: str
    source: str
    year: int
    last_adjustment: dt.date | None
    milestones: tuple[Milestone, ...]
    deadlines: tuple[Deadline, ...]
    rounds: tuple[Round, ...]
    reports: tuple[Report, ...]
    curve: tuple[tuple[dt.date, int], ...]
    curve_source: str
    text: str
    directive: str = ""
    cited: tuple[tuple[str, str], ...] = ()

    @property
    def citations(self) -> Mapping[str, str]:
        """Article of the directive by code of rule, for the rules that rest on it."""
        return MappingProxyType(dict(self.cited))

    def share(self, day: dt.date) -> int:
        """Return c(*day*): ten-thousandths of a usual year's disbursement made by that day, 1 … 10 000.

        Linear between the points of the curve, rounded down.
        """
        points = self.curve
        if day <= points[0][0]:
            return points[0][1]
        for (left, low), (right, high) in itertools.pairwise(points):
            if day <= right:
                return low + (high - low) * (day - left).days // (right - left).days
        return points[-1][1]

    def share_until(self, deadline: dt.date) -> int:
        """Return the share of a usual year's disbursement that can be paid by a deadline.

        At most the whole year until 31/1 of the next one: January pays for works accepted by 31/12. After it the works
        of the next year count too, by the same curve.
        """
        if deadline <= dt.date(self.year + 1, 1, 31):
            return self.share(deadline)
        return WHOLE + self.share(deadline - (dt.date(self.year + 1, 1, 1) - dt.date(self.year, 1, 1)))

    def round(self, number: int | Round) -> Round:
        """Return the round with this number; a `Round` of one's own is taken as it is.

        Raises
        ------
        RoundError
            When the calendar has no such round.
        """
        if isinstance(number, Round):
            return number
        for item in self.rounds:
            if item.number == number:
                return item
        known = ", ".join(str(item.number) for item in self.rounds)
        raise RoundError(
            f"Lịch {self.code} không có đợt {number!r}; các đợt có: {known}.",
            f"Calendar {self.code} has no round {number!r}; it has: {known}.",
            {"round": str(number), "rounds": [item.number for item in self.rounds]},
        )

    def round_at(self, as_of: dt.date) -> Round:
        """Return the round that *as_of* works towards: the first whose judging is not over yet, else the last."""
        for item in self.rounds:
            if as_of <= item.tau("forecast"):
                return item
        return self.rounds[-1]

    def milestone(self, group: str, plan_year: int, by: dt.date) -> Milestone | None:
        """Return the latest milestone of a group due by a date; ``None`` where there is none yet.

        A milestone "before 30/6" is due by 30/6.
        """
        due = [
            m
            for m in self.milestones
            if m.group == group
            and m.on <= by
            and (group != CARRIED or not m.plan_years or plan_year in m.plan_years)
        ]
        return max(due, key=lambda m: (m.on, m.share), default=None)
