"""Measure phanbo and its peers, and write every table and the picture of the README.

``python benchmarks/run.py`` measures all parts; ``--part`` some of them, each written when it is complete.
``--case``, ``--contestant`` (both may be repeated) and ``--quick`` measure less and only print.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

import again
import memory
import picture
import start
import tables
from cases import CASES, job_of
from contestants import CONTESTANTS
from race import Race, race
from worker import workers

__all__ = ["PARTS", "main"]

SEEDS = {2_000: (1, 2, 3, 4, 5, 6, 7), 20_000: (1, 2, 3)}
MEMORY = ("province", "Peru", "country")
PHANBO_ALONE = ["phanbo: propose"]
QUICK = 100
"""Lines of every round where it only has to run."""


def rounds(asked: argparse.Namespace) -> list[tuple[str, int, bool]]:
    """Return (case, lines, whether phanbo is alone) of the rounds asked for, those without their file left out."""
    found = []
    for name, case in CASES.items():
        if case.needs is not None and not case.needs.is_file():
            print(f"{name}: left out, there is no {case.needs.name}")
            continue
        every = [(size, False) for size in case.sizes] + [(size, True) for size in case.large]
        for size, alone in [(QUICK, not case.sizes)] if asked.quick else every:
            if not asked.case or name in asked.case or f"{name} {size}" in asked.case:
                found.append((name, size, alone))
    return found


def contestants(asked: argparse.Namespace) -> list[str]:
    """Return the contestants whose names contain one of the words asked for."""
    words = [word.lower() for word in asked.contestant]
    return [name for name in CONTESTANTS if not words or any(word in name.lower() for word in words)]


def races(asked: argparse.Namespace) -> dict[str, str]:
    """All contestants on all cases."""
    held, warm, names = [], job_of("province", 60), contestants(asked)
    too_slow: dict[tuple[str, str], str] = {}
    with workers(names, asked.budget) as every:
        for case, size, alone in rounds(asked):
            here = {name: every[name] for name in PHANBO_ALONE if name in every} if alone else every
            held.append(race(job_of(case, size), here, asked.repeat, warm, too_slow))
    if complete(asked):
        picture.draw(held, asked.budget)
    together = [r for r in held if CASES[r.job.case].sizes]
    return {
        "propose": tables.propose(together, asked.repeat, asked.budget),
        "phases": tables.phases(held),
        "peers": tables.peers(together),
        "growth": tables.growth(held),
    }


def seeds(asked: argparse.Namespace) -> dict[str, str]:
    """The solver alone against HiGHS, on rounds drawn from several seeds."""
    held: list[Race] = []
    warm = job_of("province", 60)
    with workers(["phanbo: solve", "HiGHS"], asked.budget) as both:
        for case, size, alone in rounds(asked):
            if alone or not CASES[case].seeded:
                continue
            drawn = (1, 2) if asked.quick else SEEDS.get(size, ())
            jobs = (job_of(case, size, seed) for seed in drawn)
            held += [race(job, both, min(3, asked.repeat), warm, {}) for job in jobs]
    return {"seeds": tables.seeds(held)}


def memories(asked: argparse.Namespace) -> dict[str, str]:
    """What `propose` takes in a fresh process."""
    found = {
        tables.heading(case, size): memory.measure(case, size)
        for case, size, _ in rounds(asked)
        if case in MEMORY and (size >= 2_000 or asked.quick)
    }
    return {"memory": tables.memory(found)}


def start_up(asked: argparse.Namespace) -> dict[str, str]:
    """What an import costs."""
    return {"start": tables.start_up(start.measure(asked.repeat))}


def second(asked: argparse.Namespace) -> dict[str, str]:
    """What a second answer costs after a small change."""
    found = {
        tables.heading(case, size): again.measure(case, size, asked.repeat)
        for case, size, alone in rounds(asked)
        if not alone and case == "province"
    }
    return {"again": tables.again(found)}


PARTS: dict[str, Callable[[argparse.Namespace], dict[str, str]]] = {
    "races": races,
    "seeds": seeds,
    "memory": memories,
    "start": start_up,
    "again": second,
}


def complete(asked: argparse.Namespace) -> bool:
    """Whether nothing was left out, so that the README may be written."""
    files = all(case.needs is None or case.needs.is_file() for case in CASES.values())
    installed = not any(contestant.missing for contestant in CONTESTANTS.values())
    return files and installed and not (asked.quick or asked.case or asked.contestant)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what is asked for, print the tables, write them down when they are complete."""
    parser = argparse.ArgumentParser(description="Measure phanbo and its peers.")
    known = ", ".join(CASES)
    parser.add_argument("--part", action="append", choices=PARTS, help="a part (all)")
    parser.add_argument(
        "--case", action="append", default=[], help=f"a case, or case and size, of: {known} (all)"
    )
    parser.add_argument("--contestant", action="append", default=[], help="a word of its name (all)")
    parser.add_argument("--repeat", type=int, default=9, help="repetitions (9)")
    parser.add_argument("--budget", type=float, default=60.0, help="seconds one run may take (60)")
    parser.add_argument("--quick", action="store_true", help="once, on few lines, to see that it works")
    asked = parser.parse_args(arguments)
    if asked.quick:
        asked.repeat = 1
    for part in asked.part or PARTS:
        for block, text in PARTS[part](asked).items():
            print(f"\n{text}", flush=True)
            if complete(asked):
                tables.write(block, text)


if __name__ == "__main__":
    main()
