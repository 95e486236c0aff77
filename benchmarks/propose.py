"""Measure `propose`, phase by phase, against HiGHS alone on the same program; write the tables to README.md.

Run ``python benchmarks/propose.py [--repeat N] [CASE …]``. In each repetition the contestants take turns, so that
a slow moment of the machine hits all of them; a ratio is the median of the ratios of the repetitions.

* *HiGHS, all tiers*: the arrays that `assemble` made, passed to HiGHS as they are (one column a segment), every
  tier on the optimal face of those before, hot start; no PuLP, no proof, no frames. It must reach the same plan.
* *HiGHS, one tier*: the same arrays, ``disbursement`` alone, from nothing.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

import highspy
import numpy as np
import peru
import province
from setting import Setting

from phanbo import Portfolio, pipeline
from phanbo.money import Ints
from phanbo.program import Block, LinearProgram

__all__ = ["CASES", "PHASES", "Case", "Measured", "measure"]

README = Path(__file__).with_name("README.md")
MARKS = ("<!-- propose: begin -->", "<!-- propose: end -->")


@dataclass(frozen=True)
class Case:
    """A round to measure: how it is built for a number of lines, that number, the file it needs."""

    build: Callable[[int], Setting]
    size: int
    needs: Path | None = None


CASES = {
    "province 400": Case(province.build, 400),
    "province 2 000": Case(province.build, 2_000),
    "Peru 5 108": Case(peru.build, 5_108, peru.projects_file()),
}

PHASES = {
    "outlook": ("make_outlook",),
    "assess": ("build_assessment",),
    "bounds": ("make_bounds",),
    "assemble": ("assemble",),
    "solve": ("solve",),
    "transfers": ("make_transfers", "rank_transfers"),
    "frames": ("make_proposal",),
    "certify": ("verified",),
}
"""The functions that `propose` calls, by phase; ``frames`` asks for bounds and program once more."""

ALL, ONE = "HiGHS, all tiers", "HiGHS, one tier"
CONTESTANTS = ("propose", ALL, ONE)
RATIOS = (("propose", ALL), ("propose", ONE), ("solve", ALL))


@dataclass(eq=False)
class Measured:
    """Seconds of every repetition, by contestant and by phase, and the size of the program."""

    lines: int = 0
    columns: int = 0
    rows: int = 0
    seconds: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, seconds: float) -> None:
        """Note one more repetition."""
        self.seconds.setdefault(name, []).append(seconds)

    def ratio(self, name: str, to: str) -> float:
        """Return the median of the ratios of the repetitions."""
        return median(a / b for a, b in zip(self.seconds[name], self.seconds[to], strict=True))


@dataclass(eq=False)
class _Stopwatch:
    """Sums up the time spent in some functions and keeps what each returned last."""

    seconds: dict[str, float] = field(default_factory=dict)
    returned: dict[str, Any] = field(default_factory=dict)

    def wrap(self, phase: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 — whatever the function takes
            start = time.perf_counter()
            self.returned[phase] = function(*args, **kwargs)
            self.seconds[phase] = self.seconds.get(phase, 0.0) + time.perf_counter() - start
            return self.returned[phase]

        return timed


def measure(case: Case, repeat: int) -> Measured:
    """Return the figures of one case; every repetition starts from a new portfolio."""
    setting, found = case.build(case.size), Measured()
    for _ in range(repeat):
        start = time.perf_counter()
        portfolio = Portfolio(setting.lines)
        found.add("portfolio", time.perf_counter() - start)
        watch = _Stopwatch()
        with ExitStack() as stack:
            for phase, names in PHASES.items():
                for name in names:
                    timed = watch.wrap(phase, getattr(pipeline, name))
                    stack.enter_context(patch.object(pipeline, name, timed))
            start = time.perf_counter()
            setting.propose(portfolio)
            found.add("propose", time.perf_counter() - start)
        for phase in PHASES:
            found.add(phase, watch.seconds[phase])
        program, solution = watch.returned["assemble"], watch.returned["solve"]
        found.lines, found.columns, found.rows = len(portfolio), program.columns, program.rows
        _race(program, solution.x, found)
    return found


def _race(program: LinearProgram, x: Ints, found: Measured) -> None:
    """Time HiGHS alone on a program; raise unless it changes every line as *x* does."""
    start = time.perf_counter()
    raw = lexicographic(program)
    found.add(ALL, time.perf_counter() - start)
    start = time.perf_counter()
    one_tier(program, "disbursement")
    found.add(ONE, time.perf_counter() - start)
    for block in (Block.CUT, Block.ADD):
        here = program.block == block
        ours, theirs = (np.bincount(program.item[here], plan[here]) for plan in (x, raw))
        if not np.array_equal(ours, theirs):
            raise AssertionError(f"HiGHS alone reaches another plan: {block.name}")


def _model(program: LinearProgram) -> Any:  # noqa: ANN401 — HiGHS has no types
    """Return a silent HiGHS with the arrays of a program, columns as assembled."""
    order = np.lexsort((program.row, program.column))
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = program.columns, program.rows
    lp.col_cost_ = np.zeros(program.columns)
    lp.col_lower_, lp.col_upper_ = np.zeros(program.columns), program.upper.astype(float)
    lp.row_lower_, lp.row_upper_ = program.row_lower.astype(float), program.row_upper.astype(float)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.searchsorted(program.column[order], np.arange(program.columns + 1))
    lp.a_matrix_.index_ = program.row[order]
    lp.a_matrix_.value_ = program.value[order].astype(float)
    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)  # noqa: FBT003 — its signature
    highs.passModel(lp)
    return highs


def _minimise(highs: Any, cost: Ints) -> Any:  # noqa: ANN401 — as above
    highs.changeColsCost(cost.size, np.arange(cost.size, dtype=np.int32), cost.astype(float))
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise AssertionError(highs.modelStatusToString(highs.getModelStatus()))
    return highs.getSolution()


def one_tier(program: LinearProgram, name: str) -> None:
    """Solve a single tier from nothing."""
    _minimise(_model(program), next(tier.cost for tier in program.tiers if tier.name == name))


def lexicographic(program: LinearProgram) -> Ints:
    """Solve every tier on the optimal face of those before; return the columns in units."""
    highs = _model(program)
    lower, upper = np.zeros(program.columns), program.upper.astype(float)
    row_lower, row_upper = program.row_lower.astype(float), program.row_upper.astype(float)
    columns, rows = np.arange(program.columns, dtype=np.int32), np.arange(program.rows, dtype=np.int32)
    x = lower
    for tier in program.tiers:
        if not tier.cost[lower < upper].any():
            continue
        solution = _minimise(highs, tier.cost)
        x, reduced, duals = (
            np.rint(side) for side in (solution.col_value, solution.col_dual, solution.row_dual)
        )
        upper, lower = np.where(reduced > 0, lower, upper), np.where(reduced < 0, upper, lower)
        row_upper, row_lower = (
            np.where(duals > 0, row_lower, row_upper),
            np.where(duals < 0, row_upper, row_lower),
        )
        highs.changeColsBounds(columns.size, columns, lower, upper)
        highs.changeRowsBounds(rows.size, rows, row_lower, row_upper)
    return x.astype(np.int64)


def tables(measured: dict[str, Measured], repeat: int) -> str:
    """Return the tables in Markdown."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("highspy", "pulp", "numpy", "pandas"))
    every = list(measured.values())
    head = [_row("", measured), _row("---", ["---:"] * len(every))]
    sizes = [_row(name, [getattr(m, name) for m in every]) for name in ("lines", "columns", "rows")]
    times = [_row(name, [_both(m.seconds[name]) for m in every]) for name in CONTESTANTS]
    ratios = [
        _row(f"**{name} ÷ {to}**", [f"**{m.ratio(name, to):.1f}**" for m in every]) for name, to in RATIOS
    ]
    phases = [_row(phase, [_share(m, phase) for m in every]) for phase in ("portfolio", *PHASES)]
    intro = f"{repeat} repetitions, milliseconds: least / median. {versions}."
    parts = "Where the time of `propose` goes (`portfolio` comes before it): median, share of `propose`."
    return "\n".join([intro, "", *head, *sizes, *times, *ratios, "", parts, "", *head, *phases])


