"""phanbo (*phân bổ*): ranked, legal, verified reallocation of public-investment capital.

The public names are those of ``__all__``; importing them loads no solver, no Excel reader and no plotting.
"""

import logging

from phanbo.assess import Assessment
from phanbo.calendar import Calendar, Round
from phanbo.calendar_file import load_calendar
from phanbo.errors import (
    CalendarError,
    CertificateError,
    DataError,
    InfeasibleRound,
    PhanboError,
    PolicyError,
    RoundError,
    RulebookError,
    RulebookUnavailable,
    Stopped,
)
from phanbo.many import Batch, Task, propose_many
from phanbo.pipeline import assess, propose
from phanbo.policy import DEFAULT_TIERS, Policy, Tier
from phanbo.portfolio import Portfolio
from phanbo.proposal import Proposal
from phanbo.proposal.storage import load_proposal
from phanbo.rulebook import Rulebook, load_rulebook
from phanbo.tables.read import check_excel, read_csv, read_excel, read_parquet
from phanbo.whatif import Answer, WhatIf

__all__ = [
    "DEFAULT_TIERS",
    "Answer",
    "Assessment",
    "Batch",
    "Calendar",
    "CalendarError",
    "CertificateError",
    "DataError",
    "InfeasibleRound",
    "PhanboError",
    "Policy",
    "PolicyError",
    "Portfolio",
    "Proposal",
    "Round",
    "RoundError",
    "Rulebook",
    "RulebookError",
    "RulebookUnavailable",
    "Stopped",
    "Task",
    "Tier",
    "WhatIf",
    "assess",
    "check_excel",
    "load_calendar",
    "load_proposal",
    "load_rulebook",
    "propose",
    "propose_many",
    "read_csv",
    "read_excel",
    "read_parquet",
]

logging.getLogger("phanbo").addHandler(logging.NullHandler())
