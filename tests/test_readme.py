"""The README tells the truth: its example runs and prints what stands there, its limits hold."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

import phanbo as pb
from phanbo.examples import write_lang_son
from phanbo.rulebook_file import BUILT_IN

README = Path(__file__).parents[1] / "README.md"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)


def printed(number: int, known: dict[str, object]) -> str:
    """Return what a block of Python prints, run with and into what is known already."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(blocks("python")[number], "README.md", "exec"), known)  # noqa: S102 — our own text
    return out.getvalue().rstrip()


def test_the_example_prints_what_the_readme_shows() -> None:
    assert printed(0, {}) == blocks("text")[0].rstrip()


@pytest.mark.parametrize("number", [1, 2])
def test_what_follows_it_prints_what_the_readme_shows(number: int) -> None:
    known: dict[str, object] = {}
    printed(0, known)
    assert printed(number, known) == blocks("text")[number].rstrip()


def test_many_provinces_are_done_as_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("lang-son", "nghe-an"):
        write_lang_son(f"{name}.xlsx")
    shown = blocks("python")[3].replace("workers=2", "workers=1")
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(shown, "README.md", "exec"), {"__name__": "__main__"})  # noqa: S102 — our own text
    assert "failed" not in out.getvalue()
    assert all((tmp_path / "dot-2" / name / "proposal.xlsx").is_file() for name in ("lang-son", "nghe-an"))


def test_another_year_and_law_are_as_shown() -> None:
    assert printed(4, {"pb": pb}) == blocks("text")[3].rstrip()


def test_the_first_screen_says_which_years_are_covered() -> None:
    screen = "\n".join(README.read_text(encoding="utf-8").splitlines()[:20])
    assert "plan years 2021–2026" in screen
    assert "not legal advice" in screen
    books = [pb.load_rulebook(name) for name in BUILT_IN]
    assert all(book.code in screen for book in books)
    assert (books[0].valid_from.year, books[-1].valid_to.year) == (2021, 2026)


def test_the_confidence_is_counted_as_it_is() -> None:
    text = README.read_text(encoding="utf-8")
    for code in BUILT_IN:
        review = pb.load_rulebook(code).review()
        sure = review.loc[review["part"] != "question", "confidence"].value_counts().to_dict()
        counts = [
            sure["found"],
            sure["seed"],
            f"**{sure['memory'] + sure['memory+']}**",
            sure["design"] + sure["policy"],
        ]
        assert f"| `{code}` | {' | '.join(map(str, counts))} |" in text


def test_the_set_up_is_two_commands() -> None:
    commands = [line for line in blocks("sh")[0].splitlines() if line]
    assert commands == [
        "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/phanbo demo",
        ".venv/bin/pip install '.[test]' && .venv/bin/pytest",
    ]
