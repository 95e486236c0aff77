"""The round held again after each difference between two rulebooks: what each of them moved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from phanbo.catalogue import both
from phanbo.comparison.differences import Difference, differences
from phanbo.errors import DataError, InfeasibleRound, RoundError, RulebookError
from phanbo.money import Bools, Ints
from phanbo.pipeline import outlook_of, propose
from phanbo.policy import AUTHORITIES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from phanbo.absorption import Outlook
    from phanbo.case import Case
    from phanbo.proposal import Proposal
    from phanbo.rulebook import Rulebook

__all__ = ["Held", "Step", "handed_in", "held_under", "steps_between"]

UNHELD = (InfeasibleRound, DataError, RulebookError)
"""Why a rulebook in between may let no round be held: it takes one thing from each, and nobody enacted it."""

SAME = {
    "input_hash": both("comparison.input_hash"),
    "calendar": both("comparison.calendar"),
    "round": both("comparison.round"),
    "as_of": both("comparison.as_of"),
    "policy": both("comparison.policy"),
    "assessed": both("comparison.assessed"),
}
"""What two proposals must share for the law to be all that differs."""


@dataclass(frozen=True, eq=False)
class Held:
    """A round as one rulebook decides it; columns in the order of the tables.

    Attributes
    ----------
    change : int64 array of shape (n,), in đồng
    authority : array of str of shape (n,)
        The farthest body that decides a move of the line, ``""`` where it does not change.
    moves : mapping of (donor, receiver) to {authority: đồng}
    totals : mapping
        ``cut``, ``added``, ``expected`` and ``by:<authority>``, đồng.
    """

    change: Ints
    authority: NDArray[Any]
    moves: dict[tuple[str, str], dict[str, int]]
    totals: dict[str, int]

    @classmethod
    def of(cls, proposal: Proposal) -> Held:
        """Return what a proposal decides."""
        lines, s = proposal.frames["lines"], proposal.summary
        deciding = proposal.frames["adjustments"].set_index("line_id")["authority"]
        moves: dict[tuple[str, str], dict[str, int]] = {}
        table = proposal.frames["transfers"]
        columns = (table[name].tolist() for name in ("from_line", "to_line", "authority", "amount"))
        for donor, receiver, code, amount in zip(*columns, strict=True):
            bodies = moves.setdefault((donor, receiver), {})
            bodies[code] = bodies.get(code, 0) + amount
        by = {f"by:{code}": int(s["by_authority"].get(code, 0)) for code in AUTHORITIES}
        return cls(
            change=(lines["add"] - lines["cut"]).to_numpy(dtype=np.int64),
            authority=np.array([deciding.get(line, "") for line in lines["line_id"]], dtype=object),
            moves=moves,
            totals={"cut": s["cut"], "added": s["added"], "expected": s["expected_after"]} | by,
        )

    def same(self, other: Held) -> bool:
        """Return whether two rounds are decided alike, to the đồng and the body that decides."""
        return (
            np.array_equal(self.change, other.change)
            and self.moves == other.moves
            and self.totals == other.totals
        )

    def handed_over(self, other: Held) -> int:
        """Return how much of what both move between the same two lines another body decides there, đồng."""
        total = 0
        for ends in self.moves.keys() & other.moves.keys():
            here, there = self.moves[ends], other.moves[ends]
            both = min(sum(here.values()), sum(there.values()))
            total += both - sum(min(amount, there.get(code, 0)) for code, amount in here.items())
        return total


@dataclass(frozen=True, eq=False)
class Step:
    """One difference between two rulebooks, and what it moved.

    Attributes
    ----------
    difference : Difference
    before, after : Held
        The round before and after it; the same object where it has no effect by construction.
    told_at : int
        Place of the step that tells its effect: its own, or a later one where no round can be held in between.
    """

    difference: Difference
    before: Held
    after: Held
    told_at: int

    @cached_property
    def moved(self) -> Bools:
        """Lines whose change differs by this step."""
        return np.asarray(self.before.change != self.after.change, dtype=bool)

    @cached_property
    def redecided(self) -> Bools:
        """Lines for which another body decides by this step, or nobody any longer."""
        return np.asarray(self.before.authority != self.after.authority, dtype=bool)


def held_under(proposal: Proposal, case: Case, book: Rulebook, outlook: Outlook | None) -> Proposal:
    """Return the same round under another rulebook, for comparison only outside its dates.

    *outlook* is what `handed_in` finds. An assessment that was handed in is handed in again.
    """
    if not (book.comparison or book.covers(case.as_of)):
        book = book.for_comparison()
    return propose(
        case.portfolio,
        calendar=case.calendar,
        round=case.round,
        as_of=case.as_of,
        rulebook=book,
        policy=case.policy,
        assessment=None if proposal.meta["assessed"] is None else case.assessment,
        outlook=outlook,
    )


def handed_in(case: Case, book: Rulebook) -> Outlook | None:
    """Return the outlook of a round if it was handed in; ``None`` if it is the one of its rulebook's dates."""
    made = outlook_of(case.portfolio, case.calendar, case.as_of, case.policy, book, case.round)
    return None if np.array_equal(made.points, case.outlook.points) else case.outlook


