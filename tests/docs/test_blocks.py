"""Every block of code in docs/ runs, in order, in a folder of its own, and prints what the page shows below it."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest

from phanbo.cli import main
from phanbo.examples import write_lang_son

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```([a-z]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

ELSEWHERE = {
    "intake.md": "needs a Treasury file and a marked sheet: tests/unit/test_intake_doc.py makes them and runs it",
    "regimes.md": "tests/unit/test_regimes_doc.py runs it",
    "provinces.md": "the page is files and commands on them: tests/unit/test_provinces.py",
    "mutation.md": "its commands change the source and take hours",
}
"""Pages whose blocks do not run here, and why."""
NOT_RUN = {
    "python3 -m venv": "installs phanbo itself: the README's own commands, run by hand and in CI",
    ".venv/bin/phanbo demo": "the same; `phanbo demo` runs in tests/unit/test_cli.py",
}
"""Beginnings of shell lines that do not run, and why."""
SHOWN = {"text", "toml", "console"}
"""Languages of blocks that are shown, not run; a `text` block below one that runs is what it prints."""


def pages() -> list[Path]:
    """Return every page that is written by hand."""
    return [p for p in sorted(DOCS.rglob("*.md")) if "_build" not in p.parts]


def blocks(page: Path) -> list[tuple[str, str]]:
    """Return language and text of each block."""
    return BLOCK.findall(page.read_text(encoding="utf-8"))


def commands(text: str) -> list[tuple[list[str], int]]:
    """Return the commands of a shell block with the exit code each ends in (``# exit 6``, else 0)."""
    found = []
    for line in text.splitlines():
        bare, _, comment = line.partition("#")
        if bare.strip() and not bare.startswith(tuple(NOT_RUN)):
            code = re.fullmatch(r"\s*exit (\d+)", comment)
            found.append((shlex.split(bare), int(code[1]) if code else 0))
    return found


def run(language: str, text: str, known: dict[str, object], page: str) -> str:
    """Run one block and return what it prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        if language == "python":
            exec(compile(text, page, "exec"), known)  # noqa: S102 - our own text
        else:
            for words, code in commands(text):
                assert words[0] == "phanbo", f"{page}: {words[0]} is neither phanbo nor declared in NOT_RUN"
                assert main(words[1:]) == code, f"{page}: {' '.join(words)}"
    return out.getvalue()


RUN = [p for p in pages() if p.relative_to(DOCS).as_posix() not in ELSEWHERE and blocks(p)]


@pytest.mark.parametrize("page", RUN, ids=lambda page: page.relative_to(DOCS).as_posix())
def test_its_blocks_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_lang_son("ke-hoach-2024.xlsx")
    known: dict[str, object] = {"__name__": "__main__"}
    printed: str | None = None
    for language, text in blocks(page):
        if language in {"python", "sh"}:
            printed = run(language, text, known, page.name)
            continue
        assert language in SHOWN, f"{page.name}: nothing is said of blocks in {language}"
        if language == "text" and printed is not None:
            assert printed.rstrip() == text.rstrip(), page.name
            printed = None


def test_the_exceptions_are_there() -> None:
    assert [name for name in ELSEWHERE if not blocks(DOCS / name)] == []
    shell = [text for page in pages() for language, text in blocks(page) if language == "sh"]
    assert [begin for begin in NOT_RUN if not any(f"\n{begin}" in f"\n{text}" for text in shell)] == []
