"""The figures of a synthetic province's lines: what was paid, needed, offered and approved. All of it is invented."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from phanbo.examples.draws import Draws
from phanbo.examples.projects import draw_projects
from phanbo.tables.schema import SECTORS

if TYPE_CHECKING:
    from phanbo.examples.province import Line, Project, Province, Task

__all__ = ["draw_lines"]

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
        "rising": ((190, 290), (520, 650), (870, 960)),
        "steady": ((220, 340), (340, 450), (430, 570)),
        "slow": ((40, 140), (120, 230), (180, 340)),
        "stuck": ((0, 20), (0, 50), (0, 100)),
    },
    "new_start": {
        "fast": ((300, 420), (600, 760), (860, 960)),
        "rising": ((120, 220), (400, 560), (800, 930)),
        "steady": ((60, 180), (260, 390), (390, 540)),
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
"""Thousandths of the plan paid by the data dates of June, September and November: least and most."""

NEEDS = {
    "fast": (82, 12, 36),
    "rising": (92, 22, 52),
    "steady": (14, 5, 14),
    "slow": (10, 4, 12),
    "stuck": (0, 0, 0),
}
"""How many of 100 lines ask for more, and per cent of the plan: least and most."""


def draw_lines(province: Province) -> list[Line]:
    """Return the lines of the province, columns named as in the schema, money in whole triệu đồng.

    ``paid`` holds the cumulative disbursement at each of its dates.
    """
    draws = Draws(province.seed)
    lines = []
    for number, project in enumerate(draw_projects(draws, province), start=1):
        code = f"MP{number:04d}"
        for place, line in enumerate(project.lines, start=1):
            line |= {"line_id": f"{code}.{place}", "project_id": code, "project": project.name}
            _say_who(line, project, province)
            _say_paid(draws, line, project, province)
            _say_wanted(draws, line, project, province)
        _say_ceilings(draws, project, province)
        _say_papers(draws, project, province)
        lines += project.lines
    _say_exceptions(draws, lines, province)
    return lines


def _say_who(line: Line, project: Project, province: Province) -> None:
    line |= {
        "owner": project.owner.name,
        "stage": province.stage_text(project.stage),
        "sector": SECTORS[project.sector],
        "locality": project.locality,
        "first_year": project.first_year,
    }


def _say_paid(draws: Draws, line: Line, project: Project, province: Province) -> None:
    """Draw what was paid at the data dates of the rounds; the province says what lies between."""
    plan, carried = line["plan"], line["plan_year"] < province.year
    shares = PAID["carried" if carried else project.stage][project.gait]
    june, september, november = sorted(plan * draws.between(*share) // 1000 for share in shares)
    line["paid"] = province.pay(draws, project, line, (june, september, november))
    line["disbursed"] = june
    if june and draws.chance(30):
        line["advance_outstanding"] = june * draws.between(5, 25) // 100
    line["committed"] = 0
    if project.gait in {"fast", "rising", "steady"}:
        line["committed"] = min(plan - june, plan * draws.between(0, 6) // 100)
    line["tabmis_entered"] = "có"


def _say_wanted(draws: Draws, line: Line, project: Project, province: Province) -> None:
    """Draw the need, or the offer, and what the owner expects."""
    plan = line["plan"]
    last = line["paid"][-1]
    chance, least, most = NEEDS[project.gait]
    if project.stage == "completed":
        least, most = least // 3, most // 3
    line["requested_increase"] = line["offered_decrease"] = 0
    if line["plan_year"] < province.year:
        return
    if draws.chance(chance) and project.stage != "preparation":
        need = max(10, plan * draws.between(least, most) // 1000 * 10)
        line["requested_increase"] = need
        line["commitment"] = "có" if draws.chance(93) else "không"
        if draws.chance(35):
            line["absorb_p50"] = plan + need * draws.between(105, 150) // 100
        return
    room = plan - max(last, line["disbursed"] + line["committed"])
    offers = {"stuck": 24, "slow": 6}.get(project.gait, 0)
    if room > 100 and "counterpart" not in line and draws.chance(offers):
        line["offered_decrease"] = room * draws.between(20, 60) // 1000 * 10
        line["estimate_year_end"] = plan - line["offered_decrease"]
    elif draws.chance(45):
        short = {"slow": 60, "stuck": 25}.get(project.gait, 96)
        line["estimate_year_end"] = max(last, plan * draws.between(short, min(100, short + 20)) // 100)
    if project.gait in {"slow", "stuck"}:
        line["delay_cause"] = "chủ quan" if draws.chance(45) else "khách quan"


def _say_ceilings(draws: Draws, project: Project, province: Province) -> None:
    """Draw the total, what was allocated before, and the medium-term plan of each source."""
    now = [line for line in project.lines if line["plan_year"] == province.year]
    carried = sum(line["plan"] for line in project.lines if line["plan_year"] < province.year)
    plan, need = sum(line["plan"] for line in now), sum(line["requested_increase"] for line in now)
    years = province.year - project.first_year
    before = carried + plan * years * draws.between(40, 110) // 100
    left = need * draws.between(60, 260) // 100 + plan * draws.between(0, 60) // 100
    if project.stage == "new_start":
        left += plan * draws.between(80, 220) // 100
    for line in now:
        mine = before * line["plan"] // plan if province.year > province.period else 0
        room = line["requested_increase"] * draws.between(50, 300) // 100 + left * line["plan"] // plan // 4
        if project.stage == "new_start":  # funded to completion, save one in eight
            room = left * line["plan"] // plan * (40 if draws.chance(12) else 102) // 100 + 10
        shared = {"medium_term_plan": mine + line["plan"] + room, "medium_term_allocated_before": mine}
        for each in project.lines:
            if each["source"] == line["source"]:
                each.update(shared)
    money = _project_money(draws, project, province, (before, plan, left))
    for line in project.lines:
        line.update(money)


def _project_money(draws: Draws, project: Project, province: Province, parts: tuple[int, int, int]) -> Line:
    """Return the project's own figures: *parts* are allocated before, this year, and still to come."""
    before, plan, left = parts
    money: Line = {"allocated_before": before}
    if project.stage == "preparation":
        return money | {"preparation_estimate": before + plan * 13 // 10}
    total = before + plan + left
    small, large = province.class_limits.get(project.sector, province.class_limits[""])
    money["project_class"] = "C" if total < small else "B" if total < large else "A"
    money["total_investment"] = total
    finish = project.first_year + draws.choose(province.spans[project.stage])
    money["schedule"] = f"{project.first_year}-{finish}"
    if project.stage == "completed" and draws.chance(40):
        money["settled_value"] = total - left * draws.between(0, 40) // 100
    return money


def _say_papers(draws: Draws, project: Project, province: Province) -> None:
    """Draw decisions, procedures, start and dossiers; a date after a round's data date has not happened yet."""
    papers: Line = {"procedures_complete": "có", "leader": province.leaders[project.sector != "economy"]}
    if project.stage == "preparation":
        papers |= _dossiers(draws, project.gait, province.year)
    elif project.stage == "new_start":
        papers |= _start(draws, project, province.year)
    else:
        year = project.first_year
        papers["approved_on"] = draws.day((year - 1, 3, 1), (year - 1, 12, 20))
        papers["started_on"] = draws.day((year, 2, 1), (year, 11, 30))
    if project.stage == "transitional" and draws.chance(6):
        papers["extension_years"] = 1
    for line in project.lines:
        line.update(papers)


def _start(draws: Draws, project: Project, year: int) -> Line:
    """Return the papers of a new start: the deadline is 30 June, of programmes' procedures 31 March."""
    if project.gait == "stuck":
        done = draws.chance(40)
        told: Line = {
            "procedures_complete": "có" if done else "không",
            "approved_on": draws.day((year, 1, 10), (year, 5, 31)) if done else "chưa",
            "started_on": "chưa",
        }
        late: dt.date | str = "chưa"
    else:
        months = {"fast": (2, 3), "rising": (3, 4), "steady": (4, 5), "slow": (7, 8)}[project.gait]
        told = {
            "approved_on": draws.day((year - 1, 9, 1), (year, 1, 31)),
            "started_on": draws.day((year, months[0], 5), (year, months[1], 28)),
        }
        late = draws.day((year, 5, 1), (year, 6, 30)) if project.gait == "slow" else dt.date(year, 3, 15)
    if project.family.source == "programme":
        told["procedures_completed_on"] = late
    return told


def _dossiers(draws: Draws, gait: str, year: int) -> Line:
    """Return the dossiers of a preparation task: due by 30 June and by 31 October."""
    policy: dt.date | str = "chưa"
    project: dt.date | str = "chưa"
    if gait != "stuck":
        policy = (
            draws.day((year, 7, 15), (year, 8, 30))
            if gait == "slow"
            else draws.day((year, 3, 1), (year, 6, 10))
        )
    if gait in {"fast", "steady"}:
        project = draws.day((year, 8, 15), (year, 10, 25))
    return {"approved_on": "chưa", "policy_dossier_on": policy, "project_dossier_on": project}


def _say_exceptions(draws: Draws, lines: list[Line], province: Province) -> None:
    """Add the rare cases: locked lines, claims, urgent and key projects, room left in the loans."""
    now = [line for line in lines if line["plan_year"] == province.year]
    ongoing = [
        line for line in now if line["stage"] == province.stage_text("transitional") and "loan" not in line
    ]
    reasons = (
        "Đang thanh tra, chờ kết luận",
        "Chờ quyết toán hợp đồng",
        "Vướng khiếu nại giải phóng mặt bằng",
    )
    for reason in reasons:
        draws.pick(ongoing)["locked"] = reason
    for line in now:
        if line["stage"] == province.stage_text("completed") and draws.chance(12):
            line["arrears"] = max(10, line["plan"] * draws.between(2, 10) // 100)
        elif line["source"] == "central" and draws.chance(province.advances):
            line["prior_advance"] = max(10, line["plan"] * draws.between(2, 8) // 100)
        if "loan" in line:
            line["loan_room"] = line["plan"] * draws.between(20, 90) // 100
    large = sorted(ongoing, key=lambda line: (-line["plan"], line["line_id"]))[:10]
    marked = {
        "key_project": {line["project_id"] for line in large},
        "emergency": _projects(draws, ongoing, province.urgent),
        "ppp": _projects(draws, large, province.ppp),
        "special": _projects(draws, large, province.special),
    }
    for line in lines:
        line.update(
            {flag: "có" if line["project_id"] in which else "không" for flag, which in marked.items()}
        )
    for task in province.tasks:
        _set_task(lines, task, province)


def _projects(draws: Draws, lines: list[Line], count: int) -> set[str]:
    return {draws.pick(lines)["project_id"] for _ in range(count)}


def _set_task(lines: list[Line], task: Task, province: Province) -> None:
    """Put a task in the place of the first project of its stage that the local source alone pays for."""
    told = {"project": task.name, "task": task.task, "owner": task.owner, "locality": province.name}
    sources: dict[str, set[str]] = {}
    for line in lines:
        sources.setdefault(line["project_id"], set()).add(line["source"])
    stage = province.stage_text(task.stage)
    code = next(
        line["project_id"]
        for line in lines
        if sources[line["project_id"]] == {"local"} and line["stage"] == stage and "task" not in line
    )
    for line in lines:
        if line["project_id"] == code:
            line.update(told)
