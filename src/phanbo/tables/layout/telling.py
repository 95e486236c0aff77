"""What the text of a group row tells of the lines below it: their source, sector, stage, programme, owner."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phanbo.tables.cells import clean_text
from phanbo.tables.schema.vocabulary import SECTORS, fold, kind_of, sector_of, stage_of

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

__all__ = ["COLUMNS", "Mark", "Told", "differs", "read_mark", "told", "told_above"]

COLUMNS = ("source", "programme", "sector", "stage", "owner", "locality", "plan_year")
"""The columns a group row can fill."""

_MARK = re.compile(
    r"(?P<roman>[IVX][IVXLC]*|[LC][IVXLC]+)|(?P<letter>[A-ZĐ])|(?P<number>\d+(?:\.0)?)|(?P<part>[IVXLC\d]+(?:\.\d+)+|[a-zđ])|(?P<dash>[-+*–•])"
)
_PREFIX = re.compile(
    r"\(?([IVX][IVXLC]*|[LC][IVXLC]+|[A-ZĐ]|\d{1,3}(?:\.\d{1,3})*|[a-zđ])[.)/:]+(?=\D)\s*(\S.*)|([-+*–•])\s*(\S.*)"
)

_LABELS = tuple(
    (re.compile(rf"(?:{words})\s*:\s*(\S.*)", re.IGNORECASE), column)
    for words, column in (
        ("chủ đầu tư|cđt|đơn vị(?: thực hiện| được giao vốn)?", "owner"),
        ("nguồn vốn|nguồn", "source"),
        ("ngành,? lĩnh vực|lĩnh vực|ngành", "sector"),
        ("địa bàn|địa phương|địa điểm(?: xây dựng)?", "locality"),
        ("chương trình|ctmtqg", "programme"),
        ("loại dự án|phân loại(?: dự án)?|tính chất(?: dự án)?", "stage"),
    )
)
_STAGE = re.compile(
    r"(?:(?:các|danh mục|nhóm|những|vốn) )*(?:(?:dự án|công trình|da) )*(?:(?:đã|dự kiến|được) )*"
    r"(?:chuyển tiếp|khởi công|hoàn thành|chuẩn bị đầu tư|cbđt|mở mới|mới)\b.*"
)
_SOURCE = re.compile(r"(?:nguồn|vốn|ngân sách|ns\w*|oda|thu|xổ số|xskt|tiền|trái phiếu|bội chi|tăng thu)\b.*")
_PROGRAMME = re.compile(r"(?:các )?(?:chương trình|ctmtqg|ct mtqg)\b.*")
_LOCALITY = re.compile(r"(?:huyện|thị xã|thành phố|tp\.?|thị trấn|phường|quận|xã(?! hội)|địa bàn)\s*\S.*")
_OWNER = re.compile(
    r"(?:ubnd|(?:ủy|uỷ) ban nhân dân|sở|ban (?:qlda|quản lý)|công an|bộ chỉ huy|bch|chi cục)\b.*"
)
_YEAR = re.compile(r"\b(20\d\d)\b")
_PLANNED = re.compile(r"(?:nguồn )?(?:vốn|kế hoạch|khv?)\b.*")


_NUMBERED = re.compile(
    r"(?:biểu|bảng|phụ lục|mẫu|phần|mục)(?: số)?\s*(?:[\dIVX]+[a-z]?(?:[./-]\w+)*)?\s*[:.–-]\s*",
    re.IGNORECASE,
)
_OF_PLAN = re.compile(
    r"^(?:(?:tổng hợp|chi tiết|danh mục|tình hình) )*(?:(?:giao|giải ngân) )?(?:kế hoạch (?:đầu tư công |vốn )*)"
    r"|[ ,]*(?:kế hoạch )?\bnăm (?:19|20)\d\d.*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mark:
    """How a row is numbered: ``roman``, ``letter``, ``number``, ``part``, ``dash`` or ``""``, and as what."""

    style: str = ""
    text: str = ""

    @property
    def level(self) -> str:
        """The style, with the depth of "1.2.3" and "a)" told apart."""
        return f"part{self.text.count('.')}" if self.style == "part" else self.style


@dataclass(frozen=True, slots=True)
class Told:
    """One thing a group row tells: a value of a column; *sure* where no project is called so."""

    column: str
    value: str | int
    sure: bool = False


def read_mark(mark: str, name: str) -> tuple[Mark, str]:
    """Return how a row is numbered, by its own cell or at the start of its name, and the name without it."""
    name = clean_text(name)
    match = _MARK.fullmatch(mark.strip(" .()/"))
    if match is not None:
        return Mark(str(match.lastgroup), match[0].removesuffix(".0")), name
    start = _PREFIX.fullmatch(name)
    if start is None or (match := _MARK.fullmatch(start[1] or start[3])) is None:
        return Mark(), name
    return Mark(str(match.lastgroup), match[0]), start[2] or start[4]


def told(name: str, year: int | None, owners: AbstractSet[str]) -> tuple[Told, ...]:
    """Return what a row of this *name* may tell: nothing, one thing, or several where it is not clear which.

    Parameters
    ----------
    name : str
        The text, without its numbering.
    year : int or None
        The plan year.
    owners : set of str
        Folded names of the owners known.
    """
    words = fold(name).strip(" .:;")
    alone = _alone(name, words, owners)
    if alone is not None:
        return (alone,)
    found = []
    kind, stage, sector = kind_of(name), stage_of(name, year or 0), sector_of(name)
    if stage:
        found.append(Told("stage", name, sure=_STAGE.fullmatch(words) is not None))
    if kind or (words.startswith("nguồn ") and words != "nguồn vốn"):
        found.append(Told("source", name, sure=_SOURCE.fullmatch(words) is not None))
    elif not stage and _PLANNED.fullmatch(words) and (planned := _plan_year(words, year)) is not None:
        found.append(Told("plan_year", planned, sure=True))
    if sector and not kind:
        found.append(Told("sector", name, sure=_is_sector(words, sector)))
    return tuple(found)


def told_above(title: str, year: int | None, owners: AbstractSet[str]) -> tuple[Told, ...]:
    """Return what the *title* of a table may tell of all its lines, without number, plan and year around it."""
    name = read_mark("", _NUMBERED.sub("", clean_text(title), count=1))[1]
    own = _OF_PLAN.sub("", name).strip()
    return tuple(each for each in told(own, year, owners) if each.column != "plan_year") if own else ()


def _alone(name: str, words: str, owners: AbstractSet[str]) -> Told | None:
    """Return what a name says plainly, whatever other words stand in it."""
    for label, column in _LABELS:
        if match := label.fullmatch(name):
            return Told(column, match[1].strip(), sure=True)
    if words in owners:
        return Told("owner", name, sure=True)
    if _OWNER.fullmatch(words):
        return Told("owner", name)
    if _LOCALITY.fullmatch(words):
        return Told("locality", name)
    if _PROGRAMME.fullmatch(words) and (kind_of(name) == "central_programme" or "mục tiêu" in words):
        return Told("programme", name, sure=True)
    return None


def _plan_year(words: str, year: int | None) -> int | None:
    """Return the year of a plan a section holds: stated, or the one before where it is carried over."""
    years = [int(found) for found in _YEAR.findall(words)]
    if years:
        return min(years)
    return year - 1 if year is not None and "kéo dài" in words else None


def _is_sector(words: str, code: str) -> bool:
    plain = re.sub(r"^(?:ngành,? )?(?:lĩnh vực )?(?:ngành )?", "", words)
    parts = re.split(r",| và | - | – ", plain)
    return plain == fold(SECTORS[code]) or all(
        sector_of(part) == code and len(part.split()) <= 3 for part in parts
    )


def differs(column: str, own: str, group: str | int, year: int | None) -> bool:
    """Whether what a line says contradicts its group: both are understood, and as different things."""
    if column == "plan_year":
        return str(own).removesuffix(".0") != str(group)
    first, second = fold(str(own)), fold(str(group))
    if first in second or second in first:
        return False
    if column == "source":
        kinds = (kind_of(first), kind_of(second))
    elif column == "sector":
        kinds = (sector_of(first), sector_of(second))
    elif column == "stage":
        kinds = (stage_of(first, year or 0), stage_of(second, year or 0))
    else:
        return True
    return all(kinds) and kinds[0] != kinds[1] and "?" not in kinds
