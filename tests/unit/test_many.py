"""Many tasks: the same bytes whoever does them, nothing lost whoever dies, nothing done twice."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
import threading
import time
import unicodedata
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

import phanbo as pb
from hands import Marking, history, task, tasks, texts
from phanbo.many.keeping import fingerprint
from phanbo.many.parcels import FULL, parcels_of, units_of
from phanbo.proposal.storage import check_manifest
from phanbo.replay import replay
from rounds import AS_OF, CALENDAR, RULEBOOK, TY, inflow, lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Found = TypeVar("Found")


@pytest.fixture(scope="module")
def alone() -> pb.Batch:
    """The tasks done one after the other, here."""
    return pb.propose_many(tasks(), workers=1)


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    """Two processes of one's own."""
    with ProcessPoolExecutor(2, get_context("spawn")) as executor:
        yield executor


def marked(folder: Path, act: str = "", times: int = 10**9, label: str = "x") -> pb.Policy:
    return pb.Policy(forecaster=Marking(str(folder), label, act, times))


def runs(folder: Path) -> list[str]:
    """Return the labels of the forecasts that ran, and forget them."""
    found = sorted(path.name.split("-")[0] for path in folder.iterdir())
    for path in folder.iterdir():
        path.unlink()
    return found


# -- whoever does it ------------------------------------------------------------------------------------


def test_each_is_what_propose_returns(alone: pb.Batch) -> None:
    assert list(alone.proposals) == [f"Tỉnh {k}" for k in range(5)]
    for one in tasks():
        assert isinstance(one.portfolio, pb.Portfolio)
        made = pb.propose(one.portfolio, calendar=CALENDAR, round=2, as_of=AS_OF)
        assert alone.proposals[one.name].to_json() == made.to_json()
        assert made.summary["cut_lines"] > 0


def test_two_processes_give_the_same_bytes(alone: pb.Batch) -> None:
    batch = pb.propose_many(tasks(), workers=2)
    assert texts(batch) == texts(alone)
    assert batch.summary.equals(alone.summary)
    for made in batch.proposals.values():  # whole: not only what is shown
        assert made.verify().ok
        assert made.apply() == alone.proposals[made_name(batch, made)].apply()


def made_name(batch: pb.Batch, made: pb.Proposal) -> str:
    return next(name for name, other in batch.proposals.items() if other.hash == made.hash)


@pytest.mark.parametrize("workers", [None, 1, 3])
def test_threads_give_the_same_bytes(alone: pb.Batch, workers: int | None) -> None:
    with ThreadPoolExecutor(3) as executor:
        assert texts(pb.propose_many(tasks(), executor=executor, workers=workers)) == texts(alone)
        assert executor.submit(int).result() == 0  # it is not ours to close


def test_a_given_pool_is_used_and_left_open(alone: pb.Batch, pool: ProcessPoolExecutor) -> None:
    assert texts(pb.propose_many(tasks(), executor=pool)) == texts(alone)
    assert pool.submit(int).result() == 0


def test_what_the_caller_has_does_not_travel_back(pool: ProcessPoolExecutor) -> None:
    one = task("một", policy=pb.Policy(notes="x"), rulebook=RULEBOOK)
    made = pb.propose_many([one], executor=pool).proposals["một"]
    assert made.case is not None
    assert made.case.portfolio is one.portfolio
    assert made.case.assessment.portfolio is one.portfolio
    assert made.case.policy is one.policy
    assert made.rulebook is not None
    assert made.rulebook.text == RULEBOOK.text


def test_an_earlier_assessment_and_outlook_travel(tmp_path: Path, pool: ProcessPoolExecutor) -> None:
    made = task("một").propose()
    what_if = task("nếu", made.apply(), assessment=made.assessment, outlook=made.outlook)
    batch = pb.propose_many([what_if], executor=pool, folder=tmp_path)
    assert batch.proposals["nếu"].to_json() == what_if.propose().to_json()
    assert batch.proposals["nếu"].meta["assessed"] is not None
    assert pb.propose_many([what_if], workers=1, folder=tmp_path).resumed == ("nếu",)
    fresh = task("nếu", made.apply(), outlook=made.outlook)
    assert pb.propose_many([fresh], workers=1, folder=tmp_path).resumed == ()


