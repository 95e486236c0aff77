"""A what-if session: each answer is the proposal of its settings, on the record, undone to the byte; and its widget."""

from __future__ import annotations

import doctest
import json
import re
from pathlib import Path
from typing import Any

import pytest

import phanbo as pb
from phanbo.examples import load_lang_son
from phanbo.panel import Progress, Session, progress, session
from phanbo.panel.view import found, labels, pinned, view_of
from phanbo.policy import DEFAULT_TIERS
from phanbo.replay import replay
from rounds import lines, proposal

CALENDAR, AS_OF = "lang-son-2024", "2024-09-15"
ROUND: dict[str, Any] = {"calendar": CALENDAR, "round": 2, "as_of": AS_OF}
OTHER = ("disbursement", "obligations", "priority", "authority", "worst_first")


@pytest.fixture(scope="module")
def portfolio() -> pb.Portfolio:
    return load_lang_son().at(AS_OF)


@pytest.fixture(scope="module")
def base(portfolio: pb.Portfolio) -> pb.Proposal:
    return pb.propose(portfolio, **ROUND)


@pytest.fixture
def opened(base: pb.Proposal) -> Session:
    return Session(base)


def largest(base: pb.Proposal, sign: int) -> str:
    frame = base.adjustments
    return str(frame["line_id"].iloc[int((frame["change"] * sign).argmax())])


def change_of(made: pb.Proposal, line: str) -> int:
    frame = made.lines.set_index("line_id")
    return int((frame["add"] - frame["cut"])[line])


def test_without_edits_it_is_the_optimum(opened: Session, base: pb.Proposal) -> None:
    assert opened.proposal is base
    assert (opened.cost()["difference"] == 0).all()
    assert (opened.changed()["difference"] == 0).all()
    assert opened.words() == []
    assert not opened.can_undo


def test_the_round_of_a_proposal_is_opened_as_it_was_held(portfolio: pb.Portfolio, base: pb.Proposal) -> None:
    assert pb.WhatIf.of(base).base.proposal().hash == base.hash
    earlier = pb.assess(portfolio.at("2024-06-30"), calendar=CALENDAR, as_of=AS_OF, round=2)
    held = pb.propose(portfolio, assessment=earlier, **ROUND)
    assert held.hash != base.hash
    assert pb.WhatIf.of(held).base.proposal().hash == held.hash


def test_moved_confidences_give_the_proposal_of_that_policy(opened: Session, portfolio: pb.Portfolio) -> None:
    opened.set(receiver_confidence=0.9)
    wanted = pb.propose(portfolio, policy=pb.Policy(receiver_confidence=0.9), **ROUND)
    assert opened.proposal.hash == wanted.hash
    assert opened.proposal.verify().ok
    assert opened.words() == ["Độ tin cậy của phần tăng 90,0%"]


def test_another_order_of_goals_gives_the_proposal_of_that_policy(
    opened: Session, portfolio: pb.Portfolio
) -> None:
    opened.set(tiers=OTHER)
    assert opened.proposal.hash == pb.propose(portfolio, policy=pb.Policy(tiers=OTHER), **ROUND).hash
    assert opened.words()[0].startswith("Thứ tự mục tiêu: giải ngân đến hết niên độ → ")


@pytest.mark.parametrize(("what", "sign"), [("keep", -1), ("keep", 1), ("no-cut", -1), ("no-raise", 1)])
def test_a_line_that_is_held_does_not_move(opened: Session, base: pb.Proposal, what: str, sign: int) -> None:
    line = largest(base, sign)
    opened.hold(line, what)
    assert change_of(base, line) * sign > 0
    assert change_of(opened.proposal, line) == 0
    moved = opened.changed().set_index("line_id")
    assert moved.loc[line, "difference"] == -change_of(base, line)


def test_a_pin_is_met_and_replaces_a_hold(opened: Session, base: pb.Proposal) -> None:
    line = largest(base, -1)
    opened.hold(line)
    opened.pin(line, -2_000_000)
    assert opened.edits.holds == {}
    assert change_of(opened.proposal, line) <= -2_000_000
    assert opened.words() == [f"Giảm dòng vốn {line} ít nhất 2 triệu đồng"]
    opened.free(line)
    assert opened.proposal.hash == base.hash


