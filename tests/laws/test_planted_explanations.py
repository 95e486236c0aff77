"""The laws of explanations bite: a bug is planted, and the law that should find it does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from claim_reader import wrong
from test_counterfactual_laws import holds
from test_explanation_laws import agrees
from test_letters import sums_are_kept
from test_planted_bugs import plant

from held_round import sample
from phanbo.explain import counterfactual, explanation, letters, standing, writing
from phanbo.explain.sentence import Claim
from rounds import lines, proposal

if TYPE_CHECKING:
    from collections.abc import Iterator

Patch = pytest.MonkeyPatch
MADE = sample().propose()
LINES = MADE.lines["line_id"].tolist()


HELD = proposal(lines(6, locked=["chờ kết luận", "chờ kết luận", "", "", "", ""]))
"""A round in which several rules refuse at once."""


def told() -> bool:
    """Return whether some claim of some line is found wrong."""
    return any(
        wrong(made, line, made.explain(line).facts) for made in (MADE, HELD) for line in made.lines["line_id"]
    )


def test_nothing_is_found_where_nothing_is_planted() -> None:
    assert not told()


def more(old: Any, *given: Any) -> Iterator[Claim]:
    """Say every amount a million too large."""
    for claim in old(*given):
        values = {k: v + 10**6 if type(v) is int else v for k, v in claim.values.items()}
        yield Claim(claim.kind, values)


def halved(old: Any, *given: Any) -> Iterator[Claim]:
    """Name the first of several rules only."""
    for claim in old(*given):
        rules = claim.values.get("rules")
        yield Claim(claim.kind, {**claim.values, "rules": rules[:1]} if rules else claim.values)


@pytest.mark.parametrize(
    ("place", "name", "bug"),
    [
        (standing, "_required", more),
        (explanation, "decision_claims", more),
        (explanation, "rule_claims", more),
        (explanation, "rule_claims", halved),
        (explanation, "queue_claims", more),
    ],
)
def test_a_wrong_figure_is_found(monkeypatch: Patch, place: Any, name: str, bug: Any) -> None:
    plant(monkeypatch, place, name, bug)
    assert told()


def test_a_wrong_way_of_writing_is_found(monkeypatch: Patch) -> None:
    """Thousands and millions taken for each other: the claim is right, the text is not."""
    plant(monkeypatch, writing, "format_million", lambda old, amount, lang: old(1000 * amount, lang))
    sentences = [sentence for line in LINES for sentence in MADE.explain(line).facts]
    (cut, *_) = (each for each in sentences if each.claim.kind == "cut")
    with pytest.raises(AssertionError):
        agrees(cut, "vi")


def test_a_change_that_is_too_large_is_found() -> None:
    """One unit more turns the decision as well, but so does one unit less: it is not the smallest."""
    line = next(line for line in LINES if MADE.explain(line).counterfactual is not None)
    found = MADE.explain(line).counterfactual
    assert found is not None
    assert isinstance(found.after, int)
    holds(sample(), line, found)
    unit = MADE.meta["policy"]["unit"]
    for away in (unit, -unit):
        after = found.after + away
        false = replace(
            found,
            after=after,
            short=found.short + away,
            change=after - (found.before or 0),
            cells=((found.field, after),),
        )
        with pytest.raises(AssertionError):
            holds(sample(), line, false)


def test_a_step_too_far_is_never_confirmed(monkeypatch: Patch) -> None:
    """The search may err; what it finds is proposed again, and one unit less too."""
    plant(monkeypatch, counterfactual, "_nearest", lambda old, *given: (old(*given) or 0) + 1)
    asked = sample().propose()
    found = [asked.explain(line).counterfactual for line in LINES]
    assert all(each is None or each.change is None for each in found)


def test_a_letter_that_leaves_a_line_out_is_found(monkeypatch: Patch) -> None:
    plant(monkeypatch, letters, "_entry", lambda old, *given: replace(old(*given), change=0))
    with pytest.raises(AssertionError):
        sums_are_kept(MADE, MADE.letters())
