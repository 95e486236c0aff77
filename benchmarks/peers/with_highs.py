"""HiGHS alone on the arrays of the program: the limit of what a general solver can do here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray

from phanbo.money import Ints
from phanbo.program import LinearProgram, TierCosts

__all__ = ["solve", "solve_by_priority"]


def solve(program: LinearProgram, tiers: Sequence[TierCosts]) -> NDArray[np.float64]:
    """Solve every tier on the optimal face of those before, hot start.

    Columns with a reduced cost and rows with a price are fixed where they are: no row holds an earlier tier.
    """
    highs = _model(program)
    lower, upper = np.zeros(program.columns), program.upper.astype(float)
    row_lower, row_upper = program.row_lower.astype(float), program.row_upper.astype(float)
    columns, rows = np.arange(program.columns, dtype=np.int32), np.arange(program.rows, dtype=np.int32)
    x = lower
    for tier in tiers:
        if not tier.cost[lower < upper].any():
            continue
        solution = _minimise(highs, tier.cost)
        x = np.asarray(solution.col_value)
        reduced, duals = np.rint(solution.col_dual), np.rint(solution.row_dual)
        upper, lower = np.where(reduced > 0, lower, upper), np.where(reduced < 0, upper, lower)
        row_upper, row_lower = (
            np.where(duals > 0, row_lower, row_upper),
            np.where(duals < 0, row_upper, row_lower),
        )
        highs.changeColsBounds(columns.size, columns, lower, upper)
        highs.changeRowsBounds(rows.size, rows, row_lower, row_upper)
    return x


def solve_by_priority(program: LinearProgram, tiers: Sequence[TierCosts]) -> NDArray[np.float64]:
    """Let HiGHS solve the tiers as its own prioritised objectives."""
    highs = _model(program)
    highs.setOptionValue("blend_multi_objectives", False)  # noqa: FBT003 — its signature
    for place, tier in enumerate(tiers):
        objective = highspy.HighsLinearObjective()
        objective.weight, objective.priority = 1.0, len(tiers) - place
        objective.coefficients = tier.cost.astype(float).tolist()
        objective.abs_tolerance = objective.rel_tolerance = 0.0
        highs.addLinearObjective(objective)
    return _values(highs)


def _model(program: LinearProgram) -> Any:  # noqa: ANN401 — HiGHS has no types
    """Return a silent HiGHS with the arrays of a program, columns as assembled."""
    order = np.lexsort((program.row, program.column))
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = program.columns, program.rows
    lp.col_cost_ = np.zeros(program.columns)
    lp.col_lower_, lp.col_upper_ = np.zeros(program.columns), program.upper.astype(float)
    lp.row_lower_, lp.row_upper_ = program.row_lower.astype(float), program.row_upper.astype(float)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.searchsorted(program.column[order], np.arange(program.columns + 1))
    lp.a_matrix_.index_ = program.row[order]
    lp.a_matrix_.value_ = program.value[order].astype(float)
    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)  # noqa: FBT003 — its signature
    highs.setOptionValue("threads", 1)
    highs.passModel(lp)
    return highs


def _minimise(highs: Any, cost: Ints) -> Any:  # noqa: ANN401 — as above
    highs.changeColsCost(cost.size, np.arange(cost.size, dtype=np.int32), cost.astype(float))
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise RuntimeError(highs.modelStatusToString(highs.getModelStatus()))
    return highs.getSolution()


def _values(highs: Any) -> NDArray[np.float64]:  # noqa: ANN401 — as above
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise RuntimeError(highs.modelStatusToString(highs.getModelStatus()))
    return np.asarray(highs.getSolution().col_value)
