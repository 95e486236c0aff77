"""What a rule finds in a joint plan is what its formula says, line by line, also where amounts are largest."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import settings as profile
from hypothesis import strategies as st

import phanbo as pb
from held_round import RULEBOOK, Setting, Told
from phanbo.bounds import make_bounds
from phanbo.case import Changes
from phanbo.money import LIMIT
from phanbo.rules import RULES
from phanbo.tables.schema import LINES, Type
from slow_rules import BREACH, Slow
from strategies import LOAN, settings_of

if TYPE_CHECKING:
    from phanbo.case import Case

MONEY = tuple(column.name for column in LINES.columns if column.type is Type.MONEY)
CEILINGS = ("total_investment", "medium_term_plan")
KINDS: dict[str, dict[str, Any]] = {
    "any": {},
    "totals": {"families": {"totals", "medium"}},
    "loans": {"families": {"loan", "totals"}, "sources": (LOAN,)},
    "papers": {"families": {"approved", "procedures", "procedures_on", "commitment", "time-limit"}},
    "owners": {"simple": True, "fast": "average"},
    "claims": {"families": {"committed", "claims", "flags", "locked", "started"}},
}
"""Rounds in which different rules have something to say."""


def enlarged(setting: Setting) -> Setting:
    """Return the round with amounts as large as phanbo accepts; ceilings stop at the limit."""
    present = [name for name in MONEY if name in setting.lines]
    amounts = [v for name in present if name not in CEILINGS for v in setting.lines[name] if v is not None]
    factor = LIMIT // max(1, *amounts)
    lines = setting.lines.copy()
    for name in present:
        cells = [None if v is None else min(LIMIT, v * factor) for v in lines[name]]
        lines[name] = np.array(cells, dtype=object)
    sources, policy = setting.sources, setting.policy
    if sources is not None:
        sources = sources.assign(inflow=sources["inflow"] * factor)
    if isinstance(policy.forecaster, Told):
        table = {k: tuple(min(LIMIT, y * factor) for y in row) for k, row in policy.forecaster.table.items()}
        policy = replace(policy, forecaster=replace(policy.forecaster, table=table))
    return replace(setting, lines=lines, sources=sources, policy=policy)


@st.composite
def plans(draw: st.DrawFn, case: Case) -> Changes:
    """Draw a change of most lines: at the bounds of the line, beside them, or far beyond."""
    bounds, sides = make_bounds(case, RULEBOOK), []
    raised = np.array(draw(st.lists(st.booleans(), min_size=len(case), max_size=len(case))))
    for side, here in ((bounds.cut, ~raised), (bounds.add, raised)):
        off = st.sampled_from((0, 0, 1, -1, case.policy.unit, -LIMIT, LIMIT, LIMIT // 3))
        moved = side + np.array(draw(st.lists(off, min_size=len(case), max_size=len(case))))
        sides.append(np.where(here, np.clip(moved, 0, LIMIT), 0))
    return Changes(sides[0], sides[1])


MANY = profile.default.max_examples * 2 if profile.default else 50


@pytest.mark.parametrize("kind", KINDS)
@profile(max_examples=MANY)
@given(data=st.data(), large=st.booleans(), alone=st.booleans())
def test_violations_are_those_of_the_formula(
    kind: str, data: st.DataObject, *, large: bool, alone: bool
) -> None:
    setting = data.draw(settings_of(**KINDS[kind]))
    try:
        case = (enlarged(setting) if large else setting).case()
    except pb.DataError:  # lines of one project that together pass the limit
        assume(large)
        assume(False)  # noqa: FBT003
    held = data.draw(st.lists(st.booleans(), min_size=len(case), max_size=len(case)))
    case = replace(case, held=np.array(held))
    plan = data.draw(plans(case))
    slow = Slow(case, plan, alone)
    for rule in RULEBOOK.rules:
        stated = rule.has_columns(case) or rule.code in WITHOUT_COLUMNS
        wanted = [BREACH[rule.code](slow, i) if stated else 0 for i in slow.lines]
        found = rule.violations(case, plan, alone=alone)
        assert found.dtype == np.int64, rule.code
        assert found.tolist() == wanted, (rule.code, plan)


WITHOUT_COLUMNS = ("spent-money", "owed-claims", "stated-need", "counterpart")
"""Rules that take an absent column as nothing stated."""


def test_every_rule_has_its_formula() -> None:
    assert set(BREACH) == set(RULES) - {"asked-limit"}
