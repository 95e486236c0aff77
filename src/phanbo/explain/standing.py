"""Where a line stands, as claims: what it has paid and when, what is required of it, what it will probably spend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from phanbo.explain.sentence import Claim
from phanbo.grouping import joint_codes
from phanbo.money import format_share
from phanbo.proposal.reasons import told_basis

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phanbo.calendar import Deadline
    from phanbo.case import Case

__all__ = ["standing_claims"]


def standing_claims(case: Case, line: int, horizon: str) -> Iterator[Claim]:
    """Yield the figures that decide on a line, with their dates."""
    plan, paid = int(case.plan[line]), int(case.disbursed[line])
    as_of = case.as_of.isoformat()
    yield Claim("paid", {"as_of": as_of, "disbursed": paid, "plan": plan, "ratio": [paid, plan]})
    yield from _required(case, line)
    if missed := str(case.assessment.missed[line]):
        yield Claim("missed", {"act": missed, "deadline": _deadline(case, line, missed).last_day.isoformat()})
    if case.incomplete[line]:
        yield Claim("incomplete", {"as_of": as_of})
    median, basis = int(case.outlook.median[line]), str(told_basis(case, np.array([line]))[0])
    yield Claim("forecast", {"horizon": horizon, "median": median, "basis": basis})


def _required(case: Case, line: int) -> Iterator[Claim]:
    """Yield what is required of the line; of its bucket, where that decides whether it may give."""
    state, reading = case.assessment, case.assessment.decides
    share, milestone = reading.share(line), reading.milestone(line)
    plan = state.portfolio.money("plan")[0]
    executed, required = int(reading.executed[line]), int(reading.required[line])
    values = {"share": [share.numerator, share.denominator], "reading": reading.name}
    own = {**values, "required": required, **_reached(executed, required, int(plan[line]))}
    if milestone is None:
        yield Claim("usual", own)
        return
    yield Claim("milestone", {"milestone": milestone.isoformat(), **own})
    if executed < required:
        columns = ("owner", "stage", "plan_year")
        bucket, _ = joint_codes(*(state.portfolio.codes(name) for name in columns))
        here = np.flatnonzero(bucket == bucket[line])
        planned, done = int(plan[here].sum()), int(reading.executed[here].sum())
        yield from _close(own)
        yield Claim(
            "bucket",
            {**values, **_reached(done, -(-share.numerator * planned // share.denominator), planned)},
        )


def _reached(executed: int, required: int, plan: int) -> dict[str, Any]:
    return {"executed": executed, "ratio": [executed, plan], "reached": executed >= required}


def _close(values: dict[str, Any]) -> Iterator[Claim]:
    """Yield what is missing where the shares, rounded, do not show it."""
    if format_share(*values["ratio"]) == format_share(*values["share"]):
        yield Claim("gap", {"gap": values["required"] - values["executed"]})


def _deadline(case: Case, line: int, missed: str) -> Deadline:
    """Return the deadline the line has missed: the first of its kind in the calendar that binds it."""
    state = case.assessment
    programme = bool(state.portfolio.text("programme")[line])
    stage, judged = str(state.portfolio.text("stage")[line]), max(state.round.tau(state.judge), state.as_of)
    return next(
        each
        for each in state.calendar.deadlines
        if each.kind == missed
        and each.stage == stage
        and each.last_day <= judged
        and (programme or not each.programme_only)
    )
