"""The annotated copy: every finding in its cell, the values and the original untouched."""

from __future__ import annotations

import csv
import datetime as dt
import os
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.comments import Comment

import phanbo as pb
from dressing.pages import Fault, Page, file_bytes
from hostile import binary_row, binary_sheet, xlsb
from phanbo.cli import main
from phanbo.errors import DataError, Finding
from phanbo.tables.annotate import marks

HEAD = [
    "Tên dự án",
    "Mã số dự án",
    "Chủ đầu tư",
    "Phân loại dự án",
    "Nguồn vốn",
    "Kế hoạch vốn năm 2024 (đồng)",
]
HEAD += ["Giải ngân từ 01/01/2024 đến 15/9/2024 (đồng)", "Ghi chú"]


def line(number: int, plan: Any, paid: Any, note: Any = None) -> list[Any]:
    return [f"Dự án {number}", f"00{number}", "Sở", "chuyển tiếp", "NSTW", plan, paid, note]


def workbook(path: Path, *rows: list[Any]) -> Path:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = "Biểu 1"
    page.append(["KẾ HOẠCH VỐN"])
    page.merge_cells("A1:H1")
    page.append(HEAD)
    for row in rows:
        page.append(row)
    page["F3"].comment = Comment("Xem lại", "Lan")
    page.row_dimensions[4].hidden = True
    page.column_dimensions["A"].width = 33
    page["G3"].number_format = "0.000"
    book.save(path)
    return path


def cells(path: Path) -> dict[tuple[str, str], Any]:
    book = openpyxl.load_workbook(path)
    return {
        (page.title, cell.coordinate): cell.value
        for page in book
        for row in page
        for cell in row
        if cell.value is not None
    }


FAULTY = (line(1, -5, 40), line(2, 100, "nhiều", "=F3+1"), line(3, 100, 500))


def test_findings_stand_in_their_cells(tmp_path: Path) -> None:
    path, out = workbook(tmp_path / "a.xlsx", *FAULTY), tmp_path / "b.xlsx"
    kept = path.read_bytes()
    found = pb.annotate_excel(path, out)
    assert path.read_bytes() == kept
    assert found.equals(pb.check_excel(path))
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["Biểu 1", "Phát hiện"]
    page, listing = book["Biểu 1"], book["Phát hiện"]
    assert page["F3"].comment.text.startswith("Xem lại\n\n[LỖI] negative: ")
    assert "→" in page["F3"].comment.text
    assert page["F3"].comment.author == "Lan"
    assert page["F3"].fill.fgColor.rgb.endswith(marks.COLOURS["error"])
    assert page["G5"].comment.text.startswith("[CẢNH BÁO] over-plan")
    assert page["G5"].fill.fgColor.rgb.endswith(marks.COLOURS["warning"])
    assert page["H4"].value == "=F3+1"
    assert page["F4"].comment is None
    assert (page.row_dimensions[4].hidden, page.column_dimensions["A"].width) == (True, 33)
    assert page["G3"].number_format == "0.000"
    assert [str(each) for each in page.merged_cells.ranges] == ["A1:H1"]
    links = {cell.hyperlink.location for row in listing for cell in row if cell.hyperlink}
    assert "'Biểu 1'!F3" in links
    assert all(cell.hyperlink.target is None for row in listing for cell in row if cell.hyperlink)
    codes = {row[2].value for row in listing.iter_rows()}
    assert set(found["code"]) <= codes
    before, after = cells(path), cells(out)
    assert {place: value for place, value in after.items() if place[0] != "Phát hiện"} == before


@given(
    st.lists(
        st.one_of(
            st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text("=+-@aé1 ", min_size=1)
        )
    )
)
def test_no_value_is_changed(tmp_path_factory: pytest.TempPathFactory, values: list[Any]) -> None:
    folder = tmp_path_factory.mktemp("a")
    path, out = workbook(folder / "a.xlsx", *FAULTY), folder / "b.xlsx"
    book = openpyxl.load_workbook(path)
    for at, value in enumerate(values, start=1):
        cell = book.worksheets[0].cell(at + 10, 8)
        cell.value = value
        cell.data_type = "s" if isinstance(value, str) else "n"
    book.save(path)
    pb.annotate_excel(path, out)
    before, after = (openpyxl.load_workbook(each)["Biểu 1"] for each in (path, out))
    for row in before.iter_rows():
        for cell in row:
            again = after[cell.coordinate]
            assert (again.value, again.data_type) == (cell.value, cell.data_type)


