"""Chance that is the same on every computer: whole numbers from a fixed seed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Draws"]

_T = TypeVar("_T")


class Draws:
    """Whole numbers from the raw bits of PCG64, whose stream numpy keeps the same in every version."""

    def __init__(self, seed: int) -> None:
        self._bits = np.random.PCG64(seed)

    def between(self, low: int, high: int) -> int:
        """Return a whole number from *low* to *high*, both included."""
        return low + (int(self._bits.random_raw()) * (high - low + 1) >> 64)

    def chance(self, percent: int) -> bool:
        """Return True in so many of 100 cases."""
        return self.between(1, 100) <= percent

    def pick(self, choices: Sequence[_T]) -> _T:
        """Return one of *choices*."""
        return choices[self.between(0, len(choices) - 1)]

    def choose(self, choices: Sequence[_T]) -> _T:
        """Return one of *choices*; where there is only one, nothing is drawn."""
        return choices[0] if len(choices) == 1 else self.pick(choices)

    def weighted(self, weights: Sequence[int]) -> int:
        """Return a position, as often as its weight says."""
        left = self.between(1, sum(weights))
        for place, weight in enumerate(weights):
            left -= weight
            if left <= 0:
                return place
        raise AssertionError("the weights add up to less than was drawn")

    def day(self, first: tuple[int, int, int], last: tuple[int, int, int]) -> dt.date:
        """Return a day from *first* to *last*, both included."""
        start, end = dt.date(*first), dt.date(*last)
        return start + dt.timedelta(days=self.between(0, (end - start).days))
