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


def test_the_example_prints_what_the_readme_shows() -> None:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(blocks("python")[0], "README.md", "exec"), {})  # noqa: S102 — our own text
    assert printed.getvalue().rstrip() == blocks("text")[0].rstrip()


def test_the_questions_have_the_answers_shown() -> None:
    printed = io.StringIO()
    known: dict[str, object] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(blocks("python")[0], "README.md", "exec"), known)  # noqa: S102 — our own text
    with contextlib.redirect_stdout(printed):
        exec(compile(blocks("python")[1], "README.md", "exec"), known)  # noqa: S102 — our own text
    assert printed.getvalue().rstrip() == blocks("text")[1].rstrip()


def test_why_is_answered_as_shown() -> None:
    printed = io.StringIO()
    known: dict[str, object] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(blocks("python")[0], "README.md", "exec"), known)  # noqa: S102 — our own text
    with contextlib.redirect_stdout(printed):
        exec(compile(blocks("python")[2], "README.md", "exec"), known)  # noqa: S102 — our own text
    assert printed.getvalue().rstrip() == blocks("text")[2].rstrip()


def test_many_provinces_are_done_as_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("lang-son", "nghe-an"):
        write_lang_son(f"{name}.xlsx")
    shown = blocks("python")[3].replace("workers=2", "workers=1")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(shown, "README.md", "exec"), {"__name__": "__main__"})  # noqa: S102 — our own text
    assert "failed" not in printed.getvalue()
    assert all((tmp_path / "dot-2" / name / "proposal.xlsx").is_file() for name in ("lang-son", "nghe-an"))


def test_another_year_and_law_are_as_shown() -> None:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(blocks("python")[4], "README.md", "exec"), {"pb": pb})  # noqa: S102 — our own text
    assert printed.getvalue().rstrip() == blocks("text")[3].rstrip()


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
