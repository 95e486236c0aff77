"""One fault of a calendar file: where, what was written, why it is wrong, how to mend it."""

from __future__ import annotations

import datetime as dt
import difflib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["ERROR", "NOTE", "Fault", "Words", "near", "written"]

ERROR, NOTE = "error", "note"
Words = tuple[str, str]
"""One sentence in Vietnamese and in English."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing found in a calendar file.

    Attributes
    ----------
    code : str
        Stable name of the check, e.g. ``"missing"``.
    severity : str
        ``"error"`` (the calendar cannot be used) or ``"note"`` (worth knowing).
    message_vi, message_en, mend_vi, mend_en : str
        Why it is wrong and what to do, in both languages.
    table : str
        The table, ``"[[milestone]]"`` or ``"[curve]"``; empty for entries of the calendar itself.
    number : int
        Which of several such tables, from 1; 0 where there is one.
    line, column : int or None
        Where in the text, from 1; None where it is not known for sure.
    entry, value : str
        Name of the entry, and its value as TOML writes it.
    """

    code: str
    severity: str
    message_vi: str
    message_en: str
    mend_vi: str = ""
    mend_en: str = ""
    table: str = ""
    number: int = 0
    line: int | None = None
    column: int | None = None
    entry: str = ""
    value: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the fault as a plain mapping."""
        return asdict(self)

    def place(self, lang: str = "vi") -> str:
        """Return where it is, e.g. ``[[milestone]] thứ 3 (dòng 27), share = "70%"``."""
        vi = lang == "vi"
        head = self.table + ((f" thứ {self.number}" if vi else f" no. {self.number}") if self.number else "")
        entry = f"{self.entry} = {self.value}" if self.entry and self.value else self.entry
        if self.line is None:
            return ", ".join(part for part in (head, entry) if part)
        line = f"{'dòng' if vi else 'line'} {self.line}"
        if self.column is not None:
            line += f", {'cột' if vi else 'column'} {self.column}"
        if not head:
            return f"{entry} ({line})" if entry else line
        return f"{head} ({line})" + (f", {entry}" if entry else "")

    def text(self, lang: str = "vi") -> str:
        """Return the fault as one line of text: where, why, how to mend."""
        message, mend = (self.message_vi, self.mend_vi) if lang == "vi" else (self.message_en, self.mend_en)
        place = self.place(lang)
        return (f"{place}: " if place else "") + message + (f" → {mend}" if mend else "")


def written(value: object) -> str:
    """Return a value as TOML writes it, cut short where it is long.

    Examples
    --------
    >>> written(True), written("70%"), written(dt.date(2026, 6, 30)), written([2024, 2025])
    ('true', '"70%"', '2026-06-30', '[2024, 2025]')
    """
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False)
    elif isinstance(value, dt.date | dt.time):
        text = value.isoformat()
    elif isinstance(value, list):
        text = f"[{', '.join(written(item) for item in value[:9])}]"
    elif isinstance(value, dict):
        inside = (f"{name} = {written(item)}" for name, item in list(value.items())[:9])
        text = f"{{ {', '.join(inside)} }}"
    elif isinstance(value, int) and abs(value) > 10**60:  # Python writes no number of many thousand digits
        text = "…"
    else:
        text = str(value)
    return text if len(text) <= 80 else text[:79] + "…"


def near(name: str, known: Iterable[str]) -> Words:
    """Return "did you mean", where a known name is near.

    Examples
    --------
    >>> near("milestones", ("milestone", "round"))
    ('có phải là “milestone”?', "did you mean 'milestone'?")
    """
    for close in difflib.get_close_matches(name.casefold(), list(known), n=1, cutoff=0.6):
        return f"có phải là “{close}”?", f"did you mean {close!r}?"
    return "", ""
