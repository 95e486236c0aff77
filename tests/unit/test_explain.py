"""Explanations: figures first, every test in order, citations, both languages, for any line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from claim_reader import wrong

import phanbo as pb
from phanbo.explain import Explanation
from phanbo.money import format_million
from rounds import RULEBOOK, TY, UNIT, inflow, lines, proposal

if TYPE_CHECKING:
    from phanbo.proposal import Proposal

MADE = proposal(
    lines(
        8,
        locked=["", "", "chờ quyết toán", "", "", "", "", ""],
        plan_year=[2024] * 6 + [2023] * 2,
        offered_decrease=[0, 0, 0, 0, 2 * TY, 0, 0, 0],
        disbursed=[TY, 9 * TY, TY, 9 * TY, 8 * TY, 9 * TY, TY, 9 * TY],
        absorb_p10=[3 * TY // 2, 13 * TY] * 4,
    )
)
IDS = MADE.lines["line_id"].tolist()


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("line", IDS)
def test_every_line_can_be_explained(line: str, lang: str) -> None:
    why = MADE.explain(line, lang)
    row = MADE.lines.set_index("line_id").loc[line].to_dict()
    assert isinstance(why, Explanation)
    assert (why.line_id, why.role, why.lang) == (line, row["role"], lang)
    assert why.limits == {
        name: int(row[name]) for name in ("cut_bound", "add_bound", "forced_bound", "cut", "add")
    }
    assert why.binding_rule == row["binding_rule"]
    assert why.first_failed == row["first_failed"]
    assert str(why) == why.text
    assert why.text.startswith(f"{line}: ")
    assert json.loads(json.dumps(why.to_dict()))["role"] == row["role"]
    assert "None" not in why.text
    assert "  " not in why.text


@pytest.mark.parametrize("line", IDS)
def test_the_chain_gives_the_bounds(line: str) -> None:
    """The least of the steps is the bound, and the first that attains it is the one that is cited."""
    why = MADE.explain(line)
    for side in ("cut", "add"):
        steps = [step for step in why.chain if step.side == side and step.bound is not None]
        least = min((step.bound for step in steps if step.bound is not None), default=0)
        assert min(least, 10 * TY if side == "cut" else least) == why.limits[f"{side}_bound"]
    codes = [step.rule for step in why.chain if step.side == "add"]
    order = [rule.code for rule in pb.load_rulebook("vn-2020").rules]
    assert codes == sorted(codes, key=order.index)
    assert all(step.citation and step.says for step in why.chain)


def test_figures_come_before_requirements() -> None:
    said = MADE.explain("L0").standing
    assert (
        said.index("15/9/2024 giải ngân 10,00%")
        < said.index("30/9/2024")
        < said.index("70,00%")
        < said.index("có thể giải ngân")
    )
    english = MADE.explain("L0", "en").standing
    assert english.index("10.00%") < english.index("70.00%") < english.index("may spend")


def test_the_decision_says_what_is_done() -> None:
    rows = MADE.adjustments.set_index("line_id")
    for line, change in rows["change"].items():
        text = MADE.explain(str(line)).decision
        assert format_million(abs(int(change))) in text
        assert ("giảm" if change < 0 else "bổ sung") in text
    assert "giữ nguyên" in MADE.explain("L2").decision.lower()
    assert "stays as it is" in MADE.explain("L2", "en").decision


def test_a_locked_line_says_so() -> None:
    assert MADE.explain("L2").first_failed == "locked"


def test_unverified_sources_are_marked() -> None:
    carried = next(line for line in IDS if MADE.explain(line).first_failed == "carried-over")
    assert "cần kiểm tra" in MADE.explain(carried).text
    assert "to be verified" in MADE.explain(carried, "en").text


def test_a_shortfall_is_told() -> None:
    made = proposal(sources=inflow(-3 * TY))
    step = made.explain("L0").chain[-1]
    assert (step.side, step.rule) == ("forced", "revenue-shortfall")
    assert step.bound == made.explain("L0").limits["forced_bound"] > 0
    assert "Nguồn hụt thu" in made.explain("L0").text
    assert "Its source shrinks" in made.explain("L0", "en").text


@pytest.mark.parametrize("wrong", ["", "l0", "L99", "reserve:x", "🚧"])
def test_no_such_line(wrong: str) -> None:
    with pytest.raises(KeyError):
        MADE.explain(wrong)


def test_a_prefix_explains_its_own_amounts() -> None:
    part = MADE.head(0)
    assert all(part.explain(line).limits["add"] == part.explain(line).limits["cut"] == 0 for line in IDS)


def test_a_missing_authority_is_named_everywhere() -> None:
    """Where no authority may decide a move between owners, that is the reason, not the owners' pace."""
    made = proposal(policy=pb.Policy(authority=("owner-internal",)))
    held = made.lines[(made.lines["add_bound"] > made.lines["add"])]
    assert set(held["binding_rule"]) == {"authority"}
    assert made.summary["need_removed"]["authority"] > 0
    asked = [ask["rule"] for row in made.unplaced["ask"] for ask in row]
    assert "authority" in asked
    assert "owner-import" not in asked
    text = made.explain(str(held.iloc[0]["line_id"]))
    assert any(step.rule == "authority" and step.side == "import" for step in text.chain)
    assert "authority" not in text.text.partition("Không cản")[2]


