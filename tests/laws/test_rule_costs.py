"""What each rule costs is what the round held without it would change, and no rule makes a round better."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume
from hypothesis import strategies as st

import phanbo as pb
from few import given
from held_round import RULEBOOK, Setting, sample
from phanbo.proposal.tier_values import MONEY_DOWN
from strategies import settings_of

if TYPE_CHECKING:
    from phanbo.proposal import Proposal

STRUCTURE = ("pool-balance", "revenue-shortfall")
SETTINGS: dict[str, dict[str, Any]] = {"authority": {"authority": None}, "min_move": {"min_move": 0}}
RULES = [rule.code for rule in RULEBOOK.rules if rule.code not in STRUCTURE]


def proposed(setting: Setting, **more: Any) -> Proposal:
    """Return the proposal of a round that has one."""
    try:
        return setting.propose(**more)
    except pb.InfeasibleRound:
        assume(False)  # noqa: FBT003
        raise


def tiers_of(proposal: Proposal) -> dict[str, int]:
    """Return the value of every tier but the canonical one."""
    pairs = zip(proposal.tiers["tier"], proposal.tiers["value"].tolist(), strict=True)
    return {name: value for name, value in pairs if not name.startswith("canonical")}


@given(setting=settings_of(), code=st.sampled_from(RULES))
def test_a_rule_costs_what_the_round_without_it_changes(setting: Setting, code: str) -> None:
    proposal = proposed(setting)
    row = proposal.rule_costs().set_index("rule").loc[code]
    free = setting.with_policy(**SETTINGS.get(code, {}))
    book = RULEBOOK if code in SETTINGS else RULEBOOK.without_rule(code)
    other = free.propose(rulebook=book, assessment=proposal.assessment, outlook=proposal.outlook)
    base, after = tiers_of(proposal), tiers_of(other)
    assert {name: row[name] for name in base} == {name: after[name] - base[name] for name in base}
    assert row["moved"] == other.summary["cut"] - proposal.summary["cut"]


@given(setting=settings_of(min_move=0))
def test_without_a_rule_a_round_is_never_worse(setting: Setting) -> None:
    proposal = proposed(setting)
    names = list(tiers_of(proposal))
    table = proposal.rule_costs()
    for row in table[~table["rule"].isin(STRUCTURE)].to_dict("records"):
        gains = [-row[name] if name in MONEY_DOWN else row[name] for name in names]
        assert gains >= [0] * len(gains), row["rule"]


def test_the_law_is_never_proposed_for_relaxing() -> None:
    table = sample().propose().rule_costs().set_index("rule")
    law = table["confidence"].isin(["found", "memory", "memory+"])
    assert not table.loc[law, "may_be_relaxed"].any()
    assert (table["may_be_relaxed"] == (table["granted_by"] != "")).all()
    granted = {code: table.loc[code, "granted_by"] for code in table.index[table["may_be_relaxed"]]}
    assert granted == {
        "locked": "department",
        "donor-depth": "department",
        "absorption": "department",
        "authority": "hdnd",
        "min_move": "department",
    }
    assert table.loc[list(STRUCTURE), ["disbursement", "moved"]].isna().all(axis=None)
    assert table["moved"].dtype == pd.Int64Dtype()


def test_a_lock_has_a_price_and_a_cost() -> None:
    setting = sample()
    locked = replace(setting, lines=setting.lines.assign(locked=np.array(["giữ", *[""] * 6])))
    proposal = locked.propose()
    row = proposal.rule_costs().set_index("rule").loc["locked"]
    before = setting.propose()
    assert row["moved"] == before.summary["cut"] - proposal.summary["cut"] > 0
    first = proposal.lines["line_id"].iloc[0]
    limits = proposal.prices().limits
    told = limits[(limits["line_id"] == first) & (limits["kind"] == "lock")]
    assert set(told["rule"]) == {"locked"}
    assert (told["more"] != 0).any()


def test_a_part_of_a_proposal_has_no_rule_costs() -> None:
    with pytest.raises(pb.PhanboError, match="full proposal"):
        sample().propose().head(1).rule_costs()
