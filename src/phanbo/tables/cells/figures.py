"""Numbers as people type them: Vietnamese and plain separators, brackets, dashes. Exact, never guessed."""

from __future__ import annotations

import re
from fractions import Fraction

__all__ = ["DASHES", "NumberError", "parse_number"]

DASHES = frozenset({"-", "–", "—", "−"})
"""What accounting formats print for nothing."""

_GROUPED = (
    re.compile(r"([1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,([0-9]+))?"),
    re.compile(r"([1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.([0-9]+))?"),
    re.compile(r"([1-9][0-9]{0,2}(?: [0-9]{3})+)(?:[.,]([0-9]+))?"),
)
_PLAIN = re.compile(r"([0-9]+)(?:[.,]([0-9]+))?")
_ONE_GROUP = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")


class NumberError(ValueError):
    """A cell is no number, or could be two.

    ``code`` is ``"not-a-number"``, ``"ambiguous-number"`` or ``"too-large"``.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text!r}")
        self.code = code


def parse_number(text: str, *, decimals: bool = True) -> Fraction:
    """Return the number a text means, exactly.

    Parameters
    ----------
    text : str
        ``"1.234.567"``, ``"1,234,567"``, ``"1 234 567"``, ``"1.234,5"``, ``"(1.234.567)"`` (negative); a
        lone dash is nothing, 0.
    decimals : bool
        Whether the unit of the column lets the number have decimals. Where it has, ``"1.234"`` could be
        one thousand or one and a quarter: an error. In đồng it can only be a thousand.

    Raises
    ------
    NumberError
        The text is no number, or could be two.

    Examples
    --------
    >>> parse_number("1.234.567,5")
    Fraction(2469135, 2)
    >>> parse_number("(1.234)", decimals=False)
    Fraction(-1234, 1)
    """
    body = " ".join(text.split())
    if body in DASHES:
        return Fraction(0)
    sign = 1
    if body.startswith("(") and body.endswith(")"):
        sign, body = -1, body[1:-1].strip()
    elif body[:1] in {"-", "−", "+"}:
        sign, body = (1 if body[0] == "+" else -1), body[1:].strip()
    if decimals and _ONE_GROUP.fullmatch(body):
        raise NumberError("ambiguous-number", text)
    for form in (*_GROUPED, _PLAIN):
        match = form.fullmatch(body)
        if match:
            whole = re.sub(r"[., ]", "", match[1])
            return sign * Fraction(f"{whole}.{match[2]}" if match[2] else whole)
    raise NumberError("not-a-number", text)
