"""Any portfolio dressed as a department's own file: what comes back must be the portfolio, by its hash.

A layout cannot carry everything. `dress` uses one only where it can: groups carry a column that is known on every
line and that phanbo's words recognise; a pair of columns carries capital of the year before that has no other figure of
its own; sources stand side by side where the lines of a project differ in nothing else, and none of them is
0 and 0, which no form tells from an empty cell. All else stands in columns. Nothing is left out but ids that are
made of their parts.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from dressing.pages import Page, put
from dressing.words import Pick, amount, cell, flat, over, stage_text
from phanbo.portfolio import Portfolio
from phanbo.tables.schema import LINES, TABLES, kind_of, sector_of
from phanbo.tables.schema.column import Type

__all__ = ["dress", "laid_out", "picker"]

Line = dict[str, str]
Path_ = tuple[str, ...]
UNITS = {1: "đồng", 10**6: "triệu đồng", 10**3: "nghìn đồng", 10**9: "tỷ đồng"}
KINDS = ("xlsx", "xls", "ods", "xlsm", "csv utf-8 ;", "csv utf-8-sig ,", "csv utf-16 \t", "csv cp1258 ;")
DAY = "15/9/{}"
SUMMED = ("plan", "disbursed")
OWN = {"plan", "disbursed", "plan_year", "line_id"}
MARKS = (
    ["A", "B", "C", "D", "E", "F", "G", "H"],
    ["I", "II", "III", "IV", "V", "VI", "VII", "VIII"],
    list("12345678"),
)


def picker(seed: int) -> Pick:
    """Return a chooser of its own by chance."""
    return Random(seed).choice


def dress(portfolio: Portfolio, folder: Path, pick: Pick) -> Path:
    """Write *portfolio* into *folder* in a layout of *pick*'s choice, and return the file."""
    kind, pages = laid_out(portfolio, pick)
    return put(folder, "dressed", kind, pages)


def laid_out(portfolio: Portfolio, pick: Pick) -> tuple[str, list[Page]]:
    """Return the kind of file and the sheets of *portfolio* in a layout of *pick*'s choice."""
    tables = {name[:-4]: _rows(content) for name, content in portfolio.tables_csv().items()}
    kind = pick(KINDS if set(tables) == {"lines"} else KINDS[:4])
    tailor = Tailor(tables["lines"], pick, is_text=kind.startswith("csv"))
    pages = tailor.pages()
    pages += [_plain_page(name, rows, tailor) for name, rows in tables.items() if name != "lines"]
    _noise(pages, pick(("", "nfd", "nbsp", "both")))
    return kind, pages


def _rows(content: bytes) -> list[Line]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def _plain_page(name: str, rows: Sequence[Line], tailor: Tailor) -> Page:
    table = TABLES[name]
    columns = [table.column(column) for column in (rows[0] if rows else ())]
    body = [
        [
            cell(c, row[c.name], tailor.year, tailor.pick, unit=1, style="number", dates="date")
            for c in columns
        ]
        for row in rows
    ]
    return Page(table.sheet, [["Đơn vị tính: đồng"], [column.title_vi for column in columns], *body])


def _noise(pages: Iterable[Page], noise: str) -> None:
    """Decompose letters and harden blanks in every text."""
    for page in pages:
        for row in page.rows:
            for at, held in enumerate(row):
                if isinstance(held, str):
                    text = unicodedata.normalize("NFD", held) if noise in {"nfd", "both"} else held
                    row[at] = text.replace(" ", "\xa0") if noise in {"nbsp", "both"} else text


