"""Words for messages: what was written, made harmless, and the allowed word that was probably meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

FEW = 12
"""More allowed words than this are not listed in a message: nobody would read them."""
MANY = 200
"""Of more words than this only those that begin alike are compared: each comparison takes its time."""


SHOWN_CHARS = 60
_LOOK_ALIKE = str.maketrans("аеорсухіјѕкмтвн", "aeopcyxijskmtbh")
"""Cyrillic letters, and the Latin ones that look like them: a keyboard that was not switched."""


def plain_line(text: str) -> str:
    """Return a text as one short line with nothing in it that could steer a terminal."""
    plain = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text[: SHOWN_CHARS * 4])
    plain = " ".join(plain.split())
    return f"{plain[: SHOWN_CHARS - 1]}…" if len(plain) > SHOWN_CHARS else plain


def quoted(text: str) -> str:
    """Return a text from a file for a message: one short harmless line in quotation marks."""
    return f"“{plain_line(text)}”"


def nearest(text: str, words: Iterable[str], *, cutoff: float = 0.6) -> str:
    """Return the word nearest to what was written, or ""; letter case does not count."""
    plain = {word.casefold(): word for word in words}
    wanted = text.casefold()[:100]
    if wanted in plain:
        return plain[wanted]
    if not wanted.isascii():
        alike = {_as_latin(word): word for word in plain}
        if _as_latin(wanted) in alike:
            return plain[alike[_as_latin(wanted)]]
    candidates = list(plain)
    for length in (1, 2, 3, 4, 6, 8, 10, 12, 16):
        if len(candidates) > MANY:
            candidates = [word for word in candidates if word[:length] == wanted[:length]]
    found = get_close_matches(wanted, candidates[:MANY], n=1, cutoff=cutoff)
    return plain[found[0]] if found else ""


def _as_latin(text: str) -> str:
    return text.casefold().translate(_LOOK_ALIKE)


def did_you_mean(text: str, words: Iterable[str]) -> str:
    """Return a hint that names the nearest word and, if they are few, all of them."""
    known = tuple(words)
    near = nearest(text, known)
    parts = [f"did you mean “{near}”?"] if near else []
    if near and near.casefold() != text.casefold() and _as_latin(near) == _as_latin(text):
        parts.append("letters of another alphabet look like its own.")
    if len(known) <= FEW:
        parts.append(f"allowed: {', '.join(known)}" if known else "there are none yet")
    return " ".join(parts)
