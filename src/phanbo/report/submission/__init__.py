"""What leaves the department on paper: the submission (*tờ trình*) of a round and the letter to each owner, in Word.

Each is a form of words and layout with fields in it; a department may put its own form in the place of phanbo's.
Number, date, sender and signature are left blank.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from phanbo.report.submission.fields import submission_fields
from phanbo.report.submission.filling import filled
from phanbo.report.submission.forms import letter_form, submission_form
from phanbo.report.submission.letter_fields import letter_fields
from phanbo.report.whole import write_whole
from phanbo.words import language

if TYPE_CHECKING:
    from phanbo.explain.letters import Letter
    from phanbo.proposal import Proposal

__all__ = ["FORMS", "letter_docx", "submission_docx", "write_form", "write_submission"]

FORMS = {"submission": submission_form, "letter": letter_form}


def submission_docx(proposal: Proposal, lang: str = "vi", template: str | Path | None = None) -> bytes:
    """Return the submission of a proposal as a Word document; the same proposal gives the same bytes.

    Raises
    ------
    PhanboError
        When the proposal came without its tables; when *template* is no Word document, or asks for what is not there.
    """
    language(lang)
    form = submission_form(lang) if template is None else Path(template).read_bytes()
    return filled(form, submission_fields(proposal, lang), dt.date.fromisoformat(proposal.meta["as_of"]))


def write_submission(
    proposal: Proposal, path: str | Path, lang: str = "vi", template: str | Path | None = None
) -> None:
    """Write the submission of a proposal; nothing is written where it cannot be filled in."""
    write_whole(path, submission_docx(proposal, lang, template))


def letter_docx(letter: Letter, template: str | Path | None = None) -> bytes:
    """Return a letter to an owner as a Word document, in the language it was written in."""
    form = letter_form(letter.lang) if template is None else Path(template).read_bytes()
    return filled(form, letter_fields(letter), letter.as_of)


def write_form(path: str | Path, lang: str = "vi", kind: str = "submission") -> Path:
    """Write phanbo's own form of a document (``submission`` or ``letter``), to be changed and passed as *template*."""
    target = Path(path)
    write_whole(target, FORMS[kind](language(lang)))
    return target
