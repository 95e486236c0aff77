"""Case folders on disk, tampered with and sealed again: only what they say can give them away."""

from __future__ import annotations

import csv
import hashlib
import importlib.util
import io
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phanbo.audit import Audit, audit
from phanbo.tables.read import read_csv

if TYPE_CHECKING:
    from phanbo.proposal import Proposal
    from phanbo.rulebook import Rulebook

CHECKER = Path(__file__).parents[1] / "docs" / "audit" / "check.py"


def second_copy() -> Any:
    """Return the pure checker as a module."""
    spec = importlib.util.spec_from_file_location("check", CHECKER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CHECK = second_copy()


@contextmanager
def saved(proposal: Proposal) -> Iterator[Path]:
    """Save a proposal into a folder of its own; it is gone afterwards."""
    with tempfile.TemporaryDirectory() as place:
        proposal.save(Path(place) / "case")
        yield Path(place) / "case"


def seal(folder: Path) -> None:
    """Write the manifest anew."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "MANIFEST.sha256")
    lines = [
        f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.relative_to(folder).as_posix()}\n" for p in paths
    ]
    (folder / "MANIFEST.sha256").write_text("".join(lines), encoding="utf-8", newline="\n")


def forge(folder: Path, change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """Change ``proposal.json`` and the texts beside it, and seal the folder again."""
    path = folder / "proposal.json"
    plain: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    change(plain)
    path.write_text(json.dumps(plain, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
    for name in ("calendar", "rulebook"):
        (folder / f"{name}.toml").write_text(plain[name]["text"], encoding="utf-8", newline="\n")
    (folder / "policy.json").write_text(json.dumps(plain["policy"]), encoding="utf-8")
    seal(folder)
    return plain


def other_figure(folder: Path, line: int, column: str, change: int) -> None:
    """Change a figure of the input and seal the folder again; its hash in ``proposal.json`` is still the old one."""
    path = folder / "input" / "lines.csv"
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    place = rows[0].index(column)
    rows[1 + line][place] = str(int(rows[1 + line][place] or 0) + change)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    seal(folder)


def rehash(folder: Path) -> None:
    """Write the hash of the tables as they are now into ``proposal.json``."""
    forge(folder, lambda plain: plain.update(input_hash=read_csv(folder / "input").hash))


def first(folder: Path, rulebook: Rulebook | None = None) -> Audit:
    """Return what the first checker finds."""
    return audit(folder, rulebook=rulebook)


def second(folder: Path) -> list[str]:
    """Return what the second, pure checker finds; it never raises."""
    said = io.StringIO()
    with redirect_stdout(said):
        code = CHECK.main(folder)
    found = [line for line in said.getvalue().splitlines() if line.startswith("SAI / WRONG")]
    assert code == bool(found)
    return found


def copy(folder: Path, place: Path) -> Path:
    """Return a copy of a folder, to be forged."""
    return Path(shutil.copytree(folder, place))
