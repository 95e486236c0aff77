"""One tree of errors. Each carries data, speaks Vietnamese and English, and keeps its code for ever."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from phanbo.fault_text import faults_html, faults_text, message_html

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "CalendarError",
    "CertificateError",
    "CrossCheckError",
    "DataError",
    "Finding",
    "InfeasibleRound",
    "PhanboError",
    "PolicyError",
    "RoundError",
    "RulebookError",
    "RulebookUnavailable",
    "Stopped",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in a table: what, where, why and how to mend it.

    Attributes
    ----------
    code : str
        Stable name of the check, e.g. ``"required-empty"``.
    severity : str
        ``"error"`` (the table cannot be used), ``"warning"`` (it can, look here) or ``"note"`` (a safe
        repair or a fact worth knowing).
    table, sheet, column, cell, value : str
        Where: table name, sheet (or file), column as phanbo names it, cell address (``"C12"``), value found.
    row : int or None
        The row as the spreadsheet numbers it; for frames the position counted from 1.
    rule : str
        The rule that is broken, as a short name or a citation.
    message_vi, message_en, mend_vi, mend_en : str
        What is wrong and what to do, in both languages.
    """

    code: str
    severity: str
    message_vi: str
    message_en: str
    mend_vi: str = ""
    mend_en: str = ""
    table: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""
    cell: str = ""
    value: str = ""
    rule: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as a plain mapping."""
        return asdict(self)

    def line(self, lang: str = "vi") -> str:
        """Return the finding as one line of text: where, what, how to mend."""
        place = " ".join(part for part in (self.place(lang), self.column) if part)
        message, mend = (self.message_vi, self.mend_vi) if lang == "vi" else (self.message_en, self.mend_en)
        return (f"{place}: " if place else "") + message + (f" → {mend}" if mend else "")

    def place(self, lang: str = "vi") -> str:
        """Return where it is: sheet (or table) and cell (or row)."""
        return " ".join(part for part in (self.sheet or self.table, self.cell or self._row(lang)) if part)

    def _row(self, lang: str) -> str:
        if self.row is None:
            return ""
        return f"dòng {self.row}" if lang == "vi" else f"row {self.row}"


class PhanboError(Exception):
    """Base of every error phanbo raises on purpose.

    Attributes
    ----------
    code : str
        Stable machine name of the error, never reused.
    data : Mapping
        The figures and names the message speaks of.
    """

    code: ClassVar[str] = "phanbo"

    def __init__(self, message_vi: str, message_en: str, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(message_en)
        self.message_vi = message_vi
        self.message_en = message_en
        self.data: dict[str, Any] = dict(data or {})

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.__dict__.copy()))

    def message(self, lang: str = "vi") -> str:
        """Return the message in Vietnamese (``"vi"``) or English (``"en"``)."""
        return self.message_vi if lang == "vi" else self.message_en

    def to_dict(self) -> dict[str, Any]:
        """Return the error as a plain mapping: code, both messages, data."""
        return {
            "code": self.code,
            "message_vi": self.message_vi,
            "message_en": self.message_en,
            "data": self.data,
        }

    def _repr_html_(self) -> str:
        return message_html(self.message_vi, self.message_en)


def _rebuild(kind: type[PhanboError], state: dict[str, Any]) -> PhanboError:
    error = kind.__new__(kind)
    Exception.__init__(error, state["message_en"])
    error.__dict__.update(state)
    return error


class DataError(PhanboError):
    """The tables cannot be used; every fault is listed at once.

    The message tells the findings by code, with their first places, so that a thousand of them can still be read.

    Attributes
    ----------
    findings : tuple of Finding
        All findings of severity ``"error"``, in the order of the tables.
    differences : tuple of Mapping
        The totals that are stated and do not add up, to the đồng: ``level``, ``key``, ``label``, ``column``, ``added``,
        ``stated``, ``gap``, ``sheet``, ``row``, ``cell``, ``ok``.
    """

    code = "data"

    def __init__(self, findings: Sequence[Finding], differences: Sequence[Mapping[str, Any]] = ()) -> None:
        self.findings = tuple(findings)
        self.differences = tuple(dict(each) for each in differences)
        super().__init__(
            faults_text(self.findings, self.differences, "vi"),
            faults_text(self.findings, self.differences, "en"),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the error as a plain mapping, every finding and every difference included."""
        return {
            **super().to_dict(),
            "findings": [f.to_dict() for f in self.findings],
            "differences": [dict(each) for each in self.differences],
        }

    def _repr_html_(self) -> str:
        return faults_html(self.findings, self.differences)


class CalendarError(PhanboError):
    """A calendar file cannot be read or contradicts itself."""

    code = "calendar"


class RulebookError(PhanboError):
    """A rulebook file cannot be read, or its rules cannot be combined."""

    code = "rulebook"


