"""What an analyst writes first: a variable for every pair of a line that can give and one that can receive, in PuLP.

A pair exists where both lines are of one pool and the money stays with its owner, or the receiver's owner may
import. A line's total is a sum of segments, each up to its width, because the next đồng is worth less than the
last: the plan of one tier needs no binary variable for that. Ceilings are sums of what lines receive.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import pulp
from numpy.typing import NDArray

from peers.network import places
from phanbo.money import Ints
from phanbo.program import Block, LinearProgram, TierCosts

__all__ = ["pairs", "solve"]


def pairs(program: LinearProgram) -> list[tuple[int, int]]:
    """Return (giving line, receiving line) wherever money may move."""
    givers, receivers = _lines(program, Block.CUT), _lines(program, Block.ADD)
    if (program.block == Block.RESERVE).any() or program.row_lower.any():
        raise ValueError("money that comes in or leaves a pool is not stated in pairs")
    where = places(program)
    open_leaves = set(where.leaf[program.block == Block.IN].tolist())
    by_pool: dict[int, list[int]] = defaultdict(list)
    for line, leaf in receivers.items():
        by_pool[int(where.pool_of_leaf[leaf])].append(line)
    return [
        (giver, line)
        for giver, leaf in givers.items()
        for line in by_pool[int(where.pool_of_leaf[leaf])]
        if receivers[line] == leaf or receivers[line] in open_leaves
    ]


def solve(program: LinearProgram, tiers: Sequence[TierCosts], solver: str = "HiGHS") -> NDArray[np.float64]:
    """Solve the tiers, each kept by a row."""
    problem = pulp.LpProblem("pairs", pulp.LpMinimize)
    move = {(i, j): problem.add_variable(f"move_{i}_{j}", 0) for i, j in pairs(program)}
    segments = np.flatnonzero(np.isin(program.block, (Block.CUT, Block.ADD))).tolist()
    part = {k: problem.add_variable(f"segment_{k}", 0, int(program.upper[k])) for k in segments}
    given: dict[int, list[Any]] = defaultdict(list)
    received: dict[int, list[Any]] = defaultdict(list)
    for (i, j), amount in move.items():
        given[i].append(amount)
        received[j].append(amount)
    for block, sums in ((Block.CUT, given), (Block.ADD, received)):
        of_line: dict[int, list[Any]] = defaultdict(list)
        for k in np.flatnonzero(program.block == block).tolist():
            of_line[int(program.item[k])].append(part[k])
        for line, parts in of_line.items():
            problem += pulp.lpSum(sums[line]) == pulp.lpSum(parts)
    for row in places(program).groups.tolist():
        members = program.column[program.row == row].tolist()
        problem += pulp.lpSum(part[k] for k in members) <= int(program.row_upper[row])
    crossing = _crossing(program, list(move))
    for tier in tiers:
        price = {pair: _crossing_price(program, tier) for pair in crossing}
        cost = pulp.lpSum(int(tier.cost[k]) * part[k] for k in segments if tier.cost[k])
        cost += pulp.lpSum(price[pair] * move[pair] for pair in crossing if price[pair])
        if not cost:  # nobody has a column in this tier
            continue
        problem.setObjective(cost)
        problem.solve(_solver(solver))
        if len(tiers) > 1:
            problem += cost <= round(pulp.value(cost))
    return _columns(program, part, {pair: move[pair] for pair in crossing})


def _lines(program: LinearProgram, block: Block) -> dict[int, int]:
    """Return the leaf of every line with a column of this kind."""
    here = program.block == block
    return dict(zip(program.item[here].tolist(), places(program).leaf[here].tolist(), strict=True))


def _crossing(program: LinearProgram, every: list[tuple[int, int]]) -> dict[tuple[int, int], tuple[int, int]]:
    """Return the pairs between owners, with the leaves of both ends."""
    givers, receivers = _lines(program, Block.CUT), _lines(program, Block.ADD)
    return {(i, j): (givers[i], receivers[j]) for i, j in every if givers[i] != receivers[j]}


def _crossing_price(program: LinearProgram, tier: TierCosts) -> int:
    """Return what a unit costs that leaves one owner and enters another: the same everywhere."""
    into, out = (np.unique(tier.cost[program.block == block]) for block in (Block.IN, Block.OUT))
    if into.size > 1 or out.size > 1:
        raise ValueError(f"crossings have different prices in tier {tier.name}")
    return int(into.sum() + out.sum())


def _solver(name: str) -> Any:  # noqa: ANN401 — PuLP 3 has no types
    if name == "HiGHS":
        return pulp.HiGHS(msg=False, threads=1)
    bundled = getattr(pulp, "PULP_CBC_CMD", None)  # PuLP 3; PuLP 4 looks for a cbc on the machine
    return (bundled or pulp.COIN_CMD)(msg=False, threads=1)


def _columns(program: LinearProgram, part: dict[int, Any], crossing: dict[Any, Any]) -> NDArray[np.float64]:
    """Return the answer as columns of the program: crossings are what enters and leaves a leaf."""
    x = np.zeros(program.columns)
    for k, variable in part.items():
        x[k] = variable.value() or 0.0
    into, out = np.zeros(program.rows), np.zeros(program.rows)
    ends = _crossing(program, list(crossing))
    for pair, (origin, target) in ends.items():
        units = crossing[pair].value() or 0.0
        out[origin] += units
        into[target] += units
    leaf: Ints = places(program).leaf
    for block, units in ((Block.IN, into), (Block.OUT, out)):
        here = program.block == block
        x[here] = units[leaf[here]]
    return x
