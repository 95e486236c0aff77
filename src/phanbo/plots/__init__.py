"""Pictures of a proposal and of an assessment, static or interactive; the figures behind each are a frame of their own.

A static picture is a matplotlib figure made without pyplot, that shows itself in a notebook; an interactive one a plotly
figure. Both need ``pip install "phanbo[plot]"`` and no network.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from phanbo.errors import PhanboError
from phanbo.plots import assessed, figures
from phanbo.words import language

if TYPE_CHECKING:
    import pandas as pd

    from phanbo.assessment import Assessment
    from phanbo.proposal import Proposal

__all__ = ["AssessmentPlots", "ProposalPlots"]


def _drawn(name: str, data: pd.DataFrame, lang: str, *, interactive: bool) -> Any:  # noqa: ANN401 — matplotlib or plotly
    library = "plotly" if interactive else "matplotlib"
    try:
        module = import_module(f"phanbo.plots.{'moving' if interactive else 'still'}")
    except ImportError as error:
        raise PhanboError(
            f'Vẽ hình cần thư viện {library}; cài bằng: pip install "phanbo[plot]".',
            f'Pictures need {library}; install it: pip install "phanbo[plot]".',
        ) from error
    return getattr(module, name)(data, language(lang))


@dataclass(frozen=True)
class AssessmentPlots:
    """The pictures of an assessment; each takes ``lang`` (``vi``, ``en``) and ``interactive``."""

    assessment: Assessment

    def owners(self, lang: str = "vi", *, interactive: bool = False) -> Any:  # noqa: ANN401
        """Return the owners by their share disbursed, with the province's as a line."""
        return _drawn("owners", assessed.owner_data(self.assessment), lang, interactive=interactive)

    def milestones(self, lang: str = "vi", *, interactive: bool = False) -> Any:  # noqa: ANN401
        """Return each group of projects against its milestone (bullet chart), as the deciding reading sees it."""
        return _drawn(
            "milestones", assessed.milestone_data(self.assessment, lang), lang, interactive=interactive
        )


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
        return _drawn("flows", figures.flow_data(self.proposal, lang), lang, interactive=interactive)

    def owners(self, lang: str = "vi", *, interactive: bool = False) -> Any:  # noqa: ANN401
        """Return the owners by their share disbursed, as assessed before the round."""
        return self._assessed().owners(lang, interactive=interactive)

    def milestones(self, lang: str = "vi", *, interactive: bool = False) -> Any:  # noqa: ANN401
        """Return each group of projects against its milestone, as assessed before the round."""
        return self._assessed().milestones(lang, interactive=interactive)

    def waterfall(self, lang: str = "vi", *, interactive: bool = False) -> Any:  # noqa: ANN401
        """Return the expected disbursement before, what each priority class of the transfers adds, and after."""
        return _drawn("waterfall", figures.waterfall_data(self.proposal, lang), lang, interactive=interactive)

    def absorption(self, line_id: str, lang: str = "vi", *, interactive: bool = False) -> Any:  # noqa: ANN401
        """Return what a line has spent and may spend by the closing date (fan chart), with its plan before and after.

        Raises
        ------
        KeyError
            When there is no such line.
        """
        return _drawn(
            "absorption", figures.absorption_data(self.proposal, line_id), lang, interactive=interactive
        )

    def pareto(self, lang: str = "vi", *, interactive: bool = False) -> Any:  # noqa: ANN401
        """Return what every order of the round's goals would gain, against how far away it is decided; the best are told apart.

        The round is solved anew for each order of its goals: 120 of them for five.
        """
        return _drawn("pareto", figures.pareto_data(self.proposal), lang, interactive=interactive)
