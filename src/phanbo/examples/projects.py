"""The projects of a synthetic province: invented, drawn from its seed, the same on every computer.

A project has one *gait* (how it pays through the year); its lines follow it. Money is in triệu đồng here.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from phanbo.examples.province import STAGES, Family, Line, Owner, Project, Province

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from phanbo.examples.draws import Draws
    from phanbo.examples.province import Source

__all__ = ["draw_projects"]

GAITS = ("fast", "rising", "steady", "slow", "stuck")
BY_PACE = {2: (31, 21, 37, 8, 3), 1: (18, 16, 42, 17, 7), 0: (7, 7, 38, 32, 16)}
"""How many of 100 projects of an owner have each gait."""


def draw_projects(draws: Draws, province: Province) -> list[Project]:
    """Return all projects with the keys and plans of their lines; each source adds up to its total."""
    taken: set[str] = set()
    projects = [
        _project(draws, province, family, taken, place)
        for family in province.families
        for place in range(family.count)
    ]
    _set_plans([line for project in projects for line in project.lines], province.sources)
    return projects


def _project(draws: Draws, province: Province, family: Family, taken: set[str], place: int) -> Project:
    owner = _owner(draws, province, family)
    stage = STAGES[draws.weighted(family.stages)]
    gait = GAITS[draws.weighted(BY_PACE[owner.pace])]
    if stage == "preparation" and gait == "rising":
        gait = "slow"
    sector = family.sector or draws.pick(owner.sectors)
    locality = draws.choose(owner.places or province.places)
    first_year = _first_year(draws, province.year)[stage]
    project = Project(family, owner, stage, gait, sector, locality, "", first_year)
    project.name = _name(draws, province, project, taken)
    _add_lines(draws, province, project, place)
    return project


def _owner(draws: Draws, province: Province, family: Family) -> Owner:
    local = draws.chance(family.local)
    able = [
        owner for owner in province.owners if owner.is_local == local and owner.name.startswith(family.owners)
    ]
    # boards and local governments hold most of the capital; the small offices hold little
    return draws.pick([owner for owner in able for _ in range(1 + 2 * len(owner.sectors))])


def _first_year(draws: Draws, year: int) -> dict[str, int]:
    return {
        "completed": draws.between(year - 5, year - 3),
        "transitional": year - 4 + draws.weighted((4, 10, 46, 40)),
        "new_start": year,
        "preparation": year,
    }


def _name(draws: Draws, province: Province, project: Project, taken: set[str]) -> str:
    while True:
        hamlets = list(province.hamlets[project.locality])
        first = hamlets.pop(draws.between(0, len(hamlets) - 1))
        pattern = draws.pick(province.works[project.sector])
        name = pattern.format(a=first, b=draws.pick(hamlets), d=project.locality)
        if "{d}" not in pattern:
            name = f"{name}, {project.locality}"
        if name in taken:
            name = f"{name} (giai đoạn {draws.between(2, 4)})"
        if name not in taken:
            taken.add(name)
            return name


def _add_lines(draws: Draws, province: Province, project: Project, place: int) -> None:
    """Add this year's line, those of other sources, and what is carried over; plans are weights as yet."""
    family = project.family
    weight = draws.between(*family.size)
    weight = max(
        1, weight * {"completed": 35, "new_start": 80, "preparation": 6}.get(project.stage, 100) // 100
    )
    own: Line = {"source": family.source, "plan_year": province.year, "weight": weight}
    if family.source == "programme":
        part = province.programmes[draws.weighted([part.odds for part in province.programmes])]
        own |= {"programme": part.programme, "component": part.component, "nature": part.nature}
    loan: Line = {}
    if family.source in province.loan_sources:
        agreement, closes = province.loans[place % len(province.loans)]
        loan = {"loan": agreement, "loan_closes_on": dt.date.fromisoformat(closes), "oda": "có"}
    project.lines.append(own | loan)
    if project.stage != "preparation" and draws.chance(family.beside_chance):
        for source in family.beside:
            beside = {
                "source": source,
                "plan_year": province.year,
                "weight": max(1, weight * draws.between(15, 45) // 100),
            }
            if loan:
                beside |= loan if source in province.loan_sources else {"counterpart": "có", "oda": "có"}
            project.lines.append(beside)
    if project.stage in {"new_start", "preparation"}:
        return
    for year, chances in province.carried.items():
        if draws.chance(chances.get(family.source, 0)):
            weight_left = max(1, weight * draws.between(12, 40) // 100)
            project.lines.append(own | loan | {"plan_year": year, "weight": weight_left})


def _set_plans(lines: Sequence[Line], sources: Mapping[str, Source]) -> None:
    """Share out each source's total by the weights, in whole tens of triệu; the largest takes the rest."""
    for key, source in sources.items():
        held = [line for line in lines if line["source"] == key]
        weights = sum(line["weight"] for line in held)
        for line in held:
            line["plan"] = max(60, source.total * line["weight"] // weights // 10 * 10)
        largest = max(held, key=lambda line: line["weight"])
        largest["plan"] += source.total - sum(line["plan"] for line in held)
