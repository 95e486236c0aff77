"""A person's marks held against the tables as they are now: taken, refused, set aside, or in contradiction."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from phanbo.errors import Finding
from phanbo.money import format_dong
from phanbo.tables.matching.review import NONE, PAIRS, ZEROS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from phanbo.tables.matching.review import Mark, Review, Zero

__all__ = ["Answers", "judge"]


@dataclass(slots=True)
class Answers:
    """What the marks say, by position.

    Attributes
    ----------
    lines : dict of int to int
        Treasury row to the line it was given.
    aside : set of int
        Treasury rows that are of no line.
    refused : set of (int, int)
        Pairs somebody said no to.
    zeros : set of int
        Lines out of which nothing was paid.
    given : dict of (str, str) to (str, str)
        Key of the Treasury row and proposed line to the two cells as typed.
    """

    lines: dict[int, int] = field(default_factory=dict)
    aside: set[int] = field(default_factory=set)
    refused: set[tuple[int, int]] = field(default_factory=set)
    zeros: set[int] = field(default_factory=set)
    given: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def judge(
    review: Review,
    rows: Mapping[str, tuple[int, int]],
    lines: Mapping[str, tuple[int, str, str]],
    settled: Mapping[int, tuple[int, str]],
) -> Answers:
    """Return what may be taken of a review.

    *rows* has position and amount of every Treasury row by its key; *lines* position, digest and digest with the
    owner's figure of every line by its id; *settled* the line and the manner (code, name) of the rows decided alone.
    """
    out = Answers(findings=list(review.findings))
    for mark in review.marks:
        if mark.agreed or mark.other:
            _mark(out, review, mark, rows, lines, settled)
    for zero in review.zeros:
        if zero.agreed == "có":
            _zero(out, review, zero, lines, settled)
    return out


def _mark(
    out: Answers,
    review: Review,
    mark: Mark,
    rows: Mapping[str, tuple[int, int]],
    lines: Mapping[str, tuple[int, str, str]],
    settled: Mapping[int, tuple[int, str]],
) -> None:
    def refuse(code: str, vi: str, en: str) -> None:
        out.findings.append(_finding(code, (vi, en), f"[{review.name}]{PAIRS}", mark.row, mark.cell))

    takes = mark.agreed == "có" or bool(mark.other)
    proposed = lines.get(mark.line_id)
    if mark.key not in rows:
        again = proposed is not None and (proposed[0], "name") in settled.values()
        if takes or (
            mark.agreed == "không" and again
        ):  # a pair somebody refused would be taken by its name again
            refuse(
                "review-stale",
                f"dòng Kho bạc của phiếu ({_dong(mark.paid)} đồng) không còn như vậy trong tệp Kho bạc",
                f"the Treasury row of the sheet ({_dong(mark.paid)} đồng) is no longer so in the Treasury file",
            )
        return
    row, paid = rows[mark.key]
    if takes and mark.paid != paid:
        refuse(
            "review-changed",
            f"số giải ngân trên phiếu {_dong(mark.paid)} khác tệp Kho bạc {format_dong(paid)}",
            f"the sheet's amount {_dong(mark.paid)} is not the Treasury's {format_dong(paid)}",
        )
        return
    if mark.agreed == "có" and (not mark.line_id or (mark.other and mark.other != mark.line_id)):
        refuse(
            "review-contradicts",
            "ghi “có” nhưng không rõ dòng vốn nào: để trống cột “Mã dòng vốn khác” hoặc ghi “không”",
            "says yes, but to which line? leave the other line empty, or say no",
        )
        return
    wanted = mark.other or (mark.line_id if mark.agreed == "có" else "")
    if wanted and wanted != NONE and wanted not in lines:
        refuse("review-stale", f"không có dòng vốn “{wanted}”", f"there is no line “{wanted}”")
        return
    if wanted and wanted == mark.line_id and proposed is not None and proposed[1] != mark.check:
        refuse(
            "review-stale",
            f"dòng vốn “{wanted}” đã thay đổi từ khi lập phiếu",
            f"the line “{wanted}” has changed since the sheet was made",
        )
        return
    if mark.agreed == "không" and proposed is not None:
        out.refused.add((row, proposed[0]))
    if wanted:
        _give(out, row, None if wanted == NONE else lines[wanted][0], settled, refuse)
    out.given[mark.key, mark.line_id] = (mark.agreed, mark.other)


def _give(
    out: Answers,
    row: int,
    line: int | None,
    settled: Mapping[int, tuple[int, str]],
    refuse: Callable[[str, str, str], None],
) -> None:
    """Give a row to a line, or to none; one row has one place."""
    before = out.lines.get(row, None if row in out.aside else -1)
    if before not in {-1, line}:
        refuse(
            "review-contradicts",
            "một dòng Kho bạc được ghi cho hai dòng vốn",
            "one Treasury row is given to two lines",
        )
    elif row in settled and settled[row][1] == "code" and settled[row][0] != line:
        refuse(
            "review-contradicts",
            "dòng Kho bạc này đã khớp dòng vốn khác theo mã dự án",
            "this Treasury row matches another line by its project code",
        )
    elif line is None:
        out.aside.add(row)
    else:
        out.lines[row] = line


def _zero(
    out: Answers,
    review: Review,
    zero: Zero,
    lines: Mapping[str, tuple[int, str, str]],
    settled: Mapping[int, tuple[int, str]],
) -> None:
    where = f"[{review.name}]{ZEROS}"
    if zero.line_id not in lines or lines[zero.line_id][2] != zero.check:
        vi = f"dòng vốn “{zero.line_id}” đã thay đổi từ khi lập phiếu, hoặc không còn"
        en = f"the line “{zero.line_id}” has changed since the sheet was made, or is gone"
        out.findings.append(_finding("review-stale", (vi, en), where, zero.row, zero.cell))
        return
    line = lines[zero.line_id][0]
    if line in out.lines.values() or line in {at for at, _ in settled.values()}:
        vi = f"ghi chưa giải ngân, nhưng Kho bạc có số cho dòng vốn “{zero.line_id}”"
        en = f"says nothing was paid, but the Treasury has a figure for line “{zero.line_id}”"
        out.findings.append(_finding("review-contradicts", (vi, en), where, zero.row, zero.cell))
        return
    out.zeros.add(line)


def _dong(amount: int | None) -> str:
    return "?" if amount is None else format_dong(amount)


def _finding(code: str, said: tuple[str, str], sheet: str, row: int, cell: str) -> Finding:
    return Finding(
        code,
        "error",
        *said,
        "sửa phiếu, hoặc lập lại: phanbo match KẾ_HOẠCH KHO_BẠC --out TỆP.xlsx",
        "mend the sheet, or make it anew: phanbo match PLAN TREASURY --out FILE.xlsx",
        table="review",
        sheet=sheet,
        row=row,
        cell=cell,
        rule=code,
    )
