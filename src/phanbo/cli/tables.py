"""Commands on tables: a blank workbook, and every fault of a filled one."""

from __future__ import annotations

from typing import Any

from phanbo.cli.commands import Commands, reading
from phanbo.cli.input import keep_input
from phanbo.cli.texts import findings_text, reconciled_text, say

__all__ = ["add"]


def add(commands: Commands) -> None:
    """Declare ``template`` and ``check``."""
    one = commands.add("template", _template, "ghi một workbook trống có hướng dẫn")
    one.add_argument("file", metavar="TỆP")
    one.add_argument("--year", type=int, default=2024, help="năm kế hoạch")

    one = commands.add("check", _check, "kiểm tra dữ liệu, liệt kê mọi lỗi")
    reading(one)
    one.add_argument("--out", metavar="TỆP.xlsx", help="ghi các phát hiện ra workbook")
    one.add_argument(
        "--annotate",
        metavar="TỆP.xlsx",
        help="ghi bản sao của workbook, các ô có phát hiện được tô màu, ghi chú",
    )


def _template(options: Any) -> int:
    from phanbo.tables.template import write_template

    print(say("template", options.lang, path=write_template(options.file, year=options.year)))
    return 0


def _check(options: Any) -> int:
    from phanbo.tables.check.canonical import findings_frame
    from phanbo.tables.read import examine_file

    keep_input(options)
    examined = examine_file(options.file, sheet=options.sheet, unit=options.unit, year=options.year)
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
