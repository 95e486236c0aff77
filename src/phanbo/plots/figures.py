"""The figures behind the pictures of a proposal: what is drawn adds up to what the frames say."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pandas as pd

from phanbo.catalogue import say
from phanbo.errors import PhanboError
from phanbo.report.names import Names
from phanbo.report.page.flows import fewer_flows, flows_of
from phanbo.whatif import WhatIf

if TYPE_CHECKING:
    from phanbo.case import Case
    from phanbo.proposal import Proposal

__all__ = ["absorption_data", "flow_data", "pareto_data", "tables_of", "waterfall_data"]

BANDS = (0.1, 0.25, 0.5, 0.75, 0.9)
"""Chances of a fan: what is spent at most with each."""


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
    """Return ``step, amount, start, end`` (đồng): before, the gain of each priority class, after.

    The gains are those of the transfers; the last row is the sum of all before it.
    """
    names, summary = Names(proposal, lang), proposal.summary
    gains = proposal.frames["transfers"].groupby("priority", sort=False)["gain"].sum()
    order = [each.code for each in names.book.classes] if names.book else []
    codes = sorted(gains.index, key=lambda code: (order.index(code) if code in order else len(order), code))
    level = int(summary["expected"])
    rows: list[tuple[str, int, int, int]] = [(say("plots.before", lang), level, 0, level)]
    for code in codes:
        gain = int(gains[code])
        title = names.priority(code) if code else say("plots.no_class", lang)
        rows.append((title, gain, level, level + gain))
        level += gain
    rows.append((say("plots.after", lang), level, 0, level))
    return pd.DataFrame(rows, columns=["step", "amount", "start", "end"])


def absorption_data(proposal: Proposal, line_id: str) -> pd.DataFrame:
    """Return ``date, disbursed, p10 … p90`` (đồng): what is known, then what may be, with plan before and after.

    The last row is the closing date: quantiles of the line's outlook. ``plan, plan_after, project`` are the same in all.
    """
    case = tables_of(proposal)
    place = {line: k for k, line in enumerate(proposal.outlook.line_ids)}
    at = place[line_id]
    points = proposal.outlook.points[at]
    paid = int(case.disbursed[at])
    known = [(case.as_of, paid)]
    history = case.portfolio.history
    if history is not None:
        mine = history[history["line_id"] == line_id]
        dates = pd.to_datetime(mine["date"]).dt.date
        known += [
            (date, int(amount))
            for date, amount in zip(dates, mine["disbursed"], strict=True)
            if date < case.as_of
        ]
    row = proposal.frames["lines"].iloc[at]
    plan = int(case.plan[at])
    rows: list[dict[str, Any]] = [
        {"date": date.isoformat(), "disbursed": amount}
        | ({_name(p): paid for p in BANDS} if date == case.as_of else {})
        for date, amount in sorted(known)
    ]
    count = len(points)
    last = {_name(p): int(points[min(count - 1, int(p * count))]) for p in BANDS}
    rows.append({"date": str(proposal.summary["horizon"]), **last})
    frame = pd.DataFrame(rows, columns=["date", "disbursed", *map(_name, BANDS)])
    after = plan + int(row["add"]) - int(row["cut"])
    return frame.assign(
        plan=plan, plan_after=after, project=str(case.portfolio.text("project")[at]), line_id=line_id
    )


def _name(chance: float) -> str:
    return f"p{round(100 * chance)}"


def pareto_data(proposal: Proposal) -> pd.DataFrame:
    """Return one row an outcome of the orders of the round's goals, with how many ``orders`` come to it.

    ``gain`` is the disbursement gained and ``moved`` the capital moved (đồng), ``authority`` the amounts decided farther
    away, each times its steps. ``best``: no other outcome gains as much at no more authority; ``chosen``: the round's own
    order comes to it.
    """
    case = tables_of(proposal)
    opened = WhatIf(
        case.portfolio,
        calendar=case.calendar,
        round=case.round,
        as_of=case.as_of,
        rulebook=proposal.rulebook,
        policy=case.policy,
        outlook=proposal.outlook,
    )
    own, count = case.policy.tiers, proposal.outlook.points.shape[1]
    found: dict[tuple[int, int, int], dict[str, Any]] = {}
    for order in itertools.permutations(own):
        answer = opened.ask(tiers=order)
        gain, far = answer.tiers.get("disbursement", 0) // count, answer.tiers.get("authority", 0)
        row = {"authority": far, "gain": gain, "moved": answer.moved, "orders": 0, "chosen": False}
        outcome = found.setdefault((far, gain, answer.moved), row)
        outcome["orders"] += 1
        outcome["chosen"] |= order == own
    rows = [found[key] for key in sorted(found)]
    for row in rows:
        here = (row["gain"], -row["authority"])
        others = [(other["gain"], -other["authority"]) for other in rows]
        row["best"] = not any(o != here and o[0] >= here[0] and o[1] >= here[1] for o in others)
    return pd.DataFrame(rows, columns=["authority", "gain", "moved", "orders", "best", "chosen"])
