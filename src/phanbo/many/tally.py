"""What has come back so far, and who is told of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from phanbo.errors import Stopped
from phanbo.many.outcome import Outcome
from phanbo.solver.solution import Cancel

__all__ = ["Tally"]

BETWEEN_REPORTS = 0.1  # seconds: progress is told at most ten times a second, and at the end


class Tally:
    """Collects outcomes by name; tells progress; notices a cancel."""

    def __init__(
        self, total: int, progress: Callable[[str, int, int], None] | None, cancel: Cancel | None
    ) -> None:
        self.found: dict[str, Outcome] = {}
        self._total, self._progress, self._cancel = total, progress, cancel
        self._told = float("-inf")

    def add(self, outcomes: Sequence[Outcome]) -> None:
        """Note what came of some tasks."""
        self.found.update((found.name, found) for found in outcomes if not found.stopped)
        now, done = time.monotonic(), len(self.found)
        if self._progress is not None and (done == self._total or now - self._told >= BETWEEN_REPORTS):
            self._told = now
            self._progress("propose", done, self._total)

    def check(self) -> None:
        """Raise `Stopped` where the run was cancelled before everything was done."""
        done = len(self.found)
        if self._cancel is not None and self._cancel.is_set() and done < self._total:
            raise Stopped(
                f"Đã dừng theo yêu cầu: xong {done}/{self._total} việc.",
                f"Cancelled: {done} of {self._total} tasks were done.",
                {"done": sorted(self.found), "total": self._total},
            )
