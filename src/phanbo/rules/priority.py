"""The legal order of who is served first (M21): each class is a test over all lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from phanbo.case import Case
    from phanbo.money import Bools

__all__ = ["CLASS_TESTS", "UNTOLD"]


def completed(case: Case) -> Bools:
    """Completed and handed over, not yet fully funded: ``stage = completed``."""
    return case.portfolio.says("stage", "completed")


def oda(case: Case) -> Bools:
    """ODA and concessional loans: ``kind = oda_loan ∨ kind = oda_grant ∨ counterpart ∨ oda``."""
    book = case.portfolio
    return book.says("kind", "oda_loan", "oda_grant") | book.flag("counterpart")[0] | book.flag("oda")[0]


def ppp(case: Case) -> Bools:
    """The State's share in public–private partnerships: ``ppp = true``."""
    return case.portfolio.flag("ppp")[0]


def on_schedule(case: Case) -> Bools:
    """Transitional on the approved schedule; where no table states schedules, every transitional line.

    ``stage = transitional ∧ schedule_finish ≥ plan_year``.
    """
    transitional = case.portfolio.says("stage", "transitional")
    if "schedule_finish" not in case.portfolio.given:
        return transitional
    finish, known = case.portfolio.integer("schedule_finish")
    return transitional & known & (finish >= case.portfolio.year)


def other_transitional(case: Case) -> Bools:
    """Transitional of no earlier class: ``stage = transitional``."""
    return case.portfolio.says("stage", "transitional")


def preparation(case: Case) -> Bools:
    """Investment preparation: ``stage = preparation``."""
    return case.portfolio.says("stage", "preparation")


def new_start(case: Case) -> Bools:
    """New starts, and whatever no earlier class names."""
    return np.ones(len(case), dtype=bool)


def urgent(case: Case) -> Bools:
    """Urgent projects (*dự án khẩn cấp*): ``emergency = true``."""
    return case.portfolio.flag("emergency")[0]


def special_or_urgent(case: Case) -> Bools:
    """Special and urgent projects (*dự án đặc biệt, khẩn cấp*): ``emergency = true ∨ special = true``."""
    return urgent(case) | case.portfolio.flag("special")[0]


def national(case: Case) -> Bools:
    """National target programmes, nationally important projects: ``programme ≠ ∅ ∨ project_class = national``."""
    book = case.portfolio
    return np.asarray((book.text("programme") != "") | book.says("project_class", "national"), dtype=bool)


def nobody(case: Case) -> Bools:
    """No line: repaying advances is an amount of a line, served by the tier ``obligations`` in the class's place."""
    return np.zeros(len(case), dtype=bool)


def finishing(case: Case) -> Bools:
    """Transitional, to be finished within the plan year by the approved schedule, or already past it.

    ``stage = transitional ∧ schedule_finish ≤ plan_year``.
    """
    finish, known = case.portfolio.integer("schedule_finish")
    return case.portfolio.says("stage", "transitional") & known & (finish <= case.portfolio.year)


def planning(case: Case) -> Bools:
    """Planning tasks and investment preparation: ``stage = preparation ∨ task = planning``."""
    return preparation(case) | case.portfolio.says("task", "planning")


def arrears(case: Case) -> Bools:
    """Lines that owe arrears of construction (*nợ đọng xây dựng cơ bản*) and belong to no earlier class: ``arrears > 0``."""
    return case.portfolio.money("arrears")[0] > 0


def subsidy(case: Case) -> Bools:
    """Interest subsidies and management fees, charter capital: ``task = interest_subsidy``."""
    return case.portfolio.says("task", "interest_subsidy")


def policy_credit(case: Case) -> Bools:
    """Policy credit entrusted to the Bank for Social Policies: ``task = policy_credit``."""
    return case.portfolio.says("task", "policy_credit")


CLASS_TESTS: dict[str, Callable[[Case], Bools]] = {
    "urgent": urgent,
    "special-urgent": special_or_urgent,
    "national": national,
    "advances": nobody,
    "completed": completed,
    "oda": oda,
    "ppp": ppp,
    "transitional": on_schedule,
    "must-finish": other_transitional,
    "finishing": finishing,
    "on-schedule": other_transitional,
    "preparation": preparation,
    "planning": planning,
    "arrears": arrears,
    "subsidy": subsidy,
    "policy-credit": policy_credit,
    "new-start": new_start,
}
"""Whether a line belongs to a class, by the class's code; the first class that says yes takes it."""

UNTOLD: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "transitional": (("schedule_finish", ("transitional",)),),
    "finishing": (("schedule_finish", ("transitional",)),),
    "oda": (("oda", ()),),
    "ppp": (("ppp", ()),),
    "urgent": (("emergency", ()),),
    "special-urgent": (("emergency", ()), ("special", ())),
}
"""Columns without which a class cannot be told, and on which stages that matters (``()``: on all)."""
