"""Which rows of a block are lines, and which group them, add them up or only remark."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from phanbo.tables.layout.bare_sources import ask_source, bare_sources
from phanbo.tables.layout.block import empty
from phanbo.tables.layout.numbering import parted
from phanbo.tables.layout.telling import Mark, Told, read_mark, told
from phanbo.tables.layout.totals import Sums
from phanbo.tables.schema.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from phanbo.money import Bools, Ints
    from phanbo.tables.layout.amounts import Numbers
    from phanbo.tables.layout.block import Block
    from phanbo.tables.layout.columns import Columns
    from phanbo.tables.layout.headers import Heading

__all__ = ["Group", "Rows", "sort_rows"]

_TOTAL = re.compile(r"(?:tổng|cộng|toàn tỉnh)\b")
_TOTAL_NAME = re.compile(
    r"(?:tổng|cộng|toàn tỉnh)"
    r"(?:[ :(.,-]+(?:số|cộng|hợp|vốn|các|nguồn|ngân sách|ns\w*|kế hoạch|chung|toàn|dự án|[ivx]+|[a-z]|\d+)\b.*)?[ :.]*"
)
"""A name that no project has; the wider `_TOTAL` counts only where the owner is empty."""

_TOTAL_STARTS = frozenset({"tổ", "tô", "to", "tỏ", "cộ", "cô", "co", "cọ"})
"""How such a name may begin, accents composed or not: so that the rest need not be folded."""

_TOTAL_START = re.compile(r"\0[ \t\n\xa0\-+*.]*[tc][ổôoỏộọ]", re.IGNORECASE)
"""Finds whether any of many texts begins so."""

_ORDER = frozenset({"stt", "tt", "số tt", "số thứ tự"})
_SAYS_WHO = ("owner", "stage", "source", "project_id")
_HIGH = frozenset({"total", "roman", "letter"})


@dataclass(frozen=True, slots=True)
class Group:
    """A row that is no line: its position in ``block.rows``, numbering, name, and what that may tell.

    A *bare* one has no name but that of a source, in the source's own column.
    """

    at: int
    mark: Mark
    name: str
    readings: tuple[Told, ...] = ()
    total: bool = False
    money: bool = False
    bare: bool = False

    @property
    def style(self) -> str:
        """Its numbering, or ``"total"``."""
        return "total" if self.total else self.mark.style

    @property
    def sure(self) -> bool:
        """Whether no project is called so."""
        return len(self.readings) == 1 and self.readings[0].sure


@dataclass(slots=True)
class Rows:
    """Positions in ``block.rows``: the lines, and the rows that only group them or add them up.

    Attributes
    ----------
    lines : ndarray of int
        The lines, in order.
    groups : list of Group
        The other rows that are something, in order.
    parents : dict of int to int
        Lines that are a project's money from one source, to the row of that project above them.
    children : list of Group
        What those lines tell.
    wholes : dict of int to int
        Groups that are a project's common row above its numbered parts, to the position after the last of these.
    """

    lines: Ints
    groups: list[Group] = field(default_factory=list)
    parents: dict[int, int] = field(default_factory=dict)
    children: list[Group] = field(default_factory=list)
    wholes: dict[int, int] = field(default_factory=dict)


def sort_rows(
    block: Block, columns: Columns, numbers: Numbers, owners: AbstractSet[str] = frozenset()
) -> Rows:
    """Part the lines from the group and total rows, and say once which those are."""
    candidates = _candidates(block, columns, numbers)
    plain = np.ones(len(columns), dtype=np.bool_)
    plain[[group.at for group in candidates]] = False
    if not candidates:
        return Rows(np.flatnonzero(plain))
    known = owners | _owners(block, columns)
    sums = Sums(block, numbers, plain)
    seen = [_seen(block, sums, group, known) for group in candidates]
    fits = _Fits(sums, [group.at for group in seen], len(columns))
    # "Tổng vốn NSTW" over the lines it adds up heads them, as a group row does
    seen = [replace(each, total=False) if _heads_source(each, fits) else each for each in seen]
    rows = Rows(np.zeros(0, dtype=np.int64))
    rows.parents = _children(block, columns, sums, fits, seen, plain)
    if rows.parents:
        plain[[*rows.parents]] = True
        plain[[*rows.parents.values()]] = False
        sums = Sums(block, numbers, plain)
        fits = _Fits(sums, [group.at for group in seen], len(columns))
    wholes = parted(block, columns, (group.at for group in seen if not group.total and not group.sure))
    for group in seen:
        if group.at in rows.parents:
            rows.children.append(group)
            continue
        if group.bare and group.money and not fits.below(group.at):
            ask_source(block, group.at, group.name)
        elif group.at in wholes:
            rows.wholes[group.at] = wholes[group.at]
            rows.groups.append(group)
        elif group.total and group.money and not fits.adds_up(group.at) and _owned(block, columns, group.at):
            _ask_total(block, group)
        elif not group.money or fits.adds_up(group.at) or group.style in _HIGH or group.sure:
            rows.groups.append(group)
        else:
            # money that nothing explains: a line whose owner was forgotten, not a heading
            plain[group.at] = True
    for parent in dict.fromkeys(rows.parents.values()):
        rows.groups.append(Group(parent, Mark(), _name(block, parent), money=sums.has_money(parent)))
    rows.groups.sort(key=lambda group: group.at)
    rows.lines = np.flatnonzero(plain)
    return rows


def _heads_source(group: Group, fits: _Fits) -> bool:
    tells = len(group.readings) == 1 and group.readings[0].column == "source"
    return group.total and tells and group.money and fits.below(group.at) and not fits.above(group.at)


def _owners(block: Block, columns: Columns) -> set[str]:
    owner = block.heading("owner")
    return (
        set() if owner is None else {fold(str(cell)) for cell in set(columns.cells(owner)) if not empty(cell)}
    )


def _seen(block: Block, sums: Sums, group: Group, owners: AbstractSet[str]) -> Group:
    readings = () if group.total else told(group.name, block.year, owners)
    if group.total:
        plain = re.sub(r"(?i)^(?:tổng(?: cộng)?|cộng)(?: số)?[ :]*", "", group.name)
        readings = told(plain, block.year, owners) if plain else ()
    if group.bare:
        readings = (Told("source", group.name, sure=True),)
    return replace(group, readings=readings, money=sums.has_money(group.at))


def _candidates(block: Block, columns: Columns, numbers: Numbers) -> list[Group]:
    """Rows that say of no line who owns it: all the columns that would are empty; and those named like a total."""
    headings = [heading for name in _SAYS_WHO if (heading := block.heading(name)) is not None]
    headings += [h for h in block.headings if h.doubt is not None and "stage" in h.doubt.columns]
    filled = {h.column or "stage": columns.filled(h) for h in headings if columns.filled(h).any()}
    total = _named_totals(block, columns)
    blank = np.zeros(len(columns), dtype=np.bool_)
    if "owner" in filled or "project_id" in filled:
        blank = ~np.logical_or.reduce(list(filled.values()))
    elif block.heading("project") is not None:
        blank = _marked(block, columns)
        if filled:
            said = np.logical_or.reduce(list(filled.values()))
            blank[[*parted(block, columns, np.flatnonzero(~said).tolist())]] = True
            blank &= ~said
    bare = bare_sources(block, columns, numbers)
    order, source = _order(block), block.heading("source")
    found = []
    previous = ""
    for i in np.flatnonzero(blank | total | bare).tolist():
        cell = block.cell(block.rows[i], order) if order is not None else ""
        told_by = (
            str(block.cell(block.rows[i], source)) if source is not None and bare[i] else _name(block, i)
        )
        mark, name = read_mark("" if empty(cell) else str(cell), told_by)
        if bare[i] and _TOTAL_NAME.fullmatch(fold(name)):
            bare[i], total[i] = False, True
        if mark.style == "roman" and len(mark.text) == 1 and previous and ord(mark.text) == ord(previous) + 1:
            mark = Mark("letter", mark.text)
        previous = mark.text if mark.style == "letter" else previous
        found.append(Group(i, mark, name, total=bool(total[i]), bare=bool(bare[i] and not total[i])))
    return found


def _order(block: Block) -> Heading | None:
    return next((heading for heading in block.headings if heading.folded.key in _ORDER), None)


def _marked(block: Block, columns: Columns) -> Bools:
    """Where no column says who owns a line: rows numbered by letters or Roman figures, or surely named a group."""
    project, order = block.heading("project"), _order(block)
    found = np.zeros(len(columns), dtype=np.bool_)
    marks = columns.cells(order) if order is not None else np.full(len(columns), "", dtype=object)
    names = columns.cells(project) if project is not None else marks
    for i, (cell, name) in enumerate(zip(marks, names, strict=True)):
        mark, text = read_mark(
            "" if empty(cell) else str(cell), _name(block, i) if empty(name) else str(name)
        )
        readings = told(text, block.year, frozenset())
        found[i] = mark.style in _HIGH or (len(readings) == 1 and readings[0].sure)
    return found


def _named_totals(block: Block, columns: Columns) -> Bools:
    """Rows named like a total: with no project id, or with no owner where the table has a column of owners."""
    owner, code = block.heading("owner"), block.heading("project_id")
    found = np.zeros(len(columns), dtype=np.bool_)
    for i in sorted(set(_maybe_totals(block))):
        texts = [fold(cell) for cell in block.sheet.rows[block.rows[i]][:3] if isinstance(cell, str)]
        no_owner = owner is not None and not columns.filled(owner)[i]
        no_code = code is None or not columns.filled(code)[i]
        name = read_mark("", _name(block, i))[1]
        found[i] = (no_owner and any(_TOTAL.match(text) for text in texts)) or (
            no_code and _TOTAL_NAME.fullmatch(fold(name)) is not None
        )
    return found


def _maybe_totals(block: Block) -> Iterable[int]:
    project = block.heading("project")
    places = {*range(3), *([project.index] if project is not None else [])}
    for index in places & set(range(len(block.sheet.columns))):
        texts = block.sheet.texts(index)
        if not _TOTAL_START.search("\0".join(["", *texts])):
            continue
        starts = {cell for cell in texts if cell.lstrip(" \t\n\xa0-+*.")[:2].lower() in _TOTAL_STARTS}
        column = block.sheet.columns[index]
        if starts:
            yield from (i for i, row in enumerate(block.rows) if column[row] in starts)


def _name(block: Block, i: int) -> str:
    """Return the name in a row: under the project's header, else the first text of its first three cells."""
    row = block.rows[i]
    project = block.heading("project")
    if project is not None and not empty(cell := block.cell(row, project)):
        return str(cell)
    texts = [cell for cell in block.sheet.rows[row][:3] if isinstance(cell, str) and cell.strip()]
    return next((text for text in texts if not read_mark(text, "")[0].style), texts[0] if texts else "")


