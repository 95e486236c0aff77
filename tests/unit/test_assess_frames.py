"""Frames of an assessment: figures by hand, totals that re-add, every date, what is due."""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import phanbo as pb
from phanbo.policy import READINGS

if TYPE_CHECKING:
    from phanbo.assessment import Assessment

TY = 1_000_000_000
ROWS: list[tuple[str, str, str, int, str, int, int]] = [
    # project, owner, source, plan year, stage, plan, disbursed (tỷ)
    ("P1", "Ban A", "Ngân sách tỉnh", 2024, "transitional", 100, 80),
    ("P2", "Ban A", "Xổ số kiến thiết", 2024, "new_start", 100, 20),
    ("P3", "Ban B", "Ngân sách tỉnh", 2024, "transitional", 100, 50),
    ("P4", "Ban C", "Ngân sách tỉnh", 2024, "completed", 200, 100),
    ("P4", "Ban C", "Ngân sách tỉnh", 2023, "completed", 40, 30),
    ("P5", "Ban D", "Ngân sách tỉnh", 2023, "transitional", 0, 0),
    ("P6", "Ban Ơ", "Xổ số kiến thiết", 2024, "preparation", 0, 0),
]


def frame(rows: list[tuple[str, str, str, int, str, int, int]] = ROWS) -> pd.DataFrame:
    names = ["project_id", "owner", "source", "plan_year", "stage", "plan", "disbursed"]
    table = pd.DataFrame(rows, columns=names)
    table["project"] = "Dự án " + table["project_id"]
    for name in ("plan", "disbursed"):
        table[name] *= TY
    return table


def assess(
    table: pd.DataFrame | None = None, as_of: str = "2024-09-30", held: pb.Round | None = None
) -> Assessment:
    portfolio = pb.Portfolio(frame() if table is None else table)
    return pb.assess(portfolio, calendar="lang-son-2024", as_of=as_of, round=held)


def row(table: pd.DataFrame, **where: str) -> dict[Any, Any]:
    for name, value in where.items():
        table = table[table[name] == value]
    assert len(table) == 1
    return table.to_dict("records")[0]


def test_province_totals_keep_carried_capital_apart() -> None:
    totals = assess().province
    assert (totals["plan"], totals["disbursed"]) == (500 * TY, 250 * TY)
    assert (totals["carried_plan"], totals["carried_disbursed"]) == (40 * TY, 30 * TY)
    assert (totals["total_plan"], totals["total_disbursed"]) == (540 * TY, 280 * TY)
    assert (totals["ratio"], totals["carried_ratio"]) == (0.5, 0.75)
    assert totals["as_of"] == "2024-09-30"


def test_owners_are_ranked_by_this_years_ratio_then_by_name() -> None:
    owners = assess().owners
    # A, B and C stand at 50 %; D has carried capital only, Ơ no plan at all
    assert owners["owner"].tolist() == ["Ban A", "Ban B", "Ban C", "Ban D", "Ban Ơ"]
    assert owners["rank"].tolist() == [1, 2, 3, 4, 5]
    third = row(owners, owner="Ban C")
    assert (third["plan"], third["disbursed"], third["ratio"]) == (200 * TY, 100 * TY, 0.5)
    assert (third["carried_plan"], third["carried_disbursed"], third["carried_ratio"]) == (
        40 * TY,
        30 * TY,
        0.75,
    )
    assert not owners["below_average"].any()
    assert owners["province_ratio"].tolist() == [0.5] * 5
    assert math.isnan(row(owners, owner="Ban D")["ratio"])


def test_a_better_owner_comes_first_whatever_its_name() -> None:
    table = frame()
    table.loc[2, "disbursed"] = 51 * TY
    owners = assess(table).owners
    assert owners["owner"].tolist()[:3] == ["Ban B", "Ban A", "Ban C"]
    assert owners["below_average"].tolist()[:3] == [False, True, True]


def test_requirements_are_weighted_by_plan() -> None:
    first = row(assess().owners, owner="Ban A")
    assert first["required_actual"] == 0.55  # 70 % and 40 % of a hundred each
    assert (first["share_actual"], first["behind_actual"]) == (0.5, True)
    assert first["behind_under"].startswith("actual")


def test_an_owner_at_its_requirement_is_not_behind() -> None:
    table = frame()
    table.loc[1, "disbursed"] = 30 * TY
    assert not row(assess(table).owners, owner="Ban A")["behind_actual"]
    table.loc[1, "disbursed"] = 30 * TY - 1
    assert row(assess(table).owners, owner="Ban A")["behind_actual"]


def test_buckets_carry_their_milestone_and_agree_with_the_readings() -> None:
    a = assess()
    bucket = row(a.buckets, owner="Ban A", stage="new_start")
    assert (bucket["milestone"], bucket["judged_on"], bucket["required_actual"]) == (
        "2024-09-30",
        "2024-09-30",
        0.4,
    )
    assert (bucket["share_actual"], bucket["behind_actual"], bucket["late_lines"]) == (0.2, True, 1)
    keys = ["owner", "stage", "plan_year"]
    for name in READINGS:
        lines = a.lines[keys].assign(behind=a.readings[name].bucket_behind)
        joined = lines.merge(a.buckets, on=keys)
        assert joined["behind"].tolist() == joined[f"behind_{name}"].tolist()


def test_carried_capital_has_its_own_group_and_milestone() -> None:
    stages = assess().stages
    assert stages["group"].tolist() == ["completed", "transitional", "new_start", "preparation", "carried"]
    carried = row(stages, group="carried")
    # "before 30/9" is judged on 29/9
    assert (carried["plan_year"], carried["milestone"], carried["judged_on"]) == (
        2023,
        "2024-09-30",
        "2024-09-29",
    )
    assert (carried["required_actual"], carried["behind_actual"]) == (1.0, True)


