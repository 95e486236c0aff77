"""Interactive pictures, drawn with plotly: they open in JupyterLab and in a file without a network."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from phanbo.catalogue import amount, million, say
from phanbo.report.page.flows import COLOURS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

__all__ = ["absorption", "flows", "milestones", "owners", "pareto", "waterfall"]

BLUE, ORANGE, GREEN = "#0072B2", "#D55E00", "#009E73"
GREY, PALE = "#595959", "#D9D9D9"
BILLION = 1_000_000_000
SEPARATORS = {"vi": ",.", "en": ".,"}


def _figure(title: str, lang: str, height: int = 480, **layout: Any) -> Any:  # noqa: ANN401 — plotly has no types
    made = go.Figure()
    made.update_layout(
        title=title,
        template="plotly_white",
        separators=SEPARATORS[lang],
        height=height,
        font={"family": "system-ui, 'Segoe UI', 'Noto Sans', sans-serif"},
        **layout,
    )
    return made


def _wrapped(names: Sequence[str], width: int = 40) -> list[str]:
    return ["<br>".join(textwrap.wrap(_text(name), width)) for name in names]


def _text(name: str) -> str:
    """Return a name as plotly shows it: what looks like markup is none."""
    return name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def owners(data: pd.DataFrame, lang: str) -> Any:  # noqa: ANN401
    """Draw the owners by their share disbursed."""
    made = _figure(say("plots.owners", lang), lang, 160 + 26 * len(data))
    mean = float(data["province"].iloc[0]) if len(data) else 0.0
    for part, colour, name in (
        (data[data["ratio"] >= mean], BLUE, say("plots.above", lang)),
        (data[data["ratio"] < mean], ORANGE, say("plots.below", lang)),
    ):
        made.add_bar(
            y=_wrapped(part["owner"].tolist()),
            x=part["ratio"].tolist(),
            orientation="h",
            name=name,
            marker_color=colour,
            texttemplate="%{x:.1%}",
        )
    made.add_vline(x=mean, line_dash="dash")
    made.update_yaxes(
        autorange="reversed", categoryorder="array", categoryarray=_wrapped(data["owner"].tolist())
    )
    made.update_xaxes(tickformat=".0%")
    return made


def milestones(data: pd.DataFrame, lang: str) -> Any:  # noqa: ANN401
    """Draw each group of projects against its milestone."""
    made = _figure(say("plots.milestones", lang), lang, 180 + 50 * len(data), barmode="overlay")
    names = _wrapped(data["group"].tolist())
    for column, colour, width, name in (
        ("share", PALE, 0.7, say("plots.judged", lang)),
        ("ratio", BLUE, 0.35, say("plots.today", lang)),
    ):
        made.add_bar(
            y=names, x=data[column].tolist(), orientation="h", width=width, marker_color=colour, name=name
        )
    made.add_scatter(
        y=names,
        x=data["required"].tolist(),
        mode="markers",
        marker={"symbol": "line-ns", "size": 26, "line": {"width": 4, "color": ORANGE}},
        name=say("plots.required", lang),
        text=data["milestone"].tolist(),
    )
    made.update_yaxes(autorange="reversed")
    made.update_xaxes(tickformat=".0%", range=[0, 1.05])
    return made


def flows(data: pd.DataFrame, lang: str) -> Any:  # noqa: ANN401
    """Draw what moves from owner to owner."""
    givers, takers = (list(dict.fromkeys(data[name])) for name in ("giver", "taker"))
    made = _figure(say("plots.flows", lang), lang, 200 + 40 * max(len(givers), len(takers), 3))
    place = {name: k for k, name in enumerate(takers)}
    made.add_sankey(
        node={
            "label": [_text(name) for name in [*givers, *takers]],
            "color": GREY,
            "pad": 14,
            "thickness": 14,
        },
        link={
            "source": [givers.index(name) for name in data["giver"]],
            "target": [len(givers) + place[name] for name in data["taker"]],
            "value": [value / BILLION for value in data["amount"].tolist()],
            "color": [_pale(COLOURS[givers.index(name) % len(COLOURS)]) for name in data["giver"]],
        },
        valueformat=",.1f",
    )
    return made


def _pale(colour: str) -> str:
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.45)"


def waterfall(data: pd.DataFrame, lang: str) -> Any:  # noqa: ANN401
    """Draw the expected disbursement before, what each class adds, and after."""
    made = _figure(say("plots.waterfall", lang), lang, showlegend=False)
    kinds = ["absolute", *["relative"] * (len(data) - 2), "total"]
    made.add_waterfall(
        x=_wrapped(data["step"].tolist(), 22),
        y=[value / BILLION for value in data["amount"].tolist()],
        measure=kinds,
        texttemplate="%{delta:,.1f}",
        increasing={"marker": {"color": GREEN}},
        decreasing={"marker": {"color": ORANGE}},
        totals={"marker": {"color": GREY}},
    )
    least, most = float(data["end"].min()) / BILLION, float(data["end"].max()) / BILLION
    spread = max(most - least, 0.01 * most)
    made.update_yaxes(
        title=say("plots.broken", lang), range=[least - 0.35 * spread, most + 0.15 * spread], tickformat=","
    )
    return made


def absorption(data: pd.DataFrame, lang: str) -> Any:  # noqa: ANN401
    """Draw what a line has spent and may spend."""
    first = data.iloc[0]
    title = say(
        "plots.absorption", lang, project=_text(str(first["project"])), line=_text(str(first["line_id"]))
    )
    made = _figure(title, lang)
    fan, known = data[data["p50"].notna()], data[data["disbursed"].notna()]
    dates = fan["date"].tolist()
    for low, high, shade, name in (
        ("p10", "p90", "rgba(0,114,178,0.15)", say("plots.wide", lang)),
        ("p25", "p75", "rgba(0,114,178,0.30)", say("plots.narrow", lang)),
    ):
        band = [*fan[low], *reversed(fan[high].tolist())]
        made.add_scatter(
            x=[*dates, *reversed(dates)],
            y=[float(value) / BILLION for value in band],
            fill="toself",
            fillcolor=shade,
            line={"width": 0},
            name=name,
            hoverinfo="skip",
        )
    made.add_scatter(
        x=dates,
        y=[float(v) / BILLION for v in fan["p50"]],
        name=say("plots.median", lang),
        line={"color": BLUE},
    )
    made.add_scatter(
        x=known["date"].tolist(),
        y=[float(v) / BILLION for v in known["disbursed"]],
        name=say("plots.paid", lang),
        line={"color": "black"},
    )
    for name, dash in (("plan", "dash"), ("plan_after", "solid")):
        if name == "plan" or first["plan_after"] != first["plan"]:
            value = million(int(first[name]) // 1000, lang, places=1)
            told = (
                say("plots.plan", lang, amount=value)
                if name == "plan"
                else say("plots.plan_after", lang, amount=value)
            )
            made.add_hline(
                y=float(first[name]) / BILLION, line_dash=dash, line_color=ORANGE, annotation_text=told
            )
    made.update_xaxes(tickformat="%m/%Y")
    made.update_yaxes(rangemode="tozero", title=say("plots.billion", lang))
    return made


def pareto(data: pd.DataFrame, lang: str) -> Any:  # noqa: ANN401
    """Draw what every order of the goals moves and gains."""
    made = _figure(say("plots.pareto", lang), lang)
    for part, colour, symbol, name in (
        (data[data["best"]], BLUE, "circle", say("plots.best", lang)),
        (data[~data["best"]], GREY, "x", say("plots.beaten", lang)),
        (data[data["chosen"]], ORANGE, "circle-open", say("plots.chosen", lang)),
    ):
        made.add_scatter(
            x=[value / BILLION for value in part["authority"].tolist()],
            y=[value / BILLION for value in part["gain"].tolist()],
            mode="markers",
            marker={"color": colour, "symbol": symbol, "size": 20 if symbol == "circle-open" else 11},
            text=[say("plots.orders", lang, count=amount(count, lang)) for count in part["orders"].tolist()],
            name=name,
        )
    made.update_xaxes(title=say("plots.farther", lang))
    made.update_yaxes(title=say("plots.gain", lang))
    return made
