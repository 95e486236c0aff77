"""A proposal as JSON, and as a case folder that holds everything needed to check it years later."""

from __future__ import annotations

import errno
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from phanbo.calendar_file import parse_calendar
from phanbo.case_file import (
    MANIFEST,
    check_manifest,
    files_of,
    listed_in,
    read_folder,
    rebuild_case,
    sha256_of,
    stored_outlook,
    unreadable,
)
from phanbo.certificate import LineFacts, RowClaim
from phanbo.proposal import Proof, Proposal
from phanbo.proposal.frames import FRAMES
from phanbo.proposal.schema import SCHEMA, frame_of_records
from phanbo.records import records
from phanbo.rulebook_file import parse_rulebook
from phanbo.solver.interrupt import held_back

if TYPE_CHECKING:
    from phanbo.portfolio import Portfolio
    from phanbo.rulebook import Rulebook

__all__ = [
    "certificate_text",
    "check_manifest",
    "content_hash",
    "from_json",
    "load_proposal",
    "replace_folder",
    "save",
    "to_json",
]

VERSIONS = ("phanbo", "solver", "sources")
FACTS = {"late": bool, "key": bool, "late_permille": int, "lead_permille": int}
"""The facts of the lines beside the certificate, one value a line, in the order of `lines`."""
KINDS = {"proposal.json": "a case folder", "assessment.json": "the folder of an assessment"}
"""The file by which a folder is known, and what the folder is then; letters have none."""


def document(proposal: Proposal) -> dict[str, Any]:
    """Return the proposal as one mapping of plain values, keys in their fixed order."""
    ids = proposal.outlook.line_ids
    rows = [
        {"key": r.key, "rule": r.rule, "headroom": r.headroom, "lines": [ids[i] for i in r.lines]}
        for r in proposal.proof.rows
    ]
    tiers = [
        {"tier": name, "value": value, "gap": gap, "duals": dict(sorted(duals.items()))}
        for name, value, duals, gap in proposal.proof.tiers
    ]
    facts = {name: getattr(proposal.proof.facts, name).tolist() for name in FACTS}
    points = proposal.outlook.points.tolist()
    lines = [
        {"line_id": line, "basis": basis, "points": row}
        for line, basis, row in zip(ids, proposal.outlook.basis, points, strict=True)
    ]
    return {
        **{name: proposal.meta[name] for name in META},
        "summary": dict(proposal.summary),
        **{name: records(proposal.frames[name]) for name in FRAMES},
        "outlook": {"forecaster": proposal.outlook.forecaster, "lines": lines},
        "certificate": {"marked": proposal.proof.marked, "facts": facts, "rows": rows, "tiers": tiers},
    }


META = (
    "schema",
    "phanbo",
    "solver",
    "input_hash",
    "sources",
    "calendar",
    "rulebook",
    "round",
    "as_of",
    "policy",
    "parent",
    "held",
    "assessed",
)


