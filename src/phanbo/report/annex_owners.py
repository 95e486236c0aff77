"""The owners before and after the round, and every group of projects against its milestone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phanbo.catalogue import both
from phanbo.report.annex_changes import heading
from phanbo.report.assessment import write_groups
from phanbo.report.formats import Column, Formula, cell_name

if TYPE_CHECKING:
    import pandas as pd

    from phanbo.report.names import Names
    from phanbo.report.sheet import Sheet
    from phanbo.report.workbook import Workbook

__all__ = ["write_milestones", "write_owners"]

SUMS = ("plan", "disbursed", "cut", "added", "plan_after", "expected", "expected_after")


def write_owners(book: Workbook, names: Names) -> None:
    """Write the sheet *Chủ đầu tư*: what each has, gives, takes and is expected to spend; all plan years together.

    Left out where no tables came with the proposal.
    """
    if names.proposal.case is None:
        return
    shown = _columns()
    sheet = book.sheet(both("annex.owners"), list(shown.values()))
    sheet.title(heading(names), both("annex.owners_title"))
    sheet.unit()
    sheet.head(repeat=True, freeze=2)
    frame, top = _owners(names), sheet.reserve()
    for k, row in enumerate(frame.to_dict("records"), start=1):
        cells: dict[Any, Any] = {**row, "number": str(k), **_worked(sheet, shown, row, sheet.row)}
        sheet.line([cells[name] for name in shown])
    place = {name: k for k, name in enumerate(shown)}
    sums = {name: int(frame[name].sum()) for name in SUMS}
    total: dict[str, Any] = {
        name: sheet.total(place[name], top + 1, sheet.row - 1, amount) for name, amount in sums.items()
    }
    total["owner"] = names.say(both("common.total"))
    total |= _worked(sheet, shown, sums, top)
    sheet.line([total.get(name) for name in shown], "total", at=top)


def write_milestones(book: Workbook, names: Names) -> None:
    """Write the sheet of owners and groups of projects against their milestones, as assessed before the round."""
    if names.proposal.case is not None:
        write_groups(book, names.proposal.assessment)


def _columns() -> dict[str, Column]:
    before, after = both("annex.before"), both("annex.after")
    return {
        "number": Column(both("annex.number"), 5, "center"),
        "owner": Column(both("annex.owner"), 34),
        "plan": Column(both("annex.owner_plan"), 13, "money", before),
        "disbursed": Column(both("annex.owner_disbursed"), 13, "money", before),
        "ratio": Column(both("annex.disbursed_share"), 9, "share", before),
        "expected": Column(both("annex.expected"), 13, "money", before),
        "ratio_year_end": Column(both("annex.expected_share"), 9, "share", before),
        "cut": Column(both("annex.cut"), 12, "money", both("annex.proposed")),
        "added": Column(both("annex.added"), 12, "money", both("annex.proposed")),
        "plan_after": Column(both("annex.owner_plan"), 13, "money", after),
        "expected_after": Column(both("annex.expected"), 13, "money", after),
        "ratio_after": Column(both("annex.expected_share"), 9, "share", after),
        "lines": Column(both("annex.changed_lines"), 9, "count"),
    }


def _owners(names: Names) -> pd.DataFrame:
    """Return one row an owner, those with the most capital first."""
    frame, portfolio = names.proposal.lines, names.proposal.case.portfolio  # type: ignore[union-attr]
    frame["plan"], frame["disbursed"] = (portfolio.money(name)[0] for name in ("plan", "disbursed"))
    frame["added"] = frame["add"]
    frame["plan_after"] = frame["plan"] + frame["added"] - frame["cut"]
    frame["lines"] = ((frame["cut"] > 0) | (frame["added"] > 0)).astype("int64")
    sums = frame.groupby("owner", sort=True)[[*SUMS, "lines"]].sum().reset_index()
    return sums.sort_values("plan", ascending=False, kind="stable")


def _worked(sheet: Sheet, shown: dict[str, Column], row: dict[Any, Any], at: int) -> dict[str, Formula]:
    """Return what a row works out from its other cells."""
    place = {name: k for k, name in enumerate(shown)}
    shares = {
        "ratio": ("disbursed", "plan"),
        "ratio_year_end": ("expected", "plan"),
        "ratio_after": ("expected_after", "plan_after"),
    }
    worked = {
        name: sheet.quotient(place[part], place[whole], row[part] / row[whole] if row[whole] else None, at=at)
        for name, (part, whole) in shares.items()
    }
    plan, cut, added = (cell_name(at, place[name]) for name in ("plan", "cut", "added"))
    worked["plan_after"] = Formula(f"={plan}+{added}-{cut}", row["plan_after"])
    return worked
