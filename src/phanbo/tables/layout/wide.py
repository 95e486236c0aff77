"""Wide tables: what one row says of several lines, of this year and carried over, of each source."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from phanbo.money import format_dong
from phanbo.tables.check.statements import Statement
from phanbo.tables.files.sheet import address
from phanbo.tables.layout.block import list_rows
from phanbo.tables.layout.telling import differs
from phanbo.tables.schema.column import Type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phanbo.money import Bools, Ints
    from phanbo.tables.layout.amounts import Numbers
    from phanbo.tables.layout.block import Block
    from phanbo.tables.layout.columns import Columns
    from phanbo.tables.layout.headers import Heading

__all__ = ["Slice", "named_source", "part_out"]

_LISTED = 20
_PAIR = frozenset({"plan", "disbursed"})


@dataclass(slots=True)
class Slice:
    """Lines out of one set of columns: *held* rows, the heading of each column, their year and source.

    ``zeros`` are the columns whose empty cells are known to be nothing, for their total says so.
    """

    held: Ints
    named: dict[str, Heading]
    year: int | None
    source: str = ""
    zeros: dict[str, Bools] = field(default_factory=dict)


def _source(heading: Heading) -> str:
    return heading.meaning.source if heading.meaning is not None else ""


def _is_total(heading: Heading) -> bool:
    return heading.meaning is not None and heading.meaning.total


def named_source(block: Block) -> str:
    """Return the source that the plan's own header names."""
    plan = block.heading("plan")
    return _source(plan) if plan is not None else ""


def part_out(
    block: Block, columns: Columns, numbers: Numbers, lines: Ints
) -> tuple[list[Slice], list[Statement]]:
    """Part the rows into lines by year and source, and return what the totals of such columns state."""
    own = [h for h in block.headings if h.column and not h.carried and not _month(h)]
    pairs = [h for h in block.headings if h.carried and h.column in _PAIR]
    carried = _carried_pairs(block, own, pairs)
    sets = [_Set(block, columns, numbers, own)]
    sets += [_Set(block, columns, numbers, group) for group in _by_year(block, pairs).values()]
    statements = [statement for each in sets for statement in each.check_totals(lines)]
    slices = []
    moved = np.zeros(len(columns), dtype=np.bool_)
    for pair in carried:
        moved |= numbers.told(pair.plan) | numbers.told(pair.disbursed)
    if any(heading.column == "plan" for heading in own) or not carried:
        slices += sets[0].slices(lines, moved, carried)
    shared = {name: heading for name, heading in sets[0].shared.items() if name in _copied(block)}
    for pair in carried:
        held = lines[(numbers.told(pair.plan) | numbers.told(pair.disbursed))[lines]]
        named = {**shared, "plan": pair.plan, "disbursed": pair.disbursed}
        slices.append(Slice(held, named, pair.year, _source(pair.plan)))
    return slices, statements


def _month(heading: Heading) -> bool:
    return heading.meaning is not None and bool(heading.meaning.month)


