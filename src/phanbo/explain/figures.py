"""The figures of its own that a line could have otherwise: amounts in steps, papers at one stroke."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from phanbo.grouping import sum_by
from phanbo.money import LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phanbo.bounds import Bounds
    from phanbo.case import Case

__all__ = ["Amount", "Cells", "Paper", "amounts", "papers", "stated_need"]

Cells = tuple[tuple[str, object], ...]
"""Cells of one line that would be otherwise: column and value."""

YEARS = 10
"""The longest extension of a time limit that is asked about."""

EVENTS = ("approved_on", "started_on", "policy_dossier_on", "project_dossier_on")


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure that could be another amount, `base` + k·`step` for k = 1 … `steps`, the last one `end`.

    `before` is the present figure, ``None`` where unknown (then `base` is the least it can be); `marks` are steps at
    which a rule would speak otherwise.
    """

    column: str
    before: int | None
    base: int
    end: int
    step: int
    marks: tuple[int, ...] = ()

    @property
    def steps(self) -> int:
        """How many steps there are."""
        return -(-abs(self.end - self.base) // self.step)

    def value(self, k: int) -> int:
        """Return the figure after *k* steps."""
        if k >= self.steps:
            return self.end
        return self.base + k * self.step if self.end > self.base else self.base - k * self.step

    def cells(self, k: int) -> Cells:
        """Return the cell after *k* steps."""
        return ((self.column, self.value(k)),) if k or self.before is None else ()


@dataclass(frozen=True, slots=True)
class Paper:
    """Something that is done or not: the column it is told in, what that says now and would say."""

    column: str
    before: object
    cells: Cells


def stated_need(case: Case) -> int:
    """Return the least need that makes a raise possible: one unit, or the least move of the round."""
    unit, least = case.policy.unit, max(1, case.policy.min_move)
    return -(-least // unit) * unit


def amounts(case: Case, bounds: Bounds, line: int, *, to_raise: bool) -> Iterator[Amount]:
    """Yield the figures whose change could spare the line a cut, or get it a raise."""
    yield from _paid(case, line)
    if not to_raise:
        yield from _accepted(case, line)
    yield from _forecasts(case, line)
    if to_raise:
        least = {rule.code: bound for rule, bound in bounds.stated(case, line, "add")}
        yield from _needs(case, bounds, line)
        yield from _ceilings(case, line, least)
        if least.get("capital-time-limit") == 0:
            extra = int(case.portfolio.integer("extension_years")[0][line])
            yield Amount("extension_years", extra, extra, max(extra, YEARS), 1)


def _paid(case: Case, line: int) -> Iterator[Amount]:
    """Yield what is disbursed by the data date, up to the plan (down to it where more is paid)."""
    plan, paid, unit = int(case.plan[line]), int(case.disbursed[line]), case.policy.unit
    if paid != plan:
        reading = case.assessment.decides
        required = int(reading.required[line])
        now, then = (case.calendar.share(day) for day in (case.as_of, reading.tau(line)))
        need = (required, -(-required * now // max(now, then)))
        marks = tuple(-(-(x - paid) // unit) for x in need if paid < x <= plan)
        yield Amount(
            "disbursed",
            paid,
            paid,
            plan,
            unit,
            (*marks, *_last(paid, plan - int(case.committed[line]), unit)),
        )


def _accepted(case: Case, line: int) -> Iterator[Amount]:
    """Yield what is accepted and not yet paid; nothing where the table has no such column to be told in."""
    if "committed" not in case.portfolio.given:
        return
    done, known = case.portfolio.money("committed")
    now, most = int(done[line]), int(case.plan[line] - case.disbursed[line])
    if now < most:
        before, unit = now if known[line] else None, case.policy.unit
        yield Amount("committed", before, now, most, unit, tuple(_last(now, most, unit)))


def _last(base: int, end: int, unit: int) -> Iterator[int]:
    """Yield the first step that leaves less than a unit to be cut, and the one before."""
    steps = -(-max(0, end - base - unit + 1) // unit)
    yield from (steps - 1, steps)


def _forecasts(case: Case, line: int) -> Iterator[Amount]:
    """Yield what the owner says it can spend; its estimate only where no percentile stands in its place."""
    book, unit = case.portfolio, case.policy.unit
    paid, most = int(case.disbursed[line]), 2 * int(case.plan[line] + case.need[line] + unit)
    told = [name for name in ("absorb_p10", "absorb_p50", "absorb_p90") if book.money(name)[1][line]]
    names = told or ["estimate_year_end", "absorb_p50"]
    for name in names:
        value, known = (column[line] for column in book.money(name))
        base = int(value) if known else paid
        if base < min(most, LIMIT):
            yield Amount(name, int(value) if known else None, base, min(most, LIMIT), unit)


def _needs(case: Case, bounds: Bounds, line: int) -> Iterator[Amount]:
    """Yield the need, up to what the pool can spare."""
    here = case.pools.pool == case.pools.pool[line]
    need, most = int(case.need[line]), stated_need(case)
    spare = min(int(bounds.cut[here].astype(object).sum()), LIMIT)
    end = min(LIMIT, max(need, need // case.policy.unit * case.policy.unit + max(most, spare)))
    if end > need:
        yield Amount(
            "requested_increase", need, need, end, case.policy.unit, (-(-(most - need) // case.policy.unit),)
        )


def _ceilings(case: Case, line: int, least: dict[str, int]) -> Iterator[Amount]:
    """Yield the approved totals that bound the line: of its project, of the medium-term plan, of its loan."""
    book, unit = case.portfolio, case.policy.unit
    project, projects = case.project
    asked = int(sum_by(project, case.need, projects)[project[line]])
    total, rest = _total(case, line), 0
    if str(case.stage[line]) == "new_start":  # its funding to completion has to be assured, too
        rest = max(0, int(book.money(total)[0][line] - book.money("allocated_to_date")[0][line]))
    for column, used, rules in (
        (total, "allocated_to_date", ("total-investment",)),
        (
            "medium_term_plan",
            "medium_term_allocated",
            ("medium-term-listed", "medium-term-headroom", "new-start-funding"),
        ),
        ("loan_room", "", ("loan-room",)),
    ):
        if min(least.get(rule, LIMIT) for rule in rules) > asked:
            continue
        value, known = (part[line] for part in book.money(column))
        base, spent = int(value) if known else 0, int(book.money(used)[0][line]) if used else 0
        end = min(LIMIT, max(base, spent) + asked + rest + 2 * unit)
        marks = (-(-(spent + unit - base) // unit), -(-(spent + rest + unit - base) // unit))
        yield Amount(column, int(value) if known else None, base, end, unit, marks)


def _total(case: Case, line: int) -> str:
    """Return the column that says what the project of a line may hold in all."""
    for stage, column in (("completed", "settled_value"), ("preparation", "preparation_estimate")):
        if str(case.stage[line]) == stage and case.portfolio.money(column)[1][line]:
            return column
    return "total_investment"


def papers(case: Case, line: int) -> Iterator[Paper]:
    """Yield what could be lifted, withdrawn, completed or decided by the data date."""
    book, today = case.portfolio, case.as_of.isoformat()
    if reason := str(book.text("locked")[line]):
        yield Paper("locked", reason, (("locked", ""),))
    if offer := int(case.offer[line]):
        yield Paper("offered_decrease", offer, (("offered_decrease", 0),))
    yield from _procedures(case, line)
    for column in EVENTS:
        event = str(book.text(column)[line])
        unknown = event == "" and column == "approved_on"
        if column in book.given and (unknown or event == "chưa" or event > today):
            yield Paper(column, event, ((column, today),))
    if "commitment" in book.given:
        yes, known = (bool(part[line]) for part in book.flag("commitment"))
        if not yes:
            yield Paper("commitment", False if known else None, (("commitment", True),))


def _procedures(case: Case, line: int) -> Iterator[Paper]:
    """Yield the investment procedures, completed on the data date, told in every column that tells of them."""
    book, today = case.portfolio, case.as_of.isoformat()
    yes, known = (bool(part[line]) for part in book.flag("procedures_complete"))
    event = str(book.text("procedures_completed_on")[line])
    cells: list[tuple[str, object]] = []
    if "procedures_complete" in book.given and not yes:
        cells.append(("procedures_complete", True))
    late = event == "chưa" or event > today
    if late or (event == "" and not cells and not yes and "procedures_completed_on" in book.given):
        cells.append(("procedures_completed_on", today))
    if cells:
        before = {"procedures_complete": yes if known else None, "procedures_completed_on": event}
        yield Paper(cells[0][0], before[cells[0][0]], tuple(cells))
