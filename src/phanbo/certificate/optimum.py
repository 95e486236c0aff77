"""Optimality of every tier by a chain of weak duality, in exact integers, from stored row duals alone.

For tier *k*: ``z = c − Aᵀπ``, the bound over the face left by the tiers before, compared with the value; then the
next face from the signs of *z* and *π*.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from operator import mul
from typing import TYPE_CHECKING, Any

import numpy as np

from phanbo.certificate.costs import Costs
from phanbo.certificate.statement import state

if TYPE_CHECKING:
    from phanbo.case import Case
    from phanbo.certificate.claims import Claims
    from phanbo.certificate.statement import Statement
    from phanbo.money import Ints
    from phanbo.rulebook import Rulebook

__all__ = ["TierProof", "prove_tiers"]

MOST_PRICE = 2**61
"""What the duals of a tier add up to at most, in size.

A reduced cost is a cost (far below 2⁶¹) less some of the duals, each once, with its sign: it stays below 2⁶².
Nothing else is formed from duals in int64; honest ones are sums of a few costs.
"""


@dataclass(frozen=True, slots=True)
class TierProof:
    """A tier's value and proved bound in cost units; `fault` says what does not hold, else it is empty."""

    name: str
    value: int
    bound: int
    fault: str

    @property
    def gap(self) -> int:
        """Value less bound: 0 when proved."""
        return self.value - self.bound


class _Face:
    """The points that are optimal for every tier proved so far; all of the round at first."""

    def __init__(self, statement: Statement) -> None:
        self.x, self.rows = statement.x, statement.rows
        self.activity = self.rows.activity(self.x)
        self.lower, self.upper = np.zeros_like(self.x), statement.upper
        self.row_lower, self.row_upper = self.rows.lower, self.rows.upper

    def prove(self, name: str, cost: Ints, value: int, duals: Any) -> TierProof:  # noqa: ANN401 — as stored
        """Check one tier and narrow the face to its optima."""
        found = _dot(cost, self.x)
        prices, fault = self._prices(duals)
        if fault:
            return TierProof(name, found, found - 1, fault)
        gap = self._narrow(cost, prices)
        if found != value:
            fault = f"its value is {found}, not {value}"
        elif gap:
            fault = f"value {found} is not proved: the bound is {found - gap}"
        return TierProof(name, found, found - gap, fault)

    def _narrow(self, cost: Ints, prices: Ints) -> int:
        """Narrow the face to where the duals' bound is attained; return the value of the plan less that bound.

        ``c·x = z·x + π·Ax``, so value less bound is *z* times the distance of *x* from the end that *z* favours,
        and *π* times that of *Ax*: nothing where the plan is optimal.
        """
        reduced, gap = cost, 0
        if prices.any():
            reduced = cost - self.rows.priced(prices)
            row_upper = np.where(prices > 0, self.row_lower, self.row_upper)
            gap += _product(prices, self.activity - row_upper)
            self.row_lower = np.where(prices < 0, self.row_upper, self.row_lower)
            self.row_upper = row_upper
        upper = np.where(reduced > 0, self.lower, self.upper)
        gap += _product(reduced, self.x - upper)
        self.lower = np.where(reduced < 0, self.upper, self.lower)
        self.upper = upper
        return gap

    def _prices(self, duals: Any) -> tuple[Ints, str]:  # noqa: ANN401 — as stored
        """Return the dual of every row, and what is wrong with those stored, which may be anything."""
        prices = np.zeros(len(self.rows.keys), dtype=np.int64)
        if not isinstance(duals, dict):
            return prices, "its duals are no mapping"
        if not duals.keys() <= self.rows.number.keys():
            unknown = next(key for key in duals if key not in self.rows.number)
            return prices, f"a dual of an unknown row {unknown}"
        if not set(map(type, duals.values())) <= {int}:
            return prices, "a dual is no integer"
        if sum(map(abs, duals.values())) > MOST_PRICE:
            return prices, "its duals are too large"
        place = np.fromiter(map(self.rows.number.__getitem__, duals), dtype=np.int64, count=len(duals))
        prices[place] = np.fromiter(duals.values(), dtype=np.int64, count=len(duals))
        return prices, ""


def _product(left: Ints, right: Ints) -> int:
    """Return the inner product of columns that are mostly 0 on one side, as a Python integer."""
    place = np.flatnonzero((left != 0) & (right != 0))
    return sum(map(mul, left[place].tolist(), right[place].tolist()))


def _dot(cost: Ints, x: Ints) -> int:
    """Return the exact inner product of costs and units, whose sum is below `statement.MOST`."""
    if int(np.abs(cost).max(initial=0)) * int(x.sum()) < 2**63:
        return int(cost @ x)
    return _product(cost, x)


def prove_tiers(case: Case, rulebook: Rulebook, claims: Claims) -> list[TierProof]:
    """Return the proof of every tier, in order; the tiers themselves must be those the policy asks for."""
    statement = state(case, claims)
    if statement is None:
        return [TierProof("plan", 0, -1, "its amounts are too large to be added up")]
    fault = statement.misfit(case, claims) or _order_fault(case, rulebook, claims)
    if fault:
        return [TierProof("plan", 0, -1, fault)]
    costs, face = Costs(case, rulebook, statement), _Face(statement)
    return [face.prove(name, costs.of(name), value, duals) for name, value, duals, _ in claims.tiers]


def _order_fault(case: Case, rulebook: Rulebook, claims: Claims) -> str:
    """Return what is wrong with the order of the stored tiers."""
    wanted = rulebook.spelled_out(tier.name for tier in case.policy.ordered_tiers)
    if case.policy.return_unplaced:
        classes = [k for k, name in enumerate(wanted) if name.startswith("priority[")]
        wanted.insert(classes[-1] + 1 if classes else wanted.index("authority"), "return")
    if case.policy.pins:
        wanted = ["pinned", *wanted]
    if case.pools.shrinking.any():
        wanted = ["protect", "protect_late", *wanted]
    wanted.append("canonical")
    stored = [name for name, _, _, _ in claims.tiers]
    extra = stored[len(wanted) :]
    salted = ["canonical[1]", "canonical[2]"][: len(extra)]
    by_line = all(re.fullmatch(r"line\[[0-9]{1,18}\]", str(name)) for name in extra[len(salted) :])
    if stored[: len(wanted)] != wanted or extra[: len(salted)] != salted or not by_line:
        return f"its tiers are {stored}, not {wanted}"
    return ""
