"""What the frames only describe, told again line by line: reasons, ask-lists, totals, readings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from held_round import RULEBOOK, ceiling_sample, sample
from phanbo.assemble import assemble
from phanbo.bounds import make_bounds
from phanbo.money import format_million
from phanbo.policy import READINGS
from phanbo.proposal.making import make_proposal
from phanbo.proposal.reasons import cited, standing
from phanbo.proposal.tier_values import values_of
from phanbo.ranking import rank_transfers
from phanbo.transfers import make_transfers
from strategies import settings_of

if TYPE_CHECKING:
    from held_round import Setting
    from phanbo.case import Case
    from phanbo.proposal import Proposal

WORDS = {
    "vi": (
        "giảm {} triệu đồng",
        "bổ sung {} triệu đồng",
        "chủ đầu tư đề nghị giảm {} triệu đồng",
        "Mức điều chỉnh dừng ở",
    ),
    "en": (
        "cut by {} million đồng",
        "raised by {} million đồng",
        "the owner offers to give up {} million đồng",
        "What stops it there",
    ),
}


def case_of(proposal: Proposal) -> Case:
    assert proposal.case is not None
    return proposal.case


def told(proposal: Proposal, row: pd.Series, lang: str) -> str:
    """Return the reason of a changed line, part by part."""
    case, change = case_of(proposal), int(row["change"])
    line = case.portfolio.text("line_id").tolist().index(row["line_id"])
    cut, raised, offered, stop = WORDS[lang]
    where = standing(case, line, lang)
    parts = [where[:1].upper() + where[1:]]
    if change < 0 and case.offer[line]:
        parts.append(offered.format(format_million(int(case.offer[line]), lang)))
    parts.append((cut if change < 0 else raised).format(format_million(abs(change), lang)))
    moves = proposal.transfers[proposal.transfers["from_line"] == row["line_id"]]
    ground = "donor-test" if change < 0 else "fast-line"
    ground = "revenue-shortfall" if (moves["rank"] == 0).any() else ground
    grounds = [] if ground == row["binding_rule"] else [cited(RULEBOOK.rule(ground), lang)]
    limit = cited(RULEBOOK.rule(row["binding_rule"]), lang)
    return ". ".join(["; ".join(parts), *grounds, f"{stop}: {limit}"]) + "."


@given(setting=settings_of() | settings_of(shortfall=True, simple=True, authority=None))
def test_a_reason_says_where_its_line_stands_what_is_done_and_what_stops_it(setting: Setting) -> None:
    proposal = setting.propose()
    for _, row in proposal.adjustments.iterrows():
        assert row["reason_vi"] == told(proposal, row, "vi")
        assert row["reason_en"] == told(proposal, row, "en")


@given(setting=settings_of())
def test_every_line_of_a_pool_with_surplus_asks_for_what_it_lacks(setting: Setting) -> None:
    proposal = setting.propose()
    case, lines = case_of(proposal), proposal.lines
    lacks = np.maximum(0, case.need - lines["add"].to_numpy())
    for _, row in proposal.unplaced.iterrows():
        inside = lines[(lines["pool"] == row["pool"]) & (lacks > 0)]
        wanted = sorted((-int(lacks[i]), str(lines["line_id"][i])) for i in inside.index)
        assert [(-ask["unmet"], ask["line_id"]) for ask in row["ask"]] == wanted
        assert row["unmet_need"] == sum(ask["unmet"] for ask in row["ask"])
        owners = dict(zip(inside["line_id"], inside["owner"], strict=True))
        assert all(ask["owner"] == owners[ask["line_id"]] for ask in row["ask"])
        for ask in row["ask"]:
            rule = RULEBOOK.rule(ask["rule"]) if ask["rule"] else None
            assert rule is None or (ask["what_vi"], ask["what_en"]) == (rule.title_vi, rule.title_en)
            line = lines[lines["line_id"] == ask["line_id"]].iloc[0]
            if line["add"] > 0:
                assert ask["rule"] == line["binding_rule"]
            elif line["add_bound"] > 0:
                assert ask["rule"] in ("", "owner-import", "authority")
            elif line["cut_bound"] == 0:
                assert ask["rule"] == line["first_failed"] != ""
    assert proposal.unplaced["surplus"].gt(0).all()


@given(setting=settings_of())
def test_the_totals_are_those_of_the_rows(setting: Setting) -> None:
    proposal = setting.propose()
    summary, changed, moves = proposal.summary, proposal.adjustments, proposal.transfers
    by_source = changed.groupby(["source", "plan_year"])["change"]
    sums = {
        (k if isinstance(k, tuple) else (k,)): (-int(v[v < 0].sum()), int(v[v > 0].sum()))
        for k, v in by_source
    }
    shown = {(row["source"], row["plan_year"]): (row["cut"], row["added"]) for row in summary["by_source"]}
    assert shown == sums
    assert list(shown) == sorted(shown)
    by_authority = moves.groupby("authority")["amount"].sum()
    assert summary["by_authority"] == by_authority.to_dict()
    assert list(summary["by_authority"]) == sorted(summary["by_authority"])
    removed = dict(summary["need_removed"])
    assert removed.pop("stated") == sum(removed.values())


@given(setting=settings_of())
def test_a_line_is_late_under_the_readings_that_find_it_behind(setting: Setting) -> None:
    proposal = setting.propose()
    case = case_of(proposal)
    state = case.assessment
    for i, shown in enumerate(proposal.lines["late_under"].tolist()):
        common = state.missed[i] != "" or bool(case.incomplete[i])
        late = [state.readings[name].late[i] and state.readings[name].bucket_behind[i] for name in READINGS]
        assert shown == ", ".join(n for n, here in zip(READINGS, late, strict=True) if here or common)


@given(setting=settings_of())
def test_bounds_and_values_at_hand_change_nothing(setting: Setting) -> None:
    proposal = setting.propose()
    case, proof = case_of(proposal), proposal.proof
    lines = proposal.lines
    sides = (lines["cut"].to_numpy(), lines["add"].to_numpy())
    ranked = rank_transfers(make_transfers(case, RULEBOOK, *sides), case.plan, case.outlook)
    bounds = make_bounds(case, RULEBOOK)
    values = values_of(assemble(case, RULEBOOK, bounds), case, *sides)
    for given_ in ({}, {"bounds": bounds}, {"bounds": bounds, "values": values}):
        made = make_proposal(
            case, RULEBOOK, ranked, proof, proposal.meta, tuple(proposal.summary["warnings"]), **given_
        )
        assert made.to_json() == proposal.to_json()


@pytest.mark.parametrize("setting", [sample(), ceiling_sample()])
def test_texts_are_the_same_without_pyarrow(setting: Setting) -> None:
    usual = setting.propose()
    with pd.option_context("mode.string_storage", "python"):
        plain = setting.propose()
        assert plain.to_json() == usual.to_json()
        assert plain.verify().ok
