"""A question asked of an open round has the answer of `propose` with the same settings, to the đồng."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import phanbo as pb
import rounds
from held_round import RULEBOOK, Setting
from phanbo.decision import decide
from phanbo.rules.asked import AskedLimits
from phanbo.solver.solution import Limits
from phanbo.whatif import ASSESSED_WITH
from strategies import CONFIDENCES, TIERS, settings_of


def opened(setting: Setting) -> pb.WhatIf:
    """Return the open round of a drawn setting."""
    return pb.WhatIf(setting.portfolio, **setting.given())


@st.composite
def questions(draw: st.DrawFn, /, ids: list[str], unit: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Draw limits of lines and settings that differ."""
    lines = st.sampled_from(ids)
    caps = st.dictionaries(lines, st.integers(0, 6).map(lambda k: k * unit - (k > 3)), max_size=3)
    limits = {
        "lock": draw(st.lists(lines, max_size=2)),
        "most_cut": draw(caps),
        "most_add": draw(caps),
    }
    d, r = draw(st.sampled_from(CONFIDENCES))
    some = {
        "donor_confidence": d,
        "receiver_confidence": r,
        "tiers": draw(st.sampled_from(TIERS)),
        "judge": draw(st.sampled_from(("actual", "pace", "forecast"))),
        "fast": draw(st.sampled_from(("average", "milestone"))),
        "return_unplaced": draw(st.booleans()),
        "min_move": draw(st.sampled_from((0, 2 * unit))),
    }
    names = draw(st.sets(st.sampled_from(sorted(some))))
    if names & {"donor_confidence", "receiver_confidence"}:
        names |= {"donor_confidence", "receiver_confidence"}  # their sum must stay above 1
    return limits, {name: some[name] for name in names}


@given(settings_of(), st.data())
def test_an_answer_is_the_proposal_of_the_same_settings(setting: Setting, data: st.DataObject) -> None:
    try:
        round_ = opened(setting)
    except pb.PhanboError:
        return
    ids = round_.portfolio.text("line_id").tolist()
    limits, settings = data.draw(questions(ids, setting.policy.unit))
    caps = dict.fromkeys(limits["lock"], 0)
    rule = AskedLimits(limits["most_cut"] | caps, limits["most_add"] | caps)
    policy = replace(setting.policy, **settings)
    book = RULEBOOK.with_rule(rule) if rule.most_cut or rule.most_add else RULEBOOK
    try:
        wanted = setting.propose(rulebook=book, policy=policy)
    except pb.InfeasibleRound:
        with pytest.raises(pb.InfeasibleRound):
            round_.ask(**limits, **settings)
        return
    answer = round_.ask(**limits, **settings)
    assert answer.cut.tolist() == wanted.lines["cut"].tolist()
    assert answer.add.tolist() == wanted.lines["add"].tolist()
    shown = dict(zip(wanted.tiers["tier"], wanted.tiers["value"], strict=True))
    assert {name: shown[name] for name in answer.tiers} == answer.tiers
    assert answer.proposal().hash == wanted.hash
    for line, most in dict(rule.most_cut).items():
        assert answer.cut[ids.index(line)] <= most
    for line, most in dict(rule.most_add).items():
        assert answer.add[ids.index(line)] <= most


@given(settings_of(), st.data())
def test_a_question_leaves_the_round_as_it_was(setting: Setting, data: st.DataObject) -> None:
    try:
        round_ = opened(setting)
        before = round_.ask()
    except pb.PhanboError:
        return
    limits, settings = data.draw(questions(round_.portfolio.text("line_id").tolist(), setting.policy.unit))
    with contextlib.suppress(pb.InfeasibleRound):
        round_.ask(**limits, **settings)
    after = round_.ask()
    assert (after.cut.tolist(), after.add.tolist()) == (before.cut.tolist(), before.add.tolist())


def test_a_limit_is_cited_and_read_back_from_the_case(tmp_path: Any) -> None:
    round_ = pb.WhatIf(pb.Portfolio(rounds.lines(8)), calendar=rounds.CALENDAR, round=2, as_of=rounds.AS_OF)
    base = round_.base.proposal()
    line = str(base.adjustments.query("change > 0")["line_id"].iloc[0])
    most = int(base.adjustments.query("change > 0")["change"].iloc[0]) - 100 * rounds.UNIT
    found = round_.ask(most_add={line: most}).proposal()
    row = found.lines.set_index("line_id").loc[line]
    assert (row["add"], row["binding_rule"]) == (most, "asked-limit")
    found.save(tmp_path / "case")
    again = pb.load_proposal(tmp_path / "case")
    assert again.verify().ok
    assert again.hash == found.hash
    assert isinstance(again.rulebook, pb.Rulebook)
    assert again.rulebook.rule("asked-limit") == AskedLimits({}, {line: most})


