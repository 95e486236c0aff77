"""The site is built strictly, from files alone, and what must stand on it does."""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import phanbo as pb
from phanbo.rulebook_file import BUILT_IN
from phanbo.rules import RULES
from phanbo.rules.base import CONFIDENCE_VI

DOCS = Path(__file__).parents[2] / "docs"
ABSENT = [name for name in ("sphinx", "myst_nb", "furo", "latex2mathml") if find_spec(name) is None]
pytestmark = pytest.mark.skipif(
    bool(ABSENT), reason=f"pip install '.[docs]': {', '.join(ABSENT)} not installed"
)

FETCHED = {
    "script": ("src",),
    "link": ("href",),
    "img": ("src", "srcset"),
    "iframe": ("src",),
    "source": ("src", "srcset"),
    "object": ("data",),
    "video": ("src",),
    "audio": ("src",),
}
"""What a browser loads by itself; links that a reader may follow are not among them."""


def anchor(code: str) -> str:
    """Return where a rule stands on the page of the law."""
    return "rule-" + code.replace("_", "-")


class Page(HTMLParser):
    """Anchors, links and fetched resources of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given[name] for name in ("id", "name") if given.get(name)}
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        self.fetched += [given[name] for name in FETCHED.get(tag, ()) if given.get(name)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built with every warning an error."""
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-d", str(out / "trees")]
    offline = {**os.environ, "http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    told = subprocess.run(  # noqa: S603 - our own command
        [*command, str(DOCS), str(out / "html")], capture_output=True, text=True, check=False, env=offline
    )
    assert told.returncode == 0, told.stderr
    return out / "html"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    """Every page that was built."""
    return {path: Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}


def test_nothing_is_fetched_from_elsewhere(site: Path, pages: dict[Path, Page]) -> None:
    outside = [
        (path.name, url)
        for path, page in pages.items()
        for url in page.fetched
        if urlsplit(url).netloc or url.startswith("//")
    ]
    assert outside == []
    for sheet in site.rglob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        assert not re.search(r"@import|url\(\s*['\"]?(https?:)?//", text), sheet.name
    assert not any("mathjax" in path.read_text(encoding="utf-8").lower() for path in pages)


def test_every_internal_link_resolves(site: Path, pages: dict[Path, Page]) -> None:
    broken = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            anchor = unquote(parts.fragment)
            if not target.is_file() or (
                anchor and target in pages and anchor not in pages[target].anchors | {"top", ""}
            ):
                broken.append((path.relative_to(site).as_posix(), link))
    assert broken == []


def test_every_rule_stands_on_the_page_of_the_law(site: Path, pages: dict[Path, Page]) -> None:
    path = site / "law.html"
    text = html.unescape(path.read_text(encoding="utf-8"))
    assert [code for code in RULES if anchor(code) not in pages[path].anchors] == []
    assert [
        code for code, rule in RULES.items() if rule.title_vi not in text or rule.title_en not in text
    ] == []
    for book in map(pb.load_rulebook, BUILT_IN):
        stated = [*book.rules, *book.classes, *book.pools_by_kind.values()]
        assert [each for each in stated if each.source.document and each.source.document not in text] == []  # type: ignore[attr-defined]
        assert [each.code for each in book.classes if each.title_vi not in text] == []
        assert [each for each in book.questions if each.text_vi not in text] == []


def test_what_is_to_be_verified_says_so(site: Path) -> None:
    """Between the heading of an unsure rule and the next one stands the mark."""
    text = (site / "law.html").read_text(encoding="utf-8")
    for book in map(pb.load_rulebook, BUILT_IN):
        for rule in book.rules:
            part = text.split(f'id="{anchor(rule.code)}"', 1)[1].split('id="rule-', 1)[0]
            assert CONFIDENCE_VI[rule.source.confidence] in part, rule.code
            assert ('class="unsure"' in part) >= rule.source.confidence.startswith("memory"), rule.code


def test_every_public_name_is_in_the_reference(site: Path, pages: dict[Path, Page]) -> None:
    anchors = pages[site / "reference" / "api.html"].anchors
    assert [name for name in pb.__all__ if f"phanbo.{name}" not in anchors] == []
    assert {"phanbo.Proposal.explain", "phanbo.Rulebook.review", "phanbo.Portfolio.at"} <= anchors


def test_formulas_are_drawn_by_the_browser(site: Path) -> None:
    text = (site / "model.html").read_text(encoding="utf-8")
    assert text.count("<math ") > 40
    body = re.sub(r'alttext="[^"]*"', "", text)
    assert not re.search(r"\\(frac|sum|mathrm|lfloor|begin|text|left)\b", body)


def test_pages_say_their_language(site: Path) -> None:
    assert '<html class="no-js" lang="vi"' in (site / "tutorial" / "vi.html").read_text(encoding="utf-8")
    assert '<html class="no-js" lang="en"' in (site / "tutorial" / "en.html").read_text(encoding="utf-8")


def test_every_notebook_is_shown(site: Path) -> None:
    names = {path.stem for path in (DOCS.parent / "notebooks").glob("*.ipynb")}
    assert {path.stem for path in (site / "notebooks").glob("0*.html")} == names
