"""Headers that could mean two things, settled by the values below them, or asked about: never guessed."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from phanbo.tables.layout.block import empty
from phanbo.tables.layout.headers import suggest
from phanbo.tables.schema.vocabulary import CLASSES, fold, stage_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phanbo.tables.layout.amounts import Numbers
    from phanbo.tables.layout.block import Block
    from phanbo.tables.layout.headers import Heading

__all__ = ["settle"]

_AFTER = re.compile(r"sau (?:khi )?(?:điều chỉnh|bổ sung)")
_BY_HAND = (
    'nói rõ bằng columns={"tiêu đề trong tệp": "tên cột"}',
    'say it with columns={"header in the file": "column"}',
)


def settle(block: Block, numbers: Numbers, lines: Sequence[int]) -> None:
    """Give every doubtful header of *block* its column, or report why it has none.

    *lines* are the positions in ``block.rows`` that hold lines (no groups, no totals).
    """
    after = _settle_plans(block)
    for heading in list(block.headings):
        if heading.doubt is None:
            continue
        if heading.doubt.settle == "proposed":
            _settle_proposed(block, heading, past=after is not None)
        elif heading.doubt.settle == "alone":
            _settle_disbursed(block, heading, numbers, lines)
        elif "project_class" in heading.doubt.columns:
            _settle_class(block, heading, lines)
        elif heading.doubt.settle == "values":
            _settle_allocated(block, heading, numbers, lines)
        else:
            severity = "error" if heading.doubt.settle == "ask" else "note"
            _tell(block, heading, severity)
    if after is not None:
        _check_adjustments(block, numbers, lines)
    _refuse_twice(block)
    _report_unused(block)


def _take(block: Block, heading: Heading, column: str) -> None:
    """Let *heading* mean *column*."""
    place = block.headings.index(heading)
    block.headings[place] = replace(heading, column=column)
    block.report(
        "header-settled",
        "note",
        (
            f"tiêu đề “{heading.text}” được hiểu là {column}",
            f"the header “{heading.text}” is read as {column}",
        ),
        heading=block.headings[place],
        value=heading.text,
    )


def _tell(block: Block, heading: Heading, severity: str) -> None:
    if heading.doubt is None:
        return
    block.report(
        "header-doubtful",
        severity,
        (f"“{heading.text}”: {heading.doubt.ask_vi}", f"“{heading.text}”: {heading.doubt.ask_en}"),
        _BY_HAND if severity == "error" else ("", ""),
        heading=heading,
        value=heading.text,
    )


def _settle_plans(block: Block) -> Heading | None:
    """Where *sau điều chỉnh* stands it is the plan and *đã giao* the initial one; return the former."""
    plans = [heading for heading in block.headings if heading.column == "plan" and not heading.carried]
    after = [heading for heading in plans if _AFTER.search(heading.folded.key)]
    given = [heading for heading in plans if heading not in after]
    if len(after) == 1 and len(given) == 1 and block.heading("plan_initial") is None:
        _take(block, given[0], "plan_initial")
    return after[0] if len(after) == 1 else None


def _settle_proposed(block: Block, heading: Heading, *, past: bool) -> None:
    """*Điều chỉnh tăng/giảm*: done already where the plan after it stands, else needs and offers."""
    column = heading.meaning.doubt.columns[0] if heading.meaning and heading.meaning.doubt else ""
    if past:
        column = {"requested_increase": "raised_this_year", "offered_decrease": "cut_this_year"}[column]
    if block.heading(column) is None:
        _take(block, heading, column)
    else:
        _tell(block, heading, "note")


def _settle_disbursed(block: Block, heading: Heading, numbers: Numbers, lines: Sequence[int]) -> None:
    """Take a bare *Lũy kế giải ngân* only if it stands alone and stays within the plan on every row."""
    if block.heading("disbursed") is not None and not all(
        other.carried for other in block.headings if other.column == "disbursed"
    ):
        _tell(block, heading, "note")
        return
    plan = block.heading("plan")
    pairs = [(numbers.at(heading, i), numbers.at(plan, i), i) for i in lines] if plan is not None else []
    above = [i for paid, planned, i in pairs if paid is not None and paid > (planned or 0)]
    if plan is None or above or block.heading("disbursed_since_start") is not None:
        _tell(block, heading, "error")
    else:
        _take(block, heading, "disbursed")


def _settle_class(block: Block, heading: Heading, lines: Sequence[int]) -> None:
    """*Nhóm dự án*: A, B, C is the class, hoàn thành, chuyển tiếp… the stage; mixed is an error."""
    classes = {word for code, words in CLASSES for word in (code.casefold(), *words)}
    texts = {fold(str(cell)) for i in lines if not empty(cell := block.cell(block.rows[i], heading))}
    are_classes = {text for text in texts if text in classes}
    are_stages = {text for text in texts - are_classes if stage_of(text, block.year or 0)}
    if texts and are_classes == texts:
        _take(block, heading, "project_class")
    elif texts and are_stages == texts:
        _take(block, heading, "stage")
    elif texts:
        _tell(block, heading, "error" if are_classes and are_stages else "warning")


def _settle_allocated(block: Block, heading: Heading, numbers: Numbers, lines: Sequence[int]) -> None:
    """Let an allocation without a year close the year before if a value is below this year's plan."""
    if any(other.column in {"allocated_to_date", "allocated_before"} for other in block.headings):
        _tell(block, heading, "note")
        return
    plan = block.heading("plan")
    pairs = [(numbers.at(heading, i), numbers.at(plan, i)) for i in lines] if plan is not None else []
    if any(held is not None and planned is not None and held < planned for held, planned in pairs):
        _take(block, heading, "allocated_before")
    else:
        _tell(block, heading, "error")


