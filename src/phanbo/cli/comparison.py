"""The command ``compare``: a case folder against another one, or against another rulebook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from phanbo.cli.commands import Commands
from phanbo.cli.comparison_words import comparison_text
from phanbo.cli.texts import say

__all__ = ["add"]


def add(commands: Commands) -> None:
    """Declare ``compare``."""
    one = commands.add("compare", _compare, "so sánh một đợt dưới hai bộ quy định, từng quy định một")
    one.add_argument("folder", metavar="THƯ_MỤC", help="thư mục hồ sơ")
    one.add_argument("other", metavar="KHÁC", help="thư mục hồ sơ khác, hoặc bộ quy định: vn-2025b, tệp TOML")
    one.add_argument("--out", metavar="TỆP.xlsx", help="ghi hai sheet: theo quy định, theo dòng vốn")


def _compare(options: Any) -> int:
    from phanbo.comparison import Comparison
    from phanbo.proposal.storage import load_proposal

    proposal = load_proposal(options.folder)
    folder = Path(options.other).is_dir()
    other = load_proposal(options.other) if folder else proposal.under(options.other)
    found = Comparison(proposal, other)
    print(comparison_text(found, options.lang))
    if options.out is not None:
        from phanbo.report.comparison import write_comparison

        write_comparison(found, options.out, options.lang)
        print(say("written", options.lang, path=options.out))
    return 0
