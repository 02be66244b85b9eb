"""Paragraphs of a text, with a repair of glued words that keeps every offset of the original."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from safepassage.domain.claims.values import Span

SENTENCE_END = re.compile(r"[.!?:;…][\"'”’»)\]]*$")
BULLET = re.compile(r"\s*(?:[-*•–—▪●]|\d{1,2}[.)])\s")
_HEADINGS = (
    "summary|overview|access|protection|needs?|shelter|health|security|situation|logistics|highlights|update|food|"
    "water|wash|background|note|key points|key messages|developments|evacuation|casualties|roads?|context"
)
HEADING = re.compile(rf"(?:{_HEADINGS})\s*[:–—]\s+", re.IGNORECASE)
STAMP = re.compile(r"\s*\[?\d{1,2}[:.]?\d{2}(?:\s?(?:h|hrs|UTC|LT))?\]?\s*[,:–-]?\s+(?=[A-Z“\"])")
"""The time of day that an entry of a log or a chat begins with."""
HARD_WRAP_SHARE = 0.75
"""A line this long, relative to the longest of its block, was broken by its width, not by its writer."""
LONGEST_PASSAGE = 6_000
"""A paragraph longer than this is read in pieces that end with a sentence."""
GLUED = re.compile(
    r"(?<=[a-z]{3})(?=according to\b)"
    r"|(?<=[a-z]{2}[.!?])(?=[A-Z][a-z])"
    r"|(?<=[a-z]{2}[.!?][\"”])(?=[A-Z][a-z])"
    r"|(?<=[a-z],)(?=[a-z]{2})"
)
"""Where wire text loses a space ("kilometersaccording to", "closed.The mayor")."""


UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
"""Signs without width: soft hyphens, marks of direction, what stands for tags of HTML."""


BLANK = re.compile(r"\n[ \t]*\n\s*")
SENTENCE = re.compile(r"[.!?][\"'”’»)\]]*(?=\s|$)")
LEAST_TOGETHER = 1.8
"""So many sentences a block has at the mean where a report sets together what belongs together (practice)."""


def blocks(text: str) -> tuple[int, ...]:
    """Return where the blocks between blank lines begin, () where hardly any holds two sentences.

    A wire that sets each sentence apart says nothing by its blank lines; one that does not parts its matters.
    """
    starts = (0, *(match.end() for match in BLANK.finditer(text.strip())))
    ends = len(SENTENCE.findall(text))
    return starts if ends >= LEAST_TOGETHER * len(starts) else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A paragraph at its offset in the text; `repaired` is what is parsed.

    `shifts` are (offset in `repaired`, how much further on the original is from there), in order.
    """

    start: int
    original: str
    repaired: str
    shifts: tuple[tuple[int, int], ...] = ()

    def span(self, start: int, end: int) -> Span:
        """Return the words of the original that stand at [start, end) of the repaired text."""
        first = self._origin(start)
        last = self._origin(end - 1) + 1 if end > start else first
        return Span(start=self.start + first, end=self.start + last, text=self.original[first:last])

    def _origin(self, at: int) -> int:
        n = bisect_right(self.shifts, (at, len(self.original))) - 1
        return at + (self.shifts[n][1] if n >= 0 else 0)


def passage(text: str, start: int) -> Passage:
    """Return a paragraph as it is parsed: without signs nobody sees, repaired where words were glued."""
    pieces: list[str] = []
    shifts: list[tuple[int, int]] = []
    done = length = 0
    edits = [(m.start(), m.end(), "") for m in UNSEEN.finditer(text)]
    edits += [(m.start(), m.start(), " ") for m in GLUED.finditer(text)]
    for first, last, put in sorted(edits):
        pieces += [text[done:first], put]
        length += first - done + len(put)
        done = last
        shifts.append((length, done - length))
    pieces.append(text[done:])
    return Passage(start=start, original=text, repaired="".join(pieces), shifts=tuple(shifts))


def passages(text: str) -> tuple[Passage, ...]:
    """Return the paragraphs of a text in order: blocks between blank lines, parted where lines end early."""
    found = []
    for block in re.finditer(r"\S(?:(?!\n[ \t\r\f]*\n).)*", text, re.DOTALL):
        for start, end in _lines(block[0]):
            begin = start + _lead(block[0][start:end])
            for first, last in _pieces(block[0][begin:end]):
                words = block[0][begin + first : begin + last]
                found.append(passage(words, block.start() + begin + first))
    return tuple(found)


def _lead(line: str) -> int:
    """Return how much of a line is a bullet or a heading ("Access: the road …")."""
    bullet = BULLET.match(line) or STAMP.match(line)
    begin = bullet.end() if bullet else 0
    heading = HEADING.match(line, begin)
    return heading.end() if heading else begin


def _lines(block: str) -> list[tuple[int, int]]:
    """Return where the paragraphs of a block stand; lines broken by width are put together."""
    lines = [(m.start(), m.end()) for m in re.finditer(r"[^\n]+", block)]
    widest = max((end - start for start, end in lines), default=0)
    found: list[tuple[int, int]] = []
    for start, end in lines:
        line = block[start:end]
        if found:
            before = block[found[-1][0] : found[-1][1]]
            last_line = before[before.rfind("\n") + 1 :].rstrip()
            wrapped = (
                len(last_line) >= HARD_WRAP_SHARE * widest
                and not BULLET.match(line)
                and not STAMP.match(line)
            )
            if wrapped and not SENTENCE_END.search(last_line):
                found[-1] = (found[-1][0], end)
                continue
        if line.strip():
            found.append((start, end))
    return found


def _pieces(paragraph: str) -> list[tuple[int, int]]:
    """Return a paragraph whole, or in pieces if it is longer than anybody writes."""
    if len(paragraph) <= LONGEST_PASSAGE:
        return [(0, len(paragraph))]
    found, start = [], 0
    while len(paragraph) - start > LONGEST_PASSAGE:
        window = paragraph[start : start + LONGEST_PASSAGE]
        cut = max(window.rfind(mark) for mark in (". ", "! ", "? ", "\n"))
        cut = cut + 1 if cut > 0 else (window.rfind(" ") if " " in window else len(window))
        found.append((start, start + max(cut, 1)))
        start += max(cut, 1)
    return [*found, (start, len(paragraph))]
