"""Audit a case folder from its files alone: legal, every bound the largest legal one, nothing better (*model* §8).

No rule is asked for its limits; nothing of solver, program or proposal is used. ``python -m phanbo.audit DIR``
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from phanbo.auditing.figures import figures
from phanbo.auditing.folder import StoredRound
from phanbo.auditing.report import Audit, Said, report
from phanbo.auditing.statement import Column, Goal, columns, goals, tiers_wanted
from phanbo.case import Changes
from phanbo.money import Bools, Ints
from phanbo.rulebook import Rulebook
from phanbo.rules import Rule

__all__ = ["audit"]

SALTED = re.compile(r"canonical\[[12]\]|line\[[0-9]+\]")  # further orders, to settle ties
Ends = dict[str, tuple[int, int]]


def audit(folder: str | Path, *, rulebook: Rulebook | None = None) -> Audit:
    """Return what an audit of a case folder finds; *rulebook* is needed where it has rules of one's own."""
    checks = StoredRound.law, figures, legal, bounds, optimal
    return report(folder, lambda: StoredRound(folder, rulebook), checks)


def legal(stored: StoredRound) -> Iterator[Said]:
    """Find what breaks a rule; a shrinking pool cuts below the surplus of its lines only what its duty asks."""
    case, unit, cut, add = stored.case, stored.case.policy.unit, stored.column("cut"), stored.column("add")
    spare, deepest, most = (stored.column(f"{side}_bound") for side in ("cut", "forced", "add"))
    wrong = (cut % unit + add % unit > 0) | ((cut > 0) & (add > 0)) | (cut > case.plan) | (add > most)
    wrong |= cut > np.where(case.shrinking, np.maximum(spare, deepest), spare)
    wrong |= stored.full & (np.maximum(case.pins, 0) > add) | stored.full & (np.maximum(-case.pins, 0) > cut)
    yield from (("plan", {"line": stored.ids[i]}) for i in np.flatnonzero(wrong))
    for rule in stored.book.rules:
        excess = np.array(rule.violations(case, Changes(cut, add)))
        if not rule.when_forced and rule.code not in ("pool-balance", "revenue-shortfall", "authority"):
            excess[case.shrinking & (cut > 0)] = (
                0  # a shortfall forces it: judged by the rules that hold then
            )
        for i in np.flatnonzero(excess > 0):
            yield "rule", {"line": stored.ids[i], "rule": rule.code, "excess": int(excess[i])}
    for p in np.flatnonzero(case.pools.shrinking & stored.full):
        here = case.pools.pool == p
        asked = -(int(case.pools.inflow[p]) // unit * unit) - sum(spare[here].tolist())
        if sum((cut - spare)[here & (cut > spare)].tolist()) > max(0, asked):
            yield "duty", {"pool": case.pools.names[p]}


def bounds(stored: StoredRound) -> Iterator[Said]:
    """Find bounds that are illegal, or legal one unit above; open owners said closed; rows no rule states."""
    case, unit, none = stored.case, stored.case.policy.unit, np.zeros(len(stored.ids), dtype=np.int64)
    of, everyone = {rule.code: rule for rule in stored.book.rules}, np.full(len(stored.ids), fill_value=True)

    def breaks(side: str, amount: Ints, asked: Iterable[Rule], *, alone: bool = False) -> Bools:
        change = Changes(none, amount) if side == "add" else Changes(amount, none)
        excess = [change.cut - case.plan, *(rule.violations(case, change, alone=alone) for rule in asked)]
        return np.asarray(np.max(excess, axis=0) > 0, dtype=bool)

    waived = [rule for rule in of.values() if rule.when_forced]
    sides = ("cut", everyone, of.values()), ("add", everyone, of.values()), ("forced", case.shrinking, waived)
    for side, judged, asked in sides:
        bound = stored.column(f"{side}_bound")
        lawful = judged & (bound % unit == 0) & ~breaks(side, bound, asked, alone=True)
        for i in np.flatnonzero((bound > 0) & ~lawful):
            yield "illegal", {"line": stored.ids[i], "side": side}
        for i in np.flatnonzero(judged & ~breaks(side, bound + unit, asked, alone=True)):
            yield "short", {"line": stored.ids[i], "side": side}
    walls = [rule for rule in of.values() if rule.closes_owners]
    for i in np.flatnonzero(stored.closed & ~breaks("add", np.where(stored.closed, unit, 0), walls)):
        yield "closed", {"owner": stored.plain["lines"][i]["owner"]}
    for row in stored.plain["certificate"]["rows"]:
        lines, room = [stored.place[line] for line in row["lines"]], row["headroom"]
        # One đồng over its headroom, shared by its lines, is refused on each; a small one pair by pair.
        pairs = [lines[:1], *([lines[0], line] for line in lines[1:])] if room else [[line] for line in lines]
        for some in [lines] if room + 1 >= len(lines) else pairs:
            over = none.copy()
            over[some] = [room + 2 - len(some)] + [1] * (len(some) - 1)
            if len(set(lines)) < len(lines) or not breaks("add", over, [of[row["rule"]]])[some].all():
                yield "row", {"key": row["key"], "rule": row["rule"]}


def optimal(stored: StoredRound) -> Iterator[Said]:
    """Find tiers whose duals do not prove the plan best, each over the points left by the tiers before it."""
    proof, plan, used = stored.plain["certificate"], list(columns(stored)), Counter[str]()
    if not stored.full or proof["marked"]:
        yield ("part" if not stored.full else "marked"), {}
        return (yield from [("excuse", {})] if proof["marked"] and not stored.may_be_marked else [])
    wanted, told = tiers_wanted(stored), [tier["tier"] for tier in proof["tiers"]]
    if told[: len(wanted)] != wanted or not all(SALTED.fullmatch(name) for name in told[len(wanted) :]):
        yield "order", {"found": told, "wanted": wanted}
    ends = {row["key"]: (0, row["headroom"] // stored.case.policy.unit) for row in proof["rows"]}
    for column in plan:
        used.update({key: sign * column.x for key, sign in column.rows.items()})
    astray = [next(iter(column.rows)) for column in plan if not 0 <= column.x <= column.high]
    astray += [
        key for key, (_, most) in ends.items() if used[key] > most or key.startswith(("leaf:", "pool:"))
    ]
    for key in astray if len(ends) == len(proof["rows"]) else [*astray, "certificate.rows"]:
        yield "program", {"where": key}
    for tier in proof["tiers"]:
        if not tier["duals"].keys() <= used.keys() or not {*map(type, tier["duals"].values())} <= {int}:
            yield "duals", {"tier": tier["tier"]}
        value, gap = narrow(plan, ends, used, tier["duals"], goals(stored, tier["tier"]))
        if value != tier["value"]:
            yield "value", {"tier": tier["tier"], "found": value, "wanted": tier["value"]}
        if gap:
            yield "gap", {"tier": tier["tier"], "gap": gap}


def narrow(
    plan: list[Column], ends: Ends, used: Counter[str], duals: dict[str, int], cost: Goal
) -> tuple[int, int]:
    """Return a tier's value and how far it lies above its proved bound; hold columns and rows to what is as good.

    Weak duality: for any duals π let ``z = c − Aᵀπ``; then ``c·x = z·x + π·Ax`` is least where each column stands at
    the end its *z* favours and each row at the end its π does. The plan is best if it stands at these ends; so does
    every plan as good, and to them the next tier is held. Whole numbers throughout: the gap is exactly 0.
    """
    value = gap = 0
    for key, (low, high) in ends.items():
        if price := duals.get(key, 0):
            end = low if price > 0 else high
            gap, ends[key] = gap + price * (used[key] - end), (end, end)
    for column in plan:
        weight = cost(column)
        value += weight * column.x
        if reduced := weight - sum(sign * duals.get(key, 0) for key, sign in column.rows.items()):
            end = column.low if reduced > 0 else column.high
            gap, column.low, column.high = gap + reduced * (column.x - end), end, end
    return value, gap


if __name__ == "__main__":
    found = audit(sys.argv[1])
    sys.stdout.buffer.write(f"{found.text()}\n".encode())
    sys.exit(0 if found else 4)
