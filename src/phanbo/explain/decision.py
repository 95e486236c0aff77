"""What a round does with a line and why, as claims: its amounts, and every rule that decides them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from phanbo.bounds import bound_of
from phanbo.explain.sentence import Claim
from phanbo.infeasible.relaxation import tight_pools
from phanbo.money import Bools, Ints
from phanbo.rules.granted import granted_to

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from phanbo.bounds import Bounds
    from phanbo.case import Case
    from phanbo.proposal import Proposal

__all__ = ["Stated", "decision_claims", "rule_claims", "stated_bounds"]

Row: TypeAlias = "Mapping[str, Any] | pd.Series[Any]"
"""A row of ``Proposal.lines``."""


@dataclass(frozen=True, eq=False)
class Stated:
    """What the rules of a round say, asked once for all lines.

    Attributes
    ----------
    rules : mapping
        By side (``cut``, ``add``): the code of each rule that speaks of it, and what it leaves every line, đồng.
    when_forced : frozenset of str
        The rules that also hold back a cut forced by a shrinking source.
    tight : bool array of shape (n,)
        Lines of a pool that has to give more than its lines can spare: it cuts beyond that and raises nobody.
    part : bool
        Whether the proposal is the first part of another.
    """

    rules: Mapping[str, list[tuple[str, Ints]]]
    when_forced: frozenset[str]
    tight: Bools
    part: bool

    def side(self, line: int, row: Row) -> str:
        """Return the side a line is on: that of its change; unchanged, the one it could change on."""
        if row["cut"] or row["add"]:
            return "cut" if row["cut"] else "add"
        return "cut" if row["role"] == "donor" or self.tight[line] else "add"

    def most(self, line: int, row: Row) -> int:
        """Return the most the line may change on its side, đồng."""
        if self.side(line, row) == "add":
            return int(row["add_bound"])
        return int(row["forced_bound" if self.tight[line] else "cut_bound"])

    def tied(self, line: int, side: str, most: int) -> list[str]:
        """Return the rules that leave the line exactly the most on a side."""
        forced = side == "cut" and self.tight[line]
        return [
            code
            for code, bound in self.rules[side]
            if bound[line] == most and (not forced or code in self.when_forced)
        ]


def decision_claims(case: Case, stated: Stated, line: int, row: dict[str, Any]) -> Iterator[Claim]:
    """Yield what the round does with the line; *row* is its row of ``Proposal.lines``."""
    cut, add, role, plan = int(row["cut"]), int(row["add"]), str(row["role"]), int(case.plan[line])
    most = stated.most(line, row)
    if cut:
        yield Claim("cut", {"cut": cut, "most": most, "after": plan - cut})
    elif add:
        yield Claim("raised", {"add": add, "most": most, "after": plan + add})
    elif role == "hold":
        yield Claim("hold", {"plan": plan})
    elif stated.tight[line]:
        yield Claim("tight-unchanged", {"plan": plan})
    else:
        yield Claim(f"{role}-unchanged", {"plan": plan, "most": most})
    if pin := int(case.pins[line]):
        yield Claim("pinned-cut" if pin < 0 else "pinned-raise", {"pin": abs(pin)})
    if offer := int(case.offer[line]):
        yield Claim("offer", {"offer": offer, "cut": cut})


def stated_bounds(proposal: Proposal, bounds: Bounds) -> Stated:
    """Return what every rule of a proposal leaves every line, by side, in whole units."""
    case = proposal._case  # noqa: SLF001 — one house
    found: dict[str, list[tuple[str, Ints]]] = {"cut": [], "add": []}
    for rule in bounds.rules:
        limits = rule.limits(case)
        for side, told in found.items():
            bound = bound_of(limits, side)
            if bound is not None:
                told.append((rule.code, np.maximum(0, bound) // bounds.unit * bounds.unit))
    return Stated(
        rules=found,
        when_forced=frozenset(rule.code for rule in bounds.rules if rule.when_forced),
        tight=tight_pools(case, bounds)[case.pools.pool],
        part=proposal.meta["parent"] is not None,
    )


def rule_claims(
    case: Case, bounds: Bounds, stated: Stated, line: int, row: dict[str, Any]
) -> Iterator[Claim]:
    """Yield the rules that decide: the ground of a change, all that attain its bound, what stops it short."""
    cut, changed, binding = int(row["cut"]), bool(row["cut"] or row["add"]), str(row["binding_rule"])
    known = {rule.code for rule in bounds.rules}
    ground = (
        "revenue-shortfall"
        if cut and binding == "revenue-shortfall"
        else "donor-test"
        if cut
        else "fast-line"
    )
    if changed and ground in known:
        yield Claim("ground", {"rules": [ground]})
    if changed or (row["role"] != "hold" and not stated.tight[line]):
        side, most = stated.side(line, row), stated.most(line, row)
        tied = stated.tied(line, side, most)
        if tied:
            yield Claim("limit", {"most": most, "rules": tied})
            yield from _granted(case, bounds, line, side, tied)
        if binding in known and binding not in tied and binding != ground:
            yield from _short(case, stated, binding)
    elif row["role"] == "hold":
        for kind, side in _CLOSED:
            if tied := [code for code, bound in stated.rules[side] if bound[line] == 0]:
                yield Claim(kind, {"rules": tied})
    yield from _besides(case, bounds, line, row)


def _besides(case: Case, bounds: Bounds, line: int, row: dict[str, Any]) -> Iterator[Claim]:
    """Yield the reason of a lock, what a shrinking source may ask, and what could not be checked."""
    if reason := str(case.portfolio.text("locked")[line]):
        yield Claim("locked", {"reason": reason})
    if case.shrinking[line]:
        yield Claim("forced", {"most": int(row["forced_bound"])})
    blind = [r.code for r in bounds.rules if not r.has_columns(case) and bool(r.binds(case)[line])]
    if blind:
        yield Claim("unchecked", {"rules": blind})


def _granted(case: Case, bounds: Bounds, line: int, side: str, tied: list[str]) -> Iterator[Claim]:
    """Yield what was granted to the line beyond the rules that set its most."""
    line_id = str(case.portfolio.text("line_id")[line])
    for rule in bounds.rules:
        if rule.code in tied and (by := granted_to(rule, line_id, side)):
            yield Claim("granted", {"by": by, "who": rule.granted_by, "rules": [rule.code]})


def _short(case: Case, stated: Stated, binding: str) -> Iterator[Claim]:
    """Yield what stops a line short of its most; where goals may be missed by a tolerance, nobody can tell."""
    if binding != "pool-balance":
        yield Claim("short", {"rules": [binding]})
    elif stated.part:
        yield Claim("short-part", {})
    elif not any(tier.tolerance for tier in case.policy.ordered_tiers):
        yield Claim("short", {"rules": [binding]})


_CLOSED = (("not-cut", "cut"), ("not-raised", "add"))
