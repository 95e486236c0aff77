"""The reference solver: faces, whole duals, uniqueness, stopping, the seam to PuLP, silence."""

from __future__ import annotations

import itertools
import threading
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import phanbo as pb
from phanbo.assemble import assemble
from phanbo.bounds import make_bounds
from phanbo.errors import InfeasibleRound, Stopped
from phanbo.program import Block, LinearProgram, TierCosts
from phanbo.solver import reference, stating
from phanbo.solver.reference import line_by_line, solve
from phanbo.solver.solution import Limits, Solution
from phanbo.solver.stating import load_highs, solver_versions, state
from rounds import RULEBOOK, case_of, inflow, lines, proposal


def program(
    upper: list[int],
    rows: list[tuple[dict[int, int], int, int]],
    costs: list[list[int]],
    *,
    marked: bool = False,
    tolerance: tuple[int, int] = (0, 1),
) -> LinearProgram:
    """Return a program of cuts alone; a row is (column to value, lower, upper)."""
    n = len(upper)
    entries = [(r, k, v) for r, (terms, _, _) in enumerate(rows) for k, v in terms.items()]
    zero = np.zeros(n, dtype=np.int64)
    tiers = [TierCosts(f"t{k}", np.array(cost, dtype=np.int64), tolerance) for k, cost in enumerate(costs)]
    columns = [np.array([e[k] for e in entries], dtype=np.int64) for k in range(3)]
    return LinearProgram(
        block=zero + Block.CUT,
        item=np.arange(n, dtype=np.int64),
        upper=np.array(upper, dtype=np.int64),
        slope=zero,
        row=columns[0],
        column=columns[1],
        value=columns[2],
        row_lower=np.array([low for _, low, _ in rows], dtype=np.int64),
        row_upper=np.array([high for _, _, high in rows], dtype=np.int64),
        row_keys=tuple(f"row{k}" for k in range(len(rows))),
        component=zero,
        row_component=np.zeros(len(rows), dtype=np.int64),
        marked=frozenset({0}) if marked else frozenset(),
        tiers=tuple(tiers),
    )


def brute(made: LinearProgram) -> list[tuple[int, ...]]:
    """Return every lexicographic optimum, by trying all."""
    best: list[tuple[int, ...]] = []
    least: tuple[int, ...] | None = None
    for x in itertools.product(*(range(int(u) + 1) for u in made.upper)):
        point = np.array(x, dtype=np.int64)
        activity = made.activity(point)
        if (activity < made.row_lower).any() or (activity > made.row_upper).any():
            continue
        value = tuple(int(t.cost @ point) for t in made.tiers)
        if least is None or value <= least:
            best = [x] if value != least else [*best, x]
            least = value
    return best


def proved(made: LinearProgram, solution: Solution) -> None:
    """Every tier's value is its bound by weak duality on the face the tiers before it leave."""
    lower, upper = np.zeros_like(made.upper), made.upper.copy()
    low, high = made.row_lower.copy(), made.row_upper.copy()
    for tier, found in zip(made.tiers, solution.tiers, strict=False):
        assert found.value == int(tier.cost @ solution.x)
        assert found.duals.dtype == np.int64
        reduced = tier.cost - made.priced(found.duals)
        bound = int(found.duals @ np.where(found.duals > 0, low, high))
        bound += int(reduced @ np.where(reduced > 0, lower, upper))
        free = lower < upper
        if found.duals.any() or tier.cost[free].any():
            assert bound == found.value
            upper = np.where(reduced > 0, lower, upper)
            lower = np.where(reduced < 0, upper, lower)
            high = np.where(found.duals > 0, low, high)
            low = np.where(found.duals < 0, high, low)
    assert (solution.x >= lower).all()
    assert (solution.x <= upper).all()


# Intervals on a line of columns make a network matrix: every vertex is whole.
intervals = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 7)), max_size=3)
costs = st.lists(st.lists(st.integers(-3, 3), min_size=4, max_size=4), min_size=1, max_size=4)