def _dump(plain: dict[str, Any]) -> str:
    return json.dumps(plain, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def to_json(proposal: Proposal) -> str:
    """Return the canonical JSON text of a proposal."""
    return _dump(document(proposal))


def certificate_text(proposal: Proposal) -> str:
    """Return what ``certificate.json`` says: all that `verify` finds."""
    return _dump(proposal.verify().to_dict())


def content_hash(proposal: Proposal) -> str:
    """Return the SHA-256 of a proposal's content: its JSON without versions and file names."""
    plain = {name: value for name, value in document(proposal).items() if name not in VERSIONS}
    return "sha256:" + hashlib.sha256(_dump(plain).encode()).hexdigest()


def from_json(
    text: str,
    *,
    portfolio: Portfolio | None = None,
    rulebook: Rulebook | None = None,
    assessed: Portfolio | None = None,
) -> Proposal:
    """Return the proposal of a JSON text.

    Parameters
    ----------
    portfolio : Portfolio, optional
        The tables it was made from; without them it can be read but not verified or explained.
    rulebook : Rulebook, optional
        Needed where the proposal was made with rules of one's own.
    assessed : Portfolio, optional
        The tables of the assessment, where it was passed in from an earlier state.

    Raises
    ------
    PhanboError
        When the text is no proposal, or of a schema this version does not know.
    """
    try:
        plain = json.loads(text)
        schema = plain["schema"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise unreadable("không phải phương án của phanbo", f"it is no proposal ({error!r})") from error
    if schema != SCHEMA:
        raise unreadable(f"cấu trúc {schema} chưa được hỗ trợ", f"schema {schema} is not known")
    try:
        return _proposal_of(plain, portfolio, rulebook, assessed)
    except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise unreadable(
            "thiếu hoặc sai mục trong proposal.json", f"an entry is missing or wrong ({error!r})"
        ) from error


def _proposal_of(
    plain: dict[str, Any], portfolio: Portfolio | None, rulebook: Rulebook | None, assessed: Portfolio | None
) -> Proposal:
    """Return the proposal of a parsed JSON text."""
    for name in ("solver", "calendar", "rulebook", "round", "policy", "summary"):
        if not isinstance(plain[name], dict):
            raise TypeError(f"{name} is no mapping")
    if not isinstance(plain["parent"], str | None):
        raise TypeError("parent is no hash")
    for row in plain["certificate"]["rows"]:
        if not (
            isinstance(row["key"], str) and isinstance(row["rule"], str) and type(row["headroom"]) is int
        ):
            raise TypeError("a row of the certificate is no key, rule and whole number")
    outlook = stored_outlook(plain["outlook"])
    place = {line: k for k, line in enumerate(outlook.line_ids)}
    proof = Proof(
        rows=tuple(
            RowClaim(r["key"], r["rule"], tuple(place[line] for line in r["lines"]), r["headroom"])
            for r in plain["certificate"]["rows"]
        ),
        tiers=tuple((t["tier"], t["value"], t["duals"], t["gap"]) for t in plain["certificate"]["tiers"]),
        marked=plain["certificate"]["marked"],
        facts=_facts_of(plain["certificate"]["facts"]),
    )
    meta = {name: plain[name] for name in META}
    case, book = None, None
    if portfolio is not None:
        book = rulebook or parse_rulebook(meta["rulebook"]["text"])
        book = book.read_for(parse_calendar(meta["calendar"]["text"]))
        case = rebuild_case(meta, portfolio, book, outlook, assessed)
    return Proposal(
        frames={name: frame_of_records(name, plain[name]) for name in FRAMES},
        summary=plain["summary"],
        meta=meta,
        outlook=outlook,
        proof=proof,
        case=case,
        rulebook=book,
    )


def _facts_of(plain: dict[str, list[Any]]) -> LineFacts:
    """Return the stored facts of the lines; anything but whole numbers and flags is a `TypeError`."""
    for name, kind in FACTS.items():
        if not set(map(type, plain[name])) <= {kind}:
            raise TypeError(f"{name} is not of type {kind.__name__} on every line")
    return LineFacts(
        *(np.array(plain[name], dtype=bool if kind is bool else np.int64) for name, kind in FACTS.items())
    )


def save(proposal: Proposal, folder: str | Path) -> None:
    """Write the case folder, whole or not at all.

    Raises
    ------
    FileExistsError
        When *folder* holds something that is not an earlier case folder.
    """
    case = proposal._case  # noqa: SLF001 — one house

    def fill(root: Path) -> None:
        (root / "proposal.json").write_text(to_json(proposal), encoding="utf-8", newline="\n")
        (root / "certificate.json").write_text(certificate_text(proposal), encoding="utf-8", newline="\n")
        (root / "calendar.toml").write_text(case.calendar.text, encoding="utf-8", newline="\n")
        (root / "rulebook.toml").write_text(proposal.meta["rulebook"]["text"], encoding="utf-8", newline="\n")
        (root / "policy.json").write_text(
            _dump(dict(proposal.meta["policy"])), encoding="utf-8", newline="\n"
        )
        case.portfolio.save(root / "input")
        if proposal.meta["assessed"] is not None:
            case.assessment.portfolio.save(root / "assessed")
        proposal.to_excel(root / "proposal.xlsx")
        proposal.to_html(root / "proposal.html")

    replace_folder(Path(folder), fill)


def replace_folder(target: Path, fill: Callable[[Path], None]) -> None:
    """Fill a new folder beside *target*, seal it with a manifest, then put it in the place of *target*.

    An earlier folder is replaced only where it holds nothing but what phanbo wrote, and is of the same kind: letters
    never take the place of a case folder.

    Raises
    ------
    FileExistsError
        When *target* holds anything else.
    """
    target = target.absolute()
    _refuse_foreign(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        work = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(target)) from error
    try:
        fresh, old = work / "new", work / "old"
        fresh.mkdir()
        fill(fresh)
        _refuse_unlike(fresh, target)
        _seal(fresh)
        with held_back():  # the old folder or the new one, whenever Ctrl-C comes
            _exchange(fresh, target, old)
    finally:
        with held_back():
            shutil.rmtree(work)


def _exchange(fresh: Path, target: Path, old: Path) -> None:
    """Put a folder in the place of another, or leave that one where it is."""
    if target.is_dir():
        target.rename(old)
    try:
        fresh.rename(target)
    except BaseException:
        if old.is_dir():
            old.rename(target)
        raise


def _refuse_foreign(target: Path) -> None:
    """Raise where *target* holds anything that phanbo did not write."""
    if not target.exists():
        return
    if not target.is_dir():
        raise FileExistsError(errno.EEXIST, "is a file", str(target))
    here = files_of(target)
    if here and not (target / MANIFEST).is_file():
        raise FileExistsError(errno.EEXIST, "is not empty and is no case folder", str(target))
    listed = listed_in(target) if here else {}
    for path in here:
        if path.relative_to(target).as_posix() not in listed:
            raise FileExistsError(errno.EEXIST, "was not written by phanbo", str(path))


def _refuse_unlike(fresh: Path, target: Path) -> None:
    """Raise where *target* was written by phanbo, but is a folder of another kind."""
    if not (target / MANIFEST).is_file():
        return
    names = {path.relative_to(fresh).as_posix() for path in files_of(fresh)}
    for mark, kind in KINDS.items():
        if (mark in listed_in(target)) != (mark in names):
            what = f"is {kind}" if mark not in names else f"is not {kind}"
            raise FileExistsError(errno.EEXIST, what, str(target))


def _seal(root: Path) -> None:
    lines = [f"{sha256_of(path)}  {path.relative_to(root).as_posix()}\n" for path in files_of(root)]
    (root / MANIFEST).write_text("".join(lines), encoding="utf-8", newline="\n")


def load_proposal(folder: str | Path, *, rulebook: Rulebook | None = None) -> Proposal:
    """Load a proposal from its case folder; it can be verified, explained and continued.

    The stored calendar, rulebook and policy of the folder must be those of ``proposal.json``.

    Raises
    ------
    PhanboError
        When the folder is no case folder, or its files contradict each other.
    DataError
        When its tables cannot be used.
    """
    found = read_folder(folder)
    return from_json(found.text, portfolio=found.portfolio, rulebook=rulebook, assessed=found.assessed)
