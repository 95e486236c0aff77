"""A what-if session on a proposal: every edit is answered by a verified proposal, can be undone, and is on the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from phanbo.catalogue import million, percent, say
from phanbo.errors import PhanboError, PolicyError
from phanbo.money import exact
from phanbo.report.names import Names
from phanbo.whatif import WhatIf
from phanbo.words import TIER, language, word

if TYPE_CHECKING:
    from phanbo.proposal import Proposal

__all__ = ["Edits", "Session"]

HOLDS = ("keep", "no-cut", "no-raise")
"""What may be asked of a line without an amount: it stays as it is, is not cut, is not raised."""


@dataclass(frozen=True)
class Edits:
    """What is asked of the round beyond the proposal the session began with.

    Attributes
    ----------
    settings : mapping
        ``donor_confidence``, ``receiver_confidence``, ``tiers`` where they differ.
    holds : mapping of line id to str
        ``keep``, ``no-cut`` or ``no-raise``.
    pins : mapping of line id to đồng
        Above 0: raised by at least so much; below: cut by at least so much.
    """

    settings: Mapping[str, Any]
    holds: Mapping[str, str]
    pins: Mapping[str, int]

    def asked(self) -> dict[str, Any]:
        """Return the edits as the keywords of `WhatIf.ask`, but for the pins the round had before."""
        held = self.holds.items()
        return {
            "lock": sorted(line for line, what in held if what == "keep"),
            "most_cut": {line: 0 for line, what in sorted(held) if what == "no-cut"},
            "most_add": {line: 0 for line, what in sorted(held) if what == "no-raise"},
            **dict(sorted(self.settings.items())),
        }


NONE = Edits({}, {}, {})


class Session:
    """A round kept open for what the leaders ask of it.

    Edits add up; each is answered at once by the proposal under all of them, or by the reason why there is none: then
    the plan before stands, and the edit may be undone.

    Parameters
    ----------
    proposal : Proposal
        With its tables.
    lang : str
        ``vi`` or ``en``: of the words for edits, and of errors.

    Attributes
    ----------
    base : Proposal
        What the session began with: the optimum that costs are measured from.
    proposal : Proposal
        Under the edits, verified; where they cannot be met, under the last ones that could.
    fault : PhanboError or None
        Why the edits cannot be met.

    Raises
    ------
    PhanboError
        When the proposal came without its tables.

    Examples
    --------
    >>> import phanbo as pb
    >>> from phanbo.examples import load_lang_son
    >>> portfolio = load_lang_son().at("2024-09-15")
    >>> session = Session(pb.propose(portfolio, calendar="lang-son-2024", round=2, as_of="2024-09-15"))
    >>> session.hold("MP0172.1", "keep")
    >>> session.words()
    ['Giữ nguyên dòng vốn MP0172.1']
    >>> bool(session.cost()["difference"]["added"] <= 0), session.proposal.verify().ok
    (True, True)
    """

    def __init__(self, proposal: Proposal, lang: str = "vi") -> None:
        language(lang)
        if proposal.case is None:
            raise PhanboError(
                "Phương án không kèm bảng dữ liệu: không hỏi tiếp được.",
                "No tables came with the proposal: there is nothing to ask.",
            )
        if proposal.meta["parent"] is not None:
            raise PhanboError(
                "Chỉ hỏi tiếp trên phương án đầy đủ của đợt, không phải phần đầu của danh sách.",
                "What-ifs are asked of the full proposal of a round, not of a prefix.",
            )
        self.lang, self.base, self.proposal = lang, proposal, proposal
        self.fault: PhanboError | None = None
        self._edits: list[Edits] = [NONE]
        self._round = WhatIf.of(proposal)

    @property
    def edits(self) -> Edits:
        """What is asked now."""
        return self._edits[-1]

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to undo."""
        return len(self._edits) > 1

    def settings(self) -> dict[str, Any]:
        """Return the confidences and the order of goals now in force."""
        policy = self._round.policy
        now = {
            "donor_confidence": policy.donor_confidence,
            "receiver_confidence": policy.receiver_confidence,
            "tiers": tuple(tier.name for tier in policy.ordered_tiers),
        }
        return now | dict(self.edits.settings)

    def set(self, **settings: Any) -> None:  # noqa: ANN401 — those of `Policy`
        """Move the confidences, or put the goals in another order: ``donor_confidence``, ``receiver_confidence``, ``tiers``."""
        strange = sorted(settings.keys() - {"donor_confidence", "receiver_confidence", "tiers"})
        if strange:
            raise PolicyError(
                f"Phiên hỏi không đổi được: {', '.join(strange)}.",
                f"A session does not change: {', '.join(strange)}.",
                {"settings": strange},
            )
        self._ask(replace(self.edits, settings={**self.edits.settings, **settings}))

    def hold(self, line_id: str, what: str = "keep") -> None:
        """Ask that a line stay as it is (``keep``), be not cut (``no-cut``) or not raised (``no-raise``)."""
        self._known(line_id)
        if what not in HOLDS:
            raise ValueError(f"{what!r} is none of {', '.join(HOLDS)}")
        pins = {line: amount for line, amount in self.edits.pins.items() if line != line_id}
        self._ask(replace(self.edits, holds={**self.edits.holds, line_id: what}, pins=pins))

    def pin(self, line_id: str, amount: int) -> None:
        """Ask that a line be raised by at least *amount* đồng, or cut by at least so much where it is below 0."""
        self._known(line_id)
        holds = {line: what for line, what in self.edits.holds.items() if line != line_id}
        self._ask(replace(self.edits, holds=holds, pins={**self.edits.pins, line_id: amount}))

    def free(self, line_id: str) -> None:
        """Take back what was asked of a line."""
        holds, pins = dict(self.edits.holds), dict(self.edits.pins)
        holds.pop(line_id, None)
        pins.pop(line_id, None)
        self._ask(replace(self.edits, holds=holds, pins=pins))

    def undo(self) -> None:
        """Take back the last edit."""
        if self.can_undo:
            self._edits.pop()
            self._answer()

    def reset(self) -> None:
        """Take back everything; this can be undone too."""
        self._ask(NONE)

    def _known(self, line_id: str) -> None:
        if line_id not in self._round.portfolio.place:
            raise PolicyError(
                f"Không có dòng vốn: {line_id}.", f"There is no such line: {line_id}.", {"lines": [line_id]}
            )

    def _ask(self, edits: Edits) -> None:
        if edits != self.edits:
            self._edits.append(edits)
            self._answer()

    def _answer(self) -> None:
        """Answer the edits; one that cannot be met leaves the plan as it was."""
        self.fault = None
        if self.edits == NONE:
            self.proposal = self.base
            return
        try:
            self.proposal = self._round.ask(**self.asked()).proposal()
        except PhanboError as error:
            self.fault = error

    def asked(self, notes: str | None = None) -> dict[str, Any]:
        """Return all edits as the keywords of `WhatIf.ask`: the record by which anyone may ask the same again."""
        asked = self.edits.asked()
        if self.edits.pins:
            asked["pins"] = dict(self._round.policy.pins) | dict(self.edits.pins)
        return asked if notes is None else {**asked, "notes": notes}

    def decided(self, notes: str = "") -> Proposal:
        """Return the proposal with the edits written into its policy's notes, ready to be saved as a case.

        Raises
        ------
        PhanboError
            When the edits cannot be met.
        """
        if self.fault is not None:
            raise self.fault
        if self.edits == NONE and not notes:
            return self.base
        said = [self._round.policy.notes, "; ".join(self.words()), notes]
        return self._round.ask(**self.asked("\n".join(filter(None, said)))).proposal()

    def words(self) -> list[str]:
        """Return the edits in words, in a fixed order."""
        lang, edits = self.lang, self.edits
        said = []
        for name, value in sorted(edits.settings.items()):
            if name == "tiers":
                order = " → ".join(tier_title(tier, lang) for tier in value)
                said.append(say("panel.said_tiers", lang, order=order))
            else:
                share = percent(exact(value), lang)
                key = "panel.said_donor" if name == "donor_confidence" else "panel.said_receiver"
                said.append(say(key, lang, share=share))
        held = {
            "keep": say("panel.said_keep", lang, line="{line}"),
            "no-cut": say("panel.said_no_cut", lang, line="{line}"),
            "no-raise": say("panel.said_no_raise", lang, line="{line}"),
        }
        said += [held[what].replace("{line}", line) for line, what in sorted(edits.holds.items())]
        for line, amount in sorted(edits.pins.items()):
            key = "panel.said_raise" if amount > 0 else "panel.said_cut"
            said.append(say(key, lang, line=line, amount=million(abs(amount), lang)))
        return said

    def cost(self) -> pd.DataFrame:
        """Return what the edits cost against the optimum: ``before, now, difference`` by figure, then by goal.

        The figures are sums of the proposal in đồng; a goal is in its own unit, more is better but for ``authority``,
        ``worst_first`` and ``canonical``, and one that is not among the goals of both is left out.
        """
        names = ("cut", "added", "expected_after", "unplaced")
        rows = {name: (int(self.base.summary[name]), int(self.proposal.summary[name])) for name in names}
        tiers = [
            dict(zip(p.tiers["tier"], p.tiers["value"], strict=True)) for p in (self.base, self.proposal)
        ]
        rows |= {
            f"tier:{name}": (int(tiers[0][name]), int(tiers[1][name]))
            for name in tiers[0]
            if name in tiers[1]
        }
        frame = pd.DataFrame.from_dict(rows, orient="index", columns=["before", "now"])
        return frame.assign(difference=frame["now"] - frame["before"])

    def changed(self) -> pd.DataFrame:
        """Return the lines that either plan changes, those that differ most first.

        ``line_id, before, now, difference``, the changes in đồng.
        """
        sides = [p.lines.set_index("line_id") for p in (self.base, self.proposal)]
        before, now = (side["add"] - side["cut"] for side in sides)
        frame = pd.DataFrame({"before": before, "now": now, "difference": now - before})
        frame = frame[(frame["before"] != 0) | (frame["now"] != 0)].rename_axis("line_id").reset_index()
        order = frame["difference"].abs().sort_values(ascending=False, kind="stable").index
        return frame.loc[order].reset_index(drop=True)

    def rules(self) -> pd.DataFrame:
        """Return the rules that stop a changed line, with how many they stopped before and stop now."""
        counts = [p.adjustments["binding_rule"].value_counts() for p in (self.base, self.proposal)]
        codes = sorted(set(counts[0].index) | set(counts[1].index))
        names = Names(self.proposal, self.lang)
        rows = [
            {
                "rule": code,
                "title": names.rule(code),
                "before": int(counts[0].get(code, 0)),
                "now": int(counts[1].get(code, 0)),
            }
            for code in codes
        ]
        frame = pd.DataFrame(rows, columns=["rule", "title", "before", "now"])
        return frame.sort_values("now", ascending=False, kind="stable").reset_index(drop=True)


def tier_title(code: str, lang: str) -> str:
    """Return the name of a goal; ``priority`` stands for the classes of the rulebook."""
    return say("panel.priority", lang) if code == "priority" else word(TIER, code, lang)
