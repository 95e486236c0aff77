"""Frames as JSON records: plain values, an unknown share is null."""

from __future__ import annotations

from typing import Any

import pandas as pd

__all__ = ["records"]


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a frame as a list of records; an unknown share is null."""
    columns = [
        [None if value != value else value for value in frame[name].tolist()]  # noqa: PLR0124 — NaN
        if frame[name].dtype == "float64"
        else frame[name].tolist()
        for name in frame.columns
    ]
    names = frame.columns.tolist()
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
