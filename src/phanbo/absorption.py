"""What each line can spend by the deadline: the *outlook*, K equally likely totals a line.

Point k of a line is its total payment at level (k − ½)/K "if money were no limit". The built-in forecast
(`PaceForecaster`) takes the first of these that a line has:

* ``absorb_p10``, ``absorb_p50``, ``absorb_p90``: the owner's own percentiles, joined by straight lines in z
  (the normal quantile);
* ``estimate_year_end`` below the plan: the centre of the spread. At or above the plan it says no more than
  "at least the plan" (it is made under that plan), so the centre is the larger of pace and plan;
* pace: disbursed ÷ the usual share of the year gone by; for a line with nothing disbursed, the plan × the
  share paid of its owner's lines of that stage (else of the province's) ÷ the same.

Around a centre A the points are ``D + (A − D)·exp(σ(t)·z_k)`` with ``σ(t) = σ₀·√(1 − c(t))``. Factors are
rounded to ten-thousandths once; money is then exact integer arithmetic, rounded down. Anything with the three
members of `Forecaster` may replace it (``Policy(forecaster=…)``).
"""

from __future__ import annotations

import itertools
import math
from bisect import bisect_right
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import TYPE_CHECKING, Protocol

import numpy as np

from phanbo.calendar import WHOLE
from phanbo.errors import PolicyError
from phanbo.grouping import blocks, joint_codes, sum_by
from phanbo.money import LIMIT, floor_ratio

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from fractions import Fraction

    from phanbo.calendar import Calendar
    from phanbo.money import Ints
    from phanbo.policy import Policy
    from phanbo.portfolio import Portfolio

__all__ = [
    "SIGMA0",
    "Forecast",
    "Forecaster",
    "Outlook",
    "PaceForecaster",
    "make_outlook",
    "prepare_outlook",
]

SIGMA0 = 0.58
"""Spread of the final payment around pace at the start of a year (standard deviation of a logarithm).

Calibrated by ``benchmarks/calibrate_absorption.py`` on monthly payments of 18 Peruvian series, 2010–2013
(Ministry of Economy and Finance); figures and limits in ``docs/decisions/0002-absorption.md``.
"""

