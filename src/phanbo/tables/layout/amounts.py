"""Money cells of a block: the unit they are in, and what they say in whole đồng."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from phanbo.money import format_dong
from phanbo.tables.cells import Cells, number_cells
from phanbo.tables.cells.figures import convention
from phanbo.tables.files.sheet import address
from phanbo.tables.schema.column import Type

if TYPE_CHECKING:
    from phanbo.money import Bools, Ints
    from phanbo.tables.layout.block import Block, Options
    from phanbo.tables.layout.columns import Columns
    from phanbo.tables.layout.headers import Heading

__all__ = ["Numbers", "holds_money", "read_numbers", "unit_of"]

_TINY = 1_000_000
"""A median plan of up to a million is no plan in đồng."""

_ASK_UNIT = (
    'ghi “Đơn vị tính: …” phía trên bảng, hoặc dùng unit="triệu đồng"',
    'write “Đơn vị tính: …” above the table, or give unit="triệu đồng"',
)


@dataclass(slots=True)
class Numbers:
    """The money columns of a block in đồng, in the order of ``block.rows``."""

    headings: list[Heading] = field(default_factory=list)
    cells: dict[int, Cells] = field(default_factory=dict)
    units: dict[int, int] = field(default_factory=dict)

    def at(self, heading: Heading | None, i: int) -> int | None:
        """Return the amount under *heading* in the row at position *i*; None where there is none."""
        column = self.cells.get(heading.index) if heading is not None else None
        if column is None or not column.known[i]:
            return None
        return int(column.data[i])

    def amounts(self, heading: Heading) -> Ints:
        """Return the amounts under *heading* in đồng, 0 where there is none."""
        cells = self.cells[heading.index]
        return np.where(cells.known, cells.data, 0)

    def told(self, heading: Heading) -> Bools:
        """Return in which rows the amount under *heading* is other than nothing."""
        return np.asarray(self.amounts(heading) != 0, dtype=np.bool_)


def holds_money(block: Block, heading: Heading) -> bool:
    """Whether the cells under *heading* are amounts, or would be once its doubt is settled."""
    if heading.column == "adjustment" or (heading.meaning is not None and heading.meaning.month):
        return True
    names = (heading.column,) if heading.column else (heading.doubt.columns if heading.doubt else ())
    return any(name in block.table.names and block.table.column(name).type is Type.MONEY for name in names)


def unit_of(block: Block, options: Options, fallback: int | None) -> int | None:
    """Return the unit of the sheet's amounts; None (and an error that asks) where nothing tells it.

    The caller's unit comes first, then the line above the table, then plain đồng for columns under their
    English names, then *fallback*, the unit of the file's other sheet; else whole amounts of a usual size
    are taken for đồng.
    """
    stated = {h.folded.unit for h in block.headings if h.folded.unit is not None and holds_money(block, h)}
    if options.unit is not None:
        _warn_other_unit(block, options.unit, stated)
        return options.unit
    if block.unit is not None:
        return block.unit
    amounts = [heading for heading in block.headings if holds_money(block, heading)]
    unstated = [heading for heading in amounts if heading.folded.unit is None]
    if not unstated or all(heading.text == heading.column for heading in unstated):
        return 1
    if len(stated) == 1:
        return stated.pop()
    return fallback or _assume(block, unstated)


def _warn_other_unit(block: Block, unit: int, stated: set[int]) -> None:
    others = [found for found in (block.unit, *stated) if found is not None and found != unit]
    if others:
        block.report(
            "unit-differs",
            "warning",
            (
                f"tệp ghi đơn vị {format_dong(others[0])} đồng, unit= là {format_dong(unit)}; dùng unit=",
                f"the file states a unit of {others[0]:,} đồng, unit= says {unit:,}; the latter is used",
            ),
            ("kiểm tra đơn vị tính, hoặc bỏ unit=", "check the unit, or leave unit= out"),
            row=block.header,
        )


def _assume(block: Block, unstated: list[Heading]) -> int | None:
    """Take whole amounts of a usual size for đồng; ask about all others."""
    plans = [heading for heading in unstated if heading.column == "plan"] or unstated
    cells = [block.cell(row, heading) for heading in plans for row in block.rows]
    read = number_cells(pd.Series(cells, dtype=object), plain=block.sheet.is_text)
    amounts = read.data[read.known & (read.data != 0)]
    if not len(amounts) and not read.faults:
        return 1
    if "not-whole" not in read.faults and len(amounts) and np.median(amounts) > _TINY:
        block.report(
            "unit-assumed",
            "note",
            ("không ghi đơn vị tính; hiểu là đồng", "no unit is stated; read as đồng"),
            heading=plans[0],
        )
        return 1
    block.report(
        "unit-unknown",
        "error",
        ("không biết đơn vị tính của số tiền", "the unit of the amounts is not stated"),
        _ASK_UNIT,
        heading=plans[0],
    )
    return None


def read_numbers(block: Block, columns: Columns, unit: int, *, by_hand: bool) -> Numbers:
    """Read every money column; a unit in its own header counts before *unit* unless that is *by_hand*."""
    numbers = Numbers()
    doubtful = {}
    for heading in block.headings:
        if not holds_money(block, heading):
            continue
        own = unit if by_hand else heading.folded.unit or unit
        raw = pd.Series(columns.cells(heading), dtype=object, copy=False)
        numbers.headings.append(heading)
        numbers.units[heading.index] = own
        read = number_cells(raw, unit=own, plain=block.sheet.is_text)
        numbers.cells[heading.index] = read
        if "ambiguous-number" in read.faults and "number-conflict" not in read.faults:
            doubtful[heading.index] = raw
    if doubtful:
        evidence = _evidence(columns, numbers.headings)
        for index, raw in doubtful.items():
            numbers.cells[index] = number_cells(
                raw, unit=numbers.units[index], plain=block.sheet.is_text, evidence=evidence
            )
        if len(evidence) > 1:
            _report_conflict(block, columns, numbers.headings, evidence)
    return numbers


def _evidence(columns: Columns, money: list[Heading]) -> dict[str, str]:
    """Return how the texts of all money columns, totals too, are written; each with its first text."""
    texts = (cell for heading in money for cell in columns.cells(heading) if cell.__class__ is str)
    return convention(dict.fromkeys(texts))


def _report_conflict(block: Block, columns: Columns, money: list[Heading], evidence: dict[str, str]) -> None:
    """Say which two cells of the sheet contradict each other; the ambiguous ones are errors of their own."""
    places = {
        cell: (heading, row)
        for heading in reversed(money)
        for cell, row in zip(
            reversed(columns.cells(heading).tolist()), reversed(columns.rows.tolist()), strict=True
        )
        if cell.__class__ is str and cell in evidence.values()
    }
    said = [f"{address(places[text][1], places[text][0].index)} “{text}”" for text in evidence.values()]
    heading, row = places[next(iter(evidence.values()))]
    block.report(
        "number-conventions",
        "error",
        (
            f"các số trên trang viết theo hai cách trái nhau: {' và '.join(said)}",
            f"the numbers of the sheet are written in two ways: {' and '.join(said)}",
        ),
        (
            "viết thống nhất một cách, hoặc nhập dạng số",
            "write them in one way, or enter them as numbers",
        ),
        heading=heading,
        row=row,
        value=", ".join(evidence.values()),
    )
