"""Whole đồng: limits, exact ratios and the Vietnamese way of writing numbers.

Money is an integer number of đồng everywhere. Nothing here returns a float of money.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "LIMIT",
    "MILLION",
    "Bools",
    "Ints",
    "ceil_share",
    "exact",
    "floor_ratio",
    "floor_share",
    "format_dong",
    "format_million",
    "format_share",
]

Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]

LIMIT = 2**53 - 1
"""The largest amount phanbo accepts, in đồng: what a spreadsheet's number can still hold exactly."""

MILLION = 1_000_000


def exact(number: float | str | Fraction) -> Fraction:
    """Return *number* as the fraction a reader sees: ``0.8`` is 4/5, not the nearest binary float.

    Examples
    --------
    >>> exact(0.8)
    Fraction(4, 5)
    """
    return number if isinstance(number, Fraction) else Fraction(str(number))


def floor_ratio(amount: Ints, numerator: int, denominator: int) -> Ints:
    """Return ``floor(amount * numerator / denominator)``, exact, at most `LIMIT`.

    *amount* holds non-negative int64 đồng; both factors are positive integers below 10⁸. The product is
    never formed, so nothing overflows.

    Examples
    --------
    >>> floor_ratio(np.array([9, 9_000_000_000_000_000]), 7, 10).tolist()
    [6, 6300000000000000]
    """
    whole, rest = np.divmod(amount, denominator)
    capped = np.minimum(whole, LIMIT // numerator + 1)
    result: Ints = np.minimum(capped * numerator + rest * numerator // denominator, LIMIT)
    return result


def floor_share(amount: Ints, share: Fraction) -> Ints:
    """Return ``floor(amount * share)``, exact whatever the terms of the share.

    *amount* holds non-negative int64 đồng, *share* is at least 0; `OverflowError` where a result is no int64.

    Examples
    --------
    >>> floor_share(np.array([9_007_199_254_740_991]), Fraction(2**52 - 1, 2**52)).tolist()
    [9007199254740989]
    """
    return _divided(amount, share)[0]


def ceil_share(amount: Ints, share: Fraction) -> Ints:
    """Return ``ceil(amount * share)``, exact; see `floor_share`.

    Examples
    --------
    >>> ceil_share(np.array([10, 11]), Fraction(7, 10)).tolist()
    [7, 8]
    """
    whole, more = _divided(amount, share)
    return whole + more


def _divided(amount: Ints, share: Fraction) -> tuple[Ints, Bools]:
    """Return ``floor(amount * share)`` and whether anything is left over."""
    numerator, denominator = share.numerator, share.denominator
    most = int(amount.max(initial=0)) * numerator // denominator
    # 3·2⁻⁵³ of the result, and 2: no guess below is farther off.
    if most >= 2**62 or ((most >> 51) + 3) * denominator >= 2**63:
        product = amount.astype(object) * numerator
        whole = product // denominator
        return whole.astype(np.int64), (product > whole * denominator).astype(np.bool_)
    guess = (amount * float(share)).astype(np.int64)
    # The float only guesses. What it leaves of the product is small, so it is exact modulo 2⁶⁴.
    product = amount.astype(np.uint64) * np.uint64(numerator % 2**64)
    left = (product - guess.astype(np.uint64) * np.uint64(denominator)).view(np.int64)
    further, rest = np.divmod(left, denominator)
    return guess + further, rest > 0


def format_dong(amount: int) -> str:
    """Write đồng with a dot between thousands: ``1.234.567``.

    Examples
    --------
    >>> format_dong(-1234567)
    '-1.234.567'
    """
    return f"{int(amount):,}".replace(",", ".")


def format_million(amount: int, lang: str = "vi") -> str:
    """Write đồng as millions with up to six decimals, nothing rounded away.

    Examples
    --------
    >>> format_million(1_234_500_000)
    '1.234,5'
    >>> format_million(1_234_500_000, lang="en")
    '1,234.5'
    """
    sign = "-" if amount < 0 else ""
    whole, rest = divmod(abs(int(amount)), MILLION)
    text = f"{whole:,}"
    if rest:
        text += f".{rest:06d}".rstrip("0")
    return sign + (text if lang == "en" else text.translate(str.maketrans(",.", ".,")))


def format_share(numerator: int, denominator: int, lang: str = "vi") -> str:
    """Write a share as a percentage with two decimals, rounded half up; a share of nothing is a dash.

    Examples
    --------
    >>> format_share(1, 3)
    '33,33%'
    >>> format_share(1, 0)
    '–'
    """
    if denominator <= 0:
        return "–"
    points = (20_000 * int(numerator) + int(denominator)) // (2 * int(denominator))
    text = f"{points // 100}.{points % 100:02d}%"
    return text if lang == "en" else text.replace(".", ",")
