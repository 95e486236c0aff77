"""The facts of a stored round, made again from what its case folder holds: no solver, no program, no proposal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from phanbo.absorption import Outlook
from phanbo.assessment import build_assessment
from phanbo.calendar import Round
from phanbo.calendar_file import parse_calendar
from phanbo.case import Case
from phanbo.errors import PhanboError
from phanbo.policy import Policy

if TYPE_CHECKING:
    from phanbo.portfolio import Portfolio
    from phanbo.rulebook import Rulebook

__all__ = ["rebuild_case", "stored_outlook", "unreadable"]


def stored_outlook(plain: Mapping[str, Any]) -> Outlook:
    """Return the outlook kept in ``proposal.json``: K points a line, in đồng."""
    lines = plain["lines"]
    return Outlook(
        line_ids=tuple(row["line_id"] for row in lines),
        points=np.array([row["points"] for row in lines], dtype=np.int64).reshape(len(lines), -1),
        basis=tuple(row["basis"] for row in lines),
        forecaster=plain["forecaster"],
    )


def rebuild_case(
    meta: Mapping[str, Any],
    portfolio: Portfolio,
    rulebook: Rulebook,
    outlook: Outlook,
    assessed: Portfolio | None,
) -> Case:
    """Return the facts of a stored round, from its tables, calendar, rulebook, policy and outlook."""
    calendar = parse_calendar(meta["calendar"]["text"])
    policy = Policy.from_dict(meta["policy"])
    round_ = _round_of(meta["round"])
    as_of = dt.date.fromisoformat(meta["as_of"])
    earlier = meta["assessed"]
    if earlier is None:
        assessment = build_assessment(portfolio, calendar, as_of, round_, policy, outlook)
    else:
        if assessed is None or assessed.hash != earlier["input_hash"]:
            raise unreadable(
                "thiếu bảng của lần đánh giá đã dùng",
                "the tables of the assessment it was made with are missing",
            )
        then = dt.date.fromisoformat(earlier["as_of"])
        points = earlier["outlook"]
        old = outlook if points is None else _outlook_of(outlook, points)
        like = replace(policy, judge=earlier["judge"], fast=earlier["fast"])
        assessment = build_assessment(assessed, calendar, then, _round_of(earlier["round"]), like, old)
    ids = portfolio.text("line_id").astype(str)
    if not isinstance(meta["held"], list) or not set(meta["held"]) <= set(ids.tolist()):
        raise unreadable("có dòng vốn lạ trong “held”", "lines held are not among the tables")
    held = np.isin(ids, np.array(meta["held"], dtype=str))
    return Case(
        portfolio, calendar, policy, round_, as_of, assessment, outlook, rulebook.pools(portfolio), held
    )


def _round_of(given: dict[str, Any]) -> Round:
    return Round(given["report_by"], given["judged_on"], given["forecast_on"], given["number"])


def _outlook_of(like: Outlook, points: list[list[int]]) -> Outlook:
    return Outlook(like.line_ids, np.array(points, dtype=np.int64), like.basis, like.forecaster)


def unreadable(vi: str, en: str) -> PhanboError:
    """Return the error of a stored proposal that cannot be read."""
    return PhanboError(
        f"Không đọc được phương án: {vi}.", f"The proposal cannot be read: {en}.", {"reason": en}
    )
