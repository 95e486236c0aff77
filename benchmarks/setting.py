"""What a round is held with, as the benchmarks pass it on."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from phanbo import Calendar, Policy, Portfolio, Proposal, Rulebook, propose

__all__ = ["Setting"]


@dataclass(frozen=True, eq=False)
class Setting:
    """The lines of a round and everything they are judged with."""

    lines: pd.DataFrame
    calendar: Calendar
    rulebook: Rulebook
    policy: Policy
    round: int
    as_of: str
    sources: pd.DataFrame | None = None

    def portfolio(self) -> Portfolio:
        """Return the tables, checked."""
        return Portfolio(self.lines, sources=self.sources)

    def propose(self, portfolio: Portfolio | None = None) -> Proposal:
        """Hold the round, on its own tables unless another one is given."""
        return propose(
            self.portfolio() if portfolio is None else portfolio,
            calendar=self.calendar,
            round=self.round,
            as_of=self.as_of,
            rulebook=self.rulebook,
            policy=self.policy,
        )
