"""What the pages say, by language: English is written in the pages, other languages stand beside it in TOML.

A catalogue is a file `LANGUAGE.toml` with one table `[words]`, the English sentence to its translation, and
says whether a speaker of the language has reviewed it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any

from safepassage.formats.paper.sheet_texts import sheet_texts

LANGUAGES = ("en", "uk", "ru")
PSEUDO = "en-x-rtl"
"""A made-up language, written from right to left and longer than English: it shows what is not ready for one.

It is never offered; the cookie of the language may name it.
"""
KNOWN = (*LANGUAGES, PSEUDO)
"""Every language that pages can be made in."""
RIGHT_TO_LEFT = frozenset({PSEUDO})
Words = Callable[[str], str]

_FIELD = re.compile(r"(\{[a-z_]*\})")
_LONGER = 4
_ACCENTS = str.maketrans("aeiouyAEIOUYcnsz", "áéíóúýÁÉÍÓÚÝçñšž")


def direction(locale: str) -> str:
    """Return the direction in which a language is written: declared here, never guessed."""
    return "rtl" if locale in RIGHT_TO_LEFT else "ltr"


@cache
def _file(locale: str) -> dict[str, Any]:
    file = resources.files(__name__).joinpath(f"{locale}.toml")
    if not file.is_file():
        return {"words": {}, "reviewed": True}
    return tomllib.loads(file.read_text(encoding="utf-8"))


def catalogue(locale: str) -> dict[str, str]:
    """Return English to the words of a language; empty for English."""
    found: dict[str, str] = _file(locale)["words"]
    return found


def name_of(locale: str) -> str:
    """Return what a language calls itself."""
    return str(_file(locale).get("language", "English"))


def reviewed(locale: str) -> bool:
    """Tell whether a speaker of the language has reviewed its words; English needs no such review."""
    return bool(_file(locale)["reviewed"])


def words(locale: str) -> Words:
    """Return what translates an English sentence of the pages; without a translation it stays English."""
    if locale == PSEUDO:
        return pseudo
    known = _goods(locale) | catalogue(locale)
    return lambda text: known.get(text, text)


@cache
def _goods(locale: str) -> dict[str, str]:
    """Return names and units of built-in goods as the sheets of a language have them."""
    english, own = (sheet_texts()[code].words for code in ("en", locale if locale in sheet_texts() else "en"))
    return {english[key][name]: own[key][name] for key in ("goods", "units") for name in english[key]}


def pseudo(text: str) -> str:
    """Return a sentence in the made-up language: accents, brackets, a quarter longer, its fields kept."""
    parts = _FIELD.split(text)
    spoken = "".join(part if _FIELD.fullmatch(part) else part.translate(_ACCENTS) for part in parts)
    return f"[{spoken}{'~' * (len(text) // _LONGER)}]"
