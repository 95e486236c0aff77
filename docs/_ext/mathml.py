"""Formulas as MathML, which browsers draw themselves: no script, no picture, no network."""  # noqa: INP001

from __future__ import annotations

from typing import Any

from docutils import nodes
from latex2mathml.converter import convert


def mathml(tex: str, display: str) -> str:
    """Return a formula as MathML that also says its TeX, for whoever copies it."""
    return convert(tex.strip(), display=display).replace("<math ", f'<math alttext="{_attribute(tex)}" ', 1)


def _attribute(text: str) -> str:
    return " ".join(text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").split())


def visit_inline(self: Any, node: nodes.math) -> None:  # noqa: ANN401 - Sphinx's translator
    """Write a formula inside a sentence."""
    self.body.append(mathml(node.astext(), "inline"))
    raise nodes.SkipNode


def visit_display(self: Any, node: nodes.math_block) -> None:  # noqa: ANN401 - Sphinx's translator
    """Write a formula on a line of its own."""
    self.body.append(f'<div class="formula">{mathml(node.astext(), "block")}</div>')
    raise nodes.SkipNode


def setup(app: Any) -> dict[str, bool]:  # noqa: ANN401 - Sphinx's application
    """Register the renderer."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_display, None))
    app.connect("config-inited", _choose)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _choose(_app: Any, config: Any) -> None:  # noqa: ANN401 - Sphinx's own
    config.html_math_renderer = "mathml"
