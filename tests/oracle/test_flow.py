"""NetworkX sees the same flows: what is cut, added and transferred is a feasible flow, no larger than it must be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
from hypothesis import given

from checks import of_transfers
from strategies import settings_of

if TYPE_CHECKING:
    from held_round import Setting
    from phanbo.case import Case, Changes
    from phanbo.proposal import Proposal


def demands(case: Case, plan: Changes, returned: dict[str, int]) -> nx.DiGraph:
    """Return line → owner → pool → owner → line, what each line gives or takes as its demand."""
    graph, pools = nx.DiGraph(), case.pools
    for i, line in enumerate(case.portfolio.text("line_id").tolist()):
        leaf = int(pools.leaf[i])
        graph.add_node(("line", line), demand=int(plan.add[i] - plan.cut[i]))
        graph.add_edge(("line", line), ("leaf", leaf), weight=0)
        graph.add_edge(("leaf", leaf), ("line", line), weight=0)
    for leaf, (pool, owner) in enumerate(zip(pools.leaf_pool.tolist(), pools.leaf_owner, strict=True)):
        line = int(np.flatnonzero(pools.leaf == leaf)[0])
        graph.add_edge(("leaf", leaf), ("pool", pool), weight=0)
        if case.assessment.may_import[line]:
            graph.add_edge(("pool", pool), ("leaf", leaf), weight=1)
        graph.nodes["leaf", leaf]["owner"] = owner
    for pool, name in enumerate(pools.names):
        unit = case.policy.unit
        short = max(0, -(int(pools.inflow[pool]) // unit * unit))
        graph.add_node(("pool", pool), demand=short + returned.get(name, 0))
    return graph


def imported(proposal: Proposal) -> int:
    """Return what crosses from an owner to another, by the transfers."""
    owner = dict(zip(proposal.lines["line_id"], proposal.lines["owner"], strict=True))
    rows = proposal.transfers.to_dict("records")
    return sum(
        r["amount"]
        for r in rows
        if r["to_line"] in owner and owner.get(r["from_line"]) != owner[r["to_line"]]
    )


@given(setting=settings_of())
def test_the_plan_is_a_flow_and_its_crossings_are_the_fewest(setting: Setting) -> None:
    proposal = setting.propose()
    case = proposal.case
    assert case is not None
    returned = dict(zip(proposal.pools["pool"], proposal.pools["returned"].tolist(), strict=True))
    graph = demands(case, of_transfers(proposal), returned)
    cost, _ = nx.network_simplex(graph)
    assert cost == imported(proposal)


@given(setting=settings_of())
def test_a_pool_has_fewer_transfers_than_givers_and_takers(setting: Setting) -> None:
    moves = setting.propose().transfers
    for _, rows in moves.groupby("pool"):
        takers = {(row["to_line"], row["priority"]) for row in rows.to_dict("records")}
        claims = 2 if "arrears" in setting.lines or "prior_advance" in setting.lines else 1
        lines = len(takers) * claims
        assert len(rows) <= rows["from_line"].nunique() + lines - 1
        assert (rows["amount"] > 0).all()


@given(setting=settings_of())
def test_the_network_of_a_proposal_balances(setting: Setting) -> None:
    proposal = setting.propose()
    graph = proposal.network()
    for node in graph:
        net = sum(f for *_, f in graph.in_edges(node, data="flow")) - sum(
            f for *_, f in graph.out_edges(node, data="flow")
        )
        if node[0] in ("pool", "owner"):
            assert net == 0, node
    sent = sum(f for (a, *_), _, f in graph.edges(data="flow") if a == "line")
    assert sent == proposal.summary["cut"]
