"""A sheet of a workbook, written from top to bottom: titles, headers, lines and totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from phanbo.catalogue import both
from phanbo.money import MILLION
from phanbo.report.formats import LINE, TALLEST, Column, Formula, Pair, cell_name, height, million
from phanbo.words import cell_text

if TYPE_CHECKING:
    from phanbo.report.workbook import Workbook

__all__ = ["Sheet"]

LINES_NAME = "phanbo_lines"
"""A name defined of a sheet, as spreadsheets keep them."""
UNIT = both("annex.unit_million")


@dataclass(slots=True)
class Sheet:
    """A sheet being written from top to bottom; ``row`` is the next free row.

    A4 landscape, fit to the width of the page, pages numbered. Columns right of the first *printed* ones stay on the
    screen.
    """

    book: Workbook
    sheet: Any
    columns: tuple[Column, ...]
    printed: int
    row: int = 0
    heads: dict[int, tuple[Column, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for k, column in enumerate(self.columns):
            self.sheet.set_column(k, k, column.width)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)  # A4
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_margins(left=0.6, right=0.4, top=0.6, bottom=0.7)
        self.sheet.set_footer("&C" + self.book.say(both("annex.page")) + " &P/&N")

    @property
    def width(self) -> float:
        """Width of the printed columns together, in characters."""
        return sum(column.width for column in self.columns[: self.printed])

    def text(self, text: str, look: str = "note", *, align: str = "left") -> None:
        """Write a paragraph across the whole table."""
        made, last = self.book.format(align, look), self.printed - 1
        if last:
            self.sheet.merge_range(self.row, 0, self.row, last, "", made)
        self.sheet.write_string(self.row, 0, cell_text(text), made)
        tall = LINE * 1.2 if look in {"title", "section"} else LINE
        self.sheet.set_row(self.row, min(TALLEST, tall * height(text, self.width)))
        self.row += 1

    def pair(self, label: str, value: str) -> None:
        """Write a label in the first column and a text across the others."""
        look, last = self.book.format("text", "plain"), len(self.columns) - 1
        room = self.width - self.columns[0].width
        self.sheet.write_string(self.row, 0, label, look)
        self.sheet.merge_range(self.row, 1, self.row, last, "", look)
        self.sheet.write_string(self.row, 1, cell_text(value), look)
        lines = max(height(label, self.columns[0].width - 1.5), height(value, room - 1.5))
        self.sheet.set_row(self.row, LINE * lines + 1)
        self.row += 1

    def title(self, *lines: Pair) -> None:
        """Write the title, then what stands under it."""
        for k, pair in enumerate(lines):
            self.text(self.book.say(pair), "note" if k else "title", align="center")

    def unit(self) -> None:
        """Write the line that names the unit."""
        self.text(self.book.say(UNIT), align="right")

    def space(self) -> None:
        """Leave a row empty."""
        self.row += 1

    def head(
        self,
        columns: Sequence[Column] | None = None,
        *,
        repeat: bool = False,
        freeze: int = 0,
        numbers: Sequence[str] = (),
    ) -> None:
        """Write the header of a table: one row, or two where columns share a group, and a row of *numbers* if any.

        With *repeat* it stands on every printed page and stays in sight together with the first *freeze* columns.
        """
        columns = tuple(columns or self.columns)
        say, look = self.book.say, self.book.format("head", "head")
        rows = 2 if any(column.group != ("", "") for column in columns) else 1
        top, k = self.row, 0
        while k < len(columns):
            span = _span(columns, k)
            if rows == 1:
                self.sheet.write_string(top, k, say(columns[k].title), look)
            elif columns[k].group == ("", ""):
                self.sheet.merge_range(top, k, top + 1, k, say(columns[k].title), look)
            else:
                self._over(top, k, columns[k : k + span])
            k += span
        tall = [height(say(column.title), column.width * 0.85) for column in columns]
        under = [lines for lines, column in zip(tall, columns, strict=True) if column.group != ("", "")]
        for each in range(rows):
            self.sheet.set_row(top + each, LINE * (max(1, max(tall) / rows, *under) + 0.5))
        self.row += rows
        for k, number in enumerate(numbers):
            self.sheet.write_string(self.row, k, number, look)
        self.row += bool(numbers)
        if repeat:
            self.sheet.repeat_rows(top, self.row - 1)
            self.sheet.freeze_panes(self.row, freeze)

    def _over(self, top: int, first: int, columns: tuple[Column, ...]) -> None:
        """Write a header over several columns, and theirs under it."""
        say, look = self.book.say, self.book.format("head", "head")
        last = first + len(columns) - 1
        if last > first:
            self.sheet.merge_range(top, first, top, last, say(columns[0].group), look)
        else:
            self.sheet.write_string(top, first, say(columns[0].group), look)
        for k, column in enumerate(columns, start=first):
            self.sheet.write_string(top + 1, k, say(column.title), look)

    def line(
        self,
        cells: Sequence[Any],
        look: str = "plain",
        *,
        columns: Sequence[Column] | None = None,
        at: int | None = None,
    ) -> None:
        """Write one row of a table: the next one, or the row *at* kept for it."""
        columns = tuple(columns or self.columns)
        row = self.row if at is None else at
        lines = 1
        for k, (cell, column) in enumerate(zip(cells, columns, strict=True)):
            self._cell(row, k, column.kind, cell, look)
            if isinstance(cell, str):
                lines = max(lines, height(cell, (column.width - 1.5) * (1 if look == "plain" else 0.92)))
        self.sheet.set_row(row, min(TALLEST, LINE * lines + 1))
        if at is None:
            self.row += 1

    def _cell(self, row: int, column: int, kind: str, cell: Any, look: str) -> None:
        value = cell.value if isinstance(cell, Formula) else cell
        if kind == "money" and isinstance(value, int):
            kind = "money" if value % MILLION == 0 else "money."
            value = million(value)
        form = self.book.format(kind, look)
        unknown = value is None or value != value  # noqa: PLR0124 — NaN
        if isinstance(cell, Formula):
            self.sheet.write_formula(row, column, cell.text, form, "" if unknown else value)
        elif unknown or value == "":
            self.sheet.write_blank(row, column, None, form)
        elif isinstance(value, str):
            self.sheet.write_string(row, column, cell_text(value), form)
        else:
            self.sheet.write_number(row, column, value, form)

    def close_lines(self) -> None:
        """End a sheet that, among all, holds the lines of the plan: `read_excel` reads those so marked."""
        self.sheet.print_area(0, 0, self.row - 1, self.printed - 1)
        last = cell_name(self.row - 1, len(self.columns) - 1)
        place = self.sheet.get_name().replace("'", "''")
        self.book.book.define_name(f"'{place}'!{LINES_NAME}", f"='{place}'!$A$1:{last}")

    def reserve(self) -> int:
        """Keep the next row for later and return its number: a total is known after what it adds."""
        self.row += 1
        return self.row - 1

    def quotient(self, part: int, whole: int, value: float | None, *, at: int | None = None) -> Formula:
        """Return one column divided by another, blank where that is 0; in the row *at* or the next one."""
        row = self.row if at is None else at
        upper, lower = cell_name(row, part), cell_name(row, whole)
        return Formula(f'=IF({lower}=0,"",{upper}/{lower})', value)

    def difference(self, more: int, less: int, value: int) -> Formula:
        """Return one column less another, in the row to be written next; *value* in đồng."""
        return Formula(f"={cell_name(self.row, more)}-{cell_name(self.row, less)}", value)

    def total(self, column: int, first: int, last: int, value: int) -> Formula:
        """Return the subtotal of a column over some rows, groups inside counted once; *value* in đồng."""
        return Formula(f"=SUBTOTAL(9,{cell_name(first, column)}:{cell_name(last, column)})", value)


def _span(columns: tuple[Column, ...], first: int) -> int:
    """Return how many columns from *first* share its group."""
    group, k = columns[first].group, first + 1
    while group != ("", "") and k < len(columns) and columns[k].group == group:
        k += 1
    return k - first
