"""Foreign loans: inside the agreement, until it closes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from phanbo.calendar import as_date
from phanbo.money import LIMIT
from phanbo.rules.base import Limits, Rule, Source, open_where
from phanbo.rules.receiver_tests import allows_unknown

if TYPE_CHECKING:
    from phanbo.case import Case, Changes
    from phanbo.money import Bools, Ints

__all__ = ["LoanOpen", "LoanRoom", "OnLendingRatio"]


class LoanRule(Rule):
    """Common to the rules that bind lines of foreign loans only."""

    def binds(self, case: Case) -> Bools:
        """Lines funded by a foreign loan."""
        return case.portfolio.says("kind", "oda_loan")


class LoanRoom(LoanRule):
    """Add to a foreign loan at most what its agreement leaves (M14): ``add ≤ loan_room``.

    Legal term: *hạn mức còn lại của hiệp định vay*.
    """

    code = "loan-room"
    title_vi = "Không vượt hạn mức còn lại của hiệp định vay"
    title_en = "The room left in the loan agreement is not exceeded"
    source = Source(
        "Luật Đầu tư công 39/2019/QH14", "nguyên tắc giao vốn nước ngoài theo hiệp định", "memory+"
    )
    needs = ("loan_room",)

    def limits(self, case: Case) -> Limits:
        """Bound the add of loan lines."""
        if not self.has_columns(case):
            return Limits()
        room, known = case.portfolio.money("loan_room")
        bound = np.where(known, room, LIMIT if allows_unknown(case) else 0)
        return Limits(add=np.where(self.binds(case), bound, LIMIT))

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:  # noqa: ARG002
        """Return what was added beyond the room of the loan."""
        if not self.has_columns(case):
            return np.zeros(len(case), dtype=np.int64)
        room, known = case.portfolio.money("loan_room")
        over = np.where(known, np.maximum(0, plan.add - room), 0 if allows_unknown(case) else plan.add)
        return np.where((plan.add > 0) & case.portfolio.says("kind", "oda_loan"), over, 0)


class LoanOpen(LoanRule):
    """Add nothing to a loan that has closed (M14): ``as_of > loan_closes_on ⇒ add = 0``.

    Legal term: *thời hạn giải ngân của hiệp định vay*.
    """

    code = "loan-open"
    title_vi = "Không bổ sung vốn vay đã hết hạn giải ngân theo hiệp định"
    title_en = "A loan past its closing date receives nothing"
    source = Source(
        "Luật Đầu tư công 39/2019/QH14", "nguyên tắc giao vốn nước ngoài theo hiệp định", "memory+"
    )
    nature = "deadline"
    needs = ("loan_closes_on",)

    def limits(self, case: Case) -> Limits:
        """Open the loans that have not closed."""
        if not self.has_columns(case):
            return Limits()
        code, day = case.portfolio.codes("loan_closes_on")
        live = np.where(day == "", allows_unknown(case), day >= case.as_of.isoformat()).astype(bool)
        return Limits(add=open_where(live[code] | ~self.binds(case)))

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:  # noqa: ARG002
        """Return what was added to closed loans."""
        if not self.has_columns(case):
            return np.zeros(len(case), dtype=np.int64)
        code, days = case.portfolio.codes("loan_closes_on")
        over = [as_date(day) < case.as_of if day else not allows_unknown(case) for day in days.tolist()]
        closed = np.array(over, dtype=bool)[code] & case.portfolio.says("kind", "oda_loan")
        return np.where(closed, plan.add, 0)


class OnLendingRatio(LoanRule):
    """Name the grant/on-lending ratio of foreign loans (M14): ``granted ÷ on_lent = const``.

    No table states it: always unchecked.

    Legal term: *tỷ lệ cấp phát, vay lại*.
    """

    code = "on-lending-ratio"
    title_vi = "Tỷ lệ cấp phát, vay lại của vốn nước ngoài"
    title_en = "The ratio of grant to on-lending of foreign capital"
    source = Source("Luật Đầu tư công 39/2019/QH14", "cơ chế tài chính của dự án vay nước ngoài", "memory")
    needs = ("on_lending_ratio",)

    def limits(self, case: Case) -> Limits:  # noqa: ARG002
        """State nothing: a ratio of two adds is no row of this program."""
        return Limits()

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:  # noqa: ARG002
        """Return zeros: unchecked, and listed as such."""
        return np.zeros(len(case), dtype=np.int64)
