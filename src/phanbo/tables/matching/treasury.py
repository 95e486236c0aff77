"""The Treasury's table: read by the layers that read the lines, with columns of its own required."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from phanbo.errors import Finding
from phanbo.tables.check.clean import clean
from phanbo.tables.check.dated import DATED
from phanbo.tables.check.grid import Log
from phanbo.tables.files.limits import Limits, digest
from phanbo.tables.files.text import open_files
from phanbo.tables.files.workbook import open_workbook
from phanbo.tables.layout.block import Options, read_blocks
from phanbo.tables.layout.frames import join, read_part
from phanbo.tables.schema import LINES
from phanbo.tables.schema.column import Table

if TYPE_CHECKING:
    import os

    from phanbo.tables.check.grid import Grid
    from phanbo.tables.layout.block import Block

__all__ = ["TREASURY", "TreasuryTable", "read_treasury", "row_texts"]

TREASURY = Table(
    "treasury",
    "KhoBac",
    tuple(
        replace(LINES.column(name), required=name == "disbursed", per_project=False)
        for name in (
            "project_id",
            "project",
            "owner",
            "source",
            "plan_year",
            "plan",
            "disbursed",
            "component",
            "nature",
        )
    ),
    (),
)
"""What is read of a Treasury file; a row needs what was paid, and a code or a name."""

_LIMITS = Limits()
_UNIT = (
    "ghi “Đơn vị tính: …” phía trên bảng Kho bạc (unit= chỉ nói về tệp kế hoạch), hoặc đưa vào một DataFrame tính bằng đồng",
    "write “Đơn vị tính: …” above the Treasury's table (unit= is of the plan alone), or give a DataFrame in đồng",
)
"""The file of the plan and the Treasury's seldom have one unit: each says its own."""
_ONLY_OF_LINES = frozenset({"year-unknown", "columns-unfilled"})


@dataclass(slots=True)
class TreasuryTable:
    """The rows of a Treasury file.

    Attributes
    ----------
    grid : Grid
        Typed columns, in the order of their content: the order of the file changes nothing.
    keys : tuple of str
        What each row is known by on the review sheet: a digest of its content.
    dated : str
        The day its figures reach (ISO), ``""`` where it does not say.
    findings, files : list
        What was found, and name and SHA-256 of the file.
    """

    grid: Grid
    keys: tuple[str, ...] = ()
    dated: str = ""
    findings: list[Finding] = field(default_factory=list)
    files: list[tuple[str, str]] = field(default_factory=list)


def read_treasury(
    treasury: str | os.PathLike[str] | pd.DataFrame, options: Options, limits: Limits = _LIMITS
) -> TreasuryTable:
    """Read a Treasury file, or a frame with the columns of `TREASURY` in đồng; faults are findings, never raised."""
    found: list[Finding] = []
    files: list[tuple[str, str]] = []
    if isinstance(treasury, pd.DataFrame):
        frame, name = treasury.reset_index(drop=True), "treasury"
    else:
        path = Path(treasury)
        name, files = path.name, [digest(path)]
        frame, found = _gather(path, options, limits)
    held = [column for column in frame.columns if column in {*TREASURY.names, "_sheet", "_row"}]
    raw = frame[held]
    raw.attrs.update(frame.attrs)
    log = Log(found)
    table = _ordered(clean(TREASURY, raw, log))
    _require_names(table.grid, log)
    days = [finding.value for finding in log.findings if finding.code == DATED]
    table.dated = max(days, default="")
    table.findings = [
        _of_treasury(finding, name)
        for finding in log.findings
        if finding.code not in {DATED, *_ONLY_OF_LINES}
    ]
    table.grid.sheets = np.array([f"[{name}]{sheet}" for sheet in table.grid.sheets], dtype=object)
    table.grid.letters = {f"[{name}]{sheet}": names for sheet, names in table.grid.letters.items()}
    table.files = files
    return table


def _of_treasury(finding: Finding, name: str) -> Finding:
    vi, en = _UNIT if finding.code == "unit-unknown" else (finding.mend_vi, finding.mend_en)
    return replace(finding, table=TREASURY.name, sheet=f"[{name}]{finding.sheet}", mend_vi=vi, mend_en=en)


def _gather(path: Path, options: Options, limits: Limits) -> tuple[pd.DataFrame, list[Finding]]:
    if path.suffix.lower() in {".csv", ".txt", ".tsv", ".parquet"}:
        sheets = open_files([path], limits)
    else:
        sheets = open_workbook(path, limits)
    blocks = [block for sheet in sheets for block in read_blocks(sheet, LINES, options)]
    for block in blocks:
        _settle_alone(block)
    used = [block for block in blocks if _is_of_treasury(block)]
    if not used:
        return pd.DataFrame({"disbursed": []}), [
            Finding(
                "treasury-no-table",
                "error",
                "không tìm thấy bảng số liệu Kho bạc (cần cột giải ngân, và mã hoặc tên dự án)",
                "no Treasury table was found (wanted: disbursed, and the code or name of the project)",
                'sửa tiêu đề cột, hoặc nói rõ bằng columns={"tiêu đề trong tệp": "tên cột"}',
                'mend the headers, or say it with columns={"header in the file": "column"}',
                rule="treasury-no-table",
            )
        ]
    parts = [read_part(block, options) for block in used]
    return join(parts), [finding for part in parts for finding in part.findings]


def _is_of_treasury(block: Block) -> bool:
    """Whether a table has what was paid, and a code or a name."""
    told = {meaning.column for heading in block.headings for meaning in heading.meanings}
    told |= {heading.column for heading in block.headings}
    asked = {name for each in block.headings if each.doubt is not None for name in each.doubt.columns}
    return "disbursed" in told | asked and bool(told & {"project", "project_id"})


def _settle_alone(block: Block) -> None:
    """Take a bare *Lũy kế giải ngân* beside no plan: in the Treasury's own table it is what the year has paid.

    Only where no other column is about disbursement; beside a plan the reader of lines decides by the values.
    """
    held = {heading.column for heading in block.headings}
    bare = [each for each in block.headings if each.doubt is not None and each.doubt.settle == "alone"]
    if len(bare) == 1 and not held & {"plan", "disbursed", "disbursed_since_start"}:
        block.take(bare[0], "disbursed")


def row_texts(grid: Grid, at: int) -> tuple[str, ...]:
    """Return what a row of either table says of itself, as text."""
    return tuple(
        str(grid.values(name)[at]) if grid.known(name)[at] else ""
        for name in ("project_id", "project", "owner", "source", "plan_year", "plan", "component", "nature")
    )


def _ordered(grid: Grid) -> TreasuryTable:
    """Sort the rows by what they say; a repeated row has its number in its key."""
    content = [(*row_texts(grid, at), str(grid.values("disbursed")[at])) for at in range(len(grid))]
    order = sorted(range(len(grid)), key=lambda at: (content[at], grid.sheets[at], int(grid.rows[at])))
    again: Counter[str] = Counter()
    keys = []
    for at in order:
        mark = hashlib.sha256("\x1f".join(content[at]).encode()).hexdigest()[:12]
        again[mark] += 1
        keys.append(mark if again[mark] == 1 else f"{mark}-{again[mark]}")
    return TreasuryTable(grid.take(np.array(order, dtype=np.int64)), tuple(keys))


def _require_names(grid: Grid, log: Log) -> None:
    log.rows(
        "required-empty",
        grid,
        np.flatnonzero(~grid.known("project") & ~grid.known("project_id") & (grid.values("disbursed") != 0)),
        "project",
    )
