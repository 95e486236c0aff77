"""The shipped workbooks: the same everywhere, and labelled; Lạng Sơn: of the published size, a year of sound rounds."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import TYPE_CHECKING

import openpyxl
import pytest

from phanbo.examples import (
    YEARS,
    bac_linh,
    bac_linh_workbook,
    lang_son,
    lang_son_workbook,
    load_bac_linh,
    load_lang_son,
    run_year,
    write_bac_linh,
    write_lang_son,
)
from phanbo.examples.lang_son_names import DISTRICTS, OWNERS, SOURCES
from phanbo.examples.workbook import SYNTHETIC, columns
from phanbo.proposal.storage import check_manifest, load_proposal
from phanbo.tables.read import check_excel, read_excel
from phanbo.tables.schema import KINDS, LINES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from phanbo.examples.province import Province
    from phanbo.portfolio import Portfolio
    from phanbo.proposal import Proposal

BILLION = 1_000_000_000
HASH = "sha256:d855df704388212d33d4e8e30c441ce19235c12b21b3bc72e8da71cea85e365a"
CENTRAL = {"central_targeted", "central_programme", "recovery", "oda_loan"}


@pytest.fixture(scope="module")
def portfolio() -> Portfolio:
    return load_lang_son()


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Proposal]]:
    folder, told = tmp_path_factory.mktemp("year"), list[str]()
    proposals = run_year(folder, progress=lambda stage, _done, _total: told.append(stage))
    (folder / "told.txt").write_text(" ".join(told), encoding="utf-8")
    return folder, proposals


def share_paid(portfolio: Portfolio, date: str) -> float:
    lines = portfolio.at(date).lines
    return float(lines["disbursed"].sum() / lines["plan"].sum())


# -- the workbook ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("write", "load"), [(write_lang_son, load_lang_son), (write_bac_linh, load_bac_linh)]
)
def test_a_workbook_is_read_without_error_or_warning(
    tmp_path: Path, write: Callable[[Path], Path], load: Callable[[], Portfolio]
) -> None:
    path = write(tmp_path / "example.xlsx")
    found = check_excel(path)
    assert found["code"].tolist() == ["sheets-unused", "data-date"]
    assert set(found["severity"]) == {"note"}
    assert read_excel(path) == load()


@pytest.mark.parametrize("write", [write_lang_son, write_bac_linh])
def test_a_workbook_says_that_it_is_synthetic(tmp_path: Path, write: Callable[[Path], Path]) -> None:
    book = openpyxl.load_workbook(write(tmp_path / "example.xlsx"), read_only=True)
    assert book.sheetnames == ["DocToiTruoc", "KeHoachVon", "GiaiNgan", "NguonVon", "ChuDauTu"]
    for sheet in book.worksheets:
        titles = [cell for row in sheet.iter_rows(max_row=3, values_only=True) for cell in row if cell]
        assert SYNTHETIC in titles, sheet.title


@pytest.mark.parametrize("province", [lang_son.PROVINCE, bac_linh.PROVINCE])
def test_every_column_and_text_is_known_and_composed(province: Province) -> None:
    names, headers, _ = zip(*columns(province), strict=True)
    assert set(names) - {"schedule"} <= set(LINES.names)
    assert len(names) == len(set(names)) >= 40
    texts = [SYNTHETIC, *province.places, *(owner.name for owner in province.owners), *headers]
    assert all(unicodedata.is_normalized("NFC", text) for text in texts)


@pytest.mark.parametrize("workbook", [lang_son_workbook, bac_linh_workbook])
def test_two_workbooks_are_equal_to_the_byte(workbook: Callable[[], bytes]) -> None:
    assert workbook() == workbook()


@pytest.mark.parametrize(
    ("write", "cells"),
    [
        (write_lang_son, "53b964ca704a3c35"),
        (write_bac_linh, "5caee12a10e457d1"),
    ],
)
def test_every_cell_is_the_same_on_every_computer(
    tmp_path: Path, write: Callable[[Path], Path], cells: str
) -> None:
    """The whole stream of draws stands in the hash; it changes only with the example itself."""
    book = openpyxl.load_workbook(write(tmp_path / "example.xlsx"), read_only=True)
    told = hashlib.sha256()
    for sheet in book.worksheets:
        told.update(sheet.title.encode())
        for row in sheet.iter_rows(values_only=True):
            told.update(repr(row).encode())
    assert told.hexdigest()[:16] == cells


def test_the_figures_are_the_same_on_every_computer(portfolio: Portfolio) -> None:
    """What is read from it is the same too."""
    assert portfolio.hash == HASH


# -- its size --------------------------------------------------------------------------------------------


def test_it_has_the_size_of_a_province(portfolio: Portfolio) -> None:
    assert 380 <= len(portfolio) <= 420
    lines = portfolio.lines
    assert lines["owner"].nunique() == len(OWNERS) == 30
    assert sum(name.startswith("huyện") for name in DISTRICTS) == 10
    assert len(DISTRICTS) == 11
    assert set(lines["plan_year"]) == {2022, 2023, 2024}
    assert set(lines["stage"]) == {"completed", "transitional", "new_start", "preparation"}
    assert lines["programme"].replace("", None).nunique() == 3
    assert {source.kind for source in SOURCES.values()} == set(lines["kind"]) <= set(KINDS)


def test_totals_are_those_published_for_2025(portfolio: Portfolio) -> None:
    """7 218 tỷ đồng = 2 820 local + 4 398 central, carried-over capital included."""
    lines = portfolio.lines
    central = lines["kind"].isin(CENTRAL)
    assert lines.loc[central, "plan"].sum() == 4_398 * BILLION
    assert lines.loc[~central, "plan"].sum() == 2_820 * BILLION


def test_carried_over_capital_is_about_the_national_share(portfolio: Portfolio) -> None:
    """At 31/8/2024 274 501 tỷ were 37.01 % of the plan with and 40.49 % without what was carried over: 8.6 %."""
    lines = portfolio.lines
    share = lines.loc[lines["plan_year"] < 2024, "plan"].sum() / lines["plan"].sum()
    assert 0.05 < share < 0.10


@pytest.mark.parametrize(
    ("date", "least", "most"),
    [
        ("2024-06-14", 0.1556, 0.3468),  # published: 30/4 (2025) and 31/7
        ("2024-09-15", 0.4049, 0.4729),  # 31/8 and 30/9
        ("2024-11-10", 0.5229, 0.6500),  # 31/10; 93.06 % at 31/1 is far
    ],
)
def test_the_pace_lies_between_published_national_rates(
    portfolio: Portfolio, date: str, least: float, most: float
) -> None:
    assert least < share_paid(portfolio, date) < most


def test_the_sheet_of_lines_agrees_with_the_history(portfolio: Portfolio) -> None:
    paid = portfolio.at("2024-06-14").lines["disbursed"]
    assert paid.tolist() == portfolio.lines["disbursed"].tolist()
    last = portfolio.at("2024-11-10").lines
    assert (last["disbursed"] <= last["plan"]).all()


# -- its year --------------------------------------------------------------------------------------------


def test_every_round_moves_something_sensible(year: tuple[Path, list[Proposal]]) -> None:
    for (number, day), proposal in zip(YEARS[2024].rounds, year[1], strict=True):
        assert (proposal.meta["round"]["number"], proposal.meta["as_of"]) == (number, day)
        assert proposal.verify().findings == ()
        assert 20 * BILLION < proposal.summary["added"] < 300 * BILLION
        assert 15 <= len(proposal.adjustments) <= 100
        assert len(proposal.summary["by_source"]) >= 4
        assert proposal.summary["expected_after"] > proposal.summary["expected"]


def test_the_first_round_takes_mostly_from_what_has_not_begun_or_been_paid(
    year: tuple[Path, list[Proposal]],
) -> None:
    given = year[1][0].adjustments.query("change < 0")
    late = given["stage"].isin(["completed", "new_start", "preparation"])
    assert late.mean() > 0.8
    assert set(given["stage"]) == {"completed", "new_start", "preparation", "transitional"}


def test_no_line_is_taken_back(year: tuple[Path, list[Proposal]]) -> None:
    """A line raised in one round gives nothing in a later one."""
    raised: set[str] = set()
    for proposal in year[1]:
        moved = proposal.adjustments
        assert raised.isdisjoint(moved.loc[moved["change"] < 0, "line_id"])
        raised |= set(moved.loc[moved["change"] > 0, "line_id"])


def test_the_third_round_touches_the_most_lines(year: tuple[Path, list[Proposal]]) -> None:
    counts = [len(proposal.adjustments) for proposal in year[1]]
    assert max(counts) == counts[-1]


def test_no_round_raises_a_line_that_fails_a_test(year: tuple[Path, list[Proposal]]) -> None:
    for (number, day), proposal in zip(YEARS[2024].rounds, year[1], strict=True):
        lines = proposal.lines
        raised = lines[lines["add"] > 0]
        assert set(raised["first_failed"]) == {""}, number
        assert not raised["late_under"].str.contains("forecast").any()
        tables = proposal.assessment.portfolio.lines.set_index("line_id").loc[raised["line_id"]]
        assert (tables["procedures_complete"] & tables["commitment"]).all()
        assert (tables["locked"] == "").all()
        assert (tables["offered_decrease"] == 0).all()
        assert not tables["not_to_be_raised"].any()
        begun = (tables["started_on"] != "chưa") & (tables["started_on"] <= day)
        assert begun[tables["stage"] == "new_start"].all()
        assert (raised["add"].to_numpy() <= tables["requested_increase"].to_numpy()).all()
        assert (tables["plan_year"] == 2024).all()


def test_each_round_starts_from_the_plan_the_one_before_left(year: tuple[Path, list[Proposal]]) -> None:
    for earlier, later in zip(year[1], year[1][1:], strict=False):
        after, before = earlier.apply().lines, later.assessment.portfolio.lines
        for column in ("plan", "requested_increase", "offered_decrease", "raised_this_year"):
            assert after[column].tolist() == before[column].tolist()


def test_the_case_folders_can_be_checked_again(year: tuple[Path, list[Proposal]]) -> None:
    folder, proposals = year
    assert (folder / "lang-son-2024.xlsx").read_bytes() == lang_son_workbook()
    for number, proposal in enumerate(proposals, start=1):
        case = folder / f"round-{number}"
        assert check_manifest(case) == []
        assert load_proposal(case).hash == proposal.hash


def test_progress_is_told(year: tuple[Path, list[Proposal]]) -> None:
    assert (year[0] / "told.txt").read_text(encoding="utf-8").split()
