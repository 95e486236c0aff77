"""Who may give: late lines in late buckets, missed deadlines, offers; never locked or counterpart lines."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from phanbo.assess import missed_deadlines
from phanbo.money import LIMIT
from phanbo.rules.base import Limits, Rule, Source, closed_where, once_a_case

if TYPE_CHECKING:
    from phanbo.case import Case, Changes
    from phanbo.money import Bools, Ints

__all__ = ["Counterpart", "DonorTest", "Locked"]

DIRECTIVE = "Chỉ thị của Chủ tịch UBND tỉnh Lạng Sơn, tháng 02/2024"


class DonorTest(Rule):
    """Take capital only from lines behind their milestone, or offered by their owner (M5, M28).

    A line may give when it is below its milestone in a bucket (owner × stage × plan year) below the milestone,
    has missed a deadline for start, dossier or procedures, or has incomplete procedures. A line that may give
    only because of an offer gives at most the offer. "Không chờ đề nghị": no request of the owner is needed.
    """

    code = "donor-test"
    title_vi = "Chỉ điều chỉnh giảm dòng vốn chưa đạt mốc giải ngân, quá hạn khởi công, hồ sơ, thủ tục hoặc do chủ đầu tư đề nghị"
    title_en = "Only lines behind their milestone or deadline, or offered by their owner, give up capital"
    source = Source(DIRECTIVE, "mục I.4, II.2.4, II.5.3", "seed")

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
        """Judge each line anew, with fractions, line by line and bucket by bucket."""
        reading, lines = case.assessment.decides, range(len(case))
        a = case.assessment  # it may be one of an earlier date, passed in
        missed = missed_deadlines(a.portfolio, a.calendar, a.as_of, max(a.round.tau(a.judge), a.as_of))
        owner, years = case.portfolio.text("owner"), case.portfolio.integer("plan_year")[0]
        executed, plans = reading.executed.tolist(), case.assessment.portfolio.money("plan")[0].tolist()
        done: dict[tuple[object, ...], list[int]] = {}
        for i in lines:
            total = done.setdefault((owner[i], case.stage[i], int(years[i])), [0, 0])
            total[0] += executed[i]
            total[1] += plans[i]
        behind = []
        for i in lines:
            rho: Fraction = reading.share(i)
            e, p = done[owner[i], case.stage[i], int(years[i])]
            below = reading.milestone(i) is not None and executed[i] < rho * plans[i] and e < rho * p
            behind.append(below or missed[i] != "" or bool(case.incomplete[i]))
        return np.array(behind, dtype=bool)


class Locked(Rule):
    """Leave a line alone that the department has locked, with a reason (*giữ nguyên*)."""

    code = "locked"
    title_vi = "Dòng vốn được giữ nguyên theo lý do đã ghi"
    title_en = "The line is locked, for the reason stated"
    source = Source("Lựa chọn của cơ quan lập phương án", "cột “Giữ nguyên”", "policy")
    when_forced = True

    def limits(self, case: Case) -> Limits:
        """Close both directions."""
        locked = case.portfolio.text("locked") != ""
        return Limits(cut=closed_where(locked), add=closed_where(locked))

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:  # noqa: ARG002
        """Return any change of a line that carries a reason to stay."""
        return np.array(
            [
                int(c + a) if str(reason).strip() else 0
                for c, a, reason in zip(plan.cut, plan.add, case.portfolio.text("locked"), strict=True)
            ],
            dtype=np.int64,
        )


class Counterpart(Rule):
    """Never cut counterpart capital of foreign loans (M15).

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
