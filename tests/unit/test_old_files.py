"""Files of old programs: sheet names in old fonts, days counted from 1904, ratios typed as text."""

from __future__ import annotations

import datetime as dt
import struct
from typing import TYPE_CHECKING

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from hostile import biff, binary_row, binary_sheet, compound, ods, record, xlsb
from phanbo import read_excel
from phanbo.tables.files.sheet import Sheet
from phanbo.tables.read import check_excel
from phanbo.tables.text.encodings import encode_tcvn3, encode_vni
from phanbo.tables.text.legacy import convert_sheet

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEAD = [
    "Mã số dự án", "Danh mục dự án", "Chủ đầu tư", "Nguồn vốn", "Phân loại dự án",
    "Kế hoạch vốn năm 2024 (đồng)", "Giải ngân năm 2024 (đồng)", "Nhu cầu bổ sung vốn (đồng)",
]  # fmt: skip
ROW: list[object] = [
    "0012",
    "Đường A",
    "Sở Giao thông",
    "NSTW",
    "Chuyển tiếp",
    9_000_000_000,
    4_500_000_000,
    0,
]


def write(path: Path, more: str = "", cell: object = None, *, from_1904: bool = False) -> Path:
    book = openpyxl.Workbook()
    if from_1904:
        book.epoch = CALENDAR_MAC_1904
    page = book.worksheets[0]
    page.append([*HEAD, *([more] if more else [])])
    page.append([*ROW, *([cell] if more else [])])
    book.save(path)
    return path


@pytest.mark.parametrize("from_1904", [True, False])
@pytest.mark.parametrize("as_date", [True, False])
def test_days_counted_from_1904_are_the_same_days(tmp_path: Path, *, from_1904: bool, as_date: bool) -> None:
    day = dt.date(2024, 6, 14)
    serial = (day - (dt.date(1904, 1, 1) if from_1904 else dt.date(1899, 12, 30))).days
    path = write(tmp_path / "a.xlsx", "started_on", day if as_date else serial, from_1904=from_1904)
    portfolio = read_excel(path)
    assert portfolio.text("started_on").tolist() == ["2024-06-14"]
    notes = portfolio.notes[portfolio.notes["code"] == "date-1904"]
    assert notes["cell"].tolist() == (["I1"] if from_1904 and not as_date else [])
    assert notes["value"].tolist() == ([str(float(serial))] if len(notes) else [])


def old_book(kind: str, serial: int, *, from_1904: bool) -> bytes:
    """Return a workbook of one line whose first disbursement is a plain number of days."""
    rows: list[list[object]] = [[*HEAD, "started_on"], [*ROW, serial]]
    if kind == "xlsb":
        page = binary_sheet(*(binary_row(at, *row) for at, row in enumerate(rows)), size=(1, len(HEAD)))
        return xlsb(page, flags=int(from_1904))
    if kind == "ods":
        days = "<table:null-date table:date-value='1904-01-01'/>" if from_1904 else ""
        settings = f"<table:calculation-settings>{days}</table:calculation-settings>"
        return ods("".join(map(ods_row, rows)), settings)
    cells = b""
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, str):
                text = struct.pack("<HHHHB", at, column, 0, len(value), 1) + value.encode("utf-16-le")
                cells += record(0x0204, text)
            else:
                cells += record(0x0203, struct.pack("<HHHd", at, column, 0, value))
    more = record(0x22, struct.pack("<H", 1)) if from_1904 else b""
    return compound({"Workbook": biff(cells, size=(2, len(HEAD) + 1), more=more)})


def ods_row(row: list[object]) -> str:
    """Return the XML of a row of an .ods table."""
    out = ""
    for value in row:
        if isinstance(value, str):
            out += f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
        else:
            out += f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    return f"<table:table-row>{out}</table:table-row>"


@pytest.mark.parametrize("from_1904", [True, False])
@pytest.mark.parametrize("kind", ["xls", "xlsb", "ods"])
def test_every_kind_of_workbook_says_from_when_it_counts(
    tmp_path: Path, kind: str, *, from_1904: bool
) -> None:
    day = dt.date(2024, 6, 14)
    serial = (day - (dt.date(1904, 1, 1) if from_1904 else dt.date(1899, 12, 30))).days
    path = tmp_path / f"a.{kind}"
    path.write_bytes(old_book(kind, serial, from_1904=from_1904))
    portfolio = read_excel(path)
    assert portfolio.text("started_on").tolist() == ["2024-06-14"]
    notes = portfolio.notes[portfolio.notes["code"] == "date-1904"]
    assert notes["cell"].tolist() == (["I1"] if from_1904 else [])


