"""Transfers and their order once more, move by move in Python integers, as *model* §5 and §6 state them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from phanbo.assemble import tier_plan
from phanbo.transfers import INFLOW, RESERVE, SHORTFALL

if TYPE_CHECKING:
    from collections.abc import Callable

    from phanbo.case import Case
    from phanbo.rulebook import Rulebook

__all__ = ["Move", "SlowMoves", "in_order", "mean_chance"]


@dataclass(frozen=True)
class Move:
    """One transfer."""

    donor: int
    receiver: int
    pool: int
    amount: int
    tier: int
    slope: int


@dataclass(frozen=True)
class Piece:
    """What a line, a reserve, a shortfall or an inflow gives or takes."""

    line: int
    amount: int
    tier: int
    slope: int


def mean_chance(points: list[int], low: int, high: int, unit: int) -> int:
    """Return the mean chance that a đồng between two totals is spent, in millionths; 0 where there is none."""
    spent = sum((min(y, high) - min(y, low)) // unit for y in points)
    return spent * 1_000_000 // max(1, len(points) * ((high - low) // unit))


class SlowMoves:
    """Who gives to whom, line by line."""

    def __init__(self, case: Case, rulebook: Rulebook, cut: list[int], add: list[int]) -> None:
        self.case, self.cut, self.add = case, cut, add
        self.unit, self.plan = case.policy.unit, case.plan.tolist()
        self.points = case.outlook.points.tolist()
        self.names = [tier.name for tier in tier_plan(case, rulebook)]
        self.classes = [rulebook.classes[k].code for k in rulebook.priority(case).tolist()]
        duties = [inflow // self.unit * self.unit for inflow in case.pools.inflow.tolist()]
        self.short, self.came = [max(0, -d) for d in duties], [max(0, d) for d in duties]
        self.pool, self.leaf = case.pools.pool.tolist(), case.pools.leaf.tolist()
        self.left = [
            sum(cut[i] - add[i] for i in range(len(cut)) if self.pool[i] == p) + duties[p]
            for p in range(len(duties))
        ]

    def place(self, *names: str) -> int:
        """Return the place of the first of some tiers."""
        return min((self.names.index(name) for name in names if name in self.names), default=len(self.names))

    def delay(self, line: int) -> int:
        """Return how late a line is; an offer is as late as can be, an inflow later still."""
        if line < 0:
            return 1001
        late = self.case.assessment.decides.late_permille[line]
        return 1000 if self.case.offer[line] > 0 else int(late)

    def giver(self, i: int) -> Piece:
        """Return what a line gives, with the chance lost."""
        low = self.plan[i] - self.cut[i]
        return Piece(i, self.cut[i], 0, mean_chance(self.points[i], low, self.plan[i], self.unit))

    def takers(self, i: int) -> list[Piece]:
        """Return what a line takes: what is asked, what serves its claims, if another tier counts that, and the rest."""
        book, kind = self.case.portfolio, self.case.portfolio.text("kind")[i]
        key = kind in ("oda_loan", "oda_grant")
        key |= any(bool(book.flag(name)[0][i]) for name in ("key_project", "emergency", "oda"))
        usual = [f"priority[{self.classes[i]}]", "disbursement", *(["key"] if key else [])]
        rest, first = self.place(*usual), self.place(*usual, "obligations")
        free = max(0, self.plan[i] - int(self.case.disbursed[i]) - int(self.case.committed[i]))
        owed = -(-max(0, int(self.case.claims[i]) - free) // self.unit) * self.unit
        asked = max(0, dict(self.case.policy.pins).get(book.text("line_id")[i], 0))
        pinned = min(self.add[i], asked)
        claims = max(pinned, min(self.add[i], owed)) if first != rest else pinned
        pieces = []
        parts = ((0, pinned, self.place("pinned")), (pinned, claims, first), (claims, self.add[i], rest))
        for low, high, tier in parts:
            if high > low:
                start = self.plan[i]
                chance = mean_chance(self.points[i], start + low, start + high, self.unit)
                pieces.append(Piece(i, high - low, tier, chance))
        return pieces

    def by_loss(self, pieces: list[Piece]) -> list[Piece]:
        """Return donors, the least lost first, then the latest."""
        return sorted(pieces, key=lambda p: (p.slope, -self.delay(p.line), p.line))

    def by_gain(self, pieces: list[Piece]) -> list[Piece]:
        """Return receivers by tier, the reserve after every line, the best chance first."""
        return sorted(pieces, key=lambda p: (p.tier, p.line == RESERVE, -p.slope, p.line))

    def moves(self) -> list[Move]:
        """Return the transfers: inside each leaf first, then over the pool."""
        found: list[Move] = []
        lines = range(len(self.cut))
        givers: dict[int, list[Piece]] = {p: [] for p in range(len(self.short))}
        takers: dict[int, list[Piece]] = {p: [] for p in range(len(self.short))}
        for leaf, pool in enumerate(self.case.pools.leaf_pool.tolist()):
            here = [i for i in lines if self.leaf[i] == leaf]
            gives = self.by_loss([self.giver(i) for i in here if self.cut[i]])
            takes = self.by_gain([piece for i in here if self.add[i] for piece in self.takers(i)])
            gives, takes = matched(gives, takes, pool, found.append)
            givers[pool] += gives
            takers[pool] += takes
        for p, gives in givers.items():
            if self.came[p]:
                gives.append(Piece(INFLOW, self.came[p], 0, 0))
            if self.short[p]:
                takers[p].append(Piece(SHORTFALL, self.short[p], -1, 0))
            if self.left[p] > 0:
                takers[p].append(Piece(RESERVE, self.left[p], self.place("return"), 0))
            rest = matched(self.by_loss(gives), self.by_gain(takers[p]), p, found.append)
            assert rest == ([], [])
        return found


def matched(
    gives: list[Piece], takes: list[Piece], pool: int, move: Callable[[Move], None]
) -> tuple[list[Piece], list[Piece]]:
    """Let the first giver give to the first taker until one side is empty; return what is left."""
    gives, takes = list(gives), list(takes)
    while gives and takes:
        one, two = gives[0], takes[0]
        amount = min(one.amount, two.amount)
        move(Move(one.line, two.line, pool, amount, two.tier, two.slope - one.slope))
        for side in (gives, takes):
            side[0] = replace(side[0], amount=side[0].amount - amount)
            if not side[0].amount:
                side.pop(0)
    return gives, takes


def in_order(moves: list[Move], plan: list[int], points: list[list[int]]) -> list[tuple[Move, int, int]]:
    """Return the moves in order, with rank and gain: what all lines are expected to spend more."""

    def expected() -> int:
        return sum(sum(min(y, now) for y in row) // len(row) for row, now in zip(points, totals, strict=True))

    totals, rank, found = list(plan), 0, []
    for move in sorted(
        moves,
        key=lambda m: (
            m.receiver != SHORTFALL,
            m.tier,
            -m.slope,
            -m.amount,
            m.donor,
            m.receiver,
            m.pool,
        ),
    ):
        before = expected()
        if move.donor >= 0:
            totals[move.donor] -= move.amount
        if move.receiver >= 0:
            totals[move.receiver] += move.amount
        rank += move.receiver != SHORTFALL
        found.append((move, rank if move.receiver != SHORTFALL else 0, expected() - before))
    return found
