"""Headers of several rows, several tables on a sheet, and what stands above and below them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phanbo.tables.files.sheet import Faults, Sheet
from phanbo.tables.layout.block import Block, Options, read_blocks
from phanbo.tables.layout.header_paths import Over, read_paths
from phanbo.tables.layout.headers import read_headings, resolve
from phanbo.tables.read import check_excel, read_excel
from phanbo.tables.schema import LINES, SCHEDULE

if TYPE_CHECKING:
    from pathlib import Path

    from phanbo.tables.layout.headers import Heading
    from phanbo.tables.schema import Table

Range = tuple[tuple[int, int], tuple[int, int]]
FLAT: list[Any] = [
    "STT",
    "Tên dự án",
    "Chủ đầu tư",
    "Nguồn vốn",
    "Phân loại dự án",
    "Kế hoạch vốn năm 2024",
    "Giải ngân từ đầu năm",
]
LINE: list[Any] = [1, "Đường A", "Ban A", "NSTW", "Chuyển tiếp", 5, 3]
PLAN = "Kế hoạch vốn năm 2024"


def sheet(rows: list[list[Any]], merged: tuple[Range, ...] = (), **more: Any) -> Sheet:
    width = max(map(len, rows))
    cells = [["" if cell is None else cell for cell in row] + [""] * (width - len(row)) for row in rows]
    return Sheet("Biểu 1", cells, merged=merged, **more)


def blocks(rows: Any, merged: tuple[Range, ...] = (), **more: Any) -> list[Block]:
    return read_blocks(sheet(rows, merged, **more), LINES, Options())


def one(*path: str, table: Table = LINES) -> Heading:
    return resolve(read_paths([Over(0, path)], table), 2024)[0]


def codes(block: Block) -> dict[str, str]:
    return {finding.code: finding.value for finding in block.findings}


@pytest.mark.parametrize(
    ("path", "column", "source"),
    [
        ((PLAN, "Trong đó", "NSTW"), "plan", "NSTW"),
        ((PLAN, "Trong đó: Xổ số kiến thiết"), "plan", "Xổ số kiến thiết"),
        ((PLAN, "Chia ra", "Vốn nước ngoài (ODA)"), "plan", "Vốn nước ngoài (ODA)"),
        ((PLAN, "Tổng số"), "plan", ""),
        (("NSTW", "Kế hoạch năm 2024"), "plan", "NSTW"),
        (("Tổng mức đầu tư", "Trong đó: NSTW"), "total_investment_source", "NSTW"),
        (("Giải ngân đến 15/9/2024", "NS tỉnh"), "disbursed", "NS tỉnh"),
        (("Giải ngân đến 15/9/2024", "Số tiền"), "disbursed", ""),
        (("Giải ngân đến 15/9/2024", "Tỷ lệ (%)"), "ratio", ""),
        (("Giải ngân đến 15/9/2024", "Kế hoạch năm 2024"), "disbursed", ""),
        (("Quyết định đầu tư", "Số QĐ, ngày tháng năm"), "approved_on", ""),
        (("Quyết định đầu tư", "Tổng mức đầu tư", "Tổng số (tất cả các nguồn vốn)"), "total_investment", ""),
        ((PLAN, "Tổng số (tất cả các nguồn vốn)"), "plan", ""),
        (("Đề xuất điều chỉnh", "Tăng"), "requested_increase", ""),
        (("Đề xuất điều chỉnh", "Điều chỉnh giảm"), "offered_decrease", ""),
        (("Đã điều chỉnh trong năm", "Giảm"), "cut_this_year", ""),
        (("Năm 2024", "Kế hoạch"), "plan", ""),
        (("Năm 2024", "Giải ngân"), "disbursed", ""),
        (("Kế hoạch", "Năm 2024"), "plan", ""),
        (("Tình hình giải ngân năm 2024", "Kế hoạch vốn"), "plan", ""),
        (("Thông tin dự án", "Nguồn vốn"), "source", ""),
        (("Năm 2023", "Kế hoạch"), "", ""),
        (("Năm 2023", "Kế hoạch vốn được giao"), "", ""),
    ],
)
def test_the_texts_over_a_column_are_read_together(path: tuple[str, ...], column: str, source: str) -> None:
    found = one(*path)
    assert (found.column, found.meaning.source if found.meaning else "") == (column, source)
    assert found.path == path
    assert found.text == " – ".join(path)


@pytest.mark.parametrize(
    ("bottom", "column"), [("KH", "plan"), ("Giải ngân", "disbursed"), ("Số tiền", "plan")]
)
def test_a_carried_over_pair_below_one_header(bottom: str, column: str) -> None:
    found = one("Vốn kéo dài", bottom)
    assert (found.column, found.carried) == (column, True)
    assert one("Vốn kéo dài", "Tỷ lệ giải ngân").column == ""


@pytest.mark.parametrize(
    "path",
    [
        ("Kế hoạch trung hạn giai đoạn 2021-2025", "Kế hoạch vốn được giao"),
        ("Vốn kéo dài", "Nhu cầu bổ sung vốn"),
        ("Giải ngân từ khởi công", "Kế hoạch vốn"),
    ],
)
def test_rows_that_say_two_things_are_asked(path: tuple[str, ...]) -> None:
    found = one(*path)
    assert found.column == ""
    assert found.doubt is not None
    assert found.doubt.settle == "ask"


def test_an_amount_by_source_of_a_column_of_the_project_is_not_used() -> None:
    found = one("Lũy kế vốn bố trí đến hết năm 2023", "NSTW")
    assert found.column == ""
    assert found.doubt is not None
    assert one("Lũy kế vốn bố trí đến hết năm 2023", "Tổng số").column == "allocated_before"


@pytest.mark.parametrize("month", [1, 12])
def test_months_of_a_schedule(month: int) -> None:
    for found in (one("Kế hoạch giải ngân", f"Tháng {month}"), one(f"Tháng {month}", table=SCHEDULE)):
        assert found.meaning is not None
        assert (found.column, found.meaning.month) == ("month", month)
    assert one("Giải ngân", f"Tháng {month}").column == ""


def test_a_unit_and_a_date_in_any_row_count() -> None:
    found = one(f"{PLAN} (triệu đồng)", "Trong đó", "NSTW")
    assert found.folded.unit == 10**6
    assert one("Giải ngân đến 15/9/2024", "Trong đó: NSTW").folded.dates == ((2024, 9, 15),)


OFFICIAL: list[list[Any]] = [
    ["UBND TỈNH X", None, None, None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
    ["BIỂU ĐIỀU CHỈNH KẾ HOẠCH VỐN NĂM 2024"],
    ["(Kèm theo Quyết định số 12/QĐ-UBND ngày 5/9/2024)"],
    [*[None] * 9, "Đơn vị tính: triệu đồng"],
    [
        "#",
        "Danh sách công trình",
        "Mã số dự án",
        "Quyết định đầu tư",
        None,
        None,
        "Lũy kế vốn bố trí đến hết năm 2023",
        "Kế hoạch vốn năm 2024 đã giao",
        "Đề xuất điều chỉnh",
        None,
        "Kế hoạch vốn năm 2024 sau điều chỉnh",
    ],
    [
        None,
        None,
        None,
        "Số QĐ, ngày tháng năm",
        "Tổng mức đầu tư",
        None,
        None,
        None,
        "Điều chỉnh giảm",
        "Điều chỉnh tăng",
    ],
    [None, None, None, None, "Tổng số (tất cả các nguồn vốn)", "Trong đó: NST"],
    ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)", "(9)", "(10)", "(11)=(8)+(10)-(9)"],
    [1, "Đường A", "0012", "12/QĐ", 500, 200, 100, 50, 5, 0, 45],
    [],
    [None, "NGƯỜI LẬP BIỂU", None, None, None, None, "Vinh, ngày 15 tháng 9 năm 2024"],
    [None, "Trần Văn B", None, None, None, None, "Nguyễn Văn A"],
]
MERGED: tuple[Range, ...] = (
    *(((4, at), (6, at)) for at in (0, 1, 2, 6, 7, 10)),
    ((4, 3), (4, 5)),
    ((5, 3), (6, 3)),
    ((5, 4), (5, 5)),
    ((4, 8), (4, 9)),
    ((5, 8), (6, 8)),
    ((5, 9), (6, 9)),
)
COLUMNS = [
    "",
    "project",
    "project_id",
    "approved_on",
    "total_investment",
    "total_investment_source",
    "allocated_before",
    "plan",
    "offered_decrease",
    "requested_increase",
    "plan",
]


@pytest.mark.parametrize("merged", [MERGED, ()])
def test_the_official_table(merged: tuple[Range, ...]) -> None:
    (block,) = blocks(OFFICIAL, merged)
    assert [heading.column for heading in block.headings] == COLUMNS
    assert (block.rows, block.unit, block.year) == ([8], 10**6, 2024)
    assert block.title == "BIỂU ĐIỀU CHỈNH KẾ HOẠCH VỐN NĂM 2024"
    assert codes(block) == {"rows-below": "11, 12"}
    assert block.headings[8].row == 5
    block.report("x", "note", ("", ""), heading=block.headings[8])
    assert block.findings[-1].cell == "I6"


@pytest.mark.parametrize("merged", [True, False])
def test_sources_beside_their_total(*, merged: bool) -> None:
    rows = [
        [*FLAT[:3], PLAN, None, None, "Giải ngân đến 15/9/2024", None, None, "Nhu cầu bổ sung"],
        [*[None] * 3, "Tổng số", "Trong đó", None, "Tổng số", "Trong đó"],
        [*[None] * 4, "NSTW", "NS tỉnh", None, "NSTW", "NS tỉnh"],
        [1, "A", "B", 3, 1, 2, 3, 1, 2, 0],
    ]
    ranges: tuple[Range, ...] = (
        *(((0, at), (2, at)) for at in (0, 1, 2, 9)),
        *(((0, at), (0, at + 2)) for at in (3, 6)),
        *(((1, at), (2, at)) for at in (3, 6)),
        *(((1, at), (1, at + 1)) for at in (4, 7)),
    )
    (block,) = blocks(rows, ranges if merged else ())
    read = [
        (h.column, h.meaning.source, h.meaning.total) for h in block.headings[3:] if h.meaning is not None
    ]
    assert read == [
        ("plan", "", True),
        ("plan", "NSTW", False),
        ("plan", "NS tỉnh", False),
        ("disbursed", "", True),
        ("disbursed", "NSTW", False),
        ("disbursed", "NS tỉnh", False),
        ("requested_increase", "", False),
    ]
    assert block.rows == [3]


def test_trong_do_beside_its_column_belongs_to_it() -> None:
    head = [*FLAT[:3], PLAN, "Trong đó", None, "Tổng mức đầu tư", "Trong đó: NSTW"]
    (block,) = blocks([head, [*[None] * 4, "NSTW", "NS tỉnh"], [1, "A", "B", 3, 1, 2, 9, 5]])
    assert [h.column for h in block.headings[3:]] == [
        *["plan"] * 3,
        "total_investment",
        "total_investment_source",
    ]
    assert block.headings[4].path == (PLAN, "Trong đó", "NSTW")
    assert block.headings[3].meaning is not None
    assert block.headings[3].meaning.total


def test_years_as_numbers_in_a_lower_row() -> None:
    (block,) = blocks([[*FLAT[:3], "Kế hoạch vốn", None], [*[None] * 3, 2023.0, 2024.0], [1, "A", "B", 5, 6]])
    assert [(h.index, h.column) for h in block.headings[3:]] == [(3, ""), (4, "plan")]
    assert block.rows == [2]


def test_stacked_tables_each_have_rows_and_a_title() -> None:
    rows = [
        ["I. Vốn NSTW"],
        FLAT,
        LINE,
        LINE,
        [],
        ["II. Vốn ngân sách tỉnh"],
        ["ĐVT: đồng"],
        FLAT,
        LINE,
        [None, "Người lập biểu"],
    ]
    first, second = blocks(rows)
    assert (first.title, first.rows, second.title, second.rows) == (
        "I. Vốn NSTW",
        [2, 3],
        "II. Vốn ngân sách tỉnh",
        [8],
    )
    assert codes(second) == {"rows-below": "10"}


def test_headers_repeated_on_a_page_are_skipped() -> None:
    number = list(range(1, 8))
    rows = [FLAT, number, LINE, ["II", "Giao thông"], FLAT, number, LINE]
    (block,) = blocks(rows)
    assert block.rows == [2, 3, 6]
    assert codes(block) == {"header-repeated": "5"}


def test_tables_side_by_side() -> None:
    left, right = blocks(
        [["I. NSTW", *[None] * 7, "II. NS tỉnh"], [*FLAT, None, *FLAT], [*LINE, None, *LINE], [*LINE]]
    )
    assert (left.title, left.rows, left.headings[-1].index) == ("I. NSTW", [2, 3], 6)
    assert (right.title, right.rows, right.headings[0].index) == ("II. NS tỉnh", [2], 8)


def test_blank_columns_inside_a_table_are_fine() -> None:
    (block,) = blocks([[*FLAT[:3], None, *FLAT[3:]], [*LINE[:3], None, *LINE[3:]]])
    assert [h.index for h in block.headings] == [0, 1, 2, 4, 5, 6, 7]


@pytest.mark.parametrize("cell", [7, "1.000", 0.0])
def test_a_row_below_that_may_be_a_line_is_kept(cell: object) -> None:
    rows = [FLAT, LINE, [None, "Ghi chú: còn vốn", None, None, None, cell], ["Nơi nhận:"]]
    (block,) = blocks(rows)
    assert block.rows == [1, 2]
    assert codes(block) == {"rows-below": "4"}


def test_an_error_cell_below_is_not_dropped() -> None:
    rows = [FLAT, LINE, [None, "(*) tạm tính"]]
    (block,) = blocks(rows, faults=Faults(errors={(2, 5): "#REF!"}))
    assert block.rows == [1, 2]


def test_hidden_columns_are_noted() -> None:
    (block,) = blocks([FLAT, LINE], faults=Faults(hidden_columns=[2, 40]))
    assert codes(block) == {"columns-hidden": "C"}


def test_a_group_row_is_no_header() -> None:
    for group in (["A", "NGUỒN VỐN NSTW"], [None, "TỔNG SỐ", None, "NSTW", "Chuyển tiếp"], ["A. Nguồn NSTW"]):
        (block,) = blocks([FLAT, group, LINE])
        assert block.rows == [1, 2]


def test_a_real_workbook_of_three_header_rows(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "Biểu 1"
    head: list[list[Any]] = [
        ["ĐVT: triệu đồng"],
        [*FLAT[:5], "Năm 2024", None],
        [*[None] * 5, "Kế hoạch", "Giải ngân đến 15/9/2024"],
        ["A", "B", 1, 2, 3, 4, "5=4"],
    ]
    for row in [*head, [1, "Đường A", "Ban A", "NSTW", "Chuyển tiếp", 500, 300]]:
        page.append(row)
    for place in ("A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:E3", "F2:G2"):
        page.merge_cells(place)
    path = tmp_path / "a.xlsx"
    book.save(path)
    lines = read_excel(path).lines
    assert lines[["plan", "disbursed"]].to_numpy().tolist() == [[500_000_000, 300_000_000]]
    path2 = tmp_path / "b.xlsx"
    page["F3"] = "Tổng mức đầu tư"
    book.save(path2)
    renamed = {"Năm 2024 – Tổng mức đầu tư": "plan"}
    assert len(read_excel(path2, columns=renamed)) == 1
    assert len(read_excel(path2, columns={"Tổng mức đầu tư": "plan"})) == 1
    assert "columns-unmatched" in set(check_excel(path2, columns={"Tổng mức": "plan"})["code"])


KNOWN = [
    "Tên dự án",
    "Chủ đầu tư",
    "Nguồn vốn",
    "Phân loại dự án",
    "Địa điểm xây dựng",
    PLAN,
    "Giải ngân từ 01/01/2024 đến 15/9/2024",
    "Tổng mức đầu tư",
    "Nhu cầu bổ sung vốn",
    "Đề nghị điều chỉnh giảm",
    "Kế hoạch giao đầu năm 2024",
    "Lũy kế vốn bố trí đến hết năm 2023",
    "Kế hoạch trung hạn giai đoạn 2021-2025",
    "Ước giải ngân cả năm",
    "Nợ đọng XDCB",
    "Ghi chú",
]
FRAMES = ["Thông tin chung", "Tình hình thực hiện", "Số liệu năm 2024", "Năm 2024", "Quyết định đầu tư"]


@given(data=st.data())
def test_dressing_flat_headers_in_rows_changes_no_meaning(data: st.DataObject) -> None:
    names = ["STT", *data.draw(st.lists(st.sampled_from(KNOWN), min_size=4, max_size=12, unique=True))]
    if "Tên dự án" not in names:
        names.insert(1, "Tên dự án")
    height, merge = data.draw(st.integers(1, 4)), data.draw(st.booleans())
    # the names of the line stand over all rows; the rest in the lowest, below one or more frames
    rows: list[list[Any]] = [[None] * len(names) for _ in range(height)]
    merged: list[Range] = []
    at = 0
    while at < len(names):
        wide = 1 if at < 2 else data.draw(st.integers(1, 3))
        wide = min(wide, len(names) - at)
        if wide == 1 or height == 1:
            rows[0][at] = names[at]
            if height > 1 and (merge or at):
                merged.append(((0, at), (height - 1, at)))
            at += 1
            continue
        frames = data.draw(st.lists(st.sampled_from(FRAMES), min_size=height - 1, max_size=height - 1))
        for row, frame in enumerate(frames):
            rows[row][at] = frame
            if merge:
                merged.append(((row, at), (row, at + wide - 1)))
        rows[-1][at : at + wide] = names[at : at + wide]
        at += wide
    numbering = [list(range(1, len(names) + 1))] if data.draw(st.booleans()) else []
    values = [[1, "Đường A", *[7_000_000_000] * (len(names) - 2)]]
    title = data.draw(st.sampled_from([[], [["BIỂU KẾ HOẠCH VỐN NĂM 2024"], ["Đơn vị tính: đồng"]]]))
    shift = len(title)
    ranges = tuple(((a + shift, b), (c + shift, d)) for (a, b), (c, d) in merged)
    found = blocks([*title, *rows, *numbering, *values], ranges)
    assert len(found) == 1
    flat = resolve(read_headings(names, LINES), 2024 if found[0].year else None)
    assert [(h.index, h.column) for h in found[0].headings] == [(h.index, h.column) for h in flat]
    assert [each + 1 for each in found[0].rows] == [shift + height + len(numbering) + 1]


def test_frames_alone_may_stand_between_two_rows_of_names() -> None:
    frame = ["Thông tin chung", None]
    rows = [
        ["STT", "Tên dự án", *frame, *frame],
        [None, None, *frame, *frame],
        [None, None, "Chủ đầu tư", "Nguồn vốn", "Phân loại dự án", PLAN],
        [1, "Đường A", "Ban A", "NSTW", "Chuyển tiếp", 7_000_000_000],
    ]
    (found,) = blocks(rows, ())
    assert [heading.column for heading in found.headings] == [
        "",
        "project",
        "owner",
        "source",
        "stage",
        "plan",
    ]
