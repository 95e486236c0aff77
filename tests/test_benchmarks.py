"""Every benchmark runs, on a few lines and untimed, so that none of them rots."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import country
import propose
import province
import pytest
from calibrate_absorption import data_folder


@pytest.mark.parametrize("name", propose.CASES)
def test_each_case_runs_and_reaches_the_plan_of_highs(name: str) -> None:
    case = propose.CASES[name]
    if case.needs is not None and not case.needs.is_file():
        pytest.skip(f"{case.needs.name} is not in the folder PHANBO_DATA, nor in ../shared/data")
    measured = propose.measure(replace(case, size=150), repeat=2)
    assert measured.lines == 150
    assert set(measured.seconds) == {"portfolio", *propose.PHASES, *propose.CONTESTANTS}
    assert all(len(seconds) == 2 for seconds in measured.seconds.values())
    table = propose.tables({name: measured}, 2)
    assert all(f"| {phase} |" in table for phase in propose.PHASES)


@pytest.mark.skipif(
    not all((data_folder() / name).is_file() for name in country.NEEDS),
    reason=f"{', '.join(country.NEEDS)} are not in the folder PHANBO_DATA, nor in ../shared/data",
)
def test_the_country_runs(capsys: pytest.CaptureFixture[str]) -> None:
    small = ["--provinces", "2", "--lines", "60", "--workers", "1", "2", "--repeat", "1", "--one"]
    country.main([*small, "--engine", "process"])
    table = capsys.readouterr().out
    assert [line.split(" | ")[:3] for line in table.splitlines() if line[:3] in ("| p", "| o")] == [
        ["| process, 1", "2", "120"],
        ["| process, 2", "2", "120"],
        ["| one", "1", "120"],
    ]
    assert "process: 2 workers are" in table


def test_the_table_is_written_between_its_marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("before\n{}\nold\n{}\nafter\n".format(*propose.MARKS), encoding="utf-8")
    monkeypatch.setattr(propose, "README", readme)
    propose.write("new")
    propose.write("newer")
    assert readme.read_text(encoding="utf-8") == "before\n{}\nnewer\n{}\nafter\n".format(*propose.MARKS)


def test_the_synthetic_province_is_what_its_readme_says() -> None:
    lines = province.lines(2_000)
    assert lines.equals(province.lines(2_000))
    assert len(lines) == 2_000
    assert lines["source"].nunique() == len(province.SOURCES)
    assert lines["owner"].nunique() == 100
    assert 0.2 < lines["project_id"].duplicated(keep=False).mean() < 0.35
