"""The figures of the Lạng Sơn lines: what was paid, needed, offered and approved. All of it is invented."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from phanbo.examples import lang_son_names as names
from phanbo.examples.lang_son_projects import SEED, STAGES, Draws, draw_projects

if TYPE_CHECKING:
    from phanbo.examples.lang_son_projects import Line, Project

__all__ = ["DATES", "draw_lines"]

DATES = tuple(dt.date(2024, *day) for day in ((6, 14), (6, 30), (9, 15), (9, 30), (11, 10)))
"""Data dates of the three rounds, and the two milestones between them."""

_NONE = ((0, 0), (0, 0), (0, 0))
PAID: dict[str, dict[str, tuple[tuple[int, int], ...]]] = {
    "completed": {
        "fast": ((880, 1000), (1000, 1000), (1000, 1000)),
        "rising": ((700, 900), (960, 1000), (1000, 1000)),
        "steady": ((420, 720), (640, 900), (860, 980)),
        "slow": ((60, 300), (200, 420), (320, 560)),
        "stuck": ((0, 40), (0, 80), (0, 150)),
    },
    "transitional": {
        "fast": ((430, 600), (740, 900), (930, 990)),
        "rising": ((200, 310), (590, 710), (820, 930)),
        "steady": ((220, 330), (400, 530), (530, 690)),
        "slow": ((30, 120), (120, 260), (200, 400)),
        "stuck": ((0, 20), (0, 60), (0, 120)),
    },
    "new_start": {
        "fast": ((300, 420), (600, 760), (860, 960)),
        "rising": ((120, 220), (460, 620), (760, 900)),
        "steady": ((40, 160), (330, 460), (480, 640)),
        "slow": ((0, 0), (60, 200), (160, 340)),
        "stuck": _NONE,
    },
    "preparation": {
        "fast": ((350, 600), (700, 900), (950, 1000)),
        "rising": ((200, 350), (550, 750), (850, 1000)),
        "steady": ((80, 250), (350, 550), (600, 850)),
        "slow": ((0, 60), (80, 250), (200, 450)),
        "stuck": ((0, 0), (0, 30), (0, 80)),
    },
    "carried": {
        "fast": ((620, 820), (920, 1000), (1000, 1000)),
        "rising": ((450, 620), (800, 930), (950, 1000)),
        "steady": ((320, 520), (620, 820), (780, 930)),
        "slow": ((40, 200), (180, 420), (300, 600)),
        "stuck": ((0, 30), (0, 90), (0, 160)),
    },
}
"""Thousandths of the plan paid by 14/6, 15/9 and 10/11: least and most."""

NEEDS = {"fast": (88, 16, 46), "rising": (80, 12, 36), "steady": (12, 4, 10), "slow": (10, 4, 12), "stuck": (0, 0, 0)}
"""How many of 100 lines ask for more, and per cent of the plan: least and most."""


def draw_lines() -> list[Line]:
    """Return the lines of the example, columns named as in the schema, money in whole triệu đồng.

    ``paid`` holds the cumulative disbursement at each of `DATES`.
    """
    draws = Draws(SEED)
    lines = []
    for number, project in enumerate(draw_projects(draws), start=1):
        code = f"MP{number:04d}"
        for place, line in enumerate(project.lines, start=1):
            line |= {"line_id": f"{code}.{place}", "project_id": code, "project": project.name}
            _say_who(line, project)
            _say_paid(draws, line, project)
            _say_wanted(draws, line, project)
        _say_ceilings(draws, project)
        _say_papers(draws, project)
        lines += project.lines
    _say_exceptions(draws, lines)
    return lines


def _say_who(line: Line, project: Project) -> None:
    line |= {
        "owner": project.owner.name,
        "stage": STAGES[project.stage],
        "sector": names.SECTOR_NAMES[project.sector],
        "locality": project.locality,
        "first_year": project.first_year,
    }


def _say_paid(draws: Draws, line: Line, project: Project) -> None:
    """Draw what was paid at the data dates; between them it grows by a part of the way."""
    plan, carried = line["plan"], line["plan_year"] < 2024
    shares = PAID["carried" if carried else project.stage][project.gait]
    june, september, november = (plan * draws.between(*share) // 1000 for share in shares)
    by_june_end = june + (september - june) * draws.between(12, 25) // 100
    by_september_end = september + (november - september) * draws.between(20, 35) // 100
    if project.stage == "completed" and project.gait == "fast" and not carried:
        by_june_end = plan
    line["paid"] = (june, by_june_end, september, by_september_end, november)
    line["disbursed"] = june
    if june and draws.chance(30):
        line["advance_outstanding"] = june * draws.between(5, 25) // 100
    line["committed"] = 0
    if project.gait in {"fast", "rising", "steady"}:
        line["committed"] = min(plan - june, plan * draws.between(0, 6) // 100)
    line["tabmis_entered"] = "có"


def _say_wanted(draws: Draws, line: Line, project: Project) -> None:
    """Draw the need, or the offer, and what the owner expects."""
    plan = line["plan"]
    last = line["paid"][-1]
    chance, least, most = NEEDS[project.gait]
    if project.stage == "completed":
        least, most = least // 3, most // 3
    line["requested_increase"] = line["offered_decrease"] = 0
    if line["plan_year"] < 2024:
        return
    if draws.chance(chance) and project.stage != "preparation":
        need = max(10, plan * draws.between(least, most) // 1000 * 10)
        line["requested_increase"] = need
        line["commitment"] = "có" if draws.chance(93) else "không"
        if draws.chance(35):
            line["absorb_p50"] = plan + need * draws.between(105, 150) // 100
        return
    room = plan - max(last, line["paid"][0] + line["committed"])
    offers = {"stuck": 35, "slow": 14}.get(project.gait, 0)
    if room > 100 and "counterpart" not in line and draws.chance(offers):
        line["offered_decrease"] = room * draws.between(30, 80) // 1000 * 10
        line["estimate_year_end"] = plan - line["offered_decrease"]
    elif draws.chance(45):
        short = {"slow": 60, "stuck": 25}.get(project.gait, 96)
        line["estimate_year_end"] = max(last, plan * draws.between(short, min(100, short + 20)) // 100)
    if project.gait in {"slow", "stuck"}:
        line["delay_cause"] = "chủ quan" if draws.chance(45) else "khách quan"


def _say_ceilings(draws: Draws, project: Project) -> None:
    """Draw the total, what was allocated before, and the medium-term plan of each source."""
    now = [line for line in project.lines if line["plan_year"] == 2024]
    carried = sum(line["plan"] for line in project.lines if line["plan_year"] < 2024)
    plan, need = sum(line["plan"] for line in now), sum(line["requested_increase"] for line in now)
    years = 2024 - project.first_year
    before = carried + plan * years * draws.between(40, 110) // 100
    left = need * draws.between(60, 260) // 100 + plan * draws.between(0, 60) // 100
    if project.stage == "new_start":
        left += plan * draws.between(80, 220) // 100
    total = before + plan + left
    for line in now:
        mine = before * line["plan"] // plan
        room = line["requested_increase"] * draws.between(50, 300) // 100 + left * line["plan"] // plan // 4
        if project.stage == "new_start":  # funded to completion, save one in eight
            room = left * line["plan"] // plan * (40 if draws.chance(12) else 102) // 100 + 10
        shared = {"medium_term_plan": mine + line["plan"] + room, "medium_term_allocated_before": mine}
        for each in project.lines:
            if each["source"] == line["source"]:
                each |= shared
    for line in project.lines:
        line |= _project_money(project, line, before, total)


def _project_money(project: Project, line: Line, before: int, total: int) -> Line:
    first, last = project.first_year, project.first_year + 3
    money: Line = {"allocated_before": before, "schedule": f"{first}-{last}"}
    if project.stage == "preparation":
        return money | {"preparation_estimate": before + line["plan"] * 13 // 10, "schedule": ""}
    small, large = (80_000, 1_500_000) if project.sector == "economy" else (45_000, 800_000)
    money["project_class"] = "C" if total < small else "B" if total < large else "A"
    money["total_investment"] = total
    return money
