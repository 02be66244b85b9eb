"""How strongly a statement stands against an earlier one: points for each thing told of the pair."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from safepassage.domain.claims.claim import ASPECT, STATUS, CivilianClaim, Claim
from safepassage.domain.claims.values import Quantity, fold
from safepassage.domain.claims.words import Modality, OriginKind, Polarity, Predicate
from safepassage.engines.extraction import stances
from safepassage.engines.extraction.countries import SIDE_WORDS
from safepassage.engines.extraction.statements import CLOSED_WORDS, DENYING, MEANT, NO_BLOCK, Statement

COUNTED_ALIKE = {
    "persons": "bodies names paramedics nurses graves arrivals coffins certificates cases stretchers",
    "vehicles": "cars trucks lorries vans",
    "aircraft": "drones planes jets helicopters",
    "settlements": "villages hamlets towns",
    "households": "families",
    "explosions": "blasts bangs booms shells impacts detonations salvos",
}
"""Nouns that two voices may use for one thing that both count."""
ALIKE = {noun: unit for unit, nouns in COUNTED_ALIKE.items() for noun in nouns.split()}
MEASURES = {
    "min": ("h", 1 / 60), "d": ("h", 24.0), "weeks": ("h", 168.0), "months": ("h", 730.0),
    "years": ("h", 8766.0), "m": ("km", 0.001), "mi": ("km", 1.609344), "mi2": ("km2", 2.589988),
    "ha": ("km2", 0.01), "m2": ("km2", 1e-6),
}  # fmt: skip
"""Units of measure by the unit they are compared in, and how many of it they are."""
DOERS = re.compile(
    r"\b(?:rebels?|soldiers?|troops|army|militants?|fighters?|militia|insurgents?|guerrillas?|gunmen|"
    r"conscripts|mercenaries|bandits|looters|police|guards?|marines|engineers|sappers|we|our)\b",
    re.IGNORECASE,
)
DONE = re.compile(
    r"\b(?:fired|shell\w*|struck|stri[k]e|hit|attack\w*|blew|blown|destroy\w*|kil+\w*|shot|laid|mined|bomb\w*|"
    r"looted|stole|took|burn\w*|set fire|artillery|drones?|blam\w*|responsible|behind|caused|mining|mines|"
    r"done|fault|defen[cs]e|sank|sunk|provok\w*|began|started|charges|wreck\w*|damag\w*)\b",
    re.IGNORECASE,
)
FIGURE = re.compile(r"\b(?:figures?|numbers?|toll|total|count|estimate|it at)\b", re.IGNORECASE)
ORDINAL = re.compile(r"\b(?:first|second|third|fourth|fifth|sixth|seventh|last)\b", re.IGNORECASE)
MULTIPLE = re.compile(
    r"\b(?:twice|half|double|triple|ten times|three times) (?:that|as many|of that|the)\b", re.IGNORECASE
)
UNKNOWN = re.compile(
    r"\b(?:(?:could|can|did|does|do|was|were|is|are) ?(?:not|n[’']t)|unable to|impossible to)"
    r"(?: \w+ly)? (?:establish|confirm|verify|know|determine|say|tell|rule out|attribute|check)\b"
    r"|\bno way of knowing\b",
    re.IGNORECASE,
)
"""Words of somebody who does not know."""
TWO, STEM = 2, 5
WHOLLY = re.compile(
    r"\b(?:all|every|everyone|everybody|everything|always|any|anyone|anybody|anywhere|fully|entire(?:ly)?|never|"
    r"none|nobody|nothing|nowhere|no one|not (?:a|one|a single)|no (?!more\b|fewer\b|less\b|later\b)\w+)\b",
    re.IGNORECASE,
)
"""Words that leave no exception: whoever tells of one exception contradicts them."""
OVER = 1.25
"""Whoever says "more than" has the nearest number in mind, and at most so many times it (practice)."""
SHORT = 6
"""So few words of content, and nothing but a number among them, count what was counted before (practice)."""


def doers(text: str, sides: frozenset[str]) -> frozenset[str]:
    """Return the sides (by the stem of their names) and kinds of armed people whom a text names."""
    found = {m[0].lower() for m in DOERS.finditer(text)}
    found |= {SIDE_WORDS[w][:STEM] for w in re.findall(r"[\w'’.]+", fold(text)) if w in SIDE_WORDS}
    stems = {w[:STEM].lower() for w in re.findall(r"\b[A-Z]\w{3,}", text)}
    return frozenset(found | (stems & sides))


def rivals(a: Statement, b: Statement) -> bool:
    """Tell whether two statements say of two unlike sides that they did what was done.

    "We" and "our" are the speaker's own side.
    """
    if not (DONE.search(a.text) and DONE.search(b.text)):
        return False
    names = " ".join(link.name for s in (a, b) for link in s.told.chain.links[1:])
    sides = frozenset(w[:STEM].lower() for w in re.findall(r"\b[A-Z]\w{3,}", names))
    first, second = doers(a.text, sides), doers(b.text, sides)
    return bool(first and second) and not first & second


def unit_of(q: Quantity) -> str:
    """Return what a quantity counts: people by whatever name as persons, days and weeks as hours."""
    return MEASURES[q.unit][0] if q.unit in MEASURES else ALIKE.get(q.unit, q.unit)


def _measured(q: Quantity) -> tuple[float, float]:
    """Return an interval in the unit that it is compared in, without bounds where it has none."""
    scale = MEASURES[q.unit][1] if q.unit in MEASURES else 1.0
    low = -math.inf if q.low is None else q.low * scale
    return low, math.inf if q.high is None else q.high * scale


def numbers(a: Statement, b: Statement) -> tuple[bool, bool]:
    """Return whether two statements count in one unit and cannot agree, and whether they can."""
    pairs = [
        (p, q) for p, q in product(a.quantities, b.quantities)
        if unit_of(p) == unit_of(q) and not _of_two_kinds(_counting(a, p), _counting(b, q))
    ]  # fmt: skip
    agree = any(meet(p, q) for p, q in pairs)
    return bool(pairs) and not agree, agree


def _counting(s: Statement, q: Quantity) -> set[tuple[str, str]]:
    """Return the kinds of claims of a statement that count something, none where one has no kind."""
    kinds = {(str(c.predicate), _aspect(c)) for c in s.claims if q in c.quantities}
    return set() if any(kind == Predicate.OTHER for kind, _ in kinds) else kinds


def _of_two_kinds(first: set[tuple[str, str]], second: set[tuple[str, str]]) -> bool:
    """Tell whether two numbers are known to count unlike things: who left, and who was hurt."""
    return bool(first and second) and not first & second


def meet(p: Quantity, q: Quantity) -> bool:
    """Tell whether two intervals have a number in common."""
    first, second = _measured(p), _measured(q)
    if p.high is None and q.high is None and p.low and q.low:
        return max(first[0], second[0]) <= OVER * min(first[0], second[0])
    return max(first[0], second[0]) <= min(first[1], second[1])


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


def kind(s: Statement) -> OriginKind:
    """Return what who speaks is."""
    return s.told.chain.origin.kind


def ordinals(s: Statement) -> set[str]:
    """Return the ordinals of a statement."""
    return {m[0].lower() for m in ORDINAL.finditer(s.text)}


OF_ARMS = {
    word: kind
    for kind, row in {
        "army": "army soldiers troops forces military servicemen brigade commander garrison air artillery",
        "rulers": "government authorities officials ministry minister administration council governor mayor",
        "rebels": "rebels rebel fighters militants insurgents front movement militia gunmen",
        "police": "police officers gendarmes",
    }.items()
    for word in row.split()
}
"""Words for one and the same: whoever speaks of soldiers speaks of the army."""
ACCUSING = frozenset(
    {"claim", "allege", "accuse", "boast", "insist", "assure", "blame", "denounce", "complain"}
)
"""Cues of what is told against somebody, or in somebody's own favour."""
AGREEING = frozenset({"confirm", "add", "agree", "acknowledge", "admit", "concede", "thank", "recall"})
"""Cues of what goes on from, or gives in to, what was said."""
ACTS = {
    "accusation": "accuse blame allege denounce charge", "allegation": "allege accuse claim blame",
    "charge": "charge accuse blame", "claim": "claim say insist assert announce", "warning": "warn caution",
    "report": "report say", "offer": "offer say let propose", "promise": "promise pledge vow",
    "estimate": "estimate put count", "complaint": "complain", "statement": "state say declare announce",
    "announcement": "announce", "denial": "deny", "demand": "demand", "request": "request ask appeal",
    "appeal": "appeal ask call", "rumour": "say report", "figure": "put count estimate number",
    "number": "put count estimate", "account": "say tell describe recall", "story": "tell report describe",
    "picture": "show publish circulate", "video": "show publish circulate",
    "photograph": "show publish circulate",
}  # fmt: skip
"""Nouns that name what somebody did in words, and the cues by which they did it."""
GOING_ON = re.compile(r"\b(?:meanwhile|separately|also|elsewhere|In (?!fact|reality|truth)[A-Z]\w+)\b")
"""Words before a statement that begin another matter."""
CONTRAST = re.compile(
    r"\b(?:but|however|yet|by contrast|though|although|whereas|instead|on the contrary|"
    r"for (?:its|his|her|their) part|disagree\w*)\b",
    re.IGNORECASE,
)


