"""The walls of the pool tree: what balances, who may import, who may decide."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from phanbo.grouping import sum_by
from phanbo.rules.base import Limits, Rule, Source, closed_where, once_a_case
from phanbo.rules.donor_tests import DIRECTIVE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from phanbo.assessment import Assessment
    from phanbo.case import Case, Changes
    from phanbo.money import Bools, Ints

__all__ = ["AuthorityAtHand", "MinimumMove", "OwnerImport", "PoolBalance", "RevenueShortfall"]


def net_import(case: Case, plan: Changes) -> Ints:
    """Return what each leaf (pool × owner) brings in from others, đồng; below 0 where it gives."""
    return sum_by(case.pools.leaf, plan.add - plan.cut, len(case.pools.leaf_owner))


def duty(case: Case) -> Ints:
    """Return what each pool must give up or may place, in whole units: a shortfall is met in full."""
    unit = case.policy.unit
    return case.pools.inflow // unit * unit


class PoolBalance(Rule):
    """Keep every pool's total: what is cut is added, đồng for đồng (M1, M2, M16).

    ``Σ cut + inflow = Σ add + returned``, each pool by itself. Capital keeps its source, its programme and its
    plan year. Returned capital stays in the reserve of its own pool.

    Legal term: *bảo toàn tổng mức từng nguồn vốn*.
    """

    code = "pool-balance"
    title_vi = "Tổng vốn từng nguồn không đổi: tăng bằng giảm, đúng nguồn, đúng chương trình, đúng năm"
    title_en = "Every source keeps its total: what is cut is added inside the same pool"
    source = Source(
        "Luật Đầu tư công 39/2019/QH14",
        "Điều 67; Luật Ngân sách nhà nước 83/2015/QH13, Điều 7 khoản 1",
        "memory+",
    )

    def limits(self, case: Case) -> Limits:  # noqa: ARG002
        """State nothing here: the tree of pools states it."""
        return Limits()

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:
        """Return the difference of each pool that does not balance, on its changed lines."""
        changed = (plan.cut > 0) | (plan.add > 0)
        if alone:
            return np.zeros(len(case), dtype=np.int64)
        left = case.pool_sum(plan.cut) - case.pool_sum(plan.add) + duty(case)
        kept = np.maximum(0, duty(case))
        may_stay = np.where(
            case.policy.return_unplaced, np.maximum(left, 0), np.minimum(np.maximum(left, 0), kept)
        )
        return np.where(changed, np.abs(left - may_stay)[case.pools.pool], 0)


class RevenueShortfall(Rule):
    """Cut a source tied to revenue by what the revenue falls short (M17, directive II.6.2).

    ``inflow < 0 ⇒ Σ (plan + add − cut) ≤ Σ plan + inflow``, each pool by itself, met in whole units.

    Legal term: *hụt thu tiền sử dụng đất, xổ số kiến thiết*.
    """

    code = "revenue-shortfall"
    title_vi = "Giảm vốn bố trí từ nguồn thu tiền sử dụng đất, xổ số kiến thiết khi hụt thu so với dự toán"
    title_en = "Plans funded by land-use fees or lottery revenue are cut when revenue falls short"
    source = Source(DIRECTIVE, "mục II.6.2; Thông tư 76/2023/TT-BTC, Điều 7 khoản 7", "seed")

    def limits(self, case: Case) -> Limits:  # noqa: ARG002
        """State nothing here: the tree of pools carries the negative inflow."""
        return Limits()

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:
        """Return what a shrinking pool still plans above its revenue, on its changed lines."""
        if alone:
            return np.zeros(len(case), dtype=np.int64)
        before = case.pool_sum(case.plan)
        after = case.pool_sum(case.plan + plan.add - plan.cut)
        over = np.where(case.pools.shrinking, np.maximum(0, after - (before + case.pools.inflow)), 0)
        return np.where((plan.cut > 0) | (plan.add > 0), over[case.pools.pool], 0)


class OwnerImport(Rule):
    """Bring capital in only to owners that keep their own pace (M25, directive II.5.3).

    ``Σ e < Σ ρ·plan ∧ Σ e < Σ s·plan ⇒ Σ add ≤ Σ cut``: on the left the owner's lines of this year, on the right
    its lines of one pool; s is the province's share of the stage, so that an owner is not slower than the province on
    its own mix of stages. Under the policy *fast* ``"milestone"`` the first condition stands alone. An owner that may
    not import still moves capital between its own lines.

    Legal term: *chủ đầu tư, địa phương có tiến độ giải ngân nhanh*.
    """

    code = "owner-import"
    title_vi = "Chỉ chủ đầu tư đạt tiến độ giải ngân mới được nhận vốn từ chủ đầu tư khác"
    title_en = "Only owners that keep their pace receive capital from other owners"
    source = Source(DIRECTIVE, "mục II.5.3", "seed")
    nature = "wall"
    closes_owners = True

    def limits(self, case: Case) -> Limits:
        """Close the leaves of owners that may not import."""
        open_ = np.zeros(len(case.pools.leaf_owner), dtype=bool)
        open_[case.pools.leaf] = case.assessment.may_import
        return Limits(closed=~open_)

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:
        """Return what slow owners bring in, on their raised lines; owners are judged anew with fractions."""
        if alone:
            return np.zeros(len(case), dtype=np.int64)
        brought = np.where(self._slow(case), np.maximum(0, net_import(case, plan)), 0)
        return np.where(plan.add > 0, brought[case.pools.leaf], 0)

    @once_a_case
    def _slow(self, case: Case) -> Bools:
        """Return the leaves whose owner is behind."""
        a = case.assessment
        plan, (stage, stages) = a.portfolio.money("plan")[0], a.portfolio.codes("stage")
        fast = self._surplus(a, a.decides.cell, a.decides.cell_share) >= 0
        if a.fast == "average":
            here = np.where(a.portfolio.carried, -1, stage)
            sides = (sum_by(here, side, len(stages)).tolist() for side in (a.decides.executed, plan))
            usual = [Fraction(e, p) if p else Fraction(0) for e, p in zip(*sides, strict=True)]
            fast |= self._surplus(a, stage, usual) >= 0
        kept = set(a.portfolio.codes("owner")[1][fast.astype(bool)].tolist())
        return np.array([owner not in kept for owner in case.pools.leaf_owner], dtype=bool)

    @staticmethod
    def _surplus(a: Assessment, part: Ints, shares: Sequence[Fraction]) -> NDArray[np.object_]:
        """Return for each owner ``Σ (e − ρ·plan)`` over this year's lines, times all denominators of ρ."""
        plan, (owner, owners) = a.portfolio.money("plan")[0], a.portfolio.codes("owner")
        scale = math.lcm(*(rho.denominator for rho in shares))
        surplus = np.zeros(len(owners), dtype=object)
        for k, rho in enumerate(shares):
            here = np.where((part == k) & ~a.portfolio.carried, owner, -1)
            done, planned = (sum_by(here, side, len(owners)) for side in (a.decides.executed, plan))
            surplus += done.astype(object) * scale - planned.astype(object) * int(rho * scale)
        return surplus


