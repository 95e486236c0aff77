"""What every frame of a proposal is made from; nothing here decides."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from phanbo.bounds import Bounds
from phanbo.case import Case
from phanbo.grouping import sum_by
from phanbo.money import Bools, Ints
from phanbo.policy import AUTHORITIES, READINGS
from phanbo.ranking import Ranked
from phanbo.rulebook import Rulebook
from phanbo.transfers import INFLOW, SHORTFALL

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
    def priority(self) -> Ints:
        """Place of each line's priority class in the rulebook."""
        return self.rulebook.priority(self.case)

    @cached_property
    def class_codes(self) -> list[str]:
        """Codes of the priority classes, then ``""`` for none."""
        return [*(entry.code for entry in self.rulebook.classes), ""]

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
            full = sum_by(group.group, self.add, group.headroom.size) > group.headroom - b.unit
            here = np.append(full, False)[group.group]  # −1: in no group
            rule = np.where(short & (self.add > 0) & here, place, rule)
        walled = b.closed_rule[self.case.pools.leaf]
        rule = np.where((self.add < b.add) & (walled >= 0), walled, rule)
        forced = self.mandatory > 0
        return np.where(forced, self._place("revenue-shortfall"), rule)

    @cached_property
    def mandatory(self) -> Ints:
        """What each line gives to a shortfall, đồng."""
        t = self.ranked.transfers
        return sum_by(np.where(t.receiver == SHORTFALL, t.donor, -1), t.amount, len(self.case))

    @cached_property
    def asked_for(self) -> Bools:
        """Lines that change the way the reviewers asked for."""
        pins = self.case.pins
        return ((pins > 0) & (self.add > 0)) | ((pins < 0) & (self.cut > 0))

    @cached_property
    def transfer_level(self) -> Ints:
        """Place in `AUTHORITIES` of who decides each transfer."""
        t, pools = self.ranked.transfers, self.case.pools
        level = {code: k for k, code in enumerate(("", *AUTHORITIES), start=-1)}
        within, between, across, totals = (
            np.array([level[code] for code in codes], dtype=np.int64)[t.pool]
            for codes in (pools.within, pools.between, pools.across, pools.totals)
        )
        lines = (t.donor >= 0) & (t.receiver >= 0)
        # Positions below 0 stand for no line: any leaf does for them.
        ends = np.maximum(t.donor, 0), np.maximum(t.receiver, 0)
        same_leaf, same_sector = (part[ends[0]] == part[ends[1]] for part in (pools.leaf, pools.sector))
        found = np.where(lines & same_leaf, within, between)
        found = np.where(lines & ~same_sector, np.maximum(found, across), found)
        return np.where((t.donor == INFLOW) | (t.receiver == SHORTFALL), totals, found)

    def late_under(self) -> dict[str, Bools]:
        """Lines behind under each reading."""
        a = self.case.assessment
        common = (a.missed != "") | self.case.incomplete
        return {name: (a.readings[name].late & a.readings[name].bucket_behind) | common for name in READINGS}

    def _place(self, code: str) -> int:
        return next((k for k, rule in enumerate(self.bounds.rules) if rule.code == code), -1)
