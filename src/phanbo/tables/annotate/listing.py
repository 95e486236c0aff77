"""The sheet "Phát hiện" of an annotated copy: counts, totals that differ, every finding with a link to its cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phanbo.tables.annotate.copies import free_title, put
from phanbo.tables.annotate.marks import COLOURS, SEVERITIES, WORDS, place_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from phanbo.errors import Finding
    from phanbo.tables.annotate.copies import Copy

__all__ = ["write_listing"]

LISTED = 50_000
"""A sheet holds at most 65,530 links."""
DIFFERENCES = 1_000

TITLE = ("Phát hiện", "Findings")
HEADING = ("PHÁT HIỆN KHI KIỂM TRA DỮ LIỆU", "FINDINGS OF THE DATA CHECK")
COLUMNS = (
    (("STT", "No."), 6),
    (("Mức độ", "Severity"), 12),
    (("Mã", "Code"), 22),
    (("Trang", "Sheet"), 20),
    (("Dòng", "Row"), 18),
    (("Ô", "Cell"), 18),
    (("Cột", "Column"), 18),
    (("Giá trị", "Value"), 24),
    (("Nội dung", "What is wrong"), 60),
    (("Cách sửa", "How to mend"), 50),
)
GAPS = (
    ("STT", "No."),
    ("Cấp", "Level"),
    ("Tổng", "Total"),
    ("Cột", "Column"),
    ("Số ghi (đồng)", "Stated (đồng)"),
    ("Cộng các dòng (đồng)", "Lines add up to (đồng)"),
    ("Chênh (đồng)", "Apart (đồng)"),
    ("Ở", "Where"),
)
HEAD, LINK = "DDEBF7", "0563C1"


class _Pen:
    """Writes rows of a sheet from the top, in one language."""

    def __init__(self, page: Any, lang: str) -> None:  # noqa: ANN401 - openpyxl has no types
        from openpyxl.styles import Alignment, Font, PatternFill

        self.page, self._lang, self.row = page, lang, 0
        self._bold, self._top = Font(bold=True), Alignment(vertical="top", wrap_text=True)
        self._fills = {each: PatternFill("solid", fgColor=each) for each in (HEAD, *COLOURS.values())}
        self._link = Font(color=LINK, underline="single")

    def say(self, words: tuple[str, str]) -> str:
        return words[self._lang != "vi"]

    def text(self, words: tuple[str, str], *, bold: bool = False) -> None:
        """Write one line of text across the sheet."""
        self.row += 1
        cell = self.page.cell(self.row, 1)
        put(cell, self.say(words))
        if bold:
            cell.font = self._bold

    def cells(self, values: Sequence[object], *, head: bool = False, colour: str = "") -> None:
        """Write a row of a table; *colour* is that of its second cell."""
        self.row += 1
        for index, value in enumerate(values, start=1):
            cell = self.page.cell(self.row, index)
            put(cell, value)
            cell.alignment = self._top
            if isinstance(value, int):
                cell.number_format = "#,##0"
            if head:
                cell.font, cell.fill = self._bold, self._fills[HEAD]
        lines = max(
            1 + len(str(value)) // (width - 2) for value, (_, width) in zip(values, COLUMNS, strict=False)
        )
        self.page.row_dimensions[self.row].height = min(15 * lines, 400)  # LibreOffice does not fit it itself
        if colour:
            self.page.cell(self.row, 2).fill = self._fills[colour]

    def link(self, column: int, sheet: Any, address: str) -> None:  # noqa: ANN401
        """Let a cell of the last row lead to a cell of this workbook."""
        from openpyxl.worksheet.hyperlink import Hyperlink

        cell, title = self.page.cell(self.row, column), sheet.title.replace("'", "''")
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{title}'!{address}")
        cell.font = self._link


def write_listing(
    copy: Copy,
    findings: Sequence[Finding],
    gaps: Sequence[Mapping[str, Any]],
    told: Sequence[tuple[str, str]],
    lang: str,
) -> None:
    """Add the sheet to the copy, as its last one, and let the copy open on it."""
    page = copy.book.create_sheet(free_title(copy.book, TITLE[lang != "vi"]))
    for index, (_, width) in enumerate(COLUMNS):
        page.column_dimensions[chr(65 + index)].width = width
    pen = _Pen(page, lang)
    pen.text(HEADING, bold=True)
    counts = [sum(each.severity == name for each in findings) for name in SEVERITIES]
    pen.text(
        (
            "{} lỗi, {} cảnh báo, {} ghi chú.".format(*counts),
            "{} errors, {} warnings, {} notes.".format(*counts),
        )
    )
    for words in told:
        pen.text(words)
    if gaps:
        _gaps(pen, copy, gaps)
    pen.row += 1
    _list(pen, copy, findings)
    page.page_setup.orientation, page.page_setup.fitToHeight = "landscape", 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    for sheet in copy.book.worksheets:
        sheet.sheet_view.tabSelected = False  # two selected sheets would be edited together
    copy.book.active = page


def _gaps(pen: _Pen, copy: Copy, gaps: Sequence[Mapping[str, Any]]) -> None:
    pen.row += 1
    pen.text(("Chênh lệch khi đối chiếu (đồng):", "Totals that differ (đồng):"), bold=True)
    pen.cells([pen.say(words) for words in GAPS], head=True)
    for number, each in enumerate(gaps[:DIFFERENCES], start=1):
        where = f"{each['sheet']} {each['cell'] or each['row'] or ''}".strip()
        amounts = [each["stated"], each["added"], each["gap"]]
        pen.cells([number, each["level"], each["label"] or each["key"], each["column"], *amounts, where])
        if each["sheet"] in copy.sheets and each["cell"]:
            pen.link(8, copy.sheets[each["sheet"]], each["cell"])
    if len(gaps) > DIFFERENCES:
        rest = len(gaps) - DIFFERENCES
        pen.text((f"… và {rest} chênh lệch khác", f"… and {rest} more"))


def _list(pen: _Pen, copy: Copy, findings: Sequence[Finding]) -> None:
    pen.cells([pen.say(words) for words, _ in COLUMNS], head=True)
    head = pen.row
    ordered = sorted(findings, key=lambda each: SEVERITIES.index(each.severity))
    for number, each in enumerate(ordered[:LISTED], start=1):
        said = pen.say((each.message_vi, each.message_en)), pen.say((each.mend_vi, each.mend_en))
        place = [each.sheet or each.table, each.row, each.cell, each.column, each.value]
        pen.cells(
            [number, pen.say(WORDS[each.severity]), each.code, *place, *said], colour=COLOURS[each.severity]
        )
        at = place_of(copy, each)
        if at is not None:
            pen.link(6 if each.cell else 4, copy.sheets[at[0]], at[1])
    if len(findings) > LISTED:
        rest = len(findings) - LISTED
        pen.text((f"… và {rest} phát hiện khác không liệt kê", f"… and {rest} more, not listed"))
    if findings:
        pen.page.auto_filter.ref = f"A{head}:{chr(64 + len(COLUMNS))}{head + min(len(findings), LISTED)}"
