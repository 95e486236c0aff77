"""The laws of infeasible rounds bite: a bug is planted, and the law that should find it does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import test_brute_force
import test_infeasible
from hypothesis import strategies as st
from test_planted_bugs import bites, other_cost, plant

from phanbo import assemble, infeasible
from phanbo.certificate import costs, statement
from phanbo.infeasible import conflict, relaxation
from phanbo.infeasible.demands import Demands
from phanbo.rules.base import Limits
from phanbo.rules.granted import Granted
from strategies import settings_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from phanbo.case import Case

Patch = pytest.MonkeyPatch
TOLD = test_infeasible.test_the_conflict_is_irreducible_and_the_relaxation_is_enough
LEAST = test_infeasible.test_no_smaller_relaxation_is_enough
LINES = settings_of(simple=True, most=4, authority=None, min_move=0)
WALLED = settings_of(simple=True, most=4, authority=("owner-internal",), min_move=0)


def all_but_one(old: Callable[..., Any], *args: Any) -> Any:
    return [(demands, members[1:] or members) for demands, members in old(*args)]


def one_too_many(old: Callable[..., Any], *args: Any) -> Any:
    return [
        (demands, [*members, *[d for d in demands.all if d not in members][:1]])
        for demands, members in old(*args)
    ]


def one_unit_less(old: Callable[..., Any], *args: Any) -> Any:
    grants = old(*args)
    return [replace(grants[0], by=max(1, grants[0].by - 1)), *grants[1:]] if grants else []


def one_unit_more(old: Callable[..., Any], *args: Any) -> Any:
    return [replace(grant, by=grant.by + 1) if grant.kind == "bound" else grant for grant in old(*args)]


def without_kind(kind: str) -> Callable[..., Any]:
    """Return a bug in which demands of a kind are overlooked."""
    return lambda old, demands: (d for d in old(demands) if d.kind != kind)


def wider_than_granted(old: Callable[..., Any], rule: Granted, case: Case) -> Limits:
    limits: Limits = old(rule, case)
    return replace(limits, cut=None if limits.cut is None else limits.cut + case.policy.unit)


BUGS: dict[str, tuple[Any, str, Callable[..., Any], Any, Any]] = {
    "a member left out": (infeasible, "conflicts", all_but_one, TOLD, LINES),
    "a member to spare": (infeasible, "conflicts", one_too_many, TOLD, LINES),
    "no filter": (conflict, "irreducible", lambda _, some, __: list(some), TOLD, settings_of()),
    "bounds overlooked": (Demands, "_stated", without_kind("bound"), TOLD, LINES),
    "walls overlooked": (Demands, "_stated", without_kind("wall"), TOLD, WALLED),
    "a grant too small": (infeasible, "_settled", one_unit_less, TOLD, LINES),
    "a grant too large": (infeasible, "_settled", one_unit_more, LEAST, LINES),
    "law relaxed": (
        relaxation,
        "_may_be_granted",
        lambda _, rule, case: rule.code != "locked" and rule.limits(case).groups is None,
        TOLD,
        LINES,
    ),
    "a grant wider than told": (Granted, "limits", wider_than_granted, TOLD, LINES),
    "nothing but pins lowered": (relaxation, "_may_be_granted", lambda *_: False, LEAST, LINES),
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_in_what_an_infeasible_round_says_is_found(bug: str, monkeypatch: Patch) -> None:
    place, name, change, law, rounds = BUGS[bug]
    plant(monkeypatch, place, name, change)
    assert bites(law, rounds, data=st.data())


def test_a_tier_of_pins_that_is_forgotten_is_found_by_the_definitions(monkeypatch: Patch) -> None:
    plant(monkeypatch, assemble, "_tiers", other_cost("pinned", np.zeros_like))
    assert bites(
        test_brute_force.test_changes_asked_for_are_made_as_the_definitions_say, LINES, data=st.data()
    )


@pytest.mark.parametrize("module", [costs, statement])
def test_a_certificate_that_counts_pins_otherwise_refuses(module: Any, monkeypatch: Patch) -> None:
    if module is costs:

        def upside_down(old: Callable[..., Any], found: Any, name: str) -> Any:
            return -old(found, name) if name == "pinned" else old(found, name)

        plant(monkeypatch, costs.Costs, "of", upside_down)
    else:

        def none_pinned(old: Callable[..., Any], *args: Any) -> Any:
            steps = old(*args)
            return replace(steps, pinned=np.zeros_like(steps.pinned))

        plant(monkeypatch, statement, "_steps_of", none_pinned)
    assert bites(TOLD, LINES, data=st.data())


def test_without_a_bug_no_law_bites() -> None:
    for law in (TOLD, LEAST):
        assert not bites(law, settings_of(most=4, min_move=0), tries=30, data=st.data())
