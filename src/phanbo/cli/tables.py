"""Commands on tables: a blank workbook, every fault of a filled one, the Treasury's figures matched with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from phanbo.cli.commands import Commands, reading, reading_forms, treasury
from phanbo.cli.input import expected_of, keep_input, treasury_of
from phanbo.cli.texts import findings_text, forms_text, reconciled_text, say
from phanbo.money import format_dong

if TYPE_CHECKING:
    from phanbo.tables.check import Examined

__all__ = ["add"]


def add(commands: Commands) -> None:
    """Declare ``template``, ``check`` and ``match``."""
    one = commands.add("template", _template, "ghi một workbook trống có hướng dẫn")
    one.add_argument("file", metavar="TỆP")
    one.add_argument("--year", type=int, default=2024, help="năm kế hoạch")

    one = commands.add("check", _check, "kiểm tra dữ liệu, liệt kê mọi lỗi")
    reading_forms(one)
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

    keep_input(options)
    examined, forms = _examined(options)
    found = findings_frame(examined.findings)
    text, errors = findings_text(found, options.lang)
    print(text)
    if forms is not None:
        print(forms_text(examined.findings, forms, options.lang, listed=options.expected is not None))
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


def _examined(options: Any) -> tuple[Examined, int | None]:
    """Return what was read and every finding; of a folder of forms, how many there are too."""
    expected = expected_of(options)
    if options.forms is None:
        from phanbo.tables.read import examine_file

        told = {"sheet": options.sheet, "unit": options.unit, "year": options.year, **treasury_of(options)}
        return examine_file(options.file, **told), None
    from phanbo.tables.files.limits import Limits
    from phanbo.tables.forms import examine_forms
    from phanbo.tables.options import options_of

    how = options_of(options.unit, options.year, None)
    return examine_forms(Path(options.forms), expected, options.sheet, how, Limits())


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
