"""A large sheet read in two halves is the sheet read in one."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

import hostile
from phanbo.errors import DataError
from phanbo.tables.files import halves
from phanbo.tables.files.limits import Limits
from phanbo.tables.files.workbook import open_workbook

if TYPE_CHECKING:
    from pathlib import Path

CELLS = st.one_of(st.text("aĐ ệ<&", min_size=1, max_size=4), st.integers(-(10**12), 10**12))
SHEETS = st.dictionaries(st.tuples(st.integers(0, 30), st.integers(0, 5)), CELLS, min_size=1)


def written(*sheets: dict[tuple[int, int], Any]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for cells in sheets:
            sheet = book.add_worksheet()
            sheet.merge_range(40, 0, 41, 1, "gộp")
            for (row, column), cell in cells.items():
                sheet.write(row, column, cell)
    return out.getvalue()


def read(path: Path, data: bytes, large: int, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    path.write_bytes(data)
    monkeypatch.setattr(halves, "_LARGE", large)
    return [(sheet.name, sheet.rows, sheet.merged, sheet.faults) for sheet in open_workbook(path, Limits())]


@given(sheets=st.lists(SHEETS, min_size=1, max_size=3))
def test_two_halves_are_the_sheet(tmp_path_factory: pytest.TempPathFactory, sheets: list[Any]) -> None:
    path, data = tmp_path_factory.mktemp("halves") / "a.xlsx", written(*sheets)
    with pytest.MonkeyPatch.context() as patch:
        assert read(path, data, 0, patch) == read(path, data, 10**9, patch)


@pytest.mark.parametrize(
    "rows",
    [
        [(1, "B"), (9, "A")],  # the lower half wider, a gap between
        [(1, "A"), (2, "C")],  # the lower half begins further right
        [(3, "A"), (4, "")],  # nothing below
        [(3, ""), (4, "D")],  # nothing above
        [(3, ""), (4, "")],
    ],
)
def test_halves_of_other_extents(
    tmp_path: Path, rows: list[tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = "".join(
        f'<row r="{row}">' + (f'<c r="{at}{row}"><v>{row}</v></c>' if at else "") + "</row>"
        for row, at in rows
    )
    data = hostile.xlsx(hostile.sheet(cells))
    halved = read(tmp_path / "a.xlsx", data, 0, monkeypatch)
    assert halved == read(tmp_path / "b.xlsx", data, 10**9, monkeypatch)


def test_rows_in_no_order_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = "".join(f'<row r="{row}"><c r="A{row}"><v>1</v></c></row>' for row in (7, 8, 3, 4))
    with pytest.raises(DataError) as refused:
        read(tmp_path / "a.xlsx", hostile.xlsx(hostile.sheet(cells)), 0, monkeypatch)
    assert [finding.code for finding in refused.value.findings] == ["file-unreadable"]


def test_a_large_sheet_is_read_by_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    both = halves.read_both

    def told(*given: Any) -> Any:
        asked.append(given[-1])
        return both(*given)

    monkeypatch.setattr("phanbo.tables.files.workbook.read_both", told)
    read(tmp_path / "a.xlsx", written({(row, 0): row for row in range(30)}), 100, monkeypatch)
    assert asked == ["Sheet1"]
