"""The cases: a family of rounds, the sizes it is measured at, and what a round is to a contestant.

A contestant meets a `Job`: the round by name (each process builds it for itself) and its linear program as
arrays. The answers are judged against `truth`: the reference solver, whose every tier is proved in integers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

import country
import numpy as np
import peru
import province
from setting import Setting

from phanbo import Policy, decision
from phanbo.assemble import assemble
from phanbo.money import Ints
from phanbo.program import Block, LinearProgram
from phanbo.solver import reference

__all__ = ["CASES", "SEED", "Case", "Job", "Truth", "by_line", "job_of", "truth"]


@dataclass(frozen=True)
class Case:
    """A family of rounds.

    Attributes
    ----------
    build : callable
        Takes a number of lines and a seed.
    sizes : tuple of int
        Numbers of lines at which all contestants meet.
    large : tuple of int
        Numbers of lines at which only `propose` is measured; its own certificate is the judge there.
    needs : Path, optional
        A file without which the case is left out.
    """

    build: Callable[[int, int], Setting]
    sizes: tuple[int, ...] = ()
    large: tuple[int, ...] = ()
    needs: Path | None = None
    seeded: bool = True


CASES = {
    "province": Case(province.build, (400, 2_000, 6_000, 20_000)),
    "loose": Case(province.build_loose, (2_000, 20_000)),
    "dense": Case(province.build_dense, (2_000, 20_000)),
    "Peru": Case(peru.build, (5_108,), needs=peru.projects_file(), seeded=False),
    "country": Case(country.build, large=(6_000, 60_000, 204_000), needs=peru.projects_file(), seeded=False),
}
SEED = 2024


@dataclass(frozen=True, eq=False)
class Job:
    """One round to be measured: which it is, and its program."""

    case: str
    size: int
    seed: int
    program: LinearProgram

    @property
    def name(self) -> str:
        """The heading of its column."""
        return f"{self.case} {self.size:,}".replace(",", "\u202f")


@dataclass(frozen=True, eq=False)
class Truth:
    """The proved optimum: tier values in order, the disbursement tier on its own, the unique plan."""

    values: dict[str, int]
    alone: int | None
    x: Ints


class _Assembled(BaseException):
    """Carries the program out of `propose`; no ``except Exception`` on the way may stop it."""

    def __init__(self, program: LinearProgram) -> None:
        super().__init__()
        self.program = program


def job_of(case: str, size: int, seed: int = SEED, policy: Policy | None = None) -> Job:
    """Build a round and return it with the program that `propose` would solve, under *policy* if given."""
    setting = CASES[case].build(size, seed)
    if policy is not None:
        setting = replace(setting, policy=policy)

    def stop(*args: object, **kwargs: object) -> LinearProgram:
        raise _Assembled(assemble(*args, **kwargs))  # type: ignore[arg-type]

    with patch.object(decision, "assemble", stop):
        try:
            setting.propose()
        except _Assembled as caught:
            return Job(case, size, seed, caught.program)
    raise AssertionError("propose did not assemble a program")


def truth(program: LinearProgram, *, alone: bool = True) -> Truth:
    """Return the lexicographic optimum and, if asked, that of ``disbursement`` alone; both proved."""
    solved = reference.solve(program)
    values = {t.name: t.value for t in solved.tiers}
    if not alone:
        return Truth(values, None, solved.x)
    tier = next(t for t in program.tiers if t.name == "disbursement")
    # The canonical tier makes it unique, so that no tie break is tried line by line.
    single = reference.solve(replace(program, tiers=(tier, program.tiers[-1])))
    return Truth(values, single.tiers[0].value, solved.x)


def by_line(program: LinearProgram, x: Ints) -> dict[str, Ints]:
    """Return the cut and the add of every line in units."""
    changed = np.isin(program.block, (Block.CUT, Block.ADD))
    lines = int(program.item[changed].max(initial=-1)) + 1
    return {
        block.name.lower(): np.bincount(
            program.item[program.block == block], x[program.block == block], lines
        ).astype(np.int64)
        for block in (Block.CUT, Block.ADD)
    }
