"""Totals that name a source below their lines, "Cộng nguồn NSTW": the lines they close are of that source."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from phanbo.money import format_dong
from phanbo.tables.layout.block import list_rows
from phanbo.tables.layout.groups import hand
from phanbo.tables.layout.telling import differs

if TYPE_CHECKING:
    from phanbo.money import Bools
    from phanbo.tables.layout.block import Block
    from phanbo.tables.layout.columns import Columns
    from phanbo.tables.layout.groups import Tree
    from phanbo.tables.layout.rows import Group, Rows
    from phanbo.tables.layout.totals import Sums

__all__ = ["hand_up"]

_MEND = (
    "thêm cột “Nguồn vốn” cho các dòng, hoặc ghi nguồn ở một dòng nhóm phía trên chúng: “Nguồn vốn: …”",
    "add the column source for the lines, or name it in a group row above them: “Nguồn vốn: …”",
)


def hand_up(block: Block, columns: Columns, sums: Sums, rows: Rows, tree: Tree, *, elsewhere: bool) -> Bools:
    """Give the lines above a total the source it names, where its plan is what they add up to to the đồng.

    Each such total closes the lines since the one before. Lines without a source that no total closes, or one
    that does not add up, are asked about, unless the source is told *elsewhere*; they are returned.
    """
    asked = np.zeros(len(columns), dtype=np.bool_)
    closing = [group for group in rows.groups if _closes(group)]
    if not closing or not sums.headings:
        return asked
    lacking = np.zeros(len(columns), dtype=np.bool_)
    lacking[rows.lines] = True
    heading = block.heading("source")
    if heading is not None:
        lacking &= ~columns.filled(heading)
    start = 0
    for group in closing:
        run, start = (start, group.at), group.at + 1
        at = _places(lacking, run)
        stated = sums.numbers.at(sums.headings[0], group.at)
        if not at:
            continue
        if stated == sums.added(run):
            above = tree.carried.get("source")
            held = [i for i in at if above is not None and above.by[i] >= 0]
            if above is not None and any(_differ(block, above.texts[i], group) for i in held):
                asked[held] = True
                _ask(block, group, held, _otherwise(group))
                continue
            if not held:
                hand(tree, group.readings[0], at, group.at, len(columns))
                _fix(tree, group.at, run)
        elif not elsewhere and (free := _free(tree, at)):
            asked[free] = True
            _ask(block, group, free, _unequal(group, stated, sums.added(run)))
    last = _free(tree, _places(lacking, (start, len(columns))))
    if last and not elsewhere:
        asked[last] = True
        _ask(block, closing[-1], last, _beyond(closing[-1]))
    return asked


def _fix(tree: Tree, at: int, run: tuple[int, int]) -> None:
    """The total is of the lines that it gave its source."""
    tree.totals[:] = [
        replace(total, spans=[run], certain=True) if total.at == at else total for total in tree.totals
    ]


def _closes(group: Group) -> bool:
    return group.total and len(group.readings) == 1 and group.readings[0].column == "source"


def _places(lacking: Bools, run: tuple[int, int]) -> list[int]:
    return [run[0] + i for i in np.flatnonzero(lacking[run[0] : run[1]]).tolist()]


def _free(tree: Tree, at: list[int]) -> list[int]:
    """Return those that no group row above tells the source of."""
    above = tree.carried.get("source")
    return at if above is None else [i for i in at if above.by[i] < 0]


def _differ(block: Block, above: object, group: Group) -> bool:
    return differs("source", str(above), group.readings[0].value, block.year)


def _otherwise(group: Group) -> tuple[str, str]:
    return (
        f"dòng nhóm phía trên ghi nguồn khác với “{group.name}” bên dưới",
        f"a group row above names another source than “{group.name}” below",
    )


def _unequal(group: Group, stated: int | None, added: int) -> tuple[str, str]:
    if stated is None:
        return (
            f"“{group.name}” bên dưới không có số kế hoạch để so với các dòng",
            f"“{group.name}” below has no plan to compare with the lines",
        )
    return (
        f"“{group.name}” bên dưới ghi {format_dong(stated)}, các dòng cộng lại {format_dong(added)} đồng",
        f"“{group.name}” below states {stated:,}, the lines add up to {added:,} đồng",
    )


def _beyond(group: Group) -> tuple[str, str]:
    return (
        f"không có dòng cộng nào ghi nguồn bên dưới; dòng cuối như thế là “{group.name}”",
        f"no total below names one; the last that does is “{group.name}”",
    )


def _ask(block: Block, group: Group, at: list[int], why: tuple[str, str]) -> None:
    listed = list_rows([block.rows[i] for i in at])
    block.report(
        "source-below",
        "error",
        (f"không rõ nguồn của dòng {listed}: {why[0]}", f"rows {listed}: of which source? {why[1]}"),
        _MEND,
        heading=block.heading("project"),
        row=block.rows[group.at],
        value=group.name,
    )
