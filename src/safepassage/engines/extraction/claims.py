"""Claims of a passage: each clause's predicate with the quantities, places and times that stand in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import NamedTuple, TypeVar

from safepassage.domain.claims.claim import (
    ABOUT,
    ASPECT,
    STATUS,
    CivilianClaim,
    Claim,
    ForcesClaim,
    Stated,
)
from safepassage.domain.claims.values import Chain, PlaceReference, Quantity, Span, TimeSpan
from safepassage.domain.claims.words import ForcesPredicate, Modality, Polarity, Predicate
from safepassage.engines.extraction import clauses as parts
from safepassage.engines.extraction.attribution import Attribution
from safepassage.engines.extraction.clauses import Clause
from safepassage.engines.extraction.passages import Passage
from safepassage.engines.extraction.predicates import UNITS_OF, AnyPredicate, Hit, hits
from safepassage.engines.extraction.tree import CLOSING, OPENING, STRAIGHT, Tree

MOST_CLAUSE_WORDS, LONGEST_CLAUSE = 90, 1_200
GAP_WORDS = 3
"""A clause whose first words say that something was not said makes no claim."""

FIGURE = re.compile(
    r"\b(?:the|that|this|its|real|actual|true) (?:\w+ )?(?:figure|number|toll|total|count|estimate)\b"
    r"|\ba (?:\w+ )?(?:figure|total|toll) of\b"
    r"|\bit at\b",
    re.IGNORECASE,
)
"""Words that mean what was counted before."""
Value = TypeVar("Value", Quantity, PlaceReference, TimeSpan)
MARKS = OPENING | CLOSING | {STRAIGHT}
"""Quotation marks, which are no part of a claim at its ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A passage with all that was read in it before claims are made.

    `chains`, `modalities` and `coerced` stand by attribution; `quantities`, `places` and `times` with the
    token they begin at; `silent` are tokens of gaps, which make no claims; `own` is the chain of what the
    report says itself.
    """

    passage: Passage
    tree: Tree
    found: tuple[Attribution, ...]
    chains: tuple[Chain, ...]
    modalities: tuple[Modality, ...]
    coerced: tuple[bool, ...]
    own: Chain
    report: str
    uttered: str
    quantities: tuple[tuple[int, Quantity], ...] = ()
    places: tuple[tuple[int, PlaceReference], ...] = ()
    times: tuple[tuple[int, TimeSpan], ...] = ()
    silent: frozenset[int] = frozenset()


class Drafted(NamedTuple):
    """A claim and the number of its attribution, -1 for the report's own voice."""

    claim: Claim
    owner: int


def claims(stage: Stage) -> tuple[Drafted, ...]:
    """Return the claims of a passage in the order of their words."""
    found: list[Drafted] = []
    all_clauses = parts.clauses(stage.tree, stage.found)
    for clause in all_clauses:
        if stage.silent & set(clause.positions[:GAP_WORDS]) or len(clause.positions) > MOST_CLAUSE_WORDS:
            continue
        told = _told(stage, clause)
        places = _places(stage, clause, all_clauses)
        units = {q.unit for k, q in stage.quantities if k in clause.positions}
        before = _last_with(found, units)
        found += [Drafted(c, clause.owner) for c in _of_clause(stage, clause, told, places, before)]
    return (*found, *_left_over(stage, all_clauses, found))


def _left_over(stage: Stage, all_clauses: Sequence[Clause], found: Sequence[Drafted]) -> Iterator[Drafted]:
    """Yield a claim about nothing known for each number that no claim holds: a number read is never lost."""
    held = {q for drafted in found for q in drafted.claim.quantities}
    for clause in all_clauses:
        counted = [q for k, q in stage.quantities if k in clause.positions and k not in stage.silent]
        left = tuple(dict.fromkeys(q for q in counted if q not in held))
        if left:
            told = replace(_told(stage, clause), quantities=left)
            yield Drafted(as_claim(told, Predicate.OTHER, _in_place(stage, clause)), clause.owner)


def _in_place(stage: Stage, clause: Clause) -> tuple[PlaceReference, ...]:
    return tuple(dict.fromkeys(_in(stage.places, clause.positions)))


def _last_with(found: Sequence[Drafted], units: set[str]) -> Claim | None:
    """Return the last claim that counts in one of some units."""
    for drafted in reversed(found):
        if units & {q.unit for q in drafted.claim.quantities}:
            return drafted.claim
    return None


def told_in(stage: Stage, number: int) -> Stated:
    """Return what all claims of an attribution have in common, with all its words."""
    content = _without_marks(stage, stage.found[number].content)
    first, last = stage.tree.tokens[content[0]], stage.tree.tokens[content[-1]]
    return Stated(
        report=stage.report,
        span=stage.passage.span(first.start, last.end),
        chain=stage.chains[number],
        modality=stage.modalities[number],
        times=tuple(dict.fromkeys(_in(stage.times, content))),
        uttered=stage.uttered,
        coerced=stage.coerced[number],
    )


