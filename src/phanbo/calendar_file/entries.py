"""The entries of a calendar file: which there are, which must be there, what each may hold.

An entry nobody reads is a fault: a slip of the pen would else change the law in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from phanbo.calendar_file import values
from phanbo.calendar_file.fault import ERROR, Fault, Words, near, written
from phanbo.calendar_file.lines import Lines

__all__ = ["TABLES", "Row", "rows_of"]

Kind = Callable[[Any], Any]

TABLES: dict[str, dict[str, Kind]] = {
    "": {
        "code": values.text,
        "title_vi": values.text,
        "title_en": values.text,
        "year": values.whole,
        "source": values.text,
        "directive": values.text,
        "last_adjustment": values.date,
    },
    "milestone": {
        "group": values.group,
        "on": values.date,
        "inclusive": values.yes_no,
        "share": values.share,
        "plan_years": values.years,
        "source": values.text,
    },
    "deadline": {
        "kind": values.kind,
        "stage": values.stage,
        "on": values.date,
        "inclusive": values.yes_no,
        "programme_only": values.yes_no,
        "source": values.text,
    },
    "round": {
        "number": values.whole,
        "report_by": values.date,
        "judged_on": values.date,
        "forecast_on": values.date,
    },
    "report": {
        "title_vi": values.text,
        "title_en": values.text,
        "who": values.text,
        "on": values.date,
        "inclusive": values.yes_no,
        "every": values.every,
        "day": values.whole,
        "source": values.text,
    },
    "curve": {"source": values.text, "points": values.points},
    "citation": {},
}
"""Every entry of every table; the calendar itself has no name. A citation has the codes of rules for names."""

NEEDED = {
    "": "code title_vi title_en year",
    "milestone": "group on inclusive share",
    "deadline": "kind stage on",
    "round": "number report_by judged_on",
    "report": "title_vi title_en who",
    "curve": "source points",
}
SEVERAL = ("milestone", "deadline", "round", "report")
"""Tables that repeat: ``[[milestone]]``."""
AT_LEAST_ONE = ("milestone", "round")

SAMPLES = {
    "code": '"bac-linh-2026"',
    "title_vi": '"Bắc Lĩnh, năm kế hoạch 2026"',
    "title_en": '"Bắc Lĩnh, plan year 2026"',
    "year": "2026",
    "group": '"transitional"',
    "on": "2026-09-30",
    "inclusive": "true",
    "share": '"0.7"',
    "kind": '"start"',
    "stage": '"new_start"',
    "number": "1",
    "report_by": "2026-09-20",
    "judged_on": "2026-09-30",
    "who": '"Kho bạc Nhà nước"',
    "source": '"…"',
    "points": "[ { on = 2026-01-01, share = 1 }, … ]",
}
"""An example of each entry that must be there, of an invented province."""


@dataclass(frozen=True)
class Row:
    """One table of the file: what is given, the values that could be read, and where it stands."""

    table: str
    number: int
    line: int | None
    lines: Lines
    given: Mapping[str, Any]
    values: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 — a value of any kind
        """Return the value of an entry; None where it is not there or could not be read."""
        return self.values.get(name)

    @property
    def unread(self) -> set[str]:
        """Entries that are there and could not be read."""
        return self.given.keys() - self.values.keys()

    def fault(
        self, code: str, message: Words, mend: Words = ("", ""), *, entry: str = "", severity: str = ERROR
    ) -> Fault:
        """Return what is wrong with this table, or with one entry of it."""
        line = self.lines.entry(self.line, entry) if entry else None
        shown = written(self.given[entry]) if entry in self.given and entry != "points" else ""
        return Fault(
            code=code,
            severity=severity,
            message_vi=message[0],
            message_en=message[1],
            mend_vi=mend[0],
            mend_en=mend[1],
            table=bracketed(self.table),
            number=self.number,
            line=line or self.line or None,
            entry=entry,
            value=shown,
        )


def bracketed(table: str) -> str:
    """Return a table's name as its header has it.

    Examples
    --------
    >>> bracketed("round"), bracketed("curve"), bracketed("")
    ('[[round]]', '[curve]', '')
    """
    if not table:
        return ""
    return f"[[{table}]]" if table in SEVERAL else f"[{table}]"


def rows_of(raw: Mapping[str, Any], lines: Lines, faults: list[Fault]) -> dict[str, list[Row]]:
    """Return the tables of a file; what cannot be read is added to *faults*, in the order of the tables."""
    own = {name: value for name, value in raw.items() if name not in TABLES}
    calendar = Row("", 0, 0, lines, own)
    found = {"": [calendar]}
    faults += _read(calendar)
    for table in list(TABLES)[1:]:
        entries, strange = _entries(calendar, table, raw.get(table))
        faults += strange
        found[table] = []
        for number, entry in enumerate(entries, start=1):
            line = lines.header(bracketed(table), number, len(entries))
            row = Row(table, number if table in SEVERAL else 0, line, lines, entry)
            faults += _read(row)
            found[table].append(row)
    return found


def _entries(calendar: Row, table: str, given: object) -> tuple[list[dict[str, Any]], list[Fault]]:
    """Return the entries of a table, and what is wrong with its brackets."""
    header, several = bracketed(table), table in SEVERAL
    if given is None or given == []:
        if table not in AT_LEAST_ONE:
            return [], []
        lacking = (
            f"thiếu mục “{table}”: cần ít nhất một {header}",
            f"entry {table!r} is missing: one {header} at least",
        )
        return [], [calendar.fault("missing", lacking, ("xem docs/provinces.md", "see docs/provinces.md"))]
    if several and isinstance(given, list) and all(isinstance(entry, dict) for entry in given):
        return given, []
    if not several and isinstance(given, dict):
        return [given], []
    form = (f"“{table}” không phải là bảng {header}", f"{table!r} is no table {header}")
    mend = (
        f"viết {header} trên một dòng riêng, các mục ở dưới",
        f"write {header} on a line of its own, its entries below",
    )
    return [], [calendar.fault("table", form, mend)]


def _read(row: Row) -> Iterator[Fault]:
    """Read the entries of a table: unknown ones, values that do not fit, what is missing."""
    kinds = TABLES[row.table]
    for name, value in row.given.items():
        try:
            if row.table == "citation":
                row.values[name] = values.text(value)
            elif name in kinds:
                row.values[name] = kinds[name](value)
            else:
                yield _unknown(row, name)
        except values.Misfit as wrong:
            yield row.fault("value", wrong.message, wrong.mend, entry=name)
    for name in NEEDED.get(row.table, "").split():
        if name not in row.given:
            sample = f"{name} = {SAMPLES[name]}"
            yield row.fault(
                "missing",
                (f"thiếu mục “{name}”", f"entry {name!r} is missing"),
                (f"thêm, ví dụ: {sample}", f"add it, for example: {sample}"),
            )


def _unknown(row: Row, name: str) -> Fault:
    where = (bracketed(row.table),) * 2 if row.table else ("lịch", "a calendar")
    known = TABLES[row.table] if row.table else {**TABLES[""], **dict.fromkeys(TABLES)}
    mend = near(name, filter(None, known))
    if row.table and name in TABLES[""]:
        mend = ("đặt lên đầu tệp, trước mọi bảng", "put it at the head of the file, before all tables")
    listed = ", ".join(filter(None, known))
    fault = row.fault(
        "unknown",
        (f"không có mục “{name}” trong {where[0]}", f"unknown entry {name!r} in {where[1]}"),
        mend if mend[0] else (f"các mục: {listed}", f"entries: {listed}"),
        entry=name,
    )
    given = row.given[name]
    if isinstance(given, list) and given and all(isinstance(entry, dict) for entry in given):
        header = f"[[{name}]]"
        return replace(fault, table=header, entry="", value="", line=row.lines.header(header, 1, len(given)))
    return fault
