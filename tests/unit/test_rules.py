"""Every rule asked directly, without a solver: at its bound, one đồng over, unknown, unchecked, and its source."""

from __future__ import annotations

from typing import Any

import pytest

from phanbo.money import LIMIT
from rounds import RULEBOOK, SOURCE, TY, UNIT, Fixed, bound, breaks, case_of, lines

RULES = {rule.code: rule for rule in RULEBOOK.rules}
LOAN = "Vốn nước ngoài (ODA)"
GRANT = "Viện trợ không hoàn lại"


def two(**columns: list[Any]) -> Any:
    """Return two lines: L0 is slow, L1 is fast and in need."""
    return lines(2, **columns)


def check_bound(code: str, side: str, amount: int, frame: Any, line: str = "L0", **policy: Any) -> None:
    """The first face states *amount*; the second keeps it and breaks one đồng over, by one đồng at least."""
    case = case_of(frame, **policy)
    rule = RULES[code]
    assert bound(rule, case, line, side) == amount
    if amount > 0:
        assert breaks(rule, case, **{side: {line: amount}}) == {}
    if amount < LIMIT:
        assert list(breaks(rule, case, **{side: {line: max(0, amount) + 1}})) == [line]
        assert breaks(rule, case, **{side: {line: max(0, amount) + UNIT}})[line] >= UNIT - 1


# -- giving ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "side", "amount", "columns"),
    [
        ("locked", "cut", 0, {"locked": ["đang quyết toán", ""]}),
        ("locked", "add", 0, {"locked": ["đang quyết toán", ""]}),
        ("locked", "cut", LIMIT, {"locked": ["", "x"]}),
        ("counterpart", "cut", 0, {"counterpart": [True, False]}),
        ("counterpart", "cut", LIMIT, {"counterpart": [False, True]}),
        ("counterpart", "cut", LIMIT, {"counterpart": [None, True]}),
        ("spent-money", "cut", 9 * TY, {}),
        ("spent-money", "cut", 7 * TY, {"committed": [2 * TY, 0]}),
        ("spent-money", "cut", 0, {"committed": [9 * TY, 0]}),
        ("spent-money", "cut", 0, {"committed": [20 * TY, 0]}),
        ("owed-claims", "cut", 6 * TY, {"arrears": [2 * TY, 0], "prior_advance": [TY, 0]}),
        (
            "owed-claims",
            "cut",
            5 * TY,
            {"arrears": [2 * TY, 0], "prior_advance": [TY, 0], "committed": [TY, 0]},
        ),
        ("owed-claims", "cut", 0, {"arrears": [20 * TY, 0]}),
        ("donor-test", "cut", LIMIT, {}),
        ("donor-test", "cut", 0, {"disbursed": [7 * TY, 9 * TY]}),
        ("donor-test", "cut", 2 * TY, {"disbursed": [7 * TY, 9 * TY], "offered_decrease": [2 * TY, 0]}),
    ],
)
def test_giving(code: str, side: str, amount: int, columns: dict[str, list[Any]]) -> None:
    check_bound(code, side, amount, two(**columns), judge="actual")


def test_a_late_line_gives_only_from_a_late_bucket() -> None:
    """II.5.3 names the owner: a late line in a bucket that is on time stays (ambiguity A1)."""
    frame = two(owner=["Ban", "Ban"], disbursed=[6 * TY, 9 * TY])
    check_bound("donor-test", "cut", 0, frame, judge="actual")
    check_bound(
        "donor-test", "cut", LIMIT, two(owner=["Ban", "Ban"], disbursed=[6 * TY, 7 * TY]), judge="actual"
    )


@pytest.mark.parametrize(
    ("columns", "gives"),
    [
        ({"started_on": ["chưa", ""]}, True),
        ({"started_on": ["2024-12-01", ""]}, True),
        ({"started_on": ["2024-06-30", ""]}, False),
        ({"started_on": ["", ""]}, False),
        ({"procedures_complete": [False, None]}, True),
        ({"procedures_complete": [True, None]}, False),
        ({"procedures_complete": [None, None]}, False),
    ],
)
def test_deadlines_open_a_line_that_is_on_time(columns: dict[str, list[Any]], gives: bool) -> None:
    """An empty cell accuses nobody; "chưa" does."""
    frame = two(stage=["new_start", "new_start"], disbursed=[9 * TY, 9 * TY], **columns)
    check_bound("donor-test", "cut", LIMIT if gives else 0, frame, judge="actual")


