"""A blank workbook to fill in: every column with its title, drop-downs, an example row and a help sheet."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phanbo.tables.schema import AMBIGUOUS, KINDS, LINES, TABLES
from phanbo.tables.schema.column import Column, Table, Type

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["write_template"]

_ROWS = 5_000
"""How far down the drop-downs reach."""

_CHOICES = {
    "stage": ("hoàn thành trước 31/12/{before}", "chuyển tiếp", "khởi công mới", "chuẩn bị đầu tư"),
    "project_class": ("Quan trọng quốc gia", "A", "B", "C"),
}

_EXAMPLE: dict[str, object] = {
    "project_id": "0123456",
    "project": "(DÒNG VÍ DỤ – xóa khi dùng) Đường liên xã A – B",
    "owner": "Ban Quản lý dự án đầu tư xây dựng tỉnh",
    "source": "Thu tiền sử dụng đất",
    "stage": "chuyển tiếp",
    "plan": 12_500_000_000,
    "disbursed": 6_200_000_000,
    "committed": 800_000_000,
    "requested_increase": 1_500_000_000,
    "total_investment": 45_000_000_000,
    "allocated_before": 20_000_000_000,
    "project_class": "C",
    "procedures_complete": "có",
    "locality": "Xã Lộc Bình",
    "sector": "Giao thông",
}

_TYPES = {
    Type.TEXT: ("chữ", ""),
    Type.CHOICE: ("chọn trong danh sách", ""),
    Type.MONEY: ("số", "đồng"),
    Type.INTEGER: ("số nguyên", ""),
    Type.YES_NO: ("có / không", ""),
    Type.DATE: ("ngày", "ngày/tháng/năm"),
    Type.EVENT: ("ngày, hoặc “chưa”", "ngày/tháng/năm"),
}

_INTRO = (
    "Mỗi dòng của trang KeHoachVon là một dòng vốn: một dự án, một nguồn vốn, một năm kế hoạch.",
    "Số tiền ghi bằng đồng. Nếu ghi bằng triệu đồng, sửa dòng “Đơn vị tính” ở đầu trang.",
    "Cột có tiêu đề nền vàng là bắt buộc. Cột không dùng có thể để trống hoặc xóa.",
    "Vốn kéo dài từ năm trước: thêm một dòng với năm kế hoạch của năm trước.",
    "Xóa dòng ví dụ trước khi dùng. Các trang khác không bắt buộc.",
    "Kiểm tra tệp bằng lệnh: phanbo check TÊN_TỆP",
)


def write_template(path: str | os.PathLike[str], *, year: int = 2024) -> Path:
    """Write a blank workbook with headers, drop-downs, one example row and a help sheet in Vietnamese.

    Parameters
    ----------
    path : str or path-like
        Where to write; it must not exist yet: a filled-in form is not lost by accident.
    year : int
        The plan year of the example row.

    Returns
    -------
    Path
        The file written.
    """
    if Path(path).exists():
        raise FileExistsError(errno.EEXIST, "", str(path))
    import xlsxwriter

    target = Path(path)
    handle, name = tempfile.mkstemp(suffix=".xlsx", dir=target.parent)
    os.close(handle)
    try:
        with xlsxwriter.Workbook(
            name, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        ) as book:
            book.set_properties({"title": "Biểu mẫu kế hoạch vốn đầu tư công"})
            looks = _looks(book)
            for table in TABLES.values():
                _write_table(book.add_worksheet(table.sheet), table, looks, year)
            _write_help(book.add_worksheet("HuongDan"), looks)
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    return target


def _looks(book: Any) -> dict[str, Any]:  # noqa: ANN401 - xlsxwriter has no types
    head = {"bold": True, "text_wrap": True, "valign": "vcenter", "align": "center", "border": 1}
    return {
        "title": book.add_format({"bold": True, "font_size": 13}),
        "head": book.add_format({**head, "bg_color": "#E2EFDA"}),
        "required": book.add_format({**head, "bg_color": "#FFE699"}),
        "plain": book.add_format({"valign": "top"}),
        "wrapped": book.add_format({"text_wrap": True, "valign": "top", "border": 1}),
        "text": book.add_format({"num_format": "@"}),
        "money": book.add_format({"num_format": "#,##0"}),
        "date": book.add_format({"num_format": "dd/mm/yyyy"}),
        "whole": book.add_format({"num_format": "0"}),
    }


def _header(column: Column) -> str:
    """Return a header that is read back without doubt: the title, or a synonym that says more."""
    doubtful = {text for each in AMBIGUOUS for text in each.headers}
    return next(text for text in (column.title_vi, *column.headers) if text not in doubtful)


def _columns(table: Table) -> tuple[Column, ...]:
    """Return the columns as the template orders them: the required ones first in `lines`."""
    if table.name != LINES.name:
        return table.columns
    shown = [column for column in table.columns if column.name != "line_id"]
    return tuple(sorted(shown, key=lambda column: not (column.required or column.name == "project_id")))


def _write_table(sheet: Any, table: Table, looks: dict[str, Any], year: int) -> None:  # noqa: ANN401
    lines = table.name == LINES.name
    head = 3 if lines else 0
    if lines:
        sheet.write(0, 0, "KẾ HOẠCH VỐN ĐẦU TƯ CÔNG", looks["title"])
        sheet.write(1, 0, "Đơn vị tính: đồng", looks["plain"])
    columns = _columns(table)
    for index, column in enumerate(columns):
        sheet.set_column(index, index, _width(column), looks[_look(column)])
        look = looks["required" if column.required else "head"]
        sheet.write(head, index, _header(column), look)
        if note := _meaning(column):
            sheet.write_comment(head, index, note, {"x_scale": 2})
        _drop_down(sheet, column, (head + 1, index), year)
        if lines and (value := {**_EXAMPLE, "plan_year": year}.get(column.name)) is not None:
            sheet.write(head + 1, index, value, looks[_look(column)])
    sheet.set_row(head, 48)
    sheet.freeze_panes(head + 1, 2 if lines else 0)


def _width(column: Column) -> int:
    return {"project": 44, "owner": 34, "source": 26}.get(
        column.name, 20 if column.type is Type.MONEY else 16
    )


def _look(column: Column) -> str:
    return {
        Type.MONEY: "money",
        Type.INTEGER: "whole",
        Type.DATE: "date",
        Type.EVENT: "date",
        Type.TEXT: "text",
    }.get(column.type, "plain")


def _options(column: Column, year: int) -> Sequence[str]:
    """Return the texts a drop-down offers; each is one the reader understands."""
    if column.name in _CHOICES:
        return [text.format(before=year - 1) for text in _CHOICES[column.name]]
    if column.type is Type.YES_NO:
        return ("có", "không")
    if column.name == "kind" and {code for code, _ in column.choices} == set(KINDS):
        return list(KINDS)
    return [texts[0] if texts else code for code, texts in column.choices]


def _drop_down(sheet: Any, column: Column, place: tuple[int, int], year: int) -> None:  # noqa: ANN401
    options = _options(column, year)
    if not options:
        return
    row, index = place
    sheet.data_validation(
        row,
        index,
        row + _ROWS,
        index,
        {
            "validate": "list",
            "source": list(options),
            "error_title": "Giá trị không có trong danh sách",
            "error_message": "Chọn một giá trị trong danh sách.",
            "error_type": "warning",
        },
    )


def _meaning(column: Column) -> str:
    """Return what a column means and holds, in one short text."""
    options = _options(column, 2024) if column.name != "kind" else ()
    listed = f" Chọn: {'; '.join(options)}." if options and column.type is not Type.YES_NO else ""
    return (column.help_vi + listed).strip()


def _when_empty(column: Column) -> str:
    if column.required:
        return "lỗi: phải điền" if column.name != "plan_year" else "năm ở tiêu đề hoặc tham số year"
    if column.name == "plan_initial":
        return "bằng kế hoạch vốn được giao"
    if column.default is not None:
        shown = {"False": "không", "investment": "đầu tư"}
        return f"hiểu là {shown.get(str(column.default), str(column.default))}"
    if column.absent is not None:
        return f"không có cột: hiểu là {column.absent}; ô trống: chưa biết"
    return "chưa biết"


def _write_help(sheet: Any, looks: dict[str, Any]) -> None:  # noqa: ANN401
    sheet.write(0, 0, "HƯỚNG DẪN", looks["title"])
    for row, text in enumerate(_INTRO, start=1):
        sheet.write(row, 0, text, looks["plain"])
    row = len(_INTRO) + 2
    heads = ("Trang", "Cột", "Tên trong phanbo", "Ý nghĩa", "Kiểu", "Đơn vị", "Bắt buộc", "Nếu để trống")
    widths = (16, 34, 26, 62, 20, 16, 10, 34)
    for index, (text, width) in enumerate(zip(heads, widths, strict=True)):
        sheet.set_column(index, index, width)
        sheet.write(row, index, text, looks["head"])
    for table in TABLES.values():
        for column in _columns(table):
            row += 1
            kind, unit = _TYPES[column.type]
            needed = "có" if column.required else ""
            cells = (table.sheet, column.title_vi, column.name, _meaning(column), kind, unit, needed)
            for index, text in enumerate((*cells, _when_empty(column))):
                sheet.write(row, index, text, looks["wrapped"])
            # wrapped text overlaps in LibreOffice unless the row is told its height
            sheet.set_row(row, 15 * max(1, -(-len(_meaning(column)) // 56)))
    sheet.freeze_panes(len(_INTRO) + 3, 0)