def test_what_cannot_be_asked_is_told() -> None:
    round_ = pb.WhatIf(pb.Portfolio(rounds.lines()), calendar=rounds.CALENDAR, round=2, as_of=rounds.AS_OF)
    with pytest.raises(pb.PolicyError, match="no such lines: L99"):
        round_.ask(lock=["L99"])
    with pytest.raises(pb.PolicyError, match="Unknown settings"):
        round_.ask(speed=3)
    with pytest.raises(pb.PolicyError, match="whole amounts from 0"):
        round_.ask(most_cut={"L0": -1})
    with pytest.raises(pb.PolicyError, match="whole amounts from 0"):
        round_.ask(most_add={"L0": 1.5})  # type: ignore[dict-item]


def test_one_id_is_one_line() -> None:
    round_ = pb.WhatIf(pb.Portfolio(rounds.lines()), calendar=rounds.CALENDAR, round=2, as_of=rounds.AS_OF)
    assert round_.ask(lock="L0").cut[0] == 0


def test_settings_of_the_assessment_open_the_round_anew() -> None:
    """Every setting that the outlook or the assessment reads is known to be one."""
    portfolio = pb.Portfolio(rounds.lines())
    round_ = pb.WhatIf(portfolio, calendar=rounds.CALENDAR, round=2, as_of=rounds.AS_OF)
    asked: dict[str, Any] = {"judge": "actual", "fast": "milestone", "unit": 1_000, "deadline": "2024-12-31"}
    assert asked.keys() | {"forecaster"} == set(ASSESSED_WITH)
    for name, value in asked.items():
        wanted = rounds.proposal(policy=pb.Policy(**{name: value}))
        assert round_.ask(**{name: value}).proposal().hash == wanted.hash


@given(settings_of(), st.sampled_from(CONFIDENCES))
def test_only_rules_that_say_so_move_with_the_confidences(setting: Setting, d_r: tuple[float, float]) -> None:
    """What a what-if keeps of the rules is what they would say again."""
    case = setting.case()
    other = case.under(replace(case.policy, donor_confidence=d_r[0], receiver_confidence=d_r[1]))
    for rule in RULEBOOK.rules:
        if rule.of_confidence:
            continue
        one, two = rule.limits(case), rule.limits(other)
        for name in ("cut", "add", "closed"):
            assert np.array_equal(getattr(one, name), getattr(two, name)), (rule.code, name)
        assert (one.groups is None) == (two.groups is None)
        if one.groups is not None and two.groups is not None:
            assert one.groups.group.tolist() == two.groups.group.tolist()
            assert one.groups.headroom.tolist() == two.groups.headroom.tolist()


@given(settings_of(min_move=0, return_unplaced=False, shortfall=False), st.data())
def test_narrowing_the_program_kept_is_stating_it_anew(setting: Setting, data: st.DataObject) -> None:
    """Confidences and limits of lines: the quick way and the long way agree, and the quick way is taken."""
    round_ = opened(setting)
    limits, settings = data.draw(questions(round_.portfolio.text("line_id").tolist(), setting.policy.unit))
    settings = {name: value for name, value in settings.items() if "confidence" in name}
    answer = round_.ask(**limits, **settings)
    again = decide(answer.asked.case, answer.asked.book, Limits())
    assert answer.cut.tolist() == again.cut.tolist()
    assert answer.add.tolist() == again.add.tolist()
    assert answer.decision.bounds.add.tolist() == again.bounds.add.tolist()
    values = {tier.name: tier.value for tier in again.solution.tiers}
    assert all(values[t.name] == t.value for t in answer.decision.solution.tiers if t.name in values)
    assert round_._kept is not None
    assert answer.decision.program.rows == round_._kept[0].program.rows


def test_caps_are_taken_as_numpy_and_pandas_give_them() -> None:
    round_ = pb.WhatIf(pb.Portfolio(rounds.lines()), calendar=rounds.CALENDAR, round=2, as_of=rounds.AS_OF)
    wanted = round_.ask(most_cut={"L0": 5 * rounds.UNIT}).cut.tolist()
    numpys: Any = np.int64(5 * rounds.UNIT)
    assert round_.ask(most_cut={"L0": numpys}).cut.tolist() == wanted
    assert round_.ask(most_cut=pd.Series({"L0": 5 * rounds.UNIT})).cut.tolist() == wanted  # type: ignore[arg-type]
    for wrong in (True, 2.5, 10**17):
        with pytest.raises(pb.PolicyError):
            round_.ask(most_cut={"L0": wrong})  # type: ignore[dict-item]
    with pytest.raises(pb.PolicyError, match="lock is a list"):
        round_.ask(lock=5)  # type: ignore[arg-type]


def test_progress_tells_the_end_of_every_stage() -> None:
    told: list[tuple[str, int, int]] = []
    rounds.proposal(progress=lambda *what: told.append(what))
    for stage in ("assess", "solve", "verify"):
        assert any(name == stage and done == total for name, done, total in told), stage
