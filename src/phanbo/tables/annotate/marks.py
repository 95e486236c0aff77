"""Findings in their cells: a colour, and a comment that does without it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from phanbo.tables.files.sheet import letter
from phanbo.words import cell_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phanbo.errors import Finding
    from phanbo.tables.annotate.copies import Copy

__all__ = ["COLOURS", "SEVERITIES", "WORDS", "mark", "place_of"]

WORDS = {"error": ("LỖI", "ERROR"), "warning": ("CẢNH BÁO", "WARNING"), "note": ("GHI CHÚ", "NOTE")}
COLOURS = {"error": "F4A08C", "warning": "FFE699", "note": "BDD7EE"}
"""Apart in lightness as well as in hue, and light enough for black text: red, amber, blue."""
SEVERITIES = tuple(WORDS)

MARKED = 10_000
"""So many cells are marked whatever they hold; of more, the first `PER_CODE` of each code."""
PER_CODE = 500
LONGEST = 1_500
"""Characters of one cell's comment."""

COMMENT = 32_000
"""Characters of it together with a comment that was there."""

_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


def place_of(copy: Copy, finding: Finding) -> tuple[str, str] | None:
    """Return sheet and cell a finding is told at: its own cell, its row's first, or A1; None without a sheet."""
    page = copy.sheets.get(finding.sheet)
    if page is None:
        return None
    if _is_address(finding.cell):
        return finding.sheet, _shown(page, finding.cell)
    if finding.row is not None and 1 <= finding.row <= 1_048_576:
        return finding.sheet, _shown(page, f"{_first(page, finding.row)}{finding.row}")
    return finding.sheet, _shown(page, "A1")


def mark(copy: Copy, findings: Sequence[Finding], lang: str) -> list[tuple[str, str]]:
    """Colour the cells of *findings* and comment on them; return what is to be told of it."""
    cells: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        place = place_of(copy, finding)
        if place is not None:
            cells.setdefault(place, []).append(finding)
    kept = _few(cells)
    for (sheet, cell), listed in kept.items():
        listed.sort(key=lambda each: SEVERITIES.index(each.severity))
        _mark(copy.sheets[sheet][cell], listed, lang)
    if len(kept) == len(cells):
        return []
    left = len(cells) - len(kept)
    return [
        (
            f"Chỉ đánh dấu {PER_CODE} ô đầu của mỗi loại phát hiện; {left:,} ô khác không đánh dấu.".replace(
                ",", "."
            ),
            f"Only the first {PER_CODE} cells of each code are marked; {left:,} others are not.",
        )
    ]


def _few(cells: dict[tuple[str, str], list[Finding]]) -> dict[tuple[str, str], list[Finding]]:
    if len(cells) <= MARKED:
        return cells
    counts: dict[str, int] = {}
    kept = {}
    for place, listed in cells.items():
        codes = {each.code for each in listed}
        if any(counts.get(code, 0) < PER_CODE for code in codes):
            kept[place] = listed
            for code in codes:
                counts[code] = counts.get(code, 0) + 1
    return kept


def _mark(cell: Any, listed: Sequence[Finding], lang: str) -> None:  # noqa: ANN401 - openpyxl has no types
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    if any(each.cell or each.row is not None for each in listed):  # a whole sheet's finding paints no cell
        colour = COLOURS[listed[0].severity]
        cell.fill = PatternFill("solid", fgColor=colour, bgColor=colour)
    text, before = _text(listed, lang), cell.comment
    if before is not None:
        text = f"{cell_text(before.text, COMMENT - len(text) - 2)}\n\n{text}"
    cell.comment = None
    lines = sum(1 + len(line) // 48 for line in text.splitlines())
    author = before.author if before is not None and before.author else "phanbo"
    cell.comment = Comment(text, author, height=min(40 + 18 * lines, 600), width=360)


def _text(listed: Sequence[Finding], lang: str) -> str:
    told: list[str] = []
    for at, each in enumerate(listed):
        message, mend = (each.message_vi, each.mend_vi) if lang == "vi" else (each.message_en, each.mend_en)
        head = f"[{WORDS[each.severity][lang != 'vi']}] {each.code}"
        said = f"{head}: {message}" + (f"\n→ {mend}" if mend else "")
        said = said if len(said) <= 600 else said[:599] + "…"
        if told and sum(map(len, told)) + len(said) > LONGEST:
            rest = len(listed) - at
            told.append(f"… và {rest} phát hiện khác" if lang == "vi" else f"… and {rest} more")
            break
        told.append(said)
    return _LEGAL.sub("\ufffd", "\n\n".join(told))


_LEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def _is_address(cell: str) -> bool:
    found = _ADDRESS.fullmatch(cell)
    return found is not None and int(found[2]) <= 1_048_576 and (len(found[1]), found[1]) <= (3, "XFD")


def _first(page: Any, row: int) -> str:  # noqa: ANN401
    """Return the column of the first cell of a row that holds something."""
    for index in range(1, min(page.max_column, 50) + 1):
        held = page._cells.get((row, index))  # noqa: SLF001 - asking for it would make it
        if held is not None and held.value not in {None, ""}:
            return letter(index - 1)
    return "A"


def _shown(page: Any, cell: str) -> str:  # noqa: ANN401
    """Return the cell that is shown at an address: the first one of a merged range."""
    if not page.merged_cells.ranges:
        return cell
    from openpyxl.cell.cell import MergedCell

    if not isinstance(page[cell], MergedCell):
        return cell
    return next((each.start_cell.coordinate for each in page.merged_cells.ranges if cell in each), cell)