class _Set:
    """Headings of one plan, some of them parted by source."""

    def __init__(self, block: Block, columns: Columns, numbers: Numbers, headings: Sequence[Heading]) -> None:
        self.block, self.columns, self.numbers = block, columns, numbers
        self.parts: dict[str, dict[str, Heading]] = {}
        self.totals: dict[str, Heading] = {}
        sourced = [h for h in headings if _source(h) and h.index in numbers.cells]
        rest = [h for h in headings if h not in sourced]
        names = {h.column for h in sourced}
        alone = len({_source(h) for h in sourced}) < 2 and not any(h.column in names for h in rest)
        if not alone:
            for heading in sourced:
                self.parts.setdefault(_source(heading), {})[heading.column] = heading
            # a column of all sources beside them is their total, whatever it is called
            self.totals = {h.column: h for h in rest if h.column in names}
        self.shared = {h.column: h for h in (headings if alone else rest) if h.column not in self.totals}

    def check_totals(self, lines: Ints) -> list[Statement]:
        """Re-add the totals of the columns by source; a row where they differ is an error that asks."""
        found = []
        for name, total in self.totals.items():
            cells = self.numbers.cells[total.index]
            added = self._added(name)
            rows = lines[cells.known[lines]]
            wrong = rows[(cells.data != added)[rows]]
            stated = sum(cells.data[rows].tolist())
            found.append(
                Statement(
                    "columns",
                    total.text,
                    name,
                    stated,
                    sum(added[rows].tolist()),
                    self.block.sheet.name,
                    address(self.block.header, total.index),
                    self.block.header + 1,
                )
            )
            found += [self._row(name, total, i, int(cells.data[i]), int(added[i])) for i in wrong.tolist()]
        return found

    def _row(self, name: str, total: Heading, i: int, stated: int, added: int) -> Statement:
        row = self.block.rows[i]
        parts = ", ".join(address(row, part[name].index) for part in self.parts.values() if name in part)
        self.block.report(
            "total-column",
            "error",
            (
                f"“{total.text}” ghi {format_dong(stated)} đồng, các nguồn ở {parts} cộng lại {format_dong(added)}",
                f"“{total.text}” states {stated:,} đồng, its sources in {parts} add up to {added:,}",
            ),
            (
                'sửa ô sai; hoặc bỏ cột tổng bằng columns={"tiêu đề": ""} nếu các nguồn là đúng',
                'correct the wrong cell; or leave the total out, columns={"header": ""}, if the sources are right',
            ),
            heading=total,
            row=row,
            value=stated,
        )
        return Statement(
            "columns",
            total.text,
            name,
            stated,
            added,
            self.block.sheet.name,
            address(row, total.index),
            row + 1,
        )

    def _added(self, name: str) -> Ints:
        parts = [part[name] for part in self.parts.values() if name in part]
        return sum(
            (self.numbers.amounts(heading) for heading in parts), np.zeros(len(self.columns), np.int64)
        )

    def slices(self, lines: Ints, moved: Bools, carried: Sequence[_Pair]) -> list[Slice]:
        """Return the lines of this plan; rows of a carried-over pair alone have none."""
        if not self.parts:
            held = lines
            if carried:
                money = [self.shared[name] for name in ("plan", "disbursed") if name in self.shared]
                own = np.zeros(len(self.columns), dtype=np.bool_)
                blank = np.ones(len(self.columns), dtype=np.bool_)
                for heading in money:
                    own |= self.columns.filled(heading)
                for pair in carried:
                    blank &= ~self.columns.filled(pair.plan)
                held = lines[(own | blank)[lines]]
            return [Slice(held, self.shared, self.block.year)]
        held_by = {
            source: np.logical_or.reduce([self._says(heading) for heading in part.values()])
            for source, part in self.parts.items()
        }
        count = np.sum([*held_by.values()], axis=0)
        self._ask_unparted(lines, count)
        self._note_empty(lines, count, moved)
        self._tell_conflicts(lines, held_by)
        zeros = {name: self._proven(name) for name in self.totals}
        shared = {name: h for name, h in self.shared.items() if name != "line_id"}
        return [
            Slice(
                lines[held_by[source][lines]],
                {**shared, **part},
                self.block.year,
                source,
                {name: zeros[name] for name in part if name in zeros},
            )
            for source, part in self.parts.items()
        ]

    def _tell_conflicts(self, lines: Ints, held_by: dict[str, Bools]) -> None:
        """Warn where the column of sources names another one than the column that holds the amount."""
        heading = self.shared.get("source")
        if heading is None:
            return
        cells = self.columns.cells(heading)
        said = lines[self.columns.filled(heading)[lines]]
        for source, held in held_by.items():
            differing = {text for text in {*cells[said]} if differs("source", str(text), source, None)}
            wrong = [i for i in said[held[said]].tolist() if cells[i] in differing]
            if not wrong:
                continue
            listed = list_rows([self.block.rows[i] for i in wrong])
            self.block.report(
                "source-differs",
                "warning",
                (
                    f"nguồn vốn ghi ở dòng {listed} khác cột có vốn “{source}”; dùng nguồn của cột",
                    f"the source stated in rows {listed} differs from the column of its capital, “{source}”, which is used",
                ),
                (
                    "sửa ô nguồn vốn, hoặc chuyển số vốn sang cột của nguồn ấy",
                    "correct the source, or move the amount to that source's column",
                ),
                heading=heading,
                row=self.block.rows[wrong[0]],
                value=str(cells[wrong[0]]),
            )

    def _says(self, heading: Heading) -> Bools:
        """Where a cell has an amount other than nothing, or something that is no amount."""
        return self.numbers.told(heading) | (
            self.columns.filled(heading) & ~self.numbers.cells[heading.index].known
        )

    def _proven(self, name: str) -> Bools:
        total = self.numbers.cells[self.totals[name].index]
        return np.asarray(total.known & (total.data == self._added(name)), dtype=np.bool_)

    def _is_shared(self, name: str) -> bool:
        if name not in self.block.table.names:
            return name not in {"adjustment", "adjusted"}
        column = self.block.table.column(name)
        return column.type is not Type.MONEY or column.per_project

    def _ask_unparted(self, lines: Ints, count: Ints) -> None:
        for name, heading in self.shared.items():
            if self._is_shared(name) or heading.index not in self.numbers.cells:
                continue
            asked = lines[(self._says(heading) & (count != 1))[lines]]
            if not len(asked):
                continue
            row = self.block.rows[int(asked[0])]
            listed = ", ".join(address(self.block.rows[i], heading.index) for i in asked[:_LISTED].tolist())
            listed += " …" if len(asked) > _LISTED else ""
            self.block.report(
                "column-unparted",
                "error",
                (
                    f"“{heading.text}” không chia theo nguồn, mà dòng có nhiều nguồn hoặc không có nguồn nào: {listed}",
                    f"“{heading.text}” is not parted by source, and the row has several sources or none: {listed}",
                ),
                (
                    "chia cột này theo nguồn, hoặc mỗi nguồn một dòng",
                    "part the column by source, or write one row a source",
                ),
                heading=heading,
                row=row,
                value=self.block.cell(row, heading),
            )

    def _note_empty(self, lines: Ints, count: Ints, moved: Bools) -> None:
        none = lines[((count == 0) & ~moved)[lines]]
        if not len(none):
            return
        listed = ", ".join(str(self.block.rows[i] + 1) for i in none[:_LISTED].tolist())
        listed += " …" if len(none) > _LISTED else ""
        self.block.report(
            "row-no-source",
            "warning",
            (
                f"dòng không có vốn của nguồn nào, không thành dòng vốn: {listed}",
                f"rows with no capital of any source make no line: {listed}",
            ),
            (
                "ghi vốn vào cột của nguồn, hoặc bỏ dòng nếu dự án không có vốn năm nay",
                "write the capital under its source, or delete the row if the project has none this year",
            ),
            value=listed,
        )


