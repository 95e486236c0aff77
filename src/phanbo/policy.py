"""The choices of one round that the law leaves open: confidences, readings, tiers, switches."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Any

import numpy as np

from phanbo.calendar import as_date
from phanbo.errors import PolicyError, RoundError
from phanbo.money import LIMIT, exact

__all__ = ["AUTHORITIES", "DEFAULT_TIERS", "READINGS", "TIER_NAMES", "Policy", "Tier"]

READINGS = ("actual", "pace", "forecast")
Pins = tuple[tuple[str, int], ...]
AUTHORITIES = ("owner-internal", "ubnd", "hdnd", "programme-lead", "central")
"""Who may decide a move, from the nearest to the farthest."""

TIER_NAMES = ("obligations", "priority", "key", "disbursement", "authority", "worst_first")


@dataclass(frozen=True, slots=True)
class Tier:
    """One goal of the lexicographic order, with how much of it later goals may give up.

    `tolerance` is a fraction of the goal's best value (0 … 1); the amount given up is rounded down.
    """

    name: str
    tolerance: float | Fraction = 0.0

    @property
    def fraction(self) -> Fraction:
        """The tolerance as an exact fraction."""
        return exact(self.tolerance)


DEFAULT_TIERS: tuple[str | Tier, ...] = (
    "obligations",
    "priority",
    "disbursement",
    "authority",
    "worst_first",
)
"""``"priority"`` stands for all legal priority classes, in the rulebook's order."""