def own_words(stage: Stage, number: int) -> tuple[int, ...]:
    """Return the tokens of a content that belong to no attribution inside it and to no gap."""
    owner = parts.owners(len(stage.tree.tokens), stage.found)
    inner = {k for a in stage.found for k in (*a.source, *a.cue)}
    content = stage.found[number].content
    return tuple(k for k in content if owner[k] == number and k not in stage.silent and k not in inner)


def own_sentences(stage: Stage) -> tuple[tuple[int, ...], ...]:
    """Return the tokens of each sentence that the report says itself, without words of attributing."""
    owner = parts.owners(len(stage.tree.tokens), stage.found)
    speaking = {k for a in stage.found for k in (*a.source, *a.cue, *a.addressee)}
    found: dict[int, list[int]] = {}
    for k, token in enumerate(stage.tree.tokens):
        if owner[k] < 0 and k not in speaking:
            found.setdefault(token.sentence, []).append(k)
    whole = (stage.tree.trimmed(at) for at in found.values())
    return tuple(at for at in whole if at)


def told_by_report(stage: Stage, own: Sequence[int]) -> Stated:
    """Return what all claims have in common that the report makes in some words of its own."""
    first, last = stage.tree.tokens[own[0]], stage.tree.tokens[own[-1]]
    return Stated(
        report=stage.report,
        span=stage.passage.span(first.start, last.end),
        chain=stage.own,
        modality=Modality.ASSERTED,
        times=tuple(dict.fromkeys(_in(stage.times, own))),
        uttered=stage.uttered,
    )


def numbers_in(stage: Stage, positions: Iterable[int]) -> tuple[Quantity, ...]:
    """Return the quantities that begin at some tokens."""
    return tuple(dict.fromkeys(_in(stage.quantities, positions)))


def _told(stage: Stage, clause: Clause) -> Stated:
    """Return what all claims of a clause have in common."""
    owned = clause.owner >= 0
    stated = stage.modalities[clause.owner] if owned else Modality.ASSERTED
    return Stated(
        report=stage.report,
        span=_span(stage, clause),
        chain=stage.chains[clause.owner] if owned else stage.own,
        modality=parts.modality(stage.tree, clause, stated),
        times=tuple(dict.fromkeys(_in(stage.times, clause.positions))),
        uttered=stage.uttered,
        coerced=owned and stage.coerced[clause.owner],
    )


def _of_clause(
    stage: Stage, clause: Clause, told: Stated, places: tuple[PlaceReference, ...], before: Claim | None
) -> Iterator[Claim]:
    """Yield one claim for each thing a clause is about; a bare number is a claim about something else.

    "The figure" is what the claim before it counted, if its unit is the same.
    """
    own_places = _in(stage.places, clause.positions)
    text, starts = parts.text_of(stage.tree, clause.positions)
    at = dict(zip(clause.positions, starts, strict=True))
    counted = [(at[k], q) for k, q in stage.quantities if k in at and k not in stage.silent]
    said = hits(text) if len(text) <= LONGEST_CLAUSE else ()
    if not said and counted and before is not None and FIGURE.search(text):
        no = parts.polarity(stage.tree, clause, ())
        stated = replace(
            told, arguments=before.arguments, polarity=no, quantities=tuple(q for _, q in counted)
        )
        same = places or (before.places if isinstance(before, CivilianClaim) else ())
        yield as_claim(stated, before.predicate, same)
        return
    if not said and (counted or any(not place.metonym for place in own_places)):
        no = parts.polarity(stage.tree, clause, ())
        stated = replace(told, polarity=no, quantities=tuple(dict.fromkeys(q for _, q in counted)))
        yield as_claim(stated, Predicate.OTHER, places)
    for hit, own in zip(said, _shared_out(said, counted), strict=True):
        near = [k for k, start in at.items() if hit.start <= start < hit.end]
        part = bool(own) and all(_is_part(text, q.text) for q in own)
        stated = replace(
            told,
            arguments=_arguments(hit, places, part=part),
            polarity=_polarity(hit, parts.polarity(stage.tree, clause, near)),
            quantities=tuple(dict.fromkeys(own)),
        )
        yield as_claim(stated, hit.slot.predicate, places)


