"""Calendars as TOML files: ``lang-son-2024`` (the directive of Lạng Sơn) is built in; the user's own by path.

A file is read strictly: an entry it does not know, a date that is text, a fault of logic are named, never guessed.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

from phanbo.calendar import CARRIED, WHOLE, Calendar, Deadline, Milestone, Report, Round
from phanbo.errors import CalendarError, PhanboError
from phanbo.money import exact
from phanbo.tables.schema import STAGES

__all__ = ["load_calendar", "parse_calendar", "read_toml", "strict_date", "what_is_wrong"]

DEADLINES = ("start", "policy_dossier", "project_dossier", "procedures")
LAST_DAY_OF = {"week": 7, "month": 31, "quarter": 0}
"""How often a report is due, and the largest day it may name."""

ENTRIES = {
    "": "code title_vi title_en year source directive citation last_adjustment milestone deadline round report curve",
    "milestone": "group on inclusive share plan_years source",
    "deadline": "kind stage on inclusive programme_only source",
    "round": "number report_by judged_on forecast_on",
    "report": "title_vi title_en who on inclusive every day source",
    "curve": "source points",
}


class _Misread(TypeError):
    """A value of the wrong type, told in both languages."""

    def __init__(self, value: object, vi: str, en: str) -> None:
        super().__init__(en)
        self.both = f"{value!r}: {vi}", f"{value!r}: {en}"


def load_calendar(name: str | Path) -> Calendar:
    """Load a calendar: a built-in name (``"lang-son-2024"``) or the path of a TOML file.

    Raises
    ------
    CalendarError
        When there is no such calendar, or the file contradicts itself; every fault is named.
    """
    folder = resources.files("phanbo") / "calendars"
    built_in = folder / f"{name}.toml"
    if isinstance(name, str) and "/" not in name and built_in.is_file():
        return parse_calendar(built_in.read_text(encoding="utf-8"))
    path = Path(name)
    if not path.is_file():
        known = sorted(p.name[:-5] for p in folder.iterdir() if p.name.endswith(".toml"))
        raise CalendarError(
            f"Không có lịch “{name}”. Lịch có sẵn: {', '.join(known)}; hoặc đưa đường dẫn tới một tệp TOML.",
            f"There is no calendar {str(name)!r}. Built in: {', '.join(known)}; or give the path of a TOML file.",
            {"name": str(name), "known": known},
        )
    return parse_calendar(read_toml(path, CalendarError))


def read_toml(path: Path, fault: type[PhanboError]) -> str:
    """Return the text of a TOML file, with or without a byte order mark; *fault* where it is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise fault(
            f"Tệp {path.name} không phải văn bản UTF-8; hãy lưu lại với bảng mã UTF-8.",
            f"{path.name} is no UTF-8 text; save it as UTF-8.",
            {"name": str(path), "reason": str(error)},
        ) from error


def what_is_wrong(error: Exception) -> tuple[str, str]:
    """Say, in Vietnamese and English, why a TOML file cannot be used."""
    if isinstance(error, _Misread):
        return error.both
    if isinstance(error, KeyError):
        return f"thiếu mục {error}", f"entry {error} is missing"
    return str(error), str(error)


def strict_date(value: object) -> dt.date:
    """Return a date written as a TOML date; `TypeError` for text or a time of day."""
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        raise _Misread(
            value, "ngày viết không có dấu nháy, dạng 2024-09-30", "a date is written 2024-09-30, unquoted"
        )
    return value


def parse_calendar(text: str) -> Calendar:
    """Return the calendar a TOML text describes; `CalendarError` names every fault."""
    try:
        raw = tomllib.loads(text)
        calendar = _build(raw, text)
        faults = [*_unknown(raw), *_faults(calendar)]
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        vi, en = what_is_wrong(error)
        raise CalendarError(
            f"Tệp lịch không đọc được: {vi}.", f"The calendar file cannot be read: {en}.", {"reason": en}
        ) from error
    if faults:
        raise CalendarError(
            "Tệp lịch có lỗi: " + "; ".join(vi for vi, _ in faults),
            "The calendar is faulty: " + "; ".join(en for _, en in faults),
            {"faults": [en for _, en in faults]},
        )
    return calendar


def _build(raw: dict[str, Any], text: str) -> Calendar:
    return Calendar(
        code=str(raw["code"]),
        title_vi=str(raw["title_vi"]),
        title_en=str(raw["title_en"]),
        source=str(raw["source"]),
        year=_whole(raw["year"]),
        last_adjustment=strict_date(raw["last_adjustment"]),
        milestones=tuple(_milestone(m) for m in raw["milestone"]),
        deadlines=tuple(_deadline(d) for d in raw.get("deadline", ())),
        rounds=tuple(_round(r) for r in raw["round"]),
        reports=tuple(_report(r) for r in raw.get("report", ())),
        curve=tuple((strict_date(p["on"]), _whole(p["share"])) for p in raw["curve"]["points"]),
        curve_source=str(raw["curve"]["source"]),
        text=text,
        directive=str(raw.get("directive", "")),
        citations=tuple(sorted(raw.get("citation", {}).items())),
    )


