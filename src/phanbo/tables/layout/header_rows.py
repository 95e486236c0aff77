"""Where the headers of a table stand: one to four rows, cells merged or left blank, below titles and legal rows."""

from __future__ import annotations

import itertools
import re
import unicodedata
from typing import TYPE_CHECKING

from phanbo.tables.layout.folding import fold
from phanbo.tables.layout.header_paths import Over, is_part, names_source, read_paths
from phanbo.tables.layout.headers import read_headings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from phanbo.tables.files.sheet import Cell, Sheet
    from phanbo.tables.layout.headers import Heading
    from phanbo.tables.schema import Table

__all__ = [
    "KEYS",
    "ORDER",
    "SEARCHED",
    "find_header",
    "is_numbering",
    "over_columns",
    "same_texts",
    "text_of",
]

MOST_ROWS = 4
SEARCHED = 30
ORDER = frozenset({"stt", "tt", "số tt", "số thứ tự", "#"})
"""Headers of the column that numbers the rows."""

KEYS = frozenset({"line_id", "project", "project_id", "owner"})
"""Columns that say which line a row is: empty in the lower rows of a header."""

_ABOVE = re.compile(
    r"\(?(?:đơn vị|đvt|biểu|phụ lục|mẫu|kèm theo|cộng h[oò][àa]|độc lập|ủy ban|uỷ ban|ubnd|hội đồng|hđnd|sở |số:|số "
    r"\d|căn cứ|ban hành|thành phố |ngày \d|bộ )"
)
"""Starts a line above a table that is no header."""

_NUMBER = re.compile(r"[-+−(]?\d[\d.,\s]*\)?%?")
_NUMBERING = re.compile(r"\(?(?:\d{1,2}[a-z]?|[A-Z])\)?(?:\s*=.*)?")
_YEAR = re.compile(r"(?:19|20)\d\d")


def text_of(cell: Cell) -> str:
    """Return the text of a header cell on one line; a bare year counts as text."""
    if isinstance(cell, str):
        return " ".join(unicodedata.normalize("NFC", cell).split())
    if (
        isinstance(cell, (int, float))
        and not isinstance(cell, bool)
        and 1990 <= cell <= 2100
        and cell == int(cell)
    ):
        return str(int(cell))
    return ""


def find_header(
    sheet: Sheet,
    table: Table,
    renames: Mapping[str, str] | None = None,
    *,
    start: int = 0,
    columns: range | None = None,
) -> range | None:
    """Return the rows that hold the headers of *table*, looked for from row *start* on; None if there are none."""
    found = _Rows(sheet, table, renames, start, columns or range(10**6))
    return found.span()


