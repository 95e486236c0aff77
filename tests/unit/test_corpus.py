"""The corpus: every layout a planning department really has, read to the đồng; what is ambiguous is refused by its cell."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import phanbo as pb
from corpus.build import CASES, build, listed, paths
from corpus.declared import Case
from phanbo.errors import DataError
from phanbo.portfolio import Portfolio
from phanbo.tables.read import check_excel

HOME = Path(__file__).parents[1] / "corpus"
CORPUS = sorted(
    path for path in HOME.rglob("*") if path.is_file() and path.suffix != ".py" and "__" not in str(path)
)
READ = [name for name, case in CASES.items() if case.lines]
REFUSED = [name for name, case in CASES.items() if case.errors]


def read(case: Case) -> Portfolio:
    found = paths(case, HOME)
    match case.reader:
        case "forms":
            return pb.read_forms(found[0].parent, **case.options)
        case "treasury":
            return pb.read_excel(found[0], treasury=found[1], **case.options)
        case "csv":
            return pb.read_csv(found[0], **case.options)
        case _:
            return pb.read_excel(found[0], **case.options)


def expected(name: str) -> list[dict[str, str]]:
    with (HOME / "expected" / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def shown(frame: pd.DataFrame | None, names: list[str]) -> list[dict[str, str]]:
    """Return a table as the expected CSV holds it; a column that is not there is empty."""
    assert frame is not None
    kept = frame.reindex(columns=names).astype(object).where(lambda cells: cells.notna(), "")
    return [{str(name): str(cell) for name, cell in row.items()} for row in kept.to_dict("records")]


def by_key(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return sorted(
        rows, key=lambda row: [row.get(name, "") for name in ("project_id", "source", "plan_year", "month")]
    )


@pytest.mark.parametrize("name", READ)
def test_it_is_read_to_the_dong(name: str) -> None:
    portfolio = read(CASES[name])
    rows = expected(name)
    assert by_key(shown(portfolio.lines, list(rows[0]))) == by_key(rows)
    if CASES[name].schedule:
        rows = expected(f"{name}.schedule")
        assert by_key(shown(portfolio.schedule, list(rows[0]))) == by_key(rows)


@pytest.mark.parametrize("name", list(CASES))
def test_its_findings_are_the_expected_ones(name: str) -> None:
    case = CASES[name]
    said = json.loads((HOME / "expected" / "findings.json").read_text(encoding="utf-8"))[name]
    if case.reader in {"forms", "treasury"}:
        found = read(case).check().to_dict("records")
    else:
        found = check_excel(paths(case, HOME)[0], **case.options).to_dict("records")
    errors = {(each["code"], each["cell"]) for each in found if each["severity"] == "error"}
    assert errors == {(code, cell) for code, cell in said["errors"]}
    others = {(each["code"], each["cell"]) for each in found if each["severity"] != "error"}
    assert {(code, cell) for code, cell in others if code != "data-date"} == {
        (code, cell) for code, cell in said["told"]
    }
    assert all(each["message_vi"] and each["message_en"] for each in found)


@pytest.mark.parametrize("name", REFUSED)
def test_what_must_be_refused_is(name: str) -> None:
    with pytest.raises(DataError) as refusal:
        read(CASES[name])
    assert {(each.code, each.cell) for each in refusal.value.findings if each.severity == "error"} == CASES[
        name
    ].errors


def test_the_corpus_is_what_its_script_builds(tmp_path: Path) -> None:
    build(tmp_path)
    built = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    kept: dict[Any, bytes] = {path.relative_to(HOME): path.read_bytes() for path in CORPUS}
    assert set(built) == set(kept)
    assert [str(path) for path in built if built[path] != kept[path]] == []


def test_a_wrong_total_is_told_to_the_dong() -> None:
    found = check_excel(paths(CASES["subtotal-wrong"], HOME)[0])
    message = found.loc[found["code"] == "subtotal", "message_vi"].item()
    assert "lệch 700.000.000" in message
    assert "100.950.000.000" in message


def test_the_list_of_the_cases_is_current() -> None:
    assert (HOME / "README.md").read_text(encoding="utf-8") == listed()


def test_there_are_enough_small_files() -> None:
    assert len(CASES) >= 25
    assert all(
        len(page.rows) <= 25 for case in CASES.values() for _, pages in case.files.values() for page in pages
    )
