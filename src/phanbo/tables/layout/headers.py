"""Header cells to columns: fold the text, read unit, year and date in it, look it up among the synonyms.

A header that could mean two things is never matched here: it keeps its `Heading.doubt` until
`phanbo.tables.layout.doubtful` has looked at the values below it.
"""

from __future__ import annotations

import difflib
import functools
import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from phanbo.tables.layout.folding import DATE, UNITS, YEAR, Folded, fold, read_unit
from phanbo.tables.schema import AMBIGUOUS, CARRIED, CHECKED, IGNORED, LINES, PLAN_BY_SOURCE, SPAN, Ambiguous

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from phanbo.tables.schema import Table

__all__ = [
    "AFTER",
    "UNITS",
    "Folded",
    "Heading",
    "Meaning",
    "data_date",
    "find_row",
    "fold",
    "look_up",
    "names_by_hand",
    "read_headings",
    "read_unit",
    "resolve",
    "suggest",
    "year_of",
    "years_paid",
]

_TAILS = (
    (re.compile(rf" (?:tính |lũy kế )?đến {DATE}$"), ()),
    (re.compile(rf"(?: năm)? {YEAR}$"), ("{n}",)),
    (re.compile(rf" từ {DATE} đến {DATE}$"), ()),
)
SIGNED = (
    "Kế hoạch điều chỉnh (+ tăng) (− giảm)",
    "Điều chỉnh (+ tăng) (− giảm)",
    "Điều chỉnh tăng (+), giảm (−)",
)
"""Headers of an adjustment with its sign: needs where positive, offers where negative."""

_ADJUSTED = r"(?:điều chỉnh|đ ?c|bổ sung)"
_STATE = re.compile(
    rf"\b(?:(?:sau|trước|đã)(?: khi)?(?: được)? {_ADJUSTED}(?: {_ADJUSTED})?(?: (?:lần|đợt)(?: thứ)? \w+)?"
    r"|(?:đã|được) giao)\b"
)
_BEFORE = re.compile(rf"\btrước(?: khi)?(?: được)? {_ADJUSTED}\b")
AFTER = re.compile(rf"\b(?:sau|đã)(?: khi)?(?: được)? {_ADJUSTED}\b")
"""Found in the header of a plan that earlier adjustments have already changed."""

