"""A round kept open for questions: the plan with other limits, locks, confidences or tiers, without starting anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from phanbo.absorption import Outlook
from phanbo.admission import check_pins
from phanbo.assemble import assemble
from phanbo.assessment import Assessment
from phanbo.bounds import make_bounds
from phanbo.calendar import Calendar, Round
from phanbo.decision import Decision, changes, decide
from phanbo.errors import PolicyError
from phanbo.money import LIMIT, Bools, Ints
from phanbo.pipeline import OpenRound, finished, open_round
from phanbo.policy import Policy
from phanbo.portfolio import Portfolio
from phanbo.proposal import Proposal
from phanbo.proposal.tier_values import shown
from phanbo.rulebook import Rulebook
from phanbo.rules import RULES
from phanbo.rules.asked import AskedLimits
from phanbo.rules.base import Limits as RuleLimits
from phanbo.solver.kept import Kept
from phanbo.solver.second_opinion import find_solver
from phanbo.solver.solution import Limits, Solver

__all__ = ["Answer", "WhatIf"]

ASSESSED_WITH = ("judge", "fast", "unit", "forecaster", "deadline")
"""Settings the outlook or the assessment depends on: a change of them opens the round anew."""

CONFIDENCES = ("donor_confidence", "receiver_confidence", "notes")
"""Settings that move bounds of lines and nothing else."""

MOST = 2.0**60


class WhatIf:
    """A round kept open for questions.

    Takes what `propose` takes. Outlook, assessment, pools and everything that hangs on the tables alone are found
    once; a question then costs the bounds, the program and its solution. `ask` never changes the round: every
    question is asked of the round as it was opened.

    Examples
    --------
    >>> import phanbo as pb
    >>> from phanbo.examples import load_lang_son
    >>> round2 = pb.WhatIf(load_lang_son(), calendar="lang-son-2024", round=2, as_of="2024-09-15")
    >>> first = round2.base.changes["line_id"].iloc[0]
    >>> answer = round2.ask(lock=[first], receiver_confidence=0.9)
    >>> first in answer.changes["line_id"].tolist()
    False
    """

    def __init__(
        self,
        portfolio: Portfolio,
        *,
        calendar: Calendar | str | Path,
        round: int | Round,  # noqa: A002 — the public name
        as_of: str | dt.date,
        rulebook: Rulebook | str | Path | None = None,
        policy: Policy | None = None,
        assessment: Assessment | None = None,
        outlook: Outlook | None = None,
    ) -> None:
        self._given: dict[str, Any] = {
            "calendar": calendar,
            "round": round,
            "as_of": as_of,
            "rulebook": rulebook,
            "assessment": assessment,
            "outlook": outlook,
        }
        self._open = open_round(portfolio, policy=policy, **self._given)

    @classmethod
    def of(cls, proposal: Proposal) -> WhatIf:
        """Return the round of a proposal, kept open for questions.

        What the round would find again is not handed on: an answer would name it as an earlier state.

        Raises
        ------
        PhanboError
            When the proposal came without its tables.
        """
        case, meta = proposal._case, proposal.meta  # noqa: SLF001 — one house
        own = meta["assessed"] is not None
        return cls(
            case.portfolio,
            calendar=case.calendar,
            round=case.round,
            as_of=case.as_of,
            rulebook=proposal.rulebook,
            policy=case.policy,
            assessment=case.assessment if own else None,
            outlook=proposal.outlook if own or meta["policy"]["forecaster"] is not None else None,
        )

    @property
    def portfolio(self) -> Portfolio:
        """The tables of the round."""
        return self._open.case.portfolio

    @property
    def policy(self) -> Policy:
        """The settings of the round as it was opened."""
        return self._open.case.policy

    @cached_property
    def base(self) -> Answer:
        """The plan of the round as it was opened."""
        return self.ask()

    def ask(
        self,
        *,
        lock: Iterable[str] = (),
        most_cut: Mapping[str, int] | None = None,
        most_add: Mapping[str, int] | None = None,
        **settings: Any,  # noqa: ANN401 — those of `Policy`
    ) -> Answer:
        """Return the plan under other settings.

        Parameters
        ----------
        lock : iterable of str
            Lines to be kept as they are.
        most_cut, most_add : mapping of line id to đồng
            The most these lines may be cut or raised by.
        **settings
            Settings of `Policy` that differ, such as ``donor_confidence`` or ``tiers``.

        Raises
        ------
        PolicyError
            For an unknown line, amount or setting.
        InfeasibleRound
            When a shrinking source cannot be cut as far as it must, or a change asked for cannot be made.
        """
        limits = _asked(self.portfolio, lock, most_cut, most_add)
        try:
            policy = replace(self.policy, **settings)
        except TypeError as error:
            raise PolicyError(
                f"Không có thiết lập: {', '.join(settings)}.",
                f"Unknown settings among: {', '.join(settings)}.",
            ) from error
        state = self._open
        if settings.keys() & {*ASSESSED_WITH, "authority"}:
            state = open_round(self.portfolio, policy=policy, **self._given)
        else:
            check_pins(policy, self.portfolio)
            state = replace(state, case=state.case.under(policy))
        if limits is not None:
            state = replace(state, book=state.book.with_rule(limits))
        return Answer(state, self._narrowed(state, settings) or decide(state.case, state.book, Limits()))

    def _narrowed(self, state: OpenRound, settings: Mapping[str, Any]) -> Decision | None:
        """Return the decision by the program kept, where the question does nothing but move bounds."""
        kept, case = self._kept, state.case
        if kept is None or not settings.keys() <= set(CONFIDENCES):
            return None
        bounds = make_bounds(case, state.book, self._steady)
        wide, closed, widest = kept
        unit = case.policy.unit
        cut, add = bounds.cut // unit, bounds.add // unit
        if (cut > widest[0]).any() or (add > widest[1]).any() or (bounds.closed != closed).any():
            return None
        program, solution = wide.narrowed(cut, add, Limits())
        if solution is None:
            return None
        return Decision(case, state.book, bounds, program, solution, *changes(program, solution, case))

    @cached_property
    def _steady(self) -> dict[str, RuleLimits]:
        """Limits of the rules of phanbo's own that no confidence moves, by code."""
        case, rules = self._open.case, self._open.book.rules
        own = [r for r in rules if type(r) is RULES.get(r.code) and not r.of_confidence]
        return {rule.code: rule.limits(case) for rule in own}

    @cached_property
    def _kept(self) -> tuple[Kept, Bools, tuple[Ints, Ints]] | None:
        """The program with every bound as wide as no confidence makes it; ``None`` where bounds shape it too."""
        case, book = self._open.case, self._open.book
        policy = case.policy
        if case.pools.shrinking.any() or policy.return_unplaced or policy.min_move or policy.pins:
            return None
        bounds = make_bounds(case, replace(book, rules=tuple(r for r in book.rules if not r.of_confidence)))
        program = assemble(case, book, bounds)
        large = float(bounds.cut.astype(float).sum() + bounds.add.astype(float).sum()) > MOST
        if program.marked or large:
            return None
        return Kept(program), bounds.closed, (bounds.cut // policy.unit, bounds.add // policy.unit)


@dataclass(frozen=True, eq=False)
class Answer:
    """The plan of one question: the optimum of every tier, its prices found; `proposal` verifies and ranks it."""

    asked: OpenRound
    decision: Decision

    @property
    def cut(self) -> Ints:
        """Cut of every line, đồng, in the order of the portfolio; int64 array of shape (n,)."""
        return self.decision.cut

    @property
    def add(self) -> Ints:
        """Add of every line, đồng, in the order of the portfolio; int64 array of shape (n,)."""
        return self.decision.add

    @property
    def moved(self) -> int:
        """Sum of all cuts, đồng."""
        return int(self.cut.sum())

    @property
    def changes(self) -> pd.DataFrame:
        """The changed lines: ``line_id, change`` (đồng), as `Proposal.apply` takes them."""
        change = self.add - self.cut
        here = np.flatnonzero(change)
        ids = self.asked.case.portfolio.text("line_id")[here]
        return pd.DataFrame({"line_id": pd.Series(ids, dtype="str"), "change": change[here]})

    @property
    def tiers(self) -> dict[str, int]:
        """The value of every tier, as in `Proposal.tiers`."""
        unit, plan = self.asked.case.policy.unit, self.decision.program.tiers
        found = {tier.name: tier.value for tier in self.decision.solution.tiers}
        return {tier.name: shown(tier.name, found[tier.name], unit) for tier in plan}

    def proposal(self, *, cross_check: str | Solver | None = None) -> Proposal:
        """Return the ranked and verified proposal of this question: the one `propose` would return.

        *cross_check* is that of `propose`.
        """
        second = None if cross_check is None else find_solver(cross_check)
        return finished(self.asked, decide(self.asked.case, self.asked.book, Limits()), second=second)

    def __repr__(self) -> str:
        return f"Answer(cut={self.moved:,} đồng, added={int(self.add.sum()):,} đồng)"


def _asked(
    portfolio: Portfolio,
    lock: Iterable[str],
    most_cut: Mapping[str, int] | None,
    most_add: Mapping[str, int] | None,
) -> AskedLimits | None:
    try:
        locked = dict.fromkeys([lock] if isinstance(lock, str) else lock, 0)
        cut, add = ({**dict({} if caps is None else caps), **locked} for caps in (most_cut, most_add))
    except (TypeError, ValueError) as error:
        raise PolicyError(
            f"lock là danh sách mã dòng vốn, most_cut và most_add là bảng mã – đồng: {error}.",
            f"lock is a list of line ids, most_cut and most_add map line ids to đồng: {error}.",
        ) from error
    strange = sorted({*cut, *add} - portfolio.place.keys(), key=str)
    if strange:
        names = ", ".join(map(str, strange))
        raise PolicyError(
            f"Không có dòng vốn: {names}.", f"There are no such lines: {names}.", {"lines": strange}
        )
    if not (cut or add):
        return None
    try:
        return AskedLimits(cut, add)
    except (ValueError, TypeError) as error:
        raise PolicyError(
            f"Giới hạn phải là số nguyên đồng từ 0 đến {LIMIT}: {error}.",
            f"Limits are whole amounts from 0 to {LIMIT} đồng: {error}.",
        ) from error
