"""Why a line is treated as it is: figures, rules, the pool, the order, and what would turn the decision."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from phanbo.bounds import make_bounds
from phanbo.explain.chain import Step, chain_of
from phanbo.explain.counterfactual import Counterfactual, Turning, turning
from phanbo.explain.decision import decision_claims, rule_claims, stated_bounds
from phanbo.explain.prices import price_claim
from phanbo.explain.queue import queue_claims
from phanbo.explain.sentence import Claim, Sentence
from phanbo.explain.standing import standing_claims
from phanbo.explain.turning import turning_claims
from phanbo.explain.writing import say, terms_of
from phanbo.proposal.reasons import standing
from phanbo.words import language

if TYPE_CHECKING:
    from phanbo.proposal import Proposal

__all__ = ["Explanation", "explain"]


@dataclass(frozen=True)
class Explanation:
    """Why one line is treated as it is; printing it prints the sentences.

    What would turn the decision is looked for when it is asked for (`counterfactual`, `sentences`, `text`): that takes
    some rounds to be solved again. All else is there at once.

    Attributes
    ----------
    line_id, role, lang : str
    standing : str
        Figures: what is disbursed and by when, what is required, the forecast and its source.
    chain : tuple of Step
        Every rule that speaks about the line, in the order of the rulebook, with what it leaves.
    binding_rule, first_failed : str
        The rule that attains the bound; the first test a line that stays has failed.
    limits : mapping
        ``cut_bound``, ``add_bound``, ``forced_bound``, ``cut``, ``add`` in đồng.
    unchecked : tuple of str
        Rules that speak about the line but miss a column.
    facts : tuple of Sentence
        All sentences but those on what would turn the decision.
    """

    line_id: str
    role: str
    lang: str
    standing: str
    chain: tuple[Step, ...]
    binding_rule: str
    first_failed: str
    limits: dict[str, int]
    unchecked: tuple[str, ...]
    facts: tuple[Sentence, ...]
    proposal: Proposal = field(repr=False, compare=False)

    @property
    def decision(self) -> str:
        """What the round does with the line, and the rules that decide."""
        wanted = DECIDING & {sentence.claim.kind for sentence in self.facts}
        return " ".join(sentence.text for sentence in self.facts if sentence.claim.kind in wanted)

    @cached_property
    def turning(self) -> Turning:
        """What would turn the decision, or what was tried in vain."""
        return turning(self.proposal, self.proposal.frames["lines"]["line_id"].tolist().index(self.line_id))

    @property
    def counterfactual(self) -> Counterfactual | None:
        """The smallest single change of the line's own data that would turn the decision, confirmed by proposing again.

        ``None`` where none of those tried does, where the line is raised, and for a part of a proposal.
        """
        return self.turning.found

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """Every sentence with its claim: figures, decision, rules, the pool's price, the order, what would turn it."""
        told = turning_claims(self.turning, self.proposal)
        return (*self.facts, *_said(told, self.proposal, self.lang))

    @property
    def text(self) -> str:
        """The sentences, one a line."""
        first, *rest = (sentence.text for sentence in self.sentences)
        return "\n".join([f"{self.line_id}: {first[:1].lower()}{first[1:]}", *rest])

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as plain values."""
        names = ("line_id", "role", "lang", "standing", "decision", "binding_rule", "first_failed")
        plain: dict[str, Any] = {name: getattr(self, name) for name in names}
        found = self.counterfactual
        return {
            **plain,
            "limits": dict(self.limits),
            "chain": [step.to_dict() for step in self.chain],
            "unchecked": list(self.unchecked),
            "sentences": [sentence.to_dict() for sentence in self.sentences],
            "counterfactual": None if found is None else found.to_dict(),
        }

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        said = "".join(f"<li>{html.escape(sentence.text)}</li>" for sentence in self.sentences)
        return f"<div lang='{self.lang}'><p><b>{html.escape(self.line_id)}</b></p><ul>{said}</ul></div>"


DECIDING = frozenset(
    {
        "cut",
        "raised",
        "donor-unchanged",
        "receiver-unchanged",
        "tight-unchanged",
        "hold",
        "pinned-cut",
        "pinned-raise",
        "ground",
        "limit",
        "granted",
        "short",
        "short-part",
        "not-cut",
        "not-raised",
    }
)
"""Kinds of sentences that say what is done and by what rule."""


def explain(proposal: Proposal, line_id: str, lang: str = "vi") -> Explanation:
    """Return the explanation of one line; `KeyError` where there is no such line, `ValueError` no such language."""
    lang = language(lang)
    case, book = proposal._case, proposal._rulebook  # noqa: SLF001 — one house
    ids = proposal.frames["lines"]["line_id"].tolist()
    if line_id not in ids:
        raise KeyError(line_id)
    line = ids.index(line_id)
    row = {str(name): value for name, value in proposal.frames["lines"].iloc[line].items()}
    bounds = make_bounds(case, book)
    stated = stated_bounds(proposal, bounds)

    def claims() -> Iterator[Claim]:
        yield from standing_claims(case, line, str(proposal.summary["horizon"]))
        yield from decision_claims(case, stated, line, row)
        yield from rule_claims(case, bounds, stated, line, row)
        if row["role"] != "hold":
            yield price_claim(proposal, str(row["pool"]), case.policy.unit)
        yield from queue_claims(proposal, bounds, stated, line)

    return Explanation(
        line_id=line_id,
        role=str(row["role"]),
        lang=lang,
        standing=standing(case, line, lang),
        chain=tuple(chain_of(case, bounds, line, lang)),
        binding_rule=str(row["binding_rule"]),
        first_failed=str(row["first_failed"]),
        limits={name: int(row[name]) for name in ("cut_bound", "add_bound", "forced_bound", "cut", "add")},
        unchecked=tuple(
            rule.code for rule in bounds.rules if not rule.has_columns(case) and bool(rule.binds(case)[line])
        ),
        facts=tuple(_said(claims(), proposal, lang)),
        proposal=proposal,
    )


def _said(claims: Iterator[Claim], proposal: Proposal, lang: str) -> Iterator[Sentence]:
    terms = terms_of(proposal._rulebook)  # noqa: SLF001
    return (say(claim, lang, terms) for claim in claims)
