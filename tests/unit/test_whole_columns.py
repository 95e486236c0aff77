"""What is done to a whole column at once is what a look at every cell would do."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from phanbo.tables.cells import Cells, _are_clean, clean_text, text_cells
from phanbo.tables.check.canonical import _quoted, table_csv
from phanbo.tables.check.complete import groups
from phanbo.tables.check.grid import Grid
from phanbo.tables.files.sheet import Sheet
from phanbo.tables.layout.columns import filled
from phanbo.tables.layout.extent import empty
from phanbo.tables.schema import LINES
from phanbo.tables.text.codes import alike, code_cells
from phanbo.tables.text.legacy import _TELLTALE, _has_telltale

ODD = "\t\n\r\x0b\x1c\x85\xa0\u1680\u2003\u2028\u3000\u200b\u200d\u2060\ufeff\xad\u0301\u0323\u1100\u1161"
ANY = st.text(
    st.sampled_from('aAđ ếE,"\n\r\xbb\xa8µ' + ODD) | st.characters(exclude_characters="\0"), max_size=5
)
PLAIN = st.text(st.sampled_from("abđĐếộ1 .-"), max_size=6)
TEXTS = st.lists(PLAIN, max_size=5).flatmap(
    lambda plain: st.lists(ANY, max_size=2).map(lambda odd: [*plain, *odd])
)
SCALARS = ANY | st.none() | st.floats() | st.integers(-3, 3) | st.booleans() | st.dates() | st.just(2**70)
CODES = st.lists(
    st.text(st.sampled_from("01OoIlAa\uff11\u0410'"), max_size=4)
    | st.sampled_from(["DA-1", "'071", "71", "0"]),
    max_size=8,
)


def grid_of(**columns: Any) -> Grid:
    cells = {
        name: Cells(np.array(values, dtype=kind), np.array(known, dtype=np.bool_))
        for name, (values, known, kind) in columns.items()
    }
    count = len(next(iter(cells.values())).data)
    return Grid(LINES, cells, set(cells), np.full(count, "", dtype=object), np.arange(1, count + 1))


def written(rows: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


@given(st.lists(st.text(st.sampled_from('a,"\n ế'), max_size=3), max_size=6))
@example(["", "", "a"])
@example(['"', "a\nb", "a,b"])
def test_texts_are_written_as_the_csv_module_writes_them(texts: list[str]) -> None:
    grid = grid_of(project=(texts, [True] * len(texts), object))
    assert table_csv(grid) == written([["project"], *([text] for text in texts)])
    assert _quoted(texts) == [written([[text, ""]])[:-2].decode() for text in texts]


def test_a_lone_carriage_return_is_quoted_whatever_the_csv_module_of_this_python_does() -> None:
    assert _quoted(["a\rb", "c"]) == ['"a\rb"', "c"]


AMOUNTS = st.lists(
    st.tuples(st.sampled_from([0, 1, -7, 2**53, 10**15]), st.booleans()), min_size=1, max_size=5
)


@given(AMOUNTS, st.integers(1, 60), st.sampled_from(["same", "other"]))
@example([(1, True), (2, True)], 60, "same")
@example([(1, True), (1, False)], 60, "other")
def test_figures_are_written_one_by_one(drawn: list[tuple[int, bool]], times: int, rows_known: str) -> None:
    amounts, known = [amount for amount, _ in drawn] * times, [known for _, known in drawn] * times
    # a second column of the same amounts, or known elsewhere
    others = known if rows_known == "same" else [not each for each in known]
    yes = [amount > 0 for amount in amounts]
    grid = grid_of(
        plan=(amounts, known, np.int64),
        disbursed=(amounts, others, np.int64),
        emergency=(yes, known, np.bool_),
    )
    rows = [
        [str(a) if k else "", str(a) if o else "", ("có" if a > 0 else "không") if k else ""]
        for a, k, o in zip(amounts, known, others, strict=True)
    ]
    names = [column.name for column in LINES.columns if column.name in grid.columns]
    assert names == ["plan", "disbursed", "emergency"]
    assert table_csv(grid) == written([names, *rows])


def test_many_different_figures_are_written_too() -> None:
    amounts = [at * 10**9 + 7 for at in range(300)]
    grid = grid_of(plan=(amounts, [at != 5 for at in range(300)], np.int64))
    rows = [[str(amount) if at != 5 else ""] for at, amount in enumerate(amounts)]
    assert table_csv(grid) == written([["plan"], *rows])


@given(TEXTS)
@example(["a", " b"])
@example(["a ", "b"])
@example(["e", "\u0301"])
@example(["", ""])
@pytest.mark.parametrize("many", [1, 0])
def test_texts_are_clean_where_each_is(many: int, texts: list[str]) -> None:
    texts = [*texts, *(f"Đường số {at}" for at in range(120 * many))]
    assert _are_clean(texts) == all(clean_text(text) == text for text in texts)
    cells = text_cells(pd.Series(texts, dtype=object))
    assert cells.data.tolist() == [clean_text(text) for text in texts]
    assert cells.known.tolist() == [bool(clean_text(text)) for text in texts]


def test_a_column_of_texts_is_not_the_callers() -> None:
    raw = pd.Series([f"Đường số {at}" for at in range(200)], dtype=object)
    cells = text_cells(raw)
    cells.data[0] = "khác"
    assert raw[0] == "Đường số 0"
    assert {*map(type, cells.data.tolist())} == {str}


@given(st.lists(SCALARS, max_size=6), st.integers(0, 2))
@example(["STT", 1.0, 2.0], 0)
@example(["STT", 1.0, "\xbb"], 0)
@example(["\xbb", 1.0, 2], 0)
@example([dt.date(2024, 1, 1), "Kế ho\xb9ch"], 0)
@example([float("inf"), float("-inf"), 2**2000, "\xbb"], 0)
def test_a_telltale_is_found_wherever_it_stands(cells: list[Any], headers: int) -> None:
    column = (*["Tên dự án"] * headers, *cells)
    wanted = any(isinstance(cell, str) and _TELLTALE.search(cell) for cell in column)
    assert _has_telltale(column) == wanted


@given(st.lists(SCALARS | st.sampled_from(["", " ", "\xa0", float("nan"), 0, False]), max_size=8))
def test_cells_are_filled_where_they_are_not_empty(cells: list[Any]) -> None:
    column = np.fromiter(cells, dtype=object, count=len(cells))
    assert filled(column).tolist() == [not empty(cell) for cell in cells]


@given(st.lists(st.tuples(*[st.sampled_from(["", "a", "b"])] * 3), min_size=1, max_size=12))
def test_groups_are_rows_that_share_their_columns(rows: list[tuple[str, str, str]]) -> None:
    names = ("project_id", "source", "component")
    known = [True] * len(rows)
    grid = grid_of(
        **{
            name: (list(cells), known, object)
            for name, cells in zip(names, zip(*rows, strict=True), strict=True)
        }
    )
    for upto in (3, 1, 2):
        first: dict[tuple[str, ...], int] = {}
        wanted = [first.setdefault(row[:upto], len(first)) for row in rows]
        assert groups(grid, names[:upto]).tolist() == wanted
    assert groups(grid, (*names, "loan")).tolist() == groups(grid, names).tolist()


def test_what_is_remembered_ends_with_its_columns() -> None:
    grid = grid_of(project_id=(["a", "a"], [True] * 2, object), source=(["x", "y"], [True] * 2, object))
    assert groups(grid, ("project_id", "source")).tolist() == [0, 1]
    grid.columns["source"].data = np.array(["x", "x"], dtype=object)
    assert groups(grid, ("project_id", "source")).tolist() == [0, 0]
    grid.columns["project_id"] = Cells(np.array(["a", "b"], dtype=object), np.ones(2, dtype=np.bool_))
    assert groups(grid, ("project_id", "source")).tolist() == [0, 1]
    assert groups(grid, ("source",)).tolist() == [0, 0]


@given(CODES)
@example(["0071", "71"])
@example(["0", "00"])
@example(["ß", "SS"])
def test_codes_alike_are_told_for_each_pair(codes: list[str]) -> None:
    def key(code: str) -> str:
        return code.translate(str.maketrans("OoIl", "0011")).upper().lstrip("0")

    listed = sorted({code for code in codes if code})
    first = {key(code): code for code in reversed(listed)}
    wanted = [(first[key(code)], code) for code in listed if key(code) and first[key(code)] != code]
    assert alike(listed) == wanted


@given(CODES)
@example(["DA-1", "'071"])
@example(["101", "1O1"])
@example(["\u0410-1"])
def test_a_code_is_mended_whatever_stands_beside_it(codes: list[str]) -> None:
    def read(cells: list[str]) -> tuple[list[str], dict[str, list[int]]]:
        found = code_cells(pd.Series(cells, dtype=object))
        return found.data.tolist()[: len(codes)], {
            code: [at for at in rows if at < len(codes)] for code, rows in found.faults.items()
        }

    # a code that needs a look makes all be looked at
    alone, beside = read(codes), read([*codes, "Il"])
    assert alone == beside


def test_a_sheet_tells_the_texts_of_a_column_once() -> None:
    sheet = Sheet("s", [["a", 1.0], ["b", ""], ["a"]])
    assert sorted(sheet.texts(0)) == ["a", "b"]
    assert sheet.texts(1) == [""]
    assert sheet.texts(0) is sheet.texts(0)
