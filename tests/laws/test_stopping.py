"""Stopped at any moment: no plan, a clear word on how far it came, nothing half done."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn_programs import draw_program
from hypothesis import given
from hypothesis import settings as profile
from test_user_rules import with_quotas

import phanbo as pb
from held_round import Setting, sample
from phanbo import decision
from phanbo.money import Ints
from phanbo.program import LinearProgram, TierCosts
from phanbo.proposal import storage
from phanbo.proposal.storage import check_manifest
from phanbo.solver import direct, interrupt, reference
from phanbo.solver.solution import Limits
from strategies import settings_of

FEW = max(5, (profile.default.max_examples if profile.default else 25) // 3)


class After:
    """A cancel flag that is set once it has been looked at so many times; it counts the looks."""

    def __init__(self, times: float = float("inf")) -> None:
        self.times, self.looks = times, 0

    def is_set(self) -> bool:
        self.looks += 1
        return self.looks > self.times


# -- what is proved by then -----------------------------------------------------------------------------


def by_direct(setting: Setting) -> dict[str, Any]:
    return setting.given()


def by_integers(setting: Setting) -> dict[str, Any]:
    """Groups that cross make an integer program of what they touch."""
    return setting.given(rulebook=with_quotas(setting.policy.unit, 2, 3))


ROUTES = {
    "direct": (direct.solve, by_direct),
    "reference": (reference.solve, by_direct),
    "integer": (direct.solve, by_integers),
}


def moments(work: Callable[[Any], object], count: int) -> list[int]:
    """Return some numbers of looks after which a work can be stopped: the first, the last, and some between."""
    counted = After()
    work(counted)
    return sorted({0, counted.looks - 1, *np.linspace(0, counted.looks - 1, count).astype(int).tolist()})


@pytest.mark.parametrize("route", ROUTES)
def test_wherever_it_is_stopped_what_is_told_is_proved(route: str, monkeypatch: pytest.MonkeyPatch) -> None:
    solve, given_of = ROUTES[route]
    monkeypatch.setattr(decision, "solve", solve)
    seen: set[tuple[str, int]] = set()

    @given(setting=settings_of())
    @profile(max_examples=FEW)
    def law(setting: Setting) -> None:
        given = given_of(setting)
        tiers = pb.propose(setting.portfolio, **given).tiers[["tier", "value"]]
        proved = tuple(tiers.itertuples(index=False, name=None))
        told = []
        for times in moments(lambda cancel: pb.propose(setting.portfolio, **given, cancel=cancel), 8):
            with pytest.raises(pb.Stopped) as caught:
                pb.propose(setting.portfolio, **given, cancel=After(times))
            stopped = caught.value
            told.append((stopped.stage, len(stopped.proved)))
            if (
                stopped.stage == "verify" or not setting.policy.min_move
            ):  # else the lines held may become more
                assert stopped.proved == proved[: len(stopped.proved)]
        order = [["assess", "solve", "verify"].index(stage) for stage, _ in told]
        assert order == sorted(order)
        if not setting.policy.min_move:
            assert all(before[1] <= after[1] for before, after in pairwise(told))
        assert told[-1] == ("verify", len(proved))
        seen.update(told)

    law()
    if route == "reference":
        assert len({count for stage, count in seen if stage == "solve"}) > 3


def test_both_languages_and_the_data_tell_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decision, "solve", reference.solve)
    tiers = sample().propose().tiers
    for times in moments(lambda cancel: sample().propose(cancel=cancel), 1_000):
        with pytest.raises(pb.Stopped) as caught:
            sample().propose(cancel=After(times))
        if caught.value.proved:
            break
    stopped, count = caught.value, len(caught.value.proved)
    assert 0 < count < len(tiers)
    rows = tiers[["tier", "value"]].head(count).to_dict("records")
    assert stopped.to_dict()["data"] == {"stage": "solve", "proved": rows, "tiers": len(tiers)}
    assert json.loads(json.dumps(stopped.to_dict())) == stopped.to_dict()
    for lang, words in (
        ("vi", f"Đã chứng minh {count}/{len(tiers)}"),
        ("en", f"Proved {count} of {len(tiers)}"),
    ):
        assert words in stopped.message(lang)
        assert f"{rows[-1]['tier']} = " in stopped.message(lang)
    again = pickle.loads(pickle.dumps(stopped))  # noqa: S301 — just made
    assert (again.stage, again.proved) == (stopped.stage, stopped.proved)


def test_no_time_at_all() -> None:
    with pytest.raises(pb.Stopped, match="No tier was proved") as caught:
        sample().propose(time_limit=0)
    assert (caught.value.stage, caught.value.proved) == ("assess", ())
    assert "Chưa chứng minh được" in caught.value.message("vi")


def twice(program: LinearProgram) -> LinearProgram:
    """Return a program beside itself: two components, the second one marked."""
    columns, rows, lines = program.columns, program.rows, int(program.item.max()) + 1

    def both(side: Ints, step: int = 0) -> Ints:
        return np.concatenate([side, side + step])

    return replace(
        program,
        block=both(program.block),
        item=both(program.item, lines),
        upper=both(program.upper),
        slope=both(program.slope),
        row=both(program.row, rows),
        column=both(program.column, columns),
        value=both(program.value),
        row_lower=both(program.row_lower),
        row_upper=both(program.row_upper),
        row_keys=(*program.row_keys, *(f"{key}'" for key in program.row_keys)),
        component=np.repeat([0, 1], columns),
        row_component=np.repeat([0, 1], rows),
        marked=frozenset({1}),
        tiers=tuple(TierCosts(tier.name, both(tier.cost)) for tier in program.tiers),
        tiebreak=None,
    )


def test_a_part_tells_nothing_of_the_whole() -> None:
    """The tiers of some components are not those of all: nothing is told before the last of them."""
    told = 0
    for seed in range(FEW):
        program = twice(draw_program(seed))
        try:
            whole = {tier.name: tier.value for tier in reference.solve(program).tiers}
        except pb.InfeasibleRound:
            continue

        def work(cancel: After, program: LinearProgram = program) -> Limits:
            limits = Limits(cancel=cancel)
            with contextlib.suppress(pb.Stopped):
                reference.solve(program, limits)
            return limits

        for times in moments(work, 12):
            proved = work(After(times)).proved
            assert proved.items() <= whole.items()
            told += len(proved)
    assert told


# -- Ctrl-C ---------------------------------------------------------------------------------------------


def pressing(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Press Ctrl-C when HiGHS looks for the first time; return the list in which its looks are counted."""
    looks: list[int] = []
    real = interrupt.watching

    def watching(*given: Any) -> tuple[Callable[..., None], list[Any]]:
        call, kinds = real(*given)

        def watch(*event: Any) -> None:
            looks.append(1)
            if len(looks) == 1:
                os.kill(os.getpid(), signal.SIGINT)
            call(*event)

        return watch, kinds

    monkeypatch.setattr(interrupt, "watching", watching)
    return looks


