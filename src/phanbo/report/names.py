"""What a reader sees in place of the codes of a proposal: titles, citations and names of projects."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from phanbo.catalogue import both
from phanbo.proposal.annexes import authority_in, pools_of, rulebook_of
from phanbo.rulebook import Rulebook
from phanbo.rules import RULES
from phanbo.tables.schema import LINES
from phanbo.words import AUTHORITY, NATURE, word

if TYPE_CHECKING:
    from phanbo.proposal import Proposal

__all__ = ["OTHER_REASONS", "Names"]

OTHER_REASONS = {
    "no-partner": both("annex.nothing_to"),
    "no-surplus": both("annex.nothing_left"),
}
"""Reasons that are no rule."""
FACTS = {"on_lending_ratio": both("annex.ratio_of")}
"""What a rule needs and no column of the tables holds."""
PLACES = {
    "reserve:": both("annex.returned_to_the"),
    "shortfall:": both("annex.shortfall_of"),
    "inflow:": both("annex.inflow_of"),
}
"""Ends of a transfer that are no line."""


@dataclass(frozen=True)
class Names:
    """The words of one proposal in one language."""

    proposal: Proposal
    lang: str = "vi"

    def say(self, pair: tuple[str, str]) -> str:
        """Return a pair in the language."""
        return pair[0 if self.lang == "vi" else 1]

    @cached_property
    def book(self) -> Rulebook | None:
        """The rulebook, read from the proposal's own text where no tables came with it."""
        return rulebook_of(self.proposal)  # with rules of somebody's own none: their codes must do

    @cached_property
    def _rules(self) -> dict[str, Any]:
        return dict(RULES) | {rule.code: rule for rule in (self.book.rules if self.book else ())}

    @cached_property
    def _classes(self) -> dict[str, Any]:
        return {each.code: each for each in (self.book.classes if self.book else ())}

    def rule(self, code: str) -> str:
        """Return the title of a rule, a priority class or another reason; what is not settled law says so."""
        if code.startswith("priority["):
            return self.say(both("annex.priority_class_2")) + self.priority(code[9:-1])
        if code in OTHER_REASONS:
            return self.say(OTHER_REASONS[code])
        rule = self._rules.get(code)
        return (
            code if rule is None else self.say((rule.title_vi, rule.title_en)) + rule.source.mark(self.lang)
        )

    def citation(self, code: str, stored: str) -> str:
        """Return the citation of a rule, unverified ones marked so; *stored* is the Vietnamese one."""
        rule = self._rules.get(code)
        return stored if rule is None or self.lang == "vi" else str(rule.source.cite(self.lang))

    def priority(self, code: str) -> str:
        """Return the title of a priority class; what is not settled law says so."""
        each = self._classes.get(code)
        return code if each is None else each.title(self.lang) + each.source.mark(self.lang)

    def authority(self, code: str, pool: str = "") -> str:
        """Return who decides; in a pool, at its level of budget, and by whom charged."""
        if not pool or code == "owner-internal":
            return word(AUTHORITY, code, self.lang)
        return authority_in(self.book, self._pools[pool], code).body(self.lang)

    @cached_property
    def _pools(self) -> dict[str, dict[Any, Any]]:
        return pools_of(self.proposal)

    def pool(self, name: str) -> str:
        """Return the name of a pool with the nature of its capital in words."""
        source, *parts = name.split(" · ")
        return " · ".join(
            [source, *(word(NATURE, part, self.lang) if part in NATURE else part for part in parts)]
        )

    @cached_property
    def pool_of(self) -> dict[str, str]:
        """The pool of every line."""
        lines = self.proposal.frames["lines"]
        return dict(zip(lines["line_id"], lines["pool"], strict=True))

    def column(self, name: str) -> str:
        """Return the title of a column of the tables; alternatives stand with a stroke between them."""
        titles = FACTS | {column.name: (column.title_vi, column.title_en) for column in LINES.columns}
        return " / ".join(self.say(titles.get(part, (part, part))) for part in name.split(" / "))

    def advice(self, name: str, lines: int) -> str:
        """Return what to do about a missing column."""
        column = self.column(name)
        check = both("annex.check_the", lines=lines)
        if name in FACTS:
            return self.say((f"Chưa có cột “{column}”: {check[0]}", f"No column for “{column}”: {check[1]}"))
        more = both("annex.add_the", column=column)
        return self.say((more[0] + check[0], more[1] + check[1]))

    def warning(self, text: str) -> str:
        """Return the half of a warning that is in the language."""
        vi, _, en = text.partition(". / ")
        return text if not en else self.say((vi + ".", en))

    @cached_property
    def projects(self) -> dict[str, tuple[str, str]]:
        """Project and owner of every line that is known by name."""
        case = self.proposal.case
        if case is not None:
            columns = [case.portfolio.text(name).tolist() for name in ("line_id", "project", "owner")]
        else:
            frame = self.proposal.frames["adjustments"]
            columns = [frame[name].tolist() for name in ("line_id", "project", "owner")]
        return {line: (project, owner) for line, project, owner in zip(*columns, strict=True)}

    def end(self, name: str) -> tuple[str, str]:
        """Return project and owner of one end of a transfer, or what it is if it is no line."""
        if name in self.projects:
            return self.projects[name]
        for prefix, pair in PLACES.items():
            if name.startswith(prefix):
                return self.say(pair), ""
        return name, ""
