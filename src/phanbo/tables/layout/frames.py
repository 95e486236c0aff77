"""Blocks to raw frames under the names of the schema: money in whole đồng, all else as the file has it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from phanbo.money import MILLION
from phanbo.tables.cells import number_cells
from phanbo.tables.check.grid import Grid, Log
from phanbo.tables.files.sheet import address, letter
from phanbo.tables.layout import wide
from phanbo.tables.layout.amounts import read_numbers, unit_of
from phanbo.tables.layout.block import empty
from phanbo.tables.layout.doubtful import settle
from phanbo.tables.layout.headers import data_date
from phanbo.tables.schema import LINES, kind_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phanbo.errors import Finding
    from phanbo.tables.files.sheet import Cell
    from phanbo.tables.layout.amounts import Numbers
    from phanbo.tables.layout.block import Block, Options
    from phanbo.tables.layout.headers import Heading

__all__ = ["Part", "join", "read_part"]

_ORIGIN = ("_sheet", "_row")
_SPAN = re.compile(r"\D*((?:19|20)\d\d)(?:\D+((?:19|20)\d\d))?\D*")


@dataclass(slots=True)
class Part:
    """Rows of one table out of one sheet.

    Attributes
    ----------
    columns : dict of str to list
        Cells by column, all lists of one length.
    sheets, rows : list
        Where each row stands, as the spreadsheet numbers it.
    letters : dict
        Sheet to column to spreadsheet letter.
    unit : int or None
        The unit of its amounts, where it is known.
    plain : bool
        Whether the file holds only text.
    titled : str
        The sheet's name where it was taken for the source.
    unread : set of (str, int, str)
        Sheet, row and column of the cells that were reported already.
    findings : list of Finding
        What was found on the way.
    """

    columns: dict[str, list[Cell]] = field(default_factory=dict)
    sheets: list[str] = field(default_factory=list)
    rows: list[object] = field(default_factory=list)
    letters: dict[str, dict[str, str]] = field(default_factory=dict)
    unit: int | None = None
    plain: bool = False
    titled: str = ""
    unread: set[tuple[str, int, str]] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)


def read_part(block: Block, options: Options, *, unit: int | None = None, source: str = "") -> Part:
    """Return the rows of *block*: *unit* where the sheet states none, *source* where no column says it."""
    own_unit = unit_of(block, options, unit)
    numbers = read_numbers(block, own_unit or MILLION, by_hand=options.unit is not None)
    if block.table.name == LINES.name:
        lines = wide.sort_rows(block, numbers).lines
        settle(block, numbers, lines)
        part = _lines(block, numbers, lines, source)
    else:
        lines = list(range(len(block.rows)))
        settle(block, numbers, lines)
        part = Part()
        _add(part, block, numbers, lines, {h.column: h for h in block.headings})
    part.unit, part.plain = own_unit, block.sheet.is_text
    _report_faults(part, block, lines)
    part.findings[:0] = block.findings
    return part


def _lines(block: Block, numbers: Numbers, lines: Sequence[int], source: str) -> Part:
    """Lines of this year's plan, then those of each carried-over pair."""
    part = Part()
    named = {heading.column: heading for heading in block.headings if not heading.carried}
    pairs = wide.carried_pairs(block)
    if "plan" in named or not pairs:
        held = [i for i in lines if not pairs or _holds_own_plan(block, named, pairs, i)]
        _add(part, block, numbers, held, named)
        _fill(part, block, "plan_year", block.year, range(len(part.rows)))
    for pair in pairs:
        start = len(part.rows)
        shared = {name: named[name] for name in wide.copied_to_carried(block) if name in named}
        shared |= {"plan": pair.plan, "disbursed": pair.disbursed}
        held = [i for i in lines if numbers.at(pair.plan, i) or numbers.at(pair.disbursed, i)]
        _add(part, block, numbers, held, shared)
        _fill(part, block, "plan_year", pair.year, range(start, len(part.rows)))
    plan = block.heading("plan")
    named_source = plan.meaning.source if plan is not None and plan.meaning is not None else ""
    by_sheet = source or (block.sheet.name if kind_of(block.sheet.name) else "")
    if "source" not in part.columns:
        part.titled = "" if named_source else source
        _fill(part, block, "source", named_source or by_sheet or None, range(len(part.rows)))
    _leave_out_unfilled(part, block, named)
    _split_schedule(part)
    _split_adjustment(part)
    _check_ratio(part, block)
    _note_date(block)
    return part


