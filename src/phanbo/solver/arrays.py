"""A program's arrays passed to HiGHS as they are: the fast way for the small programs of the direct solver."""

from __future__ import annotations

from typing import Any

import numpy as np

from phanbo.program import LinearProgram

__all__ = ["pass_arrays"]


def pass_arrays(program: LinearProgram) -> Any:
    """Return a silent HiGHS model that holds the program, without objective."""
    import highspy

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
    highs.setOptionValue("presolve", "off")
    highs.passModel(lp)
    return highs
