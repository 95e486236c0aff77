"""Real scale: 5,108 projects of 26 governments as of 16/11/2020 (assumptions: ``benchmarks/peru.py``).

The year itself gives the scale. From the opening plan (6,725 million soles) to 16/11 the governments cut 862
projects by 2,938 million soles and raised 3,952 by 5,493 million (credits and loans came in). Accrued by then:
39 % of the plan, 15 % to 63 % in a government. The round moves 221 million, 2.4 % of the plan; 43 % of the
plan probably lapses all the same, for too few lines are fast and in need: receivers are short, not donors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import peru
import pytest

from phanbo import Portfolio

if TYPE_CHECKING:
    from setting import Setting

    from phanbo import Proposal

pytestmark = pytest.mark.skipif(
    not peru.projects_file().is_file(),
    reason=f"{peru.projects_file().name} is not in the folder PHANBO_DATA, nor in ../shared/data",
)


@pytest.fixture(scope="module")
def setting() -> Setting:
    return peru.build()


@pytest.fixture(scope="module")
def proposal(setting: Setting) -> Proposal:
    return setting.propose()


def test_the_file_is_the_one_described(setting: Setting) -> None:
    assert len(setting.lines) == 5108
    assert setting.lines["source"].nunique() == 26
    assert not setting.lines["project_id"].duplicated().any()
    assert (setting.lines["disbursed"] <= setting.lines["plan"]).all()


def test_it_is_verified_and_optimal(proposal: Proposal) -> None:
    certificate = proposal.verify()
    assert certificate.ok, certificate.findings
    assert certificate.proved == "optimal"
    assert not any(certificate.gap.values())


def test_every_government_balances_and_something_moves(proposal: Proposal) -> None:
    pools = proposal.pools
    assert len(pools) == 26
    assert (pools["cut"] == pools["added"]).all()
    assert (pools["cut"] > 0).all()
    assert 0.01 < proposal.summary["cut"] / proposal.assessment.portfolio.lines["plan"].sum() < 0.05


def test_no_line_falls_under_what_is_accrued(proposal: Proposal) -> None:
    lines, book = proposal.lines, proposal.assessment.portfolio.lines
    assert (lines["line_id"] == book["line_id"]).all()
    change = lines["add"] - lines["cut"]
    assert (book["plan"] + change >= book["disbursed"]).all()
    assert (lines["add"] <= book["requested_increase"]).all()
    assert not ((lines["cut"] > 0) & (lines["add"] > 0)).any()
    assert (change % 1_000 == 0).all()


def test_it_pays_what_the_theorem_promises(setting: Setting, proposal: Proposal) -> None:
    summary, lines = proposal.summary, proposal.lines
    share = setting.policy.d + setting.policy.r - 1
    rise = summary["expected_after"] - summary["expected"]
    # Each line is floored to whole soles, before and after.
    assert rise >= share * summary["added"] - int(((lines["cut"] > 0) | (lines["add"] > 0)).sum())
    assert rise == proposal.transfers["gain"].sum()


@pytest.mark.parametrize("part", [1, 3])
def test_any_first_part_is_itself_a_legal_round(proposal: Proposal, part: int) -> None:
    size = len(proposal.transfers) * part // 4
    first = proposal.head(size)
    assert first.verify().ok
    assert len(first.transfers) == size
    assert (first.pools["cut"] == first.pools["added"]).all()
    assert first.transfers["gain"].sum() == first.summary["expected_after"] - first.summary["expected"]


def test_the_order_of_the_rows_does_not_matter(setting: Setting, proposal: Proposal) -> None:
    order = np.random.default_rng(0).permutation(len(setting.lines))
    shuffled = setting.propose(Portfolio(setting.lines.iloc[order]))
    assert shuffled.to_json() == proposal.to_json()
