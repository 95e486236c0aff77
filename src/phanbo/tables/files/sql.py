"""The rows of SQL queries as sheets. Nothing is written: whatever a query does is rolled back."""

# ruff: noqa: ANN401 - what a database hands over has no type known here

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import re
import sqlite3
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phanbo.errors import DataError, Finding
from phanbo.tables.files.limits import Limits, check_extent
from phanbo.tables.files.sheet import Faults, Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["run_queries"]

_Rows = tuple[list[str], list[list[Any]]]
"""Column names, and the rows."""
_Run = Any
"""Runs a query: takes it and how many rows are allowed, returns `_Rows`."""
_AT_ONCE = 10_000
_ASKING = frozenset({"select", "with", "values", "table", "from", "show"})
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\[[^\]]*\]|--[^\n]*|/\*.*?\*/", re.DOTALL)


def run_queries(
    queries: Mapping[str, Any], connection: Any, limits: Limits
) -> tuple[list[Sheet], list[tuple[str, str]]]:
    """Return the rows of every query as a sheet of its table's name, and a digest of each.

    Parameters
    ----------
    queries : mapping of str to str or selectable
        Table name to the SQL text or SQLAlchemy statement.
    connection : Engine, Connection, URL, str or DBAPI connection
        Where to run them.
    limits : Limits
        A query of more rows is refused.

    Raises
    ------
    DataError
        The database cannot be reached or refuses a query; the faults of all queries at once.
    """
    sheets: list[Sheet] = []
    faults: list[Finding] = []
    with _opened(connection) as run:
        for table, query in queries.items():
            name = f"sql:{table}"
            try:
                names, rows = run(query, limits.rows)
            except DataError:
                raise
            except Exception as error:  # noqa: BLE001 - every database has errors of its own
                faults.append(_failed(name, error))
                continue
            check_extent(name, Faults(last_row=len(rows), last_column=len(names)), limits)
            sheets.append(Sheet(table, [names, *rows]))
    if faults:
        raise DataError(faults)
    return sheets, [(f"sql:{sheet.name}", _digest(sheet.rows)) for sheet in sheets]


def _opened(connection: Any) -> contextlib.AbstractContextManager[_Run]:
    if isinstance(connection, sqlite3.Connection):
        return _sqlite(connection)
    if hasattr(connection, "cursor"):
        return _dbapi(connection)
    return _alchemy(connection)


@contextlib.contextmanager
def _sqlite(connection: sqlite3.Connection) -> Iterator[_Run]:
    """Run within a savepoint: the work in hand of whoever owns the connection stays as it is."""

    def run(query: Any, most: int) -> _Rows:
        cursor = connection.cursor()
        cursor.row_factory = None
        cursor.execute("SAVEPOINT phanbo")
        try:
            cursor.execute(_one_query(query))
            return _fetched(cursor.description, cursor.fetchmany, most)
        finally:
            cursor.execute("ROLLBACK TO phanbo")
            cursor.execute("RELEASE phanbo")

    yield run


@contextlib.contextmanager
def _dbapi(connection: Any) -> Iterator[_Run]:
    def run(query: Any, most: int) -> _Rows:
        try:
            with contextlib.closing(connection.cursor()) as cursor:
                cursor.execute(_one_query(query))
                return _fetched(cursor.description, cursor.fetchmany, most)
        finally:
            connection.rollback()

    yield run


@contextlib.contextmanager
def _alchemy(connection: Any) -> Iterator[_Run]:
    """Run on a connection of our own, rolled back after each query; on one handed in, within a savepoint."""
    try:
        import sqlalchemy
    except ImportError:
        raise DataError([_no_alchemy()]) from None
    if isinstance(connection, sqlalchemy.Connection):
        yield _on(connection)
        return
    ours = not isinstance(connection, sqlalchemy.Engine)
    try:
        engine = sqlalchemy.create_engine(_url(connection)) if ours else connection
        opened = engine.connect()
    except Exception as error:  # a driver that is not there, a URL that is none, a server that is off
        raise DataError([_failed("sql", error)]) from error
    try:
        yield _on(opened)
    finally:
        opened.close()
        if ours:
            engine.dispose()


def _url(connection: Any) -> Any:
    import sqlalchemy

    url = sqlalchemy.make_url(connection)
    held = url.database or ":memory:"
    if url.get_backend_name() == "sqlite" and not held.startswith((":memory:", "file:")):
        Path(held).stat()  # SQLite would make the file
    return url


