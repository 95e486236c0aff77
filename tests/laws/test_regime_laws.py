"""What changes with the law, and what does not: the later regimes keep every promise of the first."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

import phanbo as pb
from checks import faces_agree
from few import given
from held_round import CALENDAR, LATER, RULEBOOK, sample
from phanbo.errors import RoundError
from phanbo.policy import DEFAULT_TIERS
from phanbo.replay import replay
from phanbo.rulebook_file import BUILT_IN
from phanbo.rules.base import Source
from rounds import TY, Fixed, lines
from sealed import first, saved, second
from strategies import settings_of

if TYPE_CHECKING:
    from held_round import Setting

LAWS = pytest.mark.parametrize("base", LATER)


@LAWS
@drawn(setting=settings_of())
def test_the_two_faces_of_every_rule_agree(base: str, setting: Setting) -> None:
    book = LATER[base]
    faces_agree(setting.case(book), book)


@LAWS
@given(setting=settings_of())
def test_every_proposal_is_accepted_by_both_checkers(base: str, setting: Setting) -> None:
    proposal = setting.propose(rulebook=LATER[base])
    assert proposal.verify().ok
    with saved(proposal) as folder:
        found = first(folder)
        assert found.ok, found.text()
        assert found.proved == ("legal" if proposal.proof.marked else "optimal")
        assert second(folder) == []


@LAWS
def test_a_case_folder_is_replayed(base: str) -> None:
    with saved(sample().propose(rulebook=LATER[base])) as folder:
        assert replay(folder) == []
        notes = [note for note in first(folder).notes if base in note]
        assert any("valid_from" in note for note in notes), "what departs from the built-in rulebook is told"


# -- dates --------------------------------------------------------------------------------------------------


@drawn(day=st.dates(dt.date(2020, 6, 1), dt.date(2027, 6, 1)))
def test_one_law_at_most_governs_a_day(day: dt.date) -> None:
    books = [book for book in map(pb.load_rulebook, BUILT_IN) if book.covers(day)]
    assert len(books) == (1 if 2021 <= day.year <= 2026 else 0)
    if books:
        assert pb.rulebook_at(day).code == books[0].code
    else:
        with pytest.raises(pb.RulebookUnavailable):
            pb.rulebook_at(day)


def test_the_law_of_the_day_is_taken_unless_told() -> None:
    assert sample().propose(rulebook=None).meta["rulebook"]["code"] == "vn-2020"
    for name in ("vn-2025a", "vn-2025b"):
        with pytest.raises(RoundError, match=f"outside the validity of {name}"):
            sample().propose(rulebook=name)


def test_a_round_reported_after_its_law_has_ended_is_warned_of() -> None:
    calendar = pb.load_calendar("lang-son-2024")
    late = pb.Round(report_by=dt.date(2025, 1, 10), judged_on=dt.date(2024, 9, 30))
    warned = sample().propose(calendar=calendar, round=late).summary["warnings"]
    assert any("law of the day of decision" in text for text in warned)
    assert not any("law of the day" in text for text in sample().propose().summary["warnings"])


def test_a_law_asked_for_comparison_is_never_passed_off_as_one() -> None:
    book = pb.load_rulebook("vn-2025b").for_comparison()
    proposal = sample().propose(rulebook=book)
    assert any("For comparison only" in text for text in proposal.summary["warnings"])
    with pytest.raises(pb.RulebookError, match="comparison only"):
        proposal.letters()
    with saved(proposal) as folder:
        sheets = openpyxl.load_workbook(folder / "proposal.xlsx")
        for sheet in sheets.worksheets:
            if any(str(sheet.cell(1, k).value or "").startswith("BIỂU") for k in (1, 2)):
                raise AssertionError(sheet.title)
        assert "CHỈ ĐỂ SO SÁNH" in str(
            [[cell.value for cell in row] for row in sheets["Lý do điều chỉnh"]["A1:C3"]]
        )
        found = first(folder)
        assert not found.ok
        assert "for comparison only" in found.text()
        assert second(folder) == ["SAI / WRONG: luật không áp dụng cho ngày này / not the law of this day"]


@pytest.mark.parametrize(
    ("valid", "told"),
    [
        ("valid_from = 2025-07-01\nvalid_to = 2026-12-31", True),
        ("valid_from = 2021-01-01\nvalid_to = 2026-12-31", False),
    ],
)
def test_a_folder_held_outside_the_days_of_its_law_is_refused(
    valid: str, told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever made it so: the checkers look at the days themselves."""
    book = pb.rulebook_file.parse_rulebook(HEAD + valid)
    with monkeypatch.context() as patch:
        patch.setattr(type(book), "covers", lambda *_: True)
        proposal = sample().propose(rulebook=book)
    with saved(proposal) as folder:
        assert first(folder).ok is not told
        assert bool(second(folder)) is told


