"""Several sheets of lines in one file: one a source, and none that only adds the others up."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from phanbo.errors import Finding
from phanbo.tables.cells import number_cells, text_cells
from phanbo.tables.layout.telling import told_above
from phanbo.tables.schema import LINES, kind_of
from phanbo.tables.schema.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from phanbo.tables.layout.block import Block
    from phanbo.tables.layout.frames import Part
    from phanbo.tables.layout.telling import Told

__all__ = ["check_summary", "check_titles", "tell_titles"]

_GENERIC = re.compile(
    r"(?:(?:sheet|trang(?: tính)?|biểu(?: mẫu| số)?|bieu|bảng|bang|phụ lục|pl|mẫu|danh sách|danh mục|dữ liệu|data|table"
    r"|kế hoạch(?: vốn)?|ke ?hoach ?von|khv?|năm)(?: số)?)?(?: ?(?:\d+|[ivx]+|[a-z]))?(?: ?\(\d+\))?"
)
_SUMMARY = re.compile(r"\b(?:tổng|toàn tỉnh|tong ?hop|summary|total)\b")


@dataclass(frozen=True, slots=True)
class _Held:
    """What one sheet holds: its rows by project, and their totals."""

    name: str
    rows: Counter[tuple[str, int]]
    total: tuple[int, int]

    @property
    def projects(self) -> set[str]:
        return {project for project, _ in self.rows}


def check_summary(parts: Sequence[Part], *, asked: bool) -> set[str]:
    """Report sheets that repeat the lines of the others, an error unless they were *asked* for; return them."""
    filled = [part for part in parts if len(part.rows)]
    found: set[str] = set()
    if len(filled) < 2:
        return found
    held = [_held(part) for part in filled]
    for sheet, part in zip(held, filled, strict=True):
        others = [other for other in held if other is not sheet]
        if not _repeats(sheet, others):
            continue
        found.add(sheet.name)
        names = ", ".join(f"“{other.name}”" for other in others)
        chosen = "[" + ", ".join(f'"{other.name}"' for other in others) + "]"
        own = "" if part.titled else f' hoặc sheet="{sheet.name}"'
        part.findings.append(
            Finding(
                code="sheet-summary",
                severity="warning" if asked else "error",
                table=LINES.name,
                sheet=sheet.name,
                message_vi=f"trang “{sheet.name}” lặp lại các dòng của {names}: vốn sẽ bị tính hai lần",
                message_en=f"sheet “{sheet.name}” repeats the lines of {names}: capital would count twice",
                mend_vi=f"chọn trang bằng sheet={chosen}{own}",
                mend_en=f"choose with sheet={chosen}{own.replace('hoặc', 'or')}",
                rule="sheet-summary",
            )
        )
        break  # of two alike one is the copy
    return found


def tell_titles(blocks: Sequence[Block], owners: AbstractSet[str]) -> list[tuple[Told, ...]]:
    """Return what the title of each table tells of its lines: surely, or as those of all tables on its sheet do."""
    read = [told_above(block.title, block.year, owners) for block in blocks]
    read = [readings if len(readings) == 1 else () for readings in read]
    found = []
    for block, readings in zip(blocks, read, strict=True):
        beside = [other for each, other in zip(blocks, read, strict=True) if each.sheet is block.sheet]
        columns = {tuple(told.column for told in other) for other in beside}
        alike = len(beside) > 1 and len(columns) == 1 and len(set(beside)) > 1
        found.append(tuple(told for told in readings if told.sure or alike))
    return found


def _held(part: Part) -> _Held:
    empty = np.full(len(part.rows), None, dtype=object)
    ids, names = (
        text_cells(pd.Series(part.columns.get(name, empty), dtype=object)).data
        for name in ("project_id", "project")
    )
    plans, paid = (
        number_cells(pd.Series(part.columns.get(name, empty))).data.tolist() for name in ("plan", "disbursed")
    )
    projects = [fold(code or name) for code, name in zip(ids, names, strict=True)]
    rows = Counter((project, plan) for project, plan in zip(projects, plans, strict=True) if plan)
    return _Held(str(part.sheets[0]), rows, (sum(plans), sum(paid)))


def _repeats(sheet: _Held, others: Sequence[_Held]) -> bool:
    """Whether the sheet holds every row of the others, or their projects with their total."""
    rows: Counter[tuple[str, int]] = Counter()
    for other in others:
        rows += other.rows
    if not rows or not sheet.rows:
        return False
    if len(rows) > 1 and rows <= sheet.rows:
        return True
    sums = (sum(other.total[0] for other in others), sum(other.total[1] for other in others))
    covers = {project for project, _ in rows} <= sheet.projects
    if _SUMMARY.search(fold(sheet.name)) and (covers or sheet.total[0] == sums[0]):
        return True
    if len(others) > 1:  # to the đồng, and of several sheets: no accident
        return sheet.total[0] == sums[0] and sheet.total[0] != 0
    return covers and len(rows) > 1 and sheet.total == sums


def check_titles(parts: Sequence[Part], told: set[str]) -> None:
    """Say of every sheet whose name was taken for the source that it was; ask where it cannot be one."""
    for part in parts:
        title = part.titled
        if not title or title in told or kind_of(title):
            continue
        generic = _GENERIC.fullmatch(fold(title)) or _SUMMARY.search(fold(title))
        part.findings.append(
            Finding(
                code="sheet-no-source" if generic else "sheet-source",
                severity="error" if generic else "warning",
                table=LINES.name,
                sheet=title,
                column="source",
                message_vi=f"không có cột nguồn vốn, và tên trang “{title}” không phải là nguồn vốn"
                if generic
                else f"tên trang được hiểu là nguồn vốn: “{title}”",
                message_en=f"there is no source column, and the sheet's name “{title}” is no source"
                if generic
                else f"the sheet's name is taken for the source: “{title}”",
                mend_vi="thêm cột “Nguồn vốn”, hoặc đặt tên trang theo nguồn vốn",
                mend_en="add the column “Nguồn vốn”, or name the sheet after its source",
                rule="sheet-source",
            )
        )
