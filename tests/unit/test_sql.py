"""Queries of any database: read exactly, told in words, and nothing written."""

from __future__ import annotations

import datetime as dt
import sqlite3
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import phanbo as pb
from phanbo.errors import DataError
from phanbo.tables.files.limits import Limits
from phanbo.tables.files.sql import run_queries

NAIVE = dt.datetime(2024, 9, 15, 8)  # noqa: DTZ001 - as databases hand it over
LINES = "SELECT * FROM lines"
MADE = """
CREATE TABLE lines (project_id TEXT, project TEXT, owner TEXT, source TEXT, plan_year INT, stage TEXT, plan INT,
    disbursed INT, key_project BOOLEAN, approved_on DATE);
INSERT INTO lines VALUES ('001', 'Đường A: 5%s', 'Sở Y tế', 'NSTW', 2024, 'transitional', 5000000000001, 1, 1, '2023-05-25');
INSERT INTO lines VALUES ('002', 'Cầu B', 'Sở Y tế', 'NSTW', 2024, 'transitional', 900000000, 0, NULL, NULL);
CREATE TABLE owners (owner TEXT, kind TEXT);
INSERT INTO owners VALUES ('Sở Y tế', 'department');
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "von.db"
    made = sqlite3.connect(path)
    made.executescript(MADE)
    made.close()
    return path


@pytest.fixture
def base(file: Path) -> Iterator[sqlite3.Connection]:
    made = sqlite3.connect(file)
    yield made
    made.close()


@pytest.fixture
def engine(file: Path) -> Iterator[sa.Engine]:
    made = sa.create_engine(f"sqlite:///{file}")
    yield made
    made.dispose()


def codes(refusal: pytest.ExceptionInfo[DataError]) -> list[str]:
    return [finding.code for finding in refusal.value.findings]


def count(file: Path) -> int:
    made = sqlite3.connect(file)
    (number,) = made.execute("SELECT count(*) FROM lines").fetchone()
    made.close()
    return int(number)


def test_every_kind_of_connection_reads_the_same(
    base: sqlite3.Connection, engine: sa.Engine, file: Path
) -> None:
    found = [pb.read_sql(LINES, each) for each in (base, engine, f"sqlite:///{file}", engine.url)]
    with engine.connect() as connection:
        found.append(pb.read_sql({"lines": sa.text(LINES)}, connection))
        table = sa.Table("lines", sa.MetaData(), autoload_with=connection)
        found += [pb.read_sql(table, connection), pb.read_sql(sa.select(table), connection)]
    assert len({portfolio.hash for portfolio in found}) == 1
    lines = found[0].lines
    assert lines["plan"].tolist() == [5_000_000_000_001, 900_000_000]
    assert lines["project"].tolist() == ["Đường A: 5%s", "Cầu B"]
    assert lines["key_project"].tolist()[0] is True
    assert lines["approved_on"][0] == "2023-05-25"


def test_tables_and_vietnamese_headers(base: sqlite3.Connection) -> None:
    query = """SELECT project_id "Mã dự án", project "Tên dự án", owner "Chủ đầu tư", source "Nguồn vốn", stage "Phân loại dự án",
        plan / 1000000.0 "Kế hoạch vốn năm 2024", 0 "Giải ngân từ 01/01/2024 đến 15/9/2024" FROM lines WHERE project_id = '002'"""
    found = pb.read_sql(
        {"lines": query, "owners": "SELECT owner, kind FROM owners;"}, base, unit="triệu đồng"
    )
    assert found.lines["plan"].tolist() == [900_000_000]
    assert found.lines["plan_year"].tolist() == [2024]
    assert found.owners is not None
    assert found.owners["kind"].tolist() == ["department"]


def test_a_header_may_be_named_by_hand(base: sqlite3.Connection) -> None:
    query = LINES.replace("*", "project_id, project, owner, source, plan_year, stage, plan AS von, disbursed")
    found = pb.read_sql(query, base, columns={"von": "plan"}, unit="đồng")
    assert found.lines["plan"].tolist() == [5_000_000_000_001, 900_000_000]


def test_the_files_are_the_rows_in_any_order(base: sqlite3.Connection) -> None:
    first, again, other = (
        pb.read_sql(f"{LINES} {more}", base).files for more in ("", "ORDER BY project_id DESC", "LIMIT 1")
    )
    assert first == again
    assert [name for name, _ in first] == ["sql:lines"]
    assert first != other


class Cursor:
    """A DBAPI cursor with what other databases return."""

    rows: tuple[Any, ...] = (
        ("001", Decimal("1234567890123.00"), dt.date(2024, 9, 15), None, True),
        (b"\xc4\x90", Decimal("1.25"), NAIVE, 1.5, False),
        {"a": memoryview(b"\xff\x00"), "b": 7, "c": None, "d": "", "e": None},
    )

    def __init__(self) -> None:
        self.description = [("a",), ("b",), ("c",), ("d",), ("e",)]
        self.left = list(self.rows)

    def execute(self, query: str) -> None:
        assert query == "SELECT 1"

    def fetchmany(self, size: int) -> list[Any]:
        taken, self.left = self.left[:size], self.left[size:]
        return taken

    def close(self) -> None:
        self.left = []


class Connection:
    rolled_back = 0

    def cursor(self) -> Cursor:
        return Cursor()

    def rollback(self) -> None:
        self.rolled_back += 1


def test_values_come_exactly() -> None:
    connection = Connection()
    (sheet,), _ = run_queries({"lines": "SELECT 1"}, connection, Limits())
    assert sheet.rows == [
        ["a", "b", "c", "d", "e"],
        ["001", 1_234_567_890_123, dt.date(2024, 9, 15), None, True],
        ["Đ", Decimal("1.25"), NAIVE, 1.5, False],
        ["ff00", 7, None, "", None],
    ]
    assert connection.rolled_back == 1
    with pytest.raises(DataError) as refusal:
        run_queries({"lines": "SELECT 1"}, connection, Limits(rows=2))
    assert codes(refusal) == ["too-large"]


WRITES = [
    "WITH a AS (SELECT 1) DELETE FROM lines RETURNING project_id",
    "WITH a AS (SELECT 1) DELETE FROM lines",
    "INSERT INTO lines SELECT * FROM lines",
    "DROP TABLE lines",
    "SELECT 1; DROP TABLE lines",
    "/* SELECT */ DELETE FROM lines",
    "COMMIT",
    "",
]


@pytest.mark.parametrize("query", WRITES)
@pytest.mark.parametrize("kind", ["base", "engine", "connection"])
def test_nothing_is_written(
    query: str, kind: str, base: sqlite3.Connection, engine: sa.Engine, file: Path
) -> None:
    with engine.connect() as connection:
        at: dict[str, Any] = {"base": base, "engine": engine, "connection": connection}
        with pytest.raises(DataError):
            pb.read_sql(query, at[kind])
        assert count(file) == 2
    base.commit()
    assert count(file) == 2


def test_a_statement_that_writes_is_refused(engine: sa.Engine, file: Path) -> None:
    table = sa.Table("lines", sa.MetaData(), autoload_with=engine)
    for query in (sa.delete(table), sa.text("DELETE FROM lines"), 5):
        with pytest.raises(DataError) as refusal:
            pb.read_sql(query, engine)
        assert codes(refusal) == ["sql-not-a-query"]
    assert count(file) == 2


def test_the_work_in_hand_is_kept(base: sqlite3.Connection, engine: sa.Engine, file: Path) -> None:
    base.execute("UPDATE lines SET plan = 7000000000 WHERE project_id = '002'")
    assert 7_000_000_000 in pb.read_sql(LINES, base).lines["plan"].tolist()
    base.commit()
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM lines WHERE project_id = '002'")
        assert len(pb.read_sql(LINES, connection)) == 1
    assert count(file) == 1
    with engine.connect() as connection:
        pb.read_sql(LINES, connection)
        assert not connection.in_transaction()


def test_the_faults_of_all_queries_come_at_once(base: sqlite3.Connection) -> None:
    with pytest.raises(DataError) as refusal:
        pb.read_sql({"lines": "SELECT * FROM nowhere", "owners": "SELEC 1"}, base)
    first, second = refusal.value.findings
    assert (first.code, first.sheet, second.code, second.sheet) == (
        "sql-failed",
        "sql:lines",
        "sql-not-a-query",
        "sql:owners",
    )
    assert "nowhere" in first.message_vi
    assert "nowhere" in first.message_en


def test_a_base_that_is_not_there(tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path}/none.db", "nodatabase://x", "not a url"):
        with pytest.raises(DataError) as refusal:
            pb.read_sql(LINES, url)
        assert codes(refusal) == ["sql-failed"]
    assert list(tmp_path.iterdir()) == []


def test_without_sqlalchemy_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    with pytest.raises(DataError) as refusal:
        pb.read_sql(LINES, "sqlite://")
    assert "phanbo[sql]" in refusal.value.findings[0].mend_en
    assert "phanbo[sql]" in refusal.value.findings[0].mend_vi


def test_a_table_that_is_none(base: sqlite3.Connection) -> None:
    with pytest.raises(DataError) as refusal:
        pb.read_sql({"lignes": LINES}, base)
    assert codes(refusal) == ["option-unknown"]


def test_rows_that_cannot_be_used_say_where(base: sqlite3.Connection) -> None:
    with pytest.raises(DataError) as refusal:
        pb.read_sql(
            LINES.replace("*", "project_id, project, source, plan_year, stage, plan, disbursed, '' AS owner"),
            base,
        )
    assert {(each.code, each.row) for each in refusal.value.findings} == {
        ("required-empty", 2),
        ("required-empty", 3),
    }
