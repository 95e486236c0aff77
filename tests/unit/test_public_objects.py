"""Public objects never change, and travel between processes."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError
from typing import Any

import numpy as np
import pandas as pd
import pytest

import phanbo as pb
from rounds import AS_OF, CALENDAR, RULEBOOK, TY, inflow, lines, proposal

MADE = proposal(sources=inflow(-3 * TY))
FRAMES = ("adjustments", "transfers", "lines", "pools", "tiers", "unplaced", "unchecked")
SEEN = ("lines", "owners", "buckets", "sources", "stages", "due")


def spoil(frame: pd.DataFrame) -> None:
    """Do to a frame what a user may do."""
    for name in list(frame.columns):
        if len(frame):
            frame.loc[frame.index[0], name] = frame[name].iloc[-1]
    frame["mine"] = 1
    del frame[frame.columns[0]]


@pytest.mark.parametrize("name", FRAMES)
def test_frames_handed_out_are_copies(name: str) -> None:
    before = MADE.to_json()
    spoil(getattr(MADE, name))
    assert "mine" not in getattr(MADE, name)
    assert MADE.to_json() == before
    assert MADE.verify().ok


@pytest.mark.parametrize("name", SEEN)
def test_frames_of_an_assessment_are_copies(name: str) -> None:
    state = MADE.assessment
    before = state.to_json()
    spoil(getattr(state, name))
    assert state.to_json() == before


def test_frames_handed_in_are_never_changed() -> None:
    frame, sources = lines(), inflow(-3 * TY)
    kept = frame.copy(deep=True), sources.copy(deep=True)
    made = proposal(frame, sources)
    pd.testing.assert_frame_equal(frame, kept[0])
    pd.testing.assert_frame_equal(sources, kept[1])
    before = made.to_json()
    spoil(frame)
    spoil(sources)
    assert made.to_json() == before
    signed = made.adjustments[["line_id", "change"]]
    kept_signed = signed.copy(deep=True)
    made.apply(signed)
    pd.testing.assert_frame_equal(signed, kept_signed)


def test_using_a_proposal_changes_nothing() -> None:
    before = MADE.to_json()
    MADE.head(1)
    MADE.apply()
    MADE.explain("L0")
    MADE.compare(MADE.head(1))
    MADE.network()
    MADE.verify()
    assert MADE.to_json() == before


@pytest.mark.parametrize(
    ("thing", "name"),
    [
        (MADE, "summary"),
        (MADE.assessment, "as_of"),
        (MADE.verify(), "ok"),
        (MADE.explain("L0"), "role"),
        (MADE.outlook, "points"),
        (CALENDAR, "year"),
        (CALENDAR.rounds[0], "number"),
        (RULEBOOK, "rules"),
        (pb.Policy(), "unit"),
        (pb.Tier("authority"), "name"),
    ],
)
def test_nothing_can_be_set(thing: Any, name: str) -> None:
    with pytest.raises((FrozenInstanceError, AttributeError)):
        setattr(thing, name, None)


def test_arrays_are_read_only() -> None:
    assert MADE.case is not None
    with pytest.raises(ValueError, match="read-only"):
        MADE.outlook.points[0, 0] = 1
    for column in (MADE.case.portfolio.money("plan")[0], MADE.case.portfolio.carried):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 1


@pytest.mark.parametrize(
    "thing",
    [
        MADE,
        MADE.head(1),
        MADE.case,
        MADE.assessment,
        MADE.outlook,
        MADE.verify(),
        MADE.explain("L0"),
        CALENDAR,
        RULEBOOK,
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_everything_travels(thing: Any) -> None:
    again = pickle.loads(pickle.dumps(thing))  # noqa: S301
    assert type(again) is type(thing)
    if isinstance(thing, pb.Proposal):
        assert again.to_json() == thing.to_json()
        assert again.verify().ok
        assert again.explain("L0").text == thing.explain("L0").text
    if isinstance(thing, pb.Assessment):
        assert again.to_json() == thing.to_json()


def test_a_round_on_travelled_objects() -> None:
    parts = (pb.Portfolio(lines()), CALENDAR, RULEBOOK, pb.Policy())
    book, calendar, rules, policy = pickle.loads(pickle.dumps(parts))  # noqa: S301
    made = pb.propose(book, calendar=calendar, rulebook=rules, round=2, as_of=AS_OF, policy=policy)
    assert made.to_json() == proposal().to_json()
    assert np.array_equal(made.outlook.points, proposal().outlook.points)


def test_representations_are_short() -> None:
    for thing in (MADE, MADE.assessment, MADE.case.portfolio if MADE.case else None):
        assert len(repr(thing)) < 400
    assert repr(MADE).startswith("Proposal(round=2, as_of=2024-09-15")
