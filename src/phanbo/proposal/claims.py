"""What the frames of a proposal say, read back from them: never what they were made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from phanbo.case import Changes
from phanbo.certificate import Claims
from phanbo.proposal.text import text_of
from phanbo.transfers import INFLOW, RESERVE, SHORTFALL, Transfers

if TYPE_CHECKING:
    from phanbo.case import Case
    from phanbo.money import Ints
    from phanbo.proposal import Proposal

__all__ = ["changes_of", "claims_of", "transfers_of"]

OUTSIDE = {"reserve:": RESERVE, "shortfall:": SHORTFALL, "inflow:": INFLOW}
UNKNOWN = min(OUTSIDE.values()) - 1


def claims_of(proposal: Proposal, case: Case) -> Claims:
    """Return what a proposal claims; `KeyError`, `ValueError` or `TypeError` where its frames cannot be read."""
    lines = proposal.frames["lines"]
    if len(lines) != len(case) or not (lines["line_id"] == text_of(case.portfolio.text("line_id"))).all():
        raise ValueError("the lines are not those of the tables")
    closed = np.zeros(len(case.pools.leaf_owner), dtype=bool)
    closed[case.pools.leaf] = ~lines["may_import"].to_numpy(dtype=bool)
    cut, add, forced = (
        lines[name].to_numpy(dtype=np.int64) for name in ("cut_bound", "add_bound", "forced_bound")
    )
    frame = proposal.frames["transfers"]
    t = transfers_of(frame, case)
    return Claims(
        cut=cut,
        add=add,
        forced=forced,
        closed=closed,
        rows=proposal.proof.rows,
        tiers=proposal.proof.tiers,
        marked=proposal.proof.marked,
        transfers=(t.donor, t.receiver, t.pool, t.amount, frame["rank"].to_numpy(dtype=np.int64)),
        facts=proposal.proof.facts,
        full=proposal.meta["parent"] is None,
        changes=Changes(*changes_of(lines)),
    )


def changes_of(lines: pd.DataFrame) -> tuple[Ints, Ints]:
    """Return the cut and the add of every line, đồng."""
    return lines["cut"].to_numpy(dtype=np.int64), lines["add"].to_numpy(dtype=np.int64)


def transfers_of(frame: pd.DataFrame, case: Case) -> Transfers:
    """Return the transfers a frame lists; `KeyError` where it names what is no line and no pool."""
    ids = case.portfolio.text("line_id").tolist()
    place = dict(zip(ids, range(len(ids)), strict=True))
    known = {name: k for k, name in enumerate(case.pools.names)}
    codes, names = pd.factorize(frame["pool"], use_na_sentinel=False)
    pool = np.array([known[name] for name in names], dtype=np.int64)[codes]

    def side(column: str) -> Ints:
        named = frame[column].tolist()
        found = np.array([place.get(name, UNKNOWN) for name in named], dtype=np.int64)
        for k in np.flatnonzero(found == UNKNOWN).tolist():
            kinds = {kind + case.pools.names[pool[k]]: code for kind, code in OUTSIDE.items()}
            found[k] = kinds[named[k]]
        return found

    nothing = np.zeros(len(frame), dtype=np.int64)
    return Transfers(
        donor=side("from_line"),
        receiver=side("to_line"),
        pool=pool,
        amount=frame["amount"].to_numpy(dtype=np.int64),
        tier=nothing,
        slope=nothing,
    )
