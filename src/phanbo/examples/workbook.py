"""The workbook of a synthetic province: the same bytes every time with one version of xlsxwriter."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from phanbo.tables.schema import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phanbo.examples.province import Line, Province

__all__ = ["AMOUNTS", "SYNTHETIC", "columns", "workbook"]

SYNTHETIC = "DỮ LIỆU MÔ PHỎNG – không phải số liệu thật"
"""What the first sheet and the title of every table say."""

MONEY = "money"
_COLUMNS: tuple[tuple[str, str, int | str], ...] = (
    ("line_id", "Mã dòng vốn", 12),
    ("project_id", "Mã số dự án", 11),
    ("project", "Tên dự án", 46),
    ("owner", "Chủ đầu tư", 36),
    ("source", "Nguồn vốn", 30),
    ("plan_year", "Năm kế hoạch", 10),
    ("stage", "Phân loại dự án", 24),
    ("project_class", "Nhóm dự án (A, B, C)", 10),
    ("sector", "Ngành, lĩnh vực", 26),
    ("locality", "Địa điểm xây dựng", 20),
    ("programme", "Chương trình MTQG", 30),
    ("component", "Dự án thành phần", 22),
    ("nature", "Vốn đầu tư/Vốn sự nghiệp", 12),
    ("schedule", "Thời gian KC-HT", 11),
    ("first_year", "Năm bắt đầu bố trí vốn", 10),
    ("extension_years", "Số năm được gia hạn", 10),
    ("approved_on", "Ngày quyết định đầu tư", 13),
    ("procedures_complete", "Đủ thủ tục đầu tư", 10),
    ("procedures_completed_on", "Ngày đủ thủ tục", 13),
    ("started_on", "Ngày khởi công", 13),
    ("policy_dossier_on", "Ngày trình thẩm định chủ trương", 13),
    ("project_dossier_on", "Ngày trình thẩm định dự án", 13),
    ("total_investment", "Tổng mức đầu tư", MONEY),
    ("settled_value", "Giá trị quyết toán được duyệt", MONEY),
    ("preparation_estimate", "Dự toán chuẩn bị đầu tư", MONEY),
    ("allocated_before", "Lũy kế vốn bố trí đến hết năm {before}", MONEY),
    ("medium_term_plan", "KH đầu tư công trung hạn giai đoạn {period}-{last}", MONEY),
    ("medium_term_allocated_before", "{allocated}", MONEY),
    ("plan", "Kế hoạch vốn năm {year}", MONEY),
    ("disbursed", "Giải ngân từ 01/01/{year} đến {day}", MONEY),
    ("advance_outstanding", "Số dư tạm ứng chưa thu hồi", MONEY),
    ("committed", "Khối lượng nghiệm thu chưa thanh toán", MONEY),
    ("arrears", "Nợ đọng XDCB", MONEY),
    ("prior_advance", "Vốn ứng trước chưa thu hồi", MONEY),
    ("requested_increase", "Nhu cầu bổ sung vốn", MONEY),
    ("offered_decrease", "Đề nghị điều chỉnh giảm", MONEY),
    ("absorb_p50", "Khả năng giải ngân nếu được bổ sung", MONEY),
    ("estimate_year_end", "Ước giải ngân cả năm", MONEY),
    ("commitment", "Cam kết giải ngân hết", 10),
    ("loan", "Hiệp định vay", 26),
    ("loan_room", "Vốn vay còn được giải ngân", MONEY),
    ("loan_closes_on", "Ngày đóng hiệp định vay", 13),
    ("oda", "Dự án ODA", 8),
    ("ppp", "Dự án PPP", 8),
    ("counterpart", "Vốn đối ứng", 8),
    ("key_project", "Dự án trọng điểm", 8),
    ("emergency", "Dự án khẩn cấp", 8),
    ("tabmis_entered", "Đã nhập Tabmis", 8),
    ("delay_cause", "Nguyên nhân chậm", 12),
    ("locked", "Giữ nguyên (lý do)", 26),
    ("leader", "Lãnh đạo phụ trách", 26),
)
"""Column of the schema, header in the workbook, width (or `MONEY`)."""

_SINCE_2025: tuple[tuple[str, str, int | str], ...] = (
    ("special", "Dự án đặc biệt", 8),
    ("task", "Nhiệm vụ", 22),
)
"""Columns that the law of 2024 asks for besides."""

AMOUNTS = frozenset(name for name, _, width in _COLUMNS if width == MONEY)
"""The columns that hold money."""

_FIRST = 5
"""First row of cells: above it stand title, warning, unit, an empty row and the headers."""


def columns(province: Province) -> list[tuple[str, str, int | str]]:
    """Return the columns of the sheet of lines: column of the schema, header, width (or `MONEY`)."""
    year, period, day = province.year, province.period, province.first_date
    allocated = f"Đã giao kế hoạch các năm {period}-{year - 1}"
    if year == period:  # nothing of the period lies before its first year
        allocated = f"Trung hạn đã giao đến hết năm {year - 1}"
    words = {
        "year": year,
        "before": year - 1,
        "period": period,
        "last": period + 4,
        "allocated": allocated,
        "day": f"{day.day}/{day.month}/{year}",
    }
    known = _COLUMNS + (_SINCE_2025 if year >= 2025 else ())
    return [(name, header.format(**words), width) for name, header, width in known]


def workbook(province: Province, lines: list[Line], basis: Sequence[str], unit: str) -> bytes:
    """Return the workbook of a province as bytes.

    Parameters
    ----------
    province : Province
    lines : list of dict
        As drawn, money in *unit*.
    basis : sequence of str
        What the first sheet says under the warning.
    unit : str
        As the sheets say it.
    """
    import xlsxwriter

    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        made = dt.datetime.combine(province.first_date, dt.time())  # a fixed day keeps the bytes the same
        book.set_properties(
            {"title": f"Kế hoạch vốn năm {province.year} (mô phỏng)", "comments": SYNTHETIC, "created": made}
        )
        pen = _Pen(_looks(book), unit)
        _write_basis(book.add_worksheet("DocToiTruoc"), pen, basis)
        _write_lines(book.add_worksheet("KeHoachVon"), pen, province, lines)
        _write_history(book.add_worksheet("GiaiNgan"), pen, province, lines)
        _write_sources(book.add_worksheet("NguonVon"), pen, province)
        _write_owners(book.add_worksheet("ChuDauTu"), pen, province)
    return stream.getvalue()


def _looks(book: Any) -> dict[str, Any]:  # noqa: ANN401 - xlsxwriter has no types
    head = {
        "bold": True,
        "text_wrap": True,
        "valign": "vcenter",
        "align": "center",
        "border": 1,
        "bg_color": "#E2EFDA",
    }
    return {
        "title": book.add_format({"bold": True, "font_size": 13}),
        "warning": book.add_format({"bold": True, "font_color": "#C00000"}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "head": book.add_format(head),
        "money": book.add_format({"num_format": "#,##0"}),
        "date": book.add_format({"num_format": "dd/mm/yyyy"}),
    }


@dataclass(frozen=True, slots=True)
class _Pen:
    """What every sheet is written with."""

    looks: dict[str, Any]
    unit: str

    def table(self, sheet: Any, title: str, heads: Sequence[str], rows: Iterator[Sequence[object]]) -> None:  # noqa: ANN401
        """Write a title, the warning, the unit, the headers and the rows."""
        sheet.write(0, 0, title, self.looks["title"])
        sheet.write(1, 0, SYNTHETIC, self.looks["warning"])
        sheet.write(2, 0, f"Đơn vị tính: {self.unit}")
        for index, header in enumerate(heads):
            sheet.write(_FIRST - 1, index, header, self.looks["head"])
        sheet.set_row(_FIRST - 1, 48)
        for row, values in enumerate(rows, start=_FIRST):
            for index, value in enumerate(values):
                self._cell(sheet, (row, index), value)

    def _cell(self, sheet: Any, place: tuple[int, int], value: object) -> None:  # noqa: ANN401
        if isinstance(value, dt.date):
            sheet.write_datetime(*place, value, self.looks["date"])
        elif isinstance(value, int):
            # years stay plain: only amounts are this large
            sheet.write_number(*place, value, self.looks["money"] if value > 2100 else None)
        elif value:
            sheet.write_string(*place, str(value))


def _write_basis(sheet: Any, pen: _Pen, basis: Sequence[str]) -> None:  # noqa: ANN401
    sheet.set_column(0, 0, 120)
    sheet.write(0, 0, SYNTHETIC, pen.looks["warning"])
    for row, text in enumerate(basis, start=1):
        sheet.write_string(row, 0, text, pen.looks["text"])
        sheet.set_row(row, 15 * (1 + len(text) // 110))


def _write_lines(sheet: Any, pen: _Pen, province: Province, lines: list[Line]) -> None:  # noqa: ANN401
    title = f"KẾ HOẠCH VỐN ĐẦU TƯ CÔNG NĂM {province.year} {province.name.upper()}"
    told = (line | {"source": province.sources[line["source"]].text} for line in lines)
    shown = columns(province)
    rows = ([line.get(name) for name, _, _ in shown] for line in told)
    pen.table(sheet, title, [header for _, header, _ in shown], rows)
    wide = 14 if pen.unit == "triệu đồng" else 20
    for index, (_, _, width) in enumerate(shown):
        sheet.set_column(index, index, wide if width == MONEY else width)
    sheet.freeze_panes(_FIRST, 3)


def _write_history(sheet: Any, pen: _Pen, province: Province, lines: list[Line]) -> None:  # noqa: ANN401
    sheet.set_column(0, 2, 16 if pen.unit == "triệu đồng" else 20)
    days = sorted((day, place) for place, day in enumerate(province.dates))
    rows = ((line["line_id"], day, line["paid"][place]) for day, place in days for line in lines)
    heads = ("Mã dòng vốn", "Ngày", "Lũy kế giải ngân từ đầu năm")
    pen.table(sheet, "GIẢI NGÂN CỦA TỪNG DÒNG VỐN", heads, rows)


def _write_sources(sheet: Any, pen: _Pen, province: Province) -> None:  # noqa: ANN401
    sheet.set_column(0, 3, 30)
    rows = ((text, KINDS[kind].title_vi, level, 0) for text, kind, level, _ in province.sources.values())
    heads = ("Nguồn vốn", "Loại nguồn vốn", "Cấp ngân sách", "Tăng, giảm nguồn trong năm")
    pen.table(sheet, "NGUỒN VỐN", heads, rows)


def _write_owners(sheet: Any, pen: _Pen, province: Province) -> None:  # noqa: ANN401
    """Write one row an owner, and one a predecessor where it has several."""
    heads = ["Chủ đầu tư", "Loại đơn vị", "Địa bàn"]
    if any(owner.predecessors for owner in province.owners):
        heads.append("Đơn vị tiền thân")
    sheet.set_column(0, len(heads) - 1, 40)
    rows = (
        (owner.name, owner.kind, owner.places[0] if owner.is_local else province.name, earlier)
        for owner in province.owners
        for earlier in owner.predecessors or ("",)
    )
    pen.table(sheet, "CHỦ ĐẦU TƯ", heads, rows)