_NOT_CARRIED = re.compile(r"\b(?:không|chưa|bao gồm|gồm|cả|kể)\b")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a header may mean.

    Attributes
    ----------
    column : str
        The column; ``""`` where it is known and not used.
    years : tuple of str
        What the years in it must be: ``"{n}"`` or ``"{n-1}"``.
    carried : bool
        It belongs to the carried-over pair of a wide table.
    source : str
        The source it names, as the file has it.
    total : bool
        It adds up the columns of the sources beside it.
    month : int
        The month of a column of a schedule laid out side by side, ``0`` elsewhere.
    doubt : Ambiguous or None
        Set where the values below must settle it.
    """

    column: str = ""
    years: tuple[str, ...] = ()
    carried: bool = False
    source: str = ""
    total: bool = False
    month: int = 0
    doubt: Ambiguous | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """One header cell: where it stands, what it says, which column it means.

    Attributes
    ----------
    index : int
        Position in the row, from 0.
    text : str
        The header as the file has it, on one line; of several rows, top to bottom.
    folded : Folded
        Its comparable form; of several rows, of the words that tell its meaning.
    meanings : tuple of Meaning
        What it may mean; none for a header phanbo does not know.
    column : str
        The column it means, ``""`` for none (or not yet settled).
    meaning : Meaning or None
        The meaning chosen, once the plan year is known.
    by_hand : bool
        Whether the caller said what it means.
    path : tuple of str
        The texts over the column, from the top row of the headers to the bottom one.
    row : int or None
        Position of the lowest row that holds one of them; None in a header of one row.
    """

    index: int
    text: str
    folded: Folded
    meanings: tuple[Meaning, ...] = ()
    column: str = ""
    meaning: Meaning | None = None
    by_hand: bool = False
    path: tuple[str, ...] = ()
    row: int | None = None

    @property
    def carried(self) -> bool:
        """Whether it belongs to a carried-over pair."""
        return self.meaning is not None and self.meaning.carried

    @property
    def doubt(self) -> Ambiguous | None:
        """Why it is not matched without a look at the values."""
        return self.meaning.doubt if self.meaning is not None and not self.column else None


@functools.cache
def _lexicon(table: Table) -> dict[str, tuple[Meaning, ...]]:
    """Every key of the table and what it may mean; a doubtful key means nothing else."""
    found: dict[str, list[Meaning]] = {}

    def enter(text: str, meaning: Meaning) -> None:
        folded = fold(text)
        entry = replace(meaning, years=folded.years)
        if entry not in found.setdefault(folded.key, []):
            found[folded.key].append(entry)

    for column in table.columns:
        for text in (column.name, column.title_vi, *column.headers):
            enter(text, Meaning(column.name))
    for text in IGNORED:
        enter(text, Meaning())
    if table.name == LINES.name:
        _enter_lines(enter)
        doubts = {fold(text): doubt for doubt in AMBIGUOUS for text in doubt.headers}
        found |= {folded.key: [Meaning(years=folded.years, doubt=doubt)] for folded, doubt in doubts.items()}
    return {key: tuple(meanings) for key, meanings in found.items() if key}


def _enter_lines(enter: Callable[[str, Meaning], None]) -> None:
    for column, texts in CARRIED.items():
        for text in texts:
            enter(text, Meaning(column, carried=True))
    for text, source in PLAN_BY_SOURCE.items():
        enter(text, Meaning("plan", source=source))
    for text in SPAN:
        enter(text, Meaning("schedule"))
    for text in SIGNED:
        enter(text, Meaning("adjustment"))
    for text in CHECKED:
        enter(text, Meaning("ratio"))


@functools.lru_cache(maxsize=8192)
def look_up(folded: Folded, table: Table) -> tuple[Meaning, ...]:
    """Return what a folded text may mean in *table*, nothing if phanbo does not know it."""
    lexicon = _lexicon(table)
    key, years = folded.key, tuple[str, ...]()
    found = lexicon.get(key, ())
    for tail, kinds in _TAILS:
        shorter = tail.sub("", key)
        if shorter == key:
            continue
        key, years = shorter, (*kinds, *years)
        meanings = lexicon.get(key, ())
        if meanings and (not found or meanings[0].doubt):
            # a date behind a doubtful header does not make it less doubtful
            found = tuple(replace(meaning, years=(*meaning.years, *years)) for meaning in meanings)
    if found or table.name != LINES.name:
        return found
    if "kéo dài" in folded.key and not _NOT_CARRIED.search(folded.key):
        column = "disbursed" if re.search(r"giải ngân|thanh toán", folded.key) else "plan"
        return (Meaning(column, carried=True),)
    return _plan_in_state(folded, table)


def _plan_in_state(folded: Folded, table: Table) -> tuple[Meaning, ...]:
    """Read a plan said to be assigned, before or after adjustment, wherever in the header it is said."""
    key = " ".join(_STATE.sub(" ", folded.key).split())
    if key == folded.key:
        return ()
    before = _BEFORE.search(folded.key) and not AFTER.search(folded.key)
    meanings = (meaning for meaning in look_up(replace(folded, key=key), table) if meaning.column == "plan")
    return tuple(replace(meaning, column="plan_initial") if before else meaning for meaning in meanings)


def names_by_hand(renames: Mapping[str, str] | None) -> dict[Folded, str]:
    """Return the headers the caller named, made comparable, and their columns."""
    return {fold(text): column for text, column in (renames or {}).items()}


def read_headings(
    cells: Sequence[object], table: Table, renames: Mapping[str, str] | None = None
) -> list[Heading]:
    """Read a row of cells as headers of *table*; *renames* maps headers of the file to columns by hand."""
    by_hand = names_by_hand(renames)
    taken = {*by_hand.values()} - {""}
    headings = []
    for index, cell in enumerate(cells):
        text = " ".join(unicodedata.normalize("NFC", cell).split()) if isinstance(cell, str) else ""
        if not text:
            continue
        folded = fold(text)
        if folded in by_hand:
            states_year = by_hand[folded] == "plan" and len(folded.years) == 1
            meaning = Meaning(by_hand[folded], ("{n}",) if states_year else ())
            headings.append(Heading(index, text, folded, (meaning,), meaning.column, meaning, by_hand=True))
        else:
            found = look_up(folded, table)
            kept = tuple(m for m in found if m.carried or m.column not in taken)
            headings.append(Heading(index, text, folded, kept))
    return headings


def year_of(headings: Iterable[Heading]) -> int | None:
    """Return the plan year the headers state; of two plans' years the one disbursed in, else the latest."""
    known = list(headings)
    plans = {
        int(year)
        for heading in known
        for meaning in heading.meanings
        if meaning.column == "plan"
        for year, kind in zip(heading.folded.years, meaning.years, strict=False)
        if kind == "{n}"
    }
    return max(plans & {*years_paid(known)} or plans, default=None)