def _owned(block: Block, columns: Columns, i: int) -> bool:
    owner = block.heading("owner")
    return owner is not None and bool(columns.filled(owner)[i])


class _Fits:
    """Which rows add up the lines next to them, up to some other row that is no line."""

    def __init__(self, sums: Sums, edges: list[int], count: int) -> None:
        self.sums = sums
        self.edge_of: dict[int, list[int]] = {}
        for edge in [*edges, count] if sums.headings else []:
            self.edge_of.setdefault(int(sums.running[0][edge]), []).append(edge)

    def adds_up(self, i: int) -> bool:
        """Whether the row's plan is the sum of the lines up to some later edge, or from an earlier one."""
        return self.below(i) or self.above(i)

    def below(self, i: int) -> bool:
        """Whether the row's plan is the sum of the lines below it, up to some later edge."""
        held, stated = self._stated(i)
        return any(edge > i for edge in self.edge_of.get(held + stated, ()))

    def above(self, i: int) -> bool:
        """Whether the row's plan is the sum of the lines above it, from some earlier edge or the first one."""
        held, stated = self._stated(i)
        return held == stated or any(edge <= i for edge in self.edge_of.get(held - stated, ()))

    def _stated(self, i: int) -> tuple[int, int]:
        if not self.sums.headings:
            return 0, 0
        return int(self.sums.running[0][i]), self.sums.numbers.at(self.sums.headings[0], i) or 0


