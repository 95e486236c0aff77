"""Columns of raw cells into typed arrays: whole columns at once, cell by cell only where text was typed."""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from phanbo.money import Ints
from phanbo.tables.cells.amounts import number_cells
from phanbo.tables.cells.column import Cells, objects_of
from phanbo.tables.cells.dates import NOT_YET, DateError, parse_date, settle_order
from phanbo.tables.cells.figures import DASHES
from phanbo.tables.schema.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from phanbo.tables.schema.column import Column

__all__ = [
    "Cells",
    "choice_cells",
    "clean_text",
    "date_cells",
    "number_cells",
    "reason_cells",
    "text_cells",
    "yes_no_cells",
]

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_BOUND = "\0"
_BLANKS = [chr(code) for code in range(0x3001) if chr(code).isspace() and code != ord(" ")]
_BESIDE = ("  ", f" {_BOUND}", f"{_BOUND} ")
_ODD = (*_BLANKS, *map(chr, _INVISIBLE), *_BESIDE)
"""What no clean text has, and no end of one beside the bound between two texts."""

_PLAIN = np.zeros(2**16, dtype=np.bool_)
"""Characters that are clean in any company: Latin ones, composed, as Vietnamese is written."""
_PLAIN[:0x300] = _PLAIN[0x1E00:0x1F00] = True
_PLAIN[[ord(odd) for odd in _ODD if len(odd) == 1]] = False

_FEW = 100
"""So many cells show whether a column says the same again and again."""

_NUMBERS = frozenset({"integer", "floating", "mixed-integer-float", "empty"})
_ONLY_TEXT = frozenset({"string", "empty"})
_TELLING = frozenset({str, float, int, dt.date, type(None)})
"""Types whose equal cells are equal as texts; not so for yes and 1, or one moment in two time zones."""

_YES = frozenset(
    {"có", "yes", "y", "x", "true", "đúng", "đủ", "đã", "rồi", "1", "v", "✓", "✔", "đã đủ", "đã có"}
)
_NO = frozenset(
    {"không", "no", "n", "false", "sai", "0", "chưa", "chưa đủ", "chưa có", "không có", "không đủ"}
)


