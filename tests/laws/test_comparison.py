"""A round under two laws: the steps from one to the other add up to the whole difference, to the đồng."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import assume
from hypothesis import strategies as st

import phanbo as pb
from few import given
from held_round import sample
from phanbo.audit import audit
from phanbo.comparison import Comparison, steps
from phanbo.comparison.differences import IDENTITY, differences
from phanbo.pool_tree import POOL_COLUMNS
from phanbo.regime import YearDay
from phanbo.rules.base import Source
from phanbo.rules.time_limits import CapitalTimeLimit
from rounds import CALENDAR, TY, Fixed, lines, proposal
from strategies import settings_of

if TYPE_CHECKING:
    from pathlib import Path

    from held_round import Setting
    from phanbo.absorption import Forecast
    from phanbo.calendar import Calendar
    from phanbo.portfolio import Portfolio
    from phanbo.proposal import Proposal
    from phanbo.rulebook import Rulebook

BOOKS = {name: pb.load_rulebook(name) for name in ("vn-2020", "vn-2025a", "vn-2025b")}
MAY_GO = (
    "capital-time-limit",
    "total-investment",
    "fast-line",
    "locked",
    "owner-import",
    "loan-room",
    "absorption",
)
BODIES = ("owner-internal", "ubnd", "hdnd", "central")
FIGURES = ("lines", "cut", "added", "expected", "authority")
DRAFT = Source("Dự thảo", "", "memory")


@st.composite
def laws(draw: st.DrawFn) -> Rulebook:
    """Draw a law: a built-in one with rules gone or changed, other classes, pools, authorities and dates."""
    book = BOOKS[draw(st.sampled_from(sorted(BOOKS)))]
    gone = draw(st.sets(st.sampled_from(MAY_GO), max_size=3))
    rules = [rule for rule in book.rules if rule.code not in gone]
    if draw(st.booleans()):
        years = CapitalTimeLimit(a=draw(st.integers(1, 6)), b=draw(st.integers(1, 4)))
        rules = [years if rule.code == years.code else rule for rule in rules]
    pools = dict(book.pools_by_kind)
    for kind in draw(st.sets(st.sampled_from(sorted(pools)), max_size=3)):
        more = draw(st.sets(st.sampled_from([name for name in POOL_COLUMNS if name != "source"]), max_size=1))
        within, between = (draw(st.sampled_from(BODIES)) for _ in range(2))
        pools[kind] = replace(pools[kind], key=("source", *more), within=within, between=between)
    if draw(st.booleans()):
        pools.pop("recovery")
    closing = YearDay(1, draw(st.sampled_from((31, 31, 15))), book.closing.source)
    return replace(
        book,
        rules=tuple(draw(st.permutations(rules)) if draw(st.booleans()) else rules),
        classes=tuple(draw(st.permutations(book.classes))),
        obligations=draw(st.sampled_from((("arrears", "prior_advance"), ("prior_advance",), ()))),
        pools_by_kind=pools,
        closing=closing,
    ).for_comparison()


def pair(data: st.DataObject, setting: Setting) -> tuple[Proposal, Proposal]:
    """Return the round under two drawn laws."""
    try:
        here = setting.propose(rulebook=data.draw(laws()))
        return here, here.under(data.draw(laws()))
    except (pb.InfeasibleRound, pb.DataError, pb.RulebookError):
        assume(condition=False)
        raise


def table(frame: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Return the explanation by item."""
    names = frame.columns.tolist()
    rows = [dict(zip(names, row, strict=True)) for row in frame.itertuples(index=False)]
    return {row["item"]: row for row in rows}


def plain(frame: Any) -> list[dict[str, Any]]:
    """Return what a frame holds, NaN as one value."""
    found: list[dict[str, Any]] = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return found


