"""How much a project may hold: its approved total, and its share of the medium-term plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from phanbo.grouping import sum_by
from phanbo.money import LIMIT
from phanbo.rules.base import GroupRows, Limits, Rule, Source, closed_where, once_a_case, open_where
from phanbo.rules.receiver_tests import allows_unknown

if TYPE_CHECKING:
    from phanbo.case import Case, Changes
    from phanbo.money import Bools, Ints

__all__ = ["MediumTermHeadroom", "MediumTermListed", "NewStartFunding", "TotalInvestment"]


def exempt_from_medium_term(case: Case) -> Bools:
    """Return the lines that need no place in the medium-term plan: urgent projects and ODA grants."""
    urgent = case.portfolio.flag("emergency")[0]
    return np.asarray(urgent | (case.kind == "oda_grant"), dtype=bool)


class TotalInvestment(Rule):
    """Never allocate more to a project, over all its sources, than its approved total (M9, M27, M28).

    ``Σ_project add ≤ max(0, T − A)``: T the approved total investment (the settled value of a completed
    project, the estimate of the tasks on preparation lines), A all capital allocated so far, this year's plan
    included. Where T or A is unknown the project receives nothing.

    Legal term: *tổng mức đầu tư*.
    """

    code = "total-investment"
    title_vi = (
        "Tổng vốn bố trí không vượt tổng mức đầu tư (giá trị quyết toán, dự toán chuẩn bị đầu tư) được duyệt"
    )
    title_en = "Capital allocated stays within the approved total (settled value, preparation estimate)"
    source = Source("Luật Đầu tư công 39/2019/QH14; Nghị định 99/2021/NĐ-CP", "Điều 6", "memory+")
    needs = ("total_investment|settled_value|preparation_estimate", "allocated_to_date")

    def limits(self, case: Case) -> Limits:
        """State one row a project."""
        if not self.has_columns(case):
            return Limits()
        total, known = self._total(case)
        allocated, counted = case.portfolio.money("allocated_to_date")
        project, count = case.project
        room = np.full(count, LIMIT, dtype=np.int64)
        np.minimum.at(room, project, np.where(known & counted, np.maximum(0, total - allocated), 0))
        group = project.copy()
        if allows_unknown(case):
            blind = np.zeros(count, dtype=bool)
            np.logical_or.at(blind, project, ~(known & counted))
            group[blind[project]] = -1
        ids = case.portfolio.text("project_id")
        keys = np.empty(count, dtype=object)
        keys[project] = ids
        return Limits(groups=GroupRows(group, room, tuple(f"project:{key}" for key in keys)))

    def _total(self, case: Case) -> tuple[Ints, Bools]:
        total, known = case.portfolio.money("total_investment")
        total, known = total.copy(), known.copy()
        for stage, column in (("completed", "settled_value"), ("preparation", "preparation_estimate")):
            value, told = case.portfolio.money(column)
            place = (case.stage == stage) & told
            total[place], known[place] = value[place], True
        return total, known

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:
        """Return, on each line raised, how far its project goes over its total."""
        excess = np.zeros(len(case), dtype=np.int64)
        if not self.has_columns(case):
            return excess
        ids, (totals, blind) = case.portfolio.text("project_id"), self._left(case)
        raised: dict[str, int] = {}
        for i in np.flatnonzero(plan.add > 0).tolist():
            raised[ids[i]] = raised.get(ids[i], 0) + int(plan.add[i])
        for i in np.flatnonzero(plan.add > 0).tolist():
            project = ids[i]
            if project in blind:
                excess[i] = 0 if allows_unknown(case) else plan.add[i]
            else:
                added = int(plan.add[i]) if alone else raised[project]
                excess[i] = max(0, added - max(0, totals[project]))
        return excess

    @once_a_case
    def _left(self, case: Case) -> tuple[dict[str, int], set[str]]:
        """Return what each project has left of its total, line by line, and the projects where that is unknown."""
        book = case.portfolio
        allocated, counted = book.money("allocated_to_date")
        usual = book.money("total_investment")
        special = {
            "completed": book.money("settled_value"),
            "preparation": book.money("preparation_estimate"),
        }
        left: dict[str, int] = {}
        blind: set[str] = set()
        for i, (project, stage) in enumerate(zip(book.text("project_id"), case.stage, strict=True)):
            value, known = special.get(stage, usual)
            if not known[i]:
                value, known = usual
            if known[i] and counted[i]:
                left[project] = min(left.get(project, LIMIT), int(value[i]) - int(allocated[i]))
            else:
                blind.add(project)
        return left, blind


class MediumTermListed(Rule):
    """Give only to projects of the medium-term plan (L1); urgent projects and ODA grants are exempt.

    Legal term: *dự án có trong kế hoạch đầu tư công trung hạn*.
    """

    code = "medium-term-listed"
    title_vi = "Chỉ bổ sung cho dự án có trong kế hoạch đầu tư công trung hạn"
    title_en = "Only projects of the medium-term plan receive"
    source = Source("Luật Đầu tư công 39/2019/QH14", "Điều 53 khoản 1", "found")
    needs = ("medium_term_plan",)

    def limits(self, case: Case) -> Limits:
        """Open the lines with a medium-term ceiling above 0."""
        if not self.has_columns(case):
            return Limits()
        ceiling, known = case.portfolio.money("medium_term_plan")
        listed = np.where(known, ceiling > 0, allows_unknown(case))
        return Limits(add=open_where(listed | exempt_from_medium_term(case)))

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:  # noqa: ARG002
        """Return what was added outside the medium-term plan."""
        excess = np.zeros(len(case), dtype=np.int64)
        if not self.has_columns(case):
            return excess
        ceiling, known = case.portfolio.money("medium_term_plan")
        urgent = case.portfolio.flag("emergency")[0]
        for i in np.flatnonzero(plan.add > 0).tolist():
            if urgent[i] or case.kind[i] == "oda_grant":
                continue
            missing = ceiling[i] <= 0 if known[i] else not allows_unknown(case)
            excess[i] = plan.add[i] if missing else 0
        return excess


class MediumTermHeadroom(Rule):
    """Keep each project × source within what is left of its medium-term plan (M10).

    ``Σ add ≤ max(0, M − B)`` over this year's lines of the project × source: M the five-year ceiling, B what
    the period has allocated, this year's plan included. Urgent projects and ODA grants are exempt.

    Legal term: *hạn mức còn lại của kế hoạch đầu tư công trung hạn*.
    """

    code = "medium-term-headroom"
    title_vi = "Không vượt hạn mức còn lại của kế hoạch đầu tư công trung hạn"
    title_en = "What is left of the medium-term plan is not exceeded"
    source = Source("Luật Đầu tư công 39/2019/QH14", "Điều 53 khoản 1", "found")
    needs = ("medium_term_plan", "medium_term_allocated")

    def limits(self, case: Case) -> Limits:
        """State one row a project × source."""
        if not self.has_columns(case):
            return Limits()
        ceiling, known = case.portfolio.money("medium_term_plan")
        allocated, counted = case.portfolio.money("medium_term_allocated")
        pair, count = case.project_source
        room = np.full(count, LIMIT, dtype=np.int64)
        sure = known & counted
        np.minimum.at(room, pair, np.where(sure, np.maximum(0, ceiling - allocated), 0))
        free = exempt_from_medium_term(case) | ~case.this_year | (~sure & allows_unknown(case))
        ids, sources = case.portfolio.text("project_id"), case.portfolio.text("source")
        keys = np.empty(count, dtype=object)
        keys[pair] = ids + " × " + sources
        rows = GroupRows(np.where(free, -1, pair), room, tuple(f"medium-term:{key}" for key in keys))
        return Limits(groups=rows)

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:
        """Return, on each line raised, how far its project × source goes over its ceiling."""
        excess = np.zeros(len(case), dtype=np.int64)
        if not self.has_columns(case):
            return excess
        book, room = case.portfolio, self._left(case)
        known, counted = book.money("medium_term_plan")[1], book.money("medium_term_allocated")[1]
        urgent, ids, sources = book.flag("emergency")[0], book.text("project_id"), book.text("source")
        raised: dict[tuple[str, str], int] = {}
        bound = []
        for i in np.flatnonzero(plan.add > 0).tolist():
            free = urgent[i] or case.kind[i] == "oda_grant" or book.carried[i]
            if free or (allows_unknown(case) and not (known[i] and counted[i])):
                continue
            bound.append(i)
            raised[ids[i], sources[i]] = raised.get((ids[i], sources[i]), 0) + int(plan.add[i])
        for i in bound:
            added = int(plan.add[i]) if alone else raised[ids[i], sources[i]]
            excess[i] = max(0, added - room[ids[i], sources[i]])
        return excess

    @once_a_case
    def _left(self, case: Case) -> dict[tuple[str, str], int]:
        """Return what each project × source has left of its ceiling, line by line; 0 where that is unknown."""
        book = case.portfolio
        (ceiling, known), (allocated, counted) = (
            book.money("medium_term_plan"),
            book.money("medium_term_allocated"),
        )
        room: dict[tuple[str, str], int] = {}
        for i, key in enumerate(zip(book.text("project_id"), book.text("source"), strict=True)):
            left = int(ceiling[i]) - int(allocated[i]) if known[i] and counted[i] else 0
            room[key] = min(room.get(key, LIMIT), max(0, left))
        return room


class NewStartFunding(Rule):
    """Raise a new start only if its funding to completion is assured (M12, Art. 51.5).

    ``add = 0`` unless ``T − A ≤ Σ_sources max(0, M − B)``: what the medium-term plan still holds for the
    project covers what is left of its total. A source with unknown figures counts as nothing.

    Legal term: *bố trí đủ vốn để hoàn thành dự án*.
    """

    code = "new-start-funding"
    title_vi = "Chỉ bổ sung dự án khởi công mới khi trung hạn bảo đảm đủ vốn để hoàn thành"
    title_en = "A new start is raised only if its funding to completion is assured"
    source = Source("Luật Đầu tư công 39/2019/QH14", "Điều 51 khoản 5", "found")
    needs = ("total_investment", "allocated_to_date", "medium_term_plan", "medium_term_allocated")

    def binds(self, case: Case) -> Bools:
        """New starts of this year's plan."""
        return np.asarray((case.stage == "new_start") & case.this_year, dtype=bool)

    def limits(self, case: Case) -> Limits:
        """Close the new starts whose rest is not covered."""
        if not self.has_columns(case):
            return Limits()
        book = case.portfolio
        (total, t), (allocated, a) = book.money("total_investment"), book.money("allocated_to_date")
        (ceiling, m), (given, b) = book.money("medium_term_plan"), book.money("medium_term_allocated")
        pair, pairs = case.project_source
        project, projects = case.project
        room = np.zeros(pairs, dtype=np.int64)
        np.maximum.at(room, pair, np.where(m & b, np.maximum(0, ceiling - given), 0))
        owner_of = np.zeros(pairs, dtype=np.int64)
        owner_of[pair] = project
        covered = sum_by(owner_of, room, projects)[project]
        assured = np.where(t & a, total - allocated <= covered, allows_unknown(case))
        return Limits(add=closed_where(self.binds(case) & ~assured))

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:  # noqa: ARG002
        """Return what was added to new starts that the medium-term plan cannot finish."""
        excess = np.zeros(len(case), dtype=np.int64)
        if not self.has_columns(case):
            return excess
        assured = self._assured(case)
        for i in np.flatnonzero((plan.add > 0) & self.binds(case)).tolist():
            excess[i] = 0 if assured[i] else plan.add[i]
        return excess

    @once_a_case
    def _assured(self, case: Case) -> list[bool]:
        """Return for each line whether the medium-term plan can finish its project, line by line."""
        book = case.portfolio
        ids, sources = book.text("project_id"), book.text("source")
        (total, t), (allocated, a) = book.money("total_investment"), book.money("allocated_to_date")
        (ceiling, m), (given, b) = book.money("medium_term_plan"), book.money("medium_term_allocated")
        left: dict[str, dict[str, int]] = {}
        for i, (project, source) in enumerate(zip(ids, sources, strict=True)):
            here = int(ceiling[i]) - int(given[i]) if m[i] and b[i] else 0
            held = left.setdefault(project, {})
            held[source] = max(held.get(source, 0), here)
        return [
            int(total[i]) - int(allocated[i]) <= sum(left[project].values())
            if t[i] and a[i]
            else allows_unknown(case)
            for i, project in enumerate(ids)
        ]