def clean_text(text: str) -> str:
    """Return *text* in NFC, without invisible characters, with one blank between words."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_INVISIBLE).split())


def _are_clean(texts: list[str]) -> bool:
    """Whether `clean_text` would leave every text as it is; all are looked at in one go, for most columns are clean."""
    joined = _BOUND.join(["", *texts, ""])
    units = np.frombuffer(joined.encode("utf-16-le", "surrogatepass"), dtype="<u2")
    if _PLAIN[units].all():
        return not any(map(joined.__contains__, _BESIDE))
    odd = any(map(joined.__contains__, _ODD))
    return not odd and (joined.isascii() or unicodedata.is_normalized("NFC", joined))


def _are_plain(cells: list[Any]) -> bool:
    """Whether all cells are texts and hardly any occurs twice: then nothing is won by looking at each text once."""
    return 2 * len({*cells[:_FEW]}) > _FEW and {*map(type, cells)} == {str}


def _by_distinct(raw: pd.Series[Any], read: Callable[[str], tuple[Any, bool, str]], empty: Any) -> Cells:  # noqa: ANN401
    """Return a column read one *distinct* text at a time: ``read(text)`` gives value, known, fault."""
    codes, texts = pd.factorize(_texts(raw), use_na_sentinel=True)
    return _spread(codes, [read(text) for text in texts], empty)


def _spread(codes: Ints, results: list[tuple[Any, bool, str]], empty: Any) -> Cells:  # noqa: ANN401
    """Return the column whose cells have these numbers, each read as its result; number −1 is *empty*."""
    values = np.empty(len(results) + 1, dtype=object if isinstance(empty, str) else type(empty))
    values[:-1] = [value for value, _, _ in results]
    values[-1] = empty
    known = np.array([known for _, known, _ in results] + [False], dtype=np.bool_)
    out = Cells(values[codes], known[codes])
    faults = np.array([fault for _, _, fault in results] + [""], dtype=object)
    if any(faults.tolist()):
        rows = np.flatnonzero((faults != "")[codes])
        kinds, names = pd.factorize(faults[codes[rows]])
        out.faults = {name: rows[kinds == kind].tolist() for kind, name in enumerate(names)}
    return out


def _texts(raw: pd.Series[Any]) -> NDArray[Any]:
    """Return every cell as text, empty ones as they are."""
    if raw.dtype == object and pd.api.types.infer_dtype(raw.to_numpy(), skipna=True) in _ONLY_TEXT:
        return raw.to_numpy()
    cells = objects_of(raw)
    if pd.api.types.infer_dtype(cells, skipna=True) in _ONLY_TEXT:
        return cells
    if set(map(type, cells.tolist())) <= _TELLING:
        codes, cells = pd.factorize(cells)
        texts = [cell if isinstance(cell, str) else _as_text(cell) for cell in cells]
        spread: NDArray[Any] = np.array([*texts, None], dtype=object)[codes]
        return spread
    for at, cell in enumerate(cells):
        if cell is not None and not isinstance(cell, str):
            cells[at] = _as_text(cell)
    return cells


def _as_text(cell: object) -> str:
    if isinstance(cell, dt.datetime):  # a pandas Timestamp too
        midnight = cell.time() == dt.time(0)
        return cell.date().isoformat() if midnight else cell.isoformat(sep=" ")
    if isinstance(cell, np.datetime64):
        return str(cell.astype("datetime64[D]"))
    if isinstance(cell, (float, np.floating)) and float(cell).is_integer():
        return str(int(cell))
    return str(cell)


def text_cells(raw: pd.Series[Any]) -> Cells:
    """Return a column of texts: NFC, blanks folded; what was repaired is listed."""
    held = _texts(raw)
    if _are_plain(cells := held.tolist()) and _are_clean(cells):
        return Cells(held.copy(), held != "")
    codes, texts = pd.factorize(held, use_na_sentinel=True)
    if _are_clean(texts.tolist()):
        values = np.array([*map(str, texts.tolist()), ""], dtype=object)  # no kinds of str of others
        return Cells(values[codes], (values != "")[codes])

    def read(text: str) -> tuple[str, bool, str]:
        clean = clean_text(text)
        if clean == text or not clean:
            return clean, bool(clean), ""
        return clean, True, "text-spaces" if unicodedata.is_normalized("NFC", text) else "text-nfd"

    return _spread(codes, [read(text) for text in texts], "")


def reason_cells(raw: pd.Series[Any]) -> Cells:
    """Return a column of reasons, where people also write có and không: no is empty, yes a reason of its own."""
    texts = text_cells(raw)

    def read(text: str) -> tuple[str, bool, str]:
        words = fold(text).rstrip(".")
        if words in _NO or words in DASHES:
            return "", False, "reason-no"
        if words in _YES:
            said = "yes" if words in {"yes", "y"} else "có"
            return said, True, "" if said == text else "reason-yes"
        return text, bool(text), ""

    found = _by_distinct(pd.Series(texts.data, dtype=object), read, "")
    found.faults |= texts.faults
    return found


def choice_cells(
    raw: pd.Series[Any], column: Column, read_choice: Callable[[str], str] | None = None
) -> Cells:
    """Return a column of codes; *read_choice* takes the place of the column's own texts."""
    codes = {fold(code): code for code, _ in column.choices}
    codes |= {fold(text): code for code, texts in column.choices for text in texts}

    def read(text: str) -> tuple[str, bool, str]:
        words = fold(clean_text(text))
        if not words:
            return "", False, ""
        code = read_choice(words) if read_choice else codes.get(words, "")
        if code == "?":
            return "", False, "completed-without-year"
        return code, bool(code), "" if code else ("choice-unread" if column.lenient else "not-a-choice")

    return _by_distinct(raw, read, "")


def yes_no_cells(raw: pd.Series[Any]) -> Cells:
    """Return a column of yes and no."""

    def read(text: str) -> tuple[bool, bool, str]:
        words = fold(clean_text(text)).rstrip(".")
        if words in _YES or words in _NO:
            return words in _YES, True, ""
        return False, False, "not-yes-no" if words else ""

    return _by_distinct(raw, read, empty=False)


def date_cells(raw: pd.Series[Any], *, event: bool) -> Cells:
    """Return a column of ISO dates; an event may be ``"chưa"``: known not to have happened."""

    def read(text: str) -> tuple[str, bool, str]:
        words = clean_text(text)
        if not words:
            return "", False, ""
        if event and fold(words).startswith(NOT_YET):
            return NOT_YET, True, ""
        try:
            date, doubt = parse_date(words)
        except DateError as error:
            return "", False, error.code
        return date, True, doubt

    if raw.dtype.kind == "M":
        naive = raw.dt.tz_localize(None) if getattr(raw.dt, "tz", None) is not None else raw
        raw = naive.dt.strftime("%Y-%m-%d").astype(object)
    out = _by_distinct(raw, read, "")
    settle_order(out, raw.iloc.__getitem__)
    return out