@given(st.lists(st.integers(0, 3), min_size=4, max_size=4), intervals, costs)
def test_the_lexicographic_optimum(
    upper: list[int], spans: list[tuple[int, int, int]], tiers: list[list[int]]
) -> None:
    rows = [(dict.fromkeys(range(min(a, b), max(a, b) + 1), 1), 0, h) for a, b, h in spans]
    made = program(upper, rows, tiers)
    solution = solve(made)
    optima = brute(made)
    assert tuple(solution.x.tolist()) in optima
    proved(made, solution)


@given(st.lists(st.integers(0, 3), min_size=4, max_size=4), costs, st.integers(1, 9))
def test_marked_components_as_integer_programs(upper: list[int], tiers: list[list[int]], most: int) -> None:
    """A row with other coefficients than one is no network; the answer is whole all the same."""
    rows = [({0: 2, 1: 3, 2: 1}, 0, most), ({1: 2, 3: 3}, 0, most)]
    made = program(upper, rows, tiers, marked=True)
    assert tuple(solve(made).x.tolist()) in brute(made)


def test_ties_are_broken_the_same_way_always() -> None:
    made = program([5, 5, 5], [({0: 1, 1: 1, 2: 1}, 0, 6)], [[-1, -1, -1]])
    answers = {tuple(solve(made).x.tolist()) for _ in range(3)}
    assert len(answers) == 1
    assert sum(answers.pop()) == 6
    assert [tier.name for tier in line_by_line(made, np.array([True, False, True]))] == ["line[0]", "line[2]"]


def test_tiers_that_cannot_choose_are_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = []
    real = reference.run_highs

    def counted(*given: Any) -> bool:
        runs.append(1)
        return real(*given)

    monkeypatch.setattr(reference, "run_highs", counted)
    made = program([3, 3], [], [[-1, -2], [0, 0], [5, -5], [1, 1]])
    solution = solve(made)
    assert solution.x.tolist() == [3, 3]
    assert [tier.value for tier in solution.tiers] == [-9, 0, 0, 6]
    assert len(runs) == 1


def test_no_columns() -> None:
    assert solve(program([], [], [[]])).x.size == 0
    with pytest.raises(InfeasibleRound):
        solve(program([], [({}, 1, 1)], [[]]))


def test_no_plan() -> None:
    for marked in (False, True):
        with pytest.raises(InfeasibleRound):
            solve(program([3, 3], [({0: 1, 1: 1}, 7, 9)], [[1, 1]], marked=marked))


def test_a_tolerance_gives_later_tiers_room() -> None:
    free = program([10, 10], [({0: 1, 1: 1}, 0, 10)], [[-10, -9], [0, -1]], tolerance=(1, 10), marked=True)
    assert solve(free).x.tolist() == [0, 10]
    strict = program([10, 10], [({0: 1, 1: 1}, 0, 10)], [[-10, -9], [0, -1]], marked=True)
    assert solve(strict).x.tolist() == [10, 0]


# -- stopping -------------------------------------------------------------------------------------------

EASY = program([3, 3], [({0: 1, 1: 1}, 0, 4)], [[-1, -2], [1, 0]])


@pytest.mark.parametrize("limit", [0, -1, 1e-12])
@pytest.mark.parametrize("marked", [False, True])
def test_a_time_limit_ends_in_stopped(limit: float, marked: bool) -> None:
    made = program([3, 3], [({0: 1, 1: 1}, 0, 4)], [[-1, -2]], marked=marked)
    with pytest.raises(Stopped, match="time limit"):
        solve(made, Limits(time_limit=limit))
    assert solve(made, Limits(time_limit=1e6)).x.tolist() == [1, 3]


def test_cancelling_ends_in_stopped() -> None:
    flag = threading.Event()
    assert solve(EASY, Limits(cancel=flag)).x.tolist() == [1, 3]
    flag.set()
    with pytest.raises(Stopped, match="Cancelled"):
        solve(EASY, Limits(cancel=flag))
    with pytest.raises(Stopped, match="Cancelled"):
        proposal(cancel=flag)


