"""Layouts that were once read wrong without a word: the reading asks about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from phanbo.tables.read import check_excel, read_excel

if TYPE_CHECKING:
    from collections.abc import Callable
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


PARTED = [*BASE, "Nguồn vốn", PLAN, PAID]


def common(mark: str, *cells: Any) -> list[Any]:
    return [mark, f"Dự án {mark}", None, None, None, None, *cells]


def stated(path: Path) -> list[tuple[str, int]]:
    found = check_excel(path)
    found = found[found["code"] == "subtotal"]
    return [*found[["cell", "value"]].itertuples(index=False, name=None)]


def names(path: Path) -> list[str]:
    return [*read_excel(path).lines["project"]]


@pytest.mark.parametrize("numbered", [str, float])
@pytest.mark.parametrize("kind", [str, lambda name: f"Trường {name} (NSTW)"])
def test_a_common_row_cleared_as_the_finding_says_is_no_line(
    tmp_path: Path, numbered: Any, kind: Callable[[str], str]
) -> None:
    parts = [line("1.1", "NSTW", 60, 30), line("1.2", "NSTW", 40, 10)]
    rest = [line("2", "NSTW", 200, 60), line("3", "NSTW", 7, 1)]
    head = common("1", 100, 40)
    rows = [head, *parts, *rest]
    for row in rows:
        row[0], row[1] = numbered(row[0]), kind(row[1])
    path = workbook(tmp_path, PARTED, *rows)
    assert asked(path) == []
    assert stated(path) == []
    assert names(path) == [row[1] for row in (*parts, *rest)]
    assert [*read_excel(path).lines["plan"]] == [60 * 10**6, 40 * 10**6, 200 * 10**6, 7 * 10**6]


def test_a_common_row_that_does_not_add_up_is_a_difference(tmp_path: Path) -> None:
    parts = [line("1.1", "NSTW", 60, 30), line("1.2", "NSTW", 40, 10)]
    path = workbook(tmp_path, PARTED, common("1", 101, 40), *parts, line("2", "NSTW", 200, 60))
    assert asked(path) == []
    assert stated(path) == [("G3", str(101 * 10**6))]
    assert total(path) == 300


def test_a_project_numbered_otherwise_as_the_finding_says_is_a_line(tmp_path: Path) -> None:
    parts = [line("1.1", "NSTW", 60, 30), line("1.2", "NSTW", 40, 10)]
    path = workbook(tmp_path, PARTED, line("9", "NSTW", 100, 40), *parts, line("2", "NSTW", 200, 60))
    assert asked(path) == []
    assert total(path) == 400


def test_parts_of_parts_count_once_whichever_common_row_is_cleared(tmp_path: Path) -> None:
    lowest = [line("1.1.1", "NSTW", 50, 20), line("1.1.2", "NSTW", 10, 10)]
    last = [line("1.2", "NSTW", 40, 10), line("2", "NSTW", 200, 60)]
    whole, part = line("1", "NSTW", 100, 40), line("1.1", "NSTW", 60, 30)
    path = workbook(tmp_path, PARTED, whole, part, *lowest, *last)
    assert asked(path) == [("project-and-parts", "G3"), ("project-and-parts", "G4")]
    path = workbook(tmp_path, PARTED, whole, common("1.1", 60, 30), *lowest, *last)
    assert asked(path) == [("project-and-parts", "G3")]
    path = workbook(tmp_path, PARTED, common("1", 100, 40), part, *lowest, *last)
    assert asked(path) == [("project-and-parts", "G4")]
    path = workbook(tmp_path, PARTED, common("1", 100, 40), common("1.1", 60, 30), *lowest, *last)
    assert (asked(path), stated(path), total(path)) == ([], [], 300)


def test_a_common_row_is_told_where_only_the_source_says_whose_a_line_is(tmp_path: Path) -> None:
    head = ["STT", "Tên dự án", "Nguồn vốn", PLAN, PAID]
    rows = [["1", "A", None, 100, 40], ["1.1", "B", "NSTW", 60, 30], ["1.2", "C", "NSTW", 40, 10]]
    path = workbook(tmp_path, head, *rows, ["2", "D", "NSTW", 200, 60])
    found = check_excel(path)
    assert 3 not in {*found[found["code"] == "required-empty"]["row"]}
    assert stated(path) == []
