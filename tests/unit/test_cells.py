"""Cells as people type them: numbers, dates, yes and no, texts. Nothing is guessed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phanbo.money import LIMIT
from phanbo.tables.cells import date_cells, number_cells, text_cells, yes_no_cells
from phanbo.tables.cells.dates import DateError, parse_date
from phanbo.tables.cells.figures import NumberError, parse_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1234567", Fraction(1234567)),
        ("1.234.567", Fraction(1234567)),
        ("1,234,567", Fraction(1234567)),
        ("1 234 567", Fraction(1234567)),
        ("1\u00a0234\u00a0567", Fraction(1234567)),
        ("1.234.567,5", Fraction(2469135, 2)),
        ("1,234,567.5", Fraction(2469135, 2)),
        ("12,5", Fraction(25, 2)),
        ("0.123", Fraction(123, 1000)),
        ("1.2345", Fraction(12345, 10000)),
        ("(1.234.567)", Fraction(-1234567)),
        ("-5", Fraction(-5)),
        ("−5", Fraction(-5)),
        ("-", Fraction(0)),
        (" – ", Fraction(0)),
        ("–5", Fraction(-5)),
        ("1.234.567-", Fraction(-1234567)),
        ("1\u2009234\u202f567", Fraction(1234567)),
        ("\uff11\uff0e\uff12\uff13\uff14\uff0e\uff15\uff16\uff17", Fraction(1234567)),
        ("'0123", Fraction(123)),
    ],
)
def test_numbers_are_exact(text: str, number: Fraction) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize(
    "text", ["", "abc", "1.23.456", "1,234.567.890", "12 cái", "1..2", "--5", "(5", "1,2,3", "٣"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(NumberError) as caught:
        parse_number(text)
    assert caught.value.code == "not-a-number"


@pytest.mark.parametrize("text", ["1.234", "1,234", "(12.345)"])
def test_one_separator_is_ambiguous_unless_the_unit_has_no_decimals(text: str) -> None:
    with pytest.raises(NumberError) as caught:
        parse_number(text)
    assert caught.value.code == "ambiguous-number"
    assert parse_number(text, decimals=False).denominator == 1


def _numbers(cells: list[Any], **options: Any) -> tuple[list[int], list[bool], dict[str, list[int]]]:
    out = number_cells(pd.Series(cells, dtype=object), **options)
    assert out.data.dtype == np.int64
    return out.data.tolist(), out.known.tolist(), out.faults


@pytest.mark.parametrize(
    "series",
    [
        pd.Series([5, 7], dtype="int64"),
        pd.Series([5, 7], dtype="uint8"),
        pd.Series([5, 7], dtype="Int32"),
        pd.Series([5.0, 7.0]),
        pd.Series([5.0, 7], dtype="Float64"),
        pd.Series([5, 7.0], dtype=object),
        pd.Series([Decimal(5), Fraction(7)], dtype=object),
    ],
    ids=lambda series: str(series.dtype),
)
def test_every_type_of_number_is_money(series: pd.Series[Any]) -> None:
    out = number_cells(series)
    assert (out.data.tolist(), out.known.tolist(), out.faults) == ([5, 7], [True, True], {})


def test_empty_is_unknown_and_never_zero() -> None:
    for empty in (None, float("nan"), pd.NA, pd.NaT, "", "  ", "\u00a0"):
        assert _numbers([empty, 3]) == ([0, 3], [False, True], {})
    assert number_cells(pd.Series([1, None], dtype="Int64")).known.tolist() == [True, False]


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        (0.5, "not-whole"),
        ("0,5", "not-whole"),
        (Decimal("0.5"), "not-whole"),
        (LIMIT + 1, "too-large"),
        (10**400, "too-large"),
        (float("inf"), "too-large"),
        (str(LIMIT + 1), "too-large"),
        (-1, "negative"),
        ("(1)", "negative"),
        (-1.0, "negative"),
        (True, "not-a-number"),
        (dt.date(2024, 1, 1), "not-a-number"),
        ("một tỷ", "not-a-number"),
    ],
)
def test_faulty_amounts_are_named_and_unknown(cell: object, fault: str) -> None:
    for others in ([1], [1, "1.000"]):  # alone among numbers, and in a column of mixed cells
        _, known, faults = _numbers([cell, *others], signed=False)
        assert fault in faults
        assert faults[fault] == [0]
        assert not known[0]
        assert known[1]


def test_the_limit_itself_is_accepted() -> None:
    assert _numbers([LIMIT, str(LIMIT), float(LIMIT)])[0] == [LIMIT] * 3
    assert number_cells(pd.Series([LIMIT], dtype="int64")).data.tolist() == [LIMIT]
    for kind in ("int64", "uint64", "Int64"):
        assert number_cells(pd.Series([LIMIT + 1, 2**62], dtype=kind)).faults == {"too-large": [0, 1]}
    assert number_cells(pd.Series([2**63 + 5, None], dtype="UInt64")).faults == {"too-large": [0]}


def test_units_are_exact() -> None:
    million = 1_000_000
    assert _numbers([1234.567891, 0.1 + 0.2, 3], unit=million)[0] == [1_234_567_891, 300_000, 3_000_000]
    assert _numbers(["1.234,567891", "12"], unit=million)[0] == [1_234_567_891, 12_000_000]
    assert _numbers([0.1234567], unit=million)[2] == {"not-whole": [0]}
    assert _numbers(["1.234"], unit=million)[2] == {"ambiguous-number": [0]}
    assert number_cells(pd.Series([LIMIT // million + 1]), unit=million).faults == {"too-large": [0]}
    assert number_cells(pd.Series([7, 8]), unit=1000).data.tolist() == [7000, 8000]


UNITS = st.sampled_from([1, 10**3, 10**6, 10**9])
AMOUNTS = st.one_of(
    st.integers(-(10**17), 10**17), st.integers(10**15 - 10**7, LIMIT + 2), st.integers(0, 10**12)
)


def _decimal(amount: int, unit: int) -> Decimal:
    with localcontext() as context:
        context.prec = 40
        return Decimal(amount) / unit


@given(amount=AMOUNTS, unit=UNITS, mixed=st.booleans())
def test_a_number_cell_is_its_shortest_decimal_to_the_dong(amount: int, unit: int, *, mixed: bool) -> None:
    cell = float(_decimal(amount, unit))
    with localcontext() as context:
        context.prec = 40
        meant = Decimal(repr(cell)) * unit
    data, known, faults = _numbers([cell, "1 tr" if mixed else 1.0], unit=unit)
    assert known[1]
    if abs(meant) > LIMIT:
        assert not known[0]
        assert faults["too-large"] == [0]
    elif known[0]:
        assert data[0] == meant
        assert amount >= 10**15 or data[0] == amount
    else:
        assert 0 in faults["too-large"]  # beyond what a float tells apart
        assert abs(meant) > LIMIT - 5


@given(AMOUNTS, UNITS)
def test_a_text_is_exact_to_the_dong(amount: int, unit: int) -> None:
    number = f"{_decimal(amount, unit):f}".replace(".", ",")
    data, known, faults = _numbers([number, "1,5 tr"], unit=unit)
    if "ambiguous-number" in faults:
        assert len(number.partition(",")[2]) == 3  # 1,234 could be a thousand
    elif abs(amount) > LIMIT:
        assert faults["too-large"] == [0]
    else:
        assert (data[0], known[0]) == (amount, True)


@pytest.mark.parametrize("others", [[1.0], ["1.000.000"]])
def test_digits_beyond_those_of_a_spreadsheet_are_kept_or_asked_about(others: list[Any]) -> None:
    million = 10**6
    assert _numbers([1234567890.123456, *others], unit=million)[0][0] == 1_234_567_890_123_456
    assert _numbers([8999999999.123457, *others], unit=million)[0][0] == 8_999_999_999_123_457
    assert _numbers([8995037252.53407, *others], unit=million)[0][0] == 8_995_037_252_534_070
    assert _numbers([8686970.99870181, *others], unit=10**9)[0][0] == 8_686_970_998_701_810
    assert _numbers([1234567890.1234498, *others], unit=million)[0][0] == 1_234_567_890_123_450
    assert _numbers([123456789.1234567, *others], unit=million)[2]["not-whole"] == [0]
    assert _numbers([123456789012345.6, *others])[2]["not-whole"] == [0]
    assert _numbers([1234567890123456.5, *others])[2]["not-whole"] == [0]


def test_a_typed_number_is_a_repair_unless_the_file_has_only_text() -> None:
    assert _numbers(["5", "1.000"])[2] == {"text-number": [0, 1]}
    assert _numbers(["5", "1.000"], plain=True)[2] == {"text-number": [1]}


def test_a_dash_is_zero_only_where_nothing_means_zero() -> None:
    assert _numbers(["-", 5]) == ([0, 5], [True, True], {"dash-zero": [0]})
    assert _numbers(["–", 5], dash_is_zero=False) == ([0, 5], [False, True], {"dash-empty": [0]})


def test_inputs_stay_as_they_were() -> None:
    series = pd.Series([1, -2, 3], dtype="int64")
    number_cells(series, signed=False, unit=10)
    assert series.tolist() == [1, -2, 3]


@pytest.mark.parametrize(
    ("text", "date", "doubt"),
    [
        ("2024-06-14", "2024-06-14", ""),
        ("2024-06-14 00:00:00", "2024-06-14", ""),
        ("14/6/2024", "2024-06-14", "text-date"),
        ("6/6/2024", "2024-06-06", "text-date"),
        ("05/06/2024", "2024-06-05", "date-order"),
        ("2024-06-14T08:30:00", "2024-06-14", ""),
        ("2024/6/14", "2024-06-14", ""),
        ("14/6/24", "2024-06-14", "date-short-year"),
        ("14-6-97", "1997-06-14", "date-short-year"),
        ("ngày 5 tháng 6 năm 2024", "2024-06-05", "text-date"),
        ("45458", "2024-06-15", "date-serial"),
        ("45458.5", "2024-06-15", "date-serial"),
        ("Số 12/QĐ-UBND ngày 5/6/2023", "2023-06-05", "date-in-text"),
    ],
)
def test_dates(text: str, date: str, doubt: str) -> None:
    assert parse_date(text) == (date, doubt)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("6/14/2024", "date-month-first"),
        ("6/2024", "date-incomplete"),
        ("tháng 6/2024", "date-incomplete"),
        ("Quý II/2024", "date-incomplete"),
        ("2024", "date-incomplete"),
        ("2024-02-30", "not-a-date"),
        ("12345", "date-out-of-range"),
        ("14/6/1024", "date-out-of-range"),
        ("Quý II năm 2024", "date-incomplete"),
        ("Quý II, Quý III", "no-date-in-text"),
        ("QĐ ngày 1/2/2020, sửa ngày 3/4/2022", "no-date-in-text"),
    ],
)
def test_what_is_no_date_is_refused(text: str, code: str) -> None:
    with pytest.raises(DateError) as caught:
        parse_date(text)
    assert caught.value.code == code


def test_dates_of_every_type() -> None:
    for cell in (dt.date(2024, 6, 14), dt.datetime(2024, 6, 14), np.datetime64("2024-06-14"), "2024-06-14"):  # noqa: DTZ001
        out = date_cells(pd.Series([cell, None], dtype=object), event=False)
        assert (out.data.tolist(), out.known.tolist(), out.faults) == (["2024-06-14", ""], [True, False], {})
    series = pd.Series([pd.Timestamp("2024-06-14"), pd.NaT])
    for column in (series, series.dt.tz_localize("Asia/Ho_Chi_Minh")):
        assert date_cells(column, event=False).data.tolist() == ["2024-06-14", ""]


def test_an_event_may_be_known_not_to_have_happened() -> None:
    cells = pd.Series(["Chưa khởi công", "", "2024-01-05"])
    assert date_cells(cells, event=True).data.tolist() == ["chưa", "", "2024-01-05"]
    assert date_cells(cells, event=False).faults == {"no-date-in-text": [0]}


def test_yes_and_no() -> None:
    cells = pd.Series([True, "Có", "x", 1, False, "không", "chưa", 0, None, "có thể"], dtype=object)
    out = yes_no_cells(cells)
    assert out.data.tolist() == [True] * 4 + [False] * 6
    assert out.known.tolist() == [True] * 8 + [False] * 2
    assert out.faults == {"not-yes-no": [9]}
    assert yes_no_cells(pd.Series([True, None], dtype="boolean")).known.tolist() == [True, False]


def test_texts_are_composed_and_blanks_folded() -> None:
    out = text_cells(
        pd.Series(["Ca\u0302\u0300u", " Sở \u00a0 GTVT\u200b", "007", 7.0, None, " "], dtype=object)
    )
    assert out.data.tolist() == ["Cầu", "Sở GTVT", "007", "7", "", ""]
    assert out.known.tolist() == [True] * 4 + [False] * 2
    assert out.faults == {"text-nfd": [0], "text-spaces": [1]}


@pytest.mark.parametrize(("text", "code"), [("12,5%", "number-percent"), ("1.2E+09", "number-exponent")])
def test_what_is_no_amount_says_why(text: str, code: str) -> None:
    assert _numbers([text, 1])[2] == {code: [0]}


def test_a_unit_in_the_cell_is_exact() -> None:
    million = 10**6
    cells = ["1,5 tỷ", "2 triệu đồng", "1.234.567đ", "(3 tr)"]
    data, known, faults = _numbers(cells, unit=million)
    assert data == [1_500_000_000, 2_000_000, 1_234_567, -3_000_000]
    assert all(known)
    assert faults == {"unit-in-cell-differs": [0, 2], "unit-in-cell": [1, 3]}
    assert _numbers(["1.234 tỷ"])[2] == {"ambiguous-number": [0]}


def test_the_column_settles_what_one_cell_leaves_open() -> None:
    million = 10**6
    data, _, faults = _numbers(["1.234", "12.345.678", "5.678"], unit=million)
    assert data == [1234 * million, 12_345_678 * million, 5678 * million]
    assert faults == {"text-number": [1, 0, 2], "number-convention": [0]}
    data, _, faults = _numbers(["1.234", "1,234,567.5"], unit=million)
    assert data == [1_234_000, 1_234_567_500_000]
    _, known, faults = _numbers(["1.234", "1,234,567", "12,5"], unit=million)
    assert not known[0]
    assert faults["number-conflict"] == [1, 2]
    assert faults["ambiguous-number"] == [0]


@given(
    st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=20),
    st.sampled_from([(",", "."), (".", ",")]),
    st.integers(0, 999),
)
def test_a_column_written_in_one_way_is_read_back(
    values: list[int], marks: tuple[str, str], thousandths: int
) -> None:
    group, point = marks
    texts = [f"{value:,}".replace(",", group) for value in values] + [
        f"1{group}234{group}567{point}{thousandths:03d}"
    ]
    data, known, _ = _numbers(texts, unit=1000)
    assert all(known)
    assert data == [value * 1000 for value in values] + [1_234_567_000 + thousandths]


def test_the_column_tells_whether_the_day_comes_first() -> None:
    out = date_cells(pd.Series(["5/6/2024", "14/6/2024", None]), event=False)
    assert out.data.tolist() == ["2024-06-05", "2024-06-14", ""]
    assert out.faults == {"text-date": [1], "date-order-settled": [0]}
    out = date_cells(pd.Series(["5/6/2024", "6/14/2024", "6/6/2024"]), event=False)
    assert out.faults == {"date-month-first": [0, 1], "text-date": [2]}
    assert out.known.tolist() == [False, False, True]
    assert date_cells(pd.Series(["5/6/2024", "6/6/2024"]), event=False).faults["date-order"] == [0]


def test_serials_of_every_type() -> None:
    out = date_cells(pd.Series([45458, 45458.0, "45458"], dtype=object), event=False)
    assert out.data.tolist() == ["2024-06-15"] * 3
    assert out.faults == {"date-serial": [0, 1, 2]}
