"""Explanations: figures first, every test in order, citations, both languages, for any line."""

from __future__ import annotations

import json

import pytest

import phanbo as pb
from phanbo.explain import Explanation
from phanbo.money import format_million
from rounds import TY, inflow, lines, proposal

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
    order = [rule.code for rule in pb.load_rulebook().rules]
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
