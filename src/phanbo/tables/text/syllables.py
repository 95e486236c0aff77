"""Whether a word can be a Vietnamese syllable: onset, rime and tone as the spelling allows them."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

__all__ = ["is_syllable"]

_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_ACUTE_OR_DOT = frozenset("\u0301\u0323")
_LETTERS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
_ONSETS = sorted(_LETTERS.split(), key=len, reverse=True)
_ENDINGS = """
    a ac ach ai ak am an ang anh ao ap at au ay ăc ăk ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên êng ênh êp êt êu
    i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oem oen oeo oet oi om on ong
    oong ooc op ot ô ôc ôi ôk ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
    u ua uân uâng uât uây uc uê uêch uên uênh ui um un ung uôc uôi uôm uôn uông uôt uơ up ut uy uya uych uyên
    uyêt uynh uyp uyt uyu ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu
    y yêm yên yêng yêt yêu ych ynh yp yt"""
_RIMES = frozenset(_ENDINGS.split())
_FRONT = frozenset("eêiy")
_STOPS = ("c", "ch", "p", "t", "k")


@lru_cache(maxsize=65_536)
def is_syllable(word: str) -> bool:
    """Whether *word* is spelt as a Vietnamese syllable may be, whatever its case.

    Examples
    --------
    >>> [is_syllable(word) for word in ("Đường", "quản", "thoâng", "qu¶n", "crédit")]
    [True, True, False, False, False]
    """
    letters = unicodedata.normalize("NFD", word.lower())
    tones = [mark for mark in letters if mark in _TONES]
    plain = unicodedata.normalize("NFC", "".join(mark for mark in letters if mark not in _TONES))
    if len(tones) > 1:
        return False
    return any(
        plain.startswith(onset) and _fits(onset, plain[len(onset) :], tones[0] if tones else "")
        for onset in (*_ONSETS, "")
    )


def _fits(onset: str, rime: str, tone: str) -> bool:
    if rime not in _RIMES:
        return False
    front = rime[0] in _FRONT
    if (onset in {"c", "ng"} and front) or (onset in {"k", "gh", "ngh"} and not front):
        return False
    return tone in _ACUTE_OR_DOT if rime.endswith(_STOPS) else True
