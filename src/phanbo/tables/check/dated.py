"""Up to which day the disbursement figures reach: a note that travels with the tables."""

from __future__ import annotations

from phanbo.errors import Finding

__all__ = ["DATED", "dated_finding"]

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
