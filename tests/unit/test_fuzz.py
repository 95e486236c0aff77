"""The fuzz harness itself: a few dozen damaged files, and a crash it must not overlook."""

from __future__ import annotations

from pathlib import Path

from fuzz.fuzz_intake import MODES, fuzz, mutant


def test_damage_is_the_same_for_the_same_seed() -> None:
    for mode in MODES:
        assert mutant(mode, 7) == mutant(mode, 7)
        assert len({mutant(mode, seed) for seed in range(20)}) > 15


def test_a_few_dozen_damaged_files_crash_nothing(tmp_path: Path) -> None:
    run = fuzz(tmp_path, seconds=60, most=36)
    assert sum(run.cases.values()) == 36
    assert run.crashes == {}
    assert "Distinct crashes: 0" in (tmp_path / "summary.md").read_text(encoding="utf-8")
