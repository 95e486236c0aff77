"""Letters: one an owner, every line once, sums those of the proposal, blanks left blank, both languages."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING, Any

import pytest
from claim_reader import wrong
from said_numbers import parsed

from few import given
from phanbo.explain import Letters
from phanbo.explain.letter_layout import LAYOUT
from phanbo.explain.letters import file_name
from phanbo.money import format_million
from rounds import TY, lines, proposal
from strategies import settings_of

if TYPE_CHECKING:
    from pathlib import Path

    from held_round import Setting
    from phanbo.proposal import Proposal

MADE = proposal(
    lines(
        8,
        owner=["Ban A", "Ban B", "Ban A", "Ban B", "Ban C/Đ", "Ban C/Đ", "Ban D", "Ban E"],
        offered_decrease=[0, 0, 0, 0, 2 * TY, 0, 0, 0],
        locked=["", "", "", "", "", "", "chờ quyết toán", "chờ quyết toán"],
    )
)


def sums_are_kept(made: Proposal, letters: Letters) -> None:
    """Every line that a letter must speak of stands in one letter, that of its owner; amounts are the proposal's."""
    table = made.lines.set_index("line_id")
    change = (table["add"] - table["cut"]).to_dict()
    spoken = [entry for letter in letters.values() for entry in letter.entries]
    assert len({entry.line_id for entry in spoken}) == len(spoken)
    asks = {ask["line_id"] for row in made.unplaced["ask"] for ask in row}
    assert made.case is not None
    offers = made.case.portfolio.lines.set_index("line_id")["offered_decrease"]
    wanted = {line for line in table.index if change[line] or line in asks or offers[line]}
    assert {entry.line_id for entry in spoken} == wanted
    for owner, letter in letters.items():
        assert all(table.loc[line, "owner"] == owner == letter.owner for line in letter.lines)
        for entry in letter.entries:
            assert (entry.change, entry.plan_after) == (
                change[entry.line_id],
                entry.plan + change[entry.line_id],
            )
    for side, total in ((-1, made.summary["cut"]), (1, made.summary["added"])):
        assert sum(max(0, side * entry.change) for entry in spoken) == total


def requests_hold(letters: Letters, lang: str) -> None:
    """What is asked of an owner is the sum of its own lines."""
    for letter in letters.values():
        for sentence in letter.requests:
            values = sentence.claim.values
            cut = sum(max(0, -entry.change) for entry in letter.entries)
            added = sum(max(0, entry.change) for entry in letter.entries)
            assert values.get("cut", cut) == cut
            assert values.get("added", added) == added
            assert set(values.get("lines", ())) <= set(letter.lines)
            amounts, days, _, _ = parsed(sentence, lang)
            assert amounts <= {cut, added}
            assert days <= {values["by"], values.get("horizon")}
            assert values["by"] or "…………" in sentence.text
        assert letter.requests


@given(settings_of(most=6))
def test_letters_say_what_the_proposal_does(setting: Setting) -> None:
    made = setting.propose()
    letters = made.letters()
    sums_are_kept(made, letters)
    requests_hold(letters, "vi")
    for letter in letters.values():
        for entry in letter.entries:
            assert wrong(made, entry.line_id, entry.sentences) == []


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_letter_is_ready_but_for_its_blanks(lang: str) -> None:
    letters = MADE.letters(lang)
    assert list(letters) == sorted(letters)
    assert len(letters) >= 3
    requests_hold(letters, lang)
    for owner, letter in letters.items():
        text, at = letter.text, 0 if lang == "vi" else 1
        for name in ("state", "motto", "number", "sender", "recipients", "signature"):
            assert LAYOUT[name][at] in text
        assert LAYOUT["to"][at].format(owner=owner) in text
        assert "./." in text
        assert all(len(row) <= 100 or row.count("  ") > 3 for row in text.split("\n"))
        assert unicodedata.is_normalized("NFC", text)
        assert text.endswith("\n")
        assert "None" not in text
        assert str(letter) == text
        for entry in letter.entries:
            row = next(r for r in text.split("\n") if entry.line_id in r.split())
            for amount in (entry.plan, entry.disbursed, entry.plan_after):
                assert format_million(amount, lang) in row.split()
        stored = json.loads(json.dumps(letter.to_dict(), ensure_ascii=False))
        assert stored["owner"] == owner
        assert [entry["line_id"] for entry in stored["entries"]] == list(letter.lines)


