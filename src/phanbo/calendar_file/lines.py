"""Where in the text an entry stands: `tomllib` tells no lines, so they are looked for; only what is sure is said."""

from __future__ import annotations

import re

__all__ = ["Lines"]

HEADER = re.compile(r"\s*(\[\[?)\s*([\w-]+)\s*(\]\]?)\s*(#.*)?\r?")
ENTRY = re.compile(r"\s*([\w-]+)\s*=")
LONG = re.compile(r'"""|' + "'''")


class Lines:
    """The headers and entries of a TOML text by line, from 1.

    Lines inside a text of several lines (``\"\"\"``) are passed over.
    """

    def __init__(self, text: str) -> None:
        self._headers: dict[str, list[int]] = {}
        self._entries: dict[tuple[int, str], list[int]] = {}
        block, inside = 0, ""
        for number, line in enumerate(text.split("\n"), start=1):
            header = None if inside else HEADER.fullmatch(line)
            entry = None if inside else ENTRY.match(line)
            if header:
                block = number
                self._headers.setdefault(header[1] + header[2] + header[3], []).append(number)
            elif entry:
                self._entries.setdefault((block, entry[1]), []).append(number)
            for mark in LONG.findall(line):
                inside = mark if not inside else "" if inside == mark else inside

    def header(self, table: str, number: int, count: int) -> int | None:
        """Return the line of the *number*-th header of a table; None unless there are exactly *count* of them."""
        found = self._headers.get(table, [])
        return found[max(number, 1) - 1] if len(found) == count else None

    def entry(self, header: int | None, name: str) -> int | None:
        """Return the line of an entry under a header, 0 for the head of the file; None unless there is one only."""
        found = self._entries.get((-1 if header is None else header, name), [])
        return found[0] if len(found) == 1 else None
