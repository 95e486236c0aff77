"""Commands on calendars: every fault of a file, or what a right one says."""

from __future__ import annotations

from typing import Any

from phanbo.cli.calendar_words import faults_text, summary_text
from phanbo.cli.commands import Commands

__all__ = ["add"]


def add(commands: Commands) -> None:
    """Declare ``calendar check``."""
    topic = commands.group("calendar", "lịch của một năm kế hoạch (tệp TOML)")
    one = topic.add("check", _check, "kiểm tra một lịch: nêu mọi lỗi, hoặc đọc lại lịch bằng lời")
    one.add_argument("file", metavar="TỆP", help="tệp TOML, hoặc tên một lịch có sẵn")


def _check(options: Any) -> int:
    from phanbo.calendar_file import ERROR, calendar_text, check_calendar, parse_calendar
    from phanbo.rulebook import CITABLE

    text = calendar_text(options.file)
    found = check_calendar(text, CITABLE)
    wrong = any(fault.severity == ERROR for fault in found)
    if not wrong:
        print(summary_text(parse_calendar(text), options.lang) + "\n")
    print(faults_text(found, options.file, options.lang))
    return 2 if wrong else 0
