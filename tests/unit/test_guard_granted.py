"""What was granted beyond a rule, to the đồng: both faces, line by line, and what stands in the rulebook's text."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import phanbo as pb
from phanbo.case import Changes
from phanbo.money import LIMIT
from phanbo.rulebook_file import parse_rulebook
from phanbo.rules.asked import AskedLimits
from phanbo.rules.base import GroupRows, Limits, RowKeys, Rule, Source, Unchecked
from phanbo.rules.granted import ATTRIBUTES, Granted, grants_of, ungranted, widened
from rounds import RULEBOOK, TY, bound, breaks, case_of, lines

if TYPE_CHECKING:
    from phanbo.case import Case
    from phanbo.money import Bools, Ints

LOCKED, DEPTH = RULEBOOK.rule("locked"), RULEBOOK.rule("donor-depth")
LAW = [rule for rule in RULEBOOK.rules if not rule.granted_by]
OPEN = [rule for rule in RULEBOOK.rules if rule.granted_by]
MORE = {"L0": 7, "L2": 1}


@dataclass(frozen=True, eq=False)
class Watched(Rule):
    """A rule of one's own that states what it is told to, and keeps what it was asked."""

    first: Limits = field(default_factory=Limits)
    seen: list[tuple[list[int], list[int], bool]] = field(default_factory=list)

    code = "watched"
    title_vi, title_en = "Theo dõi", "Watched"
    source = Source("Nghị quyết của đợt", "", "policy")
    needs = ("approved_on",)
    granted_by = "department"

    def limits(self, case: Case) -> Limits:
        """State what it was told."""
        assert len(case)
        return self.first

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:
        """Return what is cut and ten times what is raised."""
        assert len(case) == plan.cut.size
        assert plan.cut.dtype == plan.add.dtype == np.int64
        self.seen.append((plan.cut.tolist(), plan.add.tolist(), alone))
        return plan.cut + 10 * plan.add

    def binds(self, case: Case) -> Bools:
        """Speak of every second line."""
        return np.asarray(np.arange(len(case)) % 2 == 0, dtype=bool)


def changes(cut: list[int], add: list[int]) -> Changes:
    return Changes(np.array(cut, dtype=np.int64), np.array(add, dtype=np.int64))


# -- what may be granted -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", LAW, ids=lambda rule: rule.code)
def test_nobody_may_grant_more_than_law(rule: Rule) -> None:
    with pytest.raises(ValueError, match=f"^{rule.code} is law: nobody may grant more$"):
        Granted(rule, {"L0": 1})


def test_most_rules_are_law() -> None:
    assert {rule.code for rule in OPEN} == {"donor-depth", "locked", "absorption", "authority", "min_move"}


@pytest.mark.parametrize("side", ["cut", "add"])
@pytest.mark.parametrize("by", [0, -1, LIMIT + 1])
def test_a_grant_is_an_amount(side: str, by: int) -> None:
    for more in ({"L0": by}, {"L0": 1, "L1": by}, {"L0": by, "L1": 1}):
        with pytest.raises(ValueError, match=f"^locked: a grant must lie in 1 … {LIMIT} đồng$"):
            Granted(LOCKED, **{side: more})
    for odd in (1.0, "1", None):
        given: dict[str, Any] = {side: {"L0": odd}}
        with pytest.raises(TypeError):
            Granted(LOCKED, **given)
    for most in (1, np.int64(1), LIMIT):
        given = {side: {"L0": most}}
        found = Granted(LOCKED, **given)
        assert (getattr(found, side), type(getattr(found, side)[0][1])) == ((("L0", most),), int)


def test_what_was_granted_is_kept_as_sorted_pairs() -> None:
    one = Granted(LOCKED, {"b": 2, "a": 1}, (("d", 4), ("c", 3)))
    assert (one.cut, one.add) == ((("a", 1), ("b", 2)), (("c", 3), ("d", 4)))
    assert one == Granted(LOCKED, (("a", 1), ("b", 2)), {"c": 3, "d": 4})
    assert hash(one) == hash(replace(one))
    assert one != Granted(LOCKED, one.add, one.cut)
    assert (Granted(LOCKED).cut, Granted(LOCKED).add) == ((), ())


