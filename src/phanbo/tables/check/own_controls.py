"""Control totals that stand in a returned form beside its lines: totals of that form, not of all forms together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from phanbo.tables.check.grid import shown
from phanbo.tables.check.reconcile import control_balances
from phanbo.tables.check.statements import Statement

if TYPE_CHECKING:
    from phanbo.tables.check.grid import Grid, Log

__all__ = ["own_controls"]


def own_controls(controls: Grid, lines: Grid, form: str, log: Log) -> tuple[Grid, list[Statement]]:
    """Compare a form's controls with the form's own lines; return those of others, and what was stated.

    A control of a source or an owner that the form has no line of is about the other forms, and left to them.
    """
    others: set[int] = set()
    stated = []
    for at, balance in control_balances(controls, lines):
        if balance is None:
            others.add(at)
            continue
        label = f"{form} – {balance.key}" if balance.key else form
        amounts = balance.stated or 0, balance.added
        where = balance.sheet, balance.cell
        stated.append(Statement(balance.level, label, balance.column, *amounts, *where, balance.row))
        if balance.gap:
            words = {
                "form": label,
                "sum": shown(balance.added),
                "value": shown(balance.stated),
                "gap": shown(balance.gap),
            }
            log.rows("form-control-differs", controls, [at], balance.column, None, **words)
    rest = [at for at in range(len(controls)) if at in others or not controls.values("by")[at]]
    return controls.take(np.array(rest, dtype=np.int64)), stated
