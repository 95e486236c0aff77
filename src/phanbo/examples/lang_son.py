"""A synthetic workbook of the size of Lạng Sơn, plan year 2024: about 30 owners and 400 capital lines.

Owners' kinds, districts, sources and programmes are those of the province; **every project and every figure is
invented**, and the workbook says so on its first sheet and above its tables. Only orders of magnitude follow
published figures: the totals those of the province's plan of 2025 (7 218 tỷ đồng = 2 820 local + 4 398 central,
carried-over capital included), the pace the national disbursement of 2024. Their addresses are in `BASIS`.
"""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phanbo.examples import lang_son_names as names
from phanbo.examples.lang_son_lines import DATES, draw_lines
from phanbo.tables.schema import KINDS

if TYPE_CHECKING:
    import os

    from phanbo.examples.lang_son_projects import Line

__all__ = ["BASIS", "SYNTHETIC", "lang_son_workbook", "write_lang_son"]

SYNTHETIC = "DỮ LIỆU MÔ PHỎNG – không phải số liệu thật"
"""What the first sheet and the title of every table say."""

BASIS = (
    "Bảng này do phanbo tạo ra để minh họa. Dự án, số vốn, số giải ngân, nhu cầu, ngày tháng đều là giả định.",
    "Mã dự án bắt đầu bằng “MP”: mô phỏng.",
    "Thật: tên huyện, thành phố, xã; loại chủ đầu tư; tên nguồn vốn và chương trình mục tiêu quốc gia.",
    (
        "Tổng kế hoạch chỉ lấy theo độ lớn đã công bố của kế hoạch năm 2025 (không phải 2024) của tỉnh Lạng Sơn, cả vốn "
        "kéo dài: 7.218 tỷ đồng, gồm 2.820 tỷ vốn địa phương và 4.398 tỷ vốn trung ương."
    ),
    "https://news.laodong.vn/xa-hoi/lang-son-phan-bo-7218-ti-dong-cho-3-chuong-trinh-trong-diem-1581967.ldo",
    "Cách chia tổng số cho từng nguồn, chủ đầu tư, dự án là giả định.",
    "Tỷ lệ giải ngân theo nhịp chung cả nước đã công bố:",
    (
        "15,56 % đến 30/4/2025: https://xe.today/2025/05/15/"
        "local-governments-unite-to-secure-material-supplies-for-public-investment-projects"
    ),
    "34,68 % đến 31/7/2024: https://english.thesaigontimes.vn/public-investment-disbursement-reaches-32-in-july",
    (
        "40,49 % đến 31/8/2024: https://en.baochinhphu.vn/print/"
        "public-investment-disbursement-reaches-us109-billion-in-january-august-111240904110005478.htm"
    ),
    "47,29 % đến 30/9/2024: https://tbnhnew.mastercms.vn/tag/quy-3-31348.tag",
    (
        "52,29 % đến 31/10/2024: https://english.vtv.vn/news/"
        "public-investment-disbursement-reaches-522-in-ten-months-20241111092635817.htm"
    ),
    (
        "93,06 % đến 31/01/2025: https://xe.today/2025/02/02/"
        "unlocking-the-potential-achieving-a-93-06-disbursement-rate-for-public-investment-plans"
    ),
    (
        "Trang KeHoachVon: số liệu đến 14/6/2024. Trang GiaiNgan: lũy kế giải ngân từng dòng vốn đến 14/6, 30/6, 15/9, "
        "30/9 và 10/11/2024."
    ),
)
"""What the first sheet says under the warning: what is real, what is invented, and where sizes come from."""

