"""Transfers and their order are those of the definition, move by move; a head is what it says."""

from __future__ import annotations

from dataclasses import astuple, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from held_round import RULEBOOK, sample
from phanbo.money import LIMIT
from phanbo.ranking import rank_transfers, rerank
from phanbo.rules.walls import duty
from phanbo.transfers import (
    INFLOW,
    RESERVE,
    SHORTFALL,
    Transfers,
    _mean_slope,
    _overlay,
    _Side,
    make_transfers,
)
from rounds import TY, UNIT, Fixed, case_of, lines
from slow_moves import SlowMoves, in_order, mean_chance
from strategies import pinned, settings_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from held_round import Setting
    from phanbo.case import Case
    from phanbo.money import Ints
from slow_moves import Move

MANY = profile.default.max_examples * 2 if profile.default else 50


ASKS = [
    # tỷ asked, the pieces in tỷ, their tiers: 0 asked, 1 claims, 3 the rest
    (1, [1, 1, 1], [0, 1, 3]),
    (2, [2, 1], [0, 3]),
    (3, [3], [0]),
    (4, [3], [0]),
    (-1, [2, 1], [1, 3]),
]


def balanced(draw: Callable[[st.SearchStrategy[list[int]]], list[int]], case: Case) -> tuple[Ints, Ints]:
    """Draw cuts and adds that meet every shortfall; what is left over goes to the reserve."""
    unit, n = case.policy.unit, len(case)
    amounts = np.array(draw(st.lists(st.integers(0, 6), min_size=n, max_size=n)), dtype=np.int64) * unit
    gives = np.array(draw(st.lists(st.integers(0, 1), min_size=n, max_size=n))) == 1
    cut = np.where(gives, np.minimum(amounts, case.plan // unit * unit), 0)
    add = np.where(gives, 0, amounts)
    for i in np.flatnonzero(add).tolist():
        mine = case.pools.pool[i]
        missing = -int((case.pool_sum(cut - add) + duty(case))[mine])
        add[i] -= min(int(add[i]), max(0, missing))
    assume((case.pool_sum(cut - add) + duty(case) >= 0).all())
    return cut, add


def rows(transfers: Transfers) -> list[tuple[int, ...]]:
    """Return the transfers as tuples."""
    return list(zip(*(column.tolist() for column in transfers.columns), strict=True))


ROUNDS = settings_of() | settings_of(families={"claims", "flags", "committed"}) | settings_of(shortfall=True)


@profile(max_examples=MANY)
@given(setting=ROUNDS, inflow=st.sampled_from((0, 0, 1, 2_500_000, 3_000_000)), data=st.data())
def test_the_moves_are_those_of_the_definition(setting: Setting, inflow: int, data: st.DataObject) -> None:
    if data.draw(st.booleans()):
        setting = pinned(data, setting, most=6)
    case = setting.case(inflow=inflow if setting.sources is None else 0)
    cut, add = balanced(data.draw, case)
    made = make_transfers(case, RULEBOOK, cut, add)
    wanted = SlowMoves(case, RULEBOOK, cut.tolist(), add.tolist()).moves()
    assert rows(made) == [astuple(move) for move in wanted]
    assert all(column.dtype == np.int64 for column in made.columns)
    assert [side.tolist() for side in made.changes(len(case))] == [cut.tolist(), add.tolist()]
    ranked = rank_transfers(made, case.plan, case.outlook)
    ordered = in_order(wanted, case.plan.tolist(), case.outlook.points.tolist())
    assert rows(ranked.transfers) == [astuple(move) for move, _, _ in ordered]
    assert ranked.rank.tolist() == [rank for _, rank, _ in ordered]
    assert ranked.gain.tolist() == [gain for _, _, gain in ordered]
    assert ranked.rank.dtype == ranked.gain.dtype == np.int64
    for k in range(-1, len(made) + 1):
        check_head(ordered, ranked.head(k), k)


def check_head(ordered: list[tuple[Move, int, int]], head: object, k: int) -> None:
    """A head holds the shortfall block and the first *k* moves after it."""
    from phanbo.ranking import Ranked

    assert isinstance(head, Ranked)
    mandatory = sum(rank == 0 for _, rank, _ in ordered)
    kept = ordered[: mandatory + max(0, k)]
    assert len(head) == len(head.transfers) == len(kept)
    assert head.mandatory == mandatory
    assert rows(head.transfers) == [astuple(move) for move, _, _ in kept]
    assert head.rank.tolist() == [rank for _, rank, _ in kept]
    assert head.gain.tolist() == [gain for _, _, gain in kept]


def columns(*moves: tuple[int, int, int, int, int, int]) -> Transfers:
    """Return transfers from rows of donor, receiver, pool, amount, tier, slope."""
    table = np.array(moves, dtype=np.int64).reshape(-1, 6)
    return Transfers(*table.T)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((0, SHORTFALL, 0, 1, 9, -9), (0, 3, 0, 9, 0, 9)),  # a shortfall comes first, whatever it costs
        ((0, 3, 0, 1, 0, -9), (0, 4, 0, 9, 1, 9)),  # then the tier
        ((0, 3, 0, 1, 0, 9), (0, 4, 0, 9, 0, 8)),  # then the chance gained
        ((5, 3, 0, 9, 0, 9), (0, 4, 0, 8, 0, 9)),  # then the larger amount
        ((0, 4, 1, 9, 0, 9), (5, 3, 0, 9, 0, 9)),  # then the donor
        ((0, 3, 1, 9, 0, 9), (0, 4, 0, 9, 0, 9)),  # then the receiver
        ((INFLOW, RESERVE, 0, 9, 0, 9), (INFLOW, RESERVE, 1, 9, 0, 9)),  # then the pool
    ],
)
def test_one_key_decides_after_the_other(
    first: tuple[int, int, int, int, int, int], second: tuple[int, int, int, int, int, int]
) -> None:
    case = sample().case()
    for given_order in ((first, second), (second, first)):
        ranked = rank_transfers(columns(*given_order), case.plan, case.outlook)
        assert rows(ranked.transfers) == [first, second]
    kept = rerank(columns(second, first), case.plan, case.outlook)
    assert rows(kept.transfers) == [second, first]
    assert kept.rank.tolist() == ([1, 0] if first[1] == SHORTFALL else [1, 2])


