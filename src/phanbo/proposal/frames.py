"""The frames of a proposal, made from the changes: nothing here decides, everything here can be recomputed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phanbo.money import Ints
from phanbo.policy import AUTHORITIES, READINGS
from phanbo.proposal.facts import Facts
from phanbo.proposal.reasons import reason
from phanbo.proposal.tier_values import shown
from phanbo.transfers import INFLOW, RESERVE, SHORTFALL

__all__ = ["FRAMES", "build_frames"]

FRAMES = ("adjustments", "transfers", "lines", "pools", "tiers", "unplaced", "unchecked")


def build_frames(facts: Facts) -> dict[str, pd.DataFrame]:
    """Return every frame of a proposal under its name."""
    from phanbo.proposal.lists import unchecked_frame, unplaced_frame

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


def line_names(facts: Facts, lines: Ints, pools: Ints) -> NDArray[Any]:
    """Return line ids, or ``reserve:<pool>``, ``shortfall:<pool>``, ``inflow:<pool>`` for what is no line."""
    ids = np.append(facts.case.portfolio.text("line_id"), "")
    names = ids[np.where(lines >= 0, lines, -1)].astype(object)
    for code, prefix in ((RESERVE, "reserve:"), (SHORTFALL, "shortfall:"), (INFLOW, "inflow:")):
        for k in np.flatnonzero(lines == code).tolist():
            names[k] = prefix + facts.case.pools.names[int(pools[k])]
    return names


def transfers_frame(facts: Facts) -> pd.DataFrame:
    """One row a transfer, ranked."""
    t = facts.ranked.transfers
    codes = np.append(facts.class_codes, "")
    return pd.DataFrame(
        {
            "rank": facts.ranked.rank,
            "from_line": pd.Series(line_names(facts, t.donor, t.pool), dtype="str"),
            "to_line": pd.Series(line_names(facts, t.receiver, t.pool), dtype="str"),
            "pool": pd.Series(np.array(facts.case.pools.names, dtype=object)[t.pool], dtype="str"),
            "amount": t.amount,
            "priority": pd.Series(codes[np.where(t.receiver >= 0, t.receiver, -1)], dtype="str"),
            "gain": facts.ranked.gain,
            "gain_per_dong": ratio(facts.ranked.gain, t.amount),
            "authority": pd.Series(facts.transfer_authority, dtype="str"),
        }
    )


def line_ranks(facts: Facts) -> tuple[Ints, NDArray[Any]]:
    """Return the rank of each line's first transfer (−1: unchanged) and its farthest authority."""
    t, n = facts.ranked.transfers, len(facts.case)
    rank = np.full(n, np.iinfo(np.int64).max, dtype=np.int64)
    far = np.full(n, -1, dtype=np.int64)
    place = {code: k for k, code in enumerate(AUTHORITIES)}
    level = np.array([place[code] for code in facts.transfer_authority], dtype=np.int64)
    for side in (t.donor, t.receiver):
        real = side >= 0
        np.minimum.at(rank, side[real], facts.ranked.rank[real])
        np.maximum.at(far, side[real], level[real])
    names = np.array([*AUTHORITIES, ""], dtype=object)
    return np.where(far >= 0, rank, -1), np.asarray(names[far])


def adjustments_frame(facts: Facts) -> pd.DataFrame:
    """One row a changed line, in the order of the ranks; cuts before adds of the same rank."""
    case, book = facts.case, facts.case.portfolio
    rank, authority = line_ranks(facts)
    change = facts.add - facts.cut
    lines = np.flatnonzero(rank >= 0)
    lines = lines[np.lexsort((lines, change[lines], rank[lines]))]
    plan, after, disbursed = case.plan[lines], facts.plan_after[lines], case.disbursed[lines]
    before_e, after_e = (column[lines] for column in facts.expected)
    rules = [facts.bounds.rules[k] for k in facts.binding[lines].tolist()]

    grounds = {rule.code: rule for rule in facts.bounds.rules}

    def says(lang: str) -> list[str]:
        found = []
        for i, rule in zip(lines.tolist(), rules, strict=True):
            ground = "donor-test" if change[i] < 0 else "fast-line"
            ground = "revenue-shortfall" if facts.mandatory[i] > 0 else ground
            found.append(reason(case, i, int(change[i]), grounds.get(ground), rule, lang))
        return found

    columns: dict[str, Any] = {"rank": rank[lines]}
    for name in ("line_id", "project_id", "project", "owner", "source"):
        columns[name] = pd.Series(book.text(name)[lines], dtype="str")
    columns["plan_year"] = book.integer("plan_year")[0][lines]
    columns |= {
        "stage": pd.Series(case.stage[lines], dtype="str"),
        "plan": plan,
        "change": change[lines],
        "plan_after": after,
        "disbursed": disbursed,
        "ratio": ratio(disbursed, plan),
        "ratio_after": ratio(disbursed, after),
        "expected": before_e,
        "expected_after": after_e,
        "ratio_year_end": ratio(after_e, after),
        "priority": pd.Series(facts.class_codes[lines], dtype="str"),
        "binding_rule": pd.Series([rule.code for rule in rules], dtype="str"),
        "citation": pd.Series([rule.source.cite() for rule in rules], dtype="str"),
        "confidence": pd.Series([rule.source.says() for rule in rules], dtype="str"),
        "authority": pd.Series(authority[lines], dtype="str"),
        "reason_vi": pd.Series(says("vi"), dtype="str"),
        "reason_en": pd.Series(says("en"), dtype="str"),
    }
    return pd.DataFrame(columns)


