"""Whether two proposals show the same, cell by cell."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from phanbo.proposal.frames import FRAMES

if TYPE_CHECKING:
    import pandas as pd

    from phanbo.proposal import Proposal

__all__ = ["inconsistencies"]


def inconsistencies(shown: Proposal, again: Proposal) -> list[str]:
    """Return the frames and totals of a proposal that are not those made *again* from its transfers."""
    wrong = [
        f"frame {name} does not follow from the transfers"
        for name in FRAMES
        if not _same(shown.frames[name], again.frames[name])
    ]
    if dict(shown.summary) != dict(again.summary):
        wrong.append("the summary does not follow from the frames")
    return wrong


def _same(left: pd.DataFrame, right: pd.DataFrame) -> bool:
    if list(left.columns) != list(right.columns) or len(left) != len(right):
        return False
    return all(_same_column(left[name], right[name]) for name in left.columns)


def _same_column(left: pd.Series[Any], right: pd.Series[Any]) -> bool:
    """Return whether two columns hold the same values, whatever their types and index."""
    return left.equals(right) or _plain(left) == _plain(right)


def _plain(column: pd.Series[Any]) -> list[Any]:
    return [None if isinstance(v, float) and math.isnan(v) else v for v in column.tolist()]
