"""Several tables on one sheet, stacked or side by side: each line with its own address, source and faults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from phanbo.errors import DataError
from phanbo.tables.layout.telling import told_above
from phanbo.tables.read import check_excel, read_excel

if TYPE_CHECKING:
    from pathlib import Path

WHO = ["Tên dự án", "Mã số dự án", "Chủ đầu tư", "Phân loại dự án"]
SOURCE = ["Nguồn vốn"]
PAID = ["Kế hoạch vốn năm 2024", "Giải ngân từ 01/01/2024 đến 15/9/2024"]
Rows = list[list[Any]]


def workbook(path: Path, rows: Rows, **more: Rows) -> Path:
    book = openpyxl.Workbook()
    pages = {"Biểu": [["ĐVT: triệu đồng"], *rows], **more}
    book.remove(book.worksheets[0])
    for name, cells in pages.items():
        page = book.create_sheet(name)
        for row in cells:
            page.append(list(row))
    book.save(path)
    return path


def who(number: int, *cells: Any, owner: str | None = "Sở Y tế") -> list[Any]:
    return [f"Dự án {number}", f"00{number}", owner, "chuyển tiếp", *cells]


def found(path: Path, *codes: str) -> list[tuple[str, str]]:
    frame = check_excel(path)
    kept = frame[frame["code"].isin(codes)]
    return list(zip(kept["code"], kept["cell"], strict=True))


def sources(path: Path) -> dict[str, str]:
    lines = read_excel(path).lines
    return dict(zip(lines["project_id"], lines["source"], strict=True))


def test_side_by_side_tables_are_read_with_their_own_addresses(tmp_path: Path) -> None:
    head = [*WHO, *SOURCE, *PAID]
    good = [[*head, None, *head], [*who(1, "NSTW", 9, 4), None, *who(2, "ODA", 5, 1)], who(3, "NSTW", 8, 8)]
    path = workbook(tmp_path / "a.xlsx", good)
    lines = read_excel(path).lines
    assert dict(zip(lines["project_id"], (lines["plan"] // 10**6).tolist(), strict=True)) == {
        "001": 9,
        "002": 5,
        "003": 8,
    }
    bad = [good[0], [*who(1, "NSTW", 9, -4), None, *who(2, "ODA", 5, -1)]]
    assert found(workbook(tmp_path / "b.xlsx", bad), "negative") == [("negative", "G3"), ("negative", "O3")]


def test_stacked_tables_keep_their_addresses_and_faults_apart(tmp_path: Path) -> None:
    head = [*WHO, *SOURCE, *PAID]
    rows = [
        head,
        who(1, "NSTW", 9, -4),
        [],
        ["STT", *head],
        [1, *who(2, "ODA", 5, -1)],
        [2, *who(3, "ODA", 5, 1)],
    ]
    path = workbook(tmp_path / "a.xlsx", rows)
    assert found(path, "negative") == [("negative", "G3"), ("negative", "H6")]
    book = openpyxl.load_workbook(path)
    book["Biểu"]["H7"] = "#REF!"
    book["Biểu"]["H7"].data_type = "e"
    book.save(path)
    assert found(path, "formula-error", "formula-ignored") == [("formula-error", "H7")]


def test_the_titles_of_stacked_tables_say_their_sources(tmp_path: Path) -> None:
    head = [*WHO, *PAID]
    rows = [
        ["A. Nguồn ngân sách tỉnh"],
        head,
        who(1, 9, 4),
        [],
        ["B. Vốn ODA"],
        head,
        who(2, 5, 1),
        who(3, 6, 1),
    ]
    path = workbook(tmp_path / "a.xlsx", rows)
    assert sources(path) == {"001": "Nguồn ngân sách tỉnh", "002": "Vốn ODA", "003": "Vốn ODA"}
    assert len(found(path, "title-carried")) == 2


def test_a_title_gives_way_to_the_lines_and_says_so(tmp_path: Path) -> None:
    head = [*WHO, *SOURCE, *PAID]
    rows = [["Nguồn vốn: Ngân sách tỉnh"], head, who(1, "ODA", 9, 4), who(2, None, 5, 1)]
    path = workbook(tmp_path / "a.xlsx", rows)
    assert sources(path) == {"001": "ODA", "002": "Ngân sách tỉnh"}
    assert len(found(path, "title-differs")) == 1


def test_titles_that_tell_nothing_are_not_taken(tmp_path: Path) -> None:
    rows = [["UBND TỈNH NAM KHÊ"], ["Biểu 1"], [*WHO, *PAID], who(1, 9, 4, owner=None)]
    with pytest.raises(DataError) as refusal:
        read_excel(workbook(tmp_path / "a.xlsx", rows))
    assert {each.column for each in refusal.value.findings if each.severity == "error"} == {"owner", "source"}


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("Biểu 1: KẾ HOẠCH VỐN NGUỒN NGÂN SÁCH TỈNH NĂM 2024", ("source", "NGUỒN NGÂN SÁCH TỈNH")),
        ("II. Dự án khởi công mới năm 2024", ("stage", "Dự án khởi công mới")),
        ("Chủ đầu tư: Ban QLDA A", ("owner", "Ban QLDA A")),
        ("KẾ HOẠCH ĐẦU TƯ CÔNG NĂM 2024", None),
    ],
)
def test_what_a_title_tells(title: str, told: tuple[str, str] | None) -> None:
    said = told_above(title, 2024, set())
    assert [(each.column, each.value) for each in said if each.sure] == ([told] if told else [])


def test_owners_of_the_owners_sheet_name_group_rows(tmp_path: Path) -> None:
    rows = [
        [*WHO, *SOURCE, *PAID],
        ["Trung tâm Phát triển Trúc Sơn", None, None, None, None, 14, 5],
        who(1, "NSTW", 9, 4, owner=None),
        who(2, "NSTW", 5, 1, owner=None),
    ]
    owners = [["Chủ đầu tư", "Loại"], ["Trung tâm Phát triển Trúc Sơn", "đơn vị"]]
    alone = workbook(tmp_path / "a.xlsx", rows)
    assert "owner" in set(check_excel(alone).query("severity == 'error'")["column"])
    path = workbook(tmp_path / "b.xlsx", rows, ChuDauTu=owners)
    assert "owner" not in set(check_excel(path).query("severity == 'error'")["column"])


def test_one_header_alone_may_be_parted_by_the_row_below(tmp_path: Path) -> None:
    rows = [
        [*WHO, *SOURCE, "KH năm 2024", "Năm 2024"],
        [None] * 6 + ["Giải ngân đến 15/9/2024"],
        [f"({at})" for at in range(1, 8)],
        who(1, "NSTW", 9, 4),
    ]
    lines = read_excel(workbook(tmp_path / "a.xlsx", rows)).lines
    assert lines["disbursed"].tolist() == [4_000_000]
    # a source alone in its row groups the lines below it, and is no header
    rows = [[*WHO, *SOURCE, *PAID], [None] * 4 + ["Ngân sách tỉnh"], who(1, "NSTW", 9, 4)]
    assert sources(workbook(tmp_path / "b.xlsx", rows)) == {"001": "NSTW"}
