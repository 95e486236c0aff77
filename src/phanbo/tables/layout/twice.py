"""Layouts in which money would be read twice or in part without a sign of it: the reading asks instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phanbo.money import format_dong
from phanbo.tables.files.sheet import address
from phanbo.tables.layout.numbering import mark_of, numbers_parts, order_of, part_of
from phanbo.tables.layout.path_words import INTRODUCES
from phanbo.tables.schema.vocabulary import fold

if TYPE_CHECKING:
    from phanbo.tables.layout.amounts import Numbers
    from phanbo.tables.layout.block import Block
    from phanbo.tables.layout.headers import Heading
    from phanbo.tables.layout.rows import Rows

__all__ = ["ask_doubled"]

_WHOLE = frozenset(map(fold, ("Tổng số", "Tổng cộng", "Tổng", "Cộng", "Số tiền", "Số vốn", "Giá trị")))
_USED = frozenset({"plan", "disbursed"})
_FAR = 200
"""Rows further below a project are numbered like its parts by chance."""

_CLEARED = (
    "dòng chung: xóa mã, chủ đầu tư, nguồn, phân loại, giữ số thứ tự, tên, số tiền; dự án riêng: đánh số khác",
    "a common row: clear code, owner, source, stage, keep number, name, amounts; its own: number it otherwise",
)


def ask_doubled(block: Block, numbers: Numbers, rows: Rows) -> None:
    """Ask about header rows read as remarks, sources counted in another one, and sub-projects beside their project."""
    _ask_header_row(block, numbers, rows)
    _ask_of_which(block, numbers)
    _ask_sub_projects(block, numbers, rows)


def _ask_header_row(block: Block, numbers: Numbers, rows: Rows) -> None:
    """A text in the place of money above the first line parts that column: one of its parts would be taken for all."""
    first = int(rows.lines[0]) if len(rows.lines) else 0
    for group in rows.groups:
        if group.at >= first or group.money:
            continue
        row = block.rows[group.at]
        for heading in numbers.headings:
            cell = block.cell(row, heading)
            if heading.column not in _USED or numbers.cells[heading.index].known[group.at]:
                continue
            if isinstance(cell, str) and any(map(str.isalpha, cell)) and fold(cell) not in _WHOLE:
                block.report(
                    "header-row-unread",
                    "error",
                    (
                        f"“{cell}” dưới “{heading.text}”: cột này có phải chỉ là một phần không?",
                        f"“{cell}” below “{heading.text}”: is the column only a part of it?",
                    ),
                    (
                        "xóa dòng này, hoặc ghi đủ tiêu đề từng cột trong một dòng",
                        "delete the row, or write the full header of each column in one row",
                    ),
                    heading=heading,
                    row=row,
                    value=cell,
                )


def _ask_of_which(block: Block, numbers: Numbers) -> None:
    """A source headed "Trong đó: …" right of another one, with no total to settle whether it is part of it."""
    before: dict[tuple[str, bool], Heading] = {}
    totals = {(h.column, h.carried) for h in numbers.headings if h.column and not _source(h)}
    for heading in sorted(numbers.headings, key=lambda each: each.index):
        key = (heading.column, heading.carried)
        if not _source(heading) or heading.column not in _USED or key in totals:
            continue
        left = before.setdefault(key, heading)
        last = fold(heading.path[-1] if heading.path else heading.text)
        if left is not heading and INTRODUCES.search(last) and numbers.told(heading).any():
            block.report(
                "source-of-which",
                "error",
                (
                    f"“{heading.text}” là một phần của cột bên trái hay là nguồn riêng?",
                    f"“{heading.text}”: a part of the column to its left, or a source of its own?",
                ),
                (
                    'một phần: bỏ cột bằng columns={"tiêu đề": ""}; nguồn riêng: bỏ chữ “Trong đó”, hoặc thêm cột “Tổng số”',
                    'a part: leave it out, columns={"header": ""}; its own: drop “Trong đó”, or add a column “Tổng số”',
                ),
                heading=heading,
                value=heading.text,
            )


def _source(heading: Heading) -> str:
    return heading.meaning.source if heading.meaning is not None else ""


def _ask_sub_projects(block: Block, numbers: Numbers, rows: Rows) -> None:
    """Lines 1.1, 1.2 that add up to line 1 above them are its parts: it would count twice."""
    order = order_of(block)
    plan = next((h for h in numbers.headings if h.column == "plan" and not h.carried), None)
    if order is None or plan is None or not numbers_parts(block, order):
        return
    lines = set(rows.lines.tolist())
    runs: dict[int, list[int]] = {}
    last: dict[str, int] = {}
    # the common row of parts stands for them, in what it is itself a part of
    for at in sorted(lines | rows.wholes.keys()):
        mark = mark_of(block.cell(block.rows[at], order))
        whole = last.get(part_of(mark))
        if whole is not None and at - whole <= _FAR:
            runs.setdefault(whole, []).append(at)
        if mark:
            last[mark] = at
    amounts = numbers.amounts(plan)
    for at, run in runs.items():
        amount = int(amounts[at])
        if at in lines and amount and at not in rows.parents and amount == int(amounts[run].sum()):
            _ask_parts(block, plan, at, run, amount)


def _ask_parts(block: Block, plan: Heading, at: int, run: list[int], amount: int) -> None:
    cells = ", ".join(address(block.rows[i], plan.index) for i in run[:20])
    block.report(
        "project-and-parts",
        "error",
        (
            f"{format_dong(amount)} đồng ở đây bằng tổng các dòng con {cells}: vốn bị tính hai lần?",
            f"the {amount:,} đồng here are what its sub-projects in {cells} add up to: counted twice?",
        ),
        _CLEARED,
        heading=plan,
        row=block.rows[at],
        value=amount,
    )
