"""The sheet *Điều chỉnh*: every changed line by plan year and source, cuts before increases, totals as formulas."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from phanbo.report.formats import Column, Formula, cell_name
from phanbo.words import GROUP, day, word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phanbo.report.names import Names
    from phanbo.report.sheet import Sheet
    from phanbo.report.workbook import Workbook

__all__ = ["SUBMITTED", "changes", "columns", "heading", "plan_year", "tree", "write_changes", "write_tree"]

SUMMED = ("plan", "disbursed", "cut", "added", "plan_after", "expected_after")
OF_PROJECT = ("total_investment", "allocated_to_date")
"""Money of the whole project: shown where known, never added up over lines."""
MONEY = (*SUMMED, *OF_PROJECT)


def plan_year(names: Names) -> int:
    """Return the plan year of the round."""
    return int(names.proposal.meta["as_of"][:4])


def write_changes(book: Workbook, names: Names) -> None:
    """Write the sheet of adjustments."""
    frame = changes(names)
    sheet = book.sheet(("Điều chỉnh", "Adjustments"), list(columns(names, frame).values()))
    sheet.title(heading(names), SUBMITTED)
    sheet.unit()
    sheet.head(repeat=True, freeze=2)
    if frame.empty:
        sheet.text(book.say(NOTHING))
        return
    write_tree(sheet, tree(names, frame), columns(names, frame))


def heading(names: Names) -> tuple[str, str]:
    """Return the title of the annex: plan year and round."""
    year, number = plan_year(names), names.proposal.meta["round"]["number"]
    apart = (
        ("CHỈ ĐỂ SO SÁNH – ", "FOR COMPARISON ONLY – ") if names.book and names.book.comparison else ("", "")
    )
    return (
        f"{apart[0]}BIỂU ĐIỀU CHỈNH KẾ HOẠCH VỐN ĐẦU TƯ CÔNG NĂM {year}"
        + (f", ĐỢT {number}" if number else ""),
        f"{apart[1]}ADJUSTMENT OF THE PUBLIC INVESTMENT PLAN {year}"
        + (f", ROUND {number}" if number else ""),
    )


SUBMITTED = (
    "(Kèm theo Tờ trình số ……… ngày …… tháng …… năm ……)",
    "(Attached to submission no. ……… of ………)",
)
NOTHING = (
    "Không có dòng vốn nào được điều chỉnh trong đợt này; lý do ở trang Tổng hợp.",
    "No line is adjusted in this round; the sheet Summary says why.",
)


def columns(names: Names, frame: pd.DataFrame) -> dict[str, Column]:
    """Return the columns of the sheet by name; what the tables do not know is left out."""
    year, on = plan_year(names), day(dt.date.fromisoformat(names.proposal.meta["as_of"]), names.lang)
    paid = (f"Giải ngân đến ngày {on}", f"Disbursed by {on}")
    moved = ("Điều chỉnh kế hoạch", "Adjustment")
    every = {
        "number": Column(("STT", "No."), 5, "center"),
        "project": Column(("Danh mục dự án", "Project"), 30),
        "project_id": Column(("Mã dự án", "Project id"), 11),
        "owner": Column(("Chủ đầu tư", "Owner"), 20),
        "stage": Column(("Phân loại", "Stage"), 11),
        "total_investment": Column(("Tổng mức đầu tư", "Total investment"), 13, "money"),
        "allocated_to_date": Column(("Lũy kế vốn bố trí", "Allocated to date"), 13, "money"),
        "plan": Column((f"Kế hoạch vốn năm {year} đã giao", f"Plan {year} assigned"), 13, "money"),
        "disbursed": Column(("Số vốn", "Amount"), 13, "money", paid),
        "ratio": Column(("Tỷ lệ", "Share"), 9, "share", paid),
        "cut": Column(("Điều chỉnh giảm", "Decrease"), 12, "money", moved),
        "added": Column(("Điều chỉnh tăng", "Increase"), 12, "money", moved),
        "plan_after": Column((f"Kế hoạch vốn năm {year} sau điều chỉnh", f"Plan {year} after"), 13, "money"),
        "expected_after": Column(
            ("Ước giải ngân đến hết niên độ", "Expected by the closing date"), 13, "money"
        ),
        "rank": Column(("Thứ hạng", "Rank"), 7, "rank"),
        "citation": Column(("Căn cứ", "Legal basis"), 28),
        "authority": Column(("Thẩm quyền", "Authority"), 14),
        "reason": Column(("Lý do điều chỉnh", "Reason"), 72),
    }
    return {name: column for name, column in every.items() if name not in OF_PROJECT or name in frame}


def changes(names: Names) -> pd.DataFrame:
    """Return the adjustments as the sheet shows them: words in place of codes, cut and increase apart."""
    frame, lang = names.proposal.adjustments, names.lang
    frame["cut"], frame["added"] = (-frame["change"]).clip(lower=0), frame["change"].clip(lower=0)
    stored = frame["citation"].tolist()
    cited = [names.citation(code, text) for code, text in zip(frame["binding_rule"], stored, strict=True)]
    said = frame[f"reason_{lang}"].tolist()
    # the reason ends in its citation, which has a column of its own
    frame["reason"] = [_without(text, f" ({cite}).") for text, cite in zip(said, cited, strict=True)]
    frame["citation"] = cited
    frame["stage"] = [word(GROUP, code, lang) for code in frame["stage"]]
    decided = zip(frame["authority"], frame["line_id"], strict=True)
    frame["authority"] = [names.authority(code, names.pool_of[line]) for code, line in decided]
    case = names.proposal.case
    if case is not None:
        place = {line: k for k, line in enumerate(case.portfolio.text("line_id").tolist())}
        at = [place[line] for line in frame["line_id"]]
        for name in OF_PROJECT:
            values, known = case.portfolio.money(name)
            if known[at].any():
                frame[name] = pd.Series(
                    [int(v) if k else None for v, k in zip(values[at], known[at], strict=True)],
                    dtype="object",
                )
    return frame


def _without(text: str, end: str) -> str:
    return text.removesuffix(end) + "." if text.endswith(end) else text


@dataclass(frozen=True, slots=True)
class Group:
    """A row of totals over groups or, at the bottom, over lines."""

    number: str
    label: str
    lines: pd.DataFrame
    look: str
    parts: tuple[Group, ...] = field(default=())


def tree(names: Names, frame: pd.DataFrame) -> Group:
    """Return TỔNG SỐ → plan year, if any is carried over → source → Giảm, Tăng."""
    year = plan_year(names)
    years = sorted(frame["plan_year"].unique().tolist(), reverse=True)
    parts = []
    for k, each in enumerate(years):
        mine = frame[frame["plan_year"] == each]
        label = (
            (f"Kế hoạch vốn năm {each}", f"Plan {each}")
            if each == year
            else (f"Vốn năm {each} kéo dài sang năm {year}", f"Capital of {each} carried over to {year}")
        )
        parts.append(Group(chr(ord("A") + k), names.say(label), mine, "group", tuple(_sources(names, mine))))
    total = Group("", names.say(("TỔNG SỐ", "TOTAL")), frame, "total", tuple(parts))
    return total if years != [year] else replace(total, parts=parts[0].parts)


def _sources(names: Names, frame: pd.DataFrame) -> Iterator[Group]:
    for k, (source, lines) in enumerate(frame.groupby("source", sort=True), start=1):
        halves = []
        for number, column, label in (
            ("a", "cut", ("Giảm", "Decrease")),
            ("b", "added", ("Tăng", "Increase")),
        ):
            half = lines[lines[column] > 0]
            if len(half):
                halves.append(Group(number, names.say(label), half, "group"))
        yield Group(_roman(k), str(source), lines, "group", tuple(halves))


def _roman(number: int) -> str:
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
    return list(cells.values())


def _share(sheet: Sheet, row: int, place: dict[str, int], part: int, whole: int) -> Formula:
    value = part / whole if whole else None
    return sheet.quotient(place["disbursed"], place["plan"], value, at=row)
