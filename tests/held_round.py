"""A round as data: tables, policy and dates in one value; and two small rounds by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

import phanbo as pb
from phanbo.absorption import Forecast, make_outlook
from phanbo.assessment import build_assessment
from phanbo.calendar import Calendar
from phanbo.case import Case
from phanbo.portfolio import Portfolio
from phanbo.proposal import Proposal
from phanbo.rulebook import Rulebook
from phanbo.rulebook_file import parse_rulebook

__all__ = [
    "CALENDAR",
    "LATER",
    "LOCAL",
    "LOTTERY",
    "RULEBOOK",
    "Setting",
    "Told",
    "ceiling_sample",
    "sample",
]

CALENDAR = pb.load_calendar("lang-son-2024")
RULEBOOK = pb.load_rulebook("vn-2020")
LATER = {
    base: parse_rulebook(
        f'extends = "{base}"\ncode = "{base}-xưa"\ntitle_vi = "t"\ntitle_en = "t"\nversion = "1"\n'
        "valid_from = 2021-01-01\nvalid_to = 2026-12-31\n"
    )
    for base in ("vn-2025a", "vn-2025b")
}
"""The later regimes, made to govern the rounds of 2024 as a province's own rulebooks."""
LOCAL, LOTTERY = "Ngân sách tỉnh", "Xổ số kiến thiết"


@dataclass(frozen=True)
class Told:
    """A forecaster that says what a table tells it: the points of each line by its id."""

    table: Mapping[str, tuple[int, ...]]
    points: int
    name: str = "told"

    def forecast(
        self, portfolio: Portfolio, calendar: Calendar, as_of: dt.date, deadline: dt.date
    ) -> Forecast:
        """Return the points of the table."""
        ids = portfolio.text("line_id").tolist()
        rows = np.array([self.table[line] for line in ids], dtype=np.int64).reshape(len(ids), self.points)
        return Forecast(rows, ("absorb",) * len(ids), self.name)


@dataclass(frozen=True, eq=False)
class Setting:
    """All a round is made from."""

    lines: pd.DataFrame
    sources: pd.DataFrame | None
    policy: pb.Policy
    number: int
    as_of: str

    @cached_property
    def portfolio(self) -> Portfolio:
        """The tables, read."""
        return pb.Portfolio(self.lines, sources=self.sources)

    def given(self, **more: Any) -> dict[str, Any]:
        """Return the keywords of `propose`."""
        known = {
            "calendar": CALENDAR,
            "rulebook": RULEBOOK,
            "round": self.number,
            "as_of": self.as_of,
            "policy": self.policy,
        }
        return known | more

    def propose(self, **more: Any) -> Proposal:
        """Return the proposal of the round."""
        return pb.propose(self.portfolio, **self.given(**more))

    def case(self, rulebook: Rulebook = RULEBOOK, inflow: int = 0) -> Case:
        """Return the facts of the round; *inflow* (đồng) comes into every pool on top."""
        day, policy, book = dt.date.fromisoformat(self.as_of), self.policy, self.portfolio
        outlook = make_outlook(book, CALENDAR, day, rulebook.closing_date(CALENDAR.year), policy)
        round_ = CALENDAR.round(self.number)
        state = build_assessment(book, CALENDAR, day, round_, policy, outlook)
        pools = rulebook.pools(book, policy)
        pools = replace(pools, inflow=pools.inflow + inflow)
        return Case(
            book,
            CALENDAR,
            policy,
            round_,
            day,
            state,
            outlook,
            pools,
            np.zeros(len(book), dtype=bool),
            rulebook.obligations,
        )

    def with_policy(self, **changes: Any) -> Setting:
        """Return the round under another policy."""
        return replace(self, policy=replace(self.policy, **changes))


def sample() -> Setting:
    """Return a small round in which three lines give, three receive, and a source falls short."""
    million = 1_000_000
    rows = [
        # project, owner, source, plan, disbursed, need
        ("P1", "Ban A", LOCAL, 10, 1, 0),
        ("P2", "Ban A", LOCAL, 8, 2, 0),
        ("P3", "Ban B", LOCAL, 10, 9, 4),
        ("P4", "Ban B", LOCAL, 6, 6, 9),
        ("P5", "Ban C", LOCAL, 5, 5, 3),
        ("P1", "Ban A", LOTTERY, 9, 1, 0),
        ("P5", "Ban C", LOTTERY, 7, 6, 3),
    ]
    names = ("project_id", "owner", "source", "plan", "disbursed", "requested_increase")
    lines = pd.DataFrame(rows, columns=list(names))
    for name in names[3:]:
        lines[name] *= 100 * million
    lines = lines.assign(project=lines["project_id"], plan_year=2024, stage="transitional")
    lines["total_investment"] = 10**12
    lines["allocated_to_date"] = [
        10**12 - (100 * million if p == "P5" else 9 * 100 * million) for p in lines["project_id"]
    ]
    sources = pd.DataFrame({"source": [LOCAL, LOTTERY], "inflow": [0, -150 * million]})
    return Setting(lines, sources, pb.Policy(), 2, "2024-09-15")


def ceiling_sample() -> Setting:
    """Return a small round in which two lines of one project share a total that holds both back."""
    setting = sample()
    lines = setting.lines.assign(allocated_to_date=10**12 - 900_000_000)
    lines.loc[lines["project_id"] == "P5", "allocated_to_date"] = 10**12 - 400_000_000
    lines.loc[lines["project_id"] == "P5", "disbursed"] = lines.loc[lines["project_id"] == "P5", "plan"]
    return replace(setting, lines=lines, sources=None)
