"""Markup built from parts that are escaped as they go in: a case's text can never become a tag."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping

# What XML 1.0 §2.2 forbids, and the marks that make a text read in another order than it is stored.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
)

# Hebrew, Arabic and their kin, digits among them included: blocks of Unicode that are read from the right.
_RIGHT = r"\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
_WORD = rf"[{_RIGHT}][{_RIGHT}0-9]*"
# Words of a name, and its number where that ends the text or a part of it, as in a village called so and 7.
_FROM_THE_RIGHT = re.compile(
    rf"(?>{_WORD}(?:[ \"'’./\-]{_WORD})*(?: [0-9]{{1,2}}(?= ?(?:$|[.,;:)\]/·–→\u200e])))?)(?!\u200e)",
    re.MULTILINE,
)


class Markup(str):
    """Text that is markup already; the template engine leaves it as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        """Return the markup itself: nothing is left to escape."""
        return str(self)


def printable(text: object) -> str:
    """Return `text` without characters that no document may hold or that reorder what is read."""
    return _UNPRINTABLE.sub("", str(text))


def kept_apart(text: str) -> str:
    """Return `text` with a mark behind each name in Arabic or Hebrew letters: what follows is read after it.

    For texts that are read from the left. Without the mark a number or a bracket behind such a name is drawn
    to its other side, as if it were a part of the name (Unicode Standard Annex 9).
    """
    return text if text.isascii() else _FROM_THE_RIGHT.sub("\\g<0>\N{LEFT-TO-RIGHT MARK}", text)


def isolated(text: str) -> str:
    """Return plain text with each name in Arabic or Hebrew letters isolated from what is beside it."""
    return text if text.isascii() else _FROM_THE_RIGHT.sub("\u2068\\g<0>\u2069", text)


def escaped(text: object) -> Markup:
    """Return `text` safe between tags and inside quoted attributes; markup stays as it is."""
    if isinstance(text, Markup):
        return text
    return Markup(html.escape(printable(text), quote=True))


def number(value: float) -> str:
    """Write a coordinate in at most one decimal."""
    text = f"{value:.1f}"
    return text.removesuffix(".0").replace("-0", "0") if text in {"-0.0", "0.0"} else text.removesuffix(".0")


def element(name: str, attributes: Mapping[str, object] | None = None, *children: object) -> Markup:
    """Return one element; attributes that are None are left out, floats are written in one decimal."""
    parts = [name]
    for key, value in (attributes or {}).items():
        if value is not None:
            text = number(value) if isinstance(value, float) else value
            parts.append(f'{key}="{escaped(text)}"')
    inside = "".join(escaped(child) for child in children)
    return Markup(f"<{' '.join(parts)}>{inside}</{name}>" if inside else f"<{' '.join(parts)}/>")


def joined(parts: Iterable[object], separator: str = "") -> Markup:
    """Join parts, escaping those that are not markup."""
    return Markup(separator.join(escaped(part) for part in parts))
