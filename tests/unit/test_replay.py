"""What-ifs and approvals that come back: assessments passed in, signed amounts, made again from the folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import phanbo as pb
from phanbo.errors import PhanboError
from phanbo.proposal.storage import load_proposal
from phanbo.replay import replay
from rounds import AS_OF, CALENDAR, lines, proposal

if TYPE_CHECKING:
    from pathlib import Path

    from phanbo.proposal import Proposal


@pytest.fixture(scope="module")
def made() -> Proposal:
    return proposal()


@pytest.mark.parametrize(
    "seen",
    [
        {"as_of": "2024-06-15"},
        {"as_of": AS_OF, "round": 1, "policy": pb.Policy(judge="actual", fast="milestone")},
        {"as_of": "2024-10-31", "policy": pb.Policy(judge="pace")},
    ],
)
def test_an_assessment_of_another_date_comes_back(tmp_path: Path, seen: dict[str, Any]) -> None:
    """What was judged then is judged so again: by its own date, round and reading."""
    frame = lines(stage=["new_start"] * 6, started_on=["chưa", "2024-07-01"] * 3)
    state = pb.assess(pb.Portfolio(frame), calendar=CALENDAR, **seen)
    made = proposal(frame, assessment=state)
    made.save(tmp_path / "case")
    again = load_proposal(tmp_path / "case")
    assert again.verify().ok
    assert again.assessment.to_json() == state.to_json()
    assert replay(tmp_path / "case") == []


def test_an_assessment_or_outlook_of_other_lines_is_refused(made: Proposal) -> None:
    for other in (lines(4), lines(line_id=[f"M{i}" for i in range(6)])):
        theirs = proposal(other)
        for part in ({"assessment": theirs.assessment}, {"outlook": theirs.outlook}):
            with pytest.raises(PhanboError, match="not of these lines"):
                proposal(**part)
    assert proposal(assessment=made.assessment, outlook=made.outlook).adjustments.equals(made.adjustments)


@pytest.mark.parametrize("wrong", ["abc", "5", None, float("nan"), float("inf"), 1.5, 10**30, True])
def test_a_signed_amount_must_be_whole_dong(made: Proposal, wrong: Any) -> None:
    signed = made.adjustments[["line_id", "change"]].astype({"change": object})
    signed.loc[0, "change"] = wrong
    with pytest.raises(pb.DataError, match="whole đồng"):
        made.apply(signed)
