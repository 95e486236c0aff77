"""The documents a proposal rests on (*căn cứ*), in their rank; what is not settled says so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phanbo.rules.base import CONVENTIONS, Source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phanbo.proposal import Proposal

__all__ = ["bases", "documents"]

RANKS = ("Luật", "Nghị quyết", "Nghị định", "Thông tư", "Quyết định", "Chỉ thị")
"""Kinds of document by which the law ranks them; others stand last."""
_KIND = re.compile(
    r"(?:Bộ luật|Luật|Nghị quyết|Nghị định|Thông tư|Quyết định|Chỉ thị|Dự thảo|Kết luận|Công văn)\b"
)
_PLACE = re.compile(r", (?=(?:Điều|khoản|điểm|mục|Phụ lục|chương|Chương)\b)")


def documents(source: Source) -> list[str]:
    """Return the documents a source names, without the articles.

    Examples
    --------
    >>> documents(Source("Luật Đầu tư công 39/2019/QH14", "Điều 67; Luật Ngân sách nhà nước 83/2015/QH13, Điều 7"))
    ['Luật Đầu tư công 39/2019/QH14', 'Luật Ngân sách nhà nước 83/2015/QH13']
    """
    _, *others = source.article.split(";")
    named = [part.strip() for part in source.document.split(";")]
    named += [_PLACE.split(part.strip())[0] for part in others]
    return [part for part in named if _KIND.match(part)]


def bases(proposal: Proposal, lang: str) -> list[str]:
    """Return the documents of every rule of law in the round's regime and of the calendar, each once.

    One that no rule is sure of says "to be verified".
    """
    sources = _sources(proposal)
    sure: dict[str, bool] = {}
    for source in sources:
        for name in documents(source):
            sure[name] = sure.get(name, False) or not source.confidence.startswith("memory")
    unsure = Source("", confidence="memory").mark(lang)
    return [name if known else name + unsure for name, known in sorted(sure.items(), key=_rank)]


def _sources(proposal: Proposal) -> Iterable[Source]:
    book, calendar = proposal._rulebook, proposal._case.calendar  # noqa: SLF001 — one house
    held = [rule.source for rule in book.rules] + [each.source for each in book.classes]
    held += [
        each for annex in proposal.by_authority().values() for each in (a.source for a in annex.authorities)
    ]
    held.append(Source(calendar.source))
    return [source for source in held if source.confidence not in CONVENTIONS]


def _rank(item: tuple[str, bool]) -> tuple[int, str]:
    name = item[0]
    return next((k for k, kind in enumerate(RANKS) if name.startswith(kind)), len(RANKS)), name
