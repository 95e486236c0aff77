"""Workbooks and folders of tables into a portfolio. The input files are only ever read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from phanbo.errors import DataError
from phanbo.portfolio import build_portfolio
from phanbo.tables.check import Examined, examine
from phanbo.tables.check.canonical import findings_frame
from phanbo.tables.files.limits import Limits
from phanbo.tables.files.sql import run_queries
from phanbo.tables.forms import gather_forms
from phanbo.tables.gather import Reading, gather_folder, gather_sheets, gather_workbook
from phanbo.tables.layout.block import Options
from phanbo.tables.matching.apply import matching_of
from phanbo.tables.options import option_fault, options_of, with_treasury
from phanbo.tables.pause import collection_paused
from phanbo.tables.schema import LINES, TABLES

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from phanbo.portfolio import Portfolio
    from phanbo.tables.matching.matching import Matching

__all__ = [
    "check_excel",
    "examine_file",
    "is_tables",
    "match_treasury",
    "read_csv",
    "read_excel",
    "read_forms",
    "read_parquet",
    "read_sql",
]

_TEXT = (".csv", ".txt", ".tsv")


@collection_paused()
def read_excel(  # noqa: PLR0913 - the public interface
    path: str | os.PathLike[str],
    *,
    sheet: str | Sequence[str] | None = None,
    unit: str | int | None = None,
    year: int | None = None,
    columns: Mapping[str, str] | None = None,
    max_rows: int = 10**6,
    max_bytes: int = 200_000_000,
    treasury: str | os.PathLike[str] | pd.DataFrame | None = None,
    review: str | os.PathLike[str] | None = None,
    prefer: str = "treasury",
    as_of: str | dt.date | None = None,
) -> Portfolio:
    """Read a workbook (.xlsx, .xlsm, .xlsb, .xls, .ods) into a portfolio.

    Parameters
    ----------
    path : str or path-like
        The workbook. It is never changed.
    sheet : str or sequence of str, optional
        The sheets that hold the capital lines; by default "KeHoachVon", else those an annex of
        `Proposal.to_excel` marks, else every sheet with such headers.
    unit : str or int, optional
        The unit of the amounts: ``"đồng"``, ``"nghìn đồng"``, ``"triệu đồng"``, ``"tỷ đồng"`` or their value
        in đồng. By default what the headers or a line "Đơn vị tính: …" say.
    year : int, optional
        The plan year, where neither the headers nor the title say it.
    columns : mapping of str to str, optional
        Headers of the file to column names, where they are not recognised; ``""`` leaves a column out.
    max_rows, max_bytes : int
        Larger files (unpacked) are refused.
    treasury : str, path-like or DataFrame, optional
        The State Treasury's figures (*số liệu Kho bạc*): a file of any kind, or a frame with the columns ``project_id``,
        ``project``, ``owner``, ``source``, ``plan_year``, ``disbursed`` in đồng. They become `disbursed`; the table's
        own figures become `disbursed_reported`. Rows are matched by code, then by name, see `match_treasury`. A file
        must state its own unit ("Đơn vị tính: …"): *unit* is of the workbook alone, *year* and *columns* are of both.
    review : str or path-like, optional
        The review sheet of `match_treasury`, with a person's answers.
    prefer : {"treasury", "owner"}
        Whose figure counts where the Treasury and the owner differ; both are kept.
    as_of : str or date, optional
        The day of the round: Treasury figures older than the last report day before it are a warning.

    Returns
    -------
    Portfolio
        Its ``notes`` list every safe repair and doubt.

    Raises
    ------
    DataError
        The file cannot be used; all its faults are listed, with sheet, row and cell. So are options it cannot
        be read with.
    OSError
        The file cannot be opened.
    """
    options, limits = options_of(unit, year, columns), Limits(max_rows, max_bytes)
    reading = gather_workbook(Path(path), sheet, options, limits)
    told = (treasury, review, prefer, as_of)
    return _portfolio(with_treasury(reading, *told, options, limits))


@collection_paused()
def match_treasury(  # noqa: PLR0913 - as read_excel
    path: str | os.PathLike[str],
    treasury: str | os.PathLike[str] | pd.DataFrame,
    *,
    review: str | os.PathLike[str] | None = None,
    sheet: str | Sequence[str] | None = None,
    unit: str | int | None = None,
    year: int | None = None,
    columns: Mapping[str, str] | None = None,
    max_rows: int = 10**6,
    max_bytes: int = 200_000_000,
) -> Matching:
    """Match the State Treasury's figures with the lines of a workbook, a folder or a file.

    A row is taken by its project code, or by its name in full (case, punctuation and declared abbreviations aside),
    where source, plan year and owner agree and one line alone is possible. Whatever is only alike is proposed on a
    review sheet (`Matching.to_excel`) and taken when somebody marks it there and *review* names the sheet.

    The parameters are those of `read_excel`. Faults of the lines are not told here.

    Raises
    ------
    DataError
        There are no lines to match with, or a file cannot be used.
    """
    options, limits = options_of(unit, year, columns), Limits(max_rows, max_bytes)
    reading = _gathered(Path(path), sheet, options, limits)
    if "lines" not in reading.frames:
        raise DataError([finding for finding in reading.findings if finding.severity == "error"])
    matching, _, _ = matching_of(reading, treasury, review, options, limits)
    wrong = [finding for finding in matching.findings if finding.severity == "error"]
    if wrong:
        raise DataError(wrong)
    return matching


@collection_paused()
def read_csv(  # noqa: PLR0913 - the public interface
    folder: str | os.PathLike[str],
    *,
    unit: str | int | None = None,
    year: int | None = None,
    columns: Mapping[str, str] | None = None,
    treasury: str | os.PathLike[str] | pd.DataFrame | None = None,
    review: str | os.PathLike[str] | None = None,
    prefer: str = "treasury",
    as_of: str | dt.date | None = None,
    encoding: str | None = None,
) -> Portfolio:
    """Read a folder of text tables: ``lines.csv``, ``history.csv`` … or ``KeHoachVon.csv`` ….

    A single file is read as the lines. Fields are parted by commas, semicolons or tabs. The text is UTF-8, UTF-16,
    Windows-1258, or in the fonts TCVN3 and VNI; what the bytes leave open *encoding* says: the name of a codec,
    "tcvn3" or "vni". The other parameters, the result and the errors are those of `read_excel`.
    """
    options, limits = options_of(unit, year, columns), Limits()
    reading = gather_folder(Path(folder), _TEXT, options, limits, encoding)
    told = (treasury, review, prefer, as_of)
    return _portfolio(with_treasury(reading, *told, options, limits))


@collection_paused()
def read_parquet(
    folder: str | os.PathLike[str],
    *,
    unit: str | int | None = None,
    year: int | None = None,
    columns: Mapping[str, str] | None = None,
    treasury: str | os.PathLike[str] | pd.DataFrame | None = None,
    review: str | os.PathLike[str] | None = None,
    prefer: str = "treasury",
    as_of: str | dt.date | None = None,
) -> Portfolio:
    """Read a folder of Parquet tables (``lines.parquet`` …), or one file; else as `read_csv`."""
    options, limits = options_of(unit, year, columns), Limits()
    reading = gather_folder(Path(folder), (".parquet",), options, limits)
    told = (treasury, review, prefer, as_of)
    return _portfolio(with_treasury(reading, *told, options, limits))


@collection_paused()
def read_sql(
    queries: object,
    connection: object,
    *,
    unit: str | int | None = None,
    year: int | None = None,
    columns: Mapping[str, str] | None = None,
) -> Portfolio:
    """Read the results of SQL queries, of any database.

    Parameters
    ----------
    queries : str, selectable or mapping of str to them
        The query of the capital lines; or table names (``"lines"``, ``"history"`` …) to queries. Column names are read
        like headers, English or Vietnamese.
    connection : Engine, Connection, URL, str or DBAPI connection
        SQLAlchemy's (``pip install "phanbo[sql]"``), or an open one such as ``sqlite3``'s. Nothing is written: each
        query is rolled back, alone where SQLAlchemy or ``sqlite3`` can; on another DBAPI connection commit your own
        work first.
    unit, year, columns
        As in `read_excel`; amounts are exact, decimals included.

    Returns
    -------
    Portfolio
        Its ``files`` name each query ``"sql:lines"``, with the SHA-256 of its rows. A row's number counts the column
        names as the first.

    Raises
    ------
    DataError
        The database refuses, or the rows cannot be used; all faults are listed.
    """
    asked = dict(queries) if isinstance(queries, Mapping) else {LINES.name: queries}
    options = options_of(unit, year, columns)
    strange = [name for name in asked if name not in TABLES]
    if strange:
        known = ", ".join(TABLES)
        raise DataError(
            [
                option_fault(f"{name!r}: không có bảng này", f"{name!r}: no such table", known)
                for name in strange
            ]
        )
    sheets, files = run_queries(asked, connection, Limits())
    return _portfolio(gather_sheets("sql", sheets, options, files))


@collection_paused()
def read_forms(
    folder: str | os.PathLike[str],
    *,
    expected: Iterable[str] | pd.DataFrame | str | os.PathLike[str] | None = None,
    unit: str | int | None = None,
    year: int | None = None,
    columns: Mapping[str, str] | None = None,
    sheet: str | Sequence[str] | None = None,
    encoding: str | None = None,
) -> Portfolio:
    """Read the forms that owners returned, all files of a folder, as one portfolio.

    Parameters
    ----------
    folder : str or path-like
        Its workbooks and text tables; not those of its subfolders.
    expected : iterable of str, DataFrame, str or path-like, optional
        The owners asked for a form: their names, a frame with a column ``owner``, or a file with such a column. By
        default the table of owners (*ChuDauTu*) of any of the forms. Each that returned none is a warning.
    unit, year, columns, sheet, encoding
        As in `read_excel` and `read_csv`, for every form.

    Returns
    -------
    Portfolio
        Findings and the origins of lines name the file as the sheet.

    Raises
    ------
    DataError
        Forms cannot be used, hold no lines, or are there twice; the faults of all of them at once.
    OSError
        The folder or a file of it cannot be opened.
    """
    options = options_of(unit, year, columns)
    return _portfolio(gather_forms(Path(folder), expected, sheet, options, Limits(), encoding))


@collection_paused()
def check_excel(  # noqa: PLR0913 - the public interface
    path: str | os.PathLike[str],
    *,
    sheet: str | Sequence[str] | None = None,
    unit: str | int | None = None,
    year: int | None = None,
    columns: Mapping[str, str] | None = None,
    max_rows: int = 10**6,
    max_bytes: int = 200_000_000,
    treasury: str | os.PathLike[str] | pd.DataFrame | None = None,
    review: str | os.PathLike[str] | None = None,
    prefer: str = "treasury",
    as_of: str | dt.date | None = None,
    encoding: str | None = None,
) -> pd.DataFrame:
    """Return every finding of a workbook or of a folder of tables, errors included.

    Bad data and bad options raise nothing; only a file that cannot be opened is an `OSError`. The parameters are
    those of `read_excel` and `read_csv`; the columns of the result are the fields of `Finding`.
    """
    examined = examine_file(
        path,
        sheet=sheet,
        unit=unit,
        year=year,
        columns=columns,
        max_rows=max_rows,
        max_bytes=max_bytes,
        treasury=treasury,
        review=review,
        prefer=prefer,
        as_of=as_of,
        encoding=encoding,
    )
    return findings_frame(examined.findings)


@collection_paused()
def examine_file(  # noqa: PLR0913 - as check_excel
    path: str | os.PathLike[str],
    *,
    sheet: str | Sequence[str] | None = None,
    unit: str | int | None = None,
    year: int | None = None,
    columns: Mapping[str, str] | None = None,
    max_rows: int = 10**6,
    max_bytes: int = 200_000_000,
    treasury: str | os.PathLike[str] | pd.DataFrame | None = None,
    review: str | os.PathLike[str] | None = None,
    prefer: str = "treasury",
    as_of: str | dt.date | None = None,
    encoding: str | None = None,
) -> Examined:
    """Return the tables of a file or folder as read and checked, with every finding; as `check_excel`."""
    found, limits = Path(path), Limits(max_rows, max_bytes)
    try:
        options = options_of(unit, year, columns)
        reading = _gathered(found, sheet, options, limits, encoding)
        reading = with_treasury(reading, treasury, review, prefer, as_of, options, limits)
    except DataError as error:
        return Examined({}, error.findings, ())
    return examine(reading.frames, reading.findings)


def is_tables(path: Path) -> bool:
    """Whether a path is a folder of tables or one text or Parquet table, not a workbook."""
    return path.is_dir() or path.suffix.lower() in {*_TEXT, ".parquet"}


def _gathered(
    path: Path,
    sheet: str | Sequence[str] | None,
    options: Options,
    limits: Limits,
    encoding: str | None = None,
) -> Reading:
    """Read whatever *path* is: a folder of tables, a text or Parquet file, a workbook."""
    if is_tables(path):
        return gather_folder(path, (*_TEXT, ".parquet"), options, limits, encoding)
    return gather_workbook(path, sheet, options, limits)


def _portfolio(reading: Reading) -> Portfolio:
    return build_portfolio(reading.frames, findings=reading.findings, files=reading.files)
