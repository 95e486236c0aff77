"""Everything a rule may look at: one round's facts, as whole columns."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phanbo.absorption import Outlook
from phanbo.assessment import Assessment
from phanbo.calendar import Calendar, Round
from phanbo.grouping import joint_codes, sum_by
from phanbo.money import Bools, Ints
from phanbo.policy import Policy
from phanbo.portfolio import Portfolio

__all__ = ["Case", "Changes", "Pools"]

Texts = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Pools:
    """Where capital may flow (*model* §3): each line is in one leaf (pool × owner), each leaf in one pool.

    Attributes
    ----------
    names : tuple of str
        Pool names, sorted.
    pool, leaf : int64 arrays of shape (n,)
    leaf_pool : int64 array of shape (leaves,)
    leaf_owner : tuple of str
    inflow : int64 array of shape (pools,), in đồng
        Below 0: a duty to cut.
    within, between, across, totals : tuple of str
        Authority code of a move inside an owner, between owners, between sectors (``""``: the sector does not matter),
        and of one that changes the pool's total.
    sector : int64 array of shape (n,)
        Number of each line's sector.
    kinds, levels : tuple of str
        The entry of the rulebook that governs each pool, and its level of budget.
    """

    names: tuple[str, ...]
    pool: Ints
    leaf: Ints
    leaf_pool: Ints
    leaf_owner: tuple[str, ...]
    inflow: Ints
    within: tuple[str, ...]
    between: tuple[str, ...]
    across: tuple[str, ...]
    totals: tuple[str, ...]
    sector: Ints
    kinds: tuple[str, ...]
    levels: tuple[str, ...]

    @property
    def shrinking(self) -> Bools:
        """Pools with a duty to cut."""
        return self.inflow < 0

    def beyond_sectors(self, hands: tuple[str, ...] | None) -> Bools:
        """Return the pools of several sectors between which nobody among *hands* may move capital."""
        if hands is None or not any(self.across):
            return np.zeros(len(self.names), dtype=bool)
        pool = self.pool[joint_codes((self.pool, self.names), (self.sector, range(self.sector.max() + 1)))[1]]
        barred = np.array([bool(code) and code not in hands for code in self.across], dtype=bool)
        return np.asarray(barred & (np.bincount(pool, minlength=len(self.names)) > 1))


@dataclass(frozen=True, eq=False)
class Changes:
    """A plan as changes of lines: ``cut`` and ``add`` in đồng, int64, both ≥ 0, shape (n,)."""

    cut: Ints
    add: Ints


@dataclass(frozen=True, eq=False)
class Case:
    """The facts of one round, aligned with the lines of the portfolio (model symbols in brackets).

    Built once, read by every rule. Rules never see the program or the solver.
    """

    portfolio: Portfolio
    calendar: Calendar
    policy: Policy
    round: Round
    as_of: dt.date
    assessment: Assessment
    outlook: Outlook
    pools: Pools
    held: Bools = field(repr=False)
    obligations: tuple[str, ...] = ("arrears", "prior_advance")
    memo: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    def __len__(self) -> int:
        return len(self.portfolio)

    def __getstate__(self) -> dict[str, Any]:
        # What can be computed again does not travel.
        return {each.name: getattr(self, each.name) for each in fields(self)} | {"memo": {}}

    def under(self, policy: Policy, pools: Pools | None = None) -> Case:
        """Return the same round under a policy with the same judgement and unit; what hangs on the tables is kept.

        Other authorities at hand may draw other *pools* (`Rulebook.pools`).
        """
        other = replace(self, policy=policy, pools=self.pools if pools is None else pools)
        for name, value in self.__dict__.items():
            if isinstance(getattr(type(self), name, None), cached_property):
                other.__dict__[name] = value
        return other

    @cached_property
    def plan(self) -> Ints:
        """Capital assigned this year [P], đồng."""
        return self.portfolio.money("plan")[0]

    @cached_property
    def disbursed(self) -> Ints:
        """Paid out of the line by the data date [D], đồng."""
        return self.portfolio.money("disbursed")[0]

    @cached_property
    def committed(self) -> Ints:
        """Accepted and not yet paid [C], đồng; 0 where unknown."""
        return self.portfolio.money("committed")[0]

    @cached_property
    def claims(self) -> Ints:
        """Arrears and advances to be recovered [O], đồng."""
        return self.portfolio.money("arrears")[0] + self.portfolio.money("prior_advance")[0]

    @cached_property
    def served(self) -> Ints:
        """Claims that the tier ``obligations`` serves under the regime of the round, đồng."""
        return sum(
            (self.portfolio.money(name)[0] for name in self.obligations), np.zeros(len(self), dtype=np.int64)
        )

    @cached_property
    def need(self) -> Ints:
        """Stated need of more capital [N], đồng."""
        return self.portfolio.money("requested_increase")[0]

    @cached_property
    def offer(self) -> Ints:
        """What the owner offers to give up [F], đồng."""
        return self.portfolio.money("offered_decrease")[0]

    @cached_property
    def this_year(self) -> Bools:
        """Lines of this year's plan."""
        return ~self.portfolio.carried

    @cached_property
    def stage(self) -> Texts:
        """Stage code of each line."""
        return self.portfolio.text("stage")

    @cached_property
    def kind(self) -> Texts:
        """Built-in kind of each line's source, ``""`` where none."""
        return self.portfolio.text("kind")

    @cached_property
    def project(self) -> tuple[Ints, int]:
        """Number of each line's project, and how many there are."""
        codes, keys = self.portfolio.codes("project_id")
        return codes, len(keys)

    @cached_property
    def project_source(self) -> tuple[Ints, int]:
        """Number of each line's project × source, and how many there are."""
        codes, first = joint_codes(self.portfolio.codes("project_id"), self.portfolio.codes("source"))
        return codes, len(first)

    @cached_property
    def shrinking(self) -> Bools:
        """Lines of a pool with a duty to cut."""
        return self.pools.shrinking[self.pools.pool]

    @cached_property
    def incomplete(self) -> Bools:
        """Lines whose investment procedures are known to be incomplete at the data date."""
        done, known = self.procedures
        return known & ~done

    @cached_property
    def procedures(self) -> tuple[Bools, Bools]:
        """Whether procedures are complete at the data date, and whether that is known."""
        yes, known = self.portfolio.flag("procedures_complete")
        code, day = self.portfolio.codes("procedures_completed_on")
        in_time = ((day != "") & (day != "chưa") & (day <= self.as_of.isoformat()))[code]
        dated = (day != "")[code]
        done: Bools = np.where(known, yes & (~dated | in_time), in_time).astype(bool)
        return done, known | dated

    @cached_property
    def late(self) -> Bools:
        """Lines below their milestone, past a deadline, or with incomplete procedures."""
        return np.asarray(
            self.assessment.decides.late | (self.assessment.missed != "") | self.incomplete, dtype=bool
        )

    @property
    def pins(self) -> Ints:
        """What the reviewers ask of each line, đồng: above 0 at least so much more, below 0 at least so much less."""
        asked = np.zeros(len(self), dtype=np.int64)
        for line, amount in dict(self.policy.pins).items():
            if line in self.portfolio.place:
                asked[self.portfolio.place[line]] = amount
        return asked

    def pool_sum(self, values: Ints) -> Ints:
        """Return the sum of a column by pool, đồng."""
        return sum_by(self.pools.pool, values, len(self.pools.names))
