"""Layouts that were once read wrong without a word: the reading asks about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from phanbo.errors import DataError
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


def stated(path: Path) -> list[tuple[str, str]]:
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
    rows: list[list[Any]] = [
        ["1", "A", None, 100, 40],
        ["1.1", "B", "NSTW", 60, 30],
        ["1.2", "C", "NSTW", 40, 10],
    ]
    path = workbook(tmp_path, head, *rows, ["2", "D", "NSTW", 200, 60])
    found = check_excel(path)
    assert 3 not in {*found[found["code"] == "required-empty"]["row"]}
    assert stated(path) == []


NO_SOURCE = [*BASE, PLAN, PAID]


def closing(name: str, *cells: Any) -> list[Any]:
    return [None, name, None, None, None, *cells]


def test_totals_below_their_lines_tell_the_source(tmp_path: Path) -> None:
    rows = [line("1", 100, 10), line("2", 50, 10), closing("Cộng nguồn NSTW", 150, 20), line("3", 70, 10)]
    path = workbook(tmp_path, NO_SOURCE, *rows, closing("Cộng nguồn vốn ngân sách tỉnh", 70, 10))
    assert (asked(path), stated(path)) == ([], [])
    assert [*read_excel(path).lines["source"]] == ["nguồn NSTW"] * 2 + ["nguồn vốn ngân sách tỉnh"]
    assert total(path) == 220
    found = check_excel(path)
    (note,) = found.loc[found["code"] == "group-carried", "message_vi"]
    assert "5 “nguồn NSTW” (2), 7 “nguồn vốn ngân sách tỉnh” (1)" in note


def test_a_payment_that_a_closing_total_does_not_add_up_is_a_difference(tmp_path: Path) -> None:
    rows = [line("1", 100, 10), closing("Cộng nguồn NSTW", 100, 11), line("3", 70, 10)]
    path = workbook(tmp_path, NO_SOURCE, *rows, closing("Cộng nguồn NS tỉnh", 70, 10))
    assert (asked(path), stated(path)) == ([], [("G4", str(11 * 10**6))])


@pytest.mark.parametrize(
    ("rows", "at"),
    [
        # no total closes the last line
        ([line("1", 100, 10), closing("Cộng nguồn NSTW", 100, 10), line("2", 70, 10)], "B4"),
        # a part of the whole, below the whole
        ([line("1", 100, 10), line("2", 70, 10), closing("Cộng nguồn NSTW", 60, 5)], "B5"),
        # nothing to compare with
        ([line("1", 100, 10), closing("Cộng nguồn NSTW", None, None)], "B4"),
        # two totals that only sum up
        (
            [line("1", 100, 10), closing("Cộng nguồn NSTW", 60, 5), closing("Cộng nguồn NS tỉnh", 40, 5)],
            "B4",
        ),
    ],
)
def test_lines_whose_source_no_total_tells_are_asked_about(tmp_path: Path, rows: list[Any], at: str) -> None:
    found = check_excel(workbook(tmp_path, NO_SOURCE, *rows))
    assert [*found.loc[found["code"] == "source-below", "cell"]] == [at]
    assert not {*found["code"]} & {"required-empty"}
    with pytest.raises(DataError):
        read_excel(tmp_path / "a.xlsx")
    # the mend, applied literally
    above = [[None, "Nguồn vốn: NSTW"], *rows[:1]]
    fixed = [*above, [None, "Nguồn vốn: NS tỉnh"], *rows[1:]] if at == "B4" else [*above, *rows[1:]]
    path = workbook(tmp_path, NO_SOURCE, *fixed)
    assert asked(path) == []
    assert not (read_excel(path).lines["source"] == "").any()


def test_another_source_above_than_below_is_asked_about(tmp_path: Path) -> None:
    rows = [closing("Nguồn vốn: NSTW"), line("1", 100, 10), closing("Cộng nguồn NSTW", 100, 10)]
    path = workbook(tmp_path, NO_SOURCE, *rows, line("2", 70, 10), closing("Cộng nguồn NS tỉnh", 70, 10))
    assert asked(path) == [("source-below", "B7")]


def test_sources_of_the_lines_themselves_need_no_total(tmp_path: Path) -> None:
    path = workbook(tmp_path, PARTED, line("1", "NSTW", 100, 10), closing("Cộng nguồn NSTW", None, 99, 10))
    assert asked(path) == []
    assert [*read_excel(path).lines["source"]] == ["NSTW"]


def source_row(mark: Any, name: str, *cells: Any) -> list[Any]:
    return [mark, None, None, None, None, name, *cells]


@pytest.mark.parametrize("marks", [(None, None), ("I", "II"), (1, 2)])
@pytest.mark.parametrize("amounts", [((150, 20), (100, 10)), ((None, None), (None, None))])
def test_a_source_alone_in_its_column_heads_the_lines_below(
    tmp_path: Path, marks: tuple[Any, Any], amounts: tuple[tuple[Any, Any], tuple[Any, Any]]
) -> None:
    first = [line("1", None, 50, 10), line("2", None, 100, 10)]
    rows = [source_row(marks[0], "NSTW", *amounts[0]), *first, source_row(marks[1], "NS tỉnh", *amounts[1])]
    path = workbook(tmp_path, PARTED, *rows, line("3", None, 100, 10))
    assert (asked(path), stated(path)) == ([], [])
    assert [*read_excel(path).lines["source"]] == ["NSTW", "NSTW", "NS tỉnh"]
    assert [*read_excel(path).lines["plan"]] == [50 * 10**6, 100 * 10**6, 100 * 10**6]


def test_a_source_alone_with_amounts_that_nothing_adds_up_to_is_asked_about(tmp_path: Path) -> None:
    rows = [source_row(None, "NSTW", 151, 20), line("1", "NSTW", 50, 10), line("2", "NSTW", 100, 10)]
    assert asked(workbook(tmp_path, PARTED, *rows)) == [("source-row", "F3")]
    for mended in (source_row(None, "NSTW", 150, 20), source_row(None, "NSTW")):
        path = workbook(tmp_path, PARTED, mended, *rows[1:])
        assert (asked(path), total(path)) == ([], 150)
    path = workbook(tmp_path, PARTED, line("9", "NSTW", 151, 20), *rows[1:])
    assert (asked(path), total(path)) == ([], 301)


def test_sources_alone_below_a_project_part_it(tmp_path: Path) -> None:
    parts = [source_row(None, "NSTW", 60, 30), source_row(None, "NS tỉnh", 40, 10)]
    path = workbook(tmp_path, PARTED, line("1", None, 100, 40), *parts, line("2", "NSTW", 200, 60))
    assert (asked(path), stated(path), total(path)) == ([], [], 300)
    lines = read_excel(path).lines
    told = zip(lines["project"], lines["source"], lines["plan"] // 10**6, strict=True)
    assert {*told} == {("Dự án 1", "NSTW", 60), ("Dự án 1", "NS tỉnh", 40), ("Dự án 2", "NSTW", 200)}


def test_a_total_in_the_column_of_sources_is_no_line(tmp_path: Path) -> None:
    rows = [line("1", "NSTW", 50, 10), line("2", "NSTW", 100, 10), source_row(None, "Tổng cộng", 150, 20)]
    path = workbook(tmp_path, PARTED, *rows)
    assert (asked(path), stated(path), total(path)) == ([], [], 150)


@pytest.mark.parametrize("top", ["Giải ngân", "Giá trị giải ngân", "Lũy kế giải ngân"])
def test_a_month_beside_the_sum_to_date_is_not_taken_for_it(tmp_path: Path, top: str) -> None:
    head = [*BASE, "Nguồn vốn", PLAN, top, None]
    months = [*BLANK, None, None, "Tháng 8/2024", "Lũy kế đến 15/9/2024"]
    path = workbook(tmp_path, head, months, line("1", "NSTW", 100, 10, 30))
    assert asked(path) == []
    assert [*read_excel(path).lines["disbursed"]] == [30 * 10**6]


@pytest.mark.parametrize(
    ("columns", "amount"),
    [
        ({"Đề nghị bổ sung": "requested_increase"}, 6),
        ({"Nhu cầu bổ sung vốn": "requested_increase"}, 5),
        ({"Đề nghị bổ sung": ""}, 5),
    ],
)
def test_two_headers_of_one_column_are_settled_as_the_finding_says(
    tmp_path: Path, columns: dict[str, str], amount: int
) -> None:
    head = [*PARTED, "Nhu cầu bổ sung vốn", "Đề nghị bổ sung"]
    path = workbook(tmp_path, head, line("1", "NSTW", 100, 30, 5, 6))
    assert asked(path) == [("header-twice", "J2")]
    assert [*read_excel(path, columns=columns).lines["requested_increase"]] == [amount * 10**6]
