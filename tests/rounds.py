"""Small fixed rounds for unit tests: every figure can be checked by hand."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

import phanbo as pb
from phanbo.absorption import Forecast, make_outlook
from phanbo.assessment import build_assessment
from phanbo.case import Case, Changes

if TYPE_CHECKING:
    from phanbo.calendar import Calendar
    from phanbo.portfolio import Portfolio
    from phanbo.proposal import Proposal
    from phanbo.rules import Rule

CALENDAR = pb.load_calendar("lang-son-2024")
RULEBOOK = pb.load_rulebook("vn-2020")
AS_OF = "2024-09-15"
SOURCE = "Ngân sách tỉnh"
POOL = "Ngân sách tỉnh · 2024"
TY = 1_000_000_000
UNIT = 1_000_000


class Fixed:
    """A forecaster that gives every line the same points, in đồng (or one row a line)."""

    name = "fixed"

    def __init__(self, *points: int, rows: list[list[int]] | None = None) -> None:
        self.table = rows
        self.row = list(points)

    @property
    def points(self) -> int:
        """K."""
        return len(self.row if self.table is None else self.table[0])

    def forecast(
        self, portfolio: Portfolio, calendar: Calendar, as_of: dt.date, deadline: dt.date
    ) -> Forecast:
        """Return the points, whatever the calendar and the dates."""
        del calendar, as_of, deadline
        rows = [self.row] * len(portfolio) if self.table is None else self.table
        return Forecast(np.array(rows, dtype=np.int64), ("absorb",) * len(portfolio), self.name)


def lines(count: int = 6, **columns: list[Any]) -> pd.DataFrame:
    """Return lines of a tỷ-sized round: even ones slow, odd ones fast and in need; *columns* replace or add some."""
    slow = [i % 2 == 0 for i in range(count)]
    table: dict[str, list[Any]] = {
        "line_id": [f"L{i}" for i in range(count)],
        "project_id": [f"P{i}" for i in range(count)],
        "project": [f"Dự án {i}" for i in range(count)],
        "owner": [f"Ban {i % 2}" for i in range(count)],
        "source": [SOURCE] * count,
        "plan_year": [2024] * count,
        "stage": ["transitional"] * count,
        "plan": [10 * TY] * count,
        "disbursed": [TY if late else 9 * TY for late in slow],
        "requested_increase": [0 if late else 5 * TY for late in slow],
        "absorb_p10": [3 * TY // 2 if late else 13 * TY for late in slow],
        "absorb_p90": [3 * TY if late else 15 * TY for late in slow],
    }
    return pd.DataFrame(table | columns)


def proposal(
    frame: pd.DataFrame | None = None,
    sources: pd.DataFrame | None = None,
    **settings: Any,
) -> Proposal:
    """Return the proposal of round 2 on 15/9/2024 over some lines."""
    portfolio = pb.Portfolio(lines() if frame is None else frame, sources=sources)
    given: dict[str, Any] = {"calendar": CALENDAR, "rulebook": RULEBOOK, "round": 2, "as_of": AS_OF}
    return pb.propose(portfolio, **(given | settings))


def inflow(amount: int, source: str = SOURCE) -> pd.DataFrame:
    """Return a table of sources with one inflow."""
    return pd.DataFrame({"source": [source], "inflow": [amount]})


def case_of(
    frame: pd.DataFrame,
    *,
    number: int = 2,
    as_of: str = AS_OF,
    sources: pd.DataFrame | None = None,
    **policy: Any,
) -> Case:
    """Return the facts of a round, without solving it."""
    day, book, settings = (
        dt.date.fromisoformat(as_of),
        pb.Portfolio(frame, sources=sources),
        pb.Policy(**policy),
    )
    outlook = make_outlook(book, CALENDAR, day, RULEBOOK.closing_date(2024), settings)
    round_ = CALENDAR.round(number)
    state = build_assessment(book, CALENDAR, day, round_, settings, outlook)
    held = np.zeros(len(book), dtype=bool)
    return Case(book, CALENDAR, settings, round_, day, state, outlook, RULEBOOK.pools(book, settings), held)


def breaks(
    rule: Rule, case: Case, *, cut: dict[str, int] | None = None, add: dict[str, int] | None = None
) -> dict[str, int]:
    """Return by how many đồng some changes (line id to đồng) break a rule, line by line; empty: it is kept."""
    ids = case.portfolio.text("line_id").tolist()
    columns = []
    for side in (cut or {}, add or {}):
        assert set(side) <= set(ids)
        columns.append(np.array([side.get(line, 0) for line in ids], dtype=np.int64))
    excess = rule.violations(case, Changes(*columns))
    return {line: int(e) for line, e in zip(ids, excess.tolist(), strict=True) if e}


def bound(rule: Rule, case: Case, line: str, side: str) -> int | None:
    """Return what the first face of a rule leaves one line, in đồng; ``None`` where it says nothing."""
    place = case.portfolio.text("line_id").tolist().index(line)
    limits = rule.limits(case)
    column = getattr(limits, side)
    found = None if column is None else int(column[place])
    if side == "add" and limits.groups is not None:
        alone = int(limits.groups.alone[place])
        found = alone if found is None else min(found, alone)
    return found
