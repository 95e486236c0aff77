"""Nothing is printed, past Python either, and no temporary file is left, whatever TMPDIR is and whatever goes wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from test_program_file import cbc

import phanbo

HERE = Path(__file__).parents[1]

SCRIPT = """
import contextlib, sys
from pathlib import Path
sys.path[:0] = sys.argv[1:4]
out, cbc = Path(sys.argv[4]), sys.argv[5]

import pulp
import phanbo as pb
import rounds
from held_round import LOTTERY, sample
from phanbo.examples import load_lang_son
from phanbo.replay import replay
from phanbo.solver import reference
from drawn_programs import draw_program
from test_refusals import short_by

loose = pb.Policy(tiers=(pb.Tier("disbursement", 0.1), "authority", "worst_first"))
load_lang_son()
for found in (sample().propose(), rounds.proposal(policy=loose)):
    found.save(out / "case")
    again = pb.load_proposal(out / "case")
    assert again.verify().ok
    assert replay(out / "case") == []
    again.explain(again.lines["line_id"].iloc[0])
    again.to_excel(out / "annex.xlsx")
    again.to_lp(out / "round.lp")
    again.head(1), again.apply(), again.network(), again._repr_html_()
sample().propose(cross_check="HiGHS").prices()
if cbc:
    sample().propose(cross_check=pulp.COIN_CMD(path=cbc))
for fault, given in (
    (pb.PolicyError, {"cross_check": "GUROBI_CMD"}),
    (pb.CrossCheckError, {"cross_check": pulp.COIN_CMD(path=sys.executable)}),
    (pb.Stopped, {"time_limit": 0}),
):
    with contextlib.suppress(fault):
        sample().propose(**given)
        raise AssertionError(given)
try:
    short_by(sample(), LOTTERY, 10**12).propose()
except pb.InfeasibleRound as none:
    none.conflict, none.relaxation, none.message("vi")
else:
    raise AssertionError("a plan")
for seed in range(10):
    with contextlib.suppress(pb.InfeasibleRound):
        reference.solve(draw_program(seed))
"""


def spaced(root: Path) -> Path:
    (root / "thư mục tạm").mkdir()
    return root / "thư mục tạm"


def read_only(root: Path) -> Path:
    """Return a folder that may not be written into (but by an administrator)."""
    (root / "chỉ đọc").mkdir(mode=0o500)
    return root / "chỉ đọc"


def a_file(root: Path) -> Path:
    """Return a place into which nobody may write."""
    (root / "tệp").write_text("", encoding="utf-8")
    return root / "tệp"


@pytest.mark.parametrize("place", [spaced, read_only, a_file], ids=lambda place: place.__name__)
def test_silent_and_tidy(place: Callable[[Path], Path], tmp_path: Path) -> None:
    for name in ("places", "here", "out"):
        (tmp_path / name).mkdir()
    chosen = place(tmp_path / "places")
    before = sorted((tmp_path / "places").rglob("*"))
    env = {name: value for name, value in os.environ.items() if name not in ("TMP", "TEMP")}
    paths = [str(HERE), str(HERE / "oracle"), str(HERE / "laws")]
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", SCRIPT, *paths, str(tmp_path / "out"), cbc() or ""],
        env=env | {"TMPDIR": str(chosen), "PYTHONPATH": str(Path(phanbo.__file__).parents[1])},
        cwd=tmp_path / "here",
        capture_output=True,
        check=False,
        text=True,
    )
    assert (done.stdout, done.stderr) == ("", "")
    assert done.returncode == 0
    assert sorted((tmp_path / "places").rglob("*")) == before
    assert list((tmp_path / "here").iterdir()) == []
    assert len(list((tmp_path / "out").iterdir())) == 3
