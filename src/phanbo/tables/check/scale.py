"""Amounts a thousand or a million times too large or too small: a unit stated or read wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from phanbo.money import format_dong
from phanbo.tables.check.reconcile import control_balances

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from phanbo.money import Bools
    from phanbo.tables.check.grid import Grid, Log

__all__ = ["check_scale"]

_STEPS = (1_000, 1_000_000)
_FEW = 5
"""Medians of fewer lines say nothing."""
_FAR, _USUAL_FAR = 100, 30
"""No plan is so many times its project's total investment, no payment so many times its plan: a row, a column."""
_SMALL = 900
"""A column of payments so many times smaller than the plans is doubtful."""
_LEAST = 100
"""So few đồng are a remainder, not an amount in a wrong unit."""
_NEAR = 4
"""A group is off by a step where its median lies within this factor of it."""

_PAIRS = (
    ("plan", "total_investment"),
    ("plan", "medium_term_plan"),
    ("disbursed", "plan"),
)

_UNITS = {
    1_000: (
        (("nghìn đồng", "triệu đồng"), ("đồng", "nghìn đồng")),
        (("thousand đồng", "million đồng"), ("đồng", "thousand đồng")),
    ),
    1_000_000: (
        (("đồng", "triệu đồng"), ("nghìn đồng", "tỷ đồng")),
        (("đồng", "million đồng"), ("thousand đồng", "billion đồng")),
    ),
}
"""The units a step apart, in Vietnamese and in English."""


def check_scale(grids: Mapping[str, Grid], log: Log) -> None:
    """Say which amounts look read in a wrong unit: against control totals, other columns and other sheets.

    What no plan can be is an error: a total exactly a thousand times its control (within 1 %), a column whose
    usual amount is 30 times the one that bounds it, a sheet whose plans are a thousand times off against
    total investment where all other sheets agree. The rest are warnings.
    """
    lines = grids["lines"]
    if "controls" in grids:
        _controls(grids["controls"], lines, log)
    for name, other in _PAIRS:
        if name in lines.given and other in lines.given:
            _pair(lines, name, other, log)
    for by in ("sheet", "owner", "source"):
        _groups(lines, by, log)
    _sheets(lines, log)


def _controls(controls: Grid, lines: Grid, log: Log) -> None:
    for at, balance in control_balances(controls, lines):
        if balance is None or balance.stated is None:
            continue
        step = _exact_step(balance.added, balance.stated)
        if step:
            words = _words(balance.added, balance.stated, step, ("số đối chiếu", "the control total"))
            label = balance.key or "tất cả"
            log.rows("unit-scale", controls, [at], balance.column, None, key=label, **words)


def _exact_step(amount: int, limit: int) -> int:
    """Return 10³, 10⁶ or their negatives (too small) where *amount* is that many times *limit*, within 1 %."""
    if amount <= 0 or limit <= 0:
        return 0
    for step in _STEPS:
        for sign, high, low in ((1, amount, limit), (-1, limit, amount)):
            if 99 * step * low <= 100 * high <= 101 * step * low:
                return sign * step
    return 0


def _pair(lines: Grid, name: str, other: str, log: Log) -> None:
    """Doubt amounts many times another that bounds them: the column as a whole, else row by row."""
    high, low = lines.values(name), lines.values(other)
    both = lines.known(name) & lines.known(other) & (high > 0) & (low >= _LEAST)
    ratio = high[both] / low[both]
    title = lines.table.column(other)
    against = f"“{title.title_vi}”", f"“{title.title_en}”"
    if len(ratio) >= _FEW and np.median(ratio) >= _USUAL_FAR:
        step = _nearest(float(np.median(ratio)))
        words = _words(_middle(high[both]), _middle(low[both]), step, against)
        log.whole("unit-scale", lines.table, name, key="cả cột", **words)
        return
    if name == "disbursed" and len(ratio) >= 2 * _FEW and np.median(ratio) * _SMALL <= 1:
        step = -_nearest(float(1 / np.median(ratio)))
        words = _words(_middle(high[both]), _middle(low[both]), step, against)
        log.whole("unit-scale-doubtful", lines.table, name, key="cả cột", **words)
    for at in np.flatnonzero(both)[ratio >= _FAR].tolist():
        words = _words(int(high[at]), int(low[at]), _nearest(float(high[at] / low[at])), against)
        log.rows(
            "unit-scale-doubtful", lines, [at], name, None, key=str(lines.values("line_id")[at]), **words
        )


