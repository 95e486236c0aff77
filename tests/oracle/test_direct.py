"""The direct solver against the reference solver, on programs and on whole rounds; bugs planted in it are seen."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from drawn_programs import draw_program
from hypothesis import given

import phanbo as pb
from phanbo import decision
from phanbo.errors import InfeasibleRound, Stopped
from phanbo.program import Block, LinearProgram, TierCosts
from phanbo.solver import direct, greedy, prices, reference
from phanbo.solver.arrays import pass_arrays
from phanbo.solver.solution import Limits, Solution
from phanbo.solver.tree import tree_of
from strategies import settings_of

if TYPE_CHECKING:
    from held_round import Setting
    from phanbo.money import Ints

DRAWN = {"quick": 300, "dev": 600, "ci": 1_500, "thorough": 40_000}[os.environ.get("PHANBO_TESTS", "dev")]


@pytest.fixture
def given_up(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect what the direct solver left to the reference solver."""
    said: list[str] = []
    monkeypatch.setattr(direct.log, "debug", said.append)
    return said


def plan(program: LinearProgram, x: Ints) -> list[list[int]]:
    """Return the cut and the add of every line, in units."""
    found = []
    for block in (Block.CUT, Block.ADD):
        here = program.block == block
        total = np.zeros(int(program.item.max(initial=0)) + 1, dtype=np.int64)
        np.add.at(total, program.item[here], x[here])
        found.append(total.tolist())
    return found


def proves(program: LinearProgram, solution: Solution) -> bool:
    """Return whether the row duals prove every tier on the face of those before, in Python's integers."""
    lower, upper = [0] * program.columns, program.upper.tolist()
    low, high = program.row_lower.tolist(), program.row_upper.tolist()
    x, costs = solution.x.tolist(), {t.name: t.cost.tolist() for t in (*program.tiers, *program.tiebreaks)}
    every = np.ones(program.columns, dtype=bool)
    costs |= {tier.name: tier.cost.tolist() for tier in reference.line_by_line(program, every)}
    entries = list(zip(program.row.tolist(), program.column.tolist(), program.value.tolist(), strict=True))
    for tier in solution.tiers:
        reduced, pi = list(costs[tier.name]), tier.duals.tolist()
        value = sum(c * v for c, v in zip(reduced, x, strict=True))
        for r, c, a in entries:
            reduced[c] -= a * pi[r]
        bound = sum(p * (low[r] if p > 0 else high[r]) for r, p in enumerate(pi))
        bound += sum(z * (lower[c] if z > 0 else upper[c]) for c, z in enumerate(reduced))
        if not bound == value == tier.value:
            return False
        for c, z in enumerate(reduced):
            lower[c], upper[c] = (
                (lower[c], lower[c]) if z > 0 else (upper[c], upper[c]) if z < 0 else (lower[c], upper[c])
            )
        for r, p in enumerate(pi):
            low[r], high[r] = (
                (low[r], low[r]) if p > 0 else (high[r], high[r]) if p < 0 else (low[r], high[r])
            )
    return True


def solved(program: LinearProgram, solver: Any) -> Solution | None:
    """Return what a solver finds, ``None`` for a program without any plan."""
    try:
        found: Solution = solver(program)
    except InfeasibleRound:
        return None
    return found


def disagreement(program: LinearProgram, given_up: list[str]) -> str:
    """Return how the two solvers differ on a program, empty when they agree."""
    del given_up[:]
    ours = solved(program, direct.solve)
    theirs = solved(program, lambda p: reference.on_faces(p, Limits(), pass_arrays))
    if ours is None or theirs is None:
        return "" if ours is theirs else "only one of them finds a plan"
    if (
        given_up
        and not greedy.Greedy(program, tree_of(program), (*program.tiers, *program.tiebreaks)).ambiguous
    ):
        return "it was left to the reference solver"
    if plan(program, ours.x) != plan(program, theirs.x):
        return "the plans differ"
    values = {tier.name: tier.value for tier in theirs.tiers}
    if any(values.get(tier.name, tier.value) != tier.value for tier in ours.tiers):
        return "the values of a tier differ"
    return "" if proves(program, ours) else "the duals do not prove the plan"


