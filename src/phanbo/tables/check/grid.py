"""A table as typed columns that remember the file's rows, and the list of what was found in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from phanbo.errors import Finding
from phanbo.money import format_dong
from phanbo.tables.check.messages import MESSAGES
from phanbo.tables.schema.column import Type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from phanbo.money import Ints
    from phanbo.tables.cells import Cells
    from phanbo.tables.schema.column import Table

__all__ = ["NOTES_SHOWN", "TEXTUAL", "Grid", "Log", "shown"]

NOTES_SHOWN = 100
"""So many repairs of one kind in one column are listed cell by cell; the rest are counted."""

TEXTUAL = frozenset({Type.TEXT, Type.CHOICE, Type.DATE, Type.EVENT})


@dataclass(slots=True)
class Grid:
    """One table: parsed columns, and where each row came from.

    Attributes
    ----------
    table : Table
        The declaration.
    columns : dict of str to Cells
        The columns there are, defaults included.
    given : set of str
        Those that stood in the input or were derived from it.
    sheets, rows : ndarray
        Sheet and row of every row, as the spreadsheet numbers it.
    letters : mapping
        Sheet to column name to spreadsheet letter.
    beside : ndarray or None
        The key in ``letters`` of every row, where a sheet holds several tables.
    """

    table: Table
    columns: dict[str, Cells]
    given: set[str]
    sheets: NDArray[Any]
    rows: Ints
    letters: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    beside: NDArray[Any] | None = None
    remembered: dict[tuple[str, ...], Any] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __len__(self) -> int:
        return len(self.rows)

    def __contains__(self, name: str) -> bool:
        return name in self.columns

    def values(self, name: str) -> NDArray[Any]:
        """Return the values of a column, its empty value everywhere where it is absent."""
        if name in self.columns:
            return self.columns[name].data
        kind = self.table.column(name).type
        if kind in TEXTUAL:
            return np.full(len(self), "", dtype=object)
        return np.zeros(len(self), dtype=np.bool_ if kind is Type.YES_NO else np.int64)

    def known(self, name: str) -> NDArray[np.bool_]:
        """Return where a column says something: nowhere where it is absent."""
        return self.columns[name].known if name in self.columns else np.zeros(len(self), dtype=np.bool_)

    def remember(self, what: str, names: tuple[str, ...], found: Callable[..., NDArray[Any]]) -> NDArray[Any]:
        """Return what is found from the named columns, found once as long as they stay what they are."""
        columns = [self.values(name) if name in self else None for name in names]
        key = (what, *names)
        held = self.remembered.get(key)
        if held is None or any(mine is not its for mine, its in zip(columns, held[0], strict=True)):
            held = columns, found(*(self.values(name) for name in names))
            self.remembered[key] = held
        answer: NDArray[Any] = held[1]
        return answer

    def take(self, order: Ints) -> Grid:
        """Return the rows in another order."""
        columns = {name: cells.take(order) for name, cells in self.columns.items()}
        beside = self.beside[order] if self.beside is not None else None
        return Grid(
            self.table, columns, self.given, self.sheets[order], self.rows[order], self.letters, beside
        )

    def place(self, at: int, lang: str) -> str:
        """Return where a row stands, for a message about another row."""
        row = f"dòng {self.rows[at]}" if lang == "vi" else f"row {self.rows[at]}"
        sheet = self.sheets[at]
        return f"{row} ({sheet})" if sheet else row

    def cell(self, at: int, column: str) -> str:
        """Return the address of a cell in its sheet, ``""`` where the file has none."""
        key = self.sheets[at] if self.beside is None else self.beside[at]
        letter = self.letters.get(key, {}).get(column, "")
        return f"{letter}{self.rows[at]}" if letter else ""


def shown(value: object) -> str:
    """Return a value as a finding shows it: numbers with dots, texts as they are, at most 300 characters."""
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool):
        return format_dong(int(value))
    text = "" if value is None else str(value)
    return text if len(text) <= 300 else text[:299] + "…"


class Log:
    """Collects findings while tables are read and checked."""

    def __init__(self, findings: Iterable[Finding] = ()) -> None:
        self.findings: list[Finding] = list(findings)

    def whole(self, code: str, table: Table, column: str = "", sheet: str = "", **words: object) -> None:
        """Add a finding about a whole table or column."""
        self.findings.append(_finding(code, table, column, words, {"sheet": sheet}))

    def rows(
        self,
        code: str,
        grid: Grid,
        at: Sequence[int] | Ints,
        column: str = "",
        others: Sequence[int] | Ints | None = None,
        **words: Sequence[object] | NDArray[Any] | str | int,
    ) -> None:
        """Add one finding a row.

        Parameters
        ----------
        at : sequence of int
            The rows; of notes only the first `NOTES_SHOWN` are listed, the rest are counted.
        others : sequence of int, optional
            The other row each finding speaks of.
        **words
            What the message's braces say: one for all, or a sequence as long as *at*; ``value`` is the
            cell's.
        """
        count = len(at)
        listed = min(count, NOTES_SHOWN) if MESSAGES[code].severity == "note" else count
        for i in range(listed):
            row = int(at[i])
            here = {name: word if isinstance(word, (str, int)) else word[i] for name, word in words.items()}
            where = {
                "sheet": str(grid.sheets[row]),
                "row": int(grid.rows[row]),
                "cell": grid.cell(row, column),
            }
            other = (
                None
                if others is None
                else (grid.place(int(others[i]), "vi"), grid.place(int(others[i]), "en"))
            )
            self.findings.append(_finding(code, grid.table, column, here, where, other))
        if count > listed:
            self.whole("more", grid.table, column, count=count - listed)


def _finding(
    code: str,
    table: Table,
    column: str,
    words: Mapping[str, object],
    where: Mapping[str, Any],
    other: tuple[str, str] | None = None,
) -> Finding:
    message = MESSAGES[code]
    declared = table.column(column) if column in table.names else None
    texts = {"name": column} | {name: shown(word) for name, word in words.items()}
    vi = texts | {"title": declared.title_vi if declared else column}
    en = texts | {"title": declared.title_en if declared else column}
    if other:
        vi["other"], en["other"] = other
    return Finding(
        code=code,
        severity=message.severity,
        message_vi=message.vi.format(**vi),
        message_en=message.en.format(**en),
        mend_vi=message.mend_vi.format(**vi),
        mend_en=message.mend_en.format(**en),
        table=table.name,
        column=column,
        value=texts.get("value", ""),
        rule=code,
        **where,
    )