def names_the_act(s: Statement, said: Statement) -> bool:
    """Tell whether a statement names what was done in an earlier one: "the accusation", "the offer"."""
    return any(said.cue in ACTS[noun].split() for noun in s.nouns & ACTS.keys())


def named_in(text: str, name: str) -> bool:
    """Tell whether a text speaks of who bears a name: by a word of it in capitals, or another word for it."""
    kinds = [{OF_ARMS[w] for w in re.findall(r"[a-z]+", x.lower()) if w in OF_ARMS} for x in (text, name)]
    stems = [{w[:STEM].lower() for w in re.findall(r"\b[A-Z]\w{3,}", x)} for x in (text, name)]
    return bool(kinds[0] & kinds[1] or stems[0] & stems[1])


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
    """Something that may be told of a pair."""

    name: str
    told: Callable[[Seen], bool]


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
    flipped: bool
    unlike: bool
    alike: bool
    same: bool
    other: bool
    places: int
    topics: int
    wholly: bool


def seen(pair: Pair) -> Seen:
    """Return what can be told of a pair."""
    a, b = pair.a, pair.b
    unlike, alike = numbers(a, b)
    first, second, here, there = coded(a), coded(b), places(a), places(b)
    return Seen(
        a=a, b=b, gap=pair.gap, answers=pair.answers,
        opposed=len(_opposed(a, b)), agreed=len(stances.agreed(a.stance, b.stance)),
        nouns=len(a.nouns & b.nouns),
        flipped=a.says_no != b.says_no, unlike=unlike, alike=alike,
        same=bool(first & second), other=bool(first and second) and not first & second,
        places=1 if here & there else -1 if here and there else 0,
        topics=len(a.topics & b.topics),
        wholly=bool(WHOLLY.search(a.text)) != bool(WHOLLY.search(b.text)),
    )  # fmt: skip


