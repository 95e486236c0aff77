"""The findings of a check as a workbook: one row a finding, errors first."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from phanbo.catalogue import both
from phanbo.report.formats import Column
from phanbo.report.workbook import workbook

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["write_findings"]

COLUMNS = (
    Column(both("findings.no"), 6, "center"),
    Column(both("findings.severity"), 12),
    Column(both("findings.table_sheet"), 20),
    Column(both("findings.row"), 8, "center"),
    Column(both("findings.cell"), 8, "center"),
    Column(both("findings.column"), 22),
    Column(both("findings.value"), 24),
    Column(both("findings.what_is"), 60),
    Column(both("findings.how_to"), 50),
)
UNDATED = dt.date(2000, 1, 1)  # a check has no date; the same findings give the same bytes
SEVERITIES = {
    "error": both("findings.error"),
    "warning": both("findings.warning"),
    "note": both("findings.note"),
}


def write_findings(found: pd.DataFrame, path: str | Path, lang: str = "vi") -> None:
    """Write the frame of `check_excel` (or `Portfolio.check`) as a workbook."""
    order = {name: k for k, name in enumerate(SEVERITIES)}
    rows = sorted(found.to_dict("records"), key=lambda row: order.get(str(row["severity"]), len(order)))
    title = "Kết quả kiểm tra dữ liệu" if lang == "vi" else "Findings of the data check"
    with workbook(path, title=title, on=UNDATED, lang=lang) as book:
        sheet = book.sheet(both("findings.findings"), COLUMNS)
        counts = {name: sum(row["severity"] == name for row in rows) for name in SEVERITIES}
        sheet.title(
            both("findings.findings_of"),
            both(
                "findings.error_errors", error=counts["error"], warning=counts["warning"], note=counts["note"]
            ),
        )
        sheet.head(repeat=True, freeze=1)
        for number, row in enumerate(rows, start=1):
            place = "" if row["row"] is None or row["row"] != row["row"] else str(int(row["row"]))
            texts = (
                book.say(SEVERITIES[str(row["severity"])]),
                row["sheet"] or row["table"],
                place,
                row["cell"],
            )
            said = (row[f"message_{lang}"], row[f"mend_{lang}"])
            sheet.line([number, *texts, row["column"], row["value"], *said])
        if not rows:
            sheet.text(book.say(both("findings.nothing_was")))
