"""Wide tables: carried-over pairs, group and total rows, sheets by source, headers with two readings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from phanbo.errors import DataError
from phanbo.tables.read import check_excel, read_excel

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HEAD = ["STT", "Tên dự án", "Mã số dự án", "Chủ đầu tư", "Phân loại dự án", "Nguồn vốn"]
THIS = ["Kế hoạch vốn năm 2024", "Giải ngân từ 01/01/2024 đến 15/9/2024"]
CARRIED = ["KH năm 2023 kéo dài", "Giải ngân - KH năm 2023 kéo dài"]
Rows = list[list[Any]]


def workbook(path: Path, rows: Sequence[Sequence[Any]], sheet: str = "Biểu", **more: Rows) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, content in {sheet: rows, **more}.items():
        page = book.create_sheet(name)
        for row in [["ĐVT: triệu đồng"], *content]:
            page.append(list(row))
    book.save(path)
    return path


def line(number: int, *cells: Any, stage: str = "chuyển tiếp") -> list[Any]:
    return [number, f"Dự án {number}", f"00{number}", "Sở", stage, "NSTW", *cells]


def group(mark: str | None, name: str, *cells: Any) -> list[Any]:
    return [mark, name, None, None, None, None, *cells]


def found(path: Path, code: str) -> list[dict[Any, Any]]:
    frame = check_excel(path)
    return frame[frame["code"] == code].to_dict("records")


def plans(path: Path, **options: Any) -> dict[str, int]:
    lines = read_excel(path, **options).lines
    return dict(zip(lines["line_id"], (lines["plan"] // 10**6).tolist(), strict=True))


def test_a_carried_over_pair_makes_lines_of_its_own(tmp_path: Path) -> None:
    rows = [
        [*HEAD, *THIS, *CARRIED, "Nhu cầu bổ sung vốn", "Tổng mức đầu tư"],
        line(1, 100, 40, 30, 10, 5, 900),
        line(2, 200, 90, None, None, 6, 800),
        line(3, None, None, 50, 50, None, 700),
    ]
    path = workbook(tmp_path / "a.xlsx", rows)
    assert plans(path) == {
        "001/NSTW/2023": 30,
        "001/NSTW/2024": 100,
        "002/NSTW/2024": 200,
        "003/NSTW/2023": 50,
    }
    lines = read_excel(path).lines.set_index("line_id")
    assert lines.loc["001/NSTW/2023", "disbursed"] == 10_000_000
    assert lines.loc["001/NSTW/2023", "requested_increase"] == 0
    assert lines.loc["001/NSTW/2024", "requested_increase"] == 5_000_000
    assert lines.loc["001/NSTW/2023", "total_investment"] == 900_000_000
    assert set(read_excel(path).origins["row"]) == {3, 4, 5}


def test_each_pair_has_its_year(tmp_path: Path) -> None:
    pairs = [*CARRIED, "KH năm 2022 kéo dài", "Giải ngân - KH năm 2022 kéo dài"]
    path = workbook(tmp_path / "a.xlsx", [[*HEAD, *THIS, *pairs], line(1, 100, 40, 30, 10, 20, 5)])
    assert plans(path) == {"001/NSTW/2022": 20, "001/NSTW/2023": 30, "001/NSTW/2024": 100}


def test_a_wrong_amount_of_a_pair_has_its_own_cell(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [[*HEAD, *THIS, *CARRIED], line(1, 100, "a", 30, "b")])
    cells = {finding["cell"] for finding in found(path, "not-a-number")}
    assert cells == {"H3", "J3"}
    dong = [f"{text} (đồng)" for text in (*THIS, *CARRIED)]
    path = workbook(tmp_path / "b.xlsx", [[*HEAD, *dong], line(1, 100, "a", 30, "b")])
    assert {finding["cell"] for finding in found(path, "not-a-number")} == {"H3", "J3"}
    path = workbook(tmp_path / "c.xlsx", [[*HEAD, *THIS, *CARRIED], line(1, 100, 40, 30, 31)])
    (finding,) = found(path, "over-plan")
    assert (finding["row"], finding["cell"]) == (3, "")  # better no address than that of the other pair


def test_carried_over_capital_needs_its_own_disbursement(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [[*HEAD, *THIS, CARRIED[0]], line(1, 100, 40, 30)])
    (finding,) = found(path, "carried-alone")
    assert (finding["cell"], finding["severity"]) == ("I2", "error")
    alone = workbook(tmp_path / "b.xlsx", [[*HEAD, CARRIED[0], THIS[1]], line(1, 30, 10)])
    lines = read_excel(alone, year=2024).lines
    assert (lines["plan_year"].item(), lines["disbursed"].item()) == (2023, 10_000_000)


def grouped() -> Rows:
    return [
        [*HEAD, *THIS],
        group(None, "TỔNG SỐ", 600, 150),
        group("A", "Giao thông", 300, 100),
        group("I", "Chuyển tiếp", 300, 100),
        line(1, 100, 40),
        line(2, 200, 60),
        group("B", "Y tế", 300, 50),
        line(3, 300, 50),
        [],
        [None, "Người lập biểu"],
    ]


def test_group_and_total_rows_are_reported_once(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", grouped())
    assert plans(path) == {"001/NSTW/2024": 100, "002/NSTW/2024": 200, "003/NSTW/2024": 300}
    (note,) = found(path, "group-rows")
    assert note["severity"] == "note"
    assert note["value"] == "3, 4, 5, 8"
    assert [below["value"] for below in found(path, "rows-below")] == ["11"]
    assert not found(path, "subtotal")
    assert not found(path, "required-empty")


@pytest.mark.parametrize(
    ("row", "column", "cell", "wrong"),
    [(1, 6, "G3", 601), (2, 7, "H4", 99), (3, 6, "G5", 299), (6, 6, "G8", 1)],
)
def test_a_total_that_does_not_add_up_is_a_warning(
    tmp_path: Path, row: int, column: int, cell: str, wrong: int
) -> None:
    rows = grouped()
    rows[row][column] = wrong
    path = workbook(tmp_path / "a.xlsx", rows)
    (warning,) = found(path, "subtotal")
    assert (warning["cell"], warning["severity"]) == (cell, "warning")
    assert len(read_excel(path)) == 3


def test_an_error_in_a_total_is_a_note(tmp_path: Path) -> None:
    rows = grouped()
    rows[1][6] = "#REF!"
    path = workbook(tmp_path / "a.xlsx", rows)
    assert found(path, "formula-ignored")[0]["value"] == "G3"
    assert len(read_excel(path)) == 3


def test_a_total_below_its_rows(tmp_path: Path) -> None:
    rows = [[*HEAD, *THIS], line(1, 100, 40), line(2, 200, 60), group(None, "Cộng", 300, 100)]
    assert len(plans(workbook(tmp_path / "a.xlsx", rows))) == 2
    assert not found(tmp_path / "a.xlsx", "subtotal")


def test_a_forgotten_owner_is_no_group(tmp_path: Path) -> None:
    rows = grouped()
    rows[5][2:6] = [None] * 4
    path = workbook(tmp_path / "a.xlsx", rows)
    assert "D7" in {finding["cell"] for finding in found(path, "required-empty")}


def test_a_project_called_total_is_a_line(tmp_path: Path) -> None:
    rows = [[*HEAD, *THIS], line(1, 100, 40)]
    rows[1][1] = "Tổng kho lương thực"
    assert len(plans(workbook(tmp_path / "a.xlsx", rows))) == 1


def by_sheet(*cells: Any) -> Rows:
    return [[*HEAD[:5], *THIS], [*line(1)[:5], *cells]]


def test_sheets_with_the_same_headers_are_one_a_source(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", by_sheet(100, 40), "Vốn X", NSTW=by_sheet(200, 50))
    assert plans(path) == {"001/NSTW/2024": 200, "001/Vốn X/2024": 100}
    assert set(read_excel(path).origins["sheet"]) == {"NSTW", "Vốn X"}


def test_sheets_with_other_headers_are_asked_about(tmp_path: Path) -> None:
    other = [[*HEAD, *THIS, "Nhu cầu bổ sung vốn"], line(1, 1, 1, 1)]
    path = workbook(tmp_path / "a.xlsx", [[*HEAD, *THIS], line(1, 100, 40)], Khác=other)
    (finding,) = found(path, "sheets-differ")
    assert (finding["sheet"], finding["severity"]) == ("Khác", "error")
    assert len(read_excel(path, sheet="Biểu")) == 1


def test_a_header_may_name_the_source(tmp_path: Path) -> None:
    rows = [[*HEAD[:5], "Kế hoạch vốn NSTW năm 2024", THIS[1]], [*line(1)[:5], 100, 40]]
    assert plans(workbook(tmp_path / "a.xlsx", rows)) == {"001/NSTW/2024": 100}


# -- headers with two readings ------------------------------------------------------------------------


def with_column(tmp_path: Path, header: str, *values: Any, plan: str = THIS[0]) -> Path:
    rows: Rows = [[*HEAD, plan, THIS[1], header]]
    rows += [line(at + 1, 100, 40, value) for at, value in enumerate(values)]
    return workbook(tmp_path / "a.xlsx", rows)


@pytest.mark.parametrize(
    ("values", "column"), [(("A", "nhóm B"), "project_class"), (("chuyển tiếp", "khởi công mới"), "stage")]
)
def test_nhom_du_an_is_read_by_its_values(tmp_path: Path, values: tuple[str, ...], column: str) -> None:
    rows = [[*HEAD[:4], "Nhóm dự án", "Nguồn vốn", *THIS]]
    rows += [line(at, 100, 40, stage=value) for at, value in enumerate(values, start=1)]
    path = workbook(tmp_path / "a.xlsx", rows)
    (note,) = found(path, "header-settled")
    assert note["column"] == column
    assert bool(found(path, "column-missing")) == (column == "project_class")


def test_a_mixed_nhom_du_an_is_an_error(tmp_path: Path) -> None:
    path = with_column(tmp_path, "Nhóm dự án", "A", "chuyển tiếp")
    (finding,) = found(path, "header-doubtful")
    assert (finding["severity"], finding["cell"]) == ("error", "I2")


def test_an_allocation_without_a_year_is_settled_by_values_or_asked(tmp_path: Path) -> None:
    path = with_column(tmp_path, "Lũy kế bố trí vốn", 50, 500)
    assert found(path, "header-settled")[0]["column"] == "allocated_before"
    assert read_excel(path).lines["allocated_to_date"].tolist() == [150_000_000, 600_000_000]
    (finding,) = found(with_column(tmp_path, "Lũy kế bố trí vốn", 100, 500), "header-doubtful")
    assert finding["severity"] == "error"


@pytest.mark.parametrize(("paid", "taken"), [((40, 100), True), ((40, 101), False)])
def test_a_bare_cumulative_disbursement_must_stay_within_the_plan(
    tmp_path: Path, paid: tuple[int, int], *, taken: bool
) -> None:
    rows = [[*HEAD, THIS[0], "Lũy kế giải ngân"], line(1, 100, paid[0]), line(2, 100, paid[1])]
    path = workbook(tmp_path / "a.xlsx", rows)
    assert bool(found(path, "header-settled")) is taken
    assert bool(found(path, "header-doubtful")) is not taken


@pytest.mark.parametrize("second", ["Vốn đã giải ngân", "Lũy kế giải ngân từ khởi công"])
def test_a_bare_cumulative_disbursement_beside_another_is_not_taken(tmp_path: Path, second: str) -> None:
    rows = [[*HEAD, THIS[0], "Lũy kế giải ngân", second], line(1, 100, 40, 50)]
    path = workbook(tmp_path / "a.xlsx", rows)
    assert not found(path, "header-settled")
    assert found(path, "header-doubtful")


def test_since_the_start_of_works_is_never_disbursed(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx", [[*HEAD, THIS[0], "Lũy kế giải ngân từ khởi công"], line(1, 100, 40)]
    )
    assert [finding["column"] for finding in found(path, "column-missing")] == ["disbursed"]


ADJUSTED = ["Kế hoạch vốn năm 2024", "Điều chỉnh tăng", "Điều chỉnh giảm", "Kế hoạch vốn sau điều chỉnh"]


def test_after_adjustment_is_the_plan(tmp_path: Path) -> None:
    rows = [[*HEAD, *ADJUSTED, THIS[1]], line(1, 100, 20, 0, 120, 40), line(2, 100, None, 30, 70, 40)]
    path = workbook(tmp_path / "a.xlsx", rows)
    lines = read_excel(path).lines
    assert (lines["plan"] // 10**6).tolist() == [120, 70]
    assert (lines["plan_initial"] // 10**6).tolist() == [100, 100]
    assert (lines["raised_this_year"] // 10**6).tolist() == [20, 0]
    assert (lines["cut_this_year"] // 10**6).tolist() == [0, 30]
    rows[2][9] = 71
    (finding,) = found(workbook(tmp_path / "a.xlsx", rows), "adjustment-identity")
    assert (finding["cell"], finding["severity"]) == ("J4", "error")


def test_without_it_adjustments_are_needs_and_offers(tmp_path: Path) -> None:
    rows = [[*HEAD, *ADJUSTED[:3], THIS[1]], line(1, 100, 20, 0, 40), line(2, 100, 0, 30, 40)]
    lines = read_excel(workbook(tmp_path / "a.xlsx", rows)).lines
    assert (lines["plan"] // 10**6).tolist() == [100, 100]
    assert (lines["requested_increase"] // 10**6).tolist() == [20, 0]
    assert (lines["offered_decrease"] // 10**6).tolist() == [0, 30]


def test_a_signed_adjustment_is_both(tmp_path: Path) -> None:
    path = with_column(tmp_path, "Kế hoạch điều chỉnh (+ tăng) (− giảm)", 20, -30)
    lines = read_excel(path).lines
    assert (lines["requested_increase"] // 10**6).tolist() == [20, 0]
    assert (lines["offered_decrease"] // 10**6).tolist() == [0, 30]


def test_a_mixed_settlement_header_is_an_error(tmp_path: Path) -> None:
    path = with_column(tmp_path, "Quyết toán, giá trị dự toán hoặc TMĐT", 900)
    with pytest.raises(DataError):
        read_excel(path)
    assert found(path, "header-doubtful")[0]["cell"] == "I2"


@pytest.mark.parametrize("header", ["Khối lượng thực hiện từ khởi công", "Cấp bách"])
def test_some_headers_are_kept_and_not_used(tmp_path: Path, header: str) -> None:
    path = with_column(tmp_path, header, 900)
    assert found(path, "header-doubtful")[0]["severity"] == "note"
    assert not {"committed", "emergency"} & read_excel(path).given


def test_a_header_of_another_year_is_a_warning(tmp_path: Path) -> None:
    path = with_column(tmp_path, "Kế hoạch vốn năm 2023", 900)
    (finding,) = found(path, "header-other-year")
    assert (finding["cell"], finding["severity"]) == ("I2", "warning")
    assert plans(path) == {"001/NSTW/2024": 100}


GIVEN, AFTER = "Kế hoạch vốn năm 2024 đã giao", "Kế hoạch vốn năm 2024 sau điều chỉnh"


@pytest.mark.parametrize(
    ("given", "after"),
    [
        ("Kế hoạch vốn năm 2024", "Kế hoạch vốn năm 2024 (sau điều chỉnh)"),
        ("Kế hoạch vốn năm 2024", "KH vốn năm 2024 sau điều chỉnh"),
        ("KH vốn năm 2024 đã giao", "Kế hoạch năm 2024 sau khi điều chỉnh"),
        ("Kế hoạch đã giao", "Kế hoạch vốn năm 2024 (đã điều chỉnh)"),
        ("Kế hoạch vốn năm 2024 trước điều chỉnh", AFTER),
    ],
)
def test_the_plan_after_adjustment_is_never_dropped(tmp_path: Path, given: str, after: str) -> None:
    for order in (1, -1):
        pair, amounts = [given, after][::order], [100, 120][::order]
        lines = read_excel(
            workbook(tmp_path / "a.xlsx", [[*HEAD, *pair, THIS[1]], line(1, *amounts, 40)])
        ).lines
        assert (lines["plan"].item(), lines["plan_initial"].item()) == (120_000_000, 100_000_000)


def test_an_unused_adjustment_is_asked_about(tmp_path: Path) -> None:
    header = "Kế hoạch vốn điều chỉnh năm 2024"
    path = with_column(tmp_path, header, 120)
    (finding,) = found(path, "header-adjusted")
    assert (finding["severity"], finding["cell"]) == ("error", "I2")
    assert plans(path, columns={header: ""}) == {"001/NSTW/2024": 100}
    assert plans(path, columns={header: "plan"}) == {"001/NSTW/2024": 120}
    assert plans(path, columns={THIS[0]: "plan"}) == {"001/NSTW/2024": 100}
    assert not found(with_column(tmp_path, "Lý do điều chỉnh", "x"), "header-adjusted")
    assert found(with_column(tmp_path, "Điều chỉnh tăng", 1, plan=THIS[0]), "header-settled")


def test_a_second_adjustment_is_asked_about(tmp_path: Path) -> None:
    rows = [[*HEAD, *THIS, "Đề xuất điều chỉnh tăng", "Điều chỉnh tăng"], line(1, 100, 40, 5, 6)]
    (finding,) = found(workbook(tmp_path / "a.xlsx", rows), "header-doubtful")
    assert (finding["severity"], finding["cell"]) == ("error", "J2")


GRID = [*HEAD, GIVEN, "Đề xuất điều chỉnh giảm", "Đề xuất điều chỉnh tăng", AFTER, THIS[1]]


def test_the_grid_of_an_adjustment(tmp_path: Path) -> None:
    rows = [GRID, line(1, 100, 0, 20, 120, 40), line(2, 100, 30, None, 70, 40)]
    path = workbook(tmp_path / "a.xlsx", rows)
    lines = read_excel(path).lines
    assert (lines["plan"] // 10**6).tolist() == [120, 70]
    assert (lines["plan_initial"] // 10**6).tolist() == [100, 100]
    assert (lines["raised_this_year"] // 10**6).tolist() == [20, 0]
    assert (lines["cut_this_year"] // 10**6).tolist() == [0, 30]
    assert lines["requested_increase"].sum() == 0  # taken in already: as needs they would count twice
    assert len(found(path, "proposal-taken-in")) == 2
    before = read_excel(path, columns={AFTER: ""}).lines
    assert (before["plan"] // 10**6).tolist() == [100, 100]
    assert (before["requested_increase"] // 10**6).tolist() == [20, 0]
    by_hand = {GRID[7]: "offered_decrease", GRID[8]: "requested_increase"}
    assert read_excel(path, columns=by_hand).lines["requested_increase"].sum() == 20_000_000
    rows[2][9] = 71
    (finding,) = found(workbook(tmp_path / "a.xlsx", rows), "adjustment-identity")
    assert (finding["cell"], finding["severity"]) == ("J4", "error")


def test_a_proposal_on_top_of_the_plan_after_adjustment_is_a_need(tmp_path: Path) -> None:
    rows = [GRID, line(1, 100, 0, 20, 100, 40), line(2, 100, 30, 0, 100, 40)]
    lines = read_excel(workbook(tmp_path / "a.xlsx", rows)).lines
    assert (lines["requested_increase"] // 10**6).tolist() == [20, 0]
    alone = [[*HEAD, GIVEN, AFTER, "Đề nghị điều chỉnh giảm", THIS[1]], line(1, 100, 120, 15, 40)]
    lines = read_excel(workbook(tmp_path / "a.xlsx", alone)).lines
    assert (lines["plan"].item(), lines["offered_decrease"].item()) == (120_000_000, 15_000_000)


def test_moves_done_are_checked_on_every_row(tmp_path: Path) -> None:
    rows = [[*HEAD, GIVEN, "Điều chỉnh giảm", "Điều chỉnh tăng", AFTER, THIS[1]]]
    rows += [line(1, 100, 0, 20, 120, 40), line(2, 100, 30, 0, 60, 40), line(3, "?", 0, 5, 60, 40)]
    path = workbook(tmp_path / "a.xlsx", rows)
    assert [finding["cell"] for finding in found(path, "adjustment-identity")] == ["J4"]


def test_a_signed_adjustment_that_the_plan_has_taken_in(tmp_path: Path) -> None:
    rows: Rows = [[*HEAD, GIVEN, "Kế hoạch điều chỉnh (+ tăng) (− giảm)", AFTER, THIS[1]]]
    rows += [line(1, 100, 20, 120, 40), line(2, 100, -30, 70, 40)]
    lines = read_excel(workbook(tmp_path / "a.xlsx", rows)).lines
    assert lines["requested_increase"].sum() == lines["offered_decrease"].sum() == 0
    assert (lines["raised_this_year"] // 10**6).tolist() == [20, 0]
    assert (lines["cut_this_year"] // 10**6).tolist() == [0, 30]
    rows[2][8] = 71
    assert found(workbook(tmp_path / "a.xlsx", rows), "adjustment-identity")


def pages(path: Path, **sheets: Rows) -> Path:
    (first, rows), *rest = sheets.items()
    return workbook(path, rows, first, **dict(rest))


def of(*lines: tuple[int, int, int], source: bool = False) -> Rows:
    """Return a sheet of lines: project, plan, disbursed; with or without a column of sources."""
    width = 6 if source else 5
    return [[*HEAD[:width], *THIS], *([*line(n)[:width], plan, paid] for n, plan, paid in lines)]


@pytest.mark.parametrize("source", [False, True])
@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Tổng hợp", ((1, 100, 40), (2, 200, 60), (3, 50, 0))),
        ("Biểu 1", ((1, 100, 40), (2, 200, 60), (3, 50, 0))),
        ("Biểu 1", ((9, 350, 100),)),
        ("Tổng hợp", ((1, 100, 40), (2, 201, 60), (3, 50, 0))),
    ],
)
def test_a_sheet_that_repeats_the_others_is_an_error(
    tmp_path: Path, name: str, lines: tuple[tuple[int, int, int], ...], *, source: bool
) -> None:
    sheets = {
        name: of(*lines, source=source),
        "NSTW": of((1, 100, 40), source=source),
        "NS tỉnh": of((2, 200, 60), (3, 50, 0), source=source),
    }
    path = pages(tmp_path / "a.xlsx", **sheets)
    (finding,) = found(path, "sheet-summary")
    assert (finding["severity"], finding["sheet"]) == ("error", name)
    assert "“NSTW”, “NS tỉnh”" in finding["message_vi"]
    assert 'sheet=["NSTW", "NS tỉnh"]' in finding["mend_vi"]
    assert len(read_excel(path, sheet=["NSTW", "NS tỉnh"])) == 3


def test_a_summary_of_one_sheet_and_two_sources_of_one_project(tmp_path: Path) -> None:
    rows = ((1, 100, 40), (2, 200, 60))
    path = pages(tmp_path / "a.xlsx", **{"NSTW": of(*rows), "Xổ số": of(*rows)})
    assert found(path, "sheet-summary")
    assert not found(pages(path, **{"NSTW": of((1, 50, 0)), "Xổ số": of((1, 50, 0))}), "sheet-summary")
    apart = {"NSTW": of(*rows), "Xổ số": of((1, 101, 0), (2, 1, 0))}
    assert len(read_excel(pages(path, **apart))) == 4


def test_a_sheet_taken_for_the_source_is_told_or_asked_about(tmp_path: Path) -> None:
    path = pages(tmp_path / "a.xlsx", **{"Vốn X": of((1, 100, 40)), "NSTW": of((2, 200, 60))})
    (warning,) = found(path, "sheet-source")
    assert (warning["severity"], warning["sheet"]) == ("warning", "Vốn X")
    assert "tên trang được hiểu là nguồn vốn" in warning["message_vi"]
    for name in ("Sheet1", "Biểu 01", "Phụ lục II", "1", "Trang tính 2", "Tổng hợp"):
        path = pages(path, **{name: of((1, 100, 40)), "NSTW": of((2, 200, 60))})
        (error,) = found(path, "sheet-no-source")
        assert (error["severity"], error["sheet"]) == ("error", name)
    said = pages(path, Sheet1=of((1, 100, 40), source=True), Sheet2=of((2, 200, 60), source=True))
    assert not found(said, "sheet-no-source")


def owned(name: str, plan: int, paid: int, code: str | None = None) -> list[Any]:
    return [None, name, code, "Sở", "chuyển tiếp", "NSTW", plan, paid]


@pytest.mark.parametrize("name", ["Tổng cộng", "TỔNG SỐ", "Cộng", "Cộng NSTW", "Tổng cộng (I+II)"])
def test_a_total_with_an_owner_is_no_line(tmp_path: Path, name: str) -> None:
    rows = [[*HEAD, *THIS], line(1, 100, 40), line(2, 200, 60), owned(name, 300, 100)]
    path = workbook(tmp_path / "a.xlsx", rows)
    assert plans(path) == {"001/NSTW/2024": 100, "002/NSTW/2024": 200}
    assert found(path, "group-rows")[0]["value"] == "5"
    rows[1:1] = [owned(name, 330, 110)]
    rows += [line(3, 30, 10), owned(name, 30, 10)]
    assert len(plans(workbook(path, rows))) == 3
    assert not found(path, "subtotal")


def test_a_total_with_an_owner_that_adds_nothing_up_is_asked_about(tmp_path: Path) -> None:
    rows = [[*HEAD, *THIS], line(1, 100, 40), line(2, 200, 60), owned("Tổng cộng", 301, 100)]
    path = workbook(tmp_path / "a.xlsx", rows)
    (finding,) = found(path, "total-unclear")
    assert (finding["severity"], finding["cell"]) == ("error", "B5")
    rows[3] = owned("Tổng cộng", 301, 100, "0009")
    assert len(plans(workbook(path, rows))) == 3
    rows[3] = owned("Tổng kho lương thực", 301, 100)
    assert len(plans(workbook(path, rows))) == 3


def test_a_cell_that_cannot_be_read_is_told_once(tmp_path: Path) -> None:
    rows = [
        [*HEAD, *THIS],
        line(1, "#REF!", 40),
        line(2, "nhiều", 60),
        line(3, "=1+1", 60),
        line(4, 5, "#N/A"),
    ]
    frame = check_excel(workbook(tmp_path / "a.xlsx", rows))
    errors = frame[frame["severity"] == "error"]
    assert sorted(zip(errors["code"], errors["cell"], strict=True)) == [
        ("formula-error", "G3"),
        ("formula-error", "H6"),
        ("formula-unsaved", "G5"),
        ("not-a-number", "G4"),
    ]
    assert "over-plan" not in set(frame["code"])
