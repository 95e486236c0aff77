"""Rules over several lines, asked directly: rows of a project, balance, imports, authority."""

from __future__ import annotations

from typing import Any

import pytest

from phanbo.money import LIMIT
from rounds import RULEBOOK, SOURCE, TY, breaks, case_of, inflow, lines

RULES = {rule.code: rule for rule in RULEBOOK.rules}


def two(**columns: list[Any]) -> Any:
    """Return two lines: L0 is slow, L1 is fast and in need."""
    return lines(2, **columns)


# -- groups ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "columns", "room"),
    [
        ("total-investment", {"total_investment": [57 * TY] * 2, "allocated_to_date": [50 * TY] * 2}, 7 * TY),
        (
            "medium-term-headroom",
            {"medium_term_plan": [57 * TY] * 2, "medium_term_allocated": [50 * TY] * 2},
            7 * TY,
        ),
    ],
)
def test_lines_of_a_project_share_its_room(code: str, columns: dict[str, list[Any]], room: int) -> None:
    frame = two(project_id=["P"] * 2, project=["Dự án"] * 2, owner=["Ban"] * 2, **columns)
    case, rule = case_of(frame), RULES[code]
    assert breaks(rule, case, add={"L0": room}) == {}
    assert breaks(rule, case, add={"L0": room - TY, "L1": TY}) == {}
    assert breaks(rule, case, add={"L0": room - TY, "L1": TY + 1}) == {"L0": 1, "L1": 1}


# -- walls ----------------------------------------------------------------------------------------------


def test_pools_balance() -> None:
    rule, case = RULES["pool-balance"], case_of(lines(4, source=[SOURCE, SOURCE, "Xổ số", "Xổ số"]))
    assert breaks(rule, case, cut={"L0": TY}, add={"L1": TY}) == {}
    assert breaks(rule, case, cut={"L0": TY}, add={"L1": TY + 1}) == {"L0": 1, "L1": 1}
    assert breaks(rule, case, cut={"L0": TY}, add={"L3": TY}) == {"L0": TY, "L3": TY}
    assert breaks(rule, case_of(lines(2, plan_year=[2023, 2024])), cut={"L0": TY}, add={"L1": TY}) != {}
    given_back = case_of(lines(2), return_unplaced=True)
    assert breaks(rule, given_back, cut={"L0": TY}) == {}
    assert breaks(rule, given_back, add={"L0": TY}) == {"L0": TY}


def test_a_shortfall_is_met() -> None:
    rule, case = RULES["revenue-shortfall"], case_of(lines(2), sources=inflow(-3 * TY))
    assert breaks(rule, case, cut={"L0": 3 * TY}) == {}
    assert breaks(rule, case, cut={"L0": 3 * TY - 1}) == {"L0": 1}
    assert breaks(rule, case, cut={"L0": 4 * TY}, add={"L1": TY}) == {}


def test_slow_owners_import_nothing() -> None:
    frame = lines(4, owner=["Ban chậm", "Ban nhanh", "Ban chậm", "Ban nhanh"])
    rule, case = RULES["owner-import"], case_of(frame, judge="actual")
    assert breaks(rule, case, cut={"L0": TY}, add={"L1": TY}) == {}
    assert breaks(rule, case, cut={"L1": TY}, add={"L0": TY}) == {"L0": TY}
    assert breaks(rule, case, cut={"L0": TY}, add={"L2": TY}) == {}, "inside an owner nothing is imported"
    assert breaks(rule, case, cut={"L2": TY, "L1": 1}, add={"L0": TY + 1}) == {"L0": 1}


def test_an_owner_of_new_starts_is_measured_against_new_starts() -> None:
    frame = lines(
        4,
        owner=["Ban a", "Ban b", "Ban c", "Ban c"],
        stage=["new_start", "new_start", "transitional", "transitional"],
        disbursed=[3 * TY, 2 * TY, 9 * TY, 9 * TY],
    )
    rule, plan = RULES["owner-import"], {"cut": {"L2": TY}, "add": {"L0": TY}}
    assert breaks(rule, case_of(frame, judge="actual"), **plan) == {}
    assert breaks(rule, case_of(frame, judge="actual", fast="milestone"), **plan) == {"L0": TY}


@pytest.mark.parametrize(
    ("hands", "inside", "across", "back"),
    [
        (None, True, True, True),
        (("owner-internal", "hdnd"), True, True, True),
        (("owner-internal",), True, False, False),
        (("ubnd",), False, False, False),
        ((), False, False, False),
    ],
)
def test_authority_at_hand(hands: tuple[str, ...] | None, inside: bool, across: bool, back: bool) -> None:
    rule = RULES["authority"]
    case = case_of(lines(4), authority=hands, return_unplaced=True)
    assert (breaks(rule, case, cut={"L0": TY}, add={"L2": TY}) == {}) is inside
    assert (breaks(rule, case, cut={"L0": TY}, add={"L1": TY}) == {}) is across
    assert (breaks(rule, case, cut={"L0": TY}) == {}) is back
    short = case_of(lines(4), authority=hands, sources=inflow(-TY))
    assert breaks(rule, short, cut={"L0": TY}) == {}, "a shortfall is exempt"
    limits = rule.limits(short)
    assert limits.cut is None or (limits.cut == LIMIT).all()
