"""(Case, Rulebook, Bounds) → LinearProgram: segments, the pool tree, group rows, tiers. No rule hides here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from phanbo.errors import PolicyError, RulebookError
from phanbo.grouping import sum_by
from phanbo.policy import Tier
from phanbo.program import Block, LinearProgram, TierCosts
from phanbo.rulebook import ADVANCES, Rulebook
from phanbo.rules.walls import duty
from phanbo.segments import Segments, add_segments, cut_segments, obligation_units, pinned_units

if TYPE_CHECKING:
    from phanbo.bounds import Bounds
    from phanbo.case import Case
    from phanbo.money import Bools, Ints
    from phanbo.portfolio import Portfolio
    from phanbo.rules.base import GroupRows

__all__ = ["Columns", "assemble", "binding_groups", "canonical_ranks", "network", "tier_plan"]


@dataclass(frozen=True, eq=False)
class _Rows:
    """Group rows that can bind: membership by line, headroom in units, keys."""

    group: Ints
    headroom: Ints
    keys: tuple[str, ...]


def assemble(case: Case, rulebook: Rulebook, bounds: Bounds) -> LinearProgram:
    """State the round as a linear program."""
    unit = case.policy.unit
    cut_cap = np.maximum(bounds.cut, bounds.forced) // unit
    pinned = pinned_units(case)
    marks = (bounds.cut // unit, pinned[0]), (obligation_units(case), pinned[1])
    cuts, adds = cut_segments(case, cut_cap), add_segments(case, bounds.add // unit)
    cuts, adds = (side.split(a).split(b) for side, (a, b) in zip((cuts, adds), marks, strict=True))
    if "disbursement" not in {tier.name for tier in case.policy.ordered_tiers}:
        cuts, adds = _merged(cuts, *marks[0]), _merged(adds, *marks[1])
    return network(
        case, bounds, cuts, adds, lambda columns: _tiers(case, rulebook, bounds, columns, cuts, adds)
    )


def network(
    case: Case,
    bounds: Bounds,
    cuts: Segments,
    adds: Segments,
    tiers_of: Callable[[Columns], tuple[TierCosts, ...]],
) -> LinearProgram:
    """State the pool tree and the group rows around some segments; *tiers_of* costs the columns."""
    unit = case.policy.unit
    columns = _columns(case, bounds, cuts, adds)
    candidates = (_binding(part, bounds.add // unit, unit) for _, part in bounds.groups)
    groups = [rows for rows in candidates if rows is not None]
    matrix = _matrix(case, columns, groups)
    tiers = tiers_of(columns)
    component, row_component = _components(case, columns, matrix)
    crossing = _crossing(groups)
    marked = set(component[: cuts.line.size + adds.line.size][_members(cuts, adds, crossing)].tolist())
    if any(tier.tolerance[0] for tier in tiers):
        marked = set(component.tolist())
    return LinearProgram(
        block=columns.block,
        item=columns.item,
        upper=columns.upper,
        slope=np.concatenate([cuts.slope, adds.slope, np.zeros(columns.flows, dtype=np.int64)]),
        row=matrix.row,
        column=matrix.column,
        value=matrix.value,
        row_lower=matrix.lower,
        row_upper=matrix.upper,
        row_keys=matrix.keys,
        component=component,
        row_component=row_component,
        marked=frozenset(marked),
        tiers=tiers,
        tiebreak=_canonical(case, columns, cuts, adds),
    )


@dataclass(frozen=True, eq=False)
class Columns:
    """All columns in order: cuts, adds, ins, outs, reserves."""

    block: Ints
    item: Ints
    upper: Ints
    flows: int


def _columns(case: Case, bounds: Bounds, cuts: Segments, adds: Segments) -> Columns:
    pools, leaves = case.pools, len(case.pools.leaf_owner)
    give = sum_by(pools.leaf[cuts.line], cuts.width, leaves)
    take = sum_by(pools.leaf[adds.line], adds.width, leaves)
    ins = np.flatnonzero((take > 0) & ~bounds.closed)
    outs = np.flatnonzero(give > 0)
    inflow = duty(case) // case.policy.unit
    room = np.maximum(0, inflow)
    if case.policy.return_unplaced:
        hands = case.policy.authority
        needed = zip(pools.within, pools.between, strict=True)
        may_return = np.array([hands is None or {*codes} <= {*hands} for codes in needed], dtype=bool)
        room = room + np.where(may_return, sum_by(pools.leaf_pool, give, len(pools.names)), 0)
    kept = np.flatnonzero(room > 0)
    sizes = (cuts.line.size, adds.line.size, ins.size, outs.size, kept.size)
    return Columns(
        block=np.repeat(
            np.array([Block.CUT, Block.ADD, Block.IN, Block.OUT, Block.RESERVE], dtype=np.int64), sizes
        ),
        item=np.concatenate([cuts.line, adds.line, ins, outs, kept]),
        upper=np.concatenate([cuts.width, adds.width, take[ins], give[outs], room[kept]]),
        flows=ins.size + outs.size + kept.size,
    )


@dataclass(frozen=True, eq=False)
class _Matrix:
    row: Ints
    column: Ints
    value: Ints
    lower: Ints
    upper: Ints
    keys: tuple[str, ...]
    pool: Ints
    """Pool of each leaf or pool row, −1 for a group row."""


def _matrix(case: Case, columns: Columns, groups: list[_Rows]) -> _Matrix:
    """State the leaf balances, the pool balances and the group rows."""
    pools = case.pools
    leaves, count = len(pools.leaf_owner), len(pools.names)
    inflow = duty(case) // case.policy.unit
    place = np.arange(columns.block.size, dtype=np.int64)

    def at(block: Block) -> Ints:
        here: Ints = place[columns.block == block]
        return here

    cut, add, into, out, kept = (at(block) for block in Block)
    entries: list[tuple[Ints, Ints, int]] = [
        (pools.leaf[columns.item[cut]], cut, 1),
        (pools.leaf[columns.item[add]], add, -1),
        (columns.item[into], into, 1),
        (columns.item[out], out, -1),
        (leaves + pools.leaf_pool[columns.item[out]], out, 1),
        (leaves + pools.leaf_pool[columns.item[into]], into, -1),
        (leaves + columns.item[kept], kept, -1),
    ]
    lower = [np.zeros(leaves, dtype=np.int64), -inflow]
    upper = [np.zeros(leaves, dtype=np.int64), -inflow]
    names = pools.names
    keys = [f"leaf:{names[p]}|{o}" for p, o in zip(pools.leaf_pool.tolist(), pools.leaf_owner, strict=True)]
    keys += [f"pool:{name}" for name in names]
    first = leaves + count
    for rows in groups:
        member = rows.group[columns.item[add]]
        inside = member >= 0
        entries.append((first + member[inside], add[inside], 1))
        lower.append(np.zeros(rows.headroom.size, dtype=np.int64))
        upper.append(rows.headroom)
        keys += rows.keys
        first += rows.headroom.size
    if len(set(keys)) < len(keys):
        twice = sorted({key for key in keys if keys.count(key) > 1})
        raise RulebookError(
            f"Hai quy định dùng chung tên hàng: {', '.join(twice)}.",
            f"Two rules name the same rows: {', '.join(twice)}.",
            {"rows": twice},
        )
    row = np.concatenate([entry[0] for entry in entries])
    used = np.zeros(first, dtype=bool)
    used[row] = True
    used[leaves : leaves + count] |= inflow != 0
    number = np.cumsum(used) - 1
    pool = np.concatenate([pools.leaf_pool, np.arange(count), np.full(first - leaves - count, -1)])
    return _Matrix(
        row=number[row],
        column=np.concatenate([entry[1] for entry in entries]),
        value=np.concatenate([np.full(entry[1].size, entry[2], dtype=np.int64) for entry in entries]),
        lower=np.concatenate(lower)[used],
        upper=np.concatenate(upper)[used],
        keys=tuple(key for key, kept_row in zip(keys, used.tolist(), strict=True) if kept_row),
        pool=pool[used],
    )


def binding_groups(part: GroupRows, add: Ints) -> Ints:
    """Return the groups that several receivers share and whose headroom their bounds *add* (đồng) exceed."""
    open_ = np.where(add > 0, part.group, -1)
    count = np.bincount(open_[open_ >= 0], minlength=part.headroom.size)
    return np.flatnonzero((sum_by(open_, add, part.headroom.size) > part.headroom) & (count > 1))


def _binding(part: GroupRows, cap: Ints, unit: int) -> _Rows | None:
    """Return the group rows that several receivers share and that their bounds alone do not keep."""
    headroom, keys = part.headroom // unit, part.keys
    open_ = np.where(cap > 0, part.group, -1)
    sharing = binding_groups(part, cap * unit)
    if not sharing.size:
        return None
    renumber = np.full(headroom.size + 1, -1, dtype=np.int64)
    renumber[sharing] = np.arange(sharing.size)
    return _Rows(renumber[open_], headroom[sharing], tuple(keys[k] for k in sharing.tolist()))


def _crossing(groups: list[_Rows]) -> Bools | None:
    """Return the lines in groups that cross (neither inside the other): no laminar family, no network."""
    bad = None
    for k, left in enumerate(groups):
        for right in groups[k + 1 :]:
            both = (left.group >= 0) & (right.group >= 0)
            pairs, inverse, shared = np.unique(
                np.stack([left.group[both], right.group[both]]),
                axis=1,
                return_inverse=True,
                return_counts=True,
            )
            if not shared.size:
                continue
            one = np.bincount(left.group[left.group >= 0], minlength=left.headroom.size)[pairs[0]]
            two = np.bincount(right.group[right.group >= 0], minlength=right.headroom.size)[pairs[1]]
            crossing = (shared != one) & (shared != two)
            if crossing.any():
                bad = np.zeros(left.group.size, dtype=bool) if bad is None else bad
                bad[np.flatnonzero(both)[crossing[np.ravel(inverse)]]] = True
    return bad


def _members(cuts: Segments, adds: Segments, lines: Bools | None) -> Bools:
    here = np.concatenate([cuts.line, adds.line])
    return np.zeros(here.size, dtype=bool) if lines is None else lines[here]


def _components(case: Case, columns: Columns, matrix: _Matrix) -> tuple[Ints, Ints]:
    """Return the connected component of each column and row: pools joined by group rows."""
    pools = case.pools
    label = np.arange(len(pools.names), dtype=np.int64)
    home = np.where(
        columns.block <= Block.ADD,
        pools.pool[np.minimum(columns.item, max(0, len(case) - 1))],
        np.where(
            columns.block == Block.RESERVE,
            columns.item,
            pools.leaf_pool[np.minimum(columns.item, max(0, pools.leaf_pool.size - 1))],
        ),
    )
    group = matrix.pool[matrix.row] < 0
    rows, where = matrix.row[group], home[matrix.column[group]]
    least = np.zeros(matrix.pool.size, dtype=np.int64)
    while True:
        least[:] = label.size
        np.minimum.at(least, rows, label[where])
        fresh = label.copy()
        np.minimum.at(fresh, where, least[rows])
        fresh = fresh[fresh]
        if np.array_equal(fresh, label):
            break
        label = fresh
    row_label = np.where(matrix.pool >= 0, label[np.maximum(matrix.pool, 0)], least)
    return label[home], row_label


def tier_plan(case: Case, rulebook: Rulebook) -> tuple[Tier, ...]:
    """Return the tiers of a round in order, classes spelled out, mandatory ones in their places.

    Raises
    ------
    PolicyError
        When the policy names a class the rulebook does not have.
    """
    classes = [f"priority[{c.code}]" for c in rulebook.classes if c.code != ADVANCES]
    asked = {tier.name: tier for tier in case.policy.ordered_tiers}
    for name in asked:
        if name.startswith("priority[") and name not in classes:
            raise PolicyError(
                f"Bộ quy định {rulebook.code} không có {name}; có: {', '.join(classes)}.",
                f"Rulebook {rulebook.code} has no {name}; it has: {', '.join(classes)}.",
                {"tier": name, "classes": classes},
            )
    spelled = rulebook.spelled_out(asked)
    plan = [asked[name] if name in asked else Tier(name, asked["priority"].tolerance) for name in spelled]
    if case.policy.return_unplaced:
        after = [k + 1 for k, t in enumerate(plan) if t.name.startswith("priority[")]
        # Without priority classes every use of the money comes before returning it.
        plan.insert(max(after, default=[t.name for t in plan].index("authority")), Tier("return"))
    forced = [Tier("protect"), Tier("protect_late")] if case.pools.shrinking.any() else []
    if case.policy.pins:
        forced.append(Tier("pinned"))
    return (*forced, *plan, Tier("canonical"))


def canonical_ranks(portfolio: Portfolio, salt: int = 0) -> Ints:
    """Return a fixed, arbitrary rank 1 … n of each line: by a 64-bit hash of its id, ties by the id."""
    order = np.argsort(portfolio.digests(f"{salt}:" if salt else ""), kind="stable")  # the ids are in order
    ranks = np.empty(order.size, dtype=np.int64)
    ranks[order] = np.arange(1, order.size + 1)
    return ranks


def _tiers(
    case: Case,
    rulebook: Rulebook,
    bounds: Bounds,
    columns: Columns,
    cuts: Segments,
    adds: Segments,
) -> tuple[TierCosts, ...]:
    """Return the integer costs of every tier, to be minimised."""
    reading, n = case.assessment.decides, columns.block.size
    none = np.zeros(columns.flows, dtype=np.int64)
    nothing_cut, nothing_added = (
        np.zeros(cuts.line.size, dtype=np.int64),
        np.zeros(adds.line.size, dtype=np.int64),
    )
    klass = rulebook.priority(case)
    owed = ~adds.beyond(obligation_units(case))
    below = cuts.beyond(bounds.cut // case.policy.unit)
    pinned = [~side.beyond(at) for side, at in zip((cuts, adds), pinned_units(case), strict=True)]
    late = np.where(case.offer > 0, 1000, reading.late_permille)

    def on(cut: Ints | Bools, add: Ints, flows: Ints = none) -> Ints:
        return np.concatenate([cut, add, flows]).astype(np.int64)

    flow = columns.block[n - columns.flows :] if columns.flows else none
    costs: dict[str, Callable[[], Ints]] = {
        "protect": lambda: on(below & ~case.late[cuts.line], nothing_added),
        "protect_late": lambda: on(below & case.late[cuts.line], nothing_added),
        "pinned": lambda: on(-pinned[0].astype(np.int64), -pinned[1].astype(np.int64)),
        "obligations": lambda: on(nothing_cut, -owed.astype(np.int64)),
        "return": lambda: on(nothing_cut, nothing_added, -(flow == Block.RESERVE).astype(np.int64)),
        "key": lambda: on(nothing_cut, -key_lines(case)[adds.line].astype(np.int64)),
        "disbursement": lambda: on(cuts.slope, -adds.slope),
        "authority": lambda: on(nothing_cut, nothing_added, (flow == Block.IN).astype(np.int64)),
        "worst_first": lambda: on(-late[cuts.line], -reading.lead_permille[adds.line]),
        "canonical": lambda: _canonical(case, columns, cuts, adds)(0),
    }

    def of_class(k: int) -> Callable[[], Ints]:
        return lambda: on(nothing_cut, -(klass[adds.line] == k).astype(np.int64))

    costs |= {f"priority[{entry.code}]": of_class(k) for k, entry in enumerate(rulebook.classes)}
    return tuple(
        TierCosts(tier.name, costs[tier.name](), (tier.fraction.numerator, tier.fraction.denominator))
        for tier in tier_plan(case, rulebook)
    )


def _canonical(case: Case, columns: Columns, cuts: Segments, adds: Segments) -> _Canonical:
    flow = columns.block[columns.block.size - columns.flows :]
    return _Canonical(
        case.portfolio, np.concatenate([cuts.line, adds.line]), (flow != Block.RESERVE).astype(np.int64)
    )


@dataclass(frozen=True, eq=False)
class _Canonical:
    """The costs that make the optimum unique: ranks of the lines, by a salt, and one for each crossing."""

    portfolio: Portfolio
    line: Ints
    crossing: Ints

    def __call__(self, salt: int) -> Ints:
        return np.concatenate([canonical_ranks(self.portfolio, salt)[self.line], self.crossing])


def key_lines(case: Case) -> Bools:
    """Return key, urgent and ODA lines (directive II.1.2, II.1.3, II.5.4)."""
    book = case.portfolio
    foreign = np.isin(case.kind.astype(str), ("oda_loan", "oda_grant"))
    return np.asarray(
        book.flag("key_project")[0] | book.flag("emergency")[0] | book.flag("oda")[0] | foreign, dtype=bool
    )


def _merged(parts: Segments, *marks: Ints) -> Segments:
    """Join the segments of a line between its *marks*: no tier tells their slopes apart."""
    if not parts.line.size:
        return parts
    side = np.sum([parts.beyond(at) for at in marks], axis=0)
    new = np.ones(parts.line.size, dtype=bool)
    new[1:] = (parts.line[1:] != parts.line[:-1]) | (side[1:] != side[:-1])
    first = np.flatnonzero(new)
    last = np.append(first[1:], parts.line.size) - 1
    return Segments(parts.line[first], parts.start[first], parts.end[last], parts.slope[first])
