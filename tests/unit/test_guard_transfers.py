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
from phanbo.transfers import INFLOW, RESERVE, SHORTFALL, Transfers, _overlay, _Side, make_transfers
from slow_moves import SlowMoves, in_order, mean_chance
from strategies import settings_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from held_round import Setting
    from phanbo.case import Case
    from phanbo.money import Ints
    from slow_moves import Move

MANY = profile.default.max_examples * 2 if profile.default else 50


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


def test_the_mean_chance_by_hand() -> None:
    assert mean_chance([3, 5], 0, 10, 1) == 400_000
    assert mean_chance([LIMIT], 0, LIMIT, 1) == 1_000_000
