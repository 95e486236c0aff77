"""A proposal parted by who decides (*biểu theo cấp quyết định*): each body signs its own annex."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from phanbo.authority import Authority
from phanbo.calendar_file import parse_calendar
from phanbo.errors import RulebookError
from phanbo.policy import AUTHORITIES
from phanbo.rulebook import Rulebook
from phanbo.rulebook_file import parse_rulebook
from phanbo.rules.base import Source
from phanbo.words import LEVEL

if TYPE_CHECKING:
    from phanbo.proposal import Proposal

__all__ = ["Annex", "annexes_of", "authority_in", "pools_of", "rulebook_of"]

ASKED = Source("Bảng nguồn vốn", "cột Cấp quyết định", "policy")
UNKNOWN = Source("Bộ quy định tự viết", "", "policy")
BODIES = ("ubnd", "hdnd", "standing-committee", "programme-lead", "central")
"""Who decides, the nearest first."""

LINE = ["line_id", "project_id", "project", "owner", "source", "plan_year", "stage", "plan"]


@dataclass(frozen=True, eq=False)
class Annex:
    """What one body decides of a proposal.

    The changes of all annexes add up to those of the proposal; each balances pool by pool in itself. Where no pool
    shrinks, each may be approved alone: ``proposal.apply(annex.amounts)``. A pool that shrinks must be cut in full
    first: an annex that touches it may be approved together with the transfers to its shortfall, which stand in the
    annex of whoever decides on changed totals.

    Attributes
    ----------
    body : str
        Its code: ``ubnd``, ``hdnd``, ``standing-committee``, ``programme-lead``, ``central``; of a district's or a
        commune's budget with the level, ``ubnd:commune``.
    authorities : tuple of Authority
        By what law it decides: one for each kind of move and source in it.
    transfers : DataFrame
        Its rows of ``Proposal.transfers``.
    lines : DataFrame
        One row a line, as ranked: ``plan`` before the round, ``change`` by this annex, ``plan_after`` this annex alone,
        ``elsewhere`` the change by other annexes (đồng).
    pools : DataFrame
        One row a pool (đồng): ``cut + inflow = added + shortfall + returned``.
    """

    body: str
    authorities: tuple[Authority, ...]
    transfers: pd.DataFrame
    lines: pd.DataFrame
    pools: pd.DataFrame

    @property
    def amounts(self) -> pd.DataFrame:
        """The changes as `Proposal.apply` takes them: ``line_id, change`` in đồng."""
        return self.lines[["line_id", "change"]].reset_index(drop=True)

    def title(self, lang: str = "vi") -> str:
        """Return who decides; a Committee that is charged with all of it, as charged."""
        names = list(dict.fromkeys(each.body(lang) for each in self.authorities))
        plain = replace(self.authorities[0], code=self.authorities[0].deciding, delegation=None)
        return names[0] if len(names) == 1 else plain.body(lang)

    def __repr__(self) -> str:
        cut = int(self.pools["cut"].sum())
        return (
            f"Annex({self.body}: {len(self.transfers)} transfers, {len(self.lines)} lines, cut={cut:,} đồng)"
        )


def rulebook_of(proposal: Proposal) -> Rulebook | None:
    """Return the rulebook of a proposal, read from its own text where no tables came with it.

    ``None`` where it holds rules of somebody's own.
    """
    if proposal.rulebook is not None:
        return proposal.rulebook
    try:
        calendar = parse_calendar(proposal.meta["calendar"]["text"])
        return parse_rulebook(proposal.meta["rulebook"]["text"]).read_for(calendar)
    except RulebookError:
        return None


def annexes_of(proposal: Proposal) -> dict[str, Annex]:
    """Return what each body decides, the nearest first."""
    frame, pools = proposal.frames["transfers"], pools_of(proposal)
    named = dict.fromkeys(zip(frame["pool"], frame["authority"], strict=True))
    book = rulebook_of(proposal)
    decided = {pair: authority_in(book, pools[pair[0]], pair[1]) for pair in named}
    moves = [decided[pair] for pair in zip(frame["pool"], frame["authority"], strict=True)]
    bodies = pd.Series([_body(each) for each in moves], index=frame.index, dtype=object)
    found = {}
    for body in sorted(bodies.unique().tolist(), key=_place):
        mine = bodies == body
        authorities = dict.fromkeys(a for a, here in zip(moves, mine.tolist(), strict=True) if here)
        transfers = frame[mine].reset_index(drop=True)
        ordered = sorted(authorities, key=lambda a: (AUTHORITIES.index(a.code), a.cite()))
        found[body] = Annex(body, tuple(ordered), transfers, _lines(proposal, transfers), _pools(transfers))
    return found


def pools_of(proposal: Proposal) -> dict[str, dict[Any, Any]]:
    """Return the rows of ``Proposal.pools`` by name."""
    rows = proposal.frames["pools"].to_dict("records")
    return {str(row["pool"]): row for row in rows}


def authority_in(book: Rulebook | None, pool: Mapping[Any, Any], code: str) -> Authority:
    """Return who decides a code in a pool: by the rulebook, or as the table of sources says."""
    level = str(pool["level"])
    if book is None:
        return Authority(code, level, UNKNOWN)
    moves = book.deciding(str(pool["kind"]), level)
    asked = code == pool["authority_between"] != moves[1].code
    found = None if asked else next((each for each in moves if each.code == code), None)
    return found or Authority(code, level, ASKED)


def _body(authority: Authority) -> str:
    """Return the code of the body: a Council's and a Committee's level is told where it is not the province's."""
    local = authority.level != "province" and authority.deciding in ("ubnd", "hdnd")
    return f"{authority.deciding}:{authority.level}" if local else authority.deciding


def _place(body: str) -> tuple[int, int]:
    code, _, level = body.partition(":")
    return BODIES.index(code), [*LEVEL].index(level or "province")


def _lines(proposal: Proposal, transfers: pd.DataFrame) -> pd.DataFrame:
    """Return the changed lines of some transfers, in the order of the whole."""
    given = transfers.groupby("from_line")["amount"].sum()
    taken = transfers.groupby("to_line")["amount"].sum()
    change = taken.sub(given, fill_value=0).astype("int64")
    whole = proposal.frames["adjustments"]
    lines = whole[whole["line_id"].isin(change.index)].reset_index(drop=True)
    here = lines["line_id"].map(change).astype("int64")
    return lines[LINE].assign(change=here, plan_after=lines["plan"] + here, elsewhere=lines["change"] - here)


def _pools(transfers: pd.DataFrame) -> pd.DataFrame:
    """Return what each pool gives and takes in some transfers."""
    amount, pool = transfers["amount"], transfers["pool"]
    outside = {
        "inflow": transfers["from_line"] == "inflow:" + pool,
        "shortfall": transfers["to_line"] == "shortfall:" + pool,
        "returned": transfers["to_line"] == "reserve:" + pool,
    }
    inflow, shortfall, returned = outside.values()
    parts = {"cut": ~inflow, "inflow": inflow, "added": ~(shortfall | returned)}
    parts |= {"shortfall": shortfall, "returned": returned}
    sums = {name: amount.where(here, 0).groupby(pool, sort=True).sum() for name, here in parts.items()}
    return pd.DataFrame(sums).astype("int64").rename_axis("pool").reset_index()
