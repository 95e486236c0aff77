"""The decision of a round: who is cut and raised by how much, and the proof that nothing better was legal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from phanbo.assemble import assemble, binding_groups, key_lines
from phanbo.bounds import Bounds, make_bounds
from phanbo.case import Case
from phanbo.certificate import LineFacts, RowClaim
from phanbo.errors import InfeasibleRound
from phanbo.money import Bools, Ints, format_million
from phanbo.program import Block, LinearProgram
from phanbo.proposal import Proof
from phanbo.ranking import Ranked, rank_transfers
from phanbo.rulebook import Rulebook
from phanbo.rules.walls import duty
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
        _refuse_infeasible(case, bounds)
        program = assemble(case, book, bounds)
        solution = solve(program, limits)
        found = Decision(case, book, bounds, program, solution, *changes(program, solution, case))
        small = _small(found)
        if not small.any():
            return found
        case = replace(case, held=case.held | small)


def _small(found: Decision) -> Bools:
    """Return the lines changed by less than the least amount, those a shortfall cuts excepted."""
    moved = found.cut + found.add
    small = (moved > 0) & (moved < found.case.policy.min_move)
    if small.any():
        t = found.ranked.transfers
        small[t.donor[(t.receiver == SHORTFALL) & (t.donor >= 0)]] = False
    return small


def changes(program: LinearProgram, solution: Solution, case: Case) -> tuple[Ints, Ints]:
    """Return the cut and the add of every line, đồng."""
    totals = []
    for block in (Block.CUT, Block.ADD):
        total = np.zeros(len(case), dtype=np.int64)
        here = program.block == block
        np.add.at(total, program.item[here], solution.x[here] * case.policy.unit)
        totals.append(total)
    return totals[0], totals[1]


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


def _refuse_infeasible(case: Case, bounds: Bounds) -> None:
    """Raise where a shrinking pool cannot give what it must: the only way a round has no plan."""
    owed, able = -np.minimum(0, duty(case)), case.pool_sum(bounds.forced)
    conflict = []
    for p in np.flatnonzero(owed > able).tolist():
        lines = np.flatnonzero(case.pools.pool == p)
        holding = {bounds.rules[k].code for k in bounds.forced_rule[lines].tolist() if k >= 0}
        conflict.append(
            {
                "pool": case.pools.names[p],
                "required": int(owed[p]),
                "available": int(able[p]),
                "missing": int(owed[p] - able[p]),
                "lines": case.portfolio.text("line_id")[lines].tolist(),
                "rules": sorted(holding),
            }
        )
    if conflict:
        said = [(c["pool"], c["required"], c["available"], c["missing"]) for c in conflict]
        vi = [
            f"{p}: phải giảm {format_million(r)}, giảm được {format_million(a)}, thiếu {format_million(m)} triệu đồng"
            for p, r, a, m in said
        ]
        en = [f"{p}: must give {r}, can give {a}, {m} đồng missing" for p, r, a, m in said]
        raise InfeasibleRound(
            "Không có phương án thỏa mọi quy định. " + "; ".join(vi) + ".",
            "No plan keeps every rule. " + "; ".join(en) + ".",
            conflict,
        )
