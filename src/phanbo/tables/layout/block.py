"""One sheet as a block: its header row, unit, year and rows. Cells stay as the file has them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from phanbo.errors import Finding
from phanbo.tables.files.sheet import address, letter
from phanbo.tables.layout.extent import Extent, empty, find_tables, is_title, split_below
from phanbo.tables.layout.header_paths import read_paths
from phanbo.tables.layout.header_rows import over_columns
from phanbo.tables.layout.headers import Heading, fold, read_unit, resolve, year_of, years_paid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from phanbo.tables.files.sheet import Cell, Sheet
    from phanbo.tables.schema.column import Table

__all__ = ["BY_HAND", "Block", "Options", "empty", "read_block", "read_blocks"]

_UNIT = re.compile(r"(?:đvt|đơn vị(?: tính)?)\s*:\s*([^;)\n]+)", re.IGNORECASE)

BY_HAND = (
    'nói rõ bằng columns={"tiêu đề trong tệp": "tên cột"}',
    'say it with columns={"header in the file": "column"}',
)
"""How the caller settles what a header means."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller says about the file, to mend what is not recognised."""

    unit: int | None = None
    year: int | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Block:
    """The rows of one sheet under its headers.

    Attributes
    ----------
    sheet, table : Sheet, Table
        Where the rows stand and what they are rows of.
    header : int
        Position of the header row.
    headings : list of Heading
        The headers, resolved by the plan year.
    rows : list of int
        Positions of the rows below that hold anything.
    unit : int or None
        The unit stated for the whole sheet.
    year : int or None
        The plan year the sheet states.
    findings : list of Finding
        What was found on the way.
    title : str
        The text right above the headers, ``""`` if there is none.
    extent : Extent or None
        The rows and columns the table stands in.
    """

    sheet: Sheet
    table: Table
    header: int
    headings: list[Heading]
    rows: list[int]
    unit: int | None
    year: int | None
    findings: list[Finding] = field(default_factory=list)
    title: str = ""
    extent: Extent | None = None

    def cell(self, row: int, heading: Heading) -> Cell:
        """Return the cell of *row* under *heading*, ``""`` where the row is shorter."""
        cells = self.sheet.rows[row]
        return cells[heading.index] if heading.index < len(cells) else ""

    def heading(self, column: str) -> Heading | None:
        """Return the header that means *column*, the first if there are several."""
        return next((heading for heading in self.headings if heading.column == column), None)

    def unread(self, i: int, heading: Heading, amount: int | None) -> bool:
        """Whether the cell in the row at position *i* holds something that is no *amount*."""
        place = (self.rows[i], heading.index)
        faults = self.sheet.faults
        broken = place in faults.errors or place in faults.unsaved
        return amount is None and (broken or not empty(self.cell(place[0], heading)))

    def take(self, heading: Heading, column: str) -> None:
        """Let *heading* mean *column*, and note it."""
        place = self.headings.index(heading)
        self.headings[place] = replace(heading, column=column)
        self.report(
            "header-settled",
            "note",
            (
                f"tiêu đề “{heading.text}” được hiểu là {column}",
                f"the header “{heading.text}” is read as {column}",
            ),
            heading=self.headings[place],
            value=heading.text,
        )

    def tell(self, heading: Heading, severity: str) -> None:
        """Say why a doubtful *heading* has no column; an error asks."""
        if heading.doubt is None:
            return
        self.report(
            "header-doubtful",
            severity,
            (f"“{heading.text}”: {heading.doubt.ask_vi}", f"“{heading.text}”: {heading.doubt.ask_en}"),
            BY_HAND if severity != "note" else ("", ""),
            heading=heading,
            value=heading.text,
        )

    def report(
        self,
        code: str,
        severity: str,
        messages: tuple[str, str],
        mends: tuple[str, str] = ("", ""),
        *,
        heading: Heading | None = None,
        row: int | None = None,
        value: object = "",
    ) -> None:
        """Add a finding; *heading* and *row* (a position) place it, a heading alone means its header cell."""
        at = row
        if at is None:
            at = heading.row if heading is not None and heading.row is not None else self.header
        self.findings.append(
            Finding(
                code=code,
                severity=severity,
                message_vi=messages[0],
                message_en=messages[1],
                mend_vi=mends[0],
                mend_en=mends[1],
                table=self.table.name,
                sheet=self.sheet.name,
                row=at + 1 if row is not None or heading is not None else None,
                column=heading.column if heading is not None else "",
                cell=address(at, heading.index) if heading is not None else "",
                value=str(value),
                rule=code,
            )
        )


