"""Files made to do harm are refused with words, at once, whatever they say of themselves; harmless oddities are read."""

from __future__ import annotations

import io
import random
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from hostile import (
    HEAD,
    biff,
    binary,
    binary_parts,
    binary_row,
    binary_sheet,
    cell,
    compound,
    ods,
    parts,
    record,
    sheet,
    wide,
    xlsb,
    xlsx,
    zipped,
)
from phanbo.errors import DataError
from phanbo.tables.files.limits import Limits, check_rectangles
from phanbo.tables.files.sheet import Faults
from phanbo.tables.files.workbook import open_workbook

BOMB = b"0" * 30_000_000
ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {y} "{f"&{x};" * 10}">' for x, y in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
DIGIT = record(0x0203, struct.pack("<HHHd", 0, 0, 0, 5.0))
CELL = '<table:table-cell office:value-type="float" office:value="5"'


def declared(text: str, what: str) -> str:
    head, mark, rest = text.partition("?>")
    return head + mark + what + rest


def lying(data: bytes, name: str) -> bytes:
    """Say of a part, in both places of the archive, that it unpacks to 10 bytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = struct.pack("<I", archive.getinfo(name).file_size)
    assert data.count(size) == 2
    return data.replace(size, struct.pack("<I", 10))


def overlapping(data: bytes) -> bytes:
    """Let all parts of the directory be one and the same."""
    out = bytearray(data)
    at = data.find(b"PK\1\2")
    while at >= 0:
        out[at + 42 : at + 46] = b"\0" * 4
        at = data.find(b"PK\1\2", at + 1)
    return bytes(out)


def twice() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in [*parts(sheet()).items(), ("XL/Workbook.xml", "<a/>")]:
            archive.writestr(name, text)
    return out.getvalue()


def redirected() -> bytes:
    """A workbook that shows one harmless sheet where it is looked for, and another where the archive points."""
    book = parts(sheet(), sheet(cell("a", "XFD1048576")))
    book["xl/other.xml"] = str(book["xl/workbook.xml"]).replace("rId1", "rId9").replace("rId2", "rId1")
    book["xl/_rels/other.xml.rels"] = (
        str(book["xl/_rels/workbook.xml.rels"]).replace("rId1", "rId9").replace("rId2", "rId1")
    )
    book["_rels/.rels"] = str(book["_rels/.rels"]).replace("xl/workbook.xml", "xl/other.xml")
    return zipped(book)


def shared(quote: str = '"') -> bytes:
    """A text of 30,000 letters in 20,000 cells."""
    rows = "".join(f'<row r="{i}"><c r="A{i}" t={quote}s{quote}><v>0</v></c></row>' for i in range(1, 20_001))
    text = f"{HEAD.replace('worksheet', 'sst')}<si><t>{'a' * 30_000}</t></si></sst>"
    return xlsx(sheet(rows), sharedStrings=text)


def xlsb_files() -> dict[str, tuple[bytes, str]]:
    """Return the .xlsb files that are refused, and a word of why."""
    one = binary_row(0, 5.0)
    plain = binary_sheet(one)
    far = one + binary(5, struct.pack("<IId", 16_383, 0, 1.0))
    text = binary(159, struct.pack("<II", 1, 1)) + binary(19, b"\0" + wide("a" * 30_000)) + binary(160)
    shared = binary_sheet(*(binary_row(at) + binary(7, struct.pack("<III", 0, 0, 0)) for at in range(20_000)))
    none = binary_parts(plain)
    del none["xl/worksheets/sheet1.bin"]
    twice = {**binary_parts(plain, plain)}
    twice["xl/_rels/workbook.bin.rels"] = str(
        binary_parts(plain, plain)["xl/_rels/workbook.bin.rels"]
    ).replace("sheet2", "sheet1")
    name = binary(156, struct.pack("<III", 0, 1, 2**30))
    return {
        "bomb.xlsb": (xlsb(plain, styles=BOMB * 7), "too large"),
        "lying.xlsb": (lying(xlsb(plain, theme=BOMB), "xl/theme.bin"), "broken"),
        "overlapping.xlsb": (overlapping(xlsb(plain)), "overlapping"),
        "laughs.xlsb": (
            zipped({**binary_parts(plain), "xl/_rels/workbook.bin.rels": ENTITIES + "<x>&i;</x>"}),
            "entities",
        ),
        "stray.xlsb": (xlsb(binary_sheet(far, binary_row(900_000, 1.0))), "XFD900001"),
        "stray-row.xlsb": (xlsb(binary_sheet(one, binary_row(2**32 - 1, 1.0))), "A4294967296"),
        "stray-column.xlsb": (xlsb(binary_sheet(one + binary(5, b"\xff" * 8 + b"\0" * 8))), "stray cells"),
        "shared.xlsb": (xlsb(shared, sharedStrings=text), "too large"),
        "no-text.xlsb": (xlsb(shared), "text is not there"),
        "long-text.xlsb": (
            xlsb(binary_sheet(binary_row(0) + binary(6, struct.pack("<III", 0, 0, 2**31)))),
            "",
        ),
        "many-texts.xlsb": (xlsb(plain, sharedStrings=binary(159, b"\xff" * 8)), ""),
        "long-name.xlsb": (zipped({**binary_parts(plain), "xl/workbook.bin": name}), "broken"),
        "cut.xlsb": (xlsb(plain)[:-30], "broken"),
        "half.xlsb": (xlsb(plain[:-10]), "cut off"),
        "backwards.xlsb": (xlsb(binary(129) + binary(146) + binary(145)), "not a workbook"),
        "empty-sheet.xlsb": (xlsb(b""), "cut off"),
        "long-record.xlsb": (xlsb(plain[:-4] + b"\x05\xff\xff\xff\x7f"), "cut off"),
        "short-record.xlsb": (xlsb(binary_sheet(binary_row(0) + binary(5, b"\0\0"))), "broken"),
        "no-sheet.xlsb": (zipped(none), "no part"),
        "one-sheet-twice.xlsb": (zipped(twice), "no part"),
        "noise.xlsb": (b"PK\3\4" + random.Random(2).randbytes(20_000), "broken"),
    }


def files() -> dict[str, tuple[bytes, str]]:
    """Return the files that are refused, and a word of why."""
    plain = xlsx(sheet())
    chain = compound({"Workbook": biff(DIGIT)}, [(2, 3), (3, 2)])
    noise = random.Random(1)
    return {
        "bomb.xlsx": (xlsx(sheet(), styles=b"<a>" + b" " * 300_000_000 + b"</a>"), "too large"),
        "bomb-picture.xlsx": (zipped({**parts(sheet()), "xl/media/a.png": BOMB * 7}), "too large"),
        "lying.xlsx": (lying(xlsx(sheet(), theme=BOMB), "xl/theme.xml"), "broken"),
        "overlapping.xlsx": (overlapping(plain), "overlapping"),
        "twice.xlsx": (twice(), "two parts of one name"),
        "outside.xlsx": (zipped({**parts(sheet()), "../../evil.xml": "<a/>"}), "outside the archive"),
        "outside2.xlsx": (zipped({**parts(sheet()), "..\\evil.xml": "<a/>"}), "outside the archive"),
        "many.xlsx": (zipped({f"{i}.xml": "" for i in range(10_001)}), "10001 parts"),
        "laughs.xlsx": (xlsx(declared(sheet(cell("&i;")), ENTITIES)), "entities"),
        "laughs-texts.xlsx": (xlsx(sheet(), sharedStrings=declared(sheet(), ENTITIES)), "entities"),
        "laughs-styles.xlsx": (xlsx(sheet(), styles=declared(sheet(), ENTITIES)), "entities"),
        "laughs-utf16.xlsx": (xlsx(declared(sheet(cell("&i;")), ENTITIES).encode("utf-16")), "entities"),
        "laughs-utf16be.xlsx": (xlsx(declared(sheet(cell("&i;")), ENTITIES).encode("utf-16-be")), "entities"),
        "laughs.ods": (zipped({"content.xml": ENTITIES + "<x>&i;</x>"}), "entities"),
        "passwd.xlsx": (xlsx(declared(sheet(cell("&a;")), OUTSIDE)), "entities"),
        "stray.xlsx": (xlsx(sheet(cell("a") + cell("b", "XFD1048576"))), "XFD1048576"),
        "stray-row.xlsx": (xlsx(sheet(cell("a") + cell("b", "CV900000"))), "CV900000"),
        "stray-unnamed.xlsx": (
            xlsx(sheet('<row r="900000">' + "<c><v>1</v></c>" * 100 + "</row>")),
            "CV900000",
        ),
        "strays.xlsx": (xlsx(*[sheet(cell("a") + cell("b", "C1000000"))] * 5), "C1000000"),
        "redirected.xlsx": (redirected(), "XFD1048576"),
        "shared.xlsx": (shared(), "too large"),
        "shared-otherwise.xlsx": (shared("'"), "too large"),
        "cut.xlsx": (plain[: len(plain) // 2], "broken"),
        "cut2.xlsx": (plain[:-30], "broken"),
        "half.xlsx": (xlsx(sheet()[:-40]), ""),
        "csv.xlsx": (b"a,b\n1,2\n", "not a workbook"),
        "csv.xls": ("STT;Tên\n1;Đường\n".encode(), "not a workbook"),
        "html.xls": (b"\xef\xbb\xbf<html><table><tr><td>1</td></tr></table></html>", "web page"),
        "empty.xlsx": (b"", "not a workbook"),
        "zip.xlsx": (zipped({"a.txt": "a"}), "no workbook"),
        "password.xlsx": (compound({"EncryptedPackage": b"1", "EncryptionInfo": b"2"}), "password"),
        "password.xls": (
            compound({"Workbook": record(0x0809, b"\0" * 16) + record(0x2F, b"\0" * 6)}),
            "password",
        ),
        "columns.ods": (
            ods(
                '<table:table-row table:number-rows-repeated="1000000">'
                + CELL
                + ' table:number-columns-repeated="16000"/></table:table-row>'
            ),
            "",
        ),
        "rows.ods": (
            ods('<table:table-row table:number-rows-repeated="99999999">' + CELL + "/></table:table-row>"),
            "",
        ),
        "cells.ods": (
            ods(
                '<table:table-row table:number-rows-repeated="900000">'
                + CELL
                + ' table:number-columns-repeated="100"/></table:table-row>'
            ),
            "CV900000",
        ),
        "cycle.xls": (chain, "chain"),
        "self.xls": (compound({"Workbook": biff(DIGIT)}, [(1, 1)]), "chain"),
        "dimensions.xls": (compound({"Workbook": biff(DIGIT, size=(2**32 - 1, 65_535))}), "larger than any"),
        "overlap.xls": (compound({"Workbook": biff(*[DIGIT] * 200, starts=0, count=99)}), ""),
        "noise.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + noise.randbytes(20_000), ""),
        "noise.xlsx": (b"PK\3\4" + noise.randbytes(20_000), "broken"),
        **xlsb_files(),
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("hostile")
    for name, (data, _) in files().items():
        (root / name).write_bytes(data)
    return root


def test_each_is_refused_with_words(folder: Path) -> None:
    wrong = {}
    for name, (_, why) in files().items():
        try:
            open_workbook(folder / name, Limits())
        except DataError as error:
            (found,) = error.findings
            said = all((found.message_vi, found.message_en, found.mend_vi, found.mend_en))
            if found.severity != "error" or not said or why not in found.message_en:
                wrong[name] = found.message_en
        else:
            wrong[name] = "read"
    assert not wrong


CHILD = """
import resource, sys
from pathlib import Path
import numpy, pandas, python_calamine
from phanbo import check_excel
from phanbo.tables.files.workbook import open_workbook
size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (size + int(sys.argv[1]), -1))
for path in sys.argv[2:]:
    print(Path(path).name, *sorted(set(check_excel(path)["code"])))
