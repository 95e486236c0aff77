"""Who may receive: fast, in need, able to absorb, with papers complete."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from phanbo.calendar import as_date
from phanbo.money import LIMIT
from phanbo.rules.base import Limits, Rule, Source, closed_where, once_a_case, open_where
from phanbo.rules.donor_tests import DIRECTIVE, short_of_share

if TYPE_CHECKING:
    import datetime as dt

    from phanbo.case import Case, Changes
    from phanbo.money import Bools, Ints

__all__ = [
    "Absorption",
    "ApprovedDecision",
    "Commitment",
    "FastLine",
    "NotToBeRaised",
    "OfferOnlyGives",
    "ProceduresComplete",
    "StatedNeed",
]


def allows_unknown(case: Case) -> bool:
    """Return whether the policy lets a test pass that cannot be answered."""
    return case.policy.unknown == "allow"


def done_by(event: str, day: dt.date) -> bool:
    """Return whether an act is known to have happened by a day."""
    return event not in ("", "chưa") and as_date(event) <= day


class FastLine(Rule):
    """Give only to lines that are fast: ``e < ρ·plan ⇒ add = 0`` (M7, first limb).

    A line without plan is judged by its owner, who must be allowed to import.

    Legal term: *tiến độ giải ngân nhanh*.
    """

    code = "fast-line"
    title_vi = "Chỉ bổ sung cho dòng vốn có tiến độ giải ngân đạt yêu cầu"
    title_en = "Only lines that keep the required pace of disbursement receive"
    source = Source(DIRECTIVE, "mục II.5.3", "seed")
    nature = "deadline"

    def limits(self, case: Case) -> Limits:
        """Open the lines that have come as far as required."""
        reading = case.assessment.decides
        empty = case.assessment.portfolio.money("plan")[0] == 0
        return Limits(
            add=open_where(np.where(empty, case.assessment.may_import, reading.executed >= reading.required))
        )

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:  # noqa: ARG002
        """Return what was added to lines below their share, compared as fractions."""
        return np.where(self._slow(case), plan.add, 0)

    @once_a_case
    def _slow(self, case: Case) -> Bools:
        a = case.assessment
        plans = a.portfolio.money("plan")[0]
        return np.where(plans == 0, ~a.may_import, short_of_share(a.decides, a.decides.executed, plans))


class StatedNeed(Rule):
    """Give at most what the owner says it needs: ``add ≤ requested_increase`` (M7, second limb; M8).

    Legal term: *nhu cầu bổ sung vốn*.
    """

    code = "stated-need"
    title_vi = "Chỉ bổ sung trong phạm vi nhu cầu chủ đầu tư đã nêu"
    title_en = "At most the need stated by the owner is added"
    source = Source(DIRECTIVE, "mục II.5.3", "seed")
    needs = ("requested_increase",)

    def limits(self, case: Case) -> Limits:
        """Bound the add by the need."""
        return Limits(add=case.need)

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:  # noqa: ARG002
        """Return what was added beyond the need."""
        after = case.plan + plan.add
        return np.maximum(0, after - (case.plan + case.need))


class Absorption(Rule):
    """Give only what will very probably be spent (M8, third limb of II.5.3).

    ``add ≤ max(0, y − plan)``, y the outlook's point number ``⌊(1 − r)K⌋ + 1``: an added đồng is spent with
    chance *r* at least.

    Legal term: *khả năng hấp thụ vốn*.
    """

    code = "absorption"
    title_vi = "Chỉ bổ sung phần vốn chắc chắn giải ngân được đến hết niên độ"
    title_en = "Only what will very probably be spent by the closing date is added"
    source = Source(DIRECTIVE, "mục II.5.3", "seed")
    granted_by = "department"
    of_confidence = True

    def limits(self, case: Case) -> Limits:
        """Bound the add by the outlook above the plan."""
        return Limits(add=np.maximum(0, case.outlook.receiver_level(case.policy.r) - case.plan))

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:  # noqa: ARG002
        """Return what was added that fewer than r·K of the outlook's points would spend."""
        before = np.maximum(case.plan, self._reached(case))
        return np.where(plan.add > 0, np.maximum(0, case.plan + plan.add - before), 0)

    @once_a_case
    def _reached(self, case: Case) -> Ints:
        """Return the largest total of each line that at least r·K of the points reach or pass."""
        count, r = case.outlook.points.shape[1], case.policy.r
        enough = -(-r.numerator * count // r.denominator)
        return np.sort(case.outlook.points, axis=1)[:, ::-1][:, enough - 1]


class OfferOnlyGives(Rule):
    """Give nothing to a line whose owner offers to give capital up (directive II.2.4): ``offer > 0 ⇒ add = 0``.

    Legal term: *đề nghị giảm vốn của chủ đầu tư*.
    """

    code = "offer-only-gives"
    title_vi = "Dòng vốn chủ đầu tư đã đề nghị giảm thì không được bổ sung"
    title_en = "A line its owner offers to cut receives nothing"
    source = Source(DIRECTIVE, "mục II.2.4", "design")

    def limits(self, case: Case) -> Limits:
        """Close the add of offered lines."""
        return Limits(add=closed_where(case.offer > 0))

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:  # noqa: ARG002
        """Return what was added to offered lines."""
        return plan.add * np.minimum(1, case.offer)


class ProceduresComplete(Rule):
    """Give only to lines whose investment procedures are complete at the data date (M7): ``incomplete ⇒ add = 0``.

    Legal term: *đủ thủ tục đầu tư theo quy định*.
    """

    code = "procedures-complete"
    title_vi = "Chỉ bổ sung cho dự án đủ thủ tục đầu tư"
    title_en = "Only projects with complete investment procedures receive"
    source = Source("Nghị quyết 973/2020/UBTVQH14", "Điều 4", "memory")
    nature = "deadline"
    needs = ("procedures_complete|procedures_completed_on",)

    def limits(self, case: Case) -> Limits:
        """Open the lines known to be complete."""
        if not self.has_columns(case):
            return Limits()
        done, known = case.procedures
        return Limits(add=open_where(np.where(known, done, allows_unknown(case))))

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:  # noqa: ARG002
        """Return what was added without complete papers, read line by line."""
        if not self.has_columns(case):
            return np.zeros(len(case), dtype=np.int64)
        yes, told = case.portfolio.flag("procedures_complete")
        code, days = case.portfolio.codes("procedures_completed_on")
        late = np.array([not done_by(day, case.as_of) for day in days.tolist()], dtype=bool)[code]
        dated = (days != "")[code]
        refused = (told & ~yes) | (dated & late)
        if not allows_unknown(case):
            refused |= ~told & ~dated
        return np.where(refused, plan.add, 0)


class ApprovedDecision(Rule):
    """Give only to projects decided by a competent authority (Art. 53.2); preparation is exempt.

    ``approved_on > as_of ⇒ add = 0``.

    Legal term: *đã được cấp có thẩm quyền quyết định đầu tư*.
    """

    code = "approved-decision"
    title_vi = "Chỉ bổ sung cho dự án đã được cấp có thẩm quyền quyết định đầu tư"
    title_en = "Only projects with an investment decision receive"
    source = Source("Luật Đầu tư công 39/2019/QH14", "Điều 53 khoản 2", "found")
    nature = "deadline"
    needs = ("approved_on",)

    def binds(self, case: Case) -> Bools:
        """All lines but preparation."""
        return ~case.portfolio.says("stage", "preparation")

    def limits(self, case: Case) -> Limits:
        """Open the lines approved by the data date."""
        if not self.has_columns(case):
            return Limits()
        code, day = case.portfolio.codes("approved_on")
        approved = (day != "") & (day != "chưa") & (day <= case.as_of.isoformat())
        approved |= (day == "") & allows_unknown(case)
        return Limits(add=open_where(approved[code] | ~self.binds(case)))

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:  # noqa: ARG002
        """Return what was added without a decision."""
        if not self.has_columns(case):
            return np.zeros(len(case), dtype=np.int64)
        code, days = case.portfolio.codes("approved_on")
        open_ = [done_by(day, case.as_of) if day else allows_unknown(case) for day in days.tolist()]
        decided = np.array(open_, dtype=bool)[code] | case.portfolio.says("stage", "preparation")
        return np.where(decided, 0, plan.add)


class Commitment(Rule):
    """Give only where the owner commits to spend all of it (M7): ``¬commitment ⇒ add = 0``.

    Legal term: *cam kết giải ngân hết số vốn được giao và bổ sung*.
    """

    code = "commitment"
    title_vi = "Chỉ bổ sung khi chủ đầu tư cam kết giải ngân hết"
    title_en = "Only owners who commit to spending all of it receive"
    source = Source("Thực hành của tỉnh Nghệ An, tháng 5/2024", "điều kiện bổ sung vốn (iii)", "design")
    needs = ("commitment",)

    def limits(self, case: Case) -> Limits:
        """Open the lines with a commitment."""
        if not self.has_columns(case):
            return Limits()
        yes, known = case.portfolio.flag("commitment")
        return Limits(add=open_where(np.where(known, yes, allows_unknown(case))))

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:  # noqa: ARG002
        """Return what was added without a commitment."""
        if not self.has_columns(case):
            return np.zeros(len(case), dtype=np.int64)
        yes, known = case.portfolio.flag("commitment")
        refused = (known & ~yes) | (~known if not allows_unknown(case) else np.zeros(len(case), dtype=bool))
        return np.where(refused, plan.add, 0)


class NotToBeRaised(Rule):
    """Give nothing back to a line cut this year by an offer or by a shortfall (M26): ``not_to_be_raised ⇒ add = 0``.

    Legal term: *không bổ sung lại cho dự án đã giảm vốn*.
    """

    code = "not-to-be-raised"
    title_vi = "Dòng vốn đã giảm trong năm theo đề nghị hoặc do hụt thu thì không được bổ sung lại"
    title_en = "A line cut this year by an offer or a shortfall is not raised again"
    source = Source(
        "Quyết định điều chỉnh vốn ngân sách trung ương năm 2025 của Thủ tướng",
        "nguyên tắc không bổ sung lại",
        "design",
    )

    def limits(self, case: Case) -> Limits:
        """Close the add of marked lines."""
        return Limits(add=closed_where(case.portfolio.flag("not_to_be_raised")[0]))

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:  # noqa: ARG002
        """Return what was added to marked lines."""
        marked = case.portfolio.flag("not_to_be_raised")[0]
        return np.minimum(plan.add, marked.astype(np.int64) * LIMIT)