def test_a_batch_can_be_sent_on(alone: pb.Batch) -> None:
    again = pickle.loads(pickle.dumps(alone))  # noqa: S301 — our own
    assert texts(again) == texts(alone)
    assert again.summary.equals(alone.summary)


def test_the_order_is_that_of_the_tasks(tmp_path: Path, pool: ProcessPoolExecutor) -> None:
    slow = task("chậm", policy=marked(tmp_path, "sleep"))
    batch = pb.propose_many([slow, *tasks(2)], executor=pool, workers=2)
    assert list(batch.proposals) == list(batch.summary["name"]) == ["chậm", "Tỉnh 0", "Tỉnh 1"]


def test_a_proposal_is_loaded_once_while_it_is_held(tmp_path: Path) -> None:
    batch = pb.propose_many(tasks(1), workers=1, folder=tmp_path)
    made = batch.proposals["Tỉnh 0"]
    assert batch.proposals["Tỉnh 0"] is made
    with pytest.raises(KeyError):
        batch.proposals["Tỉnh 9"]


def test_no_tasks() -> None:
    batch = pb.propose_many([])
    assert (len(batch), len(batch.proposals), len(batch.summary)) == (0, 0, 0)
    batch.raise_failures()


def test_tables_are_read_where_the_work_is_done(tmp_path: Path) -> None:
    tables = pb.Portfolio(lines(), history=history(("L0", AS_OF, 9 * TY), ("L0", "2024-08-31", 2 * TY)))
    tables.save(tmp_path / "bảng")
    batch = pb.propose_many(
        [task("a", tmp_path / "bảng"), task("b", str(tmp_path / "bảng")), task("c", tmp_path / "không")],
        workers=1,
    )
    expected = pb.propose(tables.at(AS_OF), calendar=CALENDAR, round=2, as_of=AS_OF)
    assert batch.proposals["a"].hash == batch.proposals["b"].hash == expected.hash
    assert batch.failures["c"]["data"]["type"] == "FileNotFoundError"


# -- failures -------------------------------------------------------------------------------------------


def failing(folder: Path) -> list[pb.Task]:
    return [
        task("tốt"),
        task("vô nghiệm", pb.Portfolio(lines(), sources=inflow(-(10**15)))),
        task("sai đợt", round=9),
        task("lỗi", policy=marked(folder, "raise")),
        task("hết giờ", time_limit=0.0),
        task("cũng tốt", pb.Portfolio(lines(8))),
    ]


@pytest.mark.parametrize("hands", ["here", "pool"])
def test_a_failure_ends_no_other(tmp_path: Path, pool: ProcessPoolExecutor, hands: str) -> None:
    given: dict[str, Any] = {"executor": pool} if hands == "pool" else {"workers": 1}
    batch = pb.propose_many(failing(tmp_path), **given)
    assert list(batch.proposals) == ["tốt", "cũng tốt"]
    codes = {name: plain["code"] for name, plain in batch.failures.items()}
    assert codes == {
        "vô nghiệm": "infeasible",
        "sai đợt": "round",
        "lỗi": "unexpected",
        "hết giờ": "stopped",
    }
    assert batch.failures["vô nghiệm"]["data"]["conflict"][0]["missing"] > 0
    assert batch.failures["lỗi"]["data"] == {"type": "ZeroDivisionError", "text": "no such thing"}
    assert json.dumps(batch.failures)
    summary = batch.summary.set_index("name")
    assert summary["status"].tolist() == ["done", "failed", "failed", "failed", "failed", "done"]
    assert summary.loc["lỗi", "error"] == "unexpected"
    assert summary["cut"].isna().tolist() == [False, True, True, True, True, False]
    assert summary.loc["tốt", "hash"] == batch.proposals["tốt"].hash
    with pytest.raises(pb.PhanboError, match="4/6 tasks failed") as caught:
        batch.raise_failures()
    assert "- sai đợt: Calendar lang-son-2024 has no round 9" in caught.value.message("en")
    assert "4/6 việc không thành" in caught.value.message("vi")
    assert caught.value.data["failures"] == batch.failures


