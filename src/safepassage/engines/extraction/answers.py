"""Who answers whom: a statement that denies, opposes or counts anew what somebody else said just before.

"The district says 31" speaks of whatever was counted before; "the ministry disputes this" of what was said.
Such a statement becomes a claim about the same thing, so that both versions can be set side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import product

from safepassage.domain.claims.claim import ABOUT, AGAINST, ASPECT, SAID_AT, STATUS, CivilianClaim, Claim
from safepassage.domain.claims.values import Quantity, fold
from safepassage.domain.claims.words import Modality, Polarity, Predicate
from safepassage.engines.extraction.claims import as_claim
from safepassage.engines.extraction.opposition import (
    Pair,
    comparable,
    meet,
    opposes,
    points,
    says_no_to,
    unit_of,
)
from safepassage.engines.extraction.statements import CLOSED_WORDS, MEANT, Statement

FAR_BACK, MOST_BACK = 600, 3
"""How many characters and statements back an answer may reach (practice)."""
TWO_WORDS = 2
"""So many words in common show that a denial names what was said ("had fired on the column")."""
MOST_COMPARED = 40
"""How many statements back one is looked for that another stands against (practice)."""
WAYS = frozenset({Predicate.ROAD_STATUS, Predicate.CROSSING_STATUS, Predicate.PASSAGE_ANNOUNCED})


def answered(statements: Sequence[Statement]) -> None:
    """Put into each statement that answers an earlier one the claim that it makes about the same thing.

    Statements that cannot both be true are then set against each other, claim by claim.
    """
    for pair in strongest([pair for pair in pairs(statements, answering(statements)) if opposes(pair)]):
        _set_against(pair.a, pair.b)


def strength(pair: Pair) -> tuple[float, int]:
    """Return what rival pairs are compared by: their points, then which is the later one."""
    return points(pair), pair.a.start


def strongest(found: Sequence[Pair], key: Callable[[Pair], tuple[float, int]] = strength) -> list[Pair]:
    """Return the pairs that stand: a statement contradicts one earlier one, and each voice it but once."""
    return [
        pair for pair in found
        if pair is max((p for p in found if p.b is pair.b), key=key)
        and pair is max((p for p in found if p.a is pair.a and _voice(p.b) == _voice(pair.b)), key=key)
    ]  # fmt: skip


def _voice(s: Statement) -> str:
    return fold(s.told.chain.origin.name)


def answering(statements: Sequence[Statement]) -> frozenset[tuple[int, int]]:
    """Let statements that answer say what they are about; return which answers which, by position."""
    found: set[tuple[int, int]] = set()
    for n, b in enumerate(statements):
        if n and statements[n - 1].false and _holds(statements[n - 1], b):
            _deny(b, statements[n - 1])
            found.add((n - 1, n))
            continue
        if not b.cue or (b.told.modality in MEANT and not (b.contrary or b.denies)):
            continue
        said = [m for m in range(n) if statements[m].cue][-MOST_BACK:]
        for m in reversed(said):
            a = statements[m]
            near = b.start - a.start <= FAR_BACK and _others(a, b) and not (_meet(a, b) and not b.denies)
            if near and _answer(a, b, next_to=m == said[-1]):
                found.add((m, n))
                break
    return frozenset(found)


def pairs(statements: Sequence[Statement], answers: frozenset[tuple[int, int]]) -> Iterator[Pair]:
    """Yield the pairs of statements that can be compared, the earlier one first."""
    for n, b in enumerate(statements):
        for m in range(max(0, n - MOST_COMPARED), n):
            a = statements[m]
            if not comparable(a, b) or (_meet(a, b) and (m, n) not in answers):
                continue
            yield Pair(a, b, _turns(statements, m, n), (m, n) in answers)


def _turns(statements: Sequence[Statement], m: int, n: int) -> int:
    """Return how many turns of others lie between two statements, and one."""
    mine = {fold(statements[k].told.chain.origin.name) for k in (m, n)}
    between = [s for s in statements[m + 1 : n] if s.cue]
    others = {(fold(s.told.chain.origin.name), s.start) for s in between}
    return 1 + sum(name not in mine for name, _ in others)


def _set_against(a: Statement, b: Statement) -> None:
    """Write into a claim of each of two statements that they cannot both be true."""
    key = f"{a.start}-{b.start}"
    c, d = _most_alike(a, b)
    for statement, claim in ((a, c), (b, d)):
        known = dict(claim.arguments)
        known[AGAINST] = f"{known.get(AGAINST, '')} {key}".strip()
        statement.claims[statement.claims.index(claim)] = replace(claim, arguments=tuple(known.items()))


def _most_alike(a: Statement, b: Statement) -> tuple[Claim, Claim]:
    """Return the claims of two statements that stand against each other, made where there are none."""
    for statement in (a, b):
        if not statement.claims:
            told = replace(statement.told, quantities=statement.quantities)
            told = replace(told, polarity=_polarity(negated=statement.negated))
            statement.claims.append(as_claim(told, Predicate.OTHER, ()))
    return max(product(a.claims, b.claims), key=lambda two: _alike(*two))


def _alike(c: Claim, d: Claim) -> tuple[int, ...]:
    """Return how much two claims are what two statements disagree about."""
    counted = any(unit_of(p) == unit_of(q) and not meet(p, q) for p in c.quantities for q in d.quantities)
    same = c.predicate == d.predicate and _aspect(c) == _aspect(d)
    coded = (c.predicate != Predicate.OTHER) + (d.predicate != Predicate.OTHER)
    return counted, same, same and says_no_to(c) != says_no_to(d), coded


def _holds(outer: Statement, inner: Statement) -> bool:
    """Tell whether one statement speaks of another inside it ("rumours that … are false")."""
    return outer.told.span.start <= inner.told.span.start and inner.told.span.end <= outer.told.span.end


def _meet(a: Statement, b: Statement) -> bool:
    """Tell whether two statements have words in common: one is said inside the other."""
    first, second = a.told.span, b.told.span
    return first.start < second.end and second.start < first.end


def _others(a: Statement, b: Statement) -> bool:
    """Tell whether two statements come from different origins."""
    return fold(a.told.chain.origin.name) != fold(b.told.chain.origin.name) and a.told.modality not in MEANT


def _answer(a: Statement, b: Statement, *, next_to: bool) -> bool:
    """Write what b says about a's matter into b's claims; tell whether it says anything about it."""
    shared = bool(a.lemmas & b.lemmas)
    if (b.denies and (b.points or shared or next_to)) or (b.contrary and next_to):
        return _deny(a, b)
    if _left_or_not(a, b):
        return True
    _place_too(a, b)
    if _counts_anew(a, b):
        return True
    if _bars(a, b):
        return _oppose(a, b)
    if shared and a.negated != b.negated and not _compared(a, b):
        return _oppose(a, b)
    return False


def _place_too(a: Statement, b: Statement) -> None:
    """Let a claim that names no place speak of the place of the claim it answers, if they are of one kind."""
    for claim in [c for c in b.claims if c.predicate != Predicate.OTHER and not _is_placed(c)]:
        same = [c for c in a.claims if c.predicate == claim.predicate and _aspect(c) == _aspect(claim)]
        if same:
            matter = _with_topic(a, same[0])
            about = tuple((k, v) for k, v in matter.arguments if k == ABOUT)
            places = matter.places if isinstance(matter, CivilianClaim) else ()
            other = tuple((k, v) for k, v in claim.arguments if k != ABOUT)
            told = replace(claim, arguments=(*other, *about))
            if isinstance(told, CivilianClaim):
                told = replace(told, places=places)
            b.claims[b.claims.index(claim)] = told


def _is_placed(claim: Claim) -> bool:
    return isinstance(claim, CivilianClaim) and bool(claim.places)


def _aspect(claim: Claim) -> str:
    return dict(claim.arguments).get(ASPECT, "")


def _left_or_not(a: Statement, b: Statement) -> bool:
    """Set "everybody has left" against "some are still there", whichever was said first."""
    for one, other in ((a, b), (b, a)):
        left = [c for c in one.claims if c.predicate in {Predicate.PERSONS_LEFT, Predicate.OTHER}]
        there = [c for c in other.claims if c.predicate == Predicate.PERSONS_REMAIN]
        there = [c for c in there if c.polarity == Polarity.AFFIRMED and not _elsewhere(left, c)]
        if one.all_left and left and there:
            return _oppose(one, other)
    return False


def _elsewhere(claims: Sequence[Claim], other: Claim) -> bool:
    """Tell whether a claim names places, and none of those that others name."""
    named = {p.key for c in claims if isinstance(c, CivilianClaim) for p in c.places}
    own = {p.key for p in other.places} if isinstance(other, CivilianClaim) else set()
    return bool(named and own and not named & own)


def _bars(a: Statement, b: Statement) -> bool:
    """Tell whether somebody was not let through where another says a way or a passage is open."""
    opened = [c for c in a.claims if c.predicate in WAYS and c.polarity == Polarity.AFFIRMED]
    opened = [c for c in opened if dict(c.arguments).get(STATUS, "") not in CLOSED_WORDS]
    barred = [c for c in b.claims if c.predicate == Predicate.ACCESS_CONSTRAINT]
    return bool(opened and a.claims[0] is opened[0]) and any(c.polarity == Polarity.AFFIRMED for c in barred)


def _compared(a: Statement, b: Statement) -> bool:
    """Tell whether both have claims of one kind already, which are compared as they stand."""
    return bool({c.predicate for c in a.claims} & {c.predicate for c in b.claims} - {Predicate.OTHER})


def _matter(a: Statement) -> Claim:
    """Return the claim of a statement that others may answer, made if it has none."""
    for n, claim in enumerate(a.claims):
        if ABOUT in dict(claim.arguments) or (isinstance(claim, CivilianClaim) and claim.places):
            if claim.predicate != Predicate.OTHER or ABOUT in dict(claim.arguments):
                return claim
            a.claims[n] = replace(claim, arguments=(*claim.arguments, (ABOUT, _topic(a))))
            return a.claims[n]
    if a.claims:
        a.claims[0] = replace(a.claims[0], arguments=(*a.claims[0].arguments, (ABOUT, _topic(a))))
    else:
        told = replace(a.told, arguments=((ABOUT, _topic(a)),), quantities=a.quantities)
        a.claims.append(as_claim(replace(told, polarity=_polarity(negated=a.negated)), Predicate.OTHER, ()))
    return a.claims[0]


def _with_topic(a: Statement, claim: Claim) -> Claim:
    """Return a claim that says what it is about: its place, or at least where it was said."""
    if ABOUT in dict(claim.arguments) or (isinstance(claim, CivilianClaim) and claim.places):
        return claim
    known = replace(claim, arguments=(*claim.arguments, (ABOUT, _topic(a))))
    a.claims[a.claims.index(claim)] = known
    return known


def _topic(a: Statement) -> str:
    return f"{SAID_AT}{a.start} of {a.told.report[:12]}"


def _polarity(*, negated: bool) -> Polarity:
    return Polarity.NEGATED if negated else Polarity.AFFIRMED


def _of_another_kind(matter: Claim, b: Statement) -> bool:
    """Tell whether a denial says itself what it denies, and that is another kind of claim."""
    own = {c.predicate for c in b.claims} - {Predicate.OTHER}
    return bool(own) and matter.predicate not in {*own, Predicate.OTHER}


def _deny(a: Statement, b: Statement) -> bool:
    if _denies_by_name(a, b):
        return True
    matter = _matter(a)
    if matter.modality in MEANT or _of_another_kind(matter, b):
        return False
    denied = matter.modality == Modality.DENIED or matter.polarity == Polarity.NEGATED
    modality = Modality.ASSERTED if denied else Modality.DENIED
    _put(b, matter, Polarity.AFFIRMED, modality, ())
    return True


def _denies_by_name(a: Statement, b: Statement) -> bool:
    """Let the first statement claim what the second denies in words of both, if it claims no such thing."""
    denied = [c for c in b.claims if c.modality == Modality.DENIED and c.predicate != Predicate.OTHER]
    if not denied or len(a.lemmas & b.lemmas) < TWO_WORDS or denied[0].predicate in {
        c.predicate for c in a.claims
    }:  # fmt: skip
        return False
    places = next((c.places for c in a.claims if isinstance(c, CivilianClaim) and c.places), ())
    about = () if places else ((ABOUT, _topic(a)),)
    told = replace(a.told, arguments=about, polarity=Polarity.AFFIRMED, quantities=())
    a.claims.append(as_claim(told, denied[0].predicate, places))
    return True


def _oppose(a: Statement, b: Statement) -> bool:
    matter = _matter(a)
    opposite = Polarity.AFFIRMED if matter.polarity == Polarity.NEGATED else Polarity.NEGATED
    _put(b, matter, opposite, matter.modality, ())
    return True


def _counts_anew(a: Statement, b: Statement) -> bool:
    """Tell whether b gives another number for what a counted, and write it down."""
    own = {c.predicate for c in b.claims} - {Predicate.OTHER}
    for q in b.quantities:
        for p in a.quantities:
            if p.unit != q.unit:
                continue
            claim = next((c for c in a.claims if p in c.quantities), None)
            matter = claim if claim is not None and claim.predicate != Predicate.OTHER else None
            if own and (matter is None or matter.predicate not in own):
                continue
            found = _with_topic(a, matter) if matter else _matter(a)
            _put(b, found, _polarity(negated=False), b.told.modality, (q,))
            return True
    return False


def _put(
    b: Statement, matter: Claim, polarity: Polarity, modality: Modality, counted: tuple[Quantity, ...]
) -> None:
    """Add a claim of b about the matter of another; it takes the place of one about nothing known."""
    told = replace(
        b.told, arguments=matter.arguments, polarity=polarity, modality=modality, quantities=counted,
        times=b.told.times,
    )  # fmt: skip
    places = matter.places if isinstance(matter, CivilianClaim) else ()
    claim = as_claim(told, matter.predicate, places)
    same = [c for c in b.claims if c.predicate == matter.predicate and _slot(c) == _slot(claim)]
    if same and matter.predicate != Predicate.OTHER:
        return
    b.claims[:] = [c for c in b.claims if not _is_bare(c, counted) and not _says_less(c, claim)]
    b.claims.append(claim)


def _says_less(claim: Claim, new: Claim) -> bool:
    """Tell whether a claim is another one without saying what it is about."""
    placed = isinstance(claim, CivilianClaim) and claim.places
    same = claim.predicate == new.predicate and set(claim.quantities) == set(new.quantities)
    return same and not placed and ABOUT not in dict(claim.arguments)


def _is_bare(claim: Claim, counted: tuple[Quantity, ...]) -> bool:
    """Tell whether a claim says no more than the numbers that another one now has."""
    return claim.predicate == Predicate.OTHER and set(claim.quantities) <= set(counted)


def _slot(claim: Claim) -> tuple[object, ...]:
    places = claim.places if isinstance(claim, CivilianClaim) else ()
    return claim.arguments, tuple(place.key for place in places)
