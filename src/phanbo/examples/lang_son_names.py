"""The names of the Lạng Sơn example: owners, places, sources, programmes and works.

The owners' kinds, the districts, communes, programmes and sources are real; every project is invented.
"""

from __future__ import annotations

from phanbo.examples.province import Family, Owner, Programme, Source

__all__ = [
    "CARRIED",
    "COMMUNES",
    "DISTRICTS",
    "FAMILIES",
    "LEADERS",
    "LOANS",
    "OWNERS",
    "PROGRAMMES",
    "SOURCES",
    "WORKS",
]

DISTRICTS = (
    "huyện Tràng Định",
    "huyện Bình Gia",
    "huyện Văn Lãng",
    "huyện Cao Lộc",
    "huyện Văn Quan",
    "huyện Bắc Sơn",
    "huyện Hữu Lũng",
    "huyện Chi Lăng",
    "huyện Lộc Bình",
    "huyện Đình Lập",
    "thành phố Lạng Sơn",
)
"""The ten districts of the province in 2024, and its city."""

COMMUNES = {
    "huyện Tràng Định": ("Đề Thám", "Hùng Sơn", "Kháng Chiến", "Tri Phương", "Quốc Khánh", "Đội Cấn"),
    "huyện Bình Gia": ("Hoàng Văn Thụ", "Hồng Phong", "Thiện Hòa", "Thiện Thuật", "Yên Lỗ", "Tân Văn"),
    "huyện Văn Lãng": ("Tân Mỹ", "Tân Thanh", "Hoàng Việt", "Bắc Hùng", "Thụy Hùng", "Hội Hoan"),
    "huyện Cao Lộc": ("Hợp Thành", "Gia Cát", "Công Sơn", "Thạch Đạn", "Bảo Lâm", "Yên Trạch"),
    "huyện Văn Quan": ("Tân Đoàn", "Tràng Phái", "Điềm He", "Khánh Khê", "Yên Phúc", "Tri Lễ"),
    "huyện Bắc Sơn": ("Bắc Quỳnh", "Chiến Thắng", "Đồng Ý", "Vũ Lễ", "Tân Tri", "Hưng Vũ"),
    "huyện Hữu Lũng": ("Cai Kinh", "Yên Thịnh", "Yên Bình", "Hòa Lạc", "Đồng Tân", "Vân Nham"),
    "huyện Chi Lăng": ("Quan Sơn", "Mai Sao", "Vạn Linh", "Y Tịch", "Bằng Mạc", "Hòa Bình"),
    "huyện Lộc Bình": ("Tú Đoạn", "Khuất Xá", "Đông Quan", "Lợi Bác", "Thống Nhất", "Yên Khoái"),
    "huyện Đình Lập": ("Bính Xá", "Kiên Mộc", "Bắc Xa", "Thái Bình", "Cường Lợi", "Lâm Ca"),
    "thành phố Lạng Sơn": ("Hoàng Đồng", "Quảng Lạc", "Mai Pha"),
}


_BROAD = ("economy", "economy", "education", "health", "culture", "administration")
_OFFICES = (
    Owner("Ban Quản lý dự án đầu tư xây dựng tỉnh", "ban quản lý dự án", _BROAD, 2),
    Owner("Ban Quản lý Khu kinh tế cửa khẩu Đồng Đăng – Lạng Sơn", "ban quản lý dự án", ("economy",), 1),
    Owner("Sở Giao thông vận tải", "sở, ban, ngành", ("economy",), 2),
    Owner("Sở Nông nghiệp và Phát triển nông thôn", "sở, ban, ngành", ("economy", "environment"), 1),
    Owner("Sở Y tế", "sở, ban, ngành", ("health",), 0),
    Owner("Sở Giáo dục và Đào tạo", "sở, ban, ngành", ("education",), 2),
    Owner("Sở Văn hóa, Thể thao và Du lịch", "sở, ban, ngành", ("culture",), 0),
    Owner("Sở Lao động – Thương binh và Xã hội", "sở, ban, ngành", ("social", "education"), 1),
    Owner("Sở Tài nguyên và Môi trường", "sở, ban, ngành", ("environment",), 0),
    Owner("Sở Thông tin và Truyền thông", "sở, ban, ngành", ("culture", "science"), 0),
    Owner("Sở Khoa học và Công nghệ", "sở, ban, ngành", ("science",), 1),
    Owner("Sở Xây dựng", "sở, ban, ngành", ("economy",), 1),
    Owner("Sở Kế hoạch và Đầu tư", "sở, ban, ngành", ("economy", "administration"), 1),
    Owner("Ban Dân tộc tỉnh", "sở, ban, ngành", ("economy",), 1),
    Owner("Văn phòng Tỉnh ủy", "sở, ban, ngành", ("administration",), 2),
    Owner("Bộ Chỉ huy Quân sự tỉnh", "lực lượng vũ trang", ("defence",), 2),
    Owner("Công an tỉnh", "lực lượng vũ trang", ("security",), 1),
    Owner("Trường Cao đẳng Lạng Sơn", "đơn vị sự nghiệp", ("education",), 1),
    Owner("Công ty TNHH MTV Khai thác công trình thủy lợi Lạng Sơn", "doanh nghiệp", ("economy",), 1),
)
_PACES = (1, 0, 2, 2, 1, 0, 2, 1, 1, 0, 2)
OWNERS = _OFFICES + tuple(
    Owner(
        f"UBND {place}",
        "UBND huyện, thành phố",
        ("economy", "economy", "education", "culture"),
        pace,
        (place,),
    )
    for place, pace in zip(DISTRICTS, _PACES, strict=True)
)