def steps_between(proposal: Proposal, other: Proposal) -> tuple[Step, ...]:
    """Return the differences between the rulebooks of two proposals, each with what it moved.

    The round is held again after every difference that can matter. Where no round can be held, the effect is told
    together with that of the next step after which one can.

    Raises
    ------
    RoundError
        When the proposals differ in more than the law.
    """
    _same_round(proposal, other)
    case, here, there = proposal._case, proposal._rulebook, other._rulebook  # noqa: SLF001
    found = differences(here, there, case.calendar.year)
    steps = tuple(_walked(proposal, case, found, handed_in(case, here)))
    last, goal = steps[-1].after if steps else Held.of(proposal), Held.of(other)
    if not last.same(goal):
        raise RoundError(
            "Hai phương án khác nhau ở điều không nằm trong bộ quy định (dự báo hoặc đánh giá đưa vào): chỉ so sánh "
            "từng quy định được khi luật là khác biệt duy nhất. Hãy dùng proposal.under(bộ quy định).",
            "The two proposals differ in what no rulebook says (an outlook or assessment handed in): rule by rule they "
            "can be compared only where the law is all that differs. Use proposal.under(rulebook).",
        )
    return steps


def _walked(
    proposal: Proposal, case: Case, found: list[Difference], outlook: Outlook | None
) -> Iterator[Step]:
    """Hold the round after each difference that can matter; yield every step, in order."""
    now, effects = Held.of(proposal), dict[int, tuple[Held, Held]]()
    told_at, waiting = list(range(len(found))), list[int]()
    for k, difference in enumerate(found):
        if not difference.matters:
            continue
        try:
            after = Held.of(held_under(proposal, case, difference.book, outlook))
        except UNHELD:
            if not any(later.matters for later in found[k + 1 :]):
                raise
            waiting.append(k)
            continue
        for place in waiting:
            told_at[place] = k
        effects[k], now, waiting = (now, after), after, []
    now = Held.of(proposal)
    for k, difference in enumerate(found):
        before, now = effects.get(k, (now, now))
        yield Step(difference, before, now, told_at[k])


def _same_round(proposal: Proposal, other: Proposal) -> None:
    """Refuse two proposals that differ in more than the law, and parts of proposals."""
    apart = [name for name in SAME if proposal.meta[name] != other.meta[name]]
    if apart:
        vi, en = (", ".join(SAME[name][side] for name in apart) for side in (0, 1))
        raise RoundError(
            f"Hai phương án khác nhau ở: {vi}. So sánh từng quy định cần cùng bảng, lịch, đợt, ngày và lựa chọn; "
            "hãy dùng proposal.under(bộ quy định).",
            f"The two proposals differ in: {en}. To compare rule by rule, tables, calendar, round, date and policy must be "
            "the same; use proposal.under(rulebook).",
            {"differ": apart},
        )
    if any(each.meta["parent"] is not None for each in (proposal, other)):
        raise RoundError(
            "Chỉ so sánh từng quy định được giữa hai phương án đầy đủ; đây là một phần của phương án (head).",
            "Only full proposals can be compared rule by rule; this is a part of one (head).",
        )
