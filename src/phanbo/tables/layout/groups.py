"""Group rows as a tree: what each heads, what it hands down to its lines, and what it adds up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from phanbo.tables.layout.telling import COLUMNS, differs
from phanbo.tables.layout.totals import Total

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from phanbo.money import Bools, Ints
    from phanbo.tables.layout.block import Block
    from phanbo.tables.layout.columns import Columns
    from phanbo.tables.layout.rows import Group, Rows
    from phanbo.tables.layout.telling import Told

__all__ = ["Carried", "Tree", "hand", "hand_down", "plant", "report_rows"]

_LEVELS = frozenset({"source", "sector", "stage", "programme", "owner"})
_NEEDED = ("source", "stage", "owner")
_LISTED = 20
_LABELLED = "“Nguồn vốn: …”, “Loại dự án: …”, “Chủ đầu tư: …”"


@dataclass(slots=True)
class Carried:
    """What group rows say of each row of the block, and which of them said it (-1: none)."""

    texts: NDArray[Any]
    by: Ints


@dataclass(slots=True)
class _Frame:
    """A group row that still stands over the rows below it."""

    group: Group
    level: str
    end: int = -1
    doubt: Group | None = None


@dataclass(slots=True)
class Tree:
    """The group rows of a block in their order.

    Attributes
    ----------
    carried : dict of str to Carried
        By column, what the groups hand down.
    totals : list of Total
        The rows that state amounts, and the lines they may add up.
    unclear : list of (Group, first, last, columns)
        Groups that could mean several things, and the rows that would need to know which.
    silent : list of Group
        Groups whose text is handed down nowhere.
    """

    carried: dict[str, Carried] = field(default_factory=dict)
    totals: list[Total] = field(default_factory=list)
    unclear: list[tuple[Group, int, int, tuple[str, ...]]] = field(default_factory=list)
    silent: list[Group] = field(default_factory=list)


def plant(rows: Rows, count: int) -> Tree:
    """Return the tree of the groups in a block of *count* rows.

    A group reaches down to the next one of its level or a higher one. Levels are told by the numbering, and where
    there is none by what the group tells; a level is below those that stood when it first came.
    """
    tree = Tree()
    last_child = {parent: child for child, parent in rows.parents.items()}
    others = [group for group in rows.groups if group.at not in last_child]
    frames, around = _frames([group for group in others if group.at not in rows.wholes], count)
    wholes = [
        _Frame(group, _level(group), _past(rows.wholes[group.at], rows.parents))
        for group in others
        if group.at in rows.wholes
    ]
    for frame in (*frames.values(), *wholes):
        _take(tree, frame, count)
    ends = {frame.group.at: frame.end for frame in wholes}
    heads = [*(group.at for group in others if not group.total), count]
    marks = [*(group.at for group in others), count]
    for group in rows.groups:
        if not group.money:
            continue
        if group.at in last_child:
            spans = [(group.at + 1, last_child[group.at] + 1)]
            tree.totals.append(Total(group.at, "group", group.name, spans, certain=True))
        elif group.at in ends:
            spans = [(group.at + 1, ends[group.at])]
            tree.totals.append(Total(group.at, "group", group.name, spans, certain=True))
        elif group.at in frames:
            tree.totals.append(_head(group, frames[group.at].end, heads))
        else:
            tree.totals.append(_footer(group, around[group.at], marks, count))
    for child in rows.children:
        hand(tree, child.readings[0], [child.at], rows.parents[child.at], count)
    return tree


def _past(end: int, parents: dict[int, int]) -> int:
    """Return where parts end: past the rows that part the last one's money by source."""
    while end in parents:
        end += 1
    return end


def _frames(groups: Sequence[Group], count: int) -> tuple[dict[int, _Frame], dict[int, list[_Frame]]]:
    """Return the groups that head rows, with where they end, and those that stand over each group."""
    stack: list[_Frame] = []
    ranks: list[str] = []
    frames: dict[int, _Frame] = {}
    around: dict[int, list[_Frame]] = {}
    for group in groups:
        around[group.at] = list(stack)
        if group.total:
            continue
        level = _level(group)
        if not level:
            _doubt(stack, group)
            continue
        if level not in ranks:
            ranks.insert(ranks.index(stack[-1].level) + 1 if stack else 0, level)
        while stack and ranks.index(stack[-1].level) >= ranks.index(level):
            stack.pop().end = group.at
        frames[group.at] = _Frame(group, level)
        stack.append(frames[group.at])
    for frame in stack:
        frame.end = count
    return frames, around


