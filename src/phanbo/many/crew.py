"""Those who do the work, and how parcels are handed out to them: no death of a worker loses a task.

What a worker held when its pool broke is done again one task at a time, in a pool of one; the task at which that one
breaks too is the guilty one. A cluster of somebody else's replaces its workers itself, and may blame a death on what
stood beside its cause: whatever it accuses is done again with nothing beside it. Whoever does it, and in whatever order,
each result is the same.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from dataclasses import dataclass, field
from multiprocessing.context import SpawnContext
from pathlib import Path
from typing import Any

from phanbo.errors import PhanboError
from phanbo.many.outcome import Outcome, lost, work
from phanbo.many.parcels import Parcel
from phanbo.solver.solution import Cancel

__all__ = ["Crew", "processors", "spread"]

BETWEEN_LOOKS = 0.1  # seconds: how soon a cancel is seen
KILLED = "KilledWorker"
"""How Dask, which is never imported, calls a task that was at hand whenever a worker died."""
AHEAD = 2
"""Parcels a worker has at hand: one in work, one waiting."""


class Running(dict[Future[list[Outcome]], Parcel]):
    """What is handed out and not back yet."""


class _Flag:
    """A stop sign shared with child processes; without a lock, which one that is killed could keep for ever."""

    def __init__(self, context: SpawnContext) -> None:
        self._value = context.RawValue("b", 0)

    def set(self) -> None:
        self._value.value = 1

    def is_set(self) -> bool:
        return bool(self._value.value)


class _Here:
    """What a worker process was told when it began."""

    stop: Cancel | None = None


def _enlist(stop: Cancel) -> None:
    """Begin as a worker: Ctrl-C is for the parent to hear, and nobody outlives it."""
    _Here.stop = stop
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow_parent, daemon=True).start()


def _follow_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work_here(parcel: Parcel, folder: Path | None, cancel: Cancel | None) -> list[Outcome]:
    return work(parcel, folder, cancel or _Here.stop)


@dataclass(eq=False)
class Crew:
    """An executor: somebody else's, or processes of one's own, which are replaced when they break.

    Attributes
    ----------
    executor : Executor
    workers : int
    ahead : int
        Parcels a worker has at hand.
    stop : flag or None
        Tells one's own processes to give up.
    """

    workers: int
    ahead: int = AHEAD
    executor: Executor | None = None
    stop: _Flag | None = field(default=None, repr=False)

    @classmethod
    def of(cls, executor: Executor | Any | None, workers: int) -> Crew:  # noqa: ANN401 — a Dask client
        """Return the crew of an executor, of a Dask client, or of new processes."""
        if executor is None:
            return cls(workers)
        if not isinstance(executor, Executor):
            executor = executor.get_executor(pure=False)  # pure: Dask would hash every table first
        return cls(workers, executor=executor)

    def begin(self) -> None:
        """Start processes where there are none.

        Raises
        ------
        PhanboError
            When not even one can be started.
        """
        if self.executor is not None:
            return
        context = multiprocessing.get_context("spawn")
        self.stop = _Flag(context)
        self.executor = ProcessPoolExecutor(self.workers, context, _enlist, (self.stop,))
        try:
            self.executor.submit(os.getpid).result()
        except BrokenExecutor as error:
            raise PhanboError(
                "Không khởi động được tiến trình làm việc; trong tệp chương trình hãy đặt lời gọi dưới "
                '`if __name__ == "__main__":`, hoặc dùng workers=1.',
                'No worker process could be started; in a script put the call under `if __name__ == "__main__":`, '
                "or use workers=1.",
            ) from error

    def submit(self, parcel: Parcel, folder: Path | None, cancel: Cancel | None) -> Future[list[Outcome]]:
        """Hand out a parcel; only threads can be handed the caller's *cancel* too."""
        if self.executor is None:
            raise AssertionError("nobody has begun")
        told = cancel if isinstance(self.executor, ThreadPoolExecutor) else None
        return self.executor.submit(_work_here, parcel, folder, told)

    def leave(self, running: Running) -> None:
        """Give up what is running; processes of one's own end, those of others finish what they hold."""
        if self.stop is not None:
            self.stop.set()
            self.dismiss()
        else:
            wait([future for future in running if not future.cancel()])

    def dismiss(self) -> None:
        """Let processes of one's own go; what is somebody else's stays, unless it is broken."""
        if self.stop is not None and self.executor is not None:
            self.executor.shutdown(wait=True, cancel_futures=True)
        self.executor, self.stop = None, None


