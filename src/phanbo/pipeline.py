"""`assess` and `propose`: the arrows of the house in their order, and nothing more."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from phanbo.absorption import Outlook, make_outlook
from phanbo.assemble import assemble
from phanbo.assess import Assessment, build_assessment, stale_figures
from phanbo.bounds import Bounds, make_bounds
from phanbo.calendar import Calendar, Round, as_date
from phanbo.calendar_file import load_calendar
from phanbo.case import Case
from phanbo.certificate import RowClaim
from phanbo.errors import InfeasibleRound, PolicyError, RoundError
from phanbo.money import Ints, format_million
from phanbo.policy import Policy
from phanbo.portfolio import Portfolio
from phanbo.program import Block, LinearProgram
from phanbo.proposal import Proof, Proposal, make_proposal, verified
from phanbo.proposal.schema import SCHEMA
from phanbo.ranking import Ranked, rank_transfers
from phanbo.rulebook import Rulebook, load_rulebook
from phanbo.rules.walls import duty
from phanbo.solver.reference import solve
from phanbo.solver.solution import Cancel, Limits, Solution
from phanbo.solver.stating import solver_versions
from phanbo.transfers import SHORTFALL, make_transfers

__all__ = ["assess", "propose"]

BETWEEN_REPORTS = 0.1  # seconds: progress is told at most ten times a second


def assess(
    portfolio: Portfolio,
    *,
    calendar: Calendar | str | Path,
    as_of: str | dt.date,
    policy: Policy | None = None,
    round: int | Round | None = None,  # noqa: A002 — the public name
    rulebook: Rulebook | str | Path | None = None,
    outlook: Outlook | None = None,
) -> Assessment:
    """Return how far every line, bucket, owner and source has come at a date, under all three readings.

    Parameters
    ----------
    portfolio : Portfolio
    calendar : Calendar, or its name or path
    as_of : date
        The data date; any date, also before the first milestone.
    policy : Policy, optional
    round : int or Round, optional
        The round whose milestones count; the one *as_of* works towards unless given.
    rulebook : Rulebook, optional
        Names the closing date of payments; ``vn-2020`` unless given.
    outlook : Outlook, optional
        A forecast to use in place of a new one.

    Raises
    ------
    RoundError
        When the calendar has no such round, or is of another year than the tables.
    """
    calendar = calendar if isinstance(calendar, Calendar) else load_calendar(calendar)
    book = _rulebook(rulebook)
    policy = _policy(policy)
    day = as_date(as_of)
    _same_year(portfolio, calendar)
    _of_these_lines(portfolio, calendar, None, outlook)
    round_ = calendar.round_at(day) if round is None else calendar.round(round)
    outlook = outlook or make_outlook(portfolio, calendar, day, _deadline(policy, book, calendar), policy)
    return build_assessment(portfolio, calendar, day, round_, policy, outlook)


def propose(  # noqa: PLR0913 — the public interface
    portfolio: Portfolio,
    *,
    calendar: Calendar | str | Path,
    round: int | Round,  # noqa: A002 — the public name
    as_of: str | dt.date,
    rulebook: Rulebook | str | Path | None = None,
    policy: Policy | None = None,
    time_limit: float | None = None,
    threads: int = 1,
    progress: Callable[[str, int, int], None] | None = None,
    cancel: Cancel | None = None,
    assessment: Assessment | None = None,
    outlook: Outlook | None = None,
) -> Proposal:
    """Return the ranked, legal, verified proposal of one round.

    Parameters
    ----------
    portfolio : Portfolio
    calendar : Calendar, or its name or path
    round : int or Round
        A number of the calendar, or a round of one's own.
    as_of : date
        The data date.
    rulebook : Rulebook, or its name or path, optional
        ``vn-2020`` unless given.
    policy : Policy, optional
    time_limit : float, optional
        Seconds; then `Stopped` is raised and no plan returned.
    threads : int
        Threads a solver may use; the result does not depend on it. The reference solver is serial and uses one.
    progress : callable, optional
        Told ``(stage, done, total)`` at most ten times a second.
    cancel : object with ``is_set()``, optional
        Ends the work in `Stopped`.
    assessment, outlook : optional
        Those of an earlier proposal, for what-ifs and replays.

    Raises
    ------
    DataError, RoundError, PolicyError, RulebookError
        When the round cannot be held.
    InfeasibleRound
        When a shrinking source cannot be cut as far as it must; ``.conflict`` names pool, lines and what is missing.
    Stopped
        When it was stopped before every tier was proved.
    CertificateError
        When the plan failed its own re-check: a fault of phanbo.
    """
    calendar = calendar if isinstance(calendar, Calendar) else load_calendar(calendar)
    book, policy, day = _rulebook(rulebook), _policy(policy), as_date(as_of)
    round_ = calendar.round(round)
    warnings = _admit(portfolio, calendar, book, round_, day)
    _of_these_lines(portfolio, calendar, assessment, outlook)
    if threads < 1:
        raise PolicyError(
            f"threads = {threads} phải ≥ 1.", f"threads = {threads} must be at least 1.", {"threads": threads}
        )
    limits = Limits(time_limit, cancel, _calm(progress))
    limits.left()
    limits.tell("assess", 0, 1)
    deadline = _deadline(policy, book, calendar)
    if deadline <= day:
        raise _round_error(
            day, f"không trước hạn giải ngân {deadline}", f"not before the closing date {deadline}"
        )
    outlook = outlook or make_outlook(portfolio, calendar, day, deadline, policy)
    state = assessment or build_assessment(portfolio, calendar, day, round_, policy, outlook)
    free = np.zeros(len(portfolio), dtype=bool)
    case = Case(portfolio, calendar, policy, round_, day, state, outlook, book.pools(portfolio), free)
    case, ranked, proof = _solved(case, book, limits)
    limits.tell("verify", 0, 1)
    meta = _meta(case, book, own=assessment is None)
    return verified(make_proposal(case, book, ranked, proof, meta, warnings))


def _solved(case: Case, book: Rulebook, limits: Limits) -> tuple[Case, Ranked, Proof]:
    """Solve the round; hold the lines changed by less than the least amount and solve again until none is left."""
    while True:
        bounds = make_bounds(case, book)
        _refuse_infeasible(case, bounds)
        program = assemble(case, book, bounds)
        solution = solve(program, limits)
        cut, add = changes(program, solution, case)
        ranked = rank_transfers(make_transfers(case, book, cut, add), case.plan, case.outlook)
        t, moved = ranked.transfers, cut + add
        forced = np.zeros(len(case), dtype=bool)
        forced[t.donor[(t.receiver == SHORTFALL) & (t.donor >= 0)]] = True
        small = (moved > 0) & (moved < case.policy.min_move) & ~forced
        if not small.any():
            return case, ranked, _proof(program, solution, bounds)
        case = replace(case, held=case.held | small)


def changes(program: LinearProgram, solution: Solution, case: Case) -> tuple[Ints, Ints]:
    """Return the cut and the add of every line, đồng."""
    totals = []
    for block in (Block.CUT, Block.ADD):
        total = np.zeros(len(case), dtype=np.int64)
        here = program.block == block
        np.add.at(total, program.item[here], solution.x[here] * case.policy.unit)
        totals.append(total)
    return totals[0], totals[1]


def _proof(program: LinearProgram, solution: Solution, bounds: Bounds) -> Proof:
    tiers = tuple(
        (
            t.name,
            t.value,
            {program.row_keys[r]: int(t.duals[r]) for r in np.flatnonzero(t.duals).tolist()},
            t.gap,
        )
        for t in solution.tiers
    )
    priced = {key for _, _, duals, _ in tiers for key in duals}
    rows = []
    for place, part in bounds.groups:
        members: dict[int, list[int]] = {g: [] for g, key in enumerate(part.keys) if key in priced}
        for line in np.flatnonzero((part.group >= 0) & (bounds.add > 0)).tolist():
            members.get(int(part.group[line]), []).append(line)
        code = bounds.rules[place].code
        rows += [
            RowClaim(part.keys[g], code, tuple(lines), int(part.headroom[g])) for g, lines in members.items()
        ]
    return Proof(tuple(rows), tiers, bool(program.marked))


def _refuse_infeasible(case: Case, bounds: Bounds) -> None:
    """Raise where a shrinking pool cannot give what it must: the only way a round has no plan."""
    owed, able = -np.minimum(0, duty(case)), case.pool_sum(bounds.forced)
    conflict = []
    for p in np.flatnonzero(owed > able).tolist():
        lines = np.flatnonzero(case.pools.pool == p)
        holding = {bounds.rules[k].code for k in bounds.forced_rule[lines].tolist() if k >= 0}
        conflict.append(
            {
                "pool": case.pools.names[p],
                "required": int(owed[p]),
                "available": int(able[p]),
                "missing": int(owed[p] - able[p]),
                "lines": case.portfolio.text("line_id")[lines].tolist(),
                "rules": sorted(holding),
            }
        )
    if conflict:
        said = [(c["pool"], c["required"], c["available"], c["missing"]) for c in conflict]
        vi = [
            f"{p}: phải giảm {format_million(r)}, giảm được {format_million(a)}, thiếu {format_million(m)} triệu đồng"
            for p, r, a, m in said
        ]
        en = [f"{p}: must give {r}, can give {a}, {m} đồng missing" for p, r, a, m in said]
        raise InfeasibleRound(
            "Không có phương án thỏa mọi quy định. " + "; ".join(vi) + ".",
            "No plan keeps every rule. " + "; ".join(en) + ".",
            conflict,
        )


def _admit(
    portfolio: Portfolio, calendar: Calendar, book: Rulebook, round_: Round, day: dt.date
) -> tuple[str, ...]:
    """Refuse a round outside its dates; return what is only worth a warning."""
    _same_year(portfolio, calendar)
    if day.year != calendar.year:
        raise _round_error(
            day, f"ngoài năm kế hoạch {calendar.year}", f"outside the plan year {calendar.year}"
        )
    if not book.valid_from <= day <= book.valid_to:
        span = f"{book.valid_from} … {book.valid_to}"
        raise _round_error(
            day, f"ngoài hiệu lực của {book.code} ({span})", f"outside the validity of {book.code} ({span})"
        )
    if day > calendar.last_adjustment:
        last = calendar.last_adjustment
        raise _round_error(
            day, f"sau hạn điều chỉnh cuối cùng {last}", f"after the last adjustment date {last}"
        )
    warnings = []
    if day >= round_.report_by:
        warnings.append(
            f"Ngày số liệu {day} không trước hạn báo cáo {round_.report_by} của đợt. / "
            f"The data date {day} is not before the round's report date {round_.report_by}."
        )
    warnings += stale_figures(portfolio, day)
    if "requested_increase" not in portfolio.given:
        warnings.append(
            "Bảng không có cột nhu cầu bổ sung: không dòng nào nhận được vốn. / "
            "The table has no column of stated needs: no line can receive capital."
        )
    return tuple(warnings)


def _of_these_lines(
    portfolio: Portfolio, calendar: Calendar, assessment: Assessment | None, outlook: Outlook | None
) -> None:
    """Refuse an assessment or an outlook of other lines, or of another calendar."""
    ids = tuple(portfolio.text("line_id").tolist())
    strange = [
        name
        for name, part in (("assessment", assessment), ("outlook", outlook))
        if part is not None and part.line_ids != ids
    ]
    if assessment is not None and assessment.calendar != calendar:
        strange.append("calendar")
    if strange:
        names = ", ".join(strange)
        raise RoundError(
            f"Không dùng được {names}: không phải của các dòng vốn và lịch này.",
            f"{names} cannot be used: not of these lines and this calendar.",
            {"strange": strange},
        )


def _round_error(day: dt.date, vi: str, en: str) -> RoundError:
    return RoundError(
        f"Ngày số liệu {day} {vi}.", f"The data date {day} lies {en}.", {"as_of": day.isoformat()}
    )


def _same_year(portfolio: Portfolio, calendar: Calendar) -> None:
    if portfolio.year != calendar.year:
        raise RoundError(
            f"Bảng là kế hoạch năm {portfolio.year}, lịch {calendar.code} là năm {calendar.year}.",
            f"The tables are of plan year {portfolio.year}, calendar {calendar.code} is of {calendar.year}.",
            {"tables": portfolio.year, "calendar": calendar.year},
        )


def _rulebook(rulebook: Rulebook | str | Path | None) -> Rulebook:
    return rulebook if isinstance(rulebook, Rulebook) else load_rulebook(rulebook or "vn-2020")


def _deadline(policy: Policy, book: Rulebook, calendar: Calendar) -> dt.date:
    """Return the last day of payments: the rulebook's, or the policy's inside the plan year and the year after."""
    if policy.deadline is None:
        return book.closing_date(calendar.year)
    deadline = as_date(policy.deadline)
    if deadline.year not in (calendar.year, calendar.year + 1):
        raise PolicyError(
            f"deadline = {deadline} không thuộc năm kế hoạch {calendar.year} hoặc năm sau.",
            f"deadline = {deadline} lies neither in plan year {calendar.year} nor in the year after.",
            {"deadline": deadline.isoformat()},
        )
    return deadline


def _policy(policy: Policy | None) -> Policy:
    if policy is None:
        return Policy()
    if not isinstance(policy, Policy):
        raise PolicyError(
            "policy phải là pb.Policy(…) hoặc None.",
            "policy must be a pb.Policy(…) or None.",
            {"type": type(policy).__name__},
        )
    return policy


@dataclass
class _calm:  # noqa: N801 — used as a function
    """Pass progress on at most ten times a second; the end of a stage always."""

    listener: Callable[[str, int, int], None] | None
    last: float = 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if self.listener is not None and now - self.last >= BETWEEN_REPORTS:
            self.last = now
            self.listener(stage, done, total)


def _meta(case: Case, book: Rulebook, *, own: bool) -> dict[str, Any]:
    state = case.assessment
    return {
        "schema": SCHEMA,
        "phanbo": _own_version(),
        "solver": solver_versions(),
        "input_hash": case.portfolio.hash,
        "sources": [{"file": name, "sha256": digest} for name, digest in case.portfolio.files],
        "calendar": _text_of(case.calendar.code, case.calendar.text),
        "rulebook": {
            **_text_of(book.code, book.text),
            "version": book.version,
            "rules": [r.code for r in book.rules],
        },
        "round": case.round.to_dict(),
        "as_of": case.as_of.isoformat(),
        "policy": case.policy.to_dict(),
        "parent": None,
        "held": case.portfolio.text("line_id")[case.held].tolist(),
        "assessed": None
        if own
        else {
            "input_hash": state.portfolio.hash,
            "as_of": state.as_of.isoformat(),
            "round": state.round.to_dict(),
            "judge": state.judge,
            "fast": state.fast,
            "outlook": None if state.outlook is case.outlook else state.outlook.points.tolist(),
        },
    }


def _own_version() -> str:
    """Return the version of phanbo; ``"source"`` where it runs from a source tree that is not installed."""
    try:
        return metadata.version("phanbo")
    except metadata.PackageNotFoundError:
        return "source"


def _text_of(code: str, text: str) -> dict[str, str]:
    return {"code": code, "sha256": hashlib.sha256(text.encode()).hexdigest(), "text": text}
