"""What an approval does to the tables: plans, allocations, needs, offers, the year's counters (*model* §9)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from phanbo.case import Case, Changes
from phanbo.certificate import check_changes
from phanbo.errors import DataError, Finding
from phanbo.grouping import sum_by
from phanbo.money import LIMIT, Bools, Ints
from phanbo.portfolio import Portfolio
from phanbo.proposal import Proposal
from phanbo.proposal.claims import changes_of, transfers_of
from phanbo.transfers import SHORTFALL

__all__ = ["approved"]


def approved(proposal: Proposal, amounts: pd.DataFrame | None = None) -> Portfolio:
    """Return the portfolio after approval of a proposal, or of the signed *amounts* (``line_id, change``)."""
    case = proposal._case  # noqa: SLF001 — one house
    cut, add = changes_of(proposal.frames["lines"])
    t = transfers_of(proposal.frames["transfers"], case)
    forced = np.zeros(len(case), dtype=bool)
    forced[t.donor[(t.receiver == SHORTFALL) & (t.donor >= 0)]] = True
    if amounts is not None:
        # What is cut of a shrinking pool beside the proposal is cut for its shortfall.
        forced |= case.shrinking & (cut == 0)
        change = _signed(case, amounts)
        cut, add = np.maximum(0, -change), np.maximum(0, change)
        faults = check_changes(case, proposal._rulebook, Changes(cut, add), whole_units=False)  # noqa: SLF001
        if faults:
            raise DataError(
                [
                    _finding(
                        "signed-illegal", f"số đã ký không hợp lệ: {f}", f"what was signed is not legal: {f}"
                    )
                    for f in faults
                ]
            )
    return _after(case, cut, add, forced)


def _signed(case: Case, amounts: pd.DataFrame) -> Ints:
    """Read the signed amounts: one whole number of đồng a line, every line known, none twice."""
    missing = [name for name in ("line_id", "change") if name not in amounts]
    if missing:
        raise DataError(
            [
                _finding("signed-column", f"thiếu cột {name}", f"column {name} is missing", name)
                for name in missing
            ]
        )
    place = {line: k for k, line in enumerate(case.portfolio.text("line_id").tolist())}
    change = np.zeros(len(case), dtype=np.int64)
    findings, seen = [], set()
    for row, (line, value) in enumerate(zip(amounts["line_id"], amounts["change"], strict=True), start=1):
        if line not in place or line in seen:
            findings.append(
                _finding(
                    "signed-line",
                    f"dòng “{line}” không có hoặc lặp lại",
                    f"line {line!r} is unknown or stands twice",
                    "line_id",
                    row,
                    str(line),
                )
            )
        elif (amount := _whole(value)) is None:
            findings.append(
                _finding(
                    "signed-amount",
                    "số tiền phải là số nguyên đồng",
                    "the amount must be whole đồng",
                    "change",
                    row,
                    str(value),
                )
            )
        else:
            seen.add(line)
            change[place[line]] = amount
    if findings:
        raise DataError(findings)
    return change


def _whole(value: Any) -> int | None:  # noqa: ANN401 - whatever a cell holds
    """Return a whole number of đồng, at most `LIMIT` either way; ``None`` where it is something else."""
    number = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    if not number or value != value or abs(value) > LIMIT or value != int(value):  # noqa: PLR0124 — NaN
        return None
    return int(value)


def _finding(
    code: str, vi: str, en: str, column: str = "", row: int | None = None, value: str = ""
) -> Finding:
    return Finding(code, "error", vi, en, table="amounts", column=column, row=row, value=value)


def _after(case: Case, cut: Ints, add: Ints, forced: Bools) -> Portfolio:
    book, change = case.portfolio, add - cut
    columns: dict[str, Any] = {
        "plan": case.plan + change,
        "plan_initial": book.money("plan_initial")[0],
        "offered_decrease": np.maximum(0, case.offer - cut),
        "raised_this_year": book.money("raised_this_year")[0] + add,
        "cut_this_year": book.money("cut_this_year")[0] + cut,
        "not_to_be_raised": book.flag("not_to_be_raised")[0] | (cut > 0) & (forced | (case.offer > 0)),
    }
    if "requested_increase" in book.given:
        columns["requested_increase"] = np.maximum(0, case.need - add)
    if "loan_room" in book.given:
        room, known = book.money("loan_room")
        columns["loan_room"] = pd.array(np.maximum(0, room - change), dtype="Int64")
        columns["loan_room"][~known] = pd.NA
    for name, (group, count), counted in (
        ("allocated_to_date", case.project, change),
        ("medium_term_allocated", case.project_source, np.where(case.this_year, change, 0)),
    ):
        if name in book.given:
            value, known = book.money(name)
            moved = value + sum_by(group, counted, count)[group]
            columns[name] = _known(moved, known)
    estimate, told = book.money("estimate_year_end")
    if "estimate_year_end" in book.given:
        # "At least the plan" stays at least the plan; it would read as a ceiling under a larger one.
        kept = np.where(estimate >= case.plan, np.maximum(estimate, case.plan + change), estimate)
        columns["estimate_year_end"] = _known(kept, told)
    return book.replace(sources=_inflows_left(case, cut - add), **columns)


def _known(values: Ints, known: Bools) -> pd.Series[Any]:
    """Return a money column with its unknown cells."""
    return pd.Series(values).astype("Int64").mask(~pd.Series(known))


def _inflows_left(case: Case, taken: Ints) -> pd.DataFrame | None:
    """Return the sources table with what was taken for a shortfall taken off its inflow."""
    table = case.portfolio.sources
    if table is None or "inflow" not in table or not case.pools.shrinking.any():
        return None
    source, now = case.portfolio.text("source"), case.this_year
    left = case.pool_sum(taken)
    inflow = table["inflow"].copy()
    for k, (name, amount) in enumerate(zip(table["source"], table["inflow"], strict=True)):
        if pd.isna(amount) or int(amount) >= 0:
            continue
        pool = int(case.pools.pool[np.flatnonzero((source == name) & now)[0]])
        met = min(-int(amount), int(left[pool]))
        left[pool] -= met
        inflow.iloc[k] = int(amount) + met
    return table.assign(inflow=inflow)
