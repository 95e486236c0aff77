"""The outer form of an official document (Nghị định 30/2020/NĐ-CP, Phụ lục I: to be verified): page, type, head, foot.

A4; margins 20 mm at the top and bottom, 30 mm on the left, 15 mm on the right; Times New Roman, 14 points in the text.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from phanbo.catalogue import say
from phanbo.report.submission.filling import need_word, packed

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Form"]

FONT = "Times New Roman"
BODY, TABLE = 14, 11
WIDTH = 165.0
"""Between the margins, in millimetres."""


class Form:
    """A Word form being written from top to bottom, in one language."""

    def __init__(self, lang: str) -> None:
        need_word()
        import docx
        from docx.shared import Mm, Pt

        self.lang = lang
        self.document: Any = docx.Document()
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin = section.bottom_margin = Mm(20)
        section.left_margin, section.right_margin = Mm(30), Mm(15)
        section.header_distance = Mm(10)
        style = self.document.styles["Normal"]
        style.font.name, style.font.size = FONT, Pt(BODY)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for name in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(f"{{{fonts.nsmap['w']}}}{name}", FONT)
        style.paragraph_format.space_after = Pt(0)
        self._number_pages(section)

    def _number_pages(self, section: Any) -> None:
        """Number the pages at the top, in the middle, from the second on."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        section.different_first_page_header_footer = True
        paragraph = section.header.paragraphs[0]
        paragraph.alignment = 1
        for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
            run = paragraph.add_run()
            if kind:
                mark = OxmlElement("w:fldChar")
                mark.set(qn("w:fldCharType"), kind)
            else:
                mark = OxmlElement("w:instrText")
                mark.text = text
            run._r.append(mark)  # noqa: SLF001 — python-docx has no name for it

    def bytes(self) -> bytes:
        """Return the form as a file."""
        out = io.BytesIO()
        self.document.save(out)
        return packed(out.getvalue())

    def write(
        self, place: Any, text: str, size: float = BODY, *, bold: bool = False, italic: bool = False
    ) -> Any:
        """Write a run of text into a paragraph."""
        from docx.shared import Pt

        run = place.add_run(text)
        run.bold, run.italic, run.font.size, run.font.name = bold, italic, Pt(size), FONT
        return run

    def paragraph(
        self,
        text: str,
        *,
        align: str = "justify",
        indent: bool = True,
        bold: bool = False,
        italic: bool = False,
        keep: bool = False,
    ) -> Any:
        """Write a paragraph of the text; *keep*: on the page of what follows it."""
        from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
        from docx.shared import Mm, Pt

        made = self.document.add_paragraph()
        made.alignment = getattr(ALIGN, align.upper())
        made.paragraph_format.space_before = made.paragraph_format.space_after = Pt(3)
        if indent:
            made.paragraph_format.first_line_indent = Mm(10)
        made.paragraph_format.keep_with_next = keep
        self.write(made, text, bold=bold, italic=italic)
        return made

    def heading(self, text: str) -> None:
        """Write the heading of a part."""
        self.paragraph(text, bold=True, keep=True)

    def each(self, loop: str, text: str, *, italic: bool = False, keep: bool = False) -> None:
        """Write a paragraph for each of a list of fields: ``base in bases``."""
        self.tag(f"for {loop}")
        self.paragraph(text, italic=italic, keep=keep)
        self.tag("endfor")

    def tag(self, text: str) -> None:
        """Write what says where a part of the form begins and ends: ``for``, ``if``, ``endif``."""
        self.document.add_paragraph().add_run(f"{{%p {text} %}}")

    def head(self, title: str, subject: str) -> None:
        """Write the head: body and number on the left, the State's name, place and date on the right."""
        lang = self.lang
        left = [
            (say("submission.parent", lang), False, False),
            (say("submission.body", lang), True, False),
            ("───────", False, False),
            (say("submission.no", lang), False, False),
        ]
        if not title:
            left.append((subject, False, False))
        right = [
            (say("submission.state", lang), True, False),
            (say("submission.motto", lang), True, False),
            ("───────────────", False, False),
            (say("submission.date", lang), False, True),
        ]
        self._pair(left, right, (63, WIDTH - 63), sizes=(12, 12))
        if title:
            self.paragraph(
                title, align="center", indent=False, bold=True
            ).paragraph_format.space_before = 152400
            self.paragraph(subject, align="center", indent=False, bold=True)

    def foot(self) -> None:
        """Write the foot: recipients on the left, office and name of who signs on the right."""
        lang = self.lang
        left = [
            (say("submission.recipients", lang), True, True),
            (say("submission.as_above", lang), False, False),
            (say("submission.dots", lang), False, False),
            (say("submission.file", lang), False, False),
        ]
        right = [
            (say("submission.signer", lang), True, False),
            (say("submission.signature", lang), False, True),
        ]
        self.document.add_paragraph().paragraph_format.keep_with_next = True
        self._pair(left, right, (80, WIDTH - 80), align_left=0, sizes=(12, 14))

    def _pair(
        self,
        left: Sequence[tuple[str, bool, bool]],
        right: Sequence[tuple[str, bool, bool]],
        widths: tuple[float, float],
        *,
        align_left: int = 1,
        sizes: tuple[float, float],
    ) -> None:
        from docx.shared import Mm

        table = self.document.add_table(rows=1, cols=2)
        table.autofit = False
        _keep_whole(table.rows[0])
        sides = zip((left, right), table.rows[0].cells, widths, sizes, (align_left, 1), strict=True)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        for lines, cell, width, size, align in sides:
            cell.width = Mm(width)
            for k, (text, bold, italic) in enumerate(lines):
                place = cell.paragraphs[0] if k == 0 else cell.add_paragraph()
                place.alignment = align
                self.write(place, text, size, bold=bold, italic=italic)

    def table(
        self, loop: str, columns: Sequence[tuple[str, str, float, str]], total: Sequence[str] = ()
    ) -> None:
        """Write a table with a row for each of a list of fields, and a row of totals under it.

        *columns* are heading, cell, width in millimetres and side (``left``, ``right`` or ``center``).
        """
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.shared import Mm

        unit = say("submission.unit", self.lang)
        self.paragraph(unit, align="right", indent=False, italic=True, keep=True)
        table = self.document.add_table(rows=5 if total else 4, cols=len(columns), style="Table Grid")
        table.autofit = False
        table.alignment = 1
        _set_gaps(table)
        sides = {"left": 0, "center": 1, "right": 2}
        head, start, body, end, *last = table.rows
        repeat = OxmlElement("w:tblHeader")
        repeat.set(qn("w:val"), "true")
        head._tr.get_or_add_trPr().append(repeat)  # noqa: SLF001 — python-docx has no name for it
        for row in table.rows:
            _keep_whole(row)
        for k, (heading, cell, width, side) in enumerate(columns):
            table.columns[k].width = Mm(width)
            for row in table.rows:
                row.cells[k].width = Mm(width)
            head.cells[k].paragraphs[0].alignment = 1
            self.write(head.cells[k].paragraphs[0], heading, TABLE, bold=True)
            body.cells[k].paragraphs[0].alignment = sides[side]
            self.write(body.cells[k].paragraphs[0], cell, TABLE)
            if last:
                last[0].cells[k].paragraphs[0].alignment = sides[side]
                self.write(last[0].cells[k].paragraphs[0], total[k], TABLE, bold=True)
        self.write(start.cells[0].paragraphs[0], f"{{%tr for {loop} %}}", TABLE)
        self.write(end.cells[0].paragraphs[0], "{%tr endfor %}", TABLE)
        self.document.add_paragraph()


def _keep_whole(row: Any) -> None:
    """Keep a row of a table on one page."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001 — python-docx has no name for it


def _set_gaps(table: Any) -> None:
    """Leave a millimetre between a cell's text and its sides: amounts of seven figures stand on one line."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm

    gaps = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        gap = OxmlElement(f"w:{side}")
        gap.set(qn("w:w"), str(Mm(1).twips))
        gap.set(qn("w:type"), "dxa")
        gaps.append(gap)
    table._tbl.tblPr.find(qn("w:tblLook")).addprevious(gaps)  # noqa: SLF001
