"""The certificate's parts: rows tested together, duals of any size, and a proof that says what it found."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from held_round import RULEBOOK, ceiling_sample, sample
from phanbo import certificate
from phanbo.assemble import canonical_ranks
from phanbo.certificate import RowClaim, costs
from phanbo.certificate.optimum import prove_tiers
from phanbo.certificate.rows import row_faults
from phanbo.certificate.statement import state
from phanbo.proposal import claims
from phanbo.rules.base import Limits, Rule, Source
from slow_certificate import SlowCertificate, follows

if TYPE_CHECKING:
    from phanbo.case import Case, Changes
    from phanbo.certificate import Claims
    from phanbo.money import Ints
    from phanbo.proposal import Proposal

LINES = 7


@cache
def case_of_seven() -> Case:
    return sample().case()


@cache
def joined() -> Proposal:
    """Return a proposal whose proof has a claimed row."""
    proposal = ceiling_sample().propose()
    assert proposal.proof.rows
    return proposal


# -- rows ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Shares(Rule):
    """Groups of lines take at most *room* together; perhaps a line takes at most *cap*, and all of them *total*."""

    group: tuple[int, ...]
    room: tuple[int, ...]
    cap: int | None = None
    total: int | None = None
    asked: list[int] = field(default_factory=list)
    code = "shares"
    title_vi, title_en = "Nhóm", "Groups"
    source = Source("Nghị quyết của đợt", "điểm 1", "policy")

    def limits(self, case: Case) -> Limits:
        """State nothing: only the second face is tested here."""
        return Limits()

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:
        """Return how far each raised line goes over the tightest of its limits."""
        self.asked.append(1)
        assert plan.cut.dtype == plan.add.dtype == np.int64
        excess = np.zeros(len(case), dtype=np.int64)
        for i in np.flatnonzero(plan.add > 0).tolist():
            mine, over = self.group[i], [0]
            if mine >= 0:
                over.append(
                    sum(int(plan.add[k]) for k in range(LINES) if self.group[k] == mine) - self.room[mine]
                )
            if self.cap is not None:
                over.append(int(plan.add[i]) - self.cap)
            if self.total is not None:
                over.append(int(plan.add.sum()) - self.total)
            excess[i] = max(over)
        return excess

    def holds(self, row: RowClaim) -> bool:
        """Return whether every plan of the groups keeps a row."""
        touched = {self.group[line] for line in row.lines}
        return -1 not in touched and sum(self.room[g] for g in touched) <= row.headroom


def claims_of(groups: list[list[int]], rooms: list[int]) -> tuple[RowClaim, ...]:
    return tuple(
        RowClaim(f"g{k}", "shares", tuple(lines), room)
        for k, (lines, room) in enumerate(zip(groups, rooms, strict=True))
        if lines
    )


def true_groups(rule: Shares) -> list[list[int]]:
    return [[i for i in range(LINES) if rule.group[i] == g] for g in range(len(rule.room))]


@st.composite
def rules_and_rows(draw: st.DrawFn, *, more: bool) -> tuple[Shares, tuple[RowClaim, ...]]:
    """Draw groups, and rows that are theirs but for a few changes."""
    count = draw(st.integers(1, 4))
    group = tuple(draw(st.integers(-1, count - 1)) for _ in range(LINES))
    room = tuple(draw(st.integers(0, 6)) for _ in range(count))
    cap, total = (draw(st.none() | st.integers(0, 9)) if more else None for _ in range(2))
    rule = Shares(group, room, cap, total)
    groups, rooms = [draw(st.permutations(g)) for g in true_groups(rule)], list(room)
    for _ in range(draw(st.integers(0, 3))):
        one, two = (draw(st.integers(0, len(groups) - 1)) for _ in range(2))
        how = draw(st.sampled_from(("room", "swap", "move", "drop", "stray", "split")))
        if how == "room":
            rooms[one] = max(0, rooms[one] + draw(st.sampled_from((-2, -1, 1, 2))))
        elif how == "stray":
            groups[one] = sorted({*groups[one], draw(st.integers(0, LINES - 1))})
        elif how == "split" and len(groups[one]) > 1:
            groups.append(groups[one][1:])
            rooms.append(draw(st.integers(0, rooms[one])))
            groups[one], rooms[one] = groups[one][:1], draw(st.integers(0, rooms[one]))
        elif how == "swap" and groups[one] and groups[two] and one != two:
            groups[one][-1], groups[two][-1] = groups[two][-1], groups[one][-1]
        elif how == "move" and groups[one] and one != two:
            groups[two].append(groups[one].pop())
        elif how == "drop" and groups[one]:
            groups[one].pop(draw(st.integers(0, len(groups[one]) - 1)))
    groups = [list(dict.fromkeys(lines)) for lines in groups]
    return rule, claims_of(groups, rooms)


@given(drawn=rules_and_rows(more=False))
def test_a_row_that_is_accepted_holds_in_every_plan(drawn: tuple[Shares, tuple[RowClaim, ...]]) -> None:
    rule, rows = drawn
    wrong = " ".join(row_faults(case_of_seven(), RULEBOOK.with_rule(rule), rows))
    assert all(rule.holds(row) for row in rows if f"row {row.key} does" not in wrong)


@given(drawn=rules_and_rows(more=True))
def test_rows_are_accepted_together_only_if_each_is_by_itself(
    drawn: tuple[Shares, tuple[RowClaim, ...]],
) -> None:
    rule, rows = drawn
    alone = [row.key for row in rows if not follows(case_of_seven(), rule, row)]
    found = row_faults(case_of_seven(), RULEBOOK.with_rule(rule), rows)
    assert found == [f"row {key} does not follow from rule shares" for key in alone]


@given(drawn=rules_and_rows(more=False))
def test_the_rows_of_a_rule_are_tested_by_two_plans(drawn: tuple[Shares, tuple[RowClaim, ...]]) -> None:
    rule, _ = drawn
    rows = claims_of(true_groups(rule), list(rule.room))
    assert row_faults(case_of_seven(), RULEBOOK.with_rule(rule), rows) == []
    assert len(rule.asked) == (2 if rows else 0)


@pytest.mark.parametrize(
    ("groups", "rooms"),
    [
        ([[0, 3], [2, 1]], [4, 6]),  # two groups with their followers swapped
        ([[0], [1]], [2, 2]),  # one group, its room shared out
        ([[0], [1]], [4, 4]),  # one group twice: each row holds, but not by the plans that hold both
        ([[0, 1, 2, 3]], [10]),  # two groups in one row that holds, one đồng short
        ([[0, 1, 4]], [4]),  # a line without a group
        ([[0, 1], [2, 3]], [3, 6]),
        ([[0, 1], [2, 3]], [5, 6]),
        ([[0, 1, 2]], [2]),  # as many lines as đồng over the headroom
        ([[0, 1, 2]], [1]),  # too little to spread: in pairs
        ([[0, 1, 4]], [1]),
        ([[0, 4, 1]], [1]),
        ([[0, 1]], [0]),
        ([[4, 0]], [0]),
    ],
)
def test_rows_that_are_no_groups_are_judged_one_by_one(groups: list[list[int]], rooms: list[int]) -> None:
    rule = Shares((0, 0, 1, 1, -1, -1, -1), (4, 6))
    rows = claims_of(groups, rooms)
    wrong = " ".join(row_faults(case_of_seven(), RULEBOOK.with_rule(rule), rows))
    assert [f"row {row.key} " not in wrong for row in rows] == [
        follows(case_of_seven(), rule, row) for row in rows
    ]
    assert len(rule.asked) > 2


@pytest.mark.parametrize(
    "odd",
    [
        {"lines": ()},
        {"lines": (0, 0, 1)},
        {"lines": (0, LINES)},
        {"lines": (-1, 1)},
        {"headroom": -1},
        {"headroom": 2**60},
        {"headroom": 10**30},
        {"rule": "no-such-rule"},
        {"rule": "loan-room"},
    ],
)
def test_a_row_of_odd_content_is_refused(odd: dict[str, Any]) -> None:
    rule = Shares((0, 0, 1, 1, -1, -1, -1), (4, 6))
    good, bad = RowClaim("good", "shares", (2, 3), 6), RowClaim("bad", "shares", (0, 1), 4)
    book = RULEBOOK.with_rule(rule)
    assert row_faults(case_of_seven(), book, (bad, good)) == []
    bad = replace(bad, **odd)
    assert row_faults(case_of_seven(), book, (bad, good)) == [f"row bad does not follow from rule {bad.rule}"]


@pytest.mark.parametrize(
    ("group", "room", "lines", "headroom", "follows_"),
    [
        ((0, 0, 1, 1), (1, 1), (0, 1, 2, 3), 3, True),  # two groups, one đồng on every line
        ((0, 0, 1, 1), (1, 2), (0, 1, 2, 3), 3, False),
        ((0, 0, 0, 0), (1,), (0, 1, 2, 3), 1, True),  # less room than lines: in pairs
        ((0, 0, 0, -1), (1,), (0, 1, 2), 1, True),
        ((0, 0, 0, -1), (1,), (0, 3, 1), 1, False),  # the second line is no member
        ((0, 0, 0, -1), (1,), (0, 1, 3), 1, False),
        ((0, 0, 0, 0), (2,), (0, 1, 2, 3), 1, False),
        ((0, 0, 0, -1), (0,), (0, 1, 2), 0, True),  # no room: line by line
        ((0, 0, 0, -1), (0,), (0, 1, 3), 0, False),
        ((0, 0, 0, -1), (0,), (3, 0), 0, False),
    ],
)
def test_a_row_by_itself(
    group: tuple[int, ...], room: tuple[int, ...], lines: tuple[int, ...], headroom: int, follows_: bool
) -> None:
    rule = Shares((*group, -1, -1, -1), room)
    row, odd = RowClaim("row", "shares", lines, headroom), RowClaim("odd", "shares", (6,), 1)
    assert follows(case_of_seven(), rule, row) is follows_
    wrong = row_faults(case_of_seven(), RULEBOOK.with_rule(rule), (row, odd))  # beside a wrong one: by itself
    assert [f"row {key} does not follow from rule shares" for key in ("row", "odd")][follows_:] == wrong


@dataclass(frozen=True, eq=False)
class OneAtATime(Shares):
    """No two lines are raised at once."""

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:
        """Return what is added to other lines."""
        return np.where(plan.add > 0, plan.add.sum() - plan.add, 0)


def test_a_row_holds_for_its_first_line_alone_too() -> None:
    rule = OneAtATime((0,) * LINES, (1,))
    (found,) = row_faults(case_of_seven(), RULEBOOK.with_rule(rule), claims_of([[0, 1, 2]], [1]))
    assert found == "row g0 does not follow from rule shares"


def test_every_wrong_row_of_every_rule_is_named_in_order() -> None:
    rule = Shares((0, 0, 1, 1, -1, -1, -1), (4, 6))
    rows = [
        RowClaim("a", "shares", (0, 2), 1),
        RowClaim("b", "no-such-rule", (0, 1), 4),
        RowClaim("c", "shares", (0, 1), 4),
        RowClaim("d", "stated-need", (0, 1), 10**15),
        RowClaim("e", "stated-need", tuple(range(LINES)), 0),
        RowClaim("f", "shares", (4,), 4),
    ]
    assert row_faults(case_of_seven(), RULEBOOK.with_rule(rule), tuple(rows)) == [
        f"row {row.key} does not follow from rule {row.rule}" for row in rows if row.key in "abef"
    ]


def test_rows_too_large_to_be_tested_together_are_tested_one_by_one() -> None:
    half = 2**59
    rule = Shares((0, 0, 1, 1, -1, -1, -1), (half, half))
    good, more = RowClaim("good", "shares", (0, 1), half), RowClaim("more", "shares", (2, 3), half)
    book = RULEBOOK.with_rule(rule)
    assert row_faults(case_of_seven(), book, (good, more)) == []
    for wrong in (replace(more, headroom=half - 1), replace(more, lines=(3, 4)), replace(more, lines=(1, 2))):
        assert row_faults(case_of_seven(), book, (good, wrong)) == [
            "row more does not follow from rule shares"
        ]
    assert row_faults(case_of_seven(), book, (replace(good, headroom=2**60 - 1),)) == []


# -- duals -----------------------------------------------------------------------------------------------

HOSTILE: tuple[Any, ...] = (
    10**30,
    -(10**30),
    2**63,
    -(2**63),
    2**62,
    -(2**62),
    1.0,
    float("nan"),
    "1",
    None,
    True,
)


def parts() -> tuple[Case, Claims]:
    proposal = joined()
    assert proposal.case is not None
    return proposal.case, claims.claims_of(proposal, proposal.case)


def with_duals(duals: Any, place: int = -1) -> Proposal:
    proposal = joined()
    tiers = list(proposal.proof.tiers)
    name, value, _, gap = tiers[place]
    tiers[place] = (name, value, duals, gap)
    return replace(proposal, proof=replace(proposal.proof, tiers=tuple(tiers)))


@pytest.mark.parametrize("price", HOSTILE)
def test_a_dual_no_honest_proof_holds_is_a_finding(price: Any) -> None:
    name = joined().proof.tiers[-1][0]
    for key in joined().proof.tiers[-1][2]:
        found = with_duals({key: price}).certify().findings
        assert found in ((f"tier {name}: a dual is no integer",), (f"tier {name}: its duals are too large",))


def test_duals_that_are_too_large_together_are_a_finding() -> None:
    case, claims = parts()
    statement = state(case, claims)
    assert statement is not None
    assert len(statement.rows.keys) > 2
    found = with_duals(dict.fromkeys(statement.rows.keys, 2**61 // 2)).certify().findings
    assert found == ("tier canonical: its duals are too large",)
    assert with_duals([1, 2]).certify().findings == ("tier canonical: its duals are no mapping",)


def test_amounts_too_large_to_be_added_up_are_not_proved() -> None:
    case, claims = parts()
    dong = replace(case, policy=replace(case.policy, unit=1))
    huge = np.full(len(case), 2**62, dtype=np.int64)
    for wrong in (replace(claims, cut=huge), replace(claims, add=huge)):
        (proof,) = prove_tiers(dong, RULEBOOK, wrong)
        assert proof.fault == "its amounts are too large to be added up"


@given(data=st.data())
def test_the_bound_is_exact_whatever_the_duals(data: st.DataObject) -> None:
    """The bound of the first tiers, anew in Python's own integers."""
    case, claims = parts()
    statement = state(case, claims)
    assert statement is not None
    rows = statement.rows
    price = st.integers(-3, 3) | st.integers(-(2**61) // len(rows.keys), 2**61 // len(rows.keys))
    duals = data.draw(st.dictionaries(st.sampled_from(rows.keys), price))
    name, value, _, _ = claims.tiers[0]
    tiers = ((name, value, duals, 0), *claims.tiers[1:])
    proof = prove_tiers(case, RULEBOOK, replace(claims, tiers=tiers))[0]
    reduced = costs.Costs(case, RULEBOOK, statement).of(name).tolist()
    found = sum(c * x for c, x in zip(reduced, statement.x.tolist(), strict=True))
    bound = 0
    for key, dual in duals.items():
        r = rows.number[key]
        for e in np.flatnonzero(rows.row == r).tolist():
            reduced[rows.column[e]] -= int(rows.sign[e]) * dual
        bound += dual * int((rows.lower if dual > 0 else rows.upper)[r])
    bound += sum(z * top for z, top in zip(reduced, statement.upper.tolist(), strict=True) if z < 0)
    assert (proof.value, proof.bound) == (found, bound)
    assert proof.bound <= found
    assert bool(proof.fault) == (found != value or bound != found)


def test_transfers_that_add_up_only_because_a_sum_wraps_are_found() -> None:
    case, claims = parts()
    donor, receiver, pool, amount, rank = claims.transfers
    inside = int(np.flatnonzero((donor >= 0) & (receiver >= 0))[0])
    again = np.append(np.arange(rank.size), [inside] * 4)
    more = np.append(amount, [2**62] * 4)  # four of them are 0, modulo 2⁶⁴
    ranks = np.append(rank, rank[-1] + np.arange(1, 5))
    wrong = replace(claims, transfers=(donor[again], receiver[again], pool[again], more, ranks))
    findings = certificate.certify(case, RULEBOOK, wrong).findings
    assert findings == ("transfers do not add up to the changes of the lines",)


# -- ranks -----------------------------------------------------------------------------------------------


def test_ids_are_hashed_once_and_ties_go_by_the_id(monkeypatch: pytest.MonkeyPatch) -> None:
    case, hashed = sample().case(), []

    class Same:
        def __init__(self, text: bytes, digest_size: int) -> None:
            hashed.append(text)
            self.size = digest_size

        def digest(self) -> bytes:
            return b"\0" * self.size

    monkeypatch.setattr("phanbo.tables.line_columns.blake2b", Same)
    for _ in range(2):
        assert costs._ranks(case, "canonical").tolist() == list(range(1, len(case) + 1))
        assert canonical_ranks(case.portfolio).tolist() == list(range(1, len(case) + 1))
        assert costs._ranks(case, "canonical[1]").tolist() == list(range(1, len(case) + 1))
    ids = case.portfolio.text("line_id").tolist()
    assert hashed == [i.encode() for i in ids] + [f"1:{i}".encode() for i in ids]


# -- prefixes --------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class AllOrNothing(Rule):
    """The lines receive a given total or nothing: no rule of law, as no prefix keeps it."""

    total: int
    code = "all-or-nothing"
    title_vi, title_en = "Tất cả hoặc không", "All or nothing"
    source = Source("Nghị quyết của đợt", "điểm 2", "policy")

    def limits(self, case: Case) -> Limits:
        """State nothing."""
        return Limits()

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:
        """Return what is missing, on the raised lines."""
        missing = 0 if alone else self.total - int(plan.add.sum())
        return np.where(plan.add > 0, missing, 0)


def test_a_rule_of_ones_own_that_a_prefix_breaks_is_found() -> None:
    proposal = sample().propose()
    rule = AllOrNothing(int(proposal.lines["add"].sum()))
    findings = replace(proposal, rulebook=RULEBOOK.with_rule(rule)).certify().findings
    assert findings
    assert all(finding.startswith("prefix ") for finding in findings)


def test_few_prefixes_are_put_to_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    proposal, asked = sample().propose(), []
    old = certificate.check_changes

    def counted(*args: Any, **more: Any) -> list[str]:
        asked.append(1)
        return old(*args, **more)

    monkeypatch.setattr(certificate, "check_changes", counted)
    assert proposal.certify().ok
    assert 1 < len(asked) <= 1 + certificate.PREFIXES


def test_nothing_but_a_tolerance_or_a_rule_of_ones_own_excuses_a_proof() -> None:
    """A stored flag alone does not turn a plan that is merely legal into a proposal."""
    honest = sample().propose()
    flagged = replace(honest, proof=replace(honest.proof, marked=True))
    assert "nothing in this round excuses a proof of optimality" in flagged.certify().findings


# -- the least amount ------------------------------------------------------------------------------------


@pytest.mark.parametrize("least", [0, 1, 100_000_000, 150_000_000, 691_000_000, 10**12])
def test_small_changes_are_found_as_line_by_line(least: int) -> None:
    proposal = sample().propose()
    case, book = proposal._case, proposal._rulebook
    case = replace(case, policy=replace(case.policy, min_move=least))
    for full in (True, False):
        told = replace(claims.claims_of(proposal, case), full=full)
        found = list(certificate.certify(case, book, told).findings)
        assert found == SlowCertificate(case, book, told).findings()
        assert bool(found) == (full and least > 100_000_000)
