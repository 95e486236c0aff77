"""A rule has two faces, and they agree: what it says to the program, and how it re-checks a plan."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from checks import bounds_agree, faces_agree
from held_round import RULEBOOK
from phanbo.rules import RULES
from phanbo.rules.asked import AskedLimits
from strategies import settings_of

if TYPE_CHECKING:
    from held_round import Setting

MANY = profile.default.max_examples * 2 if profile.default else 50


@given(setting=settings_of(), held=st.lists(st.booleans(), min_size=7, max_size=7))
@profile(max_examples=MANY)
def test_rows_are_violations_at_the_edge(setting: Setting, held: list[bool]) -> None:
    case = setting.case()
    faces_agree(replace(case, held=np.array(held[: len(case)])), RULEBOOK)


@given(settings_of(), st.data())
def test_limits_asked_for_lines_have_two_faces(setting: Setting, data: st.DataObject) -> None:
    case = setting.case()
    lines = st.sampled_from([*case.portfolio.text("line_id").tolist(), "no such line"])
    caps = st.dictionaries(lines, st.integers(0, 5 * case.policy.unit))
    bounds_agree(case, AskedLimits(data.draw(caps), data.draw(caps)))


def test_every_built_in_rule_is_in_the_rulebook_and_cites_its_source() -> None:
    # What reviewers ask of single lines stands in no rulebook of law.
    assert {rule.code for rule in RULEBOOK.rules} == set(RULES) - {"asked-limit"}
    for rule in RULEBOOK.rules:
        assert rule.title_vi
        assert rule.title_en
        assert rule.source.cite("vi")
        assert type(rule).__doc__
