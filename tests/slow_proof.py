"""The round and the proof of its tiers once more, unit by unit in Python integers, as *model* §7 and §8 state them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from phanbo.case import Case
    from phanbo.certificate import Claims
    from phanbo.rulebook import Rulebook

__all__ = ["Column", "SlowRound"]

MOST_PRICE = 2**61


@dataclass(frozen=True)
class Column:
    """One unit of one line, or a flow: its kind, its line, leaf or pool, how many points cover it, whether marked, asked for."""

    kind: str
    place: int
    chance: int = 0
    marked: bool = False
    pinned: bool = False


class SlowRound:
    """What may move, and the rows it keeps."""

    def __init__(self, case: Case, rulebook: Rulebook, claims: Claims) -> None:
        self.case, self.rulebook, self.claims = case, rulebook, claims
        self.unit = case.policy.unit
        self.columns: list[Column] = []
        self.x: list[int] = []
        self.upper: list[int] = []
        for i in range(len(case)):
            self._units(i, "cut")
        for i in range(len(case)):
            self._units(i, "add")
        self._flows()

    def _put(self, column: Column, x: int, upper: int) -> None:
        self.columns.append(column)
        self.x.append(x)
        self.upper.append(upper)

    def _units(self, i: int, kind: str) -> None:
        """State the units of one side of a line, the first one next to its plan."""
        case, claims, unit = self.case, self.claims, self.unit
        plan, points = int(case.plan[i]), case.outlook.points[i].tolist()
        if kind == "cut":
            mark = int(claims.cut[i]) // unit
            most = max(mark, int(claims.forced[i]) // unit if case.shrinking[i] else 0)
            taken = int(claims.changes.cut[i]) // unit
        else:
            free = max(0, plan - int(case.disbursed[i]) - int(case.committed[i]))
            mark = -(-max(0, int(case.claims[i]) - free) // unit)
            most, taken = int(claims.add[i]) // unit, int(claims.changes.add[i]) // unit
        pin = dict(case.policy.pins).get(case.portfolio.text("line_id")[i], 0)
        asked = (-pin if kind == "cut" else pin) // unit
        for k in range(1, most + 1):
            top = plan - unit * (k - 1) if kind == "cut" else plan + unit * k
            chance = sum(y >= top for y in points)
            self._put(Column(kind, i, chance, k > mark, k <= asked), int(k <= taken), 1)

    def _flows(self) -> None:
        """State what enters and leaves each leaf, and what each pool keeps."""
        pools, unit, hands = self.case.pools, self.unit, self.case.policy.authority
        leaf, changes = pools.leaf.tolist(), self.claims.changes
        net = [0] * len(pools.leaf_owner)
        for i, home in enumerate(leaf):
            net[home] += int(changes.add[i] - changes.cut[i]) // unit
        sizes = {
            kind: [sum(c.kind == kind and leaf[c.place] == h for c in self.columns) for h in range(len(net))]
            for kind in ("cut", "add")
        }
        for h, came in enumerate(net):
            self._put(Column("into", h), max(0, came), 0 if self.claims.closed[h] else sizes["add"][h])
        for h, came in enumerate(net):
            self._put(Column("out", h), max(0, -came), sizes["cut"][h])
        for p, inflow in enumerate(self.inflow):
            mine = [h for h, pool in enumerate(pools.leaf_pool.tolist()) if pool == p]
            opened = hands is None or {pools.within[p], pools.between[p]} <= set(hands)
            room = sum(sizes["cut"][h] for h in mine) if self.case.policy.return_unplaced and opened else 0
            self._put(Column("kept", p), inflow - sum(net[h] for h in mine), max(0, inflow) + room)

    @property
    def inflow(self) -> list[int]:
        """Return what comes into each pool, in units; a shortfall is rounded up."""
        return [amount // self.unit for amount in self.case.pools.inflow.tolist()]

    @cached_property
    def rows(self) -> dict[str, tuple[dict[int, int], int, int]]:
        """Every row by its key: entries by column, lower and upper end."""
        pools, found = self.case.pools, {}
        of_line, of_leaf = pools.leaf.tolist(), pools.leaf_pool.tolist()
        for h, owner in enumerate(pools.leaf_owner):
            signs = {"cut": 1, "add": -1}
            entries = {
                k: signs[c.kind]
                for k, c in enumerate(self.columns)
                if c.kind in signs and of_line[c.place] == h
            }
            entries |= {k: 1 for k, c in enumerate(self.columns) if c == Column("into", h)}
            entries |= {k: -1 for k, c in enumerate(self.columns) if c == Column("out", h)}
            found[f"leaf:{pools.names[of_leaf[h]]}|{owner}"] = (entries, 0, 0)
        for p, name in enumerate(pools.names):
            signs = {"out": 1, "into": -1}
            entries = {
                k: signs[c.kind]
                for k, c in enumerate(self.columns)
                if c.kind in signs and of_leaf[c.place] == p
            }
            entries |= {k: -1 for k, c in enumerate(self.columns) if c == Column("kept", p)}
            found[f"pool:{name}"] = (entries, -self.inflow[p], -self.inflow[p])
        for row in self.claims.rows:
            entries = {k: 1 for k, c in enumerate(self.columns) if c.kind == "add" and c.place in row.lines}
            found[row.key] = (entries, 0, row.headroom // self.unit)
        return found

    @property
    def first(self) -> str:
        """The key of the first row."""
        return next(iter(self.rows))

    def misfit(self) -> str:
        """Return what makes the plan no point of the program."""
        if any(not 0 <= x <= top for x, top in zip(self.x, self.upper, strict=True)):
            return "the plan leaves the bounds of the program"
        for key, (entries, low, high) in self.rows.items():
            if not low <= sum(sign * self.x[k] for k, sign in entries.items()) <= high:
                return f"the plan breaks row {key}"
        changes = self.claims.changes
        for kind, change in (("cut", changes.cut.tolist()), ("add", changes.add.tolist())):
            for i, amount in enumerate(change):
                stated = sum(
                    x for x, c in zip(self.x, self.columns, strict=True) if (c.kind, c.place) == (kind, i)
                )
                if stated * self.unit != amount:
                    return "the plan is larger than its bounds"
        return ""

    # -- what the tiers count --------------------------------------------------------------------------------

    def cost(self, name: str) -> list[int]:
        """Return the cost of a tier for every column."""
        ranks = self.ranks(name) if name.startswith("canonical") else {}
        return [self._cost(name, c, ranks) for c in self.columns]

    def _cost(self, name: str, c: Column, ranks: dict[int, int]) -> int:
        case, reading, i = self.case, self.case.assessment.decides, c.place
        late = {"protect": False, "protect_late": True}
        flags = [bool(case.portfolio.flag(flag)[0][i]) for flag in FLAGS] if c.kind == "add" else []
        if name in late:
            return int(c.kind == "cut" and c.marked and bool(case.late[i]) == late[name])
        if name.startswith("canonical"):
            return ranks[i] if c.kind in ("cut", "add") else int(c.kind in ("into", "out"))
        if name.startswith("line["):
            return int(c.kind in ("cut", "add") and name == f"line[{i}]")
        if name.startswith("priority["):
            place = int(self.rulebook.priority(case)[i]) if c.kind == "add" else -1
            return -int(c.kind == "add" and name == f"priority[{self.rulebook.classes[place].code}]")
        if name == "worst_first" and c.kind == "cut":
            return -1000 if case.offer[i] > 0 else -int(reading.late_permille[i])
        if name == "worst_first" and c.kind == "add":
            return -int(reading.lead_permille[i])
        if name == "disbursement":
            return {"cut": c.chance, "add": -c.chance}.get(c.kind, 0)
        if name == "key" and c.kind == "add":
            return -int(any(flags) or case.kind[i] in ("oda_loan", "oda_grant"))
        if name == "pinned":
            return -int(c.pinned)
        counted = {
            "obligations": ("add", not c.marked),
            "return": ("kept", True),
            "authority": ("into", True),
        }
        kind, counts = counted.get(name, ("", False))
        return {"authority": 1}.get(name, -1) if c.kind == kind and counts else 0

    def ranks(self, name: str) -> dict[int, int]:
        """Return the rank of every line by the salted hash of its id, ties by the id."""
        salt = name[len("canonical[") : -1] + ":" if "[" in name else ""
        ids = self.case.portfolio.text("line_id").tolist()
        order = sorted(
            range(len(ids)), key=lambda i: (blake2b((salt + ids[i]).encode(), digest_size=8).digest(), i)
        )
        return {i: k + 1 for k, i in enumerate(order)}

    # -- the chain of bounds -----------------------------------------------------------------------------------

    def chain(self, tiers: tuple[tuple[str, int, Any, int], ...]) -> list[tuple[str, int, int, str]]:
        """Return name, value, bound and fault of every tier, each over the face that the ones before leave."""
        ends = [[0, top] for top in self.upper]
        rows = {key: [low, high] for key, (_, low, high) in self.rows.items()}
        found = []
        for name, value, duals, _ in tiers:
            cost = self.cost(name)
            own = sum(c * x for c, x in zip(cost, self.x, strict=True))
            fault = self._odd(duals)
            if fault:
                found.append((name, own, own - 1, fault))
                continue
            bound = self._bound(cost, duals, ends, rows)
            if own != value:
                fault = f"its value is {own}, not {value}"
            elif own != bound:
                fault = f"value {own} is not proved: the bound is {bound}"
            found.append((name, own, bound, fault))
        return found

    def _bound(
        self, cost: list[int], duals: dict[str, int], ends: list[list[int]], rows: dict[str, list[int]]
    ) -> int:
        """Return what weak duality proves, and narrow the ends to where it is attained."""
        bound = 0
        for key, dual in duals.items():
            if dual:
                end = rows[key][0 if dual > 0 else 1]
                bound, rows[key] = bound + dual * end, [end, end]
        for k, c in enumerate(cost):
            reduced = c - sum(self.rows[key][0].get(k, 0) * dual for key, dual in duals.items())
            if reduced:
                end = ends[k][0 if reduced > 0 else 1]
                bound, ends[k] = bound + reduced * end, [end, end]
        return bound

    def _odd(self, duals: Any) -> str:
        if not isinstance(duals, dict):
            return "its duals are no mapping"
        for key in duals:
            if key not in self.rows:
                return f"a dual of an unknown row {key}"
        if any(type(dual) is not int for dual in duals.values()):
            return "a dual is no integer"
        return "its duals are too large" if sum(abs(d) for d in duals.values()) > MOST_PRICE else ""


FLAGS = ("key_project", "emergency", "oda")
