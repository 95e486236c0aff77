"""Blocks to raw frames under the names of the schema: money in whole đồng, all else as the file has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from phanbo.money import MILLION
from phanbo.tables.cells import number_cells
from phanbo.tables.check.grid import Grid, Log
from phanbo.tables.files.sheet import letter
from phanbo.tables.layout import finish
from phanbo.tables.layout.amounts import read_numbers, unit_of
from phanbo.tables.layout.block import empty
from phanbo.tables.layout.closing import hand_up
from phanbo.tables.layout.columns import Columns, filled
from phanbo.tables.layout.doubtful import settle
from phanbo.tables.layout.groups import Tree, hand_down, plant, report_rows
from phanbo.tables.layout.part import Part, filled_up, join, stack
from phanbo.tables.layout.rows import Rows, sort_rows
from phanbo.tables.layout.schedule import KEYS, month_of, months, read_months, unlinked
from phanbo.tables.layout.totals import Sums, state
from phanbo.tables.layout.twice import ask_doubled
from phanbo.tables.layout.wide import Slice, named_source, part_out
from phanbo.tables.schema import LINES, Type, kind_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from numpy.typing import NDArray

    from phanbo.money import Bools, Ints
    from phanbo.tables.layout.amounts import Numbers
    from phanbo.tables.layout.block import Block, Options
    from phanbo.tables.layout.headers import Heading
    from phanbo.tables.layout.telling import Told

__all__ = ["Part", "join", "read_part"]

_ORIGIN = ("_sheet", "_row")
_PASSING = frozenset({"schedule", "adjustment", "adjusted", "ratio"})
"""Columns of the file that become others, or are only checked."""


def read_part(
    block: Block,
    options: Options,
    *,
    unit: int | None = None,
    source: str = "",
    title: Sequence[Told] = (),
    owners: AbstractSet[str] = frozenset(),
) -> Part:
    """Return the rows of *block*.

    Parameters
    ----------
    unit : int, optional
        The unit where the sheet states none.
    source : str
        The sheet's name, the source where nothing else says it.
    title : sequence of Told
        What the title above the table tells of its lines.
    owners : set of str
        The owners known, folded: group rows may be named after them.
    """
    own_unit = unit_of(block, options, unit)
    columns = Columns(block)
    numbers = read_numbers(block, columns, own_unit or MILLION, by_hand=options.unit is not None)
    part = Part(unit=own_unit, plain=block.sheet.is_text)
    rows = Rows(np.arange(len(columns)))
    if block.table.name == LINES.name:
        rows = sort_rows(block, columns, numbers, owners)
        report_rows(block, rows)
        settle(block, numbers, rows.lines.tolist())
        ask_doubled(block, numbers, rows)
        _Reader(part, block, columns, numbers, rows).lines(source, title)
    else:
        settle(block, numbers, rows.lines.tolist())
        named = {heading.column: heading for heading in block.headings if not month_of(heading)}
        reader = _Reader(part, block, columns, numbers, rows)
        reader.add([Slice(rows.lines, named, None)])
        if months(block):
            reader.melt()
    finish.report_faults(block, rows.lines, part.unread)
    part.findings[:0] = block.findings
    return part


class _Reader:
    """Takes the cells of one block into its part."""

    def __init__(self, part: Part, block: Block, columns: Columns, numbers: Numbers, rows: Rows) -> None:
        self.part, self.block, self.columns, self.numbers, self.rows = part, block, columns, numbers, rows
        self.tree = Tree()

    def lines(self, source: str, title: Sequence[Told]) -> None:
        """Add the lines of this year's plan, then those of each carried-over pair."""
        part, block, rows = self.part, self.block, self.rows
        slices, part.statements = part_out(block, self.columns, self.numbers, rows.lines)
        if rows.groups:
            self.tree = plant(rows, len(self.columns))
            plain = np.zeros(len(self.columns), dtype=np.bool_)
            plain[rows.lines] = True
            sums = Sums(block, self.numbers, plain)
            if not any(each.source for each in slices):
                told = source or kind_of(block.sheet.title) or any(each.column == "source" for each in title)
                self._hand_up(sums, elsewhere=bool(told or named_source(block)))
            hand_down(block, self.columns, rows, self.tree)
            part.statements += state(block, sums, self.tree.totals)
        self.add(slices)
        if not any("plan_year" in each.named or each.year is not None for each in slices):
            finish.ask_year(block, part.columns)
        named = named_source(block) if not any(each.source for each in slices) else ""
        finish.take_title(block, part.columns, len(part.rows), title, named=bool(named))
        by_sheet = source or (block.sheet.title if kind_of(block.sheet.title) else "")
        if "source" not in part.columns and len(part.rows):
            part.titled = "" if named else source
            if named or by_sheet:
                part.columns["source"] = np.full(len(part.rows), named or by_sheet, dtype=object)
        headings = {name: heading for each in slices for name, heading in each.named.items()}
        self._leave_out_unfilled(headings)
        finish.split_schedule(part.columns)
        finish.split_adjustment(part.columns, plain=part.plain)
        finish.check_ratio(part.columns, part.rows, block)
        finish.note_date(block)
        if months(block):
            part.schedule = self._schedule(slices)

    def _hand_up(self, sums: Sums, *, elsewhere: bool) -> None:
        """Take the source from totals below the lines; what is asked about it is asked once."""
        asked = hand_up(self.block, self.columns, sums, self.rows, self.tree, elsewhere=elsewhere)
        name = self.block.sheet.name
        self.part.unread |= {(name, row + 1, "source") for row in self.columns.rows[asked].tolist()}

    def melt(self) -> None:
        """Turn a schedule laid out by month into one row a line and month."""
        part = self.part
        cells, at, findings = read_months(self.block, self.columns, self.numbers, self.rows.lines, None)
        part.columns = {name: held[at] for name, held in part.columns.items()} | cells
        part.sheets, part.rows = part.sheets[at], part.rows[at]
        part.findings += findings

    def _schedule(self, slices: Sequence[Slice]) -> Part | None:
        """Return the schedule that the month columns tell of the lines of this year's plan."""
        part, block = self.part, self.block
        own = [each for each in slices if each.year == block.year]
        starts = np.cumsum([0, *(len(each.held) for each in slices)])
        place = np.full(len(self.columns), -1)
        count = np.zeros(len(self.columns), dtype=np.int64)
        for each, start in zip(slices, starts.tolist(), strict=False):
            if each in own:
                place[each.held] = np.arange(start, start + len(each.held))
                count[each.held] += 1
        said = np.logical_or.reduce([self.numbers.told(heading) for heading in months(block)])
        unparted = self.rows.lines[(said & (count != 1))[self.rows.lines]]
        keys = [name for name in KEYS if name in part.columns]
        if not {"line_id", "project_id"} & {*keys} or len(unparted):
            unlinked(block, self.columns.rows[unparted] if len(unparted) else None)
            return None
        held = self.rows.lines[(count == 1)[self.rows.lines]]
        plans = (
            number_cells(pd.Series(part.columns["plan"])).data[place[held]]
            if "plan" in part.columns
            else None
        )
        cells, at, findings = read_months(block, self.columns, self.numbers, held, plans)
        lines = place[held[at]]
        months_letters = {"disbursed": letter(months(block)[0].index)} if len(months(block)) == 1 else {}
        return Part(
            columns={name: part.columns[name][lines] for name in keys} | cells,
            sheets=part.sheets[lines],
            rows=part.rows[lines],
            letters={block.sheet.name: months_letters},
            unit=part.unit,
            plain=part.plain,
            findings=findings,
        )

    def add(self, slices: Sequence[Slice]) -> None:
        """Add the rows of *slices*, one below the other."""
        part = self.part
        pieces = [self._piece(each) for each in slices]
        part.columns = stack(pieces, [len(each.held) for each in slices])
        finish.count_from_1904(self.block, part.columns)
        held = np.concatenate([np.zeros(0, dtype=np.int64), *(each.held for each in slices)])
        sheet, row = (next((h for h in self.block.headings if h.text == name), None) for name in _ORIGIN)
        name = self.block.sheet.name
        part.rows = self.columns.cells(row)[held] if row is not None else self.columns.rows[held] + 1
        part.sheets = (
            self.columns.cells(sheet)[held].astype(str).astype(object)
            if sheet is not None
            else np.full(len(held), name, dtype=object)
        )
        # two columns of one name: the checks could not tell which of them a line stands in
        crossed = self._crossed()
        part.letters[name] = {
            column: letter(heading.index)
            for each in slices
            for column, heading in each.named.items()
            if sheet is None and column not in crossed
        }

    def _crossed(self) -> set[str]:
        names = [heading.column for heading in self.block.headings if heading.column]
        carried = {heading.column for heading in self.block.headings if heading.carried}
        return carried | {name for name in set(names) if names.count(name) > 1}

    def _piece(self, taken: Slice) -> dict[str, NDArray[Any]]:
        crossed, held = self._crossed(), taken.held
        piece = {}
        for name, heading in taken.named.items():
            if name not in self.block.table.names and name not in _PASSING:
                continue
            cells = self._cells(heading, name, held, exact=name in crossed)
            if name in taken.zeros:
                cells = (
                    np.where(taken.zeros[name][held] & ~filled(cells), 0, cells)
                    if cells.dtype == object
                    else cells
                )
            piece[name] = cells
        if self.rows.parents:
            self._take_from_parents(piece, taken)
        if taken.source:
            piece["source"] = np.full(len(held), taken.source, dtype=object)
        for name, carried in self.tree.carried.items():
            if taken.source and name == "source":
                continue
            value = carried.texts[held]
            piece[name] = filled_up(piece.get(name), value)
        if taken.year is not None:
            piece["plan_year"] = filled_up(
                piece.get("plan_year"), np.full(len(held), taken.year, dtype=object)
            )
        return piece

    def _take_from_parents(self, piece: dict[str, NDArray[Any]], taken: Slice) -> None:
        """Let the parts of a project say what its own row says: who and what, no money of one part."""
        at = np.flatnonzero(np.isin(taken.held, [*self.rows.parents]))
        parents = np.array([self.rows.parents[i] for i in taken.held[at].tolist()], dtype=np.int64)
        for name, own in list(piece.items()):
            if name not in self.block.table.names or name == "line_id" or not len(at):
                continue
            column = self.block.table.column(name)
            if column.type is Type.MONEY and not column.per_project:
                continue
            above = self._cells(taken.named[name], name, parents, exact=False)
            cells = own.astype(object)
            # in the place of the name such a row has its source
            blank = ~filled(cells[at]) | (name == "project")
            cells[at[blank]] = above[blank]
            piece[name] = cells

    def _cells(self, heading: Heading, name: str, held: Ints, *, exact: bool) -> NDArray[Any]:
        """Return cells as they are, amounts in đồng; what cannot be one is reported where its unit is known."""
        parsed = self.numbers.cells.get(heading.index)
        unit = self.numbers.units.get(heading.index, 1)
        if parsed is None or (unit == 1 and not exact and parsed.faults):
            return self.columns.cells(heading)[held]
        data, known = parsed.data[held], parsed.known[held]
        if parsed.faults:
            known = known & self._report(heading, name, held)[held]
        if known.all():
            return data
        cells = data.astype(object)
        cells[~known] = None
        return cells

    def _report(self, heading: Heading, name: str, held: Ints) -> Bools:
        """Report the faults of a column in the rows *held*, and return which dashes are no zero."""
        block = self.block
        column = block.table.column(name) if name in block.table.names else None
        zero = column is None or column.required or column.default == 0 or column.absent == 0
        places = Grid(
            block.table,
            {},
            set(),
            np.full(len(self.columns), block.sheet.name, dtype=object),
            self.columns.rows + 1,
            {block.sheet.name: {name: letter(heading.index)}},
        )
        parsed, cells, log = self.numbers.cells[heading.index], self.columns.cells(heading), Log()
        taken = np.zeros(len(self.columns), dtype=np.bool_)
        taken[held] = True
        known = np.ones(len(self.columns), dtype=np.bool_)
        for code, found in parsed.faults.items():
            at = [i for i in found if taken[i]]
            if not at:
                continue
            if code == "dash-zero" and not zero:
                code, known[at] = "dash-empty", False  # noqa: PLW2901
            log.rows(code, places, at, name, value=cells[at])
            refused = [i for i in at if not parsed.known[i] or not known[i]]
            self.part.unread |= {(block.sheet.name, block.rows[i] + 1, name) for i in refused}
        self.part.findings += log.findings
        return known

    def _leave_out_unfilled(self, named: dict[str, Heading]) -> None:
        """Take an optional column that no row fills as absent: its rule is unchecked, not failed on every line.

        A form has many columns; a table whose headers are the names in code says exactly what it holds, and is kept.
        """
        part, table = self.part, self.block.table
        unfilled = [
            name
            for name, heading in named.items()
            if name in part.columns
            and name in table.names
            and heading.text != name
            and not table.column(name).required
            and part.columns[name].dtype == object
            and all(empty(cell) for cell in part.columns[name])
        ]
        for name in unfilled:
            del part.columns[name]
        if unfilled and len(part.rows):
            listed = ", ".join(f"“{named[name].text}”" for name in unfilled)
            self.block.report(
                "columns-unfilled",
                "note",
                (
                    f"cột để trống hoàn toàn, coi như không có: {listed}",
                    f"columns filled nowhere, taken as absent: {listed}",
                ),
            )
