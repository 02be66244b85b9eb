"""Clauses of a passage: which tokens belong together, whose words they are, whether they say no."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from safepassage.domain.claims.words import Modality, Polarity
from safepassage.engines.extraction.attribution import Attribution
from safepassage.engines.extraction.tree import Tree
from safepassage.engines.extraction.word_sets import words

HEADS = frozenset({"ROOT", "ccomp", "parataxis", "csubj"})
INNER = frozenset({"relcl", "acl", "advcl"})
NO_WORDS = frozenset({"no", "not", "n't", "n’t", "never", "nobody", "none", "neither", "without", "nothing"})
SLAVIC_NO, SLAVIC_REACH = frozenset({"не", "нет", "ни", "немає", "ані", "жодного", "никто", "ніхто"}), 3
"""Words that deny what stands within so many tokens of them, where there is no tree to ask."""
IF_WORDS = frozenset({"if", "unless", "provided"})
HEARSAY = frozenset({"reportedly", "allegedly", "apparently", "supposedly", "purportedly", "alleged"})
FUTURE = frozenset({"will", "would", "shall", "'ll", "’ll"})
MEANT = frozenset({"plan", "intend", "prepare", "aim", "want", "hope", "seek", "propose"})
FINDING = words(
    "find see count record confirm know learn hear witness document establish show register discover"
)
"""Cues by which a statement tells what somebody found out."""
OF_CONTENT, NO_NAMES = frozenset({"NOUN", "VERB", "NUM", "PROPN"}), frozenset({"PRON", "DET"})
HEDGES = frozenset({"may", "might", "could"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """Tokens of one clause in order; `owner` is the attribution whose words they are, -1 the report's own."""

    owner: int
    head: int
    positions: tuple[int, ...]
    sentence: int


def owners(n_tokens: int, found: Sequence[Attribution]) -> list[int]:
    """Return for each token the innermost attribution whose content holds it, -1 for none.

    Tokens of a source or cue belong to the attribution around it, as the words of that one.
    """
    owner = [-1] * n_tokens
    for number in sorted(range(len(found)), key=lambda n: -len(found[n].content)):
        for k in found[number].content:
            owner[k] = number
    return owner


def findings(tree: Tree, found: Sequence[Attribution], number: int) -> tuple[int, ...]:
    """Return the attributions that are all an attribution says, and tell what was found, not what was said.

    "Volunteers said they had counted six", "the ministry said patrols had recorded no thefts".
    """
    content = set(found[number].content)
    inside = [
        m for m, a in enumerate(found)
        if m != number and a.cue and {*a.cue, *a.content} < content and a.content != found[number].content
    ]  # fmt: skip
    held = {k for m in inside for k in (*found[m].source, *found[m].cue, *found[m].content)}
    left = [k for k in content - held if tree.tokens[k].pos in OF_CONTENT]
    return tuple(m for m in inside if not left and _is_finding(tree, found[m]))


def _is_finding(tree: Tree, a: Attribution) -> bool:
    """Tell whether an attribution tells what somebody found, or what somebody no noun names told."""
    nobody = bool(a.source) and all(tree.tokens[k].pos in NO_NAMES for k in a.source)
    return a.lemma in FINDING or nobody


def clauses(tree: Tree, found: Sequence[Attribution]) -> tuple[Clause, ...]:
    """Return the clauses of a passage by their first token; words of attributing are in none."""
    owner = owners(len(tree.tokens), found)
    speaking = {k for a in found for k in (*a.source, *a.cue, *a.addressee)}
    speaking |= {k for a in found for words in (*a.via, *a.citing) for k in words}
    parts: dict[tuple[int, int], list[int]] = {}
    for k in range(len(tree.tokens)):
        if k in speaking:
            continue
        parts.setdefault((owner[k], _clause_head(tree, k, owner)), []).append(k)
    whole = (
        Clause(owner=who, head=head, positions=tuple(at), sentence=tree.tokens[at[0]].sentence)
        for (who, head), at in parts.items()
    )
    return tuple(sorted(whole, key=lambda clause: clause.positions[0]))


