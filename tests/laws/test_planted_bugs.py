"""Every law bites: a bug is planted in the library, and the law that should find it does."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import test_apply_laws
import test_brute_force
import test_invariance
import test_proposal_laws
import test_refusals
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as profile
from hypothesis import strategies as st

import phanbo as pb
from checks import faces_agree, legal
from held_round import RULEBOOK, Setting, ceiling_sample, sample
from phanbo import (
    assemble,
    certificate,
    decision,
    infeasible,
    pipeline,
    portfolio,
    ranking,
    segments,
    transfers,
)
from phanbo.absorption import Outlook
from phanbo.program import Block
from phanbo.rules import RULES
from phanbo.rules.base import GroupRows, Limits
from phanbo.rules.receiver_tests import Absorption
from strategies import LOAN, settings_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from phanbo.case import Case
    from phanbo.rules import Rule

Patch = pytest.MonkeyPatch


def bites(
    law: Callable[..., object], strategy: st.SearchStrategy[Setting], tries: int = 300, **more: Any
) -> bool:
    """Return whether a law fails on some drawn round."""
    law = law.hypothesis.inner_test if hasattr(law, "hypothesis") else law
    quick = profile(
        max_examples=tries,
        phases=[Phase.generate],
        derandomize=True,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )

    def tried(setting: Setting, **drawn: object) -> None:
        law(setting, **drawn)

    try:
        quick(given(setting=strategy, **more)(tried))()
    except (AssertionError, pb.PhanboError, pytest.fail.Exception):
        return True
    return False


def plant(patch: Patch, place: Any, name: str, change: Callable[..., Any]) -> None:
    """Put *change* in the place of a function; it is called with the old one first."""
    old = getattr(place, name)

    def planted(*args: Any, **more: Any) -> Any:
        return change(old, *args, **more)

    patch.setattr(place, name, planted)


# -- the first face of a rule ----------------------------------------------------------------------------

STATED = tuple(
    code
    for code in RULES
    if code not in ("pool-balance", "revenue-shortfall", "on-lending-ratio", "asked-limit")
)
BOUNDED = (
    "spent-money",
    "owed-claims",
    "donor-depth",
    "stated-need",
    "absorption",
    "loan-room",
    "total-investment",
    "medium-term-headroom",
)


HOME: dict[str, dict[str, Any]] = {
    "loan-open": {"families": {"loan"}, "sources": (LOAN,)},
    "loan-room": {"families": {"loan"}, "sources": (LOAN,)},
    "new-start-funding": {"families": {"totals", "medium"}},
    "medium-term-listed": {"families": {"medium"}},
    "medium-term-headroom": {"families": {"medium"}},
    "total-investment": {"families": {"totals"}},
    "approved-decision": {"families": {"approved"}},
    "commitment": {"families": {"commitment"}},
    "capital-time-limit": {"families": {"time-limit"}},
    "not-to-be-raised": {"families": {"flags"}},
    "counterpart": {"families": {"flags"}},
}
"""Rounds in which a rule has something to say."""


def faces(setting: Setting) -> None:
    case = setting.case()
    faces_agree(replace(case, held=np.arange(len(case)) % 4 == 3), RULEBOOK)


def wider(old: Callable[[Rule, Case], Limits], rule: Rule, case: Case) -> Limits:
    """Return a rule's limits, one đồng too wide."""
    limits = old(rule, case)
    cut, add = (None if side is None else side + 1 for side in (limits.cut, limits.add))
    groups = limits.groups
    if groups is not None:
        groups = GroupRows(groups.group, groups.headroom + 1, groups.keys)
    return Limits(cut, add, groups, limits.closed)


@pytest.mark.parametrize("code", STATED)
def test_a_rule_that_is_not_stated(code: str, monkeypatch: Patch) -> None:
    plant(monkeypatch, RULES[code], "limits", lambda *_: Limits())
    assert bites(faces, settings_of(**HOME.get(code, {})), tries=1_000)


