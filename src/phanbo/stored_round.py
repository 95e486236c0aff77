"""A stored round opened to be judged: its facts and amounts as columns, and what its folder tells otherwise twice.

No solver, no program, no proposal: what reads here can judge what they made.
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from phanbo.calendar_file import parse_calendar
from phanbo.case import Case, Changes
from phanbo.case_file import check_manifest, read_folder, rebuild_case, stored_outlook
from phanbo.money import LIMIT, Bools, Ints
from phanbo.policy import AUTHORITIES, READINGS
from phanbo.rulebook import Rulebook
from phanbo.rulebook_file import parse_rulebook
from phanbo.rulebook_text import standing

__all__ = ["StoredRound", "check_manifest", "contradictions", "noted", "reopen"]

SUMMED = "lines cut_lines raised_lines cut added expected expected_after year_end_ratio"


@dataclass(frozen=True, eq=False)
class StoredRound:
    """A round read back from its case folder, as whole columns; nothing in it is judged yet.

    Attributes
    ----------
    plain : dict
        The content of ``proposal.json``.
    case : Case
    book : Rulebook
    full : bool
        Whether it is the full round, no prefix of one.
    cut, add, cut_bound, forced_bound, add_bound : int64 arrays of shape (n,), in đồng
    shut : bool array of shape (n,)
        Lines of owners said not to import.
    """

    plain: dict[str, Any]
    case: Case
    book: Rulebook
    full: bool
    cut: Ints
    add: Ints
    cut_bound: Ints
    forced_bound: Ints
    add_bound: Ints
    shut: Bools


def reopen(folder: str | Path, rulebook: Rulebook | None = None) -> StoredRound:
    """Return the round of a case folder; *rulebook* is needed where it was held with rules of one's own.

    Raises
    ------
    PhanboError, DataError
        As `read_folder`.
    LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RecursionError
        When an entry of ``proposal.json`` is missing or wrong.
    """
    found = read_folder(folder)
    plain: dict[str, Any] = json.loads(found.text)
    book = rulebook or parse_rulebook(plain["rulebook"]["text"])
    book = book.read_for(parse_calendar(plain["calendar"]["text"]))
    case = rebuild_case(plain, found.portfolio, book, stored_outlook(plain["outlook"]), found.assessed)
    parent, ids = plain["parent"], list(case.portfolio.place)
    if parent is not None and not (isinstance(parent, str) and parent.startswith("sha256:")):
        raise ValueError("parent is no hash")
    if ids != [row["line_id"] for row in plain["lines"]] or ids != list(case.outlook.line_ids):
        raise ValueError("the lines are not those of the tables")
    money = {}
    for name in ("cut", "add", "cut_bound", "forced_bound", "add_bound"):
        cells = [row[name] for row in plain["lines"]]
        if not all(type(cell) is int and 0 <= cell <= LIMIT for cell in cells):
            raise ValueError(f"{name} is not a whole amount of đồng on every line")
        money[name] = np.array(cells, dtype=np.int64)
    shut = np.array([row["may_import"] is not True for row in plain["lines"]], dtype=bool)
    return StoredRound(plain, case, book, parent is None, shut=shut, **money)


def contradictions(stored: StoredRound) -> Iterator[str]:
    """Find, "Vietnamese / English", what a case folder says otherwise than its tables, its law or its own frames.

    The hash of the tables, the rules, the round; the facts that the goals count; and the amounts of ``lines``,
    ``adjustments``, ``pools``, ``tiers`` and ``summary``, which follow from ``transfers`` and the tables; citations
    and confidences, which are those of the rules.
    """
    yield from _stray_law(stored)
    yield from _stray_proof(stored)
    yield from _stray_transfers(stored)
    yield from _stray_changes(stored)
    yield from _stray_citations(stored)
    for frame, (names, rows) in _frames(stored).items():
        told = stored.plain[frame] if isinstance(stored.plain[frame], list) else [stored.plain[frame]]
        found = Counter(repr(tuple(row[name] for name in names.split())) for row in told)
        wanted = Counter(map(repr, rows))
        for row in (found - wanted) + (wanted - found):
            yield f"bảng {frame} không khớp / table {frame} disagrees ({names}): {row}"


def noted(stored: StoredRound) -> Iterator[str]:
    """Note, "Vietnamese / English", what is no fault but is taken as stored, or is not what phanbo ships."""
    plain, case = stored.plain, stored.case
    yield from standing(stored.book.text)[1]
    shipped = resources.files("phanbo") / "calendars" / f"{case.calendar.code}.toml"
    if not shipped.is_file() or shipped.read_text(encoding="utf-8") != case.calendar.text:
        yield f"lịch khác bản phát hành / a calendar other than the shipped ones: {case.calendar.code}"
    if plain["held"]:
        lines = ", ".join(plain["held"])
        yield f"giữ nguyên vì thay đổi quá nhỏ, theo hồ sơ / held for too small a change, taken as stored: {lines}"
    if (name := plain["policy"]["forecaster"]) is not None:
        yield f"dự báo riêng, theo hồ sơ / a forecast of one's own, taken as stored: {name}"
    if (earlier := plain["assessed"]) is not None:
        day = earlier["as_of"]
        yield f"đánh giá tại thời điểm khác, theo hồ sơ / assessment of another state, taken as stored: {day}"


def _stray_citations(stored: StoredRound) -> Iterator[str]:
    """Find citations and confidences that are not those of the very rule beside them."""
    plain, book = stored.plain, stored.book
    rows = [
        (row["binding_rule"], row["confidence"], row["citation"])
        for row in plain["adjustments"] + plain["lines"]
    ]
    rows += [(row["first_failed"], row["failed_confidence"], None) for row in plain["lines"]]
    asks = [ask for row in plain["unplaced"] for ask in row["ask"]]
    said = [
        *plain["unchecked"],
        *plain["summary"]["unchecked"],
        *asks,
        *(rule for ask in asks for rule in ask["rules"]),
    ]
    rows += [(row["rule"], row["confidence"], None) for row in said]
    for code, confidence, citation in dict.fromkeys(rows):
        source = book.source(code) if code else None
        wanted = (source.says(), source.cite()) if source else ("", "")
        if confidence != wanted[0] or citation not in (None, wanted[1]):
            yield (
                f"căn cứ hoặc độ tin cậy không phải của quy định {code} / citation or confidence is not that of the rule "
                f"{code}: {citation or ''} ({confidence})"
            )


def _stray_law(stored: StoredRound) -> Iterator[str]:
    """Find tables, rules, rounds, pins and lines held that are not those of the input and the law."""
    plain, case, book = stored.plain, stored.case, stored.book
    law = {
        "code": book.code,
        "version": book.version,
        "rules": [r.code for r in book.rules],
        "text": book.text,
    }
    if any(plain["rulebook"][name] != entry for name, entry in law.items()):
        yield "danh sách quy định không đúng với rulebook.toml / the list of rules is not that of rulebook.toml"
    for name in standing(book.text)[0]:
        yield f"bộ quy định bị bỏ hoặc sửa / the rulebook {book.code} that phanbo ships was cut or changed: {name}"
    if case.portfolio.hash != plain["input_hash"]:
        yield "bảng trong input/ không phải bảng đã dùng / the tables of input/ are not those it was made from"
    year, last = (
        case.calendar.year,
        case.calendar.last_adjustment or book.last_adjustment.on(case.calendar.year),
    )
    if not book.covers(case.as_of) or {case.as_of.year, case.portfolio.year} != {year} or case.as_of > last:
        yield (
            f"ngày số liệu {case.as_of} ngoài hiệu lực của {book.code}, năm kế hoạch hoặc hạn điều chỉnh / the data date lies "
            "outside the days of its law, its plan year or the last day of adjustment"
        )
    if case.round.number and case.round not in case.calendar.rounds:
        yield "đợt không phải là đợt mang số đó trong lịch / the round is not the calendar's of that number"
    if case.held.any() and not case.policy.min_move:
        yield "có dòng bị giữ mà không có mức tối thiểu / lines are held, yet the policy has no least amount"
    for grant in tomllib.loads(book.text).get("granted", ()):
        if grant["rule"] not in law["rules"] or book.rule(grant["rule"]).granted_by != grant["by"]:
            yield f"nới không đúng thẩm quyền / granted by one who may not: {grant['rule']}, {grant['by']}"
    unknown = dict(case.policy.pins).keys() - case.portfolio.place.keys()
    for line in sorted(unknown) if stored.full else ():
        yield f"yêu cầu bắt buộc với dòng lạ / a change is asked of an unknown line: {line}"


def _stray_proof(stored: StoredRound) -> Iterator[str]:
    """Find a proof left out without an excuse, goals in another order, no rows, facts that are not those of the tables."""
    proof, policy = stored.plain["certificate"], stored.case.policy
    own = any(rule.get("custom") for rule in tomllib.loads(stored.book.text)["rule"])
    if proof["marked"] and not own and not any(tier.fraction for tier in policy.ordered_tiers):
        yield "không có gì miễn chứng minh tối ưu / nothing in this round excuses a proof of optimality"
    told, goals = [tier["tier"] for tier in proof["tiers"]], _goals(stored)
    ties = {f"line[{i}]" for i in range(len(stored.case))}
    sorted_out = all(name in ties or name.startswith("canonical[") for name in told[len(goals) :])
    if stored.full and not proof["marked"] and not (told[: len(goals)] == goals and sorted_out):
        yield f"thứ tự mục tiêu / order of goals: {told} ≠ {goals}"
    keys = Counter(row["key"] for row in proof["rows"])
    for row in proof["rows"]:
        key = row["key"]
        if keys[key] > 1 or key.startswith(("leaf:", "pool:")) or len({*row["lines"]}) < len(row["lines"]):
            yield f"ràng buộc, hoặc dòng của nó, ghi hai lần / a row, or a line of it, stands twice: {key}"
        if type(row["headroom"]) is not int or row["headroom"] < 0:
            yield f"ràng buộc có chỗ còn lại không phải số nguyên ≥ 0 / a row whose room is no whole number ≥ 0: {key}"
    for name, column in _facts(stored.case).items():
        if repr(proof["facts"][name]) != repr(column):
            yield f"dữ kiện {name} lưu kèm không đúng với bảng / the stored {name} is not that of the tables"


def _goals(stored: StoredRound) -> list[str]:
    """Return the goals that policy and rulebook ask for, in order, up to the first that only sorts out ties."""
    policy = stored.case.policy
    asked = stored.book.spelled_out(tier.name for tier in policy.ordered_tiers)
    ranked = [k for k, name in enumerate(asked, start=1) if name.startswith("priority[")]
    last = max(ranked, default=asked.index("authority"))
    forced = ["protect", "protect_late"] * bool(stored.case.pools.shrinking.any())
    pinned, returned = ["pinned"] * bool(policy.pins), ["return"] * policy.return_unplaced
    return [*forced, *pinned, *asked[:last], *returned, *asked[last:], "canonical"]


def _stray_transfers(stored: StoredRound) -> Iterator[str]:
    """Find transfers that leave their pool, enter a closed owner or are not ranked; pools that do not balance."""
    case, pools, moved, last = stored.case, stored.case.pools, Counter[str](), 0
    place, unit, homes = case.portfolio.place, case.policy.unit, [pools.names[p] for p in pools.pool.tolist()]
    sources = dict(zip(place, homes, strict=True)) | {f"inflow:{name}": name for name in pools.names}
    sinks = dict(zip(place, homes, strict=True))
    sinks |= {f"{kind}:{name}": name for name in pools.names for kind in ("reserve", "shortfall")}
    for row in stored.plain["transfers"]:
        giver, taker, pool, amount = (row[name] for name in ("from_line", "to_line", "pool", "amount"))
        owed, i, j = taker == f"shortfall:{pool}", place.get(giver), place.get(taker)
        last += last > 0 or not owed
        shut = j is not None and stored.shut[j] and (i is None or pools.leaf[i] != pools.leaf[j])
        known = giver in sources and taker in sinks
        inside = known and sources[giver] == sinks[taker] == pool and owed == (last == 0)
        if shut or not inside or row["rank"] != last or type(amount) is not int or amount <= 0:
            yield f"lần chuyển sai số tiền, hạng hoặc bể vốn / a transfer of wrong amount, rank or pool: {giver} → {taker}"
        moved.update({f"from {giver}": amount, f"to {taker}": amount})
    for p, name in enumerate(pools.names):
        duty = int(pools.inflow[p]) // unit * unit
        cut, add = (sum(side[pools.pool == p].tolist()) for side in (stored.cut, stored.add))
        came, kept, owed = (moved[f"{kind}:{name}"] for kind in ("from inflow", "to reserve", "to shortfall"))
        met = came == max(0, duty) if stored.full else came <= max(0, duty)
        if not met or owed != max(0, -duty) or cut + came != add + kept + owed:
            yield f"bể vốn không cân / pool does not balance: {name}"


def _stray_changes(stored: StoredRound) -> Iterator[str]:
    """Find lines that take from others what the law keeps out of their owner, and changes below the least amount.

    What comes in is judged by itself, whatever the order of signing: a unit on every line that a transfer from another
    owner reaches. A shortfall and pins move lines by less.
    """
    case, place, pins, leaf = (
        stored.case,
        stored.case.portfolio.place,
        stored.case.pins,
        stored.case.pools.leaf,
    )
    entered, exempt = (np.zeros(len(case), dtype=bool) for _ in range(2))
    for row in stored.plain["transfers"]:
        i, j = place.get(row["from_line"]), place.get(row["to_line"])
        ends = [k for k in (i, j) if k is not None]
        if j is not None and (i is None or leaf[i] != leaf[j]):
            entered[j] = True
        if (j is None and row["to_line"].startswith("shortfall:")) or pins[ends].any():
            exempt[ends] = True
    brought = Changes(stored.cut * 0, entered * np.int64(case.policy.unit))
    closing = [rule for rule in stored.book.rules if rule.closes_owners]
    refused = entered & np.any([~entered, *(rule.violations(case, brought) > 0 for rule in closing)], axis=0)
    moved = stored.cut + stored.add
    small = stored.full & ~exempt & (moved > 0) & (moved < case.policy.min_move)
    for line, k in place.items():
        if refused[k]:
            yield f"nhận vốn từ chủ đầu tư khác dù không được phép / an owner that may not import does: {line}"
        if small[k]:
            yield f"thay đổi nhỏ hơn mức tối thiểu / changed by less than the least amount: {line}"


def _facts(case: Case) -> dict[str, list[Any]]:
    """Return what the goals count of each line, from the tables and the assessment."""
    book, reading = case.portfolio, case.assessment.decides
    flagged = [book.flag(name)[0] for name in ("key_project", "emergency", "oda")]
    return {
        "late": case.late.tolist(),
        "key": np.any([*flagged, book.says("kind", "oda_loan", "oda_grant")], axis=0).tolist(),
        "late_permille": np.where(case.offer > 0, 1000, reading.late_permille).tolist(),
        "lead_permille": reading.lead_permille.tolist(),
    }


def _frames(stored: StoredRound) -> dict[str, tuple[str, list[tuple[Any, ...]]]]:
    """Return the columns that follow from the transfers and the tables, row by row, of some frames."""
    case, pools, book = stored.case, stored.case.pools, stored.case.portfolio
    moved, first, moves, now = Counter[str](), dict[str, int](), [], case.plan.tolist()
    far, deciding = dict[str, int](), _deciding(stored)
    for row in stored.plain["transfers"]:
        gain = 0
        for name, kind, sign in ((row["from_line"], "from", -1), (row["to_line"], "to", 1)):
            moved[f"{kind} {name}"] += row["amount"]
            first.setdefault(name, row["rank"])
            if name in book.place:
                i = book.place[name]
                before, now[i] = now[i], now[i] + sign * row["amount"]
                gain += _spent(case, i, now[i]) - _spent(case, i, before)
        decides = deciding(row)
        for name in (row["from_line"], row["to_line"]):
            far[name] = max(far.get(name, 0), AUTHORITIES.index(decides))
        moves.append((row["from_line"], row["to_line"], row["rank"], gain, decides))
    lines, changed, pool = [], [], pools.pool.tolist()
    classes, owners = stored.book.priority(case).tolist(), book.text("owner").tolist()
    plans, spent = case.plan.tolist(), case.disbursed.tolist()
    judged, readings = case.assessment.portfolio.money("plan")[0].tolist(), case.assessment.readings
    done = [
        [_share(*pair) for pair in zip(readings[k].executed.tolist(), judged, strict=True)] for k in READINGS
    ]
    for line, i in book.place.items():
        cut, add, plan = moved[f"from {line}"], moved[f"to {line}"], plans[i]
        after, priority = plan + add - cut, stored.book.classes[classes[i]].code
        expected = _spent(case, i, plan), _spent(case, i, after)
        shares = (share[i] for share in done)
        lines.append((line, owners[i], pools.names[pool[i]], priority, cut, add, *expected, *shares))
        if cut or add:
            decides = AUTHORITIES[far[line]]
            changed.append((line, first[line], plan, add - cut, after, spent[i], *expected, decides))
    totals = []
    for p, name in enumerate(pools.names):
        cut, add = (sum(side[pools.pool == p].tolist()) for side in (stored.cut, stored.add))
        inflow, kept = int(pools.inflow[p]), moved[f"to reserve:{name}"]
        decide = (side[p] for side in (pools.within, pools.between, pools.totals, pools.kinds, pools.levels))
        totals.append((name, cut, add, inflow, kept, *decide))
    best = {tier["tier"]: tier["value"] for tier in stored.plain["certificate"]["tiers"]}
    goals, exact = [], stored.full and not stored.plain["certificate"]["marked"]
    for name in list(best)[: list(best).index("canonical") + 1]:
        down = name in ("protect", "protect_late", "authority", "canonical")
        shown = (
            best[name]
            * (1 if down else -1)
            * (1 if name in ("worst_first", "canonical") else case.policy.unit)
        )
        goals.append((name, shown, shown, 0) if exact else (name, shown))
    cut, add = stored.cut.tolist(), stored.add.tolist()
    before, then = (sum(line[k] for line in lines) for k in (6, 7))
    summary = len(lines), sum(map(bool, cut)), sum(map(bool, add)), sum(cut), sum(add), before, then
    return {
        "summary": (SUMMED, [(*summary, _share(before, sum(plans)))]),
        "transfers": ("from_line to_line rank gain authority", moves),
        "tiers": ("tier value bound gap" if exact else "tier bound", goals),
        "lines": (
            "line_id owner pool priority cut add expected expected_after share_actual share_pace share_forecast",
            lines,
        ),
        "adjustments": (
            "line_id rank plan change plan_after disbursed expected expected_after authority",
            changed,
        ),
        "pools": (
            "pool cut added inflow returned authority_within authority_between authority_totals kind level",
            totals,
        ),
    }


def _deciding(stored: StoredRound) -> Callable[[dict[str, Any]], str]:
    """Return who decides a transfer, by the tables' owners and sectors at its two ends."""
    book, pools = stored.case.portfolio, stored.case.pools
    number = {name: p for p, name in enumerate(pools.names)}
    owner, sector, project = (book.text(name).tolist() for name in ("owner", "sector", "project_id"))

    def decides(row: dict[str, Any]) -> str:
        pool, p = row["pool"], number[row["pool"]]
        if row["from_line"] == f"inflow:{pool}" or row["to_line"] == f"shortfall:{pool}":
            return pools.totals[p]
        if row["to_line"] == f"reserve:{pool}":
            return pools.between[p]
        i, j = book.place[row["from_line"]], book.place[row["to_line"]]
        code = pools.within[p] if owner[i] == owner[j] else pools.between[p]
        # An unknown sector is its project's own; without the column nothing is known to be crossed.
        same = sector[i] == sector[j] and (sector[i] != "" or project[i] == project[j])
        crossed = pools.across[p] if "sector" in book.given and not same else ""
        return max(code, crossed or code, key=AUTHORITIES.index)

    return decides


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _spent(case: Case, line: int, plan: int) -> int:
    """Return ``⌊mean_k min(plan, y_k)⌋`` of a line, đồng."""
    points: list[int] = case.outlook.points[line].tolist()
    return sum(min(plan, y) for y in points) // len(points)
