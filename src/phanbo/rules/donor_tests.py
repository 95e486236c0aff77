"""Who may give: late lines in late buckets, missed deadlines, offers; never locked or counterpart lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from phanbo.assessment import missed_deadlines
from phanbo.grouping import joint_codes, sum_by
from phanbo.money import LIMIT
from phanbo.rules.base import Limits, Rule, Source, closed_where, once_a_case

if TYPE_CHECKING:
    from phanbo.case import Case, Changes
    from phanbo.money import Bools, Ints
    from phanbo.reading import Reading

__all__ = ["Counterpart", "DonorTest", "Locked"]

DIRECTIVE = "Dự thảo Chỉ thị của Chủ tịch UBND tỉnh Lạng Sơn, tháng 02/2024"


def short_of_share(reading: Reading, executed: Ints, plan: Ints) -> Bools:
    """Return where ``e < ρ · plan``, ρ of each line, cross-multiplied in Python integers: no product is too large."""
    above, below = (
        np.array([getattr(rho, part) for rho in reading.cell_share], dtype=object)[reading.cell]
        for part in ("numerator", "denominator")
    )
    return np.asarray(executed * below < above * plan, dtype=bool)


class DonorTest(Rule):
    """Take capital only from lines behind their milestone, or offered by their owner (M5, M28).

    ``¬(late ∨ missed ∨ incomplete) ⇒ cut ≤ offer``.

    A line may give when it is below its milestone in a bucket (owner × stage × plan year) below the milestone,
    has missed a deadline for start, dossier or procedures, or has incomplete procedures. A line that may give
    only because of an offer gives at most the offer. "Không chờ đề nghị": no request of the owner is needed.

    Legal term: *điều chỉnh giảm vốn của dự án chậm giải ngân*.
    """

    code = "donor-test"
    title_vi = "Chỉ điều chỉnh giảm dòng vốn chưa đạt mốc giải ngân, quá hạn khởi công, hồ sơ, thủ tục hoặc do chủ đầu tư đề nghị"
    title_en = "Only lines behind their milestone or deadline, or offered by their owner, give up capital"
    source = Source(DIRECTIVE, "mục I.4, II.2.4, II.5.3", "seed")
    nature = "deadline"

    def limits(self, case: Case) -> Limits:
        """Open the lines that are behind; bound offers by the offer."""
        reading = case.assessment.decides
        behind = (reading.late & reading.bucket_behind) | (case.assessment.missed != "") | case.incomplete
        return Limits(cut=np.where(behind, LIMIT, case.offer))

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:  # noqa: ARG002
        """Return what was cut from a line that is not behind, beyond its offer."""
        return np.where(self._behind(case), 0, np.maximum(0, plan.cut - case.offer))

    @once_a_case
    def _behind(self, case: Case) -> Bools:
        """Judge each line and each bucket anew, with fractions."""
        a, book = case.assessment, case.portfolio  # the assessment may be one of an earlier date, passed in
        reading = a.decides
        missed = missed_deadlines(a.portfolio, a.calendar, a.as_of, max(a.round.tau(a.judge), a.as_of))
        executed, plans = reading.executed, a.portfolio.money("plan")[0]
        bucket, first = joint_codes(*(book.codes(name) for name in ("owner", "stage", "plan_year")))
        done, planned = (sum_by(bucket, side, len(first))[bucket] for side in (executed, plans))
        marked = np.array([day is not None for day in reading.cell_milestone], dtype=bool)[reading.cell]
        below = short_of_share(reading, executed, plans) & short_of_share(reading, done, planned)
        return np.asarray((marked & below) | (missed != "") | case.incomplete, dtype=bool)


class Locked(Rule):
    """Leave a line alone that the department has locked, with a reason: ``locked ⇒ add = cut = 0``.

    Legal term: *giữ nguyên*.
    """

    code = "locked"
    title_vi = "Dòng vốn được giữ nguyên theo lý do đã ghi"
    title_en = "The line is locked, for the reason stated"
    source = Source("Lựa chọn của cơ quan lập phương án", "cột “Giữ nguyên”", "policy")
    nature = "lock"
    granted_by = "department"
    when_forced = True

    def limits(self, case: Case) -> Limits:
        """Close both directions."""
        locked = ~case.portfolio.says("locked", "")
        return Limits(cut=closed_where(locked), add=closed_where(locked))

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:  # noqa: ARG002
        """Return any change of a line that carries a reason to stay."""
        code, reasons = case.portfolio.codes("locked")
        stays = np.array([bool(reason.strip()) for reason in reasons.tolist()], dtype=bool)[code]
        return np.where(stays, plan.cut + plan.add, 0)


class Counterpart(Rule):
    """Never cut counterpart capital of foreign loans (M15): ``counterpart ⇒ cut = 0``.

    Legal term: *vốn đối ứng*.
    """

    code = "counterpart"
    title_vi = "Không giảm vốn đối ứng: phải bố trí đủ theo tiến độ dự án ODA"
    title_en = "Counterpart capital must stay sufficient and is not cut"
    source = Source("Thông tư 51/2023/TT-BTC", "Điều 21", "found")
    needs = ("counterpart",)
    when_forced = True

    def limits(self, case: Case) -> Limits:
        """Close the cut of counterpart lines."""
        return Limits(cut=closed_where(case.portfolio.flag("counterpart")[0]))

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:  # noqa: ARG002
        """Return what was cut from counterpart lines."""
        return plan.cut * case.portfolio.flag("counterpart")[0].astype(np.int64)
