"""A text longer than a cell can hold is cut where it can be seen, in every workbook that is written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.comments import Comment

import phanbo as pb
from held_round import sample
from phanbo.errors import Finding
from phanbo.tables.matching.review import write_review
from phanbo.words import LONGEST, cell_text

LONG = "Đường tỉnh 232 " * 3_000


def texts(path: Path) -> list[str]:
    return [
        cell.value
        for page in openpyxl.load_workbook(path).worksheets
        for row in page.iter_rows()
        for cell in row
        if isinstance(cell.value, str)
    ]


def assert_told(path: Path) -> None:
    cut = [text for text in texts(path) if text.startswith(LONG[:1_000])]  # not the values of findings
    assert cut
    assert all(len(text) <= LONGEST for text in texts(path))
    assert all("cắt bớt / cut: 450" in text[-40:] for text in cut)


@given(st.text("aế𠀀\n", max_size=60), st.integers(40, 60))
def test_a_text_is_whole_or_says_that_it_is_not(text: str, most: int) -> None:
    kept = cell_text(text, most)
    units = len(kept.encode("utf-16-le")) // 2
    assert units <= most
    if len(text.encode("utf-16-le")) // 2 <= most:
        assert kept == text
    else:
        head, _, told = kept.rpartition("… [cắt bớt / cut: ")
        assert told == f"{len(text)} ký tự]"
        assert text.startswith(head)
        assert units >= most - 1


def test_reports_say_what_they_cut(tmp_path: Path) -> None:
    setting = sample()
    lines = setting.lines.assign(project=[f"{LONG}{at}" for at in range(len(setting.lines))])
    replace(setting, lines=lines).propose().to_excel(tmp_path / "proposal.xlsx")
    assert_told(tmp_path / "proposal.xlsx")


def test_review_sheets_and_copies_say_what_they_cut(tmp_path: Path) -> None:
    line: dict[str, Any] = {
        "project_id": "0012",
        "project": LONG,
        "owner": "Sở",
        "source": "Ngân sách tỉnh",
        "plan_year": 2024,
        "stage": "transitional",
        "plan": 100,
        "disbursed": 5,
    }
    (tmp_path / "plan").mkdir()
    pd.DataFrame([line]).to_csv(tmp_path / "plan/lines.csv", index=False)
    write_review(tmp_path / "review.xlsx", [[LONG] * 19], [], "")
    assert_told(tmp_path / "review.xlsx")
    pb.annotate_excel(tmp_path / "plan/lines.csv", tmp_path / "copy.xlsx")
    assert_told(tmp_path / "copy.xlsx")


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_long_comment_that_was_there_leaves_room_for_the_finding(tmp_path: Path, lang: str) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"].comment = Comment(LONG, "Lan")
    book.save(tmp_path / "a.xlsx")
    said = Finding("x", "error", "một lỗi", "an error", sheet="Sheet", cell="A1")
    pb.annotate_excel(tmp_path / "a.xlsx", tmp_path / "b.xlsx", findings=[said], lang=lang)
    text = openpyxl.load_workbook(tmp_path / "b.xlsx")["Sheet"]["A1"].comment.text
    assert len(text) <= 32_000
    assert "cắt bớt / cut: 45000" in text
    assert text.endswith("một lỗi" if lang == "vi" else "an error")
