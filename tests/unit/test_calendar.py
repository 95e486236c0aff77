"""The calendar: every date of the directive as written, and files of one's own read strictly."""

from __future__ import annotations

import datetime as dt
import pickle
from fractions import Fraction
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np
import pytest

import phanbo as pb
from phanbo.calendar import Round, as_date
from phanbo.calendar_file import check_calendar, load_calendar, parse_calendar
from phanbo.due import due_between
from phanbo.errors import CalendarError, RoundError
from phanbo.rules import RULES

if TYPE_CHECKING:
    from pathlib import Path

CALENDAR = load_calendar("lang-son-2024")
TEXT = CALENDAR.text
ALL = Fraction(1)


def day(month: int, number: int, year: int = 2024) -> dt.date:
    return dt.date(year, month, number)


# -- the directive, clause by clause -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("group", "on", "share", "last"),
    [
        ("completed", day(6, 30), ALL, day(6, 30)),  # (1) 100% đến hết ngày 30/6/2024
        ("transitional", day(9, 30), Fraction(7, 10), day(9, 30)),  # (2) tối thiểu 70% đến hết ngày 30/9/2024
        ("transitional", day(12, 31), ALL, day(12, 31)),  # (2) 100% đến hết ngày 31/12/2024
        ("new_start", day(9, 30), Fraction(2, 5), day(9, 30)),  # (3) đến hết ngày 30/9/2024 tối thiểu 40%
        ("new_start", day(12, 31), ALL, day(12, 31)),  # (3) 100% đến hết ngày 31/12/2024
        ("carried", day(6, 30), Fraction(3, 5), day(6, 29)),  # I.4: trước ngày 30/6/2024 phải đạt 60%
        ("carried", day(9, 30), ALL, day(9, 29)),  # I.4: trước ngày 30/9/2024 đạt 100%
    ],
)
def test_milestones_of_the_directive(group: str, on: dt.date, share: Fraction, last: dt.date) -> None:
    (mark,) = [m for m in CALENDAR.milestones if m.group == group and m.on == on]
    assert mark.share == share
    assert mark.last_day == last
    assert mark.inclusive is (mark.last_day == mark.on)
    assert mark.source.startswith("CT I.4")
    assert mark.plan_years == ((2022, 2023) if group == "carried" else ())


def test_there_is_no_other_milestone() -> None:
    assert len(CALENDAR.milestones) == 7
    assert not [m for m in CALENDAR.milestones if m.group == "preparation"]  # (4): dossiers, no share


@pytest.mark.parametrize(
    ("kind", "stage", "last", "programme_only"),
    [
        (
            "start",
            "new_start",
            day(6, 30),
            False,
        ),  # (3) khởi công chậm nhất trong tháng 6/2024; II.1.3 Quý II
        (
            "procedures",
            "new_start",
            day(6, 30),
            False,
        ),  # II.1.3: thủ tục đầu tư (phê duyệt dự án) Quý II/2024
        ("procedures", "new_start", day(3, 31), True),  # II.3.3: dự án khởi công mới MTQG trong Quý I/2024
        (
            "policy_dossier",
            "preparation",
            day(6, 30),
            False,
        ),  # (4) trình chủ trương chậm nhất trong tháng 6/2024
        (
            "project_dossier",
            "preparation",
            day(10, 31),
            False,
        ),  # (4) trình dự án chậm nhất trong tháng 10/2024
    ],
)
def test_deadlines_of_the_directive(kind: str, stage: str, last: dt.date, programme_only: bool) -> None:
    found = [
        d for d in CALENDAR.deadlines if (d.kind, d.stage, d.programme_only) == (kind, stage, programme_only)
    ]
    assert [d.last_day for d in found] == [last]
    assert found[0].source.startswith("CT ")


def test_there_is_no_other_deadline() -> None:
    assert len(CALENDAR.deadlines) == 5


def test_rounds_of_the_directive() -> None:
    """II.5.3: trước ngày 20/6/2024, trước ngày 20/9/2024 và trước ngày 15/11/2024."""
    assert [r.report_by for r in CALENDAR.rounds] == [day(6, 20), day(9, 20), day(11, 15)]
    assert [r.judged_on for r in CALENDAR.rounds] == [day(6, 30), day(9, 30), day(9, 30)]
    assert [r.tau("forecast") for r in CALENDAR.rounds] == [day(6, 30), day(9, 30), day(12, 31)]
    assert [r.number for r in CALENDAR.rounds] == [1, 2, 3]
    # Điều 9 khoản 4 TT 76/2023/TT-BTC: trước 15/11; số liệu của chính ngày đó là muộn.
    assert CALENDAR.last_adjustment == day(11, 15)


