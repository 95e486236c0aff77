"""What stays true from round to round, and what a committee may sign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import phanbo as pb
from held_round import sample
from phanbo.errors import DataError
from strategies import settings_of

if TYPE_CHECKING:
    from held_round import Setting
    from phanbo.portfolio import Portfolio
    from phanbo.proposal import Proposal


def change_of(proposal: Proposal) -> dict[str, int]:
    lines = proposal.lines
    return dict(zip(lines["line_id"], (lines["add"] - lines["cut"]).tolist(), strict=True))


def again(setting: Setting, first: Proposal, *, held: bool = False, **kept: Any) -> Proposal:
    """Propose after a full approval; *held*: as if no cut had given room back under a ceiling."""
    after = without_freed_room(first) if held else first.apply()
    return pb.propose(after, **setting.given(outlook=first.outlook, **kept))


def without_freed_room(first: Proposal) -> Portfolio:
    """Return the portfolio after approval, what is allocated lowered by no cut."""
    after, lines = first.apply(), first.lines
    ids, sources, cut = after.text("project_id"), after.text("source"), lines["cut"].to_numpy()
    columns = {}
    for name, groups, counted in (
        ("allocated_to_date", ids, cut),
        ("medium_term_allocated", ids + "/" + sources, np.where(after.carried, 0, cut)),
    ):
        if name in after.given:
            value, known = after.money(name)
            freed = [int(counted[groups == group].sum()) for group in groups]
            columns[name] = pd.Series(value + freed, dtype="Int64").mask(~known)
    return after.replace(sources=None, **columns)


def raised_projects(proposal: Proposal) -> set[str]:
    assert proposal.case is not None
    projects = proposal.case.portfolio.text("project_id")
    return {str(projects[i]) for i in np.flatnonzero(proposal.lines["add"] > 0)}


def cut_projects(proposal: Proposal) -> set[str]:
    assert proposal.case is not None
    projects = proposal.case.portfolio.text("project_id")
    return {str(projects[i]) for i in np.flatnonzero(proposal.lines["cut"] > 0)}


@given(setting=settings_of(min_move=0))
def test_after_a_full_approval_nothing_moves(setting: Setting) -> None:
    """One exception: a cut gives room back under the ceilings of its project, for other lines of that project."""
    first = setting.propose()
    second = again(setting, first, assessment=first.assessment)
    if not raised_projects(second) & cut_projects(first):
        assert set(change_of(second).values()) == {0}
    third = again(setting, first, held=True, assessment=first.assessment)
    assert set(change_of(third).values()) == {0}


@given(setting=settings_of(min_move=0))
def test_with_the_same_outlook_no_line_is_reversed(setting: Setting) -> None:
    first = setting.propose()
    before, after = change_of(first), change_of(again(setting, first))
    assert {line for line in before if before[line] * after[line] < 0} == set()


@given(setting=settings_of())
def test_an_approval_moves_the_figures_it_must(setting: Setting) -> None:
    proposal = setting.propose()
    old, new = setting.portfolio, proposal.apply()
    change = np.array(list(change_of(proposal).values()), dtype=np.int64)
    assert (new.money("plan")[0] - old.money("plan")[0]).tolist() == change.tolist()
    assert (new.money("disbursed")[0] == old.money("disbursed")[0]).all()
    ids, sources = old.text("project_id"), old.text("source")
    for i in range(len(old)):
        same = ids == ids[i]
        for name, lines in (
            ("allocated_to_date", same),
            ("medium_term_allocated", same & (sources == sources[i]) & ~old.carried),
        ):
            if name in old.given and old.money(name)[1][i]:
                assert new.money(name)[0][i] - old.money(name)[0][i] == change[lines].sum()
    assert (
        new.money("requested_increase")[0].tolist()
        == np.maximum(0, old.money("requested_increase")[0] - np.maximum(0, change)).tolist()
    )
    barred = new.flag("not_to_be_raised")[0]
    offered = old.money("offered_decrease")[0] > 0
    assert (barred >= ((change < 0) & offered)).all()
    assert (barred <= (old.flag("not_to_be_raised")[0] | (change < 0))).all()


SHRINKING = settings_of(
    shortfall=True, simple=True, most=6, authority=None, min_move=0, return_unplaced=False
)


@given(setting=settings_of(return_unplaced=False) | SHRINKING, data=st.data())
def test_what_was_signed_is_applied_or_refused(setting: Setting, data: st.DataObject) -> None:
    proposal = setting.propose()
    k = data.draw(st.integers(0, len(proposal.transfers)))
    head = proposal.head(k)
    signed = head.adjustments[["line_id", "change"]]
    assert proposal.apply(signed) == head.apply()
    if len(signed):
        row = data.draw(st.integers(0, len(signed) - 1))
        off = signed.assign(change=signed["change"] + np.where(np.arange(len(signed)) == row, 1, 0))
        if off["change"].iloc[row] == 0:  # its pool may now stand still, which is legal
            return
        with pytest.raises(DataError, match="not legal"):
            proposal.apply(off)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"line_id": ["?"], "change": [1]}, "signed-line"),
        ({"line_id": ["?"]}, "signed-column"),
    ],
)
def test_faults_in_what_was_signed_are_named(cells: dict[str, list[object]], code: str) -> None:
    with pytest.raises(DataError) as caught:
        sample().propose().apply(pd.DataFrame(cells))
    assert [finding.code for finding in caught.value.findings] == [code]
