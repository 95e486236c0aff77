"""Plans before and after adjustment: which is in force, and whether the moves between them add up."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from phanbo.tables.layout.headers import AFTER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phanbo.tables.layout.amounts import Numbers
    from phanbo.tables.layout.block import Block
    from phanbo.tables.layout.headers import Heading

__all__ = ["check_moves", "settle_plans", "settle_proposed"]

_DONE = {"requested_increase": "raised_this_year", "offered_decrease": "cut_this_year"}
_PROPOSED = re.compile(r"(?:đề xuất|đề nghị) (?:điều chỉnh )?(?:tăng|giảm)\b")


def settle_plans(block: Block) -> bool:
    """Where *sau điều chỉnh* stands it is the plan and *đã giao* the initial one; return whether it stands."""
    plans = [heading for heading in block.headings if heading.column == "plan" and not heading.carried]
    sources = dict.fromkeys(_source(heading) for heading in plans)
    known = block.heading("plan_initial") is not None
    past = []
    for source in sources:
        after = [h for h in plans if _source(h) == source and AFTER.search(h.folded.key)]
        given = [h for h in plans if _source(h) == source and h not in after]
        past += [len(after) == 1]
        if len(after) == 1 and len(given) == 1 and not known:
            block.take(given[0], "plan_initial")
    return any(past)


def _source(heading: Heading) -> str:
    return heading.meaning.source if heading.meaning is not None else ""


def _of_source(block: Block, name: str, source: str) -> Heading | None:
    return next((h for h in block.headings if h.column == name and _source(h) == source), None)


def settle_proposed(block: Block, heading: Heading, *, past: bool) -> None:
    """*Điều chỉnh tăng/giảm*: done already where the plan after it stands, else needs and offers."""
    column = heading.doubt.columns[0] if heading.doubt is not None else ""
    column = _DONE[column] if past else column
    if block.heading(column) is None:
        block.take(heading, column)
    else:
        block.tell(heading, "error")


def check_moves(block: Block, numbers: Numbers, lines: Sequence[int]) -> None:
    """Check đã giao + tăng − giảm = sau điều chỉnh on every line of a table with a plan after adjustment."""
    signed = block.heading("adjustment")
    if signed is not None:  # the plan has taken it in already: no needs, no offers
        block.headings[block.headings.index(signed)] = replace(signed, column="adjusted")
    _take_in(block, numbers, lines)
    for source in dict.fromkeys(_source(h) for h in block.headings if h.column == "plan" and not h.carried):
        _check_identity(block, numbers, lines, source)


def _check_identity(block: Block, numbers: Numbers, lines: Sequence[int], source: str) -> None:
    names = ("plan", "plan_initial", "raised_this_year", "adjusted", "cut_this_year")
    plan, given, raised, adjusted, cut = (_of_source(block, name, source) for name in names)
    moves = (raised or adjusted, cut)
    if plan is None or given is None or moves == (None, None):
        return
    for i in _breaks(numbers, block, lines, moves, (given, plan)):
        block.report(
            "adjustment-identity",
            "error",
            (
                "đã giao + tăng − giảm không bằng sau điều chỉnh",
                "initial plan + raised − cut is not the plan after adjustment",
            ),
            (
                "sửa số ở dòng này, hoặc nói rõ từng cột bằng columns=",
                "correct this row, or say what each column is with columns=",
            ),
            heading=plan,
            row=block.rows[i],
            value=block.cell(block.rows[i], plan),
        )


def _take_in(block: Block, numbers: Numbers, lines: Sequence[int]) -> None:
    """Proposed moves that the plan after adjustment has taken in are done: as needs they would count twice."""
    names = ("raised_this_year", "cut_this_year", "adjusted")
    if block.heading("plan_initial") is None or any(block.heading(name) is not None for name in names):
        return
    wanted, offered = (_proposal(block, name) for name in _DONE)
    moves = (wanted, offered)
    plans = (block.heading("plan_initial"), block.heading("plan"))
    if moves == (None, None) or not _breaks(numbers, block, lines, (None, None), plans):
        return
    if None in moves and _breaks(numbers, block, lines, moves, plans):
        return  # an offer or a need of its own, on top of the plan in force
    for heading in moves:
        if heading is None:
            continue
        block.headings[block.headings.index(heading)] = replace(heading, column=_DONE[heading.column])
        block.report(
            "proposal-taken-in",
            "warning",
            (
                f"“{heading.text}” đã nằm trong kế hoạch sau điều chỉnh: hiểu là đã điều chỉnh, không phải nhu cầu mới",
                f"“{heading.text}” is already in the plan after adjustment: read as done, not as a new need",
            ),
            (
                'nếu chưa được duyệt: bỏ cột sau điều chỉnh bằng columns={"tiêu đề": ""}',
                'if not approved yet: leave the column after adjustment out, columns={"header": ""}',
            ),
            heading=heading,
            value=heading.text,
        )


def _proposal(block: Block, name: str) -> Heading | None:
    heading = block.heading(name)
    if heading is None or heading.by_hand or not _PROPOSED.match(heading.folded.key):
        return None
    return heading


def _breaks(
    numbers: Numbers,
    block: Block,
    lines: Sequence[int],
    moves: tuple[Heading | None, Heading | None],
    plans: tuple[Heading | None, Heading | None],
) -> list[int]:
    """Return the lines on which initial plan + raised − cut is not the plan; unreadable ones are left out."""
    given, plan = plans
    parts = [heading for heading in (given, plan, *moves) if heading is not None]
    if plan is None or plan.index not in numbers.cells:
        return []
    start, raised, cut = (
        numbers.amounts(h) if h is not None and h.index in numbers.cells else 0 for h in (given, *moves)
    )
    differ = numbers.cells[plan.index].known & (start + raised - cut != numbers.amounts(plan))
    rows = np.asarray(lines, dtype=np.intp)
    return [
        i
        for i in rows[differ[rows]].tolist()
        if not any(block.unread(i, heading, numbers.at(heading, i)) for heading in parts)
    ]
