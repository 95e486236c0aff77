"""`assess` and `propose`: the arrows of the house in their order, and nothing more."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import metadata
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import numpy as np

from phanbo.absorption import Outlook, make_outlook
from phanbo.admission import (
    admit,
    check_pins,
    check_policy,
    closing_date,
    find_rulebook,
    foreign_law,
    of_these_lines,
    same_year,
    still_open,
)
from phanbo.assemble import tier_plan
from phanbo.assessment import Assessment, build_assessment
from phanbo.calendar import Calendar, Round, as_date
from phanbo.calendar_file import load_calendar
from phanbo.case import Case
from phanbo.cross_check import cross_check as cross_checked
from phanbo.decision import Decision, decide
from phanbo.errors import PolicyError, Stopped
from phanbo.policy import Policy
from phanbo.portfolio import Portfolio
from phanbo.proposal import Proposal
from phanbo.proposal.making import make_proposal, verified
from phanbo.proposal.schema import SCHEMA
from phanbo.proposal.tier_values import shown, values_of
from phanbo.rulebook import Rulebook
from phanbo.solver.second_opinion import find_solver
from phanbo.solver.solution import Cancel, Limits, Solver
from phanbo.solver.stating import solver_versions

__all__ = ["OpenRound", "assess", "finished", "open_round", "outlook_of", "propose"]

BETWEEN_REPORTS = 0.1  # seconds: progress is told at most ten times a second


def assess(
    portfolio: Portfolio,
    *,
    calendar: Calendar | str | Path,
    as_of: str | dt.date,
    policy: Policy | None = None,
    round: int | Round | None = None,  # noqa: A002 — the public name
    rulebook: Rulebook | str | Path | None = None,
    outlook: Outlook | None = None,
) -> Assessment:
    """Return how far every line, bucket, owner and source has come at a date, under all three readings.

    Parameters
    ----------
    portfolio : Portfolio
    calendar : Calendar, or its name or path
    as_of : date
        The data date; any date, also before the first milestone.
    policy : Policy, optional
    round : int or Round, optional
        The round whose milestones count; the one *as_of* works towards unless given.
    rulebook : Rulebook, optional
        Names the closing date of payments; the one in force at *as_of* unless given.
    outlook : Outlook, optional
        A forecast to use in place of a new one.

    Raises
    ------
    RoundError
        When the calendar has no such round, or is of another year than the tables.
    """
    calendar = calendar if isinstance(calendar, Calendar) else load_calendar(calendar)
    policy, day = check_policy(policy), as_date(as_of)
    # January still pays for the plan year: its law, not that of the next one.
    inside = min(max(day, dt.date(calendar.year, 1, 1)), dt.date(calendar.year, 12, 31))
    book = find_rulebook(rulebook, inside)
    same_year(portfolio, calendar)
    of_these_lines(portfolio, calendar, None, outlook)
    round_ = calendar.round_at(day) if round is None else calendar.round(round)
    outlook = outlook or outlook_of(portfolio, calendar, day, policy, book, round_)
    state = build_assessment(portfolio, calendar, day, round_, policy, outlook, lead=book.lead_department_vi)
    return (
        state if book.covers(inside) else replace(state, warnings=(*state.warnings, foreign_law(book, day)))
    )


def propose(  # noqa: PLR0913 — the public interface
    portfolio: Portfolio,
    *,
    calendar: Calendar | str | Path,
    round: int | Round,  # noqa: A002 — the public name
    as_of: str | dt.date,
    rulebook: Rulebook | str | Path | None = None,
    policy: Policy | None = None,
    time_limit: float | None = None,
    threads: int = 1,
    progress: Callable[[str, int, int], None] | None = None,
    cancel: Cancel | None = None,
    assessment: Assessment | None = None,
    outlook: Outlook | None = None,
    cross_check: str | Solver | None = None,
) -> Proposal:
    """Return the ranked, legal, verified proposal of one round.

    Parameters
    ----------
    portfolio : Portfolio
    calendar : Calendar, or its name or path
    round : int or Round
        A number of the calendar, or a round of one's own.
    as_of : date
        The data date.
    rulebook : Rulebook, or its name or path, optional
        The one in force at *as_of* unless given; a path may be of a province's own.
    policy : Policy, optional
    time_limit : float, optional
        Seconds; then `Stopped` is raised and no plan returned.
    threads : int
        Threads a solver may use; the result does not depend on it. The solvers are serial and use one.
    progress : callable, optional
        Told ``(stage, done, total)`` at most ten times a second, and at the end of each stage.
    cancel : object with ``is_set()``, optional
        Ends the work in `Stopped`.
    assessment, outlook : optional
        Those of an earlier proposal, for what-ifs and replays.
    cross_check : str or pulp.LpSolver, optional
        Another solver that PuLP finds, such as ``"COIN_CMD"``, or ``pulp.COIN_CMD(path=…)``: it solves every tier
        again, and must come to the same plan, line by line. *cancel* is looked at between its tiers.

    Raises
    ------
    DataError, RoundError, PolicyError, RulebookError
        When the round cannot be held; also when the solver of *cross_check* is not installed.
    InfeasibleRound
        When a shrinking source cannot be cut as far as it must, or a change asked for cannot be made; ``.conflict``
        names what contradicts what, ``.relaxation`` the least to be granted.
    Stopped
        When it was stopped before the proposal was verified; ``.stage`` and ``.proved`` tell how far it had come.
    CrossCheckError
        When the solver of *cross_check* came to another plan; it holds both.
    CertificateError
        When the plan failed its own re-check: a fault of phanbo.
    """
    if not isinstance(threads, Integral) or threads < 1:
        raise PolicyError(
            f"threads = {threads} phải là số nguyên ≥ 1.",
            f"threads = {threads} must be a whole number, at least 1.",
            {"threads": str(threads)},
        )
    if time_limit is not None and not (isinstance(time_limit, Real) and abs(time_limit) >= 0):
        raise PolicyError(
            f"time_limit = {time_limit} phải là số giây.",
            f"time_limit = {time_limit} must be a number of seconds.",
            {"time_limit": str(time_limit)},
        )
    second = None if cross_check is None else find_solver(cross_check)
    limits = Limits(time_limit, cancel, _calm(progress))
    with telling(limits):
        limits.tell("assess", 0, 1)
        limits.left()
        state = open_round(
            portfolio,
            calendar=calendar,
            round=round,
            as_of=as_of,
            rulebook=rulebook,
            policy=policy,
            assessment=assessment,
            outlook=outlook,
        )
    limits.tell("assess", 1, 1)
    limits.stage = "solve"
    with telling(limits, state):
        limits.left()
        return finished(state, decide(state.case, state.book, limits), limits, second)


def outlook_of(
    portfolio: Portfolio, calendar: Calendar, day: dt.date, policy: Policy, book: Rulebook, round_: Round
) -> Outlook:
    """Return what every line will probably have spent by the closing date, what a late round adds by its own."""
    deadline = closing_date(policy, book, calendar)
    later = book.added_until(calendar.year, round_.report_by) if policy.deadline is None else deadline
    return make_outlook(portfolio, calendar, day, deadline, policy, added_until=later)


@contextmanager
def telling(limits: Limits, state: OpenRound | None = None) -> Iterator[None]:
    """Let a `Stopped` tell the stage it came at, and what was proved by then."""
    try:
        yield
    except Stopped as stopped:
        if state is None:
            raise stopped.at(limits.stage, (), 0) from stopped.__cause__
        names, unit = [tier.name for tier in tier_plan(state.case, state.book)], state.case.policy.unit
        proved = [(name, shown(name, limits.proved[name], unit)) for name in names if name in limits.proved]
        raise stopped.at(limits.stage, proved, len(names)) from stopped.__cause__


@dataclass(frozen=True, eq=False)
class OpenRound:
    """A round that may be held: its facts, its law, what is only worth a warning.

    `own` says whether the assessment was made for this round rather than handed in.
    """

    case: Case
    book: Rulebook
    warnings: tuple[str, ...]
    own: bool


def open_round(
    portfolio: Portfolio,
    *,
    calendar: Calendar | str | Path,
    round: int | Round,  # noqa: A002 — as in `propose`
    as_of: str | dt.date,
    rulebook: Rulebook | str | Path | None,
    policy: Policy | None,
    assessment: Assessment | None,
    outlook: Outlook | None,
) -> OpenRound:
    """Return everything a round is decided from; refuse one that cannot be held."""
    calendar = calendar if isinstance(calendar, Calendar) else load_calendar(calendar)
    policy, day = check_policy(policy), as_date(as_of)
    book = find_rulebook(rulebook, day).read_for(calendar)
    round_ = calendar.round(round)
    warnings = admit(portfolio, calendar, book, round_, day)
    of_these_lines(portfolio, calendar, assessment, outlook)
    check_pins(policy, portfolio)
    still_open(day, closing_date(policy, book, calendar))
    outlook = outlook or outlook_of(portfolio, calendar, day, policy, book, round_)
    state = assessment or build_assessment(
        portfolio, calendar, day, round_, policy, outlook, lead=book.lead_department_vi
    )
    free = np.zeros(len(portfolio), dtype=bool)
    case = Case(
        portfolio,
        calendar,
        policy,
        round_,
        day,
        state,
        outlook,
        book.pools(portfolio, policy),
        free,
        book.obligations,
    )
    return OpenRound(case, book, warnings, own=assessment is None)


def finished(
    state: OpenRound, found: Decision, limits: Limits | None = None, second: Solver | None = None
) -> Proposal:
    """Return the verified proposal of a decision, which another solver of `find_solver` has come to as well."""
    limits = limits or Limits()
    if second is not None:
        cross_checked(found, second, limits)
    limits.tell("verify", 0, 1)
    limits.left()
    case, bounds, ranked, proof = found.case, found.bounds, found.ranked, found.proof
    values = values_of(found.program, case, found.cut, found.add)
    del found  # a large program need not stand beside frames and certificate
    meta = _meta(case, state.book, own=state.own)
    if second is not None:
        meta["solver"]["cross_check"] = second.name
    proposal = make_proposal(
        case, state.book, ranked, proof, meta, state.warnings, bounds=bounds, values=values
    )
    verified(proposal)
    limits.tell("verify", 1, 1)
    case.memo.clear()
    return proposal


@dataclass
class _calm:  # noqa: N801 — used as a function
    """Pass progress on at most ten times a second; the end of a stage always."""

    listener: Callable[[str, int, int], None] | None
    last: float = 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if self.listener is not None and (done == total or now - self.last >= BETWEEN_REPORTS):
            self.last = now
            self.listener(stage, done, total)


def _meta(case: Case, book: Rulebook, *, own: bool) -> dict[str, Any]:
    state = case.assessment
    return {
        "schema": SCHEMA,
        "phanbo": _version_of("phanbo"),
        "solver": {**solver_versions(), "xlsxwriter": _version_of("xlsxwriter")},
        "input_hash": case.portfolio.hash,
        "sources": [{"file": name, "sha256": digest} for name, digest in case.portfolio.files],
        "calendar": _text_of(case.calendar.code, case.calendar.text),
        "rulebook": {
            **_text_of(book.code, book.text),
            "version": book.version,
            "rules": [r.code for r in book.rules],
        },
        "round": case.round.to_dict(),
        "as_of": case.as_of.isoformat(),
        "policy": case.policy.to_dict(),
        "parent": None,
        "held": case.portfolio.text("line_id")[case.held].tolist(),
        "assessed": None
        if own
        else {
            "input_hash": state.portfolio.hash,
            "as_of": state.as_of.isoformat(),
            "round": state.round.to_dict(),
            "judge": state.judge,
            "fast": state.fast,
            "outlook": None if state.outlook is case.outlook else state.outlook.points.tolist(),
        },
    }


@functools.cache
def _version_of(package: str) -> str:
    """Return the version of a package; ``"source"`` where it runs from a source tree that is not installed."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "source"


def _text_of(code: str, text: str) -> dict[str, str]:
    return {"code": code, "sha256": hashlib.sha256(text.encode()).hexdigest(), "text": text}
