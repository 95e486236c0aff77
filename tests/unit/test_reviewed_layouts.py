"""Layouts that were once read wrong without a word: the reading asks about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from phanbo.tables.read import check_excel, read_excel

if TYPE_CHECKING:
    from pathlib import Path

BASE = ["STT", "Tên dự án", "Mã dự án", "Chủ đầu tư", "Phân loại dự án"]
PLAN, PAID = "Kế hoạch vốn năm 2024", "Giải ngân từ 01/01/2024 đến 15/9/2024"
BLANK: list[Any] = [None] * 5


def workbook(folder: Path, *rows: list[Any]) -> Path:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for row in (["ĐVT: triệu đồng"], *rows):
        page.append(row)
    path = folder / "a.xlsx"
    book.save(path)
    return path


def line(mark: str, *cells: Any) -> list[Any]:
    return [mark, f"Dự án {mark}", f"70{mark.replace('.', '0')}", "Sở A", "chuyển tiếp", *cells]


def asked(path: Path) -> list[tuple[str, str]]:
    found = check_excel(path)
    return [*found[found["severity"] == "error"][["code", "cell"]].itertuples(index=False, name=None)]


def total(path: Path) -> int:
    return int(read_excel(path).lines["plan"].sum()) // 10**6


@pytest.mark.parametrize(
    ("parts", "cell"),
    [
        (["Tạm ứng", "Thanh toán khối lượng hoàn thành"], "H3"),
    ],
)
def test_a_lower_header_row_that_is_not_understood_is_asked_about(
    tmp_path: Path, parts: list[str], cell: str
) -> None:
    head = [*BASE, "Nguồn vốn", PLAN, "Giải ngân đến 15/9/2024", None]
    path = workbook(tmp_path, head, [*BLANK, None, None, *parts], line("1", "NSTW", 100, 10, 30))
    assert ("header-row-unread", cell) in asked(path)


def test_a_lower_header_row_with_the_total_first_is_no_question(tmp_path: Path) -> None:
    head = [*BASE, "Nguồn vốn", PLAN, "Giải ngân đến 15/9/2024", None, None]
    parts = ["Tổng số", "Tạm ứng", "Thanh toán KLHT"]
    path = workbook(tmp_path, head, [*BLANK, None, None, *parts], line("1", "NSTW", 100, 40, 10, 30))
    assert read_excel(path).lines["disbursed"].tolist() == [40_000_000]


def test_a_source_that_is_part_of_its_neighbour_is_not_added_to_it(tmp_path: Path) -> None:
    sources = ["NSTW", "NS tỉnh", "Trong đó: thu sử dụng đất"]
    head = [*BASE, PLAN, None, None, PAID, None, None]
    path = workbook(tmp_path, head, [*BLANK, *sources, *sources], line("1", 60, 40, 10, 30, 20, 5))
    assert {*asked(path)} == {("source-of-which", "H3"), ("source-of-which", "K3")}
    parts = ["Tổng số", "Trong đó: NSTW", "NS tỉnh"]
    path = workbook(tmp_path, head, [*BLANK, *parts, *parts], line("1", 100, 60, 40, 50, 30, 20))
    assert total(path) == 100


def test_sub_projects_that_add_up_to_their_project_are_not_counted_twice(tmp_path: Path) -> None:
    head = [*BASE, "Nguồn vốn", PLAN, PAID]
    rows = [line("1", "NSTW", 100, 40), line("1.1", "NSTW", 60, 30), line("1.2", "NSTW", 40, 10)]
    path = workbook(tmp_path, head, *rows, line("2", "NSTW", 200, 60))
    assert asked(path) == [("project-and-parts", "G3")]
