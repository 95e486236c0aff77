"""Whole đồng: exact ratios and the Vietnamese way of writing numbers."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from phanbo.money import (
    LIMIT,
    ceil_share,
    exact,
    floor_ratio,
    floor_share,
    format_dong,
    format_million,
    format_millions,
    format_share,
    format_shares,
)

TERMS = st.one_of(st.integers(1, 1_000), st.integers(1, LIMIT), st.integers(2**52, 2**70))
AMOUNTS = st.one_of(
    st.integers(0, LIMIT), st.integers(0, 10**10).map(lambda x: x * 10**6 % LIMIT), st.integers(0, 20)
)


@pytest.mark.parametrize(
    ("number", "fraction"),
    [
        (0.8, Fraction(4, 5)),
        ("0.1", Fraction(1, 10)),
        (1, Fraction(1)),
        (Fraction(1, 3), Fraction(1, 3)),
        (np.float64(0.7), Fraction(7, 10)),
    ],
)
def test_a_number_is_what_a_reader_sees(number: float | str | Fraction, fraction: Fraction) -> None:
    assert exact(number) == fraction


@given(st.integers(0, LIMIT), st.integers(1, 10**8), st.integers(1, 10**8))
def test_floor_ratio_is_exact(amount: int, numerator: int, denominator: int) -> None:
    found = floor_ratio(np.array([amount]), numerator, denominator)
    assert found.dtype == np.int64
    assert found.tolist() == [min(LIMIT, amount * numerator // denominator)]


@given(st.lists(st.integers(0, 2**62), min_size=1), TERMS, st.integers(0, 10**6), TERMS)
def test_a_share_of_an_amount_is_exact(amounts: list[int], part: int, whole: int, of: int) -> None:
    share = whole % 3 + Fraction(part, max(part, of))
    column = np.minimum(amounts, int(2**62 / (share + 1)))
    below, above = floor_share(column, share), ceil_share(column, share)
    assert below.dtype == above.dtype == np.int64
    assert below.tolist() == [amount * share.numerator // share.denominator for amount in column.tolist()]
    assert above.tolist() == [-(-amount * share.numerator // share.denominator) for amount in column.tolist()]


def test_a_share_that_is_no_int64_is_refused() -> None:
    with pytest.raises(OverflowError):
        floor_share(np.array([LIMIT]), Fraction(10**6))


@pytest.mark.parametrize(
    ("amount", "vi", "en"),
    [
        (0, "0", "0"),
        (1, "0,000001", "0.000001"),
        (-1_500_000, "-1,5", "-1.5"),
        (1_234_500_000, "1.234,5", "1,234.5"),
        (LIMIT, "9.007.199.254,740991", "9,007,199,254.740991"),
    ],
)
def test_millions_round_nothing_away(amount: int, vi: str, en: str) -> None:
    assert format_million(amount) == vi
    assert format_million(amount, "en") == en
    assert format_million(np.int64(amount)) == vi  # type: ignore[arg-type]


@given(st.integers(-LIMIT, LIMIT))
def test_written_amounts_read_back(amount: int) -> None:
    assert int(format_dong(amount).replace(".", "")) == amount
    assert Fraction(format_million(amount, "en").replace(",", "")) * 1_000_000 == amount


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (1, 3, "33,33%"),
        (2, 3, "66,67%"),
        (0, 5, "0,00%"),
        (5, 5, "100,00%"),
        (7, 5, "140,00%"),
        (1, 0, "–"),
        (0, 0, "–"),
    ],
)
def test_shares(part: int, whole: int, text: str) -> None:
    assert format_share(part, whole) == text
    assert format_share(part, whole, "en") == text.replace(",", ".")
    assert format_share(1, LIMIT) == "0,00%"


@given(st.lists(AMOUNTS | AMOUNTS.map(lambda x: -x)), st.sampled_from(("vi", "en")))
def test_a_column_of_amounts_is_written_as_each_is(amounts: list[int], lang: str) -> None:
    column = np.array(amounts, dtype=np.int64)
    assert format_millions(column, lang) == [format_million(amount, lang) for amount in amounts]


@example([(1, 20_000), (1, 20_001), (LIMIT, 1), (LIMIT - 1, LIMIT)], "vi")
@given(st.lists(st.tuples(AMOUNTS, AMOUNTS)), st.sampled_from(("vi", "en")))
def test_a_column_of_shares_is_written_as_each_is(shares: list[tuple[int, int]], lang: str) -> None:
    parts, wholes = (np.array([share[k] for share in shares], dtype=np.int64) for k in (0, 1))
    assert format_shares(parts, wholes, lang) == [format_share(a, b, lang) for a, b in shares]