def read_blocks(sheet: Sheet, table: Table, options: Options) -> list[Block]:
    """Read every table in *sheet* that has headers of *table*, from the top and from the left."""
    extents = find_tables(sheet, table, options.columns)
    blocks: list[Block] = []
    for extent in extents:
        above = [text for block in blocks[:1] for text in extents[0].titles if block.extent is not extent]
        blocks.append(_read(sheet, table, options, extent, above))
    for block in blocks[:1]:
        _note_hidden(block, [row for each in blocks for row in each.rows])
    return blocks


def read_block(sheet: Sheet, table: Table, options: Options) -> Block | None:
    """Read the first table of *sheet*; None where the sheet has no such header."""
    return next(iter(read_blocks(sheet, table, options)), None)


def _read(sheet: Sheet, table: Table, options: Options, extent: Extent, above: Sequence[str]) -> Block:
    """Read one table; the unit and the year stated *above* all tables count where it states none of its own."""
    headings = read_paths(over_columns(sheet, extent.header, extent.columns), table, options.columns)
    rows, below = split_below(sheet, extent.rows, headings, table)
    titles = [*extent.titles, *above]
    stated = year_of(headings) or _title_year(extent.titles) or _title_year([*titles, sheet.title])
    year = stated or options.year or _column_year(sheet, headings, rows)
    block = Block(
        sheet=sheet,
        table=table,
        header=extent.header.stop - 1,
        headings=resolve(headings, year),
        rows=rows,
        unit=_title_unit(extent.titles) or _title_unit(titles),
        year=stated or options.year,
        title=next((" ".join(text.split()) for text in reversed(extent.titles) if is_title(text)), ""),
        extent=extent,
    )
    _check_merged(block)
    _check_year(block, stated, options)
    _check_long_rows(block)
    _note_rows(block, extent.repeated, below)
    return block


def _title_year(titles: Sequence[str]) -> int | None:
    """Return the year the title speaks of, where it is one alone."""
    plain = (re.sub(r"\d{4} ?[-–] ?\d{4}", " ", text) for text in titles)
    years = {int(year) for text in plain for year in fold(text).years if year.isdigit()}
    return years.pop() if len(years) == 1 else None


def _column_year(sheet: Sheet, headings: Sequence[Heading], rows: Sequence[int]) -> int | None:
    """Return the latest year of the plan-year column, for reading the years in the other headers.

    Where all lines are carried over, the year disbursed in is a later one.
    """
    for heading in headings:
        if any(meaning.column == "plan_year" for meaning in heading.meanings):
            texts = [
                str(sheet.rows[row][heading.index]) for row in rows if heading.index < len(sheet.rows[row])
            ]
            years = [int(text[:4]) for text in texts if re.fullmatch(r"(?:19|20)\d\d(?:\.0)?", text)]
            return max(years + years_paid(headings)) if years else None
    return None


def _title_unit(titles: Sequence[str]) -> int | None:
    """Return the unit of a line like "Đơn vị tính: triệu đồng" above the headers."""
    for text in titles:
        for stated in _UNIT.findall(unicodedata.normalize("NFKC", " ".join(text.split()))):
            if (unit := read_unit(stated)) is not None:
                return unit
    return None


def _check_merged(block: Block) -> None:
    """Refuse a header merged over several columns that no row below it parts."""
    for start, end in block.sheet.merged:
        under = [h for h in block.headings if start[1] <= h.index <= end[1] and h.meanings]
        if start[1] == end[1] or not start[0] <= block.header <= end[0] or not under:
            continue
        held = [h for h in under if {*block.sheet.columns[h.index][block.header + 1 :]} - {"", None}]
        if len(held) < 2:
            block.headings = [h for h in block.headings if h not in under or h is (held or under)[0]]
            continue
        place = address(*start)
        block.report(
            "header-rows",
            "error",
            (
                f"ô {place} trộn trên {len(held)} cột có số liệu, không có dòng nào bên dưới chia: cột nào là “{held[0].text}”?",
                f"cell {place} is merged over {len(held)} columns and no row below parts it: which is “{held[0].text}”?",
            ),
            ("bỏ trộn ô và ghi tên cho từng cột", "unmerge the cells and name each column"),
            heading=held[0],
            value=held[0].text,
        )


