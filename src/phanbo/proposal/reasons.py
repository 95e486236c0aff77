"""One sentence of reason a changed line, Vietnamese and English: figures first, then what is required."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phanbo.money import format_million, format_share
from phanbo.words import day

if TYPE_CHECKING:
    from phanbo.case import Case
    from phanbo.rules.base import Rule

__all__ = ["cited", "reason", "standing"]

MISSED_VI = {
    "start": "chưa khởi công theo hạn",
    "policy_dossier": "chưa trình hồ sơ chủ trương đầu tư theo hạn",
    "project_dossier": "chưa trình thẩm định dự án theo hạn",
    "procedures": "chưa xong thủ tục đầu tư theo hạn",
}
MISSED_EN = {
    "start": "works not begun by the deadline",
    "policy_dossier": "policy dossier not submitted by the deadline",
    "project_dossier": "project dossier not submitted by the deadline",
    "procedures": "procedures not complete by the deadline",
}
BASIS_VI = {
    "absorb": "khả năng giải ngân chủ đầu tư nêu",
    "estimate": "ước cả năm của chủ đầu tư",
    "pace": "tốc độ giải ngân",
    "stage-share": "tỷ lệ của nhóm dự án",
    "none": "chưa giải ngân",
}
BASIS_EN = {
    "absorb": "absorption stated by the owner",
    "estimate": "the owner's estimate",
    "pace": "pace of disbursement",
    "stage-share": "share of its group",
    "none": "nothing disbursed",
}


def standing(case: Case, line: int, lang: str = "vi") -> str:
    """Return where a line stands: actual figure and date, then what is required, then the forecast and its source."""
    reading = case.assessment.decides
    plan, disbursed = int(case.assessment.portfolio.money("plan")[0][line]), int(case.disbursed[line])
    share = format_share(disbursed, plan, lang)
    milestone, rho = reading.milestone(line), reading.share(line)
    asked = format_share(rho.numerator, rho.denominator, lang)
    median = int(case.outlook.median[line])
    basis = case.outlook.basis[line]
    if lang == "vi":
        text = f"đến {day(case.as_of)} giải ngân {share} kế hoạch"
        text += f", mốc {day(milestone)} yêu cầu {asked}" if milestone else f", mức chung của nhóm {asked}"
        missed = MISSED_VI.get(str(case.assessment.missed[line]), "")
        most, source = format_million(median), BASIS_VI.get(basis, basis)
        tail = f"nếu đủ vốn có thể giải ngân đến hết niên độ {most} triệu đồng (mức giữa, theo {source})"
    else:
        text = f"{share} of the plan disbursed by {day(case.as_of, lang)}"
        text += (
            f", {asked} required by {day(milestone, lang)}" if milestone else f", {asked} usual for its group"
        )
        missed = MISSED_EN.get(str(case.assessment.missed[line]), "")
        most, source = format_million(median, lang), BASIS_EN.get(basis, basis)
        tail = f"with money enough it may spend {most} million đồng by the closing date (median; {source})"
    return "; ".join(part for part in (text, missed, tail) if part)


def reason(case: Case, line: int, change: int, ground: Rule | None, limit: Rule, lang: str = "vi") -> str:
    """Return the sentence of a changed line: where it stands, what is done and on what ground, what stops it there.

    Unverified sources say "cần kiểm tra".
    """
    where, amount = standing(case, line, lang), format_million(abs(change), lang)
    offer = int(case.offer[line]) if change < 0 else 0
    parts = [where[0].upper() + where[1:]]
    if lang == "vi":
        if offer:
            parts.append(f"chủ đầu tư đề nghị giảm {format_million(offer)} triệu đồng")
        parts.append(f"{'giảm' if change < 0 else 'bổ sung'} {amount} triệu đồng")
        stop = "Mức điều chỉnh dừng ở: "
    else:
        if offer:
            parts.append(f"the owner offers to give up {format_million(offer, lang)} million đồng")
        parts.append(f"{'cut by' if change < 0 else 'raised by'} {amount} million đồng")
        stop = "What stops it there: "
    sentences = ["; ".join(parts)]
    if ground is not None and ground is not limit:
        sentences.append(cited(ground, lang))
    sentences.append(stop + cited(limit, lang))
    return ". ".join(sentences) + "."


def cited(rule: Rule, lang: str) -> str:
    """Return what a rule says, with its source."""
    return f"{rule.title_vi if lang == 'vi' else rule.title_en} ({rule.source.cite(lang)})"
