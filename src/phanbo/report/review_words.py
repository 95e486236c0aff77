"""What the review of a rulebook says, Vietnamese and English."""

from __future__ import annotations

from collections.abc import Sequence

from phanbo.catalogue import both
from phanbo.tables.schema import KINDS, LINES

__all__ = ["NOTES", "PARTS", "SHEET", "TEXTS", "VERIFY", "key_words", "kind_words", "level_words"]

Pair = tuple[str, str]

PARTS: dict[str, Pair] = {
    "question": both("review.to_be"),
    "rule": both("review.rules"),
    "class": both("review.legal_order"),
    "pool": both("review.where_capital"),
    "norm": both("review.norms_of"),
    "date": both("review.dates"),
    "level": both("review.levels_of"),
    "lead": both("review.lead_department"),
    "obligation": both("review.claims_served"),
}
"""The parts of a rulebook, in the order in which they are printed."""

VERIFY: dict[str, Pair] = {
    "question": both("review.verify_first"),
    "memory": both("review.to_be_verified"),
    "uncited": both("review.to_be_verified_the"),
    "memory+": both("review.to_be_verified_only"),
    "design": both("review.to_be_agreed"),
    "seed": both("review.compare_with"),
    "policy": both("review.chosen_for"),
    "found": both("review.look_again"),
}
"""What to do, by confidence."""

TEXTS: dict[str, Pair] = {
    "class": both("review.class_place"),
    "granted": both("review.widened_by"),
    "pool": both("review.kind_capital"),
    "across_sectors": both("review.between_sectors"),
    "totals": both("review.where_the"),
    "delegation": both("review.the_provincial"),
    "norm": both("review.principles_criteria"),
    "valid": both("review.governs_data"),
    "closing": both("review.a_year"),
    "last_adjustment": both("review.last_data"),
    "late": both("review.capital_added"),
    "counted": both("review.phanbo_reads"),
    "not-counted": both("review.phanbo_does"),
    "level": both("review.levels_of_budget"),
    "lead": both("review.who_reports"),
    "obligation": both("review.the_goal"),
    "no-claims": both("review.none"),
}

NOTES: dict[str, Pair] = {
    "on-lending-ratio": both("review.phanbo_cannot"),
    "priority[advances]": both("review.an_amount"),
    "priority[new-start]": both("review.every_line"),
}

LEVELS: dict[str, Pair] = {
    "central": both("review.central"),
    "province": both("review.province"),
    "district": both("review.district"),
    "commune": both("review.commune"),
}
POOLS: dict[str, Pair] = {
    "district": both("review.budgets_of"),
    "commune": both("review.budgets_of_communes"),
    "default": both("review.every_other"),
    "programme": both("review.lines_that"),
}

SHEET: dict[str, Pair] = {
    "name": both("review.review"),
    "legend": both("review.symbols"),
    "title": both("review.review_of"),
    "what-for": both("review.the_reviewer"),
    "governs": both("review.governs_data_dates"),
    "book": both("review.rulebook_title"),
    "based": both("review.rests_on"),
    "comparison": both("review.for_comparison"),
    "counts": both("review.rules_rules"),
    "sureness": both("review.confidence_counts"),
    "applies": both("review.phanbo_applies"),
    "uncited": both("review.the_rulebook"),
    "signed": both("review.reviewer_signature"),
    "checked": both("review.head_of"),
    "symbol": both("review.symbol"),
    "meaning": both("review.meaning"),
    "none": ("–", "–"),
    "reviewed": both("review.right_wrong"),
}
"""What the printed sheet and the terminal say around the rows."""


def kind_words(kind: str, lang: str) -> str:
    """Return the sources a pool entry governs.

    Examples
    --------
    >>> kind_words("land_fee", "vi"), kind_words("default", "en")
    ('Thu tiền sử dụng đất', 'Every other source')
    """
    if kind in KINDS:
        return KINDS[kind].title_vi if lang == "vi" else KINDS[kind].title_en
    pair = POOLS.get(kind)
    return kind if pair is None else pair[0 if lang == "vi" else 1]


def key_words(key: Sequence[str], lang: str) -> str:
    """Return what two lines of a pool have in common.

    Examples
    --------
    >>> key_words(("source", "sector"), "vi")
    'nguồn vốn, ngành, lĩnh vực, năm kế hoạch'
    """
    columns = [LINES.column(name) for name in (*key, "plan_year")]
    titles = [column.title_vi if lang == "vi" else column.title_en for column in columns]
    return ", ".join(title[:1].lower() + title[1:] for title in titles)


def level_words(level: str, lang: str) -> str:
    """Return a level of budget in words."""
    pair = LEVELS.get(level)
    return level if pair is None else pair[0 if lang == "vi" else 1]
