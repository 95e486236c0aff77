"""The tables of the README, in Markdown, and how they get there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from math import isnan, nan
from pathlib import Path
from statistics import median

import numpy as np
from contestants import CONTESTANTS, PHASES, Goal
from memory import Memory
from race import Race

__all__ = [
    "again",
    "exponent",
    "growth",
    "heading",
    "memory",
    "peers",
    "phases",
    "propose",
    "seeds",
    "start_up",
    "write",
]

README = Path(__file__).with_name("README.md")
PROPOSE, SOLVE = "phanbo: propose", "phanbo: solve"
RIVALS = (
    "HiGHS",
    "HiGHS, one tier",
    "OR-Tools, min-cost flow, one tier",
    "PuLP pairs, HiGHS, one tier",
    "PuLP pairs, CBC, one tier",
)
PACKAGES = ("highspy", "pulp", "ortools", "cvxpy", "linopy", "pyomo", "networkx", "numpy", "pandas")


def write(block: str, text: str) -> None:
    """Put a text between the marks of a block of the README."""
    old = README.read_text(encoding="utf-8")
    head, middle, rest = old.partition(f"<!-- {block}: begin -->\n")
    _, mark, tail = rest.partition(f"<!-- {block}: end -->")
    if not (middle and mark):
        raise ValueError(f"{README.name} has no block {block!r}")
    README.write_text(f"{head}{middle}{text}\n{mark}{tail}", encoding="utf-8")


def versions() -> str:
    """Return what is installed of the packages that matter."""
    found = []
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"no {name}")
    return ", ".join(found)


def heading(case: str, size: int) -> str:
    """Return the name of a round as it heads a column."""
    return f"{case} {size:,}".replace(",", "\u202f")


def table(head: Iterable[object], rows: Iterable[Iterable[object]]) -> str:
    """Return a table; all columns but the first are numbers."""
    names = list(map(str, head))
    lines = [names, ["---", *["---:"] * (len(names) - 1)], *([str(c) for c in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def span(seconds: float) -> str:
    """Return a time as milliseconds, or as seconds from ten of them on."""
    if isnan(seconds):
        return "—"
    milliseconds = 1000 * seconds
    if milliseconds >= 10_000:
        return f"{seconds:.0f} s"
    return f"{milliseconds:.0f}" if milliseconds >= 10 else f"{milliseconds:.1f}"


def times(ratio: float) -> str:
    """Return a ratio with two figures or so."""
    if isnan(ratio):
        return "—"
    return f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.1f}" if ratio >= 1 else f"{ratio:.2f}"


def _cell(race: Race, name: str) -> str:
    """Return least and median, or why there is none."""
    runs = race.runs(name)
    if not runs:
        return f"— ({race.refused.get(name, 'not asked')})"
    return f"{span(min(runs))} / {span(median(runs))}"


def propose(races: Sequence[Race], repeat: int, budget: float) -> str:
    """Return `propose` against the solvers alone and the model of pairs."""
    head = ["", *(race.job.name for race in races)]
    sizes = [
        ["columns", *(race.job.program.columns for race in races)],
        ["rows", *(race.job.program.rows for race in races)],
        ["pairs", *(race.pairs for race in races)],
    ]
    names = ("phanbo: propose", *RIVALS)
    cells = [[_label(name), *(_cell(race, name) for race in races)] for name in names]
    ratios = [
        [f"**propose ÷ {_label(rival)}**", *(f"**{times(race.ratio(PROPOSE, rival))}**" for race in races)]
        for rival in RIVALS
    ]
    intro = f"{repeat} repetitions, at most {budget:.0f} s a run; milliseconds: least / median. {versions()}."
    return f"{intro}\n\n{table(head, [*sizes, *cells, *ratios])}"


def _label(name: str) -> str:
    """Return a name that says which tiers it solves."""
    return f"{name}, all tiers" if name == "HiGHS" else name


def phases(races: Sequence[Race]) -> str:
    """Return where the time of `propose` goes."""
    rows = []
    for phase in ("portfolio", *PHASES):
        cells = []
        for race in races:
            spent = median([run.get(phase, nan) for run in race.phases] or [nan])
            share = 100 * spent / race.median(PROPOSE)
            cells.append("—" if isnan(share) else f"{span(spent)} ({share:.0f} %)")
        rows.append([phase, *cells])
    return table(["", *(race.job.name for race in races)], rows)


def peers(races: Sequence[Race]) -> str:
    """Return every contestant that states the program itself, and what is wrong with its answers."""
    notes: list[str] = []
    rows = []
    for goal in (Goal.ALL, Goal.ONE):
        rows.append([f"*{goal.value}*", *[""] * len(races)])
        names = [name for name, contestant in CONTESTANTS.items() if contestant.goal is goal]
        rows += [[n.removesuffix(", one tier"), *(_against(race, n, notes) for race in races)] for n in names]
    said = "".join(f"\n{place}. {note}" for place, note in enumerate(notes, start=1))
    facts = f"\n\nNot the optimum, or not in whole units:\n{said}" if said else ""
    return table(["", *(race.job.name for race in races)], rows) + facts


def _against(race: Race, name: str, notes: list[str]) -> str:
    runs = race.runs(name)
    if not runs:
        return f"— ({race.refused.get(name, 'not asked')})"
    fault = race.faults.get(name)
    mark = ""
    if fault:
        notes.append(f"{name}, {race.job.name}: {fault}.")
        mark = f" [{len(notes)}]"
    ratio = "" if name == SOLVE else f" (× {times(race.ratio(name, SOLVE))})"
    return f"{span(median(runs))}{ratio}{mark}"


def exponent(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """Return the a of the straight line through log size and log time: time grows as size to the a."""
    known = [(n, s) for n, s in zip(sizes, seconds, strict=True) if not isnan(s)]
    if len({n for n, _ in known}) < 2:
        return nan
    x, y = np.log([n for n, _ in known]), np.log([s for _, s in known])
    return float(np.polyfit(x, y, 1)[0])


def growth(races: Sequence[Race]) -> str:
    """Return how time grows with the lines, from 2,000 lines on: below, what is fixed flatters."""
    rows = []
    for case in dict.fromkeys(race.job.case for race in races):
        ours = [race for race in races if race.job.case == case and race.job.size >= 2_000]
        for name in (PROPOSE, SOLVE, "HiGHS", "HiGHS, one tier", "PuLP pairs, HiGHS, one tier"):
            there = [race for race in ours if race.runs(name)]
            sizes = [race.job.size for race in there]
            power = exponent(sizes, [race.median(name) for race in there])
            if not isnan(power):
                rows.append([f"{case}, {name}", f"{min(sizes)} … {max(sizes)}", f"n^{power:.2f}"])
    return table(["", "lines", "growth"], rows)


def seeds(races: Sequence[Race]) -> str:
    """Return the solver alone against HiGHS over several seeds: median and worst."""
    rows = []
    for name in dict.fromkeys(race.job.name for race in races):
        same = [race for race in races if race.job.name == name]
        ratios = [race.ratio("HiGHS", SOLVE) for race in same]
        groups = [
            sum(not k.startswith(("leaf:", "pool:")) for k in race.job.program.row_keys) for race in same
        ]
        ours, theirs = (median(race.median(n) for race in same) for n in (SOLVE, "HiGHS"))
        shown = (f"{min(groups)} … {max(groups)}", span(ours), span(theirs))
        rows.append([name, len(same), *shown, f"**{times(median(ratios))}**", times(min(ratios))])
    head = ["", "seeds", "ceilings that join", "solve", "HiGHS", "HiGHS ÷ solve, median", "worst"]
    return table(head, rows)


def memory(found: Mapping[str, Memory]) -> str:
    """Return what `propose` takes in a fresh process, in MiB."""
    rows = [[name, *(round(v / 2**20) for v in (m.traced, m.before, m.peak))] for name, m in found.items()]
    head = ["MiB", "peak of its objects", "resident before", "resident at the peak"]
    return table(head, rows)


def start_up(seconds: Mapping[str, Sequence[float]]) -> str:
    """Return what an import costs in a fresh interpreter."""
    rows = []
    for name, runs in seconds.items():
        ratio = median(a / b for a, b in zip(runs, seconds["pandas"], strict=True))
        rows.append([f"`import {name}`" if name != "nothing" else name, span(median(runs)), times(ratio)])
    return table(["", "ms", "÷ pandas"], rows)


def again(found: Mapping[str, Mapping[str, Sequence[float]]]) -> str:
    """Return what a second answer costs, by round and way."""
    ways = list(dict.fromkeys(way for seconds in found.values() for way in seconds))
    rows = [[way, *(span(median(s[way])) for s in found.values())] for way in ways]
    return table(["ms", *found], rows)
