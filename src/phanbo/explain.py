"""Why a line is treated as it is: role, figures, tests in their order, the binding rule, with citations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from phanbo.bounds import Bounds, make_bounds
from phanbo.money import LIMIT, format_million
from phanbo.proposal.reasons import cited, standing

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
    unchecked : tuple of str
        Rules that speak about the line but miss a column.
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
    unchecked: tuple[str, ...]

    @property
    def text(self) -> str:
        """The sentences, one a line: standing, decision, the rules that hold the line back, then the others by name."""
        held = [
            f"- {step.says} [{step.rule}] ({step.citation})" for step in self.chain if step.bound is not None
        ]
        holding = {step.rule for step in self.chain if step.bound is not None}
        free = [
            rule
            for rule in dict.fromkeys(s.rule for s in self.chain)
            if rule not in holding | set(self.unchecked)
        ]
        rest = ("- Không cản: " if self.lang == "vi" else "- Not in the way: ") + ", ".join(free)
        blind = ("- Chưa kiểm tra: " if self.lang == "vi" else "- Unchecked: ") + ", ".join(self.unchecked)
        tail = [*([rest] if free else []), *([blind] if self.unchecked else [])]
        return "\n".join([f"{self.line_id}: {self.standing}.", self.decision, *held, *tail])

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as plain values."""
        names = ("line_id", "role", "lang", "standing", "decision", "binding_rule", "first_failed")
        plain: dict[str, Any] = {name: getattr(self, name) for name in names}
        lists = {"chain": [step.to_dict() for step in self.chain], "unchecked": list(self.unchecked)}
        return {**plain, "limits": dict(self.limits), **lists}

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
        unchecked=tuple(
            rule.code for rule in bounds.rules if not rule.has_columns(case) and bool(rule.binds(case)[line])
        ),
    )


def _decision(row: pd.Series[Any], bounds: Bounds, lang: str) -> str:
    """Return what the round does with the line, on what ground, and what stops it there."""
    rules = {rule.code: rule for rule in bounds.rules}
    cut, add = int(row["cut"]), int(row["add"])
    most = max(int(row["cut_bound"]), int(row["add_bound"]))
    role = ROLES[lang][str(row["role"])]
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
        said = [f"Dòng vốn {role}{limit}; phương án: {did}{unit}."]
    else:
        did = (
            f"cut by {format_million(cut, lang)}"
            if cut
            else f"raised by {format_million(add, lang)}"
            if add
            else "no change"
        )
        unit = " million đồng" if cut or add else ""
        limit = f", at most {format_million(most, lang)} million đồng" if most else ""
        said = [f"The line {role}{limit}; the proposal: {did}{unit}."]
    ground = (
        rules.get("donor-test" if cut else "fast-line") if cut or add else rules.get(str(row["first_failed"]))
    )
    stop = rules.get(str(row["binding_rule"]))
    if ground is not None and ground is not stop:
        said.append(f"{cited(ground, lang)}.")
    if stop is not None:
        said.append(f"{'Dừng ở' if lang == 'vi' else 'Stopped by'}: {cited(stop, lang)}.")
    return " ".join(said)


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
                    f"{_left(side, bound, lang)}: {title}" if not free else title,
                    rule.source.cite(lang),
                )
            )
    walled = int(bounds.closed_rule[case.pools.leaf[line]])
    if walled >= 0:
        rule = bounds.rules[walled]
        title = rule.title_vi if lang == "vi" else rule.title_en
        said = "Không nhận được từ chủ đầu tư khác" if lang == "vi" else "Receives nothing from other owners"
        steps.append(Step("import", rule.code, 0, f"{said}: {title}", rule.source.cite(lang)))
    if case.shrinking[line]:
        steps.append(_shrinking(bounds, line, lang))
    return steps


def _left(side: str, bound: int, lang: str) -> str:
    if lang == "vi":
        verb = "giảm" if side == "cut" else "bổ sung"
        return (
            f"{verb.capitalize()} tối đa {format_million(bound)} triệu đồng"
            if bound
            else f"Không được {verb}"
        )
    verb = "give" if side == "cut" else "receive"
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
