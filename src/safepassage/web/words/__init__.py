"""What the pages say, by language: English is written in the pages, other languages stand beside it in TOML.

A catalogue is a file `LANGUAGE.toml` with one table `[words]`, the English sentence to its translation.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import cache
from importlib import resources

LANGUAGES = ("en", "uk", "ru")
PSEUDO = "qps"
"""A made-up language, written from right to left, that shows what is not ready for one; never offered."""
RIGHT_TO_LEFT = frozenset({PSEUDO})
Words = Callable[[str], str]


def direction(locale: str) -> str:
    """Return the direction in which a language is written: declared by its catalogue, never guessed."""
    return "rtl" if locale in RIGHT_TO_LEFT else "ltr"


@cache
def catalogue(locale: str) -> dict[str, str]:
    """Return English to the words of a language; empty for English."""
    file = resources.files(__name__).joinpath(f"{locale}.toml")
    if locale == "en" or not file.is_file():
        return {}
    found: dict[str, str] = tomllib.loads(file.read_text(encoding="utf-8"))["words"]
    return found


def words(locale: str) -> Words:
    """Return what translates an English sentence of the pages; without a translation it stays English."""
    known = catalogue(locale)
    return lambda text: known.get(text, text)
