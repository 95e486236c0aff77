"""The page in a real browser: it sorts, finds, opens, fits a phone and A4, and asks the network for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from chromium import launched, needs_browser

import phanbo as pb
from phanbo.examples import load_lang_son

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = needs_browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as opened:
        yield opened


@pytest.fixture(scope="module")
def proposal() -> pb.Proposal:
    portfolio = load_lang_son().at("2024-09-15")
    return pb.propose(portfolio, calendar="lang-son-2024", round=2, as_of="2024-09-15")


@pytest.fixture
def page(browser: Any, proposal: pb.Proposal, tmp_path: Path) -> Iterator[Any]:
    """The page opened as a file; whatever it asks for or complains of is a failure."""
    path = tmp_path / "page.html"
    proposal.to_html(path)
    opened, wrong = browser.new_page(), []
    opened.on("request", lambda request: wrong.append(request.url) if request.url != path.as_uri() else None)
    opened.on("console", lambda message: wrong.append(message.text))
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.goto(path.as_uri())
    yield opened
    opened.close()
    assert wrong == []


def column(page: Any, at: int) -> list[str]:
    found: list[str] = page.eval_on_selector_all(
        f"#ranked tbody tr:not([hidden]) td:nth-child({at})", "cells => cells.map(cell => cell.dataset.value)"
    )
    return found


def test_a_heading_sorts_both_ways(page: Any, proposal: pb.Proposal) -> None:
    changes = proposal.adjustments["change"].tolist()
    heading = page.get_by_role("button", name="Tăng (+), giảm (−)")
    heading.press("Enter")
    assert [int(cell) for cell in column(page, 6)] == sorted(changes)
    heading.click()
    assert [int(cell) for cell in column(page, 6)] == sorted(changes, reverse=True)
    assert page.locator("th[aria-sort=descending]").count() == 1


def test_search_needs_no_diacritics(page: Any, proposal: pb.Proposal) -> None:
    owner = proposal.adjustments["owner"].iloc[0]
    page.get_by_label("Tìm dự án, chủ đầu tư, nguồn vốn").fill("không có dự án này")
    assert column(page, 1) == []
    plain = page.evaluate(
        r"t => t.normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/đ/g, 'd').replace(/Đ/g, 'D')",
        owner,
    )
    page.get_by_label("Tìm dự án, chủ đầu tư, nguồn vốn").fill(plain)
    count = int((proposal.adjustments["owner"] == owner).sum())
    assert column(page, 3).count(owner) == count
    assert page.get_by_role("status").inner_text().startswith(f"Đang hiện {len(column(page, 1))} trong")


def test_the_reason_opens_by_keyboard(page: Any, proposal: pb.Proposal) -> None:
    reason = page.get_by_text(proposal.adjustments["reason_vi"].iloc[0], exact=True).first
    assert not reason.is_visible()
    page.locator("#ranked summary").first.press("Enter")
    assert reason.is_visible()


def test_it_fits_a_phone(page: Any) -> None:
    page.set_viewport_size({"width": 375, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_it_prints_on_a4(page: Any) -> None:
    printed = page.pdf(prefer_css_page_size=True)
    assert (
        b"/MediaBox [0 0 841.91998 594.95996]" in printed
        or b"/MediaBox [0 0 842 595]" in printed
        or b"/MediaBox [0 0 841.8" in printed
    )


def test_every_picture_table_and_control_has_a_name(page: Any) -> None:
    nameless = page.evaluate(
        """() => {
          const named = {
            "svg[role=img]": (each) => each.querySelector(":scope > title")?.textContent,
            table: (each) => each.caption?.textContent,
            "button, summary, a": (each) => each.textContent,
            input: (each) => each.labels[0]?.textContent,
            section: (each) => document.getElementById(each.getAttribute("aria-labelledby"))?.textContent,
            "[role=region]": (each) => each.getAttribute("aria-label"),
          };
          return Object.entries(named).flatMap(([which, name]) => [...document.querySelectorAll(which)]
            .filter((each) => !(name(each) || "").trim()).map((each) => each.outerHTML.slice(0, 80)));
        }"""
    )
    assert nameless == []
    assert page.locator("svg[role=img]").count() > 20


def test_nothing_is_told_by_colour_alone(page: Any) -> None:
    """An amount that is cut or added carries its sign; a heading that sorts, an arrow."""
    cells = page.eval_on_selector_all(
        "#ranked td.more, #ranked td.less", "all => all.map((each) => each.textContent[0])"
    )
    assert cells
    assert set(cells) == {"+", "−"}
