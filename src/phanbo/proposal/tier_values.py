"""The value of every tier for any plan of the round, the full one or a prefix."""

from __future__ import annotations

import numpy as np

from phanbo.case import Case
from phanbo.grouping import exact_dot, sum_by
from phanbo.money import Ints
from phanbo.program import Block, LinearProgram
from phanbo.rules.walls import duty

__all__ = ["MEASURES", "shown", "values_of"]

MONEY_UP = ("pinned", "obligations", "return", "key")
MONEY_DOWN = ("protect", "protect_late", "authority")
MEASURES = {"disbursement": "đồng × K", "worst_first": "‰ × đơn vị", "canonical": "hạng × đơn vị"}
"""What the value of a tier is counted in; the others are đồng."""


def values_of(program: LinearProgram, case: Case, cut: Ints, add: Ints) -> dict[str, int]:
    """Return the cost of each tier for changes in đồng, the segments of a line filled from the plan outwards."""
    unit = case.policy.unit
    x = np.zeros(program.columns, dtype=np.int64)
    for block, change in ((Block.CUT, cut), (Block.ADD, add)):
        here = np.flatnonzero(program.block == block)
        line, width = program.item[here], program.upper[here]
        running = np.cumsum(width) - width
        new = np.ones(here.size, dtype=bool)
        new[1:] = line[1:] != line[:-1]
        first = np.flatnonzero(new)
        offset = np.repeat(running[first], np.diff(np.append(first, here.size)))
        x[here] = np.clip(change[line] // unit - (running - offset), 0, width)
    net = sum_by(case.pools.leaf, add - cut, len(case.pools.leaf_owner)) // unit
    kept = (duty(case) - case.pool_sum(add - cut)) // unit
    for block, amount in ((Block.IN, net), (Block.OUT, -net), (Block.RESERVE, kept)):
        here = np.flatnonzero(program.block == block)
        x[here] = np.maximum(0, amount[program.item[here]])
    return {tier.name: exact_dot(tier.cost, x) for tier in program.tiers}


def shown(name: str, cost: int, unit: int) -> int:
    """Return a tier's value as a reader expects it: large where it is to be large, money in đồng."""
    if name in MONEY_UP or name.startswith("priority[") or name == "disbursement":
        return -cost * unit
    if name in MONEY_DOWN:
        return cost * unit
    return -cost if name == "worst_first" else cost
