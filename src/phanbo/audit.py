"""Audit a case folder from its files alone (``python -m phanbo.audit DIR``); rules are asked for `violations` only."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from phanbo.case import Changes
from phanbo.errors import PhanboError
from phanbo.rulebook import Rulebook
from phanbo.stored_round import StoredRound, check_manifest, contradictions, noted, reopen

VERDICT = {"": "KHÔNG ĐÚNG / WRONG.", "legal": "ĐÚNG: hợp lệ, không xét tối ưu / RIGHT: legal, optimality not judged.",
           "optimal": "ĐÚNG: hợp lệ, và không có phương án nào tốt hơn / RIGHT: legal, and nothing better is."}
LEFT = "Xem phanbo verify, replay: dự báo, lý do, cột để đọc / left to them: forecast, reasons, columns only read."

@dataclass(frozen=True)
class Audit:
    """What an audit found, "vi / en": what is wrong, what to know, what is proved (a key of `VERDICT`)."""

    findings: tuple[str, ...]
    notes: tuple[str, ...]
    proved: str
    ok = property(lambda self: not self.findings, doc="Whether nothing is wrong.")
    to_dict = asdict
    __bool__ = ok.fget
    def text(self) -> str:
        """Return it, a sentence a line."""
        return "\n".join([*(f"SAI / WRONG: {each}" for each in self.findings), *self.notes, VERDICT[self.proved], LEFT])

def audit(folder: str | Path, *, rulebook: Rulebook | None = None) -> Audit:
    """Return what an audit of a case folder finds; *rulebook* is needed where it has rules of one's own."""
    wrong, notes, best = list[str](), list[str](), True
    try:
        wrong += map(" / ".join, zip(check_manifest(folder, "vi"), check_manifest(folder, "en"), strict=True))
        r = reopen(folder, rulebook)
        notes, best = [*noted(r)], r.full and not r.plain["certificate"]["marked"]
        for check in (contradictions, legal, bounds, *([optimal] if best else [])):
            wrong += check(r)
    except PhanboError as error:
        wrong.append(f"{error.message('vi')} / {error.message('en')}")
    except (OSError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        wrong.append(f"không đọc được / cannot be read: {error!r}")
    return Audit(tuple(wrong), tuple(notes), "" if wrong else "optimal" if best else "legal")

def legal(r: StoredRound) -> Iterator[str]:
    """Find changes beyond their bounds, pins that are not met, broken rules, cuts deeper than a shortfall asks for."""
    case, unit, pools, place, spare = r.case, r.case.policy.unit, r.case.pools, r.case.portfolio.place, r.cut_bound
    far = np.minimum(case.plan, np.where(case.shrinking, np.maximum(spare, r.forced_bound), spare))
    wrong = {"mức / bounds": (r.cut > far) | (r.add > r.add_bound) | (r.cut % unit + r.add % unit + np.minimum(r.cut, r.add) > 0),
             "yêu cầu bắt buộc / its pin": r.full & ((case.pins > r.add) | (-case.pins > r.cut))}
    for rule in r.book.rules:  # a cut that a shortfall forces is judged by the rules that hold even then
        always = rule.when_forced or rule.code in ("pool-balance", "revenue-shortfall", "authority")
        broken = np.asarray(rule.violations(case, Changes(r.cut, r.add))) > 0
        wrong[rule.code] = broken & (always | ~(case.shrinking & (r.cut > 0)))
    deeper = case.pool_sum(np.maximum(spare, r.cut)) > np.maximum(case.pool_sum(spare), -(pools.inflow // unit * unit))
    wrong["mức phải giảm / what its pool must cut"] = (deeper & pools.shrinking)[pools.pool] & (r.cut > spare)
    for name, lines in wrong.items():
        yield from (f"dòng {line} trái / line {line} breaks: {name}" for line, i in place.items() if lines[i])

def bounds(r: StoredRound) -> Iterator[str]:
    """Find bounds that are not the largest legal ones, owners said closed that are not, rows that no rule states."""
    case, unit, place, none, rules = r.case, r.case.policy.unit, r.case.portfolio.place, r.cut * 0, r.book.rules
    def breaks(side: str, amount: Any, asked: Iterable[Any], *, alone: bool = False) -> Any:
        change = Changes(none, amount) if side == "add" else Changes(amount, none)
        return np.any([change.cut > case.plan, *(rule.violations(case, change, alone=alone) > 0 for rule in asked)], axis=0)
    for side, bound in (("cut", r.cut_bound), ("add", r.add_bound), ("forced", r.forced_bound)):
        judged, asked = case.shrinking | (side != "forced"), [each for each in rules if each.when_forced or side != "forced"]
        wrong = (bound > 0) & (~judged | (bound % unit > 0) | breaks(side, bound, asked, alone=True))
        wrong |= judged & ~breaks(side, bound + unit, asked, alone=True)
        yield from (f"giới hạn / its {side} bound is not the largest legal one: {line}" for line, i in place.items() if wrong[i])
    if (r.shut & ~breaks("add", r.shut * unit, [rule for rule in rules if rule.closes_owners])).any():
        yield "có chủ đầu tư được nhận mà ghi là không / an owner said not to import may"
    for row in r.plain["certificate"]["rows"]:  # a đồng over, shared by its lines, breaks all; a small room pair by pair
        lines, room, over = [place[line] for line in row["lines"]], row["headroom"], none.copy()
        pairs = [[lines[0], line] for line in lines[1:]] if room else [[line] for line in lines]
        for some in [lines] if room + 1 >= len(lines) else pairs:
            over[:], over[some[1:]], over[some[0]] = 0, 1, room + 2 - len(some)
            if not breaks("add", over, [r.book.rule(row["rule"])])[some].all():
                yield f"ràng buộc không suy ra từ quy định / a row that its rule does not state: {row['key']}"

def columns(r: StoredRound) -> Iterator[Any]:
    """Yield each column in whole units: what the plan takes, its ends, its rows, what each goal counts a unit."""
    case, policy, unit, proof = r.case, r.case.policy, r.case.policy.unit, r.plain["certificate"]
    room, net, claimed, facts = Counter[str](), Counter[tuple[str, str]](), dict[str, dict[str, int]](), proof["facts"]
    orders = [tier["tier"] for tier in proof["tiers"] if tier["tier"].startswith("canonical")]
    hashed = [case.portfolio.digests(f"{name[10:-1]}:" if name[9:] else "").argsort(kind="stable") for name in orders]
    ranks = (np.argsort(hashed).T + 1).tolist()
    for line, key in ((line, row["key"]) for row in proof["rows"] for line in row["lines"]):
        claimed.setdefault(line, {})[key] = 1
    owed = -(-np.maximum(0, case.served - np.maximum(0, case.plan - case.disbursed - case.committed)) // unit)
    for i, row in enumerate(r.plain["lines"]):
        leaf, late, own = f"leaf:{row['pool']}|{row['owner']}", facts["late"][i], dict(zip(orders, ranks[i], strict=True))
        levels, pin = ((case.outlook.points[i] - case.plan[i]) // unit).tolist(), int(case.pins[i]) // unit
        take = {f"priority[{row['priority']}]": -1, "key": -facts["key"][i], "worst_first": -facts["lead_permille"][i]}
        spare, deepest, most = row["cut_bound"] // unit, row["forced_bound"] // unit, row["add_bound"] // unit
        cuts = "cut", 1, max(spare, deepest), spare, {leaf: 1}, {**own, "worst_first": -facts["late_permille"][i]}
        adds = "add", -1, most, int(owed[i]), {leaf: -1} | claimed.get(row["line_id"], {}), own | take
        for side, sign, cap, mark, rows, counts in cuts, adds:
            goal = "obligations" if side == "add" else "protect_late" if late else "protect"
            ends = {min(max(end, 0), cap) for end in (0, mark, cap, -sign * pin, *(-sign * level for level in levels))}
            for low, high in pairwise(sorted(ends)):  # a step each, parted at the points of the outlook, mark and pin
                reached = sign * sum(level >= (-low if side == "cut" else low + 1) for level in levels)
                here = {"disbursement": reached, goal: (low >= mark) - (side == "add"), "pinned": -(high <= -sign * pin)}
                yield min(max(row[side] // unit - low, 0), high - low), [0, high - low], rows, counts | here | {f"line[{i}]": 1}
            room[side + leaf] += cap * (side == "cut" or not r.shut[i])
            net[row["pool"], leaf] -= sign * row[side] // unit
    for row in r.plain["pools"]:
        pool, kept, most = f"pool:{row['pool']}", row["inflow"] // unit, max(0, row["inflow"] // unit)
        hands = policy.authority is None or {row["authority_within"], row["authority_between"]} <= {*policy.authority}
        for leaf, x in ((leaf, x) for (name, leaf), x in net.items() if name == row["pool"]):
            yield max(0, x), [0, room["add" + leaf]], {leaf: 1, pool: -1}, {"authority": 1, **dict.fromkeys(orders, 1)}
            yield max(0, -x), [0, room["cut" + leaf]], {leaf: -1, pool: 1}, dict.fromkeys(orders, 1)
            kept, most = kept - x, most + room["cut" + leaf] * (policy.return_unplaced and hands)
        yield kept, [0, most], {pool: -1}, {"return": -1}

def optimal(r: StoredRound) -> Iterator[str]:
    """Find goals not proved: with any duals π no plan lies below ``z = c − Aᵀπ`` and π at the ends they favour."""
    proof, plan, used = r.plain["certificate"], list(columns(r)), Counter[str]()
    limits = {row["key"]: [0, row["headroom"] // r.case.policy.unit] for row in proof["rows"]}
    for x, _, rows, _ in plan:
        used.update({key: sign * x for key, sign in rows.items()})
    inside = all(ends[0] <= x <= ends[1] for x, ends, _, _ in plan)
    if not (inside and all(low <= used[key] <= high for key, (low, high) in limits.items())):  # else no gap proves anything
        yield "phương án ra ngoài giới hạn, ràng buộc / the plan leaves its bounds or rows"
    for name, duals, told_value in ((tier["tier"], tier["duals"], tier["value"]) for tier in proof["tiers"]):
        value, gap = sum(counts.get(name, 0) * x for x, _, _, counts in plan), 0
        for x, ends, rows, counts in plan:  # every plan as good stands at these ends too: the next goal is held to them
            if reduced := counts.get(name, 0) - sum(sign * duals.get(key, 0) for key, sign in rows.items()):
                ends[:] = [ends[reduced < 0]] * 2
                gap += reduced * (x - ends[0])
        for key in (key for key in limits if duals.get(key)):
            limits[key] = [limits[key][duals[key] < 0]] * 2
            gap += duals[key] * (used[key] - limits[key][0])
        if value != told_value or gap or not duals.keys() <= used.keys() or {*map(type, duals.values())} - {int}:
            yield f"mục tiêu / goal {name}: {value}, ghi / told {told_value}, cách / gap {gap}"

if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.stdout.buffer.write("Cách dùng / usage: python -m phanbo.audit DIR\n".encode())
        sys.exit(2)
    sys.stdout.buffer.write(f"{(found := audit(sys.argv[1])).text()}\n".encode())
    sys.exit(0 if found else 4)