def _shared_out(said: Sequence[Hit], counted: Iterable[tuple[int, Quantity]]) -> list[list[Quantity]]:
    """Return the quantities of each hit: those of its units, each to the hit that stands nearest."""
    shares: list[list[Quantity]] = [[] for _ in said]
    for at, quantity in counted if said else ():
        fitting = [n for n, hit in enumerate(said) if quantity.unit in UNITS_OF.get(hit.slot.predicate, ())]
        if not fitting:
            free = [n for n, hit in enumerate(said) if hit.slot.predicate not in UNITS_OF]
            fitting = free or list(range(len(said)))
        shares[min(fitting, key=lambda n: (_distance(at, said[n]), n))].append(quantity)
    return shares


def _distance(at: int, hit: Hit) -> int:
    """Return how far a quantity stands from a hit; what a number counts mostly comes behind it."""
    if hit.start <= at < hit.end:
        return 0
    return hit.start - at if hit.start > at else 2 * (at - hit.end) + 1


def _is_part(text: str, number: str) -> bool:
    """Tell whether a number counts a part of what was counted before ("two of the wounded")."""
    words = re.escape(" ".join(number.split()))
    return bool(
        re.search(rf"{words}(?: \w+)? of (?:the|them|these|those|whom|which)\b", text)
        or re.search(rf"\b(?:including|among them|of whom|of them|of which) (?:\w+ )?{words}", text)
    )


def _arguments(hit: Hit, places: Iterable[PlaceReference], *, part: bool) -> tuple[tuple[str, str], ...]:
    """Return status and aspect; a claim about forces, which has no place, is about a name."""
    aspect = f"{hit.slot.aspect} part".strip() if part else hit.slot.aspect
    found = [(STATUS, hit.slot.status), (ASPECT, aspect)]
    if isinstance(hit.slot.predicate, ForcesPredicate):
        found += [(ABOUT, place.key) for place in places if not place.metonym][:1]
    return tuple((role, word) for role, word in found if word)


def _polarity(hit: Hit, said: Polarity) -> Polarity:
    """Return the polarity of a claim: that of its words turned by "not"; a status carries its own."""
    if hit.slot.status:
        return Polarity.AFFIRMED
    return Polarity.AFFIRMED if said == hit.slot.polarity else Polarity.NEGATED


def as_claim(told: Stated, predicate: AnyPredicate, places: tuple[PlaceReference, ...]) -> Claim:
    """Return what was stated as a claim of its kind; one about forces leaves the places out."""
    values = {field.name: getattr(told, field.name) for field in fields(Stated)}
    if isinstance(predicate, ForcesPredicate):
        return ForcesClaim(predicate=predicate, **values)
    return CivilianClaim(predicate=predicate, places=places, **values)


def _without_marks(stage: Stage, positions: Sequence[int]) -> Sequence[int]:
    """Return words without quotation marks and commas at their ends, unchanged where nothing else is left."""
    bare = [k for k in positions if stage.tree.tokens[k].text not in MARKS]
    within = [k for k in positions if bare and bare[0] <= k <= bare[-1]]
    return stage.tree.trimmed(within) or positions


def _span(stage: Stage, clause: Clause) -> Span:
    """Return the words of a clause, verbatim, without punctuation and conjunctions at its ends."""
    at = list(stage.tree.trimmed(clause.positions) or clause.positions)
    while len(at) > 1 and stage.tree.tokens[at[-1]].dep == "cc":
        at.pop()
    bare = _without_marks(stage, stage.tree.trimmed(at) or at)
    return stage.passage.span(stage.tree.tokens[bare[0]].start, stage.tree.tokens[bare[-1]].end)


def _places(stage: Stage, clause: Clause, all_clauses: Sequence[Clause]) -> tuple[PlaceReference, ...]:
    """Return the places of a clause; without any, those beside it in the same words and sentence."""
    own = _in(stage.places, clause.positions)
    if all(place.metonym for place in own):
        beside = [
            k for other in all_clauses
            if other.owner == clause.owner and other.sentence == clause.sentence and other is not clause
            for k in other.positions
        ]  # fmt: skip
        own = [*own, *_in(stage.places, beside)]
    if all(place.metonym for place in own) and clause.owner >= 0:
        # "Officials in Orlec said": where nothing else is named, they speak of where they are.
        own = [*own, *_in(stage.places, stage.found[clause.owner].source)]
    return tuple(dict.fromkeys(own))


def _in(placed: Iterable[tuple[int, Value]], positions: Iterable[int]) -> list[Value]:
    inside = set(positions)
    return [value for position, value in placed if position in inside]


def with_subject(claim: Claim, about: str) -> Claim:
    """Return a claim that names no place with what the whole report is about, so that it can be compared."""
    known = dict(claim.arguments)
    placed = isinstance(claim, CivilianClaim) and any(not p.metonym for p in claim.places)
    if not about or placed or ABOUT in known or claim.predicate == Predicate.OTHER:
        return claim
    return replace(claim, arguments=(*claim.arguments, (ABOUT, about)))