class RulebookUnavailable(RulebookError):
    """The legal regime asked for is not covered by this version of phanbo."""

    code = "rulebook-unavailable"


class PolicyError(PhanboError):
    """A policy setting is impossible (unknown tier, d + r ≤ 1, …)."""

    code = "policy"


class RoundError(PhanboError):
    """The round cannot be held: no such round, or a date outside what law and calendar allow."""

    code = "round"


class InfeasibleRound(PhanboError):
    """No plan keeps every rule; a shrinking source or a mandatory change (``Policy.pins``) can cause it.

    Attributes
    ----------
    conflict : tuple of Mapping
        What cannot be met together, without anything to spare: take one member away and the rest can be met. One
        such ``set`` (numbered) for each part of the round that fails. A member has ``kind`` (``duty``: what a pool
        must give; ``pin``; ``bound``: what a rule leaves the lines of a pool on one side; ``ceiling``: the room of
        a group; ``wall``: where capital may not go), ``rule``, ``pool``, ``side``, ``lines``, ``amount`` (đồng),
        ``granted_by`` (``""``: law), ``citation_vi``/``_en``, ``confidence``, ``says_vi``/``_en``; a duty also
        ``required``, ``available``, ``missing`` (đồng) and ``rules``.
    relaxation : tuple of Mapping
        The least that has to be granted so that there is a plan, the lowest grantor first: ``kind`` (``bound``,
        ``pin``, ``wall``), ``rule``, ``line_id``, ``pool``, ``side``, ``by`` (đồng), ``granted_by``,
        ``granted_vi``/``_en``, ``says_vi``/``_en``. Empty where law alone leaves no way. `Rulebook.granting` and
        `Policy.granting` apply it.
    """

    code = "infeasible"

    def __init__(
        self,
        message_vi: str,
        message_en: str,
        conflict: Sequence[Mapping[str, Any]] = (),
        relaxation: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        self.conflict = tuple(dict(part) for part in conflict)
        self.relaxation = tuple(dict(part) for part in relaxation)
        super().__init__(
            message_vi, message_en, {"conflict": list(self.conflict), "relaxation": list(self.relaxation)}
        )


class Stopped(PhanboError):
    """The work was stopped (time limit, cancel) or the solver gave no proven answer; no plan is returned.

    Attributes
    ----------
    stage : str
        Where it was stopped: ``"assess"``, ``"solve"``, ``"cross_check"`` or ``"verify"``; empty where it is not known.
    proved : tuple of (str, int)
        Tiers whose best value was proved before the stop, in order; values as in `Proposal.tiers`.
    """

    code = "stopped"
    stage: str = ""
    proved: tuple[tuple[str, int], ...] = ()

    def at(self, stage: str, proved: Sequence[tuple[str, int]], total: int) -> Stopped:
        """Return the error that also tells where it was stopped and what of *total* tiers is proved by then."""
        told = Stopped(
            f"{self.message_vi} Dừng ở bước: {STAGES[stage][0]}. {_proved(proved, total, 'vi')}",
            f"{self.message_en} Stopped at: {STAGES[stage][1]}. {_proved(proved, total, 'en')}",
            {
                **self.data,
                "stage": stage,
                "proved": [{"tier": name, "value": value} for name, value in proved],
                "tiers": total,
            },
        )
        told.stage, told.proved = stage, tuple(proved)
        return told


STAGES = {
    "assess": ("đánh giá", "assessment"),
    "solve": ("giải bài toán", "solving"),
    "cross_check": ("đối chiếu bằng bộ giải thứ hai", "the second solver's check"),
    "verify": ("kiểm tra lại", "verification"),
}
"""The stages of a round, as they are told."""


def _proved(proved: Sequence[tuple[str, int]], total: int, lang: str) -> str:
    if not proved:
        return "Chưa chứng minh được mục tiêu nào." if lang == "vi" else "No tier was proved."
    from phanbo.money import format_dong

    values = "; ".join(
        f"{name} = {format_dong(value) if lang == 'vi' else format(value, ',')}" for name, value in proved
    )
    if lang == "vi":
        return f"Đã chứng minh {len(proved)}/{total} mục tiêu: {values}."
    return f"Proved {len(proved)} of {total} tiers: {values}."


class CertificateError(PhanboError):
    """A plan failed its independent re-check: always a fault of phanbo, never of the data.

    ``data["findings"]`` lists what did not hold.
    """

    code = "certificate"


class CrossCheckError(CertificateError):
    """Another solver came to another plan; neither is returned.

    ``data`` holds ``solver``, ``reason``, ``tiers`` (a mapping each: ``tier, value, other``; None where the other solver
    did not come so far), ``plan`` and ``other_plan`` (line id to change in đồng).
    """

    code = "cross-check"
