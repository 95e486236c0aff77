"""What became of every Treasury row and every line: placed, proposed, set aside, or open, to the đồng."""

from __future__ import annotations

import hashlib
import html
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from phanbo.money import format_dong
from phanbo.tables.check.clean import clean
from phanbo.tables.check.complete import complete
from phanbo.tables.check.grid import Log
from phanbo.tables.check.renames import rename_owners, successors
from phanbo.tables.check.statements import Statement
from phanbo.tables.matching.answers import Answers, judge
from phanbo.tables.matching.exact import Candidate, Entry, decide, entries
from phanbo.tables.matching.keys import name_key
from phanbo.tables.matching.review import Review, write_review
from phanbo.tables.matching.treasury import row_texts
from phanbo.tables.schema import LINES, OWNERS
from phanbo.tables.schema.vocabulary import fold

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from phanbo.errors import Finding
    from phanbo.money import Ints
    from phanbo.tables.check.grid import Grid
    from phanbo.tables.matching.treasury import TreasuryTable

__all__ = ["Matching", "Plan", "match", "plan_of"]


_SHEET_PAIRS = (
    *("place", "project_id", "project", "owner", "source", "plan_year", "disbursed"),
    *("line_id", "line_project", "line_owner", "line_source", "plan", "score", "evidence"),
    *("agreed", "other", "treasury", "check"),
)
_SHEET_ZEROS = ("line_id", "project", "owner", "source", "plan", "disbursed_reported", "agreed", "check")


@dataclass(slots=True)
class Plan:
    """The lines as matching needs them: typed, with their ids, and where each stood in the raw frame."""

    grid: Grid
    origin: Ints
    rows: list[int]
    coded: list[bool]
    reported: list[int | None]
    successors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Matching:
    """Treasury rows matched with plan lines.

    Attributes
    ----------
    pairs : DataFrame
        What is placed, one row a Treasury row: ``line_id``, the Treasury row (``treasury``, its key, ``sheet``,
        ``row``), ``how`` (``code``, ``name``, ``review``), ``evidence`` in words, ``disbursed`` in đồng.
    proposals : DataFrame
        What is only proposed, best first within a row: the Treasury row (``treasury``, ``sheet``, ``row``, ``place``,
        ``project_id``, ``project``, ``owner``, ``source``, ``plan_year``, ``disbursed``), the line (``line_id``,
        ``line_project``, ``line_owner``, ``line_source``, ``plan``; empty where none is alike), ``score`` (0 to 100),
        ``evidence``, ``why`` (the code of the finding), a person's marks (``agreed``, ``other``), and ``check``, by
        which a mark is known to be of the line as it is.
    unmatched_lines : DataFrame
        Lines without a Treasury row: ``line_id``, ``project``, ``owner``, ``source``, ``plan``,
        ``disbursed_reported`` (None where the owner says nothing), ``agreed``, ``check``.
    unmatched_treasury : DataFrame
        Treasury rows without a line: as in `proposals` up to ``disbursed``, and ``why``, the code of the finding.
    set_aside : DataFrame
        Treasury rows somebody said are of no line of the plan; as `unmatched_treasury`.
    zeros : DataFrame
        Lines somebody said nothing was paid out of; as `unmatched_lines`.
    conflicts : DataFrame
        ``line_id``, what the ``treasury`` and the ``owner`` say, and the ``gap`` (Treasury less owner), in đồng.
    statements : tuple of Statement
        What the Treasury's file adds up to, and what was placed and set aside.
    findings : tuple of Finding
        What was found in the Treasury's file and the review.
    """

    pairs: pd.DataFrame
    proposals: pd.DataFrame
    unmatched_lines: pd.DataFrame
    unmatched_treasury: pd.DataFrame
    set_aside: pd.DataFrame
    zeros: pd.DataFrame
    conflicts: pd.DataFrame
    statements: tuple[Statement, ...]
    findings: tuple[Finding, ...]
    _named: pd.DataFrame = field(repr=False)

    @property
    def unplaced(self) -> int:
        """What the Treasury paid that is neither placed nor set aside, in đồng."""
        return sum(self.unmatched_treasury["disbursed"].tolist())

    def to_excel(self, path: str | os.PathLike[str]) -> None:
        """Write the review sheet: proposals with room for yes and no, and what was not matched.

        Parameters
        ----------
        path : str or path-like
            The workbook (.xlsx), to be marked and given to the readers as *review*. It is replaced where it is there.
        """
        rows = [*self.proposals.to_dict("records"), *self._named.to_dict("records")]
        pairs = [[number, *(row[name] for name in _SHEET_PAIRS)] for number, row in enumerate(rows, start=1)]
        lines = [*self.unmatched_lines.to_dict("records"), *self.zeros.to_dict("records")]
        zeros = [[number, *(row[name] for name in _SHEET_ZEROS)] for number, row in enumerate(lines, start=1)]
        write_review(path, pairs, zeros, self._said())

    def _said(self) -> str:
        total = self.statements[0]
        return (
            f"Kho bạc {format_dong(total.stated)} đồng = đã đặt vào dòng vốn {format_dong(self._placed)} + để riêng "
            f"{format_dong(total.added - self._placed)} + chưa đặt {format_dong(total.gap)}."
        )

    @property
    def _placed(self) -> int:
        return sum(self.pairs["disbursed"].tolist())

    def __repr__(self) -> str:
        return f"<Matching: {len(self.pairs)} pairs, {len(self.proposals)} proposals, {self.unplaced} đồng unplaced>"

    def _repr_html_(self) -> str:
        how = self.pairs["how"].value_counts()
        counts = (
            ("Khớp theo mã dự án", how.get("code", 0)),
            ("Khớp theo tên dự án", how.get("name", 0)),
            ("Khớp theo phiếu đối chiếu", how.get("review", 0)),
            ("Dòng Kho bạc chưa có nơi đặt", len(self.unmatched_treasury)),
            ("Dòng vốn chưa có số Kho bạc", len(self.unmatched_lines)),
            ("Kho bạc khác số chủ đầu tư báo cáo", len(self.conflicts)),
        )
        rows = "".join(
            f'<tr><td style="text-align:left">{html.escape(name)}</td>'
            f'<td style="text-align:right">{format_dong(int(count))}</td></tr>'
            for name, count in counts
        )
        return f"<p>{html.escape(self._said())}</p><table><tbody>{rows}</tbody></table>"


