"""What a proposal could not check, and its totals: unchecked rules, the summary."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from phanbo.grouping import codes_of, sum_by
from phanbo.money import LIMIT, Ints
from phanbo.policy import AUTHORITIES
from phanbo.proposal.facts import Facts
from phanbo.proposal.text import text_of
from phanbo.records import records
from phanbo.rules.base import CONFIDENCE_VI
from phanbo.transfers import RESERVE

__all__ = ["summarise", "unchecked_frame"]


def unchecked_frame(facts: Facts) -> pd.DataFrame:
    """One row a rule that misses a column: rule, how surely it is known, number of lines, the column."""
    book = facts.rulebook
    gaps = book.unchecked(facts.case)
    sure = {f"priority[{each.code}]": each.source.says() for each in book.classes}
    sure |= {rule.code: rule.source.says() for rule in book.rules}
    return pd.DataFrame(
        {
            "rule": text_of(gap.rule for gap in gaps),
            "confidence": text_of(sure.get(gap.rule, CONFIDENCE_VI["memory"]) for gap in gaps),
            "lines": np.array([gap.lines for gap in gaps], dtype=np.int64),
            "column": text_of(gap.column for gap in gaps),
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
        "unchecked": records(gaps),
        "why_empty": _why_empty(facts, frames["lines"]) if empty else {},
        "warnings": list(warnings),
    }


def _by_source(facts: Facts) -> list[dict[str, Any]]:
    book = facts.case.portfolio
    codes, keys = codes_of(book.text("source"), book.integer("plan_year")[0])
    sums = (sum_by(codes, side, len(keys)).tolist() for side in (facts.cut, facts.add))
    return [
        {"source": source, "plan_year": year, "cut": cut, "added": added}
        for (source, year), cut, added in zip(keys, *sums, strict=True)
        if cut or added
    ]


def _by_authority(facts: Facts) -> dict[str, int]:
    totals = sum_by(facts.transfer_level, facts.ranked.transfers.amount, len(AUTHORITIES)).tolist()
    return {code: total for code, total in sorted(zip(AUTHORITIES, totals, strict=True)) if total}


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
