"""Every check of the certificate once more, line by line, as *model* §8 states it; rules by their second face."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from phanbo.case import Changes
from phanbo.rules import RULES
from phanbo.rules.granted import ungranted
from slow_proof import SlowRound

if TYPE_CHECKING:
    from phanbo.case import Case
    from phanbo.certificate import Claims, RowClaim
    from phanbo.rulebook import Rulebook
    from phanbo.rules import Rule

__all__ = ["SlowCertificate", "follows"]

MOST = 2**60
WALLS = ("pool-balance", "revenue-shortfall", "authority")


def follows(case: Case, rule: Rule, row: RowClaim) -> bool:
    """Return whether one đồng over a row's headroom, however spread by the first line, breaks the rule on each."""

    def broken(members: tuple[int, ...]) -> bool:
        add = [0] * len(case)
        for i in members[1:]:
            add[i] = 1
        add[members[0]] = row.headroom + 1 - (len(members) - 1)
        nothing = np.zeros(len(case), dtype=np.int64)
        excess = rule.violations(case, Changes(nothing, np.array(add, dtype=np.int64)))
        return all(excess[i] > 0 for i in members)

    if row.headroom == 0:
        return all(broken((i,)) for i in row.lines)
    if row.headroom + 1 >= len(row.lines):
        return broken(row.lines)
    return broken(row.lines[:1]) and all(broken((row.lines[0], i)) for i in row.lines[1:])


