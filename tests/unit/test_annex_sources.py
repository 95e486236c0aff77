"""The official columns: a sheet a source, its groups and sums, and its figures in the eyes of a spreadsheet program."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.worksheet import Worksheet

import phanbo as pb
from phanbo.examples import load_lang_son
from phanbo.report.annex import write_annex
from rounds import AS_OF, TY, lines, proposal

if TYPE_CHECKING:
    from pathlib import Path

    from phanbo.proposal import Proposal

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
MILLION = 1_000_000


@pytest.fixture(scope="module")
def full() -> Proposal:
    portfolio = load_lang_son().at(AS_OF)
    return pb.propose(portfolio, calendar="lang-son-2024", round=2, as_of=AS_OF)


@pytest.fixture(scope="module")
def path(full: Proposal, tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("annex") / "bieu.xlsx"
    full.to_excel(where)
    return where


def official(path: Path) -> list[Worksheet]:
    book = openpyxl.load_workbook(path, data_only=True)
    return [sheet for sheet in book.worksheets if sheet.title[0].isdigit()]


def header_of(sheet: Worksheet) -> dict[str, int]:
    """Return the columns by what the two header rows say, from the row of numbers up."""
    at = next(k for k in range(1, 20) if sheet.cell(k, 1).value == "1")
    found, over = {}, ""
    for column in range(1, sheet.max_column + 1):
        upper, lower = sheet.cell(at - 2, column).value, sheet.cell(at - 1, column).value
        over = str(upper) if upper else over
        found[f"{over}: {lower}" if lower else over] = column
    return found


def rows_of(sheet: Worksheet) -> list[dict[str, Any]]:
    columns = header_of(sheet)
    at = next(k for k in range(1, 20) if sheet.cell(k, 1).value == "1")
    return [
        {name: sheet.cell(row, column).value for name, column in columns.items()}
        for row in range(at + 1, sheet.max_row + 1)
    ]


def dong(value: float | None) -> int:
    return round((value or 0) * MILLION)


CUT, ADDED = "Đề xuất điều chỉnh: Điều chỉnh giảm", "Đề xuất điều chỉnh: Điều chỉnh tăng"
PLAN, AFTER = "Kế hoạch vốn năm 2024 đã giao", "Kế hoạch vốn năm 2024 sau điều chỉnh"


def test_every_source_that_moves_has_its_sheet(full: Proposal, path: Path) -> None:
    told = [sheet["A2"].value for sheet in official(path)]
    assert told == [f"Nguồn vốn: {source}" for source in sorted(full.adjustments["source"].unique())]
    assert all(len(sheet.title) <= 31 for sheet in official(path))


def test_the_columns_are_the_official_ones_in_their_order(path: Path) -> None:
    assert list(header_of(official(path)[0])) == [
        "STT",
        "Danh mục dự án",
        "Mã dự án",
        "Chủ đầu tư",
        "Địa điểm thực hiện",
        "Nhóm dự án",
        "Thời gian khởi công – hoàn thành",
        "Quyết định đầu tư: Tổng mức đầu tư",
        "Lũy kế vốn bố trí đến hết năm 2023",
        "Kế hoạch trung hạn giai đoạn 2021-2025: Kế hoạch được giao",
        "Kế hoạch trung hạn giai đoạn 2021-2025: Đã giao kế hoạch các năm 2021-2023",
        "Kế hoạch trung hạn giai đoạn 2021-2025: Còn lại",
        PLAN,
        "Giải ngân đến ngày 15/9/2024: Số vốn",
        "Giải ngân đến ngày 15/9/2024: Tỷ lệ",
        CUT,
        ADDED,
        AFTER,
        "Ghi chú",
        "Mã dòng vốn",
    ]


def test_the_row_of_numbers_says_how_the_plan_after_comes_about(path: Path) -> None:
    for sheet in official(path):
        at = header_of(sheet)
        row = next(k for k in range(1, 20) if sheet.cell(k, 1).value == "1")
        assert sheet.cell(row, at[AFTER]).value == f"{at[AFTER]}={at[PLAN]}-{at[CUT]}+{at[ADDED]}"


def test_sheets_add_up_to_the_summary_line_by_line(full: Proposal, path: Path) -> None:
    frame = full.adjustments.set_index("line_id")
    sums, seen = {CUT: 0, ADDED: 0}, []
    for sheet in official(path):
        total, *below = rows_of(sheet)
        assert total["Danh mục dự án"] == "TỔNG SỐ"
        held = [row for row in below if row["Mã dòng vốn"]]
        for name in (PLAN, CUT, ADDED, AFTER):
            assert dong(total[name]) == sum(dong(row[name]) for row in held)
        for row in held:
            line = frame.loc[row["Mã dòng vốn"]]
            assert dong(row[AFTER]) == line["plan_after"]
            assert dong(row[PLAN]) == line["plan"]
            assert dong(row[ADDED]) - dong(row[CUT]) == line["change"]
            assert row["Ghi chú"] == f"Thứ hạng {line['rank']}"
            seen.append(row["Mã dòng vốn"])
        sums = {name: amount + dong(total[name]) for name, amount in sums.items()}
    assert sums == {CUT: full.summary["cut"], ADDED: full.summary["added"]}
    assert sorted(seen) == sorted(frame.index)


def test_lines_stand_under_their_sector_and_stage(full: Proposal, path: Path) -> None:
    assert full.case is not None
    table = full.case.portfolio.lines.set_index("line_id")
    stages = {
        "Dự án hoàn thành trước ngày 31/12/2023": "completed",
        "Dự án chuyển tiếp": "transitional",
        "Dự án khởi công mới": "new_start",
        "Chuẩn bị đầu tư": "preparation",
    }
    for sheet in official(path):
        sector = stage = ""
        for row in rows_of(sheet)[1:]:
            name, line = row["Danh mục dự án"], row["Mã dòng vốn"]
            if line:
                assert table.loc[line, "stage"] == stage
                assert table.loc[line, "sector"] == sector
            elif name in stages:
                stage = stages[name]
            else:
                sector = name


def test_the_annex_reads_back_as_the_new_plan(full: Proposal, path: Path) -> None:
    back = pb.read_excel(path).lines.set_index("line_id")
    told = full.adjustments.set_index("line_id")
    assert sorted(back.index) == sorted(told.index)
    back = back.loc[told.index]
    for name, column in (("plan", "plan_after"), ("plan_initial", "plan"), ("disbursed", "disbursed")):
        assert back[name].tolist() == told[column].tolist()
    for name in ("project_id", "project", "owner", "source", "plan_year", "stage"):
        assert back[name].tolist() == told[name].tolist()
    moved = back["raised_this_year"] - back["cut_this_year"]
    assert moved.tolist() == told["change"].tolist()


def test_only_the_marked_sheets_are_read_and_the_others_named(path: Path) -> None:
    notes = pb.read_excel(path).notes.set_index("code")
    unused = str(notes.loc["sheets-unused", "value"]).split(", ")
    assert "“Mọi dòng vốn”" in unused
    assert not any(name[1].isdigit() for name in unused)


def test_carried_capital_stands_apart(tmp_path: Path) -> None:
    frame = lines(8)
    old = frame.assign(plan_year=2023, line_id="C" + frame["line_id"])
    both = pd.concat([frame, old], ignore_index=True)
    made = proposal(both, policy=pb.Policy(carry_over="move", return_unplaced=True))
    assert set(made.adjustments["plan_year"]) == {2023, 2024}
    made.to_excel(tmp_path / "a.xlsx")
    (sheet,) = official(tmp_path / "a.xlsx")
    rows = {row["STT"]: row for row in rows_of(sheet) if row["STT"] in {"A", "B"}}
    assert rows["A"]["Danh mục dự án"] == "Kế hoạch vốn năm 2024"
    assert rows["B"]["Danh mục dự án"] == "Kế hoạch vốn năm 2023 kéo dài sang năm 2024"
    for number, year in (("A", 2024), ("B", 2023)):
        mine = made.adjustments[made.adjustments["plan_year"] == year]
        assert dong(rows[number][AFTER]) == int(mine["plan_after"].sum()) > 0


def test_sources_a_tab_cannot_be_called_after_have_tabs_of_their_own(tmp_path: Path) -> None:
    named = ["Vốn [A]: x/y?*\\'" + "z" * 40, "Vốn [A]: x/y?*\\'" + "z" * 41]
    frame = lines(12, source=[named[i % 4 // 2] for i in range(12)])
    made = proposal(frame)
    assert set(made.adjustments["source"]) == set(named)
    made.to_excel(tmp_path / "a.xlsx")
    assert [sheet["A2"].value for sheet in official(tmp_path / "a.xlsx")] == [
        f"Nguồn vốn: {n}" for n in named
    ]


def test_the_key_of_a_line_is_not_printed(path: Path) -> None:
    for sheet in official(path):
        last = openpyxl.utils.get_column_letter(header_of(sheet)["Mã dòng vốn"] - 1)
        assert sheet.print_area.endswith(f"$A$1:${last}${sheet.max_row}")
        assert sheet.print_title_rows


def test_owners_are_told_before_and_after(full: Proposal, path: Path) -> None:
    assert full.case is not None
    sheet = openpyxl.load_workbook(path, data_only=True)["Theo chủ đầu tư"]
    at = next(k for k in range(1, 20) if sheet.cell(k, 2).value == "TỔNG SỐ")
    row = [sheet.cell(at, k).value for k in range(3, 14)]
    plan, cut, added = (dong(row[k]) for k in (0, 5, 6))
    assert plan == int(full.case.portfolio.lines["plan"].sum())
    assert (cut, added) == (full.summary["cut"], full.summary["added"])
    assert dong(row[3]) == full.summary["expected"]
    assert dong(row[8]) == full.summary["expected_after"]
    owners = {sheet.cell(k, 2).value: dong(sheet.cell(k, 10).value) for k in range(at + 1, sheet.max_row + 1)}
    lines = full.lines.assign(plan=full.case.portfolio.money("plan")[0])
    after = (lines["plan"] + lines["add"] - lines["cut"]).groupby(lines["owner"]).sum()
    assert owners == after.to_dict()


def test_numbers_are_written_the_vietnamese_way(full: Proposal, path: Path, tmp_path: Path) -> None:
    write_annex(full, tmp_path / "en.xlsx", lang="en")
    for where, opened in ((path, True), (tmp_path / "en.xlsx", False)):
        forms = {
            cell.number_format
            for sheet in openpyxl.load_workbook(where).worksheets
            for line in sheet.iter_rows()
            for cell in line
            if isinstance(cell.value, int | float)
        }
        assert forms
        assert all(form.startswith("[$-42A]") is opened for form in forms)


def recalculated(path: Path, folder: Path) -> Path:
    """Return the workbook as LibreOffice works it out, with every value phanbo stored for a formula taken away."""
    bare, out = folder / "bare.xlsx", folder / "out"
    with zipfile.ZipFile(path) as given, zipfile.ZipFile(bare, "w", zipfile.ZIP_DEFLATED) as made:
        for name in given.namelist():
            part = given.read(name)
            if name.startswith("xl/worksheets/sheet"):
                part = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", part)
            made.writestr(name, part)
    command = [str(OFFICE), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", "xlsx", "--outdir", str(out), str(bare)]
    subprocess.run(command, check=True, capture_output=True, timeout=240)  # noqa: S603
    return out / "bare.xlsx"


@pytest.mark.skipif(OFFICE is None, reason="no LibreOffice on this machine")
def test_libreoffice_works_out_the_same_figures(path: Path, tmp_path: Path) -> None:
    other = openpyxl.load_workbook(recalculated(path, tmp_path), data_only=True)
    formulas, stored = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    count = 0
    for sheet in formulas.worksheets:
        for line in sheet.iter_rows():
            for cell in line:
                if cell.data_type != "f":
                    continue
                ours = stored[sheet.title][cell.coordinate].value
                theirs = other[sheet.title][cell.coordinate].value
                if ours in {None, ""}:
                    assert theirs in {None, ""}
                else:
                    # half a đồng, in triệu đồng
                    assert theirs == pytest.approx(ours, abs=5e-7, rel=0), (sheet.title, cell.coordinate)
                count += 1
    assert count > 500


def test_rows_of_a_project_called_like_a_formula_read_back(tmp_path: Path) -> None:
    made = proposal(lines(project=["=1+1", "+A1", "@SUM(A1)", "-3", "<b>&", "hai"]))
    made.to_excel(tmp_path / "a.xlsx")
    back = pb.read_excel(tmp_path / "a.xlsx").lines
    assert sorted(back["project"]) == sorted(made.adjustments["project"])
    assert int(back["plan"].sum()) == int(made.adjustments["plan_after"].sum()) >= 10 * TY
