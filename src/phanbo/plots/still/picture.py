"""A figure without pyplot, that looks the same whatever the settings around it and writes the same bytes."""

from __future__ import annotations

import io
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

import matplotlib.style as mpl_style
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from phanbo.catalogue import billion
from phanbo.plots.told import share

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

__all__ = ["FONT", "Picture", "axes_of", "house_style", "in_billions", "in_shares", "key_below"]

FONT: dict[str, Any] = {"family": "DejaVu Sans", "size": 9}
"""It has every Vietnamese letter, and comes with matplotlib."""
_DATES: dict[str, dict[str, Any]] = {
    "svg": {"Date": None},
    "pdf": {"CreationDate": None, "ModDate": None},
    "png": {"Software": None},
}
_ONE_AT_A_TIME = threading.RLock()


@contextmanager
def house_style() -> Iterator[None]:
    """Draw with matplotlib's own settings, not those of the notebook, and leave these as they were."""
    with _ONE_AT_A_TIME, mpl_style.context(["default", {"svg.hashsalt": "phanbo", "svg.fonttype": "path"}]):
        yield


class Picture(Figure):
    """A figure that shows itself in a notebook; the same data write the same bytes.

    Every text of it stands as it is written: a name with two ``$`` is no formula.
    """

    def __init__(self, width: float, height: float, title: str) -> None:
        super().__init__(figsize=(width, height), layout="constrained", facecolor="white")
        FigureCanvasAgg(self)
        self.suptitle(title, fontfamily=FONT["family"], fontsize=11, fontweight="bold")

    def draw(self, renderer: Any) -> None:  # noqa: ANN401 — matplotlib's
        """Draw the figure."""
        for text in self.findobj(Text):
            text.set_parse_math(False)
        super().draw(renderer)

    def savefig(self, fname: Any, **options: Any) -> None:  # noqa: ANN401 — a path or a file, as matplotlib takes them
        """Write the figure, as matplotlib does, without a time of day or a version."""
        kind = str(options.get("format") or str(fname).rpartition(".")[2]).lower()
        for text in self.findobj(Text):
            text.set_parse_math(False)
        options = {"dpi": 160, **options}
        options["metadata"] = {**_DATES.get(kind, {}), **(options.get("metadata") or {})}
        with house_style():
            super().savefig(fname, **options)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a file of the kind its name ends in: ``.png``, ``.svg`` or ``.pdf``."""
        self.savefig(path)

    def _repr_png_(self) -> bytes:
        out = io.BytesIO()
        self.savefig(out, format="png", dpi=100)
        return out.getvalue()


def axes_of(picture: Picture, grid: Literal["x", "y", "both", ""] = "", place: Any = None) -> Any:  # noqa: ANN401
    """Return axes in the house's style, in a cell of a grid if one is given."""
    axes = picture.add_subplot(111 if place is None else place)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.tick_params(labelsize=FONT["size"], labelfontfamily=FONT["family"])
    axes.set_axisbelow(True)
    if grid:
        axes.grid(axis=grid, color="#E6E6E6")
    return axes


def in_shares(axis: Any, lang: str) -> None:  # noqa: ANN401
    """Write the numbers of an axis in percent."""
    axis.set_major_formatter(lambda value, _: share(value, lang, 0))


def in_billions(axis: Any, lang: str) -> None:  # noqa: ANN401
    """Write the numbers of an axis, in đồng, as tỷ đồng."""
    axis.set_major_formatter(lambda value, _: billion(round(value), lang, 3))


def key_below(picture: Picture, axes: Any, columns: int) -> None:  # noqa: ANN401
    """Set what the marks mean below the picture, where it hides nothing."""
    handles, labels = axes.get_legend_handles_labels()
    picture.legend(handles, labels, loc="outside lower center", ncols=columns, prop=FONT, frameon=False)
