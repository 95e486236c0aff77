"""The policy: impossible settings are refused with every fault, possible ones travel as plain values."""

from __future__ import annotations

import datetime as dt
import json
import pickle
from dataclasses import FrozenInstanceError
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from phanbo import DEFAULT_TIERS, Policy, Tier
from phanbo.errors import PolicyError
from phanbo.money import LIMIT
from rounds import Fixed, proposal


def test_defaults_are_those_of_the_public_interface() -> None:
    assert Policy().to_dict() == {
        "donor_confidence": "1/2",
        "receiver_confidence": "4/5",
        "unit": 1_000_000,
        "judge": "forecast",
        "fast": "average",
        "carry_over": "hold",
        "return_unplaced": False,
        "unknown": "refuse",
        "authority": None,
        "min_move": 0,
        "tiers": [{"name": str(name), "tolerance": "0"} for name in DEFAULT_TIERS],
        "forecaster": None,
        "deadline": None,
        "notes": "",
        "pins": {},
    }
    assert DEFAULT_TIERS == ("obligations", "priority", "disbursement", "authority", "worst_first")


def test_confidences_are_what_a_reader_sees() -> None:
    policy = Policy(donor_confidence=0.3, receiver_confidence=np.float64(0.8))
    assert (policy.d, policy.r) == (Fraction(3, 10), Fraction(4, 5))
    assert Policy(donor_confidence=Fraction(1, 3)).d == Fraction(1, 3)


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ({"donor_confidence": 0.2}, "d + r = 1.0 must be above 1"),
        ({"donor_confidence": 0.5, "receiver_confidence": 0.5}, "above 1"),
        ({"donor_confidence": 0}, "(0, 1]"),
        ({"donor_confidence": 1.1}, "(0, 1]"),
        ({"receiver_confidence": float("nan")}, "(0, 1]"),
        ({"receiver_confidence": "0.8"}, "(0, 1]"),
        ({"receiver_confidence": True}, "(0, 1]"),
        ({"donor_confidence": None}, "(0, 1]"),
        ({"unit": 0}, "positive integer"),
        ({"unit": 1.5}, "positive integer"),
        ({"unit": True}, "positive integer"),
        ({"unit": LIMIT + 1}, "positive integer"),
        ({"min_move": -1}, "integer ≥ 0"),
        ({"min_move": 0.5}, "integer ≥ 0"),
        ({"judge": "hope"}, "actual, pace, forecast"),
        ({"judge": []}, "actual, pace, forecast"),
        ({"fast": "slow"}, "average, milestone"),
        ({"carry_over": "drop"}, "hold, move"),
        ({"unknown": "guess"}, "refuse, allow"),
        ({"authority": ["king"]}, "unknown authority 'king'"),
        ({"authority": "ubnd"}, "must be a list"),
        ({"authority": 5}, "must be a list"),
        ({"tiers": None}, "must be a list"),
        ({"tiers": "authority"}, "must be a list"),
        ({"tiers": (1, "authority")}, "must be a list"),
        ({"tiers": ()}, "authority may not be dropped"),
        ({"tiers": ("priority",)}, "authority may not be dropped"),
        ({"tiers": ("authority", "authority")}, "stands twice"),
        ({"tiers": ("authority", "hope")}, "unknown tier 'hope'"),
        ({"tiers": ("authority", "canonical")}, "unknown tier 'canonical'"),
        ({"tiers": ("protect", "authority")}, "unknown tier 'protect'"),
        ({"tiers": (Tier("authority", 2),)}, "tolerance"),
        ({"tiers": (Tier("authority", -0.1),)}, "tolerance"),
        ({"tiers": (Tier("authority", float("nan")),)}, "tolerance"),
        ({"tiers": (Tier("authority", "0.1"),)}, "tolerance"),  # type: ignore[arg-type]
        ({"return_unplaced": "no"}, "true or false"),
        ({"return_unplaced": 1}, "true or false"),
        ({"notes": 3}, "text"),
        ({"forecaster": 3}, "method forecast"),
        ({"deadline": "31/1/2025"}, "is not a date"),
        ({"deadline": 5}, "is not a date"),
    ],
)
def test_impossible_settings(setting: dict[str, Any], told: str) -> None:
    with pytest.raises(PolicyError) as caught:
        Policy(**setting)
    assert told in caught.value.message("en")
    assert caught.value.message("vi").startswith("Chính sách không dùng được")


