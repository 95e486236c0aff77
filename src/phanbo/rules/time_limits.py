"""How many years a project may be fed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from phanbo.rules.base import Limits, Rule, Source, closed_where
from phanbo.rules.receiver_tests import allows_unknown

if TYPE_CHECKING:
    from phanbo.case import Case, Changes
    from phanbo.money import Bools, Ints

__all__ = ["CapitalTimeLimit"]


@dataclass(frozen=True)
class CapitalTimeLimit(Rule):
    """Feed a project at most 6 (A), 4 (B) or 3 (C) years, extensions apart (M11).

    ``plan_year − first_year + 1 > limit + extension_years ⇒ add = 0``, limit the one of its class (a, b or c), on
    transitional and new-start lines; preparation and settlement are not counted, nationally important projects not limited.

    Legal term: *thời gian bố trí vốn thực hiện dự án*.

    Parameters
    ----------
    a, b, c : int
        Limits in years of the groups A, B and C.
    """

    a: int = 6
    b: int = 4
    c: int = 3

    def __post_init__(self) -> None:
        if not all(isinstance(years, int) and years >= 0 for years in (self.a, self.b, self.c)):
            raise ValueError(f"capital-time-limit: a, b, c = {self.a}, {self.b}, {self.c} must be years")

    code = "capital-time-limit"
    title_vi = "Không quá thời gian bố trí vốn: nhóm A 6 năm, nhóm B 4 năm, nhóm C 3 năm, trừ trường hợp được gia hạn"
    title_en = "The capital time limit (A 6, B 4, C 3 years, extensions apart) is kept"
    source = Source("Luật Đầu tư công 39/2019/QH14", "Điều 52 khoản 2", "memory+")
    nature = "deadline"
    needs = ("project_class", "first_year")

    def binds(self, case: Case) -> Bools:
        """Transitional and new-start lines."""
        return case.portfolio.says("stage", "transitional", "new_start")

    def limits(self, case: Case) -> Limits:
        """Close the lines past their limit."""
        if not self.has_columns(case):
            return Limits()
        book = case.portfolio
        first, known = book.integer("first_year")
        years = book.integer("plan_year")[0] - first + 1
        of_class = [book.says("project_class", name) for name in ("A", "B", "C")]
        past = years > np.select(of_class, [self.a, self.b, self.c], 0) + book.integer("extension_years")[0]
        national = book.says("project_class", "national")
        blind = (~known | book.says("project_class", "")) & ~national
        late = np.where(blind, not allows_unknown(case), past & ~national)
        return Limits(add=closed_where(self.binds(case) & late))

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:  # noqa: ARG002
        """Return what was added past the limit, looked up by class."""
        if not self.has_columns(case):
            return np.zeros(len(case), dtype=np.int64)
        book = case.portfolio
        (first, known), (extra, _) = book.integer("first_year"), book.integer("extension_years")
        code, classes = book.codes("project_class")
        allowed = {"A": self.a, "B": self.b, "C": self.c}
        years = np.array([allowed.get(name, -1) for name in classes.tolist()], dtype=np.int64)[code]
        over = book.integer("plan_year")[0] > first + years - 1 + extra
        broken = np.where(known & (years >= 0), over, not allows_unknown(case))
        exempt = book.says("stage", "completed", "preparation") | (classes == "national")[code]
        return np.where(broken & ~exempt, plan.add, 0)
