"""Lines of the shipped round explained: every claim holds, and what turns a decision does, in tables edited by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from claim_reader import wrong
from test_explanation_laws import explained

import phanbo as pb
from phanbo.examples import load_lang_son

if TYPE_CHECKING:
    from phanbo.proposal import Proposal

AS_OF = "2024-09-15"
GIVEN: dict[str, Any] = {"calendar": "lang-son-2024", "round": 2, "as_of": AS_OF}
KINDS = (
    ("donor", "", "donor-depth", True),
    ("donor", "", "donor-depth", False),
    ("hold", "fast-line", "", False),
    ("hold", "commitment", "", False),
    ("hold", "locked", "", False),
    ("hold", "carried-over", "", False),
    ("hold", "capital-time-limit", "", False),
    ("receiver", "", "pool-balance", True),
    ("receiver", "", "stated-need", False),
    ("receiver", "", "owner-import", False),
)
"""Role, first failed test, binding rule, whether it is changed."""


@pytest.fixture(scope="module")
def made() -> Proposal:
    """The second round of the shipped year."""
    return pb.propose(load_lang_son().at(AS_OF), **GIVEN)


def first_of(made: Proposal, kind: tuple[str, str, str, bool]) -> str:
    """Return the first line of a kind."""
    lines = made.lines
    changed = lines["cut"] + lines["add"] > 0
    keys = zip(lines["role"], lines["first_failed"], lines["binding_rule"], changed, strict=True)
    return str(lines["line_id"][[key == kind for key in keys]].iloc[0])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: "-".join(map(str, kind)))
def test_every_claim_holds(made: Proposal, kind: tuple[str, str, str, bool]) -> None:
    explained(made, first_of(made, kind))


def test_the_facts_of_every_line_hold(made: Proposal) -> None:
    """Every tenth line, in all what is there at once."""
    for line in made.lines["line_id"].iloc[::10]:
        assert wrong(made, line, made.explain(line).facts) == []


def test_every_line_of_a_letter_holds(made: Proposal) -> None:
    letters = made.letters()
    spoken = [entry for letter in letters.values() for entry in letter.entries]
    assert sum(entry.change for entry in spoken if entry.change > 0) == made.summary["added"]
    assert sum(entry.change for entry in spoken if entry.change < 0) == -made.summary["cut"]
    for entry in spoken[::10]:
        assert wrong(made, entry.line_id, entry.sentences) == []


def by_hand(made: Proposal, line: str, column: str, value: Any) -> pb.Portfolio:
    """Return the tables with one figure written anew; what is disbursed also in the history, up to its day."""
    assert made.case is not None
    book = made.case.portfolio
    frame, history = book.lines.drop(columns="kind"), book.history
    assert history is not None
    frame = frame[[name for name in frame if name in book.given]].astype({column: object})
    frame.loc[frame["line_id"] == line, column] = value
    if column == "disbursed":
        mine, later = history["line_id"] == line, history["date"] >= AS_OF
        figures = history["disbursed"]
        history = history.assign(
            disbursed=figures.mask(mine & ~later, figures.clip(upper=value)).mask(
                mine & later, figures.clip(lower=value)
            )
        )
        history.loc[mine & (history["date"] == AS_OF), "disbursed"] = value
    parts = {name: getattr(book, name) for name in ("schedule", "sources", "owners", "reports", "controls")}
    return pb.Portfolio(frame, history=history, **parts)


@pytest.mark.parametrize("kind", [KINDS[0], KINDS[3], KINDS[6]], ids=lambda kind: "-".join(map(str, kind)))
def test_what_turns_a_decision_does(made: Proposal, kind: tuple[str, str, str, bool]) -> None:
    line = first_of(made, kind)
    found = made.explain(line).counterfactual
    assert found is not None
    for each in (found, *found.also):
        (cell,) = each.cells
        for value, turned in ((cell[1], True), (each.short, False)):
            if value is None:
                continue
            again = (
                pb.propose(by_hand(made, line, cell[0], value), **GIVEN).lines.set_index("line_id").loc[line]
            )
            decision = "cut" if again["cut"] else "raised" if again["add"] else "unchanged"
            assert (decision == each.decision_after) == turned
            assert (decision == each.decision_before) != turned


def test_a_changed_cell_is_a_table_read_anew(made: Proposal) -> None:
    assert made.case is not None
    book, line = made.case.portfolio, first_of(made, KINDS[0])
    for column, value in (("disbursed", 20_000_000_000), ("disbursed", 0), ("committed", 5_000_000)):
        ours, theirs = book.with_cell(line, column, value), by_hand(made, line, column, value)
        assert ours.hash == theirs.hash
        pd.testing.assert_frame_equal(ours.lines, theirs.lines)
