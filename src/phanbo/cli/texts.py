"""What the command line says, Vietnamese and English; nothing here prints."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phanbo.catalogue import both, unfilled
from phanbo.fault_text import difference_text
from phanbo.money import format_million

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from phanbo.assessment import Assessment
    from phanbo.errors import Finding
    from phanbo.many import Batch
    from phanbo.proposal import Proposal
    from phanbo.tables.check.reconcile import Balance

__all__ = [
    "TEXTS",
    "assessment_text",
    "batch_text",
    "file_fault",
    "findings_text",
    "forms_text",
    "proposal_text",
    "reconciled_text",
    "say",
    "usage_fault",
]

TEXTS: dict[str, tuple[str, str]] = {
    "interrupted": both("cli.interrupted"),
    "written": unfilled("cli.written"),
    "matched": unfilled("cli.matched"),
    "template": unfilled("cli.template"),
    "no-line": unfilled("cli.no_line"),
    "close": unfilled("cli.close"),
    "letters": unfilled("cli.letters"),
    "wrong": unfilled("cli.wrong"),
    "optimal": both("cli.optimal"),
    "legal": both("cli.legal"),
    "differs": unfilled("cli.differs"),
    "same": both("cli.same"),
    "synthetic": unfilled("cli.synthetic"),
    "round": unfilled("cli.round"),
    "unchecked": unfilled("cli.unchecked"),
    "gap": unfilled("cli.gap"),
    "warning": unfilled("cli.warning"),
    "moved": unfilled("cli.moved"),
    "unplaced": unfilled("cli.unplaced"),
    "empty": unfilled("cli.empty"),
    "verified": unfilled("cli.verified"),
    "cross-checked": unfilled("cli.cross_checked"),
    "task": unfilled("cli.task"),
    "task-failed": unfilled("cli.task_failed"),
    "batch": unfilled("cli.batch"),
    "assessed": unfilled("cli.assessed"),
    "counts": unfilled("cli.counts"),
    "reconciled": unfilled("cli.reconciled"),
    "forms": unfilled("cli.forms"),
    "forms-complete": unfilled("cli.forms_complete"),
    "forms-missing": unfilled("cli.forms_missing"),
    "policy": unfilled("cli.policy"),
    "forecaster": unfilled("cli.forecaster"),
    "file": unfilled("cli.file"),
    "usage": unfilled("cli.usage"),
}

SEVERITY = {"error": both("cli.error"), "warning": both("cli.warning_2"), "note": both("cli.note")}

WHY = {
    FileNotFoundError: both("cli.there_is"),
    PermissionError: both("cli.not_permitted"),
    FileExistsError: both("cli.it_is"),
    NotADirectoryError: both("cli.it_is_no"),
    IsADirectoryError: both("cli.it_is_a"),
}

USAGE = (
    (r"the following arguments are required: (.+)", r"thiếu \1"),
    (r"unrecognized arguments: (.+)", r"không có tham số \1"),
    (r"argument (\S+): invalid choice: (\S+) \(choose from (.+)\)", r"\1 không nhận \2; chọn một trong \3"),
    (r"argument (\S+): invalid int value: (.+)", r"\1 phải là số nguyên, không phải \2"),
    (r"argument (\S+): invalid float value: (.+)", r"\1 phải là số, không phải \2"),
    (r"argument (\S+): expected one argument", r"\1 cần một giá trị"),
    (r"one of the arguments (\S+) (\S+) is required", r"thiếu \1 hoặc \2"),
    (r"argument (\S+): not allowed with argument (\S+)", r"\1 không đi cùng \2"),
    (r"argument (\S+): not allowed without (\S+)", r"\1 chỉ dùng cùng \2"),
    (r"argument (\S+): (.+)", r"\1: \2"),
)
"""What `argparse` says, in Vietnamese; anything else is passed on as it is."""


def say(sentence: str, lang: str, /, **values: object) -> str:
    """Return one sentence of `TEXTS`.

    Examples
    --------
    >>> say("written", "vi", path="a.xlsx"), say("written", "en", path="a.xlsx")
    ('Đã ghi a.xlsx', 'Written: a.xlsx')
    """
    return TEXTS[sentence][0 if lang == "vi" else 1].format(**values)


def file_fault(error: OSError, lang: str) -> str:
    """Return why a file cannot be read or written."""
    pair = WHY.get(type(error))
    why = pair[0 if lang == "vi" else 1] if pair else (error.strerror or str(error))
    return say("file", lang, name=error.filename or "", why=why)


def usage_fault(message: str, command: str, lang: str) -> str:
    """Return what is wrong with a command, from what `argparse` says.

    Examples
    --------
    >>> usage_fault("unrecognized arguments: --x", "phanbo check", "vi")
    'Sai cú pháp: không có tham số --x. Xem: phanbo check --help'
    """
    if lang == "vi":
        for pattern, text in USAGE:
            if re.fullmatch(pattern, message):
                message = re.sub(pattern, text, message)
                break
    return say("usage", lang, why=message, command=command)


def findings_text(found: pd.DataFrame, lang: str) -> tuple[str, int]:
    """Return every finding, one a line, and their counts; and the number of errors."""
    from phanbo.tables.check.canonical import findings_of

    column = 0 if lang == "vi" else 1
    lines, counts = [], dict.fromkeys(SEVERITY, 0)
    for finding in findings_of(found):
        counts[finding.severity] += 1
        lines.append(f"{SEVERITY[finding.severity][column]} {finding.line(lang)}")
    return "\n".join([*lines, say("counts", lang, **counts)]), counts["error"]


def forms_text(found: Iterable[Finding], files: int, lang: str, *, listed: bool) -> str:
    """Return how many forms were read, and the owners that returned none."""
    names = [each.value for each in found if each.code == "form-missing"]
    if not names:
        return say("forms-complete" if listed and files else "forms", lang, files=files)
    return say("forms-missing", lang, files=files, missing=len(names), names="; ".join(names))


def reconciled_text(stated: Sequence[Balance], lang: str) -> str:
    """Return how many of the totals stated add up, and a table of those that do not; ``""`` where none is stated."""
    if not stated:
        return ""
    gaps = [each.to_dict() for each in stated if not each.ok]
    counts = say("reconciled", lang, right=len(stated) - len(gaps), all=len(stated))
    return "\n".join([counts, *([difference_text(gaps, lang)] if gaps else [])])


def assessment_text(state: Assessment, lang: str) -> str:
    """Return the province's disbursement in one sentence."""
    from phanbo.money import format_share

    totals = state.province
    warned = [
        say("warning", lang, text=text.split(" / ")[0 if lang == "vi" else -1]) for text in state.warnings
    ]
    said = say(
        "assessed",
        lang,
        as_of=state.as_of,
        paid=format_million(totals["disbursed"], lang),
        plan=format_million(totals["plan"], lang),
        share=format_share(totals["disbursed"], totals["plan"], lang),
    )
    return "\n".join([*warned, said])


