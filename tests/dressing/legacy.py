"""Vietnamese as old files hold it: TCVN3 (ABC), VNI and Windows-1258, written from the tables of the standards."""

from __future__ import annotations

import unicodedata

__all__ = ["cp1258", "tcvn3", "vni"]

_TONES = "\u0300\u0301\u0309\u0303\u0323"  # huyền, sắc, hỏi, ngã, nặng
_TCVN3 = {
    "a": "µ¸¶·¹", "ă": "»¾¼½Æ", "â": "ÇÊÈÉË", "e": "ÌÐÎÏÑ", "ê": "ÒÕÓÔÖ", "i": "×ÝØÜÞ",
    "o": "ßãáâä", "ô": "åèæçé", "ơ": "êíëìî", "u": "ïóñòô", "ư": "õøö÷ù", "y": "úýûüþ",
}  # fmt: skip
_TCVN3_PLAIN = dict(zip("ăâđêôơưĂÂĐÊÔƠƯ", "¨©®ª«¬\u00ad¡¢§£¤¥¦", strict=True))
_VNI_MARKS = {"": "øùûõï", "ă": "èéúüë", "â": "àáåãä"}
_VNI_I = dict(zip("ìíỉĩị", "ìíæóò", strict=True))
_VNI_BASE = {"ă": ("a", "ê", "ă"), "â": ("a", "â", "â"), "ê": ("e", "â", "â"), "ô": ("o", "â", "â")}


def _parts(character: str) -> tuple[str, int]:
    """Return a letter without its tone, and the place of the tone (-1: none)."""
    marks = unicodedata.normalize("NFD", character)
    tone = next((_TONES.index(mark) for mark in marks if mark in _TONES), -1)
    return unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in _TONES)), tone


def tcvn3(text: str) -> str:
    """Return what a Unicode reader sees of *text* typed in .VnTime; capitals have no tones there."""
    out = ""
    for character in unicodedata.normalize("NFC", text):
        letter, tone = _parts(character)
        toned = _TCVN3.get(letter.lower())
        out += toned[tone] if tone >= 0 and toned else _TCVN3_PLAIN.get(letter, letter)
    return out


def vni(text: str) -> str:
    """Return what a Unicode reader sees of *text* typed in VNI-Times."""
    return "".join(
        mark if character.islower() else mark.upper()
        for character in unicodedata.normalize("NFC", text)
        for mark in (_vni(character.lower()) if character.isalpha() else character)
    )


def _vni(character: str) -> str:
    if character in _VNI_I:
        return _VNI_I[character]
    if character == "ỵ":
        return "î"
    letter, tone = _parts(character)
    simple = {"đ": "ñ", "ơ": "ô", "ư": "ö"}
    base, own, marks = _VNI_BASE.get(letter, (simple.get(letter, letter), "", ""))
    return base + (_VNI_MARKS[marks][tone] if tone >= 0 else own)


def cp1258(text: str) -> bytes:
    """Return *text* in Windows-1258, which holds the tones as characters of their own."""
    out = b""
    for character in unicodedata.normalize("NFC", text):
        try:
            out += character.encode("cp1258")
        except UnicodeEncodeError:
            letter, tone = _parts(character)
            out += (letter + _TONES[tone]).encode("cp1258")
    return out
