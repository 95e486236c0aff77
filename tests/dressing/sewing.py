"""Sheets as a tailor cut them: titles, headers, groups, lines, totals, signatures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from dressing.pages import Page
from dressing.tailor import SUMMED, UNITS, Line, Tailor, own_money
from dressing.words import amount, cell, flat, over, stage_text
from phanbo.tables.schema import LINES

__all__ = ["Sewing"]

Path_ = tuple[str, ...]
DAY = "15/9/{}"
MARKS = (
    ["A", "B", "C", "D", "E", "F", "G", "H"],
    ["I", "II", "III", "IV", "V", "VI", "VII", "VIII"],
    list("12345678"),
)


@dataclass
class Sewing:
    """The sheets of the lines, by their cut."""

    cut: Tailor
    paths: dict[str, Path_] = field(default_factory=dict)

    def pages(self) -> list[Page]:
        """Return the sheets."""
        parts: dict[str, list[Line]] = {}
        for each in self.cut.lines:
            parts.setdefault(each["source"] if self.cut.parted else "", []).append(each)
        keys = self._columns()
        found: list[Page] = []
        for name, held in parts.items():
            page = self._page(name if self.cut.parted == "sheets" else "Biểu 01", held, keys)
            if self.cut.parted == "tables" and found:
                _append(found[0], page)
            else:
                found.append(page)
        return found

    def _columns(self) -> list[str]:
        """Choose the order of the columns, blank ones among them."""
        pick, rest, order = self.cut.pick, list(self.cut.names), []
        shuffled = pick((False, True))
        while rest:
            order.append(rest.pop(pick(range(len(rest))) if shuffled else 0))
        if self.cut.carried:
            order += ["plan@", "disbursed@"]
        if self.cut.aside:
            sources = list(dict.fromkeys(each["source"] for each in self.cut.lines))
            at = order.index("plan")
            order.remove("disbursed")
            at = order.index("plan")
            order[at : at + 1] = [f"{name}@{source}" for name in SUMMED for source in ("", *sources)]
        for _ in range(pick((0, 0, 1, 2))):
            order.insert(pick(range(len(order) + 1)), "")
        stt = ["#"] if self.cut.nest or pick((True, False)) else []
        note = ["note"] if pick((False, True)) else []
        self.paths = {key: self._path(key) for key in (*stt, *order, *note)}
        return [*stt, *order, *note]

    def _path(self, key: str) -> Path_:
        pick, day = self.cut.pick, DAY.format(self.cut.year)
        name, at, source = key.partition("@")
        if key in {"", "#", "note"}:
            return ({"": "", "#": pick(("STT", "TT", "Số TT")), "note": "Ghi chú"}[key],)
        if at and self.cut.carried:
            return (
                {
                    "plan": f"KH năm {self.cut.year - 1} kéo dài",
                    "disbursed": f"Giải ngân - KH năm {self.cut.year - 1} kéo dài",
                }[name],
            )
        if at:
            top = f"Kế hoạch vốn năm {self.cut.year}" if name == "plan" else f"Giải ngân đến {day}"
            return (top, source or "Tổng số")
        column = LINES.column(name)
        told = self.cut.years_told and name == "plan"
        options: list[Path_] = [(text,) for text in flat(column, self.cut.year, day, with_year=told)]
        if any(int(each["disbursed"]) > int(each["plan"]) for each in self.cut.lines):
            # a bare "Lũy kế giải ngân" may then count from the start of works
            options = [path for path in options if not path[0].startswith("Lũy kế giải ngân đến")]
        path: Path_ = pick(
            [*(over(column, self.cut.year, day, self.cut.depth) if self.cut.depth > 1 else ()), *options]
        )
        return path

    def _page(self, name: str, lines: Sequence[Line], keys: Sequence[str]) -> Page:
        pick = self.cut.pick
        rows: list[list[Any]] = [
            [title] for title in ("UBND TỈNH NAM KHÊ", f"KẾ HOẠCH VỐN NĂM {self.cut.year}")[: pick((0, 1, 2))]
        ]
        rows.append([f"{pick(('Đơn vị tính', 'ĐVT'))}: {UNITS[self.cut.unit]}"])
        page = Page(name, rows)
        self._headers(page, keys)
        if pick((False, True)):
            rows.append([f"({at})" for at in range(1, len(keys) + 1)])
        start = len(rows)
        top = [self._sums(lines, keys, ("TỔNG SỐ", ""))] if self.cut.total == "top" else []
        rows += [*top, *self._body(lines, keys, self.cut.nest)]
        if self.cut.total == "bottom":
            rows.append(self._sums(lines, keys, (pick(("Tổng cộng", "Cộng")), "")))
        if pick((False, True)):
            rows += [
                [],
                ["Ghi chú: số liệu của chủ đầu tư."],
                [None, "Người lập biểu", None, None, "GIÁM ĐỐC"],
                [None, "(Ký, ghi rõ họ tên)"],
            ]
        if not self.cut.is_text and pick((False, True)):
            page.hidden_rows = {pick(range(start, len(rows)))}
            page.hidden_columns = {pick(range(len(keys)))}
        return page

    def _headers(self, page: Page, keys: Sequence[str]) -> None:
        first, paths = len(page.rows), [self.paths[key] for key in keys]
        deep = max(map(len, paths))
        grid: list[list[Any]] = [[None] * len(paths) for _ in range(deep)]
        for at, path in enumerate(paths):
            for level, text in enumerate(path):
                if not text:
                    continue
                joined = level < len(path) - 1 and at > 0 and paths[at - 1][: level + 1] == path[: level + 1]
                joined = joined and len(paths[at - 1]) > level + 1
                if joined and not self.cut.is_text:
                    continue
                grid[level][at] = text
                right = at
                while (
                    level < len(path) - 1
                    and right + 1 < len(paths)
                    and paths[right + 1][: level + 1] == path[: level + 1]
                ):
                    if len(paths[right + 1]) <= level + 1:
                        break
                    right += 1
                bottom = deep - 1 if level == len(path) - 1 else level
                if self.cut.marked and (right > at or bottom > level):
                    page.merged.append((first + level, at, first + bottom, right))
        page.rows += grid

    def _body(self, lines: Sequence[Line], keys: Sequence[str], nest: Sequence[str]) -> list[list[Any]]:
        if not nest:
            return self._numbered(lines, keys)
        parts: dict[str, list[Line]] = {}
        for each in lines:
            parts.setdefault(each[nest[0]], []).append(each)
        marks = MARKS[len(self.cut.nest) - len(nest)]
        rows = []
        for mark, (text, held) in zip(marks, parts.items(), strict=False):
            title = self.cut.pick(stage_text(text, self.cut.year)) if nest[0] == "stage" else text
            rows += [self._sums(held, keys, (title, mark)), *self._body(held, keys, nest[1:])]
        return rows

    def _numbered(self, lines: Sequence[Line], keys: Sequence[str]) -> list[list[Any]]:
        together: dict[tuple[str, ...], dict[str, Line]] = {}
        for each in lines:
            key = (
                (each["project_id"],)
                if self.cut.aside
                else (each["project_id"], each["source"])
                if self.cut.carried
                else (each["line_id"],)
            )
            part = (
                each["source"]
                if self.cut.aside
                else ""
                if not self.cut.carried or int(each["plan_year"]) < self.cut.year
                else "now"
            )
            together.setdefault(key, {})[part] = each
        return [[self._cell(key, held, k) for key in keys] for k, held in enumerate(together.values(), 1)]

    def _cell(self, key: str, held: dict[str, Line], number: int) -> Any:
        name, at, source = key.partition("@")
        if key in {"", "#", "note"}:
            return number if key == "#" else None
        if at and self.cut.aside and not source:
            return amount(sum(int(each[name]) for each in held.values()), self.cut.unit, self.cut.style)
        if at:
            each = held.get(source)
        elif self.cut.carried and own_money(name, all_money=True):
            each = held.get("now")
        else:
            each = held.get("now") or next(iter(held.values()))
        if each is None:
            return None
        return cell(
            LINES.column(name),
            each[name],
            self.cut.year,
            self.cut.pick,
            unit=self.cut.unit,
            style=self.cut.style,
            dates=self.cut.dates,
        )

    def _sums(self, lines: Sequence[Line], keys: Sequence[str], said: tuple[str, str]) -> list[Any]:
        """Return a group or total row: its name, its mark, the sums of plan and disbursement."""
        row: list[Any] = []
        for key in keys:
            name, at, source = key.partition("@")
            if key == "#":
                row.append(said[1] or None)
            elif key == "project":
                row.append(said[0])
            elif name in SUMMED:
                held = [each for each in lines if self._counts(each, at, source)]
                row.append(
                    amount(sum(int(each[name]) for each in held), self.cut.unit, self.cut.style)
                    if held
                    else None
                )
            else:
                row.append(None)
        return row

    def _counts(self, each: Line, at: str, source: str) -> bool:
        if self.cut.aside:
            return not source or each["source"] == source
        if self.cut.carried:
            return (int(each["plan_year"]) < self.cut.year) == bool(at)
        return True


def _append(page: Page, below: Page) -> None:
    """Put the rows of *below* under *page*, a blank row between."""
    page.rows.append([])
    down = len(page.rows)
    page.rows += below.rows
    page.merged += [(top + down, left, bottom + down, right) for top, left, bottom, right in below.merged]
    page.hidden_rows |= {row + down for row in below.hidden_rows}
