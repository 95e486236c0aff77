"""How a proposal is made of ranked transfers, and let out only with a certificate that holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phanbo.assemble import assemble
from phanbo.bounds import Bounds, make_bounds
from phanbo.errors import CertificateError
from phanbo.proposal import Proof, Proposal
from phanbo.proposal.facts import Facts
from phanbo.proposal.frames import build_frames
from phanbo.proposal.lists import summarise
from phanbo.proposal.tier_values import values_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phanbo.case import Case
    from phanbo.ranking import Ranked
    from phanbo.rulebook import Rulebook

__all__ = ["make_proposal", "verified"]


def make_proposal(
    case: Case,
    rulebook: Rulebook,
    ranked: Ranked,
    proof: Proof,
    meta: Mapping[str, Any],
    warnings: tuple[str, ...],
    *,
    bounds: Bounds | None = None,
    values: dict[str, int] | None = None,
) -> Proposal:
    """Return the proposal of some ranked transfers; it is not verified yet.

    *bounds* of the case and rulebook and tier *values* of the transfers may be handed in where they are known.
    """
    bounds = make_bounds(case, rulebook) if bounds is None else bounds
    if values is None:
        values = values_of(assemble(case, rulebook, bounds), case, *ranked.transfers.changes(len(case)))
    best = {name: value for name, value, _, _ in proof.tiers if name in values}
    facts = Facts(case, rulebook, bounds, ranked, values, best)
    frames = build_frames(facts)
    horizon = str(case.policy.deadline or rulebook.added_until(case.calendar.year, case.round.report_by))
    return Proposal(
        frames=frames,
        summary=summarise(facts, frames, warnings, horizon),
        meta=meta,
        outlook=case.outlook,
        proof=proof,
        case=case,
        rulebook=rulebook,
    )


def verified(proposal: Proposal) -> Proposal:
    """Return the proposal if its certificate holds; raise `CertificateError` otherwise."""
    certificate = proposal.certify()
    if certificate.ok:
        return proposal
    shown = "; ".join(certificate.findings[:5])
    raise CertificateError(
        f"Phương án không qua được kiểm tra lại (lỗi của phanbo): {shown}.",
        f"The proposal failed its re-check (a fault of phanbo): {shown}.",
        {"findings": list(certificate.findings)},
    )
