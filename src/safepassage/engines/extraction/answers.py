"""Who answers whom: a statement that denies, opposes or counts anew what somebody else said just before.

"The district says 31" speaks of whatever was counted before; "the ministry disputes this" of what was said.
Such a statement becomes a claim about the same thing, so that both versions can be set side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from safepassage.domain.claims.claim import ABOUT, ASPECT, STATUS, CivilianClaim, Claim, Stated
from safepassage.domain.claims.values import Quantity, fold
from safepassage.domain.claims.words import Modality, Polarity, Predicate
from safepassage.engines.extraction.claims import as_claim
from safepassage.engines.extraction.clauses import says_no
from safepassage.engines.extraction.lexicon import CALLING
from safepassage.engines.extraction.tree import Tree
from safepassage.engines.extraction.word_sets import words
from safepassage.kernels.english import TokenRow

FAR_BACK, MOST_BACK = 600, 3
"""How many characters and statements back an answer may reach (practice)."""
DENYING = words("deny dispute reject refute dismiss contest contradict rebut")
FALSE = words("false untrue wrong lie opposite invention fake fabrication nonsense exaggerated rumour rumor")
CONTRARY = words("opposite contrary otherwise")
"""Words that deny all that was said just before."""
SAID_BEFORE = words("accusation allegation claim report charge suggestion statement story version")
POINTING = words("this that it these those accusation allegation claim report charge suggestion figure such")
COMMON = words(
    """be have do say go take make get give come use see know people person man woman day time other more last
    first area place part way thing number report claim statement region district official"""
)
WAYS = frozenset({Predicate.ROAD_STATUS, Predicate.CROSSING_STATUS, Predicate.PASSAGE_ANNOUNCED})
CLOSED_WORDS = frozenset({"NOT_PASSABLE", "CLOSED"})
MEANT = frozenset({Modality.INTENDED, Modality.CONDITIONAL})


@dataclass(slots=True)
class Statement:
    """What somebody says in one attribution (or the report in one sentence), with the claims read in it."""

    told: Stated
    lemmas: frozenset[str]
    negated: bool
    cue: str
    points: bool
    false: bool
    contrary: bool
    all_left: bool
    start: int
    claims: list[Claim]
    quantities: tuple[Quantity, ...]

    @property
    def denies(self) -> bool:
        """Tell whether it says that something said before is not so."""
        return self.cue in DENYING or (self.false and self.points)


def statement(
    tree: Tree,
    own: Sequence[int],
    cue: str,
    told: Stated,
    claims: list[Claim],
    counted: tuple[Quantity, ...],
) -> Statement:
    """Return what one attribution says in its own words as something that answers, or is answered."""
    content = [tree.tokens[k] for k in own]
    lemmas = {t.lemma for t in content if t.pos in {"NOUN", "VERB", "ADJ"}} - COMMON
    said = {t.text.lower() for t in content}
    return Statement(
        told=told, lemmas=frozenset(lemmas), negated=says_no(tree, own), cue=cue,
        points=bool(POINTING & ({t.lemma for t in content} | said)),
        false=bool(FALSE & {t.text.lower() for t in content if t.dep != "pobj"}),
        contrary=bool(CONTRARY & said) or _is_bare_no(content) or _is_called_names(cue, content),
        all_left=_all_left(content),
        start=told.span.start, claims=claims, quantities=counted,
    )  # fmt: skip


def _is_bare_no(content: Sequence[TokenRow]) -> bool:
    """Tell whether words begin with a denial of what was said before: "it is not", "they did not"."""
    first = [token.text.lower() for token in content[:3]]
    return len(first) == len(content[:3]) and first[:1] in (["it"], ["that"], ["this"], ["they"]) and (
        first[2:] in (["not"], ["n't"], ["n’t"]) and _ends(content, 3)
    )  # fmt: skip


def _is_called_names(cue: str, content: Sequence[TokenRow]) -> bool:
    """Tell whether what was said is called something, or was never said: "the report “an invention”"."""
    told = {token.lemma for token in content} & SAID_BEFORE
    no_such = any(
        a.text.lower() in {"no", "any"} and b.text.lower() == "such" for a, b in pairwise(content)
    )  # fmt: skip
    return bool(told and cue in CALLING) or no_such


def _all_left(content: Sequence[TokenRow]) -> bool:
    """Tell whether words say that everybody has left, or that an evacuation is over."""
    said = {token.text.lower() for token in content}
    everybody = said & {"everyone", "everybody", "all"} and said & {"left", "gone", "out", "evacuated"}
    over = "evacuation" in said and said & {"finished", "completed", "complete", "over", "ended"}
    return bool(everybody or over)


def _ends(content: Sequence[TokenRow], n: int) -> bool:
    """Tell whether a clause ends after so many tokens."""
    return len(content) <= n or content[n].text in {":", ";", ",", ".", "–", "—"}


def spoken(claim: Claim) -> Statement:
    """Return a claim that the report makes with its own voice."""
    return Statement(
        told=claim, lemmas=frozenset(), negated=False, cue="", points=False, false=False,
        contrary=False, all_left=False,
        start=claim.span.start, claims=[claim], quantities=claim.quantities,
    )  # fmt: skip


def answered(statements: Sequence[Statement]) -> None:
    """Put into each statement that answers an earlier one the claim that it makes about the same thing."""
    for n, b in enumerate(statements):
        if n and statements[n - 1].false and _holds(statements[n - 1], b):
            _deny(b, statements[n - 1])
            continue
        if b.told.modality in MEANT and not (b.contrary or b.denies):
            continue
        for a in reversed(statements[max(0, n - MOST_BACK) : n]):
            if (
                b.start - a.start <= FAR_BACK
                and _others(a, b)
                and _answer(a, b, next_to=a is statements[n - 1])
            ):
                break


def _holds(outer: Statement, inner: Statement) -> bool:
    """Tell whether one statement speaks of another inside it ("rumours that … are false")."""
    return outer.told.span.start <= inner.told.span.start and inner.told.span.end <= outer.told.span.end


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
    return f"said at {a.start}"


def _polarity(*, negated: bool) -> Polarity:
    return Polarity.NEGATED if negated else Polarity.AFFIRMED


def _deny(a: Statement, b: Statement) -> bool:
    matter = _matter(a)
    if matter.modality in MEANT:
        return False
    denied = matter.modality == Modality.DENIED or matter.polarity == Polarity.NEGATED
    modality = Modality.ASSERTED if denied else Modality.DENIED
    _put(b, matter, Polarity.AFFIRMED, modality, ())
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
