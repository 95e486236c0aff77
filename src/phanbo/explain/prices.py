"""What one more unit in the pool of a line would do, as a claim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phanbo.errors import PhanboError
from phanbo.explain.sentence import Claim
from phanbo.money import LIMIT

if TYPE_CHECKING:
    from phanbo.proposal import Proposal

__all__ = ["price_claim"]

NO_MONEY = frozenset({"worst_first", "canonical"})
"""Goals that are not counted in đồng: they only order lines."""


def price_claim(proposal: Proposal, pool: str, unit: int) -> Claim:
    """Return the change, in đồng, of every goal that one more unit in a pool makes (`Proposal.prices`).

    What is expected to be disbursed is rounded down to đồng; with the amount (đồng) up to which every unit does the
    same.
    """
    values: dict[str, Any] = {"pool": pool, "unit": unit}
    try:
        more = proposal.prices().pool(pool).more
    except PhanboError:  # a part of a proposal has no prices, nor has a round that is no network
        return Claim("price-unknown", values)
    points = int(proposal.outlook.points.shape[1])
    tiers = [
        [name, change // points if name == "disbursement" else change]
        for name, change in (
            more.change or {}
        ).items()  # a pool can always take more: it may stay in the reserve
        if change and name not in NO_MONEY
    ]
    if not tiers:
        return Claim("price-nothing", values)
    values["tiers"] = tiers
    if more.upto >= LIMIT // unit * unit:
        return Claim("price-endless", values)
    return Claim("price", {**values, "upto": more.upto})
