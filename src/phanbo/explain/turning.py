"""What would turn a decision, as claims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phanbo.explain.sentence import Claim
from phanbo.tables.schema import LINES
from phanbo.tables.schema.column import Type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phanbo.explain.counterfactual import Counterfactual, Turning
    from phanbo.proposal import Proposal

__all__ = ["turning_claims"]

PAPERS = {"locked": "turn-unlocked", "offered_decrease": "turn-withdrawn"}


def turning_claims(turning: Turning, proposal: Proposal) -> Iterator[Claim]:
    """Yield what turns the decision, the smallest change first; or that nothing tried does."""
    if proposal.meta["parent"] is not None:
        yield Claim("turn-prefix", {})
    elif turning.found is not None:
        found = turning.found
        yield _found(found, proposal)
        if found.need:
            yield Claim("turn-need", {"need": found.need})
        if found.also:
            yield Claim("turn-also", {"others": [[other.field, other.after] for other in found.also]})
    elif turning.asked:
        tried = [[each.field, each.value] for each in turning.tried]
        kind, need = ("turn-none-need", {"need": turning.need}) if turning.need else ("turn-none", {})
        yield Claim(kind, {**need, "tried": tried})


def _found(found: Counterfactual, proposal: Proposal) -> Claim:
    """Return the claim of one change, in the phrase that fits it."""
    values: dict[str, Any] = {
        "field": found.field,
        "before": found.before,
        "after": found.after,
        "short": found.short,
        "decision": found.decision_after,
        "stays": found.decision_before,
    }
    if found.change is None:
        values["as_of"] = proposal.meta["as_of"]
        return Claim(PAPERS.get(found.field, "turn-paper"), values)
    if LINES.column(found.field).type is Type.INTEGER:
        return Claim("turn-years", values)
    if found.milestone:
        judge = proposal.meta["policy"]["judge"]
        return Claim("turn-milestone", {**values, "milestone": found.milestone, "reading": judge})
    return Claim("turn-amount" if found.before is not None else "turn-stated", values)