def test_reports_of_the_directive() -> None:
    first, last = day(1, 1), day(12, 31)
    plan, month, week, quarter = CALENDAR.reports
    assert (plan.on, plan.inclusive) == (day(3, 30), False)  # II.2.2, II.3.1: trước ngày 30/3/2024
    assert month.dates(first, last) == [day(m, 8) for m in range(1, 13)]  # II.7.2: trước ngày 08 hằng tháng
    assert month.inclusive is False
    fridays = week.dates(first, last)  # II.7.2: chiều thứ 6 hằng tuần
    assert week.inclusive
    assert len(fridays) == 52
    assert {d.isoweekday() for d in fridays} == {5}
    assert quarter.dates(first, last) == [day(3, 31), day(6, 30), day(9, 30), day(12, 31)]  # II.5.2: hằng quý
    assert [r.source[:3] for r in CALENDAR.reports] == ["CT "] * 4


def test_due_dates_include_both_ends() -> None:
    plan, month, week, _ = CALENDAR.reports
    assert plan.dates(day(3, 30), day(3, 30)) == [day(3, 30)]
    assert plan.dates(day(3, 31), day(12, 31)) == []
    assert month.dates(day(9, 8), day(10, 8)) == [day(9, 8), day(10, 8)]
    assert week.dates(day(9, 7), day(9, 12)) == []


# -- what counts at a date ------------------------------------------------------------------------------


def test_a_milestone_counts_on_its_day() -> None:
    """A milestone before 30/6 is due by 30/6 as one until 30/6 is; neither is due on 29/6."""
    for group, year in (("completed", 2024), ("carried", 2022), ("carried", 2023)):
        assert CALENDAR.milestone(group, year, day(6, 29)) is None
        mark = CALENDAR.milestone(group, year, day(6, 30))
        assert mark is not None
        assert mark.on == day(6, 30)


def test_the_latest_milestone_counts() -> None:
    mark = CALENDAR.milestone("transitional", 2024, day(12, 31))
    assert mark is not None
    assert mark.share == 1
    assert CALENDAR.milestone("carried", 2021, day(12, 31)) is None  # only 2022 and 2023 were carried over
    assert CALENDAR.milestone("preparation", 2024, day(12, 31)) is None


def test_the_curve() -> None:
    assert CALENDAR.share(day(1, 1)) == 1
    assert CALENDAR.share(day(1, 1, 2020)) == 1
    assert CALENDAR.share(day(9, 30)) == 5081
    assert CALENDAR.share(day(12, 31)) == CALENDAR.share(day(1, 31, 2025)) == 10_000
    shares = [CALENDAR.share(day(1, 1) + dt.timedelta(k)) for k in range(366)]
    assert shares == sorted(shares)


POINTS = (
    (1, 1, 1),
    (4, 30, 1859),
    (7, 31, 3726),
    (8, 31, 4350),
    (9, 30, 5081),
    (10, 31, 5618),
    (12, 31, 10_000),
)


def test_without_a_curve_the_national_one_is_moved_into_the_year() -> None:
    """As published; leap years and others have each of its days."""
    for year in (2023, 2024, 2025, 2028):
        text = TEXT.replace("2024-", f"{year}-").replace("year = 2024", f"year = {year}")
        found = parse_calendar(text.replace("[2022, 2023]", f"[{year - 1}]"))
        assert found.curve == tuple((day(month, number, year), share) for month, number, share in POINTS)
        assert "Bộ Tài chính" in found.curve_source
        shares = [found.share(day(1, 1, year) + dt.timedelta(k)) for k in range(366)]
        assert shares == sorted(shares)
        assert shares[-1] == 10_000


def test_a_curve_of_ones_own_is_taken() -> None:
    own = """[curve]
source = "ước tính"
points = [ { on = 2024-01-01, share = 1 }, { on = 2024-12-31, share = 10000 } ]
"""
    found = parse_calendar(TEXT + own)
    assert (found.curve, found.curve_source) == (((day(1, 1), 1), (day(12, 31), 10_000)), "ước tính")


def test_what_the_directive_says_of_each_rule() -> None:
    assert CALENDAR.directive == "Dự thảo Chỉ thị của Chủ tịch UBND tỉnh Lạng Sơn, tháng 02/2024"
    assert dict(CALENDAR.citations) == {
        "donor-test": "mục I.4, II.2.4, II.5.3",
        **dict.fromkeys(("owner-import", "fast-line", "stated-need", "absorption"), "mục II.5.3"),
        "revenue-shortfall": "mục II.6.2; Thông tư 76/2023/TT-BTC, Điều 7 khoản 7",
    }
    assert pickle.loads(pickle.dumps(CALENDAR)) == CALENDAR  # noqa: S301 - our own bytes
    assert len({CALENDAR, parse_calendar(TEXT)}) == 1
    with pytest.raises(TypeError):
        CALENDAR.citations["donor-test"] = ""  # type: ignore[index]


def test_the_last_date_may_be_left_to_the_law() -> None:
    found = parse_calendar(TEXT.replace("last_adjustment = 2024-11-15", ""))
    assert found.last_adjustment is None
    assert "last_adjustment" not in {duty.kind for duty in due_between(found, day(1, 1), day(12, 31))}


