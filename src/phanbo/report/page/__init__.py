"""The page of a proposal: one self-contained file that opens with no network, on a screen, a phone or A4.

Nothing is fetched and nothing but its own script runs: the policy in its head names the two by their hashes.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from phanbo.catalogue import amount, day, million, say
from phanbo.report.annex_summary import opening
from phanbo.report.names import Names
from phanbo.report.page.changes import change_section
from phanbo.report.page.flows import flow_section
from phanbo.report.page.markup import Element, tag
from phanbo.report.page.owners import owner_section
from phanbo.report.page.tables import adjustment_section, source_section, transfer_section
from phanbo.report.page.unplaced import unplaced_section
from phanbo.words import language

if TYPE_CHECKING:
    from phanbo.proposal import Proposal

__all__ = ["page_html", "write_page"]


def write_page(proposal: Proposal, path: str | Path, lang: str = "vi") -> None:
    """Write the page as UTF-8; the same proposal gives the same bytes."""
    Path(path).write_bytes(page_html(proposal, lang).encode())


def page_html(proposal: Proposal, lang: str = "vi") -> str:
    """Return the page as text.

    Raises
    ------
    ValueError
        For a language other than ``vi`` and ``en``.
    """
    language(lang)
    names = Names(proposal, lang)
    title = say("page.title", lang)
    main = tag(
        "main",
        _summary(proposal, lang),
        _warnings(names),
        adjustment_section(names),
        source_section(names),
        change_section(names),
        flow_section(proposal, lang),
        transfer_section(names),
        unplaced_section(names),
        owner_section(proposal, lang),
    )
    header = tag(
        "header",
        tag("h1", title),
        tag("p", _subtitle(proposal, lang)),
        tag("p", say("page.unit", lang), class_="note"),
    )
    body = tag(
        "body",
        tag("a", say("page.skip", lang), href="#adjustments", class_="skip"),
        header,
        main,
        _inline("script", "page.js"),
    )
    return f"<!DOCTYPE html>\n{tag('html', _head(title), body, lang=lang)}\n"


def _head(title: str) -> Element:
    style, script = _hash("page.css"), _hash("page.js")
    policy = (
        f"default-src 'none'; style-src {style}; script-src {script}; base-uri 'none'; form-action 'none'"
    )
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        _inline("style", "page.css"),
    )


def _shipped(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _hash(name: str) -> str:
    digest = base64.b64encode(hashlib.sha256(_shipped(name).encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _inline(element: str, name: str) -> Element:
    return tag(element, Element(_shipped(name)))


def _subtitle(proposal: Proposal, lang: str) -> str:
    number = proposal.meta["round"]["number"]
    on = day(dt.date.fromisoformat(proposal.meta["as_of"]), lang)
    return say("page.round", lang, number=number, day=on) if number else say("page.extra_round", lang, day=on)


def _summary(proposal: Proposal, lang: str) -> Element:
    s, title = proposal.summary, say("page.summary", lang)
    cards = (
        (say("page.cut", lang), s["cut"], say("page.lines", lang, count=amount(s["cut_lines"], lang))),
        (say("page.added", lang), s["added"], say("page.lines", lang, count=amount(s["raised_lines"], lang))),
        (say("page.unplaced", lang), s["unplaced"], say("page.unplaced_note", lang)),
        (say("page.gain", lang), s["expected_after"] - s["expected"], say("page.gain_note", lang)),
    )
    listed = (
        tag("div", tag("dt", name), tag("dd", tag("strong", million(value, lang)), tag("span", note)))
        for name, value, note in cards
    )
    return tag("section", tag("h2", title, id="summary"), tag("dl", *listed), aria_labelledby="summary")


def _warnings(names: Names) -> Element:
    told = opening(names)
    if not told:
        return Element("")
    title = say("page.warnings", names.lang)
    return tag(
        "section",
        tag("h2", title, id="warnings"),
        *(tag("p", text) for text in told),
        aria_labelledby="warnings",
        class_="warning",
    )
