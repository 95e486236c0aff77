"""Measure `propose_many` on a synthetic country of 34 provinces of 6,000 lines; write the table to README.md.

Run ``python benchmarks/country.py [--provinces N] [--lines N] [--workers N …] [--engine NAME …] [--one]``. The
shape of the lines is that of `province` (sources, owners, projects with several sources, half of the ceilings tight).
Drawn from public data are:

* *plans, shares paid*: a line follows a Peruvian project of 2020 (`pim`, and `accrued` ÷ `pim`), each province those
  of one regional government; plans are scaled so that a line has its part of Viet Nam's plan of 2024, shares are bent
  (s → s^γ) to the national level on 15/9/2024, between the rates published for 31/8 and 30/9;
* *needs and offers*: the ratio `pim` ÷ `pia` of another project of the same government: above 1 a line needs the
  difference (its plan once more at most), below 1 it offers it.

Every contestant runs in a process of its own, so that peaks of memory are its own, and they take turns. ``here`` is
this process alone, ``one`` the same lines as one portfolio: names of owners, sources and projects begin with their
province. (What the law compares with the province's average is then compared with the country's.)
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import province
from calibrate_absorption import PROJECTS, data_folder
from setting import Setting

from phanbo import Batch, Policy, Portfolio, Task, load_calendar, load_rulebook, propose, propose_many

__all__ = ["NEEDS", "build", "lines", "main", "measure", "tables"]

README = Path(__file__).with_name("README.md")
MARKS = ("<!-- country: begin -->", "<!-- country: end -->")
RATES = "vn_national_rates.csv"
NEEDS = (PROJECTS, RATES)
"""Files of the data folder that it needs."""

PROVINCES, LINES = 34, 6_000
ENGINES = ("here", "process", "dask", "threads")
SETTING: dict[str, Any] = {"calendar": "lang-son-2024", "round": 2, "as_of": "2024-09-15"}
MILLION = 1_000_000
PREFIXED = ("project_id", "owner", "source")


# -- the country ----------------------------------------------------------------------------------------


def published() -> pd.DataFrame:
    """Return the real projects with their share paid, at the national level, and the ratio of their changes."""
    found = pd.read_csv(data_folder() / PROJECTS).query("pim > 0")
    rates = pd.read_csv(data_folder() / RATES)
    plan = rates.loc[rates["body"] == "VIETNAM PM plan", "plan_bn_vnd"].iloc[0] * 1e9
    share = found["accrued"] / found["pim"]
    return pd.DataFrame(
        {
            "region": found["region"],
            "plan": found["pim"] * (plan / (PROVINCES * LINES * found["pim"].mean())),
            "share": _bent(share, found["pim"], _level(rates)),
            "ratio": found["pim"] / found["pia"].where(found["pia"] > 0),
        }
    )


def _level(rates: pd.DataFrame) -> float:
    """Return the share of the national plan paid by 15/9/2024: half-way between the two rates around it."""
    paid = rates.set_index("as_of")["disbursed_bn_vnd"]
    plan = rates.loc[rates["body"] == "VIETNAM PM plan", "plan_bn_vnd"].iloc[0]
    rate = rates.loc[rates["as_of"] == "2024-09-30", "rate_pct"].iloc[0] / 100
    return float(paid["2024-08-31"].max() / plan + rate) / 2


def _bent(share: pd.Series[float], weight: pd.Series[float], level: float) -> pd.Series[float]:
    """Return shares raised to one power, so that their weighted mean is *level*."""
    low, high = 0.05, 20.0
    for _ in range(60):
        power = (low + high) / 2
        above = np.average(share**power, weights=weight) > level
        low, high = (power, high) if above else (low, power)
    return share**low


def lines(size: int, number: int, real: pd.DataFrame) -> pd.DataFrame:
    """Return about *size* lines of province *number*, counted from 0."""
    rng = np.random.default_rng([2024, number])
    shape = province.lines(size, seed=number)
    regions = sorted(real["region"].unique())
    here = real[real["region"] == regions[number % len(regions)]]
    drawn = here.iloc[rng.integers(0, len(here), size)]
    changed = here["ratio"].dropna().to_numpy()
    ratio = changed[rng.integers(0, len(changed), size)]
    # A tenth more or less, so that two lines that follow one project are not alike.
    plan = (drawn["plan"].to_numpy() * rng.uniform(0.9, 1.1, size)).astype(np.int64) // MILLION * MILLION
    plan = np.maximum(plan, MILLION)
    paid = (plan * np.clip(drawn["share"].to_numpy() * rng.uniform(0.9, 1.1, size), 0, 1)).astype(np.int64)
    need = (plan * np.clip(ratio - 1, 0, 1)).astype(np.int64) // MILLION * MILLION
    offer = np.minimum(plan - paid, (plan * np.clip(1 - ratio, 0, 1)).astype(np.int64))

    def of_project(values: np.ndarray[Any, np.dtype[np.int64]]) -> pd.Series[int]:
        return pd.Series(values).groupby(shape["project_id"]).transform("sum")

    projects, codes = np.unique(shape["project_id"], return_inverse=True)
    scarce = (rng.random(len(projects)) < 0.5)[codes]  # half of the ceilings are tighter than the needs below
    allocated = of_project(plan) * 2
    room = of_project(need) * np.where(scarce, 50, 120) // 100 // MILLION * MILLION
    return shape.assign(
        plan=plan,
        disbursed=paid,
        committed=(plan - paid) // 20,
        requested_increase=need,
        offered_decrease=offer,
        total_investment=allocated + room,
        allocated_to_date=allocated,
        medium_term_plan=3 * plan,
        medium_term_allocated=2 * plan,
    )


def tasks(provinces: int, size: int) -> list[Task]:
    """Return one round a province."""
    real = published()
    return [Task(f"Tỉnh {k + 1:02d}", Portfolio(lines(size, k, real)), **SETTING) for k in range(provinces)]


def one_portfolio(provinces: int, size: int) -> Portfolio:
    """Return the whole country as one portfolio, each province in pools, owners and projects of its own."""
    parts, sources = _tables(provinces, size)
    return Portfolio(parts, sources=sources)


def build(size: int, seed: int = 0) -> Setting:  # noqa: ARG001 — the figures are published ones
    """Return round 2 of provinces of 6,000 lines as one portfolio, *size* lines in all."""
    parts, sources = _tables(max(1, size // LINES), min(size, LINES))
    book, calendar = load_rulebook("vn-2020"), load_calendar(SETTING["calendar"])
    return Setting(parts, calendar, book, Policy(), SETTING["round"], SETTING["as_of"], sources)


def _tables(provinces: int, size: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    real, parts, sources = published(), [], []
    for k in range(provinces):
        frame = lines(size, k, real)
        kinds = Portfolio(frame).lines[["source", "kind"]].drop_duplicates()
        prefix = f"Tỉnh {k + 1:02d} · "
        sources.append(kinds.assign(source=prefix + kinds["source"]))
        parts.append(frame.assign(**{name: prefix + frame[name] for name in PREFIXED}))
    return pd.concat(parts, ignore_index=True), pd.concat(sources, ignore_index=True)


# -- measuring ------------------------------------------------------------------------------------------


@contextmanager
def _hands(engine: str, workers: int) -> Iterator[Executor | Any | None]:
    """Give an executor that has begun: its workers have imported phanbo and solved a small round."""
    warm = Task("w", Portfolio(province.lines(60)), **SETTING)
    if engine == "here":
        propose_many([warm], workers=1)
        yield None
    elif engine == "dask":
        with _dask(workers) as client:
            client.run(warm.propose)
            yield client
    else:
        own = ThreadPoolExecutor(workers) if engine == "threads" else None
        with own or ProcessPoolExecutor(workers, get_context("spawn")) as executor:
            # Two slow things for every worker, so that none stays away.
            for future in [executor.submit(_begin, warm) for _ in range(2 * workers)]:
                future.result()
            yield executor


@contextmanager
def _dask(workers: int) -> Iterator[Any]:
    distributed: Any = import_module("distributed")  # not typed all through
    quiet = {"dashboard_address": None, "worker_dashboard_address": None, "silence_logs": logging.CRITICAL}
    with (
        distributed.LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, **quiet) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def _begin(task: Task) -> None:
    task.propose()
    time.sleep(0.2)


def measure(engine: str, workers: int, provinces: int, size: int, *, keep: bool = False) -> dict[str, Any]:
    """Return the figures of one contestant: seconds, what was proved, MiB at the peak.

    With *keep* every proposal is kept as a case folder by the worker that made it, as a run in earnest does.
    """
    before = time.perf_counter()
    if engine == "one":
        portfolio = one_portfolio(provinces, size)
        start, busy = time.perf_counter(), time.process_time()
        proposal = propose(portfolio, **SETTING)
        seconds, verified, count = time.perf_counter() - start, 1, len(portfolio)
        busy = time.process_time() - busy
        figures = {"cut": proposal.summary["cut"]}
        ready = start - before
    else:
        given = tasks(provinces, size)
        begin = time.perf_counter()
        with _hands(engine, workers) as executor, TemporaryDirectory() as place:
            folder = Path(place) / "cases" if keep else None
            start, busy = time.perf_counter(), time.process_time()
            batch: Batch = propose_many(given, executor=executor, workers=workers, folder=folder)
            seconds, ready = time.perf_counter() - start, start - begin
            busy = time.process_time() - busy
        batch.raise_failures()
        verified = len(batch.outcomes)  # nothing unverified ever becomes a proposal
        count = sum(found.figures["lines"] for found in batch.outcomes)
        figures = {found.name: found.figures for found in batch.outcomes}
    return {
        "seconds": seconds,
        "busy": busy,
        "ready": ready,
        "verified": verified,
        "lines": count,
        "digest": hashlib.sha256(json.dumps(figures).encode()).hexdigest(),
        "parent": _peak(resource.RUSAGE_SELF),
        "worker": _peak(resource.RUSAGE_CHILDREN),
    }


def _peak(who: int) -> int:
    """Return a peak of memory, MiB; of children: that of the largest one."""
    return resource.getrusage(who).ru_maxrss // (2**20 if sys.platform == "darwin" else 2**10)


def _apart(engine: str, workers: int, asked: argparse.Namespace) -> dict[str, Any]:
    """Measure a contestant in a process of its own."""
    words = [sys.executable, __file__, "--only", engine, "--workers", str(workers)]
    words += ["--provinces", str(asked.provinces), "--lines", str(asked.lines), *["--keep"] * asked.keep]
    run = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 — ourselves
    figures: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return figures


# -- telling --------------------------------------------------------------------------------------------

Contestant = tuple[str, int]


def tables(found: dict[Contestant, list[dict[str, Any]]], repeat: int) -> str:
    """Return the table in Markdown."""
    head = ["contestant", "verified", "lines", "seconds", "lines a second", "parent busy", "start"]
    head += ["parent MiB", "worker MiB"]
    rows = [head, ["---", *["---:"] * (len(head) - 1)]]
    for (engine, workers), runs in found.items():
        seconds = [run["seconds"] for run in runs]
        rows.append(
            [
                engine if engine in ("here", "one") else f"{engine}, {workers}",
                str(runs[0]["verified"]),
                str(runs[0]["lines"]),
                f"{min(seconds):.1f} / {median(seconds):.1f}",
                f"{runs[0]['lines'] / median(seconds):.0f}",
                f"{median(run['busy'] for run in runs):.1f}",
                f"{median(run['ready'] for run in runs):.1f}",
                str(max(run["parent"] for run in runs)),
                str(max(run["worker"] for run in runs)),
            ]
        )
    lines_ = ["| " + " | ".join(row) + " |" for row in rows]
    intro = (
        f"{repeat} repetitions; seconds: least / median; parent busy: its own processor time, which no worker can "
        "share; start: seconds to start the workers, or to build the one portfolio."
    )
    return "\n".join([intro, "", *lines_, "", *_ratios(found)])


def _ratios(found: dict[Contestant, list[dict[str, Any]]]) -> list[str]:
    """Return how much faster more workers are, each engine against itself."""
    said = []
    for engine in dict.fromkeys(engine for engine, _ in found):
        counts = sorted(workers for other, workers in found if other == engine)
        for many in counts[1:]:
            pairs = zip(found[engine, counts[0]], found[engine, many], strict=True)
            ratio = median(few["seconds"] / more["seconds"] for few, more in pairs)
            said.append(f"* **{engine}: {many} workers are {ratio:.2f}× as fast as {counts[0]}**")
    return said


def _race(asked: argparse.Namespace) -> dict[Contestant, list[dict[str, Any]]]:
    contestants: list[Contestant] = []
    for engine in asked.engine:
        contestants += [(engine, 1)] if engine == "here" else [(engine, n) for n in asked.workers]
    found: dict[Contestant, list[dict[str, Any]]] = {each: [] for each in contestants}
    for _ in range(asked.repeat):
        for each in contestants:
            found[each].append(_apart(*each, asked))
            print(*each, json.dumps(found[each][-1]), file=sys.stderr)
    if len({run["digest"] for runs in found.values() for run in runs}) > 1:
        raise AssertionError("two contestants reach different plans")
    if asked.one:
        found["one", 1] = [_apart("one", 1, asked)]
    return found


def write(text: str) -> None:
    """Put the table between its marks of the README."""
    head, _, rest = README.read_text(encoding="utf-8").partition(MARKS[0])
    tail = rest.partition(MARKS[1])[2]
    README.write_text(f"{head}{MARKS[0]}\n{text}\n{MARKS[1]}{tail}", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what is asked for and print the table; write it down when the country is whole."""
    parser = argparse.ArgumentParser(description="Measure propose_many on a synthetic country.")
    parser.add_argument("--provinces", type=int, default=PROVINCES, help=f"({PROVINCES})")
    parser.add_argument("--lines", type=int, default=LINES, help=f"of a province ({LINES})")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="(1 2)")
    parser.add_argument("--engine", nargs="*", choices=ENGINES, default=["here", "process", "dask"])
    parser.add_argument("--repeat", type=int, default=3, help="repetitions (3)")
    parser.add_argument("--one", action="store_true", help="also all lines as one portfolio")
    parser.add_argument("--keep", action="store_true", help="keep every proposal as a case folder")
    parser.add_argument("--only", help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    missing = [name for name in NEEDS if not (data_folder() / name).is_file()]
    if missing:
        print(f"left out, there is no {', '.join(missing)} in {data_folder()}")
        return
    if asked.only:
        found = measure(asked.only, asked.workers[0], asked.provinces, asked.lines, keep=asked.keep)
        print(json.dumps(found))
        return
    text = tables(_race(asked), asked.repeat)
    print(text)
    whole = (asked.provinces, asked.lines) == (PROVINCES, LINES) and not asked.keep
    if whole and asked.one and "dask" in asked.engine:
        write(text)


if __name__ == "__main__":
    main()
