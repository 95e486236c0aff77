"""The review sheet (*phiếu đối chiếu Kho bạc*): proposals out, a person's marks back in."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phanbo.errors import Finding
from phanbo.tables.files.limits import Limits
from phanbo.tables.files.sheet import address
from phanbo.tables.files.workbook import open_workbook
from phanbo.tables.schema.vocabulary import fold
from phanbo.words import cell_text

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

__all__ = ["NONE", "Mark", "Review", "Zero", "read_review", "write_review"]

NONE = "(không có trong kế hoạch)"
"""Typed in place of a line: the money is of no line of this plan, and set aside."""

PAIRS, ZEROS = "DoiChieu", "ChuaCoSoKhoBac"
_PAIRS = (
    ("STT", 4, "number"),
    ("Kho bạc: dòng", 13, "text"),
    ("Kho bạc: mã dự án", 10, "text"),
    ("Kho bạc: tên dự án", 26, "text"),
    ("Kho bạc: chủ đầu tư", 14, "text"),
    ("Kho bạc: nguồn vốn", 11, "text"),
    ("Kho bạc: năm", 6, "text"),
    ("Kho bạc: giải ngân (đồng)", 16, "money"),
    ("Đề xuất: mã dòng vốn", 16, "text"),
    ("Đề xuất: dự án", 26, "text"),
    ("Đề xuất: chủ đầu tư", 14, "text"),
    ("Đề xuất: nguồn vốn", 11, "text"),
    ("Đề xuất: kế hoạch (đồng)", 16, "money"),
    ("Điểm", 6, "number"),
    ("Căn cứ", 24, "text"),
    ("Đồng ý (có/không)", 9, "mark"),
    ("Mã dòng vốn khác", 16, "mark"),
    ("Khóa Kho bạc", 3, "key"),
    ("Khóa dòng vốn", 3, "key"),
)
_ZEROS = (
    ("STT", 5, "number"),
    ("Mã dòng vốn", 30, "text"),
    ("Dự án", 44, "text"),
    ("Chủ đầu tư", 28, "text"),
    ("Nguồn vốn", 18, "text"),
    ("Kế hoạch (đồng)", 18, "money"),
    ("Chủ đầu tư báo cáo (đồng)", 18, "money"),
    ("Chưa giải ngân (có)", 12, "mark"),
    ("Khóa dòng vốn", 3, "key"),
)
_HOW = (
    "Ghi “có” ở dòng đề xuất đúng, “không” ở dòng sai. Dòng vốn khác: ghi mã dòng vốn vào cột “Mã dòng vốn khác”.",
    f"Khoản không thuộc kế hoạch này: chọn “{NONE}”. Không sửa các cột khác; phanbo kiểm lại từng số khi đọc.",
)


@dataclass(frozen=True, slots=True)
class Mark:
    """What a person said of one proposal; *cell* is where the answer stands."""

    key: str
    line_id: str
    agreed: str
    other: str
    paid: int | None
    check: str
    row: int = 0
    cell: str = ""


@dataclass(frozen=True, slots=True)
class Zero:
    """What a person said of a line the Treasury does not have: nothing paid out of it yet."""

    line_id: str
    agreed: str
    check: str
    row: int = 0
    cell: str = ""


@dataclass(slots=True)
class Review:
    """A review sheet as read back; findings say what of it cannot be read."""

    name: str = ""
    marks: list[Mark] = field(default_factory=list)
    zeros: list[Zero] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def write_review(
    path: str | os.PathLike[str], pairs: Sequence[Sequence[Any]], zeros: Sequence[Sequence[Any]], total: str
) -> None:
    """Write the two sheets; every text as text, whatever it begins with."""
    import xlsxwriter

    with xlsxwriter.Workbook(
        str(path), {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        looks = _looks(book)
        ids = len(pairs)
        page = book.add_worksheet(PAIRS)
        top = _head(page, looks, "PHIẾU ĐỐI CHIẾU KHO BẠC – KẾ HOẠCH VỐN", (*_HOW, total), _PAIRS)
        _rows(page, looks, top, pairs, _PAIRS)
        if ids:
            place = (top + 1, 15, top + ids, 15)
            page.data_validation(*place, {"validate": "list", "source": ["có", "không"]})
            other = {"validate": "list", "source": [NONE], "error_type": "information", "show_error": False}
            page.data_validation(top + 1, 16, top + ids, 16, other)
        page = book.add_worksheet(ZEROS)
        told = (
            "Ghi “có” nếu dòng vốn thực sự chưa giải ngân đồng nào; không ghi thì coi là chưa biết, không phải 0.",
        )
        top = _head(page, looks, "DÒNG VỐN CHƯA CÓ SỐ KHO BẠC", told, _ZEROS)
        _rows(page, looks, top, zeros, _ZEROS)
        if zeros:
            page.data_validation(top + 1, 7, top + len(zeros), 7, {"validate": "list", "source": ["có"]})


def _looks(book: Any) -> dict[str, Any]:  # noqa: ANN401 - xlsxwriter has no types
    font = {"font_name": "Times New Roman", "font_size": 11, "valign": "top"}
    cell = font | {"border": 1, "border_color": "#808080"}
    made = {
        "title": font | {"bold": True, "font_size": 13},
        "plain": font,
        "head": cell
        | {"bold": True, "bg_color": "#DDEBF7", "text_wrap": True, "align": "center", "valign": "vcenter"},
        "text": cell | {"text_wrap": True, "num_format": "@"},
        "number": cell | {"align": "center"},
        "money": cell | {"num_format": "#,##0"},
        "mark": cell | {"bg_color": "#FFF2CC", "text_wrap": True, "num_format": "@"},
        "key": cell | {"font_color": "#808080", "num_format": "@"},
    }
    return {name: book.add_format(look) for name, look in made.items()}


def _head(page: Any, looks: Mapping[str, Any], title: str, told: Sequence[str], columns: Any) -> int:  # noqa: ANN401
    page.write_string(0, 0, title, looks["title"])
    for row, text in enumerate(told, start=1):
        page.write_string(row, 0, text, looks["plain"])
    top = len(told) + 2
    for index, (name, width, kind) in enumerate(columns):
        page.set_column(index, index, width, None, {"hidden": kind == "key"})
        page.write_string(top, index, name, looks["head"])
    page.set_row(top, 50)
    page.freeze_panes(top + 1, 4 if len(columns) > 10 else 2)
    page.set_landscape()
    page.set_paper(9)
    page.set_margins(left=0.3, right=0.3, top=0.5, bottom=0.5)
    page.fit_to_pages(1, 0)
    page.repeat_rows(top)
    page.set_footer("&R&P/&N")
    return top


def _rows(page: Any, looks: Mapping[str, Any], top: int, rows: Sequence[Sequence[Any]], columns: Any) -> None:  # noqa: ANN401
    for at, cells in enumerate(rows, start=top + 1):
        lines = 1
        for index, (cell, (_, width, kind)) in enumerate(zip(cells, columns, strict=True)):
            if cell is None or cell == "":
                page.write_blank(at, index, None, looks[kind])
            elif isinstance(cell, int):
                page.write_number(at, index, cell, looks[kind])
            else:
                page.write_string(at, index, cell_text(str(cell)), looks[kind])
                lines = max(lines, -(-len(str(cell)) // max(1, int(width) - 2))) if kind != "key" else lines
        page.set_row(at, 15 * lines)  # LibreOffice lets wrapped text overlap otherwise


def read_review(path: str | os.PathLike[str]) -> Review:
    """Read a review sheet back; what cannot be understood is a finding with its cell."""
    found = Review(name=Path(path).name)
    sheets = {sheet.name: sheet for sheet in open_workbook(Path(path), Limits())}
    for name, columns in ((PAIRS, _PAIRS), (ZEROS, _ZEROS)):
        titles = [title for title, _, _ in columns]
        rows = sheets[name].rows if name in sheets else []
        top = next(
            (at for at, row in enumerate(rows[:20]) if set(titles) <= {str(cell) for cell in row}), None
        )
        if top is None:
            found.findings.append(_no_sheet(found.name, name))
            continue
        place = {title: [str(cell) for cell in rows[top]].index(title) for title in titles}
        for at in range(top + 1, len(rows)):
            cells = {title: rows[at][index] for title, index in place.items()}
            if cells["Khóa dòng vốn"] or cells.get("Khóa Kho bạc"):
                _take(found, name, at, cells, place)
    return found


def _take(found: Review, name: str, at: int, cells: Mapping[str, Any], place: Mapping[str, int]) -> None:
    asked = "Đồng ý (có/không)" if name == PAIRS else "Chưa giải ngân (có)"
    said, cell = fold(_text(cells[asked])), address(at, place[asked])
    if said not in {"", "có", "không"}:
        where = f"[{found.name}]{name}"
        found.findings.append(_unread(where, at + 1, cell, said))
        return
    if name == ZEROS:
        line, check = _text(cells["Mã dòng vốn"]), _text(cells["Khóa dòng vốn"])
        found.zeros.append(Zero(line, said, check, at + 1, cell))
        return
    paid = cells["Kho bạc: giải ngân (đồng)"]
    whole = isinstance(paid, (int, float)) and not isinstance(paid, bool) and float(paid).is_integer()
    found.marks.append(
        Mark(
            key=_text(cells["Khóa Kho bạc"]),
            line_id=_text(cells["Đề xuất: mã dòng vốn"]),
            agreed=said,
            other=_text(cells["Mã dòng vốn khác"]),
            paid=int(paid) if whole else None,
            check=_text(cells["Khóa dòng vốn"]),
            row=at + 1,
            cell=cell,
        )
    )


def _text(cell: Any) -> str:  # noqa: ANN401 - a cell
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def _no_sheet(file: str, name: str) -> Finding:
    return Finding(
        "review-unreadable",
        "error",
        f"phiếu đối chiếu “{file}” không có trang {name} với đủ các cột",
        f"the review sheet “{file}” has no sheet {name} with all its columns",
        "lập lại phiếu: phanbo match KẾ_HOẠCH KHO_BẠC --out TỆP.xlsx",
        "make it anew: phanbo match PLAN TREASURY --out FILE.xlsx",
        table="review",
        sheet=f"[{file}]{name}",
        rule="review-unreadable",
    )


def _unread(where: str, row: int, cell: str, said: str) -> Finding:
    return Finding(
        "review-mark",
        "error",
        f"“{said}” không phải là có hay không",
        f"“{said}” is neither có (yes) nor không (no)",
        "ghi “có”, “không” hoặc để trống",
        "write “có”, “không”, or leave it empty",
        table="review",
        sheet=where,
        row=row,
        cell=cell,
        value=said,
        rule="review-mark",
    )
