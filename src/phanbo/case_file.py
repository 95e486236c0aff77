"""A case folder read: its files against their manifest, its tables, and the facts of its round made again.

No solver, no program, no proposal: what reads here can judge what they made.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from phanbo.absorption import Outlook
from phanbo.assessment import build_assessment
from phanbo.calendar import Round
from phanbo.calendar_file import parse_calendar
from phanbo.case import Case
from phanbo.errors import PhanboError
from phanbo.money import Ints
from phanbo.policy import Policy
from phanbo.rulebook import Rulebook

if TYPE_CHECKING:
    from phanbo.portfolio import Portfolio

__all__ = [
    "MANIFEST",
    "Folder",
    "check_manifest",
    "files_of",
    "listed_in",
    "read_folder",
    "rebuild_case",
    "sha256_of",
    "stored_outlook",
    "unreadable",
]

MANIFEST = "MANIFEST.sha256"
LITTER = (".DS_Store", "Thumbs.db", "desktop.ini")
"""Files that file managers leave in every folder they show."""
MANIFEST_SAYS = {
    "vi": ("thiếu tệp {}", "tệp {} không có trong danh sách", "tệp {} đã bị thay đổi"),
    "en": ("{} is missing", "{} is not in the manifest", "{} has changed"),
}


@dataclass(frozen=True)
class Folder:
    """What a case folder holds: the text of ``proposal.json``, the tables, those of an earlier assessment."""

    text: str
    portfolio: Portfolio
    assessed: Portfolio | None


def read_folder(folder: str | Path) -> Folder:
    """Read a case folder; its calendar, rulebook and policy must be those of ``proposal.json``.

    Raises
    ------
    PhanboError
        When it is no case folder, or its files contradict each other.
    DataError
        When its tables cannot be used.
    """
    from phanbo.tables.read import read_csv

    root = Path(folder)
    if not (root / "proposal.json").is_file():
        raise unreadable(f"{root} không có proposal.json", f"{root} has no proposal.json")
    assessed = read_csv(root / "assessed") if (root / "assessed").is_dir() else None
    try:
        text = (root / "proposal.json").read_text(encoding="utf-8")
        plain = json.loads(text)
        if not isinstance(plain, dict):
            raise unreadable("không phải phương án của phanbo", "it is no proposal")
        for name in ("calendar", "rulebook"):
            stored = plain.get(name)
            if not isinstance(stored, dict) or (root / f"{name}.toml").read_text(
                encoding="utf-8"
            ) != stored.get("text"):
                raise _contradicts(f"{name}.toml")
        if json.loads((root / "policy.json").read_text(encoding="utf-8")) != plain.get("policy"):
            raise _contradicts("policy.json")
    except (ValueError, RecursionError) as error:
        raise unreadable("có tệp không phải văn bản đọc được", f"a file is no text ({error!r})") from error
    return Folder(text, read_csv(root / "input"), assessed)


def _contradicts(name: str) -> PhanboError:
    return unreadable(f"{name} không khớp với proposal.json", f"{name} is not that of proposal.json")


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def check_manifest(folder: str | Path, lang: str = "en") -> list[str]:
    """Return the files of a case folder that are missing, new or changed since it was written."""
    root = Path(folder)
    listed = listed_in(root)
    here = {path.relative_to(root).as_posix(): path for path in files_of(root)}
    changed = [name for name, path in here.items() if name in listed and listed[name] != sha256_of(path)]
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


def files_of(root: Path) -> list[Path]:
    """Return every file of a folder but the manifest and what file managers leave."""
    return sorted(p for p in root.rglob("*") if p.is_file() and p.name not in (MANIFEST, *LITTER))


def listed_in(root: Path) -> dict[str, str]:
    """Return the SHA-256 of every file the manifest of a folder lists."""
    lines = (root / MANIFEST).read_text(encoding="utf-8", errors="replace").splitlines()
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def stored_outlook(plain: Mapping[str, Any]) -> Outlook:
    """Return the outlook kept in ``proposal.json``: K points a line, in đồng."""
    lines = plain["lines"]
    return Outlook(
        line_ids=tuple(row["line_id"] for row in lines),
        points=_points([row["points"] for row in lines]),
        basis=tuple(row["basis"] for row in lines),
        forecaster=plain["forecaster"],
    )


def rebuild_case(
    meta: Mapping[str, Any],
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
        assessment = build_assessment(
            portfolio, calendar, as_of, round_, policy, outlook, lead=rulebook.lead_department_vi
        )
    else:
        if assessed is None or assessed.hash != earlier["input_hash"]:
            raise unreadable(
                "thiếu bảng của lần đánh giá đã dùng",
                "the tables of the assessment it was made with are missing",
            )
        then = dt.date.fromisoformat(earlier["as_of"])
        points = earlier["outlook"]
        old = outlook if points is None else _outlook_of(outlook, points)
        like = replace(policy, judge=earlier["judge"], fast=earlier["fast"])
        assessment = build_assessment(
            assessed,
            calendar,
            then,
            _round_of(earlier["round"]),
            like,
            old,
            lead=rulebook.lead_department_vi,
        )
    ids = portfolio.text("line_id").astype(str)
    if not isinstance(meta["held"], list) or not set(meta["held"]) <= set(ids.tolist()):
        raise unreadable("có dòng vốn lạ trong “held”", "lines held are not among the tables")
    held = np.isin(ids, np.array(meta["held"], dtype=str))
    return Case(
        portfolio,
        calendar,
        policy,
        round_,
        as_of,
        assessment,
        outlook,
        rulebook.pools(portfolio, policy),
        held,
        rulebook.obligations,
    )


def _round_of(given: dict[str, Any]) -> Round:
    if type(given["number"]) is not int:
        raise TypeError("the number of the round is no whole number")
    return Round(given["report_by"], given["judged_on"], given["forecast_on"], given["number"])


def _outlook_of(like: Outlook, points: list[list[int]]) -> Outlook:
    return Outlook(like.line_ids, _points(points), like.basis, like.forecaster)


def _points(rows: list[list[int]]) -> Ints:
    """Return the points of an outlook, shape (n, K); anything but whole numbers is a `TypeError`."""
    if not {type(point) for row in rows for point in row} <= {int}:
        raise TypeError("a point of the outlook is no whole number")
    return np.array(rows, dtype=np.int64).reshape(len(rows), -1)


def unreadable(vi: str, en: str) -> PhanboError:
    """Return the error of a stored proposal that cannot be read."""
    return PhanboError(
        f"Không đọc được phương án: {vi}.", f"The proposal cannot be read: {en}.", {"reason": en}
    )
