"""One parsed column, and cells as Python objects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phanbo.money import Bools, Ints

__all__ = ["Cells", "objects_of"]


@dataclass(slots=True)
class Cells:
    """One column, parsed.

    Attributes
    ----------
    data : ndarray
        int64, bool or str objects; 0, False or ``""`` where unknown.
    known : ndarray of bool
        Whether the cell says anything.
    faults : dict of str to list of int
        Code of a finding to the positions it concerns.
    """

    data: NDArray[Any]
    known: Bools
    faults: dict[str, list[int]] = field(default_factory=dict)

    def fault(self, code: str, at: int) -> None:
        """Remember that the cell at position *at* has the fault *code*."""
        self.faults.setdefault(code, []).append(at)

    def take(self, order: Ints) -> Cells:
        """Return the cells in another order, without their faults."""
        return Cells(self.data[order], self.known[order])


def objects_of(raw: pd.Series[Any]) -> NDArray[Any]:
    """Return the cells as Python objects, every empty one as None."""
    cells: NDArray[Any] = np.array(raw.astype(object), dtype=object)
    cells[pd.isna(cells)] = None
    return cells
