"""The rules of law: one class a rule, its formula and its source in its docstring.

`RULES` names every built-in rule by its code; a rulebook picks and orders them.
"""

from __future__ import annotations

from phanbo.rules.asked import AskedLimits
from phanbo.rules.base import Rule
from phanbo.rules.carry_over import CarriedOver
from phanbo.rules.ceilings import MediumTermHeadroom, MediumTermListed, NewStartFunding, TotalInvestment
from phanbo.rules.donor_tests import Counterpart, DonorTest, Locked
from phanbo.rules.foreign_capital import LoanOpen, LoanRoom, OnLendingRatio
from phanbo.rules.receiver_tests import (
    Absorption,
    ApprovedDecision,
    Commitment,
    FastLine,
    NotToBeRaised,
    OfferOnlyGives,
    ProceduresComplete,
    StatedNeed,
)
from phanbo.rules.spent_money import DonorDepth, OwedClaims, SpentMoney
from phanbo.rules.time_limits import CapitalTimeLimit
from phanbo.rules.walls import AuthorityAtHand, MinimumMove, OwnerImport, PoolBalance, RevenueShortfall

__all__ = ["RULES", "Rule"]

RULES: dict[str, type[Rule]] = {
    rule.code: rule
    for rule in (
        Absorption,
        ApprovedDecision,
        AskedLimits,
        AuthorityAtHand,
        CapitalTimeLimit,
        CarriedOver,
        Commitment,
        Counterpart,
        DonorDepth,
        DonorTest,
        FastLine,
        LoanOpen,
        LoanRoom,
        Locked,
        MediumTermHeadroom,
        MediumTermListed,
        MinimumMove,
        NewStartFunding,
        NotToBeRaised,
        OfferOnlyGives,
        OnLendingRatio,
        OwedClaims,
        OwnerImport,
        PoolBalance,
        ProceduresComplete,
        RevenueShortfall,
        SpentMoney,
        StatedNeed,
        TotalInvestment,
    )
}
