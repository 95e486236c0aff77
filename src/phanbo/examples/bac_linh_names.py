"""The names of the Bắc Lĩnh example: owners, places, sources, programmes and works.

The kinds of owners and sources are those of a two-tier province in 2026; every name of a place is invented.
"""

from __future__ import annotations

from phanbo.examples.province import Family, Owner, Programme, Source, Task

__all__ = [
    "CARRIED",
    "FAMILIES",
    "HAMLETS",
    "LEADERS",
    "LOANS",
    "OWNERS",
    "PLACES",
    "PROGRAMMES",
    "SOURCES",
    "TASKS",
    "WORKS",
]

AREAS = {
    "I": ("phường Bắc Lĩnh", "phường Trầm Giang", "xã Vân Sa", "xã Lĩnh Thượng", "xã Lĩnh Hạ"),
    "II": ("phường Hồng Trầm", "xã Khe Ngà", "xã Suối Bạc", "xã Nà Hương", "xã Pác Ngà"),
    "III": ("xã Mường Sa", "xã Phiêng Lĩnh", "xã Bản Trầm", "xã Khau Vàng"),
    "IV": ("xã Đồng Ngà", "xã Cẩm Sa", "xã Ngọc Trầm", "xã Tân Sa"),
}
"""What each area board (*ban quản lý dự án khu vực*) builds in."""

PLACES = tuple(place for area in AREAS.values() for place in area)
"""The communes and wards of the province."""

_HAMLETS = (
    ("Nà Pài", "Khuổi Sao", "Bó Lình", "Phiêng Dài", "Lũng Vàng", "Cốc Trầm"),
    ("Đồng Mây", "Suối Ngà", "Bãi Trầm", "Gò Lĩnh", "Bến Sa", "Cây Vải"),
    ("Tân Ngà", "Hợp Lĩnh", "Phú Trầm", "Thịnh Sa", "Đoàn Lĩnh", "Bình Ngà"),
)
HAMLETS = {place: _HAMLETS[number % len(_HAMLETS)] for number, place in enumerate(PLACES)}

_OFFICE, _BOARD, _FORCES = "sở, ban, ngành", "ban quản lý dự án", "lực lượng vũ trang"
_BROAD = ("economy", "economy", "education", "health", "culture", "administration")
_WORKS = "Ban Quản lý dự án đầu tư xây dựng công trình"
_OFFICES = (
    Owner("Sở Tài chính", _OFFICE, ("administration", "economy"), 1, predecessors=("Sở Kế hoạch và Đầu tư",)),
    Owner("Sở Xây dựng", _OFFICE, ("economy",), 2, predecessors=("Sở Giao thông vận tải",)),
    Owner(
        "Sở Nông nghiệp và Môi trường",
        _OFFICE,
        ("economy", "environment"),
        1,
        predecessors=("Sở Nông nghiệp và Phát triển nông thôn", "Sở Tài nguyên và Môi trường"),
    ),
    Owner("Sở Y tế", _OFFICE, ("health", "social"), 0),
    Owner("Sở Giáo dục và Đào tạo", _OFFICE, ("education",), 2),
    Owner(
        "Sở Khoa học và Công nghệ",
        _OFFICE,
        ("science",),
        0,
        predecessors=("Sở Thông tin và Truyền thông",),
    ),
    Owner("Sở Văn hóa, Thể thao và Du lịch", _OFFICE, ("culture",), 0),
    Owner("Công an tỉnh", _FORCES, ("security",), 1),
    Owner("Bộ Chỉ huy Quân sự tỉnh", _FORCES, ("defence",), 2),
    Owner(f"{_WORKS} giao thông tỉnh", _BOARD, ("economy",) * 4, 2),
    Owner(f"{_WORKS} dân dụng và công nghiệp tỉnh", _BOARD, _BROAD, 1),
    Owner(f"{_WORKS} nông nghiệp và phát triển nông thôn tỉnh", _BOARD, ("economy", "environment"), 2),
)
_AREA_BOARDS = tuple(
    Owner(
        f"Ban Quản lý dự án đầu tư xây dựng khu vực {area}",
        _BOARD,
        ("economy", "economy", "education", "culture"),
        pace,
        places,
        (f"Ban Quản lý dự án đầu tư xây dựng {centre} (trước khi sắp xếp)",),
    )
    for (area, places), pace, centre in zip(
        AREAS.items(), (2, 1, 0, 1), ("Trầm Giang", "Khe Ngà", "Mường Sa", "Đồng Ngà"), strict=True
    )
)
_COMMUNE_PACES = (2, 1, 2, 0, 1, 2, 1, 0, 2, 1, 1, 0, 2, 1, 2, 1, 0, 1)
_COMMUNES = tuple(
    Owner(f"UBND {place}", "UBND xã, phường", ("economy", "economy", "education", "culture"), pace, (place,))
    for place, pace in zip(PLACES, _COMMUNE_PACES, strict=True)
)
OWNERS = _OFFICES + _AREA_BOARDS + _COMMUNES

