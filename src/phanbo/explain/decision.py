"""What a round does with a line and why, as claims: its amounts, and every rule that decides them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from phanbo.bounds import bound_of
from phanbo.explain.sentence import Claim
from phanbo.money import Ints

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phanbo.bounds import Bounds
    from phanbo.case import Case

__all__ = ["Stated", "decision_claims", "rule_claims", "stated_bounds"]

Stated: TypeAlias = dict[str, list[tuple[str, Ints]]]
"""By side (``cut``, ``add``): the code of each rule that speaks of it, and what it leaves every line, đồng."""


def decision_claims(case: Case, line: int, row: dict[str, Any]) -> Iterator[Claim]:
    """Yield what the round does with the line; *row* is its row of ``Proposal.lines``."""
    cut, add, role, plan = int(row["cut"]), int(row["add"]), str(row["role"]), int(case.plan[line])
    if cut:
        most = max(int(row["cut_bound"]), int(row["forced_bound"]))
        yield Claim("cut", {"cut": cut, "most": most, "after": plan - cut})
    elif add:
        yield Claim("raised", {"add": add, "most": int(row["add_bound"]), "after": plan + add})
    elif role == "hold":
        yield Claim("hold", {"plan": plan})
    else:
        most = int(row["cut_bound"] if role == "donor" else row["add_bound"])
        yield Claim(f"{role}-unchanged", {"plan": plan, "most": most})


def stated_bounds(case: Case, bounds: Bounds) -> Stated:
    """Return what every rule leaves every line, by side, in whole units: asked once for all lines."""
    found: Stated = {"cut": [], "add": []}
    for rule in bounds.rules:
        limits = rule.limits(case)
        for side, told in found.items():
            bound = bound_of(limits, side)
            if bound is not None:
                told.append((rule.code, np.maximum(0, bound) // bounds.unit * bounds.unit))
    return found


def rule_claims(
    case: Case, bounds: Bounds, stated: Stated, line: int, row: dict[str, Any]
) -> Iterator[Claim]:
    """Yield the rules that decide: the ground of a change, all that attain its bound, what stops it short."""
    cut, add, role, binding = int(row["cut"]), int(row["add"]), str(row["role"]), str(row["binding_rule"])
    known = {rule.code for rule in bounds.rules}
    ground = (
        "revenue-shortfall"
        if cut and binding == "revenue-shortfall"
        else "donor-test"
        if cut
        else "fast-line"
    )
    if (cut or add) and ground in known:
        yield Claim("ground", {"rules": [ground]})
    most = {"cut": int(row["cut_bound"]), "add": int(row["add_bound"])}
    tied = {
        side: [code for code, bound in stated[side] if bound[line] == most[side]] for side in ("cut", "add")
    }
    if role == "hold":
        yield from (Claim(kind, {"rules": tied[side]}) for kind, side in _CLOSED if tied[side])
    else:
        side = "cut" if role == "donor" else "add"
        if tied[side]:
            yield Claim("limit", {"most": most[side], "rules": tied[side]})
        if binding in known and binding not in tied[side] and binding != ground:
            yield Claim("short", {"rules": [binding]})
    if reason := str(case.portfolio.text("locked")[line]):
        yield Claim("locked", {"reason": reason})
    if case.shrinking[line]:
        yield Claim("forced", {"most": int(row["forced_bound"])})
    blind = [r.code for r in bounds.rules if not r.has_columns(case) and bool(r.binds(case)[line])]
    if blind:
        yield Claim("unchecked", {"rules": blind})


_CLOSED = (("not-cut", "cut"), ("not-raised", "add"))
