"""What a proposal claims and its certificate proves."""

from __future__ import annotations

from dataclasses import dataclass

from phanbo.case import Changes
from phanbo.money import Bools, Ints

__all__ = ["Claims", "LineFacts", "RowClaim"]


@dataclass(frozen=True, slots=True)
class RowClaim:
    """A claimed row ``Σ add over lines ≤ headroom`` (đồng), and the code of the rule that states it."""

    key: str
    rule: str
    lines: tuple[int, ...]
    headroom: int


@dataclass(frozen=True, eq=False, slots=True)
class LineFacts:
    """What the tiers count of a line beyond tables and frames; stored, so that the proof can be followed by hand.

    Attributes
    ----------
    late, key : bool arrays of shape (n,)
        Behind its milestone, a deadline or its procedures; key, urgent or ODA.
    late_permille, lead_permille : int64 arrays of shape (n,)
        What ``worst_first`` counts a unit cut from the line, and a unit added to it.
    """

    late: Bools
    key: Bools
    late_permille: Ints
    lead_permille: Ints


@dataclass(frozen=True, eq=False)
class Claims:
    """What a proposal claims and its certificate proves.

    Attributes
    ----------
    cut, add, forced : int64 arrays of shape (n,), in đồng
        The claimed largest legal bounds.
    closed : bool array of shape (leaves,)
        Leaves claimed to be closed to imports.
    rows : tuple of RowClaim
    tiers : tuple of (name, value, duals, gap)
        Value in cost units and row duals by key, in order of the tiers.
    marked : bool
        Whether some component is no network: optimality is then not claimed.
    transfers : tuple of int64 arrays
        Donor, receiver (line positions, or −1 reserve, −2 shortfall, −3 inflow), pool, amount, rank.
    facts : LineFacts
    full : bool
        Whether this is the full round; a prefix or hand-edited plan is certified for legality only.
    changes : Changes
    """

    cut: Ints
    add: Ints
    forced: Ints
    closed: Bools
    rows: tuple[RowClaim, ...]
    tiers: tuple[tuple[str, int, dict[str, int], int], ...]
    marked: bool
    transfers: tuple[Ints, Ints, Ints, Ints, Ints]
    facts: LineFacts
    full: bool
    changes: Changes
