"""Reading files: one portfolio whatever the format and unit, and every fault with sheet, row and cell."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phanbo.errors import DataError
from phanbo.portfolio import Portfolio
from phanbo.tables.read import check_excel, read_csv, read_excel, read_parquet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HEAD = [
    "STT",
    "Mã số dự án",
    "Danh mục dự án",
    "Chủ đầu tư",
    "Nguồn vốn",
    "Phân loại dự án",
    "Kế hoạch vốn năm 2024",
    "Giải ngân từ 01/01/2024 đến 15/9/2024",
    "Nhu cầu bổ sung vốn",
    "Ghi chú",
]
ROWS: list[list[Any]] = [
    [
        1,
        "0012",
        "Đường A",
        "Sở Giao thông",
        "NSTW",
        "Chuyển tiếp",
        12_345_678_901,
        1_000_000_001,
        5_000_000,
        "x",
    ],
    [2, "0013", "Cầu B", "Sở Giao thông", "NS tỉnh", "Khởi công mới", 2_000_000_000, 0, 0, None],
    [3, "9", "Trường C", "Sở Giáo dục", "NS tỉnh", "Chuyển tiếp", 7_500_000_500, 7_500_000_500, None, None],
]
UNITS = {"đồng": 1, "nghìn đồng": 1_000, "triệu đồng": 1_000_000, "tỷ đồng": 1_000_000_000}


def workbook(
    path: Path, rows: Sequence[Sequence[Any]], sheet: str = "Biểu 1", **more: Sequence[Sequence[Any]]
) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, content in {sheet: rows, **more}.items():
        page = book.create_sheet(name)
        for row in content:
            page.append(list(row))
    book.save(path)
    return path


def scaled(rows: Sequence[Sequence[Any]], unit: int) -> list[list[Any]]:
    return [
        [*row[:6], *(cell if cell is None else cell / unit for cell in row[6:9]), *row[9:]] for row in rows
    ]


def plain(path: Path, rows: Sequence[Sequence[Any]] = ROWS, unit: str = "đồng") -> Path:
    return workbook(path, [["KẾ HOẠCH"], [f"Đơn vị tính: {unit}"], HEAD, *scaled(rows, UNITS[unit])])


def findings(path: Path, code: str, **options: Any) -> list[dict[Any, Any]]:
    frame = check_excel(path, **options)
    return frame[frame["code"] == code].to_dict("records")


def codes(path: Path, severity: str = "error", **options: Any) -> set[str]:
    frame = check_excel(path, **options)
    return set(frame["code"][frame["severity"] == severity])


def test_a_plain_workbook(tmp_path: Path) -> None:
    path = plain(tmp_path / "kế hoạch.xlsx")
    before = path.read_bytes()
    portfolio = read_excel(path)
    lines = portfolio.lines.set_index("project_id")
    assert lines.loc["0012", "plan"] == 12_345_678_901
    assert lines.loc["0012", "disbursed"] == 1_000_000_001
    assert lines["plan_year"].tolist() == [2024, 2024, 2024]
    assert lines.loc["9", "requested_increase"] == 0
    assert dict(zip(portfolio.origins["line_id"], portfolio.origins["row"], strict=True)) == {
        "0012/NSTW/2024": 4,
        "0013/NS tỉnh/2024": 5,
        "9/NS tỉnh/2024": 6,
    }
    assert set(portfolio.origins["sheet"]) == {"Biểu 1"}
    assert portfolio.files == (("kế hoạch.xlsx", hashlib.sha256(before).hexdigest()),)
    assert path.read_bytes() == before


def test_the_date_of_the_figures_is_noted(tmp_path: Path) -> None:
    (note,) = findings(plain(tmp_path / "a.xlsx"), "data-date")
    assert (note["value"], note["cell"], note["severity"]) == ("2024-09-15", "H3", "note")


@pytest.mark.parametrize("unit", UNITS)
def test_the_unit_of_the_file_changes_nothing(tmp_path: Path, unit: str) -> None:
    assert (
        read_excel(plain(tmp_path / "a.xlsx", unit=unit)).hash == read_excel(plain(tmp_path / "b.xlsx")).hash
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 10**14), min_size=3, max_size=3), st.sampled_from(sorted(UNITS)))
def test_any_amount_survives_any_unit(tmp_path: Path, amounts: list[int], unit: str) -> None:
    rows = [[*row[:6], amount, 0, 0, None] for row, amount in zip(ROWS, amounts, strict=True)]
    portfolio = read_excel(plain(tmp_path / "a.xlsx", rows, unit))
    plans = dict(zip(portfolio.lines["project_id"], portfolio.lines["plan"], strict=True))
    assert [plans[row[1]] for row in rows] == amounts


def test_the_unit_comes_from_headers_argument_or_title(tmp_path: Path) -> None:
    wanted = read_excel(plain(tmp_path / "a.xlsx")).hash
    head = [f"{text} (triệu đồng)" if at in {6, 7, 8} else text for at, text in enumerate(HEAD)]
    rows = scaled(ROWS, 10**6)
    assert read_excel(workbook(tmp_path / "b.xlsx", [head, *rows])).hash == wanted
    bare = workbook(tmp_path / "c.xlsx", [HEAD, *rows])
    assert read_excel(bare, unit="triệu đồng").hash == wanted
    assert read_excel(bare, unit=10**6).hash == wanted
    assert "unit-unknown" in codes(bare)
    with pytest.raises(DataError, match="unit="):
        read_excel(bare, unit="lạng")


def test_a_column_may_have_its_own_unit(tmp_path: Path) -> None:
    head = [*HEAD[:8], "Nhu cầu bổ sung vốn (tỷ đồng)", "Ghi chú"]
    rows = [[*row[:8], 1.5, None] for row in scaled(ROWS, 10**6)]
    portfolio = read_excel(workbook(tmp_path / "a.xlsx", [["ĐVT: triệu đồng"], head, *rows]))
    assert set(portfolio.lines["requested_increase"]) == {1_500_000_000}
    assert portfolio.lines["plan"].max() == 12_345_678_901


def test_a_unit_against_the_file_is_a_warning(tmp_path: Path) -> None:
    path = plain(tmp_path / "a.xlsx", unit="triệu đồng")
    rows = [[*row[:6], 1_500_000, 500_000, 0, None] for row in ROWS]
    path = workbook(path, [["Đơn vị tính: triệu đồng"], HEAD, *rows])
    assert read_excel(path, unit="đồng").lines["plan"].tolist() == [1_500_000] * 3
    assert "unit-differs" in codes(path, "warning", unit="đồng")


def test_without_any_unit_whole_large_amounts_are_dong(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEAD, *ROWS])
    assert read_excel(path).hash == read_excel(plain(tmp_path / "b.xlsx")).hash
    assert "unit-assumed" in codes(path, "note")
    small = [[*row[:6], 1200, 300, 0, None] for row in ROWS]
    assert codes(workbook(path, [HEAD, *small])) == {"unit-unknown"}


def test_spreadsheet_noise_is_not_a_fraction_of_a_dong(tmp_path: Path) -> None:
    rows = [[*row[:6], 0.1 + 0.2, 0, 0, None] for row in ROWS]
    path = workbook(tmp_path / "a.xlsx", [["Đơn vị tính: triệu đồng"], HEAD, *rows])
    assert set(read_excel(path).lines["plan"]) == {300_000}


def frames() -> dict[str, pd.DataFrame]:
    names = ["project_id", "project", "owner", "source", "stage", "plan", "disbursed", "requested_increase"]
    lines = pd.DataFrame([row[1:9] for row in ROWS], columns=names).assign(plan_year=2024)
    history = pd.DataFrame(
        {
            "project_id": ["0012", "0012"],
            "source": "NSTW",
            "plan_year": 2024,
            "date": ["2024-06-30", "2024-08-31"],
            "disbursed": [1_000_000, 2_000_000],
        }
    )
    return {"lines": lines, "history": history}


def test_csv_excel_parquet_and_frames_are_one_portfolio(tmp_path: Path) -> None:
    tables = frames()
    wanted = Portfolio(**tables).hash
    for folder in ("english", "vietnamese", "parquet"):
        (tmp_path / folder).mkdir()
    for name, sheet in (("lines", "KeHoachVon"), ("history", "GiaiNgan")):
        frame = tables[name]
        frame.to_csv(tmp_path / "english" / f"{name}.csv", index=False)
        frame.to_csv(tmp_path / "vietnamese" / f"{sheet}.csv", index=False, sep=";", encoding="utf-8-sig")
        frame.to_parquet(tmp_path / "parquet" / f"{name}.parquet")
    (tmp_path / "english" / "notes.csv").write_text("anything\n", encoding="utf-8")
    assert read_csv(tmp_path / "english").hash == wanted
    assert read_csv(tmp_path / "vietnamese").hash == wanted
    assert read_parquet(tmp_path / "parquet").hash == wanted
    history: list[list[Any]] = [
        ["Mã số dự án", "Nguồn vốn", "Năm kế hoạch", "Ngày", "Lũy kế giải ngân từ đầu năm"],
        ["0012", "NSTW", 2024, dt.date(2024, 6, 30), 1_000_000],
        ["0012", "NSTW", 2024, dt.datetime(2024, 8, 31), 2_000_000],  # noqa: DTZ001
    ]
    assert read_excel(workbook(tmp_path / "a.xlsx", [HEAD, *ROWS], GiaiNgan=history)).hash == wanted
    assert [name for name, _ in read_csv(tmp_path / "english").files] == ["history.csv", "lines.csv"]


def test_row_and_column_order_change_nothing(tmp_path: Path) -> None:
    order = [7, 0, 6, 5, 4, 3, 2, 1, 8, 9]
    mixed = [[row[at] for at in order] for row in [HEAD, *reversed(ROWS)]]
    assert (
        read_excel(workbook(tmp_path / "a.xlsx", mixed)).hash == read_excel(plain(tmp_path / "b.xlsx")).hash
    )


def test_a_single_text_file_is_the_lines(tmp_path: Path) -> None:
    path = tmp_path / "bất kỳ.csv"
    frames()["lines"].to_csv(path, index=False)
    assert read_csv(path).hash == Portfolio(lines=frames()["lines"]).hash


def test_what_was_saved_is_read_back_with_its_origins(tmp_path: Path) -> None:
    portfolio = read_excel(plain(tmp_path / "a.xlsx"))
    portfolio.save(tmp_path / "case")
    again = read_csv(tmp_path / "case")
    assert again.hash == portfolio.hash
    pd.testing.assert_frame_equal(again.origins, portfolio.origins)


def test_small_amounts_under_english_names_are_dong(tmp_path: Path) -> None:
    lines = frames()["lines"].assign(plan=[5, 6, 7], disbursed=0)
    lines.to_csv(tmp_path / "lines.csv", index=False)
    assert read_csv(tmp_path).lines["plan"].tolist() == [5, 6, 7]


def test_text_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "lines.csv").write_bytes("Chủ đầu tư".encode("cp1258", errors="replace") + b"\xff")
    with pytest.raises(DataError) as caught:
        read_csv(tmp_path)
    assert caught.value.findings[0].code == "file-unreadable"


def test_every_error_names_sheet_row_and_cell(tmp_path: Path) -> None:
    rows = [
        [1, "01", "A", "Sở", "NSTW", "chuyển tiếp", 1.2345678, "1.234", "abc"],
        [2, "02", "B", "Sở", "NSTW", "hoàn thành", 1e12, 1.5, -5],
        [3, "03", "C", None, "NSTW", "gì đó", None, 1, 0],
    ]
    path = workbook(tmp_path / "a.xlsx", [["ĐVT: triệu đồng"], HEAD, *rows])
    with pytest.raises(DataError) as caught:
        read_excel(path)
    found = {(finding.cell, finding.code) for finding in caught.value.findings}
    assert found == {
        ("G3", "not-whole"),
        ("H3", "ambiguous-number"),
        ("I3", "not-a-number"),
        ("F4", "completed-without-year"),
        ("G4", "too-large"),
        ("I4", "negative"),
        ("D5", "required-empty"),
        ("F5", "not-a-choice"),
        ("G5", "required-empty"),
    }
    for finding in caught.value.findings:
        assert (finding.sheet, f"{finding.row}") == ("Biểu 1", finding.cell[1:])
        assert finding.message_vi
        assert finding.message_en


def test_ids_are_text(tmp_path: Path) -> None:
    rows = [[1, 7654321, *ROWS[0][2:]], [2, "007", *ROWS[1][2:]]]
    assert set(read_excel(plain(tmp_path / "a.xlsx", rows)).lines["project_id"]) == {"7654321", "007"}


def test_error_cells_and_unsaved_formulas_are_errors(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEAD, [*ROWS[0][:6], "=1/0", "#REF!", 0, "=NA()"], *ROWS[1:]])
    assert [f["cell"] for f in findings(path, "formula-unsaved")] == ["G2"]
    assert [f["cell"] for f in findings(path, "formula-error")] == ["H2"]
    (ignored,) = findings(path, "formula-ignored")  # a remark nobody reads
    assert ignored["severity"] == "note"
    assert ignored["value"] == "J2"
    with pytest.raises(DataError):
        read_excel(path)


def test_an_error_in_a_ratio_is_a_note(tmp_path: Path) -> None:
    rows = [[*row[:9], "#DIV/0!" if not row[7] else row[7] / row[6]] for row in ROWS]
    path = workbook(tmp_path / "a.xlsx", [[*HEAD[:9], "Tỷ lệ giải ngân (%)"], *rows])
    assert codes(path) == set()
    assert "formula-ignored" in codes(path, "note")


def test_a_ratio_that_does_not_fit_is_a_warning(tmp_path: Path) -> None:
    rows = [[*row[:7], row[6] // 10, 0, 0.5] for row in ROWS]
    (found,) = findings(
        workbook(tmp_path / "a.xlsx", [[*HEAD[:9], "Tỷ lệ giải ngân (%)"], *rows]), "ratio-differs"
    )
    assert found["value"] == "2, 3, 4"
    rows = [[*row[:9], round(100 * row[7] / row[6], 1)] for row in ROWS]
    assert not findings(
        workbook(tmp_path / "a.xlsx", [[*HEAD[:9], "Tỷ lệ giải ngân (%)"], *rows]), "ratio-differs"
    )


def test_hidden_rows_and_sheets_are_read_and_noted(tmp_path: Path) -> None:
    path = plain(tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(path)
    book["Biểu 1"].row_dimensions[5].hidden = True
    book.create_sheet("Khác")
    book["Biểu 1"].sheet_state = "hidden"
    book.active = 1
    book.save(path)
    (note,) = findings(path, "rows-hidden")
    assert note["value"] == "5"
    assert findings(path, "sheet-hidden")
    assert len(read_excel(path)) == 3


def test_columns_mends_what_is_not_recognised(tmp_path: Path) -> None:
    head = [*HEAD[:6], "Vốn A", *HEAD[7:]]
    path = workbook(tmp_path / "a.xlsx", [["KẾ HOẠCH NĂM 2024"], ["ĐVT: đồng"], head, *ROWS])
    assert codes(path) == {"column-missing"}
    assert read_excel(path, columns={"vốn  a": "plan"}).hash == read_excel(plain(tmp_path / "b.xlsx")).hash
    assert "columns-unmatched" in codes(path, columns={"Vốn A": "plan", "Vốn B": "arrears"})
    with pytest.raises(DataError, match="no such column"):
        read_excel(path, columns={"Vốn A": "plans"})
    left_out = read_excel(path, columns={"Vốn A": "plan", "Nhu cầu bổ sung vốn": ""})
    assert "requested_increase" not in left_out.given


def test_a_misspelt_header_gets_a_hint(tmp_path: Path) -> None:
    head = ["STT", *HEAD[1:3], "Chủ đàu tư", *HEAD[4:]]
    path = workbook(tmp_path / "a.xlsx", [head, *ROWS])
    (hint,) = findings(path, "header-unknown")
    assert hint["cell"] == "D1"
    assert "owner" in hint["message_en"]


def test_the_year_comes_from_header_title_or_argument(tmp_path: Path) -> None:
    head = [*HEAD[:6], "Kế hoạch vốn được giao", "Vốn đã giải ngân", *HEAD[8:]]
    titled = workbook(tmp_path / "a.xlsx", [["KẾ HOẠCH NĂM 2023, ĐTC TRUNG HẠN 2021-2025"], head, *ROWS])
    assert set(read_excel(titled).lines["plan_year"]) == {2023}
    bare = workbook(tmp_path / "b.xlsx", [head, *ROWS])
    assert "year-unknown" in codes(bare)
    assert set(read_excel(bare, year=2022).lines["plan_year"]) == {2022}
    stated = plain(tmp_path / "c.xlsx")
    assert set(read_excel(stated, year=2022).lines["plan_year"]) == {2024}
    assert "year-differs" in codes(stated, "warning", year=2022)


def test_dates_and_chua(tmp_path: Path) -> None:
    head = [*HEAD[:9], "Ngày khởi công"]
    events: list[Any] = [dt.date(2024, 3, 1), "15/6/2023", "chưa khởi công"]
    rows = [[*row[:9], event] for row, event in zip(ROWS, events, strict=True)]
    lines = read_excel(workbook(tmp_path / "a.xlsx", [head, *rows])).lines.set_index("project_id")
    assert lines["started_on"].to_dict() == {"0012": "2024-03-01", "0013": "2023-06-15", "9": "chưa"}
    rows[1][9] = "5/6/2023"
    (doubt,) = findings(workbook(tmp_path / "b.xlsx", [head, *rows]), "date-order")
    assert (doubt["cell"], doubt["severity"]) == ("J3", "warning")


def test_a_span_of_years_is_two_columns(tmp_path: Path) -> None:
    head = [*HEAD[:9], "Thời gian KC-HT"]
    rows = [[*row[:9], span] for row, span in zip(ROWS, ["2021-2024", "2022 – 2025", 2023], strict=True)]
    lines = read_excel(workbook(tmp_path / "a.xlsx", [head, *rows])).lines.set_index("project_id")
    assert lines["schedule_start"].to_dict() == {"0012": 2021, "0013": 2022, "9": 2023}
    assert lines["schedule_finish"].to_dict() == {"0012": 2024, "0013": 2025, "9": 2023}


def test_two_header_rows_are_read(tmp_path: Path) -> None:
    head = [*HEAD[:6], "Năm 2024", None, *HEAD[8:]]
    second = [None] * 6 + ["Kế hoạch vốn năm 2024", "Vốn đã giải ngân", None, None]
    lines = read_excel(workbook(tmp_path / "a.xlsx", [["ĐVT: đồng"], head, second, *ROWS])).lines
    assert lines[["plan", "disbursed"]].to_numpy().tolist() == [[row[6], row[7]] for row in ROWS]


def test_a_merged_header_that_nothing_parts_is_refused_clearly(tmp_path: Path) -> None:
    path = plain(tmp_path / "b.xlsx")
    book = openpyxl.load_workbook(path)
    book["Biểu 1"].merge_cells("G3:H3")
    book.save(path)
    (found,) = findings(path, "header-rows")
    assert "G3" in found["message_vi"]
    assert found["cell"] == "G3"


def test_a_numbering_row_is_no_line(tmp_path: Path) -> None:
    numbers = ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)", "(9)=7-8", "(10)"]
    for row in (numbers, list(range(1, 11))):
        assert len(read_excel(workbook(tmp_path / "a.xlsx", [["ĐVT: đồng"], HEAD, row, *ROWS]))) == 3


def test_two_headers_of_one_column_are_an_error(tmp_path: Path) -> None:
    head = [*HEAD[:9], "Đề nghị bổ sung"]
    (found,) = findings(workbook(tmp_path / "a.xlsx", [head, *[[*r[:9], 1] for r in ROWS]]), "header-twice")
    assert (found["cell"], found["column"]) == ("J1", "requested_increase")


def test_no_header_no_sheet_no_workbook(tmp_path: Path) -> None:
    assert codes(workbook(tmp_path / "a.xlsx", [["một"], ["hai", 2]])) == {"no-header", "no-lines"}
    path = plain(tmp_path / "b.xlsx")
    assert "sheet-missing" in codes(path, sheet="Không có")
    (tmp_path / "c.xlsx").write_bytes(b"not a workbook")
    assert codes(tmp_path / "c.xlsx") == {"file-unreadable"}
    (tmp_path / "d.xlsx").write_bytes(b"")
    assert codes(tmp_path / "d.xlsx") == {"file-unreadable"}
    with zipfile.ZipFile(tmp_path / "e.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<broken")
        archive.writestr("xl/_rels/workbook.xml.rels", "<broken")
    assert codes(tmp_path / "e.xlsx") == {"file-unreadable"}
    with pytest.raises(OSError, match="missing"):
        check_excel(tmp_path / "missing.xlsx")


def test_large_files_are_refused(tmp_path: Path) -> None:
    path = plain(tmp_path / "a.xlsx")
    assert codes(path, max_rows=5) == {"too-large"}
    assert codes(path, max_rows=6) == set()
    assert codes(path, max_bytes=1000) == {"file-unreadable"}
    book = openpyxl.load_workbook(path)
    book["Biểu 1"]["XFD1048576"] = "x"
    book.save(path)
    (found,) = findings(path, "too-large")
    assert found["cell"] == "XFD1048576"


def test_a_sheet_is_chosen_by_name(tmp_path: Path) -> None:
    other = [HEAD, [1, "0099", *ROWS[0][2:]]]
    path = workbook(tmp_path / "a.xlsx", [HEAD, *ROWS], "KeHoachVon", **{"Bản cũ": other})
    assert len(read_excel(path)) == 3
    (note,) = findings(path, "sheets-unused")
    assert "Bản cũ" in note["value"]
    assert read_excel(path, sheet="Bản cũ").lines["project_id"].tolist() == ["0099"]


def test_check_reads_folders_and_raises_nothing(tmp_path: Path) -> None:
    frames()["lines"].drop(columns="owner").to_csv(tmp_path / "lines.csv", index=False)
    frame = check_excel(tmp_path)
    assert set(frame["code"][frame["severity"] == "error"]) == {"column-missing"}
    assert frame["row"].dtype == "Int64"
    shutil.rmtree(tmp_path)
    tmp_path.mkdir()
    assert set(check_excel(tmp_path)["severity"]) == {"error"}


def test_an_optional_column_that_no_row_fills_is_taken_as_absent(tmp_path: Path) -> None:
    """A form has many columns: an unused one leaves its rule unchecked instead of refusing every line."""
    headers: list[object] = [
        "Mã dự án",
        "Tên dự án",
        "Chủ đầu tư",
        "Nguồn vốn",
        "Phân loại dự án",
        "Kế hoạch vốn năm 2024",
    ]
    headers += ["Vốn đã giải ngân", "Đủ thủ tục", "Nhu cầu bổ sung vốn"]
    rows: list[list[object]] = [
        ["01", "Đường A", "Ban A", "Xổ số kiến thiết", "Chuyển tiếp", 5_000_000_000, 1_000_000, "", 5],
        ["02", "Đường B", "Ban B", "Xổ số kiến thiết", "Chuyển tiếp", 6_000_000_000, 1_000_000, None, ""],
    ]
    path = tmp_path / "lines.csv"
    text = "\n".join(";".join("" if cell is None else str(cell) for cell in row) for row in [headers, *rows])
    path.write_text(text, encoding="utf-8")
    portfolio = read_csv(path, unit="đồng")
    assert "procedures_complete" not in portfolio.given
    assert "requested_increase" in portfolio.given
    assert "columns-unfilled" in set(portfolio.notes["code"])


def test_options_that_cannot_be_are_findings(tmp_path: Path) -> None:
    path = plain(tmp_path / "a.xlsx")
    assert codes(path, columns={"STT": "khong"}, unit="tấn") == {"option-unknown"}
    (finding,) = findings(path, "option-unknown", columns={"STT": "plans"})
    assert "plan" in finding["mend_en"]
    with pytest.raises(DataError) as caught:
        read_excel(path, columns={"STT": "khong"}, unit=7)
    assert [found.code for found in caught.value.findings] == ["option-unknown"] * 2
    (tmp_path / "lines.parquet").write_bytes(b"PAR1")
    assert codes(tmp_path / "lines.parquet") == {"file-unreadable"}
    with pytest.raises(FileNotFoundError):
        check_excel(tmp_path / "missing.xlsx", columns={"STT": "plan"})


@pytest.mark.parametrize("below", [True, False])
def test_a_year_over_plan_and_disbursement_is_two_header_rows(tmp_path: Path, *, below: bool) -> None:
    names, parts = [*HEAD[:6], None, None, *HEAD[8:]], [*[None] * 6, "Kế hoạch", "Giải ngân", None, None]
    year = [*[None] * 6, "Năm 2024", None, None, None]
    pair = [
        [a or b for a, b in zip(names, year, strict=True)],
        parts,
    ]
    if not below:
        pair = [year, [a or b for a, b in zip(names, parts, strict=True)]]
    lines = read_excel(workbook(tmp_path / "a.xlsx", [["ĐVT: đồng"], *pair, *ROWS])).lines
    assert lines[["plan", "disbursed"]].to_numpy().tolist() == [[row[6], row[7]] for row in ROWS]


def test_a_bare_year_is_no_plan_year(tmp_path: Path) -> None:
    rows = [[*row[:9], 5] for row in ROWS]
    (finding,) = findings(workbook(tmp_path / "a.xlsx", [[*HEAD[:9], "Năm 2024"], *rows]), "header-doubtful")
    assert (finding["severity"], finding["cell"]) == ("error", "J1")


def test_odd_cells_anywhere_raise_nothing(tmp_path: Path) -> None:
    odd = [
        None,
        "",
        "#",
        True,
        0.5,
        -1,
        1e300,
        "1e5",
        "\u200b",
        "12/13/2024",
        dt.date(2024, 1, 1),
        "Tổng",
        "x" * 500,
    ]
    head = [
        *HEAD[:9],
        "Tỷ lệ giải ngân (%)",
        "Kế hoạch điều chỉnh (+ tăng) (− giảm)",
        "Khóa",
        "Thời gian KC-HT",
    ]
    for shift in range(len(odd)):
        rows = [[odd[(shift + i * j) % len(odd)] for i in range(len(head))] for j in range(1, 9)]
        assert len(check_excel(workbook(tmp_path / "a.xlsx", [head, *ROWS, *rows]), unit="đồng"))
