"""`given` for laws whose every example is a saved case or many rounds solved: a fourth of the examples of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import hypothesis
from hypothesis import settings as profile

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FEW", "given"]

FEW = max(5, (profile.default.max_examples if profile.default else 25) // 4)


def given(*drawn: Any, **named: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Draw a few examples, as `hypothesis.given` does."""

    def law(test: Callable[..., Any]) -> Callable[..., Any]:
        draws: Any = hypothesis.given
        few: Callable[..., Any] = profile(max_examples=FEW)(draws(*drawn, **named)(test))
        return few

    return law
