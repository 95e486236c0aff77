"""Headers: what is folded, what is read in them, and what is never matched blindly."""

from __future__ import annotations

import unicodedata

import pytest

from phanbo.tables.layout.headers import (
    AFTER,
    Heading,
    data_date,
    find_row,
    fold,
    read_headings,
    read_unit,
    resolve,
    suggest,
    year_of,
)
from phanbo.tables.schema import AMBIGUOUS, CARRIED, IGNORED, LINES, TABLES


def heading(text: str, year: int | None = 2024) -> Heading:
    return resolve(read_headings([text], LINES), year)[0]


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("Kế hoạch vốn năm 2024 (triệu đồng)", "plan"),
        ("KẾ HOẠCH  VỐN\nNĂM 2024", "plan"),
        ("Kế hoạch vốn được giao năm 2024", "plan"),
        ("Giải ngân từ 01/01/2024 đến 15/9/2024", "disbursed"),
        ("Giải ngân từ 01/01/2024 đến ngày 31/01/2025", "disbursed"),
        ("Luỹ kế giải ngân từ đầu năm đến hết tháng 9/2024", "disbursed"),
        ("Vốn đã giải ngân đến ngày 15 tháng 9 năm 2024", "disbursed"),
        ("Lũy kế giải ngân từ khởi công đến 15/9/2024", "disbursed_since_start"),
        ("Lũy kế bố trí vốn đến hết kế hoạch năm 2024", "allocated_to_date"),
        ("Lũy kế vốn đã bố trí đến hết năm 2023", "allocated_before"),
        ("Đã bố trí đến hết KH năm 2023", "allocated_before"),
        ("Đã bố trí đến hết KH năm 2024", "allocated_to_date"),
        ("Trong đó: đã giao kế hoạch các năm 2021, 2022, 2023", "medium_term_allocated_before"),
        ("KH đầu tư công trung hạn giai đoạn 2021–2025", "medium_term_plan"),
        ("Ước giải ngân từ 1/1 đến 31/12", "estimate_year_end"),
        ("Tỷ lệ giải ngân (%)", "ratio"),
        ("Thời gian KC-HT", "schedule"),
    ],
)
def test_a_header_is_read_with_its_year_and_date(text: str, column: str) -> None:
    assert heading(text).column == column


@pytest.mark.parametrize(
    "text",
    [
        "Kế hoạch vốn năm 2023",
        "Giải ngân từ 01/01/2023 đến 31/12/2023",
        "Vốn đã giải ngân năm 2023",
        "Kế hoạch trung hạn giai đoạn 2016-2020",
        "Lũy kế vốn đã bố trí đến hết năm 2022",
    ],
)
def test_a_header_of_another_year_means_no_column(text: str) -> None:
    found = heading(text)
    assert found.column == ""
    assert found.meanings


def test_a_period_moves_with_the_plan_year() -> None:
    text = "Kế hoạch đầu tư công trung hạn giai đoạn 2026-2030"
    assert heading(text, 2027).column == "medium_term_plan"
    assert heading(text, 2025).column == ""
    assert heading("Trong đó: đã giao kế hoạch các năm 2026-2027", 2027).column == "medium_term_allocated"


@pytest.mark.parametrize("text", ["STT", "Ghi chú", "Mã chương", "#"])
def test_a_column_that_is_kept_and_not_used_is_known(text: str) -> None:
    assert heading(text).column == ""
    assert heading(text).meaning is not None


def test_doubtful_headers_never_match_blindly() -> None:
    for doubt in AMBIGUOUS:
        for text in doubt.headers:
            for year in (2024, None):
                found = heading(text.replace("{N}", "2024"), year)
                assert found.column == "", text
                assert found.doubt is doubt, text


def test_a_date_does_not_settle_a_doubtful_header() -> None:
    found = heading("Lũy kế giải ngân đến 15/9/2024")
    assert found.column == ""
    assert found.doubt is not None


def test_every_declared_header_means_its_column_alone() -> None:
    doubtful = {fold(text).key for doubt in AMBIGUOUS for text in doubt.headers}
    for table in TABLES.values():
        for column in table.columns:
            for text in (column.name, *column.headers):
                said = text.replace("{N-1}", "2023").replace("{N}", "2024").replace("{d}", "15/9/2024")
                found = resolve(read_headings([said], table), 2024)[0]
                if table is LINES and (fold(text).key in doubtful or found.doubt is not None):
                    continue
                assert found.column == column.name, (table.name, said)


@pytest.mark.parametrize(
    ("text", "carried"),
    [
        ("KH năm 2023 kéo dài", "plan"),
        ("Kế hoạch vốn năm 2022 kéo dài sang năm 2024", "plan"),
        ("Vốn kéo dài các năm trước", "plan"),
        ("Giải ngân - KH năm 2023 kéo dài", "disbursed"),
        ("Giải ngân vốn kéo dài đến 15/9/2024", "disbursed"),
    ],
)
def test_carried_over_columns_are_not_this_years(text: str, carried: str) -> None:
    found = heading(text)
    assert (found.column, found.carried) == (carried, True)


@pytest.mark.parametrize(
    "text", ["Kế hoạch vốn năm 2024 (không bao gồm vốn kéo dài)", "Tổng số (gồm cả vốn kéo dài)"]
)
def test_a_header_that_mentions_carry_over_is_not_guessed(text: str) -> None:
    assert heading(text).column == ""


