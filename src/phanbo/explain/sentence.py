"""A sentence of an explanation: its text, and the claim it makes in plain values that anybody can check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Claim", "Sentence"]


@dataclass(frozen=True, slots=True)
class Claim:
    """What a sentence says, as data.

    Attributes
    ----------
    kind : str
        The name of the phrase in `phanbo.explain.phrases.PHRASES`.
    values : mapping
        Plain values: amounts in đồng, dates as ISO text, shares as [numerator, denominator], rules, columns and lines
        by their codes.
    """

    kind: str
    values: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Return the claim as plain values."""
        return {"kind": self.kind, "values": dict(self.values)}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence and its claim."""

    text: str
    claim: Claim

    def to_dict(self) -> dict[str, Any]:
        """Return the sentence as plain values."""
        return {"text": self.text, **self.claim.to_dict()}

    def __str__(self) -> str:
        return self.text
