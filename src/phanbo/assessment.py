"""How far each line, bucket, owner and source has come, against what its milestone asks.

Three readings of the same figures are computed and kept (*model* §2, "Judging"); the policy names the one
that decides. Shares are compared by cross-multiplying integers, never as floats.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phanbo.absorption import Outlook
from phanbo.calendar import CARRIED, WHOLE, Calendar, Round
from phanbo.due import LEAD, last_figures
from phanbo.grouping import codes_of, joint_codes, sum_by
from phanbo.money import Bools, Ints, ceil_share, floor_ratio, floor_share
from phanbo.policy import READINGS, Policy
from phanbo.portfolio import Portfolio

__all__ = ["Assessment", "Reading", "build_assessment", "missed_deadlines", "stale_figures"]

Texts = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Reading:
    """One reading (``actual``, ``pace`` or ``forecast``) of all lines.

    A *cell* is group × plan year × stage: all its lines share one milestone.

    Attributes
    ----------
    name : str
    cell : int64 array of shape (n,)
    cell_tau : tuple of date
        Judging date of each cell.
    cell_share : tuple of Fraction
        *ρ*: the share required of each cell.
    cell_milestone : tuple of date or None
        The milestone that counts; ``None`` where the stage's provincial share stands in its place.
    executed : int64 array of shape (n,), in đồng
        *e*: what counts as disbursed by τ.
    required : int64 array of shape (n,), in đồng
        ``ceil(ρ · plan)``: a line has come far enough when ``executed >= required``.
    late : bool array of shape (n,)
        Below its milestone.
    bucket_behind : bool array of shape (n,)
        Its bucket (owner × stage × plan year) is below the milestone.
    late_permille, lead_permille : int64 arrays of shape (n,)
        Distance below and above the required share, in thousandths of the plan.
    owner_own, owner_average : bool arrays of shape (n,)
        Its owner meets its own required share; is not slower than the province stage by stage.
    """

    name: str
    cell: Ints
    cell_tau: tuple[dt.date, ...]
    cell_share: tuple[Fraction, ...]
    cell_milestone: tuple[dt.date | None, ...]
    executed: Ints
    required: Ints
    late: Bools
    bucket_behind: Bools
    late_permille: Ints
    lead_permille: Ints
    owner_own: Bools
    owner_average: Bools

    def share(self, line: int) -> Fraction:
        """Return the share required of one line."""
        return self.cell_share[int(self.cell[line])]

    def tau(self, line: int) -> dt.date:
        """Return the judging date of one line."""
        return self.cell_tau[int(self.cell[line])]

    def milestone(self, line: int) -> dt.date | None:
        """Return the milestone of one line, ``None`` where it has none yet."""
        return self.cell_milestone[int(self.cell[line])]


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
    readings = {name: _reading(name, portfolio, calendar, as_of, round_, outlook) for name in READINGS}
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


def _reading(
    name: str, portfolio: Portfolio, calendar: Calendar, as_of: dt.date, round_: Round, outlook: Outlook
) -> Reading:
    plan, tau = portfolio.money("plan")[0], round_.tau(name)
    cell, keys = _cells(portfolio)
    marks = [calendar.milestone(group, year, tau) for group, year, _ in keys]
    days = tuple(min(tau, m.last_day) if m is not None and m.on == tau else tau for m in marks)
    executed = _executed(name, portfolio, calendar, as_of, cell, days, outlook)

    province = _stage_shares(portfolio, executed, plan)
    share = tuple(
        mark.share if mark is not None else province[key[2]] for mark, key in zip(marks, keys, strict=True)
    )
    required = _required(cell, share, plan)
    has_mark = np.array([m is not None for m in marks], dtype=bool)[cell]
    usual = tuple(province[stage] for _, _, stage in keys)
    own, average = (_owners(portfolio, executed, plan, cell, asked) for asked in (share, usual))
    below, above = _permille(cell, share, plan, executed)
    return Reading(
        name=name,
        cell=cell,
        cell_tau=days,
        cell_share=share,
        cell_milestone=tuple(m.on if m is not None else None for m in marks),
        executed=executed,
        required=required,
        late=has_mark & (executed < required),
        bucket_behind=has_mark & _behind(portfolio, executed, plan, cell, share),
        late_permille=below,
        lead_permille=above,
        owner_own=own,
        owner_average=average,
    )


def _executed(
    name: str,
    portfolio: Portfolio,
    calendar: Calendar,
    as_of: dt.date,
    cell: Ints,
    days: tuple[dt.date, ...],
    outlook: Outlook,
) -> Ints:
    """Return *e*: the figure at τ where τ has passed, else today's figure carried to τ by the reading."""
    plan, disbursed = portfolio.money("plan")[0], portfolio.money("disbursed")[0]
    executed = disbursed.copy()
    now = calendar.share(as_of)
    for tau in sorted(set(days)):
        at = np.array([day == tau for day in days], dtype=bool)[cell]
        then = calendar.share(tau)
        if as_of >= tau:
            if as_of > tau and portfolio.history is not None:
                executed[at] = portfolio.at(tau).money("disbursed")[0][at]
        elif name == "pace":
            reach = np.minimum(plan, floor_ratio(disbursed, then, now))
            executed[at] = np.maximum(disbursed, reach)[at]
        elif name == "forecast" and then > now:
            rise = np.maximum(disbursed, np.minimum(plan, outlook.median)) - disbursed
            executed[at] = (disbursed + floor_ratio(rise, then - now, WHOLE - now))[at]
    return executed


