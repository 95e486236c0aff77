"""Σ lines = Σ owners = Σ sources = province, and every gap to the đồng: in the frame, the notebook and the error."""

from __future__ import annotations

import ast
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import phanbo
from phanbo.errors import DataError, Finding
from phanbo.portfolio import Portfolio, build_portfolio
from phanbo.tables.check.messages import MESSAGES
from phanbo.tables.check.reconcile import exact_sums
from phanbo.tables.check.statements import Statement

AMOUNTS = st.integers(0, 10**12)
ROWS = st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from("XYZ"), AMOUNTS), min_size=1, max_size=8)


def lines(rows: list[tuple[str, str, int]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "project_id": [f"{k:03d}" for k in range(len(rows))],
            "project": [f"Dự án {k}" for k in range(len(rows))],
            "owner": [f"Ban {owner}" for owner, _, _ in rows],
            "source": [f"Nguồn {source}" for _, source, _ in rows],
            "plan_year": 2024,
            "stage": "chuyển tiếp",
            "plan": [plan for _, _, plan in rows],
            "disbursed": [plan // 3 for _, _, plan in rows],
        }
    )


def controls(*rows: tuple[str, str | None, int]) -> pd.DataFrame:
    return pd.DataFrame([{"by": by, "key": key, "plan": plan} for by, key, plan in rows]).astype(object)


THREE = [("A", "X", 100), ("B", "X", 20), ("A", "Y", 3)]


@given(ROWS)
def test_every_level_adds_up(rows: list[tuple[str, str, int]]) -> None:
    frame = lines(rows)
    found = Portfolio(frame).reconcile()
    assert found["ok"].all()
    for column in ("plan", "disbursed"):
        total = sum(frame[column].tolist())
        for level in ("all", "source", "owner"):
            here = found[(found["column"] == column) & (found["level"] == level)]
            assert sum(here["added"].tolist()) == total
        owners = found[(found["column"] == column) & (found["level"] == "owner")]
        assert (
            dict(zip(owners["key"], owners["added"], strict=True))
            == frame.groupby("owner")[column].sum().to_dict()
        )
    assert str(found["added"].dtype) == "int64"
    assert str(found["gap"].dtype) == "Int64"
    assert found["gap"].isna().all()


@given(ROWS, st.integers(-(10**6), 10**6).filter(bool), st.sampled_from(["source", "owner", "all"]))
def test_a_control_off_by_d_shows_a_gap_of_d(rows: list[tuple[str, str, int]], d: int, by: str) -> None:
    frame = lines(rows)
    key = None if by == "all" else frame[by][0]
    mine = frame if by == "all" else frame[frame[by] == key]
    total = sum(mine["plan"].tolist())
    if total + d < 0:
        return
    with pytest.raises(DataError) as caught:
        Portfolio(frame, controls=controls((by, key, total + d)))
    (gap,) = caught.value.differences
    assert (gap["gap"], gap["stated"], gap["added"], gap["column"]) == (d, total + d, total, "plan")
    assert f"{d:,}".replace(",", ".") in str(caught.value)
    sound = Portfolio(frame, controls=controls((by, key, total))).reconcile()
    (row,) = sound[sound["stated"].notna()].to_dict("records")
    assert (row["level"], row["gap"], row["ok"]) == (by, 0, True)


def test_sums_never_overflow() -> None:
    amounts = np.full(5, 2**62, dtype=np.int64)
    assert exact_sums(amounts, np.array([0, 0, 0, 1, 1]), 2) == [3 * 2**62, 2**63]


def with_statements(*statements: Statement) -> pd.DataFrame:
    frame = lines(THREE)
    frame.attrs["statements"] = list(statements)
    return frame


SOUND = Statement("all", "TỔNG SỐ", "plan", 123, 123, "Biểu", "H6", 6)
WRONG = Statement("sector", "I. Giao thông", "plan", 1_234_690, 123, "Biểu", "H7", 7)


def test_what_the_file_states_is_kept_and_shown() -> None:
    made = build_portfolio({"lines": with_statements(SOUND, WRONG)})
    found = made.reconcile()
    stated = found[found["stated"].notna()].to_dict("records")
    assert [(row["label"], row["gap"], row["cell"], row["row"], row["ok"]) for row in stated] == [
        ("TỔNG SỐ", 0, "H6", 6, True),
        ("I. Giao thông", 1_234_567, "H7", 7, False),
    ]
    shown = made._repr_html_()
    assert "khớp 1/2" in shown
    assert "chênh 1.234.567 đồng (Biểu H7)" in shown
    assert "1 of 2 stated totals" in repr(made)
    again = pickle.loads(pickle.dumps(made))  # noqa: S301 - our own bytes
    pd.testing.assert_frame_equal(again.reconcile(), found)
    assert "chưa có số" in Portfolio(lines(THREE))._repr_html_()


def test_what_the_file_states_is_not_true_of_other_tables() -> None:
    made = build_portfolio({"lines": with_statements(WRONG), "controls": controls(("all", None, 123))})
    other = made.replace(plan=np.array([200, 20, 3]))
    (row,) = other.reconcile().query("stated.notna()").to_dict("records")
    assert (row["stated"], row["gap"]) == (223, 0)  # the controls move with their lines
    assert (
        made.hash == build_portfolio({"lines": lines(THREE), "controls": controls(("all", None, 123))}).hash
    )


def test_a_thousand_faults_stay_calm() -> None:
    faults = [
        Finding(f"code-{k % 20}", "error", "hỏng", "broken", "sửa", "mend", sheet="Biểu", cell=f"A{k}", row=k)
        for k in range(1, 1001)
    ]
    gaps = [
        {"key": "", "label": f"<b>{k}", "column": "plan", "stated": k, "added": 0, "gap": k}
        for k in range(99)
    ]
    error = DataError(
        faults, [{**gap, "level": "group", "sheet": "", "row": 0, "cell": "", "ok": False} for gap in gaps]
    )
    assert len(error.message().splitlines()) <= 70
    assert "1.000 lỗi, 20 loại" in error.message()
    assert "400 lỗi khác, 8 loại" in error.message()
    assert "89 chênh lệch khác" in error.message()
    assert "<b>1" not in error._repr_html_().replace("<b>Dữ", "")
    assert error._repr_html_().count("<li>") == 12


def test_every_error_and_warning_says_how_to_mend_it() -> None:
    assert [
        code
        for code, each in MESSAGES.items()
        if each.severity != "note" and not (each.mend_vi and each.mend_en)
    ] == []


def _calls() -> list[tuple[str, ast.Call, str]]:
    found = []
    for path in sorted(Path(phanbo.__file__).parent.joinpath("tables").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in {"Finding", "report"}:
                    found.append((f"{path.name}:{node.lineno}", node, name))
    return found


@pytest.mark.parametrize(
    ("place", "call", "name"), _calls(), ids=lambda each: each if isinstance(each, str) else ""
)
def test_findings_of_the_readers_say_how_to_mend_them(place: str, call: ast.Call, name: str) -> None:
    """Read from the source: what is not a note has a mend in both languages."""
    words: dict[str, Any] = {str(word.arg): word.value for word in call.keywords}
    severity = words.get("severity", call.args[1] if len(call.args) > 1 else None)
    if (
        "None" in words
        or severity is None
        or (isinstance(severity, ast.Constant) and severity.value == "note")
    ):
        return
    if name == "report":
        mends = [*call.args[3:4], *([words["mends"]] if "mends" in words else [])]
    else:
        mends = [*call.args[4:6], *(words[key] for key in ("mend_vi", "mend_en") if key in words)]
    assert mends, place
    assert not any(isinstance(mend, ast.Constant) and not mend.value for mend in mends), place
