"""What the review of a rulebook says, Vietnamese and English."""

from __future__ import annotations

from collections.abc import Sequence

from phanbo.tables.schema import KINDS, LINES

__all__ = ["NOTES", "PARTS", "SHEET", "TEXTS", "VERIFY", "key_words", "kind_words", "level_words"]

Pair = tuple[str, str]

PARTS: dict[str, Pair] = {
    "question": ("Việc cần kiểm tra trước", "To be verified first"),
    "rule": ("Quy định", "Rules"),
    "class": ("Thứ tự ưu tiên bố trí vốn", "Legal order of priority"),
    "pool": ("Phạm vi chuyển vốn, cấp quyết định", "Where capital may move, who decides"),
    "norm": ("Nguyên tắc, tiêu chí, định mức phân bổ", "Norms of allocation"),
    "date": ("Thời hạn", "Dates"),
    "level": ("Cấp ngân sách", "Levels of budget"),
    "lead": ("Cơ quan chủ trì", "Lead department"),
    "obligation": ("Nghĩa vụ được trả trước", "Claims served first"),
}
"""The parts of a rulebook, in the order in which they are printed."""

VERIFY: dict[str, Pair] = {
    "question": ("cần kiểm tra trước", "verify first"),
    "memory": ("cần kiểm tra: chưa đọc được văn bản", "to be verified: the text was not read"),
    "uncited": ("cần kiểm tra: bộ quy định không ghi căn cứ", "to be verified: the rulebook cites no source"),
    "memory+": ("cần kiểm tra: mới đối chiếu được một phần", "to be verified: only partly corroborated"),
    "design": ("cần thống nhất: không phải quy định của luật", "to be agreed: it is no rule of law"),
    "seed": ("đối chiếu với văn bản của tỉnh", "compare with the province's own document"),
    "policy": ("lựa chọn của từng đợt", "chosen for every round"),
    "found": ("xem lại khi luật thay đổi", "look again when the law changes"),
}
"""What to do, by confidence."""

TEXTS: dict[str, Pair] = {
    "class": ("Lớp {place} trong {count}: {title}", "Class {place} of {count}: {title}"),
    "granted": (
        " (đã nới theo thẩm quyền cho {lines} dòng vốn)",
        " (widened by those competent on {lines} lines)",
    ),
    "pool": (
        "{kind}: vốn chỉ chuyển giữa các dòng cùng {key}. Trong một chủ đầu tư: {within}; giữa các chủ đầu tư: {between}",
        "{kind}: capital moves between lines of the same {key}. Inside an owner: {within}; between owners: {between}",
    ),
    "across_sectors": ("; giữa các ngành, lĩnh vực: {who}", "; between sectors: {who}"),
    "totals": ("; khi tổng vốn thay đổi: {who}", "; where the total changes: {who}"),
    "delegation": (
        "HĐND tỉnh giao {to} quyết định thay (chỉ theo nghị quyết của HĐND)",
        "The provincial Council charges another with its decisions: {to} (by its resolution only)",
    ),
    "norm": (
        "Nguyên tắc, tiêu chí, định mức phân bổ vốn của các năm kế hoạch {first}–{last}",
        "Principles, criteria and norms of allocation of plan years {first}–{last}",
    ),
    "valid": (
        "Áp dụng cho số liệu từ {first} đến {last}, theo {law}",
        "Governs data dates from {first} to {last}, under {law}",
    ),
    "closing": (
        "Kế hoạch vốn hằng năm được giải ngân đến hết ngày {on} năm sau",
        "A year's plan is paid until {on} (day/month) of the next year",
    ),
    "last_adjustment": (
        "Ngày số liệu cuối cùng để điều chỉnh trong năm: {on}, trừ khi lịch của tỉnh nêu ngày khác",
        "Last data date of an adjustment: {on} (day/month), unless the province's calendar names another",
    ),
    "late": (
        "Vốn bổ sung sau ngày {after} được giải ngân đến hết ngày {until} năm sau; {counted}",
        "Capital added after {after} (day/month) is paid until {until} of the next year; {counted}",
    ),
    "counted": (
        "phanbo coi vốn điều chỉnh trong một đợt cũng là vốn bổ sung",
        "phanbo reads capital moved by a round as added",
    ),
    "not-counted": (
        "phanbo không coi vốn điều chỉnh trong một đợt là vốn bổ sung",
        "phanbo does not read capital moved by a round as added",
    ),
    "level": ("Các cấp ngân sách: {levels}", "Levels of budget: {levels}"),
    "lead": (
        "Cơ quan trình phương án lên UBND: {who}",
        "Who reports the round to the People's Committee: {who}",
    ),
    "obligation": (
        "Mục tiêu trả nghĩa vụ trước gồm: {claims}",
        "The goal of repaying claims serves: {claims}",
    ),
    "no-claims": ("không có", "none"),
}