def told(made: Proposal, line: str) -> dict[str, dict[str, Any]]:
    """Return the claims of a line by their kind, each of them true, as said in both languages."""
    facts = made.explain(line).facts
    assert wrong(made, line, facts) == wrong(made, line, made.explain(line, "en").facts) == []
    return {sentence.claim.kind: dict(sentence.claim.values) for sentence in facts}


def letter_of(made: Proposal, line: str) -> dict[str, str]:
    """Return what the letters say of a line, by kind."""
    (entry,) = (e for letter in made.letters().values() for e in letter.entries if e.line_id == line)
    assert wrong(made, line, entry.sentences) == []
    return {sentence.claim.kind: sentence.text for sentence in entry.sentences}


def test_what_the_reviewers_ask_is_told() -> None:
    made = proposal(policy=pb.Policy(pins={"L4": -2 * TY, "L1": TY}))
    assert told(made, "L4")["pinned-cut"] == {"pin": 2 * TY}
    assert told(made, "L1")["pinned-raise"] == {"pin": TY}
    assert not {"pinned-cut", "pinned-raise"} & set(told(made, "L2"))
    assert letter_of(made, "L4")["pinned-cut"] == "Cấp xem xét yêu cầu giảm ít nhất 2.000 triệu đồng."
    assert told(made, "L2")["choice"]["tier"] == "pinned"
    assert "yêu cầu của cấp xem xét" in made.explain("L2").text


@pytest.mark.parametrize("fall", [5, 24, 30])
def test_the_most_of_a_line_is_on_the_side_of_its_change(fall: int) -> None:
    """Where a source falls short of more than can be spared, beyond the surplus; and nobody there may be raised."""
    made = proposal(sources=inflow(-fall * TY))
    for row in made.lines.to_dict("records"):
        claims = told(made, str(row["line_id"]))
        most = claims.get("cut", claims.get("raised", {})).get("most")
        if most is not None:
            assert claims["limit"]["most"] == most >= row["cut"] + row["add"]
        elif fall == 24:
            assert "tight-unchanged" in claims
            assert not {"limit", "receiver-unchanged", "spare", "room"} & set(claims)
    if fall == 30:
        assert told(made, "L1")["limit"]["most"] == TY
        assert "9.000" in letter_of(made, "L0")["limit"]


def test_a_forecast_that_is_the_offer_says_so() -> None:
    made = proposal(lines(offered_decrease=[8_700_000_000, 0, TY, 0, 0, 0]))
    assert told(made, "L0")["forecast"]["basis"] == "offer"
    assert told(made, "L0")["offer"]["offer"] == 8_700_000_000
    assert "theo mức chủ đầu tư đề nghị giảm" in made.explain("L0").standing
    assert "theo mức chủ đầu tư đề nghị giảm" in made.adjustments.set_index("line_id")["reason_vi"]["L0"]
    assert told(made, "L2")["forecast"]["basis"] == "absorb", "the offer leaves more than it will spend"
    assert told(made, "L2")["offer"]["offer"] == TY


def test_what_was_granted_is_told() -> None:
    policy = pb.Policy(pins={"L1": 3_500 * UNIT})
    with pytest.raises(pb.InfeasibleRound) as caught:
        proposal(policy=policy)
    grants = caught.value.relaxation
    made = proposal(policy=policy.granting(grants), rulebook=RULEBOOK.granting(grants))
    ((code, by, who),) = ((e["rule"], e["by"], e["granted_by"]) for e in grants)
    assert told(made, "L1")["granted"] == {"rules": [code], "by": by, "who": who}
    assert "90 triệu đồng vượt quy định do cơ quan lập phương án cho phép" in letter_of(made, "L1")["granted"]
    assert "granted" not in told(made, "L3")


def test_a_part_does_not_blame_the_balance_of_a_pool() -> None:
    """Nor a round in which a goal may be missed by a tolerance."""
    part = proposal().head(1)
    kinds = {line: told(part, line) for line in part.lines["line_id"]}
    assert any("short-part" in claims for claims in kinds.values())
    loose = proposal(policy=pb.Policy(tiers=(pb.Tier("disbursement", 0.1), "authority")))
    for made in (part, loose):
        for line in made.lines["line_id"]:
            assert told(made, line).get("short", {}).get("rules") != ["pool-balance"]


def test_a_figure_lets_the_reading_that_decides_reach_the_milestone() -> None:
    """What is paid is not itself the milestone's amount where a forecast is judged."""
    table = lines(disbursed=[TY, 6 * TY] * 3, absorb_p10=[None] * 6, absorb_p90=[None] * 6)
    found = {
        judge: next(
            (
                s.text
                for line in made.lines["line_id"]
                for s in made.explain(line).sentences
                if s.claim.kind == "turn-milestone"
            ),
            "",
        )
        for judge in ("forecast", "actual")
        for made in [proposal(table, policy=pb.Policy(judge=judge))]
    }
    assert "vừa đủ để số dự báo đạt mốc" in found["forecast"]
    assert "vừa đủ để số thực tế đạt mốc" in found["actual"]


def test_no_figure_is_changed_in_a_column_the_table_does_not_have() -> None:
    made, table = proposal(), lines(committed=[0] * 6)
    turning = made.explain("L0").turning
    assert turning.found is not None
    fields = [each.field for each in (turning.found, *turning.found.also)]
    assert "committed" not in [*fields, *(each.field for each in turning.tried)]
    found = proposal(table).explain("L0").counterfactual
    assert found is not None
    assert "committed" in {each.field for each in (found, *found.also)}
