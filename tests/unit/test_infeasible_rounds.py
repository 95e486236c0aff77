"""Infeasible rounds by hand: what contradicts what, who may grant what, and what was granted stays in the case."""

from __future__ import annotations

import json
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import phanbo as pb
from checks import bounds_agree
from phanbo.cli import main
from phanbo.replay import replay
from phanbo.rulebook_file import parse_rulebook
from phanbo.rules.asked import AskedLimits
from phanbo.rules.donor_tests import DonorTest
from phanbo.rules.granted import Granted
from rounds import AS_OF, CALENDAR, RULEBOOK, SOURCE, TY, UNIT, case_of, inflow, lines, proposal

if TYPE_CHECKING:
    from pathlib import Path


def refusal(
    *, book: pb.Rulebook = RULEBOOK, frame: Any = None, sources: Any = None, **policy: Any
) -> pb.InfeasibleRound:
    with pytest.raises(pb.InfeasibleRound) as caught:
        proposal(frame, sources, rulebook=book, policy=pb.Policy(**policy))
    return caught.value


def kinds(error: pb.InfeasibleRound) -> list[tuple[str, str]]:
    return [(entry["kind"], entry["rule"]) for entry in error.conflict]


# -- pins -------------------------------------------------------------------------------------------------


def test_a_change_asked_for_is_made_told_and_ranked_first() -> None:
    made = proposal(policy=pb.Policy(pins={"L3": 2 * TY, "L4": -3 * TY}))
    row = made.lines.set_index("line_id")
    assert row["add"]["L3"] >= 2 * TY
    assert row["cut"]["L4"] >= 3 * TY
    assert made.tiers.iloc[0].tolist()[:2] == ["pinned", 5 * TY]
    assert made.transfers["to_line"].iloc[0] == "L3"
    reasons = made.adjustments.set_index("line_id")
    assert "theo yêu cầu của cấp xem xét" in reasons["reason_vi"]["L3"]
    assert "as the reviewers of the round ask" in reasons["reason_en"]["L4"]
    assert "cấp xem xét" not in reasons["reason_vi"]["L0"]


def test_pins_travel_with_the_case(tmp_path: Path) -> None:
    made = proposal(policy=pb.Policy(pins={"L3": 2 * TY}))
    made.save(tmp_path / "case")
    again = pb.load_proposal(tmp_path / "case")
    assert again.verify().ok
    assert again.hash == made.hash
    assert replay(tmp_path / "case") == []
    policy = json.loads((tmp_path / "case" / "policy.json").read_text(encoding="utf-8"))
    assert policy["pins"] == {"L3": 2 * TY}
    for pins in ({"L3": 6 * TY}, {"L3": 2 * TY, "L99": TY}, {"L3": TY}, {}):
        plain = json.loads(made.to_json())
        plain["policy"]["pins"] = pins
        told = pb.Proposal.from_json(json.dumps(plain), portfolio=pb.Portfolio(lines()))
        assert not told.verify().ok, pins


@pytest.mark.parametrize(
    "pins",
    [
        {"L1": 0},
        {"L1": 1.5},
        {"L1": True},
        {"L1": 1},
        {1: TY},
        5,
        "L1",
        {"L1": 10**17},
        (("L1", TY), ("L1", TY)),
    ],
)
def test_impossible_pins_are_refused(pins: Any) -> None:
    with pytest.raises(pb.PolicyError, match="pins"):
        pb.Policy(pins=pins)


def test_pins_are_kept_as_pairs_whatever_gave_them() -> None:
    whole: Any = np.int64(TY)
    policy = pb.Policy(pins={"L3": whole, "L1": -TY})
    assert policy.pins == (("L1", -TY), ("L3", TY))
    assert pb.Policy.from_dict(policy.to_dict()).pins == policy.pins
    assert hash(policy) == hash(pickle.loads(pickle.dumps(policy)))  # noqa: S301 — our own


def test_a_pin_of_an_unknown_line_is_refused() -> None:
    with pytest.raises(pb.PolicyError, match="no such lines: L99"):
        proposal(policy=pb.Policy(pins={"L99": TY}))
    round_ = pb.WhatIf(pb.Portfolio(lines()), calendar=CALENDAR, round=2, as_of=AS_OF)
    with pytest.raises(pb.PolicyError, match="no such lines: L99"):
        round_.ask(pins={"L99": TY})


def test_a_what_if_takes_pins_and_refuses_as_propose_does() -> None:
    round_ = pb.WhatIf(pb.Portfolio(lines()), calendar=CALENDAR, round=2, as_of=AS_OF)
    answer = round_.ask(pins={"L3": 2 * TY})
    assert answer.proposal().hash == proposal(policy=pb.Policy(pins={"L3": 2 * TY})).hash
    pinned = pb.WhatIf(
        pb.Portfolio(lines()), calendar=CALENDAR, round=2, as_of=AS_OF, policy=pb.Policy(pins={"L3": 2 * TY})
    )
    assert pinned.ask(receiver_confidence=0.9).tiers["pinned"] == 2 * TY
    with pytest.raises(pb.InfeasibleRound) as caught:
        round_.ask(pins={"L3": 9 * TY})
    assert caught.value.to_dict() == refusal(pins={"L3": 9 * TY}).to_dict()


