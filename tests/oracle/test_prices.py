"""Prices are what solving again finds: one unit more, one less, up to the range and one unit beyond it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import assume, given

import phanbo as pb
from held_round import RULEBOOK, Setting, ceiling_sample, sample
from phanbo.assemble import assemble
from phanbo.bounds import make_bounds
from phanbo.money import LIMIT
from phanbo.program import Block
from phanbo.proposal.tier_values import shown
from phanbo.rules import Rule
from phanbo.rules.base import GroupRows, Limits
from phanbo.solver import reference
from phanbo.solver.direct import solve
from strategies import settings_of

if TYPE_CHECKING:
    from phanbo.case import Case, Changes
    from phanbo.money import Ints
    from phanbo.proposal import Proposal
    from phanbo.rulebook import Rulebook
    from phanbo.sensitivity import Price

GUARDS = ("protect", "protect_late")


class Moved(Rule):
    """A rule with one of its bounds moved by so many units."""

    code, title_vi, title_en = "moved", "", ""

    def __init__(self, rule: Rule, side: str, place: int, units: int) -> None:
        self.rule, self.side, self.place, self.units = rule, side, place, units
        for name in ("code", "source", "when_forced", "of_movement", "closes_owners", "of_confidence"):
            setattr(self, name, getattr(rule, name))

    def limits(self, case: Case) -> Limits:
        """Return the limits of the rule, one of them moved."""
        found, unit = self.rule.limits(case), case.policy.unit

        def moved(column: Ints) -> Ints:
            column = column.copy()
            whole = max(0, int(column[self.place])) // unit
            column[self.place] = max(0, whole + self.units) * unit
            return column

        if self.side == "rows":
            assert found.groups is not None
            g = found.groups
            return replace(found, groups=GroupRows(g.group, moved(g.headroom), g.keys))
        cut, add = (
            moved(column) if self.side == name and column is not None else column
            for name, column in (("cut", found.cut), ("add", found.add))
        )
        return replace(found, cut=cut, add=add)

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:
        """Never asked for."""
        raise NotImplementedError


def values(case: Case, book: Rulebook, crossing: dict[int, int] | None = None) -> dict[str, int] | None:
    """Return the value of every tier but the canonical one, solved anew; ``None`` where there is no plan.

    *crossing* caps what some leaves bring in, in units: the direct solver takes them as they follow from the rest.
    """
    bounds = make_bounds(case, book)
    closed = bounds.closed.copy()
    closed[list(crossing or ())] = False
    program = assemble(case, book, replace(bounds, closed=closed))
    upper = program.upper.copy()
    for leaf, most in (crossing or {}).items():
        here = (program.block == Block.IN) & (program.item == leaf)
        upper[here] = np.minimum(upper[here], most)
    try:
        found = (reference.solve if crossing else solve)(replace(program, upper=upper))
    except pb.InfeasibleRound:
        return None
    told = {t.name: shown(t.name, t.value, case.policy.unit) for t in found.tiers}
    return dict.fromkeys(GUARDS, 0) | {k: v for k, v in told.items() if not k.startswith("canonical")}


def moved_by(proposal: Proposal, price: Price, units: int) -> dict[str, int] | None:
    """Return the value of every tier with a pool or limit moved by so many units."""
    case, book = proposal.case, proposal.rulebook
    assert case is not None
    assert book is not None
    if price.kind == "pool":
        inflow = case.pools.inflow.copy()
        inflow[case.pools.names.index(price.key)] += units * case.policy.unit
        return values(replace(case, pools=replace(case.pools, inflow=inflow)), book)
    if price.side == "import":
        pools = case.pools
        keys = [f"leaf:{pools.names[p]}|{o}" for p, o in zip(pools.leaf_pool, pools.leaf_owner, strict=True)]
        leaf = keys.index(price.key)
        here = pools.leaf == leaf
        brought = int((changes(proposal, "add") - changes(proposal, "cut"))[here].sum()) // case.policy.unit
        return values(case, book, {leaf: max(0, max(0, brought) + units)})
    rule = book.rule(price.rule)
    if price.side == "rows":
        groups = rule.limits(case).groups
        assert groups is not None
        place = list(groups.keys).index(price.key)
    else:
        place = case.portfolio.place[price.key]
    return values(case, book.with_rule(Moved(rule, price.side, place, units)))


def changes(proposal: Proposal, side: str) -> Ints:
    """Return the cut or add of every line, đồng."""
    return proposal.lines[side].to_numpy(dtype=np.int64)


def holds(proposal: Proposal, price: Price, *, ranges: bool = True) -> None:
    """A price is what solving again finds."""
    case, book = proposal.case, proposal.rulebook
    assert case is not None
    assert book is not None
    unit, base = case.policy.unit, values(case, book)
    assert base is not None
    for sign, side in ((1, price.more), (-1, price.less)):
        told = f"{price.kind} {price.key} {price.side} {price.rule} {sign}"
        after = moved_by(proposal, price, sign)
        if side.change is None:
            assert after is None, told
            assert side.upto == 0
            continue
        assert after is not None, told
        difference = {name: after[name] - base[name] for name in side.change}
        assert difference == dict(side.change), told
        assert side.upto >= unit, told
        assert side.upto % unit == 0
        if not ranges or side.upto >= LIMIT // unit * unit:
            far = moved_by(proposal, price, sign * 1_000)
            if ranges and not (price.kind == "pool" and crosses(case, price, sign * 1_000 * unit)):
                assert linear(base, far, side.change, 1_000), (told, "endless")
            continue
        count = side.upto // unit
        assert linear(base, moved_by(proposal, price, sign * count), side.change, count), (told, count)
        if not (price.kind == "pool" and crosses(case, price, sign * (side.upto + unit))):
            beyond = moved_by(proposal, price, sign * (count + 1))
            assert not linear(base, beyond, side.change, count + 1), (told, "beyond", count)


def crosses(case: Case, price: Price, amount: int) -> bool:
    """Whether a change of inflow takes it from one sign to the other: another model begins."""
    before = int(case.pools.inflow[case.pools.names.index(price.key)]) // case.policy.unit
    after = before + amount // case.policy.unit
    return (before > 0 > after) or (before < 0 < after)


def linear(base: dict[str, int], after: dict[str, int] | None, change: Any, count: int) -> bool:
    """Whether so many units changed so many times what one did."""
    return after is not None and all(after[name] - base[name] == count * change[name] for name in change)


def fixed(setting: Setting) -> Proposal:
    """Return the proposal of a round that has prices; the lines it holds stay held."""
    try:
        proposal = setting.propose()
    except pb.InfeasibleRound:
        assume(False)  # noqa: FBT003
        raise
    assume(not proposal.proof.marked)
    return proposal


@given(setting=settings_of())
def test_the_price_of_a_pool_is_what_solving_again_finds(setting: Setting) -> None:
    proposal = fixed(setting)
    for name in proposal.pools["pool"]:
        holds(proposal, proposal.prices().pool(name))


@given(setting=settings_of())
def test_the_price_of_a_limit_is_what_solving_again_finds(setting: Setting) -> None:
    proposal = fixed(setting)
    for line in proposal.lines["line_id"]:
        for price in proposal.prices().line(line):
            holds(proposal, price)


@pytest.mark.parametrize("setting", [sample(), ceiling_sample()], ids=["sample", "ceilings"])
def test_rounds_by_hand(setting: Setting) -> None:
    proposal = setting.propose()
    prices = proposal.prices()
    for name in proposal.pools["pool"]:
        holds(proposal, prices.pool(name))
    for line in proposal.lines["line_id"]:
        for price in prices.line(line):
            holds(proposal, price)
    assert len(prices.limits)
    assert RULEBOOK is proposal.rulebook