def test_what_cannot_be_sent_is_named(pool: ProcessPoolExecutor) -> None:
    class Local(Marking):
        """A class that no other process can import."""

    strange = task("lạ", policy=pb.Policy(forecaster=Local("", "")))
    given = [strange, *tasks(12)]
    assert len(parcels_of(units_of(given), 1)) < 7  # it travels with others
    batch = pb.propose_many(given, executor=pool, workers=1)
    assert list(batch.failures) == ["lạ"]
    assert len(batch.proposals) == 12
    here = pb.propose_many([task("lạ", policy=pb.Policy(forecaster=Local("/tmp", "no")))], workers=1)  # noqa: S108
    here.raise_failures()


def test_a_worker_that_dies_once_loses_nothing(tmp_path: Path, alone: pb.Batch) -> None:
    deadly = task("chết", policy=marked(tmp_path, "exit", times=1))
    batch = pb.propose_many([*tasks(2), deadly, *tasks(5)[2:]], workers=2)
    batch.raise_failures()
    assert len(runs(tmp_path)) == 2
    assert {name: text for name, text in texts(batch).items() if name != "chết"} == texts(alone)


def test_the_task_that_kills_is_named_and_the_others_are_done(tmp_path: Path, alone: pb.Batch) -> None:
    deadly = task("chết", policy=marked(tmp_path, "die"))
    batch = pb.propose_many([deadly, *tasks()], workers=2, folder=tmp_path / "out")
    assert {name: plain["code"] for name, plain in batch.failures.items()} == {"chết": "worker-lost"}
    assert texts(batch) == texts(alone)
    assert len(list(tmp_path.glob("x-*"))) == 2


def test_a_given_pool_that_breaks_is_replaced(tmp_path: Path, alone: pb.Batch) -> None:
    deadly = task("chết", policy=marked(tmp_path, "die", times=1))
    with ProcessPoolExecutor(1, get_context("spawn")) as executor:
        batch = pb.propose_many([deadly, *tasks()], executor=executor)
    batch.raise_failures()
    assert {name: text for name, text in texts(batch).items() if name != "chết"} == texts(alone)


# -- a folder -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of three finished tasks, and the marks of their runs."""
    place = tmp_path_factory.mktemp("folder")
    (place / "marks").mkdir()
    pb.propose_many(tasks(3, place / "marks"), workers=1, folder=place / "out").raise_failures()
    assert runs(place / "marks") == ["0", "1", "2"]
    return place


@pytest.fixture
def place(filled: Path, tmp_path: Path) -> Path:
    """A copy of it; the marks are of the same folder, as they are part of the forecaster."""
    shutil.copytree(filled / "out", tmp_path / "out")
    return tmp_path / "out"


def again(filled: Path, place: Path, change: dict[int, dict[str, Any]] | None = None) -> list[str]:
    """Run once more, some tasks changed; return which were made again."""
    given = [replace(one, **(change or {}).get(k, {})) for k, one in enumerate(tasks(3, filled / "marks"))]
    batch = pb.propose_many(given, workers=1, folder=place)
    batch.raise_failures()
    made = runs(filled / "marks")
    assert set(batch.resumed) == {f"Tỉnh {k}" for k in range(3)} - {f"Tỉnh {k}" for k in made}
    fresh = pb.propose_many(given, workers=1)
    runs(filled / "marks")
    assert texts(batch) == texts(fresh)
    assert batch.summary.equals(fresh.summary)
    return made


def test_every_case_folder_is_whole(place: Path) -> None:
    for k in range(3):
        assert check_manifest(place / f"Tỉnh {k}") == []
    assert sorted(path.name for path in place.iterdir()) == [".phanbo", "Tỉnh 0", "Tỉnh 1", "Tỉnh 2"]


def test_a_case_folder_can_be_replayed(tmp_path: Path) -> None:
    pb.propose_many(tasks(1), workers=1, folder=tmp_path)
    assert replay(tmp_path / "Tỉnh 0") == []
    assert pb.load_proposal(tmp_path / "Tỉnh 0").verify().ok


def test_nothing_is_done_twice(filled: Path, place: Path) -> None:
    assert again(filled, place) == []


def test_other_processes_know_what_was_done_here(
    filled: Path, place: Path, pool: ProcessPoolExecutor
) -> None:
    batch = pb.propose_many(tasks(3, filled / "marks"), executor=pool, folder=place)
    assert len(batch.resumed) == 3
    assert runs(filled / "marks") == []


