"""A second answer after a small change: the receivers' confidence moves from 0.8 to 0.85.

Each way is prepared outside the clock with the first proposal in hand. To add one (an object that keeps what did
not change), write its preparation and one line in `WAYS`. It returns a proposal, or the cut and the add of every line
(đồng, one row a line), and must reach those of a proposal made afresh.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from cases import CASES, SEED, job_of
from setting import Setting

from phanbo import Policy, Portfolio, Proposal, WhatIf, propose
from phanbo.money import Ints

__all__ = ["WAYS", "measure"]


@dataclass(frozen=True, eq=False)
class _Before:
    """The round as it was held, and the policy that is tried next."""

    setting: Setting
    portfolio: Portfolio
    proposal: Proposal
    policy: Policy

    def propose(self, **known: Any) -> Proposal:  # noqa: ANN401 — what propose takes
        """Hold the changed round."""
        setting = self.setting
        return propose(
            self.portfolio,
            calendar=setting.calendar,
            round=setting.round,
            as_of=setting.as_of,
            rulebook=setting.rulebook,
            policy=self.policy,
            **known,
        )


def _afresh(before: _Before) -> Callable[[], Proposal]:
    return before.propose


def _known(before: _Before) -> Callable[[], Proposal]:
    known = {"assessment": before.proposal.assessment, "outlook": before.proposal.outlook}
    return lambda: before.propose(**known)


def _open(before: _Before) -> Callable[[], Ints]:
    s = before.setting
    round_ = WhatIf(
        before.portfolio,
        calendar=s.calendar,
        round=s.round,
        as_of=s.as_of,
        rulebook=s.rulebook,
        policy=s.policy,
    )
    moved: dict[str, Any] = {"receiver_confidence": before.policy.receiver_confidence}

    def ask() -> Ints:
        answer = round_.ask(**moved)
        return np.column_stack([answer.cut, answer.add])

    return ask


WAYS: dict[str, Callable[[_Before], Callable[[], Proposal | Ints]]] = {
    "WhatIf.ask": _open,
    "propose, afresh": _afresh,
    "propose, assessment and outlook known": _known,
}
HIGHS = "HiGHS, all tiers, program given"


def measure(case: str, size: int, repeat: int) -> dict[str, list[float]]:
    """Return the seconds of every repetition, by way; the ways take turns and must agree."""
    from peers import with_highs  # OR-Tools cannot be loaded where it is, and its process imports this module

    setting = CASES[case].build(size, SEED)
    portfolio = setting.portfolio()
    policy = replace(setting.policy, receiver_confidence=0.85)
    before = _Before(setting, portfolio, setting.propose(portfolio), policy)
    changed = job_of(case, size, policy=policy).program
    wanted = _changes(before.propose())
    ways: dict[str, Callable[[], Any]] = {name: way(before) for name, way in WAYS.items()}
    ways[HIGHS] = lambda: with_highs.solve(changed, changed.tiers)
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(repeat):
        for name, way in ways.items():
            gc.collect()
            begin = time.perf_counter()
            result = way()
            seconds[name].append(time.perf_counter() - begin)
            if name in WAYS and not np.array_equal(_changes(result), wanted):
                raise AssertionError(f"{name}: another plan than afresh")
    return seconds


def _changes(result: Proposal | Ints) -> Ints:
    return result.lines[["cut", "add"]].to_numpy() if isinstance(result, Proposal) else result