def test_committed_unknown() -> None:
    frame = two(committed=[None, 0])
    check_bound("spent-money", "cut", 0, frame)
    check_bound("spent-money", "cut", 9 * TY, frame, unknown="allow")


@pytest.mark.parametrize(("d", "kept"), [(0.25, 2), (0.26, 4), (0.5, 4), (0.75, 6), (1, 8)])
def test_a_donor_keeps_what_it_will_probably_spend(d: float, kept: int) -> None:
    policy: dict[str, Any] = {
        "forecaster": Fixed(2 * TY, 4 * TY, 6 * TY, 8 * TY),
        "donor_confidence": d,
        "receiver_confidence": 0.8,
    }
    check_bound("donor-depth", "cut", 10 * TY - kept * TY, two(), **policy)


@pytest.mark.parametrize(
    ("code", "side", "policy", "amount"),
    [
        ("carried-over", "cut", {}, 0),
        ("carried-over", "add", {}, 0),
        ("carried-over", "add", {"return_unplaced": True}, 0),
    ],
)
def test_carried_over_capital_stays(code: str, side: str, policy: dict[str, Any], amount: int) -> None:
    check_bound(code, side, amount, two(plan_year=[2023, 2024]), **policy)


def test_carried_over_capital_may_be_returned_or_moved() -> None:
    frame = two(plan_year=[2023, 2024])
    for policy in ({"carry_over": "move"}, {"return_unplaced": True}):
        case = case_of(frame, **policy)
        assert bound(RULES["carried-over"], case, "L0", "cut") is None
        assert breaks(RULES["carried-over"], case, cut={"L0": 9 * TY}) == {}
    assert breaks(RULES["carried-over"], case_of(frame, carry_over="move"), add={"L0": TY}) == {}


# -- receiving ------------------------------------------------------------------------------------------

ENOUGH = {"total_investment": [90 * TY] * 2, "allocated_to_date": [50 * TY] * 2}


@pytest.mark.parametrize(
    ("code", "amount", "columns"),
    [
        ("stated-need", 5 * TY, {}),
        ("stated-need", 0, {"requested_increase": [0, None]}),
        ("fast-line", LIMIT, {"disbursed": [TY, 7 * TY]}),
        ("fast-line", 0, {"disbursed": [TY, 7 * TY - 1]}),
        ("offer-only-gives", 0, {"offered_decrease": [0, 1]}),
        ("offer-only-gives", LIMIT, {"offered_decrease": [1, 0]}),
        ("not-to-be-raised", 0, {"not_to_be_raised": [False, True]}),
        ("not-to-be-raised", LIMIT, {"not_to_be_raised": [True, None]}),
        ("commitment", 0, {"commitment": [True, False]}),
        ("commitment", LIMIT, {"commitment": [False, True]}),
        ("procedures-complete", LIMIT, {"procedures_complete": [False, True]}),
        ("procedures-complete", 0, {"procedures_complete": [True, False]}),
        ("procedures-complete", LIMIT, {"procedures_completed_on": ["", "2024-09-15"]}),
        ("procedures-complete", 0, {"procedures_completed_on": ["", "2024-09-16"]}),
        ("procedures-complete", 0, {"procedures_completed_on": ["", "chưa"]}),
        ("approved-decision", LIMIT, {"approved_on": ["", "2024-09-15"]}),
        ("approved-decision", 0, {"approved_on": ["", "2024-09-16"]}),
        ("approved-decision", 0, {"approved_on": ["2020-01-01", "chưa"]}),
        (
            "approved-decision",
            LIMIT,
            {"approved_on": ["2020-01-01", ""], "stage": ["transitional", "preparation"]},
        ),
        ("medium-term-listed", LIMIT, {"medium_term_plan": [0, 1]}),
        ("medium-term-listed", 0, {"medium_term_plan": [1, 0]}),
        ("medium-term-listed", LIMIT, {"medium_term_plan": [1, 0], "emergency": [False, True]}),
        ("medium-term-listed", LIMIT, {"medium_term_plan": [1, None], "source": [SOURCE, GRANT]}),
        (
            "medium-term-headroom",
            3 * TY,
            {"medium_term_plan": [0, 9 * TY], "medium_term_allocated": [0, 6 * TY]},
        ),
        ("medium-term-headroom", 0, {"medium_term_plan": [0, 6 * TY], "medium_term_allocated": [0, 9 * TY]}),
        ("total-investment", 40 * TY, ENOUGH),
        ("total-investment", 0, {**ENOUGH, "allocated_to_date": [50 * TY, 99 * TY]}),
        (
            "total-investment",
            3 * TY,
            {**ENOUGH, "settled_value": [None, 53 * TY], "stage": ["completed"] * 2},
        ),
        (
            "total-investment",
            TY,
            {**ENOUGH, "preparation_estimate": [None, 51 * TY], "stage": ["preparation"] * 2},
        ),
        ("loan-room", 2 * TY, {"source": [SOURCE, LOAN], "loan_room": [None, 2 * TY]}),
        ("loan-room", LIMIT, {"source": [LOAN, SOURCE], "loan_room": [TY, None]}),
        ("loan-open", LIMIT, {"source": [SOURCE, LOAN], "loan_closes_on": ["", "2024-09-15"]}),
        ("loan-open", 0, {"source": [SOURCE, LOAN], "loan_closes_on": ["", "2024-09-14"]}),
        ("loan-open", LIMIT, {"source": [LOAN, SOURCE], "loan_closes_on": ["2024-01-01", "2020-01-01"]}),
    ],
)
def test_receiving(code: str, amount: int, columns: dict[str, list[Any]]) -> None:
    check_bound(code, "add", amount, two(**columns), "L1", judge="actual")


