"""All that a round demands, as inequalities that can be taken away one demand at a time.

Columns, in whole units: of each line the cut within what it can spare, the cut beyond (where its pool must shrink) and
the add; of each leaf what comes in and goes out; of each pool what leaves it for good. What always holds is that leaves
and pools add up, and that no line gives more than its plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from phanbo.money import LIMIT
from phanbo.rules.walls import PoolBalance, RevenueShortfall, duty
from phanbo.solver.feasibility import Inequalities

if TYPE_CHECKING:
    from phanbo.bounds import Bounds
    from phanbo.case import Case
    from phanbo.money import Bools, Ints
    from phanbo.rules.base import Rule

__all__ = ["Demand", "Demands"]

NOBODY = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Demand:
    """One demand: a duty of a pool, a pin, a rule's bound, a ceiling over a group, or a wall.

    Attributes
    ----------
    kind : str
        ``duty``, ``pin``, ``bound``, ``ceiling`` or ``wall``.
    rule : Rule or None
        ``None`` for a pin.
    pool, leaf : int
        −1 where it is of none.
    side : str
        ``cut`` or ``add`` of bounds and pins.
    lines : int64 array
        The lines it speaks of.
    amount : int64 array or int
        What is demanded or left, in units: of each line for a bound, else of the whole.
    columns, most : int64 arrays
        ``x[columns] ≤ most``.
    rows, low, high : int64 arrays
        Rows, and the sides it gives them.
    """

    kind: str
    rule: Rule | None
    pool: int = -1
    leaf: int = -1
    side: str = ""
    lines: Ints = field(default_factory=lambda: NOBODY)
    amount: Any = 0
    columns: Ints = field(default_factory=lambda: NOBODY)
    most: Ints = field(default_factory=lambda: NOBODY)
    rows: Ints = field(default_factory=lambda: NOBODY)
    low: Any = -np.inf
    high: Any = np.inf

    @property
    def granted_by(self) -> str:
        """Who may lessen it; ``""`` for law and for what a pool owes."""
        return "reviewers" if self.rule is None else self.rule.granted_by


class Demands:
    """The demands of some pools of a round."""

    def __init__(self, case: Case, bounds: Bounds, pools: Ints, *, integer: bool = False) -> None:
        self.case, self.bounds, self.integer = case, bounds, integer
        self.unit, self.pools = case.policy.unit, pools
        inside = np.zeros(len(case.pools.names), dtype=bool)
        inside[pools] = True
        self.lines = np.flatnonzero(inside[case.pools.pool])
        self.leaves = np.flatnonzero(inside[case.pools.leaf_pool])
        self.place = np.full(len(case), -1, dtype=np.int64)
        self.place[self.lines] = np.arange(self.lines.size)
        n, v = self.lines.size, self.leaves.size
        self.spare, self.beyond, self.add = 0, n, 2 * n  # first columns of each kind
        self.into, self.out, self.net = 3 * n, 3 * n + v, 3 * n + 2 * v
        self.size = self.net + pools.size
        self.pins = case.pins[self.lines] // self.unit
        self.rules: dict[str, Rule] = {rule.code: rule for rule in bounds.rules}
        self._entries: list[tuple[Ints, Ints, Any]] = []
        self._rows = 0
        self._tree()
        self.all = tuple(self._stated())

    def together(self, kept: Iterable[Demand]) -> Inequalities:
        """Return the inequalities of some demands and of what always holds."""
        upper = self._upper.copy()
        low, high = np.full(self._rows, -np.inf), np.full(self._rows, np.inf)
        low[: self._fixed], high[: self._fixed] = 0, 0
        low[self._sums], high[self._sums] = -np.inf, self._plan
        for demand in kept:
            upper[demand.columns] = np.minimum(upper[demand.columns], demand.most)
            low[demand.rows] = np.maximum(low[demand.rows], demand.low)
            high[demand.rows] = np.minimum(high[demand.rows], demand.high)
        row, column, value = (np.concatenate(part) for part in zip(*self._entries, strict=True))
        return Inequalities(upper, self._free, row, column, value, low, high, self.integer)

    def in_the_way(self, kept: Iterable[Demand], columns: Ints, rows: Ints) -> list[Demand]:
        """Return the demands that state the least bound of some columns, or one of some rows."""
        some, lines = np.isin(np.arange(self.size), columns), np.isin(np.arange(self._rows), rows)
        system = self.together(kept := list(kept))
        found = []
        for demand in kept:
            least = some[demand.columns] & (system.upper[demand.columns] == demand.most)
            tight = lines[demand.rows] & (
                (system.row_upper[demand.rows] == demand.high) | (system.row_lower[demand.rows] == demand.low)
            )
            if least.any() or tight.any():
                found.append(demand)
        return found

    # -- what always holds ------------------------------------------------------------------------------

    @cached_property
    def _shrinking(self) -> Bools:
        return self.case.shrinking[self.lines]

    @cached_property
    def _plan(self) -> Ints:
        return self.case.plan[self.lines] // self.unit

    @cached_property
    def _upper(self) -> NDArray[np.float64]:
        """Upper bounds that no demand states."""
        beyond = np.where(self._shrinking, self._plan, 0)
        return np.concatenate([self._plan, beyond, np.full(self.size - self.add, np.inf)])

    @cached_property
    def _free(self) -> Bools:
        return np.arange(self.size) >= self.net

    def _row(self, count: int, *entries: tuple[Ints, Ints, int]) -> Ints:
        """Add some rows, from (row among them, column, value); return their numbers."""
        first = self._rows
        self._rows += count
        self._entries += [
            (first + row, column, np.full(row.size, value, dtype=np.int64)) for row, column, value in entries
        ]
        return np.arange(first, self._rows)

    def _tree(self) -> None:
        """State the leaves, the pools, and that both cuts of a line together stay within its plan."""
        n, v, every = self.lines.size, self.leaves.size, np.arange(self.lines.size)
        leaf_place = np.full(len(self.case.pools.leaf_owner), -1, dtype=np.int64)
        leaf_place[self.leaves] = np.arange(v)
        leaf = leaf_place[self.case.pools.leaf[self.lines]]
        self._row(
            v,
            (leaf, self.spare + every, 1),
            (leaf, self.beyond + every, 1),
            (leaf, self.add + every, -1),
            (np.arange(v), self.into + np.arange(v), 1),
            (np.arange(v), self.out + np.arange(v), -1),
        )
        pool = np.searchsorted(self.pools, self.case.pools.leaf_pool[self.leaves])
        count = np.arange(self.pools.size)
        self._row(
            self.pools.size,
            (pool, self.out + np.arange(v), 1),
            (pool, self.into + np.arange(v), -1),
            (count, self.net + count, -1),
        )
        self._fixed = self._rows
        self._sums = self._row(n, (every, self.spare + every, 1), (every, self.beyond + every, 1))

    # -- demands ----------------------------------------------------------------------------------------

    def _stated(self) -> Iterator[Demand]:
        """Yield every demand: duties and pins first, then law, then what somebody may grant."""
        yield from self._duties()
        yield from self._pinned()
        found = [*self._walls(), *self._ceilings(), *self._bounds()]
        yield from sorted(found, key=lambda demand: demand.granted_by != "")

    def _pinned(self) -> Iterator[Demand]:
        for k in np.flatnonzero(self.pins).tolist():
            here, one = np.array([k]), np.zeros(1, dtype=np.int64)
            side, this, other = "add", [self.add + here], [self.spare + here, self.beyond + here]
            if self.pins[k] < 0:  # what is asked to move one way does not move the other
                side, this, other = "cut", other, this
            row = self._row(1, *((one, column, 1) for column in this))
            least, shut = abs(int(self.pins[k])), np.concatenate(other)
            pool = int(self.case.pools.pool[self.lines[k]])
            yield Demand(
                "pin",
                None,
                pool,
                -1,
                side,
                self.lines[here],
                least,
                shut,
                np.zeros_like(shut),
                row,
                low=least,
            )

    def _duties(self) -> Iterator[Demand]:
        for k, pool in enumerate(self.pools.tolist()):
            owed = -int(duty(self.case)[pool]) // self.unit
            if owed > 0:
                row = self._row(1, (np.zeros(1, dtype=np.int64), np.array([self.net + k]), 1))
                here = self.lines[self.case.pools.pool[self.lines] == pool]
                rule = self.rules.get("revenue-shortfall", RevenueShortfall())
                yield Demand("duty", rule, pool, -1, "cut", here, owed, rows=row, low=owed)

    def _walls(self) -> Iterator[Demand]:
        for rule in self.bounds.rules:
            closed = rule.limits(self.case).closed
            for v in [] if closed is None else np.flatnonzero(closed[self.leaves]).tolist():
                leaf = int(self.leaves[v])
                lines = self.lines[self.case.pools.leaf[self.lines] == leaf]
                columns = np.array([self.into + v])
                pool = int(self.case.pools.leaf_pool[leaf])
                yield Demand(
                    "wall", rule, pool, leaf, "", lines, columns=columns, most=np.zeros(1, dtype=np.int64)
                )
        for k, pool in enumerate(self.pools.tolist()):
            yield from self._balance(k, pool)

    def _balance(self, k: int, pool: int) -> Iterator[Demand]:
        """Yield that a pool keeps its total, and that a shrinking one cuts beyond its surplus only what it must."""
        case, inflow = self.case, int(duty(self.case)[pool]) // self.unit
        hands, codes = case.policy.authority, (case.pools.within[pool], case.pools.between[pool])
        returns = case.policy.return_unplaced and (hands is None or {*codes} <= {*hands})
        here = self.lines[case.pools.pool[self.lines] == pool]
        row = self._row(1, (np.zeros(1, dtype=np.int64), np.array([self.net + k]), 1))
        high = np.inf if returns else max(0, -inflow)
        rule = self.rules.get("pool-balance", PoolBalance())
        yield Demand("wall", rule, pool, -1, "", here, rows=row, low=min(-inflow, 0), high=high)
        if not case.pools.shrinking[pool]:
            return
        surplus, most = self.bounds.cut[here] // self.unit, self.bounds.forced[here] // self.unit
        late = case.late[here]
        rest = max(0, -inflow - int(surplus.sum()))
        hard = max(0, rest - int((most - surplus)[late].sum()))
        place = self.place[here]
        none = np.zeros(here.size, dtype=np.int64)
        rows = self._row(
            2,
            (none, self.beyond + place, 1),
            (none[~late] + 1, self.beyond + place[~late], 1),
        )
        rule = self.rules.get("revenue-shortfall", RevenueShortfall())
        yield Demand("wall", rule, pool, -1, "cut", here, rest, rows=rows, high=np.array([rest, hard]))

    def _ceilings(self) -> Iterator[Demand]:
        """Yield the room of every group of lines."""
        for k, part in self.bounds.groups:
            group = part.group[self.lines]
            order = np.argsort(group, kind="stable")
            starts = np.searchsorted(group[order], np.arange(part.headroom.size + 1))
            for g in np.unique(group[group >= 0]).tolist():
                place = order[starts[g] : starts[g + 1]]
                room = int(part.headroom[g]) // self.unit
                row = self._row(1, (np.zeros(place.size, dtype=np.int64), self.add + place, 1))
                yield Demand(
                    "ceiling",
                    self.bounds.rules[k],
                    -1,
                    -1,
                    "add",
                    self.lines[place],
                    room,
                    rows=row,
                    high=room,
                )

    def _bounds(self) -> Iterator[Demand]:
        """Yield what each rule leaves the lines of a pool on one side; a line that is pinned there, by itself."""
        for rule in self.bounds.rules:
            limits = rule.limits(self.case)
            for side, bound in (("cut", limits.cut), ("add", limits.add)):
                if bound is None:
                    continue
                most = np.maximum(0, bound[self.lines]) // self.unit
                held = most < (self._plan if side == "cut" else LIMIT // self.unit)
                alone = held & ((self.pins > 0) if side == "add" else (self.pins < 0))
                for pool in self.pools.tolist():
                    here = np.flatnonzero(held & ~alone & (self.case.pools.pool[self.lines] == pool))
                    if here.size:
                        yield self._bound(rule, side, pool, here, most[here])
                for k in np.flatnonzero(alone).tolist():
                    pool = int(self.case.pools.pool[self.lines[k]])
                    yield self._bound(rule, side, pool, np.array([k]), most[[k]])

    def _bound(self, rule: Rule, side: str, pool: int, here: Ints, most: Ints) -> Demand:
        columns = (self.spare if side == "cut" else self.add) + here
        lines = self.lines[here]
        if side == "cut" and rule.when_forced:  # it limits what is cut beyond the surplus too
            return Demand(
                "bound", rule, pool, -1, side, lines, most, columns, most, self._sums[here], high=most
            )
        return Demand("bound", rule, pool, -1, side, lines, most, columns, most)
