"""Month columns beside the lines: the schedule of disbursement, as one row a line and month."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from phanbo.tables.check.grid import Grid, Log
from phanbo.tables.files.sheet import letter
from phanbo.tables.layout.block import BY_HAND, list_rows
from phanbo.tables.layout.columns import filled
from phanbo.tables.schema import SCHEDULE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from phanbo.errors import Finding
    from phanbo.money import Bools, Ints
    from phanbo.tables.layout.amounts import Numbers
    from phanbo.tables.layout.block import Block
    from phanbo.tables.layout.columns import Columns
    from phanbo.tables.layout.headers import Heading

__all__ = ["KEYS", "month_of", "months", "read_months", "unlinked"]

KEYS = ("line_id", "project_id", "source", "plan_year")
"""What says which line a row of the schedule is of."""

_RUNNING = re.compile(r"\b(?:lũy kế|luỹ kế|cộng dồn)\b")
_EACH = re.compile(r"\b(?:trong|từng|mỗi|hàng|hằng) tháng\b")


def month_of(heading: Heading) -> int:
    """Return the month a heading of the schedule is of, 0 for any other heading."""
    return heading.meaning.month if heading.meaning is not None else 0


def months(block: Block) -> list[Heading]:
    """Return the month columns of *block*, from January on."""
    return sorted((heading for heading in block.headings if month_of(heading)), key=month_of)


def read_months(
    block: Block, columns: Columns, numbers: Numbers, held: Ints, plans: Ints | None
) -> tuple[dict[str, NDArray[Any]], Ints, list[Finding]]:
    """Return month and cumulative amount under the month columns, and of which of *held* each row is.

    Parameters
    ----------
    held : ndarray of int
        Positions in ``block.rows``.
    plans : ndarray of int or None
        The plans of those rows in đồng, to tell amounts of single months from running sums.
    """
    headings = months(block)
    log, order = Log(), np.arange(len(held))
    known = np.array([_known(block, columns, numbers, h, held, log) for h in headings], dtype=np.bool_)
    amounts = np.array([numbers.amounts(h)[held] for h in headings])
    amounts = np.where(known, amounts, 0)
    running = _is_running(block, headings, amounts, known, plans)
    if running is None:
        known[:] = False
    elif not running:
        amounts = np.cumsum(amounts, axis=0)
        # a month without an amount adds nothing to those before it
        known[:] = known.any(axis=0)
    at = np.concatenate([order[:0], *(order[row] for row in known)])
    numbered = [np.full(int(row.sum()), month_of(h)) for h, row in zip(headings, known, strict=True)]
    cells = {
        "month": np.concatenate([order[:0], *numbered]),
        "disbursed": np.concatenate(
            [order[:0], *(paid[row] for paid, row in zip(amounts, known, strict=True))]
        ),
    }
    return cells, at, log.findings


def _known(block: Block, columns: Columns, numbers: Numbers, heading: Heading, held: Ints, log: Log) -> Bools:
    """Return where a month has an amount; what is none is reported."""
    parsed, name = numbers.cells[heading.index], block.sheet.name
    taken = np.zeros(len(columns), dtype=np.bool_)
    taken[held] = True
    sheets = np.full(len(columns), name, dtype=object)
    letters = {name: {"disbursed": letter(heading.index)}}
    places = Grid(SCHEDULE, {}, set(), sheets, columns.rows + 1, letters)
    for code, found in parsed.faults.items():
        at = [i for i in found if taken[i]]
        if at:
            log.rows(code, places, at, "disbursed", value=columns.cells(heading)[at])
    return np.asarray(parsed.known[held] & filled(columns.cells(heading)[held]), dtype=np.bool_)


def _is_running(
    block: Block, headings: Sequence[Heading], amounts: Ints, known: Bools, plans: Ints | None
) -> bool | None:
    """Whether the months hold running sums: their header says so, else their amounts; None where nothing does."""
    said = " ".join(part.casefold() for heading in headings for part in heading.path or (heading.text,))
    if _RUNNING.search(said) or not known.any():
        return True
    if _EACH.search(said):
        return False
    if (told := _told_by_amounts(amounts, known, plans)) is not None:
        vi, en = ("lũy kế", "cumulative") if told else ("của từng tháng", "of single months")
        block.report(
            "schedule-settled",
            "note",
            (f"theo số liệu, các cột tháng là số {vi}", f"by their figures the month columns are {en}"),
            heading=headings[0],
            value=headings[0].text,
        )
        return told
    block.report(
        "schedule-unclear",
        "error",
        (
            "các cột tháng là số của từng tháng hay số lũy kế? Số liệu không cho biết",
            "the month columns: the amount of each month, or cumulative? The figures do not tell",
        ),
        (
            "ghi “lũy kế” hoặc “trong tháng” ở tiêu đề các cột tháng, ví dụ “Kế hoạch giải ngân lũy kế”",
            "write “lũy kế” (cumulative) or “trong tháng” (of each month) in the header over the months",
        ),
        heading=headings[0],
        value=headings[0].text,
    )
    return None


def _told_by_amounts(amounts: Ints, known: Bools, plans: Ints | None) -> bool | None:
    """Running sums never fall and end within the plan; amounts of single months add up to no more than it."""
    count = len(amounts)
    latest = np.maximum.accumulate(np.where(known, np.arange(count)[:, None], -1), axis=0)
    sums = np.where(latest >= 0, np.take_along_axis(amounts, np.maximum(latest, 0), axis=0), 0)
    added = np.cumsum(amounts, axis=0)
    running = not (known[1:] & (amounts[1:] < sums[:-1])).any()
    single = True
    if running and np.array_equal(sums, added):
        return True  # one amount a line, and the last: both say the same
    if plans is not None:
        told = known.any(axis=0)
        running = running and not (sums[-1] > plans)[told].any()
        single = not (added[-1] > plans)[told].any()
        full = bool((sums[-1] == plans)[told].all()), bool((added[-1] == plans)[told].all())
        if running and single and full[0] != full[1]:
            return full[0]
    return running if running != single else None


def unlinked(block: Block, rows: Ints | None) -> None:
    """Say that months are not used: no code says which line they are of, or several lines stand in a row."""
    heading = months(block)[0]
    if rows is None:
        block.report(
            "schedule-no-code",
            "warning",
            (
                "không có cột mã dự án hay mã dòng vốn: không dùng được kế hoạch giải ngân theo tháng",
                "no project id or line id says which line the monthly schedule is of: not used",
            ),
            ("thêm cột “Mã số dự án”", "add the column “Mã số dự án”"),
            heading=heading,
            value=heading.text,
        )
        return
    listed = list_rows(rows.tolist())
    block.report(
        "schedule-unparted",
        "error",
        (
            f"các tháng không chia theo nguồn, mà dòng có nhiều nguồn hoặc không có nguồn nào: dòng {listed}",
            f"the months are not parted by source, and the row has several sources or none: rows {listed}",
        ),
        (
            f"mỗi nguồn một dòng, hoặc ghi ở trang {SCHEDULE.sheet}; hoặc {BY_HAND[0]}",
            f"write one row a source, or a sheet {SCHEDULE.sheet}; or {BY_HAND[1]}",
        ),
        heading=heading,
        row=int(rows[0]),
        value=listed,
    )
