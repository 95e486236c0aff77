"""Columns of raw cells into typed arrays: whole columns at once, cell by cell only where text was typed."""

from __future__ import annotations

import datetime as dt
import numbers
import unicodedata
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from phanbo.money import LIMIT, Bools, Ints
from phanbo.tables.cells.dates import NOT_YET, DateError, parse_date, settle_order
from phanbo.tables.cells.figures import DASHES, NumberError, convention, parse_amount
from phanbo.tables.schema.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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


@dataclass(slots=True)
class Cells:
    """One column, parsed.

    Attributes
    ----------
    data : ndarray
        int64, bool or str objects; 0, False or ``""`` where unknown.
    known : ndarray of bool
        Whether the cell says anything.
    faults : dict of str to list of int
        Code of a finding to the positions it concerns.
    """

    data: NDArray[Any]
    known: Bools
    faults: dict[str, list[int]] = field(default_factory=dict)

    def fault(self, code: str, at: int) -> None:
        """Remember that the cell at position *at* has the fault *code*."""
        self.faults.setdefault(code, []).append(at)

    def take(self, order: Ints) -> Cells:
        """Return the cells in another order, without their faults."""
        return Cells(self.data[order], self.known[order])


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


def _objects(raw: pd.Series[Any]) -> NDArray[Any]:
    """Return the cells as Python objects, every empty one as None."""
    cells: NDArray[Any] = np.array(raw.astype(object), dtype=object)
    cells[pd.isna(cells)] = None
    return cells


def number_cells(
    raw: pd.Series[Any],
    *,
    unit: Fraction | int = 1,
    signed: bool = True,
    dash_is_zero: bool = True,
    plain: bool = False,
    evidence: Mapping[str, str] | None = None,
) -> Cells:
    """Return a column of whole numbers: money times *unit*, or years.

    Parameters
    ----------
    raw : Series
        Cells as read: numbers of any type, texts, empty ones.
    unit : Fraction or int
        What one of the file's units is in đồng.
    signed : bool
        Whether negative numbers are allowed.
    dash_is_zero : bool
        What a lone dash means: 0, or nothing known.
    plain : bool
        The file holds only text (CSV): digits are no repair there.
    evidence : dict of str to str, optional
        How the numbers of the whole sheet are written, as `convention` says it of all its amounts: what the
        column does not settle, they do.
    """
    unit = Fraction(unit)
    if raw.dtype.kind in "iu" and unit.denominator == 1:
        return _whole(raw, int(unit), signed=signed)
    raw = _without_blanks(raw)
    if raw.dtype.kind == "f" or pd.api.types.infer_dtype(raw, skipna=True) in _NUMBERS:
        try:
            return _floats(_as_floats(raw), unit, signed=signed)
        except OverflowError:  # a whole number too long for a float is judged by itself below
            pass
    cells = _objects(raw)
    out = Cells(np.zeros(len(cells), dtype=np.int64), np.zeros(len(cells), dtype=np.bool_))
    rest = _digits(out, cells, plain=plain) if unit == 1 else range(len(cells))
    rules = (signed, dash_is_zero, plain)
    for at in rest:
        cell = cells[at]
        if cell is not None and not (isinstance(cell, str) and not cell.strip()):
            _one_number(out, at, cell, unit, rules)
    _settle(out, cells, unit, rules, evidence or {})
    return out


def _without_blanks(raw: pd.Series[Any]) -> pd.Series[Any]:
    """Return the cells with None for each blank text, as group rows have them among numbers."""
    if raw.dtype != object:
        return raw
    cells = raw.tolist()
    blank = [at for at, cell in enumerate(cells) if cell.__class__ is str and (not cell or cell.isspace())]
    if not blank or len(blank) == len(cells):
        return raw
    held = np.array(raw.to_numpy(), dtype=object)
    held[blank] = None
    return pd.Series(held, dtype=object, copy=False)


def _settle(
    out: Cells,
    cells: NDArray[Any],
    unit: Fraction,
    rules: tuple[bool, bool, bool],
    evidence: Mapping[str, str],
) -> None:
    """Read the numbers that could be two as the others of the column, or else of the sheet, are written.

    They stay errors where those do not agree.
    """
    doubtful = out.faults.get("ambiguous-number")
    if not doubtful:
        return
    texts = [cell if isinstance(cell, str) else "" for cell in cells]
    own = convention(texts)
    found = own or dict(evidence)
    if len(own) > 1:
        out.faults["number-conflict"] = sorted(texts.index(text) for text in own.values())
    elif len(found) > 1:
        return  # the sheet's columns contradict each other: said once, of the sheet
    elif found:
        del out.faults["ambiguous-number"]
        for at in doubtful:
            _one_number(out, at, cells[at], unit, rules, *found)
        out.fault("number-convention", doubtful[0])