def _check_year(block: Block, stated: int | None, options: Options) -> None:
    if stated is None or options.year is None or stated == options.year:
        return
    block.report(
        "year-differs",
        "warning",
        (
            f"tệp ghi kế hoạch năm {stated}, tham số year={options.year}; dùng {stated}",
            f"the file says plan year {stated}, year={options.year} was given; {stated} is used",
        ),
        ("kiểm tra năm ở tiêu đề, hoặc bỏ year=", "check the year in the header, or leave year= out"),
        row=block.header,
        value=stated,
    )


def _check_long_rows(block: Block) -> None:
    """Refuse rows of a text table that go on beyond its headers: a comma within an amount has moved the cells."""
    if not block.sheet.is_text or block.extent is None:
        return
    heads = block.sheet.rows[block.extent.header.start : block.extent.header.stop]
    width = max((at + 1 for row in heads for at, cell in enumerate(row) if not empty(cell)), default=0)
    long = [at for at in block.rows if any(not empty(cell) for cell in block.sheet.rows[at][width:])]
    if long:
        listed = list_rows(long)
        block.report(
            "rows-long",
            "error",
            (
                f"dòng {listed} có nhiều ô hơn tiêu đề ({width}): số có dấu phân cách nằm ngoài dấu nháy kép?",
                f"rows {listed} have more cells than the header ({width}): an amount parted by its own comma?",
            ),
            (
                "đặt số ấy trong dấu nháy kép hoặc bỏ dấu phân cách; nếu là cột thật thì ghi tiêu đề cho cột",
                "quote the amount or write it without separators; a true column needs a header",
            ),
            row=long[0],
            value=listed,
        )


def _note_rows(block: Block, repeated: Sequence[int], below: Sequence[int]) -> None:
    """Say which rows were left out: headers once more, signatures and notes below."""
    if repeated:
        listed = list_rows(repeated)
        block.report(
            "header-repeated",
            "note",
            (f"tiêu đề lặp lại, không đọc: dòng {listed}", f"headers once more, not read: rows {listed}"),
            value=listed,
        )
    if below:
        listed = list_rows(below)
        block.report(
            "rows-below",
            "note",
            (
                f"chữ ký, ghi chú dưới bảng, không đọc: dòng {listed}",
                f"signatures and notes below the table, not read: rows {listed}",
            ),
            value=listed,
        )


def list_rows(rows: Sequence[int]) -> str:
    """Return row positions as the spreadsheet numbers them, the first twenty."""
    return ", ".join(str(row + 1) for row in rows[:20]) + (" …" if len(rows) > 20 else "")


def _note_hidden(block: Block, rows: Sequence[int]) -> None:
    if block.sheet.hidden:
        block.report("sheet-hidden", "note", ("trang ẩn vẫn được đọc", "the sheet is hidden and was read"))
    held = {row + 1 for row in rows} if block.sheet.faults.hidden_rows else set()
    hidden = [number for number in block.sheet.faults.hidden_rows if number in held]
    if hidden:
        listed = ", ".join(map(str, hidden[:20])) + ("…" if len(hidden) > 20 else "")
        block.report(
            "rows-hidden",
            "note",
            (
                f"{len(hidden)} dòng ẩn vẫn được đọc: {listed}",
                f"{len(hidden)} hidden rows were read: {listed}",
            ),
            value=listed,
        )
    columns = [at for at in block.sheet.faults.hidden_columns if at in {h.index for h in block.headings}]
    if columns:
        listed = ", ".join(map(letter, columns))
        block.report(
            "columns-hidden",
            "note",
            (f"các cột ẩn vẫn được đọc: {listed}", f"hidden columns were read: {listed}"),
            value=listed,
        )
