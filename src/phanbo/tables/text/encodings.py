"""The encodings before Unicode, as their bytes stand in a file read as Windows-1252: TCVN3, VNI, UTF-8 twice."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["INNOCENT", "decode_tcvn3", "decode_utf8", "decode_vni", "encode_tcvn3", "encode_vni"]

_TCVN3 = dict(
    zip(
        "µ¶·¸¹¨»¼½¾Æ©ÇÈÉÊË®ÌÎÏÐÑªÒÓÔÕÖ×ØÜÝÞßáâãä«åæçèé¬êëìíîïñòóôõö÷øùúûüýþ¡¢£¤¥¦§\xad",
        "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụừửữứựỳỷỹýỵĂÂÊÔƠƯĐư",
        strict=True,
    )
)
"""TCVN 5712 VN3, the fonts .Vn…: no capital with a tone has a code, .Vn…H fonts draw small ones as capitals."""


def _vni() -> dict[str, str]:
    """Return what each letter of VNI, one or two characters, stands for."""
    grave, acute, hook, tilde, dot = tones = "\u0300\u0301\u0309\u0303\u0323"
    breve, hat, horn = "\u0306", "\u0302", "\u031b"
    pairs = {"i" + grave: "ì", "i" + acute: "í", "i" + hook: "æ", "i" + tilde: "ó", "i" + dot: "ò"}
    pairs |= {"y" + dot: "î", "đ": "ñ", "o" + horn: "ô", "u" + horn: "ö"}
    plain = dict(zip(tones, "øùûõï", strict=True))
    pairs |= {letter + tone: letter + mark for letter in "aeou" for tone, mark in plain.items()}
    pairs |= {"y" + tone: "y" + mark for tone, mark in plain.items() if tone != dot}
    pairs |= {"o" + horn + tone: "ô" + mark for tone, mark in plain.items()}
    pairs |= {"u" + horn + tone: "ö" + mark for tone, mark in plain.items()}
    for letter in "aeo":
        pairs[letter + hat] = letter + "â"
        pairs |= {letter + hat + t: letter + m for t, m in zip(tones, "àáåãä", strict=True)}
    pairs["a" + breve] = "aê"
    pairs |= {"a" + breve + t: "a" + m for t, m in zip(tones, "èéúüë", strict=True)}
    small = {mark: unicodedata.normalize("NFC", letter) for letter, mark in pairs.items()}
    return small | {mark.upper(): letter.upper() for mark, letter in small.items()}


_VNI = _vni()
_VNI_LETTER = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))
_MIXED = re.compile("([AEOUYÔÖ])([øùûõïâàáåãäêèéúüë])|([aeouyôö])([ØÙÛÕÏÂÀÁÅÃÄÊÈÉÚÜË])")
_TO_TCVN3 = {letter: mark for mark, letter in _TCVN3.items()}
_TO_VNI = {letter: mark for mark, letter in _VNI.items()}
INNOCENT = frozenset("\xa0°±²³–—‘’“”…•\u200b\u200c\u200d\ufeff")
"""What any text may hold."""

_UNDEFINED = {0x81: 0x81, 0x8D: 0x8D, 0x8F: 0x8F, 0x90: 0x90, 0x9D: 0x9D}
_TO_BYTE = {bytes([byte]).decode("cp1252"): byte for byte in range(256) if byte not in _UNDEFINED} | {
    chr(byte): byte for byte in range(0x80, 0xA0)
}


def decode_tcvn3(text: str) -> str | None:
    """Return the Vietnamese that *text* is in TCVN3; None where it has a character TCVN3 has not.

    Examples
    --------
    >>> decode_tcvn3("Ban qu¶n lý dù ¸n")
    'Ban quản lý dự án'
    """
    if any(not c.isascii() and c not in _TCVN3 and c not in INNOCENT for c in text):
        return None
    return "".join([_TCVN3.get(c, c) for c in text])


def encode_tcvn3(text: str) -> str:
    """Return *text* as TCVN3 holds it; a capital without a code becomes small, as in the .Vn…H fonts."""
    composed = unicodedata.normalize("NFC", text)
    return "".join([_TO_TCVN3.get(c) or _TO_TCVN3.get(c.lower(), c) for c in composed])


def decode_vni(text: str) -> str | None:
    """Return the Vietnamese that *text* is in VNI; None where a character is no part of a VNI letter.

    Examples
    --------
    >>> decode_vni("Ñöôøng giao thoâng")
    'Đường giao thông'
    """
    one_case = _MIXED.sub(
        lambda m: m[1] + m[2].upper() if m[1] else m[3] + m[4].lower(), text
    )  # the letter says the case, whatever the mark's
    rest = _VNI_LETTER.sub("", one_case)
    if any(not c.isascii() and c not in INNOCENT for c in rest):
        return None
    return _VNI_LETTER.sub(lambda match: _VNI[match[0]], one_case)


def encode_vni(text: str) -> str:
    """Return *text* as VNI holds it."""
    return "".join([_TO_VNI.get(c, c) for c in unicodedata.normalize("NFC", text)])


def decode_utf8(text: str) -> str | None:
    """Return the text whose UTF-8 bytes *text* shows one by one, once or twice over; None where it shows none.

    Examples
    --------
    >>> decode_utf8("\u00c4\u0090\u00c6\u00b0\u00e1\u00bb\u009dng")
    'Đường'
    """
    found = None
    for _ in range(2):
        # a no-break space, the second byte of à, is often an ordinary one by now
        shown = re.sub("Ã ", "Ã\xa0", text)
        codes = [_TO_BYTE.get(character) for character in shown]
        if text.isascii() or None in codes:
            break
        try:
            text = bytes(code for code in codes if code is not None).decode()
        except UnicodeDecodeError:
            break
        found = text
    return None if found is None else unicodedata.normalize("NFC", found)
