"""Project codes that may be one code, typed in two ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phanbo.tables.check.complete import first_of, groups
from phanbo.tables.text.codes import alike

if TYPE_CHECKING:
    from phanbo.tables.check.grid import Grid, Log

__all__ = ["check_codes"]


def check_codes(grid: Grid, log: Log) -> None:
    """Doubt project codes that differ only in O and 0, l and 1, case or leading zeros; both are named."""
    first = first_of(groups(grid, ("project_id",)))
    place = dict(zip(grid.values("project_id")[first].tolist(), first.tolist(), strict=True))
    pairs = alike(code for code in place if code)
    log.rows(
        "code-alike",
        grid,
        [place[code] for _, code in pairs],
        "project_id",
        others=[place[other] for other, _ in pairs],
        value=[code for _, code in pairs],
        first=[other for other, _ in pairs],
    )
