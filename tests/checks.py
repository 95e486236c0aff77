"""The laws of a round as functions: each raises `AssertionError` where its law does not hold."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from phanbo.bounds import make_bounds
from phanbo.case import Changes
from phanbo.certificate import check_changes
from phanbo.money import LIMIT
from phanbo.rules.walls import duty

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phanbo.bounds import Bounds
    from phanbo.case import Case
    from phanbo.money import Bools, Ints
    from phanbo.proposal import Proposal
    from phanbo.rulebook import Rulebook
    from phanbo.rules.base import GroupRows, Rule

LARGE = 10**12
"""More than any amount of a drawn round, in đồng."""


def broken(rule: Rule, case: Case, cut: Ints, add: Ints, *, alone: bool = False) -> Bools:
    """Return the lines on which a plan breaks a rule."""
    return np.asarray(rule.violations(case, Changes(cut, add), alone=alone) > 0)


# -- a rule has two faces --------------------------------------------------------------------------------


def bounds_agree(case: Case, rule: Rule) -> None:
    """A line alone keeps the rule up to the bound the rule states, to the đồng, and breaks it one đồng over."""
    limits, none = rule.limits(case), np.zeros(len(case), dtype=np.int64)
    alone = None if limits.groups is None else limits.groups.alone
    add = limits.add if alone is None else alone if limits.add is None else np.minimum(limits.add, alone)
    for side, bound in (("cut", limits.cut), ("add", add)):
        stated = np.full(len(case), LIMIT) if bound is None else np.maximum(0, bound)
        held = stated < LARGE
        for off in (-1, 0, 1, case.policy.unit):
            amount = np.where(held, np.maximum(0, stated + off), LARGE)
            plan = (amount, none) if side == "cut" else (none, amount)
            found = broken(rule, case, *plan, alone=True)
            assert found.tolist() == (held & (off > 0)).tolist(), (
                rule.code,
                side,
                off,
                stated.tolist(),
                found.tolist(),
            )


def groups_agree(case: Case, rule: Rule) -> None:
    """The lines of a group together keep its headroom to the đồng, however it is shared out."""
    limits = rule.limits(case)
    if limits.groups is None:
        return
    open_ = np.full(len(case), LIMIT) if limits.add is None else limits.add
    for g in np.unique(limits.groups.group[limits.groups.group >= 0]).tolist():
        members = np.flatnonzero((limits.groups.group == g) & (open_ >= LARGE))
        room = int(limits.groups.headroom[g])
        for line in members.tolist():
            _group_edge(case, rule, members, line, min(room, LARGE))


def _group_edge(case: Case, rule: Rule, members: Ints, line: int, room: int) -> None:
    none = np.zeros(len(case), dtype=np.int64)
    for total in (room, room + 1):
        share = np.zeros_like(none)
        share[members] = total // (members.size + 1)
        share[line] += total - int(share.sum())
        found = broken(rule, case, none, share)
        over = total > room and room < LARGE
        assert found.tolist() == (over & (share > 0)).tolist(), (rule.code, room, total, share.tolist())


def closed_leaves_agree(case: Case, rule: Rule) -> None:
    """A leaf is closed where bringing one unit in from another leaf of its pool breaks the rule."""
    limits, pools = rule.limits(case), case.pools
    closed = np.zeros(len(pools.leaf_owner), dtype=bool) if limits.closed is None else limits.closed
    for leaf, pool in enumerate(pools.leaf_pool.tolist()):
        here = np.flatnonzero(pools.leaf == leaf)
        others = np.flatnonzero((pools.pool == pool) & (pools.leaf != leaf))
        if not others.size:
            continue
        cut, add = np.zeros(len(case), dtype=np.int64), np.zeros(len(case), dtype=np.int64)
        cut[others[0]] = add[here[-1]] = case.policy.unit
        barred = bool(limits.add is not None and limits.add[here[-1]] <= 0)
        barred |= bool(
            limits.cut is not None and limits.cut[others[0]] <= 0 and not case.pools.shrinking[pool]
        )
        found = bool(broken(rule, case, cut, add)[here[-1]])
        if rule.code in ("owner-import", "authority") and not barred:
            assert found == bool(closed[leaf]), (rule.code, pools.leaf_owner[leaf], closed.tolist())


def faces_agree(case: Case, rulebook: Rulebook) -> None:
    """Rows ⇔ violations, for every rule of a rulebook."""
    for rule in rulebook.rules:
        bounds_agree(case, rule)
        groups_agree(case, rule)
        closed_leaves_agree(case, rule)


# -- a proposal ------------------------------------------------------------------------------------------


def of_transfers(proposal: Proposal, chosen: Iterable[int] | None = None) -> Changes:
    """Return the cuts and adds of some transfers, read from their frame (all unless *chosen*)."""
    case, frame = proposal.case, proposal.transfers
    assert case is not None
    place = {line: k for k, line in enumerate(case.portfolio.text("line_id").tolist())}
    cut, add = np.zeros(len(case), dtype=np.int64), np.zeros(len(case), dtype=np.int64)
    for k in range(len(frame)) if chosen is None else chosen:
        row = frame.iloc[k]
        for side, name in ((cut, row["from_line"]), (add, row["to_line"])):
            if name in place:
                side[place[name]] += int(row["amount"])
    return Changes(cut, add)


def balanced(case: Case, plan: Changes) -> None:
    """Every pool keeps its total to the đồng: what leaves its lines is what its duty asks, or is returned."""
    for p in range(len(case.pools.names)):
        lines = np.flatnonzero(case.pools.pool == p)
        left = int(plan.cut[lines].sum()) - int(plan.add[lines].sum()) + int(case.pools.inflow[p])
        unit = case.policy.unit
        if case.policy.return_unplaced:
            assert left >= 0
        elif case.pools.inflow[p] > 0:
            assert 0 <= left <= case.pools.inflow[p]
        else:
            assert 0 <= left < unit, "a shortfall is met, rounded up to a whole unit"


def legal(proposal: Proposal, chosen: Iterable[int] | None = None) -> None:
    """Some transfers, with all of rank 0, make a plan that balances and breaks no rule."""
    assert proposal.case is not None
    assert proposal.rulebook is not None
    plan = of_transfers(proposal, chosen)
    balanced(proposal.case, plan)
    assert check_changes(proposal.case, proposal.rulebook, plan) == []
    for rule in proposal.rulebook.rules:
        excess = broken(rule, proposal.case, plan.cut, plan.add)
        forced = proposal.case.shrinking & (plan.cut > 0)
        assert not (excess & ~forced).any(), rule.code
        assert not (rule.when_forced and excess.any()), rule.code


def mandatory(proposal: Proposal) -> list[int]:
    """Return the positions of the transfers of rank 0."""
    return np.flatnonzero(proposal.transfers["rank"] == 0).tolist()


def harmless(proposal: Proposal, chosen: Iterable[int] | None = None) -> None:
    """Return nothing; ``Σ g(x) − Σ g(P) ≥ r·Σ add − (1 − d)·Σ cut``, in exact fractions on the stored outlook.

    Lines that a shortfall cuts below their surplus are outside the theorem; the others are inside it.
    """
    case, plan = proposal.case, of_transfers(proposal, chosen)
    assert case is not None
    bound = proposal.lines["cut_bound"].to_numpy()
    points, d, r = case.outlook.points.tolist(), case.policy.d, case.policy.r
    gained, promised = Fraction(0), Fraction(0)
    for i in np.flatnonzero((plan.cut <= bound) & (plan.cut + plan.add > 0)).tolist():
        before, cut, add = int(case.plan[i]), int(plan.cut[i]), int(plan.add[i])
        after = before - cut + add
        gained += Fraction(sum(min(after, y) - min(before, y) for y in points[i]), len(points[i]))
        promised += r * add - (1 - d) * cut
    assert gained >= promised


def network_rows_hold(case: Case, rulebook: Rulebook, plan: Changes) -> None:
    """The bounds, the closed leaves and the group rows of the rulebook hold on a plan."""
    bounds: Bounds = make_bounds(case, rulebook)
    assert (plan.cut <= np.maximum(bounds.cut, bounds.forced)).all()
    assert (plan.add <= bounds.add).all()
    for leaf in np.flatnonzero(bounds.closed).tolist():
        here = case.pools.leaf == leaf
        assert int(plan.add[here].sum()) <= int(plan.cut[here].sum())
    for _, rows in bounds.groups:
        _headroom_holds(rows, plan)
    assert (duty(case) + case.pool_sum(plan.cut - plan.add) >= 0).all()


def _headroom_holds(rows: GroupRows, plan: Changes) -> None:
    for g, room in enumerate(rows.headroom.tolist()):
        assert int(plan.add[rows.group == g].sum()) <= room
