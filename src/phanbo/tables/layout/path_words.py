"""The words in headers of several rows that are no column: they introduce, part, add up, or only frame."""

from __future__ import annotations

import re
import unicodedata

from phanbo.tables.layout.folding import DATE, YEAR

__all__ = [
    "BESIDE",
    "FILLER",
    "INTRODUCES",
    "LOADED",
    "MOVE",
    "NAMES_SOURCE",
    "PLANNED",
    "PROPOSED",
    "PUT_BEFORE",
    "TOTAL",
    "is_neutral",
    "month_of",
]

INTRODUCES = re.compile(r"^(?:trong đó|bao gồm|gồm|chia ra)\b ?")
BESIDE = re.compile(r"(?:trong đó|chia ra|bao gồm|gồm)\b")
FILLER = re.compile(
    r"(?:trong đó|bao gồm|gồm|chia ra|chi tiết|trong đó gồm|(?:phân|chia)? ?theo (?:từng )?nguồn(?: vốn)?"
    r"|nguồn vốn|số tiền|số vốn|giá trị|kinh phí)"
)
"""Says nothing of the column below or above it."""

TOTAL = re.compile(
    r"(?:tổng|tổng số|tổng cộng|cộng|tổng vốn|tổng số vốn|tổng các nguồn)"
    r"(?: (?:tất cả )?(?:các )?nguồn(?: vốn)?)?"
)
NAMES_SOURCE = re.compile(
    r"\b(?:kế hoạch|khv?|khđtc|giải ngân|thanh toán|lũy kế|bố trí|phân bổ|điều chỉnh|tổng mức|tmđt|kéo dài|nhu cầu"
    r"|đề nghị|đề xuất|ước|quyết định|tạm ứng|đối ứng|nghiệm thu|giảm(?! nghèo)|tăng(?! thu)|trung hạn|địa điểm)\b"
)
"""Found in a text that names a source and says something else too."""

LOADED = re.compile(
    rf"\b(?:kế hoạch|khv?|vốn|giải ngân|thanh toán|trung hạn|kéo dài|điều chỉnh|đ ?c|lũy kế|bố trí|ứng|ước"
    rf"|nhu cầu|đề nghị|đề xuất|dự toán|tạm ứng|nghiệm thu|còn lại)\b|[{YEAR}{DATE}]"
)
"""Found in an upper text that may change what an amount below it is."""

MOVE = re.compile(r"(?:(?:điều chỉnh|bổ sung|số|vốn) )?(?P<way>tăng|giảm)")
PROPOSED = re.compile(r"\b(?:đề nghị|đề xuất|nhu cầu)\b")
PLANNED = re.compile(r"\b(?:kế hoạch|kh|tiến độ|dự kiến|đăng ký|cam kết) (?:đăng ký )?giải ngân\b")
PUT_BEFORE = re.compile(r"(?:kế hoạch|khv?|giải ngân|thanh toán|tổng số|trong đó|số vốn|đã giao|đã bố trí)\b")
"""Starts a text in the lower row of a header."""

_FRAMES = re.compile(
    r"(?:tình hình|thông tin|kết quả|thực hiện|kế hoạch|khv?|vốn|và|giải ngân|đầu tư|công|chung|dự án|năm|ngày|tháng"
    rf"|đến|từ|hết|số liệu|tổng hợp|theo|của|chủ đầu tư|báo cáo|{YEAR}|{DATE}|\W)+"
)
_MONTH = re.compile(
    r"(?:tháng|th|t)\.?\s*(0?[1-9]|1[0-2])(?:\s*[/.\-]\s*(?:19|20)\d\d|\s+năm\s+(?:19|20)\d\d)?"
)


def is_neutral(key: str) -> bool:
    """Whether an upper text frames columns of several kinds: a year, "Tình hình giải ngân", "Kế hoạch và giải ngân"."""
    if PLANNED.search(key) or not _FRAMES.fullmatch(key):
        return False
    of_one = re.search(r"giải ngân|kế hoạch|\bkhv?\b|vốn", key)
    return not of_one or re.search(r"\bvà\b|tình hình|thông tin|kết quả|số liệu|tổng hợp", key) is not None


def month_of(text: str) -> int:
    """Return the month a header of a schedule names, 0 for none.

    Examples
    --------
    >>> month_of("Tháng 3"), month_of("T.12"), month_of("Tháng 13")
    (3, 12, 0)
    """
    plain = " ".join(unicodedata.normalize("NFC", text).casefold().split())
    match = _MONTH.fullmatch(plain)
    return int(match[1]) if match is not None else 0
