"""The totals a table states: which lines each adds up, and whether it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from phanbo.money import format_dong
from phanbo.tables.check.statements import Statement
from phanbo.tables.files.sheet import address
from phanbo.tables.schema.column import Type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from phanbo.money import Bools
    from phanbo.tables.layout.amounts import Numbers
    from phanbo.tables.layout.block import Block
    from phanbo.tables.layout.headers import Heading

__all__ = ["Sums", "Total", "state"]


@dataclass(frozen=True, slots=True)
class Total:
    """A row that adds lines up: its position in ``block.rows``, what it is called, and the spans it may mean.

    The first span is what its place says; the others are taken only where every amount adds up to the đồng.
    """

    at: int
    level: str
    label: str
    spans: Sequence[tuple[int, int]]
    certain: bool = False


class Sums:
    """Running sums of the lines in every column whose amounts belong to one row each."""

    def __init__(self, block: Block, numbers: Numbers, lines: Bools) -> None:
        self.numbers = numbers
        # columns of the whole project are repeated on its lines, so their totals need not re-add
        self.headings = [heading for heading in numbers.headings if _per_row(block, heading)]
        self.headings.sort(key=lambda heading: heading.column != "plan" or heading.carried)
        self.running = [_running(numbers, heading, lines) for heading in self.headings]

    def has_money(self, i: int) -> bool:
        """Whether the row states any amount other than nothing."""
        return any(self.numbers.at(heading, i) for heading in self.headings)

    def added(self, span: tuple[int, int], at: int = 0) -> int:
        """Return what the lines of *span* add up to in the column at position *at*."""
        return int(self.running[at][span[1]]) - int(self.running[at][span[0]])

    def gaps(self, i: int, span: tuple[int, int]) -> list[int]:
        """Return stated less added for every column where the row and *span* differ."""
        stated = (self.numbers.at(heading, i) for heading in self.headings)
        gaps = [value - self.added(span, at) for at, value in enumerate(stated) if value is not None]
        return [gap for gap in gaps if gap]


def _per_row(block: Block, heading: Heading) -> bool:
    if heading.column not in block.table.names:
        return False
    column = block.table.column(heading.column)
    return column.type is Type.MONEY and not column.per_project and not column.per_source


def _running(numbers: Numbers, heading: Heading, lines: Bools) -> NDArray[Any]:
    cells = numbers.cells[heading.index]
    amounts = np.where(lines & cells.known, cells.data, 0)
    if float(np.abs(amounts).astype(np.float64).sum()) > 2.0**62:
        amounts = amounts.astype(object)
    return np.concatenate([amounts[:0], [0], np.cumsum(amounts)]).astype(amounts.dtype)


def state(block: Block, sums: Sums, totals: Sequence[Total]) -> list[Statement]:
    """Return every amount the total rows state beside what their lines add up to; report where they differ."""
    found = []
    for total in totals:
        span = _span(sums, total)
        for at, heading in enumerate(sums.headings):
            stated = sums.numbers.at(heading, total.at)
            if stated is None:
                continue
            row = block.rows[total.at]
            source = heading.meaning.source if heading.meaning is not None else ""
            statement = Statement(
                level=total.level,
                label=f"{total.label} – {source}" if source else total.label,
                column=heading.column,
                stated=stated,
                added=sums.added(span, at),
                sheet=block.sheet.name,
                cell=address(row, heading.index),
                row=row + 1,
            )
            found.append(statement)
            if statement.gap:
                _report(block, heading, statement)
    return found


def _span(sums: Sums, total: Total) -> tuple[int, int]:
    """Return the lines a row adds up: those its place says, unless others alone add up in every column."""
    gaps = [len(sums.gaps(total.at, span)) for span in total.spans]
    if total.certain or not gaps[0]:
        return total.spans[0]
    fits = [span for span, wrong in zip(total.spans, gaps, strict=True) if not wrong and span[0] < span[1]]
    if fits:
        return fits[0]
    # the nearest one: a wrong digit in one column leaves the others right
    if total.level == "all":
        return total.spans[min(range(len(gaps)), key=lambda at: (gaps[at], at))]
    return total.spans[0]


def _report(block: Block, heading: Heading, statement: Statement) -> None:
    stated, added, gap = statement.stated, statement.added, statement.gap
    block.report(
        "subtotal",
        "warning",
        (
            f"dòng tổng ghi {format_dong(stated)}, các dòng cộng lại {format_dong(added)} đồng: lệch {format_dong(gap)}",
            f"the total row states {stated:,} đồng, its lines add up to {added:,}: a gap of {gap:,}",
        ),
        ("kiểm tra dòng thiếu, dòng thừa hoặc số cộng", "look for missing or extra rows"),
        heading=heading,
        row=statement.row - 1,
        value=statement.stated,
    )
