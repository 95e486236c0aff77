"""What a notebook shows: a few totals and ten rows, Vietnamese figures, every text escaped."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

import phanbo as pb
from phanbo.report.display import assessment_html, proposal_html
from rounds import AS_OF, CALENDAR, lines, proposal

if TYPE_CHECKING:
    from phanbo.assessment import Assessment

EVIL = "<script>alert('x')</script> & \"Ban\""


class Counter(HTMLParser):
    """Counts tags, and sees that every one is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.count: dict[str, int] = {}
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert {name for name, _ in attrs} <= {"style"}
        self.open.append(tag)
        self.count[tag] = self.count.get(tag, 0) + 1

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def assessment(count: int = 6, **columns: list[str]) -> Assessment:
    return pb.assess(pb.Portfolio(lines(count, **columns)), calendar=CALENDAR, as_of=AS_OF)


def test_a_proposal_shows_its_totals_and_first_rows() -> None:
    made = proposal()
    text = proposal_html(made)
    assert text == made._repr_html_()
    assert "Phương án điều chỉnh đợt 2, số liệu đến 15/9/2024 (triệu đồng)" in text
    assert "HĐND cùng cấp" in text
    assert "10.000" in text  # a plan of 10 tỷ
    counted = Counter(text).count
    assert counted["table"] == 2
    assert counted["tr"] == 5 + 1 + len(made.adjustments)


def test_only_ten_rows_are_shown() -> None:
    made = proposal(lines(30))
    text = proposal_html(made)
    assert len(made.adjustments) > 10
    assert Counter(text).count["tr"] == 5 + 1 + 10
    assert f"… và {len(made.adjustments) - 10} dòng nữa." in text


def test_an_empty_round_is_said_in_words() -> None:
    text = proposal_html(proposal(lines(requested_increase=[0] * 6)))
    assert "không điều chỉnh dòng vốn nào" in text
    assert Counter(text).count["table"] == 1


def test_an_assessment_shows_totals_and_owners() -> None:
    a = assessment()
    text = assessment_html(a)
    assert text == a._repr_html_()
    assert "30.000 (50,00%)" in text
    assert "0 / 0 (–)" in text  # nothing carried over
    counted = Counter(text).count
    assert counted["tr"] == 5 + 1 + 2
    many = assessment_html(assessment(24, owner=[f"Ban {i}" for i in range(24)]))
    assert "… và 14 dòng nữa." in many


def test_texts_are_escaped_and_nothing_is_fetched() -> None:
    texts = (
        proposal_html(proposal(lines(owner=[EVIL] * 6, project=[f"{EVIL} {i}" for i in range(6)]))),
        assessment_html(assessment(owner=[EVIL] * 6)),
    )
    for text in texts:
        assert "<script" not in text
        assert "&lt;script&gt;" in text
        assert "&amp; &quot;Ban&quot;" in text
        assert "http" not in text
        assert set(Counter(text).count) <= {"table", "caption", "thead", "tbody", "tr", "th", "td", "p"}


def test_a_proposal_read_from_json_alone_is_shown_too() -> None:
    made = proposal()
    assert proposal_html(pb.Proposal.from_json(made.to_json())) == proposal_html(made)
