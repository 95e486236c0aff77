"""Tasks for many hands, and forecasters that leave a mark, die or fail: importable by worker processes."""

from __future__ import annotations

import datetime as dt
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

import phanbo as pb
from phanbo.absorption import Forecast, PaceForecaster
from phanbo.calendar import Calendar
from phanbo.portfolio import Portfolio
from rounds import AS_OF, CALENDAR, TY, lines

__all__ = ["Marking", "history", "task", "tasks", "texts"]


@dataclass(frozen=True)
class Marking:
    """The built-in forecast; leaves a file for every run, and does something at its first runs."""

    folder: str
    label: str
    act: str = ""
    times: int = 10**9
    points: int = 20
    name: str = "marking"

    def runs(self) -> int:
        """Return how often it ran, wherever that was."""
        return len(list(Path(self.folder).glob(f"{self.label}-*")))

    def forecast(
        self, portfolio: Portfolio, calendar: Calendar, as_of: dt.date, deadline: dt.date
    ) -> Forecast:
        """Leave a mark; then ``die``, ``raise``, ``sleep`` or nothing; then forecast."""
        before = self.runs()
        (Path(self.folder) / f"{self.label}-{before}-{os.getpid()}").touch()
        if before < self.times:
            if self.act == "die":
                os.kill(os.getpid(), signal.SIGKILL)
            if self.act == "exit":
                os._exit(3)
            if self.act == "raise":
                raise ZeroDivisionError("no such thing")
            if self.act == "sleep":
                time.sleep(0.4)
        return PaceForecaster().forecast(portfolio, calendar, as_of, deadline)


def task(name: str, portfolio: Any = None, **given: Any) -> pb.Task:
    """Return round 2 of a few lines."""
    tables = pb.Portfolio(lines()) if portfolio is None else portfolio
    known: dict[str, Any] = {"calendar": CALENDAR, "round": 2, "as_of": AS_OF}
    return pb.Task(name, tables, **(known | given))


def tasks(count: int = 5, folder: Path | None = None) -> list[pb.Task]:
    """Return tasks of different tables; with a folder, each marks its runs there under its name."""
    return [
        task(
            f"Tỉnh {k}",
            pb.Portfolio(lines(6 + k, requested_increase=[(i % 2) * (k + 1) * TY for i in range(6 + k)])),
            policy=None if folder is None else pb.Policy(forecaster=Marking(str(folder), f"{k}")),
        )
        for k in range(count)
    ]


def history(*rows: tuple[str, str, int]) -> pd.DataFrame:
    """Return a history of line, date, disbursed."""
    return pd.DataFrame(rows, columns=["line_id", "date", "disbursed"])


def texts(batch: pb.Batch) -> dict[str, str]:
    """Return the JSON of every proposal."""
    return {name: made.to_json() for name, made in batch.proposals.items()}
