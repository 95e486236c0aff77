"""What every tier counts, from its definition: integer costs of the columns, to be minimised."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from phanbo.certificate.claims import LineFacts

if TYPE_CHECKING:
    from phanbo.case import Case
    from phanbo.certificate.statement import Statement
    from phanbo.money import Ints
    from phanbo.rulebook import Rulebook

__all__ = ["Costs", "facts_of"]


@dataclass(frozen=True, eq=False)
class Costs:
    """The costs of the tiers of one round; each is at most ``max(n, 1000, K)`` in size."""

    case: Case
    rulebook: Rulebook
    statement: Statement

    def of(self, name: str) -> Ints:  # noqa: C901 — one branch a tier
        """Return the cost of a tier for every column of the statement."""
        case, facts = self.case, self._facts
        cuts, adds, sizes = self.statement.cuts, self.statement.adds, self.statement.sizes
        cost = np.zeros(sum(sizes), dtype=np.int64)
        cut, add, into, out, kept = np.split(cost, np.cumsum(sizes[:-1]))
        if name in ("protect", "protect_late"):
            cut[:] = cuts.marked & (facts.late[cuts.line] == (name == "protect_late"))
        elif name == "pinned":
            cut[cuts.pinned], add[adds.pinned] = -1, -1
        elif name == "obligations":
            add[:] = adds.marked.astype(np.int64) - 1
        elif name.startswith("priority["):
            codes = [c.code for c in self.rulebook.classes]
            add[self._class[adds.line] == codes.index(name[9:-1])] = -1
        elif name == "return":
            kept[:] = -1
        elif name == "key":
            add[facts.key[adds.line]] = -1
        elif name == "disbursement":
            cut[:], add[:] = cuts.chance, -adds.chance
        elif name == "authority":
            into[:] = 1
        elif name == "worst_first":
            cut[:], add[:] = -facts.late_permille[cuts.line], -facts.lead_permille[adds.line]
        elif name.startswith("canonical"):
            ranks = _ranks(case, name)
            cut[:], add[:] = ranks[cuts.line], ranks[adds.line]
            into[:], out[:] = 1, 1
        elif name.startswith("line["):
            line = int(name[5:-1])
            cut[:], add[:] = cuts.line == line, adds.line == line
        else:
            raise KeyError(name)
        return cost

    @cached_property
    def _facts(self) -> LineFacts:
        return facts_of(self.case)

    @cached_property
    def _class(self) -> Ints:
        return self.rulebook.priority(self.case)


def facts_of(case: Case) -> LineFacts:
    """Return what the tiers count of each line, from the tables and the assessment."""
    book, reading = case.portfolio, case.assessment.decides
    key = book.flag("key_project")[0] | book.flag("emergency")[0] | book.flag("oda")[0]
    late = np.where(case.offer > 0, 1000, reading.late_permille)
    foreign = book.says("kind", "oda_loan", "oda_grant")
    return LineFacts(case.late, key | foreign, late, reading.lead_permille)


def _ranks(case: Case, name: str) -> Ints:
    """Return the rank 1 … n of every line by a 64-bit hash of its id, salted as the name says; ties by the id."""
    key = ("certificate", name)
    if key not in case.memo:
        salt = name[len("canonical[") : -1] if name.startswith("canonical[") else ""
        hashed = case.portfolio.digests(f"{salt}:" if salt else "")
        # The lines are sorted by their ids, so a stable sort settles ties by the id.
        ranks = np.empty(len(case), dtype=np.int64)
        ranks[np.argsort(hashed, kind="stable")] = np.arange(1, len(case) + 1)
        case.memo[key] = ranks
    found: Ints = case.memo[key]
    return found