def _head(group: Group, end: int, edges: list[int]) -> Total:
    """A total above its lines: of the rows it heads; without number or meaning, of rows up to some other."""
    below = [(group.at + 1, edge) for edge in edges if edge > group.at][:50]
    certain = bool(group.mark.style) or bool(group.readings)
    return Total(group.at, _named_level(group), group.name, [(group.at + 1, end), *below], certain=certain)


def _level(group: Group) -> str:
    """Return the name of a group's level: its numbering, else what it tells; ``""`` where nothing says it."""
    if group.mark.style:
        return group.mark.level
    return " ".join(sorted({told.column for told in group.readings}))


def _named_level(group: Group) -> str:
    columns = {told.column for told in group.readings}
    return columns.pop() if len(columns) == 1 and columns <= _LEVELS else "group"


def _doubt(stack: list[_Frame], group: Group) -> None:
    """A text without number that tells nothing, below groups without numbers, may end them or not."""
    if not group.money:
        return  # a remark
    for frame in stack:
        if not frame.group.mark.style and frame.doubt is None:
            frame.doubt = group


def _footer(group: Group, around: list[_Frame], edges: list[int], count: int) -> Total:
    """A total named so: of the whole table, or of a group that ends with it, or of rows next to it."""
    whole = (0, count)
    level = _named_level(group)
    inside = [(frame.group.at + 1, group.at) for frame in reversed(around)]
    above = [(edge, group.at) for edge in (0, *edges) if edge < group.at][-50:]
    below = [(group.at + 1, edge) for edge in edges if edge > group.at][:50]
    spans = [whole, *inside, *above, *below]
    return Total(group.at, level if level != "group" else "all", group.name, spans)


def _take(tree: Tree, frame: _Frame, count: int) -> None:
    """Hand down what the group of *frame* tells, or remember that it is not clear what."""
    group, readings = frame.group, frame.group.readings
    first, last = group.at + 1, frame.end
    if not readings:
        tree.silent.append(group)
    elif len(readings) > 1:
        tree.unclear.append((group, first, last, tuple(told.column for told in readings)))
        _clear(tree, [told.column for told in readings], first, last)
    else:
        if frame.doubt is not None:
            tree.unclear.append((frame.doubt, frame.doubt.at + 1, last, (readings[0].column,)))
            last = frame.doubt.at + 1
        hand(tree, readings[0], slice(first, last), group.at, count)


def hand(tree: Tree, told: Told, places: list[int] | slice, by: int, count: int) -> None:
    """Let the row at *by* say *told* of the rows at *places*, of *count* rows in all."""
    if told.column not in tree.carried:
        empty = Carried(np.full(count, None, dtype=object), np.full(count, -1, dtype=np.int64))
        tree.carried[told.column] = empty
    carried = tree.carried[told.column]
    carried.texts[places] = told.value
    carried.by[places] = by


def _clear(tree: Tree, names: list[str], first: int, last: int) -> None:
    """Take back what an outer group said of a column that an unclear one may say otherwise."""
    for name in names:
        if name in tree.carried:
            tree.carried[name].texts[first:last] = None
            tree.carried[name].by[first:last] = -1


def hand_down(block: Block, columns: Columns, rows: Rows, tree: Tree) -> None:
    """Say what the groups hand down, where a line says otherwise, and ask where a line needs an unclear one."""
    lines = np.zeros(len(columns), dtype=np.bool_)
    lines[rows.lines] = True
    by_place = {group.at: group for group in rows.groups}
    for name in COLUMNS:
        if name in tree.carried:
            _tell_column(block, columns, lines, tree.carried[name], name, by_place)
    for group, first, last, names in tree.unclear:
        needing = [
            name
            for name in names
            if name in _NEEDED and _needed(block, columns, tree, lines, name, (first, last))
        ]
        listed = [name for name in names if name in COLUMNS]
        _tell_unclear(block, group, listed, needing)
    if tree.silent:
        texts = "; ".join(f"“{group.name}” ({block.rows[group.at] + 1})" for group in tree.silent[:_LISTED])
        texts += " …" if len(tree.silent) > _LISTED else ""
        block.report(
            "group-text",
            "note",
            (
                f"dòng nhóm không nói về nguồn, lĩnh vực, loại dự án hay chủ đầu tư, không điền vào đâu: {texts}",
                f"group rows that tell no source, sector, stage or owner are carried nowhere: {texts}",
            ),
            value=texts,
        )


