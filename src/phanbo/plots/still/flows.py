"""What moves from owner to owner, as bands whose width is the amount."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline

from phanbo.catalogue import billion, say
from phanbo.plots.still.picture import FONT, Picture, axes_of, house_style
from phanbo.plots.told import COLOURS, GREY, wrapped

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["flows"]

TALL = 3.6
"""Inches the whole amount takes."""
LINE, GAP, BAR = 0.155, 0.1, 0.0125
"""Inches of a line of text and between owners; half a bar's width, of the distance between the sides."""


@house_style()
def flows(data: pd.DataFrame, lang: str) -> Picture:
    """Draw what moves from owner to owner."""
    whole = int(data["amount"].sum())
    if not whole:
        picture = Picture(9, 1.6, say("plots.flows", lang))
        axes = axes_of(picture)
        axes.set_axis_off()
        axes.text(0.5, 0.5, say("plots.nothing", lang), ha="center", va="center", **FONT)
        return picture
    inch = whole / TALL
    sides = [_stacked(data, name, inch, lang) for name in ("giver", "taker")]
    bottom = max(below for _, _, below in sides)
    picture = Picture(11, 1.0 + bottom / inch, say("plots.flows", lang))
    axes = axes_of(picture)
    axes.set_axis_off()
    for k, (tops, labels, _) in enumerate(sides):
        sizes = data.groupby(("giver", "taker")[k])["amount"].sum()
        for name, top in tops.items():
            size = int(sizes[name])
            axes.bar(k, size, bottom=top, width=2 * BAR, color=GREY)
            height = len(labels[name]) * LINE * inch
            place = {"x": k + (0.03 if k else -0.03), "y": top + max(size, height) / 2}
            axes.text(s="\n".join(labels[name]), ha="left" if k else "right", va="center", **place, **FONT)
    _bands(axes, data, [tops for tops, _, _ in sides])
    axes.set_xlim(-0.75, 1.75)
    axes.set_ylim(bottom, -GAP * inch)
    return picture


def _stacked(
    data: pd.DataFrame, side: str, inch: float, lang: str
) -> tuple[dict[str, float], dict[str, list[str]], float]:
    """Return the top of each owner of a side, the largest above, its label in lines, and where the side ends.

    An owner takes what its amount or its label needs, so that no two labels meet.
    """
    sizes = data.groupby(side)["amount"].sum().sort_values(ascending=False, kind="stable")
    tops, labels, level = {}, {}, 0.0
    for name, size in sizes.items():
        owner = str(name)
        told = wrapped(owner, 40)
        labels[owner] = [*told[:-1], f"{told[-1]} · {billion(int(size), lang, 3)}"]
        tops[owner] = level
        level += max(int(size), len(told) * LINE * inch) + GAP * inch
    return tops, labels, level


def _bands(axes: Any, data: pd.DataFrame, tops: list[dict[str, float]]) -> None:  # noqa: ANN401 — matplotlib has no types
    colour = {name: COLOURS[k % len(COLOURS)] for k, name in enumerate(tops[0])}
    order = [{name: k for k, name in enumerate(side)} for side in tops]
    level = [dict(side) for side in tops]
    rows = zip(data["giver"].tolist(), data["taker"].tolist(), data["amount"].tolist(), strict=True)
    for giver, taker, size in sorted(rows, key=lambda row: (order[0][row[0]], order[1][row[1]])):
        shape = _band(level[0][giver], level[1][taker], size)
        axes.add_patch(PathPatch(shape, facecolor=colour[giver], alpha=0.5, linewidth=0))
        level[0][giver] += size
        level[1][taker] += size


def _band(left: float, right: float, thick: float) -> Outline:
    start, middle, end = BAR, 0.5, 1 - BAR
    corners = [(start, left), (middle, left), (middle, right), (end, right), (end, right + thick)]
    corners += [(middle, right + thick), (middle, left + thick), (start, left + thick), (start, left)]
    codes = [Outline.MOVETO, *[Outline.CURVE4] * 3, Outline.LINETO, *[Outline.CURVE4] * 3, Outline.CLOSEPOLY]
    return Outline(corners, codes)
