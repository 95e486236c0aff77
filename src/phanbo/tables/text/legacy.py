"""Sheets typed in the fonts before Unicode: told by their syllables, converted, never silently mangled."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from phanbo.errors import Finding
from phanbo.money import format_dong
from phanbo.tables.files.sheet import Sheet, address, letter
from phanbo.tables.text.encodings import INNOCENT, decode_tcvn3, decode_utf8, decode_vni
from phanbo.tables.text.syllables import is_syllable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["convert_sheet"]

_TELLTALE = re.compile(
    r"[\x80-\x9f\xa1-\xbf\xc4-\xc7\xcb\xce-\xd1\xd6-\xd8\xdb\xdc\xde\xdf\xe4-\xe7\xeb\xee-\xf1\xf6-\xf8\xfb\xfc\xfe\xff\xad]"
)
"""Latin-1 characters no Vietnamese letter uses: a sheet without any of them is as it should be."""

_USUAL = _TELLTALE.sub("", "".join(map(chr, range(256)))).encode("latin-1")

_WORD = re.compile(r"[^\W\d_]+")
_TOKEN = re.compile("(?:[A-Za-z]|[^\\x00-\x7f\\s" + "".join(INNOCENT) + "])+")
"""A word as an old font has it: of its letters some show as signs."""

_LONE = frozenset("ởủổôơýỷ")
_UNITS = frozenset({"µm", "µs", "N·m"})
_HIGHLAND = frozenset(("bl", "br", "dr", "đr", "gr", "hr", "kl", "kr", "ml", "mr", "pl", "pr", "rl", "sr"))
"""What names of the Central Highlands begin with ("Krông")."""

_DECODERS = {"TCVN3": decode_tcvn3, "VNI": decode_vni}
_NAMES = {"TCVN3": "TCVN3 (ABC)", "VNI": "VNI", "UTF-8": "UTF-8"}
_ENOUGH = 2
"""So many different words that only an encoding explains settle it."""
_CLEAR = 3
"""A sheet is in one encoding where that explains so many times as many texts as any other reading."""
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a text says in one encoding.

    Attributes
    ----------
    text : str
        The text, its words of that encoding converted one by one.
    explained, sure, wrong : int
        Words the encoding explains, those of them that are no Vietnamese as they stand, and words it cannot be
        right about.
    left : tuple of str
        Words and signs that stay as they are, and may be of the encoding.
    """

    text: str
    explained: int
    sure: int
    wrong: int
    left: tuple[str, ...] = ()


def convert_sheet(sheet: Sheet) -> tuple[Sheet, list[Finding]]:
    """Return *sheet* with its TCVN3, VNI and twice encoded texts in Unicode, and what was done or is in doubt.

    A word is converted where its letters make a Vietnamese syllable in one encoding and none as they stand;
    the other texts of its column, then of the sheet, settle what it does not show alone. What nothing
    settles, and a sign or a name that is no syllable among such words ("5 µ", "Crédit"), stays as it is, with
    a warning. Plain and Unicode texts are never touched.
    """
    if not any(map(_has_telltale, (*sheet.columns, (sheet.name,)))):
        return sheet, []
    texts = {at: found for at, column in enumerate(sheet.columns) if (found := _foreign(column))}
    distinct = {
        text: _readings(text) for text in sorted({text for found in texts.values() for text in found})
    }
    overall = _evidence(distinct.values())
    changes: dict[int, dict[str, tuple[str, str]]] = {}
    doubts: dict[int, dict[str, tuple[str, ...]]] = {}
    for at, found in texts.items():
        here = _evidence(distinct[text] for text in found)
        settled = _settled(here) or (_settled(overall) if not here["Unicode"] else "")
        for text in sorted(found):
            encoding = _encoding(distinct[text], settled, mixed=here["Unicode"] > 0)
            if encoding == "?":
                doubts.setdefault(at, {})[text] = ()
            elif encoding:
                read = distinct[text][encoding]
                if read.text != text:
                    changes.setdefault(at, {})[text] = encoding, read.text
                if read.left:
                    doubts.setdefault(at, {})[text] = read.left
    sheet, said = _renamed(sheet, _settled(overall))
    return _converted(sheet, changes), [*said, *_notes(sheet, changes), *_doubtful(sheet, doubts)]


def _has_telltale(column: tuple[Any, ...]) -> bool:
    """Whether any text of a column has a telltale; all are looked at in one go, for hardly any column has."""
    try:
        together = "".join(column)
    except TypeError:  # not all are texts; below the headers often none is, which a sum tells at once
        below = next(at for at, cell in enumerate(column) if cell.__class__ is not str)
        try:
            sum(column[below:])
            column = column[:below]
        except (TypeError, OverflowError):
            pass
        together = "".join([cell for cell in column if cell.__class__ is str])
    if together.isascii():
        return False
    return bool(together.encode("latin-1", "ignore").translate(None, _USUAL))