def _clause_head(tree: Tree, k: int, owner: Sequence[int]) -> int:
    """Return the verb of the clause a token belongs to, without leaving the words of its owner."""
    here = owner[k]
    at = k
    for _ in range(len(tree.tokens)):
        token = tree.tokens[at]
        joined = (
            token.dep == "conj"
            and token.pos in {"VERB", "AUX"}
            and tree.tokens[token.head].pos in {"VERB", "AUX"}
        )
        if token.head == at or token.dep in HEADS or joined:
            return at
        if owner[token.head] != here:
            # Pieces that hang on one word outside ("put the figure | at 800") are one clause.
            return token.head
        at = token.head
    return at


def text_of(tree: Tree, positions: Iterable[int]) -> tuple[str, list[int]]:
    """Return tokens as one string with single spaces, and where each begins in it."""
    text, starts = "", []
    for k in positions:
        starts.append(len(text) + (1 if text else 0))
        text = f"{text} {tree.tokens[k].text}" if text else tree.tokens[k].text
    return text, starts


def polarity(tree: Tree, clause: Clause, near: Iterable[int]) -> Polarity:
    """Return whether a clause says no to the words that matched, or to its verb where none did."""
    near = tuple(near)
    spine = _spine(tree, clause, near)
    if any(
        tree.tokens[k].text.casefold() in SLAVIC_NO and any(abs(n - k) <= SLAVIC_REACH for n in near)
        for k in clause.positions
    ):
        return Polarity.NEGATED
    for k in clause.positions:
        token = tree.tokens[k]
        if token.text.lower() not in NO_WORDS or _only_counts(tree, k):
            continue
        if (
            token.head in spine
            or (token.dep == "det" and tree.tokens[token.head].head in spine)
            or k in spine
        ):
            return Polarity.NEGATED
    return Polarity.AFFIRMED


def says_no(tree: Tree, positions: Iterable[int]) -> bool:
    """Tell whether there is a word of denial among some tokens."""
    return any(
        tree.tokens[k].text.lower() in NO_WORDS | SLAVIC_NO and not _only_counts(tree, k) for k in positions
    )


def _spine(tree: Tree, clause: Clause, near: Iterable[int]) -> set[int]:
    """Return the words that matched and those above them up to the verb of their own inner clause."""
    spine: set[int] = set()
    for k in near or (clause.head,):
        at = k
        while at in clause.positions and at not in spine:
            spine.add(at)
            token = tree.tokens[at]
            if at in {token.head, clause.head} or token.dep in INNER:
                break
            at = token.head
    return spine


def _only_counts(tree: Tree, k: int) -> bool:
    """Tell whether a word of denial belongs to a number or to "not only"."""
    word = tree.tokens[k].text.lower()
    behind = tree.tokens[k + 1].text.lower() if k + 1 < len(tree.tokens) else ""
    counts = word == "no" and behind in {"fewer", "less", "more", "later"}
    return counts or (word == "not" and behind in {"only", "just"}) or word == "without"


def modality(tree: Tree, clause: Clause, stated: Modality) -> Modality:
    """Return how a clause is put forward: its own words first, then those of its attribution."""
    words = {tree.tokens[k].text.lower() for k in clause.positions}
    marks = {tree.tokens[k].text.lower() for k in clause.positions if tree.tokens[k].dep == "mark"}
    if marks & IF_WORDS:
        return Modality.CONDITIONAL
    if stated in {Modality.DENIED, Modality.ALLEGED, Modality.INTENDED}:
        return stated
    if words & HEARSAY:
        return Modality.ALLEGED
    around = {tree.tokens[k].text.lower() for k in tree.children[clause.head]}
    if around & FUTURE or tree.tokens[clause.head].lemma in MEANT:
        return Modality.INTENDED
    if around & HEDGES:
        return Modality.ALLEGED if stated != Modality.UNKNOWN else Modality.UNKNOWN
    return stated
