"""The same tiers solved by another solver of PuLP's, for a second opinion on a plan.

Nothing a solver says of itself is believed: its amounts are read as integers, every row is checked in integers, and
what a tier is worth is computed from the amounts. Solvers that talk through text files keep some six digits of an
amount and twelve of a coefficient: wide columns are parted into narrow ones, and what needs more digits is refused.
"""

from __future__ import annotations

import copy
import os
import subprocess
import tempfile
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import IOBase
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from phanbo.errors import PolicyError
from phanbo.grouping import exact_dot, sum_by
from phanbo.money import Ints
from phanbo.program import Block, LinearProgram, TierCosts
from phanbo.solver.interrupt import held_back, watching
from phanbo.solver.reference import line_by_line
from phanbo.solver.solution import Limits, Solver
from phanbo.solver.stating import state

__all__ = ["Opinion", "find_solver", "second_opinion"]

WIDEST = 999_999
"""The most units of a column in a text file: older GLPKs write six digits, the CBC of PuLP 3 eight."""

MOST_PARTS = 1_000
"""Parts of a column at most."""

LARGEST = {True: 10**12, False: 2**53}
"""No number may be this large in a text file, where PuLP writes twelve digits, and in process, where it is a double."""

COLUMNS = 30_000
"""Columns solved at a time, whole components only."""

WHOLE = 1e-3
"""How far an amount may be from a whole number of units."""

GRACE = 1.0
"""Seconds a solver gets beyond the time limit: that it has passed is for phanbo to say."""


@dataclass(frozen=True, eq=False)
class Opinion:
    """Another solver's plan, in units by column; `fault` (Vietnamese, English) tells why it is none, else it is empty."""

    x: Ints
    fault: tuple[str, str] | None = None


class _NoPlan(Exception):
    """What a solver answered is no plan: why, in both languages."""


def find_solver(wanted: str | Solver) -> Any:
    """Return a PuLP solver, silent and as exact as it can be, for a name (``"COIN_CMD"``) or a solver of PuLP's.

    Raises
    ------
    PolicyError
        When PuLP knows no such solver, or it is not installed.
    """
    import pulp

    if isinstance(wanted, pulp.LpSolver):
        solver = copy.copy(wanted)
        solver.optionsDict = dict(wanted.optionsDict)
    elif wanted in pulp.listSolvers():
        solver = pulp.getSolver(wanted, msg=False)
    else:
        raise _not_there(wanted)
    if not solver.available():
        raise _not_there(solver.name)
    solver.msg, solver.keepFiles, solver.mip = False, False, True
    solver.optionsDict["gapRel"] = 0.0
    if isinstance(solver, pulp.HiGHS):
        solver.threads, solver.gapRel = 1, 0.0
    return solver


def _not_there(wanted: object) -> PolicyError:
    import pulp

    here = pulp.listSolvers(onlyAvailable=True)
    return PolicyError(
        f"Không có bộ giải “{wanted}” trên máy này; có: {', '.join(here)}. Hãy cài thêm hoặc chọn bộ giải khác.",
        f"There is no solver {wanted!s} on this machine; there are: {', '.join(here)}. Install it or name another one.",
        {"solver": str(wanted), "installed": here},
    )


def second_opinion(program: LinearProgram, solver: Any, ours: Ints, limits: Limits) -> Opinion:
    """Return the plan another solver comes to, tier by tier on its own values.

    After the last tier, ties are broken further only while its plan is not that of *ours*.

    Raises
    ------
    PolicyError
        When the amounts have more digits than the solver can be told.
    Stopped
        When time ran out or the work was cancelled.
    """
    x = np.zeros(program.columns, dtype=np.int64)
    done = 0
    for columns, part, integer in _parts(program):
        try:
            x[columns] = _tier_by_tier(part, solver, ours[columns], limits, integer=integer)
        except _NoPlan as error:
            return Opinion(x, (error.args[0], error.args[1]))
        done += columns.size
        limits.tell("cross_check", done, program.columns)
    return Opinion(x)


def _parts(program: LinearProgram) -> Iterator[tuple[Ints, LinearProgram, bool]]:
    """Yield columns and program of some components at a time, and whether it is an integer program."""
    marks = np.array(sorted(program.marked), dtype=np.int64)
    plain = ~np.isin(program.component, marks)
    if plain.any():
        network = program.restrict(plain, ~np.isin(program.row_component, marks))
        for columns, _, part in network.chunks(COLUMNS):
            yield np.flatnonzero(plain)[columns], part, False
    for mark in marks.tolist():
        columns = np.flatnonzero(program.component == mark)
        if columns.size:
            yield columns, program.part(mark), True