def _cells(portfolio: Portfolio) -> tuple[Ints, list[tuple[str, int, str]]]:
    """Return the cell of each line, and group, plan year and stage of each cell, in order."""
    year, stage, carried = portfolio.integer("plan_year")[0], portfolio.text("stage"), portfolio.carried
    some, first = joint_codes(portfolio.codes("plan_year"), portfolio.codes("stage"))
    cell, keys = codes_of(np.where(carried, CARRIED, stage)[first], year[first], stage[first])
    return cell[some], keys


def _stage_shares(portfolio: Portfolio, executed: Ints, plan: Ints) -> dict[str, Fraction]:
    """Return *s*: the province's weighted share of each stage over this year's lines; 0 where it has no plan."""
    stage, stages = portfolio.codes("stage")
    now = np.where(portfolio.carried, -1, stage)
    done, total = (sum_by(now, side, len(stages)).tolist() for side in (executed, plan))
    return {
        name: Fraction(e, p) if p else Fraction(0) for name, e, p in zip(stages, done, total, strict=True)
    }


def _required(cell: Ints, share: tuple[Fraction, ...], plan: Ints) -> Ints:
    """Return ``ceil(ρ · plan)`` in đồng, exact."""
    required = np.zeros(plan.size, dtype=np.int64)
    for k, rho in enumerate(share):
        lines = cell == k
        required[lines] = ceil_share(plan[lines], rho)
    return required


def _permille(cell: Ints, share: tuple[Fraction, ...], plan: Ints, executed: Ints) -> tuple[Ints, Ints]:
    """Return the distance below and above the required share in thousandths of the plan; 0 where there is none."""
    below, above = np.zeros(plan.size, dtype=np.int64), np.zeros(plan.size, dtype=np.int64)
    for k, rho in enumerate(share):
        lines = (cell == k) & (plan > 0)
        p, e = plan[lines], 1000 * executed[lines]
        # ⌊(x − e)/p⌋ is ⌊(⌊x⌋ − e)/p⌋ in whole đồng; so no product of two amounts is needed.
        below[lines] = np.maximum(0, (floor_share(p, 1000 * rho) - e) // p)
        above[lines] = np.clip((e - ceil_share(p, 1000 * rho)) // p, 0, 1000)
    return below, above


def _behind(
    portfolio: Portfolio, executed: Ints, plan: Ints, cell: Ints, share: tuple[Fraction, ...]
) -> Bools:
    """Return whether the bucket (owner × stage × plan year) of each line is below its required share."""
    bucket, first = joint_codes(*(portfolio.codes(name) for name in ("owner", "stage", "plan_year")))
    done, total = sum_by(bucket, executed, len(first)), sum_by(bucket, plan, len(first))
    behind: Bools = done < _required(cell[first], share, total)
    return behind[bucket]


def _owners(
    portfolio: Portfolio, executed: Ints, plan: Ints, cell: Ints, share: tuple[Fraction, ...]
) -> Bools:
    """Return for each line whether its owner has spent what the shares of its cells ask of this year's lines."""
    now, (owner, owners) = ~portfolio.carried, portfolio.codes("owner")
    count, cells = len(owners), len(share)
    plans = sum_by(np.where(now, owner * cells + cell, -1), plan, count * cells).reshape(count, cells)
    done = sum_by(np.where(now, owner, -1), executed, count)
    scale = math.lcm(*(rho.denominator for rho in share))  # Python integers: no product is too large
    need = sum(plans[:, k].astype(object) * int(rho * scale) for k, rho in enumerate(share))
    enough = np.asarray(done.astype(object) * scale >= need, dtype=bool)
    return enough[owner]
