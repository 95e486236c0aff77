"""Each owner's disbursement against its milestone and the province's, as bars with two marks."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from phanbo.catalogue import million, percent, say
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
        Column(say("page.required", lang), number=True),
        Column(say("page.against", lang)),
        Column(say("page.late_lines", lang), number=True),
    )
    rows = []
    for row in assessment.owners.to_dict("records"):
        own, whole = int(row["disbursed"]), int(row["plan"])
        ratio = share(own, whole, lang)
        share_asked = float(row[f"required_{assessment.judge}"])
        # an owner whose capital is all carried over has no plan of this year to be asked of
        asked = Fraction(share_asked).limit_denominator(10**6) if share_asked == share_asked else None  # noqa: PLR0124
        required = "–" if asked is None else percent(asked, lang)
        told = say("page.bullet", lang, owner=row["owner"], share=ratio, mean=mean, required=required)
        bar = _bullet(
            _pixels(own, whole), _pixels(done, plan), None if asked is None else int(asked * WIDTH), told
        )
        rows.append(
            (
                str(row["rank"]),
                str(row["owner"]),
                million(whole, lang),
                million(own, lang),
                ratio,
                required,
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


def _bullet(own: int, mean: int, required: int | None, told: str) -> Element:
    return tag(
        "svg",
        tag("title", told),
        tag("rect", width=WIDTH, height=TALL, fill="#e6e6e6"),
        tag("rect", y=4, width=own, height=TALL - 8, fill="#0072B2"),
        tag("rect", x=max(0, mean - 1), width=3, height=TALL, fill="#D55E00"),
        *(
            []
            if required is None
            else [tag("path", d=f"M{required - 5} 0H{required + 5}L{required} 7Z", fill="#000")]
        ),
        viewBox=f"0 0 {WIDTH} {TALL}",
        width=WIDTH,
        height=TALL,
        role="img",
    )