def test_text_of_the_user_is_never_a_formula(tmp_path: Path) -> None:
    path, out = workbook(tmp_path / "a.xlsx", line(1, 5, 4)), tmp_path / "b.xlsx"
    evil = Finding(
        "=X()", "error", "=1+1", "=1+1", "@mend", "+mend", sheet="=S", column="-c", value='=HYPERLINK("x")'
    )
    pb.annotate_excel(path, out, findings=[evil])
    assert not [
        cell for row in openpyxl.load_workbook(out)["Phát hiện"] for cell in row if cell.data_type == "f"
    ]


def test_the_original_is_never_the_copy(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", *FAULTY)
    kept = path.read_bytes()
    (tmp_path / "link.xlsx").symlink_to(path)
    os.link(path, tmp_path / "hard.xlsx")
    for name in ("a.xlsx", "link.xlsx", "hard.xlsx", "../" + tmp_path.name + "/a.xlsx"):
        with pytest.raises(FileExistsError):
            pb.annotate_excel(path, tmp_path / name)
    with pytest.raises(DataError, match=r"\.xlsx"):
        pb.annotate_excel(path, tmp_path / "b.xlsm")
    assert path.read_bytes() == kept


def test_places_without_a_cell(tmp_path: Path) -> None:
    path, out = workbook(tmp_path / "a.xlsx", *FAULTY), tmp_path / "b.xlsx"
    sheet = Finding("a", "error", "á", "a", sheet="Biểu 1")
    row = Finding("b", "warning", "b", "b", sheet="Biểu 1", row=4)
    under = Finding("c", "note", "c", "c", sheet="Biểu 1", cell="C1")
    pb.annotate_excel(path, out, findings=[sheet, row, under, Finding("d", "note", "d", "d", cell="ZZZZ9")])
    page = openpyxl.load_workbook(out)["Biểu 1"]
    assert "[LỖI] a: á" in page["A1"].comment.text
    assert "[GHI CHÚ] c: c" in page["A1"].comment.text
    assert page["A4"].comment.text == "[CẢNH BÁO] b: b"


def test_a_flood_is_marked_in_part_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marks, "MARKED", 10)
    monkeypatch.setattr(marks, "PER_CODE", 4)
    path, out = workbook(tmp_path / "a.xlsx", *FAULTY), tmp_path / "b.xlsx"
    flood = [Finding("x", "note", "x", "x", sheet="Biểu 1", cell=f"J{k}", row=k) for k in range(1, 31)]
    pb.annotate_excel(path, out, findings=flood)
    book = openpyxl.load_workbook(out)
    assert sum(cell.comment is not None for cell in book["Biểu 1"]["J"]) == 4
    assert any("26 ô khác" in str(row[0].value) for row in book["Phát hiện"])


def test_macros_are_kept(tmp_path: Path) -> None:
    path, out = workbook(tmp_path / "a.xlsx", *FAULTY).rename(tmp_path / "a.xlsm"), tmp_path / "b.xlsm"
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")
    pb.annotate_excel(path, out)
    with zipfile.ZipFile(out) as archive:
        assert archive.read("xl/vbaProject.bin") == b"macro"
    assert "[LỖI]" in openpyxl.load_workbook(out)["Biểu 1"]["F3"].comment.text


EVIL = ("=1+1", "+1", "-1+2", "@SUM(1)", "\t=1")
SHEET = "Biểu 1"


