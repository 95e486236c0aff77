"""Worked examples that ship with phanbo: a synthetic province, and a published decision."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from phanbo.examples.lang_son import lang_son_workbook, write_lang_son

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from phanbo.portfolio import Portfolio
    from phanbo.proposal import Proposal

__all__ = ["ROUNDS", "lang_son_workbook", "load_lang_son", "run_year", "write_lang_son"]

CALENDAR = "lang-son-2024"
ROUNDS = ((1, "2024-06-14"), (2, "2024-09-15"), (3, "2024-11-10"))
"""The rounds of the year, each with its data date."""


def load_lang_son() -> Portfolio:
    """Return the synthetic Lạng Sơn portfolio of plan year 2024, read from its own workbook.

    Examples
    --------
    >>> portfolio = load_lang_son()
    >>> len(portfolio), portfolio.year
    (392, 2024)
    """
    from phanbo.tables.read import read_excel

    with tempfile.TemporaryDirectory() as folder:
        return read_excel(write_lang_son(Path(folder) / "lang-son-2024.xlsx"))


def run_year(
    folder: str | os.PathLike[str], progress: Callable[[str, int, int], None] | None = None
) -> list[Proposal]:
    """Run the three rounds of the synthetic year, each on the plan the one before left.

    Parameters
    ----------
    folder : str or path-like
        Where ``lang-son-2024.xlsx`` and the case folders ``round-1`` … ``round-3`` are written.
    progress : callable, optional
        Told ``(stage, done, total)``, as by `phanbo.propose`.

    Returns
    -------
    list of Proposal
        One a round, as if each had been approved in full.
    """
    from phanbo.pipeline import propose
    from phanbo.tables.read import read_excel

    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    portfolio = read_excel(write_lang_son(place / "lang-son-2024.xlsx"))
    proposals: list[Proposal] = []
    for number, day in ROUNDS:
        proposal = propose(portfolio.at(day), calendar=CALENDAR, round=number, as_of=day, progress=progress)
        proposal.save(place / f"round-{number}")
        proposals.append(proposal)
        portfolio = proposal.apply()
    return proposals
