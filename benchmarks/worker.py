"""A process for each contestant: nobody's imports, memory or threads disturb another, and one too slow is ended."""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

from cases import Job
from contestants import CONTESTANTS, Answer

__all__ = ["Refused", "Timed", "Worker", "workers"]

MEMORY = 8 << 30
"""Bytes of address space a contestant may have."""

START = 120.0
"""Seconds for the imports and for what is prepared outside the clock."""


@dataclass(frozen=True, eq=False)
class Timed:
    """One run."""

    seconds: float
    answer: Answer


class Refused(Exception):
    """The contestant did not answer; says why in a few words."""


class Worker:
    """One contestant in a process of its own, started when first needed."""

    def __init__(self, name: str, budget: float, folder: Path) -> None:
        self.name, self.budget, self.folder = name, budget, folder
        self.process: Any = None
        self.pipe: Connection[Any, Any] | None = None

    def run(self, job: Job) -> Timed:
        """Let it run once.

        Raises
        ------
        Refused
            When it is too slow, too large, or fails.
        """
        pipe = self._open()
        pipe.send(job)
        self._reply(pipe, START)
        seconds, answer = self._reply(pipe, self.budget)
        return Timed(seconds, answer)

    def _open(self) -> Connection[Any, Any]:
        if self.pipe is None:
            context = get_context("spawn")
            self.pipe, theirs = context.Pipe()
            self.process = context.Process(
                target=_serve, args=(theirs, self.name, str(self.folder)), daemon=True
            )
            self.process.start()
            theirs.close()
        return self.pipe

    def _reply(self, pipe: Connection[Any, Any], budget: float) -> Any:  # noqa: ANN401 — whatever was sent
        if not pipe.poll(budget):
            self.kill()
            raise Refused(f"> {budget:.0f} s")
        try:
            reply = pipe.recv()
        except (EOFError, ConnectionResetError):
            self.kill()
            raise Refused("process ended, memory?") from None
        if isinstance(reply, str):
            raise Refused(reply)
        return reply

    def close(self) -> None:
        """Let it end by itself: an idle worker does when its pipe closes."""
        if self.process is not None and self.pipe is not None:
            self.pipe.close()
            self.process.join(2)
        self.kill()

    def kill(self) -> None:
        """End the process and those it started (a solver of its own)."""
        if self.process is not None and self.process.is_alive():
            with suppress(ProcessLookupError, AttributeError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.kill()
            self.process.join()
        if self.pipe is not None:
            self.pipe.close()
        self.process, self.pipe = None, None


@contextmanager
def workers(names: list[str], budget: float) -> Iterator[dict[str, Worker]]:
    """Give each contestant a process, and end them all."""
    with TemporaryDirectory() as folder:
        every = {name: Worker(name, budget, Path(folder)) for name in names}
        try:
            yield every
        finally:
            for worker in every.values():
                if worker.pipe is not None:
                    worker.pipe.close()
            for worker in every.values():
                worker.close()


def _serve(pipe: Connection[Any, Any], name: str, folder: str) -> None:
    """Run job after job: first a word that the clock starts, then the time and the answer, or why not."""
    os.environ["TMPDIR"] = folder  # solvers that are ended leave files behind
    with suppress(AttributeError):
        os.setsid()
    Thread(target=_end_with_parent, daemon=True).start()
    _limit_memory()
    nothing = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nothing, stream.fileno())
    start = CONTESTANTS[name].start
    while True:
        try:
            job = pipe.recv()
        except EOFError:
            return
        try:
            timed = start(job)
            gc.collect()
            pipe.send(True)  # noqa: FBT003
            begin = time.perf_counter()
            answer = timed()
            pipe.send((time.perf_counter() - begin, answer))
        except MemoryError:
            pipe.send(f"> {MEMORY >> 30} GiB")
        except Exception as error:  # noqa: BLE001 — a peer may fail in any way; the table says how
            pipe.send(f"fails: {next(iter(str(error).splitlines()), type(error).__name__)}"[:60])


def _end_with_parent() -> None:
    """Leave no solver behind when the benchmark itself is ended."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        with suppress(AttributeError, ProcessLookupError):
            os.killpg(os.getpid(), signal.SIGKILL)


def _limit_memory() -> None:
    with suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
