"""The contestants: phanbo and its peers, each as a start (outside the clock), a thing to time and a way to read it.

To add one: write ``solve(program, tiers)`` in `peers` and one line in `CONTESTANTS`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from shutil import which
from typing import Any
from unittest.mock import patch

import numpy as np
from cases import CASES, Job
from numpy.typing import NDArray
from setting import Setting

from phanbo import decision, pipeline
from phanbo.money import Ints
from phanbo.program import TierCosts

__all__ = ["CONTESTANTS", "PHASES", "Answer", "Contestant", "Goal"]

PHASES: Mapping[str, tuple[tuple[Any, str], ...]] = {
    "outlook": ((pipeline, "make_outlook"),),
    "assess": ((pipeline, "build_assessment"),),
    "bounds": ((decision, "make_bounds"),),
    "assemble": ((decision, "assemble"),),
    "solve": ((decision, "solve"),),
    "transfers": ((decision, "make_transfers"), (decision, "rank_transfers")),
    "frames": ((pipeline, "make_proposal"),),
    "certify": ((pipeline, "verified"),),
}
"""The functions that `propose` calls, by phase, each with the module that calls it."""


class Goal(Enum):
    """What a contestant has to reach."""

    ROUND = "a verified proposal"
    ALL = "all tiers"
    ONE = "one tier"


@dataclass(frozen=True, eq=False)
class Answer:
    """What a contestant found: all columns of the program, or the cut and add of every line in units.

    `phases` are seconds; those of a contestant that has no phases are empty.
    """

    x: NDArray[np.float64] | None = None
    lines: dict[str, Ints] | None = None
    phases: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Contestant:
    """One way to reach a goal.

    Attributes
    ----------
    goal : Goal
    start : callable
        Takes a job, prepares what is not measured, returns the function that is timed.
    needs : tuple of str
        Modules, or the program ``cbc``, without which it is left out.
    own : bool
        Whether it is phanbo: it must reach the optimum, while a peer that misses it is said to.
    """

    goal: Goal
    start: Callable[[Job], Callable[[], Answer]]
    needs: tuple[str, ...] = ()
    own: bool = False

    @property
    def missing(self) -> tuple[str, ...]:
        """What it needs and is not installed."""
        return tuple(name for name in self.needs if not _installed(name))


def _installed(name: str) -> bool:
    if name == "cbc":  # PuLP 3 brings one
        return version("pulp").startswith("3.") or which("cbc") is not None
    return find_spec(name) is not None


def _tiers(job: Job, goal: Goal) -> tuple[TierCosts, ...]:
    every = job.program.tiers
    return every if goal is Goal.ALL else tuple(t for t in every if t.name == "disbursement")


def _peer(goal: Goal, module: str, function: str = "solve", **options: str) -> Callable[..., Any]:
    """Return the start of a peer, whose module is loaded only where it runs."""

    def start(job: Job) -> Callable[[], Answer]:
        solve, tiers = getattr(import_module(f"peers.{module}"), function), _tiers(job, goal)
        return lambda: Answer(x=solve(job.program, tiers, **options))

    return start


def _solve(job: Job) -> Callable[[], Answer]:
    """The solver that `propose` uses, whatever it is."""
    solve = vars(decision)["solve"]
    return lambda: Answer(x=solve(job.program).x.astype(float))


def _reference(job: Job) -> Callable[[], Answer]:
    from phanbo.solver import reference

    return lambda: Answer(x=reference.solve(job.program).x.astype(float))


@cache
def _setting(case: str, size: int, seed: int) -> Setting:
    return CASES[case].build(size, seed)


def _propose(job: Job) -> Callable[[], Answer]:
    """A validated portfolio in, a verified proposal with its frames out; the phases are timed on the way."""
    setting = _setting(job.case, job.size, job.seed)
    start = time.perf_counter()
    portfolio = setting.portfolio()
    phases = {"portfolio": time.perf_counter() - start}

    def timed(phase: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 — whatever the function takes
            start = time.perf_counter()
            result = function(*args, **kwargs)
            phases[phase] = phases.get(phase, 0.0) + time.perf_counter() - start
            return result

        return call

    def propose() -> Answer:
        with ExitStack() as stack:
            for phase, functions in PHASES.items():
                for module, name in functions:
                    inner = timed(phase, getattr(module, name))
                    stack.enter_context(patch.object(module, name, inner))
            frame = setting.propose(portfolio).lines
        unit = setting.policy.unit
        return Answer(lines={side: frame[side].to_numpy() // unit for side in ("cut", "add")}, phases=phases)

    return propose


CONTESTANTS: Mapping[str, Contestant] = {
    "phanbo: propose": Contestant(Goal.ROUND, _propose, own=True),
    "phanbo: solve": Contestant(Goal.ALL, _solve, own=True),
    "phanbo: reference solver": Contestant(Goal.ALL, _reference, own=True),
    "HiGHS": Contestant(Goal.ALL, _peer(Goal.ALL, "with_highs")),
    "HiGHS, its own priorities": Contestant(Goal.ALL, _peer(Goal.ALL, "with_highs", "solve_by_priority")),
    "networkx, network simplex": Contestant(Goal.ALL, _peer(Goal.ALL, "with_networkx")),
    "OR-Tools, GLOP": Contestant(Goal.ALL, _peer(Goal.ALL, "with_ortools"), ("ortools",)),
    "cvxpy, HiGHS": Contestant(Goal.ALL, _peer(Goal.ALL, "with_cvxpy"), ("cvxpy",)),
    "linopy, HiGHS": Contestant(Goal.ALL, _peer(Goal.ALL, "with_linopy"), ("linopy",)),
    "Pyomo, HiGHS": Contestant(Goal.ALL, _peer(Goal.ALL, "with_pyomo"), ("pyomo",)),
    "PuLP pairs, HiGHS": Contestant(Goal.ALL, _peer(Goal.ALL, "with_pulp_pairs")),
    "PuLP pairs, CBC": Contestant(Goal.ALL, _peer(Goal.ALL, "with_pulp_pairs", solver="CBC"), ("cbc",)),
    "HiGHS, one tier": Contestant(Goal.ONE, _peer(Goal.ONE, "with_highs")),
    "OR-Tools, min-cost flow, one tier": Contestant(
        Goal.ONE, _peer(Goal.ONE, "with_ortools", "solve_flow"), ("ortools",)
    ),
    "networkx, one tier": Contestant(Goal.ONE, _peer(Goal.ONE, "with_networkx")),
    "PuLP pairs, HiGHS, one tier": Contestant(Goal.ONE, _peer(Goal.ONE, "with_pulp_pairs")),
    "PuLP pairs, CBC, one tier": Contestant(
        Goal.ONE, _peer(Goal.ONE, "with_pulp_pairs", solver="CBC"), ("cbc",)
    ),
}
