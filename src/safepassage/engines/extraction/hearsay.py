"""What somebody has from somebody else: "heard from X that", "had it from X that", "passes it on from X"."""

from __future__ import annotations

from collections.abc import Iterator

from safepassage.engines.extraction.attribution import Attribution
from safepassage.engines.extraction.lexicon import TOLD
from safepassage.engines.extraction.relays import words_of
from safepassage.engines.extraction.tree import Tree
from safepassage.engines.extraction.word_sets import words

HEARING = words("hear learn understand gather")
"""Verbs of which only who told it may be named."""
HAVING = words("have get")
"""Verbs that hear with "it" alone ("had it from X that")."""
PASSING = words("pass relay forward send bring")
"""Verbs that pass words on, where they name whose words they are."""
IT = frozenset({"it", "this", "word", "news"})
MOST_BETWEEN = 12
"""So many words at most lie between a verb of hearing and its "that"."""


def heard(tree: Tree, i: int) -> Iterator[Attribution]:
    """Yield both attributions of "A heard from B that content", only B's where nobody is named who heard."""
    that = _that(tree, i)
    if that is not None and _begins_told(tree, i):
        by = next(k for k in tree.with_dep(i, "agent") if k < that)
        source = tree.trimmed(range(by + 1, that))
        content = tree.trimmed(range(that, _end(tree, that)))
        yield Attribution(source=source, cue=(i, by), content=content, kind="passive", lemma="tell")
        return
    teller = _from_whom(tree, i, that) if that is not None else None
    if that is None or not _hears(tree, i, teller):
        return
    stop = _end(tree, that)
    content = tree.trimmed(range(that, stop))
    subject = tree.subject(i)
    listener = words_of(tree, subject, without=i) if subject is not None and subject < i else ()
    between = {k for k in range(i, that) if teller is None or k < tree.tokens[teller].head}
    if teller is None:
        if listener:
            yield Attribution(source=listener, cue=(i,), content=content, kind="clause", lemma="hear")
        return
    source = tuple(k for k in words_of(tree, teller) if k < that)
    if listener:
        cue = tuple(sorted(k for k in between if k <= i + 1 and k < source[0]))
        yield Attribution(
            source=listener, cue=cue, content=content, kind="relay", lemma="hear", citing=(source,)
        )
    cue = (source[0] - 1,) if listener else tuple(sorted(between | {source[0] - 1}))
    via = (listener,) if listener else ()
    yield Attribution(source=source, cue=cue, content=content, kind="relay", lemma="say", via=via)


def told(tree: Tree, i: int, content: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """Return who passes on what they were told ("Ott was told by a conscript that …"), () without anybody."""
    subject = tree.subject(i)
    by = bool(tree.with_dep(i, "auxpass")) and bool(tree.with_dep(i, "agent"))
    if tree.tokens[i].lemma not in TOLD or not by or subject is None or tree.tokens[content[0]].tag == "TO":
        return ()
    return (words_of(tree, subject, without=i),)


def _begins_told(tree: Tree, i: int) -> bool:
    """Tell whether a note begins with "Told by X that"."""
    begins = not i or tree.tokens[i - 1].sentence != tree.tokens[i].sentence
    return begins and tree.tokens[i].lemma in TOLD and tree.tokens[i + 1].text.lower() == "by" and bool(
        tree.with_dep(i, "agent")
    )  # fmt: skip


def _hears(tree: Tree, i: int, teller: int | None) -> bool:
    """Tell whether a verb says that something was heard, or is passed on from whom it names."""
    lemma = tree.tokens[i].lemma
    if tree.with_dep(i, "auxpass") or tree.quoted[i] >= 0:
        return False
    if lemma in HEARING:
        return teller is not None or lemma == "hear"
    it = any(tree.tokens[k].text.lower() in IT for k in tree.with_dep(i, "dobj"))
    on = bool(tree.with_dep(i, "prt")) or it or lemma == "relay"
    return teller is not None and ((lemma in HAVING and it) or (lemma in PASSING and on))


def _that(tree: Tree, i: int) -> int | None:
    """Return the "that" behind a verb and who told it, before any mark; None without."""
    for k in range(i + 1, min(i + 2 + MOST_BETWEEN, len(tree.tokens))):
        token = tree.tokens[k]
        if token.text in {".", ";", ":"} or (token.tag in {"VBD", "VBZ", "VBP"} and token.head != i):
            return None
        if token.text.lower() == "that" and k > i + 1:
            return k if k + 1 < len(tree.tokens) and token.tag in {"IN", "WDT"} else None
    return None


def _from_whom(tree: Tree, i: int, that: int) -> int | None:
    """Return the noun behind "from", None without."""
    for p in range(i + 1, that):
        if tree.tokens[p].text.lower() == "from":
            return next((k for k in tree.with_dep(p, "pobj") if k < that), None)
    return None


def _end(tree: Tree, that: int) -> int:
    """Return where the sentence of a clause ends, or its part before a semicolon."""
    here = [k for k in tree.sentence(that) if k > that]
    return next((k for k in here if tree.tokens[k].text in {";", "."}), here[-1] + 1 if here else that + 1)