def _foreign(column: tuple[Any, ...]) -> set[str]:
    """Return the distinct texts of a column that are not ASCII."""
    if str not in set(map(type, column)):
        return set()
    return {cell for cell in set(column) if cell.__class__ is str and not cell.isascii()}


def _readings(text: str) -> dict[str, _Reading]:
    """Return what a text could be, best not yet chosen; ``"Unicode"`` is the text as it stands."""
    found = {"Unicode": _Reading(text, 0, 0, sum(not is_syllable(word) for word in _marked(text)))}
    if not any("\x80" <= c <= "\xff" for c in text):
        return found
    twice = decode_utf8(text)
    if twice is not None and any(is_syllable(word) for word in _marked(twice)):
        return found | {"UTF-8": _Reading(twice, _ENOUGH, _ENOUGH, 0)}
    for name in _DECODERS:
        read = _by_words(text, name)
        if read.text != text or read.left:
            found[name] = read
    return found


def _by_words(text: str, name: str) -> _Reading:
    """Return what a text says in an encoding: its words are converted where they make a syllable so."""
    explained: set[str] = set()
    sure: set[str] = set()
    left: dict[str, None] = {}
    wrong = 0

    def convert(match: re.Match[str]) -> str:
        nonlocal wrong
        word = match[0]
        new = word if word.isascii() else _DECODERS[name](word)
        plausible = _is_plausible(word)
        if new == word or (new is None and (plausible or max(word) > "\xff")):
            return word
        if new is not None and _is_plausible(new) and not _is_sign(match, new):
            if len(new) > 1:
                explained.add(new)
                sure.update([] if plausible else [new])
            return new
        if plausible or new is None or not _is_sign(match, new):
            wrong += 1
        if not plausible:
            left[word] = None
        return word

    read = _TOKEN.sub(convert, text)
    return _Reading(read, len(explained), len(sure), wrong, tuple(left))


def _is_plausible(word: str) -> bool:
    """Whether a word can be Vietnamese, or a name of the Highlands."""
    return is_syllable(word) or (word[:2].lower() in _HIGHLAND and is_syllable(word[1:]))


def _is_sign(match: re.Match[str], new: str) -> bool:
    """Whether a word is but a sign or a unit beside figures: "5m×3", "10 × 20", "5 µm", "« »"."""
    word, text = match[0], match.string
    if len(word) == 1:
        return new.lower() not in _LONE or (word == "«" and "»" in text)
    before, after = text[: match.start()][-1:], text[match.end() :][:1]
    return word in _UNITS or after.isdigit() or (before.isdigit() and len(word) < 3)


def _marked(text: str) -> Iterator[str]:
    """Yield the words of a text that have a letter beyond ASCII."""
    return (word for word in _WORD.findall(text) if not word.isascii())


def _likely(readings: Mapping[str, _Reading]) -> list[str]:
    """Return the encodings that explain all the words of a text."""
    return [
        name for name, read in readings.items() if name != "Unicode" and not read.wrong and read.explained
    ]


def _evidence(texts: Iterable[Mapping[str, _Reading]]) -> Counter[str]:
    """Count the texts that only one reading explains."""
    count: Counter[str] = Counter()
    for readings in texts:
        likely, plain = _likely(readings), readings["Unicode"]
        if len(likely) == 1 and plain.wrong | bool(_TELLTALE.search(plain.text)):
            count[likely[0]] += 1
        elif not likely and not plain.wrong and any(_marked(plain.text)):
            count["Unicode"] += 1
    return count


def _settled(evidence: Counter[str]) -> str:
    """Return the encoding the evidence is for; ``""`` where there is none, or two sorts of it."""
    (first, most), (_, next_most) = [*evidence.most_common(2), ("", 0), ("", 0)][:2]
    return first if most >= _ENOUGH and most >= _CLEAR * next_most else ""


def _encoding(readings: Mapping[str, _Reading], settled: str, *, mixed: bool) -> str:
    """Return the encoding of a text: ``""`` where it stays as it is, ``"?"`` where that cannot be told."""
    likely, plain = _likely(readings), readings["Unicode"]
    odd = bool(plain.wrong) or _TELLTALE.search(plain.text) is not None
    if odd and len(likely) == 1 and (readings[likely[0]].sure >= _ENOUGH or likely[0] == settled):
        return likely[0]
    if settled and settled != "Unicode":
        read = readings.get(settled)
        if read is None:
            return "?" if likely else ""
        if not odd:  # it reads both ways, or only as it stands
            return "" if read.wrong else "?" if mixed else settled
        # among its like a name that no Vietnamese syllable spells ("Đắk Krông") is taken with its other words
        return settled if read.explained or not read.wrong else "?"
    return "?" if likely and odd else ""


