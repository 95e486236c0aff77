"""A rule that lets single lines go further, by exactly what was granted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from operator import index
from typing import TYPE_CHECKING, Any

import numpy as np

from phanbo.case import Changes
from phanbo.errors import RulebookError
from phanbo.money import LIMIT
from phanbo.rules.base import Limits, Rule, Unchecked

if TYPE_CHECKING:
    from phanbo.case import Case
    from phanbo.money import Bools, Ints

__all__ = ["Granted", "granted_to", "grants_of", "ungranted", "widened"]

Amounts = tuple[tuple[str, int], ...]
ATTRIBUTES = (
    "code",
    "title_vi",
    "title_en",
    "source",
    "needs",
    "when_forced",
    "of_movement",
    "closes_owners",
    "of_confidence",
    "nature",
    "granted_by",
)


@dataclass(frozen=True)
class Granted(Rule):
    """A rule whose bound is higher on some lines: ``cut ≤ bound + cut[line]``, ``add ≤ bound + add[line]``, đồng.

    It keeps its code and its source. Only a rule that somebody may grant can be widened, and only its bounds of
    single lines: no group of lines gets more room.

    Raises
    ------
    ValueError
        For a rule of law, or an amount that is no whole number above 0.
    """

    rule: Rule
    cut: Mapping[str, int] | Amounts = ()
    add: Mapping[str, int] | Amounts = ()

    def __post_init__(self) -> None:
        if not self.rule.granted_by:
            raise ValueError(f"{self.rule.code} is law: nobody may grant more")
        for name in ("cut", "add"):
            given = dict(getattr(self, name))
            if any(
                isinstance(by, bool | np.bool_) or not isinstance(line, str) for line, by in given.items()
            ):
                raise TypeError(f"{self.rule.code}: a grant maps a line id to a whole amount of đồng")
            more = {line: index(by) for line, by in given.items()}
            if not all(0 < by <= LIMIT for by in more.values()):
                raise ValueError(f"{self.rule.code}: a grant must lie in 1 … {LIMIT} đồng")
            object.__setattr__(self, name, tuple(sorted(more.items())))
        for name in ATTRIBUTES:
            object.__setattr__(self, name, getattr(self.rule, name))

    def limits(self, case: Case) -> Limits:
        """State the bounds of the rule, wider where it was granted."""
        found = self.rule.limits(case)
        wider = {
            name: np.minimum(LIMIT, np.maximum(0, bound) + self._more(case, name))
            for name in ("cut", "add")
            if (bound := getattr(found, name)) is not None
        }
        return replace(found, **wider)

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:
        """Return what the rule says of the plan without what was granted."""
        cut, add = (
            np.maximum(0, side - self._more(case, name))
            for name, side in (("cut", plan.cut), ("add", plan.add))
        )
        return self.rule.violations(case, Changes(cut, add), alone=alone)

    def binds(self, case: Case) -> Bools:
        """Return the lines the rule speaks about."""
        return self.rule.binds(case)

    def unchecked(self, case: Case) -> list[Unchecked]:
        """Return the columns the rule misses."""
        return self.rule.unchecked(case)

    def _more(self, case: Case, side: str) -> Ints:
        more = np.zeros(len(case), dtype=np.int64)
        for line, by in dict(getattr(self, side)).items():
            if line in case.portfolio.place:
                more[case.portfolio.place[line]] = by
        return more


def granted_to(rule: Rule, line_id: str, side: str) -> int:
    """Return what was granted to a line beyond a rule on one side (``cut`` or ``add``), đồng; 0 where nothing was."""
    by = 0
    while isinstance(rule, Granted):
        by += dict(getattr(rule, side)).get(line_id, 0)
        rule = rule.rule
    return by


def ungranted(rule: Rule) -> Rule:
    """Return a rule without what was granted beyond it."""
    while isinstance(rule, Granted):
        rule = rule.rule
    return rule


def grants_of(rules: Iterable[Rule], relaxation: Iterable[Mapping[str, Any]]) -> list[Granted]:
    """Return the rules that a relaxation of an infeasible round widens; `RulebookError` for one it may not."""
    more: dict[str, dict[str, dict[str, int]]] = {}
    known = {rule.code: rule for rule in rules}
    try:
        for entry in relaxation:
            if entry["kind"] == "bound" and "authority" not in entry:
                sides = more.setdefault(entry["rule"], {"cut": {}, "add": {}})
                sides[entry["side"]][entry["line_id"]] = entry["by"]
        return [Granted(known[code], sides["cut"], sides["add"]) for code, sides in more.items()]
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise RulebookError(
            f"Không thể nới quy định: {error}.",
            f"A rule cannot be granted: {error}.",
            {"rules": list(more)},
        ) from error


def widened(rules: Iterable[Rule], entries: Iterable[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """Return the rules, widened as the entries of a rulebook file say, one after the other."""
    found = list(rules)
    for entry in entries:
        for k, rule in enumerate(found):
            if rule.code == entry["rule"]:
                found[k] = Granted(rule, entry["cut"], entry["add"])
    return tuple(found)
