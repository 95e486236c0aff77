"""The guide for other provinces: its files are sound, short, and its commands do what it says."""

from __future__ import annotations

import datetime as dt
import re
import shlex
import unicodedata
from pathlib import Path

import pandas as pd
import pytest

import phanbo as pb
from phanbo.calendar_file import check_calendar, parse_calendar
from phanbo.cli import main
from phanbo.rulebook import CITABLE
from phanbo.rules import RULES, Rule
from rounds import lines

GUIDE = (Path(__file__).parents[2] / "docs" / "provinces.md").read_text(encoding="utf-8")
CALENDAR, OVERLAY = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
COMMANDS = re.findall(r"^\$ phanbo (.*)$", GUIDE, re.MULTILINE)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files of the guide and a small table of the plan year."""
    (tmp_path / "lich-nam-khe.toml").write_text(CALENDAR, encoding="utf-8")
    (tmp_path / "quy-dinh-nam-khe.toml").write_text(OVERLAY, encoding="utf-8")
    table().to_excel(tmp_path / "ke-hoach-2026.xlsx", index=False, sheet_name="KeHoachVon")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def table() -> pd.DataFrame:
    return lines(plan_year=[2026] * 6)


def propose(*, rulebook: Path | None = None, as_of: str | dt.date = "2026-09-10") -> pb.Proposal:
    return pb.propose(
        pb.Portfolio(table()), calendar=parse_calendar(CALENDAR), round=1, as_of=as_of, rulebook=rulebook
    )


def rules_of(made: pb.Proposal) -> tuple[Rule, ...]:
    assert made.rulebook is not None
    return made.rulebook.rules


def test_a_province_is_under_forty_lines() -> None:
    assert len(CALENDAR.splitlines()) <= 25
    assert len((CALENDAR + OVERLAY).splitlines()) < 40
    assert unicodedata.is_normalized("NFC", GUIDE)
    for text in (CALENDAR, OVERLAY):
        assert "giả định" in text
        assert "invented" in text


def test_its_calendar_is_sound() -> None:
    """Two groups of the five have milestones: the others are noted, nothing is wrong."""
    assert [fault.code for fault in check_calendar(CALENDAR, RULES)] == ["no-milestone"] * 2
    calendar = parse_calendar(CALENDAR)
    assert (calendar.year, calendar.last_adjustment, len(calendar.curve)) == (2026, None, 7)
    assert calendar.source == calendar.directive


def test_the_rules_it_lists_are_those_that_rest_on_a_directive() -> None:
    (listed,) = re.findall(r"Được trích từ chỉ thị của tỉnh:\s(.*?)\. Quy định", GUIDE, re.DOTALL)
    assert re.findall(r"`(.*?)`", listed) == sorted(CITABLE)


def test_its_commands_run(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in COMMANDS:
        assert main(shlex.split(command)) == 0, capsys.readouterr().err
    said = capsys.readouterr().out
    assert "Dự án khởi công mới giải ngân ít nhất 40% đến hết ngày 30/9/2026" in said
    assert "Đến 2026-09-10: giải ngân 30.000 / 60.000 triệu đồng" in said
    assert {path.name for path in place.iterdir() if path.is_dir()} == {"danh-gia", "dot-1", "dot-1-rieng"}
    for folder in ("dot-1", "dot-1-rieng"):
        assert pb.load_proposal(place / folder).verify().ok


def test_the_faults_it_shows_are_what_is_said(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    faulty = CALENDAR.replace('"0.6"', '"60%"').replace("= 2026-09-20", '= "20/9/2026"')
    (place / "lich.toml").write_text(faulty, encoding="utf-8")
    assert main(["calendar", "check", "lich.toml"]) == 2
    (shown,) = re.findall(r"```text\n(.*?)```", GUIDE, re.DOTALL)
    said = [line for line in capsys.readouterr().out.splitlines() if line.startswith("LỖI")]
    assert said == shown.splitlines()


def test_its_rulebook_says_only_what_differs(place: Path) -> None:
    """The commitment is asked no more; the offer is cited from the province, the milestone from its directive."""
    law, own = propose(), propose(rulebook=place / "quy-dinh-nam-khe.toml")
    cited = [{rule.code: rule.source.cite() for rule in rules_of(made)} for made in (law, own)]
    assert cited[0].keys() - cited[1].keys() == {"commitment"}
    assert cited[1].keys() <= cited[0].keys()
    assert {code for code, cite in cited[1].items() if cite != cited[0][code]} == {"offer-only-gives"}
    cites = cited[1]
    assert cites["donor-test"] == "Chỉ thị của Chủ tịch UBND tỉnh Nam Khê, tháng 02/2026 (giả định), mục 4"
    assert cites["offer-only-gives"].startswith(
        "Quyết định của UBND tỉnh Nam Khê, tháng 01/2026 (giả định), Điều 5"
    )
    assert "quy ước của phanbo" in cites["fast-line"]
    unchecked = [{gap["rule"] for gap in made.summary["unchecked"]} for made in (law, own)]
    assert unchecked[0] - unchecked[1] == {"commitment"}


def test_the_last_date_is_the_laws() -> None:
    last = pb.load_rulebook("vn-2025b").last_adjustment.on(2026)
    propose(as_of=last)
    with pytest.raises(pb.RoundError, match="last adjustment"):
        propose(as_of=last + dt.timedelta(1))
