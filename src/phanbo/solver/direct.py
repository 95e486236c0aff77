"""The direct solver: the plan of all tiers at once, in integers (``docs/solver.md``).

Groups inside one leaf are cut to their headroom; without groups that join leaves the plan is a sort (`Greedy`).
Where a joining group is exceeded, two such plans bracket every column outside these groups, and what is left open is
a small program for HiGHS. Prices prove the result; what they do not prove is solved by the reference solver.
"""

from __future__ import annotations

import logging
from dataclasses import replace

import numpy as np

from phanbo.errors import InfeasibleRound, Stopped
from phanbo.grouping import exact_dot, sum_by
from phanbo.money import Bools, Ints
from phanbo.program import Block, LinearProgram, TierCosts
from phanbo.solver import reference
from phanbo.solver.arrays import pass_arrays
from phanbo.solver.greedy import Greedy, first_units
from phanbo.solver.lexicographic import packed
from phanbo.solver.prices import row_duals
from phanbo.solver.solution import Limits, Solution, SolvedTier, infeasible
from phanbo.solver.tree import Tree, tree_of

__all__ = ["solution_of", "solve"]

EXCHANGED, DISTINCT = 4, 30
"""Columns in an exchange that the weights of neighbouring tiers must outdo, and bits of a cost weighed of several."""

CHUNK = 30_000
"""Columns solved at a time, whole components only."""

log = logging.getLogger("phanbo")


def solve(program: LinearProgram, limits: Limits | None = None) -> Solution:
    """Return the unique lexicographic optimum of a program, every tier proved by its row duals.

    Marked components are solved as integer programs, as in `phanbo.solver.reference`.

    Raises
    ------
    InfeasibleRound
        When no plan keeps every row.
    Stopped
        When time ran out or the work was cancelled.
    """
    return reference.solve(program, limits, network=_solve)


def _solve(program: LinearProgram, limits: Limits) -> Solution:
    empty = np.ones(program.rows, dtype=bool)
    empty[program.row] = False
    if ((program.row_lower > 0) | (program.row_upper < 0))[empty].any():
        raise infeasible()
    try:
        return _by_chunks(program, limits, ties=False)
    except _Ambiguous:
        return _by_chunks(program, limits, ties=True)


class _Ambiguous(Exception):
    """Two units cost the same in every tier."""


def _by_chunks(program: LinearProgram, limits: Limits, *, ties: bool) -> Solution:
    """Solve some components at a time: a country in the memory of a province.

    A chunk that the direct way does not prove is solved by the reference solver; its further tiers are told apart
    by their names.
    """
    tiers = (*program.tiers, *program.tiebreaks) if ties else program.tiers
    x, duals = np.zeros(program.columns, dtype=np.int64), np.zeros((len(tiers), program.rows), dtype=np.int64)
    done = 0
    for columns, rows, part in program.chunks(CHUNK):
        limits.left()
        found = _direct(part, limits, ties=ties)
        if found is None:
            log.debug("the direct plan is not unique or not proved: solved by the reference solver")
            if columns.size < program.columns:
                found = _by_reference(part, tiers, limits.aside())
            if found is None:
                return reference.on_faces(program, limits)
        x[columns], duals[:, rows] = found
        done += columns.size
        limits.tell("solve", done, program.columns)
    return _solution(tiers, x, duals)


def _by_reference(
    program: LinearProgram, tiers: tuple[TierCosts, ...], limits: Limits
) -> tuple[Ints, Ints] | None:
    """Return plan and duals of a chunk by the reference solver; ``None`` where it needed further tiers."""
    solution = reference.on_faces(program, limits)
    if [tier.name for tier in solution.tiers] != [tier.name for tier in tiers]:
        return None
    return solution.x, np.array([tier.duals for tier in solution.tiers])


def _solution(tiers: tuple[TierCosts, ...], x: Ints, duals: Ints) -> Solution:
    found = zip(tiers, duals, strict=True)
    return Solution(x, tuple(SolvedTier(tier.name, exact_dot(tier.cost, x), pi) for tier, pi in found))


def solution_of(program: LinearProgram, tree: Tree, order: Greedy, limits: Limits) -> Solution | None:
    """Return the solution of a program whose tree and order are known; ``None`` where it is not proved."""
    x = _plan(program, tree, order, limits)
    limits.left()
    duals = None if x is None else row_duals(program, tree, program.tiers, x)
    return None if x is None or duals is None else _solution(program.tiers, x, duals)


def _direct(program: LinearProgram, limits: Limits, *, ties: bool) -> tuple[Ints, Ints] | None:
    """Return the plan and the row duals of every tier, ``None`` where they are not found."""
    tiers = (*program.tiers, *program.tiebreaks) if ties else program.tiers
    tree = tree_of(program)
    order = Greedy(program, tree, tiers)
    if order.ambiguous:
        if ties:
            return None
        raise _Ambiguous
    x = _plan(program, tree, order, limits)
    limits.left()
    duals = None if x is None else row_duals(program, tree, tiers, x)
    return None if x is None or duals is None else (x, duals)