def _opposed(a: Statement, b: Statement) -> tuple[str, ...]:
    """Return the questions that two statements answer unlike.

    So many left and so many stayed: both can be so.
    """
    parts = bool(a.quantities and b.quantities) and not (a.all_left or b.all_left)
    return tuple(q for q in stances.opposed(a.stance, b.stance) if not (parts and q == "people there"))


def _aspect(claim: Claim) -> str:
    return dict(claim.arguments).get(ASPECT, "")


def says_no_to(claim: Claim) -> bool:
    """Tell whether a claim says no to what its predicate asks: a closed road, nobody hurt."""
    closed = dict(claim.arguments).get(STATUS, "") in CLOSED_WORDS
    return (claim.polarity == Polarity.NEGATED or claim.modality == Modality.DENIED) != closed


def _two_parties(a: Statement, b: Statement) -> bool:
    """Tell whether parties of two sides speak."""
    return kind(a) == kind(b) == OriginKind.PARTY and "" != side(a) != side(b) != ""


def _ordinals(s: Seen) -> bool:
    first, second = ordinals(s.a), ordinals(s.b)
    return bool(first and second) and not first & second


def _counts_far(s: Seen) -> bool:
    """Tell whether two claims of one kind count unlike, with much said in between, and not of two places."""
    return s.unlike and s.same and s.gap > TWO and s.places >= 0


