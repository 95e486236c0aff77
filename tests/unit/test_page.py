"""The page tells every changed line to the đồng, in both languages, and lets nothing of a name run."""

from __future__ import annotations

import doctest
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

import phanbo as pb
import rounds
from phanbo.catalogue import million
from phanbo.examples import load_lang_son
from phanbo.report.names import Names
from phanbo.report.page import markup, page_html
from phanbo.report.page.changes import owner_changes
from phanbo.report.page.flows import flows_of
from rounds import lines

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = "<script>alert(1)</script> & \"'\u202e"


def round_two(portfolio: pb.Portfolio) -> pb.Proposal:
    return pb.propose(portfolio, calendar="lang-son-2024", round=2, as_of="2024-09-15")


@pytest.fixture(scope="module")
def proposal() -> pb.Proposal:
    return round_two(load_lang_son().at("2024-09-15"))


class Page(HTMLParser):
    """Collects the rows of the ranked list, every element's name and whether all are closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.open: list[str] = []
        self.values: list[list[str]] = []
        self.ranked = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        self.names.append(tag)
        self.open.append(tag)
        self.ranked = self.ranked or held.get("id") == "ranked"
        if self.ranked and tag == "tr":
            self.values.append([])
        if self.ranked and tag == "td":
            self.values[-1].append(held.get("data-value") or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag == "table":
            self.ranked = False


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_changed_line_stands_in_the_ranked_list_to_the_dong(proposal: pb.Proposal, lang: str) -> None:
    page = Page(page_html(proposal, lang))
    shown = [row for row in page.values if row]
    assert [(int(row[0]), row[1], row[2], row[3], *map(int, row[4:8])) for row in shown] == [
        tuple(row)
        for row in proposal.adjustments[
            ["rank", "project", "owner", "source", "plan", "change", "plan_after", "disbursed"]
        ].itertuples(index=False)
    ]
    assert page.open == []


def test_what_flows_adds_up_to_what_is_moved(proposal: pb.Proposal) -> None:
    assert sum(flows_of(proposal, "vi").values()) == proposal.transfers["amount"].sum()


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_reasons_are_told_in_the_language_of_the_page(proposal: pb.Proposal, lang: str) -> None:
    text, other = page_html(proposal, lang), {"vi": "en", "en": "vi"}[lang]
    first = proposal.adjustments.iloc[0]
    assert markup.joined([first[f"reason_{lang}"]]) in text
    assert markup.joined([first[f"reason_{other}"]]) not in text
    assert f'<html lang="{lang}">' in text


def test_a_transfer_names_its_projects(proposal: pb.Proposal) -> None:
    text, first = page_html(proposal), proposal.transfers.iloc[0]
    projects = proposal.adjustments.set_index("line_id")["project"]
    for end in (first["from_line"], first["to_line"]):
        assert markup.tag("td", f"{projects[end]} ({end})", class_="text") in text


def test_an_owner_stands_against_its_milestone(proposal: pb.Proposal) -> None:
    owners, text = proposal.assessment.owners, page_html(proposal, "en")
    for name, asked in zip(owners["owner"], owners[f"required_{proposal.assessment.judge}"], strict=True):
        assert re.search(rf"{re.escape(name)}: [^<]*milestone {100 * asked:.1f}%", text)


def test_an_owner_of_carried_capital_alone_is_asked_for_nothing() -> None:
    frame = lines(
        6, owner=["Ban 0", "Ban 1", "Ban 0", "Ban 1", "Ban 2", "Ban 2"], plan_year=[2024] * 4 + [2023] * 2
    )
    text = page_html(rounds.proposal(frame))
    assert "Ban 2" in text
    assert re.search(r"Ban 2: [^<]*mốc phải đạt –<", text)


def test_owners_before_and_after_add_up(proposal: pb.Proposal) -> None:
    frame, summary = owner_changes(Names(proposal)), proposal.summary
    assert int((frame["plan_after"] - frame["plan"]).sum()) == summary["added"] - summary["cut"]
    gain = int((frame["expected_after"] - frame["expected"]).sum())
    assert gain == summary["expected_after"] - summary["expected"]
    assert set(frame["owner"]) == set(proposal.adjustments["owner"])
    text = page_html(proposal)
    for row in frame.to_dict("records"):
        assert f"{row['owner']}: trước điều chỉnh ước giải ngân {million(row['expected'])} trên" in text


def test_unplaced_capital_names_who_could_take_it_and_why_not(proposal: pb.Proposal) -> None:
    text = page_html(proposal, "en")
    assert million(int(proposal.unplaced["surplus"].sum()), "en") in text
    asked = [ask for asks in proposal.unplaced["ask"] for ask in asks]
    assert asked
    assert all(markup.joined([ask["what_en"]]) in text for ask in asked)


def test_unchecked_rules_are_told_by_their_titles(proposal: pb.Proposal) -> None:
    text = page_html(proposal)
    for gap in proposal.summary["unchecked"]:
        assert Names(proposal).rule(gap["rule"]) in text
        assert gap["rule"] not in text


def test_a_citation_says_in_each_language_that_it_is_unverified(proposal: pb.Proposal) -> None:
    assert "(to be verified)" in page_html(proposal, "en")
    assert "Điều 67" in page_html(proposal)
    assert "(cần kiểm tra)" not in page_html(proposal, "en")


def test_nothing_is_fetched(proposal: pb.Proposal) -> None:
    text = page_html(proposal)
    assert not re.search(r"""(src|href)\s*=\s*["'](?!#)|url\(|@import|https?:""", text)
    assert "default-src 'none'" in text.replace("&#x27;", "'")


def test_a_name_is_text(proposal: pb.Proposal) -> None:
    portfolio = load_lang_son().at("2024-09-15")
    lines = portfolio.lines
    lines["project"] = HOSTILE + lines["project"]
    hostile = round_two(pb.Portfolio(lines, owners=portfolio.owners, sources=portfolio.sources))
    page, plain = Page(page_html(hostile)), Page(page_html(proposal))
    assert page.names.count("script") == plain.names.count("script") == 1
    assert any(row[1].startswith(HOSTILE) for row in page.values if row)


def test_the_same_proposal_gives_the_same_bytes(proposal: pb.Proposal, tmp_path: Path) -> None:
    proposal.to_html(tmp_path / "a.html")
    round_two(load_lang_son().at("2024-09-15")).to_html(tmp_path / "b.html")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_without_tables_the_page_says_what_it_leaves_out(proposal: pb.Proposal) -> None:
    alone = pb.Proposal.from_json(proposal.to_json())
    assert "không có so sánh các chủ đầu tư" in page_html(alone)
    assert 'id="owners"' in page_html(proposal)
    assert 'id="owners"' not in page_html(alone)


def test_another_language_is_refused(proposal: pb.Proposal) -> None:
    with pytest.raises(ValueError, match="fr"):
        page_html(proposal, "fr")


def test_examples_of_the_docstrings() -> None:
    assert doctest.testmod(markup).failed == 0