def test_arrears_are_no_advance_for_the_second_checker_either() -> None:
    frame = lines(3, disbursed=[TY, 10 * TY, 10 * TY], requested_increase=[0, 5 * TY, 5 * TY])
    frame = frame.assign(offered_decrease=[5 * TY, 0, 0], arrears=[0, 4 * TY, 0])
    proposal = pb.propose(
        pb.Portfolio(frame), calendar=CALENDAR, round=2, as_of="2024-09-15", rulebook=LATER["vn-2025b"]
    )
    assert proposal.summary["added"] > 0
    with saved(proposal) as folder:
        assert first(folder).ok
        assert second(folder) == []


def test_january_is_assessed_under_the_law_of_the_plan_year() -> None:
    state = pb.assess(sample().portfolio, calendar=CALENDAR, as_of="2025-01-20")
    assert state.lead == RULEBOOK.lead_department_vi


# -- the legal order ----------------------------------------------------------------------------------------


def test_the_order_of_2024_has_thirteen_classes() -> None:
    codes = [[each.code for each in pb.load_rulebook(name).classes] for name in ("vn-2025a", "vn-2025b")]
    assert [len(set(some)) for some in codes] == [13, 13]
    assert codes[0][1:] == codes[1][1:]
    assert (codes[0][0], codes[1][0]) == ("urgent", "special-urgent")
    points = [each.source.article for each in pb.load_rulebook("vn-2025a").classes]
    assert [text.rsplit(" ", 1)[1] for text in points] == list("abcdđeghiklmn")


def test_repaying_advances_has_its_place_among_the_classes() -> None:
    book = LATER["vn-2025b"]
    spelled = book.spelled_out(tier if isinstance(tier, str) else tier.name for tier in DEFAULT_TIERS)
    assert spelled[:4] == [
        "priority[special-urgent]",
        "priority[national]",
        "obligations",
        "priority[completed]",
    ]
    assert spelled.count("obligations") == 1
    assert book.spelled_out(["disbursement", "priority", "obligations"])[-1] == "obligations"
    assert RULEBOOK.spelled_out(["obligations", "priority"])[0] == "obligations"
    assert book.spelled_out(["authority"]) == ["authority"]


def urgent_or_advance() -> Any:
    """One donor; an urgent project and a project that owes an advance want the same tỷ."""
    frame = lines(
        3,
        disbursed=[TY, 10 * TY, 10 * TY],
        requested_increase=[0, 5 * TY, 5 * TY],
        emergency=[False, True, False],
        prior_advance=[0, 0, 5 * TY],
        offered_decrease=[5 * TY, 0, 0],
    ).drop(columns=["absorb_p10", "absorb_p90"])
    return pb.Portfolio(frame)


def changes(proposal: pb.Proposal) -> dict[str, int]:
    frame = proposal.adjustments
    return dict(zip(frame["line_id"], frame["change"], strict=True))


def test_the_order_decides_who_is_served() -> None:
    """vn-2020: the advance first (Resolution 973); Law 58/2024: the urgent project, then the advance."""
    given_: dict[str, Any] = {"calendar": CALENDAR, "round": 2, "as_of": "2024-09-15"}
    policy = pb.Policy(forecaster=Fixed(5 * TY, 20 * TY, rows=[[5 * TY] * 2, [20 * TY] * 2, [20 * TY] * 2]))
    old, new = (
        pb.propose(urgent_or_advance(), rulebook=book, policy=policy, **given_)
        for book in (RULEBOOK, LATER["vn-2025b"])
    )
    assert changes(old) == {"L0": -5 * TY, "L2": 5 * TY}
    assert changes(new) == {"L0": -5 * TY, "L1": 5 * TY}


def test_arrears_lead_only_where_the_norm_says_so() -> None:
    """Under Law 58/2024 the tier of obligations serves advances; arrears are the tenth class."""
    assert RULEBOOK.obligations == ("arrears", "prior_advance")
    assert LATER["vn-2025a"].obligations == LATER["vn-2025b"].obligations == ("prior_advance",)


# -- the norm of the plan year, the directive of the province -----------------------------------------------


def cited(book: pb.Rulebook, code: str) -> str:
    return str(book.rule(code).source.cite())


