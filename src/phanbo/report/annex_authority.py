"""A sheet for each body that decides (*biểu theo cấp quyết định*): its part of the adjustment, its law, its balance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phanbo.catalogue import both
from phanbo.report.annex_changes import SUBMITTED, changes, columns, heading, tree
from phanbo.report.formats import Column, Formula, cell_name
from phanbo.report.tree import write_tree

if TYPE_CHECKING:
    import pandas as pd

    from phanbo.proposal.annexes import Annex
    from phanbo.report.formats import Pair
    from phanbo.report.names import Names
    from phanbo.report.sheet import Sheet
    from phanbo.report.workbook import Workbook

__all__ = ["write_authorities"]

SHEETS: dict[str, Pair] = {
    "ubnd": both("annex.annex_prov"),
    "ubnd:district": both("annex.annex_district"),
    "ubnd:commune": both("annex.annex_commune"),
    "hdnd": both("annex.annex_prov_council"),
    "hdnd:district": both("annex.annex_district_councils"),
    "hdnd:commune": both("annex.annex_commune_councils"),
    "standing-committee": both("annex.annex_standing"),
    "programme-lead": both("annex.annex_programme"),
    "central": both("annex.annex_central"),
}
KEPT = ("number", "project", "project_id", "owner", "stage", "plan", "cut", "added", "plan_after", "rank")
INSIDE = both("annex.inside_an")
POOLS = {
    "cut": both("annex.cut_2"),
    "inflow": both("annex.inflow"),
    "added": both("annex.added_2"),
    "shortfall": both("annex.shortfall"),
    "returned": both("annex.to_the"),
}


def write_authorities(book: Workbook, names: Names) -> None:
    """Write the sheets, the nearest body first; none where nothing moves."""
    whole = changes(names)
    for body, annex in names.proposal.by_authority().items():
        frame = _lines(annex, whole)
        shown = _columns(names, frame)
        sheet = book.sheet(SHEETS[body], list(shown.values()))
        who_vi, who_en = (annex.title(lang) for lang in ("vi", "en"))
        sheet.title(
            heading(names),
            (f"Phần thuộc thẩm quyền quyết định: {who_vi}", f"To be decided by: {who_en}"),
            SUBMITTED,
        )
        for text in _law(annex, names):
            sheet.text(text)
        if annex.lines["elsewhere"].any():
            sheet.text(book.say(ELSEWHERE))
        sheet.unit()
        sheet.head(repeat=True, freeze=2)
        write_tree(sheet, tree(names, frame), shown)
        _balance(sheet, annex, names)


ELSEWHERE = both("annex.the_plan")


def _law(annex: Annex, names: Names) -> list[str]:
    """Return under which article the body decides, with how surely it is known."""
    said = []
    for each in annex.authorities:
        move = f" ({names.say(INSIDE)})" if each.code == "owner-internal" else ""
        said.append(f"– {each.body(names.lang)}{move}: {each.cite(names.lang)}.")
    head = names.say(both("annex.by_what"))
    return [head, *dict.fromkeys(said)]


def _lines(annex: Annex, whole: pd.DataFrame) -> pd.DataFrame:
    """Return the lines of an annex as the sheet of adjustments shows them, with its own amounts."""
    mine = annex.lines.set_index("line_id")
    frame = whole[whole["line_id"].isin(mine.index)].reset_index(drop=True)
    here = mine.loc[frame["line_id"]].reset_index(drop=True)
    amounts = {"cut": (-here["change"]).clip(lower=0), "added": here["change"].clip(lower=0)}
    return frame.assign(
        **amounts, plan_after=here["plan_after"], elsewhere=here["elsewhere"].replace(0, None)
    )


def _columns(names: Names, frame: pd.DataFrame) -> dict[str, Column]:
    every = columns(names)
    shown = {name: every[name] for name in KEPT}
    if frame["elsewhere"].any():
        shown["elsewhere"] = Column(both("annex.changed_by"), 13, "money")
    return shown


def _balance(sheet: Sheet, annex: Annex, names: Names) -> None:
    """Write the totals of each pool; the last column is what is left over: nothing."""
    sheet.space()
    sheet.text(sheet.book.say(both("annex.balance_by")), "section")
    head = (Column(both("annex.number"), 5, "center"), Column(both("annex.pool"), 30))
    titles = [*POOLS.values(), both("annex.difference")]
    shown = [*head, *(Column(title, 11, "money") for title in titles)]
    sheet.head(shown)
    first, total = sheet.row, dict.fromkeys(POOLS, 0)
    for k, row in enumerate(annex.pools.to_dict("records"), start=1):
        sums = [int(row[name]) for name in POOLS]
        total = {name: total[name] + amount for name, amount in zip(POOLS, sums, strict=True)}
        sheet.line(
            [str(k), names.pool(row["pool"]), *(x or None for x in sums), _left(sheet, sums)], columns=shown
        )
    last, label = sheet.row - 1, sheet.book.say(both("annex.total"))
    cells = [sheet.total(k, first, last, amount) for k, amount in enumerate(total.values(), start=2)]
    sheet.line([None, label, *cells, _left(sheet, [*total.values()])], "total", columns=shown)


def _left(sheet: Sheet, sums: list[int]) -> Formula:
    """Return cut and inflow less what is added, falls short and is returned, in the row to be written next."""
    cut, inflow, added, shortfall, returned = (cell_name(sheet.row, k) for k in range(2, 7))
    value = sums[0] + sums[1] - sum(sums[2:])
    return Formula(f"={cut}+{inflow}-{added}-{shortfall}-{returned}", value)
