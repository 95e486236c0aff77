"""Files to raw frames: which sheets hold which table, each read by its layout."""

from __future__ import annotations

import csv
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from phanbo.errors import DataError, Finding
from phanbo.tables.check.dated import DATED, dated_finding
from phanbo.tables.files.limits import Limits, digest
from phanbo.tables.files.text import open_files
from phanbo.tables.files.workbook import open_workbook
from phanbo.tables.layout.block import Block, Options, list_rows, read_blocks
from phanbo.tables.layout.frames import Part, join, read_part
from phanbo.tables.layout.several import check_summary, check_titles, tell_titles
from phanbo.tables.schema import LINES, OWNERS, SCHEDULE, TABLES
from phanbo.tables.schema.vocabulary import fold
from phanbo.tables.text.legacy import convert_sheet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from phanbo.tables.files.sheet import Sheet
    from phanbo.tables.schema.column import Table

__all__ = ["Reading", "gather_folder", "gather_sheets", "gather_workbook"]


@dataclass(slots=True)
class Reading:
    """What came out of the files: raw frames, findings, and the files themselves."""

    frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    files: list[tuple[str, str]] = field(default_factory=list)


def gather_workbook(
    path: Path, sheet: str | Sequence[str] | None, options: Options, limits: Limits
) -> Reading:
    """Read the sheets of a workbook; *sheet* names those of the lines."""
    file = digest(path)
    sheets = open_workbook(path, limits)
    wanted = [sheet] if isinstance(sheet, str) else list(sheet) if sheet is not None else None
    return _read_sheets(path.name, sheets, wanted, options, [file])


def gather_folder(
    path: Path,
    suffixes: tuple[str, ...],
    options: Options,
    limits: Limits,
    encoding: str | None = None,
) -> Reading:
    """Read a folder of tables with one of *suffixes*, or a single such file as the lines."""
    if not path.is_dir():
        return _read_sheets(path.name, open_files([path], limits, encoding), None, options, [digest(path)])
    paths = sorted(each for each in path.iterdir() if each.suffix.lower() in suffixes and each.is_file())
    paths = [each for each in paths if _table_of(each.stem) is not None]
    files = [digest(each) for each in paths]
    reading = _read_sheets(path.name, open_files(paths, limits, encoding), None, options, files)
    reading.findings += _noted_date(path)
    return reading


def gather_sheets(
    name: str, sheets: Sequence[Sheet], options: Options, files: list[tuple[str, str]]
) -> Reading:
    """Read sheets that came from elsewhere, such as the rows of a query."""
    return _read_sheets(name, sheets, None, options, files)


def _noted_date(folder: Path) -> list[Finding]:
    """Return the data date that a saved portfolio keeps in ``notes.csv``; its other notes are found anew."""
    path = folder / "notes.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", errors="replace", newline="") as lines:
        return [dated_finding(row["value"]) for row in csv.DictReader(lines) if row.get("code") == DATED]


def _table_of(name: str) -> Table | None:
    """Return the table a sheet or file is called after, whatever its diacritics, blanks and case."""
    plain = _plain(name)
    names = {_plain(text): table for table in TABLES.values() for text in (table.name, table.sheet)}
    return names.get(plain)


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    return "".join(letter for letter in letters if letter.isalnum())


def _read_sheets(
    name: str,
    sheets: Sequence[Sheet],
    wanted: Sequence[str] | None,
    options: Options,
    files: list[tuple[str, str]],
) -> Reading:
    reading = Reading(files=files, findings=[finding for sheet in sheets for finding in sheet.findings])
    sheets = [_in_unicode(sheet, reading) for sheet in sheets]
    lines, others = _choose(sheets, wanted, options, reading)
    _refuse_header_rows([*lines, *others], reading)
    parts = _read_lines(name, lines, options, reading, _known_owners(lines, others))
    check_titles(parts, check_summary(parts, asked=wanted is not None))
    unit = next((part.unit for part in parts if part.unit is not None), None)
    grouped: dict[str, list[Part]] = {LINES.name: parts}
    for block in others:
        grouped.setdefault(block.table.name, []).append(read_part(block, options, unit=unit))
    _take_schedule(parts, grouped)
    for table, found in grouped.items():
        if found:
            reading.frames[table] = join(found)
        reading.findings += [finding for part in found for finding in part.findings]
    return reading


