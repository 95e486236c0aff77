"""Compound files, the container of .xls and of workbooks with a password: their streams, within bounds."""

from __future__ import annotations

import struct
from dataclasses import dataclass

__all__ = ["BrokenError", "streams"]

_FREE = 0xFFFFFFF0
"""Sector numbers from here on are marks: end of chain, free, part of the table itself."""


class BrokenError(ValueError):
    """The file contradicts itself."""


@dataclass(frozen=True, slots=True)
class _Sectors:
    """Sectors of one size and the table that says which follows which."""

    data: bytes
    size: int
    following: tuple[int, ...]
    first: int = 0

    def chain(self, start: int) -> bytes:
        """Return the sectors from *start* on; a chain that comes back to itself is broken."""
        out: list[bytes] = []
        at = start
        while at < _FREE:
            if at >= len(self.following) or len(out) > len(self.following):
                raise BrokenError("a chain of sectors has no end")
            begin = self.first + at * self.size
            out.append(self.data[begin : begin + self.size])
            at = self.following[at]
        return b"".join(out)


def streams(data: bytes) -> dict[str, bytes]:
    """Return the streams of a compound file by name; `BrokenError` where they cannot be followed."""
    try:
        return _streams(data)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise BrokenError(f"a compound file that ends early: {error}") from error


def _streams(data: bytes) -> dict[str, bytes]:
    (shift,) = struct.unpack_from("<H", data, 30)
    directory, cutoff, small, _, more, _ = struct.unpack_from("<I4xIIIII", data, 48)
    if shift not in {9, 12}:
        raise BrokenError("sectors of an unknown size")
    size = 1 << shift
    table = [at for at in struct.unpack_from("<109I", data, 76) if at < _FREE]
    seen: set[int] = set()
    while more < _FREE and more not in seen:
        seen.add(more)
        *held, more = struct.unpack_from(f"<{size // 4}I", data, (more + 1) * size)
        table += [at for at in held if at < _FREE]
    if len(table) > len(data) // size or len(set(table)) < len(table):
        raise BrokenError("a table of sectors larger than the file")
    following = tuple(
        each for at in table for each in struct.unpack_from(f"<{size // 4}I", data, (at + 1) * size)
    )
    large = _Sectors(data, size, following, first=size)
    entries = large.chain(directory)
    root = struct.unpack_from("<I", entries, 116)[0]
    links = large.chain(small)
    mini = _Sectors(large.chain(root), 64, struct.unpack(f"<{len(links) // 4}I", links))
    found = {}
    for at in range(128, len(entries) - 127, 128):
        length, kind = struct.unpack_from("<HB", entries, at + 64)
        if kind != 2:
            continue
        start, bytes_ = struct.unpack_from("<II", entries, at + 116)
        name = entries[at : at + max(min(length, 64) - 2, 0)].decode("utf-16-le")
        if bytes_:
            found[name] = (large if bytes_ >= cutoff else mini).chain(start)[:bytes_]
        else:
            found[name] = b""
    return found
