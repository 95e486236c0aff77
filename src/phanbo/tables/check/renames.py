"""Owners under their old names: read as who took them over, where one owner alone did."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from phanbo.errors import Finding
from phanbo.tables.check.renamed_controls import add_up_controls
from phanbo.tables.schema.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phanbo.tables.check.grid import Grid, Log

__all__ = ["Successors", "rename_owners", "successors"]


@dataclass(slots=True)
class Successors:
    """Who took over whom.

    Attributes
    ----------
    of : dict of str to str
        Folded old name to the present owner, chains followed.
    split : dict of str to tuple of str
        Folded old name to the several owners that name it, or to the old owner itself where it still stands.
    cycle : set of str
        Folded names that lead back to themselves.
    """

    of: dict[str, str] = field(default_factory=dict)
    split: dict[str, tuple[str, ...]] = field(default_factory=dict)
    cycle: set[str] = field(default_factory=set)


def successors(owners: Grid | None) -> Successors:
    """Return what the table of owners says of renames and mergers."""
    found = Successors()
    if owners is None:
        return found
    after: dict[str, dict[str, str]] = defaultdict(dict)
    standing: dict[str, str] = {}
    pairs = zip(owners.values("owner"), owners.values("predecessor"), strict=True)
    for owner, before in pairs:
        if not before:
            standing[fold(owner)] = owner
        elif fold(before) != fold(owner):
            after[fold(before)][fold(owner)] = owner
    for old in after:
        _follow(old, after, standing, found)
    return found


def _follow(
    old: str, after: Mapping[str, Mapping[str, str]], standing: Mapping[str, str], found: Successors
) -> None:
    seen, here = {old}, old
    while here in after:
        heirs = {**after[here], **({here: standing[here]} if here in standing else {})}
        if len(heirs) > 1:
            found.split[old] = tuple(sorted(heirs.values()))
            return
        here = next(iter(heirs))
        if here in seen:
            found.cycle.add(old)
            return
        seen.add(here)
        found.of[old] = heirs[here]


def rename_owners(grids: dict[str, Grid], log: Log) -> None:
    """Read every old name in lines, history and reports as its successor's; what cannot be decided is asked.

    In history and reports a row keeps its old name where the merger would make two rows one: nothing is added up
    that the file has not added up. Control totals of all predecessors become one of the successor.
    """
    told = successors(grids.get("owners"))
    if "owners" in grids:
        _cycles(grids["owners"], told, log)
    if "controls" in grids:
        _controls(grids, told, log)
    for name in ("lines", "history", "reports"):
        grid = grids.get(name)
        if grid is None or "owner" not in grid.columns:
            continue
        cells = grid.columns["owner"]
        plain = {text: fold(text) for text in set(cells.data.tolist())}
        renamed = {
            text: told.of[key] for text, key in plain.items() if key in told.of and key not in told.split
        }
        split = {text: told.split[key] for text, key in plain.items() if key in told.split}
        if not renamed and not split:
            continue
        cells.data = cells.data.copy()
        taken = _keys(grid) if name != "lines" else {}
        for at, text in enumerate(cells.data.tolist()):
            if text in split:
                log.findings.append(_asked(grid, at, text, split[text]))
            elif text in renamed:
                cells.data[at] = renamed[text]
                if name != "lines" and not _free(grid, at, taken):
                    cells.data[at] = text
                    log.findings.append(_kept(grid, at, text, renamed[text]))
                    continue
                log.findings.append(_noted(grid, at, text, renamed[text]))


def _controls(grids: dict[str, Grid], told: Successors, log: Log) -> None:
    heirs = {old: new for old, new in told.of.items() if old not in told.split}
    before = grids["controls"]
    grids["controls"], rows = add_up_controls(before, set(grids["lines"].values("owner").tolist()), heirs)
    for at, old in rows:
        log.findings.append(_noted(before, at, old, heirs[fold(old)], "key"))


def _key(grid: Grid, at: int) -> tuple[object, ...]:
    return tuple(grid.values(name)[at] for name in grid.table.key)


def _keys(grid: Grid) -> dict[tuple[object, ...], int]:
    return {_key(grid, at): at for at in range(len(grid))}


def _free(grid: Grid, at: int, taken: dict[tuple[object, ...], int]) -> bool:
    """Whether no other row has the key of this one under its new name; the key is its own from now on."""
    return taken.setdefault(_key(grid, at), at) == at


def _kept(grid: Grid, at: int, old: str, new: str) -> Finding:
    return _finding(
        grid,
        at,
        ("owner-kept", "note", old),
        (
            f"giữ tên cũ “{old}”: “{new}” đã có một dòng cùng khóa, không cộng thay tệp",
            f"the old name “{old}” is kept: “{new}” has a row of this key already, nothing is added up",
        ),
    )


def _noted(grid: Grid, at: int, old: str, new: str, column: str = "owner") -> Finding:
    return _finding(
        grid,
        at,
        ("owner-renamed", "note", old),
        (
            f"chủ đầu tư “{old}” nay là “{new}” (theo bảng ChuDauTu)",
            f"the owner “{old}” is now “{new}” (as the table of owners says)",
        ),
        column=column,
    )


def _asked(grid: Grid, at: int, old: str, heirs: tuple[str, ...]) -> Finding:
    listed = ", ".join(f"“{heir}”" for heir in heirs)
    return _finding(
        grid,
        at,
        ("owner-split", "error", old),
        (
            f"chủ đầu tư “{old}” có nhiều đơn vị kế thừa hoặc vẫn còn: {listed}; dòng này của đơn vị nào?",
            f"the owner “{old}” has several successors or still stands: {listed}; whose is this row?",
        ),
        (
            "ghi tên đơn vị hiện nay ở dòng này, hoặc chỉ để một đơn vị kế thừa trong bảng ChuDauTu",
            "write the present owner here, or leave one successor in the table of owners",
        ),
    )


def _cycles(owners: Grid, told: Successors, log: Log) -> None:
    for at, before in enumerate(owners.values("predecessor")):
        if fold(before) in told.cycle:
            log.findings.append(
                _finding(
                    owners,
                    at,
                    ("owner-cycle", "error", before),
                    (
                        f"“{before}” là tiền thân của chính mình qua các lần đổi tên",
                        f"“{before}” comes to be its own predecessor",
                    ),
                    ("sửa cột đơn vị tiền thân", "mend the predecessors"),
                    column="predecessor",
                )
            )


def _finding(
    grid: Grid,
    at: int,
    what: tuple[str, str, str],
    said: tuple[str, str],
    mends: tuple[str, str] = ("", ""),
    column: str = "owner",
) -> Finding:
    code, severity, value = what
    return Finding(
        code,
        severity,
        *said,
        mend_vi=mends[0],
        mend_en=mends[1],
        table=grid.table.name,
        sheet=str(grid.sheets[at]),
        row=int(grid.rows[at]),
        column=column,
        cell=grid.cell(at, column),
        value=value,
        rule=code,
    )
