"""cvxpy with HiGHS: one vector, one matrix."""

from __future__ import annotations

from collections.abc import Sequence

import cvxpy as cp
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from phanbo.program import LinearProgram, TierCosts

__all__ = ["solve"]


def solve(program: LinearProgram, tiers: Sequence[TierCosts]) -> NDArray[np.float64]:
    """Solve the tiers, each kept by a row."""
    shape = (program.rows, program.columns)
    matrix = csr_array((program.value.astype(float), (program.row, program.column)), shape)
    x = cp.Variable(program.columns, bounds=[0, program.upper.astype(float)])
    tied = program.row_lower == program.row_upper
    rows = [matrix[tied] @ x == program.row_upper[tied]]
    if not tied.all():
        rows += [matrix[~tied] @ x <= program.row_upper[~tied], matrix[~tied] @ x >= program.row_lower[~tied]]
    for tier in tiers:
        if not tier.cost.any():
            continue
        problem = cp.Problem(cp.Minimize(tier.cost @ x), rows)
        problem.solve(solver=cp.HIGHS, highs_options={"threads": 1})
        if problem.status != cp.OPTIMAL:
            raise RuntimeError(f"{problem.status} in tier {tier.name}")
        rows.append(tier.cost @ x <= round(problem.value))
    return np.asarray(x.value, dtype=float)
