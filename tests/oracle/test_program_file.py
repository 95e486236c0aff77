"""The program written as an LP file: HiGHS and CBC read it and reach the plan of the proposal, with PuLP 3 and 4."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pulp
import pytest
from hypothesis import given, settings

import phanbo as pb
import rounds
from held_round import Setting
from phanbo.assemble import assemble
from phanbo.bounds import make_bounds
from phanbo.examples import load_lang_son
from phanbo.program import Block
from strategies import settings_of


def cbc() -> str | None:
    """Return a CBC at hand: the one named by ``PHANBO_CBC``, on the path, or in PuLP."""
    bundled = Path(pulp.__file__).parent / "solverdir" / "cbc" / "linux" / "i64" / "cbc"
    found = os.environ.get("PHANBO_CBC") or shutil.which("cbc")
    return found or (str(bundled) if bundled.is_file() else None)


def by_highs(path: Path) -> dict[str, float]:
    import highspy

    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)  # noqa: FBT003
    assert highs.readModel(str(path)) == highspy.HighsStatus.kOk
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    names = highs.getLp().col_names_
    return dict(zip(names, highs.getSolution().col_value, strict=True))


def by_cbc(path: Path) -> dict[str, float]:
    program = cbc()
    assert program is not None
    answer = path.with_suffix(".txt")
    done = subprocess.run(  # noqa: S603
        [program, str(path), "solve", "printingOptions", "all", "solution", str(answer)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    first, *rows = answer.read_text(encoding="utf-8").splitlines()
    assert "ptimal" in first, done.stdout
    found = {}
    for row in rows:
        parts = row.replace("**", " ").split()
        if re.fullmatch(r"x\d{7}", parts[1]):
            found[parts[1]] = float(parts[2])
    return found


SOLVERS = {"HiGHS": by_highs, "CBC": by_cbc}


def plan_of(proposal: pb.Proposal, values: dict[str, float]) -> tuple[list[int], list[int]]:
    """Return cut and add of every line in đồng, from the columns of the file."""
    case, book = proposal.case, proposal.rulebook
    assert case is not None
    assert book is not None
    program = assemble(case, book, make_bounds(case, book))
    totals = []
    for block in (Block.CUT, Block.ADD):
        total = np.zeros(len(case), dtype=np.int64)
        for k in np.flatnonzero(program.block == block).tolist():
            total[program.item[k]] += round(values.get(f"x{k:07d}", 0.0)) * case.policy.unit
        totals.append(total.tolist())
    return totals[0], totals[1]


def agrees(proposal: pb.Proposal, folder: Path, solver: str) -> None:
    """The file alone leads another solver to the plan."""
    path = folder / "round.lp"
    proposal.to_lp(path)
    cut, add = plan_of(proposal, SOLVERS[solver](path))
    assert cut == proposal.lines["cut"].tolist()
    assert add == proposal.lines["add"].tolist()


@pytest.fixture(params=SOLVERS)
def solver(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    if name == "CBC" and cbc() is None:
        pytest.skip("no CBC: name one in PHANBO_CBC, or install coinor-cbc")
    return name


def test_the_file_leads_to_the_plan(tmp_path: Path, solver: str) -> None:
    agrees(rounds.proposal(rounds.lines(12)), tmp_path, solver)


def test_a_shrinking_pool_too(tmp_path: Path, solver: str) -> None:
    frame = rounds.lines(8, committed=[0] * 8)
    agrees(rounds.proposal(frame, sources=rounds.inflow(-3 * rounds.TY)), tmp_path, solver)


def test_the_shipped_round_too(tmp_path: Path, solver: str) -> None:
    found = pb.propose(load_lang_son(), calendar="lang-son-2024", round=2, as_of="2024-09-15")
    agrees(found, tmp_path, solver)


def test_drawn_rounds_too(tmp_path_factory: pytest.TempPathFactory, solver: str) -> None:
    @settings(max_examples=10)
    @given(settings_of(units=(1_000_000,)))
    def law(setting: Setting) -> None:
        try:
            found = setting.propose()
        except pb.PhanboError:
            return
        if found.tiers.empty or found.proof.marked or not len(found.adjustments):
            return
        agrees(found, tmp_path_factory.mktemp("lp"), solver)

    law()


def test_the_file_says_what_its_names_stand_for(tmp_path: Path) -> None:
    found = rounds.proposal()
    found.to_lp(tmp_path / "a.lp")
    text = (tmp_path / "a.lp").read_text(encoding="utf-8")
    assert "\\ x0000000 cut L0 units 0-" in text
    assert re.search(rf"^\\ r\d{{7}} pool:{re.escape(rounds.POOL)}$", text, re.MULTILINE)
    for k, name in enumerate(found.tiers["tier"]):
        assert f"\\ t{k:03d} {name}" in text


def test_any_tier_may_be_the_objective(tmp_path: Path) -> None:
    found = rounds.proposal()
    found.to_lp(tmp_path / "a.lp", tier="disbursement")
    names = found.tiers["tier"].tolist()
    rows = re.findall(r"^t(\d{3}):", (tmp_path / "a.lp").read_text(encoding="utf-8"), re.MULTILINE)
    assert rows
    assert max(map(int, rows)) < names.index("disbursement")


def test_an_unknown_tier_is_refused(tmp_path: Path) -> None:
    with pytest.raises(pb.PolicyError, match="no tier speed"):
        rounds.proposal().to_lp(tmp_path / "a.lp", tier="speed")
    assert not list(tmp_path.iterdir())