def _groups(lines: Grid, by: str, log: Log) -> None:
    """Doubt a sheet, owner or source whose plans are a step off against total investment, the others' not."""
    plan, whole = lines.values("plan"), lines.values("total_investment")
    used = _this_year(lines) & lines.known("total_investment") & (plan > 0) & (whole > 0)
    if np.count_nonzero(used) < 2 * _FEW:
        return
    share = np.log10(plan[used] / whole[used])
    against = "so với tổng mức đầu tư", "against total investment"
    for key, mine, rest in _each(_keys(lines, by)[used], share):
        if step := _off(mine, rest):
            at = np.flatnonzero(used)[_keys(lines, by)[used] == key]
            words = _words(_middle(plan[at]), _middle(whole[at]), step, against)
            words |= {"ratio": words["off"], "ratio_en": words["off_en"]}
            # a unit is stated for a sheet: there it is wrong for all or for none
            code = "unit-scale" if by == "sheet" else "unit-scale-doubtful"
            log.whole(code, lines.table, "plan", sheet=key if by == "sheet" else "", key=key, **words)


def _sheets(lines: Grid, log: Log) -> None:
    """Doubt a sheet whose plans are usually a step off the other sheets' plans."""
    plan = lines.values("plan")
    used = _this_year(lines) & (plan > 0)
    keys = _keys(lines, "sheet")[used]
    for key, mine, rest in _each(keys, np.log10(np.maximum(plan[used], 1))):
        if step := _off(mine, rest):
            here = plan[used][keys == key]
            words = _words(
                _middle(here), _middle(plan[used][keys != key]), step, ("các trang khác", "the other sheets")
            )
            log.whole("unit-scale-doubtful", lines.table, "plan", sheet=key, key=key, **words)


def _this_year(lines: Grid) -> Bools:
    """Return the lines of this year's plan that pay for works.

    What is carried over, or left to pay of a completed project, or its preparation, may be any small part of it.
    """
    years = lines.values("plan_year")
    works = ~np.isin(lines.values("stage").astype(str), ("preparation", "completed"))
    now: Bools = lines.known("plan") & (years == years.max(initial=0)) & works
    return now


def _keys(lines: Grid, by: str) -> NDArray[Any]:
    return lines.sheets if by == "sheet" else lines.values(by)


def _each(keys: NDArray[Any], logs: NDArray[np.float64]) -> Iterator[tuple[str, float, float]]:
    """Yield each large enough group, the median of it, and that of all the others, no group weighing double.

    The others must agree: where their own medians span a step, the portfolio simply is that varied.
    """
    codes, names = pd.factorize(keys, sort=True)
    if len(names) < 2:
        return
    grouped = pd.Series(logs).groupby(codes)
    ordered = grouped.median()[grouped.size() >= _FEW].sort_values()
    if len(ordered) < 2:
        return
    for key, rest in ((ordered.index[0], ordered.iloc[1:]), (ordered.index[-1], ordered.iloc[:-1])):
        if float(rest.max() - rest.min()) <= 1:
            yield str(names[key]), float(ordered[key]), float(rest.median())


def _off(mine: float, rest: float) -> int:
    """Return the step two medians (of decimal logarithms) are apart; 0 where they are near, or no step."""
    apart = mine - rest
    for step in _STEPS:
        if abs(abs(apart) - np.log10(step)) <= np.log10(_NEAR):
            return step if apart > 0 else -step
    return 0


def _nearest(ratio: float) -> int:
    return min(_STEPS, key=lambda step: abs(np.log10(ratio) - np.log10(step)))


def _middle(amounts: NDArray[np.int64]) -> int:
    return int(np.sort(amounts)[len(amounts) // 2])


def _words(value: int, limit: int, step: int, against: tuple[str, str]) -> dict[str, str]:
    """Return what the messages say of an amount that is *step* times (negative: one part of) another."""
    times = format_dong(abs(step))
    pairs = _UNITS[abs(step)]
    units, units_en = (
        [f"{few} {beside} {many}" if step > 0 else f"{many} {beside} {few}" for few, many in pairs[lang]]
        for lang, beside in ((0, "thay vì"), (1, "instead of"))
    )
    return {
        "value": format_dong(value),
        "limit": format_dong(limit),
        "ratio": f"khoảng {times} lần" if step > 0 else f"khoảng 1/{times}",
        "ratio_en": f"about {abs(step):,} times" if step > 0 else f"about 1/{abs(step):,} of",
        "off": f"lớn gấp khoảng {times} lần các nhóm khác, giá trị giữa so với"
        if step > 0
        else f"nhỏ bằng khoảng 1/{times} các nhóm khác, giá trị giữa so với",
        "off_en": f"about {abs(step):,} times the other groups', beside"
        if step > 0
        else f"about 1/{abs(step):,} of the other groups', beside",
        "against": against[0],
        "against_en": against[1],
        "unit": " hoặc ".join(units),
        "unit_en": " or ".join(units_en),
    }