"""


def child(room: int, *paths: Path) -> list[str]:
    """Read files in a process with so much more memory; what it says, and nothing on stderr."""
    done = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-c", CHILD, str(room), *map(str, paths)],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


@pytest.mark.skipif(sys.platform != "linux", reason="limits the memory of a process")
def test_memory_is_bounded_and_nothing_is_printed(folder: Path) -> None:
    names = sorted(files())
    said = child(400_000_000, *(folder / name for name in names))
    assert [line.split()[0] for line in said] == names
    assert {line.split()[1] for line in said} == {"file-unreadable", "too-large"}


@pytest.mark.skipif(sys.platform != "linux", reason="limits the memory of a process")
def test_formatted_emptiness_is_read(tmp_path: Path) -> None:
    empty = "".join(f'<row r="{i}" s="1"/>' for i in range(2, 1_000_001))
    wide = '<row r="2">' + "".join(f'<c r="{at}2" s="1"/>' for at in ("A", "Z", "XFD")) + "</row>"
    formatted = '<cols><col min="1" max="16384" width="9"/></cols>'
    for name, data in {
        "rows": xlsx(sheet(cell("a") + empty)),
        "columns": xlsx(sheet(cell("a") + wide, formatted)),
    }.items():
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(data)
        (found,) = open_workbook(path, Limits())
        assert [row[:1] for row in found.rows if any(row)] == [["a"]]
        assert child(800_000_000, path) == [f"{name}.xlsx no-header no-lines sheets-unused"]
    path = tmp_path / "rows.ods"
    row = '<table:table-row table:number-rows-repeated="{}"><table:table-cell {}/></table:table-row>'
    far = 'table:number-columns-repeated="16384"'
    path.write_bytes(ods("<table:table-row>" + CELL + "/></table:table-row>" + row.format(1_048_575, far)))
    (found,) = open_workbook(path, Limits())
    assert [each for each in found.rows if any(each)] == [[5.0]]
    assert child(400_000_000, path) == ["rows.ods no-header no-lines sheets-unused"]


@pytest.mark.skipif(sys.platform != "linux", reason="limits the memory of a process")
def test_emptiness_in_a_binary_workbook_is_read(tmp_path: Path) -> None:
    one = binary_row(0, 5.0, "=1+1", b"\x17")
    blank = binary(1, struct.pack("<II", 16_383, 1))
    hidden = binary(60, struct.pack("<IIIIHB", 0, 2**32 - 1, 0, 0, 1, 0)) * 1_000
    for name, part in {
        "rows": binary_sheet(one, *(binary_row(at) for at in range(1, 1_000_000))),
        "cells": binary_sheet(one, *(binary_row(at) + blank for at in range(1, 100_000))),
        "says": binary_sheet(one, size=(2**32 - 1, 2**32 - 1)),
        "hidden": hidden.join([binary(129), binary_sheet(one)[3:]]),
    }.items():
        path = tmp_path / f"{name}.xlsb"
        path.write_bytes(xlsb(part))
        (found,) = open_workbook(path, Limits())
        assert [row[:2] for row in found.rows if any(row)] == [[5.0, "=1+1"]]
        assert found.faults.errors == {(0, 2): "#REF!"}
        assert len(found.faults.hidden_columns) == (16_384 if name == "hidden" else 0)
    said = child(400_000_000, *sorted(tmp_path.iterdir()))
    assert len(said) == 4
    assert not any("file-unreadable" in line for line in said)


def test_well_filled_sheets_are_within_the_limits() -> None:
    def told(held: int) -> list[tuple[str, Faults]]:
        return [("S", Faults(last_row=10**6, last_column=30, held=held))]

    check_rectangles(told(30 * 10**6))
    check_rectangles(told(2 * 10**6))
    check_rectangles([("S", Faults(last_row=10**6, last_column=4, held=1))])
    with pytest.raises(DataError, match="AD1000000"):
        check_rectangles(told(600_000))


def test_hidden_columns_said_a_million_times_are_kept_once(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    hidden = '<col min="1" max="9999999" hidden="1"/>' * 10_000
    path.write_bytes(xlsx(sheet(before=f"<cols>{hidden}</cols>")))
    (found,) = open_workbook(path, Limits())
    assert len(found.faults.hidden_columns) == 16_384


def test_links_to_other_files_are_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(zipped({**parts(sheet()), "xl/externalLinks/externalLink1.xml": "<externalLink/>"}))
    (found,) = open_workbook(path, Limits())
    assert [each.code for each in found.findings] == ["external-links"]
    assert found.rows == [[1.0]]
    outside = {"xl/externalLinks/externalLink1.bin": b"a"}
    (tmp_path / "a.xlsb").write_bytes(zipped({**binary_parts(binary_sheet(binary_row(0, 1.0))), **outside}))
    (found,) = open_workbook(tmp_path / "a.xlsb", Limits())
    assert [each.code for each in found.findings] == ["external-links"]
    assert found.rows == [[1.0]]


def test_a_workbook_under_another_name_is_read(tmp_path: Path) -> None:
    book = parts(sheet())
    book["xl/workbook2.xml"] = book.pop("xl/workbook.xml")
    book["xl/_rels/workbook2.xml.rels"] = book.pop("xl/_rels/workbook.xml.rels")
    book["_rels/.rels"] = str(book["_rels/.rels"]).replace("workbook", "workbook2")
    (tmp_path / "a.xlsx").write_bytes(zipped(book))
    (found,) = open_workbook(tmp_path / "a.xlsx", Limits())
    assert found.rows == [[1.0]]
