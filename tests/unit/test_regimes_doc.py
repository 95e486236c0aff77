"""The page on the three laws tells the truth: its blocks print what stands there, its command exists."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

from phanbo.cli.parser import parser
from phanbo.rulebook_file import BUILT_IN

PAGE = (Path(__file__).parents[2] / "docs" / "regimes.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_blocks_print_what_the_page_shows() -> None:
    known: dict[str, object] = {}
    codes, shown = blocks("python"), blocks("text")
    assert len(codes) == len(shown) > 0
    for code, text in zip(codes, shown, strict=True):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, "regimes.md", "exec"), known)  # noqa: S102 — our own text
        assert printed.getvalue().rstrip() == text.rstrip()


def test_every_rulebook_has_its_column() -> None:
    head = next(line for line in PAGE.splitlines() if line.startswith("| what"))
    assert [name for name in BUILT_IN if name not in head] == []


@pytest.mark.parametrize("line", re.findall(r"^    phanbo (compare [^#\n]*)", PAGE, re.MULTILINE))
def test_the_commands_are_understood(line: str) -> None:
    assert parser().parse_args(line.split()).command == "compare"