def test_no_move_is_no_move() -> None:
    case = sample().case(inflow=150_000_000)
    nothing = np.zeros(len(case), dtype=np.int64)
    made = make_transfers(
        replace(case, pools=replace(case.pools, inflow=np.zeros(2, int))), RULEBOOK, nothing, nothing
    )
    assert len(made) == 0
    ranked = rank_transfers(made, case.plan, case.outlook)
    assert (len(ranked), ranked.mandatory, ranked.rank.tolist(), ranked.gain.tolist()) == (0, 0, [], [])
    assert len(ranked.head(3)) == 0


def test_what_does_not_balance_is_refused() -> None:
    case = sample().case()
    unit, nothing = case.policy.unit, np.zeros(len(case), dtype=np.int64)
    add, cut = nothing.copy(), nothing.copy()
    add[2] = unit
    calm = replace(case, pools=replace(case.pools, inflow=np.zeros(2, dtype=np.int64)))
    with pytest.raises(AssertionError, match=r"^cuts and adds do not balance$"):
        make_transfers(calm, RULEBOOK, cut, add)
    here, there = (_Side(*(np.array([number]) for number in (group, 0, unit, 0, 0))) for group in (0, 1))
    with pytest.raises(AssertionError, match=r"^cuts and adds do not balance in some pool$"):
        _overlay(here, there, np.arange(2))


