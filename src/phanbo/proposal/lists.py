"""What a proposal could not do, and its totals: unplaced capital, unchecked rules, the summary."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from phanbo.money import LIMIT, Ints
from phanbo.proposal.facts import Facts
from phanbo.transfers import RESERVE

__all__ = ["summarise", "unchecked_frame", "unplaced_frame"]


def unplaced_frame(facts: Facts) -> pd.DataFrame:
    """One row a pool with surplus nobody may take: the surplus, and the ask-list.

    `ask` lists the lines of the pool that state a need the round leaves unmet, with the rule that stands in the
    way (*danh sách cần tháo gỡ*).
    """
    case, b = facts.case, facts.bounds
    left = case.pool_sum(np.maximum(0, b.surplus - facts.cut))
    unmet = np.maximum(0, case.need - facts.add)
    rows = []
    for p in np.flatnonzero(left > 0).tolist():
        inside = np.flatnonzero((case.pools.pool == p) & (unmet > 0))
        order = inside[np.lexsort((inside, -unmet[inside]))]
        asks = [_ask(facts, i, int(unmet[i])) for i in order.tolist()]
        rows.append(
            {
                "pool": case.pools.names[p],
                "surplus": int(left[p]),
                "unmet_need": int(unmet[inside].sum()),
                "ask": asks,
            }
        )
    frame = pd.DataFrame(rows, columns=["pool", "surplus", "unmet_need", "ask"])
    return frame.astype({"pool": "str", "surplus": "int64", "unmet_need": "int64", "ask": "object"})


def _ask(facts: Facts, line: int, unmet: int) -> dict[str, Any]:
    b = facts.bounds
    held = b.first_failed[line] if b.add[line] == 0 else b.add_rule[line]
    if b.add[line] > facts.add[line]:
        held = facts.binding[line] if facts.add[line] > 0 else b.closed_rule[facts.case.pools.leaf[line]]
    rule = facts.rule(int(held))
    book = facts.case.portfolio
    return {
        "line_id": str(book.text("line_id")[line]),
        "owner": str(book.text("owner")[line]),
        "unmet": unmet,
        "rule": rule.code if rule else "",
        "what_vi": rule.title_vi if rule else "Chưa đến lượt theo thứ tự ưu tiên",
        "what_en": rule.title_en if rule else "Not reached in the order of priority",
    }


def unchecked_frame(facts: Facts) -> pd.DataFrame:
    """One row a rule that misses a column: rule, number of lines, the column."""
    gaps = facts.rulebook.unchecked(facts.case)
    return pd.DataFrame(
        {
            "rule": pd.Series([gap.rule for gap in gaps], dtype="str"),
            "lines": np.array([gap.lines for gap in gaps], dtype=np.int64),
            "column": pd.Series([gap.column for gap in gaps], dtype="str"),
        }
    )


def summarise(
    facts: Facts, frames: dict[str, pd.DataFrame], warnings: tuple[str, ...], horizon: str
) -> dict[str, Any]:
    """Return the totals of a proposal; every one is the sum of rows shown."""
    case, t = facts.case, facts.ranked.transfers
    late = facts.late_under()
    cut_lines = facts.cut > 0
    all_three = cut_lines & late["actual"] & late["pace"] & late["forecast"]
    expected, after = (int(column.sum()) for column in facts.expected)
    total, total_after = int(case.plan.sum()), int(facts.plan_after.sum())
    gaps = frames["unchecked"]
    empty = not bool(cut_lines.any() or (facts.add > 0).any())
    return {
        "lines": len(case),
        "cut_lines": int(cut_lines.sum()),
        "raised_lines": int((facts.add > 0).sum()),
        "cut": int(facts.cut.sum()),
        "added": int(facts.add.sum()),
        "returned": int(t.amount[t.receiver == RESERVE].sum()),
        "unplaced": int(frames["unplaced"]["surplus"].sum()),
        "expected": expected,
        "expected_after": after,
        "year_end_ratio": expected / total if total else None,
        "year_end_ratio_after": after / total_after if total_after else None,
        "horizon": horizon,
        "by_source": _by_source(facts),
        "by_authority": _by_authority(facts),
        "late_under_all": int(all_three.sum()),
        "need_removed": _need_removed(facts),
        "conditional": len(gaps) > 0,
        "unchecked": gaps.to_dict("records"),
        "why_empty": _why_empty(facts, frames["lines"]) if empty else {},
        "warnings": list(warnings),
    }


def _by_source(facts: Facts) -> list[dict[str, Any]]:
    book = facts.case.portfolio
    frame = pd.DataFrame(
        {
            "source": book.text("source"),
            "plan_year": book.integer("plan_year")[0],
            "cut": facts.cut,
            "added": facts.add,
        }
    )
    sums = frame.groupby(["source", "plan_year"], sort=True)[["cut", "added"]].sum()
    moved = sums[(sums["cut"] > 0) | (sums["added"] > 0)].reset_index()
    return [
        {
            "source": str(r["source"]),
            "plan_year": int(r["plan_year"]),
            "cut": int(r["cut"]),
            "added": int(r["added"]),
        }
        for r in moved.to_dict("records")
    ]


def _by_authority(facts: Facts) -> dict[str, int]:
    totals: dict[str, int] = {}
    for code, amount in zip(
        facts.transfer_authority.tolist(), facts.ranked.transfers.amount.tolist(), strict=True
    ):
        totals[code] = totals.get(code, 0) + amount
    return dict(sorted(totals.items()))


def _need_removed(facts: Facts) -> dict[str, int]:
    """Return how much of the stated need each test took away, in the order of the rules.

    What is left after every test and is not added lacks a donor (``"no-surplus"``).
    """
    case = facts.case
    left = case.need.copy()
    removed: dict[str, int] = {"stated": int(left.sum())}
    for rule in facts.bounds.rules:
        limits = rule.limits(case)
        alone = (
            limits.groups.alone if limits.groups is not None else np.full(len(case), LIMIT, dtype=np.int64)
        )
        bound: Ints = alone if limits.add is None else np.minimum(alone, limits.add)
        after = np.minimum(left, np.maximum(0, bound))
        if (taken := int((left - after).sum())) > 0:
            removed[rule.code] = taken
        left = after
    short = left - facts.add
    walled = facts.bounds.closed_rule[case.pools.leaf]
    for place in np.unique(walled[(walled >= 0) & (short > 0)]).tolist():
        taken = int(short[walled == place].sum())
        removed[facts.bounds.rules[place].code] = removed.get(facts.bounds.rules[place].code, 0) + taken
        left = np.where(walled == place, facts.add, left)
    removed["no-surplus"] = max(0, int(left.sum()) - int(facts.add.sum()))
    removed["added"] = int(facts.add.sum())
    return removed


def _why_empty(facts: Facts, lines: pd.DataFrame) -> dict[str, int]:
    """Return how many lines failed which test first; a line that could move lacks a partner, or its owner is closed."""
    walled = facts.bounds.closed_rule[facts.case.pools.leaf]
    codes = np.array([*(rule.code for rule in facts.bounds.rules), "no-partner"], dtype=object)
    alone = pd.Series(codes[np.where(facts.bounds.add > 0, walled, -1)], index=lines.index)
    failed = lines["first_failed"].where(lines["first_failed"] != "", alone)
    return {str(code): int(count) for code, count in failed.value_counts().sort_index().items()}
