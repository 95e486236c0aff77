"""Layouts in which money would be read twice or in part without a sign of it: the reading asks instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phanbo.money import format_dong
from phanbo.tables.files.sheet import address
from phanbo.tables.layout.block import empty
from phanbo.tables.layout.header_rows import ORDER
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
    order = next((heading for heading in block.headings if heading.folded.key in ORDER), None)
    plan = next((h for h in numbers.headings if h.column == "plan" and not h.carried), None)
    if order is None or plan is None:
        return
    if not any(
        _part_of(cell) for cell in {*block.sheet.columns[order.index]} if cell.__class__ in {str, float}
    ):
        return
    lines = rows.lines.tolist()
    marks = [block.cell(block.rows[i], order) for i in lines]
    parts = [at for at, cell in enumerate(marks) if cell.__class__ in {str, float} and _part_of(cell)]
    runs: dict[int, list[int]] = {}
    for at in parts:
        parent = next(
            (up for up in range(at - 1, max(at - 200, -1), -1) if _mark(marks[up]) == _part_of(marks[at])),
            None,
        )
        if parent is not None:
            runs.setdefault(parent, []).append(at)
    amounts = numbers.amounts(plan)
    for parent, run in runs.items():
        whole = int(amounts[lines[parent]])
        if not whole or whole != sum(int(amounts[lines[at]]) for at in run) or lines[parent] in rows.parents:
            continue
        row = block.rows[lines[parent]]
        cells = ", ".join(address(block.rows[lines[at]], plan.index) for at in run[:20])
        block.report(
            "project-and-parts",
            "error",
            (
                f"{format_dong(whole)} đồng ở đây bằng tổng các dòng con {cells}: vốn bị tính hai lần?",
                f"the {whole:,} đồng here are what its sub-projects in {cells} add up to: counted twice?",
            ),
            (
                "để trống mã, chủ đầu tư, nguồn của dòng chung, hoặc đánh số lại nếu là dự án riêng",
                "leave code, owner and source of the common row empty, or number it otherwise if it stands alone",
            ),
            heading=plan,
            row=row,
            value=whole,
        )


def _mark(cell: object) -> str:
    return "" if empty(cell) else str(cell).strip().removesuffix(".0").rstrip(".")


def _part_of(cell: object) -> str:
    """Return the numbering of what "1.2" is part of: "1"; "" where it is no part."""
    if cell.__class__ is float and cell == cell // 1:
        return ""
    above, dot, last = _mark(cell).rpartition(".")
    return above if dot and last.isdigit() and above.replace(".", "").isdigit() else ""
