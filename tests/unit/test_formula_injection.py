"""A text that looks like a formula or a link goes out as a text, in every workbook that is written."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
import pandas as pd
import pytest

import phanbo as pb
from held_round import Setting, sample
from phanbo.tables.template import write_template

EVIL = (
    '=HYPERLINK("http://evil.example","x")',
    "+1+cmd|'/C calc'!A0",
    "-2+3",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "http://evil.example/a",
    "{=1+1}",
    "a\x01b\x0bc\ufffe\uffffd_x0041_",
)


def evil(text: str) -> Setting:
    """A round whose every text begins with what a spreadsheet might run."""
    setting = sample()
    lines = setting.lines.assign(
        project=[f"{text} {i}" for i in range(len(setting.lines))],
        owner=[f"{text} {owner}" for owner in setting.lines["owner"]],
    )
    return replace(setting, lines=lines)


def check(path: Path, text: str) -> None:
    """No cell that holds the text is a formula or a link; every part is XML."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                part = archive.read(name)
                ET.fromstring(part)  # noqa: S314 - our own
                assert not re.search(rb"<f[ >][^<]*(?:evil|cmd|[+-]?[12]\+[13])[^<]*</f>", part), name
                assert b"evil" not in part or not name.endswith(".rels"), name
    seen = 0
    mark = text.strip()[:6]
    for page in openpyxl.load_workbook(path).worksheets:
        for row in page.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.lstrip().startswith(mark):
                    seen += 1
                    assert cell.data_type == "s", (page.title, cell.coordinate)
                assert cell.hyperlink is None or not cell.hyperlink.target
    assert seen or "\x01" in text or path.stem == "template"


@pytest.mark.parametrize("text", EVIL, ids=range(len(EVIL)))
def test_texts_stay_texts(text: str, tmp_path: Path) -> None:
    round_ = evil(text)
    pb.assess(
        round_.portfolio,
        **{name: value for name, value in round_.given().items() if name in {"calendar", "as_of"}},
    ).to_excel(tmp_path / "assessment.xlsx")
    check(tmp_path / "assessment.xlsx", text)
    made = round_.propose()
    made.to_excel(tmp_path / "proposal.xlsx")
    check(tmp_path / "proposal.xlsx", text)
    made.to_excel(tmp_path / "english.xlsx", lang="en")
    check(tmp_path / "english.xlsx", text)


@pytest.mark.parametrize("text", EVIL[:8], ids=range(8))
def test_review_sheets_and_copies_keep_texts(text: str, tmp_path: Path) -> None:
    line = {
        "source": "Ngân sách tỉnh",
        "plan_year": 2024,
        "stage": "transitional",
        "plan": 100,
        "disbursed": 5,
    }
    lines = pd.DataFrame(
        [{"project_id": f"{text}9", "project": f"{text} cầu sông", "owner": f"{text} Sở", **line}]
    )
    plan = tmp_path / "plan"
    plan.mkdir()
    lines.to_csv(plan / "lines.csv", index=False)
    rows = pd.DataFrame([{"project": f"{text} cầu sông Thương", "owner": f"{text} Sở", "disbursed": 50}])
    pb.match_treasury(plan, rows).to_excel(tmp_path / "review.xlsx")
    check(tmp_path / "review.xlsx", text)
    pb.annotate_excel(plan / "lines.csv", tmp_path / "copy.xlsx")
    check(tmp_path / "copy.xlsx", text)


def test_the_template_has_no_formula(tmp_path: Path) -> None:
    write_template(tmp_path / "template.xlsx")
    check(tmp_path / "template.xlsx", "=")
