"""The expected disbursement before a round, what each step of it changes, and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phanbo.catalogue import million, say
from phanbo.plots.still.picture import FONT, Picture, axes_of, house_style
from phanbo.plots.told import GREEN, GREY, ORANGE, signed, wrapped

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["waterfall"]


@house_style()
def waterfall(data: pd.DataFrame, lang: str) -> Picture:
    """Draw the expected disbursement before, what the cuts and each class change, and after; every figure exact."""
    picture = Picture(max(7.0, 1 + 1.5 * len(data)), 5.4, say("plots.waterfall", lang))
    axes = axes_of(picture, "y")
    last = len(data) - 1
    marks = []
    for k, row in enumerate(data.to_dict("records")):
        whole = k in {0, last}
        size, low, high = abs(row["amount"]), min(row["start"], row["end"]), max(row["start"], row["end"])
        colour = GREY if whole else GREEN if row["amount"] >= 0 else ORANGE
        axes.bar(k, size, bottom=low, color=colour, width=0.65)
        text = million(size, lang)
        said = text if whole else signed(row["amount"], text)
        axes.annotate(said, (k, high), (0, 3), textcoords="offset points", ha="center", **FONT)
        if k < last:
            axes.plot([k - 0.32, k + 1.32], [row["end"]] * 2, color=GREY, linewidth=0.8)
        moved = signed(row["moved"], million(abs(row["moved"]), lang))
        under = [] if whole else wrapped(say("plots.moved", lang, amount=moved), 18)
        marks.append("\n".join([*wrapped(row["step"], 18, 6), *under]))
    axes.set_xticks(list(range(len(data))), marks)
    # from where the steps begin: the gains are small beside the whole, and the break is told by the axis
    least, most = int(data["end"].min()), int(data["end"].max())
    spread = max(most - least, most // 100, 1)
    axes.set_ylim(max(0, least - 0.35 * spread), most + 0.15 * spread)
    axes.set_ylabel(
        say("plots.broken", lang) if least > 0.35 * spread else say("plots.million", lang), **FONT
    )
    axes.yaxis.set_major_formatter(lambda value, _: million(round(value), lang, 0))
    return picture
