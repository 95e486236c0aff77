"""Each owner's disbursement against the province's, as bars with a mark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phanbo.catalogue import million, say
from phanbo.report.page.markup import Element, tag
from phanbo.report.page.tables import Column, plain_table, share

if TYPE_CHECKING:
    from phanbo.proposal import Proposal

__all__ = ["owner_section"]

WIDTH, TALL = 200, 16


def owner_section(proposal: Proposal, lang: str) -> Element:
    """Return a row an owner; without tables, a word on what is left out."""
    if proposal.case is None:
        return tag("p", say("page.no_tables", lang), class_="note")
    assessment = proposal.assessment
    done, plan = int(assessment.province["disbursed"]), int(assessment.province["plan"])
    mean, title = share(done, plan, lang), say("page.owners", lang)
    columns = (
        Column(say("page.rank", lang), number=True),
        Column(say("page.owner", lang)),
        Column(say("page.plan", lang), number=True),
        Column(say("page.disbursed", lang), number=True),
        Column(say("page.ratio", lang), number=True),
        Column(say("page.owners", lang)),
        Column(say("page.late_lines", lang), number=True),
    )
    rows = []
    for row in assessment.owners.to_dict("records"):
        own, whole = int(row["disbursed"]), int(row["plan"])
        ratio = share(own, whole, lang)
        told = say("page.bullet", lang, owner=row["owner"], share=ratio, mean=mean)
        bar = _bullet(_pixels(own, whole), _pixels(done, plan), told)
        rows.append(
            (
                str(row["rank"]),
                str(row["owner"]),
                million(whole, lang),
                million(own, lang),
                ratio,
                bar,
                str(row["late_lines"]),
            )
        )
    return tag(
        "section",
        tag("h2", title, id="owners"),
        tag("p", say("page.owners_note", lang, share=mean), class_="note"),
        plain_table(title, columns, rows),
        aria_labelledby="owners",
    )


def _pixels(part: int, whole: int) -> int:
    return min(WIDTH, part * WIDTH // whole) if whole else 0


def _bullet(own: int, mean: int, told: str) -> Element:
    return tag(
        "svg",
        tag("title", told),
        tag("rect", width=WIDTH, height=TALL, fill="#e6e6e6"),
        tag("rect", y=4, width=own, height=TALL - 8, fill="#0072B2"),
        tag("rect", x=max(0, mean - 1), width=3, height=TALL, fill="#D55E00"),
        viewBox=f"0 0 {WIDTH} {TALL}",
        width=WIDTH,
        height=TALL,
        role="img",
    )
