"""HTML with its tags, scripts and entities blanked in place: every word keeps its offset in the file."""

from __future__ import annotations

import html
import re

BLANK, FILL = " ", "\u200b"
"""What stands for signs that are not shown: a space where words are parted, else a sign of no width."""
UNSEEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?P<tag>script|style|head|template|noscript|svg|iframe|object|nav|footer|form|button)\b"
    r"[^>]*>.*?(?:</(?P=tag)\s*>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
TAG = re.compile(r"<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9:-]*)?[^<>]*>")
ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_INLINE = "a abbr b bdi bdo cite code em font i mark q s small span strong sub sup time u ins del dfn var wbr"
INLINE = frozenset(_INLINE.split())
"""Tags that part no words."""


def blanked(text: str) -> str:
    """Return a text of the same length, with only its words left; blocks begin on lines of their own."""
    text = UNSEEN.sub(lambda match: _paragraph(len(match[0])), text)
    text = TAG.sub(_tag, text)
    return ENTITY.sub(_entity, text)


def _paragraph(length: int) -> str:
    return ("\n\n" + BLANK * length)[:length]


def _tag(match: re.Match[str]) -> str:
    length = len(match[0])
    if (match["name"] or "").lower() in INLINE:
        return FILL * length
    return _paragraph(length)


def _entity(match: re.Match[str]) -> str:
    shown = html.unescape(match[0])
    if shown == match[0] or len(shown) > len(match[0]):
        return match[0]
    return shown.replace("\u00a0", BLANK) + FILL * (len(match[0]) - len(shown))
