"""The Treasury's figures into the lines: what is placed counts, what is not is an error, to the đồng."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from phanbo.errors import Finding
from phanbo.money import format_dong
from phanbo.tables.check.dated import DATED, dated_finding
from phanbo.tables.matching.matching import Matching, Plan, match, plan_of
from phanbo.tables.matching.review import Review, read_review
from phanbo.tables.matching.treasury import read_treasury
from phanbo.tables.schema.vocabulary import fold

if TYPE_CHECKING:
    import os

    from phanbo.tables.files.limits import Limits
    from phanbo.tables.gather import Reading
    from phanbo.tables.layout.block import Options
    from phanbo.tables.matching.treasury import TreasuryTable

__all__ = ["last_report_day", "matching_of", "take_treasury"]

_MEND = (
    "lập phiếu đối chiếu: phanbo match KẾ_HOẠCH KHO_BẠC --out doi-chieu.xlsx, đánh dấu, rồi đọc với review=",
    "make a review sheet: phanbo match PLAN TREASURY --out doi-chieu.xlsx, mark it, then read with review=",
)
_SET_ASIDE = (
    "nếu khoản này thuộc kế hoạch: ghi mã dòng vốn vào phiếu đối chiếu",
    "if it is of this plan: write the line on the review sheet",
)
_DIFFERS = (
    'đối chiếu hai số với Kho bạc và chủ đầu tư; prefer="owner" dùng số chủ đầu tư',
    'settle the two figures with the Treasury and the owner; prefer="owner" uses the owner\'s',
)
_WHY = {
    "treasury-unmatched": (
        "không có dòng vốn nào chắc chắn là của khoản này",
        "no line is certain to be this one",
    ),
    "treasury-ambiguous": (
        "nhiều dòng vốn có thể là của khoản này (nguồn, năm không đủ rõ)",
        "several lines could be this one (source and year do not tell)",
    ),
    "treasury-several": (
        "nhiều dòng Kho bạc cùng khớp một dòng vốn: là các phần cộng lại hay số lặp?",
        "several Treasury rows fit one line: parts to add up, or repeats?",
    ),
    "treasury-name-differs": (
        "mã dự án trùng nhưng tên dự án không có từ nào chung",
        "the code is the same, the names share no word",
    ),
}


def matching_of(
    reading: Reading,
    treasury: str | os.PathLike[str] | pd.DataFrame,
    review: str | os.PathLike[str] | None,
    options: Options,
    limits: Limits,
) -> tuple[Matching, Plan, TreasuryTable]:
    """Return the matching of a reading's lines with a Treasury table, and both sides of it.

    Year and headers of *options* are of both files; the unit is of the lines alone.
    """
    table = read_treasury(treasury, replace(options, unit=None), limits)
    marks = Review() if review is None else read_review(review)
    plan = plan_of(reading.frames)
    return match(plan, table, marks), plan, table


def take_treasury(
    reading: Reading,
    treasury: str | os.PathLike[str] | pd.DataFrame,
    review: str | os.PathLike[str] | None = None,
    *,
    prefer: str = "treasury",
    as_of: str | dt.date | None = None,
    options: Options,
    limits: Limits,
) -> None:
    """Let the Treasury's figures be `disbursed`, the owners' `disbursed_reported`; add what was found to *reading*."""
    if "lines" not in reading.frames:
        return
    matching, plan, table = matching_of(reading, treasury, review, options, limits)
    reading.findings += _findings(matching, plan, table, prefer)
    reading.files += table.files
    paid: dict[str, int] = dict.fromkeys(matching.zeros["line_id"], 0)
    for line, amount in zip(matching.pairs["line_id"], matching.pairs["disbursed"], strict=True):
        paid[line] = paid.get(line, 0) + int(amount)
    raw = reading.frames["lines"]
    figures = pd.Series(pd.array([pd.NA] * len(raw), dtype="Int64"), index=raw.index)
    ids = plan.grid.values("line_id").tolist()
    for line, at, owner in zip(ids, plan.origin.tolist(), plan.reported, strict=True):
        first, second = (owner, paid.get(line)) if prefer == "owner" else (paid.get(line), owner)
        figures.iloc[at] = first if first is not None else second
    reading.frames["lines"] = _with_figures(raw, figures)
    if prefer == "treasury":  # the day of the owners' figures is not that of these
        reading.findings[:] = [finding for finding in reading.findings if finding.code != DATED]
        reading.findings.append(dated_finding(table.dated) if table.dated else _undated(table))
    if as_of is not None and table.dated:
        reading.findings += _stale(
            table.dated, as_of if isinstance(as_of, dt.date) else dt.date.fromisoformat(as_of)
        )


def _with_figures(raw: pd.DataFrame, figures: pd.Series[int]) -> pd.DataFrame:
    made = raw.copy()
    made.attrs = dict(raw.attrs)
    if "disbursed" in made and "disbursed_reported" not in made:
        made = made.rename(columns={"disbursed": "disbursed_reported"})
        letters = {sheet: dict(names) for sheet, names in raw.attrs.get("letters", {}).items()}
        for names in letters.values():
            if "disbursed" in names:
                names["disbursed_reported"] = names.pop("disbursed")
        made.attrs["letters"] = letters
        unread = raw.attrs.get("unread", ())
        made.attrs["unread"] = {(s, r, "disbursed_reported" if c == "disbursed" else c) for s, r, c in unread}
    made["disbursed"] = figures
    # said already, with its own words, where neither the Treasury nor the owner knows
    silent = np.flatnonzero(figures.isna().to_numpy())
    if "_sheet" in made and "_row" in made:
        places = {(str(made["_sheet"].iloc[at]), int(made["_row"].iloc[at]), "disbursed") for at in silent}
        made.attrs["unread"] = set(made.attrs.get("unread", ())) | places
    return made


def last_report_day(day: dt.date) -> dt.date:
    """Return the last day up to *day* on which the Treasury reports: every Friday, and the 8th of the month.

    Examples
    --------
    >>> last_report_day(dt.date(2024, 9, 10))
    datetime.date(2024, 9, 8)
    """
    friday = day - dt.timedelta((day.isoweekday() - 5) % 7)
    eighth = day.replace(day=8)
    return max(friday, eighth) if eighth <= day else friday


def _undated(table: TreasuryTable) -> Finding:
    return _finding(
        ("treasury-undated", "warning", ", ".join(name for name, _ in table.files)),
        (
            "số liệu Kho bạc không ghi đến ngày nào: không biết có cũ không",
            "the Treasury figures do not say which day they reach: whether they are old is unknown",
        ),
        (
            "ghi ngày ở tiêu đề cột: “Giải ngân đến 13/9/2024”",
            "write the day in the header: “Giải ngân đến 13/9/2024”",
        ),
    )


def _stale(dated: str, as_of: dt.date) -> list[Finding]:
    last = last_report_day(as_of)
    if dt.date.fromisoformat(dated) >= last:
        return []
    return [
        _finding(
            ("treasury-stale", "warning", dated),
            (
                f"số liệu Kho bạc đến ngày {dated}, cũ hơn kỳ báo cáo gần nhất ({last}) trước ngày {as_of}",
                f"the Treasury figures reach {dated}, older than the last report day ({last}) before {as_of}",
            ),
            ("xin Kho bạc số liệu mới", "ask the Treasury for newer figures"),
        )
    ]


def _findings(matching: Matching, plan: Plan, table: TreasuryTable, prefer: str) -> list[Finding]:
    found = [*matching.findings, *_unplaced(matching, table), *_lines(matching, plan, prefer)]
    where = {key: at for at, key in enumerate(table.keys)}
    shared = matching.pairs["line_id"].duplicated(keep=False)
    for record, several in zip(matching.pairs.to_dict("records"), shared, strict=True):
        if record["how"] == "code" and not several:
            continue  # an exact code needs no word; the table of pairs has it
        by = {"code": "mã", "name": "tên", "review": "phiếu"}[record["how"]]
        more = "; một trong nhiều dòng Kho bạc cộng vào dòng vốn này" if several else ""
        also = "; one of several Treasury rows added up on this line" if several else ""
        paid = record["disbursed"]
        said = (
            f"{format_dong(paid)} đồng vào dòng vốn “{record['line_id']}” theo {by}: {record['evidence']}{more}",
            f"{format_dong(paid)} đồng to line “{record['line_id']}” by {record['how']}: {record['evidence']}{also}",
        )
        found.append(_at(table, where[record["treasury"]], (f"treasury-by-{record['how']}", "note"), said))
    for record in matching.set_aside.to_dict("records"):
        said = (
            f"{format_dong(record['disbursed'])} đồng không thuộc dòng vốn nào (theo phiếu đối chiếu): để riêng",
            f"{format_dong(record['disbursed'])} đồng of no line of the plan (as the review says): set aside",
        )
        what = ("treasury-set-aside", "warning")
        found.append(_at(table, where[record["treasury"]], what, said, _SET_ASIDE))
    for at, owner in enumerate(table.grid.values("owner").tolist()):
        if (new := plan.successors.get(fold(owner))) is not None:
            said = (f"chủ đầu tư “{owner}” nay là “{new}”", f"the owner “{owner}” is now “{new}”")
            found.append(_at(table, at, ("owner-renamed", "note"), said, column="owner"))
    return found


def _unplaced(matching: Matching, table: TreasuryTable) -> list[Finding]:
    """Return an error for every Treasury row with money and no place, and one for their sum."""
    where, found = {key: at for at, key in enumerate(table.keys)}, []
    for record in matching.unmatched_treasury.to_dict("records"):
        paid, name = record["disbursed"], record["project"] or record["project_id"]
        vi, en = _WHY[record["why"]]
        said = (f"“{name}”, {format_dong(paid)} đồng: {vi}", f"“{name}”, {format_dong(paid)} đồng: {en}")
        grave = (record["why"], "error" if paid else "note")
        found.append(_at(table, where[record["treasury"]], grave, said, _MEND if paid else ("", "")))
    total = matching.statements[0]
    if total.gap:
        paid, placed, gap = map(format_dong, (total.stated, total.added, total.gap))
        said = (
            f"Kho bạc đã chi {paid} đồng, đặt được {placed}, còn {gap} đồng chưa có nơi đặt",
            f"the Treasury paid {paid} đồng, {placed} are placed, {gap} đồng are not",
        )
        found.append(_finding(("treasury-unplaced", "error", format_dong(total.gap)), said, _MEND))
    return found


def _lines(matching: Matching, plan: Plan, prefer: str) -> list[Finding]:
    """Return what there is to say of lines: without a Treasury row, or with two figures that differ."""
    at = {name: i for i, name in enumerate(plan.grid.values("line_id").tolist())}
    found = []
    for record in matching.unmatched_lines.to_dict("records"):
        owner, line = record["disbursed_reported"], record["line_id"]
        if owner is None:
            said = (
                f"dòng vốn “{line}” không có trong số liệu Kho bạc: chưa biết giải ngân, không phải là 0",
                f"line “{line}” is not among the Treasury's: what it paid is unknown, not 0",
            )
            grave, mends = ("treasury-line-unknown", "error"), _MEND
        else:
            said = (
                f"dòng vốn “{line}” không có trong số liệu Kho bạc: dùng số chủ đầu tư báo cáo {format_dong(owner)}",
                f"line “{line}” is not among the Treasury's: the owner's figure {format_dong(owner)} is used",
            )
            grave, mends = ("treasury-line-missing", "warning"), _MEND
        found.append(_on_line(plan, at[line], grave, said, mends))
    for record in matching.zeros.to_dict("records"):
        said = ("chưa giải ngân, theo phiếu đối chiếu", "nothing paid, as the review says")
        found.append(_on_line(plan, at[record["line_id"]], ("treasury-zero", "note"), said))
    used = ("Kho bạc", "the Treasury's") if prefer == "treasury" else ("chủ đầu tư", "the owner's")
    for record in matching.conflicts.to_dict("records"):
        here, there, gap = (format_dong(record[name]) for name in ("treasury", "owner", "gap"))
        said = (
            f"Kho bạc {here}, chủ đầu tư báo cáo {there}, chênh {gap} đồng; dùng số {used[0]}",
            f"the Treasury says {here}, the owner {there}, {gap} đồng apart; {used[1]} is used",
        )
        found.append(_on_line(plan, at[record["line_id"]], ("treasury-differs", "warning"), said, _DIFFERS))
    return found


def _on_line(
    plan: Plan, at: int, what: tuple[str, str], said: tuple[str, str], mends: tuple[str, str] = ("", "")
) -> Finding:
    sheet, row = str(plan.grid.sheets[at]), int(plan.rows[at])
    letter = plan.grid.letters.get(sheet, {}).get("disbursed", "")
    return Finding(
        what[0],
        what[1],
        *said,
        mend_vi=mends[0],
        mend_en=mends[1],
        table="lines",
        sheet=sheet,
        row=row,
        column="disbursed",
        cell=f"{letter}{row}" if letter else "",
        rule=what[0],
    )


def _at(
    table: TreasuryTable,
    at: int,
    what: tuple[str, str],
    said: tuple[str, str],
    mends: tuple[str, str] = ("", ""),
    column: str = "disbursed",
) -> Finding:
    return Finding(
        what[0],
        what[1],
        *said,
        mend_vi=mends[0],
        mend_en=mends[1],
        table="treasury",
        sheet=str(table.grid.sheets[at]),
        row=int(table.grid.rows[at]),
        column=column,
        cell=table.grid.cell(at, column),
        value=str(table.grid.values(column)[at]),
        rule=what[0],
    )


def _finding(what: tuple[str, str, str], said: tuple[str, str], mends: tuple[str, str]) -> Finding:
    return Finding(
        what[0],
        what[1],
        *said,
        mend_vi=mends[0],
        mend_en=mends[1],
        table="treasury",
        value=what[2],
        rule=what[0],
    )
