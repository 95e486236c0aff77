"""The reference solver: tier by tier on optimal faces, integer duals checked exactly (*model* §4).

A network's vertices and duals are whole, so nothing is rounded away: what HiGHS returns is read as integers,
and every tier's optimum is proved by weak duality in integers before the next one starts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from phanbo.errors import Stopped
from phanbo.grouping import exact_dot
from phanbo.money import Ints
from phanbo.program import Block, LinearProgram, TierCosts
from phanbo.solver.interrupt import run
from phanbo.solver.solution import Limits, Solution, SolvedTier, infeasible, out_of_time
from phanbo.solver.stating import load_highs

__all__ = ["on_faces", "solve"]

Network = Callable[[LinearProgram, Limits], Solution]


def solve(program: LinearProgram, limits: Limits | None = None, network: Network | None = None) -> Solution:
    """Return the unique lexicographic optimum of a program, every tier proved.

    *network* solves what is no marked component; on faces unless given.

    Raises
    ------
    InfeasibleRound
        When no plan keeps every row.
    Stopped
        When time ran out, the work was cancelled, or the solver gave no answer that proves itself.
    """
    limits = limits or Limits()
    limits.proved.clear()
    solution = _solve(program, limits, network or on_faces)
    limits.proved = _values(solution) | limits.proved
    return solution


def _values(solution: Solution) -> dict[str, int]:
    return {tier.name: tier.value for tier in solution.tiers}


def _solve(program: LinearProgram, limits: Limits, network: Network) -> Solution:
    if not program.columns:
        empty = np.zeros(program.rows, dtype=np.int64)
        if (program.row_lower > 0).any() or (program.row_upper < 0).any():
            raise infeasible()
        return Solution(
            np.zeros(0, dtype=np.int64), tuple(SolvedTier(t.name, 0, empty) for t in program.tiers)
        )
    if not program.marked:
        return network(program, limits)
    return _with_marked(program, limits, network)


def _with_marked(program: LinearProgram, limits: Limits, network: Network) -> Solution:
    """Solve the network part, and each marked component as integer programs, and join them."""
    from phanbo.solver.integer import solve_integer

    marks = np.array(sorted(program.marked), dtype=np.int64)
    column_marked, row_marked = np.isin(program.component, marks), np.isin(program.row_component, marks)
    parts: list[tuple[Any, Any, Network]] = [(~column_marked, ~row_marked, network)]
    parts += [(program.component == m, program.row_component == m, solve_integer) for m in marks.tolist()]
    x = np.zeros(program.columns, dtype=np.int64)
    found: dict[str, list[Any]] = {}
    parts = [part for part in parts if part[0].any()]
    best: Counter[str] = Counter()
    for number, (columns, rows, method) in enumerate(parts):
        here = limits.aside()
        try:
            solution = method(program.restrict(columns, rows), here)
        finally:
            if number == len(parts) - 1:  # a tier proved in the last part is proved in all of them
                limits.proved = {name: value + best[name] for name, value in here.proved.items()}
        best.update(_values(solution) | here.proved)
        x[columns] = solution.x
        for tier in solution.tiers:
            total = found.setdefault(tier.name, [0, np.zeros(program.rows, dtype=np.int64), 0])
            total[0] += tier.value
            total[1][rows] = tier.duals
            total[2] += tier.gap
    return Solution(
        x, tuple(SolvedTier(name, value, duals, gap) for name, (value, duals, gap) in found.items())
    )


class _Face:
    """The program in HiGHS, narrowed to the optimal face of the tiers solved so far."""

    def __init__(self, program: LinearProgram, limits: Limits, highs: Any) -> None:
        self.program = program
        self.limits = limits
        self.lower, self.upper = np.zeros(program.columns, dtype=np.int64), program.upper.copy()
        self.row_lower, self.row_upper = program.row_lower.copy(), program.row_upper.copy()
        self.highs = highs
        self.x: Ints | None = None

    def solve(self, tier: TierCosts) -> SolvedTier:
        """Minimise one tier on the face, prove it, and narrow the face to its optima."""
        free = self.lower < self.upper
        if self.x is not None and not tier.cost[free].any():
            return SolvedTier(
                tier.name, exact_dot(tier.cost, self.x), np.zeros(self.program.rows, dtype=np.int64)
            )
        x, duals, reduced = self._optimum(tier.cost)
        self.x = x
        self.upper = np.where(reduced > 0, self.lower, self.upper)
        self.lower = np.where(reduced < 0, self.upper, self.lower)
        self.row_upper = np.where(duals > 0, self.row_lower, self.row_upper)
        self.row_lower = np.where(duals < 0, self.row_upper, self.row_lower)
        self._load_bounds()
        return SolvedTier(tier.name, exact_dot(tier.cost, x), duals)

    def is_unique(self) -> bool:
        """Return whether the last optimum is the only point left: no nonbasic slack can move for free."""
        if (self.lower == self.upper).all():
            return True
        basic = np.asarray(self.highs.getBasicVariables()[1])
        columns, rows = self.lower < self.upper, self.row_lower < self.row_upper
        columns[basic[basic >= 0]] = False
        rows[-1 - basic[basic < 0]] = False
        return not (columns.any() or rows.any())

    def _load_bounds(self) -> None:
        columns, rows = (
            np.arange(self.program.columns, dtype=np.int32),
            np.arange(self.program.rows, dtype=np.int32),
        )
        self.highs.changeColsBounds(columns.size, columns, self.lower.astype(float), self.upper.astype(float))
        self.highs.changeRowsBounds(
            rows.size, rows, self.row_lower.astype(float), self.row_upper.astype(float)
        )

    def _optimum(self, cost: Ints) -> tuple[Ints, Ints, Ints]:
        """Return a proved optimum: columns, row duals, reduced costs; all integers."""
        columns = np.arange(self.program.columns, dtype=np.int32)
        self.highs.changeColsCost(columns.size, columns, cost.astype(float))
        attempts: tuple[dict[str, str], ...] = ({}, {"presolve": "off"}, {"presolve": "off", "solver": "ipm"})
        for attempt in attempts:
            if attempt:
                self.highs.clearSolver()
                for option, value in attempt.items():
                    self.highs.setOptionValue(option, value)
            proved = self._proved(cost) if run_highs(self.highs, self.limits) else None
            if attempt:
                self.highs.setOptionValue("presolve", "choose")
                self.highs.setOptionValue("solver", "choose")
            if proved is not None:
                return proved
        raise Stopped(
            "Bộ giải không đưa ra lời giải tự chứng minh được; không có phương án nào được trả về.",
            "The solver gave no answer that proves itself; no plan is returned.",
        )

    def _proved(self, cost: Ints) -> tuple[Ints, Ints, Ints] | None:
        """Read the answer as integers; ``None`` unless it is feasible and its value equals its bound."""
        solution, program = self.highs.getSolution(), self.program
        raw = np.asarray(solution.col_value)
        x, duals = np.rint(raw).astype(np.int64), np.rint(np.asarray(solution.row_dual)).astype(np.int64)
        activity = program.activity(x)
        inside = (x >= self.lower).all() and (x <= self.upper).all()
        inside = inside and (activity >= self.row_lower).all() and (activity <= self.row_upper).all()
        if not inside or np.abs(raw - x).max(initial=0) > 1e-5:
            return None
        reduced = cost - program.priced(duals)
        rows = np.where(duals > 0, self.row_lower, self.row_upper)
        sides = np.where(reduced > 0, self.lower, self.upper)
        if exact_dot(duals, rows) + exact_dot(reduced, sides) != exact_dot(cost, x):
            return None
        return x, duals, reduced


def on_faces(
    program: LinearProgram, limits: Limits, load: Callable[[LinearProgram], Any] = load_highs
) -> Solution:
    """Solve a network tier by tier in HiGHS; *load* states the program to it."""
    face = _Face(program, limits, load(program))
    solved = []
    for number, tier in enumerate(program.tiers):
        limits.tell("solve", number, len(program.tiers))
        solved.append(face.solve(tier))
        limits.proved[tier.name] = solved[-1].value
    for tier in () if face.is_unique() else program.tiebreaks:
        if face.is_unique():
            break
        solved.append(face.solve(tier))
    if not face.is_unique():
        solved += [face.solve(tier) for tier in line_by_line(program, face.lower < face.upper)]
    limits.tell("solve", len(program.tiers), len(program.tiers))
    if face.x is None:
        raise AssertionError("no tier was solved")
    return Solution(face.x, tuple(solved))


def line_by_line(program: LinearProgram, free: Any) -> Iterator[TierCosts]:
    """Yield the last tie break: the least change of each line that is still open, in line order."""
    changes = free & (program.block <= Block.ADD)
    lines = np.unique(program.item[changes])
    moves = program.block <= Block.ADD
    for line in lines.tolist():
        yield TierCosts(f"line[{line}]", (moves & (program.item == line)).astype(np.int64))


def run_highs(highs: Any, limits: Limits) -> bool:
    """Run HiGHS and return whether it claims an optimum; its own status is read, nobody else's.

    Raises
    ------
    InfeasibleRound, Stopped
        When there is no plan; when time ran out or the work was cancelled.
    """
    import highspy

    rest = limits.left()
    if rest != float("inf"):
        highs.setOptionValue("time_limit", highs.getRunTime() + rest)
    run(highs, limits.cancel)
    status = highs.getModelStatus()
    known = highspy.HighsModelStatus
    if status in (known.kInfeasible, known.kUnboundedOrInfeasible):
        raise infeasible()
    if status in (known.kTimeLimit, known.kIterationLimit, known.kInterrupt):
        limits.left()  # tells a cancel from a clock
        raise out_of_time()
    return bool(status == known.kOptimal)
