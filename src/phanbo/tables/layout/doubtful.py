"""Headers that could mean two things, settled by the values below them, or asked about: never guessed."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from phanbo.tables.layout.adjusted import check_moves, settle_plans, settle_proposed
from phanbo.tables.layout.block import BY_HAND, empty
from phanbo.tables.layout.headers import suggest
from phanbo.tables.schema.vocabulary import CLASSES, fold, stage_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phanbo.tables.layout.amounts import Numbers
    from phanbo.tables.layout.block import Block
    from phanbo.tables.layout.headers import Heading

__all__ = ["settle"]

_ADJUSTED = re.compile(r"điều chỉnh|\bđ ?c\b|\b(?:sau|đã) bổ sung")


def settle(block: Block, numbers: Numbers, lines: Sequence[int]) -> None:
    """Give every doubtful header of *block* its column, or report why it has none.

    *lines* are the positions in ``block.rows`` that hold lines (no groups, no totals).
    """
    past = settle_plans(block)
    for heading in list(block.headings):
        if heading.doubt is None:
            continue
        if heading.doubt.settle == "proposed":
            settle_proposed(block, heading, past=past)
        elif heading.doubt.settle == "alone":
            _settle_disbursed(block, heading, numbers, lines)
        elif "project_class" in heading.doubt.columns:
            _settle_class(block, heading, lines)
        elif heading.doubt.settle == "values":
            _settle_allocated(block, heading, numbers, lines)
        else:
            severity = "error" if heading.doubt.settle == "ask" else "note"
            block.tell(heading, severity)
    if past:
        check_moves(block, numbers, lines)
    _refuse_twice(block)
    _report_unused(block)


def _settle_disbursed(block: Block, heading: Heading, numbers: Numbers, lines: Sequence[int]) -> None:
    """Take a bare *Lũy kế giải ngân* only if it stands alone and stays within the plan on every row."""
    if block.heading("disbursed") is not None and not all(
        other.carried for other in block.headings if other.column == "disbursed"
    ):
        block.tell(heading, "note")
        return
    plan = block.heading("plan")
    pairs = [(numbers.at(heading, i), numbers.at(plan, i), i) for i in lines] if plan is not None else []
    above = [i for paid, planned, i in pairs if paid is not None and planned is not None and paid > planned]
    if plan is None or above or block.heading("disbursed_since_start") is not None:
        block.tell(heading, "error")
    else:
        block.take(heading, "disbursed")


def _settle_class(block: Block, heading: Heading, lines: Sequence[int]) -> None:
    """*Nhóm dự án*: A, B, C is the class, hoàn thành, chuyển tiếp… the stage; mixed is an error."""
    classes = {word for code, words in CLASSES for word in (code.casefold(), *words)}
    held = block.sheet.columns[heading.index]
    texts = {fold(str(cell)) for cell in {held[block.rows[i]] for i in lines} if not empty(cell)}
    are_classes = {text for text in texts if text in classes}
    are_stages = {text for text in texts - are_classes if stage_of(text, block.year or 0)}
    if texts and are_classes == texts:
        block.take(heading, "project_class")
    elif texts and are_stages == texts:
        block.take(heading, "stage")
    elif texts:
        block.tell(heading, "error" if are_classes and are_stages else "warning")


def _settle_allocated(block: Block, heading: Heading, numbers: Numbers, lines: Sequence[int]) -> None:
    """Let an allocation without a year close the year before if a value is below this year's plan."""
    if any(other.column in {"allocated_to_date", "allocated_before"} for other in block.headings):
        block.tell(heading, "note")
        return
    plan = block.heading("plan")
    pairs = [(numbers.at(heading, i), numbers.at(plan, i)) for i in lines] if plan is not None else []
    if any(held is not None and planned is not None and held < planned for held, planned in pairs):
        block.take(heading, "allocated_before")
    else:
        block.tell(heading, "error")


def _refuse_twice(block: Block) -> None:
    """Two headers of one column are an error that shows both; the first is kept."""
    first: dict[tuple[object, ...], Heading] = {}
    for place, heading in enumerate(block.headings):
        if not heading.column:
            continue
        said = heading.meaning
        years = heading.folded.years if heading.carried else ("own",)
        key = (heading.column, years, (said.source, said.total, said.month) if said is not None else ())
        earlier = first.setdefault(key, heading)
        if earlier is heading:
            continue
        if heading.column != "ratio":
            block.report(
                "header-twice",
                "error",
                (
                    f"hai cột cùng là {heading.column}: “{earlier.text}” và “{heading.text}”",
                    f"two headers mean {heading.column}: “{earlier.text}” and “{heading.text}”",
                ),
                BY_HAND,
                heading=heading,
                value=heading.text,
            )
        block.headings[place] = replace(heading, column="", meaning=None, meanings=())


def _report_unused(block: Block) -> None:
    """Say which headers were not used: near a known one, of another year, unknown; ask where it may be the plan."""
    taken = {heading.column for heading in block.headings}
    plan = any(heading.column == "plan" and not heading.by_hand for heading in block.headings)
    unknown = []
    for heading in block.headings:
        if heading.column or heading.meaning is not None or heading.text.startswith("_"):
            continue
        near = suggest(heading, block.table)
        if plan and not heading.meanings and _ADJUSTED.search(heading.folded.key):
            block.report(
                "header-adjusted",
                "error",
                (
                    f"không rõ “{heading.text}” là kế hoạch sau điều chỉnh, phần điều chỉnh hay số khác",
                    f"“{heading.text}”: the plan after adjustment, the adjustment, or something else?",
                ),
                (f'{BY_HAND[0]}; "" nếu không dùng', f'{BY_HAND[1]}; "" leaves it out'),
                heading=heading,
                value=heading.text,
            )
        elif heading.meanings:
            year = block.year or "?"
            block.report(
                "header-other-year",
                "warning",
                (
                    f"cột “{heading.text}” nói về năm khác năm kế hoạch {year}: không dùng",
                    f"“{heading.text}” speaks of another year than plan year {year}: not used",
                ),
                BY_HAND,
                heading=heading,
                value=heading.text,
            )
        elif near is not None and near[0] not in taken:
            block.report(
                "header-unknown",
                "warning",
                (
                    f"không nhận ra tiêu đề “{heading.text}”; có phải là “{near[1]}” ({near[0]})?",
                    f"unknown header “{heading.text}”; did you mean {near[0]} (“{near[1]}”)?",
                ),
                BY_HAND,
                heading=heading,
                value=heading.text,
            )
        else:
            unknown.append(heading.text)
    if unknown:
        listed = "; ".join(f"“{text}”" for text in unknown)
        block.report(
            "headers-unused", "note", (f"các cột không dùng: {listed}", f"columns not used: {listed}")
        )
