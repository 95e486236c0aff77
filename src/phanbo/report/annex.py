"""The annex of a proposal (*biểu điều chỉnh kế hoạch vốn*) as a workbook a planner pastes from.

phanbo fills in no document number, date of issue or signature.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, BinaryIO

from phanbo.catalogue import both
from phanbo.report.annex_authority import write_authorities
from phanbo.report.annex_changes import write_changes
from phanbo.report.annex_lists import write_every_line, write_transfers, write_unchecked, write_unplaced
from phanbo.report.annex_owners import write_milestones, write_owners
from phanbo.report.annex_sources import write_sources
from phanbo.report.annex_summary import write_summary
from phanbo.report.names import Names
from phanbo.report.workbook import workbook

if TYPE_CHECKING:
    import os

    from phanbo.proposal import Proposal

__all__ = ["write_annex"]


def write_annex(
    proposal: Proposal, path: str | os.PathLike[str] | BinaryIO, lang: str = "vi", *, every_line: bool = True
) -> None:
    """Write the annex: summary, adjustments by source, transfers, what each body decides, unplaced capital, what is unchecked.

    Amounts are in triệu đồng, exact to the đồng; totals are formulas that carry their value. The same proposal
    gives the same bytes.

    Parameters
    ----------
    proposal : Proposal
        May have been read from JSON alone; what stands only in the tables is then left out.
    path : path, or a binary file open for writing
        A file of that name is replaced once the new one is complete.
    lang : str
        ``vi`` or ``en``: headers and words; names stay as the tables have them.
    every_line : bool
        Add a sheet of all lines with their role, bounds and the first test failed.
    """
    names = Names(proposal, lang)
    on = dt.date.fromisoformat(proposal.meta["as_of"])
    title = names.say(both("annex.proposed_adjustment"))
    with workbook(path, title=title, on=on, lang=lang) as book:
        write_summary(book, names)
        write_sources(book, names)
        write_transfers(book, names)
        write_owners(book, names)
        write_milestones(book, names)
        write_changes(book, names)
        write_authorities(book, names)
        write_unplaced(book, names)
        write_unchecked(book, names)
        if every_line:
            write_every_line(book, names)
