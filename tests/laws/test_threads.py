"""Rounds in eight threads at once, on one portfolio or on many, come to the same proposal."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from drawn_programs import draw_program
from hypothesis import given
from hypothesis import settings as profile
from test_user_rules import with_quotas

import phanbo as pb
from held_round import Setting, sample
from phanbo.portfolio import Portfolio
from phanbo.solver import reference
from strategies import settings_of

THREADS = 8
FEW = max(3, (profile.default.max_examples if profile.default else 25) // 8)


def at_once(work: Callable[[int], str]) -> set[str]:
    """Return what the threads come to, all let go at one moment."""
    gate = Barrier(THREADS)

    def held(number: int) -> str:
        gate.wait()
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return set(pool.map(held, range(THREADS)))


def fresh(setting: Setting) -> Portfolio:
    """Return the tables of a round as an object of their own, nothing remembered yet."""
    return pb.Portfolio(setting.lines, sources=setting.sources)


@given(setting=settings_of())
@profile(max_examples=FEW)
def test_rounds_in_threads(setting: Setting) -> None:
    expected, book = setting.propose().to_json(), with_quotas(setting.policy.unit, 2, 3)
    crossed = setting.propose(rulebook=book).hash
    shared = fresh(setting)

    def work(number: int) -> str:
        tables = shared if number % 2 else fresh(setting)
        found = pb.propose(tables, **setting.given())
        assert found.verify().ok
        assert pb.propose(tables, **setting.given(rulebook=book)).hash == crossed
        return found.to_json()

    assert at_once(work) == {expected}


def test_integer_programs_and_second_opinions_in_threads() -> None:
    setting = sample().with_policy(tiers=(pb.Tier("disbursement", 0.1), "authority", "worst_first"))
    expected, shared = setting.propose().hash, fresh(setting)
    assert at_once(lambda _: pb.propose(shared, **setting.given(), cross_check="HiGHS").hash) == {expected}


@pytest.mark.parametrize("seed", range(FEW))
def test_the_reference_solver_in_threads(seed: int) -> None:
    program = draw_program(seed)

    def solved(_: int) -> str:
        try:
            solution = reference.solve(program)
        except pb.InfeasibleRound:
            return "no plan"
        return repr((solution.x.tolist(), [(t.name, t.value, t.duals.tolist()) for t in solution.tiers]))

    assert at_once(solved) == {solved(0)}


def test_questions_in_threads() -> None:
    """A round kept open finds its outlook, its program and their order once, whoever asks first."""
    setting = sample()
    alone = pb.WhatIf(setting.portfolio, **setting.given())
    asked = [0.5 + number / 20 for number in range(THREADS)]
    expected = [alone.ask(donor_confidence=one).proposal().hash for one in asked]
    kept = pb.WhatIf(fresh(setting), **setting.given())

    def work(number: int) -> str:
        assert kept.base.proposal().hash == expected[0]
        return str(kept.ask(donor_confidence=asked[number]).proposal().hash == expected[number])

    assert at_once(work) == {"True"}
