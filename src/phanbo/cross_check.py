"""The plan of a round held against that of another solver: the same, line by line, or an error with both."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from phanbo.decision import Decision, changes
from phanbo.errors import CrossCheckError
from phanbo.grouping import exact_dot
from phanbo.money import Ints
from phanbo.proposal.tier_values import shown
from phanbo.solver.second_opinion import second_opinion
from phanbo.solver.solution import Limits, Solver

__all__ = ["cross_check"]


def cross_check(found: Decision, solver: Solver, limits: Limits) -> None:
    """Let a solver of `find_solver` solve the tiers of a decision.

    Raises
    ------
    CrossCheckError
        When it comes to another plan, or to none.
    """
    limits.tell("cross_check", 0, found.program.columns)
    opinion = second_opinion(found.program, solver, found.solution.x, limits)
    cut, add = changes(found.program, replace(found.solution, x=opinion.x), found.case)
    if opinion.fault is None and np.array_equal(cut, found.cut) and np.array_equal(add, found.add):
        return
    tiers = _tiers(found, None if opinion.fault else opinion.x)
    ours, other = _plan(found, found.cut, found.add), _plan(found, cut, add)
    differ = sorted(
        line for line in {*ours, *other} if opinion.fault is None and ours.get(line) != other.get(line)
    )
    vi, en = opinion.fault or _difference(tiers, differ)
    raise CrossCheckError(
        f"Bộ giải {solver.name} không ra cùng phương án; không phương án nào được trả về: {vi}.",
        f"The solver {solver.name} did not come to the same plan, and none is returned: {en}.",
        {
            "solver": solver.name,
            "reason": en,
            "lines": differ,
            "tiers": tiers,
            "plan": ours,
            "other_plan": None if opinion.fault else other,
        },
    )


def _tiers(found: Decision, other: Ints | None) -> list[dict[str, Any]]:
    """Return every tier with its value here and there, as `Proposal.tiers` shows it."""
    unit, ours = found.case.policy.unit, found.solution.x
    plans = {"value": ours} if other is None else {"value": ours, "other": other}
    return [
        {"tier": t.name, "other": None}
        | {k: shown(t.name, exact_dot(t.cost, x), unit) for k, x in plans.items()}
        for t in found.program.tiers
    ]


def _plan(found: Decision, cut: Ints, add: Ints) -> dict[str, int]:
    change = add - cut
    here = np.flatnonzero(change)
    ids = found.case.portfolio.text("line_id")[here].tolist()
    return dict(zip(ids, change[here].tolist(), strict=True))


def _difference(tiers: list[dict[str, Any]], lines: list[str]) -> tuple[str, str]:
    first = next((t for t in tiers if t["value"] != t["other"]), None)
    some = ", ".join(lines[:5]) + (", …" if len(lines) > 5 else "")
    vi, en = f"{len(lines)} dòng vốn khác nhau ({some})", f"{len(lines)} lines differ ({some})"
    if first is None:
        return f"{vi}; mọi mục tiêu bằng nhau", f"{en}; every tier has the same value"
    tier, here, there = first["tier"], first["value"], first["other"]
    return f"{vi}; mục tiêu {tier}: {here} và {there}", f"{en}; tier {tier}: {here} here, {there} there"
