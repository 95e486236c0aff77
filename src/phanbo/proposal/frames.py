"""The frames of a proposal, made from the changes: nothing here decides, everything here can be recomputed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phanbo.grouping import sum_by
from phanbo.money import Ints
from phanbo.policy import AUTHORITIES, READINGS
from phanbo.proposal.facts import Facts
from phanbo.proposal.reasons import reasons
from phanbo.proposal.text import text_of
from phanbo.proposal.tier_values import shown
from phanbo.rules.base import CONFIDENCE_VI, weakest
from phanbo.transfers import INFLOW, RESERVE, SHORTFALL

if TYPE_CHECKING:
    from pandas.api.extensions import ExtensionArray

    from phanbo.rulebook import Rulebook

__all__ = ["FRAMES", "build_frames"]

FRAMES = ("adjustments", "transfers", "lines", "pools", "tiers", "unplaced", "unchecked")


def build_frames(facts: Facts) -> dict[str, pd.DataFrame]:
    """Return every frame of a proposal under its name."""
    from phanbo.proposal.lists import unchecked_frame
    from phanbo.proposal.unplaced import unplaced_frame

    return {
        "adjustments": adjustments_frame(facts),
        "transfers": transfers_frame(facts),
        "lines": lines_frame(facts),
        "pools": pools_frame(facts),
        "tiers": tiers_frame(facts),
        "unplaced": unplaced_frame(facts),
        "unchecked": unchecked_frame(facts),
    }


def ratio(part: Ints, whole: Ints) -> NDArray[Any]:
    """Return part ÷ whole as floats, NaN where the whole is 0; never money."""
    return np.asarray(np.divide(part, whole, out=np.full(whole.size, np.nan), where=whole > 0))


def line_names(facts: Facts, lines: Ints, pools: Ints) -> ExtensionArray:
    """Return line ids, or ``reserve:<pool>``, ``shortfall:<pool>``, ``inflow:<pool>`` for what is no line."""
    names = facts.case.portfolio.text("line_id")[np.maximum(lines, 0)]
    for code, prefix in ((RESERVE, "reserve:"), (SHORTFALL, "shortfall:"), (INFLOW, "inflow:")):
        for k in np.flatnonzero(lines == code).tolist():
            names[k] = prefix + facts.case.pools.names[int(pools[k])]
    return text_of(names)


def transfers_frame(facts: Facts) -> pd.DataFrame:
    """One row a transfer, ranked."""
    t = facts.ranked.transfers
    return pd.DataFrame(
        {
            "rank": facts.ranked.rank,
            "from_line": line_names(facts, t.donor, t.pool),
            "to_line": line_names(facts, t.receiver, t.pool),
            "pool": text_of(facts.case.pools.names, t.pool),
            "amount": t.amount,
            "priority": text_of(
                facts.class_codes, np.where(t.receiver >= 0, facts.priority[np.maximum(t.receiver, 0)], -1)
            ),
            "gain": facts.ranked.gain,
            "gain_per_dong": ratio(facts.ranked.gain, t.amount),
            "authority": text_of(AUTHORITIES, facts.transfer_level),
        }
    )


def line_ranks(facts: Facts) -> tuple[Ints, Ints]:
    """Return the rank of each line's first transfer (−1: unchanged) and its farthest authority's place."""
    t, n = facts.ranked.transfers, len(facts.case)
    rank = np.full(n, np.iinfo(np.int64).max, dtype=np.int64)
    far = np.full(n, -1, dtype=np.int64)
    for side in (t.donor, t.receiver):
        real = side >= 0
        np.minimum.at(rank, side[real], facts.ranked.rank[real])
        np.maximum.at(far, side[real], facts.transfer_level[real])
    return np.where(far >= 0, rank, -1), far


def adjustments_frame(facts: Facts) -> pd.DataFrame:
    """One row a changed line, in the order of the ranks; cuts before adds of the same rank."""
    case, book, rules = facts.case, facts.case.portfolio, facts.bounds.rules
    rank, authority = line_ranks(facts)
    change = facts.add - facts.cut
    lines = np.flatnonzero(rank >= 0)
    lines = lines[np.lexsort((lines, change[lines], rank[lines]))]
    plan, after, disbursed = case.plan[lines], facts.plan_after[lines], case.disbursed[lines]
    before_e, after_e = (column[lines] for column in facts.expected)
    binding, said = facts.binding[lines], reasons(facts, lines)
    columns: dict[str, Any] = {"rank": rank[lines]}
    for name in ("line_id", "project_id", "project", "owner", "source"):
        columns[name] = text_of(book.text(name)[lines])
    columns["plan_year"] = book.integer("plan_year")[0][lines]
    columns |= {
        "stage": text_of(case.stage[lines]),
        "plan": plan,
        "change": change[lines],
        "plan_after": after,
        "disbursed": disbursed,
        "ratio": ratio(disbursed, plan),
        "ratio_after": ratio(disbursed, after),
        "expected": before_e,
        "expected_after": after_e,
        "ratio_year_end": ratio(after_e, after),
        "priority": text_of(facts.class_codes, facts.priority[lines]),
        "binding_rule": text_of((rule.code for rule in rules), binding),
        "citation": text_of((rule.source.cite() for rule in rules), binding),
        "confidence": text_of((rule.source.says() for rule in rules), binding),
        "authority": text_of(AUTHORITIES, authority[lines]),
        "reason_vi": said["vi"],
        "reason_en": said["en"],
    }
    return pd.DataFrame(columns)


def lines_frame(facts: Facts) -> pd.DataFrame:
    """One row for every line: its role, shares, bounds, change and the rule that decides, with how surely it is known."""
    case, b, a = facts.case, facts.bounds, facts.case.assessment
    reading, plan = a.decides, a.portfolio.money("plan")[0]
    codes = [*(rule.code for rule in b.rules), ""]
    cites = [*(rule.source.cite() for rule in b.rules), ""]
    sure = [*(rule.source.says() for rule in b.rules), ""]
    failed = np.where(b.cut > 0, -1, b.first_failed)
    share = np.array([float(rho) for rho in reading.cell_share])
    columns: dict[str, Any] = {
        "line_id": text_of(case.portfolio.text("line_id")),
        "role": text_of(("donor", "receiver", "hold"), np.where(b.cut > 0, 0, np.where(b.add > 0, 1, 2))),
        "owner": text_of(case.portfolio.text("owner")),
        "may_import": ~b.closed[case.pools.leaf],
    }
    for name in READINGS:
        columns[f"share_{name}"] = ratio(a.readings[name].executed, plan)
    columns |= {
        "required": share[reading.cell],
        "judged_on": text_of((tau.isoformat() for tau in reading.cell_tau), reading.cell),
        "late_under": late_under(facts),
        "cut_bound": b.cut,
        "forced_bound": b.forced,
        "add_bound": b.add,
        "cut": facts.cut,
        "add": facts.add,
        "priority": text_of(facts.class_codes, facts.priority),
        "pool": text_of(case.pools.names, case.pools.pool),
        "binding_rule": text_of(codes, facts.binding),
        "citation": text_of(cites, facts.binding),
        "confidence": text_of(sure, facts.binding),
        "first_failed": text_of(codes, failed),
        "failed_confidence": text_of(sure, failed),
        "expected": facts.expected[0],
        "expected_after": facts.expected[1],
    }
    return pd.DataFrame(columns)


def late_under(facts: Facts) -> ExtensionArray:
    """Return the readings under which each line is behind, joined by commas."""
    late, bits = facts.late_under(), 1 << np.arange(len(READINGS))
    sets = [[name for name, bit in zip(READINGS, bits, strict=True) if k & bit] for k in range(2 * bits[-1])]
    return text_of(map(", ".join, sets), bits @ np.stack([late[name] for name in READINGS]))


def pools_frame(facts: Facts) -> pd.DataFrame:
    """One row a pool: what was cut, added, came in or fell short, was returned; who decides, by which entry of the rulebook."""
    pools, t = facts.case.pools, facts.ranked.transfers
    returned = sum_by(np.where(t.receiver == RESERVE, t.pool, -1), t.amount, len(pools.names))
    return pd.DataFrame(
        {
            "pool": text_of(pools.names),
            "cut": facts.case.pool_sum(facts.cut),
            "added": facts.case.pool_sum(facts.add),
            "inflow": pools.inflow,
            "returned": returned,
            "authority_within": text_of(pools.within),
            "authority_between": text_of(pools.between),
            "authority_totals": text_of(pools.totals),
            "kind": text_of(pools.kinds),
            "confidence": text_of(_sure(facts.rulebook, kind) for kind in pools.kinds),
            "level": text_of(pools.levels),
        }
    )


def _sure(book: Rulebook, kind: str) -> str:
    """Return how surely it is known who decides in the pools of an entry, a delegation included."""
    sources = [
        book.pools_by_kind[kind].source,
        *([] if book.delegation is None else [book.delegation.source]),
    ]
    return CONFIDENCE_VI[weakest(*(source.confidence for source in sources))]


def tiers_frame(facts: Facts) -> pd.DataFrame:
    """One row a tier, in order: its value, the best of the full round, and the difference."""
    unit = facts.case.policy.unit
    names = list(facts.tier_bounds)
    value = [shown(name, facts.tier_values.get(name, 0), unit) for name in names]
    bound = [shown(name, facts.tier_bounds[name], unit) for name in names]
    return pd.DataFrame(
        {
            "tier": text_of(names),
            "value": np.array(value, dtype=np.int64),
            "bound": np.array(bound, dtype=np.int64),
            "gap": np.array([abs(v - b) for v, b in zip(value, bound, strict=True)], dtype=np.int64),
        }
    )
