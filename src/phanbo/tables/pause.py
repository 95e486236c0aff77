"""Reading makes a million cells and no cycles: looking for cycles meanwhile takes a tenth of the time."""

from __future__ import annotations

import gc
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["collection_paused"]

_LOCK = threading.Lock()
_READERS: list[bool] = []
"""Whether the collector ran when each of those who now read began; the last to end turns it on again."""


@contextmanager
def collection_paused() -> Iterator[None]:
    """Pause the collector of cycles; where it was off before, it stays off."""
    with _LOCK:
        _READERS.append(gc.isenabled() if not _READERS else _READERS[0])
        gc.disable()
    try:
        yield
    finally:
        with _LOCK:
            was = _READERS.pop()
            if was and not _READERS:
                gc.enable()