def lines_frame(facts: Facts) -> pd.DataFrame:
    """One row for every line: its role, shares, bounds, change and the rule that decides."""
    case, b, a = facts.case, facts.bounds, facts.case.assessment
    reading, plan = a.decides, a.portfolio.money("plan")[0]
    late = facts.late_under()
    under = np.array(
        [", ".join(name for name in READINGS if late[name][i]) for i in range(len(case))], dtype=object
    )
    codes = np.array([*(rule.code for rule in b.rules), ""], dtype=object)
    cites = np.array([*(rule.source.cite() for rule in b.rules), ""], dtype=object)
    share = np.array([float(rho) for rho in reading.cell_share])
    judged = np.array([tau.isoformat() for tau in reading.cell_tau], dtype=object)
    role = np.where(b.cut > 0, "donor", np.where(b.add > 0, "receiver", "hold"))
    refused = np.where(b.cut > 0, -1, b.first_failed)
    text: dict[str, Any] = {
        "line_id": case.portfolio.text("line_id"),
        "role": role,
        "owner": case.portfolio.text("owner"),
    }
    columns: dict[str, Any] = {name: pd.Series(cells, dtype="str") for name, cells in text.items()}
    columns["may_import"] = ~b.closed[case.pools.leaf]
    for name in READINGS:
        columns[f"share_{name}"] = ratio(a.readings[name].executed, plan)
    columns |= {
        "required": share[reading.cell],
        "judged_on": pd.Series(judged[reading.cell], dtype="str"),
        "late_under": pd.Series(under, dtype="str"),
        "cut_bound": b.cut,
        "forced_bound": b.forced,
        "add_bound": b.add,
        "cut": facts.cut,
        "add": facts.add,
        "priority": pd.Series(facts.class_codes, dtype="str"),
        "pool": pd.Series(np.array(case.pools.names, dtype=object)[case.pools.pool], dtype="str"),
        "binding_rule": pd.Series(codes[facts.binding], dtype="str"),
        "citation": pd.Series(cites[facts.binding], dtype="str"),
        "first_failed": pd.Series(codes[refused], dtype="str"),
        "expected": facts.expected[0],
        "expected_after": facts.expected[1],
    }
    return pd.DataFrame(columns)


def pools_frame(facts: Facts) -> pd.DataFrame:
    """One row a pool: what was cut, added, came in or fell short, was returned; who decides."""
    pools, t = facts.case.pools, facts.ranked.transfers
    returned = np.zeros(len(pools.names), dtype=np.int64)
    here = t.receiver == RESERVE
    np.add.at(returned, t.pool[here], t.amount[here])
    return pd.DataFrame(
        {
            "pool": pd.Series(pools.names, dtype="str"),
            "cut": facts.case.pool_sum(facts.cut),
            "added": facts.case.pool_sum(facts.add),
            "inflow": pools.inflow,
            "returned": returned,
            "authority_within": pd.Series(pools.within, dtype="str"),
            "authority_between": pd.Series(pools.between, dtype="str"),
        }
    )


def tiers_frame(facts: Facts) -> pd.DataFrame:
    """One row a tier, in order: its value, the best of the full round, and the difference."""
    unit = facts.case.policy.unit
    names = list(facts.tier_bounds)
    value = [shown(name, facts.tier_values.get(name, 0), unit) for name in names]
    bound = [shown(name, facts.tier_bounds[name], unit) for name in names]
    return pd.DataFrame(
        {
            "tier": pd.Series(names, dtype="str"),
            "value": np.array(value, dtype=np.int64),
            "bound": np.array(bound, dtype=np.int64),
            "gap": np.array([abs(v - b) for v, b in zip(value, bound, strict=True)], dtype=np.int64),
        }
    )