def plan_of(frames: Mapping[str, pd.DataFrame]) -> Plan:
    """Return the lines of raw frames with the ids they will have."""
    raw = frames["lines"].reset_index(drop=True)
    count = len(raw)
    rows = [int(row) for row in raw["_row"]] if "_row" in raw else list(range(1, count + 1))
    raw["_row"] = np.arange(1, count + 1)  # back to the raw frame
    grids = {"lines": clean(LINES, raw, Log())}
    if frames.get("owners") is not None:
        grids["owners"] = clean(OWNERS, frames["owners"], Log())
    told = successors(grids.get("owners"))
    rename_owners(grids, Log())
    grid = grids["lines"]
    coded = grid.known("project_id").tolist()
    name = "disbursed_reported" if "disbursed_reported" in grid.given else "disbursed"
    amounts = zip(grid.values(name).tolist(), grid.known(name).tolist(), strict=True)
    reported = [amount if known else None for amount, known in amounts]
    grid = complete(grid, Log())
    origin = grid.rows.astype(np.int64) - 1
    certain = {key: new for key, new in told.of.items() if key not in told.split}
    order = origin.tolist()
    return Plan(
        grid,
        origin,
        [rows[at] for at in order],
        [coded[at] for at in order],
        [reported[at] for at in order],
        certain,
    )