@dataclass(frozen=True, slots=True)
class _Pair:
    """A carried-over pair of columns and the year its capital was planned in."""

    plan: Heading
    disbursed: Heading
    year: int | None


def _by_year(block: Block, headings: Sequence[Heading]) -> dict[int | None, list[Heading]]:
    found: dict[int | None, list[Heading]] = {}
    for heading in headings:
        found.setdefault(_carried_year(heading, block.year), []).append(heading)
    return found


def _carried_pairs(block: Block, own: Sequence[Heading], headings: Sequence[Heading]) -> list[_Pair]:
    """Return the carried-over pairs of *block*; a plan without its disbursement is reported once."""
    plans = [heading for heading in headings if heading.column == "plan"]
    if any(_source(plan) for plan in plans):
        plans = [plan for plan in plans if _source(plan)]  # the rest are their totals
    paid = [heading for heading in headings if heading.column == "disbursed"]
    money = [heading for heading in own if heading.column in _PAIR]
    if len(plans) == 1 and not paid and [heading.column for heading in money] == ["disbursed"]:
        # a sheet of carried-over capital alone: its only disbursement is of that capital
        paid = money
    pairs = []
    for plan in plans:
        year = _carried_year(plan, block.year)
        same = [h for h in paid if _source(h) == _source(plan) and _carried_year(h, block.year) == year]
        same = same or (paid if len(plans) == 1 else [])
        if not same:
            block.report(
                "carried-alone",
                "error",
                (
                    f"cột vốn kéo dài “{plan.text}” không có cột giải ngân của riêng nó",
                    f"the carried-over column “{plan.text}” has no disbursement column of its own",
                ),
                (
                    "thêm cột giải ngân của vốn kéo dài, ví dụ “Giải ngân vốn kéo dài”",
                    "add the disbursement of that capital, e.g. “Giải ngân vốn kéo dài”",
                ),
                heading=plan,
                value=plan.text,
            )
            continue
        pairs.append(_Pair(plan, same[0], year))
    return pairs


def _carried_year(heading: Heading, year: int | None) -> int | None:
    stated = [int(found) for found in heading.folded.years]
    if stated:
        return min(stated)
    return year - 1 if year is not None else None


def _copied(block: Block) -> set[str]:
    """Return the columns a carried-over line shares with its row: who and what, no money of this year."""
    return {
        column.name
        for column in block.table.columns
        if column.name not in {"line_id", "plan_year"}
        and (column.type is not Type.MONEY or column.per_project or column.per_source)
    }