def test_drawn_programs_have_the_plan_of_the_reference_solver(given_up: list[str]) -> None:
    found = {seed: disagreement(draw_program(seed), given_up) for seed in range(DRAWN)}
    assert {seed: said for seed, said in found.items() if said} == {}


def test_drawn_programs_meet_every_part_of_the_method() -> None:
    """Joining ceilings that bind, ceilings inside a leaf, closed leaves, duties, inflows, reserves: all are met often."""
    met = dict.fromkeys(("joined", "inside", "closed", "duty", "inflow", "reserve", "infeasible"), 0)
    for seed in range(300):
        program = draw_program(seed)
        tree = tree_of(program)
        solution = solved(program, direct.solve)
        met["infeasible"] += solution is None
        met["duty"] += bool((program.row_lower > 0).any())
        met["inflow"] += bool((program.row_lower < 0).any())
        met["reserve"] += bool((program.block == Block.RESERVE).any())
        takes = np.unique(tree.leaf[program.block[: tree.moves] == Block.ADD])
        met["closed"] += bool((tree.leaf_in[takes] < 0).any())
        if solution is None:
            continue
        order = greedy.Greedy(program, tree, program.tiers)
        width = direct._trimmed(program, tree, order)
        met["inside"] += bool((width < program.upper[: tree.moves]).any())
        x = direct._columns(program, tree, width, *order.taken(width))
        met["joined"] += bool(direct._exceeded(program, tree, x).any())
    assert min(met.values()) >= 5, met


@given(settings_of())
def test_drawn_rounds_have_the_plan_of_the_reference_solver(setting: Setting) -> None:
    programs: list[LinearProgram] = []

    def both(program: LinearProgram, limits: Limits | None = None) -> Solution:
        programs.append(program)
        ours, theirs = direct.solve(program, limits), reference.solve(program, limits)
        assert plan(program, ours.x) == plan(program, theirs.x)
        values = {tier.name: tier.value for tier in theirs.tiers}
        assert all(values[tier.name] == tier.value for tier in ours.tiers[: len(program.tiers)])
        assert program.marked or proves(program, ours)
        return ours

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decision, "solve", both)
        try:
            setting.propose()
        except pb.PhanboError:
            return
    assert programs


# -- planted bugs ------------------------------------------------------------------------------------------


def _seen(given_up: list[str], most: int = 400) -> bool:
    return any(disagreement(draw_program(seed), given_up) for seed in range(most))


def test_nothing_is_seen_where_nothing_is_planted(given_up: list[str]) -> None:
    assert not _seen(given_up)


