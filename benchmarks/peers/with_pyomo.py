"""Pyomo with its in-process HiGHS (appsi)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray
from pyomo.contrib.appsi.solvers import Highs
from pyomo.core.expr.numeric_expr import LinearExpression

from phanbo.program import LinearProgram, TierCosts

__all__ = ["solve"]


def solve(program: LinearProgram, tiers: Sequence[TierCosts]) -> NDArray[np.float64]:
    """Solve the tiers, each kept by a row."""
    model = pyo.ConcreteModel()
    upper = program.upper.tolist()
    model.x = pyo.Var(range(program.columns), bounds=lambda _, k: (0, upper[k]))
    x = [model.x[k] for k in range(program.columns)]
    order = np.argsort(program.row, kind="stable")
    bounds = np.searchsorted(program.row[order], np.arange(program.rows + 1)).tolist()
    column, value = program.column[order].tolist(), program.value[order].tolist()
    sides = list(zip(program.row_lower.tolist(), program.row_upper.tolist(), strict=True))

    def row(_: object, r: int) -> object:
        here = slice(bounds[r], bounds[r + 1])
        body = LinearExpression(linear_coefs=value[here], linear_vars=[x[k] for k in column[here]])
        lower, most = sides[r]
        return body == most if lower == most else pyo.inequality(lower, body, most)

    model.rows = pyo.Constraint(range(program.rows), rule=row)
    model.kept = pyo.ConstraintList()
    solver = Highs()
    solver.highs_options = {"threads": 1, "output_flag": False}
    for tier in tiers:
        used = np.flatnonzero(tier.cost).tolist()
        if not used:
            continue
        cost = LinearExpression(linear_coefs=tier.cost[used].tolist(), linear_vars=[x[k] for k in used])
        model.del_component("cost")
        model.cost = pyo.Objective(expr=cost)
        answer = solver.solve(model)
        model.kept.add(cost <= round(answer.best_feasible_objective))
    return np.array([pyo.value(v) for v in x], dtype=float)
