"""The text of a header made comparable: case, spacing, units, dates and years are taken out of it and kept."""

from __future__ import annotations

import calendar
import re
import unicodedata
from dataclasses import dataclass

__all__ = ["DATE", "UNITS", "YEAR", "Folded", "fold", "read_unit"]

UNITS = {"đồng": 1, "nghìn đồng": 1_000, "triệu đồng": 1_000_000, "tỷ đồng": 1_000_000_000}
"""Units of money by their plain names, as `unit=` takes them."""

_UNIT_WORDS = (
    (r"(?:tỷ|tỉ)(?: ?đồng| ?đ)?", 1_000_000_000),
    (r"(?:triệu|tr|1 000 000|1000000)(?: ?đồng| ?đ)?", 1_000_000),
    (r"(?:nghìn|ngàn|1 000|1000)(?: ?đồng| ?đ)?", 1_000),
    (r"đồng(?: việt nam)?|đ|vnđ|vnd", 1),
)
DATE, YEAR = "\ue000", "\ue001"
_DAY = r"(?:(?:hết )?ngày )?(\d{1,2})"
_Y = r"(\d{4}|\{n(?:-1)?\})"
_DATES = (
    (re.compile(rf"{_DAY} tháng (\d{{1,2}}) năm {_Y}"), "dmy"),
    (re.compile(rf"{_DAY} ?[/.-] ?(\d{{1,2}}) ?[/.-] ?{_Y}(?!\d)"), "dmy"),
    (re.compile(rf"(?:hết )?tháng (\d{{1,2}})(?: ?[/.-] ?| năm ){_Y}(?!\d)"), "my"),
    (re.compile(r"(?:(?:hết )?ngày )?(?<![\d/])([0-3]?\d)/([01]?\d)(?![\d/])"), "dm"),
    (re.compile(r"(?:(?:hết )?ngày )?\{d\}"), ""),
)
_YEARS = re.compile(r"\b(?:19|20)\d\d\b|\{n-1\}|\{n\}")
_TONES = {
    unicodedata.normalize("NFC", first + second + tone): unicodedata.normalize("NFC", first + tone + second)
    for first, second in ("oa", "oe", "uy")
    for tone in "\u0300\u0301\u0309\u0303\u0323"
}


@dataclass(frozen=True, slots=True)
class Folded:
    """A text made comparable; what was taken out of it is kept beside it."""

    key: str
    years: tuple[str, ...] = ()
    dates: tuple[tuple[int, int, int], ...] = ()
    unit: int | None = None


def fold(text: str) -> Folded:
    """Return *text* without case, spacing, punctuation and unit; years and dates become marks.

    Examples
    --------
    >>> fold("Kế hoạch vốn  năm 2024 (triệu đồng)").years
    ('2024',)
    >>> fold("Giải ngân từ 01/01/2024 đến 15/9/2024").dates
    ((2024, 1, 1), (2024, 9, 15))
    """
    plain = " ".join(unicodedata.normalize("NFC", text).replace("\xa0", " ").casefold().split())
    for new, old in _TONES.items():
        plain = plain.replace(new, old)
    plain, unit = _take_unit(plain)
    plain, dates = _take_dates(plain)
    years = tuple(_YEARS.findall(plain))
    plain = _YEARS.sub(f" {YEAR} ", plain)
    plain = re.sub(rf"[^\w%#{DATE}{YEAR}]+", " ", plain).strip()
    if re.search(rf"{YEAR}(?: {YEAR}){{2,}}", plain):
        # "2021, 2022, 2023" says the same as "2021-2023"
        plain, years = re.sub(rf"{YEAR}(?: {YEAR}){{2,}}", f"{YEAR} {YEAR}", plain), (years[0], years[-1])
    return Folded(plain, years, dates, unit)


def read_unit(text: str) -> int | None:
    """Return the unit a text states ("triệu đồng", "ĐVT: Tr.đ"), or None."""
    plain = re.sub(r"[.,\s]+", " ", unicodedata.normalize("NFC", text).casefold()).strip(" :()")
    plain = re.sub(r"^(?:đvt|đơn vị(?: tính)?)\s*:?\s*", "", plain)
    for words, unit in _UNIT_WORDS:
        if re.fullmatch(words, plain):
            return unit
    return None


def _take_unit(plain: str) -> tuple[str, int | None]:
    """Drop a unit or percent sign in brackets, where other words of the bracket stay, or after a comma."""
    unit: int | None = None

    def drop(match: re.Match[str]) -> str:
        nonlocal unit
        words, _, last = match[1].rpartition("," if "," in match[1] else ";")
        for kept, stated in (("", match[1]), (words, last)):
            if (found := read_unit(stated)) is not None or stated.strip() == "%":
                unit = found or unit
                return f" {kept} "
        return match[0]

    plain = re.sub(r"[(\[]([^()\[\]]*)[)\]]", drop, plain)
    tail = re.search(r"(?:,| -|:|đvt:|đơn vị tính:) ?([^,:()]*)$", plain)
    if tail and (found := read_unit(tail[1])) is not None:
        plain, unit = plain[: tail.start()], found
    return plain, unit


def _take_dates(plain: str) -> tuple[str, tuple[tuple[int, int, int], ...]]:
    found: list[tuple[int, tuple[int, int, int]]] = []
    for pattern, parts in _DATES:

        def mark(match: re.Match[str], parts: str = parts) -> str:
            numbers = [int(part) if part.isdigit() else 0 for part in match.groups()]
            if parts == "my":
                month, year = numbers
                if not 1 <= month <= 12:
                    return match[0]
                numbers = [calendar.monthrange(year or 2001, month)[1], month, year]
            day, month, year = (*numbers, 0, 0, 0)[:3]
            found.append((match.start(), (year, month, day)))
            # the mark is padded so that the places of later dates still compare
            return f"{DATE}".center(len(match[0]))

        plain = pattern.sub(mark, plain)
    return plain, tuple(parts for _, parts in sorted(found) if parts != (0, 0, 0))
