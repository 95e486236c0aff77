"""Tables of a page: plain ones, and the ranked list that is sorted, searched and opened."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from phanbo.catalogue import million, percent, say
from phanbo.report.page.markup import Element, tag
from phanbo.words import GROUP, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from phanbo.report.names import Names

__all__ = ["Column", "adjustment_section", "plain_table", "share", "source_section", "transfer_section"]


@dataclass(frozen=True)
class Column:
    """A heading; *number*: to the right, sorted by amount."""

    title: str
    number: bool = False


def plain_table(caption: str, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> Element:
    """Return a table whose caption is read out and not shown."""
    head = tag("tr", *(tag("th", column.title, scope="col", class_=_side(column)) for column in columns))
    body = [
        tag("tr", *(tag("td", cell, class_=_side(column)) for column, cell in zip(columns, row, strict=True)))
        for row in rows
    ]
    table = tag("table", tag("caption", caption, class_="unseen"), tag("thead", head), tag("tbody", *body))
    return tag("div", table, class_="wide", tabindex=0, role="region", aria_label=caption)


def share(part: int, whole: int, lang: str) -> str:
    """Return a share in percent; a dash of nothing."""
    return percent(Fraction(part, whole), lang) if whole else "–"


def signed(change: int, lang: str) -> str:
    """Return an amount with its sign, which tells what colour tells too."""
    return ("+" if change > 0 else "−" if change else "") + million(abs(change), lang)


def adjustment_section(names: Names) -> Element:
    """Return every changed line by rank, why folded under its name."""
    frame, lang = names.proposal.frames["adjustments"], names.lang
    title = say("page.adjustments", lang)
    head = tag("h2", title, id="adjustments", tabindex=-1)
    if frame.empty:
        return tag("section", head, tag("p", say("page.nothing", lang)), aria_labelledby="adjustments")
    columns = (
        Column(say("page.rank", lang), number=True),
        Column(say("page.project", lang)),
        Column(say("page.owner", lang)),
        Column(say("page.source", lang)),
        Column(say("page.plan", lang), number=True),
        Column(say("page.change", lang), number=True),
        Column(say("page.plan_after", lang), number=True),
        Column(say("page.disbursed", lang), number=True),
        Column(say("page.ratio", lang), number=True),
    )
    heads = tag(
        "tr",
        *(
            tag(
                "th",
                tag("button", column.title, type="button"),
                scope="col",
                class_=_side(column),
                data_kind="number" if column.number else "text",
            )
            for column in columns
        ),
    )
    rows = [_adjusted(row, names) for row in frame.to_dict("records")]
    table = tag(
        "table",
        tag("caption", title, class_="unseen"),
        tag("thead", heads),
        tag("tbody", *rows),
        id="ranked",
    )
    label = say("page.search", lang)
    shown = say("page.shown", lang, shown="{shown}", total="{total}")
    return tag(
        "section",
        head,
        tag("p", say("page.adjustments_note", lang), class_="note"),
        tag(
            "p", tag("label", label, for_="search"), tag("input", type="search", id="search"), class_="tools"
        ),
        tag("p", id="count", role="status", data_text=shown),
        tag("div", table, class_="wide", tabindex=0, role="region", aria_label=title),
        aria_labelledby="adjustments",
    )


def _adjusted(row: Mapping[Any, Any], names: Names) -> Element:
    lang = names.lang
    plan, change, disbursed = int(row["plan"]), int(row["change"]), int(row["disbursed"])
    name = tag("details", tag("summary", tag("bdi", str(row["project"]))), *_why(row, names))
    ratio = disbursed * 10**6 // plan if plan else -1
    cells = [
        tag("td", str(row["rank"]), class_="number", data_value=int(row["rank"])),
        tag("td", name, class_="text", data_value=str(row["project"])),
        *(
            tag("td", tag("bdi", str(row[key])), class_="text", data_value=str(row[key]))
            for key in ("owner", "source")
        ),
        tag("td", million(plan, lang), class_="number", data_value=plan),
        tag(
            "td", signed(change, lang), class_=f"number {'more' if change > 0 else 'less'}", data_value=change
        ),
        tag("td", million(int(row["plan_after"]), lang), class_="number", data_value=int(row["plan_after"])),
        tag("td", million(disbursed, lang), class_="number", data_value=disbursed),
        tag("td", share(disbursed, plan, lang), class_="number", data_value=ratio),
    ]
    return tag("tr", *cells)


def _why(row: Mapping[Any, Any], names: Names) -> list[Element]:
    lang = names.lang
    expected = {
        key: million(int(row[name]), lang)
        for key, name in (("before", "expected"), ("after", "expected_after"))
    }
    told = {
        "line": str(row["line_id"]),
        "stage": word(GROUP, row["stage"], lang),
        "year": str(row["plan_year"]),
    }
    cited = names.citation(row["binding_rule"], row["citation"])
    body = names.authority(row["authority"], names.pool_of[row["line_id"]])
    return [
        tag("p", str(row[f"reason_{lang}"])),
        tag("p", say("page.expected", lang, **expected)),
        tag("p", say("page.rule", lang, citation=cited)),
        tag("p", say("page.authority", lang, body=body)),
        tag("p", say("page.line", lang, **told)),
    ]


def transfer_section(names: Names) -> Element:
    """Return the transfers by rank."""
    frame, lang = names.proposal.frames["transfers"], names.lang
    if frame.empty:
        return Element("")
    title = say("page.transfers", lang)
    columns = (
        Column(say("page.rank", lang), number=True),
        Column(say("page.giver", lang)),
        Column(say("page.receiver", lang)),
        Column(say("page.amount", lang), number=True),
    )

    def end(line: str) -> str:
        project, owner = names.end(line)
        return f"{project} ({line})" if owner else project

    rows = [
        (str(row["rank"]), end(row["from_line"]), end(row["to_line"]), million(int(row["amount"]), lang))
        for row in frame.to_dict("records")
    ]
    return tag(
        "section",
        tag("h2", title, id="transfers"),
        tag("p", say("page.transfers_note", lang), class_="note"),
        plain_table(title, columns, rows),
        aria_labelledby="transfers",
    )


def source_section(names: Names) -> Element:
    """Return what is cut and added in each source, and in all."""
    frame, lang = names.proposal.frames["adjustments"], names.lang
    if frame.empty:
        return Element("")
    title = say("page.sources", lang)
    amounts: dict[str, list[int]] = {}
    for source, change in zip(frame["source"], frame["change"], strict=True):
        amounts.setdefault(str(source), [0, 0])[int(change) > 0] += abs(int(change))
    rows = [(name, *(million(side, lang) for side in amounts[name])) for name in sorted(amounts)]
    whole = [sum(side) for side in zip(*amounts.values(), strict=True)]
    rows.append((say("page.total", lang), *(million(side, lang) for side in whole)))
    columns = (
        Column(say("page.source", lang)),
        Column(say("page.cut", lang), number=True),
        Column(say("page.added", lang), number=True),
    )
    return tag(
        "section",
        tag("h2", title, id="sources"),
        plain_table(title, columns, rows),
        aria_labelledby="sources",
    )


def _side(column: Column) -> str:
    return "number" if column.number else "text"