@pytest.mark.parametrize("code", BOUNDED)
def test_a_bound_one_dong_too_wide(code: str, monkeypatch: Patch) -> None:
    plant(monkeypatch, RULES[code], "limits", wider)
    assert bites(faces, settings_of(**HOME.get(code, {})), tries=1_000)


@pytest.mark.parametrize("code", STATED)
def test_a_rule_that_finds_nothing(code: str, monkeypatch: Patch) -> None:
    plant(
        monkeypatch,
        RULES[code],
        "violations",
        lambda _, __, case, *___, **____: np.zeros(len(case), np.int64),
    )
    assert bites(faces, settings_of(**HOME.get(code, {})), tries=1_000)


# -- bounds and the program: the certificate refuses, the definitions disagree ----------------------------


def unproved(setting: Setting) -> None:
    """The pipeline returns a proposal only if its certificate holds."""
    setting.propose()


ROUNDS = settings_of(simple=True, most=6, authority=None, min_move=0)
SHORT = settings_of(shortfall=True, authority=None)


def one_unit_more(old: Callable[..., Any], case: Case, book: Any) -> Any:
    found = old(case, book)
    return replace(found, add=np.where(found.add > 0, found.add + case.policy.unit, 0))


def no_owner_closed(old: Callable[..., Any], case: Case, book: Any) -> Any:
    found = old(case, book)
    return replace(found, closed=np.zeros_like(found.closed))


def swapped_lines(old: Callable[..., Any], *args: Any) -> Any:
    cut, add = old(*args)
    return np.roll(cut, 1), np.roll(add, 1)


def one_line_less(old: Callable[..., Any], *args: Any) -> Any:
    cut, add = old(*args)
    first = np.flatnonzero(cut)[:1]
    cut[first] -= 1
    return cut, add


def other_cost(name: str, change: Callable[[Any], Any]) -> Callable[..., Any]:
    """Return a bug in the cost of one tier."""

    def planted(old: Callable[..., Any], *args: Any) -> Any:
        return tuple(replace(t, cost=change(t.cost)) if t.name == name else t for t in old(*args))

    return planted


def freely_in(old: Callable[..., Any], *args: Any) -> Any:
    columns = old(*args)
    return replace(columns, upper=np.where(columns.block == Block.RESERVE, 0, columns.upper))


PROGRAM_BUGS: dict[str, tuple[ModuleType, str, Callable[..., Any], Any]] = {
    "one unit more": (decision, "make_bounds", one_unit_more, ROUNDS),
    "no owner closed": (
        decision,
        "make_bounds",
        no_owner_closed,
        settings_of(simple=True, fast="milestone", authority=None),
    ),
    "lines swapped": (decision, "changes", swapped_lines, ROUNDS),
    "a đồng lost": (decision, "changes", one_line_less, ROUNDS),
    "disbursement, wrong sign": (assemble, "_tiers", other_cost("disbursement", np.negative), ROUNDS),
    "worst first, wrong sign": (assemble, "_tiers", other_cost("worst_first", np.negative), ROUNDS),
    "canonical, all alike": (assemble, "_tiers", other_cost("canonical", np.sign), ROUNDS),
    "protect forgotten": (assemble, "_tiers", other_cost("protect", np.zeros_like), SHORT),
    "protect late forgotten": (assemble, "_tiers", other_cost("protect_late", np.zeros_like), SHORT),
    "the class of another line": (
        assemble,
        "_tiers",
        other_cost("priority[transitional]", np.zeros_like),
        ROUNDS,
    ),
    "nothing returned": (assemble, "_columns", freely_in, settings_of(return_unplaced=True, authority=None)),
    "slopes turned round": (segments, "_flat", lambda old, a, b, c: old(a, b, c[::-1]), ROUNDS),
    "salted from the start": (
        assemble,
        "canonical_ranks",
        lambda old, book, salt=0: old(book, salt + 1),
        ROUNDS,
    ),
}