def test_what_an_edit_costs_is_never_a_gain_in_the_first_goal_it_changes(
    opened: Session, base: pb.Proposal
) -> None:
    """Fewer plans are open under a hold: no goal can gain before another has lost."""
    for line in base.adjustments["line_id"].head(6):
        opened.hold(line)
        lost = opened.cost().filter(like="tier:", axis=0)["difference"]
        first = next((amount for amount in lost if amount), 0)
        less_is_better = {"tier:authority", "tier:worst_first", "tier:canonical"}
        name = next((name for name, amount in lost.items() if amount), "")
        assert first <= 0 or name in less_is_better


def test_edits_are_undone_to_the_byte(opened: Session, base: pb.Proposal) -> None:
    opened.set(receiver_confidence=0.9)
    one = opened.proposal.to_json()
    opened.hold(largest(base, -1))
    opened.reset()
    assert opened.proposal.to_json() == base.to_json()
    opened.undo()
    opened.undo()
    assert opened.proposal.to_json() == one
    opened.undo()
    assert opened.proposal.to_json() == base.to_json()
    opened.undo()
    assert not opened.can_undo


def test_the_same_edit_twice_is_one(opened: Session) -> None:
    opened.set(receiver_confidence=0.9)
    opened.set(receiver_confidence=0.9)
    opened.undo()
    assert not opened.can_undo


def test_what_cannot_be_met_is_told_and_leaves_the_plan(opened: Session, base: pb.Proposal) -> None:
    opened.pin("MP0002.1", 5_000_000_000)
    assert isinstance(opened.fault, pb.InfeasibleRound)
    assert opened.proposal is base
    with pytest.raises(pb.InfeasibleRound):
        opened.decided()
    opened.undo()
    assert opened.fault is None
    opened.set(donor_confidence=0.1, receiver_confidence=0.2)
    assert isinstance(opened.fault, pb.PolicyError)


def test_the_decision_is_on_the_record(opened: Session, base: pb.Proposal, tmp_path: Path) -> None:
    line = largest(base, -1)
    opened.hold(line)
    opened.set(receiver_confidence=0.9)
    made = opened.decided("Kết luận ngày họp")
    assert made.meta["policy"]["notes"] == (
        f"Độ tin cậy của phần tăng 90,0%; Giữ nguyên dòng vốn {line}\nKết luận ngày họp"
    )
    made.save(tmp_path / "case")
    again = pb.load_proposal(tmp_path / "case")
    assert again.verify().ok
    assert change_of(again, line) == 0
    assert replay(tmp_path / "case") == []


def test_the_record_asks_the_same_again(opened: Session, base: pb.Proposal, portfolio: pb.Portfolio) -> None:
    opened.hold(largest(base, -1))
    opened.hold(largest(base, 1), "no-raise")
    opened.set(tiers=OTHER)
    opened.pin(str(base.adjustments["line_id"].iloc[3]), int(base.adjustments["change"].iloc[3]))
    record = json.loads(json.dumps(opened.asked(), default=list))
    assert pb.WhatIf(portfolio, **ROUND).ask(**record).proposal().hash == opened.proposal.hash


def test_pins_of_the_round_stay(portfolio: pb.Portfolio, base: pb.Proposal) -> None:
    first, second = (str(line) for line in base.adjustments.query("change < 0")["line_id"].head(2))
    policy = pb.Policy(pins={first: -1_000_000})
    opened = Session(pb.propose(portfolio, policy=policy, **ROUND))
    opened.pin(second, -1_000_000)
    assert dict(opened.asked()["pins"]) == {first: -1_000_000, second: -1_000_000}
    opened.free(second)
    assert opened.proposal is opened.base


def test_rules_are_counted_before_and_now(opened: Session, base: pb.Proposal) -> None:
    opened.hold(largest(base, -1))
    frame = opened.rules()
    assert int(frame["before"].sum()) == len(base.adjustments)
    assert int(frame["now"].sum()) == len(opened.proposal.adjustments)


def test_strange_lines_and_settings_are_refused(opened: Session) -> None:
    with pytest.raises(pb.PolicyError):
        opened.hold("x")
    with pytest.raises(pb.PolicyError):
        opened.pin("x", 1)
    with pytest.raises(pb.PolicyError):
        opened.set(unit=1)
    with pytest.raises(ValueError, match="sell"):
        opened.hold("MP0172.1", "sell")
    assert not opened.can_undo


