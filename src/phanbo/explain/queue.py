"""What stood ahead of a line, as claims: who of its pool moves before it, and the goal that chose between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from phanbo.assemble import assemble
from phanbo.case import Changes
from phanbo.certificate import check_changes
from phanbo.explain.sentence import Claim
from phanbo.proposal.tier_values import values_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from phanbo.bounds import Bounds
    from phanbo.case import Case
    from phanbo.explain.decision import Stated
    from phanbo.proposal import Proposal
    from phanbo.rulebook import Rulebook

__all__ = ["queue_claims"]

NAMED = 3
"""So many lines are named."""

ASKED = 5
"""So many of the others are asked for a unit, from the last ranked on."""


def queue_claims(proposal: Proposal, bounds: Bounds, stated: Stated, line: int) -> Iterator[Claim]:
    """Yield who of the pool gives or receives beside a line that may, and which goal chose."""
    row = proposal.frames["lines"].iloc[line]
    role, case, book = str(row["role"]), proposal.case, proposal.rulebook
    if (role == "hold" and not row["cut"]) or case is None or book is None:
        return
    side = stated.side(line, row)
    others = _others(proposal, row, side)
    short = int(row[side]) < stated.most(line, row)
    if side == "add" and short:
        yield _queue(others, row, book) if len(others) else Claim("queue-none", {})
        count, amount = _left(proposal, row, "cut")
        yield Claim("spare", {"count": count, "amount": amount}) if count else Claim("spare-none", {})
        yield _chance(case, line, int(case.plan[line]) + int(row["add"]))
    elif side == "cut":
        rank = proposal.frames["adjustments"].set_index("line_id")["rank"].get(row["line_id"])
        yield _givers(others, None if rank is None else int(rank))
        if short and not stated.tight[line]:
            count, _ = _left(proposal, row, "add")
            yield Claim("room", {"count": count}) if count else Claim("room-none", {})
    if short and proposal.meta["parent"] is None:
        lines = proposal.frames["lines"]
        now = Changes(*(lines[name].to_numpy(dtype=np.int64) for name in ("cut", "add")))
        yield from _choice(case, book, bounds, line, side, others["line"].tolist(), now)


def _others(proposal: Proposal, row: pd.Series[Any], side: str) -> pd.DataFrame:
    """Return the other lines of the pool that change on this side: line, id, amount, class, rank; by rank."""
    lines: pd.DataFrame = proposal.frames["lines"]
    here = np.flatnonzero((lines["pool"] == row["pool"]) & (lines[side] > 0))
    found: pd.DataFrame = lines.iloc[here][["line_id", side, "priority"]].assign(line=here)
    ranks = proposal.frames["adjustments"].set_index("line_id")["rank"]
    found = found.assign(rank=ranks.reindex(found["line_id"]).to_numpy(), amount=found[side])
    ordered: pd.DataFrame = found.loc[found["line_id"] != row["line_id"]].sort_values(["rank", "line"])
    return ordered


def _left(proposal: Proposal, row: pd.Series[Any], side: str) -> tuple[int, int]:
    """Return how many lines of the pool stay short of what they may give or receive, and by how much (đồng)."""
    lines: pd.DataFrame = proposal.frames["lines"]
    left = (lines[f"{side}_bound"] - lines[side]).where(lines["pool"] == row["pool"], 0)
    return int((left > 0).sum()), int(left.clip(lower=0).astype(object).sum())


def _queue(others: pd.DataFrame, row: pd.Series[Any], book: Rulebook) -> Claim:
    place = {entry.code: k for k, entry in enumerate(book.classes)}
    own = place.get(str(row["priority"]), len(place))
    classes = np.array([place.get(code, len(place)) for code in others["priority"]])
    return Claim(
        "queue",
        {
            "count": len(others),
            "amount": int(others["amount"].sum()),
            "first": others["line_id"].head(NAMED).tolist(),
            "earlier": int((classes < own).sum()),
            "same": int((classes == own).sum()),
            "later": int((classes > own).sum()),
        },
    )


def _chance(case: Case, line: int, total: int) -> Claim:
    """Return the chance that the next unit above *total* is spent in full."""
    points = case.outlook.points[line]
    return Claim("chance", {"chance": [int((points >= total + case.policy.unit).sum()), int(points.size)]})


def _givers(others: pd.DataFrame, rank: int | None) -> Claim:
    if not len(others):
        return Claim("givers-none", {})
    total = {"count": len(others), "amount": int(others["amount"].sum())}
    if rank is None:
        return Claim("givers-instead", {**total, "first": others["line_id"].head(NAMED).tolist()})
    before = int((others["rank"] < rank).sum())
    return Claim("givers", {**total, "before": before, "after": len(others) - before})


def _choice(
    case: Case, book: Rulebook, bounds: Bounds, line: int, side: str, others: list[int], now: Changes
) -> Iterator[Claim]:
    """Yield the goal that would be worse if one unit were moved to the line from another of its pool.

    Of the others, the last ranked whose unit the line may legally take over stands for all: the plan is the best of its
    kind, so the first goal that the exchange changes at all gets worse.
    """
    program, unit = assemble(case, book, bounds), case.policy.unit
    if any(tier.tolerance[0] for tier in program.tiers):
        return
    values = values_of(program, case, now.cut, now.add)
    for other in others[: -ASKED - 1 : -1]:
        sides = {"cut": now.cut.copy(), "add": now.add.copy()}
        sides[side][line] += unit
        sides[side][other] -= unit
        if check_changes(case, book, Changes(**sides)):
            continue
        moved = values_of(program, case, **sides)
        worse = next((name for name, value in moved.items() if value != values[name]), None)
        if worse is not None:
            name = str(case.portfolio.text("line_id")[other])
            yield Claim("choice", {"unit": unit, "other": name, "tier": worse})
        return