def match(plan: Plan, table: TreasuryTable, review: Review | None = None) -> Matching:
    """Match a Treasury table with the lines; only exact pairs and those a person marked are taken."""
    grid, paid = table.grid, [int(amount) for amount in table.grid.values("disbursed")]
    ids = [str(text) for text in plan.grid.values("line_id")]
    lines = [
        entry if coded else _without_code(entry)
        for entry, coded in zip(entries(plan.grid, ids, [0] * len(ids)), plan.coded, strict=True)
    ]
    decided = decide([_under_new_name(e, grid, plan) for e in entries(grid, table.keys, paid)], lines)
    checks = [_check(plan, at) for at in range(len(ids))]
    settled = {each.row: (each.line, each.how) for each in decided.taken}
    answers = judge(
        review or Review(),
        {key: (at, paid[at]) for at, key in enumerate(table.keys)},
        {name: (at, *checks[at]) for at, name in enumerate(ids)},
        settled,
    )
    pairs = _pairs(decided.taken, answers)
    placed = {each.row for each in pairs}
    held = {each.line for each in pairs}
    rest = [at for at in range(len(grid)) if at not in placed | answers.aside]
    tell = _Teller(plan, table, answers, checks, ids, decided.why)
    open_ = [at for at in range(len(grid)) if at not in settled]
    proposed = [each for each in decided.proposed if each.row in set(open_)]
    silent = sorted(set(open_) - {each.row for each in proposed})
    listed = sorted(
        [*proposed, *(Candidate(at, -1, 0, "chưa tìm thấy dòng vốn nào giống") for at in silent)],
        key=lambda each: (-paid[each.row], each.row, -each.score, each.line),
    )
    named = [each for each in decided.taken if each.how == "name"]
    without = [at for at in range(len(ids)) if at not in held]
    stated, aside = sum(paid), sum(paid[at] for at in answers.aside)
    total = Statement("all", "Kho bạc", "disbursed", stated, sum(paid[each.row] for each in pairs) + aside)
    return Matching(
        pairs=tell.pairs(pairs),
        proposals=tell.proposals(listed),
        unmatched_lines=tell.lines([at for at in without if at not in answers.zeros], ""),
        unmatched_treasury=tell.treasury(rest),
        set_aside=tell.treasury(sorted(answers.aside)),
        zeros=tell.lines(sorted(answers.zeros - held), "có"),
        conflicts=tell.conflicts(pairs),
        statements=(total,),
        findings=(*table.findings, *answers.findings),
        _named=tell.proposals(named),
    )


def _without_code(entry: Entry) -> Entry:
    """Drop the code that was made from owner and name: it is no evidence."""
    return replace(entry, code="")


def _under_new_name(entry: Entry, grid: Grid, plan: Plan) -> Entry:
    new = plan.successors.get(fold(str(grid.values("owner")[entry.at])))
    return entry if new is None else replace(entry, owner=name_key(new))


def _check(plan: Plan, at: int) -> tuple[str, str]:
    """Return the digest of a line, and the one that knows the owner's figure too."""
    texts = [str(plan.grid.values("line_id")[at]), *row_texts(plan.grid, at)]
    line, whole = texts, [*texts, str(plan.reported[at])]
    first, second = (hashlib.sha256("\x1f".join(each).encode()).hexdigest()[:12] for each in (line, whole))
    return first, second


def _pairs(taken: Sequence[Candidate], answers: Answers) -> list[Candidate]:
    """Return the exact pairs nobody refused, and what somebody said."""
    said = {*answers.lines, *answers.aside}
    kept = [
        each
        for each in taken
        if each.how == "code" or (each.row not in said and (each.row, each.line) not in answers.refused)
    ]
    exact = {each.row for each in kept}
    kept += [
        Candidate(row, line, 100, "theo phiếu đối chiếu", "review")
        for row, line in answers.lines.items()
        if row not in exact
    ]
    return sorted(kept, key=lambda each: (each.line, each.row))


