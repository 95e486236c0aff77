"""Make a stored proposal again from its case folder and compare, byte for byte."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from phanbo.errors import PhanboError
from phanbo.pipeline import propose
from phanbo.policy import Policy
from phanbo.proposal import Proposal
from phanbo.proposal.storage import VERSIONS, load_proposal, to_json

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
    """Return what differs between a case folder's ``proposal.json`` and the one its inputs give today; empty: nothing.

    The bytes are compared, every one of them, with the versions of phanbo and its solvers and the names of the files read
    set to those recorded: they do not belong to the content. The outlook is computed anew, except where the folder names a
    forecaster of one's own or an assessment of an earlier state. A prefix is compared with the same prefix.
    """
    stored = load_proposal(folder, rulebook=rulebook)
    written = (Path(folder) / "proposal.json").read_bytes()
    again = _again(stored)
    recorded = {name: stored.meta[name] for name in VERSIONS}
    text = to_json(replace(again, meta={**again.meta, **recorded}))
    if text.encode() == written:
        return []
    here, there = json.loads(written), json.loads(text)
    differing = [name for name in {**here, **there} if here.get(name) != there.get(name)]
    return [f"{name} differs" for name in differing] or ["proposal.json is written in another way"]


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
