"""What a department may write over a column and in its cells, so that it still says the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from phanbo.tables.schema.column import Column, Type

__all__ = ["Pick", "amount", "cell", "flat", "over", "stage_text"]

T = TypeVar("T")
Pick = Callable[[Sequence[Any]], Any]
"""Chooses one of some options; the first is the plainest."""

PATHS: dict[str, tuple[tuple[str, ...], ...]] = {
    "plan": (
        ("Kế hoạch vốn", "Năm {N}"),
        ("Năm {N}", "Kế hoạch vốn"),
        ("Kế hoạch vốn năm {N}", "Tổng số"),
        ("Kế hoạch năm {N}", "Số vốn", "Đã giao"),
    ),
    "disbursed": (
        ("Giải ngân", "Từ 01/01/{N} đến {d}"),
        ("Năm {N}", "Giải ngân đến {d}"),
        ("Giải ngân đến {d}", "Tổng số"),
    ),
    "requested_increase": (("Đề xuất điều chỉnh", "Điều chỉnh tăng"), ("Đề nghị", "Bổ sung")),
    "offered_decrease": (("Đề xuất điều chỉnh", "Điều chỉnh giảm"),),
    "total_investment": (("Tổng mức đầu tư", "Tổng số"), ("Quyết định đầu tư", "Tổng mức đầu tư", "Tổng số")),
    "approved_on": (("Quyết định đầu tư", "Số QĐ, ngày tháng năm"),),
    "allocated_before": (("Lũy kế vốn bố trí", "Đến hết năm {N-1}"),),
    "medium_term_plan": (("KH đầu tư công trung hạn giai đoạn 2021-2025", "Tổng số"),),
}
"""Headers in two and three rows, as the forms of the provinces part them."""

_DOUBTFUL = ("sau", "trước điều chỉnh", "Trong đó", "Tổng số (", "Giải ngân KH", "Nhóm dự án")
"""Words that hang on other columns or on values; the corpus has them, a random table cannot promise them."""


def _said(text: str, year: int, day: str) -> str:
    first = year - (year - 1) % 5
    text = text.replace("giai đoạn 2021-2025", f"giai đoạn {first}-{first + 4}")
    return text.replace("{N-1}", str(year - 1)).replace("{N}", str(year)).replace("{d}", day)


def flat(column: Column, year: int, day: str, *, with_year: bool = False) -> list[str]:
    """Return the one-row headers that mean *column*."""
    found = [
        text
        for text in (column.title_vi, *column.headers)
        if not any(word in text for word in _DOUBTFUL) and ("{N}" in text or not with_year)
    ]
    return [_said(text, year, day) for text in dict.fromkeys(found or [column.title_vi])]


def over(column: Column, year: int, day: str, most: int) -> list[tuple[str, ...]]:
    """Return the headers in several rows that mean *column*, of at most *most* rows."""
    paths = PATHS.get(column.name, ())
    return [tuple(_said(text, year, day) for text in path) for path in paths if len(path) <= most]


def stage_text(code: str, year: int) -> list[str]:
    """Return texts that mean a stage in the plan of *year*."""
    return {
        "completed": [f"Hoàn thành trước 31/12/{year - 1}", f"Dự án hoàn thành năm {year - 1}"],
        "transitional": ["Chuyển tiếp", "Dự án chuyển tiếp", f"Dự án dự kiến hoàn thành năm {year}"],
        "new_start": ["Khởi công mới", f"Dự án khởi công mới năm {year}"],
        "preparation": ["Chuẩn bị đầu tư", "Dự án chuẩn bị đầu tư"],
    }[code]


def amount(dong: int, unit: int, style: str) -> Any:
    """Return an amount in *unit* as a number, or as text the Vietnamese (``vi``) or English (``en``) way."""
    whole, rest = divmod(dong, unit)
    number = Decimal(whole) if not rest else Decimal(dong) / unit
    if style == "number":
        return int(number) if not rest else number.normalize()
    text = f"{number:,f}"
    if unit > 1:  # "1,234" could be two numbers there; a decimal more says which
        head, _, tail = text.partition(".")
        text = f"{head}.{tail.rstrip('0') or '0'}"
        text += "0" if len(text.partition(".")[2]) == 3 else ""
    return text.translate(str.maketrans(",.", ".,")) if style == "vi" else text


def cell(column: Column, text: str, year: int, pick: Pick, *, unit: int, style: str, dates: str) -> Any:
    """Return the canonical *text* of a cell as a department would type it."""
    if not text:
        return None
    if column.name == "stage":
        return pick(stage_text(text, year))
    match column.type:
        case Type.MONEY:
            return amount(int(text), unit, style)
        case Type.INTEGER:
            return int(text) if style == "number" else text
        case Type.CHOICE:
            return pick(dict(column.choices).get(text, (text,)))
        case Type.DATE | Type.EVENT if text[:1].isdigit():
            day = dt.date.fromisoformat(text)
            return {"date": day, "iso": text, "text": f"{day.day:02}/{day.month:02}/{day.year}"}[dates]
        case _:
            return text
