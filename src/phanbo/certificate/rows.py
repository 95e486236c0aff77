"""The claimed rows: each must follow from the second face of its rule."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from phanbo.case import Case, Changes
from phanbo.certificate.statement import MOST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phanbo.certificate.claims import RowClaim
    from phanbo.money import Ints
    from phanbo.rulebook import Rulebook
    from phanbo.rules.base import Rule

__all__ = ["row_faults"]


def row_faults(case: Case, rulebook: Rulebook, rows: tuple[RowClaim, ...]) -> list[str]:
    """Return the claimed rows that do not follow from their rules, in the order they are claimed."""
    rules = {rule.code: rule for rule in rulebook.rules}
    by_rule: dict[str, list[int]] = defaultdict(list)
    for k, row in enumerate(rows):
        by_rule[row.rule if row.rule in rules and _well_formed(row, len(case)) else ""].append(k)
    wrong = by_rule.pop("", [])
    for code, places in by_rule.items():
        if not _all_follow(case, rules[code], [rows[k] for k in places]):
            wrong += [k for k in places if not _follows(case, rules[code], rows[k])]
    return [f"row {rows[k].key} does not follow from rule {rows[k].rule}" for k in sorted(wrong)]


def _well_formed(row: RowClaim, n: int) -> bool:
    """Return whether a row has lines of the case, each once, and a headroom that int64 can add up."""
    lines = set(row.lines)
    inside = bool(lines) and min(lines) >= 0 and max(lines) < n
    return inside and len(lines) == len(row.lines) and 0 <= row.headroom < MOST


def _all_follow(case: Case, rule: Rule, rows: Sequence[RowClaim]) -> bool:
    """Return whether every row is a group of the rule with its very headroom, by two plans that hold them all.

    In the first plan every row is over its headroom by an amount of its own, one đồng on each line and the rest on
    its first; in the second each first line takes one đồng more. In both, each line of a row must break the rule
    by just what its row is over. Why that is proof, for a rule whose lines fall into groups and whose excess is
    the sum over a raised line's group less its headroom:

    * lines of one group have one excess, so those of two rows, whose amounts differ, share no group;
    * only first lines grow, so a group without one has the same excess in both plans, which is refused: all
      lines of a row are in the group of its first;
    * then the sum over that group is the row's headroom and its amount, and the excess leaves the headroom.

    False says nothing against a row: it is then tested by itself.
    """
    if sum(row.headroom for row in rows) >= MOST:
        return False
    size = np.array([len(row.lines) for row in rows], dtype=np.int64)
    room = np.array([row.headroom for row in rows], dtype=np.int64)
    lines = np.concatenate([np.array(row.lines, dtype=np.int64) for row in rows])
    first = lines[np.cumsum(size) - size]
    # No amount is below the size of a row: one đồng a line always fits.
    amount = size.max() + np.arange(size.size)
    for over in (amount, amount + 1):
        add = np.zeros(len(case), dtype=np.int64)
        add[lines] = 1
        add[first] = room + over - (size - 1)
        if not np.array_equal(_excess(case, rule, add)[lines], np.repeat(over, size)):
            return False
    return True


def _follows(case: Case, rule: Rule, row: RowClaim) -> bool:
    """Return whether one đồng over the headroom, spread over the lines of a row, is a violation on each.

    The first line takes all but one đồng for each other line: were any line no member, the rest would be legal.
    A headroom too small to spread is tested in pairs.
    """
    lines, room = row.lines, row.headroom
    tested = [lines] if room + 1 >= len(lines) else [lines[:1], *((lines[0], other) for other in lines[1:])]
    tested = [(line,) for line in lines] if room == 0 else tested
    return all(_overfull(case, rule, members, room + 1) for members in tested)


def _overfull(case: Case, rule: Rule, members: tuple[int, ...], total: int) -> bool:
    """Return whether every member breaks the rule when they take *total* đồng together."""
    add = np.zeros(len(case), dtype=np.int64)
    add[list(members)] = 1
    add[members[0]] = total - (len(members) - 1)
    return bool((_excess(case, rule, add)[list(members)] > 0).all())


def _excess(case: Case, rule: Rule, add: Ints) -> Ints:
    return np.asarray(rule.violations(case, Changes(np.zeros_like(add), add)))
