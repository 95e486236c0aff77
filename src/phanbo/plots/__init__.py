"""Pictures of a proposal and of an assessment, static or interactive; the figures behind each are a frame of their own.

A static picture is a matplotlib figure made without pyplot, that shows itself in a notebook; an interactive one a plotly
figure. Both need ``pip install "phanbo[plot]"`` and no network.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from phanbo.errors import PhanboError
from phanbo.plots import assessed, figures, orders
from phanbo.words import language

if TYPE_CHECKING:
    import pandas as pd

    from phanbo.assessment import Assessment
    from phanbo.proposal import Proposal

__all__ = ["AssessmentPlots", "ProposalPlots"]


def _drawn(name: str, lang: str, *data: pd.DataFrame, interactive: bool) -> Any:  # noqa: ANN401 — matplotlib or plotly
    library = "plotly" if interactive else "matplotlib"
    try:
        import_module("plotly.graph_objects" if interactive else "matplotlib.figure")
    except ImportError as error:
        raise PhanboError(
            f'Vẽ hình cần thư viện {library}; cài bằng: pip install "phanbo[plot]".',
            f'Pictures need {library}; install it: pip install "phanbo[plot]".',
        ) from error
    module = import_module(f"phanbo.plots.{'moving' if interactive else 'still'}")
    return getattr(module, name)(*data, lang)


@dataclass(frozen=True)
class AssessmentPlots:
    """The pictures of an assessment; each takes ``lang`` (``vi``, ``en``) and ``interactive``."""

    assessment: Assessment

    def owners(self, lang: str = "vi", *, interactive: bool = False) -> Any:  # noqa: ANN401
        """Return the owners by their share disbursed, with the province's as a line."""
        data = assessed.owner_data(self.assessment)
        return _drawn("owners", language(lang), data, interactive=interactive)

    def milestones(self, lang: str = "vi", *, interactive: bool = False) -> Any:  # noqa: ANN401
        """Return each group of projects against its milestone and the province (bullet chart).

        The pale bar is the share at the judging date, as the deciding reading sees it.
        """
        data = assessed.milestone_data(self.assessment, language(lang))
        return _drawn("milestones", lang, data, interactive=interactive)


@dataclass(frozen=True)
class ProposalPlots:
    """The pictures of a proposal; each takes ``lang`` (``vi``, ``en``) and ``interactive``.

    Those of what stands only in the tables raise `PhanboError` where the proposal came without them.
    """

    proposal: Proposal

    def _assessed(self) -> AssessmentPlots:
        figures.tables_of(self.proposal)
        return AssessmentPlots(self.proposal.assessment)

    def flows(self, lang: str = "vi", *, interactive: bool = False) -> Any:  # noqa: ANN401
        """Return what moves from owner to owner (Sankey); the smaller ones of each side as one."""
        data = figures.flow_data(self.proposal, language(lang))
        return _drawn("flows", lang, data, interactive=interactive)

    def owners(self, lang: str = "vi", *, interactive: bool = False) -> Any:  # noqa: ANN401
        """Return the owners by their share disbursed, as assessed before the round."""
        return self._assessed().owners(lang, interactive=interactive)

    def milestones(self, lang: str = "vi", *, interactive: bool = False) -> Any:  # noqa: ANN401
        """Return each group of projects against its milestone, as assessed before the round."""
        return self._assessed().milestones(lang, interactive=interactive)

    def waterfall(self, lang: str = "vi", *, interactive: bool = False) -> Any:  # noqa: ANN401
        """Return the expected disbursement before, what the cuts and each priority class change, and after."""
        data = figures.waterfall_data(self.proposal, language(lang))
        return _drawn("waterfall", lang, data, interactive=interactive)

    def absorption(self, line_id: str, lang: str = "vi", *, interactive: bool = False) -> Any:  # noqa: ANN401
        """Return what a line has spent and may spend by the closing date (fan chart), with its plan before and after.

        Raises
        ------
        KeyError
            When there is no such line.
        """
        data = figures.absorption_data(self.proposal, line_id)
        return _drawn("absorption", language(lang), data, interactive=interactive)

    def pareto(self, lang: str = "vi", *, interactive: bool = False) -> Any:  # noqa: ANN401
        """Return what the first transfers gain for what they cut, and what other orders of the goals would gain.

        The round is solved anew for at most 24 orders of its goals: of five, all that keep the first one first. Only
        the round's own order is a verified proposal.
        """
        prefixes, others = (
            figures.prefix_data(self.proposal),
            orders.order_data(self.proposal, language(lang)),
        )
        return _drawn("pareto", lang, prefixes, others, interactive=interactive)
