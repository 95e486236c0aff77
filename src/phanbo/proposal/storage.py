"""A proposal as JSON, and as a case folder that holds everything needed to check it years later."""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from phanbo.absorption import Outlook
from phanbo.assessment import build_assessment
from phanbo.calendar import Round
from phanbo.calendar_file import parse_calendar
from phanbo.case import Case
from phanbo.certificate import RowClaim
from phanbo.errors import PhanboError
from phanbo.policy import Policy
from phanbo.portfolio import Portfolio
from phanbo.proposal import Proof, Proposal
from phanbo.proposal.frames import FRAMES
from phanbo.proposal.schema import SCHEMA, frame_of_records
from phanbo.records import records
from phanbo.rulebook import parse_rulebook
from phanbo.solver.interrupt import held_back

if TYPE_CHECKING:
    from phanbo.rulebook import Rulebook

__all__ = [
    "check_manifest",
    "content_hash",
    "from_json",
    "load_proposal",
    "replace_folder",
    "save",
    "to_json",
]

MANIFEST = "MANIFEST.sha256"
LITTER = (".DS_Store", "Thumbs.db", "desktop.ini")
"""Files that file managers leave in every folder they show."""
MANIFEST_SAYS = {
    "vi": ("thiếu tệp {}", "tệp {} không có trong danh sách", "tệp {} đã bị thay đổi"),
    "en": ("{} is missing", "{} is not in the manifest", "{} has changed"),
}
VERSIONS = ("phanbo", "solver", "sources")


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
        "certificate": {"marked": proposal.proof.marked, "rows": rows, "tiers": tiers},
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
    except (ValueError, KeyError, TypeError) as error:
        raise _unreadable("không phải phương án của phanbo", f"it is no proposal ({error!r})") from error
    if schema != SCHEMA:
        raise _unreadable(f"cấu trúc {schema} chưa được hỗ trợ", f"schema {schema} is not known")
    try:
        return _proposal_of(plain, portfolio, rulebook, assessed)
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, OverflowError) as error:
        raise _unreadable(
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
    ids = tuple(row["line_id"] for row in plain["outlook"]["lines"])
    points = [row["points"] for row in plain["outlook"]["lines"]]
    outlook = Outlook(
        line_ids=ids,
        points=np.array(points, dtype=np.int64).reshape(len(ids), -1),
        basis=tuple(row["basis"] for row in plain["outlook"]["lines"]),
        forecaster=plain["outlook"]["forecaster"],
    )
    place = {line: k for k, line in enumerate(ids)}
    proof = Proof(
        rows=tuple(
            RowClaim(r["key"], r["rule"], tuple(place[line] for line in r["lines"]), int(r["headroom"]))
            for r in plain["certificate"]["rows"]
        ),
        tiers=tuple((t["tier"], t["value"], t["duals"], t["gap"]) for t in plain["certificate"]["tiers"]),
        marked=plain["certificate"]["marked"],
    )
    meta = {name: plain[name] for name in META}
    case, book = None, None
    if portfolio is not None:
        book = rulebook or parse_rulebook(meta["rulebook"]["text"])
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


def rebuild_case(
    meta: dict[str, Any],
    portfolio: Portfolio,
    rulebook: Rulebook,
    outlook: Outlook,
    assessed: Portfolio | None,
) -> Case:
    """Return the facts of a stored round, from its tables, calendar, rulebook, policy and outlook."""
    calendar = parse_calendar(meta["calendar"]["text"])
    policy = Policy.from_dict(meta["policy"])
    round_ = _round_of(meta["round"])
    as_of = dt.date.fromisoformat(meta["as_of"])
    earlier = meta["assessed"]
    if earlier is None:
        assessment = build_assessment(portfolio, calendar, as_of, round_, policy, outlook)
    else:
        if assessed is None or assessed.hash != earlier["input_hash"]:
            raise _unreadable(
                "thiếu bảng của lần đánh giá đã dùng",
                "the tables of the assessment it was made with are missing",
            )
        then = dt.date.fromisoformat(earlier["as_of"])
        points = earlier["outlook"]
        old = outlook if points is None else _outlook_of(outlook, points)
        like = replace(policy, judge=earlier["judge"], fast=earlier["fast"])
        assessment = build_assessment(assessed, calendar, then, _round_of(earlier["round"]), like, old)
    ids = portfolio.text("line_id").astype(str)
    if not isinstance(meta["held"], list) or not set(meta["held"]) <= set(ids.tolist()):
        raise _unreadable("có dòng vốn lạ trong “held”", "lines held are not among the tables")
    held = np.isin(ids, np.array(meta["held"], dtype=str))
    return Case(
        portfolio, calendar, policy, round_, as_of, assessment, outlook, rulebook.pools(portfolio), held
    )


def _round_of(given: dict[str, Any]) -> Round:
    return Round(given["report_by"], given["judged_on"], given["forecast_on"], given["number"])


def _outlook_of(like: Outlook, points: list[list[int]]) -> Outlook:
    return Outlook(like.line_ids, np.array(points, dtype=np.int64), like.basis, like.forecaster)


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
        certificate = _dump(proposal.verify().to_dict())
        (root / "certificate.json").write_text(certificate, encoding="utf-8", newline="\n")
        (root / "calendar.toml").write_text(case.calendar.text, encoding="utf-8", newline="\n")
        (root / "rulebook.toml").write_text(proposal.meta["rulebook"]["text"], encoding="utf-8", newline="\n")
        (root / "policy.json").write_text(
            _dump(dict(proposal.meta["policy"])), encoding="utf-8", newline="\n"
        )
        case.portfolio.save(root / "input")
        if proposal.meta["assessed"] is not None:
            case.assessment.portfolio.save(root / "assessed")
        proposal.to_excel(root / "proposal.xlsx")

    replace_folder(Path(folder), fill)


def replace_folder(target: Path, fill: Callable[[Path], None]) -> None:
    """Fill a new folder beside *target*, seal it with a manifest, then put it in the place of *target*.

    An earlier case folder is replaced only where it holds nothing but what phanbo wrote.
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
    here = _files(target)
    if here and not (target / MANIFEST).is_file():
        raise FileExistsError(errno.EEXIST, "is not empty and is no case folder", str(target))
    listed = _listed(target) if here else {}
    for path in here:
        if path.relative_to(target).as_posix() not in listed:
            raise FileExistsError(errno.EEXIST, "was not written by phanbo", str(path))


def _files(root: Path) -> list[Path]:
    return sorted(p for p in root.rglob("*") if p.is_file() and p.name not in (MANIFEST, *LITTER))


def _listed(root: Path) -> dict[str, str]:
    """Return the SHA-256 of every file the manifest of a folder lists."""
    lines = (root / MANIFEST).read_text(encoding="utf-8", errors="replace").splitlines()
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def _seal(root: Path) -> None:
    lines = [f"{_sha256(path)}  {path.relative_to(root).as_posix()}\n" for path in _files(root)]
    (root / MANIFEST).write_text("".join(lines), encoding="utf-8", newline="\n")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def check_manifest(folder: str | Path, lang: str = "en") -> list[str]:
    """Return the files of a case folder that are missing, new or changed since it was written."""
    root = Path(folder)
    listed = _listed(root)
    here = {path.relative_to(root).as_posix(): path for path in _files(root)}
    changed = [name for name, path in here.items() if name in listed and listed[name] != _sha256(path)]
    said = MANIFEST_SAYS[lang]
    return [
        text.format(name)
        for text, names in zip(
            said,
            ([n for n in listed if n not in here], [n for n in here if n not in listed], changed),
            strict=True,
        )
        for name in names
    ]


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
    from phanbo.tables.read import read_csv

    root = Path(folder)
    if not (root / "proposal.json").is_file():
        raise _unreadable(f"{root} không có proposal.json", f"{root} has no proposal.json")
    assessed = read_csv(root / "assessed") if (root / "assessed").is_dir() else None
    try:
        text = (root / "proposal.json").read_text(encoding="utf-8")
        proposal = from_json(text, portfolio=read_csv(root / "input"), rulebook=rulebook, assessed=assessed)
        for name, inside in (("calendar.toml", "calendar"), ("rulebook.toml", "rulebook")):
            if (root / name).read_text(encoding="utf-8") != proposal.meta[inside]["text"]:
                raise _contradicts(name)
        if json.loads((root / "policy.json").read_text(encoding="utf-8")) != proposal.meta["policy"]:
            raise _contradicts("policy.json")
    except ValueError as error:
        raise _unreadable("có tệp không phải văn bản đọc được", f"a file is no text ({error!r})") from error
    return proposal


def _contradicts(name: str) -> PhanboError:
    return _unreadable(f"{name} không khớp với proposal.json", f"{name} is not that of proposal.json")


def _unreadable(vi: str, en: str) -> PhanboError:
    return PhanboError(
        f"Không đọc được phương án: {vi}.", f"The proposal cannot be read: {en}.", {"reason": en}
    )
