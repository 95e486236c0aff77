"""Codes: zeros stay, letters that look like others are mended on evidence, near twins are named."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phanbo.tables.check import examine
from phanbo.tables.text.codes import code_cells

LINE = {
    "project": "Đường A",
    "owner": "Sở GTVT",
    "source": "NSTW",
    "plan_year": 2024,
    "stage": "chuyển tiếp",
    "plan": 10_000_000_000,
    "disbursed": 4_000_000_000,
    "requested_increase": 0,
}


def lines(*changes: dict[str, Any]) -> pd.DataFrame:
    """Return one row a change, each a project of its own."""
    rows = [
        LINE | {"project_id": f"{i + 1:03d}", "project": f"Dự án {i + 1}"} | c for i, c in enumerate(changes)
    ]
    frame: pd.DataFrame = pd.DataFrame(rows).astype(object)
    return frame


def _codes(*texts: str) -> tuple[list[str], dict[str, list[int]]]:
    out = code_cells(pd.Series(texts, dtype=object))
    return out.data.tolist(), out.faults


@pytest.mark.parametrize(
    ("text", "meant", "code"),
    [
        ("00123", "00123", ""),
        ("'0123", "0123", "text-apostrophe"),
        ("\uff11\uff12\uff21", "12A", "text-wide"),
        ("\u0410\u0412-12", "AB-12", "code-look-alike"),
        ("D\u0391-1", "DA-1", "code-look-alike"),
        ("DA\u200b-1", "DA-1", "text-spaces"),
        ("DA-ĐT-1", "DA-ĐT-1", ""),
        ("77O1234", "77O1234", ""),
    ],
)
def test_codes(text: str, meant: str, code: str) -> None:
    assert _codes(text) == ([meant], {code: [0]} if code else {})


def test_a_letter_becomes_a_digit_only_where_that_code_stands_elsewhere() -> None:
    assert _codes("77O1234", "7701234") == (["7701234"] * 2, {"code-letter-digit": [0]})
    assert _codes("DA-1O", "DA-10") == (["DA-1O", "DA-10"], {})


def test_near_twins_are_named_both() -> None:
    frame = lines({"project_id": "DA-1O"}, {"project_id": "DA-10"}, {"project_id": "DA-2"})
    (doubt,) = examine({"lines": frame}).findings
    assert (doubt.code, doubt.severity, doubt.row) == ("code-alike", "warning", 1)
    for message in (doubt.message_vi, doubt.message_en):
        assert "DA-1O" in message
        assert "DA-10" in message
    frame = lines({"project_id": "0071"}, {"project_id": "71"})
    assert [f.code for f in examine({"lines": frame}).findings] == ["code-alike"]


@given(st.lists(st.from_regex(r"[0-9A-Z]{1,3}(?:[-./][0-9A-Z]{1,4}){0,2}", fullmatch=True), max_size=6))
def test_plain_codes_come_out_as_they_went_in_but_for_a_twin(texts: list[str]) -> None:
    read, faults = _codes(*texts)
    assert set(faults) <= {"code-letter-digit"}
    for before, after in zip(texts, read, strict=True):
        assert before == after or after in texts
