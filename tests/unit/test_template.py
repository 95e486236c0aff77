"""The blank workbook: read back without a fault, its drop-downs understood, nothing left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pytest

from phanbo.tables.layout.headers import read_headings, resolve
from phanbo.tables.read import check_excel, read_excel
from phanbo.tables.schema import LINES, TABLES
from phanbo.tables.schema.column import Type
from phanbo.tables.schema.vocabulary import fold, stage_of
from phanbo.tables.template import write_template

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet


@pytest.fixture
def book(tmp_path: Path) -> Workbook:
    return openpyxl.load_workbook(write_template(tmp_path / "mẫu.xlsx", year=2024))


def headers(sheet: Worksheet) -> list[str]:
    row = 4 if sheet.title == LINES.sheet else 1
    return [str(cell.value) for cell in sheet[row] if cell.value]


def test_the_blank_workbook_is_accepted(tmp_path: Path) -> None:
    path = write_template(tmp_path / "mẫu.xlsx", year=2025)
    frame = check_excel(path)
    assert set(frame["severity"]) <= {"note"}
    portfolio = read_excel(path)
    assert portfolio.lines["plan_year"].tolist() == [2025]
    assert "VÍ DỤ" in portfolio.lines["project"].item()
    assert [each.name for each in tmp_path.iterdir()] == ["mẫu.xlsx"]


def test_every_header_means_its_column(book: Workbook) -> None:
    assert book.sheetnames == [*(table.sheet for table in TABLES.values()), "HuongDan"]
    for table in TABLES.values():
        texts = headers(book[table.sheet])
        columns = [heading.column for heading in resolve(read_headings(texts, table), 2024)]
        assert set(columns) == set(table.names) - ({"line_id"} if table is LINES else set())
        assert len(columns) == len(set(columns))


def test_every_choice_of_a_drop_down_is_understood(book: Workbook) -> None:
    for table in TABLES.values():
        sheet = book[table.sheet]
        head = 4 if table is LINES else 1
        offered = {
            str(rule.sqref).split(":", maxsplit=1)[0].rstrip("0123456789"): rule.formula1.strip('"').split(
                ","
            )
            for rule in sheet.data_validations.dataValidation
        }
        for cell in sheet[head]:
            (heading,) = resolve(read_headings([str(cell.value)], table), 2024)
            column = table.column(heading.column)
            if column.type not in {Type.CHOICE, Type.YES_NO}:
                assert cell.column_letter not in offered
                continue
            texts = offered[cell.column_letter]
            if column.name == "stage":
                assert {stage_of(text, 2024) for text in texts} == {code for code, _ in column.choices}
            elif column.type is Type.YES_NO:
                assert texts == ["có", "không"]
            else:
                known = {fold(text) for code, words in column.choices for text in (code, *words)}
                assert {fold(text) for text in texts} <= known


def test_the_help_sheet_tells_of_every_column(book: Workbook) -> None:
    names = {str(row[2].value) for row in book["HuongDan"].iter_rows()}
    for table in TABLES.values():
        assert set(table.names) - {"line_id"} <= names


def test_a_form_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "mẫu.xlsx"
    path.write_bytes(b"old")
    with pytest.raises(FileExistsError):
        write_template(path)
    assert path.read_bytes() == b"old"


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mẫu.xlsx"

    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("phanbo.tables.template._write_help", fail)
    with pytest.raises(MemoryError):
        write_template(path)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        write_template(tmp_path / "nowhere" / "mẫu.xlsx")
