"""Worked examples that ship with phanbo: two synthetic provinces, and a published decision."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from phanbo.examples.bac_linh import bac_linh_workbook
from phanbo.examples.lang_son import lang_son_workbook

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from phanbo.portfolio import Portfolio
    from phanbo.proposal import Proposal

__all__ = [
    "YEARS",
    "ShippedYear",
    "bac_linh_workbook",
    "lang_son_workbook",
    "load_bac_linh",
    "load_lang_son",
    "run_year",
    "write_bac_linh",
    "write_lang_son",
]


def write_lang_son(path: str | os.PathLike[str]) -> Path:
    """Write the workbook of Lạng Sơn to *path*: the same bytes every time with one version of xlsxwriter.

    Returns
    -------
    Path
        The file written.
    """
    return _write(lang_son_workbook(), path)


def write_bac_linh(path: str | os.PathLike[str]) -> Path:
    """Write the workbook of Bắc Lĩnh to *path*: the same bytes every time with one version of xlsxwriter.

    Returns
    -------
    Path
        The file written.
    """
    return _write(bac_linh_workbook(), path)


def _write(workbook: bytes, path: str | os.PathLike[str]) -> Path:
    target = Path(path)
    target.write_bytes(workbook)
    return target


def load_lang_son(path: str | os.PathLike[str] | None = None) -> Portfolio:
    """Return the synthetic Lạng Sơn portfolio of plan year 2024, read from its own workbook.

    Parameters
    ----------
    path : str or path-like, optional
        Where the workbook is written; nowhere to stay unless given.

    Examples
    --------
    >>> portfolio = load_lang_son()
    >>> len(portfolio), portfolio.year
    (392, 2024)
    """
    return _load(write_lang_son, "lang-son-2024", path)


def load_bac_linh(path: str | os.PathLike[str] | None = None) -> Portfolio:
    """Return the portfolio of the invented two-tier province Bắc Lĩnh, plan year 2026, read from its own workbook.

    Parameters
    ----------
    path : str or path-like, optional
        Where the workbook is written; nowhere to stay unless given.

    Examples
    --------
    >>> portfolio = load_bac_linh()
    >>> len(portfolio), portfolio.year
    (300, 2026)
    """
    return _load(write_bac_linh, "bac-linh-2026", path)


def _load(write: Callable[[Path], Path], name: str, path: str | os.PathLike[str] | None) -> Portfolio:
    from phanbo.tables.read import read_excel

    if path is not None:
        return read_excel(write(Path(path)))
    with tempfile.TemporaryDirectory() as folder:
        return read_excel(write(Path(folder) / f"{name}.xlsx"))


class ShippedYear(NamedTuple):
    """A plan year that ships: the name of its calendar and workbook, its rounds with their data dates, its loader."""

    calendar: str
    rounds: tuple[tuple[int, str], ...]
    loader: Callable[[str | os.PathLike[str] | None], Portfolio]


YEARS = {
    2024: ShippedYear(
        "lang-son-2024", ((1, "2024-06-14"), (2, "2024-09-15"), (3, "2024-11-10")), load_lang_son
    ),
    2026: ShippedYear(
        "bac-linh-2026", ((1, "2026-06-12"), (2, "2026-09-15"), (3, "2026-11-06")), load_bac_linh
    ),
}
"""The plan years that ship, each a synthetic province."""


def run_year(
    folder: str | os.PathLike[str],
    progress: Callable[[str, int, int], None] | None = None,
    year: int = 2024,
) -> list[Proposal]:
    """Run the three rounds of a synthetic year, each on the plan the one before left.

    Parameters
    ----------
    folder : str or path-like
        Where the workbook (``lang-son-2024.xlsx`` or ``bac-linh-2026.xlsx``) and the case folders ``round-1`` …
        ``round-3`` are written.
    progress : callable, optional
        Told ``(stage, done, total)``, as by `phanbo.propose`.
    year : int
        A key of `YEARS`.

    Returns
    -------
    list of Proposal
        One a round, as if each had been approved in full.

    Raises
    ------
    KeyError
        No such year ships.
    """
    from phanbo.pipeline import propose

    calendar, rounds, loader = YEARS[year]
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    portfolio = loader(place / f"{calendar}.xlsx")
    proposals: list[Proposal] = []
    for number, day in rounds:
        proposal = propose(portfolio.at(day), calendar=calendar, round=number, as_of=day, progress=progress)
        proposal.save(place / f"round-{number}")
        proposals.append(proposal)
        portfolio = proposal.apply()
    return proposals
