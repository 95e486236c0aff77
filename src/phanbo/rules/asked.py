"""What the reviewers of a round ask of single lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import index
from typing import TYPE_CHECKING

import numpy as np

from phanbo.money import LIMIT
from phanbo.rules.base import Limits, Rule, Source, once_a_case

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
            given = dict(getattr(self, name))
            if any(isinstance(most, bool | np.bool_) for most in given.values()):
                raise TypeError(f"asked-limit: {name} must be whole amounts of đồng")
            caps = {line: index(most) for line, most in given.items()}
            if not all(0 <= most <= LIMIT for most in caps.values()):
                raise ValueError(f"asked-limit: {name} must lie in 0 … {LIMIT} đồng")
            object.__setattr__(self, name, tuple(sorted(caps.items())))

    code = "asked-limit"
    title_vi = "Không vượt mức giảm, mức tăng mà cấp xem xét đặt cho dòng vốn"
    title_en = "The limit set for the line by the reviewers of the round is kept"
    source = Source("Lựa chọn của đợt điều chỉnh", "", "policy")
    nature = "lock"
    granted_by = "reviewers"
    when_forced = True

    def limits(self, case: Case) -> Limits:
        """State the caps of the lines named."""
        return Limits(cut=_caps(case, self.most_cut), add=_caps(case, self.most_add))

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:  # noqa: ARG002
        """Return what goes beyond a cap, line by line named."""
        over = np.zeros(len(case), dtype=np.int64)
        for (lines, most), change in zip(self._named(case), (plan.cut, plan.add), strict=True):
            over[lines] += np.maximum(0, change[lines] - most)
        return over

    @once_a_case
    def _named(self, case: Case) -> list[tuple[Ints, Ints]]:
        """Return the lines named and their caps, cuts before adds, found by their place in the sorted ids."""
        ids = case.portfolio.text("line_id").tolist()
        found = []
        for caps in (dict(self.most_cut), dict(self.most_add)):
            there = [(k, caps[line]) for k, line in enumerate(ids) if line in caps] if caps else []
            pairs = np.array(there, dtype=np.int64).reshape(-1, 2)
            found.append((pairs[:, 0], pairs[:, 1]))
        return found


def _caps(case: Case, caps: Mapping[str, int] | Caps) -> Ints | None:
    bound = np.full(len(case), LIMIT, dtype=np.int64)
    place = case.portfolio.place
    for line, most in dict(caps).items():
        if line in place:
            bound[place[line]] = most
    return bound if caps else None
