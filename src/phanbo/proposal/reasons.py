"""One sentence of reason a changed line, Vietnamese and English: figures first, then what is required."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from phanbo.money import format_million, format_millions, format_share, format_shares
from phanbo.words import day

if TYPE_CHECKING:
    from phanbo.case import Case
    from phanbo.money import Ints
    from phanbo.proposal.facts import Facts
    from phanbo.rules.base import Rule

__all__ = ["cited", "reasons", "standing"]

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
    one = np.array([line], dtype=np.int64)
    return _start(case, lang) + "".join(part for (part,) in _figures(case, one, lang))


def _start(case: Case, lang: str) -> str:
    return f"đến {day(case.as_of)} giải ngân " if lang == "vi" else ""


def _figures(case: Case, lines: Ints, lang: str) -> tuple[list[str], ...]:
    """Return, column by column, the parts of where each line stands; what many lines share is written once."""
    state, outlook = case.assessment, case.outlook
    judged = list(zip(state.decides.cell[lines].tolist(), state.missed[lines].tolist(), strict=True))
    basis = [outlook.basis[i] for i in lines.tolist()]
    asked = {each: _asked(case, *each, lang) for each in set(judged)}
    source = {each: _source(each, lang) for each in set(basis)}
    return (
        format_shares(case.disbursed[lines], state.portfolio.money("plan")[0][lines], lang),
        [asked[each] for each in judged],
        format_millions(outlook.median[lines], lang),
        [source[each] for each in basis],
    )


def _asked(case: Case, cell: int, missed: str, lang: str) -> str:
    """Return what is required of the lines of a cell and which deadline they missed, up to the forecast."""
    reading = case.assessment.decides
    milestone, rho = reading.cell_milestone[cell], reading.cell_share[cell]
    share = format_share(rho.numerator, rho.denominator, lang)
    if lang == "vi":
        asked = f"mốc {day(milestone)} yêu cầu {share}" if milestone else f"mức chung của nhóm {share}"
        parts = [f" kế hoạch, {asked}", MISSED_VI.get(missed, "")]
        parts.append("nếu đủ vốn có thể giải ngân đến hết niên độ ")
    else:
        asked = f"{share} required by {day(milestone, lang)}" if milestone else f"{share} usual for its group"
        parts = [f" of the plan disbursed by {day(case.as_of, lang)}, {asked}", MISSED_EN.get(missed, "")]
        parts.append("with money enough it may spend ")
    return "; ".join(part for part in parts if part)


def _source(basis: str, lang: str) -> str:
    """Return what a forecast rests on, from its amount on."""
    if lang == "vi":
        return f" triệu đồng (mức giữa, theo {BASIS_VI.get(basis, basis)})"
    return f" million đồng by the closing date (median; {BASIS_EN.get(basis, basis)})"


def reasons(facts: Facts, lines: Ints, lang: str = "vi") -> list[str]:
    """Return the sentences of changed lines: where each stands, what is done and on what ground, what stops it there.

    Unverified sources say "cần kiểm tra".
    """
    case, change = facts.case, (facts.add - facts.cut)[lines]
    start = _start(case, lang)
    start = start[:1].upper() + start[1:]
    offers = np.where(change < 0, case.offer[lines], 0).tolist()
    forced, binding = facts.mandatory[lines] > 0, facts.binding[lines]
    whys = list(zip((change < 0).tolist(), forced.tolist(), binding.tolist(), strict=True))
    offer = {each: _offer(each, lang) for each in set(offers)}
    why = {each: _why(facts.bounds.rules, *each, lang) for each in set(whys)}
    parts = (
        *_figures(case, lines, lang),
        [offer[each] + why[key][0] for each, key in zip(offers, whys, strict=True)],
        format_millions(np.abs(change), lang),
        [why[key][1] for key in whys],
    )
    return [f"{start}{a}{b}{c}{d}{e}{f}{g}" for a, b, c, d, e, f, g in zip(*parts, strict=True)]


def _offer(amount: int, lang: str) -> str:
    """Return what the owner offers to give up; nothing where it offers nothing."""
    if not amount:
        return ""
    if lang == "vi":
        return f"; chủ đầu tư đề nghị giảm {format_million(amount)} triệu đồng"
    return f"; the owner offers to give up {format_million(amount, lang)} million đồng"


def _why(rules: tuple[Rule, ...], cut: bool, forced: bool, binding: int, lang: str) -> tuple[str, str]:  # noqa: FBT001
    """Return what is done to a line, up to the amount; then on what ground, and what stops it there."""
    code = "revenue-shortfall" if forced else "donor-test" if cut else "fast-line"
    ground, limit = {rule.code: rule for rule in rules}.get(code), rules[binding]
    grounds = [] if ground is None or ground is limit else [cited(ground, lang)]
    if lang == "vi":
        done, unit, stop = "giảm" if cut else "bổ sung", "triệu đồng", "Mức điều chỉnh dừng ở"
    else:
        done, unit, stop = "cut by" if cut else "raised by", "million đồng", "What stops it there"
    return f"; {done} ", f" {'. '.join([unit, *grounds, f'{stop}: {cited(limit, lang)}'])}."


def cited(rule: Rule, lang: str) -> str:
    """Return what a rule says, with its source."""
    return f"{rule.title_vi if lang == 'vi' else rule.title_en} ({rule.source.cite(lang)})"