SOURCES = {
    "central": Source("Ngân sách trung ương (vốn trong nước)", "central_targeted", "trung ương", 2_470_000),
    "recovery": Source(
        "Chương trình phục hồi và phát triển kinh tế – xã hội",
        "recovery",
        "trung ương",
        240_000,
    ),
    "programme": Source(
        "Ngân sách trung ương thực hiện chương trình MTQG",
        "central_programme",
        "trung ương",
        1_168_000,
    ),
    "oda": Source("Vốn nước ngoài (ODA, vay ưu đãi)", "oda_loan", "trung ương", 520_000),
    "local": Source("Cân đối ngân sách địa phương (XDCB tập trung)", "local_concentrated", "tỉnh", 1_190_000),
    "land": Source("Thu tiền sử dụng đất", "land_fee", "tỉnh", 1_570_000),
    "lottery": Source("Xổ số kiến thiết", "lottery", "tỉnh", 60_000),
}
"""Key to text, built-in kind, level and total plan (triệu đồng, carried-over capital included).

The central ones add up to 4 398 tỷ đồng and the local ones to 2 820 tỷ, as published for the province in 2025;
the split inside each level is assumed.
"""

_RURAL = "Chương trình MTQG xây dựng nông thôn mới"
_POVERTY = "Chương trình MTQG giảm nghèo bền vững"
_ETHNIC = "Chương trình MTQG phát triển kinh tế – xã hội vùng đồng bào dân tộc thiểu số và miền núi"
_INVEST, _RECURRENT = "đầu tư", "sự nghiệp"
PROGRAMMES = (
    Programme(_RURAL, "Nội dung thành phần số 02", _INVEST, 34),
    Programme(_POVERTY, "Dự án 1", _INVEST, 18),
    Programme(_POVERTY, "Dự án 4", _INVEST, 5),
    Programme(_ETHNIC, "Dự án 1", _INVEST, 8),
    Programme(_ETHNIC, "Dự án 4 – Tiểu dự án 1", _INVEST, 26),
    Programme(_ETHNIC, "Dự án 5 – Tiểu dự án 1", _INVEST, 6),
    Programme(_ETHNIC, "Dự án 3 – Tiểu dự án 2", _RECURRENT, 3),
)
"""Programme, component, nature, and how often it is drawn (of 100)."""

LOANS = (
    ("Hiệp định vay mô phỏng số 1", "2025-12-31"),
    ("Hiệp định vay mô phỏng số 2", "2026-06-30"),
    ("Hiệp định vay mô phỏng số 3", "2024-08-31"),
)
"""Invented loans and the day each closes; the third closes during the year."""

LEADERS = (
    "Chủ tịch UBND tỉnh",
    "Phó Chủ tịch UBND tỉnh (khối kinh tế)",
)

_ROADS = (
    "Đường giao thông {a} – {b}",
    "Cải tạo, nâng cấp đường {a} – {b}",
    "Cầu {a}",
    "Ngầm tràn liên xã {a} – {b}",
)
_WATER = ("Hệ thống cấp nước sinh hoạt xã {a}", "Kiên cố hóa kênh mương xã {a}", "Hồ chứa nước xã {a}")
WORKS = {
    "economy": (*_ROADS, *_WATER, "Khu tái định cư và dân cư xã {a}", "Hạ tầng cụm công nghiệp {a}"),
    "education": ("Trường THCS xã {a}", "Trường Tiểu học xã {a}", "Trường PTDT bán trú xã {a}"),
    "health": ("Trạm Y tế xã {a}", "Nâng cấp Trung tâm Y tế {d}", "Thiết bị y tế cho {d}"),
    "culture": ("Nhà văn hóa xã {a}", "Tu bổ di tích xã {a}", "Trung tâm văn hóa {d}"),
    "environment": ("Khu xử lý chất thải rắn {d}", "Xử lý nước thải xã {a}"),
    "administration": ("Trụ sở làm việc xã {a}", "Cải tạo trụ sở liên cơ quan {d}"),
    "defence": ("Công trình phòng thủ {d}",),
    "security": ("Trụ sở Công an xã {a}",),
    "science": ("Hạ tầng số dùng chung {d}", "Phòng thí nghiệm, đo lường tại {d}"),
    "social": ("Cơ sở trợ giúp xã hội {d}",),
}
"""Patterns of project names: ``{a}``, ``{b}`` communes, ``{d}`` the district."""


FAMILIES = (
    Family("central", 46, 30, ("local",), 45, (40, 260), (14, 58, 20, 8)),
    Family("recovery", 8, 25, (), 0, (40, 160), (0, 100, 0, 0)),
    Family(
        "oda",
        6,
        0,
        ("local",),
        100,
        (60, 200),
        (0, 100, 0, 0),
        ("Ban Quản lý dự án", "Sở Nông nghiệp"),
        "economy",
    ),
    Family(
        "programme",
        86,
        88,
        (),
        0,
        (10, 60),
        (10, 48, 42, 0),
        ("UBND", "Ban Dân tộc", "Sở Lao động", "Sở Nông nghiệp"),
        "economy",
    ),
    Family("local", 60, 45, ("lottery",), 5, (20, 140), (18, 48, 22, 12)),
    Family("land", 72, 70, ("local",), 12, (15, 160), (16, 50, 26, 8)),
    Family("lottery", 12, 50, (), 0, (10, 40), (20, 55, 25, 0), ("UBND", "Sở Y tế", "Sở Giáo dục")),
)
CARRIED = {
    2023: {"central": 34, "recovery": 50, "programme": 52, "local": 12, "land": 12, "oda": 30},
    2022: {"programme": 14},
}
"""How many of 100 projects of a source hold capital carried over from 2023 and 2022."""
