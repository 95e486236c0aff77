"""How far each line, bucket, owner and source has come, against what its milestone asks.

Three readings of the same figures are computed and kept (*model* §2, "Judging"); the policy names the one
that decides. Shares are compared by cross-multiplying integers, never as floats.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phanbo.absorption import Outlook
from phanbo.calendar import Calendar, Round
from phanbo.due import LEAD, last_figures
from phanbo.money import Bools
from phanbo.policy import READINGS, Policy
from phanbo.portfolio import Portfolio
from phanbo.reading import Reading, make_reading

if TYPE_CHECKING:
    from phanbo.plots import AssessmentPlots

__all__ = ["Assessment", "build_assessment", "missed_deadlines", "stale_figures"]

Texts = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Assessment:
    """The state of a portfolio at one date (*đánh giá kết quả giải ngân*).

    Attributes
    ----------
    as_of : date
    round : Round
        The round whose judging date counts.
    judge : str
        The reading that decides.
    readings : mapping of str to Reading
    warnings : tuple of str
        What a reader must know first, such as figures of another date.
    lead : str
        The department that reports the round, by the rulebook in force (*cơ quan chủ trì tham mưu*).
    missed : object array of shape (n,)
        The deadline a line has missed (``start``, ``policy_dossier``, …), ``""`` where none.
    """

    portfolio: Portfolio
    calendar: Calendar
    as_of: dt.date
    round: Round
    judge: str
    fast: str
    readings: dict[str, Reading]
    missed: Texts
    line_ids: tuple[str, ...]
    outlook: Outlook
    warnings: tuple[str, ...] = ()
    lead: str = LEAD

    @property
    def decides(self) -> Reading:
        """The reading that decides."""
        return self.readings[self.judge]

    @cached_property
    def may_import(self) -> Bools:
        """Whether the owner of each line may bring capital in from other owners (M25)."""
        reading = self.decides
        return reading.owner_own | reading.owner_average if self.fast == "average" else reading.owner_own

    @property
    def lines(self) -> pd.DataFrame:
        """One row a line: plan, disbursed, share and requirement under each reading."""
        from phanbo.assessment_frames import lines_frame

        return lines_frame(self)

    @property
    def owners(self) -> pd.DataFrame:
        """One row an owner: ratio, the province's, rank, requirement under each reading."""
        from phanbo.assessment_frames import owners_frame

        return owners_frame(self)

    @property
    def buckets(self) -> pd.DataFrame:
        """One row a bucket (owner × stage × plan year)."""
        from phanbo.assessment_frames import buckets_frame

        return buckets_frame(self)

    @property
    def sources(self) -> pd.DataFrame:
        """One row a source and plan year."""
        from phanbo.assessment_frames import sources_frame

        return sources_frame(self)

    @property
    def stages(self) -> pd.DataFrame:
        """One row a group (stage, or capital carried over)."""
        from phanbo.assessment_frames import stages_frame

        return stages_frame(self)

    @property
    def province(self) -> dict[str, Any]:
        """Totals: this year's plan (the base of every average) and carried-over capital apart."""
        from phanbo.assessment_frames import province_totals

        return province_totals(self)

    @property
    def due(self) -> pd.DataFrame:
        """What the directive makes due in the 30 days after `as_of`."""
        from phanbo.assessment_frames import due_frame

        return due_frame(self)

    def to_json(self) -> str:
        """Return all frames as one JSON text; money as integer đồng."""
        from phanbo.assessment_frames import to_json

        return to_json(self)

    def to_excel(self, path: str | Path, lang: str = "vi") -> None:
        """Write the monthly workbook: province, sources, owners, stages, late lines, what is due."""
        from phanbo.report.assessment import write_assessment

        write_assessment(self, path, lang=lang)

    @property
    def plot(self) -> AssessmentPlots:
        """Pictures: ``.owners()``, ``.milestones()``."""
        from phanbo.plots import AssessmentPlots

        return AssessmentPlots(self)

    def __repr__(self) -> str:
        totals = self.province
        return f"Assessment(as_of={self.as_of}, lines={len(self.line_ids)}, ratio={totals['ratio']:.4f})"

    def _repr_html_(self) -> str:
        from phanbo.report.display import assessment_html

        return assessment_html(self)


def build_assessment(
    portfolio: Portfolio,
    calendar: Calendar,
    as_of: dt.date,
    round_: Round,
    policy: Policy,
    outlook: Outlook,
    *,
    lead: str = LEAD,
) -> Assessment:
    """Return the assessment of a portfolio at *as_of* for one round, under all three readings.

    *lead* is the department that reports the round.
    """
    readings = {name: make_reading(name, portfolio, calendar, as_of, round_, outlook) for name in READINGS}
    judged = max(round_.tau(policy.judge), as_of)
    return Assessment(
        portfolio=portfolio,
        calendar=calendar,
        as_of=as_of,
        round=round_,
        judge=policy.judge,
        fast=policy.fast,
        readings=readings,
        missed=missed_deadlines(portfolio, calendar, as_of, judged),
        line_ids=tuple(portfolio.text("line_id").tolist()),
        outlook=outlook,
        warnings=tuple(stale_figures(portfolio, calendar, as_of)),
        lead=lead,
    )


def stale_figures(portfolio: Portfolio, calendar: Calendar, as_of: dt.date) -> list[str]:
    """Return a warning where the table's disbursement figures are of another date than *as_of*.

    It says so where they are older than the last report of the Treasury that the calendar knows.
    """
    if portfolio.dated is None or portfolio.dated == as_of:
        return []
    vi = f"Số liệu giải ngân của bảng đến ngày {portfolio.dated}, không phải {as_of}"
    en = f"The disbursement figures of the table reach {portfolio.dated}, not {as_of}"
    last = last_figures(calendar, as_of)
    if portfolio.dated < last:
        vi += f"; cũ hơn kỳ báo cáo gần nhất của Kho bạc ({last}): xin số liệu mới"
        en += f"; older than the Treasury's last report ({last}): ask for newer ones"
    return [f"{vi}. / {en}."]


def missed_deadlines(portfolio: Portfolio, calendar: Calendar, as_of: dt.date, judged: dt.date) -> Texts:
    """Return, for each line, the deadline it has missed, judged on what is known at *as_of*.

    A deadline counts when it is due by *judged* = max(τ, as_of) and the act is known not to have happened:
    ``"chưa"``, or a date after *as_of*. An empty cell is unknown and accuses nobody. Only lines of this year's
    plan have deadlines.
    """
    missed = np.full(len(portfolio), "", dtype=object)
    free = np.ones(len(portfolio), dtype=bool)
    programme = ~portfolio.says("programme", "")
    columns = {
        "start": "started_on",
        "policy_dossier": "policy_dossier_on",
        "project_dossier": "project_dossier_on",
        "procedures": "procedures_completed_on",
    }
    today = as_of.isoformat()
    for deadline in calendar.deadlines:
        if deadline.last_day > judged:
            continue
        code, events = portfolio.codes(columns[deadline.kind])
        open_ = (events == "chưa") | ((events != "") & (events > today))
        bound = portfolio.says("stage", deadline.stage) & ~portfolio.carried
        if deadline.programme_only:
            bound &= programme
        late = bound & open_[code] & free
        missed[late], free[late] = deadline.kind, False
    return missed
