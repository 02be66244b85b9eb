"""How strongly a statement stands against an earlier one: points for each thing told of the pair."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from safepassage.domain.claims.claim import ASPECT, STATUS, CivilianClaim, Claim
from safepassage.domain.claims.values import Quantity, fold
from safepassage.domain.claims.words import Modality, Polarity, Predicate
from safepassage.engines.extraction import stances
from safepassage.engines.extraction.countries import SIDE_WORDS
from safepassage.engines.extraction.statements import CLOSED_WORDS, MEANT, Statement

PERSONS = frozenset({"persons", "bodies", "names", "paramedics", "nurses", "graves", "arrivals", "coffins"})
"""Units in which people are counted, by whatever name."""
DOERS = re.compile(
    r"\b(?:rebels?|soldiers?|troops|army|militants?|fighters?|militia|insurgents?|guerrillas?|gunmen|"
    r"conscripts|mercenaries|bandits|looters|police|guards?|marines|our|their)\b",
    re.IGNORECASE,
)
DONE = re.compile(
    r"\b(?:fired|shell\w*|struck|stri[k]e|hit|attack\w*|blew|blown|destroy\w*|kil+\w*|shot|laid|mined|bomb\w*|"
    r"looted|stole|took|burn\w*|set fire|artillery|drones?|blam\w*|responsible|behind|caused)\b",
    re.IGNORECASE,
)
FIGURE = re.compile(r"\b(?:figures?|numbers?|toll|total|count|estimate|it at)\b", re.IGNORECASE)
ORDINAL = re.compile(r"\b(?:first|second|third|fourth|fifth|sixth|seventh|last)\b", re.IGNORECASE)
OF_IT = re.compile(r"\b(?:it|one|any|anything|anybody|anyone|such|they|them|that|there)\b", re.IGNORECASE)
MULTIPLE = re.compile(
    r"\b(?:twice|half|double|triple|ten times|three times) (?:that|as many|of that|the)\b", re.IGNORECASE
)
PART = re.compile(r"\bof (?:them|the|those|whom|these)\b|\bincluding\b", re.IGNORECASE)
TWO = 2
SHORT = 6
"""So few words of content, and nothing but a number among them, count what was counted before (practice)."""


def doers(text: str) -> frozenset[str]:
    """Return the sides and kinds of armed people whom a text names."""
    found = {m[0].lower() for m in DOERS.finditer(text)}
    found |= {SIDE_WORDS[w] for w in re.findall(r"[\w'’.]+", fold(text)) if w in SIDE_WORDS}
    capitals = re.findall(r"\b([A-Z][a-z]{3,})(?:ian|n|an|ish|ese|i)\b", text)
    return frozenset(found | {c.lower() for c in capitals})


def rivals(a: Statement, b: Statement) -> bool:
    """Tell whether two statements say of two unlike sides that they did what was done."""
    if not (DONE.search(a.text) and DONE.search(b.text)):
        return False
    first, second = doers(a.text), doers(b.text)
    return bool(first and second) and not first & second


def unit_of(q: Quantity) -> str:
    """Return what a quantity counts, people by whatever name as persons."""
    return "persons" if q.unit in PERSONS else q.unit


def numbers(a: Statement, b: Statement) -> tuple[bool, bool]:
    """Return whether two statements count in one unit and cannot agree, and whether they can."""
    pairs = [(p, q) for p, q in product(a.quantities, b.quantities) if unit_of(p) == unit_of(q)]
    agree = any(meet(p, q) for p, q in pairs)
    return bool(pairs) and not agree, agree


def meet(p: Quantity, q: Quantity) -> bool:
    """Tell whether two intervals have a number in common."""
    low = max(x for x in (p.low, q.low, float("-inf")) if x is not None)
    high = min(x for x in (p.high, q.high, float("inf")) if x is not None)
    return low <= high


def coded(s: Statement) -> set[tuple[str, str]]:
    """Return what the claims of a statement are about, in closed words."""
    return {(str(c.predicate), dict(c.arguments).get("aspect", "")) for c in s.claims
            if c.predicate != Predicate.OTHER}  # fmt: skip


def places(s: Statement) -> set[str]:
    """Return the places that the claims of a statement name."""
    return {p.key for c in s.claims if isinstance(c, CivilianClaim) for p in c.places if not p.metonym}


def side(s: Statement) -> str:
    """Return the side of who speaks, "" without one."""
    return s.told.chain.origin.side


def ordinals(s: Statement) -> set[str]:
    """Return the ordinals of a statement."""
    return {m[0].lower() for m in ORDINAL.finditer(s.text)}


@dataclass(frozen=True, slots=True)
class Pair:
    """A statement, a later one, and what can be told of the two.

    `gap` counts the turns between them: what others said in between, 1 right behind. `answers` tells that the
    later one was read as an answer to the earlier one.
    """

    a: Statement
    b: Statement
    gap: int
    answers: bool = False


class Point(NamedTuple):
    """Something that may be told of a pair, and how many points it gives."""

    name: str
    told: Callable[[Seen], bool]
    weight: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What the points look at, worked out once for a pair."""

    a: Statement
    b: Statement
    gap: int
    answers: bool
    opposed: int
    agreed: int
    nouns: int
    shared: int
    flipped: bool
    unlike: bool
    alike: bool
    same: bool
    other: bool
    places: int
    slot: bool


