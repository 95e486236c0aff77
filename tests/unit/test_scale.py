"""A unit read wrong shows against control totals, the columns that bound it, and the other sheets."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from phanbo.errors import Finding
from phanbo.examples import load_bac_linh, load_lang_son
from phanbo.tables.check import examine

SCALE = {"unit-scale", "unit-scale-doubtful"}
BILLION = 10**9


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


def scaled(frame: pd.DataFrame, **tables: pd.DataFrame) -> list[Finding]:
    return [f for f in examine({"lines": frame, **tables}).findings if f.code in SCALE]


def project(i: int, **change: Any) -> dict[str, Any]:
    plan = (3 + i % 7) * BILLION
    return {"plan": plan, "disbursed": plan // 2, "total_investment": 4 * plan} | change


@pytest.mark.parametrize("times", [1_000, 1_000_000])
@pytest.mark.parametrize("large", [True, False])
def test_a_total_a_step_off_its_control(times: int, *, large: bool) -> None:
    stated = 5 * BILLION * (1 if large else times) // (times if large else 1)
    control = pd.DataFrame([{"by": "all", "key": "", "plan": stated + stated // 200}])
    (finding,) = scaled(lines({"plan": 5 * BILLION}), controls=control)
    assert (finding.code, finding.severity, finding.table) == ("unit-scale", "error", "controls")
    assert f"{times:,}".replace(",", ".") in finding.message_vi
    assert "đồng" in finding.mend_vi


@pytest.mark.parametrize(
    ("times", "vi", "en"),
    [
        (1_000, "nghìn đồng thay vì triệu đồng", "thousand đồng instead of million đồng"),
        (1_000_000, "nghìn đồng thay vì tỷ đồng", "thousand đồng instead of billion đồng"),
        (1_000_000, "đồng thay vì triệu đồng", "đồng instead of million đồng"),
    ],
)
def test_the_units_are_named_in_words_of_either_language(times: int, vi: str, en: str) -> None:
    control = pd.DataFrame([{"by": "all", "key": "", "plan": 5 * BILLION // times}])
    (finding,) = scaled(lines({"plan": 5 * BILLION}), controls=control)
    assert vi in finding.mend_vi
    assert en in finding.mend_en
    assert "triệu" not in finding.mend_en + finding.message_en


@pytest.mark.parametrize("stated", [10 * BILLION, 9 * BILLION, 10**7 * 102 // 100, 10**8, 0])
def test_another_gap_is_no_unit(stated: int) -> None:
    assert not scaled(lines({}), controls=pd.DataFrame([{"by": "all", "key": "", "plan": stated}]))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("plan", lambda i: {"total_investment": 4 * (3 + i % 7) * 10**6}),
        ("disbursed", lambda i: {"disbursed": (3 + i % 7) * 10**12}),
    ],
)
def test_a_whole_column_in_another_unit_is_one_error(name: str, change: Any) -> None:
    found = [f for f in scaled(lines(*[project(i, **change(i)) for i in range(12)])) if f.column == name]
    assert [(f.code, f.row) for f in found] == [("unit-scale", None)]
    assert not scaled(lines(*[project(i) for i in range(12)]))


def test_one_row_in_another_unit_is_a_warning_in_its_place() -> None:
    rows = [project(i) for i in range(12)]
    rows[3] |= {"plan": 8 * 10**12, "disbursed": 0, "total_investment": 4 * BILLION}
    found = scaled(lines(*rows))
    assert [(f.code, f.row, f.column) for f in found] == [("unit-scale-doubtful", 4, "plan")]


def _sheets(factor: dict[str, float], names: tuple[str, ...]) -> pd.DataFrame:
    rows = []
    for sheet in ("A", "B", "C"):
        for i in range(6):
            row = project(i)
            rows.append(row | {n: int(row[n] * factor.get(sheet, 1)) for n in names})
    frame = lines(*rows)
    frame["_sheet"] = [sheet for sheet in ("A", "B", "C") for _ in range(6)]
    return frame


def test_a_sheet_whose_plans_are_a_step_off() -> None:
    for factor in (1_000.0, 0.001):
        found = scaled(_sheets({"B": factor}, ("plan", "disbursed")))
        errors = [f for f in found if f.code == "unit-scale"]
        assert [(f.sheet, f.column) for f in errors] == [("B", "plan")] or factor > 1
        assert any(f.sheet == "B" and f.severity == "error" for f in found)
    found = scaled(_sheets({"B": 0.001}, ("plan", "disbursed", "total_investment")))
    assert {(f.code, f.sheet) for f in found} == {("unit-scale-doubtful", "B")}
    assert not scaled(_sheets({}, ("plan",)))
    assert not scaled(_sheets({"B": 20, "C": 0.1}, ("plan", "disbursed")))


@pytest.mark.parametrize("stage", ["preparation", "completed", "transitional"])
def test_a_sheet_of_small_rests_is_in_no_other_unit(stage: str) -> None:
    frame = _sheets({"B": 0.001}, ("plan", "disbursed"))
    frame.loc[frame["_sheet"] == "B", "stage"] = stage
    assert bool(scaled(frame)) is (stage == "transitional")


def test_the_examples_are_of_one_scale() -> None:
    for load in (load_lang_son, load_bac_linh):
        portfolio = load()
        assert not SCALE & set(portfolio.notes["code"])
