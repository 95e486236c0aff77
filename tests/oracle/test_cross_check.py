"""A second opinion: CBC and HiGHS, told nothing but the tiers, come to the plan of phanbo; where one errs, it is seen."""

from __future__ import annotations

import json
import os
import pickle
import signal
import stat
import tempfile
import threading
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pulp
import pytest
from drawn_programs import draw_program
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st
from test_program_file import cbc
from test_user_rules import with_quotas

import phanbo as pb
import rounds
from held_round import Setting, sample
from phanbo import decision
from phanbo.errors import CrossCheckError, InfeasibleRound, PhanboError
from phanbo.examples import load_lang_son
from phanbo.program import Block, LinearProgram, TierCosts
from phanbo.solver import reference
from phanbo.solver.direct import solve
from phanbo.solver.second_opinion import Opinion, find_solver, second_opinion
from phanbo.solver.solution import Limits, Solution
from strategies import settings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DRAWN = 5 * (profile.default.max_examples if profile.default else 25)
MANY = max(200, DRAWN) if os.environ.get("PHANBO_TESTS") == "ci" else DRAWN
"""Rounds drawn: 200 in CI."""


def cbc_at_hand() -> Any:
    path = cbc()
    if path is None:
        pytest.skip("no CBC: name one in PHANBO_CBC, or install coinor-cbc")
    return pulp.COIN_CMD(path=path)


SOLVERS: dict[str, Callable[[], Any]] = {"CBC": cbc_at_hand, "HiGHS": lambda: "HiGHS"}


@pytest.fixture(params=SOLVERS)
def solver(request: pytest.FixtureRequest) -> Any:
    return SOLVERS[request.param]()


# -- the same plan --------------------------------------------------------------------------------------


def test_drawn_rounds() -> None:
    other, seen = cbc_at_hand(), Counter[str]()

    @profile(max_examples=MANY)
    @given(st.one_of(settings_of(units=(1_000, 1_000_000)), settings_of(units=(1_000_000,), simple=True)))
    def law(setting: Setting) -> None:
        found = setting.propose(cross_check=other)
        seen["changed" if len(found.adjustments) else "unchanged"] += 1
        assert found.meta["solver"]["cross_check"] == "COIN_CMD"
        assert found.hash == setting.propose().hash

    law()
    assert seen["changed"] > MANY // 5


def test_the_shipped_round(solver: Any) -> None:
    found = pb.propose(
        load_lang_son(), calendar="lang-son-2024", round=2, as_of="2024-09-15", cross_check=solver
    )
    assert found.verify().ok


