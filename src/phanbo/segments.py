"""Each line as a short list of segments (width, slope): its expected disbursement is concave piecewise linear.

Everything is in whole units, measured from the plan: a cut segment reaches down from it, an add segment up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from phanbo.case import Case
from phanbo.grouping import blocks
from phanbo.money import Bools, Ints

__all__ = ["Segments", "add_segments", "cut_segments", "obligation_units", "pinned_units"]


@dataclass(frozen=True, eq=False)
class Segments:
    """Flat columns of segments, in line order and, within a line, from the plan outwards.

    Attributes
    ----------
    line : int64 array
    start, end : int64 arrays, in units from the plan
    slope : int64 array
        Points of the outlook (of K) that the next unit meets: lost by a cut, gained by an add.
    """

    line: Ints
    start: Ints
    end: Ints
    slope: Ints

    @property
    def width(self) -> Ints:
        """Width of each segment in units."""
        return self.end - self.start

    def split(self, at: Ints) -> Segments:
        """Return the segments cut in two where they cross ``at[line]`` units."""
        limit = at[self.line]
        crossing = (self.start < limit) & (limit < self.end)
        repeat = 1 + crossing.astype(np.int64)
        place = np.repeat(np.arange(self.line.size), repeat)
        second = np.zeros(place.size, dtype=bool)
        second[1:] = place[1:] == place[:-1]
        first = np.repeat(crossing, repeat) & ~second
        start = np.where(second, limit[place], self.start[place])
        end = np.where(first, limit[place], self.end[place])
        return Segments(self.line[place], start, end, self.slope[place])

    def beyond(self, at: Ints) -> Bools:
        """Return the segments that lie beyond ``at[line]`` units."""
        return np.asarray(self.start >= at[self.line], dtype=bool)


def cut_segments(case: Case, cap: Ints) -> Segments:
    """Return the segments of what may be cut; *cap* in units, shape (n,)."""
    slopes = np.arange(case.outlook.points.shape[1] + 1, dtype=np.int64)

    def part(lines: Ints) -> Segments:
        return _flat(np.clip(-_levels(case, lines), 0, cap[lines, None])[:, ::-1], cap[lines], slopes)

    return _by_blocks(part, cap)


def add_segments(case: Case, cap: Ints) -> Segments:
    """Return the segments of what may be added; *cap* in units, shape (n,)."""
    slopes = np.arange(case.outlook.points.shape[1], -1, -1, dtype=np.int64)

    def part(lines: Ints) -> Segments:
        return _flat(np.clip(_levels(case, lines), 0, cap[lines, None]), cap[lines], slopes)

    return _by_blocks(part, cap)


def _by_blocks(part: Callable[[Ints], Segments], cap: Ints) -> Segments:
    """Join the segments of the lines that have any, some lines at a time."""
    lines, found = np.flatnonzero(cap > 0), []
    for rows in blocks(lines.size):
        some = part(lines[rows])
        found.append((lines[rows][some.line], some.start, some.end, some.slope))
    return Segments(*(np.concatenate(column) for column in zip(*found, strict=True)))


def obligation_units(case: Case) -> Ints:
    """Return how much of each line's add first serves claims its own plan cannot cover, in units rounded up."""
    short = np.maximum(0, case.served - np.maximum(0, case.plan - case.disbursed - case.committed))
    unit = case.policy.unit
    return np.asarray(-(-short // unit), dtype=np.int64)


def pinned_units(case: Case) -> tuple[Ints, Ints]:
    """Return how many units of each line's cut, and of its add, the reviewers ask for."""
    asked = case.pins // case.policy.unit
    return np.maximum(0, -asked), np.maximum(0, asked)


def _levels(case: Case, lines: Ints) -> Ints:
    """Return the outlook's points on each line's own grid: units above the plan, rounded down."""
    levels: Ints = (case.outlook.points[lines] - case.plan[lines, None]) // case.policy.unit
    return levels


def _flat(inner: Ints, cap: Ints, slopes: Ints) -> Segments:
    """Return the segments between 0, the inner break points and the cap; empty ones are left out."""
    n = cap.size
    ends = np.concatenate([np.zeros((n, 1), dtype=np.int64), inner, cap[:, None]], axis=1)
    line, place = np.nonzero(np.diff(ends, axis=1) > 0)
    return Segments(line.astype(np.int64), ends[line, place], ends[line, place + 1], slopes[place])