def _leave_out_unfilled(part: Part, block: Block, named: dict[str, Heading]) -> None:
    """Take an optional column that no row fills as absent: its rule is unchecked, not failed on every line.

    A form has many columns; a table whose headers are the names in code says exactly what it holds, and is kept.
    """
    unfilled = [
        name
        for name, heading in named.items()
        if name in part.columns
        and name in block.table.names
        and heading.text != name
        and not block.table.column(name).required
        and all(empty(cell) for cell in part.columns[name])
    ]
    for name in unfilled:
        del part.columns[name]
    if unfilled and part.rows:
        listed = ", ".join(f"“{named[name].text}”" for name in unfilled)
        block.report(
            "columns-unfilled",
            "note",
            (
                f"cột để trống hoàn toàn, coi như không có: {listed}",
                f"columns filled nowhere, taken as absent: {listed}",
            ),
        )


def _holds_own_plan(block: Block, named: dict[str, Heading], pairs: list[wide.Carried], i: int) -> bool:
    """Whether a row of a wide table says anything of this year, or nothing of a carried-over pair either."""
    row = block.rows[i]
    own = any(not empty(block.cell(row, named[name])) for name in ("plan", "disbursed") if name in named)
    return own or all(empty(block.cell(row, pair.plan)) for pair in pairs)


def _add(part: Part, block: Block, numbers: Numbers, held: Sequence[int], named: dict[str, Heading]) -> None:
    """Add the rows at the positions *held*, each column from the heading *named* for it."""
    before, count = len(part.rows), len(held)
    positions = [block.rows[i] for i in held]
    sheet, row = (next((h for h in block.headings if h.text == name), None) for name in _ORIGIN)
    part.sheets += [str(block.cell(p, sheet)) if sheet else block.sheet.name for p in positions]
    part.rows += [block.cell(p, row) if row else p + 1 for p in positions]
    # two columns of one name: the checks could not tell which of them a line stands in
    crossed = {h.column for h in block.headings if h.carried}
    letters = {name: letter(h.index) for name, h in named.items() if sheet is None and name not in crossed}
    part.letters.setdefault(block.sheet.name, {}).update(letters)
    for name, heading in named.items():
        if name not in {*block.table.names, "schedule", "adjustment", "adjusted", "ratio"}:
            continue
        cells = [block.cell(position, heading) for position in positions]
        if numbers.units.get(heading.index, 1) != 1 or name in crossed:
            cells = _in_dong(part, block, heading, name, cells, (positions, numbers.units[heading.index]))
        part.columns.setdefault(name, [None] * before).extend(cells)
    for cells in part.columns.values():
        cells.extend([None] * (before + count - len(cells)))


def _in_dong(
    part: Part, block: Block, heading: Heading, name: str, cells: list[Cell], place: tuple[list[int], int]
) -> list[Cell]:
    """Return amounts in đồng; what cannot be one is reported here, for only here its unit is known."""
    positions, unit = place
    column = block.table.column(name) if name in block.table.names else None
    zero = column is None or column.required or column.default == 0 or column.absent == 0
    raw = pd.Series(cells, dtype=object)
    read = number_cells(raw, unit=unit, dash_is_zero=zero, plain=block.sheet.is_text)
    places = Grid(
        block.table,
        {},
        set(),
        np.full(len(cells), block.sheet.name, dtype=object),
        np.array(positions, dtype=np.int64) + 1,
        {block.sheet.name: {name: letter(heading.index)}},
    )
    log = Log()
    for code, at in read.faults.items():
        log.rows(code, places, at, name, value=raw.iloc[at].to_numpy())
    part.findings += log.findings
    refused = {at for ats in read.faults.values() for at in ats if not read.known[at]}
    part.unread |= {(block.sheet.name, positions[at] + 1, name) for at in refused}
    return [int(value) if known else None for value, known in zip(read.data, read.known, strict=True)]


def _fill(part: Part, block: Block, name: str, value: object, where: range) -> None:
    """Put *value* into the empty cells of a column, which is added where it is missing."""
    if value is None:
        if name == "plan_year" and name not in part.columns:
            block.report(
                "year-unknown",
                "error",
                ("không biết năm kế hoạch", "the plan year is not stated"),
                (
                    "ghi năm ở tiêu đề cột kế hoạch vốn, hoặc dùng year=2024",
                    "give it in the plan's header, or year=2024",
                ),
                row=block.header,
            )
        return
    cells = part.columns.setdefault(name, [None] * len(part.rows))
    for i in where:
        if empty(cells[i]):
            cells[i] = value


def _split_schedule(part: Part) -> None:
    """Read "2021-2024" into the year of start and of finish; a single year is both."""
    cells = part.columns.pop("schedule", None)
    if cells is None:
        return
    spans = [_SPAN.fullmatch(str(cell).removesuffix(".0")) for cell in cells]
    part.columns.setdefault("schedule_start", [int(span[1]) if span else None for span in spans])
    part.columns.setdefault("schedule_finish", [int(span[2] or span[1]) if span else None for span in spans])