def _children(
    block: Block, columns: Columns, sums: Sums, fits: _Fits, groups: list[Group], plain: Bools
) -> dict[int, int]:
    """Rows under a project that part its money by source, and the project's row.

    The project's own source is empty, and the rows add up to it; where they do not, only rows that head no lines
    of their own count.
    """
    source = block.heading("source")
    found: dict[int, int] = {}
    by_place = {group.at: group for group in groups}
    heads = {group.mark.level for group in groups if fits.below(group.at) and not _last(group.at, plain)}
    for group in groups:
        parent = group.at - 1
        if parent < 0 or not plain[parent] or (source is not None and columns.filled(source)[parent]):
            continue
        run: list[Group] = []
        while (child := by_place.get(parent + 1 + len(run))) is not None and _is_child(child):
            if child.bare and fits.below(child.at):
                break  # it heads lines
            run.append(child)
        if not any(child.money for child in run) or not sums.headings:
            continue
        whole = sums.numbers.at(sums.headings[0], parent) or 0
        parts = sum(sums.numbers.at(sums.headings[0], child.at) or 0 for child in run)
        if parts != whole:
            end = run[-1].at
            if whole and (group.mark.level in heads or group.mark.style not in {"dash", "part"}):
                continue
            if not whole and fits.below(end) and not _last(end, plain):
                continue
        found |= {child.at: parent for child in run}
    return found


def _last(i: int, plain: Bools) -> bool:
    """Whether no line follows at once."""
    return i + 1 >= len(plain) or not plain[i + 1]


def _is_child(group: Group) -> bool:
    return group.style not in _HIGH and len(group.readings) == 1 and group.readings[0].column == "source"


def _ask_total(block: Block, group: Group) -> None:
    """Ask about a row named like a total, with an owner, that adds nothing up."""
    block.report(
        "total-unclear",
        "error",
        (
            f"“{group.name}” có tên như dòng tổng nhưng không bằng tổng các dòng: là dòng tổng hay dòng vốn?",
            f"“{group.name}” is named like a total and adds nothing up: a total row or a line?",
        ),
        (
            "dòng tổng: sửa số, hoặc để trống chủ đầu tư; dòng vốn: ghi mã dự án",
            "a total: correct it, or leave the owner empty; a line: give its project id",
        ),
        heading=block.heading("project"),
        row=block.rows[group.at],
        value=group.name,
    )
