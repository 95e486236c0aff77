"""The projects of the Lạng Sơn example: invented, drawn from a fixed seed, the same on every computer.

A project has one *gait* (how it pays through the year); its lines follow it. Money is in triệu đồng here.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from phanbo.examples import lang_son_names as names

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["SEED", "STAGES", "Draws", "Line", "Project", "draw_projects"]

SEED = 20240620
Line = dict[str, Any]
_T = TypeVar("_T")

GAITS = ("fast", "rising", "steady", "slow", "stuck")
BY_PACE = {2: (31, 21, 37, 8, 3), 1: (18, 16, 42, 17, 7), 0: (7, 7, 38, 32, 16)}
"""How many of 100 projects of an owner have each gait."""

STAGES = {
    "completed": "hoàn thành trước 31/12/2023",
    "transitional": "chuyển tiếp",
    "new_start": "khởi công mới",
    "preparation": "chuẩn bị đầu tư",
}
STAGE_ODDS = {
    "central": (14, 58, 20, 8),
    "recovery": (0, 100, 0, 0),
    "oda": (0, 100, 0, 0),
    "programme": (10, 48, 42, 0),
    "local": (18, 48, 22, 12),
    "land": (16, 50, 26, 8),
    "lottery": (20, 55, 25, 0),
}


class Draws:
    """Whole numbers from the raw bits of PCG64, whose stream numpy keeps the same in every version."""

    def __init__(self, seed: int) -> None:
        self._bits = np.random.PCG64(seed)

    def between(self, low: int, high: int) -> int:
        """Return a whole number from *low* to *high*, both included."""
        return low + (int(self._bits.random_raw()) * (high - low + 1) >> 64)

    def chance(self, percent: int) -> bool:
        """Return True in so many of 100 cases."""
        return self.between(1, 100) <= percent

    def pick(self, choices: Sequence[_T]) -> _T:
        """Return one of *choices*."""
        return choices[self.between(0, len(choices) - 1)]

    def weighted(self, weights: Sequence[int]) -> int:
        """Return a position, as often as its weight says."""
        left = self.between(1, sum(weights))
        for place, weight in enumerate(weights):
            left -= weight
            if left <= 0:
                return place
        raise AssertionError("the weights add up to less than was drawn")


@dataclass(slots=True)
class Project:
    """A project while it is being drawn."""

    family: names.Family
    owner: names.Owner
    stage: str
    gait: str
    sector: str
    locality: str
    name: str
    first_year: int
    lines: list[Line] = field(default_factory=list)


def draw_projects(draws: Draws) -> list[Project]:
    """Return all projects with the keys and plans of their lines; each source adds up to its total."""
    taken: set[str] = set()
    projects = [
        _project(draws, family, taken, place) for family in names.FAMILIES for place in range(family.count)
    ]
    _set_plans([line for project in projects for line in project.lines])
    return projects


def _project(draws: Draws, family: names.Family, taken: set[str], place: int) -> Project:
    owner = _owner(draws, family)
    stage = tuple(STAGES)[draws.weighted(STAGE_ODDS[family.source])]
    gait = GAITS[draws.weighted(BY_PACE[owner.pace])]
    if stage == "preparation" and gait == "rising":
        gait = "slow"
    sector = "economy" if family.source in {"oda", "programme"} else draws.pick(owner.sectors)
    locality = owner.locality if owner.locality in names.DISTRICTS else draws.pick(names.DISTRICTS)
    first_year = _first_year(draws, stage)
    project = Project(family, owner, stage, gait, sector, locality, "", first_year)
    project.name = _name(draws, project, taken)
    _add_lines(draws, project, place)
    return project


def _owner(draws: Draws, family: names.Family) -> names.Owner:
    in_districts = draws.chance(family.districts)
    able = [owner for owner in names.OWNERS if (owner.locality in names.DISTRICTS) == in_districts]
    wanted = {
        "oda": ("Ban Quản lý dự án", "Sở Nông nghiệp"),
        "programme": ("UBND", "Ban Dân tộc", "Sở Lao động", "Sở Nông nghiệp"),
        "lottery": ("UBND", "Sở Y tế", "Sở Giáo dục"),
    }.get(family.source, ("",))
    able = [owner for owner in able if owner.name.startswith(wanted)]
    # boards and districts hold most of the capital; the small offices hold little
    return draws.pick([owner for owner in able for _ in range(1 + 2 * len(owner.sectors))])


def _first_year(draws: Draws, stage: str) -> int:
    return {
        "completed": draws.between(2019, 2021),
        "transitional": (2020, 2021, 2022, 2023)[draws.weighted((4, 10, 46, 40))],
        "new_start": 2024,
        "preparation": 2024,
    }[stage]


def _name(draws: Draws, project: Project, taken: set[str]) -> str:
    while True:
        communes = list(names.COMMUNES[project.locality])
        first = communes.pop(draws.between(0, len(communes) - 1))
        pattern = draws.pick(names.WORKS[project.sector])
        name = pattern.format(a=first, b=draws.pick(communes), d=project.locality)
        if "{d}" not in pattern:
            name = f"{name}, {project.locality}"
        if name in taken:
            name = f"{name} (giai đoạn {draws.between(2, 4)})"
        if name not in taken:
            taken.add(name)
            return name


def _add_lines(draws: Draws, project: Project, place: int) -> None:
    """Add this year's line, the one of a second source, and what is carried over; plans are weights as yet."""
    family = project.family
    weight = draws.between(*family.size)
    weight = max(
        1, weight * {"completed": 35, "new_start": 80, "preparation": 6}.get(project.stage, 100) // 100
    )
    own: Line = {"source": family.source, "plan_year": 2024, "weight": weight}
    if family.source == "programme":
        *_, odds = zip(*names.PROGRAMMES, strict=True)
        own |= dict(
            zip(("programme", "component", "nature"), names.PROGRAMMES[draws.weighted(odds)], strict=False)
        )
    if family.source == "oda":
        loan, closes = names.LOANS[place % len(names.LOANS)]
        own |= {"loan": loan, "loan_closes_on": dt.date.fromisoformat(closes), "oda": "có"}
    project.lines.append(own)
    if project.stage != "preparation" and draws.chance(family.beside_chance):
        beside = {
            "source": family.beside,
            "plan_year": 2024,
            "weight": max(1, weight * draws.between(15, 45) // 100),
        }
        if family.source == "oda":
            beside |= {"counterpart": "có", "oda": "có"}
        project.lines.append(beside)
    if project.stage in {"new_start", "preparation"}:
        return
    for year, chances in ((2023, names.CARRIED_2023), (2022, names.CARRIED_2022)):
        if draws.chance(chances.get(family.source, 0)):
            project.lines.append(
                {**own, "plan_year": year, "weight": max(1, weight * draws.between(12, 40) // 100)}
            )


def _set_plans(lines: Sequence[Line]) -> None:
    """Share out each source's total by the weights, in whole tens of triệu; the largest takes the rest."""
    for source, (_, _, _, total) in names.SOURCES.items():
        held = [line for line in lines if line["source"] == source]
        weights = sum(line["weight"] for line in held)
        for line in held:
            line["plan"] = max(60, total * line["weight"] // weights // 10 * 10)
        largest = max(held, key=lambda line: line["weight"])
        largest["plan"] += total - sum(line["plan"] for line in held)