PERCENTILES = (("absorb_p10", 0.1), ("absorb_p50", 0.5), ("absorb_p90", 0.9))
MOST_POINTS = 500  # K sums of amounts below 2⁵³ stay below 2⁶³
PPM = 1_000_000


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a forecaster returns: totals before offers and units are looked at.

    Attributes
    ----------
    points : int64 array (lines, K), đồng
    basis : tuple of str
        One a line, what its points rest on. The built-in forecast uses ``absorb``, ``estimate``, ``pace``,
        ``stage-share`` and ``none`` (nothing is known, so nothing more is expected).
    forecaster : str
        Name of the forecaster; the proposal records it.
    """

    points: Ints
    basis: tuple[str, ...]
    forecaster: str


class Forecaster(Protocol):
    """Anything that can say what each line will have spent by the deadline."""

    @property
    def name(self) -> str:
        """The name recorded in the proposal."""

    @property
    def points(self) -> int:
        """K, the number of points a line."""

    def forecast(
        self, portfolio: Portfolio, calendar: Calendar, as_of: dt.date, deadline: dt.date
    ) -> Forecast:
        """Return the points of every line, in the order of the portfolio."""


@dataclass(frozen=True, eq=False)
class Outlook:
    """K equally likely totals a line by the deadline (``y_i1 ≤ … ≤ y_iK``), offers and units respected.

    Attributes
    ----------
    line_ids : tuple of str
    points : int64 array (lines, K), đồng
        Read-only, rising along k, at least what is disbursed.
    basis : tuple of str
        One a line, what its points rest on.
    forecaster : str

    Raises
    ------
    PolicyError
        When the points are no such array.

    Examples
    --------
    >>> outlook = Outlook(("a",), np.array([[10, 20, 30, 40]]), ("pace",), "pace")
    >>> outlook.median.tolist(), outlook.expected(np.array([25])).tolist()
    ([20], [20])
    """

    line_ids: tuple[str, ...]
    points: Ints
    basis: tuple[str, ...]
    forecaster: str

    def __post_init__(self) -> None:
        points = _whole_numbers(self.points, len(self.line_ids))
        if len(self.basis) != len(self.line_ids):
            raise _fault("mỗi dòng một căn cứ", "one basis a line is needed")
        if (points[:, 1:] < points[:, :-1]).any():
            raise _fault("các điểm của một dòng phải không giảm", "the points of a line must not fall")
        if points.flags.writeable:  # it may be changed elsewhere
            points = points.copy()
            points.flags.writeable = False
        object.__setattr__(self, "points", points)

    @property
    def median(self) -> Ints:
        """The median total of each line, đồng: ``y_i,⌈K/2⌉``."""
        return self.points[:, (self.points.shape[1] + 1) // 2 - 1]

    def quantile(self, q: Fraction) -> Ints:
        """Return ``Q_i(q) = y_i,max(1,⌈qK⌉)`` of each line, đồng; 0 ≤ *q* ≤ 1."""
        return self.points[:, max(1, math.ceil(q * self.points.shape[1])) - 1]

    def receiver_level(self, r: Fraction) -> Ints:
        """Return ``y_i,⌊(1−r)K⌋+1`` of each line, đồng: it spends so much with chance *r*, 0 < *r* ≤ 1."""
        return self.points[:, math.floor((1 - r) * self.points.shape[1])]

    def expected(self, plan: Ints) -> Ints:
        """Return ``⌊mean_k min(x_i, y_ik)⌋`` of each line for the plan x, đồng."""
        total = np.empty(plan.size, dtype=np.int64)
        for rows in blocks(plan.size):
            total[rows] = np.minimum(plan[rows, None], self.points[rows]).sum(axis=1)
        return np.floor_divide(total, self.points.shape[1])


@dataclass(frozen=True, slots=True)
class PaceForecaster:
    """The built-in forecast: the owner's percentiles, its estimate, or its pace against the usual year.

    With c(t) the calendar's share of the year at the data date (relative to that at the deadline, which is 1
    after 31/12, and more once works of the next year can be paid: after 31/1): ``pace = ⌊D ÷ c(t)⌋``, points
    ``D + (A − D)·exp(σ₀·√(1 − c(t))·z_k)`` around a centre A, z_k the normal quantile of (k − ½)/K. A single given
    percentile p has this spread too, with ``z_k − z_p``.

    Parameters
    ----------
    points : int
        K, 1 … 500.
    sigma0 : float
        σ₀, 0 … 5.
    """

    points: int = 20
    sigma0: float = SIGMA0
    name: str = "pace"

    def __post_init__(self) -> None:
        if not (1 <= self.points <= MOST_POINTS and 0 <= self.sigma0 <= 5):
            raise _fault(
                "points phải trong 1 … 500 và sigma0 trong 0 … 5", "points must be 1 … 500, sigma0 0 … 5"
            )

    def forecast(
        self, portfolio: Portfolio, calendar: Calendar, as_of: dt.date, deadline: dt.date
    ) -> Forecast:
        """Return the points of every line, in the order of the portfolio."""
        elapsed = max(1, min(WHOLE, calendar.share(as_of) * WHOLE // calendar.share_until(deadline)))
        sigma = self.sigma0 * math.sqrt(1 - elapsed / WHOLE)
        scores = [NormalDist().inv_cdf((2 * k - 1) / (2 * self.points)) for k in range(1, self.points + 1)]
        disbursed, _ = portfolio.money("disbursed")
        centre, basis = _centres(portfolio, elapsed)
        points = _spread(disbursed, centre, [sigma * z for z in scores])

        given = [portfolio.money(name) for name, _ in PERCENTILES]
        known = np.column_stack([mask for _, mask in given])
        basis[known.any(axis=1)] = "absorb"
        for pattern in itertools.product((False, True), repeat=len(given)):
            rows = np.flatnonzero((known == pattern).all(axis=1))
            if not any(pattern) or not rows.size:
                continue
            z = [NormalDist().inv_cdf(p) for (_, p), there in zip(PERCENTILES, pattern, strict=True) if there]
            amounts = np.column_stack(
                [value[rows] for (value, _), there in zip(given, pattern, strict=True) if there]
            )
            points[rows] = (
                _joined(amounts, z, scores)
                if len(z) > 1
                else _spread(disbursed[rows], amounts[:, 0], [sigma * (score - z[0]) for score in scores])
            )
        np.clip(points, disbursed[:, None], LIMIT, out=points)
        return Forecast(points, tuple(basis.tolist()), self.name)


def make_outlook(
    portfolio: Portfolio,
    calendar: Calendar,
    as_of: dt.date,
    deadline: dt.date,
    policy: Policy,
    *,
    added_until: dt.date | None = None,
) -> Outlook:
    """Return the outlook of a portfolio: the policy's forecaster, or pace, prepared in the policy's unit.

    Where capital that is added may be paid *added_until* a later day than the *deadline* of the plan, a point that
    reaches the plan by the deadline goes on to that day; one that does not is left: a line that lets its own plan lapse
    is not expected to spend more.
    """
    forecaster: Forecaster = PaceForecaster() if policy.forecaster is None else policy.forecaster
    forecast = forecaster.forecast(portfolio, calendar, as_of, deadline)
    if added_until is not None and added_until > deadline:
        later = forecaster.forecast(portfolio, calendar, as_of, added_until)
        plan, _ = portfolio.money("plan")
        points, on = (
            np.sort(_whole_numbers(each.points, len(portfolio)), axis=1) for each in (forecast, later)
        )
        forecast = replace(forecast, points=np.where(points >= plan[:, None], np.maximum(points, on), points))
    return prepare_outlook(portfolio, forecast, policy.unit)


def prepare_outlook(portfolio: Portfolio, forecast: Forecast, unit: int) -> Outlook:
    """Return the outlook of raw points: first offers, then each line's own grid of whole units.

    ``y := min(y, P − F)`` where an offer ``F > 0`` stands (it is the owner's own forecast), then
    ``y := max(D, P + u·⌊(y − P)/u⌋)``: every amount that can be reached has an exact slope. In the other
    order P − F would be off the grid. Prepared points, prepared again, are the same.

    Raises
    ------
    PolicyError
        When the forecast is no array of whole đồng, one row a line and 1 … 500 points.
    """
    plan, disbursed, offer = (
        portfolio.money(name)[0][:, None] for name in ("plan", "disbursed", "offered_decrease")
    )
    points = _whole_numbers(forecast.points, len(portfolio)).copy()  # the largest table: changed in place
    points.sort(axis=1)
    np.minimum(points, np.where(offer > 0, plan - offer, LIMIT), out=points)
    points -= plan
    points //= unit
    points *= unit
    points += plan
    np.maximum(points, disbursed, out=points)
    points.flags.writeable = False
    ids = tuple(portfolio.text("line_id").tolist())
    return Outlook(ids, points, tuple(forecast.basis), forecast.forecaster)


def _centres(portfolio: Portfolio, elapsed: int) -> tuple[Ints, np.ndarray[tuple[int], np.dtype[np.object_]]]:
    """Return the centre of each line's points (đồng) and what it rests on, percentiles left aside."""
    plan, _ = portfolio.money("plan")
    disbursed, _ = portfolio.money("disbursed")
    estimate, estimated = portfolio.money("estimate_year_end")
    idle = disbursed == 0
    pace = floor_ratio(disbursed, WHOLE, elapsed)
    if elapsed < WHOLE:  # when the year is over nothing more is paid
        pace = np.where(idle, _idle_pace(portfolio, plan, disbursed, elapsed), pace)
    basis = np.full(len(pace), "pace", dtype=object)
    basis[idle] = "stage-share"
    basis[pace == 0] = "none"
    basis[estimated] = "estimate"
    told = np.where(estimate < plan, estimate, np.maximum(pace, plan))
    return np.where(estimated, told, pace), basis


def _idle_pace(portfolio: Portfolio, plan: Ints, disbursed: Ints, elapsed: int) -> Ints:
    """Return ``P × ΣD/ΣP ÷ c`` over the lines of its owner and stage; where that is 0, of its stage.

    Carried-over capital is compared with carried-over capital. Shares are whole millionths.
    """
    stage = joint_codes(portfolio.codes("stage"), (portfolio.carried.astype(np.int64), (False, True)))
    owner = joint_codes(stage, portfolio.codes("owner"))
    own, province = (
        _rates(group, len(first), plan, disbursed, elapsed)[group] for group, first in (owner, stage)
    )
    return _scaled(plan, np.where(own > 0, own, province), PPM)


def _rates(group: Ints, size: int, plan: Ints, disbursed: Ints, elapsed: int) -> Ints:
    """Return for each group ``ΣD/ΣP ÷ c`` in whole millionths, 0 where ΣP = 0."""
    planned, paid = sum_by(group, plan, size), sum_by(group, disbursed, size).astype(object)
    base = np.maximum(planned, 1).astype(object) * elapsed  # Python integers: no product is too large
    most = PPM * PPM  # a million times the plan: `_scaled` stays inside int64
    rates = np.minimum(paid * (PPM * WHOLE) // base, most).astype(np.int64)
    return np.where(planned > 0, rates, 0)


def _scaled(amount: Ints, rate: Ints, base: int) -> Ints:
    """Return ``⌊amount × rate / base⌋``, at most `LIMIT`, for arrays of rates; ``base × rate < 2⁶³``."""
    whole, rest = np.divmod(amount, base)
    product: Ints = np.minimum(whole, LIMIT // np.maximum(rate, 1) + 1)
    product *= rate
    small = rest * rate
    small //= base
    product += small
    return np.minimum(product, LIMIT, out=product)


def _spread(disbursed: Ints, centre: Ints, exponents: Sequence[float]) -> Ints:
    """Return ``D + (A − D)·exp(e_k)``, factors rounded to ten-thousandths."""
    factors = np.array([round(WHOLE * math.exp(e)) for e in exponents], dtype=np.int64)
    gap = np.maximum(centre - disbursed, 0)
    points = _scaled(gap[:, None], factors[None, :], WHOLE)
    points += disbursed[:, None]
    return points


def _joined(amounts: Ints, z: Sequence[float], scores: Sequence[float]) -> Ints:
    """Return the points on the straight lines in z through two or three percentiles, end lines drawn on.

    Percentiles that fall where they should rise are put in order; z is in ten-thousandths.
    """
    knots = [round(WHOLE * value) for value in z]
    amounts = np.sort(amounts, axis=1)
    columns = []
    for at in (round(WHOLE * score) for score in scores):
        j = min(max(bisect_right(knots, at) - 1, 0), len(knots) - 2)
        step, width = at - knots[j], knots[j + 1] - knots[j]
        whole, rest = np.divmod(amounts[:, j + 1] - amounts[:, j], width)
        columns.append(amounts[:, j] + whole * step + rest * step // width)
    return np.column_stack(columns)


def _whole_numbers(points: Ints, lines: int) -> Ints:
    """Return the points as int64 (lines, K), 0 … `LIMIT`; `PolicyError` where they are something else."""
    table = np.asarray(points)
    if table.ndim != 2 or table.shape[0] != lines or not 1 <= table.shape[1] <= MOST_POINTS:
        raise _fault(
            f"cần {lines} dòng, mỗi dòng 1 … {MOST_POINTS} điểm",
            f"{lines} lines of 1 … {MOST_POINTS} points are needed",
        )
    if table.dtype.kind not in "iu" or table.min(initial=0) < 0 or table.max(initial=0) > LIMIT:
        raise _fault(
            "các điểm phải là số nguyên đồng từ 0 đến 2⁵³ − 1", "points must be whole đồng from 0 to 2⁵³ − 1"
        )
    return table.astype(np.int64, copy=False)


def _fault(message_vi: str, message_en: str) -> PolicyError:
    return PolicyError(
        f"Dự báo khả năng giải ngân không dùng được: {message_vi}.",
        f"The forecast cannot be used: {message_en}.",
    )
