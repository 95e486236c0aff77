"""The optional tables: history, schedule, sources, owners, reports, controls."""

from __future__ import annotations

from phanbo.tables.column import Column, Table, Type
from phanbo.tables.vocabulary import KINDS, fold

__all__ = ["CONTROLS", "HISTORY", "OWNERS", "REPORTS", "SCHEDULE", "SOURCES"]

_LINE = (
    Column("line_id", Type.TEXT, "Mã dòng vốn", "Line id", headers=("Mã dòng vốn",)),
    Column(
        "project_id", Type.TEXT, "Mã số dự án", "Project id", headers=("Mã số dự án", "Mã DA", "Mã dự án")
    ),
    Column("source", Type.TEXT, "Nguồn vốn", "Source", headers=("Nguồn vốn",)),
    Column("plan_year", Type.INTEGER, "Năm kế hoạch", "Plan year", headers=("Năm kế hoạch", "Niên độ")),
)

HISTORY = Table(
    "history",
    "GiaiNgan",
    (
        *_LINE,
        Column(
            "owner",
            Type.TEXT,
            "Chủ đầu tư",
            "Owner",
            headers=("Chủ đầu tư",),
            help_vi="Chỉ cho số liệu cấp chủ đầu tư.",
            help_en="Only for figures of a whole owner.",
        ),
        Column(
            "date",
            Type.DATE,
            "Ngày",
            "Date",
            required=True,
            headers=("Ngày", "Ngày số liệu", "Đến ngày"),
            help_vi="Số liệu đến hết ngày này.",
            help_en="Figures up to this day.",
        ),
        Column(
            "disbursed",
            Type.MONEY,
            "Lũy kế giải ngân từ đầu năm",
            "Disbursed since 1 January",
            required=True,
            headers=("Lũy kế giải ngân từ đầu năm", "Lũy kế giải ngân", "Giải ngân", "Vốn đã giải ngân"),
            help_vi="Lũy kế từ 01/01, không phải số của riêng tháng.",
            help_en="Cumulative since 1 January, not of the month.",
        ),
    ),
    ("line_id", "project_id", "source", "plan_year", "owner", "date"),
)

SCHEDULE = Table(
    "schedule",
    "KeHoachGiaiNgan",
    (
        *_LINE,
        Column(
            "month",
            Type.INTEGER,
            "Tháng",
            "Month",
            required=True,
            headers=("Tháng",),
            help_vi="Tháng 1 đến 12.",
            help_en="Month 1 to 12.",
        ),
        Column(
            "disbursed",
            Type.MONEY,
            "Lũy kế giải ngân theo kế hoạch",
            "Planned disbursement, cumulative",
            required=True,
            headers=("Lũy kế giải ngân theo kế hoạch", "Kế hoạch giải ngân lũy kế", "Kế hoạch giải ngân"),
            help_vi="Lũy kế từ đầu năm đến hết tháng.",
            help_en="Cumulative to the end of the month.",
        ),
    ),
    ("line_id", "project_id", "source", "plan_year", "month"),
)

SOURCES = Table(
    "sources",
    "NguonVon",
    (
        Column(
            "source",
            Type.TEXT,
            "Nguồn vốn",
            "Source",
            required=True,
            headers=("Nguồn vốn", "Mã nguồn vốn"),
            help_vi="Viết như ở bảng kế hoạch vốn.",
            help_en="As written in the lines.",
        ),
        Column("name", Type.TEXT, "Tên nguồn vốn", "Name", headers=("Tên nguồn vốn", "Tên nguồn")),
        Column(
            "kind",
            Type.CHOICE,
            "Loại nguồn vốn",
            "Kind",
            choices=tuple((kind.code, (fold(kind.title_vi),)) for kind in KINDS.values()),
            headers=("Loại nguồn vốn", "Loại nguồn"),
            help_vi="Để trống thì nhận theo tên nguồn vốn.",
            help_en="Empty: recognised from the source's text.",
        ),
        Column(
            "level",
            Type.CHOICE,
            "Cấp ngân sách",
            "Level",
            choices=(
                ("central", ("trung ương", "ngân sách trung ương", "nstw")),
                ("provincial", ("tỉnh", "cấp tỉnh", "ngân sách tỉnh", "địa phương")),
                ("district", ("huyện", "cấp huyện", "ngân sách huyện")),
                ("commune", ("xã", "cấp xã", "ngân sách xã")),
            ),
            headers=("Cấp ngân sách", "Cấp"),
        ),
        Column(
            "pool",
            Type.TEXT,
            "Nhóm điều chuyển",
            "Pool",
            headers=("Nhóm điều chuyển",),
            help_vi="Thay cho cách phân nhóm của bộ quy tắc.",
            help_en="Replaces the rulebook's key.",
        ),
        Column(
            "inflow",
            Type.MONEY,
            "Tăng, giảm nguồn trong năm",
            "Inflow",
            default=0,
            signed=True,
            headers=("Tăng, giảm nguồn trong năm", "Tăng/giảm nguồn", "Hụt thu (-)"),
            help_vi="Số âm: hụt thu phải cắt giảm kế hoạch năm nay.",
            help_en="Negative: a shortfall that this year's plan must bear.",
        ),
        Column(
            "authority",
            Type.TEXT,
            "Cấp quyết định",
            "Authority",
            headers=("Cấp quyết định", "Thẩm quyền"),
            help_vi="Cấp có thẩm quyền điều chỉnh nguồn này.",
            help_en="Who may adjust this source.",
        ),
    ),
    ("source",),
)

