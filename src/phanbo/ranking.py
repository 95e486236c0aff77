"""The order of the transfers; every prefix, indeed every subset, is balanced and legal (*model* §6)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from phanbo.absorption import Outlook
from phanbo.money import Ints
from phanbo.transfers import SHORTFALL, Transfers

__all__ = ["Ranked", "rank_transfers", "rerank"]


@dataclass(frozen=True, eq=False)
class Ranked:
    """Transfers in order, with their rank (0 for mandatory cuts) and their gain.

    `gain` of row *k* is ``G(first k) − G(first k − 1)``, G the sum of the expected disbursements of all lines,
    each floored to đồng; so gains add up, and agree with every prefix.
    """

    transfers: Transfers
    rank: Ints
    gain: Ints

    def __len__(self) -> int:
        return len(self.transfers)

    @property
    def mandatory(self) -> int:
        """Number of transfers of rank 0."""
        return int((self.rank == 0).sum())

    def head(self, k: int) -> Ranked:
        """Return the mandatory block and the first *k* transfers after it."""
        size = min(len(self), self.mandatory + max(0, k))
        place = np.arange(size)
        return Ranked(self.transfers.take(place), self.rank[:size], self.gain[:size])


def rank_transfers(transfers: Transfers, plan: Ints, outlook: Outlook) -> Ranked:
    """Sort by (mandatory, tier, slope gained per đồng, amount, ids) and compute every gain."""
    t = transfers
    order = np.lexsort((t.pool, t.receiver, t.donor, -t.amount, -t.slope, t.tier, t.receiver != SHORTFALL))
    return rerank(t.take(order), plan, outlook)


def rerank(transfers: Transfers, plan: Ints, outlook: Outlook) -> Ranked:
    """Return the transfers in the order given, ranks and gains computed."""
    mandatory = transfers.receiver == SHORTFALL
    rank = np.where(mandatory, 0, np.cumsum(~mandatory))
    return Ranked(transfers, rank.astype(np.int64), _gains(transfers, plan, outlook))


def _gains(transfers: Transfers, plan: Ints, outlook: Outlook) -> Ints:
    """Return the gain of each row: what its two lines are expected to spend after it, less before it."""
    size = len(transfers)
    step = np.concatenate([np.arange(size), np.arange(size)])
    line = np.concatenate([transfers.donor, transfers.receiver])
    change = np.concatenate([-transfers.amount, transfers.amount])
    real = line >= 0
    step, line, change = step[real], line[real], change[real]
    order = np.lexsort((step, line))
    step, line, change = step[order], line[order], change[order]
    running = np.cumsum(change)
    new = np.ones(line.size, dtype=bool)
    new[1:] = line[1:] != line[:-1]
    first = np.flatnonzero(new)
    offset = np.repeat(running[first] - change[first], np.diff(np.append(first, line.size)))
    after = plan[line] + running - offset
    points = outlook.points[line]
    count = points.shape[1]
    expected = np.minimum(points, after[:, None]).sum(axis=1) // count
    before = np.minimum(points, (after - change)[:, None]).sum(axis=1) // count
    gain = np.zeros(size, dtype=np.int64)
    np.add.at(gain, step, expected - before)
    return gain
