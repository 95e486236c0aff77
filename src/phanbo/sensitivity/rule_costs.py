"""What each rule costs a round: the round solved again without it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from phanbo.bounds import Bounds, make_bounds
from phanbo.decision import decide
from phanbo.proposal.tier_values import shown
from phanbo.rules.walls import AuthorityAtHand, MinimumMove, PoolBalance, RevenueShortfall
from phanbo.sensitivity.prices import refuse_parts
from phanbo.solver.solution import Limits

if TYPE_CHECKING:
    from phanbo.case import Case
    from phanbo.decision import Decision
    from phanbo.proposal import Proposal
    from phanbo.rulebook import Rulebook

__all__ = ["rule_costs"]

STRUCTURE = (PoolBalance.code, RevenueShortfall.code)
"""What the program is made of: no round can be solved without it."""

SETTINGS: dict[str, dict[str, Any]] = {
    AuthorityAtHand.code: {"authority": None},
    MinimumMove.code: {"min_move": 0},
}
"""Rules that a setting of the policy states."""


def rule_costs(proposal: Proposal, case: Case, book: Rulebook) -> pd.DataFrame:
    """Return one row a rule: by how much each tier would change if the round were held without it.

    Raises
    ------
    PhanboError
        For a part of a proposal.
    """
    refuse_parts(proposal)
    case = replace(case, held=np.zeros_like(case.held))
    limits = {rule.code: rule.limits(case) for rule in book.rules}
    bounds = make_bounds(case, book, limits)
    base = _values(decide(case, book, Limits()))
    names = [tier for tier in base if tier != "moved"]
    rows = []
    for rule in book.rules:
        row: dict[str, Any] = {
            "rule": rule.code,
            "title_vi": rule.title_vi,
            "title_en": rule.title_en,
            "citation": rule.source.cite(),
            "confidence": rule.source.confidence,
            "granted_by": rule.granted_by,
            "may_be_relaxed": bool(rule.granted_by),
        }
        if rule.code in STRUCTURE:
            row |= dict.fromkeys(base)
        else:
            settings = SETTINGS.get(rule.code, {})
            policy = replace(case.policy, **settings)
            less = replace(book, rules=tuple(r for r in book.rules if r is not rule))
            redrawn = policy.authority != case.policy.authority
            other = case.under(policy, less.pools(case.portfolio, policy) if redrawn else None)
            # Limits of owners hang on the pools.
            told = {} if redrawn else {code: part for code, part in limits.items() if code != rule.code}
            free = make_bounds(other, less, told)
            after = base
            if other.policy != case.policy or not _alike(bounds, free):
                after = _values(decide(other, less, Limits()))
            row |= {name: after[name] - base[name] for name in base}
        rows.append(row)
    frame = pd.DataFrame(rows)
    return frame.astype(dict.fromkeys([*names, "moved"], "Int64"))


def _values(found: Decision) -> dict[str, int]:
    """Return the value of every tier but the canonical one, and what is moved."""
    unit = found.case.policy.unit
    told = {t.name: shown(t.name, t.value, unit) for t in found.solution.tiers}
    priced = {name: value for name, value in told.items() if not name.startswith("canonical")}
    return priced | {"moved": int(found.cut.sum())}


def _alike(one: Bounds, other: Bounds) -> bool:
    """Return whether two rulebooks leave every line the same and state the same ceilings."""
    columns = ("cut", "add", "forced", "closed")
    if any(not np.array_equal(getattr(one, name), getattr(other, name)) for name in columns):
        return False
    return len(one.groups) == len(other.groups)