@pytest.mark.parametrize(
    ("code", "columns", "allowed"),
    [
        ("commitment", {"commitment": [True, None]}, LIMIT),
        ("procedures-complete", {"procedures_complete": [True, None]}, LIMIT),
        ("approved-decision", {"approved_on": ["2020-01-01", ""]}, LIMIT),
        ("medium-term-listed", {"medium_term_plan": [1, None]}, LIMIT),
        ("medium-term-headroom", {"medium_term_plan": [9, 9], "medium_term_allocated": [9, None]}, LIMIT),
        ("total-investment", {**ENOUGH, "allocated_to_date": [50 * TY, None]}, LIMIT),
        ("loan-room", {"source": [LOAN, LOAN], "loan_room": [TY, None]}, LIMIT),
        ("loan-open", {"source": [LOAN, LOAN], "loan_closes_on": ["2025-01-01", ""]}, LIMIT),
        ("capital-time-limit", {"project_class": ["A", "B"], "first_year": [2024, None]}, LIMIT),
        ("capital-time-limit", {"project_class": ["A", None], "first_year": [2024, 2024]}, LIMIT),
    ],
)
def test_an_unknown_cell(code: str, columns: dict[str, list[Any]], allowed: int) -> None:
    check_bound(code, "add", 0, two(**columns), "L1")
    check_bound(code, "add", allowed, two(**columns), "L1", unknown="allow")


@pytest.mark.parametrize(
    ("group", "first", "extra", "passes"),
    [
        ("A", 2019, 0, True),
        ("A", 2018, 0, False),
        ("A", 2018, 1, True),
        ("B", 2021, 0, True),
        ("B", 2020, 0, False),
        ("C", 2022, 0, True),
        ("C", 2021, 0, False),
        ("C", 2021, 1, True),
        ("national", 2000, 0, True),
    ],
)
def test_the_capital_time_limit(group: str, first: int, extra: int, passes: bool) -> None:
    """Nhóm A 6 năm, nhóm B 4 năm, nhóm C 3 năm: the year counted is the last."""
    columns: dict[str, list[Any]] = {
        "project_class": ["A", group],
        "first_year": [2024, first],
        "extension_years": [0, extra],
    }
    check_bound("capital-time-limit", "add", LIMIT if passes else 0, two(**columns), "L1")
    if group != "national":
        frame = two(**columns, stage=["transitional", "completed"])
        check_bound("capital-time-limit", "add", LIMIT, frame, "L1")


@pytest.mark.parametrize(("r", "reach"), [(0.8, 12), (0.75, 14), (1, 12), (0.51, 14), (0.5, 16)])
def test_only_what_will_very_probably_be_spent(r: float, reach: int) -> None:
    policy = {
        "forecaster": Fixed(12 * TY, 14 * TY, 16 * TY, 18 * TY),
        "receiver_confidence": r,
        "donor_confidence": 0.6,
    }
    check_bound("absorption", "add", (reach - 10) * TY, two(), "L1", **policy)


