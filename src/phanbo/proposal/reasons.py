"""One sentence of reason a changed line, Vietnamese and English: figures first, then what is required."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from phanbo.grouping import codes_of
from phanbo.money import format_million, format_millions, format_share, format_shares
from phanbo.proposal.text import joined, text_of
from phanbo.words import day

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pandas.api.extensions import ExtensionArray

    from phanbo.case import Case
    from phanbo.money import Ints
    from phanbo.proposal.facts import Facts
    from phanbo.rules.base import Rule

__all__ = ["cited", "offered", "reasons", "standing", "told_basis"]

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
    "offer": "mức chủ đầu tư đề nghị giảm",
}
BASIS_EN = {
    "absorb": "absorption stated by the owner",
    "estimate": "the owner's estimate",
    "pace": "pace of disbursement",
    "stage-share": "share of its group",
    "none": "nothing disbursed",
    "offer": "what the owner offers to give up",
}


def told_basis(case: Case, lines: Ints) -> NDArray[np.object_]:
    """Return what the median of each line rests on: ``offer`` where it is the plan less the owner's offer."""
    plan, offer, unit = case.plan[lines], case.offer[lines], case.policy.unit
    left = np.maximum(case.disbursed[lines], plan - -(-offer // unit) * unit)
    capped = (offer > 0) & (case.outlook.median[lines] == left)
    return np.where(
        capped, "offer", np.array([case.outlook.basis[line] for line in lines.tolist()], dtype=object)
    )


def standing(case: Case, line: int, lang: str = "vi") -> str:
    """Return where a line stands: actual figure and date, then what is required, then the forecast and its source."""
    state = case.assessment
    share = format_share(int(case.disbursed[line]), int(state.portfolio.money("plan")[0][line]), lang)
    asked = _asked(case, int(state.decides.cell[line]), str(state.missed[line]), lang)
    median = format_million(int(case.outlook.median[line]), lang)
    basis = str(told_basis(case, np.array([line]))[0])
    return _start(case, lang) + share + asked + median + _source(basis, lang)


def _start(case: Case, lang: str) -> str:
    return f"đến {day(case.as_of)} giải ngân " if lang == "vi" else ""


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


def reasons(facts: Facts, lines: Ints) -> dict[str, ExtensionArray]:
    """Return, by language, the sentences of changed lines: where each stands, what is done, why, what stops it there.

    Unverified sources say "cần kiểm tra".
    """
    case, state, change = facts.case, facts.case.assessment, (facts.add - facts.cut)[lines]
    basis = told_basis(case, lines)
    cut, forced = change < 0, facts.mandatory[lines] > 0
    # All but the figures of a sentence is written once for all lines that are alike.
    alike, kinds = codes_of(
        state.decides.cell[lines],
        state.missed[lines],
        basis,
        cut,
        forced,
        facts.asked_for[lines],
        facts.binding[lines],
    )
    offering, offers = codes_of(alike, np.where(cut, case.offer[lines], 0))

    def say(lang: str) -> ExtensionArray:
        start = _start(case, lang)
        start = start[:1].upper() + start[1:]
        shares = format_shares(case.disbursed[lines], state.portfolio.money("plan")[0][lines], lang)
        asked = [_asked(case, cell, missed, lang) for cell, missed, *_ in kinds]
        whys = _why(facts, [kind[3:] for kind in kinds], lang)
        does = [_source(kinds[k][2], lang) + offered(offer, lang) + whys[k][0] for k, offer in offers]
        return joined(
            text_of(start + share for share in shares),
            text_of(asked, alike),
            joined(
                text_of(format_millions(case.outlook.median[lines], lang)),
                text_of(does, offering),
                text_of(format_millions(np.abs(change), lang)),
            ),
            text_of((rest for _, rest in whys), alike),
        )

    return {lang: say(lang) for lang in ("vi", "en")}


def offered(amount: int, lang: str) -> str:
    """Return what the owner offers to give up; nothing where it offers nothing."""
    if not amount:
        return ""
    if lang == "vi":
        return f"; chủ đầu tư đề nghị giảm {format_million(amount)} triệu đồng"
    return f"; the owner offers to give up {format_million(amount, lang)} million đồng"


def _why(facts: Facts, kinds: Sequence[tuple[bool, bool, bool, int]], lang: str) -> list[tuple[str, str]]:
    """Return, for each (cut, forced, asked for, binding rule): what is done, up to the amount; then why, and what stops it."""
    rules = {rule.code: cited(rule, lang) for rule in facts.bounds.rules}
    if lang == "vi":
        done, unit, stop = ("bổ sung", "giảm"), "triệu đồng", "Mức điều chỉnh dừng ở"
        request = " theo yêu cầu của cấp xem xét"
    else:
        done, unit, stop = ("raised by", "cut by"), "million đồng", "What stops it there"
        request = ", as the reviewers of the round ask"
    found = []
    for cut, forced, asked, binding in kinds:
        ground = "revenue-shortfall" if forced else "donor-test" if cut else "fast-line"
        limit = facts.bounds.rules[binding].code
        sentences = [unit + request * asked, f"{stop}: {rules[limit]}"]
        if ground != limit and ground in rules:
            sentences.insert(1, rules[ground])
        found.append((f"; {done[cut]} ", f" {'. '.join(sentences)}."))
    return found


def cited(rule: Rule, lang: str) -> str:
    """Return what a rule says, with its source."""
    return f"{rule.title_vi if lang == 'vi' else rule.title_en} ({rule.source.cite(lang)})"