MONEY = "money"
COLUMNS = (
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
    ("allocated_before", "Lũy kế vốn bố trí đến hết năm 2023", MONEY),
    ("medium_term_plan", "KH đầu tư công trung hạn giai đoạn 2021-2025", MONEY),
    ("medium_term_allocated_before", "Đã giao kế hoạch các năm 2021-2023", MONEY),
    ("plan", "Kế hoạch vốn năm 2024", MONEY),
    ("disbursed", "Giải ngân từ 01/01/2024 đến 14/6/2024", MONEY),
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


def write_lang_son(path: str | os.PathLike[str]) -> Path:
    """Write the workbook to *path*: the same bytes every time with one version of xlsxwriter.

    Returns
    -------
    Path
        The file written.
    """
    target = Path(path)
    target.write_bytes(lang_son_workbook())
    return target


def lang_son_workbook() -> bytes:
    """Return the workbook as bytes."""
    import xlsxwriter

    lines = draw_lines()
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        made = dt.datetime(2024, 6, 14)  # noqa: DTZ001 - a fixed day keeps the bytes the same
        book.set_properties(
            {"title": "Kế hoạch vốn năm 2024 (mô phỏng)", "comments": SYNTHETIC, "created": made}
        )
        looks = _looks(book)
        _write_basis(book.add_worksheet("DocToiTruoc"), looks)
        _write_lines(book.add_worksheet("KeHoachVon"), looks, lines)
        _write_history(book.add_worksheet("GiaiNgan"), looks, lines)
        _write_sources(book.add_worksheet("NguonVon"), looks)
        _write_owners(book.add_worksheet("ChuDauTu"), looks)
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


def _write_basis(sheet: Any, looks: dict[str, Any]) -> None:  # noqa: ANN401
    sheet.set_column(0, 0, 120)
    sheet.write(0, 0, SYNTHETIC, looks["warning"])
    for row, text in enumerate(BASIS, start=1):
        sheet.write_string(row, 0, text, looks["text"])
        sheet.set_row(row, 15 * (1 + len(text) // 110))


def _write_lines(sheet: Any, looks: dict[str, Any], lines: list[Line]) -> None:  # noqa: ANN401
    _head(
        sheet, looks, "KẾ HOẠCH VỐN ĐẦU TƯ CÔNG NĂM 2024 TỈNH LẠNG SƠN", [header for _, header, _ in COLUMNS]
    )
    for index, (_, _, width) in enumerate(COLUMNS):
        sheet.set_column(index, index, 14 if width == MONEY else width)
    for row, line in enumerate(lines, start=_FIRST):
        told = line | {"source": names.SOURCES[line["source"]][0]}
        for index, (name, _, _) in enumerate(COLUMNS):
            _cell(sheet, looks, (row, index), told.get(name))
    sheet.freeze_panes(_FIRST, 3)


def _write_history(sheet: Any, looks: dict[str, Any], lines: list[Line]) -> None:  # noqa: ANN401
    _head(sheet, looks, "GIẢI NGÂN CỦA TỪNG DÒNG VỐN", ["Mã dòng vốn", "Ngày", "Lũy kế giải ngân từ đầu năm"])
    sheet.set_column(0, 2, 16)
    row = _FIRST
    for day, place in sorted((day, place) for place, day in enumerate(DATES)):
        for line in lines:
            for index, value in enumerate((line["line_id"], day, line["paid"][place])):
                _cell(sheet, looks, (row, index), value)
            row += 1


def _write_sources(sheet: Any, looks: dict[str, Any]) -> None:  # noqa: ANN401
    _head(
        sheet,
        looks,
        "NGUỒN VỐN",
        ["Nguồn vốn", "Loại nguồn vốn", "Cấp ngân sách", "Tăng, giảm nguồn trong năm"],
    )
    sheet.set_column(0, 3, 30)
    for row, (text, kind, level, _) in enumerate(names.SOURCES.values(), start=_FIRST):
        for index, value in enumerate((text, KINDS[kind].title_vi, level, 0)):
            _cell(sheet, looks, (row, index), value)


def _write_owners(sheet: Any, looks: dict[str, Any]) -> None:  # noqa: ANN401
    _head(sheet, looks, "CHỦ ĐẦU TƯ", ["Chủ đầu tư", "Loại đơn vị", "Địa bàn"])
    sheet.set_column(0, 2, 40)
    for row, owner in enumerate(names.OWNERS, start=_FIRST):
        for index, value in enumerate((owner.name, owner.kind, owner.locality)):
            _cell(sheet, looks, (row, index), value)


_FIRST = 5
"""First row of cells: above it stand title, warning, unit, an empty row and the headers."""


def _head(sheet: Any, looks: dict[str, Any], title: str, headers: list[str]) -> None:  # noqa: ANN401
    sheet.write(0, 0, title, looks["title"])
    sheet.write(1, 0, SYNTHETIC, looks["warning"])
    sheet.write(2, 0, "Đơn vị tính: triệu đồng")
    for index, header in enumerate(headers):
        sheet.write(_FIRST - 1, index, header, looks["head"])
    sheet.set_row(_FIRST - 1, 48)


def _cell(sheet: Any, looks: dict[str, Any], place: tuple[int, int], value: object) -> None:  # noqa: ANN401
    if isinstance(value, dt.date):
        sheet.write_datetime(*place, value, looks["date"])
    elif isinstance(value, int):
        # years stay plain: only amounts are this large
        sheet.write_number(*place, value, looks["money"] if value > 2100 else None)
    elif value:
        sheet.write_string(*place, str(value))
