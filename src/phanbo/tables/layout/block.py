"""One sheet as a block: its header row, unit, year and rows. Cells stay as the file has them."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from phanbo.errors import Finding
from phanbo.tables.files.sheet import address, letter
from phanbo.tables.layout.headers import Heading, find_row, fold, read_headings, read_unit, resolve, year_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from phanbo.tables.files.sheet import Cell, Sheet
    from phanbo.tables.schema.column import Table

__all__ = ["BY_HAND", "Block", "Options", "empty", "read_block", "read_blocks"]

BY_HAND = (
    'nói rõ bằng columns={"tiêu đề trong tệp": "tên cột"}',
    'say it with columns={"header in the file": "column"}',
)
"""How the caller settles what a header means."""

_PART = re.compile(r"(?:kế hoạch|khv?|giải ngân|thanh toán|tổng số|trong đó|số vốn)\b")
_NUMBERING = re.compile(r"\(?(?:\d{1,2}|[A-Z])\)?(?:\s*=.*)?")


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
        The text above the headers that names this table, ``""`` if there is none.
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


def empty(cell: Cell) -> bool:
    """Whether a cell holds nothing to read."""
    return cell is None or (isinstance(cell, str) and not cell.strip()) or cell != cell  # noqa: PLR0124 - NaN


def read_blocks(sheet: Sheet, table: Table, options: Options) -> list[Block]:
    """Read every table in *sheet* that has headers of *table*, from the top and from the left."""
    block = read_block(sheet, table, options)
    return [block] if block is not None else []


def read_block(sheet: Sheet, table: Table, options: Options) -> Block | None:
    """Find the header row of *table* in *sheet* and read it; None where the sheet has no such header."""
    header = find_row(sheet.rows, table, options.columns)
    if header is None:
        return None
    headings = read_headings(sheet.rows[header], table, options.columns)
    titles = [
        cell for cells in sheet.rows[:header] for cell in cells if isinstance(cell, str) and cell.strip()
    ]
    stated = year_of(headings) or _title_year([*titles, sheet.name])
    rows = [
        position
        for position in range(header + 1, len(sheet.rows))
        if not all(empty(cell) for cell in sheet.rows[position])
    ]
    block = Block(
        sheet=sheet,
        table=table,
        header=header,
        headings=resolve(headings, stated or options.year or _column_year(sheet, headings, rows)),
        rows=rows,
        unit=_title_unit(titles),
        year=stated or options.year,
    )
    _check_header_rows(block, options)
    _skip_numbering(block)
    _check_year(block, stated, options)
    _note_hidden(block)
    return block


def _title_year(titles: Sequence[str]) -> int | None:
    """Return the year the title speaks of, where it is one alone."""
    plain = (re.sub(r"\d{4} ?[-–] ?\d{4}", " ", text) for text in titles)
    years = {int(year) for text in plain for year in fold(text).years if year.isdigit()}
    return years.pop() if len(years) == 1 else None


def _column_year(sheet: Sheet, headings: Sequence[Heading], rows: Sequence[int]) -> int | None:
    """Return the latest year of the plan-year column, for reading the years in the other headers."""
    for heading in headings:
        if any(meaning.column == "plan_year" for meaning in heading.meanings):
            texts = [
                str(sheet.rows[row][heading.index]) for row in rows if heading.index < len(sheet.rows[row])
            ]
            years = [int(text[:4]) for text in texts if re.fullmatch(r"(?:19|20)\d\d(?:\.0)?", text)]
            return max(years, default=None)
    return None


def _title_unit(titles: Sequence[str]) -> int | None:
    """Return the unit of a line like "Đơn vị tính: triệu đồng" above the headers."""
    for text in titles:
        for stated in re.findall(
            r"(?:đvt|đơn vị(?: tính)?)\s*:\s*([^;)\n]+)", " ".join(text.split()), re.IGNORECASE
        ):
            if (unit := read_unit(stated)) is not None:
                return unit
    return None


def _check_header_rows(block: Block, options: Options) -> None:
    """Refuse headers that span several rows: their parts would be read alone and mean other columns."""

    def known(position: int) -> int:
        cells = block.sheet.rows[position]
        if any(isinstance(cell, (int, float)) for cell in cells):
            return 0
        return sum(bool(heading.meanings) for heading in read_headings(cells, block.table, options.columns))

    neighbours = [block.header - 1] if block.header else []
    neighbours += block.rows[:1]
    spread = [
        (start, end)
        for start, end in block.sheet.merged
        if start[0] <= block.header <= end[0]
        and start[1] < end[1]
        and any(start[1] <= heading.index <= end[1] for heading in block.headings if heading.meanings)
    ]
    second = next((position for position in neighbours if known(position) >= 2), None)
    if second is None and (_tops(block, options) or _parts(block)):
        second = block.header - 1 if _tops(block, options) else block.rows[0]
    if second is None and not spread:
        return
    place = address(*spread[0][0]) if second is None else f"{letter(0)}{second + 1}"
    block.report(
        "header-rows",
        "error",
        (
            f"tiêu đề cột nằm trên nhiều dòng (xem ô {place}); phiên bản này chỉ đọc được tiêu đề một dòng",
            f"the column headers span several rows (see cell {place}); this version reads one header row",
        ),
        (
            "bỏ trộn ô, ghi đủ tên cột trên một dòng, hoặc dùng tệp mẫu (phanbo template)",
            "unmerge the cells and write each full name in one row, or use the template (phanbo template)",
        ),
        row=block.header,
    )


def _tops(block: Block, options: Options) -> bool:
    """Whether the row above names what an unknown header is of: "Năm 2024" over "Kế hoạch", and no plan else."""
    if not block.header or any(meaning.column == "plan" for h in block.headings for meaning in h.meanings):
        return False
    above = read_headings(block.sheet.rows[block.header - 1], block.table, options.columns)
    open_ = {heading.index for heading in block.headings if not heading.meanings}
    return any(heading.meanings and heading.index in open_ for heading in above)


def _parts(block: Block) -> bool:
    """Whether the row below parts the headers: two words or more, no figure, nothing that names a project."""
    held = [cell for cell in block.sheet.rows[block.rows[0]] if not empty(cell)] if block.rows else []
    if len(held) < 2 or not all(isinstance(cell, str) for cell in held):
        return False
    named = {"project", "project_id", "owner", "line_id"}
    keys = [h for h in block.headings if any(meaning.column in named for meaning in h.meanings)]
    return (
        bool(keys)
        and all(empty(block.cell(block.rows[0], heading)) for heading in keys)
        and any(_PART.match(fold(cell).key) for cell in held)
    )


def _skip_numbering(block: Block) -> None:
    """Drop the row under the headers that numbers the columns: (1), (2), (3)."""
    if not block.rows:
        return
    cells = [cell for cell in block.sheet.rows[block.rows[0]] if not empty(cell)]
    texts = [
        str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
        for cell in cells
    ]
    digits = [int(number) for text in texts if (number := text.split("=")[0].strip(" ()")).isdigit()]
    in_order = all(later == earlier + 1 for earlier, later in itertools.pairwise(digits))
    if len(digits) >= 3 and in_order and all(_NUMBERING.fullmatch(text) for text in texts):
        del block.rows[0]


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


def _note_hidden(block: Block) -> None:
    if block.sheet.hidden:
        block.report("sheet-hidden", "note", ("trang ẩn vẫn được đọc", "the sheet is hidden and was read"))
    held = {row + 1 for row in block.rows}
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