def _plan(program: LinearProgram, tree: Tree, order: Greedy, limits: Limits) -> Ints | None:
    """Return the plan, column by column; ``None`` where the bracket holds none."""
    width = _trimmed(program, tree, order)
    taken, unkept = order.taken(width)
    x = _columns(program, tree, width, taken, unkept)
    joined = _exceeded(program, tree, x)
    if not joined.any():
        return x
    fixed = width.copy()
    inside = np.unique(tree.member[joined[tree.member_group]])
    fixed[inside] = 0
    least, _ = order.taken(fixed)
    cut = program.block[: tree.moves] == Block.CUT
    low = np.where(cut, least, width - taken)
    high = np.where(cut, taken, width - least)
    low[inside], high[inside] = 0, width[inside]
    return _between(program, tree, x, low, high, limits)


def _trimmed(program: LinearProgram, tree: Tree, order: Greedy) -> Ints:
    """Return the widths of cuts and adds; of groups inside one leaf only the best units up to their headroom.

    The members of such a group differ in nothing but their price, so its best units are served first.
    """
    width = program.upper[: tree.moves].copy()
    if not tree.member.size:
        return width
    where = tree.leaf[tree.member]
    one = np.full(tree.group_row.size, -1, dtype=np.int64)
    one[tree.member_group] = where
    same = np.ones(tree.group_row.size, dtype=bool)
    same[tree.member_group[one[tree.member_group] != where]] = False
    rank = np.empty(tree.moves, dtype=np.int64)
    rank[order.by_leaf] = np.arange(tree.moves)
    headroom, depth = program.row_upper[tree.group_row], tree.depth
    for level in range(int(depth.max()) + 1):
        here = (same & (depth == level))[tree.member_group]
        member, group = tree.member[here], tree.member_group[here]
        within = np.lexsort((rank[member], group))
        member, group = member[within], group[within]
        over = np.maximum(0, sum_by(group, width[member], headroom.size) - headroom)
        width[member] -= first_units(group, np.arange(member.size), width[member], over)
    return width


def _columns(program: LinearProgram, tree: Tree, width: Ints, taken: Ints, unkept: Ints) -> Ints:
    """Return the whole plan: cuts, adds, and the crossings and reserves that follow from them."""
    cut = program.block[: tree.moves] == Block.CUT
    moves = np.where(cut, taken, width - taken)
    x = np.zeros(program.columns, dtype=np.int64)
    x[: tree.moves] = moves
    _cross(program, tree, x)
    kept = tree.pool_reserve >= 0
    x[tree.pool_reserve[kept]] = program.upper[tree.pool_reserve[kept]] - unkept
    return x


def _cross(program: LinearProgram, tree: Tree, x: Ints) -> None:
    """Set what every leaf brings in and takes out, from its cuts and adds."""
    cut = program.block[: tree.moves] == Block.CUT
    net = sum_by(tree.leaf, np.where(cut, -x[: tree.moves], x[: tree.moves]), tree.leaf_row.size)
    for columns, amount in ((tree.leaf_in, net), (tree.leaf_out, -net)):
        here = columns >= 0
        x[columns[here]] = np.maximum(0, amount[here])


def _exceeded(program: LinearProgram, tree: Tree, x: Ints) -> Bools:
    """Return the groups that can bind in components where a group is exceeded."""
    most = program.row_upper[tree.group_row]
    broken = program.activity(x)[tree.group_row] > most
    if not broken.any():
        return broken
    wide = sum_by(tree.member_group, program.upper[tree.member], tree.group_row.size) > most
    component = program.row_component[tree.group_row]
    return np.asarray(wide & np.isin(component, component[broken]), dtype=bool)


def _between(
    program: LinearProgram, tree: Tree, x: Ints, low: Ints, high: Ints, limits: Limits
) -> Ints | None:
    """Solve what the bracket leaves open: the columns with room, and the crossings of their leaves and pools.

    ``None`` where nothing is open, or HiGHS finds no plan: whether there is one is not for the bracket to say.
    """
    free = np.zeros(program.columns, dtype=bool)
    free[: tree.moves] = low < high
    leaves = np.zeros(tree.leaf_row.size, dtype=bool)
    leaves[tree.leaf[free[: tree.moves]]] = True
    for columns in (tree.leaf_in, tree.leaf_out):
        free[columns[leaves & (columns >= 0)]] = True
    pools = np.zeros(tree.pool_row.size, dtype=bool)
    pools[tree.leaf_pool[leaves & (tree.leaf_pool >= 0)]] = True
    free[tree.pool_reserve[pools & (tree.pool_reserve >= 0)]] = True

    fixed = x.copy()
    fixed[: tree.moves] = low
    _cross(program, tree, fixed)
    fixed[tree.moves :][free[tree.moves :]] = 0
    upper = program.upper.copy()
    upper[: tree.moves] = high - low
    rest = _fewer_tiers(program.around(free, fixed, upper))
    if not rest.columns or not rest.tiers:
        return None
    try:
        fixed[free] += reference.on_faces(rest, limits.aside(), load=pass_arrays).x
    except InfeasibleRound:
        return None
    except Stopped:
        limits.left()  # out of time or cancelled: raised again
        return None
    return fixed


def _fewer_tiers(program: LinearProgram) -> LinearProgram:
    """Return the program with neighbouring tiers weighed into one cost, as far as HiGHS tells the weights apart.

    A weight outdoes any exchange of a few columns; that it did so is what the prices prove.
    """
    words = packed([tier.cost for tier in program.tiers], EXCHANGED, DISTINCT)
    return replace(program, tiers=tuple(TierCosts(f"word {k}", word) for k, word in enumerate(words)))
