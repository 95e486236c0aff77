"""What can be asked of the command line: every command, by topic."""

from __future__ import annotations

import argparse
from typing import NoReturn

from phanbo.cli import calendar, case, comparison, rounds, rulebook, tables
from phanbo.cli.commands import Commands
from phanbo.cli.input import Usage

__all__ = ["Usage", "parser"]

TOPICS = (tables, calendar, rulebook, rounds, case, comparison)


class _Parser(argparse.ArgumentParser):
    """A parser that leaves it to `main` to say what is wrong."""

    def error(self, message: str) -> NoReturn:
        """Tell what is wrong, and of which command."""
        raise Usage(message, self.prog)


def parser() -> argparse.ArgumentParser:
    """Return the parser of every command."""
    root = _Parser(
        prog="phanbo",
        description="Phương án điều chỉnh kế hoạch vốn đầu tư công: xếp hạng, đúng luật, đã kiểm chứng.",
    )
    root.add_argument("--lang", choices=("vi", "en"), default="vi", help="ngôn ngữ của thông báo")
    commands = Commands(root)
    for topic in TOPICS:
        topic.add(commands)
    return root
