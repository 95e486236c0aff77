"""The declarations hold together: unique names and headers, help in both languages, known words."""

from __future__ import annotations

import pytest

from phanbo.tables.schema import (
    AMBIGUOUS,
    CARRIED,
    CHECKED,
    IGNORED,
    KINDS,
    LINES,
    PLAN_BY_SOURCE,
    SECTORS,
    SPAN,
    STAGES,
    TABLES,
    Type,
    kind_of,
    sector_of,
    stage_of,
    table,
)
from phanbo.tables.schema.vocabulary import fold

COLUMNS = [(each.name, column) for each in TABLES.values() for column in each.columns]


@pytest.mark.parametrize("name", TABLES)
def test_names_and_headers_are_unique_within_a_table(name: str) -> None:
    columns = table(name).columns
    assert len({column.name for column in columns}) == len(columns)
    headers = [fold(header) for column in columns for header in column.headers]
    if name == "lines":
        special = [header for each in AMBIGUOUS for header in each.headers]
        special += [*CARRIED["plan"], *CARRIED["disbursed"], *PLAN_BY_SOURCE, *SPAN, *CHECKED, *IGNORED]
        headers += [fold(header) for header in special]
    assert sorted(headers) == sorted(set(headers))


@pytest.mark.parametrize(("name", "column"), COLUMNS, ids=lambda part: getattr(part, "name", part))
def test_every_column_has_headers_and_help_in_both_languages(name: str, column: object) -> None:
    declared = table(name).column(column.name)  # type: ignore[attr-defined]
    assert declared.headers
    assert declared.title_vi
    assert declared.title_en
    assert declared.help_vi.endswith((".", "…"))
    assert declared.help_en.endswith((".", "…"))


def test_columns_are_declared_as_the_data_sheet_says() -> None:
    assert {c.name for c in LINES.columns if c.required} == {
        "project",
        "owner",
        "source",
        "plan_year",
        "stage",
        "plan",
        "disbursed",
    }
    assert (LINES.column("committed").default, LINES.column("committed").absent) == (None, 0)
    assert LINES.column("requested_increase").default == 0
    assert LINES.column("total_investment").per_project
    assert LINES.column("medium_term_plan").per_source
    assert LINES.column("procedures_complete").default is None
    assert LINES.column("started_on").type is Type.EVENT
    assert [column.name for column in table("sources").columns if column.signed] == ["inflow"]
    with pytest.raises(KeyError):
        LINES.column("budget")


def test_ambiguous_headers_name_real_columns() -> None:
    for each in AMBIGUOUS:
        assert each.settle in {"values", "proposed", "alone", "ask", "drop"}
        assert set(each.columns) <= set(LINES.names)
        assert each.ask_vi
        assert each.ask_en


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Vốn NSTW", "central_targeted"),
        ("Ngân sách trung ương (vốn trong nước)", "central_targeted"),
        ("CTMTQG xây dựng nông thôn mới", "central_programme"),
        ("NSTW thực hiện CTMTQG", "central_programme"),
        ("Chương trình phục hồi và phát triển KTXH", "recovery"),
        ("Ngân sách tỉnh", "local_concentrated"),
        ("Bổ sung có mục tiêu từ NS tỉnh", "local_concentrated"),
        ("Vốn XDCB tập trung", "local_concentrated"),
        ("Thu tiền sử dụng đất", "land_fee"),
        ("Xổ số kiến thiết", "lottery"),
        ("Bội chi NSĐP", "local_borrowing"),
        ("NSTW - vốn nước ngoài (ODA)", "oda_loan"),
        ("Viện trợ không hoàn lại", "oda_grant"),
        ("Tăng thu, tiết kiệm chi NSTW", "extra_revenue"),
        ("Dự phòng ngân sách tỉnh", "reserve"),
        ("Ngân sách huyện", "district"),
        ("Ngân sách xã", "commune"),
        ("Nguồn vốn khác", "other"),
        ("land_fee", "land_fee"),
        # Two kinds, or none: a pool of its own rather than a guess.
        ("Đối ứng ODA", ""),
        ("Tiền sử dụng đất huyện", ""),
        ("NSTW và ngân sách tỉnh", ""),
        ("Quỹ phòng, chống thiên tai", ""),
        ("", ""),
    ],
)
def test_kinds_are_recognised_and_never_guessed(text: str, kind: str) -> None:
    assert kind_of(text) == kind
    assert kind == "" or kind in KINDS


def test_every_kind_and_sector_recognises_its_own_title() -> None:
    for kind in KINDS.values():
        assert kind_of(kind.title_vi) == kind.code
    assert len(SECTORS) == 13
    for code, name in SECTORS.items():
        assert sector_of(name) == sector_of(code) == code


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("Dự án hoàn thành, bàn giao, đưa vào sử dụng trước ngày 31/12/2023", "completed"),
        ("Đã hoàn thành năm 2022", "completed"),
        ("Hoàn thành trước năm 2024", "completed"),
        ("Hoàn thành năm 2024", "transitional"),
        ("Dự kiến hoàn thành năm 2024", "transitional"),
        ("Dự án chuyển tiếp hoàn thành sau năm 2024", "transitional"),
        ("Chuyển tiếp", "transitional"),
        ("KHỞI CÔNG MỚI năm 2024", "new_start"),
        ("Chuẩn bị đầu tư", "preparation"),
        ("Hoàn thành", "?"),
        ("Chuyển tiếp / khởi công mới", ""),
        ("Nhóm B", ""),
        *[(stage, stage) for stage in STAGES],
    ],
)
def test_stages(text: str, stage: str) -> None:
    assert stage_of(text, 2024) == stage
