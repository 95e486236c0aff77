"""Columns of numbers: whole columns at once, cell by cell only where text was typed."""

from __future__ import annotations

import numbers
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from phanbo.money import LIMIT, Bools
from phanbo.tables.cells.column import Cells, objects_of
from phanbo.tables.cells.figures import DASHES, NumberError, convention, parse_amount

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["number_cells"]

_NUMBERS = frozenset({"integer", "floating", "mixed-integer-float", "empty"})
_SURE = 10**15
"""Below it an amount has at most 15 digits in any unit, and no other of 15 digits is stored as the same float."""
_NOISE = Fraction(1, 4)
"""In đồng: what the 16th and 17th digit of a calculated cell may say."""


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
    cells = objects_of(raw)
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
    if str not in {*map(type, cells)}:
        return raw
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
    unsure = scaled / factor != numbers_
    if unit != 1:
        unsure |= np.abs(scaled) >= _SURE
    for at in np.flatnonzero(known & ~large & unsure):
        exact = _of_float(float(numbers_[at]), unit)
        if exact.denominator != 1:
            out.fault("not-whole", int(at))
            out.known[at] = False
        elif abs(exact) > LIMIT:
            large[at] = True
        else:
            out.data[at] = exact.numerator
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
            number = _amount(cell, unit)
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


def _amount(cell: object, unit: Fraction) -> Fraction:
    """Return the đồng of a cell that is no text."""
    if isinstance(cell, (bool, np.bool_)):
        raise NumberError("not-a-number", str(cell))
    if isinstance(cell, numbers.Integral):
        return int(cell) * unit
    if isinstance(cell, (float, np.floating)) and np.isinf(cell):
        raise NumberError("too-large", str(cell))
    try:
        if isinstance(cell, (float, np.floating)):
            return _of_float(float(cell), unit)
        return Fraction(str(cell)) * unit  # Decimal
    except (ValueError, OverflowError) as error:
        raise NumberError("not-a-number", str(cell)) from error


def _of_float(number: float, unit: Fraction) -> Fraction:
    """Return the đồng of the shortest decimal that is stored as *number*.

    A spreadsheet shows 15 digits: where that decimal has more and is no whole amount, but the 15 are, within a quarter
    of a đồng, then 0.1 + 0.2 is noise, not a fraction of a đồng.
    """
    exact = Fraction(int(number) if number.is_integer() else repr(number)) * unit
    if exact.denominator != 1:
        shown = Fraction(f"{number:.15g}") * unit
        if shown.denominator == 1 and abs(shown - exact) < _NOISE:
            return shown
    return exact
