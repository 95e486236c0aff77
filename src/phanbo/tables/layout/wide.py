"""What real tables add to one row a line: group and total rows, and a carried-over pair of columns."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from phanbo.money import format_dong
from phanbo.tables.layout.block import empty
from phanbo.tables.schema.column import Type
from phanbo.tables.schema.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phanbo.tables.layout.amounts import Numbers
    from phanbo.tables.layout.block import Block
    from phanbo.tables.layout.headers import Heading

__all__ = ["Carried", "Rows", "carried_pairs", "copied_to_carried", "sort_rows"]

_TOTAL = re.compile(r"(?:tổng|cộng|toàn tỉnh)\b")
_TOTAL_NAME = re.compile(
    r"(?:tổng|cộng|toàn tỉnh)"
    r"(?:[ :(.,-]+(?:số|cộng|hợp|vốn|các|nguồn|ngân sách|ns\w*|kế hoạch|chung|toàn|dự án|[ivx]+|[a-z]|\d+)\b.*)?[ :.]*"
)
"""A name that no project has; the wider `_TOTAL` counts only where the owner is empty."""

_MARK = re.compile(
    r"(?P<roman>[IVX]+)|(?P<letter>[A-Z])|(?P<number>\d+(?:\.0)?)|(?P<part>\d+(?:\.\d+)+|[a-z]\)?|[-+*])"
)
_ORDER = frozenset({"stt", "tt", "số tt", "số thứ tự"})
_SAYS_WHO = ("owner", "stage", "source", "project_id")


@dataclass(slots=True)
class Rows:
    """Positions in ``block.rows``: the lines, and the rows that only group or add them up."""

    lines: list[int] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Carried:
    """A carried-over pair of columns and the year its capital was planned in."""

    plan: Heading
    disbursed: Heading
    year: int | None


def sort_rows(block: Block, numbers: Numbers) -> Rows:
    """Part the lines from the group and total rows, and report the latter once."""
    candidates = _candidates(block)
    sums = _Sums(block, numbers, candidates)
    rows = Rows()
    for i in range(len(block.rows)):
        if i not in candidates:
            rows.lines.append(i)
        elif sums.has_money(i) and not sums.adds_up(i) and not _owner_empty(block, block.rows[i]):
            _ask_total(block, i)
        elif not sums.has_money(i) or sums.adds_up(i) or sums.styles[i] in {"total", "roman", "letter"}:
            rows.groups.append(i)
        else:
            # money that nothing explains: a line whose owner was forgotten, not a heading
            rows.lines.append(i)
    _report_groups(block, sums, rows.groups)
    return rows


def _candidates(block: Block) -> set[int]:
    """Rows that say of no line who owns it: all the columns that would are empty."""
    headings = [heading for name in _SAYS_WHO if (heading := block.heading(name)) is not None]
    headings += [h for h in block.headings if h.doubt is not None and "stage" in h.doubt.columns]
    blank_is_telling = any(heading.column == "owner" for heading in headings)
    return {
        i
        for i, row in enumerate(block.rows)
        if (blank_is_telling and all(empty(block.cell(row, heading)) for heading in headings))
        or _style(block, i) == "total"
    }


def _ask_total(block: Block, i: int) -> None:
    """Ask about a row named like a total, with an owner, that adds nothing up."""
    project = block.heading("project")
    block.report(
        "total-unclear",
        "error",
        (
            f"“{_name(block, i)}” có tên như dòng tổng nhưng không bằng tổng các dòng: là dòng tổng hay dòng vốn?",
            f"“{_name(block, i)}” is named like a total and adds nothing up: a total row or a line?",
        ),
        (
            "dòng tổng: sửa số, hoặc để trống chủ đầu tư; dòng vốn: ghi mã dự án",
            "a total: correct it, or leave the owner empty; a line: give its project id",
        ),
        heading=project,
        row=block.rows[i],
        value=_name(block, i),
    )


def _name(block: Block, i: int) -> str:
    """Return the name in a row: under the project's header, else the first text of its first three cells."""
    row = block.rows[i]
    project = block.heading("project")
    if project is not None and not empty(cell := block.cell(row, project)):
        return str(cell)
    texts = (cell for cell in block.sheet.rows[row][:3] if isinstance(cell, str) and cell.strip())
    return next(texts, "")


def _named_total(block: Block, i: int) -> bool:
    """Whether a row is named like a total and has no project id, whoever is said to own it."""
    code = block.heading("project_id")
    if code is not None and not empty(block.cell(block.rows[i], code)):
        return False
    return _TOTAL_NAME.fullmatch(fold(_name(block, i))) is not None


def _style(block: Block, i: int) -> str:
    """How a row is numbered: total, roman, letter, number, part, or nothing."""
    row = block.rows[i]
    texts = [cell for cell in block.sheet.rows[row][:3] if isinstance(cell, str)]
    if any(_TOTAL.match(fold(text)) for text in texts) and _owner_empty(block, row):
        return "total"
    if _named_total(block, i):
        return "total"
    order = next((heading for heading in block.headings if heading.folded.key in _ORDER), None)
    mark = str(block.cell(row, order)).strip(" .") if order is not None else ""
    match = _MARK.fullmatch(mark)
    return str(match.lastgroup) if match is not None else ""


def _owner_empty(block: Block, row: int) -> bool:
    owner = block.heading("owner")
    return owner is None or empty(block.cell(row, owner))