class AuthorityAtHand(Rule):
    """Close the moves that the authorities at hand may not decide (``Policy.authority``, M34).

    ``between ∉ authority ⇒ Σ add = Σ cut`` over each owner's lines of the pool;
    ``within ∉ authority ⇒ add = cut = 0`` on every line of it.

    Where the authority of a move between owners is missing, nothing crosses an owner's edge in the pool and
    nothing is returned; where that of a move inside an owner is missing, the pool stands still. Where that of a move
    between sectors is missing, the sectors are pools of their own; a pool that cannot be parted (its source has an
    inflow, or the tables name it) raises nobody. A shortfall is exempt: its lines still give their surplus, then more,
    but to nothing else.

    Legal term: *thẩm quyền điều chỉnh kế hoạch vốn*.
    """

    code = "authority"
    title_vi = "Chỉ đề xuất trong thẩm quyền đã chọn cho đợt này"
    title_en = "Only moves within the authority chosen for this round"
    source = Source("Luật Đầu tư công 39/2019/QH14", "Điều 67", "policy")
    nature = "wall"
    granted_by = "hdnd"
    closes_owners = True
    of_movement = True

    def limits(self, case: Case) -> Limits:
        """Close pools and leaves."""
        hands = case.policy.authority
        if hands is None:
            return Limits()
        pools = case.pools
        still = np.array([code not in hands for code in pools.within], dtype=bool)[pools.pool]
        walled = np.array([code not in hands for code in pools.between], dtype=bool)[pools.leaf_pool]
        mixed = pools.beyond_sectors(hands)[pools.pool]
        return Limits(
            cut=closed_where(still & ~case.shrinking), add=closed_where(still | mixed), closed=walled
        )

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:
        """Return what moves beyond the authorities at hand."""
        hands = case.policy.authority
        if hands is None:
            return np.zeros(len(case), dtype=np.int64)
        pools = case.pools
        inside, across = (
            np.array([code in hands for code in side], dtype=bool)[pools.pool]
            for side in (pools.within, pools.between)
        )
        here, kept = np.zeros(len(case), dtype=np.int64), np.zeros(len(case), dtype=np.int64)
        if not alone:
            here = net_import(case, plan)[pools.leaf]
            kept = (case.pool_sum(plan.cut - plan.add) + duty(case))[pools.pool]
        # The shortfall is exempt: it may leave, but nothing else goes anywhere.
        moved = np.where(plan.add > 0, np.where(inside, np.maximum(0, here), plan.add), 0)
        forced = np.where(inside & across, 0, np.maximum(0, kept) + moved)
        # Elsewhere cuts and adds of each owner must cancel: nothing comes in, nothing goes to the reserve.
        free = np.where(inside, np.where(across, 0, np.abs(here)), plan.cut + plan.add)
        changed = (plan.cut > 0) | (plan.add > 0)
        barred = np.where(self._parted(case, hands), 0, plan.add)
        return np.where(changed, np.maximum(barred, np.where(case.shrinking, forced, free)), 0)

    @staticmethod
    def _parted(case: Case, hands: tuple[str, ...]) -> Bools:
        """Return the lines whose pool is of one sector, or may be crossed."""
        pools = case.pools
        crossable = np.array([not code or code in hands for code in pools.across], dtype=bool)
        least, most = np.full(crossable.size, len(case)), np.full(crossable.size, -1)
        np.minimum.at(least, pools.pool, pools.sector)
        np.maximum.at(most, pools.pool, pools.sector)
        return np.asarray((crossable | (least == most))[pools.pool], dtype=bool)


class MinimumMove(Rule):
    """Leave alone the lines that the round would change by less than ``Policy.min_move`` (M24).

    ``0 < |add − cut| < min_move ⇒ add = cut = 0``.

    A wish about the full round, no rule: the lines it holds are found by solving again until none is left, and
    are known to the certificate.

    Legal term: *mức điều chỉnh tối thiểu*.
    """

    code = "min_move"
    title_vi = "Thay đổi nhỏ hơn mức tối thiểu của đợt thì giữ nguyên"
    title_en = "A change below the least amount of this round is not made"
    source = Source("Lựa chọn của đợt", "mức điều chỉnh tối thiểu", "policy")
    granted_by = "department"
    of_movement = True

    def limits(self, case: Case) -> Limits:
        """Close the held lines."""
        return Limits(cut=closed_where(case.held), add=closed_where(case.held))

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:  # noqa: ARG002
        """Return any change of a held line."""
        return (plan.cut + plan.add) * case.held.astype(np.int64)
