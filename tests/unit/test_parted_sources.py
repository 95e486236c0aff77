"""Sources that totals or columns name: handed down, kept apart before and after adjustment, conflicts told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from phanbo.tables.read import check_excel, read_excel

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

WHO = ["STT", "Tên dự án", "Mã số dự án", "Chủ đầu tư", "Phân loại dự án"]
PAID = ["Kế hoạch vốn năm 2024", "Giải ngân từ 01/01/2024 đến 15/9/2024"]
GIVEN, AFTER = "Kế hoạch vốn năm 2024 đã giao", "Kế hoạch vốn năm 2024 sau điều chỉnh"


def line(number: int, *cells: Any) -> list[Any]:
    return [number, f"Dự án {number}", f"00{number}", "Sở", "chuyển tiếp", *cells]


def total(name: str, *cells: Any) -> list[Any]:
    return [None, name, None, None, None, *cells]


def workbook(path: Path, rows: Sequence[list[Any]], merged: Sequence[str] = ()) -> Path:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for row in [["ĐVT: triệu đồng"], *rows]:
        page.append(row)
    for cells in merged:
        page.merge_cells(cells)
    book.save(path)
    return path


def codes(path: Path) -> dict[str, dict[Any, Any]]:
    return {each["code"]: each for each in check_excel(path).to_dict("records")}


def lines(path: Path, *names: str) -> list[tuple[Any, ...]]:
    frame = read_excel(path).lines[["project_id", "source", *names]]
    rows = frame.itertuples(index=False, name=None)
    return sorted((*row[:2], *(amount // 10**6 for amount in row[2:])) for row in rows)


@pytest.mark.parametrize("whole", [[], [total("TỔNG SỐ", 39, 6)]], ids=["without", "with-grand-total"])
def test_a_total_over_its_lines_hands_its_source_down(tmp_path: Path, whole: list[list[Any]]) -> None:
    rows = [
        [*WHO, *PAID],
        *whole,
        total("Tổng vốn NSTW", 30, 5),
        line(1, 10, 2),
        line(2, 20, 3),
        total("Cộng nguồn NS tỉnh", 9, 1),
        line(3, 9, 1),
    ]
    path = workbook(tmp_path / "a.xlsx", rows)
    assert lines(path, "plan") == [
        ("001", "vốn NSTW", 10),
        ("002", "vốn NSTW", 20),
        ("003", "nguồn NS tỉnh", 9),
    ]
    assert "subtotal" not in codes(path)


def test_a_total_below_its_lines_is_not_taken_for_those_after_it(tmp_path: Path) -> None:
    rows = [
        [*WHO, *PAID],
        line(1, 10, 2),
        total("Cộng nguồn NSTW", 10, 2),
        line(3, 9, 1),
        total("Cộng nguồn NS tỉnh", 9, 1),
    ]
    path = workbook(tmp_path / "a.xlsx", rows)
    assert lines(path, "plan") == [("001", "nguồn NSTW", 10), ("003", "nguồn NS tỉnh", 9)]
    assert "subtotal" not in codes(path)


def test_totals_of_one_amount_that_head_and_close_are_asked_about(tmp_path: Path) -> None:
    rows = [
        [*WHO, *PAID],
        total("Tổng vốn NSTW", 9, 1),
        line(1, 9, 1),
        total("Tổng vốn NS tỉnh", 9, 1),
        line(2, 9, 1),
    ]
    assert "source-below" in codes(workbook(tmp_path / "a.xlsx", rows))


def parted(path: Path, *rows: list[Any]) -> Path:
    head = [
        [
            *WHO,
            GIVEN,
            None,
            "Đã điều chỉnh tăng trong năm",
            None,
            AFTER,
            None,
            "Giải ngân đến 15/9/2024",
            None,
            "Tỷ lệ giải ngân (%)",
        ]
    ]
    below = [[None] * 5 + ["NSTW", "NS tỉnh"] * 4]
    merged = ["F2:G2", "H2:I2", "J2:K2", "L2:M2", *(f"{at}2:{at}3" for at in "ABCDEN")]
    return workbook(path, [*head, *below, *rows], merged)


def test_plans_before_and_after_adjustment_are_parted_by_source(tmp_path: Path) -> None:
    path = parted(
        tmp_path / "a.xlsx",
        line(1, 10, 5, 2, 1, 12, 6, 6, 3, 50),
        line(2, 6, None, None, None, 6, None, 3, None, 50),
    )
    assert lines(path, "plan", "plan_initial", "disbursed", "raised_this_year") == [
        ("001", "NS tỉnh", 6, 5, 3, 1),
        ("001", "NSTW", 12, 10, 6, 2),
        ("002", "NSTW", 6, 6, 3, 0),
    ]
    assert "ratio-differs" not in codes(path)


def test_a_move_of_one_source_that_does_not_add_up_is_an_error_there(tmp_path: Path) -> None:
    path = parted(tmp_path / "a.xlsx", line(1, 10, 5, 2, 1, 12, 7, 6, 3, 20))
    told = codes(path)
    assert told["adjustment-identity"]["cell"] == "K4"
    assert told["ratio-differs"]["value"] == "4"


def test_a_stated_source_beside_columns_of_others_is_told(tmp_path: Path) -> None:
    head = [*WHO, "Nguồn vốn", "Kế hoạch vốn năm 2024", None, "Giải ngân đến 15/9/2024", None]
    rows = [
        head,
        [None] * 6 + ["NSTW", "NS tỉnh"] * 2,
        line(1, "ODA", 10, None, 4, None),
        line(2, "NSTW", 6, None, 3, None),
    ]
    merged = ["G2:H2", "I2:J2", *(f"{at}2:{at}3" for at in "ABCDEF")]
    path = workbook(tmp_path / "a.xlsx", rows, merged)
    assert codes(path)["source-differs"]["cell"] == "F4"
    assert lines(path, "plan") == [("001", "NSTW", 10), ("002", "NSTW", 6)]
