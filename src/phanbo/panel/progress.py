"""Progress of long work in a notebook: one line that is rewritten, and goes when the work is done."""

from __future__ import annotations

import html
from typing import Any

from phanbo import catalogue
from phanbo.words import language

__all__ = ["Progress"]


class Progress:
    """A bar to be passed as ``progress=`` to `propose`, `propose_many` and the readers of a year.

    Parameters
    ----------
    lang : str
        ``vi`` or ``en``.

    Examples
    --------
    >>> bar = Progress("en")
    >>> bar.html("verify", 2, 4)
    '<progress max="4" value="2"></progress> verifying 2/4'
    """

    def __init__(self, lang: str = "vi") -> None:
        self.lang = language(lang)
        self._shown: Any = None

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show how far the work is."""
        from IPython import display

        notebook: Any = display
        seen = notebook.HTML(self.html(stage, done, total))
        if self._shown is None:
            self._shown = notebook.display(seen, display_id=True)
        else:
            self._shown.update(seen)

    def html(self, stage: str, done: int, total: int) -> str:
        """Return the bar as markup."""
        name = html.escape(catalogue.stage(stage, self.lang))
        return f'<progress max="{total}" value="{done}"></progress> {name} {done}/{total}'
