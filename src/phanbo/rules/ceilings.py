"""How much a project may hold: its approved total, and its share of the medium-term plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from phanbo.grouping import reduce_by, sum_by
from phanbo.money import LIMIT
from phanbo.rules.base import GroupRows, Limits, RowKeys, Rule, Source, closed_where, once_a_case, open_where
from phanbo.rules.receiver_tests import allows_unknown

if TYPE_CHECKING:
    from phanbo.case import Case, Changes
    from phanbo.money import Bools, Ints

__all__ = ["MediumTermHeadroom", "MediumTermListed", "NewStartFunding", "TotalInvestment"]


def exempt_from_medium_term(case: Case, *, special: bool) -> Bools:
    """Return the lines that need no place in the medium-term plan: urgent (and *special*) projects, ODA grants."""
    exempt = case.portfolio.flag("emergency")[0] | case.portfolio.says("kind", "oda_grant")
    return exempt | case.portfolio.flag("special")[0] if special else exempt


class TotalInvestment(Rule):
    """Never allocate more to a project, over all its sources, than its approved total (M9, M27, M28).

    ``Σ add ≤ max(0, T − A)`` over the lines of the project: T the approved total investment (the settled value of a completed
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
        return Limits(
            groups=GroupRows(group, room, RowKeys("project", (case.portfolio.codes("project_id")[1],)))
        )

    def _total(self, case: Case) -> tuple[Ints, Bools]:
        total, known = case.portfolio.money("total_investment")
        total, known = total.copy(), known.copy()
        for stage, column in (("completed", "settled_value"), ("preparation", "preparation_estimate")):
            value, told = case.portfolio.money(column)
            place = case.portfolio.says("stage", stage) & told
            total[place], known[place] = value[place], True
        return total, known

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:
        """Return, on each line raised, how far its project goes over its total."""
        if not self.has_columns(case):
            return np.zeros(len(case), dtype=np.int64)
        project, count = case.project
        left, blind = self._left(case)
        added = plan.add if alone else sum_by(project, plan.add, count)[project]
        over = np.where(blind, 0 if allows_unknown(case) else plan.add, np.maximum(0, added - left))
        return np.where(plan.add > 0, over, 0)

    @once_a_case
    def _left(self, case: Case) -> tuple[Ints, Bools]:
        """Return for each line what its project has left of its total, and whether that is unknown."""
        book, (project, count) = case.portfolio, case.project
        allocated, counted = book.money("allocated_to_date")
        settled, closed = book.money("settled_value")
        estimate, studied = book.money("preparation_estimate")
        usual, known = book.money("total_investment")
        told = [closed & book.says("stage", "completed"), studied & book.says("stage", "preparation"), known]
        sure = np.logical_or.reduce(told) & counted
        left = np.where(sure, np.select(told, [settled, estimate, usual]) - allocated, LIMIT)
        least = reduce_by(np.minimum, project, left, count)
        blind = ~reduce_by(np.logical_and, project, sure, count)
        return np.maximum(0, least)[project], blind[project]


@dataclass(frozen=True)
class MediumTermListed(Rule):
    """Give only to projects of the medium-term plan (L1); urgent projects and ODA grants are exempt.

    ``M = 0 ⇒ add = 0``, M the five-year ceiling.

    Legal term: *dự án có trong kế hoạch đầu tư công trung hạn*.

    Parameters
    ----------
    special : bool
        Whether special projects (*dự án đặc biệt*, Law 90/2025) are exempt too.
    """

    special: bool = False

    code = "medium-term-listed"
    title_vi = "Chỉ bổ sung cho dự án có trong kế hoạch đầu tư công trung hạn"
    title_en = "Only projects of the medium-term plan receive"
    # That grants are exempt is not in what was read of the clause.
    source = Source("Luật Đầu tư công 39/2019/QH14", "Điều 53 khoản 1", "memory+")
    needs = ("medium_term_plan",)

    def limits(self, case: Case) -> Limits:
        """Open the lines with a medium-term ceiling above 0."""
        if not self.has_columns(case):
            return Limits()
        ceiling, known = case.portfolio.money("medium_term_plan")
        listed = np.where(known, ceiling > 0, allows_unknown(case))
        return Limits(add=open_where(listed | exempt_from_medium_term(case, special=self.special)))

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:  # noqa: ARG002
        """Return what was added outside the medium-term plan."""
        if not self.has_columns(case):
            return np.zeros(len(case), dtype=np.int64)
        ceiling, known = case.portfolio.money("medium_term_plan")
        missing = (known & (ceiling <= 0)) | (~known & (case.policy.unknown != "allow"))
        urgent, grant = case.portfolio.flag("emergency")[0], case.portfolio.says("kind", "oda_grant")
        special = case.portfolio.flag("special")[0] & self.special
        return np.where(missing & ~urgent & ~grant & ~special, plan.add, 0)


@dataclass(frozen=True)
class MediumTermHeadroom(Rule):
    """Keep each project × source within what is left of its medium-term plan (M10).

    ``Σ add ≤ max(0, M − B)`` over this year's lines of the project × source: M the five-year ceiling, B what
    the period has allocated, this year's plan included. Urgent projects and ODA grants are exempt.

    Legal term: *hạn mức còn lại của kế hoạch đầu tư công trung hạn*.

    Parameters
    ----------
    special : bool
        Whether special projects (*dự án đặc biệt*, Law 90/2025) are exempt too.
    """

    special: bool = False

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
        free = (
            exempt_from_medium_term(case, special=self.special)
            | ~case.this_year
            | (~sure & allows_unknown(case))
        )
        line = np.empty(count, dtype=np.int64)
        line[pair] = np.arange(len(case))
        names = tuple(case.portfolio.text(name)[line] for name in ("project_id", "source"))
        return Limits(groups=GroupRows(np.where(free, -1, pair), room, RowKeys("medium-term", names)))

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:
        """Return, on each line raised, how far its project × source goes over its ceiling."""
        if not self.has_columns(case):
            return np.zeros(len(case), dtype=np.int64)
        pair, count = case.project_source
        left, bound = self._left(case)
        counted = np.where(bound & (plan.add > 0), plan.add, 0)
        added = counted if alone else sum_by(pair, counted, count)[pair]
        return np.where(counted > 0, np.maximum(0, added - left), 0)

    @once_a_case
    def _left(self, case: Case) -> tuple[Ints, Bools]:
        """Return for each line what its project × source has left of its ceiling, and whether that binds it."""
        book, (pair, count) = case.portfolio, case.project_source
        (ceiling, known), (allocated, counted) = (
            book.money("medium_term_plan"),
            book.money("medium_term_allocated"),
        )
        least = reduce_by(np.minimum, pair, (ceiling - allocated) * (known & counted), count)
        bound = ~(book.flag("emergency")[0] | book.carried | book.says("kind", "oda_grant"))
        bound &= ~(book.flag("special")[0] & self.special)
        if allows_unknown(case):
            bound &= known & counted
        return np.maximum(0, least)[pair], bound


class NewStartFunding(Rule):
    """Raise a new start only if its funding to completion is assured (M12, Art. 51.5).

    ``T − A > Σ max(0, M − B) ⇒ add = 0``, the sum over the sources of the project: what the medium-term plan still
    holds for it must cover what is left of its total. A source with unknown figures counts as nothing.

    Legal term: *bố trí đủ vốn để hoàn thành dự án*.
    """

    code = "new-start-funding"
    title_vi = "Chỉ bổ sung dự án khởi công mới khi trung hạn bảo đảm đủ vốn để hoàn thành"
    title_en = "A new start is raised only if its funding to completion is assured"
    source = Source("Luật Đầu tư công 39/2019/QH14", "Điều 51 khoản 5", "found")
    needs = ("total_investment", "allocated_to_date", "medium_term_plan", "medium_term_allocated")

    def binds(self, case: Case) -> Bools:
        """New starts of this year's plan."""
        return case.portfolio.says("stage", "new_start") & case.this_year

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
        if not self.has_columns(case):
            return np.zeros(len(case), dtype=np.int64)
        return np.where(self._unfunded(case), plan.add, 0)

    @once_a_case
    def _unfunded(self, case: Case) -> Bools:
        """Return the new starts that the medium-term plan cannot finish."""
        book, (pair, pairs), (project, projects) = case.portfolio, case.project_source, case.project
        (total, t), (allocated, a) = book.money("total_investment"), book.money("allocated_to_date")
        (ceiling, m), (given, b) = book.money("medium_term_plan"), book.money("medium_term_allocated")
        held = reduce_by(np.maximum, pair, np.where(m & b, ceiling - given, 0), pairs)
        home = reduce_by(np.maximum, pair, project, pairs)
        covered = reduce_by(np.add, home, np.maximum(0, held), projects)[project]
        known = t & a
        short = (known & (total > allocated + covered)) | (~known & (case.policy.unknown != "allow"))
        return np.asarray(short & book.says("stage", "new_start") & ~book.carried, dtype=bool)
