"""Synthetic provinces: lines of several sources and owners, drawn from a seed. Figures invented; only the shape is meant.

* `build`: about a quarter of the lines belong to projects with several sources, and about half of the ceilings
  are tighter than the needs below them, which joins pools.
* `build_loose`: the same lines, no ceiling so tight that it joins pools.
* `build_dense`: the hard case. Every line can give or receive, its forecast is wide, so that many levels are used,
  and a fifth of the lines is in projects of several sources, all with a tight ceiling.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from setting import Setting

from phanbo import Policy, load_calendar, load_rulebook

__all__ = ["build", "build_dense", "build_loose", "lines"]

MILLION = 1_000_000
SOURCES = (
    "Ngân sách tỉnh",
    "Tiền sử dụng đất",
    "Xổ số kiến thiết",
    "Tăng thu ngân sách tỉnh",
    "Bội chi ngân sách địa phương",
    "Ngân sách trung ương",
)
SECTORS = ("Giáo dục", "Y tế", "Giao thông", "Thủy lợi")
STAGES = ("transitional", "new_start", "completed", "preparation")


def lines(size: int, seed: int = 2024, scarce_share: float = 0.5) -> pd.DataFrame:
    """Return about *size* capital lines of plan year 2024, one row a project × source.

    Of the projects, *scarce_share* hold about half of what they need, the others more than all of it.
    """
    rng = np.random.default_rng(seed)
    project = np.repeat(np.arange(size), rng.choice([1, 2, 3], size, p=[0.85, 0.1, 0.05]))[:size]
    count = int(project[-1]) + 1
    owner = rng.integers(0, max(2, size // 20), count)
    sector = rng.integers(0, len(SECTORS), count)
    stage = rng.choice(len(STAGES), count, p=[0.6, 0.25, 0.1, 0.05])
    first = rng.integers(0, len(SOURCES), count)
    later = np.arange(size) - np.searchsorted(project, project)  # 0 for the first line of its project
    plan = np.exp(rng.normal(8.5, 1.2, size)).astype(np.int64) * MILLION
    share = np.clip(rng.beta(1.6, 1.6, count)[project] + rng.normal(0, 0.05, size), 0, 1)
    need = np.where(share > 0.5, plan * rng.integers(10, 60, size) // 100, 0) // MILLION * MILLION

    def of_project(values: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pd.Series[int]:
        return pd.Series(values).groupby(project).transform("sum")

    scarce = rng.random(count) < scarce_share
    room = of_project(need) * np.where(scarce[project], 50, 120) // 100 // MILLION * MILLION
    allocated = of_project(plan) * 2
    return pd.DataFrame(
        {
            "project_id": [f"DA{k:05d}" for k in project.tolist()],
            "project": [f"Dự án {k}" for k in project.tolist()],
            "owner": [f"Ban quản lý {k}" for k in owner[project].tolist()],
            "source": np.array(SOURCES)[(first[project] + later) % len(SOURCES)],
            "sector": np.array(SECTORS)[sector[project]],
            "plan_year": 2024,
            "stage": np.array(STAGES)[stage[project]],
            "plan": plan,
            "disbursed": (plan * share).astype(np.int64),
            "committed": (plan * (1 - share) * 0.05).astype(np.int64),
            "requested_increase": need,
            "total_investment": allocated + room,
            "allocated_to_date": allocated,
            "medium_term_plan": 3 * plan,
            "medium_term_allocated": 2 * plan,
            "procedures_complete": rng.random(count)[project] < 0.95,
        }
    )


def dense(size: int, seed: int) -> pd.DataFrame:
    """Return lines that all give or receive, at many levels, a fifth of them under a shared tight ceiling."""
    table, rng = lines(size, seed), np.random.default_rng((seed, 1))
    project = np.repeat(np.arange(size), rng.choice([1, 2, 3], size, p=[0.9, 0.07, 0.03]))[:size]
    count = int(project[-1]) + 1
    gives = rng.random(count)[project] < 0.5
    owner, source = rng.integers(0, max(2, size // 20), count), rng.integers(0, len(SOURCES), count)
    later = np.arange(size) - np.searchsorted(project, project)
    plan = table["plan"].to_numpy()
    paid = np.where(gives, rng.uniform(0.05, 0.35, size), rng.uniform(0.75, 0.98, size))
    low = np.where(gives, rng.uniform(0.4, 0.6, size), rng.uniform(1.0, 1.1, size))
    middle = low + rng.uniform(0.15, 0.3, size)
    need = np.where(gives, 0, plan * rng.integers(30, 80, size) // 100) // MILLION * MILLION
    shared = np.bincount(project)[project] > 1
    allocated, needed = (np.bincount(project, money)[project].astype(np.int64) for money in (plan, need))
    room = np.where(shared, 40, 300) * needed // 100 // MILLION * MILLION
    return table.assign(
        project_id=[f"DA{k:05d}" for k in project.tolist()],
        project=[f"Dự án {k}" for k in project.tolist()],
        owner=[f"Ban quản lý {k}" for k in owner[project].tolist()],
        source=np.array(SOURCES)[(source[project] + later) % len(SOURCES)],
        sector=np.array(SECTORS)[rng.integers(0, len(SECTORS), count)[project]],
        stage="transitional",
        schedule_finish=np.where(rng.random(count)[project] < 0.6, 2025, 2023),
        ppp=rng.random(count)[project] < 0.1,
        disbursed=(plan * paid).astype(np.int64),
        committed=0,
        absorb_p10=(plan * low).astype(np.int64),
        absorb_p50=(plan * middle).astype(np.int64),
        absorb_p90=(plan * (2 * middle - low)).astype(np.int64),
        requested_increase=need,
        allocated_to_date=allocated,
        total_investment=allocated + room,
        procedures_complete=True,
    )


def build(size: int, seed: int = 2024) -> Setting:
    """Return round 2 of a province of *size* lines."""
    return _round(lines(size, seed))


def build_loose(size: int, seed: int = 2024) -> Setting:
    """Return the same round without ceilings that join pools."""
    return _round(lines(size, seed, scarce_share=0))


def build_dense(size: int, seed: int = 2024) -> Setting:
    """Return the hard round: confidences as near to a coin's as a policy allows, so that many levels are used."""
    return _round(dense(size, seed), Policy(donor_confidence=0.45, receiver_confidence=0.56))


def _round(table: pd.DataFrame, policy: Policy | None = None) -> Setting:
    return Setting(
        lines=table,
        calendar=load_calendar("lang-son-2024"),
        rulebook=load_rulebook("vn-2020"),
        policy=policy or Policy(),
        round=2,
        as_of="2024-09-15",
    )
