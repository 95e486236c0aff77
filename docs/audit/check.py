"""Check a case folder of phanbo with the standard library of Python (3.11) alone: ``python check.py DIR``; see README.md."""
import csv, io, json, sys, tomllib  # noqa: E401, I001
from collections import Counter, defaultdict
from hashlib import blake2b, sha256
from pathlib import Path
LEFT = "Còn lại cho phanbo audit / left to it: giới hạn, ràng buộc, dữ kiện / bounds, rows, facts; tiers, summary, ranks."
NOT_LAW = "luật không áp dụng cho ngày này / not the law of this day"
LITTER = {"MANIFEST.sha256", ".DS_Store", "Thumbs.db", "desktop.ini"}

def files(root, plain, law):
    """Find files, texts and tables that are not those the proposal was sealed with."""
    sealed, content = dict(line.split("  ", 1)[::-1] for line in (root / "MANIFEST.sha256").read_text("utf-8").splitlines()), b""
    here = {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file() and p.name not in LITTER}
    yield from (f"MANIFEST: {name}" for name in sorted(here.keys() | sealed.keys())
                if name not in here or sha256(here[name]).hexdigest() != sealed.get(name))
    for name in (n for n in "lines history schedule sources owners reports controls".split() if f"input/{n}.csv" in here):
        data = here[f"input/{name}.csv"]
        if name == "lines":  # sheet and row, its last columns, are no part of its content; no name twice
            text, (head, *rows) = io.StringIO(), csv.reader(io.StringIO(data.decode(), newline=""))
            csv.writer(text, lineterminator="\n").writerows(row[:-2] for row in (head, *rows))
            data = text.getvalue().encode() if head[-2:] == ["_sheet", "_row"] and len({*head}) == len(head) else b"?"
        content += b"%s.csv\n%s\n%d\n" % (name.encode(), data, len(data))
    if plain["input_hash"] != "sha256:" + sha256(content).hexdigest():
        yield "bảng trong input/ không phải bảng đã dùng / the tables of input/ are others"
    texts = ((here[f"{name}.toml"], plain[name]) for name in ("calendar", "rulebook"))
    codes = {rule["code"] for rule in law["rule"]} - {rule["code"] for rule in law["rule"] if rule.get("removed")}
    same = all(data.decode() == told["text"] and sha256(data).hexdigest() == told["sha256"] for data, told in texts)
    if not same or codes != set(plain["rulebook"]["rules"]) or json.loads(here["policy.json"]) != plain["policy"]:
        yield "lịch, quy định hoặc chính sách ≠ proposal.json / calendar, rules or policy ≠ proposal.json"

