"""Whether the frames of a stored round tell one plan, and every amount shown follows from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from phanbo.auditing.folder import StoredRound
from phanbo.auditing.report import Said
from phanbo.auditing.statement import columns, goals, tiers_wanted

__all__ = ["figures"]


def figures(stored: StoredRound) -> Iterator[Said]:
    """Find amounts that disagree: of lines, transfers, adjustments, pools, tiers, totals and stored facts."""
    yield from _facts(stored)
    yield from _lines(stored)
    moved: Counter[tuple[str, str]] = Counter()
    yield from _transfers(stored, moved)
    yield from _adjustments(stored)
    yield from _pools(stored, moved)
    yield from _tiers(stored)
    cut, add = stored.column("cut"), stored.column("add")
    before, after = (stored.column(name).tolist() for name in ("expected", "expected_after"))
    yield from _same(
        "summary",
        stored.plain["summary"],
        lines=len(stored.ids),
        cut_lines=int((cut > 0).sum()),
        raised_lines=int((add > 0).sum()),
        cut=sum(cut.tolist()),
        added=sum(add.tolist()),
        returned=sum(row["returned"] for row in stored.plain["pools"]),
        expected=sum(before),
        year_end_ratio=_ratio(sum(before), sum(stored.case.plan.tolist())),
        expected_after=sum(after),
    )


def _same(where: str, row: Mapping[str, Any], **wanted: object) -> Iterator[Said]:
    """Find the cells of a row that are not as wanted, in value or in type."""
    for name, value in wanted.items():
        if row[name] != value or type(row[name]) is not type(value):
            yield "figure", {"where": where, "column": name, "found": row[name], "wanted": value}


def _spent(points: list[int], plan: int) -> int:
    """Return ``⌊mean_k min(plan, y_k)⌋``, đồng."""
    return sum(min(plan, y) for y in points) // len(points)


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _facts(stored: StoredRound) -> Iterator[Said]:
    """The stored facts of the lines are those of tables and assessment."""
    case, book, reading = stored.case, stored.case.portfolio, stored.case.assessment.decides
    flagged = [book.flag(name)[0].tolist() for name in ("key_project", "emergency", "oda")]
    foreign = [kind in ("oda_loan", "oda_grant") for kind in case.kind.tolist()]
    offers = case.offer.tolist()
    true: dict[str, list[Any]] = {
        "late": case.late.tolist(),
        "key": [any(flags) for flags in zip(*flagged, foreign, strict=True)],
        "late_permille": [
            1000 if offer else late
            for offer, late in zip(offers, reading.late_permille.tolist(), strict=True)
        ],
        "lead_permille": reading.lead_permille.tolist(),
    }
    told = stored.plain["certificate"]["facts"]
    for name, values in true.items():
        if [(type(v), v) for v in told[name]] != [(type(v), v) for v in values]:
            yield "fact", {"name": name}


def _lines(stored: StoredRound) -> Iterator[Said]:
    case, cut, add = stored.case, stored.column("cut").tolist(), stored.column("add").tolist()
    owners, pool, plans = case.portfolio.text("owner").tolist(), case.pools.pool.tolist(), case.plan.tolist()
    readings, judged = case.assessment.readings, case.assessment.portfolio.money("plan")[0].tolist()
    done = {f"share_{name}": reading.executed.tolist() for name, reading in readings.items()}
    classes = [stored.book.classes[k].code for k in stored.book.priority(case).tolist()]
    for i, row in enumerate(stored.plain["lines"]):
        points, after = case.outlook.points[i].tolist(), plans[i] + add[i] - cut[i]
        yield from _same(
            stored.ids[i],
            row,
            owner=owners[i],
            pool=case.pools.names[pool[i]],
            priority=classes[i],
            expected=_spent(points, plans[i]),
            expected_after=_spent(points, after),
            **{name: _ratio(executed[i], judged[i]) for name, executed in done.items()},
        )


def _transfers(stored: StoredRound, moved: Counter[tuple[str, str]]) -> Iterator[Said]:
    """Transfers stay in their pools and out of closed owners, are ranked, gain what they say, and make the lines.

    *moved* is told how much goes from and to every name.
    """
    case, place, leaf, last = stored.case, stored.place, stored.case.pools.leaf.tolist(), 0
    home = {line: case.pools.names[p] for line, p in zip(stored.ids, case.pools.pool.tolist(), strict=True)}
    sources = home | {f"inflow:{name}": name for name in case.pools.names}
    sinks = home | {f"{kind}:{name}": name for name in case.pools.names for kind in ("reserve", "shortfall")}
    now = case.plan.tolist()
    for number, row in enumerate(stored.plain["transfers"], start=1):
        giver, taker, amount = row["from_line"], row["to_line"], row["amount"]
        last += last > 0 or taker != f"shortfall:{row['pool']}"
        i, j = place.get(giver), place.get(taker)
        crossing = j is not None and (i is None or leaf[i] != leaf[j])
        fits = sources.get(giver) == sinks.get(taker) == row["pool"] and row["rank"] == last
        if not fits or type(amount) is not int or amount <= 0 or (crossing and stored.closed[j]):
            yield "transfer", {"row": number}
        gain = 0
        for line, change in ((i, -amount), (j, amount)):
            if line is not None:
                points, now[line] = case.outlook.points[line].tolist(), now[line] + change
                gain += _spent(points, now[line]) - _spent(points, now[line] - change)
        yield from _same(f"transfers {number}", row, gain=gain)
        moved["from", giver] += amount
        moved["to", taker] += amount
    sides = zip(stored.ids, stored.column("cut").tolist(), stored.column("add").tolist(), strict=True)
    for name, cut, add in sides:
        if (moved["from", name], moved["to", name]) != (cut, add):
            yield "lines", {"line": name}


def _adjustments(stored: StoredRound) -> Iterator[Said]:
    """The adjustments are the changed lines, each once, with the figures and the first rank of each."""
    case, rows = stored.case, stored.plain["adjustments"]
    first: dict[str, int] = {}
    for row in stored.plain["transfers"]:
        for line in (row["from_line"], row["to_line"]):
            first.setdefault(line, row["rank"])
    change = (stored.column("add") - stored.column("cut")).tolist()
    changed = sorted(stored.ids[i] for i in range(len(change)) if change[i])
    if sorted(row["line_id"] for row in rows) != changed:
        yield "changed", {}
        return
    for row in rows:
        i = stored.place[row["line_id"]]
        plan, stated = int(case.plan[i]), stored.plain["lines"][i]
        yield from _same(
            f"adjustments {stored.ids[i]}",
            row,
            rank=first.get(stored.ids[i]),
            plan=plan,
            change=change[i],
            plan_after=plan + change[i],
            disbursed=int(case.disbursed[i]),
            **{name: stated[name] for name in ("owner", "priority", "expected", "expected_after")},
        )


def _pools(stored: StoredRound, moved: Counter[tuple[str, str]]) -> Iterator[Said]:
    """Every pool balances to the đồng: what leaves its lines is added in it, returned, or owed."""
    unit, pools = stored.case.policy.unit, stored.case.pools
    cut, add = stored.column("cut"), stored.column("add")
    for p, name in enumerate(pools.names):
        inflow = int(pools.inflow[p])
        duty = inflow // unit * unit
        given, added = (sum(side[pools.pool == p].tolist()) for side in (cut, add))
        came, owed, kept = (
            moved["from", f"inflow:{name}"],
            moved["to", f"shortfall:{name}"],
            moved["to", f"reserve:{name}"],
        )
        used = came if not stored.full else max(0, duty)
        off = given + used - added - max(0, -duty) - kept
        if off or owed != max(0, -duty) or came > max(0, duty):
            yield "balance", {"pool": name, "off": off or owed - max(0, -duty) or came - max(0, duty)}
        yield from _same(
            f"pools {name}",
            stored.plain["pools"][p],
            pool=name,
            cut=given,
            added=added,
            inflow=inflow,
            returned=kept,
            authority_within=pools.within[p],
            authority_between=pools.between[p],
        )
    if len(stored.plain["pools"]) != len(pools.names):
        yield "balance", {"pool": "?", "off": 0}


def _tiers(stored: StoredRound) -> Iterator[Said]:
    """The table of tiers shows the value of this plan, that of the full round, and the difference."""
    unit, plan, wanted = stored.case.policy.unit, list(columns(stored)), tiers_wanted(stored)
    best = {tier["tier"]: tier["value"] for tier in stored.plain["certificate"]["tiers"]}
    rows = stored.plain["tiers"]
    if [row["tier"] for row in rows] != wanted:
        yield "order", {"found": [row["tier"] for row in rows], "wanted": wanted}
        return
    for row in rows:
        name, goal = row["tier"], goals(stored, row["tier"])
        found = sum(goal(column) * max(0, column.x) for column in plan)
        down = name in ("protect", "protect_late", "authority", "canonical")
        scale = (1 if down else -1) * (1 if name in ("worst_first", "canonical") else unit)
        value, bound = found * scale, best[name] * scale
        yield from _same(f"tiers {name}", row, value=value, bound=bound, gap=abs(value - bound))
