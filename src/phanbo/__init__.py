"""phanbo (*phân bổ*): ranked, legal, verified reallocation of public-investment capital.

The public names are those of ``__all__``; each is loaded when it is first asked for, so that importing phanbo loads
nothing else: no pandas, no solver, no Excel reader.
"""

from __future__ import annotations

import importlib
import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phanbo.assessment import Assessment
    from phanbo.calendar import Calendar, Round
    from phanbo.calendar_file import load_calendar
    from phanbo.errors import (
        CalendarError,
        CertificateError,
        CrossCheckError,
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
    from phanbo.rulebook import Rulebook
    from phanbo.rulebook_file import load_rulebook, rulebook_at
    from phanbo.tables.annotate import annotate_excel
    from phanbo.tables.matching.matching import Matching
    from phanbo.tables.read import (
        check_excel,
        match_treasury,
        read_csv,
        read_excel,
        read_forms,
        read_parquet,
        read_sql,
    )
    from phanbo.whatif import Answer, WhatIf

__all__ = [
    "DEFAULT_TIERS",
    "Answer",
    "Assessment",
    "Batch",
    "Calendar",
    "CalendarError",
    "CertificateError",
    "CrossCheckError",
    "DataError",
    "InfeasibleRound",
    "Matching",
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
    "annotate_excel",
    "assess",
    "check_excel",
    "load_calendar",
    "load_proposal",
    "load_rulebook",
    "match_treasury",
    "propose",
    "propose_many",
    "read_csv",
    "read_excel",
    "read_forms",
    "read_parquet",
    "read_sql",
    "rulebook_at",
]

_HOMES = {
    "assessment": ("Assessment",),
    "calendar": ("Calendar", "Round"),
    "calendar_file": ("load_calendar",),
    "errors": (
        "CalendarError",
        "CertificateError",
        "CrossCheckError",
        "DataError",
        "InfeasibleRound",
        "PhanboError",
        "PolicyError",
        "RoundError",
        "RulebookError",
        "RulebookUnavailable",
        "Stopped",
    ),
    "many": ("Batch", "Task", "propose_many"),
    "pipeline": ("assess", "propose"),
    "policy": ("DEFAULT_TIERS", "Policy", "Tier"),
    "portfolio": ("Portfolio",),
    "proposal": ("Proposal",),
    "proposal.storage": ("load_proposal",),
    "rulebook": ("Rulebook",),
    "rulebook_file": ("load_rulebook", "rulebook_at"),
    "tables.annotate": ("annotate_excel",),
    "tables.matching.matching": ("Matching",),
    "tables.read": (
        "check_excel",
        "match_treasury",
        "read_csv",
        "read_excel",
        "read_forms",
        "read_parquet",
        "read_sql",
    ),
    "whatif": ("Answer", "WhatIf"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

logging.getLogger("phanbo").addHandler(logging.NullHandler())


def __getattr__(name: str) -> object:
    """Load a public name from its module when it is first asked for."""
    if name not in _HOME:
        raise AttributeError(f"module 'phanbo' has no attribute {name!r}")
    found = getattr(importlib.import_module(f"phanbo.{_HOME[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted({*globals(), *__all__})
