"""The smallest single change of a line's own data that would turn its decision, found and confirmed by proposing again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from phanbo.bounds import make_bounds
from phanbo.decision import decide
from phanbo.errors import DataError, InfeasibleRound
from phanbo.explain.figures import Amount, Cells, Paper, amounts, papers, stated_need
from phanbo.pipeline import OpenRound, open_round, outlook_of, propose
from phanbo.solver.solution import Limits

if TYPE_CHECKING:
    from phanbo.case import Case
    from phanbo.portfolio import Portfolio
    from phanbo.proposal import Proposal

__all__ = ["Counterfactual", "Tried", "Turning", "turning"]


UNLOCKED: Cells = (("locked", ""),)


@dataclass(frozen=True)
class Counterfactual:
    """A single change of a line's own data that turns its decision.

    Attributes
    ----------
    field : str
        The column of `lines` (`phanbo.tables.schema`).
    before, after : object
        What it says and what it would have to say: đồng, years, a date, yes or no; ``None`` where unknown.
    change : int or None
        ``after − before`` of an amount (from 0 where unknown); ``None`` for a paper.
    short : object
        The amount one unit short, at which the decision stays; ``None`` for a paper.
    decision_before, decision_after : str
        ``cut``, ``raised`` or ``unchanged``.
    confirmed : bool
        Whether `propose` with the changed table said so, at `after` and at `short`.
    cells : tuple of (str, object)
        All cells that are otherwise, to be set together by `Portfolio.with_cell`.
    need : int
        The need (đồng) that is taken as stated besides, where the line states none; 0 where none had to be.
    milestone : str
        The milestone (ISO date) that the reading which decides just reaches with the figure; ``""`` where it is not that.
    also : tuple of Counterfactual
        The other single changes that turn it.
    """

    field: str
    before: Any
    after: Any
    change: int | None
    short: Any
    decision_before: str
    decision_after: str
    confirmed: bool
    cells: Cells
    need: int = 0
    milestone: str = ""
    also: tuple[Counterfactual, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        names = (
            "field",
            "before",
            "after",
            "change",
            "short",
            "decision_before",
            "decision_after",
            "confirmed",
        )
        plain: dict[str, Any] = {name: getattr(self, name) for name in (*names, "need", "milestone")}
        cells = [list(cell) for cell in self.cells]
        return {**plain, "cells": cells, "also": [other.to_dict() for other in self.also]}


@dataclass(frozen=True, slots=True)
class Tried:
    """A change that was tried and does not turn the decision: the column, the farthest value, the cells."""

    field: str
    value: object
    cells: Cells


@dataclass(frozen=True)
class Turning:
    """What turns a decision (`found`, ordered: amounts by size, then papers), or what was tried in vain.

    `asked` says whether there was a question at all: none is asked of a raised line, nor of a prefix. `need` (đồng)
    is taken as stated throughout, where the line states none and none alone would do.
    """

    asked: bool
    found: Counterfactual | None = None
    tried: tuple[Tried, ...] = ()
    need: int = 0


def turning(proposal: Proposal, line: int) -> Turning:
    """Return the smallest single change that turns the decision on a line, exact and confirmed."""
    frame = proposal.frames["lines"]
    before = _decision(int(frame["cut"].iloc[line]), int(frame["add"].iloc[line]))
    if before == "raised" or proposal.meta["parent"] is not None:
        return Turning(asked=False)
    question = _Question(proposal, line, before)
    found, tried = _answers(question)
    if not found and before == "unchanged" and question.case.need[line] < stated_need(question.case):
        # No raise without a stated need: what else would have to be, if it stated one?
        question = replace(question, need=stated_need(question.case))
        found, tried = _answers(question)
    if not found:
        return Turning(asked=True, tried=tuple(tried), need=question.need)
    first, *others = sorted(found, key=_size)
    return Turning(
        asked=True, found=replace(first, also=tuple(others)), tried=tuple(tried), need=question.need
    )


def _decision(cut: int, add: int) -> str:
    return "cut" if cut else "raised" if add else "unchanged"


def _size(found: Counterfactual) -> tuple[int, int, str]:
    """Return the order: amounts by size, amounts that are not known today, papers."""
    if found.change is None:
        return 2, 0, found.field
    return int(found.before is None), abs(found.change), found.field


@dataclass(frozen=True)
class _Question:
    """A line, its decision, and the round asked again with other cells; `need` is taken as stated besides."""

    proposal: Proposal
    line: int
    before: str
    need: int = 0
    known: dict[Cells, bool] = field(default_factory=dict, init=False, compare=False)

    @property
    def case(self) -> Case:
        """The round as it was proposed."""
        return self.proposal._case  # noqa: SLF001

    @cached_property
    def given(self) -> dict[str, Any]:
        """What the round was proposed with; outlook and assessment only where they had been handed in."""
        case, book = self.case, self.proposal._rulebook  # noqa: SLF001 — one house
        own = outlook_of(case.portfolio, case.calendar, case.as_of, case.policy, book, case.round)
        handed = not np.array_equal(own.points, case.outlook.points)
        return {
            "calendar": case.calendar,
            "round": case.round,
            "as_of": case.as_of,
            "rulebook": book,
            "policy": case.policy,
            "assessment": None if self.proposal.meta["assessed"] is None else case.assessment,
            "outlook": case.outlook if handed else None,
        }

    def table(self, cells: Cells) -> Portfolio:
        """Return the tables with other cells on the line."""
        made: Portfolio = self.case.portfolio
        line_id = str(made.text("line_id")[self.line])
        for column, value in (*((("requested_increase", self.need),) if self.need else ()), *cells):
            made = made.with_cell(line_id, column, value)
        return made

    def opened(self, cells: Cells) -> OpenRound:
        """Return the round with other cells."""
        return open_round(self.table(cells), **self.given)

    def turns(self, cells: Cells) -> bool:
        """Return whether the decision turns, the round solved anew where its bounds alone do not tell."""
        if cells not in self.known:
            self.known[cells] = self._turns(cells)
        return self.known[cells]

    def _turns(self, cells: Cells) -> bool:
        try:
            state = self.opened(cells)
            bounds = make_bounds(state.case, state.book)
            may_add, may_cut = (bool(side[self.line]) for side in (bounds.add, bounds.cut + bounds.forced))
            if self.before == "cut" and not may_cut and not state.case.pools.shrinking.any():
                return True
            if self.before == "unchanged" and not may_add and not (may_cut and cells == UNLOCKED):
                return False
            found = decide(state.case, state.book, Limits())
        except (DataError, InfeasibleRound):
            return False
        return self.turned(_decision(int(found.cut[self.line]), int(found.add[self.line])), cells)

    def turned(self, after: str, cells: Cells) -> bool:
        """Return whether a decision is another than today's in the sense asked for.

        A cut is to be spared, an unchanged line to be raised; a lock that is lifted may also end in a cut.
        """
        if self.before == "cut":
            return after in ("unchanged", "raised")
        return after == "raised" or (after == "cut" and cells == UNLOCKED)

    def proposed(self, cells: Cells) -> str:
        """Return the decision of the verified proposal with other cells; ``""`` where there is none."""
        try:
            made = propose(self.table(cells), **self.given)
        except (DataError, InfeasibleRound):
            return ""
        row = made.frames["lines"].iloc[self.line]
        return _decision(int(row["cut"]), int(row["add"]))


def _answers(question: _Question) -> tuple[list[Counterfactual], list[Tried]]:
    """Return the single changes that turn the decision, and those that do not."""
    found: list[Counterfactual] = []
    tried: list[Tried] = []
    case, line = question.case, question.line
    if question.need:
        state = question.opened(())
        case = state.case
        if question.turns(()):  # the need alone: told as a need
            return found, tried
    bounds = make_bounds(case, question.given["rulebook"])
    for amount in amounts(case, bounds, line, to_raise=question.before == "unchanged"):
        if question.need and amount.column == "requested_increase":
            continue
        at = _nearest(question, amount)
        made = None if at is None else _of_amount(question, amount, at)
        if made is None:
            tried.append(Tried(amount.column, amount.end, amount.cells(amount.steps)))
        else:
            found.append(made)
    for paper in papers(case, line):
        made = _of_paper(question, paper) if question.turns(paper.cells) else None
        if made is None:
            tried.append(Tried(paper.column, paper.cells[0][1], paper.cells))
        else:
            found.append(made)
    return found, tried


def _nearest(question: _Question, amount: Amount) -> int | None:
    """Return a step at which the decision turns and before which it does not: by halving, between steps that count.

    Where neither the last step nor one at which a rule speaks otherwise turns it, nothing is found.
    """
    low = 0
    for mark in sorted({k for k in amount.marks if 0 < k < amount.steps} | {amount.steps}):
        if question.turns(amount.cells(mark)):
            high = mark
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (low, middle) if question.turns(amount.cells(middle)) else (middle, high)
            return high
        low = mark
    return None


def _of_amount(question: _Question, amount: Amount, k: int) -> Counterfactual | None:
    """Return the amount after *k* steps, confirmed: it turns the decision, and one unit less does not."""
    cells, less = amount.cells(k), amount.cells(k - 1)
    after, stays = question.proposed(cells), question.proposed(less)
    if not question.turned(after, cells) or question.turned(stays, less):
        return None
    return Counterfactual(
        field=amount.column,
        before=amount.before,
        after=amount.value(k),
        change=amount.value(k) - (amount.before or 0),
        short=amount.value(k - 1),
        decision_before=question.before,
        decision_after=after,
        confirmed=True,
        cells=cells,
        need=question.need,
        milestone=_milestone(question, cells, less) if amount.column == "disbursed" else "",
    )


def _of_paper(question: _Question, paper: Paper) -> Counterfactual | None:
    after = question.proposed(paper.cells)
    if not question.turned(after, paper.cells):
        return None
    return Counterfactual(
        field=paper.column,
        before=paper.before,
        after=paper.cells[0][1],
        change=None,
        short=None,
        decision_before=question.before,
        decision_after=after,
        confirmed=True,
        cells=paper.cells,
        need=question.need,
    )


def _milestone(question: _Question, cells: Cells, less: Cells) -> str:
    """Return the milestone that a figure just reaches, ``""`` where it does not or did before."""
    readings = [question.opened(part).case.assessment.decides for part in (cells, less)]
    reached = [bool(r.executed[question.line] >= r.required[question.line]) for r in readings]
    day = readings[0].milestone(question.line)
    return day.isoformat() if day is not None and reached == [True, False] else ""