class SlowCertificate:
    """What does not hold of some claims."""

    def __init__(self, case: Case, rulebook: Rulebook, claims: Claims) -> None:
        self.case, self.rulebook, self.claims = case, rulebook, claims
        self.n, self.unit = len(case), case.policy.unit
        self.pool, self.plan = case.pools.pool.tolist(), case.plan.tolist()
        self.shrinking = [case.pools.inflow[p] < 0 for p in self.pool]
        self.cut, self.add = claims.changes.cut.tolist(), claims.changes.add.tolist()
        self.ids = case.portfolio.text("line_id").tolist()
        self.gap = {name: gap for name, _, _, gap in claims.tiers}

    def findings(self) -> list[str]:
        """Return every finding, in order."""
        claims = self.claims
        found = self.legal(self.cut, self.add) + self.forced() + self.pins() + self.small() + self.transfers()
        found += self.bounds()
        found += self.facts()
        own = any(type(ungranted(rule)) is not RULES.get(rule.code) for rule in self.rulebook.rules)
        if self.case.held.any() and not self.case.policy.min_move:
            found.append("lines are held that the policy holds for nothing")
        if claims.marked and not own and not any(tier.fraction for tier in self.case.policy.ordered_tiers):
            found.append("nothing in this round excuses a proof of optimality")
        if claims.full and not claims.marked and not found:
            found = self.rows() + self.closed() + self.tiers()
        return found

    def legal(self, cut: list[int], add: list[int]) -> list[str]:
        """What makes a plan illegal."""
        found = []
        for name, side in (("cut", cut), ("add", add)):
            if min(side, default=0) < 0:
                return [f"{name}: not one amount of at least 0 đồng a line"]
            if any(amount % self.unit for amount in side):
                found.append(f"{name}: not in whole units of {self.unit} đồng")
        if any(c and a for c, a in zip(cut, add, strict=True)):
            found.append("a line is cut and raised at once")
        if any(c > p for c, p in zip(cut, self.plan, strict=True)):
            found.append("a line is cut by more than its plan")
        plan = Changes(np.array(cut, dtype=np.int64), np.array(add, dtype=np.int64))
        for rule in self.rulebook.rules:
            excess = rule.violations(self.case, plan).tolist()
            waived = not rule.when_forced and rule.code not in WALLS
            broken = [
                i for i in range(self.n) if excess[i] > 0 and not (waived and self.shrinking[i] and cut[i])
            ]
            found += [f"{rule.code}: line {self.ids[i]} breaks it by {excess[i]} đồng" for i in broken[:3]]
        return found

    def pins(self) -> list[str]:
        """Changes asked for that a full round does not make."""
        asked = dict(self.case.policy.pins) if self.claims.full else {}
        unknown = [
            f"a change is asked of line {line}, which is unknown"
            for line in sorted(asked.keys() - set(self.ids))
        ]
        short = [
            line
            for line, cut, add in zip(self.ids, self.cut, self.add, strict=True)
            if line in asked and (add < asked[line] or cut < -asked[line])
        ]
        return unknown + [f"line {line}: the change asked for is not made" for line in short[:3]]

    def facts(self) -> list[str]:
        """Facts of the lines that are stored otherwise than tables and assessment have them."""
        case, reading, told = self.case, self.case.assessment.decides, self.claims.facts
        key = [
            any(case.portfolio.flag(name)[0][i] for name in ("key_project", "emergency", "oda"))
            or case.kind[i] in ("oda_loan", "oda_grant")
            for i in range(self.n)
        ]
        late = [1000 if case.offer[i] > 0 else int(reading.late_permille[i]) for i in range(self.n)]
        true = {
            "late": case.late.tolist(),
            "key": key,
            "late_permille": late,
            "lead_permille": reading.lead_permille.tolist(),
        }
        return [
            f"the stored {name} of the lines is not that of the tables"
            for name, values in true.items()
            if getattr(told, name).tolist() != values
        ]

    def of_pool(self, values: list[int]) -> list[int]:
        """Return the sums by pool."""
        return [
            sum(v for v, home in zip(values, self.pool, strict=True) if home == p)
            for p in range(len(self.case.pools.names))
        ]

    def forced(self) -> list[str]:
        """What a shrinking pool asks, and no more."""
        bound, forced, most = (
            side.tolist() for side in (self.claims.cut, self.claims.forced, self.claims.add)
        )
        lines, found = range(self.n), []
        if any(self.cut[i] > bound[i] and not self.shrinking[i] for i in lines):
            found.append("a line is cut beyond its bound")
        if any(self.cut[i] > max(bound[i], forced[i]) for i in lines):
            found.append("a line is cut beyond its forced bound")
        if any(self.add[i] > most[i] for i in lines):
            found.append("a line is raised beyond its bound")
        owed = [-(inflow // self.unit) * self.unit for inflow in self.case.pools.inflow.tolist()]
        given = self.of_pool([c - a for c, a in zip(self.cut, self.add, strict=True)])
        if any(
            inflow < 0 and g < o for inflow, g, o in zip(self.case.pools.inflow, given, owed, strict=True)
        ):
            found.append("a shrinking pool gives less than it must")
        beyond = self.of_pool([max(0, c - b) for c, b in zip(self.cut, bound, strict=True)])
        allowed = [max(0, o - b) for o, b in zip(owed, self.of_pool(bound), strict=True)]
        if any(b > a for b, a in zip(beyond, allowed, strict=True)):
            found.append("a shrinking pool cuts below its surplus more than it must")
        return found

    def small(self) -> list[str]:
        """No line is changed by less than the least amount, but by a shortfall or with a line that a pin moves."""
        if not self.claims.full:
            return []
        pins, kept = self.case.policy.pins, set()
        for donor, receiver, *_ in zip(*(column.tolist() for column in self.claims.transfers), strict=True):
            named = {self.ids[k] for k in (donor, receiver) if k >= 0}
            if receiver == -2 or named & {*dict(pins)}:
                kept |= named
        least = self.case.policy.min_move
        found = [
            line
            for line, c, a in zip(self.ids, self.cut, self.add, strict=True)
            if 0 < c + a < least and line not in kept
        ]
        return [f"line {line}: it is changed by less than the least amount" for line in found[:3]]

    def transfers(self) -> list[str]:
        """Transfers add up, stay in their pool, are ranked; so is every prefix legal."""
        moves = list(zip(*(column.tolist() for column in self.claims.transfers), strict=True))
        found = []
        exact = sum(amount for _, _, _, amount, _ in moves) < MOST
        if not exact or self.sums(moves) != (self.cut, self.add):
            found.append("transfers do not add up to the changes of the lines")
        strays = [[m for m in moves if m[side] >= 0 and self.pool[m[side]] != m[2]] for side in (0, 1)]
        found += ["a transfer leaves its pool" for side in strays if side]
        if any(amount <= 0 for _, _, _, amount, _ in moves):
            found.append("a transfer moves nothing")
        ranks = [rank for *_, rank in moves]
        first = ranks.count(0)
        if ranks != [0] * first + list(range(1, len(ranks) - first + 1)):
            found.append("ranks are not 0 … 0, 1, 2, …")
        if any((receiver == -2) != (rank == 0) for _, receiver, _, _, rank in moves):
            found.append("rank 0 is not exactly the shortfall block")
        if found:
            return found
        leaf = [*self.case.pools.leaf.tolist(), None, None, None]  # what is no line is in no leaf
        entered = {r for d, r, *_ in moves if r >= 0 and leaf[d] != leaf[r]}
        brought = np.array([self.unit * (i in entered) for i in range(self.n)], dtype=np.int64)
        asked = [rule for rule in self.rulebook.rules if rule.closes_owners]
        faults = [rule.violations(self.case, Changes(np.zeros_like(brought), brought)) for rule in asked]
        if any(self.claims.closed[leaf[r]] for r in entered):
            found.append("a transfer brings capital to an owner that may not import")
        steps = len(moves) - first
        for k in sorted({0, steps // 3, steps * 2 // 3}) if steps else ():
            if first + k:
                part = self.legal(*self.sums(moves[: first + k]))
                found += [f"prefix {k}: {fault}" for fault in part]
        if not found and any(fault[r] > 0 for fault in faults for r in entered):
            found.append("a transfer brings capital to an owner that a rule closes")
        return found

    def sums(self, moves: list[tuple[int, ...]]) -> tuple[list[int], list[int]]:
        """Return the cut and the add of every line."""
        cut, add = [0] * self.n, [0] * self.n
        for donor, receiver, _, amount, _ in moves:
            for side, line in ((cut, donor), (add, receiver)):
                if line >= 0:
                    side[line] += amount
        return cut, add

    def bounds(self) -> list[str]:
        """Every bound is legal, and a unit more is not."""
        found = []
        for name, bound in (
            ("cut", self.claims.cut),
            ("add", self.claims.add),
            ("forced", self.claims.forced),
        ):
            stated = bound.tolist()
            if any(b < 0 or b % self.unit for b in stated):
                found.append(f"{name} bounds are not whole units")
                continue
            at, over = self.alone(name, stated), self.alone(name, [b + self.unit for b in stated])
            lines = [i for i in range(self.n) if name != "forced" or self.shrinking[i]]
            illegal, short = [i for i in lines if stated[i] and at[i]], [i for i in lines if not over[i]]
            found += [f"line {self.ids[i]}: its {name} bound is illegal" for i in illegal[:3]]
            found += [f"line {self.ids[i]}: its {name} bound is not the largest legal one" for i in short[:3]]
        return found

    def alone(self, name: str, amounts: list[int]) -> list[bool]:
        """Return which lines may not be changed by their amount."""
        nothing, change = np.zeros(self.n, dtype=np.int64), np.array(amounts, dtype=np.int64)
        plan = Changes(nothing, change) if name == "add" else Changes(change, nothing)
        broken = [name != "add" and amount > most for amount, most in zip(amounts, self.plan, strict=True)]
        for rule in self.rulebook.rules:
            if name != "forced" or rule.when_forced:
                excess = rule.violations(self.case, plan, alone=True).tolist()
                broken = [b or e > 0 for b, e in zip(broken, excess, strict=True)]
        return broken

    def rows(self) -> list[str]:
        """Every row follows from its rule."""
        rules = {rule.code: rule for rule in self.rulebook.rules}
        return [
            f"row {row.key} does not follow from rule {row.rule}"
            for row in self.claims.rows
            if not (
                row.rule in rules
                and row.lines
                and len(set(row.lines)) == len(row.lines)
                and all(0 <= i < self.n for i in row.lines)
                and 0 <= row.headroom < MOST
                and follows(self.case, rules[row.rule], row)
            )
        ]

    def closed(self) -> list[str]:
        """Every closed leaf is: a unit on its first line breaks a rule that closes owners."""
        leaf = self.case.pools.leaf.tolist()
        for k in np.flatnonzero(self.claims.closed).tolist():
            add, nothing = np.zeros(self.n, dtype=np.int64), np.zeros(self.n, dtype=np.int64)
            add[leaf.index(k)] = self.unit
            asked = [rule for rule in self.rulebook.rules if rule.closes_owners]
            if not any(r.violations(self.case, Changes(nothing, add))[leaf.index(k)] > 0 for r in asked):
                return ["an owner said not to import may import"]
        return []

    def tiers(self) -> list[str]:
        """Every tier is proved."""
        slow = SlowRound(self.case, self.rulebook, self.claims)
        misfit = slow.misfit()
        if misfit:
            self.gap = {"plan": 1}
            return [f"tier plan: {misfit}"]
        proofs = slow.chain(self.claims.tiers)
        self.gap = {name: value - bound for name, value, bound, _ in proofs}
        return [f"tier {name}: {fault}" for name, _, _, fault in proofs if fault]
