"""The review sheet out and back: only what a person marks is taken, and never against the tables as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import phanbo as pb
from phanbo.tables.matching.review import NONE, read_review

if TYPE_CHECKING:
    from pathlib import Path

AGREED, OTHER = "Đồng ý (có/không)", "Mã dòng vốn khác"
LINE = {"owner": "Sở", "source": "NSTW", "plan_year": 2024, "stage": "chuyển tiếp", "plan": 1000}
LINES = [
    {"project_id": "7", "project": "=Cầu sông Thương", **LINE},
    {"project_id": "8", "project": "Trường Hòa Bình", **LINE},
]
ROWS = [
    {"project": "Xây cầu sông Thương", "owner": "Sở", "disbursed": 50},
    {"project": "Việc khác hẳn", "owner": "Sở", "disbursed": 11},
]


def plan(tmp_path: Path, lines: list[dict[str, Any]] = LINES) -> Path:
    place = tmp_path / "plan"
    place.mkdir(exist_ok=True)
    pd.DataFrame(lines).to_csv(place / "lines.csv", index=False)
    return place


def marked(
    tmp_path: Path, marks: dict[str, dict[str, Any]], zeros: tuple[str, ...] = (), **cells: Any
) -> Path:
    """Write the sheet and mark it: name of the Treasury row to column to text."""
    path = tmp_path / "review.xlsx"
    pb.match_treasury(plan(tmp_path), pd.DataFrame(ROWS)).to_excel(path)
    book = openpyxl.load_workbook(path)
    for page, name, said in (
        (book["DoiChieu"], "Kho bạc: tên dự án", marks),
        (book["ChuaCoSoKhoBac"], "Mã dòng vốn", None),
    ):
        top = next(row for row in page.iter_rows() if row[0].value == "STT")
        at = {cell.value: cell.column for cell in top}
        for row in range(top[0].row + 1, page.max_row + 1):
            key = page.cell(row, at[name]).value
            wanted = (
                said.get(key, {})
                if said is not None
                else {"Chưa giải ngân (có)": "có"}
                if key in zeros
                else {}
            )
            for column, text in wanted.items():
                page.cell(row, at[column]).value = text
    book.save(path)
    return path


def codes(tmp_path: Path, review: Path, rows: Any = ROWS, lines: Any = LINES) -> set[str]:
    found = pb.check_excel(plan(tmp_path, lines), treasury=pd.DataFrame(rows), review=review)
    return set(found.loc[found["severity"] == "error", "code"])


YES = {"Xây cầu sông Thương": {AGREED: "có"}, "Việc khác hẳn": {OTHER: NONE}}


def test_what_is_marked_is_taken(tmp_path: Path) -> None:
    review = marked(tmp_path, YES, ("8/NSTW/2024",))
    found = pb.read_csv(plan(tmp_path), treasury=pd.DataFrame(ROWS), review=review)
    assert found.lines["disbursed"].tolist() == [50, 0]
    assert {"treasury-by-review", "treasury-set-aside", "treasury-zero"} <= set(found.check()["code"])


def test_unmarked_it_takes_nothing(tmp_path: Path) -> None:
    review = marked(tmp_path, {})
    wanted = {"treasury-unmatched", "treasury-unplaced", "treasury-line-unknown"}
    assert codes(tmp_path, review) == wanted
    assert pb.match_treasury(plan(tmp_path), pd.DataFrame(ROWS), review=review).pairs.empty


def test_marks_come_back_as_they_were(tmp_path: Path) -> None:
    review = marked(
        tmp_path,
        {"Xây cầu sông Thương": {AGREED: "không"}, "Việc khác hẳn": {OTHER: "8/NSTW/2024"}},
        ("7/NSTW/2024",),
    )
    found = pb.match_treasury(plan(tmp_path), pd.DataFrame(ROWS), review=review)
    assert found.pairs["line_id"].tolist() == ["8/NSTW/2024"]
    found.to_excel(tmp_path / "again.xlsx")
    first, again = read_review(review), read_review(tmp_path / "again.xlsx")
    assert {(m.key, m.line_id, m.agreed, m.other) for m in first.marks} == {
        (m.key, m.line_id, m.agreed, m.other) for m in again.marks
    }
    assert [(z.line_id, z.agreed) for z in again.zeros] == [("7/NSTW/2024", "có")]


@pytest.mark.parametrize(
    ("marks", "code"),
    [
        ({"Xây cầu sông Thương": {AGREED: "có", OTHER: "8/NSTW/2024"}}, "review-contradicts"),
        ({"Việc khác hẳn": {AGREED: "có"}}, "review-contradicts"),
        ({"Việc khác hẳn": {OTHER: "không phải mã"}}, "review-stale"),
        ({"Xây cầu sông Thương": {AGREED: "ừ"}}, "review-mark"),
        ({"Xây cầu sông Thương": {AGREED: "có", "Kho bạc: giải ngân (đồng)": 51}}, "review-changed"),
    ],
)
def test_a_contradiction_is_an_error_with_its_cell(tmp_path: Path, marks: Any, code: str) -> None:
    review = marked(tmp_path, marks)
    found = pb.check_excel(plan(tmp_path), treasury=pd.DataFrame(ROWS), review=review)
    assert found.loc[found["code"] == code, "cell"].str.match("P[0-9]+").all()
    assert code in set(found["code"])


def test_figures_that_changed_since_make_the_mark_stale(tmp_path: Path) -> None:
    review = marked(tmp_path, YES)
    assert "review-stale" in codes(tmp_path, review, rows=[ROWS[0] | {"disbursed": 60}, ROWS[1]])
    assert "review-stale" in codes(tmp_path, review, lines=[LINES[0] | {"plan": 999}, LINES[1]])


def test_a_zero_is_not_said_of_a_line_that_has_money(tmp_path: Path) -> None:
    assert "review-contradicts" in codes(tmp_path, marked(tmp_path, YES, ("7/NSTW/2024",)))


def test_texts_of_others_are_never_formulas(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(marked(tmp_path, {}))
    cells = [cell for page in book for row in page.iter_rows() for cell in row]
    assert any(cell.value == "=Cầu sông Thương" for cell in cells)
    assert all(cell.data_type != "f" for cell in cells if cell.value != "=Cầu sông Thương")


def test_a_match_by_name_can_be_refused(tmp_path: Path) -> None:
    rows = pd.DataFrame([{"project": "Trường Hoà Bình", "owner": "Sở", "disbursed": 9}])
    path = tmp_path / "review.xlsx"
    found = pb.match_treasury(plan(tmp_path), rows)
    assert found.pairs["how"].tolist() == ["name"]
    found.to_excel(path)
    book = openpyxl.load_workbook(path)
    page = book["DoiChieu"]
    row = next(row for row in page.iter_rows() if row[3].value == "Trường Hoà Bình")
    row[15].value = "không"
    book.save(path)
    refused = pb.match_treasury(plan(tmp_path), rows, review=path)
    assert (len(refused.pairs), refused.unplaced) == (0, 9)


MARKS = st.lists(st.sampled_from(["", "có", "không", NONE, "8/NSTW/2024"]), min_size=6, max_size=6)


@given(MARKS, st.lists(st.integers(0, 10**12), min_size=3, max_size=3), st.randoms(use_true_random=False))
def test_marks_are_taken_exactly_as_made(
    tmp_path_factory: pytest.TempPathFactory, marks: list[str], amounts: list[int], random: Any
) -> None:
    """To the đồng: paid = placed + set aside + still open; and the order of rows in either file is nothing."""
    place = tmp_path_factory.mktemp("marks")
    names = ["Xây cầu sông Thương", "Việc khác hẳn", "Trường Hoà Bình mới"]
    rows = [{"project": n, "owner": "Sở", "disbursed": a} for n, a in zip(names, amounts, strict=True)]
    path = place / "review.xlsx"
    pb.match_treasury(plan(place), pd.DataFrame(rows)).to_excel(path)
    book = openpyxl.load_workbook(path)
    page, wanted, left = book["DoiChieu"], {}, iter(marks)
    top = next(row[0].row for row in page.iter_rows() if row[0].value == "STT")
    for row in page.iter_rows(min_row=top + 1):
        name, line, mark = str(row[3].value), row[8].value, next(left)
        if name in wanted or (mark == "có" and not line):
            continue  # a second answer would contradict the first
        if mark in {"có", "không"}:
            row[15].value = mark
        elif mark:
            row[16].value = mark
        if mark not in {"", "không"}:
            wanted[name] = line if mark == "có" else mark
    book.save(path)
    random.shuffle(rows)
    lines = random.sample(LINES, len(LINES))
    found = pb.match_treasury(plan(place, lines), pd.DataFrame(rows), review=path)
    paid = {row["project"]: row["disbursed"] for row in rows}
    given_to = {name: line for name, line in wanted.items() if line != NONE}
    assert sorted(zip(found.pairs["line_id"], found.pairs["disbursed"], strict=True)) == sorted(
        (line, paid[name]) for name, line in given_to.items()
    )
    assert set(found.set_aside["project"]) == {name for name, line in wanted.items() if line == NONE}
    placed, aside = sum(found.pairs["disbursed"]), sum(found.set_aside["disbursed"])
    assert placed + aside + found.unplaced == sum(amounts)
    assert set(found.unmatched_treasury["project"]) == set(names) - set(wanted)
