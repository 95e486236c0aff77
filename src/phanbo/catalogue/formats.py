"""Numbers and dates as a reader of the language writes them (Babel). Money comes in as whole đồng and stays exact."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from phanbo.words import language

if TYPE_CHECKING:
    import datetime as dt
    from fractions import Fraction

__all__ = ["amount", "billion", "day", "million", "percent"]

_LOCALE = {"vi": "vi_VN", "en": "en_GB"}
_DAY = {"vi": "d/M/yyyy", "en": "yyyy-MM-dd"}


def amount(dong: int, lang: str = "vi") -> str:
    """Write whole đồng.

    Examples
    --------
    >>> amount(1234567), amount(-1234567, "en")
    ('1.234.567', '-1,234,567')
    """
    from babel.numbers import format_decimal

    return str(format_decimal(int(dong), format="#,##0", locale=_LOCALE[language(lang)]))


def million(dong: int, lang: str = "vi", places: int = 6) -> str:
    """Write đồng in millions (triệu đồng): exact, without trailing zeros; fewer *places* round half to even.

    Examples
    --------
    >>> million(1_234_567_890), million(1_234_567_890, "en", places=1)
    ('1.234,56789', '1,234.6')
    """
    return _scaled(dong, -6, places, lang)


def billion(dong: int, lang: str = "vi", places: int = 9) -> str:
    """Write đồng in billions (tỷ đồng), as `million` does.

    Examples
    --------
    >>> billion(1_234_567_890_000), billion(1_234_567_890_000, "en", places=1)
    ('1.234,56789', '1,234.6')
    """
    return _scaled(dong, -9, places, lang)


def _scaled(dong: int, power: int, places: int, lang: str) -> str:
    from babel.numbers import format_decimal

    pattern = "#,##0." + "#" * places if places else "#,##0"
    exact = Decimal(int(dong)).scaleb(power)
    return str(format_decimal(exact, format=pattern, locale=_LOCALE[language(lang)]))


def percent(share: Fraction | Decimal | int, lang: str = "vi", places: int = 1) -> str:
    """Write an exact share as a percentage.

    Examples
    --------
    >>> from fractions import Fraction
    >>> percent(Fraction(2, 3)), percent(Fraction(2, 3), "en", places=2)
    ('66,7%', '66.67%')
    """
    from babel.numbers import format_percent

    exact = Decimal(share.numerator) / Decimal(share.denominator) if not isinstance(share, Decimal) else share
    pattern = "#,##0." + "0" * places + "%" if places else "#,##0%"
    return str(format_percent(exact, format=pattern, locale=_LOCALE[language(lang)]))


def day(date: dt.date, lang: str = "vi") -> str:
    """Write a date.

    Examples
    --------
    >>> import datetime as dt
    >>> day(dt.date(2024, 9, 15)), day(dt.date(2024, 9, 15), "en")
    ('15/9/2024', '2024-09-15')
    """
    from babel.dates import format_date

    return str(format_date(date, format=_DAY[language(lang)], locale=_LOCALE[lang]))
