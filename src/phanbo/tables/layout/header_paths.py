"""A header of several rows to its meaning: the texts over a column are tried together, never guessed.

Words that only introduce ("Trong đó", "Tổng số") and the names of sources are taken out of the path; what is
left must mean one column. Upper texts may be left out only where they cannot change what the lower ones mean.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from phanbo.tables.layout.folding import YEAR, Folded, fold
from phanbo.tables.layout.headers import Heading, Meaning, look_up, names_by_hand
from phanbo.tables.layout.path_words import (
    BESIDE,
    FILLER,
    INTRODUCES,
    LOADED,
    MOVE,
    NAMES_SOURCE,
    PLANNED,
    PROPOSED,
    PUT_BEFORE,
    TOTAL,
    is_neutral,
    month_of,
)
from phanbo.tables.schema import LINES, SCHEDULE, Ambiguous, kind_of
from phanbo.tables.schema.column import Type

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from phanbo.tables.schema import Table

__all__ = ["Over", "is_part", "names_source", "read_paths"]

_JOINT = " – "
_CARRIED_PARTS = re.compile(r"(?:kế hoạch|khv?|vốn|số|tổng|giải ngân|gn|thanh toán|đã giải ngân|lũy kế)\b")
_PAID = re.compile(r"\b(?:giải ngân|thanh toán|gn)\b")
_SAME = {
    "total_investment": {"total_investment", "total_investment_source", "approved_on"},
    "medium_term_plan": {"medium_term_plan", "medium_term_allocated", "medium_term_allocated_before"},
    "disbursed": {"disbursed", "ratio"},
    "plan_initial": {"plan_initial", "ratio"},
}
"""Columns that may stand below a header that means another one."""

_UNCLEAR = Ambiguous(
    (),
    (),
    "ask",
    "các dòng tiêu đề nói hai điều khác nhau: cột này là gì?",
    "the rows of the header say two different things: what is this column?",
)
_BY_SOURCE = Ambiguous(
    (),
    (),
    "drop",
    "số theo từng nguồn của một cột tính cho cả dự án: không dùng.",
    "an amount by source, where the whole project's counts: not used.",
)


@dataclass(frozen=True, slots=True)
class Over:
    """What stands over one column: its position, the texts from top to bottom, the row of the lowest."""

    index: int
    path: tuple[str, ...]
    row: int | None = None


_fold = functools.lru_cache(maxsize=4096)(fold)


def read_paths(
    columns: Sequence[Over], table: Table, renames: Mapping[str, str] | None = None
) -> list[Heading]:
    """Read the *columns* of a header as headings of *table*; *renames* maps headers to columns by hand."""
    by_hand = names_by_hand(renames)
    taken = {*by_hand.values()} - {""}
    bottoms = [fold(over.path[-1]) for over in columns]
    headings: list[Heading] = []
    for over in _with_heads(columns, table):
        text = _JOINT.join(over.path)
        named = by_hand.get(fold(text))
        if named is None and len(over.path) > 1 and bottoms.count(bottom := fold(over.path[-1])) == 1:
            named = by_hand.get(bottom)
        if named is not None:
            folded = _combine([_fold(part) for part in over.path])
            states_year = named == "plan" and len(folded.years) == 1
            meaning = Meaning(named, ("{n}",) if states_year else ())
            heading = Heading(over.index, text, folded, (meaning,), named, meaning, by_hand=True)
        else:
            folded, found = _read(over.path, table)
            kept = tuple(each for each in found if each.carried or each.source or each.column not in taken)
            heading = Heading(over.index, text, folded, kept)
        headings.append(replace(heading, path=over.path, row=over.row))
    return _mark_totals(headings)


def _with_heads(columns: Sequence[Over], table: Table) -> list[Over]:
    """Put the column on its left over a *Trong đó* that stands beside it and not below it."""
    found: list[Over] = []
    head: Over | None = None
    for over in columns:
        if head is not None and table.name == LINES.name and _belongs_left(over.path):
            found.append(replace(over, path=_distinct((*head.path, *over.path))))
            continue
        meanings = _read(over.path, table)[1]
        of_money = meanings and all(_holds_money(meaning.column, table) for meaning in meanings)
        head = over if of_money else None
        found.append(over)
    return found


def _belongs_left(path: Sequence[str]) -> bool:
    first = _fold(path[0]).key
    return BESIDE.match(first) is not None and any(names_source(part) for part in path)


def _distinct(path: Sequence[str]) -> tuple[str, ...]:
    return tuple(part for at, part in enumerate(path) if not at or part != path[at - 1])


def _mark_totals(headings: list[Heading]) -> list[Heading]:
    """A *Tổng số* beside the sources it adds up is their total, no column of its own."""
    parted = {
        (heading.path[0], meaning.column, meaning.carried)
        for heading in headings
        for meaning in heading.meanings
        if meaning.source and len(heading.path) > 1
    }
    marked = []
    for heading in headings:
        sums_up = len(heading.path) == 1 or any(TOTAL.fullmatch(_fold(part).key) for part in heading.path[1:])
        meanings = tuple(
            replace(meaning, total=True)
            if sums_up and not meaning.source and (heading.path[0], meaning.column, meaning.carried) in parted
            else meaning
            for meaning in heading.meanings
        )
        marked.append(heading if heading.by_hand else replace(heading, meanings=meanings))
    return marked


def names_source(text: str) -> bool:
    """Whether *text* is the name of a source and says nothing else."""
    key = INTRODUCES.sub("", _fold(text).key)
    return bool(kind_of(key)) and NAMES_SOURCE.search(key) is None and YEAR not in key


def is_part(text: str, table: Table) -> bool:
    """Whether *text* may stand in a lower row of a header: a column, a source, or a word such as *Tổng số*."""
    folded = _fold(text)
    return bool(
        look_up(folded, table)
        or FILLER.fullmatch(folded.key)
        or TOTAL.fullmatch(folded.key)
        or MOVE.fullmatch(folded.key)
        or PUT_BEFORE.match(folded.key)
        or month_of(text)
        or names_source(text)
    )


def _read(path: tuple[str, ...], table: Table) -> tuple[Folded, tuple[Meaning, ...]]:
    parts = [_fold(part) for part in path]
    whole = _combine(parts)
    if table.name not in {LINES.name, SCHEDULE.name}:
        return _settled(parts, table) or (whole, ())
    month = month_of(path[-1])
    above = " ".join(part.key for part in parts[:-1])
    if month and (PLANNED.search(above) or (table.name == SCHEDULE.name and not _PAID.search(above))):
        return whole, (Meaning("month", month=month),)
    if table.name == LINES.name and len(parts) > 1:
        source = next((at for at in reversed(range(len(path))) if names_source(path[at])), None)
        if source is not None and (found := _of_source(path, source, table)) is not None:
            return found
    found = _settled(parts, table)
    return (_combined(whole, found[0]), found[1]) if found is not None else (whole, ())


def _of_source(path: tuple[str, ...], at: int, table: Table) -> tuple[Folded, tuple[Meaning, ...]] | None:
    """Read a path that names a source: the column is what the rest of it means."""
    found = _settled([_fold(part) for part in (*path[:at], *path[at + 1 :])], table)
    if found is None or not all(_holds_money(meaning.column, table) for meaning in found[1]):
        return None
    text = unicodedata.normalize("NFC", path[at]).strip()
    name = re.sub(r"^(?:trong đó|gồm|bao gồm|chia ra)\s*[:\-–]?\s*", "", text, flags=re.IGNORECASE)
    meanings = tuple(_with_source(meaning, name, table) for meaning in found[1])
    return _combined(_combine([_fold(part) for part in path]), found[0]), meanings


def _with_source(meaning: Meaning, name: str, table: Table) -> Meaning:
    column = "total_investment_source" if meaning.column == "total_investment" else meaning.column
    declared = table.column(column) if column in table.names else None
    if declared is not None and declared.per_project:
        return replace(meaning, column="", doubt=_BY_SOURCE)
    return replace(meaning, column=column, source=name)


def _holds_money(column: str, table: Table) -> bool:
    if column == "adjustment":
        return True
    return column in table.names and table.column(column).type is Type.MONEY


def _settled(parts: list[Folded], table: Table) -> tuple[Folded, tuple[Meaning, ...]] | None:
    """Return what the path means without its fillers, with the words that tell it; None if nothing."""
    last = len(parts) - 1
    kept = [
        _without_intro(part, table)
        for at, part in enumerate(parts)
        if not TOTAL.fullmatch(part.key) and not (FILLER.fullmatch(part.key) and (at < last or last))
    ]
    if not kept or (len(kept) == len(parts) == 1):
        found = look_up(parts[-1], table)
        return (parts[-1], found) if found else None
    if len(kept) > 1 and parts[-1] is kept[-1] and FILLER.fullmatch(parts[-1].key):
        kept = kept[:-1]
    if table.name == LINES.name:
        if (carried := _carried(kept)) is not None:
            return carried if carried[1] else None
        if (moved := _moved(kept, table)) is not None:
            return moved
    for size in range(len(kept), 0, -1):
        for chosen, dropped in _choices(kept, size):
            for folded in (*_joins(chosen), *(_joins(chosen[::-1]) if size > 1 else ())):
                if found := look_up(folded, table):
                    return _in_context(folded, found, dropped, table)
    return None


def _choices(parts: list[Folded], size: int) -> list[tuple[list[Folded], list[Folded]]]:
    """The lowest parts; the top one with those, the middle left out."""
    low = [(parts[-size:], parts[:-size])]
    if 1 < size < len(parts):
        low.append(([parts[0], *parts[len(parts) - size + 1 :]], parts[1 : len(parts) - size + 1]))
    return low


def _without_intro(part: Folded, table: Table) -> Folded:
    """Drop the *Trong đó* before other words, unless the whole is a header phanbo knows."""
    key = INTRODUCES.sub("", part.key)
    return part if key in {"", part.key} or look_up(part, table) else replace(part, key=key)


def _joins(parts: list[Folded]) -> list[Folded]:
    """The parts as one text; and with what the end of one and the start of the next have in common once."""
    plain, short = parts[0], parts[0]
    for part in parts[1:]:
        plain, short = _combine([plain, part]), _overlap(short, part)
    return [plain] if short == plain else [plain, short]


def _overlap(first: Folded, second: Folded) -> Folded:
    left, right = first.key.split(), second.key.split()
    for length in range(min(len(left), len(right)), 0, -1):
        if left[-length:] == right[:length]:
            repeated = right[:length].count(YEAR)
            if first.years[len(first.years) - repeated :] != second.years[:repeated]:
                continue
            rest = replace(second, key=" ".join(right[length:]), years=second.years[repeated:])
            return _combine([first, rest])
    return _combine([first, second])


def _combine(parts: Sequence[Folded]) -> Folded:
    units = [part.unit for part in parts if part.unit is not None]
    return Folded(
        " ".join(part.key for part in parts if part.key),
        tuple(year for part in parts for year in part.years),
        tuple(dict.fromkeys(date for part in parts for date in part.dates)),
        units[-1] if units else None,
    )


def _combined(whole: Folded, found: Folded) -> Folded:
    """What was *found* keeps its words and years; unit and dates may stand anywhere in the *whole* path."""
    return replace(found, unit=whole.unit, dates=whole.dates)


def _carried(parts: list[Folded]) -> tuple[Folded, tuple[Meaning, ...]] | None:
    """Read a path that speaks of carried-over capital; None where none does."""
    own = [part for part in parts if "kéo dài" in part.key]
    if not own or len(parts) == 1 or re.search(r"\b(?:không|chưa|gồm|cả|kể)\b", " ".join(p.key for p in own)):
        return None
    whole, last = _combine(own), parts[-1]
    others = [part for part in parts if part not in own]
    if last not in own:
        low = {meaning.column or meaning.doubt for meaning in look_up(last, LINES)}
        if low == {"ratio"} or (low and low <= {""}):
            return whole, (Meaning(),)
        if PLANNED.search(last.key) or low - {"plan", "disbursed"} - {None} - _loose(last):
            return whole, (Meaning(doubt=_UNCLEAR),)
        if not _CARRIED_PARTS.match(last.key):
            return whole, ()
    paid = any(_PAID.search(part.key) for part in (*own, *(p for p in others if not is_neutral(p.key))))
    return whole, (Meaning("disbursed" if paid else "plan", carried=True),)


def _loose(part: Folded) -> set[Ambiguous | str]:
    """A bare *Lũy kế giải ngân* below *Vốn kéo dài* is the disbursement of that capital."""
    return {m.doubt for m in look_up(part, LINES) if m.doubt is not None and "disbursed" in m.doubt.columns}


def _moved(parts: list[Folded], table: Table) -> tuple[Folded, tuple[Meaning, ...]] | None:
    """Read *Tăng* and *Giảm* by what stands above them: proposed, or done already."""
    move = MOVE.fullmatch(parts[-1].key)
    above = _combine(parts[:-1])
    if move is None or not above.key or re.search(r"\b(?:không|chưa)\b", above.key):
        return None
    if PROPOSED.search(above.key):
        folded = fold(f"Đề xuất điều chỉnh {move['way']}")
    elif re.search(r"\bđã (?:điều chỉnh|thực hiện)\b", above.key):
        folded = fold(f"Đã điều chỉnh {move['way']} trong năm")
    else:
        return None
    return _in_context(folded, look_up(folded, table), _single_years(parts[:-1]), table)


def _single_years(parts: Sequence[Folded]) -> list[Folded]:
    return [Folded(YEAR, part.years) for part in parts if len(part.years) == 1]


def _in_context(
    folded: Folded, found: tuple[Meaning, ...], dropped: Sequence[Folded], table: Table
) -> tuple[Folded, tuple[Meaning, ...]]:
    """Return the meaning below upper texts that were left out, or a doubt where they may change it."""
    columns = {meaning.column for meaning in found}
    columns |= {name for meaning in found if meaning.doubt is not None for name in meaning.doubt.columns}
    money = {name for name in columns if name == "ratio" or _holds_money(name, table)}
    if not money:
        return folded, found
    for part in dropped:
        if not _harmless(part, columns, table):
            said = look_up(part, table)
            if {m.column for m in said} == {"disbursed"} and columns == {"plan"} and folded.years:
                # "Giải ngân đến …" over "Kế hoạch năm …": what was paid out of that year's plan
                return folded, tuple(replace(meaning, column="disbursed") for meaning in found)
            return folded, (Meaning(doubt=_UNCLEAR),)
    years = tuple(part.years[0] for part in dropped if len(part.years) == 1)
    meanings = tuple(replace(meaning, years=(*("{n}",) * len(years), *meaning.years)) for meaning in found)
    return replace(folded, years=(*years, *folded.years)), meanings


def _harmless(part: Folded, columns: set[str], table: Table) -> bool:
    """Whether an upper text cannot change which money column a lower one means."""
    above = {meaning.column for meaning in look_up(part, table) if meaning.doubt is None} - {""}
    if not above:
        moves = columns <= {"requested_increase", "offered_decrease"} and "điều chỉnh" in part.key
        return moves or is_neutral(part.key) or LOADED.search(part.key) is None
    if above == {"plan"}:
        return "kéo dài" not in part.key
    return all(columns <= _SAME.get(name, {name}) for name in above)
