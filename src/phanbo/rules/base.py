"""What a rule is: a citation, and two faces that must agree.

The first face, `Rule.limits`, speaks to the program: masks, upper bounds, group rows, closed owners. The
second, `Rule.violations`, re-checks a plan in integers and is written independently of the first.
"""

from __future__ import annotations

import copy
import functools
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from phanbo.money import LIMIT, Bools, Ints

if TYPE_CHECKING:
    from phanbo.case import Case, Changes

__all__ = [
    "CONVENTIONS",
    "GroupRows",
    "Limits",
    "RowKeys",
    "Rule",
    "Source",
    "Unchecked",
    "closed_where",
    "confidence_words",
    "once_a_case",
    "open_where",
    "weakest",
]

CONFIDENCE_VI = {
    "seed": "theo chỉ thị",
    "found": "đã đối chiếu nguồn",
    "memory+": "cần kiểm tra",
    "memory": "cần kiểm tra",
    "design": "quy ước của phanbo",
    "policy": "lựa chọn của đợt",
}
CONFIDENCE_EN = {
    "seed": "stated by the directive",
    "found": "read at its source",
    "memory+": "to be verified",
    "memory": "to be verified",
    "design": "convention of phanbo",
    "policy": "choice of this round",
}


def confidence_words(vietnamese: str, lang: str) -> str:
    """Return a confidence as a frame has it, in Vietnamese words, in another language.

    Examples
    --------
    >>> confidence_words("cần kiểm tra", "en")
    'to be verified'
    """
    if lang == "vi":
        return vietnamese
    return dict(zip(CONFIDENCE_VI.values(), CONFIDENCE_EN.values(), strict=True)).get(vietnamese, vietnamese)


SURENESS = ("found", "seed", "memory+", "memory", "design", "policy")
"""Confidences, the surest first."""


def weakest(*confidences: str) -> str:
    """Return the least sure of some confidences.

    Examples
    --------
    >>> weakest("found", "memory+")
    'memory+'
    """
    return max(confidences, key=SURENESS.index)


CONVENTIONS = ("design", "policy")
"""Confidences of what is no law: a convention of phanbo, a choice of the round."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule stands: document, article, and how surely we know it.

    `confidence` is ``seed`` (the directive says so), ``found`` (read at a source), ``memory`` or ``memory+``
    (to be verified), ``design`` (a modelling convention) or ``policy`` (a setting of the round).
    """

    document: str
    article: str = ""
    confidence: str = "found"
    basis: Source | None = field(default=None, compare=False, repr=False)
    """What it said before it was read for one province and year (`Rulebook.read_for`)."""

    def cite(self, lang: str = "vi") -> str:
        """Return the citation; an unverified one says so, and a convention that only rests on the document."""
        text = f"{self.document}, {self.article}" if self.article else self.document
        return text + self.mark(lang)

    def mark(self, lang: str = "vi") -> str:
        """Return what stands behind a rule that is not settled law: "(cần kiểm tra)", "(quy ước của phanbo)".

        Examples
        --------
        >>> Source("Luật", "Điều 1", "memory+").mark(), Source("Luật", "Điều 1", "found").mark()
        (' (cần kiểm tra)', '')
        """
        return f" ({self.says(lang)})" if self.confidence.startswith(("memory", "design")) else ""

    def says(self, lang: str = "vi") -> str:
        """Return the confidence in words."""
        return (CONFIDENCE_VI if lang == "vi" else CONFIDENCE_EN)[self.confidence]


@dataclass(frozen=True, slots=True)
class RowKeys(Sequence[str]):
    """Keys ``prefix:name × name …``, written when they are asked for: most rows never are."""

    prefix: str
    names: tuple[Sequence[str] | NDArray[Any], ...]

    def __len__(self) -> int:
        return len(self.names[0])

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...
    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        if isinstance(place, slice):
            return RowKeys(self.prefix, tuple(column[place] for column in self.names))
        return f"{self.prefix}:{' × '.join([column[place] for column in self.names])}"


@dataclass(frozen=True, eq=False)
class GroupRows:
    """Rows ``Σ add over the lines of g ≤ headroom[g]``, đồng; a line is in at most one group of a rule.

    Attributes
    ----------
    group : int64 array of shape (n,)
        Group of each line, −1 for none.
    headroom : int64 array of shape (groups,), in đồng
    keys : sequence of str
        Row keys (``project:…``), named in the certificate.
    """

    group: Ints
    headroom: Ints
    keys: Sequence[str]

    @property
    def alone(self) -> Ints:
        """The bound of each line as if it received alone."""
        padded = np.append(self.headroom, LIMIT)
        return padded[self.group]