@pytest.mark.parametrize("bug", PROGRAM_BUGS)
def test_a_bug_in_the_program_is_refused_by_the_certificate(bug: str, monkeypatch: Patch) -> None:
    place, name, change, strategy = PROGRAM_BUGS[bug]
    plant(monkeypatch, place, name, change)
    assert bites(unproved, strategy, tries=1_000)


def test_a_dropped_row_is_refused_by_the_certificate(monkeypatch: Patch) -> None:
    plant(monkeypatch, assemble, "_binding", lambda *_: None)
    with pytest.raises(pb.CertificateError, match="total-investment"):
        ceiling_sample().propose()


ORACLE_BUGS = (
    "disbursement, wrong sign",
    "worst first, wrong sign",
    "the class of another line",
    "slopes turned round",
    "salted from the start",
)


@pytest.mark.parametrize("bug", ORACLE_BUGS)
def test_a_bug_in_the_program_is_found_by_the_definitions(bug: str, monkeypatch: Patch) -> None:
    place, name, change, strategy = PROGRAM_BUGS[bug]
    plant(monkeypatch, place, name, change)
    assert bites(test_brute_force.test_the_plan_is_the_unique_best_one, strategy, tries=1_000)


# -- transfers, ranking, theorem -------------------------------------------------------------------------


def shortfall_last(old: Callable[..., Any], moves: Any, *args: Any) -> Any:
    ranked = old(moves, *args)
    return replace(ranked, transfers=ranked.transfers.take(np.arange(len(moves))[::-1]))


def one_move_less(old: Callable[..., Any], moves: Any, *args: Any) -> Any:
    return old(moves.take(np.arange(1, max(1, len(moves)))), *args)