def _take_schedule(parts: Sequence[Part], grouped: dict[str, list[Part]]) -> None:
    """Take the months beside the lines as the schedule, unless a sheet of its own holds one."""
    beside = [part for part in parts if part.schedule is not None]
    if SCHEDULE.name not in grouped:
        grouped[SCHEDULE.name] = [part.schedule for part in beside if part.schedule is not None]
        return
    for part in beside:
        part.findings.append(
            Finding(
                code="schedule-twice",
                severity="warning",
                table=LINES.name,
                sheet=str(part.sheets[0]) if len(part.sheets) else "",
                message_vi=f"kế hoạch giải ngân vừa ở các cột tháng vừa ở trang {SCHEDULE.sheet}: dùng trang riêng",
                message_en=f"the schedule stands both in month columns and on sheet {SCHEDULE.sheet}: the sheet is used",
                mend_vi="bỏ một trong hai chỗ",
                mend_en="leave one of the two out",
                rule="schedule-twice",
            )
        )


def _in_unicode(sheet: Sheet, reading: Reading) -> Sheet:
    """Return a sheet with its texts in Unicode, and say what was converted."""
    sheet, findings = convert_sheet(sheet)
    reading.findings += findings
    return sheet


def _refuse_header_rows(blocks: Sequence[Block], reading: Reading) -> None:
    """Stop where headers span several rows: whatever else is said of such a sheet is noise."""
    found = [finding for block in blocks for finding in block.findings if finding.severity == "error"]
    if any(finding.code == "header-rows" for finding in found):
        raise DataError([*(each for each in reading.findings if each.severity == "error"), *found])


def _choose(
    sheets: Sequence[Sheet], wanted: Sequence[str] | None, options: Options, reading: Reading
) -> tuple[list[Block], list[Block]]:
    """Sort the sheets: those of lines, those of the optional tables; the rest is noted."""
    named = {sheet.name: _table_of(sheet.title) for sheet in sheets}
    folded = {_plain(sheet) for sheet in wanted or ()}
    missing = folded - {_plain(name) for sheet in sheets for name in (sheet.name, sheet.title)}
    lines: list[Block] = []
    near: list[Block] = []
    others: list[Block] = []
    unused: list[str] = []
    only_named = wanted is None and LINES in named.values()
    only_marked = wanted is None and not only_named and any(sheet.marked for sheet in sheets)
    for sheet in sheets:
        table = named[sheet.name]
        chosen = bool(folded & {_plain(sheet.name), _plain(sheet.title)})
        if table is not None and table is not LINES and not chosen:
            _take_other(sheet, table, options, others, reading)
            continue
        asked = (
            chosen
            if wanted is not None
            else (table is LINES or not (only_named or only_marked) or (only_marked and sheet.marked))
        )
        blocks = read_blocks(sheet, LINES, options) if asked else []
        telling = [block for block in blocks if _tells_of_plans(block)]
        if blocks and (wanted or table is LINES or telling):
            lines += telling or blocks[:1]
            _note_others(telling or blocks[:1], blocks)
        elif any(any(cell not in {"", None} for cell in row) for row in sheet.rows):
            unused.append(sheet.name)
            near += blocks
    if not lines and near:
        # better to say what the likeliest sheet lacks than that there is none
        lines = [max(near, key=lambda block: len(_signature(block)))]
        unused.remove(lines[0].sheet.name)
    if missing:
        reading.findings.append(_sheet_missing(wanted or (), [sheet.name for sheet in sheets]))
    if unused:
        listed = ", ".join(f"“{sheet}”" for sheet in unused)
        reading.findings.append(
            Finding(
                code="sheets-unused",
                severity="note",
                message_vi=f"các trang không đọc: {listed}",
                message_en=f"sheets not read: {listed}",
                value=listed,
            )
        )
    return lines, others


def _note_others(used: Sequence[Block], blocks: Sequence[Block]) -> None:
    """Say which tables of a sheet hold no lines."""
    others = [block.header for block in blocks if block not in used]
    if others:
        used[0].report(
            "tables-unused",
            "note",
            (
                f"bảng khác trên trang, không đọc: tiêu đề ở dòng {list_rows(others)}",
                f"other tables on the sheet, not read: headers in rows {list_rows(others)}",
            ),
            value=list_rows(others),
        )


def _tells_of_plans(block: Block) -> bool:
    """Whether a sheet under any name holds lines: a plan, and projects or their codes."""
    columns = {meaning.column for heading in block.headings for meaning in heading.meanings}
    return "plan" in columns and bool(columns & {"project", "project_id"})


