"""Whatever the order, the file or the process: the same tables give the same bytes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

import phanbo as pb
import same_bytes
from held_round import sample
from phanbo.proposal.storage import check_manifest
from strategies import settings_of

if TYPE_CHECKING:
    from held_round import Setting
    from phanbo.proposal import Proposal

FEW = max(5, (profile.default.max_examples if profile.default else 25) // 3)


def content(proposal: Proposal) -> str:
    """Return the JSON of a proposal without versions and file names."""
    plain = json.loads(proposal.to_json())
    return json.dumps(
        {k: v for k, v in plain.items() if k not in ("phanbo", "solver", "sources")}, ensure_ascii=False
    )


@given(setting=settings_of(), data=st.data())
def test_order_of_rows_and_columns_changes_nothing(setting: Setting, data: st.DataObject) -> None:
    lines = setting.lines
    rows = data.draw(st.permutations(range(len(lines))))
    columns = data.draw(st.permutations(list(lines.columns)))
    sources = None if setting.sources is None else setting.sources.iloc[::-1]
    other = replace(setting, lines=lines.iloc[rows][columns], sources=sources)
    assert other.propose().to_json() == setting.propose().to_json()


@given(setting=settings_of())
@profile(max_examples=FEW)
def test_frames_csv_and_workbook_are_one(setting: Setting) -> None:
    first = setting.propose()
    tables = {"lines": setting.lines, "sources": setting.sources}
    with TemporaryDirectory() as name:
        folder = Path(name)
        setting.portfolio.save(folder / "csv")
        read = pb.read_csv(folder / "csv")
        assert content(pb.propose(read, **setting.given())) == content(first)
        workbook(folder / "round.xlsx", tables)
        book = pb.read_excel(folder / "round.xlsx", unit=1)
        assert book.hash == setting.portfolio.hash
        assert content(pb.propose(book, **setting.given())) == content(first)


def workbook(path: Path, tables: Mapping[str, object]) -> None:
    """Write tables under the Vietnamese headers of the template."""
    import pandas as pd

    from phanbo.tables.schema import TABLES

    with pd.ExcelWriter(path, engine="xlsxwriter") as writer:
        for name, frame in tables.items():
            if isinstance(frame, pd.DataFrame):
                titles = {column.name: column.title_vi for column in TABLES[name].columns}
                frame.rename(columns=titles).to_excel(writer, sheet_name=TABLES[name].sheet, index=False)


@given(setting=settings_of())
def test_json_reads_back_to_the_same_bytes_and_is_proved_again(setting: Setting) -> None:
    proposal = setting.propose()
    text = proposal.to_json()
    again = pb.Proposal.from_json(text, portfolio=setting.portfolio)
    assert again.to_json() == text
    assert again.hash == proposal.hash
    assert again.verify().findings == ()
    assert again.apply() == proposal.apply()
    assert pb.Proposal.from_json(text).to_json() == text


@given(setting=settings_of(), k=st.integers(0, 3))
@profile(max_examples=FEW)
def test_a_case_folder_reads_back_to_the_same_bytes(setting: Setting, k: int) -> None:
    proposal = setting.propose() if k == 0 else setting.propose().head(k)
    with TemporaryDirectory() as name:
        proposal.save(Path(name) / "case")
        assert check_manifest(Path(name) / "case") == []
        again = pb.load_proposal(Path(name) / "case")
        assert again.to_json() == proposal.to_json()
        assert again.verify().findings == ()
        again.save(Path(name) / "again")
        for path in sorted((Path(name) / "case").rglob("*.json")):
            assert (
                Path(name) / "again" / path.relative_to(Path(name) / "case")
            ).read_bytes() == path.read_bytes()


@given(setting=settings_of())
@profile(max_examples=FEW)
def test_a_replay_with_the_assessment_and_outlook_of_a_proposal_decides_the_same(setting: Setting) -> None:
    first = setting.propose()
    again = setting.propose(assessment=first.assessment, outlook=first.outlook)
    assert again.lines.equals(first.lines)
    assert again.transfers.equals(first.transfers)
    assert again.verify().findings == ()


def test_the_hash_seed_of_the_process_changes_nothing() -> None:
    """Nor does another PuLP or Python: CI runs the same script under two of each."""
    script = Path(same_bytes.__file__)
    found = subprocess.run(  # noqa: S603
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONHASHSEED": "4711"},
        capture_output=True,
        check=True,
        text=True,
    ).stdout.splitlines()
    assert found == [f"{value}  {name}" for name, value in same_bytes.hashes()]
    assert len(found) > same_bytes.PROGRAMS // 2


@pytest.mark.parametrize("threads", [2, 8])
def test_threads_change_nothing(threads: int) -> None:
    assert sample().propose(threads=threads).to_json() == sample().propose().to_json()


def test_limits_that_do_not_bind_change_nothing() -> None:
    told: list[tuple[str, int, int]] = []
    limited = sample().propose(time_limit=60, cancel=Event(), progress=lambda *step: told.append(step))
    assert limited.to_json() == sample().propose().to_json()
    assert {step[0] for step in told} <= {"assess", "solve", "verify"}
