"""The two stand-alone checkers: how long they are, what they rest on, what they say."""

from __future__ import annotations

import ast
import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import phanbo as pb
from held_round import RULEBOOK, Setting, ceiling_sample, sample
from phanbo import cli
from phanbo.audit import audit, optimal
from phanbo.calendar_file import parse_calendar
from phanbo.proposal.making import make_proposal
from phanbo.proposal.storage import from_json, load_proposal
from phanbo.ranking import rank_transfers
from phanbo.rulebook_file import parse_rulebook
from phanbo.rulebook_text import departures
from phanbo.rules import RULES
from phanbo.rules.asked import AskedLimits
from phanbo.stored_round import StoredRound, reopen
from phanbo.transfers import make_transfers
from sealed import CHECKER, first, forge, saved, seal, second

AUDIT = Path(pb.__file__).parent / "audit.py"
FORBIDDEN = {
    "solver",
    "program",
    "assemble",
    "bounds",
    "segments",
    "decision",
    "pipeline",
    "transfers",
    "ranking",
    "certificate",
    "proposal",
}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("audit") / "hồ sơ"
    sample().propose().save(place)
    return place


# -- what they are --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [AUDIT, CHECKER], ids=lambda path: path.name)
def test_each_is_read_at_one_sitting(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 150
    assert max(map(len, lines)) <= 130


ALLOWED = {"numpy", "case", "errors", "money", "policy", "rulebook", "rulebook_text", "stored_round"}


def imported(path: Path) -> set[str]:
    """Return the modules a file imports, by their dotted names."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return names | {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


def test_the_first_is_one_module() -> None:
    assert not AUDIT.with_name("auditing").exists()
    others = {name.removeprefix("phanbo.") for name in imported(AUDIT)}
    assert {name for name in others if name.split(".")[0] not in sys.stdlib_module_names} <= ALLOWED


def test_the_second_rests_on_the_standard_library_alone() -> None:
    assert {name.split(".")[0] for name in imported(CHECKER)} <= sys.stdlib_module_names


def test_the_first_loads_nothing_that_builds_or_solves(case: Path) -> None:
    code = (
        "import sys\nfrom phanbo.audit import audit\nassert audit(sys.argv[1]).ok\n"
        "print(*(name for name in sys.modules if name.startswith('phanbo.')))"
    )
    said = subprocess.run(  # noqa: S603 — our own interpreter
        [sys.executable, "-c", code, str(case)], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    loaded = {name.split(".")[1] for name in said.stdout.split()}
    assert "case" in loaded
    assert not loaded & FORBIDDEN
    assert not {"pulp", "highspy", "networkx"} & set(said.stdout.split())


def test_the_first_never_asks_a_rule_for_its_limits(monkeypatch: pytest.MonkeyPatch, case: Path) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a first face was asked")

    for rule in RULES.values():
        monkeypatch.setattr(rule, "limits", refuse)
    assert audit(case).proved == "optimal"
    with pytest.raises(AssertionError, match="first face"):
        sample().propose()


def test_the_second_runs_by_itself(case: Path, tmp_path: Path) -> None:
    """In a bare interpreter, without site packages."""
    said = [
        subprocess.run([sys.executable, "-I", "-S", CHECKER, folder], capture_output=True, check=False)  # noqa: S603
        for folder in (case, tmp_path)
    ]
    assert [each.returncode for each in said] == [0, 1]
    assert "ĐÚNG / RIGHT" in said[0].stdout.decode()
    assert "phanbo audit" in said[0].stdout.decode()


# -- what they say --------------------------------------------------------------------------------------


def test_the_command_line(case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["audit", str(case)]) == 0
    assert "RIGHT: legal, and nothing better is" in capsys.readouterr().out
    assert cli.main(["audit", str(tmp_path / "none"), "--lang", "en"]) == 4
    said = capsys.readouterr()
    assert said.out == ""
    assert "WRONG: " in said.err
    assert "RIGHT" not in said.err
    module = subprocess.run([sys.executable, "-m", "phanbo.audit", case], capture_output=True, check=False)  # noqa: S603
    assert (module.returncode, "ĐÚNG" in module.stdout.decode()) == (0, True)


def test_it_speaks_both_languages_and_says_what_it_leaves(case: Path, tmp_path: Path) -> None:
    found, none = audit(case), audit(tmp_path)
    assert (found.ok, bool(found), found.proved) == (True, True, "optimal")
    assert (none.ok, bool(none), none.proved) == (False, False, "")
    assert found.to_dict() == {"findings": (), "notes": (), "proved": "optimal"}
    assert all(" / " in line for line in [*found.text().splitlines(), *none.text().splitlines()])
    assert "phanbo verify" in found.text().splitlines()[-1]


def test_a_prefix_is_checked_for_legality() -> None:
    with saved(sample().propose().head(1)) as folder:
        found = first(folder)
        assert found.proved == "legal"
        assert "optimality not judged" in found.text()
        assert second(folder) == []


def test_a_flag_alone_excuses_no_proof() -> None:
    with saved(sample().propose()) as folder:
        forge(folder, lambda plain: plain["certificate"].update(marked=True))
        assert any("excuses" in said for said in first(folder).findings)
        forge(folder, lambda plain: tell(plain, plain["rulebook"]["text"] + "# custom = true\n"))
        assert any("excuses" in said for said in first(folder).findings)
        plain = forge(folder, lambda plain: plain["certificate"]["tiers"][-1].update(value=0))
        assert plain["certificate"]["marked"]
        assert second(folder)


@pytest.mark.parametrize("how", ["less room", "more room", "stranger", "twice", "leaf", "rule"])
def test_a_row_that_no_rule_states(how: str) -> None:
    proposal = ceiling_sample().propose()
    unit = proposal.meta["policy"]["unit"]

    def change(plain: dict[str, Any]) -> None:
        rows = plain["certificate"]["rows"]
        row, strangers = (
            rows[0],
            [r["line_id"] for r in plain["lines"] if r["line_id"] not in rows[0]["lines"]],
        )
        changes: dict[str, dict[str, Any]] = {
            "less room": {"headroom": row["headroom"] - unit},
            "more room": {"headroom": row["headroom"] + unit},
            "stranger": {"lines": [*row["lines"], strangers[0]]},
            "rule": {"rule": "stated-need"},
        }
        if how == "twice":
            rows.append({**row, "lines": row["lines"][:1]})
        elif how == "leaf":
            leaf = next(f"leaf:{r['pool']}|{r['owner']}" for r in plain["lines"])
            rows.append({**row, "key": leaf})
        else:
            row.update(changes[how])

    with saved(proposal) as folder:
        assert first(folder).ok
        forge(folder, change)
        assert not first(folder).ok
        assert how in ("stranger", "rule") or second(folder)


@pytest.mark.parametrize("headroom", [-1, -100_000_000, 0.5, "0", None, True])
def test_a_row_has_room_for_nothing_or_more(headroom: object) -> None:
    """A row that names one line, with a room below 0, is broken by every plan: it would prove any plan the best."""
    with saved(sample().propose()) as folder:

        def change(plain: dict[str, Any]) -> None:
            line = plain["lines"][5]["line_id"]
            row = {"key": "project:x", "rule": "total-investment", "headroom": headroom, "lines": [line]}
            plain["certificate"]["rows"].append(row)

        forge(folder, change)
        assert any("no whole number ≥ 0" in said for said in first(folder).findings)
        assert second(folder)


def test_only_a_plan_within_its_ends_and_rows_is_judged_the_best(case: Path) -> None:
    def said(stored: StoredRound) -> bool:
        return any("the plan leaves its bounds or rows" in fault for fault in optimal(stored))

    stored = reopen(case)
    assert not said(stored)
    assert said(replace(stored, shut=np.ones_like(stored.shut)))
    row = {"key": "project:x", "rule": "total-investment", "headroom": -(10**8), "lines": []}
    proof = stored.plain["certificate"]
    forged = stored.plain | {"certificate": proof | {"rows": [*proof["rows"], row]}}
    assert said(replace(stored, plain=forged))


def test_goals_in_another_order_are_found() -> None:
    def names(plain: dict[str, Any]) -> list[str]:
        return [tier["tier"] for tier in plain["certificate"]["tiers"]]

    extra = {"value": 0, "gap": 0, "duals": {}}
    with saved(sample().propose()) as folder:
        told = names(forge(folder, lambda _: None))
        assert first(folder).ok
        for others in (
            *([told[k], *told[:k], *told[k + 1 :]] for k in range(1, told.index("canonical") + 1)),
            *([*told, stray] for stray in ("line[9999]", "line[-1]", "key")),
        ):

            def change(plain: dict[str, Any], others: list[str] = others) -> None:
                tiers = {tier["tier"]: tier for tier in plain["certificate"]["tiers"]}
                kept = [tiers.get(name, {"tier": name, **extra}) for name in others]
                plain["certificate"]["tiers"] = kept

            forge(folder, change)
            assert any("order of goals" in said for said in first(folder).findings)
        forge(folder, lambda plain: change(plain, told))
        assert first(folder).ok


@pytest.mark.parametrize("name", ["late", "key", "late_permille", "lead_permille"])
def test_a_fact_that_is_not_the_tables_is_found(name: str) -> None:
    with saved(sample().propose()) as folder:

        def change(plain: dict[str, Any]) -> None:
            column = plain["certificate"]["facts"][name]
            column[0] = (not column[0]) if isinstance(column[0], bool) else column[0] + 1

        forge(folder, change)
        assert any(f"the stored {name}" in en for en in first(folder).findings)


def test_files_that_contradict_each_other(case: Path, tmp_path: Path) -> None:
    with saved(sample().propose()) as folder:
        (folder / "policy.json").write_text("{}", encoding="utf-8")
        assert any("has changed" in en for en in first(folder).findings)
        seal(folder)
        assert any("policy.json" in en for en in first(folder).findings)
        assert second(folder)
    with saved(sample().propose()) as folder:
        forge(folder, lambda plain: plain["rulebook"]["rules"].remove("locked"))
        assert any("list of rules" in en for en in first(folder).findings)
        assert second(folder)
    for text in ("{", "[]", "null"):
        with saved(sample().propose()) as folder:
            (folder / "proposal.json").write_text(text, encoding="utf-8")
            seal(folder)
            assert not first(folder).ok
            assert second(folder)


def test_every_missing_entry_is_a_finding() -> None:
    with saved(sample().propose()) as folder:
        kept = json.loads((folder / "proposal.json").read_text(encoding="utf-8"))
        for name in set(kept) - {"phanbo", "solver", "sources", "unplaced", "unchecked", "schema"}:

            def change(plain: dict[str, Any], name: str = name) -> None:
                plain.clear()
                plain.update({key: value for key, value in kept.items() if key != name})

            try:
                forge(folder, change)
            except KeyError:
                continue
            assert not first(folder).ok, name


# -- forged folders ---------------------------------------------------------------------------------------


LOTTERY, LOCAL = "Xổ số kiến thiết", "Ngân sách tỉnh"


@pytest.mark.parametrize("full", [False, True])
def test_a_shrinking_pool_spares_its_good_lines_even_in_a_prefix(*, full: bool) -> None:
    """A line of no surplus gives, while one that has surplus for all that is owed keeps it."""
    honest = sample().propose()
    case, book, frame = honest._case, honest._rulebook, honest.frames["lines"]
    cut, add = (frame[name].to_numpy().copy() for name in ("cut", "add"))
    good, slow = (case.portfolio.place[f"{project}/{LOTTERY}/2024"] for project in ("P5", "P1"))
    assert (frame["cut_bound"][good], frame["cut_bound"][slow]) == (0, 691_000_000)
    cut[good], cut[slow], add[good] = 100_000_000, 50_000_000, 0
    ranked = rank_transfers(make_transfers(case, book, cut, add), case.plan, case.outlook)
    meta = dict(honest.meta) | ({} if full else {"parent": honest.hash})
    forged = make_proposal(case, book, ranked, honest.proof, meta, ())
    assert any("cuts below its surplus more than it must" in said for said in forged.verify().findings)
    with saved(forged) as folder:
        assert any("what its pool must cut" in said for said in first(folder).findings)
        assert any("does not balance" in said for said in second(folder))


@pytest.mark.parametrize("pool", [None, "nowhere", LOCAL, "an end"])
def test_a_transfer_has_two_ends_that_exist(pool: str | None) -> None:
    with saved(sample().propose()) as folder:

        def change(plain: dict[str, Any]) -> None:
            last = plain["transfers"][-1]
            names = {"from_line": "GHOST-1", "to_line": "GHOST-2", "pool": pool}
            if pool == "an end":
                home = last["pool"]
                names = {"from_line": f"reserve:{home}", "to_line": f"inflow:{home}", "pool": home}
            plain["transfers"].append(last | names | {"amount": 10**12, "rank": last["rank"] + 1, "gain": 0})

        forge(folder, change)
        assert any("wrong amount, rank or pool" in said for said in first(folder).findings)
        assert any("lần chuyển / transfer" in said for said in second(folder))


def test_capital_out_of_nothing_in_a_prefix_is_found() -> None:
    """A giver is replaced by the inflow of its pool, which has none; every table says so."""
    with saved(sample().propose()) as folder:

        def change(plain: dict[str, Any]) -> None:
            plain["parent"] = "sha256:" + "0" * 64
            move = next(each for each in plain["transfers"] if each["rank"] > 0)
            giver, amount, home = move["from_line"], move["amount"], move["pool"]
            move["from_line"] = f"inflow:{home}"
            row = next(each for each in plain["lines"] if each["line_id"] == giver)
            points = next(each["points"] for each in plain["outlook"]["lines"] if each["line_id"] == giver)
            told = next(each for each in plain["adjustments"] if each["line_id"] == giver)
            row["cut"] -= amount
            after = told["plan"] - row["cut"]
            row["expected_after"] = sum(min(after, y) for y in points) // len(points)
            told.update(change=-row["cut"], plan_after=after, expected_after=row["expected_after"])
            if not row["cut"]:
                plain["adjustments"].remove(told)
            pool = next(each for each in plain["pools"] if each["pool"] == home)
            assert pool["inflow"] <= 0
            pool["cut"] -= amount

        forge(folder, change)
        assert not first(folder).ok
        (said,) = second(folder)
        assert "does not balance" in said


@pytest.mark.parametrize("names", [("_sheet", "disbursed"), ("stage", "_row")])
def test_a_name_stands_once_in_the_header_of_the_lines(names: tuple[str, str]) -> None:
    """The last two columns are outside the hash: under another name they would pass for figures of the input."""
    with saved(sample().propose()) as folder:
        path = folder / "input" / "lines.csv"
        header, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
        assert header.endswith(",_sheet,_row\n")
        path.write_text(
            header.replace("_sheet,_row", ",".join(names)) + "".join(rows), encoding="utf-8", newline=""
        )
        seal(folder)
        assert any("the tables of input/ are others" in said for said in second(folder))
        assert not first(folder).ok


def closed_owner() -> Setting:
    """Return a round in which Ban A may not import, and moves capital between its own lines."""
    rows = [
        ("P1", "Ban A", 10, 1, 0, 0),
        ("P1b", "Ban A", 10, 10, 5, 0),
        ("P2", "Ban B", 10, 1, 0, 4),
        ("P3", "Ban C", 10, 10, 12, 0),
        ("P6", "Ban B", 90, 89, 0, 0),
    ]
    money = ["plan", "disbursed", "requested_increase", "offered_decrease"]
    lines = pd.DataFrame(rows, columns=["project_id", "owner", *money])
    lines[money] *= 100_000_000
    lines = lines.assign(project=lines["project_id"], source=LOCAL, plan_year=2024, stage="transitional")
    lines = lines.assign(total_investment=10**12, allocated_to_date=10**11)
    return Setting(lines, None, pb.Policy(fast="milestone"), 2, "2024-09-15")


@pytest.mark.parametrize("hidden", [False, True])
def test_no_transfer_enters_an_owner_that_the_law_closes(*, hidden: bool) -> None:
    """All owners are said to be open; in the full plan Ban A brings in nothing, yet one transfer does; no prefix if hidden."""
    p1, own, p2, p3 = (f"{project}/{LOCAL}/2024" for project in ("P1", "P1b", "P2", "P3"))
    order = ((p1, p3), (p2, own), (p1, own)) if hidden else ((p2, own), (p1, p3), (p1, own))
    with saved(closed_owner().propose()) as folder:
        assert first(folder).proved == "optimal"

        def change(plain: dict[str, Any]) -> None:
            left = {row["line_id"]: row["cut"] + row["add"] for row in plain["lines"]}
            now = {row["line_id"]: row["plan"] for row in plain["adjustments"]}
            points = {row["line_id"]: row["points"] for row in plain["outlook"]["lines"]}
            owners = {row["line_id"]: row["owner"] for row in plain["lines"]}
            model = plain["transfers"][0]
            plain["transfers"] = []
            for row in plain["lines"]:
                row["may_import"] = True
            for rank, (giver, taker) in enumerate(order, start=1):
                amount, gain = min(left[giver], left[taker]), 0
                for line, sign in ((giver, -1), (taker, 1)):
                    left[line] -= amount
                    before, now[line] = now[line], now[line] + sign * amount
                    spent = [
                        sum(min(x, y) for y in points[line]) // len(points[line]) for x in (before, now[line])
                    ]
                    gain += spent[1] - spent[0]
                ends = {"from_line": giver, "to_line": taker, "amount": amount, "rank": rank, "gain": gain}
                inside = owners[giver] == owners[taker]
                plain["transfers"].append(
                    model | ends | {"authority": "owner-internal" if inside else "hdnd"}
                )
            assert not any(left.values())
            for row in plain["adjustments"]:
                moves = [each for each in plain["transfers"] if row["line_id"] in each.values()]
                row["rank"] = min(each["rank"] for each in moves)
                outside = any(each["authority"] == "hdnd" for each in moves)
                row["authority"] = "hdnd" if outside else "owner-internal"

        forge(folder, change)
        (said,) = first(folder).findings
        assert "an owner that may not import does" in said
        assert own in said
        found = load_proposal(folder).verify().findings
        closed = "a transfer brings capital to an owner that a rule closes"
        assert found == (closed,) if hidden else found[0].startswith("prefix 1: owner-import")


def test_a_full_round_keeps_the_least_amount() -> None:
    setting = sample()
    with saved(setting.propose()) as folder:
        forge(folder, lambda plain: plain["policy"].update(min_move=10**12))
        assert any("changed by less than the least amount" in said for said in first(folder).findings)
        found = load_proposal(folder).verify().findings
        assert any("it is changed by less than the least amount" in said for said in found)
    least = setting.with_policy(min_move=150_000_000).propose()
    assert least.meta["held"]
    for proposal in (least, least.head(1), setting.propose()):
        with saved(proposal) as folder:
            assert first(folder).ok
            assert load_proposal(folder).verify().ok


def test_what_is_taken_as_stored_is_noted() -> None:
    setting = sample().with_policy(min_move=150_000_000)
    proposal = setting.propose()
    with saved(proposal) as folder:
        (note,) = first(folder).notes
        assert note.endswith(
            "held for too small a change, taken as stored: " + ", ".join(proposal.meta["held"])
        )
    text = proposal.meta["calendar"]["text"]
    with saved(sample().propose(calendar=parse_calendar(text + "\n# của tỉnh\n"))) as folder:
        assert first(folder).notes == (
            "lịch khác bản phát hành / a calendar other than the shipped ones: lang-son-2024",
        )
    before = sample().propose()
    later = pb.propose(before.apply(), **sample().given(assessment=before.assessment, outlook=before.outlook))
    with saved(later) as folder:
        (note,) = first(folder).notes
        assert note.endswith("assessment of another state, taken as stored: 2024-09-15")
    with saved(before) as folder:
        assert first(folder).notes == ()
        forge(
            folder,
            lambda plain: [plain[name].update(forecaster="phòng KH") for name in ("policy", "outlook")],
        )
        (note,) = first(folder).notes
        assert note.endswith("a forecast of one's own, taken as stored: phòng KH")


def odd(name: str, plain: dict[str, Any]) -> None:
    """Put something into ``proposal.json`` that has no place there."""
    points = plain["outlook"]["lines"][0]["points"]
    match name:
        case "number":
            plain["round"]["number"] = [1]
        case "key":
            plain["certificate"]["rows"].append({"key": {}, "rule": "locked", "headroom": 0, "lines": []})
        case "headroom":
            plain["certificate"]["rows"].append({"key": "x", "rule": "locked", "headroom": 0.0, "lines": []})
        case "parent":
            plain["parent"] = float("nan")
        case "points":
            points[0] += 0.0
        case "text":
            points[0] = str(points[0])
        case "rulebook":
            tell(plain, plain["rulebook"]["text"] + f"\nzz = {'[' * 20_000}{']' * 20_000}\n")
        case "calendar":
            plain["calendar"]["text"] = f"zz = {'[' * 20_000}{']' * 20_000}\n" + plain["calendar"]["text"]


@pytest.mark.parametrize(
    "name", ["number", "key", "headroom", "parent", "points", "text", "rulebook", "calendar"]
)
def test_what_has_no_place_is_a_finding_and_no_traceback(name: str) -> None:
    with saved(sample().propose()) as folder:
        forge(folder, lambda plain: odd(name, plain))
        assert not first(folder).ok
        with pytest.raises(pb.PhanboError):
            load_proposal(folder)
        assert name in ("number", "parent", "points") or second(folder)


def test_a_text_nested_too_deep_is_a_finding_and_no_traceback() -> None:
    with saved(sample().propose()) as folder:
        path = folder / "proposal.json"
        deep = f'"zzz": {"[" * 200_000}{"]" * 200_000}, "schema":'
        path.write_text(
            path.read_text(encoding="utf-8").replace('"schema":', deep, 1), encoding="utf-8", newline="\n"
        )
        seal(folder)
        assert not first(folder).ok
        assert any("cannot be read" in said for said in second(folder))
        with pytest.raises(pb.PhanboError, match="cannot be read"):
            load_proposal(folder)
        with pytest.raises(pb.PhanboError, match="cannot be read"):
            from_json(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("program", [["-m", "phanbo.audit"], [str(CHECKER)]], ids=["first", "second"])
def test_without_a_folder_they_say_how_they_are_used(program: list[str]) -> None:
    said = subprocess.run([sys.executable, *program], capture_output=True, check=False)  # noqa: S603
    assert said.returncode == 2
    assert "usage" in said.stdout.decode()
    assert not said.stderr


# -- rulebooks ------------------------------------------------------------------------------------------


def test_rules_added_are_noted() -> None:
    book = RULEBOOK.with_rule(AskedLimits({"P1/Ngân sách tỉnh/2024": 0}, {}))
    with saved(sample().propose(rulebook=book)) as folder:
        assert first(folder).notes == ("quy định thêm vào / rules added to vn-2020: asked-limit",)
        assert second(folder) == []


def granting(by: int) -> pb.Rulebook:
    """Return the rulebook with so much granted to the line that its absorption alone holds back."""
    grant = {
        "kind": "bound",
        "rule": "absorption",
        "side": "add",
        "line_id": "P4/Ngân sách tỉnh/2024",
        "by": by,
    }
    return RULEBOOK.granting([grant])


def tell(plain: dict[str, Any], text: str) -> None:
    """Let a folder tell another text of the rulebook, its hash included."""
    plain["rulebook"].update(text=text, sha256=hashlib.sha256(text.encode()).hexdigest())


def test_what_was_granted_is_noted_and_no_rule_is_called_switched_off() -> None:
    book = granting(100_000_000)
    with saved(sample().propose(rulebook=book)) as folder:
        found = first(folder)
        assert found.proved == "optimal", found.text()
        (note,) = found.notes
        assert "granted beyond absorption: P4/Ngân sách tỉnh/2024 (add +100000000)" in note
        assert note.endswith("by department")
        assert second(folder) == []
        forge(folder, lambda plain: tell(plain, granting(200_000_000).text))  # more than was granted
        assert any("add bound" in said for said in first(folder).findings)
        forge(folder, lambda plain: tell(plain, RULEBOOK.text))  # nothing was
        assert any("add bound" in said for said in first(folder).findings)
        forge(folder, lambda plain: tell(plain, book.text.replace('by = "department"', 'by = "anybody"')))
        assert any("one who may not" in said for said in first(folder).findings)
        law = book.text.replace('rule = "absorption"', 'rule = "stated-need"')
        forge(folder, lambda plain: tell(plain, law))
        assert any("stated-need is law" in said for said in first(folder).findings)


def test_a_rule_of_ones_own_must_be_brought_along() -> None:
    own = type("Own", (type(RULEBOOK.rule("locked")),), {"code": "own"})()
    book = RULEBOOK.with_rule(own)
    with saved(sample().propose(rulebook=book)) as folder:
        assert any("with_rule" in en for en in first(folder).findings)
        assert any("added to vn-2020: own" in en for en in first(folder, book).notes)
        assert first(folder, book).ok
        assert second(folder) == []


def test_a_rulebook_of_ones_own_names_what_it_leaves_out() -> None:
    text = RULEBOOK.text.replace('code = "vn-2020"', 'code = "tinh-2024"', 1).replace(
        '[[rule]]\ncode = "locked"\n', "", 1
    )
    with saved(sample().propose(rulebook=parse_rulebook(text))) as folder:
        found = first(folder)
        assert found.ok
        assert any("tinh-2024" in en and "leaves out: locked" in en for en in found.notes)
        assert second(folder) == []


def test_how_a_text_departs_from_the_shipped_one() -> None:
    text = RULEBOOK.text
    assert departures(text, text) == ([], [])
    other = text.replace("{ a = 6, b = 4, c = 3 }", "{ a = 9, b = 4, c = 3 }")
    assert departures(other, text) == (["rule capital-time-limit (parameters)"], [])
    assert departures(text.replace("day = 31", "day = 30"), text) == (["closing (day)"], [])
    first_two = '[[rule]]\ncode = "locked"\n[[rule]]\ncode = "counterpart"\n'
    turned = '[[rule]]\ncode = "counterpart"\n[[rule]]\ncode = "locked"\n'
    assert departures(text.replace(first_two, turned), text) == (["rule order"], [])
    assert departures(RULEBOOK.with_rule(AskedLimits()).text, text) == ([], ["asked-limit"])
    replaced = RULEBOOK.with_rule(RULEBOOK.rule("locked"))
    assert departures(replaced.text, text) == (["rule locked (custom)"], [])
