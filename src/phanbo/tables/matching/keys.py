"""Codes and names made comparable. What is folded is declared here; nothing else counts as the same."""

from __future__ import annotations

import difflib
import re
import unicodedata
from functools import lru_cache

__all__ = ["code_key", "likeness", "name_key"]

_HIDDEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_LATIN = "ABEKMHOPCTYXISJ" + "ABEZHIKMNOPTYX"
_LOOK_ALIKE = str.maketrans("АВЕКМНОРСТУХІЅЈ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", _LATIN)  # Cyrillic and Greek capitals
_DASHES = re.compile(r"[\u2010-\u2015\u2212]")
_WORDS = {
    "bql": "ban quản lý",
    "qlda": "quản lý dự án",
    "đtxd": "đầu tư xây dựng",
    "đh": "đường huyện",
    "đt": "đường tỉnh",
    "ql": "quốc lộ",
    "thcs": "trung học cơ sở",
    "thpt": "trung học phổ thông",
    "tp": "thành phố",
    "tx": "thị xã",
    "ubnd": "ủy ban nhân dân",
    "xd": "xây dựng",
}
"""Abbreviations with one meaning in names of projects and owners; "TT" and "TH" have two and stay."""

_COMPARED = 500
"""Letters of a name whose order is compared: the time grows as its square, and no project's name is as long."""

_ROAD = re.compile(r"\b(đt|đh|ql)(?=\d)")
_TONES = {
    unicodedata.normalize("NFC", first + second + tone): unicodedata.normalize("NFC", first + tone + second)
    for first, second in ("oa", "oe", "uy")
    for tone in "\u0300\u0301\u0309\u0303\u0323"
}


@lru_cache(maxsize=65536)
def code_key(text: str) -> str:
    """Return a project code without blanks, width, case and letters of other alphabets that look Latin.

    Examples
    --------
    >>> code_key(" ＤА 0123–4")
    'DA0123-4'
    """
    plain = unicodedata.normalize("NFKC", text).translate(_HIDDEN).upper().translate(_LOOK_ALIKE)
    return _DASHES.sub("-", "".join(plain.split()))


@lru_cache(maxsize=65536)
def name_key(text: str) -> str:
    """Return a name without case, punctuation, place of tone marks; declared abbreviations are written out.

    Examples
    --------
    >>> name_key("Đường ĐT.295B (giai đoạn 1)") == name_key("đường  Đường tỉnh 295B, giai đoạn 1")
    True
    """
    plain = unicodedata.normalize("NFKC", text).translate(_HIDDEN).casefold()
    for new, old in _TONES.items():
        # "oá" and "óa" end a syllable; before another letter (hoàn) there is one way only
        plain = re.sub(f"{old}(?!\\w)", new, plain)
    plain = _ROAD.sub(r"\1 ", re.sub(r"[^\w]+|_", " ", plain))
    return " ".join(_WORDS.get(word, word) for word in plain.split())


def likeness(one: str, other: str) -> int:
    """Return how alike two names (as `name_key` gives them) are, 0 to 100: shared words, order of the first 500 letters."""
    if not one or not other:
        return 0
    left, right = set(one.split()), set(other.split())
    shared = 100 * len(left & right) // len(left | right)
    first, second = sorted(
        (one[:_COMPARED], other[:_COMPARED])
    )  # the ratio of two texts depends on their order
    return max(shared, int(100 * difflib.SequenceMatcher(None, first, second, autojunk=False).ratio()))
