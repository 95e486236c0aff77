"""Every benchmark runs, on a few lines and untimed, so that none of them rots; no test asserts a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import isnan, nan
from pathlib import Path

import again
import country
import intake
import numpy as np
import picture
import province
import pytest
import race as races
import run
import tables
from calibrate_absorption import data_folder
from cases import CASES, Job, Truth, by_line, job_of, truth
from contestants import CONTESTANTS, PHASES, Answer, Goal
from peers.with_pulp_pairs import pairs
from worker import Refused, Worker, workers

LINES = 100
BUDGET = 60.0


@pytest.fixture(scope="module")
def running() -> Iterator[Mapping[str, Worker]]:
    with workers(list(CONTESTANTS), BUDGET) as every:
        yield every


def known(case: str) -> tuple[Job, Truth]:
    needs = CASES[case].needs
    if needs is not None and not needs.is_file():
        pytest.skip(f"{needs.name} is not in the folder PHANBO_DATA, nor in ../shared/data")
    if case not in _KNOWN:
        job = job_of(case, LINES)
        _KNOWN[case] = job, truth(job.program)
    return _KNOWN[case]


_KNOWN: dict[str, tuple[Job, Truth]] = {}


@pytest.mark.parametrize("name", CONTESTANTS)
@pytest.mark.parametrize("case", [name for name, case in CASES.items() if case.sizes])
def test_each_contestant_reaches_the_proved_optimum(
    case: str, name: str, running: Mapping[str, Worker]
) -> None:
    missing = CONTESTANTS[name].missing
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)} (pip install phanbo[bench])")
    job, best = known(case)
    answer = running[name].run(job).answer
    assert races.judge(job.program, CONTESTANTS[name], best, answer) == ""


def test_a_race_takes_turns_and_its_tables_name_everybody(
    running: Mapping[str, Worker], capsys: pytest.CaptureFixture[str]
) -> None:
    job, _ = known("province")
    names = ("phanbo: propose", "phanbo: solve", "HiGHS", "HiGHS, one tier", "networkx, network simplex")
    held = races.race(job, {name: running[name] for name in names}, 2, job, {})
    assert all(len(held.runs(name)) == 2 for name in names)
    assert held.refused == {}
    assert held.faults == {}
    assert capsys.readouterr().err.count("s\n") == 2 * len(names)
    assert held.pairs == len(pairs(job.program))
    assert held.ratio("HiGHS", "HiGHS") == 1
    assert f"HiGHS, all tiers | {tables.span(min(held.runs('HiGHS')))}" in tables.propose([held], 2, BUDGET)
    assert all(f"| {phase} |" in tables.phases([held]) for phase in PHASES)
    others = [name for name, contestant in CONTESTANTS.items() if contestant.goal is not Goal.ROUND]
    assert all(f"| {name.removesuffix(', one tier')} |" in tables.peers([held]) for name in others)
    assert "| HiGHS ÷ solve" in tables.seeds([held])


def test_who_is_too_slow_is_left_out_and_says_why(tmp_path: Path) -> None:
    job, _ = known("province")
    slow = Worker("phanbo: solve", 0.0, tmp_path)
    refused: dict[tuple[str, str], str] = {}
    held = races.race(job, {"phanbo: solve": slow}, 2, job, refused)
    assert slow.process is None
    assert held.runs("phanbo: solve") == []
    assert "— (> 0 s)" in tables.peers([held])
    larger = races.race(job, {"phanbo: solve": slow}, 1, job, refused)
    assert larger.refused == {"phanbo: solve": "smaller: > 0 s"}


def test_a_contestant_that_fails_says_so(tmp_path: Path) -> None:
    job, _ = known("province")
    program = replace(job.program, row_lower=job.program.row_lower + 1, row_upper=job.program.row_upper + 1)
    worker = Worker("HiGHS", BUDGET, tmp_path)
    with pytest.raises(Refused, match="fails: Infeasible"):
        worker.run(replace(job, program=program))
    worker.close()


def test_a_wrong_answer_is_a_fact_and_phanbo_may_not_give_one() -> None:
    job, best = known("province")
    program, peer = job.program, CONTESTANTS["HiGHS"]
    assert races.judge(program, peer, best, Answer(x=best.x.astype(float))) == ""
    nothing = races.judge(program, peer, best, Answer(x=np.zeros(program.columns)))
    assert "lines differ" in nothing
    assert f"off by {-best.values['disbursement']:+d} in disbursement" in nothing
    assert "rows or bounds" in races.judge(program, peer, best, Answer(x=(program.upper + 1).astype(float)))
    assert "not whole by 0.25" in races.judge(program, peer, best, Answer(x=best.x.astype(float) + 0.25))
    alone = CONTESTANTS["HiGHS, one tier"]
    assert alone.goal is Goal.ONE
    assert "off by" in races.judge(program, alone, best, Answer(x=np.zeros(program.columns)))
    lines = by_line(program, best.x)
    lines["cut"] = lines["cut"] + 1
    with pytest.raises(AssertionError, match="phanbo: propose"):
        races._note(races.Race(job), "phanbo: propose", best, Answer(lines=lines))


def test_ways_to_a_second_answer_agree() -> None:
    seconds = again.measure("province", LINES, 1)
    assert set(seconds) == {*again.WAYS, again.HIGHS}
    assert all(len(runs) == 1 for runs in seconds.values())


@pytest.mark.parametrize("part", ["memory", "start"])
def test_the_small_parts_run(part: str, capsys: pytest.CaptureFixture[str]) -> None:
    run.main(["--quick", "--case", "province", "--part", part])
    assert {"memory": "province", "start": "import phanbo"}[part] in capsys.readouterr().out


def test_growth_is_the_slope_of_a_line_through_logs() -> None:
    assert tables.exponent([10, 100, 1000], [1e-3, 1e-1, 1e1]) == pytest.approx(2)
    assert tables.exponent([10, 100, 1000], [0.1, 1.0, nan]) == pytest.approx(1)
    assert isnan(tables.exponent([10], [1.0]))


def test_the_workbooks_read_beside_calamine_reconcile(capsys: pytest.CaptureFixture[str]) -> None:
    intake.main(["--quick"])
    printed = capsys.readouterr().out
    assert all(f"| {title} | " in printed for title in intake.FORMS.values())
    assert "Time grows as n^" in printed
    assert "kB at the peak" in printed


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
    text = "before\n<!-- seeds: begin -->\n{}\n<!-- seeds: end -->\nafter\n"
    readme = tmp_path / "README.md"
    readme.write_text(text.format("old"), encoding="utf-8")
    monkeypatch.setattr(tables, "README", readme)
    tables.write("seeds", "new")
    tables.write("seeds", "newer")
    assert readme.read_text(encoding="utf-8") == text.format("newer")
    with pytest.raises(ValueError, match="no block 'other'"):
        tables.write("other", "text")


def test_the_readme_has_a_block_for_every_table_and_shows_the_picture() -> None:
    text = tables.README.read_text(encoding="utf-8")
    for block in ("propose", "phases", "peers", "growth", "seeds", "memory", "start", "again"):
        assert f"<!-- {block}: begin -->" in text
        assert f"<!-- {block}: end -->" in text
    assert f"]({picture.FILE.name})" in text


def test_the_picture_can_be_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="not installed: matplotlib (pip install phanbo[bench])")
    job, _ = known("province")
    held = races.Race(job, seconds={"phanbo: propose": [0.1], "HiGHS": [0.2, nan]})
    picture.draw([held], BUDGET, tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_text(encoding="utf-8").startswith("<?xml")


def test_the_synthetic_province_is_what_its_readme_says() -> None:
    lines = province.lines(2_000)
    assert lines.equals(province.lines(2_000))
    assert len(lines) == 2_000
    assert lines["source"].nunique() == len(province.SOURCES)
    assert lines["owner"].nunique() == 100
    assert 0.2 < lines["project_id"].duplicated(keep=False).mean() < 0.35


def test_the_dense_province_gives_or_receives_everywhere_at_many_levels() -> None:
    program = job_of("dense", 600).program
    lines = by_line(program, program.upper)
    assert ((lines["cut"] > 0) | (lines["add"] > 0)).mean() > 0.95
    changed = program.block <= 1
    assert np.unique(program.slope[changed]).size > 18
    assert changed.sum() > 6 * 600
    assert any(key.startswith("project:") for key in program.row_keys)


def test_the_loose_province_has_no_ceiling_that_joins() -> None:
    keys = job_of("loose", 600).program.row_keys
    assert {key.partition(":")[0] for key in keys} == {"leaf", "pool"}
