"""Commands on tables: a blank workbook, every fault of a filled one, the Treasury's figures matched with it."""

from __future__ import annotations

from typing import Any

from phanbo.cli.commands import Commands, reading, treasury
from phanbo.cli.input import keep_input, treasury_of
from phanbo.cli.texts import findings_text, reconciled_text, say
from phanbo.money import format_dong

__all__ = ["add"]


def add(commands: Commands) -> None:
    """Declare ``template``, ``check`` and ``match``."""
    one = commands.add("template", _template, "ghi một workbook trống có hướng dẫn")
    one.add_argument("file", metavar="TỆP")
    one.add_argument("--year", type=int, default=2024, help="năm kế hoạch")

    one = commands.add("check", _check, "kiểm tra dữ liệu, liệt kê mọi lỗi")
    reading(one)
    treasury(one)
    one.add_argument("--as-of", metavar="NGÀY", help="báo khi số liệu Kho bạc cũ hơn kỳ báo cáo gần nhất")
    one.add_argument("--out", metavar="TỆP.xlsx", help="ghi các phát hiện ra workbook")
    one.add_argument(
        "--annotate",
        metavar="TỆP.xlsx",
        help="ghi bản sao của workbook, các ô có phát hiện được tô màu, ghi chú",
    )

    one = commands.add("match", _match, "ghép số liệu Kho bạc với kế hoạch, lập phiếu đối chiếu")
    reading(one)
    one.add_argument("treasury", metavar="KHO_BẠC", help="tệp số liệu Kho bạc")
    one.add_argument("--review", metavar="TỆP.xlsx", help="phiếu đã đánh dấu trước đó; các dấu được giữ lại")
    one.add_argument("--out", metavar="TỆP.xlsx", help="ghi phiếu đối chiếu")


def _template(options: Any) -> int:
    from phanbo.tables.template import write_template

    print(say("template", options.lang, path=write_template(options.file, year=options.year)))
    return 0


def _check(options: Any) -> int:
    from phanbo.tables.check.canonical import findings_frame
    from phanbo.tables.read import examine_file

    keep_input(options)
    examined = examine_file(
        options.file, sheet=options.sheet, unit=options.unit, year=options.year, **treasury_of(options)
    )
    found = findings_frame(examined.findings)
    text, errors = findings_text(found, options.lang)
    print(text)
    if reconciled := reconciled_text(examined.stated, options.lang):
        print(reconciled)
    if options.out:
        from phanbo.report.findings import write_findings

        write_findings(found, options.out, lang=options.lang)
        print(say("written", options.lang, path=options.out))
    if options.annotate:
        from phanbo.tables.annotate import write_annotated
        from phanbo.tables.check.reconcile import differences

        gaps = differences(examined.stated)
        write_annotated(options.file, options.annotate, examined.findings, gaps, lang=options.lang)
        print(say("written", options.lang, path=options.annotate))
    return 1 if errors else 0


def _match(options: Any) -> int:
    from phanbo.tables.read import match_treasury

    keep_input(options)
    found = match_treasury(
        options.file,
        options.treasury,
        review=options.review,
        sheet=options.sheet,
        unit=options.unit,
        year=options.year,
    )
    counts = {
        "pairs": len(found.pairs),
        "open": len(found.unmatched_treasury),
        "lines": len(found.unmatched_lines),
    }
    money = {"unplaced": format_dong(found.unplaced)}
    print(say("matched", options.lang, **counts, **money))
    if options.out:
        found.to_excel(options.out)
        print(say("written", options.lang, path=options.out))
    return 1 if found.unplaced else 0
