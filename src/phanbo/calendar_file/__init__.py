"""Calendars as TOML files: ``lang-son-2024`` (the directive of Lạng Sơn) is built in; the user's own by path.

A file is read strictly: an entry it does not know, a date that is text, a fault of logic are named, never guessed.
`check_calendar` names every fault at once; `parse_calendar` takes exactly the texts in which it finds none.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from importlib import resources
from pathlib import Path

from phanbo.calendar import Calendar, Deadline, Milestone, Report, Round
from phanbo.calendar_file.contradictions import contradictions
from phanbo.calendar_file.entries import Row, rows_of
from phanbo.calendar_file.fault import ERROR, NOTE, Fault
from phanbo.calendar_file.lines import Lines
from phanbo.calendar_file.toml import read_toml, strict_date, syntax_fault, what_is_wrong
from phanbo.errors import CalendarError
from phanbo.reference_curve import SOURCE, reference_curve

__all__ = [
    "ERROR",
    "NOTE",
    "Fault",
    "calendar_text",
    "check_calendar",
    "load_calendar",
    "parse_calendar",
    "read_toml",
    "strict_date",
    "what_is_wrong",
]


def load_calendar(name: str | Path) -> Calendar:
    """Load a calendar: a built-in name (``"lang-son-2024"``) or the path of a TOML file.

    Raises
    ------
    CalendarError
        When there is no such calendar, or the file is faulty; ``data["faults"]`` holds every fault.
    """
    return parse_calendar(calendar_text(name))


def calendar_text(name: str | Path) -> str:
    """Return the TOML of a calendar, built in or at a path; `CalendarError` where there is none."""
    folder = resources.files("phanbo") / "calendars"
    built_in = folder / f"{name}.toml"
    if isinstance(name, str) and "/" not in name and built_in.is_file():
        return built_in.read_text(encoding="utf-8")
    path = Path(name)
    if not path.is_file():
        known = sorted(p.name[:-5] for p in folder.iterdir() if p.name.endswith(".toml"))
        raise CalendarError(
            f"Không có lịch “{name}”. Lịch có sẵn: {', '.join(known)}; hoặc đưa đường dẫn tới một tệp TOML.",
            f"There is no calendar {str(name)!r}. Built in: {', '.join(known)}; or give the path of a TOML file.",
            {"name": str(name), "known": known},
        )
    return read_toml(path, CalendarError)


def check_calendar(text: str, rules: Collection[str] | None = None) -> list[Fault]:
    """Return every fault of a calendar's TOML, and what is worth a note, in the order of its tables.

    Parameters
    ----------
    text : str
        The TOML.
    rules : collection of str, optional
        Codes of the rules that ``[citation]`` may name, ``phanbo.rulebook.CITABLE``; not looked at unless given.

    Examples
    --------
    >>> [fault.text("en") for fault in check_calendar("year = ")]
    ["line 1: nothing follows the = sign: 'year =' → fill in a value, or take the line out"]
    """
    return _read(text, rules)[1]


def parse_calendar(text: str) -> Calendar:
    """Return the calendar a TOML text describes; `CalendarError` names every fault."""
    text = text.removeprefix("\ufeff")
    rows, found = _read(text)
    wrong = [fault for fault in found if fault.severity == ERROR]
    if wrong:
        vi, en = ("\n".join(f"- {fault.text(lang)}" for fault in wrong) for lang in ("vi", "en"))
        raise CalendarError(
            f"Tệp lịch có {len(wrong)} lỗi:\n{vi}",
            f"The calendar is faulty, {len(wrong)} in all:\n{en}",
            {"faults": [fault.to_dict() for fault in wrong]},
        )
    return _build(rows, text)


def _read(text: str, rules: Collection[str] | None = None) -> tuple[dict[str, list[Row]], list[Fault]]:
    """Return the tables of a text and what is wrong with them."""
    text = text.removeprefix("\ufeff")
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of many thousand digits is a ValueError too
        return {}, [syntax_fault(error, text)]
    faults: list[Fault] = []
    rows = rows_of(raw, Lines(text), faults)
    return rows, [*faults, *contradictions(rows, rules)]


def _build(rows: dict[str, list[Row]], text: str) -> Calendar:
    """Return the calendar of tables that are sound."""
    (head,) = rows[""]
    curve = rows["curve"][0] if rows["curve"] else None
    cited = rows["citation"][0].values if rows["citation"] else {}
    return Calendar(
        code=head["code"],
        title_vi=head["title_vi"],
        title_en=head["title_en"],
        source=head["source"] or head["directive"] or "",
        year=head["year"],
        last_adjustment=head["last_adjustment"],
        milestones=tuple(Milestone(**row.values) for row in rows["milestone"]),
        deadlines=tuple(Deadline(**row.values) for row in rows["deadline"]),
        rounds=tuple(Round(**row.values) for row in rows["round"]),
        reports=tuple(Report(**row.values) for row in rows["report"]),
        curve=curve["points"] if curve else reference_curve(head["year"]),
        curve_source=curve["source"] if curve else SOURCE,
        text=text,
        directive=head["directive"] or "",
        cited=tuple(cited.items()),
    )
