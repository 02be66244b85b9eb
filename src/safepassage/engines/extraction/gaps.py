"""What a text says that it does not say: questions to ask, never claims."""

from __future__ import annotations

import re
from typing import NamedTuple

_TELL = (
    r"(?:say|specify|give|provide|disclose|elaborate|reveal|mention|name|explain|identify|indicate|clarify|"
    r"confirm|detail|state|offer|present|comment|report|describe|make (?:it )?clear|go into detail|publish|"
    r"release|share|respond)"
)
_TELLING = (
    r"(?:saying|specifying|giving|providing|disclosing|elaborating|revealing|mentioning|naming|explaining|"
    r"offering|presenting|identifying|stating|clarifying|citing)"
)
_NOT = r"(?: not|not|n['’]t)"
_WHEN = r"(?:immediately |independently |yet |further |publicly |also )?"
_THINGS = (
    r"(?:details?|figures?|numbers?|information|evidence|explanation|comment|date|confirmation|word|proof|"
    r"breakdown|location|reports?|data|response|reaction|verification)"
)
_MORE = r"(?:further |other |immediate |more |exact |specific |independent |official )?"
_REST = r"(?P<rest>[^.;!?\n]*)"
_SILENCES = (
    rf"\b(?:did|does|do|has|have|had|would|could|was|were){_NOT} (?:\w+ )?{_WHEN}{_TELL}(?:d|ed|ing)?\b",
    rf"\b(?:declined|refused|failed|was unable|were unable|unable) to {_WHEN}{_TELL}\b",
    rf"\bwithout (?:further )?{_TELLING}\b",
    (
        r"\b(?:gave|giving|provided|providing|offered|offering|released|presented|had|has|with|were|are|"
        rf"was|is) no {_MORE}{_THINGS}\b"
    ),
    rf"\bno {_MORE}{_THINGS}\b[^.;]{{0,40}}\b(?:available|given|provided|released|known|offered)\b",
    (
        rf"\b(?:could|can|has|have|had){_NOT} (?:\w+ )?(?:be(?:en)? )?(?:\w+ )?{_WHEN}"
        r"(?:verif(?:y|ied)|confirm(?:ed)?|checked|corroborated|establish(?:ed)?)\b"
    ),
    (
        r"\b(?:was|is|were|are|remains?|remained) (?:not (?:immediately |yet )?(?:clear|known|confirmed|"
        r"verified|possible to)|unclear|unknown|unconfirmed|unverified|uncertain)\b"
    ),
    (
        rf"\b(?:was|were|has|have){_NOT} (?:been )?{_WHEN}"
        r"(?:disclosed|specified|reported|released|made public|announced|verified|confirmed)\b"
    ),
    rf"\bthere (?:was|were|is|are|has been) no {_MORE}{_THINGS}\b",
)
PATTERNS = tuple(re.compile(pattern + _REST, re.IGNORECASE) for pattern in _SILENCES)
QUESTION_WORDS = ("how", "whether", "who", "whom", "what", "when", "where", "why", "which", "if")


class Found(NamedTuple):
    """A gap: where it stands in the text it was read from, and the question it leaves."""

    start: int
    end: int
    question: str


def gaps(text: str) -> tuple[Found, ...]:
    """Return what a text says that it does not say, in order; of patterns that overlap the first counts."""
    found: list[Found] = []
    for pattern in PATTERNS:
        for match in pattern.finditer(text):
            if all(match.end() <= f.start or match.start() >= f.end for f in found):
                found.append(Found(match.start(), match.end(), question(text, match)))
    return tuple(sorted(found))


def question(text: str, match: re.Match[str]) -> str:
    """Return the question that a gap leaves: "how many people left?", else the words with what is open."""
    rest = match["rest"].strip(" ,")
    words = rest.split()
    for n, word in enumerate(words[:4]):
        if word.lower() in QUESTION_WORDS:
            asked = " ".join(words[n:])
            return f"{asked[:1].upper()}{asked[1:]}?"
    sentence = _sentence(text, match.start(), match.end())
    return f"Not said or not verified: “{sentence}”"


def _sentence(text: str, start: int, end: int) -> str:
    first = max((text.rfind(mark, 0, start) + 2 for mark in (". ", "! ", "? ", "; ", "\n")), default=0)
    first = max(0, first) if first > 1 else 0
    ends = [e for e in (text.find(mark, end) for mark in (". ", "! ", "? ", "; ", "\n")) if e >= 0]
    return text[first : min(ends, default=len(text))].strip(" .")
