"""What a layout can carry of a portfolio, and one choice after another among that.

A layout cannot carry everything. One is chosen only where it can: groups carry a column that is known on every line
and that phanbo's words recognise (a row named after a programme tells the programme, not the source); a pair of columns
carries capital of the year before that has no other figure of its own; sources stand side by side where the lines of a
project differ in nothing else, and none of them is 0 and 0, which no form tells from an empty cell; sheets are named
after sources where none holds the total of the others, and would read as their summary. All else stands in columns.
Nothing is left out but ids that are made of their parts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from dressing.words import Pick
from phanbo.tables.schema import LINES, kind_of, sector_of
from phanbo.tables.schema.column import Type

__all__ = ["SUMMED", "UNITS", "Line", "Tailor", "own_money"]

Line = dict[str, str]
UNITS = {1: "đồng", 10**6: "triệu đồng", 10**3: "nghìn đồng", 10**9: "tỷ đồng"}
DIGITS = 15
SUMMED = ("plan", "disbursed")
OWN = {"plan", "disbursed", "plan_year", "line_id"}


@dataclass
class Tailor:
    """One choice after another, each only among what the lines allow."""

    lines: list[Line]
    pick: Pick
    is_text: bool
    year: int = 0
    names: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        pick = self.pick
        self.year = max(int(each["plan_year"]) for each in self.lines)
        self.names = list(self.lines[0])
        self.unit = pick(list(UNITS))
        styles = ["number", "vi", "en"] if not self.is_text or self.unit == 1 else ["vi", "en"]
        if any(
            len(text.rstrip("0")) > DIGITS for each in self.lines for text in each.values() if text.isdigit()
        ):
            styles = ["vi", "en"]  # a spreadsheet keeps no more digits of a number
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
            if own_money(name)
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
        skip = OWN | {name for name in self.names if own_money(name)}
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
        """Whether every source may name a sheet, and none of the sheets reads as the summary of the others."""
        by: dict[str, list[tuple[str, int]]] = {}
        for each in self.lines:
            by.setdefault(each["source"], []).append((each["project_id"], int(each["plan"])))
        whole = sum(plan for held in by.values() for _, plan in held)
        named = all(kind_of(text) and len(text) <= 31 and not set(text) & set("[]:*?/\\'") for text in by)
        return (
            len(by) > 1
            and named
            and not any(2 * sum(plan for _, plan in held) == whole for held in by.values())
            and not any(
                {row for name, rows in by.items() if name != source for row in rows} <= {*held}
                for source, held in by.items()
            )
        )

    def _nest(self) -> list[str]:
        """Choose which of source, sector and stage the group rows carry."""
        tests: dict[str, Callable[[str], object]] = {
            "source": _tells_source,
            "sector": sector_of,
            "stage": bool,
        }
        fit = [
            name
            for name, known in tests.items()
            if name in self.names
            and all(known(each[name]) for each in self.lines)
            and len({each[name] for each in self.lines}) <= 8
            and not (name == "source" and (self.aside or self.parted == "sheets"))
        ]
        return [name for name in fit if self.pick((False, True))]


def _tells_source(text: str) -> bool:
    return kind_of(text) not in {None, "", "central_programme"}


def own_money(name: str, *, all_money: bool = False) -> bool:
    column = LINES.column(name)
    own = column.type is Type.MONEY and not column.per_project and not column.per_source
    return own and (all_money or name not in SUMMED)


def _made_id(each: Line) -> str:
    tail = "".join(f"/{each[name]}" for name in ("component", "nature") if each.get(name) and name in each)
    return f"{each['project_id']}/{each['source']}/{each['plan_year']}{tail}"
