"""What one more unit in the pool of a line would do, as a claim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phanbo.errors import PhanboError
from phanbo.explain.sentence import Claim

if TYPE_CHECKING:
    from phanbo.proposal import Proposal

__all__ = ["price_claim"]


def price_claim(proposal: Proposal, pool: str, unit: int) -> Claim:
    """Return the change of every goal that one more unit in a pool makes (`Proposal.prices`)."""
    values: dict[str, Any] = {"pool": pool, "unit": unit}
    prices = getattr(proposal, "prices", None)
    if prices is None:
        return Claim("price-unknown", values)
    try:
        more = prices().pool(pool).more
    except PhanboError:  # a part of a proposal has no prices, nor has a round that is no network
        return Claim("price-unknown", values)
    if more.change is None:
        return Claim("price-impossible", values)
    tiers = [[name, change] for name, change in more.change.items() if change and name != "canonical"]
    return Claim("price", {**values, "tiers": tiers}) if tiers else Claim("price-nothing", values)