@dataclass(slots=True)
class _Teller:
    """Positions to frames."""

    plan: Plan
    table: TreasuryTable
    answers: Answers
    checks: list[tuple[str, str]]
    ids: list[str]
    why: Mapping[int, str]

    def _row(self, at: int) -> dict[str, Any]:
        grid = self.table.grid
        told = {name: str(grid.values(name)[at]) for name in ("project_id", "project", "owner", "source")}
        year = str(grid.values("plan_year")[at]) if grid.known("plan_year")[at] else ""
        where = {"treasury": self.table.keys[at], "sheet": str(grid.sheets[at]), "row": int(grid.rows[at])}
        return where | told | {"plan_year": year, "disbursed": int(grid.values("disbursed")[at])}

    def _line(self, at: int) -> dict[str, Any]:
        if at < 0:
            return dict.fromkeys(("line_id", "project", "owner", "source"), "") | {"plan": None}
        values = {name: str(self.plan.grid.values(name)[at]) for name in ("project", "owner", "source")}
        return {"line_id": self.ids[at]} | values | {"plan": int(self.plan.grid.values("plan")[at])}

    def pairs(self, pairs: Sequence[Candidate]) -> pd.DataFrame:
        names = ("treasury", "sheet", "row", "disbursed")
        rows = []
        for each in pairs:
            told = self._row(each.row)
            said = {"line_id": self.ids[each.line], "how": each.how, "evidence": each.evidence}
            rows.append(said | {name: told[name] for name in names})
        return _frame(rows, "line_id treasury sheet row how evidence disbursed")

    def proposals(self, listed: Sequence[Candidate]) -> pd.DataFrame:
        rows = []
        for each in listed:
            line, told = self._line(each.line), self._row(each.row)
            marks = self.answers.given.get((told["treasury"], line["line_id"]), ("", ""))
            shown = {f"line_{name}": line[name] for name in ("project", "owner", "source")}
            evidence = (
                f"đã ghép: {each.evidence}; ghi “không” nếu sai" if each.how == "name" else each.evidence
            )
            said = {
                "score": each.score,
                "evidence": evidence,
                "why": self.why.get(each.row, "treasury-unmatched"),
            }
            key = {"line_id": line["line_id"], "check": self.checks[each.line][0] if each.line >= 0 else "-"}
            place = f"{told['sheet']} dòng {told['row']}"
            answer = {"agreed": marks[0], "other": marks[1], "place": place}
            rows.append(told | key | shown | {"plan": line["plan"]} | said | answer)
        return _frame(
            rows,
            "treasury sheet row place project_id project owner source plan_year disbursed line_id line_project "
            "line_owner line_source plan score evidence why agreed other check",
        )

    def lines(self, at: Sequence[int], agreed: str) -> pd.DataFrame:
        rows = [
            self._line(i)
            | {"disbursed_reported": self.plan.reported[i], "agreed": agreed, "check": self.checks[i][1]}
            for i in at
        ]
        return _frame(rows, "line_id project owner source plan disbursed_reported agreed check")

    def treasury(self, at: Sequence[int]) -> pd.DataFrame:
        rows = [self._row(i) | {"why": self.why.get(i, "treasury-unmatched")} for i in at]
        return _frame(rows, "treasury sheet row project_id project owner source plan_year disbursed why")

    def conflicts(self, pairs: Sequence[Candidate]) -> pd.DataFrame:
        sums: dict[int, int] = {}
        for each in pairs:
            sums[each.line] = sums.get(each.line, 0) + int(self.table.grid.values("disbursed")[each.row])
        rows = []
        for line, amount in sums.items():
            owner = self.plan.reported[line]
            if owner is not None and owner != amount:
                figures = {"treasury": amount, "owner": owner, "gap": amount - owner}
                rows.append({"line_id": self.ids[line]} | figures)
        return _frame(rows, "line_id treasury owner gap")


def _frame(rows: list[dict[str, Any]], names: str) -> pd.DataFrame:
    """Return rows as a frame whose amounts are whole numbers, unknown ones None."""
    frame = pd.DataFrame(
        [[row[name] for name in names.split()] for row in rows], columns=names.split(), dtype=object
    )
    for name in {"disbursed", "row", "score", "gap"} & set(frame.columns):
        frame[name] = frame[name].astype("int64")
    return frame
