"""Elements of a page: what is not an element already is escaped."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Element", "joined", "tag"]

VOID = frozenset({"input", "line", "meta", "path", "rect"})


class Element(str):
    """Markup, written by `tag` alone."""

    __slots__ = ()


def tag(name: str, /, *content: str, **attributes: str | int) -> Element:
    """Return an element; attributes are written with ``-`` for ``_``, and without a last ``_``.

    Examples
    --------
    >>> tag("p", "1 < 2", class_="note")
    '<p class="note">1 &lt; 2</p>'
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"'
        for key, value in attributes.items()
    )
    if name in VOID:
        return Element(f"<{name}{given}/>")
    return Element(f"<{name}{given}>{joined(content)}</{name}>")


def joined(parts: Iterable[str]) -> Element:
    """Return parts one after the other, text escaped."""
    return Element("".join(part if isinstance(part, Element) else html.escape(part) for part in parts))
