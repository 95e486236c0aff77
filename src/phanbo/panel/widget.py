"""The panel as a widget: it draws what `view_of` says and sends back what a person asks."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from phanbo.catalogue import say
from phanbo.errors import PhanboError
from phanbo.panel.session import Session
from phanbo.panel.view import found, labels, pinned, view_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from phanbo.proposal import Proposal

__all__ = ["Panel"]


class Panel(anywidget.AnyWidget):
    """A what-if panel on a round; needs no network.

    Attributes
    ----------
    session : Session
        What is asked, and the proposal that answers it; what is changed by the panel is changed there.
    """

    _esm = files("phanbo.panel").joinpath("panel.js").read_text(encoding="utf-8")
    _css = files("phanbo.panel").joinpath("panel.css").read_text(encoding="utf-8")
    view: Any = traitlets.Dict().tag(sync=True)
    labels: Any = traitlets.Dict().tag(sync=True)
    found: Any = traitlets.List().tag(sync=True)

    def __init__(self, proposal: Proposal, lang: str = "vi") -> None:
        self.session = Session(proposal, lang)
        super().__init__(labels=labels(lang), view=view_of(self.session))
        self.on_msg(self._heard)

    @property
    def proposal(self) -> Proposal:
        """The proposal under the edits, these written into its policy's notes: ``panel.proposal.save(folder)``."""
        return self.session.decided()

    def _heard(self, _: Any, message: dict[str, Any], __: Any) -> None:  # noqa: ANN401 — as ipywidgets calls it
        """Do what the page asks; whatever is wrong with it is said in the panel."""
        fault = ""
        try:
            self.act(str(message.get("do")), message)
        except PhanboError as error:
            fault = error.message(self.session.lang)
        except (KeyError, TypeError, ValueError):
            fault = say("panel.unreadable", self.session.lang)
        self.view = view_of(self.session) | ({"fault": fault} if fault else {})

    def act(self, what: str, message: dict[str, Any]) -> None:
        """Do one thing: ``set``, ``move``, ``hold``, ``pin``, ``free``, ``undo``, ``reset``, ``record`` or ``find``."""
        session, line = self.session, str(message.get("line", ""))
        acts: dict[str, Callable[[], None]] = {
            "set": lambda: session.set(**{str(message["name"]): round(float(message["value"]), 4)}),
            "move": lambda: session.set(
                tiers=_moved(session.settings()["tiers"], str(message["tier"]), int(message["by"]))
            ),
            "hold": lambda: session.hold(line, str(message["what"])),
            "pin": lambda: session.pin(line, pinned(str(message["amount"]))),
            "free": lambda: session.free(line),
            "undo": session.undo,
            "reset": session.reset,
            "record": self._send_record,
            "find": lambda: None,
        }
        acts[what]()
        if "text" in message:
            self.found = found(session, str(message["text"]))

    def _send_record(self) -> None:
        self.send({"record": json.dumps(self.session.asked(), ensure_ascii=False, indent=1, default=list)})


def _moved(tiers: tuple[str, ...], tier: str, by: int) -> tuple[str, ...]:
    """Return the goals with one moved up (-1) or down (+1)."""
    order = list(tiers)
    here = order.index(tier)
    there = min(max(here + by, 0), len(order) - 1)
    order.insert(there, order.pop(here))
    return tuple(order)
