"""Absorption: exact points, offers before units, and what the calibration is worth on years held out."""

from __future__ import annotations

import datetime as dt
import importlib.util
import math
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phanbo.absorption import (
    SIGMA0,
    Forecast,
    Outlook,
    PaceForecaster,
    make_outlook,
    prepare_outlook,
)
from phanbo.calendar import WHOLE, Calendar
from phanbo.calendar_file import load_calendar
from phanbo.errors import PolicyError
from phanbo.money import LIMIT
from phanbo.policy import Policy

if TYPE_CHECKING:
    from types import ModuleType

    from phanbo.money import Bools, Ints
    from phanbo.portfolio import Portfolio

AS_OF, DEADLINE = dt.date(2024, 9, 15), dt.date(2025, 1, 31)
SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "calibrate_absorption.py"
Line = dict[str, Any]


@dataclass(frozen=True)
class Lines:
    """The part of a portfolio that a forecast reads; a column a line does not have is unknown there."""

    rows: list[Line] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.rows)

    def money(self, name: str) -> tuple[Ints, Bools]:
        given = [row.get(name) for row in self.rows]
        values = np.array([0 if value is None else value for value in given], dtype=np.int64)
        return values, np.array([value is not None for value in given], dtype=bool)

    def text(self, name: str) -> np.ndarray[Any, np.dtype[np.object_]]:
        return np.array([row.get(name, f"L{i}") for i, row in enumerate(self.rows)], dtype=object)

    def codes(self, name: str) -> tuple[Ints, list[str]]:
        distinct = sorted(set(self.text(name).tolist()))
        return np.array([distinct.index(text) for text in self.text(name)], dtype=np.int64), distinct

    @property
    def carried(self) -> Bools:
        return np.array([row.get("carried", False) for row in self.rows], dtype=bool)


def line(plan: int, disbursed: int, **more: int | str | None) -> Line:
    return {"plan": plan, "disbursed": disbursed, "owner": "A", "stage": "transitional", **more}


def portfolio(*rows: Line) -> Portfolio:
    return cast("Portfolio", Lines(list(rows)))


def year(share: int) -> Calendar:
    """Return a calendar in which *share* ten-thousandths of the year are usually paid by `AS_OF`."""
    end = dt.date(2024, 12, 31)
    return replace(load_calendar("lang-son-2024"), curve=((AS_OF, share), (end, WHOLE)))


def points(*rows: Line, share: int = 2500, K: int = 20) -> list[list[int]]:
    forecast = PaceForecaster(points=K).forecast(portfolio(*rows), year(share), AS_OF, DEADLINE)
    return cast("list[list[int]]", forecast.points.tolist())


def bases(*rows: Line, share: int = 2500) -> tuple[str, ...]:
    return PaceForecaster().forecast(portfolio(*rows), year(share), AS_OF, DEADLINE).basis


# --- the built-in forecast -------------------------------------------------------------------------------


def test_points_around_pace() -> None:
    # pace = 100 / 0.25 = 400; σ = 0.58·√0.75 = 0.5023; level 1/4 and 3/4: z = ∓0.6745; factors 0.7126, 1.4033
    assert points(line(1000, 100), K=2) == [[100 + 213, 100 + 420]]


def test_one_point_is_the_centre() -> None:
    assert points(line(1000, 100), K=1) == [[400]]


def test_twenty_points_by_default() -> None:
    assert len(points(line(1000, 100))[0]) == 20


def test_the_plan_does_not_limit_the_pace() -> None:
    assert points(line(10, 100), K=1) == [[400]]


def test_when_the_year_is_over_pace_is_what_is_paid() -> None:
    rows = (line(1000, 100), line(1000, 0))
    assert points(*rows, share=WHOLE) == [[100] * 20, [0] * 20]


def test_a_line_still_moves_the_day_before_the_year_is_over() -> None:
    assert points(line(1000, 100_000), share=WHOLE - 1)[0][0] > 100_000


def test_an_earlier_deadline_leaves_less_of_the_year() -> None:
    # c(deadline) = 0.5, so half of what will be paid by then is paid
    calendar = replace(
        year(2500), curve=((AS_OF, 2500), (dt.date(2024, 10, 31), 5000), (dt.date(2024, 12, 31), WHOLE))
    )
    forecast = PaceForecaster(points=1).forecast(
        portfolio(line(1000, 100)), calendar, AS_OF, dt.date(2024, 10, 31)
    )
    assert forecast.points.tolist() == [[200]]


