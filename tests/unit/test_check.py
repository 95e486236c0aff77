"""Every doubt and every contradiction is found, in its place, and all at once."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from phanbo.errors import DataError, Finding
from phanbo.portfolio import Portfolio, build_portfolio
from phanbo.tables.check import examine
from phanbo.tables.check.grid import NOTES_SHOWN
from phanbo.tables.check.messages import MESSAGES

LINE = {
    "project_id": "001",
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
    """Return one row a change, each a project of its own unless it says otherwise."""
    rows = [
        LINE | {"project_id": f"{i + 1:03d}", "project": f"Dự án {i + 1}"} | c for i, c in enumerate(changes)
    ]
    return pd.DataFrame(rows).astype(object)


def found(frame: pd.DataFrame, code: str, **tables: pd.DataFrame) -> list[Finding]:
    findings = examine({"lines": frame, **tables}).findings
    assert {finding.code for finding in findings} <= set(MESSAGES)
    return [finding for finding in findings if finding.code == code]


def codes(frame: pd.DataFrame, **tables: pd.DataFrame) -> list[str]:
    return [finding.code for finding in examine({"lines": frame, **tables}).findings]


def test_a_clean_table_has_nothing_to_say() -> None:
    assert codes(lines({}, {})) == []


def test_every_message_speaks_both_languages() -> None:
    for code, message in MESSAGES.items():
        assert message.severity in {"error", "warning", "note"}, code
        assert message.vi, code
        assert message.en, code
        assert bool(message.mend_vi) == bool(message.mend_en), code


def test_all_errors_come_at_once_with_sheet_row_and_cell() -> None:
    frame = lines({"plan": -5}, {"disbursed": None}, {"stage": "hoàn thành"}, {"plan": "nhiều"})
    frame["_sheet"], frame["_row"] = "KeHoachVon", [8, 9, 11, 12]
    frame.attrs["letters"] = {"KeHoachVon": {"plan": "H", "disbursed": "K"}}
    with pytest.raises(DataError) as caught:
        build_portfolio({"lines": frame})
    findings = caught.value.findings
    assert [(f.code, f.row, f.column, f.cell) for f in findings] == [
        ("negative", 8, "plan", "H8"),
        ("required-empty", 9, "disbursed", "K9"),
        ("completed-without-year", 11, "stage", ""),
        ("not-a-number", 12, "plan", "H12"),
    ]
    assert {f.sheet for f in findings} == {"KeHoachVon"}
    assert findings[0].value == "-5"
    assert "âm" in findings[0].message_vi
    assert "negative" in findings[0].message_en


@pytest.mark.parametrize("name", ["project", "owner", "source", "plan_year", "stage", "plan", "disbursed"])
def test_required_columns_and_cells(name: str) -> None:
    assert "column-missing" in codes(lines({}).drop(columns=name))
    assert [f.column for f in found(lines({}, {name: None}), "required-empty")][:1] == [name]


def test_no_lines() -> None:
    assert codes(lines({}).iloc[:0]) == ["no-lines"]
    assert [f.code for f in examine({}).findings] == ["no-lines"]


def test_unknown_and_doubled_columns() -> None:
    assert [f.column for f in found(lines({"ghi chú": "x"}), "column-unused")] == ["ghi chú"]
    frame = lines({})
    assert codes(pd.concat([frame, frame[["plan"]]], axis=1)) == ["column-twice"]


def test_two_rows_with_one_key_show_each_other() -> None:
    frame = lines({}, {"project_id": "001", "project": "Dự án 1", "plan": 5_000_000_000})
    (finding,) = found(frame, "duplicate-key")
    assert (finding.row, finding.severity) == (2, "error")
    assert "dòng 1" in finding.message_vi
    assert "row 1" in finding.message_en
    # Own line ids tell the rows apart, but capital may be counted twice.
    frame["line_id"] = ["a", "b"]
    assert codes(frame) == ["duplicate-parts"]
    frame["line_id"] = ["a", "a"]
    assert codes(frame) == ["duplicate-key"]
    frame["line_id"] = ["a", None]
    assert codes(frame) == ["duplicate-key"]


def test_component_and_nature_make_lines_of_their_own() -> None:
    same = {"project_id": "001", "project": "Dự án 1"}
    frame = lines(same | {"nature": "đầu tư"}, same | {"nature": "sự nghiệp"}, same | {"component": "TDA 1"})
    examined = examine({"lines": frame})
    assert examined.findings == ()
    assert examined.grids["lines"].values("line_id").tolist() == [
        "001/NSTW/2024/TDA 1",
        "001/NSTW/2024/investment",
        "001/NSTW/2024/recurrent",
    ]


def test_project_ids_are_made_and_noted_or_asked_for() -> None:
    frame = lines({"project_id": None}, {})
    (note,) = found(frame, "project-id-made")
    assert (note.row, note.value) == (1, "Sở GTVT/Dự án 1")
    assert codes(frame.drop(columns="project_id")) == ["project-id-made"] * 2
    twice = lines({"project": "Cầu B"}, {"project": "Cầu B"}).drop(columns="project_id")
    assert "duplicate-key" in codes(twice)
    # A row with the name of a made id already stands: which project is it?
    clash = lines({"project_id": None}, {"project_id": "Sở GTVT/Dự án 1"})
    assert "project-id-not-unique" in codes(clash)


def test_a_name_that_stands_under_an_id_too_is_asked_for() -> None:
    frame = lines({"project": "Cầu B", "source": "Xổ số"}, {"project": "Cầu B", "project_id": None})
    (finding,) = found(frame, "project-id-not-unique")
    assert finding.row == 2


def test_one_project_has_one_owner_one_name_one_stage() -> None:
    other = {"project_id": "001", "source": "Xổ số"}
    (owner,) = found(lines({}, other | {"project": "Dự án 1", "owner": "Sở Y tế"}), "two-owners")
    assert (owner.severity, owner.value) == ("error", "Sở Y tế")
    (name,) = found(lines({}, other), "project-name-differs")
    assert name.severity == "warning"
    stage = lines({}, other | {"project": "Dự án 1", "stage": "khởi công mới"})
    assert codes(stage) == ["stage-differs"]
    stage.loc[1, "plan_year"] = 2023
    assert codes(stage) == []  # a carried-over line keeps the stage of its own year


def test_figures_of_the_project_may_stand_once_but_not_differ() -> None:
    same = {"project_id": "001", "project": "Dự án 1"}
    frame = lines({"total_investment": 50}, same | {"source": "Xổ số", "total_investment": None})
    assert examine({"lines": frame}).grids["lines"].values("total_investment").tolist() == [50, 50]
    frame.loc[1, "total_investment"] = 51
    (differs,) = found(frame, "project-differs")
    assert (differs.severity, differs.column, differs.row) == ("error", "total_investment", 2)
    frame["total_investment"], frame["first_year"] = 50, [2021, 2022]
    examined = examine({"lines": frame})
    assert [f.code for f in examined.findings] == ["project-differs-text"]
    assert examined.grids["lines"].values("first_year").tolist() == [2021, 2021]
    # Medium-term figures are of project and source.
    assert codes(lines({"medium_term_plan": 1}, same | {"source": "Xổ số", "medium_term_plan": 2})) == []
    years = lines({"medium_term_plan": 1}, same | {"plan_year": 2023, "medium_term_plan": 2})
    assert codes(years) == ["project-differs"]


def test_spellings_are_told_and_never_merged() -> None:
    frame = lines(
        {"owner": "Sở Y tế"}, {"owner": "SỞ Y TẾ"}, {"source": "Ngân sách trung ương"}, {"source": "Quỹ X"}
    )
    examined = examine({"lines": frame})
    assert [f.code for f in examined.findings] == ["owner-spelling", "source-spelling", "source-unmatched"]
    assert set(examined.grids["lines"].values("owner")) == {"Sở Y tế", "SỞ Y TẾ", "Sở GTVT"}
    assert "“NSTW”, “Ngân sách trung ương”" in examined.findings[1].message_vi
    # A table of sources says that they are two.
    sources = pd.DataFrame({"source": ["NSTW", "Ngân sách trung ương", "Quỹ X"]})
    assert codes(frame, sources=sources) == ["owner-spelling"]
    assert [f.value for f in found(frame, "source-unlisted", sources=sources[:2])] == ["Quỹ X"]


def test_a_sector_outside_the_thirteen_is_kept_and_noted() -> None:
    frame = lines({"sector": "Giao thông"}, {"sector": "khoản 292"})
    assert [f.value for f in found(frame, "sector-unmatched")] == ["khoản 292"]
    assert examine({"lines": frame}).grids["lines"].values("sector").tolist() == ["Giao thông", "khoản 292"]


def test_years() -> None:
    assert codes(lines({}, {"plan_year": 2019})) == []
    assert [f.row for f in found(lines({}, {"plan_year": 2018}), "year-spread")] == [2]
    assert "year-spread" in codes(lines({"plan_year": 20240}))
    many = lines(*[{}] * 24, {"plan_year": 2025})
    assert codes(many) == ["year-thin"]
    assert codes(many.iloc[:24]) == []


@pytest.mark.parametrize(
    ("change", "code", "severity"),
    [
        ({"disbursed": 10_000_000_001}, "over-plan", "warning"),
        ({"offered_decrease": 10_000_000_001}, "over-plan", "warning"),
        ({"advance_outstanding": 4_000_000_001}, "over-disbursed", "warning"),
        ({"disbursed_since_start": 3_999_999_999}, "under-disbursed", "warning"),
        ({"estimate_year_end": 3_999_999_999}, "under-disbursed", "warning"),
        ({"absorb_p50": 3_999_999_999}, "under-disbursed", "warning"),
        ({"allocated_to_date": 9_999_999_999}, "allocated-below-plan", "error"),
        ({"medium_term_allocated": 9_999_999_999}, "medium-term-below-plan", "warning"),
        ({"total_investment": 10_000_000_000, "allocated_before": 1}, "over-total", "warning"),
        (
            {"medium_term_plan": 10_000_000_000, "medium_term_allocated_before": 1},
            "over-medium-term",
            "warning",
        ),
        ({"absorb_p10": 6 * 10**9, "absorb_p50": 5 * 10**9}, "absorb-order", "error"),
        ({"absorb_p50": 6 * 10**9, "absorb_p90": 5 * 10**9}, "absorb-order", "error"),
        ({"absorb_p10": 6 * 10**9, "absorb_p90": 5 * 10**9}, "absorb-order", "error"),
        ({"schedule_start": 2024, "schedule_finish": 2023}, "years-crossed", "warning"),
        ({"started_on": "2026-01-01"}, "date-after-year", "warning"),
        ({"started_on": "05/06/2024"}, "date-order", "warning"),
        ({"started_on": "45000"}, "date-serial", "note"),
        ({"procedures_complete": "có thể"}, "not-yes-no", "error"),
        ({"project_class": "D"}, "not-a-choice", "error"),
        ({"stage": "đang làm"}, "not-a-choice", "error"),
        ({"delay_cause": "vướng mặt bằng"}, "choice-unread", "note"),
        ({"plan": "10.000.000.000"}, "text-number", "note"),
        ({"committed": "-"}, "dash-zero", "note"),
        ({"total_investment": "-"}, "dash-empty", "note"),
        ({"owner": "Sở  GTVT "}, "text-spaces", "note"),
    ],
)
def test_each_doubt(change: dict[str, Any], code: str, severity: str) -> None:
    findings = examine({"lines": lines(change)}).findings
    assert [(f.code, f.severity) for f in findings] == [(code, severity)]


@pytest.mark.parametrize(
    "change",
    [
        {"disbursed": 10_000_000_000, "offered_decrease": 10_000_000_000},
        {"advance_outstanding": 4_000_000_000, "disbursed_since_start": 4_000_000_000},
        {"estimate_year_end": 4_000_000_000, "absorb_p50": 4_000_000_000},
        {"allocated_to_date": 10_000_000_000, "medium_term_allocated": 10_000_000_000},
        {"total_investment": 10_000_000_000, "allocated_before": 0},
        {"absorb_p10": 5 * 10**9, "absorb_p50": 5 * 10**9, "absorb_p90": 5 * 10**9},
        {"started_on": "chưa", "schedule_start": 2024, "schedule_finish": 2024},
    ],
)
def test_the_edge_is_no_doubt(change: dict[str, Any]) -> None:
    assert codes(lines(change)) == []


def test_an_allocation_is_judged_against_the_whole_project_once() -> None:
    same = {"project_id": "001", "project": "Dự án 1", "source": "Xổ số", "allocated_to_date": 15_000_000_000}
    (finding,) = found(lines({"allocated_to_date": 15_000_000_000}, same), "allocated-below-plan")
    assert "20.000.000.000" in finding.message_vi
    carried = lines({"allocated_to_date": 15_000_000_000}, same | {"plan_year": 2023})
    assert codes(carried) == []


def test_a_breach_of_the_project_is_told_once() -> None:
    same = {"project_id": "001", "project": "Dự án 1", "source": "Xổ số"}
    frame = lines({"total_investment": 1, "allocated_before": 0}, same)
    assert codes(frame) == ["over-total"]


def test_a_plan_in_another_unit_stands_out() -> None:
    frame = lines({}, {}, {}, {"plan": 10_000_000, "disbursed": 0}, {"plan": 10_000_000_000_000})
    assert [f.row for f in found(frame, "plan-outlier")] == [4, 5]
    assert found(frame.iloc[:3], "plan-outlier") == []


def test_no_stated_needs_at_all_is_said_first() -> None:
    (finding,) = found(lines({}).drop(columns="requested_increase"), "no-requests")
    assert "không dòng nào nhận được vốn" in finding.message_vi


def test_repairs_are_listed_up_to_a_number_and_then_counted() -> None:
    frame = lines(*[{"plan": "10000000000"}] * (NOTES_SHOWN + 7))
    assert len(found(frame, "text-number")) == NOTES_SHOWN
    (more,) = found(frame, "more")
    assert "7" in more.message_vi
    errors = lines(*[{"plan": "nhiều"}] * (NOTES_SHOWN + 7))
    assert len(found(errors, "not-a-number")) == NOTES_SHOWN + 7


def test_inflow_may_only_be_a_shortfall_of_a_source_in_use() -> None:
    frame = lines({})

    def inflow(source: str, amount: int) -> list[str]:
        return codes(frame, sources=pd.DataFrame({"source": ["NSTW", source], "inflow": [None, amount]}))

    assert inflow("Xổ số", 5) == ["inflow-positive", "source-unknown"]
    assert inflow("Xổ số", -5) == ["source-unknown"]
    assert inflow("Xổ số", 0) == []
    assert codes(frame, sources=pd.DataFrame({"source": ["NSTW"], "inflow": [-5]})) == []
    assert inflow("NSTW", 0) == ["duplicate-key"]


def test_controls_reconcile_to_the_dong() -> None:
    frame = lines({}, {"source": "Xổ số"}, {"plan_year": 2023})
    controls = pd.DataFrame(
        {
            "by": ["tổng số", "nguồn vốn", "chủ đầu tư", "all"],
            "key": [None, "NSTW", "Sở GTVT", None],
            "plan_year": [None, None, None, 2024],
            "plan": [30_000_000_000, 20_000_000_000, 30_000_000_000, 20_000_000_000],
            "disbursed": [12_000_000_000, None, 12_000_000_000, 8_000_000_000],
        }
    )
    assert codes(frame, controls=controls) == []
    controls.loc[1, "plan"] = 20_000_000_001
    (finding,) = found(frame, "control-differs", controls=controls)
    assert (finding.severity, finding.column, finding.table, finding.row) == ("error", "plan", "controls", 2)
    assert "chênh 1 đồng" in finding.message_vi
    controls.loc[1, "key"] = "Nstw"
    assert "control-key-unknown" in codes(frame, controls=controls)


def test_history_finds_its_lines() -> None:
    frame = lines({}, {"source": "Xổ số"}, {"project_id": "001", "project": "Dự án 1", "plan_year": 2023})

    def history(*rows: dict[str, Any]) -> list[str]:
        return codes(
            frame, history=pd.DataFrame([{"date": "2024-03-31", "disbursed": 5} | row for row in rows])
        )

    assert history({"line_id": "001/NSTW/2024"}, {"project_id": "002", "source": "Xổ số"}) == []
    assert history({"owner": "Sở GTVT"}) == []
    assert history({"line_id": "009/NSTW/2024"}) == ["history-unknown-line"]
    assert history({"project_id": "001"}) == ["history-no-key"]
    # One line named in two ways is still one line.
    assert history({"line_id": "001/NSTW/2024"}, {"project_id": "001", "source": "NSTW"}) == ["duplicate-key"]
    assert (
        history({"line_id": "001/NSTW/2024"}, {"project_id": "001", "source": "NSTW", "plan_year": 2023})
        == []
    )


def test_parts_that_fit_two_lines_are_asked_about() -> None:
    same = {"project_id": "001", "project": "Dự án 1"}
    frame = lines(same | {"nature": "đầu tư"}, same | {"nature": "sự nghiệp"})
    rows = pd.DataFrame({"project_id": ["001"], "source": ["NSTW"], "date": ["2024-03-31"], "disbursed": [5]})
    assert codes(frame, history=rows) == ["history-ambiguous"]


def test_cumulative_figures_fall_only_with_the_year() -> None:
    def history(*rows: tuple[str, int]) -> list[str]:
        table = pd.DataFrame(
            [{"line_id": "001/NSTW/2024", "date": date, "disbursed": paid} for date, paid in rows]
        )
        return codes(lines({}), history=table)

    assert history(("2023-12-31", 9), ("2024-01-31", 1), ("2024-02-29", 1)) == []
    assert history(("2024-02-29", 1), ("2024-01-31", 2)) == ["history-falls"]


def test_months_of_the_schedule() -> None:
    schedule = pd.DataFrame({"line_id": ["001/NSTW/2024"] * 3, "month": [1, 12, 13], "disbursed": [1, 2, 3]})
    assert codes(lines({}), schedule=schedule) == ["month-out-of-range"]
    assert codes(lines({}), schedule=schedule.assign(month=[1, 2, 2])) == ["duplicate-key"]


def test_owners_and_reports() -> None:
    owners = pd.DataFrame({"owner": ["Sở GTVT", "Sở GTVT"], "kind": ["department", "board"]})
    assert codes(lines({}), owners=owners) == ["duplicate-key"]
    reports = pd.DataFrame(
        {
            "owner": ["Sở GTVT"] * 2,
            "kind": ["tháng", "quý"],
            "period": ["2024-03", "Q1"],
            "received_on": ["chưa", None],
        }
    )
    assert codes(lines({}), reports=reports) == []


def test_the_readers_errors_come_with_the_others() -> None:
    own = Finding("sheet-odd", "error", "trang lạ", "odd sheet", table="lines", sheet="A")
    with pytest.raises(DataError) as caught:
        build_portfolio({"lines": lines({"plan": -1})}, findings=[own])
    assert {f.code for f in caught.value.findings} == {"sheet-odd", "negative"}


def test_warnings_do_not_stop_a_portfolio() -> None:
    portfolio = Portfolio(lines({"disbursed": 10_000_000_001, "owner": " Sở GTVT"}))
    assert portfolio.check()["code"].tolist() == ["text-spaces", "over-plan"] or set(
        portfolio.check()["code"]
    ) == {
        "text-spaces",
        "over-plan",
    }
    assert portfolio.notes["code"].tolist() == ["text-spaces"]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        *[(cell, "") for cell in ("không", "Không", "no", 0, 0.0, False, "false", "-", None)],
        *[(cell, "có") for cell in ("có", "Có", "x", 1, True, "true")],
        *[(cell, "yes") for cell in ("yes", "Yes")],
        ("chờ quyết toán", "chờ quyết toán"),
        ("Không đủ thủ tục", "Không đủ thủ tục"),
    ],
)
def test_a_lock_that_says_no_is_no_lock(cell: object, reason: str) -> None:
    frame = lines({"locked": cell}, {"locked": "khác"})
    examined = examine({"lines": frame})
    cells = examined.grids["lines"].columns["locked"]
    assert (cells.data[0], bool(cells.known[0])) == (reason, bool(reason))
    notes = [finding.code for finding in examined.findings]
    assert notes == ([] if cell in {None, reason} else ["reason-yes" if reason else "reason-no"])
    portfolio = Portfolio(frame)
    again = portfolio.replace(locked=portfolio.text("locked"))
    assert again.hash == portfolio.hash
    assert set(again.notes["code"]) == set(notes)


def test_sums_that_no_integer_holds_are_refused_before_anything_is_added_up() -> None:
    most = 2**53 - 1  # of one cell
    rows = [{"plan": most, "disbursed": 0}] * 129
    assert not found(lines(*rows[:128]), "total-too-large")
    (finding,) = found(lines(*rows), "total-too-large")
    assert (finding.severity, finding.column, finding.row) == ("error", "plan", None)
    assert "1.161.928.703.861.587.839" in finding.message_vi
    with pytest.raises(DataError):
        Portfolio(lines(*rows))
