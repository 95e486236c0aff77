"""What the panel shows of a session: plain texts and numbers, ready to be drawn."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from phanbo.catalogue import amount, million, say
from phanbo.money import exact
from phanbo.panel.session import tier_title
from phanbo.report.names import Names

if TYPE_CHECKING:
    from phanbo.panel.session import Session

__all__ = ["found", "labels", "pinned", "view_of"]

SHOWN = 200
FOUND = 12
MILLION = 1_000_000


def labels(lang: str) -> dict[str, str]:
    """Return the fixed words of the panel."""
    return {
        "title": say("panel.title", lang),
        "donor": say("panel.donor", lang),
        "receiver": say("panel.receiver", lang),
        "order": say("panel.order", lang),
        "up": say("panel.up", lang),
        "down": say("panel.down", lang),
        "search": say("panel.search", lang),
        "keep": say("panel.keep", lang),
        "no-cut": say("panel.no_cut", lang),
        "no-raise": say("panel.no_raise", lang),
        "pin": say("panel.pin", lang),
        "pin_hint": say("panel.pin_hint", lang),
        "free": say("panel.free", lang),
        "undo": say("panel.undo", lang),
        "reset": say("panel.reset", lang),
        "record": say("panel.record", lang),
        "edits": say("panel.edits", lang),
        "none": say("panel.none", lang),
        "figures": say("panel.figures", lang),
        "figure": say("panel.figure", lang),
        "before": say("panel.before", lang),
        "now": say("panel.now", lang),
        "difference": say("panel.difference", lang),
        "rules": say("panel.rules", lang),
        "rule": say("panel.rule", lang),
        "plan": say("panel.plan", lang),
        "project": say("panel.project", lang),
        "working": say("panel.working", lang),
    }


def view_of(session: Session) -> dict[str, Any]:
    """Return the state of a session; amounts in triệu đồng as the language writes them."""
    lang, now, edits = session.lang, session.settings(), session.edits
    costs, changed = session.cost(), session.changed()
    names = Names(session.proposal, lang)
    figures = (
        ("cut", say("panel.cut", lang)),
        ("added", say("panel.added", lang)),
        ("expected_after", say("panel.expected", lang)),
        ("unplaced", say("panel.unplaced", lang)),
    )
    return {
        "lang": lang,
        "donor": float(now["donor_confidence"]),
        "receiver": float(now["receiver_confidence"]),
        "tiers": [{"code": code, "title": tier_title(code, lang)} for code in now["tiers"]],
        "fault": "" if session.fault is None else session.fault.message(lang),
        "edits": session.words(),
        "can_undo": session.can_undo,
        "figures": [
            [title, *_amounts([int(costs[side][code]) for side in costs], lang)] for code, title in figures
        ],
        "rules": [
            [row["title"], amount(row["before"], lang), amount(row["now"], lang)]
            for row in session.rules().to_dict("records")
        ],
        "rows": [
            {
                "line": row["line_id"],
                "project": names.projects[row["line_id"]][0],
                "owner": names.projects[row["line_id"]][1],
                "asked": _asked(edits, row["line_id"]),
                "amounts": _amounts([row["before"], row["now"], row["difference"]], lang),
            }
            for row in changed.head(SHOWN).to_dict("records")
        ],
        "more": say("panel.more", lang, count=amount(len(changed) - SHOWN, lang))
        if len(changed) > SHOWN
        else "",
    }


def found(session: Session, text: str) -> list[dict[str, Any]]:
    """Return the first lines whose id, project or owner holds a text, diacritics and case apart."""
    wanted, names, hits = _plain(text), Names(session.proposal, session.lang), []
    for line, (project, owner) in names.projects.items():
        if wanted and wanted in _plain(f"{line} {project} {owner}"):
            hits.append(
                {"line": line, "project": project, "owner": owner, "asked": _asked(session.edits, line)}
            )
        if len(hits) == FOUND:
            break
    return hits


def pinned(text: str) -> int:
    """Return an amount typed in triệu đồng as đồng, with ``,`` or ``.`` before the decimals.

    Raises
    ------
    ValueError
        For what is no number of whole đồng.
    """
    value = exact(text.strip().replace(" ", "").replace("−", "-").replace(",", ".")) * MILLION
    if value.denominator != 1 or not value:
        raise ValueError(text)
    return int(value)


def _amounts(values: list[int], lang: str) -> list[str]:
    return [("−" if value < 0 else "") + million(abs(value), lang) for value in values]


def _asked(edits: Any, line: str) -> str:  # noqa: ANN401 — the edits of a session
    return "pin" if line in edits.pins else str(edits.holds.get(line, ""))


def _plain(text: str) -> str:
    parts = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in parts if not unicodedata.combining(letter))
