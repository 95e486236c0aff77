"""What every workbook shares: formats, a writer of titled tables, print settings, safe replacement of the file.

Amounts are handed in as integer đồng and shown in triệu đồng. Text is always written as text, so that a
project called ``=…`` is no formula; every formula carries the value phanbo computed.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import os
import tempfile
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from phanbo.errors import PhanboError
from phanbo.money import MILLION
from phanbo.words import cell_text

__all__ = ["Column", "Formula", "Sheet", "Workbook", "cell_name", "million", "workbook"]

LANGS = ("vi", "en")
LINE = 14.4  # points a line of text: LibreOffice lets wrapped text overlap unless rows are told their height
TALLEST = 400.0
UNIT = ("Đơn vị tính: triệu đồng", "Unit: million đồng")
FONT = {"font_name": "Times New Roman", "font_size": 11}
LOOKS: dict[str, dict[str, Any]] = {
    "plain": {"border": 1, "border_color": "#808080"},
    "group": {"border": 1, "border_color": "#808080", "bold": True, "bg_color": "#F2F2F2"},
    "total": {"border": 1, "border_color": "#808080", "bold": True, "bg_color": "#DDEBF7"},
    "head": {"border": 1, "border_color": "#808080", "bold": True, "bg_color": "#DDEBF7"},
    "statement": {"border": 1, "border_color": "#808080"},
    "doubt": {"border": 1, "border_color": "#808080", "bg_color": "#FCE4D6"},
    "convention": {"border": 1, "border_color": "#808080", "bg_color": "#FFF2CC"},
    "title": {"bold": True, "font_size": 13},
    "section": {"bold": True, "font_size": 12},
    "note": {},
    "alert": {"bold": True, "font_color": "#9C0006"},
}
KINDS: dict[str, dict[str, Any]] = {
    "text": {"text_wrap": True, "valign": "top", "align": "left", "indent": 1},
    "left": {"text_wrap": True, "valign": "top"},
    "center": {"text_wrap": True, "valign": "top", "align": "center"},
    "right": {"text_wrap": True, "valign": "top", "align": "right"},
    "head": {"text_wrap": True, "valign": "vcenter", "align": "center"},
    "count": {"num_format": "#,##0", "valign": "top"},
    "rank": {"num_format": "#,##0", "valign": "top", "align": "center"},
    "money": {"num_format": "#,##0", "valign": "top"},
    # "#,##0.###" alone would show "43.448," for a whole number
    "money.": {"num_format": "#,##0.###", "valign": "top"},
    "share": {"num_format": "0.00%", "valign": "top"},
    "factor": {"num_format": "0.00", "valign": "top"},
}

Pair: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    title : (str, str)
        Header, Vietnamese and English.
    width : float
        In characters.
    kind : str
        ``text``, ``center`` (centred text), ``money`` (đồng), ``count``, ``rank`` (centred), ``share`` or ``factor``.
    group : (str, str)
        Header over several neighbouring columns.
    """

    title: Pair
    width: float
    kind: str = "text"
    group: Pair = ("", "")


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula with the value it has: đồng in a money column, else the plain number, ``None`` for blank."""

    text: str
    value: float | None


def million(amount: int) -> float:
    """Return đồng as a number of triệu đồng that a workbook holds to the đồng.

    Examples
    --------
    >>> million(12_229_297_995)
    12229.297995
    """
    value = amount / MILLION
    # a workbook keeps 16 significant digits
    if round(float(f"{value:.16G}") * MILLION) != amount:
        raise PhanboError(
            f"Số {amount} đồng quá lớn để ghi đúng từng đồng bằng triệu đồng.",
            f"{amount} đồng is too large to be written to the đồng in millions.",
            {"amount": amount},
        )
    return value


def cell_name(row: int, column: int) -> str:
    """Return ``B3`` for row 2, column 1.

    Examples
    --------
    >>> cell_name(2, 1), cell_name(0, 26)
    ('B3', 'AA1')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


