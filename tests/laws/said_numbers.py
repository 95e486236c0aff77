"""The numbers, dates and shares that the text of a sentence says, read by rules of its own."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from phanbo.explain import Sentence
from phanbo.explain.writing import terms_of
from rounds import RULEBOOK

__all__ = ["parsed", "plain", "rounded"]

Values = Mapping[str, Any]

AMOUNT = {
    "vi": re.compile(r"(?<![\d.,])(-?\d[\d.]*(?:,\d+)?) triệu đồng"),
    "en": re.compile(r"(?<![\d.,])(-?\d[\d,]*(?:\.\d+)?) million đồng"),
}
SHARE = re.compile(r"(?<![\d.,])(\d+[.,]\d\d)%")
DAY = {"vi": re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b"), "en": re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")}
COUNT = re.compile(r"(?<![\w.,])\d+(?![\w%]|[.,]\d)")


def words_of(values: Values, lang: str) -> Iterator[str]:
    """Yield the texts of a claim that may hold digits: names, reasons, rules, titles of columns."""
    for value in values.values():
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, list):
                text = text[0]  # noqa: PLW2901 — a column or a goal, then its value
            if not isinstance(text, str):
                continue
            yield text
            for code, rule in terms_of(RULEBOOK).items():
                if code == text:
                    yield rule.title_vi if lang == "vi" else rule.title_en
                    yield rule.source.cite(lang)


def plain(values: Values) -> Iterator[Any]:
    """Yield every plain value of a claim."""
    for value in values.values():
        yield value
        if isinstance(value, list):
            yield from value
            yield from (part for each in value if isinstance(each, list) for part in each)
            yield from (
                -part for each in value if isinstance(each, list) for part in each if isinstance(part, int)
            )


def parsed(sentence: Sentence, lang: str) -> tuple[set[int], set[str], set[str], set[int]]:
    """Return the amounts (đồng), dates (ISO), shares and counts that a text says."""
    text = sentence.text
    for word in sorted(words_of(sentence.claim.values, lang), key=len, reverse=True):
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", word):
            text = text.replace(word, " ")
    days = set()
    for found in DAY[lang].findall(text):
        year, month, day = found if lang == "en" else found[::-1]
        days.add(dt.date(int(year), int(month), int(day)).isoformat())
    text = DAY[lang].sub(" ", text)
    thousands, comma = (".", ",") if lang == "vi" else (",", ".")
    amounts = {
        int(Fraction(number.replace(thousands, "").replace(comma, ".")) * 1_000_000)
        for number in AMOUNT[lang].findall(text)
    }
    text = AMOUNT[lang].sub(" ", text)
    shares = {share.replace(",", ".") for share in SHARE.findall(text)}
    return amounts, days, shares, {int(number) for number in COUNT.findall(SHARE.sub(" ", text))}


def rounded(share: Any) -> str:
    """Return a share [numerator, denominator] as a percentage, half a point up."""
    points = (Fraction(*share) * 10_000 + Fraction(1, 2)).__floor__()
    return f"{points // 100}.{points % 100:02d}"