@pytest.mark.parametrize("fault", ["no reserve", "free crossing", "open wall", "line order", "tiers"])
def test_a_fault_in_the_greedy_is_seen(
    fault: str, given_up: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Faulty(greedy.Greedy):
        def __init__(self, program: LinearProgram, tree: Any, tiers: Any) -> None:
            if fault == "free crossing":
                tiers = tuple(_uncrossed(program, tier) for tier in tiers)
            if fault == "tiers":
                tiers = (tiers[-1], *tiers[:-1])
            super().__init__(program, tree, tiers)
            if fault == "no reserve":
                self.room = np.zeros_like(self.room)
            if fault == "open wall":
                open_ = replace(tree, leaf_in=np.maximum(tree.leaf_in, 0))
                super().__init__(program, open_, tiers)
            if fault == "line order":
                self.by_leaf = np.lexsort((self.by_leaf, tree.leaf[self.by_leaf]))

    monkeypatch.setattr(direct, "Greedy", Faulty)
    assert _seen(given_up), fault


def _uncrossed(program: LinearProgram, tier: Any) -> Any:
    return replace(tier, cost=np.where(program.block <= Block.ADD, tier.cost, 0))


def test_a_ceiling_that_is_forgotten_is_seen(given_up: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direct, "_exceeded", lambda _, tree, __: np.zeros(tree.group_row.size, dtype=bool))
    assert _seen(given_up)


def test_a_ceiling_trimmed_from_the_wrong_end_is_seen(
    given_up: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = greedy.first_units
    monkeypatch.setattr(
        direct, "first_units", lambda group, order, width, need: honest(group, order[::-1], width, need)
    )
    assert _seen(given_up)


def test_a_bracket_that_is_too_narrow_is_seen(given_up: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    honest = direct._between

    def narrow(program: Any, tree: Any, x: Any, low: Ints, high: Ints, limits: Any) -> Ints | None:
        return honest(program, tree, x, low, np.maximum(low, high - 1), limits)

    monkeypatch.setattr(direct, "_between", narrow)
    assert _seen(given_up)


@pytest.mark.parametrize("tier", [0, -1])
def test_a_dual_off_by_one_is_seen(tier: int, given_up: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    honest = prices.row_duals

    def off(program: Any, tree: Any, tiers: Any, x: Any) -> Any:
        found = honest(program, tree, tiers, x)
        if found is not None and found[tier].size:
            found[tier][0] += 1
        return found

    monkeypatch.setattr(direct, "row_duals", off)
    assert _seen(given_up)


def test_a_worse_plan_has_no_prices() -> None:
    """One unit moved along any column that can give it, balance kept, is never proved."""
    tried = 0
    for seed in range(120):
        program = draw_program(seed)
        best = solved(program, direct.solve)
        if best is None or not program.columns:
            continue
        tree = tree_of(program)
        for tier in program.tiers:
            other = solved(_reversed(program, tier.name), direct.solve)
            if other is None or plan(program, other.x) == plan(program, best.x):
                continue
            tried += 1
            assert prices.row_duals(program, tree, program.tiers, other.x) is None
    assert tried > 50


def _reversed(program: LinearProgram, name: str) -> LinearProgram:
    """Return the program with another tier in front: its optimum is feasible here, and not the best."""
    first = [tier for tier in program.tiers if tier.name == name]
    return replace(program, tiers=(*first, *(tier for tier in program.tiers if tier.name != name)))


# -- what the direct way does not prove --------------------------------------------------------------------


@pytest.mark.parametrize("high", ["half", "none"])
def test_a_wrong_bracket_costs_time_and_nothing_else(high: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the bracket leaves, the plan is the reference solver's: no refusal rests on it."""
    honest = direct._between

    def wrong(program: Any, tree: Any, x: Any, low: Ints, most: Ints, limits: Any) -> Ints | None:
        return honest(program, tree, x, low, low + (most - low) // 2 if high == "half" else low, limits)

    monkeypatch.setattr(direct, "_between", wrong)
    for seed in range(DRAWN // 3):
        program = draw_program(seed)
        ours, theirs = solved(program, direct.solve), solved(program, reference.solve)
        assert (ours is None) == (theirs is None), seed
        if ours is not None and theirs is not None:
            assert plan(program, ours.x) == plan(program, theirs.x), seed


def test_a_small_program_highs_gives_up_on_is_stated_whole(
    given_up: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: Any, **__: Any) -> Solution:
        raise Stopped("thôi", "no")

    honest = reference.on_faces
    for seed in range(60):
        program = draw_program(seed)
        with monkeypatch.context() as patch:
            patch.setattr(direct, "pass_arrays", stopped)
            ours = solved(program, direct.solve)
        theirs = solved(program, lambda p: honest(p, Limits(), pass_arrays))
        assert (ours is None) == (theirs is None)
        if ours is not None and theirs is not None:
            assert plan(program, ours.x) == plan(program, theirs.x)
    assert given_up


def several(programs: list[LinearProgram], first: int = 0) -> LinearProgram:
    """Return programs side by side as components of one, those before *first* with neither columns nor rows."""
    keep = {"columns": 0, "rows": 0, "items": 0}
    parts: dict[str, list[Any]] = {}
    for number, p in enumerate(programs, start=first):
        for name, values in {
            "block": p.block,
            "item": p.item + keep["items"],
            "upper": p.upper,
            "slope": p.slope,
            "row": p.row + keep["rows"],
            "column": p.column + keep["columns"],
            "value": p.value,
            "row_lower": p.row_lower,
            "row_upper": p.row_upper,
            "component": np.full(p.columns, number),
            "row_component": np.full(p.rows, number),
        }.items():
            parts.setdefault(name, []).append(values)
        keep["columns"] += p.columns
        keep["rows"] += p.rows
        keep["items"] += 100
    named = [{tier.name: tier.cost for tier in p.tiers} for p in programs]
    tiers = [
        np.concatenate([n.get(t.name, 0 * p.upper) for n, p in zip(named, programs, strict=True)])
        for t in programs[0].tiers
    ]
    joined = {name: np.concatenate(values) for name, values in parts.items()}
    # Cuts and adds first, as every program has them.
    order = np.argsort(joined["block"], kind="stable")
    place = np.argsort(order)
    for name in ("block", "item", "upper", "slope", "component"):
        joined[name] = joined[name][order]
    joined["column"] = place[joined["column"]]
    arrays: Any = joined

    def ties(salt: int) -> Ints:
        costs = [p.tiebreak(salt) for p in programs if p.tiebreak is not None]
        return np.concatenate(costs)[order]

    return LinearProgram(
        **arrays,
        row_keys=tuple(f"row:{k}" for k in range(keep["rows"])),
        marked=frozenset(),
        tiers=tuple(
            TierCosts(tier.name, cost[order]) for tier, cost in zip(programs[0].tiers, tiers, strict=True)
        ),
        tiebreak=ties,
    )


@pytest.mark.parametrize("chunk", [1, 8, 30, 10_000])
@pytest.mark.parametrize("first", [0, 3])
def test_components_solved_some_at_a_time_make_the_same_plan(
    chunk: int, first: int, given_up: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Idle components before the first one, and chunks of any size, change nothing and leave nothing to others."""
    monkeypatch.setattr(direct, "CHUNK", chunk)
    programs = [p for p in map(draw_program, range(200)) if p.columns and solved(p, direct.solve) is not None]
    for k in range(0, 120, 6):
        whole = several(programs[k : k + 6], first)
        ours = solved(whole, direct.solve)
        theirs = solved(whole, lambda p: reference.on_faces(p, Limits(), pass_arrays))
        assert ours is not None
        assert theirs is not None
        assert plan(whole, ours.x) == plan(whole, theirs.x)
        assert proves(whole, ours)
    assert not given_up


def test_one_chunk_without_proof_does_not_send_the_others_back(
    given_up: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(direct, "CHUNK", 1)
    programs = [p for p in map(draw_program, range(60)) if p.columns and solved(p, direct.solve) is not None]
    # Only where canonical alone makes the plan unique: else the reference solver needs the whole.
    first = next(p for p in programs if len(p.tiers) > 8)
    sure = [p for p in programs if len(reference.solve(several([first, p])).tiers) == len(first.tiers)]
    whole = several([first, *sure[:5]])
    honest, calls = prices.row_duals, []

    def once(*given_: Any) -> Any:
        calls.append(1)
        return None if len(calls) == 2 else honest(*given_)

    theirs = solved(whole, reference.solve)
    del given_up[:]
    monkeypatch.setattr(direct, "row_duals", once)
    ours = solved(whole, direct.solve)
    assert ours is not None
    assert theirs is not None
    assert len(given_up) == 1
    assert len(calls) > 2
    assert plan(whole, ours.x) == plan(whole, theirs.x)
    assert proves(whole, ours)