def _digits(out: Cells, cells: NDArray[Any], *, plain: bool) -> list[int]:
    """Take the cells that are plain digits, as nearly all of a CSV are; return the positions of the rest."""
    short = len(str(LIMIT)) - 1
    easy = [isinstance(c, str) and c.isascii() and c.isdigit() and len(c) <= short for c in cells]
    out.known[:] = easy
    out.data[out.known] = [int(cell) for cell in cells[out.known]]
    if not plain and any(easy):
        out.faults["text-number"] = np.flatnonzero(easy).tolist()
    return [int(at) for at in np.flatnonzero(~out.known)]


def _whole(raw: pd.Series[Any], unit: int, *, signed: bool) -> Cells:
    known = raw.notna().to_numpy(dtype=np.bool_)
    values = raw.to_numpy(dtype=raw.dtype.type if known.all() else object, na_value=0)
    if values.dtype == object or values.dtype.kind == "u":
        values = np.array([min(max(int(v), -LIMIT - 1), LIMIT + 1) for v in values], dtype=np.int64)
    out = Cells(values.astype(np.int64), known.copy())
    _limit(out, np.abs(out.data.astype(np.float64)) * unit > LIMIT, signed=signed)
    out.data = np.where(out.known, out.data, 0) * unit
    return out


def _limit(out: Cells, large: Bools, *, signed: bool) -> None:
    """Close the cells that are too large or, where it is not allowed, negative."""
    for code, wrong in (("too-large", large), ("negative", (out.data < 0) & (not signed))):
        at = np.flatnonzero(wrong & out.known)
        if len(at):
            out.faults.setdefault(code, []).extend(at.tolist())
            out.known[at] = False


def _as_floats(raw: pd.Series[Any]) -> NDArray[np.float64]:
    try:
        return raw.to_numpy().astype(np.float64)  # None becomes NaN
    except TypeError:  # what else is empty does not
        return raw.to_numpy(dtype=np.float64, na_value=np.nan)


def _floats(numbers_: NDArray[np.float64], unit: Fraction, *, signed: bool) -> Cells:
    known = ~np.isnan(numbers_)
    factor = float(unit)
    with np.errstate(over="ignore"):  # infinite is too large as well
        scaled = np.rint(np.where(known, numbers_, 0.0) * factor)
    large = ~(np.abs(scaled) <= LIMIT)
    scaled[large] = 0.0
    out = Cells(scaled.astype(np.int64), known)
    # A spreadsheet shows 15 digits: beyond them 0.1 + 0.2 is noise, not a fraction of a đồng.
    for at in np.flatnonzero(known & ~large & (scaled / factor != numbers_)):
        exact = Fraction(f"{numbers_[at]:.15g}") * unit
        if exact.denominator == 1:
            out.data[at] = exact.numerator
        else:
            out.fault("not-whole", int(at))
            out.known[at] = False
    _limit(out, large, signed=signed)
    out.data[~out.known] = 0
    return out


def _one_number(
    out: Cells, at: int, cell: object, unit: Fraction, rules: tuple[bool, bool, bool], written: str = ""
) -> None:
    signed, dash_is_zero, plain = rules
    own = None
    try:
        if isinstance(cell, str):
            number, own = parse_amount(cell, unit=unit, convention=written)
        else:
            number = _fraction(cell) * unit
    except NumberError as error:
        out.fault(error.code, at)
        return
    if isinstance(cell, str):
        if cell.strip() in DASHES:
            out.fault("dash-zero" if dash_is_zero else "dash-empty", at)
            out.known[at] = dash_is_zero
            return
        if own is not None:
            out.fault("unit-in-cell" if own == unit else "unit-in-cell-differs", at)
        elif not (plain and cell.isascii() and cell.removeprefix("-").isdigit()):
            out.fault("text-number", at)
    if number.denominator != 1:
        out.fault("not-whole", at)
    elif abs(number) > LIMIT:
        out.fault("too-large", at)
    elif number < 0 and not signed:
        out.fault("negative", at)
    else:
        out.data[at] = number.numerator
        out.known[at] = True


def _fraction(cell: object) -> Fraction:
    if isinstance(cell, (bool, np.bool_)):
        raise NumberError("not-a-number", str(cell))
    if isinstance(cell, numbers.Integral):
        return Fraction(int(cell))
    if isinstance(cell, (float, np.floating)) and np.isinf(cell):
        raise NumberError("too-large", str(cell))
    try:
        if isinstance(cell, (float, np.floating)):
            number = float(cell)
            return Fraction(int(number)) if number.is_integer() else Fraction(f"{number:.15g}")
        return Fraction(str(cell))  # Decimal
    except (ValueError, OverflowError) as error:
        raise NumberError("not-a-number", str(cell)) from error


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
    cells = _objects(raw)
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