class _Sums:
    """Running sums of the lines, to see which rows a group row adds up."""

    def __init__(self, block: Block, numbers: Numbers, candidates: set[int]) -> None:
        self.block = block
        self.numbers = numbers
        # columns of the whole project are repeated on its lines, so their totals need not re-add
        self.headings = [heading for heading in numbers.headings if heading.column in {"plan", "disbursed"}]
        self.running = [self._running(heading, candidates) for heading in self.headings]
        self.edges = [*sorted(candidates), len(block.rows)]
        self.styles = {i: _style(block, i) for i in self.edges[:-1]}
        self.edge_of: dict[int, list[int]] = {}
        for edge in self.edges if self.headings else []:
            self.edge_of.setdefault(self.running[0][edge], []).append(edge)

    def _running(self, heading: Heading, candidates: set[int]) -> list[int]:
        sums = [0]
        for i in range(len(self.block.rows)):
            sums.append(sums[-1] + (0 if i in candidates else self.numbers.at(heading, i) or 0))
        return sums

    def has_money(self, i: int) -> bool:
        """Whether the row states a plan or a disbursement other than nothing."""
        return any(self.numbers.at(heading, i) for heading in self.headings)

    def adds_up(self, i: int) -> bool:
        """Whether the row's plan is the sum of the lines up to some later group row, or of all above it."""
        return bool(self._spans(i))

    def _spans(self, i: int) -> list[tuple[int, int]]:
        stated = self.numbers.at(self.headings[0], i) or 0
        sums = self.running[0]
        spans = [(i + 1, edge) for edge in self.edge_of.get(sums[i] + stated, ()) if edge > i]
        spans += [(edge, i) for edge in (0, *self.edge_of.get(sums[i] - stated, ())) if edge <= i]
        return [span for span in spans if sums[span[1]] - sums[span[0]] == stated]

    def differences(self, i: int) -> list[tuple[Heading, int, int]]:
        """Return what the row states and what its lines add up to, for each column where they differ."""
        below = [(i + 1, edge) for edge in self.edges if edge > i]
        spans = self._spans(i) or [self._own_span(i), *below[:50]]
        return min((self._differences(i, span) for span in spans), key=len)

    def _differences(self, i: int, span: tuple[int, int]) -> list[tuple[Heading, int, int]]:
        found = []
        for heading, sums in zip(self.headings, self.running, strict=True):
            stated, added = self.numbers.at(heading, i), sums[span[1]] - sums[span[0]]
            if stated is not None and stated != added:
                found.append((heading, stated, added))
        return found

    def _own_span(self, i: int) -> tuple[int, int]:
        """Up to the next row of its level or a higher one; levels come in the order they first appear."""
        levels = list(dict.fromkeys(self.styles.values()))
        own = levels.index(self.styles[i])
        if levels[own] == "total":
            return (0, len(self.block.rows))
        ends = (edge for edge, style in self.styles.items() if edge > i and levels.index(style) <= own)
        return (i + 1, next(ends, len(self.block.rows)))


def _report_groups(block: Block, sums: _Sums, groups: Sequence[int]) -> None:
    if groups:
        listed = ", ".join(str(block.rows[i] + 1) for i in groups[:40]) + (" …" if len(groups) > 40 else "")
        block.report(
            "group-rows",
            "note",
            (
                f"{len(groups)} dòng nhóm, tổng cộng hoặc ghi chú không phải là dòng vốn: {listed}",
                f"{len(groups)} group, total or remark rows are not lines: {listed}",
            ),
            value=listed,
        )
    for i in groups:
        if sums.has_money(i):
            for heading, stated, added in sums.differences(i):
                block.report(
                    "subtotal",
                    "warning",
                    (
                        f"dòng tổng ghi {format_dong(stated)} đồng, các dòng cộng lại {format_dong(added)}",
                        f"the total row states {stated:,} đồng, its lines add up to {added:,}",
                    ),
                    ("kiểm tra dòng thiếu, dòng thừa hoặc số cộng", "look for missing or extra rows"),
                    heading=heading,
                    row=block.rows[i],
                    value=stated,
                )


def carried_pairs(block: Block) -> list[Carried]:
    """Return the carried-over pairs of *block*; a plan without its disbursement is reported once."""
    plans = [heading for heading in block.headings if heading.column == "plan" and heading.carried]
    paid = [heading for heading in block.headings if heading.column == "disbursed" and heading.carried]
    own = [h for h in block.headings if h.column in {"plan", "disbursed"} and not h.carried]
    if len(plans) == 1 and not paid and [heading.column for heading in own] == ["disbursed"]:
        # a sheet of carried-over capital alone: its only disbursement is of that capital
        paid = own
    pairs = []
    for plan in plans:
        year = _carried_year(plan, block.year)
        same = [h for h in paid if _carried_year(h, block.year) == year] or (paid if len(plans) == 1 else [])
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
        pairs.append(Carried(plan, same[0], year))
    return pairs


def _carried_year(heading: Heading, year: int | None) -> int | None:
    stated = [int(found) for found in heading.folded.years]
    if stated:
        return min(stated)
    return year - 1 if year is not None else None


def copied_to_carried(block: Block) -> list[str]:
    """Return the columns a carried-over line shares with its row: who and what, no money of this year."""
    return [
        column.name
        for column in block.table.columns
        if column.name not in {"line_id", "plan_year"}
        and (column.type is not Type.MONEY or column.per_project or column.per_source)
    ]
