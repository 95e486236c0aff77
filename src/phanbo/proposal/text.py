"""Text columns made from the names they are made of: converting a name costs far more than repeating it."""

from __future__ import annotations

import operator
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pandas.api.extensions import ExtensionArray

    from phanbo.money import Ints

__all__ = ["TEXT", "joined", "text_of"]

TEXT = pd.StringDtype(na_value=np.nan)
"""What pandas calls ``"str"``; looking the name up takes longer than making a short column."""


def text_of(names: Iterable[str], codes: Ints | None = None) -> ExtensionArray:
    """Return a text column: *names* as they are, or ``names[code]`` row by row; −1 is the last name."""
    texts = pd.array(np.array(list(names), dtype=object), dtype=TEXT)
    return texts if codes is None else texts.take(codes)


def joined(*columns: ExtensionArray) -> ExtensionArray:
    """Return text columns run together, row by row."""
    found: ExtensionArray = reduce(operator.add, columns)
    return found
