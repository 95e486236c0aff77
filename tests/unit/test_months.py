"""Month columns beside the lines become the schedule: cumulative, and never by a guess."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import phanbo as pb
from phanbo.errors import DataError
from phanbo.tables.layout.schedule import _told_by_amounts
from phanbo.tables.read import check_excel, read_excel

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HEAD = ["STT", "Tên dự án", "Mã số dự án", "Chủ đầu tư", "Phân loại dự án", "Nguồn vốn"]
THIS = ["Kế hoạch vốn năm 2024", "Giải ngân từ 01/01/2024 đến 15/9/2024"]


def workbook(
    path: Path, said: str, rows: Sequence[Sequence[Any]], head: Sequence[str] = (*HEAD, *THIS), **more: Any
) -> Path:
    """Write a table with the months 3, 6 and 9 under the header *said*."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = "Biểu"
    page.append(["ĐVT: triệu đồng"])
    page.append([*head, said])
    page.append([*[None] * len(head), "Tháng 3", "Tháng 6", "Tháng 9"])
    page.merge_cells(start_row=2, end_row=2, start_column=len(head) + 1, end_column=len(head) + 3)
    for row in rows:
        page.append(list(row))
    for name, cells in more.items():
        other = book.create_sheet(name)
        for row in cells:
            other.append(row)
    book.save(path)
    return path


def line(number: int, *cells: Any, source: str = "NSTW") -> list[Any]:
    return [number, f"Dự án {number}", f"00{number}", "Sở", "chuyển tiếp", source, *cells]


def schedule(path: Path) -> list[tuple[str, int, int]]:
    frame = read_excel(path).schedule
    assert frame is not None
    paid = (frame["disbursed"] // 10**6).tolist()
    return sorted(zip(frame["project_id"], frame["month"].tolist(), paid, strict=True))


def errors(path: Path) -> dict[str, dict[str, Any]]:
    frame = check_excel(path)
    return {each["code"]: each for each in frame[frame["severity"] == "error"].to_dict("records")}


@pytest.mark.parametrize(
    ("said", "rows", "first"),
    [
        ("Kế hoạch giải ngân lũy kế", [(20, 50, 90)], [20, 50, 90]),
        ("Kế hoạch giải ngân trong tháng", [(20, 30, 40)], [20, 50, 90]),
        ("Kế hoạch giải ngân", [(50, 20, 20)], [50, 70, 90]),
        ("Kế hoạch giải ngân", [(20, 50, 90)], [20, 50, 90]),
        ("Kế hoạch giải ngân", [(20, 30, 50)], [20, 50, 100]),
    ],
    ids=["said-cumulative", "said-monthly", "falls", "adds-above-plan", "adds-to-plan"],
)
def test_amounts_of_months_become_cumulative(
    tmp_path: Path, said: str, rows: list[tuple[int, ...]], first: list[int]
) -> None:
    path = workbook(tmp_path / "a.xlsx", said, [line(k, 100, 10, *row) for k, row in enumerate(rows, 1)])
    assert schedule(path) == [("001", month, paid) for month, paid in zip((3, 6, 9), first, strict=True)]


def test_what_nothing_tells_is_asked(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", "Kế hoạch giải ngân", [line(1, 100, 10, 10, 20, 30)])
    asked = errors(path)["schedule-unclear"]
    assert asked["cell"] == "I3"
    assert "lũy kế" in asked["mend_vi"]
    with pytest.raises(DataError):
        read_excel(path)


def test_an_empty_month_adds_nothing_and_an_empty_line_has_no_schedule(tmp_path: Path) -> None:
    rows = [line(1, 100, 10, 50, None, 20), line(2, 100, 10, None, None, None)]
    path = workbook(tmp_path / "a.xlsx", "Kế hoạch giải ngân", rows)
    assert schedule(path) == [("001", 3, 50), ("001", 6, 50), ("001", 9, 70)]
    path = workbook(
        tmp_path / "b.xlsx", "Kế hoạch giải ngân lũy kế", [*rows[1:], line(3, 100, 10, 5, None, 9)]
    )
    assert schedule(path) == [("003", 3, 5), ("003", 9, 9)]


def test_a_text_among_the_months_is_an_error_at_its_cell(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", "Kế hoạch giải ngân lũy kế", [line(1, 100, 10, 5, "sẽ báo sau", 9)])
    frame = check_excel(path)
    told = frame[(frame["severity"] == "error") & (frame["cell"] == "J4")]
    assert told["table"].tolist() == ["schedule"]


def test_a_sheet_of_its_own_comes_first(tmp_path: Path) -> None:
    own = [
        ["Mã số dự án", "Nguồn vốn", "Tháng", "Lũy kế giải ngân theo kế hoạch"],
        ["001", "NSTW", 6, 44_000_000],
    ]
    path = workbook(
        tmp_path / "a.xlsx", "Kế hoạch giải ngân lũy kế", [line(1, 100, 10, 20, 50, 90)], KeHoachGiaiNgan=own
    )
    assert [month for _, month, _ in schedule(path)] == [6]
    assert "schedule-twice" in set(check_excel(path)["code"])


def test_the_sheet_of_the_schedule_may_have_a_column_a_month(tmp_path: Path) -> None:
    own = [
        ["ĐVT: triệu đồng"],
        ["Mã số dự án", "Nguồn vốn", "Tháng 3", "Tháng 6", "Tháng 9"],
        ["001", "NSTW", 50, 20, 20],
    ]
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for row in [["ĐVT: triệu đồng"], [*HEAD, *THIS], line(1, 100, 10)]:
        page.append(row)
    other = book.create_sheet("KeHoachGiaiNgan")
    for row in own:
        other.append(row)
    book.save(path)
    assert schedule(path) == [("001", 3, 50), ("001", 6, 70), ("001", 9, 90)]


def test_months_of_a_row_with_two_sources_are_asked_about(tmp_path: Path) -> None:
    head = [*HEAD[:5], "Kế hoạch vốn NSTW năm 2024", "Kế hoạch vốn NS tỉnh năm 2024"]
    rows = [[1, "Cầu", "001", "Sở", "chuyển tiếp", 60, 40, 20, 50, 90]]
    path = workbook(tmp_path / "a.xlsx", "Kế hoạch giải ngân lũy kế", rows, head)
    assert errors(path)["schedule-unparted"]["row"] == 4


def test_without_a_code_the_months_are_told_unused(tmp_path: Path) -> None:
    head = [*HEAD[:2], *HEAD[3:], *THIS]
    rows = [[1, "Cầu", "Sở", "chuyển tiếp", "NSTW", 100, 10, 20, 50, 90]]
    path = workbook(tmp_path / "a.xlsx", "Kế hoạch giải ngân lũy kế", rows, head)
    assert "schedule-no-code" in set(check_excel(path)["code"])
    assert isinstance(read_excel(path), pb.Portfolio)


@given(st.lists(st.lists(st.integers(0, 50), min_size=3, max_size=3), min_size=1, max_size=4), st.booleans())
def test_a_reading_taken_is_never_the_wrong_one(rows: list[list[int]], running: bool) -> None:
    monthly = np.array(rows).T
    plans = monthly.sum(axis=0) + np.arange(len(rows)) % 2
    held = np.cumsum(monthly, axis=0) if running else monthly
    told = _told_by_amounts(held, np.ones(held.shape, dtype=np.bool_), plans)
    if told is not None and told is not running and not np.array_equal(np.cumsum(held, axis=0), held):
        # only running sums that add up to their plans to the đồng are taken for single months
        assert running
        assert np.array_equal(held.sum(axis=0), plans)
