"""A named piece of work: everything `propose` takes, ready to be sent away."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import KW_ONLY, dataclass
from pathlib import Path

from phanbo.absorption import Outlook
from phanbo.assessment import Assessment
from phanbo.calendar import Calendar, Round, as_date
from phanbo.errors import PolicyError
from phanbo.pipeline import propose
from phanbo.policy import Policy
from phanbo.portfolio import Portfolio
from phanbo.proposal import Proposal
from phanbo.rulebook import Rulebook
from phanbo.solver.solution import Cancel

__all__ = ["Task", "read_tables"]

LONGEST = 150  # bytes of a name: file systems allow 255, and temporary names add to it
FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Task:
    """One proposal to be made; immutable. See `propose` for what is not said here.

    Attributes
    ----------
    name : str
        Unique among the tasks of a run, and fit to be the name of a folder on any system.
    portfolio : Portfolio, path or Task
        A workbook or folder of tables is read by whoever does the work. Another task, one that stands before
        this one in the run: the tables after its proposal was approved in full, so that rounds form a chain.
        Tables read or continued so are taken at *as_of* where their history has figures of that very date.
    calendar, round, as_of, rulebook, policy, time_limit, assessment, outlook
        As for `propose`.

    Raises
    ------
    PolicyError
        When the name cannot be that of a folder, or the portfolio is none of these.
    """

    name: str
    portfolio: Portfolio | str | Path | Task
    _: KW_ONLY
    calendar: Calendar | str | Path
    round: int | Round
    as_of: str | dt.date
    rulebook: Rulebook | str | Path | None = None
    policy: Policy | None = None
    time_limit: float | None = None
    assessment: Assessment | None = None
    outlook: Outlook | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not _fits(self.name):
            raise PolicyError(
                f"Tên việc {self.name!r} không dùng làm tên thư mục được.",
                f"The task name {self.name!r} cannot be the name of a folder.",
                {"name": str(self.name)},
            )
        object.__setattr__(self, "name", unicodedata.normalize("NFC", self.name))
        if not isinstance(self.portfolio, Portfolio | str | Path | Task):
            kind = type(self.portfolio).__name__
            raise PolicyError(
                f"Việc “{self.name}”: portfolio phải là Portfolio, đường dẫn hoặc Task, không phải {kind}.",
                f"Task {self.name!r}: portfolio must be a Portfolio, a path or a Task, not {kind}.",
                {"name": self.name, "type": kind},
            )

    def __repr__(self) -> str:
        return f"Task({self.name!r}, round={self.round!r}, as_of={self.as_of})"

    def propose(self, *, before: Proposal | None = None, cancel: Cancel | None = None) -> Proposal:
        """Return the proposal, made here and now, with the errors `propose` raises.

        Parameters
        ----------
        before : Proposal, optional
            The proposal of the task this one follows; made as well unless given.
        cancel : object with ``is_set()``, optional
        """
        if isinstance(self.portfolio, Task):
            before = before or self.portfolio.propose(cancel=cancel)
            tables = _dated(before.apply(), self.as_of)
        elif isinstance(self.portfolio, Portfolio):
            tables = self.portfolio
        else:
            tables = _dated(read_tables(Path(self.portfolio)), self.as_of)
        return propose(
            tables,
            calendar=self.calendar,
            round=self.round,
            as_of=self.as_of,
            rulebook=self.rulebook,
            policy=self.policy,
            time_limit=self.time_limit,
            cancel=cancel,
            assessment=self.assessment,
            outlook=self.outlook,
        )


def read_tables(path: Path) -> Portfolio:
    """Read a workbook, or a folder of tables."""
    from phanbo.tables.read import read_csv, read_excel, read_parquet

    if not path.exists():
        raise FileNotFoundError(2, "No such file or folder", str(path))
    if path.is_dir():
        return read_parquet(path) if any(path.glob("*.parquet")) else read_csv(path)
    readers = {".csv": read_csv, ".parquet": read_parquet}
    return readers.get(path.suffix.lower(), read_excel)(path)


def _dated(portfolio: Portfolio, as_of: str | dt.date) -> Portfolio:
    """Return the tables at a date, where their history has figures of that very date and they are of another."""
    day, history = as_date(as_of).isoformat(), portfolio.history
    if history is None or str(portfolio.dated) == day or day not in set(history["date"]):
        return portfolio
    return portfolio.at(day)


def _fits(name: str) -> bool:
    """Return whether a name can be that of a folder on any system; a leading dot would hide it."""
    return (
        0 < len(name.encode()) <= LONGEST
        and not FORBIDDEN.search(name)
        and not RESERVED.fullmatch(name)
        and name == name.strip()
        and name[0] != "."
        and name[-1] != "."
    )