def _denies_just_that(s: Seen) -> bool:
    """Tell whether somebody does no more than deny what was said right before ("disputed that")."""
    return s.gap == 1 and s.b.cue in DENYING and s.b.points and len(s.b.text.split()) <= SHORT


POINTS: tuple[Point, ...] = (
    Point("answers it", lambda s: s.answers),
    Point("answers one question unlike and none alike", lambda s: s.opposed > 0 and not s.agreed),
    Point("answers one question alike", lambda s: s.agreed > 0),
    Point("one says no", lambda s: s.flipped),
    Point("counts unlike", lambda s: s.unlike),
    Point("counts unlike, and little else", lambda s: s.unlike and len(s.b.text.split()) <= SHORT),
    Point("counts unlike, and names a figure", lambda s: s.unlike and bool(FIGURE.search(s.b.text))),
    Point("counts alike", lambda s: s.alike),
    Point("counts otherwise", lambda s: s.gap == 1 and (bool(MULTIPLE.search(s.b.text)) or _ordinals(s))),
    Point("is about the same", lambda s: s.same),
    Point("is about something else", lambda s: s.other),
    Point("denies", lambda s: s.b.denies),
    Point("denies and points", lambda s: s.b.denies and s.b.points),
    Point("says the contrary, right behind", lambda s: s.b.contrary and s.gap == 1),
    Point("calls it false, right behind", lambda s: s.b.false and s.gap == 1),
    Point("right behind", lambda s: s.gap == 1),
    Point("a turn between", lambda s: s.gap == TWO),
    Point("far behind", lambda s: s.gap > TWO + 1),
    Point("names another place", lambda s: s.places < 0),
    Point("is of the same side", lambda s: side(s.a) == side(s.b) != ""),
    Point("blames somebody else", lambda s: rivals(s.a, s.b)),
    Point("has a topic in common", lambda s: s.topics > 0),
    Point("one leaves no exception, right behind", lambda s: s.wholly and s.gap == 1),
    Point("both are witnesses", lambda s: kind(s.a) == OriginKind.LOCAL == kind(s.b)),
    Point("stands in one block", lambda s: s.a.block == s.b.block != NO_BLOCK),
    Point("stands in another block", lambda s: s.a.block != s.b.block),
    Point("party against another party", lambda s: _two_parties(s.a, s.b)),
    Point("neither is a party", lambda s: OriginKind.PARTY not in {kind(s.a), kind(s.b)}),
    Point("right behind, where nothing is set together", lambda s: s.gap == 1 and s.b.block == NO_BLOCK),
    Point("speaks of who answers", lambda s: named_in(s.a.text, s.b.told.chain.origin.name)),
    Point("has a word in common", lambda s: bool(s.a.lemmas & s.b.lemmas)),
    Point("accuses, or says in its own favour", lambda s: s.a.cue in ACCUSING),
    Point("goes on, or gives in", lambda s: s.b.cue in AGREEING),
    Point("begins another matter", lambda s: bool(GOING_ON.search(s.b.lead))),
    Point("begins in contrast, right behind", lambda s: s.gap == 1 and bool(CONTRAST.search(s.b.lead))),
    Point("counts one kind of thing unlike, far behind", _counts_far),
    Point("denies just that, right behind", _denies_just_that),
    Point("names what was said by what was done in it", lambda s: names_the_act(s.b, s.a) and s.b.denies),
)
WEIGHTS: dict[str, int] = {
    "answers it": 5,
    "answers one question unlike and none alike": 7,
    "answers one question alike": 2,
    "one says no": 1,
    "counts unlike": 3,
    "counts unlike, and little else": 4,
    "counts unlike, and names a figure": 7,
    "counts alike": -2,
    "counts otherwise": 12,
    "is about the same": 0,
    "is about something else": -3,
    "denies": -1,
    "denies and points": 0,
    "says the contrary, right behind": 2,
    "calls it false, right behind": 5,
    "right behind": 9,
    "a turn between": 4,
    "far behind": -4,
    "names another place": -12,
    "is of the same side": -4,
    "blames somebody else": 8,
    "has a topic in common": 3,
    "one leaves no exception, right behind": 2,
    "both are witnesses": -4,
    "stands in one block": 5,
    "stands in another block": -3,
    "party against another party": 2,
    "neither is a party": -1,
    "right behind, where nothing is set together": 3,
    "speaks of who answers": 2,
    "has a word in common": 4,
    "accuses, or says in its own favour": 4,
    "goes on, or gives in": -4,
    "begins another matter": -2,
    "begins in contrast, right behind": 2,
    "counts one kind of thing unlike, far behind": 10,
    "denies just that, right behind": 3,
    "names what was said by what was done in it": 2,
}
"""Points of each, quarters of a logit, fitted to the annotated reports (`benchmarks/opposition.py`).

"Counts otherwise" occurs too rarely to be fitted, and is set by hand; so is "names another place", for the
reports it is fitted to are about one place each.
"""
LEAST = 18
"""Two statements with so many points cannot both be true (practice: chosen on reports left out)."""
SIGNS = frozenset({
    "answers it", "answers one question unlike and none alike", "one says no", "counts unlike",
    "counts unlike, and little else", "counts unlike, and names a figure", "counts otherwise", "denies",
    "denies and points", "says the contrary, right behind", "calls it false, right behind",
    "blames somebody else", "one leaves no exception, right behind", "accuses, or says in its own favour",
    "begins in contrast, right behind", "counts one kind of thing unlike, far behind",
    "denies just that, right behind",
})  # fmt: skip
"""Points that oppose; without one of them two statements may be near and of one topic, and both be true."""


