"""A line as segments: whole units, exact slopes, the expected disbursement they add up to."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phanbo.segments import Segments, add_segments, cut_segments, obligation_units
from rounds import TY, UNIT, Fixed, case_of, lines


def rows(segments: Segments) -> list[tuple[int, int, int, int]]:
    columns = (segments.line, segments.start, segments.end, segments.slope)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def test_cuts_reach_down_and_lose_more_and_more() -> None:
    case = case_of(lines(1), forecaster=Fixed(4 * TY, 6 * TY, 10 * TY, 12 * TY))
    found = rows(cut_segments(case, np.array([9000])))
    assert found == [(0, 0, 4000, 2), (0, 4000, 6000, 3), (0, 6000, 9000, 4)]
    assert rows(cut_segments(case, np.array([0]))) == []
    assert rows(cut_segments(case, np.array([1]))) == [(0, 0, 1, 2)]


def test_adds_reach_up_and_gain_less_and_less() -> None:
    case = case_of(lines(1), forecaster=Fixed(4 * TY, 12 * TY, 12 * TY, 15 * TY))
    found = rows(add_segments(case, np.array([9000])))
    assert found == [(0, 0, 2000, 3), (0, 2000, 5000, 1), (0, 5000, 9000, 0)]


def test_one_point() -> None:
    case = case_of(lines(1), forecaster=Fixed(12 * TY))
    assert rows(add_segments(case, np.array([3000]))) == [(0, 0, 2000, 1), (0, 2000, 3000, 0)]
    assert rows(cut_segments(case, np.array([3000]))) == [(0, 0, 3000, 1)]


def test_split_at_a_unit() -> None:
    parts = Segments(np.array([0, 1]), np.array([0, 5]), np.array([10, 9]), np.array([3, 2]))
    assert rows(parts.split(np.array([4, 9]))) == [(0, 0, 4, 3), (0, 4, 10, 3), (1, 5, 9, 2)]
    assert parts.beyond(np.array([0, 6])).tolist() == [True, False]
    assert parts.width.tolist() == [10, 4]


@pytest.mark.parametrize(
    ("columns", "units"),
    [
        ({}, 0),
        ({"arrears": [9 * TY]}, 0),
        ({"arrears": [9 * TY + 1]}, 1),
        ({"arrears": [11 * TY], "prior_advance": [TY]}, 3000),
        ({"arrears": [9 * TY], "committed": [2 * TY]}, 2000),
        ({"arrears": [TY], "committed": [90 * TY]}, 1000),
    ],
)
def test_claims_the_plan_cannot_cover(columns: dict[str, list[int]], units: int) -> None:
    assert obligation_units(case_of(lines(1, **columns))).tolist() == [units]


amounts = st.integers(0, 20 * TY)


@given(
    st.lists(amounts, min_size=1, max_size=6),
    st.integers(0, 9000),
    st.integers(0, 9000),
    st.sampled_from([1000, UNIT]),
)
def test_segments_are_the_expected_disbursement(points: list[int], cut: int, add: int, unit: int) -> None:
    case = case_of(lines(1), forecaster=Fixed(*points), unit=unit)
    plan, outlook = case.plan, case.outlook
    exact = np.minimum(plan[:, None], outlook.points).sum()
    for segments, sign, cap in (
        (cut_segments(case, np.array([cut])), -1, cut),
        (add_segments(case, np.array([add])), 1, add),
    ):
        slopes = segments.slope.tolist()
        assert slopes == sorted(set(slopes), reverse=sign > 0)
        assert int(segments.width.sum()) == cap
        moved = np.minimum((plan + sign * cap * unit)[:, None], outlook.points).sum()
        assert sign * int((segments.slope * segments.width).sum()) * unit == moved - exact
