"""Make a stored proposal again from its case folder and compare, byte for byte."""

from __future__ import annotations

import datetime as dt
import io
import json
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from phanbo.case_file import check_manifest
from phanbo.errors import PhanboError
from phanbo.pipeline import propose
from phanbo.policy import Policy
from phanbo.proposal import Proposal
from phanbo.proposal.storage import VERSIONS, certificate_text, load_proposal, to_json
from phanbo.report.annex import write_annex
from phanbo.report.page import page_html

if TYPE_CHECKING:
    from phanbo.rulebook import Rulebook

__all__ = ["replay"]


@dataclass(frozen=True)
class _Recorded:
    """Stands for a forecaster of one's own: its name is known, its outlook is stored."""

    name: str
    points: int = 0

    def forecast(self, *_: object) -> NoReturn:
        """Refuse: the stored outlook takes its place."""
        raise AssertionError("a stored outlook is used, no forecast")


def replay(folder: str | Path, *, rulebook: Rulebook | None = None) -> list[str]:
    """Return what differs between a case folder and the one its inputs give today; empty: nothing.

    ``proposal.json``, the annex ``proposal.xlsx``, the page ``proposal.html`` and ``certificate.json`` are made again,
    the other files held against the manifest. The bytes are compared, every one of them, with the versions of phanbo
    and its solvers and the names of the files read set to those recorded: they do not belong to the content. The outlook
    is computed anew, except where the folder names a forecaster of one's own or an assessment of an earlier state. A
    prefix is compared with the same prefix.
    """
    stored = load_proposal(folder, rulebook=rulebook)
    written = (Path(folder) / "proposal.json").read_bytes()
    again = _again(stored)
    recorded = {name: stored.meta[name] for name in VERSIONS}
    again = replace(again, meta={**again.meta, **recorded})
    return [
        *check_manifest(folder),
        *_other_words(written, to_json(again)),
        *_other_papers(Path(folder), again),
    ]


def _other_words(written: bytes, text: str) -> list[str]:
    """Return the entries of ``proposal.json`` that are others."""
    if text.encode() == written:
        return []
    here, there = json.loads(written), json.loads(text)
    differing = [name for name in {**here, **there} if here.get(name) != there.get(name)]
    return [f"{name} differs" for name in differing] or ["proposal.json is written in another way"]


def _other_papers(root: Path, again: Proposal) -> list[str]:
    """Return which of the papers beside ``proposal.json`` are not those the proposal gives.

    The annex is compared byte for byte where the version of what writes workbooks is the recorded one, else cell by cell.
    """
    annex, stored = io.BytesIO(), (root / "proposal.xlsx").read_bytes()
    write_annex(again, annex)
    same_writer = again.meta["solver"].get("xlsxwriter") == metadata.version("xlsxwriter")
    like = annex.getvalue() == stored or (not same_writer and _cells(annex.getvalue()) == _cells(stored))
    certificate = certificate_text(again)
    found = [] if like else ["proposal.xlsx differs"]
    page = root / "proposal.html"
    if not page.is_file() or page.read_bytes() != page_html(again).encode():
        found.append("proposal.html differs")
    if (root / "certificate.json").read_text(encoding="utf-8") != certificate:
        found.append("certificate.json differs")
    return found


def _cells(workbook: bytes) -> dict[str, Any] | None:
    """Return the values of every sheet; ``None`` where it is no workbook."""
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(workbook))
        return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    except (python_calamine.CalamineError, OSError, ValueError):
        return None


def _again(stored: Proposal) -> Proposal:
    case = stored.case
    if case is None or stored.rulebook is None:
        raise PhanboError("Hồ sơ không kèm dữ liệu.", "The folder has no tables.")
    policy, name = Policy.from_dict(stored.meta["policy"]), stored.meta["policy"]["forecaster"]
    if name is not None:
        policy = replace(policy, forecaster=_Recorded(name))
    own = stored.meta["assessed"] is not None or name is not None
    full = propose(
        case.portfolio,
        calendar=case.calendar,
        rulebook=stored.rulebook,
        round=case.round,
        as_of=dt.date.fromisoformat(stored.meta["as_of"]),
        policy=policy,
        assessment=case.assessment if stored.meta["assessed"] is not None else None,
        outlook=case.outlook if own else None,
    )
    if stored.meta["parent"] is None:
        return full
    ranks = stored.frames["transfers"]["rank"]
    return full.head(int((ranks > 0).sum()))