def told(pair: Pair) -> tuple[bool, ...]:
    """Return what holds of a pair, in the order of `POINTS`."""
    facts = seen(pair)
    return tuple(bool(point.told(facts)) for point in POINTS)


def opposes(pair: Pair) -> bool:
    """Tell whether two statements cannot both be true: by points, with a sign of it.

    Numbers that meet agree, whatever else.
    """
    held = [p.name for p, holds in zip(POINTS, told(pair), strict=True) if holds]
    return sum(WEIGHTS[name] for name in held) >= LEAST and bool(SIGNS & set(held)) and not agree(pair)


def agree(pair: Pair) -> bool:
    """Tell whether two statements count alike, and the later one says no to nothing."""
    answer = pair.b.denies or pair.b.contrary
    return numbers(pair.a, pair.b)[1] and not answer and not stances.opposed(pair.a.stance, pair.b.stance)


def points(pair: Pair) -> int:
    """Return how many points a pair has."""
    return sum(WEIGHTS[p.name] for p, holds in zip(POINTS, told(pair), strict=True) if holds)


def comparable(a: Statement, b: Statement) -> bool:
    """Tell whether a statement can stand against an earlier one at all.

    What is meant to be done, or cannot be established, contradicts nothing. What the report says itself
    stands against what others say only where it calls that false, or counts it.
    """
    if fold(a.told.chain.origin.name) == fold(b.told.chain.origin.name):
        return False
    if a.bare or b.bare:
        return False
    answer = b.contrary or b.denies
    if a.told.modality in MEANT or (not answer and b.told.modality in MEANT):
        return False
    if UNKNOWN.search(a.text) or UNKNOWN.search(b.text):
        return False
    if a.cue and b.cue:
        return True
    own = (b.false and b.points) or (bool(FIGURE.search(b.text)) and numbers(a, b)[0])
    return bool(a.cue) and own


def _meant(s: Statement) -> bool:
    """Tell whether all of a statement is about what somebody means to do, or would do if."""
    return bool(s.claims) and all(c.modality in MEANT for c in s.claims)
