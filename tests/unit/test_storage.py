"""The case folder: everything in it, whole or not at all, and nothing in it can be changed unseen."""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

import phanbo as pb
from phanbo.errors import PhanboError
from phanbo.proposal.storage import check_manifest, content_hash, from_json, load_proposal, replace_folder
from phanbo.replay import replay
from rounds import AS_OF, CALENDAR, TY, Fixed, inflow, lines, proposal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from phanbo.proposal import Proposal

FILES = {
    "MANIFEST.sha256",
    "calendar.toml",
    "certificate.json",
    "input/lines.csv",
    "input/notes.csv",
    "policy.json",
    "proposal.html",
    "proposal.json",
    "proposal.xlsx",
    "rulebook.toml",
}


@pytest.fixture(scope="module")
def made() -> Proposal:
    return proposal()


@pytest.fixture(scope="module")
def folder(made: Proposal, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("case") / "Đợt 2"
    made.save(place)
    return place


@pytest.fixture
def copied(folder: Path, tmp_path: Path) -> Path:
    return shutil.copytree(folder, tmp_path / "case")


def files(place: Path) -> set[str]:
    return {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()}


def test_the_folder_holds_the_whole_case(folder: Path, made: Proposal) -> None:
    assert files(folder) == FILES
    assert check_manifest(folder) == []
    assert (folder / "proposal.json").read_text(encoding="utf-8") == made.to_json()
    assert (folder / "calendar.toml").read_text(encoding="utf-8") == CALENDAR.text
    assert (folder / "rulebook.toml").read_text(encoding="utf-8") == pb.load_rulebook("vn-2020").text
    certificate = json.loads((folder / "certificate.json").read_text(encoding="utf-8"))
    assert certificate["ok"]
    assert certificate["findings"] == []
    assert set(certificate["gap"].values()) == {0}


def test_the_policy_is_written_out_with_its_defaults(folder: Path) -> None:
    assert json.loads((folder / "policy.json").read_text(encoding="utf-8")) == pb.Policy().to_dict()


def test_the_manifest_is_what_sha256sum_reads(folder: Path) -> None:
    listed = (folder / "MANIFEST.sha256").read_text(encoding="utf-8").splitlines()
    assert {line[66:] for line in listed} == FILES - {"MANIFEST.sha256"}
    for line in listed:
        assert line[:64] == hashlib.sha256((folder / line[66:]).read_bytes()).hexdigest()
        assert line[64:66] == "  "


def test_text_files_are_the_same_everywhere(folder: Path) -> None:
    for name in FILES - {"proposal.xlsx"}:
        content = (folder / name).read_bytes()
        assert b"\r" not in content
        content.decode("utf-8")


def test_money_is_integers_and_dates_are_iso(folder: Path) -> None:
    plain = json.loads(
        (folder / "proposal.json").read_text(encoding="utf-8"), parse_float=lambda t: f"float {t}"
    )
    for row in plain["transfers"]:
        assert isinstance(row["amount"], int)
        assert isinstance(row["gain"], int)
    assert all(isinstance(point, int) for row in plain["outlook"]["lines"] for point in row["points"])
    assert plain["as_of"] == AS_OF
    assert plain["schema"] == "phanbo.proposal/1"


# -- loading --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"sources": inflow(-3 * TY)},
        {
            "policy": pb.Policy(
                return_unplaced=True, min_move=3 * TY, authority=("hdnd",), deadline="2024-12-31"
            )
        },
        {"policy": pb.Policy(forecaster=Fixed(2 * TY, 14 * TY))},
        {"policy": pb.Policy(tiers=(pb.Tier("disbursement", 0.1), "authority"))},
        {"round": pb.Round("2024-10-20", "2024-09-30", "2024-12-31")},  # type: ignore[arg-type]
        {"round": 1, "as_of": "2024-03-01"},
    ],
)
def test_a_case_comes_back(tmp_path: Path, given: dict[str, Any]) -> None:
    made = proposal(**given)
    made.save(tmp_path / "case")
    again = load_proposal(tmp_path / "case")
    assert again.to_json().replace(_sources(again), _sources(made)) == made.to_json()
    assert again.hash == made.hash
    assert again.verify().ok
    assert again.explain("L0").text == made.explain("L0").text
    assert again.apply() == made.apply()
    assert replay(tmp_path / "case") == []
    again.save(tmp_path / "again")
    assert load_proposal(tmp_path / "again").hash == made.hash


def _sources(some: Proposal) -> str:
    return json.dumps(some.meta["sources"], ensure_ascii=False)


