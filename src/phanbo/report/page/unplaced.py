"""Capital that nobody may take, and the lines that could take it if something were mended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phanbo.catalogue import amount, million, say
from phanbo.report.page.markup import Element, tag
from phanbo.report.page.tables import Column, plain_table
from phanbo.rules.base import confidence_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phanbo.report.names import Names

__all__ = ["unplaced_section"]


def unplaced_section(names: Names) -> Element:
    """Return the pools with surplus left, most first; the lines in need of each folded under it."""
    frame, lang = names.proposal.frames["unplaced"], names.lang
    if frame.empty:
        return Element("")
    title = say("page.unplaced_title", lang)
    columns = (
        Column(say("page.pool", lang)),
        Column(say("page.surplus", lang), number=True),
        Column(say("page.unmet", lang), number=True),
    )
    ordered = frame.sort_values("surplus", ascending=False, kind="stable")
    rows = [
        (_pool(row, names), million(int(row["surplus"]), lang), million(int(row["unmet_need"]), lang))
        for row in ordered.to_dict("records")
    ]
    surplus, unmet = (million(int(frame[name].sum()), lang) for name in ("surplus", "unmet_need"))
    rows.append((say("page.total", lang), surplus, unmet))
    return tag(
        "section",
        tag("h2", title, id="unplaced"),
        tag("p", say("page.unplaced_text", lang), class_="note"),
        plain_table(title, columns, rows),
        aria_labelledby="unplaced",
    )


def _pool(row: Mapping[Any, Any], names: Names) -> str:
    name, lang = tag("bdi", names.pool(row["pool"])), names.lang
    if not row["ask"]:
        return name
    columns = (
        Column(say("page.project", lang)),
        Column(say("page.owner", lang)),
        Column(say("page.unmet", lang), number=True),
        Column(say("page.in_the_way", lang)),
    )
    asked = [
        (
            names.projects.get(ask["line_id"], (ask["line_id"], ""))[0],
            str(ask["owner"]),
            million(int(ask["unmet"]), lang),
            _why(ask, lang),
        )
        for ask in row["ask"]
    ]
    count = say("page.in_need", lang, count=amount(len(asked), lang))
    return tag("details", tag("summary", name, " – ", count), plain_table(count, columns, asked))


def _why(ask: Mapping[str, Any], lang: str) -> str:
    sure = f" ({confidence_words(ask['confidence'], lang)})" if ask["confidence"] else ""
    return f"{ask[f'what_{lang}']}{sure}"
