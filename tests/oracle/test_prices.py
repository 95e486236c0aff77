"""Prices are what solving again finds: one unit more, one less, up to the range and one unit beyond it."""

from __future__ import annotations

import pickle
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from test_planted_bugs import bites, plant

import phanbo as pb
from held_round import RULEBOOK, Setting, ceiling_sample, sample
from phanbo import sensitivity
from phanbo.assemble import assemble
from phanbo.bounds import make_bounds
from phanbo.decision import decide
from phanbo.money import LIMIT
from phanbo.pipeline import OpenRound, finished
from phanbo.program import Block
from phanbo.proposal.tier_values import shown
from phanbo.rules import Rule
from phanbo.rules.base import GroupRows, Limits
from phanbo.sensitivity import Price, Prices, Side
from phanbo.sensitivity import prices as found_prices
from phanbo.sensitivity.graph import TightFlow
from phanbo.sensitivity.network import Network
from phanbo.sensitivity.stated import state
from phanbo.solver import reference
from phanbo.solver.direct import solve
from phanbo.solver.solution import Limits as SolverLimits
from strategies import settings_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from phanbo.case import Case, Changes
    from phanbo.money import Ints
    from phanbo.proposal import Proposal
    from phanbo.rulebook import Rulebook

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
    if told.get("pinned", 0) != int(np.abs(case.pins // case.policy.unit).sum()) * case.policy.unit:
        return None
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
    if proposal.proof.marked:
        assume(False)  # noqa: FBT003
    return proposal


def pools_hold(setting: Setting) -> None:
    """Every pool's price is what solving again finds."""
    proposal = fixed(setting)
    for name in proposal.pools["pool"]:
        holds(proposal, proposal.prices().pool(name))


def limits_hold(setting: Setting) -> None:
    """The price of every limit is what solving again finds."""
    proposal = fixed(setting)
    for line in proposal.lines["line_id"]:
        for price in proposal.prices().line(line):
            holds(proposal, price)


@given(setting=settings_of())
def test_the_price_of_a_pool_is_what_solving_again_finds(setting: Setting) -> None:
    pools_hold(setting)


@given(setting=settings_of(shortfall=True, authority=None))
def test_the_price_of_a_pool_that_shrinks(setting: Setting) -> None:
    pools_hold(setting)


@given(setting=settings_of())
def test_the_price_of_a_limit_is_what_solving_again_finds(setting: Setting) -> None:
    limits_hold(setting)


@given(setting=settings_of(shortfall=True, min_move=0))
def test_the_price_of_a_limit_where_a_pool_shrinks(setting: Setting) -> None:
    limits_hold(setting)


@given(setting=settings_of(families={"totals", "medium"}, authority=None))
def test_the_price_of_a_ceiling(setting: Setting) -> None:
    limits_hold(setting)


@pytest.mark.parametrize("setting", [sample(), ceiling_sample()], ids=["sample", "ceilings"])
def test_rounds_by_hand(setting: Setting) -> None:
    pools_hold(setting)
    limits_hold(setting)


def came_in(setting: Setting, amount: int) -> Proposal:
    """Return the proposal of a round into whose every pool so many đồng come."""
    case = setting.case(inflow=amount)
    return finished(OpenRound(case, RULEBOOK, (), own=True), decide(case, RULEBOOK, SolverLimits()))


@given(setting=settings_of(shortfall=False, min_move=0), units=st.integers(-2, 6))
def test_the_price_of_a_pool_into_which_capital_comes(setting: Setting, units: int) -> None:
    try:
        proposal = came_in(setting, units * setting.policy.unit)
    except pb.InfeasibleRound:
        assume(False)  # noqa: FBT003
        raise
    assume(not proposal.proof.marked)
    for name in proposal.pools["pool"]:
        holds(proposal, proposal.prices().pool(name))
    for line in proposal.lines["line_id"]:
        for price in proposal.prices().line(line):
            holds(proposal, price)


@given(setting=settings_of(min_move=0))
def test_pools_ready_to_shrink_by_nothing_have_the_same_plan(setting: Setting) -> None:
    case = setting.case()
    try:
        plain = decide(case, RULEBOOK, SolverLimits())
    except pb.InfeasibleRound:
        assume(False)  # noqa: FBT003
        raise
    ready = decide(state(case, RULEBOOK).case, RULEBOOK, SolverLimits())
    assert plain.cut.tolist() == ready.cut.tolist()
    assert plain.add.tolist() == ready.add.tolist()


@given(setting=settings_of())
def test_the_frames_say_what_the_prices_say(setting: Setting) -> None:
    proposal = fixed(setting)
    prices = proposal.prices()
    names = list(dict.fromkeys([*GUARDS, *proposal.tiers["tier"]]))
    names = [name for name in names if not name.startswith("canonical")]
    for row in proposal.pools.to_dict("records"):
        price = prices.pool(row["pool"])
        for side, change in (("more", price.more.change), ("less", price.less.change)):
            cells = {name: row[f"{side}:{name}"] for name in names}
            assert all(map(pd.isna, cells.values())) if change is None else cells == change
    assert "more:authority" not in pb.Proposal.from_json(proposal.to_json()).pools
    pools = prices.pools
    assert pools["pool"].tolist() == [name for name in proposal.pools["pool"] for _ in names]
    assert pools["tier"].tolist() == names * len(proposal.pools)
    for row in pools.to_dict("records"):
        price = prices.pool(row["pool"])
        for side in ("more", "less"):
            told = getattr(price, side)
            assert row[f"{side}_upto"] == told.upto
            if told.change is None:
                assert pd.isna(row[side])
            else:
                assert row[side] == told.change[row["tier"]]
    found = {
        (p.key, p.side, p.rule): p
        for line in proposal.lines["line_id"]
        for p in prices.line(line)
        if p.more.change is None
        or p.less.change is None
        or any((*p.more.change.values(), *p.less.change.values()))
    }
    limits = prices.limits
    assert set(zip(limits["key"], limits["side"], limits["rule"], strict=True)) == set(found)
    for (key, where, rule), rows in limits.groupby(["key", "side", "rule"]):
        price = found[str(key), str(where), str(rule)]
        for side in ("more", "less"):
            told = getattr(price, side)
            changes = dict(zip(rows["tier"], rows[side], strict=True))
            if told.change is None:
                assert rows[side].isna().all()
                continue
            assert {name: v for name, v in changes.items() if v} == {
                n: v for n, v in told.change.items() if v
            }


def test_what_the_reviewers_ask_for_is_kept_or_there_is_no_plan() -> None:
    plain = sample().propose()
    added = plain.lines[plain.lines["add"] > 0].iloc[0]
    pinned = sample().with_policy(pins={added["line_id"]: int(added["add"])})
    pools_hold(pinned)
    limits_hold(pinned)
    sides = [price.less.change for price in pinned.propose().prices().line(added["line_id"])]
    assert None in sides


# -- what has no prices ----------------------------------------------------------------------------------


def test_a_part_of_a_proposal_has_no_prices() -> None:
    with pytest.raises(pb.PhanboError, match="full proposal") as caught:
        sample().propose().head(1).prices()
    assert "phương án" in caught.value.message_vi


def test_a_changed_proposal_has_no_prices() -> None:
    proposal = sample().propose()
    first = proposal.frames["transfers"].iloc[:-1]
    changed = replace(proposal, frames={**proposal.frames, "transfers": first})
    with pytest.raises(pb.PhanboError, match="was changed"):
        changed.prices()


def test_a_round_that_is_no_network_has_no_prices() -> None:
    tiers = (pb.Tier("obligations"), pb.Tier("priority", 0.1), pb.Tier("authority"))
    with pytest.raises(pb.PhanboError, match="integer program"):
        sample().with_policy(tiers=tiers).propose().prices()


def test_prices_are_found_once_and_do_not_travel() -> None:
    proposal = sample().propose()
    assert proposal.prices() is proposal.prices()
    assert set(vars(pickle.loads(pickle.dumps(proposal)))) == {f.name for f in fields(proposal)}  # noqa: S301
    assert "price" not in proposal.to_json()


# -- a bug is found --------------------------------------------------------------------------------------


def wrong_sign(old: Callable[..., Any], *args: Any) -> Any:
    side = old(*args)
    return side if side.change is None else replace(side, change={k: -v for k, v in side.change.items()})


def one_unit_far(old: Callable[..., Any], *args: Any) -> Any:
    return old(*args) + 1


def unprotected(old: Callable[..., Any], *args: Any) -> Any:
    network = old(*args)
    cost = network.cost.copy()
    cost[:, [k for k, name in enumerate(network.names) if name in GUARDS]] = 0
    return replace(network, cost=cost)


def of_the_solver(old: Callable[..., Any], proposal: Proposal, *args: Any) -> Any:
    """Read the one dual a solver gives for both directions."""
    prices = old(proposal, *args)
    duals = {tier: found for tier, _, found, _ in proposal.proof.tiers}
    unit = args[0].policy.unit

    def read(name: str) -> Price:
        exact = Prices.pool(prices, name)
        told = {
            tier: shown(tier, -duals.get(tier, {}).get(f"pool:{name}", 0), unit)
            for tier in (exact.more.change or exact.less.change or {})
        }
        less = {tier: -change for tier, change in told.items()}
        return replace(exact, more=Side(told, exact.more.upto), less=Side(less, exact.less.upto))

    prices.pool = read
    return prices


BUGS: dict[str, tuple[Any, str, Callable[..., Any], Callable[[Setting], None], dict[str, Any]]] = {
    "the wrong sign": (Prices, "_side", wrong_sign, pools_hold, {}),
    "a range one unit too far": (TightFlow, "most", one_unit_far, pools_hold, {}),
    "a run one unit too far": (Network, "run", one_unit_far, limits_hold, {"authority": None}),
    "nothing protected": (found_prices, "network_of", unprotected, pools_hold, {}),
    "the dual of the solver": (sensitivity, "prices_of", of_the_solver, pools_hold, {}),
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place, name, change, law, drawn = BUGS[bug]
    plant(monkeypatch, place, name, change)
    assert bites(law, settings_of(**drawn))
