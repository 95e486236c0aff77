"""What a line may not give up: money spent, accepted or owed, and what it will probably still spend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from phanbo.money import LIMIT
from phanbo.rules.base import Limits, Rule, Source, closed_where, once_a_case
from phanbo.rules.donor_tests import DIRECTIVE

if TYPE_CHECKING:
    from phanbo.case import Case, Changes
    from phanbo.money import Bools, Ints

__all__ = ["DonorDepth", "OwedClaims", "SpentMoney"]


class SpentMoney(Rule):
    """Keep what is paid and what is accepted and not yet paid (M3, M4).

    ``cut ≤ max(0, plan − disbursed − committed)``. Advances count as disbursed, so the plan never falls under
    them. Where the committed volume of a line is unknown the line gives nothing. A line that is paid more than
    its plan receives nothing either, ``disbursed > plan ⇒ add = 0``: what is wrong there is no want of capital.

    Legal term: *vốn đã giải ngân, khối lượng đã nghiệm thu chưa thanh toán*.
    """

    code = "spent-money"
    title_vi = "Giữ phần vốn đã giải ngân và khối lượng đã nghiệm thu chưa thanh toán"
    title_en = "Capital paid, or accepted and not yet paid, stays with the line"
    source = Source(
        "Nghị định 99/2021/NĐ-CP", "quản lý, thanh toán vốn đầu tư công (từ 01/01/2022)", "memory"
    )
    needs = ("committed",)
    when_forced = True

    def _blind(self, case: Case) -> Bools:
        known = case.portfolio.money("committed")[1]
        return ~known & (case.policy.unknown == "refuse")

    def limits(self, case: Case) -> Limits:
        """Bound the cut by what is neither paid nor accepted; close the add of lines paid beyond their plan."""
        room = np.maximum(0, case.plan - case.disbursed - case.committed)
        return Limits(cut=np.where(self._blind(case), 0, room), add=closed_where(case.disbursed > case.plan))

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:  # noqa: ARG002
        """Return how far the plan after the cut falls under what is spent, and what was added above it."""
        after = case.plan - plan.cut
        under = np.maximum(0, case.disbursed + case.committed - after)
        broken = np.where(self._blind(case), plan.cut, np.minimum(under, plan.cut))
        return np.where(plan.cut > 0, broken, np.where(case.plan - case.disbursed < 0, plan.add, 0))


class OwedClaims(Rule):
    """Keep what the line owes to arrears and to advances to be recovered (M19).

    ``cut ≤ max(0, plan − disbursed − committed − arrears − prior_advance)``.

    Legal term: *nợ đọng xây dựng cơ bản, vốn ứng trước chưa thu hồi*.
    """

    code = "owed-claims"
    title_vi = "Giữ phần vốn để trả nợ đọng xây dựng cơ bản và thu hồi vốn ứng trước"
    title_en = "Capital owed to arrears and to advances to be recovered stays with the line"
    source = Source(
        "Luật Đầu tư công 39/2019/QH14", "Điều 101 khoản 4; Nghị quyết 973/2020/UBTVQH14, Điều 4", "memory+"
    )
    needs = ("arrears", "prior_advance")
    when_forced = True

    def limits(self, case: Case) -> Limits:
        """Bound the cut by what is left beside the claims."""
        return Limits(cut=np.maximum(0, case.plan - case.disbursed - case.committed - case.claims))

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:  # noqa: ARG002
        """Return how much of the claims the plan after the cut cannot pay any more."""
        owed = case.disbursed + case.committed + case.claims
        short_before = np.maximum(0, owed - case.plan)
        short_after = np.maximum(0, owed - (case.plan - plan.cut))
        return np.where(plan.cut > 0, short_after - short_before, 0)


class DonorDepth(Rule):
    """Keep what the line will probably still spend (M6).

    ``cut ≤ max(0, plan − Q(d))``, Q the quantile of the outlook at the donor confidence *d*: a cut đồng would
    have stayed unspent with chance *d* at least.

    Legal term: *phần vốn không có khả năng giải ngân hết*.
    """

    code = "donor-depth"
    title_vi = "Chỉ giảm phần vốn có khả năng không giải ngân hết đến hết niên độ"
    title_en = "Only what will probably stay unspent by the closing date is cut"
    source = Source(DIRECTIVE, "mục II.5.3", "design")
    granted_by = "department"
    of_confidence = True

    def limits(self, case: Case) -> Limits:
        """Bound the cut by the plan above the quantile."""
        return Limits(cut=np.maximum(0, case.plan - case.outlook.quantile(case.policy.d)))

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:  # noqa: ARG002
        """Return how many đồng were cut that more than (1 − d) of the outlook's points would have spent."""
        kept = np.minimum(case.plan, self._floor(case))
        over = np.maximum(0, kept - (case.plan - plan.cut))
        return np.where(plan.cut > 0, np.minimum(over, LIMIT), 0)

    @once_a_case
    def _floor(self, case: Case) -> Ints:
        """Return the smallest total of each line that at least d·K of the points stay at or under."""
        count, d = case.outlook.points.shape[1], case.policy.d
        need = -(-d.numerator * count // d.denominator)
        return np.sort(case.outlook.points, axis=1)[:, max(1, need) - 1]