@pytest.mark.parametrize("encode", [encode_tcvn3, encode_vni])
def test_sheets_named_in_an_old_font_are_sources(tmp_path: Path, encode: Callable[[str], str]) -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for at, source in enumerate(("ngân sách tỉnh", "ngân sách trung ương")):
        page = book.create_sheet(encode(source))
        page.append(HEAD[:3] + HEAD[4:])
        page.append([f"00{at}", f"Đường {at}", ROW[2], *ROW[4:]])
    book.save(tmp_path / "a.xlsx")
    portfolio = read_excel(tmp_path / "a.xlsx")
    assert portfolio.text("source").tolist() == ["ngân sách tỉnh", "ngân sách trung ương"]
    notes = portfolio.notes[portfolio.notes["code"] == "text-legacy"]
    assert set(notes["sheet"]) == {page.title for page in book.worksheets}
    assert any("ngân sách tỉnh" in text for text in notes["message_vi"])
    assert read_excel(tmp_path / "a.xlsx", sheet="ngân sách tỉnh").text("project").tolist() == ["Đường 0"]


def test_a_sheet_name_that_nothing_settles_stays_and_is_told() -> None:
    sheet, findings = convert_sheet(Sheet("Chî", [["Đường", 1]]))
    assert sheet.title == "Chî"
    assert [(f.code, f.severity, f.sheet) for f in findings] == [("text-doubtful", "warning", "Chî")]
    assert convert_sheet(Sheet("Tỉnh µ", [["a"]]))[0].title == "Tỉnh µ"


@pytest.mark.parametrize(("text", "fits"), [("50%", True), ("50,4 %", True), ("12,5%", False), ("x", True)])
def test_a_ratio_typed_with_its_percent_sign_is_compared(tmp_path: Path, text: str, *, fits: bool) -> None:
    found = check_excel(write(tmp_path / "a.xlsx", "Tỷ lệ giải ngân (%)", text))
    assert ("ratio-differs" in set(found["code"])) is not fits


def money(path: Path, *columns: tuple[object, object, object]) -> Path:
    """Write three lines whose plan, disbursement and need are *columns*, in triệu đồng."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.append(["Đơn vị tính: triệu đồng"])
    page.append([head.replace(" (đồng)", "") for head in HEAD])
    for at, row in enumerate(zip(*columns, strict=True)):
        page.append([f"00{at}", f"Đường {at}", *ROW[2:5], *row])
    book.save(path)
    return path


def test_the_other_columns_of_the_sheet_settle_how_its_numbers_are_written(tmp_path: Path) -> None:
    path = money(tmp_path / "a.xlsx", ("9.000", "8.000", "7.000"), ("1.234,5", "1,5", "0"), ("0", "0", "0"))
    assert read_excel(path).lines["plan"].tolist() == [9_000_000_000, 8_000_000_000, 7_000_000_000]
    path = money(tmp_path / "b.xlsx", ("9.000", "8.000", "7.000"), ("1,234.5", "1.5", "0"), ("0", "0", "0"))
    assert read_excel(path).lines["plan"].tolist() == [9_000_000, 8_000_000, 7_000_000]


def test_columns_that_contradict_each_other_are_an_error_with_both_cells(tmp_path: Path) -> None:
    path = money(tmp_path / "a.xlsx", ("9.000", "8.000", "7.000"), ("1.234,5", "0", "0"), ("0", "1.5", "0"))
    found = check_excel(path)
    (said,) = found[found["code"] == "number-conventions"].to_dict("records")
    assert said["severity"] == "error"
    assert "G3 “1.234,5”" in said["message_vi"]
    assert "H4 “1.5”" in said["message_en"]
    assert set(found[found["code"] == "ambiguous-number"]["cell"]) == {"F3", "F4", "F5"}


def test_a_lone_ambiguous_number_is_an_error_with_its_cell_and_mend(tmp_path: Path) -> None:
    found = check_excel(money(tmp_path / "a.xlsx", ("1.234", 8_000, 7_000), (0, 0, 0), (0, 0, 0)))
    (said,) = found[found["code"] == "ambiguous-number"].to_dict("records")
    assert (said["severity"], said["cell"]) == ("error", "F3")
    assert said["mend_vi"]
    assert said["mend_en"]
