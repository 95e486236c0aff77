"""Capital from owner to owner as bands whose width is the amount, with the same figures as a table."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from phanbo.catalogue import million, say
from phanbo.report.page.markup import Element, tag
from phanbo.report.page.tables import Column, plain_table

if TYPE_CHECKING:
    from phanbo.proposal import Proposal

__all__ = ["COLOURS", "fewer_flows", "flow_section", "flows_of"]

Flows = dict[tuple[str, str], int]

MOST = 10
"""Owners on each side; the rest stand as one."""
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Told apart by the colour-blind (Okabe and Ito)."""
WIDTH, TALL, BAR, GAP, ROW = 960, 320, 12, 10, 18
LEFT, RIGHT = 300, 660


def flows_of(proposal: Proposal, lang: str) -> Flows:
    """Return what moves from whom to whom (đồng), the largest first."""
    frames = proposal.frames
    owner = dict(zip(frames["lines"]["line_id"], frames["lines"]["owner"], strict=True))
    other = {
        "inflow": say("page.inflow", lang),
        "reserve": say("page.reserve", lang),
        "shortfall": say("page.shortfall", lang),
    }

    def who(end: str) -> str:
        return str(owner[end]) if end in owner else other[end.partition(":")[0]]

    total: Counter[tuple[str, str]] = Counter()
    for row in frames["transfers"].to_dict("records"):
        total[who(row["from_line"]), who(row["to_line"])] += int(row["amount"])
    return dict(sorted(total.items(), key=lambda item: (-item[1], item[0])))


def flow_section(proposal: Proposal, lang: str) -> Element:
    """Return the picture and, folded under it, its figures."""
    flows = flows_of(proposal, lang)
    if not flows:
        return Element("")
    columns = (
        Column(say("page.giver", lang)),
        Column(say("page.receiver", lang)),
        Column(say("page.amount", lang), number=True),
    )
    rows = [(giver, taker, million(amount, lang)) for (giver, taker), amount in flows.items()]
    title = say("page.flows", lang)
    return tag(
        "section",
        tag("h2", title, id="flows"),
        tag("p", say("page.flows_note", lang), class_="note"),
        tag(
            "div",
            _picture(fewer_flows(flows, lang), title, lang),
            class_="wide",
            tabindex=0,
            role="region",
            aria_label=title,
        ),
        tag(
            "details",
            tag("summary", say("page.flows_table", lang)),
            plain_table(title, columns, rows),
        ),
        aria_labelledby="flows",
    )


def fewer_flows(flows: Flows, lang: str) -> Flows:
    """Return the flows with the smaller owners of each side as one (đồng)."""
    others = say("page.others", lang)
    kept = []
    for side in (0, 1):
        size: Counter[str] = Counter()
        for ends, amount in flows.items():
            size[ends[side]] += amount
        kept.append({name for name, _ in sorted(size.items(), key=lambda item: (-item[1], item[0]))[:MOST]})
    merged: Counter[tuple[str, str]] = Counter()
    for (giver, taker), amount in flows.items():
        merged[giver if giver in kept[0] else others, taker if taker in kept[1] else others] += amount
    return dict(merged)


def _picture(flows: Flows, title: str, lang: str) -> Element:
    whole = sum(flows.values())
    sides = [_stacked(flows, side, whole) for side in (0, 1)]
    colour = {name: COLOURS[at % len(COLOURS)] for at, name in enumerate(sides[0])}
    used = [dict.fromkeys(side, 0) for side in sides]
    bands: list[Element] = []
    marks: list[Element] = []
    order = [{name: at for at, name in enumerate(side)} for side in sides]
    for ends, amount in sorted(flows.items(), key=lambda item: (order[0][item[0][0]], order[1][item[0][1]])):
        left, right = (sides[k][end][0] + _pixels(used[k][end], whole) for k, end in enumerate(ends))
        thick = max(1.0, _pixels(amount, whole))
        for k, end in enumerate(ends):
            used[k][end] += amount
        told = f"{ends[0]} → {ends[1]}: {million(amount, lang)}"
        shape = tag("path", d=_band(left, right, thick), fill=colour[ends[0]], fill_opacity="0.45")
        bands.append(tag("g", tag("title", told), shape))
    for k, side in enumerate(sides):
        for name, (top, amount) in side.items():
            marks += _mark(k, name, top, max(1.0, _pixels(amount, whole)), million(amount, lang))
    tall = (
        max(top + max(ROW, _pixels(amount, whole)) for side in sides for top, amount in side.values()) + GAP
    )
    return tag(
        "svg",
        tag("title", title),
        *bands,
        *marks,
        viewBox=f"0 0 {WIDTH} {tall:.0f}",
        role="img",
        class_="flows",
    )


def _stacked(flows: Flows, side: int, whole: int) -> dict[str, tuple[float, int]]:
    """Return top and amount of each owner of a side, the largest above."""
    size: Counter[str] = Counter()
    for ends, amount in flows.items():
        size[ends[side]] += amount
    top, placed = float(GAP), {}
    for name, amount in sorted(size.items(), key=lambda item: (-item[1], item[0])):
        placed[name] = (top, amount)
        top += max(ROW, _pixels(amount, whole)) + GAP
    return placed


def _pixels(amount: int, whole: int) -> float:
    return (amount * TALL * 10 // whole) / 10


def _band(left: float, right: float, thick: float) -> str:
    start, end, middle = LEFT + BAR, RIGHT - BAR, (LEFT + RIGHT) // 2
    return (
        f"M{start} {left:.1f}C{middle} {left:.1f} {middle} {right:.1f} {end} {right:.1f}V{right + thick:.1f}"
        f"C{middle} {right + thick:.1f} {middle} {left + thick:.1f} {start} {left + thick:.1f}Z"
    )


def _mark(side: int, name: str, top: float, thick: float, amount: str) -> tuple[Element, Element]:
    x = RIGHT - BAR if side else LEFT
    label = name if len(name) <= 32 else name[:31] + "…"
    where = RIGHT + 6 if side else LEFT - 6
    anchor = "start" if side else "end"
    told = (tag("title", f"{name}: {amount}"), f"{label} · {amount}")
    text = tag("text", *told, x=where, y=f"{top + 13:.1f}", text_anchor=anchor)
    return tag("rect", x=x, y=f"{top:.1f}", width=BAR, height=f"{thick:.1f}", fill="#555"), text
