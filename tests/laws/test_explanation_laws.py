"""Every claim of every explanation is recomputed from frames and tables; what a text says is what its claim says."""

from __future__ import annotations

import json
from string import Formatter
from typing import TYPE_CHECKING

import pytest
from claim_reader import CHECKS, OF_A_LETTER, Reader, wrong
from hypothesis import strategies as st
from said_numbers import parsed, plain, rounded

from few import given
from held_round import ceiling_sample, sample
from phanbo.errors import InfeasibleRound
from phanbo.explain.phrases import PHRASES
from phanbo.explain.writing import WRITERS
from strategies import pinned, settings_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from held_round import Setting
    from phanbo.explain import Explanation, Sentence
    from phanbo.proposal import Proposal


def agrees(sentence: Sentence, lang: str) -> None:
    """Every number, date and share of a text is in its claim; every amount the phrase asks for is in the text."""
    values = sentence.claim.values
    amounts, days, shares, counts = parsed(sentence, lang)
    known = {v for v in plain(values) if isinstance(v, int)}
    assert amounts <= known, (sentence, amounts)
    assert counts <= known, (sentence, counts)
    assert days <= {v for v in plain(values) if isinstance(v, str)}, (sentence, days)
    told = [
        v
        for v in values.values()
        if isinstance(v, list) and len(v) == 2 and all(isinstance(p, int) for p in v)
    ]
    assert shares <= {rounded(v) for v in told if v[1]}, (sentence, shares)
    for _, name, how, _ in Formatter().parse(PHRASES[sentence.claim.kind][0 if lang == "vi" else 1]):
        if name is None:
            continue
        for kind, said in (("money", amounts), ("day", days), ("count", counts)):
            assert how != kind or values[name] in said, (sentence, name)
    assert "None" not in sentence.text
    assert "  " not in sentence.text
    assert sentence.text.endswith(".")


def explained(made: Proposal, line: str) -> None:
    """The claims of a line hold in both languages, are the same in both, and its texts say nothing else."""
    told: dict[str, Explanation] = {lang: made.explain(line, lang) for lang in ("vi", "en")}
    assert wrong(made, line, told["vi"].sentences) == []
    assert [s.claim for s in told["vi"].sentences] == [s.claim for s in told["en"].sentences]
    for lang, why in told.items():
        for sentence in why.sentences:
            agrees(sentence, lang)
        stored = json.loads(json.dumps(why.to_dict(), ensure_ascii=False))
        assert stored["sentences"] == [s.to_dict() for s in why.sentences]
        assert [s.text.casefold() for s in why.sentences] == why.text.removeprefix(
            f"{line}: "
        ).casefold().split("\n")


@given(settings_of(most=5))
def test_every_claim_of_every_line_holds(setting: Setting) -> None:
    made = setting.propose()
    for line in made.lines["line_id"]:
        explained(made, line)


@given(settings_of(most=6, simple=True, min_move=0))
def test_every_claim_holds_where_many_move(setting: Setting) -> None:
    made = setting.propose()
    for line in made.lines["line_id"]:
        explained(made, line)


@given(setting=settings_of(most=6, simple=True), data=st.data())
def test_every_claim_holds_where_the_reviewers_ask(setting: Setting, data: st.DataObject) -> None:
    try:
        made = pinned(data, setting).propose()
    except InfeasibleRound:
        return
    for line in made.lines["line_id"]:
        explained(made, line)


@pytest.mark.parametrize("make", [sample, ceiling_sample])
def test_every_claim_holds_in_the_small_rounds(make: Callable[[], Setting]) -> None:
    made = make().propose()
    for line in made.lines["line_id"]:
        explained(made, line)


def test_every_claim_holds_in_a_part_of_a_proposal() -> None:
    part = sample().propose().head(1)
    for line in part.lines["line_id"]:
        explained(part, line)


def test_a_wrong_claim_is_seen() -> None:
    """Each check refuses a claim in which one value is another."""
    made = sample().propose()
    seen = set()
    for line in made.lines["line_id"]:
        for sentence in made.explain(line).facts:
            for name, value in sentence.claim.values.items():
                if isinstance(value, int) and not isinstance(value, bool):
                    false = {**sentence.claim.values, name: value + 1}
                    assert not CHECKS[sentence.claim.kind](Reader(made, line), false), (sentence, name)
                    seen.add(sentence.claim.kind)
    assert len(seen) >= 8


def test_the_catalogue_is_complete() -> None:
    """Every kind has a check, both languages ask for the same values, and every way of writing exists."""
    assert set(CHECKS) | OF_A_LETTER == set(PHRASES)
    for pair in PHRASES.values():
        asked = [{(name, how) for _, name, how, _ in Formatter().parse(text) if name} for text in pair]
        assert asked[0] == asked[1]
        assert {how for _, how in asked[0]} <= set(WRITERS)
    assert {how for pair in PHRASES.values() for _, _, how, _ in Formatter().parse(pair[0]) if how} == set(
        WRITERS
    )