def _renamed(sheet: Sheet, settled: str) -> tuple[Sheet, list[Finding]]:
    """Return the sheet with its name in Unicode beside it; findings go on naming it as the file does."""
    readings = _readings(sheet.name)
    encoding = _encoding(readings, settled, mixed=False)
    if not encoding:
        return sheet, []
    name = sheet.name if encoding == "?" else readings[encoding].text
    kept = ", ".join(f"“{word}”" for word in readings[encoding].left) if encoding != "?" else f"“{name}”"
    found = []
    if name != sheet.name:
        vi, en = (
            f"tên trang mã {_NAMES[encoding]}, hiểu là “{name}”",
            f"its name in {_NAMES[encoding]}, read as “{name}”",
        )
        found.append(_finding(sheet, None, sheet.name, ("text-legacy", "note", vi, en)))
    if kept:
        vi = f"tên trang: {kept} có thể là chữ TCVN3 hoặc VNI, không chắc: giữ nguyên"
        en = f"the sheet's name: {kept} may be text in TCVN3 or VNI, which cannot be told: left as it is"
        mends = ("gõ lại tên trang bằng Unicode", "type the sheet's name again in Unicode")
        found.append(_finding(sheet, None, sheet.name, ("text-doubtful", "warning", vi, en), mends))
    return replace(sheet, named=name), found


def _converted(sheet: Sheet, changes: Mapping[int, Mapping[str, tuple[str, str]]]) -> Sheet:
    if not changes:
        return sheet
    rows = [list(row) for row in sheet.rows]
    for column, texts in changes.items():
        for row in rows:
            cell = row[column] if column < len(row) else None
            if cell.__class__ is str and cell in texts:
                row[column] = texts[cell][1]
    return replace(sheet, rows=rows)


def _notes(sheet: Sheet, changes: Mapping[int, Mapping[str, tuple[str, str]]]) -> list[Finding]:
    """Say once an encoding how many cells were converted, and show the first."""
    found = []
    for encoding, name in _NAMES.items():
        cells = {
            (row, column): cell
            for column, texts in changes.items()
            for row, cell in enumerate(sheet.columns[column])
            if cell.__class__ is str and cell in texts and texts[cell][0] == encoding
        }
        if not cells:
            continue
        (row, column), old = min(cells.items())
        new = changes[column][old][1]
        letters = ", ".join(letter(at) for at in sorted({at for _, at in cells}))
        small = encoding == "TCVN3"  # what a font draws as capitals is small in the file
        found.append(
            _finding(
                sheet,
                (row, column),
                old,
                (
                    "text-legacy",
                    "note",
                    f"{format_dong(len(cells))} ô chữ (cột {letters}) mã {name} đã chuyển sang "
                    f"Unicode, ví dụ “{new}”"
                    + ("; chữ hoa của phông .Vn…H thành chữ thường" if small else ""),
                    f"{len(cells):,} cells of text (columns {letters}) in "
                    + ("UTF-8 encoded twice" if encoding == "UTF-8" else name)
                    + f" were put into Unicode, e.g. “{new}”"
                    + ("; capitals of the .Vn…H fonts come out small" if small else ""),
                ),
            )
        )
    return found


def _doubtful(sheet: Sheet, doubts: Mapping[int, Mapping[str, tuple[str, ...]]]) -> list[Finding]:
    """Name each text that could be of an old encoding and stayed as it was, all or in part, where it stands first."""
    found = []
    mends = ("gõ lại ô này bằng Unicode", "type the cell again in Unicode")
    for column, texts in doubts.items():
        cells = sheet.columns[column]
        for text in sorted(texts)[:_SHOWN]:
            kept = ", ".join(f"“{word}”" for word in texts[text])
            said = (
                f"“{text}”: {kept} có thể là chữ TCVN3 hoặc VNI, không chắc: giữ nguyên"
                if kept
                else f"“{text}” có thể là chữ TCVN3 hoặc VNI, không chắc: giữ nguyên",
                f"“{text}”: {kept} may be text in TCVN3 or VNI, which cannot be told: left as it is"
                if kept
                else f"“{text}” may be text in TCVN3 or VNI, which cannot be told: left as it is",
            )
            place = (cells.index(text), column)
            found += [_finding(sheet, place, text, ("text-doubtful", "warning", *said), mends)]
        if rest := sorted(cells.index(text) for text in sorted(texts)[_SHOWN:]):
            listed = ", ".join(address(row, column) for row in rest)
            said = (
                f"và {format_dong(len(rest))} chữ khác như vậy, giữ nguyên: {listed}",
                f"and {len(rest):,} more such texts, left as they are: {listed}",
            )
            place = (rest[0], column)
            found += [_finding(sheet, place, listed, ("text-doubtful", "warning", *said), mends)]
    return found


def _finding(
    sheet: Sheet,
    place: tuple[int, int] | None,
    value: str,
    said: tuple[str, str, str, str],
    mends: tuple[str, str] = ("", ""),
) -> Finding:
    code, severity, vi, en = said
    return Finding(
        code=code,
        severity=severity,
        message_vi=vi,
        message_en=en,
        mend_vi=mends[0],
        mend_en=mends[1],
        sheet=sheet.name,
        row=place[0] + 1 if place is not None else None,
        cell=address(*place) if place is not None else "",
        value=value,
        rule=code,
    )
