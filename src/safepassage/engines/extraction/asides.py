"""Clauses that a parse joins to somebody's words although another cue begins there: "…, adding that"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from safepassage.engines.extraction import lexicon
from safepassage.engines.extraction.attribution import Attribution
from safepassage.engines.extraction.speakers import BODIES, PERSONS
from safepassage.engines.extraction.tree import Tree

CONTRAST = frozenset({"while", "whereas", "although", "though"})
CONTINUING = (
    lexicon.SAYING | lexicon.ALLEGING | frozenset({"point", "recall", "call", "describe", "attribute"})
)
"""Verbs whose participle after a comma goes on with the speaker of the sentence ("…, adding that")."""


def parted(tree: Tree, found: Sequence[Attribution]) -> list[Attribution]:
    """Return attributions whose content ends where another cue of the same sentence begins.

    A participle of saying behind a comma is said by whoever spoke the words before it, not by the subject of
    the last clause in them.
    """
    kept = list(found)
    for n, a in enumerate(kept):
        for m, b in enumerate(kept):
            if n == m or not b.cue or not a.cue or not set(b.cue) & set(a.content):
                continue
            start = _joined_at(tree, a, b)
            if start < 0:
                continue
            content = tree.trimmed(k for k in a.content if k < start)
            if not content:
                continue
            kept[n] = replace(kept[n], content=content)
            if _participle(tree, b) is not None or _conjunct(tree, b) is not None:
                kept[m] = replace(kept[m], source=a.source)
            break
    return kept


def within(found: Sequence[Attribution]) -> list[Attribution]:
    """Return attributions where "X said that, according to Y, …" gives Y no words but those X passes on."""
    kept = []
    for a in found:
        holders = [b for b in found if b.kind == "clause" and a.cue and a.cue[0] in set(b.content)]
        left = tuple(k for k in a.content if k in set(holders[0].content)) if holders else ()
        kept.append(replace(a, content=left) if a.kind == "according" and left else a)
    return kept


def _joined_at(tree: Tree, a: Attribution, b: Attribution) -> int:
    """Return where the words of b begin to be no words of a, -1 where they are part of them."""
    if a.cue[0] > b.cue[0] or any(tree.quoted[k] >= 0 for k in b.cue):
        return -1
    if b.kind == "relative" and b.content and b.content[0] > 0 and b.content[0] > a.cue[0]:
        # "…, a claim X disputes" is said of the content, and not in it.
        comma = b.content[0] - 1
        return comma if tree.tokens[comma].text in {",", "–", "—"} else -1
    told = _told_of_the_last(tree, a, b)
    if told >= 0:
        return told
    verb = _participle(tree, b)
    if verb is not None:
        return verb
    joined = _conjunct(tree, b)
    if joined is not None:
        return joined
    first = min((*b.source, *b.cue))
    marked = first - 1
    behind = marked > 0 and tree.tokens[marked - 1].text == ","
    return marked if behind and tree.tokens[marked].text.lower() in CONTRAST else -1


def _told_of_the_last(tree: Tree, a: Attribution, b: Attribution) -> int:
    """Return where "…, which Y said …" begins at the end of a content: the report tells it, -1 without."""
    verb = next((k for k in b.cue if tree.tokens[k].dep == "relcl"), -1)
    if verb < 0 or not b.source:
        return -1
    clause = tree.subtree(verb)
    comma = clause[0] - 1
    which = tree.tokens[clause[0]].tag == "WDT" and clause[0] not in b.source
    behind = comma > a.cue[0] and tree.tokens[comma].text == "," and tree.quoted[comma] < 0
    return comma if which and behind and clause[-1] >= a.content[-1] else -1


def _participle(tree: Tree, b: Attribution) -> int | None:
    """Return the participle of a cue right behind a comma, None without."""
    first = b.cue[0]
    token = tree.tokens[first]
    comma = first > 0 and tree.tokens[first - 1].text == ","
    speaks = token.lemma in CONTINUING or token.text.lower() in {"adding", "saying"}
    return first if comma and token.tag == "VBG" and speaks else None


def _conjunct(tree: Tree, b: Attribution) -> int | None:
    """Return the "but" or "and" before a verb of saying that a parse joins to what cannot speak.

    "Confirmed that two buses had been hit but insisted …": buses insist on nothing.
    """
    verb = next((k for k in b.cue if tree.tokens[k].dep == "conj"), None)
    before = b.cue[0] - 1
    if verb is None or before < 0 or tree.tokens[before].dep != "cc" or tree.subject(verb) is not None:
        return None
    if tree.tokens[verb].tag not in {"VBD", "VBZ", "VBP", "VBN"} or tree.tokens[verb].lemma not in CONTINUING:
        return None
    subject = tree.subject(tree.tokens[verb].head)
    silent = subject is not None and tree.tokens[subject].pos == "NOUN"
    return before if silent and tree.tokens[subject or 0].lemma not in PERSONS | BODIES else None
