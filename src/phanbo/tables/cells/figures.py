"""Numbers as people type them: Vietnamese and plain separators, brackets, dashes. Exact, never guessed."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["DASHES", "NumberError", "convention", "half_width", "parse_amount", "parse_number"]

DASHES = frozenset({"-", "–", "—", "−"})
"""What accounting formats print for nothing."""

_GROUPED = (
    re.compile(r"([1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,([0-9]+))?"),
    re.compile(r"([1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.([0-9]+))?"),
    re.compile(r"([1-9][0-9]{0,2}(?: [0-9]{3})+)(?:[.,]([0-9]+))?"),
)
_PLAIN = re.compile(r"([0-9]+)(?:[.,]([0-9]+))?")
_ONE_GROUP = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
_EXPONENT = re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+")
_SETTLING = {
    # two groups, a group and decimals, or decimals that are no group
    "vi": re.compile(r"[0-9]{1,3}(?:\.[0-9]{3}){2,}(?:,[0-9]+)?|[0-9]{1,3}\.[0-9]{3},[0-9]+|[0-9]+,[0-9]+"),
    "en": re.compile(r"[0-9]{1,3}(?:,[0-9]{3}){2,}(?:\.[0-9]+)?|[0-9]{1,3},[0-9]{3}\.[0-9]+|[0-9]+\.[0-9]+"),
}
_THOUSANDS = {"vi": ".", "en": ","}
_UNITS = (
    (re.compile(r"(?:tỷ|tỉ)(?: ?đồng| ?đ| ?vnđ| ?vnd)?"), 10**9),
    (re.compile(r"(?:triệu|tr)\.?(?: ?đồng| ?đ| ?vnđ| ?vnd)?"), 10**6),
    (re.compile(r"(?:nghìn|ngàn)(?: ?đồng| ?đ| ?vnđ| ?vnd)?"), 10**3),
    (re.compile(r"đồng|đ|vnđ|vnd|₫"), 1),
)
_WITH_UNIT = re.compile(r"([0-9][0-9., ]*?) ?([^\W\d_].*|₫)")
_WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


class NumberError(ValueError):
    """A cell is no number, or could be two.

    ``code`` is ``"not-a-number"``, ``"ambiguous-number"``, ``"number-percent"``, ``"number-exponent"`` or
    ``"too-large"``.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text!r}")
        self.code = code


def half_width(text: str) -> str:
    """Return *text* with full-width letters, digits and signs as plain ones.

    Examples
    --------
    >>> half_width("\uff11\uff12\uff0e\uff15")
    '12.5'
    """
    return text if text.isascii() else text.translate(_WIDE)


def convention(texts: Iterable[str]) -> dict[str, str]:
    """Return how the numbers of a column are written: ``"vi"`` (1.234,5) or ``"en"`` (1,234.5).

    Each convention comes with the first text that can be read in no other; two of them contradict each other.

    Examples
    --------
    >>> convention(["1.234", "12.345.678", "7,25"])
    {'vi': '12.345.678'}
    """
    found: dict[str, str] = {}
    for text in texts:
        body, _ = _signed(_body(text))
        if not _ONE_GROUP.fullmatch(body):
            for name, form in _SETTLING.items():
                if form.fullmatch(body):
                    found.setdefault(name, text)
    return found


def parse_number(text: str, *, decimals: bool = True, convention: str = "") -> Fraction:
    """Return the number a text means, exactly.

    Parameters
    ----------
    text : str
        ``"1.234.567"``, ``"1,234,567"``, ``"1 234 567"``, ``"1.234,5"``, ``"(1.234.567)"`` and
        ``"1.234.567-"`` (negative); a lone dash is nothing, 0.
    decimals : bool
        Whether the unit of the column lets the number have decimals. Where it has, ``"1.234"`` could be
        one thousand or one and a quarter: an error. In đồng it can only be a thousand.
    convention : str
        How the other numbers of the column are written, ``"vi"`` or ``"en"``: settles ``"1.234"``.

    Raises
    ------
    NumberError
        The text is no number, or could be two; a percentage; a number in powers of ten, which a
        spreadsheet has rounded.

    Examples
    --------
    >>> parse_number("1.234.567,5")
    Fraction(2469135, 2)
    >>> parse_number("(1.234)", decimals=False)
    Fraction(-1234, 1)
    >>> parse_number("1.234", convention="en")
    Fraction(617, 500)
    """
    whole = _body(text)
    if whole in DASHES:
        return Fraction(0)
    body, sign = _signed(whole)
    if body.endswith("%"):
        raise NumberError("number-percent", text)
    if _EXPONENT.fullmatch(body):
        raise NumberError("number-exponent", text)
    if decimals and _ONE_GROUP.fullmatch(body):
        if not convention:
            raise NumberError("ambiguous-number", text)
        mark = _THOUSANDS[convention]
        return sign * Fraction(body.replace(mark, "") if mark in body else body.replace(",", "."))
    for form in (*_GROUPED, _PLAIN):
        match = form.fullmatch(body)
        if match:
            digits = re.sub(r"[., ]", "", match[1])
            return sign * Fraction(f"{digits}.{match[2]}" if match[2] else digits)
    raise NumberError("not-a-number", text)


def parse_amount(text: str, *, unit: Fraction | int = 1, convention: str = "") -> tuple[Fraction, int | None]:
    """Return the đồng a cell means, and the unit written in the cell itself; None where there is none.

    Examples
    --------
    >>> parse_amount("1,5 tỷ"), parse_amount("1.234.567đ"), parse_amount("12,5", unit=1_000_000)
    ((Fraction(1500000000, 1), 1000000000), (Fraction(1234567, 1), 1), (Fraction(12500000, 1), None))
    """
    body = _body(text)
    inner, sign = _signed(body)
    match = _WITH_UNIT.fullmatch(inner) if inner[-1:].isalpha() or inner[-1:] in {"₫", "."} else None
    if match:
        for words, own in _UNITS:
            if words.fullmatch(match[2].lower()):
                number = parse_number(match[1], decimals=own != 1, convention=convention)
                return sign * number * own, own
    return parse_number(text, decimals=unit != 1, convention=convention) * unit, None


def _body(text: str) -> str:
    """Return a text without what is no part of a number: surplus blanks, wide forms, a leading apostrophe."""
    plain = text if text.isascii() else half_width(text).translate(_INVISIBLE)
    return " ".join(plain.split()).lstrip("'’").strip()


def _signed(body: str) -> tuple[str, int]:
    """Return a number's digits and its sign: brackets and a minus at either end are negative."""
    if body.startswith("(") and body.endswith(")"):
        return body[1:-1].strip(), -1
    if body[:1] in DASHES or body[:1] == "+":
        return body[1:].strip(), 1 if body[0] == "+" else -1
    if body[-1:] in DASHES:
        return body[:-1].strip(), -1
    return body, 1
