"""HiGHS that listens while it runs: to Ctrl-C, which it would keep waiting until its end, and to a cancel flag.

Python hands a signal over between two steps of its own, and while HiGHS runs there are none. So HiGHS is asked, at
every step of its own, to look whether somebody wants it to end. An exception must not travel through it: what is to
happen on Ctrl-C happens after it has come back.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from phanbo.solver.solution import Cancel

__all__ = ["held_back", "run", "watching"]


def run(highs: Any, cancel: Cancel | None = None) -> None:
    """Run HiGHS; Ctrl-C and *cancel* end it at its next step, and then Ctrl-C does what it always does.

    Where that does not end the work, HiGHS goes on from where it was.
    """
    pressed = [0]
    while pressed:
        with held_back() as pressed:
            call, kinds = watching(pressed, cancel)
            highs.setCallback(call, None)
            for kind in kinds:
                highs.startCallback(kind)
            try:
                highs.run()
            finally:
                highs.setCallback(None, None)


def watching(pressed: list[int], cancel: Cancel | None) -> tuple[Callable[..., None], list[Any]]:
    """Return the function HiGHS is to call, and when: at every step of each of its methods."""
    from highspy import cb

    def watch(_kind: Any, _message: str, _out: Any, given: Any, _data: Any) -> None:
        if pressed or (cancel is not None and cancel.is_set()):
            given.user_interrupt = True

    kinds = cb.HighsCallbackType
    return watch, [kinds.kCallbackSimplexInterrupt, kinds.kCallbackIpmInterrupt, kinds.kCallbackMipInterrupt]


@contextmanager
def held_back() -> Iterator[list[int]]:
    """Hold Ctrl-C back inside the block; yield the list in which it is noted. What was to be done is done at the end.

    Signals reach the main thread alone: elsewhere nothing is held back. Nor is a Ctrl-C nobody listens to.
    """
    pressed: list[int] = []
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield pressed
        return

    def note(number: int, _frame: FrameType | None) -> None:
        pressed.append(number)

    signal.signal(signal.SIGINT, note)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)
        if pressed:
            before(signal.SIGINT, None)
