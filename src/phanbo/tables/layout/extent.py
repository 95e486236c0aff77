"""How far a table reaches: several on one sheet, headers repeated on every page, signatures and notes below."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from phanbo.tables.layout.header_paths import read_paths
from phanbo.tables.layout.header_rows import (
    KEYS,
    ORDER,
    find_header,
    is_numbering,
    over_columns,
    same_texts,
    text_of,
)
from phanbo.tables.schema import kind_of
from phanbo.tables.schema.column import Type
from phanbo.tables.schema.vocabulary import stage_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from phanbo.tables.files.sheet import Cell, Sheet
    from phanbo.tables.layout.headers import Heading
    from phanbo.tables.schema import Table

__all__ = ["Extent", "empty", "find_tables", "is_title", "split_below"]

_LOOKED_AT = 4
"""Further headers are looked for in so many columns of a table: one of them numbers or names its rows."""

_BELOW = re.compile(
    r"nơi nhận|người lập|(?:người )?lập (?:biểu|bảng)|(?:kt|tm|tl|tuq|q)\. ?\w|(?:phó )?(?:giám đốc|chủ tịch)|kế toán"
    r"|thủ trưởng|(?:phó )?trưởng (?:phòng|ban)|xác nhận|\(?ký|(?:.{0,40},)? ?ngày ?[\d.… ]* ?tháng ?[\d.… ]* ?năm"
    r"|ghi chú ?:|chú thích|lưu ý ?:|\(?\*+\)?"
)
"""Starts the first row below a table."""

_FRAME = re.compile(r"\(?(?:đơn vị|đvt|kèm theo|ban hành|ngày \d)\b", re.IGNORECASE)


@dataclass(slots=True)
class Extent:
    """Where one table stands.

    Attributes
    ----------
    header : range
        The rows of its headers.
    columns : range
        Its columns.
    rows : list of int
        The rows below the headers that hold anything.
    titles : list of str
        The texts above its headers.
    end : int
        The first row that is not part of it.
    repeated : list of int
        Rows left out because they repeat the headers.
    """

    header: range
    columns: range
    rows: list[int]
    titles: list[str]
    end: int
    repeated: list[int] = field(default_factory=list)


def empty(cell: Cell) -> bool:
    """Whether a cell holds nothing to read."""
    return cell is None or (isinstance(cell, str) and not cell.strip()) or cell != cell  # noqa: PLR0124 - NaN


def find_tables(sheet: Sheet, table: Table, renames: Mapping[str, str]) -> list[Extent]:
    """Return where each *table* in *sheet* stands, from the top and from the left."""
    header = find_header(sheet, table, renames)
    if header is None:
        return []
    return [
        extent
        for columns in _beside(sheet, header, table, renames)
        for extent in _stacked(sheet, header, columns, table, renames)
    ]


def _beside(sheet: Sheet, header: range, table: Table, renames: Mapping[str, str]) -> list[range]:
    """Part tables that stand side by side: each names its projects, and a blank column stands between."""
    width = max(map(len, sheet.rows[header.start : header.stop]))
    headings = read_paths(over_columns(sheet, header, range(width)), table, renames)
    names = [h.index for h in headings if any(meaning.column == "project" for meaning in h.meanings)]
    if len(names) < 2:
        return [range(max(map(len, sheet.rows)))]
    held = {heading.index for heading in headings}
    starts = [0]
    for left, right in itertools.pairwise(names):
        blank = [at for at in range(left + 1, right) if at not in held and _blank_below(sheet, header, at)]
        if not blank:
            return [range(max(map(len, sheet.rows)))]
        starts.append(blank[-1])
    return [range(*pair) for pair in zip(starts, [*starts[1:], max(map(len, sheet.rows))], strict=True)]


def _blank_below(sheet: Sheet, header: range, at: int) -> bool:
    return {*sheet.columns[at][header.start :]} <= {"", None}


def _stacked(
    sheet: Sheet, header: range, columns: range, table: Table, renames: Mapping[str, str]
) -> list[Extent]:
    """Part tables that stand one below another; the same headers once more are a new page or a new table."""
    first = Extent(header, columns, [], _texts(sheet, range(header.start), columns), 0)
    found = [first]
    skipped: set[int] = {*header}
    past = header.stop
    for row in _named_again(sheet, header, columns, table):
        if row < past:
            continue
        again = find_header(sheet, table, renames, start=max(past, row - 3), columns=columns)
        if again is None or row not in again:
            continue
        past = again.stop
        current = found[-1]
        above = _titles_above(sheet, again.start, current.header.stop, columns)
        if _repeats(sheet, current.header, again, columns) and not above:
            current.repeated += [*again]
            skipped |= {*again} | _numbering_below(sheet, again, columns)
            continue
        current.end = min(above, default=again.start)
        found.append(Extent(again, columns, [], _texts(sheet, sorted(above), columns), 0))
        skipped |= {*again}
    found[-1].end = len(sheet.rows)
    for extent in found:
        rows = _held(sheet, range(extent.header.stop, extent.end), columns)
        extent.rows = [row for row in rows if row not in skipped]
        if extent.rows and is_numbering(_within(sheet, extent.rows[0], columns)):
            del extent.rows[0]
    return found


def _within(sheet: Sheet, row: int, columns: range) -> Sequence[Cell]:
    return sheet.rows[row][columns.start : columns.stop]


def _texts(sheet: Sheet, rows: Iterable[int], columns: range) -> list[str]:
    return [
        cell
        for row in rows
        for cell in _within(sheet, row, columns)
        if isinstance(cell, str) and cell.strip()
    ]


def _held(sheet: Sheet, rows: range, columns: range) -> list[int]:
    """Return the rows that hold anything; most hold something in their first columns."""
    if columns.start >= len(sheet.columns):
        return []
    first = sheet.columns[columns.start]
    return [
        row
        for row in rows
        if not empty(first[row]) or not all(empty(cell) for cell in _within(sheet, row, columns))
    ]


def _named_again(sheet: Sheet, header: range, columns: range, table: Table) -> list[int]:
    """Return the rows below the headers that hold a word such as STT or Tên dự án once more."""
    words = {word.upper() for word in ORDER}
    words |= {
        text.upper()
        for column in table.columns
        if column.name in KEYS
        for text in (column.name, column.title_vi, *column.headers)
    }
    for row in header:
        words |= {cell.strip().upper() for cell in _texts(sheet, [row], columns)}
    found: set[int] = set()
    for at in range(columns.start, min(columns.start + _LOOKED_AT, columns.stop, len(sheet.columns))):
        cells = sheet.columns[at]
        texts = sheet.texts(at)
        known = map(words.__contains__, map(str.upper, map(str.strip, texts)))
        for text in itertools.compress(texts, known):
            if not text.strip() or len(text) >= 80:
                continue
            row = header.stop - 1
            for _ in range(cells[header.stop :].count(text)):
                row = cells.index(text, row + 1)
                found.add(row)
    return sorted(found)


def _repeats(sheet: Sheet, first: range, again: range, columns: range) -> bool:
    return len(first) == len(again) and all(
        same_texts(sheet, *pair, columns) for pair in zip(first, again, strict=True)
    )


def _numbering_below(sheet: Sheet, header: range, columns: range) -> set[int]:
    below = header.stop
    return {below} if below < len(sheet.rows) and is_numbering(_within(sheet, below, columns)) else set()


def _titles_above(sheet: Sheet, top: int, floor: int, columns: range) -> set[int]:
    """Return the rows between two tables that name the lower one: lines of text below a blank row."""
    found: set[int] = set()
    for row in range(top - 1, max(floor, top - 8) - 1, -1):
        held = [cell for cell in _within(sheet, row, columns) if not empty(cell)]
        if not held:
            return found
        if len(held) > 2 or not all(isinstance(cell, str) for cell in held):
            return set()
        found.add(row)
    return set()


def split_below(
    sheet: Sheet, rows: list[int], headings: Sequence[Heading], table: Table
) -> tuple[list[int], list[int]]:
    """Part the rows of a table from the signatures and notes below it; a row that may be a line stays."""
    last = len(rows)
    while last and not _may_be_line(sheet, rows[last - 1], headings, table):
        last -= 1
    for at in range(last, len(rows)):
        texts = (text_of(cell).casefold() for cell in sheet.rows[rows[at]])
        if any(_BELOW.match(text) for text in texts if text):
            return rows[:at], rows[at:]
    return rows, []


def _may_be_line(sheet: Sheet, row: int, headings: Sequence[Heading], table: Table) -> bool:
    """Whether a row holds an amount, a code or a number of its own, a source or a stage."""
    cells = sheet.rows[row]
    faults = sheet.faults
    for heading in headings:
        at = heading.index
        if (row, at) in faults.errors or (row, at) in faults.unsaved:
            return True
        if at >= len(cells) or empty(cells[at]):
            continue
        cell, text = cells[at], str(cells[at]).strip()
        if not isinstance(cell, str) or re.fullmatch(r"[\d.,()\-+−\s%]*\d[\d.,()\-+−\s%]*", text):
            return True
        names = {meaning.column for meaning in heading.meanings}
        if "project_id" in names and re.search(r"\d", text) and len(text) <= 20:
            return True
        if ("source" in names and kind_of(text)) or ("stage" in names and stage_of(text, 0)):
            return True
        money = any(name in table.names and table.column(name).type is Type.MONEY for name in names)
        if money and re.search(r"\d", text) and not _BELOW.match(text_of(text).casefold()):
            return True
    return False


def is_title(text: str) -> bool:
    """Whether a text above a table may name it: no unit, no mention of the decision it belongs to."""
    return not _FRAME.match(text.strip())
