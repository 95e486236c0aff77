"""The prices of a proposal: what one unit more, and one unit less, of a pool or a limit changes in every tier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from phanbo.errors import PhanboError
from phanbo.proposal.claims import transfers_of
from phanbo.proposal.tier_values import shown
from phanbo.sensitivity.lines import LinePrices
from phanbo.sensitivity.network import network_of
from phanbo.sensitivity.routes import Routes
from phanbo.sensitivity.rows import RowPrices
from phanbo.sensitivity.stated import state

if TYPE_CHECKING:
    from phanbo.case import Case
    from phanbo.proposal import Proposal
    from phanbo.rulebook import Rulebook
    from phanbo.rules import Rule
    from phanbo.sensitivity.network import Network
    from phanbo.sensitivity.routes import Change

__all__ = ["Price", "Prices", "Side", "prices_of", "with_prices"]


@dataclass(frozen=True)
class Side:
    """One direction: one unit more, or one unit less.

    Attributes
    ----------
    change : mapping of str to int, or None
        Tier → exact change of its value for each unit, counted as in `Proposal.tiers`; all tiers but the canonical
        one. ``None``: there is no plan.
    upto : int
        Đồng up to which every unit changes exactly this; 0 where there is no plan.
    """

    change: Mapping[str, int] | None
    upto: int

    @property
    def matters(self) -> bool:
        """Whether any tier changes, or no plan is left."""
        return self.change is None or any(self.change.values())


@dataclass(frozen=True)
class Price:
    """What a pool or a limit is worth at the margin.

    Attributes
    ----------
    kind : str
        ``pool``, ``ceiling``, ``limit``, ``lock``, ``wall`` or ``deadline``.
    key : str
        Pool name, row key (``project:…``, ``medium-term:…``), line id, or leaf key (``leaf:…``).
    side : str
        ``inflow``, ``rows``, ``cut``, ``add`` or ``import``.
    rule : str
        Code of the rule; ``""`` for a pool.
    more, less : Side
        One unit more or less of inflow; the limit one unit looser or tighter.
    """

    kind: str
    key: str
    side: str
    rule: str
    more: Side
    less: Side

    @property
    def matters(self) -> bool:
        """Whether any tier changes in either direction."""
        return self.more.matters or self.less.matters


class Prices:
    """All prices of a proposal, each found when it is asked for (``docs/prices.md``)."""

    def __init__(self, network: Network) -> None:
        routes = Routes(network)
        self._lines, self._rows = LinePrices(routes), RowPrices(routes)
        self._net, self._stated = network, network.stated
        book = self._stated.case.portfolio
        self._ids = book.text("line_id")
        self._place: Mapping[str, int] = book.place
        self._found: dict[tuple[str, int], Price] = {}

    # -- asked for -------------------------------------------------------------------------------------

    def pool(self, name: str) -> Price:
        """Return the price of a pool's inflow; `KeyError` where there is no such pool."""
        names = self._stated.case.pools.names
        if name not in names:
            raise KeyError(name)
        return self._of("pool", names.index(name))

    def line(self, line_id: str) -> tuple[Price, ...]:
        """Return the prices of a line's limits: its cut, its add, what its owner may bring in, its ceilings."""
        line, c = self._place[line_id], self._net.ceilings
        leaf = int(self._stated.case.pools.leaf[line])
        asked = [(kind, line) for kind in ("cut", "forced", "add") if self._there(kind, line)]
        asked += [("import", leaf)] if self._there("import", leaf) else []
        own = slice(*np.searchsorted(c.line, (line, line + 1)))
        asked += [("rows", group) for group in c.group[own].tolist()]
        return tuple(self._of(kind, place) for kind, place in asked)

    @property
    def pools(self) -> pd.DataFrame:
        """One row a pool and tier: change for one unit more and one less of inflow, and the đồng it holds up to."""
        return self._pools.copy()

    @property
    def limits(self) -> pd.DataFrame:
        """One row a binding limit and tier it changes, looser or tighter by one unit."""
        return self._limits.copy()

    # -- found -----------------------------------------------------------------------------------------

    def _there(self, kind: str, place: int) -> bool:
        """Return whether there is such a limit."""
        s = self._stated
        if kind == "forced":
            shrinks = s.case.pools.inflow[s.case.pools.pool[place]] < 0
            return bool(shrinks and s.forced.rule[place] >= 0 and s.forced.rule[place] != s.cut.rule[place])
        if kind == "import":
            return bool(s.bounds.closed[place] or self._net.brought[place] > 0)
        least = s.cut if kind == "cut" else s.add
        return bool(least.rule[place] >= 0)

    def _of(self, kind: str, place: int) -> Price:
        if (kind, place) not in self._found:
            self._found[kind, place] = self._priced(kind, place)
        return self._found[kind, place]

    def _priced(self, kind: str, place: int) -> Price:
        s, p, rows = self._stated, self._lines, self._rows
        if kind == "pool":
            return self._price("pool", s.case.pools.names[place], "inflow", "", rows.pool(place))
        if kind == "rows":
            rule, key = self._row(place)
            return self._price("ceiling", key, "rows", rule.code, rows.ceiling(place))
        if kind == "import":
            pools = s.case.pools
            key = f"leaf:{pools.names[pools.leaf_pool[place]]}|{pools.leaf_owner[place]}"
            return self._price("wall", key, "import", self._wall(place), rows.wall(place))
        least = {"cut": s.cut, "forced": s.forced, "add": s.add}[kind]
        found = {"cut": p.cut, "forced": p.forced, "add": p.add}[kind](place)
        rule = s.rules[least.rule[place]]
        side = "add" if kind == "add" else "cut"
        return self._price(rule.nature, str(self._ids[place]), side, rule.code, found)

    def _row(self, group: int) -> tuple[Rule, str]:
        """Return the rule and the key of a ceiling."""
        s, c = self._stated, self._net.ceilings
        place = int(c.rule[group])
        part = next(part for rule, part in s.bounds.groups if rule == place)
        return s.rules[place], part.keys[int(c.place[group])]

    def _wall(self, leaf: int) -> str:
        """Return the code of the rule that closes a leaf, or may close it."""
        place = int(self._stated.bounds.closed_rule[leaf])
        if place >= 0:
            return self._stated.rules[place].code
        return next((rule.code for rule in self._stated.rules if rule.closes_owners), "")

    def _price(self, kind: str, key: str, side: str, rule: str, found: tuple[Change, Change]) -> Price:
        return Price(kind, key, side, rule, self._side(found[0]), self._side(found[1]))

    def _side(self, change: Change) -> Side:
        unit, names = self._stated.unit, self._net.names
        if change.cost is None:
            return Side(None, 0)
        values = tuple(zip(names, change.cost, strict=True))
        if any(name == "pinned" and cost for name, cost in values):
            return Side(None, 0)  # what the reviewers ask for must be met: there is no other plan
        return Side({name: shown(name, cost, unit) for name, cost in values}, change.units * unit)

    # -- frames ----------------------------------------------------------------------------------------

    @cached_property
    def _pools(self) -> pd.DataFrame:
        prices = [self._of("pool", k) for k in range(len(self._stated.case.pools.names))]
        rows = [{"pool": price.key} | row for price in prices for row in self._told(price, every=True)]
        return _frame(rows, ("pool",))

    @cached_property
    def _limits(self) -> pd.DataFrame:
        rows = []
        for kind, place in self._binding():
            price = self._of(kind, place)
            cited = self._citations[price.rule]
            told = {"kind": price.kind, "key": price.key}
            told["line_id"] = "" if kind in ("rows", "import") else price.key
            told |= {"side": price.side, "rule": price.rule, "citation": cited}
            rows += [told | row for row in self._told(price, every=False)]
        return _frame(rows, ("kind", "key", "line_id", "side", "rule", "citation"))

    @cached_property
    def _citations(self) -> dict[str, str]:
        return {"": ""} | {rule.code: rule.source.cite() for rule in self._stated.rules}

    def _binding(self) -> Iterator[tuple[str, int]]:
        """Yield the limits of which one unit changes anything."""
        p, rows = self._lines, self._rows
        changes = {
            "cut": p.cut_changes,
            "forced": p.forced_changes,
            "add": p.add_changes,
            "rows": rows.ceiling_changes,
            "import": rows.wall_changes,
        }
        for kind, (more, less, feasible) in changes.items():
            binding = more.any(axis=1) | less.any(axis=1) | ~feasible
            for place in np.flatnonzero(binding).tolist():
                if kind == "rows" or self._there(kind, place):
                    yield kind, place

    def _told(self, price: Price, *, every: bool) -> list[dict[str, Any]]:
        """Return one row for every tier, or for every tier that changes."""
        rows = []
        for name in self._net.names:
            more, less = (None if s.change is None else s.change[name] for s in (price.more, price.less))
            if every or more or less:
                rows.append({"tier": name, "more": more, "less": less})
        if not rows:
            sides = (None if side.change is None else 0 for side in (price.more, price.less))
            rows.append({"tier": self._net.names[0], **dict(zip(("more", "less"), sides, strict=True))})
        return [row | {"more_upto": price.more.upto, "less_upto": price.less.upto} for row in rows]