@given(setting=settings_of(), data=st.data())
def test_the_steps_add_up_and_the_last_one_is_the_other_proposal(
    setting: Setting, data: st.DataObject
) -> None:
    here, there = pair(data, setting)
    found = Comparison(here, there)
    frame = found.rules()
    for name, (before, after) in found.totals.items():
        assert frame[name].sum() == after - before
    assert found.totals["cut"] == (here.summary["cut"], there.summary["cut"])
    assert found.totals["expected"] == (here.summary["expected_after"], there.summary["expected_after"])
    for one, other in zip(found.steps, found.steps[1:], strict=False):
        assert other.before.same(one.after)
    if found.steps:
        last = here.under(found.steps[-1].difference.book)
        for name in ("adjustments", "transfers", "lines", "pools", "tiers", "unplaced", "unchecked"):
            assert plain(last.frames[name]) == plain(there.frames[name]), name


@given(setting=settings_of(), data=st.data())
def test_every_line_that_moves_is_told_with_the_steps_that_moved_it(
    setting: Setting, data: st.DataObject
) -> None:
    here, there = pair(data, setting)
    found = Comparison(here, there)
    frame = found.lines.set_index("line_id")
    for row in here.compare(there).to_dict("records"):
        told = frame.loc[row["line_id"]]
        assert told["difference"] == row["difference"]
        assert bool(told["because"]) or row["difference"] == 0
        if "authority" in row:
            assert bool(told["because_authority"]) or row["authority"] == row["authority_other"]
    for line, told in frame.iterrows():
        walk = found.line(str(line))
        by_change = walk[walk["change"] != walk["change_after"]]
        assert told["because"] == ", ".join(by_change["item"])
        moved = int((by_change["change_after"] - by_change["change"]).sum())
        assert moved == told["change_other"] - told["change"]
        assert told["because"] or told["because_authority"]
    assert found.rules()["lines"].sum() == sum(len(each.split(", ")) for each in frame["because"] if each)


@given(setting=settings_of(), data=st.data())
def test_what_is_skipped_has_no_effect(setting: Setting, data: st.DataObject) -> None:
    here, there = pair(data, setting)
    walk = Comparison(here, there).steps
    assume(all(step.told_at == k for k, step in enumerate(walk)))
    for step in walk:
        if not step.difference.matters:
            assert step.after.same(steps.Held.of(here.under(step.difference.book))), step.difference.item


@given(setting=settings_of(), name=st.sampled_from(sorted(BOOKS)))
def test_under_is_the_round_held_under_that_law(setting: Setting, name: str) -> None:
    here = setting.propose()
    there = here.under(name)
    book = BOOKS[name]
    fresh = setting.propose(rulebook=book if name == "vn-2020" else book.for_comparison())
    assert there.to_json() == fresh.to_json()
    assert there.verify().findings == ()
    assert there.under("vn-2020").to_json() == here.to_json()


