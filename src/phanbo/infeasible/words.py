"""What an infeasible round says: every demand and every grant as a plain mapping with one sentence, both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phanbo.money import format_million
from phanbo.rules.base import Source
from phanbo.rules.walls import duty

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phanbo.bounds import Bounds
    from phanbo.case import Case
    from phanbo.infeasible.demands import Demand, Demands
    from phanbo.infeasible.relaxation import Grant
    from phanbo.rules.base import Rule

__all__ = ["conflict_entries", "message", "relaxation_entries"]

GRANTOR_VI = {
    "": "không ai",
    "department": "cơ quan lập phương án",
    "reviewers": "cấp xem xét",
    "ubnd": "Ủy ban nhân dân",
    "hdnd": "Hội đồng nhân dân",
}
GRANTOR_EN = {
    "": "nobody",
    "department": "the department that prepares the proposal",
    "reviewers": "the reviewers of the round",
    "ubnd": "the People's Committee",
    "hdnd": "the People's Council",
}
ASKED = Source("Yêu cầu của cấp xem xét", "", "policy")
SHOWN = 5
"""How many lines a sentence names."""


def conflict_entries(
    case: Case, bounds: Bounds, sets: Sequence[tuple[Demands, list[Demand]]]
) -> list[dict[str, Any]]:
    """Return every member of every irreducible set, duties and pins first, each with the number of its `set`."""
    return [
        {"set": number, **_member(case, bounds, demands, members, demand)}
        for number, (demands, members) in enumerate(sets, start=1)
        for demand in members
    ]


def _member(
    case: Case, bounds: Bounds, demands: Demands, members: list[Demand], demand: Demand
) -> dict[str, Any]:
    unit, rule = case.policy.unit, demand.rule
    lines, amount = demand.lines, demand.amount
    if demand.kind == "bound":  # only where it is the least of what the set leaves
        system = demands.together(members)
        least = system.upper[demand.columns] == demand.most
        if demand.rows.size:
            least |= system.row_upper[demand.rows] == demand.high
        lines, amount = lines[least], int(demand.most[least].sum())
    ids = case.portfolio.text("line_id")[lines].tolist()
    pool = case.pools.names[demand.pool] if demand.pool >= 0 else case.pools.names[case.pools.pool[lines[0]]]
    entry: dict[str, Any] = {
        "kind": demand.kind,
        "rule": rule.code if rule is not None else "pinned",
        "pool": pool,
        "side": demand.side,
        "lines": ids,
        "amount": int(amount) * unit,
        "granted_by": demand.granted_by,
    }
    if demand.kind == "wall" and demand.leaf >= 0:
        entry["owner"] = case.pools.leaf_owner[demand.leaf]
    if demand.kind == "wall" and demand.side == "cut":
        entry["not_late"] = int(demand.high[1]) * unit
    if demand.kind == "pin" and demand.side == "cut" and len(members) == 1:  # more than there is
        entry["plan"] = int(case.plan[lines].sum())
    if demand.kind == "duty":
        entry |= _duty(case, bounds, demand, members)
    source = ASKED if rule is None else rule.source
    cites = {"citation_vi": source.cite("vi"), "citation_en": source.cite("en")}
    entry |= {**cites, "confidence": source.confidence}
    return {**entry, "says_vi": _says(entry, rule, "vi"), "says_en": _says(entry, rule, "en")}


def _duty(case: Case, bounds: Bounds, demand: Demand, members: list[Demand]) -> dict[str, Any]:
    """Return what a pool must give, can give and lacks, and the rules of its set."""
    owed, able = -int(duty(case)[demand.pool]), int(case.pool_sum(bounds.forced)[demand.pool])
    rules = sorted(
        {member.rule.code for member in members if member.rule is not None and member.kind == "bound"}
    )
    return {"required": owed, "available": able, "missing": max(0, owed - able), "rules": rules}


def _says(entry: dict[str, Any], rule: Rule | None, lang: str) -> str:  # noqa: PLR0911 — one sentence a kind
    vi, pool = lang == "vi", entry["pool"]
    money = format_million(entry["amount"], lang)
    named = _named(entry["lines"], lang)
    cut = entry["side"] == "cut"
    if entry["kind"] == "duty":
        able, missing = (format_million(entry[name], lang) for name in ("available", "missing"))
        if vi:
            return f"{pool}: phải giảm {money}, giảm được {able}, thiếu {missing} triệu đồng"
        return f"{pool}: must give {money}, can give {able}, {missing} million đồng missing"
    if rule is None:
        plan = format_million(entry["plan"], lang) if "plan" in entry else ""
        if vi:
            said = f"Cấp xem xét yêu cầu {'giảm' if cut else 'bổ sung'} {named} ít nhất {money} triệu đồng"
            return f"{said}, mà kế hoạch chỉ có {plan} triệu đồng" if plan else said
        said = (
            f"The reviewers ask that {named} be {'cut' if cut else 'raised'} by at least {money} million đồng"
        )
        return f"{said}, of a plan of only {plan} million đồng" if plan else said
    title = f"{rule.title_vi if vi else rule.title_en} ({rule.source.cite(lang)})"
    if entry["kind"] == "bound":
        if vi:
            side = "giảm" if cut else "được bổ sung"
            most = f"chỉ {side} tối đa {money} triệu đồng" if entry["amount"] else f"không {side}"
            return f"{title}: {named} {most}"
        most = f"at most {money} million đồng" if entry["amount"] else "nothing"
        return f"{title}: {named} may {'give' if cut else 'receive'} {most}"
    if entry["kind"] == "ceiling":
        if vi:
            return f"{title}: {named} cùng nhận tối đa {money} triệu đồng"
        return f"{title}: {named} together receive at most {money} million đồng"
    return f"{title}: {_walled(entry, money, lang)}"


def _walled(entry: dict[str, Any], money: str, lang: str) -> str:
    """Return what a wall keeps where it is."""
    vi, pool = lang == "vi", entry["pool"]
    if "owner" in entry:
        owner = entry["owner"]
        return f"{owner} không nhận vốn từ chủ đầu tư khác" if vi else f"{owner} brings nothing in"
    if entry["side"] != "cut":
        return str(pool)
    if vi:
        return f"{pool} chỉ giảm quá phần vốn dư thêm {money} triệu đồng, dòng vốn chậm trước"
    return f"{pool} is cut beyond its surplus by {money} million đồng only, late lines first"


def _named(ids: list[str], lang: str) -> str:
    """Return the first few lines by name and how many there are."""
    text = ", ".join(ids[:SHOWN])
    if len(ids) > SHOWN:
        return f"{len(ids)} dòng vốn ({text}, …)" if lang == "vi" else f"{len(ids)} lines ({text}, …)"
    return f"dòng vốn {text}" if lang == "vi" else f"line{'s' if len(ids) > 1 else ''} {text}"


def relaxation_entries(case: Case, grants: Sequence[Grant]) -> list[dict[str, Any]]:
    """Return every grant, those of the lowest grantor first."""
    return [_grant(case, grant) for grant in grants]


def _grant(case: Case, grant: Grant) -> dict[str, Any]:
    pools, rule, wall = case.pools, grant.rule, grant.kind == "wall"
    pool = int(pools.leaf_pool[grant.place] if wall else pools.pool[grant.place])
    line = "" if wall else str(case.portfolio.text("line_id")[grant.place])
    entry: dict[str, Any] = {
        "kind": grant.kind,
        "rule": "pinned" if rule is None else rule.code,
        "line_id": line,
        "pool": pools.names[pool],
        "side": grant.side,
        "by": grant.by * case.policy.unit,
        "granted_by": grant.granted_by,
        "granted_vi": GRANTOR_VI.get(grant.granted_by, grant.granted_by),
        "granted_en": GRANTOR_EN.get(grant.granted_by, grant.granted_by),
    }
    if rule is not None:
        entry |= {"title_vi": rule.title_vi, "title_en": rule.title_en}
        entry |= {f"citation_{lang}": rule.source.cite(lang) for lang in ("vi", "en")}
        entry["confidence"] = rule.source.confidence
    if wall:
        entry["owner"] = pools.leaf_owner[grant.place]
    if rule is not None and rule.code == "authority":
        needed = (pools.within[pool], pools.between[pool]) if not wall else (pools.between[pool],)
        entry["authority"] = list(dict.fromkeys(needed))
    return {**entry, "says_vi": _granting(entry, grant, "vi"), "says_en": _granting(entry, grant, "en")}


def _granting(entry: dict[str, Any], grant: Grant, lang: str) -> str:
    vi, rule, cut = lang == "vi", grant.rule, grant.side == "cut"
    money, line = format_million(entry["by"], lang), entry["line_id"]
    who = entry[f"granted_{lang}"]
    who = who[:1].upper() + who[1:]
    if rule is None:
        if vi:
            return f"{who} hạ yêu cầu {'giảm' if cut else 'bổ sung'} dòng vốn {line} đi {money} triệu đồng"
        return f"{who} ask{'' if who.endswith('round') else 's'} {money} million đồng less of line {line}"
    if grant.kind == "wall":
        mark = rule.source.mark(lang)
        if vi:
            return f"{who} quyết định đưa {money} triệu đồng của {entry['pool']} về {entry['owner']}{mark}"
        return f"{who} decide that {money} million đồng of {entry['pool']} go to {entry['owner']}{mark}"
    title = f"{entry[f'title_{lang}']}{rule.source.mark(lang)}"
    if vi:
        side = "giảm" if cut else "bổ sung"
        return f"{who} cho phép {side} dòng vốn {line} thêm {money} triệu đồng so với quy định “{title}”"
    side = "cut" if cut else "raised"
    return f"{who} may let line {line} be {side} by {money} million đồng more than “{title}” allows"


def _together(relaxation: Sequence[dict[str, Any]], lang: str) -> list[str]:
    """Return the sentences of a relaxation; where one rule passes over many lines of a pool, one for them all."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for entry in relaxation:
        key = tuple(str(entry[name]) for name in ("kind", "rule", "side", "pool", "granted_by"))
        alike.setdefault(key, []).append(entry)
    said = []
    for same in alike.values():
        first = same[0]
        if len(same) <= SHOWN or first["kind"] != "bound":
            said += [str(entry[f"says_{lang}"]) for entry in same]
            continue
        who, cut, named = (
            first[f"granted_{lang}"],
            first["side"] == "cut",
            _named([e["line_id"] for e in same], lang),
        )
        who, money = who[:1].upper() + who[1:], format_million(sum(entry["by"] for entry in same), lang)
        said.append(
            f"{who} cho phép {'giảm' if cut else 'bổ sung'} {named} của {first['pool']} thêm tổng cộng {money} triệu đồng "
            f"so với quy định “{first['title_vi']}{_mark(first, lang)}”"
            if lang == "vi"
            else f"{who} may let {named} of {first['pool']} be {'cut' if cut else 'raised'} by {money} million đồng in all "
            f"more than “{first['title_en']}{_mark(first, lang)}” allows"
        )
    return said


def _mark(entry: dict[str, Any], lang: str) -> str:
    return Source("", "", entry["confidence"]).mark(lang)


def message(conflict: Sequence[dict[str, Any]], relaxation: Sequence[dict[str, Any]], lang: str) -> str:
    """Return the whole message: what contradicts what, and the least that would have to be granted."""
    vi, says = lang == "vi", f"says_{lang}"
    head = "Không có phương án thỏa mọi quy định." if vi else "No plan keeps every rule."
    lines = [head, "Không thể cùng lúc:" if vi else "These cannot all be:"]
    lines += [f"- {entry[says]}." for entry in conflict]
    if relaxation:
        total = format_million(sum(entry["by"] for entry in relaxation), lang)
        lines.append(
            f"Nới ít nhất để có phương án (tổng {total} triệu đồng):"
            if vi
            else f"The least to be granted for a plan ({total} million đồng in all):"
        )
        lines += [f"- {text}." for text in _together(relaxation, lang)]
    else:
        lines.append(
            "Không cấp nào trong đợt này có thể nới: riêng các quy định của luật đã không cho phép."
            if vi
            else "Nothing that anybody here may grant helps: the law alone leaves no way."
        )
    return "\n".join(lines)