def _frame(rows: list[dict[str, Any]], texts: tuple[str, ...]) -> pd.DataFrame:
    columns: dict[str, Any] = {
        name: pd.Series([row[name] for row in rows], dtype="str") for name in (*texts, "tier")
    }
    for name in ("more", "less", "more_upto", "less_upto"):
        columns[name] = pd.Series([row[name] for row in rows], dtype="Int64")
    return pd.DataFrame(columns)


def prices_of(proposal: Proposal, case: Case, book: Rulebook) -> Prices:
    """Return the prices of a full proposal of a case under a rulebook.

    Raises
    ------
    PhanboError
        For a part of a proposal, one changed by hand, or a round that is no network.
    """
    refuse_parts(proposal)
    if proposal.proof.marked:
        raise PhanboError(
            "Đợt này không có giá biên: có quy định hoặc dung sai làm bài toán không còn là mạng luồng "
            "(nghiệm nguyên, giá không xác định duy nhất).",
            "This round has no prices: a rule or a tolerance makes it an integer program, not a network, "
            "so that no unit has one price.",
        )
    changes = transfers_of(proposal.frames["transfers"], case).changes(len(case))
    cut, add = (change // case.policy.unit for change in changes)
    network = network_of(state(case, book), cut, add)
    try:
        _ = network.from_ground, network.to_ground
    except ArithmeticError:
        raise changed() from None
    return Prices(network)


def with_prices(proposal: Proposal, pools: pd.DataFrame) -> pd.DataFrame:
    """Return the frame of the pools with their prices beside it; as it is where the proposal has none."""
    if proposal.case is None:
        return pools
    try:
        prices = [proposal.prices().pool(name) for name in pools["pool"]]
    except PhanboError:
        return pools
    for side in ("more", "less"):
        changes = [getattr(price, side).change for price in prices]
        for tier in dict.fromkeys(tier for change in changes for tier in change or ()):
            told = [None if change is None else change[tier] for change in changes]
            pools[f"{side}:{tier}"] = pd.array(told, dtype="Int64")
    return pools


def refuse_parts(proposal: Proposal) -> None:
    """Refuse a prefix of a proposal, and one that is not the best of its round."""
    if proposal.meta["parent"] is not None:
        raise PhanboError(
            "Chỉ phương án đầy đủ mới có giá; đây là một phần của phương án (head). Hãy gọi trên phương án gốc.",
            "Only a full proposal has prices; this is a part of one (head). Ask the full proposal.",
            {"parent": proposal.meta["parent"]},
        )
    if (proposal.frames["tiers"]["gap"] != 0).any() and not proposal.proof.marked:
        raise changed()


def changed() -> PhanboError:
    """Return the error of a proposal that is not the best plan of its round."""
    return PhanboError(
        "Phương án đã bị sửa, không còn là phương án tốt nhất của đợt nên không có giá. Hãy chạy lại propose.",
        "The proposal was changed and is not the best plan of its round any more: it has no prices. "
        "Run propose again.",
    )
