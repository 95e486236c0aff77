"""Dates as people type them: ISO, day/month/year, or inside the text of a decision."""

from __future__ import annotations

import datetime as dt
import re

__all__ = ["NOT_YET", "DateError", "parse_date"]

NOT_YET = "chưa"
"""What an event column says of a thing known not to have happened."""

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_DAY_FIRST = re.compile(r"(?<![0-9])([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})(?![0-9])")
_EARLIEST, _LATEST = 1945, 2100


class DateError(ValueError):
    """A text is no date: ``code`` says why."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text!r}")
        self.code = code


def parse_date(text: str) -> tuple[str, str]:
    """Return the ISO date a text means, and the code of a doubt or repair (``""`` where there is none).

    ``14/6/2024`` is day first, as Vietnam writes it; where day and month could change places the doubt is
    ``"date-order"``. A decision ("QĐ 12/QĐ-UBND ngày 5/6/2023") gives its only date.

    Raises
    ------
    DateError
        No date (``"not-a-date"``), words without one date (``"no-date-in-text"``), or a year out of reach
        (``"date-out-of-range"``).

    Examples
    --------
    >>> parse_date("2024-06-14"), parse_date("5/6/2024"), parse_date("số 12/QĐ-UBND ngày 5/6/2023")
    (('2024-06-14', ''), ('2024-06-05', 'date-order'), ('2023-06-05', 'date-in-text'))
    """
    iso = _ISO.fullmatch(text)
    if iso:
        return _date(text, int(iso[1]), int(iso[2]), int(iso[3])), ""
    whole = _DAY_FIRST.fullmatch(text)
    if whole:
        day, month, year = (int(part) for part in whole.groups())
        doubt = "date-order" if day <= 12 and day != month else "text-date"
        return _date(text, year, month, day), doubt
    found = set(_DAY_FIRST.findall(text))
    if not any(letter.isalpha() for letter in text):
        raise DateError("not-a-date", text)
    if len(found) != 1:
        raise DateError("no-date-in-text", text)
    day, month, year = (int(part) for part in found.pop())
    return _date(text, year, month, day), "date-in-text"


def _date(text: str, year: int, month: int, day: int) -> str:
    try:
        date = dt.date(year, month, day)
    except ValueError as error:
        raise DateError("not-a-date", text) from error
    if not _EARLIEST <= year <= _LATEST:
        raise DateError("date-out-of-range", text)
    return date.isoformat()
