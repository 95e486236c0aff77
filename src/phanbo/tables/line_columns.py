"""The lines of a portfolio as whole columns: amounts, flags, texts, codes, each known or not."""

from __future__ import annotations

from functools import cached_property
from hashlib import blake2b
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from phanbo.tables.check.complete import kinds
from phanbo.tables.check.grid import TEXTUAL, Grid
from phanbo.tables.schema import LINES, Type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from phanbo.money import Bools, Ints

__all__ = ["LineColumns"]


class LineColumns:
    """The lines as columns, read only; each is made once, when it is asked for."""

    _grids: dict[str, Grid]

    def __len__(self) -> int:
        return len(self._lines)

    @property
    def _lines(self) -> Grid:
        return self._grids["lines"]

    @cached_property
    def _kinds(self) -> NDArray[Any]:
        found = kinds(self._lines, self._grids.get("sources"))
        found.setflags(write=False)
        return found

    @property
    def given(self) -> frozenset[str]:
        """The columns of `lines` that stood in the input or could be derived from it."""
        return frozenset(self._lines.given)

    @cached_property
    def year(self) -> int:
        """The plan year: the newest among the lines."""
        return int(self._lines.values("plan_year").max())

    @cached_property
    def carried(self) -> Bools:
        """Which lines are capital carried over from earlier years."""
        return _frozen(self._lines.values("plan_year") < self.year)

    def money(self, name: str) -> tuple[Ints, Bools]:
        """Return a money column: int64 đồng (0 where unknown), and where it is known."""
        return self._column(name, Type.MONEY)

    def integer(self, name: str) -> tuple[Ints, Bools]:
        """Return a column of whole numbers (0 where unknown), and where it is known."""
        return self._column(name, Type.INTEGER)

    def flag(self, name: str) -> tuple[Bools, Bools]:
        """Return a yes/no column (False where unknown), and where it is known."""
        return self._column(name, Type.YES_NO)

    def text(self, name: str) -> NDArray[Any]:
        """Return a column of texts, choices or dates as str objects, ``""`` where empty."""
        if name == "kind":
            return self._kinds
        return self._column(name, *TEXTUAL)[0]

    def _column(self, name: str, *types: Type) -> tuple[NDArray[Any], Bools]:
        kind = LINES.column(name).type
        if kind not in types:
            raise TypeError(f"{name} is a column of type {kind}")
        if name not in self._columns:
            self._columns[name] = _frozen(self._lines.values(name)), _frozen(self._lines.known(name))
        return self._columns[name]

    @cached_property
    def _columns(self) -> dict[str, tuple[NDArray[Any], Bools]]:
        return {}

    def codes(self, name: str) -> tuple[Ints, NDArray[Any]]:
        """Return the number of each line's value in a column, and the distinct values in order."""
        if name not in self._codes:
            values = self._kinds if name == "kind" else self._lines.values(name)
            codes, distinct = pd.factorize(values, sort=True)
            self._codes[name] = _frozen(codes.astype(np.int64)), _frozen(distinct)
        return self._codes[name]

    @cached_property
    def _codes(self) -> dict[str, tuple[Ints, NDArray[Any]]]:
        return {}

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Position of every line by its id."""
        return MappingProxyType({line: k for k, line in enumerate(self.text("line_id").tolist())})

    def digests(self, salt: str = "") -> NDArray[np.uint64]:
        """Return a 64-bit hash of every line id, salted; the same in every version and on every machine."""
        if salt not in self._digests:
            ids = [(salt + line).encode() for line in self.text("line_id").tolist()]
            joined = b"".join([blake2b(line, digest_size=8).digest() for line in ids])
            self._digests[salt] = _frozen(np.frombuffer(joined, dtype=">u8").astype(np.uint64))
        return self._digests[salt]

    @cached_property
    def _digests(self) -> dict[str, NDArray[np.uint64]]:
        return {}

    def says(self, name: str, *texts: str) -> Bools:
        """Return the lines whose text in a column is one of *texts*."""
        codes, distinct = self.codes(name)
        return np.array([text in texts for text in distinct.tolist()], dtype=np.bool_)[codes]


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    array.setflags(write=False)
    return array
