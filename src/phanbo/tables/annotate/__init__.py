"""A copy of the user's own workbook in which every finding is marked where it was found."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from phanbo.errors import DataError, Finding
from phanbo.tables.annotate.copies import open_copy
from phanbo.tables.annotate.listing import write_listing
from phanbo.tables.annotate.marks import mark
from phanbo.tables.check.canonical import findings_frame, findings_of
from phanbo.tables.check.reconcile import differences
from phanbo.tables.files.limits import Limits
from phanbo.tables.read import examine_file, is_tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

__all__ = ["annotate_excel", "write_annotated"]


def annotate_excel(  # noqa: PLR0913 - the options of the readers
    path: str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    findings: pd.DataFrame | Iterable[Finding] | None = None,
    lang: str = "vi",
    sheet: str | Sequence[str] | None = None,
    unit: str | int | None = None,
    year: int | None = None,
    columns: Mapping[str, str] | None = None,
    max_rows: int = 10**6,
    max_bytes: int = 200_000_000,
) -> pd.DataFrame:
    """Write a copy of a workbook with every finding marked in its cell, and a sheet "Phát hiện" that lists them all.

    The cells are coloured (error red, warning amber, note blue) and carry a comment that begins with ``[LỖI]``,
    ``[CẢNH BÁO]`` or ``[GHI CHÚ]`` and says what is wrong and how to mend it. The list has links to the cells, the counts
    and every total that does not add up. A finding without a cell is told on its row, or in A1 of its sheet.

    Parameters
    ----------
    path : str or path-like
        The workbook, text or Parquet file, or folder of tables. It is never changed.
    out : str or path-like
        The copy: .xlsx, or .xlsm to keep the macros of an .xlsm. A file that is there is replaced, but for the input.
    findings : DataFrame or iterable of Finding, optional
        What to mark, such as ``error.findings`` or ``portfolio.check()``; by default all that `check_excel` finds.
    lang : str
        ``"vi"`` or ``"en"``.
    sheet, unit, year, columns, max_rows, max_bytes
        As in `read_excel`.

    Returns
    -------
    DataFrame
        The findings, as `check_excel` returns them.

    Raises
    ------
    DataError
        The file cannot be opened as tables, or is too large to be copied.
    OSError
        A file cannot be read or written; `FileExistsError` where the copy would replace the input.

    Notes
    -----
    Of an .xlsx or .xlsm all is kept that openpyxl keeps: values, formulas, formats, merged cells, widths, hidden rows,
    comments, charts. It loses shapes, text boxes, form controls, slicers and sparklines, pictures where Pillow is not
    installed, the size of existing comments, and values hidden under merged cells; formulas have no stored value until a
    spreadsheet has opened and saved the copy. Of any other file the copy has the values at the same addresses. Beyond
    10,000 marked cells only the first 500 of a code are marked; the list says so.
    """
    gaps: Sequence[Mapping[str, Any]] = ()
    if findings is None:
        examined = examine_file(
            path, sheet=sheet, unit=unit, year=year, columns=columns, max_rows=max_rows, max_bytes=max_bytes
        )
        found, gaps = examined.findings, differences(examined.stated)
    else:
        found = tuple(findings_of(findings) if isinstance(findings, pd.DataFrame) else findings)
    write_annotated(path, out, found, gaps, lang=lang, limits=Limits(max_rows, max_bytes))
    return findings_frame(found)


def write_annotated(
    path: str | os.PathLike[str],
    out: str | os.PathLike[str],
    found: Sequence[Finding],
    gaps: Sequence[Mapping[str, Any]],
    *,
    lang: str = "vi",
    limits: Limits | None = None,
) -> None:
    """Write the copy with these findings and differences; the rest is as in `annotate_excel`."""
    given, target = Path(path), Path(out)
    _refuse(given, target)
    macros = target.suffix.lower() == ".xlsm"
    copy = open_copy(given, limits or Limits(), tables=is_tables(given), macros=macros)
    told = [*copy.told, *mark(copy, found, lang)]
    write_listing(copy, found, gaps, told, lang)
    handle, name = tempfile.mkstemp(suffix=target.suffix, dir=target.parent)
    os.close(handle)
    try:
        copy.book.save(name)
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _refuse(given: Path, out: Path) -> None:
    """Refuse to write over the input, however it is spelt, or under a name that does not fit the content."""
    kept = [given, *(given.iterdir() if given.is_dir() else ())]
    if not out.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "", str(out))
    same = out.resolve() in {each.resolve() for each in kept}
    if same or (out.exists() and any(each.exists() and out.samefile(each) for each in kept)):
        raise FileExistsError(errno.EEXIST, "", str(out))
    wanted = {".xlsx", ".xlsm"} if given.suffix.lower() == ".xlsm" else {".xlsx"}
    if out.suffix.lower() not in wanted:
        kinds = ", ".join(sorted(wanted))
        raise DataError(
            [
                Finding(
                    code="copy-name",
                    severity="error",
                    message_vi=f"bản sao có ghi chú không thể mang tên “{out.name}”",
                    message_en=f"the annotated copy cannot be called “{out.name}”",
                    mend_vi=f"dùng tên có đuôi {kinds}",
                    mend_en=f"use a name that ends in {kinds}",
                    value=out.name,
                    rule="copy-name",
                )
            ]
        )