@pytest.mark.parametrize("most", [10**6, 461_168_601_842, 461_168_601_843, 10**12, LIMIT])
def test_the_mean_chance_is_exact_where_amounts_are_largest(most: int) -> None:
    """A unit of one đồng, twenty points: 4·10¹¹ đồng and a millionth leave int64."""
    rows = [[most] * 20, [most // 2] * 19 + [most], [0] * 19 + [1], list(range(20))]
    frame = lines(4, plan=[10 * TY] * 4)
    case = case_of(frame, unit=1, forecaster=Fixed(rows=[[10 * TY] * 20] * 4))
    case = replace(case, outlook=replace(case.outlook, points=np.array(rows)))
    low, high = np.zeros(4, dtype=np.int64), np.full(4, most)
    found = _mean_slope(case, low, high, np.arange(4))
    assert found.dtype == np.int64
    assert found.tolist() == [mean_chance(row, 0, most, 1) for row in rows]
    assert _mean_slope(case, low, low, np.arange(4)).tolist() == [0] * 4


@pytest.mark.parametrize(
    "tiers", [("obligations", "authority", "disbursement"), ("authority", "disbursement")]
)
def test_what_serves_claims_is_a_piece_of_its_own_where_a_tier_counts_it(tiers: tuple[str, ...]) -> None:
    """The claimed tỷ comes first; where no tier counts claims, all a line takes is one piece."""
    frame = lines(3, owner=["Ban"] * 3, arrears=[0, 2 * TY, 0], disbursed=[TY, 9 * TY, TY])
    points = [[TY] * 2, [11 * TY, 14 * TY], [TY] * 2]
    case = case_of(frame, tiers=tiers, forecaster=Fixed(rows=points))
    cut, add = np.array([2 * TY, 0, TY]), np.array([0, 3 * TY, 0])
    made = make_transfers(case, RULEBOOK, cut, add)
    assert rows(made) == [
        astuple(move) for move in SlowMoves(case, RULEBOOK, cut.tolist(), add.tolist()).moves()
    ]
    assert made.tier.tolist() == ([0, 2, 2] if "obligations" in tiers else [1, 1])
    assert made.amount.tolist() == ([TY, TY, TY] if "obligations" in tiers else [2 * TY, TY])


@pytest.mark.parametrize(("asks", "amounts", "tiers"), ASKS)
def test_what_is_asked_comes_before_what_is_owed(asks: int, amounts: list[int], tiers: list[int]) -> None:
    """Of three tỷ that a line takes two serve its claims: what is asked of it is placed before both, in its own tier."""
    frame = lines(3, owner=["Ban"] * 3, arrears=[0, 3 * TY, 0], disbursed=[TY, 9 * TY, TY])
    points = [[TY] * 2, [11 * TY, 14 * TY], [TY] * 2]
    order = ("obligations", "authority", "disbursement")
    case = case_of(frame, tiers=order, forecaster=Fixed(rows=points), pins={"L1": asks * TY})
    cut, add = np.array([3 * TY, 0, 0]), np.array([0, 3 * TY, 0])
    made = make_transfers(case, RULEBOOK, cut, add)
    assert made.amount.tolist() == [amount * TY for amount in amounts]
    assert made.tier.tolist() == tiers


def test_of_equal_chances_the_latest_gives_first() -> None:
    """An offer is as late as can be; then lateness; then the line. Each owner serves itself before others."""
    frame = lines(
        6,
        owner=["Ban a", "Ban a", "Ban a", "Ban a", "Ban b", "Ban b"],
        disbursed=[3 * TY, TY, 3 * TY, 2 * TY, 9 * TY, 9 * TY],
        offered_decrease=[0, 0, 2 * TY, 0, 0, 0],
    )
    rows_of = [[4 * TY] * 2] * 4 + [[11 * TY, 13 * TY], [13 * TY, 13 * TY]]
    case = case_of(frame, forecaster=Fixed(rows=rows_of), judge="actual")
    cut, add = np.array([TY, TY, TY, TY, 0, 0]), np.array([0, 0, 0, 0, 2 * TY, 2 * TY])
    made = make_transfers(case, RULEBOOK, cut, add)
    assert list(zip(made.donor.tolist(), made.receiver.tolist(), strict=True)) == [
        (2, 5),
        (1, 5),
        (3, 4),
        (0, 4),
    ]
    assert made.slope.tolist() == [1_000_000, 1_000_000, 750_000, 750_000]
    assert rows(made) == [
        astuple(move) for move in SlowMoves(case, RULEBOOK, cut.tolist(), add.tolist()).moves()
    ]


def as_defined(case: Case, cut: list[int], add: list[int]) -> Transfers:
    """Return the transfers of some changes, compared with their definition."""
    made = make_transfers(case, RULEBOOK, np.array(cut), np.array(add))
    assert rows(made) == [astuple(move) for move in SlowMoves(case, RULEBOOK, cut, add).moves()]
    return made


def test_an_offer_is_later_than_any_line_and_ties_go_by_the_line() -> None:
    """L1 offers a đồng; L0 and L3 have spent nothing: the first line of them gives first, whoever owns it."""
    frame = lines(
        5,
        owner=["Ban z", "Ban b", "Ban b", "Ban a", "Ban c"],
        disbursed=[0, 5 * TY, 5 * TY, 0, 9 * TY],
        offered_decrease=[0, 1, 0, 0, 0],
    )
    case = case_of(frame, forecaster=Fixed(rows=[[5 * TY] * 2] * 4 + [[15 * TY] * 2]), judge="actual")
    made = as_defined(case, [TY, TY, TY, TY, 0], [0, 0, 0, 0, 4 * TY])
    assert made.donor.tolist() == [1, 0, 3, 2]


@pytest.mark.parametrize(("tier", "first"), [("key", 0), ("disbursement", 1)])
def test_a_key_line_is_served_where_a_tier_counts_it(tier: str, first: int) -> None:
    frame = lines(3, owner=["Ban"] * 3, key_project=[False, True, False], disbursed=[TY, 9 * TY, 9 * TY])
    tiers = ("key", "authority", "disbursement") if tier == "key" else ("authority", "disbursement")
    points = [[TY] * 2, [11 * TY] * 2, [15 * TY] * 2]
    made = as_defined(
        case_of(frame, tiers=tiers, forecaster=Fixed(rows=points)), [4 * TY, 0, 0], [0, 2 * TY, 2 * TY]
    )
    assert made.receiver.tolist() == ([1, 2] if tier == "key" else [2, 1])
    assert made.tier.tolist() == [first, 2 if tier == "key" else 1]


@pytest.mark.parametrize("inflow", [-2, -1, 0, 1, 2])
def test_an_inflow_or_a_shortfall_of_one_dong_moves(inflow: int) -> None:
    case = case_of(lines(2), unit=1)
    case = replace(case, pools=replace(case.pools, inflow=np.array([inflow])))
    made = as_defined(case, [max(0, -inflow), 0], [0, max(0, inflow)])
    assert rows(made)[:1] == ([] if not inflow else rows(made))
    assert made.amount.tolist() == ([abs(inflow)] if inflow else [])
    assert made.receiver.tolist() == ([] if not inflow else [1] if inflow > 0 else [SHORTFALL])


def test_the_reserve_comes_after_every_line_of_its_tier() -> None:
    case = case_of(lines(2), tiers=("authority",), return_unplaced=False)
    case = replace(case, pools=replace(case.pools, inflow=np.array([3 * UNIT])))
    made = as_defined(case, [0, 0], [0, 2 * UNIT])
    assert rows(made) == [(INFLOW, 1, 0, 2 * UNIT, 2, made.slope[0]), (INFLOW, RESERVE, 0, UNIT, 2, 0)]


def test_gains_are_floored_line_by_line_after_every_move() -> None:
    """Three points, a unit of a đồng: every line moves more than once, and no total is a multiple of three."""
    frame = lines(6, owner=[f"Ban {k}" for k in range(6)], plan=[10 * TY + k for k in range(6)])
    points = [[9 * TY + k, 10 * TY + 1, 10 * TY + 7 + k] for k in range(6)]
    case = case_of(frame, unit=1, forecaster=Fixed(rows=points))
    cut, add = [7, 0, 11, 0, 5, 0], [0, 4, 0, 13, 0, 6]
    made = as_defined(case, cut, add)
    assert (np.bincount(made.receiver)[[3, 5]] > 1).all()
    ranked = rank_transfers(made, case.plan, case.outlook)
    moves = SlowMoves(case, RULEBOOK, cut, add).moves()
    ordered = in_order(moves, case.plan.tolist(), case.outlook.points.tolist())
    assert ranked.gain.tolist() == [gain for _, _, gain in ordered]
    gained = case.outlook.expected(case.plan + np.array(add) - np.array(cut)) - case.outlook.expected(
        case.plan
    )
    assert ranked.gain.sum() == gained.sum()


def test_the_mean_chance_by_hand() -> None:
    assert mean_chance([3, 5], 0, 10, 1) == 400_000
    assert mean_chance([LIMIT], 0, LIMIT, 1) == 1_000_000
