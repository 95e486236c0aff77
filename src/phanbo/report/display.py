"""A proposal, an assessment, an explanation at a glance in a notebook: a few totals, then the first rows.

Plain tables: no script, no style sheet, nothing fetched; every text is escaped.
"""

from __future__ import annotations

import datetime as dt
import html
from typing import TYPE_CHECKING

from phanbo.money import format_dong, format_million, format_share
from phanbo.words import AUTHORITY, READING, day, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from phanbo.assessment import Assessment
    from phanbo.proposal import Proposal

__all__ = ["assessment_html", "proposal_html"]

SHOWN = 10
LEFT, RIGHT = "text-align:left", "text-align:right"


def proposal_html(proposal: Proposal) -> str:
    """Return the totals of a proposal and its first adjustments, in Vietnamese, triệu đồng."""
    s, meta = proposal.summary, proposal.meta
    number, on = meta["round"]["number"], day(dt.date.fromisoformat(meta["as_of"]))
    gain = s["expected_after"] - s["expected"]
    rows = [
        ("Giảm", f"{format_million(s['cut'])} ({format_dong(s['cut_lines'])} dòng)"),
        ("Tăng", f"{format_million(s['added'])} ({format_dong(s['raised_lines'])} dòng)"),
        ("Vốn dư chưa có nơi nhận", format_million(s["unplaced"])),
        ("Ước giải ngân tăng thêm đến hết niên độ", format_million(gain)),
    ]
    if s["conditional"]:
        rules = len({gap["rule"] for gap in s["unchecked"]})
        rows.append(("Chưa kiểm tra", f"{rules} quy định"))
    title = f"Phương án điều chỉnh{f' đợt {number}' if number else ''}, số liệu đến {on} (triệu đồng)"
    frame = proposal.frames["adjustments"]
    if frame.empty:
        return _pairs(title, rows) + "<p>Đợt này không điều chỉnh dòng vốn nào.</p>"
    names = (
        "Hạng",
        "Dự án",
        "Chủ đầu tư",
        "Nguồn vốn",
        "Kế hoạch",
        "Thay đổi",
        "Sau điều chỉnh",
        "Thẩm quyền",
    )
    cells = [
        (
            str(row["rank"]),
            row["project"],
            row["owner"],
            row["source"],
            format_million(row["plan"]),
            ("+" if row["change"] > 0 else "") + format_million(row["change"]),
            format_million(row["plan_after"]),
            word(AUTHORITY, row["authority"]),
        )
        for row in frame.head(SHOWN).to_dict("records")
    ]
    return _pairs(title, rows) + _table(names, cells, "r···rrr·", len(frame))


def assessment_html(assessment: Assessment) -> str:
    """Return the totals of an assessment and its best owners, in Vietnamese, triệu đồng."""
    p, frame = assessment.province, assessment.owners
    held = p["carried_disbursed"]
    late = int((assessment.decides.late | (assessment.missed != "")).sum())
    rows = [
        ("Kế hoạch năm nay", format_million(p["plan"])),
        ("Giải ngân", f"{format_million(p['disbursed'])} ({format_share(p['disbursed'], p['plan'])})"),
        (
            "Vốn kéo dài",
            f"{format_million(held)} / {format_million(p['carried_plan'])} ({format_share(held, p['carried_plan'])})",
        ),
        ("Dòng vốn chậm", f"{format_dong(late)} / {format_dong(p['lines'])}"),
        ("Cách xét", word(READING, assessment.judge)),
    ]
    title = f"Kết quả giải ngân đến {day(assessment.as_of)} (triệu đồng)"
    names = ("Hạng", "Chủ đầu tư", "Kế hoạch", "Giải ngân", "Tỷ lệ", "Dòng chậm")
    cells = [
        (
            str(row["rank"]),
            row["owner"],
            format_million(row["plan"]),
            format_million(row["disbursed"]),
            format_share(row["disbursed"], row["plan"]),
            format_dong(row["late_lines"]),
        )
        for row in frame.head(SHOWN).to_dict("records")
    ]
    return _pairs(title, rows) + _table(names, cells, "r·rrrr", len(frame))


def _pairs(title: str, rows: Iterable[tuple[str, str]]) -> str:
    body = "".join(
        f"<tr><th style='{LEFT}'>{html.escape(name)}</th><td style='{RIGHT}'>{html.escape(value)}</td></tr>"
        for name, value in rows
    )
    return f"<table><caption>{html.escape(title)}</caption><tbody>{body}</tbody></table>"


def _table(names: Sequence[str], rows: Iterable[Sequence[str]], sides: str, total: int) -> str:
    """Return a table; *sides* has an ``r`` for each column that stands to the right."""
    styles = [RIGHT if side == "r" else LEFT for side in sides]
    head = "".join(
        f"<th style='{style}'>{html.escape(name)}</th>" for name, style in zip(names, styles, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f"<td style='{style}'>{html.escape(cell)}</td>" for cell, style in zip(row, styles, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    more = f"<p>… và {format_dong(total - SHOWN)} dòng nữa.</p>" if total > SHOWN else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"