@dataclass(frozen=True, eq=False)
class Limits:
    """First face of a rule; ``None`` where the rule says nothing.

    Attributes
    ----------
    cut, add : int64 arrays of shape (n,), in đồng
        Largest cut and add of each line.
    groups : GroupRows
    closed : bool array of shape (leaves,)
        Leaves that may not import.
    """

    cut: Ints | None = None
    add: Ints | None = None
    groups: GroupRows | None = None
    closed: Bools | None = None


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A rule that could not be applied for want of a column, and to how many lines."""

    rule: str
    column: str
    lines: int


class Rule(ABC):
    """One rule of law, one class.

    Class attributes: `code` (stable), `title_vi`/`title_en` (one sentence, shown as the reason), `source` (a rulebook
    may cite it elsewhere: `cited`), `needs` (columns without which the rule is unchecked; alternatives joined by ``|``),
    `when_forced` (whether it also limits a cut forced by a shrinking source), `of_movement` (whether it limits
    where capital may go rather than what a line can spare: it does not lessen the surplus that may lapse),
    `closes_owners` (whether it may close an owner to imports), `of_confidence` (whether its bounds move with
    the confidences of the policy, and nothing else of it does), `nature` (what it is to whom it holds back:
    ``limit``, ``lock``, ``wall`` or ``deadline``), `granted_by` (who may relax it: ``department``, ``reviewers``,
    ``hdnd``; ``""``: nobody, it is law).
    """

    code: ClassVar[str]
    title_vi: ClassVar[str]
    title_en: ClassVar[str]
    source: Source
    needs: ClassVar[tuple[str, ...]] = ()
    when_forced: ClassVar[bool] = False
    of_movement: ClassVar[bool] = False
    closes_owners: ClassVar[bool] = False
    of_confidence: ClassVar[bool] = False
    nature: ClassVar[str] = "limit"
    granted_by: ClassVar[str] = ""

    def cited(self, source: Source) -> Self:
        """Return the same rule standing elsewhere: regimes state one rule in different articles."""
        other = copy.copy(self)
        object.__setattr__(other, "source", source)
        return other

    @abstractmethod
    def limits(self, case: Case) -> Limits:
        """State the rule to the program: whole columns at once."""

    @abstractmethod
    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:
        """Return by how many đồng each changed line breaks the rule; 0 where it does not.

        With ``alone`` every line is judged as if it were the only one that changes.
        """

    def binds(self, case: Case) -> Bools:
        """Return the lines the rule speaks about, for the count of unchecked lines."""
        return np.ones(len(case), dtype=bool)

    def unchecked(self, case: Case) -> list[Unchecked]:
        """Return the columns the rule misses, with the number of lines it would have bound."""
        given = case.portfolio.given
        missing = [need for need in self.needs if not any(name in given for name in need.split("|"))]
        lines = int(self.binds(case).sum()) if missing else 0
        return [Unchecked(self.code, need.replace("|", " / "), lines) for need in missing if lines]

    def has_columns(self, case: Case) -> bool:
        """Return whether every column the rule needs was given."""
        given = case.portfolio.given
        return all(any(name in given for name in need.split("|")) for need in self.needs)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


def open_where(allowed: Bools) -> Ints:
    """Return a bound that is 0 outside *allowed* and no limit inside."""
    return np.where(allowed, np.int64(LIMIT), np.int64(0))


def closed_where(refused: Bools) -> Ints:
    """Return a bound that is 0 in *refused* and no limit elsewhere."""
    return np.where(refused, np.int64(0), np.int64(LIMIT))


SomeRule = TypeVar("SomeRule", bound=Rule)
Found = TypeVar("Found")


def once_a_case(method: Callable[[SomeRule, Case], Found]) -> Callable[[SomeRule, Case], Found]:
    """Keep what a method finds about a case alone: a certificate asks the same of many plans."""

    @functools.wraps(method)
    def kept(rule: SomeRule, case: Case) -> Found:
        key = (rule, method.__qualname__)
        if key not in case.memo:
            case.memo[key] = method(rule, case)
        found: Found = case.memo[key]
        return found

    return kept
