"""What every frame of a proposal is made from; nothing here decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phanbo.bounds import Bounds
from phanbo.case import Case
from phanbo.money import Bools, Ints
from phanbo.policy import READINGS
from phanbo.ranking import Ranked
from phanbo.rulebook import Rulebook
from phanbo.rules.base import Rule
from phanbo.transfers import SHORTFALL

__all__ = ["Facts"]


@dataclass(frozen=True, eq=False)
class Facts:
    """What every frame is made from.

    `tier_values` and `tier_bounds` map a tier's name to its cost for these changes and to the cost proved best
    for the full round.
    """

    case: Case
    rulebook: Rulebook
    bounds: Bounds
    ranked: Ranked
    tier_values: dict[str, int]
    tier_bounds: dict[str, int]
    saturated: dict[int, NDArray[Any]] = field(default_factory=dict)

    @cached_property
    def changes(self) -> tuple[Ints, Ints]:
        """Cut and add of every line, đồng."""
        return self.ranked.transfers.changes(len(self.case))

    @cached_property
    def cut(self) -> Ints:
        """Cut of every line, đồng."""
        return self.changes[0]

    @cached_property
    def add(self) -> Ints:
        """Add of every line, đồng."""
        return self.changes[1]

    @cached_property
    def plan_after(self) -> Ints:
        """Plan of every line after the round, đồng."""
        return self.case.plan + self.add - self.cut

    @cached_property
    def expected(self) -> tuple[Ints, Ints]:
        """Expected disbursement of every line before and after, floored to đồng."""
        return self.case.outlook.expected(self.case.plan), self.case.outlook.expected(self.plan_after)

    @cached_property
    def class_codes(self) -> NDArray[Any]:
        """Priority class of every line."""
        codes = np.array([c.code for c in self.rulebook.classes], dtype=object)
        return np.asarray(codes[self.rulebook.priority(self.case)])

    @cached_property
    def binding(self) -> Ints:
        """Place of the rule that binds each line, −1 where none does.

        A changed line short of its bound is bound by a full group row, else by its pool's balance; a line that
        could receive more but for its owner, by the rule that closes the owner.
        """
        b, balance = self.bounds, self._place("pool-balance")
        rule = np.where(b.cut > 0, b.cut_rule, np.where(b.add > 0, b.add_rule, -1))
        short = ((self.cut > 0) & (self.cut < b.cut)) | ((self.add > 0) & (self.add < b.add))
        rule = np.where(short, balance, rule)
        for place, group in b.groups:
            total = np.zeros(group.headroom.size, dtype=np.int64)
            inside = group.group >= 0
            np.add.at(total, group.group[inside], self.add[inside])
            full = total > group.headroom - b.unit
            here = np.zeros(len(self.case), dtype=bool)
            here[inside] = full[group.group[inside]]
            rule = np.where(short & (self.add > 0) & here, place, rule)
        walled = b.closed_rule[self.case.pools.leaf]
        rule = np.where((self.add < b.add) & (walled >= 0), walled, rule)
        forced = self.mandatory > 0
        return np.where(forced, self._place("revenue-shortfall"), rule)

    @cached_property
    def mandatory(self) -> Ints:
        """What each line gives to a shortfall, đồng."""
        t = self.ranked.transfers
        amount = np.zeros(len(self.case), dtype=np.int64)
        here = (t.receiver == SHORTFALL) & (t.donor >= 0)
        np.add.at(amount, t.donor[here], t.amount[here])
        return amount

    @cached_property
    def transfer_authority(self) -> NDArray[Any]:
        """Authority code of every transfer."""
        t, pools = self.ranked.transfers, self.case.pools
        real = (t.donor >= 0) & (t.receiver >= 0)
        leaf = np.append(pools.leaf, -1)
        inside = real & (leaf[np.where(real, t.donor, -1)] == leaf[np.where(real, t.receiver, -1)])
        within, between = np.array(pools.within, dtype=object), np.array(pools.between, dtype=object)
        if not len(t):
            return np.zeros(0, dtype=object)
        return np.where(inside, within[t.pool], between[t.pool])

    def late_under(self) -> dict[str, Bools]:
        """Lines behind under each reading."""
        a = self.case.assessment
        common = (a.missed != "") | self.case.incomplete
        return {name: (a.readings[name].late & a.readings[name].bucket_behind) | common for name in READINGS}

    def rule(self, place: int) -> Rule | None:
        """Return the rule at a place, ``None`` for −1."""
        return self.bounds.rules[place] if place >= 0 else None

    def _place(self, code: str) -> int:
        return next((k for k, rule in enumerate(self.bounds.rules) if rule.code == code), -1)