def figures(plain, table):
    """Find amounts that disagree between the tables, leave their bounds, or do not balance in their pool."""
    moved, sums, changed, unit = Counter(), Counter(), [], plain["policy"]["unit"]
    home, names = {row["line_id"]: row["pool"] for row in plain["lines"]}, [row["pool"] for row in plain["pools"]]
    givers, takers = (home | {k + p: p for k in kinds.split() for p in names} for kinds in ("inflow:", "reserve: shortfall:"))
    for row in plain["transfers"]:
        giver, taker, pool, amount = row["from_line"], row["to_line"], row["pool"], row["amount"]
        moved.update({("from", giver): amount, ("to", taker): amount})
        if {givers.get(giver), takers.get(taker)} != {str(pool)} or type(amount) is not int or amount <= 0:
            yield f"lần chuyển / transfer: {giver} → {taker}"
    for row, cells, outlook in zip(plain["lines"], table, plain["outlook"]["lines"], strict=True):
        line, points, plan, cut, add = row["line_id"], outlook["points"], int(cells["plan"]), row["cut"], row["add"]
        spare, deepest, most = bounds = row["cut_bound"], row["forced_bound"], row["add_bound"]
        expected = [sum(min(x, y) for y in points) // len(points) for x in (plan, plan + add - cut)]
        pool, over = row["pool"], max(0, cut - spare)
        sums.update({"plan": plan, "expected": expected[0], (pool, 0): cut, (pool, 1): add, (pool, 2): spare, (pool, 3): over})
        told = [line, line, row["owner"], cut, add, row["expected"], row["expected_after"]]
        true = [cells["line_id"], outlook["line_id"], cells["owner"], moved["from", line], moved["to", line], *expected]
        whole = all(type(x) is int and x >= 0 and x % unit == 0 for x in (cut, add, *bounds))
        if told != true or not whole or cut > min(plan, max(spare, deepest)) or add > most or (cut and add):
            yield f"dòng / line {line}"
        changed += [[line, plan, add - cut, plan + add - cut, int(cells["disbursed"]), *expected]] * bool(cut or add)
    yield from (f"yêu cầu bắt buộc / pin: {line}" for line, pin in plain["policy"]["pins"].items() if not plain["parent"]
                and abs(pin) > moved["to" if pin > 0 else "from", line])
    shown = "line_id plan change plan_after disbursed expected expected_after".split()
    if sorted([row[name] for name in shown] for row in plain["adjustments"]) != sorted(changed):
        yield "biểu điều chỉnh / adjustments"
    for row in plain["pools"]:
        name, duty = row["pool"], row["inflow"] // unit * unit
        came, kept, owed = moved["from", "inflow:" + name], moved["to", "reserve:" + name], moved["to", "shortfall:" + name]
        cut, add, spare, over = (sums[name, k] for k in range(4))
        told = [row["cut"], row["added"], row["returned"], max(0, min(duty, came) if plain["parent"] else duty), max(0, -duty)]
        if told != [cut, add, kept, came, owed] or cut + came != add + kept + owed or over > max(0, -duty - spare):
            yield f"bể vốn không cân / pool does not balance: {name}"
    if sums["plan"] and plain["summary"]["year_end_ratio"] != sums["expected"] / sums["plan"]:
        yield "tổng kế hoạch của bảng / the total plan of the table"

def columns(plain, table, owing):
    """Yield each column in whole units: what the plan takes, what it may, its rows, what each goal counts a unit."""
    policy, unit, proof = plain["policy"], plain["policy"]["unit"], plain["certificate"]
    room, net, claimed, ranks = Counter(), Counter(), defaultdict(dict), [{} for _ in table]
    for name in (tier["tier"] for tier in proof["tiers"] if tier["tier"].startswith("canonical")):
        salted = ((name[10:-1] + ":" if name[10:] else "") + cells["line_id"] for cells in table)
        hashed = ((blake2b(line.encode(), digest_size=8).digest(), i) for i, line in enumerate(salted))
        for rank, (_, i) in enumerate(sorted(hashed), start=1):
            ranks[i][name] = rank
    for line, key in ((line, row["key"]) for row in proof["rows"] for line in row["lines"]):
        claimed[line][key] = 1
    for i, (row, cells, outlook) in enumerate(zip(plain["lines"], table, plain["outlook"]["lines"], strict=True)):
        leaf, facts = f"leaf:{row['pool']}|{row['owner']}", {name: column[i] for name, column in proof["facts"].items()}
        plan, paid, taken, *claims = (int(cells.get(k) or 0) for k in ("plan", "disbursed", "committed", *owing))
        levels, pin = [(y - plan) // unit for y in outlook["points"]], policy["pins"].get(row["line_id"], 0) // unit
        owed, spare = -(-max(0, sum(claims) - max(0, plan - paid - taken)) // unit), row["cut_bound"] // unit
        cuts = "cut", 1, max(spare, row["forced_bound"] // unit), spare, {leaf: 1}, {"worst_first": -facts["late_permille"]}
        own = {f"priority[{row['priority']}]": -1, "key": -facts["key"], "worst_first": -facts["lead_permille"]}
        adds = "add", -1, row["add_bound"] // unit, owed, {leaf: -1, **claimed[row["line_id"]]}, own
        for kind, sign, cap, mark, rows, own in cuts, adds:
            marked, x = ("obligations" if kind == "add" else "protect_late" if facts["late"] else "protect"), row[kind] // unit
            ends = sorted({min(max(end, 0), cap) for end in (0, mark, cap, -sign * pin, *(-sign * y for y in levels))})
            for low, high in zip(ends, ends[1:]):  # a step each, parted at the points of the outlook, at mark and pin
                reached = sign * sum(level >= (-low if kind == "cut" else low + 1) for level in levels)
                counts = {**own, **ranks[i], f"line[{i}]": 1, "disbursement": reached, marked: (low >= mark) + (sign - 1) // 2}
                yield min(max(x - low, 0), high - low), [0, high - low], rows, counts | {"pinned": -(high <= -sign * pin)}
            room[kind, leaf] += cap if kind == "cut" or row["may_import"] is True else 0
            net[row["pool"], leaf] -= sign * row[kind] // unit
    for row in plain["pools"]:
        pool, kept, most = f"pool:{row['pool']}", row["inflow"] // unit, max(0, row["inflow"] // unit)
        hands = policy["authority"] is None or {row["authority_within"], row["authority_between"]} <= {*policy["authority"]}
        for leaf, x in [(leaf, x) for (name, leaf), x in net.items() if name == row["pool"]]:
            yield max(0, x), [0, room["add", leaf]], {leaf: 1, pool: -1}, {"authority": 1, **dict.fromkeys(ranks[0], 1)}
            yield max(0, -x), [0, room["cut", leaf]], {leaf: -1, pool: 1}, dict.fromkeys(ranks[0], 1)
            kept, most = kept - x, most + room["cut", leaf] * (policy["return_unplaced"] and hands)
        yield kept, [0, most], {pool: -1}, {"return": -1}

def best(plain, table, law):
    """Find goals not proved: no plan lies below ``z = c − Aᵀπ`` and π at the ends they favour; who is best stands there."""
    proof, policy, used = plain["certificate"], plain["policy"], Counter()
    told, asked = [tier["tier"] for tier in proof["tiers"]], [tier["name"] for tier in policy["tiers"]]
    order = [f"priority[{entry['code']}]" for entry in law["class"]]
    if "priority[advances]" in order and "priority" in asked and "obligations" in asked[: asked.index("priority")]:
        asked, order[order.index("priority[advances]")] = [name for name in asked if name != "obligations"], "obligations"
    goals = [name for each in asked for name in (order if each == "priority" else [each]) if name != "priority[advances]"]
    last = ([k for k, name in enumerate(goals, start=1) if name.startswith("priority[")] or [goals.index("authority")])[-1]
    goals = [*goals[:last], *["return"] * policy["return_unplaced"], *goals[last:], "canonical"]
    goals = ["protect", "protect_late"] * any(p["inflow"] < 0 for p in plain["pools"]) + ["pinned"] * bool(policy["pins"]) + goals
    if told[: len(goals)] != goals or not all(name.startswith(("canonical[", "line[")) for name in told[len(goals) :]):
        yield f"thứ tự mục tiêu / order of goals: {told} ≠ {goals}"
    plan, rooms = list(columns(plain, table, law["obligations"])), {row["key"]: row["headroom"] for row in proof["rows"]}
    for x, _, rows, _ in plan:
        used.update({key: sign * x for key, sign in rows.items()})
    plan += [(used[key], [0, room // policy["unit"]], {key: -1}, {}) for key, room in rooms.items()]  # what each row takes
    strange = {key[:5] for key in rooms} & {"leaf:", "pool:"} or {*map(type, rooms.values())} - {int}
    if strange or len(rooms) < len(proof["rows"]) or not all(0 <= x <= most for x, (_, most), _, _ in plan):
        yield "phương án ra ngoài giới hạn, ràng buộc / the plan leaves its bounds or rows"
    for name, duals, stored in ((tier["tier"], tier["duals"], tier["value"]) for tier in proof["tiers"]):
        value, gap = sum(counts.get(name, 0) * x for x, _, _, counts in plan), 0
        for x, held, rows, counts in plan:
            if reduced := counts.get(name, 0) - sum(sign * duals.get(key, 0) for key, sign in rows.items()):
                held[:] = [held[reduced < 0]] * 2
                gap += reduced * (x - held[0])
        if value != stored or gap or not duals.keys() <= used.keys() or {*map(type, duals.values())} - {int}:
            yield f"mục tiêu / goal {name}: {value}, ghi / told {stored}, cách / gap {gap}"

def main(root):
    """Print what is wrong, or cannot be read, and what was checked; return 0 or 1."""
    try:
        plain, cells = json.loads((root / "proposal.json").read_text("utf-8")), (root / "input/lines.csv").read_text("utf-8")
        law, table = tomllib.loads(plain["rulebook"]["text"]), list(csv.DictReader(io.StringIO(cells, newline="")))
        own = any([tier["tolerance"] != "0" for tier in plain["policy"]["tiers"]] + [each.get("custom") for each in law["rule"]])
        legal_only = bool(plain["parent"]) or (plain["certificate"]["marked"] and own)  # a prefix, or no network
        wrong = [*files(root, plain, law), *figures(plain, table), *(() if legal_only else best(plain, table, law))]
        wrong += [NOT_LAW] * ("comparison" in law or not str(law["valid_from"]) <= plain["as_of"] <= str(law["valid_to"]))
    except Exception as error:  # noqa: BLE001 — whatever a file holds
        wrong, law, legal_only = [f"không đọc được / cannot be read: {error!r}"], {}, True
    found = [f"Được nới / granted: {each}" for each in law.get("granted", ())] + [f"SAI / WRONG: {fault}" for fault in wrong]
    print(*found, *["ĐÚNG / RIGHT"][: not wrong], sep="\n")
    return print("Chỉ xét hợp lệ / legality only." if legal_only else "Xét cả tối ưu / optimality too.", LEFT) or int(bool(wrong))
if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    sys.exit(main(Path(sys.argv[1])) if len(sys.argv) == 2 else print("Cách dùng / usage: python check.py DIR") or 2)
