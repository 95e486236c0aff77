"""Every text stands in both languages, with the same places, and is asked for somewhere."""

from __future__ import annotations

import datetime as dt
import doctest
import re
import string
import unicodedata
from fractions import Fraction
from pathlib import Path

import pytest

import phanbo
from phanbo.catalogue import amount, day, formats, keys, million, percent, say, texts

SOURCE = Path(phanbo.__file__).parent
VIETNAMESE = re.compile(r"[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]")


class Echo(dict[str, str]):
    """Gives every place its own name."""

    def __missing__(self, key: str) -> str:
        return key


def raw(key: str, lang: str) -> str:
    surface, _, name = key.partition(".")
    return texts._surface(surface)[name][lang]


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def fault(key: str) -> str:
    """Return what is wrong with a text; nothing where nothing is."""
    vi, en = raw(key, "vi"), raw(key, "en")
    if not (vi.strip() and en.strip()):
        return f"{key}: empty"
    if places(vi) != places(en):
        return f"{key}: other places"
    if not unicodedata.is_normalized("NFC", vi + en):
        return f"{key}: parted letters"
    spoken = en.lower().replace("đồng", "").replace("phân bổ", "")
    return f"{key}: a Vietnamese word in the English text" if VIETNAMESE.search(spoken) else ""


@pytest.mark.parametrize("surface", sorted({key.partition(".")[0] for key in keys()}))
def test_texts_are_complete(surface: str) -> None:
    assert [told for key in keys(surface) if (told := fault(key))] == []


def test_every_text_is_asked_for_and_every_text_asked_for_is_there() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for path in sorted(SOURCE.rglob("*"))
        if path.suffix in {".py", ".js", ".html", ".j2"} and path.is_file()
    )
    held = set(keys())
    stems = set(re.findall(r"""["']([a-z_]+\.[a-z_0-9]+)\{""", code))  # say(f"page.role_{role}")
    unused = {key for key in held if f'"{key}"' not in code and f"'{key}'" not in code}
    unused -= {key for key in unused for stem in stems if key.startswith(stem)}
    assert not unused
    asked = set(re.findall(r"""\b(?:say|both|unfilled)\(\s*["']([a-z_]+\.[a-z_0-9]+)["']""", code))
    assert not asked - held


def test_an_unknown_key_and_an_unknown_language_are_refused() -> None:
    for key in ("common.nothing", "nowhere.total"):
        with pytest.raises(KeyError):
            say(key)
    with pytest.raises(ValueError, match="fr"):
        say("common.total", "fr")


def test_numbers_and_dates_are_written_as_each_language_does() -> None:
    assert (amount(-1234567), amount(1234567, "en")) == ("-1.234.567", "1,234,567")
    assert million(9_007_199_254_740_991) == "9.007.199.254,740991"  # exact to the đồng
    assert million(1, "en") == "0.000001"
    assert (percent(Fraction(1, 3)), percent(Fraction(1, 3), "en", 2)) == ("33,3%", "33.33%")
    assert (day(dt.date(2024, 2, 1)), day(dt.date(2024, 2, 1), "en")) == ("1/2/2024", "2024-02-01")


@pytest.mark.parametrize("module", [texts, formats])
def test_examples_of_the_docstrings(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]
