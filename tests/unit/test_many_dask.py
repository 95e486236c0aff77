"""Many tasks on a real Dask cluster of two worker processes on this machine."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import phanbo as pb
from hands import Marking, task, tasks, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

distributed = pytest.importorskip("distributed", reason='needs pip install "phanbo[scale]"')


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """A cluster that asks for no fixed port and says nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with (
            distributed.LocalCluster(
                n_workers=2,
                threads_per_worker=1,
                processes=True,
                dashboard_address=None,
                worker_dashboard_address=None,
                silence_logs=logging.CRITICAL,
            ) as cluster,
            distributed.Client(cluster) as client,
        ):
            yield client


def test_a_cluster_gives_the_same_bytes(client: Any) -> None:
    batch = pb.propose_many(tasks(), executor=client)
    here = pb.propose_many(tasks(), workers=1)
    assert texts(batch) == texts(here)
    assert batch.summary.equals(here.summary)


def test_a_worker_killed_in_mid_run_loses_nothing(client: Any, tmp_path: Path) -> None:
    marking = Marking(str(tmp_path), "x", "die", times=1)
    deadly = task("chết", policy=pb.Policy(forecaster=marking))
    batch = pb.propose_many([*tasks(2), deadly, *tasks(5)[2:]], executor=client)
    batch.raise_failures()
    assert marking.runs() == 2
    assert texts(batch) == texts(pb.propose_many([deadly, *tasks()], workers=1))  # by now it lives


def test_a_failure_ends_no_other(client: Any, tmp_path: Path) -> None:
    wrong = task("lỗi", policy=pb.Policy(forecaster=Marking(str(tmp_path), "x", "raise")))
    batch = pb.propose_many(
        [*tasks(2), wrong, task("sai đợt", round=9)], executor=client, folder=tmp_path / "out"
    )
    assert {name: plain["code"] for name, plain in batch.failures.items()} == {
        "lỗi": "unexpected",
        "sai đợt": "round",
    }
    assert texts(batch) == texts(pb.propose_many(tasks(2), workers=1))
    assert len(pb.propose_many(tasks(2), executor=client, folder=tmp_path / "out").resumed) == 2


def test_the_task_that_kills_every_worker_is_named(client: Any, tmp_path: Path) -> None:
    deadly = task("chết", policy=pb.Policy(forecaster=Marking(str(tmp_path), "x", "die")))
    batch = pb.propose_many([deadly, *tasks(2)], executor=client)
    assert batch.failures["chết"]["data"]["type"] == "KilledWorker"
    assert len(batch.proposals) == 2
