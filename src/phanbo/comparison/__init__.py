"""The same round under two laws: what each difference between two rulebooks moves.

From the one rulebook to the other one difference at a time; the round is held again after each that can matter. What
the steps move adds up to the whole difference, to the đồng.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from phanbo.admission import find_rulebook
from phanbo.comparison.steps import Held, Step, handed_in, held_under, steps_between
from phanbo.comparison.wording import Pair
from phanbo.proposal.text import text_of
from phanbo.rules.base import CONFIDENCE_EN, CONFIDENCE_VI, Source, weakest
from phanbo.words import language

if TYPE_CHECKING:
    from phanbo.case import Case
    from phanbo.money import Bools
    from phanbo.proposal import Proposal
    from phanbo.rulebook import Rulebook

__all__ = ["Comparison", "compared", "under"]

ALONE: Pair = ("không tác động: nội dung này không quyết định phương án", "no effect: it decides no plan")
CITED: Pair = ("không tác động: chỉ khác trích dẫn", "no effect: only the citation differs")
LATER: Pair = (
    "không lập được phương án ở bước này; tác động tính chung với bước {}",
    "no round can be held at this step; its effect is told with step {}",
)


class Comparison:
    """Two proposals of one round under two rulebooks, the difference explained step by step.

    Steps are taken in a fixed order, from the rulebook of *proposal* to that of *other*; what a step moves depends on
    those before it, as any account of joint causes does, and all steps together move exactly the difference.

    Parameters
    ----------
    proposal, other : Proposal
        Of the same tables, calendar, round, data date and policy.

    Raises
    ------
    RoundError
        When they differ in more than the law.

    Examples
    --------
    >>> import phanbo as pb
    >>> from phanbo.examples import load_lang_son
    >>> round2 = {"calendar": "lang-son-2024", "round": 2, "as_of": "2024-09-15"}
    >>> here = pb.propose(load_lang_son(), **round2)
    >>> steps = Comparison(here, here.under("vn-2025b")).rules()
    >>> steps.loc[steps["kind"] == "left-out", "item"].tolist()
    ['on-lending-ratio']
    """

    def __init__(self, proposal: Proposal, other: Proposal) -> None:
        self.proposal, self.other = proposal, other
        self.steps = steps_between(proposal, other)
        self._here, self._there = Held.of(proposal), Held.of(other)

    def rules(self, lang: str = "vi") -> pd.DataFrame:
        """Return one row a difference between the rulebooks, in order, with what it moved.

        Returns
        -------
        DataFrame
            ``step, item, kind``; ``before, after``: what each rulebook says, in words; ``citation_before``,
            ``citation_after``; ``confidence``: of the less sure of both. What the step moved (missing where a later
            one tells it): ``lines`` whose change differs; ``cut, added, expected``, differences of the totals (đồng,
            after less before); ``authority``, the đồng that still move between the same two lines but by
            another body's decision; ``by:<body>``, the difference of what each body decides (đồng). ``note``: why
            there is no effect.
        """
        side = ("vi", "en").index(language(lang))
        return pd.DataFrame(
            [self._row(k, step, side) for k, step in enumerate(self.steps)], columns=list(self._columns())
        ).astype(self._columns())

    def _columns(self) -> dict[str, str]:
        texts = ["item", "kind", "before", "after", "citation_before", "citation_after", "confidence"]
        figures = ["lines", "cut", "added", "expected", "authority", *self._bodies()]
        return {
            "step": "int64",
            **dict.fromkeys(texts, "str"),
            **dict.fromkeys(figures, "Int64"),
            "note": "str",
        }

    def _bodies(self) -> list[str]:
        return [name for name in self._here.totals if name.startswith("by:")]

    def _row(self, place: int, step: Step, side: int) -> dict[str, Any]:
        said, waits = step.difference, step.told_at != place
        sources = said.source_before, said.source_after
        lang = ("vi", "en")[side]
        effect: dict[str, Any] = {
            "lines": int(step.moved.sum()),
            "authority": step.before.handed_over(step.after),
            **{name: after - step.before.totals[name] for name, after in step.after.totals.items()},
        }
        note = "" if said.matters else (CITED if said.kind == "citation" else ALONE)[side]
        return {
            "step": place + 1,
            "item": said.item,
            "kind": said.kind,
            "before": said.before[side],
            "after": said.after[side],
            "citation_before": "" if sources[0] is None else sources[0].cite(lang),
            "citation_after": "" if sources[1] is None else sources[1].cite(lang),
            "confidence": _sureness(sources, lang),
            **(dict.fromkeys(effect) if waits else effect),
            "note": LATER[side].format(step.told_at + 1) if waits else note,
        }

    @property
    def totals(self) -> dict[str, tuple[int, int]]:
        """``cut, added, expected`` and ``by:<body>`` under each of the two rulebooks, đồng."""
        return {name: (value, self._there.totals[name]) for name, value in self._here.totals.items()}

    @property
    def differing(self) -> Bools:
        """Lines on which the two proposals differ, in the change or in who decides; in the order of the tables."""
        return np.asarray(
            (self._here.change != self._there.change) | (self._here.authority != self._there.authority),
            dtype=bool,
        )

    @property
    def lines(self) -> pd.DataFrame:
        """One row a line that moved at some step: what changed, and because of what.

        ``line_id, change, change_other``, ``difference`` (change less change_other, đồng; 0 for a line that moved and
        moved back), ``because``: items of the steps at which its change moved, joined by ``", "`` (by ``" + "`` where
        several are told together); ``authority, authority_other, because_authority``: the farthest body that decides,
        and the steps at which it changed.
        """
        ids = self.proposal.frames["lines"]["line_id"].tolist()
        here, there = self._here, self._there
        moved, redecided = self._because(lambda step: step.moved), self._because(lambda step: step.redecided)
        some = sorted(moved.keys() | redecided.keys(), key=ids.__getitem__)
        change, other = here.change[some], there.change[some]
        return pd.DataFrame(
            {
                "line_id": text_of(ids[k] for k in some),
                "change": change,
                "change_other": other,
                "difference": change - other,
                "because": text_of(", ".join(moved.get(k, ())) for k in some),
                "authority": text_of(here.authority[some]),
                "authority_other": text_of(there.authority[some]),
                "because_authority": text_of(", ".join(redecided.get(k, ())) for k in some),
            }
        )

    def line(self, line_id: str) -> pd.DataFrame:
        """Return the steps that moved one line: ``step, item, change, change_after, authority, authority_after``.

        Raises
        ------
        KeyError
            When there is no such line.
        """
        ids = self.proposal.frames["lines"]["line_id"].tolist()
        if line_id not in ids:
            raise KeyError(line_id)
        k = ids.index(line_id)
        rows = [
            {
                "step": place + 1,
                "item": self._told_by(place),
                "change": int(step.before.change[k]),
                "change_after": int(step.after.change[k]),
                "authority": str(step.before.authority[k]),
                "authority_after": str(step.after.authority[k]),
            }
            for place, step in enumerate(self.steps)
            if step.moved[k] or step.redecided[k]
        ]
        names = ["step", "item", "change", "change_after", "authority", "authority_after"]
        return pd.DataFrame(rows, columns=names)

    def _because(self, of: Callable[[Step], Any]) -> dict[int, list[str]]:
        """Return, for each line, the items of the steps at which something of it moved."""
        found: dict[int, list[str]] = {}
        for place, step in enumerate(self.steps):
            for k in of(step).nonzero()[0].tolist():
                found.setdefault(k, []).append(self._told_by(place))
        return found

    def _told_by(self, place: int) -> str:
        """Return the item of a step, with those whose effect is told with it."""
        told = [step.difference.item for step in self.steps if step.told_at == place]
        return " + ".join(told)

    def __repr__(self) -> str:
        here, there = (each.meta["rulebook"]["code"] for each in (self.proposal, self.other))
        return f"Comparison({here} → {there}, {len(self.steps)} differences, {len(self.lines)} lines moved)"


def _sureness(sources: tuple[Source | None, Source | None], lang: str) -> str:
    """Return the confidence of the less sure of two citations, in words."""
    known = [source.confidence for source in sources if source is not None]
    words = CONFIDENCE_VI if lang == "vi" else CONFIDENCE_EN
    return words[weakest(*known)] if known else ""


def under(proposal: Proposal, case: Case, rulebook: Rulebook | str | Path) -> Proposal:
    """Return the same round under another rulebook; see `Proposal.under`.

    An outlook or assessment that was handed in is handed in again; any other is made for the dates of the rulebook.
    """
    book = find_rulebook(rulebook, case.as_of)
    own = proposal.rulebook or book
    return held_under(proposal, case, book, handed_in(case, own))


def compared(proposal: Proposal, other: Proposal, by: str | None, lang: str) -> pd.DataFrame:
    """Return the difference of two proposals; see `Proposal.compare`."""
    if by is None:
        return _differing(proposal, other)
    if by not in ("rule", "line"):
        raise ValueError(f"by is {by!r}, not 'rule', 'line' or None")
    found = Comparison(proposal, other)
    return found.rules(lang) if by == "rule" else found.lines


def _differing(proposal: Proposal, other: Proposal) -> pd.DataFrame:
    """Return the lines on which two proposals differ; under two rulebooks also in who decides."""
    kept = ["rank", "change", "binding_rule", "authority"]
    here, there = (p.frames["adjustments"].set_index("line_id")[kept] for p in (proposal, other))
    joined = here.join(there.add_suffix("_other"), how="outer")
    changes = joined[["change", "change_other"]].fillna(0).astype("int64")
    frame = pd.DataFrame(
        {"change": changes["change"], "change_other": changes["change_other"]}
        | {"difference": changes["change"] - changes["change_other"]}
        | {name: joined[name].fillna("") for name in ("binding_rule", "binding_rule_other")}
    )
    apart = frame["difference"] != 0
    if proposal.meta["rulebook"]["sha256"] != other.meta["rulebook"]["sha256"]:
        for name in ("authority", "authority_other"):
            frame[name] = joined[name].fillna("")
        apart |= frame["authority"] != frame["authority_other"]
    return frame[apart].sort_index().rename_axis("line_id").reset_index()
