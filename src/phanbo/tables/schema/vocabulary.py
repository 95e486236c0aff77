"""The words of the tables: kinds of source, sectors, stages, and the texts that mean them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phanbo.tables.schema.column import Choices


__all__ = ["CLASSES", "KINDS", "SECTORS", "STAGES", "Kind", "fold", "kind_of", "sector_of", "stage_of"]


def fold(text: str) -> str:
    """Return *text* for comparison: NFC, one space between words, lower case.

    Examples
    --------
    >>> fold("  Ngân sách   TỈNH ")
    'ngân sách tỉnh'
    """
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


@dataclass(frozen=True, slots=True)
class Kind:
    """A built-in kind of source.

    Attributes
    ----------
    code, title_vi, title_en : str
        Name in code and in both languages.
    pattern : str
        Regular expression searched for in the folded text of a source.
    unless : str
        The kind does not match where this is found too.
    """

    code: str
    title_vi: str
    title_en: str
    pattern: str
    unless: str = ""


_CENTRAL = r"\bnstw\b|\btw\b|trung ương"
_PROGRAMME = r"mtqg|mục tiêu quốc gia|nông thôn mới|\bntm\b|giảm nghèo bền vững|dân tộc thiểu số|\bdtts\b"
_LOCAL = r"\bnsđp\b|địa phương|ns(nn)?[. ]?tỉnh|ngân sách (nhà nước )?(cấp )?tỉnh|\bnst\b"
_RECOVERY = r"phục hồi"
_FOREIGN = r"\boda\b|nước ngoài|hiệp định vay|vay ưu đãi"
_GRANT = r"viện trợ|không hoàn lại"
_LAND = r"sử dụng đất|tiền đất|đấu giá đất|\bsdđ\b"
_LOTTERY = r"xổ số|\bxskt\b"
_BORROWED = r"bội chi|vay của ngân sách|vay nsđp|trái phiếu chính quyền"
_EXTRA = r"tăng thu|tiết kiệm chi|vượt thu|kết dư"
_RESERVE = r"dự phòng"
_DISTRICT = r"\bhuyện\b|\bthị xã\b"
_COMMUNE = r"(?<!thị )\bxã\b(?! hội)"
_OWN = f"{_LAND}|{_LOTTERY}|{_BORROWED}|{_EXTRA}|{_RESERVE}|{_RECOVERY}|{_FOREIGN}|{_GRANT}"

KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind(
            "central_targeted",
            "Ngân sách trung ương bổ sung có mục tiêu",
            "Central budget, targeted",
            _CENTRAL + r"|bổ sung có mục tiêu",
            f"{_OWN}|{_PROGRAMME}|{_LOCAL}",
        ),
        Kind(
            "central_programme",
            "Ngân sách trung ương thực hiện chương trình mục tiêu quốc gia",
            "Central budget, national target programmes",
            _PROGRAMME,
            f"{_OWN}|{_LOCAL}|{_DISTRICT}|đối ứng",
        ),
        Kind(
            "recovery",
            "Chương trình phục hồi và phát triển kinh tế – xã hội",
            "Recovery programme",
            _RECOVERY,
        ),
        Kind(
            "local_concentrated",
            "Ngân sách địa phương (xây dựng cơ bản tập trung)",
            "Local budget, concentrated",
            _LOCAL + r"|xdcb tập trung|xây dựng cơ bản tập trung|vốn tập trung|cân đối ngân sách|\bcđns",
            f"{_OWN}|{_CENTRAL}|{_PROGRAMME}",
        ),
        Kind("land_fee", "Thu tiền sử dụng đất", "Land-use fees", _LAND),
        Kind("lottery", "Xổ số kiến thiết", "Lottery revenue", _LOTTERY),
        Kind("local_borrowing", "Bội chi ngân sách địa phương", "Local borrowing", _BORROWED, _FOREIGN),
        Kind(
            "oda_loan",
            "Vốn nước ngoài (ODA, vay ưu đãi)",
            "Foreign loans (ODA)",
            _FOREIGN,
            f"{_GRANT}|đối ứng",
        ),
        Kind("oda_grant", "Viện trợ không hoàn lại", "Foreign grants", _GRANT, "đối ứng"),
        Kind("extra_revenue", "Tăng thu, tiết kiệm chi", "Extra revenue and savings", _EXTRA),
        Kind("reserve", "Dự phòng ngân sách", "Budget reserve", _RESERVE),
        Kind("district", "Ngân sách cấp huyện", "District budget", _DISTRICT, _PROGRAMME),
        Kind("commune", "Ngân sách cấp xã", "Commune budget", _COMMUNE, _PROGRAMME),
        Kind(
            "other", "Nguồn khác", "Other sources", r"(nguồn|vốn)( vốn)?( hợp pháp)? khác|xã hội hóa|huy động"
        ),
    )
}
"""Built-in kinds of source, by code. They do not overlap: a text that matches two is a source of its own."""


@lru_cache(maxsize=4096)
def kind_of(text: str) -> str:
    """Return the built-in kind a source's text means, ``""`` where it means none or more than one.

    Examples
    --------
    >>> kind_of("Vốn NSTW"), kind_of("Thu tiền sử dụng đất"), kind_of("Quỹ phòng chống thiên tai")
    ('central_targeted', 'land_fee', '')
    """
    words = fold(text)
    if words in KINDS:
        return words
    found = [
        kind.code
        for kind in KINDS.values()
        if re.search(kind.pattern, words) and not (kind.unless and re.search(kind.unless, words))
    ]
    return found[0] if len(found) == 1 else ""


SECTORS: dict[str, str] = {
    "defence": "Quốc phòng",
    "security": "An ninh và trật tự, an toàn xã hội",
    "education": "Giáo dục, đào tạo và giáo dục nghề nghiệp",
    "science": "Khoa học, công nghệ",
    "health": "Y tế, dân số và gia đình",
    "culture": "Văn hóa, thông tin",
    "broadcasting": "Phát thanh, truyền hình, thông tấn",
    "sport": "Thể dục, thể thao",
    "environment": "Bảo vệ môi trường",
    "economy": "Các hoạt động kinh tế",
    "administration": "Hoạt động của các cơ quan quản lý nhà nước, đơn vị sự nghiệp công lập, "
    "tổ chức chính trị và các tổ chức chính trị – xã hội",
    "social": "Xã hội",
    "other": "Các nhiệm vụ, chương trình, dự án khác theo quy định của pháp luật",
}
"""The thirteen sectors of the investment plan, code to Vietnamese name."""

_SECTOR_WORDS: Choices = (
    ("defence", ("quốc phòng",)),
    ("security", ("an ninh",)),
    ("education", ("giáo dục", "đào tạo", "nghề nghiệp")),
    ("science", ("khoa học", "công nghệ")),
    ("health", ("y tế", "dân số")),
    ("culture", ("văn hóa", "văn hoá")),
    ("broadcasting", ("phát thanh", "truyền hình", "thông tấn")),
    ("sport", ("thể dục", "thể thao")),
    ("environment", ("môi trường",)),
    (
        "economy",
        (
            "kinh tế",
            "giao thông",
            "nông nghiệp",
            "thủy lợi",
            "thuỷ lợi",
            "lâm nghiệp",
            "thủy sản",
            "công nghiệp",
            "cấp nước",
            "thoát nước",
            "du lịch",
            "thương mại",
            "hạ tầng",
        ),
    ),
    ("administration", ("quản lý nhà nước", "cơ quan quản lý", "tổ chức chính trị")),
    ("social", ("bảo trợ xã hội", "trợ giúp xã hội", "an sinh xã hội", "người có công")),
)


@lru_cache(maxsize=4096)
def sector_of(text: str) -> str:
    """Return the code of the sector a text means, ``""`` where it means none or more than one.

    Examples
    --------
    >>> sector_of("Giao thông"), sector_of("Y tế, dân số và gia đình"), sector_of("khoản 292")
    ('economy', 'health', '')
    """
    words = fold(text).replace("–", "-")
    if words in SECTORS:
        return words
    for code, name in SECTORS.items():
        if words == fold(name).replace("–", "-"):
            return code
    found = [code for code, parts in _SECTOR_WORDS if any(part in words for part in parts)]
    return found[0] if len(found) == 1 else ""


STAGES = ("completed", "transitional", "new_start", "preparation")

_STAGE_WORDS: Choices = (
    ("transitional", ("chuyển tiếp",)),
    ("new_start", ("khởi công mới", "khởi công năm", "dự án mới", "mở mới")),
    ("preparation", ("chuẩn bị đầu tư", "cbđt")),
)


@lru_cache(maxsize=4096)
def stage_of(text: str, year: int) -> str:
    """Return the stage a text means in the plan of *year*.

    ``"completed"`` asks for a year: finished by 31/12 of the year before. ``"?"`` says that the text
    speaks of completion and names no year, ``""`` that it means no stage or more than one.

    Examples
    --------
    >>> stage_of("Dự án dự kiến hoàn thành năm 2024", 2024), stage_of("Hoàn thành trước 31/12/2023", 2024)
    ('transitional', 'completed')
    >>> stage_of("Hoàn thành", 2024)
    '?'
    """
    words = fold(text).replace("_", " ")
    for code in STAGES:
        if words == code.replace("_", " "):
            return code
    found = [code for code, parts in _STAGE_WORDS if any(part in words for part in parts)]
    if found or "hoàn thành" not in words:
        return found[0] if len(found) == 1 else ""
    if re.search(r"dự kiến|hoàn thành sau|sau năm|chưa hoàn thành", words):
        return "transitional"
    words = re.sub(r"trước (?:năm |(?:ngày )?0?1/0?1/)(20\d\d)", lambda m: str(int(m[1]) - 1), words)
    years = [int(digits) for digits in re.findall(r"(?<!\d)(20\d\d)(?!\d)", words)]
    if not years:
        return "?"
    return "completed" if max(years) < year else "transitional"


CLASSES: Choices = (
    ("national", ("quan trọng quốc gia", "dự án quan trọng quốc gia", "qtqg", "quốc gia")),
    ("A", ("a", "nhóm a", "dự án nhóm a")),
    ("B", ("b", "nhóm b", "dự án nhóm b")),
    ("C", ("c", "nhóm c", "dự án nhóm c")),
)
"""Project classes of the law, with the texts that mean them."""
