"""Rules of one's own: masks, bounds, rows of groups that nest or cross; and what loosening a rule does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest
from brute_force import Oracle
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from checks import faces_agree, legal, of_transfers
from held_round import RULEBOOK, Setting, sample
from phanbo.assemble import assemble
from phanbo.bounds import make_bounds
from phanbo.decision import changes
from phanbo.rules.base import GroupRows, Limits, Rule, Source
from phanbo.solver.reference import solve
from strategies import settings_of

if TYPE_CHECKING:
    from phanbo.case import Case, Changes
    from phanbo.money import Ints
    from phanbo.rulebook import Rulebook

MANY = profile.default.max_examples * 2 if profile.default else 50


@dataclass(frozen=True, eq=False)
class Quota(Rule):
    """Lines take at most *room* (đồng) together by group: line number modulo *groups*, or pairs of neighbours."""

    room: int
    groups: int
    pairs: bool = False
    code = "quota"
    title_vi, title_en = "Hạn mức theo nhóm", "A quota of groups"
    source = Source("Nghị quyết của đợt", "điểm 1", "policy")

    def group(self, case: Case) -> Ints:
        """Return the group of each line."""
        place = np.arange(len(case), dtype=np.int64)
        return place // 2 % self.groups if self.pairs else place % self.groups

    def limits(self, case: Case) -> Limits:
        """State one row a group."""
        keys = tuple(f"{self.code}:{g}" for g in range(self.groups))
        room = np.full(self.groups, self.room, dtype=np.int64)
        return Limits(groups=GroupRows(self.group(case), room, keys))

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:
        """Return how far each group goes over its room, on its raised lines."""
        group, excess = self.group(case), np.zeros(len(case), dtype=np.int64)
        for i in np.flatnonzero(plan.add > 0).tolist():
            total = int(plan.add[i] if alone else plan.add[group == group[i]].sum())
            excess[i] = max(0, total - self.room)
        return excess


class OtherQuota(Quota):
    """A second quota, of other groups."""

    code = "other-quota"


@dataclass(frozen=True, eq=False)
class AtMost(Rule):
    """No line is raised by more than *most* or cut by more than *least* (đồng)."""

    most: int
    least: int
    code = "at-most"
    title_vi, title_en = "Mức tối đa một dòng", "Most of a line"
    source = Source("Nghị quyết của đợt", "điểm 2", "policy")

    def limits(self, case: Case) -> Limits:
        """Bound every line."""
        size = len(case)
        return Limits(cut=np.full(size, self.least, np.int64), add=np.full(size, self.most, np.int64))

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:
        """Return what goes beyond."""
        return np.maximum(0, plan.add - self.most) + np.maximum(0, plan.cut - self.least)


def with_quotas(unit: int, first: int, second: int) -> Rulebook:
    """Return the built-in rulebook with two quotas whose groups cross."""
    return RULEBOOK.with_rule(Quota(first * unit, 2)).with_rule(
        OtherQuota(second * unit + unit // 2, 3, pairs=True)
    )


@given(setting=settings_of(), first=st.integers(0, 4), second=st.integers(0, 4))
def test_quotas_have_two_faces(setting: Setting, first: int, second: int) -> None:
    book = with_quotas(setting.policy.unit, first, second).with_rule(AtMost(first, second))
    faces_agree(setting.case(), book)


@given(setting=settings_of(), least=st.integers(0, 4), most=st.integers(0, 4))
def test_a_rule_of_ones_own_is_kept_and_certified(setting: Setting, least: int, most: int) -> None:
    unit = setting.policy.unit
    book = RULEBOOK.with_rule(AtMost(most * unit, least * unit))
    proposal = setting.propose(rulebook=book)
    plan = of_transfers(proposal)
    assert proposal.verify().findings == ()
    assert (plan.add <= most * unit).all()
    assert ((plan.cut <= least * unit) | (proposal.lines["forced_bound"] > 0)).all()


@given(setting=settings_of(simple=True, most=6, authority=None), first=st.integers(1, 4))
def test_one_more_family_of_groups_stays_a_network(setting: Setting, first: int) -> None:
    book = RULEBOOK.with_rule(Quota(first * setting.policy.unit, 2))
    case = setting.case(book)
    assert assemble(case, book, make_bounds(case, book)).marked == frozenset()
    legal(setting.propose(rulebook=book))


@given(
    setting=settings_of(simple=True, most=6, authority=None, min_move=0),
    first=st.integers(1, 4),
    second=st.integers(1, 4),
)
@profile(max_examples=MANY)
def test_crossing_groups_are_solved_as_an_integer_program(setting: Setting, first: int, second: int) -> None:
    book = with_quotas(setting.policy.unit, first, second)
    case = setting.case(book)
    bounds = make_bounds(case, book)
    program = assemble(case, book, bounds)
    proposal = setting.propose(rulebook=book)
    assert proposal.proof.marked == bool(program.marked)
    assert proposal.verify().findings == ()
    legal(proposal)
    best = QuotaOracle(case, book).best([(tier.name, *tier.tolerance) for tier in program.tiers])
    assert best is not None
    cut, add = changes(program, solve(program), case)
    assert ((add - cut) // setting.policy.unit).tolist() in best.plans.tolist()


class QuotaOracle(Oracle):
    """The enumeration, with the quotas among its ceilings."""

    def _ceilings(self) -> list[tuple[list[int], int]]:
        rooms = super()._ceilings()
        for rule in self.rulebook.rules:
            if isinstance(rule, Quota):
                group = rule.group(self.case)
                rooms += [(np.flatnonzero(group == g).tolist(), rule.room) for g in np.unique(group).tolist()]
        return rooms


def test_crossing_groups_do_mark_their_component() -> None:
    setting = sample()
    book = with_quotas(100_000_000, 6, 5)
    lines = setting.lines.assign(requested_increase=900_000_000, disbursed=setting.lines["plan"])
    lines.loc[:1, "disbursed"] = 0
    lines = lines.drop(columns=["total_investment", "allocated_to_date"])
    proposal = Setting(lines, None, setting.policy, 2, "2024-09-15").propose(rulebook=book)
    assert proposal.proof.marked
    assert proposal.certify().proved == "legal"
    assert proposal.summary["raised_lines"] > 1


def values(setting: Setting, book: Rulebook) -> list[int]:
    case = setting.case(book)
    program = assemble(case, book, make_bounds(case, book))
    return [tier.value for tier in solve(program).tiers[: len(program.tiers)]]


LOOSE = (
    "total-investment",
    "medium-term-headroom",
    "stated-need",
    "donor-depth",
    "fast-line",
    "owner-import",
    "absorption",
)


@given(setting=settings_of(min_move=0), code=st.sampled_from(LOOSE))
def test_a_loosened_rule_never_makes_the_tiers_worse(setting: Setting, code: str) -> None:
    """The values up to the canonical tier, which only breaks ties, fall or stay, lexicographically.

    ``protect`` counts from the surplus, so a rule that bounds it says what the tier means: it is left alone then.
    """
    if code == "donor-depth" and setting.sources is not None:
        return
    before, after = values(setting, RULEBOOK)[:-1], values(setting, RULEBOOK.without_rule(code))[:-1]
    assert after <= before


@pytest.mark.parametrize("more", [0, 1, 5])
def test_more_room_under_a_quota_never_makes_the_tiers_worse(more: int) -> None:
    unit, setting = 1_000_000, sample()
    tight, wide = (RULEBOOK.with_rule(Quota(room * unit, 2)) for room in (100, 100 + 100 * more))
    assert values(setting, wide)[:-1] <= values(setting, tight)[:-1]


def test_a_rule_of_the_same_code_replaces_the_first() -> None:
    book = RULEBOOK.with_rule(AtMost(5, 5)).with_rule(AtMost(7, 7))
    rule = book.rule("at-most")
    assert isinstance(rule, AtMost)
    assert rule.most == 7
    assert len(book.rules) == len(RULEBOOK.rules) + 1
    assert len(book.without_rule("at-most").rules) == len(RULEBOOK.rules)
