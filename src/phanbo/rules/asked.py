"""What the reviewers of a round ask of single lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from phanbo.money import LIMIT
from phanbo.rules.base import Limits, Rule, Source

if TYPE_CHECKING:
    from phanbo.case import Case, Changes
    from phanbo.money import Ints

__all__ = ["AskedLimits"]

Caps = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class AskedLimits(Rule):
    """Cut or raise a line by no more than the reviewers allow; 0 on both sides keeps it as it is.

    ``cut ≤ most_cut[line]``, ``add ≤ most_add[line]``; other lines are free. It may only make a round stricter, and
    stands in the rulebook of the proposal, so that the case says what was asked for.

    Legal term: *yêu cầu của cấp xem xét*.

    Parameters
    ----------
    most_cut, most_add : mapping of line id to đồng
    """

    most_cut: Mapping[str, int] | Caps = ()
    most_add: Mapping[str, int] | Caps = ()

    def __post_init__(self) -> None:
        for name in ("most_cut", "most_add"):
            caps = dict(getattr(self, name))
            if not all(type(most) is int and 0 <= most <= LIMIT for most in caps.values()):
                raise ValueError(f"asked-limit: {name} must be whole amounts of at least 0 đồng")
            object.__setattr__(self, name, tuple(sorted(caps.items())))

    code = "asked-limit"
    title_vi = "Không vượt mức giảm, mức tăng mà cấp xem xét đặt cho dòng vốn"
    title_en = "The limit set for the line by the reviewers of the round is kept"
    source = Source("Lựa chọn của đợt điều chỉnh", "", "policy")
    when_forced = True

    def limits(self, case: Case) -> Limits:
        """State the caps of the lines named."""
        return Limits(cut=_caps(case, self.most_cut), add=_caps(case, self.most_add))

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:  # noqa: ARG002
        """Return what goes beyond a cap, line by line named."""
        over = np.zeros(len(case), dtype=np.int64)
        ids = case.portfolio.text("line_id")
        for caps, change in ((self.most_cut, plan.cut), (self.most_add, plan.add)):
            for line, most in dict(caps).items():
                here = ids == line
                over[here] += np.maximum(0, change[here] - most)
        return over


def _caps(case: Case, caps: Mapping[str, int] | Caps) -> Ints | None:
    bound = np.full(len(case), LIMIT, dtype=np.int64)
    place = case.portfolio.place
    for line, most in dict(caps).items():
        if line in place:
            bound[place[line]] = most
    return bound if caps else None
