"""The invented province of the corpus: its lines, declared once. Every workbook and expected table is made from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from dressing.pages import Page

__all__ = [
    "BASE",
    "DAY",
    "HEAD",
    "LEGAL",
    "STAGES",
    "Case",
    "book",
    "cells",
    "head",
    "line",
    "money",
    "total",
]

MILLION = 1_000_000
DAY = "15/9/2024"
STAGES = {
    "completed": "Hoàn thành trước 31/12/2023",
    "transitional": "Chuyển tiếp",
    "new_start": "Khởi công mới",
    "preparation": "Chuẩn bị đầu tư",
}
HEAD = {
    "project": "Danh mục dự án",
    "project_id": "Mã số dự án",
    "owner": "Chủ đầu tư",
    "source": "Nguồn vốn",
    "stage": "Phân loại dự án",
    "plan": "Kế hoạch vốn năm 2024",
    "disbursed": f"Giải ngân từ 01/01/2024 đến {DAY}",
    "requested_increase": "Nhu cầu bổ sung vốn",
}
LEGAL = (
    "UBND TỈNH NAM KHÊ",
    "BIỂU TỔNG HỢP KẾ HOẠCH VỐN ĐẦU TƯ CÔNG NĂM 2024",
    "(Kèm theo Báo cáo số     /BC-SKHĐT ngày    tháng 9 năm 2024)",
)
Line = dict[str, Any]


@dataclass
class Case:
    """One file (or folder) of the corpus.

    Attributes
    ----------
    name, shows : str
        Its name, and the layout it shows.
    lines : list of dict
        What must come out, in đồng; empty where the file must be refused.
    files : dict of str to (str, list of Page)
        File name without suffix to its kind and pages; one file unless a reader takes a folder or two tables.
    errors : set of (str, str)
        Code and cell of all its errors.
    told : set of (str, str)
        Code and cell of all its warnings and notes, but the date of the figures; from `corpus.told`.
    reader : str
        ``excel``, ``csv``, ``forms``, ``treasury``.
    """

    name: str
    shows: str
    lines: list[Line]
    files: dict[str, tuple[str, list[Page]]]
    errors: set[tuple[str, str]] = field(default_factory=set)
    told: set[tuple[str, str]] = field(default_factory=set)
    options: dict[str, Any] = field(default_factory=dict)
    reader: str = "excel"
    font: str = "Times New Roman"
    schedule: list[dict[str, Any]] = field(default_factory=list)


def line(
    number: int, project: str, owner: str, source: str, stage: str, plan: float, paid: float, **more: Any
) -> Line:
    """Return a line; *plan* and *paid* are in triệu đồng."""
    cells = {
        "project_id": f"79{number:05}",
        "project": project,
        "owner": owner,
        "source": source,
        "plan_year": 2024,
        "stage": stage,
        "plan": round(plan * MILLION),
        "disbursed": round(paid * MILLION),
        "requested_increase": 0,
    }
    return cells | more


BOARD, HEALTH, LAND = "Ban QLDA tỉnh Nam Khê", "Sở Y tế", "UBND huyện Trúc Sơn"
NST, NSTW = "Ngân sách tỉnh", "NSTW bổ sung có mục tiêu"
BASE = (
    line(
        1, "Đường liên xã Bình Tân – Trúc Sơn", BOARD, NST, "transitional", 12_500, 6_200, sector="Giao thông"
    ),
    line(
        2,
        "Cầu Khê Ngàn",
        BOARD,
        NST,
        "transitional",
        8_400,
        8_400,
        sector="Giao thông",
        requested_increase=900 * MILLION,
    ),
    line(3, "Trạm y tế xã Lộc An", HEALTH, NST, "new_start", 3_150, 0, sector="Y tế"),
    line(4, "Hồ chứa nước Khuổi Sâu", LAND, NSTW, "transitional", 45_000, 20_750.5, sector="Thủy lợi"),
    line(5, "Bệnh viện đa khoa Trúc Sơn", HEALTH, NSTW, "new_start", 30_000, 12_000, sector="Y tế"),
    line(6, "Trường tiểu học Bình Tân", LAND, NSTW, "completed", 1_200, 1_200, sector="Giáo dục"),
)


def without(lines: Iterable[Line], *names: str) -> list[Line]:
    """Return the lines as a table tells them that lacks these columns."""
    return [{name: cell for name, cell in each.items() if name not in names} for each in lines]


def plain(count: int = 6) -> list[Line]:
    """Return the first lines, without their sectors."""
    return without(BASE[:count], "sector")


def money(amount: int | None, unit: int = MILLION) -> int | Decimal | None:
    """Return an amount in the file's unit, exactly."""
    if amount is None:
        return None
    whole, rest = divmod(amount, unit)
    return whole if not rest else (Decimal(amount) / unit).normalize()


def cells(
    each: Line, names: Sequence[str], unit: int = MILLION, show: Callable[[Any], Any] = lambda x: x
) -> list[Any]:
    """Return the cells of a line under columns *names*; *show* is done to its amounts."""
    row: list[Any] = []
    for name in names:
        if name == "stage":
            row.append(STAGES[each[name]])
        elif name in {
            "plan",
            "disbursed",
            "requested_increase",
            "offered_decrease",
            "total_investment",
            "allocated_before",
        }:
            row.append(show(money(each.get(name), unit)))
        else:
            row.append(each.get(name))
    return row


def total(lines: Iterable[Line], names: Sequence[str], unit: int = MILLION) -> list[Any]:
    """Return the sums under the money columns among *names*, blanks elsewhere."""
    held = list(lines)
    amounts = {"plan", "disbursed", "requested_increase"}
    return [money(sum(each[name] for each in held), unit) if name in amounts else None for name in names]


def head(names: Sequence[str], **other: str) -> list[str]:
    """Return the headers of columns, *other* ones where given."""
    return ["STT", *({**HEAD, **other}[name] for name in names)]


def book(
    lines: Sequence[Line],
    names: Sequence[str] = tuple(HEAD),
    *,
    unit: int = MILLION,
    said: str = "triệu đồng",
    show: Callable[[Any], Any] = lambda x: x,
    above: Sequence[str] = (),
    sheet: str = "Biểu 01",
    **other: str,
) -> list[Page]:
    """Return the plainest workbook: titles, the unit, one header row, one row a line."""
    rows: list[list[Any]] = [[title] for title in above]
    rows += [[f"Đơn vị tính: {said}"], head(names, **other)]
    rows += [[k, *cells(each, names, unit, show)] for k, each in enumerate(lines, 1)]
    return [Page(sheet, rows)]