def years_paid(headings: Iterable[Heading]) -> list[int]:
    """Return the years that the disbursements of the year's own capital start in, where the headers date them."""
    return [
        heading.folded.dates[0][0]
        for heading in headings
        if heading.folded.dates
        and any(meaning.column == "disbursed" and not meaning.carried for meaning in heading.meanings)
    ]


def resolve(headings: Iterable[Heading], year: int | None) -> list[Heading]:
    """Choose among each header's meanings by the plan year; one about another year means no column."""
    return [_resolve(heading, year) for heading in headings]


def _resolve(heading: Heading, year: int | None) -> Heading:
    if heading.column or not heading.meanings:
        return heading
    fitting = [meaning for meaning in heading.meanings if _fits(heading.folded, meaning, year)]
    if not fitting or (year is None and len({meaning.column for meaning in fitting}) > 1):
        return heading
    return replace(heading, column=fitting[0].column, meaning=fitting[0])


def _fits(folded: Folded, meaning: Meaning, year: int | None) -> bool:
    if year is None:
        return True
    if meaning.carried:
        return not folded.years or min(map(int, folded.years)) < year
    pairs = list(zip(map(int, folded.years), meaning.years, strict=False))
    if not all(_year_fits(found, kind, year) for found, kind in pairs):
        return False
    if pairs and all(kind.isdigit() for _, kind in pairs):
        # a five-year period must be the one the plan year lies in
        return pairs[0][0] <= year <= pairs[-1][0]
    disbursed = meaning.column == "disbursed" or (meaning.doubt and "disbursed" in meaning.doubt.columns)
    if not disbursed or not folded.dates:
        return True
    # a year's disbursement starts in that year and ends in it, or in the January that closes it
    first, last = folded.dates[0], folded.dates[-1]
    starts = first[0] in {0, year} or len(folded.dates) == 1
    return starts and (last[0] in {0, year} or last[:2] == (year + 1, 1))


def _year_fits(found: int, kind: str, year: int) -> bool:
    """Whether a year is the one the header must state; the example years of a period may be any."""
    return kind.isdigit() or found == (year if kind == "{n}" else year - 1)


def data_date(headings: Iterable[Heading], year: int | None) -> tuple[str, Heading] | None:
    """Return the ISO date the disbursement's header states, and that header."""
    for heading in headings:
        if heading.column == "disbursed" and heading.folded.dates:
            stated, month, day = heading.folded.dates[-1]
            try:
                return date(stated or year or 0, month, day).isoformat(), heading
            except ValueError:
                return None
    return None


def suggest(heading: Heading, table: Table) -> tuple[str, str] | None:
    """Return the nearest column and its title, for a did-you-mean; None if nothing is near."""
    lexicon = _lexicon(table)
    for near in difflib.get_close_matches(heading.folded.key, lexicon, n=1, cutoff=0.75):
        if (column := lexicon[near][0].column) in table.names:
            return column, table.column(column).title_vi
    return None


def find_row(
    rows: Sequence[Sequence[object]], table: Table, renames: Mapping[str, str] | None = None
) -> int | None:
    """Return the position of the header row: of the first twenty rows the one with most known headers."""
    best, most = None, 1
    for position, cells in enumerate(rows[:20]):
        known = sum(1 for heading in read_headings(cells, table, renames) if heading.meanings)
        if known > most:
            best, most = position, known
    return best
