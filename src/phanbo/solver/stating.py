"""State a `LinearProgram` in PuLP and hand it to HiGHS in process; one seam for PuLP 3.3 and 4."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from phanbo.program import LinearProgram

__all__ = ["load_highs", "solver_versions", "state"]


def state(program: LinearProgram, *, integer: bool = False, values: Sequence[int] = ()) -> Any:
    """Return the program as a ``pulp.LpProblem`` that minimises the first tier whose value is not given.

    Each tier before it is kept by a row ``t000``, …: its cost is at most its value.

    Columns are ``x0000000`` …, rows ``r0000000`` …: PuLP 3 orders columns by name as text, so names are padded.
    Rows with two sides are stated with their upper side; the lower one is 0 and all terms are ≥ 0.
    """
    import pulp

    linear = getattr(pulp.LpAffineExpression, "from_list", pulp.LpAffineExpression)
    problem = pulp.LpProblem("phanbo", pulp.LpMinimize)
    category = pulp.LpInteger if integer else pulp.LpContinuous
    x = [
        problem.add_variable(f"x{k:07d}", 0, int(upper), category)
        for k, upper in enumerate(program.upper.tolist())
    ]

    # A column of cost 0 is named all the same, or PuLP would not know it.
    costs = program.tiers[len(values)].cost.tolist() if program.tiers else [0] * len(x)
    problem.setObjective(linear(list(zip(x, costs, strict=True))))
    order = np.argsort(program.row, kind="stable")
    starts = np.searchsorted(program.row[order], np.arange(program.rows + 1))
    column, value = program.column[order].tolist(), program.value[order].tolist()
    for r in range(program.rows):
        terms = [(x[column[e]], value[e]) for e in range(starts[r], starts[r + 1])]
        lower, upper = int(program.row_lower[r]), int(program.row_upper[r])
        body = linear(terms)
        problem.addConstraint(body == upper if lower == upper else body <= upper, f"r{r:07d}")
    for k, value in enumerate(values):
        places = np.flatnonzero(program.tiers[k].cost)
        if places.size:
            kept = linear([(x[c], int(program.tiers[k].cost[c])) for c in places.tolist()])
            problem.addConstraint(kept <= value, f"t{k:03d}")
    return problem


def load_highs(program: LinearProgram, *, integer: bool = False) -> Any:
    """Return a silent HiGHS model that holds the program, positions and bounds checked.

    Always one thread: the simplex is serial, and HiGHS answers with zeros when the count changes in a process.
    """
    import pulp

    problem = state(program, integer=integer)
    solver = pulp.HiGHS(msg=False, threads=1)
    solver.createAndConfigureSolver(problem)
    solver.buildSolverModel(problem)
    highs = problem.solverModel
    highs.setOptionValue("output_flag", False)  # noqa: FBT003
    loaded = highs.getLp()
    if not np.array_equal(np.asarray(loaded.col_upper_), program.upper) or loaded.num_row_ != program.rows:
        raise AssertionError("the solver's columns are not in the program's order")
    rows = np.arange(program.rows, dtype=np.int32)
    highs.changeRowsBounds(
        program.rows, rows, program.row_lower.astype(float), program.row_upper.astype(float)
    )
    return highs


def solver_versions() -> dict[str, str]:
    """Return the names and versions of what solves a round."""
    return {"name": "direct", **_versions()}


@functools.cache
def _versions() -> dict[str, str]:
    from importlib.metadata import version

    return {name: version(name) for name in ("pulp", "highspy")}
