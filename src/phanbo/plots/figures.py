"""The figures behind the pictures of a proposal: what is drawn adds up to what the frames say."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pandas as pd

from phanbo.catalogue import say
from phanbo.errors import PhanboError
from phanbo.report.names import Names
from phanbo.report.page.flows import fewer_flows, flows_of

if TYPE_CHECKING:
    from phanbo.case import Case
    from phanbo.proposal import Proposal

__all__ = ["CHANCES", "absorption_data", "flow_data", "prefix_data", "tables_of", "waterfall_data"]

CHANCES = {f"p{percent}": Fraction(percent, 100) for percent in (10, 25, 50, 75, 90)}
"""Levels of a fan: what is spent at most with each chance."""


def tables_of(proposal: Proposal) -> Case:
    """Return what the proposal was made from; `PhanboError` where it came without its tables."""
    if proposal.case is None:
        raise PhanboError(
            "Phương án không kèm bảng dữ liệu: không vẽ được hình này.",
            "No tables came with the proposal: this picture cannot be drawn.",
        )
    return proposal.case


def flow_data(proposal: Proposal, lang: str) -> pd.DataFrame:
    """Return ``giver, taker, amount`` (đồng), the largest first; they add up to the transfers."""
    flows = fewer_flows(flows_of(proposal, lang), lang)
    rows = [(giver, taker, amount) for (giver, taker), amount in flows.items()]
    frame = pd.DataFrame(rows, columns=["giver", "taker", "amount"])
    return frame.sort_values("amount", ascending=False, kind="stable").reset_index(drop=True)


def waterfall_data(proposal: Proposal, lang: str) -> pd.DataFrame:
    """Return ``step, moved, amount, start, end`` (đồng): before, the cuts, the increases of each priority class, after.

    ``moved`` is the plan a step takes or gives, ``amount`` what that changes of the expected disbursement. The steps
    add up: the last row is the sum of all before it.
    """
    names, summary = Names(proposal, lang), proposal.summary
    changed = proposal.frames["adjustments"]
    effect = changed["expected_after"] - changed["expected"]
    cut = changed["change"] < 0
    order = [each.code for each in names.book.classes] if names.book else []
    codes = sorted(
        set(changed.loc[~cut, "priority"]),
        key=lambda code: (order.index(code) if code in order else len(order), code),
    )
    steps = [(say("plots.cuts", lang), cut)] if cut.any() else []
    steps += [
        (names.priority(code) if code else say("plots.no_class", lang), ~cut & (changed["priority"] == code))
        for code in codes
    ]
    level = int(summary["expected"])
    rows: list[tuple[str, int, int, int, int]] = [(say("plots.before", lang), 0, level, 0, level)]
    for title, here in steps:
        amount = int(effect[here].sum())
        rows.append((title, int(changed.loc[here, "change"].sum()), amount, level, level + amount))
        level += amount
    rows.append((say("plots.after", lang), 0, level, 0, level))
    return pd.DataFrame(rows, columns=["step", "moved", "amount", "start", "end"])


def absorption_data(proposal: Proposal, line_id: str) -> pd.DataFrame:
    """Return ``date, disbursed, p10 … p90`` (đồng): what is known, then what may be; the same in all rows, what is asked.

    The last row is the closing date: quantiles of the line's outlook. Between today and then they rise as a usual
    year does, as the forecast of an assessment. ``plan, plan_after`` and ``required`` by ``judged_on`` (empty where the
    line has no milestone) are in đồng.

    Raises
    ------
    KeyError
        When there is no such line.
    """
    case = tables_of(proposal)
    at = case.portfolio.place[line_id]
    paid, plan = int(case.disbursed[at]), int(case.plan[at])
    rows: list[dict[str, Any]] = [
        {"date": date.isoformat(), "disbursed": amount} for date, amount in _known(case, line_id)
    ]
    rows.append({"date": case.as_of.isoformat(), "disbursed": paid, **dict.fromkeys(CHANCES, paid)})
    ends = {name: int(proposal.outlook.quantile(chance)[at]) for name, chance in CHANCES.items()}
    closing = dt.date.fromisoformat(proposal.summary["horizon"])
    for date, gone in _ahead(case, at, closing):
        rise = {name: paid + (end - paid) * gone.numerator // gone.denominator for name, end in ends.items()}
        rows.append({"date": date.isoformat(), **rise})
    line, decides = proposal.frames["lines"].iloc[at], case.assessment.decides
    marked = decides.milestone(at) is not None
    frame = pd.DataFrame(rows, columns=["date", "disbursed", *CHANCES])
    return frame.assign(
        plan=plan,
        plan_after=plan + int(line["add"]) - int(line["cut"]),
        required=int(decides.required[at]) if marked else None,
        judged_on=decides.tau(at).isoformat() if marked else "",
        project=str(case.portfolio.text("project")[at]),
        line_id=line_id,
    )


def _known(case: Case, line_id: str) -> list[tuple[dt.date, int]]:
    """Return what the line had spent at each date before today that the tables know."""
    history = case.portfolio.history
    if history is None:
        return []
    mine = history[history["line_id"] == line_id]
    dated = [
        (dt.date.fromisoformat(str(date)), int(amount))
        for date, amount in zip(mine["date"], mine["disbursed"], strict=True)
    ]
    return sorted(pair for pair in dated if pair[0] < case.as_of)


def _ahead(case: Case, at: int, closing: dt.date) -> list[tuple[dt.date, Fraction]]:
    """Return the dates ahead of a line with the part of the rest of a usual year that is over by then."""
    calendar = case.calendar
    now, whole = calendar.share_until(case.as_of), calendar.share_until(closing)
    bends = {point for point, _ in calendar.curve} | {case.assessment.decides.tau(at)}
    dates = [*sorted(date for date in bends if case.as_of < date < closing), closing]
    if whole <= now:  # the year is over: nothing more is paid
        return [(closing, Fraction(1))]
    return [(date, Fraction(calendar.share_until(date) - now, whole - now)) for date in dates]


def prefix_data(proposal: Proposal) -> pd.DataFrame:
    """Return ``k, moved, gain``: what ``.head(k)`` cuts and gains (đồng), from the mandatory cuts (k = 0) to the whole."""
    transfers = proposal.frames["transfers"]
    cut = transfers["amount"].where(~transfers["from_line"].str.startswith("inflow:"), 0)
    sums = pd.DataFrame({"k": transfers["rank"], "moved": cut.cumsum(), "gain": transfers["gain"].cumsum()})
    start = pd.DataFrame({"k": [0], "moved": [0], "gain": [0]})
    return pd.concat([start, sums]).astype("int64").groupby("k", as_index=False).last()