def spread(  # noqa: C901 — one loop: hand out, settle, mend
    parcels: Sequence[Parcel],
    crew: Crew,
    folder: Path | None,
    arrived: Callable[[list[Outcome]], None],
    check: Callable[[], None],
    cancel: Cancel | None,
) -> None:
    """Hand out parcels, a few ahead, and pass on what came of each, in the order in which they finish.

    Parameters
    ----------
    arrived : callable
        Told the outcomes of a parcel.
    check : callable
        Asked a few times a second; whatever it raises ends the work.
    cancel : object with ``is_set()``, optional
        Handed on to threads.
    """
    waiting, running = deque(parcels), Running()
    accused: list[Parcel] = []

    def settle(done: Iterable[Future[list[Outcome]]]) -> list[Parcel]:
        """Pass on what came of some parcels; return those whose worker may have died of them."""
        suspects = []
        for future in done:
            parcel, error = running.pop(future), _error_of(future)
            if error is None:
                arrived(future.result())
            elif isinstance(error, BrokenExecutor):
                suspects.append(parcel)
            elif type(error).__name__ == KILLED:
                accused.extend((unit,) for unit in parcel)
            elif len(parcel) > 1:  # one of them is at fault: each by itself
                waiting.extendleft((unit,) for unit in reversed(parcel))
            else:
                arrived(lost(parcel[0], folder, error))
        return suspects

    try:
        while waiting or running:
            crew.begin()
            broken = _hand_out(waiting, running, crew, folder, cancel)
            suspects = settle(wait(running, BETWEEN_LOOKS, FIRST_COMPLETED).done)
            check()
            if broken or suspects:
                suspects += settle(wait(running).done)  # a pool breaks as a whole: none of these goes on
                crew.dismiss()
                alone = [(unit,) for parcel in suspects for unit in parcel]
                if crew.ahead == 1 and alone:
                    arrived(lost(alone[0][0], folder, None))
                elif alone:
                    spread(alone, Crew(1, ahead=1), folder, arrived, check, cancel)
        _one_by_one(accused, running, crew, folder, arrived, check)
    finally:
        crew.leave(running)


def _one_by_one(
    accused: Sequence[Parcel],
    running: Running,
    crew: Crew,
    folder: Path | None,
    arrived: Callable[[list[Outcome]], None],
    check: Callable[[], None],
) -> None:
    """Have each task that a cluster accuses of killing its workers done with nothing beside it."""
    for parcel in accused:
        future = crew.submit(parcel, folder, None)
        running[future] = parcel
        while not wait([future], BETWEEN_LOOKS).done:
            check()
        del running[future]
        error = _error_of(future)
        arrived(future.result() if error is None else lost(parcel[0], folder, error))


def _hand_out(
    waiting: deque[Parcel], running: Running, crew: Crew, folder: Path | None, cancel: Cancel | None
) -> bool:
    """Hand out as many parcels as are wanted; return whether the executor turned out to be broken."""
    while waiting and len(running) < crew.workers * crew.ahead:
        try:
            future = crew.submit(waiting[0], folder, cancel)
        except BrokenExecutor:
            return True
        running[future] = waiting.popleft()
    return False


def _error_of(future: Future[list[Outcome]]) -> BaseException | None:
    try:
        return future.exception()
    except CancelledError as error:  # a cluster that went away
        return error


def processors(executor: Executor | Any | None) -> int:  # noqa: ANN401 — a Dask client
    """Return how many tasks an executor, a Dask client or this machine can do at a time."""
    here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if executor is None:
        return here
    if isinstance(executor, Executor):
        return int(getattr(executor, "_max_workers", here))
    return sum(executor.nthreads().values()) or here