def test_law_and_norm_are_two_keys() -> None:
    book = pb.load_rulebook("vn-2025b")
    years = {year: book.norm(year) for year in (2025, 2026, 2030)}
    assert {year: norm.source.document for year, norm in years.items() if norm} == {
        2025: "Nghị quyết 973/2020/UBTVQH14",
        2026: "Nghị quyết 70/2025/UBTVQH15",
        2030: "Nghị quyết 70/2025/UBTVQH15",
    }
    assert book.norm(2031) is None
    of_2026 = book.read_for(pb.load_calendar("lang-son-2024")).classes[0].source
    assert "70/2025" not in of_2026.article
    calendar = pb.calendar_file.parse_calendar(
        CALENDAR.text.replace("2025", "2027").replace("2024", "2026").replace("2023", "2025")
    )
    assert "Nghị quyết 70/2025/UBTVQH15, Điều 3 khoản 8" in book.read_for(calendar).classes[0].source.article
    assert cited(book.read_for(calendar), "capital-time-limit").endswith(
        "Nghị quyết 70/2025/UBTVQH15, Điều 3"
    )


def test_a_province_is_cited_by_its_own_directive() -> None:
    own = CALENDAR.text.replace("Lạng Sơn", "Bắc Lĩnh")
    calendar = pb.calendar_file.parse_calendar(own)
    read = RULEBOOK.read_for(calendar)
    assert (
        cited(read, "owner-import")
        == "Dự thảo Chỉ thị của Chủ tịch UBND tỉnh Bắc Lĩnh, tháng 02/2024, mục II.5.3"
    )
    silent = pb.calendar_file.parse_calendar(own.replace("owner-import = ", "locked = "))
    convention = cited(RULEBOOK.read_for(silent), "owner-import")
    assert convention == "Tỉnh chưa nêu căn cứ (quy ước của phanbo)"
    assert cited(RULEBOOK.read_for(silent), "donor-depth").startswith("Tỉnh chưa nêu căn cứ")
    here = RULEBOOK.read_for(CALENDAR)
    assert cited(here, "donor-depth") == cited(RULEBOOK, "donor-depth")
    assert cited(read.read_for(CALENDAR), "owner-import") == cited(
        RULEBOOK.read_for(CALENDAR), "owner-import"
    )


@pytest.mark.parametrize("name", ["vn-2025a", "vn-2025b"])
def test_no_rule_of_a_later_regime_rests_on_the_old_law(name: str) -> None:
    book = pb.load_rulebook(name)
    for source in [*(r.source for r in book.rules), *(c.source for c in book.classes)]:
        assert "39/2019" not in source.cite()
    assert "on-lending-ratio" not in {rule.code for rule in book.rules}  # Luật 58/2024/QH15, Điều 67 khoản 3


# -- special projects ---------------------------------------------------------------------------------------


def test_special_projects_need_no_place_in_the_medium_term_plan_since_law_90() -> None:
    frame = lines(2, medium_term_plan=[10**15, 0], medium_term_allocated=[0, 0], special=[False, True])
    for base, open_ in (("vn-2025a", False), ("vn-2025b", True)):
        made = pb.propose(
            pb.Portfolio(frame), calendar=CALENDAR, round=2, as_of="2024-09-15", rulebook=LATER[base]
        )
        bounds = dict(zip(made.lines["line_id"], made.lines["add_bound"], strict=True))
        assert (bounds["L1"] > 0) is open_


# -- the tables of a rulebook of one's own ------------------------------------------------------------------

HEAD = 'extends = "vn-2025b"\ncode = "bac-linh"\ntitle_vi = "t"\ntitle_en = "t"\nversion = "1"\n'


