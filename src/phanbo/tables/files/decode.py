"""The bytes of a text file into text: Unicode by its marks, the eight-bit encodings by the syllables they make."""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass

from phanbo.tables.text.encodings import decode_tcvn3, decode_vni
from phanbo.tables.text.syllables import is_syllable

__all__ = ["DecodeError", "Decoded", "decode"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BY_HAND = {"tcvn3": decode_tcvn3, "abc": decode_tcvn3, "vni": decode_vni}
_WORD = re.compile(r"[^\s\d!-/:-@\[-`{-\x7f–—‘’“”…•°±²³]+")
"""Also the signs inside words: ``qu¶n`` is one word, and no syllable."""

_LOOKED_AT = 200_000
_CLEAR = 0.3
_FIT = 0.6
_MEND = (
    'lưu lại dạng CSV UTF-8, hoặc nói rõ bảng mã: encoding="windows-1258", "tcvn3", "vni" …',
    'save it as CSV UTF-8, or say the encoding: encoding="windows-1258", "tcvn3", "vni" …',
)


class DecodeError(Exception):
    """Bytes that are no text, or could be two; why and how to mend it, in both languages."""

    def __init__(self, vi: str, en: str, mend: tuple[str, str] = _MEND) -> None:
        super().__init__(en)
        self.said, self.mend = (vi, en), mend


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, the encoding it was in, and whether that was found out by evidence alone."""

    text: str
    encoding: str
    guessed: bool = False


def decode(data: bytes, encoding: str | None = None) -> Decoded:
    """Return the text of a file in the *encoding* somebody named, else in the one its bytes show.

    Text in TCVN3 or VNI is returned as Windows-1252 shows it: those are put into Unicode cell by cell.

    Raises
    ------
    DecodeError
        The bytes are no text, are broken, or make sense in two encodings or in none.
    LookupError
        There is no such *encoding*.
    """
    found = _named(data, encoding) if encoding is not None else _marked(data) or _plain(data)
    if "\0" in found.text:
        raise DecodeError(
            "tệp có byte NUL: không phải văn bản, hoặc bị hỏng",
            "the file holds NUL bytes: not text, or broken",
        )
    return found


def _named(data: bytes, encoding: str) -> Decoded:
    key = encoding.strip().casefold()
    if key in _BY_HAND:
        text = _BY_HAND[key](_latin(data))
        if text is None:
            raise DecodeError(
                f"tệp không phải chữ {encoding}: có ký tự bảng mã ấy không có",
                f"the file is not in {encoding}: it has characters which that encoding has not",
            )
        return Decoded(unicodedata.normalize("NFC", text), encoding)
    codec = codecs.lookup(key)
    if not codec._is_text_encoding:  # noqa: SLF001 - no public name says it
        raise LookupError(encoding)
    mark = next((mark for mark, name in _MARKS if name == codec.name and data.startswith(mark)), b"")
    return Decoded(_strictly(data[len(mark) :], key), encoding)


def _strictly(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise DecodeError(
            f"dòng {line}: byte thứ {error.start + 1} không phải chữ {encoding}",
            f"line {line}: byte {error.start + 1} is no {encoding}",
        ) from None
    return unicodedata.normalize("NFC", text) if encoding.endswith("1258") else text.removeprefix("\ufeff")


def _marked(data: bytes) -> Decoded | None:
    """Return the text of a file whose first bytes name its encoding."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return Decoded(_strictly(data[len(mark) :], name), name)
    return None


def _plain(data: bytes) -> Decoded:
    if b"\0" in data:
        return _wide(data)
    try:
        return Decoded(data.decode(), "utf-8")
    except UnicodeDecodeError:
        shown = data.decode(errors="replace")
    broken = shown.count("\ufffd")
    if sum(character > "\x7f" for character in shown) - broken >= 4 * broken:
        _strictly(data, "utf-8")  # says where it is broken
    return _eight_bits(data)


def _wide(data: bytes) -> Decoded:
    """UTF-16 without its mark: the zero bytes of ASCII letters stand all first or all second."""
    first, second = data[::2].count(0), data[1::2].count(0)
    name, held = ("utf-16-be", first) if first > second else ("utf-16-le", second)
    if 4 * held >= len(data) and 10 * min(first, second) <= held and len(data) % 2 == 0:
        return Decoded(_strictly(data, name), name, guessed=True)
    raise DecodeError(
        "tệp có byte NUL: không phải văn bản, hoặc bị hỏng", "the file holds NUL bytes: not text, or broken"
    )


def _latin(data: bytes) -> str:
    """Windows-1252; the five bytes it has no character for stay what they are, as on the web."""
    return data.decode("latin-1").translate(_TO_1252)


_UNDEFINED = frozenset({0x81, 0x8D, 0x8F, 0x90, 0x9D})
_TO_1252 = {byte: bytes([byte]).decode("cp1252") for byte in range(0x80, 0xA0) if byte not in _UNDEFINED}


def _eight_bits(data: bytes) -> Decoded:
    """Take the encoding whose words are Vietnamese syllables, where no other explains the file as well."""
    latin = _latin(data)
    readings: dict[str, str | None] = {
        "TCVN3": decode_tcvn3(latin),
        "VNI": decode_vni(latin),
        "windows-1252": latin,
    }
    try:
        readings["windows-1258"] = unicodedata.normalize("NFC", data.decode("cp1258"))
    except UnicodeDecodeError:
        readings["windows-1258"] = None
    texts = {name: text for name, text in readings.items() if text is not None}
    if texts.get("windows-1258") == latin:
        return Decoded(latin, "windows-1252", guessed=True)
    fits = sorted(((_share(text), name) for name, text in texts.items()), reverse=True)
    (best, name), (second, _) = fits[0], [*fits, (0.0, "")][1]
    if best < _FIT or best - second < _CLEAR:
        raise _undecided(texts)
    return Decoded(texts[name] if name == "windows-1258" else latin, name, guessed=True)


def _words(text: str) -> list[str]:
    return sorted({word for word in _WORD.findall(text[:_LOOKED_AT]) if not word.isascii()})


def _share(text: str) -> float:
    """Return how many of the words beyond ASCII can be Vietnamese."""
    words = _words(text)
    return sum(map(is_syllable, words)) / len(words) if words else 0.0


def _undecided(texts: dict[str, str]) -> DecodeError:
    shown = "; ".join(f"{name}: “{words[0]}”" for name, text in texts.items() if (words := _words(text)))
    return DecodeError(
        f"không rõ bảng mã của tệp ({shown})", f"the encoding of the file cannot be told ({shown})"
    )
