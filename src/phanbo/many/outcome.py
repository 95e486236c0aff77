"""What came of a task, and the worker that finds out."""

from __future__ import annotations

import io
import json
import pickle
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from phanbo.errors import PhanboError, Stopped
from phanbo.many.keeping import fingerprint, keep, keep_failure, kept
from phanbo.many.parcels import Parcel, Unit
from phanbo.many.task import Task
from phanbo.proposal import Proposal
from phanbo.proposal.storage import load_proposal
from phanbo.rulebook import Rulebook
from phanbo.solver.solution import Cancel

__all__ = ["FIGURES", "Outcome", "failure_of", "lost", "work"]

FIGURES = (
    "lines",
    "cut_lines",
    "raised_lines",
    "cut",
    "added",
    "returned",
    "unplaced",
    "expected",
    "expected_after",
    "unchecked",
)
"""Totals of a proposal that the summary of a run shows; ``unchecked`` counts rules that miss a column."""

OWN = ("portfolio", "calendar", "policy")
"""Parts of a proposal that whoever sent the task has already: they do not travel back."""


WORKER_LOST = {
    "message_vi": "Tiến trình làm việc này đã chết, hai lần: hết bộ nhớ, bị dừng, hoặc mã của dự báo hay quy định riêng.",
    "message_en": "The process at work on it died, twice: out of memory, killed, or by a forecaster or rule of one's own.",
}


@dataclass(eq=False)
class Outcome:
    """What came of one task.

    Attributes
    ----------
    task : Task or None
        None after a journey between processes.
    figures : mapping of str to int
        `FIGURES`; empty where it failed.
    failure : mapping or None
    mark : str
        Fingerprint of the inputs, ``""`` where they have none.
    hash : str
        Of the proposal, where it was needed already.
    result : Proposal, bytes or None
        None where it lies in the folder.
    resumed, stopped : bool
        Read back from an earlier run; given up because the run was cancelled.
    """

    name: str
    task: Task | None
    figures: dict[str, int] = field(default_factory=dict)
    failure: dict[str, Any] | None = None
    mark: str = ""
    hash: str = ""
    result: Proposal | bytes | None = None
    resumed: bool = False
    stopped: bool = False

    def __getstate__(self) -> dict[str, Any]:
        result = self.result
        if isinstance(result, Proposal) and self.task is not None:
            result = _packed(result, self.task)
        return {**self.__dict__, "task": None, "result": result}

    def proposal(self, task: Task, folder: Path | None) -> Proposal:
        """Return the proposal: from here, or from its case folder."""
        if isinstance(self.result, Proposal):
            return self.result
        if self.result is not None:
            return _unpacked(self.result, task)
        if folder is None:
            raise AssertionError("a result that is nowhere")
        rulebook = task.rulebook if isinstance(task.rulebook, Rulebook) else None
        return load_proposal(folder / self.name, rulebook=rulebook)


def work(parcel: Parcel, folder: Path | None, cancel: Cancel | None) -> list[Outcome]:
    """Do the tasks of a parcel and return what came of each; only what is no `Exception` gets out."""
    done: dict[str, Outcome] = {}
    for unit in parcel:
        for task in unit:
            done[task.name] = _outcome(task, folder, cancel, done)
    return list(done.values())


def _outcome(task: Task, folder: Path | None, cancel: Cancel | None, done: dict[str, Outcome]) -> Outcome:
    found = Outcome(task.name, task)
    try:
        before, earlier = _before(task, done), None
        if folder is not None:
            found.mark = fingerprint(task, before.mark if before else "")
            record = kept(folder, task.name, found.mark)
            if record is not None:
                found.figures, found.hash, found.resumed = record["figures"], record["hash"], True
                return found
        if before and isinstance(task.portfolio, Task):
            earlier = before.proposal(task.portfolio, folder)
        proposal = task.propose(before=earlier, cancel=cancel)
        found.figures = _figures(proposal)
        if folder is None:
            found.result = proposal
        else:
            found.hash = proposal.hash
            record = {"mark": found.mark, "hash": found.hash, "figures": found.figures}
            keep(folder, task.name, proposal, record)
    except Exception as error:  # noqa: BLE001 — whatever it is: it is told, and the other tasks go on
        found.stopped = isinstance(error, Stopped) and cancel is not None and cancel.is_set()
        found.figures, found.failure, found.result = {}, failure_of(error), None
        if folder is not None and not found.stopped:
            keep_failure(folder, task.name, found.failure)
    return found


def _figures(proposal: Proposal) -> dict[str, int]:
    counted = {"unchecked": len({gap["rule"] for gap in proposal.summary["unchecked"]})}
    return {name: int({**proposal.summary, **counted}[name]) for name in FIGURES}


def _before(task: Task, done: dict[str, Outcome]) -> Outcome | None:
    """Return what came of the task this one follows; raise where that failed."""
    if not isinstance(task.portfolio, Task):
        return None
    before = done[task.portfolio.name]
    if before.failure is None:
        return before
    raise (Stopped if before.stopped else PhanboError)(
        f"Việc “{before.name}” mà “{task.name}” nối tiếp không hoàn thành.",
        f"{before.name!r}, which {task.name!r} follows, was not done.",
        {"after": before.name},
    )


def failure_of(error: BaseException) -> dict[str, Any]:
    """Return an error as plain values: a `PhanboError` in its own words, any other with its type and text."""
    if isinstance(error, PhanboError):
        plain: dict[str, Any] = json.loads(json.dumps(error.to_dict(), default=str))
        return plain
    kind, text = type(error).__name__, str(error)
    return {
        "code": "unexpected",
        "message_vi": f"Lỗi ngoài dự kiến {kind}: {text}",
        "message_en": f"Unexpected {kind}: {text}",
        "data": {"type": kind, "text": text},
    }


def lost(unit: Unit, folder: Path | None, error: BaseException | None) -> list[Outcome]:
    """Return the outcomes of tasks that could not be sent or brought back; without an error: their worker died."""
    if error is None:
        plain: dict[str, Any] = {"code": "worker-lost", "data": {}, **WORKER_LOST}
    else:
        plain = failure_of(error)
    if folder is not None:
        for task in unit:
            keep_failure(folder, task.name, plain)
    return [Outcome(task.name, task, failure=plain) for task in unit]


class _Packer(pickle.Pickler):
    """Leaves out what the receiver has."""

    def __init__(self, file: io.BytesIO, task: Task) -> None:
        super().__init__(file, protocol=5)
        self.own = {id(part): name for name in OWN if not isinstance(part := getattr(task, name), str | None)}

    def persistent_id(self, obj: object) -> str | None:
        return self.own.get(id(obj))


class _Unpacker(pickle.Unpickler):
    """Puts it in again."""

    def __init__(self, file: io.BytesIO, task: Task) -> None:
        super().__init__(file)
        self.task = task

    def persistent_load(self, pid: str) -> object:
        return getattr(self.task, pid)


def _packed(proposal: Proposal, task: Task) -> bytes:
    file = io.BytesIO()
    _Packer(file, task).dump(proposal)
    return file.getvalue()


def _unpacked(content: bytes, task: Task) -> Proposal:
    proposal = _Unpacker(io.BytesIO(content), task).load()
    if not isinstance(proposal, Proposal):
        raise TypeError(type(proposal).__name__)
    return proposal