def test_an_overlay_states_only_what_differs() -> None:
    base = pb.load_rulebook("vn-2025b")
    text = (
        HEAD
        + 'lead_department_vi = "Sở Tài chính tỉnh Bắc Lĩnh"\n'
        + '[late_additions]\nreallocated = true\n[[rule]]\ncode = "capital-time-limit"\nparameters = { a = 7, b = 4, c = 3 }\n'
        + '[[rule]]\ncode = "commitment"\nremoved = true\n[pool.central_targeted]\nkey = ["source", "sector"]\n'
    )
    own = pb.rulebook_file.parse_rulebook(text)
    assert (own.based_on, own.code, own.lead_department()) == (
        "vn-2025b",
        "bac-linh",
        "Sở Tài chính tỉnh Bắc Lĩnh",
    )
    assert {rule.code for rule in base.rules} - {rule.code for rule in own.rules} == {"commitment"}
    assert own.rule("capital-time-limit").a == 7  # type: ignore[attr-defined]
    assert own.rule("capital-time-limit").source == Source(
        "Bộ quy định riêng bac-linh (t)", "phiên bản 1", "policy"
    ), "what the file changes does not stand in the law"
    assert own.pools_by_kind["central_targeted"].key == ("source", "sector")
    assert own.pools_by_kind["central_targeted"].between == base.pools_by_kind["central_targeted"].between
    assert own.late_additions is not None
    assert base.late_additions is not None
    until, usual = own.late_additions.until, base.late_additions.until
    assert own.late_additions.reallocated
    assert (until.month, until.day) == (usual.month, usual.day)
    again = pb.rulebook_file.parse_rulebook(own.text)
    assert (repr(again), again.text) == (repr(own), own.text), "the text kept in a case folder stands alone"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HEAD.replace("vn-2025b", "vn-1999"), "vn-1999"),
        (HEAD.replace('"bac-linh"', '"vn-2020"'), "code of its own"),
        (HEAD.replace('code = "bac-linh"\n', ""), "code"),
        (HEAD + "lead_departement = 1\n", "lead_departement"),
        (HEAD + '[[rule]]\ncode = "comitment"\nremoved = false\n', "comitment"),
        (HEAD + '[pool.central_targeted]\nkeys = ["source"]\n', "pool.central_targeted.keys"),
        (HEAD + '[late_additions]\nreallocated = "yes"\n', "reallocated"),
        (HEAD + 'levels = ["province", "county"]\n', "county"),
        (HEAD + 'obligations = ["debts"]\n', "debts"),
    ],
)
def test_a_faulty_overlay(text: str, told: str) -> None:
    with pytest.raises(pb.RulebookError) as caught:
        pb.rulebook_file.parse_rulebook(text)
    assert told in caught.value.message("en")


def test_rules_of_an_overlay_can_be_changed_further() -> None:
    own = pb.rulebook_file.parse_rulebook(HEAD + "valid_from = 2021-01-01\n").without_rule("commitment")
    assert "commitment" not in {rule.code for rule in pb.rulebook_file.parse_rulebook(own.text).rules}
    assert isinstance(sample().propose(rulebook=own).adjustments, pd.DataFrame)


# -- late additions -----------------------------------------------------------------------------------------

ADDING = (
    'extends = "vn-2025b"\ncode = "cộng"\ntitle_vi = "t"\ntitle_en = "t"\nversion = "1"\n'
    "valid_from = 2021-01-01\n[late_additions]\nreallocated = true\n"
)


def test_a_switch_reads_a_late_round_as_adding_capital() -> None:
    book = pb.rulebook_file.parse_rulebook(ADDING)
    days = [dt.date(2024, 9, 20), dt.date(2024, 9, 30), dt.date(2024, 10, 1), dt.date(2024, 11, 15)]
    assert [book.added_until(2024, day).isoformat() for day in days] == [
        *["2025-01-31"] * 2,
        *["2025-12-31"] * 2,
    ]
    for name in BUILT_IN:
        assert pb.load_rulebook(name).added_until(2024, days[-1]) == dt.date(2025, 1, 31)


@given(setting=settings_of(told=False))
def test_only_what_outlasts_the_plan_is_paid_later(setting: Setting) -> None:
    """Points below the plan stay: who lets its own plan lapse is expected to spend no more of an addition."""
    book = pb.rulebook_file.parse_rulebook(ADDING)
    usual, late = (setting.propose(rulebook=each) for each in (LATER["vn-2025b"], book))
    before, after = usual.outlook.points, late.outlook.points
    plan = setting.portfolio.money("plan")[0][:, None]
    if setting.number < 3:
        assert (before == after).all()
        return
    assert (after >= before).all()
    assert (after[before < plan] == before[before < plan]).all()
    assert (late.lines["cut_bound"] == usual.lines["cut_bound"]).all()
    assert (late.lines["add_bound"] >= usual.lines["add_bound"]).all()
    assert any("payable until 2025-12-31" in text for text in late.summary["warnings"])


def test_a_late_round_gives_more_to_a_line_that_goes_on() -> None:
    frame = lines(2, disbursed=[TY, 10 * TY]).drop(columns=["absorb_p10", "absorb_p90"])
    given_: dict[str, Any] = {"calendar": CALENDAR, "round": 3, "as_of": "2024-11-10"}
    usual, late = (
        pb.propose(pb.Portfolio(frame), rulebook=book, **given_).lines["add_bound"].tolist()[1]
        for book in (LATER["vn-2025b"], pb.rulebook_file.parse_rulebook(ADDING))
    )
    assert 0 < usual < late


def test_an_assessment_under_the_law_of_another_day_says_so() -> None:
    for name, warned in (("vn-2020", False), ("vn-2025b", True), (None, False)):
        state = pb.assess(sample().portfolio, calendar=CALENDAR, as_of="2024-09-15", rulebook=name)
        assert any("does not govern 2024-09-15" in text for text in state.warnings) is warned
