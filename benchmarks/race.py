"""A race: contestants take turns on one round, and every answer is judged against the proved optimum."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import nan
from statistics import median

import numpy as np
from cases import CASES, Job, Truth, by_line, truth
from contestants import CONTESTANTS, Answer, Contestant, Goal
from peers.network import places
from worker import Refused, Worker

from phanbo.money import Ints
from phanbo.program import Block, LinearProgram

__all__ = ["Race", "judge", "race"]

PATIENCE = 20.0
"""Seconds after which a contestant is not asked to run again."""


@dataclass(eq=False)
class Race:
    """What one round took: seconds by contestant and repetition, NaN where it sat out.

    `refused` says why a contestant is missing, `faults` what is wrong with its answer.
    """

    job: Job
    pairs: int = 0
    seconds: dict[str, list[float]] = field(default_factory=dict)
    phases: list[dict[str, float]] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    def runs(self, name: str) -> list[float]:
        """Return the seconds of the repetitions in which it ran."""
        return [s for s in self.seconds.get(name, ()) if s == s]  # noqa: PLR0124 — NaN is not itself

    def median(self, name: str) -> float:
        """Return the median of its seconds, NaN where it never ran."""
        return median(self.runs(name) or [nan])

    def ratio(self, name: str, to: str) -> float:
        """Return the median of the ratios of the repetitions in which both ran, NaN where there is none."""
        both = zip(self.seconds.get(name, ()), self.seconds.get(to, ()), strict=False)
        return median([r for r in (a / b for a, b in both) if r == r] or [nan])  # noqa: PLR0124


def race(
    job: Job, workers: Mapping[str, Worker], repeat: int, warm: Job, too_slow: dict[tuple[str, str], str]
) -> Race:
    """Let the contestants take turns *repeat* times, starting with another one each time.

    *warm* is a small round that each solves first, out of the race, to load what it needs. *too_slow* remembers
    who was refused at a smaller size of a case: it is not asked again at a larger one.
    """
    found = Race(job, pair_count(job.program))
    best = None
    if job.size not in CASES[job.case].large:
        best = truth(job.program, alone=any(CONTESTANTS[name].goal is Goal.ONE for name in workers))
    names = [name for name in workers if _admitted(name, job, found, too_slow)]
    left = dict.fromkeys(names, repeat)
    for repetition in range(repeat):
        shift = repetition % max(1, len(names))
        for name in names[shift:] + names[:shift]:
            seconds = nan
            if left[name]:
                try:
                    if repetition == 0:
                        workers[name].run(warm)
                    run = workers[name].run(job)
                except Refused as why:
                    found.refused[name] = too_slow[name, job.case] = str(why)
                    left[name] = 0
                else:
                    seconds = run.seconds
                    left[name] = min(left[name], int(PATIENCE / seconds) + 1) - 1
                    _note(found, name, best, run.answer)
                _tell(job, name, repetition, seconds, found.refused.get(name, ""))
            found.seconds.setdefault(name, []).append(seconds)
    return found


def _admitted(name: str, job: Job, found: Race, too_slow: Mapping[tuple[str, str], str]) -> bool:
    """Say why a contestant cannot start, if it cannot."""
    missing = CONTESTANTS[name].missing
    if missing:
        found.refused[name] = f"no {', '.join(missing)}"
    elif (name, job.case) in too_slow:
        found.refused[name] = f"smaller: {too_slow[name, job.case]}".replace("smaller: smaller", "smaller")
    return name not in found.refused


def _note(found: Race, name: str, best: Truth | None, answer: Answer) -> None:
    fault = "" if best is None else judge(found.job.program, CONTESTANTS[name], best, answer)
    if fault and CONTESTANTS[name].own:
        raise AssertionError(f"{name} on {found.job.name}: {fault}")
    if fault:
        found.faults[name] = fault
    if answer.phases:
        found.phases.append(dict(answer.phases))


def judge(program: LinearProgram, contestant: Contestant, best: Truth, answer: Answer) -> str:
    """Return what is wrong with an answer after rounding it to whole units; nothing where nothing is."""
    if answer.lines is not None:
        return _plan_fault(by_line(program, best.x), answer.lines)
    if answer.x is None:
        return "no answer"
    whole = np.rint(answer.x).astype(np.int64)
    faults = []
    fraction = float(np.abs(answer.x - whole).max(initial=0.0))
    if fraction > 1e-3:
        faults.append(f"not whole by {fraction:.2g}")
    broken = _broken(program, whole)
    if broken:
        faults.append(f"breaks {broken} rows or bounds")
    if contestant.goal is Goal.ONE:
        values = {} if best.alone is None else {"disbursement": best.alone}
    else:
        values = best.values
        faults += [f for f in (_plan_fault(by_line(program, best.x), by_line(program, whole)),) if f]
    costs = {t.name: int(t.cost @ whole) for t in program.tiers}
    off = {n: costs[n] - v for n, v in values.items() if n in costs and costs[n] != v}
    faults += [f"off by {units:+d} in {name}" for name, units in off.items()]
    return "; ".join(faults)


def _broken(program: LinearProgram, x: Ints) -> int:
    activity = program.activity(x)
    rows = (activity < program.row_lower) | (activity > program.row_upper)
    return int(rows.sum() + (x < 0).sum() + (x > program.upper).sum())


def _plan_fault(want: dict[str, Ints], got: dict[str, Ints]) -> str:
    different = 0
    for side, units in want.items():
        size = max(units.size, got[side].size)
        left, right = (np.pad(a, (0, size - a.size)) for a in (units, got[side]))
        different += int((left != right).sum())
    return f"{different} lines differ" if different else ""


def pair_count(program: LinearProgram) -> int:
    """Return how many variables the model of pairs has for its moves, without making them."""
    where = places(program)
    total = 0
    sides = []
    for block in (Block.CUT, Block.ADD):
        here = program.block == block
        _, first = np.unique(program.item[here], return_index=True)
        sides.append(np.bincount(where.leaf[here][first], minlength=program.rows))
    givers, receivers = sides
    is_open = np.zeros(program.rows, dtype=bool)
    is_open[where.leaf[program.block == Block.IN]] = True
    for pool in np.unique(where.pool_of_leaf[where.pool_of_leaf >= 0]).tolist():
        here = where.pool_of_leaf == pool
        total += int(givers[here].sum() * receivers[here & is_open].sum())
    return total + int((givers * receivers)[~is_open].sum())


def _tell(job: Job, name: str, repetition: int, seconds: float, why: str) -> None:
    what = why or f"{seconds:.3f} s"
    print(f"{job.name} · {repetition + 1} · {name}: {what}", file=sys.stderr, flush=True)