def test_what_is_gone_is_made_again(filled: Path, place: Path) -> None:
    shutil.rmtree(place / "Tỉnh 1")
    assert again(filled, place) == ["1"]
    assert again(filled, place) == []


def test_what_is_damaged_is_made_again(filled: Path, place: Path) -> None:
    path = place / "Tỉnh 2" / "proposal.json"
    path.write_bytes(path.read_bytes()[:-100])
    assert again(filled, place) == ["2"]


def test_a_case_folder_that_was_exchanged_is_made_again(filled: Path, place: Path) -> None:
    shutil.rmtree(place / "Tỉnh 1")
    shutil.copytree(place / "Tỉnh 2", place / "Tỉnh 1")  # whole, with its manifest, but another's
    assert again(filled, place) == ["1"]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"mark": 3}'])
def test_a_damaged_record_counts_for_nothing(filled: Path, place: Path, text: str) -> None:
    (place / ".phanbo" / "Tỉnh 0.json").write_text(text, encoding="utf-8")
    assert again(filled, place) == ["0"]


@pytest.mark.parametrize(
    "change",
    [
        {"portfolio": pb.Portfolio(lines(7))},
        {"as_of": "2024-09-16"},
        {"round": pb.Round("2024-10-01", "2024-09-30")},  # type: ignore[arg-type]
        {"rulebook": RULEBOOK.without_rule("owner-import")},
        {"calendar": replace(CALENDAR, text=CALENDAR.text + "\n# khác\n")},
    ],
    ids=lambda change: next(iter(change)),
)
def test_other_inputs_are_made_again(filled: Path, place: Path, change: dict[str, Any]) -> None:
    assert again(filled, place, {1: change}) == ["1"]


@pytest.mark.parametrize(
    "change", [{"notes": "khác"}, {"forecaster": {"times": 3}}], ids=lambda c: next(iter(c))
)
def test_another_policy_is_made_again(filled: Path, place: Path, change: dict[str, Any]) -> None:
    mine = tasks(3, filled / "marks")[1].policy
    assert mine is not None
    if "forecaster" in change:  # same name, another value
        change = {"forecaster": replace(mine.forecaster, **change["forecaster"])}
    assert again(filled, place, {1: {"policy": replace(mine, **change)}}) == ["1"]


def test_another_calendar_or_rulebook_behind_the_same_text_is_made_again() -> None:
    usual: dict[str, Any] = {
        "calendar": pb.load_calendar("lang-son-2024"),
        "rulebook": pb.load_rulebook("vn-2020"),
    }
    changed: list[dict[str, Any]] = [
        {"calendar": replace(usual["calendar"], milestones=())},
        {"calendar": replace(usual["calendar"], curve=usual["calendar"].curve[:-1])},
        {"rulebook": replace(usual["rulebook"], classes=usual["rulebook"].classes[:1])},
        {"rulebook": replace(usual["rulebook"], closing=(2, 28))},
    ]
    marks = [fingerprint(replace(task("một"), **(usual | change)), "") for change in [{}, *changed]]
    assert len(set(marks)) == len(marks)
    assert fingerprint(replace(task("một"), **usual), "") == fingerprint(task("một"), "")


def test_it_does_not_matter_which_equal_texts_are_one_object() -> None:
    text, equal = "a1", f"a{len('x')}"
    assert text is not equal
    same, apart = Marking(text, text), Marking(text, equal)
    marks = {fingerprint(task("một", policy=pb.Policy(forecaster=each)), "") for each in (same, apart)}
    assert len(marks) == 1
    assert "" not in marks


def test_what_cannot_be_told_apart_is_made_again(tmp_path: Path) -> None:
    class Local(Marking):
        """A class that cannot be written down."""

    one = task("một", policy=pb.Policy(forecaster=Local(str(tmp_path), "x")))
    assert fingerprint(one, "") == ""
    for _ in range(2):
        batch = pb.propose_many([one], workers=1, folder=tmp_path / "out")
        batch.raise_failures()
        assert batch.resumed == ()