@pytest.mark.parametrize("rule", [*OPEN, AskedLimits(), Watched()], ids=lambda rule: rule.code)
def test_a_granted_rule_is_what_the_rule_is(rule: Rule) -> None:
    found = Granted(rule, {"L0": 1})
    for name in ATTRIBUTES:
        assert getattr(found, name) == getattr(rule, name), name
    assert set(ATTRIBUTES) == set(Rule.__annotations__)
    assert ungranted(found) is ungranted(Granted(found, {"L1": 1})) is ungranted(rule) is rule


# -- the two faces -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", ["cut", "add"])
@pytest.mark.parametrize("other", ["cut", "add"])
@pytest.mark.parametrize(
    "inner", [LOCKED, AskedLimits({"L0": 0, "L1": 0, "L2": 0}, {"L0": 0, "L1": 0, "L2": 0})]
)
def test_what_is_granted_is_granted_to_the_dong(inner: Rule, other: str, side: str) -> None:
    """On the lines named and on the side named; every other line and side is held as before."""
    case = case_of(lines(3, locked=["x"] * 3))
    rule = Granted(inner, **{side: MORE})
    for line in ("L0", "L1", "L2"):
        more = MORE.get(line, 0) if other == side else 0
        assert bound(rule, case, line, other) == more
        for amount in range(10):
            over = {line: amount - more} if amount > more else {}
            changed: dict[str, Any] = {other: {line: amount}}
            assert breaks(rule, case, **changed) == over, (line, amount)
    every: dict[str, Any] = {other: dict.fromkeys(("L0", "L1", "L2"), 8)}
    assert breaks(rule, case, **every) == ({"L0": 1, "L1": 8, "L2": 7} if other == side else every[other])


def test_a_bound_is_widened_from_where_it_stands() -> None:
    case = case_of(lines(3))
    bare = bound(DEPTH, case, "L0", "cut")
    assert bare is not None
    assert 0 < bare < LIMIT
    rule = Granted(DEPTH, {"L0": 7})
    assert bound(rule, case, "L0", "cut") == bare + 7
    for off in (-1, 0, 1, 2):
        assert breaks(rule, case, cut={"L0": bare + 7 + off}) == ({"L0": off} if off > 0 else {})
    again = Granted(rule, {"L0": 5})
    assert bound(again, case, "L0", "cut") == bare + 12
    assert breaks(again, case, cut={"L0": bare + 13}) == {"L0": 1}


def test_only_bounds_of_lines_are_wider() -> None:
    """A bound below 0 is none, no bound leaves the range of money; rows of groups and closed owners stay."""
    case = case_of(lines(4))
    rows = GroupRows(np.array([0, 0, -1, -1]), np.array([3]), RowKeys("project", (["P"],)))
    walls = np.zeros(len(case.pools.leaf_owner), dtype=bool)
    told = Limits(cut=np.array([-5, 3, LIMIT, LIMIT - 2]), groups=rows, closed=walls)
    more = {"L0": 7, "L2": 1, "L3": 3, "elsewhere": 9}
    found = Granted(Watched(told), more, more).limits(case)
    assert found.cut is not None
    assert found.cut.tolist() == [7, 3, LIMIT, LIMIT]
    assert found.cut.dtype == np.int64
    assert found.add is None, "a side the rule says nothing of"
    assert found.groups is rows
    assert found.closed is walls
    other = Granted(Watched(Limits(add=np.array([-1, 0, LIMIT - 1, 5]))), {"L0": 2}, more).limits(case)
    assert other.add is not None
    assert (other.cut, other.add.tolist()) == (None, [7, 0, LIMIT, 8])
    assert told.cut is not None
    assert told.cut.tolist() == [-5, 3, LIMIT, LIMIT - 2], "what the rule stated is left as it was"


def test_the_rule_judges_what_was_not_granted() -> None:
    case, inner = case_of(lines(4)), Watched()
    rule = Granted(inner, {"L0": 7, "L1": 2, "elsewhere": 9}, {"L0": 1, "L3": 4})
    plan = changes([7, 3, 0, 5], [2, 0, 6, 3])
    assert rule.violations(case, plan).tolist() == [10, 1, 60, 5]
    assert rule.violations(case, plan, alone=True).tolist() == [10, 1, 60, 5]
    judged = ([0, 1, 0, 5], [1, 0, 6, 0])
    assert inner.seen == [(*judged, False), (*judged, True)]
    assert (plan.cut.tolist(), plan.add.tolist()) == ([7, 3, 0, 5], [2, 0, 6, 3]), "the plan is left alone"


