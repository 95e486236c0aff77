"""The definition of a round's best plan, by enumeration: no program, no solver, no segments.

Bounds are found by asking every rule's second face unit by unit; every plan in whole units is listed; each tier is
computed from its definition in *model* §4, and the plans are narrowed tier by tier.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from phanbo.case import Changes
from phanbo.rules.priority import CLASS_TESTS

if TYPE_CHECKING:
    from phanbo.case import Case
    from phanbo.money import Bools, Ints
    from phanbo.rulebook import Rulebook

MOST_PLANS = 200_000


@dataclass(frozen=True)
class Best:
    """The optimum: value of every tier (to be minimised), and the plans that attain them all, in units."""

    values: dict[str, int]
    plans: Ints


def largest(case: Case, rulebook: Rulebook, line: int, side: str, *, forced: bool = False) -> int:
    """Return how many units one line alone may give or receive, asked unit by unit."""
    unit, units = case.policy.unit, 0
    while True:
        amount = np.zeros(len(case), dtype=np.int64)
        amount[line] = (units + 1) * unit
        none = np.zeros_like(amount)
        plan = Changes(amount, none) if side == "cut" else Changes(none, amount)
        rules = [rule for rule in rulebook.rules if rule.when_forced or not forced]
        if side == "cut" and amount[line] > case.plan[line]:
            return units
        if any(rule.violations(case, plan, alone=True)[line] > 0 for rule in rules):
            return units
        units += 1


class Oracle:
    """All plans of a tiny round, one a row: what each line gives (below 0) or receives, in units."""

    def __init__(self, case: Case, rulebook: Rulebook) -> None:
        self.case, self.rulebook, n = case, rulebook, range(len(case))
        self.unit = case.policy.unit
        self.give = [largest(case, rulebook, i, "cut") for i in n]
        self.take = [largest(case, rulebook, i, "add") for i in n]
        self.must = [
            max(self.give[i], largest(case, rulebook, i, "cut", forced=True))
            if case.shrinking[i]
            else self.give[i]
            for i in n
        ]
        self.size = int(np.prod([self.must[i] + self.take[i] + 1 for i in n]))

    @property
    def is_small(self) -> bool:
        """Whether the plans can be listed."""
        return self.size <= MOST_PLANS

    def plans(self) -> Ints:
        """List every legal plan."""
        spans = [range(-self.must[i], self.take[i] + 1) for i in range(len(self.case))]
        x = np.array(list(product(*spans)), dtype=np.int64).reshape(self.size, len(self.case))
        return x[self._legal(x)]

    def _legal(self, x: Ints) -> Bools:
        case, unit, pools = self.case, self.unit, self.case.pools
        ok = np.ones(len(x), dtype=bool)
        added = np.maximum(0, x)
        for p, inflow in enumerate((pools.inflow // unit).tolist()):
            left = inflow - x[:, pools.pool == p].sum(axis=1)
            hands = case.policy.authority
            at_hand = hands is None or (pools.within[p] in hands and pools.between[p] in hands)
            most = 10**9 if case.policy.return_unplaced and at_hand else max(0, inflow)
            ok &= (left >= 0) & (left <= most)
        for leaf, pool in enumerate(pools.leaf_pool.tolist()):
            if self._closed(leaf, pool):
                ok &= x[:, pools.leaf == leaf].sum(axis=1) <= 0
        for lines, room in self._ceilings():
            ok &= added[:, lines].sum(axis=1) * unit <= room
        return ok

    def _closed(self, leaf: int, pool: int) -> bool:
        """The owner is slow, or nobody at hand may decide a move between owners."""
        case = self.case
        line = int(np.flatnonzero(case.pools.leaf == leaf)[0])
        hands = case.policy.authority
        return not case.assessment.may_import[line] or (
            hands is not None and case.pools.between[pool] not in hands
        )

    def _ceilings(self) -> list[tuple[list[int], int]]:
        """Return the lines that share a ceiling, and the room under it (đồng)."""
        book, rooms = self.case.portfolio, []
        ids, sources = book.text("project_id"), book.text("source")
        codes = {rule.code for rule in self.rulebook.rules}
        pairs = {(p, None) for p in ids} | set(zip(ids, sources, strict=True))
        for project, source in sorted(pairs, key=str):
            lines = [i for i in range(len(ids)) if ids[i] == project and source in (None, sources[i])]
            names = (
                ("total_investment", "allocated_to_date")
                if source is None
                else ("medium_term_plan", "medium_term_allocated")
            )
            code = "total-investment" if source is None else "medium-term-headroom"
            if source is not None:
                exempt = book.flag("emergency")[0] | (self.case.kind == "oda_grant") | book.carried
                lines = [i for i in lines if not exempt[i]]
            (top, known), (used, counted) = book.money(names[0]), book.money(names[1])
            if code in codes and lines and all(known[lines] & counted[lines]):
                rooms.append((lines, max(0, min(int(top[i] - used[i]) for i in lines))))
        return rooms

    # -- tiers ------------------------------------------------------------------------------------------

    def costs(self, x: Ints, name: str) -> Ints:
        """Return one tier's value of every plan, to be minimised, from its definition."""
        return np.asarray(self._cost(x, name), dtype=np.int64)

    def _cost(self, x: Ints, name: str) -> Any:
        case, book, reading = self.case, self.case.portfolio, self.case.assessment.decides
        cut, add = np.maximum(0, -x), np.maximum(0, x)
        late = np.where(case.offer > 0, 1000, reading.late_permille)
        beyond = np.maximum(0, cut - np.array(self.give))
        if name == "protect":
            return beyond[:, ~case.late].sum(axis=1)
        if name == "protect_late":
            return beyond[:, case.late].sum(axis=1)
        if name == "pinned":
            pins = case.pins // self.unit
            return -(np.minimum(add, np.maximum(0, pins)) + np.minimum(cut, np.maximum(0, -pins))).sum(axis=1)
        if name == "obligations":
            owed = sum(book.money(name)[0] for name in self.rulebook.obligations)
            short = owed - np.maximum(0, case.plan - case.disbursed - case.committed)
            return -np.minimum(add, -(-np.maximum(0, short) // self.unit)).sum(axis=1)
        if name.startswith("priority["):
            return -add[:, self._class() == name[9:-1]].sum(axis=1)
        if name == "return":
            return -self._returned(x)
        if name == "key":
            key = np.isin(case.kind.astype(str), ("oda_loan", "oda_grant"))
            for flag in ("key_project", "emergency", "oda"):
                key = key | book.flag(flag)[0]
            return -add[:, key].sum(axis=1)
        if name == "disbursement":
            after = (case.plan + x * self.unit)[:, :, None]
            spent = np.minimum(after, case.outlook.points[None]).sum(axis=(1, 2))
            before = np.minimum(case.plan[:, None], case.outlook.points).sum()
            return -(spent - before) // self.unit
        if name == "authority":
            return np.maximum(0, self._net(x)).sum(axis=1)
        if name == "worst_first":
            return -(cut * late + add * reading.lead_permille).sum(axis=1)
        if name.startswith("canonical"):
            ranks = self._ranks(name[10:-1])
            return (np.abs(x) * ranks).sum(axis=1) + np.abs(self._net(x)).sum(axis=1)
        return np.abs(x[:, int(name[5:-1])])

    def _class(self) -> Any:
        codes = np.array(["" for _ in range(len(self.case))], dtype=object)
        for entry in reversed(self.rulebook.classes):
            codes[CLASS_TESTS[entry.code](self.case)] = entry.code
        return codes

    def _net(self, x: Ints) -> Ints:
        leaves = range(len(self.case.pools.leaf_owner))
        return np.stack([x[:, self.case.pools.leaf == v].sum(axis=1) for v in leaves], axis=1)

    def _returned(self, x: Ints) -> Any:
        return int((self.case.pools.inflow // self.unit).sum()) - x.sum(axis=1)

    def _ranks(self, salt: str) -> Ints:
        ids = self.case.portfolio.text("line_id").tolist()
        prefix = f"{salt}:" if salt else ""
        order = sorted((hashlib.blake2b(f"{prefix}{i}".encode(), digest_size=8).digest(), i) for i in ids)
        place = {line: k for k, (_, line) in enumerate(order, start=1)}
        return np.array([place[line] for line in ids], dtype=np.int64)

    def best(self, tiers: list[tuple[str, int, int]]) -> Best | None:
        """Return the lexicographic optimum for (name, tolerance numerator, denominator); None where nothing is legal."""
        x, values = self.plans(), {}
        if not len(x):
            return None
        for name, above, below in tiers:
            cost = self.costs(x, name)
            value = int(cost.min())
            x = x[cost <= value + abs(value) * above // below]
            values[name] = value
        return Best(values, x)
