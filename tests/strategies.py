"""Rounds small enough to reason about: valid by construction, drawn at the edges of every rule.

A `Setting` is everything a round is made from. Amounts are whole units give or take a đồng, so that limits fall
one đồng under, on and over a unit; ties, plans of 0, unknown cells and absent columns are frequent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
from hypothesis import strategies as st

import phanbo as pb
from held_round import LOCAL, LOTTERY, Setting, Told
from phanbo.policy import AUTHORITIES, READINGS

__all__ = ["GRANT", "LOAN", "settings_of", "spare"]

CENTRAL, LOAN = "NSTW bổ sung có mục tiêu", "Vốn nước ngoài (ODA)"
GRANT, PROGRAMME = "Viện trợ không hoàn lại", "Chương trình MTQG nông thôn mới"
SOURCES = (LOCAL, LOCAL, LOTTERY, CENTRAL, LOAN, GRANT, PROGRAMME)
UNITS = (1, 1_000, 1_000_000)
DATES = (
    (1, "2024-05-20"),
    (1, "2024-07-15"),
    (2, "2024-09-15"),
    (2, "2024-10-05"),
    (3, "2024-10-31"),
    (3, "2024-11-10"),
)
CONFIDENCES = ((0.5, 0.8), (0.5, 0.8), (0.5, 0.51), (0.25, 0.9), (0.9, 0.3), (1.0, 1.0), (0.7, 0.75))
TIERS: tuple[tuple[str, ...], ...] = (
    ("obligations", "priority", "disbursement", "authority", "worst_first"),
    ("obligations", "priority", "disbursement", "authority", "worst_first"),
    ("obligations", "priority", "key", "disbursement", "authority", "worst_first"),
    ("disbursement", "obligations", "priority", "authority"),
    ("authority", "priority[new-start]", "worst_first", "disbursement"),
    ("worst_first", "authority"),
    ("priority", "authority"),
    ("authority",),
)
FAMILIES = (
    "totals",
    "medium",
    "committed",
    "claims",
    "approved",
    "procedures",
    "procedures_on",
    "commitment",
    "started",
    "time-limit",
    "loan",
    "flags",
    "locked",
    "sector",
    "schedule",
)


def near(draw: st.DrawFn, unit: int, least: int, most: int) -> int:
    """Draw so many units, give or take a đồng; never below 0."""
    off = draw(st.sampled_from((0, 0, 0, 0, 1, -1, unit // 2)))
    return max(0, draw(st.integers(least, max(least, most))) * unit + off)


def mostly(draw: st.DrawFn, usual: Any, *others: Any) -> Any:
    """Draw the usual value two times in three."""
    return draw(st.sampled_from((usual,) * max(1, 2 * len(others)) + others))


def _project(draw: st.DrawFn, number: int, unit: int, present: set[str], role: str) -> dict[str, Any]:
    """Draw what a project says on all its lines; `_complete` adds the plans to what is allocated."""
    cells: dict[str, Any] = {
        "project_id": f"P{number}",
        "project": f"Dự án {number}",
        "owner": f"Chủ đầu tư {mostly(draw, ROLES.index(role) % 3, 0, 1)}",
        "stage": draw(st.sampled_from(STAGES)),
    }
    if "totals" in present:
        cells["total_investment"] = mostly(draw, near(draw, unit, 0, 12), None, 10**15)
        cells["allocated_to_date"] = mostly(draw, near(draw, unit, 0, 3), None)
    if "time-limit" in present:
        cells["project_class"] = mostly(draw, "A", "B", "C", "national", None)
        cells["first_year"] = mostly(draw, 2022, 2024, 2021, 2020, 2018, None)
        cells["extension_years"] = mostly(draw, 0, 1)
    return cells


def _line(draw: st.DrawFn, unit: int, present: set[str], day: dt.date, role: str) -> dict[str, Any]:
    """Draw a line that is slow (a donor), quick (a receiver) or odd (anything)."""
    plan = near(draw, unit, 0 if role == "odd" else 1, 8)
    whole = plan // unit
    low, high = {
        "slow": (0, whole // 3),
        "quick": (whole - mostly(draw, 0, 1), whole),
        "odd": (0, whole + 1),
    }[role]
    asks = role == "quick" or (role == "odd" and draw(st.booleans()))
    offers = role == "slow" or (role == "odd" and draw(st.booleans()))
    cells: dict[str, Any] = {
        "plan": plan,
        "disbursed": mostly(draw, plan, near(draw, unit, low, high))
        if role == "quick"
        else near(draw, unit, low, high),
        "requested_increase": near(draw, unit, 1, 6) if asks else 0,
        "offered_decrease": mostly(draw, 0, near(draw, unit, 0, 3)) if offers else 0,
    }
    good = role == "quick"
    dates = ("2023-05-01", day.isoformat(), (day + dt.timedelta(1)).isoformat(), "chưa", None)
    usual = dates[0] if good else draw(st.sampled_from(dates))
    families: dict[str, dict[str, Callable[[], Any]]] = {
        "committed": {"committed": lambda: mostly(draw, 0, near(draw, unit, 0, 3), None)},
        "claims": {
            "arrears": lambda: mostly(draw, 0, near(draw, unit, 0, 3)),
            "prior_advance": lambda: mostly(draw, 0, unit),
        },
        "approved": {"approved_on": lambda: mostly(draw, usual, *dates)},
        "procedures": {"procedures_complete": lambda: mostly(draw, good or None, True, False, None)},  # noqa: FBT003
        "procedures_on": {"procedures_completed_on": lambda: mostly(draw, usual, *dates)},
        "commitment": {"commitment": lambda: mostly(draw, True, False, None)},  # noqa: FBT003
        "started": dict.fromkeys(("started_on", "policy_dossier_on"), lambda: mostly(draw, None, *dates)),
        "schedule": {"schedule_finish": lambda: mostly(draw, 2025, 2024, 2023, None)},
        "locked": {"locked": lambda: mostly(draw, None, None, "giữ theo kết luận")},
        "sector": {"sector": lambda: mostly(draw, "Giao thông", "Y tế", None)},
        "flags": dict.fromkeys(FLAGS, lambda: mostly(draw, False, False, True)),  # noqa: FBT003
    }
    for family, drawn in families.items():
        if family in present:
            cells |= {name: value() for name, value in drawn.items()}
    return cells


FLAGS = ("emergency", "special", "key_project", "oda", "ppp", "counterpart", "not_to_be_raised")


def _of_source(draw: st.DrawFn, unit: int, present: set[str], day: dt.date, source: str) -> dict[str, Any]:
    """Draw what hangs on the source: ceilings of the medium term, loans, programmes."""
    cells: dict[str, Any] = {}
    if "medium" in present:
        cells["medium_term_plan"] = mostly(draw, near(draw, unit, 0, 12), None, 10**15)
        cells["medium_term_allocated"] = mostly(draw, near(draw, unit, 0, 3), None)
    if "loan" in present:
        loan = source == LOAN
        closes = (day.isoformat(), "2030-01-01", (day - dt.timedelta(1)).isoformat(), None)
        cells["loan"] = mostly(draw, "Hiệp định 1", "Hiệp định 2", None) if loan else None
        cells["loan_room"] = mostly(draw, near(draw, unit, 0, 4), None) if loan else None
        cells["loan_closes_on"] = mostly(draw, closes[0], *closes) if loan else None
    if source == PROGRAMME:
        cells["programme"] = "Nông thôn mới"
    return cells


def _complete(rows: list[dict[str, Any]]) -> None:
    """Turn the rooms drawn into totals: what is allocated contains the plans of all years."""
    for key, total, allocated in (
        (("project_id",), "total_investment", "allocated_to_date"),
        (("project_id", "source"), "medium_term_plan", "medium_term_allocated"),
    ):
        for row in rows:
            same = [r for r in rows if all(r[k] == row[k] for k in key)]
            first = same[0]
            plans = sum(r["plan"] for r in same)
            for name in (total, allocated):
                if first.get(name) is not None and first is row:
                    first[name] += plans
                row[name] = first.get(name)


@st.composite
def settings_of(
    draw: st.DrawFn,
    /,
    *,
    most: int = 7,
    units: tuple[int, ...] = UNITS,
    told: bool | None = None,
    shortfall: bool | None = None,
    simple: bool = False,
    families: set[str] | None = None,
    sources: tuple[str, ...] = SOURCES,
    **fixed: Any,
) -> Setting:
    """Draw a round of one to *most* lines.

    Parameters
    ----------
    told : bool, optional
        Whether the outlook is drawn (1 … 5 points a line) or forecast.
    shortfall : bool, optional
        Whether a source falls short, by at most what its lines can give.
    simple : bool
        One source, one line a project, no optional columns: many donors and receivers.
    families : set of str, optional
        The optional columns, from `FAMILIES`; drawn unless given.
    sources : tuple of str
        What a line is drawn from beside the province's budget; with one source, that one alone.
    **fixed
        Settings of the policy that are not drawn.
    """
    unit = draw(st.sampled_from(units))
    number, as_of = draw(st.sampled_from(DATES))
    day = dt.date.fromisoformat(as_of)
    present = set() if simple else families or draw(st.sets(st.sampled_from(FAMILIES), max_size=5))
    usual = sources[0] if len(sources) == 1 else LOCAL
    rows: list[dict[str, Any]] = []
    roles: list[str] = []
    goal = draw(st.integers(min(3, most), most))
    while len(rows) < goal:
        leading = ROLES[len(rows)] if len(rows) < 2 else draw(st.sampled_from(ROLES))
        project = _project(draw, len(rows), unit, present, leading)
        lines = {(LOCAL if simple else mostly(draw, usual, *sources), 2024)}
        for _ in range(0 if simple else draw(st.integers(0, 2))):
            lines.add((mostly(draw, usual, *sources), mostly(draw, 2024, 2023)))
        for source, year in sorted(lines)[: goal - len(rows)][::-1]:
            role = leading if len(rows) < 2 else mostly(draw, leading, *ROLES)
            cells = project | {"source": source, "plan_year": year} | _line(draw, unit, present, day, role)
            rows.append(cells | _of_source(draw, unit, present, day, source))
            roles.append(role)
    rows[0]["plan_year"] = 2024
    _complete(rows)
    columns = sorted({name for row in rows for name, value in row.items() if value is not None})
    frame = pd.DataFrame({name: pd.Series([row.get(name) for row in rows], dtype=object) for name in columns})
    policy = draw(policies(unit, **fixed))
    if told if told is not None else draw(st.booleans()):
        policy = replace(policy, forecaster=_told(draw, rows, roles, unit))
    setting = Setting(frame, None, policy, number, as_of)
    return replace(setting, sources=_sources(draw, rows, policy, present, shortfall=shortfall))


ROLES = ("slow", "quick", "quick", "odd")
STAGES = ("transitional", "transitional", "completed", "new_start", "preparation")


def _told(draw: st.DrawFn, rows: list[dict[str, Any]], roles: list[str], unit: int) -> Told:
    count = draw(st.integers(1, 5))
    table = {}
    for row, role in zip(rows, roles, strict=True):
        whole = row["plan"] // unit
        low, high = {"slow": (0, whole), "quick": (whole, whole + 6), "odd": (0, whole + 6)}[role]
        table[f"{row['project_id']}/{row['source']}/{row['plan_year']}"] = tuple(
            sorted(near(draw, unit, low, high) for _ in range(count))
        )
    return Told(table, count)


@st.composite
def policies(draw: st.DrawFn, /, unit: int, **fixed: Any) -> pb.Policy:
    """Draw a policy without a forecaster."""
    d, r = draw(st.sampled_from(CONFIDENCES))
    hands = (None, AUTHORITIES, ("owner-internal", "ubnd"), ("owner-internal",), ("hdnd",), ())
    drawn = {
        "donor_confidence": d,
        "receiver_confidence": r,
        "unit": unit,
        "judge": draw(st.sampled_from(READINGS)),
        "fast": mostly(draw, "average", "milestone"),
        "carry_over": mostly(draw, "hold", "move"),
        "return_unplaced": mostly(draw, False, True),  # noqa: FBT003
        "unknown": draw(st.sampled_from(("refuse", "allow"))),
        "authority": mostly(draw, *hands),
        "min_move": mostly(draw, 0, unit, 2 * unit),
        "tiers": draw(st.sampled_from(TIERS)),
    }
    return pb.Policy(**(drawn | fixed))


def pinned(data: st.DataObject, setting: Setting, most: int = 3) -> Setting:
    """Draw changes that the reviewers ask of one to three lines."""
    ids = setting.portfolio.text("line_id").tolist()
    units = st.sampled_from([k for k in range(-most, most + 1) if k])
    pins = data.draw(st.dictionaries(st.sampled_from(ids), units, min_size=1, max_size=3))
    return setting.with_policy(pins={line: k * setting.policy.unit for line, k in pins.items()})


def spare(rows: Sequence[Mapping[Any, Any]], policy: pb.Policy, *, blind: bool) -> int:
    """Return what the lines can give when they must, whole units of each (đồng)."""
    total = 0
    for row in rows:
        owed = sum(row.get(name) or 0 for name in ("disbursed", "committed", "arrears", "prior_advance"))
        unknown = blind and row.get("committed") is None and policy.unknown == "refuse"
        if not (row.get("locked") or row.get("counterpart") or unknown):
            total += max(0, row["plan"] - owed) // policy.unit * policy.unit
    return total


def _sources(
    draw: st.DrawFn,
    rows: list[dict[str, Any]],
    policy: pb.Policy,
    present: set[str],
    *,
    shortfall: bool | None,
) -> pd.DataFrame | None:
    """Draw a table of sources: perhaps one pool for two of them, perhaps a shortfall that can be met."""
    short = shortfall if shortfall is not None else mostly(draw, False, True)  # noqa: FBT003
    named = draw(st.booleans())
    blind = "committed" in present and any(row.get("committed") is not None for row in rows)
    found = []
    for source in (LOCAL, LOTTERY):
        lines = [row for row in rows if row["source"] == source and row["plan_year"] == 2024]
        if not lines:
            continue
        most = spare(lines, policy, blind=blind)
        lost = draw(st.integers(0, most // policy.unit)) * policy.unit if short else 0
        lost = max(0, lost - mostly(draw, 0, 1)) if lost else 0
        found.append({"source": source, "inflow": -lost, "pool": "Cân đối" if named else None})
    return pd.DataFrame(found).astype({"inflow": "int64"}) if found and (short or named) else None
