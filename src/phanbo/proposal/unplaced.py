"""Surplus that nobody may take, and the ask-list: who could take it if what changed (*model* §2)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from phanbo.bounds import bound_of
from phanbo.grouping import codes_of, sum_by
from phanbo.money import LIMIT, Bools, Ints
from phanbo.proposal.facts import Facts
from phanbo.proposal.text import text_of

__all__ = ["unplaced_frame"]


def unplaced_frame(facts: Facts) -> pd.DataFrame:
    """One row a pool with surplus nobody may take: the surplus, and the ask-list.

    `ask` lists the lines of the pool that state a need the round leaves unmet (*danh sách cần tháo gỡ*): the rule
    that binds, all `rules` in the way in the order of the rulebook, and what the line `could_take` of the surplus
    were they lifted. `without_need` counts the lines that nothing but a stated need keeps from receiving.
    """
    case = facts.case
    left = case.pool_sum(np.maximum(0, facts.bounds.surplus - facts.cut))
    unmet, pool = np.maximum(0, case.need - facts.add), case.pools.pool
    pools = np.flatnonzero(left > 0)
    lines = np.flatnonzero((unmet > 0) & (left[pool] > 0))
    lines = lines[np.lexsort((lines, -unmet[lines], pool[lines]))]
    asks = _asks(facts, lines, unmet, left)
    ends = np.searchsorted(pool[lines], pools, side="right").tolist()
    return pd.DataFrame(
        {
            "pool": text_of(case.pools.names, pools),
            "surplus": left[pools],
            "unmet_need": case.pool_sum(unmet)[pools],
            "ask": pd.Series(
                [asks[start:end] for start, end in zip([0, *ends], ends, strict=False)], dtype="object"
            ),
            "without_need": case.pool_sum(_without_need(facts).astype(np.int64))[pools],
        }
    )


def _asks(facts: Facts, lines: Ints, unmet: Ints, left: Ints) -> list[dict[str, Any]]:
    """Return the lines that ask: what is unmet, the rule that binds, all rules in the way, what they could take."""
    b, case, added = facts.bounds, facts.case, facts.add[lines]
    short = np.where(added > 0, facts.binding[lines], b.closed_rule[case.pools.leaf[lines]])
    held = np.where(b.add[lines] > added, short, b.add_rule[lines])
    said = [_said(rule.code, rule.title_vi, rule.title_en, rule.source.says()) for rule in b.rules]
    said.append(_said("", "Chưa đến lượt theo thứ tự ưu tiên", "Not reached in the order of priority", ""))
    way = _in_the_way(facts, lines, unmet)
    alike, kinds = codes_of(*way) if way else (np.zeros(lines.size, dtype=np.int64), [()] * lines.size)
    several = [[said[k] for k in np.flatnonzero(kind).tolist()] for kind in kinds]
    most = np.minimum(unmet, left[case.pools.pool])[lines] // b.unit * b.unit
    book = case.portfolio
    rows = (book.text("line_id")[lines], book.text("owner")[lines], unmet[lines], held, alike, most)
    return [
        {
            "line_id": line,
            "owner": owner,
            "unmet": amount,
            **said[place],
            "rules": several[kind],
            "could_take": take,
        }
        for line, owner, amount, place, kind, take in zip(*(row.tolist() for row in rows), strict=True)
    ]


def _said(code: str, vi: str, en: str, confidence: str) -> dict[str, str]:
    return {"rule": code, "what_vi": vi, "what_en": en, "confidence": confidence}


def _in_the_way(facts: Facts, lines: Ints, unmet: Ints) -> list[Bools]:
    """Return, for each rule, whether it keeps each line from its whole need.

    It does where its bound, what is left of the room of a group, or its closing the owner leaves less than is unmet.
    """
    case, unit = facts.case, facts.bounds.unit
    wanted, found = (facts.add + unmet)[lines] // unit, []
    for rule in facts.bounds.rules:
        limits = rule.limits(case)
        way = np.zeros(lines.size, dtype=bool)
        if limits.add is not None:
            way |= np.maximum(0, limits.add[lines]) // unit < wanted
        if (part := limits.groups) is not None:
            taken = sum_by(part.group, facts.add, part.headroom.size)
            room = np.append(part.headroom - taken, LIMIT)[part.group[lines]]
            way |= (facts.add[lines] + np.maximum(0, room)) // unit < wanted
        if limits.closed is not None:
            way |= limits.closed[case.pools.leaf[lines]] & (wanted > facts.add[lines] // unit)
        found.append(way)
    return found


def _without_need(facts: Facts) -> Bools:
    """Return the lines without a stated need that every other rule would let receive."""
    case = facts.case
    room: Bools = case.need == 0
    for rule in facts.bounds.rules:
        limits = rule.limits(case)
        bound = bound_of(limits, "add")
        if rule.code != "stated-need" and bound is not None:
            room &= bound >= facts.bounds.unit
        if limits.closed is not None:
            room &= ~limits.closed[case.pools.leaf]
    return room
