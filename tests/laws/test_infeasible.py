"""A round without a plan says what contradicts what, with nothing to spare, and the least that would help.

The demands are judged by a program of the tests' own, stated from the told entries alone; the least relaxation by
listing every plan that law allows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pulp
from brute_force import Oracle
from hypothesis import assume, target
from hypothesis import strategies as st

import phanbo as pb
from checks import harmless, legal, mandatory
from few import given
from held_round import LOCAL, LOTTERY, RULEBOOK, Setting
from phanbo.bounds import bound_of, make_bounds
from phanbo.case import Changes
from phanbo.infeasible.conflict import irreducible, named_by_highs
from phanbo.infeasible.demands import Demands
from phanbo.infeasible.relaxation import tight_pools
from phanbo.rules.asked import AskedLimits
from phanbo.solver.feasibility import feasible
from strategies import pinned, settings_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phanbo.case import Case

MILLION = 1_000_000


# -- the judge --------------------------------------------------------------------------------------------


class Judge:
    """Whether some told demands can be met together: a program stated from the entries and the tables."""

    def __init__(self, case: Case, book: pb.Rulebook) -> None:
        self.case, self.book, self.unit = case, book, case.policy.unit
        self.ids = case.portfolio.text("line_id").tolist()

    def can(self, entries: Sequence[dict[str, Any]]) -> bool:
        """Return whether a plan meets every entry."""
        case, n = self.case, range(len(self.case))
        model = pulp.LpProblem("judge", pulp.LpMinimize)
        plan = (case.plan // self.unit).tolist()
        self.spare, self.beyond, self.add = (
            [model.add_variable(f"{name}{i:03d}", 0, None, pulp.LpInteger) for i in n]
            for name in ("c", "b", "a")
        )
        for i in n:
            model.addConstraint(self.spare[i] + self.beyond[i] <= plan[i])
            if not case.shrinking[i]:
                model.addConstraint(self.beyond[i] <= 0)
        for entry in entries:
            for left, sense, right in self._stated(entry):
                model.addConstraint(left <= right if sense < 0 else left >= right)
        model.setObjective(pulp.lpSum([]))
        model.solve(pulp.HiGHS(msg=False))
        return str(model.solverModel.getModelStatus()).endswith("kOptimal")

    def _net(self, lines: Any) -> Any:
        return pulp.lpSum(
            self.spare[i] + self.beyond[i] - self.add[i] for i in np.flatnonzero(lines).tolist()
        )

    def _stated(self, entry: dict[str, Any]) -> list[tuple[Any, int, int]]:
        case, pools, unit = self.case, self.case.pools, self.unit
        amount = entry["amount"] // unit
        pool = pools.names.index(entry["pool"])
        lines = [self.ids.index(line) for line in entry["lines"]]
        kind, rule = entry["kind"], entry["rule"]
        if kind == "duty":
            return [(self._net(pools.pool == pool), 1, amount)]
        if kind == "pin":
            (i,) = lines
            up, down = self.add[i], self.spare[i] + self.beyond[i]
            this, other = (up, down) if entry["side"] == "add" else (down, up)
            return [(this, 1, amount), (other, -1, 0)]
        if kind == "ceiling":
            return [(pulp.lpSum(self.add[i] for i in lines), -1, amount)]
        if kind == "bound":
            return [held for i in lines for held in self._bound(entry, i)]
        if rule == "pool-balance":
            inflow = int(pools.inflow[pool] // unit)
            hands = case.policy.authority
            at_hand = hands is None or {pools.within[pool], pools.between[pool]} <= set(hands)
            net = self._net(pools.pool == pool)
            low = [(net, 1, min(0, -inflow))]
            returns = case.policy.return_unplaced and at_hand
            return low if returns else [*low, (net, -1, max(0, -inflow))]
        if rule == "revenue-shortfall":
            late = [self.beyond[i] for i in lines if not case.late[i]]
            every = [self.beyond[i] for i in lines]
            return [(pulp.lpSum(every), -1, amount), (pulp.lpSum(late), -1, entry["not_late"] // unit)]
        owner = [
            o == entry["owner"] and p == pool for o, p in zip(pools.leaf_owner, pools.leaf_pool, strict=True)
        ]
        return [(-self._net(np.array(owner)[pools.leaf]), -1, 0)]

    def _bound(self, entry: dict[str, Any], i: int) -> list[tuple[Any, int, int]]:
        rule = self.book.rule(entry["rule"])
        bound = bound_of(replace(rule.limits(self.case), groups=None), entry["side"])
        assert bound is not None
        most = max(0, int(bound[i])) // self.unit
        if entry["side"] == "add":
            return [(self.add[i], -1, most)]
        both = [(self.spare[i] + self.beyond[i], -1, most)] if rule.when_forced else []
        return [(self.spare[i], -1, most), *both]


def is_irreducible(case: Case, book: pb.Rulebook, conflict: Sequence[dict[str, Any]]) -> None:
    """No set can be met; without any one of its members it can."""
    judge = Judge(case, book)
    assert conflict
    for number in {entry["set"] for entry in conflict}:
        members = [entry for entry in conflict if entry["set"] == number]
        assert not judge.can(members), "the told conflict is none"
        for k in range(len(members)):
            assert judge.can(members[:k] + members[k + 1 :]), (k, members[k])


# -- rounds -----------------------------------------------------------------------------------------------


def shrunk(data: st.DataObject, setting: Setting) -> Setting:
    """Return the round with sources that fall short, perhaps by more than they can."""
    lines = setting.lines
    rows = []
    for source in (LOCAL, LOTTERY):
        here = lines[(lines["source"] == source) & (lines["plan_year"] == 2024)]
        if len(here):
            units = int(here["plan"].sum()) // setting.policy.unit
            rows.append((source, -data.draw(st.integers(0, units)) * setting.policy.unit))
    return replace(setting, sources=pd.DataFrame(rows, columns=["source", "inflow"])) if rows else setting


def failure(setting: Setting, **more: Any) -> pb.InfeasibleRound | None:
    """Return the error of a round without a plan; ``None`` for one that has a verified plan with every change asked for."""
    try:
        proposal = setting.propose(**more)
    except pb.InfeasibleRound as error:
        return error
    assert proposal.verify().ok
    lines = proposal.lines.set_index("line_id")
    for line, pin in dict(setting.policy.pins).items():
        assert int(lines["add" if pin > 0 else "cut"][line]) >= abs(pin)
    legal(proposal)
    return None


def asked(data: st.DataObject, setting: Setting) -> pb.Rulebook:
    """Return the rulebook, perhaps with limits on some lines."""
    ids = setting.portfolio.text("line_id").tolist()
    caps = st.dictionaries(
        st.sampled_from(ids), st.integers(0, 2).map(lambda k: k * setting.policy.unit), max_size=2
    )
    rule = AskedLimits(data.draw(caps), data.draw(caps))
    return RULEBOOK.with_rule(rule) if rule.most_cut or rule.most_add else RULEBOOK


def drawn(data: st.DataObject, setting: Setting) -> tuple[Setting, pb.Rulebook]:
    """Return a round that may well have no plan: pins, limits, sources that fall short."""
    if data.draw(st.booleans()):
        setting = shrunk(data, setting)
    if data.draw(st.booleans()) or setting.sources is None:
        setting = pinned(data, setting)
    return setting, asked(data, setting)


# -- laws -------------------------------------------------------------------------------------------------


@given(setting=settings_of(), data=st.data())
def test_the_conflict_is_irreducible_and_the_relaxation_is_enough(
    setting: Setting, data: st.DataObject
) -> None:
    setting, book = drawn(data, setting)
    error = failure(setting, rulebook=book)
    assume(error is not None)
    assert error is not None
    is_irreducible(setting.case(book), book, error.conflict)
    by_law = any(
        all(not e["granted_by"] for e in error.conflict if e["set"] == number)
        for number in {e["set"] for e in error.conflict}
    )
    assert bool(error.relaxation) != by_law, "no relaxation just where law alone contradicts itself"
    target(float(len(error.conflict)))
    if not error.relaxation:
        return
    wider, policy = book.granting(error.relaxation), setting.policy.granting(error.relaxation)
    granted = replace(setting, policy=policy)
    assert failure(granted, rulebook=wider) is None
    keeps_the_law(granted, wider)


def keeps_the_law(setting: Setting, book: pb.Rulebook) -> None:
    """What was granted is used where nothing else would do; every rule of law holds."""
    proposal = setting.propose(rulebook=book)
    case = proposal.case
    assert case is not None
    plan = Changes(proposal.lines["cut"].to_numpy(), proposal.lines["add"].to_numpy())
    for rule in RULEBOOK.rules:
        if not rule.granted_by and rule.code != "owner-import":
            broken = np.asarray(rule.violations(case, plan)) > 0
            free = case.shrinking & (plan.cut > 0)
            assert not (broken & ~free).any(), rule.code
            assert not (rule.when_forced and broken.any()), rule.code


@given(setting=settings_of(most=4, min_move=0), data=st.data())
def test_no_smaller_relaxation_is_enough(setting: Setting, data: st.DataObject) -> None:
    setting, book = drawn(data, setting)
    case = setting.case(book)
    bounds = make_bounds(case, book)
    error = failure(setting, rulebook=book)
    assume(error is not None)
    assert error is not None
    least = least_by_listing(case, book)
    assume(least != "many")
    total = sum(entry["by"] for entry in error.relaxation) // case.policy.unit
    told = total if error.relaxation else None
    if (
        told is not None
        and isinstance(least, int)
        and (case.pins < 0)[tight_pools(case, bounds)[case.pools.pool]].any()
    ):
        # Which lines a pool is cut beyond its surplus is not for the reviewers to ask: a pin may have to go all the same.
        assert told >= least
    else:
        assert told == least


def least_by_listing(case: Case, book: pb.Rulebook) -> int | str | None:
    """Return the least total over every plan that law alone allows, in units; ``None`` where there is none."""
    strict = replace(book, rules=tuple(rule for rule in book.rules if not rule.granted_by))
    closed = case.under(replace(case.policy, authority=None))
    if case.policy.authority is not None and case.policy.return_unplaced:
        return "many"  # whether a surplus may be returned hangs on the authority too
    oracle = Oracle(closed, strict)
    if not oracle.is_small:
        return "many"
    x, unit, bounds = oracle.plans(), case.policy.unit, make_bounds(case, book)
    cut, add, pins = np.maximum(0, -x), np.maximum(0, x), case.pins // unit
    tight = tight_pools(case, bounds)[case.pools.pool]
    # A line is never opened to both sides; beyond its surplus a pool is cut only where it must.
    ok = ((cut <= bounds.cut // unit) | (bounds.add == 0) & (pins <= 0) | tight).all(axis=1)
    ok &= ((add <= bounds.add // unit) | (bounds.cut == 0) & (pins >= 0)).all(axis=1)
    ok &= ((cut <= np.array(oracle.give)) | tight).all(axis=1)
    ok &= (add[:, tight] == 0).all(axis=1)
    if not ok.any():
        return None
    cost = np.maximum(0, np.maximum(0, pins) - add).sum(axis=1)
    cost += np.maximum(0, np.maximum(0, -pins) - cut).sum(axis=1)
    leaves = range(len(case.pools.leaf_owner))
    into = np.stack([np.maximum(0, x[:, case.pools.leaf == v].sum(axis=1)) for v in leaves], axis=1)
    for rule in book.rules:
        if not rule.granted_by:
            continue
        limits = rule.limits(case)
        for side, name in ((cut, "cut"), (add, "add")):
            bound = bound_of(limits, name)
            if bound is not None:
                counted = np.maximum(0, side - np.maximum(0, bound) // unit)
                counted[:, tight & (name == "cut") & (not rule.when_forced)] = 0
                cost += counted.sum(axis=1)
        if limits.closed is not None:
            cost += into[:, limits.closed].sum(axis=1)
    return int(cost[ok].min())


@given(setting=settings_of(), data=st.data())
def test_highs_and_the_deletion_filter_agree_that_there_is_a_conflict(
    setting: Setting, data: st.DataObject
) -> None:
    """What HiGHS names is a conflict; the filter by itself, from all demands, finds an irreducible one too."""
    setting, book = drawn(data, setting)
    case = setting.case(book)
    bounds = make_bounds(case, book)
    demands = Demands(case, bounds, np.arange(len(case.pools.names)))
    assume(not feasible(demands.together(demands.all)))
    named = named_by_highs(demands, demands.all)
    assert not feasible(demands.together(named))
    for start in (named, list(demands.all)):
        found = irreducible(start, lambda some: not feasible(demands.together(some)))
        assert not feasible(demands.together(found))
        for k in range(len(found)):
            assert feasible(demands.together(found[:k] + found[k + 1 :]))


def within(data: st.DataObject, setting: Setting) -> Setting:
    """Draw changes asked of one to three lines, within the bounds of each by itself where any can move."""
    lines, unit = setting.propose().lines, setting.policy.unit
    most = dict(zip(lines["line_id"], (lines["add_bound"] - lines["cut_bound"]) // unit, strict=True))
    able = sorted(line for line, units in most.items() if units)
    if not able:
        return pinned(data, setting)
    chosen = data.draw(st.sets(st.sampled_from(able), min_size=1, max_size=3))
    drawn = {line: data.draw(st.integers(1, abs(int(most[line])))) for line in sorted(chosen)}
    return setting.with_policy(pins={line: (k if most[line] > 0 else -k) * unit for line, k in drawn.items()})


@given(setting=settings_of(), data=st.data())
def test_every_part_of_a_proposal_with_pins_is_legal_and_harmless(
    setting: Setting, data: st.DataObject
) -> None:
    """A pin is a wish about the full round: a part may make less of it, and is legal all the same."""
    setting = within(data, setting)
    try:
        proposal = setting.propose()
    except pb.InfeasibleRound as error:
        setting = replace(setting, policy=setting.policy.granting(error.relaxation))
        proposal = setting.propose(rulebook=RULEBOOK.granting(error.relaxation))
    count = len(proposal.transfers)
    chosen = data.draw(st.sets(st.sampled_from(range(count)))) if count else set()
    part = sorted(chosen | set(mandatory(proposal)))
    legal(proposal, part)
    if proposal.rulebook == RULEBOOK:
        harmless(proposal, part)
    k = data.draw(st.integers(0, count))
    assert proposal.head(k).verify().ok
    least = setting.policy.min_move
    small = proposal.lines[(proposal.lines["cut"] + proposal.lines["add"]).between(1, least - 1)]
    moves, asked_of = proposal.transfers, list(dict(setting.policy.pins))
    touching = moves[
        moves["from_line"].isin(asked_of)
        | moves["to_line"].isin(asked_of)
        | moves["to_line"].str.startswith("shortfall:")
    ]
    moved_by = set(touching["from_line"]) | set(touching["to_line"])
    assert set(small["line_id"]) <= moved_by, "only what a pin or a shortfall moves is small"