def _split_adjustment(part: Part) -> None:
    """Read a signed adjustment: a need or an offer, or done already where the plan has taken it in."""
    for name, up, down in (
        ("adjustment", "requested_increase", "offered_decrease"),
        ("adjusted", "raised_this_year", "cut_this_year"),
    ):
        cells = part.columns.pop(name, None)
        if cells is not None:
            read = number_cells(pd.Series(cells, dtype=object), plain=part.plain)
            amounts = [int(value) for value in np.where(read.known, read.data, 0)]
            part.columns.setdefault(up, [max(amount, 0) for amount in amounts])
            part.columns.setdefault(down, [max(-amount, 0) for amount in amounts])


def _check_ratio(part: Part, block: Block) -> None:
    """Compare a disbursement ratio with plan and disbursement; a point of percent is rounding."""
    cells = part.columns.pop("ratio", None)
    heading = block.heading("ratio")
    if cells is None or heading is None or not {"plan", "disbursed"} <= set(part.columns):
        return
    plan, paid = (number_cells(pd.Series(part.columns[name], dtype=object)) for name in ("plan", "disbursed"))
    shares = [
        (part.rows[i], 100 * int(paid.data[i]) / int(plan.data[i]), cell)
        for i, cell in enumerate(cells)
        if plan.data[i] and paid.known[i] and isinstance(cell, (int, float)) and not isinstance(cell, bool)
    ]
    # a column holds percents or fractions: whichever fits better
    readings = ([row for row, share, cell in shares if abs(share - scale * cell) > 1] for scale in (1, 100))
    wrong = min(readings, key=len)
    if wrong:
        listed = ", ".join(map(str, wrong[:20])) + (" …" if len(wrong) > 20 else "")
        block.report(
            "ratio-differs",
            "warning",
            (
                f"tỷ lệ giải ngân không khớp kế hoạch và giải ngân ở dòng {listed}",
                f"the disbursement ratio does not fit plan and disbursement in rows {listed}",
            ),
            (
                "kiểm tra cột kế hoạch và cột giải ngân có đúng năm không",
                "see whether both columns are of this year",
            ),
            heading=heading,
            value=listed,
        )


def _note_date(block: Block) -> None:
    found = data_date(block.headings, block.year)
    if found is not None:
        block.report(
            "data-date",
            "note",
            (f"số liệu giải ngân đến ngày {found[0]}", f"disbursement figures up to {found[0]}"),
            heading=found[1],
            value=found[0],
        )


def _report_faults(part: Part, block: Block, lines: Sequence[int]) -> None:
    """Report error cells and unsaved formulas: an error where a line needs them, else one note."""
    faults = block.sheet.faults
    used = {h.index: h for h in block.headings if h.column and h.column != "ratio"}
    rows = {block.rows[i] for i in lines}
    rest = []
    for row, column in sorted({*faults.errors, *faults.unsaved}):
        if row <= block.header:
            continue
        if row not in rows or column not in used:
            rest.append(address(row, column))
            continue
        text = faults.errors.get((row, column))
        part.unread.add((block.sheet.name, row + 1, used[column].column))
        block.report(
            "formula-error" if text else "formula-unsaved",
            "error",
            (f"ô báo lỗi {text}", f"the cell shows {text}")
            if text
            else ("công thức chưa có giá trị lưu", "the formula has no stored value"),
            ("sửa công thức", "mend the formula")
            if text
            else ("mở tệp bằng Excel, lưu lại rồi đọc", "open it in Excel, save, and read again"),
            heading=used[column],
            row=row,
            value=text or "",
        )
    if rest:
        listed = ", ".join(rest[:20]) + (" …" if len(rest) > 20 else "")
        block.report(
            "formula-ignored",
            "note",
            (f"ô công thức lỗi không dùng đến: {listed}", f"faulty formula cells, not used: {listed}"),
            value=listed,
        )


def join(parts: Sequence[Part]) -> pd.DataFrame:
    """Return the rows of *parts* as one raw frame with its origins."""
    names = list(dict.fromkeys(name for part in parts for name in part.columns))
    columns: dict[str, list[Cell]] = {name: [] for name in names}
    for part in parts:
        for name in names:
            columns[name] += part.columns.get(name, [None] * len(part.rows))
    frame = pd.DataFrame({name: pd.Series(cells, dtype=object) for name, cells in columns.items()})
    frame["_sheet"] = pd.Series([sheet for part in parts for sheet in part.sheets], dtype=object)
    frame["_row"] = pd.Series([row for part in parts for row in part.rows], dtype=object)
    frame.attrs["letters"] = {sheet: letters for part in parts for sheet, letters in part.letters.items()}
    frame.attrs["unread"] = {place for part in parts for place in part.unread}
    frame.attrs["plain"] = all(part.plain for part in parts)
    return frame