NOTES: dict[str, Pair] = {
    "on-lending-ratio": (
        "phanbo không kiểm tra được: các bảng không có tỷ lệ này",
        "phanbo cannot check it: no table states this ratio",
    ),
    "priority[advances]": (
        "Là số tiền phải thu hồi, không phải dòng vốn: xếp bằng mục tiêu trả nghĩa vụ",
        "An amount, not a line: served by the goal of repaying claims",
    ),
    "priority[new-start]": (
        "Mọi dòng vốn không thuộc các lớp trước",
        "Every line of no earlier class",
    ),
}

LEVELS: dict[str, Pair] = {
    "central": ("trung ương", "central"),
    "province": ("cấp tỉnh", "province"),
    "district": ("cấp huyện", "district"),
    "commune": ("cấp xã", "commune"),
}
POOLS: dict[str, Pair] = {
    "district": ("Ngân sách cấp huyện", "Budgets of districts"),
    "commune": ("Ngân sách cấp xã", "Budgets of communes"),
    "default": ("Các nguồn vốn còn lại", "Every other source"),
    "programme": (
        "Dòng vốn có tên chương trình, bất kể nguồn",
        "Lines that name a programme, whatever their source",
    ),
}

SHEET: dict[str, Pair] = {
    "name": ("Phiếu rà soát", "Review"),
    "legend": ("Ký hiệu", "Symbols"),
    "title": ("PHIẾU RÀ SOÁT BỘ QUY ĐỊNH", "REVIEW OF A RULEBOOK"),
    "what-for": (
        "Người rà soát ghi ý kiến vào hai cột cuối: nội dung nào đúng, sai hoặc cần sửa. Việc gấp đứng trước.",
        "The reviewer fills in the last two columns: what is right, wrong or to be changed. Urgent matters stand first.",
    ),
    "governs": ("Áp dụng cho ngày số liệu: {first} – {last}", "Governs data dates: {first} – {last}"),
    "book": (
        "Bộ quy định: {title} ({code}, phiên bản {version})",
        "Rulebook: {title} ({code}, version {version})",
    ),
    "based": ("Dựa trên: {base}", "Rests on: {base}"),
    "comparison": (
        "CHỈ ĐỂ SO SÁNH: không dùng lập phương án trình duyệt",
        "FOR COMPARISON ONLY: no legal proposal rests on it",
    ),
    "counts": (
        "Gồm {rules} quy định, {classes} lớp ưu tiên, {pools} phạm vi chuyển vốn; {questions} việc cần kiểm tra trước.",
        "{rules} rules, {classes} priority classes, {pools} pools; {questions} matters to be verified first.",
    ),
    "sureness": ("Độ tin cậy: {counts}.", "Confidence: {counts}."),
    "applies": ("phanbo đang áp dụng:", "phanbo applies:"),
    "uncited": ("bộ quy định không ghi căn cứ", "the rulebook cites no source"),
    "signed": ("Người rà soát (ký, ghi rõ họ tên)", "Reviewer (signature, full name)"),
    "checked": ("Lãnh đạo đơn vị (ký, ghi rõ họ tên)", "Head of unit (signature, full name)"),
    "symbol": ("Ký hiệu", "Symbol"),
    "meaning": ("Ý nghĩa", "Meaning"),
    "none": ("–", "–"),
    "reviewed": ("Đúng, Sai, Sửa", "Right, Wrong, Change"),
}
"""What the printed sheet and the terminal say around the rows."""


def kind_words(kind: str, lang: str) -> str:
    """Return the sources a pool entry governs.

    Examples
    --------
    >>> kind_words("land_fee", "vi"), kind_words("default", "en")
    ('Thu tiền sử dụng đất', 'Every other source')
    """
    if kind in KINDS:
        return KINDS[kind].title_vi if lang == "vi" else KINDS[kind].title_en
    pair = POOLS.get(kind)
    return kind if pair is None else pair[0 if lang == "vi" else 1]


def key_words(key: Sequence[str], lang: str) -> str:
    """Return what two lines of a pool have in common.

    Examples
    --------
    >>> key_words(("source", "sector"), "vi")
    'nguồn vốn, ngành, lĩnh vực, năm kế hoạch'
    """
    columns = [LINES.column(name) for name in (*key, "plan_year")]
    titles = [column.title_vi if lang == "vi" else column.title_en for column in columns]
    return ", ".join(title[:1].lower() + title[1:] for title in titles)


def level_words(level: str, lang: str) -> str:
    """Return a level of budget in words."""
    pair = LEVELS.get(level)
    return level if pair is None else pair[0 if lang == "vi" else 1]
