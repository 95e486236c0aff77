"""What a fuzz run once found the readers to crash on: each is refused with words, or read."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hostile import biff, cell, compound, parts, record, sheet, xlsx, zipped
from phanbo import check_excel
from phanbo.tables.cells import number_cells

DIGIT = '<row r="1"><c r="{}"><v>1</v></c></row>'


def without_sheet() -> bytes:
    book = parts(sheet())
    del book["xl/worksheets/sheet1.xml"]
    return zipped(book)


def renamed() -> bytes:
    book = parts(sheet())
    book["xl/workbook.xml"] = str(book["xl/workbook.xml"]).replace("rId1", "rId7")
    return zipped(book)


def encoded(name: str, part: str = "xl/worksheets/sheet1.xml") -> bytes:
    book = parts("<!-- -->".join(sheet().partition("<sheetData>")[::2]) if not name else sheet(cell("a")))
    book[part] = (
        str(book[part]).replace('encoding="UTF-8"', f'encoding="{name}"').replace("sheetData", "x:sheetData")
    )
    return zipped(book)


CASES = {
    "no-row.xlsx": xlsx(sheet(DIGIT.format("A"))),
    "letters.xlsx": xlsx(sheet(DIGIT.format("A1€"))),
    "row-number.xlsx": xlsx(sheet('<row r="1e308"><c><v>1</v></c></row>')),
    "no-sheet.xlsx": without_sheet(),
    "no-relation.xlsx": renamed(),
    "encoding-sheet.xlsx": encoded("inlineStr"),
    "encoding-book.xlsx": encoded("XFD1048576", "xl/workbook.xml"),
    "encoding-links.xlsx": encoded("NaN", "xl/_rels/workbook.xml.rels"),
    "encoding-root.xlsx": encoded("yes", "_rels/.rels"),
    "cut-table.xls": compound({"Workbook": biff(record(0x203, b"\0" * 14))})[:700],
    "short-record.xls": compound({"Workbook": biff(record(0x203, b"\0\0"))}),
    "column-record.xls": compound({"Workbook": biff(record(0x7D, struct.pack("<H", 1)))}),
}


@pytest.mark.parametrize("name", CASES)
def test_is_refused_with_words(name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / name
    path.write_bytes(CASES[name])
    found = check_excel(path)
    assert found["code"].tolist() == ["file-unreadable"]
    assert found["message_vi"].all()
    assert found["mend_en"].all()
    assert capfd.readouterr() == ("", "")


def test_a_number_too_large_for_a_float_in_its_unit() -> None:
    cells = number_cells(pd.Series(np.array([1e308, 5.0])), unit=10**6)
    assert cells.faults == {"too-large": [0]}
    assert cells.data.tolist() == [0, 5_000_000]


@pytest.mark.parametrize("below", ["", "Nơi nhận:;\n;Sở Tài chính\n", "Ghi chú: không có\n"])
def test_headers_with_no_line_below_them(below: str, tmp_path: Path) -> None:
    path = tmp_path / "trống.csv"
    titles = "Mã dự án;Tên dự án;Chủ đầu tư;Nguồn vốn;Kế hoạch vốn năm 2024 (đồng);Giải ngân\n"
    path.write_text(titles + below, encoding="utf-8")
    assert "no-lines" in set(check_excel(path)["code"])
