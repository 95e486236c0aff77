"""What cannot be held is refused, with figures; nothing half done is returned."""

from __future__ import annotations

from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import phanbo as pb
from held_round import LOCAL, LOTTERY, sample
from strategies import settings_of, spare

if TYPE_CHECKING:
    from held_round import Setting


def short_by(setting: Setting, source: str, amount: int) -> Setting:
    """Return the round with a source that falls short by so much."""
    return replace(setting, sources=pd.DataFrame({"source": [source], "inflow": [-amount]}))


def most(setting: Setting, source: str) -> int:
    """Return the most a source can be cut by, đồng."""
    rows = [{k: v for k, v in row.items() if v is not None} for row in setting.lines.to_dict("records")]
    here = [row for row in rows if row["source"] == source and row["plan_year"] == 2024]
    return spare(here, setting.policy, blind="committed" in setting.lines)


@given(setting=settings_of(shortfall=False), units=st.integers(1, 3), data=st.data())
def test_a_shortfall_nobody_can_meet_is_infeasible_and_says_what_is_missing(
    setting: Setting, units: int, data: st.DataObject
) -> None:
    lines = setting.lines
    now = lines[(lines["plan_year"] == 2024) & lines["source"].isin([LOCAL, LOTTERY])]
    if not len(now):
        return
    source = data.draw(st.sampled_from(sorted(set(now["source"]))))
    able, unit = most(setting, source), setting.policy.unit
    assert short_by(setting, source, able).propose().verify().ok
    with pytest.raises(pb.InfeasibleRound) as caught:
        short_by(setting, source, able + units * unit).propose()
    (conflict,) = (part for part in caught.value.conflict if part["kind"] == "duty")
    assert conflict["pool"] == f"{source} · 2024"
    assert (conflict["required"], conflict["available"]) == (able + units * unit, able)
    assert conflict["missing"] == units * unit
    named = set(conflict["lines"])
    assert named == {f"{r.project_id}/{r.source}/2024" for r in now[now["source"] == source].itertuples()}


def test_told_in_both_languages_and_as_data() -> None:
    with pytest.raises(pb.InfeasibleRound, match="must give") as caught:
        short_by(sample(), LOTTERY, 10**12).propose()
    assert "thiếu" in caught.value.message("vi")
    assert caught.value.to_dict()["data"]["conflict"][0]["missing"] > 0


def test_no_time_and_a_cancelled_round_return_no_plan() -> None:
    with pytest.raises(pb.Stopped):
        sample().propose(time_limit=0)
    cancel = Event()
    cancel.set()
    with pytest.raises(pb.Stopped):
        sample().propose(cancel=cancel)


def test_a_round_can_be_cancelled_while_it_is_solved() -> None:
    cancel = Event()
    with pytest.raises(pb.Stopped):
        sample().propose(cancel=cancel, progress=lambda *_: cancel.set())


@pytest.mark.parametrize(
    "wrong",
    [
        {"round": 9},
        {"as_of": "2023-09-15"},
        {"as_of": "2025-01-15"},
        {"as_of": "2024-12-20"},
        {"as_of": "15/9/2024"},
    ],
)
def test_a_round_that_cannot_be_held_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(pb.RoundError):
        sample().propose(**wrong)


def test_a_late_data_date_is_a_warning() -> None:
    proposal = sample().propose(as_of="2024-09-25")
    assert any("2024-09-25" in text for text in proposal.summary["warnings"])
    assert proposal.verify().ok


def test_tables_of_another_year_are_refused() -> None:
    setting = sample()
    with pytest.raises(pb.RoundError):
        replace(setting, lines=setting.lines.assign(plan_year=2023), sources=None).propose()


def test_an_unknown_rulebook_or_calendar_is_refused() -> None:
    with pytest.raises(pb.RulebookError):
        sample().propose(rulebook="vn-1999")
    with pytest.raises(pb.CalendarError):
        sample().propose(calendar="nowhere-2024")


@pytest.mark.parametrize(
    "wrong",
    [
        {"donor_confidence": 0.5, "receiver_confidence": 0.5},
        {"donor_confidence": 0},
        {"receiver_confidence": 1.1},
        {"unit": 0},
        {"unit": 1.5},
        {"judge": "guess"},
        {"fast": "never"},
        {"carry_over": "burn"},
        {"unknown": "maybe"},
        {"min_move": -1},
        {"authority": ("king",)},
        {"tiers": ("priority",)},
        {"tiers": ("authority", "authority")},
        {"tiers": ("authority", "wishes")},
        {"tiers": (pb.Tier("authority", tolerance=2.0),)},
    ],
)
def test_impossible_policies_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(pb.PolicyError):
        pb.Policy(**wrong)


def test_a_class_the_rulebook_does_not_have_is_refused() -> None:
    with pytest.raises(pb.PolicyError):
        sample().with_policy(tiers=("priority[nobody]", "authority")).propose()


def test_an_outlook_that_is_none_is_refused() -> None:
    class Wrong:
        name, points = "wrong", 2

        def forecast(self, portfolio: pb.Portfolio, *_: object) -> Any:
            from phanbo.absorption import Forecast

            return Forecast(np.zeros((1, 2), dtype=np.int64), ("none",) * len(portfolio), self.name)

    with pytest.raises(pb.PolicyError):
        sample().with_policy(forecaster=Wrong()).propose()


def test_a_round_in_which_nothing_moves_is_a_result() -> None:
    setting = sample()
    proposal = replace(setting, lines=setting.lines.assign(requested_increase=0), sources=None).propose()
    assert len(proposal.adjustments) == 0
    assert proposal.verify().ok
    assert sum(proposal.summary["why_empty"].values()) == len(proposal.lines)
