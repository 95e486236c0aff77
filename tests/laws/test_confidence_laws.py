"""Nowhere is a rule shown without how surely it is known: in frames beside it, in texts behind it, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import strategies as st

import phanbo as pb
from few import given
from held_round import CALENDAR, LATER, RULEBOOK, sample
from phanbo.cli.texts import proposal_text
from phanbo.explain.chain import Step
from phanbo.report.names import Names
from phanbo.rules.base import CONFIDENCE_VI, Source
from rounds import inflow, proposal
from sealed import first, forge, saved
from strategies import settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from held_round import Setting
    from phanbo.proposal import Proposal
    from phanbo.rulebook import Rulebook

BOOKS = [RULEBOOK, *LATER.values()]
WORDS = {
    "vi": (
        "theo chỉ thị",
        "đã đối chiếu nguồn",
        "cần kiểm tra",
        "cần kiểm tra",
        "quy ước của phanbo",
        "lựa chọn của đợt",
    ),
    "en": (
        "stated by the directive",
        "read at its source",
        "to be verified",
        "to be verified",
        "convention of phanbo",
        "choice of this round",
    ),
}
SAYS = {
    lang: dict(zip(("seed", "found", "memory+", "memory", "design", "policy"), words, strict=True))
    for lang, words in WORDS.items()
}
UNSETTLED = ("memory", "memory+", "design")


def says(source: Source, lang: str = "vi") -> str:
    """Return the words of a confidence, written here anew."""
    return SAYS[lang][source.confidence]


def mark(source: Source, lang: str) -> str:
    """Return what must stand behind a rule that is not settled."""
    return f" ({says(source, lang)})" if source.confidence in UNSETTLED else ""


def cite(source: Source, lang: str = "vi") -> str:
    """Return a citation with its mark."""
    return ", ".join(filter(None, (source.document, source.article))) + mark(source, lang)


def sources(book: Rulebook) -> dict[str, Source]:
    """Return where everything of a rulebook stands."""
    classes = {f"priority[{each.code}]": each.source for each in book.classes}
    return {rule.code: rule.source for rule in book.rules} | classes


def shown(made: Proposal) -> Iterator[tuple[str, str]]:
    """Yield every rule that a frame shows, and the confidence beside it."""
    for row in made.adjustments.to_dict("records") + made.lines.to_dict("records"):
        yield row["binding_rule"], row["confidence"]
    for row in made.lines.to_dict("records"):
        yield row["first_failed"], row["failed_confidence"]
    for row in made.unchecked.to_dict("records") + made.summary["unchecked"]:
        yield row["rule"], row["confidence"]
    for ask in (ask for asks in made.unplaced["ask"] for ask in asks):
        for rule in (ask, *ask["rules"]):
            yield rule["rule"], rule["confidence"]


def frames_are_sure(made: Proposal) -> None:
    """A rule in a frame has its own confidence beside it, its citation the mark of that rule; no rule has none."""
    assert made.rulebook is not None
    known = sources(made.rulebook)
    for code, confidence in shown(made):
        assert confidence == (says(known[code]) if code else ""), code
    for row in made.pools.to_dict("records"):
        assert row["confidence"] == says(made.rulebook.pools_by_kind[row["kind"]].source)
    for row in made.adjustments.to_dict("records") + made.lines.to_dict("records"):
        code = row["binding_rule"]
        assert row["citation"] == (cite(known[code]) if code else ""), code


def texts_are_sure(made: Proposal, line: str) -> None:
    """A sentence that names an unsettled rule says so behind it; so does the chain, and the reason of a change."""
    assert made.rulebook is not None
    known, rules = sources(made.rulebook), {rule.code: rule for rule in made.rulebook.rules}
    for lang in ("vi", "en"):
        why = made.explain(line, lang)
        step: Step
        for step in why.chain:
            assert step.citation == cite(known[step.rule], lang)
        for sentence in why.sentences:
            for code in sentence.claim.values.get("rules", ()):
                title = rules[code].title_vi if lang == "vi" else rules[code].title_en
                assert title in sentence.text
                assert (
                    cite(known[code], lang) in sentence.text
                    or title + mark(known[code], lang) in sentence.text
                )
    for row in made.adjustments[made.adjustments["line_id"] == line].to_dict("records"):
        for lang in ("vi", "en"):
            assert cite(known[row["binding_rule"]], lang) in row[f"reason_{lang}"]


def letters_are_sure(made: Proposal) -> None:
    """A letter names the source of every rule it rests on with its confidence, whatever that is."""
    assert made.rulebook is not None
    known = sources(made.rulebook)
    for lang in ("vi", "en"):
        for letter in made.letters(lang).values():
            text = " ".join(letter.text.split())
            for entry in letter.entries:
                for code in (c for s in entry.sentences for c in s.claim.values.get("rules", ())):
                    bare = ", ".join(filter(None, (known[code].document, known[code].article)))
                    assert f"{bare} ({says(known[code], lang)})" in text, code


BOOK = pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.code)


@BOOK
@given(setting=settings_of(), data=st.data())
def test_every_rule_shown_carries_its_confidence(
    book: Rulebook, setting: Setting, data: st.DataObject
) -> None:
    made = setting.propose(rulebook=book)
    frames_are_sure(made)
    texts_are_sure(made, data.draw(st.sampled_from(made.lines["line_id"].tolist())))


@BOOK
def test_letters_of_a_round_carry_it(book: Rulebook) -> None:
    made = sample().propose(rulebook=book)
    assert len(made.adjustments)
    letters_are_sure(made)
    for line in made.lines["line_id"]:
        texts_are_sure(made, line)


def infeasible() -> pb.InfeasibleRound:
    """Return a round whose shortfall is more than its lines can give."""
    with pytest.raises(pb.InfeasibleRound) as found:
        proposal(sources=inflow(-50_000_000_000))
    return found.value


def entries_are_sure(error: pb.InfeasibleRound) -> None:
    """Every sentence on a rule says how surely it is known, in the entry and in the whole message."""
    known, told = sources(RULEBOOK.read_for(CALENDAR)), [*error.conflict, *error.relaxation]
    named = [entry for entry in told if entry["rule"] in known]
    assert any(known[entry["rule"]].confidence in UNSETTLED for entry in named)
    for entry in named:
        source = known[entry["rule"]]
        assert entry["confidence"] == source.confidence
        for lang in ("vi", "en"):
            assert entry[f"citation_{lang}"] == cite(source, lang)
            if entry["kind"] != "duty":
                assert mark(source, lang) in entry[f"says_{lang}"]
                assert entry[f"says_{lang}"] in error.message(lang)


def test_an_infeasible_round_says_it() -> None:
    entries_are_sure(infeasible())


def test_the_command_line_and_the_annex_say_it() -> None:
    made = proposal()
    assert made.rulebook is not None
    known = sources(made.rulebook)
    for lang in ("vi", "en"):
        text = proposal_text(made, "x", lang)
        assert len(made.unchecked)
        for code in made.unchecked["rule"]:
            assert f"{code} ({says(known[code], lang)}; " in text
        for code, source in known.items():
            assert Names(made, lang).rule(code).endswith(mark(source, lang))


def unmarked(source: Source, lang: str = "vi") -> str:
    """Drop the mark: the bug that is planted."""
    return ""


# -- the laws bite ------------------------------------------------------------------------------------------


def test_a_mark_that_is_dropped_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    made = sample().propose()
    monkeypatch.setattr(Source, "mark", unmarked)
    with pytest.raises(AssertionError):
        frames_are_sure(sample().propose())
    with pytest.raises(AssertionError):
        texts_are_sure(made, str(made.adjustments["line_id"].iat[0]))
    with pytest.raises(AssertionError):
        test_the_command_line_and_the_annex_say_it()


def test_words_of_another_confidence_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CONFIDENCE_VI, "memory+", "đã đối chiếu nguồn")
    with pytest.raises(AssertionError):
        frames_are_sure(sample().propose())
    with pytest.raises(AssertionError):
        letters_are_sure(sample().propose())


@given(data=st.data())
def test_a_confidence_of_another_rule_is_found_in_a_case_folder(data: st.DataObject) -> None:
    def wrong(plain: dict[str, Any]) -> None:
        spots = [(row, "confidence") for row in (*plain["lines"], *plain["unchecked"]) if row["confidence"]]
        spots += [(row, "failed_confidence") for row in plain["lines"] if row["first_failed"]]
        row, name = data.draw(st.sampled_from(spots))
        row[name] = next(words for words in SAYS["vi"].values() if words != row[name])

    with saved(sample().propose()) as folder:
        assert first(folder).ok
        forge(folder, wrong)
        assert "độ tin cậy không phải của quy định" in first(folder).text()
