"""Rows that hold the name of a source in the source's own column, and else only a number and amounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from phanbo.tables.layout.block import empty
from phanbo.tables.layout.numbering import order_of

if TYPE_CHECKING:
    from phanbo.money import Bools
    from phanbo.tables.layout.amounts import Numbers
    from phanbo.tables.layout.block import Block
    from phanbo.tables.layout.columns import Columns

__all__ = ["ask_source", "bare_sources"]


def bare_sources(block: Block, columns: Columns, numbers: Numbers) -> Bools:
    """Return the rows that name a source and no project: they group the lines below, or part the one above."""
    found = np.zeros(len(columns), dtype=np.bool_)
    project, source = block.heading("project"), block.heading("source")
    who = [heading for name in ("owner", "project_id") if (heading := block.heading(name)) is not None]
    if project is None or source is None:
        return found
    blank = np.ones(len(columns), dtype=np.bool_)
    for heading in (*who, project, source):
        held = columns.filled(heading)
        blank &= held if heading is source else ~held
        if not blank.any():
            return found
    allowed = {source.index, *(heading.index for heading in numbers.headings)}
    order = order_of(block)
    if order is not None:
        allowed.add(order.index)
    for i in np.flatnonzero(blank).tolist():
        cells = block.sheet.rows[block.rows[i]]
        found[i] = all(at in allowed or empty(cell) for at, cell in enumerate(cells))
    # a table none of whose rows names a project holds something else
    return found if columns.filled(project).any() else np.zeros_like(found)


def ask_source(block: Block, i: int, name: str) -> None:
    """Ask about such a row whose amounts are not those of the lines below it."""
    block.report(
        "source-row",
        "error",
        (
            f"dòng chỉ có nguồn “{name}” và số tiền không bằng tổng các dòng bên dưới: dòng nhóm hay dòng vốn?",
            f"a row of the source “{name}” and amounts that the lines below do not add up to: a group row or a line?",
        ),
        (
            "dòng nhóm: sửa hoặc xóa số tiền của dòng; dòng vốn: ghi tên dự án, mã, chủ đầu tư, phân loại",
            "a group row: mend or clear its amounts; a line: give its project, code, owner and stage",
        ),
        heading=block.heading("source"),
        row=block.rows[i],
        value=name,
    )