def _tier_by_tier(program: LinearProgram, solver: Any, ours: Ints, limits: Limits, *, integer: bool) -> Ints:
    """Return the solver's plan of some components; a row each keeps the tiers before at the values it came to."""
    import pulp

    text = isinstance(solver, pulp.apis.LpSolver_CMD)
    narrow, owner = _parted(program) if text else (program, np.arange(program.columns))
    every = line_by_line(program, np.ones(program.columns, dtype=bool))
    further = every if integer else chain(program.tiebreaks, every)
    x = ours
    asked: list[TierCosts] = []
    values: list[int] = []
    for number, tier in enumerate(chain(program.tiers, further)):
        last = number - len(program.tiers) + 1
        if last > 0 and _same(program, x, ours):
            break
        if not tier.cost.any() and last:
            continue  # nothing to be minimised, and not the tier that makes the plan
        asked.append(TierCosts(tier.name, tier.cost[owner]))
        stated = replace(narrow, tiers=tuple(asked))
        _refuse_digits(stated, values, LARGEST[text])
        x = sum_by(owner, _asked(stated, values, solver, limits, integer=integer), program.columns)
        value, (numerator, denominator) = exact_dot(tier.cost, x), tier.tolerance
        values.append(value + abs(value) * numerator // denominator)
    return x


def _same(program: LinearProgram, x: Ints, ours: Ints) -> bool:
    """Return whether two plans cut and raise every line by the same."""
    moves = program.block <= Block.ADD
    key = 2 * program.item[moves] + program.block[moves]
    return not sum_by(key, (x - ours)[moves], int(key.max(initial=0)) + 1).any()


def _parted(program: LinearProgram) -> tuple[LinearProgram, Ints]:
    """Return the program with each wide column as several narrow ones, and the column each one is a part of."""
    count = np.maximum(1, -(-program.upper // WIDEST))
    if count.max(initial=0) > MOST_PARTS:
        raise _too_large(int(program.upper.max()))
    owner = np.repeat(np.arange(program.columns), count)
    place = np.arange(owner.size) - np.repeat(np.cumsum(count) - count, count)
    copies = count[program.column]
    entry = np.repeat(np.arange(program.column.size), copies)
    within = np.arange(entry.size) - np.repeat(np.cumsum(copies) - copies, copies)
    return (
        replace(
            program,
            block=program.block[owner],
            item=program.item[owner],
            upper=np.minimum(WIDEST, program.upper[owner] - WIDEST * place),
            slope=program.slope[owner],
            row=program.row[entry],
            column=(np.cumsum(count) - count)[program.column[entry]] + within,
            value=program.value[entry],
            component=program.component[owner],
        ),
        owner,
    )


def _refuse_digits(program: LinearProgram, values: list[int], largest: int) -> None:
    sizes = [np.abs(side).max(initial=0) for side in (program.row_lower, program.row_upper, program.upper)]
    most = max([*map(int, sizes), *map(abs, values)])
    if most >= largest:
        raise _too_large(most)


def _too_large(amount: int) -> PolicyError:
    return PolicyError(
        f"Không thể đối chiếu bằng bộ giải này: số {amount} có quá nhiều chữ số. Hãy dùng đơn vị (unit) lớn hơn hoặc HiGHS.",
        f"This solver cannot check the round: {amount} has too many digits for it. Use a larger unit, or HiGHS.",
        {"amount": amount},
    )


def _asked(program: LinearProgram, values: list[int], solver: Any, limits: Limits, *, integer: bool) -> Ints:
    """Return the solver's answer to one tier, checked."""
    problem = state(program, integer=integer, values=values)
    rest = limits.left()
    solver.timeLimit = None if rest == float("inf") else rest + GRACE
    _solve(problem, solver, limits)
    limits.left()
    found = {variable.name: variable.varValue for variable in problem.variables()}
    told = [found.get(f"x{k:07d}") or 0.0 for k in range(program.columns)]
    if not all(isinstance(value, int | float) and abs(value) <= LARGEST[False] for value in told):
        raise _NoPlan("lời giải không phải là số", "its amounts are no numbers")
    raw = np.array(told)
    x: Ints = np.rint(raw).astype(np.int64)
    if np.abs(raw - x).max(initial=0) > WHOLE:
        raise _NoPlan("lời giải không nguyên", "its amounts are no whole units")
    activity = program.activity(x)
    broken = np.flatnonzero((activity < program.row_lower) | (activity > program.row_upper))
    if broken.size:
        key = program.row_keys[broken[0]]
        raise _NoPlan(f"lời giải vi phạm ràng buộc {key}", f"its amounts break the row {key}")
    if (x < 0).any() or (x > program.upper).any():
        raise _NoPlan("lời giải vượt giới hạn của dòng vốn", "its amounts leave the bounds")
    return x


def _solve(problem: Any, solver: Any, limits: Limits) -> None:
    """Let the solver write into the problem; its files and its process are gone afterwards, whatever happens."""
    import pulp

    try:
        if isinstance(solver, pulp.HiGHS):
            with held_back() as pressed:
                call, solver.callbacksToActivate = watching(pressed, limits.cancel)
                solver.callbackTuple = (call, None)
                problem.solve(solver)
        else:
            with tempfile.TemporaryDirectory(prefix="phanbo-", dir=_plain_place()) as folder:
                solver.tmpDir = folder
                problem.solve(solver)
    except Exception as error:
        _end_processes(error)
        raise _NoPlan(f"bộ giải hỏng: {error}", f"it failed: {error}") from error
    except BaseException as error:
        _end_processes(error)
        raise


def _plain_place() -> str:
    """Return where temporary files go: a place without blanks where there is one, as PuLP's CBC parts paths at them."""
    usual = tempfile.gettempdir()
    for place in (usual, "/tmp", "/var/tmp", str(Path.cwd())):  # noqa: S108 — a private folder is made there
        if not any(map(str.isspace, place)) and os.access(place, os.W_OK | os.X_OK):
            return place
    return usual


def _end_processes(error: BaseException) -> None:
    """End the process and close the files PuLP was busy with: it leaves both behind when it is interrupted."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if not str(frame.f_globals.get("__name__")).startswith("pulp"):
            continue
        for value in list(frame.f_locals.values()):
            if isinstance(value, subprocess.Popen):
                value.kill()
                value.wait()
            elif isinstance(value, IOBase):
                value.close()