def test_the_least_move_does_not_hold_what_is_asked_for() -> None:
    made = proposal(policy=pb.Policy(pins={"L3": TY}, min_move=2 * TY, tiers=("authority",)))
    assert made.lines.set_index("line_id").loc["L3", "add"] == TY
    assert made.verify().ok


def test_a_cut_of_more_than_the_plan_names_the_plan() -> None:
    error = refusal(pins={"L0": -11 * TY})
    (entry,) = error.conflict
    assert entry["plan"] == 10 * TY
    assert "11.000 triệu đồng, mà kế hoạch chỉ có 10.000 triệu đồng" in error.message("vi")
    assert "11,000 million đồng, of a plan of only 10,000 million đồng" in error.message("en")
    assert "plan" not in refusal(pins={"L0": -9 * TY - UNIT}).conflict[0]


# -- conflicts --------------------------------------------------------------------------------------------


def test_a_pin_beyond_what_a_rule_leaves() -> None:
    error = refusal(pins={"L3": 9 * TY})
    assert kinds(error) == [("pin", "pinned"), ("bound", "stated-need")]
    assert error.conflict[1]["lines"] == ["L3"]
    assert error.conflict[1]["amount"] == 5 * TY
    told = [(g["kind"], g["rule"], g["line_id"], g["granted_by"]) for g in error.relaxation]
    assert told == [("bound", "absorption", "L3", "department"), ("pin", "pinned", "L3", "reviewers")]
    assert error.relaxation[1]["by"] == 4 * TY, "no need is stated for more"
    for lang, word in (("vi", "Không thể cùng lúc"), ("en", "These cannot all be")):
        assert word in error.message(lang)
        assert all(
            entry[f"says_{lang}"] in error.message(lang) for entry in (*error.conflict, *error.relaxation)
        )


def test_two_pins_under_one_ceiling() -> None:
    """L1 and L3 are lines of one project with room for 2 tỷ in all; each pin alone could be met."""
    frame = lines(project_id=["P0", "P1", "P2", "P1", "P4", "P5"], total_investment=[100 * TY] * 6)
    frame["source"] = [SOURCE, SOURCE, SOURCE, "Xổ số kiến thiết", "Xổ số kiến thiết", SOURCE]
    frame["project"], frame["owner"] = frame["project_id"], "Ban 1"
    frame["allocated_to_date"] = [98 * TY if p == "P1" else 50 * TY for p in frame["project_id"]]
    pins = {"L1": 2 * TY, "L3": TY}
    error = refusal(frame=frame, pins=pins)
    assert sorted(kinds(error)) == [("ceiling", "total-investment"), ("pin", "pinned"), ("pin", "pinned")]
    ceiling = next(entry for entry in error.conflict if entry["kind"] == "ceiling")
    assert (ceiling["lines"], ceiling["amount"]) == (["L1", "L3"], 2 * TY)
    assert sum(entry["by"] for entry in error.relaxation) == TY
    for line, amount in pins.items():
        assert proposal(frame, policy=pb.Policy(pins={line: amount})).verify().ok


def test_a_pin_that_only_a_wall_stands_in_the_way_of() -> None:
    error = refusal(pins={"L3": 2 * TY}, authority=("owner-internal",))
    assert ("wall", "authority") in kinds(error)
    wider = pb.Policy(pins={"L3": 2 * TY}, authority=("owner-internal",)).granting(error.relaxation)
    assert proposal(policy=wider, rulebook=RULEBOOK.granting(error.relaxation)).verify().ok


def test_a_duty_against_locks_is_told_as_one_member_and_the_department_may_unlock() -> None:
    frame = lines(locked=["để chờ", "để chờ", "để chờ", "để chờ", None, None])
    error = refusal(frame=frame, sources=inflow(-12 * TY))
    duty, spent, locked = error.conflict
    assert (duty["kind"], duty["required"], duty["available"], duty["missing"]) == (
        "duty",
        12 * TY,
        10 * TY,
        2 * TY,
    )
    assert (locked["rule"], locked["lines"], locked["amount"]) == ("locked", ["L0", "L1", "L2", "L3"], 0)
    assert (spent["rule"], spent["lines"], spent["amount"]) == ("spent-money", ["L4", "L5"], 10 * TY)
    assert sum(entry["by"] for entry in error.relaxation) == 2 * TY
    assert {entry["granted_by"] for entry in error.relaxation} == {"department"}
    book = RULEBOOK.granting(error.relaxation)
    assert proposal(frame, inflow(-12 * TY), rulebook=book).verify().ok


def test_where_law_alone_leaves_no_way_nobody_may_grant_anything() -> None:
    error = refusal(sources=inflow(-50 * TY), pins={"L3": TY})
    assert error.relaxation == ()
    assert all(not entry["granted_by"] for entry in error.conflict)
    assert "riêng các quy định của luật" in error.message("vi")


