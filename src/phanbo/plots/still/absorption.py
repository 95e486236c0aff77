"""What a line has spent and may spend, as a fan."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from phanbo.catalogue import billion, day, say
from phanbo.plots.still.picture import FONT, Picture, axes_of, house_style, in_billions, key_below
from phanbo.plots.told import BLUE, GREEN, ORANGE, wrapped

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["absorption"]

APART = 0.2
"""Of the width: two dates nearer than this are not both written."""


@house_style()
def absorption(data: pd.DataFrame, lang: str) -> Picture:
    """Draw what a line has spent and may spend, its plan before and after, and what is asked of it."""
    first = data.iloc[0]
    title = say("plots.absorption", lang, project=first["project"], line=first["line_id"])
    picture = Picture(9, 5.2, "\n".join(wrapped(title, 80)))
    axes = axes_of(picture, "y")
    fan, known = data[data["p50"].notna()], data[data["disbursed"].notna()]
    when = _dates(fan)
    for low, high, alpha, told in (
        ("p10", "p90", 0.15, say("plots.wide", lang)),
        ("p25", "p75", 0.3, say("plots.narrow", lang)),
    ):
        axes.fill_between(
            when, _level(fan, low), _level(fan, high), color=BLUE, alpha=alpha, linewidth=0, label=told
        )
    axes.plot(when, _level(fan, "p50"), color=BLUE, label=say("plots.median", lang))
    paid = say("plots.paid", lang)
    axes.plot(_dates(known), _level(known, "disbursed"), color="black", marker="o", markersize=4, label=paid)
    before, after = int(first["plan"]), int(first["plan_after"])
    told = say("plots.plan", lang, amount=billion(before, lang, 3))
    axes.axhline(before, color=ORANGE, linestyle="--", label=told)
    if after != before:
        axes.axhline(after, color=ORANGE, label=say("plots.plan_after", lang, amount=billion(after, lang, 3)))
    if first["judged_on"]:
        on, need = dt.date.fromisoformat(first["judged_on"]), int(first["required"])
        told = say("plots.asked", lang, amount=billion(need, lang, 3), day=day(on, lang))
        axes.plot([on], [need], color=GREEN, marker="D", markersize=8, linestyle="", label=told, zorder=4)
    axes.set_ylim(bottom=0)
    axes.set_xticks(_spaced([_dates(data)[0], _dates(known)[-1], _dates(data)[-1]]))
    axes.xaxis.set_major_formatter(
        lambda value, _: day(dt.date(1970, 1, 1) + dt.timedelta(round(value)), lang)
    )
    axes.set_ylabel(say("plots.billion", lang), **FONT)
    in_billions(axes.yaxis, lang)
    key_below(picture, axes, 3)
    return picture


def _dates(data: pd.DataFrame) -> list[dt.date]:
    return [dt.date.fromisoformat(text) for text in data["date"]]


def _level(data: pd.DataFrame, name: str) -> list[float]:
    return [float(value) for value in data[name]]


def _spaced(dates: list[dt.date]) -> list[Any]:
    """Return the dates to be written, the first left out where it is too near the next."""
    first, today, last = dates
    return [first, today, last] if (today - first) > APART * (last - first) else [today, last]
