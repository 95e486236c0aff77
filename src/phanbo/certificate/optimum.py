"""Optimality of every tier by a chain of weak duality, in exact integers, from stored row duals alone.

For tier *k*: ``z = c − Aᵀπ``, the bound over the face left by the tiers before, compared with the value; then the
next face from the signs of *z* and *π*. Columns are rebuilt here from the outlook, by counting.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from phanbo.case import Case
    from phanbo.certificate.claims import Claims
    from phanbo.money import Ints
    from phanbo.rulebook import Rulebook

__all__ = ["TierProof", "prove_tiers"]


@dataclass(frozen=True, slots=True)
class TierProof:
    """A tier's value and proved bound in cost units; `fault` says what does not hold, else it is empty."""

    name: str
    value: int
    bound: int
    fault: str

    @property
    def gap(self) -> int:
        """Value less bound: 0 when proved."""
        return self.value - self.bound


@dataclass(frozen=True, eq=False)
class _Steps:
    """The steps of one side: line, width in units, chance in points of the outlook, beyond a mark."""

    line: Ints
    width: Ints
    chance: Ints
    marked: Ints
    taken: Ints


def _steps(case: Case, cap: Ints, mark: Ints, change: Ints, sign: int) -> _Steps:
    """Cut the units 1 … cap of each line where a point of the outlook, or the mark, lies; count the chance of each.

    *sign* −1 goes down from the plan, +1 up. A unit's chance is the number of points at or above its upper end.
    """
    unit, n = case.policy.unit, len(case)
    points = case.outlook.points
    # A point inside a unit does not cover it: rounded down, whether the line rises to it or falls.
    levels = sign * ((points - case.plan[:, None]) // unit)
    ends = np.concatenate([levels, mark[:, None], np.zeros((n, 1), np.int64), cap[:, None]], axis=1)
    ends = np.sort(np.clip(ends, 0, cap[:, None]), axis=1)
    start, stop = ends[:, :-1], ends[:, 1:]
    line, place = np.nonzero(stop > start)
    low, high = start[line, place], stop[line, place]
    upper_end = case.plan[line] + unit * (low + 1 if sign > 0 else -low)
    chance = (points[line] >= upper_end[:, None]).sum(axis=1)
    return _Steps(
        line=line.astype(np.int64),
        width=high - low,
        chance=chance.astype(np.int64),
        marked=(low >= mark[line]).astype(np.int64),
        taken=np.clip(change[line] // unit - low, 0, high - low),
    )


def _ranks(case: Case, name: str) -> Ints:
    salt = name[len("canonical[") : -1] if name.startswith("canonical[") else ""
    prefix = f"{salt}:" if salt else ""
    ids = case.portfolio.text("line_id").tolist()
    key = {i: (hashlib.blake2b((prefix + i).encode(), digest_size=8).digest(), i) for i in ids}
    place = {line: rank for rank, line in enumerate(sorted(ids, key=key.__getitem__), start=1)}
    return np.array([place[line] for line in ids], dtype=np.int64)


class _Proof:
    """The columns of the full round, its rows, and the face left so far."""

    def __init__(self, case: Case, rulebook: Rulebook, claims: Claims) -> None:
        unit, pools = case.policy.unit, case.pools
        none = np.zeros(len(case), dtype=np.int64)
        self.case, self.rulebook, self.changes = case, rulebook, claims.changes
        covered = np.maximum(0, case.plan - case.disbursed - case.committed)
        owed = -(-np.maximum(0, case.claims - covered) // unit)
        deepest = np.maximum(claims.cut, np.where(case.shrinking, claims.forced, none)) // unit
        self.cuts = _steps(case, deepest, claims.cut // unit, claims.changes.cut, -1)
        self.adds = _steps(case, claims.add // unit, owed, claims.changes.add, 1)
        leaves, count = len(pools.leaf_owner), len(pools.names)

        def by(index: Ints, values: Ints, size: int) -> Ints:
            total = np.zeros(size, dtype=np.int64)
            np.add.at(total, index, values)
            return total

        net = by(pools.leaf, (claims.changes.add - claims.changes.cut) // unit, leaves)
        give = by(pools.leaf[self.cuts.line], self.cuts.width, leaves)
        take = np.where(claims.closed, 0, by(pools.leaf[self.adds.line], self.adds.width, leaves))
        self.inflow = case.pools.inflow // unit
        room = np.maximum(0, self.inflow)
        if case.policy.return_unplaced:
            hands = case.policy.authority
            for p in range(count):
                if hands is None or (pools.between[p] in hands and pools.within[p] in hands):
                    room[p] += int(give[pools.leaf_pool == p].sum())
        kept = self.inflow - by(pools.leaf_pool, net, count)
        self.sizes = (self.cuts.line.size, self.adds.line.size, leaves, leaves, count)
        self.x = np.concatenate(
            [self.cuts.taken, self.adds.taken, np.maximum(0, net), np.maximum(0, -net), kept]
        )
        self.lower = np.zeros(self.x.size, dtype=np.int64)
        self.upper = np.concatenate([self.cuts.width, self.adds.width, take, give, room])
        self.row_lower: dict[str, int] = {}
        self.row_upper: dict[str, int] = {}
        self.entries: dict[str, tuple[Ints, Ints]] = {}
        self._state(claims)

    def _state(self, claims: Claims) -> None:
        """State the rows by key: leaf and pool balances, and the claimed rows."""
        pools, unit = self.case.pools, self.case.policy.unit
        offset = np.concatenate([[0], np.cumsum(self.sizes)])
        _, add, into, out, kept = (np.arange(offset[k], offset[k + 1]) for k in range(5))
        every = np.arange(len(pools.leaf_owner))
        leaf = np.concatenate([pools.leaf[self.cuts.line], pools.leaf[self.adds.line], every, every])
        sign = np.repeat([1, -1, 1, -1], self.sizes[:4])
        order = np.argsort(leaf, kind="stable")
        stops = np.searchsorted(leaf[order], np.arange(every.size + 1))
        for v, (p, owner) in enumerate(zip(pools.leaf_pool.tolist(), pools.leaf_owner, strict=True)):
            columns = order[stops[v] : stops[v + 1]]
            self._row(f"leaf:{pools.names[p]}|{owner}", columns, sign[columns], 0, 0)
        for p, name in enumerate(pools.names):
            here = np.flatnonzero(pools.leaf_pool == p)
            columns = np.concatenate([out[here], into[here], [kept[p]]])
            signs = np.concatenate([np.ones(here.size), -np.ones(here.size), [-1]])
            self._row(f"pool:{name}", columns, signs, -int(self.inflow[p]), -int(self.inflow[p]))
        for row in claims.rows:
            lines = np.unique(np.array(row.lines, dtype=np.int64))
            first, last = (np.searchsorted(self.adds.line, lines, side) for side in ("left", "right"))
            columns = np.concatenate([add[:0], *(add[i:j] for i, j in zip(first, last, strict=True))])
            self._row(row.key, columns, np.ones(columns.size), 0, row.headroom // unit)

    def _row(self, key: str, columns: Ints, signs: NDArray[Any], lower: int, upper: int) -> None:
        self.entries[key] = (columns.astype(np.int64), np.asarray(signs).astype(np.int64))
        self.row_lower[key], self.row_upper[key] = lower, upper

    def feasible(self) -> str:
        """Return what makes the stored plan no point of this program."""
        if (self.x < 0).any() or (self.x > self.upper).any():
            return "the plan leaves the bounds of the program"
        for key, (columns, signs) in self.entries.items():
            if not self.row_lower[key] <= int(self.x[columns] @ signs) <= self.row_upper[key]:
                return f"the plan breaks row {key}"
        for steps, change in ((self.cuts, self.changes.cut), (self.adds, self.changes.add)):
            total = np.zeros(change.size, dtype=np.int64)
            np.add.at(total, steps.line, steps.taken)
            if not np.array_equal(total * self.case.policy.unit, change):
                return "the plan is larger than its bounds"
        return ""

    def cost(self, name: str) -> Ints:  # noqa: C901 — one branch a tier
        """Return the integer cost of a tier, to be minimised, from its definition."""
        case, reading = self.case, self.case.assessment.decides
        cuts, adds = self.cuts, self.adds
        flows = np.zeros(sum(self.sizes[2:]), dtype=np.int64)
        cut, add = np.zeros(cuts.line.size, dtype=np.int64), np.zeros(adds.line.size, dtype=np.int64)
        leaves, pools = self.sizes[2], self.sizes[4]
        late_line = case.late.astype(np.int64)
        if name == "protect":
            cut = cuts.marked * (1 - late_line[cuts.line])
        elif name == "protect_late":
            cut = cuts.marked * late_line[cuts.line]
        elif name == "obligations":
            add = adds.marked - 1
        elif name.startswith("priority["):
            codes = [c.code for c in self.rulebook.classes]
            add = -(self.rulebook.priority(case)[adds.line] == codes.index(name[9:-1])).astype(np.int64)
        elif name == "return":
            flows[-pools:] = -1
        elif name == "key":
            book = case.portfolio
            key = book.flag("key_project")[0] | book.flag("emergency")[0] | book.flag("oda")[0]
            key = key | np.array([k in ("oda_loan", "oda_grant") for k in case.kind], dtype=bool)
            add = -key[adds.line].astype(np.int64)
        elif name == "disbursement":
            cut, add = cuts.chance, -adds.chance
        elif name == "authority":
            flows[:leaves] = 1
        elif name == "worst_first":
            late = np.where(case.offer > 0, 1000, reading.late_permille)
            cut, add = -late[cuts.line], -reading.lead_permille[adds.line]
        elif name.startswith("canonical"):
            ranks = _ranks(case, name)
            cut, add = ranks[cuts.line], ranks[adds.line]
            flows[: 2 * leaves] = 1
        elif name.startswith("line["):
            line = int(name[5:-1])
            cut, add = (cuts.line == line).astype(np.int64), (adds.line == line).astype(np.int64)
        else:
            raise KeyError(name)
        return np.concatenate([cut, add, flows])

    def prove(self, name: str, value: int, duals: dict[str, int]) -> TierProof:
        """Check one tier and narrow the face to its optima."""
        unknown = [key for key in duals if key not in self.entries]
        if unknown:
            return TierProof(name, value, value - 1, f"a dual of an unknown row {unknown[0]}")
        cost = self.cost(name)
        reduced, bound = cost.copy(), 0
        for key, price in duals.items():
            columns, signs = self.entries[key]
            np.subtract.at(reduced, columns, signs * price)
            bound += price * (self.row_lower[key] if price > 0 else self.row_upper[key])
        bound += int(reduced @ np.where(reduced > 0, self.lower, self.upper))
        found = int(cost @ self.x)
        fault = "" if found == value else f"its value is {found}, not {value}"
        if not fault and bound != found:
            fault = f"value {found} is not proved: the bound is {bound}"
        self.upper = np.where(reduced > 0, self.lower, self.upper)
        self.lower = np.where(reduced < 0, self.upper, self.lower)
        for key, price in duals.items():
            if price > 0:
                self.row_upper[key] = self.row_lower[key]
            elif price < 0:
                self.row_lower[key] = self.row_upper[key]
        return TierProof(name, found, bound, fault)


def prove_tiers(case: Case, rulebook: Rulebook, claims: Claims) -> list[TierProof]:
    """Return the proof of every tier, in order; the tiers themselves must be those the policy asks for."""
    proof = _Proof(case, rulebook, claims)
    fault = proof.feasible() or _order_fault(case, rulebook, claims)
    if fault:
        return [TierProof("plan", 0, -1, fault)]
    return [proof.prove(name, value, duals) for name, value, duals, _ in claims.tiers]


def _order_fault(case: Case, rulebook: Rulebook, claims: Claims) -> str:
    """Return what is wrong with the order of the stored tiers."""
    wanted: list[str] = []
    for tier in case.policy.ordered_tiers:
        wanted += (
            [f"priority[{c.code}]" for c in rulebook.classes] if tier.name == "priority" else [tier.name]
        )
    if case.policy.return_unplaced:
        classes = [k for k, name in enumerate(wanted) if name.startswith("priority[")]
        wanted.insert(classes[-1] + 1 if classes else wanted.index("authority"), "return")
    if case.pools.shrinking.any():
        wanted = ["protect", "protect_late", *wanted]
    wanted.append("canonical")
    stored = [name for name, _, _, _ in claims.tiers]
    extra = stored[len(wanted) :]
    salted = ["canonical[1]", "canonical[2]"][: len(extra)]
    by_line = all(name.startswith("line[") for name in extra[len(salted) :])
    if stored[: len(wanted)] != wanted or extra[: len(salted)] != salted or not by_line:
        return f"its tiers are {stored}, not {wanted}"
    return ""
