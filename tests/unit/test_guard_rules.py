"""The rules at their edges: what a mutation of a rule changes and no other test sees. See docs/mutation.md."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from phanbo.case import Changes
from phanbo.money import LIMIT
from phanbo.rules.asked import AskedLimits
from phanbo.rules.base import RowKeys, Source, Unchecked
from phanbo.rules.priority import CLASS_TESTS
from phanbo.rules.time_limits import CapitalTimeLimit
from rounds import RULEBOOK, SOURCE, TY, UNIT, bound, breaks, case_of, inflow, lines

RULES = {rule.code: rule for rule in RULEBOOK.rules}
GRANT, LOTTERY = "Viện trợ không hoàn lại", "Xổ số kiến thiết"


def two(**columns: list[Any]) -> Any:
    """Return two lines: L0 is slow, L1 is fast and in need."""
    return lines(2, **columns)


# -- what a rule is --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "vi", "en", "says"),
    [
        (
            Source("Luật", "Điều 1", "memory"),
            "Luật, Điều 1 (cần kiểm tra)",
            "Luật, Điều 1 (to be verified)",
            0,
        ),
        (Source("Luật", "", "memory+"), "Luật (cần kiểm tra)", "Luật (to be verified)", 0),
        (Source("Luật", "Điều 1", "found"), "Luật, Điều 1", "Luật, Điều 1", 1),
        (Source("Chỉ thị", "", "seed"), "Chỉ thị", "Chỉ thị", 2),
        (
            Source("Chỉ thị", "mục I", "design"),
            "Chỉ thị, mục I (quy ước của phanbo)",
            "Chỉ thị, mục I (convention of phanbo)",
            3,
        ),
    ],
)
def test_a_citation(source: Source, vi: str, en: str, says: int) -> None:
    words = (
        ("cần kiểm tra", "to be verified"),
        ("đã đối chiếu nguồn", "read at its source"),
        ("theo chỉ thị", "stated by the directive"),
        ("quy ước của phanbo", "convention of phanbo"),
    )
    assert source.cite() == source.cite("vi") == vi
    assert source.cite("en") == en
    assert (source.says(), source.says("vi"), source.says("en")) == (words[says][0], *words[says])


def test_what_is_unchecked_is_named_and_counted() -> None:
    frame = lines(3, stage=["new_start", "completed", "preparation"])
    case = case_of(frame)
    assert RULES["total-investment"].unchecked(case) == [
        Unchecked("total-investment", "total_investment / settled_value / preparation_estimate", 3),
        Unchecked("total-investment", "allocated_to_date", 3),
    ]
    assert RULES["capital-time-limit"].unchecked(case) == [
        Unchecked("capital-time-limit", "project_class", 1),
        Unchecked("capital-time-limit", "first_year", 1),
    ]
    assert RULES["approved-decision"].unchecked(case) == [Unchecked("approved-decision", "approved_on", 2)]
    assert RULES["on-lending-ratio"].unchecked(case) == [], "it would bind no line"
    half = case_of(frame.assign(settled_value=1, allocated_to_date=10 * TY))
    assert RULES["total-investment"].unchecked(half) == []
    assert RULES["total-investment"].has_columns(half)
    for rule in RULEBOOK.rules:
        binds = rule.binds(case)
        assert binds.dtype == np.bool_, rule.code
        assert binds.shape == (3,), rule.code


@pytest.mark.parametrize("years", [{"a": -1}, {"b": 4.0}, {"c": "3"}, {"a": None}])
def test_a_limit_in_years_is_a_whole_number(years: dict[str, Any]) -> None:
    told = {"a": 6, "b": 4, "c": 3} | years
    said = f"^capital-time-limit: a, b, c = {told['a']}, {told['b']}, {told['c']} must be years$"
    with pytest.raises(ValueError, match=said):
        CapitalTimeLimit(**years)


def test_a_limit_of_no_year_closes_every_project() -> None:
    rule = CapitalTimeLimit(0, 0, 0)
    case = case_of(two(project_class=["A", "B"], first_year=[2024, 2025]))
    assert breaks(rule, case, add={"L0": 1, "L1": 1}) == {"L0": 1}
    assert breaks(CapitalTimeLimit(1, 0, 0), case, add={"L0": 1, "L1": 1}) == {}


# -- what reviewers ask ----------------------------------------------------------------------------------------


def test_asked_limits_hold_to_the_dong() -> None:
    case = case_of(lines(3))
    rule = AskedLimits({"L0": TY, "nobody": 1}, {"L0": 2 * TY, "L1": 0})
    assert rule.most_cut == (("L0", TY), ("nobody", 1))
    assert breaks(rule, case, cut={"L0": TY, "L1": 9 * TY}, add={"L2": 9 * TY}) == {}
    assert breaks(rule, case, cut={"L0": TY + 1}, add={"L1": 5}) == {"L0": 1, "L1": 5}
    assert breaks(rule, case, cut={"L0": TY + 1}, add={"L0": 2 * TY + 3}) == {"L0": 4}, "both sides count"
    assert bound(rule, case, "L0", "cut") == TY
    assert bound(rule, case, "L2", "cut") == bound(rule, case, "L2", "add") == LIMIT
    assert bound(AskedLimits({}, {"L1": 0}), case, "L1", "cut") is None, "nothing is asked of cuts"
    nothing = np.zeros(3, dtype=np.int64)
    for asked in (rule, AskedLimits()):
        assert asked.violations(case, Changes(nothing, nothing)).dtype == np.int64


@pytest.mark.parametrize("name", ["most_cut", "most_add"])
def test_what_may_be_asked(name: str) -> None:
    def asked(most: Any) -> AskedLimits:
        told: dict[str, Any] = {name: {"L0": most}}
        return AskedLimits(**told)

    for most in (0, LIMIT, np.int64(5)):
        assert getattr(asked(most), name) == (("L0", int(most)),)
    for most in (-1, LIMIT + 1):
        with pytest.raises(ValueError, match=f"^asked-limit: {name} must lie in 0 … {LIMIT} đồng$"):
            asked(most)
    for flag in (True, np.bool_(False)):  # noqa: FBT003
        with pytest.raises(TypeError, match=f"^asked-limit: {name} must be whole amounts of đồng$"):
            asked(flag)
    with pytest.raises(TypeError, match="float"):
        asked(1.0)


# -- ceilings --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "settled", "estimate", "room"),
    [
        ("transitional", 53 * TY, 51 * TY, 40 * TY),
        ("completed", 53 * TY, 51 * TY, 3 * TY),
        ("completed", None, 51 * TY, 40 * TY),
        ("preparation", 53 * TY, 51 * TY, TY),
        ("preparation", 53 * TY, None, 40 * TY),
        ("new_start", 53 * TY, 51 * TY, 40 * TY),
        ("completed", 50 * TY, None, 0),
        ("completed", 49 * TY, None, 0),
    ],
)
def test_which_total_binds_a_stage(stage: str, settled: Any, estimate: Any, room: int) -> None:
    frame = two(
        stage=[stage] * 2,
        settled_value=[None, settled],
        preparation_estimate=[None, estimate],
        total_investment=[90 * TY] * 2,
        allocated_to_date=[50 * TY] * 2,
    )
    case, rule = case_of(frame), RULES["total-investment"]
    assert bound(rule, case, "L1", "add") == room
    assert breaks(rule, case, add={"L1": room + 1}) == {"L1": 1}
    assert breaks(rule, case, add={"L1": room}) == {}


def test_the_least_total_told_of_a_project_binds_all_its_lines() -> None:
    same: dict[str, list[Any]] = {"project_id": ["P"] * 2, "project": ["Dự án"] * 2, "owner": ["Ban"] * 2}
    frame = two(
        **same,
        stage=["completed", "transitional"],
        settled_value=[55 * TY, None],
        total_investment=[90 * TY] * 2,
        allocated_to_date=[50 * TY] * 2,
    )
    case, rule = case_of(frame), RULES["total-investment"]
    assert breaks(rule, case, add={"L1": 5 * TY}) == {}
    assert breaks(rule, case, add={"L1": 5 * TY + 1}) == {"L1": 1}
    assert breaks(rule, case, add={"L0": 1, "L1": 5 * TY}) == {"L0": 1, "L1": 1}


FULL = {"medium_term_plan": [9 * TY] * 2, "medium_term_allocated": [9 * TY] * 2}


@pytest.mark.parametrize("unknown", ["refuse", "allow"])
@pytest.mark.parametrize(
    ("columns", "exempt"),
    [
        ({}, False),
        ({"emergency": [False, True]}, True),
        ({"emergency": [True, False]}, False),
        ({"source": [SOURCE, GRANT]}, True),
        ({"source": [GRANT, SOURCE]}, False),
        ({"plan_year": [2024, 2023]}, True),
    ],
)
def test_who_needs_no_headroom(columns: dict[str, list[Any]], exempt: bool, unknown: str) -> None:
    case, rule = case_of(two(**FULL, **columns), unknown=unknown), RULES["medium-term-headroom"]
    assert breaks(rule, case, add={"L1": TY}) == ({} if exempt else {"L1": TY})
    assert bound(rule, case, "L1", "add") == (LIMIT if exempt else 0)


def test_an_exempt_line_takes_nothing_of_the_headroom() -> None:
    same: dict[str, list[Any]] = {"project_id": ["P"] * 2, "project": ["Dự án"] * 2, "owner": ["Ban"] * 2}
    columns: dict[str, list[Any]] = {"medium_term_plan": [12 * TY] * 2, "medium_term_allocated": [9 * TY] * 2}
    rule = RULES["medium-term-headroom"]
    case = case_of(two(**same, **columns, plan_year=[2024, 2023], line_id=["L0", "L1"]))
    assert breaks(rule, case, add={"L0": 3 * TY, "L1": 9 * TY}) == {}
    assert breaks(rule, case, add={"L0": 3 * TY + 1, "L1": 9 * TY}) == {"L0": 1}


def new(total: Any = 50 * TY, **columns: list[Any]) -> Any:
    """Return two lines of one new start in two sources, with 50 tỷ allocated."""
    usual: dict[str, list[Any]] = {
        "project_id": ["P"] * 2,
        "project": ["Dự án"] * 2,
        "owner": ["Ban"] * 2,
        "source": [SOURCE, LOTTERY],
        "stage": ["new_start"] * 2,
        "total_investment": [total] * 2,
        "allocated_to_date": [50 * TY] * 2,
        "medium_term_plan": [10 * TY, 20 * TY],
        "medium_term_allocated": [10 * TY, 20 * TY],
    }
    return two(**(usual | columns))


@pytest.mark.parametrize(
    ("frame", "refused", "lenient"),
    [
        (new(), False, False),
        (new(50 * TY + 1), True, True),
        (new(49 * TY), False, False),
        (new(51 * TY, medium_term_plan=[11 * TY, 20 * TY]), False, False),
        (new(51 * TY + 1, medium_term_plan=[11 * TY, 20 * TY]), True, True),
        (new(54 * TY, medium_term_plan=[11 * TY, 23 * TY]), False, False),
        (new(54 * TY + 1, medium_term_plan=[11 * TY, 23 * TY]), True, True),
        (new(53 * TY, medium_term_plan=[0, 23 * TY]), False, False),  # what is overspent takes nothing away
        (new(53 * TY + 1, medium_term_plan=[0, 23 * TY]), True, True),
        (
            new(50 * TY + 1, medium_term_plan=[None, 20 * TY]),
            True,
            True,
        ),  # an unknown source counts as nothing
        (new(50 * TY + 1, medium_term_allocated=[None, 20 * TY]), True, True),
        (new(50 * TY, medium_term_plan=[None, 20 * TY]), False, False),
        (new(None), True, False),
        (new(allocated_to_date=[None] * 2), True, False),
        (new(51 * TY, stage=["transitional"] * 2), False, False),
        (new(51 * TY, plan_year=[2023, 2024]), None, None),
    ],
)
def test_a_new_start_is_funded_to_the_dong(frame: Any, refused: bool | None, lenient: bool | None) -> None:
    rule = RULES["new-start-funding"]
    for unknown, answer in (("refuse", refused), ("allow", lenient)):
        case = case_of(frame, unknown=unknown)
        wanted = {"L0": 3, "L1": 4} if answer else {"L1": 4} if answer is None else {}
        assert breaks(rule, case, add={"L0": 3, "L1": 4}) == wanted
        for line in ("L0", "L1"):
            assert bound(rule, case, line, "add") == (0 if line in wanted else LIMIT)


# -- walls -----------------------------------------------------------------------------------------------------


def test_what_comes_in_may_be_placed_in_full() -> None:
    rule, case = RULES["pool-balance"], case_of(lines(2))
    case = replace(case, pools=replace(case.pools, inflow=np.array([2 * UNIT])))
    assert breaks(rule, case, add={"L1": 2 * UNIT}) == {}
    assert breaks(rule, case, add={"L1": UNIT}) == {}, "what is not placed stays in the reserve"
    assert breaks(rule, case, add={"L1": 2 * UNIT + 1}) == {"L1": 1}
    assert breaks(rule, case, cut={"L0": 5}, add={"L1": UNIT}) == {}
    assert breaks(rule, case, cut={"L0": UNIT + 5}, add={"L1": UNIT}) == {"L0": 5, "L1": 5}, (
        "but no capital leaves"
    )


def test_capital_of_earlier_years_says_nothing_of_the_pace_of_an_owner() -> None:
    """The lines of 2023 drag the province down; they are no measure for Ban a, and no fault of Ban b."""
    columns: dict[str, list[Any]] = {
        "owner": ["Ban a", "Ban b", "Ban a", "Ban b", "Ban c", "Ban c", "Ban d"],
        "plan_year": [2024, 2024, 2023, 2023, 2024, 2024, 2024],
        "plan": [10 * TY, 10 * TY, 900 * TY, 900 * TY, 10 * TY, 10 * TY, 10 * TY],
        "disbursed": [4 * TY, 6 * TY, 0, 0, 5 * TY, 5 * TY, 10 * TY],
        "stage": ["transitional"] * 6 + ["new_start"],
    }
    rule, case = RULES["owner-import"], case_of(lines(7, **columns), judge="actual")
    assert breaks(rule, case, cut={"L4": 7}, add={"L1": 7}) == {}
    assert breaks(rule, case, cut={"L4": 7}, add={"L0": 7}) == {"L0": 7}
    assert breaks(rule, case, cut={"L0": 7}, add={"L4": 7}) == {}, "just as fast as the province"
    columns["disbursed"][4] -= 1
    slower = case_of(lines(7, **columns), judge="actual")
    assert breaks(rule, slower, cut={"L1": 7}, add={"L4": 7}) == {"L4": 7}, "one đồng slower"


@pytest.mark.parametrize("off", [-1, 0, 1])
def test_owners_are_judged_to_the_dong_where_amounts_are_largest(off: int) -> None:
    large = 9 * 10**14 - 7
    columns: dict[str, list[Any]] = {
        "owner": ["Ban a", "Ban a", "Ban b", "Ban b"],
        "plan": [large, large - 13, large, large - 13],
        "disbursed": [large // 3 + off, large // 3 - 5, large // 3, large // 3 - 5],
    }
    rule, case = RULES["owner-import"], case_of(lines(4, **columns), judge="actual")
    assert breaks(rule, case, cut={"L2": 7}, add={"L0": 7}) == ({"L0": 7} if off < 0 else {})
    assert breaks(rule, case, cut={"L0": 7}, add={"L2": 7}) == ({"L2": 7} if off > 0 else {})


def test_rows_are_named_by_project_and_source() -> None:
    frame = lines(
        3,
        project_id=["P", "P", "Q"],
        project=["Dự án P", "Dự án P", "Dự án Q"],
        owner=["Ban"] * 3,
        source=[SOURCE, LOTTERY, SOURCE],
        **{name: [90 * TY] * 3 for name in ("total_investment", "medium_term_plan")},
        **{name: [50 * TY] * 3 for name in ("allocated_to_date", "medium_term_allocated")},
    )
    case = case_of(frame)
    named = {
        "total-investment": ["project:P", "project:Q"],
        "medium-term-headroom": [
            f"medium-term:P × {SOURCE}",
            f"medium-term:P × {LOTTERY}",
            f"medium-term:Q × {SOURCE}",
        ],
    }
    for code, wanted in named.items():
        groups = RULES[code].limits(case).groups
        assert groups is not None
        assert sorted(groups.keys) == sorted(wanted)
        assert [groups.keys[g] for g in groups.group.tolist()] == (
            wanted if len(wanted) == 3 else [wanted[0], *wanted]
        )
        assert len(groups.keys) == len(wanted) == groups.headroom.size
        assert isinstance(groups.keys[1:], RowKeys)
        assert list(groups.keys[1:]) == list(groups.keys)[1:]


@pytest.mark.parametrize(
    ("code", "total", "given"),
    [
        ("total-investment", "total_investment", "allocated_to_date"),
        ("medium-term-headroom", "medium_term_plan", "medium_term_allocated"),
    ],
)
def test_a_line_alone_may_take_all_the_room_of_its_project(code: str, total: str, given: str) -> None:
    """The bound of a line is tested for every line at once, each as if it alone changed."""
    same: dict[str, list[Any]] = {"project_id": ["P"] * 2, "project": ["Dự án"] * 2, "owner": ["Ban"] * 2}
    case = case_of(two(**same, line_id=["L0", "L1"], **{total: [57 * TY] * 2, given: [50 * TY] * 2}))
    nothing, room = np.zeros(2, dtype=np.int64), np.full(2, 7 * TY)
    for add, excess in ((room, 0), (room + 1, 1)):
        plan = Changes(nothing, add)
        assert RULES[code].violations(case, plan, alone=True).tolist() == [excess] * 2
        assert RULES[code].violations(case, plan).tolist() == [7 * TY + 2 * excess] * 2


@pytest.mark.parametrize(
    ("stage", "exempt"),
    [("completed", True), ("preparation", True), ("transitional", False), ("new_start", False)],
)
def test_which_stages_are_counted_in_years(stage: str, exempt: bool) -> None:
    rule = RULES["capital-time-limit"]
    for columns in ({"project_class": ["A", "C"], "first_year": [2024, 2000]}, {"first_year": [2024, None]}):
        frame = two(stage=["transitional", stage], **({"project_class": ["A", "A"]} | columns))
        assert breaks(rule, case_of(frame), add={"L1": 7}) == ({} if exempt else {"L1": 7})
        assert bound(rule, case_of(frame), "L1", "add") == (LIMIT if exempt else 0)


def test_a_shortfall_moves_only_what_the_authorities_at_hand_may() -> None:
    rule, plan = RULES["authority"], {"cut": {"L0": 2 * TY, "L3": 5}, "add": {"L1": TY}}
    for hands, wanted in (
        (("owner-internal", "hdnd"), {}),
        (("owner-internal",), {"L0": 5, "L3": 5, "L1": TY}),
        ((), {"L0": 5, "L3": 5, "L1": TY + 5}),
    ):
        case = case_of(lines(4), authority=hands, sources=inflow(-TY))
        assert breaks(rule, case, **plan) == wanted
        assert breaks(rule, case, cut={"L0": TY}) == {}


@pytest.mark.parametrize("ahead", [12_345_678_901, 98_765_432_123, 55_555_555_557])
def test_what_an_owner_is_ahead_in_one_stage_and_behind_in_the_other_cancels(ahead: int) -> None:
    """To the đồng: the products compared have thirty digits more than a float holds."""
    old, new_, e, f = 9 * 10**14 - 7, 8 * 10**14 - 9, 3 * 10**14 - 5, 10**14 - 3
    columns: dict[str, list[Any]] = {
        "owner": ["Ban a", "Ban a", "Ban b", "Ban b"],
        "stage": ["transitional", "new_start"] * 2,
        "plan": [old, new_, old, new_],
        "disbursed": [e + ahead, f - ahead, e - ahead, f + ahead],
    }
    rule = RULES["owner-import"]
    for off, slow in ((0, False), (-1, True)):
        columns["disbursed"][0] = e + ahead + off
        case = case_of(lines(4, **columns), judge="actual")
        assert breaks(rule, case, cut={"L2": 7}, add={"L0": 7}) == ({"L0": 7} if slow else {})
        assert breaks(rule, case, cut={"L0": 7}, add={"L2": 7}) == {}


# -- the legal order -------------------------------------------------------------------------------------------

LOAN = "Vốn nước ngoài (ODA)"
AS_STAGE = {
    "transitional": {"transitional", "must-finish", "on-schedule"},
    "completed": {"completed"},
    "preparation": {"preparation", "planning"},
    "new_start": set(),
}


@pytest.mark.parametrize("stage", AS_STAGE)
@pytest.mark.parametrize(
    ("columns", "more"),
    [
        ({}, set()),
        ({"source": [SOURCE, LOAN]}, {"oda"}),
        ({"source": [SOURCE, GRANT]}, {"oda"}),
        ({"counterpart": [False, True]}, {"oda"}),
        ({"oda": [False, True]}, {"oda"}),
        ({"ppp": [False, True]}, {"ppp"}),
        ({"emergency": [False, True]}, {"urgent", "special-urgent"}),
        ({"special": [False, True]}, {"special-urgent"}),
        ({"programme": ["", "A"]}, {"national"}),
        ({"project_class": ["A", "national"]}, {"national"}),
        ({"arrears": [0, 1]}, {"arrears"}),
        ({"task": ["", "planning"]}, {"planning"}),
        ({"task": ["", "interest_subsidy"]}, {"subsidy"}),
        ({"task": ["", "policy_credit"]}, {"policy-credit"}),
    ],
)
def test_the_classes_a_line_is_in(columns: dict[str, list[Any]], more: set[str], stage: str) -> None:
    case = case_of(two(stage=["transitional", stage], **columns))
    found = {name: test(case) for name, test in CLASS_TESTS.items()}
    assert {name for name, lines_ in found.items() if lines_[1]} == {"new-start"} | AS_STAGE[stage] | more
    assert {name for name, lines_ in found.items() if lines_[0]} == {
        "transitional",
        "must-finish",
        "on-schedule",
        "new-start",
    }
    assert {lines_.dtype for lines_ in found.values()} == {np.dtype(bool)}


@pytest.mark.parametrize(
    ("finish", "on_time"), [(2025, True), (2024, True), (2023, False), (None, False), ("absent", True)]
)
def test_who_is_on_schedule(finish: Any, on_time: bool) -> None:
    frame = two(schedule_finish=[2030, finish]) if finish != "absent" else two()
    for stage in ("transitional", "new_start"):
        case = case_of(frame.assign(stage=["transitional", stage]))
        assert CLASS_TESTS["transitional"](case).tolist() == [True, on_time and stage == "transitional"]


def test_a_rule_shows_its_class() -> None:
    assert repr(RULES["locked"]) == "Locked()"
    assert RULES["on-lending-ratio"].violations(case_of(two()), changes()).tolist() == [0, 0]
    for rule in RULEBOOK.rules:
        assert rule.violations(case_of(two()), changes()).dtype == np.int64, rule.code


def changes() -> Changes:
    """Return no change of two lines."""
    return Changes(np.zeros(2, dtype=np.int64), np.zeros(2, dtype=np.int64))


@pytest.mark.parametrize(
    ("judge", "as_of", "gives"),
    [("forecast", "2024-10-15", True), ("actual", "2024-10-15", False), ("actual", "2024-10-31", True)],
)
def test_a_deadline_before_the_judging_date_counts_as_missed(judge: str, as_of: str, gives: bool) -> None:
    """The third round forecasts to 31/12: a dossier due on 31/10 and not made opens the line in October."""
    frame = two(stage=["preparation"] * 2, disbursed=[10 * TY] * 2, project_dossier_on=["chưa", ""])
    rule, case = RULES["donor-test"], case_of(frame, number=3, as_of=as_of, judge=judge)
    assert breaks(rule, case, cut={"L0": TY}) == ({} if gives else {"L0": TY})
    assert bound(rule, case, "L0", "cut") == (LIMIT if gives else 0)
    assert breaks(rule, case, cut={"L1": TY}) == {"L1": TY}