def half(old: Callable[..., Any], *args: Any) -> Any:
    moves = old(*args)
    return replace(moves, amount=np.maximum(1, moves.amount // 2))


def test_transfers_that_do_not_add_up(monkeypatch: Patch) -> None:
    plant(monkeypatch, decision, "make_transfers", half)
    assert bites(unproved, ROUNDS)


def test_a_shortfall_that_is_not_rank_0(monkeypatch: Patch) -> None:
    plant(monkeypatch, decision, "rank_transfers", shortfall_last)
    with pytest.raises(pb.CertificateError):
        sample().propose()


def test_gains_that_do_not_add_up(monkeypatch: Patch) -> None:
    plant(monkeypatch, ranking, "_gains", lambda old, *args: old(*args) + 1)
    law = test_proposal_laws.test_a_head_is_a_verified_proposal_and_gains_add_up
    assert bites(law, ROUNDS, data=st.data())


def test_transfers_across_owners_before_those_inside(monkeypatch: Patch) -> None:
    """No rule is broken by it where all owners are open; where one is closed the certificate refuses."""
    plant(monkeypatch, transfers, "_first", lambda old, side, quota: old(side, quota * 0))
    assert bites(unproved, ROUNDS, tries=1_000)


def test_a_receiver_raised_beyond_its_quantile_does_harm(monkeypatch: Patch) -> None:
    """Both faces wrong alike: the certificate agrees with the program, the theorem does not."""
    plant(monkeypatch, Outlook, "receiver_level", lambda _, outlook, __: outlook.points[:, -1])
    plant(
        monkeypatch, Absorption, "violations", lambda _, __, case, *___, **____: np.zeros(len(case), np.int64)
    )
    plant(monkeypatch, certificate, "_bounds", lambda *_: [])
    law = test_proposal_laws.test_the_proposal_and_every_part_of_it_is_balanced_legal_and_harmless
    assert bites(law, settings_of(simple=True, told=False, authority=None), tries=1_000, data=st.data())


def test_an_unbalanced_pool_is_found_by_the_law_alone(monkeypatch: Patch) -> None:
    from phanbo.rules.walls import PoolBalance, RevenueShortfall

    for rule in (PoolBalance, RevenueShortfall):
        plant(
            monkeypatch, rule, "violations", lambda _, __, case, *___, **____: np.zeros(len(case), np.int64)
        )
    plant(monkeypatch, pipeline, "verified", lambda _, proposal: proposal)
    plant(monkeypatch, decision, "rank_transfers", one_move_less)
    assert bites(lambda setting: legal(setting.propose()), SHORT)


# -- order, rounds, refusals -----------------------------------------------------------------------------


def forgets(column: str) -> Callable[..., Any]:
    """Return an approval that forgets to change a column."""

    def planted(old: Callable[..., Any], book: Any, *, sources: Any = None, **columns: Any) -> Any:
        columns.pop(column, None)
        return old(book, sources=sources, **columns)

    return planted


@pytest.mark.parametrize(
    "column", ["plan", "requested_increase", "allocated_to_date", "medium_term_allocated", "not_to_be_raised"]
)
def test_an_approval_that_forgets_a_column(column: str, monkeypatch: Patch) -> None:
    plant(monkeypatch, pb.Portfolio, "replace", forgets(column))
    law, rounds = (
        test_apply_laws.test_an_approval_moves_the_figures_it_must,
        settings_of(families={"totals", "medium"}),
    )
    assert bites(law, rounds, tries=1_000)


def test_an_approval_that_leaves_the_shortfall_open(monkeypatch: Patch) -> None:
    def planted(old: Callable[..., Any], book: Any, *, sources: Any = None, **columns: Any) -> Any:
        del sources
        return old(book, **columns)

    plant(monkeypatch, pb.Portfolio, "replace", planted)
    assert bites(
        test_apply_laws.test_after_a_full_approval_nothing_moves, settings_of(shortfall=True, min_move=0)
    )


def test_an_approval_that_leaves_the_need_open(monkeypatch: Patch) -> None:
    plant(monkeypatch, pb.Portfolio, "replace", forgets("requested_increase"))
    law, rounds = (
        test_apply_laws.test_after_a_full_approval_nothing_moves,
        settings_of(simple=True, min_move=0),
    )
    assert bites(law, rounds, tries=1_000)


def test_an_approval_that_leaves_the_room_of_a_loan(monkeypatch: Patch) -> None:
    law: Any = test_apply_laws.test_after_a_full_approval_nothing_moves
    lines = sample().lines.iloc[:5]
    lines = lines.assign(source=LOAN, loan="Hiệp định 1", loan_room=100_000_000, loan_closes_on="2030-01-01")
    rounds = replace(sample(), lines=lines, sources=None)
    assert rounds.propose().summary["added"] > 0
    law.hypothesis.inner_test(rounds)
    plant(monkeypatch, pb.Portfolio, "replace", forgets("loan_room"))
    with pytest.raises(AssertionError):
        law.hypothesis.inner_test(rounds)


def test_a_proposal_that_depends_on_the_order_of_the_rows(monkeypatch: Patch) -> None:
    def as_written(old: Callable[..., Any], frames: Any, findings: Any = ()) -> Any:
        examined = old(frames, findings)
        lines = examined.grids["lines"]
        return replace(examined, grids={**examined.grids, "lines": lines.take(np.argsort(lines.rows))})

    plant(monkeypatch, portfolio, "examine", as_written)
    law = test_invariance.test_order_of_rows_and_columns_changes_nothing
    assert bites(law, settings_of(), data=st.data())


def test_a_refusal_that_names_nothing(monkeypatch: Patch) -> None:
    plant(monkeypatch, infeasible, "conflicts", lambda *_: [])
    law = test_refusals.test_a_shortfall_nobody_can_meet_is_infeasible_and_says_what_is_missing
    rounds = settings_of(shortfall=False)
    with pytest.raises(ValueError, match="unpack"):
        bites(law, rounds, units=st.just(1), data=st.data())


def test_without_a_bug_no_law_bites() -> None:
    assert not bites(faces, settings_of(), tries=20)
    assert not bites(unproved, settings_of(), tries=20)
