"""A synthetic province: lines of several sources and owners, ceilings that bind, one fixed seed.

Shares paid, plans and ceilings are drawn so that every part of the program is exercised: about a quarter of
the lines belong to projects with several sources, and about half of the ceilings are tighter than the needs below
them, which joins pools. The figures are invented; only the shape is meant.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from setting import Setting

from phanbo import Policy, load_calendar, load_rulebook

__all__ = ["build", "lines"]

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


def lines(size: int, seed: int = 2024) -> pd.DataFrame:
    """Return about *size* capital lines of plan year 2024, one row a project × source."""
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

    # Half of the projects hold about half of what they need, the others more than all of it.
    scarce = rng.random(count) < 0.5
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


def build(size: int) -> Setting:
    """Return round 2 of a province of *size* lines."""
    return Setting(
        lines=lines(size),
        calendar=load_calendar("lang-son-2024"),
        rulebook=load_rulebook("vn-2020"),
        policy=Policy(),
        round=2,
        as_of="2024-09-15",
    )
