"""Why a line is treated as it is: role, figures, tests in their order, the binding rule, with citations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from phanbo.bounds import Bounds, make_bounds
from phanbo.money import LIMIT, format_million
from phanbo.reasons import standing

if TYPE_CHECKING:
    from phanbo.case import Case
    from phanbo.proposal import Proposal

__all__ = ["Explanation", "Step", "explain"]

ROLES = {
    "vi": {"donor": "có thể giảm", "receiver": "có thể được bổ sung", "hold": "giữ nguyên"},
    "en": {"donor": "may give", "receiver": "may receive", "hold": "stays as it is"},
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the chain: the rule, what it leaves (đồng; ``None``: no limit), its citation."""

    side: str
    rule: str
    bound: int | None
    says: str
    citation: str

    def to_dict(self) -> dict[str, Any]:
        """Return the step as plain values."""
        return {name: getattr(self, name) for name in ("side", "rule", "bound", "says", "citation")}


@dataclass(frozen=True)
class Explanation:
    """Why one line is treated as it is; printing it prints the sentences.

    Attributes
    ----------
    line_id, role, lang : str
    standing : str
        Figures: what is disbursed and by when, what is required, the forecast and its source.
    decision : str
        What the round does with the line, and the rule that decides.
    chain : tuple of Step
        Every rule that speaks about the line, in the order of the rulebook, with what it leaves.
    binding_rule, first_failed : str
        The rule that attains the bound; the first test a line that stays has failed.
    limits : mapping
        ``cut_bound``, ``add_bound``, ``forced_bound``, ``cut``, ``add`` in đồng.
    """

    line_id: str
    role: str
    lang: str
    standing: str
    decision: str
    chain: tuple[Step, ...]
    binding_rule: str
    first_failed: str
    limits: dict[str, int]

    @property
    def text(self) -> str:
        """All sentences, one a line."""
        bullet = [f"- {step.says} [{step.rule}] ({step.citation})" for step in self.chain]
        return "\n".join([f"{self.line_id}: {self.standing}.", self.decision, *bullet])

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as plain values."""
        names = ("line_id", "role", "lang", "standing", "decision", "binding_rule", "first_failed")
        plain: dict[str, Any] = {name: getattr(self, name) for name in names}
        return {**plain, "limits": dict(self.limits), "chain": [step.to_dict() for step in self.chain]}

    def __str__(self) -> str:
        return self.text


def explain(proposal: Proposal, line_id: str, lang: str = "vi") -> Explanation:
    """Return the explanation of one line; `KeyError` where there is no such line."""
    case = proposal._case  # noqa: SLF001 — one house
    ids = proposal.frames["lines"]["line_id"].tolist()
    if line_id not in ids:
        raise KeyError(line_id)
    line = ids.index(line_id)
    row = proposal.frames["lines"].iloc[line]
    bounds = make_bounds(case, proposal._rulebook)  # noqa: SLF001
    return Explanation(
        line_id=line_id,
        role=str(row["role"]),
        lang=lang,
        standing=standing(case, line, lang),
        decision=_decision(row, bounds, lang),
        chain=tuple(_chain(case, bounds, line, lang)),
        binding_rule=str(row["binding_rule"]),
        first_failed=str(row["first_failed"]),
        limits={name: int(row[name]) for name in ("cut_bound", "add_bound", "forced_bound", "cut", "add")},
    )


def _decision(row: pd.Series[Any], bounds: Bounds, lang: str) -> str:
    rules = {rule.code: rule for rule in bounds.rules}
    code = str(row["binding_rule"] or row["first_failed"])
    rule = rules.get(code)
    cited = (
        ""
        if rule is None
        else f" {rule.title_vi if lang == 'vi' else rule.title_en} ({rule.source.cite(lang)})."
    )
    role = ROLES[lang][str(row["role"])]
    cut, add = int(row["cut"]), int(row["add"])
    most = max(int(row["cut_bound"]), int(row["add_bound"]))
    if lang == "vi":
        did = (
            f"giảm {format_million(cut)}"
            if cut
            else f"bổ sung {format_million(add)}"
            if add
            else "không thay đổi"
        )
        unit = " triệu đồng" if cut or add else ""
        limit = f", tối đa {format_million(most)} triệu đồng" if most else ""
        return f"Dòng vốn {role}{limit}; phương án: {did}{unit}.{cited}"
    did = (
        f"cut by {format_million(cut, lang)}"
        if cut
        else f"raised by {format_million(add, lang)}"
        if add
        else "no change"
    )
    unit = " million đồng" if cut or add else ""
    limit = f", at most {format_million(most, lang)} million đồng" if most else ""
    return f"The line {role}{limit}; the proposal: {did}{unit}.{cited}"


def _chain(case: Case, bounds: Bounds, line: int, lang: str) -> list[Step]:
    """Return what every rule leaves the line, giving side first."""
    steps = []
    for side in ("cut", "add"):
        for rule, bound in bounds.stated(case, line, side):
            free = bound >= LIMIT // bounds.unit * bounds.unit
            title = rule.title_vi if lang == "vi" else rule.title_en
            steps.append(
                Step(
                    side,
                    rule.code,
                    None if free else bound,
                    f"{_left(side, bound, lang, free=free)}: {title}",
                    rule.source.cite(lang),
                )
            )
    if case.shrinking[line]:
        steps.append(_shrinking(bounds, line, lang))
    return steps


def _left(side: str, bound: int, lang: str, *, free: bool) -> str:
    if lang == "vi":
        verb = "giảm" if side == "cut" else "bổ sung"
        if free:
            return f"Được {verb}, không giới hạn"
        return (
            f"{verb.capitalize()} tối đa {format_million(bound)} triệu đồng"
            if bound
            else f"Không được {verb}"
        )
    verb = "give" if side == "cut" else "receive"
    if free:
        return f"May {verb}, no limit"
    return f"May {verb} at most {format_million(bound, lang)} million đồng" if bound else f"May not {verb}"


def _shrinking(bounds: Bounds, line: int, lang: str) -> Step:
    rule = next(r for r in bounds.rules if r.code == "revenue-shortfall")
    most = int(bounds.forced[line])
    says = (
        f"Nguồn hụt thu: có thể phải giảm đến {format_million(most)} triệu đồng: {rule.title_vi}"
        if lang == "vi"
        else f"Its source shrinks: may have to give up to {format_million(most, lang)} million đồng: {rule.title_en}"
    )
    return Step("forced", rule.code, most, says, rule.source.cite(lang))
