"""Static pictures, drawn with matplotlib and without pyplot: nothing global is changed, the same data give the same file."""

from __future__ import annotations

import datetime as dt
import io
import textwrap
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from matplotlib.text import Text

from phanbo.catalogue import amount, day, million, percent, say
from phanbo.report.page.flows import COLOURS

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    import pandas as pd

__all__ = ["Picture", "absorption", "flows", "milestones", "owners", "pareto", "waterfall"]

BLUE, ORANGE, GREEN = "#0072B2", "#D55E00", "#009E73"
GREY, PALE = "#595959", "#D9D9D9"
FONT = {"family": "DejaVu Sans", "size": 9}
BEHIND = {"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.9}
FILES: Any = {"svg.hashsalt": "phanbo", "svg.fonttype": "path"}
BILLION = 1_000_000_000


class Picture(Figure):
    """A figure that shows itself in a notebook; ``save(path)`` writes the same bytes for the same data."""

    def __init__(self, width: float, height: float, title: str) -> None:
        super().__init__(figsize=(width, height), layout="constrained", facecolor="white")
        FigureCanvasAgg(self)
        self.suptitle(title, fontfamily=FONT["family"], fontsize=11, fontweight="bold")

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a file of the kind its name ends in: ``.png``, ``.svg`` or ``.pdf``."""
        name = str(path)
        dates = {
            "svg": {"Date": None},
            "pdf": {"CreationDate": None, "ModDate": None},
            "png": {"Software": None},
        }
        self._plain()
        with mpl.rc_context(FILES):
            self.savefig(path, dpi=160, metadata=dates.get(name.rpartition(".")[2].lower()))

    def _plain(self) -> None:
        """Take every text as it stands: a name with two ``$`` is no formula."""
        for text in self.findobj(Text):
            text.set_parse_math(False)

    def _repr_png_(self) -> bytes:
        self._plain()
        out = io.BytesIO()
        self.savefig(out, format="png", dpi=100)
        return out.getvalue()


def _axes(picture: Picture, *, grid: Literal["x", "y", "both", ""] = "") -> Any:  # noqa: ANN401 — matplotlib has no types
    axes = picture.subplots()
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.tick_params(labelsize=FONT["size"], labelfontfamily=FONT["family"])
    axes.set_axisbelow(True)
    if grid:
        axes.grid(axis=grid, color="#E6E6E6")
    return axes


def _shares(axis: Any, lang: str) -> None:  # noqa: ANN401
    axis.set_major_formatter(lambda value, _: percent(Decimal(str(round(value, 4))), lang, places=0))


def _billions(axis: Any, lang: str) -> None:  # noqa: ANN401
    axis.set_major_formatter(lambda value, _: million(round(value * 1_000_000), lang, places=1))


def _billion(dong: int, lang: str) -> str:
    return million(round(dong / 1000), lang, places=1)


def _percent(share: float, lang: str) -> str:
    return percent(Decimal(str(round(share, 6))), lang) if share == share else "–"  # noqa: PLR0124 — NaN


def _wrapped(names: Sequence[str], width: int = 34) -> list[str]:
    return ["\n".join(textwrap.wrap(name, width)) or name for name in names]


def _legend(axes: Any, **more: Any) -> None:  # noqa: ANN401
    axes.legend(prop=FONT, frameon=False, **more)


def owners(data: pd.DataFrame, lang: str) -> Picture:
    """Draw the owners by their share disbursed."""
    picture = Picture(9, 1.6 + 0.32 * len(data), say("plots.owners", lang))
    axes = _axes(picture, grid="x")
    mean = float(data["province"].iloc[0]) if len(data) else 0.0
    good = (data["ratio"] >= mean).tolist()
    places = range(len(data))
    for hit, colour, key in (
        (True, BLUE, say("plots.above", lang)),
        (False, ORANGE, say("plots.below", lang)),
    ):
        mine = [k for k in places if good[k] is hit]
        axes.barh(mine, [float(data["ratio"].iloc[k]) for k in mine], color=colour, height=0.7, label=key)
    for k, ratio in enumerate(data["ratio"]):
        axes.text(
            float(ratio) + 0.005,
            k,
            _percent(ratio, lang),
            va="center",
            bbox=BEHIND,
            **FONT,
        )
    told = say("plots.province", lang, share=_percent(mean, lang))
    axes.axvline(mean, color="black", linewidth=1.2, linestyle="--", label=told)
    axes.set_yticks(list(places), _wrapped(data["owner"].tolist(), 40))
    axes.invert_yaxis()
    _shares(axes.xaxis, lang)
    _legend(axes, loc="lower right")
    return picture


def milestones(data: pd.DataFrame, lang: str) -> Picture:
    """Draw each group of projects against its milestone."""
    picture = Picture(9, 1.6 + 0.6 * len(data), say("plots.milestones", lang))
    axes = _axes(picture, grid="x")
    places = list(range(len(data)))
    axes.barh(places, data["share"].tolist(), color=PALE, height=0.7, label=say("plots.judged", lang))
    axes.barh(places, data["ratio"].tolist(), color=BLUE, height=0.35, label=say("plots.today", lang))
    for k, row in enumerate(data.to_dict("records")):
        axes.plot(
            [row["required"]] * 2,
            [k - 0.42, k + 0.42],
            color=ORANGE,
            linewidth=3,
            label=None if k else say("plots.required", lang),
        )
        on = day(dt.date.fromisoformat(row["milestone"]), lang) if row["milestone"] else ""
        said = f"{_percent(row['ratio'], lang)} / {_percent(row['required'], lang)}"
        axes.text(1.02, k, f"{said}\n{on}".strip(), va="center", clip_on=False, **FONT)
    axes.set_yticks(places, _wrapped(data["group"].tolist()))
    axes.set_xlim(0, 1)
    axes.invert_yaxis()
    _shares(axes.xaxis, lang)
    _legend(axes, loc="upper center", bbox_to_anchor=(0.5, -0.12 if len(data) > 4 else -0.2), ncols=3)
    return picture


def flows(data: pd.DataFrame, lang: str) -> Picture:
    """Draw what moves from owner to owner as bands."""
    sides = [
        data.groupby(name)["amount"].sum().sort_values(ascending=False, kind="stable")
        for name in ("giver", "taker")
    ]
    most = max(map(len, sides))
    picture = Picture(11, 1.5 + 0.55 * max(most, 3), say("plots.flows", lang))
    axes = _axes(picture)
    axes.set_axis_off()
    whole = int(data["amount"].sum())
    if not whole:
        axes.text(0.5, 0.5, say("plots.nothing", lang), ha="center", **FONT)
        return picture
    gap = 0.045 * whole
    tops: list[dict[str, float]] = []
    for k, side in enumerate(sides):
        level, tops_here = 0.0, {}
        for name, size in side.items():
            tops_here[str(name)] = level
            axes.bar(k, size, bottom=level, width=0.025, color=GREY)
            label = f"{textwrap.shorten(str(name), 44, placeholder='…')} · {_billion(int(size), lang)}"
            axes.text(
                k + (0.03 if k else -0.03),
                level + size / 2,
                label,
                ha="left" if k else "right",
                va="center",
                **FONT,
            )
            level += size + max(gap, 0.06 * whole - size)
        tops.append(tops_here)
    colour = {str(name): COLOURS[k % len(COLOURS)] for k, name in enumerate(sides[0].index)}
    order = [{str(name): k for k, name in enumerate(side.index)} for side in sides]
    used = [dict.fromkeys(top, 0.0) for top in tops]
    rows = zip(data["giver"].tolist(), data["taker"].tolist(), data["amount"].tolist(), strict=True)
    for giver, taker, size in sorted(rows, key=lambda row: (order[0][row[0]], order[1][row[1]])):
        left, right = tops[0][giver] + used[0][giver], tops[1][taker] + used[1][taker]
        used[0][giver] += size
        used[1][taker] += size
        axes.add_patch(PathPatch(_band(left, right, size), facecolor=colour[giver], alpha=0.5, linewidth=0))
    axes.set_xlim(-0.75, 1.75)
    axes.set_ylim(max(sum(side) + 0.06 * whole * len(side) for side in sides), -gap)
    return picture


def _band(left: float, right: float, thick: float) -> Outline:
    start, middle, end = 0.0125, 0.5, 0.9875
    corners = [(start, left), (middle, left), (middle, right), (end, right), (end, right + thick)]
    corners += [(middle, right + thick), (middle, left + thick), (start, left + thick), (start, left)]
    codes = [Outline.MOVETO, *[Outline.CURVE4] * 3, Outline.LINETO, *[Outline.CURVE4] * 3, Outline.CLOSEPOLY]
    return Outline(corners, codes)


def waterfall(data: pd.DataFrame, lang: str) -> Picture:
    """Draw the expected disbursement before, what each class adds, and after."""
    picture = Picture(10, 5.2, say("plots.waterfall", lang))
    axes = _axes(picture, grid="y")
    last = len(data) - 1
    for k, row in enumerate(data.to_dict("records")):
        whole, low = k in {0, last}, min(row["start"], row["end"])
        colour = GREY if whole else GREEN if row["amount"] >= 0 else ORANGE
        axes.bar(
            k, abs(row["amount"]) / BILLION, bottom=(0 if whole else low) / BILLION, color=colour, width=0.65
        )
        sign = "" if whole else "+" if row["amount"] >= 0 else "−"
        top = max(row["start"], row["end"]) / BILLION
        axes.annotate(
            f"{sign}{_billion(abs(row['amount']), lang)}",
            (k, top),
            (0, 3),
            textcoords="offset points",
            ha="center",
            **FONT,
        )
        if k < last:
            axes.plot([k - 0.32, k + 1.32], [row["end"] / BILLION] * 2, color=GREY, linewidth=0.8)
    axes.set_xticks(list(range(len(data))), _wrapped(data["step"].tolist(), 20))
    # from where the steps begin: the gains are small beside the whole, and the break is told by the axis
    least = float(data["end"].min()) / BILLION
    most = float(data["end"].max()) / BILLION
    axes.set_ylim(least - 0.35 * max(most - least, 0.01 * most), most + 0.15 * max(most - least, 0.01 * most))
    axes.set_ylabel(say("plots.broken", lang), **FONT)
    _billions(axes.yaxis, lang)
    return picture


def absorption(data: pd.DataFrame, lang: str) -> Picture:
    """Draw what a line has spent and may spend."""
    first = data.iloc[0]
    title = say(
        "plots.absorption",
        lang,
        project=textwrap.shorten(first["project"], 70, placeholder="…"),
        line=first["line_id"],
    )
    picture = Picture(9, 4.8, title)
    axes = _axes(picture, grid="y")
    dates = [dt.date.fromisoformat(text) for text in data["date"]]
    known = [k for k, value in enumerate(data["disbursed"]) if value == value]  # noqa: PLR0124 — NaN
    fan = data[data["p50"].notna()]
    when = [dt.date.fromisoformat(text) for text in fan["date"]]

    def level(name: str) -> list[float]:
        return [float(value) / BILLION for value in fan[name]]

    axes.fill_between(when, level("p10"), level("p90"), color=BLUE, alpha=0.15, label=say("plots.wide", lang))
    axes.fill_between(
        when, level("p25"), level("p75"), color=BLUE, alpha=0.3, label=say("plots.narrow", lang)
    )
    axes.plot(when, level("p50"), color=BLUE, label=say("plots.median", lang))
    axes.plot(
        [dates[k] for k in known],
        [data["disbursed"].iloc[k] / BILLION for k in known],
        color="black",
        marker="o",
        markersize=4,
        label=say("plots.paid", lang),
    )
    for name, key, style in (("plan", "plots.plan", "--"), ("plan_after", "plots.plan_after", "-")):
        if name == "plan" or first["plan_after"] != first["plan"]:
            told = say(
                "plots.plan" if key == "plots.plan" else "plots.plan_after",
                lang,
                amount=_billion(int(first[name]), lang),
            )
            axes.axhline(first[name] / BILLION, color=ORANGE, linestyle=style, label=told)
    axes.set_ylim(bottom=0)
    axes.set_xticks([*dict.fromkeys([dates[0], dates[known[-1]], dates[-1]])])
    axes.xaxis.set_major_formatter(lambda value, _: day(_date(value), lang))
    axes.set_ylabel(say("plots.billion", lang), **FONT)
    _billions(axes.yaxis, lang)
    _legend(axes, loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=3)
    return picture


def _date(value: float) -> dt.date:
    return dt.date(1970, 1, 1) + dt.timedelta(days=round(value))


def pareto(data: pd.DataFrame, lang: str) -> Picture:
    """Draw what every order of the goals moves and gains."""
    picture = Picture(9, 5.5, say("plots.pareto", lang))
    axes = _axes(picture, grid="both")
    for best, colour, marker, key in (
        (True, BLUE, "o", say("plots.best", lang)),
        (False, GREY, "x", say("plots.beaten", lang)),
    ):
        mine = data[data["best"] == best]
        if len(mine):
            axes.scatter(
                mine["authority"] / BILLION,
                mine["gain"] / BILLION,
                color=colour,
                marker=marker,
                s=60,
                label=key,
                zorder=3,
            )
    front = data[data["best"]].sort_values("authority")
    axes.plot(front["authority"] / BILLION, front["gain"] / BILLION, color=BLUE, linewidth=1, zorder=2)
    own = data[data["chosen"]]
    axes.scatter(
        own["authority"] / BILLION,
        own["gain"] / BILLION,
        s=220,
        facecolors="none",
        edgecolors=ORANGE,
        linewidths=2,
        label=say("plots.chosen", lang),
        zorder=4,
    )
    for k, row in enumerate(front.to_dict("records")):
        told = say("plots.orders", lang, count=amount(row["orders"], lang))
        axes.annotate(
            told,
            (row["authority"] / BILLION, row["gain"] / BILLION),
            (9, -12 if k % 2 else 6),
            textcoords="offset points",
            **FONT,
        )
    axes.margins(x=0.15, y=0.1)
    axes.set_xlabel(say("plots.farther", lang), **FONT)
    axes.set_ylabel(say("plots.gain", lang), **FONT)
    _billions(axes.xaxis, lang)
    _billions(axes.yaxis, lang)
    _legend(axes, loc="lower right")
    return picture
