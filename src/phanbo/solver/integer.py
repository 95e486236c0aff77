"""Marked components: tier by tier as integer programs, each tier kept by a row (*model* §4, "Integrality")."""

from __future__ import annotations

from itertools import chain
from typing import Any

import numpy as np

from phanbo.errors import Stopped
from phanbo.grouping import exact_dot
from phanbo.money import Ints
from phanbo.program import LinearProgram, TierCosts
from phanbo.solver.reference import line_by_line, run_highs
from phanbo.solver.solution import Limits, Solution, SolvedTier
from phanbo.solver.stating import load_highs

__all__ = ["solve_integer"]


def solve_integer(program: LinearProgram, limits: Limits) -> Solution:
    """Return the unique lexicographic integer optimum of one component, tolerances applied.

    Tier *k* is kept by the row ``c_k · x ≤ v_k + ⌊tolerance · |v_k|⌋``, v_k an integer.
    """
    highs = load_highs(program, integer=True)
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.setOptionValue("mip_abs_gap", 0.5)
    none = np.zeros(program.rows, dtype=np.int64)
    relaxed = _relaxed_value(program, limits)
    solved: list[SolvedTier] = []
    x = np.zeros(program.columns, dtype=np.int64)
    # Integer programs prove no uniqueness: the last ties are broken line by line.
    every = line_by_line(program, np.ones(program.columns, dtype=bool))
    for number, tier in enumerate(chain(program.tiers, every)):
        x = _minimise(highs, program, tier, limits)
        value = exact_dot(tier.cost, x)
        numerator, denominator = tier.tolerance
        _keep(highs, tier.cost, value + abs(value) * numerator // denominator)
        if number < len(program.tiers):
            gap = value - relaxed if number == 0 else 0
            solved.append(SolvedTier(tier.name, value, none, gap))
            limits.proved[tier.name] = value
    values = [exact_dot(tier.cost, x) for tier in program.tiers]
    return Solution(x, tuple(SolvedTier(t.name, v, none, t.gap) for t, v in zip(solved, values, strict=True)))


def _relaxed_value(program: LinearProgram, limits: Limits) -> int:
    """Return the first tier's value without the integrality, rounded up: the bound of its gap."""
    highs = load_highs(program)
    _run(highs, limits)
    return int(np.ceil(highs.getInfo().objective_function_value - 1e-6))


def _run(highs: Any, limits: Limits) -> None:
    if not run_highs(highs, limits):
        status = highs.modelStatusToString(highs.getModelStatus())
        raise Stopped(
            f"Bộ giải dừng với trạng thái “{status}”; không có phương án nào được trả về.",
            f"The solver stopped with status {status!r}; no plan is returned.",
        )


def _minimise(highs: Any, program: LinearProgram, tier: TierCosts, limits: Limits) -> Ints:
    columns = np.arange(program.columns, dtype=np.int32)
    highs.changeColsCost(columns.size, columns, tier.cost.astype(float))
    _run(highs, limits)
    x: Ints = np.rint(np.asarray(highs.getSolution().col_value)).astype(np.int64)
    activity = program.activity(x)
    if (activity < program.row_lower).any() or (activity > program.row_upper).any():
        raise AssertionError("the solver's integer answer breaks a row")
    return x


def _keep(highs: Any, cost: Ints, value: int) -> None:
    places = np.flatnonzero(cost).astype(np.int32)
    if places.size:
        highs.addRow(-float("inf"), float(value), places.size, places, cost[places].astype(float))
