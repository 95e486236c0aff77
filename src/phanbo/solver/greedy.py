"""The plan of a program whose groups join no leaves: two sorts, then running sums in integers.

Counted in units *taken* (a donor's cut, a receiver's need left unserved), the balance of a pool says how many units
it takes in all, and the cheapest ones are taken. A leaf's first units, as many as its receivers need, feed the leaf
itself; each one beyond leaves it. Both carry the price of their crossing, so that one order serves the whole pool.
The proof stands in ``docs/solver.md``.
"""

from __future__ import annotations

import numpy as np

from phanbo.grouping import sum_by
from phanbo.money import Ints
from phanbo.program import Block, LinearProgram, TierCosts
from phanbo.solver.lexicographic import by_group, packed, running_before, sort_fields
from phanbo.solver.solution import infeasible
from phanbo.solver.tree import Tree

__all__ = ["Greedy", "first_units"]


class Greedy:
    """The cut and add columns of a program in the order in which they are taken, for any widths.

    Attributes
    ----------
    ambiguous : bool
        Whether two lines cost the same in every tier, so that their order says nothing.
    by_leaf : int64 array
        The columns by leaf, within it the cheapest first.
    """

    def __init__(self, program: LinearProgram, tree: Tree, tiers: tuple[TierCosts, ...]) -> None:
        self.tree, m = tree, tree.moves
        self.adds = program.block[:m] == Block.ADD
        self.reserves = np.flatnonzero(tree.pool_reserve >= 0)
        self.room = program.upper[tree.pool_reserve[self.reserves]]
        self.needed = program.row_lower[tree.pool_row]  # Σ out − Σ in − reserve = −inflow
        sign = np.where(self.adds, -1, 1)
        # Along a line cuts are taken from the plan outwards, needs are left unserved from their end inwards.
        line = program.item[:m]
        place = sign * running_before(2 * line + self.adds, np.ones(m, dtype=np.int64))
        words = packed([tier.cost for tier in tiers], terms=2)
        prices = [sign * word[:m] for word in words]
        by_price, _ = sort_fields(prices, place)
        self.by_leaf = by_group(by_price, tree.leaf)
        pool = tree.leaf_pool[tree.leaf]
        self.pooled = by_group(by_price[pool[by_price] >= 0], pool)
        into, out = tree.leaf_in[tree.leaf[self.pooled]], tree.leaf_out[tree.leaf[self.pooled]]
        either = []
        for word, price in zip(words, prices, strict=True):
            cost = np.append(word, 0)  # a crossing that does not exist has no price
            inside, beyond = price[self.pooled] - cost[into], price[self.pooled] + cost[out]
            either.append(np.concatenate([inside, beyond, -word[tree.pool_reserve[self.reserves]]]))
        # A leaf that may not import must feed itself before anything else.
        optional = np.ones(2 * self.pooled.size + self.reserves.size, dtype=np.int64)
        optional[: self.pooled.size] = into >= 0
        self.pool = np.concatenate([pool[self.pooled], pool[self.pooled], self.reserves])
        none = np.zeros(self.reserves.size, dtype=np.int64)
        self.by_pool, ties = sort_fields(
            [self.pool, optional, *either], np.concatenate([place[self.pooled], place[self.pooled], none])
        )
        owner = np.concatenate([line[self.pooled], line[self.pooled], none - 1])[self.by_pool]
        self.ambiguous = bool((ties & (owner[1:] != owner[:-1])).any())

    def taken(self, width: Ints) -> tuple[Ints, Ints]:
        """Return the units taken of each cut and add column, and those not kept in each reserve.

        Raises
        ------
        InfeasibleRound
            When a pool's columns together hold fewer units than it must take.
        """
        tree, pools = self.tree, self.tree.pool_row.size
        fed = sum_by(tree.leaf[self.adds], width[self.adds], tree.leaf_row.size)
        inside = first_units(tree.leaf, self.by_leaf, width, fed)
        offered = np.concatenate([inside[self.pooled], (width - inside)[self.pooled], self.room])
        need = self.needed + sum_by(tree.leaf_pool, fed, pools)
        need[self.reserves] += self.room
        if (sum_by(self.pool, offered, pools) < need).any():
            raise infeasible()
        found = first_units(self.pool, self.by_pool, offered, need)
        size = self.pooled.size
        taken = width.copy()  # a leaf without any crossing leaves its needs unserved
        taken[self.pooled] = found[:size] + found[size : 2 * size]
        return taken, found[2 * size :]


def first_units(group: Ints, order: Ints, width: Ints, need: Ints) -> Ints:
    """Return the part of each width among the first ``need[group]`` units of its group, in an order by group."""
    w, g = width[order], group[order]
    part = np.empty_like(width)
    part[order] = np.clip(need[g] - running_before(g, w), 0, w)
    return part