def test_another_version_is_made_again(filled: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("phanbo.many.keeping._version_of", lambda _: "9.9")
    pb.propose_many(tasks(3, filled / "marks"), workers=1, folder=place)
    assert runs(filled / "marks") == ["0", "1", "2"]


def test_a_changed_workbook_is_made_again(tmp_path: Path) -> None:
    pb.Portfolio(lines()).save(tmp_path / "bảng")
    given: dict[str, Any] = {"workers": 1, "folder": tmp_path / "out"}
    one = task("một", tmp_path / "bảng")
    assert pb.propose_many([one], **given).resumed == ()
    assert pb.propose_many([one], **given).resumed == ("một",)
    pb.Portfolio(lines(8)).save(tmp_path / "bảng")
    batch = pb.propose_many([one], **given)
    assert batch.resumed == ()
    assert batch.summary["lines"].tolist() == [8]


def test_a_failure_is_written_down_and_tried_again(tmp_path: Path) -> None:
    (tmp_path / "marks").mkdir()
    out = tmp_path / "out"
    one = task("một", policy=marked(tmp_path / "marks", "raise", times=1))
    assert list(pb.propose_many([one], workers=1, folder=out).failures) == ["một"]
    record = json.loads((out / ".phanbo" / "một.json").read_text(encoding="utf-8"))
    assert record["failure"]["data"]["type"] == "ZeroDivisionError"
    pb.propose_many([one], workers=1, folder=out).raise_failures()
    assert (out / "một" / "proposal.json").is_file()


def test_a_failure_removes_the_case_that_is_no_longer_true(tmp_path: Path) -> None:
    pb.propose_many([task("một")], workers=1, folder=tmp_path)
    assert (tmp_path / "một").is_dir()
    assert pb.propose_many([task("một", round=9)], workers=1, folder=tmp_path).failures
    assert not (tmp_path / "một").exists()


def test_what_is_not_ours_is_never_removed(tmp_path: Path) -> None:
    (tmp_path / "một").mkdir()
    (tmp_path / "một" / "thư.txt").write_text("x", encoding="utf-8")
    pb.propose_many([task("hai")], workers=1).proposals["hai"].save(tmp_path / "hai")
    batch = pb.propose_many([task("một"), task("hai", round=9)], workers=1, folder=tmp_path)
    assert batch.failures["một"]["data"]["type"] == "FileExistsError"
    assert (tmp_path / "một" / "thư.txt").is_file()
    assert check_manifest(tmp_path / "hai") == []  # saved by hand, not by a run


def test_what_is_half_written_is_ignored_and_cleared(tmp_path: Path) -> None:
    half = tmp_path / ".một-abcd_123" / "new"
    half.mkdir(parents=True)
    (half / "proposal.json").write_text("{", encoding="utf-8")
    (tmp_path / ".khác-abcd_123").mkdir()
    batch = pb.propose_many([task("một")], workers=1, folder=tmp_path)
    assert batch.resumed == ()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".khác-abcd_123", ".phanbo", "một"]


# -- chains ---------------------------------------------------------------------------------------------


def chain(act: str = "", folder: Path | None = None) -> list[pb.Task]:
    policy = None if folder is None else marked(folder, act, label="first")
    second = None if folder is None else marked(folder, label="second")
    tables = pb.Portfolio(
        lines(), history=history(*[(f"L{i}", "2024-10-31", (10 if i % 2 else 3) * TY) for i in range(6)])
    )
    first = task("đợt 2", tables, policy=policy)
    return [first, task("đợt 3", first, round=3, as_of="2024-10-31", policy=second), task("khác")]


def test_a_round_follows_on_the_one_before(pool: ProcessPoolExecutor) -> None:
    first, *_ = chain()
    assert isinstance(first.portfolio, pb.Portfolio)
    one = pb.propose(first.portfolio, calendar=CALENDAR, round=2, as_of=AS_OF)
    two = pb.propose(one.apply().at("2024-10-31"), calendar=CALENDAR, round=3, as_of="2024-10-31")
    assert one.summary["cut"] > 0
    hands: tuple[dict[str, Any], ...] = ({"workers": 1}, {"executor": pool, "workers": 2})
    for given in hands:
        batch = pb.propose_many(chain(), **given)
        assert batch.proposals["đợt 3"].to_json() == two.to_json()
        assert list(batch.proposals) == ["đợt 2", "đợt 3", "khác"]
    assert chain()[1].propose().to_json() == two.to_json()


