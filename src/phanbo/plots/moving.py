"""Interactive pictures, drawn with plotly: they open in JupyterLab and in a file without a network."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from phanbo.catalogue import amount, billion, day, million, say
from phanbo.plots.told import (
    BILLION,
    BLUE,
    COLOURS,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    ends,
    share,
    signed,
    wrapped,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["absorption", "flows", "milestones", "owners", "pareto", "waterfall"]

MILLION = 1_000_000
SEPARATORS = {"vi": ",.", "en": ".,"}
BELOW = {"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0.5, "xanchor": "center"}
"""What the marks mean, below the picture."""


def _figure(title: str, lang: str, height: int = 520, **layout: Any) -> Any:  # noqa: ANN401 — plotly has no types
    made = go.Figure()
    made.update_layout(
        title=title,
        template="plotly_white",
        separators=SEPARATORS[lang],
        height=height,
        font={"family": "system-ui, 'Segoe UI', 'Noto Sans', sans-serif"},
        legend=BELOW,
        **layout,
    )
    return made


def _text(name: str) -> str:
    """Return a name as plotly shows it: what looks like markup is none."""
    return name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _lines(name: str, width: int = 42, lines: int = 3) -> str:
    return "<br>".join(_text(line) for line in wrapped(name, width, lines))


def _rows(made: Any, names: list[str]) -> None:  # noqa: ANN401
    """Write a name at each row, the first above; rows are numbers, so that two of one name stay two."""
    made.update_yaxes(tickvals=list(range(len(names))), ticktext=names, range=[len(names) - 0.4, -0.6])
    made.update_xaxes(tickformat=".0%")


def _province(made: Any, data: pd.DataFrame, lang: str) -> None:  # noqa: ANN401
    """Draw the province's share from top to bottom, told below with the other marks."""
    mean = float(data["province"].iloc[0]) if len(data) else float("nan")
    if mean == mean:  # noqa: PLR0124 — NaN where nobody has a plan
        made.add_scatter(
            x=[mean, mean],
            y=[-0.6, len(data) - 0.4],
            mode="lines",
            line={"color": "black", "dash": "dash", "width": 1.5},
            name=say("plots.province", lang, share=share(mean, lang)),
            hoverinfo="name",
        )


def owners(data: pd.DataFrame, lang: str) -> Any:  # noqa: ANN401
    """Draw the owners by their share disbursed."""
    shown, out = ends(data)
    made = _figure(say("plots.owners", lang), lang, 190 + 30 * len(shown), barmode="overlay")
    for late, colour, name in (
        (False, BLUE, say("plots.above", lang)),
        (True, ORANGE, say("plots.below", lang)),
    ):
        part = shown[shown["below_average"] == late]
        texts = [share(ratio, lang) for ratio in part["ratio"]]
        made.add_bar(
            y=part.index.tolist(),
            x=part["ratio"].tolist(),
            orientation="h",
            width=0.7,
            name=name,
            marker_color=colour,
            text=texts,
            textposition="inside",
            insidetextanchor="start",
            customdata=[
                f"{_text(row['owner'])}<br>{billion(row['disbursed'], lang, 3)} / {billion(row['plan'], lang, 3)} "
                f"{say('plots.billion', lang)}"
                for row in part.to_dict("records")
            ],
            hovertemplate="%{customdata}<br>%{text}<extra></extra>",
        )
    _province(made, shown, lang)
    _rows(made, [_lines(name) for name in shown["owner"]])
    if out:
        made.update_xaxes(title=say("plots.left_out", lang, count=amount(out, lang)))
    return made


def milestones(data: pd.DataFrame, lang: str) -> Any:  # noqa: ANN401
    """Draw each group of projects against its milestone and the province."""
    made = _figure(say("plots.milestones", lang), lang, 230 + 55 * len(data), barmode="overlay")
    first = data.iloc[0]
    today = say("plots.today", lang, day=day(dt.date.fromisoformat(first["as_of"]), lang))
    for column, colour, width, name in (
        ("share", PALE, 0.7, say("plots.judged", lang, reading=first["reading"])),
        ("ratio", BLUE, 0.35, today),
    ):
        made.add_bar(
            y=data.index.tolist(),
            x=data[column].tolist(),
            orientation="h",
            width=width,
            marker_color=colour,
            name=name,
            customdata=[share(ratio, lang) for ratio in data[column]],
            hovertemplate="%{customdata}",
        )
    marked = data[data["required"].notna()]
    made.add_scatter(
        y=marked.index.tolist(),
        x=marked["required"].tolist(),
        mode="markers",
        marker={"symbol": "line-ns", "size": 26, "line": {"width": 4, "color": ORANGE}},
        name=say("plots.required", lang),
        customdata=[
            f"{share(row['required'], lang)}, {day(dt.date.fromisoformat(row['milestone']), lang)}"
            for row in marked.to_dict("records")
        ],
        hovertemplate="%{customdata}",
    )
    _province(made, data, lang)
    _rows(made, [_lines(name) for name in data["group"]])
    made.update_xaxes(range=[0, 1.03])
    return made


