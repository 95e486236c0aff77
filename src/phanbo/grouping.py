"""Exact integer sums by group, over whole columns at once."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence, Sized
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phanbo.money import Ints

__all__ = ["blocks", "codes_of", "exact_dot", "joint_codes", "reduce_by", "sum_by", "sum_of"]

BLOCK = 8_192


LARGEST = 2**62


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
    parts = [pd.factorize(np.asarray(column), sort=True) for column in columns]
    codes, first = joint_codes(*((part, values) for part, values in parts))
    return codes, list(zip(*(values[part[first]].tolist() for part, values in parts), strict=True))


def joint_codes(*columns: tuple[Ints, Sized]) -> tuple[Ints, Ints]:
    """Number the distinct rows of numbered columns, in the order of their numbers.

    Parameters
    ----------
    *columns : tuple of (int64 array of shape (n,), sized)
        The number of each row in a column, and the values numbered.

    Returns
    -------
    codes : int64 array of shape (n,)
    first : int64 array
        The first row of each code.

    Examples
    --------
    >>> joint_codes((np.array([1, 0, 1]), "ab"), (np.array([0, 1, 0]), "xy"))[1].tolist()
    [1, 0]
    """
    joint, size = np.zeros(len(columns[0][0]), dtype=np.int64), 1
    for codes, values in columns:
        if size * len(values) > LARGEST:
            joint, distinct = pd.factorize(joint, sort=True)
            size = len(distinct)
        joint, size = joint * len(values) + codes, size * len(values)
    numbered, distinct = pd.factorize(joint, sort=True)
    first = np.empty(len(distinct), dtype=np.int64)
    first[numbered[::-1]] = np.arange(len(numbered), dtype=np.int64)[::-1]
    return numbered.astype(np.int64), first


def reduce_by(ufunc: np.ufunc, codes: Ints, values: NDArray[Any], size: int) -> NDArray[Any]:
    """Return the values of each code 0 … size − 1 taken together by a ufunc; every code must occur."""
    order = np.argsort(codes, kind="stable")
    taken: NDArray[Any] = ufunc.reduceat(values[order], np.searchsorted(codes[order], np.arange(size)))
    return taken


def sum_by(codes: Ints, values: Ints, size: int) -> Ints:
    """Return the int64 sum of *values* for each code 0 … size − 1; codes below 0 are left out."""
    total = np.zeros(size + 1, dtype=np.int64)
    np.add.at(total, np.maximum(codes, -1), values)  # −1 is the place after the last one
    return total[:size]


def sum_of(values: Ints) -> int:
    """Return the exact sum as a Python integer."""
    return int(values.sum(dtype=np.int64))


def exact_dot(cost: Ints, x: Ints) -> int:
    """Return ``cost · x``, exact whatever its size."""
    most = max(int(cost.max(initial=0)), -int(cost.min(initial=0)))
    largest = max(int(x.max(initial=0)), -int(x.min(initial=0)))
    if most * largest * cost.size < 1 << 62 or most * int(np.abs(x).astype(float).sum()) < 1 << 62:
        return int(cost @ x)
    return sum(c * v for c, v in zip(cost.tolist(), x.tolist(), strict=True))


def blocks(size: int) -> Iterator[slice]:
    """Yield the rows 0 … size − 1 by a few thousand, so that work on all points of a row fits a cache; never nothing."""
    for start in range(0, max(1, size), BLOCK):
        yield slice(start, min(size, start + BLOCK))