def _take_other(sheet: Sheet, table: Table, options: Options, others: list[Block], reading: Reading) -> None:
    if all(cell in {"", None} for row in sheet.rows[1:] for cell in row):
        return  # the template's optional sheets, left blank
    blocks = read_blocks(sheet, table, options)
    others += blocks
    if not blocks:
        reading.findings.append(_no_header(sheet.name, table))


def _known_owners(lines: Sequence[Block], others: Sequence[Block]) -> set[str]:
    """Return the folded names of the owners: on the sheet of owners, and beside the lines."""
    found: set[str] = set()
    for block in (*lines, *(block for block in others if block.table is OWNERS)):
        for heading in block.headings:
            if heading.column in {"owner", "predecessor"} and heading.index < len(block.sheet.columns):
                column = block.sheet.columns[heading.index]
                found |= {fold(cell) for cell in {column[row] for row in block.rows} if isinstance(cell, str)}
    return found - {""}


def _read_lines(
    name: str, blocks: list[Block], options: Options, reading: Reading, owners: set[str]
) -> list[Part]:
    """Read the sheets of lines; several with the same headers are one a source."""
    if not blocks:
        if not any(finding.severity == "error" for finding in reading.findings):
            reading.findings.append(_no_header(name, LINES))
        return []
    first = _signature(blocks[0])
    for block in blocks[1:]:
        if _signature(block) != first and _columns(block) != _columns(blocks[0]):
            block.report(
                "sheets-differ",
                "error",
                (
                    f"tiêu đề cột khác trang “{blocks[0].sheet.name}”: không rõ trang nào là kế hoạch vốn",
                    f"the headers differ from sheet “{blocks[0].sheet.name}”: which holds the lines?",
                ),
                ('chọn trang bằng sheet="…"', 'choose with sheet="…"'),
                row=block.header,
            )
    _check_renames(blocks, options)
    several = len({block.sheet.name for block in blocks}) > 1
    titles = tell_titles(blocks, owners)
    return [
        read_part(block, options, source=block.sheet.title if several else "", title=title, owners=owners)
        for block, title in zip(blocks, titles, strict=True)
    ]


def _columns(block: Block) -> set[tuple[str, str]]:
    return {(h.column, h.meaning.source) for h in block.headings if h.column and h.meaning is not None}


def _signature(block: Block) -> list[str]:
    return [heading.folded.key for heading in block.headings if heading.meanings]


def _check_renames(blocks: list[Block], options: Options) -> None:
    """Report headers named in ``columns=`` that no sheet has."""
    headings = [heading for block in blocks for heading in block.headings]
    texts = {_plain(text) for heading in headings for text in (heading.text, *heading.path[-1:])}
    for header, column in options.columns.items():
        if _plain(header) not in texts and column in {"", *LINES.names}:
            blocks[0].report(
                "columns-unmatched",
                "error",
                (f"columns=: không có tiêu đề “{header}”", f"columns=: there is no header “{header}”"),
                ("viết tiêu đề đúng như trong tệp", "write the header as the file has it"),
                row=blocks[0].header,
                value=header,
            )


def _no_header(name: str, table: Table) -> Finding:
    wanted = ", ".join(f"“{column.title_vi}”" for column in table.columns if column.required)
    return Finding(
        code="no-header",
        severity="error",
        table=table.name,
        sheet=name,
        message_vi=f"không tìm thấy dòng tiêu đề trong 30 dòng đầu (cần: {wanted})",
        message_en=f"no header row in the first 30 rows (wanted: {wanted})",
        mend_vi='dùng tệp mẫu (phanbo template), hoặc columns={"tiêu đề trong tệp": "tên cột"}',
        mend_en='use the template (phanbo template), or columns={"header in the file": "column"}',
    )


def _sheet_missing(wanted: Sequence[str], names: Sequence[str]) -> Finding:
    asked, held = (", ".join(f"“{name}”" for name in listed) for listed in (wanted, names))
    return Finding(
        code="sheet-missing",
        severity="error",
        message_vi=f"không có trang {asked}; tệp có: {held}",
        message_en=f"there is no sheet {asked}; the file has: {held}",
        mend_vi="viết tên trang đúng như trong tệp, hoặc bỏ sheet=",
        mend_en="write the sheet's name as the file has it, or leave sheet= out",
    )
