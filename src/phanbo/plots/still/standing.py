"""How far owners and groups of projects have come, as bars."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from phanbo.catalogue import amount, billion, day, say
from phanbo.plots.still.picture import FONT, Picture, axes_of, house_style, in_shares, key_below
from phanbo.plots.told import BLUE, ORANGE, PALE, ends, share, wrapped

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["milestones", "owners"]

LINE = 0.16
"""Inches of a line of text."""


@house_style()
def owners(data: pd.DataFrame, lang: str) -> Picture:
    """Draw the owners by their share disbursed."""
    shown, out = ends(data)
    names = [wrapped(name, 42) for name in shown["owner"]]
    places, tall = _places([len(name) for name in names], len(names) // 2 if out else None)
    picture = Picture(9, 1.5 + max(tall, 1) * 2 * LINE, say("plots.owners", lang))
    axes = axes_of(picture, "x")
    below = shown["below_average"].tolist()
    for hit, colour, key in (
        (False, BLUE, say("plots.above", lang)),
        (True, ORANGE, say("plots.below", lang)),
    ):
        mine = [k for k, late in enumerate(below) if late is hit]
        widths = [float(shown["ratio"].iloc[k]) for k in mine]
        axes.barh([places[k] for k in mine], widths, color=colour, height=0.7, label=key)
    for place, ratio in zip(places, shown["ratio"], strict=True):
        _beside(axes, place, share(ratio, lang))
    _province(axes, shown, lang)
    if out:
        left_out = say("plots.left_out", lang, count=amount(out, lang))
        axes.text(0.01, places[len(names) // 2] - 1, left_out, va="center", style="italic", **FONT)
    axes.set_yticks(places, ["\n".join(name) for name in names])
    axes.set_ylim(max(tall, 1) - 0.45, -0.6)
    axes.set_xlim(0, max([1e-6, *shown["ratio"], *shown["province"].dropna()]) * 1.02)
    in_shares(axes.xaxis, lang)
    key_below(picture, axes, 3)
    return picture


def _places(lines: list[int], gap_at: int | None) -> tuple[list[float], float]:
    """Return the middle of each row and where they end, a row of more lines taller; before *gap_at* one is left free."""
    places, top = [], 0.0
    for k, count in enumerate(lines):
        tall = max(1.0, (count + 0.4) / 2)
        top += 1.0 if k == gap_at else 0.0
        places.append(top + (tall - 1) / 2)
        top += tall
    return places, top


@house_style()
def milestones(data: pd.DataFrame, lang: str) -> Picture:
    """Draw each group of projects against its milestone and the province."""
    picture = Picture(9, 2.0 + 0.62 * len(data), say("plots.milestones", lang))
    axes = axes_of(picture, "x")
    places, first = list(range(len(data))), data.iloc[0]
    judged = say("plots.judged", lang, reading=first["reading"])
    axes.barh(places, data["share"].tolist(), color=PALE, height=0.7, label=judged)
    today = say("plots.today", lang, day=day(dt.date.fromisoformat(first["as_of"]), lang))
    axes.barh(places, data["ratio"].tolist(), color=BLUE, height=0.35, label=today)
    marked = data["required"].notna()
    axes.vlines(
        data.loc[marked, "required"],
        [k - 0.42 for k in data.index[marked]],
        [k + 0.42 for k in data.index[marked]],
        color=ORANGE,
        linewidth=3.5,
        label=say("plots.required", lang),
        zorder=4,
    )
    _province(axes, data, lang)
    _beside(axes, -0.85, say("plots.against", lang))
    for k, row in enumerate(data.to_dict("records")):
        until = say("plots.no_milestone", lang)
        if row["milestone"]:
            until = day(dt.date.fromisoformat(row["milestone"]), lang)
        both = f"{share(row['ratio'], lang)} / {share(row['required'], lang)}"
        _beside(axes, k, f"{both}\n{until}")
    amounts = [say("plots.in_billions", lang, amount=billion(int(plan), lang, 1)) for plan in data["plan"]]
    axes.set_yticks(places, [f"{name}\n{plan}" for name, plan in zip(data["group"], amounts, strict=True)])
    axes.set_xlim(0, 1.01)
    axes.set_ylim(len(data) - 0.4, -0.6)
    in_shares(axes.xaxis, lang)
    key_below(picture, axes, 4 if lang == "en" else 2)
    return picture


def _beside(axes: Any, place: float, text: str) -> None:  # noqa: ANN401 — matplotlib has no types
    """Write beside the picture, where no bar and no line comes."""
    axes.text(1.02, place, text, va="center", transform=axes.get_yaxis_transform(), **FONT)


def _province(axes: Any, data: pd.DataFrame, lang: str) -> None:  # noqa: ANN401
    mean = float(data["province"].iloc[0]) if len(data) else float("nan")
    if mean == mean:  # noqa: PLR0124 — NaN where nobody has a plan
        told = say("plots.province", lang, share=share(mean, lang))
        axes.axvline(mean, color="black", linewidth=1.2, linestyle="--", label=told, zorder=3)