def test_a_group_without_a_milestone_is_never_behind() -> None:
    preparation = row(assess().stages, group="preparation")
    assert (preparation["milestone"], preparation["behind_under"]) == ("", "")


@pytest.mark.parametrize(
    "as_of", ["2023-12-31", "2024-01-01", "2024-06-30", "2024-09-15", "2024-12-31", "2025-06-01"]
)
def test_every_frame_re_adds_at_any_date(as_of: str) -> None:
    a = assess(as_of=as_of)
    totals = a.province
    for name in ("plan", "disbursed"):
        whole = totals[f"total_{name}"]
        for table in (a.lines, a.buckets, a.sources, a.stages):
            assert table[name].dtype == np.int64
            assert int(table[name].sum()) == whole
        owners = a.owners
        assert int(owners[name].sum()) == totals[name]
        assert int(owners[f"carried_{name}"].sum()) == totals[f"carried_{name}"]
    assert json.loads(a.to_json())["province"]["plan"] == totals["plan"]


def test_before_the_first_milestone_nobody_is_behind() -> None:
    a = assess(as_of="2024-01-02", held=pb.Round(dt.date(2024, 3, 1), dt.date(2024, 3, 1)))
    assert not a.owners["behind_forecast"].any()
    assert not a.lines["late"].any()
    assert (a.stages["milestone"] == "").all()


def test_lines_show_every_reading_and_what_decides() -> None:
    a = assess(as_of="2024-09-15")
    line = row(a.lines, line_id="P3/Ngân sách tỉnh/2024")
    assert (line["plan"], line["disbursed"], line["ratio"]) == (100 * TY, 50 * TY, 0.5)
    assert (line["milestone"], line["required"], line["late"]) == ("2024-09-30", 0.7, True)
    assert line["share_actual"] == 0.5
    assert line["share_pace"] > 0.5
    for name in READINGS:
        reading = a.readings[name]
        assert a.lines[f"late_{name}"].tolist() == reading.late.tolist()
        assert line[f"required_{name}"] == 0.7
    assert a.lines["may_import"].tolist() == a.may_import.tolist()


def test_a_missed_deadline_is_named_and_counted() -> None:
    table = frame()
    table["started_on"] = ["", "chưa", "", "", "", "", ""]
    table["disbursed"] = table["plan"]
    a = assess(table, as_of="2024-09-15")
    assert row(a.lines, line_id="P2/Xổ số kiến thiết/2024")["missed"] == "start"
    first = row(a.owners, owner="Ban A")
    assert (first["late_lines"], first["missed_lines"]) == (1, 1)


def test_sources_stand_by_year_with_their_kind() -> None:
    sources = assess().sources
    assert sources["plan_year"].tolist() == [2023, 2024, 2024]
    old = sources.to_dict("records")[0]
    assert (old["source"], old["kind"], old["plan"], old["ratio"]) == (
        "Ngân sách tỉnh",
        "local_concentrated",
        40 * TY,
        0.75,
    )


def test_a_portfolio_without_any_plan_has_no_ratio() -> None:
    table = frame()
    table[["plan", "disbursed"]] = 0
    a = assess(table)
    assert math.isnan(a.province["ratio"])
    assert a.owners["ratio"].isna().all()
    assert not a.owners["behind_actual"].any()
    plain = json.loads(a.to_json())
    assert plain["province"]["ratio"] is None
    assert plain["owners"][0]["ratio"] is None
    assert a.owners["rank"].tolist() == [1, 2, 3, 4, 5]


def test_the_order_of_the_input_does_not_matter() -> None:
    assert assess(frame(ROWS[::-1])).to_json() == assess().to_json()


def test_due_lists_what_the_directive_asks_of_the_next_thirty_days() -> None:
    due = assess(as_of="2024-09-15").due
    assert list(due.columns) == ["date", "what_vi", "what_en", "who", "source", "kind"]
    assert due["date"].tolist() == sorted(due["date"])
    marks = due[due["kind"] == "milestone"]
    # capital carried over: "before 30/9", so the 29th is the last day
    assert marks["date"].tolist() == ["2024-09-29", "2024-09-30", "2024-09-30"]
    assert "70% đến hết ngày 30/9/2024" in marks.iloc[1]["what_vi"]
    assert due[due["kind"] == "round"]["date"].tolist() == ["2024-09-19"]
    reports = due[due["kind"] == "report"]["date"].tolist()
    assert reports == ["2024-09-20", "2024-09-27", "2024-09-30", "2024-10-04", "2024-10-07", "2024-10-11"]


@pytest.mark.parametrize(
    ("as_of", "listed"),
    [("2024-08-29", False), ("2024-08-31", True), ("2024-09-30", True), ("2024-10-01", False)],
)
def test_due_looks_from_today_to_thirty_days_ahead(as_of: str, listed: bool) -> None:
    due = assess(as_of=as_of).due
    found = (due["kind"] == "milestone") & (due["date"] == "2024-09-30")
    assert bool(found.any()) is listed


def test_deadlines_and_the_last_adjustment_are_due() -> None:
    june = assess(as_of="2024-06-15").due
    acts = june[june["kind"] == "deadline"]
    assert acts["date"].eq("2024-06-30").all()
    assert any(text.startswith("Khởi công, dự án khởi công mới") for text in acts["what_vi"])
    a = assess(as_of="2024-11-01")
    november = a.due
    assert november[november["kind"] == "last_adjustment"]["date"].tolist() == [
        str(a.calendar.last_adjustment)
    ]
