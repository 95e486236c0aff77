"""OR-Tools: its modelling layer with GLOP, and its min-cost flow for a single tier.

OR-Tools carries a HiGHS of its own and cannot be loaded beside highspy: a process of its own is needed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from peers.network import network
from phanbo.program import LinearProgram, TierCosts

__all__ = ["solve", "solve_flow"]


def solve(program: LinearProgram, tiers: Sequence[TierCosts]) -> NDArray[np.float64]:
    """Solve the tiers with GLOP, each kept by a row."""
    from ortools.linear_solver.python import model_builder as mb

    model = mb.Model()
    columns = pd.RangeIndex(program.columns)
    x = model.new_num_var_series("x", columns, 0.0, pd.Series(program.upper, columns, dtype=float))
    every = x.to_numpy()
    order = np.argsort(program.row, kind="stable")
    bounds = np.searchsorted(program.row[order], np.arange(program.rows + 1)).tolist()
    column, value = program.column[order], program.value[order].astype(float)
    sides = zip(program.row_lower.tolist(), program.row_upper.tolist(), strict=True)
    for row, (lower, upper) in enumerate(sides):
        here = slice(bounds[row], bounds[row + 1])
        body = mb.LinearExpr.weighted_sum(every[column[here]], value[here])
        model.add_linear_constraint(body, lower, upper)
    solver = mb.Solver("GLOP")
    for tier in tiers:
        used = np.flatnonzero(tier.cost)
        if not used.size:
            continue
        cost = mb.LinearExpr.weighted_sum(every[used], tier.cost[used].astype(float))
        model.minimize(cost)
        status = solver.solve(model)
        if status != mb.SolveStatus.OPTIMAL:
            raise RuntimeError(f"{status.name} in tier {tier.name}")
        model.add_linear_constraint(cost, -np.inf, round(solver.objective_value) + 1e-6)
    return np.asarray(solver.values(x), dtype=float)


def solve_flow(program: LinearProgram, tiers: Sequence[TierCosts]) -> NDArray[np.float64]:
    """Solve one tier by cost-scaling min-cost flow; all tiers as one price do not fit its 64-bit integers."""
    from ortools.graph.python import min_cost_flow

    (tier,) = tiers
    arcs = network(program)
    prices = np.zeros(arcs.tail.size, dtype=np.int64)
    prices[: program.columns] = tier.cost
    flow = min_cost_flow.SimpleMinCostFlow()
    made = flow.add_arcs_with_capacity_and_unit_cost(arcs.tail, arcs.head, arcs.capacity, prices)
    flow.set_nodes_supplies(np.arange(arcs.supply.size), arcs.supply)
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"min-cost flow: {status}")
    return np.asarray(flow.flows(made), dtype=float)[: program.columns]