def test_a_prefix_comes_back(tmp_path: Path, made: Proposal) -> None:
    part = made.head(1)
    part.save(tmp_path / "case")
    again = load_proposal(tmp_path / "case")
    assert again.meta["parent"] == made.hash
    assert again.verify().ok
    assert replay(tmp_path / "case") == []


def test_what_if_with_an_earlier_assessment(tmp_path: Path, made: Proposal) -> None:
    nothing = pb.propose(
        made.apply(),
        calendar=CALENDAR,
        round=2,
        as_of=AS_OF,
        assessment=made.assessment,
        outlook=made.outlook,
    )
    assert nothing.summary["cut_lines"] == 0
    nothing.save(tmp_path / "case")
    assert files(tmp_path / "case") == FILES | {"assessed/lines.csv", "assessed/notes.csv"}
    assert load_proposal(tmp_path / "case").verify().ok
    assert replay(tmp_path / "case") == []
    shutil.rmtree(tmp_path / "case" / "assessed")
    with pytest.raises(PhanboError, match="assessment"):
        load_proposal(tmp_path / "case")


def test_json_alone_is_read_but_not_verified(made: Proposal) -> None:
    bare = pb.Proposal.from_json(made.to_json())
    assert bare.to_json() == made.to_json()
    assert bare.adjustments.equals(made.adjustments)
    for use in (
        bare.verify,
        bare.apply,
        lambda: bare.explain("L0"),
        lambda: bare.head(1),
        lambda: bare.assessment,
    ):
        with pytest.raises(PhanboError, match="portfolio="):
            use()


def test_other_tables_are_found(made: Proposal) -> None:
    other = pb.Portfolio(lines(disbursed=[TY, 9 * TY, TY, 9 * TY, TY, 9 * TY - 1]))
    certificate = pb.Proposal.from_json(made.to_json(), portfolio=other).verify()
    assert not certificate.ok
    assert any("not those" in finding for finding in certificate.findings)


# -- tampering ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(FILES - {"MANIFEST.sha256"}))
def test_any_changed_file_is_found(copied: Path, name: str) -> None:
    path = copied / name
    path.write_bytes(path.read_bytes() + b"\n")
    assert check_manifest(copied) == [f"{name} has changed"]
    assert check_manifest(copied, "vi") == [f"tệp {name} đã bị thay đổi"]
    path.unlink()
    assert check_manifest(copied) == [f"{name} is missing"]


def test_a_new_file_is_found(copied: Path) -> None:
    (copied / "input" / "history.csv").write_text("x", encoding="utf-8")
    assert check_manifest(copied) == ["input/history.csv is not in the manifest"]


def change(place: Path, name: str, edit: Callable[[str], str]) -> None:
    """Change a file and the manifest with it: a forger who knows phanbo."""
    path = place / name
    old = path.read_text(encoding="utf-8")
    assert edit(old) != old
    path.write_text(edit(old), encoding="utf-8", newline="\n")
    manifest = place / "MANIFEST.sha256"
    before, after = (hashlib.sha256(text.encode()).hexdigest() for text in (old, edit(old)))
    manifest.write_text(manifest.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    assert check_manifest(place) == []


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("calendar.toml", 'share = "0.7"', 'share = "0.6"'),
        ("rulebook.toml", 'code = "locked"', 'code = "counterpart"'),
        ("policy.json", '"min_move": 0', '"min_move": 1'),
        ("proposal.json", '"lines": 6', '"lines": 7'),
        ("proposal.json", '"may_import": true', '"may_import": false'),
        ("input/lines.csv", "9000000000", "9000000001"),
    ],
)
def test_a_forger_is_found(copied: Path, name: str, old: str, new: str) -> None:
    change(copied, name, lambda text: text.replace(old, new, 1))
    try:
        assert not load_proposal(copied).verify().ok
    except PhanboError:
        return


def test_every_number_of_a_proposal_is_guarded(made: Proposal) -> None:
    """Each leaf of the JSON changed by one: never a verified proposal."""
    plain = json.loads(made.to_json())
    portfolio = made.case.portfolio if made.case else None
    for frame in ("adjustments", "transfers", "lines", "pools", "tiers", "unplaced", "unchecked"):
        for column, value in plain[frame][0].items() if plain[frame] else ():
            if isinstance(value, list):
                continue
            forged = json.loads(made.to_json())
            forged[frame][0][column] = _other(value)
            try:
                again = from_json(json.dumps(forged), portfolio=portfolio)
                assert not again.verify().ok, f"{frame}.{column}"
            except PhanboError:
                continue


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return f"{value} khác"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "3", "null", '{"schema": "phanbo.proposal/2"}', '{"schema": "phanbo.proposal/1"}']
)
def test_what_is_no_proposal(text: str) -> None:
    with pytest.raises(PhanboError, match="cannot be read"):
        from_json(text)