def test_pace_saturates() -> None:
    assert points(line(LIMIT, LIMIT), share=1) == [[LIMIT] * 20]
    assert points(line(LIMIT, LIMIT // 2), share=1, K=1) == [[LIMIT]]


def test_pace_of_idle_lines_saturates() -> None:
    assert points(line(LIMIT, 0), line(1, LIMIT), share=1, K=1)[0] == [LIMIT]


def test_idle_lines_may_pass_their_plan() -> None:
    assert points(line(100, 0), line(900, 600), K=1)[0] == [240]


def test_idle_lines_take_the_share_of_owner_and_stage() -> None:
    rows = (
        line(600, 60),
        line(400, 0),
        line(1000, 900, owner="B"),
        line(1000, 900, stage="new_start"),
        line(1000, 900, carried=True),
    )
    # 60 / 1000 of the plans of A's transitional lines of this year; ÷ 0.25
    assert points(*rows, K=1)[1] == [96]
    assert bases(*rows) == ("pace", "stage-share", "pace", "pace", "pace")


def test_idle_owners_take_the_share_of_the_stage() -> None:
    rows = (line(400, 0), line(500, 60, owner="B"), line(100, 0, owner="C"), line(9, 9, stage="new_start"))
    assert points(*rows, K=1)[0] == [96]


def test_carried_over_lines_are_compared_with_carried_over_lines() -> None:
    rows = (line(400, 0, carried=True), line(600, 60, carried=True), line(1000, 900))
    assert points(*rows, K=1)[0] == [96]


def test_nothing_known_expects_nothing() -> None:
    rows = (line(400, 0), line(0, 0, owner="B", stage="new_start"), line(5, 5, stage="completed"))
    assert points(*rows, K=3)[:2] == [[0] * 3, [0] * 3]
    assert bases(*rows) == ("none", "none", "pace")


def test_a_low_estimate_is_the_centre() -> None:
    assert points(line(1000, 100, estimate_year_end=150), K=1) == [[150]]
    assert points(line(1000, 100, estimate_year_end=999), K=1) == [[999]]
    assert bases(line(1000, 100, estimate_year_end=150)) == ("estimate",)


@pytest.mark.parametrize("estimate", [1000, 5000])
def test_an_estimate_at_the_plan_is_at_least_the_plan(estimate: int) -> None:
    assert points(line(1000, 100, estimate_year_end=estimate), K=1) == [[1000]]
    assert points(line(1000, 300, estimate_year_end=estimate), K=1) == [[1200]]
    assert points(line(1000, 100, estimate_year_end=estimate))[0][-1] > 1000


def test_an_estimate_below_what_is_paid_keeps_what_is_paid() -> None:
    assert points(line(1000, 100, estimate_year_end=0)) == [[100] * 20]


def test_percentiles_come_before_the_estimate() -> None:
    row = line(1000, 100, absorb_p50=700, estimate_year_end=150)
    assert points(row, K=1) == [[700]]
    assert bases(row) == ("absorb",)


def test_a_single_percentile_is_on_the_spread_of_pace() -> None:
    # with K = 5 the levels are 0.1, 0.3, 0.5, 0.7, 0.9: the given one comes out as it went in
    for k, name in ((0, "absorb_p10"), (2, "absorb_p50"), (4, "absorb_p90")):
        (row,) = points(line(1000, 100, **{name: 700}), K=5)
        assert row[k] == 700
        assert (row[4] - 100) / (row[0] - 100) == pytest.approx(
            math.exp(SIGMA0 * math.sqrt(0.75) * 2 * 1.2816), rel=0.01
        )


def test_percentiles_are_joined_by_straight_lines_in_z() -> None:
    # levels 0.1, 0.3, …, 0.9; z(0.3) = -0.5244, z(0.1) = -1.2816: 0.4092 of the way down from the median
    three = line(10**6, 0, absorb_p10=100_000, absorb_p50=200_000, absorb_p90=500_000)
    assert points(three, K=5) == [[100_000, 159_082, 200_000, 322_752, 500_000]]
    two = line(10**6, 0, absorb_p10=100_000, absorb_p90=500_000)
    assert points(two, K=5) == [[100_000, 218_164, 300_000, 381_835, 500_000]]


def test_end_slopes_go_on_beyond_the_percentiles() -> None:
    (low,) = points(line(10**6, 0, absorb_p50=200_000, absorb_p90=500_000), K=5)
    assert low == [0, 77_247, 200_000, 322_752, 500_000]  # 200 000 − 300 000 is below what is paid
    (high,) = points(line(10**6, 0, absorb_p10=100_000, absorb_p50=200_000), K=5)
    assert high == [100_000, 159_082, 200_000, 240_917, 300_000]


def test_percentiles_out_of_order_are_put_in_order() -> None:
    up = line(1000, 0, absorb_p10=1, absorb_p50=2, absorb_p90=300)
    down = line(1000, 0, absorb_p10=300, absorb_p50=1, absorb_p90=2)
    assert points(up) == points(down)


@pytest.mark.parametrize("wrong", [{"points": 0}, {"points": 501}, {"sigma0": -0.1}, {"sigma0": math.nan}])
def test_impossible_settings_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(PolicyError):
        PaceForecaster(**wrong)


# --- laws ------------------------------------------------------------------------------------------------

amounts = st.one_of(st.integers(0, 2000), st.integers(0, LIMIT), st.sampled_from([LIMIT - 1, LIMIT]))
maybe = st.one_of(st.none(), st.none(), st.none(), amounts)
lines = st.fixed_dictionaries(
    {
        "plan": amounts,
        "disbursed": st.one_of(st.just(0), st.just(0), amounts),
        "owner": st.sampled_from("AB"),
        "stage": st.sampled_from(["transitional", "new_start"]),
        "carried": st.booleans(),
        "offered_decrease": st.one_of(st.just(0), amounts),
        "estimate_year_end": maybe,
        "absorb_p10": maybe,
        "absorb_p50": maybe,
        "absorb_p90": maybe,
    }
)
portfolios = st.lists(lines, min_size=1, max_size=6)
shares = st.one_of(st.integers(1, WHOLE), st.sampled_from([1, WHOLE]))
sizes = st.sampled_from([1, 2, 5, 20, 500])


def expected_points(rows: list[Line], i: int, share: int, K: int) -> list[int]:
    """Return the points of one line by plain Python integers and fractions, one point at a time."""
    row = rows[i]
    D = row["disbursed"]
    z = [NormalDist().inv_cdf((2 * k - 1) / (2 * K)) for k in range(1, K + 1)]
    sigma = SIGMA0 * math.sqrt(1 - share / WHOLE)
    given = [(NormalDist().inv_cdf(p), row[f"absorb_p{round(100 * p)}"]) for p in (0.1, 0.5, 0.9)]
    given = [(at, value) for at, value in given if value is not None]
    if len(given) > 1:
        knots = list(
            zip([round(WHOLE * at) for at, _ in given], sorted(value for _, value in given), strict=True)
        )
        raw = [on_line(knots, round(WHOLE * at)) for at in z]
    else:
        at, centre = given[0] if given else (0.0, expected_centre(rows, i, share))
        raw = [D + max(centre - D, 0) * round(WHOLE * math.exp(sigma * (zk - at))) // WHOLE for zk in z]
    return [min(max(value, D), LIMIT) for value in raw]


def on_line(knots: list[tuple[int, int]], at: int) -> int:
    (z1, y1), (z2, y2) = knots[-2:] if at >= knots[-2][0] else knots[:2]
    return math.floor(y1 + Fraction(y2 - y1) * (at - z1) / (z2 - z1))


def expected_centre(rows: list[Line], i: int, share: int) -> int:
    row = rows[i]
    pace = min(row["disbursed"] * WHOLE // share, LIMIT)
    if row["disbursed"] == 0 and share < WHOLE:
        for keys in (("owner", "stage", "carried"), ("stage", "carried")):
            peers = [other for other in rows if all(other[key] == row[key] for key in keys)]
            P, D = sum(p["plan"] for p in peers), sum(p["disbursed"] for p in peers)
            rate = min(D * WHOLE * 10**6 // (P * share), 10**12) if P else 0
            if rate:
                break
        pace = min(row["plan"] * rate // 10**6, LIMIT)
    estimate = row["estimate_year_end"]
    if estimate is None:
        return cast("int", pace)
    return cast("int", estimate if estimate < row["plan"] else max(pace, row["plan"]))


@settings(deadline=None)
@given(portfolios, shares, sizes)
def test_columns_at_once_agree_with_one_point_at_a_time(rows: list[Line], share: int, K: int) -> None:
    found = points(*rows, share=share, K=K)
    assert found == [expected_points(rows, i, share, K) for i in range(len(rows))]


@settings(deadline=None)
@given(portfolios, shares, sizes, st.sampled_from([1, 7, 10**6, LIMIT]), st.data())
def test_an_outlook_keeps_its_promises(
    rows: list[Line], share: int, K: int, unit: int, data: st.DataObject
) -> None:
    def outlook(case: list[Line]) -> Outlook:
        policy = Policy(unit=unit, forecaster=PaceForecaster(points=K))
        return make_outlook(portfolio(*case), year(share), AS_OF, DEADLINE, policy)

    y = outlook(rows).points
    P, D, F = (
        np.array([row[name] for row in rows])[:, None] for name in ("plan", "disbursed", "offered_decrease")
    )
    assert y.shape == (len(rows), K)
    assert (y >= D).all()
    assert (y <= LIMIT).all()
    assert (np.diff(y, axis=1) >= 0).all()
    assert (((y - P) % unit == 0) | (y == D)).all()
    assert ((y <= P - F) | (y == D) | (F == 0)).all()

    order = data.draw(st.permutations(range(len(rows))))
    assert outlook([rows[i] for i in order]).points.tolist() == y[order].tolist()


# --- offers, units, the outlook --------------------------------------------------------------------------


def raw(*values: int) -> Forecast:
    return Forecast(np.array([values], dtype=np.int64), ("pace",), "given")


def prepared(row: Line, *values: int, unit: int) -> list[int]:
    return cast("list[int]", prepare_outlook(portfolio(row), raw(*values), unit).points[0].tolist())


def test_offers_first_then_the_grid() -> None:
    # P − F = 93 is off the grid 100 − 10n; snapped after the offer it is 90 (before it: 93)
    assert prepared(line(100, 0, offered_decrease=7), 95, 120, unit=10) == [90, 90]


def test_the_grid_is_the_lines_own() -> None:
    assert prepared(line(103, 0), 92, 93, 112, 113, unit=10) == [83, 93, 103, 113]


def test_no_point_below_what_is_paid() -> None:
    assert prepared(line(103, 88), 20, 89, 93, unit=10) == [88, 88, 93]


def test_no_offer_no_cap() -> None:
    assert prepared(line(100, 0, offered_decrease=0), 150, unit=10) == [150]
    assert prepared(line(100, 40, offered_decrease=90), 150, unit=10) == [40]


@settings(deadline=None)
@given(portfolios, st.sampled_from([1, 7, 10**6]))
def test_prepared_again_is_the_same(rows: list[Line], unit: int) -> None:
    case = portfolio(*rows)
    first = make_outlook(case, year(4000), AS_OF, DEADLINE, Policy(unit=unit))
    again = prepare_outlook(case, Forecast(first.points, first.basis, first.forecaster), unit)
    assert again.points.tolist() == first.points.tolist()
    assert (again.line_ids, again.basis, again.forecaster) == (first.line_ids, first.basis, first.forecaster)


def outlook_of(*values: int) -> Outlook:
    return Outlook(("a",), np.array([values], dtype=np.int64), ("pace",), "given")


def test_levels_are_exact_fractions() -> None:
    y = outlook_of(*range(1, 21))
    assert y.quantile(Fraction(1, 5)).tolist() == [4]
    assert y.quantile(Fraction(201, 1000)).tolist() == [5]
    assert [y.quantile(Fraction(q)).tolist() for q in (0, 1)] == [[1], [20]]
    # floats would say 1 − 0.8 = 0.19999…
    assert y.receiver_level(Fraction(4, 5)).tolist() == [5]
    assert y.receiver_level(Fraction(1)).tolist() == [1]
    assert y.receiver_level(Fraction(1, 10)).tolist() == [19]
    assert y.median.tolist() == [10]
    assert outlook_of(1, 2, 3).median.tolist() == [2]


def test_expected_is_the_floored_mean() -> None:
    y = outlook_of(1, 2, 4)
    assert [y.expected(np.array([x])).tolist() for x in (0, 2, 3, 9)] == [[0], [1], [2], [2]]
    assert outlook_of(*[LIMIT] * 500).expected(np.array([LIMIT])).tolist() == [LIMIT]


def test_an_outlook_cannot_be_changed() -> None:
    mine = np.array([[1, 2]], dtype=np.int64)
    y = Outlook(("a",), mine, ("pace",), "given")
    mine[0, 0] = 2
    assert y.points.tolist() == [[1, 2]]
    with pytest.raises(ValueError, match="read-only"):
        y.points[0, 0] = 2


@pytest.mark.parametrize(
    "wrong",
    [
        np.array([[1.0, 2.0]]),
        np.array([1, 2]),
        np.array([[1, 2], [1, 2]]),
        np.zeros((1, 0), dtype=np.int64),
        np.zeros((1, 501), dtype=np.int64),
        np.array([[-1, 2]]),
        np.array([[1, LIMIT + 1]]),
    ],
)
def test_points_that_are_none_are_refused(wrong: Ints) -> None:
    with pytest.raises(PolicyError):
        prepare_outlook(portfolio(line(1, 0)), Forecast(wrong, ("pace",), "given"), 1)
    with pytest.raises(PolicyError):
        Outlook(("a",), wrong, ("pace",), "given")


def test_falling_points_and_missing_bases_are_refused() -> None:
    with pytest.raises(PolicyError):
        outlook_of(2, 1)
    with pytest.raises(PolicyError):
        Outlook(("a",), np.array([[1, 2]]), (), "given")


def test_another_forecaster_takes_its_place() -> None:
    class Certain:
        name = "certain"
        points = 2

        def forecast(
            self, portfolio: Portfolio, calendar: Calendar, as_of: dt.date, deadline: dt.date
        ) -> Forecast:
            assert (calendar.code, as_of, deadline) == ("lang-son-2024", AS_OF, DEADLINE)
            return Forecast(np.array([[70, 50]] * len(portfolio)), ("told",) * len(portfolio), self.name)

    y = make_outlook(portfolio(line(100, 0)), year(1), AS_OF, DEADLINE, Policy(unit=10, forecaster=Certain()))
    assert (y.points.tolist(), y.basis, y.forecaster, y.line_ids) == (
        [[50, 70]],
        ("told",),
        "certain",
        ("L0",),
    )


def test_no_lines_no_points() -> None:
    y = make_outlook(portfolio(), year(5000), AS_OF, DEADLINE, Policy())
    assert y.points.shape == (0, 20)


# --- the calibration -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def calibration() -> ModuleType:
    spec = importlib.util.spec_from_file_location("calibrate_absorption", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if not (module.data_folder() / module.MONTHLY).is_file():
        pytest.skip(f"{module.MONTHLY} is not here; set PHANBO_DATA to the folder that has it")
    return module


def test_sigma_is_the_calibrated_one(calibration: ModuleType) -> None:
    training = calibration.of_years(calibration.cumulative(calibration.data_folder()), calibration.TRAINING)
    assert calibration.sigma(calibration.standardised(training, calibration.curve(training))) == SIGMA0


def test_about_four_in_five_held_out_lines_end_above_the_low_quantile(calibration: ModuleType) -> None:
    """Of the cases of 2014–2016, with curve and spread of 2010–2013, about 80 % end above Q(0.2).

    The nine months of one series and year are nearly one case: 54 cases, a standard deviation of
    √(0.8 · 0.2 / 54) = 5.4 points before the years' own ups and downs. Hence 80 ± 10.
    """
    paid = calibration.cumulative(calibration.data_folder())
    share = (WHOLE * calibration.curve(calibration.of_years(paid, calibration.TRAINING))).round().astype(int)
    held_out = calibration.of_years(paid, calibration.HELD_OUT)
    above = []
    for month in calibration.MONTHS:
        rows = [
            line(int(final), int(so_far)) for final, so_far in zip(held_out[12], held_out[month], strict=True)
        ]
        y = make_outlook(portfolio(*rows), year(int(share[month])), AS_OF, DEADLINE, Policy(unit=1))
        above.append(held_out[12].to_numpy() > y.quantile(Fraction(1, 5)))
    assert np.size(above) == 486
    assert 0.70 <= np.mean(above) <= 0.90
