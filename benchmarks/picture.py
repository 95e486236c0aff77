"""The log-log picture: time against lines. Told apart by marker, dash and label, so that grey print does as well."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from race import Race

__all__ = ["draw"]

FILE = Path(__file__).with_name("growth.svg")


class _Style(NamedTuple):
    label: str
    color: str
    marker: str
    dash: str


# Okabe and Ito's colours, in an order whose greys differ too.
STYLES = {
    "phanbo: propose": _Style("phanbo: propose", "#000000", "o", "-"),
    "phanbo: solve": _Style("phanbo: solve", "#0072B2", "s", "-"),
    "HiGHS": _Style("HiGHS, all tiers", "#D55E00", "^", "--"),
    "HiGHS, one tier": _Style("HiGHS, one tier", "#E69F00", "v", ":"),
    "networkx, network simplex": _Style("networkx, all tiers", "#CC79A7", "P", "-."),
    "cvxpy, HiGHS": _Style("cvxpy, all tiers", "#56B4E9", "D", "--"),
    "PuLP pairs, HiGHS, one tier": _Style("PuLP pairs, one tier", "#009E73", "X", "-."),
}


def draw(races: Sequence[Race], budget: float, file: Path = FILE) -> None:
    """Draw the province and, where it was measured, the whole country."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "phanbo", "font.size": 9})
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7.2, 4.4), layout="constrained")
    for name, style in STYLES.items():
        points = [(r.job.size, r.median(name)) for r in races if r.job.case == "province" and r.runs(name)]
        if points:
            x, y = zip(*sorted(points), strict=True)
            axes.plot(x, y, style.dash, color=style.color, marker=style.marker, label=style.label, lw=1.5)
    country = sorted((r.job.size, r.median("phanbo: propose")) for r in races if r.job.case == "country")
    if country:
        x, y = zip(*country, strict=True)
        axes.plot(x, y, "-", color="#777777", marker="*", ms=9, label="phanbo: propose, country", lw=1.5)
    axes.axhline(budget, color="#777777", lw=0.8, ls=(0, (1, 3)))
    axes.annotate(f"{budget:.0f} s: left out above", (1, budget), xycoords=("axes fraction", "data"),
                  ha="right", va="bottom", fontsize=8)  # fmt: skip
    axes.set(xscale="log", yscale="log", xlabel="capital lines", ylabel="seconds (median)")
    axes.set_xticks(sorted({r.job.size for r in races if r.job.case in ("province", "country")}))
    axes.xaxis.set_major_formatter(lambda size, _: f"{size:,.0f}".replace(",", "\u202f"))
    axes.xaxis.minorticks_off()
    axes.grid(visible=True, which="major", lw=0.4, color="#cccccc")
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
    figure.savefig(file, metadata={"Date": None})
    plt.close(figure)
