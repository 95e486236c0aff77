"""Every rule that speaks about a line, in the order of the rulebook, with what it leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from phanbo.money import LIMIT, format_million

if TYPE_CHECKING:
    from phanbo.bounds import Bounds
    from phanbo.case import Case

__all__ = ["Step", "chain_of"]


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


def chain_of(case: Case, bounds: Bounds, line: int, lang: str) -> list[Step]:
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