OWNERS = Table(
    "owners",
    "ChuDauTu",
    (
        Column(
            "owner", Type.TEXT, "Chủ đầu tư", "Owner", required=True, headers=("Chủ đầu tư", "Tên chủ đầu tư")
        ),
        Column(
            "kind",
            Type.TEXT,
            "Loại đơn vị",
            "Kind",
            headers=("Loại đơn vị", "Loại"),
            help_vi="Sở, ban, huyện, ban quản lý dự án…",
            help_en="Department, district, management board…",
        ),
        Column("locality", Type.TEXT, "Địa bàn", "Locality", headers=("Địa bàn", "Huyện")),
        Column(
            "predecessor",
            Type.TEXT,
            "Đơn vị tiền thân",
            "Predecessor",
            headers=("Đơn vị tiền thân", "Tên cũ"),
            help_vi="Để giữ số liệu lịch sử khi đổi tên, sáp nhập.",
            help_en="Renames and mergers keep their history.",
        ),
    ),
    ("owner", "predecessor"),
)

REPORTS = Table(
    "reports",
    "BaoCao",
    (
        Column("owner", Type.TEXT, "Chủ đầu tư", "Owner", required=True, headers=("Chủ đầu tư",)),
        Column(
            "kind",
            Type.CHOICE,
            "Loại báo cáo",
            "Kind",
            required=True,
            choices=(
                ("monthly_plan", ("kế hoạch tháng", "kế hoạch giải ngân", "kế hoạch giải ngân từng tháng")),
                ("monthly", ("tháng", "hằng tháng", "hàng tháng", "báo cáo tháng")),
                ("quarterly", ("quý", "hằng quý", "hàng quý", "báo cáo quý")),
                ("yearly", ("năm", "cả năm", "hằng năm", "hàng năm", "báo cáo năm")),
            ),
            headers=("Loại báo cáo",),
        ),
        Column("period", Type.TEXT, "Kỳ báo cáo", "Period", required=True, headers=("Kỳ báo cáo", "Kỳ")),
        Column(
            "received_on", Type.EVENT, "Ngày nhận", "Received on", headers=("Ngày nhận", "Ngày nhận báo cáo")
        ),
    ),
    ("owner", "kind", "period"),
)

CONTROLS = Table(
    "controls",
    "DoiChieu",
    (
        Column(
            "by",
            Type.CHOICE,
            "Đối chiếu theo",
            "By",
            required=True,
            choices=(
                ("source", ("nguồn", "nguồn vốn")),
                ("owner", ("chủ đầu tư", "cđt")),
                ("all", ("tất cả", "tổng số", "tổng cộng", "toàn tỉnh")),
            ),
            headers=("Đối chiếu theo",),
        ),
        Column(
            "key", Type.TEXT, "Tên nguồn hoặc chủ đầu tư", "Key", headers=("Tên", "Tên nguồn hoặc chủ đầu tư")
        ),
        Column(
            "plan_year",
            Type.INTEGER,
            "Năm kế hoạch",
            "Plan year",
            headers=("Năm kế hoạch",),
            help_vi="Để trống: mọi năm kế hoạch, gồm vốn kéo dài.",
            help_en="Empty: every plan year, carried-over capital included.",
        ),
        Column("plan", Type.MONEY, "Kế hoạch vốn", "Plan", headers=("Kế hoạch vốn", "Kế hoạch")),
        Column("disbursed", Type.MONEY, "Giải ngân", "Disbursed", headers=("Giải ngân", "Vốn đã giải ngân")),
    ),
    ("by", "key", "plan_year"),
)
