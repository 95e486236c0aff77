"""Whether some inequalities can hold together, and which few of them cannot (HiGHS and its IIS)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phanbo.errors import Stopped
from phanbo.money import Bools, Ints
from phanbo.solver.interrupt import run

__all__ = ["Inequalities", "conflict_of", "feasible"]

IIS_STRATEGY = 4
"""From a dual ray, then reduced; 0 returns an empty set and calls it Ok."""

LOWER, UPPER, BOXED = 2, 3, 4
"""Which side of a bound is in the set, as HiGHS numbers them."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Inequalities:
    """``0 ≤ x ≤ upper``, or x free where `free`, and ``row_lower ≤ A x ≤ row_upper``; infinite where nothing is said."""

    upper: Floats
    free: Bools
    row: Ints
    column: Ints
    value: Ints
    row_lower: Floats
    row_upper: Floats
    integer: bool = False


def feasible(system: Inequalities) -> bool:
    """Return whether some point keeps every inequality.

    Raises
    ------
    Stopped
        When the solver cannot say.
    """
    import highspy

    highs = _loaded(system)
    run(highs)
    status, known = highs.getModelStatus(), highspy.HighsModelStatus
    if status not in (known.kOptimal, known.kInfeasible):
        raise Stopped(
            "Bộ giải không xác định được các yêu cầu có mâu thuẫn nhau không.",
            "The solver cannot say whether the demands contradict each other.",
            {"status": highs.modelStatusToString(status)},
        )
    return bool(status == known.kOptimal)


def conflict_of(system: Inequalities) -> tuple[Ints, Ints]:
    """Return the columns whose upper bound, and the rows, that contradict each other; both empty where HiGHS cannot say.

    The subsystem of HiGHS is a prototype, and of the relaxation alone: whoever uses it checks it.
    """
    none = np.zeros(0, dtype=np.int64)
    highs = _loaded(replace(system, integer=False))
    highs.setOptionValue("iis_strategy", IIS_STRATEGY)
    found = highs.getIis()[1]
    if not found.valid_:
        return none, none
    sides = [int(side) for side in found.col_bound_]
    columns = [c for c, side in zip(found.col_index_, sides, strict=True) if side in (UPPER, BOXED)]
    return np.array(columns, dtype=np.int64), np.array(list(found.row_index_), dtype=np.int64)


def _loaded(system: Inequalities) -> Any:
    import highspy

    order = np.lexsort((system.row, system.column))
    size = system.upper.size
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = size, system.row_lower.size
    lp.col_cost_ = np.zeros(size)
    lp.col_lower_ = np.where(system.free, -np.inf, 0.0)
    lp.col_upper_ = system.upper
    lp.row_lower_, lp.row_upper_ = system.row_lower, system.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.searchsorted(system.column[order], np.arange(size + 1))
    lp.a_matrix_.index_ = system.row[order]
    lp.a_matrix_.value_ = system.value[order].astype(float)
    if system.integer:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * size
    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)  # noqa: FBT003 — its signature
    highs.setOptionValue("threads", 1)
    highs.passModel(lp)
    return highs