def _on(connection: Any) -> _Run:
    def run(query: Any, most: int) -> _Rows:
        within = connection.in_transaction()
        # SQLite begins no transaction of its own for a statement that starts with WITH
        nested = within or connection.dialect.name == "sqlite"
        part = connection.begin_nested() if nested else connection.begin()
        try:
            result = _executed(connection, query)
            return _fetched(result.keys() if result.returns_rows else None, result.fetchmany, most)
        finally:
            part.rollback()
            if not within and connection.in_transaction():
                connection.rollback()

    return run


def _executed(connection: Any, query: Any) -> Any:
    import sqlalchemy

    if isinstance(query, sqlalchemy.TextClause):
        _one_query(query.text)
    elif isinstance(query, sqlalchemy.Table):
        query = sqlalchemy.select(query)
    elif not isinstance(query, str) and not getattr(query, "is_select", False):
        raise _NotAQueryError(type(query).__name__)
    if isinstance(query, str):
        # as it is: a colon is no parameter, nor a percent sign
        return connection.exec_driver_sql(_one_query(query), execution_options={"no_parameters": True})
    return connection.execute(query)


class _NotAQueryError(Exception):
    """A text that does something else than ask for rows."""


def _one_query(query: Any) -> str:
    """Return a query that only asks; some databases keep what a CREATE or a second statement did."""
    if not isinstance(query, str):
        raise _NotAQueryError(type(query).__name__)
    bare = _QUOTED.sub(" ", query).strip().rstrip("; \n\t\r")
    first = re.match(r"[\s(]*(\w*)", bare)
    if first is None or first[1].casefold() not in _ASKING or ";" in bare:
        raise _NotAQueryError(" ".join(query.split())[:80])
    return query


def _fetched(described: Any, fetch: Callable[[int], Any], most: int) -> _Rows:
    if described is None:
        raise _NotAQueryError("")
    names = [str(each if isinstance(each, str) else each[0]) for each in described]
    rows: list[list[Any]] = []
    while len(rows) <= most and (found := fetch(_AT_ONCE)):
        rows += [
            [_cell(value) for value in (row.values() if isinstance(row, dict) else row)] for row in found
        ]
    return names, rows


def _cell(value: Any) -> Any:
    """Return a value as a sheet holds it: whole decimals are whole numbers, exactly."""
    if value is None or isinstance(value, (str, bool, int, float, dt.date)):
        return value
    if isinstance(value, Decimal):
        return int(value) if value.is_finite() and value == value.to_integral_value() else value
    if isinstance(value, (bytes, bytearray, memoryview)):
        held = bytes(value)
        try:
            return held.decode()
        except UnicodeDecodeError:
            return held.hex()
    return str(value)


def _digest(rows: list[list[Any]]) -> str:
    """Return the SHA-256 of the rows, in whatever order they came."""
    head, *body = (json.dumps(row, ensure_ascii=False, default=str) for row in rows)
    return hashlib.sha256("\n".join([head, *sorted(body)]).encode("utf-8", "surrogatepass")).hexdigest()


def _failed(name: str, error: Exception) -> Finding:
    """Say what the database said, in its own words."""
    if isinstance(error, _NotAQueryError):
        return Finding(
            code="sql-not-a-query",
            severity="error",
            sheet=name,
            message_vi=f"không phải một câu truy vấn đọc dữ liệu: “{error}”",
            message_en=f"not one query that reads rows: “{error}”",
            mend_vi="viết đúng một câu SELECT (hoặc WITH … SELECT, VALUES)",
            mend_en="write one SELECT (or WITH … SELECT, VALUES)",
            value=str(error),
            rule="sql-not-a-query",
        )
    said = " ".join(str(getattr(error, "orig", None) or error).split())
    return Finding(
        code="sql-failed",
        severity="error",
        sheet=name,
        message_vi=f"cơ sở dữ liệu báo lỗi: {said}",
        message_en=f"the database says: {said}",
        mend_vi="kiểm tra câu truy vấn, địa chỉ và quyền đọc",
        mend_en="check the query, the address and the right to read",
        value=type(error).__name__,
        rule="sql-failed",
    )


def _no_alchemy() -> Finding:
    return Finding(
        code="sql-no-driver",
        severity="error",
        sheet="sql",
        message_vi="kết nối này cần thư viện SQLAlchemy",
        message_en="this connection needs the library SQLAlchemy",
        mend_vi='cài bằng: pip install "phanbo[sql]"',
        mend_en='install it: pip install "phanbo[sql]"',
        rule="sql-no-driver",
    )
