"""The fuzz harness itself: a few dozen damaged files, and a crash it must not overlook."""

from __future__ import annotations

from pathlib import Path

from fuzz.damage import MODES, mutant
from fuzz.fuzz_intake import Run, fuzz, merged


def test_damage_is_the_same_for_the_same_seed() -> None:
    for mode in MODES:
        assert mutant(mode, 7) == mutant(mode, 7)
        assert len({mutant(mode, seed) for seed in range(20)}) > 15


def test_a_few_dozen_damaged_files_crash_nothing(tmp_path: Path) -> None:
    run = fuzz(tmp_path, seconds=60, most=36)
    assert sum(run.cases.values()) == 36
    assert run.crashes == {}
    assert "Distinct crashes: 0" in (tmp_path / "summary.md").read_text(encoding="utf-8")


def test_runs_are_summed() -> None:
    one, two = Run(), Run()
    for run, first, count in ((one, "read", 4), (two, "no-lines", 3)):
        run.cases["xml"] = count
        run.outcomes["xml", first] = count - 1
        run.outcomes["xml", "crash"] = 1
        run.slowest, run.largest = (float(count), "xml", 10 + count), 100 * count
    one.crashes["LookupError: unknown encoding: b at etree/ElementTree.py:1338"] = ("xml", 14, 1)
    two.crashes["LookupError: unknown encoding: A0 at etree/ElementTree.py:1338"] = ("xml", 13, 1)
    page = merged([one.summary(28, 1), two.summary(20, 9)])
    assert "7 files in 48 minutes, first seed 1." in page
    assert "| xml | 7 | 2 | 3 | 2 |" in page
    assert "Slowest file: 4.00 s (xml 14). Largest process: 400 MiB." in page
    assert "Distinct crashes: 1\n" in page
    assert "(2 times)" in page
    assert "* 3 files in 20 minutes from seed 9: 1 distinct crashes" in page