def _check_adjustments(block: Block, numbers: Numbers, lines: Sequence[int]) -> None:
    """Check đã giao + tăng − giảm = sau điều chỉnh on every line."""
    parts = [block.heading(name) for name in ("plan_initial", "raised_this_year", "cut_this_year")]
    plan = block.heading("plan")
    if plan is None or parts[0] is None or (parts[1] is None and parts[2] is None):
        return
    for i in lines:
        given, raised, cut = (numbers.at(part, i) or 0 for part in parts)
        stated = numbers.at(plan, i)
        if stated is None or given + raised - cut == stated:
            continue
        block.report(
            "adjustment-identity",
            "error",
            (
                "đã giao + tăng − giảm không bằng sau điều chỉnh",
                "initial plan + raised − cut is not the plan after adjustment",
            ),
            ("sửa số ở dòng này, hoặc tiêu đề cột", "correct this row, or the headers"),
            heading=plan,
            row=block.rows[i],
            value=block.cell(block.rows[i], plan),
        )


def _refuse_twice(block: Block) -> None:
    """Two headers of one column are an error that shows both; the first is kept."""
    first: dict[tuple[str, tuple[str, ...]], Heading] = {}
    for place, heading in enumerate(block.headings):
        if not heading.column:
            continue
        key = (heading.column, heading.folded.years if heading.carried else ("own",))
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
                _BY_HAND,
                heading=heading,
                value=heading.text,
            )
        block.headings[place] = replace(heading, column="", meaning=None, meanings=())


def _report_unused(block: Block) -> None:
    """Say which headers were not used: near a known one (did you mean), of another year, or unknown."""
    taken = {heading.column for heading in block.headings}
    unknown = []
    for heading in block.headings:
        if heading.column or heading.meaning is not None or heading.text.startswith("_"):
            continue
        near = suggest(heading, block.table)
        if heading.meanings:
            year = block.year or "?"
            block.report(
                "header-other-year",
                "warning",
                (
                    f"cột “{heading.text}” nói về năm khác năm kế hoạch {year}: không dùng",
                    f"“{heading.text}” speaks of another year than plan year {year}: not used",
                ),
                _BY_HAND,
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
                _BY_HAND,
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