def _own(block: Block, columns: Columns, name: str) -> Bools:
    heading = block.heading(name)
    return columns.filled(heading) if heading is not None else np.zeros(len(columns), dtype=np.bool_)


def _needed(
    block: Block, columns: Columns, tree: Tree, lines: Bools, name: str, span: tuple[int, int]
) -> bool:
    lacking = lines & ~_own(block, columns, name)
    if name in tree.carried:
        lacking &= tree.carried[name].by < 0
    return bool(lacking[span[0] : span[1]].any())


def _tell_column(
    block: Block, columns: Columns, lines: Bools, carried: Carried, name: str, groups: dict[int, Group]
) -> None:
    own = _own(block, columns, name)
    taken = lines & ~own & (carried.by >= 0)
    if taken.any():
        places, counts = np.unique(carried.by[taken], return_counts=True)
        shown = [
            f"{block.rows[at] + 1} “{carried.texts[np.flatnonzero(taken & (carried.by == at))[0]]}” ({count})"
            for at, count in list(zip(places.tolist(), counts.tolist(), strict=True))[:_LISTED]
        ]
        listed = ", ".join(shown) + (" …" if len(places) > _LISTED else "")
        block.report(
            "group-carried",
            "note",
            (
                f"{name} điền theo dòng nhóm (số dòng vốn): {listed}",
                f"{name} is taken from group rows (lines): {listed}",
            ),
            value=listed,
        )
    heading = block.heading(name)
    if heading is None:
        return
    said = lines & own & (carried.by >= 0)
    cells = columns.cells(heading)
    wrong: dict[int, list[int]] = {}
    seen: dict[tuple[str, int], bool] = {}
    for i in np.flatnonzero(said).tolist():
        key = (str(cells[i]), int(carried.by[i]))
        if key not in seen:
            seen[key] = differs(name, key[0], carried.texts[i], block.year)
        if seen[key]:
            wrong.setdefault(key[1], []).append(i)
    for at, places_ in wrong.items():
        rows_ = ", ".join(str(block.rows[i] + 1) for i in places_[:_LISTED])
        rows_ += " …" if len(places_) > _LISTED else ""
        text = groups[at].name if at in groups else str(carried.texts[places_[0]])
        block.report(
            "group-differs",
            "warning",
            (
                f"{name} của dòng {rows_} khác dòng nhóm {block.rows[at] + 1} “{text}”; giữ như dòng ghi",
                f"{name} in rows {rows_} differs from group row {block.rows[at] + 1} “{text}”; the rows keep theirs",
            ),
            ("xem dòng có nằm đúng nhóm không", "see whether the rows stand in the right group"),
            heading=heading,
            row=block.rows[places_[0]],
            value=str(cells[places_[0]]),
        )


def _tell_unclear(block: Block, group: Group, names: list[str], needing: list[str]) -> None:
    listed, needed = ", ".join(names), ", ".join(needing)
    block.report(
        "group-unclear",
        "error" if needing else "note",
        (
            f"dòng nhóm “{group.name}” có thể nói về {listed}: không rõ, không điền xuống các dòng",
            f"the group row “{group.name}” may tell {listed}: not clear, and carried nowhere",
        ),
        (
            f"thêm cột {needed} cho các dòng, hoặc ghi rõ ở dòng nhóm: {_LABELLED}",
            f"add the column {needed}, or write in the group row: {_LABELLED}",
        )
        if needing
        else ("", ""),
        heading=block.heading("project"),
        row=block.rows[group.at],
        value=group.name,
    )


def report_rows(block: Block, rows: Rows) -> None:
    """Say once which rows are no lines."""
    groups = rows.groups
    if not groups:
        return
    listed = ", ".join(str(block.rows[group.at] + 1) for group in groups[:40])
    listed += " …" if len(groups) > 40 else ""
    block.report(
        "group-rows",
        "note",
        (
            f"{len(groups)} dòng nhóm, tổng cộng hoặc ghi chú không phải là dòng vốn: {listed}",
            f"{len(groups)} group, total or remark rows are not lines: {listed}",
        ),
        value=listed,
    )
