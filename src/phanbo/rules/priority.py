"""The legal order of who is served first (M21): each class is a test over all lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from phanbo.case import Case
    from phanbo.money import Bools

__all__ = ["CLASS_TESTS"]


def completed(case: Case) -> Bools:
    """Completed and handed over, not yet fully funded."""
    return case.portfolio.says("stage", "completed")


def oda(case: Case) -> Bools:
    """ODA and concessional loans, their counterpart capital included."""
    book = case.portfolio
    return book.says("kind", "oda_loan", "oda_grant") | book.flag("counterpart")[0] | book.flag("oda")[0]


def ppp(case: Case) -> Bools:
    """The State's share in public–private partnerships."""
    return case.portfolio.flag("ppp")[0]


def on_schedule(case: Case) -> Bools:
    """Transitional on the approved schedule; where no table states schedules, every transitional line."""
    transitional = case.portfolio.says("stage", "transitional")
    if "schedule_finish" not in case.portfolio.given:
        return transitional
    finish, known = case.portfolio.integer("schedule_finish")
    return transitional & known & (finish >= case.portfolio.year)


def other_transitional(case: Case) -> Bools:
    """Transitional past its schedule, or without one: to be finished within the period."""
    return case.portfolio.says("stage", "transitional")


def preparation(case: Case) -> Bools:
    """Investment preparation."""
    return case.portfolio.says("stage", "preparation")


def new_start(case: Case) -> Bools:
    """New starts, and whatever no earlier class names."""
    return np.ones(len(case), dtype=bool)


CLASS_TESTS: dict[str, Callable[[Case], Bools]] = {
    "completed": completed,
    "oda": oda,
    "ppp": ppp,
    "transitional": on_schedule,
    "must-finish": other_transitional,
    "preparation": preparation,
    "new-start": new_start,
}