def test_what_follows_a_failure_fails(tmp_path: Path) -> None:
    batch = pb.propose_many(chain("raise", tmp_path), workers=1)
    assert list(batch.proposals) == ["khác"]
    assert batch.failures["đợt 3"]["data"] == {"after": "đợt 2"}


def test_a_chain_is_resumed_where_it_ended(tmp_path: Path) -> None:
    (tmp_path / "marks").mkdir()
    given: dict[str, Any] = {"workers": 1, "folder": tmp_path / "out"}
    whole = pb.propose_many(chain("", tmp_path / "marks"), **given)
    kept = texts(whole)
    assert runs(tmp_path / "marks") == ["first", "second"]
    shutil.rmtree(tmp_path / "out" / "đợt 3")
    batch = pb.propose_many(chain("", tmp_path / "marks"), **given)
    assert runs(tmp_path / "marks") == ["second"]
    assert texts(batch) == kept
    first, second, other = chain("", tmp_path / "marks")
    changed = replace(first, as_of="2024-09-16")
    pb.propose_many([changed, replace(second, portfolio=changed), other], **given)
    assert runs(tmp_path / "marks") == ["first", "second"]  # what follows a changed round is made again


# -- stopping -------------------------------------------------------------------------------------------


def test_progress_is_told_in_tasks(monkeypatch: pytest.MonkeyPatch, pool: ProcessPoolExecutor) -> None:
    told: list[tuple[str, int, int]] = []
    pb.propose_many(tasks(), executor=pool, progress=lambda *what: told.append(what))
    assert told[-1] == ("propose", 5, 5)
    assert {stage for stage, _, _ in told} == {"propose"}
    monkeypatch.setattr("phanbo.many.tally.BETWEEN_REPORTS", 0)
    told.clear()
    pb.propose_many(tasks(), workers=1, progress=lambda *what: told.append(what))
    assert told == [("propose", k, 5) for k in range(1, 6)]


@pytest.mark.parametrize("hands", ["here", "threads", "processes", "pool"])
def test_a_cancel_keeps_what_is_finished(tmp_path: Path, pool: ProcessPoolExecutor, hands: str) -> None:
    stop = threading.Event()
    (tmp_path / "marks").mkdir()
    out = tmp_path / "out"
    slow = [task(f"chậm {k}", policy=marked(tmp_path / "marks", "sleep", label=str(k))) for k in range(12)]
    with ThreadPoolExecutor(1) as threads:
        ways: dict[str, dict[str, Any]] = {
            "here": {"workers": 1},
            "threads": {"executor": threads},
            "processes": {"workers": 2},
            "pool": {"executor": pool, "workers": 1},
        }
        with pytest.raises(pb.Stopped, match=r"of 13 tasks were done") as caught:
            pb.propose_many(
                [task("nhanh"), *slow], folder=out, cancel=stop, progress=lambda *_: stop.set(), **ways[hands]
            )
    assert "nhanh" in caught.value.data["done"]
    assert len(caught.value.data["done"]) < 13
    assert check_manifest(out / "nhanh") == []
    assert len(runs(tmp_path / "marks")) < 12
    batch = pb.propose_many([task("nhanh")], workers=1, folder=out)
    assert batch.resumed == ("nhanh",)


@pytest.mark.parametrize("looks", range(1, 20, 2))
def test_a_task_that_was_given_up_is_neither_done_nor_failed(tmp_path: Path, looks: int) -> None:
    cancel = Later(looks)
    try:
        done = list(pb.propose_many(tasks(3), workers=1, folder=tmp_path, cancel=cancel).proposals)
        assert len(done) == 3
    except pb.Stopped as stopped:
        done = stopped.data["done"]
        assert len(done) < 3
    written = sorted(path.stem for path in (tmp_path / ".phanbo").glob("*"))
    assert written == sorted(done) == sorted(path.name for path in tmp_path.glob("T*"))