def flows(data: pd.DataFrame, lang: str) -> Any:  # noqa: ANN401
    """Draw what moves from owner to owner."""
    sides = [
        data.groupby(name)["amount"].sum().sort_values(ascending=False, kind="stable")
        for name in ("giver", "taker")
    ]
    made = _figure(say("plots.flows", lang), lang, 200 + 45 * max(3, *map(len, sides)))
    place = [{str(name): k for k, name in enumerate(side.index)} for side in sides]
    told = [
        f"{_lines(str(name))} · {billion(size, lang, 3)}" for side in sides for name, size in side.items()
    ]
    rows = [(str(row["giver"]), str(row["taker"]), int(row["amount"])) for row in data.to_dict("records")]
    made.add_sankey(
        node={
            "label": told,
            "color": GREY,
            "pad": 18,
            "thickness": 14,
            "hovertemplate": "%{label}<extra></extra>",
        },
        link={
            "source": [place[0][giver] for giver, _, _ in rows],
            "target": [len(place[0]) + place[1][taker] for _, taker, _ in rows],
            "value": [size / BILLION for _, _, size in rows],
            "color": [_pale(COLOURS[place[0][giver] % len(COLOURS)]) for giver, _, _ in rows],
            "customdata": [
                f"{_text(giver)} → {_text(taker)}: {billion(size, lang, 3)}" for giver, taker, size in rows
            ],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    )
    return made


def _pale(colour: str) -> str:
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.45)"


