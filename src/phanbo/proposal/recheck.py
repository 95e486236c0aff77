"""A proposal's decision re-checked from its own frames, tables and stored proof."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from phanbo.certificate import Certificate, certify
from phanbo.proposal.claims import claims_of

if TYPE_CHECKING:
    from phanbo.case import Case
    from phanbo.proposal import Proposal
    from phanbo.rulebook import Rulebook

__all__ = ["recheck"]


def recheck(proposal: Proposal, case: Case, book: Rulebook) -> Certificate:
    """Return what the certificate says of what a proposal claims; frames that only describe it are not looked at."""
    try:
        claims = claims_of(proposal, case)
    except (KeyError, ValueError, TypeError) as error:
        return Certificate(
            ok=False, findings=(f"the frames cannot be read: {error!r}",), gap={}, proved="legal"
        )
    certificate = certify(case, book, claims)
    wrong = list(certificate.findings)
    if proposal.meta["input_hash"] != case.portfolio.hash:
        wrong.append("the tables are not those the proposal was made from")
    known = {item.number: item for item in case.calendar.rounds}
    if case.round.number and known.get(case.round.number) != case.round:
        wrong.append("the round is not the calendar's round of that number")
    return replace(certificate, ok=not wrong, findings=tuple(wrong))
