"""One reading of all lines: what counts as disbursed when they are judged, and what their milestones ask.

Shares are compared by cross-multiplying integers, never as floats.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from phanbo.absorption import Outlook
from phanbo.calendar import CARRIED, WHOLE, Calendar, Round
from phanbo.grouping import codes_of, joint_codes, sum_by
from phanbo.money import Bools, Ints, ceil_share, floor_ratio, floor_share
from phanbo.portfolio import Portfolio

__all__ = ["Reading", "make_reading"]


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


def make_reading(
    name: str, portfolio: Portfolio, calendar: Calendar, as_of: dt.date, round_: Round, outlook: Outlook
) -> Reading:
    """Return one reading (``actual``, ``pace`` or ``forecast``) of a portfolio at *as_of* for one round."""
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
