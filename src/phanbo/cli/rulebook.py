"""Commands on rulebooks: those built in, what to verify of one, and a province's own file checked."""

from __future__ import annotations

from typing import Any

from phanbo.cli.commands import Commands
from phanbo.cli.rulebook_words import changes_text, faults_text, list_text, review_text
from phanbo.cli.texts import say

__all__ = ["add"]


def add(commands: Commands) -> None:
    """Declare ``rulebook list``, ``rulebook review`` and ``rulebook check``."""
    topic = commands.group("rulebook", "bộ quy định (luật, nghị quyết, chỉ thị áp dụng cho một đợt)")
    topic.add("list", _list, "các bộ quy định có sẵn, áp dụng từ ngày nào đến ngày nào")

    one = topic.add("review", _review, "phiếu rà soát: việc cần kiểm tra trước, rồi mọi nội dung")
    one.add_argument("rulebook", metavar="TÊN_HOẶC_TỆP", help="vn-2020, vn-2025b … hoặc tệp TOML")
    one.add_argument("--out", metavar="PHIẾU.xlsx", help="ghi phiếu để in, khổ A4 ngang")

    one = topic.add("check", _check, "kiểm tra bộ quy định riêng: nêu mọi lỗi, hoặc khác bộ gốc ở đâu")
    one.add_argument("file", metavar="TỆP", help="tệp TOML, hoặc tên một bộ quy định có sẵn")


def _list(options: Any) -> int:
    from phanbo.rulebook_file import BUILT_IN, load_rulebook

    print(list_text([load_rulebook(name) for name in BUILT_IN], options.lang))
    return 0


def _review(options: Any) -> int:
    from phanbo.rulebook_file import load_rulebook

    book = load_rulebook(options.rulebook)
    print(review_text(book, options.lang))
    if options.out:
        from phanbo.report.review_sheet import write_review

        write_review(book, options.out, options.lang)
        print("\n" + say("written", options.lang, path=options.out))
    return 0


def _check(options: Any) -> int:
    from phanbo.rulebook_file import parse_rulebook, rulebook_faults, rulebook_text

    text = rulebook_text(options.file)
    found = rulebook_faults(text)
    if found:
        print(faults_text(found, options.file, options.lang))
        return 2
    print(changes_text(parse_rulebook(text), options.file, options.lang))
    return 0
