"""What a value of a calendar file may be: one function a kind, which returns the value or says what is wrong."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from phanbo.calendar import CARRIED, DEADLINES, LAST_DAY_OF
from phanbo.calendar_file.fault import Words, near, written
from phanbo.tables.schema import STAGES

__all__ = [
    "Misfit",
    "choice",
    "date",
    "every",
    "group",
    "kind",
    "points",
    "share",
    "stage",
    "text",
    "whole",
    "years",
    "yes_no",
]

SHARE = re.compile(r"\d(\.\d{1,9})?|\d{1,9}/[1-9]\d{0,8}")
PERCENT = re.compile(r"\s*(\d{1,3}(?:[.,]\d{1,6})?)\s*%\s*")
DAY_FIRST = re.compile(r"\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\s*")
YEAR_FIRST = re.compile(r"\s*(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})\s*")

POINT = ("mỗi điểm là { on = 2026-09-30, share = 5081 }", "each point is { on = 2026-09-30, share = 5081 }")


class Misfit(Exception):
    """A value that does not fit its entry: why, and how to mend it."""

    def __init__(self, message: Words, mend: Words) -> None:
        super().__init__(message[1])
        self.message, self.mend = message, mend


def text(value: object) -> str:
    """Return a text that says something."""
    if not isinstance(value, str):
        raise Misfit(("cần văn bản", "a text is needed"), ("viết trong dấu nháy", "write it in quotes"))
    if not value.strip():
        raise Misfit(
            ("để trống", "it is empty"), ("điền, hoặc bỏ dòng này", "fill it in, or take the line out")
        )
    return value


def whole(value: object) -> int:
    """Return a whole number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    plain = isinstance(value, str) and re.fullmatch(r"\s*\d{1,6}\s*", value)
    mend = (
        (f"bỏ dấu nháy: {value}", f"without quotes: {value}") if plain else ("ví dụ 2026", "for example 2026")
    )
    raise Misfit(("cần số nguyên", "a whole number is needed"), mend)


def date(value: object) -> dt.date:
    """Return a day, not a text and without a time of day."""
    if isinstance(value, dt.datetime):
        day = value.date().isoformat()
        raise Misfit(("ngày không kèm giờ", "a date has no time of day"), (f"viết {day}", f"write {day}"))
    if isinstance(value, dt.date):
        return value
    meant = _meant(value)
    raise Misfit(
        ("ngày viết không có dấu nháy, dạng năm-tháng-ngày", "a date is written year-month-day, unquoted"),
        (f"viết {meant or '2026-09-30'}", f"write {meant or '2026-09-30'}"),
    )


def _meant(value: object) -> str:
    """Return the day a text means, as Vietnamese papers or ISO write it; empty where it is none."""
    if not isinstance(value, str):
        return ""
    found = YEAR_FIRST.fullmatch(value)
    parts = found.groups() if found else None
    if parts is None and (found := DAY_FIRST.fullmatch(value)):
        parts = found.groups()[::-1]
    try:
        return dt.date(*map(int, parts)).isoformat() if parts else ""
    except ValueError:
        return ""


def share(value: object) -> Fraction:
    """Return a share of the plan above 0 and at most 1, written so that no binary fraction comes between."""
    if (isinstance(value, str) and SHARE.fullmatch(value)) or type(value) is int:
        found = Fraction(value)
    else:
        form = ("cần phần của một, trong dấu nháy", "a part of one is needed, in quotes")
        raise Misfit(form, _share_meant(value))
    if not 0 < found <= 1:
        raise Misfit(
            ("tỷ lệ phải lớn hơn 0 và không quá 1", "a share is above 0 and at most 1; this is outside"),
            _share_meant(value),
        )
    return found


def _share_meant(value: object) -> Words:
    """Return how a share that was written otherwise is written, where that is plain."""
    plain = str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    percent = PERCENT.fullmatch(plain) or PERCENT.fullmatch(plain + "%")
    low, meant = plain.replace(",", "."), ""
    if SHARE.fullmatch(low) and "/" not in low and 0 < Fraction(low) <= 1:
        meant = low
    elif percent and 1 < (part := Fraction(percent[1].replace(",", "."))) <= 100:
        meant = f"{float(part / 100):.8f}".rstrip("0").rstrip(".")
    if not meant:
        return 'ví dụ 70% là "0.7"', 'for example 70% is "0.7"'
    return f'viết "{meant}"', f'write "{meant}"'


def yes_no(value: object) -> bool:
    """Return true or false."""
    if isinstance(value, bool):
        return value
    raise Misfit(
        ("cần true hoặc false", "true or false is needed"),
        (
            "không có dấu nháy; với hạn: true là “đến hết ngày”, false là “trước ngày”",
            "unquoted; of a date: true is 'by the end of', false is 'before'",
        ),
    )


def years(value: object) -> tuple[int, ...]:
    """Return plan years."""
    if isinstance(value, list) and all(isinstance(y, int) and not isinstance(y, bool) for y in value):
        return tuple(value)
    raise Misfit(
        ("cần danh sách số nguyên", "a list of whole numbers is needed"),
        ("ví dụ [2024, 2025]", "for example [2024, 2025]"),
    )


def points(value: object) -> tuple[tuple[dt.date, int], ...]:
    """Return the points of a reference curve; every point that is none is named."""
    if not isinstance(value, list):
        raise Misfit(("cần danh sách điểm", "a list of points is needed"), POINT)
    found, wrong = [], []
    for number, point in enumerate(value, start=1):
        if not isinstance(point, dict) or set(point) != {"on", "share"}:
            wrong.append(
                (f"điểm thứ {number} cần đúng on và share", f"point {number} needs on and share alone")
            )
            continue
        try:
            found.append((date(point["on"]), whole(point["share"])))
        except Misfit as misfit:
            vi, en = misfit.message
            wrong.append((f"điểm thứ {number}: {vi}", f"point {number}: {en}"))
    if wrong:
        raise Misfit(("; ".join(vi for vi, _ in wrong), "; ".join(en for _, en in wrong)), POINT)
    return tuple(found)


def choice(name: Words, *known: str) -> Callable[[Any], str]:
    """Return the kind of a value that is one of a few words; *name* is what they are words for."""

    def one(value: object) -> str:
        """Return a value that is one of the words."""
        if isinstance(value, str) and value in known:
            return value
        vi, en = near(value, known) if isinstance(value, str) else ("", "")
        words = ", ".join(written(word) for word in known)
        raise Misfit(
            (f"không có {name[0]} này", f"unknown {name[1]}"),
            (vi or f"chọn một trong: {words}", en or f"one of: {words}"),
        )

    return one


group = choice(("nhóm", "group"), *STAGES, CARRIED)
stage = choice(("giai đoạn", "stage"), *STAGES)
kind = choice(("loại hạn", "kind of deadline"), *DEADLINES)
every = choice(("chu kỳ", "period"), *LAST_DAY_OF)
