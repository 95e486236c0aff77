"""A workbook being written: its formats and sheets, and the file that appears once it is complete.

Amounts are handed in as integer đồng and shown in triệu đồng. Text is always written as text, so that a
project called ``=…`` is no formula; every formula carries the value phanbo computed.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from phanbo.report.formats import FONT, KINDS, LOOKS, VIETNAMESE, Column, Pair
from phanbo.report.sheet import Sheet
from phanbo.report.whole import whole
from phanbo.words import LANGS

__all__ = ["Workbook", "workbook"]


@contextlib.contextmanager
def workbook(
    path: str | os.PathLike[str] | BinaryIO, *, title: str, on: dt.date, lang: str = "vi"
) -> Iterator[Workbook]:
    """Open a workbook to write; the file appears under its name only once it is complete.

    Parameters
    ----------
    path : path, or a binary file open for writing
    title : str
        Title among the file's properties.
    on : date
        The data date: it stands as the date of creation, so that the same proposal gives the same bytes.
    lang : str
        ``vi`` or ``en``.
    """
    if lang not in LANGS:
        raise ValueError(f"lang is {lang!r}, not one of {', '.join(LANGS)}")
    if isinstance(path, str | os.PathLike):
        with whole(Path(path)) as name, _book(str(name), title, on) as book:
            yield Workbook(book, lang)
    else:
        with _book(path, title, on) as book:
            yield Workbook(book, lang)


@contextlib.contextmanager
def _book(target: str | BinaryIO, title: str, on: dt.date) -> Iterator[Any]:
    import xlsxwriter

    # A copy of the font: xlsxwriter writes into the mapping it is given; in memory, or it writes temporary files.
    # A text is a text, whatever it begins with.
    texts = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(
        target, {"default_format_properties": dict(FONT), "in_memory": True, **texts}
    ) as book:
        book.set_properties({"title": title, "created": dt.datetime(on.year, on.month, on.day)})  # noqa: DTZ001
        yield book


class Workbook:
    """A workbook being written: its language, formats and sheets."""

    def __init__(self, book: Any, lang: str) -> None:
        self.book = book
        self.lang = lang
        self._formats: dict[tuple[str, str], Any] = {}

    def say(self, pair: Pair) -> str:
        """Return the text in the language of the workbook."""
        return pair[LANGS.index(self.lang)]

    def format(self, kind: str, look: str) -> Any:
        """Return the format of a kind of value in a look, made once."""
        key = (kind, look)
        if key not in self._formats:
            shown = {**FONT, **KINDS[kind], **LOOKS[look]}
            if self.lang == "vi" and "num_format" in shown:
                shown["num_format"] = VIETNAMESE + shown["num_format"]
            self._formats[key] = self.book.add_format(shown)
        return self._formats[key]

    def sheet(self, name: Pair, columns: Sequence[Column], *, printed: int | None = None) -> Sheet:
        """Add a sheet whose column widths are those of a table; of which the first *printed* go on paper."""
        return Sheet(
            self, self.book.add_worksheet(self.say(name)), tuple(columns), printed or len(tuple(columns))
        )