def test_the_table_is_aligned() -> None:
    for letter in MADE.letters().values():
        rows = letter.text.split("\n")
        first = next(k for k, row in enumerate(rows) if re.fullmatch("-{40,}", row))
        width = len(rows[first])
        table = [row for row in rows[first : first + len(letter.entries) + 6] if row]
        assert {len(row) for row in table[: len(letter.entries) + 5]} == {width}


def test_letters_are_saved_one_a_file(tmp_path: Path) -> None:
    letters = MADE.letters()
    paths = letters.save(tmp_path / "công văn")
    assert [path.read_text(encoding="utf-8") for path in paths] == [
        letter.text for letter in letters.values()
    ]
    assert len({path.name.casefold() for path in paths}) == len(letters)
    assert letters.save(tmp_path / "công văn") == paths, "made anew"
    (tmp_path / "công văn" / "của tôi.txt").write_text("x")
    with pytest.raises(FileExistsError):
        letters.save(tmp_path / "công văn")


def test_letters_never_replace_a_case_folder(tmp_path: Path) -> None:
    """Nor a case folder letters."""
    MADE.save(tmp_path / "dot-2")
    MADE.letters().save(tmp_path / "công văn")
    kept = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(FileExistsError, match="is a case folder"):
        MADE.letters().save(tmp_path / "dot-2")
    with pytest.raises(FileExistsError, match="is not a case folder"):
        MADE.save(tmp_path / "công văn")
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == kept


@pytest.mark.parametrize("owner", ["", "../../etc/passwd", "CON", "a" * 300, "Ban: QLDA\n<huyện>", "🚧"])
def test_file_names_are_safe(owner: str) -> None:
    name = file_name(owner)
    assert 0 < len(name) <= 60
    assert not set(name) & set('/\\:*?"<>|\n.')


def test_a_line_that_waits_lacks_nothing_and_waits_for_no_more_than_it_may_receive() -> None:
    part = proposal().head(1)
    letters = part.letters()
    requests_hold(letters, "vi")
    waiting = {
        entry.line_id: sentence.claim.values["unmet"]
        for letter in letters.values()
        for entry in letter.entries
        for sentence in entry.sentences
        if sentence.claim.kind == "waiting"
    }
    bounds = part.lines.set_index("line_id")
    assert waiting
    assert all(most <= bounds.loc[line, "add_bound"] for line, most in waiting.items())
    asked = [s.claim for letter in letters.values() for s in letter.requests]
    assert {
        line for claim in asked if claim.kind == "reply-waiting" for line in claim.values["lines"]
    } == set(waiting)
    lacking = {line for claim in asked if claim.kind == "reply-unmet" for line in claim.values["lines"]}
    assert lacking.isdisjoint(waiting)


def test_a_maximum_never_stands_alone() -> None:
    """A line that could change and does not says so before its maximum."""
    made = proposal(lines(requested_increase=[5 * TY] * 6))
    for letter in made.letters().values():
        for entry in letter.entries:
            kinds = [sentence.claim.kind for sentence in entry.sentences]
            decided = {"cut", "raised", "donor-unchanged", "receiver-unchanged"}
            assert "limit" not in kinds or decided.intersection(kinds[: kinds.index("limit")]), entry


@pytest.mark.parametrize(
    ("number", "as_of", "by"),
    [
        (2, "2024-09-15", "2024-09-20"),
        (2, "2024-09-20", ""),
        (3, "2024-11-10", "2024-11-15"),
        (3, "2024-11-15", ""),
    ],
)
def test_an_answer_is_due_before_the_report_of_this_round(number: int, as_of: str, by: str) -> None:
    letters = proposal(round=number, as_of=as_of).letters()
    requests_hold(letters, "vi")
    assert {s.claim.values["by"] for letter in letters.values() for s in letter.requests} == {by}


@pytest.mark.parametrize("lang", ["EN", "fr", "", None])
def test_a_language_phanbo_does_not_speak_is_refused(lang: Any) -> None:
    with pytest.raises(ValueError, match="not one of vi, en"):
        MADE.letters(lang)
    with pytest.raises(ValueError, match="not one of vi, en"):
        MADE.explain("L0", lang)


def test_nothing_to_say_is_no_letter() -> None:
    still = proposal(lines(4, disbursed=[9 * TY] * 4, requested_increase=[0] * 4))
    assert len(still.letters()) == 0