def test_declared_carried_headers_are_carried() -> None:
    for column, texts in CARRIED.items():
        for text in texts:
            found = heading(text.replace("{N-1}", "2023"))
            assert (found.column, found.carried) == (column, True), text


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("triệu đồng", 10**6),
        ("Đơn vị tính: Triệu đồng", 10**6),
        ("ĐVT: tr.đ", 10**6),
        ("1.000 đồng", 1000),
        ("nghìn đồng", 1000),
        ("tỷ đồng", 10**9),
        ("đồng", 1),
        ("VNĐ", 1),
        ("Sở Giao thông", None),
        ("%", None),
    ],
)
def test_units(text: str, unit: int | None) -> None:
    assert read_unit(text) == unit


def test_case_spacing_and_composition_do_not_matter() -> None:
    plain = fold("Chủ đầu tư")
    assert fold(unicodedata.normalize("NFD", "  CHỦ\u00a0đầu\ntư :")) == plain
    assert fold("Luỹ kế").key == fold("Lũy kế").key
    assert fold("Kế hoạch vốn (triệu đồng)").unit == fold("Kế hoạch vốn, ĐVT: triệu đồng").unit == 10**6
    assert fold("Kế hoạch vốn (triệu đồng)").key == fold("Kế hoạch vốn").key


def test_the_plan_year_is_the_latest_plans() -> None:
    row = ["Kế hoạch vốn năm 2023", "Kế hoạch vốn năm 2024", "KH năm 2025 kéo dài", "Năm 2026"]
    assert year_of(read_headings(row, LINES)) == 2024
    row = ["Kế hoạch vốn năm 2024", "Kế hoạch vốn năm 2025", "Giải ngân từ 01/01/2024 đến 15/9/2024"]
    assert year_of(read_headings(row, LINES)) == 2024  # next year's plan stands beside this year's figures


def test_the_date_of_the_data() -> None:
    headings = resolve(read_headings(["Giải ngân từ 01/01/2024 đến 15/9/2024"], LINES), 2024)
    found = data_date(headings, 2024)
    assert found is not None
    assert found[0] == "2024-09-15"
    short = resolve(read_headings(["Vốn đã giải ngân đến 30/9"], LINES), 2024)
    found = data_date(short, 2024)
    assert found is not None
    assert found[0] == "2024-09-30"


def test_did_you_mean() -> None:
    near = suggest(heading("Chủ đàu tư"), LINES)
    assert near is not None
    assert near[0] == "owner"
    assert suggest(heading("Ý kiến của phòng"), LINES) is None


def test_the_header_row_is_the_one_with_most_known_headers() -> None:
    rows: list[list[object]] = [
        ["Kế hoạch vốn"],
        ["Dự án", "Công trình"],
        ["STT", "Tên dự án", "Chủ đầu tư", "Kế hoạch vốn"],
        [1, "A"],
    ]
    assert find_row(rows, LINES) == 2
    assert find_row([["x", "y"], ["Tên dự án"]], LINES) is None
    assert find_row([*[[""]] * 20, *rows], LINES) is None


def test_renames_come_first() -> None:
    found = read_headings(["Giá trị A", "Kế hoạch vốn"], LINES, {"giá trị a": "plan"})
    assert [h.column for h in resolve(found, 2024)] == ["plan", ""]


def test_ignored_headers_are_ignored_in_every_table() -> None:
    for table in TABLES.values():
        for text in IGNORED:
            found = resolve(read_headings([text], table), 2024)[0]
            assert found.column == ""
            assert found.meanings


@pytest.mark.parametrize(
    "text",
    [
        "Kế hoạch vốn năm 2024 sau điều chỉnh",
        "KH vốn năm 2024 sau điều chỉnh",
        "Kế hoạch năm 2024 sau điều chỉnh",
        "Kế hoạch vốn năm 2024 (sau điều chỉnh)",
        "Kế hoạch vốn năm 2024 (sau điều chỉnh, triệu đồng)",
        "Kế hoạch vốn năm 2024 (đã điều chỉnh)",
        "Kế hoạch vốn năm 2024 sau khi điều chỉnh",
        "Kế hoạch vốn sau điều chỉnh năm 2024",
        "Kế hoạch vốn năm 2024 sau điều chỉnh, bổ sung lần 2",
        "KHV năm 2024 sau ĐC",
    ],
)
def test_a_plan_after_adjustment_is_a_plan(text: str) -> None:
    found = heading(text)
    assert found.column == "plan"
    assert AFTER.search(found.folded.key)
    assert year_of([found]) in {2024, None}
    assert heading(text.replace("2024", "2023")).column == ""


@pytest.mark.parametrize(
    "text",
    [
        "Kế hoạch vốn năm 2024 đã giao",
        "Kế hoạch vốn đã giao",
        "Kế hoạch đã giao",
        "Kế hoạch năm 2024 đã giao",
        "KH vốn năm 2024 đã giao",
    ],
)
def test_an_assigned_plan_is_a_plan(text: str) -> None:
    found = heading(text)
    assert found.column == "plan"
    assert not AFTER.search(found.folded.key)


def test_a_plan_before_adjustment_is_the_initial_one() -> None:
    assert heading("Kế hoạch vốn năm 2024 trước điều chỉnh").column == "plan_initial"
    assert heading("Kế hoạch vốn giao đầu năm 2024").column == "plan_initial"


@pytest.mark.parametrize("text", ["Kế hoạch vốn điều chỉnh", "Tổng mức đầu tư sau điều chỉnh", "Vốn đã giao"])
def test_other_adjustments_are_not_guessed(text: str) -> None:
    assert heading(text).meanings == ()


def test_a_unit_beside_other_words_in_brackets() -> None:
    found = fold("Kế hoạch vốn (sau điều chỉnh; triệu đồng)")
    assert (found.key, found.unit) == (fold("Kế hoạch vốn sau điều chỉnh").key, 10**6)
