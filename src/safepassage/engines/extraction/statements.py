"""Statements: what somebody says in one attribution, or the report in one sentence, ready to be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from safepassage.domain.claims.claim import Claim, Stated
from safepassage.domain.claims.values import Quantity
from safepassage.domain.claims.words import Modality
from safepassage.engines.extraction.clauses import says_no
from safepassage.engines.extraction.lexicon import CALLING
from safepassage.engines.extraction.stances import negations, stance
from safepassage.engines.extraction.topics import topics
from safepassage.engines.extraction.tree import Tree
from safepassage.engines.extraction.word_sets import words
from safepassage.kernels.reading.english import TokenRow

DENYING = words("rule deny dispute reject refute dismiss contest contradict rebut")
FALSE = words(
    """false untrue wrong lie opposite invention fake fabrication nonsense exaggerated rumour rumor staged
    theatre theater propaganda fabricated baseless groundless misleading hoax disinformation provocation
    slander fiction fantasy forged untruth hearsay gossip hysteria unfounded speculation guesswork"""
)
CONTRARY = words("opposite contrary otherwise")
"""Words that deny all that was said just before."""
SAID_BEFORE = words(
    "accusation allegation claim report charge suggestion statement story version account video picture image"
)
POINTING = words(
    """this that it these those accusation allegation claim report charge suggestion figure such account
    version neither both"""
)
COMMON = words(
    """be have do say go take make get give come use see know people person man woman day time other more last
    first area place part way thing number report claim statement region district official"""
)
OF_CONTENT = frozenset({"NOUN", "VERB", "NUM", "PROPN"})
CLOSED_WORDS = frozenset({"NOT_PASSABLE", "CLOSED"})
NO_BLOCK = -1
"""The block of a statement of a report that sets nothing together."""
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
    text: str = ""
    nouns: frozenset[str] = frozenset()
    stance: dict[str, int] = field(default_factory=dict)
    topics: frozenset[str] = frozenset()
    lead: str = ""
    block: int = NO_BLOCK
    says_no: bool = False
    bare: bool = False

    @property
    def denies(self) -> bool:
        """Tell whether it says that something said before is not so."""
        return self.cue in DENYING or (self.false and self.points)


def statement(
    tree: Tree,
    own: Sequence[int],
    cue: str,
    told: Stated,
    *,
    claims: list[Claim],
    counted: tuple[Quantity, ...],
    whole: Sequence[int] = (),
) -> Statement:
    """Return what one attribution says in its own words as something that answers, or is answered.

    `whole` are all its words, with those of whom it quotes.
    """
    content = [tree.tokens[k] for k in own]
    before = [k for k in tree.sentence(min(whole or own)) if k < min(whole or own)] if (whole or own) else []
    lemmas = {t.lemma for t in content if t.pos in {"NOUN", "VERB", "ADJ"}} - COMMON
    said = {t.text.lower() for t in content}
    heard = [tree.tokens[k] for k in whole or own]
    text = " ".join(t.text for t in heard)
    return Statement(
        told=told, lemmas=frozenset(lemmas), negated=says_no(tree, own), cue=cue,
        points=any(POINTING & {t.lemma, t.text.lower()} for t in content if t.pos != "SCONJ"),
        false=bool(FALSE & {t.text.lower() for t in content if t.dep != "pobj"}),
        contrary=bool(CONTRARY & said) or _is_bare_no(content) or _is_called_names(cue, content),
        all_left=_all_left(content),
        start=told.span.start, claims=claims, quantities=counted, text=text,
        nouns=frozenset(t.lemma.lower() for t in heard if t.pos in {"NOUN", "PROPN"}) - COMMON,
        stance=stance(text), topics=topics(text), says_no=negations(text) > 0,
        lead=" ".join(tree.tokens[k].text for k in before),
        bare=len(whole) > len(own) and not any(t.pos in OF_CONTENT for t in content) and not said & FALSE,
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