def test_who_stands_lower_grants_first() -> None:
    """To raise L3 by 2 tỷ where every donor is locked: the department unlocks; the reviewers need not give in."""
    frame = lines(locked=["x" if i % 2 == 0 else None for i in range(6)])
    error = refusal(frame=frame, pins={"L3": 2 * TY})
    assert {entry["granted_by"] for entry in error.relaxation} == {"department"}
    assert sum(entry["by"] for entry in error.relaxation) == 2 * TY


# -- grants -----------------------------------------------------------------------------------------------


def test_a_granted_rule_has_two_faces_that_agree() -> None:
    case = case_of(lines(locked=["x", None, None, "x", None, None]), unit=3)
    for code in ("locked", "donor-depth", "absorption"):
        more = {"L0": 7, "L1": 5 * TY + 1}
        bounds_agree(case, Granted(RULEBOOK.rule(code), more, more))
    bounds_agree(case, Granted(AskedLimits({"L0": 5}, {"L3": 0}), {"L0": 2}, {"L3": 3}))


def test_a_grant_travels_with_the_case_and_is_replayed(tmp_path: Path) -> None:
    frame = lines(locked=["x" if i % 2 == 0 else None for i in range(6)])
    policy = pb.Policy(pins={"L3": 2 * TY})
    error = refusal(frame=frame, pins={"L3": 2 * TY})
    book = RULEBOOK.granting(error.relaxation)
    made = proposal(frame, rulebook=book, policy=policy)
    assert made.lines.set_index("line_id")["add"]["L3"] == 2 * TY
    made.save(tmp_path / "case")
    again = pb.load_proposal(tmp_path / "case")
    assert again.verify().ok
    assert replay(tmp_path / "case") == []
    assert again.rulebook is not None
    for rule in (again.rulebook.rule("locked"), book.rule("locked")):
        assert isinstance(rule, Granted)
        assert (sum(dict(rule.cut).values()), rule.add) == (2 * TY, ())
    assert book.granting([]) == book
    twice = pb.load_rulebook(_written(tmp_path, book.granting(error.relaxation).text)).rule("locked")
    assert isinstance(twice, Granted)
    assert isinstance(twice.rule, Granted)


def _written(folder: Path, text: str) -> Path:
    path = folder / "book.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_law_is_never_granted() -> None:
    with pytest.raises(ValueError, match="is law"):
        Granted(DonorTest(), {"L0": 1})
    entry = {"kind": "bound", "rule": "donor-test", "line_id": "L0", "side": "cut", "by": 1}
    with pytest.raises(pb.RulebookError, match="cannot be granted"):
        RULEBOOK.granting([entry])
    with pytest.raises(pb.RulebookError, match="cannot be granted"):
        RULEBOOK.granting([{**entry, "rule": "asked-limit"}])
    with pytest.raises(pb.RulebookError, match="cannot be granted"):
        RULEBOOK.granting([{**entry, "rule": "locked", "by": 0}])
    text = RULEBOOK.text.replace(
        "[[class]]",
        '[[granted]]\nrule = "donor-test"\nby = "department"\ncut = { L0 = 5 }\nadd = {}\n[[class]]',
        1,
    )
    with pytest.raises(pb.RulebookError, match="is law"):
        parse_rulebook(text)


def test_the_command_line_tells_conflict_and_relaxation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, policy = tmp_path / "lines.csv", tmp_path / "policy.json"
    lines().to_csv(table, index=False)
    policy.write_text(json.dumps({"pins": {"L3": 9 * TY}}), encoding="utf-8")
    given = ["propose", str(table), "--calendar", "lang-son-2024", "--round", "2", "--as-of", AS_OF]
    code = main([*given, "--policy", str(policy), "--out", str(tmp_path / "case"), "--unit", "đồng"])
    said = capsys.readouterr()
    assert code == 3, said.err
    assert (
        "Không thể cùng lúc:\n- Cấp xem xét yêu cầu bổ sung dòng vốn L3 ít nhất 9.000 triệu đồng." in said.err
    )
    assert "Nới ít nhất để có phương án" in said.err
    assert "- Cấp xem xét hạ yêu cầu bổ sung dòng vốn L3 đi 4.000 triệu đồng." in said.err


@pytest.mark.parametrize(
    "relaxation",
    [
        None,
        ["bound"],
        [{}],
        [{"kind": "bound"}],
        [{"kind": "bound", "rule": "absorption", "side": "aside", "line_id": "L1", "by": TY}],
        [{"kind": "bound", "rule": "absorption", "side": "add", "line_id": 1, "by": TY}],
        *(
            [{"kind": "bound", "rule": "absorption", "side": "add", "line_id": "L1", "by": by}]
            for by in (None, "1", True, 1.5, 0, -TY)
        ),
    ],
)
def test_what_is_no_relaxation_is_refused(relaxation: Any) -> None:
    with pytest.raises(pb.RulebookError, match="cannot be granted"):
        RULEBOOK.granting(relaxation)
