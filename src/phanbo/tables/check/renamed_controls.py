"""Control totals of owners under their old names: those of all predecessors add up to the successor's."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from phanbo.tables.check.reconcile import AMOUNTS, control_scopes
from phanbo.tables.schema.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from phanbo.tables.check.grid import Grid

__all__ = ["add_up_controls"]


def add_up_controls(
    controls: Grid, owners: Iterable[str], heirs: Mapping[str, str]
) -> tuple[Grid, list[tuple[int, str]]]:
    """Return the controls under present names, and of every row renamed: position and old name.

    *owners* are the owners the lines name, as the file has them; *heirs* the successor of each folded old name. Rows
    are added up only where every old name of the lines has one: the sum is then of the very same lines. Elsewhere a
    row keeps its old name, and the check of control totals asks for it.
    """
    named: dict[str, set[str]] = defaultdict(set)
    for owner in map(fold, owners):
        named[fold(heirs.get(owner, owner))].add(owner)
    rows: dict[tuple[str, int | None], list[tuple[int, str]]] = defaultdict(list)
    for at, by, key, year in control_scopes(controls):
        if by == "owner":
            rows[fold(heirs.get(fold(key), key)), year].append((at, fold(key)))
    present = {fold(new): new for new in heirs.values()}
    told: list[tuple[int, str]] = []
    gone: set[int] = set()
    columns = dict(controls.columns)
    for (heir, _), group in rows.items():
        keys = [key for _, key in group]
        if heir not in present or sorted(keys) != sorted(named[heir]) or keys == [heir]:
            continue
        places = np.array([at for at, _ in group])
        first, old = places[0], controls.values("key")[places].tolist()
        for name in (*AMOUNTS, "key"):
            if name not in columns:
                continue
            cells = columns[name].take(np.arange(len(controls)))
            if name == "key":
                cells.data[first] = present[heir]
            else:
                cells.known[first] = cells.known[places].all()
                cells.data[first] = cells.data[places].sum() if cells.known[first] else 0
            columns[name] = cells
        gone.update(places[1:].tolist())
        told += [(int(at), name) for at, name in zip(places, old, strict=True) if fold(name) != heir]
    if not told:
        return controls, []
    made = type(controls)(
        controls.table, columns, controls.given, controls.sheets, controls.rows, controls.letters
    )
    return made.take(np.array([at for at in range(len(controls)) if at not in gone], dtype=np.int64)), told
