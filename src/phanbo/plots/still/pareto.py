"""What a round gains as far as it goes, and what it would gain with its goals in another order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phanbo.catalogue import amount, billion, say
from phanbo.plots.still.picture import FONT, Picture, axes_of, house_style, in_billions, key_below
from phanbo.plots.told import BLUE, GREY, ORANGE, wrapped

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["pareto"]

NEAR = 0.04
"""Of an axis: outcomes nearer than this share a label."""
ROW, LINE = 0.74, 0.175
"""Inches of a row of the table and of a line in it."""


@house_style()
def pareto(prefixes: pd.DataFrame, others: pd.DataFrame, lang: str) -> Picture:
    """Draw the gain of the first transfers, and of other orders of the goals; the best of these are told in a table."""
    told = others[others["best"] | others["chosen"]].reset_index(drop=True)
    below = 0.45 + ROW * len(told)
    picture = Picture(11, 5.0 + below, say("plots.pareto", lang))
    grid = picture.add_gridspec(2, 2, height_ratios=[4.4, below])
    steps = axes_of(picture, "both", grid[0, 0])
    steps.plot(prefixes["moved"], prefixes["gain"], color=BLUE, marker=".", markersize=4, linewidth=1)
    orders = axes_of(picture, "both", grid[0, 1])
    _orders(orders, others, lang)
    for letter, x, y in _letters(told, others):
        orders.annotate(
            letter, (x, y), (-9, 7), textcoords="offset points", ha="right", weight="bold", **FONT
        )
    most = max(int(prefixes["gain"].max()), int(others["gain"].max()), 1)
    least = min(0, int(prefixes["gain"].min()), int(others["gain"].min()))
    for axes, title, across in (
        (steps, say("plots.prefixes", lang), say("plots.cut", lang)),
        (orders, say("plots.orders_title", lang), say("plots.farther", lang)),
    ):
        axes.set_title(title, fontfamily=FONT["family"], fontsize=10, loc="left")
        axes.set_xlabel(across, **FONT)
        axes.set_ylabel(say("plots.gain", lang), **FONT)
        axes.set_ylim(least - 0.04 * most, 1.12 * most)
        in_billions(axes.xaxis, lang)
        in_billions(axes.yaxis, lang)
    steps.set_xlim(-0.03 * max(1, int(prefixes["moved"].max())), max(1, 1.05 * int(prefixes["moved"].max())))
    orders.margins(x=0.12)
    _table(axes_of(picture, place=grid[1, :]), told, lang)
    key_below(picture, orders, 3)
    return picture


def _orders(axes: Any, others: pd.DataFrame, lang: str) -> None:  # noqa: ANN401 — matplotlib has no types
    for best, colour, marker, key in (
        (True, BLUE, "o", say("plots.best", lang)),
        (False, GREY, "x", say("plots.beaten", lang)),
    ):
        mine = others[others["best"] == best]
        axes.scatter(mine["authority"], mine["gain"], color=colour, marker=marker, s=50, label=key, zorder=3)
    front = others[others["best"]]
    axes.plot(front["authority"], front["gain"], color=BLUE, linewidth=1, drawstyle="steps-post", zorder=2)
    own = others[others["chosen"]]
    axes.scatter(
        own["authority"],
        own["gain"],
        s=200,
        facecolors="none",
        edgecolors=ORANGE,
        linewidths=2,
        label=say("plots.chosen", lang),
        zorder=4,
    )


def _letters(told: pd.DataFrame, others: pd.DataFrame) -> list[tuple[str, int, int]]:
    """Return the letters of the table's rows and where they stand; those of neighbours stand together."""
    wide, tall = (max(1, int(others[name].max())) * NEAR for name in ("authority", "gain"))
    groups: list[tuple[str, int, int]] = []
    for k, row in enumerate(told.to_dict("records")):
        letter, x, y = chr(ord("A") + k), int(row["authority"]), int(row["gain"])
        if groups and abs(x - groups[-1][1]) < wide and abs(y - groups[-1][2]) < tall:
            groups[-1] = (f"{groups[-1][0]}, {letter}", *groups[-1][1:])
        else:
            groups.append((letter, x, y))
    return groups


def _table(axes: Any, told: pd.DataFrame, lang: str) -> None:  # noqa: ANN401
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(len(told), -0.45 / ROW)
    heads = (
        (0.0, "left", say("plots.goals", lang)),
        (0.74, "right", say("plots.head_cut", lang)),
        (0.83, "right", say("plots.head_gain", lang)),
        (0.92, "right", say("plots.head_farther", lang)),
        (1.0, "right", say("plots.head_orders", lang)),
    )
    for x, side, text in heads:
        axes.text(x, -0.1, text, ha=side, va="bottom", weight="bold", **FONT)
    for k, row in enumerate(told.to_dict("records")):
        axes.text(0, k, chr(ord("A") + k), va="top", weight="bold", **FONT)
        goals = wrapped(row["goals"], 100, 2)
        axes.text(0.02, k, "\n".join(goals), va="top", **FONT)
        small, values = {**FONT, "size": 7.5, "color": GREY}, wrapped(row["values"], 165)
        axes.text(0.02, k + LINE * len(goals) / ROW, "\n".join(values), va="top", **small)
        figures = [billion(int(row[name]), lang, 3) for name in ("moved", "gain", "authority")]
        for (x, side, _), text in zip(heads[1:], [*figures, amount(row["orders"], lang)], strict=True):
            axes.text(x, k, text, ha=side, va="top", **FONT)
