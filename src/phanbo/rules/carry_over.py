"""Capital carried over from earlier plan years is a book of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from phanbo.rules.base import Limits, Rule, Source, closed_where

if TYPE_CHECKING:
    from phanbo.case import Case, Changes
    from phanbo.money import Ints

__all__ = ["CarriedOver"]


class CarriedOver(Rule):
    """Hold carried-over capital where it is (M13).

    ``plan_year < year ⇒ add = cut = 0``: by default nothing is added to it and nothing cut from it, except that
    ``return_unplaced`` sends its surplus to the reserve; ``carry_over = "move"`` lets it move inside its own pool
    (same plan year).

    Legal term: *vốn được phép kéo dài thời gian thực hiện và giải ngân*.
    """

    code = "carried-over"
    title_vi = "Vốn kéo dài được giao theo danh mục dự án, không chuyển sang dự án khác"
    title_en = "Carried-over capital is granted by a list of projects and does not move to others"
    source = Source("Luật Đầu tư công 39/2019/QH14", "Điều 68; Nghị định 40/2020/NĐ-CP, Điều 48", "memory+")
    of_movement = True

    def limits(self, case: Case) -> Limits:
        """Close carried lines as the policy says."""
        if case.policy.carry_over == "move":
            return Limits()
        closed = closed_where(~case.this_year)
        return Limits(cut=None if case.policy.return_unplaced else closed, add=closed)

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:  # noqa: ARG002
        """Return any change of a line of an earlier plan year that the policy does not open."""
        if case.policy.carry_over == "move":
            return np.zeros(len(case), dtype=np.int64)
        old = case.portfolio.integer("plan_year")[0] < case.portfolio.year
        moved = plan.add if case.policy.return_unplaced else plan.add + plan.cut
        return np.where(old, moved, 0)
