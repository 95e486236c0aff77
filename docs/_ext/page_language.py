"""A page with `lang: vi` at its head is told to browsers and screen readers as Vietnamese."""  # noqa: INP001

from __future__ import annotations

from typing import Any


def tell(_app: Any, _page: str, _template: str, context: dict[str, Any], _tree: object) -> None:  # noqa: ANN401
    """Set the language of one page."""
    context["language"] = (context.get("meta") or {}).get("lang", "en")


def setup(app: Any) -> dict[str, bool]:  # noqa: ANN401 - Sphinx's application
    """Listen to every page."""
    app.connect("html-page-context", tell)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
