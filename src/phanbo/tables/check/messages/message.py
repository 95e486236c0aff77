"""What one finding says, in both languages."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Message", "error", "note", "warning"]


@dataclass(frozen=True, slots=True)
class Message:
    """What a finding of one code says and how grave it is."""

    severity: str
    vi: str
    en: str
    mend_vi: str = ""
    mend_en: str = ""


def error(vi: str, en: str, mend_vi: str = "", mend_en: str = "") -> Message:
    """Return what a finding that stops the reading says."""
    return Message("error", vi, en, mend_vi, mend_en)


def warning(vi: str, en: str, mend_vi: str = "", mend_en: str = "") -> Message:
    """Return what a doubt says."""
    return Message("warning", vi, en, mend_vi, mend_en)


def note(vi: str, en: str, mend_vi: str = "", mend_en: str = "") -> Message:
    """Return what a repair or remark says."""
    return Message("note", vi, en, mend_vi, mend_en)