def batch_text(batch: Batch, folder: object, lang: str) -> tuple[str, str]:
    """Return what was made of many tasks and where it lies, and what failed."""
    failures = batch.failures
    done = [
        say(
            "task",
            lang,
            name=found.name,
            **found.figures | {"cut": format_million(found.figures["cut"], lang)},
        )
        for found in batch.outcomes
        if found.failure is None
    ]
    where = say("batch", lang, done=len(done), tasks=len(batch), folder=folder)
    failed = [
        say("task-failed", lang, name=name, why=failure[f"message_{lang}"])
        for name, failure in failures.items()
    ]
    return "\n".join([*done, where]), "\n".join(failed)


def proposal_text(proposal: Proposal, folder: object, lang: str) -> str:
    """Return what a proposal does, what it could not check, and where it lies."""
    from phanbo.rules.base import confidence_words

    s = proposal.summary
    lines = []
    if s["conditional"]:
        columns: dict[str, list[str]] = {}
        for gap in s["unchecked"]:
            columns.setdefault(gap["rule"], []).append(gap["column"])
        counted = {gap["rule"]: gap["lines"] for gap in s["unchecked"]}
        sure = {gap["rule"]: confidence_words(gap["confidence"], lang) for gap in s["unchecked"]}
        gaps = [
            say("gap", lang, rule=rule, sure=sure[rule], column=", ".join(missing), lines=counted[rule])
            for rule, missing in columns.items()
        ]
        lines.append(say("unchecked", lang, rules="; ".join(gaps)))
    for warning in s["warnings"]:
        vi, _, en = warning.partition(" / ")
        lines.append(say("warning", lang, text=vi if lang == "vi" else en or vi))
    if s["cut_lines"] or s["raised_lines"]:
        money = {name: format_million(s[name], lang) for name in ("cut", "added")}
        counts = {name: s[name] for name in ("cut_lines", "raised_lines")}
        lines.append(say("moved", lang, **money, **counts))
    else:
        rules = (
            {} if proposal.rulebook is None else {rule.code: rule.source for rule in proposal.rulebook.rules}
        )
        marks = {code: rules[code].mark(lang) if code in rules else "" for code in s["why_empty"]}
        why = ", ".join(f"{code}{marks[code]} {count}" for code, count in s["why_empty"].items())
        lines.append(say("empty", lang, why=why))
    if s["unplaced"]:
        lines.append(say("unplaced", lang, unplaced=format_million(s["unplaced"], lang)))
    return "\n".join([*lines, say("verified", lang, folder=folder)])