@pytest.mark.parametrize("scale", [1, 20_000_003])
def test_drawn_programs_narrow_and_wide(solver: Any, scale: int) -> None:
    """Amounts of more digits than a text file keeps, and all orders of ties."""
    for seed in range(MANY // 10):
        agrees(scaled(draw_program(seed), scale), solver)


def test_drawn_integer_programs(solver: Any) -> None:
    for seed in range(MANY // 10):
        program = draw_program(seed)
        agrees(replace(program, marked=frozenset(program.component.tolist())), solver)


def test_ties_that_two_ranks_leave() -> None:
    """Two ways to serve the same lines cost the same in the canonical order: the further orders part them."""
    program = tied()
    assert len(reference.solve(program).tiers) > len(program.tiers)
    for make in SOLVERS.values():
        agrees(program, make())


def agrees(program: LinearProgram, solver: Any) -> None:
    try:
        ours = reference.solve(program).x
    except InfeasibleRound:
        return
    found = second_opinion(program, find_solver(solver), ours, Limits())
    assert found.fault is None
    moves = program.block <= Block.ADD
    lines = program.item[moves] * 2 + program.block[moves]
    assert np.bincount(lines, found.x[moves]).tolist() == np.bincount(lines, ours[moves]).tolist()


def scaled(program: LinearProgram, by: int) -> LinearProgram:
    return replace(
        program, upper=program.upper * by, row_lower=program.row_lower * by, row_upper=program.row_upper * by
    )


def tied() -> LinearProgram:
    """Return a program in which lines 1 + 4 and 2 + 3 may move, at the same sum of ranks."""
    cost, further = np.array([1, 2, 3, 4]), {1: np.array([4, 1, 3, 3]), 2: np.array([1, 1, 1, 1])}
    none = np.zeros(4, dtype=np.int64)
    return LinearProgram(
        block=np.full(4, int(Block.ADD)),
        item=np.arange(4),
        upper=np.ones(4, dtype=np.int64),
        slope=none,
        row=np.array([0, 0, 1, 1, 2, 2]),
        column=np.array([0, 1, 2, 3, 0, 2]),
        value=np.ones(6, dtype=np.int64),
        row_lower=np.array([1, 1, 1]),
        row_upper=np.array([1, 1, 1]),
        row_keys=("a", "b", "c"),
        component=none,
        row_component=np.zeros(3, dtype=np.int64),
        marked=frozenset(),
        tiers=(TierCosts("canonical", cost),),
        tiebreak=further.__getitem__,
    )


@given(setting=settings_of(units=(1_000_000,)), room=st.integers(0, 6))
@profile(max_examples=MANY // 5)
def test_crossing_groups_and_tolerances(setting: Setting, room: int) -> None:
    """Integer programs, solved tier by tier with what each tier may give up."""
    crossed = with_quotas(setting.policy.unit, room, room + 1)
    loose = setting.with_policy(tiers=(pb.Tier("disbursement", 0.1), "authority", "worst_first"))
    for one in (setting, loose):
        one.propose(rulebook=crossed, cross_check="HiGHS")


def test_a_question_of_a_what_if_too() -> None:
    setting = sample()
    asked = pb.WhatIf(setting.portfolio, **setting.given()).ask(donor_confidence=0.6)
    assert asked.proposal(cross_check="HiGHS").meta["solver"]["cross_check"] == "HiGHS"


# -- what is wrong is seen ------------------------------------------------------------------------------


def moved_by_one(program: LinearProgram, limits: Limits) -> Solution:
    """Return the plan with one unit less cut on a line and more on another of its leaf: legal, and not the best."""
    found = SOLVE(program, limits)
    x, cuts = found.x.copy(), np.flatnonzero(program.block == Block.CUT)
    leaf = np.zeros(program.columns, dtype=np.int64)
    leaf[program.column[::-1]] = program.row[::-1]
    less, more = (
        (i, j)
        for i in cuts.tolist()
        for j in cuts.tolist()
        if program.item[i] != program.item[j] and leaf[i] == leaf[j] and x[i] > 0 and x[j] < program.upper[j]
    ).__next__()
    x[less] -= 1
    x[more] += 1
    return replace(found, x=x)


def swapped(program: LinearProgram, limits: Limits) -> Solution:
    """Return the plan of the tiers in another order: the last goal first."""
    first, *middle, last, canonical = program.tiers
    return SOLVE(replace(program, tiers=(last, *middle, first, canonical)), limits)


SOLVE = solve


@pytest.mark.parametrize("bug", [moved_by_one, swapped])
def test_a_planted_bug_is_seen(bug: Any, solver: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    setting = sample().with_policy(tiers=("disbursement", "authority", "worst_first"))
    assert setting.propose(cross_check=solver).verify().ok
    monkeypatch.setattr(decision, "solve", bug)
    with pytest.raises(CrossCheckError, match="lines differ") as caught:
        setting.propose(cross_check=solver)
    data = caught.value.data
    assert data["plan"] != data["other_plan"]
    assert sum(data["plan"].values()) == sum(data["other_plan"].values())
    differ = {
        k for k in {*data["plan"], *data["other_plan"]} if data["plan"].get(k) != data["other_plan"].get(k)
    }
    assert set(data["lines"]) == differ
    monkeypatch.undo()
    right = setting.propose()
    assert data["other_plan"] == dict(right.adjustments[["line_id", "change"]].itertuples(index=False))
    assert {t["tier"]: t["other"] for t in data["tiers"]} == dict(
        right.tiers[["tier", "value"]].itertuples(index=False)
    )
    told = json.loads(json.dumps(caught.value.to_dict()))
    assert told["code"] == "cross-check"
    assert pickle.loads(pickle.dumps(caught.value)).data == data  # noqa: S301 — just made
    assert "không ra cùng phương án" in caught.value.message("vi")


def liar(change: Callable[[Any], None]) -> Any:
    """Return a solver that says whatever is made of the true answer, and calls it optimal."""

    class Liar(pulp.HiGHS):  # type: ignore[misc]
        name = "Liar"

        def actualSolve(self, lp: Any, **given: Any) -> Any:  # noqa: N802 — PuLP's name
            said = super().actualSolve(lp, **given)
            change(lp)
            return said

    return Liar(msg=False)


def nothing(problem: Any) -> None:
    """Say 0 for every amount, as where a time limit is called an optimum."""
    for variable in problem.variables():
        variable.varValue = 0.0


def one_more(problem: Any) -> None:
    """Add a unit to one amount."""
    problem.variables()[0].varValue += 1.0


def a_half(problem: Any) -> None:
    """Add half a unit to one amount."""
    problem.variables()[0].varValue += 0.5


def no_number(problem: Any) -> None:
    problem.variables()[0].varValue = float("nan")


def endless(problem: Any) -> None:
    problem.variables()[0].varValue = float("inf")


def a_text(problem: Any) -> None:
    problem.variables()[0].varValue = "1"


def fails(problem: Any) -> None:
    raise OSError("no answer")


@pytest.mark.parametrize(
    ("lie", "said"),
    [
        (nothing, "break the row"),
        (one_more, "break the row"),
        (a_half, "no whole units"),
        *((lie, "no numbers") for lie in (no_number, endless)),
        (a_text, "no numbers|must be real number"),  # PuLP 4 refuses it itself
        (fails, "it failed"),
    ],
)
def test_a_solver_that_errs_is_seen(lie: Callable[[Any], None], said: str) -> None:
    """Whatever its status: no plan is returned, and its answer is told to be none."""
    with pytest.raises(CrossCheckError, match=said) as caught:
        sample().propose(cross_check=liar(lie))
    assert caught.value.data["other_plan"] is None
    assert caught.value.data["plan"]


def test_an_unknown_solver_is_refused_before_the_work() -> None:
    told: list[object] = []
    for wrong in ("CBD", "XPRESS_PY", 7, pulp.COIN_CMD(path="/no/such/cbc")):
        with pytest.raises(pb.PolicyError, match=r"there are: .*HiGHS") as caught:
            sample().propose(cross_check=wrong, progress=lambda *step: told.append(step))
        assert "HiGHS" in caught.value.data["installed"]
    assert not told


def test_amounts_of_too_many_digits_are_refused() -> None:
    """In đồng a text file would lose digits of them; in process nothing is lost."""
    in_dong = pb.Policy(unit=1)
    with pytest.raises(pb.PolicyError, match="too many digits"):
        rounds.proposal(policy=in_dong, cross_check=cbc_at_hand())
    assert rounds.proposal(policy=in_dong, cross_check="HiGHS").verify().ok


def test_the_solver_handed_in_is_left_as_it_was() -> None:
    mine = pulp.HiGHS(msg=True, timeLimit=7)
    before = {**mine.__dict__, "optionsDict": dict(mine.optionsDict)}
    sample().propose(cross_check=mine)
    assert mine.__dict__ == before


# -- stopping -------------------------------------------------------------------------------------------


def test_no_time_left_for_it_ends_in_stopped_and_tells_what_was_proved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cancel = threading.Event()

    def cancelled(*given: Any) -> Opinion:
        cancel.set()
        return second_opinion(*given)

    monkeypatch.setattr("phanbo.cross_check.second_opinion", cancelled)
    with pytest.raises(pb.Stopped, match="second solver") as caught:
        sample().propose(cross_check="HiGHS", cancel=cancel)
    assert caught.value.stage == "cross_check"
    tiers = sample().propose().tiers[["tier", "value"]]
    assert caught.value.proved == tuple(tiers.itertuples(index=False, name=None))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Path]]:
    """Return what makes a folder the place of temporary files; they are to be gone afterwards."""
    made: list[Path] = []

    def use(name: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(folder))
        made.append(folder)
        return folder

    yield use
    assert [path for folder in made for path in folder.rglob("*")] == []


@pytest.mark.parametrize("name", ["tmp", "thư-mục-tạm", "có dấu cách"])
def test_nothing_is_left_behind(place: Callable[[str], Path], name: str) -> None:
    place(name)
    before = set(Path.cwd().iterdir())
    sample().propose(cross_check=cbc_at_hand())
    assert set(Path.cwd().iterdir()) == before


def script(folder: Path, text: str) -> Any:
    path = folder / "cbc"
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return pulp.COIN_CMD(path=str(path))


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
@pytest.mark.parametrize(
    "fault", ["exit 1", "kill -9 $$", "exit 0", "echo Optimal >$(echo $* | sed 's/.*-solution //')"]
)
def test_a_solver_that_crashes_leaves_nothing_behind(
    place: Callable[[str], Path], tmp_path: Path, fault: str
) -> None:
    place("tmp")
    with pytest.raises(CrossCheckError):
        sample().propose(cross_check=script(tmp_path, fault))


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
def test_ctrl_c_ends_the_solver_too(place: Callable[[str], Path], tmp_path: Path) -> None:
    place("tmp")
    other = script(tmp_path, f"echo $$ >{tmp_path}/pid; exec sleep 60")

    def press() -> None:
        while not (tmp_path / "pid").exists():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=press).start()
    with pytest.raises(KeyboardInterrupt):
        sample().propose(cross_check=other)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_its_errors_are_errors_of_phanbo() -> None:
    assert issubclass(CrossCheckError, pb.CertificateError)
    assert issubclass(pb.CrossCheckError, PhanboError)
