"""Which owners were asked for a form, and which of them returned none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from phanbo.errors import DataError, Finding
from phanbo.tables.cells import clean_text
from phanbo.tables.files.text import open_files
from phanbo.tables.files.workbook import open_workbook
from phanbo.tables.layout.block import Options, empty, read_blocks
from phanbo.tables.layout.headers import fold, look_up
from phanbo.tables.schema import LINES, TABLES
from phanbo.tables.text.legacy import convert_sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from phanbo.tables.files.limits import Limits
    from phanbo.tables.files.sheet import Sheet

__all__ = ["missing_owners", "owner_names"]

_TEXTS = frozenset({".csv", ".txt", ".tsv", ".parquet"})


def owner_names(expected: Iterable[str] | pd.DataFrame | Path | None, limits: Limits) -> list[str] | None:
    """Return the owners asked for a form: as listed, or from the column of owners of a frame or file."""
    if expected is None:
        return None
    if isinstance(expected, pd.DataFrame):
        if "owner" not in expected:
            raise DataError([_no_owners("expected=")])
        names: list[object] = expected["owner"].tolist()
    elif isinstance(expected, Path):
        names = _in_file(expected, limits)
    else:
        names = list(expected)
    return list(dict.fromkeys(clean_text(str(name)) for name in names if not empty(name)))


def _in_file(path: Path, limits: Limits) -> list[object]:
    text = path.suffix.lower() in _TEXTS
    sheets = open_files([path], limits) if text else open_workbook(path, limits)
    for table in (TABLES["owners"], LINES):
        for sheet in (convert_sheet(each)[0] for each in sheets):
            for block in read_blocks(sheet, table, Options()):
                heading = block.heading("owner")
                if heading is not None:
                    return [block.cell(row, heading) for row in block.rows]
    alone = next((names for sheet in sheets if (names := _below(sheet))), None)
    if alone is not None:
        return alone
    raise DataError([_no_owners(path.name)])


def _below(sheet: Sheet) -> list[object]:
    """Return what stands below the header of owners, where it is the only header of a list."""
    sheet = convert_sheet(sheet)[0]
    for at, cells in enumerate(sheet.rows):
        for index, cell in enumerate(cells):
            said = look_up(fold(cell), TABLES["owners"]) if isinstance(cell, str) else ()
            if any(meaning.column == "owner" for meaning in said):
                return [row[index] for row in sheet.rows[at + 1 :] if index < len(row)]
    return []


def _no_owners(name: str) -> Finding:
    return Finding(
        code="no-header",
        severity="error",
        table="owners",
        sheet=name,
        message_vi="danh sách chủ đầu tư phải gửi biểu không có cột “Chủ đầu tư”",
        message_en="the list of owners asked for a form has no column “Chủ đầu tư” (owner)",
        mend_vi="đặt tên cột là “Chủ đầu tư” (owner)",
        mend_en="call the column “Chủ đầu tư” or owner",
        rule="no-header",
    )


def missing_owners(frames: Mapping[str, pd.DataFrame], asked: list[str] | None) -> list[Finding]:
    """Warn of each owner *asked* (by default: in the table of owners) that no line is of, and of the others."""
    owners = frames.get("owners")
    former: dict[str, str] = {}
    if owners is not None and "owner" in owners:
        if "predecessor" in owners:
            former = {
                _key(old): _key(new)
                for new, old in zip(owners["owner"], owners["predecessor"], strict=True)
                if not empty(old) and not empty(new)
            }
        if asked is None:
            asked = [str(name) for name in owners["owner"] if not empty(name)]
    if asked is None:
        return []
    lines = frames.get(LINES.name)
    names = [] if lines is None or "owner" not in lines else lines["owner"].dropna().unique().tolist()
    told = {_key(name): str(name) for name in names if not empty(name)}
    told |= {former[key]: name for key, name in told.items() if key in former}
    wanted = {_key(name) for name in asked}
    wanted |= {old for old, new in former.items() if new in wanted}
    found = [_missing(name) for name in asked if _key(name) not in told]
    return found + [_not_asked(name) for key, name in told.items() if key not in wanted]


def _key(name: object) -> str:
    return clean_text(str(name)).casefold()


def _missing(name: str) -> Finding:
    return Finding(
        code="form-missing",
        severity="warning",
        table=LINES.name,
        column="owner",
        message_vi=f"chủ đầu tư “{name}” chưa gửi biểu",
        message_en=f"the owner “{name}” did not return a form",
        mend_vi="đôn đốc gửi biểu, hoặc kiểm tra tên chủ đầu tư trong biểu đã gửi",
        mend_en="ask for it, or check the owner's name in the forms returned",
        value=name,
        rule="form-missing",
    )


def _not_asked(name: str) -> Finding:
    return Finding(
        code="form-unexpected",
        severity="warning",
        table=LINES.name,
        column="owner",
        message_vi=f"chủ đầu tư “{name}” không có trong danh sách phải gửi biểu",
        message_en=f"the owner “{name}” is not on the list of those asked for a form",
        mend_vi="kiểm tra tên, hoặc bổ sung vào danh sách",
        mend_en="check the name, or add it to the list",
        value=name,
        rule="form-unexpected",
    )
