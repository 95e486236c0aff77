"""What the cells of a part still become or are checked against, once its rows stand."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from phanbo.tables.cells import number_cells
from phanbo.tables.cells.figures import NumberError, parse_number
from phanbo.tables.files.sheet import address
from phanbo.tables.layout.columns import filled
from phanbo.tables.layout.headers import data_date
from phanbo.tables.layout.telling import differs
from phanbo.tables.schema import Type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from phanbo.money import Ints
    from phanbo.tables.layout.block import Block
    from phanbo.tables.layout.telling import Told

__all__ = [
    "ask_year",
    "check_ratio",
    "count_from_1904",
    "note_date",
    "report_faults",
    "split_adjustment",
    "split_schedule",
    "take_title",
]

_DAY_ZERO_1904 = dt.date(1904, 1, 1)
_SERIALS = range(10_000, 100_000)
"""What a whole number in a column of dates counts, as in `parse_date`: days."""

_SPAN = re.compile(r"\D*((?:19|20)\d\d)(?:\D+((?:19|20)\d\d))?\D*")


def ask_year(block: Block, columns: dict[str, NDArray[Any]]) -> None:
    """Ask for the plan year where nothing states it."""
    if "plan_year" not in columns:
        block.report(
            "year-unknown",
            "error",
            ("không biết năm kế hoạch", "the plan year is not stated"),
            (
                "ghi năm ở tiêu đề cột kế hoạch vốn, hoặc dùng year=2024",
                "give it in the plan's header, or year=2024",
            ),
            row=block.header,
        )


def take_title(
    block: Block, columns: dict[str, NDArray[Any]], count: int, title: Sequence[Told], *, named: bool
) -> None:
    """Fill in what the title above the table tells, where no line, group row or header (*named*) says it."""
    for each in title:
        if each.column == "source" and named:
            continue
        cells = columns.get(each.column, np.full(count, None, dtype=object)).astype(object)
        blank = ~filled(cells)
        said = {str(cell) for cell in cells[~blank].tolist()}
        others = sorted(text for text in said if differs(each.column, text, each.value, block.year))
        if blank.any():
            columns[each.column] = np.where(blank, each.value, cells)
            block.report(
                "title-carried",
                "note",
                (
                    f"{each.column} của {int(blank.sum())} dòng vốn lấy theo tên bảng “{block.title}”",
                    f"{each.column} of {int(blank.sum())} lines is taken from the table's title “{block.title}”",
                ),
                value=block.title,
            )
        if others and each.sure:
            listed = ", ".join(f"“{text}”" for text in others[:5])
            block.report(
                "title-differs",
                "warning",
                (
                    f"{each.column} {listed} khác tên bảng “{block.title}”; giữ như dòng ghi",
                    f"{each.column} {listed} differs from the table's title “{block.title}”; the rows keep theirs",
                ),
                ("xem các dòng có nằm đúng bảng không", "see whether the rows stand in the right table"),
                row=block.header,
                value=block.title,
            )


def split_schedule(columns: dict[str, NDArray[Any]]) -> None:
    """Read "2021-2024" into the year of start and of finish; a single year is both."""
    cells = columns.pop("schedule", None)
    if cells is None:
        return
    texts = [str(cell).removesuffix(".0") for cell in cells.tolist()]
    spans = {text: _SPAN.fullmatch(text) for text in set(texts)}
    starts = {text: int(span[1]) if span else None for text, span in spans.items()}
    finishes = {text: int(span[2] or span[1]) if span else None for text, span in spans.items()}
    columns.setdefault("schedule_start", np.array([starts[text] for text in texts], dtype=object))
    columns.setdefault("schedule_finish", np.array([finishes[text] for text in texts], dtype=object))


def split_adjustment(columns: dict[str, NDArray[Any]], *, plain: bool) -> None:
    """Read a signed adjustment: a need or an offer, or done already where the plan has taken it in."""
    for name, up, down in (
        ("adjustment", "requested_increase", "offered_decrease"),
        ("adjusted", "raised_this_year", "cut_this_year"),
    ):
        cells = columns.pop(name, None)
        if cells is not None:
            read = number_cells(pd.Series(cells, dtype=cells.dtype), plain=plain)
            amounts = np.where(read.known, read.data, 0)
            columns.setdefault(up, np.maximum(amounts, 0))
            columns.setdefault(down, np.maximum(-amounts, 0))


def count_from_1904(block: Block, columns: dict[str, NDArray[Any]]) -> None:
    """Turn plain numbers in columns of dates into dates, in a file that counts days from 1904, and note it.

    Cells formatted as dates are dates already; a number alone would be read four years too early.
    """
    if not block.sheet.from_1904:
        return
    for name, cells in columns.items():
        if name not in block.table.names or block.table.column(name).type not in {Type.DATE, Type.EVENT}:
            continue
        days = {cell: day for cell in set(cells.tolist()) if (day := _serial(cell)) is not None}
        if days:
            columns[name] = np.array([days.get(cell, cell) for cell in cells.tolist()], dtype=object)
            first = next(cell for cell in cells.tolist() if cell in days)
            block.report(
                "date-1904",
                "note",
                (
                    f"tệp đếm ngày từ năm 1904: số như {first} đã đọc thành ngày {days[first].isoformat()}",
                    f"the file counts days from 1904: numbers like {first} were read as dates, {days[first].isoformat()}",
                ),
                heading=block.heading(name),
                value=first,
            )


def _serial(cell: object) -> dt.date | None:
    text = str(cell).strip().removesuffix(".0") if cell.__class__ in {int, float, str} else ""
    whole = int(text) if text.isascii() and text.isdigit() and len(text) == 5 else 0
    return _DAY_ZERO_1904 + dt.timedelta(whole) if whole in _SERIALS else None


def check_ratio(columns: dict[str, NDArray[Any]], rows: NDArray[Any], block: Block) -> None:
    """Compare a disbursement ratio with plan and disbursement; a point of percent is rounding."""
    cells = columns.pop("ratio", None)
    heading = block.heading("ratio")
    if cells is None or heading is None or not {"plan", "disbursed"} <= set(columns):
        return
    plan, paid = (
        number_cells(pd.Series(columns[name], dtype=columns[name].dtype)) for name in ("plan", "disbursed")
    )
    percents = {cell: _percent(cell) for cell in set(cells.tolist())}
    stated = np.array([percents[cell] for cell in cells.tolist()], dtype=np.float64)
    typed = np.array([cell.__class__ is str and "%" in cell for cell in cells.tolist()], dtype=np.bool_)
    compared = np.flatnonzero((plan.data != 0) & paid.known & ~np.isnan(stated))
    share = 100 * paid.data[compared] / plan.data[compared]
    # a column holds percents or fractions: whichever fits better
    readings = [
        rows[compared[np.abs(share - np.where(typed[compared], 1, scale) * stated[compared]) > 1]].tolist()
        for scale in (1, 100)
    ]
    wrong = min(readings, key=len)
    if wrong:
        listed = ", ".join(map(str, wrong[:20])) + (" …" if len(wrong) > 20 else "")
        block.report(
            "ratio-differs",
            "warning",
            (
                f"tỷ lệ giải ngân không khớp kế hoạch và giải ngân ở dòng {listed}",
                f"the disbursement ratio does not fit plan and disbursement in rows {listed}",
            ),
            (
                "kiểm tra cột kế hoạch và cột giải ngân có đúng năm không",
                "see whether both columns are of this year",
            ),
            heading=heading,
            value=listed,
        )


def _percent(cell: object) -> float:
    """Return the ratio a cell says, typed as text too ("12,5%"); NaN where it says none."""
    if cell.__class__ in {int, float}:
        return float(str(cell))
    if cell.__class__ is str:
        try:
            return float(parse_number(str(cell).strip().removesuffix("%"), convention="vi"))
        except NumberError:
            pass
    return np.nan


def note_date(block: Block) -> None:
    """Note the date the disbursement is of."""
    found = data_date(block.headings, block.year)
    if found is not None:
        block.report(
            "data-date",
            "note",
            (f"số liệu giải ngân đến ngày {found[0]}", f"disbursement figures up to {found[0]}"),
            heading=found[1],
            value=found[0],
        )


def report_faults(block: Block, lines: Ints, unread: set[tuple[str, int, str]]) -> None:
    """Report error cells and unsaved formulas: an error where a line needs them, else one note."""
    faults = block.sheet.faults
    if not faults.errors and not faults.unsaved:
        return
    used = {h.index: h for h in block.headings if h.column and h.column != "ratio"}
    rows = {block.rows[i] for i in lines.tolist()}
    rest = []
    end = block.extent.end if block.extent is not None else len(block.sheet.rows)
    across = block.extent.columns if block.extent is not None else range(10**6)
    for row, column in sorted({*faults.errors, *faults.unsaved}):
        if row not in range(block.header + 1, end) or column not in across:
            continue
        if row not in rows or column not in used:
            rest.append(address(row, column))
            continue
        text = faults.errors.get((row, column))
        unread.add((block.sheet.name, row + 1, used[column].column))
        block.report(
            "formula-error" if text else "formula-unsaved",
            "error",
            (f"ô báo lỗi {text}", f"the cell shows {text}")
            if text
            else ("công thức chưa có giá trị lưu", "the formula has no stored value"),
            ("sửa công thức", "mend the formula")
            if text
            else ("mở tệp bằng Excel, lưu lại rồi đọc", "open it in Excel, save, and read again"),
            heading=used[column],
            row=row,
            value=text or "",
        )
    if rest:
        listed = ", ".join(rest[:20]) + (" …" if len(rest) > 20 else "")
        block.report(
            "formula-ignored",
            "note",
            (f"ô công thức lỗi không dùng đến: {listed}", f"faulty formula cells, not used: {listed}"),
            value=listed,
        )
