"""Every proposal, and every part of one that may be signed, balances, breaks no rule and does no harm."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from checks import harmless, legal, mandatory, network_rows_hold, of_transfers
from held_round import RULEBOOK
from phanbo.assemble import assemble
from phanbo.bounds import make_bounds
from strategies import settings_of

if TYPE_CHECKING:
    from held_round import Setting
    from phanbo.proposal import Proposal


def some(data: st.DataObject, proposal: Proposal) -> list[int]:
    """Draw a subset of the transfers that contains rank 0."""
    free = np.flatnonzero(proposal.transfers["rank"] > 0).tolist()
    chosen = data.draw(st.sets(st.sampled_from(free))) if free else set()
    return [*mandatory(proposal), *sorted(chosen)]


@given(setting=settings_of(), data=st.data())
def test_the_proposal_and_every_part_of_it_is_balanced_legal_and_harmless(
    setting: Setting, data: st.DataObject
) -> None:
    proposal = setting.propose()
    assert proposal.verify().findings == ()
    assert proposal.case is not None
    network_rows_hold(proposal.case, RULEBOOK, of_transfers(proposal))
    forced = len(mandatory(proposal))
    for k in range(forced, len(proposal.transfers) + 1):
        legal(proposal, range(k))
        harmless(proposal, range(k))
    for _ in range(3):
        chosen = some(data, proposal)
        legal(proposal, chosen)
        harmless(proposal, chosen)


@given(setting=settings_of(), data=st.data())
def test_a_head_is_a_verified_proposal_and_gains_add_up(setting: Setting, data: st.DataObject) -> None:
    proposal = setting.propose()
    k = data.draw(st.integers(0, len(proposal.transfers)))
    head = proposal.head(k)
    assert head.verify().findings == ()
    size = len(mandatory(proposal)) + min(k, len(proposal.transfers) - len(mandatory(proposal)))
    assert head.transfers.equals(proposal.transfers.iloc[:size])
    gained = head.summary["expected_after"] - head.summary["expected"]
    assert gained == int(proposal.transfers["gain"].iloc[:size].sum())
    assert head.meta["parent"] == proposal.hash
    assert head.head(k).to_json() == head.to_json()


@given(setting=settings_of())
def test_frames_agree_with_each_other(setting: Setting) -> None:
    proposal = setting.propose()
    lines, moves, changed = proposal.lines, proposal.transfers, proposal.adjustments
    for name, side in (("cut", "from_line"), ("add", "to_line")):
        sums = moves.groupby(side)["amount"].sum()
        assert lines[name].tolist() == [int(sums.get(line, 0)) for line in lines["line_id"]]
    change = dict(zip(lines["line_id"], lines["add"] - lines["cut"], strict=True))
    assert dict(zip(changed["line_id"], changed["change"], strict=True)) == {
        k: v for k, v in change.items() if v
    }
    assert proposal.pools["cut"].sum() == proposal.summary["cut"] == lines["cut"].sum()
    assert proposal.pools["added"].sum() == proposal.summary["added"] == lines["add"].sum()
    assert changed["rank"].is_monotonic_increasing
    assert (proposal.tiers["gap"] == 0).all()
    assert (proposal.tiers["value"] == proposal.tiers["bound"]).all()
    assert ((lines["cut_bound"] == 0) | (lines["add_bound"] == 0)).all()


@given(setting=settings_of())
def test_the_built_in_rulebook_marks_nothing(setting: Setting) -> None:
    case = setting.case()
    assert assemble(case, RULEBOOK, make_bounds(case, RULEBOOK)).marked == frozenset()


@given(setting=settings_of(min_move=0))
def test_confidences_add_up_to_more_than_one_so_no_line_gives_and_takes(setting: Setting) -> None:
    case = setting.case()
    bounds = make_bounds(case, RULEBOOK)
    assert case.policy.d + case.policy.r > Fraction(1)
    assert not ((bounds.cut > 0) & (bounds.add > 0)).any()


@given(setting=settings_of(), unit=st.sampled_from((1, 7, 1_000, 1_000_000)))
def test_an_outlook_off_the_grid_of_units_is_certified(setting: Setting, unit: int) -> None:
    first = setting.with_policy(return_unplaced=True).propose()
    rounds = replace(setting, sources=None).with_policy(unit=unit, min_move=0)
    proposal = rounds.propose(outlook=first.outlook)
    legal(proposal)
    harmless(proposal)


@given(setting=settings_of(simple=True, most=6, authority=None), units=st.integers(2, 4))
def test_no_line_changes_by_less_than_the_least_move(setting: Setting, units: int) -> None:
    least = units * setting.policy.unit
    proposal = setting.with_policy(min_move=least).propose()
    lines, forced = proposal.lines, proposal.transfers[proposal.transfers["rank"] == 0]
    moved = lines[(lines["cut"] + lines["add"] > 0) & ~lines["line_id"].isin(forced["from_line"])]
    assert (moved["cut"] + moved["add"] >= least).all()
    assert (lines.loc[lines["line_id"].isin(proposal.meta["held"]), ["cut", "add"]] == 0).all(axis=None)
