"""Damaged files, the same for the same seed: bytes, XML inside the archive, and layouts that go wrong."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path
from random import Random

from dressing.dress import laid_out, picker
from dressing.pages import Fault, file_bytes, zipped

__all__ = ["MODES", "mutant"]

TESTS = Path(__file__).resolve().parents[1]
MODES = ("bytes", "xml", "layouts")
SEEDS = sorted(path for path in (TESTS / "corpus" / "files").rglob("*") if path.is_file())
NUMBERS = (
    "0",
    "-1",
    "1048577",
    "4294967296",
    "99999999999999999999",
    "1e308",
    "NaN",
    "XFD1048576",
    "",
    "A0",
    "�",
)
KINDS = ("xlsx", "xls", "ods", "csv utf-8 ;", "csv utf-16 ,", "csv cp1258 ;")
ODD = (
    "1.234",
    "#REF!",
    "=1+1",
    "x",
    "",
    "(5)",
    "31/02/2024",
    "9" * 400,
    "TỔNG SỐ",
    "I",
    "\x00",
    -1,
    1e300,
    True,
    Fault("#N/A"),
    None,
)


def mutant(mode: str, seed: int) -> tuple[str, bytes]:
    """Return the suffix and the bytes of the damaged file that *seed* makes."""
    chance = Random(f"{mode} {seed}")
    if mode == "layouts":
        return _layout(chance)
    path = chance.choice(SEEDS)
    content = path.read_bytes()
    inside = content[:2] == b"PK" and (mode == "xml" or chance.random() < 0.4)
    if not inside:
        return path.suffix, _bytes(content, chance)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    part = chance.choice(
        [*members, *(name for name in members if "sheet" in name or "content" in name), *members]
    )
    for _ in range(chance.randint(1, 4)):
        members[part] = _xml(members[part], chance) if mode == "xml" else _bytes(members[part], chance)
    if chance.random() < 0.05:
        members.pop(chance.choice(list(members)))
    return path.suffix, zipped(members)


def _bytes(content: bytes, chance: Random) -> bytes:
    out = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 5, 30))):
        at, other = chance.randrange(len(out) + 1), chance.randrange(len(out) + 1)
        match chance.randrange(6):
            case 0 if at < len(out):
                out[at] ^= 1 << chance.randrange(8)
            case 1:
                out[at : at + chance.randint(1, 8)] = chance.randbytes(chance.randint(0, 8))
            case 2 if chance.random() < 0.2:
                del out[at:]
            case 3:
                out[at:at] = out[other : other + chance.randint(1, 200)]
            case 4:
                del out[at : at + chance.randint(1, 60)]
            case _:
                out[at : at + 4] = chance.choice(
                    (b"\xff" * 4, bytes(4), b"\x7f\xff\xff\xff", b'";,\n', b"\r\n\t ")
                )
    return bytes(out)


def _xml(content: bytes, chance: Random) -> bytes:
    text = content.decode("utf-8", "replace")
    values = [match.span(1) for match in re.finditer(r'="([^"]*)"', text)]
    nodes = [
        match.span()
        for match in re.finditer(
            r"<(c|row|table:table-cell|table:table-row|mergeCell|sheet|v|t)\b.*?(?:/>|</\1>)", text
        )
    ]
    holds = [match.span(1) for match in re.finditer(r">([^<>]+)<", text)]
    what = chance.randrange(6)
    if what <= 1 and values:
        start, end = chance.choice(values)
        new = chance.choice(
            (*NUMBERS, "s", "e", "b", "d", "str", "inlineStr", text[slice(*chance.choice(values))])
        )
        text = text[:start] + new + text[end:]
    elif what == 2 and nodes:
        start, end = chance.choice(nodes)
        text = text[:start] + text[start:end] * chance.choice((0, 2, 2, 50)) + text[end:]
    elif what == 3 and len(nodes) > 1:
        (a, b), (c, d) = sorted(chance.sample(nodes, 2))
        if b <= c:
            text = text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]
    elif what == 4 and holds:
        start, end = chance.choice(holds)
        new = chance.choice((*NUMBERS, *(str(odd) for odd in ODD if odd != "\x00"))).replace("<", "")
        text = text[:start] + new + text[end:]
    elif what == 5:
        evil = '<!DOCTYPE a [<!ENTITY b "bbbbbbbb">' + "".join(
            f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("bcdefghij", "cdefghijk", strict=True)
        )
        text = (
            text.replace("?>", "?>" + evil + "]>", 1)
            if chance.random() < 0.3
            else text.replace("</", "&k;</", 1)
        )
    return text.encode()


def _layout(chance: Random) -> tuple[str, bytes]:
    import phanbo as pb
    from rounds import lines

    _, pages = laid_out(pb.Portfolio(lines(chance.randint(1, 12))), picker(chance.randrange(2**32)))
    kind = chance.choice(KINDS)
    for _ in range(chance.randint(1, 5)):
        page = chance.choice(pages)
        row = chance.choice(page.rows) or [None]
        at = chance.randrange(len(row))
        other = chance.choice(page.rows) or [None]
        match chance.randrange(8):
            case 0:
                to = chance.randrange(len(other))
                row[at], other[to] = other[to], row[at]
            case 1:
                row[at] = chance.choice([odd for odd in ODD if kind != "xlsx" or odd != "\x00"])
            case 2:
                page.rows.remove(row) if row in page.rows and len(page.rows) > 2 else None
            case 3:
                page.rows.insert(chance.randrange(len(page.rows)), list(row))
            case 4:
                for each in page.rows:
                    del each[at : at + 1]
            case 5:
                top, left = chance.randrange(len(page.rows)), chance.randrange(9)
                page.merged.append((top, left, top + chance.randrange(4), left + chance.randrange(6)))
            case 6:
                row[at] = str(row[at])[: chance.randrange(9)]
            case _:
                row.insert(at, None)
    if kind.startswith("csv") and "cp1258" in kind:
        kind = (
            "csv utf-8 ;"
            if any(isinstance(c, str) and "\x00" in c for p in pages for r in p.rows for c in r)
            else kind
        )
    return "." + kind.split(" ")[0], file_bytes(kind, pages)