def test_cancelling_between_tiers() -> None:
    class Later:
        asked = 0

        def is_set(self) -> bool:
            self.asked += 1
            return self.asked > 3

    with pytest.raises(Stopped):
        proposal(cancel=Later())


def test_an_answer_that_does_not_prove_itself_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference._Face, "_proved", lambda *_: None)
    with pytest.raises(Stopped, match="proves itself"):
        solve(EASY)


def test_progress_is_told() -> None:
    told: list[tuple[str, int, int]] = []
    solve(EASY, Limits(progress=lambda *given: told.append(given)))
    assert told == [("solve", 0, 2), ("solve", 1, 2), ("solve", 2, 2)]


# -- the seam -------------------------------------------------------------------------------------------


def big(count: int = 120) -> LinearProgram:
    """Return a program with more columns than one digit names, each bound its own."""
    return program([k + 1 for k in range(count)], [({0: 1, count - 1: -1}, 0, 0)], [[1] * count])


def test_columns_keep_their_order() -> None:
    """Names are padded: ordered as text, x10 would come before x2."""
    made = big()
    problem = state(made)
    names = [v.name for v in problem.variables()]
    assert names == sorted(names) == [f"x{k:07d}" for k in range(made.columns)]
    highs = load_highs(made)
    assert np.asarray(highs.getLp().col_upper_).tolist() == made.upper.tolist()


def test_columns_out_of_order_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    made = big(12)
    real = stating.state

    def shuffled(*given: Any, **more: Any) -> Any:
        swapped = big(12)
        swapped.upper[[3, 4]] = swapped.upper[[4, 3]]
        return real(swapped, *given[1:], **more)

    monkeypatch.setattr(stating, "state", shuffled)
    with pytest.raises(AssertionError, match="order"):
        load_highs(made)


def test_rows_and_signs_come_through() -> None:
    made = program([5, 6], [({0: 2, 1: -1}, 0, 0), ({0: 1, 1: 1}, 0, 7)], [[-1, 0]])
    lp = load_highs(made).getLp()
    assert np.asarray(lp.row_lower_).tolist() == [0, 0]
    assert np.asarray(lp.row_upper_).tolist() == [0, 7]
    assert np.asarray(lp.col_cost_).tolist() == [-1, 0]
    assert (lp.num_col_, lp.num_row_) == (2, 2)


def test_versions_are_recorded() -> None:
    assert set(solver_versions()) == {"name", "pulp", "highspy"}
    told = proposal().meta["solver"]
    assert {name: told[name] for name in solver_versions()} == solver_versions()
    assert told.keys() - solver_versions().keys() == {"xlsxwriter"}


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    """Not even by the solver's own library, which writes past Python."""
    proposal(sources=inflow(-(10**9)), policy=pb.Policy(tiers=(pb.Tier("disbursement", 0.1), "authority")))
    proposal().verify()
    with pytest.raises(Stopped):
        solve(EASY, Limits(time_limit=0))
    with pytest.raises(InfeasibleRound):
        solve(program([3], [({0: 1}, 7, 9)], [[1]]))
    assert capfd.readouterr() == ("", "")


# -- a round --------------------------------------------------------------------------------------------


def test_the_default_rulebook_marks_nothing_and_every_tier_is_proved() -> None:
    case = case_of(lines(), sources=inflow(-3 * 10**9))
    made = assemble(case, RULEBOOK, make_bounds(case, RULEBOOK))
    assert not made.marked
    solution = solve(made)
    proved(made, solution)
    assert all(tier.gap == 0 for tier in solution.tiers)


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_threads_change_nothing(threads: int) -> None:
    assert proposal(threads=threads).to_json() == proposal().to_json()


def test_rounds_in_threads_at_once() -> None:
    expected = proposal().to_json()
    found: list[str] = []
    workers = [threading.Thread(target=lambda: found.append(proposal().to_json())) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert found == [expected] * 4