def test_a_session_needs_the_tables_and_the_whole_round(base: pb.Proposal) -> None:
    with pytest.raises(pb.PhanboError, match="No tables"):
        Session(pb.Proposal.from_json(base.to_json()))
    with pytest.raises(pb.PhanboError, match="prefix"):
        Session(base.head(3))


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_view_is_plain_and_in_its_language(base: pb.Proposal, lang: str) -> None:
    opened = Session(base, lang)
    opened.hold(largest(base, -1))
    view = view_of(opened)
    assert json.loads(json.dumps(view)) == view
    assert len(view["rows"]) == len(opened.changed())
    assert [tier["code"] for tier in view["tiers"]] == list(DEFAULT_TIERS)
    assert set(labels("vi")) == set(labels("en"))
    if lang == "en":
        said = json.dumps(
            [labels(lang), view["figures"], view["edits"], view["tiers"]], ensure_ascii=False
        ).replace("đồng", "")
        assert not re.search("[ăâêôơưạảấầẩậắằẵặẹẻềểễệỉịọỏốồổỗộớờởỡợụủứừửữự]", said)


def test_lines_are_found_without_diacritics(opened: Session) -> None:
    hits = found(opened, "truong ptdt")
    assert hits
    assert all("Trường PTDT" in hit["project"] for hit in hits)
    assert found(opened, "") == []
    assert found(opened, "không có dự án này") == []


@pytest.mark.parametrize(
    ("text", "amount"),
    [("500", 500_000_000), ("−1,5", -1_500_000), ("+0.000001", 1), (" 2 000 ", 2_000_000_000)],
)
def test_amounts_are_typed_in_millions(text: str, amount: int) -> None:
    assert pinned(text) == amount


@pytest.mark.parametrize("text", ["", "0", "x", "0,0000001", "1.2.3"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text) or None):
        pinned(text)


def test_the_widget_does_what_it_is_asked(base: pb.Proposal) -> None:
    pytest.importorskip("anywidget", reason="needs phanbo[notebook]")
    panel = base.panel("en")
    line = largest(base, -1)
    panel._heard(panel, {"do": "hold", "line": line, "what": "keep", "text": line}, [])
    assert panel.view["edits"] == [f"Keep line {line} as it is"]
    assert [hit["asked"] for hit in panel.found] == ["keep"]
    panel._heard(panel, {"do": "move", "tier": "disbursement", "by": -1}, [])
    assert [tier["code"] for tier in panel.view["tiers"]][1] == "disbursement"
    panel._heard(panel, {"do": "set", "name": "receiver_confidence", "value": "0.9"}, [])
    assert panel.view["receiver"] == 0.9
    assert panel.proposal.verify().ok
    for wrong in ({"do": "pin", "line": line, "amount": "x"}, {"do": "sell"}, {"do": "set", "name": "unit"}):
        panel._heard(panel, wrong, [])
        assert panel.view["fault"]
    panel._heard(panel, {"do": "reset"}, [])
    assert panel.view["fault"] == ""
    assert panel.proposal is base


def test_names_reach_the_page_as_data() -> None:
    made = proposal(lines(project=["<script>alert(1)</script>"] * 6))
    assert view_of(Session(made))["rows"][0]["project"] == "<script>alert(1)</script>"
    script = Path(pb.__path__[0]) / "panel" / "panel.js"
    assert "innerHTML" not in script.read_text(encoding="utf-8")


def test_progress_says_stages_in_words() -> None:
    assert "kiểm tra lại 1/2" in Progress().html("verify", 1, 2)
    assert "&lt;b&gt;" in Progress().html("<b>", 1, 2)


def test_examples_of_the_docstrings() -> None:
    assert all(doctest.testmod(module).failed == 0 for module in (session, progress))


def test_explanations_and_errors_are_shown_calmly(base: pb.Proposal) -> None:
    why = base.explain("MP0012.2", lang="en")
    shown = why._repr_html_()
    assert shown.count("<li>") == len(why.sentences)
    assert shown.startswith("<div lang='en'>")
    error = pb.PolicyError("Sai <b>", "Wrong\n<b>")
    assert (
        error._repr_html_() == "<div><p lang='vi'>Sai &lt;b&gt;</p><p lang='en'>Wrong<br>&lt;b&gt;</p></div>"
    )