def waterfall(data: pd.DataFrame, lang: str) -> Any:  # noqa: ANN401
    """Draw the expected disbursement before, what the cuts and each class change, and after; every figure exact."""
    made = _figure(say("plots.waterfall", lang), lang, showlegend=False)
    last, texts, names = len(data) - 1, [], []
    for k, row in enumerate(data.to_dict("records")):
        text, step = million(abs(row["amount"]), lang), _lines(row["step"], 16, 6)
        texts.append(text if k in {0, last} else signed(row["amount"], text))
        moved = signed(row["moved"], million(abs(row["moved"]), lang))
        names.append(step if k in {0, last} else f"{step}<br>{say('plots.moved', lang, amount=moved)}")
    made.add_waterfall(
        x=list(range(len(data))),
        y=[value / MILLION for value in data["amount"].tolist()],
        measure=["absolute", *["relative"] * (len(data) - 2), "total"],
        text=texts,
        textposition="outside",
        customdata=[name.replace("<br>", " ") for name in names],
        hovertemplate="%{customdata}<br>%{text}<extra></extra>",
        increasing={"marker": {"color": GREEN}},
        decreasing={"marker": {"color": ORANGE}},
        totals={"marker": {"color": GREY}},
    )
    least, most = int(data["end"].min()), int(data["end"].max())
    spread = max(most - least, most // 100, 1)
    made.update_xaxes(tickvals=list(range(len(data))), ticktext=names, tickangle=0, tickfont={"size": 10})
    made.update_yaxes(
        title=say("plots.broken", lang) if least > 0.35 * spread else say("plots.million", lang),
        range=[max(0, least - 0.35 * spread) / MILLION, (most + 0.2 * spread) / MILLION],
        tickformat=",",
    )
    return made


def absorption(data: pd.DataFrame, lang: str) -> Any:  # noqa: ANN401
    """Draw what a line has spent and may spend, its plan before and after, and what is asked of it."""
    first = data.iloc[0]
    title = say("plots.absorption", lang, project=first["project"], line=first["line_id"])
    made = _figure(_lines(title, 90), lang)
    fan, known = data[data["p50"].notna()], data[data["disbursed"].notna()]
    dates = fan["date"].tolist()
    for low, high, shade, name in (
        ("p10", "p90", "rgba(0,114,178,0.15)", say("plots.wide", lang)),
        ("p25", "p75", "rgba(0,114,178,0.30)", say("plots.narrow", lang)),
    ):
        made.add_scatter(
            x=[*dates, *reversed(dates)],
            y=[float(value) / BILLION for value in [*fan[low], *reversed(fan[high].tolist())]],
            mode="lines",
            fill="toself",
            fillcolor=shade,
            line={"width": 0},
            name=name,
            hoverinfo="skip",
        )
    _line(made, fan, "p50", say("plots.median", lang), BLUE, lang)
    _line(made, known, "disbursed", say("plots.paid", lang), "black", lang)
    before, after = int(first["plan"]), int(first["plan_after"])
    plans = [(before, "dash", say("plots.plan", lang, amount=billion(before, lang, 3)))]
    if after != before:
        plans.append((after, "solid", say("plots.plan_after", lang, amount=billion(after, lang, 3))))
    for value, dash, name in plans:
        made.add_scatter(
            x=[data["date"].iloc[0], data["date"].iloc[-1]],
            y=[value / BILLION] * 2,
            mode="lines",
            line={"color": ORANGE, "dash": dash},
            name=name,
            hoverinfo="name",
        )
    if first["judged_on"]:
        on, need = dt.date.fromisoformat(first["judged_on"]), int(first["required"])
        made.add_scatter(
            x=[first["judged_on"]],
            y=[need / BILLION],
            mode="markers",
            marker={"color": GREEN, "symbol": "diamond", "size": 12},
            name=say("plots.asked", lang, amount=billion(need, lang, 3), day=day(on, lang)),
            hoverinfo="name",
        )
    made.update_xaxes(tickformat="%-d/%-m/%Y" if lang == "vi" else "%Y-%m-%d", nticks=6)
    made.update_yaxes(rangemode="tozero", title=say("plots.billion", lang))
    made.update_layout(hoverlabel={"namelength": -1})
    return made


def _line(made: Any, data: pd.DataFrame, column: str, name: str, colour: str, lang: str) -> None:  # noqa: ANN401
    dates = [day(dt.date.fromisoformat(text), lang) for text in data["date"]]
    made.add_scatter(
        x=data["date"].tolist(),
        y=[float(value) / BILLION for value in data[column]],
        mode="lines+markers" if colour == "black" else "lines",
        name=name,
        line={"color": colour},
        customdata=[
            f"{date}: {billion(int(value), lang, 3)}" for date, value in zip(dates, data[column], strict=True)
        ],
        hovertemplate="%{customdata}",
    )


def pareto(prefixes: pd.DataFrame, others: pd.DataFrame, lang: str) -> Any:  # noqa: ANN401
    """Draw the gain of the first transfers, and of other orders of the goals, each told where it is pointed at."""
    made = _figure(say("plots.pareto", lang), lang, 560)
    made.update_layout(
        xaxis={"domain": [0, 0.46], "title": say("plots.cut", lang)},
        xaxis2={"domain": [0.54, 1], "title": say("plots.farther", lang), "anchor": "y2"},
        yaxis={"title": say("plots.gain", lang), "rangemode": "tozero"},
        yaxis2={"anchor": "x2", "matches": "y"},
    )
    titles = ((0.0, say("plots.prefixes", lang)), (0.54, say("plots.orders_title", lang)))
    for x, text in titles:
        made.add_annotation(
            x=x,
            y=1.0,
            xref="paper",
            yref="paper",
            yanchor="bottom",
            xanchor="left",
            text=text,
            showarrow=False,
        )
    made.add_scatter(
        x=[value / BILLION for value in prefixes["moved"].tolist()],
        y=[value / BILLION for value in prefixes["gain"].tolist()],
        mode="lines+markers",
        line={"color": BLUE, "width": 1},
        showlegend=False,
        customdata=[
            f"{row['k']}: {billion(row['moved'], lang, 3)} → {billion(row['gain'], lang, 3)}"
            for row in prefixes.to_dict("records")
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    for part, colour, symbol, name in (
        (others[others["best"]], BLUE, "circle", say("plots.best", lang)),
        (others[~others["best"]], GREY, "x", say("plots.beaten", lang)),
        (others[others["chosen"]], ORANGE, "circle-open", say("plots.chosen", lang)),
    ):
        made.add_scatter(
            x=[value / BILLION for value in part["authority"].tolist()],
            y=[value / BILLION for value in part["gain"].tolist()],
            xaxis="x2",
            yaxis="y2",
            mode="markers",
            marker={"color": colour, "symbol": symbol, "size": 20 if symbol == "circle-open" else 11},
            customdata=[_outcome(row, lang) for row in part.to_dict("records")],
            hovertemplate="%{customdata}<extra></extra>",
            name=name,
        )
    return made


def _outcome(row: dict[Any, Any], lang: str) -> str:
    """Return what an order comes to, a line a figure."""
    heads = (
        (say("plots.cut", lang), "moved"),
        (say("plots.gain", lang), "gain"),
        (say("plots.farther", lang), "authority"),
    )
    figures = [f"{head}: {billion(int(row[name]), lang, 3)}" for head, name in heads]
    values = [_text(part) for part in row["values"].split("; ")]
    return "<br>".join([f"<b>{_lines(row['goals'], 70)}</b>", *figures, *values])