@dataclass(frozen=True)
class Policy:
    """The settings of a round; immutable.

    Attributes
    ----------
    donor_confidence : float
        *d*: a cut đồng would have stayed unspent with at least this chance.
    receiver_confidence : float
        *r*: an added đồng is spent with at least this chance; ``d + r > 1``.
    unit : int
        Amounts move in whole units of so many đồng.
    judge : str
        The reading that decides who is late: ``actual``, ``pace`` or ``forecast``.
    fast : str
        Who may bring capital in: ``average`` (own milestones met, or not slower than the province stage by
        stage) or ``milestone`` (own milestones met only).
    carry_over : str
        ``hold``: carried-over capital stays where it is; ``move``: it may move inside its pool.
    return_unplaced : bool
        Cut what nobody may take, and return it to the reserve.
    unknown : str
        ``refuse``: a test that cannot be answered is failed; ``allow``: it is passed, and reported.
    authority : tuple of str or None
        The authorities at hand; ``None`` opens every move.
    min_move : int
        Lines changed by less than this (đồng) are left alone.
    tiers : tuple of str or Tier
        The goals in order; ``canonical`` is always added last.
    forecaster : Forecaster or None
        Replaces the built-in forecast of absorption.
    deadline : date or None
        Replaces the rulebook's closing date of payments.
    notes : str
        Free text, kept with the proposal.
    pins : mapping of line id to đồng
        Mandatory changes asked for by the reviewers: above 0 the line is raised by at least so much, below 0 cut by
        at least so much; whole units. Kept as pairs, sorted. A wish about the full round: a prefix may hold less.

    Raises
    ------
    PolicyError
        For an impossible setting, with every fault named.
    """

    donor_confidence: float | Fraction = 0.5
    receiver_confidence: float | Fraction = 0.8
    unit: int = 1_000_000
    judge: str = "forecast"
    fast: str = "average"
    carry_over: str = "hold"
    return_unplaced: bool = False
    unknown: str = "refuse"
    authority: tuple[str, ...] | None = None
    min_move: int = 0
    tiers: tuple[str | Tier, ...] = DEFAULT_TIERS
    forecaster: Any = None
    deadline: dt.date | str | None = None
    notes: str = ""
    pins: Mapping[str, int] | Pins = ()

    def __post_init__(self) -> None:
        for name in ("authority", "tiers"):
            if isinstance(value := getattr(self, name), Iterable) and not isinstance(value, str):
                object.__setattr__(self, name, tuple(value))
        for name in ("unit", "min_move"):
            if isinstance(value := getattr(self, name), np.integer):
                object.__setattr__(self, name, int(value))
        faults = list(self._type_faults()) or list(self._faults())
        if not faults:
            object.__setattr__(self, "pins", tuple(sorted((line, int(p)) for line, p in self._pairs())))
        if faults:
            raise PolicyError(
                "Chính sách không dùng được: " + "; ".join(vi for vi, _ in faults),
                "The policy cannot be used: " + "; ".join(en for _, en in faults),
                {"faults": [en for _, en in faults]},
            )
        if self.authority is not None:
            known = tuple(code for code in AUTHORITIES if code in self.authority)
            object.__setattr__(self, "authority", known)

    @property
    def d(self) -> Fraction:
        """The donor confidence as an exact fraction."""
        return exact(self.donor_confidence)

    @property
    def r(self) -> Fraction:
        """The receiver confidence as an exact fraction."""
        return exact(self.receiver_confidence)

    @property
    def ordered_tiers(self) -> tuple[Tier, ...]:
        """The tiers as `Tier` objects, in order, ``authority`` included."""
        return tuple(t if isinstance(t, Tier) else Tier(t) for t in self.tiers)

    def _pairs(self) -> list[tuple[Any, Any]]:
        """Return the pins as pairs; raise where they are none."""
        given = self.pins.items() if isinstance(self.pins, Mapping) else self.pins
        return [(line, amount) for line, amount in given]

    def granting(self, relaxation: Iterable[Mapping[str, Any]]) -> Policy:
        """Return the policy with pins lowered and authorities added as a relaxation of an infeasible round says.

        `Rulebook.granting` takes the rest of ``InfeasibleRound.relaxation``. A pin is lowered to 0 at most: it never
        turns into its opposite, though the same be granted again.

        Raises
        ------
        PolicyError
            For an entry that is none of a relaxation.
        """
        pins, hands = dict(self.pins), self.authority
        try:
            for entry in relaxation:
                if entry["kind"] == "pin":
                    line, by = entry["line_id"], _granted(entry["by"])
                    asked = pins.get(line, 0)
                    pins[line] = max(0, asked - by) if asked > 0 else min(0, asked + by)
                elif hands is not None:
                    hands += tuple(entry.get("authority", ()))
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise PolicyError(
                f"Không thể nới yêu cầu: {error!r}. Hãy đưa vào InfeasibleRound.relaxation của chính đợt này.",
                f"This cannot be granted: {error!r}. Give it InfeasibleRound.relaxation of this very round.",
                {"reason": repr(error)},
            ) from error
        return replace(self, pins={line: p for line, p in pins.items() if p}, authority=hands)

    def _type_faults(self) -> Iterator[tuple[str, str]]:
        """Find what is of the wrong type: nothing else can be asked of it."""
        if self.authority is not None and not _texts(self.authority):
            yield "authority phải là danh sách mã", "authority must be a list of codes"
        if not isinstance(self.tiers, tuple) or not all(isinstance(t, str | Tier) for t in self.tiers):
            yield "tiers phải là danh sách mục tiêu", "tiers must be a list of tiers"
        try:
            lines = [line for line, _ in self._pairs()]
        except (TypeError, ValueError):
            lines = [None]
        if not all(isinstance(line, str) for line in lines) or len(set(lines)) < len(lines):
            yield "pins phải là bảng mã dòng vốn – số tiền", "pins must map line ids to đồng"
        if not isinstance(self.return_unplaced, bool):
            yield "return_unplaced phải là true hoặc false", "return_unplaced must be true or false"
        if not isinstance(self.notes, str):
            yield "notes phải là chữ", "notes must be text"
        if self.forecaster is not None and not callable(getattr(self.forecaster, "forecast", None)):
            yield "forecaster phải có phương thức forecast", "forecaster must have a method forecast"
        if self.deadline is not None:
            try:
                object.__setattr__(self, "deadline", as_date(self.deadline))
            except RoundError as error:
                yield f"deadline: {error.message_vi}", f"deadline: {error.message_en}"

    def _faults(self) -> Iterator[tuple[str, str]]:
        for name in ("donor_confidence", "receiver_confidence"):
            value = getattr(self, name)
            ok = (
                isinstance(value, int | float | Fraction)
                and not isinstance(value, bool)
                and math.isfinite(value)
            )
            if not ok or not 0 < value <= 1:
                yield f"{name} = {value} phải trong (0, 1]", f"{name} = {value} must lie in (0, 1]"
                return
        if self.d + self.r <= 1:
            yield (
                f"d + r = {float(self.d + self.r)} phải lớn hơn 1",
                f"d + r = {float(self.d + self.r)} must be above 1",
            )
        for name, allowed in (
            ("judge", READINGS),
            ("fast", ("average", "milestone")),
            ("carry_over", ("hold", "move")),
            ("unknown", ("refuse", "allow")),
        ):
            if getattr(self, name) not in allowed:
                text = f"{name} = {getattr(self, name)!r}"
                yield (
                    f"{text} phải là một trong {', '.join(allowed)}",
                    f"{text} must be one of {', '.join(allowed)}",
                )
        if not isinstance(self.unit, int) or isinstance(self.unit, bool) or not 1 <= self.unit <= LIMIT:
            yield (
                f"unit = {self.unit} phải là số nguyên đồng dương",
                f"unit = {self.unit} must be a positive integer",
            )
        if not isinstance(self.min_move, int) or isinstance(self.min_move, bool) or self.min_move < 0:
            yield (
                f"min_move = {self.min_move} phải là số nguyên ≥ 0",
                f"min_move = {self.min_move} must be an integer ≥ 0",
            )
        yield from self._pin_faults()
        for code in self.authority or ():
            if code not in AUTHORITIES:
                yield f"cấp thẩm quyền “{code}” không có", f"unknown authority {code!r}"
        yield from self._tier_faults()

    def _pin_faults(self) -> Iterator[tuple[str, str]]:
        for line, amount in self._pairs():
            whole = isinstance(amount, int | np.integer) and not isinstance(amount, bool)
            if not whole or amount == 0 or abs(int(amount)) > LIMIT:
                yield (
                    f"pins[{line}] = {amount} phải là số nguyên đồng khác 0",
                    f"pins[{line}] = {amount} must be a whole amount of đồng other than 0",
                )
            elif isinstance(self.unit, int) and self.unit > 0 and amount % self.unit:
                yield (
                    f"pins[{line}] = {amount} phải là bội số của đơn vị {self.unit} đồng",
                    f"pins[{line}] = {amount} must be whole units of {self.unit} đồng",
                )

    def _tier_faults(self) -> Iterator[tuple[str, str]]:
        names = [t.name for t in self.ordered_tiers]
        for name in names:
            if name not in TIER_NAMES and not name.startswith("priority["):
                yield f"mục tiêu “{name}” không có", f"unknown tier {name!r}"
        if len(set(names)) < len(names):
            yield "một mục tiêu đứng hai lần", "a tier stands twice"
        if "authority" not in names:
            yield "mục tiêu authority không được bỏ", "the tier authority may not be dropped"
        for tier in self.ordered_tiers:
            if not isinstance(tier.tolerance, int | float | Fraction) or not 0 <= tier.tolerance <= 1:
                yield (
                    f"tolerance của {tier.name} phải trong [0, 1]",
                    f"tolerance of {tier.name} must lie in [0, 1]",
                )

    def to_dict(self) -> dict[str, Any]:
        """Return every setting as plain values, defaults written out."""
        plain: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self)}
        plain["donor_confidence"] = str(self.d)
        plain["receiver_confidence"] = str(self.r)
        plain["authority"] = None if self.authority is None else list(self.authority)
        plain["pins"] = dict(self.pins)
        plain["tiers"] = [{"name": t.name, "tolerance": str(t.fraction)} for t in self.ordered_tiers]
        plain["forecaster"] = (
            None if self.forecaster is None else str(getattr(self.forecaster, "name", "custom"))
        )
        plain["deadline"] = None if self.deadline is None else str(self.deadline)
        return plain

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Policy:
        """Return the policy written by `to_dict`; unknown names are a `PolicyError`.

        A forecaster is only named in it: the stored outlook stands for it.
        """
        if not isinstance(plain, Mapping):
            raise PolicyError(
                "Chính sách phải là một bảng tên – giá trị.", "A policy is a mapping of names to values."
            )
        known = {f.name for f in fields(cls)}
        unknown = sorted(set(plain) - known)
        if unknown:
            raise PolicyError(
                f"Thiết lập không có: {', '.join(unknown)}.",
                f"Unknown settings: {', '.join(unknown)}.",
                {"names": unknown},
            )
        values = dict(plain)
        values.pop("forecaster", None)
        try:
            for name in ("donor_confidence", "receiver_confidence"):
                if isinstance(values.get(name), str):
                    values[name] = Fraction(values[name])
            if "tiers" in values:
                values["tiers"] = tuple(_tier(t) for t in values["tiers"])
        except (ValueError, TypeError, KeyError, AttributeError, ZeroDivisionError) as error:
            raise PolicyError(
                f"Chính sách không đọc được: {error!r}.",
                f"The policy cannot be read: {error!r}.",
                {"reason": repr(error)},
            ) from error
        return cls(**values)


def _granted(by: object) -> int:
    """Return an amount that is granted; `TypeError` or `ValueError` where it is no whole number above 0."""
    if not isinstance(by, int | np.integer) or isinstance(by, bool):
        raise TypeError(f"by = {by!r}")
    if by <= 0:
        raise ValueError(f"by = {by}")
    return int(by)


def _texts(values: object) -> bool:
    return isinstance(values, tuple) and all(isinstance(value, str) for value in values)


def _tier(plain: str | Mapping[str, Any]) -> str | Tier:
    if isinstance(plain, str):
        return plain
    tolerance = Fraction(str(plain.get("tolerance", 0)))
    return Tier(str(plain["name"]), tolerance) if tolerance else str(plain["name"])
