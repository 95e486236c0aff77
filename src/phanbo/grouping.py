"""Exact integer sums by group, over whole columns at once."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phanbo.money import Ints

__all__ = ["codes_of", "sum_by", "sum_of"]


def codes_of(*columns: Sequence[Hashable] | NDArray[Any]) -> tuple[Ints, list[tuple[Any, ...]]]:
    """Number the distinct rows of some columns, in sorted order.

    Returns
    -------
    codes : int64 array of shape (n,)
    keys : list of tuple
        The distinct rows, so that ``keys[codes[i]]`` is row *i*.

    Examples
    --------
    >>> codes_of(["b", "a", "b"])[0].tolist()
    [1, 0, 1]
    """
    combined = np.zeros(len(columns[0]), dtype=np.int64)
    levels: list[list[Any]] = []
    for column in columns:
        codes, values = pd.factorize(np.asarray(column), sort=True)
        levels.append(values.tolist())
        combined = combined * len(values) + codes
    distinct, numbered = np.unique(combined, return_inverse=True)
    parts: list[list[Any]] = []
    rest = distinct
    for values in reversed(levels):
        rest, place = np.divmod(rest, max(1, len(values)))
        parts.append([values[k] for k in place.tolist()])
    return numbered.astype(np.int64), list(zip(*reversed(parts), strict=True))


def sum_by(codes: Ints, values: Ints, size: int) -> Ints:
    """Return the int64 sum of *values* for each code 0 … size − 1; codes below 0 are left out."""
    total = np.zeros(size, dtype=np.int64)
    kept = codes >= 0
    np.add.at(total, codes[kept], values[kept])
    return total


def sum_of(values: Ints) -> int:
    """Return the exact sum as a Python integer."""
    return int(values.sum(dtype=np.int64))
