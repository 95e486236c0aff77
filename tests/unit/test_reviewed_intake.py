"""Faults a reader of the intake found: money on a line it is not of, marks that were lost, names that mislead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openpyxl
import pandas as pd
import pytest

import phanbo as pb
from phanbo.tables.layout.block import Options
from phanbo.tables.matching.matching import Matching, match, plan_of
from phanbo.tables.matching.review import Mark, Review
from phanbo.tables.matching.treasury import read_treasury

if TYPE_CHECKING:
    from pathlib import Path

POVERTY, RURAL = "CTMTQG giảm nghèo bền vững", "CTMTQG xây dựng nông thôn mới"


def line(code: str, name: str, **more: Any) -> dict[str, Any]:
    told = {"owner": "Sở Y tế", "source": "NSTW", "plan_year": 2024, "stage": "chuyển tiếp", "plan": 1000}
    return {"project_id": code or None, "project": name} | told | more


def paid(code: str, name: str, amount: int, **more: Any) -> dict[str, Any]:
    return {"project_id": code or None, "project": name, "disbursed": amount, **more}


def matched(
    lines: list[dict[str, Any]], rows: list[dict[str, Any]], review: Review | None = None
) -> Matching:
    return match(
        plan_of({"lines": pd.DataFrame(lines)}), read_treasury(pd.DataFrame(rows), Options()), review
    )


def test_one_programme_is_not_another() -> None:
    found = matched([line("7", "A", source=POVERTY)], [paid("7", "A", 400, source=RURAL)])
    assert (found.unplaced, found.unmatched_treasury["why"].tolist()) == (400, ["treasury-ambiguous"])
    both = [line("7", "A", source=POVERTY), line("7", "A", source=RURAL)]
    rows = [paid("7", "A", 300, source=POVERTY), paid("7", "A", 400, source=RURAL)]
    assert matched(both, rows).pairs["disbursed"].tolist() == [300, 400]


def test_a_source_spelt_two_ways_tells_no_parts_apart() -> None:
    rows = [paid("7", "A", 300, source="NSTW"), paid("7", "A", 300, source="Ngân sách trung ương")]
    found = matched([line("7", "A")], rows)
    assert found.pairs.empty
    assert set(found.unmatched_treasury["why"]) == {"treasury-several"}


def test_a_no_to_a_pair_by_name_is_not_lost_with_new_figures() -> None:
    lines = [line("", "Cầu B")]
    first = matched(lines, [paid("", "Cầu B", 6)])
    (named,) = first._named.to_dict("records")
    no = Mark(named["treasury"], named["line_id"], "không", "", 6, named["check"])
    assert matched(lines, [paid("", "Cầu B", 6)], Review(marks=[no])).pairs.empty
    newer = matched(lines, [paid("", "Cầu B", 7)], Review(marks=[no]))
    assert [each.code for each in newer.findings if each.severity == "error"] == ["review-stale"]
    gone = matched(lines, [paid("", "Trường C", 7)], Review(marks=[no]))
    assert not [each for each in gone.findings if each.code == "review-stale"]


def test_a_copy_into_a_folder_that_is_not_there_names_the_copy(tmp_path: Path) -> None:
    pd.DataFrame([line("7", "A", disbursed=1)]).to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(FileNotFoundError) as refused:
        pb.annotate_excel(tmp_path / "a.csv", tmp_path / "none" / "copy.xlsx", unit="đồng")
    assert refused.value.filename == str(tmp_path / "none" / "copy.xlsx")


@pytest.mark.parametrize(
    "cells",
    [
        [[1], [2, 3]],
        [{"a": 1}, None],
        [b"\xff\x00", b"ab"],
        [pd.Timestamp("2024-01-02", tz="Asia/Ho_Chi_Minh"), None],
    ],
)
def test_a_column_no_workbook_holds_is_copied_as_text(tmp_path: Path, cells: list[Any]) -> None:
    frame = pd.DataFrame([line("7", "A", disbursed=1), line("8", "B", disbursed=2)])
    frame["x"] = pd.Series(cells, dtype=object)
    frame.to_parquet(tmp_path / "a.parquet")
    pb.annotate_excel(tmp_path / "a.parquet", tmp_path / "copy.xlsx", unit="đồng")
    assert pb.read_parquet(tmp_path / "a.parquet", unit="đồng").lines["disbursed"].tolist() == [1, 2]


def test_an_amount_parted_by_the_comma_of_its_file_is_asked_for(tmp_path: Path) -> None:
    rows = [line("7", "A", disbursed=100), line("8", "B", disbursed=100)]
    text = pd.DataFrame(rows).to_csv(index=False)
    (tmp_path / "plain.csv").write_text(text + "\n,Ghi chú\n", encoding="utf-8")
    assert pb.read_csv(tmp_path / "plain.csv", unit="đồng").lines["plan"].tolist() == [1000, 1000]
    (tmp_path / "moved.csv").write_text(text.replace("1000", "1,000", 1), encoding="utf-8")
    with pytest.raises(pb.DataError) as refused:
        pb.read_csv(tmp_path / "moved.csv", unit="đồng")
    (told,) = [each for each in refused.value.findings if each.code == "rows-long"]
    assert (told.row, told.value) == (2, "2")


def test_every_table_of_a_treasury_sheet_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    head = ["Mã dự án", "Tên dự án", "Giải ngân từ đầu năm"]
    for row in (["Đơn vị tính: đồng"], head, ["7", "A", 5], [], [], ["Biểu 2"], head, ["8", "B", 6]):
        book.worksheets[0].append(row)
    book.save(tmp_path / "t.xlsx")
    table = read_treasury(tmp_path / "t.xlsx", Options(year=2024))
    found = match(plan_of({"lines": pd.DataFrame([line("7", "A"), line("8", "B")])}), table)
    assert found.pairs["disbursed"].tolist() == [5, 6]
