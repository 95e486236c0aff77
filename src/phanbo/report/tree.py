"""Lines in groups: a row of totals above what it adds, at every level."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from phanbo.report.formats import Column, Formula, cell_name

if TYPE_CHECKING:
    import pandas as pd

    from phanbo.report.sheet import Sheet

__all__ = ["Group", "letter", "roman", "write_tree"]

SUMMED = ("plan", "disbursed", "cut", "added", "plan_after", "expected_after")


@dataclass(frozen=True, slots=True)
class Group:
    """A row of totals over groups or, at the bottom, over lines."""

    number: str
    label: str
    lines: pd.DataFrame
    look: str = "group"
    parts: tuple[Group, ...] = field(default=())


def letter(number: int) -> str:
    """Return A for 1.

    Examples
    --------
    >>> letter(2)
    'B'
    """
    return chr(ord("A") + number - 1)


def roman(number: int) -> str:
    """Return a Roman number.

    Examples
    --------
    >>> roman(14)
    'XIV'
    """
    text = ""
    for value, letters in ((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        text += letters * (number // value)
        number %= value
    return text


def write_tree(sheet: Sheet, group: Group, columns: dict[str, Column]) -> None:
    """Write a group: its row of totals is kept free until the rows it adds stand."""
    top = sheet.reserve()
    for part in group.parts:
        write_tree(sheet, part, columns)
    if not group.parts:
        for k, row in enumerate(group.lines.to_dict("records"), start=1):
            sheet.line(_line(sheet, k, row, columns))
    place = {name: k for k, name in enumerate(columns)}
    cells: dict[str, Any] = {"number": group.number, "project": group.label}
    for name in [name for name in SUMMED if name in place]:
        cells[name] = sheet.total(place[name], top + 1, sheet.row - 1, int(group.lines[name].sum()))
    if "ratio" in place:
        paid, plan = (int(group.lines[name].sum()) for name in ("disbursed", "plan"))
        cells["ratio"] = _share(sheet, top, place, paid, plan)
    sheet.line([cells.get(name) for name in columns], group.look, at=top)


def _line(sheet: Sheet, number: int, values: dict[Any, Any], columns: dict[str, Column]) -> list[Any]:
    place = {name: k for k, name in enumerate(columns)}
    plan, cut, added = (cell_name(sheet.row, place[name]) for name in ("plan", "cut", "added"))
    cells = {name: values.get(name) for name in columns}
    cells["number"] = str(number)
    cells["cut"], cells["added"] = cells["cut"] or None, cells["added"] or None
    # after = assigned + up − down, and a reader can see that it is
    cells["plan_after"] = Formula(f"={plan}+{added}-{cut}", values["plan_after"])
    if "ratio" in place:
        cells["ratio"] = _share(sheet, sheet.row, place, values["disbursed"], values["plan"])
    given, used, left = (values.get(name) for name in ("medium_plan", "medium_used", "medium_left"))
    if left is not None:
        ends = (cell_name(sheet.row, place[name]) for name in ("medium_plan", "medium_used"))
        cells["medium_left"] = (
            Formula("={}-{}".format(*ends), left) if given is not None and used is not None else None
        )
    return list(cells.values())


def _share(sheet: Sheet, row: int, place: dict[str, int], part: int, whole: int) -> Formula:
    value = part / whole if whole else None
    return sheet.quotient(place["disbursed"], place["plan"], value, at=row)
