"""A case folder opened for an audit: its tables, facts and frames, and whether its files tell one law and one input."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from phanbo.case_file import read_folder, rebuild_case, stored_outlook
from phanbo.money import LIMIT, Bools, Ints
from phanbo.rulebook import Rulebook, parse_rulebook
from phanbo.rulebook_text import departures
from phanbo.rules import RULES
from phanbo.rules.granted import ungranted

if TYPE_CHECKING:
    from phanbo.auditing.report import Said

__all__ = ["StoredRound"]


class StoredRound:
    """A round read back from its case folder.

    Parameters
    ----------
    folder : path
    rulebook : Rulebook, optional
        Needed where the round was held with rules of one's own.

    Attributes
    ----------
    plain : dict
        The content of ``proposal.json``.
    case : Case
        The facts, made again from tables, calendar, policy and outlook.
    book : Rulebook
    ids : list of str
        The lines in order.
    """

    def __init__(self, folder: str | Path, rulebook: Rulebook | None) -> None:
        found = read_folder(folder)
        self._columns: dict[str, Ints] = {}
        self.plain: dict[str, Any] = json.loads(found.text)
        self.book = rulebook or parse_rulebook(self.plain["rulebook"]["text"])
        outlook = stored_outlook(self.plain["outlook"])
        self.case = rebuild_case(self.plain, found.portfolio, self.book, outlook, found.assessed)
        self.ids: list[str] = found.portfolio.text("line_id").tolist()
        if [row["line_id"] for row in self.plain["lines"]] != self.ids or list(outlook.line_ids) != self.ids:
            raise ValueError("the lines are not those of the tables")

    @cached_property
    def place(self) -> dict[str, int]:
        """Position of every line."""
        return {line: k for k, line in enumerate(self.ids)}

    @cached_property
    def full(self) -> bool:
        """Whether it is the full round, no prefix."""
        return self.plain["parent"] is None

    @cached_property
    def may_be_marked(self) -> bool:
        """Whether a component may be no network: a tolerance of the policy, or a rule of one's own."""
        tolerant = any(tier.fraction for tier in self.case.policy.ordered_tiers)
        return tolerant or any(type(ungranted(rule)) is not RULES.get(rule.code) for rule in self.book.rules)

    def column(self, name: str) -> Ints:
        """Return a column of money of the frame ``lines``; anything but đồng is a `ValueError`."""
        if name in self._columns:
            return self._columns[name]
        cells = [row[name] for row in self.plain["lines"]]
        if not all(type(cell) is int and 0 <= cell <= LIMIT for cell in cells):
            raise ValueError(f"{name} is not a whole amount of đồng on every line")
        self._columns[name] = np.array(cells, dtype=np.int64)
        return self._columns[name]

    @cached_property
    def closed(self) -> Bools:
        """Lines of owners said not to import."""
        return np.array([row["may_import"] is not True for row in self.plain["lines"]], dtype=bool)

    def law(self) -> Iterator[Said]:
        """Yield where the input is another one, or the rules are; no rule of a shipped rulebook is switched off."""
        told, book, case = self.plain["rulebook"], self.book, self.case
        codes = [rule.code for rule in book.rules]
        stored = [told[name] for name in ("code", "version", "rules", "text")]
        if stored != [book.code, book.version, codes, book.text]:
            yield "rules", {"codes": ", ".join(codes)}
        shipped = resources.files("phanbo") / "rulebooks" / f"{book.code}.toml"
        if shipped.is_file():
            changed, added = departures(book.text, shipped.read_text(encoding="utf-8"))
            if changed:
                yield "switched", {"book": book.code, "codes": ", ".join(changed)}
            if added:
                yield "added", {"book": book.code, "codes": ", ".join(added)}
        else:
            out = sorted(RULES.keys() - {*codes, "asked-limit"})
            yield "own", {"book": book.code, "codes": ", ".join(out) or "–"}
        if case.portfolio.hash != self.plain["input_hash"]:
            yield "tables", {}
        if case.held.any():
            said = "held" if case.policy.min_move else "unheld"
            yield (
                said,
                {"lines": ", ".join(line for line, held in zip(self.ids, case.held, strict=True) if held)},
            )
        calendar = resources.files("phanbo") / "calendars" / f"{case.calendar.code}.toml"
        if calendar.is_file() and calendar.read_text(encoding="utf-8") != case.calendar.text:
            yield "calendar", {"calendar": case.calendar.code}
        known = {each.number: each for each in case.calendar.rounds}
        if case.round.number and known.get(case.round.number) != case.round:
            yield "round", {}
