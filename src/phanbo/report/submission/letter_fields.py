"""What a letter to an owner may say, field by field."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from phanbo.catalogue import day, million, percent

if TYPE_CHECKING:
    from phanbo.explain.letters import Letter

__all__ = ["letter_fields"]


def letter_fields(letter: Letter) -> dict[str, Any]:
    """Return the fields of a letter; amounts in triệu đồng, changes with their sign."""
    lang = letter.lang

    def row(plan: int, disbursed: int, change: int, after: int) -> dict[str, str]:
        return {
            "plan": million(plan, lang),
            "disbursed": million(disbursed, lang),
            "ratio": percent(Fraction(disbursed, plan), lang) if plan else "–",
            "change": ("+" if change > 0 else "−" if change else "") + million(abs(change), lang),
            "plan_after": million(after, lang),
        }

    entries = [
        {
            "number": str(k),
            "line_id": entry.line_id,
            "project": entry.project,
            "source": entry.source,
            **row(entry.plan, entry.disbursed, entry.change, entry.plan_after),
            "sentences": [sentence.text for sentence in entry.sentences],
        }
        for k, entry in enumerate(letter.entries, start=1)
    ]
    sums = (
        sum(getattr(entry, name) for entry in letter.entries)
        for name in ("plan", "disbursed", "change", "plan_after")
    )
    return {
        "owner": letter.owner,
        "subject": letter.subject,
        "as_of": day(letter.as_of, lang),
        "bases": list(letter.bases),
        "entries": entries,
        "total": row(*sums),
        "requests": [sentence.text for sentence in letter.requests],
    }