class Patient(Fixed):
    """A forecaster that expects a tỷ more in twenty days until payments close."""

    def forecast(
        self, portfolio: Portfolio, calendar: Calendar, as_of: dt.date, deadline: dt.date
    ) -> Forecast:
        """Return the points of the closing date."""
        made = super().forecast(portfolio, calendar, as_of, deadline)
        return replace(made, points=made.points + (deadline - dt.date(2024, 9, 1)).days * TY // 20)


def test_another_closing_date_makes_the_outlook_anew_unless_it_was_handed_in() -> None:
    book = replace(BOOKS["vn-2020"], closing=YearDay(1, 5, DRAFT)).for_comparison()
    policy = pb.Policy(forecaster=Patient(TY))
    here = proposal(policy=policy)
    assert here.under(book).to_json() == proposal(policy=policy, rulebook=book).to_json()
    assert (here.under(book).outlook.points != here.outlook.points).any()
    assert table(here.compare(here.under(book), by="rule"))["closing"]["expected"] < 0
    handed = proposal(policy=policy, outlook=proposal(policy=pb.Policy(forecaster=Fixed(TY))).outlook)
    assert (handed.under(book).outlook.points == handed.outlook.points).all()
    assert handed.under("vn-2020").to_json() == handed.to_json()


def test_capital_added_late_is_paid_longer_where_the_law_says_so() -> None:
    added = adding_late(reallocated=True)
    settings: dict[str, Any] = {
        "policy": pb.Policy(forecaster=Patient(5 * TY)),
        "round": 3,
        "as_of": "2024-11-01",
    }
    here = proposal(**settings)
    there = here.under(added)
    assert there.to_json() == proposal(**settings, rulebook=added).to_json()
    assert (there.outlook.points > here.outlook.points).any()
    assert table(here.compare(there, by="rule"))["late_additions"]["kind"] == "late-additions"


def adding_late(*, reallocated: bool) -> Rulebook:
    """Return vn-2020 with what vn-2025b says of capital added late."""
    late = BOOKS["vn-2025b"].late_additions
    assert late is not None
    late = replace(late, reallocated=reallocated)
    return replace(BOOKS["vn-2020"], late_additions=late).for_comparison()


def test_an_assessment_handed_in_is_handed_in_again() -> None:
    setting = sample()
    state = setting.propose(policy=replace(setting.policy, donor_confidence=0.6)).assessment
    here = setting.propose(assessment=state)
    assert here.meta["assessed"] is not None
    assert here.under("vn-2020").to_json() == here.to_json()


def test_a_law_of_another_day_is_asked_for_comparison_and_no_audit_passes_it(tmp_path: Path) -> None:
    here = sample().propose()
    there = here.under("vn-2025b")
    assert "Chỉ để so sánh" in there.summary["warnings"][0]
    assert "For comparison only" in there.summary["warnings"][0]
    assert not any("so sánh" in text for text in here.under("vn-2020").summary["warnings"])
    here.save(tmp_path / "here")
    there.save(tmp_path / "there")
    assert audit(tmp_path / "here")
    report = audit(tmp_path / "there")
    assert not report
    assert "for comparison only" in report.text()
    assert pb.load_proposal(tmp_path / "there").verify().ok


def test_a_move_between_owners_leaves_the_council() -> None:
    here = proposal()
    there = here.under("vn-2025b")
    frame = here.compare(there)
    assert set(frame["authority"]) == {"hdnd"}
    assert set(frame["authority_other"]) == {"ubnd"}
    assert (frame["difference"] == 0).all()
    rules = table(here.compare(there, by="rule"))
    step = rules.pop("pool.default.authority")
    assert step["authority"] == step["by:ubnd"] == -step["by:hdnd"] == here.summary["cut"] > 0
    assert step["lines"] == 0
    for other in rules.values():
        assert {other[name] for name in FIGURES} == {0}
    because = here.compare(there, by="line")
    assert set(because["because_authority"]) == {"pool.default.authority"}
    assert set(because["because"]) == {""}


def test_every_difference_of_the_laws_is_a_row() -> None:
    here = proposal()
    frame = here.compare(here.under("vn-2025b"), by="rule")
    rules = table(frame)
    kinds = {item: row["kind"] for item, row in rules.items()}
    assert kinds["on-lending-ratio"] == "left-out"
    assert kinds["medium-term-listed"] == kinds["medium-term-headroom"] == "parameters"
    assert kinds["priority"] == "classes"
    assert kinds["pool.central_targeted.key"] == "pool-key"
    assert kinds["levels"] == "levels"
    assert kinds["owed-claims"] == kinds["closing"] == kinds["pool.programme"] == "citation"
    for row in rules.values():
        if row["kind"] == "citation":
            assert {row[name] for name in FIGURES} == {0}
            assert row["note"] == "không tác động: chỉ khác trích dẫn"
            assert row["before"] == row["after"]
            assert row["citation_before"] != row["citation_after"]
    assert "miễn cả dự án đặc biệt: có" in rules["medium-term-listed"]["after"]
    assert "HĐND cùng cấp" in rules["pool.default.authority"]["before"]
    assert rules["pool.default.authority"]["confidence"] == "cần kiểm tra"
    assert rules["priority"]["after"].startswith("1. Dự án đầu tư công đặc biệt")
    assert frame["step"].tolist() == list(range(1, len(frame) + 1))
    english = table(here.compare(here.under("vn-2025b"), by="rule", lang="en"))
    assert english["pool.default.authority"]["confidence"] == "to be verified"
    assert english["on-lending-ratio"]["after"] == "none"


def test_a_rulebook_has_no_difference_with_itself_and_all_with_another() -> None:
    for name, book in BOOKS.items():
        read = book.read_for(CALENDAR)
        assert differences(read, read, 2024) == []
        for other, goal in ((code, each.read_for(CALENDAR)) for code, each in BOOKS.items()):
            found = differences(read, goal, 2024)
            assert bool(found) == (name != other)
            items = [each.item for each in found]
            assert len(set(items)) == len(items)
            if not found:
                continue
            assert differences(found[-1].book, goal, 2024) == []
            for each in fields(book):
                if each.name not in f"{IDENTITY} rules norms".split():
                    assert getattr(found[-1].book, each.name) == getattr(goal, each.name), each.name


def test_the_norm_is_told_where_the_plan_year_has_another() -> None:
    here, there = BOOKS["vn-2025a"], BOOKS["vn-2025b"]
    assert "norm" not in [each.item for each in differences(here, there, 2025)]
    norm = next(each for each in differences(here, there, 2026) if each.item == "norm")
    assert (norm.before[0], norm.after[0]) == ("không có", "Nghị quyết 70/2025/UBTVQH15 (2026–2030)")
    assert not norm.matters


def test_the_same_law_is_compared_as_before() -> None:
    here, there = proposal(), proposal(policy=pb.Policy(receiver_confidence=0.9))
    columns = ["line_id", "change", "change_other", "difference", "binding_rule", "binding_rule_other"]
    assert here.compare(there).columns.tolist() == columns
    assert here.compare(here.under("vn-2025a")).columns.tolist() == [*columns, "authority", "authority_other"]
    assert len(here.compare(here, by="rule")) == len(here.compare(here, by="line")) == 0


def test_only_the_law_may_differ() -> None:
    here = proposal()
    with pytest.raises(pb.RoundError, match="data date") as date:
        here.compare(proposal(as_of="2024-09-14"), by="rule")
    assert date.value.data["differ"] == ["as_of"]
    with pytest.raises(pb.RoundError, match="tables, policy"):
        here.compare(proposal(lines(4), policy=pb.Policy(min_move=TY)), by="line")
    with pytest.raises(pb.RoundError, match="part of one"):
        here.compare(here.head(1), by="rule")
    handed = proposal(outlook=proposal(policy=pb.Policy(forecaster=Fixed(5 * TY))).outlook)
    with pytest.raises(pb.RoundError, match="no rulebook says"):
        here.compare(handed, by="rule")
    with pytest.raises(ValueError, match="by is 'law'"):
        here.compare(here, by="law")
    with pytest.raises(pb.RulebookError, match="nope"):
        here.under("nope")
    with pytest.raises(KeyError):
        Comparison(here, here).line("nope")


def test_where_no_round_can_be_held_in_between_the_effect_is_told_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = proposal()
    there = here.under("vn-2025b")
    held = steps.held_under

    def refusing(proposal: Proposal, case: Any, book: Rulebook, outlook: Any) -> Proposal:
        pools = book.pools_by_kind
        if pools["default"].between == "ubnd" and pools["oda_loan"].between == "central":
            raise pb.RulebookError("không", "no")
        return held(proposal, case, book, outlook)

    monkeypatch.setattr(steps, "held_under", refusing)
    found = Comparison(here, there)
    rules = table(found.rules())
    told = rules["pool.oda_loan.authority"]
    for item in ("pool.default.authority", "pool.oda_grant.authority"):
        assert all(pd.isna(rules[item][name]) for name in FIGURES)
        assert rules[item]["note"].endswith(f"với bước {told['step']}")
    assert told["authority"] == here.summary["cut"]
    assert found.rules()["by:ubnd"].sum() == there.summary["by_authority"]["ubnd"]
    joined = " + ".join(
        [*(item for item in rules if pd.isna(rules[item]["lines"])), "pool.oda_loan.authority"]
    )
    assert set(found.lines["because_authority"]) == {joined}


def test_the_key_of_a_pool_and_who_decides_in_it_are_two_steps() -> None:
    here = BOOKS["vn-2020"].read_for(CALENDAR)
    pool = replace(here.pools_by_kind["default"], key=("source", "sector"), between="ubnd")
    there = replace(here, pools_by_kind={**here.pools_by_kind, "default": pool})
    key, body = differences(here, there, 2024)
    assert (key.item, body.item) == ("pool.default.key", "pool.default.authority")
    assert key.book.pools_by_kind["default"].between == "hdnd"
    assert body.book.pools_by_kind == there.pools_by_kind
