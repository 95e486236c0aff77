"""The decision of a round: who is cut and raised by how much, and the proof that nothing better was legal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from phanbo.assemble import assemble, binding_groups, key_lines
from phanbo.bounds import Bounds, make_bounds
from phanbo.case import Case
from phanbo.certificate import LineFacts, RowClaim
from phanbo.infeasible import infeasible_round, short_pools, unmet_pins
from phanbo.money import Bools, Ints
from phanbo.program import LinearProgram
from phanbo.proposal import Proof
from phanbo.ranking import Ranked, rank_transfers
from phanbo.rulebook import Rulebook
from phanbo.solver.direct import solve
from phanbo.solver.solution import Limits, Solution
from phanbo.transfers import SHORTFALL, make_transfers

__all__ = ["Decision", "decide"]


@dataclass(frozen=True, eq=False)
class Decision:
    """A solved round: its facts with the lines held, bounds, program, solution, and what follows from them.

    `cut` and `add` are int64 arrays of shape (n,), in đồng.
    """

    case: Case
    rulebook: Rulebook
    bounds: Bounds
    program: LinearProgram
    solution: Solution
    cut: Ints
    add: Ints

    @cached_property
    def ranked(self) -> Ranked:
        """The transfers of the plan, ranked."""
        transfers = make_transfers(self.case, self.rulebook, self.cut, self.add)
        return rank_transfers(transfers, self.case.plan, self.case.outlook)

    @cached_property
    def proof(self) -> Proof:
        """Claimed rows, and each tier's value and row duals by key."""
        return _proof(self.program, self.solution, self.bounds, line_facts(self.case))


def decide(case: Case, book: Rulebook, limits: Limits) -> Decision:
    """Solve the round; hold the lines changed by less than the least amount and solve again until none is left."""
    while True:
        bounds = make_bounds(case, book)
        if (failing := short_pools(case, bounds)).any():
            raise infeasible_round(case, book, bounds, failing, limits)
        program = assemble(case, book, bounds)
        solution = solve(program, limits)
        found = Decision(case, book, bounds, program, solution, *changes(program, solution, case))
        if (failing := case.pool_sum(unmet_pins(case, found.cut, found.add)) > 0).any():
            raise infeasible_round(case, book, bounds, failing, limits)
        small = _small(found)
        if not small.any():
            return found
        case = replace(case, held=case.held | small)


def _small(found: Decision) -> Bools:
    """Return the lines changed by less than the least amount, but for those a shortfall or a pin moves."""
    moved = found.cut + found.add
    small = (moved > 0) & (moved < found.case.policy.min_move)
    if small.any():
        t, pinned = found.ranked.transfers, np.append(found.case.pins != 0, [False] * 3)  # −1 … −3: no line
        kept = (t.receiver == SHORTFALL) | pinned[t.donor] | pinned[t.receiver]
        for side in (t.donor, t.receiver):
            small[side[kept & (side >= 0)]] = False
    return small


def changes(program: LinearProgram, solution: Solution, case: Case) -> tuple[Ints, Ints]:
    """Return the cut and the add of every line, đồng."""
    cut, add = program.moved(solution.x, len(case))
    return cut * case.policy.unit, add * case.policy.unit


def line_facts(case: Case) -> LineFacts:
    """Return what the tiers count of each line beyond what the frames say."""
    reading = case.assessment.decides
    late = np.where(case.offer > 0, 1000, reading.late_permille)
    return LineFacts(case.late, key_lines(case), late, reading.lead_permille)


def _proof(program: LinearProgram, solution: Solution, bounds: Bounds, facts: LineFacts) -> Proof:
    tiers = tuple(
        (
            t.name,
            t.value,
            {program.row_keys[r]: int(t.duals[r]) for r in np.flatnonzero(t.duals).tolist()},
            t.gap,
        )
        for t in solution.tiers
    )
    priced = {key for _, _, duals, _ in tiers for key in duals}
    rows: list[RowClaim] = []
    for place, part in bounds.groups:
        code = bounds.rules[place].code
        lines = np.flatnonzero((part.group >= 0) & (bounds.add > 0))
        lines = lines[np.argsort(part.group[lines], kind="stable")]
        starts = np.searchsorted(part.group[lines], np.arange(len(part.keys) + 1)).tolist()
        rows += [
            RowClaim(key, code, tuple(lines[starts[g] : starts[g + 1]].tolist()), int(part.headroom[g]))
            for g, key in ((g, part.keys[g]) for g in binding_groups(part, bounds.add).tolist())
            if key in priced
        ]
    return Proof(tuple(rows), tiers, bool(program.marked), facts)