def old_file(path: Path) -> Path:
    """Write the same table as any kind of file, every cell of its last column a text to be wary of."""
    rows: list[list[Any]] = [["KẾ HOẠCH VỐN"], HEAD]
    rows += [line(at, -5 if at == 1 else 100, 40, text) for at, text in enumerate(EVIL, start=1)]
    if path.suffix == ".xlsb":
        pages = (binary_row(at, *row) for at, row in enumerate(rows))
        path.write_bytes(xlsb(binary_sheet(*pages, size=(len(rows), 8))))
    elif path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    else:
        path.write_bytes(file_bytes(path.suffix[1:], [Page(SHEET, rows)]))
    return path


@pytest.mark.parametrize("kind", ["xls", "ods", "xlsb", "csv"])
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_kind_of_file_becomes_a_marked_copy(tmp_path: Path, kind: str, lang: str) -> None:
    path, out = old_file(tmp_path / f"a.{kind}"), tmp_path / "b.xlsx"
    kept, made = path.read_bytes(), path.stat().st_mtime_ns
    found = pb.annotate_excel(path, out, lang=lang)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (kept, made)
    assert found.equals(pb.check_excel(path))
    assert "F3" in set(found["cell"])
    book = openpyxl.load_workbook(out)
    page = book.worksheets[0]
    assert page.title == {"xlsb": "S1", "csv": "a"}.get(kind, SHEET)
    assert page["F3"].comment.text.startswith("[LỖI] negative: " if lang == "vi" else "[ERROR] negative: ")
    assert page["F3"].fill.fgColor.rgb.endswith(marks.COLOURS["error"])
    assert page["F4"].comment is None
    assert page["F4"].fill.fill_type is None
    assert [cell.value for cell in page[2]] == HEAD
    assert [str(cell.value) for cell in page["B"][2:]] == [f"00{at}" for at in range(1, 6)]
    assert [(cell.value, cell.data_type, cell.quotePrefix) for cell in page["H"][2:]] == [
        (text, "s", True) for text in EVIL
    ]
    links = {cell.hyperlink.location for row in book.worksheets[-1] for cell in row if cell.hyperlink}
    assert f"'{page.title}'!F3" in links


@pytest.mark.parametrize("kind", ["xls", "xlsb"])
def test_error_values_stay_error_values(tmp_path: Path, kind: str) -> None:
    path, out = tmp_path / f"a.{kind}", tmp_path / "b.xlsx"
    row = line(1, Fault("#REF!"), 40)
    if kind == "xls":
        path.write_bytes(file_bytes(kind, [Page("S1", [HEAD, row])]))
    else:
        row[5] = b"\x17"
        path.write_bytes(xlsb(binary_sheet(binary_row(0, *HEAD), binary_row(1, *row))))
    pb.annotate_excel(path, out)
    cell = openpyxl.load_workbook(out)["S1"]["F2"]
    assert (cell.value, cell.data_type) == ("#REF!", "e")
    assert "formula-error" in cell.comment.text


def test_values_a_workbook_cannot_hold_are_written_as_text(tmp_path: Path) -> None:
    row = pd.DataFrame([line(1, float("inf"), 40, dt.date(1850, 1, 2))], columns=HEAD)
    row.to_parquet(tmp_path / "lines.parquet")
    pb.annotate_excel(tmp_path / "lines.parquet", tmp_path / "b.xlsx")
    page = openpyxl.load_workbook(tmp_path / "b.xlsx")["lines"]
    assert [(page[at].value, page[at].data_type) for at in ("F2", "H2")] == [
        ("inf", "s"),
        ("1850-01-02", "s"),
    ]


def test_a_text_table_becomes_a_workbook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = tmp_path / "lines.csv", tmp_path / "b.xlsx"
    path.write_text(",".join(HEAD[:7]) + "\n=1+1,001,Sở,chuyển tiếp,NSTW,-5,40\n", encoding="utf-8")
    assert main(["check", str(path), "--annotate", str(out)]) == 1
    assert f"Đã ghi {out}" in capsys.readouterr().out
    page = openpyxl.load_workbook(out)["lines"]
    assert (page["A2"].value, page["A2"].data_type, page["B2"].value) == ("=1+1", "s", "001")
    assert page["F2"].comment.text.startswith("[LỖI] negative")
    assert main(["check", str(path), "--annotate", str(path)]) == 6
