"""The texts, read from TOML once a surface."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from phanbo.words import LANGS, language

__all__ = ["both", "keys", "say", "stage", "unfilled"]


def say(key: str, lang: str = "vi", /, **values: object) -> str:
    """Return a text of the catalogue, its places filled in.

    Parameters
    ----------
    key : str
        ``surface.name``.
    lang : str
        ``vi`` or ``en``.
    **values
        What stands in the places ``{name}`` of the text, formatted by the caller.

    Raises
    ------
    KeyError
        For a key the catalogue does not hold, or a place without a value.
    ValueError
        For another language.

    Examples
    --------
    >>> say("common.total"), say("common.total", "en")
    ('TỔNG SỐ', 'TOTAL')
    """
    surface, _, name = key.partition(".")
    text = _surface(surface)[name][language(lang)]
    return text.format_map(values) if values or "{" in text else text


def both(key: str, **values: object) -> tuple[str, str]:
    """Return a text in Vietnamese and in English.

    Examples
    --------
    >>> both("common.total")
    ('TỔNG SỐ', 'TOTAL')
    """
    return say(key, "vi", **values), say(key, "en", **values)


def unfilled(key: str) -> tuple[str, str]:
    """Return a text in Vietnamese and in English with its places still open, to be filled by ``format``.

    Examples
    --------
    >>> unfilled("page.lines")
    ('{count} dòng vốn', '{count} lines')
    """
    surface, _, name = key.partition(".")
    held = _surface(surface)[name]
    return held["vi"], held["en"]


def stage(code: str, lang: str = "vi") -> str:
    """Return what a stage of long work is called; a name of one's own stands for itself.

    Examples
    --------
    >>> stage("verify"), stage("mine")
    ('kiểm tra lại', 'mine')
    """
    return say(f"common.stage_{code}", lang) if f"stage_{code}" in _surface("common") else code


def keys(surface: str | None = None) -> list[str]:
    """Return the keys of a surface, or of all."""
    folder = files(__package__)
    names = (
        [surface]
        if surface
        else sorted(
            each.name.removesuffix(".toml") for each in folder.iterdir() if each.name.endswith(".toml")
        )
    )
    return [f"{each}.{name}" for each in names for name in _surface(each)]


@cache
def _surface(name: str) -> dict[str, dict[str, str]]:
    source = files(__package__).joinpath(f"{name}.toml")
    if not source.is_file():
        raise KeyError(name)
    held: dict[str, dict[str, str]] = tomllib.loads(source.read_text(encoding="utf-8"))
    for key, texts in held.items():
        if set(texts) != set(LANGS):
            raise ValueError(f"{name}.{key}: texts in {sorted(texts)}, not in {sorted(LANGS)}")
    return held