@dataclass
class Tailor:
    """One choice after another, each only among what the lines allow."""

    lines: list[Line]
    pick: Pick
    is_text: bool
    year: int = 0
    names: list[str] = field(default_factory=list)
    paths: dict[str, Path_] = field(default_factory=dict)

    def __post_init__(self) -> None:
        pick = self.pick
        self.year = max(int(each["plan_year"]) for each in self.lines)
        self.names = list(self.lines[0])
        self.unit = pick(list(UNITS))
        styles = ["number", "vi", "en"] if not self.is_text or self.unit == 1 else ["vi", "en"]
        self.style, self.dates = (
            pick(styles),
            pick(("text", "iso") if self.is_text else ("date", "text", "iso")),
        )
        self.depth = pick((1, 2, 3))
        self.marked = not self.is_text and pick((True, False))
        self.carried = self._carried_fit() and pick((False, True))
        self.aside = not self.carried and self._aside_fit() and pick((False, True))
        one_year = len({each["plan_year"] for each in self.lines}) == 1
        self.years_told = self.carried or self.aside or (one_year and pick((False, True)))
        made = all(each["line_id"] == _made_id(each) for each in self.lines)
        self.parted = (
            ""
            if self.aside
            else pick(("", "sheets", "tables") if self._sheets_fit() and not self.is_text else ("",))
        )
        self.nest = self._nest()
        gone = {*self.nest, *(["plan_year"] if self.years_told else [])}
        gone |= {"source"} if self.aside or self.parted == "sheets" else set()
        gone |= {"line_id"} if made and (self.carried or self.aside or pick((True, False))) else set()
        if not made:
            gone -= {"line_id"}
        self.names = [name for name in self.names if name not in gone]
        self.total = pick(("", "top", "bottom"))

    # -- what fits --------------------------------------------------------------------------------------

    def _others(self, each: Line, skip: set[str]) -> dict[str, str]:
        return {name: text for name, text in each.items() if name not in skip}

    def _bare(self, each: Line) -> bool:
        """Whether the line has no figure of its own beside plan and disbursement that an empty cell would not mean."""
        return all(
            each[name] == ("0" if LINES.column(name).default == 0 else "")
            for name in self.names
            if _own_money(name)
        )

    def _carried_fit(self) -> bool:
        old = [each for each in self.lines if int(each["plan_year"]) < self.year]
        now = {
            (each["project_id"], each["source"]): each
            for each in self.lines
            if int(each["plan_year"]) == self.year
        }
        unique = len(now) + len(old) == len(self.lines) and all(
            each["line_id"] == _made_id(each) for each in self.lines
        )
        skip = OWN | {name for name in self.names if _own_money(name)}
        return (
            bool(old)
            and unique
            and len({(each["project_id"], each["source"]) for each in old}) == len(old)
            and all(int(each["plan_year"]) == self.year - 1 and self._bare(each) for each in old)
            and all((each["plan"], each["disbursed"]) != ("0", "0") for each in self.lines)
            and all(
                self._others(now[key], skip) == self._others(each, skip)
                for each in old
                if (key := (each["project_id"], each["source"])) in now
            )
        )

    def _aside_fit(self) -> bool:
        by: dict[str, dict[str, Line]] = {}
        for each in self.lines:
            by.setdefault(each["project_id"], {})[each["source"]] = each
        sources = {each["source"] for each in self.lines}
        return (
            len(sources) > 1
            and all(kind_of(source) for source in sources)
            and len({each["plan_year"] for each in self.lines}) == 1
            and sum(map(len, by.values())) == len(self.lines)
            and all(each["line_id"] == _made_id(each) for each in self.lines)
            and all(
                self._bare(each) and (each["plan"], each["disbursed"]) != ("0", "0") for each in self.lines
            )
            and not any(LINES.column(name).per_source for name in self.names)
            and all(
                len({tuple(self._others(each, OWN | {"source"}).items()) for each in held.values()}) == 1
                for held in by.values()
            )
        )

    def _sheets_fit(self) -> bool:
        sources = {each["source"] for each in self.lines}
        return len(sources) > 1 and all(
            kind_of(text) and len(text) <= 31 and not set(text) & set("[]:*?/\\'") for text in sources
        )

    def _nest(self) -> list[str]:
        """Choose which of source, sector and stage the group rows carry."""
        tests = {"source": kind_of, "sector": sector_of, "stage": bool}
        fit = [
            name
            for name, known in tests.items()
            if name in self.names
            and all(known(each[name]) for each in self.lines)
            and len({each[name] for each in self.lines}) <= 8
            and not (name == "source" and (self.aside or self.parted == "sheets"))
        ]
        return [name for name in fit if self.pick((False, True))]

    # -- what is written ----------------------------------------------------------------------------------

    def pages(self) -> list[Page]:
        """Return the sheets."""
        parts: dict[str, list[Line]] = {}
        for each in self.lines:
            parts.setdefault(each["source"] if self.parted else "", []).append(each)
        keys = self._columns()
        found: list[Page] = []
        for name, held in parts.items():
            page = self._page(name if self.parted == "sheets" else "Biểu 01", held, keys)
            if self.parted == "tables" and found:
                _append(found[0], page)
            else:
                found.append(page)
        return found

    def _columns(self) -> list[str]:
        """Choose the order of the columns, blank ones among them."""
        pick, rest, order = self.pick, list(self.names), []
        shuffled = pick((False, True))
        while rest:
            order.append(rest.pop(pick(range(len(rest))) if shuffled else 0))
        if self.carried:
            order += ["plan@", "disbursed@"]
        if self.aside:
            sources = list(dict.fromkeys(each["source"] for each in self.lines))
            at = order.index("plan")
            order.remove("disbursed")
            at = order.index("plan")
            order[at : at + 1] = [f"{name}@{source}" for name in SUMMED for source in ("", *sources)]
        for _ in range(pick((0, 0, 1, 2))):
            order.insert(pick(range(len(order) + 1)), "")
        stt = ["#"] if self.nest or pick((True, False)) else []
        note = ["note"] if pick((False, True)) else []
        self.paths = {key: self._path(key) for key in (*stt, *order, *note)}
        return [*stt, *order, *note]

    def _path(self, key: str) -> Path_:
        pick, day = self.pick, DAY.format(self.year)
        name, at, source = key.partition("@")
        if key in {"", "#", "note"}:
            return ({"": "", "#": pick(("STT", "TT", "Số TT")), "note": "Ghi chú"}[key],)
        if at and self.carried:
            return (
                {
                    "plan": f"KH năm {self.year - 1} kéo dài",
                    "disbursed": f"Giải ngân - KH năm {self.year - 1} kéo dài",
                }[name],
            )
        if at:
            top = f"Kế hoạch vốn năm {self.year}" if name == "plan" else f"Giải ngân đến {day}"
            return (top, source or "Tổng số")
        column = LINES.column(name)
        told = self.years_told and name == "plan"
        options: list[Path_] = [(text,) for text in flat(column, self.year, day, with_year=told)]
        return pick([*over(column, self.year, day, self.depth), *options] if self.depth > 1 else options)

    def _page(self, name: str, lines: Sequence[Line], keys: Sequence[str]) -> Page:
        pick = self.pick
        rows: list[list[Any]] = [
            [title] for title in ("UBND TỈNH NAM KHÊ", f"KẾ HOẠCH VỐN NĂM {self.year}")[: pick((0, 1, 2))]
        ]
        rows.append([f"{pick(('Đơn vị tính', 'ĐVT'))}: {UNITS[self.unit]}"])
        page = Page(name, rows)
        self._headers(page, keys)
        if pick((False, True)):
            rows.append([f"({at})" for at in range(1, len(keys) + 1)])
        start = len(rows)
        top = [self._sums(lines, keys, ("TỔNG SỐ", ""))] if self.total == "top" else []
        rows += [*top, *self._body(lines, keys, self.nest)]
        if self.total == "bottom":
            rows.append(self._sums(lines, keys, (pick(("Tổng cộng", "Cộng")), "")))
        if pick((False, True)):
            rows += [
                [],
                ["Ghi chú: số liệu của chủ đầu tư."],
                [None, "Người lập biểu", None, None, "GIÁM ĐỐC"],
                [None, "(Ký, ghi rõ họ tên)"],
            ]
        if not self.is_text and pick((False, True)):
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
                if joined and not self.is_text:
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
                if self.marked and (right > at or bottom > level):
                    page.merged.append((first + level, at, first + bottom, right))
        page.rows += grid

    def _body(self, lines: Sequence[Line], keys: Sequence[str], nest: Sequence[str]) -> list[list[Any]]:
        if not nest:
            return self._numbered(lines, keys)
        parts: dict[str, list[Line]] = {}
        for each in lines:
            parts.setdefault(each[nest[0]], []).append(each)
        marks = MARKS[len(self.nest) - len(nest)]
        rows = []
        for mark, (text, held) in zip(marks, parts.items(), strict=False):
            title = self.pick(stage_text(text, self.year)) if nest[0] == "stage" else text
            rows += [self._sums(held, keys, (title, mark)), *self._body(held, keys, nest[1:])]
        return rows

    def _numbered(self, lines: Sequence[Line], keys: Sequence[str]) -> list[list[Any]]:
        together: dict[tuple[str, ...], dict[str, Line]] = {}
        for each in lines:
            key = (
                (each["project_id"],)
                if self.aside
                else (each["project_id"], each["source"])
                if self.carried
                else (each["line_id"],)
            )
            part = (
                each["source"]
                if self.aside
                else ""
                if not self.carried or int(each["plan_year"]) < self.year
                else "now"
            )
            together.setdefault(key, {})[part] = each
        return [[self._cell(key, held, k) for key in keys] for k, held in enumerate(together.values(), 1)]

    def _cell(self, key: str, held: dict[str, Line], number: int) -> Any:
        name, at, source = key.partition("@")
        if key in {"", "#", "note"}:
            return number if key == "#" else None
        if at and self.aside and not source:
            return amount(sum(int(each[name]) for each in held.values()), self.unit, self.style)
        if at:
            each = held.get(source)
        elif self.carried and _own_money(name, all_money=True):
            each = held.get("now")
        else:
            each = held.get("now") or next(iter(held.values()))
        if each is None:
            return None
        return cell(
            LINES.column(name),
            each[name],
            self.year,
            self.pick,
            unit=self.unit,
            style=self.style,
            dates=self.dates,
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
                    amount(sum(int(each[name]) for each in held), self.unit, self.style) if held else None
                )
            else:
                row.append(None)
        return row

    def _counts(self, each: Line, at: str, source: str) -> bool:
        if self.aside:
            return not source or each["source"] == source
        if self.carried:
            return (int(each["plan_year"]) < self.year) == bool(at)
        return True


def _own_money(name: str, *, all_money: bool = False) -> bool:
    column = LINES.column(name)
    own = column.type is Type.MONEY and not column.per_project and not column.per_source
    return own and (all_money or name not in SUMMED)


def _made_id(each: Line) -> str:
    tail = "".join(f"/{each[name]}" for name in ("component", "nature") if each.get(name) and name in each)
    return f"{each['project_id']}/{each['source']}/{each['plan_year']}{tail}"


def _append(page: Page, below: Page) -> None:
    """Put the rows of *below* under *page*, a blank row between."""
    page.rows.append([])
    down = len(page.rows)
    page.rows += below.rows
    page.merged += [(top + down, left, bottom + down, right) for top, left, bottom, right in below.merged]
    page.hidden_rows |= {row + down for row in below.hidden_rows}
