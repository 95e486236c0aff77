"""The dated duties of one plan year: milestones, deadlines, rounds, reports and the reference curve.

A calendar is a TOML file, built in (``lang-son-2024`` is the directive of Lạng Sơn) or the user's own.
"""

from __future__ import annotations

import datetime as dt
import itertools
import tomllib
from dataclasses import dataclass
from fractions import Fraction
from importlib import resources
from pathlib import Path
from typing import Any

from phanbo.errors import CalendarError, RoundError
from phanbo.money import exact
from phanbo.tables.schema import STAGES

__all__ = ["CARRIED", "Calendar", "Deadline", "Milestone", "Report", "Round", "as_date", "load_calendar"]

CARRIED = "carried"
"""Group of capital carried over from earlier plan years (*vốn kéo dài*), whatever its stage."""

WHOLE = 10_000
"""The reference curve's whole year: shares are integers of ten thousand."""

DEADLINES = ("start", "policy_dossier", "project_dossier", "procedures")
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
    last_adjustment : date
        The last date whose data may be used for an adjustment.
    milestones, deadlines, rounds, reports : tuple
    curve : tuple of (date, int)
        Reference share-of-year curve: by this date so many ten-thousandths of the year's final disbursement
        are usually paid.
    curve_source : str
    text : str
        The TOML it was read from; it goes into the case folder unchanged.
    """

    code: str
    title_vi: str
    title_en: str
    source: str
    year: int
    last_adjustment: dt.date
    milestones: tuple[Milestone, ...]
    deadlines: tuple[Deadline, ...]
    rounds: tuple[Round, ...]
    reports: tuple[Report, ...]
    curve: tuple[tuple[dt.date, int], ...]
    curve_source: str
    text: str

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
            f"Lịch {self.code} không có đợt {number}; các đợt có: {known}.",
            f"Calendar {self.code} has no round {number}; it has: {known}.",
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


def load_calendar(name: str | Path) -> Calendar:
    """Load a calendar: a built-in name (``"lang-son-2024"``) or the path of a TOML file.

    Raises
    ------
    CalendarError
        When there is no such calendar, or the file contradicts itself; every fault is named.
    """
    built_in = resources.files("phanbo") / "calendars" / f"{name}.toml"
    if isinstance(name, str) and "/" not in name and built_in.is_file():
        text = built_in.read_text(encoding="utf-8")
    else:
        path = Path(name)
        if not path.is_file():
            known = sorted(
                p.name[:-5]
                for p in (resources.files("phanbo") / "calendars").iterdir()
                if p.name.endswith(".toml")
            )
            raise CalendarError(
                f"Không có lịch “{name}”. Lịch có sẵn: {', '.join(known)}; hoặc đưa đường dẫn tới một tệp TOML.",
                f"There is no calendar {str(name)!r}. Built in: {', '.join(known)}; or give the path of a TOML file.",
                {"name": str(name), "known": known},
            )
        text = path.read_text(encoding="utf-8")
    return parse_calendar(text)


def parse_calendar(text: str) -> Calendar:
    """Return the calendar a TOML text describes; `CalendarError` names every fault."""
    try:
        raw = tomllib.loads(text)
        calendar = _build(raw, text)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise CalendarError(
            f"Tệp lịch không đọc được: {error}.",
            f"The calendar file cannot be read: {error}.",
            {"reason": str(error)},
        ) from error
    faults = _faults(calendar)
    if faults:
        raise CalendarError(
            "Tệp lịch có lỗi: " + "; ".join(vi for vi, _ in faults),
            "The calendar is faulty: " + "; ".join(en for _, en in faults),
            {"faults": [en for _, en in faults]},
        )
    return calendar


def _build(raw: dict[str, Any], text: str) -> Calendar:
    year = int(raw["year"])
    return Calendar(
        code=str(raw["code"]),
        title_vi=str(raw["title_vi"]),
        title_en=str(raw["title_en"]),
        source=str(raw["source"]),
        year=year,
        last_adjustment=raw["last_adjustment"],
        milestones=tuple(
            Milestone(
                m["group"],
                m["on"],
                m["inclusive"],
                exact(m["share"]),
                tuple(m.get("plan_years", ())),
                m.get("source", ""),
            )
            for m in raw["milestone"]
        ),
        deadlines=tuple(
            Deadline(
                d["kind"],
                d["stage"],
                d["on"],
                d.get("inclusive", True),
                d.get("programme_only", False),
                d.get("source", ""),
            )
            for d in raw.get("deadline", ())
        ),
        rounds=tuple(
            Round(r["report_by"], r["judged_on"], r.get("forecast_on"), int(r["number"]))
            for r in raw["round"]
        ),
        reports=tuple(
            Report(
                title_vi=r["title_vi"],
                title_en=r["title_en"],
                who=r["who"],
                on=r.get("on"),
                inclusive=r.get("inclusive", False),
                every=r.get("every", ""),
                day=int(r.get("day", 0)),
                source=r.get("source", ""),
            )
            for r in raw.get("report", ())
        ),
        curve=tuple((p["on"], int(p["share"])) for p in raw["curve"]["points"]),
        curve_source=str(raw["curve"]["source"]),
        text=text,
    )


def _faults(calendar: Calendar) -> list[tuple[str, str]]:
    """Return what contradicts itself, Vietnamese and English."""
    faults: list[tuple[str, str]] = []
    if not calendar.rounds:
        faults.append(("không có đợt nào", "there is no round"))
    numbers = [r.number for r in calendar.rounds]
    if len(set(numbers)) < len(numbers) or any(n < 1 for n in numbers):
        faults.append(("số đợt trùng nhau hoặc nhỏ hơn 1", "round numbers repeat or are below 1"))
    dates = [r.report_by for r in calendar.rounds]
    if dates != sorted(dates):
        faults.append(("các đợt không theo thứ tự ngày", "rounds are not in date order"))
    for m in calendar.milestones:
        if m.group not in (*STAGES, CARRIED):
            faults.append((f"nhóm “{m.group}” không có", f"unknown group {m.group!r}"))
        if not 0 < m.share <= 1:
            faults.append((f"tỷ lệ {m.share} ngoài (0, 1]", f"share {m.share} is outside (0, 1]"))
    faults += [
        (f"hạn “{d.kind}/{d.stage}” không có", f"unknown deadline {d.kind}/{d.stage}")
        for d in calendar.deadlines
        if d.kind not in DEADLINES or d.stage not in STAGES
    ]
    days = [day for day, _ in calendar.curve]
    shares = [share for _, share in calendar.curve]
    if (
        len(days) < 2
        or days != sorted(set(days))
        or shares != sorted(shares)
        or shares[0] < 1
        or shares[-1] != WHOLE
    ):
        faults.append(
            (
                "đường tham chiếu phải tăng theo ngày, từ ít nhất 1 đến đúng 10000",
                "the curve must rise with the dates, from at least 1 to exactly 10000",
            )
        )
    return faults
