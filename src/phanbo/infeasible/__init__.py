"""Why a round has no plan, and the least that has to be granted for it to have one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from phanbo.assemble import assemble
from phanbo.bounds import make_bounds
from phanbo.errors import InfeasibleRound
from phanbo.infeasible.conflict import conflicts
from phanbo.infeasible.relaxation import Grant, least_grants, rank_of
from phanbo.infeasible.words import conflict_entries, message, relaxation_entries
from phanbo.rules.walls import duty
from phanbo.solver.direct import solve

if TYPE_CHECKING:
    from phanbo.bounds import Bounds
    from phanbo.case import Case
    from phanbo.money import Bools, Ints
    from phanbo.rulebook import Rulebook
    from phanbo.solver.solution import Limits

__all__ = ["infeasible_round", "short_pools", "unmet_pins"]


def short_pools(case: Case, bounds: Bounds) -> Bools:
    """Return the pools that cannot give what they must."""
    return np.asarray(-np.minimum(0, duty(case)) > case.pool_sum(bounds.forced), dtype=bool)


def unmet_pins(case: Case, cut: Ints, add: Ints) -> Ints:
    """Return what each line lacks of the change asked for, đồng."""
    pins = case.pins
    return np.maximum(0, np.where(pins > 0, pins - add, -pins - cut))


def infeasible_round(
    case: Case, book: Rulebook, bounds: Bounds, failing: Bools, limits: Limits
) -> InfeasibleRound:
    """Return the error of a round in which some pools fail: the conflict, and the least relaxation.

    Parameters
    ----------
    failing : bool array of shape (pools,)
        Pools that cannot meet their duty, or a pin.
    """
    conflict = conflict_entries(case, bounds, conflicts(case, bounds, failing))
    grants = _settled(case, book, least_grants(case, book, bounds, limits), limits)
    relaxation = relaxation_entries(case, grants)
    return InfeasibleRound(
        message(conflict, relaxation, "vi"), message(conflict, relaxation, "en"), conflict, relaxation
    )


def _settled(case: Case, book: Rulebook, grants: list[Grant], limits: Limits) -> list[Grant]:
    """Return the grants in the order of those who may grant them; pins still unmet under them are lowered further.

    The order in which a shrinking pool is cut decides over what its lines can spare, which grants change.
    """
    if not grants:
        return []
    relaxation = relaxation_entries(case, grants)
    policy, wider = case.policy.granting(relaxation), book.granting(relaxation)
    wider_hands = policy.authority != case.policy.authority
    under = case.under(policy, wider.pools(case.portfolio, policy) if wider_hands else None)
    bounds = make_bounds(under, wider)
    program = assemble(under, wider, bounds)
    cut, add = program.moved(solve(program, limits).x, len(case))
    unmet = unmet_pins(under, cut * policy.unit, add * policy.unit)
    by = {grant.place: grant.by for grant in grants if grant.kind == "pin"}
    for line in np.flatnonzero(unmet).tolist():
        by[line] = by.get(line, 0) + int(unmet[line]) // case.policy.unit
    rest = [grant for grant in grants if grant.kind != "pin"]
    rest += [
        Grant("pin", None, line, "add" if case.pins[line] > 0 else "cut", units) for line, units in by.items()
    ]
    return sorted(
        rest, key=lambda g: (rank_of(g.granted_by), g.kind, "" if g.rule is None else g.rule.code, g.place)
    )