class Later:
    """A cancel that comes when it has been looked at so many times."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    def is_set(self) -> bool:
        self.looks -= 1
        return self.looks < 0


def test_cancelled_before_it_began() -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(pb.Stopped, match="0 of 2"):
        pb.propose_many(tasks(2), workers=1, cancel=stop)


ENDLESS = """
import sys
import phanbo as pb
from hands import Marking, task
if __name__ == "__main__":
    slow = [task(f"{k}", policy=pb.Policy(forecaster=Marking(sys.argv[1], f"{k}", "sleep"))) for k in range(500)]
    pb.propose_many(slow, workers=2)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_nobody_outlives_an_interrupted_run(tmp_path: Path, sent: signal.Signals) -> None:
    script, marks = tmp_path / "endless.py", tmp_path / "marks"
    script.write_text(ENDLESS, encoding="utf-8")
    marks.mkdir()
    here = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(  # noqa: S603
        [sys.executable, script, marks], env=here, stderr=subprocess.PIPE, start_new_session=True
    ) as run:
        workers = _until(lambda: _pair({int(path.name.split("-")[2]) for path in marks.iterdir()}))
        if sent == signal.SIGINT:
            os.killpg(run.pid, sent)  # Ctrl-C is heard by all
        else:
            run.send_signal(sent)
        said = run.communicate(timeout=30)[1].decode()
    assert run.returncode != 0
    assert run.pid not in workers
    assert _until(lambda: not any(_lives(pid) for pid in workers))
    assert said.count("Traceback") == (sent == signal.SIGINT)  # the parent's own; the workers say nothing


def _pair(found: set[int]) -> set[int]:
    """Return two workers, once both are at work."""
    return found if len(found) == 2 else set()


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _until(true: Callable[[], Found]) -> Found:
    """Return what a function says, as soon as that is something."""
    for _ in range(600):
        if found := true():
            return found
        time.sleep(0.05)
    raise AssertionError("it never was")


def test_a_script_without_its_guard_is_told(tmp_path: Path) -> None:
    script = tmp_path / "bare.py"
    script.write_text(ENDLESS.replace('if __name__ == "__main__":', "if True:"), encoding="utf-8")
    here = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run(  # noqa: S603
        [sys.executable, script, tmp_path], env=here, capture_output=True, text=True, check=False, timeout=60
    )
    assert run.returncode != 0
    assert "PhanboError: No worker process could be started" in run.stderr


# -- what is refused ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["", " a", "a ", "a.", ".a", "..", "a/b", "a\\b", "a:b", "a\nb", "CON", "nul.txt", "đ" * 80, 3]
)
def test_names_that_are_no_folders(name: Any) -> None:
    with pytest.raises(pb.PolicyError, match="name of a folder") as caught:
        task(name)
    assert "tên thư mục" in caught.value.message("vi")


@pytest.mark.parametrize("name", ["Lạng Sơn", "d=0.5, r=0.8", "đợt 2 (thử)", "a.b", "connect"])
def test_names_that_are(name: str) -> None:
    assert task(name).name == name
    assert task(unicodedata.normalize("NFD", name)).name == name


def test_what_is_no_work() -> None:
    first, second, _ = chain()
    cases: list[tuple[list[Any], dict[str, Any], str]] = [
        ([task("Một"), task("một")], {}, "Two tasks are named"),
        ([second], {}, "does not stand before it"),
        ([second, first], {}, "does not stand before it"),
        (["một"], {}, "str is no"),
        ([], {"workers": 0}, "at least 1"),
        ([], {"workers": 1.5}, "at least 1"),
        ([], {"executor": "dask"}, "not str"),
    ]
    for given, how, text in cases:
        with pytest.raises(pb.PolicyError, match=text):
            pb.propose_many(given, **how)
    with pytest.raises(pb.PolicyError, match="not DataFrame"):
        task("một", lines())


def test_small_tasks_travel_together(tmp_path: Path) -> None:
    tables = pb.Portfolio(lines())
    small = units_of([task(f"{k}", tables) for k in range(1000)])
    sizes = [len(parcel) for parcel in parcels_of(small, 2)]
    assert sum(sizes) == 1000
    assert max(sizes) == FULL // 50
    assert len(parcels_of(small[:8], 2)) == 8  # nobody waits while another has two
    files = units_of([task(f"{k}", tmp_path) for k in range(100)])
    assert len(parcels_of(files, 2)) == 100
    assert [len(unit) for unit in units_of(chain())] == [2, 1]
