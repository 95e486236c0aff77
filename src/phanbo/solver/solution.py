"""What a solver returns, and when it has to stop."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from phanbo.errors import InfeasibleRound, Stopped
from phanbo.money import Ints

__all__ = ["Cancel", "Limits", "Solution", "SolvedTier", "Solver", "infeasible", "out_of_time"]


class Cancel(Protocol):
    """Anything with ``is_set()``, such as `threading.Event`."""

    def is_set(self) -> bool:
        """Return whether the work should stop."""


class Solver(Protocol):
    """A solver of PuLP's, such as ``pulp.COIN_CMD(path=…)``: a ``pulp.LpSolver``."""

    name: str


@dataclass(frozen=True, eq=False)
class SolvedTier:
    """A solved tier: value in cost units and the row duals that prove it (zeros in marked components).

    `gap` is value − bound: 0 in a network; in marked components the gap to the relaxation.
    """

    name: str
    value: int
    duals: Ints
    gap: int = 0


@dataclass(frozen=True, eq=False)
class Solution:
    """The unique lexicographic optimum: whole units a column, and every tier with its proof."""

    x: Ints
    tiers: tuple[SolvedTier, ...]


@dataclass(eq=False)
class Limits:
    """When to stop: a clock, a cancel flag, a place to tell progress; and how far the work has come.

    `stage` is the one told last; `proved` holds the best value of every tier proved for the whole program so far, in
    cost units.
    """

    time_limit: float | None = None
    cancel: Cancel | None = None
    progress: Callable[[str, int, int], None] | None = None
    started: float = field(default_factory=time.monotonic)
    stage: str = ""
    proved: dict[str, int] = field(default_factory=dict)

    def aside(self) -> Limits:
        """Return the same limits for a part of the program: what is proved there is not proved of the whole."""
        return replace(self, proved={})

    def left(self) -> float:
        """Return the seconds left; raise `Stopped` when there are none or the work was cancelled."""
        if self.cancel is not None and self.cancel.is_set():
            raise Stopped(
                "Đã dừng theo yêu cầu; không có phương án nào được trả về.", "Cancelled; no plan is returned."
            )
        rest = (
            float("inf") if self.time_limit is None else self.time_limit - (time.monotonic() - self.started)
        )
        if rest <= 0:
            raise out_of_time()
        return rest

    def tell(self, stage: str, done: int, total: int) -> None:
        """Note the stage, and report progress if anybody listens."""
        self.stage = stage
        if self.progress is not None:
            self.progress(stage, done, total)


def out_of_time() -> Stopped:
    """Return the error of a round whose time has run out."""
    return Stopped(
        "Hết thời gian cho phép trước khi giải xong; không có phương án nào được trả về.",
        "The time limit passed before every tier was proved; no plan is returned.",
    )


def infeasible() -> InfeasibleRound:
    """Return the error of a round without any plan."""
    return InfeasibleRound("Không có phương án nào thỏa mọi quy định.", "No plan keeps every rule.")