class _Rows:
    """The rows around the one with known headers, and whether each belongs to the headers."""

    def __init__(
        self, sheet: Sheet, table: Table, renames: Mapping[str, str] | None, start: int, columns: range
    ) -> None:
        self.sheet, self.table, self.renames = sheet, table, renames
        self.start, self.columns = start, columns

    def span(self) -> range | None:
        rows = range(self.start, min(self.start + SEARCHED, len(self.sheet.rows)))
        counts = {row: known for row in rows if (known := self._known(row)) > 1}
        if not counts:
            return None
        most = max(counts.values())
        top = bottom = next(row for row, known in counts.items() if 2 * known >= most)
        best = next(row for row, known in counts.items() if known == most)
        if top + 1 < best < top + MOST_ROWS and self._apart(top, best):
            bottom = best
        while (
            bottom + 1 < len(self.sheet.rows)
            and bottom + 1 - top < MOST_ROWS
            and self._parts(top, bottom + 1)
        ):
            bottom += 1
        while over := self._rows_over(top, bottom):
            top -= over
        return range(top, bottom + 1)

    def _apart(self, top: int, row: int) -> bool:
        """Whether texts alone stand between two rows of headers that share no column: frames over the lower one."""
        between = [cell for frame in range(top + 1, row + 1) for _, cell in self._cells(frame)]
        shared = {at for at, _ in self._cells(top)} & {at for at, _ in self._cells(row)}
        named = {at for at, heading in self._read(top, top).items() if heading.meanings}
        return all(map(text_of, between)) and not shared & named

    def _rows_over(self, top: int, bottom: int) -> int:
        """Return how many of the rows above the headers are headers too."""
        most = min(MOST_ROWS - (bottom + 1 - top), top - self.start)
        if most > 0 and self._stands_over(top - 1, top, bottom):
            return 1
        # frames alone may stand between the names of the lines and the rest
        for row in range(top - 2, top - most - 1, -1):
            between = [cell for frame in range(row + 1, top) for _, cell in self._cells(frame)]
            if self._known(row) >= 2 and between and all(map(text_of, between)):
                return top - row
        return 0

    def _cells(self, row: int) -> list[tuple[int, Cell]]:
        cells = self.sheet.rows[row]
        within = range(max(self.columns.start, 0), min(self.columns.stop, len(cells)))
        return [(at, cells[at]) for at in within if cells[at] not in {"", None} and str(cells[at]).strip()]

    def _known(self, row: int) -> int:
        cells = self._cells(row)
        texts = [cell if isinstance(cell, str) else "" for _, cell in cells]
        return sum(bool(heading.meanings) for heading in read_headings(texts, self.table, self.renames))

    def _read(self, top: int, bottom: int) -> dict[int, Heading]:
        over = over_columns(self.sheet, range(top, bottom + 1), self.columns)
        return {heading.index: heading for heading in read_paths(over, self.table, self.renames)}

    def _parts(self, top: int, row: int) -> bool:
        """Whether *row* below the headers parts them further."""
        cells = self._cells(row)
        if not all(text_of(cell) for _, cell in cells) or is_numbering([cell for _, cell in cells]):
            return False
        if any(_NUMBER.fullmatch(text_of(cell)) and not _YEAR.fullmatch(text_of(cell)) for _, cell in cells):
            return False
        headings = self._read(top, row - 1)
        wide = self._merged_over(top, row - 1)
        held = {at for at, _ in cells}
        keys = {at for at, heading in headings.items() if _names_lines(heading)} - wide
        if keys & held:
            return False
        if any(start[0] in range(top, row) and end[0] >= row for start, end in self.sheet.merged):
            return bool(held) or row + 1 < len(self.sheet.rows)
        parts = sum(is_part(text_of(cell), self.table) for _, cell in cells)
        if wide and held <= wide and parts:
            return True
        return bool(held and keys) and self._parts_unmerged(top, row, headings, parts)

    def _parts_unmerged(self, top: int, row: int, above: Mapping[int, Heading], parts: int) -> bool:
        """Whether *row* stands over the numbering row, or its cells are mostly *parts* or mean more with those *above*."""
        cells = self._cells(row)
        if row + 1 < len(self.sheet.rows) and is_numbering([cell for _, cell in self._cells(row + 1)]):
            return True
        # one alone may be a source that groups the lines below it
        alone = len(cells) == 1 and names_source(text_of(cells[0][1]))
        return not alone and (2 * parts >= len(cells) or self._means_more(top, row, above))

    def _means_more(self, top: int, row: int, above: Mapping[int, Heading]) -> bool:
        """Whether *row* means with the headers *above* it what they do not mean alone."""
        joined = self._read(top, row)
        told = {at: _tells(joined[at]) for at, _ in self._cells(row) if at in joined}
        return all(told.values()) and any(told[at] - _tells(above[at]) for at in {*told} & {*above})

    def _merged_over(self, top: int, bottom: int) -> set[int]:
        """Columns under a cell merged with its neighbour in the rows from *top* to *bottom*."""
        return {
            at
            for start, end in self.sheet.merged
            if top <= start[0] and end[0] <= bottom and start[1] < end[1]
            for at in range(start[1], end[1] + 1)
        }

    def _stands_over(self, row: int, top: int, bottom: int) -> bool:
        """Whether *row* above the headers tells what they are of, and is no title."""
        cells = self._cells(row)
        texts = {at: text_of(cell) for at, cell in cells}
        if (
            not cells
            or not all(texts.values())
            or any(_ABOVE.match(text.casefold()) for text in texts.values())
        ):
            return False
        below, joined = self._read(top, bottom), self._read(row, bottom)
        if self._known(row) >= 2:
            return True
        over = {
            at for at, heading in joined.items() if at in below and len(heading.path) > len(below[at].path)
        }
        if not over or len(over) == len(joined):
            return False
        merged = self._merged_over(row, row)
        bounded = {at for at in over if at in merged or len(cells) > 1}
        gains = [at for at in over if _tells(joined[at]) and _tells(joined[at]) != _tells(below[at])]
        dated = [
            at for at in bounded if joined[at].folded.years != below[at].folded.years and joined[at].meanings
        ]
        framed = len(cells) > 1 and over & merged
        return (
            (min(over) > min(joined) and bool(gains or dated or framed))
            or bool(gains and len(cells) > 1)
            or bool(len(cells) > 1 and dated)
        )