def test_every_fault_is_named() -> None:
    with pytest.raises(PolicyError) as caught:
        Policy(judge="x", unit=0, authority=("king",), tiers=("nope",))
    assert len(caught.value.data["faults"]) == 5


def test_immutable() -> None:
    policy = Policy()
    with pytest.raises(FrozenInstanceError):
        policy.unit = 1  # type: ignore[misc]
    tiers = ["priority", "authority"]
    kept = Policy(tiers=tiers)  # type: ignore[arg-type]
    tiers.clear()
    assert kept.tiers == ("priority", "authority")


def test_an_authority_is_a_set_with_one_order() -> None:
    """The order in which hands are named is no part of the answer, nor of its bytes."""
    for hands in (
        ("ubnd", "owner-internal"),
        {"owner-internal", "ubnd"},
        iter(["ubnd", "owner-internal", "ubnd"]),
    ):
        assert Policy(authority=hands).authority == ("owner-internal", "ubnd")  # type: ignore[arg-type]
    assert Policy(authority=()).authority == ()


@pytest.mark.parametrize(
    "policy",
    [
        Policy(),
        Policy(donor_confidence=Fraction(1, 3), receiver_confidence=0.9, unit=np.int64(5), notes="Đợt 2 🚧"),  # type: ignore[arg-type]
        Policy(
            authority=(),
            deadline="2024-12-31",
            min_move=7,
            return_unplaced=True,
            judge="pace",
            unknown="allow",
        ),
        Policy(tiers=(Tier("disbursement", 0.05), "priority[oda]", Tier("authority", Fraction(1, 3)))),
    ],
)
def test_it_travels_as_plain_values(policy: Policy) -> None:
    plain = json.loads(json.dumps(policy.to_dict()))
    again = Policy.from_dict(plain)
    assert again.to_dict() == policy.to_dict()
    assert (again.d, again.r) == (policy.d, policy.r)
    assert [t.fraction for t in again.ordered_tiers] == [t.fraction for t in policy.ordered_tiers]
    assert pickle.loads(pickle.dumps(policy)) == policy  # noqa: S301


@pytest.mark.parametrize(
    "plain",
    [
        {"unti": 5},
        {"donor_confidence": "half"},
        {"donor_confidence": "1/0"},
        {"tiers": [{"nam": "authority"}]},
        {"tiers": [{"name": "authority", "tolerance": "x"}]},
        {"tiers": [3]},
        {"tiers": 3},
        {"return_unplaced": "true"},
        {"authority": "ubnd"},
    ],
)
def test_a_file_with_a_slip_is_refused(plain: dict[str, Any]) -> None:
    with pytest.raises(PolicyError):
        Policy.from_dict(plain)


def test_a_forecaster_is_only_named() -> None:
    plain = Policy(forecaster=Fixed(1)).to_dict()
    assert plain["forecaster"] == "fixed"
    assert Policy.from_dict(plain).forecaster is None


def test_a_deadline_is_a_date() -> None:
    assert Policy(deadline="2024-12-31").deadline == dt.date(2024, 12, 31)
    assert proposal(policy=Policy(deadline="2024-12-31")).summary["horizon"] == "2024-12-31"
    assert proposal().summary["horizon"] == "2025-01-31"


def test_a_pin_is_lowered_to_nothing_at_most() -> None:
    """The same granted again never turns a pin into its opposite."""
    asked = Policy(pins={"A": 5_000_000, "B": -5_000_000, "C": 7_000_000})
    grants = [{"kind": "pin", "line_id": line, "by": 3_000_000} for line in "AB"]
    once = asked.granting(grants)
    assert dict(once.pins) == {"A": 2_000_000, "B": -2_000_000, "C": 7_000_000}
    twice = once.granting(grants)
    assert dict(twice.pins) == {"C": 7_000_000}
    assert twice.granting(grants) == twice


@pytest.mark.parametrize(
    "relaxation",
    [
        None,
        ["pin"],
        [{}],
        [{"kind": "pin"}],
        [{"kind": "pin", "line_id": ["A"], "by": 1_000_000}],
        *(
            [{"kind": "pin", "line_id": "A", "by": by}]
            for by in (None, "1", True, 1.5, 0, -1_000_000, 500_000)
        ),
    ],
)
def test_what_is_no_relaxation_is_refused(relaxation: Any) -> None:
    with pytest.raises(PolicyError):
        Policy(pins={"A": 5_000_000}).granting(relaxation)
