"""The quick look at a sheet's bytes tells what the slow one does, however the sheet is written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hostile import HEAD
from phanbo.tables.files import scan as scanning
from phanbo.tables.files.parse import parse_sheet
from phanbo.tables.files.scan import scan, scan_plain
from phanbo.tables.files.sheet import Faults, letter

QUOTES = st.sampled_from(['"'] * 9 + ["'"])
PLAIN = st.sampled_from(
    [
        "<v>1</v>",
        "<v/>",
        "<v></v>",
        '<v xml:space="preserve"> 1 </v>',
        "<f>A1</f><v>2</v>",
        "<f>A1</f><v></v>",
        "<f>A1</f><v/>",
        "<f>A1&lt;2</f>",
        "<f/>",
        '<f t="shared" si="0"/><v>3</v>',
        '<f t="shared" si="0"/>',
        '<f t="shared" ref="A1:A2" si="0">B1</f>',
        "<is><t>a</t></is>",
        '<is><t xml:space="preserve"> a&amp;b </t></is>',
        "<is><r><t>a</t></r><r><t>b</t></r></is>",
        "<is><t/></is>",
        "",
    ]
)
ODD = st.sampled_from(
    ["<v>#REF!</v>", "<!-- --><v>1</v>", "<v><![CDATA[1]]></v>", "\n<v>1</v>\n", "<extLst/>"]
)
VALUES = st.one_of(PLAIN, PLAIN, PLAIN, ODD)
TYPES = st.sampled_from(["", "", "n", "s", "b", "e", "str", "inlineStr", "d"])


@st.composite
def cells(draw: st.DrawFn, row: int, column: int) -> str:
    quote = draw(QUOTES)
    named = [("r", f"{letter(column)}{row}")] if draw(st.integers(0, 15)) else []
    styled = [("s", str(draw(st.integers(0, 300))))] if draw(st.booleans()) else []
    kind = draw(TYPES)
    given_ = [*named, *styled, *([("t", kind)] if kind else [])]
    if not draw(st.integers(0, 9)):
        given_ = [*draw(st.permutations(given_)), *([("cm", "1")] if draw(st.booleans()) else [])]
    told = "".join(f" {name}={quote}{value}{quote}" for name, value in given_)
    held = draw(VALUES)
    if kind == "e" and "<v>" in held:
        held = "<v>#DIV/0!</v>"
    return f"<c{told}>{held}</c>" if held or draw(st.booleans()) else f"<c{told}/>"


@st.composite
def sheets(draw: st.DrawFn) -> bytes:
    quote = draw(QUOTES)
    rows = []
    number = 0
    for _ in range(draw(st.integers(0, 5))):
        number += draw(st.sampled_from([1, 1, 1, 2, 40, 99_998]))
        columns = sorted(draw(st.sets(st.sampled_from([0, 1, 2, 25, 26, 701, 702, 16_383]), max_size=5)))
        inner = "".join(draw(cells(number, column)) for column in columns)
        hidden = draw(
            st.sampled_from(["", "", "", f" hidden={quote}1{quote}", " hidden='true'", ' hidden="0"'])
        )
        named = f" r={quote}{number}{quote}" if draw(st.integers(0, 15)) else ""
        after = draw(st.sampled_from(["", "", "", ' spans="1:3"', ' ht="15" customHeight="1"', " "]))
        told = named + (after.rstrip() + hidden if draw(st.booleans()) else hidden + after)
        rows.append(f"<row{told}>{inner}</row>" if inner or draw(st.booleans()) else f"<row{told}/>")
    between = draw(st.sampled_from(["", "", "\n"]))
    columns_ = draw(
        st.sampled_from(
            [
                "",
                '<cols><col min="2" max="3" hidden="1"/></cols>',
                "<cols><col hidden='true' max='9' min='9'/></cols>",
            ]
        )
    )
    text = f"{HEAD}{columns_}<sheetData>{between.join(rows)}</sheetData></worksheet>"
    if not draw(st.integers(0, 9)):  # the same under a prefix
        for name in ("worksheet", "cols", "col", "sheetData", "row", "c", "v", "f", "is", "t", "r", "extLst"):
            text = text.replace(f"<{name}>", f"<x:{name}>").replace(f"<{name} ", f"<x:{name} ")
            text = text.replace(f"<{name}/>", f"<x:{name}/>").replace(f"</{name}>", f"</x:{name}>")
        text = text.replace("xmlns=", "xmlns:x=")
    return text.encode()


def told(found: Faults) -> Faults:
    found.hidden_rows.sort()
    found.hidden_columns.sort()
    return found


@given(sheets())
def test_quick_and_slow_agree(part: bytes) -> None:
    assert told(scan(part)) == told(parse_sheet(part))


def test_sheets_as_programs_write_them_are_read_the_quick_way() -> None:
    rows = "".join(
        f'<row r="{i}" spans="1:4" hidden="1"><c r="A{i}" s="1" t="s"><v>0</v></c><c r="B{i}" t="e"><v>#N/A</v></c>'
        f'<c r="C{i}"><f>A1</f></c><c r="D{i}" t="str"><f>A1</f><v></v></c><c r="E{i}" s="2"/></row>'
        for i in range(1, 3001)
    )
    part = f"{HEAD}<sheetData>{rows}</sheetData></worksheet>".encode()
    found = scan_plain(part)
    assert found is not None
    assert (found.last_row, found.last_column, found.held) == (3000, 4, 12_000)
    assert found.errors == {(i, 1): "#N/A" for i in range(3000)}
    assert found.unsaved == {(i, 2) for i in range(3000)}
    assert told(found) == told(parse_sheet(part))


def test_it_does_not_matter_where_the_bytes_are_cut() -> None:
    rows = "".join(
        f'<row r="{i}"><c r="A{i}" t="e"><v>#REF!</v></c><c r="C{i}"><f>A1</f><v/></c></row>'
        for i in range(1, 50)
    )
    part = f"{HEAD}<sheetData>{rows}</sheetData></worksheet>".encode()
    whole = scanning._SLAB
    try:
        for size in (1, 50, 73, 100, 1000):
            scanning._SLAB = size
            assert scan_plain(part) == parse_sheet(part)
    finally:
        scanning._SLAB = whole
