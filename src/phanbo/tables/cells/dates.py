"""Dates as people type them: ISO, day/month/year, a spreadsheet's serial, or inside the text of a decision."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from phanbo.tables.cells import Cells

__all__ = ["NOT_YET", "DateError", "parse_date", "settle_order"]

NOT_YET = "chưa"
"""What an event column says of a thing known not to have happened."""

_TIME = r"(?:[T ]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
_ISO = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})" + _TIME)
_DAY_FIRST = re.compile(r"(?<![0-9])([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})(?![0-9])")
_WHOLE = re.compile(r"([0-9]{1,2}) ?[/.-] ?([0-9]{1,2}) ?[/.-] ?([0-9]{4}|[0-9]{2})" + _TIME)
_SPOKEN = re.compile(
    r"(?:ngày )?(?<![0-9])([0-9]{1,2}) tháng ([0-9]{1,2}) năm ([0-9]{4})(?![0-9])", re.IGNORECASE
)
_SERIAL = re.compile(r"([0-9]{5})(?:\.[0-9]+)?")
_INCOMPLETE = re.compile(
    r"(?:(?:trong |đầu |cuối |hết )?(?:tháng|quý|t|q)\.? ?(?:[0-9]{1,2}|[ivIV]+) ?(?:[/.,-]|năm|-)? ?(?:năm )?)?[0-9]{4}"
    r"|[0-9]{1,2} ?[/.-] ?[0-9]{4}|(?:cuối |đầu |giữa )?năm [0-9]{4}",
    re.IGNORECASE,
)
_EARLIEST, _LATEST = 1945, 2100
_CENTURY = 70
"""Two digits of a year from 70 on are of the last century."""
_DAY_ZERO = dt.date(1899, 12, 30)


class DateError(ValueError):
    """A text is no date: ``code`` says why."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text!r}")
        self.code = code


def parse_date(text: str) -> tuple[str, str]:
    """Return the ISO date a text means, and the code of a doubt or repair (``""`` where there is none).

    ``14/6/2024`` is day first, as Vietnam writes it; where day and month could change places the doubt is
    ``"date-order"``. A year of two digits is of 1970–2069 (``"date-short-year"``). Five digits are a
    spreadsheet's count of days (``"date-serial"``). A decision ("QĐ 12/QĐ-UBND ngày 5/6/2023") gives its
    only date.

    Raises
    ------
    DateError
        No date (``"not-a-date"``), a month, quarter or year without its day (``"date-incomplete"``), month
        before day (``"date-month-first"``), words without one date (``"no-date-in-text"``), or a year out
        of reach (``"date-out-of-range"``).

    Examples
    --------
    >>> parse_date("2024-06-14"), parse_date("5/6/2024"), parse_date("số 12/QĐ-UBND ngày 5/6/2023")
    (('2024-06-14', ''), ('2024-06-05', 'date-order'), ('2023-06-05', 'date-in-text'))
    >>> parse_date("ngày 5 tháng 6 năm 2024"), parse_date("45458")
    (('2024-06-05', 'text-date'), ('2024-06-15', 'date-serial'))
    """
    iso = _ISO.fullmatch(text)
    if iso:
        return _date(text, int(iso[1]), int(iso[3]), int(iso[4])), ""
    whole = _WHOLE.fullmatch(text)
    if whole:
        return _day_first(text, whole)
    if spoken := _SPOKEN.fullmatch(text):
        day, month, year = (int(part) for part in spoken.groups())
        return _date(text, year, month, day), "text-date"
    if serial := _SERIAL.fullmatch(text):
        date = _DAY_ZERO + dt.timedelta(int(serial[1]))
        return _date(text, date.year, date.month, date.day), "date-serial"
    if _INCOMPLETE.fullmatch(text):
        raise DateError("date-incomplete", text)
    found = {*_DAY_FIRST.findall(text), *_SPOKEN.findall(text)}
    if not any(letter.isalpha() for letter in text):
        raise DateError("not-a-date", text)
    dates = {tuple(int(part) for part in each) for each in found}
    if len(dates) != 1:
        raise DateError("no-date-in-text", text)
    day, month, year = dates.pop()
    return _date(text, year, month, day), "date-in-text"


def _day_first(text: str, whole: re.Match[str]) -> tuple[str, str]:
    day, month, year = (int(part) for part in whole.groups())
    short = len(whole[3]) == 2
    if short:
        year += 1900 if year >= _CENTURY else 2000
    if day <= 12 < month <= 31:
        raise DateError("date-month-first", text)
    date = _date(text, year, month, day)
    if day <= 12 and day != month:
        return date, "date-order"
    return date, "date-short-year" if short else "text-date"


def settle_order(cells: Cells, text: Callable[[int], object]) -> None:
    """Let the other dates of a column tell whether day or month comes first.

    A day above 12 in the first place settles day first, and the doubt is a note; one in the second place
    makes every doubtful date of the column an error that asks.

    Parameters
    ----------
    cells : Cells
        The dates as `parse_date` read them, each by itself; changed in place.
    text : callable
        Gives the cell at a position.
    """
    faults = cells.faults
    doubtful = faults.get("date-order", [])
    if not doubtful:
        return
    if faults.get("date-month-first"):
        faults["date-month-first"] = sorted(faults["date-month-first"] + faults.pop("date-order"))
        cells.data[doubtful] = ""
        cells.known[doubtful] = False
        return
    typed = (
        str(text(at)).strip() for code in ("text-date", "date-short-year") for at in faults.get(code, ())
    )
    if any((whole := _WHOLE.fullmatch(each)) and int(whole[1]) > 12 for each in typed):
        faults["date-order-settled"] = faults.pop("date-order")


def _date(text: str, year: int, month: int, day: int) -> str:
    try:
        date = dt.date(year, month, day)
    except ValueError as error:
        raise DateError("not-a-date", text) from error
    if not _EARLIEST <= year <= _LATEST:
        raise DateError("date-out-of-range", text)
    return date.isoformat()
