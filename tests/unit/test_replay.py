"""What-ifs and approvals that come back: assessments passed in, signed amounts, made again from the folder."""

from __future__ import annotations

import json
from hashlib import sha256
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_STORED, ZipFile

import openpyxl
import pytest

import phanbo as pb
from phanbo.errors import PhanboError
from phanbo.proposal.storage import load_proposal
from phanbo.replay import replay
from rounds import AS_OF, CALENDAR, lines, proposal
from sealed import seal

if TYPE_CHECKING:
    from pathlib import Path

    from phanbo.proposal import Proposal


@pytest.fixture(scope="module")
def made() -> Proposal:
    return proposal()


@pytest.mark.parametrize(
    "seen",
    [
        {"as_of": "2024-06-15"},
        {"as_of": AS_OF, "round": 1, "policy": pb.Policy(judge="actual", fast="milestone")},
        {"as_of": "2024-10-31", "policy": pb.Policy(judge="pace")},
    ],
)
def test_an_assessment_of_another_date_comes_back(tmp_path: Path, seen: dict[str, Any]) -> None:
    """What was judged then is judged so again: by its own date, round and reading."""
    frame = lines(stage=["new_start"] * 6, started_on=["chưa", "2024-07-01"] * 3)
    state = pb.assess(pb.Portfolio(frame), calendar=CALENDAR, **seen)
    made = proposal(frame, assessment=state)
    made.save(tmp_path / "case")
    again = load_proposal(tmp_path / "case")
    assert again.verify().ok
    assert again.assessment.to_json() == state.to_json()
    assert replay(tmp_path / "case") == []


def test_an_assessment_or_outlook_of_other_lines_is_refused(made: Proposal) -> None:
    for other in (lines(4), lines(line_id=[f"M{i}" for i in range(6)])):
        theirs = proposal(other)
        for part in ({"assessment": theirs.assessment}, {"outlook": theirs.outlook}):
            with pytest.raises(PhanboError, match="not of these lines"):
                proposal(**part)
    assert proposal(assessment=made.assessment, outlook=made.outlook).adjustments.equals(made.adjustments)


@pytest.mark.parametrize("wrong", ["abc", "5", None, float("nan"), float("inf"), 1.5, 10**30, True])
def test_a_signed_amount_must_be_whole_dong(made: Proposal, wrong: Any) -> None:
    signed = made.adjustments[["line_id", "change"]].astype({"change": object})
    signed.loc[0, "change"] = wrong
    with pytest.raises(pb.DataError, match="whole đồng"):
        made.apply(signed)


def test_a_replay_compares_the_very_bytes(made: Proposal, tmp_path: Path) -> None:
    """Nothing but the versions and the names of files may be another, and of those nothing but the values."""
    made.save(tmp_path / "case")
    path = tmp_path / "case" / "proposal.json"
    text, plain = path.read_text(encoding="utf-8"), json.loads(path.read_bytes())
    assert text == json.dumps(plain, ensure_ascii=False, indent=1) + "\n" == made.to_json()

    def replayed(text: str) -> list[str]:
        path.write_text(text, encoding="utf-8", newline="\n")
        seal(tmp_path / "case")
        return replay(tmp_path / "case")

    def written(**other: Any) -> str:
        return json.dumps({**plain, **other}, ensure_ascii=False, indent=1) + "\n"

    assert replayed(text) == []
    assert replayed(written(phanbo="9.9", solver={"name": "another"})) == []
    assert replayed(text + "\n") == ["proposal.json is written in another way"]
    assert replayed(json.dumps(plain)) == ["proposal.json is written in another way"]
    assert replayed(written(more=1)) == ["more differs"]
    first, *others = plain["adjustments"]
    for name, value in {"expected": first["expected"] + 1, "reason_vi": first["reason_vi"] + " "}.items():
        assert replayed(written(adjustments=[{**first, name: value}, *others])) == ["adjustments differs"]


@pytest.mark.parametrize("cross_check", [None, "HiGHS"])
def test_a_proposal_records_what_it_was_made_from_and_with(cross_check: str | None, tmp_path: Path) -> None:
    found = proposal(cross_check=cross_check)
    found.save(tmp_path / "case")
    plain = json.loads((tmp_path / "case" / "proposal.json").read_bytes())
    assert plain["input_hash"] == pb.read_csv(tmp_path / "case" / "input").hash
    for name in ("calendar", "rulebook"):
        text = (tmp_path / "case" / f"{name}.toml").read_bytes()
        assert plain[name]["sha256"] == sha256(text).hexdigest()
        assert plain[name]["text"].encode() == text
    assert plain["rulebook"]["version"] == pb.load_rulebook("vn-2020").version
    assert plain["policy"] == pb.Policy().to_dict()
    solver = {"name": "direct"} | {name: version(name) for name in ("pulp", "highspy", "xlsxwriter")}
    assert plain["solver"] == solver | ({"cross_check": cross_check} if cross_check else {})
    assert plain["phanbo"]
    assert replay(tmp_path / "case") == []
    assert found.hash == proposal().hash


def test_papers_that_are_not_the_proposals_are_found(made: Proposal, tmp_path: Path) -> None:
    """Sealed again or not: an annex with other figures, or that was written by hand; a certificate of another tale."""
    case = tmp_path / "case"
    made.save(case)
    assert replay(case) == []
    book = openpyxl.load_workbook(case / "proposal.xlsx")
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, int):
                    cell.value += 1
    book.save(case / "proposal.xlsx")
    assert replay(case) == ["proposal.xlsx has changed", "proposal.xlsx differs"]
    seal(case)
    assert replay(case) == ["proposal.xlsx differs"]
    made.save(case)
    (case / "certificate.json").write_text("{}", encoding="utf-8")
    (case / "policy.json").write_bytes((case / "policy.json").read_bytes() + b"\n")
    seal(case)
    assert replay(case) == ["certificate.json differs"]
    made.save(case)
    page = (case / "proposal.html").read_text(encoding="utf-8")
    (case / "proposal.html").write_text(page.replace("2024", "2025"), encoding="utf-8", newline="\n")
    seal(case)
    assert replay(case) == ["proposal.html differs"]


def test_an_annex_of_another_writers_version_is_read_cell_by_cell(made: Proposal, tmp_path: Path) -> None:
    case = tmp_path / "case"
    made.save(case)
    text = (case / "proposal.json").read_text(encoding="utf-8")
    other = text.replace(f'"xlsxwriter": "{version("xlsxwriter")}"', '"xlsxwriter": "0.1"')
    assert other != text
    (case / "proposal.json").write_text(other, encoding="utf-8", newline="\n")
    with ZipFile(case / "proposal.xlsx") as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with ZipFile(case / "proposal.xlsx", "w", ZIP_STORED) as new:  # the same workbook, other bytes
        for name, part in parts.items():
            new.writestr(name, part)
    seal(case)
    assert replay(case) == []
    (case / "proposal.xlsx").write_bytes(b"no workbook")
    seal(case)
    assert replay(case) == ["proposal.xlsx differs"]


@pytest.mark.parametrize(
    "given", [{"time_limit": float("nan")}, {"time_limit": "5"}, {"threads": 1.5}, {"threads": 0}]
)
def test_settings_that_are_no_numbers_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(pb.PolicyError):
        proposal(**given)
