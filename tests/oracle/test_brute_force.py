"""On tiny rounds the solver's plan is the one plan that the definitions call best."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from brute_force import Oracle
from hypothesis import given
from hypothesis import strategies as st

from held_round import LATER, RULEBOOK
from phanbo.assemble import assemble
from phanbo.bounds import make_bounds
from phanbo.decision import changes
from phanbo.errors import InfeasibleRound
from phanbo.policy import Tier
from phanbo.solver.reference import solve
from strategies import pinned, settings_of

if TYPE_CHECKING:
    from held_round import Setting
    from phanbo.case import Case
    from phanbo.rulebook import Rulebook


def agrees(case: Case, rulebook: Rulebook = RULEBOOK) -> None:
    """The tiers' values and the plan are those of the enumeration; nothing else is best."""
    oracle = Oracle(case, rulebook)
    if not oracle.is_small:
        return
    bounds = make_bounds(case, rulebook)
    unit = case.policy.unit
    assert (bounds.cut // unit).tolist() == oracle.give
    assert (np.maximum(bounds.cut, bounds.forced) // unit).tolist() == oracle.must
    program = assemble(case, rulebook, bounds)
    tiers = [(tier.name, *tier.tolerance) for tier in program.tiers]
    lines = [(f"line[{i}]", 0, 1) for i in range(len(case))]
    best = oracle.best([*tiers, ("canonical[1]", 0, 1), ("canonical[2]", 0, 1), *lines])
    if best is None:
        with pytest.raises(InfeasibleRound):
            solve(program)
        return
    solution = solve(program)
    cut, add = changes(program, solution, case)
    assert best.plans.tolist() == [((add - cut) // unit).tolist()]
    if not program.marked:
        found = {tier.name: tier.value for tier in solution.tiers}
        assert {name: best.values[name] for name, _, _ in tiers} == {
            name: found[name] for name, _, _ in tiers
        }


@given(setting=settings_of(most=4, min_move=0))
def test_the_plan_is_the_unique_best_one(setting: Setting) -> None:
    agrees(setting.case())


@pytest.mark.parametrize("base", LATER)
@given(setting=settings_of(most=4, min_move=0, families={"claims", "flags", "schedule"}))
def test_the_plan_is_the_unique_best_one_under_later_laws(base: str, setting: Setting) -> None:
    agrees(setting.case(LATER[base]), LATER[base])


@given(setting=settings_of(most=6, simple=True, authority=None, min_move=0))
def test_the_plan_is_the_unique_best_one_among_many(setting: Setting) -> None:
    agrees(setting.case())


@given(setting=settings_of(most=4, shortfall=True, min_move=0))
def test_a_shortfall_is_met_as_the_definitions_say(setting: Setting) -> None:
    agrees(setting.case())


@given(setting=settings_of(most=4, min_move=0), data=st.data())
def test_changes_asked_for_are_made_as_the_definitions_say(setting: Setting, data: st.DataObject) -> None:
    agrees(pinned(data, setting).case())


@given(setting=settings_of(most=4, min_move=0), inflow=st.integers(-1, 6), off=st.sampled_from((0, 1, -1)))
def test_money_that_comes_in_is_placed_as_the_definitions_say(
    setting: Setting, inflow: int, off: int
) -> None:
    agrees(setting.case(inflow=inflow * setting.policy.unit + off))


@given(
    setting=settings_of(most=4, simple=True, authority=None, min_move=0),
    tolerances=st.lists(st.sampled_from((0.0, 0.1, 0.5, 1.0)), min_size=5, max_size=5),
)
def test_a_tolerance_is_given_up_for_the_tiers_after_it(setting: Setting, tolerances: list[float]) -> None:
    names = ("obligations", "priority", "disbursement", "authority", "worst_first")
    tiers = tuple(Tier(name, t) for name, t in zip(names, tolerances, strict=True))
    agrees(setting.with_policy(tiers=tiers).case())