@lru_cache(maxsize=65536)
def height(text: str, width: float) -> int:
    """Return how many lines a text takes in a column of that width."""
    # letters of Times are narrower than the digit that measures a column
    room = max(1, int(width * 1.15))
    return sum(max(1, len(textwrap.wrap(part, room))) for part in text.split("\n")) if len(text) > room else 1


@contextlib.contextmanager
def workbook(
    path: str | os.PathLike[str] | BinaryIO, *, title: str, on: dt.date, lang: str = "vi"
) -> Iterator[Workbook]:
    """Open a workbook to write; the file appears under its name only once it is complete.

    Parameters
    ----------
    path : path, or a binary file open for writing
    title : str
        Title among the file's properties.
    on : date
        The data date: it stands as the date of creation, so that the same proposal gives the same bytes.
    lang : str
        ``vi`` or ``en``.
    """
    if lang not in LANGS:
        raise ValueError(f"lang is {lang!r}, not one of {', '.join(LANGS)}")
    if isinstance(path, str | os.PathLike):
        with _whole(Path(path)) as name, _book(str(name), title, on) as book:
            yield Workbook(book, lang)
    else:
        with _book(path, title, on) as book:
            yield Workbook(book, lang)


@contextlib.contextmanager
def _book(target: str | BinaryIO, title: str, on: dt.date) -> Iterator[Any]:
    import xlsxwriter

    # A copy of the font: xlsxwriter writes into the mapping it is given; in memory, or it writes temporary files.
    # A text is a text, whatever it begins with.
    texts = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(
        target, {"default_format_properties": dict(FONT), "in_memory": True, **texts}
    ) as book:
        book.set_properties({"title": title, "created": dt.datetime(on.year, on.month, on.day)})  # noqa: DTZ001
        yield book


@contextlib.contextmanager
def _whole(target: Path) -> Iterator[Path]:
    """Give a name beside the target that takes its place once all is written."""
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "", str(target))
    handle, name = tempfile.mkstemp(prefix=".", suffix=".xlsx", dir=target.parent)
    os.close(handle)
    try:
        yield Path(name)
        Path(name).chmod(0o644)
        os.replace(name, target)  # noqa: PTH105 — one call, one guarantee
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


class Workbook:
    """A workbook being written: its language, formats and sheets."""

    def __init__(self, book: Any, lang: str) -> None:
        self.book = book
        self.lang = lang
        self._formats: dict[tuple[str, str], Any] = {}

    def say(self, pair: Pair) -> str:
        """Return the text in the language of the workbook."""
        return pair[LANGS.index(self.lang)]

    def format(self, kind: str, look: str) -> Any:
        """Return the format of a kind of value in a look, made once."""
        key = (kind, look)
        if key not in self._formats:
            self._formats[key] = self.book.add_format({**FONT, **KINDS[kind], **LOOKS[look]})
        return self._formats[key]

    def sheet(self, name: Pair, columns: Sequence[Column]) -> Sheet:
        """Add a sheet whose column widths are those of a table."""
        return Sheet(self, self.book.add_worksheet(self.say(name)), tuple(columns))


@dataclass(slots=True)
class Sheet:
    """A sheet being written from top to bottom; ``row`` is the next free row.

    A4 landscape, fit to the width of the page, pages numbered.
    """

    book: Workbook
    sheet: Any
    columns: tuple[Column, ...]
    row: int = 0
    heads: dict[int, tuple[Column, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for k, column in enumerate(self.columns):
            self.sheet.set_column(k, k, column.width)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)  # A4
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_margins(left=0.6, right=0.4, top=0.6, bottom=0.7)
        self.sheet.set_footer("&C" + self.book.say(("Trang", "Page")) + " &P/&N")

    @property
    def width(self) -> float:
        """Width of all columns together, in characters."""
        return sum(column.width for column in self.columns)

    def text(self, text: str, look: str = "note", *, align: str = "left") -> None:
        """Write a paragraph across the whole table."""
        made, last = self.book.format(align, look), len(self.columns) - 1
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

    def head(self, columns: Sequence[Column] | None = None, *, repeat: bool = False, freeze: int = 0) -> None:
        """Write the header of a table: one row, or two where columns share a group.

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