def test_a_proposal_that_lacks_an_entry(made: Proposal) -> None:
    plain = json.loads(made.to_json())
    for name in plain:
        for wrong in (
            {k: v for k, v in plain.items() if k != name},
            {**plain, name: 3},
            {**plain, name: [3]},
        ):
            try:
                again = from_json(json.dumps(wrong), portfolio=made.case.portfolio if made.case else None)
            except PhanboError:
                continue
            assert name in SAID_ONLY or not again.verify().ok, name


SAID_ONLY = ("phanbo", "sources", "solver")
"""Versions and file names: no part of what is certified."""


def test_a_folder_that_is_no_case(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "none"):
        with pytest.raises(PhanboError, match=r"proposal\.json"):
            load_proposal(place)
    with pytest.raises(FileNotFoundError):
        check_manifest(tmp_path)


@pytest.mark.parametrize("name", ["proposal.json", "calendar.toml", "policy.json"])
def test_files_that_are_no_text(copied: Path, name: str) -> None:
    (copied / name).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PhanboError):
        load_proposal(copied)


# -- whole or not at all --------------------------------------------------------------------------------


def boom(root: Path) -> None:
    (root / "half.json").write_text("{", encoding="utf-8")
    raise ZeroDivisionError


def test_a_failing_fill_leaves_no_trace(tmp_path: Path, copied: Path) -> None:
    before = {name: (copied / name).read_bytes() for name in files(copied)}
    for target in (tmp_path / "new", copied):
        with pytest.raises(ZeroDivisionError):
            replace_folder(target, boom)
    assert {name: (copied / name).read_bytes() for name in files(copied)} == before
    assert [path.name for path in tmp_path.iterdir()] == ["case"]


def test_an_interrupt_leaves_no_trace(tmp_path: Path) -> None:
    def stop(root: Path) -> None:
        boom_here = root / "half"
        boom_here.mkdir()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replace_folder(tmp_path / "new", stop)
    assert list(tmp_path.iterdir()) == []


def test_an_earlier_case_is_replaced(copied: Path, made: Proposal) -> None:
    made.head(1).save(copied)
    assert load_proposal(copied).meta["parent"] == made.hash
    assert [path.name for path in copied.parent.iterdir()] == ["case"]
    (copied / ".DS_Store").write_text("x", encoding="utf-8")
    made.save(copied)
    assert files(copied) == FILES


def test_nothing_of_the_users_is_ever_deleted(tmp_path: Path, copied: Path, made: Proposal) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thu.docx").write_text("x", encoding="utf-8")
    (copied / "input" / "ghi chú.docx").write_text("x", encoding="utf-8")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for place in (mine, copied, tmp_path / "file"):
        with pytest.raises(FileExistsError) as caught:
            made.save(place)
        assert caught.value.filename
    assert (mine / "thu.docx").exists()
    assert (copied / "input" / "ghi chú.docx").exists()


def test_an_empty_folder_and_new_parents(tmp_path: Path, made: Proposal) -> None:
    (tmp_path / "empty").mkdir()
    made.save(tmp_path / "empty")
    made.save(str(tmp_path / "a" / "b"))
    assert files(tmp_path / "empty") == files(tmp_path / "a" / "b") == FILES


# -- identity -------------------------------------------------------------------------------------------


def test_the_same_round_has_the_same_bytes(made: Proposal) -> None:
    shuffled = proposal(lines().sample(frac=1, random_state=3))
    assert shuffled.to_json() == made.to_json()
    assert content_hash(shuffled) == made.hash
    assert made.hash.startswith("sha256:")
    assert made.hash != proposal(policy=pb.Policy(notes="khác")).hash
    assert made.hash != made.head(1).hash


def test_a_custom_rule_must_be_brought_along(tmp_path: Path) -> None:
    book = pb.load_rulebook("vn-2020")
    own = book.with_rule(type("Own", (type(book.rule("locked")),), {"code": "own"})())
    made = proposal(rulebook=own)
    made.save(tmp_path / "case")
    with pytest.raises(PhanboError, match="with_rule"):
        load_proposal(tmp_path / "case")
    assert load_proposal(tmp_path / "case", rulebook=own).verify().ok
    assert replay(tmp_path / "case", rulebook=own) == []
