"""A parsed passage: tokens with their children and subtrees, and the quotations that run through it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from safepassage.kernels.reading.english import TokenRow

OPENING, CLOSING, STRAIGHT = frozenset({"“", "«", "„", "``"}), frozenset({"”", "»", "''"}), '"'
SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "csubjpass", "expl"})
MOST_TITLE_WORDS, LONGEST_SMALL_WORD = 7, 3
EDGES = frozenset({",", ";", ":", "-", "–", "—", "--"})


@dataclass(frozen=True, slots=True)
class Tree:
    """Tokens of one passage (one paragraph, or one window)."""

    tokens: tuple[TokenRow, ...]
    children: tuple[tuple[int, ...], ...] = field(init=False)
    quotes: tuple[tuple[int, int], ...] = field(init=False)
    quoted: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        below: list[list[int]] = [[] for _ in self.tokens]
        for i, token in enumerate(self.tokens):
            if token.head != i:
                below[token.head].append(i)
        object.__setattr__(self, "children", tuple(tuple(row) for row in below))
        object.__setattr__(self, "quotes", quotations(self.tokens))
        inside = [-1] * len(self.tokens)
        for number, (start, end) in enumerate(self.quotes):
            inside[start : end + 1] = [number] * (end + 1 - start)
        object.__setattr__(self, "quoted", tuple(inside))

    def subtree(self, i: int) -> list[int]:
        """Return the positions of a token and of all below it, in order."""
        found, open_ = [], [i]
        while open_:
            k = open_.pop()
            found.append(k)
            open_.extend(self.children[k])
        return sorted(found)

    def with_dep(self, i: int, *deps: str) -> list[int]:
        """Return the children of a token that hang on it by one of some relations."""
        return [k for k in self.children[i] if self.tokens[k].dep in deps]

    def subject(self, i: int) -> int | None:
        """Return the subject of a verb, None without one."""
        found = [k for k in self.children[i] if self.tokens[k].dep in SUBJECTS]
        return min(found, key=lambda k: abs(k - i), default=None)

    def sentence(self, i: int) -> list[int]:
        """Return the positions of the sentence that holds a token."""
        number = self.tokens[i].sentence
        first = last = i
        while first > 0 and self.tokens[first - 1].sentence == number:
            first -= 1
        while last + 1 < len(self.tokens) and self.tokens[last + 1].sentence == number:
            last += 1
        return list(range(first, last + 1))

    def is_title(self, first: int, last: int) -> bool:
        """Tell whether a quotation is the name of something ("Face the Nation"): short and in capitals."""
        words = [self.tokens[k] for k in range(first + 1, last) if self.tokens[k].text[:1].isalpha()]
        long_words = [word for word in words if len(word.text) > LONGEST_SMALL_WORD or word is words[0]]
        capitals = all(word.text[:1].isupper() for word in long_words)
        behind = self.tokens[first - 1] if first else None
        named = behind is not None and (behind.tag in {"POS", "IN", "DT", "NN", "NNP"})
        return len(words) <= MOST_TITLE_WORDS and capitals and named

    def trimmed(self, positions: Iterable[int]) -> tuple[int, ...]:
        """Return positions in order, without punctuation at their ends."""
        kept = sorted(set(positions))
        while kept and self.tokens[kept[0]].text in EDGES | {"."}:
            kept.pop(0)
        while kept and (self.tokens[kept[-1]].text in EDGES | {"."} or self.tokens[kept[-1]].dep == "cc"):
            kept.pop()
        return tuple(kept)


def quotations(tokens: Sequence[TokenRow]) -> tuple[tuple[int, int], ...]:
    """Return (first, last) positions of quotations, marks included; an open one ends with the passage."""
    found: list[tuple[int, int]] = []
    opened: int | None = None
    for i, token in enumerate(tokens):
        mark = token.text
        if mark in OPENING or (mark == STRAIGHT and opened is None):
            opened = i if opened is None else opened
        elif opened is not None and (mark in CLOSING or mark == STRAIGHT):
            found.append((opened, i))
            opened = None
    if opened is not None and opened < len(tokens) - 1:
        found.append((opened, len(tokens) - 1))
    return tuple(found)