SOURCES = {
    "central": Source(
        "Ngân sách trung ương bổ sung có mục tiêu", "central_targeted", "trung ương", 1_950_000
    ),
    "programme": Source(
        "Ngân sách trung ương thực hiện chương trình MTQG", "central_programme", "trung ương", 640_000
    ),
    "oda": Source("Vốn nước ngoài trung ương cấp phát", "oda_loan", "trung ương", 390_000),
    "onlent": Source("Vốn nước ngoài tỉnh vay lại", "oda_loan", "tỉnh", 120_000),
    "local": Source("Cân đối ngân sách địa phương (XDCB tập trung)", "local_concentrated", "tỉnh", 960_000),
    "land": Source("Thu tiền sử dụng đất", "land_fee", "tỉnh", 820_000),
    "lottery": Source("Xổ số kiến thiết", "lottery", "tỉnh", 90_000),
    "borrowed": Source("Bội chi ngân sách địa phương", "local_borrowing", "tỉnh", 180_000),
    "commune": Source("Ngân sách cấp xã", "commune", "xã", 290_000),
}
"""Totals are invented; those of the sources add up to 5 440 tỷ đồng."""

_A, _B = "Chương trình MTQG A (mô phỏng)", "Chương trình MTQG B (mô phỏng)"
_INVEST, _RECURRENT = "đầu tư", "sự nghiệp"
PROGRAMMES = (
    Programme(_A, "Nội dung thành phần số 1", _INVEST, 44),
    Programme(_A, "Nội dung thành phần số 2", _INVEST, 20),
    Programme(_B, "Dự án 1", _INVEST, 30),
    Programme(_B, "Dự án 2", _RECURRENT, 6),
)

LOANS = (
    ("Hiệp định vay mô phỏng số 4", "2028-12-31"),
    ("Hiệp định vay mô phỏng số 5", "2026-08-31"),
)
"""Invented loans and the day each closes; the second closes during the year."""

LEADERS = ("Phó Chủ tịch UBND tỉnh (khối kinh tế)", "Phó Chủ tịch UBND tỉnh (khối văn xã)")

_ROADS = ("Đường giao thông {a} – {b}", "Cải tạo, nâng cấp đường {a} – {b}", "Cầu {a}", "Đường nội đồng {a}")
_WATER = (
    "Hệ thống cấp nước sinh hoạt {a}",
    "Kiên cố hóa kênh mương {a} – {b}",
    "Hồ chứa nước {a}",
    "Kè chống sạt lở {a}",
)
WORKS = {
    "economy": (*_ROADS, *_WATER, "Khu tái định cư {a}", "Hạ tầng cụm công nghiệp {a}"),
    "education": ("Trường THCS {a}", "Trường Tiểu học {a}", "Trường Mầm non {a}"),
    "health": ("Trạm Y tế {d}", "Nâng cấp phòng khám đa khoa {d}", "Thiết bị y tế cho {d}"),
    "culture": ("Nhà văn hóa {a}", "Tu bổ di tích {a}", "Trung tâm văn hóa, thể thao {d}"),
    "environment": ("Khu xử lý chất thải rắn {d}", "Xử lý nước thải khu dân cư {a}"),
    "administration": ("Trụ sở làm việc {d}", "Trung tâm phục vụ hành chính công {d}"),
    "defence": ("Công trình phòng thủ {d}",),
    "security": ("Trụ sở Công an {d}",),
    "science": ("Hạ tầng số dùng chung {d}", "Trung tâm dữ liệu {d}"),
    "social": ("Cơ sở trợ giúp xã hội {d}",),
}

_LOCAL = ("Ban Quản lý dự án đầu tư xây dựng khu vực", "UBND")
FAMILIES = (
    Family("central", 36, 0, ("local",), 30, (40, 260), (14, 54, 24, 8)),
    Family("oda", 4, 0, ("onlent", "local"), 100, (80, 200), (0, 100, 0, 0), (_WORKS,), "economy"),
    Family("programme", 52, 70, (), 0, (10, 60), (10, 46, 44, 0), (*_LOCAL, "Sở Nông nghiệp"), "economy"),
    Family("local", 38, 0, ("lottery",), 5, (20, 140), (18, 44, 24, 14)),
    Family("land", 46, 55, ("local",), 10, (15, 160), (16, 46, 28, 10)),
    Family("lottery", 14, 0, (), 0, (10, 40), (20, 50, 30, 0), ("Sở Y tế", "Sở Giáo dục", _LOCAL[0])),
    Family("borrowed", 5, 0, (), 0, (40, 120), (0, 70, 30, 0), (_WORKS,), "economy"),
    Family("commune", 58, 100, (), 0, (10, 40), (16, 44, 32, 8), ("UBND",)),
)
CARRIED = {2025: {"central": 30, "oda": 50, "programme": 44, "local": 10, "land": 8, "commune": 6}}
"""How many of 100 projects of a source hold capital carried over from 2025."""

TASKS = (
    Task("Lập quy hoạch chi tiết khu vực ven sông Trầm", "quy hoạch", "preparation", "Sở Xây dựng"),
    Task("Cấp bù lãi suất tín dụng ưu đãi của tỉnh", "cấp bù lãi suất", "new_start", "Sở Tài chính"),
    Task("Ủy thác cho vay chính sách xã hội của tỉnh", "tín dụng chính sách", "new_start", "Sở Tài chính"),
)