def test_nothing_more_than_the_plan_is_expected() -> None:
    check_bound("absorption", "add", 0, two(), "L1", forecaster=Fixed(9 * TY, 20 * TY))


NEW: dict[str, list[Any]] = {
    "stage": ["new_start"] * 2,
    "total_investment": [90 * TY] * 2,
    "allocated_to_date": [50 * TY] * 2,
}


@pytest.mark.parametrize(
    ("ceiling", "given", "passes"),
    [([40 * TY] * 2, [0, 0], True), ([40 * TY - 1] * 2, [0, 0], False), ([60 * TY] * 2, [0, 21 * TY], False)],
)
def test_a_new_start_must_be_funded_to_the_end(ceiling: list[int], given: list[int], passes: bool) -> None:
    """Luật 39/2019/QH14, Điều 51 khoản 5: T − A ≤ Σ (M − B)."""
    frame = two(**NEW, medium_term_plan=ceiling, medium_term_allocated=given)
    check_bound("new-start-funding", "add", LIMIT if passes else 0, frame, "L1")
    older = frame.assign(stage="transitional")
    check_bound("new-start-funding", "add", LIMIT, older, "L1")


def test_a_plan_of_nothing_is_judged_by_its_owner() -> None:
    fast = lines(3, owner=["Ban 0", "Ban 1", "Ban 1"], plan=[10 * TY, 10 * TY, 0], disbursed=[TY, 9 * TY, 0])
    check_bound("fast-line", "add", LIMIT, fast, "L2", judge="actual", fast="milestone")
    slow = lines(3, owner=["Ban 0", "Ban 1", "Ban 0"], plan=[10 * TY, 10 * TY, 0], disbursed=[TY, 9 * TY, 0])
    check_bound("fast-line", "add", 0, slow, "L2", judge="actual", fast="milestone")


# -- what no table states -------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", [rule for rule in RULEBOOK.rules if rule.needs], ids=lambda rule: rule.code)
def test_an_absent_column_is_unchecked(rule: Any) -> None:
    """A rule that misses a column binds nothing and says so."""
    frame = lines(4, source=[SOURCE, LOAN, SOURCE, LOAN], stage=["new_start"] * 4).drop(
        columns="requested_increase"
    )
    case = case_of(frame)
    gaps = rule.unchecked(case)
    assert gaps
    assert all(gap.rule == rule.code and 0 < gap.lines <= 4 for gap in gaps)
    if rule.code == "stated-need":
        assert bound(rule, case, "L1", "add") == 0, "no need is stated, nothing is given"
    elif rule.code not in ("spent-money", "owed-claims", "counterpart"):
        assert breaks(rule, case, cut={"L0": TY}, add={"L1": 10**6 * TY}) == {}


SOURCES = {
    "donor-test": ("Chỉ thị", "II.5.3", "seed"),
    "fast-line": ("Chỉ thị", "II.5.3", "seed"),
    "stated-need": ("Chỉ thị", "II.5.3", "seed"),
    "absorption": ("Chỉ thị", "II.5.3", "seed"),
    "owner-import": ("Chỉ thị", "II.5.3", "seed"),
    "offer-only-gives": ("Chỉ thị", "II.2.4", "design"),
    "revenue-shortfall": ("Chỉ thị", "II.6.2", "seed"),
    "medium-term-listed": ("Luật Đầu tư công 39/2019/QH14", "Điều 53 khoản 1", "memory+"),
    "approved-decision": ("Luật Đầu tư công 39/2019/QH14", "Điều 53 khoản 2", "found"),
    "new-start-funding": ("Luật Đầu tư công 39/2019/QH14", "Điều 51 khoản 5", "found"),
    "capital-time-limit": ("Luật Đầu tư công 39/2019/QH14", "Điều 52", "memory+"),
    "carried-over": ("Luật Đầu tư công 39/2019/QH14", "Điều 68", "memory+"),
    "counterpart": ("Thông tư 51/2023/TT-BTC", "Điều 21", "found"),
    "procedures-complete": ("Nghị quyết 973/2020/UBTVQH14", "Điều 4", "memory"),
}


@pytest.mark.parametrize("code", sorted(SOURCES))
def test_the_source_of_a_rule(code: str) -> None:
    document, article, confidence = SOURCES[code]
    source = RULES[code].source
    assert document in source.document
    assert article in source.article
    assert source.confidence == confidence
