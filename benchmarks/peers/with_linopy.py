"""linopy with HiGHS: labelled arrays, rows as sums over groups of terms."""

from __future__ import annotations

from collections.abc import Sequence

import linopy
import numpy as np
import xarray as xr
from numpy.typing import NDArray

from phanbo.program import LinearProgram, TierCosts

__all__ = ["solve"]


def solve(program: LinearProgram, tiers: Sequence[TierCosts]) -> NDArray[np.float64]:
    """Solve the tiers, each kept by a row."""
    model = linopy.Model()
    upper = xr.DataArray(program.upper.astype(float), dims="column")
    x = model.add_variables(lower=0, upper=upper, name="x")
    kind = np.array([key.partition(":")[0] for key in program.row_keys])
    for name in np.unique(kind).tolist():  # rows of one kind are about as long: little padding
        here = kind[program.row] == name
        column = xr.DataArray(program.column[here], dims="entry")
        row = xr.DataArray(program.row[here], dims="entry", name="row")
        terms = x.isel(column=column) * xr.DataArray(program.value[here], dims="entry")
        body = terms.groupby(row).sum()
        rows = np.unique(program.row[here])
        lower, most = (
            xr.DataArray(side[rows].astype(float), dims="row", coords={"row": rows})
            for side in (program.row_lower, program.row_upper)
        )
        if np.array_equal(program.row_lower[rows], program.row_upper[rows]):
            model.add_constraints(body == most, name=name)
        else:
            model.add_constraints(body <= most, name=name)
            model.add_constraints(body >= lower, name=f"{name} from below")
    for place, tier in enumerate(tiers):
        if not tier.cost.any():
            continue
        cost = (x * xr.DataArray(tier.cost.astype(float), dims="column")).sum()
        model.add_objective(cost, overwrite=True)
        status, why = model.solve("highs", io_api="direct", progress=False, output_flag=False, threads=1)
        if status != "ok":
            raise RuntimeError(f"{why} in tier {tier.name}")
        best = round(float(model.objective.value))
        model.add_constraints(cost <= best, name=f"tier {place}")
    return np.asarray(x.solution.to_numpy(), dtype=float)
