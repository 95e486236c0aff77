"""Who decides a move of capital (*thẩm quyền điều chỉnh kế hoạch vốn*), and by what law."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from phanbo.policy import AUTHORITIES
from phanbo.rules.base import Source
from phanbo.words import BODY, LEVEL, word

__all__ = [
    "LOCAL_LEVELS",
    "Authority",
    "Delegation",
    "PoolKey",
    "budget_of",
    "decided",
    "entry_of",
    "level_of",
    "walled",
]

LOCAL_LEVELS = ("district", "commune")
"""Levels at which every locality has a budget of its own; they are kinds of source, too."""
CENTRAL = ("central_targeted", "central_programme", "recovery")
FOREIGN = ("oda_loan", "oda_grant")


@dataclass(frozen=True, slots=True)
class Delegation:
    """The provincial Council charges another with its decisions (*HĐND tỉnh giao*); no law does, a resolution does.

    Attributes
    ----------
    to : str
        ``ubnd`` (*giao UBND tỉnh*) or ``standing-committee`` (*Thường trực HĐND tỉnh*).
    source : Source
    """

    to: str
    source: Source


@dataclass(frozen=True, slots=True)
class PoolKey:
    """What keeps two lines of a kind of source apart, who decides their moves, and by what law.

    Attributes
    ----------
    key : tuple of str
        Columns in which the lines of one pool agree.
    within, between : str
        Authority of a move inside an owner, and between owners.
    source : Source
    across_sectors : str
        Authority of a move between two sectors; ``""`` where the sector does not matter.
    totals : str
        Authority where the pool's total changes (a shortfall, an inflow); ``""``: that between owners.
    """

    key: tuple[str, ...]
    within: str
    between: str
    source: Source
    across_sectors: str = ""
    totals: str = ""

    def code(self, *, same_owner: bool, same_sector: bool = True, totals_kept: bool = True) -> str:
        """Return the authority of a move: the farther one where it crosses owner and sector."""
        if not totals_kept:
            return self.totals or self.between
        code = self.within if same_owner else self.between
        crossed = "" if same_sector else self.across_sectors
        return max(code, crossed or code, key=AUTHORITIES.index)


@dataclass(frozen=True, slots=True)
class Authority:
    """Who decides a move, and by what law.

    Attributes
    ----------
    code : str
        One of `AUTHORITIES`.
    level : str
        ``province``, ``district`` or ``commune``: whose Committee or Council.
    source : Source
        Where it stands.
    delegation : Delegation or None
        By what the provincial Council charges another with it.
    """

    code: str
    level: str
    source: Source
    delegation: Delegation | None = None

    @property
    def deciding(self) -> str:
        """The body that decides: moves inside an owner are the Committee's."""
        if self.delegation is not None:
            return self.delegation.to
        return "ubnd" if self.code == "owner-internal" else self.code

    def body(self, lang: str = "vi") -> str:
        """Return who decides, in Vietnamese or English.

        Examples
        --------
        >>> Authority("hdnd", "commune", Source("Luật")).body(), Authority("central", "province", Source("")).body()
        ('HĐND xã', 'cấp trung ương')
        """
        name = _named(self.deciding, self.level, lang)
        if self.delegation is None or self.deciding != "ubnd":
            return name
        council = _named("hdnd", self.level, lang)
        return f"{name} (được {council} giao)" if lang == "vi" else f"{name} (charged by the {council})"

    def cite(self, lang: str = "vi") -> str:
        """Return the law, and the delegation, each with how surely it is known."""
        sources = [self.source] + ([self.delegation.source] if self.delegation is not None else [])
        return "; ".join(_sure(source, lang) for source in sources)


def _named(body: str, level: str, lang: str) -> str:
    return word(BODY, body, lang).format(word(LEVEL, level, lang))


def _sure(source: Source, lang: str) -> str:
    text, says = source.cite(lang), f" ({source.says(lang)})"
    return text if text.endswith(says) else text + says


def decided(
    key: PoolKey,
    level: str,
    delegation: Delegation | None,
    *,
    same_owner: bool,
    same_sector: bool = True,
    totals_kept: bool = True,
) -> Authority:
    """Return who decides a move in the pools of an entry; the provincial Council alone is spoken for by a delegation."""
    code = key.code(same_owner=same_owner, same_sector=same_sector, totals_kept=totals_kept)
    if code != "hdnd" or level != "province" or delegation is None:
        return Authority(code, level, key.source)
    return Authority("ubnd" if delegation.to == "ubnd" else code, level, key.source, delegation)


def budget_of(kind: str) -> str:
    """Return whose money a kind of source is: ``central``, ``foreign`` or ``local``."""
    return "central" if kind in CENTRAL else "foreign" if kind in FOREIGN else "local"


def level_of(kind: str, said: str = "") -> str:
    """Return the level of budget of a source: by its kind, else by what the table of sources says, else the province.

    Central and foreign capital is moved inside the province by the province, whoever spends it.

    Examples
    --------
    >>> level_of("land_fee", "commune"), level_of("central_targeted", "commune")
    ('commune', 'province')
    """
    if budget_of(kind) != "local":
        return "province"
    return next((level for level in (kind, said) if level in LOCAL_LEVELS), "province")


def entry_of(
    pools: Mapping[str, PoolKey], kind: str, level: str = "province", *, programme: bool = False
) -> str:
    """Return the pool entry of a rulebook that governs a line: of its programme, its kind, its level of budget.

    A programme's local money is not its central money: another body decides on the total.
    """
    if programme:
        central = budget_of(kind) != "local" and "central_programme" in pools
        return "central_programme" if central else "programme"
    return next((name for name in (kind, level) if name in pools), "default")


def walled(pools: Mapping[str, PoolKey], entry: str, kind: str, level: str) -> PoolKey:
    """Return the key of an entry with the walls that stand whatever the money is spent on.

    A locality's budget pays for its own tasks alone (*nhiệm vụ chi thuộc ngân sách cấp nào do ngân sách cấp đó bảo
    đảm*, Law 83/2015, Art. 9.4); a loan agreement (*hiệp định vay*) for what it was made for.
    """
    key, own = pools[entry], pools.get(kind)
    loan = ("loan",) if own is not None and "loan" in own.key else ()
    walls = (*loan, *(("locality",) if level in LOCAL_LEVELS else ()))
    return replace(key, key=(*key.key, *(wall for wall in walls if wall not in key.key)))
