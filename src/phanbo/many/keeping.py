"""A run's folder: finished proposals as case folders, and a record of what each was made from.

``folder/name`` is the case folder, the same that `Proposal.save` writes: an auditor needs nothing else, and every
command of phanbo reads it. (JSON alone would be a tenth of the size, but could neither be verified nor explained.)
``folder/.phanbo/name.json`` is the record. Either is written under another name first; the record last, with the
hash of the case's manifest, so that a folder without its record, or with one that does not fit, counts for nothing.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import re
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

from phanbo.absorption import Outlook
from phanbo.admission import find_rulebook
from phanbo.assessment import Assessment
from phanbo.calendar import Calendar, as_date
from phanbo.calendar_file import load_calendar
from phanbo.case_file import MANIFEST, check_manifest
from phanbo.many.task import Task
from phanbo.pipeline import _version_of
from phanbo.policy import Policy
from phanbo.portfolio import Portfolio
from phanbo.proposal import Proposal

__all__ = ["fingerprint", "keep", "keep_failure", "kept", "tidy"]

RECORDS = ".phanbo"


# -- what a proposal is made from -----------------------------------------------------------------------


def fingerprint(task: Task, before: str) -> str:
    """Return the SHA-256 of all a task's proposal depends on; ``""`` where it cannot be told.

    Parameters
    ----------
    before : str
        The fingerprint of the task it follows.
    """
    calendar = task.calendar if isinstance(task.calendar, Calendar) else load_calendar(task.calendar)
    book = find_rulebook(task.rulebook, as_date(task.as_of))
    policy = task.policy or Policy()
    own = _own_parts((policy.forecaster, book.rules))
    if own is None or (isinstance(task.portfolio, Task) and not before):
        return ""
    facts = {
        "phanbo": _version_of("phanbo"),
        "tables": before or _tables(task.portfolio),
        # An object may have been changed since its text was read.
        "calendar": [calendar.text, repr(calendar)],
        "rulebook": [
            book.text,
            repr({f.name: getattr(book, f.name) for f in fields(book) if f.name != "rules"}),
        ],
        "round": calendar.round(task.round).to_dict(),
        "as_of": as_date(task.as_of).isoformat(),
        "policy": policy.to_dict(),
        "own": own,
        "assessment": _assessment(task.assessment),
        "outlook": _outlook(task.outlook),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _tables(portfolio: Portfolio | str | Path | Task) -> list[Any]:
    """Return the identity of tables: their hash and files; of files not read yet, the files'."""
    if isinstance(portfolio, Portfolio):
        return [portfolio.hash, portfolio.files]
    path = Path(str(portfolio))
    files = sorted(p for p in path.iterdir() if p.is_file()) if path.is_dir() else [path]
    return [[file.name, hashlib.sha256(file.read_bytes()).hexdigest()] for file in files]


def _assessment(state: Assessment | None) -> list[Any]:
    """Return what an earlier assessment was made from: it follows from that."""
    if state is None:
        return []
    return [
        state.portfolio.hash,
        state.calendar.text,
        state.as_of.isoformat(),
        state.round.to_dict(),
        state.judge,
        state.fast,
        _outlook(state.outlook),
    ]


def _outlook(outlook: Outlook | None) -> list[Any]:
    if outlook is None:
        return []
    points = hashlib.sha256(outlook.points.tobytes()).hexdigest()
    return [outlook.line_ids, points, outlook.basis, outlook.forecaster]


class _Plain(pickle.Pickler):
    """Writes equal objects as equal bytes, on either side of a journey."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, protocol=5)
        # No memory of what was written: which of two equal texts are the same object says nothing.
        self.fast = True


def _own_parts(parts: tuple[Any, ...]) -> str | None:
    """Return the SHA-256 of objects of one's own: their class and values; None where they cannot be written."""
    file = io.BytesIO()
    try:
        _Plain(file).dump(parts)
    except (pickle.PicklingError, TypeError, AttributeError, ValueError, RecursionError):
        return None
    return hashlib.sha256(file.getvalue()).hexdigest()


# -- the folder -----------------------------------------------------------------------------------------


def kept(folder: Path, name: str, mark: str) -> dict[str, Any] | None:
    """Return the record of a task that was finished with these inputs and whose case folder is untouched."""
    record = _record(folder, name)
    if not mark or record.get("mark") != mark or record.get("manifest") != _seal(folder, name):
        return None
    return record if not check_manifest(folder / name) else None


def keep(folder: Path, name: str, proposal: Proposal, record: dict[str, Any]) -> None:
    """Write the case folder of a proposal, then the record that it is whole."""
    proposal.save(folder / name)
    _write(folder, name, {**record, "manifest": _seal(folder, name)})


def keep_failure(folder: Path, name: str, failure: dict[str, Any]) -> None:
    """Write down why a task failed; the case folder of an earlier run is no longer true and goes."""
    # Where the disk is full, the failure is told to the caller all the same.
    with suppress(OSError):
        record = _record(folder, name)
        if record and record.get("manifest") == _seal(folder, name) and not check_manifest(folder / name):
            shutil.rmtree(folder / name)
        _write(folder, name, {"failure": failure})


def _record(folder: Path, name: str) -> dict[str, Any]:
    """Return what is written down of a task; nothing where that cannot be read."""
    try:
        record = json.loads((folder / RECORDS / f"{name}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _seal(folder: Path, name: str) -> str:
    """Return the SHA-256 of the manifest of a case folder; ``""`` where it has none."""
    path = folder / name / MANIFEST
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _write(folder: Path, name: str, record: dict[str, Any]) -> None:
    place = folder / RECORDS / f"{name}.json"
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = place.with_name(f"{place.name}.{os.getpid()}")
    fresh.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
    fresh.replace(place)


def tidy(folder: Path, names: Sequence[str]) -> None:
    """Remove what workers that died left half-written."""
    for name in names:
        left = re.compile(rf"\.{re.escape(name)}-[a-z0-9_]{{8}}")
        for path in folder.glob(".*"):
            if left.fullmatch(path.name):
                shutil.rmtree(path, ignore_errors=True)
