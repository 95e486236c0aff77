"""networkx: one network simplex in Python integers, every tier a digit of the same price."""

from __future__ import annotations

from collections.abc import Sequence

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from peers.network import network
from phanbo.program import LinearProgram, TierCosts

__all__ = ["packed", "solve"]


def packed(program: LinearProgram, tiers: Sequence[TierCosts]) -> list[int]:
    """Return one price a column in whose order the tiers come first to last.

    A unit of a tier weighs more than all that the later tiers together can differ by.
    """
    price, weight = [0] * program.columns, 1
    for tier in reversed(tiers):
        price = [total + weight * cost for total, cost in zip(price, tier.cost.tolist(), strict=True)]
        weight *= 1 + int(np.abs(tier.cost) @ program.upper)
    return price


def solve(program: LinearProgram, tiers: Sequence[TierCosts]) -> NDArray[np.float64]:
    """Solve the circulation by network simplex."""
    arcs, prices = network(program), packed(program, tiers)
    graph = nx.MultiDiGraph()
    for node, supply in enumerate(arcs.supply.tolist()):
        graph.add_node(node, demand=-supply)
    ends = zip(arcs.tail.tolist(), arcs.head.tolist(), arcs.capacity.tolist(), strict=True)
    for key, (tail, head, capacity) in enumerate(ends):
        price = prices[key] if key < program.columns else 0
        graph.add_edge(tail, head, key=key, capacity=capacity, weight=price)
    _, flow = nx.network_simplex(graph)
    x = np.zeros(arcs.tail.size)
    for heads in flow.values():
        for keys in heads.values():
            for key, units in keys.items():
                x[key] = units
    return x[: program.columns]