def _milestone(m: dict[str, Any]) -> Milestone:
    return Milestone(
        group=str(m["group"]),
        on=strict_date(m["on"]),
        inclusive=_yes_no(m["inclusive"]),
        share=exact(m["share"]),
        plan_years=tuple(_whole(year) for year in m.get("plan_years", ())),
        source=str(m.get("source", "")),
    )


def _deadline(d: dict[str, Any]) -> Deadline:
    return Deadline(
        kind=str(d["kind"]),
        stage=str(d["stage"]),
        on=strict_date(d["on"]),
        inclusive=_yes_no(d.get("inclusive", True)),
        programme_only=_yes_no(d.get("programme_only", False)),
        source=str(d.get("source", "")),
    )


def _round(r: dict[str, Any]) -> Round:
    judged = strict_date(r["judged_on"])
    later = strict_date(r.get("forecast_on", judged))
    return Round(strict_date(r["report_by"]), judged, later, _whole(r["number"]))


def _report(r: dict[str, Any]) -> Report:
    return Report(
        title_vi=str(r["title_vi"]),
        title_en=str(r["title_en"]),
        who=str(r["who"]),
        on=strict_date(r["on"]) if "on" in r else None,
        inclusive=_yes_no(r.get("inclusive", False)),
        every=str(r.get("every", "")),
        day=_whole(r.get("day", 0)),
        source=str(r.get("source", "")),
    )


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _Misread(value, "cần số nguyên", "a whole number is needed")
    return value


def _yes_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise _Misread(value, "cần true hoặc false", "true or false is needed")
    return value


def _unknown(raw: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Find entries nobody reads: a slip of the pen would else change the law in silence."""
    for table, names in ENTRIES.items():
        found = raw if not table else raw.get(table, ())
        for entry in [found] if isinstance(found, dict) else found:
            for name in sorted(set(entry) - set(names.split())):
                yield (
                    f"không có mục “{name}” trong {table or 'lịch'}",
                    f"unknown entry {name!r} in {table or 'calendar'}",
                )


def _faults(calendar: Calendar) -> Iterator[tuple[str, str]]:
    """Find what contradicts itself."""
    yield from (*_round_faults(calendar), *_curve_faults(calendar))
    for m in calendar.milestones:
        if m.group not in (*STAGES, CARRIED):
            yield f"nhóm “{m.group}” không có", f"unknown group {m.group!r}"
        if not 0 < m.share <= 1:
            yield f"tỷ lệ {m.share} ngoài (0, 1]", f"share {m.share} is outside (0, 1]"
    for d in calendar.deadlines:
        if d.kind not in DEADLINES or d.stage not in STAGES:
            yield f"hạn “{d.kind}/{d.stage}” không có", f"unknown deadline {d.kind}/{d.stage}"
    for r in calendar.reports:
        if r.on is None and (r.every not in LAST_DAY_OF or not _is_day(r)):
            yield f"báo cáo “{r.title_vi}” không rõ ngày", f"no date can be told for report {r.title_en!r}"
    years = (calendar.year, calendar.year + 1)
    dated = [m.on for m in calendar.milestones] + [d.on for d in calendar.deadlines]
    for day in [*dated, *(r.judged_on for r in calendar.rounds), calendar.last_adjustment]:
        if day.year not in years:
            yield f"ngày {day} ngoài năm kế hoạch", f"{day} lies outside the plan year"


def _curve_faults(calendar: Calendar) -> Iterator[tuple[str, str]]:
    days, shares = [day for day, _ in calendar.curve], [share for _, share in calendar.curve]
    rising = len(days) >= 2 and days == sorted(set(days)) and shares == sorted(shares)
    if not rising or shares[0] < 1 or shares[-1] != WHOLE:
        yield (
            "đường tham chiếu phải tăng theo ngày, từ ít nhất 1 đến đúng 10000",
            "the curve must rise with the dates, from at least 1 to exactly 10000",
        )


def _is_day(report: Report) -> bool:
    return report.every == "quarter" or 1 <= report.day <= LAST_DAY_OF[report.every]


def _round_faults(calendar: Calendar) -> Iterator[tuple[str, str]]:
    if not calendar.rounds:
        yield "không có đợt nào", "there is no round"
    numbers = [r.number for r in calendar.rounds]
    if len(set(numbers)) < len(numbers) or any(n < 1 for n in numbers):
        yield "số đợt trùng nhau hoặc nhỏ hơn 1", "round numbers repeat or are below 1"
    dates = [r.report_by for r in calendar.rounds]
    if dates != sorted(dates):
        yield "các đợt không theo thứ tự ngày", "rounds are not in date order"
