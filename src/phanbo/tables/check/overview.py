"""A portfolio at a glance, as text and as a small table."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from phanbo.money import format_dong, format_million, format_share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phanbo.errors import Finding
    from phanbo.tables.check.grid import Grid
    from phanbo.tables.check.reconcile import Balance

__all__ = ["overview_html", "overview_text"]


GAPS = 3
"""Differences that are named at a glance."""
COLUMNS = {"plan": "kế hoạch", "disbursed": "giải ngân"}


def _count(lines: Grid, name: str) -> int:
    return len(set(lines.values(name).tolist()))


def _total(lines: Grid, name: str) -> int:
    return sum(lines.values(name).tolist())


def _severities(findings: Sequence[Finding]) -> tuple[int, int]:
    severities = [finding.severity for finding in findings]
    return severities.count("warning"), severities.count("note")


def _reconciled(balances: Sequence[Balance]) -> tuple[list[Balance], list[Balance]]:
    """Return the totals that are stated, and those of all that do not add up."""
    return [each for each in balances if each.stated is not None], [each for each in balances if not each.ok]


def overview_text(lines: Grid, findings: Sequence[Finding], balances: Sequence[Balance] = ()) -> str:
    """Return one line of text: how many, how much, how far."""
    plan, disbursed = _total(lines, "plan"), _total(lines, "disbursed")
    warnings, notes = _severities(findings)
    stated, wrong = _reconciled(balances)
    told = f", {len(stated) - len(wrong)} of {len(stated)} stated totals add up" if stated else ""
    return (
        f"<Portfolio {lines.values('plan_year').max()}: {len(lines)} lines, {_count(lines, 'owner')} owners, "
        f"{_count(lines, 'source')} sources, plan {format_million(plan, 'en')} million đồng, "
        f"disbursed {format_share(disbursed, plan, 'en')}, {warnings} warnings, {notes} notes{told}>"
    )


def overview_html(lines: Grid, findings: Sequence[Finding], balances: Sequence[Balance] = ()) -> str:
    """Return the same as a table in Vietnamese, amounts in triệu đồng."""
    plan, disbursed = _total(lines, "plan"), _total(lines, "disbursed")
    warnings, notes = _severities(findings)
    rows = (
        ("Dòng vốn", str(len(lines))),
        ("Chủ đầu tư", str(_count(lines, "owner"))),
        ("Nguồn vốn", str(_count(lines, "source"))),
        ("Kế hoạch (triệu đồng)", format_million(plan)),
        ("Giải ngân (triệu đồng)", format_million(disbursed)),
        ("Tỷ lệ giải ngân", format_share(disbursed, plan)),
        ("Đối chiếu", _told(balances)),
        ("Cảnh báo", str(warnings)),
        ("Ghi chú", str(notes)),
    )
    body = "".join(
        f"<tr><th style='text-align:left'>{html.escape(name)}</th>"
        f"<td style='text-align:right'>{html.escape(value)}</td></tr>"
        for name, value in rows
    )
    year = lines.values("plan_year").max()
    return f"<table><caption>Kế hoạch vốn năm {year}</caption><tbody>{body}</tbody></table>"


def _told(balances: Sequence[Balance]) -> str:
    """Return how many of the totals stated add up, and the first that do not."""
    stated, wrong = _reconciled(balances)
    if not stated and not wrong:
        return "chưa có số để đối chiếu"
    gaps = [
        f"{each.label or each.key} – {COLUMNS.get(each.column, each.column)}: chênh {format_dong(each.gap or 0)} đồng"
        + (f" ({f'{each.sheet} {each.cell}'.strip()})" if each.sheet or each.cell else "")
        for each in wrong[:GAPS]
    ]
    more = [f"… và {len(wrong) - GAPS} chênh lệch khác"] if len(wrong) > GAPS else []
    return "; ".join([f"khớp {len(stated) - len(wrong)}/{len(stated)}", *gaps, *more])