@pytest.mark.parametrize("marked", [False, True])
def test_ctrl_c_reaches_highs_at_once_and_goes_on_as_ever(
    marked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = draw_program(1)
    if marked:
        program = replace(program, marked=frozenset(program.component.tolist()))
    before, looks = signal.getsignal(signal.SIGINT), pressing(monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        reference.solve(program)
    assert 1 <= len(looks) <= 3
    assert signal.getsignal(signal.SIGINT) is before


def test_a_listener_that_only_takes_note_does_not_end_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    program, heard = draw_program(1), list[int]()
    expected = reference.solve(program)
    before = signal.signal(signal.SIGINT, lambda number, _frame: heard.append(number))
    try:
        pressing(monkeypatch)
        found = reference.solve(program)
    finally:
        signal.signal(signal.SIGINT, before)
    assert heard == [signal.SIGINT]
    assert found.x.tolist() == expected.x.tolist()


def test_where_nobody_listens_to_ctrl_c_nothing_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        pressing(monkeypatch)
        reference.solve(draw_program(1))
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_cancel_is_seen_while_highs_runs_in_any_thread() -> None:
    program, found = draw_program(1), list[object]()

    def work() -> None:
        try:
            reference.solve(program, Limits(cancel=After(3)))
        except BaseException as error:  # noqa: BLE001 — looked at below
            found.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert [type(error) for error in found] == [pb.Stopped]
    assert "Cancelled" in str(found[0])


# -- saving ---------------------------------------------------------------------------------------------

STEPS = [
    (storage, "to_json"),
    (pb.Portfolio, "save"),
    (pb.Proposal, "to_excel"),
    (storage, "_seal"),
    (Path, "rename"),
    (shutil, "rmtree"),
]


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize(("place", "name"), STEPS, ids=[name for _, name in STEPS])
@pytest.mark.parametrize("call", [1, 2])
def test_ctrl_c_while_saving(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: Any, name: str, call: int, there: bool
) -> None:
    """The folder is the old one or the new one, whole, and nothing lies beside it."""
    target, found = tmp_path / "đợt 2", sample().propose()
    other = sample().with_policy(notes="khác").propose()
    if there:
        other.save(target)
    real, calls = getattr(place, name), [0]

    def pressed(*given: Any, **more: Any) -> Any:
        calls[0] += 1
        if calls[0] == call:
            os.kill(os.getpid(), signal.SIGINT)
        return real(*given, **more)

    monkeypatch.setattr(place, name, pressed)
    try:
        found.save(target)
        assert calls[0] < call
    except KeyboardInterrupt:
        assert calls[0] >= call
    monkeypatch.undo()
    assert list(tmp_path.iterdir()) in ([], [target])
    if there or target.exists():
        assert check_manifest(target) == []
        assert pb.load_proposal(target).hash in {found.hash, other.hash if there else found.hash}


def test_saving_needs_no_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "không có"))
    sample().propose().save(tmp_path / "case")
    assert check_manifest(tmp_path / "case") == []


def test_a_failure_between_the_two_moves_puts_the_old_folder_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, found = tmp_path / "case", sample().propose()
    found.save(target)
    real = Path.rename

    def fails(self: Path, other: Path) -> Path:
        if self.name == "new":
            raise SystemExit
        return real(self, other)

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(SystemExit):
        found.save(target)
    assert list(tmp_path.iterdir()) == [target]
    assert check_manifest(target) == []
