"""Up to which day the disbursement figures reach: a note that travels with the tables; the figures of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from phanbo.errors import Finding
from phanbo.tables.check.grid import Log
from phanbo.tables.check.others import line_positions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phanbo.money import Ints
    from phanbo.tables.check.grid import Grid

__all__ = ["DATED", "dated_finding", "paid_at"]

DATED = "data-date"


def dated_finding(day: str) -> Finding:
    """Return the note that `disbursed` reaches up to *day* (ISO)."""
    return Finding(
        DATED,
        "note",
        f"số liệu giải ngân đến ngày {day}",
        f"disbursement figures up to {day}",
        table="lines",
        column="disbursed",
        value=day,
    )


def paid_at(grids: Mapping[str, Grid], year: int, day: str) -> tuple[Ints, tuple[Finding, ...]]:
    """Return what every line had paid by a day (ISO), as the history of the plan year knew it, and notes about it.

    At most the plan in force; a line without a row up to that day keeps its figure.
    """
    log, lines = Log(), grids["lines"]
    paid, plan = lines.values("disbursed").copy(), lines.values("plan")
    found = np.zeros(len(lines), dtype=np.bool_)
    if "history" in grids:
        history = grids["history"]
        positions, dates = line_positions(history, lines), history.values("date")
        rows = np.flatnonzero((positions >= 0) & (dates <= day) & (dates >= f"{year}-01-01"))
        rows = rows[np.argsort(dates[rows], kind="stable")]
        paid[positions[rows]] = history.values("disbursed")[rows]  # the last one written is the latest
        found[positions[rows]] = True
    clipped = np.flatnonzero(found & (paid > plan))
    log.rows("at-clipped", lines, clipped, "disbursed", date=day, value=paid[clipped], limit=plan[clipped])
    log.rows("at-no-history", lines, np.flatnonzero(~found), "disbursed", date=day)
    paid[clipped] = plan[clipped]
    return paid, (*log.findings, *([dated_finding(day)] if found.any() else []))
