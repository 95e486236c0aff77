"""What is said to turn a decision does, one unit less does not, and what is said not to does not: tables edited by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import strategies as st

import phanbo as pb
from few import given
from held_round import Setting, sample
from phanbo.errors import InfeasibleRound
from phanbo.tables.schema import LINES
from strategies import settings_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phanbo.explain import Counterfactual

OF_PROJECT = {"total_investment", "settled_value", "first_year"}
OF_SOURCE = {"medium_term_plan"}


def edited(setting: Setting, line: str, cells: Iterable[tuple[str, Any]]) -> Setting:
    """Return the round with some cells of a line written anew in its frame, on all rows of a project where they stand."""
    frame = setting.lines.copy()
    ids = frame["project_id"] + "/" + frame["source"] + "/" + frame["plan_year"].astype(str)
    (row,) = frame.index[ids == line]
    for column, value in cells:
        here = pd.Series(data=False, index=frame.index)
        here[row] = True
        if column in OF_PROJECT | OF_SOURCE:
            here = frame["project_id"] == frame.loc[row, "project_id"]
        if column in OF_SOURCE:
            here &= frame["source"] == frame.loc[row, "source"]
        if column not in frame:
            meant = 0 if column == "committed" else None  # what the absent column said of every line
            frame[column] = pd.Series([meant] * len(frame), dtype=object)
        frame[column] = frame[column].astype(object)
        frame.loc[here, column] = value
    return replace(setting, lines=frame)


def decided(setting: Setting, line: str) -> str:
    """Return what a round does with a line; ``""`` where there is no plan."""
    try:
        row = setting.propose().lines.set_index("line_id").loc[line]
    except InfeasibleRound:
        return ""
    return "cut" if row["cut"] else "raised" if row["add"] else "unchanged"


def turned(before: str, after: str, field: str) -> bool:
    """Return whether a decision turned: a cut spared, an unchanged line raised, a lifted lock followed by any change."""
    if before == "cut":
        return after in ("unchanged", "raised")
    return after == "raised" or (after == "cut" and field == "locked")


def holds(setting: Setting, line: str, found: Counterfactual) -> None:
    """A counterfactual does what it says, and one unit less does not."""
    need = [("requested_increase", found.need)] if found.need else []
    before, after = decided(setting, line), decided(edited(setting, line, [*need, *found.cells]), line)
    assert (found.decision_before, found.decision_after) == (before, after)
    assert turned(before, after, found.field)
    assert found.confirmed
    if found.need:
        assert not turned(before, decided(edited(setting, line, need), line), "")
    if found.change is None:
        assert found.short is None
        return
    assert found.cells == ((found.field, found.after),)
    assert found.change == found.after - (found.before or 0)
    step = 1 if found.field == "extension_years" else setting.policy.unit
    assert 0 < abs(found.after - found.short) <= step
    less = [*need, (found.field, found.short)] if found.short != found.before else need
    assert not turned(before, decided(edited(setting, line, less), line), found.field)


@given(settings_of(most=5), st.data())
def test_what_turns_a_decision_does(setting: Setting, data: st.DataObject) -> None:
    made = setting.propose()
    line = data.draw(st.sampled_from(made.lines["line_id"].tolist()))
    why = made.explain(line)
    asked, found = why.turning, why.counterfactual
    assert asked.asked == (decided(setting, line) != "raised")
    for each in () if found is None else (found, *found.also):
        holds(setting, line, each)
    for tried in asked.tried:
        need = [("requested_increase", asked.need)] if asked.need else []
        after = decided(edited(setting, line, [*need, *tried.cells]), line)
        assert not turned(decided(setting, line), after, tried.field), tried
    if found is not None:
        order = [
            (each.change is None, each.before is None, abs(each.change or 0)) for each in (found, *found.also)
        ]
        assert order == sorted(order)


def test_a_line_without_a_need_is_asked_about_with_one() -> None:
    """Too slow as well as without a need: neither alone would do, and the answer says what is taken as stated."""
    million = 1_000_000
    frame = pd.DataFrame(
        {
            "project_id": ["P0", "P1"],
            "project": ["P0", "P1"],
            "owner": ["Ban A", "Ban B"],
            "source": "Ngân sách tỉnh",
            "plan_year": 2024,
            "stage": "transitional",
            "plan": [5 * million, 8 * million],
            "disbursed": [999_999, million],
            "requested_increase": 0,
            "offered_decrease": [0, 3 * million],
        }
    )
    policy = pb.Policy(donor_confidence=0.25, receiver_confidence=0.9)
    setting = Setting(frame, None, policy, 1, "2024-05-20")
    line = "P0/Ngân sách tỉnh/2024"
    found = setting.propose().explain(line).counterfactual
    assert found is not None
    assert (found.field, found.need, found.decision_after) == ("disbursed", million, "raised")
    holds(setting, line, found)


def cell_of(column: str, setting: Setting) -> st.SearchStrategy[Any]:
    """Return what may stand in a cell of a column."""
    kind = LINES.column(column).type
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "money": st.integers(0, 9).map(lambda k: k * setting.policy.unit),
        "yes_no": st.booleans() | st.none(),
        "event": st.sampled_from(("chưa", "2024-05-01", setting.as_of, None)),
        "integer": st.integers(0, 3),
        "text": st.sampled_from(("giữ", "", None)),
    }
    return kinds[kind]


COLUMNS = (
    "disbursed",
    "offered_decrease",
    "requested_increase",
    "committed",
    "total_investment",
    "medium_term_plan",
    "estimate_year_end",
    "absorb_p50",
    "commitment",
    "procedures_complete",
    "started_on",
    "approved_on",
    "extension_years",
    "locked",
)


@given(settings_of(most=6), st.sampled_from(COLUMNS), st.data())
def test_a_cell_changed_is_a_table_read_anew(setting: Setting, column: str, data: st.DataObject) -> None:
    book = setting.portfolio
    line = data.draw(st.sampled_from(book.lines["line_id"].tolist()))
    value = data.draw(cell_of(column, setting))
    if column == "disbursed" and value is None:
        value = 0
    ours, theirs = book.with_cell(line, column, value), edited(setting, line, [(column, value)]).portfolio
    assert ours.hash == theirs.hash
    pd.testing.assert_frame_equal(ours.lines, theirs.lines)
    assert ours.check().to_dict() == theirs.check().to_dict()
    assert book.hash == setting.portfolio.hash


@pytest.mark.parametrize("column", ["plan", "source", "line_id", "nothing"])
def test_columns_that_others_hang_on_are_refused(column: str) -> None:
    with pytest.raises(KeyError):
        sample().portfolio.with_cell("P1/Ngân sách tỉnh/2024", column, 1)
