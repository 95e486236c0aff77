"""Σ lines = Σ owners = Σ sources = province, beside every total that a file or a control table states."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from phanbo.money import Bools, Ints
    from phanbo.tables.check.grid import Grid
    from phanbo.tables.check.statements import Statement

__all__ = [
    "Balance",
    "balances",
    "control_balances",
    "control_scopes",
    "differences",
    "in_scope",
    "moved_controls",
    "reconcile_frame",
    "stated_balances",
]

AMOUNTS = ("plan", "disbursed")
PROVINCE = "Toàn tỉnh"
LEVELS = ("all", "source", "owner", "sector", "stage", "programme", "group", "columns")


@dataclass(frozen=True, slots=True)
class Balance:
    """What some lines add up to, beside what is stated of them.

    Attributes
    ----------
    level : str
        ``"all"``, ``"source"``, ``"owner"``, or another level of `Statement`.
    key, label : str
        The source or owner (``""`` for other levels); what a reader calls it.
    column : str
        ``plan``, ``disbursed`` or another column of money.
    added : int
        What the lines add up to, in đồng.
    stated : int or None
        What is said of them; None for a sum nobody states.
    sheet, cell : str
        Where it is stated.
    row : int
        Its row, 0 where it has none.
    adds_up : bool
        Whether the sums of the level below it add up to it as well.
    """

    level: str
    key: str
    label: str
    column: str
    added: int
    stated: int | None = None
    sheet: str = ""
    row: int = 0
    cell: str = ""
    adds_up: bool = True

    @property
    def gap(self) -> int | None:
        """Stated less added, in đồng; None where nothing is stated."""
        return None if self.stated is None else self.stated - self.added

    @property
    def ok(self) -> bool:
        """Whether all that can be compared is equal."""
        return self.adds_up and not self.gap

    def to_dict(self) -> dict[str, Any]:
        """Return it as a plain mapping, with `gap` and `ok`."""
        fields = asdict(self)
        del fields["adds_up"]
        return {**fields, "gap": self.gap, "ok": self.ok}


# -- what controls cover --------------------------------------------------------------------------------


def control_scopes(controls: Grid) -> Iterator[tuple[int, str, str, int | None]]:
    """Return the row, ``by``, key and plan year (None: all) of every control total."""
    for at in range(len(controls)):
        by = controls.values("by")[at]
        year = int(controls.values("plan_year")[at]) if controls.known("plan_year")[at] else None
        if by:
            yield at, by, controls.values("key")[at], year


def in_scope(lines: Grid, by: str, key: str, year: int | None) -> Bools:
    """Return the lines a control total covers."""
    rows: Bools = np.ones(len(lines), dtype=np.bool_) if by == "all" else lines.values(by) == key
    return rows if year is None else rows & (lines.values("plan_year") == year)


def moved_controls(frames: Mapping[str, pd.DataFrame], lines: Grid, controls: Grid) -> pd.DataFrame:
    """Return the raw control totals moved by what the lines they cover have moved: they were true of *lines*."""
    moved_frame = frames["controls"]
    for name in AMOUNTS:
        if name not in moved_frame:
            continue
        moved = frames["lines"][name].to_numpy(dtype=np.int64) - lines.values(name)
        totals = moved_frame[name].copy()
        for at, by, key, year in control_scopes(controls):
            if not pd.isna(totals.iloc[at]):
                totals.iloc[at] = int(totals.iloc[at]) + int(moved[in_scope(lines, by, key, year)].sum())
        moved_frame[name] = totals
    return moved_frame


class _Sums:
    """Exact sums of the lines by what they are grouped by, plan year and column; each made once."""

    def __init__(self, lines: Grid) -> None:
        self._lines = lines
        self._made: dict[tuple[str, str], dict[tuple[str, int], int]] = {}

    @cached_property
    def _years(self) -> tuple[Ints, NDArray[Any]]:
        codes, years = pd.factorize(self._lines.values("plan_year"), sort=True)
        return codes.astype(np.int64), years

    def by_year(self, by: str, column: str) -> dict[tuple[str, int], int]:
        """Return the sums of *column* by (key, plan year); the key of ``"all"`` is ``""``."""
        if (by, column) not in self._made:
            codes, years = self._years
            keys = np.array([""], dtype=object)
            if by != "all":
                mine, keys = pd.factorize(self._lines.values(by), sort=True)
                codes = mine.astype(np.int64) * max(len(years), 1) + codes
            sums = exact_sums(self._lines.values(column), codes, len(keys) * len(years))
            there = np.unique(codes).tolist()
            self._made[by, column] = {
                (str(keys[code // len(years)]), int(years[code % len(years)])): sums[code] for code in there
            }
        return self._made[by, column]

    def by_key(self, by: str, column: str) -> dict[str, int]:
        """Return the sums of *column* by key, of all plan years."""
        found: Counter[str] = Counter()
        for (key, _), amount in self.by_year(by, column).items():
            found[key] += amount
        return dict(found)


def exact_sums(amounts: Ints, codes: Ints, count: int) -> list[int]:
    """Return the sum of the amounts of each code, as Python integers: no sum of int64 amounts overflows.

    Examples
    --------
    >>> exact_sums(np.array([2**62, 2**62, -5]), np.array([0, 0, 1]), 2)
    [9223372036854775808, -5]
    """
    high, low = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    np.add.at(high, codes, amounts >> 32)
    np.add.at(low, codes, amounts & 0xFFFFFFFF)
    return [(upper << 32) + lower for upper, lower in zip(high.tolist(), low.tolist(), strict=True)]


# -- balances -------------------------------------------------------------------------------------------


def control_balances(controls: Grid, lines: Grid) -> Iterator[tuple[int, Balance | None]]:
    """Yield the row of every control total with its balance, one a column it states.

    None where no line has its key.
    """
    sums = _Sums(lines)
    known = {by: sums.by_key(by, "plan").keys() for by in ("all", "source", "owner")}
    by_key: dict[tuple[str, str], dict[str, int]] = {}
    for at, by, name, year in control_scopes(controls):
        key = "" if by == "all" else name
        if key not in known[by]:
            yield at, None
            continue
        label = (PROVINCE if by == "all" else key) + (f" · {year}" if year is not None else "")
        for column in AMOUNTS:
            if not controls.known(column)[at]:
                continue
            if year is not None:
                added = sums.by_year(by, column).get((key, year), 0)
            else:
                if (by, column) not in by_key:
                    by_key[by, column] = sums.by_key(by, column)
                added = by_key[by, column][key]
            place = str(controls.sheets[at]), int(controls.rows[at]), controls.cell(at, column)
            yield at, Balance(by, key, label, column, added, int(controls.values(column)[at]), *place)


def stated_balances(grids: Mapping[str, Grid], statements: Iterable[Statement]) -> list[Balance]:
    """Return the balance of every control total and of every total the file states itself."""
    found: list[Balance] = []
    if "controls" in grids and "lines" in grids and {"plan", "disbursed"} <= grids["lines"].columns.keys():
        found += [each for _, each in control_balances(grids["controls"], grids["lines"]) if each is not None]
    found += [
        Balance(
            each.level, "", each.label, each.column, each.added, each.stated, each.sheet, each.row, each.cell
        )
        for each in statements
    ]
    return found


def balances(grids: Mapping[str, Grid], statements: Iterable[Statement] = ()) -> list[Balance]:
    """Return the sums of the province, its sources and its owners, and what is stated of any of them."""
    lines, found = grids["lines"], []
    sums = _Sums(lines)
    for column in AMOUNTS:
        total = sum(lines.values(column).tolist())
        below = {by: sums.by_key(by, column) for by in ("source", "owner")}
        adds_up = all(sum(parts.values()) == total for parts in below.values())
        found.append(Balance("all", "", PROVINCE, column, total, adds_up=adds_up))
        found += [
            Balance(by, key, key, column, amount)
            for by, parts in below.items()
            for key, amount in parts.items()
        ]
    found += stated_balances(grids, statements)
    order = {level: place for place, level in enumerate(LEVELS)}
    return sorted(found, key=lambda each: order.get(each.level, len(order)))


def differences(stated: Iterable[Balance]) -> tuple[dict[str, Any], ...]:
    """Return what does not add up, as plain mappings for an error or a workbook."""
    return tuple(each.to_dict() for each in stated if not each.ok)


def reconcile_frame(found: Sequence[Balance]) -> pd.DataFrame:
    """Return balances as a frame, one a row, amounts in whole đồng."""
    rows = [each.to_dict() for each in found]
    types = {
        "level": "str",
        "key": "str",
        "label": "str",
        "column": "str",
        "stated": "Int64",
        "added": "int64",
        "gap": "Int64",
        "sheet": "str",
        "row": "Int64",
        "cell": "str",
        "ok": "bool",
    }
    columns: dict[str, pd.Series[Any]] = {
        name: pd.Series([row[name] for row in rows], dtype=kind) for name, kind in types.items()
    }
    columns["row"] = columns["row"].mask(columns["row"] == 0)
    return pd.DataFrame(columns)
