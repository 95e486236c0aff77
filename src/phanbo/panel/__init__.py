"""The what-if panel of a round in a notebook, the session behind it, and a bar of progress."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phanbo.errors import PhanboError
from phanbo.panel.progress import Progress
from phanbo.panel.session import Edits, Session

if TYPE_CHECKING:
    from phanbo.panel.widget import Panel
    from phanbo.proposal import Proposal

__all__ = ["Edits", "Progress", "Session", "open_panel"]


def open_panel(proposal: Proposal, lang: str = "vi") -> Panel:
    """Return the panel of a proposal.

    Raises
    ------
    PhanboError
        When anywidget is not installed, or the proposal came without its tables.
    """
    try:
        from phanbo.panel.widget import Panel
    except ImportError as error:
        raise PhanboError(
            'Bảng hỏi cần thư viện anywidget; cài bằng: pip install "phanbo[notebook]".',
            'The panel needs anywidget; install it: pip install "phanbo[notebook]".',
        ) from error
    return Panel(proposal, lang)
