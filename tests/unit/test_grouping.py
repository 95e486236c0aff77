"""Numbering distinct rows and taking groups together, against plain dictionaries."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from phanbo import grouping
from phanbo.grouping import codes_of, joint_codes, reduce_by, sum_by

PAIRS = st.lists(st.tuples(st.sampled_from("bca"), st.integers(-2, 2), st.booleans()), min_size=1)


@given(PAIRS)
def test_codes_number_the_distinct_rows_in_order(rows: list[tuple[str, int, bool]]) -> None:
    codes, keys = codes_of(*(np.array(column) for column in zip(*rows, strict=True)))
    assert keys == sorted(set(rows))
    assert [keys[k] for k in codes.tolist()] == rows


@given(PAIRS, st.sampled_from((1, 4, 2**62)))
def test_joint_codes_know_the_first_row_of_each(rows: list[tuple[str, int, bool]], largest: int) -> None:
    columns = [sorted(set(column)) for column in zip(*rows, strict=True)]
    numbered = [
        (np.array([values.index(row[k]) for row in rows], dtype=np.int64), values)
        for k, values in enumerate(columns)
    ]
    usual, grouping.LARGEST = grouping.LARGEST, largest  # numbers that grow too large are packed on the way
    try:
        codes, first = joint_codes(*numbered)
    finally:
        grouping.LARGEST = usual
    assert first.tolist() == [rows.index(key) for key in sorted(set(rows))]
    assert [rows[k] for k in first[codes].tolist()] == rows


@given(st.lists(st.tuples(st.integers(-3, 4), st.integers(-(2**40), 2**40))))
def test_sums_leave_out_what_is_in_no_group(cells: list[tuple[int, int]]) -> None:
    codes, values = (np.array([cell[k] for cell in cells], dtype=np.int64) for k in (0, 1))
    assert sum_by(codes, values, 5).tolist() == [sum(v for k, v in cells if k == group) for group in range(5)]


@given(st.lists(st.integers(-9, 9), min_size=4), st.data())
def test_groups_are_taken_together(values: list[int], data: st.DataObject) -> None:
    codes = data.draw(st.permutations([k % 4 for k in range(len(values))]))
    least = reduce_by(np.minimum, np.array(codes), np.array(values), 4)
    assert least.tolist() == [
        min(v for v, k in zip(values, codes, strict=True) if k == group) for group in range(4)
    ]
