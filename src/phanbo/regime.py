"""What a legal regime states beside its rules: classes of the legal order, allocation norms, days of the year, doubts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from phanbo.rules.base import Source

__all__ = ["LateAdditions", "Norm", "PriorityClass", "Question", "YearDay"]


@dataclass(frozen=True, slots=True)
class PriorityClass:
    """One class of the legal order (*thứ tự ưu tiên bố trí vốn*)."""

    code: str
    title_vi: str
    title_en: str
    source: Source

    def title(self, lang: str = "vi") -> str:
        """Return its title in Vietnamese or English."""
        return self.title_vi if lang == "vi" else self.title_en


@dataclass(frozen=True, slots=True)
class Norm:
    """Principles, criteria and norms of allocation of one medium term (*nguyên tắc, tiêu chí, định mức phân bổ vốn*).

    The law of a day and the norm of a plan year are two keys: plan year 2025 is run under the law of 2024 and the
    norm of 2021–2025.

    Attributes
    ----------
    first, last : int
        Plan years it serves.
    source : Source
    articles : tuple of (str, str)
        Code of a rule or ``priority[<class>]``, and the article that says the same; ``priority`` for every class.
    """

    first: int
    last: int
    source: Source
    articles: tuple[tuple[str, str], ...] = ()

    def article(self, code: str) -> str:
        """Return the article on a rule or a class, ``""`` where the norm is silent."""
        said = dict(self.articles)
        return said.get(code, said.get("priority", "") if code.startswith("priority[") else "")


@dataclass(frozen=True, slots=True)
class YearDay:
    """A day that returns every year, and where it stands."""

    month: int
    day: int
    source: Source

    def __post_init__(self) -> None:
        dt.date(2023, self.month, self.day)  # a day of any year

    def on(self, year: int) -> dt.date:
        """Return the day in one year."""
        return dt.date(year, self.month, self.day)


@dataclass(frozen=True, slots=True)
class LateAdditions:
    """Capital added after a day of the plan year may be paid until a later day of the next year.

    Attributes
    ----------
    after, until : YearDay
        "Added after" in the plan year; the last day of payments in the year after it.
    reallocated : bool
        Whether a round of adjustment, which moves capital and adds none to the whole, is read as adding. The law does
        not say; the department decides.
    """

    after: YearDay
    until: YearDay
    reallocated: bool


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody who knows the law should verify, the most urgent first (*nội dung cần kiểm tra*)."""

    about: tuple[str, ...]
    text_vi: str
    text_en: str

    def text(self, lang: str = "vi") -> str:
        """Return it in Vietnamese or English."""
        return self.text_vi if lang == "vi" else self.text_en
