"""What two rulebooks say otherwise, one difference at a time, in a fixed order.

Each difference carries the rulebook in between: the first one with this difference and all before it taken over from
the other. The last one says in everything that decides a round what the other says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

from phanbo.authority import PoolKey
from phanbo.comparison import wording as say
from phanbo.comparison.wording import NONE, Pair
from phanbo.rulebook import Rulebook
from phanbo.rules import Rule
from phanbo.rules.base import Source
from phanbo.rules.granted import Granted

__all__ = ["Difference", "differences"]

IDENTITY = "code title_vi title_en version law valid_from valid_to questions based_on comparison text"
"""What a rulebook is, not what it says of a round."""
STATED = (
    "rules classes obligations pools_by_kind closing late_additions last_adjustment levels norms "
    "lead_department_vi lead_department_en"
)
"""What the differences below speak of; a field that is neither is told as it stands."""


@dataclass(frozen=True, eq=False)
class Difference:
    """One thing on which two rulebooks differ.

    Attributes
    ----------
    item : str
        A rule's code, ``priority``, ``obligations``, ``pool.<kind>.key`` and so on; no two differences share one.
    kind : str
        A code of `wording.KIND`.
    before, after : (str, str)
        What each rulebook says, Vietnamese and English.
    source_before, source_after : Source or None
    book : Rulebook
        The rulebook with this difference and all before it taken over; for comparison only.
    matters : bool
        Whether the round must be held again to know its effect: a citation has none by construction.
    """

    item: str
    kind: str
    before: Pair
    after: Pair
    source_before: Source | None
    source_after: Source | None
    book: Rulebook
    matters: bool


def differences(here: Rulebook, there: Rulebook, year: int) -> list[Difference]:
    """Return what *there* says otherwise than *here* in a plan year, both read for the same calendar.

    The order: rules left out, added, with other parameters, with other citations; the order of the rules; the legal
    order of classes; obligations; keys of the pools; who decides in them; closing date, late additions, last day
    of adjustment; levels, norm, lead department; what else a rulebook may state.
    """
    walk = _Walk(here, there, year)
    for part in (_rules_held, _rules_changed, _rule_order, _classes, _obligations, _pool_keys, _authorities):
        part(walk)
    for part in (_dates, _levels_and_norm, _rest):
        part(walk)
    return walk.found


class _Walk:
    """The way from one rulebook to the other: where it stands, and what was found on it."""

    def __init__(self, here: Rulebook, there: Rulebook, year: int) -> None:
        self.book, self.there, self.year = here.for_comparison(), there, year
        self.found: list[Difference] = []

    def step(
        self,
        item: str,
        kind: str,
        said: tuple[Pair, Pair],
        sources: tuple[Source | None, Source | None],
        *,
        matters: bool = True,
        **taken: Any,  # noqa: ANN401 — fields of a rulebook
    ) -> None:
        """Take over one thing."""
        self.book = replace(self.book, **taken)
        self.found.append(Difference(item, kind, *said, *sources, self.book, matters))

    def cited(self, item: str, said: Pair, sources: tuple[Source, Source], **taken: Any) -> None:  # noqa: ANN401
        """Take over a citation: what the rulebooks say is the same."""
        self.step(item, "citation", (said, said), sources, matters=False, **taken)


def _rules_held(walk: _Walk) -> None:
    """Rules that only one of the two has."""
    old, new = ({rule.code: rule for rule in book.rules} for book in (walk.book, walk.there))
    for code, rule in old.items():
        if code not in new:
            kept = tuple(each for each in walk.book.rules if each.code != code)
            walk.step(code, "left-out", (say.rule(rule), NONE), (rule.source, None), rules=kept)
    for code, rule in new.items():
        if code not in old:
            more = (*walk.book.rules, rule)
            walk.step(code, "added", (NONE, say.rule(rule)), (None, rule.source), rules=more)


def _rules_changed(walk: _Walk) -> None:
    """Rules that both have: first those with other parameters, then those that only stand elsewhere."""
    old = {rule.code: rule for rule in walk.book.rules}
    both = [(old[rule.code], rule) for rule in walk.there.rules if rule is not old[rule.code]]
    for was, rule in both:
        if not _alike(was, rule):
            said = say.rule(was, told=True), say.rule(rule, told=True)
            sources = was.source, rule.source
            walk.step(rule.code, "parameters", said, sources, rules=_put(walk.book.rules, rule))
    for was, rule in both:
        if _alike(was, rule) and was.source != rule.source:
            taken = _put(walk.book.rules, rule)
            walk.cited(rule.code, say.rule(rule), (was.source, rule.source), rules=taken)


def _rule_order(walk: _Walk) -> None:
    """The order in which rules are cited: it decides which of several is named, never what is lawful."""
    old, new = ([rule.code for rule in book.rules] for book in (walk.book, walk.there))
    if old != new:
        said = say.listed(old), say.listed(new)
        walk.step("rules", "rule-order", said, (None, None), matters=False, rules=walk.there.rules)


def _classes(walk: _Walk) -> None:
    """The legal order: as a whole where a class or its place differs, else its citations."""
    old, new = walk.book.classes, walk.there.classes
    if [each.code for each in old] != [each.code for each in new]:
        said = say.classes(old), say.classes(new)
        sources = say.joined(each.source for each in old), say.joined(each.source for each in new)
        walk.step("priority", "classes", said, sources, classes=new)
        return
    for k, (was, now) in enumerate(zip(old, new, strict=True)):
        if was.source != now.source:
            taken = (*walk.book.classes[:k], now, *walk.book.classes[k + 1 :])
            title = now.title_vi, now.title_en
            walk.cited(f"priority[{now.code}]", title, (was.source, now.source), classes=taken)


def _obligations(walk: _Walk) -> None:
    """What the tier ``obligations`` serves."""
    old, new = walk.book.obligations, walk.there.obligations
    if set(old) != set(new):
        said = say.columns(old), say.columns(new)
        walk.step("obligations", "obligations", said, (None, None), obligations=new)


def _kinds(walk: _Walk) -> list[str]:
    """Kinds of source that either has a pool key for; the one for all others first."""
    either = walk.book.pools_by_kind.keys() | walk.there.pools_by_kind.keys()
    return ["default", *sorted(either - {"default"})]


def _pool(book: Rulebook, kind: str) -> PoolKey:
    """Return the pool key a rulebook applies to a kind of source."""
    return book.pools_by_kind.get(kind, book.pools_by_kind["default"])


def _taken(walk: _Walk, kind: str, pool: PoolKey) -> dict[str, PoolKey]:
    """Return the pool keys with that of one kind taken over; none where the other rulebook has none of its own."""
    pools = {**walk.book.pools_by_kind, kind: pool}
    if kind not in walk.there.pools_by_kind and pool == walk.there.pools_by_kind["default"]:
        del pools[kind]
    return pools


def _pool_keys(walk: _Walk) -> None:
    """What keeps pools apart."""
    for kind in _kinds(walk):
        old, new = _pool(walk.book, kind), _pool(walk.there, kind)
        if old.key != new.key:
            moved = replace(old, key=new.key)
            pools = _taken(walk, kind, new if _alike_pools(moved, new) else moved)
            said, sources = (say.pool_key(old), say.pool_key(new)), (old.source, new.source)
            walk.step(f"pool.{kind}.key", "pool-key", said, sources, pools_by_kind=pools)


def _authorities(walk: _Walk) -> None:
    """Who decides moves; then what only stands elsewhere."""
    for kind in _kinds(walk):
        old, new = _pool(walk.book, kind), _pool(walk.there, kind)
        if not _alike_pools(old, new):
            pools = _taken(walk, kind, new)
            said, sources = (say.authority(old), say.authority(new)), (old.source, new.source)
            walk.step(f"pool.{kind}.authority", "authority", said, sources, pools_by_kind=pools)
    for kind in _kinds(walk):
        old, new = _pool(walk.book, kind), _pool(walk.there, kind)
        if old != new:
            pools = _taken(walk, kind, new)
            walk.cited(f"pool.{kind}", say.authority(new), (old.source, new.source), pools_by_kind=pools)
    here, there = walk.book.pools_by_kind, walk.there.pools_by_kind
    if here.keys() != there.keys():  # an entry that repeats the one for all others
        walk.step("pool", "other", (say.listed(here), say.listed(there)), (None, None), pools_by_kind=there)


def _dates(walk: _Walk) -> None:
    """Closing date, late additions, last day of adjustment."""
    for item, matters in (("closing", True), ("last_adjustment", False)):
        old, new = getattr(walk.book, item), getattr(walk.there, item)
        sources, taken = (old.source, new.source), {item: new}
        said = [(say.closing if item == "closing" else say.year_day)(each) for each in (old, new)]
        if (old.month, old.day) != (new.month, new.day):
            walk.step(item, item.replace("_", "-"), (said[0], said[1]), sources, matters=matters, **taken)
        elif old.source != new.source:
            walk.cited(item, said[1], sources, **taken)
        if item == "closing":
            _late_additions(walk)


def _late_additions(walk: _Walk) -> None:
    was, now = walk.book.late_additions, walk.there.late_additions
    if was != now:
        sources = (None if was is None else was.after.source), (None if now is None else now.after.source)
        said = say.late_additions(was), say.late_additions(now)
        walk.step("late_additions", "late-additions", said, sources, late_additions=now)


def _levels_and_norm(walk: _Walk) -> None:
    """Levels of budget, the norm of the plan year, who reports the round."""
    here, there = walk.book, walk.there
    if here.levels != there.levels:
        said = say.levels(here.levels), say.levels(there.levels)
        walk.step("levels", "levels", said, (None, None), levels=there.levels)
    was, now = here.norm(walk.year), there.norm(walk.year)
    if was != now:
        said = say.norm(was), say.norm(now)
        sources = (None if was is None else was.source), (None if now is None else now.source)
        walk.step("norm", "norm", said, sources, matters=False, norms=there.norms)
    lead = [(book.lead_department_vi, book.lead_department_en) for book in (here, there)]
    if lead[0] != lead[1]:
        taken = {"lead_department_vi": lead[1][0], "lead_department_en": lead[1][1]}
        walk.step(
            "lead_department", "lead-department", (lead[0], lead[1]), (None, None), matters=False, **taken
        )


def _rest(walk: _Walk) -> None:
    """What else a rulebook may state, as it stands."""
    for each in fields(Rulebook):
        old, new = getattr(walk.book, each.name), getattr(walk.there, each.name)
        if each.name not in f"{IDENTITY} {STATED}".split() and old != new:
            sources = getattr(old, "source", None), getattr(new, "source", None)
            walk.step(each.name, "other", (say.plain(old), say.plain(new)), sources, **{each.name: new})


def _put(rules: Iterable[Rule], rule: Rule) -> tuple[Rule, ...]:
    """Return the rules with one of the same code replaced."""
    return tuple(rule if each.code == rule.code else each for each in rules)


def _alike(one: Rule, other: Rule) -> bool:
    """Return whether two rules of one code say the same, wherever they stand."""
    if type(one) is not type(other):
        return False
    if isinstance(one, Granted) and isinstance(other, Granted):
        return (one.cut, one.add) == (other.cut, other.add) and _alike(one.rule, other.rule)
    here, there = ({**vars(rule), "source": None} for rule in (one, other))
    return here == there


def _alike_pools(one: PoolKey, other: PoolKey) -> bool:
    """Return whether two pool keys say the same, wherever they stand."""
    return replace(one, source=other.source) == other
