"""The findings of a check as a workbook: one row a finding, errors first."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from phanbo.report.formats import Column
from phanbo.report.workbook import workbook

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["write_findings"]

COLUMNS = (
    Column(("STT", "No."), 6, "center"),
    Column(("Mức độ", "Severity"), 12),
    Column(("Bảng, sheet", "Table, sheet"), 20),
    Column(("Dòng", "Row"), 8, "center"),
    Column(("Ô", "Cell"), 8, "center"),
    Column(("Cột", "Column"), 22),
    Column(("Giá trị", "Value"), 24),
    Column(("Nội dung", "What is wrong"), 60),
    Column(("Cách sửa", "How to mend"), 50),
)
UNDATED = dt.date(2000, 1, 1)  # a check has no date; the same findings give the same bytes
SEVERITIES = {"error": ("Lỗi", "Error"), "warning": ("Cảnh báo", "Warning"), "note": ("Ghi chú", "Note")}


def write_findings(found: pd.DataFrame, path: str | Path, lang: str = "vi") -> None:
    """Write the frame of `check_excel` (or `Portfolio.check`) as a workbook."""
    order = {name: k for k, name in enumerate(SEVERITIES)}
    rows = sorted(found.to_dict("records"), key=lambda row: order.get(str(row["severity"]), len(order)))
    title = "Kết quả kiểm tra dữ liệu" if lang == "vi" else "Findings of the data check"
    with workbook(path, title=title, on=UNDATED, lang=lang) as book:
        sheet = book.sheet(("Phát hiện", "Findings"), COLUMNS)
        counts = {name: sum(row["severity"] == name for row in rows) for name in SEVERITIES}
        sheet.title(
            ("KẾT QUẢ KIỂM TRA DỮ LIỆU", "FINDINGS OF THE DATA CHECK"),
            (
                f"{counts['error']} lỗi, {counts['warning']} cảnh báo, {counts['note']} ghi chú.",
                f"{counts['error']} errors, {counts['warning']} warnings, {counts['note']} notes.",
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
            sheet.text(book.say(("Không có phát hiện nào.", "Nothing was found.")))
