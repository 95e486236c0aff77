"""Any portfolio dressed as a department's own file: what comes back must be the portfolio, by its hash."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

from dressing.pages import Page, put
from dressing.sewing import Sewing
from dressing.tailor import Line, Tailor
from dressing.words import Pick, cell
from phanbo.portfolio import Portfolio
from phanbo.tables.schema import TABLES

__all__ = ["dress", "laid_out", "picker"]

KINDS = ("xlsx", "xls", "ods", "xlsm", "csv utf-8 ;", "csv utf-8-sig ,", "csv utf-16 \t", "csv cp1258 ;")


def picker(seed: int) -> Pick:
    """Return a chooser of its own by chance."""
    return Random(seed).choice


def dress(portfolio: Portfolio, folder: Path, pick: Pick) -> Path:
    """Write *portfolio* into *folder* in a layout of *pick*'s choice, and return the file."""
    kind, pages = laid_out(portfolio, pick)
    return put(folder, "dressed", kind, pages)


def laid_out(portfolio: Portfolio, pick: Pick) -> tuple[str, list[Page]]:
    """Return the kind of file and the sheets of *portfolio* in a layout of *pick*'s choice."""
    tables = {name[:-4]: _rows(content) for name, content in portfolio.tables_csv().items()}
    kind = pick(KINDS if set(tables) == {"lines"} else KINDS[:4])
    tailor = Tailor(tables["lines"], pick, is_text=kind.startswith("csv"))
    pages = Sewing(tailor).pages()
    pages += [_plain_page(name, rows, tailor) for name, rows in tables.items() if name != "lines"]
    _noise(pages, pick(("", "nfd", "nbsp", "both")))
    return kind, pages


def _rows(content: bytes) -> list[Line]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def _plain_page(name: str, rows: Sequence[Line], tailor: Tailor) -> Page:
    table = TABLES[name]
    columns = [table.column(column) for column in (rows[0] if rows else ())]
    body = [
        [
            cell(c, row[c.name], tailor.year, tailor.pick, unit=1, style="number", dates="date")
            for c in columns
        ]
        for row in rows
    ]
    return Page(table.sheet, [["Đơn vị tính: đồng"], [column.title_vi for column in columns], *body])


def _noise(pages: Iterable[Page], noise: str) -> None:
    """Decompose letters and harden blanks in every text."""
    for page in pages:
        for row in page.rows:
            for at, held in enumerate(row):
                if isinstance(held, str):
                    text = unicodedata.normalize("NFD", held) if noise in {"nfd", "both"} else held
                    row[at] = text.replace(" ", "\xa0") if noise in {"nbsp", "both"} else text