def seen(pair: Pair) -> Seen:
    """Return what can be told of a pair."""
    a, b = pair.a, pair.b
    unlike, alike = numbers(a, b)
    first, second, here, there = coded(a), coded(b), places(a), places(b)
    return Seen(
        a=a, b=b, gap=pair.gap, answers=pair.answers,
        opposed=len(stances.opposed(a.stance, b.stance)), agreed=len(stances.agreed(a.stance, b.stance)),
        nouns=len(a.nouns & b.nouns), shared=len((a.nouns | a.lemmas) & (b.nouns | b.lemmas)),
        flipped=a.says_no != b.says_no, unlike=unlike, alike=alike,
        same=bool(first & second), other=bool(first and second) and not first & second,
        places=1 if here & there else -1 if here and there else 0, slot=_apart(a, b),
    )  # fmt: skip


def _apart(a: Statement, b: Statement) -> bool:
    """Tell whether one statement says yes and the other no with claims of one kind."""
    pairs = product((c for c in a.claims if c.predicate != Predicate.OTHER), b.claims)
    return any(
        c.predicate == d.predicate and _aspect(c) == _aspect(d) and says_no_to(c) != says_no_to(d)
        for c, d in pairs
    )  # fmt: skip


def _aspect(claim: Claim) -> str:
    return dict(claim.arguments).get(ASPECT, "")


def says_no_to(claim: Claim) -> bool:
    """Tell whether a claim says no to what its predicate asks: a closed road, nobody hurt."""
    closed = dict(claim.arguments).get(STATUS, "") in CLOSED_WORDS
    return (claim.polarity == Polarity.NEGATED or claim.modality == Modality.DENIED) != closed


POINTS: tuple[Point, ...] = (
    Point("answers it", lambda s: s.answers, 4),
    Point("fills one slot unlike", lambda s: s.slot, 1),
    Point("answers one question unlike", lambda s: s.opposed > 0, 3),
    Point("answers two questions unlike", lambda s: s.opposed > 1, -3),
    Point("answers one question unlike and none alike", lambda s: s.opposed > 0 and not s.agreed, 3),
    Point("answers one question unlike, right behind", lambda s: s.opposed > 0 and s.gap == 1, 2),
    Point(
        "answers one question unlike, of one thing", lambda s: s.opposed > 0 and (s.same or s.nouns > 0), 3
    ),
    Point("answers one question alike", lambda s: s.agreed > 0, 3),
    Point("shares a noun", lambda s: s.nouns > 0, 2),
    Point("shares two words", lambda s: s.shared > 1, 1),
    Point("one says no", lambda s: s.flipped, 1),
    Point("one says no to a shared word", lambda s: s.flipped and s.shared > 0, 2),
    Point(
        "one says no, right behind, of it",
        lambda s: s.flipped and s.gap == 1 and bool(OF_IT.search(s.b.text)),
        2,
    ),
    Point("counts unlike", lambda s: s.unlike, 5),
    Point("counts unlike, and little else", lambda s: s.unlike and len(s.b.text.split()) <= SHORT, 3),
    Point("counts unlike, of one thing", lambda s: s.unlike and (s.same or s.nouns > 0), 3),
    Point("counts unlike, and names a figure", lambda s: s.unlike and bool(FIGURE.search(s.b.text)), 2),
    Point("counts unlike, right behind", lambda s: s.unlike and s.gap == 1, 2),
    Point("counts alike", lambda s: s.alike, -1),
    Point("counts otherwise", lambda s: s.gap == 1 and (bool(MULTIPLE.search(s.b.text)) or _ordinals(s)), 12),
    Point("is about the same", lambda s: s.same, 2),
    Point("is about something else", lambda s: s.other, -3),
    Point("denies", lambda s: s.b.denies, 6),
    Point("denies and points", lambda s: s.b.denies and s.b.points, 2),
    Point("denies what was alleged", lambda s: s.b.denies and s.a.told.modality == Modality.ALLEGED, 1),
    Point("says the contrary, right behind", lambda s: s.b.contrary and s.gap == 1, 6),
    Point("calls it false, right behind", lambda s: s.b.false and s.gap == 1, 1),
    Point("right behind", lambda s: s.gap == 1, 5),
    Point("a turn between", lambda s: s.gap == TWO, 1),
    Point("far behind", lambda s: s.gap > TWO + 1, 0),
    Point("names a shared place", lambda s: s.places > 0, -1),
    Point("names another place", lambda s: s.places < 0, 1),
    Point("is of the same side", lambda s: side(s.a) == side(s.b) != "", 2),
    Point("blames somebody else", lambda s: rivals(s.a, s.b), 10),
    Point("is the report's own", lambda s: not s.b.cue or not s.a.cue, -2),
    Point("speaks of a part", lambda s: bool(PART.search(s.b.text)), 0),
)
LEAST = 14


def told(pair: Pair) -> tuple[bool, ...]:
    """Return what holds of a pair, in the order of `POINTS`."""
    facts = seen(pair)
    return tuple(bool(point.told(facts)) for point in POINTS)


def opposes(pair: Pair) -> bool:
    """Tell whether two statements cannot both be true, by points."""
    return sum(p.weight for p, holds in zip(POINTS, told(pair), strict=True) if holds) >= LEAST


def _ordinals(s: Seen) -> bool:
    first, second = ordinals(s.a), ordinals(s.b)
    return bool(first and second) and not first & second


def comparable(a: Statement, b: Statement) -> bool:
    """Tell whether a statement can stand against an earlier one at all.

    What the report says itself stands against what others say only where it judges or counts that.
    """
    if fold(a.told.chain.origin.name) == fold(b.told.chain.origin.name) or a.told.modality in MEANT:
        return False
    if b.told.modality in MEANT and not (b.contrary or b.denies):
        return False
    return bool(a.cue and b.cue) or b.false or (bool(FIGURE.search(b.text)) and numbers(a, b)[0])
