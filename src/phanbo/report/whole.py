"""A file that stands under its name only once all of it is written."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

__all__ = ["whole", "write_whole"]


@contextlib.contextmanager
def whole(target: Path) -> Iterator[Path]:
    """Give a name beside the target that takes its place once all is written.

    Raises
    ------
    FileNotFoundError
        When the folder of the target does not exist.
    """
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "", str(target))
    handle, name = tempfile.mkstemp(prefix=".", suffix=target.suffix, dir=target.parent)
    os.close(handle)
    try:
        yield Path(name)
        Path(name).chmod(0o644)
        os.replace(name, target)  # noqa: PTH105 — one call, one guarantee
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def write_whole(target: str | os.PathLike[str], content: bytes) -> None:
    """Write a file whose content is at hand; what stood there before stays until the new one is complete."""
    with whole(Path(target)) as name:
        name.write_bytes(content)
