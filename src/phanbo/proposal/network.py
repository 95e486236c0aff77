"""The flows of a proposal as a graph: reserve, pools, owners, lines (*model* §3, §5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import networkx as nx

    from phanbo.proposal import Proposal

__all__ = ["network"]

OUTSIDE = ("reserve", "shortfall", "inflow")


def network(proposal: Proposal) -> nx.DiGraph:
    """Return the directed graph of a proposal; edge attribute ``flow`` in đồng.

    Nodes are ``("line", id)``, ``("owner", pool, owner)``, ``("pool", pool)`` and ``("reserve", pool)``,
    ``("shortfall", pool)``, ``("inflow", pool)``. Every owner and pool balances.
    """
    import networkx as nx

    graph = nx.DiGraph()
    lines = proposal.frames["lines"]
    net: dict[tuple[str, str], int] = {}
    for row in lines[(lines["cut"] > 0) | (lines["add"] > 0)].to_dict("records"):
        owner, line, change = (
            ("owner", row["pool"], row["owner"]),
            ("line", row["line_id"]),
            row["add"] - row["cut"],
        )
        start, end = (owner, line) if change > 0 else (line, owner)
        _flow(graph, start, end, abs(change))
        net[row["pool"], row["owner"]] = net.get((row["pool"], row["owner"]), 0) + change
    for (pool, who), change in net.items():
        owner, root = ("owner", pool, who), ("pool", pool)
        if change:
            start, end = (root, owner) if change > 0 else (owner, root)
            _flow(graph, start, end, abs(change))
    for row in proposal.frames["transfers"].to_dict("records"):
        root = ("pool", row["pool"])
        for kind in OUTSIDE:
            place, name = (kind, row["pool"]), f"{kind}:{row['pool']}"
            if row["from_line"] == name:
                _flow(graph, place, root, row["amount"])
            if row["to_line"] == name:
                _flow(graph, root, place, row["amount"])
    return graph


def _flow(graph: nx.DiGraph, start: tuple[Any, ...], end: tuple[Any, ...], amount: int) -> None:
    for node in (start, end):
        graph.add_node(node, kind=node[0])
    held = graph.get_edge_data(start, end, {"flow": 0})["flow"]
    graph.add_edge(start, end, flow=held + int(amount))
