"""The usual course of a year's disbursement, nationwide: for calendars that bring no curve of their own."""

from __future__ import annotations

import datetime as dt

__all__ = ["SOURCE", "reference_curve"]

SOURCE = (
    "Tỷ lệ giải ngân cả nước công bố, chia cho tỷ lệ cuối niên độ. Năm 2024, so kế hoạch Thủ tướng giao: "
    "34,68 % đến 31/7, 40,49 % đến 31/8, 47,29 % đến 30/9, 52,29 % đến 31/10, 93,06 % đến 31/01/2025 (Bộ Tài chính, "
    "Bộ Kế hoạch và Đầu tư). Đến 30/4: 15,56 % (2025) chia cho 83,7 % đến 31/12/2025. Giữa các điểm là đường thẳng. "
    "Ngày 31/12 nhận giá trị 10000: mốc 31/12 đòi cả năm; tiền trả trong tháng 1 thuộc khối lượng đã nghiệm thu đến 31/12."
)
"""Where the points come from; it stands in `Calendar.curve_source` where the points are used."""

POINTS = (
    (1, 1, 1),
    (4, 30, 1859),
    (7, 31, 3726),
    (8, 31, 4350),
    (9, 30, 5081),
    (10, 31, 5618),
    (12, 31, 10_000),
)
"""Month, day, share in ten-thousandths of the year's final figure; no 29 February, so every year has each day.

Stored cases rest on these figures: they are never changed, another curve gets another name.
"""


def reference_curve(year: int) -> tuple[tuple[dt.date, int], ...]:
    """Return the national curve moved into a plan year, as `Calendar.curve` holds it.

    Examples
    --------
    >>> reference_curve(2026)[-2:]
    ((datetime.date(2026, 10, 31), 5618), (datetime.date(2026, 12, 31), 10000))
    """
    return tuple((dt.date(year, month, day), share) for month, day, share in POINTS)
