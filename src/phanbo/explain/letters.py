"""An official letter to each owner whom a round concerns, ready to be numbered, dated and signed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from phanbo.bounds import make_bounds
from phanbo.errors import RulebookError
from phanbo.explain.decision import Stated, decision_claims, rule_claims, stated_bounds
from phanbo.explain.letter_layout import bases_of, letter_text, subject_of
from phanbo.explain.sentence import Claim, Sentence
from phanbo.explain.standing import standing_claims
from phanbo.explain.writing import say, terms_of
from phanbo.proposal.storage import replace_folder
from phanbo.words import language

if TYPE_CHECKING:
    from phanbo.bounds import Bounds
    from phanbo.calendar import Calendar
    from phanbo.proposal import Proposal

__all__ = ["Entry", "Letter", "Letters", "letters_of"]

TOLD = frozenset(
    {
        "milestone",
        "usual",
        "missed",
        "incomplete",
        "cut",
        "raised",
        "donor-unchanged",
        "receiver-unchanged",
        "tight-unchanged",
        "pinned-cut",
        "pinned-raise",
        "offer",
        "ground",
        "limit",
        "granted",
        "short",
        "short-part",
        "not-raised",
        "locked",
        "unchecked",
    }
)
"""What a letter says of a line, of all that can be said."""
UNMET = frozenset({"unmet", "unmet-rule"})
OWNERS = "chủ đầu tư"
"""How a calendar names those who report on their lines."""
LONGEST = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a letter: its row in the table (đồng), and the sentences that give the reason."""

    line_id: str
    project: str
    source: str
    plan: int
    disbursed: int
    change: int
    plan_after: int
    sentences: tuple[Sentence, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as plain values."""
        names = ("line_id", "project", "source", "plan", "disbursed", "change", "plan_after")
        plain: dict[str, Any] = {name: getattr(self, name) for name in names}
        return {**plain, "sentences": [sentence.to_dict() for sentence in self.sentences]}


@dataclass(frozen=True)
class Letter:
    """The letter to one owner.

    Attributes
    ----------
    owner, subject, lang : str
    text : str
        The whole letter as plain text; number, date, sender and signature are left blank.
    entries : tuple of Entry
        The owner's lines that are changed, offered, or wait for capital, in order of their ids.
    requests : tuple of Sentence
        What the owner is asked to do, by when.
    bases : tuple of str
        What it rests on, each with how surely it is known.
    as_of : date
        The data date.
    """

    owner: str
    subject: str
    lang: str
    text: str
    entries: tuple[Entry, ...]
    requests: tuple[Sentence, ...]
    bases: tuple[str, ...]
    as_of: dt.date

    @property
    def lines(self) -> tuple[str, ...]:
        """The ids of the lines it speaks of."""
        return tuple(entry.line_id for entry in self.entries)

    def to_dict(self) -> dict[str, Any]:
        """Return the letter as plain values."""
        return {
            "owner": self.owner,
            "subject": self.subject,
            "lang": self.lang,
            "entries": [entry.to_dict() for entry in self.entries],
            "requests": [sentence.to_dict() for sentence in self.requests],
            "text": self.text,
        }

    def to_word(self, path: str | Path, template: str | Path | None = None) -> None:
        """Write the letter as a Word document; *template*: a form of one's own in place of phanbo's."""
        from phanbo.report.submission import letter_docx
        from phanbo.report.whole import write_whole

        write_whole(path, letter_docx(self, template))

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Letters(Mapping[str, Letter]):
    """The letters of a round, by owner, in order of their names."""

    by_owner: Mapping[str, Letter]

    def __getitem__(self, owner: str) -> Letter:
        return self.by_owner[owner]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_owner)

    def __len__(self) -> int:
        return len(self.by_owner)

    def __repr__(self) -> str:
        return f"Letters({len(self)} owners)"

    def save(self, folder: str | Path) -> list[Path]:
        """Write one UTF-8 text file an owner into *folder* (made anew) and return their paths, in order.

        Raises
        ------
        FileExistsError
            When the folder holds anything but earlier letters: a case folder is never replaced.
        """
        return self._write(folder, ".txt", lambda letter: letter.text.encode())

    def to_word(self, folder: str | Path, template: str | Path | None = None) -> list[Path]:
        """Write one Word document an owner into *folder* (made anew) and return their paths, in order.

        *template* is a form of one's own (see `write_form`). Raises what `save` raises, and `PhanboError` for a form that
        cannot be filled in.
        """
        from phanbo.report.submission import letter_docx

        return self._write(folder, ".docx", lambda letter: letter_docx(letter, template))

    def _write(self, folder: str | Path, suffix: str, content: Callable[[Letter], bytes]) -> list[Path]:
        root = Path(folder)
        names = {owner: f"{k:03d} {file_name(owner)}{suffix}" for k, owner in enumerate(self, start=1)}

        def fill(place: Path) -> None:
            for owner, letter in self.items():
                (place / names[owner]).write_bytes(content(letter))

        replace_folder(root, fill)
        return [root / name for name in names.values()]


def file_name(owner: str) -> str:
    """Return an owner's name as every file system takes it: letters and digits, words apart, no more than 60.

    Examples
    --------
    >>> file_name("Ban QLDA: huyện A/B..")
    'Ban QLDA huyện A B'
    """
    plain = "".join(c if c.isalnum() or c in "-_" else " " for c in owner)
    return " ".join(plain.split())[:LONGEST].strip() or "-"


def letters_of(proposal: Proposal, lang: str = "vi") -> Letters:
    """Return a letter to each owner with a changed line, an offer, or a line that waits for capital.

    `ValueError` for a language that phanbo does not speak; `RulebookError` where the law was asked for comparison only.
    """
    lang = language(lang)
    case, book = proposal._case, proposal._rulebook  # noqa: SLF001 — one house
    if book.comparison:
        raise RulebookError(
            f"{book.code} chỉ được hỏi để so sánh: không có công văn cho phương án này.",
            f"{book.code} is asked for comparison only: there are no letters of this proposal.",
            {"rulebook": book.code},
        )
    bounds = make_bounds(case, book)
    stated = stated_bounds(proposal, bounds)
    lines, asks = proposal.frames["lines"], _asks(proposal)
    concerned = (lines["cut"] > 0) | (lines["add"] > 0) | (case.offer > 0) | lines["line_id"].isin(list(asks))
    by_owner: dict[str, list[int]] = {}
    for line in concerned.to_numpy().nonzero()[0].tolist():
        by_owner.setdefault(str(lines["owner"].iloc[line]), []).append(line)
    made = {}
    for owner in sorted(by_owner):
        entries = tuple(_entry(proposal, bounds, stated, line, asks, lang) for line in by_owner[owner])
        requests = tuple(_said(proposal, _requests(proposal, entries), lang))
        subject = subject_of(proposal, lang)
        bases = tuple(bases_of(proposal, entries, lang))
        text = letter_text(proposal, owner, entries, requests, bases, lang)
        made[owner] = Letter(owner, subject, lang, text, entries, requests, bases, case.as_of)
    return Letters(MappingProxyType(made))


def _asks(proposal: Proposal) -> dict[str, dict[str, Any]]:
    """Return the ask-list by line: what is unmet, and the rule that stands in the way."""
    return {str(ask["line_id"]): ask for row in proposal.frames["unplaced"]["ask"] for ask in row}


def _said(proposal: Proposal, claims: Iterator[Claim], lang: str) -> Iterator[Sentence]:
    terms = terms_of(proposal._rulebook)  # noqa: SLF001
    return (say(claim, lang, terms) for claim in claims)


def _entry(
    proposal: Proposal,
    bounds: Bounds,
    stated: Stated,
    line: int,
    asks: Mapping[str, dict[str, Any]],
    lang: str,
) -> Entry:
    case = proposal._case  # noqa: SLF001
    row = {str(name): value for name, value in proposal.frames["lines"].iloc[line].items()}
    change, plan = int(row["add"]) - int(row["cut"]), int(case.plan[line])
    said = _said(proposal, _claims(proposal, bounds, stated, line, row, asks.get(str(row["line_id"]))), lang)
    return Entry(
        line_id=str(row["line_id"]),
        project=str(case.portfolio.text("project")[line]),
        source=str(case.portfolio.text("source")[line]),
        plan=plan,
        disbursed=int(case.disbursed[line]),
        change=change,
        plan_after=plan + change,
        sentences=tuple(said),
    )


def _claims(
    proposal: Proposal,
    bounds: Bounds,
    stated: Stated,
    line: int,
    row: dict[str, Any],
    ask: dict[str, Any] | None,
) -> Iterator[Claim]:
    """Yield what a letter says of a line: the figures that decide, the decision, its rules, what is unmet."""
    case = proposal._case  # noqa: SLF001
    every = (
        *standing_claims(case, line, str(proposal.summary["horizon"])),
        *decision_claims(case, stated, line, row),
        *rule_claims(case, bounds, stated, line, row),
    )
    told = [claim for claim in every if claim.kind in TOLD]
    yield from told
    if ask is not None:
        unmet, rule = int(ask["unmet"]), str(ask["rule"])
        said = {code for claim in told for code in claim.values.get("rules", ())}
        kind = "waiting" if not rule else "unmet" if rule in said else "unmet-rule"
        if kind == "waiting":  # no more than its rules would ever let it receive
            unmet = min(unmet, int(row["add_bound"]) - int(row["add"]))
        yield Claim(kind, {"unmet": unmet, "rules": [rule] if rule else []})


def _requests(proposal: Proposal, entries: tuple[Entry, ...]) -> Iterator[Claim]:
    """Yield what the owner is asked to do."""
    case = proposal._case  # noqa: SLF001
    horizon = str(proposal.summary["horizon"])
    on = reply_by(case.calendar, case.round.report_by, case.as_of, dt.date.fromisoformat(horizon))
    by = "" if on is None else on.isoformat()
    cut = sum(-min(0, entry.change) for entry in entries)
    added = sum(max(0, entry.change) for entry in entries)
    if cut:
        yield Claim("reply-cut", {"cut": cut, "by": by})
    if added:
        yield Claim("reply-raise", {"added": added, "by": by, "horizon": horizon})
    for kind, told in (
        ("reply-unmet", UNMET),
        ("reply-waiting", frozenset({"waiting"})),
        ("reply-offer", frozenset({"offer"})),
    ):
        if ids := [e.line_id for e in entries if any(s.claim.kind in told for s in e.sentences)]:
            yield Claim(kind, {"lines": ids, "by": by})


def reply_by(calendar: Calendar, report_by: dt.date, as_of: dt.date, horizon: dt.date) -> dt.date | None:
    """Return the day before which an answer is of use: the report of the round, or an earlier one of owners.

    ``None``, to be left blank, where the round is to be reported by the data date already.
    """
    if report_by <= as_of:
        return None
    owed = [
        on
        for report in calendar.reports
        if OWNERS in report.who
        for on in report.dates(as_of + dt.timedelta(1), horizon)
    ]
    return min([report_by, *owed])