@pytest.mark.parametrize(
    ("as_of", "number"),
    [("2024-01-01", 1), ("2024-06-30", 1), ("2024-07-01", 2), ("2024-10-01", 3), ("2025-06-01", 3)],
)
def test_the_round_a_date_works_towards(as_of: str, number: int) -> None:
    assert CALENDAR.round_at(as_date(as_of)).number == number


@pytest.mark.parametrize("wrong", [0, 4, -1, None, "2"])
def test_no_such_round(wrong: int) -> None:
    with pytest.raises(RoundError, match="1, 2, 3") as caught:
        CALENDAR.round(wrong)
    assert caught.value.data["rounds"] == [1, 2, 3]


def test_a_round_of_ones_own() -> None:
    own = Round(report_by="2024-10-20", judged_on="2024-09-30")  # type: ignore[arg-type]
    assert CALENDAR.round(own) is own
    assert own.number == 0
    assert own.tau("forecast") == own.tau("actual") == day(9, 30)
    assert own.to_dict()["forecast_on"] == "2024-09-30"
    with pytest.raises(RoundError):
        Round(report_by="20/10/2024", judged_on="2024-09-30")  # type: ignore[arg-type]


def test_dates() -> None:
    for value in ("2024-09-15", day(9, 15), dt.datetime(2024, 9, 15, 23, 59), np.datetime64("2024-09-15")):  # noqa: DTZ001
        assert as_date(value) == day(9, 15)  # type: ignore[arg-type]
    for wrong in ("15/9/2024", "2024-02-30", "", None, "hôm nay"):
        with pytest.raises(RoundError, match="is not a date"):
            as_date(wrong)  # type: ignore[arg-type]


# -- boundary days of a round ---------------------------------------------------------------------------


def test_a_round_may_not_use_data_after_the_last_adjustment() -> None:
    from rounds import proposal

    assert proposal(round=3, as_of="2024-11-14").summary["warnings"] == []
    assert "2024-11-15" in proposal(round=3, as_of="2024-11-15").summary["warnings"][0]
    for late, why in (("2024-11-16", "15"), ("2025-01-01", "2024"), ("2023-12-31", "2024")):
        with pytest.raises(RoundError, match=why):
            proposal(round=3, as_of=late)


def test_a_late_date_inside_the_year_is_a_warning() -> None:
    from rounds import proposal

    assert proposal(as_of="2024-09-19").summary["warnings"] == []
    assert "2024-09-20" in proposal(as_of="2024-09-20").summary["warnings"][0]


@pytest.mark.parametrize(
    ("as_of", "late"), [("2024-06-28", True), ("2024-06-29", True), ("2024-06-30", True)]
)
def test_carried_over_capital_is_judged_the_day_before(as_of: str, late: bool) -> None:
    from rounds import TY, case_of, lines

    case = case_of(
        lines(2, plan_year=[2023, 2024], disbursed=[5 * TY, 9 * TY]), number=1, as_of=as_of, judge="actual"
    )
    reading = case.assessment.decides
    assert reading.tau(0) == day(6, 29)
    assert bool(reading.late[0]) is late
    enough = case_of(
        lines(2, plan_year=[2023, 2024], disbursed=[6 * TY, 9 * TY]), number=1, as_of=as_of, judge="actual"
    )
    assert not enough.assessment.decides.late[0]


# -- files ----------------------------------------------------------------------------------------------


def write(folder: Path, content: str | bytes) -> Path:
    path = folder / "lich.toml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_built_in_calendars_load_and_say_their_source() -> None:
    for entry in (resources.files("phanbo") / "calendars").iterdir():
        if entry.name.endswith(".toml"):
            calendar = pb.load_calendar(entry.name[:-5])
            assert calendar.code == entry.name[:-5]
            assert calendar.source
            assert calendar.directive
            assert calendar.curve_source
            assert check_calendar(calendar.text, RULES) == []
            assert parse_calendar(calendar.text) == calendar


@pytest.mark.parametrize("form", ["plain", "bom", "crlf"])
def test_a_file_of_ones_own(tmp_path: Path, form: str) -> None:
    """Notepad writes a byte order mark and two signs a line end."""
    content = {"plain": TEXT, "bom": "\ufeff" + TEXT, "crlf": TEXT.replace("\n", "\r\n")}[form]
    path = write(tmp_path, content)
    assert load_calendar(path) == load_calendar(str(path)) == CALENDAR


@pytest.mark.parametrize("name", ["nope", "../calendars/lang-son-2024", "", "/", "lang-son-2024.toml"])
def test_no_such_calendar(name: str) -> None:
    with pytest.raises(CalendarError, match="lang-son-2024"):
        load_calendar(name)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    for content in (
        bytes(range(256)),
        "title_vi = 'Lạng Sơn'".encode("utf-16"),
        "x = 'Đô'".encode("cp1258"),
    ):
        with pytest.raises(CalendarError, match="UTF-8"):
            load_calendar(write(tmp_path, content))
    with pytest.raises(CalendarError, match="UTF-16"):
        load_calendar(write(tmp_path, TEXT.encode("utf-16")))
    with pytest.raises(CalendarError, match="'year' is missing"):
        load_calendar(write(tmp_path, b""))
