"""A folder of forms that owners returned, read as one table: each by itself, then put together."""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from phanbo.errors import DataError, Finding
from phanbo.tables.check import Examined, examine
from phanbo.tables.check.canonical import raw_frames
from phanbo.tables.check.clean import clean
from phanbo.tables.check.grid import Log
from phanbo.tables.check.own_controls import own_controls
from phanbo.tables.files.limits import Limits, digest
from phanbo.tables.gather import Reading, gather_folder, gather_workbook
from phanbo.tables.returned import missing_owners, owner_names
from phanbo.tables.schema import CONTROLS, LINES, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from phanbo.tables.check.grid import Grid
    from phanbo.tables.layout.block import Options

__all__ = ["examine_forms", "gather_forms"]

_BOOKS = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
_TEXTS = frozenset({".csv", ".txt", ".tsv"})
_SAME = ("project_id", "project", "owner", "source", "plan_year", "plan", "disbursed")
"""Two rows with the same of these are one row told twice."""


@dataclass(slots=True)
class _Form:
    """One file: its tables read by themselves, and what was found in it."""

    name: str
    digest: str
    grids: dict[str, Grid] = field(default_factory=dict)
    attrs: dict[str, dict[Any, Any]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def rows(self) -> Counter[tuple[object, ...]]:
        """Return the lines by what makes them the same."""
        if LINES.name not in self.grids:
            return Counter()
        grid = self.grids[LINES.name]
        return Counter(zip(*(grid.values(name).tolist() for name in _SAME), strict=True))


def gather_forms(
    folder: Path,
    expected: Iterable[str] | pd.DataFrame | str | os.PathLike[str] | None,
    sheet: str | Sequence[str] | None,
    options: Options,
    limits: Limits,
    encoding: str | None,
) -> Reading:
    """Read every form in *folder* and put them together; say which owners of *expected* returned none."""
    asked = Path(expected) if isinstance(expected, str | os.PathLike) else expected
    listed = asked if isinstance(asked, Path) else None
    paths, findings = _sorted_out(folder, listed)
    forms = [_read(path, sheet, options, limits, encoding) for path in paths]
    if not forms:
        findings.append(_no_forms(folder))
    twice = _twice(forms)
    findings += [finding for form in forms for finding in form.findings]
    findings += [_told_twice(later, earlier) for later, earlier in twice]
    left_out = {id(later) for later, _ in twice}
    kept = [form for form in forms if id(form) not in left_out]
    findings += _lacking(kept)
    frames = _together(kept)
    findings += missing_owners(frames, owner_names(asked, limits))
    return Reading(frames, findings, [(form.name, form.digest) for form in forms])


def examine_forms(
    folder: Path,
    expected: Iterable[str] | pd.DataFrame | str | os.PathLike[str] | None,
    sheet: str | Sequence[str] | None,
    options: Options,
    limits: Limits,
) -> tuple[Examined, int]:
    """Return the forms of *folder* as read and checked, every finding told, and how many files were read."""
    try:
        reading = gather_forms(folder, expected, sheet, options, limits, None)
    except DataError as error:
        return Examined({}, error.findings, ()), 0
    return examine(reading.frames, reading.findings), len(reading.files)


def _sorted_out(folder: Path, listed: Path | None) -> tuple[list[Path], list[Finding]]:
    """Return the files to read, and say which were not."""
    found, skipped, unread = [], [], []
    for path in sorted(folder.iterdir(), key=lambda each: each.name):
        if listed is not None and listed.exists() and path.samefile(listed):
            continue
        if path.name.startswith(("~$", ".")) or not path.is_file():
            skipped.append(path.name)
        elif path.suffix.lower() in _BOOKS | _TEXTS:
            found.append(path)
        else:
            unread.append(path.name)
    findings = []
    if skipped:
        names = ", ".join(f"“{_nfc(name)}”" for name in skipped)
        findings.append(
            Finding(
                code="files-skipped",
                severity="note",
                message_vi=f"tệp tạm, tệp ẩn và thư mục con, không đọc: {names}",
                message_en=f"temporary files, hidden files and subfolders, not read: {names}",
                value=names,
                rule="files-skipped",
            )
        )
    if unread:
        names = ", ".join(f"“{_nfc(name)}”" for name in unread)
        findings.append(
            Finding(
                code="files-unread",
                severity="warning",
                message_vi=f"không phải bảng tính, không đọc: {names}",
                message_en=f"no workbooks or text tables, not read: {names}",
                mend_vi="đề nghị chủ đầu tư gửi lại bằng Excel",
                mend_en="ask the owner for a workbook",
                value=names,
                rule="files-unread",
            )
        )
    return found, findings


def _nfc(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _read(
    path: Path, sheet: str | Sequence[str] | None, options: Options, limits: Limits, encoding: str | None
) -> _Form:
    name, file = _nfc(path.name), digest(path)[1]
    form = _Form(name, file)
    try:
        if path.suffix.lower() in _TEXTS:
            reading = gather_folder(path, (), options, limits, encoding)
        else:
            reading = gather_workbook(path, sheet, options, limits)
    except DataError as error:
        form.findings = [replace(each, sheet=_called(name, each.sheet, ())) for each in error.findings]
        return form
    lines = reading.frames.get(LINES.name)
    only = () if lines is None else tuple(dict.fromkeys(lines["_sheet"].astype(str)))
    if lines is not None and not len(lines):
        del reading.frames[LINES.name]
    log = Log(reading.findings)
    for table, frame in reading.frames.items():
        form.attrs[table] = dict(frame.attrs)
        form.grids[table] = clean(TABLES[table], frame, log)
    _compare_own(form, log)
    form.findings = [replace(each, sheet=_called(name, each.sheet, only)) for each in log.findings]
    for table, grid in form.grids.items():
        _rename(grid, form.attrs[table], name, only)
    if LINES.name not in form.grids:
        _tell_empty(form)
    return form


def _compare_own(form: _Form, log: Log) -> None:
    """Compare the totals a form states of itself with its own lines, not with those of all forms."""
    controls, lines = (form.grids.get(table.name) for table in (CONTROLS, LINES))
    if controls is not None and lines is not None and {"plan", "disbursed"} <= lines.columns.keys():
        form.grids[CONTROLS.name], stated = own_controls(controls, lines, form.name, log)
        attrs = form.attrs[LINES.name]
        attrs["statements"] = [*attrs.get("statements", ()), *stated]


def _called(file: str, sheet: str, only: Sequence[str]) -> str:
    """Return what a sheet of a form is called: after its file where that has one sheet of lines."""
    if not sheet or _nfc(sheet) in {file, _nfc(Path(file).stem)} or (len(only) == 1 and sheet == only[0]):
        return file
    return f"{file} · {sheet}"


def _rename(grid: Grid, attrs: dict[Any, Any], file: str, only: Sequence[str]) -> None:
    grid.letters = {_called(file, sheet, only): letters for sheet, letters in grid.letters.items()}
    unread = {(str(sheet), row, column) for sheet, row, column in attrs.get("unread", ())}
    for column in grid.table.columns:
        if column.required:  # what is not there was told when the form was read
            silent = np.flatnonzero(~grid.known(column.name))
            unread |= {(str(grid.sheets[at]), int(grid.rows[at]), column.name) for at in silent}
    attrs["unread"] = {(_called(file, sheet, only), row, column) for sheet, row, column in unread}
    attrs["statements"] = [
        replace(each, sheet=_called(file, each.sheet, only)) for each in attrs.get("statements", ())
    ]
    grid.sheets = np.array([_called(file, str(sheet), only) for sheet in grid.sheets], dtype=object)


def _tell_empty(form: _Form) -> None:
    """A form without lines is an error, unless it holds other tables: a list of the owners, say."""
    if any(len(grid) for grid in form.grids.values()):
        form.findings = [
            each for each in form.findings if (each.code, each.table) != ("no-header", LINES.name)
        ]
    elif not any(each.severity == "error" for each in form.findings):
        form.findings.append(
            Finding(
                code="form-empty",
                severity="error",
                table=LINES.name,
                sheet=form.name,
                message_vi="biểu không có dòng vốn nào",
                message_en="the form has no lines",
                mend_vi="đề nghị chủ đầu tư gửi lại, hoặc bỏ tệp này khỏi thư mục",
                mend_en="ask the owner to return it again, or take the file out of the folder",
                rule="form-empty",
            )
        )


def _no_forms(folder: Path) -> Finding:
    return Finding(
        code="forms-none",
        severity="error",
        sheet=_nfc(folder.name),
        message_vi="thư mục không có tệp bảng tính nào",
        message_en="there is no workbook or text table in the folder",
        mend_vi="kiểm tra đường dẫn; thư mục con không được đọc",
        mend_en="check the path; subfolders are not read",
        rule="forms-none",
    )


def _twice(forms: Sequence[_Form]) -> list[tuple[_Form, _Form]]:
    """Return the forms that are there again: the same file, or all its lines in another; each with that one."""
    rows = [form.rows() for form in forms]
    holders: dict[tuple[object, ...], list[int]] = {}
    for at, held in enumerate(rows):
        for row in held:
            holders.setdefault(row, []).append(at)
    first: dict[str, int] = {}
    found: dict[int, int] = {}
    for at, (form, held) in enumerate(zip(forms, rows, strict=True)):
        if first.setdefault(form.digest, at) != at:
            found[at] = first[form.digest]
            continue
        for other in holders[next(iter(held))] if held else ():
            again = other != at and other not in found and held <= rows[other]
            if again and (held != rows[other] or other < at):
                found[at] = other
                break
    return [(forms[at], forms[other]) for at, other in found.items()]


def _told_twice(later: _Form, earlier: _Form) -> Finding:
    same = later.digest == earlier.digest
    vi = "cùng một tệp" if same else "mọi dòng vốn của biểu này"
    en = "the same file" if same else "all the lines of this form"
    return Finding(
        code="form-twice",
        severity="error",
        table=LINES.name,
        sheet=later.name,
        message_vi=f"{vi} đã có trong “{earlier.name}”: vốn sẽ bị tính hai lần",
        message_en=f"{en} are in “{earlier.name}” already: capital would count twice".replace(
            "same file are in", "same file is there as"
        ),
        mend_vi=f"bỏ một trong hai tệp: “{later.name}”, “{earlier.name}”",
        mend_en=f"take one of the two out: “{later.name}”, “{earlier.name}”",
        value=earlier.name,
        rule="form-twice",
    )


def _lacking(forms: Sequence[_Form]) -> list[Finding]:
    """Say which optional columns a form has not that others have: there they are not known."""
    given = {form.name: form.grids[LINES.name].given for form in forms if LINES.name in form.grids}
    every: set[str] = set().union(*given.values())
    found = []
    for name, columns in given.items():
        lacks = [c.name for c in LINES.columns if c.name in every - columns and not c.required]
        if lacks:
            found.append(
                Finding(
                    code="form-columns",
                    severity="note",
                    table=LINES.name,
                    sheet=name,
                    message_vi=f"biểu không có các cột mà biểu khác có, coi như để trống: {', '.join(lacks)}",
                    message_en=f"the form lacks columns that others have, taken as empty: {', '.join(lacks)}",
                    value=", ".join(lacks),
                    rule="form-columns",
                )
            )
    return found


def _together(forms: Sequence[_Form]) -> dict[str, pd.DataFrame]:
    """Put the tables of all forms one below the other."""
    made = [(form, raw_frames(form.grids)) for form in forms]
    frames = {}
    for table in TABLES:
        parts = [(frames_[table], form.attrs[table]) for form, frames_ in made if table in frames_]
        if not parts:
            continue
        frame = pd.concat([part.astype(object) for part, _ in parts], ignore_index=True)
        frame.attrs = {
            "letters": {name: held for part, _ in parts for name, held in part.attrs["letters"].items()},
            "unread": {place for _, attrs in parts for place in attrs["unread"]},
            "statements": [each for _, attrs in parts for each in attrs["statements"]],
            "plain": False,
        }
        frames[table] = frame
    return frames
