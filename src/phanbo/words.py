"""The codes of the tables in words, Vietnamese and English: what a reader sees in place of ``new_start``."""

from __future__ import annotations

import datetime as dt

__all__ = [
    "AUTHORITY",
    "BODY",
    "GROUP",
    "LANGS",
    "LEVEL",
    "MISSED",
    "NATURE",
    "READING",
    "ROLE",
    "TIER",
    "cell_text",
    "day",
    "language",
    "word",
]

Words = dict[str, tuple[str, str]]

LANGS = ("vi", "en")

GROUP: Words = {
    "completed": ("hoàn thành", "completed"),
    "transitional": ("chuyển tiếp", "transitional"),
    "new_start": ("khởi công mới", "new-start"),
    "preparation": ("chuẩn bị đầu tư", "preparation"),
    "carried": ("vốn kéo dài", "carried over"),
}
"""Stages, and the group of capital carried over."""

NATURE: Words = {
    "investment": ("vốn đầu tư", "investment capital"),
    "recurrent": ("vốn sự nghiệp", "recurrent capital"),
}
AUTHORITY: Words = {
    "owner-internal": ("UBND cùng cấp (trong nội bộ chủ đầu tư)", "People's Committee (inside the owner)"),
    "ubnd": ("UBND cùng cấp", "People's Committee"),
    "hdnd": ("HĐND cùng cấp", "People's Council"),
    "programme-lead": ("cơ quan chủ trì chương trình", "lead agency of the programme"),
    "central": ("cấp trung ương", "central government"),
}
BODY: Words = {
    "ubnd": ("UBND {}", "{} People's Committee"),
    "hdnd": ("HĐND {}", "{} People's Council"),
    "standing-committee": ("Thường trực HĐND {}", "Standing Committee of the {} People's Council"),
    "programme-lead": AUTHORITY["programme-lead"],
    "central": ("cấp trung ương", "central government"),
}
"""Who decides, with a place for the level."""

LEVEL: Words = {
    "province": ("tỉnh", "provincial"),
    "district": ("huyện", "district"),
    "commune": ("xã", "commune"),
}
READING: Words = {
    "actual": ("thực tế", "actual"),
    "pace": ("theo tốc độ", "pace"),
    "forecast": ("dự báo", "forecast"),
}
ROLE: Words = {
    "donor": ("có thể giảm", "may give"),
    "receiver": ("có thể được bổ sung", "may receive"),
    "hold": ("giữ nguyên", "stays as it is"),
}
MISSED: Words = {
    "start": ("khởi công", "start of works"),
    "policy_dossier": ("hồ sơ chủ trương đầu tư", "policy dossier"),
    "project_dossier": ("trình thẩm định dự án", "project dossier"),
    "procedures": ("thủ tục đầu tư", "investment procedures"),
}
"""The acts that have a deadline."""

TIER: Words = {
    "pinned": ("yêu cầu của cấp xem xét", "what the reviewers ask"),
    "obligations": (
        "nghĩa vụ phải trả: vốn ứng trước (đến 2024: cả nợ đọng)",
        "claims to be paid: advances (to 2024: arrears too)",
    ),
    "priority": ("thứ tự ưu tiên", "legal priority"),
    "key": ("dự án trọng điểm", "key projects"),
    "return": ("thu hồi về dự phòng", "returned to the reserve"),
    "protect": ("giảm ngoài mức dư của dòng không chậm", "cuts beyond the surplus of lines not behind"),
    "protect_late": ("giảm ngoài mức dư của dòng chậm", "cuts beyond the surplus of lines behind"),
    "disbursement": ("giải ngân đến hết niên độ", "disbursement by the closing date"),
    "authority": ("thẩm quyền gần nhất", "nearest authority"),
    "worst_first": ("giảm dòng chậm nhất trước", "the latest lines give first"),
    "canonical": ("thứ tự mã dòng vốn", "order of line ids"),
}


def language(lang: str) -> str:
    """Return a language that phanbo speaks; `ValueError` for any other.

    Examples
    --------
    >>> language("vi")
    'vi'
    """
    if lang not in LANGS:
        raise ValueError(f"lang is {lang!r}, not one of {', '.join(LANGS)}")
    return lang


def word(words: Words, code: str, lang: str = "vi") -> str:
    """Return a code in words; a code without words stands for itself.

    Examples
    --------
    >>> word(GROUP, "new_start"), word(GROUP, "new_start", "en"), word(GROUP, "")
    ('khởi công mới', 'new-start', '')
    """
    pair = words.get(code)
    return code if pair is None else pair[0 if lang == "vi" else 1]


def day(date: dt.date, lang: str = "vi") -> str:
    """Write a date as a reader of the language does: 15/9/2024 or 2024-09-15."""
    return f"{date.day}/{date.month}/{date.year}" if lang == "vi" else date.isoformat()


LONGEST = 32_767
"""Characters a cell of a workbook holds, those beyond U+FFFF counted twice; writers drop or cut what is longer."""


def cell_text(text: str, most: int = LONGEST) -> str:
    """Return *text* as a cell can hold it: one that is too long is cut, and says so at its end.

    Examples
    --------
    >>> cell_text("Đường tỉnh 232"), cell_text("ab" * 50, most=40)
    ('Đường tỉnh 232', 'abababababab… [cắt bớt / cut: 100 ký tự]')
    """
    if 2 * len(text) <= most or len(text.encode("utf-16-le", "surrogatepass")) <= 2 * most:
        return text
    end = f"… [cắt bớt / cut: {len(text)} ký tự]"
    kept = text.encode("utf-16-le", "surrogatepass")[: 2 * (most - len(end))]
    return kept.decode("utf-16-le", "ignore") + end
