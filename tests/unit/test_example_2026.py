"""Bắc Lĩnh, the invented two-tier province of 2026: what it is made of, and a year of three sound rounds."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import openpyxl
import pytest

from phanbo.calendar_file import load_calendar
from phanbo.examples import YEARS, load_bac_linh, run_year, write_bac_linh
from phanbo.examples.bac_linh import DATES
from phanbo.examples.bac_linh_names import AREAS, OWNERS, PLACES, SOURCES
from phanbo.proposal.storage import check_manifest, load_proposal

if TYPE_CHECKING:
    from pathlib import Path

    from phanbo.portfolio import Portfolio
    from phanbo.proposal import Proposal

BILLION = 1_000_000_000
ROUNDS = YEARS[2026].rounds
CLASSES = """special-urgent national completed oda ppp finishing on-schedule planning subsidy policy-credit
new-start"""
"""The classes of Art. 54.4 that have a line: repaying advances is an amount of a line, and arrears stand on
completed projects, which an earlier class takes."""


@pytest.fixture(scope="module")
def portfolio() -> Portfolio:
    return load_bac_linh()


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Proposal]]:
    folder = tmp_path_factory.mktemp("year")
    return folder, run_year(folder, year=2026)


# -- two tiers -------------------------------------------------------------------------------------------


def test_no_word_of_the_former_tier_stands_in_it(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write_bac_linh(tmp_path / "bac-linh.xlsx"), read_only=True)
    texts = {
        cell
        for sheet in book.worksheets
        for row in sheet.iter_rows(values_only=True)
        for cell in row
        if isinstance(cell, str)
    }
    texts |= {load_calendar("bac-linh-2026").text}
    assert len(texts) > 1000
    for former in ("huyện", "thị xã", "thành phố"):
        assert not [text for text in texts if former in text.casefold()]


def test_its_owners_are_those_of_two_tiers(portfolio: Portfolio) -> None:
    """A department of 2026, a board, or a commune; nobody else holds a line."""
    assert len(PLACES) == len(set(PLACES)) == 18
    assert all(place.startswith(("xã ", "phường ")) for place in PLACES)
    names = {owner.name for owner in OWNERS}
    assert set(portfolio.lines["owner"]) == names
    assert {name for name in names if name.startswith("UBND")} == {f"UBND {place}" for place in PLACES}
    assert names.isdisjoint({"Sở Kế hoạch và Đầu tư", "Sở Giao thông vận tải", "Sở Tài nguyên và Môi trường"})
    assert {"Sở Tài chính", "Sở Xây dựng", "Sở Nông nghiệp và Môi trường"} < names


def test_merged_owners_keep_the_names_of_what_they_were(portfolio: Portfolio) -> None:
    owners = portfolio.owners
    assert owners is not None
    earlier = owners.groupby("owner")["predecessor"].apply(list).to_dict()
    assert earlier["Sở Tài chính"] == ["Sở Kế hoạch và Đầu tư"]
    assert len(earlier["Sở Nông nghiệp và Môi trường"]) == 2
    assert all(any(earlier[f"Ban Quản lý dự án đầu tư xây dựng khu vực {area}"]) for area in AREAS)


def test_an_area_board_builds_in_its_own_communes(portfolio: Portfolio) -> None:
    lines = portfolio.lines[portfolio.lines["task"] == ""]
    for owner in OWNERS:
        built = set(lines.loc[lines["owner"] == owner.name, "locality"])
        assert built <= set(owner.places or PLACES)


def test_the_budget_of_a_commune_pays_only_for_its_own_lines(portfolio: Portfolio) -> None:
    lines = portfolio.lines
    commune = lines[lines["kind"] == "commune"]
    assert (commune["owner"] == "UBND " + commune["locality"]).all()
    assert len(set(commune["locality"])) > 15


# -- its lines -------------------------------------------------------------------------------------------


def test_its_size_and_sources(portfolio: Portfolio) -> None:
    lines = portfolio.lines
    assert 250 <= len(portfolio) <= 320
    assert set(lines["plan_year"]) == {2025, 2026}
    assert lines["plan"].sum() == sum(source.total for source in SOURCES.values()) * 1_000_000
    assert {source.kind for source in SOURCES.values()} == set(lines["kind"])
    assert (lines["sector"] != "").all()


def test_what_was_paid_is_known_to_the_dong(portfolio: Portfolio) -> None:
    lines = portfolio.lines
    assert (lines["disbursed"] % 1_000_000 != 0).mean() > 0.5
    assert (lines["plan"] % 1_000_000 == 0).all()
    assert (lines["disbursed"] + lines["committed"] <= lines["plan"]).all()


def test_2026_is_the_first_year_of_the_medium_term(portfolio: Portfolio) -> None:
    lines = portfolio.lines
    assert (lines["medium_term_allocated_before"] == 0).all()
    assert lines["medium_term_plan"].notna().all()
    now = lines[lines["plan_year"] == 2026]
    assert (now["medium_term_plan"] >= now["plan"]).all()
    assert set(lines.loc[lines["stage"] == "new_start", "first_year"]) == {2026}


def test_every_kind_of_line_stands_in_it(portfolio: Portfolio) -> None:
    lines = portfolio.lines
    going = lines[lines["stage"] == "transitional"]
    finish = going["schedule_finish"]
    assert (finish < 2026).any()
    assert (finish == 2026).any()
    assert ((finish > 2026) & (finish <= 2030)).any()
    assert (finish > 2030).any()
    for flag in ("emergency", "special", "ppp", "oda", "counterpart", "key_project"):
        assert 0 < lines[flag].sum() < 20, flag
    for money in ("prior_advance", "arrears", "settled_value", "preparation_estimate", "offered_decrease"):
        assert (lines[money] > 0).any(), money
    assert lines["locked"].ne("").sum() == 3
    assert set(lines["task"]) == {"", "planning", "interest_subsidy", "policy_credit"}
    assert (lines["procedures_complete"] == False).any()  # noqa: E712 - a nullable column
    assert set(lines["nature"]) >= {"investment", "recurrent"}


def test_nothing_is_paid_before_a_new_start_has_begun(portfolio: Portfolio) -> None:
    """At the end of a month what is paid belongs to works begun by then."""
    for day in DATES:
        lines = portfolio.at(day.isoformat()).lines
        new = lines[lines["stage"] == "new_start"]
        paid = new[new["disbursed"] > 0]
        assert (paid["started_on"] != "chưa").all()
        assert (paid["started_on"] <= day.isoformat()).all(), day


@pytest.mark.parametrize(
    ("date", "least", "most"),
    [
        ("2026-06-12", 0.1556, 0.3468),  # published, of the whole country: 30/4/2025 and 31/7/2024
        ("2026-09-15", 0.4049, 0.4729),  # 31/8 and 30/9/2024
        ("2026-11-06", 0.5229, 0.6500),  # 31/10/2024; 93.06 % at 31/1 is far
    ],
)
def test_the_pace_lies_between_published_national_rates(
    portfolio: Portfolio, date: str, least: float, most: float
) -> None:
    lines = portfolio.at(date).lines
    assert least < lines["disbursed"].sum() / lines["plan"].sum() < most


def test_the_history_is_monthly(portfolio: Portfolio) -> None:
    history = portfolio.history
    assert history is not None
    ends = {dt.date(2026, month + 1, 1) - dt.timedelta(days=1) for month in range(1, 11)}
    assert ends | {dt.date.fromisoformat(day) for _, day in ROUNDS} == set(DATES)
    assert set(history["date"].astype("str").str[:10]) == {day.isoformat() for day in DATES}
    assert len(history) == len(portfolio) * len(DATES)


# -- its calendar ----------------------------------------------------------------------------------------


def test_the_calendar_says_that_it_is_invented() -> None:
    calendar = load_calendar("bac-linh-2026")
    assert calendar.title_vi == "Bắc Lĩnh (tỉnh mô phỏng), năm kế hoạch 2026"
    texts = [calendar.directive, calendar.source, calendar.curve_source]
    texts += list(calendar.citations.values())
    texts += [mark.source for mark in calendar.milestones]
    texts += [deadline.source for deadline in calendar.deadlines]
    texts += [report.source for report in calendar.reports]
    assert all("mô phỏng" in text.casefold() for text in texts)


def test_the_calendar_is_that_of_2024_two_years_later() -> None:
    """Milestones, deadlines and rounds have the same days; what is carried over is of the year before."""
    ours, theirs = load_calendar("bac-linh-2026"), load_calendar("lang-son-2024")
    later = {mark.on.replace(year=2026) for mark in theirs.milestones}
    assert {mark.on for mark in ours.milestones} == later
    assert [(m.group, m.share, m.inclusive) for m in ours.milestones] == [
        (m.group, m.share, m.inclusive) for m in theirs.milestones
    ]
    assert {m.plan_years for m in ours.milestones if m.group == "carried"} == {(2025,)}
    assert [(d.kind, d.stage, d.programme_only, d.on) for d in ours.deadlines] == [
        (d.kind, d.stage, d.programme_only, d.on.replace(year=2026)) for d in theirs.deadlines
    ]
    assert [r.report_by for r in ours.rounds] == [
        dt.date(2026, 6, 20),
        dt.date(2026, 9, 20),
        dt.date(2026, 11, 15),
    ]
    assert all(dt.date.fromisoformat(day) < ours.round(number).report_by for number, day in ROUNDS)
    assert ours.last_adjustment == dt.date(2026, 11, 15)
    assert [share for _, share in ours.curve] == [share for _, share in theirs.curve]


# -- its year --------------------------------------------------------------------------------------------


def kinds_moved(proposal: Proposal) -> set[str]:
    """Return the kinds of source in which capital moves."""
    kinds = proposal.assessment.portfolio.lines.set_index("line_id")["kind"]
    return set(kinds.loc[proposal.adjustments["line_id"]])


def test_every_round_holds_and_moves_capital(year: tuple[Path, list[Proposal]]) -> None:
    for (number, day), proposal in zip(ROUNDS, year[1], strict=True):
        assert (proposal.meta["round"]["number"], proposal.meta["as_of"]) == (number, day)
        assert proposal.meta["rulebook"]["code"] == "vn-2025b"
        assert proposal.verify().findings == ()
        assert not proposal.summary["conditional"]
        assert 20 * BILLION < proposal.summary["added"] < 300 * BILLION
        assert proposal.summary["expected_after"] > proposal.summary["expected"]
        moved = kinds_moved(proposal)
        assert {"central_targeted", "central_programme", "commune"} <= moved, number
        assert {"local_concentrated", "land_fee"} <= moved, number


def test_some_lines_wait(year: tuple[Path, list[Proposal]]) -> None:
    """A need that no surplus meets, or a test refuses, stands in every round."""
    for proposal in year[1]:
        needs = proposal.assessment.portfolio.lines.set_index("line_id")["requested_increase"]
        lines = proposal.lines.set_index("line_id")
        unmet = lines[(needs.loc[lines.index] > 0) & (lines["add"] == 0)]
        assert (unmet["first_failed"] == "").any()
        assert (unmet["first_failed"] != "").any()


def test_no_budget_of_a_commune_goes_to_another(year: tuple[Path, list[Proposal]]) -> None:
    for proposal in year[1]:
        book = proposal.assessment.portfolio.lines.set_index("line_id")
        moved = proposal.transfers
        moved = moved[moved["from_line"].isin(book.index) & moved["to_line"].isin(book.index)]
        giver, taker = (book.loc[moved[side]] for side in ("from_line", "to_line"))
        assert (giver["source"].to_numpy() == taker["source"].to_numpy()).all()
        commune = (giver["kind"] == "commune").to_numpy()
        assert commune.any()
        assert (giver["locality"].to_numpy() == taker["locality"].to_numpy())[commune].all()


def test_local_moves_need_the_committee_only(year: tuple[Path, list[Proposal]]) -> None:
    """Law 90/2025, Art. 71.5 and 71.8: where totals are kept, no People's Council decides."""
    for proposal in year[1]:
        assert "hdnd" not in set(proposal.transfers["authority"])


def test_no_line_is_taken_back(year: tuple[Path, list[Proposal]]) -> None:
    """A line raised in one round gives nothing in a later one."""
    raised: set[str] = set()
    for proposal in year[1]:
        moved = proposal.adjustments
        assert raised.isdisjoint(moved.loc[moved["change"] < 0, "line_id"])
        raised |= set(moved.loc[moved["change"] > 0, "line_id"])


def test_the_classes_of_the_legal_order_have_lines(year: tuple[Path, list[Proposal]]) -> None:
    for proposal in year[1]:
        assert set(proposal.lines["priority"]) == set(CLASSES.split())
    claims = year[1][0].assessment.portfolio.lines[["prior_advance", "arrears"]]
    assert (claims > 0).any().all()


def test_the_case_folders_can_be_checked_again(year: tuple[Path, list[Proposal]]) -> None:
    folder, proposals = year
    assert (folder / "bac-linh-2026.xlsx").is_file()
    for number, proposal in enumerate(proposals, start=1):
        assert check_manifest(folder / f"round-{number}") == []
        assert load_proposal(folder / f"round-{number}").hash == proposal.hash