def _row(label: str, cells: Iterable[object]) -> str:
    return "| " + " | ".join([label, *map(str, cells)]) + " |"


def _both(seconds: list[float]) -> str:
    return f"{1000 * min(seconds):.0f} / {1000 * median(seconds):.0f}"


def _share(m: Measured, phase: str) -> str:
    spent = median(m.seconds[phase])
    return f"{1000 * spent:.0f} ({100 * spent / median(m.seconds['propose']):.0f} %)"


def write(text: str) -> None:
    """Put the tables between the marks of the README."""
    head, _, rest = README.read_text(encoding="utf-8").partition(MARKS[0])
    tail = rest.partition(MARKS[1])[2]
    README.write_text(f"{head}{MARKS[0]}\n{text}\n{MARKS[1]}{tail}", encoding="utf-8")


def main() -> None:
    """Measure the cases asked for, print the tables; write them down when no case was left out."""
    parser = argparse.ArgumentParser(description="Measure propose against HiGHS alone.")
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of: {', '.join(CASES)} (all)")
    parser.add_argument("--repeat", type=int, default=9, help="repetitions (9)")
    asked = parser.parse_args()
    measured = {}
    for name in asked.cases or CASES:
        case = CASES[name]
        if case.needs is not None and not case.needs.is_file():
            print(f"{name}: left out, there is no {case.needs.name}")
            continue
        measured[name] = measure(case, asked.repeat)
    text = tables(measured, asked.repeat)
    print(text)
    if len(measured) == len(CASES):
        write(text)


if __name__ == "__main__":
    main()
