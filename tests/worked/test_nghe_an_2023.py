"""Nghệ An 2023 against its published decision: every amount to the đồng, and nothing of it hard-coded.

The figures below are those of the page, written down here a second time; what the example assumes beside them
(owners, disbursement, stage, dates, absorption, the third recipient's plan) is listed in its module.
https://baonghean.vn/nghe-an-reallocates-public-investment-capital-to-3-transportation-projects-with-good-disbursement-progress-post272745.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phanbo.errors import RoundError
from phanbo.examples.nghe_an_2023 import AS_OF, nghe_an_calendar, nghe_an_lines
from phanbo.pipeline import propose
from phanbo.policy import Policy
from phanbo.portfolio import Portfolio

if TYPE_CHECKING:
    import pandas as pd

    from phanbo.proposal import Proposal

CHANGE = {
    "NA-C1": -8_000_000_000,
    "NA-C2": -9_347_000_000,
    "NA-C3": -10_000_000_000,
    "NA-C4": -30_000_000_000,
    "NA-C5": -10_000_000_000,
    "NA-C6": -7_000_000_000,
    "NA-R1": 48_347_000_000,
    "NA-R2": 15_000_000_000,
    "NA-R3": 11_000_000_000,
}
PLAN_AFTER = {
    "NA-C1": 2_000_000_000,
    "NA-C2": 0,
    "NA-C3": 5_000_000_000,
    "NA-C4": 0,
    "NA-C5": 5_000_000_000,
    "NA-C6": 0,
    "NA-R1": 98_347_000_000,
    "NA-R2": 70_000_000_000,
}
TOTAL = 74_347_000_000
BILLION = 1_000_000_000


def decide(lines: pd.DataFrame, unit: int = 1_000_000) -> Proposal:
    """Hold the round on a table of lines; whatever comes out is verified and balanced."""
    proposal = propose(
        Portfolio(lines), calendar=nghe_an_calendar(), round=1, as_of=AS_OF, policy=Policy(unit=unit)
    )
    assert proposal.verify().findings == ()
    assert proposal.adjustments["change"].sum() == 0
    return proposal


def changes(proposal: Proposal) -> dict[str, int]:
    moved = proposal.adjustments
    return dict(zip(moved["project_id"].tolist(), moved["change"].tolist(), strict=True))


def with_cell(project: str, column: str, value: int) -> pd.DataFrame:
    lines = nghe_an_lines()
    lines.loc[lines["project_id"] == project, column] = value
    return lines


@pytest.mark.parametrize("unit", [1, 1_000_000])
def test_the_decision_is_reproduced_to_the_dong(unit: int) -> None:
    proposal = decide(nghe_an_lines(), unit=unit)
    assert changes(proposal) == CHANGE
    after = proposal.adjustments.set_index("project_id")["plan_after"]
    assert {project: int(after[project]) for project in PLAN_AFTER} == PLAN_AFTER
    assert proposal.summary["cut"] == proposal.summary["added"] == TOTAL
    assert proposal.summary["unplaced"] == 0


def test_what_is_not_published_is_listed_as_unchecked() -> None:
    proposal = decide(nghe_an_lines())
    assert proposal.summary["conditional"]
    missing = {"procedures-complete", "medium-term-headroom", "total-investment", "approved-decision"}
    assert missing <= set(proposal.unchecked["rule"])


def test_the_plan_after_is_the_published_one_and_is_final() -> None:
    first = decide(nghe_an_lines())
    after = first.apply()
    assert after.lines["plan"].sum() == nghe_an_lines()["plan"].sum()
    assert after.lines["requested_increase"].sum() == after.lines["offered_decrease"].sum() == 0
    again = propose(
        after,
        calendar=nghe_an_calendar(),
        round=1,
        as_of=AS_OF,
        assessment=first.assessment,
        outlook=first.outlook,
    )
    assert again.adjustments.empty


@pytest.mark.parametrize("project", [project for project, change in CHANGE.items() if change < 0])
def test_a_smaller_offer_moves_less(project: str) -> None:
    """The project gives what is offered, the others all they offered, and the receivers get the rest."""
    offer = -CHANGE[project] - BILLION
    found = changes(decide(with_cell(project, "offered_decrease", offer)))
    given = {name: -change for name, change in found.items() if change < 0}
    published = {name: -change for name, change in CHANGE.items() if change < 0}
    assert given == {**published, project: offer}
    assert sum(change for change in found.values() if change > 0) == TOTAL - BILLION


@pytest.mark.parametrize("project", ["NA-R1", "NA-R2", "NA-R3"])
def test_a_smaller_need_leaves_capital_unplaced(project: str) -> None:
    need = CHANGE[project] - 3 * BILLION
    proposal = decide(with_cell(project, "requested_increase", need))
    found = changes(proposal)
    assert {name: change for name, change in found.items() if change > 0} == {
        **{name: change for name, change in CHANGE.items() if change > 0},
        project: need,
    }
    assert proposal.summary["unplaced"] == 3 * BILLION


def test_a_receiver_that_cannot_spend_more_gets_nothing() -> None:
    """Vinh – Cửa Lò would spend no more than it has paid: its share of the capital stays where it is."""
    paid = (PLAN_AFTER["NA-R1"] - CHANGE["NA-R1"]) * 7 // 10
    proposal = decide(with_cell("NA-R1", "absorb_p10", paid))
    found = changes(proposal)
    assert "NA-R1" in proposal.unplaced["ask"].iloc[0][0]["line_id"]
    assert {name: change for name, change in found.items() if change > 0} == {
        "NA-R2": CHANGE["NA-R2"],
        "NA-R3": CHANGE["NA-R3"],
    }


def test_what_is_paid_is_not_cut() -> None:
    """The hospital has paid 9 of its 15 tỷ: it offers 10, and can give no more than 6."""
    found = changes(decide(with_cell("NA-C3", "disbursed", 9 * BILLION)))
    assert found["NA-C3"] == -6 * BILLION
    assert sum(change for change in found.values() if change > 0) == TOTAL - 4 * BILLION


def test_the_calendar_closes_the_year() -> None:
    with pytest.raises(RoundError):
        propose(Portfolio(nghe_an_lines()), calendar=nghe_an_calendar(), round=1, as_of="2023-12-08")