def test_what_the_rule_misses_is_missed_as_before() -> None:
    case, inner = case_of(lines(4)), Watched()
    rule = Granted(inner, {"L0": 7})
    assert rule.binds(case).tolist() == [True, False, True, False]
    assert rule.unchecked(case) == inner.unchecked(case) == [Unchecked("watched", "approved_on", 2)]


# -- a relaxation, and the text ----------------------------------------------------------------------------------


def entry(rule: str, line: str, side: str, by: Any) -> dict[str, Any]:
    return {"kind": "bound", "rule": rule, "line_id": line, "side": side, "by": by}


RELAXED = [
    entry("locked", "L2", "add", 3),
    {"kind": "pin", "rule": "", "line_id": "L3", "by": 9},
    entry("absorption", "L1", "add", 5),
    {**entry("authority", "", "add", 1), "authority": ("hdnd",)},
    entry("locked", "L0", "cut", 2),
    entry("locked", "L4", "cut", 4),
]


def test_a_relaxation_widens_rule_by_rule() -> None:
    found = grants_of(RULEBOOK.rules, RELAXED)
    assert found == [
        Granted(LOCKED, {"L0": 2, "L4": 4}, {"L2": 3}),
        Granted(RULEBOOK.rule("absorption"), {}, {"L1": 5}),
    ]
    assert grants_of(RULEBOOK.rules, RELAXED[1:2]) == grants_of(RULEBOOK.rules, []) == []
    assert grants_of(iter(RULEBOOK.rules), iter(RELAXED)) == found


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (entry("donor-test", "L0", "cut", 1), "donor-test is law: nobody may grant more"),
        (entry("no-rule", "L0", "cut", 1), "'no-rule'"),
        (entry("locked", "L0", "cut", 0), f"locked: a grant must lie in 1 … {LIMIT} đồng"),
        (entry("locked", "L0", "cut", 1.5), "'float' object cannot be interpreted as an integer"),
    ],
)
def test_what_may_not_be_granted_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(pb.RulebookError) as found:
        grants_of(RULEBOOK.rules, [entry("min_move", "L0", "add", 1), wrong])
    error = found.value
    assert error.message("vi") == f"Không thể nới quy định: {said}."
    assert error.message("en") == f"A rule cannot be granted: {said}."
    assert error.data["rules"] == list(dict.fromkeys(["min_move", wrong["rule"]]))


def test_a_file_widens_one_rule_after_the_other() -> None:
    rules = [LOCKED, DEPTH, AskedLimits({"L0": 5})]
    entries = [
        {"rule": "locked", "cut": {"L0": 2}, "add": {}},
        {"rule": "asked-limit", "cut": {}, "add": {"L1": 3}},
        {"rule": "locked", "cut": {"L0": 1}, "add": {"L1": 1}},
    ]
    found = widened(iter(rules), iter(entries))
    assert found == (
        Granted(Granted(LOCKED, {"L0": 2}), {"L0": 1}, {"L1": 1}),
        DEPTH,
        Granted(rules[2], {}, {"L1": 3}),
    )
    assert found[1] is DEPTH
    assert widened(rules, []) == tuple(rules)
    with pytest.raises(ValueError, match=r"^donor-test is law: nobody may grant more$"):
        widened(RULEBOOK.rules, [{"rule": "donor-test", "cut": {"L0": 1}, "add": {}}])


def test_what_was_granted_stands_in_the_text() -> None:
    """Written and read again, also twice, and of lines with names that TOML must quote."""
    book = RULEBOOK.granting([*RELAXED, entry("locked", 'Dòng "1"/2024', "cut", TY)])
    twice = book.granting([entry("locked", "L0", "cut", 1)])
    for made in (book, twice):
        again = parse_rulebook(made.text)
        assert [ungranted(rule).code for rule in again.rules] == [rule.code for rule in RULEBOOK.rules]
        case = case_of(lines(6, locked=["x"] * 6))
        for old, new in zip(made.rules, again.rules, strict=True):
            assert layers(old) == layers(new)
            for side in ("cut", "add"):
                for line in ("L0", "L1", "L2", "L4"):
                    assert bound(old, case, line, side) == bound(new, case, line, side)
    assert bound(book.rule("locked"), case, "L0", "cut") == 2
    assert bound(twice.rule("locked"), case, "L0", "cut") == 3


def layers(rule: Rule) -> list[tuple[Any, ...]]:
    """Return what was granted beyond a rule, the last grant first."""
    found: list[tuple[Any, ...]] = []
    while isinstance(rule, Granted):
        found.append((rule.code, rule.cut, rule.add))
        rule = rule.rule
    return found
