"""The proposal of a round (*phương án điều chỉnh*): frozen frames, their proof, and what one does with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from phanbo.absorption import Outlook
from phanbo.assessment import Assessment
from phanbo.case import Case
from phanbo.certificate import Certificate, LineFacts, RowClaim
from phanbo.errors import PhanboError
from phanbo.portfolio import Portfolio
from phanbo.proposal.claims import transfers_of
from phanbo.proposal.consistency import inconsistencies
from phanbo.ranking import rank_transfers, rerank
from phanbo.rulebook import Rulebook
from phanbo.transfers import make_transfers

if TYPE_CHECKING:
    from pathlib import Path

    import networkx as nx

    from phanbo.explain import Explanation, Letters
    from phanbo.panel.widget import Panel
    from phanbo.plots import ProposalPlots
    from phanbo.proposal.annexes import Annex
    from phanbo.sensitivity import Prices

__all__ = ["Proof", "Proposal"]


@dataclass(frozen=True, eq=False)
class Proof:
    """The stored proof of the full round: claimed rows, each tier's value and row duals, facts of the lines."""

    rows: tuple[RowClaim, ...]
    tiers: tuple[tuple[str, int, dict[str, int], int], ...]
    marked: bool
    facts: LineFacts


@dataclass(frozen=True, eq=False)
class Proposal:
    """A ranked, legal, verified proposal; immutable.

    The frames are ``adjustments``, ``transfers``, ``lines``, ``pools``, ``tiers``, ``unplaced``, ``unchecked``;
    each property returns a copy. Money is int64 đồng.

    Attributes
    ----------
    summary : mapping
        Totals, each the sum of rows shown.
    meta : mapping
        What identifies it: schema, versions, input hash, calendar, rulebook, round, date, policy, parent.
    outlook : Outlook
    proof : Proof
    """

    frames: Mapping[str, pd.DataFrame]
    summary: Mapping[str, Any]
    meta: Mapping[str, Any]
    outlook: Outlook
    proof: Proof
    case: Case | None
    rulebook: Rulebook | None

    # -- frames -------------------------------------------------------------------------------------

    @property
    def adjustments(self) -> pd.DataFrame:
        """One row a changed line, ranked."""
        return self.frames["adjustments"].copy()

    @property
    def transfers(self) -> pd.DataFrame:
        """One row a transfer, ranked; every prefix is itself balanced and legal."""
        return self.frames["transfers"].copy()

    @property
    def lines(self) -> pd.DataFrame:
        """One row for every line."""
        return self.frames["lines"].copy()

    @property
    def pools(self) -> pd.DataFrame:
        """One row a pool; of a full round also its prices, found when first asked for and never stored.

        ``more:<tier>`` and ``less:<tier>``: the change of the tier for one unit more and one less (see `prices`).
        """
        from phanbo.sensitivity import with_prices

        return with_prices(self, self.frames["pools"].copy())

    @property
    def tiers(self) -> pd.DataFrame:
        """One row a tier, in order: value, bound, gap."""
        return self.frames["tiers"].copy()

    @property
    def unplaced(self) -> pd.DataFrame:
        """One row a pool: surplus that will probably lapse, and the ask-list."""
        return self.frames["unplaced"].copy()

    @property
    def unchecked(self) -> pd.DataFrame:
        """One row a rule that misses a column."""
        return self.frames["unchecked"].copy()

    @property
    def assessment(self) -> Assessment:
        """The assessment the round was computed from; pass it in again for what-ifs."""
        return self._case.assessment

    @property
    def hash(self) -> str:
        """SHA-256 of the content: of `to_json` without versions and file names."""
        from phanbo.proposal.storage import content_hash

        return content_hash(self)

    @property
    def _case(self) -> Case:
        if self.case is None:
            raise PhanboError(
                "Phương án đọc từ JSON không kèm dữ liệu; hãy đọc lại với from_json(text, portfolio=…).",
                "A proposal read from JSON alone has no tables; read it with from_json(text, portfolio=…).",
            )
        return self.case

    @property
    def _rulebook(self) -> Rulebook:
        if self.rulebook is None:
            raise AssertionError("a case without a rulebook")
        return self.rulebook

    # -- proof --------------------------------------------------------------------------------------

    def verify(self) -> Certificate:
        """Re-check everything from the tables and the stored outlook, in exact integers.

        Balance, every rule on every changed line, bounds, rows, prefixes, the optimality of every tier; then
        that every frame and total shown follows from the transfers.
        """
        certificate = self.certify()
        if not certificate.ok:
            return certificate
        wrong = tuple(inconsistencies(self, self._rebuilt()))
        return replace(certificate, ok=not wrong, findings=wrong)

    def certify(self) -> Certificate:
        """Re-check the decision itself (not the frames that only describe it); `propose` always does."""
        from phanbo.proposal.recheck import recheck

        return recheck(self, self._case, self._rulebook)

    def _rebuilt(self) -> Proposal:
        from phanbo.proposal.making import make_proposal

        case, book = self._case, self._rulebook
        parsed = transfers_of(self.frames["transfers"], case)
        if self.meta["parent"] is None:
            ranked = rank_transfers(
                make_transfers(case, book, *parsed.changes(len(case))), case.plan, case.outlook
            )
        else:
            ranked = rerank(parsed, case.plan, case.outlook)
        return make_proposal(case, book, ranked, self.proof, self.meta, tuple(self.summary["warnings"]))

    # -- use ----------------------------------------------------------------------------------------

    def head(self, k: int) -> Proposal:
        """Return the proposal of the first *k* transfers (after the mandatory block), again verified.

        Raises
        ------
        CertificateError
            Never, unless phanbo is at fault: every prefix is legal.
        """
        from phanbo.proposal.making import make_proposal, verified

        case = self._case
        ranked = rerank(transfers_of(self.frames["transfers"], case), case.plan, case.outlook).head(k)
        parent = self.meta["parent"] or self.hash
        meta, warnings = {**self.meta, "parent": parent}, tuple(self.summary["warnings"])
        return verified(make_proposal(case, self._rulebook, ranked, self.proof, meta, warnings))

    def apply(self, amounts: pd.DataFrame | None = None) -> Portfolio:
        """Return the portfolio after approval: of all, or of what was signed (``line_id, change`` in đồng).

        Raises
        ------
        DataError
            When what was signed does not balance or breaks a rule; every fault is named.
        """
        from phanbo.proposal.approval import approved

        return approved(self, amounts)

    def by_authority(self) -> dict[str, Annex]:
        """Return what each body decides (*biểu theo cấp quyết định*): together the whole, each balanced by itself."""
        from phanbo.proposal.annexes import annexes_of

        return annexes_of(self)

    def under(self, rulebook: Rulebook | str | Path) -> Proposal:
        """Return the same round (tables, calendar, date, policy) under another rulebook, verified as any other.

        Outside the dates it governs only for comparison: the summary warns, an audit refuses the folder.
        """
        from phanbo.comparison import under

        return under(self, self._case, rulebook)

    def compare(self, other: Proposal, *, by: str | None = None, lang: str = "vi") -> pd.DataFrame:
        """Return the lines on which two proposals differ: change here, there, and the difference (đồng).

        Under two rulebooks also who decides. ``by="rule"``: what each difference between the rulebooks moves;
        ``by="line"``: which of them moved a line (`phanbo.comparison.Comparison`; only the law may differ).
        """
        from phanbo.comparison import compared

        return compared(self, other, by, lang)

    def explain(self, line_id: str, lang: str = "vi") -> Explanation:
        """Return why a line is treated as it is, in sentences with claims, and what would turn the decision.

        Raises
        ------
        KeyError
            When there is no such line.
        """
        from phanbo.explain import explain

        return explain(self, line_id, lang)

    def letters(self, lang: str = "vi") -> Letters:
        """Return a letter to each owner with a changed line, an offer, or a line that waits for capital."""
        from phanbo.explain import letters_of

        return letters_of(self, lang)

    def prices(self) -> Prices:
        """Return what one unit more and one less of every pool and every binding limit changes in each tier.

        Found once, when first asked for.

        Raises
        ------
        PhanboError
            For a part of a proposal, one changed by hand, or a round that is no network.
        """
        return self._prices

    @cached_property
    def _prices(self) -> Prices:
        from phanbo.sensitivity import prices_of

        return prices_of(self, self._case, self._rulebook)

    def rule_costs(self) -> pd.DataFrame:
        """Return what each rule costs this round: by how much every tier would change without it.

        The round is solved again without each rule. ``granted_by`` says who may relax a rule; ``""``: it is law, shown
        for what it costs and never proposed for relaxing. What cannot be left out is told as missing.

        Returns
        -------
        DataFrame
            One row a rule: ``rule, title_vi, title_en, citation, confidence, granted_by, may_be_relaxed``, one column
            a tier, and ``moved``, the change of what is cut in all (đồng).
        """
        from phanbo.sensitivity import rule_costs

        return rule_costs(self, self._case, self._rulebook)

    def __getstate__(self) -> dict[str, Any]:
        # What can be computed again does not travel.
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def network(self) -> nx.DiGraph:
        """Return reserve, pools, owners and lines as a directed graph with the flows of the plan (đồng)."""
        from phanbo.proposal.network import network

        return network(self)

    # -- paper --------------------------------------------------------------------------------------

    def to_json(self) -> str:
        """Return the proposal as canonical JSON (schema ``phanbo.proposal/1``): money as integer đồng."""
        from phanbo.proposal.storage import to_json

        return to_json(self)

    @classmethod
    def from_json(
        cls, text: str, *, portfolio: Portfolio | None = None, rulebook: Rulebook | None = None
    ) -> Proposal:
        """Return the proposal a JSON text holds; with *portfolio* it can be verified and explained again."""
        from phanbo.proposal.storage import from_json

        return from_json(text, portfolio=portfolio, rulebook=rulebook)

    def save(self, folder: str | Path) -> None:
        """Write the case folder: workbook, JSON, certificate, inputs, calendar, rulebook, policy, hashes."""
        from phanbo.proposal.storage import save

        save(self, folder)

    def to_lp(self, path: str | Path, tier: str | None = None) -> None:
        """Write the program of the full round as an LP file, readable by any solver.

        It minimises *tier* (the last one unless given); a row each keeps the tiers before it at their proved
        values, so that the optimum is the plan. Comments say what every column and row stands for.

        Raises
        ------
        PolicyError
            When the round has no such tier.
        """
        from phanbo.proposal.program_file import write_lp

        write_lp(self, path, tier)

    def to_excel(self, path: str | Path, lang: str = "vi") -> None:
        """Write the annex (*biểu điều chỉnh kế hoạch vốn*) as a workbook."""
        from phanbo.report.annex import write_annex

        write_annex(self, path, lang=lang)

    def to_word(self, path: str | Path, lang: str = "vi", template: str | Path | None = None) -> None:
        """Write the submission (*tờ trình*) as a Word document; number, date and signature are left blank.

        Parameters
        ----------
        template : path, optional
            A form of the department's own, with the fields that ``docs/howto/submission.md`` lists.

        Raises
        ------
        PhanboError
            When the proposal came without its tables, or *template* cannot be filled in.
        """
        from phanbo.report.submission import write_submission

        write_submission(self, path, lang, template)

    def to_html(self, path: str | Path, lang: str = "vi") -> None:
        """Write one self-contained page, for a screen, a phone or A4, that opens with no network."""
        from phanbo.report.page import write_page

        write_page(self, path, lang)

    @property
    def plot(self) -> ProposalPlots:
        """Pictures: ``.flows()``, ``.owners()``, ``.milestones()``, ``.waterfall()``, ``.absorption(line_id)``, ``.pareto()``."""
        from phanbo.plots import ProposalPlots

        return ProposalPlots(self)

    def panel(self, lang: str = "vi") -> Panel:
        """Return a what-if panel for JupyterLab or voila: move confidences, keep or pin lines, reorder the goals.

        What is asked becomes part of the record: `Panel.proposal` is the verified proposal under it.

        Raises
        ------
        PhanboError
            When anywidget is not installed, the proposal came without its tables, or is a prefix.
        """
        from phanbo.panel import open_panel

        return open_panel(self, lang)

    def __repr__(self) -> str:
        s = self.summary
        return (
            f"Proposal(round={self.meta['round']['number']}, as_of={self.meta['as_of']}, cut={s['cut']:,} đồng on "
            f"{s['cut_lines']} lines, added={s['added']:,} đồng on {s['raised_lines']} lines)"
        )

    def _repr_html_(self) -> str:
        from phanbo.report.display import proposal_html

        return proposal_html(self)