def _names_lines(heading: Heading) -> bool:
    return heading.folded.key in ORDER or any(meaning.column in KEYS for meaning in heading.meanings)


def _tells(heading: Heading) -> set[tuple[str, str, bool, int]]:
    return {(m.column, m.source, m.carried, m.month) for m in heading.meanings if m.doubt is None}


def over_columns(sheet: Sheet, rows: range, columns: range) -> list[Over]:
    """Return what stands over each column in the header *rows*: merged cells and blanks to their right count."""
    texts = [[text_of(cell) for cell in sheet.rows[row]] for row in rows]
    width = max(map(len, texts), default=0)
    grid = [cells + [""] * (width - len(cells)) for cells in texts]
    placed = [[bool(cell) for cell in cells] for cells in grid]
    merged: set[tuple[int, int]] = set()
    for start, end in sheet.merged:
        if end[0] < rows.start or start[0] >= rows.stop or start[0] < rows.start:
            continue
        covered = [
            (row - rows.start, at)
            for row in range(start[0], min(end[0] + 1, rows.stop))
            for at in range(start[1], min(end[1] + 1, width))
        ]
        if start[1] >= width:
            continue
        text = grid[start[0] - rows.start][start[1]]
        merged |= {*covered}
        for row, at in covered:
            grid[row][at] = text
    for row in range(len(grid) - 1):
        _spread(grid, row, merged)
    found = []
    for at in range(columns.start, min(columns.stop, width)):
        path = [cells[at] for cells in grid if cells[at]]
        lowest = max((row for row in range(len(grid)) if placed[row][at]), default=None)
        if path:
            distinct = tuple(part for i, part in enumerate(path) if not i or part != path[i - 1])
            top = next(row for row in range(len(grid)) if grid[row][at])
            place = rows.start + (lowest if lowest is not None else top)
            found.append(Over(at, distinct, place if len(rows) > 1 else None))
    return found


def _spread(grid: list[list[str]], row: int, merged: set[tuple[int, int]]) -> None:
    """Let a text that the rows below part stand over the blank cells to its right, too."""

    def parted(at: int) -> bool:
        return any(
            grid[below][at] and grid[below][at] != grid[row][at] for below in range(row + 1, len(grid))
        )

    text, above = "", ""
    for at, cell in enumerate(grid[row]):
        over = grid[row - 1][at] if row else ""
        if cell:
            text, above = (cell, over) if parted(at) and (row, at) not in merged else ("", "")
        elif text and (row, at) not in merged and over == above and parted(at):
            grid[row][at] = text
        else:
            text = ""


def is_numbering(cells: Sequence[Cell]) -> bool:
    """Whether the *cells* of a row number the columns: (1), (2), (3)=(1)+(2), or A, B, 1, 2."""
    texts = [
        str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
        for cell in cells
        if cell not in {"", None} and str(cell).strip()
    ]
    digits = [int(number) for text in texts if (number := text.split("=")[0].strip(" ()")).isdigit()]
    in_order = all(later == earlier + 1 for earlier, later in itertools.pairwise(digits))
    counted = len(digits) >= 3 or (len(digits) == 2 and digits[0] == 1 and texts[0].strip("()") == "A")
    return counted and in_order and all(_NUMBERING.fullmatch(text) for text in texts)


def same_texts(sheet: Sheet, first: int, second: int, columns: range) -> bool:
    """Whether two rows hold the same headers."""
    rows = [
        [fold(text_of(cell)).key for cell in sheet.rows[row][columns.start : columns.stop]]
        for row in (first, second)
    ]
    held = [[(at, text) for at, text in enumerate(row) if text] for row in rows]
    return len(held[0]) > 1 and held[0] == held[1]
