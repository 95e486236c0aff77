"""Build the corpus: ``python tests/corpus/build.py [FOLDER]``. Files and expected tables come from the same declared lines."""

from __future__ import annotations

import csv
import io
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent))

from corpus.contents import contents  # noqa: E402
from corpus.declared import Case  # noqa: E402
from corpus.layouts import layouts  # noqa: E402
from corpus.told import TOLD  # noqa: E402
from dressing.pages import file_bytes  # noqa: E402

__all__ = ["CASES", "build", "listed", "paths", "table"]

CASES: dict[str, Case] = {
    case.name: replace(case, told=TOLD.get(case.name, set())) for case in (*layouts(), *contents())
}


def paths(case: Case, folder: Path) -> list[Path]:
    """Return where the files of *case* stand below *folder*: several in a folder of their own."""
    home = folder / "files" / case.name if len(case.files) > 1 else folder / "files"
    return [home / f"{name}.{kind.split(' ')[0]}" for name, (kind, _) in case.files.items()]


def table(rows: list[dict[str, Any]]) -> bytes:
    """Return declared rows as CSV: amounts in đồng, sorted by their keys."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    keys = [name for name in ("project_id", "source", "plan_year", "month") if name in names]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(sorted(rows, key=lambda row: [row[name] for name in keys]))
    return text.getvalue().encode()


def listed() -> str:
    """Return the list of the cases: name, layout, what must come out."""
    rows = [
        "# The corpus\n",
        "Written by `python tests/corpus/build.py`; never edit it or the files by hand. Expected tables and findings stand",
        "in `expected/`. The province is invented.\n",
        "| case | shows | what must come out |",
        "|---|---|---|",
    ]
    for case in CASES.values():
        out = f"{len(case.lines)} lines" if case.lines else "refused"
        out += f", {len(case.schedule)} rows of the schedule" if case.schedule else ""
        codes = [f"`{code}`" for code in sorted({code for code, _ in case.errors | case.told})]
        rows.append(
            f"| {case.name} | {case.shows} | {'; '.join([out, ', '.join(codes)] if codes else [out])} |"
        )
    return "\n".join(rows) + "\n"


def build(folder: Path) -> None:
    """Write all files, expected tables and ``expected/findings.json`` below *folder*."""
    expected = folder / "expected"
    expected.mkdir(parents=True, exist_ok=True)
    said = {}
    for case in CASES.values():
        for path, (kind, pages) in zip(paths(case, folder), case.files.values(), strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file_bytes(kind, pages, font=case.font))
        if case.lines:
            (expected / f"{case.name}.csv").write_bytes(table(case.lines))
        if case.schedule:
            (expected / f"{case.name}.schedule.csv").write_bytes(table(case.schedule))
        said[case.name] = {"shows": case.shows, "errors": sorted(case.errors), "told": sorted(case.told)}
    (folder / "README.md").write_text(listed(), encoding="utf-8")
    text = json.dumps(said, ensure_ascii=False, indent=1)
    (expected / "findings.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
